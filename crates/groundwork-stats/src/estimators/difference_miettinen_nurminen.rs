//! A difference of two independent proportions by the score method of
//! Miettinen and Nurminen: `mn.score`.
//!
//! # Estimand
//!
//! p1 - p2, the difference between the success probabilities of two
//! independent groups, the first minus the second. Between -1 and 1; positive
//! when the first is higher. With one group from each of two sites it is the
//! difference between these two sites, and says nothing about a third.
//!
//! # Assumptions
//!
//! Two independent binomial samples: nobody belongs to both groups, and the
//! units within each are independent.
//!
//! # Method
//!
//! The hypothesis p1 - p2 = δ is tested with
//!
//! ```text
//! z(δ) = (p̂1 - p̂2 - δ) / sqrt(V(δ))
//! V(δ) = (p1(1 - p1)/n1 + p2(1 - p2)/n2) N/(N - 1),   N = n1 + n2
//! ```
//!
//! where p1 = p2 + δ are the maximum likelihood estimates under the
//! hypothesis: the closed form from the cubic likelihood equation, polished by
//! Newton's rule because the closed form loses half its digits near a double
//! root. The interval is the set of δ with |z(δ)| up to the normal critical
//! value, its limits found as bracketed roots. Interval and test therefore
//! always agree: a margin lies inside the interval if and only if the test at
//! that margin does not reject, which is what a non-inferiority statement
//! needs.
//!
//! At 0 of n1 and 0 of n2, or n1 of n1 and n2 of n2, the estimated variance at
//! the estimate is zero but the interval is not: other values of δ remain
//! compatible with the data.
//!
//! There is no single standard error, as V depends on δ.
//!
//! # Small samples
//!
//! Enumerated exactly over p1 and p2 from .01 to .99, a 95% interval covers
//! .963 on average with 8 in each group and .952 with 20. It falls below .93
//! in fewer than one pair of probabilities in a hundred, where one is near 0
//! and the other near 1; the lowest is .851 with 8 in each group and .922 with
//! 20. The p-value is asymptotic like the interval; below about forty units an
//! exact test is the safer one.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`,
//! `null_out_of_range`.
//!
//! # Source
//!
//! Miettinen O, Nurminen M (1985). Comparative analysis of two rates.
//! Statistics in Medicine 4:213-226. Farrington CP, Manning G (1990). Test
//! statistics and sample size formulae for comparative binomial trials with
//! null hypothesis of non-zero risk difference or non-unity relative risk.
//! Statistics in Medicine 9:1447-1454. Newcombe RG (1998). Interval estimation
//! for the difference between independent proportions. Statistics in Medicine
//! 17:873-890.

use std::f64::consts::PI;

use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::root::bracketed;
use crate::special::{normal_critical, normal_two_sided_p};

/// The id of the method.
pub const METHOD: &str = "mn.score";

