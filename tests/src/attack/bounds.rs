//! How far a reader can narrow numbers down: linear programming over everything that hangs together,
//! with Bland's rule on a dense table, which is another solver than the gate's.

use groundwork_stats::simplex::{Solution, minimise};
use std::collections::{BTreeMap, BTreeSet};

/// A sum of numbers.
pub(super) type Sum = Vec<(usize, f64)>;

/// Something that a reader knows: a sum is zero, or is not below zero.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) sum: Sum,
    pub(super) exact: bool,
}

/// What a reader knows: some numbers, and facts about all of them.
#[derive(Default)]
pub(super) struct Knowledge {
    pub(super) known: BTreeMap<usize, f64>,
    pub(super) facts: Vec<Fact>,
}

/// Numbers that are set against each other at once: so many, or as many as `GROUNDWORK_AROUND` says.
/// Fewer facts leave a reader with wider bounds, and more take longer.
const MOST: usize = 60;

fn most() -> usize {
    std::env::var("GROUNDWORK_AROUND").ok().and_then(|n| n.parse().ok()).unwrap_or(MOST)
}

/// The bounds of some sums. Says how many were looked at with less than everything around them.
pub(super) fn bounds(knowledge: &Knowledge, targets: &[Sum], wide: f64) -> (Vec<(f64, f64)>, usize) {
    let mut facts_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, fact) in knowledge.facts.iter().enumerate() {
        for (id, _) in fact.sum.iter().filter(|(id, _)| !knowledge.known.contains_key(id)) {
            facts_of.entry(*id).or_default().push(at);
        }
    }
    let (mut out, mut cut) = (Vec::new(), 0);
    // Tables that were found for other targets already show how far a number can move.
    let mut tables: BTreeMap<Vec<usize>, Vec<Vec<f64>>> = BTreeMap::new();
    for target in targets {
        let near = near(knowledge, &facts_of, target, &mut cut);
        let problem = Problem::of(knowledge, &facts_of, &near);
        let known: f64 = target.iter().filter_map(|(id, a)| Some(a * knowledge.known.get(id)?)).sum();
        let cost = problem.cost(target);
        let worth = |point: &[f64]| known + cost.iter().zip(point).map(|(c, x)| c * x).sum::<f64>();
        let seen = tables.entry(near).or_default();
        let ends = seen.iter().map(|point| worth(point));
        let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if high >= wide && high - low >= wide - 1.0 {
            out.push((low, high));
            continue;
        }
        let mut end = |sign: f64| {
            let signed: Vec<f64> = cost.iter().map(|c| c * sign).collect();
            match minimise(&signed, &problem.rows, &problem.right) {
                Solution::Optimal { value, point } => {
                    seen.push(point);
                    known + value * sign
                }
                Solution::Unbounded => -sign * f64::INFINITY,
                // What a reader cannot solve is not narrowed down; the truth always fits.
                Solution::Infeasible | Solution::Failed => f64::NAN,
            }
        };
        out.push((end(1.0), end(-1.0)));
    }
    (out, cut)
}

/// The unknown numbers around a target, the nearest first, in the order of their places.
fn near(
    knowledge: &Knowledge,
    facts_of: &BTreeMap<usize, Vec<usize>>,
    target: &Sum,
    cut: &mut usize,
) -> Vec<usize> {
    let unknown = |id: &usize| !knowledge.known.contains_key(id);
    let mut near: Vec<usize> = target.iter().map(|(id, _)| *id).filter(unknown).collect();
    let mut known: BTreeSet<usize> = near.iter().copied().collect();
    let (mut at, most) = (0, most());
    while at < near.len() {
        for fact in facts_of.get(&near[at]).into_iter().flatten() {
            for (id, _) in &knowledge.facts[*fact].sum {
                if unknown(id) && known.insert(*id) {
                    near.push(*id);
                }
            }
        }
        at += 1;
        if near.len() > most {
            near.truncate(most);
            *cut += 1;
            break;
        }
    }
    near.sort_unstable();
    near
}

/// Equations over unknowns that are not below zero.
struct Problem {
    place: BTreeMap<usize, usize>,
    width: usize,
    rows: Vec<f64>,
    right: Vec<f64>,
}

impl Problem {
    fn of(knowledge: &Knowledge, facts_of: &BTreeMap<usize, Vec<usize>>, near: &[usize]) -> Self {
        let place: BTreeMap<usize, usize> = near.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let around: BTreeSet<usize> =
            near.iter().filter_map(|id| facts_of.get(id)).flatten().copied().collect();
        let mut lines: BTreeMap<(Vec<(usize, i64)>, bool), f64> = BTreeMap::new();
        for fact in around.into_iter().map(|at| &knowledge.facts[at]) {
            let (mut line, mut right, mut inside) = (Vec::new(), 0.0, true);
            for (id, a) in &fact.sum {
                match (knowledge.known.get(id), place.get(id)) {
                    (Some(value), _) => right -= a * value,
                    (None, Some(at)) => line.push((*at, *a as i64)),
                    (None, None) => inside = false,
                }
            }
            if inside {
                line.sort_unstable();
                // Of several lower ends of the same sum, the highest counts.
                let known = lines.entry((line, fact.exact)).or_insert(right);
                *known = known.max(right);
            }
        }
        let slacks = lines.keys().filter(|(_, exact)| !exact).count();
        let width = near.len() + slacks;
        let (mut rows, mut right) = (vec![0.0; width * lines.len()], Vec::new());
        let mut slack = near.len();
        for (at, ((line, exact), value)) in lines.into_iter().enumerate() {
            for (id, a) in line {
                rows[at * width + id] += a as f64;
            }
            if !exact {
                rows[at * width + slack] = -1.0;
                slack += 1;
            }
            right.push(value);
        }
        Self { place, width, rows, right }
    }

    fn cost(&self, target: &Sum) -> Vec<f64> {
        let mut cost = vec![0.0; self.width];
        for (id, a) in target {
            if let Some(at) = self.place.get(id) {
                cost[*at] += a;
            }
        }
        cost
    }
}
