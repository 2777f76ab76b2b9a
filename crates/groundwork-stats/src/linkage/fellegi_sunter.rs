//! What tells pairs of one person from pairs of two, learnt from how often
//! each pattern of comparisons occurs: `fellegi_sunter.em`.
//!
//! # Estimand
//!
//! m, u and lambda of a [`Model`], without any pair being known to be of one
//! person.
//!
//! # Assumptions
//!
//! Those of [`Model`]: two kinds of pairs, whose fields vary independently
//! within each kind. Blocking rules decide which pairs are looked at, and with
//! them what m and lambda are about: a field that a rule asks to be equal says
//! nothing in its pairs and is left out of them, and its m is learnt under
//! another rule ([`pool_passes`](super::training::pool_passes)); lambda under a rule is not that of all
//! pairs, which comes from [`lambda_from_rules`](super::training::lambda_from_rules). u is best taken from pairs
//! drawn at random ([`shares_by_chance`](super::training::shares_by_chance)) and given: it decides on the large
//! weights, and nearly all such pairs are of different people.
//!
//! # Method
//!
//! Expectation and maximisation in turn. With n the pairs of a pattern and p
//! its probability under the present model,
//!
//! ```text
//! lambda  (1/2 + Σ n p)/(1 + Σ n)
//! m       (1/2 + Σ n p at the level)/(L/2 + Σ n p where the field is compared)
//! u       the same with 1 - p in place of p
//! ```
//!
//! until no number moves by more than 1e-9 (lambda: of itself). What is given
//! stays. The half pair a level is Jeffreys' prior: a level that no match was
//! seen at has a small share instead of none, which would rule a match out
//! whatever else agrees. The likelihood can have several peaks, and a search
//! from a share of matches far off ends on another one: unless lambda is
//! given, the search starts from five shares between 1/2 and 1e-5, and the
//! highest peak is taken.
//!
//! # Small samples
//!
//! m is learnt from the matches alone; fewer than ten for each share learnt
//! are flagged (`few_matches`). With few matches among very many pairs the
//! search can take a cluster of chance agreements for them; strict blocking
//! rules raise their share.
//!
//! # Refusals
//!
//! `lengths_differ`, `not_shares`, `lambda_out_of_range`;
//! `field_does_not_vary`: a field to learn about is missing in all pairs, or
//! has the same level in all of them. `too_few_fields`: fewer fields vary than
//! determine the numbers sought: three where some u is sought, two where m and
//! lambda are, one where m alone is. `no_matches`: less than one pair is
//! expected to be of one person. `kinds_swapped`: the closest levels count
//! against a match, so that what was found is something else.
//! `not_converged`.
//!
//! # Source
//!
//! Winkler WE (1988). Using the EM algorithm for weight computation in the
//! Fellegi-Sunter model of record linkage. Proceedings of the Section on
//! Survey Research Methods, American Statistical Association, 667-671.
//! Jaro MA (1989). Advances in record-linkage methodology as applied to
//! matching the 1985 census of Tampa, Florida. Journal of the American
//! Statistical Association 84:414-420. Enamorado T, Fifield B, Imai K (2019).
//! Using a probabilistic model to assist merging of large-scale administrative
//! records. American Political Science Review 113:353-371 (missing fields).

use crate::estimate::Refusal;
use crate::thresholds::EVENTS_PER_PARAMETER_FEW;
use crate::warning::Warning;

use super::model::{Model, check_lambda, check_shares, lengths_differ};
use super::patterns::Patterns;
use super::training::{PRIOR_PAIRS, does_not_vary, shares};

/// The id of the method.
pub const METHOD: &str = "fellegi_sunter.em";

/// The share of the closest level among matches that the search starts from.
const START_CLOSEST: f64 = 0.9;
/// The shares of matches that the search starts from.
const START_LAMBDAS: [f64; 5] = [0.5, 0.1, 0.01, 1e-3, 1e-5];
/// The search ends when no number moves by more.
const TOLERANCE: f64 = 1e-9;
/// The most rounds of the search.
const MOST_ROUNDS: u32 = 20_000;

/// What is known of a field before the search: shares of its levels, the
/// closest first. Nothing stands for what is sought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// The shares among pairs of one person.
    pub m: Option<Vec<f64>>,
    /// The shares among pairs of different people.
    pub u: Option<Vec<f64>>,
}

