//! The common odds ratio of strata, exactly: `mh.or.conditional`.
//!
//! # Estimand
//!
//! The odds ratio of group 1 against group 2, taken to be the same in every
//! stratum.
//!
//! # Assumptions
//!
//! As for [`mantel_haenszel`](super::mantel_haenszel), with no need for large
//! numbers.
//!
//! # Method
//!
//! Given the margins of every stratum, the sum T of the outcomes in group 1 has
//! a distribution that depends on the odds ratio ψ alone: the strata's
//! noncentral hypergeometric distributions added up, P(T = t) ∝ c_t ψ^t. The
//! estimate makes the observed sum most likely (its mean equals what was
//! observed). The limits are the ψ at which the upper and the lower tail, the
//! observed sum included, have half of one minus the level; the p-value doubles
//! the smaller tail at ψ = 1, so that it agrees with the limits. The p-value that
//! adds up all sums no more likely than the observed one, as R prints it, is
//! given too.
//!
//! # Small samples
//!
//! Exact: coverage is never below nominal, and often above.
//!
//! # Refusals
//!
//! Those of the Mantel-Haenszel odds ratio, and `too_many_for_exact`.
//!
//! # Source
//!
//! Gart JJ (1970). Point and interval estimation of the common odds ratio in the
//! combination of 2 × 2 tables with fixed marginals. Biometrika 57:471-475.
//! Mehta CR, Patel NR, Gray R (1985). Computing an exact confidence interval for
//! the common odds ratio in several 2 by 2 contingency tables. Journal of the
//! American Statistical Association 80:969-973.

use super::mantel_haenszel::{Strata, Stratum, mantel_haenszel_odds_ratio, not_estimable};
use crate::estimate::{Estimate, Refusal, check_level, finite_interval};
use crate::root::bracketed;
use crate::thresholds::EXACT_STRATA_WORK_MOST;

/// The id of the method.
pub const METHOD: &str = "mh.or.conditional";

/// Sums whose probability exceeds that of the observed one by less than this
/// share count as equally likely.
const TIE: f64 = 1e-7;

/// The exact common odds ratio.
#[derive(Clone, Debug, PartialEq)]
pub struct ExactOddsRatio {
    /// The estimate with its exact interval; its p-value doubles the smaller
    /// tail and agrees with the interval.
    pub estimate: Estimate,
    /// The p-value of all sums no more likely than the observed one.
    pub p_minimum_likelihood: f64,
}

/// The conditional common odds ratio with exact limits and p-values.
///
/// # Refusals
///
/// * `level_out_of_range`, `empty`, `numerator_exceeds_denominator`,
///   `empty_stratum`, `no_variation`.
/// * `ratio_not_estimable`: the observed sum is at the end of its range.
/// * `too_many_for_exact`: the strata are too large to enumerate; the normal
///   interval is good then.
///
/// # Warnings
///
/// * `one_sided_stratum`: a stratum with nobody of one group was left out.
pub fn mantel_haenszel_exact(strata: &[Stratum], level: f64) -> Result<ExactOddsRatio, Refusal> {
    check_level(level)?;
    let checked = Strata::check(strata)?;
    let mut used: Vec<Stratum> = strata.iter().copied().filter(|of| of.n1 > 0 && of.n2 > 0).collect();
    // The order of the strata must not show in the last digit.
    used.sort_unstable_by_key(|of| (of.n1, of.n2, of.x1 + of.x2));
    let (mut support, mut work) = (1_u64, 0_u64);
    for of in &used {
        let (low, high) = range(of);
        work = work.saturating_add(support.saturating_mul(high - low + 1));
        support = support.saturating_add(high - low);
    }
    if work > EXACT_STRATA_WORK_MOST {
        return Err(Refusal::new(
            "too_many_for_exact",
            "the strata are too large to enumerate",
            "use the Mantel-Haenszel estimate, whose normal interval is good at such numbers",
        ));
    }
    let observed = used.iter().map(|of| of.x1 - range(of).0).sum::<u64>() as usize;
    let none = Distribution::new(&used, 1.0, observed);
    let top = none.mass.len() - 1;
    if observed == 0 || observed == top {
        return Err(not_estimable());
    }
    // Tilted to where the data are, so that nothing near them underflows.
    let tilt = mantel_haenszel_odds_ratio(strata, level).map_or(1.0, |found| found.value);
    let near = Distribution::new(&used, tilt, observed);
    let tail = 0.5 * (1.0 - level);
    let solve = |function: &dyn Fn(f64) -> f64| {
        let mut reach = 1.0;
        while reach < 700.0 {
            if function(-reach) * function(reach) < 0.0 {
                return bracketed(function, -reach, reach, 0.0).map(|log| tilt * libm::exp(log));
            }
            reach *= 2.0;
        }
        None
    };
    let value = solve(&|log| near.mean(log)).ok_or_else(not_estimable)?;
    let lower = solve(&|log| near.tails(log).1 - tail).ok_or_else(not_estimable)?;
    let upper = solve(&|log| near.tails(log).0 - tail).ok_or_else(not_estimable)?;
    if !value.is_finite() {
        return Err(not_estimable());
    }
    let (below, above) = none.tails(0.0);
    let people = used.iter().fold(0_u64, |sum, of| sum.saturating_add(of.n1).saturating_add(of.n2));
    Ok(ExactOddsRatio {
        estimate: Estimate {
            interval: Some(finite_interval(lower, upper, level)?),
            p_value: Some((2.0 * below.min(above)).min(1.0)),
            warnings: checked.warnings,
            ..Estimate::point(value, people, METHOD)
        },
        p_minimum_likelihood: none.no_more_likely(),
    })
}

