//! A ratio of sums with the standard error of the jackknife:
//! `ratio.jackknife`.
//!
//! # Estimand
//!
//! R = (Σ y)/(Σ x), as in [`ratio_linearised`](super::ratio_linearised).
//!
//! # Assumptions
//!
//! Independent clusters. Unlike linearisation the jackknife looks at the ratio
//! as it is, and so sees some of the curvature that a varied denominator
//! brings; where the two standard errors differ by more than a few per cent,
//! the denominator is too varied for either.
//!
//! # Method
//!
//! With R₋g the ratio without cluster g, and their mean m,
//!
//! ```text
//! v = (G - 1)/G Σ_g (R₋g - m)²,   R ± t sqrt(v)
//! ```
//!
//! with t of Student's distribution with G - 1 degrees of freedom. Sums are
//! exact; the order of the clusters changes no bit.
//!
//! # Small samples
//!
//! The variance is a little too large on average (Efron and Stein 1981), more
//! so the fewer the clusters.
//!
//! # Refusals
//!
//! `level_out_of_range`; `no_variation` and `zero_numerator` as in
//! [`ratio_linearised`](super::ratio_linearised); `one_cluster_holds_all` when
//! the denominator falls to zero or below without one of the clusters;
//! `interval_not_finite`.
//!
//! # Source
//!
//! Efron B, Stein C (1981). The jackknife estimate of variance. Annals of
//! Statistics 9:586-596.

use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::estimators::cluster_sums::ClusterSums;
use crate::special::student_critical;
use crate::sum::Sum;

/// The id of the method.
pub const METHOD: &str = "ratio.jackknife";

/// A ratio of sums with the standard error of the jackknife over clusters.
///
/// The limits are R ± t se with t of G - 1 degrees of freedom at the
/// confidence level `level` (a share). See the [module](self) for the method.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `zero_numerator`, `no_variation`: the clusters do not vary.
/// * `one_cluster_holds_all`: nothing is left of the denominator without one
///   of the clusters.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn ratio_jackknife(sums: &ClusterSums, level: f64) -> Outcome {
    check_level(level)?;
    sums.linearised().check_variation()?;
    let values = sums.leave_one_out().ok_or_else(|| {
        Refusal::new(
            "one_cluster_holds_all",
            "without one of the clusters the denominator is not above zero, so the ratio without it has no value",
            "report the ratio of the totals without an interval, and name the share of the largest cluster",
        )
    })?;
    let clusters = values.len() as f64;
    let mean = crate::sum::sum(&values) / clusters;
    let squares: Sum = values.iter().map(|value| (value - mean) * (value - mean)).collect();
    let std_error = ((clusters - 1.0) / clusters * squares.value()).sqrt();
    let linearised = sums.linearised();
    let reach = student_critical(level, linearised.df()) * std_error;
    let ratio = linearised.ratio();
    let interval = finite_interval(ratio - reach, ratio + reach, level)?;
    Ok(Estimate {
        std_error: Some(std_error),
        interval: Some(interval),
        df: Some(linearised.df()),
        n_clusters: Some(linearised.n_clusters()),
        ..Estimate::point(ratio, linearised.n(), METHOD)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(outcome: Outcome) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn jackknife_of_a_mean_is_the_textbook_standard_error() {
        let sums = ClusterSums::new(&[3.0, 5.0, 4.0, 8.0, 10.0], &[1.0; 5], 5).expect("sums");
        let found = ratio_jackknife(&sums, 0.95).expect("an estimate");
        assert_eq!((found.value, found.df, found.n_clusters), (6.0, Some(4.0), Some(5)));
        let se = found.std_error.expect("a standard error");
        assert!((se - (34.0_f64 / 4.0 / 5.0).sqrt()).abs() < 1e-14);
    }

    #[test]
    fn jackknife_does_not_depend_on_the_order() {
        let (y, x) = ([3.1, 5.7, 0.0, 8.2, 1.3], [1.5, 2.5, 0.5, 3.0, 1.1]);
        let one = ratio_jackknife(&ClusterSums::new(&y, &x, 5).expect("sums"), 0.9);
        let reversed = |values: &[f64]| values.iter().rev().copied().collect::<Vec<_>>();
        let sums = ClusterSums::new(&reversed(&y), &reversed(&x), 5).expect("sums");
        assert_eq!(one, ratio_jackknife(&sums, 0.9));
    }

    #[test]
    fn jackknife_refuses() {
        let refused = |y: &[f64], x: &[f64], level| {
            code(ratio_jackknife(&ClusterSums::new(y, x, y.len() as u64).expect("sums"), level))
        };
        assert_eq!(refused(&[1.0, 2.0], &[1.0, 1.0], 1.5), Some("level_out_of_range"));
        assert_eq!(refused(&[0.0, 0.0], &[1.0, 1.0], 0.95), Some("zero_numerator"));
        assert_eq!(refused(&[2.0, 4.0], &[1.0, 2.0], 0.95), Some("no_variation"));
        assert_eq!(refused(&[2.0, 4.0], &[1.0, 0.0], 0.95), Some("one_cluster_holds_all"));
    }
}
