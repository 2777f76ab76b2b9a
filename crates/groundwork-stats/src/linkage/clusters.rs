//! Pairs of records to people: connected components above a threshold.
//!
//! # Estimand
//!
//! Which records are of the same person.
//!
//! # Assumptions
//!
//! Who is one with a person is one with all records of that person: a single
//! wrong pair joins two people with everything they have. Precision falls
//! from pairs to clusters for that reason, the more the lower the threshold.
//!
//! # Method
//!
//! Union-find over the pairs whose probability reaches the threshold. The
//! clusters are numbered by their first record, so that neither the order of
//! the pairs nor their direction changes a number; the caller numbers the
//! records by something that is theirs, not by the order of rows.
//!
//! # Refusals
//!
//! `too_many_records` (2^32), `record_out_of_range`,
//! `probability_out_of_range`, `threshold_out_of_range`.
//!
//! # Source
//!
//! Tarjan RE, van Leeuwen J (1984). Worst-case analysis of set union
//! algorithms. Journal of the ACM 31:245-281.

use crate::estimate::Refusal;

/// Two records and the probability that they are of one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// A record, counted from 0.
    pub one: u32,
    /// Another record.
    pub other: u32,
    /// The probability that both are of one person.
    pub probability: f64,
}

/// Records by person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clusters {
    /// The cluster of each record. Clusters are numbered from 0 in the order
    /// of their first records.
    pub of: Vec<u32>,
    /// The number of records of each cluster.
    pub sizes: Vec<u32>,
}

impl Clusters {
    /// How many clusters have one record, two, and so on: the size with the
    /// number of clusters that have it, smallest first.
    pub fn size_counts(&self) -> Vec<(u32, u64)> {
        let mut sizes = self.sizes.clone();
        sizes.sort_unstable();
        sizes.chunk_by(|one, other| one == other).map(|same| (same[0], same.len() as u64)).collect()
    }
}

/// Joins the records of all pairs whose probability is `threshold` or more.
///
/// `records` is their number; pairs may come in any order and more than once.
///
/// # Errors
///
/// See the refusals of this module.
pub fn connected_components(records: usize, pairs: &[Pair], threshold: f64) -> Result<Clusters, Refusal> {
    check_records(records, pairs)?;
    check_threshold(threshold)?;
    let mut forest = Forest::new(records);
    for pair in pairs.iter().filter(|pair| pair.probability >= threshold) {
        forest.join(pair.one, pair.other);
    }
    let mut of: Vec<u32> = Vec::with_capacity(records);
    let mut sizes: Vec<u32> = Vec::new();
    for record in 0..records {
        // The first record of a tree is its root.
        let root = forest.root(record as u32) as usize;
        let cluster = if root == record { sizes.len() as u32 } else { of[root] };
        if root == record {
            sizes.push(0);
        }
        sizes[cluster as usize] += 1;
        of.push(cluster);
    }
    Ok(Clusters { of, sizes })
}

/// Trees of records, each with its first record as the root.
pub(super) struct Forest {
    above: Vec<u32>,
}

impl Forest {
    pub(super) fn new(records: usize) -> Self {
        Self { above: (0..records as u32).collect() }
    }

    /// The root of a record; halves the way to it.
    fn root(&mut self, record: u32) -> u32 {
        let mut at = record as usize;
        while self.above[at] as usize != at {
            self.above[at] = self.above[self.above[at] as usize];
            at = self.above[at] as usize;
        }
        at as u32
    }

    /// Joins the trees of two records; says whether they were two.
    pub(super) fn join(&mut self, one: u32, other: u32) -> bool {
        let (one, other) = (self.root(one), self.root(other));
        let (first, last) = (one.min(other), one.max(other));
        self.above[last as usize] = first;
        first != last
    }
}

pub(super) fn check_records(records: usize, pairs: &[Pair]) -> Result<(), Refusal> {
    if records > u32::MAX as usize {
        return Err(Refusal::new(
            "too_many_records",
            "there are more than four thousand million records",
            "link parts that share no people one by one",
        ));
    }
    if pairs.iter().any(|pair| pair.one.max(pair.other) as usize >= records) {
        return Err(Refusal::new(
            "record_out_of_range",
            "a pair names a record that is not there",
            "number the records from 0",
        ));
    }
    if pairs.iter().any(|pair| !(0.0..=1.0).contains(&pair.probability)) {
        return Err(Refusal::new(
            "probability_out_of_range",
            "the probability of a pair does not lie between 0 and 1",
            "find the pairs whose weight is missing or not a number",
        ));
    }
    Ok(())
}

