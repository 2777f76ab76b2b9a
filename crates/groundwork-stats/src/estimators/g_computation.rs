//! Adjusted risks: `gcomp.logistic.delta` and `poisson.modified`.
//!
//! # Estimand
//!
//! The risk of a yes/no outcome if everybody in the data had been treated and
//! if nobody had been, covariates left as they are; their difference and their
//! ratio. Site 1 against site 2 with the people of both: treated is site 1.
//!
//! # Assumptions
//!
//! No covariate that matters for both treatment and outcome is left out, every
//! kind of person could have been in either arm, and the logistic model is
//! right about the covariates. Covariates are those from before the treatment.
//!
//! # Method
//!
//! Marginal standardisation after a logistic regression of the outcome on
//! treatment and covariates: with p₁, p₀ the fitted probabilities of every
//! person with the treatment set to one and to nought,
//!
//! ```text
//! risk₁ = mean p₁   risk₀ = mean p₀   difference, log ratio
//! ```
//!
//! and standard errors by the delta method from the covariance of the
//! coefficients: of the model, robust, or clustered (`cr2`, with
//! Satterthwaite's degrees of freedom along the gradient). The people are taken
//! as given: the errors speak of the outcome, not of who was sampled. The
//! ratio's interval is made on the log scale.
//!
//! The modified Poisson regression (Zou 2004) gives the ratio alone, constant
//! over covariates, with robust errors. It is a check on the first.
//!
//! # Small samples
//!
//! As for [`logistic`](super::logistic): flagged below ten events for each
//! covariate (the treatment is one), refused below five. The interval of the
//! difference can leave the range where a risk is near nought or one.
//!
//! # Refusals
//!
//! Those of [`logistic`](super::logistic) (`separation`, `collinear`,
//! `too_few_events`, `not_binary`, `no_variation` and others), of
//! [`cluster_robust`](super::cluster_robust) where rows are clustered, and
//! `treatment_not_binary`, `one_arm` (everybody or nobody is treated).
//!
//! # Source
//!
//! Snowden JM, Rose S, Mortimer KM (2011). Implementation of G-computation on
//! a simulated data set. American Journal of Epidemiology 173:731-738. Zou G
//! (2004). A modified Poisson regression approach to prospective studies with
//! binary data. American Journal of Epidemiology 159:702-706.

use super::cluster_robust::{
    ClusterDf, Clustered, Heteroskedastic, Sandwich, Scores, heteroskedastic_covariance,
    heteroskedastic_robust,
};
use super::least_squares::{Wald, wald};
use super::logistic::{Logistic, check_events, expit, logistic};
use super::poisson_regression::{PoissonRegression, exponentiated, poisson_regression};
use crate::estimate::{Estimate, Outcome, Refusal, check_level};
use crate::linalg::accumulate::{dot, mean, sum};
use crate::linalg::{Design, Matrix, check_column, check_length};
use crate::warning::Warning;

/// The id of the standardised risks.
pub const METHOD: &str = "gcomp.logistic.delta";

/// The id of the modified Poisson regression.
pub const METHOD_POISSON: &str = "poisson.modified";

/// Whose standard errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiskErrors<'a> {
    /// Of the model: independent people, the model right.
    Model,
    /// Robust against a wrong variance: independent people.
    Robust(Heteroskedastic),
    /// Clustered by these labels, one a row.
    Clustered(&'a [u32]),
}

/// Risks had everybody been treated and had nobody been.
#[derive(Clone, Debug, PartialEq)]
pub struct AdjustedRisks {
    /// The risk had everybody been treated, a share.
    pub treated: f64,
    /// The risk had nobody been treated, a share.
    pub untreated: f64,
    /// Treated minus untreated.
    pub difference: Estimate,
    /// The logarithm of treated over untreated.
    pub log_ratio: Estimate,
    /// Treated over untreated; the p-value is that of the logarithm.
    pub ratio: Estimate,
    /// The regression behind them: the constant, the treatment, the
    /// covariates.
    pub model: Logistic,
}

/// A ratio of risks from a modified Poisson regression.
#[derive(Clone, Debug, PartialEq)]
pub struct ModifiedPoisson {
    /// The logarithm of the ratio.
    pub log_ratio: Estimate,
    /// The ratio; the p-value is that of the logarithm.
    pub ratio: Estimate,
    /// The regression behind it.
    pub model: PoissonRegression,
}

