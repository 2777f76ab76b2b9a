//! Linear algebra for regressions with fewer than sixty columns.
//!
//! Two halves. Small dense matrices: [`Matrix`], [`Qr`] (Householder, with
//! column pivoting and rank detection), [`cholesky`], [`symmetric_eigen`]
//! (cyclic Jacobi) and what is solved with them. And designs with many rows:
//! a [`Design`] borrows columns; behind it a crate-internal basis turns rows
//! into orthonormal coordinates, with sums that do not depend on the order of
//! the rows.
//!
//! Everything here is mathematics on finite numbers: what cannot be computed
//! is `None`, and the estimator that asked turns it into a refusal. In debug
//! builds every decomposition is held against the Frobenius norm of what was
//! decomposed.

pub(crate) mod accumulate;
pub(crate) mod basis;
mod cholesky;
mod design;
mod eigen;
pub(crate) mod frame;
pub(crate) mod groups;
mod matrix;
mod qr;

pub use cholesky::{cholesky, inverse_positive, solve_positive};
pub use design::Design;
pub(crate) use design::{check_column, check_length, check_weights};
pub use eigen::{Eigen, inverse_square_root, symmetric_eigen};
pub use matrix::Matrix;
pub use qr::{Qr, qr_least_squares};

#[cfg(test)]
pub(crate) mod testing {
    //! Numbers that look random, for tests.

    /// A linear congruential generator.
    pub(crate) struct Lcg(u64);

    impl Lcg {
        pub(crate) fn new(seed: u64) -> Self {
            Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1))
        }

        /// A number between 0 and 1.
        pub(crate) fn uniform(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (self.0 >> 11) as f64 / (1_u64 << 53) as f64
        }

        /// A whole number below a bound.
        pub(crate) fn below(&mut self, bound: usize) -> usize {
            ((self.uniform() * bound as f64) as usize).min(bound - 1)
        }

        /// A number with mean zero and variance one, roughly normal.
        pub(crate) fn normal(&mut self) -> f64 {
            (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
        }
    }

    /// Puts a list into another order.
    pub(crate) fn shuffle<T>(values: &mut [T], random: &mut Lcg) {
        for i in (1..values.len()).rev() {
            values.swap(i, random.below(i + 1));
        }
    }
}
