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
    let echelon = Echelon::of(rows);
    let alone = |(_, at): &(&usize, &usize)| echelon.rows.get(**at).is_some_and(|row| row.len() == 1);
    echelon.pivots.iter().filter(alone).map(|(column, _)| *column).collect()
}

type Row = BTreeMap<usize, u64>;

/// Rows in reduced echelon form: the column of each pivot is in no other row.
#[derive(Debug, Default)]
pub(crate) struct Echelon {
    rows: Vec<Row>,
    /// The row of each pivot.
    pivots: BTreeMap<usize, usize>,
    /// The rows that have each column.
    columns: BTreeMap<usize, BTreeSet<usize>>,
    /// What rows were before they were changed, and pivots that came and went, to be taken back.
    before: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Row(usize, Row),
    Gone(usize, usize),
    Come(usize),
}

impl Echelon {
    pub(crate) fn of(rows: &[Vec<(usize, i64)>]) -> Self {
        let mut out = Self::default();
        for row in rows {
            let row = row.iter().map(|(c, a)| (*c, residue(*a))).filter(|(_, a)| *a != 0);
            out.rows.push(row.collect());
        }
        for (at, row) in out.rows.iter().enumerate() {
            for column in row.keys() {
                out.columns.entry(*column).or_default().insert(at);
            }
        }
        // Short rows first: they cause the least new entries.
        let mut waiting: BTreeSet<(usize, usize)> =
            out.rows.iter().enumerate().map(|(at, r)| (r.len(), at)).collect();
        while let Some((_, at)) = waiting.pop_first() {
            let mut lengths = Vec::new();
            out.pivot(at, &mut |other, before, after| lengths.push((other, before, after)));
            for (other, before, after) in lengths {
                if waiting.remove(&(before, other)) {
                    waiting.insert((after, other));
                }
            }
        }
        out.before.clear();
        out
    }

    /// Gives a row a pivot, and takes it out of all others.
    fn pivot(&mut self, at: usize, changed: &mut dyn FnMut(usize, usize, usize)) {
        let Some(mut pivot_row) = self.rows.get_mut(at).map(std::mem::take) else { return };
        let in_rows = |column: &usize| self.columns.get(column).map_or(0, BTreeSet::len);
        let Some(pivot) = pivot_row.keys().copied().min_by_key(|c| (in_rows(c), *c)) else { return };
        let scale = pivot_row.get(&pivot).map_or(1, |a| inverse(*a));
        if scale != 1 {
            self.before.push(Change::Row(at, pivot_row.clone()));
            pivot_row.values_mut().for_each(|a| *a = times(*a, scale));
        }
        let others = self.columns.get(&pivot).map(|rows| rows.iter().copied().filter(|r| *r != at).collect());
        let others: Vec<usize> = others.unwrap_or_default();
        for other in others {
            let Some(row) = self.rows.get_mut(other) else { continue };
            let Some(factor) = row.get(&pivot).copied() else { continue };
            self.before.push(Change::Row(other, row.clone()));
            let before = row.len();
            for (column, a) in &pivot_row {
                let entry = row.entry(*column).or_insert(0);
                *entry = less(*entry, times(factor, *a));
                if *entry == 0 {
                    row.remove(column);
                    if let Some(rows) = self.columns.get_mut(column) {
                        rows.remove(&other);
                    }
                } else {
                    self.columns.entry(*column).or_default().insert(other);
                }
            }
            changed(other, before, row.len());
        }
        self.pivots.insert(pivot, at);
        self.before.push(Change::Come(pivot));
        if let Some(row) = self.rows.get_mut(at) {
            *row = pivot_row;
        }
    }

    /// Some more columns become known, unless a secret one is then determined: everything stays as it
    /// was in that case.
    pub(crate) fn learn(&mut self, known: &[usize], secret: &dyn Fn(usize) -> bool) -> bool {
        self.before.clear();
        let keeps = known.iter().all(|column| self.learn_one(*column, secret));
        if !keeps {
            while let Some(change) = self.before.pop() {
                self.take_back(change);
            }
        }
        keeps
    }

    fn learn_one(&mut self, column: usize, secret: &dyn Fn(usize) -> bool) -> bool {
        let mut touched: Vec<usize> = self.columns.get(&column).into_iter().flatten().copied().collect();
        for at in &touched {
            if let Some(row) = self.rows.get_mut(*at) {
                self.before.push(Change::Row(*at, row.clone()));
                row.remove(&column);
            }
        }
        self.columns.remove(&column);
        if let Some(at) = self.pivots.remove(&column) {
            self.before.push(Change::Gone(column, at));
            self.pivot(at, &mut |other, _, _| touched.push(other));
        }
        let alone = |at: &usize| match self.rows.get(*at) {
            Some(row) if row.len() == 1 => row.keys().next().copied(),
            _ => None,
        };
        !touched.iter().filter_map(alone).any(secret)
    }

    fn take_back(&mut self, change: Change) {
        match change {
            Change::Come(pivot) => {
                self.pivots.remove(&pivot);
            }
            Change::Gone(pivot, at) => {
                self.pivots.insert(pivot, at);
            }
            Change::Row(at, before) => {
                let Some(row) = self.rows.get_mut(at) else { return };
                for column in row.keys().filter(|column| !before.contains_key(column)) {
                    if let Some(rows) = self.columns.get_mut(column) {
                        rows.remove(&at);
                    }
                }
                for column in before.keys().filter(|column| !row.contains_key(column)) {
                    self.columns.entry(*column).or_default().insert(at);
                }
                *row = before;
            }
        }
    }
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
    fn what_would_determine_a_secret_is_not_learnt() {
        // A rectangle: any one more gives all of it away.
        let rows = [
            vec![(0, 1), (1, 1)],
            vec![(2, 1), (3, 1)],
            vec![(0, 1), (2, 1)],
            vec![(1, 1), (3, 1)],
            vec![(3, 1), (4, 1)],
        ];
        let mut echelon = Echelon::of(&rows);
        assert!(!echelon.learn(&[4], &|column| column == 0));
        assert!(!echelon.learn(&[2], &|column| column == 0));
        assert!(echelon.learn(&[2], &|column| column > 4));
        // Now everything is determined, and nothing more can be given away.
        assert!(echelon.learn(&[4, 1], &|_| false));
    }

    #[test]
    fn a_rectangle_of_blanks_determines_nothing() {
        let rows = [vec![(0, 1), (1, 1)], vec![(2, 1), (3, 1)], vec![(0, 1), (2, 1)], vec![(1, 1), (3, 1)]];
        assert!(determined(&rows).is_empty());
    }
}
