//! How often each pattern of comparison levels occurs among pairs of records.
//!
//! A pattern has one level a field: 0 where a value is missing on either side,
//! 1 for the closest level, and so on to the last, which holds all other pairs.
//! The patterns are kept in one order, so that nothing that is computed from
//! them depends on the order in which they were counted.

use std::collections::BTreeMap;

use crate::estimate::Refusal;

/// Counts beyond this are not whole numbers any more in 64-bit arithmetic.
const PAIRS_MOST: u64 = 1 << 53;

/// Patterns of comparison levels with the number of pairs that have each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patterns {
    levels: Vec<u8>,
    /// One pattern after the other, each once, in ascending order.
    rows: Vec<u8>,
    counts: Vec<u64>,
    pairs: u64,
}

impl Patterns {
    /// Patterns from what was counted.
    ///
    /// `levels` holds the number of levels of each field, the 0 for missing
    /// not counted, at least two a field; `rows` the patterns one after the
    /// other, one level a field; `counts` the pairs of each pattern. A pattern
    /// may come in several rows, in any order, and with no pairs.
    ///
    /// # Errors
    ///
    /// `no_fields`, `too_few_levels`, `lengths_differ`, `unknown_level` (above
    /// the number of levels of its field), `empty` (no pairs) and
    /// `count_too_large` (2^53 pairs).
    pub fn new(levels: &[u8], rows: &[u8], counts: &[u64]) -> Result<Self, Refusal> {
        if levels.is_empty() {
            return Err(Refusal::new(
                "no_fields",
                "no field is compared",
                "name the fields that two records of one person have in common",
            ));
        }
        if levels.iter().any(|&levels| levels < 2) {
            return Err(Refusal::new(
                "too_few_levels",
                "a comparison has fewer than two levels, so it tells no pairs apart",
                "give each comparison a level for values that agree and one for all others",
            ));
        }
        if rows.len() != levels.len() * counts.len() {
            return Err(Refusal::new(
                "lengths_differ",
                "there is not one level for each field of each pattern",
                "give each pattern one level a field and one count",
            ));
        }
        let mut merged: BTreeMap<&[u8], u64> = BTreeMap::new();
        let mut pairs = 0_u64;
        for (row, &count) in rows.chunks_exact(levels.len()).zip(counts) {
            if row.iter().zip(levels).any(|(level, levels)| level > levels) {
                return Err(unknown_level());
            }
            if count > 0 {
                pairs = pairs.saturating_add(count);
                let sum = merged.entry(row).or_default();
                *sum = sum.saturating_add(count);
            }
        }
        if pairs == 0 {
            return Err(Refusal::new(
                "empty",
                "no pairs of records were compared",
                "loosen the blocking rules, or report that no record could be compared with another",
            ));
        }
        if pairs >= PAIRS_MOST {
            return Err(Refusal::new(
                "count_too_large",
                "there are more pairs than can be counted exactly",
                "use stricter blocking rules",
            ));
        }
        Ok(Self {
            levels: levels.to_vec(),
            rows: merged.keys().flat_map(|row| row.iter().copied()).collect(),
            counts: merged.into_values().collect(),
            pairs,
        })
    }

    /// The number of levels of each field, the 0 for missing not counted.
    pub fn levels(&self) -> &[u8] {
        &self.levels
    }

    /// The number of pairs.
    pub fn pairs(&self) -> u64 {
        self.pairs
    }

    /// Each pattern once, in ascending order, with its number of pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        self.rows.chunks_exact(self.levels.len()).zip(self.counts.iter().copied())
    }

    /// The pairs at each level of a field, the closest first; those in which
    /// the field is missing are left out.
    pub(super) fn compared(&self, field: usize) -> Vec<u64> {
        let levels = self.levels.get(field).copied().unwrap_or(0);
        let mut counts = vec![0; usize::from(levels)];
        for (row, pairs) in self.iter() {
            let level = row.get(field).map_or(0, |&level| usize::from(level));
            if let Some(count) = level.checked_sub(1).and_then(|level| counts.get_mut(level)) {
                *count += pairs;
            }
        }
        counts
    }
}

pub(super) fn unknown_level() -> Refusal {
    Refusal::new(
        "unknown_level",
        "a pattern has a level that its field does not have",
        "number the levels of a field from 1, with 0 where a value is missing",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(levels: &[u8], rows: &[u8], counts: &[u64]) -> Option<&'static str> {
        Patterns::new(levels, rows, counts).err().map(|refusal| refusal.code)
    }

    #[test]
    fn patterns_do_not_depend_on_how_they_were_counted() {
        let one = Patterns::new(&[2, 3], &[1, 3, 2, 0, 1, 3], &[4, 5, 6]).expect("patterns");
        let other = Patterns::new(&[2, 3], &[2, 0, 1, 1, 1, 3], &[5, 0, 10]).expect("patterns");
        assert_eq!(one, other);
        assert_eq!(one.pairs(), 15);
        assert_eq!(one.iter().collect::<Vec<_>>(), [(&[1, 3][..], 10), (&[2, 0], 5)]);
        assert_eq!((one.compared(0), one.compared(1)), (vec![10, 5], vec![0, 0, 10]));
    }

    #[test]
    fn patterns_refuse() {
        assert_eq!(code(&[], &[], &[]), Some("no_fields"));
        assert_eq!(code(&[1], &[1], &[1]), Some("too_few_levels"));
        assert_eq!(code(&[2, 2], &[1, 2, 1], &[1]), Some("lengths_differ"));
        assert_eq!(code(&[2], &[3], &[1]), Some("unknown_level"));
        assert_eq!(code(&[2], &[1], &[0]), Some("empty"));
        assert_eq!(code(&[2], &[], &[]), Some("empty"));
        assert_eq!(code(&[2], &[1, 2], &[u64::MAX, u64::MAX]), Some("count_too_large"));
    }
}
