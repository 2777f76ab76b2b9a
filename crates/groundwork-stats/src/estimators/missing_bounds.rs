//! Worst-case bounds for a proportion with missing outcomes: `bounds.manski`.
//!
//! # Estimand
//!
//! The share of successes among all units, those included whose outcome was
//! not seen.
//!
//! # Assumptions
//!
//! None about the missing outcomes. The outer interval assumes, beyond that,
//! that the units are independent and share one probability.
//!
//! # Method
//!
//! With x successes among n units seen and m not seen, the share lies between
//!
//! ```text
//! x/(n + m)   (all of the missing failed)
//! (x + m)/(n + m)   (all of them succeeded)
//! ```
//!
//! and the outer interval reaches from the lower Wilson limit of the first to
//! the upper Wilson limit of the second.
//!
//! # Small samples
//!
//! The bounds are arithmetic and hold in any sample. The outer interval covers
//! at least as often as Wilson's.
//!
//! # Refusals
//!
//! `zero_denominator` (nobody seen and nobody missing),
//! `numerator_exceeds_denominator`, `level_out_of_range`.
//!
//! # Source
//!
//! Manski CF (1989). Anatomy of the selection problem. Journal of Human
//! Resources 24:343-360. Horowitz JL, Manski CF (2000). Nonparametric analysis
//! of randomized experiments with missing covariate and outcome data. Journal
//! of the American Statistical Association 95:77-84.

use super::counts::check_proportion;
use super::proportion_wilson::score_limits;
use crate::estimate::{Interval, Refusal, finite_interval};
use crate::special::normal_critical;

/// The id of the method.
pub const METHOD: &str = "bounds.manski";

/// The bounds of a proportion with missing outcomes, all shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MissingBounds {
    /// The share among the units seen; absent where nobody was seen.
    pub observed: Option<f64>,
    /// The share if all of the missing failed.
    pub lower: f64,
    /// The share if all of the missing succeeded.
    pub upper: f64,
    /// From the lower Wilson limit of the one to the upper of the other.
    pub outer: Interval,
    /// Units seen and missing together.
    pub n: u64,
    /// Units with a missing outcome.
    pub n_missing: u64,
    /// The id of the method.
    pub method: &'static str,
}

/// The worst-case bounds of a proportion.
///
/// `x` successes among `n` units seen, and `missing` units not seen; `level`
/// is the nominal level of the outer interval, a share. See the [module](self).
///
/// # Refusals
///
/// * `zero_denominator`: there are no units at all.
/// * `numerator_exceeds_denominator`: `x` is larger than `n`.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
pub fn missing_bounds(x: u64, n: u64, missing: u64, level: f64) -> Result<MissingBounds, Refusal> {
    let all = n.saturating_add(missing);
    check_proportion(x, all, level)?;
    if x > n {
        return Err(Refusal::numerator_exceeds_denominator());
    }
    let most = x.saturating_add(missing);
    let z = normal_critical(level);
    let limits = |x: u64| score_limits(x as f64, (all - x) as f64, all as f64, z);
    Ok(MissingBounds {
        observed: (n > 0).then(|| x as f64 / n as f64),
        lower: x as f64 / all as f64,
        upper: most as f64 / all as f64,
        outer: finite_interval(limits(x).0, limits(most).1, level)?,
        n: all,
        n_missing: missing,
        method: METHOD,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimators::proportion_wilson::proportion_wilson;

    #[test]
    fn bounds_without_missing_are_wilsons() {
        let found = missing_bounds(6, 8, 0, 0.95).expect("bounds");
        assert_eq!((found.lower, found.upper, found.observed), (0.75, 0.75, Some(0.75)));
        assert_eq!(proportion_wilson(6, 8, 0.95).expect("an estimate").interval, Some(found.outer));
    }

    #[test]
    fn bounds_without_anybody_seen_say_nothing() {
        let found = missing_bounds(0, 0, 5, 0.95).expect("bounds");
        assert_eq!((found.lower, found.upper, found.observed), (0.0, 1.0, None));
        assert_eq!((found.outer.lower, found.outer.upper), (0.0, 1.0));
        assert_eq!((found.n, found.n_missing), (5, 5));
    }

    #[test]
    fn bounds_widen_with_the_missing_and_mirror() {
        let mut before = 0.0;
        for missing in 0..20 {
            let found = missing_bounds(6, 8, missing, 0.95).expect("bounds");
            assert!(found.upper - found.lower >= before && found.outer.lower <= found.lower);
            before = found.upper - found.lower;
            let other = missing_bounds(2, 8, missing, 0.95).expect("bounds");
            assert!((found.lower - (1.0 - other.upper)).abs() < 1e-15);
            assert!((found.outer.lower - (1.0 - other.outer.upper)).abs() < 1e-15);
        }
    }

    #[test]
    fn bounds_refuse() {
        let code = |x, n, missing, level| missing_bounds(x, n, missing, level).err().map(|r| r.code);
        assert_eq!(code(0, 0, 0, 0.95), Some("zero_denominator"));
        assert_eq!(code(9, 8, 3, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(code(6, 8, 3, f64::NAN), Some("level_out_of_range"));
        assert_eq!(code(6, u64::MAX, u64::MAX, 0.95), None);
    }
}
