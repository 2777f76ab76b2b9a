//! Effects by a model of the outcome, alone and together with a propensity
//! score: `outcome_model.ate`, `outcome_model.att`, `aipw.ate`, `aipw.att`.
//!
//! # Estimand
//!
//! The difference of mean outcomes with and without the programme, in the
//! units of the outcome, over everyone in the rows (ATE) or over those who
//! were treated (ATT).
//!
//! # Assumptions
//!
//! As for [`inverse_probability`](super::inverse_probability): given the
//! covariates, treatment has nothing to do with the outcome, everyone could
//! have been either, and rows are independent. The outcome model assumes its
//! mean to be linear in the covariates in each arm. The augmented estimate is
//! right if either that or the model of the score is, but its standard error
//! relies on both.
//!
//! # Method
//!
//! Least squares in each arm gives predictions m₁ and m₀ for every row. With
//! score e, share treated p and outcome y,
//!
//! ```text
//! outcome_model  mean of m₁ - m₀ over everyone, or over the treated
//! aipw.ate       mean of φ = m₁ - m₀ + T(y - m₁)/e - (1 - T)(y - m₀)/(1 - e)
//! aipw.att       mean of φ = (T - (1 - T)e/(1 - e))(y - m₀)/p
//! ```
//!
//! The error of the augmented estimates is that of a mean of influence values:
//! with divisor n - 1 for the ATE, and with φ - Tθ/p and divisor n for the
//! ATT. The error of the outcome model is that of its stacked estimating
//! equations, without the assumption that the spread is the same everywhere.
//! Limits are normal.
//!
//! # Small samples
//!
//! The errors are too small when a group has few rows for each covariate or
//! when few units carry the weights. Fits with not more rows than coefficients
//! are refused.
//!
//! # Refusals
//!
//! `lengths_differ`, `not_finite`, `out_of_range`, `level_out_of_range`;
//! `too_few_rows` and `collinear` of the fit in an arm; `no_variation`;
//! `no_such_population` (neither method has an estimate for the overlap
//! population here).
//!
//! Warnings: those of the weights, for the augmented estimates.
//!
//! # Source
//!
//! Robins JM, Rotnitzky A, Zhao LP (1994). Estimation of regression
//! coefficients when some regressors are not always observed. Journal of the
//! American Statistical Association 89:846-866. Lunceford JK, Davidian M
//! (2004). Stratification and weighting via the propensity score in estimation
//! of causal treatment effects: a comparative study. Statistics in Medicine
//! 23:2937-2960. Sant'Anna PHC, Zhao J (2020). Doubly robust
//! difference-in-differences estimators. Journal of Econometrics 219:101-122.

use super::influence::{Influenced, OutcomeModel, scale};
use super::inverse_probability::{Population, Propensity};
use crate::estimate::{Outcome, Refusal, check_level};
use crate::linalg::accumulate::{mean, sum};
use crate::linalg::{Design, check_column, check_length};

/// The id of the outcome model for everyone.
pub const METHOD_MODEL_ATE: &str = "outcome_model.ate";
/// The id of the outcome model for the treated.
pub const METHOD_MODEL_ATT: &str = "outcome_model.att";
/// The id of the augmented estimate for everyone.
pub const METHOD_AIPW_ATE: &str = "aipw.ate";
/// The id of the augmented estimate for the treated.
pub const METHOD_AIPW_ATT: &str = "aipw.att";

/// The mean effect that linear models of the outcome predict.
///
/// `outcome` holds one value a row, in its own units, `treated` says whether
/// the row was, and `covariates` hold one column a covariate; a constant is
/// added. `population` is everyone or the treated. The interval is normal, at
/// the confidence level `level` (a share); `n` is the number of rows. See the
/// [module](self) for the method and refusals.
pub fn outcome_model(
    outcome: &[f64],
    treated: &[bool],
    covariates: &[&[f64]],
    population: Population,
    level: f64,
) -> Outcome {
    check_level(level)?;
    check_length(outcome.len(), treated.len())?;
    check_column(outcome, "an outcome")?;
    let design = Design::new(treated.len(), covariates)?;
    let (wanted, method) = match population {
        Population::Everyone => (vec![true; treated.len()], METHOD_MODEL_ATE),
        Population::Treated => (treated.to_vec(), METHOD_MODEL_ATT),
        Population::Overlap => return Err(no_such_population()),
    };
    let model = fit(outcome, &design, treated)?;
    let (value, influence) = model.standardised(&design, &wanted);
    let found = Influenced {
        value,
        influence: &influence,
        factor: 1.0,
        scale: scale(outcome),
        n: treated.len() as u64,
        method,
    };
    found.estimate(level)
}

