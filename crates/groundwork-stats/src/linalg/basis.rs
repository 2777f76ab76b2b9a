//! Designs with many rows in orthonormal coordinates.
//!
//! The Cholesky factor of the cross-products, with pivoting, turns a scaled
//! row z into q = z U with Σ q'q = I. Where the columns are nearly dependent,
//! the cross-products of the q are summed once more and U is corrected, after
//! which the factor is as good as one of Householder (Yamamoto et al. 2015,
//! CholeskyQR2). Solutions are refined with residuals of the rows (Björck
//! 1987).
//!
//! Björck Å (1987). Stability analysis of the method of seminormal equations
//! for linear least squares problems. Linear Algebra and its Applications
//! 88/89:31-48. Yamamoto Y, Nakatsukasa Y, Yanagisawa Y, Fukaya T (2015).
//! Roundoff error analysis of the CholeskyQR2 algorithm. Electronic
//! Transactions on Numerical Analysis 44:306-326.

use super::accumulate::power_of_two;
use super::design::Design;
use super::eigen::symmetric_eigen;
use super::frame::{BLOCK, Quanta};
use super::matrix::Matrix;
use crate::estimate::Refusal;

/// The part of a column outside the others, as a share of its own sum of
/// squares, at or below which it counts as a combination of them.
const LEAST_PIVOT: f64 = 1e-14;

/// The same share below which the factor is corrected.
const POOR_PIVOT: f64 = 1e-4;

/// Orthonormal coordinates of the rows of a design: q = f z U with Σ q'q = I.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Basis {
    /// U: from scaled values to orthonormal ones.
    pub(crate) u: Matrix,
    /// T: from orthonormal coordinates to coefficients of the columns, so that
    /// T T' is the inverse of the (weighted) cross-products.
    pub(crate) t: Matrix,
    /// The smallest part of a column outside the others, as a share of its own
    /// sum of squares.
    pub(crate) poorest: f64,
}

impl Basis {
    /// The basis of a design whose rows carry the given factors, the square
    /// roots of weights.
    ///
    /// Refuses, with `collinear`, a column that is a combination of others.
    pub(crate) fn new(design: &Design<'_>, factors: Option<&[f64]>) -> Result<Self, Refusal> {
        Self::from_gram(design, factors, &design.gram(factors))
    }

    /// The same, and Σ f z v for values v of the rows.
    pub(crate) fn with_cross(
        design: &Design<'_>,
        factors: Option<&[f64]>,
        v: &[f64],
    ) -> Result<(Self, Vec<f64>), Refusal> {
        let (gram, cross) = design.gram_and_cross(factors, v);
        Ok((Self::from_gram(design, factors, &gram)?, cross))
    }

    fn from_gram(design: &Design<'_>, factors: Option<&[f64]>, gram: &Matrix) -> Result<Self, Refusal> {
        let (mut u, poorest) = orthonormal(gram, design.has_intercept())?;
        if poorest < POOR_PIVOT {
            let again = gram_of_rotated(design, factors, &u);
            u = u.mul(&correction(&again, design.has_intercept())?);
        }
        let t = design.frame.to_raw().mul(&u);
        if !t.is_finite() {
            return Err(Refusal::not_finite("the inverse of the cross-products"));
        }
        Ok(Self { u, t, poorest })
    }

    /// U U' v: the solution of the normal equations in scaled coefficients.
    pub(crate) fn solve(&self, cross: &[f64]) -> Vec<f64> {
        self.u.mul_vector(&self.u.transpose_mul_vector(cross))
    }

    /// The inverse of the cross-products of the columns.
    pub(crate) fn gram_inverse(&self) -> Matrix {
        self.t.mul(&self.t.transpose())
    }

    /// f z U for every row, for designs with few.
    pub(crate) fn rows(&self, design: &Design<'_>, factors: Option<&[f64]>) -> Matrix {
        let mut rows = Matrix::zeros(design.rows(), design.terms());
        let mut from = 0;
        rotated_blocks(design, factors, &self.u, |rotated, len| {
            for (j, column) in rotated.chunks_exact(BLOCK).enumerate() {
                for (i, &value) in column[..len].iter().enumerate() {
                    rows.set(from + i, j, value);
                }
            }
            from += len;
        });
        rows
    }

