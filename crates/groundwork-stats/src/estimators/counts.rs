//! What the estimators of proportions and rates share: checks of counts, and a
//! search for limits of ratios.

use crate::estimate::{Refusal, check_level};
use crate::root::bracketed;
use crate::thresholds::EXACT_UNITS_MOST;

/// Refuses counts that are no proportion, and levels that are no level.
pub(super) fn check_proportion(x: u64, n: u64, level: f64) -> Result<(), Refusal> {
    check_level(level)?;
    if n == 0 {
        return Err(Refusal::zero_denominator());
    }
    if x > n {
        return Err(Refusal::numerator_exceeds_denominator());
    }
    Ok(())
}

/// Refuses more units than exact tails are computed for.
pub(super) fn check_exact(n: u64) -> Result<(), Refusal> {
    if n <= EXACT_UNITS_MOST {
        return Ok(());
    }
    Err(Refusal::new(
        "too_many_units",
        "there are more units than exact tails are computed for",
        "use the score method, which does not differ from the exact one at this size",
    ))
}

/// Two independent groups: `x1` successes of `n1`, `x2` of `n2`.
#[derive(Clone, Copy)]
pub(super) struct TwoGroups {
    pub(super) x1: u64,
    pub(super) n1: u64,
    pub(super) x2: u64,
    pub(super) n2: u64,
}

impl TwoGroups {
    /// Checked counts.
    pub(super) fn new(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Self, Refusal> {
        check_proportion(x1, n1, level)?;
        check_proportion(x2, n2, level)?;
        Ok(Self { x1, n1, x2, n2 })
    }

    /// The successes and failures of both groups.
    pub(super) fn cells(&self) -> [f64; 4] {
        [self.x1 as f64, (self.n1 - self.x1) as f64, self.x2 as f64, (self.n2 - self.x2) as f64]
    }

    /// The share of the first and of the second group.
    pub(super) fn shares(&self) -> (f64, f64) {
        (self.x1 as f64 / self.n1 as f64, self.x2 as f64 / self.n2 as f64)
    }

    /// All units.
    pub(super) fn n(&self) -> u64 {
        self.n1.saturating_add(self.n2)
    }

    /// Refuses a second group without successes, by which nothing divides.
    pub(super) fn check_reference(&self) -> Result<(), Refusal> {
        if self.x2 > 0 { Ok(()) } else { Err(no_reference_events()) }
    }

    /// Refuses a table with an empty cell, whose logarithms have no variance.
    pub(super) fn check_cells(&self) -> Result<(), Refusal> {
        if self.cells().iter().all(|&cell| cell > 0.0) {
            return Ok(());
        }
        Err(Refusal::new(
            "zero_cell",
            "a cell of the table is empty, so the standard error of the logarithm has no value",
            "use the score or the exact interval",
        ))
    }
}

pub(super) fn no_reference_events() -> Refusal {
    Refusal::new(
        "no_reference_events",
        "the group in the denominator has no events, so the ratio has no value",
        "report the difference, or the ratio with the groups exchanged, whose interval is finite",
    )
}

/// Finds the logarithm of a positive number where `function`, which is
/// monotone in it, changes sign, starting at `start` and going in one
/// direction only, +1 or -1; nothing where it does not change sign within the
/// range of numbers.
pub(super) fn log_limit<F: Fn(f64) -> f64>(function: F, start: f64, direction: f64) -> Option<f64> {
    let (mut from, mut step) = (start, 0.5);
    let sign = function(from);
    if sign == 0.0 {
        return Some(from);
    }
    if sign.is_nan() {
        return None;
    }
    while from.abs() < 700.0 {
        let to = (from + direction * step).clamp(-700.0, 700.0);
        let there = function(to);
        if there.is_nan() {
            return None;
        }
        if there == 0.0 || (there > 0.0) != (sign > 0.0) {
            return bracketed(&function, from, to, 0.0);
        }
        (from, step) = (to, 2.0 * step);
    }
    None
}