/// The augmented (doubly robust) estimate, for everyone or for the treated.
///
/// `outcome` holds one value a row of `propensity`, in its own units; the
/// outcome is modelled with the covariates of the score. The interval is
/// normal, at the confidence level `level` (a share); `n` is the number of
/// rows. See the [module](self) for the method, refusals and warnings.
pub fn augmented(
    outcome: &[f64],
    propensity: &Propensity<'_>,
    population: Population,
    level: f64,
) -> Outcome {
    check_level(level)?;
    propensity.check_outcome(outcome)?;
    let n = outcome.len() as f64;
    let weights = match population {
        Population::Overlap => return Err(no_such_population()),
        Population::Everyone | Population::Treated => propensity.weights(population),
    };
    let model = fit(outcome, &propensity.design, propensity.treated)?;
    let (value, influence, factor, method) = if population == Population::Everyone {
        let mut values = model.gaps();
        for (row, at) in values.iter_mut().enumerate() {
            // Residuals are zero outside their arm.
            *at += weights[row] * (model.treated.residuals[row] - model.comparison.residuals[row]);
        }
        let value = mean(&values);
        values.iter_mut().for_each(|at| *at = (*at - value) / n);
        (value, values, n / (n - 1.0), METHOD_AIPW_ATE)
    } else {
        let share = propensity.n_treated() as f64 / n;
        let mut values: Vec<f64> = outcome
            .iter()
            .zip(&model.comparison.predicted)
            .zip(propensity.treated.iter().zip(&weights))
            .map(|((y, predicted), (&treated, weight))| {
                let signed = if treated { *weight } else { -*weight };
                signed * (y - predicted) / (share * n)
            })
            .collect();
        let value = sum(&values);
        for (at, indicator) in values.iter_mut().zip(&propensity.indicator) {
            *at -= indicator * value / (share * n);
        }
        (value, values, 1.0, METHOD_AIPW_ATT)
    };
    let found =
        Influenced { value, influence: &influence, factor, scale: scale(outcome), n: propensity.n(), method };
    let mut estimate = found.estimate(level)?;
    estimate.warnings = propensity.warnings(population)?;
    Ok(estimate)
}

fn fit(outcome: &[f64], design: &Design<'_>, treated: &[bool]) -> Result<OutcomeModel, Refusal> {
    let comparison: Vec<bool> = treated.iter().map(|&treated| !treated).collect();
    OutcomeModel::fit(outcome, design, treated, &comparison)
}

