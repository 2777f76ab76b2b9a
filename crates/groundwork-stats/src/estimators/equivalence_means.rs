//! Equivalence of two means by two one-sided tests: `tost.welch` and
//! `tost.student`.
//!
//! # Estimand
//!
//! μ1 - μ2, the difference between the means of two independent groups, first
//! less second, against two limits that were fixed before the data.
//!
//! # Assumptions
//!
//! Independent units; means that are close to normal. Student's version
//! assumes equal variances as well, Welch's does not.
//!
//! # Method
//!
//! ```text
//! welch    se² = s1²/n1 + s2²/n2,  df = se⁴ / (s1⁴/(n1²(n1 - 1)) + s2⁴/(n2²(n2 - 1)))
//! student  se² = s² (1/n1 + 1/n2), df = n1 + n2 - 2, s² pooled
//! t_lower = (d - low)/se,  t_upper = (d - high)/se
//! ```
//!
//! Equivalence is shown at size α when both one-sided p-values are below α,
//! which is so exactly when the interval of level 1 - 2α lies between the
//! limits.
//!
//! # Small samples
//!
//! With few units the interval is wider than any sensible limits, and nothing
//! is shown either way. The reference is Student's distribution throughout.
//!
//! # Refusals
//!
//! `too_few_units`, `not_finite`, `negative_sd`, `no_variation`,
//! `limits_out_of_order`, `alpha_out_of_range`.
//!
//! # Source
//!
//! Schuirmann DJ (1987). A comparison of the two one-sided tests procedure and
//! the power approach for assessing the equivalence of average bioavailability.
//! Journal of Pharmacokinetics and Biopharmaceutics 15:657-680. Welch BL
//! (1947). The generalization of Student's problem when several different
//! population variances are involved. Biometrika 34:28-35.

use super::verdict::{Direction, Verdict, check_alpha};
use crate::estimate::{Interval, Refusal, finite_interval};
use crate::special::{student_cdf, student_critical, student_two_sided_p};

/// The id of the method with separate variances, the default.
pub const METHOD: &str = "tost.welch";

/// The id of the method with one variance.
pub const METHOD_STUDENT: &str = "tost.student";

/// The mean, standard deviation (divisor n - 1) and size of a group, in the
/// units of the outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupSummary {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub sd: f64,
    /// The number of units, two at least.
    pub n: u64,
}

/// Where an interval lies against two limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Wholly between them: equivalent.
    Within,
    /// Wholly below the lower limit.
    Below,
    /// Wholly above the upper limit.
    Above,
    /// Over one limit or both.
    Across,
}

/// The result of two one-sided tests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equivalence {
    /// The difference of the means, first less second.
    pub difference: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// t against the lower limit.
    pub t_lower: f64,
    /// t against the upper limit.
    pub t_upper: f64,
    /// The p-value of the hypothesis that the difference is at or below the
    /// lower limit.
    pub p_lower: f64,
    /// The p-value of the hypothesis that it is at or above the upper limit.
    pub p_upper: f64,
    /// The p-value of equivalence, the larger of the two.
    pub p_equivalence: f64,
    /// The two-sided p-value of no difference: never printed beside the other.
    pub p_difference: f64,
    /// The interval of the difference at level 1 - 2α.
    pub interval: Interval,
    /// The lower and upper limit of equivalence.
    pub limits: (f64, f64),
    /// All units.
    pub n: u64,
    /// The id of the method.
    pub method: &'static str,
}

impl Equivalence {
    /// Where the interval lies against the limits; a limit inside the interval
    /// or on its end is across.
    pub fn position(&self) -> Position {
        let (low, high) = self.limits;
        if self.interval.lower > low && self.interval.upper < high {
            Position::Within
        } else if self.interval.upper < low {
            Position::Below
        } else if self.interval.lower > high {
            Position::Above
        } else {
            Position::Across
        }
    }

    /// The verdict where better is as much of a surprise as worse: `adapted`
    /// within the limits, `worse` wholly beyond the limit on the bad side,
    /// `not_supported` wholly beyond the one on the good side, `inconclusive`
    /// otherwise.
    pub fn verdict(&self, direction: Direction) -> Verdict {
        match (self.position(), direction) {
            (Position::Within, _) => Verdict::Adapted,
            (Position::Across, _) => Verdict::Inconclusive,
            (Position::Below, Direction::HigherIsBetter) | (Position::Above, Direction::LowerIsBetter) => {
                Verdict::Worse
            }
            _ => Verdict::NotSupported,
        }
    }

    /// The verdict where only worse matters: the interval against the limit on
    /// the bad side.
    pub fn verdict_one_sided(&self, direction: Direction) -> Verdict {
        let (low, high) = self.limits;
        let (lower, upper, limit) = match direction {
            Direction::HigherIsBetter => (self.interval.lower, self.interval.upper, low),
            Direction::LowerIsBetter => (-self.interval.upper, -self.interval.lower, -high),
        };
        if lower > limit {
            Verdict::Adapted
        } else if upper < limit {
            Verdict::Worse
        } else {
            Verdict::Inconclusive
        }
    }
}

