//! Why sites differ: a line through the values of sites, with REML:
//! `metareg.reml.hksj.guarded`, `metareg.reml.hksj`, `metareg.reml.wald.z`.
//!
//! # Estimand
//!
//! The coefficients β of y = xβ + u + e, where x describes a site (its age,
//! the share of families far from a road), u is what is left between sites,
//! with variance τ², and e the error of the site's own value. A coefficient
//! compares sites, not families: within a site the same covariate can act the
//! other way round.
//!
//! # Assumptions
//!
//! As for [`meta_analysis`](super::meta_analysis), and a straight line. The
//! covariates were chosen before looking; with ten sites and five covariates
//! one fits by chance.
//!
//! # Method
//!
//! Weighted least squares with w = 1/(v + τ²), where τ² maximises the
//! restricted likelihood
//!
//! ```text
//! -½ [Σ ln(v + t) + ln det X'WX + Σ w (y - xβ)²]
//! ```
//!
//! found by following its slope Σ w² (y - xβ)² - Σ w (1 - h), with h the
//! leverages, over the whole range that can hold a peak. Errors are those of
//! (X'WX)⁻¹ (`wald.z`), multiplied by sqrt(q), q = Σ w (y - xβ)²/(k - p), with
//! k - p degrees of freedom (`hksj`), or by sqrt(max(q, 1)) (`hksj.guarded`,
//! the default). All covariates together are tested by
//! Q_M = b'V⁻¹b: against chi-square as it is, and divided by their number and
//! by max(q, 1) against F. R² is the share of τ² without covariates that they
//! take up.
//!
//! # Small samples
//!
//! Below about ten sites a covariate the result is an anecdote. R² jumps
//! between 0 and 1 there, because both of its τ² are hardly known.
//!
//! # Refusals
//!
//! `empty`, `lengths_differ`, `not_finite`, `out_of_range`,
//! `variance_not_positive`, `one_site`, `too_few_sites` (not more sites than
//! coefficients), `collinear`; for a coefficient `no_such_term`,
//! `level_out_of_range`, `no_variation`.
//!
//! # Source
//!
//! Thompson SG, Higgins JPT (2002). How should meta-regression analyses be
//! undertaken and interpreted? Statistics in Medicine 21:1559-1573. Knapp G,
//! Hartung J (2003). Improved tests for a random effects meta-regression with
//! a single covariate. Statistics in Medicine 22:2693-2710. Viechtbauer W et
//! al. (2015). A comparison of procedures to test for moderators in
//! mixed-effects meta-regression models. Psychological Methods 20:360-374.

use super::columns::finite;
use super::least_squares::{LeastSquares, least_squares, no_such_term};
use super::meta_analysis::{MeanError, few_sites};
use super::meta_tau2::{Sites, Tau2, highest_peak};
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::linalg::{Design, Matrix, cholesky, solve_positive};
use crate::special::{
    chi_squared_sf, f_sf, normal_critical, normal_two_sided_p, student_critical, student_two_sided_p,
};
use crate::thresholds::SITES_PER_COVARIATE_FEW;
use crate::warning::Warning;

/// The id of the method with its default errors.
pub const METHOD: &str = "metareg.reml.hksj.guarded";

/// A line through the values of sites.
#[derive(Clone, Debug, PartialEq)]
pub struct MetaRegression {
    /// The coefficients: the constant first, then the covariates as given.
    pub coefficients: Vec<f64>,
    /// Errors from (X'WX)⁻¹.
    pub std_errors_wald: Vec<f64>,
    /// The same times sqrt(q).
    pub std_errors_hksj: Vec<f64>,
    /// The larger of the two.
    pub std_errors: Vec<f64>,
    /// The variance between sites that the covariates leave.
    pub tau2: f64,
    /// The variance between sites without covariates.
    pub tau2_without: f64,
    /// 1 - τ²/τ² without, zero at the least; absent where the latter is zero.
    pub r_squared: Option<f64>,
    /// Q_M, the joint Wald statistic of all covariates.
    pub q_moderators: f64,
    /// Its p-value from chi-square, too small for few sites.
    pub q_moderators_p_value: f64,
    /// Q_M divided by the number of covariates and by max(q, 1).
    pub f_moderators: f64,
    /// Its p-value from F with the number of covariates and `df`.
    pub f_moderators_p_value: f64,
    /// k - p.
    pub df: f64,
    /// The number of sites.
    pub k: u64,
    /// `two_sites`, `few_sites`, `few_sites_per_covariate`.
    pub warnings: Vec<Warning>,
}