/// Adjusted risks by logistic regression and standardisation.
///
/// `y` and `treated` hold 0 or 1 a row, `covariates` one column each; `level`
/// is the confidence level. See the [module](self) for the method and the
/// refusals. Warnings of the model stand on every estimate.
pub fn g_computation(
    y: &[f64],
    treated: &[f64],
    covariates: &[&[f64]],
    errors: RiskErrors<'_>,
    level: f64,
) -> Result<AdjustedRisks, Refusal> {
    check_level(level)?;
    check_arms(treated, y.len())?;
    let columns: Vec<&[f64]> = std::iter::once(treated).chain(covariates.iter().copied()).collect();
    let design = Design::new(y.len(), &columns)?;
    let model = logistic(y, &design, None)?;
    let n = y.len() as f64;
    let effect = model.coefficients[1];
    let (mut risks, mut gradients) = (Vec::new(), Vec::new());
    for arm in [1.0, 0.0] {
        let set: Vec<f64> =
            model.glm.linear.iter().zip(treated).map(|(eta, t)| expit(eta + (arm - t) * effect)).collect();
        let slopes: Vec<f64> = set.iter().map(|p| p * (1.0 - p)).collect();
        let total = sum(&slopes);
        let mut gradient = vec![total / n, arm * total / n];
        gradient.extend(covariates.iter().map(|column| dot(&slopes, column) / n));
        risks.push(mean(&set));
        gradients.push(gradient);
    }
    let (one, nought) = (risks[0], risks[1]);
    // Written so that a risk that is not a number also fails.
    let usable = one > 0.0 && nought > 0.0;
    if !usable {
        return Err(Refusal::not_finite("the ratio of the risks"));
    }
    let pairs = || gradients[0].iter().zip(&gradients[1]);
    let of_difference: Vec<f64> = pairs().map(|(a, b)| a - b).collect();
    let of_ratio: Vec<f64> = pairs().map(|(a, b)| a / one - b / nought).collect();
    let values = [one - nought, libm::log(one / nought)];
    let mut contrasts = of_difference;
    contrasts.extend(of_ratio);
    let contrasts = Matrix::new(2, design.terms(), contrasts);

    let scores = model.scores(&design)?;
    let mut found = along(&scores, &model.covariance, &contrasts, values, errors, level)?;
    for estimate in &mut found {
        estimate.method = METHOD;
        estimate.warnings.extend_from_slice(&model.warnings);
    }
    let [difference, log_ratio] = found;
    Ok(AdjustedRisks {
        treated: one,
        untreated: nought,
        difference,
        ratio: exponentiated(log_ratio.clone())?,
        log_ratio,
        model,
    })
}

/// Two combinations of coefficients with their errors.
fn along(
    scores: &Scores<'_>,
    model: &Matrix,
    contrasts: &Matrix,
    values: [f64; 2],
    errors: RiskErrors<'_>,
    level: f64,
) -> Result<[Estimate; 2], Refusal> {
    let covariance = match errors {
        RiskErrors::Model => model.clone(),
        RiskErrors::Robust(kind) => heteroskedastic_covariance(scores, kind)?,
        RiskErrors::Clustered(cluster) => {
            let sandwich =
                Sandwich::new(scores, cluster, Clustered::Cr2, ClusterDf::Satterthwaite, contrasts)?;
            let one = |contrast: usize| sandwich.outcome(scores, values[contrast], contrast, level);
            return Ok([one(0)?, one(1)?]);
        }
    };
    let one = |contrast: usize| -> Outcome {
        let std_error = covariance.quadratic(contrasts.row(contrast)).max(0.0).sqrt();
        let value = values[contrast];
        wald(Wald { value, std_error, df: None, n: scores.n, method: METHOD }, level)
    };
    Ok([one(0)?, one(1)?])
}

