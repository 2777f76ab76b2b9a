//! Ordinary and weighted least squares: `ols` and `wls`.
//!
//! # Estimand
//!
//! The coefficients β of the best linear prediction of y from the columns of a
//! design: each the difference in y, in its own units, between units one apart
//! in that column and alike in the others. Whether it is an effect is a matter
//! of how the data came about, not of the method.
//!
//! # Assumptions
//!
//! For the coefficients: no column is a combination of the others. For the
//! standard errors given here: independent rows whose spread about the line
//! does not change (with weights: is proportional to one over the weight).
//! Rows of the same volunteer or village are not independent: take
//! [`cluster_robust`](super::cluster_robust) for them, and its
//! heteroskedasticity-robust errors where only the spread changes.
//!
//! # Method
//!
//! ```text
//! β = (X'WX)⁻¹ X'Wy      s² = Σ w e²/(n - p)      V = s² (X'WX)⁻¹
//! ```
//!
//! with e = y - Xβ and t of n - p degrees of freedom. The cross-products are
//! taken of shifted and scaled columns, in sums that do not depend on the
//! order of the rows; the factor is corrected where columns are nearly
//! dependent and the solution is refined with the residuals of the rows, so
//! that the accuracy is that of an orthogonal decomposition. A row of weight
//! zero is left out: it does not count in n.
//!
//! # Small samples
//!
//! Exact with normal errors for any n above p. With few rows for each
//! coefficient the fit looks better than it is: r² has no correction for it.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `out_of_range`, `negative_weight`,
//! `too_few_rows` (not more rows than coefficients), `collinear`. For
//! inference on a coefficient: `level_out_of_range`, `no_variation` (the line
//! fits every row to within rounding, so the standard error is nothing).
//!
//! # Source
//!
//! Björck Å (1996). Numerical methods for least squares problems. SIAM.

use std::borrow::Cow;

use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::linalg::accumulate::{FixedPoint, largest, mean};
use crate::linalg::basis::Basis;
use crate::linalg::{Design, Matrix, check_column, check_length, check_weights};
use crate::special::{normal_critical, normal_two_sided_p, student_critical, student_two_sided_p};

/// The id of the method without weights.
pub const METHOD: &str = "ols";

/// The id of the method with weights.
pub const METHOD_WEIGHTED: &str = "wls";

/// Rows above which refinement is left out where it would do nothing, the
/// smallest pivot that counts as far from dependent, and the largest residual,
/// as a share of the largest outcome, that counts as a close fit.
pub(crate) const MANY_ROWS: usize = 50_000;
const FAR_FROM_DEPENDENT: f64 = 1e-2;
const CLOSE_FIT: f64 = 1e-3;

/// A least-squares fit.
#[derive(Clone, Debug, PartialEq)]
pub struct LeastSquares {
    /// The coefficients, in the order of the terms of the design.
    pub coefficients: Vec<f64>,
    /// Their standard errors for independent rows of equal spread.
    pub std_errors: Vec<f64>,
    /// (X'WX)⁻¹, in the order of the terms.
    pub gram_inverse: Matrix,
    /// y - Xβ, one a row.
    pub residuals: Vec<f64>,
    /// s², the (weighted) residual sum of squares divided by n - p.
    pub residual_variance: f64,
    /// The share of the (weighted) variation of y about its mean that the
    /// line takes up; about zero where the design has no constant. Absent
    /// where y does not vary.
    pub r_squared: Option<f64>,
    /// n - p.
    pub df: f64,
    /// The number of rows with a weight above zero.
    pub n: u64,
    /// Whether the line fits every row to within rounding, so that nothing can
    /// be said about its uncertainty.
    pub exact_fit: bool,
    /// The id of the method.
    pub method: &'static str,
    pub(crate) basis: Basis,
    /// The square roots of the weights.
    pub(crate) roots: Option<Vec<f64>>,
}