/// A model that was learnt from patterns.
#[derive(Clone, Debug, PartialEq)]
pub struct FellegiSunter {
    /// The numbers.
    pub model: Model,
    /// The pairs of one person that the model expects among those compared;
    /// seldom a whole number.
    pub matches: f64,
    /// The pairs compared.
    pub pairs: u64,
    /// The natural logarithm of the likelihood of the patterns.
    pub log_likelihood: f64,
    /// The rounds that the search took.
    pub rounds: u32,
    /// What a reader must be told: `few_matches`, `levels_out_of_order` (a
    /// level says less for a match than one that is farther off).
    pub warnings: Vec<Warning>,
    /// The id of the method.
    pub method: &'static str,
}

/// Learns a model from patterns.
///
/// `known` holds one entry a field, `lambda` the share of matches among the
/// pairs where it is known.
///
/// # Errors
///
/// See the refusals of this module.
pub fn fellegi_sunter(
    patterns: &Patterns,
    known: &[Known],
    lambda: Option<f64>,
) -> Result<FellegiSunter, Refusal> {
    check(patterns, known, lambda)?;
    let starts = lambda.map_or(START_LAMBDAS.to_vec(), |lambda| vec![lambda]);
    let mut best: Option<Search> = None;
    for start in starts {
        let Some(found) = Search::new(patterns, known, lambda, start).run(patterns) else { continue };
        // A later start replaces an earlier one only where it is clearly higher.
        let higher = |best: &Search| found.objective > best.objective + 1e-6;
        if best.as_ref().is_none_or(higher) {
            best = Some(found);
        }
    }
    let found = best.ok_or_else(not_converged)?;
    if found.matches < 1.0 {
        return Err(Refusal::new(
            "no_matches",
            "less than one pair is expected to be of one person, so there is nothing to learn a match from",
            "loosen the blocking rules, or report that no record was found twice",
        ));
    }
    let model = Model::new(found.lambda, found.m, found.u).map_err(|_| not_converged())?;
    let closest = (0..known.len()).filter_map(|field| model.level_weight(field, 1)).sum::<f64>();
    if closest < 0.0 {
        return Err(Refusal::new(
            "kinds_swapped",
            "the closest levels of the comparisons count against a match, so what was found are not people",
            "take u from pairs drawn at random, or use stricter blocking rules",
        ));
    }
    let learnt = known.iter().zip(patterns.levels()).filter(|(known, _)| known.m.is_none());
    let learnt: usize = learnt.map(|(_, &levels)| usize::from(levels) - 1).sum();
    let mut warnings = Vec::new();
    if found.matches < EVENTS_PER_PARAMETER_FEW * learnt as f64 {
        warnings.push(Warning::new(
            "few_matches",
            "what pairs of one person look like was learnt from fewer than ten of them for each number",
        ));
    }
    if out_of_order(&model) {
        warnings.push(Warning::new(
            "levels_out_of_order",
            "a level of a comparison says less for a match than one that is farther off",
        ));
    }
    Ok(FellegiSunter {
        model,
        matches: found.matches,
        pairs: patterns.pairs(),
        log_likelihood: found.log_likelihood,
        rounds: found.rounds,
        warnings,
        method: METHOD,
    })
}

/// The numbers on the way.
struct Search {
    m: Vec<Vec<f64>>,
    u: Vec<Vec<f64>>,
    lambda: f64,
    /// Which of them are sought, field by field.
    seek_m: Vec<bool>,
    seek_u: Vec<bool>,
    seek_lambda: bool,
    matches: f64,
    log_likelihood: f64,
    /// The likelihood with the prior, which no round may lower.
    objective: f64,
    rounds: u32,
}

impl Search {
    fn new(patterns: &Patterns, known: &[Known], lambda: Option<f64>, start: f64) -> Self {
        let chance = |field: usize| {
            let counts: Vec<f64> = patterns.compared(field).into_iter().map(|pairs| pairs as f64).collect();
            shares(&counts)
        };
        let close = |levels: u8| {
            let rest = (1.0 - START_CLOSEST) / f64::from(levels - 1);
            (0..levels).map(|level| if level == 0 { START_CLOSEST } else { rest }).collect()
        };
        let fields = known.iter().zip(patterns.levels()).enumerate();
        let (m, u) = fields
            .map(|(field, (known, &levels))| {
                let m = known.m.clone().unwrap_or_else(|| close(levels));
                (m, known.u.clone().unwrap_or_else(|| chance(field)))
            })
            .unzip();
        Self {
            m,
            u,
            lambda: start,
            seek_m: known.iter().map(|known| known.m.is_none()).collect(),
            seek_u: known.iter().map(|known| known.u.is_none()).collect(),
            seek_lambda: lambda.is_none(),
            matches: 0.0,
            log_likelihood: f64::NEG_INFINITY,
            objective: f64::NEG_INFINITY,
            rounds: 0,
        }
    }

