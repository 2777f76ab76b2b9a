//! Shares of sites as a sample, on the log-odds scale: `plo.reml`.
//!
//! # Estimand
//!
//! The share in the middle site of the population the sites were drawn from:
//! the inverse logit of the mean log odds. It is the median of the sites'
//! shares, not their mean, and not the share of all people taken together,
//! which a large site decides alone.
//!
//! # Assumptions
//!
//! Within a site people are independent and share one probability; sites are
//! independent, and their log odds scatter normally.
//!
//! # Method
//!
//! y = ln(x/(n - x)) with variance 1/x + 1/(n - x); a half is added to both
//! counts of those sites alone that have none of one. The log odds are pooled
//! by [`pool`] with REML; the mean, the
//! prediction for a further site and the sites drawn towards the mean are
//! turned back into shares, between 0 and 1. Averaging double arcsines is not
//! offered: turning them back takes a single n, which unequal sites do not
//! have (Schwarzer et al. 2019).
//!
//! # Small samples
//!
//! The normal form of a site's log odds is rough below about ten people or
//! with a share near 0 or 1, and the added halves draw such sites to the
//! middle. [`random_intercept_logistic`](super::random_intercept_logistic)
//! and [`beta_binomial`](super::beta_binomial) use the counts as they are.
//!
//! # Refusals
//!
//! `empty`, `one_site`, `lengths_differ`, `zero_denominator`,
//! `numerator_exceeds_denominator`, `out_of_range`; for intervals
//! `level_out_of_range` and `pi_needs_three_sites`.
//!
//! # Source
//!
//! Schwarzer G et al. (2019). Seriously misleading results using inverse of
//! Freeman-Tukey double arcsine transformation in meta-analysis of single
//! proportions. Research Synthesis Methods 10:476-483. Stijnen T, Hamza TH,
//! Özdemir P (2010). Random effects meta-analysis of event outcome in the
//! framework of the generalized linear mixed model. Statistics in Medicine
//! 29:3046-3067.

use super::columns::check_counts;
use super::meta_analysis::{MeanError, Pooled, Prediction, pool};
use super::meta_tau2::Tau2;
use crate::estimate::{Estimate, Interval, Outcome, Refusal};

/// The id of the method.
pub const METHOD: &str = "plo.reml";

/// Shares of sites, pooled on the log-odds scale.
#[derive(Clone, Debug, PartialEq)]
pub struct PooledShares {
    /// The pool on the log-odds scale.
    pub log_odds: Pooled,
    /// The shares of the sites drawn towards the middle, in the order given.
    pub shrunk: Vec<f64>,
}

/// Pools the shares of sites.
///
/// `successes` of `totals` people, one entry a site in any order. See the
/// [module](self) for the method.
///
/// # Refusals
///
/// * `empty`, `one_site`: fewer than two sites.
/// * `lengths_differ`, `out_of_range`.
/// * `zero_denominator`: a site without people.
/// * `numerator_exceeds_denominator`.
///
/// # Warnings
///
/// Those of [`pool`], in the pool and in what is made of it.
pub fn pool_shares(successes: &[u64], totals: &[u64]) -> Result<PooledShares, Refusal> {
    check_counts(successes, totals)?;
    let (values, variances): (Vec<f64>, Vec<f64>) =
        successes.iter().zip(totals).map(|(&x, &n)| log_odds(x, n)).unzip();
    let log_odds = pool(&values, &variances, Tau2::RestrictedLikelihood)?;
    let shrunk = log_odds.shrunk.iter().map(|&value| inverse_logit(value)).collect();
    Ok(PooledShares { log_odds, shrunk })
}

impl PooledShares {
    /// The share in the middle site with its interval, at `level` (a share).
    ///
    /// The estimate is on the scale of shares and has no standard error there;
    /// statistic and p-value are absent, as log odds of zero are no hypothesis
    /// of interest. Refusals and warnings of [`Pooled::mean_estimate`].
    pub fn share(&self, error: MeanError, level: f64) -> Outcome {
        self.log_odds.mean_estimate(error, level).map(|found| turned_back(found, "plo.reml"))
    }

