//! Regression with residuals that follow each other: `prais_winsten` and
//! `prais_winsten.one_step`.
//!
//! # Estimand
//!
//! The coefficients of a line through a time series, and ρ, the correlation of
//! its residuals with those one step before.
//!
//! # Assumptions
//!
//! The points are equally spaced, none is missing, and the residuals are an
//! autoregression of order one with |ρ| < 1: u_t = ρ u_{t-1} + noise of equal
//! spread. The covariates do not react to earlier outcomes.
//!
//! # Method
//!
//! ρ = Σ u_t u_{t-1}/Σ u_{t-1}² from the residuals; outcome and columns become
//! y_t - ρ y_{t-1}, the first row is kept as sqrt(1 - ρ²) y_1; least squares
//! again; and so on until ρ moves by less than 1e-10 (or once, `.one_step`).
//! Standard errors and t of n - p as of the last least squares.
//!
//! # Small samples
//!
//! ρ is biased towards nought in short series, and the errors, which take ρ as
//! known, are too small: below some fifty points by a tenth or more.
//!
//! # Refusals
//!
//! Those of [`least_squares`](super::least_squares) and `lengths_differ`,
//! `duplicate_time`, `gap_in_series`, `not_stationary` (|ρ| reaches one),
//! `no_convergence`, `no_variation`, `level_out_of_range`.
//!
//! # Source
//!
//! Prais SJ, Winsten CB (1954). Trend estimators and serial correlation.
//! Cowles Commission discussion paper 383. Wooldridge JM (2013). Introductory
//! econometrics, 5th edition, chapter 12. South-Western.

use super::least_squares::{LeastSquares, Wald, least_squares, wald};
use super::newey_west::Timeline;
use crate::estimate::{Outcome, Refusal, check_level};
use crate::linalg::{Design, check_length};

/// The id of the method.
pub const METHOD: &str = "prais_winsten";

/// The id of the method with one step.
pub const METHOD_ONE_STEP: &str = "prais_winsten.one_step";

/// The change of ρ at which it is settled.
const SETTLED: f64 = 1e-10;

const MOST_STEPS: u32 = 500;

/// How often ρ is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    /// Once, from the plain residuals.
    One,
    /// Until it is settled; the default.
    Iterated,
}

/// A regression with autoregressive residuals.
#[derive(Clone, Debug, PartialEq)]
pub struct PraisWinsten {
    /// The coefficients, in the order of the terms of the design.
    pub coefficients: Vec<Outcome>,
    /// ρ.
    pub rho: f64,
    /// How often ρ was estimated.
    pub iterations: u32,
    /// The plain least-squares fit, for comparison, its residuals in the order
    /// of time.
    pub plain: LeastSquares,
    /// The last fit, of the rows with their past taken out.
    pub fit: LeastSquares,
}

/// A regression of a time series with autoregressive residuals.
///
/// `time` holds the time of every row as a whole number, without gaps, in any
/// order; `level` is the confidence level. See the [module](self) for the
/// method and the refusals.
pub fn prais_winsten(
    y: &[f64],
    design: &Design<'_>,
    time: &[i64],
    steps: Steps,
    level: f64,
) -> Result<PraisWinsten, Refusal> {
    check_level(level)?;
    check_length(y.len(), design.rows())?;
    check_length(time.len(), design.rows())?;
    let Timeline { order } = Timeline::new(time, None)?;
    if order.windows(2).any(|pair| time[pair[1]].abs_diff(time[pair[0]]) != 1) {
        return Err(Refusal::new(
            "gap_in_series",
            "the series has a gap, so a point is not one step after the one before it",
            "fill the gap with what was observed, or use the errors of Newey and West",
        ));
    }
    let y: Vec<f64> = order.iter().map(|&row| y[row]).collect();
    let columns: Vec<Vec<f64>> =
        (0..design.terms()).map(|term| order.iter().map(|&row| design.value(row, term)).collect()).collect();
    let sorted: Vec<&[f64]> =
        columns.iter().skip(usize::from(design.has_intercept())).map(Vec::as_slice).collect();
    let plain = if design.has_intercept() {
        least_squares(&y, &Design::new(y.len(), &sorted)?, None)?
    } else {
        least_squares(&y, &Design::without_intercept(y.len(), &sorted)?, None)?
    };
    plain.check_variation()?;

    let mut residuals = plain.residuals.clone();
    let mut rho = 0.0;
    for iteration in 1..=MOST_STEPS {
        let next = lag_one(&residuals);
        // Written so that a ρ that is not a number also fails.
        let stationary = next.abs() < 1.0;
        if !stationary {
            return Err(Refusal::new(
                "not_stationary",
                "the residuals do not return to the line, so their correlation cannot be taken out",
                "model the changes from one point to the next instead of the levels",
            ));
        }
        let moved = (next - rho).abs();
        rho = next;
        let fit = fit_without_past(&y, &columns, rho)?;
        if steps == Steps::One || moved < SETTLED {
            let coefficients = outcomes(&fit, steps, level);
            return Ok(PraisWinsten { coefficients, rho, iterations: iteration, plain, fit });
        }
        for (row, residual) in residuals.iter_mut().enumerate() {
            let fitted: f64 = columns.iter().zip(&fit.coefficients).map(|(column, b)| column[row] * b).sum();
            *residual = y[row] - fitted;
        }
    }
    Err(Refusal::new(
        "no_convergence",
        "the correlation of the residuals did not settle",
        "use the errors of Newey and West",
    ))
}

