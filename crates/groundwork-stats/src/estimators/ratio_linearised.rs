//! A ratio of sums from clustered rows, by linearisation:
//! `ratio.linearised.log` and `ratio.linearised`.
//!
//! # Estimand
//!
//! R = (Σ y)/(Σ x) over the population the clusters were drawn from: trainees
//! for each volunteer, cost for each registration, sessions for each month. It
//! is the ratio of totals. It is not the mean of the clusters' own ratios,
//! which is another quantity and breaks on the first cluster without x. The
//! units are those of y for one unit of x. With x = 1 throughout R is a mean,
//! and with y of 0 or 1 as well a proportion of clustered people.
//!
//! # Assumptions
//!
//! The clusters (volunteers, villages, groups) are independent of one another
//! and many enough to stand for their population; rows within a cluster may
//! depend on each other in any way. Linearisation takes Σ x as known to within
//! a modest error: where the coefficient of variation of the clusters' x sums,
//! divided by sqrt(G), exceeds about 0.1, the intervals are approximate
//! (Cochran 1977, section 6.8). There is no correction for drawing clusters
//! from a finite list, which makes the standard error a little too large when
//! most of the list was drawn.
//!
//! # Method
//!
//! With weights w (1 where none are given), G clusters and
//! e_g = Σ_{i in g} w_i (y_i - R x_i),
//!
//! ```text
//! v = G/(G - 1) Σ_g e_g² / (Σ w x)²
//! ratio.linearised       R ± t sqrt(v)
//! ratio.linearised.log   R exp(± t sqrt(v)/R),  R > 0
//! ```
//!
//! with t of Student's distribution with G - 1 degrees of freedom. The e_g sum
//! to zero, so that nothing is subtracted from them. The interval on the log
//! scale cannot reach below zero and suits the skewness of a ratio; it is the
//! one to use by default.
//!
//! All sums are exact and rounded once. The order of the rows, the order of
//! the clusters and their numbering change no bit of the result. Multiplying
//! all weights by one number, or giving every row twice, changes neither the
//! ratio nor its standard error: what counts is the number of clusters.
//!
//! # Small samples
//!
//! With few clusters the standard error is biased downwards and itself
//! uncertain; t with G - 1 degrees of freedom repairs most of it from about
//! ten clusters on, less when one cluster holds much of Σ x. At G = 2 the
//! interval spans 12.7 standard errors either way and is rarely of use, but
//! true to what two clusters can say.
//!
//! # Refusals
//!
//! When the data are taken in: `unequal_lengths`, `empty`, `not_finite`,
//! `negative_weight`, `zero_denominator` (Σ w x at or below zero),
//! `too_few_clusters` (fewer than two).
//!
//! When an interval is asked for: `level_out_of_range`,
//! `interval_not_finite`, and
//!
//! * `zero_numerator`: y is zero in every cluster. The ratio is 0, but every
//!   e_g is 0 as well, and an interval from 0 to 0 would claim certainty. For
//!   zero events in n independent trials an upper limit exists (Hanley and
//!   Lippman-Hand 1983) because a trial yields one event at most; a ratio of
//!   sums names neither trials nor a largest y, and the spread between
//!   clusters, on which everything here rests, cannot be seen. Any upper limit
//!   would come from an assumption and not from the data. What is independent
//!   and bounded is the cluster: none of G clusters had any y, for which the
//!   Wilson interval holds.
//! * `no_variation`: every cluster has the same ratio, to within rounding;
//!   again the interval would have no width.
//! * `ratio_not_positive`, on the log scale only: R is negative, or zero from
//!   positive and negative y that cancel.
//!
//! # Source
//!
//! Cochran WG (1977). Sampling techniques, 3rd edition, chapter 6. Wiley.
//! Woodruff RS (1971). A simple method for approximating the variance of a
//! complicated estimate. Journal of the American Statistical Association
//! 66:411-414. Hanley JA, Lippman-Hand A (1983). If nothing goes wrong, is
//! everything all right? Journal of the American Medical Association
//! 249:1743-1745.

use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::special::student_critical;
use crate::sum::Sum;

/// The id of the method with its interval on the log scale.
pub const METHOD_LOG: &str = "ratio.linearised.log";

/// The id of the method with its interval on the plain scale.
pub const METHOD_PLAIN: &str = "ratio.linearised";

