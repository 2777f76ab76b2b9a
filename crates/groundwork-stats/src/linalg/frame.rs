//! Columns with many rows, shifted and scaled for exact sums of products.
//!
//! Columns are shifted to about their mean (where there is a constant to take
//! the shift up) and scaled by a power of two, so that products can be summed
//! in whole quanta ([`accumulate`](super::accumulate)) and the order of the
//! rows changes no bit. The shift is short in binary, so that whole numbers
//! and indicators stay short too and their products exact.

use super::accumulate::{
    MAGIC, MAGIC_BITS, bits, dot_quanta, dot_quanta_four, exponent, largest, power_of_two,
};
use super::design::{Design, check_column};
use super::groups::Groups;
use super::matrix::Matrix;
use crate::estimate::Refusal;

/// Rows that are worked on at a time: twenty columns of them fit into the
/// first cache.
pub(super) const BLOCK: usize = 128;

/// Bits that a scaled value, and the root of a column's sum of squares, may
/// take: products stay below 2^50 and their sums below 2^61.
const VALUE_BITS: i32 = 25;
const NORM_BITS: f64 = (1_u64 << 61) as f64;

/// How the columns of a design are shifted and scaled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    shift: Vec<f64>,
    scale: Vec<f64>,
    /// The root mean square of every term about its shift, in its own units.
    pub(crate) spread: Vec<f64>,
    /// The smallest and the largest value of every column.
    pub(crate) ranges: Vec<(f64, f64)>,
    intercept: bool,
}

impl Frame {
    /// Checks the columns, which have `rows` rows, and finds their scales.
    pub(super) fn new(rows: usize, columns: &[&[f64]], intercept: bool) -> Result<Self, Refusal> {
        let mut frame = Self { intercept, ..Self::default() };
        if intercept {
            frame.shift.push(0.0);
            frame.spread.push(1.0);
            // n s² must stay below 2^61.
            frame.scale.push(power_of_two(((61 - bits(rows)) / 2).min(VALUE_BITS)));
        }
        for column in columns {
            // One column after another, while it is in the cache.
            let range = check_column(column, "a value of a column of the design")?;
            let (shift, scale, spread) = shift_and_scale(column, range, intercept);
            frame.shift.push(shift);
            frame.scale.push(scale);
            frame.spread.push(spread);
            frame.ranges.push(range);
        }
        Ok(frame)
    }

    pub(super) fn terms(&self) -> usize {
        self.shift.len()
    }

    /// The root of the sum of squares of every scaled column over so many
    /// rows, roughly.
    pub(super) fn norms(&self, rows: usize) -> Vec<f64> {
        let root = (rows as f64).sqrt();
        self.spread.iter().zip(&self.scale).map(|(spread, scale)| spread * scale * root).collect()
    }

