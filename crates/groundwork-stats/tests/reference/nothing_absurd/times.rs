//! Times to an event.

use groundwork_stats::estimators::aalen_johansen::{ErrorKind, aalen_johansen};
use groundwork_stats::estimators::funnel::Funnel;
use groundwork_stats::estimators::gray_test::{gray_test, gray_test_stratified};
use groundwork_stats::estimators::kaplan_meier::{Scale, kaplan_meier, product_limit};
use groundwork_stats::estimators::log_rank::{Weight, log_rank, log_rank_stratified};
use groundwork_stats::estimators::restricted_mean::{
    latest_tau, restricted_mean, restricted_mean_difference, restricted_mean_ratio,
};
use groundwork_stats::estimators::risk_table::RiskTable;
use groundwork_stats::estimators::turnbull::turnbull;

use super::{COUNTS, LENGTHS, LEVELS, NUMBERS, Probe, columns};

const SCALES: [Scale; 5] = [Scale::LogLog, Scale::Log, Scale::Logit, Scale::Arcsine, Scale::Plain];

pub(crate) fn probe(probe: &mut Probe) {
    for length in LENGTHS {
        for (of_time, time) in columns(length) {
            for (of_cause, cause) in causes(length) {
                probe.given = format!("{length} times of {of_time} with {of_cause}");
                let table = probe.ask("from_rows", || RiskTable::from_rows(&time, &cause, 1, None));
                if let Some(table) = table {
                    curves(probe, &table);
                }
                for (of_entry, entry) in columns(length) {
                    probe.given = format!("{length} times of {of_time} with {of_cause} from {of_entry}");
                    let table =
                        probe.ask("from_rows", || RiskTable::from_rows(&time, &cause, 2, Some(&entry)));
                    if let Some(table) = table.filter(|_| length < 8) {
                        curves(probe, &table);
                    }
                }
            }
        }
        visits(probe, length);
    }
    tables(probe);
    levels(probe);
    groups(probe);
    funnels(probe);
}

fn causes(length: usize) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("no events", vec![0; length]),
        ("events only", vec![1; length]),
        ("events and not", (0..length).map(|row| (row % 2) as u8).collect()),
        ("two kinds", (0..length).map(|row| (row % 3) as u8).collect()),
        ("a kind too many", vec![255; length]),
    ]
}

fn curves(probe: &mut Probe, table: &RiskTable) {
    for number in [0.0, 1.0, 2.5, -1.0, 1e300, f64::NAN, f64::INFINITY] {
        probe.ask("after", || table.after(number));
        probe.ask("restricted_mean", || restricted_mean(table, number, 0.95));
        probe.value("at_risk_at", || table.at_risk_at(number));
        probe.value("at_risk_after", || table.at_risk_after(number));
        for cause in [0, 1, 2, usize::MAX] {
            probe.value("events_by", || table.events_by(cause, number));
        }
    }
    for row in [0, usize::MAX] {
        probe.value("events", || table.events(row).to_vec());
        probe.value("all_events", || table.all_events(row));
        probe.value("events_of", || table.events_of(row));
        probe.value("leaving", || table.leaving(row));
    }
    let tau = probe.value("latest_tau", || latest_tau(&[table.clone(), table.clone()])).flatten();
    let tau = tau.unwrap_or(1.0);
    probe.ask("restricted_mean", || restricted_mean(table, tau, 0.95));
    probe.ask("restricted_mean_difference", || restricted_mean_difference(table, table, tau, 0.95));
    probe.ask("restricted_mean_ratio", || restricted_mean_ratio(table, table, tau, 0.95));
    probe.ask("product_limit", || product_limit(table));
    for scale in SCALES {
        if let Some(curve) = probe.ask("kaplan_meier", || kaplan_meier(table, 0.95, scale)) {
            for number in [0.0, 0.5, 2.5, -1.0, 1e300, f64::NAN] {
                probe.ask("survival_at", || curve.survival_at(number));
                probe.ask("quantile", || curve.quantile(number));
            }
            for row in [0, 1, 2, usize::MAX] {
                probe.value("limits", || curve.limits(row));
            }
        }
    }
    for error in [ErrorKind::Jackknife, ErrorKind::Aalen] {
        if let Some(curve) = probe.ask("aalen_johansen", || aalen_johansen(table, 0.95, error)) {
            for cause in [0, 1, 2, usize::MAX] {
                probe.ask("incidence_at", || curve.incidence_at(cause, 2.5));
                probe.ask("incidence_at", || curve.incidence_at(cause, f64::NAN));
                probe.value("limits", || curve.limits(cause, 1));
            }
        }
    }
}