    /// f² z'U U'z for every row: its leverage. Not above one.
    pub(crate) fn leverages(&self, design: &Design<'_>, factors: Option<&[f64]>) -> Vec<f64> {
        let mut leverages = Vec::with_capacity(design.rows());
        rotated_blocks(design, factors, &self.u, |rotated, len| {
            let mut squares = [0.0; BLOCK];
            for column in rotated.chunks_exact(BLOCK) {
                for (at, value) in squares.iter_mut().zip(column) {
                    *at += value * value;
                }
            }
            leverages.extend(squares[..len].iter().map(|&h| h.min(1.0)));
        });
        leverages
    }

    /// A bound from above on every row's leverage, for a tenth of the work: the
    /// largest eigenvalue of U'D²U times Σ (f z_j/d_j)², for any numbers d;
    /// with the lengths of the columns it is the closer the less they depend
    /// on each other. Absent where it cannot be computed.
    pub(crate) fn leverage_bounds(&self, design: &Design<'_>, factors: Option<&[f64]>) -> Option<Vec<f64>> {
        let norms = design.frame.norms(design.rows());
        let scaled = Matrix::from_fn(norms.len(), norms.len(), |i, j| norms[i] * self.u.get(i, j));
        let most = symmetric_eigen(&scaled.transpose_mul(&scaled))?.values.first().copied()?;
        let shares: Vec<f64> = norms.iter().map(|norm| most / (norm * norm)).collect();
        let mut bounds = Vec::with_capacity(design.rows());
        let mut buffer = design.buffer();
        for (from, len) in design.blocks() {
            design.fill(from, len, factors, &mut buffer);
            let mut squares = [0.0; BLOCK];
            for (column, share) in buffer.chunks_exact(BLOCK).zip(&shares) {
                for (at, value) in squares.iter_mut().zip(column) {
                    *at += share * (value * value);
                }
            }
            bounds.extend_from_slice(&squares[..len]);
        }
        Some(bounds)
    }
}

/// Hands over f z U block by block, one column after another.
fn rotated_blocks(
    design: &Design<'_>,
    factors: Option<&[f64]>,
    u: &Matrix,
    mut take: impl FnMut(&mut [f64], usize),
) {
    let mut buffer = design.buffer();
    let mut rotated = design.buffer();
    for (from, len) in design.blocks() {
        design.fill(from, len, factors, &mut buffer);
        for (j, into) in rotated.chunks_exact_mut(BLOCK).enumerate() {
            into.fill(0.0);
            for (i, column) in buffer.chunks_exact(BLOCK).enumerate() {
                let share = u.get(i, j);
                if share != 0.0 {
                    for (at, value) in into.iter_mut().zip(column) {
                        *at += share * value;
                    }
                }
            }
        }
        take(&mut rotated, len);
    }
}

fn gram_of_rotated(design: &Design<'_>, factors: Option<&[f64]>, u: &Matrix) -> Matrix {
    // The columns have a sum of squares near one, and surely below 2^5.
    let up = power_of_two(23);
    let mut total = Quanta::new(design.terms());
    rotated_blocks(design, factors, u, |rotated, len| {
        for value in rotated.iter_mut() {
            *value = value.clamp(-5.0, 5.0) * up;
        }
        total.add(rotated, len);
    });
    total.value(1.0 / (up * up))
}

