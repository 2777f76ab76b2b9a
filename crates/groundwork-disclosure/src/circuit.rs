//! Circuits: a number is moved, every sum that it unbalances is put right by moving another number,
//! and so on until everything fits again. Where that closes over numbers that readers do not know,
//! they cannot tell the moved table from the true one. In a two-way table the shortest circuit is
//! a rectangle of blanks, in a three-way table a cube.
//!
//! A circuit may also pass numbers that are published, at the price of withholding them: so the
//! search for a proof is the search for what to withhold. The price is what readers lose; cheap
//! circuits are looked for first, as in the hypercube method (Repsilber 1994), but over every
//! relation of the matrix and with whole numbers that stay above zero.

use crate::matrix::Matrix;
use std::collections::{BTreeMap, BTreeSet};

/// So many moves are tried until a circuit closes.
const TRIES: usize = 600;
/// So many where people are added, who are counted in many places.
const MOST_ADDED: usize = 4000;
/// And so many more to find a cheaper one.
const MORE: usize = 60;
/// So many choices are tried for each move after the first; further on only the best. A poor early
/// choice is given up soon this way.
const MOST_CHOICES: [usize; 8] = [12, 8, 5, 4, 3, 2, 2, 2];
/// The longest circuit, in numbers moved.
const LONGEST: usize = 300;
/// Relations that are off balance and looked at for the next move.
const LOOK: usize = 4;

/// The price of moving a number: nothing where it is unknown; none where it cannot be withheld.
pub(crate) type Price<'a> = dyn Fn(usize) -> Option<i64> + 'a;

/// Tables that fit what is known and between which a number moves as far as the policy demands: the
/// numbers that move, and what has to be withheld for that. Nothing where none were found.
pub(crate) fn far_enough(matrix: &Matrix, id: usize, price: &Price<'_>) -> Option<(i64, BTreeSet<usize>)> {
    let quantity = &matrix.quantities[id];
    let (value, threshold) = (quantity.value, quantity.threshold);
    let circuit = |by: i64| match by {
        0 => Some((0, BTreeSet::new())),
        _ => Search::new(matrix, price).cheapest(id, by),
    };
    // Up by all of the width; or up to the threshold, and down by the rest.
    let width = (threshold - 1).max(1);
    let up = (threshold - value).max(0);
    let mut ways = vec![(width.max(up), 0), (up, (width - up).max(0)), (up, width)];
    ways.dedup();
    let along = ways.into_iter().filter(|(_, down)| value >= *down).find_map(|(up, down)| {
        let (a, mut moved) = circuit(up)?;
        let (b, other) = circuit(-down)?;
        moved.extend(other);
        Some((a + b, moved))
    });
    along.or_else(|| {
        let mut search = Search::new(matrix, price);
        search.adding = Some(width.max(up));
        search.limit = MOST_ADDED;
        search.cheapest(id, width.max(up))
    })
}

struct Search<'a> {
    matrix: &'a Matrix,
    price: &'a Price<'a>,
    moves: BTreeMap<usize, i64>,
    /// By how much each relation is off.
    off: BTreeMap<usize, i64>,
    spent: i64,
    best: Option<(i64, BTreeSet<usize>)>,
    tries: usize,
    limit: usize,
    /// Only so many people more, everywhere where they would be counted: where totals are unknown
    /// as well, there may be people whom nobody has heard of.
    adding: Option<i64>,
}

impl<'a> Search<'a> {
    fn new(matrix: &'a Matrix, price: &'a Price<'a>) -> Self {
        let (moves, off) = (BTreeMap::new(), BTreeMap::new());
        Self { matrix, price, moves, off, spent: 0, best: None, tries: 0, limit: TRIES, adding: None }
    }

    fn cheapest(mut self, id: usize, by: i64) -> Option<(i64, BTreeSet<usize>)> {
        self.moves.insert(id, by);
        self.unbalance(id, by);
        self.close();
        self.best
    }

    fn unbalance(&mut self, id: usize, by: i64) {
        for (relation, a) in &self.matrix.quantities[id].relations {
            let off = self.off.entry(*relation).or_insert(0);
            *off += a * by;
            if *off == 0 {
                self.off.remove(relation);
            }
        }
    }

    /// The moves that put a relation right, the most promising first.
    fn choices(&self, relation: usize, off: i64) -> Vec<Choice> {
        let mut choices: Vec<Choice> = self.matrix.relations[relation]
            .terms
            .iter()
            .filter(|(id, a)| off % a == 0 && !self.moves.contains_key(id))
            .filter_map(|(id, a)| Some((*id, -off / a, (self.price)(*id)?)))
            .filter(|(id, by, _)| self.matrix.quantities[*id].value + by >= 0)
            .filter(|(_, by, _)| self.adding.is_none_or(|people| *by == people))
            .map(|(id, by, price)| {
                let relations = &self.matrix.quantities[id].relations;
                let settled = relations.iter().filter(|(at, _)| self.off.contains_key(at)).count();
                let open = (relations.len() - settled) as i64 - settled as i64;
                Choice { promise: price + OPEN * open, id, by, price }
            })
            .collect();
        choices.sort_unstable();
        choices
    }

    fn close(&mut self) {
        if self.off.is_empty() {
            self.best = Some((self.spent, self.moves.keys().copied().collect()));
            // A circuit that costs nothing cannot be bettered.
            self.limit = if self.spent == 0 { self.tries } else { self.limit.min(self.tries + MORE) };
            return;
        }
        if self.moves.len() >= LONGEST && self.adding.is_none() {
            return;
        }
        // The relation that leaves the least choice: a dead end shows at once.
        let look = if self.adding.is_some() { usize::MAX } else { LOOK };
        let open = self.off.iter().take(look).map(|(relation, off)| self.choices(*relation, *off));
        let choices = open.min_by_key(Vec::len).unwrap_or_default();
        let most = MOST_CHOICES.get(self.moves.len() - 1).copied().unwrap_or(2);
        for Choice { id, by, price, .. } in choices.into_iter().take(most) {
            if self.best.as_ref().is_some_and(|(known, _)| self.spent + price >= *known) {
                continue;
            }
            self.tries += 1;
            if self.tries > self.limit {
                return;
            }
            self.moves.insert(id, by);
            self.unbalance(id, by);
            self.spent += price;
            self.close();
            self.spent -= price;
            self.moves.remove(&id);
            self.unbalance(id, -by);
        }
    }
}

/// What a relation that is left off balance is thought to cost.
const OPEN: i64 = 20;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Choice {
    promise: i64,
    id: usize,
    by: i64,
    price: i64,
}