/// A ratio of sums with the linearised variance of its clusters.
///
/// Taken in once, from rows or from cluster sums, and then given to
/// [`ratio_linearised_log`], [`ratio_linearised`] or a contrast of two ratios
/// ([`ratio_contrast`](super::ratio_contrast)). See the [module](self) for the
/// method.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusteredRatio {
    ratio: f64,
    std_error: f64,
    n: u64,
    n_clusters: u64,
    y_is_zero: bool,
}

/// The sums of one cluster.
#[derive(Default)]
struct ClusterSums {
    y: Sum,
    x: Sum,
}

impl ClusteredRatio {
    /// Takes in rows.
    ///
    /// `y` and `x` hold one value a row, in their own units; `cluster` the
    /// number of the row's cluster, any numbers, in any order; `weights`, where
    /// given, one weight a row, on any scale. All have the same length. A row
    /// of weight zero is left out: it does not count in `n`, and a cluster
    /// with nothing but such rows is no cluster. Negative y or x (a refund, a
    /// correction) are taken as they are.
    ///
    /// # Refusals
    ///
    /// * `unequal_lengths`: the slices differ in length.
    /// * `empty`: no rows, or none with a weight above zero.
    /// * `not_finite`: a value is missing, infinite, or too large to sum.
    /// * `negative_weight`: a weight is below zero.
    /// * `zero_denominator`: the (weighted) sum of x is zero or negative.
    /// * `too_few_clusters`: fewer than two clusters.
    pub fn from_rows(
        y: &[f64],
        x: &[f64],
        cluster: &[u32],
        weights: Option<&[f64]>,
    ) -> Result<Self, Refusal> {
        let rows = y.len();
        if x.len() != rows || cluster.len() != rows || weights.is_some_and(|w| w.len() != rows) {
            return Err(unequal_lengths());
        }
        check_finite(y, "a value of the numerator")?;
        check_finite(x, "a value of the denominator")?;
        if let Some(weights) = weights {
            check_finite(weights, "a weight")?;
            if weights.iter().any(|&weight| weight < 0.0) {
                return Err(Refusal::new(
                    "negative_weight",
                    "a weight is below zero",
                    "correct the weights, or estimate without them",
                ));
            }
        }
        let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
        let mut order: Vec<usize> = (0..rows).filter(|&row| weight(row) > 0.0).collect();
        let n = order.len() as u64;
        order.sort_by_key(|&row| cluster[row]);
        let sums: Vec<(f64, f64)> = order
            .chunk_by(|&one, &other| cluster[one] == cluster[other])
            .map(|rows| {
                let mut sums = ClusterSums::default();
                for &row in rows {
                    sums.y.add(weight(row) * y[row]);
                    sums.x.add(weight(row) * x[row]);
                }
                (sums.y.value(), sums.x.value())
            })
            .collect();
        Self::from_pairs(&sums, n)
    }

    /// Takes in sums by cluster.
    ///
    /// `y` and `x` hold the (weighted) sums of each cluster, one entry a
    /// cluster in any order; `n` is the number of rows behind them, carried
    /// into the estimate for the report. A cluster whose sums are both zero
    /// counts as a cluster.
    ///
    /// # Refusals
    ///
    /// * `unequal_lengths`: the slices differ in length.
    /// * `empty`: no clusters.
    /// * `not_finite`: a sum is missing, infinite, or too large to sum.
    /// * `zero_denominator`: the sum of x is zero or negative.
    /// * `too_few_clusters`: fewer than two clusters.
    pub fn from_cluster_sums(y: &[f64], x: &[f64], n: u64) -> Result<Self, Refusal> {
        if x.len() != y.len() {
            return Err(unequal_lengths());
        }
        check_finite(y, "a sum of the numerator")?;
        check_finite(x, "a sum of the denominator")?;
        let pairs: Vec<(f64, f64)> = y.iter().copied().zip(x.iter().copied()).collect();
        Self::from_pairs(&pairs, n)
    }

