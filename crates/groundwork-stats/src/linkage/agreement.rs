//! How well records were linked, where it is known who is who.
//!
//! # Estimand
//!
//! Precision: of what was found, the share that is right. Recall: of what is
//! true, the share that was found. F1: their harmonic mean. Each over pairs of
//! records, or over whole people.
//!
//! # Method
//!
//! Over pairs, with F the pairs within the clusters found, T those within the
//! true ones and R those within both,
//!
//! ```text
//! precision  R/F      recall  R/T      F1  2 R/(F + T)
//! ```
//!
//! [`pairwise`] takes all pairs within clusters, linked directly or not;
//! [`of_pairs`] takes the pairs above a threshold as they are. Over whole
//! people ([`whole_clusters`]) F, T and R count clusters: one is right when it
//! holds all records of a person and no others.
//!
//! # Small samples
//!
//! The numbers are those of the records labelled, not estimates for others. A
//! large cluster has many pairs, so that one person with twenty records weighs
//! as much as 190 with two.
//!
//! # Refusals
//!
//! `lengths_differ`, and those of
//! [`connected_components`](super::clusters::connected_components).
//!
//! # Source
//!
//! Menestrina D, Whang SE, Garcia-Molina H (2010). Evaluating entity
//! resolution results. Proceedings of the VLDB Endowment 3:208-219.

use crate::estimate::Refusal;

use super::clusters::{Pair, check_records, check_threshold};

/// What was found against what is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// How many were found.
    pub found: u64,
    /// How many there are.
    pub truth: u64,
    /// How many of those found are right.
    pub right: u64,
}

impl Agreement {
    /// The share of what was found that is right; nothing where nothing was
    /// found.
    pub fn precision(&self) -> Option<f64> {
        share(self.right, self.found)
    }

    /// The share of what is true that was found; nothing where there is
    /// nothing.
    pub fn recall(&self) -> Option<f64> {
        share(self.right, self.truth)
    }

