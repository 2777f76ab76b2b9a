//! Regressions and their standard errors.

use groundwork_stats::estimators::cluster_robust::{
    ClusterDf, Clustered, Heteroskedastic, Scores, cluster_robust, cluster_robust_contrast,
    heteroskedastic_robust,
};
use groundwork_stats::estimators::least_squares::least_squares;
use groundwork_stats::estimators::logistic::{logistic, logistic_unscreened};
use groundwork_stats::estimators::poisson_regression::{Dispersion, poisson_regression};
use groundwork_stats::linalg::Design;

use super::{LEVELS, Probe, columns, labels};

const DISPERSIONS: [Dispersion; 3] = [Dispersion::Poisson, Dispersion::Quasi, Dispersion::QuasiNormal];

pub fn probe(probe: &mut Probe) {
    for length in [0, 1, 3, 8] {
        let all = columns(length);
        let plain = &all[0].1;
        for (of_y, y) in &all {
            for (of_x, x) in &all {
                for columns in [vec![], vec![x.as_slice()], vec![plain, x], vec![x, x]] {
                    probe.given = format!("{length} rows of {of_y} on {} of {of_x}", columns.len());
                    fits(probe, y, &columns, x);
                }
            }
        }
    }
    levels(probe);
}

fn fits(probe: &mut Probe, y: &[f64], columns: &[&[f64]], x: &[f64]) {
    probe.ask("Design::without_intercept", || Design::without_intercept(y.len(), columns));
    let Some(design) = probe.ask("Design::new", || Design::new(y.len(), columns)) else { return };
    for weights in [None, Some(x)] {
        if let Some(fit) = probe.ask("least_squares", || least_squares(y, &design, weights)) {
            for term in [0, 1, 2, usize::MAX] {
                probe.ask("coefficient", || fit.coefficient(term, 0.95));
            }
            probe.value("predict", || fit.predict(&[1.0; 2]));
            let scores = probe.ask("scores", || fit.scores(&design));
            if let Some(scores) = scores.filter(|_| y.len() == 8 && columns.len() == 1) {
                robust(probe, &scores);
            }
        }
        for fit in [
            probe.ask("logistic", || logistic(y, &design, weights)),
            probe.ask("logistic_unscreened", || logistic_unscreened(y, &design, weights)),
        ]
        .into_iter()
        .flatten()
        {
            probe.ask("coefficient", || fit.coefficient(1, 0.95));
            probe.value("predict", || fit.predict(&[1.0; 2]));
            probe.ask("scores", || fit.scores(&design));
        }
        if let Some(fit) = probe.ask("poisson_regression", || poisson_regression(y, &design, weights)) {
            for dispersion in DISPERSIONS {
                probe.value("std_errors", || fit.std_errors(dispersion));
                probe.ask("coefficient", || fit.coefficient(1, dispersion, 0.95));
                probe.ask("rate_ratio", || fit.rate_ratio(1, dispersion, 0.95));
            }
            probe.ask("scores", || fit.scores(&design));
        }
    }
}

fn robust(probe: &mut Probe, scores: &Scores<'_>) {
    for kind in [Heteroskedastic::Hc0, Heteroskedastic::Hc1, Heteroskedastic::Hc2, Heteroskedastic::Hc3] {
        probe.ask("heteroskedastic_robust", || heteroskedastic_robust(scores, kind, 0.95));
    }
    for (_, labels) in labels(8) {
        for kind in [Clustered::Cr0, Clustered::Cr1s, Clustered::Cr2, Clustered::Cr3] {
            for df in [ClusterDf::Satterthwaite, ClusterDf::Clusters] {
                probe.ask("cluster_robust", || cluster_robust(scores, &labels, kind, df, 0.95));
            }
        }
        for contrast in [&[][..], &[0.0, 0.0], &[1.0, -1.0], &[f64::NAN, 1.0], &[1e300, 1e300], &[1.0; 3]] {
            probe.ask("cluster_robust_contrast", || {
                cluster_robust_contrast(
                    scores,
                    &labels,
                    Clustered::Cr2,
                    ClusterDf::Satterthwaite,
                    contrast,
                    0.95,
                )
            });
        }
    }
}

/// Every level on data that have an answer.
fn levels(probe: &mut Probe) {
    let y = [1.0, 3.0, 2.0, 5.0, 4.0, 6.0, 2.0, 8.0, 3.0, 1.0];
    let yes = [0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0];
    let x: Vec<f64> = (0..10).map(|row| f64::from(row % 4)).collect();
    let columns = [x.as_slice()];
    let design = Design::new(10, &columns).expect("a design");
    let line = least_squares(&y, &design, None).expect("a fit");
    let logit = logistic_unscreened(&yes, &design, None).expect("a fit");
    let counts = poisson_regression(&y, &design, None).expect("a fit");
    let scores = line.scores(&design).expect("scores");
    let labels: Vec<u32> = (0..10).map(|row| row % 5).collect();
    for level in LEVELS {
        probe.given = format!("the level {level}");
        probe.ask("coefficient", || line.coefficient(1, level));
        probe.ask("coefficient", || logit.coefficient(1, level));
        for dispersion in DISPERSIONS {
            probe.ask("coefficient", || counts.coefficient(1, dispersion, level));
            probe.ask("rate_ratio", || counts.rate_ratio(1, dispersion, level));
        }
        probe.ask("heteroskedastic_robust", || heteroskedastic_robust(&scores, Heteroskedastic::Hc2, level));
        probe.ask("cluster_robust", || {
            cluster_robust(&scores, &labels, Clustered::Cr2, ClusterDf::Satterthwaite, level)
        });
        probe.ask("cluster_robust_contrast", || {
            let contrast = [0.0, 1.0];
            cluster_robust_contrast(&scores, &labels, Clustered::Cr2, ClusterDf::Clusters, &contrast, level)
        });
    }
}
