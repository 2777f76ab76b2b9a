//! A proportion with the Wilson score interval: `wilson`.
//!
//! # Estimand
//!
//! The probability p that a unit of the process behind the data is a success.
//! Where everybody was counted the interval is about the process, not about
//! the people counted: their share is known.
//!
//! # Assumptions
//!
//! The units are independent and share one probability: families, not visits
//! of the same family, not members of the same household. Clustered units need
//! the clustered ratio ([`ratio_linearised`](super::ratio_linearised)).
//!
//! # Method
//!
//! The values p that the score test does not reject, without continuity
//! correction. With z the normal critical value and p̂ = x/n,
//!
//! ```text
//! (p̂ + z²/2n ± z sqrt(p̂(1 - p̂)/n + z²/4n²)) / (1 + z²/n)
//! ```
//!
//! computed in a form without cancellation, so that the lower limit is exactly
//! 0 at 0 of n and the upper exactly 1 at n of n. One method serves every n:
//! choosing the method after seeing the data spoils its coverage.
//!
//! # Small samples
//!
//! Coverage is close to nominal on average and can fall below it for single
//! values of p near 0 and 1: at n = 8 and 95% the mean over p is .954, the
//! lowest .851. [`wilson_coverage`] gives the exact figure for any n and p.
//! The interval from estimate ± 1.96 standard errors, which falls to .08 there
//! and leaves the range 0 to 1, is not offered, and neither is its standard
//! error.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`;
//! for the coverage also `probability_out_of_range`.
//!
//! # Source
//!
//! Wilson EB (1927). Probable inference, the law of succession, and statistical
//! inference. Journal of the American Statistical Association 22:209-212.
//! Newcombe RG (1998). Two-sided confidence intervals for the single
//! proportion: comparison of seven methods. Statistics in Medicine 17:857-872.
//! Brown LD, Cai TT, DasGupta A (2001). Interval estimation for a binomial
//! proportion. Statistical Science 16:101-133.

use super::coverage::coverage_of_rising;
use crate::estimate::{Estimate, Interval, Outcome, Refusal, check_level};
use crate::special::normal_critical;

/// The id of the method.
pub const METHOD: &str = "wilson";

/// A proportion with its Wilson score interval.
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
pub fn proportion_wilson(x: u64, n: u64, level: f64) -> Outcome {
    check_level(level)?;
    if n == 0 {
        return Err(Refusal::zero_denominator());
    }
    if x > n {
        return Err(Refusal::numerator_exceeds_denominator());
    }
    Ok(Estimate {
        value: x as f64 / n as f64,
        std_error: None,
        interval: Some(limits(x, n, level, normal_critical(level))),
        df: None,
        statistic: None,
        p_value: None,
        n,
        n_clusters: None,
        method: METHOD,
        warnings: Vec::new(),
    })
}

/// The exact coverage of the Wilson interval when the truth is `p`.
///
/// The probability, under `n` independent trials with success probability `p`,
/// that the interval at `level` contains `p`: the binomial masses of all x
/// whose interval does, limits included. Enumerated, not simulated. The x that
/// qualify lie side by side, so that the cost grows with the square root of
/// `n`; some thousands take microseconds.
///
/// # Refusals
///
/// * `zero_denominator`: `n` is zero.
/// * `probability_out_of_range`: `p` is not between 0 and 1.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
pub fn wilson_coverage(n: u64, p: f64, level: f64) -> Result<f64, Refusal> {
    check_level(level)?;
    if n == 0 {
        return Err(Refusal::zero_denominator());
    }
    let z = normal_critical(level);
    coverage_of_rising(n, p, |x| limits(x, n, level, z))
}

/// The Wilson limits for checked counts; `z` belongs to the level.
fn limits(x: u64, n: u64, level: f64, z: f64) -> Interval {
    let (lower, upper) = score_limits(x as f64, (n - x) as f64, n as f64, z);
    Interval { lower, upper, level }
}

