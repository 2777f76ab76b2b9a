//! The time until something happens, with other things that may happen first.

use super::Ground;
use super::frame::{Frame, chosen};
use super::line::{Line, refusal};
use groundwork_disclosure::Estimate;
use groundwork_plan::evaluation::{Role, TimeToEvent};
use groundwork_stats::Refusal;
use groundwork_stats::estimators::aalen_johansen::{ErrorKind, METHOD, aalen_johansen};
use groundwork_stats::estimators::gray_test::{METHOD as GRAY, gray_test};
use groundwork_stats::estimators::log_rank::{GroupTest, METHOD as LOG_RANK, Weight, log_rank};
use groundwork_stats::estimators::restricted_mean::{
    METHOD as RMST, METHOD_DIFFERENCE, restricted_mean, restricted_mean_difference,
};
use groundwork_stats::estimators::risk_table::RiskTable;

/// The rows of one group.
struct Group {
    name: String,
    n: u64,
    table: Result<RiskTable, Refusal>,
}

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, design: &TimeToEvent, frame: &Frame) -> Vec<Estimate> {
    let level = ground.evaluation.level;
    let events = frame.several(Role::Event);
    // The first kind that holds ended the time.
    let cause: Vec<u8> = (0..frame.rows())
        .map(|row| {
            events.iter().position(|(_, holds)| holds.get(row) == Some(&1.0)).map_or(0, |at| at as u8 + 1)
        })
        .collect();
    let all = vec![true; frame.rows()];
    let mut groups = vec![group(frame, &cause, events.len(), "", &all)];
    if frame.has(Role::Group) {
        let words = frame.words(Role::Group);
        for name in frame.declared(Role::Group) {
            let keep: Vec<bool> = words.iter().map(|word| *word == name).collect();
            groups.push(group(frame, &cause, events.len(), &name, &keep));
        }
    }
    let line = |contrast: &str, sizes: &[u64]| {
        Line::about(ground, frame.outcome(), contrast).on_groups(frame, sizes.iter().copied())
    };
    let mut out = Vec::new();
    for group in &groups {
        let line = line(&group.name, &[group.n]);
        let table = match &group.table {
            Ok(table) => table,
            Err(refusal) => {
                out.push(line.refused("share", "", METHOD, refusal));
                continue;
            }
        };
        match aalen_johansen(table, level, ErrorKind::Jackknife) {
            Ok(curve) => {
                for (at, (name, _)) in events.iter().enumerate() {
                    // Those to whom it happened are a group of people as well.
                    let happened = table.events_of(at + 1);
                    let line = Line::about(ground, frame.outcome(), &*group.name)
                        .on_groups(frame, [group.n, happened, group.n - happened]);
                    for time in &design.at {
                        let outcome = curve.incidence_at(at + 1, *time);
                        out.push(line.row(
                            format!("share with {name}"),
                            format!("by {time}"),
                            METHOD,
                            &outcome,
                        ));
                    }
                }
            }
            Err(refusal) => out.push(line.refused("share", "", METHOD, &refusal)),
        }
        out.extend(followed(ground, design, frame, group, table, &events));
        if let Some(tau) = design.within {
            let free = restricted_mean(&table.any_cause(), tau, level);
            out.push(line.row("mean time free of any event", format!("within {tau}"), RMST, &free));
        }
    }
    out.extend(compared(ground, design, frame, &groups[1..], &line));
    out
}

