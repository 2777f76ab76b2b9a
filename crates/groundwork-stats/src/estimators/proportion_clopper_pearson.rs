//! A proportion with the exact interval of Clopper and Pearson:
//! `clopper_pearson`.
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
//! The values p that neither one-sided binomial test rejects at half of
//! α = 1 - level. The limits are beta quantiles:
//!
//! ```text
//! lower: α/2 quantile of Beta(x, n - x + 1),          0 at x = 0
//! upper: upper α/2 quantile of Beta(x + 1, n - x),    1 at x = n
//! ```
//!
//! # Small samples
//!
//! Coverage is never below nominal, whatever n and p, and often well above: at
//! n = 8 and 95% it is .970 at worst on the grid of hundredths and .986 on
//! average. The price is width: use it where the guarantee is wanted, and
//! Wilson's interval ([`proportion_wilson`](super::proportion_wilson))
//! otherwise. With all or none of n it is what remains when a bootstrap has
//! nothing to resample: 8 of 8 gives .631 to 1.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`,
//! `too_many_units`.
//!
//! # Source
//!
//! Clopper CJ, Pearson ES (1934). The use of confidence or fiducial limits
//! illustrated in the case of the binomial. Biometrika 26:404-413.

use super::counts::{check_exact, check_proportion};
use crate::estimate::{Estimate, Outcome, finite_interval};
use crate::special::{beta_quantile, beta_quantile_upper};

/// The id of the method.
pub const METHOD: &str = "clopper_pearson";

/// A proportion with its exact interval, whose coverage is guaranteed.
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
pub fn proportion_clopper_pearson(x: u64, n: u64, level: f64) -> Outcome {
    check_proportion(x, n, level)?;
    check_exact(n)?;
    let (lower, upper) = limits(x as f64, (n - x) as f64, 0.5 * (1.0 - level));
    Ok(Estimate {
        interval: Some(finite_interval(lower, upper, level)?),
        ..Estimate::point(x as f64 / n as f64, n, METHOD)
    })
}

/// The limits for counts that need not be whole, each with `tail` beyond it.
pub(super) fn limits(successes: f64, failures: f64, tail: f64) -> (f64, f64) {
    let lower = if successes <= 0.0 { 0.0 } else { beta_quantile(tail, successes, failures + 1.0) };
    let upper = if failures <= 0.0 { 1.0 } else { beta_quantile_upper(tail, successes + 1.0, failures) };
    (lower, upper)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::binomial_mass;

    fn interval(x: u64, n: u64, level: f64) -> (f64, f64) {
        let found = proportion_clopper_pearson(x, n, level).expect("an estimate");
        let interval = found.interval.expect("an interval");
        (interval.lower, interval.upper)
    }

    #[test]
    fn exact_interval_by_hand() {
        // Eight of eight: the eighth root of .025.
        let (lower, upper) = interval(8, 8, 0.95);
        assert!((lower - libm::pow(0.025, 0.125)).abs() < 1e-15 && upper == 1.0);
        let (lower, upper) = interval(0, 8, 0.95);
        assert!((upper - (1.0 - libm::pow(0.025, 0.125))).abs() < 1e-15 && lower == 0.0);
        let found = proportion_clopper_pearson(6, 8, 0.95).expect("an estimate");
        assert_eq!((found.value, found.n, found.method), (0.75, 8, "clopper_pearson"));
    }

    #[test]
    fn exact_limits_have_their_tails() {
        for n in [1_u64, 2, 8, 31, 400] {
            for x in (0..=n).step_by((n as usize / 9).max(1)) {
                let (lower, upper) = interval(x, n, 0.9);
                if x > 0 {
                    let tail: f64 = (x..=n).map(|k| binomial_mass(k, n, lower)).sum();
                    assert!((tail - 0.05).abs() < 1e-13, "{x}/{n}");
                }
                if x < n {
                    let tail: f64 = (0..=x).map(|k| binomial_mass(k, n, upper)).sum();
                    assert!((tail - 0.05).abs() < 1e-12, "{x}/{n}");
                }
            }
        }
    }

    #[test]
    fn exact_interval_mirrors() {
        for n in [1, 2, 7, 8, 148, 100_000] {
            for x in (0..=n).step_by((n as usize / 7).max(1)) {
                let (one, other) = (interval(x, n, 0.95), interval(n - x, n, 0.95));
                assert!((one.0 - (1.0 - other.1)).abs() < 3e-15);
                assert!((one.1 - (1.0 - other.0)).abs() < 3e-15);
            }
        }
    }

    #[test]
    fn exact_interval_refuses() {
        let refused = |x, n, level| proportion_clopper_pearson(x, n, level).err().map(|r| r.code);
        assert_eq!(refused(0, 0, 0.95), Some("zero_denominator"));
        assert_eq!(refused(9, 8, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(refused(6, 8, f64::NAN), Some("level_out_of_range"));
        assert_eq!(refused(6, u64::MAX, 0.95), Some("too_many_units"));
    }
}
