//! Two proportions compared by their posterior distributions:
//! `bayes.beta_binomial`.
//!
//! # Estimand
//!
//! p1 - p2, the difference between the success probabilities of two
//! independent groups, as a distribution: the probability that the first is
//! higher, that it is not lower by more than a margin, that the two lie within
//! a margin of each other. And the number of successes among the next units of
//! a group.
//!
//! # Assumptions
//!
//! Two independent binomial samples, and for each probability the same prior
//! Beta(a, b), which must be declared; Jeffreys' is a = b = ½. The predictive
//! distribution assumes that the next units come from the same process. None of
//! this speaks of a third site.
//!
//! # Method
//!
//! The posteriors are Beta(a + x_i, b + n_i - x_i). The distribution function
//! of the difference is
//!
//! ```text
//! P(p1 - p2 <= d) = ∫ f1(p) P(p2 >= p - d) dp
//! ```
//!
//! by double exponential quadrature between the quantiles of both posteriors,
//! cut at both medians; absolute error about 1e-13. Limits and median are
//! roots of it. The predictive distribution is beta-binomial, in closed form.
//!
//! # Small samples
//!
//! With few units the prior is a good part of the answer: 0 of 0 gives a
//! probability of one half, and 1 of 1 against 0 of 1 already .92 with
//! Jeffreys' prior. Show the counts beside it.
//!
//! # Refusals
//!
//! `numerator_exceeds_denominator`, `too_many_units`, `prior_out_of_range`,
//! `margin_out_of_range`, `level_out_of_range`, `integral_not_settled`.
//!
//! # Source
//!
//! Agresti A, Min Y (2005). Frequentist performance of Bayesian confidence
//! intervals for comparing proportions in 2x2 contingency tables. Biometrics
//! 61:515-523. Jeffreys H (1961). Theory of probability, 3rd edition. Oxford.

use crate::estimate::{Interval, Refusal, check_level, finite_interval};
use crate::quadrature::tanh_sinh_from_ends;
use crate::root::bracketed;
use crate::special::{beta_density, beta_inverse, beta_tails};
use crate::thresholds::{POSTERIOR_UNITS_MOST, PREDICTIVE_UNITS_MOST};

/// The id of the method.
pub const METHOD: &str = "bayes.beta_binomial";

/// The parameters of Jeffreys' prior.
pub const JEFFREYS: (f64, f64) = (0.5, 0.5);

/// The probability left out at each end of a posterior.
const LEFT_OUT: f64 = 1e-18;

/// The posterior distributions of two proportions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoPosteriors {
    first: (f64, f64),
    second: (f64, f64),
    n: u64,
}

/// What the posteriors say about the difference; all shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BayesComparison {
    /// The probability that the first proportion is the higher.
    pub first_higher: f64,
    /// The probability that the first is higher, or lower by less than the
    /// margin.
    pub not_lower: f64,
    /// The probability that the two differ by less than the margin.
    pub within: f64,
    /// The posterior mean of the difference, first less second.
    pub mean: f64,
    /// The posterior median of the difference.
    pub median: f64,
    /// The equal-tailed interval of the difference.
    pub interval: Interval,
    /// The margin.
    pub margin: f64,
    /// Units of both groups.
    pub n: u64,
    /// The id of the method.
    pub method: &'static str,
}

impl TwoPosteriors {
    /// Takes in counts and a prior.
    ///
    /// `x1` successes of `n1` units in the first group, `x2` of `n2` in the
    /// second; an empty group keeps its prior. `prior` holds the two
    /// parameters of the beta prior of both proportions, such as [`JEFFREYS`].
    ///
    /// # Refusals
    ///
    /// * `numerator_exceeds_denominator`: a count of successes exceeds its
    ///   group.
    /// * `too_many_units`: more than ten million units in a group.
    /// * `prior_out_of_range`: a parameter of the prior is not between 0.1 and
    ///   10,000.
    pub fn new(x1: u64, n1: u64, x2: u64, n2: u64, prior: (f64, f64)) -> Result<Self, Refusal> {
        if x1 > n1 || x2 > n2 {
            return Err(Refusal::numerator_exceeds_denominator());
        }
        if n1.max(n2) > POSTERIOR_UNITS_MOST {
            return Err(Refusal::new(
                "too_many_units",
                "there are more units than posterior distributions are integrated for",
                "use the score interval, which does not differ at this size",
            ));
        }
        let allowed = 0.1..=1e4;
        if !(allowed.contains(&prior.0) && allowed.contains(&prior.1)) {
            return Err(Refusal::new(
                "prior_out_of_range",
                "a parameter of the prior does not lie between 0.1 and 10,000",
                "use the prior of Jeffreys, with both parameters one half",
            ));
        }
        let posterior = |x: u64, n: u64| (prior.0 + x as f64, prior.1 + (n - x) as f64);
        Ok(Self { first: posterior(x1, n1), second: posterior(x2, n2), n: n1 + n2 })
    }

