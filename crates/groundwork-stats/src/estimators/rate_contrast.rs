//! Two rates compared: `poisson.ratio.exact_central`, `poisson.ratio.score`,
//! `poisson.difference.score`.
//!
//! # Estimand
//!
//! λ1/λ2 or λ1 - λ2, the rate of events of the first group over, or less, that
//! of the second.
//!
//! # Assumptions
//!
//! Two independent Poisson counts, as in
//! [`rate_poisson`](super::rate_poisson), whose dispersion should be looked at
//! first.
//!
//! # Method
//!
//! Exact: given all N = x1 + x2 events, x1 is binomial with probability
//! θT1/(θT1 + T2) where θ is the ratio, so that the exact limits of a
//! proportion carry over. The p-value is central: twice the smaller tail at
//! most one, so that it agrees with the interval. Other software orders the
//! counts by their probability instead, and its p-value can disagree with its
//! interval.
//!
//! Score: for the ratio the same with Wilson's limits. For the difference δ,
//!
//! ```text
//! z(δ) = (x1/T1 - x2/T2 - δ) / sqrt(λ1/T1 + λ2/T2)
//! ```
//!
//! with λ1 = λ2 + δ the maximum likelihood estimates under the hypothesis, the
//! root of a quadratic. Interval and test always agree.
//!
//! # Small samples
//!
//! The exact interval never covers less than its level; the score intervals
//! are shorter and close to nominal on average.
//!
//! # Refusals
//!
//! `level_out_of_range`, `not_finite`, `exposure_not_positive`,
//! `too_many_units`, `no_reference_events` for ratios, `interval_not_finite`.
//!
//! # Source
//!
//! Przyborowski J, Wilenski H (1940). Homogeneity of results in testing
//! samples from Poisson series. Biometrika 31:313-323. Fay MP (2010).
//! Two-sided exact tests and matching confidence intervals for discrete data.
//! The R Journal 2(1):53-58. Miettinen O, Nurminen M (1985). Comparative
//! analysis of two rates. Statistics in Medicine 4:213-226.

use super::counts::{check_exact, no_reference_events};
use super::proportion_wilson::score_limits;
use super::rate_poisson::check_exposure;
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::root::bracketed;
use crate::special::{beta_regularised, f_quantile, normal_critical, normal_two_sided_p};

/// The id of the exact method for the ratio.
pub const METHOD: &str = "poisson.ratio.exact_central";

/// The id of the score method for the ratio.
pub const METHOD_SCORE: &str = "poisson.ratio.score";

/// The id of the score method for the difference.
pub const METHOD_DIFFERENCE: &str = "poisson.difference.score";

/// Checked counts and exposures.
struct Rates {
    x1: f64,
    t1: f64,
    x2: f64,
    t2: f64,
    events: u64,
}

impl Rates {
    fn new(x1: u64, t1: f64, x2: u64, t2: f64, level: f64) -> Result<Self, Refusal> {
        check_level(level)?;
        check_exposure(t1)?;
        check_exposure(t2)?;
        let events = x1.saturating_add(x2);
        check_exact(events)?;
        Ok(Self { x1: x1 as f64, t1, x2: x2 as f64, t2, events })
    }

    fn ratio(&self) -> Result<f64, Refusal> {
        if self.x2 == 0.0 {
            return Err(no_reference_events());
        }
        let ratio = self.x1 / self.x2 * (self.t2 / self.t1);
        if ratio.is_finite() { Ok(ratio) } else { Err(Refusal::not_finite("the ratio of the rates")) }
    }

    fn difference(&self) -> f64 {
        self.x1 / self.t1 - self.x2 / self.t2
    }

    /// z(δ).
    fn statistic(&self, delta: f64) -> f64 {
        let above = self.difference() - delta;
        if above == 0.0 {
            return 0.0;
        }
        // T λ2² - (X - T δ) λ2 - x2 δ = 0 with T = T1 + T2 and X = x1 + x2,
        // the larger root.
        let time = self.t1 + self.t2;
        let b = self.x1 + self.x2 - time * delta;
        let root = (b * b + 4.0 * time * self.x2 * delta).max(0.0).sqrt();
        let second = if b >= 0.0 {
            (b + root) / (2.0 * time)
        } else {
            let sum = root - b;
            if sum > 0.0 { 2.0 * self.x2 * delta / sum } else { 0.0 }
        };
        let second = second.max(0.0).max(-delta);
        let first = (second + delta).max(0.0);
        above / (first / self.t1 + second / self.t2).sqrt()
    }
}