/// A ratio of risks by Poisson regression with robust errors.
///
/// `y` and `treated` hold 0 or 1 a row, `covariates` one column each; `level`
/// is the confidence level. [`RiskErrors::Model`] is taken as
/// [`Heteroskedastic::Hc0`]: the variance of a yes/no outcome is not that of a
/// count. See the [module](self) for the method and the refusals.
pub fn modified_poisson(
    y: &[f64],
    treated: &[f64],
    covariates: &[&[f64]],
    errors: RiskErrors<'_>,
    level: f64,
) -> Result<ModifiedPoisson, Refusal> {
    check_level(level)?;
    check_arms(treated, y.len())?;
    check_column(y, "a value of the outcome")?;
    let events = super::logistic::check_outcome(y)?;
    let columns: Vec<&[f64]> = std::iter::once(treated).chain(covariates.iter().copied()).collect();
    let design = Design::new(y.len(), &columns)?;
    let model = poisson_regression(y, &design, None)?;
    let warnings: Vec<Warning> = check_events(events, columns.len())?.into_iter().collect();
    let scores = model.scores(&design)?;
    let mut log_ratio = match errors {
        RiskErrors::Clustered(cluster) => {
            let contrast = Matrix::from_fn(1, design.terms(), |_, j| f64::from(u8::from(j == 1)));
            let (kind, df) = (Clustered::Cr2, ClusterDf::Satterthwaite);
            let sandwich = Sandwich::new(&scores, cluster, kind, df, &contrast)?;
            sandwich.outcome(&scores, model.coefficients[1], 0, level)?
        }
        RiskErrors::Model => {
            heteroskedastic_robust(&scores, Heteroskedastic::Hc0, level)?.coefficients.swap_remove(1)?
        }
        RiskErrors::Robust(kind) => {
            heteroskedastic_robust(&scores, kind, level)?.coefficients.swap_remove(1)?
        }
    };
    log_ratio.method = METHOD_POISSON;
    log_ratio.warnings.extend(warnings);
    Ok(ModifiedPoisson { ratio: exponentiated(log_ratio.clone())?, log_ratio, model })
}

