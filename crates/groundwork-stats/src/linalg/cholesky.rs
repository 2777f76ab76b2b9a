//! Positive definite systems.

use super::matrix::{Matrix, product};

/// What a pivot must exceed, as a share of its diagonal entry.
const LEAST_PIVOT: f64 = 1e-14;

/// The lower triangle L with L L' = A, for a symmetric positive definite A.
///
/// Only the lower triangle of A is read. `None` when A is not square, holds
/// a number that is not finite, or is not positive definite: a pivot at or
/// below 1e-14 of its diagonal entry counts as none.
pub fn cholesky(a: &Matrix) -> Option<Matrix> {
    let size = a.rows();
    if a.cols() != size {
        return None;
    }
    let mut l = Matrix::zeros(size, size);
    for i in 0..size {
        for j in 0..=i {
            let rest = a.get(i, j) - product(&l.row(i)[..j], &l.row(j)[..j]);
            if i == j {
                // Written so that a pivot that is not a number also fails.
                let enough = rest > LEAST_PIVOT * a.get(i, i) && rest > 0.0 && rest.is_finite();
                if !enough {
                    return None;
                }
                l.set(i, i, rest.sqrt());
            } else {
                l.set(i, j, rest / l.get(j, j));
            }
        }
    }
    debug_assert!((l.frobenius_squared() - a.trace()).abs() <= 1e-10 * a.trace().abs());
    Some(l)
}

/// The solution of A x = b for a symmetric positive definite A.
///
/// `None` where [`cholesky`] has none, where the lengths do not fit or the
/// solution is not finite.
pub fn solve_positive(a: &Matrix, b: &[f64]) -> Option<Vec<f64>> {
    if b.len() != a.rows() {
        return None;
    }
    let l = cholesky(a)?;
    let mut x = b.to_vec();
    solve_with(&l, &mut x);
    x.iter().all(|value| value.is_finite()).then_some(x)
}

/// The inverse of a symmetric positive definite matrix.
///
/// `None` where [`cholesky`] has none or the inverse is not finite.
pub fn inverse_positive(a: &Matrix) -> Option<Matrix> {
    let l = cholesky(a)?;
    let size = a.rows();
    let mut inverse = Matrix::zeros(size, size);
    for j in 0..size {
        let mut unit = vec![0.0; size];
        unit[j] = 1.0;
        solve_with(&l, &mut unit);
        inverse.row_mut(j).copy_from_slice(&unit);
    }
    inverse.symmetrise();
    inverse.is_finite().then_some(inverse)
}

/// Solves L L' x = b in place.
fn solve_with(l: &Matrix, x: &mut [f64]) {
    let size = l.rows();
    for i in 0..size {
        let rest = x[i] - product(&l.row(i)[..i], &x[..i]);
        x[i] = rest / l.get(i, i);
    }
    for i in (0..size).rev() {
        x[i] /= l.get(i, i);
        let value = x[i];
        for (at, factor) in x[..i].iter_mut().zip(l.row(i)) {
            *at -= factor * value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cholesky_by_hand() {
        let a = Matrix::new(2, 2, vec![4.0, 2.0, 2.0, 5.0]);
        assert_eq!(cholesky(&a).expect("a factor").data(), &[2.0, 0.0, 1.0, 2.0]);
        assert_eq!(solve_positive(&a, &[8.0, 12.0]), Some(vec![1.0, 2.0]));
        let inverse = inverse_positive(&a).expect("an inverse");
        let unit = a.mul(&inverse).minus(&Matrix::identity(2));
        assert!(unit.frobenius_squared() < 1e-30);
    }

    #[test]
    fn cholesky_refuses_what_is_not_positive_definite() {
        for data in [
            vec![1.0, 1.0, 1.0, 1.0],
            vec![0.0, 0.0, 0.0, 0.0],
            vec![1.0, 2.0, 2.0, 1.0],
            vec![f64::NAN, 0.0, 0.0, 1.0],
            vec![f64::INFINITY, 0.0, 0.0, 1.0],
        ] {
            assert_eq!(cholesky(&Matrix::new(2, 2, data)), None);
        }
        assert_eq!(cholesky(&Matrix::zeros(2, 3)), None);
        assert_eq!(solve_positive(&Matrix::identity(2), &[1.0]), None);
    }
}
