//! A weighted proportion by its effective sample size: `wilson.effective_n`
//! and `korn_graubard`.
//!
//! # Estimand
//!
//! The share of successes in the population that the weights describe,
//! Σ w y / Σ w with y of 0 or 1.
//!
//! # Assumptions
//!
//! The weights are inverse probabilities of being observed, up to a factor,
//! and known. Rows are independent, or independent between the clusters that
//! are given.
//!
//! # Method
//!
//! The variance of the weighted share p̂ by linearisation,
//!
//! ```text
//! rows:      v = n/(n - 1) Σ w_i² (y_i - p̂)² / (Σ w)²
//! clusters:  v = G/(G - 1) Σ_g (Σ_{i in g} w_i (y_i - p̂))² / (Σ w)²
//! ```
//!
//! over the variance p̂(1 - p̂)/(n - 1) of an unweighted sample of the same size
//! is the design effect. The effective sample size is
//!
//! ```text
//! n* = n / deff (t_{n-1}/t_df)²,   at most n
//! ```
//!
//! with t the two-sided critical values at the level and df the number of
//! clusters, or of rows, less one: an error of few clusters is itself
//! uncertain. The interval is Wilson's, or that of Clopper and Pearson as Korn
//! and Graubard propose, for p̂ n* of n*, which need not be whole. With equal
//! weights and no clusters n* is n, and the interval that of the unweighted
//! share.
//!
//! # Small samples
//!
//! When all rows with a weight are successes, or none is, the variance is zero
//! and says nothing. n* is then the number of clusters, or without clusters
//! Kish's (Σ w)²/Σ w².
//!
//! # Refusals
//!
//! When the data are taken in: `lengths_differ`, `empty`, `not_finite`,
//! `negative_weight`, `too_few_units`, `too_few_clusters`. For an interval:
//! `level_out_of_range`.
//!
//! # Source
//!
//! Korn EL, Graubard BI (1998). Confidence intervals for proportions with small
//! expected number of positive counts estimated from survey data. Survey
//! Methodology 24:193-201. Kish L (1965). Survey sampling. Wiley. Dean N,
//! Pagano M (2015). Evaluating confidence interval methods for binomial
//! proportions in clustered surveys. Journal of Survey Statistics and
//! Methodology 3:484-503.

use super::proportion_clopper_pearson::limits as exact_limits;
use super::proportion_wilson::score_limits;
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::special::{normal_critical, student_critical};
use crate::sum::Sum;
use crate::warning::Warning;

/// The id of Wilson's interval at the effective sample size.
pub const METHOD: &str = "wilson.effective_n";

/// The id of the interval of Korn and Graubard.
pub const METHOD_EXACT: &str = "korn_graubard";

/// A weighted share with what its intervals need.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedProportion {
    share: f64,
    std_error: f64,
    n: u64,
    n_clusters: Option<u64>,
    df: f64,
    /// The sample size after the design effect, before the t ratio; where the
    /// variance is zero, the final one.
    n_design: f64,
}

