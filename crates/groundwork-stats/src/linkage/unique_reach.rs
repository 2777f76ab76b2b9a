//! How many different people records are of: `reach.band`.
//!
//! # Estimand
//!
//! The number of people who have at least one of the records.
//!
//! # Assumptions
//!
//! The probabilities of pairs are what they say: of the pairs with
//! probability 0.7, seven in ten are of one person, but for an error that all
//! of them share ([`SHARED_BITS`]). Where pairs of several records of a person
//! are taken one by one, the likeliest of many joins groups that the others keep
//! apart, and too few people are expected: likely links should have heard the
//! other pairs between their groups. What no pair tells the caller knows of
//! ([`Untold`]): pairs of one person that no blocking rule brought together,
//! and records that have nothing in common with the others of their person.
//! People without any record are not counted: see
//! [`capture_recapture`](crate::estimators::capture_recapture).
//!
//! # Method
//!
//! At a threshold t the people are the connected components of the pairs with
//! p >= t, whose number grows with t. At each threshold
//!
//! ```text
//! expected precision  the mean of p over the pairs with p >= t
//! expected recall     Σ p over them/(Σ p over all pairs + pairs untold)
//! ```
//!
//! which are about pairs that were compared, not about all pairs within a
//! cluster. One number without a threshold is the mean of the people over all
//! thresholds from 0 to 1, without those who are counted more than once,
//!
//! ```text
//! expected  records - (1 + missed/Σ p over all pairs) Σ p over the links - apart
//! ```
//!
//! where the links are those of the heaviest spanning forest, each of which
//! joins two clusters with its probability, a missed pair joins as many as
//! one that was compared, and `apart` are the records that stand apart. Its
//! spread has four sources,
//!
//! ```text
//! v = Σ p (1 - p) over the links
//! sd² = v + (ln 2 b v)² + (r missed/Σ p Σ p over the links)² + (r apart)²
//! ```
//!
//! who is who by chance; an error of b bits in every weight ([`SHARED_BITS`]);
//! and how far what was untold may be off, as a share r ([`UNTOLD_SD`]). The
//! band goes 1.96 of them to both sides, and to the people at the lowest
//! threshold where they lie outside. Where less than one record in a hundred is
//! joined to another, chance may have done all of it, and the band goes to all
//! records. It is a band and no confidence interval:
//! b and r are set, not estimated, so that it holds the people of generated
//! registers of several kinds at least as often as its level says.
//!
//! # Small samples
//!
//! The people are counted, not sampled: the band is about who is who, and says
//! nothing of other people.
//!
//! # Refusals
//!
//! `empty` (no records), `no_thresholds`, `missed_out_of_range`, and those of
//! [`connected_components`](super::clusters::connected_components). As one
//! number ([`UniqueReach::single`]) `band_too_wide`: the upper end lies more
//! than 15% above the lower.
//!
//! # Source
//!
//! Kruskal JB (1956). On the shortest spanning subtree of a graph and the
//! traveling salesman problem. Proceedings of the American Mathematical Society
//! 7:48-50 (the forest). Gower JC, Ross GJS (1969). Minimum spanning trees and
//! single linkage cluster analysis. Applied Statistics 18:54-64 (that it holds
//! the components at every threshold). Sadinle M (2017). Bayesian estimation
//! of bipartite matchings for record linkage. Journal of the American
//! Statistical Association 112:600-612 (that who is who is uncertain). Chao A
//! (1987). Estimating the population size for capture-recapture data with
//! unequal catchability. Biometrics 43:783-791.

use crate::estimate::Refusal;
use crate::estimators::capture_recapture::{Chao, chao_lower_bound};
use crate::sum::Sum;
use crate::thresholds::REACH_WIDTH_MOST;

use super::clusters::{Forest, Pair, check_records, check_threshold};

/// The id of the band.
pub const METHOD: &str = "reach.band";

/// How often a band is to hold the people.
pub const LEVEL: f64 = 0.95;
/// The normal quantile of that level, to both sides.
const Z: f64 = 1.959_963_984_540_054;
/// An error that the weights of all pairs share, in bits: its standard
/// deviation.
pub const SHARED_BITS: f64 = 0.5;
/// The standard deviation of what no pair tells, as a share of it.
pub const UNTOLD_SD: f64 = 0.4;

