//! Standard errors for rows that follow each other in time: `hac.bartlett`.
//!
//! # Estimand
//!
//! The sampling variance of regression coefficients when each row may depend
//! on the rows shortly before it, and the spread may change.
//!
//! # Assumptions
//!
//! Dependence fades within the stated number of lags, which is small against
//! the length of the series. Several series may stand side by side; they are
//! taken as independent of each other.
//!
//! # Method
//!
//! With u_t the score of row t and B = (X'X)⁻¹,
//!
//! ```text
//! V = B (Γ₀ + Σ_{l=1..L} (1 - l/(L+1)) (Γ_l + Γ_l')) B,  Γ_l = Σ_t u_t u_{t-l}'
//! ```
//!
//! without prewhitening, times n/(n - p) on request. A lag is a difference of
//! time, so that a missing month leaves a gap and does not move its
//! neighbours together. t of n - p degrees of freedom after least squares.
//!
//! # Small samples
//!
//! The errors are too small in short series, more so the more lags; the factor
//! n/(n - p) repairs a part. With fewer than some forty rows prefer a model of
//! the dependence ([`prais_winsten`](super::prais_winsten)).
//!
//! # Refusals
//!
//! `lengths_differ`, `level_out_of_range`, `duplicate_time`, `too_many_lags`
//! (not below the number of rows); in a coefficient `no_variation`.
//!
//! # Source
//!
//! Newey WK, West KD (1987). A simple, positive semi-definite,
//! heteroskedasticity and autocorrelation consistent covariance matrix.
//! Econometrica 55:703-708. Newey WK, West KD (1994). Automatic lag selection
//! in covariance matrix estimation. Review of Economic Studies 61:631-653.

use super::cluster_robust::{Robust, Scores};
use super::least_squares::{Wald, wald};
use crate::estimate::{Refusal, check_level};
use crate::linalg::{Matrix, check_length};

/// The id of the method.
pub const METHOD: &str = "hac.bartlett";

/// How far back dependence is taken into account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lags {
    /// The number of lags; nought gives hc0.
    pub number: u32,
    /// Whether to multiply the variance by n/(n - p).
    pub small_sample: bool,
}

impl Lags {
    /// 4 (n/100)^(2/9) lags, rounded down, with the factor for small samples.
    pub fn usual(rows: usize) -> Self {
        let number = libm::floor(4.0 * libm::pow(rows as f64 / 100.0, 2.0 / 9.0));
        Self { number: number as u32, small_sample: true }
    }
}

/// The rows of one or several series in the order of time.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    /// Row numbers, series by series, in the order of time.
    pub(crate) order: Vec<usize>,
}

impl Timeline {
    /// Sorts rows by series and time; refuses two rows of the same time.
    pub(crate) fn new(time: &[i64], series: Option<&[u32]>) -> Result<Self, Refusal> {
        let key = |row: usize| (series.map_or(0, |series| series[row]), time[row]);
        let mut order: Vec<usize> = (0..time.len()).collect();
        order.sort_by_key(|&row| key(row));
        if order.windows(2).any(|pair| key(pair[0]) == key(pair[1])) {
            return Err(Refusal::new(
                "duplicate_time",
                "two rows of a series have the same time, so their order is not known",
                "add up or average the rows of the same time first",
            ));
        }
        Ok(Self { order })
    }
}

