//! Linear programming on a dense table: the largest value of a sum of variables that are not
//! negative and obey equations. Two phases, Dantzig's rule, and Bland's after many steps, which
//! ends always. For some hundred variables; answers are checked by the caller in whole numbers.

/// Smaller numbers are zero.
const TINY: f64 = 1e-9;

/// A feasible table of equations.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Each row: coefficients, then the right side.
    rows: Vec<Vec<f64>>,
    basis: Vec<usize>,
    variables: usize,
}

/// What a program leads to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Best {
    /// The largest value, and where it is reached.
    Value(f64, Vec<f64>),
    /// There is no largest value.
    Unbounded,
    /// No end was found.
    Lost,
}

impl Table {
    /// The table of the equations `rows`, each with its right side last; nothing when no solution
    /// was found.
    pub(crate) fn feasible(rows: Vec<Vec<f64>>, variables: usize) -> Option<Self> {
        let count = rows.len();
        let mut rows = rows;
        let mut basis = Vec::with_capacity(count);
        for (at, row) in rows.iter_mut().enumerate() {
            let right = row.pop()?;
            let sign = if right < 0.0 { -1.0 } else { 1.0 };
            row.iter_mut().for_each(|a| *a *= sign);
            row.extend((0..count).map(|other| f64::from(u8::from(other == at))));
            row.push(right * sign);
            basis.push(variables + at);
        }
        let mut table = Self { rows, basis, variables: variables + count };
        let costs: Vec<f64> =
            (0..variables + count).map(|v| if v < variables { 0.0 } else { -1.0 }).collect();
        match table.improve(&costs)? {
            Best::Value(value, _) if value > -1e-7 * (1.0 + table.largest_right()) => {}
            _ => return None,
        }
        table.drop_artificial(variables);
        Some(table)
    }

    fn largest_right(&self) -> f64 {
        self.rows.iter().filter_map(|r| r.last()).fold(0.0, |a, b| a.max(b.abs()))
    }

    /// Takes the artificial variables out of the basis, and rows that say nothing out of the table.
    fn drop_artificial(&mut self, variables: usize) {
        let mut at = 0;
        while at < self.rows.len() {
            if self.basis[at] >= variables {
                match (0..variables).find(|v| self.rows[at][*v].abs() > 1e-7) {
                    Some(column) => self.pivot(at, column),
                    None => {
                        self.rows.remove(at);
                        self.basis.remove(at);
                        continue;
                    }
                }
            }
            at += 1;
        }
        for row in &mut self.rows {
            let right = row.pop().unwrap_or(0.0);
            row.truncate(variables);
            row.push(right);
        }
        self.variables = variables;
    }

    fn pivot(&mut self, at: usize, column: usize) {
        let scale = self.rows[at][column];
        self.rows[at].iter_mut().for_each(|a| *a /= scale);
        let pivot = std::mem::take(&mut self.rows[at]);
        for row in self.rows.iter_mut().filter(|r| !r.is_empty()) {
            let factor = row[column];
            if factor.abs() > 0.0 {
                for (a, b) in row.iter_mut().zip(&pivot) {
                    *a -= factor * b;
                }
                row[column] = 0.0;
            }
        }
        self.rows[at] = pivot;
        self.basis[at] = column;
    }

    /// The largest value of the sum with these coefficients, from where the table stands.
    pub(crate) fn largest(&mut self, costs: &[f64]) -> Best {
        self.improve(costs).unwrap_or(Best::Lost)
    }

    fn improve(&mut self, costs: &[f64]) -> Option<Best> {
        let n = self.variables;
        let mut reduced: Vec<f64> = costs.to_vec();
        reduced.resize(n, 0.0);
        reduced.push(0.0);
        for (row, basic) in self.rows.iter().zip(&self.basis) {
            let cost = costs.get(*basic).copied().unwrap_or(0.0);
            if cost.abs() > 0.0 {
                for (r, a) in reduced.iter_mut().zip(row) {
                    *r -= cost * a;
                }
            }
        }
        let careful = 20 * (self.rows.len() + n) + 200;
        for step in 0..10 * careful {
            let improving = reduced.iter().take(n).enumerate().filter(|(_, r)| **r > 1e-8);
            let entering = if step < careful {
                improving.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0))).map(|(v, _)| v)
            } else {
                improving.map(|(v, _)| v).next()
            };
            let Some(column) = entering else {
                let mut x = vec![0.0; n];
                for (row, basic) in self.rows.iter().zip(&self.basis) {
                    x[*basic] = row[n];
                }
                return Some(Best::Value(-reduced[n], x));
            };
            let mut leaving: Option<(f64, usize)> = None;
            for (at, row) in self.rows.iter().enumerate() {
                if row[column] > TINY {
                    let ratio = row[n] / row[column];
                    let better = leaving.is_none_or(|(best, other)| {
                        ratio < best - TINY || (ratio < best + TINY && self.basis[at] < self.basis[other])
                    });
                    if better {
                        leaving = Some((ratio, at));
                    }
                }
            }
            let Some((_, at)) = leaving else { return Some(Best::Unbounded) };
            self.pivot(at, column);
            let factor = reduced[column];
            for (r, a) in reduced.iter_mut().zip(&self.rows[at]) {
                *r -= factor * a;
            }
            reduced[column] = 0.0;
        }
        None
    }
}
