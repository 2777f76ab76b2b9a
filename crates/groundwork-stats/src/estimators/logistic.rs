//! Logistic regression: `logistic.wald`.
//!
//! # Estimand
//!
//! The coefficients β of log(p/(1 - p)) = xβ, where p is the probability of
//! the outcome given the covariates: differences in log odds. For reports use
//! risks, not odds: [`g_computation`](super::g_computation) turns this fit
//! into them.
//!
//! # Assumptions
//!
//! Independent rows, the log odds linear in the columns as given. For
//! clustered rows take the errors from
//! [`cluster_robust`](super::cluster_robust).
//!
//! # Method
//!
//! Maximum likelihood by Newton's rule (iteratively reweighted least squares),
//! until the step is below 1e-8 standard errors and the next one nothing; V = (X'WX)⁻¹ with
//! W = p(1 - p), normal critical values. With weights w the log-likelihood of
//! each row is multiplied by its weight; the errors given here then take the
//! weights as numbers of people.
//!
//! # Small samples
//!
//! The estimates are biased away from zero when events are few: below ten for
//! each covariate this is flagged, below five refused (Peduzzi et al. 1996).
//! Events are the rarer of the two outcomes.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `out_of_range`, `negative_weight`,
//! `not_binary`, `no_variation` (the outcome is the same in every row),
//! `too_few_rows`, `collinear`, `separation` (a combination of covariates
//! tells the outcomes apart, so that a coefficient has no finite estimate),
//! `too_few_events`, `no_convergence`.
//!
//! # Source
//!
//! McCullagh P, Nelder JA (1989). Generalized linear models, 2nd edition.
//! Chapman and Hall. Albert A, Anderson JA (1984). On the existence of maximum
//! likelihood estimates in logistic regression models. Biometrika 71:1-10.
//! Peduzzi P, Concato J, Kemper E, Holford TR, Feinstein AR (1996). A
//! simulation study of the number of events per variable in logistic
//! regression analysis. Journal of Clinical Epidemiology 49:1373-1379.

use super::glm::{self, Family, Glm};
use super::least_squares::{Wald, check_rows, no_such_term, wald};
use crate::estimate::{Outcome, Refusal};
use crate::linalg::{Design, Matrix, check_column, check_length, check_weights};
use crate::thresholds::{EVENTS_PER_PARAMETER_FEW, EVENTS_PER_PARAMETER_LEAST};
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "logistic.wald";

/// A fitted logistic regression.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic {
    /// The coefficients (log odds), in the order of the terms of the design.
    pub coefficients: Vec<f64>,
    /// Their standard errors for independent rows.
    pub std_errors: Vec<f64>,
    /// (X'WX)⁻¹, the covariance of the coefficients for independent rows.
    pub covariance: Matrix,
    /// The fitted probability of every row.
    pub fitted: Vec<f64>,
    /// The (weighted) log-likelihood.
    pub log_likelihood: f64,
    /// The number of rows with a weight above zero.
    pub n: u64,
    /// How many of them had the rarer outcome.
    pub events: u64,
    /// `few_events` where there are fewer than ten for each covariate.
    pub warnings: Vec<Warning>,
    pub(crate) glm: Glm,
}

/// Fits a logistic regression whose coefficients are to be read.
///
/// `y` holds 0 or 1 for every row; `weights`, where given, one weight a row.
/// See the [module](self) for the method, refusals and warnings.
pub fn logistic(y: &[f64], design: &Design<'_>, weights: Option<&[f64]>) -> Result<Logistic, Refusal> {
    let mut fit = logistic_unscreened(y, design, weights)?;
    fit.warnings.extend(check_events(fit.events, design.columns().len())?);
    Ok(fit)
}

/// Refuses too few events for the covariates, or warns of few.
pub(crate) fn check_events(events: u64, covariates: usize) -> Result<Option<Warning>, Refusal> {
    let share = events as f64 / covariates.max(1) as f64;
    if share < EVENTS_PER_PARAMETER_LEAST {
        return Err(Refusal::new(
            "too_few_events",
            "there are fewer than five events for each covariate, so the estimates are badly biased",
            "use fewer covariates, or report the crude comparison with its exact interval",
        ));
    }
    Ok((share < EVENTS_PER_PARAMETER_FEW).then(|| {
        Warning::new(
            "few_events",
            "there are fewer than ten events for each covariate, so the estimates lean away from no difference",
        )
    }))
}

/// Refuses an outcome that is not 0 or 1, or always the same; the number of
/// the rarer one.
pub(crate) fn check_outcome(y: &[f64]) -> Result<u64, Refusal> {
    if y.iter().any(|&y| y != 0.0 && y != 1.0) {
        return Err(Refusal::new(
            "not_binary",
            "the outcome has values other than zero and one",
            "code the outcome as zero and one, or use a method for means",
        ));
    }
    let ones = y.iter().filter(|&&y| y == 1.0).count();
    let events = ones.min(y.len() - ones);
    if events == 0 {
        return Err(Refusal::new(
            "no_variation",
            "the outcome is the same in every row, so nothing can be explained",
            "report the share with an exact interval",
        ));
    }
    Ok(events as u64)
}

