//! Differences in units of their spread: `cohen.d.nct` and `cohen.dz.nct`.
//!
//! # Estimand
//!
//! A difference of means divided by a standard deviation, to set scales with
//! different units side by side. Which standard deviation makes the number:
//!
//! * two groups: the pooled one of both (`d`);
//! * before and after: that of the differences (`d_z`), which grows with how
//!   well the two occasions agree and compares with nothing but other d_z;
//!   that of the scores, sqrt((s₁² + s₂²)/2) (`d_av`), which compares with d;
//!   and d_z sqrt(2(1 - r)) (`d_rm`), which undoes the agreement r.
//!
//! # Assumptions
//!
//! Those of the t tests; normal values with one variance in both groups for
//! the interval. A scale without a meaning of its own gains none from being
//! divided by its spread: report the difference in its unit first.
//!
//! # Method
//!
//! d is multiplied by Hedges' exact J = Γ(ν/2)/(sqrt(ν/2) Γ((ν - 1)/2)) to
//! take out its bias. The interval is that of the noncentrality of t, divided
//! by sqrt(n) for d_z and by sqrt(n₁ n₂/(n₁ + n₂)) for d.
//!
//! # Small samples
//!
//! J is .914 at ν = 9 and .798 at ν = 4: without it few people make large
//! effects. The interval is exact under normality at any size.
//!
//! # Refusals
//!
//! `lengths_differ` (pairs), `empty`, `not_finite`, `out_of_range`,
//! `too_few_units` (fewer than three), `no_variation`, `level_out_of_range`,
//! `interval_not_finite`.
//!
//! # Source
//!
//! Hedges LV (1981). Distribution theory for Glass's estimator of effect size
//! and related estimators. Journal of Educational Statistics 6:107-128. Steiger
//! JH, Fouladi RT (1997). Noncentrality interval estimation and the evaluation
//! of statistical models. In: What if there were no significance tests?,
//! 221-257. Lakens D (2013). Calculating and reporting effect sizes to
//! facilitate cumulative science. Frontiers in Psychology 4:863.

use super::columns::{Moments, cross_products, finite};
use super::paired_change::{Differences, no_variation, too_few_units};
use crate::estimate::{Interval, Refusal, check_level, finite_interval};
use crate::root;
use crate::special::{ln_gamma, noncentral_t_cdf, normal_critical};

/// The id of the method for two groups.
pub const METHOD: &str = "cohen.d.nct";

/// The id of the method for pairs.
pub const METHOD_PAIRED: &str = "cohen.dz.nct";

/// A difference of two groups in units of their spread.
#[derive(Clone, Debug, PartialEq)]
pub struct StandardisedDifference {
    /// The number of units in both groups.
    pub n: u64,
    /// First less second, by the pooled standard deviation.
    pub d: f64,
    /// Hedges' factor for n₁ + n₂ - 2 degrees of freedom.
    pub j: f64,
    /// d J.
    pub g: f64,
    /// The interval for d.
    pub interval: Interval,
}

/// A change in units of its spread.
#[derive(Clone, Debug, PartialEq)]
pub struct StandardisedChange {
    /// The number of pairs.
    pub n: u64,
    /// After less before, by the standard deviation of the differences.
    pub d_z: f64,
    /// Hedges' factor for n - 1 degrees of freedom.
    pub j: f64,
    /// d_z J.
    pub g_z: f64,
    /// The interval for d_z.
    pub interval: Interval,
    /// By sqrt((s₁² + s₂²)/2); absent where the scores of neither occasion
    /// vary.
    pub d_av: Option<f64>,
    /// d_z sqrt(2(1 - r)); absent where r is.
    pub d_rm: Option<f64>,
    /// r, the correlation of the two occasions; absent where the scores of one
    /// of them do not vary.
    pub correlation: Option<f64>,
}

/// The difference of two groups in units of their pooled standard deviation.
///
/// `first` and `second` hold one value a unit, in any order; the interval is
/// at `level`, a share. See the [module](self) for the refusals.
pub fn standardised_difference(
    first: &[f64],
    second: &[f64],
    level: f64,
) -> Result<StandardisedDifference, Refusal> {
    check_level(level)?;
    let (one, two) = (Moments::new(first, "a value")?, Moments::new(second, "a value")?);
    let n = one.n + two.n;
    if n < 4 || one.n < 2 || two.n < 2 {
        return Err(too_few_units());
    }
    let df = (n - 2) as f64;
    let spread = ((one.squares + two.squares) / df).sqrt();
    if spread <= 0.0 {
        return Err(no_variation());
    }
    let d = finite((one.mean - two.mean) / spread, "the standardised difference")?;
    let size = one.n as f64 * (two.n as f64 / n as f64);
    let j = hedges_j(df);
    Ok(StandardisedDifference { n: n as u64, d, j, g: d * j, interval: noncentral(d, size, df, level)? })
}