    /// Takes in rows each of which is its own cluster with a denominator of 1,
    /// from their number, their sum and the sum of their squares: a mean.
    ///
    /// The spread is lost where it is smaller than the rounding of the sums,
    /// about 1e-8 of the mean; it then counts as none.
    ///
    /// # Refusals
    ///
    /// * `empty`, `too_few_clusters`, `not_finite`, as for cluster sums.
    pub fn from_row_moments(n: u64, sum: f64, squares: f64) -> Result<Self, Refusal> {
        if !(sum.is_finite() && squares.is_finite()) {
            return Err(Refusal::not_finite("a sum of the rows"));
        }
        if n < 2 {
            return Self::from_pairs(&vec![(sum, 1.0); n as usize], n);
        }
        let rows = n as f64;
        let ratio = sum / rows;
        let spread = squares - sum * ratio;
        let noise = 8.0 * f64::EPSILON * squares;
        let std_error = if spread <= noise { 0.0 } else { (spread / (rows - 1.0) / rows).sqrt() };
        Ok(Self { ratio, std_error, n, n_clusters: n, y_is_zero: squares == 0.0 })
    }

    fn from_pairs(sums: &[(f64, f64)], n: u64) -> Result<Self, Refusal> {
        if sums.is_empty() {
            return Err(Refusal::new(
                "empty",
                "there are no rows to estimate from",
                "report that nothing was observed; a missing value is not a zero",
            ));
        }
        let total_y = sums.iter().map(|sums| sums.0).collect::<Sum>().value();
        let total_x = sums.iter().map(|sums| sums.1).collect::<Sum>().value();
        if !(total_y.is_finite() && total_x.is_finite()) {
            return Err(Refusal::not_finite("a total"));
        }
        if total_x <= 0.0 {
            return Err(Refusal::zero_denominator());
        }
        if sums.len() < 2 {
            return Err(Refusal::new(
                "too_few_clusters",
                "there are fewer than two clusters, so the spread between them is unknown",
                "report the ratio of the totals without an interval",
            ));
        }
        let ratio = total_y / total_x;
        let squares: Sum = sums
            .iter()
            .map(|&(y, x)| {
                let residual = x.mul_add(-ratio, y) / total_x;
                // The ratio is rounded, and with it every residual: what is
                // not larger than that rounding is nothing.
                let noise = 4.0 * f64::EPSILON * (y.abs() + (ratio * x).abs()) / total_x;
                if residual.abs() <= noise { 0.0 } else { residual * residual }
            })
            .collect();
        let clusters = sums.len() as f64;
        let std_error = (clusters / (clusters - 1.0) * squares.value()).sqrt();
        if !(ratio.is_finite() && std_error.is_finite()) {
            return Err(Refusal::not_finite("the ratio or its standard error"));
        }
        Ok(Self {
            ratio,
            std_error,
            n,
            n_clusters: sums.len() as u64,
            y_is_zero: sums.iter().all(|sums| sums.0 == 0.0),
        })
    }

    /// The ratio R, in units of y for one unit of x.
    pub fn ratio(&self) -> f64 {
        self.ratio
    }

    /// The linearised standard error of R, in the same units; zero where every
    /// cluster has the same ratio, which no interval is given for.
    pub fn std_error(&self) -> f64 {
        self.std_error
    }

    /// The number of rows behind the ratio.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// The number of clusters, two at least.
    pub fn n_clusters(&self) -> u64 {
        self.n_clusters
    }

    /// The degrees of freedom, one less than the number of clusters.
    pub fn df(&self) -> f64 {
        (self.n_clusters - 1) as f64
    }

    /// Refuses a ratio whose clusters do not vary.
    pub(super) fn check_variation(&self) -> Result<(), Refusal> {
        if self.y_is_zero {
            return Err(Refusal::new(
                "zero_numerator",
                "the numerator is zero in every cluster; the ratio is zero, but the spread between clusters, from which an interval is made, cannot be seen",
                "report the ratio as zero without an interval, and the share of clusters with a numerator above zero, none of all, with its Wilson interval",
            ));
        }
        if self.std_error == 0.0 {
            return Err(Refusal::new(
                "no_variation",
                "every cluster has the same ratio, so an interval would have no width",
                "report the ratio without an interval, and check that the clusters were observed independently",
            ));
        }
        Ok(())
    }

    /// Refuses a ratio that has no logarithm.
    pub(super) fn check_positive(&self) -> Result<(), Refusal> {
        if self.ratio > 0.0 {
            return Ok(());
        }
        Err(Refusal::new(
            "ratio_not_positive",
            "the ratio is not above zero, so it has no logarithm",
            "use the method on the plain scale",
        ))
    }

