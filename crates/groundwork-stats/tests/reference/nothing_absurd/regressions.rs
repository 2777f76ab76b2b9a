//! Regressions and their standard errors.

use groundwork_stats::estimators::cluster_robust::{
    ClusterDf, Clustered, Heteroskedastic, Scores, cluster_robust, cluster_robust_contrast,
    heteroskedastic_robust,
};
use groundwork_stats::estimators::difference_in_differences::{
    DidErrors, SiteShocks, TwoByTwo, difference_in_differences,
};
use groundwork_stats::estimators::event_study::{Panel, PanelErrors, event_study, two_way_fixed_effects};
use groundwork_stats::estimators::g_computation::{RiskErrors, g_computation, modified_poisson};
use groundwork_stats::estimators::icc_design_effect::icc_design_effect;
use groundwork_stats::estimators::least_squares::least_squares;
use groundwork_stats::estimators::logistic::{logistic, logistic_unscreened};
use groundwork_stats::estimators::poisson_regression::{Dispersion, poisson_regression};
use groundwork_stats::estimators::wild_cluster_bootstrap::{Draws, wild_cluster_bootstrap};
use groundwork_stats::linalg::Design;

use super::{LEVELS, Probe, columns, labels};

const DISPERSIONS: [Dispersion; 3] = [Dispersion::Poisson, Dispersion::Quasi, Dispersion::QuasiNormal];

