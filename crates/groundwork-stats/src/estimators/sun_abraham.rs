//! An event study for programmes that start at different times, weighted by
//! cohort: `sun_abraham.iw`.
//!
//! # Estimand
//!
//! For each number of periods e since the start, the mean effect over the rows
//! of the treated cohorts that are observed at e, in the units of the outcome;
//! and over all rows at or after their start, the mean effect on the treated
//! (ATT). Effects at e below zero are placebos. All are counted from the last
//! period before the start.
//!
//! A regression on units, periods and one treatment indicator does not
//! estimate this: it takes units treated earlier as comparison for those
//! treated later, and can have the wrong sign.
//!
//! # Assumptions
//!
//! Without the programme the outcomes of all cohorts would have run parallel
//! to those of the never treated, given the covariates; nobody reacts before
//! the start; treatment lasts. The covariates act in the same way everywhere
//! and are not themselves changed by the programme. Units are independent, rows
//! of a unit may depend on each other in any way. A unit is what adopts.
//!
//! # Method
//!
//! Least squares of y on unit effects, period effects, covariates, and one
//! indicator for every cohort g and period t except the last period before g.
//! With covariates x, cohort g and never treated 0,
//!
//! ```text
//! δ(g, t) = θ(g, t) - θ(g, r) - θ(0, t) + θ(0, r),   r the last period before g
//! ```
//!
//! where θ are the effects of periods within cohorts, from which the same fit
//! is made. The weight of δ(g, t) in a mean is its share of the rows, taken as
//! known. Standard errors are clustered by unit, with the factor
//! G/(G - 1) (N - 1)/(N - K), where G is the number of units, N that of rows
//! and K the number of indicators, covariates and periods; the unit effects,
//! nested in the clusters, are not counted. t of G - 1 degrees of freedom.
//!
//! Unbalanced panels are taken as they are. The order of rows and the names of
//! units change no bit.
//!
//! # Small samples
//!
//! Clustered errors are too small with few units, and much too small for the
//! effects of cohorts of few units. The effects of a cohort of one unit keep
//! their standard error, which holds the comparison side only, but have
//! neither interval nor p-value.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `out_of_range`, `too_few_periods`,
//! `adoption_varies`, `duplicate_rows`, `no_treated_units`,
//! `no_comparison_units` (no unit is never treated), `too_few_clusters`,
//! `too_few_rows` (not more rows than parameters), `collinear` (a covariate is
//! taken up by the effects or by the others), `not_linked` (no effect can be
//! told apart from unit effects), `level_out_of_range`.
//!
//! Warnings: `singleton_cohort`, `singleton_comparison`, `small_cohort`,
//! `always_treated`, `cells_left_out` (periods of a cohort that no unit links
//! to the period before its start), `no_variation` (an effect without spread
//! has no error), `few_clusters`.
//!
//! # Source
//!
//! Sun L, Abraham S (2021). Estimating dynamic treatment effects in event
//! studies with heterogeneous treatment effects. Journal of Econometrics
//! 225:175-199.

mod saturated;
#[cfg(test)]
mod tests;

use saturated::{Absorbed, Saturated};

use super::adoption_panel::{AdoptionPanel, no_treated_units, singleton_cohort};
use super::least_squares::{Wald, least_squares, wald};
use crate::estimate::{Estimate, Outcome, Refusal, check_level};
use crate::linalg::accumulate::{FixedPoint, FixedSum, dot, largest, mean};
use crate::linalg::{Design, Matrix, check_column, check_length};
use crate::thresholds::{CLUSTERS_FOR_SANDWICH, CLUSTERS_LEAST, COHORT_UNITS_FEW};
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "sun_abraham.iw";

/// An event study.
#[derive(Clone, Debug, PartialEq)]
pub struct EventStudy {
    /// The mean effect over all treated rows, in the units of the outcome.
    pub att: Estimate,
    /// Mean effects by the number of periods since the start, in order.
    pub events: Vec<EventEffect>,
    /// The covariance of their estimates, with the same factor; its roots on the
    /// diagonal are their standard errors.
    pub covariance: Matrix,
    /// The effects they are means of, in order of cohort and period.
    pub cells: Vec<CohortEffect>,
    /// The coefficients of the covariates, in the order given.
    pub covariates: Vec<Estimate>,
    /// The rows behind it.
    pub n_rows: u64,
    /// The units behind it, which are the clusters.
    pub n_units: u64,
    /// The number K of parameters counted in the factor.
    pub n_parameters: u64,
    /// What holds for the whole.
    pub warnings: Vec<Warning>,
}

