//! A median with its exact interval from order statistics: `median.exact`.
//!
//! # Estimand
//!
//! The value that half of the process behind the data lies below: months to
//! registration among those registered, cost of a case. Where waiting cases
//! are still open the median needs survival methods instead.
//!
//! # Assumptions
//!
//! Units are independent and alike. No shape is assumed; with a distribution
//! that has jumps the interval covers at least as often as it says.
//!
//! # Method
//!
//! The interval from the r-th smallest to the r-th largest value, r the
//! largest number with 2 P(X < r) <= 1 - level, X binomial with n trials and
//! probability ½. The estimate is the middle value, or halfway between the two
//! middle ones.
//!
//! # Small samples
//!
//! The coverage is exact, at least the level, and takes steps:
//! [`median_coverage`] gives it. Below six units no interval reaches 95%, and
//! none is given.
//!
//! # Refusals
//!
//! `empty`, `not_finite`, `out_of_range`, `level_out_of_range`,
//! `too_few_units`.
//!
//! # Source
//!
//! Thompson WR (1936). On confidence ranges for the median and other
//! expectation distributions for populations of unknown distribution form.
//! Annals of Mathematical Statistics 7:122-128.

use super::columns::checked;
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::special::beta_regularised;

/// The id of the method.
pub const METHOD: &str = "median.exact";

/// The median with its exact interval.
///
/// `values` holds one value a unit, in any order; the interval is at `level`
/// or more, a share. No standard error and no test.
///
/// # Refusals
///
/// * `empty`, `not_finite`, `out_of_range`, `level_out_of_range`.
/// * `too_few_units`: not even the smallest and the largest value make an
///   interval at this level.
pub fn median_exact(values: &[f64], level: f64) -> Outcome {
    check_level(level)?;
    checked(values, "a value")?;
    let n = values.len();
    let rank = rank(n, level).ok_or_else(|| {
        Refusal::new(
            "too_few_units",
            "there are too few units for an exact interval of the median at this level",
            "report the median with the smallest and the largest value",
        )
    })?;
    let mut sorted = values.to_vec();
    let (_, &mut lower, rest) = sorted.select_nth_unstable_by(rank - 1, f64::total_cmp);
    // The r-th largest among those above the r-th smallest, where there are
    // any: r is at most half of n.
    let upper = match (n - rank).checked_sub(rank) {
        Some(at) if at < rest.len() => *rest.select_nth_unstable_by(at, f64::total_cmp).1,
        _ => lower,
    };
    Ok(Estimate {
        interval: Some(finite_interval(lower, upper, level)?),
        ..Estimate::point(middle(values), n as u64, METHOD)
    })
}

/// The exact coverage of the interval for `n` units at `level`, for a
/// distribution without jumps.
///
/// # Refusals
///
/// * `level_out_of_range`, and `too_few_units` as for [`median_exact`].
pub fn median_coverage(n: usize, level: f64) -> Result<f64, Refusal> {
    check_level(level)?;
    let rank = rank(n, level).ok_or_else(|| {
        Refusal::new(
            "too_few_units",
            "there are too few units for an exact interval of the median at this level",
            "choose a lower level",
        )
    })?;
    Ok(1.0 - 2.0 * below(n, rank))
}

/// P(X < r) for X binomial with n trials and probability ½.
fn below(n: usize, rank: usize) -> f64 {
    if rank == 0 { 0.0 } else { beta_regularised((n - rank + 1) as f64, rank as f64, 0.5) }
}

/// The largest r >= 1 with 2 P(X < r) <= 1 - level.
fn rank(n: usize, level: f64) -> Option<usize> {
    // Rounding of the level must not cost a rank that is due.
    let room = (1.0 - level) * (1.0 + 1e-12);
    let holds = |rank: usize| 2.0 * below(n, rank) <= room;
    if n == 0 || !holds(1) {
        return None;
    }
    let (mut from, mut to) = (1, n / 2 + 1);
    while to - from > 1 {
        let middle = from + (to - from) / 2;
        if holds(middle) { from = middle } else { to = middle }
    }
    Some(from)
}

