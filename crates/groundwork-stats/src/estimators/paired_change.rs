//! The change of a score among the same people, by the paired t test:
//! `paired.t`.
//!
//! # Estimand
//!
//! The mean of after minus before, in the unit of the score. Before and after
//! without a comparison group is a change, not an effect: children grow,
//! prices rise, and those who began low come nearer to the middle by chance.
//!
//! # Assumptions
//!
//! One pair a person, persons independent (clustered persons need the
//! clustered mean), and differences that are near normal or many.
//!
//! # Method
//!
//! d̄ ± t(n-1) s/sqrt(n), with s the standard deviation of the n differences;
//! the test is against no change. Differences that are no larger than the
//! rounding of the scores they come from count as zero. Sums do not depend on
//! the order of the pairs.
//!
//! # Small samples
//!
//! With fewer than about ten pairs the shape of the differences matters; the
//! exact tests of [`paired_exact`](super::paired_exact) need none.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `out_of_range`, `too_few_units`
//! (one pair), `no_variation` (all differences equal), `level_out_of_range`.
//!
//! # Source
//!
//! Student (1908). The probable error of a mean. Biometrika 6:1-25.

use super::columns::{Moments, checked, finite, rounding};
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::linalg::check_length;
use crate::special::{student_critical, student_two_sided_p};

/// The id of the method.
pub const METHOD: &str = "paired.t";

/// The mean change with its t interval and test.
///
/// `before` and `after` hold one score a person, in the same order and unit;
/// people with only one of the two are decided on beforehand. The estimate is
/// the mean of after minus before; `n` counts pairs; the interval is at
/// `level`, a share. See the [module](self) for the refusals.
pub fn paired_change(before: &[f64], after: &[f64], level: f64) -> Outcome {
    check_level(level)?;
    let pairs = Differences::new(before, after)?;
    let moments = pairs.moments();
    t_interval(&moments, level, METHOD)
}

/// A mean with its t interval and its test against zero.
pub(super) fn t_interval(moments: &Moments, level: f64, method: &'static str) -> Outcome {
    let n = moments.n;
    if n < 2 {
        return Err(too_few_units());
    }
    let std_error = (moments.variance() / n as f64).sqrt();
    // Written so that an error that is not a number also fails.
    let usable = std_error > 0.0;
    if !usable {
        return Err(no_variation());
    }
    let df = (n - 1) as f64;
    let statistic = finite(moments.mean / std_error, "the test statistic")?;
    let half = student_critical(level, df) * std_error;
    Ok(Estimate {
        std_error: Some(finite(std_error, "the standard error")?),
        interval: Some(finite_interval(moments.mean - half, moments.mean + half, level)?),
        df: Some(df),
        statistic: Some(statistic),
        p_value: Some(finite(student_two_sided_p(statistic, df), "the p-value")?),
        ..Estimate::point(finite(moments.mean, "the mean")?, n as u64, method)
    })
}

pub(super) fn too_few_units() -> Refusal {
    Refusal::new(
        "too_few_units",
        "there is one unit, so nothing can be said about how units vary",
        "report its value alone",
    )
}

pub(super) fn no_variation() -> Refusal {
    Refusal::new(
        "no_variation",
        "all units have the same value to within rounding, so an interval would have no width",
        "report the value, and check whether it was measured or computed",
    )
}

/// The differences of pairs, after minus before.
pub(super) struct Differences {
    /// In the order of the pairs; zero where no larger than rounding.
    pub(super) values: Vec<f64>,
    /// The largest magnitude among the scores.
    pub(super) magnitude: f64,
}

impl Differences {
    /// Refuses `lengths_differ`, `empty`, `not_finite`, `out_of_range`.
    pub(super) fn new(before: &[f64], after: &[f64]) -> Result<Self, Refusal> {
        check_length(after.len(), before.len())?;
        let mut magnitude = 0.0_f64;
        for (values, what) in [(before, "a score before"), (after, "a score after")] {
            let (low, high) = checked(values, what)?;
            magnitude = magnitude.max(low.abs()).max(high.abs());
        }
        let values = before
            .iter()
            .zip(after)
            .map(|(b, a)| {
                let difference = a - b;
                if difference.abs() <= rounding(a.abs().max(b.abs())) { 0.0 } else { difference }
            })
            .collect();
        Ok(Self { values, magnitude })
    }

    pub(super) fn moments(&self) -> Moments {
        Moments::of(&self.values, self.magnitude)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(before: &[f64], after: &[f64], level: f64) -> Option<&'static str> {
        paired_change(before, after, level).err().map(|refusal| refusal.code)
    }

    #[test]
    fn paired_change_by_hand() {
        // Differences 1, 2, 3: mean 2, s = 1, t = 2 sqrt(3).
        let found = paired_change(&[5.0, 5.0, 5.0], &[6.0, 7.0, 8.0], 0.95).expect("a change");
        assert_eq!(found.value, 2.0);
        assert!((found.std_error.expect("an error") - 1.0 / 3.0_f64.sqrt()).abs() < 1e-15);
        assert!((found.statistic.expect("a t") - 2.0 * 3.0_f64.sqrt()).abs() < 1e-14);
        // t with two degrees of freedom: p = 1 - t/sqrt(t² + 2).
        let truth = 1.0 - (12.0_f64 / 14.0).sqrt();
        assert!((found.p_value.expect("a p") - truth).abs() < 1e-13);
        assert_eq!((found.df, found.n), (Some(2.0), 3));
    }

    #[test]
    fn paired_change_refuses() {
        assert_eq!(code(&[], &[], 0.95), Some("empty"));
        assert_eq!(code(&[1.0], &[2.0], 0.95), Some("too_few_units"));
        assert_eq!(code(&[1.0, 2.0], &[2.0], 0.95), Some("lengths_differ"));
        assert_eq!(code(&[1.0, f64::NAN], &[2.0, 3.0], 0.95), Some("not_finite"));
        assert_eq!(code(&[1.0, 1e300], &[2.0, 3.0], 0.95), Some("out_of_range"));
        assert_eq!(code(&[1.0, 2.0], &[2.0, 4.0], 95.0), Some("level_out_of_range"));
        assert_eq!(code(&[1.0, 2.0], &[1.0, 2.0], 0.95), Some("no_variation"));
        // 0.3 - 0.1 and 0.4 - 0.2 differ by rounding only.
        assert_eq!(code(&[0.1, 0.2, 0.7], &[0.3, 0.4, 0.9], 0.95), Some("no_variation"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn paired_change_turns_with_the_occasions(
            pairs in proptest::collection::vec((-50.0..50.0_f64, -50.0..50.0_f64), 2..20),
        ) {
            let (before, after): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
            let (back, forth): (Vec<f64>, Vec<f64>) = pairs.iter().rev().copied().unzip();
            let found = paired_change(&before, &after, 0.9).expect("a change");
            let reversed = paired_change(&back, &forth, 0.9).expect("a change");
            prop_assert_eq!(&found, &reversed);
            let turned = paired_change(&after, &before, 0.9).expect("a change");
            prop_assert_eq!(turned.value, -found.value);
            prop_assert_eq!(turned.p_value, found.p_value);
        }
    }
}
