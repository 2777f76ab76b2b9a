//! A programme that starts at different times in different places.

use super::Ground;
use super::frame::{Frame, slices};
use super::line::{Line, codes, refusal};
use groundwork_disclosure::Estimate;
use groundwork_plan::evaluation::{Role, StaggeredAdoption};
use groundwork_stats::Refusal;
use groundwork_stats::estimators::callaway_santanna::{
    Aggregation, Comparison, METHOD_CALENDAR, METHOD_DYNAMIC, METHOD_GROUP, METHOD_NEVER, METHOD_NOT_YET,
    METHOD_SIMPLE, aggregate_calendar, aggregate_dynamic, aggregate_group, aggregate_simple,
    callaway_santanna,
};
use groundwork_stats::estimators::sun_abraham::{METHOD as SUN_ABRAHAM, sun_abraham};
use std::collections::BTreeMap;

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, design: &StaggeredAdoption, frame: &Frame) -> Vec<Estimate> {
    let level = ground.evaluation.level;
    let about = |contrast: &str| Line::about(ground, frame.outcome(), contrast);
    let outcome = frame.numbers(Role::Outcome);
    let unit = frame.labels(Role::Unit).unwrap_or_default();
    let period: Option<Vec<i32>> = frame.numbers(Role::Time).into_iter().map(whole).collect();
    let first: Option<Vec<Option<i32>>> = frame
        .maybe(Role::FirstTreated)
        .into_iter()
        .map(|at| at.map_or(Some(None), |at| whole(at).map(Some)))
        .collect();
    let (comparison, asked, contrast) = match design.not_yet_treated {
        true => (Comparison::NotYetTreated, METHOD_NOT_YET, "started - not yet"),
        false => (Comparison::NeverTreated, METHOD_NEVER, "started - never"),
    };
    let (Some(period), Some(first)) = (period, first) else {
        let refusal = refusal("not_whole", "a time is not a whole number", "use years, or number the months");
        return vec![about(contrast).refused("effect", "", asked, &refusal)];
    };
    let mut out = Vec::new();
    let sizes = cohorts(&unit, &first);
    let smallest = sizes.values().copied();
    let line = about(contrast).on_groups(frame, smallest.clone());
    match callaway_santanna(&unit, &period, &first, &outcome, comparison, level) {
        Ok(effects) => {
            let told = codes(&effects.warnings);
            let mut overall =
                line.row("effect, all treated cells", "", METHOD_SIMPLE, &aggregate_simple(&effects, level));
            overall.warnings.extend(told);
            out.push(overall);
            for (part, whole, method, found) in [
                ("started in", "mean over groups", METHOD_GROUP, aggregate_group(&effects, level)),
                (
                    "periods since the start",
                    "mean over the time since the start",
                    METHOD_DYNAMIC,
                    aggregate_dynamic(&effects, level),
                ),
                ("in", "mean over calendar time", METHOD_CALENDAR, aggregate_calendar(&effects, level)),
            ] {
                out.extend(summary(&line, part, whole, method, found));
            }
            for effect in &effects.effects {
                let groups = [effect.n_treated, effect.n_comparison];
                let line = about(contrast).on_groups(frame, groups);
                let kind = if effect.time < effect.group { "placebo" } else { "effect" };
                let term = format!("started in {}, in {}", effect.group, effect.time);
                out.push(line.row(kind, term, asked, &Ok(effect.estimate.clone())));
            }
        }
        Err(refusal) => out.push(line.refused("effect", "", asked, &refusal)),
    }
    let covariates = frame.covariates();
    let line = about("started - never").on_groups(frame, smallest);
    match sun_abraham(&unit, &period, &first, &outcome, &slices(&covariates), level) {
        Ok(found) => {
            let mut overall = line.row("effect, all treated rows", "", SUN_ABRAHAM, &Ok(found.att));
            overall.warnings.extend(codes(&found.warnings));
            out.push(overall);
            for event in found.events {
                let kind = if event.at < 0 { "placebo" } else { "effect" };
                let term = format!("periods since the start: {}", event.at);
                out.push(line.row(kind, term, SUN_ABRAHAM, &Ok(event.estimate)));
            }
        }
        Err(refusal) => out.push(line.refused("effect", "", SUN_ABRAHAM, &refusal)),
    }
    out
}

fn summary(
    line: &Line,
    part: &str,
    whole: &str,
    method: &'static str,
    found: Result<Aggregation, Refusal>,
) -> Vec<Estimate> {
    match found {
        Ok(found) => {
            let mut out = vec![line.row("effect", whole, method, &Ok(found.overall))];
            for effect in found.parts {
                let kind = if method == METHOD_DYNAMIC && effect.at < 0 { "placebo" } else { "effect" };
                let separator = if part.ends_with("start") { ":" } else { "" };
                out.push(line.row(
                    kind,
                    format!("{part}{separator} {}", effect.at),
                    method,
                    &Ok(effect.estimate),
                ));
            }
            out
        }
        Err(refusal) => vec![line.refused("effect", whole, method, &refusal)],
    }
}

/// The number of units of each cohort; nothing for those that never start.
fn cohorts(unit: &[u32], first: &[Option<i32>]) -> BTreeMap<Option<i32>, u64> {
    let of_unit: BTreeMap<u32, Option<i32>> = unit.iter().copied().zip(first.iter().copied()).collect();
    let mut out = BTreeMap::new();
    for first in of_unit.into_values() {
        *out.entry(first).or_default() += 1;
    }
    out
}

fn whole(value: f64) -> Option<i32> {
    let is_whole = value.fract() == 0.0 && value.abs() < f64::from(i32::MAX);
    is_whole.then_some(value as i32)
}
