//! How far a number can move: linear programming over the numbers around it, from the true table on.
//!
//! Readers cannot tell the true table from any other that has the same published numbers, so the
//! unknown numbers around a protected one are moved away from what they are, with everything else
//! left alone. A table that is found is checked in whole numbers, so what is reported as possible is
//! possible. The tables of one neighbourhood share their elimination.

use crate::matrix::Matrix;
use crate::readers::Readers;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Smaller numbers are zero.
const TINY: f64 = 1e-9;

/// More people than there are.
const NO_END: i64 = 10_000_000_000;

/// So much is computed for the ends of one number.
const RANGE: i64 = 100_000_000;

/// The numbers of a neighbourhood, solved for some of them: each of these is the others, times what
/// stands in its row, all as differences to the true table.
#[derive(Debug, Clone)]
pub(crate) struct Space {
    ids: Vec<usize>,
    place: HashMap<usize, usize>,
    relations: Vec<Vec<(usize, i64)>>,
    /// The true numbers.
    values: Vec<f64>,
    /// A row for each number that is solved for, with a column for each of the others.
    rows: Vec<f64>,
    solved: Vec<usize>,
    free: Vec<usize>,
    work: i64,
}

impl Space {
    /// The unknown numbers around one, as many as are asked for at most.
    pub(crate) fn ids_around(readers: &Readers<'_>, id: usize, most: usize) -> Vec<usize> {
        let (mut ids, mut seen, mut touched) = (vec![id], HashSet::from([id]), HashSet::new());
        let mut at = 0;
        while at < ids.len() && ids.len() < most {
            for (relation, _) in &readers.matrix.quantities[ids[at]].relations {
                if touched.insert(*relation) {
                    let unknown = readers.unknown_terms()[*relation].iter().map(|(id, _)| *id);
                    ids.extend(unknown.filter(|id| seen.insert(*id)));
                }
            }
            at += 1;
        }
        ids.truncate(most);
        ids
    }

    /// The space of these unknown numbers.
    pub(crate) fn of(readers: &Readers<'_>, ids: Vec<usize>) -> Self {
        let quantities = &readers.matrix.quantities;
        let place: HashMap<usize, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let touched: BTreeSet<usize> =
            ids.iter().flat_map(|id| quantities[*id].relations.iter().map(|(at, _)| *at)).collect();
        let within = |relation: usize| -> Vec<(usize, i64)> {
            let terms = &readers.unknown_terms()[relation];
            let mut line: Vec<(usize, i64)> =
                terms.iter().filter_map(|(id, a)| Some((*place.get(id)?, *a))).collect();
            line.sort_unstable();
            line
        };
        let relations: BTreeSet<Vec<(usize, i64)>> = touched.into_iter().map(within).collect();
        let values = ids.iter().map(|id| quantities[*id].value as f64).collect();
        let relations: Vec<_> = relations.into_iter().collect();
        let (rows, solved, free) = (Vec::new(), Vec::new(), Vec::new());
        let mut out = Self { ids, place, relations, values, rows, solved, free, work: 0 };
        out.solve();
        out
    }

    /// The numbers in it.
    pub(crate) fn ids(&self) -> &[usize] {
        &self.ids
    }

    /// Elimination, the shortest relations first.
    fn solve(&mut self) {
        let n = self.ids.len();
        let mut lines = self.relations.clone();
        lines.sort_by_key(Vec::len);
        let mut rows: Vec<Vec<f64>> = Vec::new();
        for line in lines {
            let mut row = vec![0.0; n];
            line.iter().for_each(|(at, a)| row[*at] += *a as f64);
            for (other, pivot) in rows.iter().zip(&self.solved) {
                if row[*pivot].abs() > TINY {
                    self.work += n as i64;
                    take_off(&mut row, other, *pivot, 0..n);
                }
            }
            self.work += (n + rows.len()) as i64;
            // A pivot of one keeps numbers whole; of those, the number that is largest.
            let worth = |at: &usize| ((row[*at].abs() - 1.0).abs() < TINY, self.values[*at]);
            let possible = (0..n).filter(|at| row[*at].abs() > 1e-7);
            let better = |a: &usize, b: &usize| {
                let (a, b) = (worth(a), worth(b));
                a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
            };
            let Some(pivot) = possible.max_by(better) else { continue };
            let scale = row[pivot];
            row.iter_mut().for_each(|a| *a /= scale);
            let there: Vec<usize> = (0..n).filter(|at| row[*at].abs() > 0.0).collect();
            for other in rows.iter_mut().filter(|other| other[pivot].abs() > TINY) {
                self.work += there.len() as i64;
                take_off(other, &row, pivot, there.iter().copied());
            }
            rows.push(row);
            self.solved.push(pivot);
        }
        let solved: BTreeSet<usize> = self.solved.iter().copied().collect();
        self.free = (0..n).filter(|at| !solved.contains(at)).collect();
        self.rows = rows.iter().flat_map(|row| self.free.iter().map(|at| -row[*at])).collect();
    }

