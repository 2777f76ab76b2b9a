//! A difference of two independent proportions by Newcombe's hybrid score
//! method: `newcombe.wilson` and `newcombe.wilson_cc`.
//!
//! # Estimand
//!
//! p1 - p2, the difference between the success probabilities of two
//! independent groups, the first minus the second.
//!
//! # Assumptions
//!
//! Two independent binomial samples: nobody belongs to both groups, and the
//! units within each are independent.
//!
//! # Method
//!
//! From the Wilson limits l1, u1 and l2, u2 of the two shares, with and
//! without continuity correction (Newcombe's methods 10 and 11):
//!
//! ```text
//! lower: d - sqrt((p̂1 - l1)² + (u2 - p̂2)²)
//! upper: d + sqrt((u1 - p̂1)² + (p̂2 - l2)²)
//! ```
//!
//! A closed form that can be checked by hand, close to the score interval
//! ([`difference_miettinen_nurminen`](super::difference_miettinen_nurminen)),
//! which is the default because a test belongs to it. This one has no test.
//!
//! # Small samples
//!
//! Enumerated exactly over p1 and p2 from .01 to .99, a 95% interval covers
//! .954 on average with 8 in each group, and .851 at worst.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`.
//!
//! # Source
//!
//! Newcombe RG (1998). Interval estimation for the difference between
//! independent proportions: comparison of eleven methods. Statistics in
//! Medicine 17:873-890.

use super::counts::TwoGroups;
use super::proportion_wilson::score_limits;
use super::proportion_wilson_cc::corrected_limits;
use crate::estimate::{Estimate, Outcome, finite_interval};
use crate::special::normal_critical;

/// The id of the method.
pub const METHOD: &str = "newcombe.wilson";

/// The id of the method with continuity correction.
pub const METHOD_CORRECTED: &str = "newcombe.wilson_cc";

/// The difference of two independent proportions with Newcombe's hybrid
/// interval.
///
/// `x1` successes of `n1` units in the first group, `x2` of `n2` in the
/// second; `level` is a share. The estimate is x1/n1 - x2/n2, `n` is n1 + n2.
/// There is no standard error, statistic or p-value. See the [module](self).
///
/// # Refusals
///
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
pub fn difference_newcombe(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Outcome {
    let groups = TwoGroups::new(x1, n1, x2, n2, level)?;
    let z = normal_critical(level);
    let limits = |x: u64, n: u64| score_limits(x as f64, (n - x) as f64, n as f64, z);
    hybrid(&groups, limits(x1, n1), limits(x2, n2), level, METHOD)
}

/// The difference of two independent proportions with Newcombe's hybrid
/// interval from continuity-corrected limits.
///
/// As [`difference_newcombe`], with the same refusals; wider, and offered for
/// comparison with published figures.
pub fn difference_newcombe_corrected(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Outcome {
    let groups = TwoGroups::new(x1, n1, x2, n2, level)?;
    let z = normal_critical(level);
    hybrid(&groups, corrected_limits(x1, n1, z), corrected_limits(x2, n2, z), level, METHOD_CORRECTED)
}

fn hybrid(
    groups: &TwoGroups,
    first: (f64, f64),
    second: (f64, f64),
    level: f64,
    method: &'static str,
) -> Outcome {
    let (p1, p2) = groups.shares();
    let below = libm::hypot(p1 - first.0, second.1 - p2);
    let above = libm::hypot(first.1 - p1, p2 - second.0);
    // The range is kept but for rounding.
    let (lower, upper) = ((p1 - p2 - below).max(-1.0), (p1 - p2 + above).min(1.0));
    Ok(Estimate {
        interval: Some(finite_interval(lower, upper, level)?),
        ..Estimate::point(p1 - p2, groups.n(), method)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Interval;
    use crate::special::binomial_mass;

    fn limits(outcome: Outcome) -> Interval {
        outcome.expect("an estimate").interval.expect("an interval")
    }

    #[test]
    fn newcombe_mirrors_both_ways_and_is_never_empty() {
        for method in [difference_newcombe, difference_newcombe_corrected] {
            for (n1, n2) in [(1, 1), (1, 9), (8, 8), (10, 20)] {
                for x1 in 0..=n1 {
                    for x2 in 0..=n2 {
                        let found = limits(method(x1, n1, x2, n2, 0.95));
                        let turned = limits(method(x2, n2, x1, n1, 0.95));
                        let failures = limits(method(n1 - x1, n1, n2 - x2, n2, 0.95));
                        for other in [turned, failures] {
                            assert!((found.lower + other.upper).abs() < 1e-14);
                            assert!((found.upper + other.lower).abs() < 1e-14);
                        }
                        assert!(found.width() > 0.0 && found.lower >= -1.0 && found.upper <= 1.0);
                    }
                }
            }
        }
        let found = difference_newcombe(6, 8, 3, 8, 0.95).expect("an estimate");
        assert_eq!((found.value, found.n, found.method), (0.375, 16, "newcombe.wilson"));
    }

    #[test]
    fn newcombe_coverage_by_enumeration_is_as_stated() {
        let n = 8;
        let mut intervals = Vec::new();
        for x1 in 0..=n {
            for x2 in 0..=n {
                intervals.push((x1 as usize, x2 as usize, limits(difference_newcombe(x1, n, x2, n, 0.95))));
            }
        }
        let masses: Vec<Vec<f64>> = (1..100)
            .map(|step| (0..=n).map(|x| binomial_mass(x, n, f64::from(step) / 100.0)).collect())
            .collect();
        let (mut total, mut lowest) = (0.0, 1.0_f64);
        for (i, first) in masses.iter().enumerate() {
            for (j, second) in masses.iter().enumerate() {
                let difference = (i as f64 + 1.0) / 100.0 - (j as f64 + 1.0) / 100.0;
                let coverage: f64 = intervals
                    .iter()
                    .filter(|(_, _, interval)| interval.contains(difference))
                    .map(|&(x1, x2, _)| first[x1] * second[x2])
                    .sum();
                total += coverage;
                lowest = lowest.min(coverage);
            }
        }
        assert!((total / (99.0 * 99.0) - 0.954).abs() < 1e-3, "{}", total / (99.0 * 99.0));
        assert!((lowest - 0.851).abs() < 1e-3, "{lowest}");
    }

    #[test]
    fn newcombe_refuses() {
        for method in [difference_newcombe, difference_newcombe_corrected] {
            let code = |x1, n1, x2, n2, level| method(x1, n1, x2, n2, level).err().map(|r| r.code);
            assert_eq!(code(0, 0, 3, 8, 0.95), Some("zero_denominator"));
            assert_eq!(code(1, 2, 0, 0, 0.95), Some("zero_denominator"));
            assert_eq!(code(9, 8, 3, 8, 0.95), Some("numerator_exceeds_denominator"));
            assert_eq!(code(6, 8, 9, 8, 0.95), Some("numerator_exceeds_denominator"));
            assert_eq!(code(6, 8, 3, 8, f64::NAN), Some("level_out_of_range"));
        }
    }
}
