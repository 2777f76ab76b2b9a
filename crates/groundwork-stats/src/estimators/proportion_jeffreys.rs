//! A proportion with the interval of Jeffreys' prior: `jeffreys.boundary` and
//! `jeffreys.equal_tail`.
//!
//! # Estimand
//!
//! The probability p that a unit of the process behind the data is a success.
//!
//! # Assumptions
//!
//! The units are independent and share one probability. Read as a Bayesian
//! interval it also assumes the prior Beta(½, ½).
//!
//! # Method
//!
//! With α = 1 - level, the α/2 and 1 - α/2 quantiles of the posterior
//! Beta(x + ½, n - x + ½). With the boundary rule, which
//! [`proportion_jeffreys`] follows, the lower limit is 0 at x = 0 and the upper
//! limit 1 at x = n: without it an interval for 0 of n would exclude 0, and
//! coverage would fall to nothing for p near 0 and 1.
//!
//! # Small samples
//!
//! At n = 8 and 95% coverage is .956 on average over p and .882 at worst on
//! the grid of hundredths. The interval is shorter than Wilson's near 0 and 1
//! and carries a Bayesian reading; with few units that reading rests on the
//! prior.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`,
//! `too_many_units`.
//!
//! # Source
//!
//! Brown LD, Cai TT, DasGupta A (2001). Interval estimation for a binomial
//! proportion. Statistical Science 16:101-133, section 4.1.

use super::counts::{check_exact, check_proportion};
use crate::estimate::{Estimate, Outcome, finite_interval};
use crate::special::{beta_quantile, beta_quantile_upper};

/// The id of the method with the boundary rule.
pub const METHOD: &str = "jeffreys.boundary";

/// The id of the method without it.
pub const METHOD_EQUAL_TAIL: &str = "jeffreys.equal_tail";

/// A proportion with Jeffreys' interval and the boundary rule.
///
/// `x` successes of `n` units at the level `level` (a share). The estimate is
/// x/n, a share, not the posterior mean; `n` is the denominator. See the
/// [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: `n` is zero.
/// * `numerator_exceeds_denominator`: `x` is larger than `n`.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `too_many_units`: `n` is above a thousand million.
pub fn proportion_jeffreys(x: u64, n: u64, level: f64) -> Outcome {
    let mut found = proportion_jeffreys_equal_tail(x, n, level)?;
    found.method = METHOD;
    if let Some(interval) = &mut found.interval {
        if x == 0 {
            interval.lower = 0.0;
        }
        if x == n {
            interval.upper = 1.0;
        }
    }
    Ok(found)
}

/// A proportion with the equal-tailed posterior interval of Jeffreys' prior,
/// without the boundary rule.
///
/// For comparison with Bayesian software; as an interval for reports take
/// [`proportion_jeffreys`], whose refusals are the same.
pub fn proportion_jeffreys_equal_tail(x: u64, n: u64, level: f64) -> Outcome {
    check_proportion(x, n, level)?;
    check_exact(n)?;
    let (a, b, tail) = (x as f64 + 0.5, (n - x) as f64 + 0.5, 0.5 * (1.0 - level));
    let interval = finite_interval(beta_quantile(tail, a, b), beta_quantile_upper(tail, a, b), level)?;
    Ok(Estimate { interval: Some(interval), ..Estimate::point(x as f64 / n as f64, n, METHOD_EQUAL_TAIL) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::beta_regularised;

    #[test]
    fn jeffreys_has_its_tails_and_its_boundary() {
        for (x, n) in [(0, 6), (6, 6), (3, 6), (81, 263), (1, 1000)] {
            let plain = proportion_jeffreys_equal_tail(x, n, 0.9).expect("an estimate");
            let ruled = proportion_jeffreys(x, n, 0.9).expect("an estimate");
            let (plain, ruled) = (plain.interval.expect("limits"), ruled.interval.expect("limits"));
            let (a, b) = (x as f64 + 0.5, (n - x) as f64 + 0.5);
            assert!((beta_regularised(a, b, plain.lower) - 0.05).abs() < 1e-13);
            assert!((beta_regularised(b, a, 1.0 - plain.upper) - 0.05).abs() < 1e-12);
            assert_eq!(ruled.lower, if x == 0 { 0.0 } else { plain.lower });
            assert_eq!(ruled.upper, if x == n { 1.0 } else { plain.upper });
        }
    }

    #[test]
    fn jeffreys_contains_the_share_and_refuses() {
        for n in 1..=40 {
            for x in 0..=n {
                let found = proportion_jeffreys(x, n, 0.95).expect("an estimate");
                assert!(found.interval.is_some_and(|i| i.contains(found.value)), "{x}/{n}");
            }
        }
        let refused = |x, n, level| proportion_jeffreys(x, n, level).err().map(|r| r.code);
        assert_eq!(refused(0, 0, 0.95), Some("zero_denominator"));
        assert_eq!(refused(9, 8, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(refused(6, 8, 1.0), Some("level_out_of_range"));
        assert_eq!(refused(6, u64::MAX, 0.95), Some("too_many_units"));
    }
}
