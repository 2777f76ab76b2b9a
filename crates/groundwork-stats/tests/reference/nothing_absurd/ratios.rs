//! Ratios of sums, from rows, cluster sums and resamples.

use groundwork_stats::ClusteredRatio;
use groundwork_stats::estimators::bootstrap_clusters::{Reading, bootstrap_clusters, bootstrap_from_indices};
use groundwork_stats::estimators::cluster_sums::ClusterSums;
use groundwork_stats::estimators::fieller::{fieller, fieller_set};
use groundwork_stats::estimators::ideal_bootstrap::ideal_bootstrap;
use groundwork_stats::estimators::ratio_jackknife::ratio_jackknife;
use groundwork_stats::{
    ratio_contrast_difference, ratio_contrast_log, ratio_linearised, ratio_linearised_log,
};

use super::{LENGTHS, LEVELS, NUMBERS, Probe, columns, labels};

pub(crate) fn probe(probe: &mut Probe) {
    for length in LENGTHS {
        for (of_y, y) in columns(length) {
            for (of_x, x) in columns(length) {
                probe.given = format!("{length} rows of {of_y} over {of_x}");
                for level in [0.95, 1.0 - 1e-12] {
                    from_sums(probe, &y, &x, level);
                }
            }
        }
    }
    for (of_y, y) in columns(21) {
        for (of_x, x) in columns(21) {
            for (of_labels, labels) in labels(21) {
                probe.given = format!("21 rows of {of_y} over {of_x} in {of_labels}");
                probe.ask("ClusteredRatio::from_rows", || {
                    ClusteredRatio::from_rows(&y, &x, &labels, Some(&x))
                });
                probe.ask("ClusterSums::from_rows", || ClusterSums::from_rows(&y, &x, &labels));
            }
        }
    }
    levels(probe);
    resamples(probe);
    probe.given = "columns of different lengths".to_string();
    probe.ask("ClusterSums::new", || ClusterSums::new(&[1.0], &[], 1));
    probe.ask("ClusterSums::from_rows", || ClusterSums::from_rows(&[1.0], &[1.0], &[]));
    probe.ask("ClusteredRatio::from_rows", || ClusteredRatio::from_rows(&[1.0], &[1.0], &[1], Some(&[])));
    probe.ask("ClusteredRatio::from_cluster_sums", || ClusteredRatio::from_cluster_sums(&[], &[1.0], 0));
}

fn from_sums(probe: &mut Probe, y: &[f64], x: &[f64], level: f64) {
    for (sum, squares) in y.iter().zip(x) {
        let moments = || ClusteredRatio::from_row_moments(y.len() as u64, *sum, *squares);
        if let Some(mean) = probe.ask("from_row_moments", moments) {
            probe.ask("ratio_linearised", || ratio_linearised(&mean, level));
        }
    }
    if let Some(ratio) = probe.ask("from_cluster_sums", || ClusteredRatio::from_cluster_sums(y, x, u64::MAX))
    {
        probe.ask("ratio_linearised", || ratio_linearised(&ratio, level));
        probe.ask("ratio_linearised_log", || ratio_linearised_log(&ratio, level));
        for other in [
            ClusteredRatio::from_cluster_sums(&[1.0, 2.0, 4.0], &[1.0, 1.0, 1.0], 3),
            ClusteredRatio::from_cluster_sums(&[1e-300, 2e-300], &[1.0, 1.0], 3),
        ]
        .into_iter()
        .flatten()
        {
            probe.ask("ratio_contrast_log", || ratio_contrast_log(&ratio, &other, level));
            probe.ask("ratio_contrast_log", || ratio_contrast_log(&other, &ratio, level));
            probe.ask("ratio_contrast_difference", || ratio_contrast_difference(&ratio, &other, level));
        }
    }
    let Some(sums) = probe.ask("ClusterSums::new", || ClusterSums::new(y, x, 0)) else { return };
    probe.ask("fieller", || fieller(&sums, level));
    probe.ask("fieller_set", || fieller_set(&sums, level));
    probe.ask("ratio_jackknife", || ratio_jackknife(&sums, level));
    // Small ones are enumerated in no time.
    if sums.n_clusters() <= 5
        && let Some(ideal) = probe.ask("ideal_bootstrap", || ideal_bootstrap(&sums))
    {
        probe.ask("percentile", || ideal.percentile(0.5));
        probe.ask("bca", || ideal.bca(0.5));
        probe.ask("bca", || ideal.bca(level));
    }
    if sums.n_clusters() > 10 {
        probe.ask("ideal_bootstrap", || ideal_bootstrap(&sums));
        if level == 0.95
            && let Some(drawn) = probe.ask("bootstrap_clusters", || bootstrap_clusters(&sums, &[1; 32], 999))
        {
            probe.ask("percentile", || drawn.percentile(level, Reading::NormalScale));
            probe.ask("basic", || drawn.basic(level, Reading::Type7));
            probe.ask("bca", || drawn.bca(level, Reading::NormalScale));
        }
    }
}