    fn estimate(&self, lower: f64, upper: f64, level: f64, method: &'static str) -> Outcome {
        Ok(Estimate {
            value: self.ratio,
            std_error: Some(self.std_error),
            interval: Some(finite_interval(lower, upper, level)?),
            df: Some(self.df()),
            statistic: None,
            p_value: None,
            n: self.n,
            n_clusters: Some(self.n_clusters),
            method,
            warnings: Vec::new(),
        })
    }
}

/// A ratio of sums with its interval on the log scale, the default.
///
/// The limits are R exp(± t se/R), with t of G - 1 degrees of freedom at the
/// confidence level `level` (a share). The standard error of the estimate is
/// that of R itself. See the [module](self) for the method.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `zero_numerator`: y is zero in every cluster.
/// * `ratio_not_positive`: R is negative, or zero by cancellation.
/// * `no_variation`: every cluster has the same ratio.
/// * `interval_not_finite`: the upper limit is beyond the range of numbers.
pub fn ratio_linearised_log(ratio: &ClusteredRatio, level: f64) -> Outcome {
    check_level(level)?;
    ratio.check_variation()?;
    ratio.check_positive()?;
    let reach = student_critical(level, ratio.df()) * (ratio.std_error / ratio.ratio);
    ratio.estimate(ratio.ratio * libm::exp(-reach), ratio.ratio * libm::exp(reach), level, METHOD_LOG)
}

/// A ratio of sums with its interval on the plain scale.
///
/// The limits are R ± t se, with t of G - 1 degrees of freedom at the
/// confidence level `level` (a share). They may fall below zero where R cannot;
/// prefer [`ratio_linearised_log`] unless R may be negative or the result is
/// to be compared with survey software. See the [module](self) for the method.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `zero_numerator`: y is zero in every cluster.
/// * `no_variation`: every cluster has the same ratio.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn ratio_linearised(ratio: &ClusteredRatio, level: f64) -> Outcome {
    check_level(level)?;
    ratio.check_variation()?;
    let reach = student_critical(level, ratio.df()) * ratio.std_error;
    ratio.estimate(ratio.ratio - reach, ratio.ratio + reach, level, METHOD_PLAIN)
}

fn unequal_lengths() -> Refusal {
    Refusal::new(
        "unequal_lengths",
        "the columns differ in length, so the values of a row cannot be matched",
        "take all columns from the same rows",
    )
}