    /// The harmonic mean of precision and recall; nothing where nothing was
    /// found and there is nothing.
    pub fn f1(&self) -> Option<f64> {
        let all = self.found as f64 + self.truth as f64;
        (all > 0.0).then(|| 2.0 * self.right as f64 / all)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// All pairs of records in one cluster against all pairs of one person.
///
/// `found` and `truth` hold a number for each record: its cluster, its person.
///
/// # Errors
///
/// `lengths_differ`.
pub fn pairwise(found: &[u32], truth: &[u32]) -> Result<Agreement, Refusal> {
    let both = sorted(found, truth)?;
    let within = |size: usize| (size as u64) * (size as u64 - 1) / 2;
    Ok(Agreement {
        found: groups(found).into_iter().map(within).sum(),
        truth: groups(truth).into_iter().map(within).sum(),
        right: both.chunk_by(|one, other| one == other).map(|same| within(same.len())).sum(),
    })
}

/// Whole clusters against whole people: right are those that hold all records
/// of a person and no others. People with one record count.
///
/// `found` and `truth` hold a number for each record: its cluster, its person.
///
/// # Errors
///
/// `lengths_differ`.
pub fn whole_clusters(found: &[u32], truth: &[u32]) -> Result<Agreement, Refusal> {
    let both = sorted(found, truth)?;
    let mut people = truth.to_vec();
    people.sort_unstable();
    let of_person = |person: u32| {
        people.partition_point(|&other| other <= person) - people.partition_point(|&other| other < person)
    };
    let right = both.chunk_by(|one, other| one.0 == other.0).filter(|cluster| {
        let person = cluster[0].1;
        cluster.iter().all(|record| record.1 == person) && of_person(person) == cluster.len()
    });
    Ok(Agreement {
        found: groups(found).len() as u64,
        truth: groups(truth).len() as u64,
        right: right.count() as u64,
    })
}

/// The pairs whose probability is `threshold` or more, each once, against all
/// pairs of records of one person.
///
/// `truth` holds a number for each record: its person.
///
/// # Errors
///
/// `record_out_of_range`, `probability_out_of_range`,
/// `threshold_out_of_range`, `too_many_records`.
pub fn of_pairs(pairs: &[Pair], threshold: f64, truth: &[u32]) -> Result<Agreement, Refusal> {
    check_records(truth.len(), pairs)?;
    check_threshold(threshold)?;
    let mut linked: Vec<(u32, u32)> = pairs
        .iter()
        .filter(|pair| pair.probability >= threshold && pair.one != pair.other)
        .map(|pair| (pair.one.min(pair.other), pair.one.max(pair.other)))
        .collect();
    linked.sort_unstable();
    linked.dedup();
    let right = linked.iter().filter(|pair| truth[pair.0 as usize] == truth[pair.1 as usize]).count();
    Ok(Agreement { found: linked.len() as u64, right: right as u64, ..pairwise(truth, truth)? })
}

fn sorted(found: &[u32], truth: &[u32]) -> Result<Vec<(u32, u32)>, Refusal> {
    if found.len() != truth.len() {
        return Err(Refusal::new(
            "lengths_differ",
            "there is not one cluster and one person for each record",
            "give one of each a record; leave records out whose person is not known",
        ));
    }
    let mut both: Vec<(u32, u32)> = found.iter().copied().zip(truth.iter().copied()).collect();
    both.sort_unstable();
    Ok(both)
}

/// How many records have each number.
fn groups(numbers: &[u32]) -> Vec<usize> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.chunk_by(|one, other| one == other).map(<[u32]>::len).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_by_hand() {
        // People {0 1 2} {3} {4 5}; found {0 1} {2 3} {4 5}.
        let truth = [7, 7, 7, 1, 4, 4];
        let found = [0, 0, 1, 1, 2, 2];
        let pairs = pairwise(&found, &truth).expect("an agreement");
        assert_eq!(pairs, Agreement { found: 3, truth: 4, right: 2 });
        assert_eq!((pairs.precision(), pairs.recall()), (Some(2.0 / 3.0), Some(0.5)));
        assert_eq!(pairs.f1(), Some(4.0 / 7.0));
        let whole = whole_clusters(&found, &truth).expect("an agreement");
        assert_eq!(whole, Agreement { found: 3, truth: 3, right: 1 });

        let pair = |one, other, probability| Pair { one, other, probability };
        let pairs = [pair(0, 1, 0.9), pair(1, 0, 0.9), pair(2, 3, 0.5), pair(4, 5, 0.4), pair(1, 2, 0.6)];
        let edges = of_pairs(&pairs, 0.5, &truth).expect("an agreement");
        assert_eq!(edges, Agreement { found: 3, truth: 4, right: 2 });
    }

    #[test]
    fn agreement_with_itself_is_complete() {
        let truth = [3, 3, 9, 0, 0, 0];
        for agreement in [pairwise(&truth, &truth), whole_clusters(&truth, &truth)] {
            assert_eq!(agreement.expect("an agreement").f1(), Some(1.0));
        }
        // Everybody apart: nothing found, which is not "nothing right".
        let apart = pairwise(&[0, 1, 2, 3, 4, 5], &truth).expect("an agreement");
        assert_eq!((apart.precision(), apart.recall(), apart.f1()), (None, Some(0.0), Some(0.0)));
        let nobody = pairwise(&[], &[]).expect("an agreement");
        assert_eq!((nobody.precision(), nobody.recall(), nobody.f1()), (None, None, None));
        assert_eq!(pairwise(&[1], &[]).map_err(|refusal| refusal.code), Err("lengths_differ"));
        assert_eq!(whole_clusters(&[1], &[]).map_err(|refusal| refusal.code), Err("lengths_differ"));
    }

    #[test]
    fn agreement_counts_pairs_as_a_loop_does() {
        let mut stream = crate::random::Stream::new(&[2; 32], 0);
        for _ in 0..30 {
            let records = stream.index(30) as usize;
            let mut draw = || (0..records).map(|_| stream.index(9) as u32).collect::<Vec<u32>>();
            let (found, truth) = (draw(), draw());
            let mut by_loop = Agreement { found: 0, truth: 0, right: 0 };
            for one in 0..records {
                for other in 0..one {
                    let (linked, same) = (found[one] == found[other], truth[one] == truth[other]);
                    by_loop.found += u64::from(linked);
                    by_loop.truth += u64::from(same);
                    by_loop.right += u64::from(linked && same);
                }
            }
            assert_eq!(pairwise(&found, &truth), Ok(by_loop));
        }
    }
}