/// Equivalence of two means with separate variances.
///
/// `low` and `high` are the limits of equivalence in the units of the outcome,
/// `alpha` the size of each one-sided test. See the [module](self).
///
/// # Refusals
///
/// * `too_few_units`: a group has fewer than two units.
/// * `not_finite`: a number is missing, infinite or too large.
/// * `negative_sd`: a standard deviation is below zero.
/// * `no_variation`: both standard deviations are zero.
/// * `limits_out_of_order`: `low` is not below `high`.
/// * `alpha_out_of_range`: the size is not strictly between 0 and one half.
pub fn equivalence_welch(
    first: GroupSummary,
    second: GroupSummary,
    low: f64,
    high: f64,
    alpha: f64,
) -> Result<Equivalence, Refusal> {
    check(&first, &second, low, high, alpha)?;
    let (n1, n2) = (first.n as f64, second.n as f64);
    let (v1, v2) = (first.sd * first.sd / n1, second.sd * second.sd / n2);
    let total = v1 + v2;
    // Shares of the variance, so that no fourth power leaves the range.
    let (s1, s2) = (v1 / total, v2 / total);
    let df = 1.0 / (s1 * s1 / (n1 - 1.0) + s2 * s2 / (n2 - 1.0));
    test(&first, &second, (low, high), alpha, total.sqrt(), df, METHOD)
}

/// Equivalence of two means with one variance.
///
/// As [`equivalence_welch`], with the same refusals.
pub fn equivalence_student(
    first: GroupSummary,
    second: GroupSummary,
    low: f64,
    high: f64,
    alpha: f64,
) -> Result<Equivalence, Refusal> {
    check(&first, &second, low, high, alpha)?;
    let (n1, n2) = (first.n as f64, second.n as f64);
    let df = n1 + n2 - 2.0;
    let pooled = ((n1 - 1.0) * first.sd * first.sd + (n2 - 1.0) * second.sd * second.sd) / df;
    let error = (pooled * (1.0 / n1 + 1.0 / n2)).sqrt();
    test(&first, &second, (low, high), alpha, error, df, METHOD_STUDENT)
}

fn check(
    first: &GroupSummary,
    second: &GroupSummary,
    low: f64,
    high: f64,
    alpha: f64,
) -> Result<(), Refusal> {
    check_alpha(alpha)?;
    for group in [first, second] {
        if !(group.mean.is_finite() && group.sd.is_finite()) {
            return Err(Refusal::not_finite("a mean or a standard deviation"));
        }
        if group.sd < 0.0 {
            return Err(Refusal::new(
                "negative_sd",
                "a standard deviation is below zero",
                "check how the summary of the group was made",
            ));
        }
        if group.n < 2 {
            return Err(Refusal::new(
                "too_few_units",
                "a group has fewer than two units, so its spread is unknown",
                "report the values themselves",
            ));
        }
    }
    if first.sd == 0.0 && second.sd == 0.0 {
        return Err(Refusal::new(
            "no_variation",
            "no unit differs from its group's mean, so an interval would have no width",
            "report the difference without an interval, and check how the outcome was recorded",
        ));
    }
    if !(low.is_finite() && high.is_finite()) {
        return Err(Refusal::not_finite("a limit of equivalence"));
    }
    if low >= high {
        return Err(Refusal::new(
            "limits_out_of_order",
            "the lower limit of equivalence is not below the upper",
            "give both limits in the units of the outcome, the lower first",
        ));
    }
    Ok(())
}

