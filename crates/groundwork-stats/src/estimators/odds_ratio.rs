//! An odds ratio of two independent proportions: `or.mn.score` and
//! `or.woolf.log`.
//!
//! # Estimand
//!
//! p1(1 - p2)/(p2(1 - p1)), the odds of success in the first group over those
//! in the second. Where successes are common it is much further from one than
//! the ratio of the probabilities, and readers take it for that ratio: reports
//! give the difference or the ratio of probabilities. The odds ratio is here
//! for logistic models and for comparison with published figures.
//!
//! # Assumptions
//!
//! Two independent binomial samples: nobody belongs to both groups, and the
//! units within each are independent.
//!
//! # Method
//!
//! `or.mn.score`: with p1 and p2 the maximum likelihood estimates when the odds
//! ratio is ψ,
//!
//! ```text
//! z(ψ) = n1 (p̂1 - p1) sqrt(1/(n1 p1(1 - p1)) + 1/(n2 p2(1 - p2))) sqrt((N - 1)/N)
//! ```
//!
//! and the interval is the set of ψ with |z(ψ)| up to the normal critical
//! value, found in ln ψ. `or.woolf.log`: with the cells a, b, c, d,
//!
//! ```text
//! ln(ad/bc) ± z sqrt(1/a + 1/b + 1/c + 1/d)
//! ```
//!
//! # Small samples
//!
//! The score interval holds with empty cells, the one on the log scale does
//! not exist there. For few units see also the exact conditional interval
//! ([`odds_ratio_exact`](super::odds_ratio_exact)).
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`,
//! `odds_ratio_without_value`, `zero_cell` on the log scale,
//! `interval_not_finite`.
//!
//! # Source
//!
//! Miettinen O, Nurminen M (1985). Comparative analysis of two rates.
//! Statistics in Medicine 4:213-226. Woolf B (1955). On estimating the relation
//! between blood group and disease. Annals of Human Genetics 19:251-253.

use super::counts::{TwoGroups, log_limit};
use crate::estimate::{Estimate, Outcome, Refusal, finite_interval};
use crate::special::{normal_critical, normal_two_sided_p};

/// The id of the score method.
pub const METHOD: &str = "or.mn.score";

/// The id of the method on the log scale.
pub const METHOD_LOG: &str = "or.woolf.log";

/// The odds ratio of two independent proportions with the score interval of
/// Miettinen and Nurminen, tested against an odds ratio of one.
///
/// `x1` successes of `n1` units in the first group, `x2` of `n2` in the
/// second; `level` is a share. The estimate is that of the four cells, the
/// statistic z for an odds ratio of one, the p-value two-sided; `n` is
/// n1 + n2. See the [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `odds_ratio_without_value`: the second group has no successes or the
///   first no failures.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn odds_ratio(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Outcome {
    let groups = TwoGroups::new(x1, n1, x2, n2, level)?;
    let ratio = sample_odds_ratio(&groups)?;
    let critical = normal_critical(level);
    let limit = |direction: f64| {
        let wanted = libm::atan(-direction * critical);
        let start = if ratio > 0.0 { libm::log(ratio) } else { -690.0 };
        let function = |ln_psi: f64| libm::atan(statistic(&groups, libm::exp(ln_psi))) - wanted;
        log_limit(function, start, direction).map(libm::exp)
    };
    let lower = if ratio == 0.0 { 0.0 } else { limit(-1.0).unwrap_or(f64::NAN) };
    let upper = limit(1.0).unwrap_or(f64::NAN);
    let z = statistic(&groups, 1.0);
    Ok(Estimate {
        interval: Some(finite_interval(lower, upper, level)?),
        statistic: Some(z),
        p_value: Some(normal_two_sided_p(z)),
        ..Estimate::point(ratio, groups.n(), METHOD)
    })
}

/// The odds ratio of two independent proportions with its interval on the log
/// scale.
///
/// As [`odds_ratio`]; the standard error is that of the odds ratio itself
/// (odds ratio times that of its logarithm), the statistic that of the
/// logarithm.
///
/// # Refusals
///
/// * `zero_denominator`, `numerator_exceeds_denominator`,
///   `level_out_of_range`, `interval_not_finite`, as there.
/// * `zero_cell`: one of the four cells is empty.
pub fn odds_ratio_log(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Outcome {
    let groups = TwoGroups::new(x1, n1, x2, n2, level)?;
    groups.check_cells()?;
    let ratio = sample_odds_ratio(&groups)?;
    let ln_error = groups.cells().iter().map(|cell| 1.0 / cell).sum::<f64>().sqrt();
    let reach = normal_critical(level) * ln_error;
    let z = libm::log(ratio) / ln_error;
    Ok(Estimate {
        std_error: Some(ratio * ln_error),
        interval: Some(finite_interval(ratio * libm::exp(-reach), ratio * libm::exp(reach), level)?),
        statistic: Some(z),
        p_value: Some(normal_two_sided_p(z)),
        ..Estimate::point(ratio, groups.n(), METHOD_LOG)
    })
}

/// ad/bc, or a refusal where that is infinite or nothing at all.
pub(super) fn sample_odds_ratio(groups: &TwoGroups) -> Result<f64, Refusal> {
    let [s1, f1, s2, f2] = groups.cells();
    let ratio = s1 / f1 * (f2 / s2);
    if ratio.is_finite() {
        return Ok(ratio);
    }
    Err(Refusal::new(
        "odds_ratio_without_value",
        "the second group has no successes or the first no failures, so the odds ratio has no value",
        "report the difference, or the odds ratio with the groups exchanged where that is zero",
    ))
}

/// z(ψ).
fn statistic(groups: &TwoGroups, psi: f64) -> f64 {
    let [s1, f1, s2, f2] = groups.cells();
    let (n1, n2) = (groups.n1 as f64, groups.n2 as f64);
    // With ψ below one the groups change places.
    let (p1, q1, p2, q2) = if psi >= 1.0 {
        constrained(s1 + s2, f1 + f2, n1, n2, 1.0 / psi)
    } else {
        let (p2, q2, p1, q1) = constrained(s1 + s2, f1 + f2, n2, n1, psi);
        (p1, q1, p2, q2)
    };
    let (one, other) = (n1 * p1 * q1, n2 * p2 * q2);
    // n1 (p̂1 - p1) is the same from each of the four cells but for rounding,
    // which is least in the group and on the side where least is expected.
    let (sign, successes, failures, n, p, q) =
        if one <= other { (1.0, s1, f1, n1, p1, q1) } else { (-1.0, s2, f2, n2, p2, q2) };
    let above = sign * if p <= q { successes - n * p } else { n * q - failures };
    if above == 0.0 || one == 0.0 || other == 0.0 {
        return 0.0;
    }
    let total = n1 + n2;
    above * (1.0 / one + 1.0 / other).sqrt() * ((total - 1.0) / total).sqrt()
}

/// The estimates p1, 1 - p1, p2 and 1 - p2 when the odds ratio is 1/w, at
/// least one.
fn constrained(successes: f64, failures: f64, n1: f64, n2: f64, w: f64) -> (f64, f64, f64, f64) {
    let more = 1.0 - w;
    // The probability in the group with the smaller odds; by exchange of
    // successes and failures, and of the groups, 1 - p1 is another such.
    let smaller = |successes: f64, own: f64, other: f64| {
        let b = w.mul_add(own + successes, other - successes);
        let root = b.mul_add(b, 4.0 * more * w * own * successes).sqrt();
        if b >= 0.0 { 2.0 * successes * w / (b + root) } else { (root - b) / (2.0 * more * own) }
    };
    let (p2, q1) = (smaller(successes, n2, n1), smaller(failures, n1, n2));
    let larger = |p: f64| if p > 0.0 { p / (w + more * p) } else { 0.0 };
    (larger(p2), q1, p2, larger(q1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> Vec<(u64, u64, u64, u64)> {
        let mut tables = Vec::new();
        for (n1, n2) in [(1, 9), (3, 5), (8, 8), (10, 20)] {
            for x1 in 0..n1 {
                for x2 in 1..=n2 {
                    tables.push((x1, n1, x2, n2));
                }
            }
        }
        tables.extend([(56, 70, 48, 80), (1, 100_000, 3, 3), (999_999, 1_000_000, 999_000, 1_000_000)]);
        tables
    }

    #[test]
    fn odds_ratio_constrained_estimates_fit_the_margin_and_the_odds() {
        for (x1, n1, x2, n2) in tables() {
            let (successes, failures) = ((x1 + x2) as f64, (n1 + n2 - x1 - x2) as f64);
            for psi in [1.0, 1.0 + 1e-9, 1.5, 40.0, 1e8] {
                let (p1, q1, p2, q2) = constrained(successes, failures, n1 as f64, n2 as f64, 1.0 / psi);
                assert!((p1 + q1 - 1.0).abs() < 1e-12 && (p2 + q2 - 1.0).abs() < 1e-12);
                let fitted = n1 as f64 * p1 + n2 as f64 * p2;
                assert!((fitted - successes).abs() <= 1e-9 * successes.max(1.0), "{x1} {n1} {x2} {n2} {psi}");
                if successes > 0.0 && failures > 0.0 {
                    assert!((p1 * q2 / (q1 * p2) / psi - 1.0).abs() < 1e-9, "{x1} {n1} {x2} {n2} {psi}");
                }
            }
        }
    }

    #[test]
    fn odds_ratio_interval_agrees_with_its_test_and_inverts() {
        for (x1, n1, x2, n2) in tables() {
            let found = odds_ratio(x1, n1, x2, n2, 0.95);
            let found = found.unwrap_or_else(|refusal| panic!("{x1}/{n1} {x2}/{n2}: {refusal}"));
            let interval = found.interval.expect("an interval");
            assert!(interval.contains(found.value) && interval.width() > 0.0);
            let p = found.p_value.expect("a p-value");
            if (p - 0.05).abs() > 1e-9 {
                assert_eq!(interval.contains(1.0), p > 0.05, "{x1}/{n1} {x2}/{n2}");
            }
            // Failures instead of successes, and the groups exchanged, invert.
            if x1 > 0 && x2 < n2 {
                for other in [odds_ratio(x2, n2, x1, n1, 0.95), odds_ratio(n1 - x1, n1, n2 - x2, n2, 0.95)] {
                    let other = other.expect("an estimate");
                    let turned = other.interval.expect("an interval");
                    assert!((other.value * found.value - 1.0).abs() < 1e-13);
                    assert!((interval.lower * turned.upper - 1.0).abs() < 1e-9, "{x1}/{n1} {x2}/{n2}");
                    assert!((interval.upper * turned.lower - 1.0).abs() < 1e-9, "{x1}/{n1} {x2}/{n2}");
                }
                let log = odds_ratio_log(x1, n1, x2, n2, 0.95).expect("an estimate");
                assert_eq!(log.value, found.value);
            }
        }
    }

    #[test]
    fn odds_ratio_refuses() {
        let code = |x1, n1, x2, n2, level| odds_ratio(x1, n1, x2, n2, level).err().map(|r| r.code);
        assert_eq!(code(8, 8, 3, 8, 0.95), Some("odds_ratio_without_value"));
        assert_eq!(code(3, 8, 0, 8, 0.95), Some("odds_ratio_without_value"));
        assert_eq!(code(0, 8, 0, 8, 0.95), Some("odds_ratio_without_value"));
        assert_eq!(code(0, 0, 3, 8, 0.95), Some("zero_denominator"));
        assert_eq!(code(9, 8, 3, 8, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(code(6, 8, 3, 8, 1.0), Some("level_out_of_range"));
        let code = |x1, n1, x2, n2, level| odds_ratio_log(x1, n1, x2, n2, level).err().map(|r| r.code);
        assert_eq!(code(0, 8, 3, 8, 0.95), Some("zero_cell"));
        assert_eq!(code(6, 8, 3, 8, f64::NAN), Some("level_out_of_range"));
        assert!(odds_ratio(u64::MAX / 2, u64::MAX, 1, u64::MAX, 0.95).is_ok());
    }
}
