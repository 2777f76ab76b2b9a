//! A band that holds for several estimates at once: `sup_t`.
//!
//! # Estimand
//!
//! Those of the estimates. Limits that hold one by one are left by some of them
//! more often than the level says, the more there are; the band holds all of them
//! together in `level` of all cases.
//!
//! # Assumptions
//!
//! The estimates are jointly normal with the covariance given.
//!
//! # Method
//!
//! With c the quantile at `level` of max |Z_i|, Z normal with the correlations of
//! the estimates, the band is the value ± c standard errors. c lies between the
//! quantile for one estimate, where all go together, and that of Šidák, where
//! none has to do with another. It is found from draws of Z, the symmetric root
//! of the correlations times independent normal numbers, so that correlations
//! that do not have full rank are no obstacle. An estimate without a standard
//! error has no limits and no part in c.
//!
//! # Small samples
//!
//! The covariance is taken as known. With few clusters it is not, and the band is
//! too narrow, as the limits one by one are.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty` (no estimate has a standard error), `not_finite`,
//! `no_draws`, `no_convergence`, `level_out_of_range`.
//!
//! # Source
//!
//! Montiel Olea JL, Plagborg-Møller M (2019). Simultaneous confidence bands:
//! theory, implementation, and an application to SVARs. Journal of Applied
//! Econometrics 34:1-17.

use super::wild_cluster_bootstrap::Draws;
use crate::estimate::{Interval, Refusal, check_level, finite_interval};
use crate::linalg::{Matrix, check_column, check_length, symmetric_eigen};
use crate::random::Stream;
use crate::special::{normal_critical, normal_quantile};

/// The id of the method.
pub const METHOD: &str = "sup_t";

/// A band around several estimates.
#[derive(Clone, Debug, PartialEq)]
pub struct UniformBand {
    /// How many standard errors the limits are away.
    pub critical: f64,
    /// The limits, in the order given; absent for an estimate without a standard
    /// error.
    pub limits: Vec<Option<Interval>>,
}

/// The band around `values`, in their units, with their `covariance`, at the
/// confidence level `level` (a share).
///
/// See the [module](self) for the method and the refusals.
pub fn uniform_band(
    values: &[f64],
    covariance: &Matrix,
    level: f64,
    draws: Draws,
) -> Result<UniformBand, Refusal> {
    check_level(level)?;
    check_column(values, "an estimate")?;
    check_length(covariance.rows(), values.len())?;
    check_length(covariance.cols(), values.len())?;
    check_column(covariance.data(), "a covariance")?;
    if draws.number == 0 {
        return Err(Refusal::new("no_draws", "no draws are asked for", "ask for some thousand"));
    }
    let errors: Vec<f64> = covariance.diagonal_of().iter().map(|v| v.max(0.0).sqrt()).collect();
    let kept: Vec<usize> = (0..values.len()).filter(|&at| errors[at] > 0.0).collect();
    if kept.is_empty() {
        return Err(Refusal::new(
            "empty",
            "no estimate has a standard error",
            "report the estimates without limits",
        ));
    }
    let mut correlation = Matrix::from_fn(kept.len(), kept.len(), |i, j| {
        covariance.get(kept[i], kept[j]) / (errors[kept[i]] * errors[kept[j]])
    });
    correlation.symmetrise();
    let eigen = symmetric_eigen(&correlation).ok_or_else(|| {
        Refusal::new(
            "no_convergence",
            "the correlations of the estimates cannot be taken apart",
            "report the limits one by one",
        )
    })?;
    let root = eigen.function(|value| value.max(0.0).sqrt());
    let mut largest: Vec<f64> = (0..draws.number)
        .map(|draw| {
            let mut stream = Stream::new(&draws.seed, draw.into());
            // No draw is infinite.
            let mut normal = || normal_quantile(stream.uniform().max(f64::MIN_POSITIVE));
            let independent: Vec<f64> = kept.iter().map(|_| normal()).collect();
            root.mul_vector(&independent).iter().fold(0.0, |most, z| f64::max(most, z.abs()))
        })
        .collect();
    largest.sort_by(f64::total_cmp);
    let place = (level * f64::from(draws.number)).ceil() as usize;
    let drawn = largest.get(place.saturating_sub(1)).or(largest.last()).copied().unwrap_or(0.0);
    let critical = drawn.max(normal_critical(level));
    let limits = values.iter().zip(&errors).map(|(value, error)| {
        let reach = critical * error;
        (*error > 0.0).then(|| finite_interval(value - reach, value + reach, level)).transpose()
    });
    Ok(UniformBand { critical, limits: limits.collect::<Result<_, Refusal>>()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: Draws = Draws { seed: [7; 32], number: 20_000 };

    fn code(found: Result<UniformBand, Refusal>) -> Option<&'static str> {
        found.err().map(|refusal| refusal.code)
    }

    fn critical(covariance: &Matrix, level: f64) -> f64 {
        let values = vec![1.0; covariance.rows()];
        uniform_band(&values, covariance, level, DRAWS).expect("a band").critical
    }

    #[test]
    fn independent_estimates_have_the_limit_of_sidak() {
        for (size, level) in [(1, 0.95), (5, 0.95), (5, 0.8), (12, 0.9)] {
            let variances: Vec<f64> = (1..=size).map(f64::from).collect();
            let found = critical(&Matrix::diagonal(&variances), level);
            let sidak = normal_critical(level.powf(f64::from(size).recip()));
            assert!((found - sidak).abs() < 0.03, "{size} at {level}: {found} and {sidak}");
        }
    }

    #[test]
    fn estimates_that_go_together_have_that_of_one() {
        let together = Matrix::from_fn(6, 6, |i, j| (i + 1) as f64 * (j + 1) as f64);
        assert!((critical(&together, 0.95) - normal_critical(0.95)).abs() < 0.03);
        // Correlations lie between.
        let alike = Matrix::from_fn(6, 6, |i, j| if i == j { 1.0 } else { 0.7 });
        let found = critical(&alike, 0.95);
        assert!(found > 2.1 && found < 2.6, "{found}");
    }

    #[test]
    fn an_estimate_without_an_error_has_no_limits() {
        let found = uniform_band(&[1.0, 5.0], &Matrix::diagonal(&[4.0, 0.0]), 0.95, DRAWS).expect("a band");
        assert_eq!(found.limits[1], None);
        let limits = found.limits[0].expect("limits");
        assert!((limits.upper - limits.lower - 4.0 * found.critical).abs() < 1e-12);
    }

    #[test]
    fn uniform_band_refuses() {
        let of = |values: &[f64], covariance: &Matrix, level, number| {
            code(uniform_band(values, covariance, level, Draws { number, ..DRAWS }))
        };
        let one = Matrix::identity(1);
        assert_eq!(of(&[1.0, 2.0], &one, 0.95, 9), Some("lengths_differ"));
        assert_eq!(of(&[1.0], &Matrix::zeros(1, 1), 0.95, 9), Some("empty"));
        assert_eq!(of(&[], &Matrix::zeros(0, 0), 0.95, 9), Some("empty"));
        assert_eq!(of(&[f64::NAN], &one, 0.95, 9), Some("not_finite"));
        assert_eq!(of(&[1.0], &one, 0.95, 0), Some("no_draws"));
        assert_eq!(of(&[1.0], &one, 1.0, 9), Some("level_out_of_range"));
    }
}
