//! Shares and rates: one, two, and many.

use groundwork_stats::Outcome;
use groundwork_stats::estimators::coverage::Coverage;
use groundwork_stats::estimators::difference_agresti_caffo::difference_agresti_caffo;
use groundwork_stats::estimators::difference_mee::difference_mee;
use groundwork_stats::estimators::difference_miettinen_nurminen::constrained_shares;
use groundwork_stats::estimators::difference_newcombe::{difference_newcombe, difference_newcombe_corrected};
use groundwork_stats::estimators::exact_two_by_two::{
    exact_barnard, exact_boschloo, exact_fisher, exact_fisher_mid_p,
};
use groundwork_stats::estimators::missing_bounds::missing_bounds;
use groundwork_stats::estimators::multiplicity::{Adjustment, adjust};
use groundwork_stats::estimators::odds_ratio::odds_ratio_log;
use groundwork_stats::estimators::odds_ratio_exact::odds_ratio_exact;
use groundwork_stats::estimators::proportion_agresti_coull::proportion_agresti_coull;
use groundwork_stats::estimators::proportion_clopper_pearson::proportion_clopper_pearson;
use groundwork_stats::estimators::proportion_jeffreys::{
    proportion_jeffreys, proportion_jeffreys_equal_tail,
};
use groundwork_stats::estimators::proportion_mid_p::proportion_mid_p;
use groundwork_stats::estimators::proportion_trend::{proportion_trend, proportions_chi_squared};
use groundwork_stats::estimators::proportion_weighted::{
    WeightedProportion, proportion_korn_graubard, proportion_weighted,
};
use groundwork_stats::estimators::proportion_wilson_cc::proportion_wilson_cc;
use groundwork_stats::estimators::quantile_ranks::quantile_ranks;
use groundwork_stats::estimators::rate_contrast::{rate_difference, rate_ratio, rate_ratio_score};
use groundwork_stats::estimators::rate_poisson::{
    dispersion, rate_poisson, rate_poisson_byar, rate_poisson_mid_p, rate_poisson_rows,
};
use groundwork_stats::estimators::ratio_katz::ratio_katz;
use groundwork_stats::estimators::ratio_miettinen_nurminen::{ratio_koopman, ratio_miettinen_nurminen};
use groundwork_stats::{
    difference_miettinen_nurminen, difference_miettinen_nurminen_null, proportion_wilson, wilson_coverage,
};

use super::{COUNTS, LENGTHS, LEVELS, NUMBERS, Probe, columns, flags, labels};

type One = fn(u64, u64, f64) -> Outcome;
type Two = fn(u64, u64, u64, u64, f64) -> Outcome;

const ONE: [(&str, One); 8] = [
    ("proportion_wilson", |x, n, level| proportion_wilson(x, n, level)),
    ("proportion_wilson_cc", |x, n, level| proportion_wilson_cc(x, n, level)),
    ("proportion_agresti_coull", |x, n, level| proportion_agresti_coull(x, n, level)),
    ("proportion_clopper_pearson", |x, n, level| proportion_clopper_pearson(x, n, level)),
    ("proportion_jeffreys", |x, n, level| proportion_jeffreys(x, n, level)),
    ("proportion_jeffreys_equal_tail", |x, n, level| proportion_jeffreys_equal_tail(x, n, level)),
    ("proportion_mid_p", |x, n, level| proportion_mid_p(x, n, level)),
    ("missing", |x, n, level| missing_bounds(x, n, 0, level).and_then(|_| proportion_wilson(x, n, level))),
];

const TWO: [(&str, Two); 9] = [
    ("difference_miettinen_nurminen", difference_miettinen_nurminen),
    ("difference_agresti_caffo", difference_agresti_caffo),
    ("difference_newcombe", difference_newcombe),
    ("difference_newcombe_corrected", difference_newcombe_corrected),
    ("odds_ratio_log", odds_ratio_log),
    ("odds_ratio_exact", odds_ratio_exact),
    ("ratio_katz", ratio_katz),
    ("ratio_miettinen_nurminen", ratio_miettinen_nurminen),
    ("ratio_koopman", ratio_koopman),
];

