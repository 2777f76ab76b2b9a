//! The bootstrap of a ratio of sums over clusters: `bootstrap.percentile`,
//! `bootstrap.basic` and `bootstrap.bca`.
//!
//! # Estimand
//!
//! R = (Σ y)/(Σ x), as in [`ratio_linearised`](super::ratio_linearised): the
//! ratio of totals, over the population the clusters were drawn from.
//!
//! # Assumptions
//!
//! The clusters are independent draws from one population. What is drawn again
//! is the cluster (the volunteer, the village, the group), never the
//! attendance: rows of one cluster are not independent, and resampling them
//! gives intervals that are too narrow.
//!
//! # Method
//!
//! B resamples of G clusters with replacement, R* = Σ y*/Σ x* in each. The
//! resamples are drawn from [`Stream`]s, one a resample, or given by the
//! caller. With q(p) the quantile of the resampled ratios, α half of one less
//! the level, and Φ the normal distribution function,
//!
//! ```text
//! percentile   q(α), q(1 - α)
//! basic        2 R - q(1 - α), 2 R - q(α)
//! bca          q(Φ(z0 + (z0 + z)/(1 - a (z0 + z)))) at z = ±Φ⁻¹(1 - α)
//! z0 = Φ⁻¹(share of R* below R + half of the share equal to R)
//! a  = Σ (m - R₋g)³ / (6 (Σ (m - R₋g)²)^3/2)
//! ```
//!
//! with R₋g the ratio without cluster g and m the mean of these (Efron's
//! acceleration; centring on R instead is another quantity). Ties are counted
//! half, without which z0 is off wherever the data are whole numbers. The
//! quantile at p lies between the order statistics around (B + 1) p, on the
//! scale of normal quantiles, or, as the type 7 of other software, around
//! 1 + (B - 1) p on the plain scale; see [`Reading`].
//!
//! The clusters are put in an order of their own before they are drawn, so
//! that the order they come in changes no bit, and each resample has its own
//! stream, so that neither does the order of the resamples.
//!
//! # Small samples
//!
//! A resampled ratio never lies outside the range of the clusters' own, which
//! covers a symmetric truth with probability 1 - 2^(1 - G) at best: .94 for
//! five clusters. Where that is less than the level asked for the interval is
//! refused. Up to ten clusters the [`ideal_bootstrap`](super::ideal_bootstrap)
//! has no error of drawing and is to be preferred.
//!
//! # Refusals
//!
//! When resamples are drawn: `degenerate_resample` (every cluster has the same
//! ratio, or every resample came out equal: all successes, or none),
//! `too_few_resamples` (999), `too_many_resamples`, `resamples_do_not_fit`
//! (given indices that are not whole resamples of these clusters),
//! `undefined_resamples` (more than one in a thousand has no denominator).
//!
//! When an interval is asked for: `level_out_of_range`, `too_few_clusters`,
//! `interval_not_finite`; for BCa also `acceleration_undefined` and
//! `bias_correction_undefined`.
//!
//! # Source
//!
//! Efron B (1987). Better bootstrap confidence intervals. Journal of the
//! American Statistical Association 82:171-185. Davison AC, Hinkley DV (1997).
//! Bootstrap methods and their application, chapters 2 and 5. Cambridge. Hall P
//! (1988). Theoretical comparison of bootstrap confidence intervals. Annals of
//! Statistics 16:927-953.

use std::cmp::Ordering;

use crate::estimate::{Estimate, Interval, Outcome, Refusal, check_level, finite_interval};
use crate::estimators::cluster_sums::{ClusterSums, degenerate_resample};
use crate::random::Stream;
use crate::special::{normal_cdf, normal_critical, normal_quantile};
use crate::sum::Sum;
use crate::thresholds::{
    BOOTSTRAP_RESAMPLES_LEAST, BOOTSTRAP_RESAMPLES_MOST, IDEAL_BOOTSTRAP_CLUSTERS_MOST,
    UNDEFINED_RESAMPLES_MOST,
};
use crate::warning::Warning;

