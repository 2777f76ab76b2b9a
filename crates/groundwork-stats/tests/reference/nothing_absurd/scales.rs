//! Questionnaires, imputations, two posteriors, and what a study could show.

use groundwork_stats::estimators::bayes_two_proportions::TwoPosteriors;
use groundwork_stats::estimators::cronbach_alpha::cronbach_alpha;
use groundwork_stats::estimators::dif_mantel_haenszel::item_bias;
use groundwork_stats::estimators::multiple_imputation::{check_imputation, pool_imputations};
use groundwork_stats::estimators::power::{
    Units, design_effect, detectable_t, detectable_two_proportions, power_fisher, power_non_inferiority,
    power_t, power_two_proportions, units_clustered, units_non_inferiority, units_t, units_two_proportions,
};

use super::{COUNTS, LENGTHS, LEVELS, NUMBERS, Probe, columns, flags};

pub(crate) fn probe(probe: &mut Probe) {
    reliability(probe);
    bias(probe);
    imputations(probe);
    posteriors(probe);
    powers(probe);
}

fn reliability(probe: &mut Probe) {
    for length in LENGTHS.into_iter().chain([40]) {
        let usual = columns(length);
        for (of_one, one) in columns(length) {
            for (of_other, other) in columns(length) {
                probe.given = format!("{length} people, items of {of_one} and {of_other}");
                let third = &usual[0].1;
                for level in [0.95, 1e-300, 1.0 - f64::EPSILON / 2.0] {
                    probe.ask("cronbach_alpha", || cronbach_alpha(&[&one, &other, third], level));
                }
                probe.ask("cronbach_alpha", || cronbach_alpha(&[&one, &other], 0.95));
                probe.ask("cronbach_alpha", || cronbach_alpha(&[&one, &[1.0], &other], 0.95));
            }
        }
        for level in LEVELS {
            probe.given = format!("{length} people at the level {level:?}");
            probe.ask("cronbach_alpha", || cronbach_alpha(&[&usual[0].1, &usual[7].1, &usual[8].1], level));
        }
    }
    probe.given = "no items".to_string();
    probe.ask("cronbach_alpha", || cronbach_alpha(&[], 0.95));
    probe.ask("cronbach_alpha", || cronbach_alpha(&[&[], &[], &[]], 0.95));
}

fn bias(probe: &mut Probe) {
    for length in LENGTHS.into_iter().chain([60, 400]) {
        let mut items = flags(length);
        items.push(("thirds", (0..length).map(|row| row % 3 == 0).collect()));
        items.push(("fifths", (0..length).map(|row| row % 5 < 2).collect()));
        for (of_focal, focal) in &items {
            for (of_one, one) in &items {
                for (of_other, other) in &items {
                    probe.given =
                        format!("{length} people, focal {of_focal}, items of {of_one} and {of_other}");
                    let answers = [&one[..], &other[..], &items[5].1, &items[6].1];
                    for purify in [false, true] {
                        probe.ask("item_bias", || item_bias(&answers, focal, 0.05, purify));
                    }
                }
            }
            for alpha in LEVELS {
                probe.given = format!("{length} people, focal {of_focal}, at {alpha:?}");
                let answers = [&items[5].1[..], &items[6].1, &items[2].1];
                probe.ask("item_bias", || item_bias(&answers, focal, alpha, true));
                probe.ask("item_bias", || item_bias(&answers[..1], focal, alpha, true));
                probe.ask("item_bias", || item_bias(&[], focal, alpha, false));
            }
        }
    }
}

fn imputations(probe: &mut Probe) {
    for length in LENGTHS {
        for (of_estimates, estimates) in columns(length) {
            for (of_variances, variances) in columns(length) {
                probe.given = format!("{length} imputations of {of_estimates} with {of_variances}");
                for df in [None, Some(20.0), Some(0.0), Some(1e300), Some(-1.0), Some(f64::NAN)] {
                    let found =
                        probe.ask("pool_imputations", || pool_imputations(&estimates, &variances, df));
                    let Some(found) = found else { continue };
                    for level in LEVELS {
                        probe.ask("estimate", || found.estimate(25, level));
                    }
                }
            }
            probe.ask("pool_imputations", || pool_imputations(&estimates, &[1.0, 2.0, 1.5, 1.2], None));
        }
    }
    for units in COUNTS {
        for missing in COUNTS {
            probe.given = format!("{missing} of {units} missing");
            probe.ask("check_imputation", || check_imputation(units, missing));
        }
    }
}

