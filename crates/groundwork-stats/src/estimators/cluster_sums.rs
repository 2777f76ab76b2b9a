//! What the methods for a ratio of sums share: one pair of sums a cluster.
//!
//! [`fieller`](super::fieller), [`ratio_jackknife`](super::ratio_jackknife),
//! [`bootstrap_clusters`](super::bootstrap_clusters) and
//! [`ideal_bootstrap`](super::ideal_bootstrap) need the sums of each cluster
//! and not only the ratio and its standard error, which
//! [`ClusteredRatio`](super::ratio_linearised) keeps.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `zero_denominator` and
//! `too_few_clusters` (fewer than two), when the sums are taken in; for rows
//! also `out_of_range`.

use crate::estimate::Refusal;
use crate::estimators::ratio_linearised::ClusteredRatio;
use crate::linalg::accumulate::{FixedPoint, FixedSum, largest};
use crate::linalg::check_column;
use crate::linalg::groups::Groups;
use crate::sum::Sum;

/// The distance from the ratio, relative to its parts, within which a resampled
/// ratio is taken to be equal to it: sums of some thousand products of whole
/// numbers and fractions round off well below this.
const TIE: f64 = 1e-12;

/// The sums of y and x of each cluster, at least two clusters, with Σ x above
/// zero.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterSums {
    /// y and x of each cluster, in the order given.
    pairs: Vec<[f64; 2]>,
    linearised: ClusteredRatio,
    x_total: f64,
    tie: f64,
}

impl ClusterSums {
    /// Takes in sums by cluster.
    ///
    /// `y` and `x` hold the sums of each cluster, one entry a cluster in any
    /// order; `n` is the number of rows behind them, carried into the estimate
    /// for the report. A cluster whose sums are both zero counts as a cluster.
    ///
    /// # Refusals
    ///
    /// * `lengths_differ`: the slices differ in length.
    /// * `empty`: no clusters.
    /// * `not_finite`: a sum is missing, infinite, or too large to sum.
    /// * `zero_denominator`: the sum of x is zero or negative.
    /// * `too_few_clusters`: fewer than two clusters.
    pub fn new(y: &[f64], x: &[f64], n: u64) -> Result<Self, Refusal> {
        if y.len() != x.len() {
            return Err(lengths_differ());
        }
        let linearised = ClusteredRatio::from_cluster_sums(y, x, n)?;
        let magnitude = |values: &[f64]| values.iter().map(|value| value.abs()).collect::<Sum>().value();
        let x_total = x.iter().copied().collect::<Sum>().value();
        let tie = TIE * (magnitude(y) / x_total + linearised.ratio().abs() * (magnitude(x) / x_total));
        if !tie.is_finite() {
            return Err(Refusal::not_finite("the sum of the magnitudes"));
        }
        let pairs = y.iter().zip(x).map(|(&y, &x)| [y, x]).collect();
        Ok(Self { pairs, linearised, x_total, tie })
    }

    /// Takes in rows: values of y and x and the number of the row's cluster,
    /// in any order, one entry a row. A million rows take some hundredths of a
    /// second.
    ///
    /// # Refusals
    ///
    /// * Those of [`ClusterSums::new`].
    /// * `out_of_range`: a column whose largest magnitude is beyond 1e100, or
    ///   below 1e-100 without being zero.
    pub fn from_rows(y: &[f64], x: &[f64], cluster: &[u32]) -> Result<Self, Refusal> {
        if y.len() != x.len() || y.len() != cluster.len() {
            return Err(lengths_differ());
        }
        check_column(y, "a value of the numerator")?;
        check_column(x, "a value of the denominator")?;
        let groups = Groups::new(cluster);
        let sums = |values: &[f64]| {
            let rule = FixedPoint::new(largest(values), values.len());
            let mut sums = vec![FixedSum::default(); groups.count()];
            for (&group, &value) in groups.of_row.iter().zip(values) {
                rule.add(&mut sums[group as usize], value);
            }
            sums.into_iter().map(|sum| rule.value(sum)).collect::<Vec<f64>>()
        };
        let (sums_y, sums_x) = (sums(y), sums(x));
        Self::new(&sums_y, &sums_x, y.len() as u64)
    }