/// The ratio of two rates with its exact interval and central p-value, the
/// default.
///
/// `x1` events in exposure `t1` in the first group, `x2` in `t2` in the
/// second, exposures above zero; `level` is a share. The estimate is
/// (x1/t1)/(x2/t2), the p-value two-sided against a ratio of one; `n` is the
/// number of events. See the [module](self) for the method.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `not_finite`: an exposure, or the ratio, is missing or infinite.
/// * `exposure_not_positive`: an exposure is zero or negative.
/// * `too_many_units`: more than a thousand million events.
/// * `no_reference_events`: the second group has no events.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn rate_ratio(x1: u64, t1: f64, x2: u64, t2: f64, level: f64) -> Outcome {
    let rates = Rates::new(x1, t1, x2, t2, level)?;
    let ratio = rates.ratio()?;
    let tail = 0.5 * (1.0 - level);
    // The odds of a beta quantile are an F quantile.
    let odds = |x: f64, y: f64| {
        if x == 0.0 { 0.0 } else { x / (y + 1.0) * f_quantile(tail, 2.0 * x, 2.0 * (y + 1.0)) }
    };
    let scale = t2 / t1;
    let lower = odds(rates.x1, rates.x2) * scale;
    let upper = scale / odds(rates.x2, rates.x1);
    let share = 1.0 / (1.0 + scale);
    let rest = 1.0 / (1.0 + 1.0 / scale);
    let above = if x1 == 0 { 1.0 } else { beta_regularised(rates.x1, rates.x2 + 1.0, share) };
    let below = beta_regularised(rates.x2, rates.x1 + 1.0, rest);
    Ok(Estimate {
        interval: Some(finite_interval(lower, upper, level)?),
        p_value: Some((2.0 * above.min(below)).min(1.0)),
        ..Estimate::point(ratio, rates.events, METHOD)
    })
}

/// The ratio of two rates with its score interval and test.
///
/// As [`rate_ratio`], with the same refusals; the statistic is z against a
/// ratio of one.
pub fn rate_ratio_score(x1: u64, t1: f64, x2: u64, t2: f64, level: f64) -> Outcome {
    let rates = Rates::new(x1, t1, x2, t2, level)?;
    let ratio = rates.ratio()?;
    let z = normal_critical(level);
    let total = rates.events as f64;
    // Wilson's limits of x1 of N, and as complement those of x2 of N.
    let first = score_limits(rates.x1, rates.x2, total, z);
    let second = score_limits(rates.x2, rates.x1, total, z);
    let scale = t2 / t1;
    let statistic = rates.statistic(0.0);
    if !statistic.is_finite() {
        return Err(Refusal::not_finite("the test statistic"));
    }
    Ok(Estimate {
        interval: Some(finite_interval(first.0 / second.1 * scale, first.1 / second.0 * scale, level)?),
        statistic: Some(statistic),
        p_value: Some(normal_two_sided_p(statistic)),
        ..Estimate::point(ratio, rates.events, METHOD_SCORE)
    })
}