/// Where a smaller share of the records is joined to others, none may be.
const JOINED_LEAST: f64 = 0.01;

/// What no pair that was compared tells.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Untold {
    /// Pairs of one person expected among those not compared.
    pub missed: f64,
    /// Records expected to stand apart: those that have nothing in common with
    /// the other records of their person, such as a nickname on one list.
    pub apart: f64,
    /// Pairs of one person that those would have made.
    pub apart_pairs: f64,
}

/// More pairs than records can have.
const MISSED_MOST: f64 = 1e18;

/// The people at one threshold, and what is expected of the pairs above it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReachAt {
    /// The least probability of a pair that is linked.
    pub threshold: f64,
    /// The people.
    pub unique: u64,
    /// The share of the linked pairs that are of one person, as their
    /// probabilities have it; nothing where none is linked.
    pub precision: Option<f64>,
    /// The share of the pairs of one person that are linked, as their
    /// probabilities have it; nothing where none is expected.
    pub recall: Option<f64>,
}

/// The people over a range of thresholds.
#[derive(Clone, Debug, PartialEq)]
pub struct UniqueReach {
    /// The records.
    pub records: u64,
    /// The people at each threshold, from the lowest to the highest.
    pub at: Vec<ReachAt>,
    /// The lower end of the band, rounded down; one at the least.
    pub lower: u64,
    /// The upper end of the band, rounded up; the records at the most.
    pub upper: u64,
    /// The mean over all thresholds, less what was untold; seldom a whole
    /// number.
    pub expected: f64,
    /// The standard deviation of what is expected.
    pub spread: f64,
    /// The id of the method.
    pub method: &'static str,
}

impl UniqueReach {
    /// How far the upper end lies above the lower, as a share of the lower.
    pub fn width(&self) -> f64 {
        (self.upper - self.lower) as f64 / self.lower as f64
    }

    /// The people as one number, where the band is narrow enough: those at the
    /// lowest threshold, at which as many links are right as are wrong.
    ///
    /// # Errors
    ///
    /// `band_too_wide`.
    pub fn single(&self) -> Result<u64, Refusal> {
        let lowest = self.at.first().map(|at| at.unique);
        if let Some(unique) = lowest.filter(|_| self.width() <= REACH_WIDTH_MOST) {
            return Ok(unique);
        }
        Err(Refusal::new(
            "band_too_wide",
            "the number of different people is uncertain by more than 15%",
            "report the band from lower to upper, or have the doubtful pairs reviewed",
        ))
    }
}

