//! Circuits: a number is moved, every sum that it unbalances is put right by moving another number,
//! and so on until everything fits again. Where that closes over numbers that readers do not know,
//! they cannot tell the moved table from the true one. In a two-way table the shortest circuit is
//! a rectangle of blanks, in a three-way table a cube.
//!
//! A circuit may also pass numbers that are published, at the price of withholding them: so the
//! search for a proof is the search for what to withhold. The price is what readers lose; cheap
//! circuits are looked for first, as in the hypercube method (Repsilber 1994), but over every
//! relation of the matrix and with whole numbers that stay above zero.

use crate::readers::Readers;
use std::collections::BTreeSet;

/// So many times more where people are added, who are counted in many places.
const ADDED: usize = 28;
/// And so many more to find a cheaper one.
const MORE: usize = 60;
/// So many choices are tried for each move after the first; further on only the best. A poor early
/// choice is given up soon this way.
const MOST_CHOICES: [usize; 8] = [12, 8, 5, 4, 3, 2, 2, 2];
/// The longest circuit, in numbers moved.
const LONGEST: usize = 300;
/// Relations that are off balance and looked at for the next move.
const LOOK: usize = 4;

/// Where circuits may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Through {
    /// Numbers that readers do not know.
    Unknown,
    /// Published ones as well, at their price.
    Published,
}

/// The place in which circuits are searched for. Nothing of one search is left for the next.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// By how much each number is moved.
    moves: Vec<i64>,
    /// By how much each relation is off.
    off: Vec<i64>,
}

impl Scratch {
    pub(crate) fn of(readers: &Readers<'_>) -> Self {
        let matrix = readers.matrix;
        Self { moves: vec![0; matrix.quantities.len()], off: vec![0; matrix.relations.len()] }
    }

    /// Tables that fit what is known and between which a number moves as far as the policy demands: the
    /// numbers that move. Nothing where none were found with about so many moves tried.
    pub(crate) fn far_enough(
        &mut self,
        readers: &Readers<'_>,
        id: usize,
        through: Through,
        tries: usize,
    ) -> Option<BTreeSet<usize>> {
        let quantity = &readers.matrix.quantities[id];
        let (value, threshold) = (quantity.value, quantity.threshold);
        let mut circuit = |by: i64| match by {
            0 => Some(BTreeSet::new()),
            _ => Search::new(self, readers, through, tries).cheapest(id, by),
        };
        // Up by all of the width; or up to the threshold, and down by the rest.
        let width = (threshold - 1).max(1);
        let up = (threshold - value).max(0);
        let mut ways = vec![(width.max(up), 0), (up, (width - up).max(0)), (up, width)];
        ways.dedup();
        let along = ways.into_iter().filter(|(_, down)| value >= *down).find_map(|(up, down)| {
            let mut moved = circuit(up)?;
            moved.extend(circuit(-down)?);
            Some(moved)
        });
        along.or_else(|| {
            let mut search = Search::new(self, readers, through, ADDED * tries);
            search.adding = Some(width.max(up));
            search.cheapest(id, width.max(up))
        })
    }
}

struct Search<'a> {
    scratch: &'a mut Scratch,
    readers: &'a Readers<'a>,
    through: Through,
    /// The numbers that are moved.
    moved: Vec<usize>,
    /// The relations that are off.
    open: BTreeSet<usize>,
    spent: i64,
    best: Option<(i64, BTreeSet<usize>)>,
    tries: usize,
    limit: usize,
    /// Only so many people more, everywhere where they would be counted: where totals are unknown
    /// as well, there may be people whom nobody has heard of.
    adding: Option<i64>,
}

impl<'a> Search<'a> {
    fn new(scratch: &'a mut Scratch, readers: &'a Readers<'a>, through: Through, limit: usize) -> Self {
        Self {
            scratch,
            readers,
            through,
            moved: Vec::new(),
            open: BTreeSet::new(),
            spent: 0,
            best: None,
            tries: 0,
            limit,
            adding: None,
        }
    }

