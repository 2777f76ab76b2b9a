//! Small linear programmes: the least of a linear function on a polytope.
//!
//! The dense simplex method in two phases with Bland's rule, which never runs
//! in circles and whose steps follow from the input alone. Meant for bounds
//! with some dozens of conditions on some hundreds of unknowns, whose
//! coefficients are small whole numbers: there the tableau keeps about twelve
//! digits. The answer is checked against the conditions before it is given.
//!
//! Dantzig GB (1963). Linear programming and extensions. Princeton. Bland RG
//! (1977). New finite pivoting rules for the simplex method. Mathematics of
//! Operations Research 2:103-107.

use crate::sum::Sum;

/// Below this, on the scale of the input, a number is taken for zero.
const ZERO: f64 = 1e-9;

/// The most steps before the search is given up.
const MOST_STEPS: usize = 50_000;

/// What became of a linear programme.
#[derive(Clone, Debug, PartialEq)]
pub enum Solution {
    /// The least value and a point that has it.
    Optimal {
        /// The least value.
        value: f64,
        /// The unknowns at the point, none below zero.
        point: Vec<f64>,
    },
    /// No point satisfies the conditions.
    Infeasible,
    /// The function has no lower end.
    Unbounded,
    /// The input does not fit together or is not finite, or the digits were
    /// lost on the way.
    Failed,
}

/// The least of `cost`·x where `rows`·x = `right` and no unknown is below zero.
///
/// `cost` holds one number an unknown, `right` one number a condition, and
/// `rows` the coefficients of the conditions, one condition after the other. A
/// condition may follow from others. To maximise, negate the cost and the
/// value.
///
/// ```
/// use groundwork_stats::simplex::{Solution, minimise};
///
/// // x + y + s = 4, x + 3 y + t = 6: the largest x + 2 y is 5, at (3, 1).
/// let rows = [1.0, 1.0, 1.0, 0.0, 1.0, 3.0, 0.0, 1.0];
/// let found = minimise(&[-1.0, -2.0, 0.0, 0.0], &rows, &[4.0, 6.0]);
/// assert!(matches!(found, Solution::Optimal { value, .. } if (value + 5.0).abs() < 1e-12));
/// ```
pub fn minimise(cost: &[f64], rows: &[f64], right: &[f64]) -> Solution {
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    if rows.len() != cost.len() * right.len() || !(finite(cost) && finite(rows) && finite(right)) {
        return Solution::Failed;
    }
    if cost.is_empty() {
        let empty = Solution::Optimal { value: 0.0, point: Vec::new() };
        return if right.iter().all(|&value| value == 0.0) { empty } else { Solution::Infeasible };
    }
    let largest = |values: &[f64]| values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let scale = if largest(right) > 0.0 { largest(right) } else { 1.0 };
    let cost_scale = if largest(cost) > 0.0 { largest(cost) } else { 1.0 };
    let scaled: Vec<f64> = cost.iter().map(|cost| cost / cost_scale).collect();

    let mut tableau = Tableau::new(cost.len(), rows, right, scale);
    // First phase: the least sum of the artificial unknowns, one a condition.
    tableau.price(|unknown| if unknown >= cost.len() { 1.0 } else { 0.0 });
    match tableau.descend() {
        Step::Done => {}
        Step::Unbounded | Step::Lost => return Solution::Failed,
    }
    if tableau.artificial() > ZERO * right.len() as f64 {
        return Solution::Infeasible;
    }
    tableau.drop_artificial();
    // Second phase.
    tableau.price(|unknown| scaled.get(unknown).copied().unwrap_or(0.0));
    match tableau.descend() {
        Step::Done => {}
        Step::Unbounded => return Solution::Unbounded,
        Step::Lost => return Solution::Failed,
    }
    let point = tableau.point(scale);
    let holds = rows.chunks_exact(cost.len()).zip(right).all(|(row, right)| {
        let left: Sum = row.iter().zip(&point).map(|(one, other)| one * other).collect();
        (left.value() - right).abs() <= 1e-7 * scale
    });
    let value = cost.iter().zip(&point).map(|(cost, at)| cost * at).collect::<Sum>().value();
    if holds && value.is_finite() { Solution::Optimal { value, point } } else { Solution::Failed }
}

enum Step {
    Done,
    Unbounded,
    Lost,
}