/// The least and the largest x1 that the margins of a stratum allow.
fn range(of: &Stratum) -> (u64, u64) {
    let m = of.x1 + of.x2;
    (m.saturating_sub(of.n2), m.min(of.n1))
}

/// The distribution of the sum of x1 over its least value, at some odds ratio.
struct Distribution {
    /// In proportion to the probabilities.
    mass: Vec<f64>,
    observed: usize,
}

impl Distribution {
    fn new(strata: &[Stratum], ratio: f64, observed: usize) -> Self {
        let mut mass = vec![1.0];
        for of in strata {
            let one = one_stratum(of, ratio);
            let mut sum = vec![0.0; mass.len() + one.len() - 1];
            for (at, mass) in mass.iter().enumerate() {
                for (sum, one) in sum[at..].iter_mut().zip(&one) {
                    *sum += mass * one;
                }
            }
            let largest = sum.iter().copied().fold(0.0, f64::max);
            sum.iter_mut().for_each(|mass| *mass /= largest);
            mass = sum;
        }
        Self { mass, observed }
    }

    /// The masses tilted further, largest about one, each with its distance
    /// from the observed sum.
    fn tilted(&self, log: f64) -> impl Iterator<Item = (f64, f64)> {
        let distance = move |at: usize| at as f64 - self.observed as f64;
        let shift = self
            .mass
            .iter()
            .enumerate()
            .filter(|(_, mass)| **mass > 0.0)
            .map(|(at, &mass)| libm::log(mass) + distance(at) * log)
            .fold(f64::NEG_INFINITY, f64::max);
        self.mass.iter().enumerate().map(move |(at, &mass)| {
            let weight =
                if mass > 0.0 { libm::exp(libm::log(mass) + distance(at) * log - shift) } else { 0.0 };
            (distance(at), weight)
        })
    }

    /// The mean of the sum, less the observed one.
    fn mean(&self, log: f64) -> f64 {
        let (mut sum, mut total) = (0.0, 0.0);
        for (distance, weight) in self.tilted(log) {
            sum += distance * weight;
            total += weight;
        }
        sum / total
    }

    /// P(T <= observed) and P(T >= observed).
    fn tails(&self, log: f64) -> (f64, f64) {
        let (mut below, mut here, mut above) = (0.0, 0.0, 0.0);
        for (distance, weight) in self.tilted(log) {
            if distance < 0.0 {
                below += weight;
            } else if distance > 0.0 {
                above += weight;
            } else {
                here += weight;
            }
        }
        let total = below + here + above;
        ((below + here) / total, (here + above) / total)
    }

    fn no_more_likely(&self) -> f64 {
        let limit = self.mass.get(self.observed).copied().unwrap_or(0.0) * (1.0 + TIE);
        let total: f64 = self.mass.iter().sum();
        let part: f64 = self.mass.iter().filter(|&&mass| mass <= limit).sum();
        (part / total).min(1.0)
    }
}