/// Fits a line through the values of sites.
///
/// `values` and `variances` hold one entry a site, as for
/// [`pool`](super::meta_analysis::pool); `covariates` one column for each
/// covariate, in its own unit, of the same length. The constant is added. See
/// the [module](self) for the method and the refusals.
///
/// # Warnings
///
/// * `few_sites`: fewer than five sites.
/// * `few_sites_per_covariate`: fewer than ten sites for each covariate.
pub fn meta_regression(
    values: &[f64],
    variances: &[f64],
    covariates: &[&[f64]],
) -> Result<MetaRegression, Refusal> {
    let sites = Sites::new(values, variances)?;
    let design = Design::new(values.len(), covariates)?;
    let (k, terms) = (values.len(), design.terms());
    if k <= terms {
        return Err(Refusal::new(
            "too_few_sites",
            "there are not more sites than coefficients, so nothing is left to judge the line by",
            "show the sites in a table beside their covariates, without a line",
        ));
    }
    if covariates.is_empty() {
        return Err(Refusal::new(
            "no_such_term",
            "there is no covariate to explain differences between sites with",
            "pool the sites without a line",
        ));
    }
    let fit = |t: f64| Fit::new(values, variances, &design, t);
    // One fit first: whatever is wrong with the design shows here.
    fit(0.0)?;
    let slope = |t: f64| fit(t).map_or(f64::NAN, |fit| fit.slope);
    let height = |t: f64| {
        let height = || Some(-0.5 * (sites.log_variances(t) + fit(t).ok()?.log_determinant_and_q()?));
        height().unwrap_or(f64::NEG_INFINITY)
    };
    let tau2 = highest_peak(sites.range(terms), slope, height)
        .ok_or_else(|| Refusal::not_finite("the variance between sites"))?;
    let tau2_without = sites.tau2(Tau2::RestrictedLikelihood)?;
    let Fit { line, q, .. } = fit(tau2)?;

    let df = (k - terms) as f64;
    let share = q / df;
    let errors = |factor: f64| -> Result<Vec<f64>, Refusal> {
        let variances = line.gram_inverse.diagonal_of();
        variances.iter().map(|v| finite((factor * v).sqrt(), "a standard error")).collect()
    };
    let moderators = (terms - 1) as f64;
    let slopes: Vec<f64> = line.coefficients.iter().skip(1).copied().collect();
    let block = Matrix::from_fn(terms - 1, terms - 1, |i, j| line.gram_inverse.get(i + 1, j + 1));
    let solved = solve_positive(&block, &slopes);
    let solved = solved.ok_or_else(|| Refusal::not_finite("the joint test of the covariates"))?;
    let q_moderators: f64 = slopes.iter().zip(&solved).map(|(b, s)| b * s).sum();
    let f_moderators = q_moderators / moderators / share.max(1.0);

    let mut warnings = few_sites(k);
    if (k as f64) < moderators * SITES_PER_COVARIATE_FEW as f64 {
        warnings.push(Warning::new(
            "few_sites_per_covariate",
            "there are fewer than ten sites for each covariate, so a line can be had by chance",
        ));
    }
    Ok(MetaRegression {
        std_errors_wald: errors(1.0)?,
        std_errors_hksj: errors(share)?,
        std_errors: errors(share.max(1.0))?,
        coefficients: line.coefficients,
        tau2,
        tau2_without,
        r_squared: (tau2_without > 0.0).then(|| (1.0 - tau2 / tau2_without).max(0.0)),
        q_moderators: finite(q_moderators, "the joint test of the covariates")?,
        q_moderators_p_value: finite(chi_squared_sf(q_moderators, moderators), "a p-value")?,
        f_moderators: finite(f_moderators, "the joint test of the covariates")?,
        f_moderators_p_value: finite(f_sf(f_moderators, moderators, df), "a p-value")?,
        df,
        k: k as u64,
        warnings,
    })
}

