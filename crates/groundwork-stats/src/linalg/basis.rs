//! Designs with many rows in orthonormal coordinates.
//!
//! Columns are shifted to about their mean (where there is a constant to take
//! the shift up) and scaled by a power of two; the cross-products of the
//! result are summed in whole quanta ([`accumulate`](super::accumulate)), so
//! that the order of the rows changes no bit. The Cholesky factor of the
//! cross-products, with pivoting, turns a row z into q = z U with Σ q'q = I.
//! Where the columns are nearly dependent, the cross-products of the q are
//! summed once more and U is corrected, after which the factor is as good as
//! one of Householder (Yamamoto et al. 2015, CholeskyQR2). Solutions are
//! refined once with residuals of the rows (Björck 1987).
//!
//! Björck Å (1987). Stability analysis of the method of seminormal equations
//! for linear least squares problems. Linear Algebra and its Applications
//! 88/89:31-48. Yamamoto Y, Nakatsukasa Y, Yanagisawa Y, Fukaya T (2015).
//! Roundoff error analysis of the CholeskyQR2 algorithm. Electronic
//! Transactions on Numerical Analysis 44:306-326.

use super::accumulate::{
    FixedPoint, FixedSum, bits, dot_quanta, dot_quanta_four, exponent, largest, mean, power_of_two,
};
use super::design::Design;
use super::groups::Groups;
use super::matrix::Matrix;
use crate::estimate::Refusal;

/// Rows that are worked on at a time: twenty columns of them fit into the
/// first cache.
const BLOCK: usize = 128;

/// Bits that a scaled value, and the root of a column's sum of squares, may
/// take: products stay below 2^50 and their sums below 2^61.
const VALUE_BITS: i32 = 25;
const NORM_BITS: f64 = (1_u64 << 61) as f64;

/// The part of a column outside the others, as a share of its own sum of
/// squares, at or below which it counts as a combination of them.
const LEAST_PIVOT: f64 = 1e-14;

/// The same share below which the factor is corrected.
const POOR_PIVOT: f64 = 1e-4;

/// How the columns of a design are shifted and scaled.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    shift: Vec<f64>,
    scale: Vec<f64>,
    /// The root mean square of every term about its shift, in its own units.
    pub(crate) spread: Vec<f64>,
    intercept: bool,
}

impl Frame {
    pub(crate) fn new(design: &Design<'_>) -> Self {
        let intercept = design.has_intercept();
        let mut shift = Vec::with_capacity(design.terms());
        let mut scale = Vec::with_capacity(design.terms());
        let mut spread = Vec::with_capacity(design.terms());
        if intercept {
            shift.push(0.0);
            spread.push(1.0);
            // n s² must stay below 2^61.
            scale.push(power_of_two(((61 - bits(design.rows())) / 2).min(VALUE_BITS)));
        }
        for (column, &range) in design.columns().iter().zip(&design.ranges) {
            let found = shift_and_scale(column, range, intercept);
            shift.push(found.0);
            scale.push(found.1);
            spread.push(found.2);
        }
        Self { shift, scale, spread, intercept }
    }

    pub(crate) fn terms(&self) -> usize {
        self.shift.len()
    }

    /// Writes the scaled values of some rows, one column after another, each
    /// multiplied by its factor of the row where there is one.
    fn fill(&self, design: &Design<'_>, from: usize, len: usize, factors: Option<&[f64]>, into: &mut [f64]) {
        let factors = factors.map(|factors| &factors[from..from + len]);
        let mut terms = into.chunks_exact_mut(BLOCK).zip(self.shift.iter().zip(&self.scale));
        if self.intercept
            && let Some((into, (_, &scale))) = terms.next()
        {
            into[..len].fill(scale);
        }
        for ((into, (&shift, &scale)), column) in terms.zip(design.columns()) {
            for (at, value) in into.iter_mut().zip(&column[from..from + len]) {
                *at = (value - shift) * scale;
            }
        }
        if let Some(factors) = factors {
            for into in into.chunks_exact_mut(BLOCK) {
                for (at, factor) in into.iter_mut().zip(factors) {
                    *at *= factor;
                }
            }
        }
    }

