//! The audit report: what was withheld, why, and how far a reader could narrow it down. It holds
//! no number that was withheld: its intervals are computed from what was published.

use crate::cell::{Cell, CellKey};
use crate::interval::{End, Fact, Puzzle, Unknown};
use crate::matrix::Matrix;
use crate::secondary::Decision;
use std::collections::{BTreeMap, BTreeSet};

/// One cell that is withheld.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Which.
    pub cell: CellKey,
    /// Why.
    pub reason: &'static str,
    /// The threshold that holds for it.
    pub threshold: i64,
    /// The narrowest interval of its protected numbers that a reader of everything published could
    /// reach, where it was worked out; without a most where there is none.
    pub narrowest: Option<(i64, Option<i64>)>,
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
    narrowest: BTreeMap<usize, (i64, Option<i64>)>,
}

/// Unknown numbers that hang together, beyond which the reader's interval is not worked out.
const LARGEST_PUZZLE: usize = 120;
/// Intervals that are worked out for one report.
const MOST_INTERVALS: usize = 2000;

impl Audit {
    pub(crate) fn of(matrix: &Matrix, decision: &Decision) -> Self {
        let unknown = |id: usize| {
            let quantity = &matrix.quantities[id];
            !quantity.given && quantity.cells.iter().all(|cell| decision.hidden[*cell])
        };
        let protected = |id: &usize| matrix.quantities[*id].is_protected() && unknown(*id);
        let all: Vec<usize> = (0..matrix.quantities.len()).filter(protected).collect();
        let mut narrowest: BTreeMap<usize, (i64, Option<i64>)> = BTreeMap::new();
        for id in all.iter().take(MOST_INTERVALS) {
            let Some(reach) = reach(matrix, *id, &unknown) else { continue };
            for cell in cells_of(matrix, *id) {
                let width = |reach: &(i64, Option<i64>)| reach.1.map_or(i64::MAX, |most| most - reach.0);
                let known = narrowest.entry(cell).or_insert(reach);
                if width(&reach) < width(known) {
                    *known = reach;
                }
            }
        }
        Self {
            numbers: matrix.quantities.len(),
            relations: matrix.relations.len(),
            protected: all.len(),
            proven: all.iter().filter(|id| decision.proofs.contains_key(id)).count(),
            rolled_up: 0,
            withheld: Vec::new(),
            narrowest,
        }
    }

    pub(crate) fn with_reasons(
        mut self,
        cells: &[Cell],
        reasons: &[Option<&'static str>],
        thresholds: &[i64],
        rolled_up: usize,
    ) -> Self {
        self.rolled_up = rolled_up;
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

/// The cells that show a number; of a rest that nobody shows, those that it can be computed from.
fn cells_of(matrix: &Matrix, id: usize) -> BTreeSet<usize> {
    let quantity = &matrix.quantities[id];
    if !quantity.cells.is_empty() {
        return quantity.cells.iter().copied().collect();
    }
    let terms = quantity.relations.iter().flat_map(|(at, _)| &matrix.relations[*at].terms);
    terms.flat_map(|(id, _)| matrix.quantities[*id].cells.iter().copied()).collect()
}

/// What a reader can make of a number, from everything that hangs together with it.
fn reach(matrix: &Matrix, id: usize, unknown: &dyn Fn(usize) -> bool) -> Option<(i64, Option<i64>)> {
    let (mut near, mut place) = (vec![id], BTreeMap::from([(id, 0)]));
    let mut relations: BTreeSet<usize> = BTreeSet::new();
    let mut at = 0;
    while at < near.len() {
        for (relation, _) in &matrix.quantities[near[at]].relations {
            relations.insert(*relation);
            for (other, _) in &matrix.relations[*relation].terms {
                if unknown(*other) && !place.contains_key(other) {
                    place.insert(*other, near.len());
                    near.push(*other);
                }
            }
        }
        at += 1;
        if near.len() > LARGEST_PUZZLE {
            return None;
        }
    }
    let facts = relations.into_iter().map(|relation| {
        let (mut terms, mut sum) = (Vec::new(), 0);
        for (id, a) in &matrix.relations[relation].terms {
            match place.get(id) {
                Some(at) => terms.push((*at, *a)),
                None => sum -= a * matrix.quantities[*id].value,
            }
        }
        Fact { terms, lower: Some(sum), upper: Some(sum) }
    });
    let puzzle =
        Puzzle { unknowns: vec![Unknown { lower: 0, upper: None }; near.len()], facts: facts.collect() };
    match puzzle.range(&[(0, 1)]) {
        (End::At(low, _), End::At(high, _)) => Some((low, Some(high))),
        (End::At(low, _), End::Open) => Some((low, None)),
        _ => None,
    }
}
