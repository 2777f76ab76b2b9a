//! Effects of a programme that starts at different times in different places,
//! by group and time: `cs.att_gt.never`, `cs.att_gt.not_yet`, and their
//! summaries `cs.simple`, `cs.group`, `cs.dynamic`, `cs.calendar`.
//!
//! # Estimand
//!
//! ATT(g, t): the mean effect, in period t, on the units that started in
//! period g, in the units of the outcome. For t before g it is a placebo: the
//! change over one period that treatment cannot have caused.
//!
//! The summaries are means of ATT(g, t) over t >= g:
//!
//! * simple: over all cells, each weighted by the size of its group;
//! * group: over t within each group; overall, groups weighted by size;
//! * dynamic: over groups at each number of periods e = t - g since the start,
//!   weighted by size; overall, the plain mean over e >= 0;
//! * calendar: over the groups already treated in each period, weighted by
//!   size; overall, the plain mean over periods.
//!
//! They are different questions. The group summary is the mean effect on a
//! treated unit and the one to report by default.
//!
//! # Assumptions
//!
//! Without the programme the group's mean would have changed as that of the
//! comparison units did (parallel trends, unconditional); nobody reacts before
//! the start; treatment lasts once it has started; the units are independent.
//! A unit is what adopts: where villages adopt, the rows are villages and not
//! families. Two places are two units, and no standard error made from the
//! people in them says how other places differ.
//!
//! # Method
//!
//! Each unit's change from a base period to t, averaged over the group, minus
//! the same over the comparison units. For t >= g the base is the last period
//! before g; for t < g it is the period before t (a varying base). Comparison
//! units are the never treated, or the never and the not yet treated by t. With
//! the changes d, group g and comparison C,
//!
//! ```text
//! ATT(g, t) = mean_g(d) - mean_C(d)
//! se²       = Σ_g (d - mean_g(d))²/n_g² + Σ_C (d - mean_C(d))²/n_C²
//! ```
//!
//! which is the influence-function standard error: divided by n and not by
//! n - 1, and analytic, so that no seed matters. A summary is θ = Σ w ATT with
//! weights from group sizes, and its influence function is the weighted sum of
//! those of its cells plus that of the estimated sizes. Limits are
//! θ ± z se and hold one by one, not for all at once.
//!
//! All of it is computed from the size, mean and scatter of the changes of each
//! group, so that the rows are read once. Units without a row in some period
//! are left out. The order of rows and the names of units change no bit.
//!
//! # Small samples
//!
//! The standard error is too small by about sqrt((n - 1)/n) in each group, and
//! the normal limits are too short, when groups are small; groups below
//! [`COHORT_UNITS_FEW`] units are flagged. A group of one unit has no spread at
//! all: what is made of such groups alone keeps its standard error, which holds
//! the comparison side only, but has neither interval nor p-value.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `too_few_periods`,
//! `adoption_varies`, `duplicate_rows`, `incomplete_panel` (no unit was seen in
//! every period), `no_treated_units`, `no_comparison_units`,
//! `level_out_of_range`; for a summary also `no_post_periods`.
//!
//! Warnings: `singleton_cohort`, `singleton_comparison`, `small_cohort`,
//! `always_treated`, `incomplete_units`, `no_comparison_cells`, and
//! `no_variation` where a cell has a value but no spread: its standard error is
//! absent.
//!
//! # Source
//!
//! Callaway B, Sant'Anna PHC (2021). Difference-in-differences with multiple
//! time periods. Journal of Econometrics 225:200-230.

mod aggregation;
#[cfg(test)]
mod tests;

use super::adoption_panel::{AdoptionPanel, no_treated_units, singleton_cohort};
use super::least_squares::{Wald, wald};
use crate::estimate::{Estimate, Outcome, Refusal, check_level};
use crate::linalg::accumulate::mean;
use crate::sum::Sum;
use crate::thresholds::COHORT_UNITS_FEW;
use crate::warning::Warning;

pub use aggregation::{
    AggregatedEffect, Aggregation, aggregate_calendar, aggregate_dynamic, aggregate_group, aggregate_simple,
};

/// The id of the cells with never treated comparison units.
pub const METHOD_NEVER: &str = "cs.att_gt.never";
/// The id of the cells with not yet treated comparison units.
pub const METHOD_NOT_YET: &str = "cs.att_gt.not_yet";
/// The id of the mean over all treated cells.
pub const METHOD_SIMPLE: &str = "cs.simple";
/// The id of the summary by group.
pub const METHOD_GROUP: &str = "cs.group";
/// The id of the summary by time since the start.
pub const METHOD_DYNAMIC: &str = "cs.dynamic";
/// The id of the summary by calendar period.
pub const METHOD_CALENDAR: &str = "cs.calendar";