impl WeightedProportion {
    /// Takes in rows.
    ///
    /// `success` holds one outcome a row, `weights` one weight a row on any
    /// scale, `cluster`, where given, the number of the row's cluster. All
    /// have the same length. Rows of weight zero are left out.
    ///
    /// # Refusals
    ///
    /// * `lengths_differ`: the slices differ in length.
    /// * `empty`: no rows, or none with a weight above zero.
    /// * `not_finite`: a weight is missing, infinite, or too large to sum.
    /// * `negative_weight`: a weight is below zero.
    /// * `too_few_units`: fewer than two rows.
    /// * `too_few_clusters`: clusters are given and there are fewer than two.
    pub fn from_rows(success: &[bool], weights: &[f64], cluster: Option<&[u32]>) -> Result<Self, Refusal> {
        if weights.len() != success.len() || cluster.is_some_and(|c| c.len() != success.len()) {
            return Err(Refusal::new(
                "lengths_differ",
                "the columns differ in length, so the values of a row cannot be matched",
                "take all columns from the same rows",
            ));
        }
        if weights.iter().any(|weight| !weight.is_finite()) {
            return Err(Refusal::not_finite("a weight"));
        }
        if weights.iter().any(|&weight| weight < 0.0) {
            return Err(Refusal::new(
                "negative_weight",
                "a weight is below zero",
                "correct the weights, or estimate without them",
            ));
        }
        let rows = || success.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
        let n = rows().count();
        if n == 0 {
            return Err(Refusal::new(
                "empty",
                "there are no rows to estimate from",
                "report that nothing was observed; a missing value is not a zero",
            ));
        }
        // Scaled so that no square leaves the range.
        let largest = weights.iter().copied().fold(0.0, f64::max);
        let total = rows().map(|(_, weight)| weight / largest).collect::<Sum>().value();
        let hits = rows().filter(|(y, _)| **y).map(|(_, weight)| weight / largest).collect::<Sum>().value();
        let squares = rows().map(|(_, w)| (w / largest) * (w / largest)).collect::<Sum>().value();
        let share = (hits / total).clamp(0.0, 1.0);
        if n < 2 {
            return Err(Refusal::new(
                "too_few_units",
                "there is one row, so its weight has nothing to be weighed against",
                "report the row without an interval",
            ));
        }
        let residual = |y: bool, weight: f64| weight / largest * (if y { 1.0 - share } else { -share });
        let (squared, groups) = match cluster {
            None => (rows().map(|(y, w)| residual(*y, *w) * residual(*y, *w)).collect::<Sum>().value(), n),
            Some(cluster) => {
                let mut order: Vec<usize> = (0..success.len()).filter(|&row| weights[row] > 0.0).collect();
                order.sort_by_key(|&row| cluster[row]);
                let sums: Vec<f64> = order
                    .chunk_by(|&one, &other| cluster[one] == cluster[other])
                    .map(|rows| {
                        rows.iter().map(|&row| residual(success[row], weights[row])).collect::<Sum>().value()
                    })
                    .collect();
                if sums.len() < 2 {
                    return Err(Refusal::new(
                        "too_few_clusters",
                        "there are fewer than two clusters, so the spread between them is unknown",
                        "report the share without an interval",
                    ));
                }
                (sums.iter().map(|sum| sum * sum).collect::<Sum>().value(), sums.len())
            }
        };
        let (rows_count, groups_count) = (n as f64, groups as f64);
        let variance = groups_count / (groups_count - 1.0) * squared / (total * total);
        let plain = share * (1.0 - share) / (rows_count - 1.0);
        let n_design = if variance > 0.0 && plain > 0.0 {
            rows_count * plain / variance
        } else if cluster.is_some() {
            groups_count
        } else {
            total * total / squares
        };
        Ok(Self {
            share,
            std_error: variance.sqrt(),
            n: n as u64,
            n_clusters: cluster.map(|_| groups as u64),
            df: groups_count - 1.0,
            n_design,
        })
    }

    /// The weighted share.
    pub fn share(&self) -> f64 {
        self.share
    }

    /// Its linearised standard error; zero where all rows agree.
    pub fn std_error(&self) -> f64 {
        self.std_error
    }

    /// The effective sample size at `level`, a share: at most the number of
    /// rows. Not a number for a level outside 0 to 1.
    pub fn effective_n(&self, level: f64) -> f64 {
        let rows = self.n as f64;
        if self.std_error == 0.0 {
            return self.n_design.min(rows);
        }
        let ratio = if self.df == rows - 1.0 {
            1.0
        } else {
            student_critical(level, rows - 1.0) / student_critical(level, self.df)
        };
        (self.n_design * ratio * ratio).min(rows)
    }

    fn estimate(&self, limits: (f64, f64), level: f64, method: &'static str) -> Outcome {
        let warning = Warning::new(
            "effective_n",
            "the interval is that of a smaller sample of independent, equally weighted units",
        );
        let equal = self.effective_n(level) >= self.n as f64;
        // A share of one half may be carried past its limit by rounding alone.
        Ok(Estimate {
            std_error: (self.std_error > 0.0).then_some(self.std_error),
            interval: Some(finite_interval(limits.0.min(self.share), limits.1.max(self.share), level)?),
            n_clusters: self.n_clusters,
            warnings: if equal { Vec::new() } else { vec![warning] },
            ..Estimate::point(self.share, self.n, method)
        })
    }
}