fn visits(probe: &mut Probe, length: usize) {
    for (of_lower, lower) in columns(length) {
        for (of_upper, upper) in columns(length) {
            probe.given = format!("{length} visits of {of_lower} to {of_upper}");
            let open: Vec<Option<f64>> =
                upper.iter().enumerate().map(|(row, &upper)| (row % 4 != 3).then_some(upper)).collect();
            let wide: Vec<Option<f64>> =
                lower.iter().zip(&upper).map(|(lower, upper)| Some(lower + upper.abs())).collect();
            for upper in [open, wide, vec![None; length]] {
                if let Some(found) = probe.ask("turnbull", || turnbull(&lower, &upper)) {
                    for number in NUMBERS {
                        probe.ask("survival_at", || found.survival_at(number));
                        probe.ask("quantile", || found.quantile(number));
                    }
                }
            }
        }
    }
    probe.ask("turnbull", || turnbull(&[1.0], &[]));
}

/// Tables made elsewhere, whose counts may be anything.
fn tables(probe: &mut Probe) {
    for one in COUNTS {
        for other in COUNTS {
            for events in [0, 1, other, u64::MAX] {
                probe.given = format!("{one} and {other} at risk with {events} events");
                let table = probe.ask("from_counts", || {
                    RiskTable::from_counts(&[1.0, 2.0], &[one, other], &[&[events, 1]], &[0, other])
                });
                if let Some(table) = table {
                    curves(probe, &table);
                }
            }
        }
    }
    probe.given = "a table of no rows".to_string();
    probe.ask("from_counts", || RiskTable::from_counts(&[], &[], &[], &[]));
    probe.ask("from_counts", || RiskTable::from_counts(&[1.0], &[1], &[&[]], &[0]));
    probe.ask("from_rows", || RiskTable::from_rows(&[1.0], &[1], 0, None));
}

/// Every level on data that have an answer.
fn levels(probe: &mut Probe) {
    let time: Vec<f64> = (0..20).map(|row| f64::from(row % 11) + 1.0).collect();
    let cause: Vec<u8> = (0..20).map(|row| row % 3).collect();
    let table = RiskTable::from_rows(&time, &cause, 2, None).expect("a table");
    let any = table.any_cause();
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        for scale in SCALES {
            if let Some(curve) = probe.ask("kaplan_meier", || kaplan_meier(&any, level, scale)) {
                probe.ask("survival_at", || curve.survival_at(4.0));
                probe.ask("quantile", || curve.quantile(0.5));
                probe.value("limits", || curve.limits(3));
            }
        }
        if let Some(curve) = probe.ask("aalen_johansen", || aalen_johansen(&table, level, ErrorKind::Aalen)) {
            probe.ask("incidence_at", || curve.incidence_at(1, 4.0));
            probe.value("limits", || curve.limits(1, 3));
        }
        probe.ask("restricted_mean", || restricted_mean(&any, 6.0, level));
        probe.ask("restricted_mean_difference", || restricted_mean_difference(&any, &any, 6.0, level));
        probe.ask("restricted_mean_ratio", || restricted_mean_ratio(&any, &any, 6.0, level));
    }
}