    /// Rounds until nothing moves; nothing where that does not come about.
    fn run(mut self, patterns: &Patterns) -> Option<Self> {
        for round in 1..=MOST_ROUNDS {
            self.rounds = round;
            let moved = self.round(patterns);
            if !(moved.is_finite() && self.objective.is_finite()) {
                return None;
            }
            if moved <= TOLERANCE {
                return Some(self);
            }
        }
        None
    }

    /// One expectation and one maximisation; gives the largest move. What it
    /// leaves in `matches` and in the likelihoods belongs to the numbers
    /// before the move.
    fn round(&mut self, patterns: &Patterns) -> f64 {
        let logs = |shares: &[Vec<f64>]| -> Vec<Vec<f64>> {
            shares.iter().map(|shares| shares.iter().map(|&share| libm::log(share)).collect()).collect()
        };
        let (log_m, log_u) = (logs(&self.m), logs(&self.u));
        let zeros = || self.m.iter().map(|m| vec![0.0; m.len()]).collect::<Vec<_>>();
        let (mut of_one, mut of_two) = (zeros(), zeros());
        let (log_lambda, log_rest) = (libm::log(self.lambda), libm::log1p(-self.lambda));
        let (mut matches, mut log_likelihood) = (0.0, 0.0);
        // The patterns have one order, so the sums have the same bits.
        for (pattern, pairs) in patterns.iter() {
            let (mut one, mut two) = (log_lambda, log_rest);
            for (field, &level) in pattern.iter().enumerate() {
                if let Some(level) = usize::from(level).checked_sub(1) {
                    one += log_m[field][level];
                    two += log_u[field][level];
                }
            }
            let probability = 1.0 / (1.0 + libm::exp(two - one));
            let pairs = pairs as f64;
            matches += pairs * probability;
            let higher = one.max(two);
            log_likelihood += pairs * (higher + libm::log1p(libm::exp(one.min(two) - higher)));
            for (field, &level) in pattern.iter().enumerate() {
                if let Some(level) = usize::from(level).checked_sub(1) {
                    of_one[field][level] += pairs * probability;
                    of_two[field][level] += pairs * (1.0 - probability);
                }
            }
        }
        let sought = |logs: &[Vec<f64>], seek: &[bool]| -> f64 {
            logs.iter().zip(seek).filter(|&(_, &seek)| seek).flat_map(|(logs, _)| logs).sum()
        };
        let mut prior = sought(&log_m, &self.seek_m) + sought(&log_u, &self.seek_u);
        if self.seek_lambda {
            prior += log_lambda + log_rest;
        }
        self.objective = log_likelihood + PRIOR_PAIRS * prior;
        (self.matches, self.log_likelihood) = (matches, log_likelihood);

        let mut moved = 0.0_f64;
        let mut settle = |places: &mut [Vec<f64>], seek: &[bool], counts: &[Vec<f64>]| {
            for (field, place) in places.iter_mut().enumerate().filter(|&(field, _)| seek[field]) {
                for (old, new) in place.iter_mut().zip(shares(&counts[field])) {
                    moved = moved.max((new - *old).abs());
                    *old = new;
                }
            }
        };
        settle(&mut self.m, &self.seek_m, &of_one);
        settle(&mut self.u, &self.seek_u, &of_two);
        if self.seek_lambda {
            let new = (matches + PRIOR_PAIRS) / (patterns.pairs() as f64 + 2.0 * PRIOR_PAIRS);
            moved = moved.max((new / self.lambda - 1.0).abs());
            self.lambda = new;
        }
        moved
    }
}

/// Whether a level weighs less than one that is farther off, by more than a
/// tenth of a bit.
fn out_of_order(model: &Model) -> bool {
    let fields = model.m().iter().enumerate();
    fields.into_iter().any(|(field, m)| {
        let weights: Vec<f64> =
            (1..=m.len()).filter_map(|level| model.level_weight(field, u8::try_from(level).ok()?)).collect();
        weights.windows(2).any(|pair| pair[0] < pair[1] - 0.1)
    })
}

