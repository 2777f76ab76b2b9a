//! A quantile by the ranks of the values: `quantile.ranks`.
//!
//! # Estimand
//!
//! The value below which a stated share q of the process behind the data lies;
//! the median at q = 1/2.
//!
//! # Assumptions
//!
//! The values are independent and come from one distribution, of any form.
//!
//! # Method
//!
//! Only ranks are computed here, so that whoever holds the values need not
//! hand them over. The point stands at rank 1 + q (n - 1), between the values of
//! two ranks in proportion: type 7 of Hyndman and Fan, which R, NumPy and
//! spreadsheets use. The limits are the values of ranks l and u with
//!
//! ```text
//! P(B ≤ l - 1) ≤ α/2 and P(B ≥ u) ≤ α/2, B binomial (n, q)
//! ```
//!
//! l as large and u as small as that allows. The interval then holds the
//! quantile with at least the nominal level, whatever the distribution.
//!
//! # Small samples
//!
//! With few values no rank is far enough out: for the median at 95%, fewer
//! than six have no interval.
//!
//! # Refusals
//!
//! `empty`, `share_out_of_range`, `level_out_of_range`, `too_many_units`.
//!
//! # Source
//!
//! Thompson WR (1936). On confidence ranges for the median and other
//! expectation distributions for populations of unknown distribution form.
//! Annals of Mathematical Statistics 7:122-128. Conover WJ (1999). Practical
//! nonparametric statistics, 3rd edition, section 3.2. Wiley. Hyndman RJ, Fan
//! Y (1996). Sample quantiles in statistical packages. American Statistician
//! 50:361-365.

use crate::estimate::{Refusal, check_level};
use crate::special::beta_regularised;

/// The id of the method.
pub const METHOD: &str = "quantile.ranks";

/// The most values: beyond, 64-bit numbers do not hold every rank.
const VALUES_MOST: u64 = 1 << 52;

/// The ranks that a quantile and its limits stand at, counted from 1 in
/// increasing order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileRanks {
    /// The point lies between the values of these two ranks.
    pub point: (u64, u64),
    /// How far it lies from the first to the second: 0 at the first, below 1.
    pub way: f64,
    /// The ranks of the limits; absent where there are too few values.
    pub limits: Option<(u64, u64)>,
}

/// The ranks of the quantile at `share` of `n` values, with limits of at least
/// the confidence level `level`; both are shares between 0 and 1.
///
/// # Refusals
///
/// * `empty`: `n` is zero.
/// * `share_out_of_range`: the share is not strictly between 0 and 1.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `too_many_units`: more values than ranks can be told apart.
pub fn quantile_ranks(n: u64, share: f64, level: f64) -> Result<QuantileRanks, Refusal> {
    check_level(level)?;
    if n == 0 {
        return Err(Refusal::new(
            "empty",
            "there are no values to put in order",
            "report that nothing was observed; a missing value is not a zero",
        ));
    }
    if !(share > 0.0 && share < 1.0) {
        return Err(Refusal::new(
            "share_out_of_range",
            "the share does not lie strictly between 0 and 1",
            "give the share below the quantile, such as 0.5 for the median",
        ));
    }
    if n > VALUES_MOST {
        return Err(Refusal::new(
            "too_many_units",
            "there are more values than ranks can be told apart",
            "check the number of values",
        ));
    }
    let place = share * (n - 1) as f64;
    // A place such as 0.7 of 10 is 7 and not a last bit less.
    let near = place.round();
    let place = if (place - near).abs() <= 4.0 * f64::EPSILON * near { near } else { place };
    let first = (place.floor() as u64 + 1).clamp(1, n);
    let way = if first == n { 0.0 } else { place - place.floor() };
    let point = (first, if way > 0.0 { first + 1 } else { first });
    let tail = 0.5 * (1.0 - level);
    // P(B ≥ k) for 1 ≤ k ≤ n is I_q(k, n - k + 1), and P(B ≤ k - 1) the rest.
    let at_least = |k: u64| beta_regularised(k as f64, (n - k + 1) as f64, share);
    let below = |k: u64| beta_regularised((n - k + 1) as f64, k as f64, 1.0 - share);
    // P(B ≤ k - 1) rises with k, P(B ≥ k) falls.
    let lower = last_where(n, |k| below(k) <= tail);
    let upper = n + 1 - last_where(n, |k| at_least(n + 1 - k) <= tail);
    let limits = (lower >= 1 && upper <= n).then_some((lower, upper));
    Ok(QuantileRanks { point, way, limits })
}

