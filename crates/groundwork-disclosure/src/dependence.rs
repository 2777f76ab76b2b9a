//! Exact dependence: which unknown numbers follow from the published ones by addition alone.
//!
//! A number is determined when some combination of the relations leaves it as the only unknown.
//! Elimination to reduced row echelon form decides that: a determined number stands alone in its
//! row. The arithmetic is that of the integers modulo the prime 2⁶¹ − 1, so nothing is rounded; a
//! combination that vanishes only modulo the prime makes a number look determined that is not,
//! which errs on the safe side.

use std::collections::BTreeSet;

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
pub(crate) fn determined<R: AsRef<[(usize, i64)]>>(rows: &[R]) -> BTreeSet<usize> {
    Echelon::of(rows).determined().collect()
}

fn columns_of<R: AsRef<[(usize, i64)]>>(rows: &[R]) -> usize {
    rows.iter().flat_map(AsRef::as_ref).map(|(column, _)| column + 1).max().unwrap_or(0)
}

/// A row, in the order of its columns. Columns that became known since it was made are still in it.
#[derive(Debug, Clone, Default)]
struct Row {
    terms: Vec<(usize, u64)>,
    left: Left,
}

/// The unknown columns of a row: how many, and all of them exclusive or, which of one alone is itself.
#[derive(Debug, Clone, Copy, Default)]
struct Left {
    count: usize,
    columns: usize,
}

impl Left {
    fn add(&mut self, column: usize) {
        self.count += 1;
        self.columns ^= column;
    }

    fn remove(&mut self, column: usize) {
        self.count -= 1;
        self.columns ^= column;
    }

    /// The only column that is left.
    fn alone(self) -> Option<usize> {
        (self.count == 1).then_some(self.columns)
    }
}

impl Row {
    fn has(&self, column: usize) -> Option<u64> {
        let at = self.terms.binary_search_by_key(&column, |(column, _)| *column).ok()?;
        self.terms.get(at).map(|(_, a)| *a)
    }
}

/// Rows in reduced echelon form: the column of each pivot is in no other row.
#[derive(Debug, Default)]
pub(crate) struct Echelon {
    rows: Vec<Row>,
    known: Vec<bool>,
    /// The row of each pivot.
    pivots: Vec<Option<usize>>,
    /// Rows that may have each column, and how many have it.
    columns: Vec<Vec<usize>>,
    counts: Vec<usize>,
    /// What is to be taken back, the last change first.
    before: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    /// A row that was another one.
    Row(usize, Row),
    /// A row that had one more unknown column.
    Less(usize, usize),
    Known(usize),
    /// A pivot and its row that are no more.
    Gone(usize, usize),
    Come(usize),
}

impl Echelon {
    pub(crate) fn of<R: AsRef<[(usize, i64)]>>(rows: &[R]) -> Self {
        let width = columns_of(rows);
        let mut out = Self {
            rows: Vec::with_capacity(rows.len()),
            known: vec![false; width],
            pivots: vec![None; width],
            columns: vec![Vec::new(); width],
            counts: vec![0; width],
            before: Vec::new(),
        };
        for (at, terms) in rows.iter().enumerate() {
            let terms = terms.as_ref().iter().map(|(c, a)| (*c, residue(*a))).filter(|(_, a)| *a != 0);
            let mut row = Row { terms: terms.collect(), left: Left::default() };
            row.terms.sort_unstable();
            for (column, _) in &row.terms {
                row.left.add(*column);
                out.columns[*column].push(at);
                out.counts[*column] += 1;
            }
            out.rows.push(row);
        }
        // Short rows first: they cause the least new entries.
        let mut waiting: BTreeSet<(usize, usize)> =
            out.rows.iter().enumerate().map(|(at, row)| (row.terms.len(), at)).collect();
        while let Some((_, at)) = waiting.pop_first() {
            out.pivot(at);
            for change in std::mem::take(&mut out.before) {
                let Change::Row(other, row) = change else { continue };
                if waiting.remove(&(row.terms.len(), other)) {
                    waiting.insert((out.rows[other].terms.len(), other));
                }
            }
        }
        out
    }

    /// The columns that are determined.
    pub(crate) fn determined(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().filter_map(|row| row.left.alone())
    }