    /// The map from coefficients of scaled columns to those of the columns.
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

/// A shift near the mean, the scale that brings a column into range, and the
/// root mean square about the shift.
fn shift_and_scale(column: &[f64], (low, high): (f64, f64), shifted: bool) -> (f64, f64, f64) {
    let shift = if shifted { near_mean(column, low, high) } else { 0.0 };
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
    let mut scaled = [0.0; BLOCK];
    for block in column.chunks(BLOCK) {
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

/// A number near the mean that is short in binary against the range.
fn near_mean(column: &[f64], low: f64, high: f64) -> f64 {
    if low == high {
        return low;
    }
    let most = high.max(-low);
    let up = power_of_two((62 - bits(column.len())).min(50) - exponent(most));
    let quanta = column.iter().fold(0_u64, |total, value| {
        total.wrapping_add((value * up + MAGIC).to_bits().wrapping_sub(MAGIC_BITS))
    });
    let mean = ((quanta as i64) as f64 / column.len() as f64 / up).clamp(low, high);
    let grain = power_of_two(exponent(high - low) - 10);
    let short = libm::rint(mean / grain) * grain;
    if short >= low && short <= high { short } else { mean }
}

/// The power of two that brings values below 2^25 and their norm below 2^30.5;
/// one where all are zero.
fn scale_of(values: &[f64]) -> f64 {
    let most = largest(values);
    let (_, scale, _) = shift_and_scale(values, (-most, most), false);
    scale
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

/// Sums over the rows of z, the shifted and scaled rows.
impl Design<'_> {
    /// Room for a block of rows, one column after another.
    pub(super) fn buffer(&self) -> Vec<f64> {
        vec![0.0; self.terms() * BLOCK]
    }

    /// Writes the scaled values of some rows, one column after another, each
    /// multiplied by its factor of the row where there is one.
    pub(super) fn fill(&self, from: usize, len: usize, factors: Option<&[f64]>, into: &mut [f64]) {
        let frame = &self.frame;
        let mut terms = into.chunks_exact_mut(BLOCK).zip(frame.shift.iter().zip(&frame.scale));
        if frame.intercept
            && let Some((into, (_, &scale))) = terms.next()
        {
            into[..len].fill(scale);
        }
        for ((into, (&shift, &scale)), column) in terms.zip(self.columns()) {
            for (at, value) in into.iter_mut().zip(&column[from..from + len]) {
                *at = (value - shift) * scale;
            }
        }
        if let Some(factors) = factors {
            for into in into.chunks_exact_mut(BLOCK) {
                for (at, factor) in into.iter_mut().zip(&factors[from..from + len]) {
                    *at *= factor;
                }
            }
        }
    }

    /// The same for rows picked by number, at most [`BLOCK`].
    fn gather(&self, rows: &[u32], factors: Option<&[f64]>, into: &mut [f64]) {
        let frame = &self.frame;
        let mut terms = into.chunks_exact_mut(BLOCK).zip(frame.shift.iter().zip(&frame.scale));
        if frame.intercept
            && let Some((into, (_, &scale))) = terms.next()
        {
            into[..rows.len()].fill(scale);
        }
        for ((into, (&shift, &scale)), column) in terms.zip(self.columns()) {
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

    /// The blocks of rows: where each starts and how long it is.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let rows = self.rows();
        (0..rows).step_by(BLOCK).map(move |from| (from, BLOCK.min(rows - from)))
    }

    /// Σ f² z z' over the rows, for factors f.
    pub(crate) fn gram(&self, factors: Option<&[f64]>) -> Matrix {
        let mut total = Quanta::new(self.terms());
        let mut buffer = self.buffer();
        let (scaled, back) = scaled_factors(factors);
        for (from, len) in self.blocks() {
            self.fill(from, len, scaled.as_deref(), &mut buffer);
            total.add(&buffer, len);
        }
        total.value(back * back)
    }

    /// Σ f² z z' and Σ f z v over the rows, for factors f and values v.
    pub(crate) fn gram_and_cross(&self, factors: Option<&[f64]>, v: &[f64]) -> (Matrix, Vec<f64>) {
        let terms = self.terms();
        let mut total = Quanta::new(terms + 1);
        let mut buffer = vec![0.0; (terms + 1) * BLOCK];
        let (scaled, back) = scaled_factors(factors);
        let scale = scale_of(v);
        for (from, len) in self.blocks() {
            let (columns, last) = buffer.split_at_mut(terms * BLOCK);
            self.fill(from, len, scaled.as_deref(), columns);
            for (at, value) in last.iter_mut().zip(&v[from..from + len]) {
                *at = value * scale;
            }
            total.add(&buffer, len);
        }
        let all = total.value(1.0);
        let gram = Matrix::from_fn(terms, terms, |i, j| all.get(i, j) * (back * back));
        let cross = (0..terms).map(|i| all.get(i, terms) * back / scale).collect();
        (gram, cross)
    }

    /// Every wanted cluster in their order: its Σ f² z z', or, where it has no
    /// more than `few` rows, its rows f z.
    pub(crate) fn by_group(
        &self,
        factors: Option<&[f64]>,
        groups: &Groups,
        few: usize,
        wanted: impl Fn(usize) -> bool,
        mut take: impl FnMut(usize, Piece<'_>),
    ) {
        if !(0..groups.count()).any(&wanted) {
            return;
        }
        let few = few.min(BLOCK);
        let mut buffer = self.buffer();
        let (scaled, back) = scaled_factors(factors);
        let (rows, starts) = groups.rows();
        for (group, ends) in starts.windows(2).enumerate().filter(|&(group, _)| wanted(group)) {
            let rows = &rows[ends[0]..ends[1]];
            if rows.len() <= few {
                self.gather(rows, factors, &mut buffer);
                let z = Matrix::from_fn(rows.len(), self.terms(), |i, j| buffer[j * BLOCK + i]);
                take(group, Piece::Rows(rows, z));
                continue;
            }
            let mut total = Quanta::new(self.terms());
            for rows in rows.chunks(BLOCK) {
                let (first, last) = (rows[0] as usize, rows[rows.len() - 1] as usize);
                // Rows are in rising order: these follow each other.
                if last - first + 1 == rows.len() {
                    self.fill(first, rows.len(), scaled.as_deref(), &mut buffer);
                } else {
                    self.gather(rows, scaled.as_deref(), &mut buffer);
                }
                total.add(&buffer, rows.len());
            }
            take(group, Piece::Gram(total.value(back * back)));
        }
    }

    /// Σ u z over the rows.
    pub(crate) fn cross(&self, u: &[f64]) -> Vec<f64> {
        let scale = scale_of(u);
        let mut total = vec![0_i64; self.terms()];
        let mut buffer = self.buffer();
        let mut scaled = [0.0; BLOCK];
        for (from, len) in self.blocks() {
            self.fill(from, len, None, &mut buffer);
            for (at, value) in scaled.iter_mut().zip(&u[from..from + len]) {
                *at = value * scale;
            }
            for (total, column) in total.iter_mut().zip(buffer.chunks_exact(BLOCK)) {
                *total = total.wrapping_add(dot_quanta(&scaled[..len], &column[..len]));
            }
        }
        total.iter().map(|&total| total as f64 / scale).collect()
    }

    /// Σ u z over each cluster: one row a cluster.
    pub(crate) fn cross_by_group(&self, u: &[f64], groups: &Groups) -> Matrix {
        let terms = self.terms();
        let scale = scale_of(u);
        let mut totals = vec![0_u64; terms * groups.count()];
        let mut buffer = self.buffer();
        // One row after another, so that a cluster's sums lie side by side.
        let mut turned = self.buffer();
        for (from, len) in self.blocks() {
            self.fill(from, len, None, &mut buffer);
            for (j, column) in buffer.chunks_exact(BLOCK).enumerate() {
                for (row, &value) in turned.chunks_exact_mut(terms).zip(&column[..len]) {
                    row[j] = value;
                }
            }
            let clusters = groups.of_row[from..from + len].iter();
            for ((row, &group), value) in turned.chunks_exact(terms).zip(clusters).zip(&u[from..]) {
                let start = group as usize * terms;
                let value = value * scale;
                for (total, z) in totals[start..start + terms].iter_mut().zip(row) {
                    *total = total.wrapping_add((value * z + MAGIC).to_bits());
                }
            }
        }
        let sums = totals.chunks_exact(terms).zip(&groups.sizes).flat_map(|(totals, &size)| {
            let magic = MAGIC_BITS.wrapping_mul(u64::from(size));
            totals.iter().map(move |total| (total.wrapping_sub(magic) as i64) as f64 / scale)
        });
        Matrix::new(groups.count(), terms, sums.collect())
    }

    /// z b for every row, through a function of the row and its value.
    pub(crate) fn scaled_linear(&self, b: &[f64], mut take: impl FnMut(usize, f64)) {
        let mut buffer = self.buffer();
        let mut fitted = [0.0; BLOCK];
        for (from, len) in self.blocks() {
            self.fill(from, len, None, &mut buffer);
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
}

/// Cross-products in whole quanta.
pub(super) struct Quanta {
    terms: usize,
    /// The upper triangle, row by row.
    totals: Vec<i64>,
}

impl Quanta {
    pub(super) fn new(terms: usize) -> Self {
        Self { terms, totals: vec![0; terms * (terms + 1) / 2] }
    }

    /// Adds `len` rows, one column of [`BLOCK`] after another; every product
    /// must be below 2^51.
    pub(super) fn add(&mut self, buffer: &[f64], len: usize) {
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

    pub(super) fn value(&self, unit: f64) -> Matrix {
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
