//! Proportions of several groups: `chi2.pearson` and `trend.cochran_armitage`.
//!
//! # Estimand
//!
//! Of the chi-square test none: it asks whether k groups share one success
//! probability. Of the trend: the slope of the probability by one unit of a
//! score that orders the groups, such as months or years.
//!
//! # Assumptions
//!
//! Independent binomial samples; for the trend, that the probability changes
//! in a straight line with the score, if at all. A trend over k sites says
//! nothing about cause.
//!
//! # Method
//!
//! With p̂ the share over all groups and N all units,
//!
//! ```text
//! chi-square  Σ n_i (p̂_i - p̂)² / (p̂(1 - p̂)),                   k - 1 df
//! trend       slope b = Σ n_i (s_i - s̄)(p̂_i - p̂) / Σ n_i (s_i - s̄)²
//!             b² Σ n_i (s_i - s̄)² / (p̂(1 - p̂)),                1 df
//! ```
//!
//! Both without continuity correction; the statistic of the trend is part of
//! the chi-square.
//!
//! # Small samples
//!
//! Asymptotic. The warning `small_expected` is given where an expected count
//! is below five.
//!
//! # Refusals
//!
//! `lengths_differ`, `too_few_groups`, `zero_denominator`,
//! `numerator_exceeds_denominator`, `no_variation`, `not_finite`.
//!
//! # Source
//!
//! Pearson K (1900). On the criterion that a given system of deviations.
//! Philosophical Magazine 50:157-175. Cochran WG (1954). Some methods for
//! strengthening the common χ² tests. Biometrics 10:417-451. Armitage P (1955).
//! Tests for linear trends in proportions and frequencies. Biometrics
//! 11:375-386.

use crate::estimate::{Estimate, Outcome, Refusal};
use crate::special::{chi_squared_sf, normal_two_sided_p};
use crate::sum::Sum;
use crate::thresholds::EXPECTED_COUNT_FEW;
use crate::warning::Warning;

/// The id of the chi-square test.
pub const METHOD: &str = "chi2.pearson";

/// The id of the test for trend.
pub const METHOD_TREND: &str = "trend.cochran_armitage";

/// The result of a chi-square test of several proportions.
#[derive(Clone, Debug, PartialEq)]
pub struct ChiSquareTest {
    /// Pearson's chi-square.
    pub statistic: f64,
    /// Degrees of freedom, groups less one.
    pub df: f64,
    /// The p-value, P(X² >= statistic).
    pub p_value: f64,
    /// All units.
    pub n: u64,
    /// The id of the method.
    pub method: &'static str,
    /// What the reader must be told.
    pub warnings: Vec<Warning>,
}

/// The chi-square test that several proportions are equal.
///
/// `x` successes and `n` units of each group, two groups or more, of the same
/// length. See the [module](self) for the method.
///
/// # Refusals
///
/// * `lengths_differ`: the slices differ in length.
/// * `too_few_groups`: fewer than two groups.
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `no_variation`: all units are successes, or none is.
pub fn proportions_chi_squared(x: &[u64], n: &[u64]) -> Result<ChiSquareTest, Refusal> {
    let groups = Groups::new(x, n)?;
    let total: Sum = groups.deviations().map(|(units, deviation)| units * deviation * deviation).collect();
    let statistic = total.value() / groups.variance();
    let df = x.len() as f64 - 1.0;
    Ok(ChiSquareTest {
        statistic,
        df,
        p_value: chi_squared_sf(statistic, df),
        n: groups.units,
        method: METHOD,
        warnings: groups.warnings(),
    })
}

