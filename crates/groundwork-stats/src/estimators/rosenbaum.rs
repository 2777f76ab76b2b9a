//! How far from random the assignment within pairs may be: bounds on the p-value
//! of a matched comparison, `rosenbaum.sign.exact`, `rosenbaum.signed_rank.exact`
//! and `rosenbaum.signed_rank.normal`.
//!
//! # Estimand
//!
//! In pairs matched on what was measured, the two members may still differ in
//! their odds of treatment by a factor of up to Γ. For each Γ the p-value of "no
//! effect" lies between two bounds. The sensitivity of a finding is the Γ at
//! which the upper bound reaches the level: a hidden difference of that size
//! would be enough to explain it.
//!
//! # Assumptions
//!
//! Pairs are independent. The p-values are one-sided, against the alternative
//! that the treated have more; swap the signs for the other side.
//!
//! # Method
//!
//! Under Γ the treated member of an informative pair has the larger outcome with
//! a probability between 1/(1 + Γ) and Γ/(1 + Γ) =: p. The bounds are tails at
//! the two ends.
//!
//! * `rosenbaum.sign.exact`, for outcomes of yes or no: of D pairs that differ,
//!   T have the outcome in the treated member; P(X >= T) for X binomial of D and
//!   p. (A normal approximation, as in some software, is half of the exact value
//!   where it matters: at Γ = 4 with 110 of 122 it gives .0008 for .00196.)
//! * `rosenbaum.signed_rank.exact`: with the absolute differences ranked (ties
//!   share their mean rank, zeros are dropped) and T the sum of the ranks of
//!   positive ones, P(X >= T) where each rank counts with probability p by
//!   itself, by adding up all cases.
//! * `rosenbaum.signed_rank.normal`: the same with mean p Σ r and variance
//!   p (1 - p) Σ r², without continuity correction.
//!
//! # Small samples
//!
//! The exact forms hold at every size. The normal approximation is far from them
//! in the tail: with 32 pairs and Γ = 4 it gives an upper bound of .037 for .024.
//!
//! # Refusals
//!
//! `lengths_differ`, `not_finite`, `no_informative_pairs`, `gamma_out_of_range`,
//! `numerator_exceeds_denominator`, `too_many_for_exact`, `level_out_of_range`.
//!
//! # Source
//!
//! Rosenbaum PR (2002). Observational studies, 2nd edition, sections 4.3.2 and
//! 4.3.3. Springer.

use super::risk_table::lengths_differ;
use crate::estimate::{Refusal, check_level};
use crate::root::bracketed;
use crate::special::{beta_regularised, normal_cdf};
use crate::thresholds::SIGNED_RANK_EXACT_PAIRS_MOST;

/// The id of the method for outcomes of yes or no.
pub const METHOD_SIGN: &str = "rosenbaum.sign.exact";

/// The id of the exact method for measured outcomes.
pub const METHOD_SIGNED_RANK: &str = "rosenbaum.signed_rank.exact";

/// The id of the approximate method for measured outcomes.
pub const METHOD_SIGNED_RANK_NORMAL: &str = "rosenbaum.signed_rank.normal";

/// The bounds on a one-sided p-value at one Γ.
#[derive(Clone, Debug, PartialEq)]
pub struct PValueBounds {
    /// The factor by which the odds of treatment may differ within a pair.
    pub gamma: f64,
    /// The least p-value that is then possible.
    pub lower: f64,
    /// The largest.
    pub upper: f64,
    /// The informative pairs: those that differ.
    pub pairs: u64,
    /// The id of the method.
    pub method: &'static str,
}

/// Pairs with outcomes of yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignPairs {
    treated: u64,
    pairs: u64,
}

impl SignPairs {
    /// Takes in the pairs that differ: in `treated` of them the treated member
    /// alone has the outcome, of `pairs` that differ.
    ///
    /// # Refusals
    ///
    /// * `numerator_exceeds_denominator`: more of them than differ.
    /// * `no_informative_pairs`: no pair differs.
    pub fn new(treated: u64, pairs: u64) -> Result<Self, Refusal> {
        if treated > pairs {
            return Err(Refusal::numerator_exceeds_denominator());
        }
        if pairs == 0 {
            return Err(no_informative_pairs());
        }
        Ok(Self { treated, pairs })
    }