/// The id of the percentile interval.
pub const METHOD_PERCENTILE: &str = "bootstrap.percentile";
/// The id of the basic interval.
pub const METHOD_BASIC: &str = "bootstrap.basic";
/// The id of the BCa interval, ties counted half, Efron's acceleration.
pub const METHOD_BCA: &str = "bootstrap.bca";

/// The number of resamples to draw unless there is a reason for another: with
/// 9,999 the limits at 95% are the resampled ratios number 250 and 9,750.
pub const RESAMPLES: usize = 9_999;

/// How a quantile is read between two resampled ratios.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Reading {
    /// Between the order statistics around (B + 1) p, in proportion to their
    /// normal quantiles (Davison and Hinkley 1997, equation 5.6).
    #[default]
    NormalScale,
    /// Between the order statistics around 1 + (B - 1) p, in plain proportion.
    Type7,
}

/// The resampled ratios of one set of clusters.
#[derive(Clone, Debug, PartialEq)]
pub struct Bootstrap {
    /// The resampled ratios in increasing order.
    sorted: Vec<f64>,
    ratio: f64,
    std_error: f64,
    mean: f64,
    below: f64,
    acceleration: Option<f64>,
    n: u64,
    n_clusters: usize,
    warnings: Vec<Warning>,
}

/// Draws `resamples` resamples of the clusters, each from its own stream under
/// the seed: number 0, 1, 2 and so on.
///
/// Take [`RESAMPLES`] unless there is a reason for another number. 10,000
/// resamples of 1,000 clusters take some hundredths of a second. See the
/// [module](self) for the method.
///
/// # Refusals
///
/// * `degenerate_resample`: every cluster has the same ratio, or every resample.
/// * `too_few_resamples`, `too_many_resamples`: under 999, or over a million.
/// * `undefined_resamples`: too many have no denominator.
pub fn bootstrap_clusters(
    sums: &ClusterSums,
    seed: &[u8; 32],
    resamples: usize,
) -> Result<Bootstrap, Refusal> {
    check_count(resamples)?;
    if sums.is_constant() {
        return Err(degenerate_resample());
    }
    let pairs = sums.canonical();
    let Ok(count) = u32::try_from(pairs.len()) else {
        return Err(Refusal::new(
            "too_many_clusters",
            "there are more clusters than a resample can be drawn from",
            "use the linearised standard error, which needs no resampling",
        ));
    };
    let ratios = (0..resamples as u64).map(|replicate| {
        // One running sum for each place within a batch: the additions of a
        // batch do not wait for each other.
        let mut lanes = [[0.0; 2]; Stream::LANES];
        Stream::new(seed, replicate).each_index(count, pairs.len(), |lane, index| {
            let [y, x] = pairs[index as usize];
            lanes[lane][0] += y;
            lanes[lane][1] += x;
        });
        let total = lanes.iter().fold([0.0; 2], |sum, lane| [sum[0] + lane[0], sum[1] + lane[1]]);
        (total[1] > 0.0).then(|| total[0] / total[1])
    });
    Bootstrap::new(sums, ratios.collect())
}

/// Takes in resamples that were drawn elsewhere.
///
/// `indices` holds the clusters of each resample, G of them a resample, one
/// resample after the other; clusters are numbered from 0 in the order the sums
/// were given in.
///
/// # Refusals
///
/// * `resamples_do_not_fit`: the indices are not whole resamples, or one of
///   them names no cluster.
/// * Those of [`bootstrap_clusters`].
pub fn bootstrap_from_indices(sums: &ClusterSums, indices: &[u32]) -> Result<Bootstrap, Refusal> {
    let pairs = sums.pairs();
    if !indices.len().is_multiple_of(pairs.len())
        || indices.iter().any(|&index| index as usize >= pairs.len())
    {
        return Err(Refusal::new(
            "resamples_do_not_fit",
            "the indices are not whole resamples of these clusters",
            "give one index below the number of clusters for each cluster of each resample",
        ));
    }
    check_count(indices.len() / pairs.len())?;
    if sums.is_constant() {
        return Err(degenerate_resample());
    }
    let ratios = indices.chunks_exact(pairs.len()).map(|resample| {
        let total = resample.iter().filter_map(|&index| pairs.get(index as usize));
        let total = total.fold([0.0; 2], |sum, pair| [sum[0] + pair[0], sum[1] + pair[1]]);
        (total[1] > 0.0).then(|| total[0] / total[1])
    });
    Bootstrap::new(sums, ratios.collect())
}