/// The masses of one stratum from its least x1 on, in proportion: outwards from
/// the largest.
fn one_stratum(of: &Stratum, ratio: f64) -> Vec<f64> {
    let (low, high) = range(of);
    let (n1, n2, m) = (of.n1 as f64, of.n2 as f64, (of.x1 + of.x2) as f64);
    // P(x + 1)/P(x).
    let step = |x: u64| {
        let x = x as f64;
        (n1 - x) / (x + 1.0) * ((m - x) / (n2 - m + x + 1.0)) * ratio
    };
    let (mut from, mut to) = (low, high);
    while from < to {
        let middle = from + (to - from) / 2;
        if step(middle) >= 1.0 {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    let mut mass = vec![0.0; (high - low + 1) as usize];
    let top = (from - low) as usize;
    mass[top] = 1.0;
    for at in top + 1..mass.len() {
        mass[at] = mass[at - 1] * step(low + at as u64 - 1);
    }
    for at in (0..top).rev() {
        mass[at] = mass[at + 1] / step(low + at as u64);
    }
    mass
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn stratum(x1: u64, n1: u64, x2: u64, n2: u64) -> Stratum {
        Stratum { x1, n1, x2, n2 }
    }

    #[test]
    fn mantel_haenszel_exact_of_one_table_is_fishers() {
        // Fisher's tea: 3 of 4 against 1 of 4, masses 1 16 36 16 1 of 70.
        let found = mantel_haenszel_exact(&[stratum(3, 4, 1, 4)], 0.95).expect("an estimate");
        assert!((found.p_minimum_likelihood - 34.0 / 70.0).abs() < 1e-14);
        assert!((found.estimate.p_value.expect("a p-value") - 34.0 / 70.0).abs() < 1e-14);
        assert!((found.estimate.value - 6.408_319_658_199_674).abs() < 1e-12);
        // P(T >= 3) at the lower limit: (16 ψ³ + ψ⁴)/Σ = 0.025.
        let psi = found.estimate.interval.expect("limits").lower;
        let total = 1.0 + 16.0 * psi + 36.0 * psi * psi + 16.0 * psi.powi(3) + psi.powi(4);
        assert!(((16.0 * psi.powi(3) + psi.powi(4)) / total - 0.025).abs() < 1e-13);
        assert_eq!(found.estimate.method, METHOD);
        // The values of scipy 1.17.1.
        let found = mantel_haenszel_exact(&[stratum(6, 8, 3, 10)], 0.95).expect("an estimate");
        let limits = found.estimate.interval.expect("limits");
        for (found, expected) in [
            (found.estimate.value, 6.177_599_827_863_228_5),
            (limits.lower, 0.621_892_210_106_435),
            (limits.upper, 99.873_508_819_772_77),
            (found.p_minimum_likelihood, 0.153_434_800_493_624_07),
        ] {
            assert!((found / expected - 1.0).abs() < 1e-9, "{found}");
        }
    }

    #[test]
    fn mantel_haenszel_exact_agrees_with_its_interval() {
        let strata = [stratum(6, 8, 3, 10), stratum(5, 9, 2, 7), stratum(1, 3, 0, 4)];
        let found = mantel_haenszel_exact(&strata, 0.95).expect("an estimate").estimate;
        let p = found.p_value.expect("a p-value");
        // At the level 1 - p a limit is 1.
        let edge = mantel_haenszel_exact(&strata, 1.0 - p).expect("an estimate").estimate;
        assert!((edge.interval.expect("limits").lower - 1.0).abs() < 1e-9);
        let turned = mantel_haenszel_exact(&[strata[2], strata[0], strata[1]], 0.95).expect("an estimate");
        assert_eq!(turned.estimate, found);
        let swapped: Vec<Stratum> = strata.iter().map(|of| stratum(of.x2, of.n2, of.x1, of.n1)).collect();
        let swapped = mantel_haenszel_exact(&swapped, 0.95).expect("an estimate").estimate;
        assert!((swapped.value * found.value - 1.0).abs() < 1e-12);
    }

    #[test]
    fn mantel_haenszel_exact_refuses() {
        let refused = |strata: &[Stratum]| code(mantel_haenszel_exact(strata, 0.95));
        assert_eq!(refused(&[]), Some("empty"));
        assert_eq!(refused(&[stratum(2, 2, 0, 3)]), Some("ratio_not_estimable"));
        assert_eq!(refused(&[stratum(1, 1 << 20, 1 << 30, 1 << 40); 2]), Some("too_many_for_exact"));
        assert_eq!(refused(&[stratum(0, 2, 0, 3)]), Some("no_variation"));
        assert_eq!(code(mantel_haenszel_exact(&[stratum(1, 2, 1, 3)], 0.0)), Some("level_out_of_range"));
        // Far from one nothing underflows.
        let far = [stratum(990, 1000, 10, 1000)];
        let found = mantel_haenszel_exact(&far, 0.95).expect("an estimate");
        let limits = found.estimate.interval.expect("limits");
        // The values of scipy 1.17.1.
        for (found, expected) in [
            (found.estimate.value, 9_327.607_277_696_432),
            (limits.lower, 3_795.787_624_051_114),
            (limits.upper, 26_173.900_222_026_492),
        ] {
            assert!((found / expected - 1.0).abs() < 1e-9, "{found}");
        }
        assert!(found.p_minimum_likelihood.is_finite());
    }
}
