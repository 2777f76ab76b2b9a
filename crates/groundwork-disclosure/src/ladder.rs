//! Ladders: a coarser column stands in for a finer one before anything is withheld.
//!
//! For an indicator that is disaggregated by several columns of a ladder, the finest one of which
//! nothing has to be withheld in a period is published; finer ones step back for that period, in
//! all sites alike. Where even the coarsest loses cells, it is published with what it loses.

use crate::cell::Cell;
use crate::matrix::Matrix;
use crate::secondary::{Decision, suppress};
use groundwork_plan::disclosure::Policy;
use std::collections::BTreeSet;

/// An indicator, a period, and the place of a rung on a ladder.
type Rung = (String, String, usize, usize);

/// Decides with the finest rungs, and again with coarser ones where cells are lost. Says which cells
/// stepped back.
pub(crate) fn decide(
    cells: &[Cell],
    matrix: &Matrix,
    reasons: &[Option<&'static str>],
    policy: &Policy,
) -> (Decision, Vec<usize>) {
    let mut stepped_back: BTreeSet<Rung> = BTreeSet::new();
    loop {
        let back = |cell: &Cell| rung(cell, policy).is_some_and(|rung| stepped_back.contains(&rung));
        let primary: Vec<bool> =
            cells.iter().zip(reasons.iter()).map(|(c, reason)| reason.is_some() || back(c)).collect();
        let decision = suppress(matrix, &primary);
        let lost: BTreeSet<Rung> = cells
            .iter()
            .zip(&decision.hidden)
            .filter(|(_, hidden)| **hidden)
            .filter_map(|(cell, _)| rung(cell, policy))
            .filter(|rung| !stepped_back.contains(rung) && has_coarser(rung, cells, policy))
            .collect();
        // The finest first: the coarser ones may lose nothing once it is gone.
        let finest = |rung: &Rung| {
            let same = |other: &&Rung| (&other.0, &other.1, other.2) == (&rung.0, &rung.1, rung.2);
            lost.iter().filter(same).all(|other| other.3 >= rung.3)
        };
        let lost: BTreeSet<Rung> = lost.iter().filter(|rung| finest(rung)).cloned().collect();
        if lost.is_empty() {
            return (decision, (0..cells.len()).filter(|at| back(&cells[*at])).collect());
        }
        stepped_back.extend(lost);
    }
}

/// Where a cell stands on a ladder.
fn rung(cell: &Cell, policy: &Policy) -> Option<Rung> {
    policy.ladders.iter().enumerate().find_map(|(ladder, columns)| {
        let at = columns.iter().position(|column| *column == cell.key.dimension)?;
        Some((cell.key.indicator.clone(), cell.key.period.clone(), ladder, at))
    })
}

fn has_coarser(rung: &Rung, cells: &[Cell], policy: &Policy) -> bool {
    let (indicator, _, ladder, at) = rung;
    let coarser = policy.ladders.get(*ladder).map(|l| l.iter().skip(at + 1).collect::<Vec<_>>());
    let coarser = coarser.unwrap_or_default();
    cells.iter().any(|c| c.key.indicator == *indicator && coarser.contains(&&c.key.dimension))
}
