//! Comparisons of groups: weighting, panels, transport.

use groundwork_stats::estimators::augmented_weighting::{augmented, outcome_model};
use groundwork_stats::estimators::balance::{
    Denominator, balance, effective_sample_size, generalizability_index, overlap,
};
use groundwork_stats::estimators::callaway_santanna::{
    Comparison, aggregate_calendar, aggregate_dynamic, aggregate_group, aggregate_simple, callaway_santanna,
};
use groundwork_stats::estimators::goodman_bacon::goodman_bacon;
use groundwork_stats::estimators::inverse_probability::{Population, Propensity, hajek, horvitz_thompson};
use groundwork_stats::estimators::oaxaca_blinder::{Group, oaxaca_blinder};
use groundwork_stats::estimators::sun_abraham::sun_abraham;
use groundwork_stats::estimators::transport::{Source, transport};
use groundwork_stats::estimators::uniform_band::uniform_band;
use groundwork_stats::estimators::wild_cluster_bootstrap::Draws;
use groundwork_stats::linalg::Matrix;

use super::{LEVELS, Probe, columns, flags};

const POPULATIONS: [Population; 3] = [Population::Everyone, Population::Treated, Population::Overlap];

pub(crate) fn probe(probe: &mut Probe) {
    for length in [0, 1, 3, 8, 21] {
        for (of_flags, treated) in flags(length) {
            for (of_x, x) in columns(length) {
                probe.given = format!("{length} rows of {of_x}, {of_flags} treated");
                groups(probe, &x, &treated);
                for (of_y, y) in columns(length) {
                    probe.given = format!("{length} rows of {of_y} on {of_x}, {of_flags} treated");
                    weighted(probe, &y, &x, &treated);
                }
            }
        }
    }
    panels(probe);
    transports(probe);
    decompositions(probe);
}

fn groups(probe: &mut Probe, x: &[f64], first: &[bool]) {
    for denominator in [Denominator::First, Denominator::Second, Denominator::Pooled] {
        probe.ask("balance", || balance(&[x], first, None, denominator));
        probe.ask("balance", || balance(&[x], first, Some(x), denominator));
    }
    probe.ask("balance", || balance(&[], first, None, Denominator::Pooled));
    probe.ask("effective_sample_size", || effective_sample_size(x));
    probe.ask("overlap", || overlap(x, first));
    probe.ask("generalizability_index", || generalizability_index(x, first));
}

fn weighted(probe: &mut Probe, y: &[f64], x: &[f64], treated: &[bool]) {
    for population in POPULATIONS {
        probe.ask("outcome_model", || outcome_model(y, treated, &[x], population, 0.95));
    }
    let Some(fit) = probe.ask("fit", || Propensity::fit(treated, &[x])) else { return };
    probe.ask("overlap", || fit.overlap());
    probe.ask("horvitz_thompson", || horvitz_thompson(y, &fit, 0.95));
    for population in POPULATIONS {
        probe.value("weights", || fit.weights(population));
        probe.ask("balance", || fit.balance(population));
        probe.ask("hajek", || hajek(y, &fit, population, 0.95));
        probe.ask("augmented", || augmented(y, &fit, population, 0.95));
    }
}

fn panels(probe: &mut Probe) {
    // Seven units in three periods.
    let unit: Vec<u32> = (0..21).map(|row| row / 3).collect();
    let period: Vec<i32> = (0..21).map(|row| [i32::MIN, 2000, i32::MAX][row % 3]).collect();
    let plain: Vec<i32> = (0..21).map(|row| 2000 + row % 3).collect();
    let starts: Vec<(&str, Vec<Option<i32>>)> = vec![
        ("never", vec![None; 21]),
        ("always", vec![Some(i32::MIN); 21]),
        ("at once", vec![Some(2001); 21]),
        (
            "in turn",
            (0..21)
                .map(|row| [None, None, Some(2001), Some(2001), Some(2002), Some(2002), Some(2000)][row / 3])
                .collect(),
        ),
        (
            "one each",
            (0..21).map(|row| [None, None, None, None, None, Some(2001), Some(2002)][row / 3]).collect(),
        ),
        ("at random", (0..21).map(|row| Some(2000 + row % 4)).collect()),
        ("too late", vec![Some(i32::MAX); 21]),
    ];
    for (of_y, y) in columns(21) {
        for (of_starts, first) in &starts {
            for comparison in [Comparison::NeverTreated, Comparison::NotYetTreated] {
                for (of_periods, period) in [("far", &period), ("plain", &plain)] {
                    probe.given = format!("a panel of {of_y}, {of_starts}, {of_periods} periods");
                    let effects = probe.ask("callaway_santanna", || {
                        callaway_santanna(&unit, period, first, &y, comparison, 0.95)
                    });
                    let Some(effects) = effects else { continue };
                    for level in LEVELS {
                        probe.ask("aggregate_simple", || aggregate_simple(&effects, level));
                        probe.ask("aggregate_group", || aggregate_group(&effects, level));
                        probe.ask("aggregate_dynamic", || aggregate_dynamic(&effects, level));
                        probe.ask("aggregate_calendar", || aggregate_calendar(&effects, level));
                    }
                }
            }
        }
    }
    for (of_y, y) in columns(21) {
        for (of_starts, first) in &starts {
            for (of_periods, period) in [("far", &period), ("plain", &plain)] {
                probe.given = format!("a panel of {of_y}, {of_starts}, {of_periods} periods");
                probe.ask("sun_abraham", || sun_abraham(&unit, period, first, &y, &[], 0.95));
                probe.ask("goodman_bacon", || goodman_bacon(&unit, period, first, &y));
                let other: Vec<f64> = (0..21).map(|row| f64::from(row * row % 5)).collect();
                probe.ask("sun_abraham", || sun_abraham(&unit, period, first, &other, &[&y], 0.95));
            }
        }
    }
    for level in LEVELS {
        probe.given = format!("a panel at the level {level:?}");
        let y: Vec<f64> = (0..21).map(|row| f64::from(row * row % 5)).collect();
        probe.ask("sun_abraham", || sun_abraham(&unit, &plain, &starts[3].1, &y, &[], level));
    }
    for (of, values) in columns(3) {
        for entry in [0.0, 1.0, -1.0, 1e300, f64::NAN] {
            probe.given = format!("estimates of {of} with covariances of {entry:?}");
            let covariance = Matrix::from_fn(3, 3, |i, j| if i == j { 1.0 } else { entry });
            let draws = Draws { seed: [1; 32], number: 50 };
            probe.ask("uniform_band", || uniform_band(&values, &covariance, 0.95, draws));
        }
    }
    probe.given = "no panel".to_string();
    probe.ask("sun_abraham", || sun_abraham(&[], &[], &[], &[], &[], 0.95));
    probe.ask("callaway_santanna", || callaway_santanna(&[], &[], &[], &[], Comparison::NeverTreated, 0.95));
    probe.ask("callaway_santanna", || {
        callaway_santanna(&[1], &[1], &[None], &[], Comparison::NeverTreated, 0.95)
    });
}