/// U with U' G U = I by Cholesky with pivoting, the constant first; and the
/// smallest pivot as a share of its diagonal entry.
fn orthonormal(gram: &Matrix, intercept: bool) -> Result<(Matrix, f64), Refusal> {
    let size = gram.rows();
    let norms: Vec<f64> = gram.diagonal_of().iter().map(|square| square.sqrt()).collect();
    if let Some(term) = norms.iter().position(|&norm| norm.is_nan() || norm <= 0.0) {
        return Err(collinear(term, intercept));
    }
    let mut rest = Matrix::from_fn(size, size, |i, j| gram.get(i, j) / norms[i] / norms[j]);
    let mut order: Vec<usize> = (0..size).collect();
    let mut r = Matrix::zeros(size, size);
    let mut poorest = 1.0_f64;
    for k in 0..size {
        if k > 0 || !intercept {
            let mut best = k;
            for j in k + 1..size {
                if rest.get(order[j], order[j]) > rest.get(order[best], order[best]) {
                    best = j;
                }
            }
            order.swap(k, best);
            for i in 0..k {
                let (x, y) = (r.get(i, k), r.get(i, best));
                r.set(i, k, y);
                r.set(i, best, x);
            }
        }
        let at = order[k];
        let pivot = rest.get(at, at);
        // Written so that a pivot that is not a number also fails.
        let enough = pivot > LEAST_PIVOT;
        if !enough {
            return Err(collinear(at, intercept));
        }
        poorest = poorest.min(pivot);
        let root = pivot.sqrt();
        r.set(k, k, root);
        for (j, &other) in order.iter().enumerate().skip(k + 1) {
            r.set(k, j, rest.get(at, other) / root);
        }
        for i in k + 1..size {
            for j in k + 1..size {
                let value = rest.get(order[i], order[j]) - r.get(k, i) * r.get(k, j);
                rest.set(order[i], order[j], value);
            }
        }
    }
    let inverse = inverse_upper(&r);
    let mut u = Matrix::zeros(size, size);
    for i in 0..size {
        for j in i..size {
            u.set(order[i], j, inverse.get(i, j) / norms[order[i]]);
        }
    }
    Ok((u, poorest))
}

/// The matrix that makes nearly orthonormal coordinates orthonormal.
fn correction(gram: &Matrix, intercept: bool) -> Result<Matrix, Refusal> {
    let size = gram.rows();
    // A sum of squares far from one means that the first factor held only
    // noise in that direction.
    let noise = gram.diagonal_of().iter().position(|&square| !(0.01..16.0).contains(&square));
    let factor = super::cholesky::cholesky(gram);
    match (noise, factor) {
        (None, Some(l)) => Ok(inverse_upper(&l.transpose())),
        (place, _) => Err(collinear(place.unwrap_or(size - 1), intercept)),
    }
}

fn inverse_upper(r: &Matrix) -> Matrix {
    let size = r.rows();
    let mut inverse = Matrix::zeros(size, size);
    for j in 0..size {
        inverse.set(j, j, 1.0 / r.get(j, j));
        for i in (0..j).rev() {
            let mut total = 0.0;
            for k in i + 1..=j {
                total -= r.get(i, k) * inverse.get(k, j);
            }
            inverse.set(i, j, total / r.get(i, i));
        }
    }
    inverse
}

