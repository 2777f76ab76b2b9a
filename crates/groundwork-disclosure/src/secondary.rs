//! Secondary suppression: what else has to be withheld so that nothing withheld can be found out.
//!
//! First everything is withheld, and cells are published, the largest first, as long as readers cannot
//! compute a protected number from all relations together (Langsrud 2024). Then every protected number
//! needs a proof: tables in whole numbers, with everything published as it is, between which it moves
//! as far as the policy demands. A circuit is the shortest one; where none is found, linear programming
//! over all that is unknown around the number looks for any other; and where there is none, the cheapest
//! circuit is withheld, or more until there is one. So at the end every protected number has its proof,
//! or the release is refused. Last, what no proof needs is published again, the largest first.
//!
//! Every search ends after so many steps. A number for which none of them found a proof has none, so a
//! search that ends early can only make more be withheld. What is cheap is asked first: the ends that
//! single sums leave a number, exact dependence, a short search for a circuit. Parts of the matrix that
//! have nothing to do with each other are decided at the same time.

use crate::circuit::{Scratch, Through};
use crate::dependence::{Echelon, Lines, determined};
use crate::matrix::Matrix;
use crate::parts::{Part, parts};
use crate::reach::Space;
use crate::readers::Readers;
use std::collections::{BTreeMap, BTreeSet};

/// The proof that a protected number can move as far as it has to: the numbers that differ in the
/// tables that show it.
type Proof = BTreeSet<usize>;

/// What was decided.
#[derive(Debug, Clone, Default, PartialEq)]
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
    let parts = parts(matrix);
    let decide = |part| Search::new(matrix, primary, part).decide(primary);
    let decisions: Vec<Decision> = std::thread::scope(|scope| {
        let others: Vec<_> = parts.iter().skip(1).map(|part| scope.spawn(|| decide(part))).collect();
        let first = parts.first().map(decide);
        let joined = others.into_iter().map(|other| other.join());
        let others = joined.map(|other| other.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        first.into_iter().chain(others).collect()
    });
    let mut all = Decision { hidden: primary.to_vec(), ..Decision::default() };
    for (part, decision) in parts.iter().zip(decisions) {
        part.cells.iter().for_each(|cell| all.hidden[*cell] = decision.hidden[*cell]);
        all.proofs.extend(decision.proofs);
        all.open.extend(decision.open);
    }
    all
}

struct Search<'a> {
    matrix: &'a Matrix,
    part: &'a Part,
    readers: Readers<'a>,
    scratch: Scratch,
    proofs: BTreeMap<usize, Proof>,
    open: BTreeSet<usize>,
    /// Neighbourhoods that were looked at since something was last withheld, and which each number has.
    spaces: Vec<Space>,
    space_of: BTreeMap<usize, usize>,
    /// So much may still be computed.
    work: i64,
    /// Neighbourhoods that do not hold everything around and in which nothing was found lately.
    in_vain: i64,
    /// Long searches for a circuit.
    long: usize,
}

impl<'a> Search<'a> {
    fn new(matrix: &'a Matrix, primary: &[bool], part: &'a Part) -> Self {
        let readers = Readers::new(matrix, primary.to_vec());
        Self {
            matrix,
            part,
            scratch: Scratch::of(&readers),
            readers,
            proofs: BTreeMap::new(),
            open: BTreeSet::new(),
            spaces: Vec::new(),
            space_of: BTreeMap::new(),
            work: WORK,
            in_vain: 0,
            long: 0,
        }
    }

    fn decide(mut self, primary: &[bool]) -> Decision {
        self.begin();
        self.protect();
        self.publish_again(primary);
        Decision { hidden: self.readers.into_hidden(), proofs: self.proofs, open: self.open }
    }

    /// What is unknown in the relations of the part.
    fn rows(&self) -> Vec<&[(usize, i64)]> {
        self.part.relations.iter().map(|at| self.readers.unknown_terms()[*at].as_slice()).collect()
    }

