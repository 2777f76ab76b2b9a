//! How many different people records are of: `reach.band`.
//!
//! # Estimand
//!
//! The number of people who have at least one of the records.
//!
//! # Assumptions
//!
//! The probabilities of pairs are what they say: of the pairs with
//! probability 0.7, seven in ten are of one person. Pairs that no blocking
//! rule brought together are taken for different people, but for `missed`,
//! which the caller may know of. People without any record are not counted:
//! see [`capture_recapture`](crate::estimators::capture_recapture).
//!
//! # Method
//!
//! At a threshold t the people are the connected components of the pairs with
//! p >= t, whose number grows with t. The band goes from the people at the
//! lowest threshold to those at the highest. At each threshold
//!
//! ```text
//! expected precision  the mean of p over the pairs with p >= t
//! expected recall     Σ p over them/(Σ p over all pairs + missed)
//! ```
//!
//! which are about pairs that were compared, not about all pairs within a
//! cluster. One number without a threshold is the mean of the people over all
//! thresholds from 0 to 1,
//!
//! ```text
//! expected  records - Σ p over the links of the heaviest spanning forest
//! ```
//!
//! where each link joins two clusters with its probability. It can lie below
//! the band: pairs too doubtful for any threshold are of one person now and
//! then, and there may be many.
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
//! Statistical Association 112:600-612 (that who is who is uncertain).

use crate::estimate::Refusal;
use crate::sum::Sum;
use crate::thresholds::REACH_WIDTH_MOST;

use super::clusters::{Forest, Pair, check_records, check_threshold};

/// The id of the band.
pub const METHOD: &str = "reach.band";

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
    /// The people at the lowest threshold.
    pub lower: u64,
    /// The people at the highest threshold.
    pub upper: u64,
    /// The mean over all thresholds; seldom a whole number.
    pub expected: f64,
    /// The id of the method.
    pub method: &'static str,
}

impl UniqueReach {
    /// How far the upper end lies above the lower, as a share of the lower.
    pub fn width(&self) -> f64 {
        (self.upper - self.lower) as f64 / self.lower as f64
    }

    /// The people as one number, where the choice of the threshold does not
    /// decide it: those at the lowest threshold, at which as many links are
    /// right as are wrong.
    ///
    /// # Errors
    ///
    /// `band_too_wide`.
    pub fn single(&self) -> Result<u64, Refusal> {
        if self.width() <= REACH_WIDTH_MOST {
            return Ok(self.lower);
        }
        Err(Refusal::new(
            "band_too_wide",
            "the number of different people depends on how sure a link has to be by more than 15%",
            "report the band from lower to upper, or have the doubtful pairs reviewed",
        ))
    }
}

/// The band of the number of different people.
///
/// `records` is their number, `pairs` those compared in any order, each once,
/// `thresholds` the probabilities to count at, in any order
/// ([`REACH_THRESHOLDS`](crate::thresholds::REACH_THRESHOLDS) by default), and
/// `missed` the pairs of one person expected among those not compared, zero
/// where nothing is known of them.
///
/// # Errors
///
/// See the refusals of this module.
///
/// ```
/// use groundwork_stats::linkage::clusters::Pair;
/// use groundwork_stats::linkage::unique_reach::unique_reach;
/// use groundwork_stats::thresholds::REACH_THRESHOLDS;
///
/// // Five records: 0 and 1 surely one person, 2 and 3 perhaps.
/// let sure = Pair { one: 0, other: 1, probability: 1.0 };
/// let perhaps = Pair { one: 2, other: 3, probability: 0.75 };
/// let reach = unique_reach(5, &[sure, perhaps], &REACH_THRESHOLDS, 0.0);
/// assert!(reach.is_ok_and(|reach| (reach.lower, reach.upper, reach.expected) == (3, 4, 3.25)));
/// ```
pub fn unique_reach(
    records: usize,
    pairs: &[Pair],
    thresholds: &[f64],
    missed: f64,
) -> Result<UniqueReach, Refusal> {
    check_records(records, pairs)?;
    if records == 0 {
        return Err(Refusal::new("empty", "there are no records", "report that nobody was reached"));
    }
    if thresholds.is_empty() {
        return Err(Refusal::new("no_thresholds", "there is no threshold to count at", "name at least one"));
    }
    thresholds.iter().try_for_each(|&threshold| check_threshold(threshold))?;
    if !(missed >= 0.0 && missed.is_finite()) {
        return Err(Refusal::new(
            "missed_out_of_range",
            "the number of missed pairs is negative or not a number",
            "give zero where nothing is known of them",
        ));
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
    let all = sum(&sorted) + missed;
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
    let ends = at.iter().map(|at| at.unique);
    Ok(UniqueReach {
        records: records as u64,
        lower: ends.clone().min().unwrap_or(0),
        upper: ends.max().unwrap_or(0),
        expected: records as f64 - links.iter().copied().collect::<Sum>().value(),
        at,
        method: METHOD,
    })
}

#[cfg(test)]
mod tests {
    use super::super::clusters::connected_components;
    use super::*;
    use crate::random::Stream;
    use crate::thresholds::REACH_THRESHOLDS;

    fn pair(one: u32, other: u32, probability: f64) -> Pair {
        Pair { one, other, probability }
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
        let reach = unique_reach(10, &pairs, &[0.9, 0.5, 0.7], 1.0).expect("a reach");
        let unique: Vec<(f64, u64)> = reach.at.iter().map(|at| (at.threshold, at.unique)).collect();
        assert_eq!(unique, [(0.5, 7), (0.7, 8), (0.9, 9)]);
        assert_eq!((reach.lower, reach.upper, reach.records), (7, 9, 10));
        // 10 - 1 - 0.75 - 0.625 - 0.125.
        assert_eq!(reach.expected, 7.5);
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
        assert_eq!(reach.width(), 2.0 / 7.0);
        assert_eq!(reach.single().map_err(|refusal| refusal.code), Err("band_too_wide"));
        let narrow = unique_reach(10, &pairs, &[0.7, 0.9], 0.0).expect("a reach");
        assert_eq!((narrow.width(), narrow.single()), (0.125, Ok(8)));
    }

    #[test]
    fn reach_without_pairs_is_all_records() {
        let reach = unique_reach(4, &[], &REACH_THRESHOLDS, 0.0).expect("a reach");
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
            let reach = unique_reach(records, &pairs, &REACH_THRESHOLDS, 0.0).expect("a reach");
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
            assert_eq!(unique_reach(records, &pairs, &REACH_THRESHOLDS, 0.0), Ok(reach));
        }
    }

    #[test]
    fn reach_refuses() {
        assert_eq!(code(unique_reach(0, &[], &[0.5], 0.0)), Some("empty"));
        assert_eq!(code(unique_reach(1, &[], &[], 0.0)), Some("no_thresholds"));
        assert_eq!(code(unique_reach(1, &[], &[f64::NAN], 0.0)), Some("threshold_out_of_range"));
        assert_eq!(code(unique_reach(1, &[pair(0, 1, 0.5)], &[0.5], 0.0)), Some("record_out_of_range"));
        for missed in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(code(unique_reach(1, &[], &[0.5], missed)), Some("missed_out_of_range"));
        }
    }
}