fn check_arms(treated: &[f64], rows: usize) -> Result<(), Refusal> {
    check_length(treated.len(), rows)?;
    check_column(treated, "a value of the treatment")?;
    if treated.iter().any(|&t| t != 0.0 && t != 1.0) {
        return Err(Refusal::new(
            "treatment_not_binary",
            "the treatment has values other than zero and one",
            "code the treatment as zero and one; compare several treatments two by two",
        ));
    }
    if treated.iter().all(|&t| t == 0.0) || treated.iter().all(|&t| t == 1.0) {
        return Err(Refusal::new(
            "one_arm",
            "everybody is in the same arm, so there is nothing to compare with",
            "report the risk alone with its interval",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn without_covariates_the_risks_are_the_shares() {
        let treated: Vec<f64> = (0..100).map(|i| f64::from(i < 40)).collect();
        let y: Vec<f64> = (0..100).map(|i| f64::from(i < 24 || (40..55).contains(&i))).collect();
        let found = g_computation(&y, &treated, &[], RiskErrors::Model, 0.95).expect("risks");
        assert!((found.treated - 0.6).abs() < 1e-14 && (found.untreated - 0.25).abs() < 1e-14);
        assert!((found.difference.value - 0.35).abs() < 1e-14);
        let variance = 0.6 * 0.4 / 40.0 + 0.25 * 0.75 / 60.0_f64;
        assert!((found.difference.std_error.expect("se") - variance.sqrt()).abs() < 1e-14);
        let of_log = 0.4 / (0.6 * 40.0) + 0.75 / (0.25 * 60.0_f64);
        assert!((found.log_ratio.std_error.expect("se") - of_log.sqrt()).abs() < 1e-13);
        assert!((found.ratio.value - 2.4).abs() < 1e-13);
        // With nothing to be wrong about, the robust errors are the same.
        let robust = RiskErrors::Robust(Heteroskedastic::Hc0);
        let other = g_computation(&y, &treated, &[], robust, 0.95).expect("risks");
        assert!((other.difference.std_error.expect("se") - variance.sqrt()).abs() < 1e-14);
        let poisson = modified_poisson(&y, &treated, &[], RiskErrors::Model, 0.95).expect("a ratio");
        assert!((poisson.ratio.value - 2.4).abs() < 1e-13);
        assert!((poisson.log_ratio.std_error.expect("se") - of_log.sqrt()).abs() < 1e-13);
    }

    #[test]
    fn swapping_the_arms_mirrors() {
        let mut random = Lcg::new(4);
        let x: Vec<f64> = (0..300).map(|_| random.normal()).collect();
        let treated: Vec<f64> = x.iter().map(|x| f64::from(random.uniform() < expit(0.5 * x))).collect();
        let y: Vec<f64> =
            (0..300).map(|i| f64::from(random.uniform() < expit(x[i] - 0.4 + 0.8 * treated[i]))).collect();
        let cluster: Vec<u32> = (0..300).map(|i| i / 10).collect();
        let swapped: Vec<f64> = treated.iter().map(|t| 1.0 - t).collect();
        for errors in
            [RiskErrors::Model, RiskErrors::Robust(Heteroskedastic::Hc3), RiskErrors::Clustered(&cluster)]
        {
            let a = g_computation(&y, &treated, &[&x], errors, 0.95).expect("risks");
            let b = g_computation(&y, &swapped, &[&x], errors, 0.95).expect("risks");
            assert!((a.difference.value + b.difference.value).abs() < 1e-13);
            let errors = (a.difference.std_error.expect("se"), b.difference.std_error.expect("se"));
            assert!((errors.0 - errors.1).abs() < 1e-12, "{errors:?}");
            assert!((a.ratio.value * b.ratio.value - 1.0).abs() < 1e-13);
            assert_eq!(a.difference.method, "gcomp.logistic.delta");
        }
        let clustered =
            g_computation(&y, &treated, &[&x], RiskErrors::Clustered(&cluster), 0.95).expect("risks");
        assert_eq!(clustered.difference.n_clusters, Some(30));
        assert!(clustered.difference.df.expect("df") < 30.0);
        let modified = modified_poisson(&y, &treated, &[&x], RiskErrors::Clustered(&cluster), 0.95);
        assert_eq!(modified.expect("a ratio").log_ratio.n_clusters, Some(30));
    }

    #[test]
    fn order_changes_no_bit() {
        let mut random = Lcg::new(14);
        let mut rows: Vec<[f64; 3]> = (0..200)
            .map(|_| {
                let (x, t) = (random.normal(), f64::from(random.uniform() < 0.4));
                [f64::from(random.uniform() < expit(x + t)), t, x]
            })
            .collect();
        let take = |rows: &[[f64; 3]]| {
            let column = |j: usize| rows.iter().map(|row| row[j]).collect::<Vec<f64>>();
            let (y, t, x) = (column(0), column(1), column(2));
            let found = g_computation(&y, &t, &[&x], RiskErrors::Robust(Heteroskedastic::Hc0), 0.9);
            let found = found.expect("risks");
            (
                found.difference,
                found.ratio,
                modified_poisson(&y, &t, &[&x], RiskErrors::Model, 0.9).expect("a ratio").ratio,
            )
        };
        let first = take(&rows);
        shuffle(&mut rows, &mut random);
        assert_eq!(take(&rows), first);
    }

    #[test]
    fn what_has_no_risks_is_refused() {
        let treated: Vec<f64> = (0..40).map(|i| f64::from(i % 2)).collect();
        let y: Vec<f64> = (0..40).map(|i| f64::from(i % 3 == 0)).collect();
        let model = RiskErrors::Model;
        let run = |y: &[f64], t: &[f64]| code(g_computation(y, t, &[], model, 0.95));
        assert_eq!(run(&y, &treated[1..]), Some("lengths_differ"));
        assert_eq!(run(&y, &[1.0; 40]), Some("one_arm"));
        assert_eq!(run(&y, &[0.5; 40]), Some("treatment_not_binary"));
        assert_eq!(run(&treated, &treated), Some("separation"));
        assert_eq!(run(&[0.0; 40], &treated), Some("no_variation"));
        assert_eq!(code(modified_poisson(&[0.0; 40], &treated, &[], model, 0.95)), Some("no_variation"));
        assert_eq!(code(modified_poisson(&[2.0; 40], &treated, &[], model, 0.95)), Some("not_binary"));
        let few: Vec<f64> = (0..40).map(|i| f64::from(i < 3)).collect();
        assert_eq!(run(&few, &treated), Some("too_few_events"));
        assert_eq!(code(modified_poisson(&few, &treated, &[], model, 0.95)), Some("too_few_events"));
        let pair: Vec<u32> = (0..40).map(|i| i % 2).collect();
        let two = RiskErrors::Clustered(&pair);
        assert_eq!(code(g_computation(&y, &treated, &[], two, 0.95)), Some("too_few_clusters"));
        assert_eq!(code(g_computation(&y, &treated, &[], model, 2.0)), Some("level_out_of_range"));
    }
}
