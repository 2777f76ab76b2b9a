//! The change of a share among the same people, with its interval:
//! `tango.score` and `newcombe.paired`.
//!
//! # Estimand
//!
//! The share of yes after minus the share before, among people seen on both
//! occasions.
//!
//! # Assumptions
//!
//! Each person appears once on each occasion; persons are independent. Before
//! and after without a comparison group is a change, not an effect.
//!
//! # Method
//!
//! With b lost, c gained, n people and δ = (c - b)/n, `tango.score` takes all
//! values that the score test does not reject,
//!
//! ```text
//! (c - b - nδ)² <= z² n (2p + δ(1 - δ))
//! ```
//!
//! where p is the probability of losing that is most likely given δ, the
//! larger root of 2n p² - (b + c - (2n - c + b) δ) p - b δ (1 - δ) = 0 in the
//! form for c - b. The limits are roots, found to the last digits.
//! `newcombe.paired` (method 10) joins the Wilson limits of the two shares
//! with their correlation φ, in a closed form, to check by.
//!
//! # Small samples
//!
//! Both keep close to their level from about ten people; the score interval is
//! the better of the two with few discordant pairs, and neither is without
//! width when nobody changed.
//!
//! # Refusals
//!
//! `empty`, `out_of_range`, `level_out_of_range`.
//!
//! # Source
//!
//! Tango T (1998). Equivalence test and confidence interval for the difference
//! in proportions for the paired-sample design. Statistics in Medicine
//! 17:891-908. Newcombe RG (1998). Improved confidence intervals for the
//! difference between binomial proportions based on paired data. Statistics in
//! Medicine 17:2635-2650.

use super::mcnemar::PairedCounts;
use super::proportion_wilson::proportion_wilson;
use crate::estimate::{Estimate, Interval, Outcome, Refusal, check_level, finite_interval};
use crate::root;
use crate::special::normal_critical;

/// The id of the score interval, the default.
pub const METHOD: &str = "tango.score";

/// The change of a share with Tango's score interval.
///
/// The estimate is the share after minus the share before; the interval is at
/// `level`, a share. No standard error, statistic or p-value: for those see
/// [`mcnemar`](super::mcnemar).
///
/// # Refusals
///
/// * `empty`: no people.
/// * `out_of_range`: a count too large to be one.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
pub fn paired_difference_tango(counts: PairedCounts, level: f64) -> Outcome {
    check_level(level)?;
    let n = counts.n()?;
    let z = normal_critical(level);
    // The lower limit is the upper one of the exchanged occasions, negated.
    let upper = tango_upper(counts, n, z)?;
    let lower = -tango_upper(counts.exchanged(), n, z)?;
    Ok(Estimate {
        interval: Some(finite_interval(lower, upper, level)?),
        ..Estimate::point(counts.difference(n), n, METHOD)
    })
}

fn tango_upper(counts: PairedCounts, n: u64, z: f64) -> Result<f64, Refusal> {
    let total = n as f64;
    let (lost, gained) = (counts.lost as f64 / total, counts.gained as f64 / total);
    let estimate = counts.difference(n);
    let ratio = z * z / total;
    // All counts as shares of n.
    let excess = |delta: f64| {
        let half = 0.25 * (lost + gained - (2.0 - gained + lost) * delta);
        let product = 0.5 * lost * delta * (1.0 - delta);
        // Larger root of p² - 2 half p - product, without cancellation.
        let root = (half * half + product).max(0.0).sqrt();
        let losing = if half >= 0.0 {
            half + root
        } else if root - half > 0.0 {
            product / (root - half)
        } else {
            0.0
        };
        let spread = (2.0 * losing + delta * (1.0 - delta)).max(0.0);
        (estimate - delta) * (estimate - delta) - ratio * spread
    };
    if estimate >= 1.0 || excess(1.0) <= 0.0 {
        return Ok(1.0);
    }
    if counts.lost + counts.gained == 0 {
        // (-nδ)² = z² n δ (1 - δ)
        return Ok(ratio / (1.0 + ratio));
    }
    // At the estimate itself the excess is below zero unless nothing can vary.
    let mut from = estimate;
    if excess(from) >= 0.0 {
        from += 1e-9 * (1.0 - estimate);
    }
    let found = root::bracketed(excess, from, 1.0, 0.0);
    found.ok_or_else(|| Refusal::not_finite("a limit of the interval"))
}