pub(crate) fn probe(probe: &mut Probe) {
    one_share(probe);
    two_shares(probe);
    many_shares(probe);
    weighted(probe);
    rates(probe);
}

fn one_share(probe: &mut Probe) {
    for x in COUNTS {
        for n in COUNTS {
            for number in NUMBERS {
                probe.given = format!("{x} of {n}, share and level {number}");
                probe.ask("quantile_ranks", || quantile_ranks(n, number, 0.95));
                probe.ask("quantile_ranks", || quantile_ranks(x, 0.5, number));
            }
            probe.given = format!("{x} of {n}");
            for level in LEVELS {
                for (name, method) in ONE {
                    probe.ask(name, || method(x, n, level));
                }
            }
            for missing in COUNTS {
                probe.given = format!("{x} of {n} with {missing} missing");
                probe.ask("missing_bounds", || missing_bounds(x, n, missing, 0.95));
            }
        }
    }
    for n in [0, 1, 8, 100] {
        for level in LEVELS {
            probe.given = format!("coverage of {n} at {level:?}");
            let coverage = probe.ask("Coverage::new", || Coverage::new(n, level, proportion_wilson));
            for number in NUMBERS {
                probe.given = format!("coverage of {n} at {number:?} and {level:?}");
                probe.ask("wilson_coverage", || wilson_coverage(n, number, level));
                if let Some(coverage) = &coverage {
                    probe.ask("at", || coverage.at(number));
                }
            }
            if let Some(coverage) = coverage {
                for steps in [0, 1, 2, 50] {
                    probe.ask("over_grid", || coverage.over_grid(steps));
                }
                probe.value("lowest", || coverage.lowest());
            }
        }
    }
    probe.given = "coverage of too many".to_string();
    probe.ask("Coverage::new", || Coverage::new(u64::MAX, 0.95, proportion_wilson));
}

fn two_shares(probe: &mut Probe) {
    for (x1, n1) in [(0, 0), (0, 8), (8, 8), (3, 8), (9, 8), (1, 1), (u64::MAX, u64::MAX), (5, u64::MAX)] {
        for (x2, n2) in [(0, 0), (0, 8), (8, 8), (6, 8), (0, 1), (u64::MAX / 2, u64::MAX), (7, 1 << 40)] {
            probe.given = format!("{x1} of {n1} against {x2} of {n2}");
            for level in LEVELS {
                for (name, method) in TWO {
                    probe.ask(name, || method(x1, n1, x2, n2, level));
                }
            }
            for null in NUMBERS {
                probe.ask("difference_miettinen_nurminen_null", || {
                    difference_miettinen_nurminen_null(x1, n1, x2, n2, null, 0.95)
                });
                probe.ask("constrained_shares", || constrained_shares(x1, n1, x2, n2, null));
                probe.ask("difference_mee", || difference_mee(x1, n1, x2, n2, null, 0.95));
            }
            probe.ask("exact_fisher", || exact_fisher(x1, n1, x2, n2));
            probe.ask("exact_fisher_mid_p", || exact_fisher_mid_p(x1, n1, x2, n2));
            probe.ask("exact_barnard", || exact_barnard(x1, n1, x2, n2));
            probe.ask("exact_boschloo", || exact_boschloo(x1, n1, x2, n2));
        }
    }
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        probe.ask("difference_mee", || difference_mee(3, 8, 6, 9, 0.1, level));
    }
}

fn many_shares(probe: &mut Probe) {
    for length in LENGTHS {
        for (of_p, p) in columns(length) {
            probe.given = format!("{length} p-values of {of_p}");
            for adjustment in [
                Adjustment::Bonferroni,
                Adjustment::Holm,
                Adjustment::Hochberg,
                Adjustment::Hommel,
                Adjustment::BenjaminiHochberg,
                Adjustment::BenjaminiYekutieli,
            ] {
                if let Some(adjusted) = probe.ask("adjust", || adjust(&p, adjustment)) {
                    assert!(adjusted.iter().all(|p| (0.0..=1.0).contains(p)), "{}", probe.given);
                }
            }
            for (of_x, x, n) in [
                ("plain", vec![2; length], vec![5; length]),
                ("nobody", vec![0; length], vec![0; length]),
                ("all", vec![5; length], vec![5; length]),
                ("too many", vec![6; length], vec![5; length]),
                ("huge", vec![u64::MAX; length], vec![u64::MAX; length]),
                ("half of huge", vec![1 << 62; length], vec![u64::MAX; length]),
                ("rising", (0..length as u64).collect(), vec![30; length]),
                ("different lengths", vec![1], vec![5; length]),
            ] {
                probe.given = format!("{length} groups of {of_x}, scores of {of_p}");
                probe.ask("proportion_trend", || proportion_trend(&x, &n, &p));
                probe.ask("proportions_chi_squared", || proportions_chi_squared(&x, &n));
            }
        }
    }
}

