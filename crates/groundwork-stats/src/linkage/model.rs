//! Match weights and probabilities of pairs of records: `fellegi_sunter`.
//!
//! # Estimand
//!
//! The probability that two records are of the same person, given how their
//! fields compare.
//!
//! # Assumptions
//!
//! Among pairs of the same person, and among pairs of different people, the
//! comparison of one field says nothing about that of another (conditional
//! independence), and what is missing is missing whoever the people are. The
//! first is never quite true: people of one household share address, telephone
//! and surname, and each would count in full. Fields that say the same thing
//! belong into one comparison.
//!
//! # Method
//!
//! With m the share of a level among pairs of one person, u its share among
//! pairs of different people, and lambda the share of pairs of one person,
//!
//! ```text
//! weight       w = log2(lambda/(1 - lambda)) + Σ log2(m/u)      in bits
//! probability  p = 2^w/(1 + 2^w)
//! ```
//!
//! over the fields that are compared; a missing one adds nothing. Equal values
//! say more where they are rare: with f the share of the value among all
//! records, the term of the level "equal" becomes log2(m/f), which is
//! log2(u/f) more ([`term_frequency_weight`]).
//!
//! # Refusals
//!
//! `lengths_differ`, `not_shares`, `lambda_out_of_range`, `unknown_level`.
//!
//! # Source
//!
//! Fellegi IP, Sunter AB (1969). A theory for record linkage. Journal of the
//! American Statistical Association 64:1183-1210. Winkler WE (2000).
//! Frequency-based matching in the Fellegi-Sunter model of record linkage. US
//! Bureau of the Census, Statistical Research Report RR2000/06.

use crate::estimate::Refusal;

use super::patterns::unknown_level;

/// How far the shares of the levels of a field may add up to other than one.
const SHARES_SLACK: f64 = 1e-6;

/// What each level of each field says for or against a match.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    lambda: f64,
    m: Vec<Vec<f64>>,
    u: Vec<Vec<f64>>,
}

impl Model {
    /// A model from its numbers.
    ///
    /// `lambda` is the share of pairs that are of one person, strictly between
    /// 0 and 1; `m` and `u` hold for each field the shares of its levels, the
    /// closest first, each above zero and together one.
    ///
    /// # Errors
    ///
    /// `lengths_differ`, `not_shares`, `lambda_out_of_range`.
    pub fn new(lambda: f64, m: Vec<Vec<f64>>, u: Vec<Vec<f64>>) -> Result<Self, Refusal> {
        check_lambda(lambda)?;
        if m.len() != u.len() || m.iter().zip(&u).any(|(m, u)| m.len() != u.len()) {
            return Err(lengths_differ());
        }
        m.iter().chain(&u).try_for_each(|shares| check_shares(shares))?;
        Ok(Self { lambda, m, u })
    }

    /// The share of pairs that are of one person.
    pub fn lambda(&self) -> f64 {
        self.lambda
    }

    /// The shares of the levels of each field among pairs of one person.
    pub fn m(&self) -> &[Vec<f64>] {
        &self.m
    }

    /// The shares of the levels of each field among pairs of different people.
    pub fn u(&self) -> &[Vec<f64>] {
        &self.u
    }

    /// The weight that every pair starts with, in bits: log2 of the odds that
    /// any pair is of one person.
    pub fn prior_weight(&self) -> f64 {
        libm::log2(self.lambda) - libm::log2(1.0 - self.lambda)
    }

    /// What a level adds to the weight, in bits: log2(m/u), and zero for the
    /// level 0. Nothing where there is no such field or level.
    pub fn level_weight(&self, field: usize, level: u8) -> Option<f64> {
        let (m, u) = (self.m.get(field)?, self.u.get(field)?);
        let Some(at) = usize::from(level).checked_sub(1) else { return Some(0.0) };
        Some(libm::log2(*m.get(at)?) - libm::log2(*u.get(at)?))
    }

    /// The weight of a pattern, in bits, prior included.
    ///
    /// # Errors
    ///
    /// `lengths_differ`, `unknown_level`.
    pub fn weight(&self, pattern: &[u8]) -> Result<f64, Refusal> {
        if pattern.len() != self.m.len() {
            return Err(lengths_differ());
        }
        let mut weight = self.prior_weight();
        for (field, &level) in pattern.iter().enumerate() {
            weight += self.level_weight(field, level).ok_or_else(unknown_level)?;
        }
        Ok(weight)
    }

    /// The probability that a pair with this pattern is of one person.
    ///
    /// # Errors
    ///
    /// Those of [`Model::weight`].
    pub fn probability(&self, pattern: &[u8]) -> Result<f64, Refusal> {
        self.weight(pattern).map(probability)
    }
}

/// The probability of a match that belongs to a weight in bits:
/// 2^w/(1 + 2^w).
///
/// ```
/// use groundwork_stats::linkage::model::probability;
///
/// assert_eq!(probability(0.0), 0.5);
/// assert_eq!(probability(2.0), 0.8);
/// assert_eq!(probability(-4000.0), 0.0);
/// ```
pub fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + libm::exp2(-weight))
}