fn outcomes(fit: &LeastSquares, steps: Steps, level: f64) -> Vec<Outcome> {
    let method = if steps == Steps::One { METHOD_ONE_STEP } else { METHOD };
    let terms = fit.coefficients.iter().zip(&fit.std_errors);
    terms
        .map(|(&value, &std_error)| {
            fit.check_variation()?;
            wald(Wald { value, std_error, df: Some(fit.df), n: fit.n, method }, level)
        })
        .collect()
}

/// Σ u_t u_{t-1} / Σ u_{t-1}², in the order of time.
fn lag_one(residuals: &[f64]) -> f64 {
    let pairs: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let before: f64 = residuals.iter().rev().skip(1).map(|u| u * u).sum();
    pairs / before
}

fn fit_without_past(y: &[f64], columns: &[Vec<f64>], rho: f64) -> Result<LeastSquares, Refusal> {
    let first = (1.0 - rho * rho).sqrt();
    let without = |column: &[f64]| -> Vec<f64> {
        let start = column.iter().take(1).map(|value| first * value);
        start.chain(column.windows(2).map(|pair| pair[1] - rho * pair[0])).collect()
    };
    let columns: Vec<Vec<f64>> = columns.iter().map(|column| without(column)).collect();
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    least_squares(&without(y), &Design::without_intercept(y.len(), &slices)?, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// y, x, time.
    fn series(rho: f64, n: i64) -> Vec<(f64, f64, i64)> {
        let mut random = Lcg::new(33);
        let mut u = 0.0;
        (0..n)
            .map(|t| {
                u = rho * u + random.normal();
                let x = libm::sin(0.3 * t as f64) + random.normal();
                (5.0 + 2.0 * x + u, x, t - 40)
            })
            .collect()
    }

    fn run(rows: &[(f64, f64, i64)], steps: Steps) -> Result<PraisWinsten, Refusal> {
        let y: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let x: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let time: Vec<i64> = rows.iter().map(|row| row.2).collect();
        let design = Design::new(y.len(), &[&x]).expect("a design");
        prais_winsten(&y, &design, &time, steps, 0.95)
    }

    #[test]
    fn correlation_is_found_and_settled() {
        let rows = series(0.6, 400);
        let found = run(&rows, Steps::Iterated).expect("a fit");
        assert!((found.rho - 0.6).abs() < 0.1, "{}", found.rho);
        // At the end ρ is that of its own residuals.
        let (mut residuals, b) = (Vec::new(), &found.fit.coefficients);
        residuals.extend(rows.iter().map(|row| row.0 - b[0] - b[1] * row.1));
        assert!((lag_one(&residuals) - found.rho).abs() < 1e-9);
        let slope = found.coefficients[1].as_ref().expect("an estimate");
        assert!(slope.interval.expect("an interval").contains(2.0));
        assert_eq!((slope.method, slope.df), ("prais_winsten", Some(398.0)));
        let one = run(&rows, Steps::One).expect("a fit");
        assert_eq!((one.iterations, one.rho), (1, lag_one(&one.plain.residuals)));
    }

    #[test]
    fn rows_may_come_in_any_order() {
        let mut rows = series(0.3, 90);
        let first = run(&rows, Steps::Iterated).expect("a fit");
        shuffle(&mut rows, &mut Lcg::new(7));
        assert_eq!(run(&rows, Steps::Iterated).expect("a fit"), first);
    }

    #[test]
    fn series_that_cannot_be_followed_are_refused() {
        let mut rows = series(0.3, 30);
        rows[4].2 = rows[5].2;
        assert_eq!(code(run(&rows, Steps::One)), Some("duplicate_time"));
        rows.remove(4);
        assert_eq!(code(run(&rows, Steps::One)), Some("gap_in_series"));
        let line: Vec<(f64, f64, i64)> = (0..20).map(|t| (t as f64, t as f64, t)).collect();
        assert_eq!(code(run(&line, Steps::Iterated)), Some("no_variation"));
        let growth: Vec<(f64, f64, i64)> =
            (0..30).map(|t| (libm::exp(0.5 * t as f64), (t % 3) as f64, t)).collect();
        assert_eq!(code(run(&growth, Steps::Iterated)), Some("not_stationary"));
        assert_eq!(code(run(&rows[..2], Steps::One)), Some("too_few_rows"));
    }
}
