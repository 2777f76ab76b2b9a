//! Unit effects and an own effect of every cohort in every period, taken out
//! of columns.
//!
//! Within a cohort the rows are those of a two-way layout. The unit effects are
//! taken out by subtracting unit means; what is left is a system in the periods
//! alone, with the matrix diag(n_t) - Σ_i 1_i 1_i'/T_i, small however many
//! units there are. Periods that no unit links to each other are separate
//! systems, each with its own origin.

use super::super::adoption_panel::AdoptionPanel;
use crate::linalg::accumulate::{FixedPoint, FixedSum, largest};
use crate::linalg::{Matrix, inverse_positive};

/// The layout of all cohorts, the never treated first.
pub(super) struct Saturated {
    pub(super) cohorts: Vec<Cohort>,
    /// The place in the columns of every row, units side by side.
    pub(super) rows: Vec<usize>,
    /// The period of every row, in the same order.
    pub(super) periods: Vec<usize>,
}

/// A cohort with its periods.
pub(super) struct Cohort {
    pub(super) first: Option<i32>,
    /// Where each unit's rows lie.
    pub(super) units: Vec<std::ops::Range<usize>>,
    /// The number of rows in each period.
    pub(super) counts: Vec<u64>,
    /// Periods with the same number are linked; none where there are no rows.
    pub(super) linked: Vec<Option<usize>>,
    /// From sums by period to effects, zero at each origin.
    pub(super) inverse: Matrix,
}

/// A column without the effects, and the effects.
pub(super) struct Absorbed {
    /// In the order of [`Saturated::rows`].
    pub(super) residuals: Vec<f64>,
    /// By cohort and period; zero at the origin and where there are no rows.
    pub(super) effects: Vec<Vec<f64>>,
}

impl Saturated {
    /// The layout of a panel, or nothing where a system cannot be solved.
    pub(super) fn new(panel: &AdoptionPanel) -> Option<Self> {
        let width = panel.periods.len();
        let mut firsts: Vec<Option<i32>> = panel.units.iter().map(|unit| unit.first).collect();
        firsts.sort_unstable();
        firsts.dedup();
        let mut units: Vec<Vec<std::ops::Range<usize>>> = vec![Vec::new(); firsts.len()];
        for unit in &panel.units {
            units[firsts.partition_point(|&first| first < unit.first)].push(unit.rows.clone());
        }
        let periods: Vec<usize> = panel.rows.iter().map(|row| row.period).collect();
        let cohorts = firsts
            .into_iter()
            .zip(units)
            .map(|(first, units)| Cohort::new(first, units, &periods, width))
            .collect::<Option<Vec<_>>>()?;
        Some(Self { cohorts, rows: panel.rows.iter().map(|row| row.row).collect(), periods })
    }

    /// Takes the effects out of a column given in the order of the data.
    pub(super) fn absorb(&self, column: &[f64]) -> Absorbed {
        let mut residuals: Vec<f64> = self.rows.iter().map(|&row| column[row]).collect();
        for unit in self.cohorts.iter().flat_map(|cohort| &cohort.units) {
            centre(&mut residuals[unit.clone()]);
        }
        let rule = FixedPoint::new(largest(&residuals), residuals.len());
        let mut effects = Vec::with_capacity(self.cohorts.len());
        for cohort in &self.cohorts {
            let mut sums = vec![FixedSum::default(); cohort.counts.len()];
            for unit in &cohort.units {
                for (value, &period) in residuals[unit.clone()].iter().zip(&self.periods[unit.clone()]) {
                    rule.add(&mut sums[period], *value);
                }
            }
            let sums: Vec<f64> = sums.into_iter().map(|sum| rule.value(sum)).collect();
            let found = cohort.inverse.mul_vector(&sums);
            for unit in &cohort.units {
                let periods = &self.periods[unit.clone()];
                let mean = periods.iter().map(|&period| found[period]).sum::<f64>() / periods.len() as f64;
                for (value, &period) in residuals[unit.clone()].iter_mut().zip(periods) {
                    *value -= found[period] - mean;
                }
            }
            effects.push(found);
        }
        Absorbed { residuals, effects }
    }
}

impl Cohort {
    fn new(
        first: Option<i32>,
        units: Vec<std::ops::Range<usize>>,
        periods: &[usize],
        width: usize,
    ) -> Option<Self> {
        let mut counts = vec![0_u64; width];
        let mut linked: Vec<Option<usize>> = vec![None; width];
        // Units by the number of their rows: 1/T enters once for each number.
        let mut shared = vec![FixedSum::default(); width * width];
        let rule = FixedPoint::new(1.0, units.len());
        let mut complete = 0_u64;
        for unit in &units {
            let at = &periods[unit.clone()];
            at.iter().for_each(|&period| counts[period] += 1);
            if let Some(&leading) = at.first() {
                let joined: Vec<usize> = at.iter().filter_map(|&period| linked[period]).collect();
                let name = joined.iter().copied().min().unwrap_or(leading).min(leading);
                for link in &mut linked {
                    if link.is_some_and(|link| joined.contains(&link)) {
                        *link = Some(name);
                    }
                }
                at.iter().for_each(|&period| linked[period] = Some(name));
            }
            if at.len() == width {
                complete += 1;
                continue;
            }
            let share = 1.0 / at.len() as f64;
            for &one in at {
                for &other in at {
                    rule.add(&mut shared[one * width + other], share);
                }
            }
        }
        let of_complete = complete as f64 / width as f64;
        // A period is an origin where it is the first of those linked to it.
        let free = |period: usize| {
            linked[period].is_some() && linked[..period].iter().all(|link| *link != linked[period])
        };
        let fixed: Vec<bool> = (0..width).map(|period| linked[period].is_none() || free(period)).collect();
        let system = Matrix::from_fn(width, width, |one, other| {
            if fixed[one] || fixed[other] {
                return if one == other { 1.0 } else { 0.0 };
            }
            let shared = rule.value(shared[one * width + other]) + of_complete;
            if one == other { counts[one] as f64 - shared } else { -shared }
        });
        let mut inverse = inverse_positive(&system)?;
        for (period, _) in fixed.iter().enumerate().filter(|fixed| *fixed.1) {
            inverse.set(period, period, 0.0);
        }
        Some(Self { first, units, counts, linked, inverse })
    }

    /// Whether two periods are linked by units of the cohort.
    pub(super) fn links(&self, one: usize, other: usize) -> bool {
        self.linked[one].is_some() && self.linked[one] == self.linked[other]
    }
}

/// Subtracts the mean of a unit's rows.
fn centre(values: &mut [f64]) {
    let Some(&origin) = values.first() else { return };
    // Taken about the first value, so that a high level costs no digits.
    let mean = values.iter().map(|value| value - origin).sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|value| *value = (*value - origin) - mean);
}