/// The mean effect at a number of periods since the start.
#[derive(Clone, Debug, PartialEq)]
pub struct EventEffect {
    /// The period minus the first treated one, in the units of `period`.
    pub at: i64,
    /// `n` is the number of treated rows behind it.
    pub estimate: Estimate,
}

/// The effect on one cohort in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct CohortEffect {
    /// The first treated period of the cohort.
    pub cohort: i32,
    /// The period.
    pub time: i32,
    /// `n` is the number of the cohort's rows in the period.
    pub estimate: Estimate,
}

/// A cohort and period with an effect of its own.
struct Cell {
    cohort: usize,
    first: i32,
    period: usize,
    time: i32,
    reference: usize,
    rows: f64,
}

/// The event study of a panel.
///
/// One row a unit and period: `unit` its label, `period` its period,
/// `first_treated` the period in which the unit started, the same in all its
/// rows and `None` where it never did, `outcome`, and one column for each of
/// the `covariates`, of which there may be none. All have the same length and
/// any order. Intervals are at the confidence level `level` (a share). See the
/// [module](self) for method, refusals and warnings.
pub fn sun_abraham(
    unit: &[u32],
    period: &[i32],
    first_treated: &[Option<i32>],
    outcome: &[f64],
    covariates: &[&[f64]],
    level: f64,
) -> Result<EventStudy, Refusal> {
    check_level(level)?;
    let mut panel = AdoptionPanel::new(unit, period, first_treated, outcome)?;
    for column in covariates {
        check_length(column.len(), outcome.len())?;
        check_column(column, "a covariate")?;
    }
    if panel.cohorts().is_empty() {
        return Err(no_treated_units());
    }
    if panel.units.iter().all(|unit| unit.first.is_some()) {
        return Err(Refusal::new(
            "no_comparison_units",
            "every unit is treated in some period, so there is no never treated unit to compare with",
            "estimate the effects by group and time, with the not yet treated as comparison",
        ));
    }
    if panel.units.len() < CLUSTERS_LEAST {
        return Err(Refusal::new(
            "too_few_clusters",
            "there are fewer than three units, so the spread between them is unknown",
            "report the changes of each unit without an interval",
        ));
    }
    let layout = Saturated::new(&panel).ok_or_else(not_linked)?;
    let (cells, left_out) = cells(&layout, &panel.periods);
    if !cells.iter().any(|cell| cell.time >= cell.first) {
        return Err(not_linked());
    }
    let rows = layout.rows.len();
    let parameters = cells.len() + covariates.len() + panel.periods.len();
    if rows <= parameters {
        return Err(Refusal::new(
            "too_few_rows",
            "there are not more rows than parameters, so nothing is left to judge the fit by",
            "use fewer covariates, or combine periods",
        ));
    }
    let fit = Fit::new(&layout, outcome, covariates, parameters, panel.units.len())?;

    if left_out {
        panel.warnings.push(Warning::new(
            "cells_left_out",
            "periods of a cohort that no unit links to the period before its start have no effect",
        ));
    }
    if panel.units.len() < CLUSTERS_FOR_SANDWICH {
        panel.warnings.push(Warning::new(
            "few_clusters",
            "there are few units, so the clustered standard errors are too small",
        ));
    }
    let all: Vec<&Cell> = cells.iter().collect();
    panel.warnings.extend(fit.size_warnings(&all));
    let of_cells = cells.iter().map(|cell| {
        let estimate = fit.combined(&[cell], level)?;
        Ok(CohortEffect { cohort: cell.first, time: cell.time, estimate })
    });
    let since = |cell: &Cell| i64::from(cell.time) - i64::from(cell.first);
    let mut spans: Vec<i64> = cells.iter().map(since).collect();
    spans.sort_unstable();
    spans.dedup();
    let by_span: Vec<Vec<&Cell>> =
        spans.iter().map(|at| cells.iter().filter(|cell| since(cell) == *at).collect()).collect();
    let of_events = spans
        .iter()
        .zip(&by_span)
        .map(|(&at, wanted)| Ok(EventEffect { at, estimate: fit.combined(wanted, level)? }));
    let treated: Vec<&Cell> = cells.iter().filter(|cell| cell.time >= cell.first).collect();
    Ok(EventStudy {
        att: fit.combined(&treated, level)?,
        events: of_events.collect::<Result<_, Refusal>>()?,
        covariance: fit.covariance(&by_span)?,
        cells: of_cells.collect::<Result<_, Refusal>>()?,
        covariates: (0..covariates.len())
            .map(|index| fit.covariate(index, level))
            .collect::<Result<_, Refusal>>()?,
        n_rows: rows as u64,
        n_units: panel.units.len() as u64,
        n_parameters: parameters as u64,
        warnings: panel.warnings,
    })
}