impl Bootstrap {
    fn new(sums: &ClusterSums, ratios: Vec<Option<f64>>) -> Result<Self, Refusal> {
        let drawn = ratios.len();
        let mut sorted: Vec<f64> = ratios.into_iter().flatten().collect();
        let undefined = drawn - sorted.len();
        if undefined as f64 > UNDEFINED_RESAMPLES_MOST * drawn as f64 {
            return Err(undefined_resamples());
        }
        sorted.sort_unstable_by(f64::total_cmp);
        if !sorted.iter().all(|ratio| ratio.is_finite()) {
            return Err(Refusal::not_finite("a resampled ratio"));
        }
        let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else {
            return Err(undefined_resamples());
        };
        if sums.side(*first) == Ordering::Equal && sums.side(*last) == Ordering::Equal || first == last {
            return Err(degenerate_resample());
        }
        let count = sorted.len() as f64;
        let mean = crate::sum::sum(&sorted) / count;
        let squares: Sum = sorted.iter().map(|ratio| (ratio - mean) * (ratio - mean)).collect();
        let std_error = (squares.value() / (count - 1.0)).sqrt();
        if !(mean.is_finite() && std_error.is_finite()) {
            return Err(Refusal::not_finite("the spread of the resampled ratios"));
        }
        let strictly_below = sorted.partition_point(|&ratio| sums.side(ratio) == Ordering::Less);
        let not_above = sorted.partition_point(|&ratio| sums.side(ratio) != Ordering::Greater);
        let below = (strictly_below + not_above) as f64 / (2.0 * count);
        let mut warnings = Vec::new();
        if sums.n_clusters() <= IDEAL_BOOTSTRAP_CLUSTERS_MOST {
            warnings.push(Warning::new(
                "few_enough_to_enumerate",
                "with so few clusters every resample can be enumerated, which has no error of drawing",
            ));
        }
        if undefined > 0 {
            warnings.push(undefined_left_out());
        }
        Ok(Self {
            sorted,
            ratio: sums.ratio(),
            std_error,
            mean,
            below,
            acceleration: sums.acceleration(),
            n: sums.linearised().n(),
            n_clusters: sums.n_clusters(),
            warnings,
        })
    }

    /// The ratio of the sums as observed.
    pub fn ratio(&self) -> f64 {
        self.ratio
    }

    /// The resampled ratios, in increasing order.
    pub fn resampled(&self) -> &[f64] {
        &self.sorted
    }

    /// The standard deviation of the resampled ratios, with B - 1.
    pub fn std_error(&self) -> f64 {
        self.std_error
    }

    /// The mean of the resampled ratios less the ratio.
    pub fn bias(&self) -> f64 {
        self.mean - self.ratio
    }

    /// Efron's acceleration a; absent when a cluster holds the whole
    /// denominator.
    pub fn acceleration(&self) -> Option<f64> {
        self.acceleration
    }

    /// The bias correction z0, ties counted half; absent when every resampled
    /// ratio lies on one side of the ratio.
    pub fn bias_correction(&self) -> Option<f64> {
        Some(normal_quantile(self.below)).filter(|z| z.is_finite())
    }