fn check(patterns: &Patterns, known: &[Known], lambda: Option<f64>) -> Result<(), Refusal> {
    lambda.map_or(Ok(()), check_lambda)?;
    if known.len() != patterns.levels().len() {
        return Err(lengths_differ());
    }
    let mut varying = 0;
    for (field, (known, &levels)) in known.iter().zip(patterns.levels()).enumerate() {
        for given in known.m.iter().chain(&known.u) {
            if given.len() != usize::from(levels) {
                return Err(lengths_differ());
            }
            check_shares(given)?;
        }
        let varies = patterns.compared(field).iter().filter(|&&pairs| pairs > 0).count() > 1;
        if !varies && (known.m.is_none() || known.u.is_none()) {
            return Err(does_not_vary());
        }
        varying += usize::from(varies);
    }
    let seeks = |of: fn(&Known) -> bool| known.iter().any(of);
    let needed = match (seeks(|known| known.u.is_none()), seeks(|known| known.m.is_none()), lambda) {
        (true, _, _) => 3,
        (false, true, None) => 2,
        (false, _, _) => 1,
    };
    if varying < needed {
        return Err(Refusal::new(
            "too_few_fields",
            "fewer fields vary than it takes to tell what is sought apart",
            "compare more fields, or give u from pairs drawn at random",
        ));
    }
    Ok(())
}

