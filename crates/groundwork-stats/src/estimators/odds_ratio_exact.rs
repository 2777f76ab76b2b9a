//! The odds ratio given the margins of the table: `or.conditional.exact`.
//!
//! # Estimand
//!
//! The odds ratio ψ of two independent proportions, as in
//! [`odds_ratio`](super::odds_ratio), by the distribution of the first cell
//! given the total number of successes. The conditional estimate is nearer to
//! one than the quotient of the cells.
//!
//! # Assumptions
//!
//! Two independent binomial samples: nobody belongs to both groups, and the
//! units within each are independent.
//!
//! # Method
//!
//! Given m successes in all, the successes X of the first group follow the
//! noncentral hypergeometric distribution
//!
//! ```text
//! P(X = k) ∝ C(n1, k) C(n2, m - k) ψ^k
//! ```
//!
//! The estimate is the ψ under which the mean of X is what was seen. The
//! interval consists of the ψ that neither one-sided test rejects at half of
//! 1 - level. Probabilities are summed outwards from the most likely count, and
//! roots are found in ln ψ to the last digits. The p-value is that of Fisher's
//! two-sided test: the probability, at ψ = 1, of all tables no more likely than
//! the one seen. It orders tables otherwise than the interval does, so that in
//! rare cases the two disagree about ψ = 1.
//!
//! # Small samples
//!
//! Coverage is never below nominal and often well above.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`,
//! `too_many_units`, `no_variation` (all units succeed or none does),
//! `odds_ratio_without_value`, `interval_not_finite`.
//!
//! # Source
//!
//! Cornfield J (1956). A statistical problem arising from retrospective
//! studies. Proceedings of the Third Berkeley Symposium 4:135-148. Fisher RA
//! (1935). The logic of inductive inference. Journal of the Royal Statistical
//! Society 98:39-82.

use super::counts::{TwoGroups, check_exact, log_limit};
use super::exact_two_by_two::{Margin, fisher_p};
use crate::estimate::{Estimate, Outcome, Refusal, finite_interval};

/// The id of the method.
pub const METHOD: &str = "or.conditional.exact";

/// The conditional odds ratio with its exact interval and Fisher's p-value.
///
/// `x1` successes of `n1` units in the first group, `x2` of `n2` in the
/// second; `level` is a share. The estimate is the conditional maximum
/// likelihood estimate, 0 where the first group has no successes or the second
/// no failures; `n` is n1 + n2. See the [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `too_many_units`: more than a thousand million units.
/// * `no_variation`: all units are successes, or none is.
/// * `odds_ratio_without_value`: the second group has no successes or the
///   first no failures.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn odds_ratio_exact(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Outcome {
    let groups = TwoGroups::new(x1, n1, x2, n2, level)?;
    check_exact(groups.n())?;
    let margin = Margin { n1, n2, m: x1 + x2 };
    let (low, high) = margin.support();
    if low == high {
        return Err(Refusal::new(
            "no_variation",
            "all units are successes, or none is, so the table says nothing about the odds ratio",
            "report the two proportions, or their difference",
        ));
    }
    if x1 == high {
        return Err(Refusal::new(
            "odds_ratio_without_value",
            "the second group has no successes or the first no failures, so the odds ratio has no value",
            "report the odds ratio with the groups exchanged, whose interval is finite",
        ));
    }
    let [s1, f1, s2, f2] = groups.cells().map(|cell| cell + 0.5);
    let start = libm::log(s1 / f1 * (f2 / s2));
    let tail = 0.5 * (1.0 - level);
    // Each function rises or falls with ln ψ; the side to search follows from
    // its sign at the start.
    let solve = |function: &dyn Fn(f64) -> f64, rising: bool| {
        let below = (function(start) < 0.0) == rising;
        log_limit(function, start, if below { 1.0 } else { -1.0 }).map_or(f64::NAN, libm::exp)
    };
    let (estimate, lower) = if x1 == low {
        (0.0, 0.0)
    } else {
        (
            solve(&|ln| margin.tails(x1, ln).mean_beyond, true),
            solve(&|ln| margin.tails(x1, ln).from - tail, true),
        )
    };
    let upper = solve(&|ln| margin.tails(x1, ln).up_to - tail, false);
    let interval = finite_interval(lower, upper, level)?;
    if !estimate.is_finite() {
        return Err(Refusal::not_finite("the conditional odds ratio"));
    }
    Ok(Estimate {
        interval: Some(interval),
        p_value: Some(fisher_p(&groups)),
        ..Estimate::point(estimate, groups.n(), METHOD)
    })
}

/// The noncentral distribution seen from one count.
struct Tails {
    /// P(X <= x).
    up_to: f64,
    /// P(X >= x).
    from: f64,
    /// E(X) - x.
    mean_beyond: f64,
}