/// The band of the number of different people.
///
/// `records` is their number, `pairs` those compared in any order, each once,
/// `thresholds` the probabilities to count at, in any order
/// ([`REACH_THRESHOLDS`](crate::thresholds::REACH_THRESHOLDS) by default), and
/// `untold` what is known of pairs that tell nothing, zeros where that is
/// nothing.
///
/// # Errors
///
/// See the refusals of this module.
///
/// ```
/// use groundwork_stats::linkage::clusters::Pair;
/// use groundwork_stats::linkage::unique_reach::{Untold, unique_reach};
/// use groundwork_stats::thresholds::REACH_THRESHOLDS;
///
/// // Five records: 0 and 1 surely one person, 2 and 3 perhaps.
/// let sure = Pair { one: 0, other: 1, probability: 1.0 };
/// let perhaps = Pair { one: 2, other: 3, probability: 0.75 };
/// let reach = unique_reach(5, &[sure, perhaps], &REACH_THRESHOLDS, Untold::default());
/// assert!(reach.is_ok_and(|reach| (reach.lower, reach.upper, reach.expected) == (2, 5, 3.25)));
/// ```
pub fn unique_reach(
    records: usize,
    pairs: &[Pair],
    thresholds: &[f64],
    untold: Untold,
) -> Result<UniqueReach, Refusal> {
    check_records(records, pairs)?;
    if records == 0 {
        return Err(Refusal::new("empty", "there are no records", "report that nobody was reached"));
    }
    if thresholds.is_empty() {
        return Err(Refusal::new("no_thresholds", "there is no threshold to count at", "name at least one"));
    }
    thresholds.iter().try_for_each(|&threshold| check_threshold(threshold))?;
    let Untold { missed, apart, apart_pairs } = untold;
    if ![missed, apart, apart_pairs].iter().all(|number| (0.0..=MISSED_MOST).contains(number)) {
        return Err(missed_out_of_range());
    }
    let mut sorted: Vec<&Pair> = pairs.iter().filter(|pair| pair.one != pair.other).collect();
    // The likeliest first. How ties fall changes which pairs are links, but
    // not how many have a probability.
    sorted.sort_unstable_by(|one, other| other.probability.total_cmp(&one.probability));
    let mut forest = Forest::new(records);
    let joins = |pair: &&&Pair| forest.join(pair.one, pair.other);
    let links: Vec<f64> = sorted.iter().filter(joins).map(|pair| pair.probability).collect();

    let mut rising = thresholds.to_vec();
    rising.sort_unstable_by(f64::total_cmp);
    rising.dedup();
    let sum = |pairs: &[&Pair]| pairs.iter().map(|pair| pair.probability).collect::<Sum>().value();
    let compared = sum(&sorted);
    let all = compared + missed + apart_pairs;
    let at: Vec<ReachAt> = rising
        .into_iter()
        .map(|threshold| {
            let joined = links.partition_point(|&probability| probability >= threshold);
            let linked = &sorted[..sorted.partition_point(|pair| pair.probability >= threshold)];
            let right = sum(linked);
            ReachAt {
                threshold,
                unique: (records - joined) as u64,
                precision: (!linked.is_empty()).then(|| right / linked.len() as f64),
                recall: (all > 0.0).then(|| right / all),
            }
        })
        .collect();
    let joined = links.iter().copied().collect::<Sum>().value();
    let by_chance = links.iter().map(|p| p * (1.0 - p)).collect::<Sum>().value();
    let joined_missed = if compared > 0.0 { missed / compared * joined } else { 0.0 };
    let expected = (records as f64 - joined - joined_missed - apart).max(1.0);
    let square = |number: f64| number * number;
    let spread = (by_chance
        + square(std::f64::consts::LN_2 * SHARED_BITS * by_chance)
        + square(UNTOLD_SD * joined_missed)
        + square(UNTOLD_SD * apart))
    .sqrt();
    let lowest = at.first().map_or(records as u64, |at| at.unique);
    // Saturates: a number below zero is none.
    let lower = ((expected - Z * spread).floor() as u64).max(1).min(lowest);
    let few = joined < JOINED_LEAST * records as f64;
    let upper = if few { f64::INFINITY } else { (expected + Z * spread).ceil() };
    let upper = (upper as u64).min(records as u64).max(lowest);
    Ok(UniqueReach { records: records as u64, at, lower, upper, expected, spread, method: METHOD })
}

/// The pairs of one person that no blocking rule brought together, at the
/// least: Chao's bound, corrected for bias, with each rule as a list.
///
/// `by_rules` holds the pairs of one person that exactly one rule brought
/// together, exactly two, and so on to the number of rules, each as the sum of
/// the probabilities of its pairs. Rules over the same fields miss the same
/// pairs, which the bound allows for only in part.
///
/// # Errors
///
/// `missed_out_of_range` where a sum is negative or not a number,
/// `too_few_lists` with less than two rules, and `empty` where no pair of one
/// person was found.
pub fn missed_by_blocking(by_rules: &[f64]) -> Result<f64, Refusal> {
    if !by_rules.iter().all(|sum| (0.0..=MISSED_MOST).contains(sum)) {
        return Err(missed_out_of_range());
    }
    let whole: Vec<u64> = by_rules.iter().map(|sum| sum.round() as u64).collect();
    // The level is that of an interval, of which nothing is used.
    let bound = chao_lower_bound(&whole, Chao::BiasCorrected, 0.5)?;
    Ok(bound.value - bound.n as f64)
}

