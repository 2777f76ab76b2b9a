//! The four words of a verdict, by where an interval lies against a margin.
//!
//! A comparison of two sites is never reported by "significant" or "not
//! significant", and never as "different" and "equivalent" at once. The margin
//! and the direction are fixed before the data; the interval has the level
//! 1 - 2α, 90% for α of 5%:
//!
//! ```text
//! adapted        the whole interval lies on the good side of the margin
//! worse          the whole interval lies on the bad side of it
//! inconclusive   the margin lies within the interval, limits included
//! not supported  there is no interval that could be judged
//! ```
//!
//! `not supported` is not a reading of an interval: it stands where the
//! estimator refused ([`Verdict::of`]), or where a claim of equivalence fails
//! because the first group is *better* by more than the margin.

use crate::estimate::{Interval, Refusal};

/// Which way of an outcome is the good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// A high value is good: registrations.
    HigherIsBetter,
    /// A low value is good: drop-outs.
    LowerIsBetter,
}

/// The verdict about the first of two sites against the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not worse by as much as the margin.
    Adapted,
    /// Worse by more than the margin.
    Worse,
    /// The data do not tell.
    Inconclusive,
    /// The question cannot be answered with these data.
    NotSupported,
}

impl Verdict {
    /// The verdict by an interval of first less second and a margin above
    /// zero, both in the units of the outcome.
    ///
    /// A margin that is not a number or not above zero, or limits that are not
    /// numbers, give [`Verdict::NotSupported`].
    pub fn by_margin(interval: &Interval, margin: f64, direction: Direction) -> Self {
        let (lower, upper) = match direction {
            Direction::HigherIsBetter => (interval.lower, interval.upper),
            Direction::LowerIsBetter => (-interval.upper, -interval.lower),
        };
        if margin.is_nan() || margin <= 0.0 || lower.is_nan() || upper.is_nan() {
            Self::NotSupported
        } else if lower > -margin {
            Self::Adapted
        } else if upper < -margin {
            Self::Worse
        } else {
            Self::Inconclusive
        }
    }

    /// The verdict of a result, and [`Verdict::NotSupported`] of a refusal.
    pub fn of<T>(result: &Result<T, Refusal>, verdict: impl FnOnce(&T) -> Self) -> Self {
        result.as_ref().map_or(Self::NotSupported, verdict)
    }

    /// The stable word: `adapted`, `worse`, `inconclusive`, `not_supported`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Adapted => "adapted",
            Self::Worse => "worse",
            Self::Inconclusive => "inconclusive",
            Self::NotSupported => "not_supported",
        }
    }
}

/// Refuses a one-sided size that is not strictly between 0 and a half.
pub(super) fn check_alpha(alpha: f64) -> Result<(), Refusal> {
    if alpha > 0.0 && alpha < 0.5 {
        return Ok(());
    }
    Err(Refusal::new(
        "alpha_out_of_range",
        "the size of the test does not lie strictly between 0 and one half",
        "give the size as a share, such as 0.05",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdict_follows_the_interval() {
        let of = |lower, upper, direction| {
            Verdict::by_margin(&Interval { lower, upper, level: 0.9 }, 0.1, direction).word()
        };
        for (lower, upper, higher, lower_is_better) in [
            (-0.05, 0.3, "adapted", "inconclusive"),
            (-0.05, 0.05, "adapted", "adapted"),
            (-0.3, -0.11, "worse", "adapted"),
            (-0.3, 0.3, "inconclusive", "inconclusive"),
            (0.2, 0.4, "adapted", "worse"),
            (-0.1, 0.0, "inconclusive", "adapted"),
            (-0.3, -0.1, "inconclusive", "adapted"),
            (f64::NAN, 0.1, "not_supported", "not_supported"),
        ] {
            assert_eq!(of(lower, upper, Direction::HigherIsBetter), higher, "{lower} {upper}");
            assert_eq!(of(lower, upper, Direction::LowerIsBetter), lower_is_better, "{lower} {upper}");
        }
        let interval = Interval { lower: 0.0, upper: 1.0, level: 0.9 };
        for margin in [0.0, -0.1, f64::NAN] {
            let verdict = Verdict::by_margin(&interval, margin, Direction::HigherIsBetter);
            assert_eq!(verdict, Verdict::NotSupported);
        }
    }

    #[test]
    fn verdict_of_a_refusal_is_not_supported() {
        let refused: Result<Verdict, Refusal> = Err(Refusal::zero_denominator());
        assert_eq!(Verdict::of(&refused, |verdict| *verdict), Verdict::NotSupported);
        assert_eq!(Verdict::of(&Ok(Verdict::Worse), |verdict| *verdict), Verdict::Worse);
    }
}
