//! Means of group-time effects.

use super::{
    Cell, Functional, GroupTimeEffects, METHOD_CALENDAR, METHOD_DYNAMIC, METHOD_GROUP, METHOD_SIMPLE,
};
use crate::estimate::{Estimate, Outcome, Refusal, check_level};
use crate::linalg::Matrix;
use crate::sum::Sum;

/// A summary: its parts and their mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregation {
    /// The mean of the parts, as the summary defines it.
    pub overall: Estimate,
    /// One a group, a number of periods since the start, or a period, in order.
    pub parts: Vec<AggregatedEffect>,
    /// The covariance of the estimates of the parts, in their order.
    pub covariance: Matrix,
}

/// A part of a summary.
#[derive(Clone, Debug, PartialEq)]
pub struct AggregatedEffect {
    /// The group, the number of periods since the start, or the period.
    pub at: i32,
    /// The effect, in the units of the outcome.
    pub estimate: Estimate,
}

/// The mean effect over all treated cells, weighted by the size of the group.
///
/// `n` is the number of units, comparison units included. See the
/// module.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `no_post_periods`: no group has an effect at or after its start.
pub fn aggregate_simple(effects: &GroupTimeEffects, level: f64) -> Outcome {
    check_level(level)?;
    let functional = effects.weighted_by_size(effects.treated_cells(|_| true)?);
    effects.estimate(&functional, level, METHOD_SIMPLE)
}

/// Effects by group, and their mean weighted by size.
///
/// Parts are at the first treated period of each group. Refusals as for
/// [`aggregate_simple`].
pub fn aggregate_group(effects: &GroupTimeEffects, level: f64) -> Result<Aggregation, Refusal> {
    check_level(level)?;
    let mut parts: Vec<(i32, Functional)> = Vec::new();
    let mut sizes = Vec::new();
    for (index, cohort) in effects.cohorts.iter().enumerate() {
        let Some(first) = cohort.first else { continue };
        if let Ok(cells) = effects.treated_cells(|cell| cell.cohort == index) {
            // Every cell has the size of the one group: a plain mean.
            parts.push((first, effects.weighted_by_size(cells)));
            sizes.push((index, cohort.n));
        }
    }
    let total: f64 = sizes.iter().map(|size| size.1).sum();
    let shares: Vec<f64> = sizes.iter().map(|size| size.1 / total).collect();
    let mut overall = effects.mean(&parts, &shares)?;
    for ((index, _), (_, part)) in sizes.iter().zip(&parts) {
        overall.shifts[*index] += (part.value - overall.value) / total;
    }
    effects.aggregation(&overall, &parts, level, METHOD_GROUP)
}

/// Effects by the number of periods since the start, placebos included, and
/// the plain mean of those at and after it.
///
/// Parts are at e = t - g in the units of `period`; those below 0 are the
/// pre-trend. Refusals as for [`aggregate_simple`].
pub fn aggregate_dynamic(effects: &GroupTimeEffects, level: f64) -> Result<Aggregation, Refusal> {
    check_level(level)?;
    effects.treated_cells(|_| true)?;
    let since =
        |cell: &Cell| effects.cohorts[cell.cohort].first.map(|first| i64::from(cell.time) - i64::from(first));
    let mut spans: Vec<i64> = effects.cells.iter().filter_map(since).collect();
    spans.sort_unstable();
    spans.dedup();
    let mut parts = Vec::with_capacity(spans.len());
    for span in spans {
        let of = |&index: &usize| since(&effects.cells[index]) == Some(span);
        let cells = (0..effects.cells.len()).filter(of).collect();
        // Periods are 32-bit, so that a difference may not be; none is that far.
        let Ok(at) = i32::try_from(span) else { continue };
        parts.push((at, effects.weighted_by_size(cells)));
    }
    let reached = parts.iter().filter(|part| part.0 >= 0).count() as f64;
    let shares: Vec<f64> = parts.iter().map(|part| if part.0 >= 0 { reached.recip() } else { 0.0 }).collect();
    effects.aggregation(&effects.mean(&parts, &shares)?, &parts, level, METHOD_DYNAMIC)
}

