//! A small dense matrix.

/// A dense matrix in row-major order.
///
/// Made for cross-products and covariances with some tens of rows. Arguments
/// whose dimensions do not fit are an error of the caller, caught in debug
/// builds.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    data: Vec<f64>,
}

impl Matrix {
    /// A matrix from its numbers, row by row. `data` must hold `rows * cols`
    /// of them; what is missing is taken as zero, what is too much is dropped.
    pub fn new(rows: usize, cols: usize, mut data: Vec<f64>) -> Self {
        debug_assert_eq!(data.len(), rows * cols, "numbers for {rows} by {cols}");
        data.resize(rows * cols, 0.0);
        Self { rows, cols, data }
    }

    /// A matrix of zeros.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, data: vec![0.0; rows * cols] }
    }

    /// The identity of a size.
    pub fn identity(size: usize) -> Self {
        Self::from_fn(size, size, |i, j| if i == j { 1.0 } else { 0.0 })
    }

    /// A square matrix with the given diagonal and zeros elsewhere.
    pub fn diagonal(values: &[f64]) -> Self {
        Self::from_fn(values.len(), values.len(), |i, j| if i == j { values[i] } else { 0.0 })
    }

    /// A matrix whose entries are given by row and column.
    pub fn from_fn(rows: usize, cols: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        let data = (0..rows).flat_map(|i| (0..cols).map(move |j| (i, j))).map(|(i, j)| entry(i, j)).collect();
        Self { rows, cols, data }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// A row as a slice.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.data[i * self.cols..(i + 1) * self.cols]
    }

    /// A row to write to.
    pub fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.data[i * self.cols..(i + 1) * self.cols]
    }

    /// A column, copied.
    pub fn column(&self, j: usize) -> Vec<f64> {
        (0..self.rows).map(|i| self.get(i, j)).collect()
    }

    /// The entry in row `i` and column `j`, counted from zero.
    #[inline]
    pub fn get(&self, i: usize, j: usize) -> f64 {
        self.data[i * self.cols + j]
    }

    /// Writes the entry in row `i` and column `j`.
    #[inline]
    pub fn set(&mut self, i: usize, j: usize, value: f64) {
        self.data[i * self.cols + j] = value;
    }

    /// All numbers, row by row.
    pub fn data(&self) -> &[f64] {
        &self.data
    }

    /// The diagonal.
    pub fn diagonal_of(&self) -> Vec<f64> {
        (0..self.rows.min(self.cols)).map(|i| self.get(i, i)).collect()
    }

    /// The transpose.
    pub fn transpose(&self) -> Self {
        Self::from_fn(self.cols, self.rows, |i, j| self.get(j, i))
    }

    /// The product with another matrix.
    pub fn mul(&self, other: &Self) -> Self {
        debug_assert_eq!(self.cols, other.rows);
        let mut product = Self::zeros(self.rows, other.cols);
        if other.cols == 0 {
            return product;
        }
        for (into, factors) in
            product.data.chunks_exact_mut(other.cols).zip(self.data.chunks_exact(self.cols.max(1)))
        {
            // Four rows at a time, so that a number is stored once for four
            // products; the order of the additions is that of the rows.
            let mut rows = other.data.chunks_exact(4 * other.cols);
            let mut fours = factors.chunks_exact(4);
            for (four, rows) in fours.by_ref().zip(rows.by_ref()) {
                let (a, rest) = rows.split_at(other.cols);
                let (b, rest) = rest.split_at(other.cols);
                let (c, d) = rest.split_at(other.cols);
                for ((((at, a), b), c), d) in into.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                    *at = *at + four[0] * a + four[1] * b + four[2] * c + four[3] * d;
                }
            }
            let last = rows.remainder().chunks_exact(other.cols);
            for (factor, row) in fours.remainder().iter().zip(last) {
                for (at, value) in into.iter_mut().zip(row) {
                    *at += factor * value;
                }
            }
        }
        product
    }

    /// The product of the transpose with another matrix, A'B.
    pub fn transpose_mul(&self, other: &Self) -> Self {
        self.transpose().mul(other)
    }

    /// The product with a vector.
    pub fn mul_vector(&self, vector: &[f64]) -> Vec<f64> {
        debug_assert_eq!(self.cols, vector.len());
        (0..self.rows).map(|i| product(self.row(i), vector)).collect()
    }

    /// The product of the transpose with a vector, A'v.
    pub fn transpose_mul_vector(&self, vector: &[f64]) -> Vec<f64> {
        debug_assert_eq!(self.rows, vector.len());
        let mut total = vec![0.0; self.cols];
        for (i, &factor) in vector.iter().enumerate().take(self.rows) {
            for (at, &value) in total.iter_mut().zip(self.row(i)) {
                *at += factor * value;
            }
        }
        total
    }

    /// v'Av for a square matrix.
    pub fn quadratic(&self, vector: &[f64]) -> f64 {
        product(&self.mul_vector(vector), vector)
    }

    /// A B A' for a symmetric B: a covariance carried through a linear map.
    pub fn sandwich(&self, middle: &Self) -> Self {
        let mut result = self.mul(middle).mul(&self.transpose());
        result.symmetrise();
        result
    }

    /// The matrix times a number.
    pub fn scaled(&self, factor: f64) -> Self {
        Self { data: self.data.iter().map(|value| value * factor).collect(), ..*self }
    }

    /// The sum with a matrix of the same shape.
    pub fn plus(&self, other: &Self) -> Self {
        debug_assert_eq!((self.rows, self.cols), (other.rows, other.cols));
        Self { data: self.data.iter().zip(&other.data).map(|(a, b)| a + b).collect(), ..*self }
    }

    /// The difference with a matrix of the same shape.
    pub fn minus(&self, other: &Self) -> Self {
        debug_assert_eq!((self.rows, self.cols), (other.rows, other.cols));
        Self { data: self.data.iter().zip(&other.data).map(|(a, b)| a - b).collect(), ..*self }
    }

    /// The sum of the diagonal.
    pub fn trace(&self) -> f64 {
        self.diagonal_of().iter().sum()
    }

    /// The sum of squares of all entries.
    pub fn frobenius_squared(&self) -> f64 {
        product(&self.data, &self.data)
    }

    /// Whether every entry is a finite number.
    pub fn is_finite(&self) -> bool {
        self.data.iter().all(|value| value.is_finite())
    }

    /// Makes a square matrix symmetric by averaging with its transpose.
    pub fn symmetrise(&mut self) {
        for i in 0..self.rows.min(self.cols) {
            for j in 0..i {
                let mean = 0.5 * (self.get(i, j) + self.get(j, i));
                self.set(i, j, mean);
                self.set(j, i, mean);
            }
        }
    }
}

