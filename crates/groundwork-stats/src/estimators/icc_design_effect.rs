//! The intraclass correlation and the design effect: `icc.anova`.
//!
//! # Estimand
//!
//! The share ρ of the variance of y that lies between clusters (volunteers,
//! villages, groups), and by what factor the variance of a mean is larger than
//! if all rows were independent. ρ is the correlation of two rows of the same
//! cluster.
//!
//! # Assumptions
//!
//! Clusters are independent, rows within a cluster equally correlated, and the
//! size of a cluster says nothing about its level.
//!
//! # Method
//!
//! One-way analysis of variance with k clusters of n_g rows, N in all:
//!
//! ```text
//! n0 = (N - Σ n_g²/N)/(k - 1)
//! ρ  = (MSB - MSW)/(MSB + (n0 - 1) MSW)
//! design effect          1 + (Σ n_g²/N - 1) ρ
//! with the mean size     1 + (N/k - 1) ρ
//! effective sample size  N/(design effect)
//! ```
//!
//! The first design effect takes into account that large clusters weigh more;
//! the second is what planning formulas use and is smaller when sizes differ.
//! A negative ρ, which chance produces when clusters do not differ, is shown
//! as it is and counts as zero in the design effects (flagged
//! `negative_icc`).
//!
//! # Small samples
//!
//! ρ is uncertain with few clusters however many rows they have: below fifteen
//! this is flagged (`few_clusters`).
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `out_of_range`,
//! `too_few_clusters` (fewer than three), `single_rows` (no cluster has more
//! than one row), `no_variation`.
//!
//! # Source
//!
//! Donner A, Koval JJ (1980). The estimation of intraclass correlation in the
//! analysis of family data. Biometrics 36:19-25. Kish L (1965). Survey
//! sampling. Wiley.

use super::cluster_robust::too_few_clusters;
use crate::estimate::Refusal;
use crate::linalg::accumulate::{FixedPoint, FixedSum, largest, mean};
use crate::linalg::groups::Groups;
use crate::linalg::{check_column, check_length};
use crate::thresholds::{CLUSTERS_FOR_SANDWICH, CLUSTERS_LEAST};
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "icc.anova";

/// The intraclass correlation with what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct IccDesignEffect {
    /// ρ, at most one; may be negative.
    pub icc: f64,
    /// The mean square between clusters.
    pub between: f64,
    /// The mean square within clusters.
    pub within: f64,
    /// The size of a cluster that stands for all.
    pub size: f64,
    /// The design effect with the sizes as they are.
    pub design_effect: f64,
    /// The design effect of clusters of the mean size.
    pub design_effect_mean_size: f64,
    /// The number of independent rows that would say as much.
    pub effective_n: f64,
    /// The number of clusters.
    pub clusters: u64,
    /// The number of rows.
    pub n: u64,
    /// `few_clusters`, `negative_icc`.
    pub warnings: Vec<Warning>,
}