/// Fits a logistic regression whose fitted probabilities are wanted and whose
/// coefficients are not read, such as a propensity score: the rule of events
/// for each covariate is not applied.
///
/// Otherwise as [`logistic`].
pub fn logistic_unscreened(
    y: &[f64],
    design: &Design<'_>,
    weights: Option<&[f64]>,
) -> Result<Logistic, Refusal> {
    check_length(y.len(), design.rows())?;
    check_column(y, "a value of the outcome")?;
    let (n, events) = match weights {
        Some(weights) => {
            check_weights(weights, y.len())?;
            let rows = y.iter().zip(weights).filter(|&(_, &weight)| weight > 0.0);
            let counted: Vec<f64> = rows.map(|(&y, _)| y).collect();
            (counted.len(), check_outcome(&counted)?)
        }
        None => (y.len(), check_outcome(y)?),
    };
    check_rows(n, design.terms())?;
    let glm = glm::fit(Family::Binomial, y, design, weights, None)?;
    let covariance = glm.covariance();
    let std_errors: Vec<f64> = covariance.diagonal_of().iter().map(|v| v.sqrt()).collect();
    if !covariance.is_finite() {
        return Err(Refusal::not_finite("the covariance of the coefficients"));
    }
    Ok(Logistic {
        coefficients: glm.coefficients.clone(),
        std_errors,
        covariance,
        fitted: glm.fitted.clone(),
        log_likelihood: glm.kernel,
        n: n as u64,
        events,
        warnings: Vec::new(),
        glm,
    })
}