fn no_such_population() -> Refusal {
    Refusal::new(
        "no_such_population",
        "there is no estimate of this kind for the overlap population",
        "use the difference of weighted means for it, or name everyone or the treated",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    const BOTH: [Population; 2] = [Population::Everyone, Population::Treated];

    fn rows(seed: u64, n: usize) -> (Vec<bool>, Vec<f64>, Vec<f64>) {
        let mut random = Lcg::new(seed);
        let x: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        let treated: Vec<bool> =
            x.iter().map(|x| random.uniform() < 0.5 + 0.1 * x.clamp(-2.0, 2.0)).collect();
        let y = x.iter().zip(&treated).map(|(x, t)| 3.0 * x + f64::from(u8::from(*t)) + random.normal());
        let y = y.collect();
        (treated, x, y)
    }

    #[test]
    fn augmented_by_hand() {
        // Saturated in one covariate of 0 and 1: model, weights and both give
        // the standardised differences 3 and 4.
        let x = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let treated = [true, true, false, false, true, true, false, false];
        let y = [4.0, 6.0, 1.0, 3.0, 10.0, 14.0, 7.0, 9.0];
        let propensity = Propensity::fit(&treated, &[&x]).expect("a score");
        for population in BOTH {
            let model = outcome_model(&y, &treated, &[&x], population, 0.95).expect("an estimate");
            let both = augmented(&y, &propensity, population, 0.95).expect("an estimate");
            assert!((model.value - 3.5).abs() < 1e-12);
            assert!((both.value - 3.5).abs() < 1e-12);
        }
        // φ of everyone: strata means 3 and 4, each with ±1/e of 1, 1, 2, 1 in
        // the arms: Σ (φ - 3.5)² = 8 · 1/4 + 4 (1 + 1 + 4 + 1) · 2.
        let both = augmented(&y, &propensity, Population::Everyone, 0.95).expect("an estimate");
        let expected = ((8.0 * 0.25 + 4.0 * 7.0 * 2.0) / 7.0 / 8.0_f64).sqrt();
        assert!((both.std_error.expect("an error") - expected).abs() < 1e-12);
        assert_eq!((both.method, both.n), ("aipw.ate", 8));
    }

    #[test]
    fn augmented_is_right_when_the_outcome_is_linear() {
        let (treated, x, _) = rows(9, 60);
        let mut random = Lcg::new(77);
        let y: Vec<f64> = x
            .iter()
            .zip(&treated)
            .map(|(x, &t)| 1.0 + 2.0 * x + if t { 5.0 } else { 0.0 } + 1e-6 * random.normal())
            .collect();
        let propensity = Propensity::fit(&treated, &[&x]).expect("a score");
        for population in BOTH {
            let found = augmented(&y, &propensity, population, 0.95).expect("an estimate");
            assert!((found.value - 5.0).abs() < 1e-5);
        }
    }

    #[test]
    fn augmented_refuses() {
        let (treated, x, y) = rows(2, 30);
        let propensity = Propensity::fit(&treated, &[&x]).expect("a score");
        for population in BOTH {
            let both = |y: &[f64], level| code(augmented(y, &propensity, population, level));
            let model = |y: &[f64], level| code(outcome_model(y, &treated, &[&x], population, level));
            for found in [both(&y, 95.0), model(&y, 0.0)] {
                assert_eq!(found, Some("level_out_of_range"));
            }
            for found in [both(&y[1..], 0.95), model(&y[1..], 0.95)] {
                assert_eq!(found, Some("lengths_differ"));
            }
            for found in [both(&[f64::NAN; 30], 0.95), model(&[f64::INFINITY; 30], 0.95)] {
                assert_eq!(found, Some("not_finite"));
            }
            for found in [both(&[1e300; 30], 0.95), model(&[-1e300; 30], 0.95)] {
                assert_eq!(found, Some("out_of_range"));
            }
            for constant in [0.0, 0.1, -1e50] {
                assert_eq!(both(&[constant; 30], 0.95), Some("no_variation"));
                assert_eq!(model(&[constant; 30], 0.95), Some("no_variation"));
            }
        }
        let overlap = Population::Overlap;
        assert_eq!(code(augmented(&y, &propensity, overlap, 0.95)), Some("no_such_population"));
        assert_eq!(code(outcome_model(&y, &treated, &[&x], overlap, 0.95)), Some("no_such_population"));
        let few = [true, true, false, false, false];
        assert_eq!(
            code(outcome_model(&y[..5], &few, &[&x[..5]], Population::Everyone, 0.95)),
            Some("too_few_rows")
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn augmented_does_not_depend_on_the_order(seed in 0_u64..500, n in 40_usize..90) {
            let (treated, x, y) = rows(seed, n);
            let mut order: Vec<usize> = (0..n).collect();
            shuffle(&mut order, &mut Lcg::new(seed));
            let treated_again: Vec<bool> = order.iter().map(|&row| treated[row]).collect();
            let x_again: Vec<f64> = order.iter().map(|&row| x[row]).collect();
            let y_again: Vec<f64> = order.iter().map(|&row| y[row]).collect();
            let one = Propensity::fit(&treated, &[&x]).expect("a score");
            let other = Propensity::fit(&treated_again, &[&x_again]).expect("a score");
            for population in BOTH {
                prop_assert_eq!(
                    augmented(&y, &one, population, 0.95),
                    augmented(&y_again, &other, population, 0.95)
                );
                prop_assert_eq!(
                    outcome_model(&y, &treated, &[&x], population, 0.95),
                    outcome_model(&y_again, &treated_again, &[&x_again], population, 0.95)
                );
            }
        }
    }
}