pub(super) fn check_threshold(threshold: f64) -> Result<(), Refusal> {
    if threshold > 0.0 && threshold <= 1.0 {
        return Ok(());
    }
    Err(Refusal::new(
        "threshold_out_of_range",
        "the threshold is not a probability above 0 and at most 1",
        "give it as a share, such as 0.9",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn pair(one: u32, other: u32, probability: f64) -> Pair {
        Pair { one, other, probability }
    }

    fn code(records: usize, pairs: &[Pair], threshold: f64) -> Option<&'static str> {
        connected_components(records, pairs, threshold).err().map(|refusal| refusal.code)
    }

    #[test]
    fn clusters_by_hand() {
        let pairs = [pair(5, 3, 0.9), pair(1, 3, 0.6), pair(0, 2, 0.4), pair(4, 4, 1.0)];
        let found = connected_components(6, &pairs, 0.6).expect("clusters");
        assert_eq!((&found.of[..], &found.sizes[..]), (&[0, 1, 2, 1, 3, 1][..], &[1, 3, 1, 1][..]));
        assert_eq!(found.size_counts(), [(1, 3), (3, 1)]);
        let found = connected_components(6, &pairs, 0.7).expect("clusters");
        assert_eq!(found.of, [0, 1, 2, 3, 4, 3]);
        let nobody = connected_components(0, &[], 0.5).expect("clusters");
        assert!(nobody.of.is_empty() && nobody.sizes.is_empty() && nobody.size_counts().is_empty());
    }

    #[test]
    fn clusters_do_not_depend_on_the_order_of_pairs() {
        let mut stream = Stream::new(&[6; 32], 0);
        let mut pairs: Vec<Pair> = (0..400)
            .map(|_| pair(stream.index(500) as u32, stream.index(500) as u32, stream.index(11) as f64 / 10.0))
            .collect();
        let first = connected_components(500, &pairs, 0.5).expect("clusters");
        for _ in 0..20 {
            for at in (1..pairs.len()).rev() {
                pairs.swap(at, stream.index(at as u64 + 1) as usize);
            }
            for pair in &mut pairs {
                if stream.index(2) == 0 {
                    (pair.one, pair.other) = (pair.other, pair.one);
                }
            }
            assert_eq!(connected_components(500, &pairs, 0.5), Ok(first.clone()));
        }
    }

    #[test]
    fn clusters_are_what_can_be_reached() {
        // Against a search through the graph, record by record.
        let mut stream = Stream::new(&[7; 32], 0);
        for _ in 0..40 {
            let records = 1 + stream.index(40) as usize;
            let mut end = || stream.index(records as u64) as u32;
            let pairs: Vec<Pair> = (0..records).map(|_| pair(end(), end(), 0.8)).collect();
            let found = connected_components(records, &pairs, 0.8).expect("clusters");
            for start in 0..records {
                let mut reached = vec![false; records];
                reached[start] = true;
                for _ in 0..records {
                    for pair in &pairs {
                        let (one, other) = (pair.one as usize, pair.other as usize);
                        let either = reached[one] || reached[other];
                        (reached[one], reached[other]) = (either, either);
                    }
                }
                assert!((0..records).all(|at| reached[at] == (found.of[at] == found.of[start])));
            }
            let total: u32 = found.sizes.iter().sum();
            assert_eq!(total as usize, records);
        }
    }

    #[test]
    fn a_long_chain_is_one_cluster() {
        let chain: Vec<Pair> = (0..200_000).rev().map(|at| pair(at, at + 1, 1.0)).collect();
        assert_eq!(connected_components(200_001, &chain, 1.0).expect("clusters").sizes, [200_001]);
    }

    #[test]
    fn clusters_refuse() {
        assert_eq!(code(2, &[pair(0, 2, 0.5)], 0.5), Some("record_out_of_range"));
        for probability in [-0.1, 1.1, f64::NAN] {
            assert_eq!(code(2, &[pair(0, 1, probability)], 0.5), Some("probability_out_of_range"));
        }
        for threshold in [0.0, 1.1, f64::NAN] {
            assert_eq!(code(2, &[], threshold), Some("threshold_out_of_range"));
        }
    }
}
