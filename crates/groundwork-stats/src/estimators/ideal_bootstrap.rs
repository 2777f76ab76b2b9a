//! The bootstrap of a ratio of sums without drawing: `bootstrap.ideal`.
//!
//! # Estimand
//!
//! R = (Σ y)/(Σ x), as in [`ratio_linearised`](super::ratio_linearised).
//!
//! # Assumptions
//!
//! Those of the [bootstrap over clusters](super::bootstrap_clusters): the
//! clusters are independent draws from one population.
//!
//! # Method
//!
//! G clusters can be drawn with replacement in G^G ways, which come down to
//! C(2G - 1, G) compositions: how often each cluster was drawn. Each has its
//! ratio and its probability, G!/(Π c_g!)/G^G. Up to ten clusters (92,378
//! compositions) all of them are taken, so that there is no error of drawing,
//! no seed, and no number of resamples to choose. The quantile at p is the
//! least ratio whose cumulative probability reaches p; probabilities are whole
//! numbers over G^G, and nothing is lost in adding them. The intervals are the
//! percentile and the BCa interval, with z0 and a as in the
//! [bootstrap over clusters](super::bootstrap_clusters).
//!
//! # Small samples
//!
//! The intervals are those that 10^12 random resamples would approach; they
//! are too narrow for few clusters all the same, because the resampled spread
//! is that of the clusters divided by G and not by G - 1. With all successes or
//! none there is one ratio and no interval.
//!
//! # Refusals
//!
//! `degenerate_resample`; `too_many_clusters` (more than ten);
//! `undefined_resamples` (compositions without a denominator have more than
//! one part in a thousand of the probability); and when an interval is asked
//! for `level_out_of_range`, `too_few_clusters` (the range of the clusters
//! cannot cover at this level), `acceleration_undefined`,
//! `bias_correction_undefined`.
//!
//! # Source
//!
//! Fisher NI, Hall P (1991). Bootstrap algorithms for small samples. Journal
//! of Statistical Planning and Inference 27:157-169. Efron B, Tibshirani RJ
//! (1993). An introduction to the bootstrap, chapter 6. Chapman and Hall.

use std::cmp::Ordering;

use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::estimators::bootstrap_clusters::{
    bca_shares, check_clusters, undefined_left_out, undefined_resamples,
};
use crate::estimators::cluster_sums::{ClusterSums, degenerate_resample};
use crate::special::normal_quantile;
use crate::sum::Sum;
use crate::thresholds::{IDEAL_BOOTSTRAP_CLUSTERS_MOST, UNDEFINED_RESAMPLES_MOST};
use crate::warning::Warning;

/// The id of the percentile interval.
pub const METHOD_PERCENTILE: &str = "bootstrap.ideal.percentile";
/// The id of the BCa interval.
pub const METHOD_BCA: &str = "bootstrap.ideal.bca";

/// The distribution of the ratio over every resample.
#[derive(Clone, Debug, PartialEq)]
pub struct IdealBootstrap {
    /// Ratios in increasing order, each with the number of ways to draw it.
    atoms: Vec<(f64, u64)>,
    /// All ways to draw a resample with a denominator.
    ways: f64,
    ratio: f64,
    mean: f64,
    std_error: f64,
    below: f64,
    acceleration: Option<f64>,
    n: u64,
    n_clusters: usize,
    warnings: Vec<Warning>,
}