    /// The shares at which the BCa interval at a level reads its limits.
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`: the level is not strictly between 0 and 1.
    /// * `acceleration_undefined`, `bias_correction_undefined`.
    pub fn bca_shares(&self, level: f64) -> Result<(f64, f64), Refusal> {
        check_level(level)?;
        bca_shares(self.bias_correction(), self.acceleration, level)
    }

    /// The percentile interval at a level (a share).
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`: the level is not strictly between 0 and 1.
    /// * `too_few_clusters`: the range of the clusters cannot cover at this
    ///   level.
    pub fn percentile(&self, level: f64, reading: Reading) -> Outcome {
        check_level(level)?;
        let tail = 0.5 * (1.0 - level);
        self.estimate((tail, 1.0 - tail), level, reading, METHOD_PERCENTILE, |lower, upper| (lower, upper))
    }

    /// The basic interval at a level (a share).
    ///
    /// # Refusals
    ///
    /// Those of [`Bootstrap::percentile`].
    pub fn basic(&self, level: f64, reading: Reading) -> Outcome {
        check_level(level)?;
        let tail = 0.5 * (1.0 - level);
        let twice = 2.0 * self.ratio;
        let turn = |lower: f64, upper: f64| (twice - upper, twice - lower);
        self.estimate((tail, 1.0 - tail), level, reading, METHOD_BASIC, turn)
    }

    /// The BCa interval at a level (a share), the one to use by default.
    ///
    /// # Refusals
    ///
    /// * Those of [`Bootstrap::percentile`].
    /// * `acceleration_undefined`: a cluster holds the whole denominator.
    /// * `bias_correction_undefined`: every resampled ratio lies on one side of
    ///   the ratio, or the corrected shares leave the range 0 to 1.
    pub fn bca(&self, level: f64, reading: Reading) -> Outcome {
        let shares = self.bca_shares(level)?;
        self.estimate(shares, level, reading, METHOD_BCA, |lower, upper| (lower, upper))
    }

    fn estimate(
        &self,
        shares: (f64, f64),
        level: f64,
        reading: Reading,
        method: &'static str,
        limits: impl Fn(f64, f64) -> (f64, f64),
    ) -> Outcome {
        check_clusters(self.n_clusters, level)?;
        let (lower, upper) = limits(self.quantile(shares.0, reading), self.quantile(shares.1, reading));
        let Interval { lower, upper, .. } = finite_interval(lower, upper, level)?;
        let mut warnings = self.warnings.clone();
        let place = |share: f64| (self.sorted.len() as f64 + 1.0) * share;
        if place(shares.0) < 1.0 || place(shares.1) > self.sorted.len() as f64 {
            warnings.push(Warning::new(
                "extreme_resample",
                "a limit is the smallest or the largest resampled ratio, so it depends on how many were drawn",
            ));
        }
        Ok(Estimate {
            std_error: Some(self.std_error),
            interval: Some(Interval { lower, upper, level }),
            n_clusters: Some(self.n_clusters as u64),
            warnings,
            ..Estimate::point(self.ratio, self.n, method)
        })
    }

    /// The quantile of the resampled ratios at a share between 0 and 1.
    fn quantile(&self, share: f64, reading: Reading) -> f64 {
        let count = self.sorted.len();
        // Order statistics by their number, from 1, with the ends held.
        let at = |number: f64| {
            let place = (number.max(1.0) as usize).min(count) - 1;
            self.sorted.get(place).copied().unwrap_or(f64::NAN)
        };
        match reading {
            Reading::NormalScale => {
                let slots = count as f64 + 1.0;
                let number = (slots * share).floor();
                if number < 1.0 || number >= count as f64 || number == slots * share {
                    return at(number);
                }
                let [here, before, after] =
                    [share, number / slots, (number + 1.0) / slots].map(normal_quantile);
                let part = (here - before) / (after - before);
                at(number) + part * (at(number + 1.0) - at(number))
            }
            Reading::Type7 => {
                let exact = 1.0 + (count as f64 - 1.0) * share;
                let number = exact.floor();
                at(number) + (exact - number) * (at(number + 1.0) - at(number))
            }
        }
    }
}

