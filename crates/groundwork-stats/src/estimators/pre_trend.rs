//! The test of trends before the start, and what it could have seen:
//! `pre_trend.wald`.
//!
//! # Estimand
//!
//! Whether the groups of an event study moved apart before the start, in the
//! units of the outcome a period; and how steep a straight line of that kind
//! would have had to be to be seen.
//!
//! # Assumptions
//!
//! The periods are evenly spaced, the reference period is the last before the
//! start, and the estimates are jointly normal with the covariance given.
//!
//! # Method
//!
//! With b the k estimates before the reference period, S their covariance and d
//! their distances from it (-1, -2, ...), W = b'S⁻¹b is chi-square with k
//! degrees of freedom if trends are parallel. If they part by s a period it is
//! noncentral with λ = s² d'S⁻¹d, from which the power of the test at 1 - level
//! follows for any s. Three slopes are told: that which is seen in half of all
//! cases, that which is seen in four of five, and that which alone would make
//! the mean effect found after the start, with the power against it.
//!
//! # Small samples
//!
//! The covariance is taken as known; with few clusters it is not, and the test
//! rejects too often. Going on only where the test does not reject makes the
//! bias of what is left worse: the test is reported, never used to decide.
//!
//! # Refusals
//!
//! `empty` (no period after the start), `no_pre_periods`, `lengths_differ`,
//! `not_finite`, `out_of_range`, `not_positive_definite`,
//! `level_out_of_range`.
//!
//! # Source
//!
//! Roth J (2022). Pretest with caution: event-study estimates after testing for
//! parallel trends. American Economic Review: Insights 4:305-322.

use super::columns::finite;
use super::honest_did::{EventEstimates, not_positive_definite};
use crate::estimate::{Refusal, check_level};
use crate::linalg::{Matrix, solve_positive};
use crate::root::bracketed;
use crate::special::{chi_squared_quantile_upper, chi_squared_sf, noncentral_chi_squared_sf};
use crate::sum::sum;
use crate::thresholds::PRE_TREND_POWER_LEAST;
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "pre_trend.wald";

/// The test of trends before the start.
#[derive(Clone, Debug, PartialEq)]
pub struct PreTrend {
    /// W.
    pub statistic: f64,
    /// The number of periods before the reference period.
    pub df: f64,
    /// The p-value against parallel trends.
    pub p_value: f64,
    /// The slope a period that is seen in half of all cases.
    pub slope_half: f64,
    /// The slope a period that is seen in four of five.
    pub slope_four_fifths: f64,
    /// The slope a period that alone would make the mean effect found after the
    /// start.
    pub slope_of_effect: f64,
    /// The share of cases in which that slope is seen.
    pub power: f64,
    /// The id of the method.
    pub method: &'static str,
    /// `pre_trend_low_power`.
    pub warnings: Vec<Warning>,
}