/// The intraclass correlation of rows in clusters.
///
/// `y` holds one value a row, in its own units (a yes/no outcome as 1 and 0);
/// `cluster` the label of the row's cluster, any numbers. See the
/// [module](self) for the method, refusals and warnings.
pub fn icc_design_effect(y: &[f64], cluster: &[u32]) -> Result<IccDesignEffect, Refusal> {
    check_length(cluster.len(), y.len())?;
    if y.is_empty() {
        return Err(Refusal::new(
            "empty",
            "there are no rows to estimate from",
            "report that nothing was observed; a missing value is not a zero",
        ));
    }
    check_column(y, "a value")?;
    let groups = Groups::new(cluster);
    let clusters = groups.count();
    if clusters < CLUSTERS_LEAST {
        return Err(too_few_clusters());
    }
    if clusters == y.len() {
        return Err(Refusal::new(
            "single_rows",
            "no cluster has more than one row, so rows of the same cluster cannot be compared",
            "treat the rows as independent, or group them by a wider unit",
        ));
    }
    let centre = mean(y);
    let centred: Vec<f64> = y.iter().map(|y| y - centre).collect();
    let most = largest(&centred);
    let (n, k) = (y.len() as f64, clusters as f64);

    let rule = FixedPoint::new(most, y.len());
    let mut sums = vec![FixedSum::default(); clusters];
    for (value, &group) in centred.iter().zip(&groups.of_row) {
        rule.add(&mut sums[group as usize], *value);
    }
    let means: Vec<f64> =
        sums.iter().zip(&groups.sizes).map(|(&sum, &size)| rule.value(sum) / f64::from(size)).collect();
    let rule = FixedPoint::new(4.0 * most * most, y.len());
    let inside = rule.sum(centred.iter().zip(&groups.of_row).map(|(value, &group)| {
        let off = value - means[group as usize];
        off * off
    }));
    let rule = FixedPoint::new(4.0 * most * most * n, clusters);
    let outside =
        rule.sum(means.iter().zip(&groups.sizes).map(|(mean, &size)| mean * mean * f64::from(size)));
    let (between, within) = (outside / (k - 1.0), inside / (n - k));

    let squares: f64 = groups.sizes.iter().map(|&size| f64::from(size) * f64::from(size)).sum();
    let size = (n - squares / n) / (k - 1.0);
    let icc = (between - within) / (between + (size - 1.0) * within);
    // What rounding leaves where every row is the same.
    let enough = between + within > 1e-28 * largest(y) * largest(y);
    if !(enough && icc.is_finite()) {
        return Err(Refusal::new(
            "no_variation",
            "the value is the same in every row, so there is no variance to divide",
            "report the value",
        ));
    }
    let counted = icc.max(0.0);
    let design_effect = 1.0 + (squares / n - 1.0) * counted;
    let mut warnings = Vec::new();
    if clusters < CLUSTERS_FOR_SANDWICH {
        warnings.push(Warning::new(
            "few_clusters",
            "there are fewer than fifteen clusters, so the intraclass correlation is very uncertain",
        ));
    }
    if icc < 0.0 {
        warnings.push(Warning::new(
            "negative_icc",
            "rows of the same cluster differ more than rows of different clusters; the design effect is taken as one",
        ));
    }
    Ok(IccDesignEffect {
        icc,
        between,
        within,
        size,
        design_effect,
        design_effect_mean_size: 1.0 + (n / k - 1.0) * counted,
        effective_n: n / design_effect,
        clusters: clusters as u64,
        n: y.len() as u64,
        warnings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};
    use proptest::prelude::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn icc_by_hand() {
        // Means 1, 2, 6 of pairs one apart from their mean: MSB = 2·14/2,
        // MSW = 6/3.
        let y = [0.0, 2.0, 1.0, 3.0, 5.0, 7.0];
        let found = icc_design_effect(&y, &[1, 1, 2, 2, 3, 3]).expect("a correlation");
        assert!((found.between - 14.0).abs() < 1e-13 && (found.within - 2.0).abs() < 1e-14);
        assert!((found.icc - 0.75).abs() < 1e-15 && (found.size - 2.0).abs() < 1e-15);
        assert!((found.design_effect - 1.75).abs() < 1e-15);
        assert!((found.design_effect_mean_size - 1.75).abs() < 1e-15);
        assert!((found.effective_n - 6.0 / 1.75).abs() < 1e-15);
        assert_eq!((found.clusters, found.n), (3, 6));
        assert_eq!(found.warnings[0].code, "few_clusters");
    }

    #[test]
    fn alike_clusters_have_a_negative_correlation() {
        let found = icc_design_effect(&[0.0, 1.0, 0.0, 1.0, 0.0, 1.0], &[1, 1, 2, 2, 3, 3]).expect("one");
        assert!((found.icc + 1.0).abs() < 1e-15);
        assert_eq!((found.design_effect, found.effective_n), (1.0, 6.0));
        assert_eq!(found.warnings[1].code, "negative_icc");
    }

    #[test]
    fn what_has_no_correlation_is_refused() {
        assert_eq!(code(icc_design_effect(&[], &[])), Some("empty"));
        assert_eq!(code(icc_design_effect(&[1.0], &[])), Some("lengths_differ"));
        assert_eq!(code(icc_design_effect(&[1.0, f64::NAN], &[1, 2])), Some("not_finite"));
        assert_eq!(code(icc_design_effect(&[1.0, 1e200], &[1, 2])), Some("out_of_range"));
        assert_eq!(code(icc_design_effect(&[1.0, 2.0, 3.0], &[1, 1, 2])), Some("too_few_clusters"));
        assert_eq!(code(icc_design_effect(&[1.0, 2.0, 3.0], &[1, 3, 2])), Some("single_rows"));
        assert_eq!(code(icc_design_effect(&[0.1; 6], &[1, 3, 2, 1, 1, 3])), Some("no_variation"));
        assert_eq!(code(icc_design_effect(&[0.0; 6], &[1, 3, 2, 1, 1, 3])), Some("no_variation"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn order_changes_no_bit_and_the_share_stays_below_one(
            seed in 0_u64..1000,
            n in 8_usize..60,
            scale in 1e-6_f64..1e6,
        ) {
            let mut random = Lcg::new(seed);
            let mut rows: Vec<(f64, u32)> =
                (0..n).map(|i| (scale * random.normal(), if i < 3 { i as u32 } else { random.below(4) as u32 })).collect();
            let take = |rows: &[(f64, u32)]| {
                let (y, cluster): (Vec<f64>, Vec<u32>) = rows.iter().copied().unzip();
                icc_design_effect(&y, &cluster)
            };
            let first = take(&rows);
            shuffle(&mut rows, &mut random);
            prop_assert_eq!(&first, &take(&rows));
            let found = first.expect("a correlation");
            prop_assert!(found.icc <= 1.0 && found.icc >= -1.0 / (found.size - 1.0) - 1e-9);
            prop_assert!(found.design_effect >= 1.0 && found.effective_n <= n as f64);
        }
    }
}