/// The shares at which a BCa interval reads its limits.
pub(super) fn bca_shares(
    bias_correction: Option<f64>,
    acceleration: Option<f64>,
    level: f64,
) -> Result<(f64, f64), Refusal> {
    let Some(a) = acceleration else {
        return Err(Refusal::new(
            "acceleration_undefined",
            "without one of the clusters the ratio has no value, so the acceleration has none",
            "use the percentile interval, and name the share of the largest cluster",
        ));
    };
    let undefined = || {
        Refusal::new(
            "bias_correction_undefined",
            "the resampled ratios lie so far to one side of the ratio that the bias cannot be corrected for",
            "use the linearised interval, and name the share of the largest cluster",
        )
    };
    let z0 = bias_correction.ok_or_else(undefined)?;
    let share = |z: f64| {
        let moved = z0 + z;
        let stretched = 1.0 - a * moved;
        (stretched > 0.0).then(|| normal_cdf(z0 + moved / stretched))
    };
    let z = normal_critical(level);
    match (share(-z), share(z)) {
        (Some(lower), Some(upper)) if lower <= upper => Ok((lower, upper)),
        _ => Err(undefined()),
    }
}

/// Refuses a level that the range of so few clusters cannot reach.
pub(super) fn check_clusters(clusters: usize, level: f64) -> Result<(), Refusal> {
    let outside = libm::exp2(1.0 - clusters as f64);
    if 1.0 - outside >= level {
        return Ok(());
    }
    Err(Refusal::new(
        "too_few_clusters",
        "a resampled ratio lies within the range of the clusters, which with so few of them covers the truth less often than the level asks for",
        "use the linearised interval with its t quantile, or a lower level",
    ))
}

pub(super) fn undefined_resamples() -> Refusal {
    Refusal::new(
        "undefined_resamples",
        "too many resamples have a denominator that is not above zero, so the ratio has no distribution",
        "use the set of Fieller, which says what an uncertain denominator allows",
    )
}

pub(super) fn undefined_left_out() -> Warning {
    Warning::new(
        "undefined_resamples",
        "some resamples have a denominator that is not above zero; they are left out",
    )
}

