//! What goes into the search for weights and what is made of several: u from
//! pairs drawn at random, lambda from strict rules, m from several passes.
//!
//! # Estimand
//!
//! m, u and lambda of a [`Model`](super::model::Model) over all pairs of
//! records.
//!
//! # Assumptions
//!
//! Of pairs drawn at random hardly any are of one person. What strict rules
//! find is right, and the share of matches that they find is known from
//! elsewhere: lambda is as good as that guess, and a guess that is off by half
//! moves every weight by half a bit to a bit. What m is among the pairs of one
//! blocking rule is what it is among all.
//!
//! # Method
//!
//! u: shares, with half a pair added at each level. lambda: found/recall/all
//! pairs. m: the median over passes, level by level, scaled to add up to one,
//! so that of three passes one may fail.
//!
//! # Small samples
//!
//! A level that was never drawn has u of half a pair over those drawn: draw
//! enough for the levels that decide, a million for one in 100,000.
//!
//! # Refusals
//!
//! `field_does_not_vary`, `recall_out_of_range`, `lambda_out_of_range`,
//! `empty`, `lengths_differ`, `not_shares`, `field_not_learnt`.
//!
//! # Source
//!
//! Linacre R, Lindsay S, Manassis T, Slade Z, Hepworth T (2022). Splink: free
//! software for probabilistic record linkage at scale. International Journal
//! of Population Data Science 7:3. Jeffreys H (1946). An invariant form for the
//! prior probability in estimation problems. Proceedings of the Royal Society
//! A 186:453-461.

use crate::estimate::Refusal;

use super::model::{check_lambda, check_shares, lengths_differ};
use super::patterns::Patterns;

/// The prior pairs at each level.
pub(super) const PRIOR_PAIRS: f64 = 0.5;

/// The shares of the levels of each field: u, where the pairs were drawn at
/// random, so that hardly any are of one person. Half a pair is added at each
/// level, so that a level never seen has a share.
///
/// # Errors
///
/// `field_does_not_vary` where a field is missing in all pairs.
pub fn shares_by_chance(patterns: &Patterns) -> Result<Vec<Vec<f64>>, Refusal> {
    (0..patterns.levels().len())
        .map(|field| {
            let counts: Vec<f64> = patterns.compared(field).into_iter().map(|pairs| pairs as f64).collect();
            if counts.iter().all(|&pairs| pairs == 0.0) { Err(does_not_vary()) } else { Ok(shares(&counts)) }
        })
        .collect()
}

/// The share of all pairs of records that are of one person, from rules so
/// strict that what they find is right: the pairs that they find, over the
/// share of matches that they are thought to find, over all pairs.
///
/// # Errors
///
/// `recall_out_of_range` (not above 0, or above 1) and `lambda_out_of_range`.
pub fn lambda_from_rules(found: u64, recall: f64, pairs: u64) -> Result<f64, Refusal> {
    if !(recall > 0.0 && recall <= 1.0) {
        return Err(Refusal::new(
            "recall_out_of_range",
            "the share of matches that the strict rules find is not above 0 and at most 1",
            "give it as a share, such as 0.7",
        ));
    }
    let lambda = found as f64 / recall / pairs as f64;
    check_lambda(lambda).map(|()| lambda)
}

/// m from several passes over pairs of different blocking rules, each of which
/// leaves its own fields out: level by level the median over the passes that
/// have the field, scaled to add up to one.
///
/// # Errors
///
/// `empty` without passes, `lengths_differ`, `not_shares`, and
/// `field_not_learnt` where no pass has a field.
pub fn pool_passes(passes: &[Vec<Option<Vec<f64>>>]) -> Result<Vec<Vec<f64>>, Refusal> {
    let fields = passes.first().map(Vec::len).ok_or_else(|| {
        Refusal::new("empty", "there are no passes", "train under at least one blocking rule")
    })?;
    if passes.iter().any(|pass| pass.len() != fields) {
        return Err(lengths_differ());
    }
    (0..fields)
        .map(|field| {
            let learnt: Vec<&Vec<f64>> = passes.iter().filter_map(|pass| pass[field].as_ref()).collect();
            let levels = learnt.first().map(|m| m.len()).ok_or_else(|| {
                Refusal::new(
                    "field_not_learnt",
                    "every blocking rule that was trained under asks a field to be equal, so nothing is known of it",
                    "train under one more rule, of other fields",
                )
            })?;
            if learnt.iter().any(|m| m.len() != levels) {
                return Err(lengths_differ());
            }
            learnt.iter().try_for_each(|m| check_shares(m))?;
            let medians: Vec<f64> =
                (0..levels).map(|level| median(learnt.iter().map(|m| m[level]).collect())).collect();
            let total: f64 = medians.iter().sum();
            Ok(medians.iter().map(|median| median / total).collect())
        })
        .collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

/// Shares with the prior pairs at each level.
pub(super) fn shares(counts: &[f64]) -> Vec<f64> {
    let total: f64 = counts.iter().map(|count| count + PRIOR_PAIRS).sum();
    counts.iter().map(|count| (count + PRIOR_PAIRS) / total).collect()
}

pub(super) fn does_not_vary() -> Refusal {
    Refusal::new(
        "field_does_not_vary",
        "a field is missing in all pairs, or compares alike in all of them, so it says nothing here",
        "leave it out of this pass; a field that the blocking rule asks to be equal is learnt under another rule",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn near(found: &[Vec<f64>], expected: &[Vec<f64>]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
            assert!((found - expected).abs() <= 1e-15, "{found} where {expected} is expected");
        }
    }

    #[test]
    fn shares_and_passes_by_hand() {
        let patterns = Patterns::new(&[2, 2], &[1, 0, 2, 1, 2, 2], &[1, 2, 4]).expect("patterns");
        let u = shares_by_chance(&patterns).expect("shares");
        // (1 + 1/2)/8 and (2 + 1/2)/7.
        near(&u, &[vec![0.1875, 0.8125], vec![2.5 / 7.0, 4.5 / 7.0]]);
        let none = Patterns::new(&[2], &[0], &[9]).expect("patterns");
        assert_eq!(code(shares_by_chance(&none)), Some("field_does_not_vary"));

        let passes = [
            vec![Some(vec![0.9, 0.1]), None],
            vec![Some(vec![0.5, 0.5]), Some(vec![0.8, 0.2])],
            vec![Some(vec![0.8, 0.2]), Some(vec![0.6, 0.4])],
        ];
        near(&pool_passes(&passes).expect("m"), &[vec![0.8, 0.2], vec![0.7, 0.3]]);
        assert_eq!(code(pool_passes(&passes[..1])), Some("field_not_learnt"));
        assert_eq!(code(pool_passes(&[])), Some("empty"));
        assert_eq!(code(pool_passes(&[vec![], vec![None]])), Some("lengths_differ"));

        // 35 pairs found, half of them all, among 100 records.
        assert!((lambda_from_rules(35, 0.5, 4950).expect("a share") - 70.0 / 4950.0).abs() < 1e-17);
        assert_eq!(code(lambda_from_rules(35, 0.0, 4950)), Some("recall_out_of_range"));
        assert_eq!(code(lambda_from_rules(0, 0.5, 4950)), Some("lambda_out_of_range"));
        assert_eq!(code(lambda_from_rules(3, 0.5, 0)), Some("lambda_out_of_range"));
    }
}