/// Whose changes stand for what would have happened without the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Units that are not treated in any period.
    NeverTreated,
    /// Units that are not treated by the period in question, never treated
    /// ones among them.
    NotYetTreated,
}

/// The effect on one group in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupTimeEffect {
    /// The first treated period of the group.
    pub group: i32,
    /// The period of the effect; a placebo where it is before `group`.
    pub time: i32,
    /// The period from which changes are counted.
    pub base: i32,
    /// The units of the group.
    pub n_treated: u64,
    /// The comparison units.
    pub n_comparison: u64,
    /// The effect, in the units of the outcome.
    pub estimate: Estimate,
}

/// The effects of all groups in all periods, from which summaries are made.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupTimeEffects {
    /// In order of group and period.
    pub effects: Vec<GroupTimeEffect>,
    /// The units behind them, comparison units included.
    pub n_units: u64,
    /// What holds for the whole.
    pub warnings: Vec<Warning>,
    comparison: Comparison,
    cohorts: Vec<Cohort>,
    cells: Vec<Cell>,
}

/// A group with the moments of its changes from each period to the next.
#[derive(Clone, Debug, PartialEq)]
struct Cohort {
    first: Option<i32>,
    n: f64,
    mean: Vec<f64>,
    /// Σ (d - mean)(d - mean)', row by row.
    scatter: Vec<f64>,
    /// The largest outcome, in absolute value: the scale of rounding.
    largest: f64,
}

/// A group-time cell; the changes `from..to` lead from its base to its time.
#[derive(Clone, Debug, PartialEq)]
struct Cell {
    cohort: usize,
    time: i32,
    from: usize,
    to: usize,
    comparison: Vec<usize>,
    n_comparison: f64,
    comparison_mean: f64,
    value: f64,
}

/// A linear function of cells, and the part of its influence function that is
/// the same for all units of a group (over the number of units).
struct Functional {
    value: f64,
    weights: Vec<(usize, f64)>,
    shifts: Vec<f64>,
}

/// Group-time effects from rows of a panel.
///
/// One row a unit and period: `unit` its label, `period` its period (any whole
/// numbers, the gaps between them are not used), `first_treated` the period in
/// which the unit started, the same in all its rows and `None` where it never
/// did, and `outcome`. All have the same length and any order. The interval of
/// each effect is at the confidence level `level` (a share). `n` of an effect
/// counts the units of the group and its comparison. See the [module](self)
/// for method, refusals and warnings.
pub fn callaway_santanna(
    unit: &[u32],
    period: &[i32],
    first_treated: &[Option<i32>],
    outcome: &[f64],
    comparison: Comparison,
    level: f64,
) -> Result<GroupTimeEffects, Refusal> {
    check_level(level)?;
    let mut panel = AdoptionPanel::new(unit, period, first_treated, outcome)?;
    let periods = panel.periods.len();
    let before = panel.units.len();
    panel.units.retain(|unit| unit.rows.len() == periods);
    if panel.units.is_empty() {
        return Err(Refusal::new(
            "incomplete_panel",
            "no unit that could be used was observed in every period",
            "leave out the periods that few units were observed in, or combine periods",
        ));
    }
    if panel.units.len() < before {
        panel.warnings.push(Warning::new(
            "incomplete_units",
            "units without an outcome in every period are left out; where that has to do with the outcome the effects are biased",
        ));
    }
    let groups = panel.cohorts();
    if groups.is_empty() {
        return Err(no_treated_units());
    }
    let mut cohorts = Vec::with_capacity(groups.len() + 1);
    for first in std::iter::once(None).chain(groups.into_iter().map(Some)) {
        if panel.units.iter().any(|unit| unit.first == first) {
            cohorts.push(Cohort::new(first, &panel, outcome)?);
        }
    }
    let cells = cells(&cohorts, &panel.periods, comparison);
    if cells.is_empty() {
        return Err(no_comparison_units(comparison));
    }
    if cohorts.iter().any(|cohort| {
        let first = cohort.first;
        first.is_some_and(|first| {
            let treated = |cell: &&Cell| cohorts[cell.cohort].first == Some(first) && cell.time >= first;
            let possible = panel.periods.iter().filter(|&&time| time >= first).count();
            cells.iter().filter(treated).count() < possible
        })
    }) {
        panel.warnings.push(Warning::new(
            "no_comparison_cells",
            "in some periods no comparison unit is left, so that groups have no effect there",
        ));
    }
    let mut effects = GroupTimeEffects {
        effects: Vec::new(),
        n_units: panel.units.len() as u64,
        warnings: panel.warnings,
        comparison,
        cohorts,
        cells,
    };
    effects.warnings.extend(effects.size_warnings(effects.cells.iter().map(|cell| cell.cohort)));
    effects.effects = effects.each(&panel.periods, level)?;
    Ok(effects)
}