/// The cells whose effects can be told from unit effects, and whether some
/// cannot.
fn cells(layout: &Saturated, periods: &[i32]) -> (Vec<Cell>, bool) {
    let mut cells = Vec::new();
    let mut left_out = false;
    let Some((never, treated)) = layout.cohorts.split_first() else {
        return (cells, left_out);
    };
    for (index, cohort) in (1..).zip(treated) {
        let Some(first) = cohort.first else { continue };
        let reference = periods.partition_point(|&period| period < first).saturating_sub(1);
        for (period, &time) in periods.iter().enumerate() {
            if period == reference || cohort.counts[period] == 0 {
                continue;
            }
            if cohort.links(period, reference) && never.links(period, reference) {
                let rows = cohort.counts[period] as f64;
                cells.push(Cell { cohort: index, first, period, time, reference, rows });
            } else {
                left_out = true;
            }
        }
    }
    (cells, left_out)
}

/// The fit, reduced to what all standard errors are made from.
struct Fit<'a> {
    layout: &'a Saturated,
    /// Effects of the outcome, net of the covariates, by cohort and period.
    effects: Vec<Vec<f64>>,
    /// Effects of each covariate, by cohort and period.
    of_covariates: Vec<Vec<Vec<f64>>>,
    coefficients: Vec<f64>,
    /// The inverse cross-products of the covariates.
    gram_inverse: Matrix,
    /// For each cohort Σ s s' over its units, where s holds the residuals of
    /// each period and then the scores of the covariates.
    scatter: Vec<Matrix>,
    factor: f64,
    df: f64,
    noise: f64,
}

impl<'a> Fit<'a> {
    fn new(
        layout: &'a Saturated,
        outcome: &[f64],
        covariates: &[&[f64]],
        parameters: usize,
        units: usize,
    ) -> Result<Self, Refusal> {
        let of_outcome = layout.absorb(outcome);
        let absorbed: Vec<Absorbed> = covariates.iter().map(|column| layout.absorb(column)).collect();
        for (column, absorbed) in covariates.iter().zip(&absorbed) {
            check_taken_up(layout, column, &absorbed.residuals)?;
        }
        let mut residuals = of_outcome.residuals;
        let mut effects = of_outcome.effects;
        let mut coefficients = Vec::new();
        let mut gram_inverse = Matrix::zeros(0, 0);
        if !covariates.is_empty() {
            let columns: Vec<&[f64]> = absorbed.iter().map(|absorbed| &absorbed.residuals[..]).collect();
            let design = Design::without_intercept(residuals.len(), &columns)?;
            let fit = least_squares(&residuals, &design, None)?;
            for (coefficient, absorbed) in fit.coefficients.iter().zip(&absorbed) {
                for (of_cohort, part) in effects.iter_mut().zip(&absorbed.effects) {
                    for (effect, part) in of_cohort.iter_mut().zip(part) {
                        *effect -= coefficient * part;
                    }
                }
            }
            residuals = fit.residuals;
            coefficients = fit.coefficients;
            gram_inverse = fit.gram_inverse;
        }
        let scatter = scatter(layout, &residuals, &absorbed);
        let (rows, clusters) = (layout.rows.len() as f64, units as f64);
        let factor = clusters / (clusters - 1.0) * (rows - 1.0) / (rows - parameters as f64);
        let finite = effects.iter().flatten().chain(&coefficients).all(|value| value.is_finite())
            && scatter.iter().all(Matrix::is_finite);
        if !finite {
            return Err(Refusal::not_finite("an effect or its standard error"));
        }
        Ok(Self {
            layout,
            effects,
            of_covariates: absorbed.into_iter().map(|absorbed| absorbed.effects).collect(),
            coefficients,
            gram_inverse,
            scatter,
            factor,
            df: clusters - 1.0,
            noise: 64.0 * f64::EPSILON * largest(outcome),
        })
    }