/// The change of a share with Newcombe's interval, method 10.
///
/// Results and refusals as for [`paired_difference_tango`].
pub fn paired_difference_newcombe(counts: PairedCounts, level: f64) -> Outcome {
    check_level(level)?;
    let n = counts.n()?;
    let (before, after) = (counts.both + counts.lost, counts.both + counts.gained);
    let wilson = |x: u64| -> Result<(f64, Interval), Refusal> {
        let found = proportion_wilson(x, n, level)?;
        let interval = found.interval.ok_or_else(|| Refusal::not_finite("a limit of the interval"))?;
        Ok((found.value, interval))
    };
    let ((first, first_limits), (second, second_limits)) = (wilson(before)?, wilson(after)?);
    let [a, b, c, d] =
        [counts.both, counts.lost, counts.gained, counts.neither].map(|count| count as f64 / n as f64);
    let spread = ((a + b) * (c + d) * (a + c) * (b + d)).sqrt();
    let together = a * d - b * c;
    // A positive correlation is drawn in by half a person.
    let together = if together > 0.0 { (together - 0.5 / n as f64).max(0.0) } else { together };
    let phi = if spread > 0.0 { (together / spread).clamp(-1.0, 1.0) } else { 0.0 };
    let joined = |one: f64, other: f64| (one * one - 2.0 * phi * one * other + other * other).max(0.0).sqrt();
    let estimate = counts.difference(n);
    let lower = estimate - joined(second - second_limits.lower, first_limits.upper - first);
    let upper = estimate + joined(second_limits.upper - second, first - first_limits.lower);
    Ok(Estimate {
        interval: Some(finite_interval(lower.max(-1.0), upper.min(1.0), level)?),
        ..Estimate::point(estimate, n, "newcombe.paired")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::normal_two_sided_p;

    fn counts(both: u64, lost: u64, gained: u64, neither: u64) -> PairedCounts {
        PairedCounts { both, lost, gained, neither }
    }

    fn limits(outcome: Outcome) -> (f64, f64) {
        let interval = outcome.expect("an estimate").interval.expect("an interval");
        (interval.lower, interval.upper)
    }

    #[test]
    fn tango_limits_maximise_the_likelihood_under_the_difference() {
        // The probability of losing in the score equation is the one that
        // makes the counts most likely, found here by looking at all.
        for counts in [counts(2, 0, 5, 1), counts(794, 150, 86, 570), counts(3, 4, 5, 0), counts(0, 0, 3, 9)]
        {
            let n = (counts.both + counts.lost + counts.gained + counts.neither) as f64;
            let (b, c) = (counts.lost as f64, counts.gained as f64);
            let z = normal_critical(0.95);
            let (lower, upper) = limits(paired_difference_tango(counts, 0.95));
            for delta in [lower, upper] {
                let height = |p: f64| {
                    let term = |count: f64, p: f64| if count > 0.0 { count * libm::log(p) } else { 0.0 };
                    term(b, p) + term(c, p + delta) + term(n - b - c, 1.0 - 2.0 * p - delta)
                };
                let (mut low, mut high) = (f64::max(0.0, -delta), 0.5 * (1.0 - delta));
                for _ in 0..200 {
                    let (one, other) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
                    if height(one) < height(other) { low = one } else { high = other }
                }
                let spread = 2.0 * low + delta * (1.0 - delta);
                let score = (c - b - n * delta) / (n * spread).sqrt();
                assert!((score.abs() - z).abs() < 1e-5, "{counts:?} {delta} {score}");
            }
        }
    }

    #[test]
    fn tango_agrees_with_the_test_at_no_change() {
        // At δ = 0 the score test is McNemar's chi-square.
        for lost in 0..12 {
            for gained in 0..12 {
                if lost + gained == 0 {
                    continue;
                }
                let (b, c) = (lost as f64, gained as f64);
                let p = normal_two_sided_p((c - b).abs() / (b + c).sqrt());
                let (lower, upper) = limits(paired_difference_tango(counts(7, lost, gained, 6), 0.9));
                assert_eq!(p < 0.1, lower > 0.0 || upper < 0.0, "{lost} {gained}");
            }
        }
    }

    #[test]
    fn intervals_mirror_stay_in_range_and_have_width() {
        for method in [paired_difference_tango, paired_difference_newcombe] {
            for n in 1..9_u64 {
                for lost in 0..=n {
                    for gained in 0..=n - lost {
                        let one =
                            counts((n - lost - gained) / 2, lost, gained, (n - lost - gained).div_ceil(2));
                        let (lower, upper) = limits(method(one, 0.95));
                        let (back, forth) = limits(method(one.exchanged(), 0.95));
                        assert!((lower + forth).abs() < 1e-12 && (upper + back).abs() < 1e-12);
                        assert!((-1.0..=1.0).contains(&lower) && upper <= 1.0);
                        assert!(upper - lower > 0.1, "{one:?}");
                        let value = one.difference(n);
                        assert!(lower <= value && value <= upper);
                    }
                }
            }
        }
    }

    #[test]
    fn paired_difference_refuses() {
        for method in [paired_difference_tango, paired_difference_newcombe] {
            let code = |counts, level| method(counts, level).err().map(|refusal| refusal.code);
            assert_eq!(code(counts(0, 0, 0, 0), 0.95), Some("empty"));
            assert_eq!(code(counts(u64::MAX, 1, 0, 0), 0.95), Some("out_of_range"));
            assert_eq!(code(counts(1, 1, 1, 1), 1.0), Some("level_out_of_range"));
            let (lower, upper) = limits(method(counts(1 << 49, 1 << 30, 1 << 29, 0), 0.95));
            assert!(lower < upper);
        }
    }
}
