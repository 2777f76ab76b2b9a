//! Poisson regression with an offset: `poisson`, `poisson.quasi.t` and
//! `poisson.quasi.z`.
//!
//! # Estimand
//!
//! The coefficients β of log E(y) = log(exposure) + xβ: differences in log
//! rates. exp(β) is a ratio of rates; with a yes/no outcome and errors from
//! [`cluster_robust`](super::cluster_robust) a ratio of risks (modified
//! Poisson, Zou 2004).
//!
//! # Assumptions
//!
//! The logarithm of the mean is linear in the columns. For `poisson` the
//! variance equals the mean; for `poisson.quasi` it is proportional to it, by
//! a factor estimated from the data. Rows are independent: counts of months
//! that follow each other may not be
//! ([`interrupted_time_series`](super::interrupted_time_series)).
//!
//! # Method
//!
//! Maximum likelihood by Newton's rule; V = φ (X'WX)⁻¹ with W the fitted means
//! and φ = 1, or Pearson's Σ (y - m)²/m / (n - p). The quasi interval uses t of
//! n - p degrees of freedom (`.t`), as φ is estimated, or the normal critical
//! value (`.z`), as older reports do.
//!
//! # Small samples
//!
//! The normal approximation needs some five expected events in every group
//! that a coefficient speaks of; below that use exact intervals for rates. φ
//! from few rows is uncertain; t takes that into account.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `out_of_range`, `negative_count`,
//! `no_events`, `too_few_rows`, `collinear`, `separation` (a group without any
//! event), `no_convergence`; for inference `level_out_of_range`,
//! `no_such_term`, and with φ estimated `no_variation` (it is nothing).
//!
//! # Source
//!
//! McCullagh P, Nelder JA (1989). Generalized linear models, 2nd edition.
//! Chapman and Hall. Zou G (2004). A modified Poisson regression approach to
//! prospective studies with binary data. American Journal of Epidemiology
//! 159:702-706.

use super::glm::{self, Family, Glm};
use super::least_squares::{Wald, check_rows, no_such_term, wald};
use crate::estimate::{Outcome, Refusal, finite_interval};
use crate::linalg::accumulate;
use crate::linalg::{Design, Matrix, check_column, check_length};
use crate::thresholds::OVERDISPERSION;
use crate::warning::Warning;

/// The id of the method with the variance of Poisson.
pub const METHOD: &str = "poisson";

/// The id of the method with estimated dispersion and t.
pub const METHOD_QUASI: &str = "poisson.quasi.t";

/// The id of the method with estimated dispersion and the normal distribution.
pub const METHOD_QUASI_NORMAL: &str = "poisson.quasi.z";

/// How the spread of the counts is taken into account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dispersion {
    /// The variance is the mean; normal critical values.
    Poisson,
    /// The variance is the mean times φ, estimated; t of n - p. The default.
    Quasi,
    /// The same with normal critical values.
    QuasiNormal,
}

/// A fitted Poisson regression.
#[derive(Clone, Debug, PartialEq)]
pub struct PoissonRegression {
    /// The coefficients (log rates), in the order of the terms of the design.
    pub coefficients: Vec<f64>,
    /// (X'WX)⁻¹, the covariance of the coefficients with φ = 1.
    pub covariance: Matrix,
    /// The fitted count of every row.
    pub fitted: Vec<f64>,
    /// φ by Pearson's statistic; zero where the model fits every row.
    pub dispersion: f64,
    /// Twice the distance to the log-likelihood of a model that fits every
    /// row.
    pub deviance: f64,
    /// n - p.
    pub df: f64,
    /// The number of rows.
    pub n: u64,
    pub(crate) glm: Glm,
}

/// Fits a Poisson regression.
///
/// `y` holds one count (not negative, need not be whole) a row; `offset`,
/// where given, the logarithm of the exposure of every row. See the
/// [module](self) for the method and the refusals.
pub fn poisson_regression(
    y: &[f64],
    design: &Design<'_>,
    offset: Option<&[f64]>,
) -> Result<PoissonRegression, Refusal> {
    check_length(y.len(), design.rows())?;
    let (least, most) = check_column(y, "a count")?;
    if least < 0.0 {
        return Err(Refusal::new(
            "negative_count",
            "a count is below zero",
            "correct the counts, or use a method for means",
        ));
    }
    if most <= 0.0 {
        return Err(Refusal::new(
            "no_events",
            "there is no event in any row, so no rate can be compared",
            "report zero events with the exact upper limit of the rate",
        ));
    }
    if let Some(offset) = offset {
        check_length(offset.len(), y.len())?;
        check_column(offset, "the logarithm of an exposure")?;
    }
    check_rows(y.len(), design.terms())?;
    let glm = glm::fit(Family::Poisson, y, design, None, offset)?;
    let df = (y.len() - design.terms()) as f64;
    let pearson: Vec<f64> = y.iter().zip(&glm.fitted).map(|(y, m)| (y - m) * ((y - m) / m)).collect();
    let deviances: Vec<f64> = y.iter().zip(&glm.fitted).map(|(&y, &m)| deviance(y, m)).collect();
    let mut dispersion = accumulate::sum(&pearson) / df;
    if dispersion <= 1e-24 * accumulate::largest(&glm.fitted) {
        // The model fits every row, to within rounding.
        dispersion = 0.0;
    }
    let deviance = accumulate::sum(&deviances);
    let covariance = glm.covariance();
    if !(covariance.is_finite() && dispersion.is_finite() && deviance.is_finite()) {
        return Err(Refusal::not_finite("the dispersion or the covariance of the coefficients"));
    }
    Ok(PoissonRegression {
        coefficients: glm.coefficients.clone(),
        covariance,
        fitted: glm.fitted.clone(),
        dispersion,
        deviance,
        df,
        n: y.len() as u64,
        glm,
    })
}