/// The difference of two independent proportions, tested against no
/// difference.
///
/// `x1` successes of `n1` units in the first group, `x2` of `n2` in the
/// second; `level` is a share. The estimate is x1/n1 - x2/n2, `n` is n1 + n2,
/// the statistic is z for a difference of zero and the p-value is two-sided.
/// See the [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
pub fn difference_miettinen_nurminen(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Outcome {
    difference_miettinen_nurminen_null(x1, n1, x2, n2, 0.0, level)
}

/// The difference of two independent proportions, tested against a stated
/// difference.
///
/// As [`difference_miettinen_nurminen`], with the statistic and the two-sided
/// p-value for the hypothesis that the difference is `null`, a share: -0.1
/// asks whether the first group is ten points worse than the second. For a
/// one-sided question take the normal tail of the statistic, whose sign is
/// that of the estimate minus `null`. The interval does not depend on `null`.
///
/// # Refusals
///
/// Those of [`difference_miettinen_nurminen`], and
///
/// * `null_out_of_range`: `null` is not strictly between -1 and 1.
/// * `not_finite`: the variance is lost in rounding: all successes in both
///   groups against a difference of 1e-300, or counts beyond 1e18.
pub fn difference_miettinen_nurminen_null(
    x1: u64,
    n1: u64,
    x2: u64,
    n2: u64,
    null: f64,
    level: f64,
) -> Outcome {
    check_level(level)?;
    check_shares(x1, n1, x2, n2, null)?;
    let counts = Counts::new(x1, n1, x2, n2);
    let statistic = counts.statistic(null)?;
    let critical = normal_critical(level);
    let lower = counts.limit(-1.0, critical);
    let upper = counts.limit(1.0, critical);
    Ok(Estimate {
        value: counts.difference(),
        std_error: None,
        interval: Some(finite_interval(lower, upper, level)?),
        df: None,
        statistic: Some(statistic),
        p_value: Some(normal_two_sided_p(statistic)),
        n: n1.saturating_add(n2),
        n_clusters: None,
        method: METHOD,
        warnings: Vec::new(),
    })
}

/// The shares p1 and p2 that are most likely where they differ by `delta`, and V(δ) without the
/// factor N/(N - 1): what the score at a limit is made of, for those who check it by hand.
///
/// Counts as in [`difference_miettinen_nurminen`]; `delta` is a share.
///
/// # Refusals
///
/// * `zero_denominator`, `numerator_exceeds_denominator`: as there.
/// * `null_out_of_range`: `delta` is not strictly between -1 and 1.
pub fn constrained_shares(
    x1: u64,
    n1: u64,
    x2: u64,
    n2: u64,
    delta: f64,
) -> Result<(f64, f64, f64), Refusal> {
    check_shares(x1, n1, x2, n2, delta)?;
    let counts = Counts::without_factor(x1, n1, x2, n2);
    let p2 = counts.constrained(delta);
    Ok(((p2 + delta).clamp(0.0, 1.0), p2, counts.variance(delta)))
}

/// Refuses counts that are no shares, and a difference that two shares cannot have.
fn check_shares(x1: u64, n1: u64, x2: u64, n2: u64, delta: f64) -> Result<(), Refusal> {
    if n1 == 0 || n2 == 0 {
        return Err(Refusal::zero_denominator());
    }
    if x1 > n1 || x2 > n2 {
        return Err(Refusal::numerator_exceeds_denominator());
    }
    if !(delta > -1.0 && delta < 1.0) {
        return Err(Refusal::new(
            "null_out_of_range",
            "the difference to test against does not lie strictly between -1 and 1",
            "give the difference as a share, such as -0.1 for ten points",
        ));
    }
    Ok(())
}

/// Checked counts of both groups, and the factor of the variance.
pub(super) struct Counts {
    x1: f64,
    n1: f64,
    x2: f64,
    n2: f64,
    factor: f64,
}

impl Counts {
    /// With the factor N/(N - 1).
    pub(super) fn new(x1: u64, n1: u64, x2: u64, n2: u64) -> Self {
        let plain = Self::without_factor(x1, n1, x2, n2);
        let total = plain.n1 + plain.n2;
        Self { factor: total / (total - 1.0), ..plain }
    }

    /// Without it, as in the tests of Mee and of Farrington and Manning.
    pub(super) fn without_factor(x1: u64, n1: u64, x2: u64, n2: u64) -> Self {
        Self { x1: x1 as f64, n1: n1 as f64, x2: x2 as f64, n2: n2 as f64, factor: 1.0 }
    }

    pub(super) fn difference(&self) -> f64 {
        self.x1 / self.n1 - self.x2 / self.n2
    }

    /// z(δ). At δ equal to the estimate it is zero, also where V is. Refused
    /// where V is lost in rounding.
    pub(super) fn statistic(&self, delta: f64) -> Result<f64, Refusal> {
        let above = self.difference() - delta;
        if above == 0.0 {
            return Ok(0.0);
        }
        let statistic = above / self.variance(delta).sqrt();
        if statistic.is_finite() {
            return Ok(statistic);
        }
        Err(Refusal::not_finite("the statistic, whose variance is lost in rounding,"))
    }

    /// The sine of the angle whose tangent is z(δ): z carried to -1..1, finite
    /// where V is zero, which it is at the ends of the range.
    fn bounded_statistic(&self, delta: f64) -> f64 {
        let above = self.difference() - delta;
        if above == 0.0 {
            return 0.0;
        }
        above / above.mul_add(above, self.variance(delta)).sqrt()
    }

    /// The limit between the estimate and an end of the range, -1 or 1: the δ
    /// where z(δ) is the critical value. The end itself when the estimate
    /// stands there or the search finds nothing short of it.
    pub(super) fn limit(&self, end: f64, critical: f64) -> f64 {
        let wanted = -end * critical / (critical * critical + 1.0).sqrt();
        bracketed(|delta| self.bounded_statistic(delta) - wanted, self.difference(), end, 0.0).unwrap_or(end)
    }

    /// V(δ).
    fn variance(&self, delta: f64) -> f64 {
        let p2 = self.constrained(delta);
        let p1 = (p2 + delta).clamp(0.0, 1.0);
        (p1 * (1.0 - p1) / self.n1 + p2 * (1.0 - p2) / self.n2) * self.factor
    }

    /// The maximum likelihood estimate of p2 when p1 = p2 + δ.
    pub(super) fn constrained(&self, delta: f64) -> f64 {
        if delta == 0.0 {
            return (self.x1 + self.x2) / (self.n1 + self.n2);
        }
        let (mut low, mut high) = ((-delta).max(0.0), (1.0 - delta).min(1.0));
        // The likelihood is concave: where its slope does not change sign
        // between the ends, the nearer end is the estimate.
        if high <= low || self.slope(low, delta).0 <= 0.0 {
            return low;
        }
        if self.slope(high, delta).0 >= 0.0 {
            return high;
        }
        let mut p2 = self.closed_form(delta);
        for _ in 0..200 {
            if !(low < p2 && p2 < high) {
                p2 = 0.5 * (low + high);
            }
            let (slope, curvature) = self.slope(p2, delta);
            if slope > 0.0 {
                low = p2;
            } else if slope < 0.0 {
                high = p2;
            } else {
                return p2;
            }
            let next = p2 - slope / curvature;
            if (next - p2).abs() <= f64::EPSILON * p2 || high - low <= f64::EPSILON * p2 {
                return next.clamp(low, high);
            }
            p2 = next;
        }
        p2
    }

    /// The first and second derivative of the log-likelihood in p2.
    fn slope(&self, p2: f64, delta: f64) -> (f64, f64) {
        let p1 = (p2 + delta).clamp(0.0, 1.0);
        let mut first = 0.0;
        let mut second = 0.0;
        for (count, p, sign) in [
            (self.x1, p1, 1.0),
            (self.n1 - self.x1, 1.0 - p1, -1.0),
            (self.x2, p2, 1.0),
            (self.n2 - self.x2, 1.0 - p2, -1.0),
        ] {
            if count > 0.0 {
                first += sign * count / p;
                second -= count / p / p;
            }
        }
        (first, second)
    }

    /// The root of the cubic likelihood equation that lies in the range
    /// (Miettinen and Nurminen 1985, appendix), good to about eight digits.
    fn closed_form(&self, delta: f64) -> f64 {
        let l3 = self.n1 + self.n2;
        let successes = self.x1 + self.x2;
        let l2 = (self.n1 + 2.0 * self.n2) * delta - l3 - successes;
        let l1 = (self.n2 * delta - l3 - 2.0 * self.x2) * delta + successes;
        let l0 = self.x2 * delta * (1.0 - delta);
        let centre = l2 / (3.0 * l3);
        let q = centre * centre * centre - centre * l1 / (2.0 * l3) + l0 / (2.0 * l3);
        let p = (centre * centre - l1 / (3.0 * l3)).max(0.0).sqrt().copysign(q);
        let cosine = if p == 0.0 { 0.0 } else { (q / (p * p * p)).clamp(-1.0, 1.0) };
        2.0 * p * libm::cos((PI + libm::acos(cosine)) / 3.0) - centre
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Interval;

    /// At both limits the score made of the constrained shares is the critical value.
    #[test]
    fn constrained_shares_give_the_critical_value_at_the_limits() {
        let limits = interval(7, 12, 2, 9);
        for (limit, sign) in [(limits.lower, 1.0), (limits.upper, -1.0)] {
            let (p1, p2, variance) = constrained_shares(7, 12, 2, 9, limit).expect("shares");
            assert!((p1 - p2 - limit).abs() < 1e-12);
            let score = (7.0 / 12.0 - 2.0 / 9.0 - limit) / (variance * 21.0 / 20.0).sqrt();
            assert!((sign * score - normal_critical(0.95)).abs() < 1e-9, "{score}");
        }
        let refused = |x1, n1, delta| constrained_shares(x1, n1, 1, 2, delta).expect_err("refused").code;
        assert_eq!(refused(1, 0, 0.1), "zero_denominator");
        assert_eq!(refused(3, 2, 0.1), "numerator_exceeds_denominator");
        assert_eq!(refused(1, 2, 1.0), "null_out_of_range");
    }

    fn interval(x1: u64, n1: u64, x2: u64, n2: u64) -> Interval {
        difference_miettinen_nurminen(x1, n1, x2, n2, 0.95)
            .expect("an estimate")
            .interval
            .expect("an interval")
    }

    /// Small and odd tables, among them every kind of empty cell.
    fn tables() -> Vec<(u64, u64, u64, u64)> {
        let mut tables = Vec::new();
        for (n1, n2) in [(1, 1), (1, 9), (3, 5), (8, 8), (10, 20)] {
            for x1 in 0..=n1 {
                for x2 in 0..=n2 {
                    tables.push((x1, n1, x2, n2));
                }
            }
        }
        tables.extend([
            (56, 70, 48, 80),
            (5, 56, 0, 29),
            (1, 100_000, 0, 3),
            (30_000, 100_000, 29_000, 100_000),
            (3_000_000, 10_000_000, 1, 10),
        ]);
        tables
    }

    #[test]
    fn difference_statistic_is_pearson_with_n_less_one() {
        // 6/8 against 3/8: Pearson's chi-square is 16/7, times 15/16 is 15/7.
        let found = difference_miettinen_nurminen(6, 8, 3, 8, 0.95).expect("an estimate");
        let z = found.statistic.expect("a statistic");
        assert!((z - (15.0_f64 / 7.0).sqrt()).abs() < 1e-14);
        let p = found.p_value.expect("a p-value");
        assert!((p - normal_two_sided_p((15.0_f64 / 7.0).sqrt())).abs() < 1e-14);
        assert_eq!(found.value, 0.375);
        assert_eq!((found.n, found.method), (16, "mn.score"));
        assert_eq!(found.std_error, None);
    }

    #[test]
    fn difference_by_hand_without_successes() {
        // At 0/n and 0/n with δ > 0 the estimate is p2 = 0, p1 = δ, so that
        // δ² = z² δ(1 - δ)/n N/(N - 1): δ = c/(1 + c), c = z² N/(n (N - 1)).
        let z = normal_critical(0.95);
        let c = z * z / 10.0 * 20.0 / 19.0;
        let found = interval(0, 10, 0, 10);
        assert!((found.upper - c / (1.0 + c)).abs() < 1e-14);
        assert!((found.lower + c / (1.0 + c)).abs() < 1e-14);
        let test = difference_miettinen_nurminen(0, 10, 0, 10, 0.95).expect("an estimate");
        assert_eq!((test.statistic, test.p_value), (Some(0.0), Some(1.0)));
    }

    #[test]
    fn difference_interval_has_width_and_stays_in_range() {
        for (x1, n1, x2, n2) in tables() {
            let found = interval(x1, n1, x2, n2);
            let estimate = x1 as f64 / n1 as f64 - x2 as f64 / n2 as f64;
            assert!(found.width() > 1e-4, "{x1}/{n1} {x2}/{n2}");
            assert!(found.lower >= -1.0 && found.upper <= 1.0);
            assert!(found.contains(estimate));
            // Limits stand at the ends only with the estimate.
            assert_eq!(found.upper == 1.0, estimate == 1.0, "{x1}/{n1} {x2}/{n2}");
            assert_eq!(found.lower == -1.0, estimate == -1.0);
        }
    }

    #[test]
    fn difference_constrained_estimate_maximises_the_likelihood() {
        for (x1, n1, x2, n2) in tables() {
            let counts = Counts::new(x1, n1, x2, n2);
            for delta in [-0.999, -0.7, -0.1, -1e-3, -1e-9, 1e-9, 1e-3, 0.2, 0.5, 0.999] {
                let likelihood = |p2: f64| {
                    let p1 = p2 + delta;
                    [
                        (counts.x1, p1),
                        (counts.n1 - counts.x1, 1.0 - p1),
                        (counts.x2, p2),
                        (counts.n2 - counts.x2, 1.0 - p2),
                    ]
                    .iter()
                    .filter(|(count, _)| *count > 0.0)
                    .map(|(count, p)| count * libm::log(p.clamp(0.0, 1.0)))
                    .sum::<f64>()
                };
                let best = counts.constrained(delta);
                let (low, high) = (f64::max(0.0, -delta), f64::min(1.0, 1.0 - delta));
                assert!(low <= best && best <= high, "{best} {delta}");
                let top = likelihood(best);
                for step in 0..=40 {
                    let p2 = (low + (high - low) * f64::from(step) / 40.0).min(high);
                    assert!(
                        likelihood(p2) <= top + 1e-9 * top.abs().max(1e-9),
                        "{x1}/{n1} {x2}/{n2} {delta}: {p2} beats {best}"
                    );
                }
            }
        }
    }

    #[test]
    fn difference_interval_and_test_agree() {
        for (x1, n1, x2, n2) in tables() {
            let found = interval(x1, n1, x2, n2);
            for step in -49..=49 {
                let null = f64::from(step) / 50.0;
                let p = difference_miettinen_nurminen_null(x1, n1, x2, n2, null, 0.95)
                    .expect("an estimate")
                    .p_value
                    .expect("a p-value");
                if (p - 0.05).abs() > 1e-9 {
                    assert_eq!(found.contains(null), p > 0.05, "{x1}/{n1} {x2}/{n2} at {null}: p {p}");
                }
            }
            // At a limit the p-value is the level's complement.
            for limit in [found.lower, found.upper] {
                if limit.abs() < 1.0 {
                    let p = difference_miettinen_nurminen_null(x1, n1, x2, n2, limit, 0.95)
                        .expect("an estimate")
                        .p_value
                        .expect("a p-value");
                    assert!((p - 0.05).abs() < 1e-9, "{x1}/{n1} {x2}/{n2}: {p}");
                }
            }
        }
    }

    #[test]
    fn difference_changes_sign_when_sites_change_places() {
        for (x1, n1, x2, n2) in tables() {
            let (one, other) = (interval(x1, n1, x2, n2), interval(x2, n2, x1, n1));
            assert!((one.lower + other.upper).abs() < 1e-12, "{x1}/{n1} {x2}/{n2}");
            assert!((one.upper + other.lower).abs() < 1e-12, "{x1}/{n1} {x2}/{n2}");
        }
    }

    #[test]
    fn difference_mirrors_when_success_and_failure_change_places() {
        for (x1, n1, x2, n2) in tables() {
            let (one, other) = (interval(x1, n1, x2, n2), interval(n1 - x1, n1, n2 - x2, n2));
            assert!((one.lower + other.upper).abs() < 1e-12, "{x1}/{n1} {x2}/{n2}");
            assert!((one.upper + other.lower).abs() < 1e-12, "{x1}/{n1} {x2}/{n2}");
        }
    }

    #[test]
    fn difference_coverage_by_enumeration_is_as_stated() {
        use crate::special::binomial_mass;
        for (n, mean_stated, lowest_stated) in [(8, 0.963, 0.851), (20, 0.952, 0.922)] {
            let mut intervals = Vec::new();
            for x1 in 0..=n {
                for x2 in 0..=n {
                    intervals.push((x1, x2, interval(x1, n, x2, n)));
                }
            }
            let (mut total, mut lowest, mut low) = (0.0, 1.0_f64, 0);
            for step in 0..99 * 99 {
                let p1 = f64::from(step / 99 + 1) / 100.0;
                let p2 = f64::from(step % 99 + 1) / 100.0;
                let mass = |p| (0..=n).map(|x| binomial_mass(x, n, p)).collect::<Vec<_>>();
                let (first, second) = (mass(p1), mass(p2));
                let coverage: f64 = intervals
                    .iter()
                    .filter(|(_, _, interval)| interval.contains(p1 - p2))
                    .map(|&(x1, x2, _)| first[x1 as usize] * second[x2 as usize])
                    .sum();
                total += coverage;
                lowest = lowest.min(coverage);
                low += usize::from(coverage < 0.93);
            }
            assert!((total / (99.0 * 99.0) - mean_stated).abs() < 1e-3);
            assert!((lowest - lowest_stated).abs() < 1e-3, "{lowest}");
            assert!(low < 98, "{low}");
        }
    }

    #[test]
    fn difference_refuses() {
        let code = |outcome: Outcome| outcome.err().map(|refusal| refusal.code);
        let plain = |x1, n1, x2, n2| code(difference_miettinen_nurminen(x1, n1, x2, n2, 0.95));
        assert_eq!(plain(0, 0, 3, 8), Some("zero_denominator"));
        assert_eq!(plain(6, 8, 0, 0), Some("zero_denominator"));
        assert_eq!(plain(9, 8, 3, 8), Some("numerator_exceeds_denominator"));
        assert_eq!(plain(6, 8, 9, 8), Some("numerator_exceeds_denominator"));
        for level in [0.0, 1.0, 95.0, f64::NAN] {
            assert_eq!(code(difference_miettinen_nurminen(6, 8, 3, 8, level)), Some("level_out_of_range"));
        }
        for null in [-1.0, 1.0, 10.0, f64::NAN] {
            assert_eq!(
                code(difference_miettinen_nurminen_null(6, 8, 3, 8, null, 0.95)),
                Some("null_out_of_range")
            );
        }
    }
}