/// The conditions solved for the unknowns in the basis.
struct Tableau {
    unknowns: usize,
    /// One row a condition: a coefficient an unknown, and the right-hand side.
    rows: Vec<Vec<f64>>,
    /// The unknown that each row is solved for; from `unknowns` on artificial.
    basis: Vec<usize>,
    /// What one unit of each unknown adds to the function.
    reduced: Vec<f64>,
}

impl Tableau {
    fn new(unknowns: usize, rows: &[f64], right: &[f64], scale: f64) -> Self {
        let rows: Vec<Vec<f64>> = rows
            .chunks_exact(unknowns)
            .zip(right)
            .map(|(row, &right)| {
                let sign = if right < 0.0 { -1.0 } else { 1.0 };
                row.iter().map(|value| sign * value).chain([sign * right / scale]).collect()
            })
            .collect();
        let basis = (unknowns..).take(rows.len()).collect();
        Self { unknowns, rows, basis, reduced: Vec::new() }
    }

    /// Sets the function: what a unit of each unknown costs.
    fn price(&mut self, cost: impl Fn(usize) -> f64) {
        let mut reduced: Vec<f64> = (0..self.unknowns).map(&cost).collect();
        for (row, &basic) in self.rows.iter().zip(&self.basis) {
            let price = cost(basic);
            if price != 0.0 {
                for (reduced, value) in reduced.iter_mut().zip(row) {
                    *reduced -= price * value;
                }
            }
        }
        for &basic in &self.basis {
            if let Some(reduced) = reduced.get_mut(basic) {
                *reduced = 0.0;
            }
        }
        self.reduced = reduced;
    }

    /// Steps from corner to corner until none is lower. Bland's rule: the first
    /// unknown that lowers the function comes in; of the rows that limit it
    /// most, the one with the first unknown goes out.
    fn descend(&mut self) -> Step {
        for _ in 0..MOST_STEPS {
            let Some(enters) = self.reduced.iter().position(|&reduced| reduced < -ZERO) else {
                return Step::Done;
            };
            let mut leaves: Option<(usize, f64)> = None;
            for (at, row) in self.rows.iter().enumerate() {
                if row[enters] <= ZERO {
                    continue;
                }
                let ratio = row[self.unknowns] / row[enters];
                let better = leaves.is_none_or(|(best, least)| {
                    ratio < least - 1e-12 || (ratio <= least + 1e-12 && self.basis[at] < self.basis[best])
                });
                if better {
                    leaves = Some((at, ratio));
                }
            }
            let Some((leaves, _)) = leaves else { return Step::Unbounded };
            self.pivot(leaves, enters);
            if !self.rows[leaves][self.unknowns].is_finite() {
                return Step::Lost;
            }
        }
        Step::Lost
    }

    fn pivot(&mut self, leaves: usize, enters: usize) {
        let mut pivot = std::mem::take(&mut self.rows[leaves]);
        let divisor = pivot[enters];
        for value in &mut pivot {
            *value /= divisor;
        }
        pivot[enters] = 1.0;
        let unknowns = self.unknowns;
        let clear = |row: &mut [f64]| {
            let factor = row[enters];
            if factor == 0.0 {
                return;
            }
            for (value, pivot) in row.iter_mut().zip(&pivot) {
                *value -= factor * pivot;
            }
            row[enters] = 0.0;
        };
        for row in &mut self.rows {
            if row.is_empty() {
                continue;
            }
            clear(row);
            // Below zero by rounding only: the ratio test keeps it above.
            row[unknowns] = row[unknowns].max(0.0);
        }
        clear(&mut self.reduced);
        self.rows[leaves] = pivot;
        self.basis[leaves] = enters;
    }

    /// The sum of the artificial unknowns.
    fn artificial(&self) -> f64 {
        let basic = self.basis.iter().zip(&self.rows);
        basic.filter(|&(&basic, _)| basic >= self.unknowns).map(|(_, row)| row[self.unknowns]).sum()
    }

    /// Takes artificial unknowns, all of them zero, out of the basis, and the
    /// conditions that follow from others with them.
    fn drop_artificial(&mut self) {
        for at in 0..self.rows.len() {
            if self.basis[at] < self.unknowns {
                continue;
            }
            self.rows[at][self.unknowns] = 0.0;
            let enters = self.rows[at].iter().take(self.unknowns).position(|value| value.abs() > ZERO);
            if let Some(enters) = enters {
                self.pivot(at, enters);
            }
        }
        let unknowns = self.unknowns;
        let kept: Vec<bool> = self.basis.iter().map(|&basic| basic < unknowns).collect();
        let mut keep = kept.iter();
        self.rows.retain(|_| keep.next().copied().unwrap_or(false));
        self.basis.retain(|&basic| basic < unknowns);
    }