fn posteriors(probe: &mut Probe) {
    for n1 in COUNTS {
        for n2 in [0, 1, 8, 100, 1_000_003, u64::MAX] {
            for (x1, x2) in [(0, 0), (n1, n2), (n1 / 2, n2 / 3), (n1, 0), (n1.saturating_add(1), 0)] {
                probe.given = format!("{x1} of {n1} and {x2} of {n2}");
                compared(probe, (x1, n1, x2, n2), (0.5, 0.5), 0.1, 0.95);
            }
        }
    }
    for number in NUMBERS {
        for other in [0.5, number, 1e-300, 1e300] {
            probe.given = format!("priors of {number:?} and {other:?}");
            compared(probe, (6, 8, 3, 8), (number, other), 0.1, 0.95);
        }
        probe.given = format!("a margin of {number:?}");
        compared(probe, (6, 8, 3, 8), (0.5, 0.5), number, 0.95);
    }
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        compared(probe, (6, 8, 3, 8), (0.5, 0.5), 0.1, level);
        compared(probe, (8, 8, 0, 8), (0.5, 0.5), 0.1, level);
    }
}

fn compared(
    probe: &mut Probe,
    (x1, n1, x2, n2): (u64, u64, u64, u64),
    prior: (f64, f64),
    margin: f64,
    level: f64,
) {
    let Some(two) = probe.ask("TwoPosteriors::new", || TwoPosteriors::new(x1, n1, x2, n2, prior)) else {
        return;
    };
    for difference in [margin, -margin, 0.0, -1.0, 1.0, 2.0] {
        probe.ask("probability_up_to", || two.probability_up_to(difference));
    }
    probe.ask("compare", || two.compare(margin, level));
    for next in [0, 1, 10, u64::MAX] {
        probe.ask("predictive_first", || two.predictive_first(next));
        probe.ask("predictive_second", || two.predictive_second(next));
    }
}

fn powers(probe: &mut Probe) {
    const SHARES: [f64; 8] = [0.5, 0.4, 0.0, 1.0, 1e-300, 1.0 - f64::EPSILON / 2.0, -0.1, f64::NAN];
    for n in NUMBERS.into_iter().chain([8.0, 300.0, 1e9]) {
        for p1 in SHARES {
            for p2 in SHARES {
                probe.given = format!("{n:?} units, {p1:?} and {p2:?}");
                for alpha in [0.05, 0.0, 1e-300, f64::NAN] {
                    probe.ask("power_two_proportions", || power_two_proportions(n, p1, p2, alpha));
                }
            }
            for power in SHARES {
                probe.given = format!("{n:?} units, {p1:?} with power {power:?}");
                for above in [false, true] {
                    probe.ask("detectable_two_proportions", || {
                        detectable_two_proportions(n, p1, 0.05, power, above)
                    });
                }
            }
        }
        for number in NUMBERS {
            probe.given = format!("{n:?} units, {number:?}");
            for alpha in [0.05, 0.5, 1e-300, f64::NAN] {
                probe.ask("power_t", || power_t(n, number, 2.0, alpha));
                probe.ask("power_t", || power_t(n, 1.0, number, alpha));
                probe.ask("detectable_t", || detectable_t(n, number, alpha, 0.8));
            }
            probe.ask("design_effect", || design_effect(n, number));
            for whole in [0, 7, u64::MAX] {
                probe.ask("units_clustered", || units_clustered(Units { exact: n, whole }, 8.0, number));
                probe.ask("units_clustered", || units_clustered(Units { exact: 40.5, whole }, n, number));
            }
        }
    }
    for p1 in SHARES {
        for p2 in SHARES {
            for alpha in SHARES {
                probe.given = format!("{p1:?} and {p2:?} at {alpha:?}");
                for power in SHARES {
                    probe.ask("units_two_proportions", || units_two_proportions(p1, p2, alpha, power));
                    for margin in [0.1, 1e-300, -0.1, 1.0] {
                        probe.ask("units_non_inferiority", || {
                            units_non_inferiority(p1, p2, margin, alpha, power)
                        });
                    }
                }
                for n1 in [0, 1, 8, 60, u64::MAX] {
                    for n2 in [0, 1, 8, u64::MAX] {
                        probe.ask("power_fisher", || power_fisher(n1, n2, p1, p2, alpha));
                    }
                }
            }
            for n1 in COUNTS {
                for n2 in COUNTS {
                    probe.given = format!("{n1} and {n2} units, {p1:?} and {p2:?}");
                    probe.ask("power_non_inferiority", || power_non_inferiority(n1, n2, p1, p2, 0.1, 0.05));
                }
            }
        }
    }
    for delta in NUMBERS {
        for sd in NUMBERS {
            probe.given = format!("a difference of {delta:?} with {sd:?}");
            for power in SHARES {
                probe.ask("units_t", || units_t(delta, sd, 0.05, power));
                probe.ask("units_t", || units_t(delta, sd, power, 0.8));
            }
        }
    }
}