/// Tests the trends before the start at 1 - `level`, and tells what the test
/// could have seen.
///
/// See the [module](self) for the method and the refusals.
///
/// # Warnings
///
/// * `pre_trend_low_power`: a trend that would explain the whole effect away is
///   missed more often than it is seen.
pub fn pre_trend(estimates: &EventEstimates<'_>, level: f64) -> Result<PreTrend, Refusal> {
    check_level(level)?;
    let covariance = estimates.check()?;
    let periods = estimates.before.len();
    let own = Matrix::from_fn(periods, periods, |i, j| covariance.get(i, j));
    let distances: Vec<f64> = (0..periods).map(|i| i as f64 - periods as f64).collect();
    let form = |values: &[f64]| -> Result<f64, Refusal> {
        let solved = solve_positive(&own, values).ok_or_else(not_positive_definite)?;
        finite(values.iter().zip(&solved).map(|(a, b)| a * b).sum(), "the test statistic")
    };
    let (statistic, information) = (form(estimates.before)?, form(&distances)?);
    let df = periods as f64;
    let critical = chi_squared_quantile_upper(1.0 - level, df);
    // The noncentrality at which the power is as asked: the power rises from
    // 1 - level to one.
    let slope = |power: f64| -> Result<f64, Refusal> {
        if power <= 1.0 - level {
            return Ok(0.0);
        }
        let most = (critical.sqrt() + 10.0) * (critical.sqrt() + 10.0);
        let found = bracketed(|ncp| noncentral_chi_squared_sf(critical, df, ncp) - power, 0.0, most, 0.0);
        let ncp = found.ok_or_else(|| Refusal::not_finite("the slope that the test sees"))?;
        finite((ncp / information).sqrt(), "the slope that the test sees")
    };
    let after = estimates.after.len() as f64;
    let slope_of_effect = finite(sum(estimates.after) / after / (0.5 * (after + 1.0)), "the mean effect")?;
    let ncp = slope_of_effect * slope_of_effect * information;
    let power = if ncp.is_finite() { noncentral_chi_squared_sf(critical, df, ncp) } else { 1.0 };
    let mut warnings = Vec::new();
    if power < PRE_TREND_POWER_LEAST {
        warnings.push(Warning::new(
            "pre_trend_low_power",
            "a difference in trend that would explain the whole effect away would more often be missed than seen before the start",
        ));
    }
    Ok(PreTrend {
        statistic,
        df,
        p_value: finite(chi_squared_sf(statistic, df), "the p-value")?,
        slope_half: slope(0.5)?,
        slope_four_fifths: slope(0.8)?,
        slope_of_effect,
        power: finite(power, "the power")?,
        method: METHOD,
        warnings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::normal_sf;

    fn code(found: Result<PreTrend, Refusal>) -> Option<&'static str> {
        found.err().map(|refusal| refusal.code)
    }

    #[test]
    fn one_period_is_a_test_of_one_normal_number() {
        // An estimate of 3 with an error of 2, one period before.
        let covariance = Matrix::diagonal(&[4.0, 1.0, 1.0]);
        let estimates = EventEstimates { before: &[3.0], after: &[1.0, 2.0], covariance: &covariance };
        let found = pre_trend(&estimates, 0.95).expect("a test");
        assert!((found.statistic - 2.25).abs() < 1e-14);
        assert!((found.p_value - 2.0 * normal_sf(1.5)).abs() < 1e-14);
        // A mean of 1.5 after periods 1 and 2 is a slope of one.
        assert_eq!((found.df, found.slope_of_effect), (1.0, 1.0));
        let z = 1.959963984540054;
        assert!((found.power - (normal_sf(z - 0.5) + normal_sf(z + 0.5))).abs() < 1e-13);
        assert_eq!(found.warnings.iter().map(|of| of.code).collect::<Vec<_>>(), ["pre_trend_low_power"]);
        // Half of the cases lie beyond z when the middle does, but for the far tail.
        assert!((found.slope_half / (2.0 * z) - 1.0).abs() < 1e-4);
        assert!(found.slope_four_fifths > found.slope_half);
    }

    #[test]
    fn a_slope_has_the_power_it_was_found_for() {
        let covariance = Matrix::from_fn(6, 6, |i, j| if i == j { 0.5 } else { 0.2 });
        for level in [0.8, 0.95, 0.999] {
            let before = [0.3, -0.1, 0.2];
            let found = |effect: f64| {
                let after = [effect, 2.0 * effect, 3.0 * effect];
                let estimates = EventEstimates { before: &before, after: &after, covariance: &covariance };
                pre_trend(&estimates, level).expect("a test")
            };
            let first = found(1.0);
            let half = found(first.slope_half);
            assert!((half.power - 0.5).abs() < 1e-12, "{level}");
            assert!((found(first.slope_four_fifths).power - 0.8).abs() < 1e-12, "{level}");
            assert!((found(0.0).power - (1.0 - level)).abs() < 1e-12, "{level}");
            // The other way round is as well seen, and a steep slope for sure.
            assert_eq!(found(-1.0).power, first.power);
            assert!(found(1e6).power == 1.0 && found(1e6).warnings.is_empty());
        }
    }

    #[test]
    fn pre_trend_refuses() {
        let covariance = Matrix::identity(2);
        let of = |before, after, covariance| EventEstimates { before, after, covariance };
        assert_eq!(code(pre_trend(&of(&[], &[1.0, 2.0], &covariance), 0.95)), Some("no_pre_periods"));
        assert_eq!(code(pre_trend(&of(&[1.0, 2.0], &[], &covariance), 0.95)), Some("empty"));
        assert_eq!(code(pre_trend(&of(&[1.0], &[1.0], &covariance), 95.0)), Some("level_out_of_range"));
        assert_eq!(code(pre_trend(&of(&[f64::NAN], &[1.0], &covariance), 0.95)), Some("not_finite"));
        let flat = Matrix::from_fn(2, 2, |_, _| 1.0);
        assert_eq!(code(pre_trend(&of(&[1.0], &[1.0], &flat), 0.95)), Some("not_positive_definite"));
    }
}