impl Cohort {
    fn new(first: Option<i32>, panel: &AdoptionPanel, outcome: &[f64]) -> Result<Self, Refusal> {
        let width = panel.periods.len() - 1;
        let mut largest = 0.0_f64;
        let mut changes = Vec::new();
        let units: Vec<_> = panel.units.iter().filter(|unit| unit.first == first).collect();
        changes.reserve(units.len() * width);
        for unit in &units {
            let mut previous = 0.0;
            for (at, row) in panel.rows[unit.rows.clone()].iter().enumerate() {
                let value = outcome[row.row];
                largest = largest.max(value.abs());
                if at > 0 {
                    changes.push(value - previous);
                }
                previous = value;
            }
        }
        let n = units.len() as f64;
        let mean: Vec<f64> = (0..width)
            .map(|column| changes.iter().skip(column).step_by(width).copied().collect::<Vec<_>>())
            .map(|changes| mean(&changes))
            .collect();
        // The order of the units must not show in the scatter: they are put in
        // the order of what they did, not of what they are called.
        let mut order: Vec<&[f64]> = changes.chunks_exact(width).collect();
        order.sort_unstable_by(|one, other| {
            let mut pairs = one.iter().zip(*other).map(|(a, b)| a.total_cmp(b));
            pairs.find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        let mut scatter = vec![0.0; width * width];
        let mut centred = vec![0.0; width];
        for unit in order {
            for ((centred, &change), &mean) in centred.iter_mut().zip(unit).zip(&mean) {
                *centred = change - mean;
            }
            for (row, &factor) in scatter.chunks_exact_mut(width).zip(&centred) {
                for (entry, &value) in row.iter_mut().zip(&centred) {
                    *entry += factor * value;
                }
            }
        }
        if mean.iter().chain(&scatter).any(|value| !value.is_finite()) {
            return Err(Refusal::not_finite("a change of the outcome, or its square,"));
        }
        Ok(Self { first, n, mean, scatter, largest })
    }

    /// The mean change over a span of periods.
    fn change(&self, from: usize, to: usize) -> f64 {
        self.mean[from..to].iter().copied().collect::<Sum>().value()
    }

    /// Σ (c'(d - mean))² over the units.
    fn quadratic(&self, c: &[f64]) -> f64 {
        let rows = self.scatter.chunks_exact(c.len().max(1)).zip(c);
        let of_row = |row: &[f64]| row.iter().zip(c).map(|(entry, c)| entry * c).sum::<f64>();
        rows.map(|(row, &factor)| if factor == 0.0 { 0.0 } else { factor * of_row(row) })
            .sum::<f64>()
            .max(0.0)
    }
}

/// The cells that have comparison units.
fn cells(cohorts: &[Cohort], periods: &[i32], comparison: Comparison) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (index, cohort) in cohorts.iter().enumerate() {
        let Some(first) = cohort.first else { continue };
        for (to, &time) in periods.iter().enumerate().skip(1) {
            // The period before the start is the last below `first`; a group
            // treated from the first period on is not here.
            let last_before = periods.partition_point(|&period| period < first).saturating_sub(1);
            let from = if time >= first { last_before } else { to - 1 };
            let compares = |(other, candidate): (usize, &Cohort)| {
                let wanted = match comparison {
                    Comparison::NeverTreated => candidate.first.is_none(),
                    Comparison::NotYetTreated => candidate.first.is_none_or(|first| first > time),
                };
                (wanted && other != index).then_some(other)
            };
            let compared: Vec<usize> = cohorts.iter().enumerate().filter_map(compares).collect();
            let n_comparison: f64 = compared.iter().map(|&other| cohorts[other].n).sum();
            if n_comparison == 0.0 {
                continue;
            }
            let sum: Sum =
                compared.iter().map(|&other| cohorts[other].n * cohorts[other].change(from, to)).collect();
            let comparison_mean = sum.value() / n_comparison;
            cells.push(Cell {
                cohort: index,
                time,
                from,
                to,
                comparison: compared,
                n_comparison,
                comparison_mean,
                value: cohort.change(from, to) - comparison_mean,
            });
        }
    }
    cells
}

impl GroupTimeEffects {
    /// Whose changes the effects are compared with.
    pub fn comparison(&self) -> Comparison {
        self.comparison
    }

