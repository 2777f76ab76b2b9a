//! Rows of a panel in which units adopt a programme at different times.
//!
//! Shared by the estimators of staggered adoption. It checks the rows, finds
//! the periods, and puts the rows of each unit side by side.

use std::ops::Range;

use crate::estimate::Refusal;
use crate::linalg::{check_column, check_length};
use crate::warning::Warning;

/// A checked panel: the rows in order of unit and period.
#[derive(Debug)]
pub(super) struct AdoptionPanel {
    /// The periods that occur, in order.
    pub(super) periods: Vec<i32>,
    /// The units that are kept, in order of their label.
    pub(super) units: Vec<PanelUnit>,
    /// The rows of the units that are kept.
    pub(super) rows: Vec<PanelRow>,
    /// What the checks found.
    pub(super) warnings: Vec<Warning>,
}

/// A unit with its place among the rows.
#[derive(Debug)]
pub(super) struct PanelUnit {
    /// The first treated period; absent where it lies beyond the last period.
    pub(super) first: Option<i32>,
    /// The rows of the unit, in order of the period.
    pub(super) rows: Range<usize>,
}

/// A row of the panel.
#[derive(Clone, Copy, Debug)]
pub(super) struct PanelRow {
    /// The place of its period among the periods.
    pub(super) period: usize,
    /// The place of the row in the columns.
    pub(super) row: usize,
}

impl AdoptionPanel {
    /// Checks and orders the rows.
    ///
    /// Units treated in the first period or before it have no period without
    /// treatment and are left out with the warning `always_treated`; units
    /// treated after the last period count as never treated.
    pub(super) fn new(
        unit: &[u32],
        period: &[i32],
        first_treated: &[Option<i32>],
        outcome: &[f64],
    ) -> Result<Self, Refusal> {
        let n = unit.len();
        check_length(period.len(), n)?;
        check_length(first_treated.len(), n)?;
        check_length(outcome.len(), n)?;
        check_column(outcome, "an outcome")?;
        let mut keys: Vec<(u32, i32, usize)> = (0..n).map(|row| (unit[row], period[row], row)).collect();
        keys.sort_unstable();
        let mut periods: Vec<i32> = period.to_vec();
        periods.sort_unstable();
        periods.dedup();
        let (Some(&earliest), Some(&latest)) = (periods.first(), periods.last()) else {
            return Err(empty());
        };
        if periods.len() < 2 {
            return Err(Refusal::new(
                "too_few_periods",
                "all rows are of one period, so there is no change to compare",
                "compare the groups in that period, and say that it is not an effect",
            ));
        }
        let mut panel =
            Self { periods, units: Vec::new(), rows: Vec::with_capacity(n), warnings: Vec::new() };
        let mut always_treated = false;
        for block in keys.chunk_by(|one, other| one.0 == other.0) {
            let Some(&(_, _, leading)) = block.first() else { continue };
            let first = first_treated[leading];
            if block.iter().any(|&(_, _, row)| first_treated[row] != first) {
                return Err(Refusal::new(
                    "adoption_varies",
                    "the rows of a unit name different first treated periods",
                    "give each unit one first treated period; a unit that left and came back needs another design",
                ));
            }
            if block.iter().zip(block.iter().skip(1)).any(|(one, next)| one.1 == next.1) {
                return Err(Refusal::new(
                    "duplicate_rows",
                    "a unit has more than one row for a period",
                    "add up or average the rows of a unit and period first",
                ));
            }
            if first.is_some_and(|first| first <= earliest) {
                always_treated = true;
                continue;
            }
            let start = panel.rows.len();
            for &(_, at, row) in block {
                let period = panel.periods.partition_point(|&known| known < at);
                panel.rows.push(PanelRow { period, row });
            }
            panel.units.push(PanelUnit {
                first: first.filter(|&first| first <= latest),
                rows: start..panel.rows.len(),
            });
        }
        if always_treated {
            panel.warnings.push(Warning::new(
                "always_treated",
                "units treated from the first period on are left out: they have no period without treatment",
            ));
        }
        Ok(panel)
    }

    /// The first treated periods that occur among the units, in order.
    pub(super) fn cohorts(&self) -> Vec<i32> {
        let mut cohorts: Vec<i32> = self.units.iter().filter_map(|unit| unit.first).collect();
        cohorts.sort_unstable();
        cohorts.dedup();
        cohorts
    }
}

fn empty() -> Refusal {
    Refusal::new(
        "empty",
        "there are no rows to estimate from",
        "report that nothing was observed; a missing value is not a zero",
    )
}

pub(super) fn no_treated_units() -> Refusal {
    Refusal::new(
        "no_treated_units",
        "no unit starts treatment between the first period and the last, so there is no effect to see",
        "report the outcome over time without an effect",
    )
}

/// A cohort of one unit has no spread: what its effect's error leaves out.
pub(super) fn singleton_cohort() -> Warning {
    Warning::new(
        "singleton_cohort",
        "a treated cohort has a single unit, so its standard error holds no treated-side variance and is too small",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(unit: &[u32], period: &[i32], first: &[Option<i32>], outcome: &[f64]) -> Option<&'static str> {
        AdoptionPanel::new(unit, period, first, outcome).err().map(|refusal| refusal.code)
    }

    #[test]
    fn panel_refuses_what_is_no_panel() {
        assert_eq!(code(&[], &[], &[], &[]), Some("empty"));
        assert_eq!(code(&[1], &[1, 2], &[None], &[0.0]), Some("lengths_differ"));
        assert_eq!(code(&[1], &[1], &[None], &[]), Some("lengths_differ"));
        assert_eq!(code(&[1, 2], &[1, 1], &[None; 2], &[0.0; 2]), Some("too_few_periods"));
        assert_eq!(code(&[1, 1], &[1, 2], &[None; 2], &[0.0, f64::NAN]), Some("not_finite"));
        assert_eq!(code(&[1, 1, 2], &[1, 1, 2], &[None; 3], &[0.0; 3]), Some("duplicate_rows"));
        assert_eq!(code(&[1, 1], &[1, 2], &[None, Some(2)], &[0.0; 2]), Some("adoption_varies"));
    }

    #[test]
    fn panel_leaves_out_units_that_were_always_treated() {
        let first = [Some(1), Some(1), Some(9), Some(9), Some(2), Some(2)];
        let panel = AdoptionPanel::new(&[5, 5, 4, 4, 3, 3], &[2, 1, 1, 2, 1, 2], &first, &[0.0; 6]);
        let panel = panel.expect("a panel");
        assert_eq!(panel.warnings.len(), 1);
        assert_eq!(panel.warnings[0].code, "always_treated");
        // Treated after the last period: not treated here.
        assert_eq!(panel.units.iter().map(|unit| unit.first).collect::<Vec<_>>(), [Some(2), None]);
        assert_eq!(panel.cohorts(), [2]);
        assert_eq!(panel.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [4, 5, 2, 3]);
    }
}