/// Every level on data that have an answer.
fn levels(probe: &mut Probe) {
    let (y, x) = ([3.0, 5.0, 4.0, 8.0, 10.0, 1.0, 2.0], [1.0, 2.0, 1.0, 3.0, 2.0, 1.0, 2.0]);
    let sums = ClusterSums::new(&y, &x, 7).expect("sums");
    let ratio = *sums.linearised();
    let ideal = ideal_bootstrap(&sums).expect("a bootstrap");
    let drawn = bootstrap_clusters(&sums, &[1; 32], 999).expect("a bootstrap");
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        probe.ask("ratio_linearised", || ratio_linearised(&ratio, level));
        probe.ask("ratio_linearised_log", || ratio_linearised_log(&ratio, level));
        probe.ask("ratio_contrast_log", || ratio_contrast_log(&ratio, &ratio, level));
        probe.ask("ratio_contrast_difference", || ratio_contrast_difference(&ratio, &ratio, level));
        probe.ask("fieller", || fieller(&sums, level));
        probe.ask("fieller_set", || fieller_set(&sums, level));
        probe.ask("ratio_jackknife", || ratio_jackknife(&sums, level));
        probe.ask("percentile", || ideal.percentile(level));
        probe.ask("bca", || ideal.bca(level));
        probe.ask("bca_shares", || drawn.bca_shares(level));
        for reading in [Reading::NormalScale, Reading::Type7] {
            probe.ask("percentile", || drawn.percentile(level, reading));
            probe.ask("basic", || drawn.basic(level, reading));
            probe.ask("bca", || drawn.bca(level, reading));
        }
    }
    for number in NUMBERS {
        probe.given = format!("the share {number:?}");
        probe.ask("quantile", || ideal.quantile(number));
    }
}

fn resamples(probe: &mut Probe) {
    let sums = ClusterSums::new(&[3.0, 5.0, 4.0], &[1.0, 2.0, 1.0], 3).expect("sums");
    for count in [0, 1, 998, 1_000_001, usize::MAX] {
        probe.given = format!("{count} resamples");
        probe.ask("bootstrap_clusters", || bootstrap_clusters(&sums, &[0; 32], count));
    }
    for (kind, indices) in [
        ("none", vec![]),
        ("all the first", vec![0; 2997]),
        ("out of range", vec![u32::MAX; 2997]),
        ("no whole resample", vec![1; 2998]),
        ("in turn", (0..2997).map(|at| at % 3).collect()),
        ("by and by", (0..2997).map(|at| at / 4 % 3).collect()),
    ] {
        probe.given = format!("indices {kind}");
        if let Some(found) = probe.ask("bootstrap_from_indices", || bootstrap_from_indices(&sums, &indices)) {
            for level in LEVELS {
                probe.ask("bca", || found.bca(level, Reading::Type7));
            }
        }
    }
}
