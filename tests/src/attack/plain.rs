//! What plain secondary suppression would withhold of the same release: a cell with a number, or a
//! rest, under the threshold is withheld; the others, the largest first, are published as long as no
//! number that is withheld for its own sake could then be computed exactly (Langsrud 2024).

use super::facts::Release;
use super::published::Key;
use std::collections::{BTreeMap, BTreeSet};

const PRIME: u64 = (1 << 31) - 1;

/// A sum modulo the prime.
type Row = BTreeMap<usize, u64>;

fn inverse(a: u64) -> u64 {
    let (mut power, mut base, mut left) = (1, a, PRIME - 2);
    while left > 0 {
        if left & 1 == 1 {
            power = power * base % PRIME;
        }
        base = base * base % PRIME;
        left >>= 1;
    }
    power
}

/// Takes so many times another row off a row.
fn reduce(row: &mut Row, other: &Row, times: u64) {
    for (at, a) in other {
        let left = row.entry(*at).or_insert(0);
        *left = (*left + (PRIME - times) * a) % PRIME;
        if *left == 0 {
            row.remove(at);
        }
    }
}

/// Rows of which each begins with a one at a place that no other row has.
#[derive(Default, Clone)]
struct Known {
    rows: BTreeMap<usize, Row>,
    /// The rows that have each place.
    having: BTreeMap<usize, BTreeSet<usize>>,
}

impl Known {
    fn reduced(&self, mut row: Row) -> Row {
        for (at, times) in row.clone() {
            if let Some(other) = self.rows.get(&at) {
                reduce(&mut row, other, times);
            }
        }
        row
    }

    /// Adds a row that is reduced; gives its place and itself.
    fn add(&mut self, mut row: Row) -> Option<(usize, Row)> {
        let (pivot, first) = row.iter().next_back().map(|(at, a)| (*at, *a))?;
        let scale = inverse(first);
        row.values_mut().for_each(|a| *a = *a * scale % PRIME);
        for other in self.having.get(&pivot).cloned().unwrap_or_default() {
            if let Some(changed) = self.rows.get_mut(&other)
                && let Some(times) = changed.get(&pivot).copied()
            {
                reduce(changed, &row, times);
                for at in row.keys() {
                    self.having.entry(*at).or_default().insert(other);
                }
            }
        }
        for at in row.keys() {
            self.having.entry(*at).or_default().insert(pivot);
        }
        self.rows.insert(pivot, row.clone());
        Some((pivot, row))
    }
}

/// The cells that plain suppression withholds, of those with numbers of people.
pub(super) fn withheld(release: &Release) -> usize {
    let mut known = Known::default();
    for sum in release.sums() {
        let row: Row = sum.iter().map(|(id, a)| (*id, if *a > 0.0 { 1 } else { PRIME - 1 })).collect();
        let row = known.reduced(row);
        known.add(row);
    }
    let cells: BTreeMap<&Key, Vec<usize>> = release.cells();
    let value = |id: usize| release.numbers[id].truth;
    let small = |id: usize, n: f64| n > 0.0 && n < release.numbers[id].threshold;
    let mut secrets: BTreeSet<Row> = BTreeSet::new();
    let mut candidates = Vec::new();
    for (key, ids) in &cells {
        let mut sums: Vec<(Row, f64)> = ids.iter().map(|id| (Row::from([(*id, 1)]), value(*id))).collect();
        if let [part, whole] = ids.as_slice()
            && release.is_share(key)
        {
            sums.push((Row::from([(*whole, 1), (*part, PRIME - 1)]), value(*whole) - value(*part)));
        }
        let own: Vec<Row> = sums.into_iter().filter(|(_, n)| small(ids[0], *n)).map(|(row, _)| row).collect();
        if own.is_empty() {
            candidates.push(ids);
        }
        secrets.extend(own);
    }
    let mut secrets: Vec<Row> = secrets.into_iter().map(|row| known.reduced(row)).collect();
    candidates.sort_by_key(|ids| std::cmp::Reverse(ids.iter().map(|id| value(*id) as u64).max()));
    let mut out = cells.len() - candidates.len();
    for ids in candidates {
        // What these numbers add is tried on the secrets first.
        let mut added: Vec<(usize, Row)> = Vec::new();
        for id in ids {
            let mut row = known.reduced(Row::from([(*id, 1)]));
            for (pivot, other) in &added {
                if let Some(times) = row.get(pivot).copied() {
                    reduce(&mut row, other, times);
                }
            }
            if let Some((pivot, first)) = row.iter().next_back().map(|(at, a)| (*at, *a)) {
                let scale = inverse(first);
                row.values_mut().for_each(|a| *a = *a * scale % PRIME);
                added.push((pivot, row));
            }
        }
        let after = |secret: &Row| {
            let mut secret = secret.clone();
            for (pivot, row) in &added {
                if let Some(times) = secret.get(pivot).copied() {
                    reduce(&mut secret, row, times);
                }
            }
            secret
        };
        let touched: Vec<usize> = (0..secrets.len())
            .filter(|at| added.iter().any(|(pivot, _)| secrets[*at].contains_key(pivot)))
            .collect();
        let changed: Vec<(usize, Row)> = touched.iter().map(|at| (*at, after(&secrets[*at]))).collect();
        if changed.iter().any(|(_, secret)| secret.is_empty()) {
            out += 1;
            continue;
        }
        for (at, secret) in changed {
            secrets[at] = secret;
        }
        for (_, row) in added {
            let row = known.reduced(row);
            known.add(row);
        }
    }
    out
}
