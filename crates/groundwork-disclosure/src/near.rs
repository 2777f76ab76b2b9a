//! The neighbourhood of a number: with everything further away left as it is, how far can it move?
//!
//! A table that differs from the true one only near the number is still one that readers cannot
//! rule out, so what is possible there is possible.

use crate::interval::{End, Fact, Puzzle, Unknown};
use crate::matrix::Matrix;
use std::collections::{BTreeMap, BTreeSet};

/// Neighbourhoods that are searched at first, by their size.
pub(crate) const CLOSE: &[usize] = &[16, 40];
/// Neighbourhoods that are searched when nothing more can be withheld.
pub(crate) const WIDE: &[usize] = &[100, 300];
/// So many branches are looked at in each.
const BRANCHES: usize = 12;

/// The numbers that move in two tables that fit everything known and between which a number moves
/// as far as the policy demands; nothing where none were found.
pub(crate) fn far_enough(
    matrix: &Matrix,
    id: usize,
    unknown: &dyn Fn(usize) -> bool,
    sizes: &[usize],
) -> Option<BTreeSet<usize>> {
    let mut before = 0;
    for size in sizes {
        let near = neighbourhood(matrix, id, *size, unknown);
        if near.len() == before {
            break;
        }
        before = near.len();
        if let Some(moved) = within(matrix, id, &near) {
            return Some(moved);
        }
    }
    None
}

fn neighbourhood(matrix: &Matrix, id: usize, size: usize, unknown: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let (mut near, mut known) = (vec![id], BTreeSet::from([id]));
    let mut at = 0;
    while at < near.len() && near.len() < size {
        for (relation, _) in &matrix.quantities[near[at]].relations {
            for (other, _) in &matrix.relations[*relation].terms {
                if near.len() < size && unknown(*other) && known.insert(*other) {
                    near.push(*other);
                }
            }
        }
        at += 1;
    }
    near
}

fn within(matrix: &Matrix, id: usize, near: &[usize]) -> Option<BTreeSet<usize>> {
    let quantities = &matrix.quantities;
    let threshold = quantities[id].threshold;
    let place: BTreeMap<usize, usize> = near.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let relations: BTreeSet<usize> =
        near.iter().flat_map(|id| quantities[*id].relations.iter().map(|(at, _)| *at)).collect();
    let facts = relations.into_iter().map(|relation| {
        let terms = &matrix.relations[relation].terms;
        let terms: Vec<(usize, i64)> =
            terms.iter().filter_map(|(id, a)| Some((*place.get(id)?, *a))).collect();
        let sum = terms.iter().map(|(at, a)| a * quantities[near[*at]].value).sum();
        Fact { terms, lower: Some(sum), upper: Some(sum) }
    });
    let mut unknowns = vec![Unknown { lower: 0, upper: None }; near.len()];
    // No need to look for more than the policy asks.
    unknowns[0].upper = Some(quantities[id].value.max(threshold) + threshold);
    let puzzle = Puzzle { unknowns, facts: facts.collect() };
    let (End::At(low, down), End::At(high, up)) = puzzle.range_within(&[(0, 1)], BRANCHES) else {
        return None;
    };
    let moves = |table: &[i64]| -> Vec<usize> {
        near.iter().zip(table).filter(|(id, x)| quantities[**id].value != **x).map(|(id, _)| *id).collect()
    };
    let moved = moves(&down).into_iter().chain(moves(&up)).collect();
    (high >= threshold && high - low >= threshold - 1).then_some(moved)
}