fn not_converged() -> Refusal {
    Refusal::new(
        "not_converged",
        "the search for the weights did not settle",
        "give u from pairs drawn at random, use stricter blocking rules, or compare fewer fields",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::simulated::{exact, patterns_of};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn near(found: &[Vec<f64>], expected: &[Vec<f64>], tolerance: f64) {
        for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
            assert!((found - expected).abs() <= tolerance, "{found} where {expected} is expected");
        }
    }

    fn given_u(u: &[Vec<f64>]) -> Vec<Known> {
        u.iter().map(|u| Known { u: Some(u.clone()), m: None }).collect()
    }

    /// Names in three levels, a birthday, a place, sex.
    fn truth() -> Model {
        Model::new(
            0.02,
            vec![vec![0.7, 0.2, 0.1], vec![0.9, 0.06, 0.04], vec![0.8, 0.2], vec![0.98, 0.02]],
            vec![vec![0.01, 0.04, 0.95], vec![0.003, 0.05, 0.947], vec![0.1, 0.9], vec![0.5, 0.5]],
        )
        .expect("a model")
    }

    #[test]
    fn round_by_hand() {
        // One field, everything equally likely: half of each pattern are
        // matches. 3 pairs at the first level and 1 at the second.
        let patterns = Patterns::new(&[2], &[1, 2], &[3, 1]).expect("patterns");
        let half = Some(vec![0.5, 0.5]);
        let known = [Known { m: half.clone(), u: half }];
        let mut search = Search::new(&patterns, &known, None, 0.5);
        search.seek_m = vec![true];
        search.round(&patterns);
        // (1.5 + 0.5)/(2 + 1) and (2 + 0.5)/(4 + 1).
        assert_eq!((search.m[0][0], search.lambda, search.matches), (2.0 / 3.0, 0.5, 2.0));
        assert!((search.log_likelihood - 4.0 * 0.5_f64.ln()).abs() < 1e-15);
        // m 2/3 and 1/3 against u 1/2: p = 4/7 and 2/5.
        search.round(&patterns);
        let matches = 3.0 * 4.0 / 7.0 + 0.4;
        assert!((search.matches - matches).abs() < 1e-15);
        assert!((search.lambda - (matches + 0.5) / 5.0).abs() < 1e-15);
        assert!((search.m[0][0] - (12.0 / 7.0 + 0.5) / (matches + 1.0)).abs() < 1e-15);
        let likelihood = 3.0 * (7.0_f64 / 12.0).ln() + (5.0_f64 / 12.0).ln();
        assert!((search.log_likelihood - likelihood).abs() < 1e-15);
    }

    #[test]
    fn no_round_lowers_the_objective() {
        let patterns = patterns_of(&truth(), 0.1, 4000, 3);
        for (known, start) in [(vec![Known::default(); 4], 0.3), (given_u(truth().u()), 1e-4)] {
            let mut search = Search::new(&patterns, &known, None, start);
            let mut before = f64::NEG_INFINITY;
            for _ in 0..300 {
                search.round(&patterns);
                assert!(search.objective >= before - 1e-9 * before.abs().min(1e9), "{}", search.objective);
                before = search.objective;
            }
        }
    }

    #[test]
    fn patterns_as_expected_give_back_what_they_came_from() {
        let truth = truth();
        let patterns = exact(&truth, 10_000_000_000);
        let found = fellegi_sunter(&patterns, &given_u(truth.u()), None).expect("a model");
        near(found.model.m(), truth.m(), 1e-6);
        assert!((found.model.lambda() - 0.02).abs() < 1e-7);
        assert!((found.matches / 2e8 - 1.0).abs() < 1e-5);
        assert_eq!((found.warnings.len(), found.pairs), (0, patterns.pairs()));
        // Without u, too.
        let found = fellegi_sunter(&patterns, &vec![Known::default(); 4], None).expect("a model");
        near(found.model.m(), truth.m(), 1e-5);
        near(found.model.u(), truth.u(), 1e-6);
        assert!((found.model.lambda() - 0.02).abs() < 1e-6);
    }

    #[test]
    fn patterns_that_were_drawn_give_back_what_they_came_from() {
        let truth = truth();
        for seed in 0..20 {
            // 2,000 matches among 100,000 pairs, a tenth of the values missing:
            // a share of 0.7 has a standard error of about 0.012.
            let patterns = patterns_of(&truth, 0.1, 100_000, seed);
            let found = fellegi_sunter(&patterns, &given_u(truth.u()), None).expect("a model");
            near(found.model.m(), truth.m(), 0.06);
            assert!((found.model.lambda() / 0.02 - 1.0).abs() < 0.12, "{}", found.model.lambda());
        }
    }

    #[test]
    fn model_does_not_depend_on_the_order_of_patterns() {
        let patterns = patterns_of(&truth(), 0.2, 5000, 9);
        let (rows, counts): (Vec<&[u8]>, Vec<u64>) = patterns.iter().unzip();
        let backwards: Vec<u8> = rows.iter().rev().flat_map(|row| row.iter().copied()).collect();
        let counts: Vec<u64> = counts.into_iter().rev().collect();
        let turned = Patterns::new(patterns.levels(), &backwards, &counts).expect("patterns");
        let known = vec![Known::default(); 4];
        assert_eq!(fellegi_sunter(&patterns, &known, None), fellegi_sunter(&turned, &known, None));
    }

    #[test]
    fn what_is_given_stays() {
        let truth = truth();
        let patterns = patterns_of(&truth, 0.0, 20_000, 4);
        let mut known = given_u(truth.u());
        known[1].m = Some(truth.m()[1].clone());
        let found = fellegi_sunter(&patterns, &known, Some(0.02)).expect("a model");
        assert_eq!((&found.model.m()[1], found.model.lambda()), (&truth.m()[1], 0.02));
        assert_eq!(found.model.u(), truth.u());
        assert_ne!(found.model.m()[0], truth.m()[0]);
    }

    #[test]
    fn model_refuses() {
        let truth = truth();
        let patterns = patterns_of(&truth, 0.0, 20_000, 4);
        let known = given_u(truth.u());
        assert_eq!(code(fellegi_sunter(&patterns, &known[..3], None)), Some("lengths_differ"));
        assert_eq!(code(fellegi_sunter(&patterns, &known, Some(1.0))), Some("lambda_out_of_range"));
        let mut wrong = known.clone();
        wrong[0].m = Some(vec![0.5, 0.5]);
        assert_eq!(code(fellegi_sunter(&patterns, &wrong, None)), Some("lengths_differ"));
        wrong[0].m = Some(vec![0.5, 0.5, 0.5]);
        assert_eq!(code(fellegi_sunter(&patterns, &wrong, None)), Some("not_shares"));

        // The second field was asked to be equal.
        let blocked = Patterns::new(&[2, 2], &[1, 1, 2, 1], &[50, 50]).expect("patterns");
        let two = vec![Known { u: Some(vec![0.1, 0.9]), m: None }; 2];
        assert_eq!(code(fellegi_sunter(&blocked, &two, None)), Some("field_does_not_vary"));
        let one = Patterns::new(&[2], &[1, 2], &[50, 50]).expect("patterns");
        assert_eq!(code(fellegi_sunter(&one, &two[..1], None)), Some("too_few_fields"));
        assert!(fellegi_sunter(&one, &two[..1], Some(0.5)).is_ok());
        let free = [Known::default(), Known::default()];
        let pair = Patterns::new(&[2, 2], &[1, 1, 2, 2], &[50, 50]).expect("patterns");
        assert_eq!(code(fellegi_sunter(&pair, &free, None)), Some("too_few_fields"));

        // Nobody twice: as by chance, and no more.
        let u = vec![vec![0.5, 0.5]; 3];
        let rows: Vec<u8> =
            (0..8_u8).flat_map(|way| [way & 1, way >> 1 & 1, way >> 2].map(|at| at + 1)).collect();
        let chance = Patterns::new(&[2; 3], &rows, &[1; 8]).expect("patterns");
        assert_eq!(code(fellegi_sunter(&chance, &given_u(&u), Some(1e-6))), Some("no_matches"));
    }
}