    /// Gives a row a pivot, and takes it out of all others.
    fn pivot(&mut self, at: usize) {
        let mut row = self.rows[at].clone();
        row.terms.retain(|(column, _)| !self.known[*column]);
        let rarest = row.terms.iter().min_by_key(|(column, _)| (self.counts[*column], *column));
        let Some((pivot, scale)) = rarest.copied() else { return };
        if scale != 1 {
            let scale = inverse(scale);
            row.terms.iter_mut().for_each(|(_, a)| *a = times(*a, scale));
        }
        let mut others = std::mem::take(&mut self.columns[pivot]);
        others.sort_unstable();
        others.dedup();
        for other in others.iter().copied().filter(|other| *other != at) {
            if let Some(factor) = self.rows[other].has(pivot) {
                let less = self.combined(other, &row.terms, factor);
                let was = std::mem::replace(&mut self.rows[other], less);
                self.before.push(Change::Row(other, was));
            }
        }
        // Taken back, the others have it again.
        self.columns[pivot] = others;
        let was = std::mem::replace(&mut self.rows[at], row);
        self.before.push(Change::Row(at, was));
        self.pivots[pivot] = Some(at);
        self.before.push(Change::Come(pivot));
    }

    /// A row less so many times another one.
    fn combined(&mut self, at: usize, less_row: &[(usize, u64)], factor: u64) -> Row {
        let row = &self.rows[at].terms;
        let mut out = Row { terms: Vec::with_capacity(row.len() + less_row.len()), left: Left::default() };
        let (mut own, mut other) = (row.iter().peekable(), less_row.iter().peekable());
        loop {
            let term = match (own.peek(), other.peek()) {
                (Some((a, x)), Some((b, y))) if a == b => {
                    let rest = less(*x, times(factor, *y));
                    if rest == 0 {
                        self.counts[*a] -= 1;
                    }
                    own.next();
                    other.next();
                    (*a, rest)
                }
                (Some((a, x)), known) if known.is_none_or(|(b, _)| a < b) => {
                    own.next();
                    (*a, *x)
                }
                (_, Some((b, y))) => {
                    self.counts[*b] += 1;
                    self.columns[*b].push(at);
                    other.next();
                    (*b, less(0, times(factor, *y)))
                }
                (_, None) => break,
            };
            if term.1 != 0 && !self.known[term.0] {
                out.terms.push(term);
                out.left.add(term.0);
            }
        }
        out
    }

    /// Some more columns become known, unless a secret one is then determined: everything stays as it
    /// was in that case.
    pub(crate) fn learn(&mut self, known: &[usize], secret: &dyn Fn(usize) -> bool) -> bool {
        self.before.clear();
        let keeps = known.iter().all(|column| self.learn_one(*column, secret));
        if !keeps {
            self.forget();
        }
        keeps
    }

    /// What was learnt last is unknown again.
    pub(crate) fn forget(&mut self) {
        while let Some(change) = self.before.pop() {
            self.take_back(change);
        }
    }

    fn learn_one(&mut self, column: usize, secret: &dyn Fn(usize) -> bool) -> bool {
        // What no relation has says nothing of another.
        if self.known.get(column).is_none_or(|known| *known) {
            return true;
        }
        let first = self.before.len();
        let mut rows = std::mem::take(&mut self.columns[column]);
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|at| self.rows[*at].has(column).is_some());
        for at in &rows {
            self.rows[*at].left.remove(column);
            self.before.push(Change::Less(*at, column));
        }
        self.columns[column] = rows;
        self.known[column] = true;
        self.before.push(Change::Known(column));
        if let Some(at) = self.pivots[column].take() {
            self.before.push(Change::Gone(column, at));
            self.pivot(at);
        }
        let touched = self.before.iter().skip(first).filter_map(|change| match change {
            Change::Row(at, _) | Change::Less(at, _) => Some(*at),
            _ => None,
        });
        !touched.filter_map(|at| self.rows[at].left.alone()).any(secret)
    }

    fn take_back(&mut self, change: Change) {
        match change {
            Change::Come(pivot) => self.pivots[pivot] = None,
            Change::Gone(pivot, at) => self.pivots[pivot] = Some(at),
            Change::Known(column) => self.known[column] = false,
            Change::Less(at, column) => self.rows[at].left.add(column),
            Change::Row(at, before) => {
                let now = std::mem::replace(&mut self.rows[at], before);
                now.terms.iter().for_each(|(column, _)| self.counts[*column] -= 1);
                self.rows[at].terms.iter().for_each(|(column, _)| self.counts[*column] += 1);
            }
        }
    }
}