    /// The probability that the difference, first less second, is at most
    /// `difference`, a share.
    ///
    /// # Refusals
    ///
    /// * `margin_out_of_range`: the difference is not a number.
    /// * `integral_not_settled`: the quadrature did not reach its accuracy.
    pub fn probability_up_to(&self, difference: f64) -> Result<f64, Refusal> {
        if difference.is_nan() {
            return Err(margin_out_of_range());
        }
        if difference >= 1.0 || difference <= -1.0 {
            return Ok(if difference > 0.0 { 1.0 } else { 0.0 });
        }
        Ends::new(self).up_to(difference).ok_or_else(not_settled)
    }

    /// The probabilities, median and interval of the difference.
    ///
    /// `margin` is a share between 0 and 1; `level` that of the interval. Where
    /// a low proportion is the good one, exchange the groups.
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`: the level is not strictly between 0 and 1.
    /// * `margin_out_of_range`: the margin is not strictly between 0 and 1.
    /// * `integral_not_settled`: the quadrature did not reach its accuracy.
    pub fn compare(&self, margin: f64, level: f64) -> Result<BayesComparison, Refusal> {
        check_level(level)?;
        if !(margin > 0.0 && margin < 1.0) {
            return Err(margin_out_of_range());
        }
        let ends = Ends::new(self);
        let up_to = |difference: f64| ends.up_to(difference).ok_or_else(not_settled);
        let (below, zero, above) = (up_to(-margin)?, up_to(0.0)?, up_to(margin)?);
        let mean = |(a, b): (f64, f64)| a / (a + b);
        // A tail is compared with the logit of the probability, which is
        // nearly straight and keeps the search short.
        let (low, high) = (ends.first.low.0 - ends.second.high.0, ends.first.high.0 - ends.second.low.0);
        let quantile = |p: f64| {
            let function = |d: f64| ends.up_to(d).map_or(f64::NAN, |found| found - p);
            bracketed(function, low.max(-1.0), high.min(1.0), 1e-13).ok_or_else(not_settled)
        };
        let tail = 0.5 * (1.0 - level);
        Ok(BayesComparison {
            first_higher: 1.0 - zero,
            not_lower: 1.0 - below,
            within: (above - below).max(0.0),
            mean: mean(self.first) - mean(self.second),
            median: quantile(0.5)?,
            interval: finite_interval(quantile(tail)?, quantile(1.0 - tail)?, level)?,
            margin,
            n: self.n,
            method: METHOD,
        })
    }

    /// The predictive distribution of the first group: the probabilities of
    /// 0, 1, ..., `next` successes among its next `next` units.
    ///
    /// # Refusals
    ///
    /// * `too_many_units`: `next` is above ten thousand.
    pub fn predictive_first(&self, next: u64) -> Result<Vec<f64>, Refusal> {
        predictive(self.first, next)
    }

    /// The predictive distribution of the second group; see
    /// [`TwoPosteriors::predictive_first`].
    pub fn predictive_second(&self, next: u64) -> Result<Vec<f64>, Refusal> {
        predictive(self.second, next)
    }
}

fn margin_out_of_range() -> Refusal {
    Refusal::new(
        "margin_out_of_range",
        "the margin does not lie strictly between 0 and 1",
        "give the margin as a share, such as 0.1 for ten points",
    )
}

fn not_settled() -> Refusal {
    Refusal::new(
        "integral_not_settled",
        "the probability could not be integrated to the stated accuracy",
        "report the score interval of the difference",
    )
}

/// The beta-binomial probabilities, by recurrence from the largest.
fn predictive((a, b): (f64, f64), next: u64) -> Result<Vec<f64>, Refusal> {
    if next > PREDICTIVE_UNITS_MOST {
        return Err(Refusal::new(
            "too_many_units",
            "there are more further units than a distribution is listed for",
            "report the interval of the proportion",
        ));
    }
    let units = next as f64;
    let ratio = |k: f64| (units - k) / (k + 1.0) * ((a + k) / (b + units - k - 1.0));
    let mut weights = vec![1.0; next as usize + 1];
    // Relative to the one before, rescaled so that nothing leaves the range.
    let mut largest = 0.0_f64;
    let mut logs = vec![0.0; weights.len()];
    for k in 1..weights.len() {
        logs[k] = logs[k - 1] + libm::log(ratio(k as f64 - 1.0));
        largest = largest.max(logs[k]);
    }
    if largest < 600.0 && logs.iter().all(|log| *log > -600.0) {
        for k in 1..weights.len() {
            weights[k] = weights[k - 1] * ratio(k as f64 - 1.0);
        }
    } else {
        for (weight, log) in weights.iter_mut().zip(&logs) {
            *weight = libm::exp(log - largest);
        }
    }
    let total: f64 = weights.iter().sum();
    Ok(weights.iter().map(|weight| weight / total).collect())
}

/// A posterior with the points its integrals are cut at, each with its
/// complement.
struct Posterior {
    shape: (f64, f64),
    low: (f64, f64),
    median: (f64, f64),
    high: (f64, f64),
}

struct Ends {
    first: Posterior,
    second: Posterior,
}

impl Ends {
    fn new(posteriors: &TwoPosteriors) -> Self {
        let of = |(a, b): (f64, f64)| Posterior {
            shape: (a, b),
            low: beta_inverse(LEFT_OUT, true, a, b),
            median: beta_inverse(0.5, true, a, b),
            high: beta_inverse(LEFT_OUT, false, a, b),
        };
        Self { first: of(posteriors.first), second: of(posteriors.second) }
    }

    /// P(p1 - p2 <= d) for d strictly between -1 and 1; nothing where the
    /// quadrature does not settle.
    fn up_to(&self, d: f64) -> Option<f64> {
        let ((a1, b1), (a2, b2)) = (self.first.shape, self.second.shape);
        let moved = |(x, y): (f64, f64)| (x + d, y - d);
        let (from, to) = (moved(self.second.low), moved(self.second.high));
        // Below the second posterior moved by d, p2 is surely the larger.
        let sure = beta_tails(a1, b1, from.0, from.1).0;
        let low = if from.0 > self.first.low.0 { from } else { self.first.low };
        let high = if to.0 < self.first.high.0 { to } else { self.first.high };
        if low.0 >= high.0 {
            return Some(sure);
        }
        let mut cuts = vec![low];
        let mut middle = [self.first.median, moved(self.second.median)];
        middle.sort_by(|one, other| one.0.total_cmp(&other.0));
        cuts.extend(middle.into_iter().filter(|cut| cut.0 > low.0 && cut.0 < high.0));
        cuts.push(high);
        cuts.dedup_by(|one, other| one.0 <= other.0);
        let mut total = sure;
        for pair in cuts.windows(2) {
            let [from, to] = pair else { continue };
            let integrand = |_: f64, above: f64, below: f64| {
                let (p, q) = (from.0 + above, to.1 + below);
                let upper = beta_tails(a2, b2, p - d, q + d).1;
                if upper == 0.0 { 0.0 } else { beta_density(a1, b1, p, q) * upper }
            };
            total += tanh_sinh_from_ends(integrand, from.0, to.0, 1e-12)?;
        }
        Some(total.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posteriors(x1: u64, n1: u64, x2: u64, n2: u64) -> TwoPosteriors {
        TwoPosteriors::new(x1, n1, x2, n2, JEFFREYS).expect("posteriors")
    }

    #[test]
    fn bayes_by_hand() {
        // Nothing seen, uniform prior: the difference is triangular.
        let flat = TwoPosteriors::new(0, 0, 0, 0, (1.0, 1.0)).expect("posteriors");
        for d in [-0.9, -0.3, 0.0, 0.2, 0.75] {
            let truth = if d < 0.0 { 0.5 * (1.0 + d) * (1.0 + d) } else { 1.0 - 0.5 * (1.0 - d) * (1.0 - d) };
            assert!((flat.probability_up_to(d).expect("p") - truth).abs() < 1e-12, "{d}");
        }
        assert_eq!((flat.probability_up_to(1.0), flat.probability_up_to(-1.0)), (Ok(1.0), Ok(0.0)));
        // One of one against none of one, uniform prior: 2p against 2(1 - q):
        // P(p < q) = 1/6.
        let one = TwoPosteriors::new(1, 1, 0, 1, (1.0, 1.0)).expect("posteriors");
        let found = one.compare(0.1, 0.95).expect("a comparison");
        assert!((found.first_higher - 5.0 / 6.0).abs() < 1e-12);
        assert!((found.mean - 1.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn bayes_changes_sign_when_the_groups_change_places() {
        for (x1, n1, x2, n2) in [(6, 8, 3, 8), (0, 8, 8, 8), (0, 3, 0, 5), (150, 200, 140, 200), (0, 0, 1, 2)]
        {
            let one = posteriors(x1, n1, x2, n2).compare(0.1, 0.9).expect("a comparison");
            for other in [posteriors(x2, n2, x1, n1), posteriors(n1 - x1, n1, n2 - x2, n2)] {
                let other = other.compare(0.1, 0.9).expect("a comparison");
                assert!((one.first_higher + other.first_higher - 1.0).abs() < 1e-12);
                assert!((one.within - other.within).abs() < 1e-12);
                assert!((one.median + other.median).abs() < 1e-10, "{x1}/{n1} {x2}/{n2}");
                assert!((one.interval.lower + other.interval.upper).abs() < 1e-10);
            }
            assert!(one.not_lower >= one.first_higher && one.within <= one.not_lower);
            assert!(one.interval.contains(one.median));
        }
    }

    #[test]
    fn bayes_of_many_units_is_normal() {
        let (n, x1, x2) = (10_000_000_u64, 3_000_000_u64, 3_001_000_u64);
        let found = posteriors(x1, n, x2, n).probability_up_to(0.0).expect("p");
        let z = 1e-4 / (2.0_f64 * 0.3 * 0.7 / n as f64).sqrt();
        assert!((found - crate::special::normal_cdf(z)).abs() < 1e-5, "{found}");
    }

    #[test]
    fn bayes_predictive_is_a_distribution_with_the_posterior_mean() {
        for (x, n) in [(6, 8), (0, 8), (8, 8), (100, 1000)] {
            for next in [0, 1, 10, 3000] {
                let found = posteriors(x, n, 1, 1).predictive_first(next).expect("probabilities");
                assert_eq!(found.len() as u64, next + 1);
                let total: f64 = found.iter().sum();
                let mean: f64 = found.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
                let expected = next as f64 * (x as f64 + 0.5) / (n as f64 + 1.0);
                assert!((total - 1.0).abs() < 1e-13 && (mean - expected).abs() <= 1e-10 * expected);
            }
        }
        // One further unit.
        let found = posteriors(1, 1, 6, 8).predictive_second(1).expect("probabilities");
        assert!((found[1] - 6.5 / 9.0).abs() < 1e-15);
    }

    #[test]
    fn bayes_refuses() {
        let code = |x1, n1, prior| TwoPosteriors::new(x1, n1, 1, 2, prior).err().map(|r| r.code);
        assert_eq!(code(3, 2, JEFFREYS), Some("numerator_exceeds_denominator"));
        assert_eq!(code(3, u64::MAX, JEFFREYS), Some("too_many_units"));
        for prior in [(0.01, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
            assert_eq!(code(1, 2, prior), Some("prior_out_of_range"));
        }
        let found = posteriors(6, 8, 3, 8);
        for margin in [0.0, 1.0, -0.1, f64::NAN] {
            assert_eq!(found.compare(margin, 0.9).err().map(|r| r.code), Some("margin_out_of_range"));
        }
        assert_eq!(found.compare(0.1, 1.0).err().map(|r| r.code), Some("level_out_of_range"));
        assert_eq!(found.probability_up_to(f64::NAN).err().map(|r| r.code), Some("margin_out_of_range"));
        assert_eq!(found.predictive_first(u64::MAX).err().map(|r| r.code), Some("too_many_units"));
        // Extreme priors and counts still settle.
        for prior in [(0.1, 0.1), (1e4, 0.1), (1e4, 1e4)] {
            for (x1, n1, x2, n2) in [(0, 0, 0, 0), (0, 5, 5, 5), (1_000_000, 1_000_000, 0, 1)] {
                let found = TwoPosteriors::new(x1, n1, x2, n2, prior).expect("posteriors");
                let p = found.probability_up_to(0.05);
                assert!(
                    p.as_ref().is_ok_and(|p| (0.0..=1.0).contains(p)),
                    "{prior:?} {x1} {n1} {x2} {n2} {p:?}"
                );
            }
        }
    }
}