/// Enumerates every resample of up to ten clusters.
///
/// See the [module](self) for the method. Ten clusters take some hundredths of
/// a second.
///
/// # Refusals
///
/// * `too_many_clusters`: more than ten.
/// * `degenerate_resample`: every cluster has the same ratio.
/// * `undefined_resamples`: too much of the probability has no denominator.
pub fn ideal_bootstrap(sums: &ClusterSums) -> Result<IdealBootstrap, Refusal> {
    if sums.n_clusters() > IDEAL_BOOTSTRAP_CLUSTERS_MOST {
        return Err(Refusal::new(
            "too_many_clusters",
            "there are more than ten clusters, whose resamples are too many to enumerate",
            "draw 9,999 resamples",
        ));
    }
    if sums.is_constant() {
        return Err(degenerate_resample());
    }
    let pairs = sums.canonical();
    let mut atoms = Vec::new();
    compositions(&pairs, pairs.len() as u64, 1, [0.0; 2], &mut atoms);
    let every: u64 = atoms.iter().map(|atom| atom.1).sum();
    atoms.retain(|atom| !atom.0.is_nan());
    let ways: u64 = atoms.iter().map(|atom| atom.1).sum();
    if (every - ways) as f64 > UNDEFINED_RESAMPLES_MOST * every as f64 {
        return Err(undefined_resamples());
    }
    if !atoms.iter().all(|atom| atom.0.is_finite()) {
        return Err(Refusal::not_finite("a resampled ratio"));
    }
    atoms.sort_unstable_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let total = ways as f64;
    let mean = atoms.iter().map(|&(ratio, ways)| ratio * ways as f64).collect::<Sum>().value() / total;
    let squares: Sum =
        atoms.iter().map(|&(ratio, ways)| (ratio - mean) * (ratio - mean) * ways as f64).collect();
    let std_error = (squares.value() / total).sqrt();
    if !(mean.is_finite() && std_error.is_finite()) {
        return Err(Refusal::not_finite("the spread of the resampled ratios"));
    }
    let halves: u64 = atoms
        .iter()
        .map(|&(ratio, ways)| match sums.side(ratio) {
            Ordering::Less => 2 * ways,
            Ordering::Equal => ways,
            Ordering::Greater => 0,
        })
        .sum();
    let warnings = if ways < every { vec![undefined_left_out()] } else { Vec::new() };
    Ok(IdealBootstrap {
        atoms,
        ways: total,
        ratio: sums.ratio(),
        mean,
        std_error,
        below: halves as f64 / (2.0 * total),
        acceleration: sums.acceleration(),
        n: sums.linearised().n(),
        n_clusters: sums.n_clusters(),
        warnings,
    })
}

/// Adds every way to draw `left` more clusters from `pairs`: the sums so far
/// are `total`, and there are `ways` ways to have come to them. A composition
/// without a denominator is entered as not a number.
fn compositions(pairs: &[[f64; 2]], left: u64, ways: u64, total: [f64; 2], atoms: &mut Vec<(f64, u64)>) {
    let Some((&[y, x], rest)) = pairs.split_first() else { return };
    let with = |times: u64| [total[0] + times as f64 * y, total[1] + times as f64 * x];
    if rest.is_empty() {
        let [y, x] = with(left);
        atoms.push((if x > 0.0 { y / x } else { f64::NAN }, ways));
        return;
    }
    // Ways to choose which of the draws left fall on this cluster.
    let mut chosen = 1;
    for times in 0..=left {
        compositions(rest, left - times, ways * chosen, with(times), atoms);
        chosen = chosen * (left - times) / (times + 1);
    }
}

impl IdealBootstrap {
    /// The ratio of the sums as observed.
    pub fn ratio(&self) -> f64 {
        self.ratio
    }

    /// The number of compositions.
    pub fn n_atoms(&self) -> usize {
        self.atoms.len()
    }

    /// The resampled ratios in increasing order, each with its probability.
    pub fn atoms(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.atoms.iter().map(|&(ratio, ways)| (ratio, ways as f64 / self.ways))
    }

    /// The mean of the resampled ratio.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard deviation of the resampled ratio.
    pub fn std_error(&self) -> f64 {
        self.std_error
    }

    /// The bias correction z0, ties counted half; absent when all of the
    /// probability lies on one side of the ratio.
    pub fn bias_correction(&self) -> Option<f64> {
        Some(normal_quantile(self.below)).filter(|z| z.is_finite())
    }

    /// Efron's acceleration a; absent when a cluster holds the whole
    /// denominator.
    pub fn acceleration(&self) -> Option<f64> {
        self.acceleration
    }

