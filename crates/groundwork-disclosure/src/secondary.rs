//! Secondary suppression: what else has to be withheld so that nothing withheld can be found out.
//!
//! First everything is withheld, and cells are published, the largest first, as long as readers cannot
//! compute a protected number from all relations together (Langsrud 2024). Then every protected number
//! needs a proof: tables in whole numbers, with everything published as it is, between which it moves
//! as far as the policy demands. A circuit is the shortest one; where none is found, linear programming
//! over all that is unknown around the number looks for any other; and where there is none, the cheapest
//! circuit is withheld, or more until there is one. So at the end every protected number has its proof,
//! or the release is refused. Last, what no proof needs is published again, the largest first.

use crate::circuit;
use crate::dependence::{Echelon, determined};
use crate::matrix::Matrix;
use crate::reach::Space;
use std::collections::{BTreeMap, BTreeSet};

/// The proof that a protected number can move as far as it has to: the numbers that differ in the
/// tables that show it.
type Proof = BTreeSet<usize>;

/// What was decided.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decision {
    /// Whether each cell is withheld.
    pub(crate) hidden: Vec<bool>,
    /// The proof for each protected number.
    pub(crate) proofs: BTreeMap<usize, Proof>,
    /// Protected numbers that nothing can protect any more.
    pub(crate) open: BTreeSet<usize>,
}

/// Decides which cells to withhold, given those that are withheld for their own sake.
pub(crate) fn suppress(matrix: &Matrix, primary: &[bool]) -> Decision {
    let mut search = Search {
        matrix,
        hidden: primary.to_vec(),
        unknown: vec![false; matrix.quantities.len()],
        prices: vec![None; matrix.quantities.len()],
        decision: Decision::default(),
        spaces: Vec::new(),
        space_of: BTreeMap::new(),
        work: WORK,
    };
    for id in 0..matrix.quantities.len() {
        search.look_at(id);
    }
    search.begin();
    search.protect();
    search.publish_again(primary);
    Decision { hidden: search.hidden, ..search.decision }
}

struct Search<'a> {
    matrix: &'a Matrix,
    hidden: Vec<bool>,
    /// Whether readers do not know each number.
    unknown: Vec<bool>,
    /// What readers lose when a number is withheld; nothing where it cannot be.
    prices: Vec<Option<i64>>,
    decision: Decision,
    /// Neighbourhoods that were looked at since something was last withheld, and which each number has.
    spaces: Vec<Space>,
    space_of: BTreeMap<usize, usize>,
    /// So much may still be computed.
    work: i64,
}

/// What a withheld cell costs readers beside its size.
const CELL: i64 = 10;

