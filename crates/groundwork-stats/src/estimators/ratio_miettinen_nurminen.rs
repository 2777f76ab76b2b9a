//! A ratio of two independent proportions by the score method: `rr.mn.score`
//! and `rr.koopman.score`.
//!
//! # Estimand
//!
//! p1/p2, the success probability of the first group over that of the second.
//! With one group from each of two sites it is the ratio between these two
//! sites, and says nothing about a third.
//!
//! # Assumptions
//!
//! Two independent binomial samples: nobody belongs to both groups, and the
//! units within each are independent.
//!
//! # Method
//!
//! The hypothesis p1 = θ p2 is tested with
//!
//! ```text
//! z(θ) = (p̂1 - θ p̂2) / sqrt(V(θ))
//! V(θ) = (p1(1 - p1)/n1 + θ² p2(1 - p2)/n2) c
//! ```
//!
//! where p1 and p2 are the maximum likelihood estimates under the hypothesis,
//! roots of a quadratic that are computed, with their complements, from sums
//! of positive terms. c is N/(N - 1), N = n1 + n2, after Miettinen and
//! Nurminen, and 1 after Koopman. The interval is the set of θ with |z(θ)| up
//! to the normal critical value, found in ln θ: interval and test always
//! agree. With no successes in the first group the lower limit is 0.
//!
//! # Small samples
//!
//! The one to use with few successes, where the interval on the log scale
//! ([`ratio_katz`](super::ratio_katz)) is misplaced or does not exist.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`,
//! `no_reference_events`, `interval_not_finite`.
//!
//! # Source
//!
//! Koopman PAR (1984). Confidence intervals for the ratio of two binomial
//! proportions. Biometrics 40:513-517. Miettinen O, Nurminen M (1985).
//! Comparative analysis of two rates. Statistics in Medicine 4:213-226.

use super::counts::{TwoGroups, log_limit};
use crate::estimate::{Estimate, Outcome, finite_interval};
use crate::special::{normal_critical, normal_two_sided_p};

/// The id of the method.
pub const METHOD: &str = "rr.mn.score";

/// The id of the method without the factor N/(N - 1).
pub const METHOD_KOOPMAN: &str = "rr.koopman.score";

/// The ratio of two independent proportions with the score interval of
/// Miettinen and Nurminen, tested against a ratio of one.
///
/// `x1` successes of `n1` units in the first group, `x2` of `n2` in the
/// second; `level` is a share. The estimate is (x1/n1)/(x2/n2), the statistic
/// z for a ratio of one (the same as for a difference of zero), the p-value
/// two-sided; `n` is n1 + n2. See the [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `no_reference_events`: the second group has no successes.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn ratio_miettinen_nurminen(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Outcome {
    let total = n1 as f64 + n2 as f64;
    score(TwoGroups::new(x1, n1, x2, n2, level)?, total / (total - 1.0), level, METHOD)
}

