//! The attacker: knows the published numbers and that people are whole, and nothing of how the gate
//! works. It takes the programme apart into atoms (people who agree in everything that any table
//! asks for), writes every published number as a sum of atoms, and bounds what was withheld by
//! linear programming with the solver of `groundwork-stats`, which is Bland's rule on another table.

use groundwork_stats::simplex::{Solution, minimise};
use std::collections::{BTreeMap, BTreeSet};

/// A number of people, as a sum of atoms.
pub(crate) type Atoms = Vec<usize>;

/// What the attacker knows.
#[derive(Default)]
pub(crate) struct Knowledge {
    pub(crate) facts: Vec<(Atoms, u64)>,
}

impl Knowledge {
    /// The smallest and the largest value of a sum of atoms. No largest where there is none.
    pub(crate) fn bounds(&self, target: &Atoms) -> (f64, Option<f64>) {
        // Nobody is in a number that is zero.
        let gone: BTreeSet<usize> = self
            .facts
            .iter()
            .filter(|(_, value)| *value == 0)
            .flat_map(|(atoms, _)| atoms.iter().copied())
            .collect();
        let facts: Vec<&(Atoms, u64)> = self.facts.iter().filter(|(_, value)| *value > 0).collect();
        // Atoms that are in the same facts and the same target are one unknown.
        let mut signature: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, atoms) in facts.iter().map(|(atoms, _)| atoms).chain([target]).enumerate() {
            for atom in atoms.iter().filter(|a| !gone.contains(a)) {
                signature.entry(*atom).or_default().push(at);
            }
        }
        let unknowns: Vec<Vec<usize>> =
            signature.into_values().collect::<BTreeSet<_>>().into_iter().collect();
        if unknowns.is_empty() {
            return (0.0, Some(0.0));
        }
        // Rows that say the same as another are left out.
        let mut rows: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
        for (at, (_, value)) in facts.iter().enumerate() {
            let row = (0..unknowns.len()).filter(|u| unknowns[*u].contains(&at)).collect();
            rows.insert(row, *value as f64);
        }
        let mut table = vec![0.0; rows.len() * unknowns.len()];
        for (at, row) in rows.keys().enumerate() {
            for unknown in row {
                table[at * unknowns.len() + unknown] = 1.0;
            }
        }
        let right: Vec<f64> = rows.into_values().collect();
        let cost: Vec<f64> =
            unknowns.iter().map(|of| if of.contains(&facts.len()) { 1.0 } else { 0.0 }).collect();
        let negative: Vec<f64> = cost.iter().map(|c| -c).collect();
        let low = match minimise(&cost, &table, &right) {
            Solution::Optimal { value, .. } => value,
            other => panic!("the published numbers fit the programme: {other:?}"),
        };
        let high = match minimise(&negative, &table, &right) {
            Solution::Optimal { value, .. } => Some(-value),
            Solution::Unbounded => None,
            other => panic!("the published numbers fit the programme: {other:?}"),
        };
        (low, high)
    }
}