fn check_finite(values: &[f64], what: &str) -> Result<(), Refusal> {
    if values.iter().all(|value| value.is_finite()) { Ok(()) } else { Err(Refusal::not_finite(what)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn from_rows(y: &[f64], x: &[f64], cluster: &[u32]) -> ClusteredRatio {
        ClusteredRatio::from_rows(y, x, cluster, None).expect("a ratio")
    }

    /// Sixty rows of awkward numbers in seven clusters.
    fn rows() -> (Vec<f64>, Vec<f64>, Vec<u32>, Vec<f64>) {
        let mut state = 11_u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let (mut y, mut x, mut cluster, mut weights) = (vec![], vec![], vec![], vec![]);
        for _ in 0..60 {
            x.push(0.1 + 100.0 * next());
            y.push(70.0 * next() / 3.0);
            cluster.push((7.0 * next()) as u32);
            weights.push(0.5 + next());
        }
        (y, x, cluster, weights)
    }

    #[test]
    fn moments_of_rows_are_as_good_as_the_rows() {
        let y = [3.5, 0.0, 12.25, 7.0, 7.0, -2.0];
        let rows = ClusteredRatio::from_cluster_sums(&y, &[1.0; 6], 6);
        let squares = y.iter().map(|v| v * v).sum();
        let moments = ClusteredRatio::from_row_moments(6, y.iter().sum(), squares);
        let both = rows.ok().zip(moments.ok());
        assert!(both.is_some_and(|(a, b)| {
            (a.std_error / b.std_error - 1.0).abs() < 1e-14
                && a.ratio == b.ratio
                && a.n_clusters == b.n_clusters
        }));
        let same = ClusteredRatio::from_row_moments(3, 0.3, 0.03);
        assert!(same.is_ok_and(|ratio| ratio.std_error == 0.0));
        assert_eq!(ClusteredRatio::from_row_moments(0, 0.0, 0.0).map_err(|r| r.code), Err("empty"));
        assert_eq!(
            ClusteredRatio::from_row_moments(1, 2.0, 4.0).map_err(|r| r.code),
            Err("too_few_clusters")
        );
    }

    #[test]
    fn ratio_by_hand() {
        // Two clusters, sums (1, 1) and (0, 1): R = 1/2, e = ±1/2,
        // v = 2/1 (1/4 + 1/4)/4 = 1/4.
        let ratio = from_rows(&[1.0, 0.0], &[1.0, 1.0], &[4, 9]);
        assert_eq!((ratio.ratio(), ratio.std_error()), (0.5, 0.5));
        assert_eq!((ratio.n(), ratio.n_clusters(), ratio.df()), (2, 2, 1.0));
        let plain = ratio_linearised(&ratio, 0.5).expect("an estimate");
        // The quartile of t with one degree of freedom is 1.
        let interval = plain.interval.expect("an interval");
        assert!(interval.lower.abs() < 1e-15 && (interval.upper - 1.0).abs() < 1e-15);
        assert_eq!(plain.method, "ratio.linearised");
        let log = ratio_linearised_log(&ratio, 0.5).expect("an estimate");
        let interval = log.interval.expect("an interval");
        assert!((interval.upper - 0.5 * libm::exp(1.0)).abs() < 1e-14);
        assert!((interval.lower - 0.5 * libm::exp(-1.0)).abs() < 1e-14);
        assert_eq!(log.method, "ratio.linearised.log");
        assert_eq!((log.std_error, log.df), (Some(0.5), Some(1.0)));
        assert_eq!((log.n, log.n_clusters), (2, Some(2)));
        assert_eq!((log.statistic, log.p_value), (None, None));
    }

    #[test]
    fn ratio_of_a_mean_is_the_textbook_standard_error() {
        // x = 1 and every row its own cluster: s / sqrt(n).
        let y = [3.0, 5.0, 4.0, 8.0, 10.0];
        let ratio = from_rows(&y, &[1.0; 5], &[0, 1, 2, 3, 4]);
        assert_eq!(ratio.ratio(), 6.0);
        // Deviations -3 -1 -2 2 4: squares sum to 34.
        assert!((ratio.std_error() - (34.0_f64 / 4.0 / 5.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn ratio_is_the_same_to_the_bit_in_any_order() {
        let (y, x, cluster, weights) = rows();
        let first = ClusteredRatio::from_rows(&y, &x, &cluster, Some(&weights)).expect("a ratio");
        let mut order: Vec<usize> = (0..y.len()).collect();
        let mut state = 5_u64;
        for _ in 0..40 {
            for i in (1..order.len()).rev() {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
                order.swap(i, (state >> 33) as usize % (i + 1));
            }
            let take = |values: &[f64]| order.iter().map(|&i| values[i]).collect::<Vec<_>>();
            // The clusters are numbered anew as well, in the reverse order.
            let renamed: Vec<u32> = order.iter().map(|&i| u32::MAX - 3 * cluster[i]).collect();
            let again = ClusteredRatio::from_rows(&take(&y), &take(&x), &renamed, Some(&take(&weights)))
                .expect("a ratio");
            assert_eq!(again.ratio().to_bits(), first.ratio().to_bits());
            assert_eq!(again.std_error().to_bits(), first.std_error().to_bits());
            assert_eq!(again, first);
        }
    }

    #[test]
    fn ratio_from_cluster_sums_is_the_ratio_from_rows() {
        let (y, x, cluster, _) = rows();
        let rows = from_rows(&y, &x, &cluster);
        let of = |values: &[f64], wanted: u32| {
            (0..values.len()).filter(|&i| cluster[i] == wanted).map(|i| values[i]).collect::<Sum>().value()
        };
        let sums_y: Vec<f64> = (0..7).rev().map(|g| of(&y, g)).collect();
        let sums_x: Vec<f64> = (0..7).rev().map(|g| of(&x, g)).collect();
        let sums = ClusteredRatio::from_cluster_sums(&sums_y, &sums_x, 60).expect("a ratio");
        assert_eq!(sums, rows);
    }

    #[test]
    fn ratio_gains_nothing_from_rows_given_twice() {
        let (y, x, cluster, _) = rows();
        let once = from_rows(&y, &x, &cluster);
        let twice = from_rows(
            &[y.clone(), y.clone()].concat(),
            &[x.clone(), x.clone()].concat(),
            &[cluster.clone(), cluster.clone()].concat(),
        );
        assert_eq!(twice.ratio(), once.ratio());
        assert_eq!(twice.std_error(), once.std_error());
        assert_eq!(twice.n(), 2 * once.n());
        // Ignoring the clusters does gain, which is the error to guard against.
        let alone: Vec<u32> = (0..60).collect();
        let apart: Vec<u32> = (0..120).collect();
        let once = from_rows(&y, &x, &alone);
        let twice = from_rows(&[y.clone(), y].concat(), &[x.clone(), x].concat(), &apart);
        assert!(twice.std_error() < 0.75 * once.std_error());
    }

    #[test]
    fn ratio_does_not_depend_on_the_scale_of_the_weights() {
        let (y, x, cluster, weights) = rows();
        let plain = from_rows(&y, &x, &cluster);
        for scale in [1.0, 0.25, 33.85] {
            let equal = ClusteredRatio::from_rows(&y, &x, &cluster, Some(&[scale; 60])).expect("a ratio");
            assert!((equal.ratio() / plain.ratio() - 1.0).abs() < 1e-14);
            assert!((equal.std_error() / plain.std_error() - 1.0).abs() < 1e-13);
        }
        let weighted = ClusteredRatio::from_rows(&y, &x, &cluster, Some(&weights)).expect("a ratio");
        let doubled: Vec<f64> = weights.iter().map(|weight| 2.0 * weight).collect();
        let again = ClusteredRatio::from_rows(&y, &x, &cluster, Some(&doubled)).expect("a ratio");
        assert_eq!(again, weighted);
        assert_ne!(weighted.ratio(), plain.ratio());
    }

    #[test]
    fn ratio_scales_with_its_units() {
        let (y, x, cluster, _) = rows();
        let plain = from_rows(&y, &x, &cluster);
        let in_eighths: Vec<f64> = y.iter().map(|value| 8.0 * value).collect();
        let scaled = from_rows(&in_eighths, &x, &cluster);
        assert_eq!(scaled.ratio(), 8.0 * plain.ratio());
        assert_eq!(scaled.std_error(), 8.0 * plain.std_error());
        // The inverse ratio has the inverse log interval.
        let inverse = from_rows(&x, &y, &cluster);
        let (one, other) = (
            ratio_linearised_log(&plain, 0.95).expect("an estimate"),
            ratio_linearised_log(&inverse, 0.95).expect("an estimate"),
        );
        let (one, other) = (one.interval.expect("an interval"), other.interval.expect("an interval"));
        assert!((one.lower * other.upper - 1.0).abs() < 1e-12);
        assert!((one.upper * other.lower - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ratio_leaves_out_rows_of_weight_zero() {
        let y = [1.0, 2.0, 3.0, 900.0, 7.0];
        let x = [2.0, 2.0, 5.0, 1.0, 9.0];
        let weighted = ClusteredRatio::from_rows(&y, &x, &[0, 0, 1, 2, 3], Some(&[1.0, 1.0, 1.0, 0.0, 1.0]))
            .expect("a ratio");
        let without = from_rows(&[1.0, 2.0, 3.0, 7.0], &[2.0, 2.0, 5.0, 9.0], &[0, 0, 1, 3]);
        assert_eq!(weighted, without);
        assert_eq!((weighted.n(), weighted.n_clusters()), (4, 3));
    }

    #[test]
    fn ratio_refuses_what_it_cannot_take_in() {
        let refused =
            |y: &[f64], x: &[f64], cluster: &[u32]| code(ClusteredRatio::from_rows(y, x, cluster, None));
        assert_eq!(refused(&[], &[], &[]), Some("empty"));
        assert_eq!(refused(&[1.0], &[1.0, 2.0], &[0]), Some("unequal_lengths"));
        assert_eq!(refused(&[1.0, 2.0], &[1.0, 2.0], &[0]), Some("unequal_lengths"));
        assert_eq!(refused(&[1.0, 2.0], &[1.0, 2.0], &[3, 3]), Some("too_few_clusters"));
        assert_eq!(refused(&[1.0, 2.0], &[0.0, 0.0], &[0, 1]), Some("zero_denominator"));
        assert_eq!(refused(&[1.0, 2.0], &[1.0, -3.0], &[0, 1]), Some("zero_denominator"));
        assert_eq!(refused(&[f64::NAN, 2.0], &[1.0, 1.0], &[0, 1]), Some("not_finite"));
        assert_eq!(refused(&[1.0, 2.0], &[1.0, f64::INFINITY], &[0, 1]), Some("not_finite"));
        assert_eq!(refused(&[f64::MAX, f64::MAX], &[1.0, 1.0], &[0, 1]), Some("not_finite"));
        assert_eq!(refused(&[1e300, 1.0], &[1e-300, 1e-300], &[0, 1]), Some("not_finite"));
        let weighted = |weights: &[f64]| {
            code(ClusteredRatio::from_rows(&[1.0, 2.0], &[1.0, 1.0], &[0, 1], Some(weights)))
        };
        assert_eq!(weighted(&[1.0]), Some("unequal_lengths"));
        assert_eq!(weighted(&[1.0, -1.0]), Some("negative_weight"));
        assert_eq!(weighted(&[1.0, f64::NAN]), Some("not_finite"));
        assert_eq!(weighted(&[0.0, 0.0]), Some("empty"));
        assert_eq!(weighted(&[1.0, 0.0]), Some("too_few_clusters"));
        let sums = |y: &[f64], x: &[f64]| code(ClusteredRatio::from_cluster_sums(y, x, 5));
        assert_eq!(sums(&[], &[]), Some("empty"));
        assert_eq!(sums(&[1.0], &[1.0]), Some("too_few_clusters"));
        assert_eq!(sums(&[1.0, 2.0], &[1.0]), Some("unequal_lengths"));
        assert_eq!(sums(&[1.0, 2.0], &[1.0, -1.0]), Some("zero_denominator"));
        assert_eq!(sums(&[1.0, f64::NAN], &[1.0, 1.0]), Some("not_finite"));
    }

    #[test]
    fn ratio_refuses_an_interval_without_width() {
        let zero = from_rows(&[0.0; 3], &[4.0, 5.0, 6.0], &[0, 1, 2]);
        assert_eq!((zero.ratio(), zero.std_error()), (0.0, 0.0));
        assert_eq!(code(ratio_linearised(&zero, 0.95)), Some("zero_numerator"));
        assert_eq!(code(ratio_linearised_log(&zero, 0.95)), Some("zero_numerator"));
        // Eight of eight, and a ratio that no 64-bit number holds.
        for (y, x) in
            [([1.0; 3], [1.0; 3]), ([0.1, 0.2, 0.3], [0.3, 0.6, 0.9]), ([1.0, 3.0, 1e6], [3.0, 9.0, 3e6])]
        {
            let same = from_rows(&y, &x, &[0, 1, 2]);
            assert_eq!(code(ratio_linearised(&same, 0.95)), Some("no_variation"));
            assert_eq!(code(ratio_linearised_log(&same, 0.95)), Some("no_variation"));
        }
        // A small true spread is not taken for rounding.
        let narrow = from_rows(&[1.0, 1.0 + 1e-13], &[1.0, 1.0], &[0, 1]);
        assert!(ratio_linearised_log(&narrow, 0.95).is_ok());
    }

    #[test]
    fn ratio_refuses_the_log_scale_below_zero() {
        for y in [[1.0, -3.0], [3.0, -3.0]] {
            let ratio = from_rows(&y, &[1.0, 1.0], &[0, 1]);
            assert_eq!(code(ratio_linearised_log(&ratio, 0.95)), Some("ratio_not_positive"));
            assert!(ratio_linearised(&ratio, 0.95).is_ok());
        }
    }

    #[test]
    fn ratio_refuses_levels_and_limits_out_of_range() {
        let ratio = from_rows(&[1.0, 0.0], &[1.0, 1.0], &[0, 1]);
        for level in [0.0, 1.0, 95.0, f64::NAN] {
            assert_eq!(code(ratio_linearised(&ratio, level)), Some("level_out_of_range"));
            assert_eq!(code(ratio_linearised_log(&ratio, level)), Some("level_out_of_range"));
        }
        // Two clusters at a level of 1 - 1e-9: exp(6e8) is no number.
        assert_eq!(code(ratio_linearised_log(&ratio, 1.0 - 1e-9)), Some("interval_not_finite"));
    }
}
