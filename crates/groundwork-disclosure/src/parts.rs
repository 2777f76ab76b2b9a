//! A matrix in two parts that have nothing to do with each other: what is withheld in the one says nothing
//! of the other, so that they can be decided at the same time. How it falls apart depends on the matrix
//! alone, never on the machine.

use crate::matrix::Matrix;
use std::collections::BTreeMap;

/// Numbers, the relations between them, and the cells that show them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    pub(crate) numbers: Vec<usize>,
    pub(crate) relations: Vec<usize>,
    pub(crate) cells: Vec<usize>,
}

/// Fewer numbers are not worth a second part.
const WORTH: usize = 2000;

/// The parts, about equally large; one where everything hangs together.
pub(crate) fn parts(matrix: &Matrix) -> Vec<Part> {
    let mut links = Links((0..matrix.quantities.len()).collect());
    let relations =
        matrix.relations.iter().map(|relation| relation.terms.iter().map(|(id, _)| *id).collect());
    for together in matrix.shown.iter().cloned().chain(relations) {
        together.windows(2).for_each(|pair| links.join(pair[0], pair[1]));
    }
    let mut components: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for id in 0..matrix.quantities.len() {
        components.entry(links.root(id)).or_default().push(id);
    }
    let mut components: Vec<Vec<usize>> = components.into_values().collect();
    components.sort_by_key(|numbers| std::cmp::Reverse(numbers.len()));
    let mut parts = [Part::default(), Part::default()];
    let mut part_of = vec![0; matrix.quantities.len()];
    for numbers in components {
        let second = matrix.quantities.len() >= WORTH && parts[1].numbers.len() < parts[0].numbers.len();
        let at = usize::from(second);
        numbers.iter().for_each(|id| part_of[*id] = at);
        parts[at].numbers.extend(numbers);
    }
    for (at, relation) in matrix.relations.iter().enumerate() {
        if let Some((first, _)) = relation.terms.first() {
            parts[part_of[*first]].relations.push(at);
        }
    }
    for (at, shown) in matrix.shown.iter().enumerate() {
        if let Some(first) = shown.first() {
            parts[part_of[*first]].cells.push(at);
        }
    }
    parts.into_iter().filter(|part| !part.numbers.is_empty()).collect()
}

/// What each number hangs together with: another one, and in the end one that stands for all of them.
struct Links(Vec<usize>);

impl Links {
    fn root(&mut self, id: usize) -> usize {
        let mut at = id;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
