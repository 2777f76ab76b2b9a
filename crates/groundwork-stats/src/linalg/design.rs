//! The columns of a regression.

use super::frame::Frame;
use crate::estimate::Refusal;

/// Magnitudes beyond which squares and their sums would leave the range of
/// numbers.
const LARGEST: f64 = 1e100;
const SMALLEST: f64 = 1e-100;

/// The columns of a regression, borrowed, with or without a constant.
///
/// The terms are the constant, where there is one, and the columns in the
/// order given; coefficients come back in the order of the terms. Columns are
/// contiguous, one number a row, and checked once, here.
#[derive(Clone, Debug)]
pub struct Design<'a> {
    columns: Vec<&'a [f64]>,
    intercept: bool,
    rows: usize,
    /// How the columns are shifted and scaled for exact sums.
    pub(crate) frame: Frame,
}

impl<'a> Design<'a> {
    /// A design with a constant, which is its first term. `rows` is the number
    /// of rows, which every column has; there may be no columns.
    ///
    /// # Refusals
    ///
    /// * `empty`: no rows.
    /// * `lengths_differ`: a column has another length.
    /// * `not_finite`: a value is missing or infinite.
    /// * `out_of_range`: a column whose largest magnitude is beyond 1e100, or
    ///   below 1e-100 without being zero.
    pub fn new(rows: usize, columns: &[&'a [f64]]) -> Result<Self, Refusal> {
        Self::build(rows, columns, true)
    }

    /// A design without a constant. Refusals as for [`Design::new`], and
    ///
    /// * `empty`: no columns.
    pub fn without_intercept(rows: usize, columns: &[&'a [f64]]) -> Result<Self, Refusal> {
        if columns.is_empty() {
            return Err(no_rows());
        }
        Self::build(rows, columns, false)
    }

    fn build(rows: usize, columns: &[&'a [f64]], intercept: bool) -> Result<Self, Refusal> {
        if rows == 0 {
            return Err(no_rows());
        }
        for column in columns {
            check_length(column.len(), rows)?;
        }
        let frame = Frame::new(rows, columns, intercept)?;
        Ok(Self { columns: columns.to_vec(), intercept, rows, frame })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of terms, the constant included.
    pub fn terms(&self) -> usize {
        self.columns.len() + usize::from(self.intercept)
    }

    /// Whether the first term is a constant.
    pub fn has_intercept(&self) -> bool {
        self.intercept
    }

    /// The columns, without the constant.
    pub fn columns(&self) -> &[&'a [f64]] {
        &self.columns
    }

    /// The value of a term in a row; one for the constant.
    pub fn value(&self, row: usize, term: usize) -> f64 {
        match term.checked_sub(usize::from(self.intercept)) {
            Some(column) => self.columns[column][row],
            None => 1.0,
        }
    }

    /// X b for coefficients in the order of the terms.
    pub fn linear(&self, coefficients: &[f64]) -> Vec<f64> {
        let constant = if self.intercept { coefficients.first().copied().unwrap_or(0.0) } else { 0.0 };
        let mut fitted = vec![constant; self.rows];
        let slopes = coefficients.iter().skip(usize::from(self.intercept));
        for (column, &slope) in self.columns.iter().zip(slopes) {
            for (at, value) in fitted.iter_mut().zip(*column) {
                *at += slope * value;
            }
        }
        fitted
    }
}

fn no_rows() -> Refusal {
    Refusal::new(
        "empty",
        "there are no rows or no columns to estimate from",
        "report that nothing was observed; a missing value is not a zero",
    )
}

/// Refuses a column with another length than the rest.
pub(crate) fn check_length(found: usize, rows: usize) -> Result<(), Refusal> {
    if found == rows {
        return Ok(());
    }
    Err(Refusal::new(
        "lengths_differ",
        "the columns differ in length, so the values of a row cannot be matched",
        "take all columns from the same rows",
    ))
}

/// The smallest and the largest value of a column, or why it cannot be used.
pub(crate) fn check_column(values: &[f64], what: &str) -> Result<(f64, f64), Refusal> {
    // The comparisons skip values that are not numbers; the sum does not.
    let mut low = f64::INFINITY;
    let mut high = f64::NEG_INFINITY;
    let mut spoiled = 0.0;
    for &value in values {
        low = if value < low { value } else { low };
        high = if value > high { value } else { high };
        spoiled += value * 0.0;
    }
    if spoiled != 0.0 {
        return Err(Refusal::not_finite(what));
    }
    let most = high.max(-low);
    if !values.is_empty() && (most > LARGEST || (most < SMALLEST && most != 0.0)) {
        return Err(Refusal::new(
            "out_of_range",
            format!("{what} is too large or too small to be squared"),
            "give the column in another unit, and check it for codes that stand for missing values",
        ));
    }
    Ok((low, high))
}

/// Refuses weights that are negative, not finite, or all zero; the largest.
pub(crate) fn check_weights(weights: &[f64], rows: usize) -> Result<f64, Refusal> {
    check_length(weights.len(), rows)?;
    let (low, high) = check_column(weights, "a weight")?;
    if low < 0.0 {
        return Err(Refusal::new(
            "negative_weight",
            "a weight is below zero",
            "correct the weights, or estimate without them",
        ));
    }
    if high <= 0.0 {
        return Err(no_rows());
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn design_checks_its_columns() {
        let x = [1.0, 2.0, 3.0];
        let design = Design::new(3, &[&x]).expect("a design");
        assert_eq!((design.rows(), design.terms(), design.has_intercept()), (3, 2, true));
        assert_eq!((design.value(1, 0), design.value(1, 1)), (1.0, 2.0));
        assert_eq!(design.linear(&[10.0, 2.0]), vec![12.0, 14.0, 16.0]);
        assert_eq!(code(Design::new(0, &[])), Some("empty"));
        assert_eq!(code(Design::new(2, &[&x])), Some("lengths_differ"));
        assert_eq!(code(Design::without_intercept(2, &[])), Some("empty"));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(code(Design::new(2, &[&[1.0, bad]])), Some("not_finite"));
        }
        for bad in [1e300, -1e101, 1e-200] {
            assert_eq!(code(Design::new(1, &[&[bad]])), Some("out_of_range"));
        }
        assert_eq!(code(Design::new(2, &[&[0.0, 0.0]])), None);
        assert_eq!(code(check_weights(&[1.0, -1.0], 2)), Some("negative_weight"));
        assert_eq!(code(check_weights(&[0.0, 0.0], 2)), Some("empty"));
        assert_eq!(check_weights(&[0.0, 2.0], 2).ok(), Some(2.0));
    }
}