/// The change of the same people in units of its spread.
///
/// `before` and `after` hold one score a person, in the same order; the
/// interval is at `level`, a share. See the [module](self) for the refusals.
pub fn standardised_change(before: &[f64], after: &[f64], level: f64) -> Result<StandardisedChange, Refusal> {
    check_level(level)?;
    let pairs = Differences::new(before, after)?;
    let change = pairs.moments();
    let n = change.n;
    if n < 3 {
        return Err(too_few_units());
    }
    let df = (n - 1) as f64;
    let spread = change.variance().sqrt();
    if spread <= 0.0 {
        return Err(no_variation());
    }
    let d_z = finite(change.mean / spread, "the standardised change")?;
    let j = hedges_j(df);
    let (one, two) = (Moments::of(before, pairs.magnitude), Moments::of(after, pairs.magnitude));
    let average = (0.5 * (one.variance() + two.variance())).sqrt();
    let both = one.squares.sqrt() * two.squares.sqrt();
    let correlation =
        (both > 0.0).then(|| (cross_products(before, one.mean, after, two.mean) / both).clamp(-1.0, 1.0));
    let d_av = (average > 0.0).then(|| change.mean / average);
    Ok(StandardisedChange {
        n: n as u64,
        d_z,
        j,
        g_z: d_z * j,
        interval: noncentral(d_z, n as f64, df, level)?,
        d_av: d_av.filter(|d| d.is_finite()),
        d_rm: correlation.map(|r| d_z * (2.0 * (1.0 - r)).sqrt()),
        correlation,
    })
}

/// Hedges' factor Γ(ν/2)/(sqrt(ν/2) Γ((ν - 1)/2)), for ν above 1.
pub(super) fn hedges_j(df: f64) -> f64 {
    if df < 100.0 {
        return libm::exp(ln_gamma(0.5 * df) - ln_gamma(0.5 * (df - 1.0))) / (0.5 * df).sqrt();
    }
    // Γ(y + ½)/Γ(y) = sqrt(y)(1 - 1/(8y) + 1/(128y²) + ...), y = (ν - 1)/2.
    let y = 0.5 * (df - 1.0);
    let x = 1.0 / y;
    let series = 1.0
        + x * (-1.0 / 8.0
            + x * (1.0 / 128.0 + x * (5.0 / 1024.0 + x * (-21.0 / 32_768.0 - x * 399.0 / 262_144.0))));
    ((df - 1.0) / df).sqrt() * series
}

/// A t beyond which no data of people can be: a code for a missing value was
/// taken for a number.
const T_MOST: f64 = 1e7;