/// The ratio of two independent proportions with Koopman's score interval.
///
/// As [`ratio_miettinen_nurminen`] without the factor N/(N - 1), slightly
/// narrower, with the same refusals.
pub fn ratio_koopman(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Outcome {
    score(TwoGroups::new(x1, n1, x2, n2, level)?, 1.0, level, METHOD_KOOPMAN)
}

fn score(groups: TwoGroups, factor: f64, level: f64, method: &'static str) -> Outcome {
    groups.check_reference()?;
    let (p1, p2) = groups.shares();
    let (n1, n2) = (groups.n1 as f64, groups.n2 as f64);
    let ratio = p1 / p2;
    let statistic = |theta: f64| {
        // p̂1 - θ p̂2 from the counts, whose products are exact.
        let above = (-theta).mul_add(groups.x2 as f64 * n1, groups.x1 as f64 * n2) / (n1 * n2);
        if above == 0.0 { 0.0 } else { above / (variance(&groups, theta) * factor).sqrt() }
    };
    let critical = normal_critical(level);
    let limit = |direction: f64| {
        let wanted = -direction * critical;
        let start = if groups.x1 > 0 {
            libm::log(ratio)
        } else {
            // Below every limit: there z is still near zero.
            -690.0
        };
        // The inverse tangent keeps the search in range where V vanishes.
        let function = |ln_theta: f64| libm::atan(statistic(libm::exp(ln_theta))) - libm::atan(wanted);
        log_limit(function, start, direction).map(libm::exp)
    };
    let lower = if groups.x1 == 0 { 0.0 } else { limit(-1.0).unwrap_or(f64::NAN) };
    let upper = limit(1.0).unwrap_or(f64::NAN);
    let z = statistic(1.0);
    Ok(Estimate {
        interval: Some(finite_interval(lower, upper, level)?),
        statistic: Some(z),
        p_value: Some(normal_two_sided_p(z)),
        ..Estimate::point(ratio, groups.n(), method)
    })
}

/// V(θ) without the factor.
fn variance(groups: &TwoGroups, theta: f64) -> f64 {
    let [x1, f1, x2, f2] = groups.cells();
    let (n1, n2) = (groups.n1 as f64, groups.n2 as f64);
    // The likelihood equation is N θ p2² - (θ A + B) p2 + X = 0 with
    // A = n1 + x2 and B = n2 + x1. Its discriminant is (θ A - B)² + 4 θ f1 f2.
    let (a, b) = (theta * (n1 + x2), n2 + x1);
    let cross = 4.0 * theta * f1 * f2;
    let root = (a - b).mul_add(a - b, cross).sqrt();
    let whole = a + b + root;
    // root + (a - b) and root - (a - b), the one that cancels by the product.
    let (plus, minus) = if a >= b {
        let plus = root + (a - b);
        (plus, if plus > 0.0 { cross / plus } else { 0.0 })
    } else {
        let minus = root + (b - a);
        (cross / minus, minus)
    };
    let p2 = 2.0 * (x1 + x2) / whole;
    let (q1, q2) = ((minus + 2.0 * theta * f1) / whole, (plus + 2.0 * f2) / whole);
    let p1 = theta * p2;
    p1 * q1 / n1 + theta * p1 * q2 / n2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Interval;
    use crate::estimators::difference_miettinen_nurminen::difference_miettinen_nurminen;

    fn limits(outcome: Outcome) -> Interval {
        outcome.expect("an estimate").interval.expect("an interval")
    }

    fn tables() -> Vec<(u64, u64, u64, u64)> {
        let mut tables = Vec::new();
        for (n1, n2) in [(1, 1), (1, 9), (3, 5), (8, 8), (10, 20)] {
            for x1 in 0..=n1 {
                for x2 in 1..=n2 {
                    tables.push((x1, n1, x2, n2));
                }
            }
        }
        tables.extend([(56, 70, 48, 80), (1, 100_000, 3, 3), (1_000_000, 1_000_000, 999_999, 1_000_000)]);
        tables
    }

    #[test]
    fn ratio_statistic_is_that_of_the_difference() {
        for (x1, n1, x2, n2) in tables() {
            let ratio = ratio_miettinen_nurminen(x1, n1, x2, n2, 0.95).expect("an estimate");
            let difference = difference_miettinen_nurminen(x1, n1, x2, n2, 0.95).expect("an estimate");
            let (one, other) = (ratio.statistic.expect("z"), difference.statistic.expect("z"));
            // The shares of a million in a million are rounded.
            assert!((one - other).abs() <= 1e-10 * one.abs().max(1e-3), "{x1}/{n1} {x2}/{n2}: {one} {other}");
        }
    }

    #[test]
    fn ratio_constrained_estimates_solve_the_likelihood() {
        for (x1, n1, x2, n2) in tables() {
            let groups = TwoGroups::new(x1, n1, x2, n2, 0.5).expect("groups");
            for theta in [1e-6, 0.1, 0.9, 1.0, 1.5, 40.0] {
                // By bisection of the slope in p2.
                let [s1, f1, s2, f2] = groups.cells();
                let slope = |p2: f64| (s1 + s2) / p2 - f1 * theta / (1.0 - theta * p2) - f2 / (1.0 - p2);
                let (mut low, mut high) = (0.0, f64::min(1.0, 1.0 / theta));
                for _ in 0..200 {
                    let middle = 0.5 * (low + high);
                    if slope(middle) > 0.0 { low = middle } else { high = middle }
                }
                let p1 = theta * low;
                let truth = p1 * (1.0 - p1) / n1 as f64 + theta * p1 * (1.0 - low) / n2 as f64;
                let found = variance(&groups, theta);
                assert!((found - truth).abs() <= 1e-9 * truth + 1e-15, "{x1}/{n1} {x2}/{n2} {theta}");
            }
        }
    }

    #[test]
    fn ratio_limits_have_the_critical_value_and_invert() {
        for method in [ratio_miettinen_nurminen, ratio_koopman] {
            for (x1, n1, x2, n2) in tables() {
                let found = method(x1, n1, x2, n2, 0.95).expect("an estimate");
                let interval = found.interval.expect("an interval");
                assert!(interval.lower >= 0.0 && interval.width() > 0.0);
                assert!(interval.contains(found.value), "{x1}/{n1} {x2}/{n2}");
                let p = found.p_value.expect("a p-value");
                if (p - 0.05).abs() > 1e-9 {
                    assert_eq!(interval.contains(1.0), p > 0.05, "{x1}/{n1} {x2}/{n2}");
                }
                if x1 > 0 {
                    let other = limits(method(x2, n2, x1, n1, 0.95));
                    assert!((interval.lower * other.upper - 1.0).abs() < 1e-11, "{x1}/{n1} {x2}/{n2}");
                    assert!((interval.upper * other.lower - 1.0).abs() < 1e-11, "{x1}/{n1} {x2}/{n2}");
                }
            }
        }
    }

    #[test]
    fn ratio_of_groups_without_failures() {
        // All of n and all of n: V(θ) for θ > 1 has p1 = 1, so that
        // z² = (θ - 1) n2 (N - 1)/N.
        let z = normal_critical(0.95);
        let found = limits(ratio_miettinen_nurminen(50, 50, 40, 40, 0.95));
        assert!((found.upper - (1.0 + z * z / 40.0 * 90.0 / 89.0)).abs() < 1e-12);
        assert!((1.0 / found.lower - (1.0 + z * z / 50.0 * 90.0 / 89.0)).abs() < 1e-12);
        let many = limits(ratio_koopman(10_000_000, 10_000_000, 10_000_000, 10_000_000, 0.95));
        assert!(((many.upper - 1.0) / (z * z / 1e7) - 1.0).abs() < 1e-8);
    }

    #[test]
    fn ratio_refuses() {
        for method in [ratio_miettinen_nurminen, ratio_koopman] {
            let code = |x1, n1, x2, n2, level| method(x1, n1, x2, n2, level).err().map(|r| r.code);
            assert_eq!(code(3, 8, 0, 8, 0.95), Some("no_reference_events"));
            assert_eq!(code(0, 8, 0, 8, 0.95), Some("no_reference_events"));
            assert_eq!(code(0, 0, 3, 8, 0.95), Some("zero_denominator"));
            assert_eq!(code(9, 8, 3, 8, 0.95), Some("numerator_exceeds_denominator"));
            assert_eq!(code(6, 8, 3, 8, 1.0), Some("level_out_of_range"));
            assert!(method(1, u64::MAX, u64::MAX, u64::MAX, 0.95).is_ok());
        }
    }
}