    /// The same for rows picked by number, at most [`BLOCK`].
    fn gather(&self, design: &Design<'_>, rows: &[u32], factors: Option<&[f64]>, into: &mut [f64]) {
        let mut terms = into.chunks_exact_mut(BLOCK).zip(self.shift.iter().zip(&self.scale));
        if self.intercept
            && let Some((into, (_, &scale))) = terms.next()
        {
            into[..rows.len()].fill(scale);
        }
        for ((into, (&shift, &scale)), column) in terms.zip(design.columns()) {
            for (at, &row) in into.iter_mut().zip(rows) {
                *at = (column[row as usize] - shift) * scale;
            }
        }
        if let Some(factors) = factors {
            for into in into.chunks_exact_mut(BLOCK) {
                for (at, &row) in into.iter_mut().zip(rows) {
                    *at *= factors[row as usize];
                }
            }
        }
    }

    fn buffer(&self) -> Vec<f64> {
        vec![0.0; self.terms() * BLOCK]
    }

    /// Σ f² z z' over the rows, for factors f of at most `most`.
    pub(crate) fn gram(&self, design: &Design<'_>, factors: Option<&[f64]>) -> Matrix {
        let mut total = Quanta::new(self.terms());
        let mut buffer = self.buffer();
        let (scaled, back) = scaled_factors(factors);
        for from in (0..design.rows()).step_by(BLOCK) {
            let len = BLOCK.min(design.rows() - from);
            self.fill(design, from, len, scaled.as_deref(), &mut buffer);
            total.add(&buffer, len);
        }
        total.value(back * back)
    }