fn weighted(probe: &mut Probe) {
    for length in LENGTHS {
        for (of_weights, weights) in columns(length) {
            for (of_success, success) in flags(length) {
                let mut clusters: Vec<_> =
                    labels(length).into_iter().map(|(_, labels)| Some(labels)).collect();
                clusters.push(None);
                clusters.push(Some(vec![1]));
                for cluster in &clusters {
                    probe.given = format!("{length} rows weighted by {of_weights}, {of_success} successes");
                    let found = probe.ask("WeightedProportion::from_rows", || {
                        WeightedProportion::from_rows(&success, &weights, cluster.as_deref())
                    });
                    let Some(found) = found else { continue };
                    for level in [0.95, 0.5, 1e-300, 1.0 - f64::EPSILON / 2.0] {
                        probe.value("effective_n", || found.effective_n(level));
                        probe.ask("proportion_weighted", || proportion_weighted(&found, level));
                        probe.ask("proportion_korn_graubard", || proportion_korn_graubard(&found, level));
                    }
                    for level in LEVELS {
                        probe.ask("proportion_weighted", || proportion_weighted(&found, level));
                        probe.ask("proportion_korn_graubard", || proportion_korn_graubard(&found, level));
                    }
                }
            }
        }
    }
}

fn rates(probe: &mut Probe) {
    for events in COUNTS {
        for exposure in NUMBERS {
            probe.given = format!("{events} in {exposure:?}");
            for level in LEVELS {
                probe.ask("rate_poisson", || rate_poisson(events, exposure, level));
                probe.ask("rate_poisson_mid_p", || rate_poisson_mid_p(events, exposure, level));
                probe.ask("rate_poisson_byar", || rate_poisson_byar(events, exposure, level));
            }
            for (other, time) in [(0, 5.0), (3, 5.0), (7, 1e-300), (7, 1e300), (u64::MAX, 1.0), (1, f64::NAN)]
            {
                probe.given = format!("{events} in {exposure:?} against {other} in {time:?}");
                for level in [0.95, 1e-300, 1.0 - f64::EPSILON / 2.0] {
                    probe.ask("rate_ratio", || rate_ratio(events, exposure, other, time, level));
                    probe.ask("rate_ratio_score", || rate_ratio_score(events, exposure, other, time, level));
                    probe.ask("rate_difference", || rate_difference(events, exposure, other, time, level));
                    probe.ask("rate_difference", || rate_difference(other, time, events, exposure, level));
                }
            }
        }
    }
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        probe.ask("rate_ratio", || rate_ratio(11, 800.0, 21, 3011.0, level));
        probe.ask("rate_ratio_score", || rate_ratio_score(11, 800.0, 21, 3011.0, level));
        probe.ask("rate_difference", || rate_difference(11, 800.0, 21, 3011.0, level));
        probe.ask("rate_poisson_rows", || rate_poisson_rows(&[3, 9, 1], &[2.0, 3.0, 1.0], level));
    }
    for length in LENGTHS {
        for (of_exposure, exposure) in columns(length) {
            for events in [vec![0; length], vec![3; length], vec![u64::MAX; length], vec![1]] {
                probe.given = format!("{length} rows of {of_exposure} with {:?} events", events.first());
                probe.ask("rate_poisson_rows", || rate_poisson_rows(&events, &exposure, 0.95));
                probe.ask("dispersion", || dispersion(&events, &exposure));
            }
        }
    }
}