/// 2 (y log(y/m) - (y - m)), whose two parts cancel near y = m.
fn deviance(y: f64, m: f64) -> f64 {
    if y == 0.0 {
        return 2.0 * m;
    }
    let share = (y - m) / m;
    if share.abs() < 0.1 {
        // (1 + d) log(1 + d) - d = d²/2 - d³/6 + d⁴/12 - ...
        let mut total = 0.0;
        let mut power = share * share;
        let mut k = 2.0;
        while power.abs() > 1e-18 * share * share {
            total += power / (k * (k - 1.0));
            power *= -share;
            k += 1.0;
        }
        2.0 * m * total
    } else {
        2.0 * (y * libm::log(y / m) - (y - m))
    }
}

impl PoissonRegression {
    /// The standard errors of the coefficients.
    pub fn std_errors(&self, dispersion: Dispersion) -> Vec<f64> {
        let factor = if dispersion == Dispersion::Poisson { 1.0 } else { self.dispersion };
        self.covariance.diagonal_of().iter().map(|v| (factor * v).sqrt()).collect()
    }

    /// A coefficient (log rate ratio) with its interval at `level` and p-value
    /// against zero; `term` counts from zero in the order of the design.
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`: the level is not strictly between 0 and 1.
    /// * `no_such_term`: the design has no such term.
    /// * `no_variation`: φ is estimated, and is nothing.
    ///
    /// # Warnings
    ///
    /// * `overdispersion`: the variance is taken as the mean, and φ says that
    ///   it is more than half as large again.
    pub fn coefficient(&self, term: usize, dispersion: Dispersion, level: f64) -> Outcome {
        let Some(&value) = self.coefficients.get(term) else {
            return Err(no_such_term());
        };
        let std_error = self.std_errors(dispersion).get(term).copied().unwrap_or(0.0);
        let (df, method) = match dispersion {
            Dispersion::Poisson => (None, METHOD),
            Dispersion::Quasi => (Some(self.df), METHOD_QUASI),
            Dispersion::QuasiNormal => (None, METHOD_QUASI_NORMAL),
        };
        let mut estimate = wald(Wald { value, std_error, df, n: self.n, method }, level)?;
        if dispersion == Dispersion::Poisson && self.dispersion > OVERDISPERSION {
            estimate.warnings.push(overdispersed());
        }
        Ok(estimate)
    }

    /// exp of a coefficient: a ratio of rates, with the interval and p-value
    /// of the coefficient. The standard error is that of the ratio by the
    /// delta method. Refusals as for [`PoissonRegression::coefficient`].
    pub fn rate_ratio(&self, term: usize, dispersion: Dispersion, level: f64) -> Outcome {
        exponentiated(self.coefficient(term, dispersion, level)?)
    }
}

fn overdispersed() -> Warning {
    Warning::new(
        "overdispersion",
        "the counts vary more than the model allows, so the interval is too narrow",
    )
}

/// An estimate of a logarithm brought back to its own scale.
pub(crate) fn exponentiated(mut estimate: crate::Estimate) -> Outcome {
    estimate.value = libm::exp(estimate.value);
    estimate.std_error = estimate.std_error.map(|std_error| std_error * estimate.value);
    if !(estimate.value.is_finite() && estimate.std_error.is_none_or(|se| se.is_finite())) {
        return Err(Refusal::not_finite("the ratio"));
    }
    estimate.interval = match estimate.interval {
        Some(limits) => {
            Some(finite_interval(libm::exp(limits.lower), libm::exp(limits.upper), limits.level)?)
        }
        None => None,
    };
    Ok(estimate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn two_rates_by_hand() {
        let x = [0.0, 0.0, 1.0, 1.0];
        let y = [3.0, 7.0, 12.0, 18.0];
        let offset = [2.0, 3.0, 4.0, 1.0].map(libm::log);
        let design = Design::new(4, &[&x]).expect("a design");
        let fit = poisson_regression(&y, &design, Some(&offset)).expect("a fit");
        // Rates 10/5 and 30/5.
        assert!((fit.coefficients[0] - libm::log(2.0)).abs() < 1e-14);
        assert!((fit.coefficients[1] - libm::log(3.0)).abs() < 1e-14);
        let se = fit.std_errors(Dispersion::Poisson)[1];
        assert!((se - (1.0 / 10.0 + 1.0 / 30.0_f64).sqrt()).abs() < 1e-14);
        let pearson = 1.0 / 4.0 + 1.0 / 6.0 + 144.0 / 24.0 + 144.0 / 6.0;
        assert!((fit.dispersion - pearson / 2.0).abs() < 1e-13);
        let plain = fit.rate_ratio(1, Dispersion::Poisson, 0.95).expect("an estimate");
        assert!((plain.value - 3.0).abs() < 1e-13);
        assert_eq!((plain.method, plain.df, plain.warnings[0].code), ("poisson", None, "overdispersion"));
        let quasi = fit.coefficient(1, Dispersion::Quasi, 0.95).expect("an estimate");
        assert_eq!((quasi.method, quasi.df), ("poisson.quasi.t", Some(2.0)));
        assert!((quasi.std_error.expect("se") / se - fit.dispersion.sqrt()).abs() < 1e-13);
        assert_eq!(code(fit.coefficient(2, Dispersion::Quasi, 0.95)), Some("no_such_term"));
    }

    #[test]
    fn deviance_joins_at_the_change_of_method() {
        for d in [0.0999, 0.1001, -0.0999, -0.1001] {
            let (y, m): (f64, f64) = (50.0 * (1.0 + d), 50.0);
            let direct = 2.0 * (y * libm::log(y / m) - (y - m));
            assert!((deviance(y, m) - direct).abs() < 1e-13);
        }
        assert_eq!((deviance(5.0, 5.0), deviance(0.0, 3.0)), (0.0, 6.0));
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let x = [0.0, 0.0, 1.0, 1.0];
        let design = Design::new(4, &[&x]).expect("a design");
        let refused = |y: [f64; 4]| code(poisson_regression(&y, &design, None));
        assert_eq!(refused([0.0; 4]), Some("no_events"));
        assert_eq!(refused([1.0, -1.0, 0.0, 2.0]), Some("negative_count"));
        assert_eq!(refused([1.0, f64::NAN, 0.0, 2.0]), Some("not_finite"));
        assert_eq!(refused([3.0, 5.0, 0.0, 0.0]), Some("separation"));
        assert_eq!(code(poisson_regression(&[1.0; 3], &design, None)), Some("lengths_differ"));
        let offset = [0.0, f64::NEG_INFINITY, 0.0, 0.0];
        assert_eq!(code(poisson_regression(&[1.0; 4], &design, Some(&offset))), Some("not_finite"));
        let twice = Design::new(4, &[&x, &x]).expect("a design");
        assert_eq!(code(poisson_regression(&[1.0; 4], &twice, None)), Some("collinear"));
        // The model fits every row: no spread to estimate φ from.
        let fit = poisson_regression(&[2.0, 2.0, 4.0, 4.0], &design, None).expect("a fit");
        assert_eq!(fit.dispersion, 0.0);
        assert_eq!(code(fit.coefficient(1, Dispersion::Quasi, 0.95)), Some("no_variation"));
        assert!(fit.coefficient(1, Dispersion::Poisson, 0.95).is_ok());
    }

    #[test]
    fn wide_counts_and_any_order() {
        let mut random = Lcg::new(5);
        let mut rows: Vec<[f64; 3]> = (0..500)
            .map(|_| {
                let x = 3.0 * random.normal();
                let exposure = libm::exp(2.0 * random.normal());
                [libm::rint(exposure * libm::exp(1.0 + x) * 2.0 * random.uniform()), x, libm::log(exposure)]
            })
            .collect();
        let fit = |rows: &[[f64; 3]]| {
            let column = |j: usize| rows.iter().map(|row| row[j]).collect::<Vec<f64>>();
            let (y, x, offset) = (column(0), column(1), column(2));
            let design = Design::new(500, &[&x]).expect("a design");
            let fit = poisson_regression(&y, &design, Some(&offset)).expect("a fit");
            let total = accumulate::sum(&fit.glm.u);
            assert!(total.abs() < 1e-9 * accumulate::sum(&y), "{total}");
            assert!((fit.coefficients[1] - 1.0).abs() < 0.2);
            (fit.coefficients, fit.covariance, fit.dispersion, fit.deviance)
        };
        let first = fit(&rows);
        shuffle(&mut rows, &mut random);
        assert_eq!(fit(&rows), first);
    }
}