    /// Every cluster in their order: its Σ f² z z', or, where it has no more
    /// than `few` rows, its rows f z.
    pub(crate) fn by_group(
        &self,
        design: &Design<'_>,
        factors: Option<&[f64]>,
        groups: &Groups,
        few: usize,
        mut take: impl FnMut(usize, Piece<'_>),
    ) {
        let few = few.min(BLOCK);
        let mut buffer = self.buffer();
        let (scaled, back) = scaled_factors(factors);
        let (rows, starts) = groups.rows();
        for (group, ends) in starts.windows(2).enumerate() {
            let rows = &rows[ends[0]..ends[1]];
            if rows.len() <= few {
                self.gather(design, rows, factors, &mut buffer);
                let z = Matrix::from_fn(rows.len(), self.terms(), |i, j| buffer[j * BLOCK + i]);
                take(group, Piece::Rows(rows, z));
                continue;
            }
            let mut total = Quanta::new(self.terms());
            for rows in rows.chunks(BLOCK) {
                let (first, last) = (rows[0] as usize, rows[rows.len() - 1] as usize);
                // Rows are in rising order: these follow each other.
                if last - first + 1 == rows.len() {
                    self.fill(design, first, rows.len(), scaled.as_deref(), &mut buffer);
                } else {
                    self.gather(design, rows, scaled.as_deref(), &mut buffer);
                }
                total.add(&buffer, rows.len());
            }
            take(group, Piece::Gram(total.value(back * back)));
        }
    }

    /// Σ u z over the rows.
    pub(crate) fn cross(&self, design: &Design<'_>, u: &[f64]) -> Vec<f64> {
        let most = largest(u);
        let mut total = vec![0_i64; self.terms()];
        if most == 0.0 {
            return vec![0.0; self.terms()];
        }
        // The norm of u is below 2^(e + bits(n)/2), that of z below 2^30.5.
        let shift = VALUE_BITS.min(31 - (bits(design.rows()) + 1) / 2) - exponent(most);
        let factor = power_of_two(shift);
        let mut buffer = self.buffer();
        let mut scaled = [0.0; BLOCK];
        for from in (0..design.rows()).step_by(BLOCK) {
            let len = BLOCK.min(design.rows() - from);
            self.fill(design, from, len, None, &mut buffer);
            for (at, value) in scaled.iter_mut().zip(&u[from..from + len]) {
                *at = value * factor;
            }
            for (total, column) in total.iter_mut().zip(buffer.chunks_exact(BLOCK)) {
                *total = total.wrapping_add(dot_quanta(&scaled[..len], &column[..len]));
            }
        }
        total.iter().map(|&total| total as f64 * power_of_two(-shift)).collect()
    }

    /// Σ u z over each cluster: one row a cluster.
    pub(crate) fn cross_by_group(&self, design: &Design<'_>, u: &[f64], groups: &Groups) -> Matrix {
        let terms = self.terms();
        let rule = FixedPoint::new(largest(u) * power_of_two(VALUE_BITS), design.rows());
        let mut totals = vec![FixedSum::default(); terms * groups.count()];
        let mut buffer = self.buffer();
        for from in (0..design.rows()).step_by(BLOCK) {
            let len = BLOCK.min(design.rows() - from);
            self.fill(design, from, len, None, &mut buffer);
            for row in 0..len {
                let start = groups.of_row[from + row] as usize * terms;
                let value = u[from + row];
                for (sum, column) in totals[start..start + terms].iter_mut().zip(buffer.chunks_exact(BLOCK)) {
                    rule.add(sum, value * column[row]);
                }
            }
        }
        Matrix::new(groups.count(), terms, totals.iter().map(|&sum| rule.value(sum)).collect())
    }

    /// z b for every row, through a function of the row and its value.
    pub(crate) fn linear(&self, design: &Design<'_>, b: &[f64], mut take: impl FnMut(usize, f64)) {
        let mut buffer = self.buffer();
        let mut fitted = [0.0; BLOCK];
        for from in (0..design.rows()).step_by(BLOCK) {
            let len = BLOCK.min(design.rows() - from);
            self.fill(design, from, len, None, &mut buffer);
            fitted.fill(0.0);
            for (column, &slope) in buffer.chunks_exact(BLOCK).zip(b) {
                for (at, value) in fitted.iter_mut().zip(column) {
                    *at += slope * value;
                }
            }
            for (row, &value) in fitted[..len].iter().enumerate() {
                take(from + row, value);
            }
        }
    }

    /// The map from coefficients of z to coefficients of the columns.
    pub(crate) fn to_raw(&self) -> Matrix {
        let mut map = Matrix::diagonal(&self.scale);
        if self.intercept {
            for term in 1..self.terms() {
                map.set(0, term, -self.shift[term] * self.scale[term]);
            }
        }
        map
    }
}

/// A shift near the mean that is short in binary, so that whole numbers and
/// indicators stay short too, the scale that brings a column into range, and
/// the root mean square about the shift.
fn shift_and_scale(column: &[f64], (low, high): (f64, f64), shifted: bool) -> (f64, f64, f64) {
    let shift = if !shifted || low == high {
        if shifted { low } else { 0.0 }
    } else {
        let grain = power_of_two(exponent(high - low) - 10);
        let mean = mean(column);
        let short = libm::rint(mean / grain) * grain;
        if short >= low && short <= high { short } else { mean }
    };
    let most = (high - shift).max(shift - low);
    if most == 0.0 {
        return (shift, 1.0, 0.0);
    }
    // The sum of squares of the values brought below one, from below, plus
    // what its rounding may hide.
    let down = power_of_two(-exponent(most));
    let places = (62 - bits(column.len())).min(50);
    let half = power_of_two(places / 2);
    let mut quanta = 0_u64;
    for block in column.chunks(BLOCK) {
        let mut scaled = [0.0; BLOCK];
        for (at, value) in scaled.iter_mut().zip(block) {
            *at = (value - shift) * down * half;
        }
        quanta = quanta.wrapping_add(dot_quanta(&scaled[..block.len()], &scaled[..block.len()]) as u64);
    }
    let squares = (quanta as f64 + column.len() as f64) / (half * half);
    let mut up = VALUE_BITS;
    while up > 0 && squares * power_of_two(2 * up) > NORM_BITS {
        up -= 1;
    }
    (shift, down * power_of_two(up), (squares / column.len() as f64).sqrt() / down)
}

/// Factors scaled to at most one by a power of two, and the power taken out.
fn scaled_factors(factors: Option<&[f64]>) -> (Option<Vec<f64>>, f64) {
    let Some(factors) = factors else {
        return (None, 1.0);
    };
    let most = largest(factors);
    if most == 0.0 {
        return (Some(factors.to_vec()), 1.0);
    }
    let down = power_of_two(-exponent(most));
    (Some(factors.iter().map(|factor| factor * down).collect()), power_of_two(exponent(most)))
}

/// What is handed over of one cluster.
pub(crate) enum Piece<'a> {
    /// The numbers of its rows, and the rows.
    Rows(&'a [u32], Matrix),
    /// Its cross-products.
    Gram(Matrix),
}

/// Cross-products in whole quanta.
struct Quanta {
    terms: usize,
    /// The upper triangle, row by row.
    totals: Vec<i64>,
}

impl Quanta {
    fn new(terms: usize) -> Self {
        Self { terms, totals: vec![0; terms * (terms + 1) / 2] }
    }

