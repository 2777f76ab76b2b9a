//! Estimates whose standard errors come from influence functions, and the
//! linear models of two arms that they are made from.

use super::least_squares::{LeastSquares, Wald, least_squares, wald};
use crate::estimate::{Outcome, Refusal};
use crate::linalg::Design;
use crate::linalg::accumulate::{largest, sum};
use crate::linalg::basis::Basis;

/// A value with the influence of every row on it, already divided by the
/// number of rows: the variance is the sum of squares.
pub(super) struct Influenced<'a> {
    pub(super) value: f64,
    pub(super) influence: &'a [f64],
    /// A factor on the variance.
    pub(super) factor: f64,
    /// The largest outcome: the scale of rounding.
    pub(super) scale: f64,
    pub(super) n: u64,
    pub(super) method: &'static str,
}

impl Influenced<'_> {
    /// The estimate with normal limits. Refuses, with `no_variation`, a
    /// standard error that is nothing but rounding.
    pub(super) fn estimate(&self, level: f64) -> Outcome {
        let squares: Vec<f64> = self.influence.iter().map(|value| value * value).collect();
        let mut std_error = (self.factor * sum(&squares)).sqrt();
        if !(self.value.is_finite() && std_error.is_finite()) {
            return Err(Refusal::not_finite("the estimate or its standard error"));
        }
        if std_error <= 64.0 * f64::EPSILON * self.scale {
            std_error = 0.0;
        }
        wald(Wald { value: self.value, std_error, df: None, n: self.n, method: self.method }, level)
    }
}

/// h'A⁻¹x for every row x, where h = Σ r x and A are the cross-products that
/// the basis belongs to.
pub(super) fn projected(basis: &Basis, design: &Design<'_>, r: &[f64]) -> Vec<f64> {
    let solved = basis.solve(&design.cross(r));
    let mut values = vec![0.0; design.rows()];
    design.scaled_linear(&solved, |row, value| values[row] = value);
    values
}

/// The linear model of an arm, fitted to its rows and read for all.
pub(super) struct ArmModel {
    fit: LeastSquares,
    /// Outcome minus prediction, zero outside the arm.
    pub(super) residuals: Vec<f64>,
    /// The prediction for every row.
    pub(super) predicted: Vec<f64>,
}

impl ArmModel {
    /// Fits the rows that are in the arm; outcomes of others do not matter,
    /// but must be numbers.
    pub(super) fn fit(outcome: &[f64], design: &Design<'_>, arm: &[bool]) -> Result<Self, Refusal> {
        let member: Vec<f64> = arm.iter().map(|&arm| f64::from(u8::from(arm))).collect();
        let inside: Vec<f64> = outcome.iter().zip(&member).map(|(y, member)| y * member).collect();
        let fit = least_squares(&inside, design, Some(&member))?;
        let predicted = inside.iter().zip(&fit.residuals).map(|(y, residual)| y - residual).collect();
        let residuals =
            fit.residuals.iter().zip(&member).map(|(residual, member)| residual * member).collect();
        Ok(Self { fit, residuals, predicted })
    }

    /// The influence of every row on the mean prediction with the given
    /// shares, by way of the coefficients.
    pub(super) fn influence(&self, design: &Design<'_>, shares: &[f64]) -> Vec<f64> {
        let mut influence = projected(&self.fit.basis, design, shares);
        for (value, residual) in influence.iter_mut().zip(&self.residuals) {
            *value *= residual;
        }
        influence
    }
}

/// Outcomes under a linear model in each arm, averaged over some rows.
pub(super) struct OutcomeModel {
    pub(super) treated: ArmModel,
    pub(super) comparison: ArmModel,
}

impl OutcomeModel {
    pub(super) fn fit(
        outcome: &[f64],
        design: &Design<'_>,
        treated: &[bool],
        comparison: &[bool],
    ) -> Result<Self, Refusal> {
        Ok(Self {
            treated: ArmModel::fit(outcome, design, treated)?,
            comparison: ArmModel::fit(outcome, design, comparison)?,
        })
    }

    /// Predicted effect, row by row.
    pub(super) fn gaps(&self) -> Vec<f64> {
        self.treated
            .predicted
            .iter()
            .zip(&self.comparison.predicted)
            .map(|(one, other)| one - other)
            .collect()
    }

    /// The mean predicted effect over the rows that are wanted, with its
    /// influence.
    pub(super) fn standardised(&self, design: &Design<'_>, wanted: &[bool]) -> (f64, Vec<f64>) {
        let n = wanted.iter().filter(|&&wanted| wanted).count() as f64;
        let shares: Vec<f64> = wanted.iter().map(|&wanted| f64::from(u8::from(wanted)) / n).collect();
        let gaps = self.gaps();
        let value = mean_where(&gaps, wanted);
        let mut influence = self.treated.influence(design, &shares);
        let of_comparison = self.comparison.influence(design, &shares);
        for (row, at) in influence.iter_mut().enumerate() {
            *at += shares[row] * (gaps[row] - value) - of_comparison[row];
        }
        (value, influence)
    }
}

/// The mean of the values that are wanted; zero where none are.
pub(super) fn mean_where(values: &[f64], wanted: &[bool]) -> f64 {
    let picked: Vec<f64> =
        values.iter().zip(wanted).filter(|(_, wanted)| **wanted).map(|(value, _)| *value).collect();
    crate::linalg::accumulate::mean(&picked)
}

/// The largest outcome, in absolute value.
pub(super) fn scale(outcome: &[f64]) -> f64 {
    largest(outcome)
}
