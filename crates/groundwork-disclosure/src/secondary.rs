//! Secondary suppression: what else has to be withheld so that nothing withheld can be found out.
//!
//! Exact dependence over all relations together says which protected numbers readers could compute.
//! For these, and for every other that cannot move as far as the policy demands, the cheapest
//! circuit of numbers is withheld. The circuit is a proof: a table in whole numbers, with everything
//! published as it is, in which the protected number is another one. Where no circuit is found, the
//! interval audit looks for any other table nearby, and more is withheld until there is one. So at
//! the end every protected number has its proof, or the release is refused. Last, what no proof
//! needs is published again, the largest first.

use crate::dependence::determined;
use crate::matrix::Matrix;
use crate::{circuit, near};
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
    };
    for id in 0..matrix.quantities.len() {
        search.look_at(id);
    }
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
    fn proof(&self, id: usize) -> Option<Proof> {
        let free = |id: usize| self.is_unknown(id).then_some(0);
        let along = circuit::far_enough(self.matrix, id, &free).map(|(_, moved)| moved);
        along.or_else(|| near::far_enough(self.matrix, id, &|id| self.is_unknown(id), near::CLOSE))
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
                        let wide = near::far_enough(self.matrix, id, &|id| self.is_unknown(id), near::WIDE);
                        return wide.or_else(|| self.scaled(id));
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
        let size = |cell: &usize| self.matrix.shown[*cell].iter().map(|id| quantities[*id].value).max();
        let mut secondary: Vec<usize> =
            (0..self.hidden.len()).filter(|cell| self.hidden[*cell] && !primary[*cell]).collect();
        secondary.sort_by_key(|cell| (std::cmp::Reverse(size(cell)), *cell));
        let mut searches = SEARCHES;
        for cell in secondary {
            let shown = &self.matrix.shown[cell];
            if shown.iter().any(|id| quantities[*id].is_protected()) {
                continue;
            }
            let affected: BTreeSet<usize> =
                shown.iter().filter_map(|id| needed.get(id)).flatten().copied().collect();
            if affected.len() > AFFECTED && searches == 0 {
                continue;
            }
            self.set(cell, false);
            let found: Vec<(usize, Proof)> =
                affected.iter().map_while(|id| Some((*id, self.proof_again(*id, &mut searches)?))).collect();
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

    fn proof_again(&self, id: usize, searches: &mut usize) -> Option<Proof> {
        let free = |id: usize| self.is_unknown(id).then_some(0);
        let along = circuit::far_enough(self.matrix, id, &free).map(|(_, moved)| moved);
        if along.is_some() || *searches == 0 {
            return along;
        }
        *searches -= 1;
        near::far_enough(self.matrix, id, &|id| self.is_unknown(id), near::CLOSE)
    }
}

/// So many times the interval audit helps to find another proof;
const SEARCHES: usize = 150;
/// then a cell that more proofs than this rest on is not looked at again.
const AFFECTED: usize = 12;