/// The middle value, or halfway between the two middle ones; zero for none.
pub(super) fn middle(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let mut sorted = values.to_vec();
    let at = sorted.len() / 2;
    let even = sorted.len().is_multiple_of(2);
    let (below, &mut upper, _) = sorted.select_nth_unstable_by(at, f64::total_cmp);
    if !even {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    lower + 0.5 * (upper - lower)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::binomial_mass;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn median_by_hand() {
        // Nine values at 95%: P(X < 2) = 10/512, so the second and the eighth.
        let values = [9.0, 1.0, 8.0, 2.0, 7.0, 3.0, 6.0, 4.0, 5.0];
        let found = median_exact(&values, 0.95).expect("a median");
        let interval = found.interval.expect("an interval");
        assert_eq!((found.value, interval.lower, interval.upper), (5.0, 2.0, 8.0));
        assert!((median_coverage(9, 0.95).expect("a coverage") - 492.0 / 512.0).abs() < 1e-14);
        let six = median_exact(&[3.0, 1.0, 2.0, 6.0, 5.0, 4.0], 0.95).expect("a median");
        assert_eq!(six.value, 3.5);
        assert_eq!(six.interval.map(|i| (i.lower, i.upper)), Some((1.0, 6.0)));
    }

    #[test]
    fn interval_is_the_shortest_that_reaches_its_level() {
        for n in 1..60_usize {
            for level in [0.5, 0.8, 0.9, 0.95, 0.99] {
                let values: Vec<f64> = (1..=n as u32).map(f64::from).collect();
                let tail =
                    |rank: usize| -> f64 { (0..rank as u64).map(|x| binomial_mass(x, n as u64, 0.5)).sum() };
                let best =
                    (1..=n / 2 + 1).rev().find(|&rank| 2.0 * tail(rank) <= (1.0 - level) * (1.0 + 1e-10));
                match (median_exact(&values, level), best) {
                    (Ok(found), Some(rank)) => {
                        let interval = found.interval.expect("an interval");
                        assert_eq!((interval.lower, interval.upper), (rank as f64, (n + 1 - rank) as f64));
                        assert!(median_coverage(n, level).expect("a coverage") >= level - 1e-12);
                    }
                    (found, best) => {
                        assert_eq!((code(found), best), (Some("too_few_units"), None), "{n} {level}");
                    }
                }
            }
        }
    }

    #[test]
    fn median_does_not_depend_on_the_order_and_turns_with_the_sign() {
        let values: Vec<f64> = (0..101).map(|i| f64::from(i * 37 % 101) - 20.5).collect();
        let found = median_exact(&values, 0.9).expect("a median");
        let turned = median_exact(&values.iter().map(|v| -v).collect::<Vec<_>>(), 0.9).expect("a median");
        let reversed = median_exact(&values.iter().rev().copied().collect::<Vec<_>>(), 0.9);
        assert_eq!(reversed.as_ref(), Ok(&found));
        let (a, b) = (found.interval.expect("an interval"), turned.interval.expect("an interval"));
        assert_eq!((found.value, a.lower, a.upper), (-turned.value, -b.upper, -b.lower));
    }

    #[test]
    fn median_refuses() {
        assert_eq!(code(median_exact(&[], 0.95)), Some("empty"));
        assert_eq!(code(median_exact(&[1.0; 5], 0.95)), Some("too_few_units"));
        assert_eq!(code(median_exact(&[1.0, f64::NAN], 0.5)), Some("not_finite"));
        assert_eq!(code(median_exact(&[1.0; 9], 1.0)), Some("level_out_of_range"));
        assert_eq!(code(median_coverage(5, 0.95)), Some("too_few_units"));
        assert_eq!(code(median_coverage(0, 0.5)), Some("too_few_units"));
        assert!(median_exact(&[1.0; 9], 0.95).is_ok_and(|m| m.interval.is_some_and(|i| i.width() == 0.0)));
    }
}
