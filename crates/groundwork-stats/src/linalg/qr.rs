//! Least squares of a small matrix by Householder reflections.

use super::matrix::{Matrix, product};

/// A column whose part outside the columns before it is smaller than this
/// share of the largest column counts as dependent on them.
const LEAST_SHARE: f64 = 1e-10;

/// The QR decomposition of a matrix with its columns in pivoted order: A P =
/// Q R, by Householder reflections, the largest remaining column first.
///
/// For small problems whose rows stand in a fixed order; a regression with
/// many rows is [`least_squares`](crate::estimators::least_squares).
#[derive(Clone, Debug, PartialEq)]
pub struct Qr {
    /// R above the diagonal, the reflections on and below it, one column of
    /// A a row here.
    factors: Matrix,
    diagonal: Vec<f64>,
    order: Vec<usize>,
    rank: usize,
}

impl Qr {
    /// Decomposes a matrix; `None` when it holds a number that is not finite
    /// or too large to square.
    pub fn new(a: &Matrix) -> Option<Self> {
        if !a.frobenius_squared().is_finite() {
            return None;
        }
        let (rows, cols) = (a.rows(), a.cols());
        let mut factors = a.transpose();
        let mut order: Vec<usize> = (0..cols).collect();
        let mut diagonal = Vec::new();
        let mut rank = 0;
        for k in 0..rows.min(cols) {
            let norm = |j: usize, factors: &Matrix| {
                let tail = &factors.row(j)[k..];
                product(tail, tail).sqrt()
            };
            let mut best = (k, norm(k, &factors));
            for j in k + 1..cols {
                let size = norm(j, &factors);
                if size > best.1 {
                    best = (j, size);
                }
            }
            order.swap(k, best.0);
            for i in 0..rows {
                let (x, y) = (factors.get(k, i), factors.get(best.0, i));
                factors.set(k, i, y);
                factors.set(best.0, i, x);
            }
            let largest = diagonal.first().map_or(best.1, |d: &f64| d.abs());
            if best.1 == 0.0 || best.1 <= LEAST_SHARE * largest {
                break;
            }
            // The reflection that takes the tail to (-sign norm, 0, ...).
            let head = factors.get(k, k);
            let signed = if head < 0.0 { -best.1 } else { best.1 };
            let reflector: Vec<f64> = {
                let mut tail = factors.row(k)[k..].to_vec();
                tail[0] += signed;
                let size = product(&tail, &tail).sqrt();
                tail.iter().map(|value| value / size).collect()
            };
            for j in k + 1..cols {
                reflect(&reflector, &mut factors.row_mut(j)[k..]);
            }
            factors.row_mut(k)[k..].copy_from_slice(&reflector);
            diagonal.push(-signed);
            rank += 1;
        }
        let found = Self { factors, diagonal, order, rank };
        debug_assert!(
            rank < cols || {
                let total = a.frobenius_squared();
                (found.r().frobenius_squared() - total).abs() <= 1e-12 * total
            },
            "R has the Frobenius norm of A"
        );
        Some(found)
    }

    /// The number of independent columns: a column counts when its part
    /// outside those before it exceeds 1e-10 of the largest column. Bring
    /// columns to a common scale first.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The original column at each place of R.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// R, upper triangular, in pivoted order, `rank` by `rank`.
    pub fn r(&self) -> Matrix {
        Matrix::from_fn(self.rank, self.rank, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => self.factors.get(j, i),
            std::cmp::Ordering::Equal => self.diagonal[i],
            std::cmp::Ordering::Greater => 0.0,
        })
    }

    /// The least-squares solution of A x = b; `None` when the columns are not
    /// independent, the length of `b` does not fit or the solution is not
    /// finite.
    pub fn solve(&self, b: &[f64]) -> Option<Vec<f64>> {
        let (cols, rows) = (self.factors.rows(), self.factors.cols());
        if self.rank < cols || b.len() != rows {
            return None;
        }
        let mut rotated = b.to_vec();
        for k in 0..cols {
            reflect(&self.factors.row(k)[k..], &mut rotated[k..]);
        }
        let mut solution = vec![0.0; cols];
        for i in (0..cols).rev() {
            let mut rest = rotated[i];
            for j in i + 1..cols {
                rest -= self.factors.get(j, i) * solution[self.order[j]];
            }
            solution[self.order[i]] = rest / self.diagonal[i];
        }
        solution.iter().all(|value| value.is_finite()).then_some(solution)
    }
}

/// x - 2 v (v'x) for a unit vector v.
fn reflect(unit: &[f64], x: &mut [f64]) {
    let along = 2.0 * product(unit, x);
    for (at, v) in x.iter_mut().zip(unit) {
        *at -= along * v;
    }
}

/// The x that minimises |A x - b|, by [`Qr`]; `None` when the columns of A
/// are not independent (rank by 1e-10 of the largest column) or nothing
/// finite comes out.
pub fn qr_least_squares(a: &Matrix, b: &[f64]) -> Option<Vec<f64>> {
    Qr::new(a)?.solve(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::Lcg;

    #[test]
    fn line_through_points() {
        let a = Matrix::new(3, 2, vec![1.0, 0.0, 1.0, 1.0, 1.0, 2.0]);
        let x = qr_least_squares(&a, &[1.0, 3.0, 5.0]).expect("a solution");
        assert!((x[0] - 1.0).abs() < 1e-14 && (x[1] - 2.0).abs() < 1e-14);
        let x = qr_least_squares(&a, &[0.0, 0.0, 3.0]).expect("a solution");
        assert!((x[0] + 0.5).abs() < 1e-14 && (x[1] - 1.5).abs() < 1e-14);
    }

    #[test]
    fn qr_residual_is_orthogonal() {
        let mut random = Lcg::new(2);
        for (rows, cols) in [(1, 1), (5, 5), (30, 7), (100, 40)] {
            let a = Matrix::new(rows, cols, (0..rows * cols).map(|_| random.uniform() - 0.5).collect());
            let b: Vec<f64> = (0..rows).map(|_| random.uniform()).collect();
            let x = qr_least_squares(&a, &b).expect("a solution");
            let rest: Vec<f64> = a.mul_vector(&x).iter().zip(&b).map(|(f, b)| b - f).collect();
            let off = a.transpose_mul_vector(&rest);
            assert!(off.iter().all(|v| v.abs() < 1e-12), "{off:?}");
        }
    }

    #[test]
    fn qr_detects_rank() {
        let ones = Matrix::from_fn(5, 3, |_, _| 1.0);
        assert_eq!(Qr::new(&ones).map(|qr| qr.rank()), Some(1));
        assert_eq!(qr_least_squares(&ones, &[1.0; 5]), None);
        let wide = Matrix::from_fn(2, 3, |i, j| (i * 3 + j * j) as f64);
        assert_eq!(Qr::new(&wide).map(|qr| qr.rank()), Some(2));
        assert_eq!(qr_least_squares(&wide, &[1.0; 2]), None);
        assert_eq!(Qr::new(&Matrix::zeros(4, 2)).map(|qr| qr.rank()), Some(0));
        assert_eq!(Qr::new(&Matrix::new(1, 1, vec![f64::NAN])), None);
        assert_eq!(Qr::new(&Matrix::new(1, 1, vec![1e300])), None);
        assert_eq!(qr_least_squares(&Matrix::identity(2), &[1.0]), None);
        let q = Qr::new(&Matrix::new(2, 2, vec![1.0, 3.0, 0.0, 4.0])).expect("a decomposition");
        assert_eq!((q.order(), q.r().get(0, 0).abs()), (&[1, 0][..], 5.0));
    }
}