/// The last k from 1 to n for which a condition holds that holds up to some k;
/// 0 where it never does.
fn last_where(n: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut known, mut open) = (0, n + 1);
    while open - known > 1 {
        let middle = known + (open - known) / 2;
        if holds(middle) {
            known = middle;
        } else {
            open = middle;
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::binomial_mass;

    #[test]
    fn the_median_of_few_values_has_no_interval() {
        for n in 1..6 {
            assert_eq!(quantile_ranks(n, 0.5, 0.95).map(|r| r.limits), Ok(None), "{n}");
        }
        // 1 - 2/2^6 = 96.9%.
        assert_eq!(quantile_ranks(6, 0.5, 0.95).map(|r| r.limits), Ok(Some((1, 6))));
    }

    #[test]
    fn the_ranks_of_tables_are_found() {
        // Conover (1999), table A3: n = 16, p = 0.5, 95%: ranks 4 and 13.
        assert_eq!(
            quantile_ranks(16, 0.5, 0.95),
            Ok(QuantileRanks { point: (8, 9), way: 0.5, limits: Some((4, 13)) })
        );
    }

    #[test]
    fn the_point_stands_where_other_programs_have_it() {
        let point = |n, share| quantile_ranks(n, share, 0.95).map(|r| (r.point, r.way));
        assert_eq!(point(11, 0.5), Ok(((6, 6), 0.0)));
        assert_eq!(point(11, 0.7), Ok(((8, 8), 0.0)));
        assert!(point(5, 0.9).is_ok_and(|(ranks, way)| ranks == (4, 5) && (way - 0.6).abs() < 1e-15));
        assert_eq!(point(1, 0.9), Ok(((1, 1), 0.0)));
    }

    #[test]
    fn the_interval_covers_at_least_as_often_as_stated_and_no_narrower_one_does() {
        for n in 6..=40 {
            for share in [0.1, 0.25, 0.5, 0.9] {
                let Ok(QuantileRanks { limits: Some((lower, upper)), .. }) = quantile_ranks(n, share, 0.9)
                else {
                    continue;
                };
                let tail =
                    |ranks: std::ops::Range<u64>| -> f64 { ranks.map(|b| binomial_mass(b, n, share)).sum() };
                assert!(tail(0..lower) <= 0.05 + 1e-12 && tail(0..lower + 1) > 0.05 - 1e-12, "{n} {share}");
                assert!(
                    tail(upper..n + 1) <= 0.05 + 1e-12 && tail(upper - 1..n + 1) > 0.05 - 1e-12,
                    "{n} {share}"
                );
            }
        }
    }

    #[test]
    fn what_has_no_ranks_is_refused() {
        let code = |n, share, level| quantile_ranks(n, share, level).map_err(|r| r.code);
        assert_eq!(code(0, 0.5, 0.95), Err("empty"));
        assert_eq!(code(9, 1.0, 0.95), Err("share_out_of_range"));
        assert_eq!(code(9, f64::NAN, 0.95), Err("share_out_of_range"));
        assert_eq!(code(9, 0.5, 95.0), Err("level_out_of_range"));
    }

    #[test]
    fn millions_of_values_take_no_time() {
        let ranks = quantile_ranks(10_000_000, 0.5, 0.95).map(|r| r.limits);
        assert_eq!(ranks, Ok(Some((4_996_901, 5_003_100))));
    }
}