/// The trend of several proportions by a score, with the test of Cochran and
/// Armitage.
///
/// `x` successes, `n` units and the `scores` of each group, of the same
/// length. The estimate is the slope, a difference of shares for one unit of
/// the score, with its standard error under no trend; the statistic is z with
/// the sign of the slope (its square is the chi-square of the test), the
/// p-value two-sided; there is no interval. See the [module](self).
///
/// # Refusals
///
/// Those of [`proportions_chi_squared`], and
///
/// * `not_finite`: a score is missing or infinite, or they are too far apart.
/// * `no_variation`: also where all scores are equal.
pub fn proportion_trend(x: &[u64], n: &[u64], scores: &[f64]) -> Outcome {
    if scores.len() != x.len() {
        return Err(lengths_differ());
    }
    let groups = Groups::new(x, n)?;
    if scores.iter().any(|score| !score.is_finite()) {
        return Err(Refusal::not_finite("a score"));
    }
    // The mean score, from the first so that large scores keep their digits.
    let origin = scores.iter().copied().fold(f64::INFINITY, f64::min);
    let weighted: Sum = scores.iter().zip(n).map(|(score, units)| (score - origin) * *units as f64).collect();
    let mean = weighted.value() / groups.all();
    let spread: Sum = scores
        .iter()
        .zip(n)
        .map(|(score, units)| *units as f64 * (score - origin - mean) * (score - origin - mean))
        .collect();
    let spread = spread.value();
    if !spread.is_finite() {
        return Err(Refusal::not_finite("the spread of the scores"));
    }
    if spread <= 0.0 {
        return Err(Refusal::new(
            "no_variation",
            "all groups have the same score, so there is no trend by it",
            "compare the groups without a score",
        ));
    }
    let product: Sum = groups
        .deviations()
        .zip(scores)
        .map(|((units, deviation), score)| units * deviation * (score - origin - mean))
        .collect();
    let slope = product.value() / spread;
    let std_error = (groups.variance() / spread).sqrt();
    let statistic = product.value() / spread.sqrt() / groups.variance().sqrt();
    if !(slope.is_finite() && std_error.is_finite() && statistic.is_finite()) {
        return Err(Refusal::not_finite("the slope or its standard error"));
    }
    Ok(Estimate {
        std_error: Some(std_error),
        statistic: Some(statistic),
        p_value: Some(normal_two_sided_p(statistic)),
        warnings: groups.warnings(),
        ..Estimate::point(slope, groups.units, METHOD_TREND)
    })
}

/// Checked groups that vary.
struct Groups<'a> {
    x: &'a [u64],
    n: &'a [u64],
    successes: u64,
    units: u64,
}

impl<'a> Groups<'a> {
    fn new(x: &'a [u64], n: &'a [u64]) -> Result<Self, Refusal> {
        if x.len() != n.len() {
            return Err(lengths_differ());
        }
        if x.len() < 2 {
            return Err(Refusal::new(
                "too_few_groups",
                "there are fewer than two groups to compare",
                "report the proportion of the group",
            ));
        }
        if n.contains(&0) {
            return Err(Refusal::zero_denominator());
        }
        if x.iter().zip(n).any(|(x, n)| x > n) {
            return Err(Refusal::numerator_exceeds_denominator());
        }
        let successes = x.iter().fold(0_u64, |total, x| total.saturating_add(*x));
        let units = n.iter().fold(0_u64, |total, n| total.saturating_add(*n));
        if successes == 0 || successes >= units {
            return Err(Refusal::new(
                "no_variation",
                "all units are successes, or none is, so there is nothing to compare",
                "report the proportion of all groups together with its interval",
            ));
        }
        Ok(Self { x, n, successes, units })
    }

    fn all(&self) -> f64 {
        self.units as f64
    }

    /// p̂(1 - p̂).
    fn variance(&self) -> f64 {
        let failures = (self.units - self.successes) as f64;
        self.successes as f64 / self.all() * (failures / self.all())
    }

    /// Each group's units and what its share is above that of all.
    fn deviations(&self) -> impl Iterator<Item = (f64, f64)> {
        let share = self.successes as f64 / self.all();
        self.x.iter().zip(self.n).map(move |(x, n)| (*n as f64, *x as f64 / *n as f64 - share))
    }

    fn warnings(&self) -> Vec<Warning> {
        let rarer = self.successes.min(self.units - self.successes) as f64 / self.all();
        if self.n.iter().all(|n| *n as f64 * rarer >= EXPECTED_COUNT_FEW) {
            return Vec::new();
        }
        vec![Warning::new(
            "small_expected",
            "a group has an expected count below five, where the chi-square distribution is a rough guide",
        )]
    }
}

