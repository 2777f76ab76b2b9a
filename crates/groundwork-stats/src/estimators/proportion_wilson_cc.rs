//! A proportion with Wilson's interval and a continuity correction:
//! `wilson.cc`.
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
//! The values p that the score test with a correction of half a unit does not
//! reject (Newcombe's method 4): the limits solve
//!
//! ```text
//! |p̂ - p| - 1/(2n) = z sqrt(p(1 - p)/n)
//! ```
//!
//! so that the lower limit is Wilson's at x - ½ and the upper Wilson's at
//! x + ½; 0 at x = 0 and 1 at x = n.
//!
//! Some software makes the correction smaller when the share lies within half
//! a unit of one half, because it takes it from a test of p = ½ that it runs
//! beside: `prop.test` of R gives 3 of 6 no correction at all. An interval has
//! no such null value, and this one does not do so.
//!
//! # Small samples
//!
//! Close to the interval of Clopper and Pearson without their guarantee;
//! offered for comparison with published figures.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`.
//!
//! # Source
//!
//! Newcombe RG (1998). Two-sided confidence intervals for the single
//! proportion: comparison of seven methods. Statistics in Medicine 17:857-872.

use super::counts::check_proportion;
use super::proportion_wilson::score_limits;
use crate::estimate::{Estimate, Outcome, finite_interval};
use crate::special::normal_critical;

/// The id of the method.
pub const METHOD: &str = "wilson.cc";

/// A proportion with its continuity-corrected Wilson interval.
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
pub fn proportion_wilson_cc(x: u64, n: u64, level: f64) -> Outcome {
    check_proportion(x, n, level)?;
    let (lower, upper) = corrected_limits(x, n, normal_critical(level));
    Ok(Estimate {
        interval: Some(finite_interval(lower, upper, level)?),
        ..Estimate::point(x as f64 / n as f64, n, METHOD)
    })
}

/// The limits for checked counts.
pub(super) fn corrected_limits(x: u64, n: u64, z: f64) -> (f64, f64) {
    let (successes, failures, trials) = (x as f64, (n - x) as f64, n as f64);
    let lower = if x == 0 { 0.0 } else { score_limits(successes - 0.5, failures + 0.5, trials, z).0 };
    let upper = if x == n { 1.0 } else { score_limits(successes + 0.5, failures - 0.5, trials, z).1 };
    (lower, upper)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimators::proportion_wilson::proportion_wilson;

    #[test]
    fn corrected_limits_solve_the_corrected_score_equation() {
        let z = normal_critical(0.95);
        for n in [1_u64, 5, 6, 30, 263, 10_000] {
            for x in [0, 1, n / 3, n / 2, n - 1, n] {
                let found = proportion_wilson_cc(x, n, 0.95).expect("an estimate");
                let limits = found.interval.expect("an interval");
                for (limit, sign) in [(limits.lower, 1.0), (limits.upper, -1.0)] {
                    if limit == 0.0 || limit == 1.0 {
                        assert!((limit == 0.0) == (x == 0) && (limit == 1.0) == (x == n));
                        continue;
                    }
                    let left = sign * (found.value - limit) - 0.5 / n as f64;
                    let right = z * (limit * (1.0 - limit) / n as f64).sqrt();
                    assert!((left - right).abs() < 1e-13, "{x}/{n}");
                }
                let plain = proportion_wilson(x, n, 0.95).expect("an estimate");
                let plain = plain.interval.expect("an interval");
                assert!(limits.lower <= plain.lower && plain.upper <= limits.upper);
            }
        }
        // Half of six is corrected like any other count.
        let half = proportion_wilson_cc(3, 6, 0.95).expect("an estimate").interval.expect("limits");
        let plain = proportion_wilson(3, 6, 0.95).expect("an estimate").interval.expect("limits");
        assert!(half.lower < plain.lower - 0.04);
    }

    #[test]
    fn corrected_interval_refuses() {
        let refused = |x, n, level| proportion_wilson_cc(x, n, level).err().map(|r| r.code);
        assert_eq!(refused(0, 0, 0.95), Some("zero_denominator"));
        assert_eq!(refused(9, 8, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(refused(6, 8, 95.0), Some("level_out_of_range"));
    }
}