    fn add(&mut self, buffer: &[f64], len: usize) {
        let column = |j: usize| &buffer[j * BLOCK..j * BLOCK + len];
        let mut place = 0;
        for j in 0..self.terms {
            let first = column(j);
            let mut k = j;
            while k + 4 <= self.terms {
                let four = [column(k), column(k + 1), column(k + 2), column(k + 3)];
                for quanta in dot_quanta_four(first, four) {
                    self.totals[place] = self.totals[place].wrapping_add(quanta);
                    place += 1;
                }
                k += 4;
            }
            while k < self.terms {
                self.totals[place] = self.totals[place].wrapping_add(dot_quanta(first, column(k)));
                place += 1;
                k += 1;
            }
        }
    }

    fn value(&self, unit: f64) -> Matrix {
        let mut matrix = Matrix::zeros(self.terms, self.terms);
        let mut totals = self.totals.iter();
        for j in 0..self.terms {
            for k in j..self.terms {
                let value = totals.next().map_or(0.0, |&total| total as f64 * unit);
                matrix.set(j, k, value);
                matrix.set(k, j, value);
            }
        }
        matrix
    }
}

/// Orthonormal coordinates of the rows of a design: q = f z U with Σ q'q = I.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Basis {
    pub(crate) frame: Frame,
    /// U: from scaled values to orthonormal ones.
    pub(crate) u: Matrix,
    /// T: from orthonormal coordinates to coefficients of the columns, so that
    /// T T' is the inverse of the (weighted) cross-products.
    pub(crate) t: Matrix,
}

impl Basis {
    /// The basis of a design whose rows carry the given factors, the square
    /// roots of weights.
    ///
    /// Refuses, with `collinear`, a column that is a combination of others.
    pub(crate) fn new(design: &Design<'_>, factors: Option<&[f64]>) -> Result<Self, Refusal> {
        Self::in_frame(Frame::new(design), design, factors)
    }

    /// The same in a frame that is known already.
    pub(crate) fn in_frame(
        frame: Frame,
        design: &Design<'_>,
        factors: Option<&[f64]>,
    ) -> Result<Self, Refusal> {
        let gram = frame.gram(design, factors);
        let (mut u, poorest) = orthonormal(&gram, frame.intercept)?;
        if poorest < POOR_PIVOT {
            let again = gram_of_rotated(&frame, design, factors, &u);
            u = u.mul(&correction(&again, frame.intercept)?);
        }
        let t = frame.to_raw().mul(&u);
        if !t.is_finite() {
            return Err(Refusal::not_finite("the inverse of the cross-products"));
        }
        Ok(Self { frame, u, t })
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
        let mut rows = Matrix::zeros(design.rows(), self.frame.terms());
        let mut from = 0;
        rotated_blocks(&self.frame, design, factors, &self.u, |rotated, len| {
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
        rotated_blocks(&self.frame, design, factors, &self.u, |rotated, len| {
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
}

/// Hands over f z U block by block, one column after another.
fn rotated_blocks(
    frame: &Frame,
    design: &Design<'_>,
    factors: Option<&[f64]>,
    u: &Matrix,
    mut take: impl FnMut(&mut [f64], usize),
) {
    let mut buffer = frame.buffer();
    let mut rotated = frame.buffer();
    for from in (0..design.rows()).step_by(BLOCK) {
        let len = BLOCK.min(design.rows() - from);
        frame.fill(design, from, len, factors, &mut buffer);
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

fn gram_of_rotated(frame: &Frame, design: &Design<'_>, factors: Option<&[f64]>, u: &Matrix) -> Matrix {
    // The columns have a sum of squares near one, and surely below 2^5.
    let up = power_of_two(23);
    let mut total = Quanta::new(frame.terms());
    rotated_blocks(frame, design, factors, u, |rotated, len| {
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
        for j in k + 1..size {
            r.set(k, j, rest.get(at, order[j]) / root);
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
                let total: f64 = basis.leverages(&design, factors).iter().sum();
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
            basis.frame.by_group(&design, Some(&factors), &groups, 0, |_, piece| {
                if let Piece::Gram(gram) = piece {
                    grams.push(gram);
                }
            });
            (
                basis.frame.cross(&design, u),
                basis.frame.cross_by_group(&design, u, &groups),
                basis.t.clone(),
                grams,
            )
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
        let again = gram_of_rotated(&basis.frame, &design, None, &basis.u).minus(&Matrix::identity(6));
        assert!(again.data().iter().all(|v| v.abs() < 1e-9), "{again:?}");
    }
}