    /// The steps that it took.
    pub(crate) fn work(&self) -> i64 {
        self.work
    }

    /// The numbers that move in two tables that fit everything known, and between which a number moves
    /// as far as the policy demands. `work` goes down with the steps that are made.
    pub(crate) fn far_enough(
        &self,
        matrix: &Matrix,
        id: usize,
        unknown: &dyn Fn(usize) -> bool,
        work: &mut i64,
    ) -> Option<BTreeSet<usize>> {
        let quantity = &matrix.quantities[id];
        let width = (quantity.threshold - 1).max(1);
        let least = (quantity.threshold - quantity.value).max(0);
        let target = *self.place.get(&id)?;
        let fixed: Vec<bool> = self.ids.iter().map(|id| !unknown(*id)).collect();
        let (up, mut moved) = self.furthest(target, 1, width.max(least), &fixed, work)?;
        if up < least {
            return None;
        }
        if up < width {
            let (down, others) = self.furthest(target, -1, width - up, &fixed, work)?;
            if up + down < width {
                return None;
            }
            moved.extend(others);
        }
        Some(moved.into_iter().map(|at| self.ids[at]).collect())
    }

    /// The smallest and the largest that a number of the space can be; no largest where there is none.
    pub(crate) fn range(&self, matrix: &Matrix, id: usize) -> Option<(i64, Option<i64>)> {
        let target = *self.place.get(&id)?;
        let (value, fixed) = (matrix.value(id), vec![false; self.ids.len()]);
        let mut work = RANGE;
        let (down, _) = self.furthest(target, -1, value, &fixed, &mut work)?;
        let (up, _) = self.furthest(target, 1, NO_END, &fixed, &mut work)?;
        Some((value - down, (up < NO_END).then_some(value + up)))
    }

    /// How far a number can go in whole numbers, up to a goal, and which move then.
    fn furthest(
        &self,
        target: usize,
        sign: i64,
        goal: i64,
        fixed: &[bool],
        work: &mut i64,
    ) -> Option<(i64, Vec<usize>)> {
        let mut goal = goal;
        for _ in 0..2 {
            if goal <= 0 {
                return Some((0, Vec::new()));
            }
            let moves = Simplex::new(self, target, sign as f64, fixed).run(goal as f64, work)?;
            let reached = (moves[target] * sign as f64 + 1e-6).floor() as i64;
            if let Some(whole) = self.whole(&moves, fixed) {
                let moved = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
                return Some((whole[target] * sign, moved));
            }
            // Short of a corner with fractions there may be one without.
            goal = reached.min(goal - 1);
        }
        Some((0, Vec::new()))
    }

    /// The moves in whole numbers, if they fit.
    fn whole(&self, moves: &[f64], fixed: &[bool]) -> Option<Vec<i64>> {
        let whole: Vec<i64> = moves.iter().map(|d| d.round() as i64).collect();
        let near = moves.iter().zip(&whole).all(|(d, w)| (d - *w as f64).abs() < 1e-4);
        let stays = |at: usize| whole[at] as f64 + self.values[at] >= 0.0 && (!fixed[at] || whole[at] == 0);
        let fits = |line: &Vec<(usize, i64)>| line.iter().map(|(at, a)| a * whole[*at]).sum::<i64>() == 0;
        (near && (0..whole.len()).all(stays) && self.relations.iter().all(fits)).then_some(whole)
    }
}

/// Takes another row off so many times that its pivot is gone; `there` is where it is not zero.
fn take_off(row: &mut [f64], other: &[f64], pivot: usize, there: impl Iterator<Item = usize>) {
    let factor = row[pivot];
    there.for_each(|at| row[at] -= factor * other[at]);
    row[pivot] = 0.0;
}

/// The way up from the true table.
struct Simplex<'a> {
    space: &'a Space,
    fixed: &'a [bool],
    target: usize,
    sign: f64,
    rows: Vec<f64>,
    solved: Vec<usize>,
    free: Vec<usize>,
    /// Where a number is solved for, its row.
    row_of: Vec<Option<usize>>,
    moves: Vec<f64>,
}

/// What ends a step.
enum Stop {
    Goal,
    Own,
    Row(usize),
}

impl<'a> Simplex<'a> {
    fn new(space: &'a Space, target: usize, sign: f64, fixed: &'a [bool]) -> Self {
        let mut row_of = vec![None; space.ids.len()];
        space.solved.iter().enumerate().for_each(|(row, at)| row_of[*at] = Some(row));
        Self {
            space,
            fixed,
            target,
            sign,
            rows: space.rows.clone(),
            solved: space.solved.clone(),
            free: space.free.clone(),
            row_of,
            moves: vec![0.0; space.ids.len()],
        }
    }

