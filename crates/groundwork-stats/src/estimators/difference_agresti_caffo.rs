//! A difference of two independent proportions by the method of Agresti and
//! Caffo: `agresti_caffo`.
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
//! One success and one failure are added to each group, and the ordinary
//! interval is taken around the difference that results:
//!
//! ```text
//! p̃i = (xi + 1)/(ni + 2),  p̃1 - p̃2 ± z sqrt(Σ p̃i(1 - p̃i)/(ni + 2))
//! ```
//!
//! Limits below -1 and above 1 are moved there.
//!
//! # Small samples
//!
//! Coverage is good on average; the centre is drawn towards zero, so that the
//! interval is not one for a margin. Offered for comparison with published
//! figures.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`.
//!
//! # Source
//!
//! Agresti A, Caffo B (2000). Simple and effective confidence intervals for
//! proportions and differences of proportions result from adding two successes
//! and two failures. The American Statistician 54:280-288.

use super::counts::TwoGroups;
use crate::estimate::{Estimate, Outcome, finite_interval};
use crate::special::normal_critical;

/// The id of the method.
pub const METHOD: &str = "agresti_caffo";

/// The difference of two independent proportions with the interval of Agresti
/// and Caffo.
///
/// `x1` successes of `n1` units in the first group, `x2` of `n2` in the
/// second; `level` is a share. The estimate is x1/n1 - x2/n2, not the centre of
/// the interval; `n` is n1 + n2. See the [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
pub fn difference_agresti_caffo(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Outcome {
    let groups = TwoGroups::new(x1, n1, x2, n2, level)?;
    let [s1, f1, s2, f2] = groups.cells().map(|cell| cell + 1.0);
    let (t1, t2) = (s1 + f1, s2 + f2);
    let centre = s1 / t1 - s2 / t2;
    let variance = s1 / t1 * (f1 / t1) / t1 + s2 / t2 * (f2 / t2) / t2;
    let reach = normal_critical(level) * variance.sqrt();
    let (p1, p2) = groups.shares();
    let interval = finite_interval((centre - reach).max(-1.0), (centre + reach).min(1.0), level)?;
    Ok(Estimate { interval: Some(interval), ..Estimate::point(p1 - p2, groups.n(), METHOD) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agresti_caffo_by_hand_mirrors_and_refuses() {
        // 0/2 against 2/2: a quarter and three quarters, each of four.
        let found = difference_agresti_caffo(0, 2, 2, 2, 0.95).expect("an estimate");
        let interval = found.interval.expect("an interval");
        let reach = normal_critical(0.95) * (2.0 * 3.0 / 64.0_f64).sqrt();
        assert!((interval.upper - (reach - 0.5)).abs() < 1e-15 && interval.lower == -1.0);
        assert_eq!(found.value, -1.0);
        for (x1, x2) in [(0, 0), (3, 7), (8, 9), (5, 1)] {
            let one = difference_agresti_caffo(x1, 8, x2, 9, 0.9).expect("an estimate").interval;
            let other = difference_agresti_caffo(x2, 9, x1, 8, 0.9).expect("an estimate").interval;
            let (one, other) = (one.expect("limits"), other.expect("limits"));
            assert!((one.lower + other.upper).abs() < 1e-15 && (one.upper + other.lower).abs() < 1e-15);
            assert!(one.width() > 0.0);
        }
        let code = |x1, n1, x2, n2, level| {
            difference_agresti_caffo(x1, n1, x2, n2, level).err().map(|refusal| refusal.code)
        };
        assert_eq!(code(0, 0, 3, 8, 0.95), Some("zero_denominator"));
        assert_eq!(code(9, 8, 3, 8, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(code(6, 8, 3, 8, 2.0), Some("level_out_of_range"));
    }
}