/// The refusal of a column that the others determine.
fn collinear(term: usize, intercept: bool) -> Refusal {
    let place = term + usize::from(!intercept);
    let others = if intercept { "the constant and the other columns" } else { "the other columns" };
    Refusal::new(
        "collinear",
        format!("column {place} of the design is a combination of {others}, so its coefficient has no value"),
        "leave out one of the columns that say the same, such as one category of every grouping",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::frame::Piece;
    use crate::linalg::groups::Groups;
    use crate::linalg::testing::{Lcg, shuffle};

    fn columns(rows: usize, seed: u64) -> Vec<Vec<f64>> {
        let mut random = Lcg::new(seed);
        vec![
            (0..rows).map(|_| random.normal()).collect(),
            (0..rows).map(|_| f64::from(random.uniform() < 0.3)).collect(),
            (0..rows).map(|i| 2000.0 + (i % 23) as f64).collect(),
            (0..rows).map(|_| 1e6 * libm::exp(2.0 * random.normal())).collect(),
        ]
    }

    fn design(columns: &[Vec<f64>]) -> Design<'_> {
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        Design::new(columns[0].len(), &slices).expect("a design")
    }

    #[test]
    fn gram_is_the_inverse_of_its_inverse() {
        for rows in [10, 127, 128, 129, 3000] {
            let columns = columns(rows, 4);
            let design = design(&columns);
            let mut random = Lcg::new(9);
            let weights: Vec<f64> = (0..rows).map(|_| random.uniform()).collect();
            let roots: Vec<f64> = weights.iter().map(|w| w.sqrt()).collect();
            for factors in [None, Some(&roots[..])] {
                let basis = Basis::new(&design, factors).expect("a basis");
                let terms = design.terms();
                let gram = Matrix::from_fn(terms, terms, |j, k| {
                    let products = (0..rows).map(|row| {
                        let weight = factors.map_or(1.0, |_| weights[row]);
                        weight * design.value(row, j) * design.value(row, k)
                    });
                    products.collect::<crate::sum::Sum>().value()
                });
                let unit = basis.t.transpose().mul(&gram).mul(&basis.t).minus(&Matrix::identity(terms));
                let off = unit.data().iter().fold(0.0_f64, |most, v| most.max(v.abs()));
                // The raw cross-products themselves lose digits to the shift.
                assert!(off < 1e-9, "{rows} {off}");
                let leverages = basis.leverages(&design, factors);
                let bounds = basis.leverage_bounds(&design, factors).expect("bounds");
                assert!(leverages.iter().zip(&bounds).all(|(h, bound)| *h <= bound * (1.0 + 1e-9)));
                let total: f64 = leverages.iter().sum();
                assert!((total - terms as f64).abs() < 1e-11, "{total}");
            }
        }
    }

    #[test]
    fn sums_have_the_same_bits_in_any_order() {
        let mut columns = columns(1000, 7);
        let mut random = Lcg::new(1);
        let mut u: Vec<f64> = (0..1000).map(|_| random.normal()).collect();
        let labels: Vec<u32> = (0..1000).map(|i| i % 17).collect();
        let take = |columns: &[Vec<f64>], u: &[f64], labels: &[u32]| {
            let design = design(columns);
            let factors: Vec<f64> = u.iter().map(|u| u.abs()).collect();
            let basis = Basis::new(&design, Some(&factors)).expect("a basis");
            let groups = Groups::new(labels);
            let mut grams = Vec::new();
            design.by_group(
                Some(&factors),
                &groups,
                0,
                |_| true,
                |_, piece| {
                    if let Piece::Gram(gram) = piece {
                        grams.push(gram);
                    }
                },
            );
            (design.cross(u), design.cross_by_group(u, &groups), basis.t.clone(), grams)
        };
        let first = take(&columns, &u, &labels);
        let sum: Vec<f64> = (0..5).map(|j| first.1.column(j).iter().sum()).collect();
        for (a, b) in sum.iter().zip(&first.0) {
            assert!((a - b).abs() <= 1e-9 * b.abs().max(1e3), "{a} {b}");
        }
        let mut order: Vec<usize> = (0..1000).collect();
        shuffle(&mut order, &mut random);
        for column in &mut columns {
            *column = order.iter().map(|&row| column[row]).collect();
        }
        u = order.iter().map(|&row| u[row]).collect();
        let labels: Vec<u32> = order.iter().map(|&row| labels[row]).collect();
        assert_eq!(take(&columns, &u, &labels), first);
    }

    #[test]
    fn dependent_columns_are_refused() {
        let mut columns = columns(500, 3);
        let (a, b) = (columns[0].clone(), columns[3].clone());
        for extra in [
            vec![5.0; 500],
            vec![0.0; 500],
            a.clone(),
            a.iter().map(|a| 1e7 - 3.0 * a).collect(),
            a.iter().zip(&b).map(|(a, b)| a * 1e5 + b).collect(),
        ] {
            columns.push(extra);
            let refusal = Basis::new(&design(&columns), None).err();
            assert_eq!(refusal.map(|refusal| refusal.code), Some("collinear"));
            columns.pop();
        }
        // Nearly dependent, but not so: accepted, and orthonormal all the same.
        let mut random = Lcg::new(8);
        columns.push(a.iter().map(|a| a + 1e-6 * random.normal()).collect());
        let design = design(&columns);
        let basis = Basis::new(&design, None).expect("a basis");
        let again = gram_of_rotated(&design, None, &basis.u).minus(&Matrix::identity(6));
        assert!(again.data().iter().all(|v| v.abs() < 1e-9), "{again:?}");
    }
}