    /// The bounds at a Γ.
    ///
    /// # Refusals
    ///
    /// * `gamma_out_of_range`: Γ is below one or no number.
    pub fn bounds(&self, gamma: f64) -> Result<PValueBounds, Refusal> {
        check_gamma(gamma)?;
        bounds(gamma, |p| self.tail(p), self.pairs, METHOD_SIGN)
    }

    /// The least Γ at which the upper bound reaches `alpha`; nothing where it
    /// does so at Γ = 1, or at no Γ below a billion.
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`: alpha is not strictly between 0 and 1.
    pub fn sensitivity(&self, alpha: f64) -> Result<Option<f64>, Refusal> {
        sensitivity(alpha, |p| self.tail(p))
    }

    /// P(X >= T).
    fn tail(&self, p: f64) -> f64 {
        if self.treated == 0 {
            return 1.0;
        }
        beta_regularised(self.treated as f64, (self.pairs - self.treated) as f64 + 1.0, p)
    }
}

/// Pairs with measured outcomes, ranked.
#[derive(Clone, Debug, PartialEq)]
pub struct RankPairs {
    /// Twice the rank of each absolute difference, a whole number, and whether
    /// the treated member has more.
    ranks: Vec<(u64, bool)>,
}

impl RankPairs {
    /// Takes in the outcomes of the treated and the control member of each pair.
    /// Pairs without a difference say nothing and are dropped.
    ///
    /// # Refusals
    ///
    /// * `lengths_differ`: not as many of one as of the other.
    /// * `not_finite`: an outcome is missing or infinite.
    /// * `no_informative_pairs`: no pair differs.
    pub fn new(treated: &[f64], control: &[f64]) -> Result<Self, Refusal> {
        if treated.len() != control.len() {
            return Err(lengths_differ());
        }
        let mut differences: Vec<f64> = treated.iter().zip(control).map(|(one, other)| one - other).collect();
        if !differences.iter().all(|difference| difference.is_finite()) {
            return Err(Refusal::not_finite("a difference of outcomes"));
        }
        differences.retain(|&difference| difference != 0.0);
        if differences.is_empty() {
            return Err(no_informative_pairs());
        }
        differences
            .sort_unstable_by(|one, other| one.abs().total_cmp(&other.abs()).then(one.total_cmp(other)));
        let mut ranks = Vec::with_capacity(differences.len());
        for tied in differences.chunk_by(|one, other| one.abs() == other.abs()) {
            // Ranks from `first` to `last`, whose mean doubled is their sum.
            let (first, last) = (ranks.len() as u64 + 1, (ranks.len() + tied.len()) as u64);
            ranks.extend(tied.iter().map(|&difference| (first + last, difference > 0.0)));
        }
        Ok(Self { ranks })
    }

    /// The bounds at a Γ, exact for up to fifty pairs that differ and by the
    /// normal approximation for more.
    ///
    /// # Refusals
    ///
    /// * `gamma_out_of_range`: Γ is below one or no number.
    pub fn bounds(&self, gamma: f64) -> Result<PValueBounds, Refusal> {
        if self.ranks.len() <= SIGNED_RANK_EXACT_PAIRS_MOST {
            self.bounds_exact(gamma)
        } else {
            self.bounds_normal(gamma)
        }
    }

    /// The exact bounds at a Γ.
    ///
    /// # Refusals
    ///
    /// * `gamma_out_of_range`: Γ is below one or no number.
    /// * `too_many_for_exact`: more than fifty pairs that differ.
    pub fn bounds_exact(&self, gamma: f64) -> Result<PValueBounds, Refusal> {
        check_gamma(gamma)?;
        if self.ranks.len() > SIGNED_RANK_EXACT_PAIRS_MOST {
            return Err(Refusal::new(
                "too_many_for_exact",
                "there are too many pairs to add up all cases",
                "use the normal approximation",
            ));
        }
        bounds(gamma, |p| self.tail_exact(p), self.ranks.len() as u64, METHOD_SIGNED_RANK)
    }

    /// The bounds at a Γ by the normal approximation.
    ///
    /// # Refusals
    ///
    /// * `gamma_out_of_range`: Γ is below one or no number.
    pub fn bounds_normal(&self, gamma: f64) -> Result<PValueBounds, Refusal> {
        check_gamma(gamma)?;
        bounds(gamma, |p| self.tail_normal(p), self.ranks.len() as u64, METHOD_SIGNED_RANK_NORMAL)
    }

    /// The least Γ at which the upper bound reaches `alpha`; nothing where it
    /// does so at Γ = 1, or at no Γ below a billion. Exact for up to fifty pairs
    /// that differ.
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`: alpha is not strictly between 0 and 1.
    pub fn sensitivity(&self, alpha: f64) -> Result<Option<f64>, Refusal> {
        if self.ranks.len() <= SIGNED_RANK_EXACT_PAIRS_MOST {
            sensitivity(alpha, |p| self.tail_exact(p))
        } else {
            sensitivity(alpha, |p| self.tail_normal(p))
        }
    }