pub(crate) fn probe(probe: &mut Probe) {
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
    clusters(probe);
    risks(probe);
    panels(probe);
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
        for term in [0, 1, usize::MAX] {
            let draws = Draws { seed: [3; 32], number: 99 };
            probe.ask("wild_cluster_bootstrap", || wild_cluster_bootstrap(scores, &labels, term, 0.5, draws));
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
        probe.given = format!("the level {level:?}");
        for number in [0, 1, 999] {
            let draws = Draws { seed: [3; 32], number };
            probe.ask("wild_cluster_bootstrap", || wild_cluster_bootstrap(&scores, &labels, 1, level, draws));
        }
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

fn clusters(probe: &mut Probe) {
    for length in [0, 1, 2, 5, 21] {
        for (of_y, y) in columns(length) {
            for (of_labels, labels) in labels(length) {
                probe.given = format!("{length} rows of {of_y} in {of_labels}");
                probe.ask("icc_design_effect", || icc_design_effect(&y, &labels));
            }
        }
    }
    // More clusters than are enumerated.
    let y: Vec<f64> = (0..60).map(|row| f64::from(row * row % 13)).collect();
    for (of_x, x) in columns(60) {
        probe.given = format!("twenty clusters of {of_x}");
        let columns = [x.as_slice()];
        let Ok(design) = Design::new(60, &columns) else { continue };
        let Ok(fit) = least_squares(&y, &design, None) else { continue };
        let Ok(scores) = fit.scores(&design) else { continue };
        let labels: Vec<u32> = (0..60).map(|row| row / 3).collect();
        for number in [0, 1, 199] {
            let draws = Draws { seed: [3; 32], number };
            probe.ask("wild_cluster_bootstrap", || wild_cluster_bootstrap(&scores, &labels, 1, 0.9, draws));
        }
    }
}

fn risks(probe: &mut Probe) {
    for length in [0, 1, 8, 60] {
        let yes: Vec<f64> = (0..length).map(|row| f64::from(u8::from(row * row % 7 > 2))).collect();
        let arm: Vec<f64> = (0..length).map(|row| f64::from(u8::from(row % 2 == 0))).collect();
        let quarters: Vec<u32> = (0..length as u32).map(|row| row % 12).collect();
        for (of_x, x) in columns(length) {
            for (what, y, treated, covariate) in
                [("outcome", &x, &arm, &yes), ("treatment", &yes, &x, &arm), ("covariate", &yes, &arm, &x)]
            {
                probe.given = format!("{length} rows of {of_x} as the {what}");
                for errors in [
                    RiskErrors::Model,
                    RiskErrors::Robust(Heteroskedastic::Hc0),
                    RiskErrors::Robust(Heteroskedastic::Hc3),
                    RiskErrors::Clustered(&quarters),
                    RiskErrors::Clustered(&[]),
                ] {
                    for covariates in [&[][..], &[covariate.as_slice()]] {
                        probe.ask("g_computation", || g_computation(y, treated, covariates, errors, 0.95));
                        probe.ask("modified_poisson", || {
                            modified_poisson(y, treated, covariates, errors, 0.95)
                        });
                    }
                }
            }
        }
        for level in LEVELS {
            probe.given = format!("{length} rows at the level {level:?}");
            probe.ask("g_computation", || g_computation(&yes, &arm, &[], RiskErrors::Model, level));
            probe.ask("modified_poisson", || modified_poisson(&yes, &arm, &[], RiskErrors::Model, level));
        }
    }
}

fn panels(probe: &mut Probe) {
    for length in [0, 1, 8, 24] {
        let unit: Vec<u32> = (0..length as u32).map(|row| row / 4).collect();
        let period: Vec<u32> = (0..length as u32).map(|row| u32::MAX - row % 4).collect();
        let arm: Vec<f64> = unit.iter().map(|unit| f64::from(unit % 2)).collect();
        let post: Vec<f64> =
            period.iter().map(|&period| f64::from(u8::from(period > u32::MAX - 2))).collect();
        let both: Vec<f64> = arm.iter().zip(&post).map(|(arm, post)| arm * post).collect();
        let plain: Vec<f64> = (0..length).map(|row| (row * row % 11) as f64).collect();
        let two: Vec<u32> = arm.iter().map(|&arm| arm as u32).collect();
        for (of_x, x) in columns(length) {
            for (what, y, treated, after, covariate) in [
                ("outcome", &x, &arm, &post, &plain),
                ("treatment", &plain, &x, &post, &plain),
                ("period", &plain, &arm, &x, &plain),
                ("covariate", &plain, &arm, &post, &x),
            ] {
                probe.given = format!("a panel of {length} rows of {of_x} as the {what}");
                let covariates = [covariate.as_slice()];
                for site in [&unit, &two] {
                    let data = || TwoByTwo { y, treated, post: after, covariates: &covariates, site };
                    for errors in [
                        DidErrors::Rows(Heteroskedastic::Hc3),
                        DidErrors::Sites,
                        DidErrors::Clusters(site, Clustered::Cr2),
                        DidErrors::Clusters(&[], Clustered::Cr0),
                    ] {
                        for shocks in [SiteShocks::Possible, SiteShocks::AssumedNone] {
                            probe.ask("difference_in_differences", || {
                                difference_in_differences(data(), errors, shocks, 0.95)
                            });
                        }
                    }
                }
                let crossed = if what == "treatment" { &x } else { &both };
                for errors in [
                    PanelErrors::Independent,
                    PanelErrors::Units(Clustered::Cr2, ClusterDf::Satterthwaite),
                    PanelErrors::UnitsCounted(Clustered::Cr1s, ClusterDf::Clusters),
                    PanelErrors::Clusters(&two, Clustered::Cr2, ClusterDf::Satterthwaite),
                    PanelErrors::Clusters(&[], Clustered::Cr2, ClusterDf::Satterthwaite),
                ] {
                    for reference in [u32::MAX - 3, 7] {
                        probe.ask("event_study", || {
                            let panel =
                                Panel { y, unit: &unit, period: &period, treated, covariates: &covariates };
                            event_study(panel, reference, errors, 0.95)
                        });
                    }
                    probe.ask("two_way_fixed_effects", || {
                        let panel = Panel {
                            y,
                            unit: &unit,
                            period: &period,
                            treated: crossed,
                            covariates: &covariates,
                        };
                        two_way_fixed_effects(panel, errors, 0.95)
                    });
                }
            }
        }
        for level in LEVELS {
            probe.given = format!("a panel of {length} rows at the level {level:?}");
            let rows = DidErrors::Rows(Heteroskedastic::Hc1);
            probe.ask("difference_in_differences", || {
                let data = TwoByTwo { y: &plain, treated: &arm, post: &post, covariates: &[], site: &unit };
                difference_in_differences(data, rows, SiteShocks::AssumedNone, level)
            });
            let panel = || Panel { y: &plain, unit: &unit, period: &period, treated: &both, covariates: &[] };
            let errors = PanelErrors::Units(Clustered::Cr1, ClusterDf::Clusters);
            probe.ask("two_way_fixed_effects", || two_way_fixed_effects(panel(), errors, level));
            let panel = || Panel { treated: &arm, ..panel() };
            probe.ask("event_study", || event_study(panel(), u32::MAX, errors, level));
        }
    }
}