/// Standard errors for rows in time.
///
/// `time` holds the time of every row as a whole number (months counted from
/// anywhere), `series` the number of its series where there are several;
/// `level` is the confidence level. See the [module](self) for the method and
/// the refusals.
pub fn newey_west(
    scores: &Scores<'_>,
    time: &[i64],
    series: Option<&[u32]>,
    lags: Lags,
    level: f64,
) -> Result<Robust, Refusal> {
    check_level(level)?;
    let rows = scores.design.rows();
    check_length(time.len(), rows)?;
    if let Some(series) = series {
        check_length(series.len(), rows)?;
    }
    if lags.number as usize >= rows {
        return Err(Refusal::new(
            "too_many_lags",
            "there are not more rows than lags",
            "use fewer lags, such as a quarter of the root of the number of rows",
        ));
    }
    let Timeline { order } = Timeline::new(time, series)?;
    let basis = scores.basis;
    let terms = scores.coefficients.len();
    // Scores in orthonormal coordinates, in the order of time. The weights
    // stand in u already, so the coordinates are those of the plain rows.
    let q = basis.rows(scores.design, None);
    let mut scored = Matrix::zeros(rows, terms);
    for (place, &row) in order.iter().enumerate() {
        for (at, value) in scored.row_mut(place).iter_mut().zip(q.row(row)) {
            *at = scores.u[row] * value;
        }
    }
    let apart = |earlier: usize, later: usize| -> Option<u64> {
        let (a, b) = (order[earlier], order[later]);
        let same = series.is_none_or(|series| series[a] == series[b]);
        same.then(|| time[b].abs_diff(time[a]))
    };
    let mut meat = scored.transpose_mul(&scored);
    let reach = u64::from(lags.number);
    for later in 0..rows {
        for earlier in (0..later).rev() {
            let Some(lag) = apart(earlier, later).filter(|&lag| lag <= reach) else {
                break;
            };
            let weight = 1.0 - lag as f64 / (reach as f64 + 1.0);
            for (i, &a) in scored.row(later).iter().enumerate() {
                for (j, &b) in scored.row(earlier).iter().enumerate() {
                    let value = weight * a * b;
                    meat.set(i, j, meat.get(i, j) + value);
                    meat.set(j, i, meat.get(j, i) + value);
                }
            }
        }
    }
    let n = scores.n as f64;
    let factor = if lags.small_sample { n / (n - scores.parameters) } else { 1.0 };
    let covariance = basis.t.sandwich(&meat).scaled(factor);
    if !covariance.is_finite() {
        return Err(Refusal::not_finite("the covariance"));
    }
    let coefficients = (0..terms)
        .map(|term| {
            let std_error = scores.std_error(covariance.get(term, term), term)?;
            let value = scores.coefficients[term];
            wald(Wald { value, std_error, df: scores.df, n: scores.n, method: METHOD }, level)
        })
        .collect();
    Ok(Robust { covariance, coefficients, clusters: None, largest_share: None, method: METHOD })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimators::cluster_robust::{Heteroskedastic, heteroskedastic_robust};
    use crate::estimators::least_squares::least_squares;
    use crate::linalg::Design;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    const NONE: Lags = Lags { number: 0, small_sample: false };

    #[test]
    fn no_lags_are_heteroskedastic_errors() {
        let mut random = Lcg::new(2);
        let x: Vec<f64> = (0..50).map(|_| random.normal()).collect();
        let y: Vec<f64> = (0..50).map(|_| random.normal()).collect();
        let time: Vec<i64> = (0..50).collect();
        let design = Design::new(50, &[&x]).expect("a design");
        let fit = least_squares(&y, &design, None).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        let a = newey_west(&scores, &time, None, NONE, 0.95).expect("errors").covariance;
        let b = heteroskedastic_robust(&scores, Heteroskedastic::Hc0, 0.95).expect("errors").covariance;
        for (a, b) in a.data().iter().zip(b.data()) {
            assert!((a - b).abs() < 1e-15);
        }
        // A mean of n values that repeat each other: gaps of ten leave nothing
        // to add, and two series do not touch.
        let lags = Lags { number: 3, small_sample: false };
        let apart: Vec<i64> = time.iter().map(|t| 10 * t).collect();
        let c = newey_west(&scores, &apart, None, lags, 0.95).expect("errors").covariance;
        assert_eq!(c.data(), a.data());
        let series: Vec<u32> = (0..50).collect();
        let c = newey_west(&scores, &time, Some(&series), lags, 0.95).expect("errors").covariance;
        assert_eq!(c.data(), a.data());
    }

    #[test]
    fn rows_may_come_in_any_order() {
        let mut random = Lcg::new(12);
        let mut rows: Vec<(f64, f64, i64)> =
            (0..60).map(|t| (random.normal() + 0.1 * t as f64, random.normal(), t)).collect();
        let run = |rows: &[(f64, f64, i64)]| {
            let y: Vec<f64> = rows.iter().map(|row| row.0).collect();
            let x: Vec<f64> = rows.iter().map(|row| row.1).collect();
            let time: Vec<i64> = rows.iter().map(|row| row.2).collect();
            let design = Design::new(60, &[&x]).expect("a design");
            let fit = least_squares(&y, &design, None).expect("a fit");
            newey_west(&fit.scores(&design).expect("scores"), &time, None, Lags::usual(60), 0.95)
                .expect("errors")
        };
        let first = run(&rows);
        shuffle(&mut rows, &mut random);
        assert_eq!(run(&rows), first);
    }

    #[test]
    fn what_has_no_order_is_refused() {
        let design = Design::new(5, &[]).expect("a design");
        let fit = least_squares(&[1.0, 2.0, 4.0, 3.0, 7.0], &design, None).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        let run = |time: &[i64], number: u32| {
            newey_west(&scores, time, None, Lags { number, small_sample: true }, 0.95)
        };
        assert_eq!(code(run(&[1, 2, 3, 4, 4], 1)), Some("duplicate_time"));
        assert_eq!(code(run(&[1, 2, 3, 4], 1)), Some("lengths_differ"));
        assert_eq!(code(run(&[1, 2, 3, 4, 5], 5)), Some("too_many_lags"));
        assert!(run(&[i64::MIN, 2, 3, 4, i64::MAX], 4).is_ok());
        assert_eq!(Lags::usual(100), Lags { number: 4, small_sample: true });
    }
}