    /// The least ratio whose cumulative probability reaches a share.
    ///
    /// # Refusals
    ///
    /// * `probability_out_of_range`: the share is not between 0 and 1.
    pub fn quantile(&self, share: f64) -> Result<f64, Refusal> {
        let out_of_range = || {
            Refusal::new(
                "probability_out_of_range",
                "the probability does not lie between 0 and 1",
                "give the probability as a share, such as 0.75",
            )
        };
        if !(0.0..=1.0).contains(&share) {
            return Err(out_of_range());
        }
        // A share such as half of 1 - .95 is rounded; a count of ways is not.
        let wanted = ((share - 4.0 * f64::EPSILON) * self.ways).ceil();
        let mut reached = 0;
        let found = self.atoms.iter().find(|&&(_, ways)| {
            reached += ways;
            reached as f64 >= wanted
        });
        found.or(self.atoms.last()).map(|atom| atom.0).ok_or_else(out_of_range)
    }

    /// The percentile interval at a level (a share).
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`: the level is not strictly between 0 and 1.
    /// * `too_few_clusters`: the range of the clusters cannot cover at this
    ///   level.
    pub fn percentile(&self, level: f64) -> Outcome {
        check_level(level)?;
        let tail = 0.5 * (1.0 - level);
        self.estimate((tail, 1.0 - tail), level, METHOD_PERCENTILE)
    }

    /// The BCa interval at a level (a share).
    ///
    /// # Refusals
    ///
    /// * Those of [`IdealBootstrap::percentile`].
    /// * `acceleration_undefined`, `bias_correction_undefined`, as for
    ///   [`Bootstrap::bca`](super::bootstrap_clusters::Bootstrap::bca).
    pub fn bca(&self, level: f64) -> Outcome {
        check_level(level)?;
        let shares = bca_shares(self.bias_correction(), self.acceleration, level)?;
        self.estimate(shares, level, METHOD_BCA)
    }

    fn estimate(&self, shares: (f64, f64), level: f64, method: &'static str) -> Outcome {
        check_clusters(self.n_clusters, level)?;
        let interval = finite_interval(self.quantile(shares.0)?, self.quantile(shares.1)?, level)?;
        Ok(Estimate {
            std_error: Some(self.std_error),
            interval: Some(interval),
            n_clusters: Some(self.n_clusters as u64),
            warnings: self.warnings.clone(),
            ..Estimate::point(self.ratio, self.n, method)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn sums(y: &[f64], x: &[f64]) -> ClusterSums {
        ClusterSums::new(y, x, y.len() as u64).expect("sums")
    }

    #[test]
    fn ideal_bootstrap_by_hand() {
        // Means of two draws from 0 and 1: 0, 1/2, 1 with 1, 2 and 1 ways.
        let found = ideal_bootstrap(&sums(&[0.0, 1.0], &[1.0, 1.0])).expect("a bootstrap");
        assert_eq!(found.atoms().collect::<Vec<_>>(), [(0.0, 0.25), (0.5, 0.5), (1.0, 0.25)]);
        assert_eq!((found.mean(), found.std_error()), (0.5, 0.125_f64.sqrt()));
        assert_eq!(found.quantile(0.25), Ok(0.0));
        assert_eq!(found.quantile(0.26), Ok(0.5));
        assert_eq!(found.quantile(0.75), Ok(0.5));
        assert_eq!((found.quantile(0.0), found.quantile(1.0)), (Ok(0.0), Ok(1.0)));
        assert_eq!(found.bias_correction(), Some(0.0));
        assert_eq!(found.acceleration(), Some(0.0));
    }

    #[test]
    fn ideal_bootstrap_of_a_mean_has_the_variance_of_the_theory() {
        let y = [3.0, 5.0, 4.0, 8.0, 10.0, 1.0, 0.5];
        let found = ideal_bootstrap(&sums(&y, &[1.0; 7])).expect("a bootstrap");
        let mean = y.iter().sum::<f64>() / 7.0;
        let variance = y.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / 49.0;
        assert!((found.mean() - mean).abs() < 1e-14);
        assert!((found.std_error() - variance.sqrt()).abs() < 1e-14);
        assert_eq!(found.n_atoms(), 1716);
        assert!((found.atoms().map(|atom| atom.1).sum::<f64>() - 1.0).abs() < 1e-13);
    }

    #[test]
    fn ideal_bootstrap_does_not_depend_on_the_order() {
        let (y, x) = ([3.1, 5.7, 0.3, 8.2, 1.3, 2.2], [1.5, 2.5, 0.5, 3.0, 1.1, 0.7]);
        let reversed = |values: &[f64]| values.iter().rev().copied().collect::<Vec<_>>();
        let one = ideal_bootstrap(&sums(&y, &x)).expect("a bootstrap");
        assert_eq!(Ok(one), ideal_bootstrap(&sums(&reversed(&y), &reversed(&x))));
    }

    #[test]
    fn ideal_bootstrap_is_what_drawing_approaches() {
        use crate::estimators::bootstrap_clusters::{Reading, bootstrap_clusters};
        let sums = sums(&[3.1, 5.7, 0.3, 8.2, 1.3, 2.2, 6.0], &[1.5, 2.5, 0.5, 3.0, 1.1, 0.7, 2.0]);
        let ideal = ideal_bootstrap(&sums).expect("a bootstrap");
        let drawn = bootstrap_clusters(&sums, &[1; 32], 100_000).expect("a bootstrap");
        assert!((ideal.std_error() / drawn.std_error() - 1.0).abs() < 0.01);
        let z0 = |found: Option<f64>| found.expect("z0");
        assert!((z0(ideal.bias_correction()) - z0(drawn.bias_correction())).abs() < 0.02);
        assert_eq!(ideal.acceleration(), drawn.acceleration());
        let interval = |outcome: Outcome| outcome.expect("an estimate").interval.expect("an interval");
        for (ideal, drawn) in [
            (ideal.percentile(0.95), drawn.percentile(0.95, Reading::NormalScale)),
            (ideal.bca(0.95), drawn.bca(0.95, Reading::NormalScale)),
        ] {
            let (ideal, drawn) = (interval(ideal), interval(drawn));
            assert!((ideal.lower - drawn.lower).abs() < 0.02 && (ideal.upper - drawn.upper).abs() < 0.02);
        }
    }

    #[test]
    fn ideal_bootstrap_leaves_out_what_has_no_denominator() {
        // One of eight volunteers without a month: one way in 8^8.
        let months = [0.0, 1.0, 2.0, 3.0, 1.0, 2.0, 1.0, 1.0];
        let found = ideal_bootstrap(&sums(&[1.0, 4.0, 2.0, 1.0, 0.0, 3.0, 2.0, 2.0], &months)).expect("one");
        let estimate = found.percentile(0.95).expect("an estimate");
        assert_eq!(estimate.warnings.iter().map(|w| w.code).collect::<Vec<_>>(), ["undefined_resamples"]);
        assert_eq!(found.n_atoms(), 6434);
        // Three of five: 8% of the probability.
        let holes = sums(&[5.0, 1.0, 0.0, 9.0, 2.0], &[0.0, 0.0, 0.0, 30.0, 1.0]);
        assert_eq!(code(ideal_bootstrap(&holes)), Some("undefined_resamples"));
    }

    #[test]
    fn ideal_bootstrap_refuses() {
        assert_eq!(code(ideal_bootstrap(&sums(&[1.0; 6], &[1.0; 6]))), Some("degenerate_resample"));
        let eleven: Vec<f64> = (0..11).map(f64::from).collect();
        assert_eq!(code(ideal_bootstrap(&sums(&eleven, &[1.0; 11]))), Some("too_many_clusters"));
        let three = ideal_bootstrap(&sums(&[1.0, 2.0, 4.0], &[1.0; 3])).expect("a bootstrap");
        assert_eq!(code(three.percentile(0.95)), Some("too_few_clusters"));
        assert_eq!(code(three.bca(0.95)), Some("too_few_clusters"));
        assert!(three.bca(0.75).is_ok());
        assert_eq!(code(three.percentile(95.0)), Some("level_out_of_range"));
        assert_eq!(code(three.quantile(1.5)), Some("probability_out_of_range"));
        assert_eq!(code(three.quantile(f64::NAN)), Some("probability_out_of_range"));
    }
}