    fn hide(&mut self, id: usize) {
        self.spaces.clear();
        self.space_of.clear();
        self.readers.hide(id);
    }

    /// Numbers that must be protected, the smallest first.
    fn protected(&self) -> Vec<usize> {
        let quantities = &self.matrix.quantities;
        let ids = self.part.numbers.iter().copied();
        let mut ids: Vec<usize> = ids.filter(|id| quantities[*id].is_protected()).collect();
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
        let mut cells: Vec<usize> =
            self.part.cells.iter().copied().filter(|cell| !self.readers.hidden()[*cell]).collect();
        cells.sort_by_cached_key(|cell| (std::cmp::Reverse((self.size(*cell), self.around(*cell))), *cell));
        for cell in &cells {
            self.readers.set(*cell, true);
        }
        self.publish(&cells, &|id| protected.contains(&id));
    }

    /// Publishes withheld cells in this order, each unless a secret number is then determined.
    ///
    /// What elimination would say is guessed first by looking at the sums alone. The guess is right up to
    /// where elimination finds no secret determined, since what is not when more is known was not before.
    fn publish(&mut self, cells: &[usize], secret: &dyn Fn(usize) -> bool) {
        // What can be computed when nothing is published cannot be kept by publishing less.
        let lost = determined(&self.rows());
        let secret = &|id: usize| secret(id) && !lost.contains(&id);
        let mut lines = Lines::of(&self.rows());
        for cell in cells {
            if lines.learn(&self.news_of(*cell), secret) {
                self.readers.set(*cell, false);
            }
        }
        let mut guessed = cells.len();
        let mut echelon = Echelon::of(&self.rows());
        let mut step = cells.len() / 64 + 1;
        while guessed > 0 && echelon.determined().any(secret) {
            let from = guessed.saturating_sub(step);
            for cell in cells.iter().take(guessed).skip(from) {
                self.readers.set(*cell, true);
            }
            echelon = Echelon::of(&self.rows());
            (guessed, step) = (from, 2 * step);
        }
        for cell in cells.iter().skip(guessed) {
            if echelon.learn(&self.news_of(*cell), secret) {
                self.readers.set(*cell, false);
            }
        }
    }

