//! A ratio of two independent proportions on the log scale: `rr.katz.log`.
//!
//! # Estimand
//!
//! p1/p2, the success probability of the first group over that of the second.
//!
//! # Assumptions
//!
//! Two independent binomial samples: nobody belongs to both groups, and the
//! units within each are independent.
//!
//! # Method
//!
//! ```text
//! ln(p̂1/p̂2) ± z sqrt(1/x1 - 1/n1 + 1/x2 - 1/n2)
//! ```
//!
//! # Small samples
//!
//! Too narrow on one side and too wide on the other with few successes, and
//! without an answer when there are none. The score interval
//! ([`ratio_miettinen_nurminen`](super::ratio_miettinen_nurminen)) is the
//! default; this one is for comparison with published figures.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`,
//! `zero_cell` (a group without successes), `no_variation` (both groups all
//! successes), `interval_not_finite`.
//!
//! # Source
//!
//! Katz D, Baptista J, Azen SP, Pike MC (1978). Obtaining confidence intervals
//! for the risk ratio in cohort studies. Biometrics 34:469-474.

use super::counts::TwoGroups;
use crate::estimate::{Estimate, Outcome, Refusal, finite_interval};
use crate::special::{normal_critical, normal_two_sided_p};

/// The id of the method.
pub const METHOD: &str = "rr.katz.log";

/// The ratio of two independent proportions with its interval on the log
/// scale.
///
/// `x1` successes of `n1` units in the first group, `x2` of `n2` in the
/// second; `level` is a share. The estimate is (x1/n1)/(x2/n2), the standard
/// error that of the ratio itself (ratio times that of its logarithm), the
/// statistic z of the logarithm against a ratio of one, the p-value two-sided;
/// `n` is n1 + n2. See the [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `zero_cell`: a group has no successes.
/// * `no_variation`: all units of both groups are successes.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn ratio_katz(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Outcome {
    let groups = TwoGroups::new(x1, n1, x2, n2, level)?;
    if x1 == 0 || x2 == 0 {
        return Err(Refusal::new(
            "zero_cell",
            "a group has no successes, so the standard error of the logarithm has no value",
            "use the score interval",
        ));
    }
    let [s1, f1, s2, f2] = groups.cells();
    // 1/x - 1/n without cancellation.
    let ln_error = (f1 / s1 / n1 as f64 + f2 / s2 / n2 as f64).sqrt();
    if ln_error == 0.0 {
        return Err(Refusal::new(
            "no_variation",
            "all units of both groups are successes, so the interval would have no width",
            "use the score interval",
        ));
    }
    let (p1, p2) = groups.shares();
    let (ratio, reach) = (p1 / p2, normal_critical(level) * ln_error);
    let interval = finite_interval(ratio * libm::exp(-reach), ratio * libm::exp(reach), level)?;
    let statistic = libm::log(ratio) / ln_error;
    Ok(Estimate {
        std_error: Some(ratio * ln_error),
        interval: Some(interval),
        statistic: Some(statistic),
        p_value: Some(normal_two_sided_p(statistic)),
        ..Estimate::point(ratio, groups.n(), METHOD)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn katz_inverts_when_the_groups_change_places() {
        for (x1, n1, x2, n2) in [(6, 8, 3, 8), (1, 100, 40, 41), (5, 5, 2, 9)] {
            let one = ratio_katz(x1, n1, x2, n2, 0.95).expect("an estimate");
            let other = ratio_katz(x2, n2, x1, n1, 0.95).expect("an estimate");
            let (i, j) = (one.interval.expect("limits"), other.interval.expect("limits"));
            assert!((one.value * other.value - 1.0).abs() < 1e-15);
            assert!((i.lower * j.upper - 1.0).abs() < 1e-14 && (i.upper * j.lower - 1.0).abs() < 1e-14);
            assert_eq!(one.p_value.is_some_and(|p| p < 0.05), !i.contains(1.0));
        }
    }

    #[test]
    fn katz_refuses() {
        let code = |x1, n1, x2, n2, level| ratio_katz(x1, n1, x2, n2, level).err().map(|r| r.code);
        assert_eq!(code(0, 8, 4, 9, 0.95), Some("zero_cell"));
        assert_eq!(code(4, 8, 0, 9, 0.95), Some("zero_cell"));
        assert_eq!(code(8, 8, 9, 9, 0.95), Some("no_variation"));
        assert_eq!(code(0, 0, 4, 9, 0.95), Some("zero_denominator"));
        assert_eq!(code(9, 8, 4, 9, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(code(6, 8, 4, 9, 0.0), Some("level_out_of_range"));
        assert!(ratio_katz(1, u64::MAX, u64::MAX, u64::MAX, 0.95).is_ok());
    }
}