    /// The mean of cells, each weighted by its rows.
    fn combined(&self, wanted: &[&Cell], level: f64) -> Outcome {
        let total: f64 = wanted.iter().map(|cell| cell.rows).sum();
        let loads = self.loads(wanted);
        let value = applied(&loads, &self.effects);
        let duals = self.duals(&loads);
        let variance =
            self.scatter.iter().zip(&duals).map(|(scatter, dual)| scatter.quadratic(dual).max(0.0)).sum();
        let mut estimate = self.estimate(value, variance, total as u64, level)?;
        estimate.warnings.extend(self.size_warnings(wanted));
        let single = |cohort: usize| self.layout.cohorts[cohort].units.len() == 1;
        if single(0) || wanted.iter().all(|cell| single(cell.cohort)) {
            estimate.interval = None;
            estimate.statistic = None;
            estimate.p_value = None;
        }
        Ok(estimate)
    }

    /// The covariance of the means of several sets of cells.
    fn covariance(&self, sets: &[Vec<&Cell>]) -> Result<Matrix, Refusal> {
        let duals: Vec<Vec<Vec<f64>>> = sets.iter().map(|set| self.duals(&self.loads(set))).collect();
        let mut covariance = Matrix::from_fn(sets.len(), sets.len(), |one, other| {
            let parts = self.scatter.iter().zip(&duals[one]).zip(&duals[other]);
            let products: Vec<f64> =
                parts.flat_map(|((scatter, one), other)| products(&scatter.mul_vector(other), one)).collect();
            self.factor * crate::sum::sum(&products)
        });
        covariance.symmetrise();
        if covariance.is_finite() { Ok(covariance) } else { Err(Refusal::not_finite("a covariance")) }
    }

    /// What each effect of a cohort and period adds to the mean of cells.
    fn loads(&self, wanted: &[&Cell]) -> Vec<Vec<f64>> {
        let total: f64 = wanted.iter().map(|cell| cell.rows).sum();
        let width = self.effects.first().map_or(0, Vec::len);
        let mut loads = vec![vec![0.0; width]; self.effects.len()];
        for cell in wanted {
            let weight = cell.rows / total;
            loads[cell.cohort][cell.period] += weight;
            loads[cell.cohort][cell.reference] -= weight;
            // The never treated are the first cohort.
            loads[0][cell.period] -= weight;
            loads[0][cell.reference] += weight;
        }
        loads
    }

    /// For each cohort what a unit's residuals and scores add to the mean of cells.
    fn duals(&self, loads: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let through: Vec<f64> = self.of_covariates.iter().map(|effects| applied(loads, effects)).collect();
        let through = self.gram_inverse.mul_vector(&through);
        let of_cohort = |(cohort, load): (&saturated::Cohort, &Vec<f64>)| {
            let mut dual = cohort.inverse.mul_vector(load);
            dual.extend(through.iter().map(|part| -part));
            dual
        };
        self.layout.cohorts.iter().zip(loads).map(of_cohort).collect()
    }

    fn covariate(&self, index: usize, level: f64) -> Outcome {
        let width = self.effects.first().map_or(0, Vec::len);
        let mut dual = vec![0.0; width];
        dual.extend_from_slice(self.gram_inverse.row(index));
        let variance = self.scatter.iter().map(|scatter| scatter.quadratic(&dual).max(0.0)).sum();
        self.estimate(self.coefficients[index], variance, self.layout.rows.len() as u64, level)
    }

    fn estimate(&self, value: f64, variance: f64, n: u64, level: f64) -> Outcome {
        let std_error = (self.factor * variance).sqrt();
        if !(value.is_finite() && std_error.is_finite()) {
            return Err(Refusal::not_finite("an effect or its standard error"));
        }
        let mut estimate = if std_error > self.noise {
            wald(Wald { value, std_error, df: Some(self.df), n, method: METHOD }, level)?
        } else {
            let mut estimate = Estimate::point(value, n, METHOD);
            estimate.warnings.push(Warning::new(
                "no_variation",
                "the model fits these rows to within rounding, so there is no spread to make a standard error from",
            ));
            estimate
        };
        estimate.n_clusters = Some((self.df + 1.0) as u64);
        Ok(estimate)
    }

