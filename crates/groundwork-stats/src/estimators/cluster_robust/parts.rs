//! The part of single clusters in a clustered covariance, and the moments from
//! which Satterthwaite's degrees of freedom follow.

use crate::linalg::{Matrix, symmetric_eigen};

/// A share of a cluster's own hat matrix this near to one means that the
/// cluster alone determines a combination of coefficients.
pub(super) const ALONE: f64 = 1e-8;

/// What one cluster contributes.
pub(super) struct Part {
    /// Q'A e.
    pub(super) score: Vec<f64>,
    /// a'a for every contrast, with a = A Q r.
    lengths: Vec<f64>,
    /// Q'a for every contrast, one a row.
    shadows: Matrix,
    /// The directions that the cluster alone determines.
    pub(super) alone: Vec<Vec<f64>>,
}

impl Part {
    /// From Q'Q and Q'e.
    pub(super) fn from_coefficients(own: &Matrix, score: &[f64], along: &Matrix, power: f64) -> Option<Self> {
        let (adjust, alone) = power_of_rest(own, power)?;
        let (score, bent) = match &adjust {
            Some(adjust) => (adjust.mul_vector(score), adjust.mul(along)),
            None => (score.to_vec(), along.clone()),
        };
        let bent = bent.transpose();
        let shadows = bent.mul(own);
        let lengths = (0..bent.rows())
            .map(|contrast| bent.row(contrast).iter().zip(shadows.row(contrast)).map(|(a, b)| a * b).sum())
            .collect();
        Some(Self { score, lengths, shadows, alone })
    }

    /// From the rows of Q and e.
    pub(super) fn from_rows(q: &Matrix, residuals: &[f64], along: &Matrix, power: f64) -> Option<Self> {
        let turned = q.transpose();
        let hat = q.mul(&turned);
        let (adjust, alone) = power_of_rest(&hat, power)?;
        let reached = q.mul(along);
        let (residuals, reached) = match &adjust {
            Some(adjust) => (adjust.mul_vector(residuals), adjust.mul(&reached)),
            None => (residuals.to_vec(), reached),
        };
        let score = q.transpose_mul_vector(&residuals);
        let mut lengths = vec![0.0; along.cols()];
        for row in 0..reached.rows() {
            for (length, value) in lengths.iter_mut().zip(reached.row(row)) {
                *length += value * value;
            }
        }
        let shadows = reached.transpose().mul(q);
        let alone = alone.iter().map(|direction| q.transpose_mul_vector(direction)).collect();
        Some(Self { score, lengths, shadows, alone })
    }
}

/// Sums over clusters for Satterthwaite's degrees of freedom.
///
/// With P_gh = δ_gh a_g'a_g - (Q_g'a_g)'(Q_h'a_h) the degrees of freedom are
/// (Σ P_gg)²/ΣΣ P_gh², and ΣΣ ((Q_g'a_g)'(Q_h'a_h))² is the squared norm of
/// Σ (Q_g'a_g)(Q_g'a_g)'.
pub(super) struct Moments {
    trace: Vec<f64>,
    squares: Vec<f64>,
    products: Vec<Matrix>,
}

impl Moments {
    pub(super) fn new(terms: usize, contrasts: usize) -> Self {
        Self {
            trace: vec![0.0; contrasts],
            squares: vec![0.0; contrasts],
            products: vec![Matrix::zeros(terms, terms); contrasts],
        }
    }

    pub(super) fn add(&mut self, part: &Part) {
        for contrast in 0..self.trace.len() {
            let shadow = part.shadows.row(contrast);
            let length = part.lengths[contrast];
            let shade: f64 = shadow.iter().map(|v| v * v).sum();
            self.trace[contrast] += length - shade;
            self.squares[contrast] += length * (length - 2.0 * shade);
            let products = &mut self.products[contrast];
            for (i, &value) in shadow.iter().enumerate() {
                for (at, other) in products.row_mut(i)[..=i].iter_mut().zip(shadow) {
                    *at += value * other;
                }
            }
        }
    }

    pub(super) fn degrees_of_freedom(&self) -> Vec<f64> {
        (0..self.trace.len())
            .map(|contrast| {
                let products = &self.products[contrast];
                let mut norm = 0.0;
                for i in 0..products.rows() {
                    for j in 0..=i {
                        let value = products.get(i, j);
                        norm += if i == j { value * value } else { 2.0 * value * value };
                    }
                }
                let trace = self.trace[contrast];
                trace * trace / (self.squares[contrast] + norm)
            })
            .collect()
    }
}

/// (I - S)^power for a symmetric S between 0 and I (nothing for the power
/// zero), and the directions in which S is I, which are left out.
fn power_of_rest(s: &Matrix, power: f64) -> Option<(Option<Matrix>, Vec<Vec<f64>>)> {
    let size = s.frobenius_squared().sqrt();
    if size <= 0.1 {
        // No eigenvalue can be near one. Binomial series by Horner's rule.
        if power == 0.0 {
            return Some((None, Vec::new()));
        }
        let mut terms = 1;
        let mut bound = size;
        while bound > 1e-17 && terms < 40 {
            terms += 1;
            bound *= size;
        }
        // (1 - x)^power = Σ c_k x^k, c_k = c_(k-1) (k - 1 - power)/k.
        let ratio = |k: usize| (k as f64 - 1.0 - power) / k as f64;
        let identity = Matrix::identity(s.rows());
        let mut sum = identity.plus(&s.scaled(ratio(terms)));
        for k in (1..terms).rev() {
            sum = identity.plus(&s.mul(&sum).scaled(ratio(k)));
        }
        sum.symmetrise();
        return Some((Some(sum), Vec::new()));
    }
    let eigen = symmetric_eigen(s)?;
    let alone = eigen
        .values
        .iter()
        .enumerate()
        .filter(|&(_, &value)| 1.0 - value <= ALONE)
        .map(|(place, _)| eigen.vectors.column(place))
        .collect();
    if power == 0.0 {
        return Some((None, alone));
    }
    let adjust = eigen.function(|value| {
        let rest = 1.0 - value;
        if rest <= ALONE {
            0.0
        } else if power == -0.5 {
            1.0 / rest.sqrt()
        } else {
            1.0 / rest
        }
    });
    Some((Some(adjust), alone))
}
