//! Symmetric eigenvalue problems.

use super::matrix::Matrix;

/// Sweeps are quadratically convergent at the end; about eight are usual.
const MOST_SWEEPS: usize = 60;

/// The eigenvalues of a symmetric matrix and their vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigen {
    /// The eigenvalues, largest first.
    pub values: Vec<f64>,
    /// The eigenvectors, one a column in the order of the values, each of
    /// length one with its largest entry positive.
    pub vectors: Matrix,
}

impl Eigen {
    /// V f(Λ) V': a function of the matrix.
    pub fn function(&self, f: impl Fn(f64) -> f64) -> Matrix {
        let size = self.values.len();
        let mapped: Vec<f64> = self.values.iter().map(|&value| f(value)).collect();
        let scaled = Matrix::from_fn(size, size, |i, j| self.vectors.get(i, j) * mapped[j]);
        let mut result = scaled.mul(&self.vectors.transpose());
        result.symmetrise();
        result
    }
}

/// The eigenvalues and eigenvectors of a symmetric matrix by the cyclic
/// Jacobi rule.
///
/// Only the lower triangle is read. Small eigenvalues of positive definite
/// matrices keep their relative accuracy better than with other rules (Demmel
/// and Veselić 1992). `None` when the matrix is not square or holds a number
/// that is not finite.
pub fn symmetric_eigen(a: &Matrix) -> Option<Eigen> {
    let size = a.rows();
    if a.cols() != size || !a.is_finite() {
        return None;
    }
    // Brought to the size of one, so that no square leaves the range.
    let most = a.data().iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    if most == 0.0 {
        return Some(Eigen { values: vec![0.0; size], vectors: Matrix::identity(size) });
    }
    let mut work = Matrix::from_fn(size, size, |i, j| a.get(i.max(j), i.min(j)) / most);
    let total = work.frobenius_squared();
    // The rows of `vectors` are the eigenvectors, for contiguous updates.
    let mut vectors = Matrix::identity(size);
    for _ in 0..MOST_SWEEPS {
        let mut turned = false;
        for p in 0..size {
            for q in p + 1..size {
                turned |= rotate(&mut work, &mut vectors, p, q);
            }
        }
        if !turned {
            break;
        }
    }
    let values = work.diagonal_of();
    debug_assert!(
        (values.iter().map(|v| v * v).sum::<f64>() - total).abs() <= 1e-12 * total,
        "the squares of the eigenvalues are the Frobenius norm"
    );
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]).then(i.cmp(&j)));
    let signs: Vec<f64> = (0..size)
        .map(|i| {
            let row = vectors.row(i);
            let peak =
                row.iter().fold(0.0_f64, |peak, &v| if v.abs() > peak.abs() + 1e-9 { v } else { peak });
            if peak < 0.0 { -1.0 } else { 1.0 }
        })
        .collect();
    Some(Eigen {
        values: order.iter().map(|&i| values[i] * most).collect(),
        vectors: Matrix::from_fn(size, size, |i, j| vectors.get(order[j], i) * signs[order[j]]),
    })
}

/// Annihilates the entry at (p, q); whether there was anything to annihilate.
fn rotate(work: &mut Matrix, vectors: &mut Matrix, p: usize, q: usize) -> bool {
    let size = work.rows();
    let off = work.get(p, q);
    let (at_p, at_q) = (work.get(p, p), work.get(q, q));
    if off.abs() <= 1e-17 * (at_p.abs() * at_q.abs()).sqrt() || off.abs() < 1e-150 {
        if off != 0.0 {
            work.set(p, q, 0.0);
            work.set(q, p, 0.0);
        }
        return false;
    }
    let theta = (at_q - at_p) / (2.0 * off);
    let t = if theta.abs() > 1e100 {
        0.5 / theta
    } else {
        theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt())
    };
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for k in 0..size {
        if k != p && k != q {
            let (x, y) = (work.get(p, k), work.get(q, k));
            let (x, y) = (c * x - s * y, s * x + c * y);
            work.set(p, k, x);
            work.set(k, p, x);
            work.set(q, k, y);
            work.set(k, q, y);
        }
    }
    work.set(p, p, at_p - t * off);
    work.set(q, q, at_q + t * off);
    work.set(p, q, 0.0);
    work.set(q, p, 0.0);
    for k in 0..size {
        let (x, y) = (vectors.get(p, k), vectors.get(q, k));
        vectors.set(p, k, c * x - s * y);
        vectors.set(q, k, s * x + c * y);
    }
    true
}