    /// What readers would learn from a cell.
    fn news_of(&self, cell: usize) -> Vec<usize> {
        self.matrix.shown[cell].iter().copied().filter(|id| self.readers.is_unknown(*id)).collect()
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
            if !self.readers.is_unknown(id) {
                // Published already, or shown by a cell that no rule withholds.
                self.hide(id);
                if !self.readers.is_unknown(id) {
                    self.open.insert(id);
                    continue;
                }
            }
            let proof = if computable.contains(&id) { None } else { self.proof(id) };
            match proof.or_else(|| self.withhold_circuit(id)).or_else(|| self.widen(id)) {
                Some(proof) => {
                    self.proofs.insert(id, proof);
                }
                None => {
                    self.open.insert(id);
                }
            }
        }
    }

    /// What readers can compute exactly from everything that is published.
    fn computable(&self) -> BTreeSet<usize> {
        determined(&self.rows())
    }

    /// Other tables between which the number moves far enough, with nothing more withheld.
    fn proof(&mut self, id: usize) -> Option<Proof> {
        if self.readers.is_narrow(id) {
            return None;
        }
        let short = self.circuit(id, Through::Unknown, Tries::Few);
        let around = short.or_else(|| self.reach(id));
        around.or_else(|| self.circuit(id, Through::Unknown, Tries::Many))
    }

    fn circuit(&mut self, id: usize, through: Through, tries: Tries) -> Option<Proof> {
        self.long += usize::from(tries == Tries::Many);
        let tries = match tries {
            Tries::Few => FEW,
            Tries::Many if self.long > LONG => LATER,
            Tries::Many => MANY,
        };
        self.scratch.far_enough(&self.readers, id, through, tries)
    }

    /// The same, by all that is unknown around the number.
    fn reach(&mut self, id: usize) -> Option<Proof> {
        if self.work < 0 {
            return None;
        }
        let readers = &self.readers;
        let at = match self.space_of.get(&id) {
            Some(at) => *at,
            None => {
                let ids = Space::ids_around(readers, id, MOST);
                let is_whole = ids.len() < MOST;
                if !is_whole && self.in_vain > PATIENCE {
                    return None;
                }
                let space = Space::of(readers, ids);
                self.work -= space.work();
                let at = self.spaces.len();
                // Where everything around is in it, it is the space of all of them.
                let all: &[usize] = if is_whole { space.ids() } else { &[id] };
                self.space_of.extend(all.iter().map(|id| (*id, at)));
                self.spaces.push(space);
                at
            }
        };
        let space = &self.spaces[at];
        let found = space.far_enough(self.matrix, id, &|id| readers.is_unknown(id), &mut self.work);
        if space.ids().len() >= MOST {
            self.in_vain = if found.is_some() { (self.in_vain - WORTH).max(0) } else { self.in_vain + 1 };
        }
        found
    }

    /// Withholds the cheapest circuit that lets the number move far enough.
    fn withhold_circuit(&mut self, id: usize) -> Option<Proof> {
        let moved = self.circuit(id, Through::Published, Tries::Many)?;
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
            let published = terms.filter(|(id, _)| !self.readers.is_unknown(*id));
            let next = published.filter_map(|(id, _)| Some((self.readers.price(*id)?, *id))).min();
            match next {
                Some((_, next)) => {
                    self.hide(next);
                    if let Some(proof) = self.circuit(id, Through::Unknown, Tries::Many) {
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
            if !self.readers.is_unknown(id) {
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
        for (id, proof) in &self.proofs {
            for moved in proof {
                needed.entry(*moved).or_default().insert(*id);
            }
        }
        let quantities = &self.matrix.quantities;
        let mut secondary: Vec<usize> = self
            .part
            .cells
            .iter()
            .copied()
            .filter(|cell| self.readers.hidden()[*cell] && !primary[*cell])
            .collect();
        secondary.sort_by_key(|cell| (std::cmp::Reverse(self.size(*cell)), *cell));
        let mut echelon = Echelon::of(&self.rows());
        for cell in secondary {
            let shown = &self.matrix.shown[cell];
            let secret = |id: usize| quantities[id].is_protected();
            if shown.iter().any(|id| secret(*id)) || !echelon.learn(&self.news_of(cell), &secret) {
                continue;
            }
            let affected: BTreeSet<usize> =
                shown.iter().filter_map(|id| needed.get(id)).flatten().copied().collect();
            self.readers.set(cell, false);
            let found: Vec<(usize, Proof)> =
                affected.iter().map_while(|id| Some((*id, self.proof(*id)?))).collect();
            if found.len() < affected.len() {
                echelon.forget();
                self.readers.set(cell, true);
                continue;
            }
            for (id, proof) in found {
                for moved in self.proofs.insert(id, proof.clone()).unwrap_or_default() {
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

/// How many moves are tried for a circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tries {
    /// Before there is a look at everything around.
    Few,
    /// After it.
    Many,
}

/// Moves that are tried, in the first long searches and in those after.
const FEW: usize = 40;
const MANY: usize = 600;
const LATER: usize = 150;
const LONG: usize = 300;

/// Numbers of a neighbourhood.
const MOST: usize = 400;

/// So many neighbourhoods that do not hold everything around are looked at in vain; one in which a proof
/// is found is worth so many.
const PATIENCE: i64 = 100;
const WORTH: i64 = 4;

/// Steps of computing for a release, so that it ends: where they are used up, more is withheld.
const WORK: i64 = 20_000_000_000;