fn check_count(resamples: usize) -> Result<(), Refusal> {
    if resamples < BOOTSTRAP_RESAMPLES_LEAST {
        return Err(Refusal::new(
            "too_few_resamples",
            "with fewer than 999 resamples the limits change noticeably from one seed to the next",
            "draw 9,999",
        ));
    }
    if resamples > BOOTSTRAP_RESAMPLES_MOST {
        return Err(Refusal::new(
            "too_many_resamples",
            "there are more than a million resamples, which nothing gains from",
            "draw 9,999",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SEED: [u8; 32] = [3; 32];

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn sums(y: &[f64], x: &[f64]) -> ClusterSums {
        ClusterSums::new(y, x, y.len() as u64).expect("sums")
    }

    fn limits(outcome: Outcome) -> (f64, f64) {
        let interval = outcome.expect("an estimate").interval.expect("an interval");
        (interval.lower, interval.upper)
    }

    /// Thirty clusters of whole and of broken numbers.
    fn thirty() -> (Vec<f64>, Vec<f64>) {
        let mut stream = Stream::new(&[9; 32], 0);
        (0..30).map(|_| (stream.index(20) as f64, 0.5 + stream.uniform())).unzip()
    }

    #[test]
    fn bootstrap_does_not_depend_on_the_order_of_the_clusters() {
        let (y, x) = thirty();
        let one = bootstrap_clusters(&sums(&y, &x), &SEED, 999).expect("a bootstrap");
        let mut order: Vec<usize> = (0..30).collect();
        let mut stream = Stream::new(&SEED, 1);
        for i in (1..30).rev() {
            order.swap(i, stream.index(i as u64 + 1) as usize);
        }
        let take = |values: &[f64]| order.iter().map(|&i| values[i]).collect::<Vec<_>>();
        let other = bootstrap_clusters(&sums(&take(&y), &take(&x)), &SEED, 999).expect("a bootstrap");
        assert_eq!(one, other);
        let third = bootstrap_clusters(&sums(&y, &x), &[4; 32], 999).expect("a bootstrap");
        assert_ne!(one.resampled(), third.resampled());
    }

    #[test]
    fn bootstrap_draws_what_the_indices_say() {
        // Clusters in their canonical order, so that indices are those drawn.
        let (y, x) = ([2.0, 1.0, 5.0, 3.0, 8.0, 4.0, 9.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        let sums = sums(&y, &x);
        let mut indices = vec![0; 999 * 7];
        for (replicate, resample) in indices.chunks_exact_mut(7).enumerate() {
            Stream::new(&SEED, replicate as u64).indices(7, resample);
        }
        let drawn = bootstrap_clusters(&sums, &SEED, 999).expect("a bootstrap");
        let given = bootstrap_from_indices(&sums, &indices).expect("a bootstrap");
        assert_eq!(drawn, given);
    }

    #[test]
    fn bootstrap_spread_is_that_of_the_theory() {
        // The variance of a resampled mean is that of the clusters over G.
        let y: Vec<f64> = (0..40).map(f64::from).collect();
        let found = bootstrap_clusters(&sums(&y, &[1.0; 40]), &SEED, 20_000).expect("a bootstrap");
        let variance = (40.0 * 40.0 - 1.0) / 12.0 / 40.0;
        assert!((found.std_error() / f64::sqrt(variance) - 1.0).abs() < 0.02);
        assert!(found.bias().abs() < 4.0 * f64::sqrt(variance / 20_000.0));
        // A symmetric sample: neither bias nor acceleration.
        assert!(found.acceleration().expect("a").abs() < 1e-12);
        assert!(found.bias_correction().expect("z0").abs() < 0.03);
    }

    #[test]
    fn bootstrap_of_a_mirrored_sample_is_mirrored() {
        let (y, _) = thirty();
        let ones = vec![1.0; 30];
        let mirrored: Vec<f64> = y.iter().map(|value| -value).collect();
        let indices: Vec<u32> = {
            let mut all = vec![0; 999 * 30];
            Stream::new(&SEED, 5).indices(30, &mut all);
            all
        };
        let one = bootstrap_from_indices(&sums(&y, &ones), &indices).expect("a bootstrap");
        let other = bootstrap_from_indices(&sums(&mirrored, &ones), &indices).expect("a bootstrap");
        assert!((one.bias_correction().expect("z0") + other.bias_correction().expect("z0")).abs() < 1e-12);
        assert!((one.acceleration().expect("a") + other.acceleration().expect("a")).abs() < 1e-12);
        for reading in [Reading::NormalScale, Reading::Type7] {
            for (one, other) in [
                (one.percentile(0.95, reading), other.percentile(0.95, reading)),
                (one.basic(0.95, reading), other.basic(0.95, reading)),
                (one.bca(0.95, reading), other.bca(0.95, reading)),
            ] {
                let (one, other) = (limits(one), limits(other));
                assert!((one.0 + other.1).abs() < 1e-9 && (one.1 + other.0).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn bootstrap_warns_where_it_must() {
        let (y, x) = thirty();
        let many = bootstrap_clusters(&sums(&y, &x), &SEED, 999).expect("a bootstrap");
        let codes = |outcome: Outcome| {
            let warnings = outcome.expect("an estimate").warnings;
            warnings.iter().map(|warning| warning.code).collect::<Vec<_>>()
        };
        assert!(codes(many.percentile(0.95, Reading::NormalScale)).is_empty());
        assert_eq!(codes(many.percentile(0.9999, Reading::NormalScale)), ["extreme_resample"]);
        let few = bootstrap_clusters(&sums(&y[..8], &x[..8]), &SEED, 999).expect("a bootstrap");
        assert_eq!(codes(few.bca(0.95, Reading::NormalScale)), ["few_enough_to_enumerate"]);
        // One volunteer in twelve has no month: never all twelve of them.
        let mut months = vec![2.0; 12];
        months[3] = 0.0;
        let found = bootstrap_clusters(&sums(&y[..12], &months), &SEED, 999).expect("a bootstrap");
        assert!(codes(found.percentile(0.95, Reading::Type7)).is_empty());
    }

    #[test]
    fn bootstrap_refuses() {
        let eight = sums(&[1.0; 8], &[1.0; 8]);
        assert_eq!(code(bootstrap_clusters(&eight, &SEED, 9_999)), Some("degenerate_resample"));
        let none = sums(&[0.0; 8], &[1.0; 8]);
        assert_eq!(code(bootstrap_clusters(&none, &SEED, 9_999)), Some("degenerate_resample"));
        let two = sums(&[1.0, 2.0], &[1.0, 1.0]);
        // Resamples of the first cluster and nothing else.
        assert_eq!(code(bootstrap_from_indices(&two, &[0; 2000])), Some("degenerate_resample"));
        assert_eq!(code(bootstrap_clusters(&two, &SEED, 998)), Some("too_few_resamples"));
        assert_eq!(code(bootstrap_clusters(&two, &SEED, usize::MAX)), Some("too_many_resamples"));
        assert_eq!(code(bootstrap_from_indices(&two, &[0, 1, 0])), Some("resamples_do_not_fit"));
        assert_eq!(code(bootstrap_from_indices(&two, &[0, 2])), Some("resamples_do_not_fit"));
        assert_eq!(code(bootstrap_from_indices(&two, &[])), Some("too_few_resamples"));
        let holes = sums(&[5.0, 1.0, 0.0, 9.0, 2.0], &[0.0, 0.0, 0.0, 30.0, 1.0]);
        assert_eq!(code(bootstrap_clusters(&holes, &SEED, 999)), Some("undefined_resamples"));
        let five = bootstrap_clusters(&sums(&[1.0, 2.0, 3.0, 4.0, 7.0], &[1.0; 5]), &SEED, 999)
            .expect("a bootstrap");
        assert_eq!(code(five.percentile(0.95, Reading::Type7)), Some("too_few_clusters"));
        assert!(five.percentile(0.9, Reading::Type7).is_ok());
        assert_eq!(code(five.bca(1.0, Reading::Type7)), Some("level_out_of_range"));
        assert_eq!(code(five.basic(f64::NAN, Reading::Type7)), Some("level_out_of_range"));
        assert_eq!(code(bca_shares(None, Some(0.0), 0.9)), Some("bias_correction_undefined"));
        assert_eq!(code(bca_shares(Some(0.0), None, 0.9)), Some("acceleration_undefined"));
        assert_eq!(code(bca_shares(Some(0.0), Some(2.0), 0.9)), Some("bias_correction_undefined"));
    }

    #[test]
    fn bca_without_bias_and_acceleration_is_percentile() {
        let (lower, upper) = bca_shares(Some(0.0), Some(0.0), 0.9).expect("shares");
        assert!((lower - 0.05).abs() < 1e-15 && (upper - 0.95).abs() < 1e-15);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 30, ..ProptestConfig::default() })]

        #[test]
        fn bootstrap_intervals_are_ordered_and_nested(
            rows in proptest::collection::vec((0..40_u32, 1..20_u32), 8..20),
        ) {
            let (y, x): (Vec<f64>, Vec<f64>) =
                rows.into_iter().map(|(y, x)| (f64::from(y), f64::from(x))).unzip();
            let Ok(found) = bootstrap_clusters(&sums(&y, &x), &SEED, 999) else { return Ok(()) };
            for reading in [Reading::NormalScale, Reading::Type7] {
                let (mut before, mut lowest) = (f64::INFINITY, f64::NEG_INFINITY);
                for level in [0.5, 0.8, 0.9, 0.95] {
                    let (lower, upper) = limits(found.percentile(level, reading));
                    prop_assert!(lower <= upper && lower <= before && upper >= lowest);
                    (before, lowest) = (lower, upper);
                    if let Ok(bca) = found.bca(level, reading) {
                        prop_assert!(bca.interval.is_some_and(|i| i.lower <= i.upper));
                    }
                }
            }
        }
    }
}