fn lengths_differ() -> Refusal {
    Refusal::new(
        "lengths_differ",
        "the columns differ in length, so the values of a group cannot be matched",
        "take all columns from the same groups",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_groups_are_the_pooled_z_test() {
        // 6/8 against 3/8: chi-square 16/7, with either test.
        let found = proportions_chi_squared(&[6, 3], &[8, 8]).expect("a test");
        assert!((found.statistic - 16.0 / 7.0).abs() < 1e-14 && found.df == 1.0);
        assert_eq!(found.warnings.first().map(|warning| warning.code), Some("small_expected"));
        let trend = proportion_trend(&[6, 3], &[8, 8], &[0.0, 1.0]).expect("an estimate");
        assert!((trend.value + 0.375).abs() < 1e-15);
        assert!((trend.statistic.expect("z") + (16.0_f64 / 7.0).sqrt()).abs() < 1e-14);
        assert!((trend.p_value.expect("p") - found.p_value).abs() < 1e-14);
    }

    #[test]
    fn trend_is_part_of_the_chi_square_and_scales() {
        let (x, n) = ([83, 90, 129, 70], [86, 93, 136, 82]);
        let all = proportions_chi_squared(&x, &n).expect("a test");
        assert_eq!(all.warnings, []);
        let plain = proportion_trend(&x, &n, &[1.0, 2.0, 3.0, 4.0]).expect("an estimate");
        let z = plain.statistic.expect("z");
        assert!(z * z <= all.statistic);
        assert!((plain.value / plain.std_error.expect("an error") - z).abs() < 1e-13);
        // Another origin and unit of the score.
        let moved = proportion_trend(&x, &n, &[2001.0, 2003.0, 2005.0, 2007.0]).expect("an estimate");
        assert!((moved.statistic.expect("z") - z).abs() < 1e-12);
        assert!((2.0 * moved.value / plain.value - 1.0).abs() < 1e-12);
        // Any order of the groups, to the bit.
        let turned = proportion_trend(&[70, 83, 129, 90], &[82, 86, 136, 93], &[4.0, 1.0, 3.0, 2.0]);
        assert_eq!(turned, Ok(plain));
        assert_eq!(proportions_chi_squared(&[70, 83, 129, 90], &[82, 86, 136, 93]), Ok(all));
    }

    #[test]
    fn several_proportions_refuse() {
        let code = |x: &[u64], n: &[u64], scores: &[f64]| {
            proportion_trend(x, n, scores).err().map(|refusal| refusal.code)
        };
        assert_eq!(code(&[1, 2], &[3, 4, 5], &[1.0, 2.0]), Some("lengths_differ"));
        assert_eq!(code(&[1, 2], &[3, 4], &[1.0]), Some("lengths_differ"));
        assert_eq!(code(&[1], &[3], &[1.0]), Some("too_few_groups"));
        assert_eq!(code(&[], &[], &[]), Some("too_few_groups"));
        assert_eq!(code(&[1, 0], &[3, 0], &[1.0, 2.0]), Some("zero_denominator"));
        assert_eq!(code(&[4, 1], &[3, 4], &[1.0, 2.0]), Some("numerator_exceeds_denominator"));
        assert_eq!(code(&[0, 0], &[3, 4], &[1.0, 2.0]), Some("no_variation"));
        assert_eq!(code(&[3, 4], &[3, 4], &[1.0, 2.0]), Some("no_variation"));
        assert_eq!(code(&[1, 2], &[3, 4], &[2.0, 2.0]), Some("no_variation"));
        assert_eq!(code(&[1, 2], &[3, 4], &[2.0, f64::NAN]), Some("not_finite"));
        assert_eq!(code(&[1, 2], &[3, 4], &[-1e300, 1e300]), Some("not_finite"));
        assert_eq!(code(&[1, 2], &[u64::MAX, u64::MAX], &[0.0, 1.0]), None);
        assert!(proportions_chi_squared(&[1, 2], &[3]).is_err());
    }
}