fn test(
    first: &GroupSummary,
    second: &GroupSummary,
    limits: (f64, f64),
    alpha: f64,
    std_error: f64,
    df: f64,
    method: &'static str,
) -> Result<Equivalence, Refusal> {
    let difference = first.mean - second.mean;
    let level = 1.0 - 2.0 * alpha;
    let (t_lower, t_upper) = ((difference - limits.0) / std_error, (difference - limits.1) / std_error);
    let statistics = [difference, std_error, df, t_lower, t_upper, difference / std_error];
    if !statistics.iter().all(|number| number.is_finite()) || std_error <= 0.0 {
        return Err(Refusal::not_finite("the difference or its standard error"));
    }
    let reach = student_critical(level, df) * std_error;
    let (p_lower, p_upper) = (student_cdf(-t_lower, df), student_cdf(t_upper, df));
    Ok(Equivalence {
        difference,
        std_error,
        df,
        t_lower,
        t_upper,
        p_lower,
        p_upper,
        p_equivalence: p_lower.max(p_upper),
        p_difference: student_two_sided_p(difference / std_error, df),
        interval: finite_interval(difference - reach, difference + reach, level)?,
        limits,
        n: first.n.saturating_add(second.n),
        method,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Method = fn(GroupSummary, GroupSummary, f64, f64, f64) -> Result<Equivalence, Refusal>;

    const METHODS: [Method; 2] = [equivalence_welch, equivalence_student];

    fn group(mean: f64, sd: f64, n: u64) -> GroupSummary {
        GroupSummary { mean, sd, n }
    }

    #[test]
    fn both_methods_agree_on_equal_groups() {
        let (first, second) = (group(5.0, 2.0, 12), group(4.5, 2.0, 12));
        let welch = equivalence_welch(first, second, -1.0, 1.0, 0.05).expect("a result");
        let student = equivalence_student(first, second, -1.0, 1.0, 0.05).expect("a result");
        assert!((welch.df - 22.0).abs() < 1e-12 && (welch.std_error - student.std_error).abs() < 1e-15);
        assert!((welch.std_error - (8.0_f64 / 12.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn interval_and_tests_agree() {
        for method in METHODS {
            for mean in [-3.0, -1.0, -0.4, 0.0, 0.3, 0.9, 2.5] {
                for sd in [0.01, 0.5, 2.0] {
                    let (first, second) = (group(mean, sd, 9), group(0.0, 1.5 * sd, 14));
                    let found = method(first, second, -0.8, 1.0, 0.05).expect("a result");
                    assert_eq!(found.position() == Position::Within, found.p_equivalence < 0.05);
                    assert_eq!(
                        found.verdict_one_sided(Direction::HigherIsBetter) == Verdict::Adapted,
                        found.p_lower < 0.05
                    );
                    // Exchanged groups, exchanged limits.
                    let other = method(second, first, -1.0, 0.8, 0.05).expect("a result");
                    assert!((found.p_lower - other.p_upper).abs() < 1e-14);
                    assert_eq!(
                        found.verdict(Direction::HigherIsBetter),
                        other.verdict(Direction::LowerIsBetter)
                    );
                }
            }
        }
    }

    #[test]
    fn verdicts_by_position() {
        let of = |mean: f64, sd: f64| {
            equivalence_welch(group(mean, sd, 50), group(0.0, sd, 50), -1.0, 1.0, 0.05).expect("a result")
        };
        for (mean, sd, position, higher, lower) in [
            (0.0, 0.5, Position::Within, Verdict::Adapted, Verdict::Adapted),
            (0.0, 9.0, Position::Across, Verdict::Inconclusive, Verdict::Inconclusive),
            (-3.0, 0.5, Position::Below, Verdict::Worse, Verdict::NotSupported),
            (3.0, 0.5, Position::Above, Verdict::NotSupported, Verdict::Worse),
        ] {
            let found = of(mean, sd);
            assert_eq!(found.position(), position);
            assert_eq!(found.verdict(Direction::HigherIsBetter), higher);
            assert_eq!(found.verdict(Direction::LowerIsBetter), lower);
        }
        assert_eq!(of(3.0, 0.5).verdict_one_sided(Direction::HigherIsBetter), Verdict::Adapted);
        assert_eq!(of(3.0, 0.5).verdict_one_sided(Direction::LowerIsBetter), Verdict::Worse);
        assert_eq!(of(0.0, 9.0).verdict_one_sided(Direction::LowerIsBetter), Verdict::Inconclusive);
    }

    #[test]
    fn equivalence_refuses() {
        for method in METHODS {
            let code = |first, second, low, high, alpha| {
                method(first, second, low, high, alpha).err().map(|refusal| refusal.code)
            };
            let good = group(1.0, 1.0, 5);
            assert_eq!(code(group(1.0, 1.0, 1), good, -1.0, 1.0, 0.05), Some("too_few_units"));
            assert_eq!(code(group(f64::NAN, 1.0, 5), good, -1.0, 1.0, 0.05), Some("not_finite"));
            assert_eq!(code(good, group(1.0, f64::INFINITY, 5), -1.0, 1.0, 0.05), Some("not_finite"));
            assert_eq!(code(good, group(1.0, -1.0, 5), -1.0, 1.0, 0.05), Some("negative_sd"));
            assert_eq!(code(group(1.0, 0.0, 5), group(2.0, 0.0, 5), -1.0, 1.0, 0.05), Some("no_variation"));
            assert_eq!(code(good, good, 1.0, -1.0, 0.05), Some("limits_out_of_order"));
            assert_eq!(code(good, good, f64::NEG_INFINITY, 1.0, 0.05), Some("not_finite"));
            assert_eq!(code(good, good, -1.0, 1.0, 0.5), Some("alpha_out_of_range"));
            assert_eq!(code(group(1.0, 1e300, 5), good, -1.0, 1.0, 0.05), Some("not_finite"));
            assert_eq!(
                code(group(1e308, 1.0, 5), group(-1e308, 1.0, 5), -1.0, 1.0, 0.05),
                Some("not_finite")
            );
            assert_eq!(code(group(1.0, 1e-300, 5), group(1.0, 0.0, 5), -1.0, 1.0, 0.05), Some("not_finite"));
            assert_eq!(code(good, group(1.0, 0.0, 5), -1.0, 1.0, 0.05), None);
        }
    }
}