    fn size_warnings(&self, cells: &[&Cell]) -> Vec<Warning> {
        let units = |cohort: usize| self.layout.cohorts[cohort].units.len();
        let smallest = cells.iter().map(|cell| units(cell.cohort)).min().unwrap_or(COHORT_UNITS_FEW);
        let mut warnings = Vec::new();
        if smallest == 1 {
            warnings.push(singleton_cohort());
        } else if smallest < COHORT_UNITS_FEW {
            warnings.push(Warning::new(
                "small_cohort",
                "a treated cohort has few units, so its standard error is too small and its limits too short",
            ));
        }
        if units(0) == 1 {
            warnings.push(Warning::new(
                "singleton_comparison",
                "there is a single comparison unit, so the standard error holds no comparison-side variance and is too small",
            ));
        }
        warnings
    }
}

/// Σ load · effect over cohorts and periods.
fn applied(loads: &[Vec<f64>], effects: &[Vec<f64>]) -> f64 {
    let of_cohort = loads.iter().zip(effects).flat_map(|(loads, effects)| products(loads, effects));
    crate::sum::sum(&of_cohort.collect::<Vec<_>>())
}

fn products(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(one, other)| one * other).collect()
}

/// For each cohort Σ s s' over its units.
fn scatter(layout: &Saturated, residuals: &[f64], covariates: &[Absorbed]) -> Vec<Matrix> {
    let width = layout.cohorts.first().map_or(0, |cohort| cohort.counts.len());
    let size = width + covariates.len();
    let mut matrices = Vec::with_capacity(layout.cohorts.len());
    for cohort in &layout.cohorts {
        let mut scores = vec![0.0; cohort.units.len() * size];
        for (score, unit) in scores.chunks_exact_mut(size).zip(&cohort.units) {
            let (by_period, by_covariate) = score.split_at_mut(width);
            for (residual, &period) in residuals[unit.clone()].iter().zip(&layout.periods[unit.clone()]) {
                by_period[period] = *residual;
            }
            for (at, absorbed) in by_covariate.iter_mut().zip(covariates) {
                let of_unit = &absorbed.residuals[unit.clone()];
                *at = of_unit.iter().zip(&residuals[unit.clone()]).map(|(x, e)| x * e).sum();
            }
        }
        let most: Vec<f64> = (0..size)
            .map(|column| {
                scores.iter().skip(column).step_by(size).fold(0.0, |most, value| f64::max(most, value.abs()))
            })
            .collect();
        let mut matrix = Matrix::zeros(size, size);
        for one in 0..size {
            let rules: Vec<FixedPoint> = most[..=one]
                .iter()
                .map(|most_other| FixedPoint::new(most[one] * most_other, cohort.units.len()))
                .collect();
            let mut sums = vec![FixedSum::default(); one + 1];
            for score in scores.chunks_exact(size) {
                let factor = score[one];
                if factor != 0.0 {
                    for ((sum, rule), value) in sums.iter_mut().zip(&rules).zip(score) {
                        rule.add(sum, factor * value);
                    }
                }
            }
            for (other, (sum, rule)) in sums.into_iter().zip(&rules).enumerate() {
                matrix.set(one, other, rule.value(sum));
                matrix.set(other, one, rule.value(sum));
            }
        }
        matrices.push(matrix);
    }
    matrices
}

/// Refuses a covariate of which the effects leave nothing but rounding.
fn check_taken_up(layout: &Saturated, column: &[f64], residuals: &[f64]) -> Result<(), Refusal> {
    let values: Vec<f64> = layout.rows.iter().map(|&row| column[row]).collect();
    let centre = mean(&values);
    let about: Vec<f64> = values.iter().map(|value| value - centre).collect();
    let rounding = 64.0 * f64::EPSILON * largest(&values);
    let left = dot(residuals, residuals);
    if largest(residuals) <= rounding || left <= 1e-14 * dot(&about, &about) {
        return Err(Refusal::new(
            "collinear",
            "a covariate does not vary beyond what units, and periods within cohorts, already hold",
            "leave the covariate out",
        ));
    }
    Ok(())
}

fn not_linked() -> Refusal {
    Refusal::new(
        "not_linked",
        "no treated unit was observed both before its start and after it beside comparison units, so no effect can be told from the units themselves",
        "report the outcome over time without an effect",
    )
}