/// The inner product of two short vectors.
#[inline]
pub(crate) fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_by_hand() {
        let a = Matrix::new(2, 3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let b = Matrix::new(3, 2, vec![1.0, 0.0, 0.0, 1.0, 2.0, 2.0]);
        assert_eq!(a.mul(&b).data(), &[7.0, 8.0, 16.0, 17.0]);
        assert_eq!(a.transpose().data(), &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        assert_eq!(a.mul_vector(&[1.0, 0.0, -1.0]), vec![-2.0, -2.0]);
        assert_eq!(a.transpose_mul_vector(&[1.0, -1.0]), vec![-3.0, -3.0, -3.0]);
        assert_eq!(a.transpose_mul(&a).get(0, 2), 27.0);
        let s = Matrix::diagonal(&[2.0, 3.0]);
        assert_eq!(s.quadratic(&[1.0, 2.0]), 14.0);
        assert_eq!(s.trace(), 5.0);
        assert_eq!(s.sandwich(&Matrix::identity(2)).data(), &[4.0, 0.0, 0.0, 9.0]);
        assert_eq!((a.rows(), a.cols(), a.column(1)), (2, 3, vec![2.0, 5.0]));
        assert_eq!(Matrix::zeros(0, 0).mul(&Matrix::zeros(0, 0)).data(), &[] as &[f64]);
        assert!(!Matrix::new(1, 1, vec![f64::NAN]).is_finite());
    }
}