fn transports(probe: &mut Probe) {
    for length in [0, 1, 8, 21] {
        for (of_flags, treated) in flags(length) {
            for (of_x, x) in columns(length) {
                for (of_target, target) in columns(8) {
                    probe.given = format!("{length} rows of {of_x} to {of_target}, {of_flags} treated");
                    let y: Vec<f64> = (0..length).map(|row| (row * row % 7) as f64).collect();
                    let source = Source { outcome: &y, treated: &treated, covariates: &[&x] };
                    probe.ask("transport", || transport(&source, &[&target], 0.95));
                }
                probe.given = format!("{length} rows of {of_x} as the outcome, {of_flags} treated");
                let plain: Vec<f64> = (0..length).map(|row| (row * 5 % 7) as f64).collect();
                let source = Source { outcome: &x, treated: &treated, covariates: &[&plain] };
                probe.ask("transport", || transport(&source, &[&[1.0, 3.0, 2.0, 6.0, 4.0]], 0.95));
            }
        }
    }
    let y: Vec<f64> = (0..40).map(|row| f64::from(row * row % 7)).collect();
    let x: Vec<f64> = (0..40).map(|row| f64::from(row * 5 % 11)).collect();
    let treated: Vec<bool> = (0..40).map(|row| row % 2 == 0).collect();
    let source = Source { outcome: &y, treated: &treated, covariates: &[&x] };
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        probe.ask("transport", || transport(&source, &[&x], level));
        probe.ask("outcome_model", || outcome_model(&y, &treated, &[&x], Population::Everyone, level));
        let fit = Propensity::fit(&treated, &[&x]).expect("a fit");
        probe.ask("hajek", || hajek(&y, &fit, Population::Everyone, level));
        probe.ask("horvitz_thompson", || horvitz_thompson(&y, &fit, level));
        probe.ask("augmented", || augmented(&y, &fit, Population::Treated, level));
    }
}

fn decompositions(probe: &mut Probe) {
    for length in [0, 1, 3, 8] {
        let plain: Vec<f64> = (0..length).map(|row| (row * row % 7) as f64).collect();
        for (of_x, x) in columns(length) {
            for (of_y, y) in columns(length) {
                probe.given = format!("{length} rows of {of_y} on {of_x}");
                let found = [x.as_slice()];
                let ordinary = [plain.as_slice()];
                let a = Group { y: &y, covariates: &found };
                let b = Group { y: &plain, covariates: &found };
                let c = Group { y: &y, covariates: &ordinary };
                let none = Group { y: &y, covariates: &[] };
                for (one, other) in [(a, b), (b, a), (a, c), (a, a), (none, none), (none, a)] {
                    probe.ask("oaxaca_blinder", || oaxaca_blinder(one, other, 0.95));
                }
            }
        }
    }
    let (y, x) = ([1.0, 3.0, 2.0, 5.0, 4.0], [1.0, 2.0, 2.0, 3.0, 5.0]);
    let (z, w) = ([2.0, 3.0, 1.0, 1.0, 4.0], [1.0, 1.0, 2.0, 4.0, 3.0]);
    let (one, other) = ([&x[..]], [&w[..]]);
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        let (a, b) = (Group { y: &y, covariates: &one }, Group { y: &z, covariates: &other });
        probe.ask("oaxaca_blinder", || oaxaca_blinder(a, b, level));
    }
}