/// How many are still followed at each time, how many are not followed any more, and to how many each
/// event had happened. Where people came under observation later, the three are no parts of a whole.
fn followed(
    ground: &Ground<'_>,
    design: &TimeToEvent,
    frame: &Frame,
    group: &Group,
    table: &RiskTable,
    events: &[(String, Vec<f64>)],
) -> Vec<Estimate> {
    let mut out = Vec::new();
    let times = design.at.iter().filter(|_| !table.delayed());
    for time in times {
        let still = table.at_risk_after(*time);
        let happened: Vec<u64> = (1..=events.len()).map(|cause| table.events_by(cause, *time)).collect();
        let left = group.n.saturating_sub(still + happened.iter().sum::<u64>());
        let parts = happened.iter().copied().chain([still, left]).filter(|n| *n > 0);
        let line = Line::about(ground, frame.outcome(), &*group.name).on_groups(frame, parts);
        let term = format!("by {time}");
        let mut count = |estimand: String, n: u64| {
            out.push(line.number(estimand, term.clone(), "full_count", n as f64, group.n));
        };
        count("people still followed".into(), still);
        count("people no longer followed".into(), left);
        for ((name, _), n) in events.iter().zip(happened) {
            count(format!("people with {name}"), n);
        }
    }
    out
}

fn compared(
    ground: &Ground<'_>,
    design: &TimeToEvent,
    frame: &Frame,
    groups: &[Group],
    line: &dyn Fn(&str, &[u64]) -> Line,
) -> Vec<Estimate> {
    let mut out = Vec::new();
    let sound: Vec<(&Group, &RiskTable)> =
        groups.iter().filter_map(|g| Some((g, g.table.as_ref().ok()?))).collect();
    if sound.len() < 2 {
        return out;
    }
    let reference = design.reference.as_ref().and_then(|name| sound.iter().find(|(g, _)| g.name == *name));
    let (first, first_table) = reference.unwrap_or(&sound[0]);
    if let Some(tau) = design.within {
        for (group, table) in sound.iter().filter(|(g, _)| g.name != first.name) {
            let line = line(&format!("{} - {}", group.name, first.name), &[group.n, first.n]);
            let outcome = restricted_mean_difference(
                &table.any_cause(),
                &first_table.any_cause(),
                tau,
                ground.evaluation.level,
            );
            let estimand = "difference of the mean time free of any event";
            out.push(line.row(estimand, format!("within {tau}"), METHOD_DIFFERENCE, &outcome));
        }
    }
    let tables: Vec<RiskTable> = sound.iter().map(|(_, table)| (*table).clone()).collect();
    let names: Vec<&str> = sound.iter().map(|(g, _)| g.name.as_str()).collect();
    let sizes: Vec<u64> = sound.iter().map(|(g, _)| g.n).collect();
    let line = line(&names.join(", "), &sizes);
    let events = frame.several(Role::Event);
    for (at, (name, _)) in events.iter().enumerate() {
        let (found, method) = match events.len() {
            1 => (log_rank(&tables, Weight::Equal), LOG_RANK),
            _ => (gray_test(&tables, at + 1), GRAY),
        };
        out.push(test(&line, &format!("test of no difference in {name}"), method, found));
    }
    out
}

fn test(line: &Line, estimand: &str, method: &'static str, found: Result<GroupTest, Refusal>) -> Estimate {
    match found {
        Ok(found) => {
            let mut row = line.number(estimand, "", found.method, found.statistic, found.n.iter().sum());
            row.statistic = Some(found.statistic);
            row.df = Some(found.df);
            row.p_value = Some(found.p_value);
            row.warnings = super::line::codes(&found.warnings);
            row
        }
        Err(refusal) => line.refused(estimand, "", method, &refusal),
    }
}

fn group(frame: &Frame, cause: &[u8], causes: usize, name: &str, keep: &[bool]) -> Group {
    let time = chosen(&frame.numbers(Role::Time), keep);
    let entry = frame.has(Role::Entry).then(|| chosen(&frame.numbers(Role::Entry), keep));
    let table = match u8::try_from(causes) {
        Ok(causes) => RiskTable::from_rows(&time, &chosen(cause, keep), causes, entry.as_deref()),
        Err(_) => Err(refusal("too_many_causes", "there are too many kinds of events", "put some together")),
    };
    Group { name: name.to_owned(), n: time.len() as u64, table }
}
