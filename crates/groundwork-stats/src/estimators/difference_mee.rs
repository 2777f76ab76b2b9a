//! A difference of two independent proportions by Mee's score method:
//! `mee.score`.
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
//! As Miettinen and Nurminen
//! ([`difference_miettinen_nurminen`](super::difference_miettinen_nurminen)),
//! without the factor N/(N - 1) in the variance. The test at a difference
//! other than zero is that of Farrington and Manning.
//!
//! # Small samples
//!
//! Slightly narrower than the interval with the factor, and below nominal
//! coverage slightly more often: the one with the factor is the default.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`,
//! `null_out_of_range`.
//!
//! # Source
//!
//! Mee RW (1984). Confidence bounds for the difference between two
//! probabilities. Biometrics 40:1175-1176. Farrington CP, Manning G (1990).
//! Test statistics and sample size formulae for comparative binomial trials
//! with null hypothesis of non-zero risk difference or non-unity relative
//! risk. Statistics in Medicine 9:1447-1454.

use super::counts::TwoGroups;
use super::difference_miettinen_nurminen::Counts;
use crate::estimate::{Estimate, Outcome, Refusal, finite_interval};
use crate::special::{normal_critical, normal_two_sided_p};

/// The id of the method.
pub const METHOD: &str = "mee.score";

/// The difference of two independent proportions with Mee's interval, tested
/// against the difference `null`.
///
/// `x1` successes of `n1` units in the first group, `x2` of `n2` in the
/// second; `null` and `level` are shares. The estimate is x1/n1 - x2/n2, `n`
/// is n1 + n2, the statistic is z and the p-value two-sided. The interval does
/// not depend on `null`. See the [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `not_finite`: the variance is lost in rounding: all successes in both
///   groups against a difference of 1e-300, or counts beyond 1e18.
/// * `null_out_of_range`: `null` is not strictly between -1 and 1.
pub fn difference_mee(x1: u64, n1: u64, x2: u64, n2: u64, null: f64, level: f64) -> Outcome {
    let groups = TwoGroups::new(x1, n1, x2, n2, level)?;
    if !(null > -1.0 && null < 1.0) {
        return Err(Refusal::new(
            "null_out_of_range",
            "the difference to test against does not lie strictly between -1 and 1",
            "give the difference as a share, such as -0.1 for ten points",
        ));
    }
    let counts = Counts::without_factor(x1, n1, x2, n2);
    let critical = normal_critical(level);
    let statistic = counts.statistic(null)?;
    let interval = finite_interval(counts.limit(-1.0, critical), counts.limit(1.0, critical), level)?;
    Ok(Estimate {
        interval: Some(interval),
        statistic: Some(statistic),
        p_value: Some(normal_two_sided_p(statistic)),
        ..Estimate::point(counts.difference(), groups.n(), METHOD)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimators::difference_miettinen_nurminen::difference_miettinen_nurminen;

    #[test]
    fn mee_lies_within_miettinen_nurminen_and_agrees_with_its_test() {
        for (n1, n2) in [(1, 1), (3, 5), (8, 8), (10, 20)] {
            for x1 in 0..=n1 {
                for x2 in 0..=n2 {
                    let found = difference_mee(x1, n1, x2, n2, 0.0, 0.9).expect("an estimate");
                    let interval = found.interval.expect("an interval");
                    let wider = difference_miettinen_nurminen(x1, n1, x2, n2, 0.9).expect("an estimate");
                    let wider = wider.interval.expect("an interval");
                    assert!(wider.lower <= interval.lower && interval.upper <= wider.upper);
                    assert!(interval.width() > 0.0);
                    for null in [-0.45, -0.1, 0.0, 0.2, 0.7] {
                        let test = difference_mee(x1, n1, x2, n2, null, 0.9).expect("an estimate");
                        let p = test.p_value.expect("a p-value");
                        if (p - 0.1).abs() > 1e-9 {
                            assert_eq!(interval.contains(null), p > 0.1, "{x1}/{n1} {x2}/{n2} {null}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn mee_refuses() {
        let code = |x1, n1, x2, n2, null, level| {
            difference_mee(x1, n1, x2, n2, null, level).err().map(|refusal| refusal.code)
        };
        assert_eq!(code(0, 0, 3, 8, 0.0, 0.95), Some("zero_denominator"));
        assert_eq!(code(9, 8, 3, 8, 0.0, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(code(6, 8, 3, 8, 0.0, 1.0), Some("level_out_of_range"));
        assert_eq!(code(6, 8, 3, 8, f64::NAN, 0.95), Some("null_out_of_range"));
        assert_eq!(code(6, 8, 3, 8, 1.0, 0.95), Some("null_out_of_range"));
    }
}