    /// Twice the sum of the ranks of positive differences.
    fn observed(&self) -> u64 {
        self.ranks.iter().filter(|(_, more)| *more).map(|(rank, _)| rank).sum()
    }

    fn tail_normal(&self, p: f64) -> f64 {
        let (mut sum, mut squares) = (0.0, 0.0);
        for &(rank, _) in &self.ranks {
            let rank = 0.5 * rank as f64;
            sum += rank;
            squares += rank * rank;
        }
        let error = (p * (1.0 - p) * squares).sqrt();
        normal_cdf((p * sum - 0.5 * self.observed() as f64) / error)
    }

    /// P(X >= T), all terms positive, so that small tails keep their digits.
    fn tail_exact(&self, p: f64) -> f64 {
        let most: u64 = self.ranks.iter().map(|(rank, _)| rank).sum();
        let mut mass = vec![0.0; most as usize + 1];
        mass[0] = 1.0;
        let mut reached = 0;
        for &(rank, _) in &self.ranks {
            let rank = rank as usize;
            for at in (0..=reached).rev() {
                mass[at + rank] += mass[at] * p;
                mass[at] *= 1.0 - p;
            }
            reached += rank;
        }
        let tail: f64 = mass.iter().skip(self.observed() as usize).rev().sum();
        tail.min(1.0)
    }
}

fn bounds(
    gamma: f64,
    tail: impl Fn(f64) -> f64,
    pairs: u64,
    method: &'static str,
) -> Result<PValueBounds, Refusal> {
    let (lower, upper) = (tail(1.0 / (1.0 + gamma)), tail(gamma / (1.0 + gamma)));
    // Where both are one, rounding may put them the wrong way round.
    let upper = upper.max(lower);
    if lower.is_finite() && upper.is_finite() {
        Ok(PValueBounds { gamma, lower, upper, pairs, method })
    } else {
        Err(Refusal::not_finite("a bound of the p-value"))
    }
}

/// The largest Γ that is looked at.
const GAMMA_MOST: f64 = 1e9;

fn sensitivity(alpha: f64, tail: impl Fn(f64) -> f64) -> Result<Option<f64>, Refusal> {
    check_level(alpha)?;
    // The upper bound rises with Γ.
    let above = |log: f64| {
        let gamma = libm::exp(log);
        tail(gamma / (1.0 + gamma)) - alpha
    };
    if above(0.0) >= 0.0 {
        return Ok(None);
    }
    Ok(bracketed(above, 0.0, libm::log(GAMMA_MOST), 0.0).map(libm::exp))
}

fn check_gamma(gamma: f64) -> Result<(), Refusal> {
    if (1.0..=GAMMA_MOST).contains(&gamma) {
        return Ok(());
    }
    Err(Refusal::new(
        "gamma_out_of_range",
        "the factor by which odds may differ is not a number from one to a billion",
        "give the factor as such, one for no hidden difference",
    ))
}