    /// Moves the target as far as it goes; nothing where that takes too long.
    fn run(mut self, goal: f64, work: &mut i64) -> Option<Vec<f64>> {
        let width = self.free.len();
        let careful = 4 * (self.solved.len() + width) + 50;
        for step in 0..3 * careful {
            *work -= (self.rows.len() + 100) as i64;
            if *work < 0 {
                return None;
            }
            let Some((column, direction)) = self.entering(step > careful) else { return Some(self.moves) };
            let (length, stop) = self.length(column, direction, goal)?;
            self.advance(column, direction * length);
            match stop {
                Stop::Goal => return Some(self.moves),
                Stop::Own => {}
                Stop::Row(row) => self.pivot(row, column),
            }
        }
        None
    }

    /// By how much the target moves with a free number.
    fn gain(&self, column: usize) -> f64 {
        let moved = match self.row_of[self.target] {
            Some(row) => self.rows[row * self.free.len() + column],
            None if self.free[column] == self.target => 1.0,
            None => 0.0,
        };
        moved * self.sign
    }

    fn room_below(&self, at: usize) -> f64 {
        (self.moves[at] + self.space.values[at]).max(0.0)
    }

    /// The free number that takes the target along, and in which direction it moves.
    fn entering(&self, first: bool) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for (column, at) in self.free.iter().enumerate() {
            let gain = self.gain(column);
            let moves = !self.fixed[*at] && gain.abs() > 1e-8;
            if !moves || (gain < 0.0 && self.room_below(*at) <= TINY) {
                continue;
            }
            if first {
                // The number that comes first ends always (Bland 1977).
                if best.is_none_or(|(known, _)| *at < self.free[known]) {
                    best = Some((column, gain));
                }
            } else if best.is_none_or(|(_, known)| gain.abs() > known.abs()) {
                best = Some((column, gain));
            }
        }
        best.map(|(column, gain)| (column, gain.signum()))
    }

    /// How far a free number can move, and what stops it.
    fn length(&self, column: usize, direction: f64, goal: f64) -> Option<(f64, Stop)> {
        let width = self.free.len();
        let gain = self.gain(column).abs();
        let left = goal - self.moves[self.target] * self.sign;
        let mut best = (left / gain, Stop::Goal);
        if direction < 0.0 {
            let room = self.room_below(self.free[column]);
            if room < best.0 - TINY {
                best = (room, Stop::Own);
            }
        }
        let mut stopped_by = usize::MAX;
        for (row, at) in self.solved.iter().enumerate() {
            let rate = self.rows[row * width + column] * direction;
            let limit = if self.fixed[*at] && rate.abs() > 1e-8 {
                0.0
            } else if rate < -1e-8 {
                self.room_below(*at) / -rate
            } else {
                continue;
            };
            let is_row = matches!(best.1, Stop::Row(_));
            if limit < best.0 - TINY || (is_row && limit <= best.0 + TINY && *at < stopped_by) {
                best = (limit.min(best.0), Stop::Row(row));
                stopped_by = *at;
            }
        }
        best.0.is_finite().then_some(best)
    }

    fn advance(&mut self, column: usize, by: f64) {
        if by.abs() <= 0.0 {
            return;
        }
        let width = self.free.len();
        self.moves[self.free[column]] += by;
        for (row, at) in self.solved.iter().enumerate() {
            self.moves[*at] += self.rows[row * width + column] * by;
        }
    }

    /// A solved number and a free one change places.
    fn pivot(&mut self, row: usize, column: usize) {
        let width = self.free.len();
        let (from, to) = (row * width, (row + 1) * width);
        let a = self.rows[from + column];
        // leaving = … + a · entering, so entering = (leaving − …) / a.
        let mut new: Vec<f64> = self.rows[from..to].iter().map(|b| -b / a).collect();
        new[column] = 1.0 / a;
        for other in (0..self.solved.len()).filter(|other| *other != row) {
            let line = &mut self.rows[other * width..(other + 1) * width];
            let factor = line[column];
            if factor.abs() > TINY {
                line[column] = 0.0;
                line.iter_mut().zip(&new).for_each(|(x, b)| *x += factor * b);
            } else {
                line[column] = 0.0;
            }
        }
        self.rows[from..to].copy_from_slice(&new);
        let (leaving, entering) = (self.solved[row], self.free[column]);
        (self.solved[row], self.free[column]) = (entering, leaving);
        (self.row_of[leaving], self.row_of[entering]) = (None, Some(row));
    }
}