impl Search<'_> {
    fn is_unknown(&self, id: usize) -> bool {
        self.unknown[id]
    }

    fn look_at(&mut self, id: usize) {
        let quantity = &self.matrix.quantities[id];
        let shown = quantity.cells.iter().filter(|cell| !self.hidden[**cell]).count() as i64;
        self.unknown[id] = !quantity.given && shown == 0;
        self.prices[id] = match (self.unknown[id], quantity.given) {
            (true, _) => Some(0),
            (false, true) => None,
            (false, false) => Some(shown * (CELL + quantity.value)),
        };
    }

    fn set(&mut self, cell: usize, hidden: bool) {
        self.hidden[cell] = hidden;
        for id in &self.matrix.shown[cell] {
            self.look_at(*id);
        }
    }

    fn price(&self, id: usize) -> Option<i64> {
        self.prices[id]
    }

    fn hide(&mut self, id: usize) {
        self.spaces.clear();
        self.space_of.clear();
        for cell in &self.matrix.quantities[id].cells {
            self.set(*cell, true);
        }
    }

    /// Numbers that must be protected, the smallest first.
    fn protected(&self) -> Vec<usize> {
        let quantities = &self.matrix.quantities;
        let mut ids: Vec<usize> = (0..quantities.len()).filter(|id| quantities[*id].is_protected()).collect();
        ids.sort_by_key(|id| (quantities[*id].value, *id));
        ids
    }

    /// Begins with everything withheld, and publishes cells, the largest first, as long as no protected
    /// number can be computed (Langsrud 2024).
    fn begin(&mut self) {
        let protected: BTreeSet<usize> = self.protected().into_iter().collect();
        for id in &protected {
            self.hide(*id);
        }
        let mut cells: Vec<usize> = (0..self.hidden.len()).filter(|cell| !self.hidden[*cell]).collect();
        cells.sort_by_cached_key(|cell| (std::cmp::Reverse((self.size(*cell), self.around(*cell))), *cell));
        for cell in &cells {
            self.set(*cell, true);
        }
        let unknown = |terms: &[(usize, i64)]| -> Vec<(usize, i64)> {
            terms.iter().copied().filter(|(id, _)| self.is_unknown(*id)).collect()
        };
        let mut echelon =
            Echelon::of(&self.matrix.relations.iter().map(|r| unknown(&r.terms)).collect::<Vec<_>>());
        for cell in cells {
            let shown = self.matrix.shown[cell].iter().copied();
            let news: Vec<usize> = shown.filter(|id| self.is_unknown(*id)).collect();
            if echelon.learn(&news, &|id| protected.contains(&id)) {
                self.set(cell, false);
            }
        }
    }

    /// What the numbers of a cell are a part of, summed up: of two as large, the part of a larger total is
    /// published first, since more can take its place there.
    fn around(&self, cell: usize) -> i64 {
        let quantities = &self.matrix.quantities;
        let relations = self.matrix.shown[cell].iter().flat_map(|id| &quantities[*id].relations);
        let largest =
            |at: &usize| self.matrix.relations[*at].terms.iter().map(|(id, _)| quantities[*id].value).max();
        relations.filter_map(|(at, _)| largest(at)).sum()
    }

    /// The largest number that a cell shows.
    fn size(&self, cell: usize) -> Option<i64> {
        self.matrix.shown[cell].iter().map(|id| self.matrix.quantities[*id].value).max()
    }

    fn protect(&mut self) {
        let computable = self.computable();
        for id in self.protected() {
            if !self.is_unknown(id) {
                // Published already, or shown by a cell that no rule withholds.
                self.hide(id);
                if !self.is_unknown(id) {
                    self.decision.open.insert(id);
                    continue;
                }
            }
            let proof = if computable.contains(&id) { None } else { self.proof(id) };
            match proof.or_else(|| self.withhold_circuit(id)).or_else(|| self.widen(id)) {
                Some(proof) => {
                    self.decision.proofs.insert(id, proof);
                }
                None => {
                    self.decision.open.insert(id);
                }
            }
        }
    }

    /// What readers can compute exactly from everything that is published.
    fn computable(&self) -> BTreeSet<usize> {
        let unknown = |terms: &[(usize, i64)]| -> Vec<(usize, i64)> {
            terms.iter().copied().filter(|(id, _)| self.is_unknown(*id)).collect()
        };
        determined(&self.matrix.relations.iter().map(|r| unknown(&r.terms)).collect::<Vec<_>>())
    }

    /// Other tables between which the number moves far enough, with nothing more withheld.
    fn proof(&mut self, id: usize) -> Option<Proof> {
        let free = |id: usize| self.is_unknown(id).then_some(0);
        let along = circuit::far_enough(self.matrix, id, &free).map(|(_, moved)| moved);
        along.or_else(|| self.reach(id))
    }

    /// The same, by all that is unknown around the number.
    fn reach(&mut self, id: usize) -> Option<Proof> {
        if self.work < 0 {
            return None;
        }
        let unknown = |id: usize| self.unknown[id];
        let at = match self.space_of.get(&id) {
            Some(at) => *at,
            None => {
                let space = Space::around(self.matrix, id, MOST, &unknown);
                let size = space.ids().len() as i64;
                self.work -= size * size * size / 4;
                let at = self.spaces.len();
                // Where everything around is in it, it is the space of all of them.
                let all: &[usize] = if space.ids().len() < MOST { space.ids() } else { &[id] };
                self.space_of.extend(all.iter().map(|id| (*id, at)));
                self.spaces.push(space);
                at
            }
        };
        self.spaces[at].far_enough(self.matrix, id, &unknown, &mut self.work)
    }

    /// Withholds the cheapest circuit that lets the number move far enough.
    fn withhold_circuit(&mut self, id: usize) -> Option<Proof> {
        let (_, moved) = circuit::far_enough(self.matrix, id, &|id| self.price(id))?;
        for moved in &moved {
            self.hide(*moved);
        }
        Some(moved)
    }

    /// Withholds one number after the other around this one, ring by ring, until there is a proof.
    fn widen(&mut self, id: usize) -> Option<Proof> {
        let mut ring: BTreeSet<usize> =
            self.matrix.quantities[id].relations.iter().map(|(at, _)| *at).collect();
        loop {
            let terms = ring.iter().flat_map(|at| &self.matrix.relations[*at].terms);
            let published = terms.filter(|(id, _)| !self.is_unknown(*id));
            let next = published.filter_map(|(id, _)| Some((self.price(*id)?, *id))).min();
            match next {
                Some((_, next)) => {
                    self.hide(next);
                    let free = |id: usize| self.is_unknown(id).then_some(0);
                    if let Some((_, proof)) = circuit::far_enough(self.matrix, id, &free) {
                        return Some(proof);
                    }
                }
                None => {
                    if let Some(proof) = self.proof(id) {
                        return Some(proof);
                    }
                    let before = ring.len();
                    let terms = ring.iter().flat_map(|at| &self.matrix.relations[*at].terms);
                    let further: Vec<usize> = terms
                        .flat_map(|(id, _)| self.matrix.quantities[*id].relations.iter().map(|(at, _)| *at))
                        .collect();
                    ring.extend(further);
                    if ring.len() == before {
                        return self.scaled(id);
                    }
                }
            }
        }
    }

    /// Where nobody in all that hangs together with a number is known, the table with nobody in it
    /// fits, and so does the one with everybody as many times as one likes.
    fn scaled(&self, id: usize) -> Option<Proof> {
        let nobody = |id: usize| self.matrix.quantities[id].value == 0;
        if nobody(id) {
            return None;
        }
        let (mut moved, mut open) = (Proof::from([id]), vec![id]);
        while let Some(id) = open.pop() {
            if !self.is_unknown(id) {
                return None;
            }
            let relations = self.matrix.quantities[id].relations.iter();
            for (other, _) in relations.flat_map(|(at, _)| &self.matrix.relations[*at].terms) {
                if !nobody(*other) && moved.insert(*other) {
                    open.push(*other);
                }
            }
        }
        Some(moved)
    }

    /// Publishes again what no proof needs, the largest first.
    fn publish_again(&mut self, primary: &[bool]) {
        let mut needed: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (id, proof) in &self.decision.proofs {
            for moved in proof {
                needed.entry(*moved).or_default().insert(*id);
            }
        }
        let quantities = &self.matrix.quantities;
        let mut secondary: Vec<usize> =
            (0..self.hidden.len()).filter(|cell| self.hidden[*cell] && !primary[*cell]).collect();
        secondary.sort_by_key(|cell| (std::cmp::Reverse(self.size(*cell)), *cell));
        for cell in secondary {
            let shown = &self.matrix.shown[cell];
            if shown.iter().any(|id| quantities[*id].is_protected()) {
                continue;
            }
            let affected: BTreeSet<usize> =
                shown.iter().filter_map(|id| needed.get(id)).flatten().copied().collect();
            self.set(cell, false);
            let found: Vec<(usize, Proof)> =
                affected.iter().map_while(|id| Some((*id, self.proof(*id)?))).collect();
            if found.len() < affected.len() {
                self.set(cell, true);
                continue;
            }
            for (id, proof) in found {
                for moved in self.decision.proofs.insert(id, proof.clone()).unwrap_or_default() {
                    if let Some(ids) = needed.get_mut(&moved) {
                        ids.remove(&id);
                    }
                }
                for moved in proof {
                    needed.entry(moved).or_default().insert(id);
                }
            }
        }
    }
}

/// Numbers of a neighbourhood.
const MOST: usize = 400;

/// Steps of computing for a release, so that it ends: where they are used up, more is withheld.
const WORK: i64 = 20_000_000_000;