/// Fits a line to the rows of a design.
///
/// `y` holds one outcome a row, in its own units; `weights`, where given, one
/// weight a row, on any scale, in proportion to one over the variance of the
/// row. See the [module](self) for the method and the refusals.
pub fn least_squares(
    y: &[f64],
    design: &Design<'_>,
    weights: Option<&[f64]>,
) -> Result<LeastSquares, Refusal> {
    check_length(y.len(), design.rows())?;
    check_column(y, "a value of the outcome")?;
    let mut n = y.len();
    let roots = match weights {
        Some(weights) => {
            check_weights(weights, y.len())?;
            n = weights.iter().filter(|&&weight| weight > 0.0).count();
            Some(weights.iter().map(|weight| weight.sqrt()).collect::<Vec<f64>>())
        }
        None => None,
    };
    let terms = design.terms();
    check_rows(n, terms)?;
    // With a constant in the design y is taken about its mean, which the
    // constant gives back: the residuals keep more digits.
    let shift = if design.has_intercept() { mean(y) } else { 0.0 };
    let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
    let centred: Vec<f64> = y.iter().map(|y| y - shift).collect();
    let rooted: Cow<'_, [f64]> = match &roots {
        Some(roots) => Cow::Owned(centred.iter().zip(roots).map(|(y, root)| root * y).collect()),
        None => Cow::Borrowed(&centred),
    };
    let (basis, cross) = Basis::with_cross(design, roots.as_deref(), &rooted)?;
    let mut b = basis.solve(&cross);
    let mut residuals = vec![0.0; y.len()];
    let rest = |b: &[f64], residuals: &mut [f64]| {
        design.scaled_linear(b, |row, fitted| residuals[row] = centred[row] - fitted);
    };
    rest(&b, &mut residuals);
    // One step of refinement. With many rows of columns that are far from
    // dependent it would move the last digits alone, and costs as much again.
    let close_fit = largest(&residuals) < CLOSE_FIT * largest(&centred);
    if y.len() <= MANY_ROWS || basis.poorest < FAR_FROM_DEPENDENT || close_fit {
        let weighted: Vec<f64> = residuals.iter().enumerate().map(|(row, e)| weight(row) * e).collect();
        for (at, step) in b.iter_mut().zip(basis.solve(&design.cross(&weighted))) {
            *at += step;
        }
        rest(&b, &mut residuals);
    }
    let mut coefficients = design.frame.to_raw().mul_vector(&b);
    if design.has_intercept()
        && let Some(constant) = coefficients.first_mut()
    {
        *constant += shift;
    }

    let squares = |values: &[f64]| {
        let most = largest(values);
        let most_weight = weights.map_or(1.0, largest);
        let rule = FixedPoint::new(most * most * most_weight, values.len());
        rule.sum(values.iter().enumerate().map(|(row, value)| weight(row) * (value * value)))
    };
    let rest = squares(&residuals);
    let total = if design.has_intercept() && weights.is_some() {
        let total_weight: Vec<f64> = (0..y.len()).map(weight).collect();
        let off = crate::linalg::accumulate::dot(&total_weight, &centred)
            / crate::linalg::accumulate::sum(&total_weight);
        squares(&centred.iter().map(|value| value - off).collect::<Vec<f64>>())
    } else {
        squares(&centred)
    };
    let df = (n - terms) as f64;
    let residual_variance = rest / df;
    let gram_inverse = basis.gram_inverse();
    let std_errors: Vec<f64> =
        gram_inverse.diagonal_of().iter().map(|v| (residual_variance * v).sqrt()).collect();
    // What rounding leaves of a perfect line: some units in the last place of
    // the largest outcome in every row.
    let noise = 64.0 * f64::EPSILON * largest(y);
    let exact_fit = largest(&residuals) <= noise;
    let finite = coefficients.iter().chain(&std_errors).chain(&residuals).all(|value| value.is_finite())
        && gram_inverse.is_finite();
    if !finite {
        return Err(Refusal::not_finite("a coefficient or its standard error"));
    }
    Ok(LeastSquares {
        coefficients,
        std_errors,
        gram_inverse,
        residuals,
        residual_variance,
        r_squared: (total > 0.0).then(|| (1.0 - rest / total).max(0.0)),
        df,
        n: n as u64,
        exact_fit,
        method: if weights.is_some() { METHOD_WEIGHTED } else { METHOD },
        basis,
        roots,
    })
}