/// The Wilson limits for successes and failures out of `trials`, which need
/// not be whole.
pub(super) fn score_limits(successes: f64, failures: f64, trials: f64, z: f64) -> (f64, f64) {
    let half = 0.5 * z;
    let root = z * (successes / trials * failures + half * half).sqrt();
    // The limits are the roots of (p̂ - p)² = z² p(1 - p)/n. The one nearer to
    // the middle is a sum of positive terms; the other follows from the
    // product of the roots, so that neither is had by cancellation. Limits
    // above a half are taken from the share of failures.
    // At a level so low that z is next to zero, 0 of n would be 0/0, and
    // rounding would put the limits the wrong way round.
    let share = |count: f64| count / trials;
    let far = |count: f64| share(count).max((count + half * z + root) / (trials + z * z));
    let near = |count: f64| {
        if count > 0.0 { share(count).min(share(count) * count / (count + half * z + root)) } else { 0.0 }
    };
    if successes <= failures {
        (near(successes), far(successes))
    } else {
        (1.0 - far(failures), 1.0 - near(failures))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::binomial_mass;
    use crate::sum::Sum;

    fn interval(x: u64, n: u64) -> Interval {
        proportion_wilson(x, n, 0.95).expect("an estimate").interval.expect("an interval")
    }

    fn code(outcome: Result<f64, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn wilson_by_hand() {
        // Half of n: centre 1/2, half-width z / (2 sqrt(n + z²)).
        let z = normal_critical(0.95);
        let found = interval(3, 6);
        let half_width = z / (2.0 * (6.0 + z * z).sqrt());
        assert!((found.lower - (0.5 - half_width)).abs() < 1e-15);
        assert!((found.upper - (0.5 + half_width)).abs() < 1e-15);
        // None of n: 0 to z² / (n + z²).
        assert!((interval(0, 6).upper - z * z / (6.0 + z * z)).abs() < 1e-15);
        let estimate = proportion_wilson(6, 8, 0.95).expect("an estimate");
        assert_eq!(estimate.value, 0.75);
        assert_eq!((estimate.n, estimate.method), (8, "wilson"));
        assert_eq!((estimate.std_error, estimate.p_value), (None, None));
    }

    #[test]
    fn wilson_limits_solve_the_score_equation() {
        let z = normal_critical(0.95);
        for n in [1_u64, 5, 30, 263, 10_000, 10_000_000] {
            for x in [0, 1, n / 3, n / 2, n - 1, n] {
                let share = x as f64 / n as f64;
                let found = interval(x, n);
                for limit in [found.lower, found.upper] {
                    let left = (share - limit) * (share - limit);
                    let right = z * z * limit * (1.0 - limit) / n as f64;
                    // A limit near 1 is itself rounded to a unit in the last place.
                    let rounding = f64::EPSILON * (z * z / n as f64 + (share - limit).abs());
                    let room = 1e-12 * (left + right) + 2.0 * rounding * limit;
                    assert!((left - right).abs() <= room, "{x}/{n}");
                }
                assert!(found.lower <= share && share <= found.upper);
            }
        }
    }

    #[test]
    fn wilson_is_never_empty_and_never_leaves_the_range() {
        for n in 1..=60 {
            for x in 0..=n {
                let found = interval(x, n);
                assert!(found.lower >= 0.0 && found.upper <= 1.0);
                assert!(found.width() > 0.0, "{x}/{n}");
            }
            assert_eq!(interval(0, n).lower, 0.0);
            assert_eq!(interval(n, n).upper, 1.0);
        }
    }

    #[test]
    fn wilson_mirrors_when_success_and_failure_change_places() {
        for n in [1, 2, 7, 8, 148, 100_000] {
            for x in (0..=n).step_by((n as usize / 7).max(1)) {
                let (one, other) = (interval(x, n), interval(n - x, n));
                assert!((one.lower - (1.0 - other.upper)).abs() < 2e-16);
                assert!((one.upper - (1.0 - other.lower)).abs() < 2e-16);
            }
        }
    }

    #[test]
    fn wilson_at_the_lowest_level_is_a_point() {
        // The critical value is zero.
        for (x, share) in [(0, 0.0), (2, 0.25), (8, 1.0)] {
            let interval = proportion_wilson(x, 8, 1e-300).expect("an estimate").interval;
            assert_eq!(interval.map(|i| (i.lower, i.upper)), Some((share, share)));
        }
    }

    #[test]
    fn wilson_narrows_with_a_lower_level() {
        let mut before = 0.0;
        for level in [0.5, 0.8, 0.9, 0.95, 0.99] {
            let found = proportion_wilson(6, 8, level).expect("an estimate");
            let width = found.interval.expect("an interval").width();
            assert!(width > before);
            before = width;
        }
    }

    #[test]
    fn wilson_refuses() {
        let refused = |x, n, level| proportion_wilson(x, n, level).err().map(|refusal| refusal.code);
        assert_eq!(refused(0, 0, 0.95), Some("zero_denominator"));
        assert_eq!(refused(9, 8, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(refused(6, 8, 95.0), Some("level_out_of_range"));
        assert_eq!(refused(6, 8, f64::NAN), Some("level_out_of_range"));
        assert_eq!(code(wilson_coverage(0, 0.5, 0.95)), Some("zero_denominator"));
        assert_eq!(code(wilson_coverage(8, 1.5, 0.95)), Some("probability_out_of_range"));
        assert_eq!(code(wilson_coverage(8, f64::NAN, 0.95)), Some("probability_out_of_range"));
        assert_eq!(code(wilson_coverage(8, 0.5, 1.0)), Some("level_out_of_range"));
    }

    #[test]
    fn wilson_takes_the_largest_counts() {
        let found = interval(u64::MAX / 3, u64::MAX);
        assert!(found.width() > 0.0 && found.width() < 1e-8);
    }

    #[test]
    fn wilson_coverage_is_the_sum_over_all_counts() {
        for n in [1, 2, 6, 8, 30] {
            for step in 0..=100 {
                let p = f64::from(step) / 100.0;
                let every: Sum =
                    (0..=n).filter(|&x| interval(x, n).contains(p)).map(|x| binomial_mass(x, n, p)).collect();
                let found = wilson_coverage(n, p, 0.95).expect("a coverage");
                assert!((found - every.value()).abs() < 1e-15, "{n} {p}");
            }
        }
        // At the ends the truth is always covered.
        assert_eq!(wilson_coverage(8, 0.0, 0.95), Ok(1.0));
        assert_eq!(wilson_coverage(8, 1.0, 0.95), Ok(1.0));
    }

    #[test]
    fn wilson_coverage_mirrors_and_settles_at_the_level() {
        for n in [8, 30, 4000] {
            for p in [0.03125, 0.125, 0.25, 0.4375] {
                let low = wilson_coverage(n, p, 0.95).expect("a coverage");
                let high = wilson_coverage(n, 1.0 - p, 0.95).expect("a coverage");
                assert!((low - high).abs() < 1e-13, "{n} {p}");
            }
        }
        let many = wilson_coverage(1_000_000, 0.3, 0.95).expect("a coverage");
        assert!((many - 0.95).abs() < 1e-3);
    }
}
