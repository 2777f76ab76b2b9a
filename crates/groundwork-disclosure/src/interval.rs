//! The interval audit: how far whole numbers can be narrowed down by what is known of their sums.
//!
//! Linear programming gives the outer bounds; branching on a variable with a fraction gives whole
//! numbers. A table that is found is checked in integers, so what is reported as possible is
//! possible, whatever the floating numbers did.

use crate::simplex::{Best, Table};

/// A whole number that somebody wants to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown {
    /// At least.
    pub lower: i64,
    /// At most, where a most is known.
    pub upper: Option<i64>,
}

/// Something published: a sum of unknowns lies between two numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Each unknown by its place, with its coefficient.
    pub terms: Vec<(usize, i64)>,
    /// At least.
    pub lower: Option<i64>,
    /// At most.
    pub upper: Option<i64>,
}

/// What a reader knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Puzzle {
    /// The numbers.
    pub unknowns: Vec<Unknown>,
    /// What was published of them.
    pub facts: Vec<Fact>,
}

/// The end of an interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// This value is possible, with these whole numbers, and none beyond it is.
    At(i64, Vec<i64>),
    /// Everything is possible.
    Open,
    /// Nothing fits what was published, or no answer was found in time. A caller that protects has
    /// to take it for the worst.
    Unknown,
}

/// So many branches are looked at for one end.
const BRANCHES: usize = 400;

impl Puzzle {
    /// The smallest and the largest value that the sum `target` can have.
    pub fn range(&self, target: &[(usize, i64)]) -> (End, End) {
        self.range_within(target, BRANCHES)
    }

    pub(crate) fn range_within(&self, target: &[(usize, i64)], branches: usize) -> (End, End) {
        let table = self.table(&self.unknowns);
        let low = self.end(table.clone(), target, -1, branches);
        (low, self.end(table, target, 1, branches))
    }

    /// The equations over the unknowns less their lower ends, with a slack for each inequality.
    fn table(&self, unknowns: &[Unknown]) -> Option<Table> {
        let n = unknowns.len();
        let mut rows: Vec<(Vec<(usize, f64)>, f64)> = Vec::new();
        let mut slacks = n;
        for fact in &self.facts {
            let shift: i64 = fact.terms.iter().filter_map(|(at, a)| Some(a * unknowns.get(*at)?.lower)).sum();
            let terms: Vec<(usize, f64)> = fact.terms.iter().map(|(at, a)| (*at, *a as f64)).collect();
            match (fact.lower, fact.upper) {
                (Some(low), Some(high)) if low == high => rows.push((terms, (low - shift) as f64)),
                (low, high) => {
                    for (end, sign) in [(low, -1.0), (high, 1.0)] {
                        if let Some(end) = end {
                            let mut terms = terms.clone();
                            terms.push((slacks, sign));
                            slacks += 1;
                            rows.push((terms, (end - shift) as f64));
                        }
                    }
                }
            }
        }
        for (at, unknown) in unknowns.iter().enumerate() {
            if let Some(upper) = unknown.upper {
                if upper < unknown.lower {
                    return None;
                }
                rows.push((vec![(at, 1.0), (slacks, 1.0)], (upper - unknown.lower) as f64));
                slacks += 1;
            }
        }
        let dense = rows.into_iter().map(|(terms, right)| {
            let mut row = vec![0.0; slacks + 1];
            for (at, a) in terms {
                row[at] += a;
            }
            row[slacks] = right;
            row
        });
        Table::feasible(dense.collect(), slacks)
    }

    /// One end: the largest value of the target times the sign.
    fn end(&self, root: Option<Table>, target: &[(usize, i64)], sign: i64, branches: usize) -> End {
        let worth = |x: &[i64]| -> i64 {
            target.iter().filter_map(|(at, a)| x.get(*at).map(|x| x * a)).sum::<i64>() * sign
        };
        let mut best: Option<(i64, Vec<i64>)> = None;
        let mut open = vec![(self.unknowns.clone(), root)];
        let mut looked = 0;
        while let Some((unknowns, table)) = open.pop() {
            looked += 1;
            if looked > branches {
                return End::Unknown;
            }
            let Some(mut table) = table else { continue };
            let mut costs = vec![0.0; unknowns.len()];
            let mut base = 0;
            for (at, a) in target {
                costs[*at] += (a * sign) as f64;
                base += a * sign * unknowns.get(*at).map_or(0, |u| u.lower);
            }
            let (value, point) = match table.largest(&costs) {
                Best::Value(value, point) => (value + base as f64, point),
                Best::Unbounded => return End::Open,
                Best::Lost => return End::Unknown,
            };
            let limit = (value + 1e-6).floor() as i64;
            if best.as_ref().is_some_and(|(known, _)| *known >= limit) {
                continue;
            }
            let at = |place: usize| point.get(place).copied().unwrap_or(0.0);
            let fraction = |place: usize| (at(place) - at(place).round()).abs();
            match (0..unknowns.len())
                .filter(|p| fraction(*p) > 1e-6)
                .max_by(|a, b| fraction(*a).total_cmp(&fraction(*b)))
            {
                None => {
                    let x: Vec<i64> =
                        unknowns.iter().enumerate().map(|(p, u)| u.lower + at(p).round() as i64).collect();
                    if self.allows(&x) && best.as_ref().is_none_or(|(known, _)| worth(&x) > *known) {
                        best = Some((worth(&x), x));
                    }
                }
                Some(place) => {
                    let cut = unknowns[place].lower + at(place).floor() as i64;
                    let (mut below, mut above) = (unknowns.clone(), unknowns);
                    below[place].upper = Some(cut);
                    above[place].lower = cut + 1;
                    let halves = [below, above].map(|u| (self.table(&u), u));
                    open.extend(halves.into_iter().map(|(t, u)| (u, t)));
                }
            }
        }
        best.map_or(End::Unknown, |(value, x)| End::At(value * sign, x))
    }

    /// Whether these whole numbers fit everything that was published.
    pub fn allows(&self, x: &[i64]) -> bool {
        let within = |value: i64, low: Option<i64>, high: Option<i64>| {
            low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high)
        };
        let sum = |fact: &Fact| fact.terms.iter().filter_map(|(at, a)| x.get(*at).map(|x| x * a)).sum();
        self.unknowns.len() == x.len()
            && self.unknowns.iter().zip(x).all(|(u, x)| within(*x, Some(u.lower), u.upper))
            && self.facts.iter().all(|fact| within(sum(fact), fact.lower, fact.upper))
    }
}