fn missed_out_of_range() -> Refusal {
    Refusal::new(
        "missed_out_of_range",
        "a number of pairs of one person is negative, too large, or not a number",
        "give the sums of the probabilities of pairs, and zero where nothing is known",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::clusters::connected_components;
    use crate::linkage::model::probability;
    use crate::random::Stream;
    use crate::thresholds::REACH_THRESHOLDS;

    fn pair(one: u32, other: u32, probability: f64) -> Pair {
        Pair { one, other, probability }
    }

    fn missed(missed: f64) -> Untold {
        Untold { missed, ..Untold::default() }
    }

    fn code(outcome: Result<UniqueReach, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn reach_by_hand() {
        // Ten records. 0, 1, 2 in a triangle whose third side adds nothing,
        // 3 and 4 doubtful, 5 and 6 too doubtful for the band.
        let pairs =
            [pair(1, 2, 0.75), pair(0, 1, 1.0), pair(0, 2, 0.5), pair(4, 3, 0.625), pair(5, 6, 0.125)];
        let reach = unique_reach(10, &pairs, &[0.9, 0.5, 0.7], missed(1.0)).expect("a reach");
        let unique: Vec<(f64, u64)> = reach.at.iter().map(|at| (at.threshold, at.unique)).collect();
        assert_eq!(unique, [(0.5, 7), (0.7, 8), (0.9, 9)]);
        // 10 - (1 + 1/3) (1 + 0.75 + 0.625 + 0.125).
        assert!((reach.expected - 20.0 / 3.0).abs() < 1e-15);
        // v = 0.1875 + 0.234375 + 0.109375, and 0.4 of the 2.5/3 links that a missed pair makes.
        let v = 0.53125_f64;
        let spread = (v + (std::f64::consts::LN_2 * 0.5 * v).powi(2) + (0.4_f64 * 2.5 / 3.0).powi(2)).sqrt();
        assert!((reach.spread - spread).abs() < 1e-15);
        // 6.67 less and more 1.61.
        assert_eq!((reach.lower, reach.upper, reach.records), (5, 9, 10));
        // All sum to 3, and one was missed.
        let shares: Vec<_> = reach.at.iter().map(|at| (at.precision, at.recall)).collect();
        assert_eq!(
            shares,
            [
                (Some(2.875 / 4.0), Some(2.875 / 4.0)),
                (Some(0.875), Some(1.75 / 4.0)),
                (Some(1.0), Some(0.25)),
            ]
        );
        assert_eq!(reach.width(), 0.8);
        assert_eq!(reach.single().map_err(|refusal| refusal.code), Err("band_too_wide"));
        let sure = unique_reach(10, &pairs[1..2], &[0.6, 0.7], missed(0.0)).expect("a reach");
        assert_eq!((sure.lower, sure.upper, sure.expected, sure.spread), (9, 9, 9.0, 0.0));
        assert_eq!((sure.width(), sure.single()), (0.0, Ok(9)));
        // Three of whom one stands apart, and nothing missed: 9 less 1, and 0.4 of it.
        let apart = Untold { missed: 0.0, apart: 1.0, apart_pairs: 2.0 };
        let reach = unique_reach(10, &pairs[1..2], &[0.5], apart).expect("a reach");
        assert_eq!((reach.lower, reach.upper, reach.expected, reach.spread), (7, 9, 8.0, 0.4));
        assert_eq!(reach.at[0].recall, Some(1.0 / 3.0));
        // One link of 200 records may be chance, whatever its probability.
        let few = unique_reach(200, &pairs[1..2], &[0.5], missed(0.0)).expect("a reach");
        assert_eq!((few.lower, few.upper, few.expected), (199, 200, 199.0));
    }

    #[test]
    fn reach_without_pairs_is_all_records() {
        let reach = unique_reach(4, &[], &REACH_THRESHOLDS, missed(0.0)).expect("a reach");
        assert_eq!((reach.lower, reach.upper, reach.expected, reach.single()), (4, 4, 4.0, Ok(4)));
        assert!(reach.at.iter().all(|at| at.precision.is_none() && at.recall.is_none()));
    }

    #[test]
    fn reach_is_the_number_of_clusters_in_any_order() {
        let mut stream = Stream::new(&[3; 32], 0);
        for _ in 0..40 {
            let records = 2 + stream.index(60) as usize;
            let mut pairs: Vec<Pair> = (0..2 * records)
                .map(|_| {
                    let mut end = || stream.index(records as u64) as u32;
                    let (one, other) = (end(), end());
                    pair(one, other, stream.index(21) as f64 / 20.0)
                })
                .collect();
            let reach = unique_reach(records, &pairs, &REACH_THRESHOLDS, missed(0.0)).expect("a reach");
            for at in &reach.at {
                let clusters = connected_components(records, &pairs, at.threshold).expect("clusters");
                assert_eq!(at.unique, clusters.sizes.len() as u64);
            }
            assert!(reach.at.windows(2).all(|two| two[0].unique <= two[1].unique));
            // The mean over all thresholds, at the middle of each step.
            let middles: f64 = (0..20)
                .map(|step| f64::from(step) / 20.0 + 0.025)
                .map(|at| connected_components(records, &pairs, at).expect("clusters").sizes.len() as f64)
                .sum();
            assert!((reach.expected - middles / 20.0).abs() < 1e-9);
            for at in (1..pairs.len()).rev() {
                pairs.swap(at, stream.index(at as u64 + 1) as usize);
            }
            assert_eq!(unique_reach(records, &pairs, &REACH_THRESHOLDS, missed(0.0)), Ok(reach));
        }
    }

    #[test]
    fn reach_refuses() {
        assert_eq!(code(unique_reach(0, &[], &[0.5], missed(0.0))), Some("empty"));
        assert_eq!(code(unique_reach(1, &[], &[], missed(0.0))), Some("no_thresholds"));
        assert_eq!(code(unique_reach(1, &[], &[f64::NAN], missed(0.0))), Some("threshold_out_of_range"));
        assert_eq!(
            code(unique_reach(1, &[pair(0, 1, 0.5)], &[0.5], missed(0.0))),
            Some("record_out_of_range")
        );
        for wrong in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(code(unique_reach(1, &[], &[0.5], missed(wrong))), Some("missed_out_of_range"));
            let apart = Untold { apart: wrong, ..Untold::default() };
            assert_eq!(code(unique_reach(1, &[], &[0.5], apart)), Some("missed_out_of_range"));
        }
    }

    #[test]
    fn missed_by_hand() {
        // Of three rules: two thirds of 20 · 19/(2 · (9 + 1)).
        let bound = missed_by_blocking(&[20.2, 8.9, 40.0]).expect("a number");
        assert!((bound - 2.0 / 3.0 * 380.0 / 20.0).abs() < 1e-12);
        assert_eq!(missed_by_blocking(&[0.0, 5.0]), Ok(0.0));
        let code = |sums: &[f64]| missed_by_blocking(sums).err().map(|refusal| refusal.code);
        assert_eq!(code(&[5.0]), Some("too_few_lists"));
        assert_eq!(code(&[0.0, 0.1]), Some("empty"));
        assert_eq!(code(&[1.0, f64::NAN]), Some("missed_out_of_range"));
        assert_eq!(code(&[-1.0, 2.0]), Some("missed_out_of_range"));
    }

    /// How many of 100 bands hold the truth where all is as it is assumed: 400 records in pairs whose
    /// probabilities are off by an error that all share, and 20 records expected to stand apart.
    fn held(bits: f64, untold: f64) -> u32 {
        let mut held = 0;
        for seed in 0..100 {
            let mut stream = Stream::new(&[seed; 32], 2);
            let mut unit = || (stream.word() >> 11) as f64 / (1_u64 << 53) as f64;
            let mut normal = || (0..12).map(|_| unit()).sum::<f64>() - 6.0;
            let error = bits * normal();
            let apart = (20.0 * (1.0 + untold * normal())).max(0.0).round();
            let mut unique = 400.0 - apart;
            let mut pairs = Vec::new();
            for at in 0..200 {
                let weight = 12.0 * unit() - 6.0;
                let odds = libm::exp2(weight + error);
                unique -= f64::from(u8::from(unit() < odds / (1.0 + odds)));
                pairs.push(pair(2 * at, 2 * at + 1, probability(weight)));
            }
            let untold = Untold { missed: 0.0, apart: 20.0, apart_pairs: 20.0 };
            let reach = unique_reach(400, &pairs, &REACH_THRESHOLDS, untold).expect("a reach");
            held += u32::from((reach.lower as f64..=reach.upper as f64).contains(&unique));
        }
        held
    }

    #[test]
    fn band_holds_the_truth_as_often_as_it_says_where_all_is_as_assumed() {
        let (as_assumed, twice) = (held(SHARED_BITS, UNTOLD_SD), held(2.0 * SHARED_BITS, 2.0 * UNTOLD_SD));
        assert!((91..=99).contains(&as_assumed), "{as_assumed}");
        // And seldomer where errors are larger.
        assert!(twice < 85, "{twice}");
    }
}
