//! A proportion with the mid-p interval: `mid_p`.
//!
//! # Estimand
//!
//! The probability p that a unit of the process behind the data is a success.
//!
//! # Assumptions
//!
//! The units are independent and share one probability.
//!
//! # Method
//!
//! As Clopper and Pearson, with half of the probability of the count that was
//! seen left out of each tail. With α = 1 - level the limits solve
//!
//! ```text
//! lower: P(X > x) + ½ P(X = x) = α/2
//! upper: P(X < x) + ½ P(X = x) = α/2
//! ```
//!
//! and are 0 at x = 0 and 1 at x = n. Each is found between two beta
//! quantiles.
//!
//! # Small samples
//!
//! Between Wilson's interval and the exact one: coverage is close to nominal
//! on average and can fall below it for single values of p.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`,
//! `too_many_units`.
//!
//! # Source
//!
//! Lancaster HO (1961). Significance tests in discrete distributions. Journal
//! of the American Statistical Association 56:223-234. Berry G, Armitage P
//! (1995). Mid-P confidence intervals: a brief review. The Statistician
//! 44:417-423.

use super::counts::{check_exact, check_proportion};
use crate::estimate::{Estimate, Outcome, finite_interval};
use crate::root::bracketed;
use crate::special::{beta_quantile, beta_regularised};

/// The id of the method.
pub const METHOD: &str = "mid_p";

/// A proportion with its mid-p interval.
///
/// `x` successes of `n` units at the confidence level `level` (a share). The
/// estimate is x/n, a share; `n` is the denominator. There is no standard
/// error, statistic or p-value. See the [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: `n` is zero.
/// * `numerator_exceeds_denominator`: `x` is larger than `n`.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `too_many_units`: `n` is above a thousand million.
pub fn proportion_mid_p(x: u64, n: u64, level: f64) -> Outcome {
    check_proportion(x, n, level)?;
    check_exact(n)?;
    let tail = 0.5 * (1.0 - level);
    let (successes, failures) = (x as f64, (n - x) as f64);
    let lower = lower_limit(successes, failures, tail);
    let upper = 1.0 - lower_limit(failures, successes, tail);
    Ok(Estimate {
        interval: Some(finite_interval(lower, upper, level)?),
        ..Estimate::point(successes / n as f64, n, METHOD)
    })
}

/// The p where more than these successes and half of exactly these have the
/// probability `tail`.
fn lower_limit(successes: f64, failures: f64, tail: f64) -> f64 {
    if successes == 0.0 {
        return 0.0;
    }
    if failures == 0.0 {
        return libm::pow(2.0 * tail, 1.0 / successes);
    }
    // P(X >= x) and P(X > x) enclose the mid-p tail, and their quantiles the
    // limit.
    let low = beta_quantile(tail, successes, failures + 1.0);
    let high = beta_quantile(tail, successes + 1.0, failures);
    let mid_tail = |p: f64| {
        0.5 * (beta_regularised(successes, failures + 1.0, p)
            + beta_regularised(successes + 1.0, failures, p))
    };
    bracketed(|p| mid_tail(p) - tail, low, high, 0.0).unwrap_or(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimators::proportion_clopper_pearson::proportion_clopper_pearson;
    use crate::special::binomial_mass;

    fn interval(x: u64, n: u64, level: f64) -> (f64, f64) {
        let found = proportion_mid_p(x, n, level).expect("an estimate");
        let interval = found.interval.expect("an interval");
        (interval.lower, interval.upper)
    }

    #[test]
    fn mid_p_limits_have_their_tails() {
        for level in [0.02, 0.5, 0.95, 0.999] {
            let wanted = 0.5 * (1.0 - level);
            for n in [1_u64, 2, 8, 31, 400] {
                for x in (0..=n).step_by((n as usize / 9).max(1)) {
                    let (lower, upper) = interval(x, n, level);
                    let half = |p| 0.5 * binomial_mass(x, n, p);
                    if x > 0 {
                        let above: f64 = (x + 1..=n).map(|k| binomial_mass(k, n, lower)).sum();
                        assert!((above + half(lower) - wanted).abs() < 1e-12, "{x}/{n}");
                    }
                    if x < n {
                        let below: f64 = (0..x).map(|k| binomial_mass(k, n, upper)).sum();
                        assert!((below + half(upper) - wanted).abs() < 1e-12, "{x}/{n}");
                    }
                }
            }
        }
    }

    #[test]
    fn mid_p_lies_within_the_exact_interval_and_mirrors() {
        for n in [1, 5, 8, 40] {
            for x in 0..=n {
                let (lower, upper) = interval(x, n, 0.95);
                let exact = proportion_clopper_pearson(x, n, 0.95).expect("an estimate");
                let exact = exact.interval.expect("an interval");
                assert!(exact.lower <= lower && upper <= exact.upper, "{x}/{n}");
                let other = interval(n - x, n, 0.95);
                assert!((lower - (1.0 - other.1)).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn mid_p_refuses() {
        let refused = |x, n, level| proportion_mid_p(x, n, level).err().map(|r| r.code);
        assert_eq!(refused(0, 0, 0.95), Some("zero_denominator"));
        assert_eq!(refused(9, 8, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(refused(6, 8, 0.0), Some("level_out_of_range"));
        assert_eq!(refused(6, u64::MAX, 0.95), Some("too_many_units"));
    }
}