    fn each(&self, periods: &[i32], level: f64) -> Result<Vec<GroupTimeEffect>, Refusal> {
        let method = match self.comparison {
            Comparison::NeverTreated => METHOD_NEVER,
            Comparison::NotYetTreated => METHOD_NOT_YET,
        };
        let mut effects = Vec::with_capacity(self.cells.len());
        for (index, cell) in self.cells.iter().enumerate() {
            let cohort = &self.cohorts[cell.cohort];
            let functional =
                Functional { value: cell.value, weights: vec![(index, 1.0)], shifts: self.no_shifts() };
            let mut estimate = self.estimate(&functional, level, method)?;
            estimate.n = (cohort.n + cell.n_comparison) as u64;
            effects.push(GroupTimeEffect {
                group: cohort.first.unwrap_or(cell.time),
                time: cell.time,
                base: periods[cell.from],
                n_treated: cohort.n as u64,
                n_comparison: cell.n_comparison as u64,
                estimate,
            });
        }
        Ok(effects)
    }

    fn no_shifts(&self) -> Vec<f64> {
        vec![0.0; self.cohorts.len()]
    }

    /// The variance of a functional, and the rounding its root may consist of.
    fn variance(&self, functional: &Functional) -> (f64, f64) {
        let mut total = Sum::new();
        let mut largest = 0.0_f64;
        for (index, cohort) in self.cohorts.iter().enumerate() {
            let mut constant = functional.shifts[index];
            let mut c = vec![0.0; cohort.mean.len()];
            let mut involved = constant != 0.0;
            for &(cell, weight) in &functional.weights {
                let cell = &self.cells[cell];
                let factor = if cell.cohort == index {
                    weight / cohort.n
                } else if cell.comparison.contains(&index) {
                    let factor = -weight / cell.n_comparison;
                    constant += factor * (cohort.change(cell.from, cell.to) - cell.comparison_mean);
                    factor
                } else {
                    continue;
                };
                involved = true;
                c[cell.from..cell.to].iter_mut().for_each(|c| *c += factor);
            }
            if involved {
                largest = largest.max(cohort.largest);
                total.add(cohort.quadratic(&c));
                total.add(cohort.n * constant * constant);
            }
        }
        (total.value(), 8.0 * f64::EPSILON * largest)
    }

    fn estimate(&self, functional: &Functional, level: f64, method: &'static str) -> Outcome {
        let (variance, rounding) = self.variance(functional);
        let std_error = variance.sqrt();
        if !(functional.value.is_finite() && std_error.is_finite()) {
            return Err(Refusal::not_finite("an effect or its standard error"));
        }
        let cells = functional.weights.iter().map(|&(index, _)| self.cells[index].cohort);
        let mut warnings = self.size_warnings(cells);
        if functional.weights.iter().any(|&(index, _)| self.cells[index].n_comparison == 1.0) {
            warnings.push(Warning::new(
                "singleton_comparison",
                "there is a single comparison unit, so the standard error holds no comparison-side variance and is too small",
            ));
        }
        let mut estimate = Estimate::point(functional.value, self.n_units, method);
        if std_error > rounding {
            let of = Wald { value: functional.value, std_error, df: None, n: self.n_units, method };
            estimate = wald(of, level)?;
            // A side of single units throughout has no part in the error: no
            // limits and no test can be made from what is left.
            let mut cells = functional.weights.iter().map(|&(index, _)| &self.cells[index]);
            if cells.clone().all(|cell| self.cohorts[cell.cohort].n == 1.0)
                || cells.all(|cell| cell.n_comparison == 1.0)
            {
                estimate.interval = None;
                estimate.statistic = None;
                estimate.p_value = None;
            }
        } else {
            warnings.push(Warning::new(
                "no_variation",
                "all units of a side changed alike, so there is no spread to make a standard error from",
            ));
        }
        estimate.warnings = warnings;
        Ok(estimate)
    }

    fn size_warnings(&self, cohorts: impl Iterator<Item = usize>) -> Vec<Warning> {
        let smallest = cohorts.map(|index| self.cohorts[index].n).fold(f64::INFINITY, f64::min);
        let mut warnings = Vec::new();
        if smallest == 1.0 {
            warnings.push(singleton_cohort());
        } else if smallest < COHORT_UNITS_FEW as f64 {
            warnings.push(Warning::new(
                "small_cohort",
                "a treated cohort has few units, so its standard error is too small and its limits too short",
            ));
        }
        warnings
    }
}

fn no_comparison_units(comparison: Comparison) -> Refusal {
    match comparison {
        Comparison::NeverTreated => Refusal::new(
            "no_comparison_units",
            "every unit is treated in some period, so there is no never treated unit to compare with",
            "compare with the units that are not yet treated",
        ),
        Comparison::NotYetTreated => Refusal::new(
            "no_comparison_units",
            "all units start in the same period, so there is no unit to compare with",
            "report the outcome over time without an effect",
        ),
    }
}
