//! Exact dependence: which unknown numbers follow from the published ones by addition alone.
//!
//! A number is determined when some combination of the relations leaves it as the only unknown.
//! Elimination to reduced row echelon form decides that: a determined number stands alone in its
//! row. The arithmetic is that of the integers modulo the prime 2⁶¹ − 1, so nothing is rounded; a
//! combination that vanishes only modulo the prime makes a number look determined that is not,
//! which errs on the safe side.

use std::collections::{BTreeMap, BTreeSet};

const PRIME: u64 = (1 << 61) - 1;

fn times(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let folded = (product & u128::from(PRIME)) as u64 + (product >> 61) as u64;
    if folded >= PRIME { folded - PRIME } else { folded }
}

fn less(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + PRIME - b }
}

fn inverse(a: u64) -> u64 {
    // Fermat: a^(p − 2).
    let (mut power, mut base, mut left) = (1, a, PRIME - 2);
    while left > 0 {
        if left & 1 == 1 {
            power = times(power, base);
        }
        base = times(base, base);
        left >>= 1;
    }
    power
}

fn residue(a: i64) -> u64 {
    let size = a.unsigned_abs() % PRIME;
    if a < 0 && size > 0 { PRIME - size } else { size }
}

/// The columns that the rows determine. A row is a list of unknowns with their coefficients; what
/// is known has been left out.
pub(crate) fn determined(rows: &[Vec<(usize, i64)>]) -> BTreeSet<usize> {
    let mut rows: Vec<BTreeMap<usize, u64>> = rows
        .iter()
        .map(|row| row.iter().map(|(c, a)| (*c, residue(*a))).filter(|(_, a)| *a != 0).collect())
        .collect();
    let mut columns: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        for column in row.keys() {
            columns.entry(*column).or_default().insert(at);
        }
    }
    // Short rows first: they cause the least new entries.
    let mut waiting: BTreeSet<(usize, usize)> =
        rows.iter().enumerate().map(|(at, r)| (r.len(), at)).collect();
    let mut pivots: BTreeMap<usize, usize> = BTreeMap::new();
    while let Some((_, at)) = waiting.pop_first() {
        let Some(mut pivot_row) = rows.get_mut(at).map(std::mem::take) else { continue };
        let in_rows = |column: &usize| columns.get(column).map_or(0, BTreeSet::len);
        let Some(pivot) = pivot_row.keys().copied().min_by_key(|c| (in_rows(c), *c)) else { continue };
        let scale = pivot_row.get(&pivot).map_or(1, |a| inverse(*a));
        pivot_row.values_mut().for_each(|a| *a = times(*a, scale));
        let others: Vec<usize> = columns
            .get(&pivot)
            .map(|rows| rows.iter().copied().filter(|r| *r != at).collect())
            .unwrap_or_default();
        for other in others {
            let Some(row) = rows.get_mut(other) else { continue };
            let Some(factor) = row.get(&pivot).copied() else { continue };
            let before = row.len();
            for (column, a) in &pivot_row {
                let entry = row.entry(*column).or_insert(0);
                *entry = less(*entry, times(factor, *a));
                if *entry == 0 {
                    row.remove(column);
                    if let Some(rows) = columns.get_mut(column) {
                        rows.remove(&other);
                    }
                } else {
                    columns.entry(*column).or_default().insert(other);
                }
            }
            if waiting.remove(&(before, other)) {
                waiting.insert((row.len(), other));
            }
        }
        pivots.insert(pivot, at);
        if let Some(row) = rows.get_mut(at) {
            *row = pivot_row;
        }
    }
    pivots
        .into_iter()
        .filter(|(_, at)| rows.get(*at).is_some_and(|row| row.len() == 1))
        .map(|(c, _)| c)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_alone_in_a_line_is_determined() {
        assert_eq!(determined(&[vec![(3, 1)], vec![(1, 1), (2, 1)]]), BTreeSet::from([3]));
    }

    #[test]
    fn two_blanks_in_every_line_can_still_be_solved() {
        // x + y + z, x + y: z is what is left.
        let rows = [vec![(0, 1), (1, 1), (2, -1)], vec![(0, 2), (1, 2)]];
        assert_eq!(determined(&rows), BTreeSet::from([2]));
    }

    #[test]
    fn a_rectangle_of_blanks_determines_nothing() {
        let rows = [vec![(0, 1), (1, 1)], vec![(2, 1), (3, 1)], vec![(0, 1), (2, 1)], vec![(1, 1), (3, 1)]];
        assert!(determined(&rows).is_empty());
    }
}