/// Effects by calendar period, and their plain mean.
///
/// Parts are at the periods in which at least one group is treated. Refusals
/// as for [`aggregate_simple`].
pub fn aggregate_calendar(effects: &GroupTimeEffects, level: f64) -> Result<Aggregation, Refusal> {
    check_level(level)?;
    let mut times: Vec<i32> = effects.cells.iter().map(|cell| cell.time).collect();
    times.sort_unstable();
    times.dedup();
    let mut parts = Vec::with_capacity(times.len());
    for time in times {
        if let Ok(cells) = effects.treated_cells(|cell| cell.time == time) {
            parts.push((time, effects.weighted_by_size(cells)));
        }
    }
    let shares = vec![(parts.len() as f64).recip(); parts.len()];
    effects.aggregation(&effects.mean(&parts, &shares)?, &parts, level, METHOD_CALENDAR)
}

impl GroupTimeEffects {
    /// The cells at or after the start for which a condition holds.
    fn treated_cells(&self, wanted: impl Fn(&Cell) -> bool) -> Result<Vec<usize>, Refusal> {
        let treated = |cell: &Cell| self.cohorts[cell.cohort].first.is_some_and(|first| cell.time >= first);
        let cells: Vec<usize> = (0..self.cells.len())
            .filter(|&index| treated(&self.cells[index]) && wanted(&self.cells[index]))
            .collect();
        if cells.is_empty() {
            return Err(Refusal::new(
                "no_post_periods",
                "no group has an effect at or after its start, so there is nothing to summarise",
                "report the effects before the start as a check of the trends",
            ));
        }
        Ok(cells)
    }

    /// A mean of cells weighted by the size of their groups, with the share of
    /// the influence function that comes from estimating the sizes.
    fn weighted_by_size(&self, cells: Vec<usize>) -> Functional {
        let size = |index: usize| self.cohorts[self.cells[index].cohort].n;
        let total: f64 = cells.iter().map(|&index| size(index)).sum();
        let weights: Vec<(usize, f64)> = cells.iter().map(|&index| (index, size(index) / total)).collect();
        let value = weights.iter().map(|&(index, weight)| weight * self.cells[index].value).collect::<Sum>();
        let value = value.value();
        let mut shifts = self.no_shifts();
        // With one group the shares are known, and the shifts sum to nothing.
        let groups = cells.iter().map(|&index| self.cells[index].cohort);
        if groups.clone().min() != groups.max() {
            for &index in &cells {
                let cell = &self.cells[index];
                shifts[cell.cohort] += (cell.value - value) / total;
            }
        }
        Functional { value, weights, shifts }
    }

    /// A mean of parts with known shares.
    fn mean(&self, parts: &[(i32, Functional)], shares: &[f64]) -> Result<Functional, Refusal> {
        if parts.is_empty() {
            self.treated_cells(|_| false)?;
        }
        let mut weights = vec![0.0; self.cells.len()];
        let mut shifts = self.no_shifts();
        let mut value = Sum::new();
        for ((_, part), &share) in parts.iter().zip(shares) {
            value.add(share * part.value);
            for &(index, weight) in &part.weights {
                weights[index] += share * weight;
            }
            for (shift, part) in shifts.iter_mut().zip(&part.shifts) {
                *shift += share * part;
            }
        }
        let weights = weights.into_iter().enumerate().filter(|weight| weight.1 != 0.0).collect();
        Ok(Functional { value: value.value(), weights, shifts })
    }

    fn aggregation(
        &self,
        overall: &Functional,
        parts: &[(i32, Functional)],
        level: f64,
        method: &'static str,
    ) -> Result<Aggregation, Refusal> {
        let part = |part: &(i32, Functional)| {
            Ok(AggregatedEffect { at: part.0, estimate: self.estimate(&part.1, level, method)? })
        };
        Ok(Aggregation {
            overall: self.estimate(overall, level, method)?,
            parts: parts.iter().map(part).collect::<Result<_, Refusal>>()?,
            covariance: self.covariance(parts)?,
        })
    }

    /// The covariance of parts, from the variances of their sums.
    fn covariance(&self, parts: &[(i32, Functional)]) -> Result<Matrix, Refusal> {
        let mut covariance =
            Matrix::diagonal(&parts.iter().map(|part| self.variance(&part.1).0).collect::<Vec<_>>());
        for one in 0..parts.len() {
            for other in 0..one {
                let mut shares = vec![0.0; parts.len()];
                (shares[one], shares[other]) = (1.0, 1.0);
                let of_sum = self.variance(&self.mean(parts, &shares)?).0;
                let value = 0.5 * (of_sum - covariance.get(one, one) - covariance.get(other, other));
                covariance.set(one, other, value);
                covariance.set(other, one, value);
            }
        }
        Ok(covariance)
    }
}