/// What equal values add to the weight of a pair beyond the level "equal", in
/// bits: log2(u/f), with u the share of the level "equal" among different
/// people and f the share of the value among all records.
///
/// Above zero for rare values, below it for common ones. f is taken for at
/// least `least`: the share of a value seen once or twice is hardly known, and
/// a slip of the pen would count as a rare name. Where the values that count
/// as equal are written in two ways, f is the larger of their shares. Nothing
/// where a number is not a share above zero (`least` may be zero where f is
/// not).
pub fn term_frequency_weight(u: f64, frequency: f64, least: f64) -> Option<f64> {
    let share = |value: f64| (0.0..=1.0).contains(&value);
    let frequency = if share(frequency) && share(least) { frequency.max(least) } else { return None };
    (share(u) && u > 0.0 && frequency > 0.0).then(|| libm::log2(u) - libm::log2(frequency))
}

pub(super) fn check_lambda(lambda: f64) -> Result<(), Refusal> {
    if lambda > 0.0 && lambda < 1.0 {
        return Ok(());
    }
    Err(Refusal::new(
        "lambda_out_of_range",
        "the share of pairs that are of one person does not lie strictly between 0 and 1",
        "give it as a share, such as 0.001, or have it estimated",
    ))
}

pub(super) fn check_shares(shares: &[f64]) -> Result<(), Refusal> {
    let total: f64 = shares.iter().sum();
    // A share that is not a number fails the comparisons too.
    if shares.len() > 1 && shares.iter().all(|&share| share > 0.0) && (total - 1.0).abs() <= SHARES_SLACK {
        return Ok(());
    }
    Err(Refusal::new(
        "not_shares",
        "the shares of the levels of a field are not all above zero or do not add up to one",
        "give each level a share, the level for all other pairs included",
    ))
}

pub(super) fn lengths_differ() -> Refusal {
    Refusal::new(
        "lengths_differ",
        "there is not one entry for each field, or not one share for each of its levels",
        "give one entry a field and one share a level",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// Odds of 1 to 31; equal names are 8 times as frequent in matches, equal
    /// sex twice.
    fn model() -> Model {
        let m = vec![vec![0.5, 0.25, 0.25], vec![0.75, 0.25]];
        let u = vec![vec![0.0625, 0.4375, 0.5], vec![0.375, 0.625]];
        Model::new(0.03125, m, u).expect("a model")
    }

    #[test]
    fn weights_by_hand() {
        let model = model();
        assert!((model.prior_weight() + 31.0_f64.log2()).abs() < 1e-15);
        let near = |found: Option<f64>, bits: f64| assert!((found.expect("a weight") - bits).abs() < 1e-15);
        near(model.level_weight(0, 1), 3.0);
        near(model.level_weight(0, 2), (4.0_f64 / 7.0).log2());
        near(model.level_weight(0, 3), -1.0);
        near(model.level_weight(1, 1), 1.0);
        near(model.level_weight(1, 2), (0.4_f64).log2());
        near(model.level_weight(1, 0), 0.0);
        assert_eq!((model.level_weight(2, 1), model.level_weight(1, 3)), (None, None));
        // Odds 1/31 · 8 · 2.
        assert!((model.probability(&[1, 1]).expect("one") - 16.0 / 47.0).abs() < 1e-15);
        // Nothing is known: what is known of every pair.
        assert!((model.probability(&[0, 0]).expect("one") - 0.03125).abs() < 1e-16);
    }

    #[test]
    fn weights_of_rare_values_are_larger() {
        // Of 100 records 20 are Sri and 1 is Wipada; equal by chance are 5%.
        assert!((term_frequency_weight(0.05, 0.2, 0.0).expect("a weight") + 2.0).abs() < 1e-15);
        let rare = term_frequency_weight(0.05, 0.01, 0.0).expect("a weight");
        assert!((rare - 5.0_f64.log2()).abs() < 1e-15);
        assert_eq!(term_frequency_weight(0.05, 0.01, 0.05), Some(0.0));
        assert_eq!(term_frequency_weight(0.05, 0.0, 0.05), Some(0.0));
        for (u, frequency, least) in [(0.0, 0.1, 0.1), (0.1, 0.0, 0.0), (0.1, f64::NAN, 0.1), (0.1, 1.5, 0.0)]
        {
            assert_eq!(term_frequency_weight(u, frequency, least), None);
        }
    }

    #[test]
    fn model_refuses() {
        let (m, u) = (vec![vec![0.9, 0.1]], vec![vec![0.1, 0.9]]);
        for lambda in [0.0, 1.0, f64::NAN] {
            assert_eq!(code(Model::new(lambda, m.clone(), u.clone())), Some("lambda_out_of_range"));
        }
        assert_eq!(code(Model::new(0.1, m.clone(), vec![])), Some("lengths_differ"));
        assert_eq!(code(Model::new(0.1, m.clone(), vec![vec![0.1, 0.1, 0.8]])), Some("lengths_differ"));
        for shares in [vec![1.0, 0.0], vec![0.5, 0.4], vec![f64::NAN, 0.5], vec![1.5, -0.5]] {
            assert_eq!(code(Model::new(0.1, vec![shares], u.clone())), Some("not_shares"));
        }
        let model = Model::new(0.1, m, u).expect("a model");
        assert_eq!(code(model.weight(&[1, 1])), Some("lengths_differ"));
        assert_eq!(code(model.weight(&[3])), Some("unknown_level"));
    }
}
