//! The difference of two means, by Welch: `mean.welch`.
//!
//! # Estimand
//!
//! The mean of the first group less that of the second, in the unit of the
//! values.
//!
//! # Assumptions
//!
//! Units are independent within and between groups (people of one village are
//! not: see the clustered methods), and values near normal or many. The groups
//! may vary by different amounts.
//!
//! # Method
//!
//! With a = s₁²/n₁ and b = s₂²/n₂, x̄₁ - x̄₂ ± t(ν) sqrt(a + b), with
//! ν = (a + b)²/(a²/(n₁ - 1) + b²/(n₂ - 1)); the test is against no
//! difference. Sums do not depend on the order of the rows.
//!
//! # Small samples
//!
//! ν is at least the smaller n less one. A group of one has no variance of its
//! own, and the comparison is refused.
//!
//! # Refusals
//!
//! `empty`, `not_finite`, `out_of_range`, `too_few_units` (one in a group),
//! `no_variation` (in both groups), `level_out_of_range`.
//!
//! # Source
//!
//! Welch BL (1947). The generalization of Student's problem when several
//! different population variances are involved. Biometrika 34:28-35.

use super::columns::{Moments, finite};
use super::paired_change::{no_variation, too_few_units};
use crate::estimate::{Estimate, Outcome, check_level, finite_interval};
use crate::special::{student_critical, student_two_sided_p};

/// The id of the method.
pub const METHOD: &str = "mean.welch";

/// The difference of two means, first less second, with its interval and test.
///
/// `first` and `second` hold one value a unit, in any order and the same unit
/// of measurement; the interval is at `level`, a share; `n` counts both
/// groups. See the [module](self) for the refusals.
pub fn mean_difference_welch(first: &[f64], second: &[f64], level: f64) -> Outcome {
    check_level(level)?;
    let (one, two) = (Moments::new(first, "a value")?, Moments::new(second, "a value")?);
    if one.n < 2 || two.n < 2 {
        return Err(too_few_units());
    }
    let (a, b) = (one.variance() / one.n as f64, two.variance() / two.n as f64);
    let total = a + b;
    // Written so that a variance that is not a number also fails.
    let usable = total > 0.0;
    if !usable {
        return Err(no_variation());
    }
    let (share_a, share_b) = (a / total, b / total);
    let df = 1.0 / (share_a * share_a / (one.n - 1) as f64 + share_b * share_b / (two.n - 1) as f64);
    let difference = finite(one.mean - two.mean, "the difference of the means")?;
    let std_error = finite(total.sqrt(), "the standard error")?;
    let statistic = finite(difference / std_error, "the test statistic")?;
    let half = student_critical(level, df) * std_error;
    Ok(Estimate {
        std_error: Some(std_error),
        interval: Some(finite_interval(difference - half, difference + half, level)?),
        df: Some(finite(df, "the degrees of freedom")?),
        statistic: Some(statistic),
        p_value: Some(finite(student_two_sided_p(statistic, df), "the p-value")?),
        ..Estimate::point(difference, (one.n + two.n) as u64, METHOD)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(first: &[f64], second: &[f64], level: f64) -> Option<&'static str> {
        mean_difference_welch(first, second, level).err().map(|refusal| refusal.code)
    }

    #[test]
    fn welch_with_equal_groups_has_the_pooled_df() {
        let found = mean_difference_welch(&[1.0, 2.0, 3.0], &[5.0, 6.0, 7.0], 0.95).expect("a difference");
        assert_eq!(found.value, -4.0);
        assert!((found.df.expect("df") - 4.0).abs() < 1e-12);
        assert!((found.std_error.expect("an error") - (2.0 / 3.0_f64).sqrt()).abs() < 1e-14);
    }

    #[test]
    fn welch_takes_a_group_without_variation() {
        let found = mean_difference_welch(&[1.0, 2.0, 3.0], &[5.0, 5.0], 0.95).expect("a difference");
        assert_eq!(found.df, Some(2.0));
    }

    #[test]
    fn welch_refuses() {
        assert_eq!(code(&[], &[1.0, 2.0], 0.95), Some("empty"));
        assert_eq!(code(&[1.0], &[1.0, 2.0], 0.95), Some("too_few_units"));
        assert_eq!(code(&[1.0, 1.0], &[2.0, 2.0], 0.95), Some("no_variation"));
        assert_eq!(code(&[1.0, f64::NAN], &[2.0, 2.0], 0.95), Some("not_finite"));
        assert_eq!(code(&[1.0, 2.0], &[2.0, -1e300], 0.95), Some("out_of_range"));
        assert_eq!(code(&[1.0, 2.0], &[2.0, 3.0], 0.0), Some("level_out_of_range"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn welch_turns_with_the_groups(
            first in proptest::collection::vec(-50.0..50.0_f64, 2..12),
            second in proptest::collection::vec(-50.0..50.0_f64, 2..12),
        ) {
            let found = mean_difference_welch(&first, &second, 0.9).expect("a difference");
            let turned = mean_difference_welch(&second, &first, 0.9).expect("a difference");
            prop_assert_eq!(turned.value, -found.value);
            prop_assert_eq!(turned.std_error, found.std_error);
            let interval = found.interval.expect("an interval");
            prop_assert_eq!(interval.contains(0.0), found.p_value.expect("a p") >= 0.1);
            let least = (first.len().min(second.len()) - 1) as f64;
            prop_assert!(found.df.expect("df") >= least - 1e-9);
        }
    }
}
