//! Non-inferiority of one proportion to another: `ni.mn.score` and
//! `ni.fm.score`.
//!
//! # Estimand
//!
//! p1 - p2, the difference between the success probabilities of two
//! independent groups, against a margin that was fixed before the data.
//!
//! # Assumptions
//!
//! Two independent binomial samples: nobody belongs to both groups, and the
//! units within each are independent.
//!
//! # Method
//!
//! The hypothesis that the first group is worse by the margin Δ or more,
//! p1 - p2 <= -Δ where high is good and p1 - p2 >= Δ where low is good, is
//! tested with the score statistic at that difference
//! ([`difference_miettinen_nurminen`](super::difference_miettinen_nurminen)),
//! whose variance carries the factor N/(N - 1) after Miettinen and Nurminen and
//! none after Farrington and Manning. The interval has the level 1 - 2α and
//! comes from the same statistic, so that the verdict
//! ([`Verdict`]) is `adapted` exactly where the one-sided
//! p-value is below α.
//!
//! A difference that is not significant is no evidence that there is none:
//! only an interval that excludes the margin is.
//!
//! # Small samples
//!
//! Eight of eight against eight of eight with a margin of ten points gives a
//! p-value of .18 and the verdict `inconclusive`: few units cannot show
//! non-inferiority, whatever they do.
//! [`units_non_inferiority`](super::power::units_non_inferiority) says how
//! many could. The score test keeps its size well, but not exactly, with
//! fewer than about forty units.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `margin_out_of_range`,
//! `alpha_out_of_range`. The verdict of a refusal is `not_supported`.
//!
//! # Source
//!
//! Farrington CP, Manning G (1990). Test statistics and sample size formulae
//! for comparative binomial trials with null hypothesis of non-zero risk
//! difference or non-unity relative risk. Statistics in Medicine 9:1447-1454.
//! Miettinen O, Nurminen M (1985). Comparative analysis of two rates.
//! Statistics in Medicine 4:213-226.

use super::counts::TwoGroups;
use super::difference_miettinen_nurminen::Counts;
use super::verdict::{Direction, Verdict, check_alpha};
use crate::estimate::{Interval, Refusal, finite_interval};
use crate::special::{normal_cdf, normal_critical};

/// The id of the method with the factor N/(N - 1), the default.
pub const METHOD: &str = "ni.mn.score";

/// The id of the method without it.
pub const METHOD_FARRINGTON_MANNING: &str = "ni.fm.score";

/// The result of a test of non-inferiority of two proportions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NonInferiority {
    /// The difference of the shares, first less second.
    pub difference: f64,
    /// The margin, above zero.
    pub margin: f64,
    /// Which way is good.
    pub direction: Direction,
    /// The probabilities that are most likely where the first group is worse
    /// by exactly the margin.
    pub null_shares: (f64, f64),
    /// z against that hypothesis: positive where the difference lies above it.
    pub statistic: f64,
    /// The one-sided p-value.
    pub p_value: f64,
    /// The two-sided interval of the difference at level 1 - 2α.
    pub interval: Interval,
    /// The verdict by the interval.
    pub verdict: Verdict,
    /// All units.
    pub n: u64,
    /// The id of the method.
    pub method: &'static str,
}

/// Non-inferiority of the first of two proportions, by the score statistic of
/// Miettinen and Nurminen.
///
/// `x1` successes of `n1` units in the first group, `x2` of `n2` in the
/// second; `margin` is a share above zero, `alpha` the one-sided size. See the
/// [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `margin_out_of_range`: the margin is not strictly between 0 and 1.
/// * `alpha_out_of_range`: the size is not strictly between 0 and one half.
pub fn non_inferiority(
    (x1, n1): (u64, u64),
    (x2, n2): (u64, u64),
    margin: f64,
    direction: Direction,
    alpha: f64,
) -> Result<NonInferiority, Refusal> {
    let groups = TwoGroups::new(x1, n1, x2, n2, 0.5)?;
    judge(&groups, &Counts::new(x1, n1, x2, n2), margin, direction, alpha, METHOD)
}

/// Non-inferiority of the first of two proportions, by the score statistic of
/// Farrington and Manning.
///
/// As [`non_inferiority`] without the factor N/(N - 1), with the same refusals.
pub fn non_inferiority_farrington_manning(
    (x1, n1): (u64, u64),
    (x2, n2): (u64, u64),
    margin: f64,
    direction: Direction,
    alpha: f64,
) -> Result<NonInferiority, Refusal> {
    let groups = TwoGroups::new(x1, n1, x2, n2, 0.5)?;
    let counts = Counts::without_factor(x1, n1, x2, n2);
    judge(&groups, &counts, margin, direction, alpha, METHOD_FARRINGTON_MANNING)
}