    fn point(&self, scale: f64) -> Vec<f64> {
        let mut point = vec![0.0; self.unknowns];
        for (row, &basic) in self.rows.iter().zip(&self.basis) {
            if let Some(value) = point.get_mut(basic) {
                *value = scale * row[self.unknowns];
            }
        }
        point
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn optimal(cost: &[f64], rows: &[f64], right: &[f64]) -> f64 {
        match minimise(cost, rows, right) {
            Solution::Optimal { value, point } => {
                assert!(point.iter().all(|&at| at >= 0.0));
                value
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn simplex_by_hand() {
        // 3 x + 2 y at most, x + y <= 4, x + 3 y <= 6, x <= 3: (3, 1), 11.
        let rows = [
            1.0, 1.0, 1.0, 0.0, 0.0, //
            1.0, 3.0, 0.0, 1.0, 0.0, //
            1.0, 0.0, 0.0, 0.0, 1.0,
        ];
        let found = optimal(&[-3.0, -2.0, 0.0, 0.0, 0.0], &rows, &[4.0, 6.0, 3.0]);
        assert!((found + 11.0).abs() < 1e-12);
    }

    #[test]
    fn simplex_knows_what_has_no_answer() {
        // x + y = -1 with neither below zero.
        assert_eq!(minimise(&[1.0, 1.0], &[1.0, 1.0], &[-1.0]), Solution::Infeasible);
        // x - y = 0, as large as one likes.
        assert_eq!(minimise(&[-1.0, 0.0], &[1.0, -1.0], &[0.0]), Solution::Unbounded);
        assert_eq!(minimise(&[1.0], &[1.0, 1.0], &[1.0]), Solution::Failed);
        assert_eq!(minimise(&[f64::NAN], &[1.0], &[1.0]), Solution::Failed);
        assert_eq!(minimise(&[1.0], &[1.0], &[f64::INFINITY]), Solution::Failed);
        assert_eq!(minimise(&[], &[], &[]), Solution::Optimal { value: 0.0, point: vec![] });
    }

    #[test]
    fn simplex_takes_conditions_that_follow_from_others() {
        let rows = [1.0, 1.0, 1.0, 1.0, 2.0, 2.0];
        assert_eq!(optimal(&[1.0, 2.0], &rows, &[3.0, 3.0, 6.0]), 3.0);
        assert_eq!(minimise(&[1.0, 2.0], &rows, &[3.0, 3.0, 7.0]), Solution::Infeasible);
        // A negative right-hand side is turned round.
        assert_eq!(optimal(&[1.0, 2.0], &[-1.0, -1.0], &[-3.0]), 3.0);
    }

    #[test]
    fn simplex_does_not_run_in_circles() {
        // Beale's example, on which the plain rule does.
        let rows = [
            0.25,
            -60.0,
            -1.0 / 25.0,
            9.0,
            1.0,
            0.0,
            0.0, //
            0.5,
            -90.0,
            -1.0 / 50.0,
            3.0,
            0.0,
            1.0,
            0.0, //
            0.0,
            0.0,
            1.0,
            0.0,
            0.0,
            0.0,
            1.0,
        ];
        let found = optimal(&[-0.75, 150.0, -0.02, 6.0, 0.0, 0.0, 0.0], &rows, &[0.0, 0.0, 1.0]);
        assert!((found + 0.05).abs() < 1e-12);
    }

    #[test]
    fn simplex_is_below_every_point_it_is_given() {
        let mut stream = Stream::new(&[5; 32], 0);
        for _ in 0..60 {
            let (unknowns, conditions) = (3 + stream.index(12) as usize, 1 + stream.index(4) as usize);
            let rows: Vec<f64> = (0..unknowns * conditions).map(|_| stream.index(4) as f64).collect();
            let at: Vec<f64> = (0..unknowns).map(|_| stream.index(5) as f64).collect();
            let right: Vec<f64> = rows
                .chunks_exact(unknowns)
                .map(|row| row.iter().zip(&at).map(|(one, other)| one * other).sum())
                .collect();
            // No negative cost, so that there is a lower end.
            let cost: Vec<f64> = (0..unknowns).map(|_| stream.index(9) as f64).collect();
            let here: f64 = cost.iter().zip(&at).map(|(one, other)| one * other).sum();
            assert!(optimal(&cost, &rows, &right) <= here + 1e-9);
        }
    }
}