impl LeastSquares {
    /// A coefficient with its classical standard error, t interval at `level`
    /// and p-value against zero; `term` counts from zero in the order of the
    /// design.
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`: the level is not strictly between 0 and 1.
    /// * `no_such_term`: the design has no such term.
    /// * `no_variation`: the line fits every row.
    pub fn coefficient(&self, term: usize, level: f64) -> Outcome {
        let (Some(&value), Some(&std_error)) = (self.coefficients.get(term), self.std_errors.get(term))
        else {
            return Err(no_such_term());
        };
        self.check_variation()?;
        wald(Wald { value, std_error, df: Some(self.df), n: self.n, method: self.method }, level)
    }

    /// The covariance of the coefficients for independent rows of equal
    /// spread.
    pub fn covariance(&self) -> Matrix {
        self.gram_inverse.scaled(self.residual_variance)
    }

    /// What the line says for a row of the design: its values in the order of
    /// the terms, the constant (1) included.
    pub fn predict(&self, terms: &[f64]) -> f64 {
        terms.iter().zip(&self.coefficients).map(|(x, b)| x * b).sum()
    }

    pub(crate) fn check_variation(&self) -> Result<(), Refusal> {
        if self.exact_fit { Err(no_residual_variation()) } else { Ok(()) }
    }
}

pub(crate) fn check_rows(n: usize, terms: usize) -> Result<(), Refusal> {
    if n > terms {
        return Ok(());
    }
    Err(Refusal::new(
        "too_few_rows",
        "there are not more rows than coefficients, so nothing is left to judge the fit by",
        "use fewer covariates, or describe the rows without a model",
    ))
}

pub(crate) fn no_such_term() -> Refusal {
    Refusal::new(
        "no_such_term",
        "the design has no such term",
        "count the terms from zero, the constant first",
    )
}

pub(crate) fn no_residual_variation() -> Refusal {
    Refusal::new(
        "no_variation",
        "the model fits every row to within rounding, so the standard error would be nothing",
        "report the coefficients without an interval, and check whether the outcome was computed from the covariates",
    )
}

/// A coefficient and what its Wald interval is made from.
pub(crate) struct Wald {
    pub(crate) value: f64,
    pub(crate) std_error: f64,
    /// Degrees of freedom of t; normal where absent.
    pub(crate) df: Option<f64>,
    pub(crate) n: u64,
    pub(crate) method: &'static str,
}

/// Value ± critical value times standard error, and the test against zero.
pub(crate) fn wald(of: Wald, level: f64) -> Outcome {
    check_level(level)?;
    let Wald { value, std_error, df, n, method } = of;
    // Written so that an error that is not a number also fails.
    let usable = std_error > 0.0 && std_error.is_finite() && value.is_finite();
    if !usable {
        return Err(no_residual_variation());
    }
    let statistic = value / std_error;
    let (critical, p_value) = match df {
        Some(df) => (student_critical(level, df), student_two_sided_p(statistic, df)),
        None => (normal_critical(level), normal_two_sided_p(statistic)),
    };
    if !(statistic.is_finite() && p_value.is_finite()) {
        return Err(Refusal::not_finite("the test statistic"));
    }
    let reach = critical * std_error;
    Ok(Estimate {
        std_error: Some(std_error),
        interval: Some(finite_interval(value - reach, value + reach, level)?),
        df,
        statistic: Some(statistic),
        p_value: Some(p_value),
        ..Estimate::point(value, n, method)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::qr_least_squares;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn line_by_hand() {
        // y on x = -1, 0, 1: mean and half the difference of the ends.
        let x = [-1.0, 0.0, 1.0];
        let design = Design::new(3, &[&x]).expect("a design");
        let fit = least_squares(&[1.0, 3.0, 2.0], &design, None).expect("a fit");
        assert!((fit.coefficients[0] - 2.0).abs() < 1e-15 && (fit.coefficients[1] - 0.5).abs() < 1e-15);
        // Residuals -1/2, 1, -1/2: s² = 3/2, V of the slope 3/2 / 2.
        assert!(
            (fit.residual_variance - 1.5).abs() < 1e-15
                && (fit.std_errors[1] - 0.75_f64.sqrt()).abs() < 1e-15
        );
        assert!((fit.r_squared.expect("a share") - 0.25).abs() < 1e-15);
        assert_eq!((fit.df, fit.n, fit.method), (1.0, 3, "ols"));
        let slope = fit.coefficient(1, 0.5).expect("an estimate");
        // The quartile of t with one degree of freedom is 1.
        let interval = slope.interval.expect("an interval");
        assert!((interval.width() - 2.0 * 0.75_f64.sqrt()).abs() < 1e-14);
        assert!((fit.predict(&[1.0, 4.0]) - 4.0).abs() < 1e-14);
        assert_eq!(code(fit.coefficient(2, 0.95)), Some("no_such_term"));
        assert_eq!(code(fit.coefficient(1, 95.0)), Some("level_out_of_range"));
    }

    #[test]
    fn constant_alone_is_the_mean() {
        let design = Design::new(4, &[]).expect("a design");
        let fit = least_squares(&[1.0, 2.0, 3.0, 6.0], &design, None).expect("a fit");
        assert_eq!(fit.coefficients, vec![3.0]);
        assert!((fit.std_errors[0] - (14.0_f64 / 12.0).sqrt()).abs() < 1e-15);
        let fit = least_squares(&[1.0, 2.0, 3.0, 6.0], &design, Some(&[1.0, 0.0, 0.0, 3.0])).expect("a fit");
        assert_eq!((fit.coefficients[0], fit.n, fit.method), (4.75, 2, "wls"));
    }

    #[test]
    fn fit_agrees_with_householder() {
        let mut random = Lcg::new(12);
        for (rows, shift) in [(40, 0.0), (200, 1e3), (200, 1e6)] {
            let x1: Vec<f64> = (0..rows).map(|_| shift + random.normal()).collect();
            let x2: Vec<f64> = x1.iter().map(|x| 1e4 * (x - shift) * (x - shift) + random.normal()).collect();
            let y: Vec<f64> = (0..rows).map(|i| 5.0 + x1[i] - 1e-4 * x2[i] + random.normal()).collect();
            let design = Design::new(rows, &[&x1, &x2]).expect("a design");
            let fit = least_squares(&y, &design, None).expect("a fit");
            let centred = crate::linalg::Matrix::from_fn(rows, 3, |i, j| match j {
                0 => 1.0,
                1 => x1[i] - shift,
                _ => x2[i] * 1e-4,
            });
            let below: Vec<f64> = y.iter().map(|y| y - shift).collect();
            let b = qr_least_squares(&centred, &below).expect("a solution");
            let off = fit.coefficients[1] - b[1];
            assert!(off.abs() < 1e-13, "{shift} {off:e}");
            assert!((fit.coefficients[2] * 1e4 - b[2]).abs() < 1e-12);
            let at_centre = fit.coefficients[0] + fit.coefficients[1] * shift - shift;
            assert!((at_centre - b[0]).abs() < 1e-13 + 1e-15 * shift, "{shift}");
        }
    }

    /// Longley's employment data, a hard case on purpose, against the certified
    /// values of the Statistical Reference Datasets (NIST).
    #[test]
    fn longley_has_its_certified_digits() {
        let rows = [
            [60323.0, 83.0, 234289.0, 2356.0, 1590.0, 107608.0, 1947.0],
            [61122.0, 88.5, 259426.0, 2325.0, 1456.0, 108632.0, 1948.0],
            [60171.0, 88.2, 258054.0, 3682.0, 1616.0, 109773.0, 1949.0],
            [61187.0, 89.5, 284599.0, 3351.0, 1650.0, 110929.0, 1950.0],
            [63221.0, 96.2, 328975.0, 2099.0, 3099.0, 112075.0, 1951.0],
            [63639.0, 98.1, 346999.0, 1932.0, 3594.0, 113270.0, 1952.0],
            [64989.0, 99.0, 365385.0, 1870.0, 3547.0, 115094.0, 1953.0],
            [63761.0, 100.0, 363112.0, 3578.0, 3350.0, 116219.0, 1954.0],
            [66019.0, 101.2, 397469.0, 2904.0, 3048.0, 117388.0, 1955.0],
            [67857.0, 104.6, 419180.0, 2822.0, 2857.0, 118734.0, 1956.0],
            [68169.0, 108.4, 442769.0, 2936.0, 2798.0, 120445.0, 1957.0],
            [66513.0, 110.8, 444546.0, 4681.0, 2637.0, 121950.0, 1958.0],
            [68655.0, 112.6, 482704.0, 3813.0, 2552.0, 123366.0, 1959.0],
            [69564.0, 114.2, 502601.0, 3931.0, 2514.0, 125368.0, 1960.0],
            [69331.0, 115.7, 518173.0, 4806.0, 2572.0, 127852.0, 1961.0],
            [70551.0, 116.9, 554894.0, 4007.0, 2827.0, 130081.0, 1962.0],
        ];
        let column = |j: usize| rows.iter().map(|row| row[j]).collect::<Vec<f64>>();
        let columns: Vec<Vec<f64>> = (1..7).map(column).collect();
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let design = Design::new(16, &slices).expect("a design");
        let fit = least_squares(&column(0), &design, None).expect("a fit");
        let certified = [
            (-3482258.63459582, 890420.383607373),
            (15.0618722713733, 84.9149257747669),
            (-0.358191792925910e-1, 0.334910077722432e-1),
            (-2.02022980381683, 0.488399681651699),
            (-1.03322686717359, 0.214274163161675),
            (-0.511041056535807e-1, 0.226073200069370),
            (1829.15146461355, 455.478499142212),
        ];
        for (term, (value, error)) in certified.into_iter().enumerate() {
            let off = (fit.coefficients[term] / value - 1.0, fit.std_errors[term] / error - 1.0);
            assert!(off.0.abs() < 1e-11 && off.1.abs() < 1e-11, "{term} {off:?}");
        }
        assert!((fit.residual_variance.sqrt() / 304.854073561965 - 1.0).abs() < 1e-12);
        assert!((fit.r_squared.expect("r²") - 0.995479004577296).abs() < 1e-14);
    }

    #[test]
    fn many_rows_without_refinement_keep_their_digits() {
        let mut random = Lcg::new(40);
        let rows = MANY_ROWS + 77;
        // A long tail, and an outcome far from nought.
        let x: Vec<f64> = (0..rows).map(|_| libm::exp(2.0 * random.normal())).collect();
        let y: Vec<f64> = x.iter().map(|x| 1e6 + 0.3 * x + random.normal()).collect();
        let design = Design::new(rows, &[&x]).expect("a design");
        let fit = least_squares(&y, &design, None).expect("a fit");
        let exact = |terms: &mut dyn Iterator<Item = f64>| terms.collect::<crate::sum::Sum>().value();
        let n = rows as f64;
        let (mx, my) = (exact(&mut x.iter().copied()) / n, exact(&mut y.iter().copied()) / n);
        let sxx = exact(&mut x.iter().map(|x| (x - mx) * (x - mx)));
        let sxy = exact(&mut x.iter().zip(&y).map(|(x, y)| (x - mx) * (y - my)));
        let off = fit.coefficients[1] - sxy / sxx;
        assert!(off.abs() < 1e-9 * fit.std_errors[1], "{off:e}");
        let rest = exact(&mut x.iter().zip(&y).map(|(x, y)| {
            let e = y - my - sxy / sxx * (x - mx);
            e * e
        }));
        let error = (rest / (n - 2.0) / sxx).sqrt();
        assert!((fit.std_errors[1] / error - 1.0).abs() < 1e-12);
    }

    #[test]
    fn rows_in_any_order_give_the_same_bits() {
        let mut random = Lcg::new(31);
        let rows = 333;
        let mut table: Vec<[f64; 4]> = (0..rows)
            .map(|_| {
                [random.normal(), 1e5 * random.uniform(), f64::from(random.uniform() < 0.2), random.uniform()]
            })
            .collect();
        let fit = |table: &[[f64; 4]], weighted: bool| {
            let column = |j: usize| table.iter().map(|row| row[j]).collect::<Vec<f64>>();
            let (y, a, b, w) = (column(0), column(1), column(2), column(3));
            let design = Design::new(rows, &[&a, &b]).expect("a design");
            let fit = least_squares(&y, &design, weighted.then_some(&w[..])).expect("a fit");
            (fit.coefficients, fit.std_errors, fit.gram_inverse, fit.r_squared)
        };
        let first = (fit(&table, false), fit(&table, true));
        for _ in 0..5 {
            shuffle(&mut table, &mut random);
            assert_eq!((fit(&table, false), fit(&table, true)), first);
        }
    }

    #[test]
    fn equal_weights_are_no_weights() {
        let mut random = Lcg::new(2);
        let x: Vec<f64> = (0..50).map(|_| random.normal()).collect();
        let y: Vec<f64> = (0..50).map(|_| random.normal()).collect();
        let design = Design::new(50, &[&x]).expect("a design");
        let plain = least_squares(&y, &design, None).expect("a fit");
        let weighted = least_squares(&y, &design, Some(&[3.0; 50])).expect("a fit");
        for j in 0..2 {
            assert!((plain.coefficients[j] - weighted.coefficients[j]).abs() < 1e-14);
            assert!((plain.std_errors[j] / weighted.std_errors[j] - 1.0).abs() < 1e-14);
        }
        assert!((plain.r_squared.expect("r²") - weighted.r_squared.expect("r²")).abs() < 1e-14);
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let x = [0.0, 1.0, 2.0, 3.0];
        let design = Design::new(4, &[&x]).expect("a design");
        let y = [1.0, 2.0, 2.0, 5.0];
        assert_eq!(code(least_squares(&y[..3], &design, None)), Some("lengths_differ"));
        assert_eq!(code(least_squares(&[1.0, f64::NAN, 2.0, 3.0], &design, None)), Some("not_finite"));
        assert_eq!(code(least_squares(&[1.0, 1e300, 2.0, 3.0], &design, None)), Some("out_of_range"));
        assert_eq!(code(least_squares(&y, &design, Some(&[1.0, 1.0, -1.0, 1.0]))), Some("negative_weight"));
        assert_eq!(code(least_squares(&y, &design, Some(&[1.0, 1.0, 0.0, 0.0]))), Some("too_few_rows"));
        let twice = Design::new(4, &[&x, &x]).expect("a design");
        assert_eq!(code(least_squares(&y, &twice, None)), Some("collinear"));
        let only = Design::new(1, &[]).expect("a design");
        assert_eq!(code(least_squares(&[1.0], &only, None)), Some("too_few_rows"));
        // A line through every point, and an outcome that never varies.
        for y in [[0.1, 1.1, 2.1, 3.1], [0.3; 4], [0.0; 4]] {
            let fit = least_squares(&y, &design, None).expect("a fit");
            assert!(fit.exact_fit);
            assert_eq!(code(fit.coefficient(1, 0.95)), Some("no_variation"));
        }
    }

    #[test]
    fn extreme_values_give_finite_numbers_or_refusals() {
        for scale in [1e-90, 1e-30, 1e30, 1e90] {
            let x: Vec<f64> = [0.0, 1.0, 2.0, 5.0, 7.0].iter().map(|x| x * scale).collect();
            let design = Design::new(5, &[&x]).expect("a design");
            for size in [1e-90, 1e90] {
                let y: Vec<f64> = [1.0, 3.0, 2.0, 4.0, 4.0].iter().map(|y| y * size).collect();
                if let Ok(fit) = least_squares(&y, &design, None) {
                    assert!(fit.coefficients.iter().chain(&fit.std_errors).all(|v| v.is_finite()));
                    if let Ok(slope) = fit.coefficient(1, 0.95) {
                        // y = 1.653 + 0.382 x: t of 3 degrees of freedom.
                        let t = slope.statistic.expect("t");
                        assert!((t - 2.855017583471118).abs() < 1e-12, "{scale} {size} {t}");
                    }
                }
            }
        }
    }
}