fn funnels(probe: &mut Probe) {
    for length in [0, 1, 3, 8] {
        for (of_one, one) in columns(length) {
            for (of_other, other) in columns(length) {
                probe.given = format!("{length} people of {of_one} then {of_other}");
                let some = |column: &[f64]| -> Vec<Option<f64>> {
                    column.iter().enumerate().map(|(row, &time)| (row % 3 != 2).then_some(time)).collect()
                };
                let every: Vec<Option<f64>> = one.iter().copied().map(Some).collect();
                let (later, never) = (some(&other), vec![None; length]);
                let until: Vec<f64> =
                    one.iter().zip(&other).map(|(one, other)| one.abs() + other.abs()).collect();
                let found =
                    probe.ask("from_rows", || Funnel::from_rows(&[&every, &later, &never], &never, &until));
                let left = probe.ask("from_rows", || Funnel::from_rows(&[&every, &never], &later, &until));
                for funnel in [found, left].into_iter().flatten() {
                    for stage in [0, 1, 2, usize::MAX] {
                        for horizon in [0.0, 1.0, 1e300, f64::NAN] {
                            probe.ask("step_within", || funnel.step_within(stage, horizon, 0.95));
                            probe.ask("reached_within", || funnel.reached_within(stage, horizon, 0.95));
                        }
                    }
                    probe.value("counts", || funnel.counts());
                }
            }
        }
    }
    probe.given = "no stages".to_string();
    probe.ask("from_tables", || Funnel::from_tables(vec![], vec![]));
    probe.ask("from_tables", || Funnel::from_tables(vec![None], vec![]));
}

/// Two and three groups, some with nobody or nothing in them.
fn groups(probe: &mut Probe) {
    let mut tables: Vec<(String, RiskTable)> = Vec::new();
    for length in [1, 5] {
        for (of_time, time) in columns(length) {
            for (of_cause, cause) in causes(length) {
                for kinds in [1, 2] {
                    if let Ok(table) = RiskTable::from_rows(&time, &cause, kinds, None) {
                        tables.push((format!("{length} {of_time}, {of_cause} of {kinds}"), table));
                    }
                }
            }
        }
    }
    for (counts, events) in
        [([u64::MAX, 5], [1, 1]), ([1 << 40, 1 << 39], [1 << 39, 1 << 39]), ([2, 1], [1, 1])]
    {
        if let Ok(table) = RiskTable::from_counts(&[1.0, 2.0], &counts, &[&events], &[0, 0]) {
            tables.push((format!("{counts:?}"), table));
        }
    }
    for (at, (of_one, one)) in tables.iter().enumerate() {
        for (of_other, other) in tables.iter().skip(at % 3).step_by(3) {
            probe.given = format!("{of_one} against {of_other}");
            let pair = [one.clone(), other.clone()];
            let strata = [vec![Some(one.clone()), Some(other.clone())], vec![None, Some(other.clone())]];
            for weight in [Weight::Equal, Weight::PetoPeto] {
                probe.ask("log_rank", || log_rank(&pair, weight));
                probe.ask("log_rank_stratified", || log_rank_stratified(&strata, weight));
            }
            for cause in [0, 1, 2, usize::MAX] {
                probe.ask("gray_test", || gray_test(&pair, cause));
                probe.ask("gray_test_stratified", || gray_test_stratified(&strata, cause));
            }
        }
        let three = [one.clone(), one.clone(), one.clone()];
        probe.ask("log_rank", || log_rank(&three, Weight::Equal));
        probe.ask("gray_test", || gray_test(&three, 1));
        probe.ask("log_rank", || log_rank(&three[..1], Weight::Equal));
        probe.ask("gray_test", || gray_test(&three[..1], 1));
    }
    probe.given = "no groups".to_string();
    probe.ask("log_rank", || log_rank(&[], Weight::Equal));
    probe.ask("gray_test", || gray_test(&[], 1));
    probe.ask("log_rank_stratified", || log_rank_stratified(&[], Weight::Equal));
    probe.ask("log_rank_stratified", || log_rank_stratified(&[vec![], vec![None, None]], Weight::Equal));
    probe.ask("gray_test_stratified", || gray_test_stratified(&[], 1));
    probe.ask("gray_test_stratified", || gray_test_stratified(&[vec![], vec![None, None]], 1));
}
