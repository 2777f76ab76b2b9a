//! How strong what was not measured would have to be.

use groundwork_stats::estimators::e_value::{
    Outcomes, e_value_hazard_ratio, e_value_odds_ratio, e_value_risk_difference, e_value_risk_ratio,
    e_value_standardised_difference,
};
use groundwork_stats::estimators::honest_did::{EventEstimates, honest_smoothness};
use groundwork_stats::estimators::pre_trend::pre_trend;
use groundwork_stats::estimators::rosenbaum::{RankPairs, SignPairs};
use groundwork_stats::linalg::Matrix;

use super::{COUNTS, LENGTHS, LEVELS, NUMBERS, Probe, columns};

pub(crate) fn probe(probe: &mut Probe) {
    e_values(probe);
    pairs(probe);
    trends(probe);
}

fn e_values(probe: &mut Probe) {
    for ratio in NUMBERS {
        for lower in NUMBERS {
            probe.given = format!("{ratio:?} with {lower:?}");
            probe.ask("e_value_standardised_difference", || e_value_standardised_difference(ratio, lower));
            for upper in NUMBERS {
                probe.given = format!("{ratio:?} from {lower:?} to {upper:?}");
                probe.ask("e_value_risk_ratio", || e_value_risk_ratio(ratio, lower, upper));
                for outcomes in [Outcomes::Rare, Outcomes::Common] {
                    probe.ask("e_value_odds_ratio", || e_value_odds_ratio(ratio, lower, upper, outcomes));
                    probe.ask("e_value_hazard_ratio", || e_value_hazard_ratio(ratio, lower, upper, outcomes));
                }
            }
        }
    }
    for x1 in COUNTS {
        for n1 in COUNTS {
            for (x2, n2) in [(0, 0), (0, 8), (3, 8), (8, 8), (9, 8), (u64::MAX, u64::MAX)] {
                probe.given = format!("{x1} of {n1} against {x2} of {n2}");
                probe.ask("e_value_risk_difference", || e_value_risk_difference(x1, n1, x2, n2, 0.95));
            }
        }
    }
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        probe.ask("e_value_risk_difference", || e_value_risk_difference(30, 80, 12, 90, level));
    }
}

fn pairs(probe: &mut Probe) {
    for treated in COUNTS {
        for pairs in COUNTS {
            probe.given = format!("{treated} of {pairs} pairs");
            let Some(found) = probe.ask("SignPairs::new", || SignPairs::new(treated, pairs)) else {
                continue;
            };
            for number in NUMBERS {
                probe.ask("bounds", || found.bounds(number));
                probe.ask("sensitivity", || found.sensitivity(number));
            }
        }
    }
    for length in LENGTHS {
        for (of_one, one) in columns(length) {
            for (of_other, other) in columns(length) {
                probe.given = format!("{length} pairs of {of_one} and {of_other}");
                let found = probe.ask("RankPairs::new", || RankPairs::new(&one, &other));
                let Some(found) = found else { continue };
                for number in [1.0, 2.0, 1e300, 0.5, f64::NAN] {
                    probe.ask("bounds", || found.bounds(number));
                    probe.ask("bounds_exact", || found.bounds_exact(number));
                    probe.ask("bounds_normal", || found.bounds_normal(number));
                }
                for number in [0.05, 0.0, 1.0, f64::NAN] {
                    probe.ask("sensitivity", || found.sensitivity(number));
                }
            }
        }
    }
    probe.ask("RankPairs::new", || RankPairs::new(&[1.0], &[]));
}

fn trends(probe: &mut Probe) {
    let matrices: Vec<(&str, Matrix)> = vec![
        ("none", Matrix::zeros(0, 0)),
        ("zeros", Matrix::zeros(5, 5)),
        ("the identity", Matrix::identity(5)),
        ("small", Matrix::identity(5).scaled(1e-300)),
        ("huge", Matrix::identity(5).scaled(1e300)),
        ("negative", Matrix::identity(5).scaled(-1.0)),
        ("all alike", Matrix::from_fn(5, 5, |_, _| 1.0)),
        ("not symmetric", Matrix::from_fn(5, 5, |i, j| (3 * i + j) as f64)),
        ("missing", Matrix::from_fn(5, 5, |i, j| if i == j { f64::NAN } else { 0.0 })),
        ("another size", Matrix::identity(4)),
        ("ordinary", Matrix::from_fn(5, 5, |i, j| if i == j { 0.2 } else { 0.1 })),
    ];
    for (of_matrix, covariance) in &matrices {
        for (of_values, values) in columns(5) {
            for split in [0, 2, 5] {
                let (before, after) = values.split_at(split);
                let estimates = EventEstimates { before, after, covariance };
                let weights = vec![1.0; after.len()];
                probe.given = format!("{of_values} split at {split}, {of_matrix}");
                for level in [0.95, 1e-300, 1.0 - f64::EPSILON / 2.0] {
                    probe.ask("pre_trend", || pre_trend(&estimates, level));
                }
                for bound in [0.0, 0.1, 1e300, -1.0, f64::NAN, f64::INFINITY] {
                    probe.given = format!("{of_values} split at {split}, {of_matrix}, bound {bound:?}");
                    probe.ask("honest_smoothness", || honest_smoothness(&estimates, &weights, bound, 0.95));
                }
            }
            let estimates = EventEstimates { before: &[0.1, -0.2], after: &[0.5, 0.7, 0.6], covariance };
            probe.given = format!("weights of {of_values}, {of_matrix}");
            probe.ask("honest_smoothness", || honest_smoothness(&estimates, &values[..3], 0.1, 0.95));
            probe.ask("honest_smoothness", || honest_smoothness(&estimates, &values, 0.1, 0.95));
        }
    }
    let covariance = &matrices[10].1;
    let estimates = EventEstimates { before: &[0.1, -0.2], after: &[0.5, 0.7, 0.6], covariance };
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        probe.ask("honest_smoothness", || honest_smoothness(&estimates, &[1.0, 0.0, 0.0], 0.1, level));
        probe.ask("pre_trend", || pre_trend(&estimates, level));
    }
}