    /// The ratio Σ y/Σ x.
    pub fn ratio(&self) -> f64 {
        self.linearised.ratio()
    }

    /// The ratio with its linearised standard error.
    pub fn linearised(&self) -> &ClusteredRatio {
        &self.linearised
    }

    /// The number of clusters, two at least.
    pub fn n_clusters(&self) -> usize {
        self.pairs.len()
    }

    /// The sums y and x of each cluster, in the order they were given in.
    pub(super) fn pairs(&self) -> &[[f64; 2]] {
        &self.pairs
    }

    /// The sums of each cluster in an order that does not depend on the order
    /// they were given in.
    pub(super) fn canonical(&self) -> Vec<[f64; 2]> {
        let mut pairs = self.pairs.clone();
        pairs.sort_by(|one, other| one[1].total_cmp(&other[1]).then(one[0].total_cmp(&other[0])));
        pairs
    }

    /// The sum of x.
    pub(super) fn x_total(&self) -> f64 {
        self.x_total
    }

    /// Whether every cluster has the same ratio, to within rounding, so that
    /// every resample has it too.
    pub(super) fn is_constant(&self) -> bool {
        self.linearised.std_error() == 0.0
    }

    /// Where a resampled ratio lies beside the ratio: below, at it to within
    /// rounding, or above.
    pub(super) fn side(&self, resampled: f64) -> std::cmp::Ordering {
        let distance = resampled - self.ratio();
        if distance.abs() <= self.tie { std::cmp::Ordering::Equal } else { distance.total_cmp(&0.0) }
    }

    /// The ratios without one cluster each; nothing when one of them has no
    /// denominator.
    pub(super) fn leave_one_out(&self) -> Option<Vec<f64>> {
        let total = |at: usize| self.pairs.iter().map(|pair| pair[at]).collect::<Sum>();
        let (y, x) = (total(0), total(1));
        // An exact sum takes its part back exactly.
        let without = |sum: &Sum, part: f64| {
            let mut sum = sum.clone();
            sum.add(-part);
            sum.value()
        };
        self.pairs
            .iter()
            .map(|pair| {
                let rest = without(&x, pair[1]);
                let ratio = without(&y, pair[0]) / rest;
                (rest > 0.0 && ratio.is_finite()).then_some(ratio)
            })
            .collect()
    }

    /// Efron's acceleration from the ratios without one cluster each, centred
    /// on their mean; nothing when a denominator is lost with one cluster or
    /// all of them are equal.
    pub(super) fn acceleration(&self) -> Option<f64> {
        let values = self.leave_one_out()?;
        let mean = crate::sum::sum(&values) / values.len() as f64;
        // On the scale of the largest distance, so that no power underflows.
        let scale = values.iter().map(|value| (mean - value).abs()).fold(0.0, f64::max);
        if scale == 0.0 {
            return None;
        }
        let moment = |power: i32| {
            values.iter().map(|value| ((mean - value) / scale).powi(power)).collect::<Sum>().value()
        };
        let (second, third) = (moment(2), moment(3));
        let acceleration = third / (6.0 * second * second.sqrt());
        acceleration.is_finite().then_some(acceleration)
    }
}

pub(super) fn lengths_differ() -> Refusal {
    Refusal::new(
        "lengths_differ",
        "the columns differ in length, so the values of a row cannot be matched",
        "take all columns from the same rows",
    )
}