impl Margin {
    fn tails(&self, x: u64, ln_psi: f64) -> Tails {
        let psi = libm::exp(ln_psi);
        let (low, high) = self.support();
        let from = self.most_likely(psi);
        let (mut below, mut at, mut above, mut moment) = (0.0, 0.0, 0.0, 0.0);
        let mut add = |k: u64, term: f64| {
            match k.cmp(&x) {
                std::cmp::Ordering::Less => below += term,
                std::cmp::Ordering::Equal => at += term,
                std::cmp::Ordering::Greater => above += term,
            }
            moment += term * (k as f64 - x as f64);
        };
        add(from, 1.0);
        let mut term = 1.0;
        for k in from..high {
            term *= self.step(k) * psi;
            add(k + 1, term);
            if term < 1e-22 {
                break;
            }
        }
        term = 1.0;
        for k in (low..from).rev() {
            term /= self.step(k) * psi;
            add(k, term);
            if term < 1e-22 {
                break;
            }
        }
        let total = below + at + above;
        Tails { up_to: (below + at) / total, from: (above + at) / total, mean_beyond: moment / total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::binomial_mass;

    #[test]
    fn conditional_by_hand() {
        // One of one against one of two has no estimate. Exchanged, X is 1 of
        // 1 or 2, and the upper limit solves P(X <= 1) = .025.
        assert_eq!(
            odds_ratio_exact(1, 1, 1, 2, 0.95).err().map(|r| r.code),
            Some("odds_ratio_without_value")
        );
        let found = odds_ratio_exact(1, 2, 1, 1, 0.95).expect("an estimate");
        let interval = found.interval.expect("an interval");
        // P(X = 2)/P(X = 1) = ψ/2: 1/(1 + ψ/2) = .025.
        assert!((interval.upper - 78.0).abs() < 1e-11 && interval.lower == 0.0);
        assert_eq!((found.value, found.p_value), (0.0, Some(1.0)));
    }

    #[test]
    fn conditional_inverts_when_the_groups_change_places() {
        for (x1, n1, x2, n2) in [(6, 8, 3, 8), (36, 40, 16, 80), (2, 17, 10, 13), (400, 1000, 4000, 9000)] {
            let one = odds_ratio_exact(x1, n1, x2, n2, 0.95).expect("an estimate");
            for other in
                [odds_ratio_exact(x2, n2, x1, n1, 0.95), odds_ratio_exact(n1 - x1, n1, n2 - x2, n2, 0.95)]
            {
                let other = other.expect("an estimate");
                let (i, j) = (one.interval.expect("limits"), other.interval.expect("limits"));
                assert!((one.value * other.value - 1.0).abs() < 1e-11);
                assert!((i.lower * j.upper - 1.0).abs() < 1e-11 && (i.upper * j.lower - 1.0).abs() < 1e-11);
                assert!((one.p_value.expect("p") - other.p_value.expect("p")).abs() < 1e-13);
            }
            assert!(one.interval.is_some_and(|interval| interval.contains(one.value)));
        }
    }

    #[test]
    fn conditional_tails_are_those_of_the_enumeration() {
        let margin = Margin { n1: 9, n2: 6, m: 8 };
        for psi in [0.01_f64, 0.7, 1.0, 3.0, 500.0] {
            let weights: Vec<f64> = (2..=8)
                .map(|k| binomial_mass(k, 9, 0.5) * binomial_mass(8 - k, 6, 0.5) * psi.powi(k as i32))
                .collect();
            let total: f64 = weights.iter().sum();
            for x in 2..=8 {
                let found = margin.tails(x, libm::log(psi));
                let up_to: f64 = weights[..=(x - 2) as usize].iter().sum();
                assert!((found.up_to - up_to / total).abs() < 1e-14, "{x} {psi}");
            }
        }
    }

    #[test]
    fn conditional_takes_large_tables() {
        let found = odds_ratio_exact(200_000_000, 400_000_000, 150_000_000, 400_000_000, 0.95);
        let found = found.expect("an estimate");
        assert!((found.value - 5.0 / 3.0).abs() < 1e-6);
        assert!(found.interval.is_some_and(|interval| interval.width() < 2e-3));
    }

    #[test]
    fn conditional_refuses() {
        let code = |x1, n1, x2, n2, level| odds_ratio_exact(x1, n1, x2, n2, level).err().map(|r| r.code);
        assert_eq!(code(0, 8, 0, 8, 0.95), Some("no_variation"));
        assert_eq!(code(8, 8, 8, 8, 0.95), Some("no_variation"));
        assert_eq!(code(8, 8, 3, 8, 0.95), Some("odds_ratio_without_value"));
        assert_eq!(code(3, 8, 0, 8, 0.95), Some("odds_ratio_without_value"));
        assert_eq!(code(0, 0, 3, 8, 0.95), Some("zero_denominator"));
        assert_eq!(code(9, 8, 3, 8, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(code(6, 8, 3, 8, 1.0), Some("level_out_of_range"));
        assert_eq!(code(6, u64::MAX, 3, 8, 0.95), Some("too_many_units"));
    }
}
