//! The audit report: what was withheld, why, and how far a reader could narrow it down. It holds
//! no number that was withheld: its intervals are computed from what was published.

use crate::cell::{Cell, CellKey};
use crate::gate::told;
use crate::matrix::Matrix;
use crate::reach::Space;
use crate::readers::Readers;
use crate::secondary::Decision;
use std::collections::BTreeMap;

/// One cell that is withheld.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Which.
    pub cell: CellKey,
    /// Why; for readers, see [`Withheld::told`].
    pub reason: &'static str,
    /// The threshold that the policy has for it.
    pub threshold: i64,
    /// The narrowest interval of its numbers of people that a reader of everything published could
    /// reach, where it was worked out; without a most where there is none.
    pub narrowest: Option<(i64, Option<i64>)>,
}

impl Withheld {
    /// What readers are told of why: the same for every rule that protects people.
    pub fn told(&self) -> &'static str {
        told(self.reason)
    }
}

/// The audit of a release.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// Numbers of people that were set against each other.
    pub numbers: usize,
    /// Sums that tie them together.
    pub relations: usize,
    /// Numbers that readers must not find out.
    pub protected: usize,
    /// Of those, the ones with a proof that they cannot be narrowed down too far: all of them.
    pub proven: usize,
    /// Cells that stepped back for a coarser column.
    pub rolled_up: usize,
    /// Every cell that is withheld.
    pub withheld: Vec<Withheld>,
    pub(crate) narrowest: BTreeMap<usize, (i64, Option<i64>)>,
}

/// Neighbourhoods by the numbers in them.
#[derive(Default)]
struct Spaces {
    all: Vec<Space>,
    of: BTreeMap<usize, Option<usize>>,
}

impl Spaces {
    /// What a reader can make of a number, from everything that hangs together with it.
    fn range(&mut self, readers: &Readers<'_>, id: usize) -> Option<(i64, Option<i64>)> {
        if !self.of.contains_key(&id) {
            let ids = Space::ids_around(readers, id, LARGEST + 1);
            let is_whole = ids.len() <= LARGEST;
            let at = is_whole.then_some(self.all.len());
            self.of.extend(ids.iter().map(|id| (*id, at)));
            self.all.extend(is_whole.then(|| Space::of(readers, ids)));
        }
        self.all.get(self.of.get(&id).copied().flatten()?)?.range(readers.matrix, id)
    }
}

/// Unknown numbers that hang together, beyond which the reader's interval is not worked out.
const LARGEST: usize = 300;
/// Intervals that are worked out for one report.
const MOST_INTERVALS: usize = 2000;

impl Audit {
    pub(crate) fn of(matrix: &Matrix, decision: &Decision, rolled_up: usize) -> Self {
        let readers = Readers::new(matrix, decision.hidden.clone());
        let unknown = |id: usize| readers.is_unknown(id);
        let protected = |id: &usize| matrix.quantities[*id].is_protected() && unknown(*id);
        let all: Vec<usize> = (0..matrix.quantities.len()).filter(protected).collect();
        // Of every withheld cell alike: an interval for the small ones alone would show which they are.
        let mut spaces = Spaces::default();
        let mut reached: BTreeMap<usize, Option<(i64, Option<i64>)>> = BTreeMap::new();
        let mut narrowest: BTreeMap<usize, (i64, Option<i64>)> = BTreeMap::new();
        for cell in (0..decision.hidden.len()).filter(|cell| decision.hidden[*cell]) {
            let numbers = matrix.shown[cell].iter().copied().chain(matrix.complement(cell));
            for id in numbers.filter(|id| unknown(*id) && matrix.amount(cell) != Some(*id)) {
                if reached.len() >= MOST_INTERVALS {
                    break;
                }
                let reach = *reached.entry(id).or_insert_with(|| spaces.range(&readers, id));
                let width = |reach: &(i64, Option<i64>)| reach.1.map_or(i64::MAX, |most| most - reach.0);
                if let Some(reach) = reach {
                    let known = narrowest.entry(cell).or_insert(reach);
                    if width(&reach) < width(known) {
                        *known = reach;
                    }
                }
            }
        }
        Self {
            numbers: matrix.quantities.len(),
            relations: matrix.relations.len(),
            protected: all.len(),
            proven: all.iter().filter(|id| decision.proofs.contains_key(id)).count(),
            rolled_up,
            withheld: Vec::new(),
            narrowest,
        }
    }

    pub(crate) fn with_reasons(
        mut self,
        cells: &[Cell],
        reasons: &[Option<&'static str>],
        thresholds: &[i64],
    ) -> Self {
        for (at, (cell, reason)) in cells.iter().zip(reasons).enumerate() {
            if let Some(reason) = reason {
                self.withheld.push(Withheld {
                    cell: cell.key.clone(),
                    reason,
                    threshold: thresholds.get(at).copied().unwrap_or(1),
                    narrowest: self.narrowest.get(&at).copied(),
                });
            }
        }
        self
    }
}
