//! What people decided on doubtful pairs, and what that teaches.
//!
//! A decision holds for its pair. Beyond that, decisions say whether the probabilities are what they
//! claim: a logistic curve over the weight is fitted to them, which starts from "as claimed" and
//! moves as far as the decisions press (Platt 1999, with a normal prior on both numbers).

use std::collections::BTreeMap;

/// What somebody decided on two records, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// A hash of the content of one record.
    pub one: u128,
    /// That of the other.
    pub other: u128,
    /// Whether both are of one person.
    pub same: bool,
}

/// Decisions by pairs of records.
pub(crate) struct Verdict;

impl Verdict {
    /// The decisions on records that are there; the last one holds where there are several.
    pub(crate) fn of(decisions: &[Decision], keys: &[u128]) -> BTreeMap<(u32, u32), bool> {
        let place: BTreeMap<u128, u32> = keys.iter().enumerate().map(|(at, key)| (*key, at as u32)).collect();
        decisions
            .iter()
            .filter_map(|decision| {
                let (one, other) = (*place.get(&decision.one)?, *place.get(&decision.other)?);
                (one != other).then_some(((one.min(other), one.max(other)), decision.same))
            })
            .collect()
    }
}

/// How weights become probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Calibration {
    /// Added to the weight, in natural logarithms of odds.
    shift: f64,
    /// What the weight is multiplied by.
    slope: f64,
}

/// How far the two numbers may be from "as claimed" before decisions speak: standard deviations.
const SHIFT_SD: f64 = 2.0;
const SLOPE_SD: f64 = 0.3;

impl Calibration {
    /// From weights in bits, each with what was decided.
    pub(crate) fn fit(decided: impl Iterator<Item = (f64, bool)>) -> Self {
        let decided: Vec<(f64, f64)> =
            decided.map(|(bits, same)| (bits * std::f64::consts::LN_2, f64::from(u8::from(same)))).collect();
        let (mut shift, mut slope) = (0.0_f64, 1.0_f64);
        if decided.is_empty() {
            return Self { shift, slope };
        }
        // Newton's method; the objective is concave.
        for _ in 0..50 {
            let mut gradient = (-shift / (SHIFT_SD * SHIFT_SD), -(slope - 1.0) / (SLOPE_SD * SLOPE_SD));
            let mut curve = (1.0 / (SHIFT_SD * SHIFT_SD), 0.0, 1.0 / (SLOPE_SD * SLOPE_SD));
            for (weight, same) in &decided {
                let p = 1.0 / (1.0 + libm::exp(-(shift + slope * weight)));
                gradient = (gradient.0 + same - p, gradient.1 + (same - p) * weight);
                let v = p * (1.0 - p);
                curve = (curve.0 + v, curve.1 + v * weight, curve.2 + v * weight * weight);
            }
            let (a, b, c) = curve;
            let size = a * c - b * b;
            let step = ((c * gradient.0 - b * gradient.1) / size, (a * gradient.1 - b * gradient.0) / size);
            (shift, slope) = (shift + step.0, (slope + step.1).max(0.05));
            if step.0.abs() + step.1.abs() < 1e-9 {
                break;
            }
        }
        Self { shift, slope }
    }

    pub(crate) fn probability(&self, bits: f64) -> f64 {
        if self.shift == 0.0 && (self.slope - 1.0).abs() < f64::EPSILON {
            return crate::link::of_weight(bits);
        }
        1.0 / (1.0 + libm::exp(-(self.shift + self.slope * bits * std::f64::consts::LN_2)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_move_probabilities_their_way() {
        let none = Calibration::fit(std::iter::empty());
        assert_eq!(none.probability(0.0), 0.5);
        // What was thought to be even was mostly of two people.
        let decided = (0..40).map(|at| (f64::from(at % 5) - 2.0, at % 4 == 0));
        let fitted = Calibration::fit(decided);
        assert!(fitted.probability(0.0) < 0.4, "{fitted:?}");
        assert!(fitted.probability(8.0) > fitted.probability(0.0));
    }
}