/// The interval for the noncentrality of t = d sqrt(size), divided by
/// sqrt(size).
fn noncentral(d: f64, size: f64, df: f64, level: f64) -> Result<Interval, Refusal> {
    let t = d * size.sqrt();
    let tail = 0.5 * (1.0 - level);
    // P(T <= t) falls as the noncentrality rises.
    let limit = |target: f64| {
        let excess = |ncp: f64| noncentral_t_cdf(t, df, ncp) - target;
        let mut reach = (normal_critical(level) + 1.0) * (1.0 + t.abs() / (2.0 * df).sqrt());
        for _ in 0..60 {
            let (low, high) = (t - reach, t + reach);
            if excess(low) > 0.0 && excess(high) < 0.0 {
                return root::bracketed(excess, low, high, 0.0);
            }
            reach *= 2.0;
        }
        None
    };
    let missing = || {
        Refusal::new(
            "interval_not_finite",
            "the limits of the interval cannot be found",
            "check for codes that stand for missing values, and report the difference in its own unit with its interval",
        )
    };
    if t.abs() > T_MOST {
        return Err(missing());
    }
    let lower = limit(1.0 - tail).ok_or_else(missing)?;
    let upper = limit(tail).ok_or_else(missing)?;
    finite_interval(lower / size.sqrt(), upper / size.sqrt(), level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hedges_factor_has_its_closed_forms_and_joins() {
        use std::f64::consts::PI;
        // Γ(1)/Γ(½), Γ(2)/(sqrt(2) Γ(3/2)).
        assert!((hedges_j(2.0) - 1.0 / PI.sqrt()).abs() < 1e-14);
        assert!((hedges_j(4.0) - 1.0 / (2.0_f64.sqrt() * 0.5 * PI.sqrt())).abs() < 1e-14);
        let below = libm::exp(ln_gamma(50.0) - ln_gamma(49.5)) / 50.0_f64.sqrt();
        assert!((hedges_j(100.0) - below).abs() < 1e-13);
        assert!((1.0 - hedges_j(1e6) - 0.75e-6).abs() < 1e-11);
    }

    #[test]
    fn standardised_difference_turns_with_the_groups() {
        let (a, b) = ([1.0, 2.5, 3.0, 4.5], [2.0, 5.0, 6.0, 7.0, 9.0]);
        let one = standardised_difference(&a, &b, 0.9).expect("a difference");
        let other = standardised_difference(&b, &a, 0.9).expect("a difference");
        assert_eq!((one.d, one.g, one.n), (-other.d, -other.g, 9));
        assert!((one.interval.lower + other.interval.upper).abs() < 1e-9);
        assert!(one.interval.contains(one.d));
        // The unit does not matter.
        let scaled = standardised_difference(&a.map(|x| 8.0 * x), &b.map(|x| 8.0 * x), 0.9);
        assert_eq!(scaled, Ok(one));
    }

    #[test]
    fn no_difference_has_an_interval_about_zero() {
        let a = [1.0, 2.0, 3.0];
        let found = standardised_difference(&a, &a, 0.95).expect("a difference");
        assert_eq!(found.d, 0.0);
        assert!((found.interval.upper + found.interval.lower).abs() < 1e-9);
        // At d = 0 the upper limit z solves Φ(-z) = .025, whatever the df.
        let z = normal_critical(0.95);
        assert!((found.interval.upper - z / 1.5_f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn change_without_spread_in_one_occasion_has_no_correlation() {
        let found = standardised_change(&[2.0; 4], &[3.0, 4.0, 5.0, 8.0], 0.95).expect("a change");
        assert_eq!((found.correlation, found.d_rm), (None, None));
        assert!(found.d_av.is_some_and(|d| (d / found.d_z - 2.0_f64.sqrt()).abs() < 1e-12));
    }

    #[test]
    fn standardised_differences_refuse() {
        let groups = |a: &[f64], b: &[f64], level| {
            standardised_difference(a, b, level).err().map(|refusal| refusal.code)
        };
        assert_eq!(groups(&[], &[1.0], 0.95), Some("empty"));
        assert_eq!(groups(&[1.0], &[1.0, 2.0, 3.0], 0.95), Some("too_few_units"));
        assert_eq!(groups(&[1.0, 1.0], &[2.0, 2.0], 0.95), Some("no_variation"));
        assert_eq!(groups(&[1.0, f64::NAN], &[2.0, 2.0], 0.95), Some("not_finite"));
        assert_eq!(groups(&[1.0, 2.0], &[2.0, 2.0], 2.0), Some("level_out_of_range"));
        let pairs = |a: &[f64], b: &[f64]| standardised_change(a, b, 0.95).err().map(|refusal| refusal.code);
        assert_eq!(pairs(&[1.0, 2.0], &[1.0]), Some("lengths_differ"));
        assert_eq!(pairs(&[1.0, 2.0], &[1.0, 3.0]), Some("too_few_units"));
        assert_eq!(pairs(&[1.0, 2.0, 3.0], &[2.0, 3.0, 4.0]), Some("no_variation"));
    }

    #[test]
    fn large_and_far_groups_are_finite_or_refused() {
        let many: Vec<f64> = (0..20_000).map(|i| f64::from(i % 100)).collect();
        let moved: Vec<f64> = many.iter().map(|x| x + 30.0).collect();
        for (a, b) in [(&many, &moved), (&moved, &many), (&many, &many)] {
            let found = standardised_difference(a, b, 0.95).expect("a difference");
            assert!(found.interval.contains(found.d) && found.interval.width() < 0.05);
        }
        let far = standardised_difference(&[1e9, 1e9 + 1.0, 1e9 + 2.0], &[0.0, 1.0, 2.0], 0.95);
        assert!(far.map_or_else(|r| r.code == "interval_not_finite", |d| d.interval.width().is_finite()));
    }
}