impl Logistic {
    /// A coefficient (log odds ratio) with its normal interval at `level` and
    /// p-value against zero; `term` counts from zero in the order of the
    /// design.
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`: the level is not strictly between 0 and 1.
    /// * `no_such_term`: the design has no such term.
    pub fn coefficient(&self, term: usize, level: f64) -> Outcome {
        let (Some(&value), Some(&std_error)) = (self.coefficients.get(term), self.std_errors.get(term))
        else {
            return Err(no_such_term());
        };
        let mut estimate = wald(Wald { value, std_error, df: None, n: self.n, method: METHOD }, level)?;
        estimate.warnings.clone_from(&self.warnings);
        Ok(estimate)
    }

    /// The probability for a row of a design: its values in the order of the
    /// terms, the constant (1) included.
    pub fn predict(&self, terms: &[f64]) -> f64 {
        let eta: f64 = terms.iter().zip(&self.coefficients).map(|(x, b)| x * b).sum();
        expit(eta)
    }
}

/// 1/(1 + exp(-x)).
pub(crate) fn expit(x: f64) -> f64 {
    let e = libm::exp(-x.abs());
    if x >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// `successes` and `failures` with x = 0 and with x = 1.
    fn table(cells: [(usize, usize); 2]) -> (Vec<f64>, Vec<f64>) {
        let (mut y, mut x) = (vec![], vec![]);
        for (value, (successes, failures)) in [0.0, 1.0].into_iter().zip(cells) {
            for i in 0..successes + failures {
                y.push(f64::from(i < successes));
                x.push(value);
            }
        }
        (y, x)
    }

    #[test]
    fn two_by_two_is_the_log_odds_ratio() {
        let (y, x) = table([(10, 30), (25, 15)]);
        let design = Design::new(80, &[&x]).expect("a design");
        let fit = logistic(&y, &design, None).expect("a fit");
        let truth = libm::log(25.0 * 30.0 / (15.0 * 10.0));
        assert!((fit.coefficients[1] - truth).abs() < 1e-14);
        let variance: f64 = 1.0 / 10.0 + 1.0 / 30.0 + 1.0 / 25.0 + 1.0 / 15.0;
        assert!((fit.std_errors[1] - variance.sqrt()).abs() < 1e-14);
        assert!((fit.predict(&[1.0, 1.0]) - 25.0 / 40.0).abs() < 1e-15);
        assert_eq!((fit.n, fit.events), (80, 35));
        let slope = fit.coefficient(1, 0.95).expect("an estimate");
        assert!((slope.statistic.expect("z") - truth / variance.sqrt()).abs() < 1e-13);
        assert_eq!((slope.df, slope.method), (None, "logistic.wald"));
        assert_eq!(code(fit.coefficient(2, 0.95)), Some("no_such_term"));
        // Counts as weights say the same.
        let weighted = logistic_unscreened(
            &[1.0, 0.0, 1.0, 0.0],
            &Design::new(4, &[&[0.0, 0.0, 1.0, 1.0]]).expect("a design"),
            Some(&[10.0, 30.0, 25.0, 15.0]),
        )
        .expect("a fit");
        assert!((weighted.coefficients[1] - truth).abs() < 1e-14);
        assert!((weighted.std_errors[1] - variance.sqrt()).abs() < 1e-14);
    }

    #[test]
    fn separated_outcomes_are_refused() {
        for cells in [[(1, 3), (4, 0)], [(10, 30), (40, 0)], [(0, 40), (40, 0)], [(0, 400), (40, 400)]] {
            let (y, x) = table(cells);
            let design = Design::new(y.len(), &[&x]).expect("a design");
            assert_eq!(code(logistic(&y, &design, None)), Some("separation"), "{cells:?}");
        }
        // A rare category without events, and a threshold on a measurement.
        let mut random = Lcg::new(6);
        let rare: Vec<f64> = (0..4000).map(|i| f64::from(i < 3)).collect();
        let x: Vec<f64> = (0..4000).map(|_| random.normal()).collect();
        let noisy: Vec<f64> =
            (0..4000).map(|i| f64::from(i >= 3 && random.uniform() < expit(x[i]))).collect();
        let design = Design::new(4000, &[&rare, &x]).expect("a design");
        assert_eq!(code(logistic(&noisy, &design, None)), Some("separation"));
        let cut: Vec<f64> = x.iter().map(|&x| f64::from(x > 0.1)).collect();
        assert_eq!(code(logistic(&cut, &design, None)), Some("separation"));
    }

    #[test]
    fn a_steep_curve_is_not_separation() {
        // Calendar years and their squares have huge coefficients that cancel.
        let mut random = Lcg::new(16);
        let year: Vec<f64> = (0..3000).map(|i| 2000.0 + f64::from(i % 24)).collect();
        let square: Vec<f64> = year.iter().map(|y| y * y).collect();
        let y: Vec<f64> = year
            .iter()
            .map(|y| f64::from(random.uniform() < expit(1.0 - 0.03 * (y - 2010.0) * (y - 2010.0))))
            .collect();
        let design = Design::new(3000, &[&year, &square]).expect("a design");
        let fit = logistic(&y, &design, None).expect("a fit");
        assert!((fit.coefficients[2] + 0.03).abs() < 0.005, "{:?}", fit.coefficients);
        let centred: Vec<f64> = year.iter().map(|y| y - 2010.0).collect();
        let square: Vec<f64> = centred.iter().map(|y| y * y).collect();
        let design = Design::new(3000, &[&centred, &square]).expect("a design");
        let other = logistic(&y, &design, None).expect("a fit");
        assert!((fit.coefficients[2] / other.coefficients[2] - 1.0).abs() < 1e-9);
        assert!((fit.std_errors[2] / other.std_errors[2] - 1.0).abs() < 1e-9);
    }

    #[test]
    fn few_events_are_flagged_or_refused() {
        let (y, x) = table([(3, 40), (1, 40)]);
        let design = Design::new(84, &[&x]).expect("a design");
        assert_eq!(code(logistic(&y, &design, None)), Some("too_few_events"));
        assert!(logistic_unscreened(&y, &design, None).is_ok());
        let (y, x) = table([(4, 40), (3, 40)]);
        let design = Design::new(87, &[&x]).expect("a design");
        let fit = logistic(&y, &design, None).expect("a fit");
        assert_eq!(fit.warnings[0].code, "few_events");
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let x = [0.0, 1.0, 2.0, 3.0];
        let design = Design::new(4, &[&x]).expect("a design");
        assert_eq!(code(logistic(&[0.0, 1.0, 0.5, 1.0], &design, None)), Some("not_binary"));
        assert_eq!(code(logistic(&[0.0, 1.0, f64::NAN, 1.0], &design, None)), Some("not_finite"));
        assert_eq!(code(logistic(&[0.0; 4], &design, None)), Some("no_variation"));
        assert_eq!(code(logistic(&[1.0; 4], &design, None)), Some("no_variation"));
        assert_eq!(code(logistic(&[1.0; 3], &design, None)), Some("lengths_differ"));
        let same = Design::new(4, &[&x, &[3.0; 4]]).expect("a design");
        assert_eq!(code(logistic(&[0.0, 1.0, 0.0, 1.0], &same, None)), Some("collinear"));
    }

    #[test]
    fn score_is_nothing_and_order_is_without_effect() {
        let mut random = Lcg::new(77);
        let rows = 700;
        let mut table: Vec<[f64; 4]> = (0..rows)
            .map(|_| {
                let (a, b) = (1990.0 + 10.0 * random.normal(), f64::from(random.uniform() < 0.1));
                let eta = 0.1 * (a - 1990.0) + b - 1.0;
                [f64::from(random.uniform() < expit(eta)), a, b, 0.1 + random.uniform()]
            })
            .collect();
        let fit = |table: &[[f64; 4]], weighted: bool| {
            let column = |j: usize| table.iter().map(|row| row[j]).collect::<Vec<f64>>();
            let (y, a, b, w) = (column(0), column(1), column(2), column(3));
            let design = Design::new(rows, &[&a, &b]).expect("a design");
            let fit = logistic(&y, &design, weighted.then_some(&w[..])).expect("a fit");
            for j in 0..3 {
                let score: f64 = (0..rows).map(|i| fit.glm.u[i] * design.value(i, j)).sum();
                assert!(score.abs() < 1e-9, "{score}");
            }
            (fit.coefficients, fit.covariance, fit.log_likelihood)
        };
        let first = (fit(&table, false), fit(&table, true));
        shuffle(&mut table, &mut random);
        assert_eq!((fit(&table, false), fit(&table, true)), first);
    }
}