/// A weighted proportion with Wilson's interval at its effective sample size,
/// the default.
///
/// The estimate is Σ w y / Σ w, a share; `n` counts the rows with a weight.
/// `level` is a share. The warning `effective_n` is given where the effective
/// sample size is below the number of rows. See the [module](self).
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
pub fn proportion_weighted(proportion: &WeightedProportion, level: f64) -> Outcome {
    check_level(level)?;
    let n = proportion.effective_n(level);
    let (successes, failures) = (n * proportion.share, n * (1.0 - proportion.share));
    let limits = score_limits(successes, failures, n, normal_critical(level));
    proportion.estimate(limits, level, METHOD)
}

/// A weighted proportion with the interval of Korn and Graubard: that of
/// Clopper and Pearson at the effective sample size.
///
/// As [`proportion_weighted`], with the same refusals; wider, as the exact
/// interval is.
pub fn proportion_korn_graubard(proportion: &WeightedProportion, level: f64) -> Outcome {
    check_level(level)?;
    let n = proportion.effective_n(level);
    let (successes, failures) = (n * proportion.share, n * (1.0 - proportion.share));
    proportion.estimate(exact_limits(successes, failures, 0.5 * (1.0 - level)), level, METHOD_EXACT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Interval;
    use crate::estimators::proportion_clopper_pearson::proportion_clopper_pearson;
    use crate::estimators::proportion_wilson::proportion_wilson;
    use crate::estimators::ratio_linearised::ClusteredRatio;

    fn limits(outcome: Outcome) -> Interval {
        outcome.expect("an estimate").interval.expect("an interval")
    }

    fn rows() -> (Vec<bool>, Vec<f64>, Vec<u32>) {
        let mut state = 3_u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let mut columns = (vec![], vec![], vec![]);
        for _ in 0..60 {
            columns.0.push(next() < 0.4);
            columns.1.push(0.2 + next());
            columns.2.push((9.0 * next()) as u32);
        }
        columns
    }

    #[test]
    fn weighted_with_equal_weights_is_unweighted() {
        for (x, n) in [(0, 8), (6, 8), (8, 8), (81, 263)] {
            let success: Vec<bool> = (0..n).map(|row| row < x).collect();
            let weights = vec![0.37; n];
            let found = WeightedProportion::from_rows(&success, &weights, None).expect("a proportion");
            assert!((found.effective_n(0.95) - n as f64).abs() < 1e-10 * n as f64);
            for (one, other) in [
                (proportion_weighted(&found, 0.95), proportion_wilson(x as u64, n as u64, 0.95)),
                (
                    proportion_korn_graubard(&found, 0.95),
                    proportion_clopper_pearson(x as u64, n as u64, 0.95),
                ),
            ] {
                let (one, other) = (limits(one), limits(other));
                assert!((one.lower - other.lower).abs() < 1e-12 && (one.upper - other.upper).abs() < 1e-12);
            }
            // Clusters of one are no clusters.
            let alone: Vec<u32> = (0..n as u32).rev().collect();
            let clustered =
                WeightedProportion::from_rows(&success, &weights, Some(&alone)).expect("a proportion");
            assert!((clustered.effective_n(0.95) - n as f64).abs() < 1e-10 * n as f64);
        }
    }

    #[test]
    fn weighted_error_is_that_of_the_linearised_ratio() {
        let (success, weights, cluster) = rows();
        let y: Vec<f64> = success.iter().map(|&y| f64::from(u8::from(y))).collect();
        let ones = vec![1.0; y.len()];
        let found = WeightedProportion::from_rows(&success, &weights, Some(&cluster)).expect("a proportion");
        let ratio = ClusteredRatio::from_rows(&y, &ones, &cluster, Some(&weights)).expect("a ratio");
        assert!((found.share() - ratio.ratio()).abs() < 1e-15);
        assert!((found.std_error() / ratio.std_error() - 1.0).abs() < 1e-12);
        let estimate = proportion_weighted(&found, 0.95).expect("an estimate");
        assert_eq!((estimate.n, estimate.n_clusters), (60, Some(9)));
        assert_eq!(estimate.warnings.len(), 1);
    }

    #[test]
    fn weighted_is_the_same_to_the_bit_in_any_order_and_on_any_scale() {
        let (success, weights, cluster) = rows();
        let first = WeightedProportion::from_rows(&success, &weights, Some(&cluster)).expect("a proportion");
        let mut order: Vec<usize> = (0..60).collect();
        order.reverse();
        order.swap(3, 41);
        let again = WeightedProportion::from_rows(
            &order.iter().map(|&i| success[i]).collect::<Vec<_>>(),
            &order.iter().map(|&i| 4.0 * weights[i]).collect::<Vec<_>>(),
            Some(&order.iter().map(|&i| cluster[i]).collect::<Vec<_>>()),
        );
        assert_eq!(again, Ok(first));
        // Unequal weights cost units.
        let plain = WeightedProportion::from_rows(&success, &[1.0; 60], None).expect("a proportion");
        let weighted = WeightedProportion::from_rows(&success, &weights, None).expect("a proportion");
        assert!(weighted.effective_n(0.95) < plain.effective_n(0.95));
    }

    #[test]
    fn weighted_without_variation_keeps_an_interval() {
        let weights = [1.0, 2.0, 3.0, 2.0];
        let none = WeightedProportion::from_rows(&[false; 4], &weights, None).expect("a proportion");
        assert!((none.effective_n(0.95) - 64.0 / 18.0).abs() < 1e-14);
        let found = limits(proportion_weighted(&none, 0.95));
        assert!(found.lower == 0.0 && found.upper > 0.3);
        let all = WeightedProportion::from_rows(&[true; 4], &weights, Some(&[1, 1, 2, 2])).expect("a share");
        assert_eq!(all.effective_n(0.95), 2.0);
        let found = limits(proportion_korn_graubard(&all, 0.95));
        assert!(found.upper == 1.0 && (found.lower - 0.025_f64.sqrt()).abs() < 1e-14);
    }

    #[test]
    fn weighted_refuses() {
        let code = |success: &[bool], weights: &[f64], cluster: Option<&[u32]>| {
            WeightedProportion::from_rows(success, weights, cluster).err().map(|refusal| refusal.code)
        };
        assert_eq!(code(&[], &[], None), Some("empty"));
        assert_eq!(code(&[true, true], &[0.0, 0.0], None), Some("empty"));
        assert_eq!(code(&[true], &[1.0, 2.0], None), Some("lengths_differ"));
        assert_eq!(code(&[true], &[1.0], Some(&[])), Some("lengths_differ"));
        assert_eq!(code(&[true, false], &[1.0, f64::NAN], None), Some("not_finite"));
        assert_eq!(code(&[true, false], &[1.0, f64::INFINITY], None), Some("not_finite"));
        assert_eq!(code(&[true, false], &[1.0, -1.0], None), Some("negative_weight"));
        assert_eq!(code(&[true, false], &[1.0, 0.0], None), Some("too_few_units"));
        assert_eq!(code(&[true, false], &[1.0, 2.0], Some(&[5, 5])), Some("too_few_clusters"));
        assert_eq!(code(&[true, false], &[1e300, 1e300], None), None);
        let found = WeightedProportion::from_rows(&[true, false], &[1e300, 1e-300], None).expect("a share");
        for outcome in [proportion_weighted(&found, 0.95), proportion_korn_graubard(&found, 0.95)] {
            assert!(limits(outcome).width() > 0.0);
        }
        for level in [0.0, 1.0, f64::NAN] {
            assert_eq!(proportion_weighted(&found, level).err().map(|r| r.code), Some("level_out_of_range"));
            assert_eq!(
                proportion_korn_graubard(&found, level).err().map(|r| r.code),
                Some("level_out_of_range")
            );
        }
    }
}