/// The difference of two rates with its score interval and test.
///
/// As [`rate_ratio`]; the estimate is x1/t1 - x2/t2 in events for one unit of
/// exposure, the statistic z against a difference of zero. Without any events
/// the difference is zero with an interval about it.
///
/// # Refusals
///
/// Those of [`rate_ratio`] without `no_reference_events`.
pub fn rate_difference(x1: u64, t1: f64, x2: u64, t2: f64, level: f64) -> Outcome {
    let rates = Rates::new(x1, t1, x2, t2, level)?;
    let difference = rates.difference();
    let critical = normal_critical(level);
    let limit = |direction: f64| -> Option<f64> {
        let wanted = libm::atan(-direction * critical);
        let function = |delta: f64| libm::atan(rates.statistic(delta)) - wanted;
        let mut step = 1.0 / t1.max(t2);
        for _ in 0..2200 {
            let end = difference + direction * step;
            if !end.is_finite() {
                return None;
            }
            if (function(end) > 0.0) != (wanted < 0.0) {
                return bracketed(function, difference, end, 0.0);
            }
            step *= 2.0;
        }
        None
    };
    let (lower, upper) = (limit(-1.0).unwrap_or(f64::NAN), limit(1.0).unwrap_or(f64::NAN));
    let statistic = rates.statistic(0.0);
    if !statistic.is_finite() {
        return Err(Refusal::not_finite("the test statistic"));
    }
    if !difference.is_finite() {
        return Err(Refusal::not_finite("the difference of the rates"));
    }
    Ok(Estimate {
        interval: Some(finite_interval(lower, upper, level)?),
        statistic: Some(statistic),
        p_value: Some(normal_two_sided_p(statistic)),
        ..Estimate::point(difference, rates.events, METHOD_DIFFERENCE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::binomial_mass;

    type Method = fn(u64, f64, u64, f64, f64) -> Outcome;

    const CASES: [(u64, f64, u64, f64); 6] = [
        (11, 800.0, 21, 3011.0),
        (2, 17877.0, 10, 16660.0),
        (5, 1.0, 5, 1.0),
        (1, 0.3, 40, 2.0),
        (1_000_000, 10.0, 1_001_000, 10.0),
        (3, 1e-5, 7, 1e6),
    ];

    #[test]
    fn ratio_inverts_when_the_groups_change_places() {
        for method in [rate_ratio as Method, rate_ratio_score] {
            for (x1, t1, x2, t2) in CASES {
                let one = method(x1, t1, x2, t2, 0.95).expect("an estimate");
                let other = method(x2, t2, x1, t1, 0.95).expect("an estimate");
                let (i, j) = (one.interval.expect("limits"), other.interval.expect("limits"));
                assert!((one.value * other.value - 1.0).abs() < 1e-15);
                assert!((i.lower * j.upper - 1.0).abs() < 1e-12 && (i.upper * j.lower - 1.0).abs() < 1e-12);
                let (p, q) = (one.p_value.expect("p"), other.p_value.expect("p"));
                assert!((p - q).abs() <= 1e-9 * p, "{p} {q}");
                assert!(i.contains(one.value));
                assert_eq!(i.contains(1.0), p >= 0.05, "{x1} {t1} {x2} {t2}");
            }
        }
    }

    #[test]
    fn ratio_exact_p_value_is_the_binomial_one() {
        for (x1, t1, x2, t2) in [(11_u64, 800.0, 21_u64, 3011.0), (0, 120.0, 5, 100.0), (4, 1.0, 1, 3.0)] {
            let share = t1 / (t1 + t2);
            let n = x1 + x2;
            let below: f64 = (0..=x1).map(|k| binomial_mass(k, n, share)).sum();
            let above: f64 = (x1..=n).map(|k| binomial_mass(k, n, share)).sum();
            let found = rate_ratio(x1, t1, x2, t2, 0.95).expect("an estimate");
            let p = found.p_value.expect("a p-value");
            assert!((p - (2.0 * below.min(above)).min(1.0)).abs() < 1e-13);
        }
    }

    #[test]
    fn difference_limits_agree_with_the_test_and_change_sign() {
        for (x1, t1, x2, t2) in
            CASES.into_iter().chain([(0, 3.0, 0, 5.0), (0, 1.0, 4, 2.0), (4, 2.0, 0, 1.0)])
        {
            let one = rate_difference(x1, t1, x2, t2, 0.95).expect("an estimate");
            let other = rate_difference(x2, t2, x1, t1, 0.95).expect("an estimate");
            let (i, j) = (one.interval.expect("limits"), other.interval.expect("limits"));
            let scale = i.width();
            assert!((i.lower + j.upper).abs() < 1e-11 * scale, "{x1} {t1} {x2} {t2}");
            assert!((i.upper + j.lower).abs() < 1e-11 * scale);
            assert!(i.contains(one.value) && scale > 0.0);
            let p = one.p_value.expect("a p-value");
            assert_eq!(i.contains(0.0), p >= 0.05);
            // The ratio and the difference test the same at no difference.
            if x2 > 0 {
                let ratio = rate_ratio_score(x1, t1, x2, t2, 0.95).expect("an estimate");
                assert_eq!(ratio.p_value, one.p_value);
            }
        }
        // Nothing seen on either side: z² / T on both.
        let z = normal_critical(0.95);
        let found = rate_difference(0, 3.0, 0, 5.0, 0.95).expect("an estimate").interval.expect("limits");
        assert!((found.upper - z * z / 3.0).abs() < 1e-12 && (found.lower + z * z / 5.0).abs() < 1e-12);
    }

    #[test]
    fn contrasts_refuse() {
        for method in [rate_ratio as Method, rate_ratio_score, rate_difference] {
            let code = |x1, t1, x2, t2, level| method(x1, t1, x2, t2, level).err().map(|r| r.code);
            assert_eq!(code(1, 0.0, 2, 1.0, 0.95), Some("exposure_not_positive"));
            assert_eq!(code(1, 1.0, 2, -1.0, 0.95), Some("exposure_not_positive"));
            assert_eq!(code(1, f64::NAN, 2, 1.0, 0.95), Some("not_finite"));
            assert_eq!(code(1, 1.0, 2, 1.0, 0.0), Some("level_out_of_range"));
            assert_eq!(code(u64::MAX, 1.0, 2, 1.0, 0.95), Some("too_many_units"));
            // Whatever the exposures, no number that is not one.
            for (t1, t2) in [(1e-300, 1e300), (1e300, 1e-300), (1e-310, 1.0), (1e308, 1e308)] {
                if let Ok(found) = method(3, t1, 2, t2, 0.95) {
                    assert!(found.value.is_finite());
                    assert!(found.p_value.is_some_and(|p| (0.0..=1.0).contains(&p)), "{t1} {t2}");
                }
            }
        }
        for method in [rate_ratio as Method, rate_ratio_score] {
            let code = method(3, 1.0, 0, 1.0, 0.95).err().map(|refusal| refusal.code);
            assert_eq!(code, Some("no_reference_events"));
        }
    }
}