fn judge(
    groups: &TwoGroups,
    counts: &Counts,
    margin: f64,
    direction: Direction,
    alpha: f64,
    method: &'static str,
) -> Result<NonInferiority, Refusal> {
    check_alpha(alpha)?;
    if !(margin > 0.0 && margin < 1.0) {
        return Err(Refusal::new(
            "margin_out_of_range",
            "the margin does not lie strictly between 0 and 1",
            "give the margin as a share, such as 0.1 for ten points",
        ));
    }
    let level = 1.0 - 2.0 * alpha;
    let critical = normal_critical(level);
    let null = match direction {
        Direction::HigherIsBetter => -margin,
        Direction::LowerIsBetter => margin,
    };
    let statistic = counts.statistic(null)?;
    let p_value = match direction {
        Direction::HigherIsBetter => normal_cdf(-statistic),
        Direction::LowerIsBetter => normal_cdf(statistic),
    };
    let second = counts.constrained(null);
    let interval = finite_interval(counts.limit(-1.0, critical), counts.limit(1.0, critical), level)?;
    Ok(NonInferiority {
        difference: counts.difference(),
        margin,
        direction,
        null_shares: ((second + null).clamp(0.0, 1.0), second),
        statistic,
        p_value,
        interval,
        verdict: Verdict::by_margin(&interval, margin, direction),
        n: groups.n(),
        method,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdict_and_test_agree_in_every_small_table() {
        for (n1, n2) in [(1, 1), (8, 8), (5, 30)] {
            for x1 in 0..=n1 {
                for x2 in 0..=n2 {
                    for direction in [Direction::HigherIsBetter, Direction::LowerIsBetter] {
                        for margin in [0.05, 0.1, 0.5] {
                            let found = non_inferiority((x1, n1), (x2, n2), margin, direction, 0.05)
                                .expect("a result");
                            if (found.p_value - 0.05).abs() > 1e-9 {
                                let adapted = found.verdict == Verdict::Adapted;
                                assert_eq!(adapted, found.p_value < 0.05, "{found:?}");
                            }
                            if (found.p_value - 0.95).abs() > 1e-9 {
                                let worse = found.verdict == Verdict::Worse;
                                assert_eq!(worse, found.p_value > 0.95, "{found:?}");
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn all_of_few_is_inconclusive() {
        let found = non_inferiority((8, 8), (8, 8), 0.1, Direction::HigherIsBetter, 0.05).expect("a result");
        assert_eq!(found.verdict.word(), "inconclusive");
        assert!(found.p_value > 0.18 && found.difference == 0.0);
        // With enough units the same shares are adapted, and far lower ones worse.
        let many = non_inferiority((200, 200), (200, 200), 0.1, Direction::HigherIsBetter, 0.05);
        assert_eq!(many.map(|found| found.verdict), Ok(Verdict::Adapted));
        let low = non_inferiority((100, 200), (190, 200), 0.1, Direction::HigherIsBetter, 0.05);
        assert_eq!(low.map(|found| found.verdict), Ok(Verdict::Worse));
        // What is good for one direction is bad for the other.
        let drop_outs = non_inferiority((100, 200), (10, 200), 0.1, Direction::LowerIsBetter, 0.05);
        assert_eq!(drop_outs.map(|found| found.verdict), Ok(Verdict::Worse));
    }

    #[test]
    fn directions_mirror() {
        for (x1, n1, x2, n2) in [(6, 8, 7, 9), (83, 100, 69, 88), (0, 5, 0, 3)] {
            let one =
                non_inferiority_farrington_manning((x1, n1), (x2, n2), 0.15, Direction::HigherIsBetter, 0.05);
            let other = non_inferiority_farrington_manning(
                (n1 - x1, n1),
                (n2 - x2, n2),
                0.15,
                Direction::LowerIsBetter,
                0.05,
            );
            let (one, other) = (one.expect("a result"), other.expect("a result"));
            assert_eq!(one.verdict, other.verdict);
            assert!((one.p_value - other.p_value).abs() < 1e-12);
            assert!((one.null_shares.0 + other.null_shares.0 - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn non_inferiority_refuses() {
        let code = |first, second, margin, alpha| {
            let result = non_inferiority(first, second, margin, Direction::HigherIsBetter, alpha);
            assert_eq!(Verdict::of(&result, |found| found.verdict) == Verdict::NotSupported, result.is_err());
            result.err().map(|refusal| refusal.code)
        };
        assert_eq!(code((0, 0), (3, 8), 0.1, 0.05), Some("zero_denominator"));
        assert_eq!(code((9, 8), (3, 8), 0.1, 0.05), Some("numerator_exceeds_denominator"));
        for margin in [0.0, 1.0, -0.1, 10.0, f64::NAN] {
            assert_eq!(code((6, 8), (3, 8), margin, 0.05), Some("margin_out_of_range"));
        }
        for alpha in [0.0, 0.5, 5.0, f64::NAN] {
            assert_eq!(code((6, 8), (3, 8), 0.1, alpha), Some("alpha_out_of_range"));
        }
        assert_eq!(code((6, 8), (3, 8), 0.1, 0.05), None);
    }
}
