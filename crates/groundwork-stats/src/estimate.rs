//! What every estimator returns: an estimate or a refusal.

use std::fmt;

use crate::warning::Warning;

/// The answer of an estimator: an [`Estimate`], or a [`Refusal`] that says why
/// there is none and what can be reported instead.
pub type Outcome = Result<Estimate, Refusal>;

/// An estimate with what is needed to report it.
///
/// Every number in an estimate is finite. A part that a method does not have
/// is absent, never zero and never "not a number".
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The point estimate, in the units of the estimand: a share between 0 and
    /// 1, a difference of shares, a ratio. Never a percentage.
    pub value: f64,
    /// The standard error of `value`, on the scale of `value`, where the
    /// method has one. Score intervals have none: their standard error changes
    /// with the value that is being tested.
    pub std_error: Option<f64>,
    /// The two-sided, equal-tailed interval.
    pub interval: Option<Interval>,
    /// Degrees of freedom of the reference distribution; absent where it is
    /// the normal one. Need not be whole.
    pub df: Option<f64>,
    /// The test statistic against the null value the method names.
    pub statistic: Option<f64>,
    /// The two-sided p-value that belongs to `statistic`.
    pub p_value: Option<f64>,
    /// The number of units behind the estimate: people, families, rows.
    pub n: u64,
    /// The number of clusters, where the method knows of clusters.
    pub n_clusters: Option<u64>,
    /// The id of the method with its convention inside, as printed in the
    /// method appendix: `wilson`, `mn.score`, `ratio.linearised.log`.
    pub method: &'static str,
    /// What the reader must be told beside the estimate; often nothing.
    pub warnings: Vec<Warning>,
}

impl Estimate {
    /// A point estimate alone; the rest is filled in with `..Estimate::point(…)`.
    pub(crate) fn point(value: f64, n: u64, method: &'static str) -> Self {
        Self {
            value,
            std_error: None,
            interval: None,
            df: None,
            statistic: None,
            p_value: None,
            n,
            n_clusters: None,
            method,
            warnings: Vec::new(),
        }
    }
}

/// A two-sided interval with its nominal level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower limit, in the units of the estimate.
    pub lower: f64,
    /// The upper limit, in the units of the estimate.
    pub upper: f64,
    /// The nominal confidence level, between 0 and 1: 0.95 for 95%.
    pub level: f64,
}

impl Interval {
    /// Whether a value lies in the interval; both limits belong to it.
    pub fn contains(&self, value: f64) -> bool {
        self.lower <= value && value <= self.upper
    }

    /// The distance between the limits.
    pub fn width(&self) -> f64 {
        self.upper - self.lower
    }
}

/// A stated reason for not giving an estimate.
///
/// A refusal is a result like any other: a report prints it in the place where
/// the estimate would have stood. Its texts name rules, never values from the
/// data, because a report may print them where the counts themselves are
/// suppressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A stable word for the rule, such as `too_few_clusters`. Tests and
    /// reports go by the code, people by the message.
    pub code: &'static str,
    /// What was found and why it rules the method out. One sentence fragment,
    /// in lower case, without a full stop.
    pub message: String,
    /// What can be done or reported instead. Same style as the message.
    pub instead: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}); instead: {}", self.message, self.code, self.instead)
    }
}

impl std::error::Error for Refusal {}

/// The refusals that several estimators share, one function a rule.
impl Refusal {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, instead: impl Into<String>) -> Self {
        Self { code, message: message.into(), instead: instead.into() }
    }

    pub(crate) fn zero_denominator() -> Self {
        Self::new(
            "zero_denominator",
            "the denominator is zero, so the quotient has no value",
            "report that nothing was observed; a missing value is not a zero",
        )
    }

    pub(crate) fn numerator_exceeds_denominator() -> Self {
        Self::new(
            "numerator_exceeds_denominator",
            "the numerator is larger than the denominator, so it is not a part of it",
            "check the definitions of both; where the numerator is not a part of the denominator, use a ratio",
        )
    }

    pub(crate) fn level_out_of_range() -> Self {
        Self::new(
            "level_out_of_range",
            "the confidence level does not lie strictly between 0 and 1",
            "give the level as a share, such as 0.95",
        )
    }

    pub(crate) fn not_finite(what: &str) -> Self {
        Self::new(
            "not_finite",
            format!("{what} is not a finite number"),
            "find the rows that are missing or wrong and decide on them before estimating",
        )
    }
}

/// Refuses a confidence level that is not strictly between 0 and 1.
pub(crate) fn check_level(level: f64) -> Result<(), Refusal> {
    // A level that is not a number fails the comparison too.
    if level > 0.0 && level < 1.0 { Ok(()) } else { Err(Refusal::level_out_of_range()) }
}

/// An interval with finite limits in order, or a refusal.
pub(crate) fn finite_interval(lower: f64, upper: f64, level: f64) -> Result<Interval, Refusal> {
    if lower.is_finite() && upper.is_finite() && lower <= upper {
        Ok(Interval { lower, upper, level })
    } else {
        Err(Refusal::new(
            "interval_not_finite",
            "the limits of the interval are not finite numbers",
            "report the estimate without an interval, or choose a lower level",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn level_must_lie_between_zero_and_one() {
        for level in [0.5, 0.8, 0.95, 0.999] {
            assert_eq!(check_level(level), Ok(()));
        }
        for level in [0.0, 1.0, -0.1, 95.0, f64::NAN, f64::INFINITY] {
            assert_eq!(check_level(level).map_err(|refusal| refusal.code), Err("level_out_of_range"));
        }
    }

    #[test]
    fn interval_includes_its_limits() {
        let interval = Interval { lower: -0.25, upper: 0.5, level: 0.95 };
        assert!(interval.contains(-0.25) && interval.contains(0.5) && interval.contains(0.0));
        assert!(!interval.contains(0.51) && !interval.contains(f64::NAN));
        assert_eq!(interval.width(), 0.75);
    }

    #[test]
    fn interval_that_is_not_finite_is_refused() {
        for (lower, upper) in [(0.0, f64::INFINITY), (f64::NAN, 1.0), (1.0, 0.0)] {
            assert_eq!(
                finite_interval(lower, upper, 0.95).map_err(|refusal| refusal.code),
                Err("interval_not_finite")
            );
        }
    }

    #[test]
    fn refusal_reads_as_one_line() {
        let text = Refusal::zero_denominator().to_string();
        assert!(text.contains("(zero_denominator); instead: "), "{text}");
        assert!(!text.contains('\n'));
    }
}