    fn cheapest(mut self, id: usize, by: i64) -> Option<BTreeSet<usize>> {
        self.push(id, by);
        self.close();
        self.pop();
        self.best.map(|(_, moved)| moved)
    }

    fn push(&mut self, id: usize, by: i64) {
        self.scratch.moves[id] = by;
        self.moved.push(id);
        self.unbalance(id, by);
    }

    fn pop(&mut self) {
        if let Some(id) = self.moved.pop() {
            let by = std::mem::take(&mut self.scratch.moves[id]);
            self.unbalance(id, -by);
        }
    }

    fn unbalance(&mut self, id: usize, by: i64) {
        for (relation, a) in &self.readers.matrix.quantities[id].relations {
            let off = &mut self.scratch.off[*relation];
            let before = *off;
            *off += a * by;
            if *off == 0 {
                self.open.remove(relation);
            } else if before == 0 {
                self.open.insert(*relation);
            }
        }
    }

    /// The moves that would put a relation right: number, by how much, at what price.
    fn moves_for(&self, relation: usize) -> impl Iterator<Item = (usize, i64, i64)> {
        let matrix = self.readers.matrix;
        let off = self.scratch.off[relation];
        let terms = match self.through {
            Through::Unknown => &self.readers.unknown_terms()[relation],
            Through::Published => &matrix.relations[relation].terms,
        };
        terms.iter().filter_map(move |(id, a)| {
            let by = -off / a;
            let fits = off % a == 0
                && self.scratch.moves[*id] == 0
                && matrix.quantities[*id].value + by >= 0
                && self.adding.is_none_or(|people| by == people);
            let price = if fits { self.readers.price(*id)? } else { return None };
            Some((*id, by, price))
        })
    }

    /// The first of the relations that leave the least choice: a dead end shows at once.
    fn narrowest(&self) -> Option<usize> {
        let look = if self.adding.is_some() { usize::MAX } else { LOOK };
        let mut best: Option<(usize, usize)> = None;
        for relation in self.open.iter().take(look) {
            let less_than = best.map_or(usize::MAX, |(choices, _)| choices);
            let choices = self.moves_for(*relation).take(less_than).count();
            if choices < less_than {
                best = Some((choices, *relation));
            }
        }
        best.map(|(_, relation)| relation)
    }

    /// The moves that would put a relation right, the most promising first.
    fn choices(&self, relation: usize, most: usize) -> Vec<Choice> {
        let promising = |(id, by, price): (usize, i64, i64)| {
            let relations = &self.readers.matrix.quantities[id].relations;
            let settled = relations.iter().filter(|(at, _)| self.scratch.off[*at] != 0).count();
            let open = (relations.len() - settled) as i64 - settled as i64;
            Choice { promise: price + OPEN * open, id, by, price }
        };
        let mut choices: Vec<Choice> = self.moves_for(relation).map(promising).collect();
        if choices.len() > most {
            choices.select_nth_unstable(most);
            choices.truncate(most);
        }
        choices.sort_unstable();
        choices
    }

    fn close(&mut self) {
        if self.open.is_empty() {
            self.best = Some((self.spent, self.moved.iter().copied().collect()));
            // A circuit that costs nothing cannot be bettered.
            self.limit = if self.spent == 0 { self.tries } else { self.limit.min(self.tries + MORE) };
            return;
        }
        if self.moved.len() >= LONGEST && self.adding.is_none() {
            return;
        }
        let Some(relation) = self.narrowest() else { return };
        let most = MOST_CHOICES.get(self.moved.len() - 1).copied().unwrap_or(2);
        for Choice { id, by, price, .. } in self.choices(relation, most) {
            if self.best.as_ref().is_some_and(|(known, _)| self.spent + price >= *known) {
                continue;
            }
            self.tries += 1;
            if self.tries > self.limit {
                return;
            }
            self.push(id, by);
            self.spent += price;
            self.close();
            self.spent -= price;
            self.pop();
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