    /// The interval in which the share of a further site lies.
    ///
    /// Refusals and warnings of [`Pooled::prediction`].
    pub fn prediction(&self, form: Prediction, level: f64) -> Outcome {
        self.log_odds.prediction(form, level).map(|found| turned_back(found, "plo.reml.pi"))
    }
}

fn turned_back(found: Estimate, method: &'static str) -> Estimate {
    let interval = found.interval.map(|interval| Interval {
        lower: inverse_logit(interval.lower),
        upper: inverse_logit(interval.upper),
        level: interval.level,
    });
    Estimate {
        value: inverse_logit(found.value),
        std_error: None,
        interval,
        statistic: None,
        p_value: None,
        method,
        ..found
    }
}

/// The log odds of x of n and their variance; halves are added where one of
/// the two counts is zero.
fn log_odds(x: u64, n: u64) -> (f64, f64) {
    let half = if x == 0 || x == n { 0.5 } else { 0.0 };
    let (with, without) = (x as f64 + half, (n - x) as f64 + half);
    (libm::log(with / without), 1.0 / with + 1.0 / without)
}

/// 1/(1 + exp(-x)), in the form that keeps the digits of small shares.
pub(super) fn inverse_logit(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let odds = libm::exp(x);
        odds / (1.0 + odds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn shares_mirror_when_success_and_failure_change_places() {
        let totals = [17, 12, 8, 58, 10];
        let successes = [16, 10, 4, 43, 10];
        let failures: Vec<u64> = totals.iter().zip(successes).map(|(n, x)| n - x).collect();
        let one = pool_shares(&successes, &totals).expect("a pool");
        let other = pool_shares(&failures, &totals).expect("a pool");
        assert!((one.log_odds.mean + other.log_odds.mean).abs() < 1e-9);
        for (a, b) in one.shrunk.iter().zip(&other.shrunk) {
            assert!((a + b - 1.0).abs() < 1e-9);
        }
        let a = one.prediction(Prediction::HtsTKm2, 0.95).expect("a prediction");
        let b = other.prediction(Prediction::HtsTKm2, 0.95).expect("a prediction");
        let (a, b) = (a.interval.expect("an interval"), b.interval.expect("an interval"));
        assert!((a.lower + b.upper - 1.0).abs() < 1e-9 && a.lower > 0.0 && a.upper < 1.0);
    }

    #[test]
    fn shares_that_are_all_or_nothing_are_taken() {
        let found = pool_shares(&[0, 10, 0], &[10, 10, 5]).expect("a pool");
        let share = found.share(MeanError::Guarded, 0.95).expect("a share");
        assert!(share.value > 0.0 && share.value < 1.0 && share.std_error.is_none());
        assert_eq!(share.method, METHOD);
    }

    #[test]
    fn shares_refuse() {
        assert_eq!(code(pool_shares(&[], &[])), Some("empty"));
        assert_eq!(code(pool_shares(&[1], &[2])), Some("one_site"));
        assert_eq!(code(pool_shares(&[1, 2], &[2])), Some("lengths_differ"));
        assert_eq!(code(pool_shares(&[1, 0], &[2, 0])), Some("zero_denominator"));
        assert_eq!(code(pool_shares(&[1, 3], &[2, 2])), Some("numerator_exceeds_denominator"));
        assert_eq!(code(pool_shares(&[1, 3], &[2, u64::MAX])), Some("out_of_range"));
        let two = pool_shares(&[1, 3], &[4, 4]).expect("a pool");
        assert_eq!(code(two.prediction(Prediction::HtsTKm2, 0.95)), Some("pi_needs_three_sites"));
        assert_eq!(code(two.share(MeanError::Guarded, 2.0)), Some("level_out_of_range"));
    }

    #[test]
    fn inverse_logit_keeps_small_shares() {
        assert_eq!(inverse_logit(0.0), 0.5);
        assert!((inverse_logit(-50.0) / libm::exp(-50.0) - 1.0).abs() < 1e-15);
        assert_eq!((inverse_logit(-1e9), inverse_logit(1e9)), (0.0, 1.0));
    }
}