/// The symmetric inverse square root of a positive semidefinite matrix.
///
/// Eigenvalues at or below 1e-12 of the largest count as zero and stay zero
/// (Moore-Penrose). `None` where [`symmetric_eigen`] has none or an
/// eigenvalue is negative beyond that rounding.
pub fn inverse_square_root(a: &Matrix) -> Option<Matrix> {
    let eigen = symmetric_eigen(a)?;
    let least = 1e-12 * eigen.values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    if eigen.values.iter().any(|&value| value < -least) {
        return None;
    }
    let root = eigen.function(|value| if value > least { 1.0 / value.sqrt() } else { 0.0 });
    root.is_finite().then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::Lcg;

    #[test]
    fn eigen_by_hand() {
        let eigen = symmetric_eigen(&Matrix::new(2, 2, vec![2.0, 1.0, 1.0, 2.0])).expect("a decomposition");
        assert!((eigen.values[0] - 3.0).abs() < 1e-15 && (eigen.values[1] - 1.0).abs() < 1e-15);
        assert!((eigen.vectors.get(0, 0) - 0.5_f64.sqrt()).abs() < 1e-15);
        // All ones: one eigenvalue of n, where a well-known library fails.
        for n in 1..30 {
            let ones = Matrix::from_fn(n, n, |_, _| 1.0);
            let values = symmetric_eigen(&ones).expect("a decomposition").values;
            assert!((values[0] - n as f64).abs() < 1e-13 * n as f64);
            assert!(values[1..].iter().all(|v| v.abs() < 1e-13));
        }
        let zero = symmetric_eigen(&Matrix::zeros(3, 3)).expect("a decomposition");
        assert_eq!(zero.values, vec![0.0; 3]);
    }

    #[test]
    fn eigen_rebuilds_the_matrix() {
        let mut random = Lcg::new(5);
        for size in [1_usize, 2, 5, 20, 40] {
            for scale in [1.0, 1e150, 1e-150] {
                let mut a = Matrix::zeros(size, size);
                for i in 0..size {
                    for j in 0..=i {
                        let value = (random.uniform() - 0.5) * scale;
                        a.set(i, j, value);
                        a.set(j, i, value);
                    }
                }
                let eigen = symmetric_eigen(&a).expect("a decomposition");
                let back = eigen.function(|value| value).minus(&a);
                let most = back.data().iter().fold(0.0_f64, |m, v| m.max(v.abs()));
                assert!(most <= 1e-13 * scale, "{size} {most}");
                assert!(eigen.values.windows(2).all(|pair| pair[0] >= pair[1]));
            }
        }
    }

    #[test]
    fn inverse_square_root_of_a_singular_matrix() {
        let a = Matrix::new(2, 2, vec![1.0, 1.0, 1.0, 1.0]);
        let root = inverse_square_root(&a).expect("a root");
        let projector = root.mul(&root).mul(&a);
        assert!((projector.get(0, 0) - 0.5).abs() < 1e-14);
        assert_eq!(inverse_square_root(&Matrix::diagonal(&[1.0, -1.0])), None);
        assert_eq!(symmetric_eigen(&Matrix::new(1, 1, vec![f64::NAN])), None);
        assert_eq!(symmetric_eigen(&Matrix::zeros(1, 2)), None);
    }
}