/// The easy part of elimination: what is alone in a relation is determined, and known from then on in
/// all others. What it finds determined is; there may be more.
#[derive(Debug)]
pub(crate) struct Lines {
    left: Vec<Left>,
    /// The relations of each column.
    relations: Vec<Vec<usize>>,
    known: Vec<bool>,
}

impl Lines {
    pub(crate) fn of<R: AsRef<[(usize, i64)]>>(rows: &[R]) -> Self {
        let width = columns_of(rows);
        let mut out = Self {
            left: vec![Left::default(); rows.len()],
            relations: vec![Vec::new(); width],
            known: vec![false; width],
        };
        for (at, row) in rows.iter().enumerate() {
            for (column, _) in row.as_ref() {
                out.left[at].add(*column);
                out.relations[*column].push(at);
            }
        }
        out
    }

    /// Some more columns become known, unless a secret one is then determined, as in [`Echelon::learn`].
    pub(crate) fn learn(&mut self, known: &[usize], secret: &dyn Fn(usize) -> bool) -> bool {
        let (mut open, mut learnt, mut keeps) = (known.to_vec(), Vec::new(), true);
        while let Some(column) = open.pop().filter(|_| keeps) {
            if self.known.get(column).is_none_or(|known| *known) {
                continue;
            }
            self.known[column] = true;
            learnt.push(column);
            for at in &self.relations[column] {
                self.left[*at].remove(column);
                let alone = self.left[*at].alone();
                keeps &= !alone.is_some_and(secret);
                open.extend(alone);
            }
        }
        if !keeps {
            for column in learnt {
                self.known[column] = false;
                self.relations[column].iter().for_each(|at| self.left[*at].add(column));
            }
        }
        keeps
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

    /// Relations over `columns` numbers that look random and are the same for every seed.
    fn drawn(seed: u64, columns: usize) -> Vec<Vec<(usize, i64)>> {
        let mut state = seed;
        let mut below = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        let mut row = || -> Vec<(usize, i64)> {
            let chosen: Vec<usize> = (0..columns).filter(|_| below(4) == 0).collect();
            chosen.into_iter().map(|column| (column, [1, 1, -1, -1, 2][below(5) as usize])).collect()
        };
        (0..columns / 2).map(|_| row()).collect()
    }

    #[test]
    fn what_is_learnt_bit_by_bit_is_what_elimination_finds_at_once() {
        let mut refused = 0;
        for seed in 0..200 {
            let rows = drawn(seed, 16);
            let unknown = |known: &BTreeSet<usize>| -> Vec<Vec<(usize, i64)>> {
                let kept = |row: &Vec<(usize, i64)>| {
                    row.iter().copied().filter(|(c, _)| !known.contains(c)).collect()
                };
                rows.iter().map(kept).collect()
            };
            let lost = determined(&rows);
            let secret = |column: usize| column.is_multiple_of(3) && !lost.contains(&column);
            let (mut echelon, mut lines) = (Echelon::of(&rows), Lines::of(&rows));
            let (mut known, mut guessed) = (BTreeSet::new(), true);
            for column in (0..16).filter(|column| column % 3 != 0) {
                let mut more = known.clone();
                more.insert(column);
                let keeps = !determined(&unknown(&more)).into_iter().any(secret);
                // What the sums alone refuse is refused; as long as they are right they know as much.
                let guess = guessed && lines.learn(&[column], &secret);
                assert_eq!(echelon.learn(&[column], &secret), keeps, "seed {seed}, column {column}");
                if guessed && keeps {
                    assert!(guess, "seed {seed}, column {column}");
                }
                guessed &= guess == keeps;
                refused += usize::from(!keeps);
                if keeps {
                    echelon.forget();
                    assert!(echelon.learn(&[column], &secret));
                    known = more;
                }
            }
        }
        assert!(refused > 100, "{refused}");
    }

    #[test]
    fn a_rectangle_of_blanks_determines_nothing() {
        let rows = [vec![(0, 1), (1, 1)], vec![(2, 1), (3, 1)], vec![(0, 1), (2, 1)], vec![(1, 1), (3, 1)]];
        assert!(determined(&rows).is_empty());
    }
}