impl MetaRegression {
    /// A coefficient with its interval at `level` (a share) and its test
    /// against zero; `term` counts from zero, the constant first.
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`, `no_such_term`, `interval_not_finite`.
    /// * `no_variation`: the line passes through every site, for
    ///   [`MeanError::HartungKnapp`] only.
    pub fn coefficient(&self, term: usize, error: MeanError, level: f64) -> Outcome {
        check_level(level)?;
        let (errors, df, method) = match error {
            MeanError::Guarded => (&self.std_errors, Some(self.df), METHOD),
            MeanError::HartungKnapp => (&self.std_errors_hksj, Some(self.df), "metareg.reml.hksj"),
            MeanError::Wald => (&self.std_errors_wald, None, "metareg.reml.wald.z"),
        };
        let (Some(&value), Some(&std_error)) = (self.coefficients.get(term), errors.get(term)) else {
            return Err(no_such_term());
        };
        // Written so that an error that is not a number also fails.
        let usable = std_error > 0.0;
        if !usable {
            return Err(Refusal::new(
                "no_variation",
                "the line passes through every site, so this interval would have no width",
                "use the guarded error, which is never smaller than that of the sites themselves",
            ));
        }
        let statistic = finite(value / std_error, "the test statistic")?;
        let (critical, p_value) = match df {
            Some(df) => (student_critical(level, df), student_two_sided_p(statistic, df)),
            None => (normal_critical(level), normal_two_sided_p(statistic)),
        };
        let half = critical * std_error;
        Ok(Estimate {
            std_error: Some(std_error),
            interval: Some(finite_interval(value - half, value + half, level)?),
            df,
            statistic: Some(statistic),
            p_value: Some(finite(p_value, "the p-value")?),
            n_clusters: Some(self.k),
            warnings: self.warnings.clone(),
            ..Estimate::point(value, self.k, method)
        })
    }
}

/// The line at one value of the variance between sites.
struct Fit {
    line: LeastSquares,
    /// Σ w (y - xβ)².
    q: f64,
    /// Twice the slope of the restricted log-likelihood.
    slope: f64,
}

impl Fit {
    fn new(values: &[f64], variances: &[f64], design: &Design<'_>, t: f64) -> Result<Self, Refusal> {
        let weights: Vec<f64> = variances.iter().map(|v| 1.0 / (v + t)).collect();
        let line = least_squares(values, design, Some(&weights))?;
        let leverages = line.basis.leverages(design, line.roots.as_deref());
        let mut terms: Vec<(f64, f64)> = weights
            .iter()
            .zip(&line.residuals)
            .zip(&leverages)
            .map(|((w, e), h)| (w * e * e, w * e * (w * e) - w * (1.0 - h)))
            .collect();
        // Sums over sites in an order of their own.
        terms.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let q = terms.iter().map(|term| term.0).sum();
        let slope = terms.iter().map(|term| term.1).sum();
        Ok(Self { line, q, slope })
    }

    /// ln det X'WX + Σ w (y - xβ)².
    fn log_determinant_and_q(&self) -> Option<f64> {
        let factor = cholesky(&self.line.gram_inverse)?;
        let half: f64 = factor.diagonal_of().iter().map(|d| libm::log(*d)).sum();
        Some(self.q - 2.0 * half)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 6] = [0.1, 0.4, 0.35, 0.8, 0.9, 1.4];
    const VARIANCES: [f64; 6] = [0.02, 0.05, 0.03, 0.04, 0.02, 0.06];
    const AGE: [f64; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn line_that_explains_all_leaves_nothing_between_sites() {
        let found = meta_regression(&VALUES, &VARIANCES, &[&AGE]).expect("a line");
        assert_eq!(found.tau2, 0.0);
        assert_eq!(found.r_squared, Some(1.0));
        // Weighted least squares by hand.
        let w: Vec<f64> = VARIANCES.iter().map(|v| 1.0 / v).collect();
        let total: f64 = w.iter().sum();
        let mean = |x: &[f64]| x.iter().zip(&w).map(|(x, w)| x * w).sum::<f64>() / total;
        let (mx, my) = (mean(&AGE), mean(&VALUES));
        let sxx: f64 = AGE.iter().zip(&w).map(|(x, w)| w * (x - mx) * (x - mx)).sum();
        let sxy: f64 = AGE.iter().zip(&VALUES).zip(&w).map(|((x, y), w)| w * (x - mx) * (y - my)).sum();
        assert!((found.coefficients[1] - sxy / sxx).abs() < 1e-13);
        assert!((found.coefficients[0] - (my - sxy / sxx * mx)).abs() < 1e-13);
        assert!((found.std_errors_wald[1] - (1.0 / sxx).sqrt()).abs() < 1e-13);
        assert!((found.q_moderators - sxy * sxy / sxx).abs() < 1e-10);
        let codes: Vec<&str> = found.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, ["few_sites_per_covariate"]);
        let slope = found.coefficient(1, MeanError::Guarded, 0.95).expect("a slope");
        assert_eq!((slope.df, slope.method), (Some(4.0), METHOD));
        assert!(slope.interval.is_some_and(|i| i.lower > 0.0));
    }

    #[test]
    fn line_does_not_depend_on_the_order_of_sites() {
        let values = [0.9, -0.4, 0.35, 2.8, 0.9, 1.4];
        let found = meta_regression(&values, &VARIANCES, &[&AGE]).expect("a line");
        assert!(found.tau2 > 0.1);
        let back = |x: &[f64; 6]| x.iter().rev().copied().collect::<Vec<_>>();
        let reversed = meta_regression(&back(&values), &back(&VARIANCES), &[&back(&AGE)]).expect("a line");
        assert_eq!(reversed, found);
    }

    #[test]
    fn line_refuses() {
        let fit = |y: &[f64], v: &[f64], x: &[&[f64]]| code(meta_regression(y, v, x));
        assert_eq!(fit(&[], &[], &[&[]]), Some("empty"));
        assert_eq!(fit(&[1.0], &[1.0], &[&[1.0]]), Some("one_site"));
        assert_eq!(fit(&VALUES, &VARIANCES, &[]), Some("no_such_term"));
        assert_eq!(fit(&VALUES, &VARIANCES, &[&AGE[..5]]), Some("lengths_differ"));
        assert_eq!(fit(&VALUES, &VARIANCES[..5], &[&AGE]), Some("lengths_differ"));
        assert_eq!(fit(&VALUES[..2], &VARIANCES[..2], &[&AGE[..2]]), Some("too_few_sites"));
        assert_eq!(fit(&VALUES, &VARIANCES, &[&[1.0; 6]]), Some("collinear"));
        assert_eq!(fit(&VALUES, &VARIANCES, &[&AGE, &AGE]), Some("collinear"));
        assert_eq!(fit(&VALUES, &VARIANCES, &[&[f64::NAN; 6]]), Some("not_finite"));
        assert_eq!(fit(&VALUES, &[0.0; 6], &[&AGE]), Some("variance_not_positive"));
        let found = meta_regression(&VALUES, &VARIANCES, &[&AGE]).expect("a line");
        assert_eq!(code(found.coefficient(2, MeanError::Guarded, 0.95)), Some("no_such_term"));
        assert_eq!(code(found.coefficient(1, MeanError::Guarded, 1.0)), Some("level_out_of_range"));
    }

    #[test]
    fn line_through_every_site_keeps_the_errors_of_the_sites() {
        let found = meta_regression(&AGE, &VARIANCES, &[&AGE]).expect("a line");
        assert!((found.coefficients[1] - 1.0).abs() < 1e-12);
        assert_eq!(found.std_errors, found.std_errors_wald);
        assert!(found.coefficient(1, MeanError::Guarded, 0.95).is_ok());
    }
}