fn no_informative_pairs() -> Refusal {
    Refusal::new(
        "no_informative_pairs",
        "no pair differs in its outcome, so the pairs say nothing about an effect",
        "report the number of pairs and that they agree",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn rosenbaum_sign_bounds_by_hand() {
        // All of five pairs: p^5.
        let pairs = SignPairs::new(5, 5).expect("pairs");
        let found = pairs.bounds(1.0).expect("bounds");
        assert!((found.upper - 1.0 / 32.0).abs() < 1e-16 && found.lower == found.upper);
        let found = pairs.bounds(3.0).expect("bounds");
        assert!((found.upper - 0.75_f64.powi(5)).abs() < 1e-15);
        assert!((found.lower - 0.25_f64.powi(5)).abs() < 1e-17);
        assert_eq!((found.pairs, found.method), (5, METHOD_SIGN));
        // p^5 reaches 0.05 at p = 0.05^(1/5).
        let p = libm::pow(0.05, 0.2);
        let gamma = pairs.sensitivity(0.05).expect("a level").expect("a gamma");
        assert!((gamma - p / (1.0 - p)).abs() < 1e-12);
        assert_eq!(pairs.sensitivity(0.01), Ok(None));
        assert_eq!(SignPairs::new(0, 5).expect("pairs").bounds(2.0).expect("bounds").upper, 1.0);
    }

    #[test]
    fn rosenbaum_signed_rank_bounds_by_hand() {
        // Differences 1, 2, -3: T = 3 of 6; P(X >= 3) counts 3, 4, 5, 6.
        let pairs = RankPairs::new(&[1.0, 2.0, 0.0, 7.0], &[0.0, 0.0, 3.0, 7.0]).expect("pairs");
        let found = pairs.bounds_exact(1.0).expect("bounds");
        assert!((found.upper - 5.0 / 8.0).abs() < 1e-15);
        assert_eq!((found.pairs, found.method), (3, METHOD_SIGNED_RANK));
        // At Γ = 3 and p = 3/4: all but {}, {1}, {2}.
        let found = pairs.bounds(3.0).expect("bounds");
        assert!((found.upper - (1.0 - 1.0 / 64.0 - 2.0 * 3.0 / 64.0)).abs() < 1e-15);
        // Ties share their ranks: two halves.
        let tied = RankPairs::new(&[1.0, 1.0], &[0.0, 2.0]).expect("pairs");
        assert_eq!(tied.ranks, [(3, false), (3, true)]);
    }

    #[test]
    fn rosenbaum_exact_and_normal_agree_where_they_should() {
        let treated: Vec<f64> = (0..50).map(|at| f64::from((at * 37) % 50) - 14.0).collect();
        let pairs = RankPairs::new(&treated, &[0.25; 50]).expect("pairs");
        for gamma in [1.0, 1.5, 2.0, 3.0] {
            let (exact, normal) =
                (pairs.bounds_exact(gamma).expect("bounds"), pairs.bounds_normal(gamma).expect("bounds"));
            assert!((exact.upper - normal.upper).abs() < 0.01, "{gamma}");
            assert!(exact.lower <= exact.upper);
        }
        let gamma = pairs.sensitivity(0.05).expect("a level").expect("a gamma");
        assert!((pairs.bounds(gamma).expect("bounds").upper - 0.05).abs() < 1e-12);
        let more: Vec<f64> = (1..=51).map(f64::from).collect();
        let more = RankPairs::new(&more, &[0.0; 51]).expect("pairs");
        assert_eq!(code(more.bounds_exact(1.0)), Some("too_many_for_exact"));
        assert_eq!(more.bounds(1.0).expect("bounds").method, METHOD_SIGNED_RANK_NORMAL);
        assert!(more.sensitivity(0.05).expect("a level").is_some_and(|gamma| gamma > 2.0));
    }

    #[test]
    fn rosenbaum_does_not_depend_on_the_order_of_the_pairs() {
        let (treated, control) = ([5.0, 1.0, 4.0, 2.0, 9.0], [1.0, 5.0, 3.0, 3.0, 2.0]);
        let turned = RankPairs::new(&[9.0, 2.0, 4.0, 1.0, 5.0], &[2.0, 3.0, 3.0, 5.0, 1.0]);
        assert_eq!(RankPairs::new(&treated, &control), turned);
    }

    #[test]
    fn rosenbaum_refuses() {
        assert_eq!(code(SignPairs::new(3, 2)), Some("numerator_exceeds_denominator"));
        assert_eq!(code(SignPairs::new(0, 0)), Some("no_informative_pairs"));
        let pairs = SignPairs::new(3, 4).expect("pairs");
        for gamma in [0.5, f64::NAN, f64::INFINITY] {
            assert_eq!(code(pairs.bounds(gamma)), Some("gamma_out_of_range"));
        }
        assert_eq!(code(pairs.sensitivity(0.0)), Some("level_out_of_range"));
        assert_eq!(code(RankPairs::new(&[1.0], &[])), Some("lengths_differ"));
        assert_eq!(code(RankPairs::new(&[], &[])), Some("no_informative_pairs"));
        assert_eq!(code(RankPairs::new(&[1.0], &[1.0])), Some("no_informative_pairs"));
        assert_eq!(code(RankPairs::new(&[f64::NAN], &[1.0])), Some("not_finite"));
        assert_eq!(code(RankPairs::new(&[f64::MAX], &[-f64::MAX])), Some("not_finite"));
        assert!(SignPairs::new(u64::MAX / 2, u64::MAX).expect("pairs").bounds(1.0).is_ok());
    }
}