/// Every resample is the same, because every cluster has the same ratio.
pub(super) fn degenerate_resample() -> Refusal {
    Refusal::new(
        "degenerate_resample",
        "every cluster has the same ratio, so every resample has it too and the interval would have no width",
        "for a proportion use the Clopper-Pearson or the Wilson interval; otherwise report the ratio without an interval",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn sums_of_rows_are_sums_of_clusters() {
        let rows = ClusterSums::from_rows(&[1.0, 2.0, 4.0, 8.0], &[1.0, 1.0, 2.0, 2.0], &[5, 2, 5, 9])
            .expect("sums");
        let sums = ClusterSums::new(&[2.0, 5.0, 8.0], &[1.0, 3.0, 2.0], 4).expect("sums");
        assert_eq!(rows, sums);
        let tenths = ClusterSums::from_rows(&[0.1; 30], &[0.3; 30], &[0, 1, 2].repeat(10)).expect("sums");
        assert_eq!(tenths.pairs(), [[1.0, 3.0]; 3]);
        assert_eq!((sums.ratio(), sums.n_clusters(), sums.x_total()), (2.5, 3, 6.0));
        assert_eq!(sums.canonical(), [[2.0, 1.0], [8.0, 2.0], [5.0, 3.0]]);
    }

    #[test]
    fn sums_refuse() {
        assert_eq!(code(ClusterSums::new(&[1.0], &[1.0, 2.0], 2)), Some("lengths_differ"));
        assert_eq!(code(ClusterSums::from_rows(&[1.0], &[1.0], &[])), Some("lengths_differ"));
        assert_eq!(code(ClusterSums::from_rows(&[], &[], &[])), Some("empty"));
        assert_eq!(code(ClusterSums::from_rows(&[1e200, 1.0], &[1.0; 2], &[0, 1])), Some("out_of_range"));
        assert_eq!(code(ClusterSums::from_rows(&[1.0, f64::NAN], &[1.0; 2], &[0, 1])), Some("not_finite"));
        assert_eq!(code(ClusterSums::new(&[], &[], 0)), Some("empty"));
        assert_eq!(code(ClusterSums::new(&[1.0], &[1.0], 1)), Some("too_few_clusters"));
        assert_eq!(code(ClusterSums::new(&[1.0, 2.0], &[0.0, 0.0], 2)), Some("zero_denominator"));
        assert_eq!(code(ClusterSums::new(&[1.0, f64::NAN], &[1.0, 1.0], 2)), Some("not_finite"));
        // The total is fine, the magnitudes are beyond the largest number.
        let huge = [1.5e308, -1.5e308, 1.0];
        assert_eq!(code(ClusterSums::new(&huge, &[1.0; 3], 3)), Some("not_finite"));
    }

    #[test]
    fn ties_are_found_through_rounding() {
        let sums = ClusterSums::new(&[0.1, 0.2, 0.3], &[1.0, 1.0, 1.0], 3).expect("sums");
        assert_eq!(sums.side((0.3 + 0.2 + 0.1) / 3.0), Ordering::Equal);
        assert_eq!(sums.side(0.2 - 1e-10), Ordering::Less);
        assert_eq!(sums.side(0.2 + 1e-10), Ordering::Greater);
    }

    #[test]
    fn acceleration_by_hand() {
        // Means without one of 0, 0, 3: 1.5, 1.5, 0; the distances of the mean
        // 1 from them are -.5, -.5, 1, with squares 1.5 and cubes .75.
        let sums = ClusterSums::new(&[0.0, 0.0, 3.0], &[1.0; 3], 3).expect("sums");
        assert_eq!(sums.leave_one_out(), Some(vec![1.5, 1.5, 0.0]));
        let expected = 0.75 / (6.0 * 1.5 * 1.5_f64.sqrt());
        assert!((sums.acceleration().expect("an acceleration") - expected).abs() < 1e-16);
        // All of x in one cluster: nothing is left without it.
        let one = ClusterSums::new(&[1.0, 0.0], &[4.0, 0.0], 2).expect("sums");
        assert_eq!((one.leave_one_out(), one.acceleration()), (None, None));
    }
}
