//! A programme that starts at different times in different places.

use super::Ground;
use super::frame::{Frame, slices};
use super::line::{Line, codes, refusal};
use groundwork_disclosure::Estimate;
use groundwork_plan::evaluation::{Role, StaggeredAdoption};
use groundwork_stats::estimators::callaway_santanna::{
    AggregatedEffect, Aggregation, Comparison, METHOD_CALENDAR, METHOD_DYNAMIC, METHOD_GROUP, METHOD_NEVER,
    METHOD_NOT_YET, METHOD_SIMPLE, aggregate_calendar, aggregate_dynamic, aggregate_group, aggregate_simple,
    callaway_santanna,
};
use groundwork_stats::estimators::goodman_bacon::{METHOD as GOODMAN_BACON, Pair, goodman_bacon};
use groundwork_stats::estimators::honest_did::{EventEstimates, METHOD as HONEST, honest_smoothness};
use groundwork_stats::estimators::pre_trend::{METHOD as PRE_TREND, pre_trend};
use groundwork_stats::estimators::sun_abraham::{
    EventEffect, EventStudy, METHOD as SUN_ABRAHAM, sun_abraham,
};
use groundwork_stats::estimators::uniform_band::{METHOD as SUP_T, uniform_band};
use groundwork_stats::estimators::wild_cluster_bootstrap::Draws;
use groundwork_stats::linalg::Matrix;
use groundwork_stats::{Interval, Refusal, Warning};
use std::collections::BTreeMap;

/// How terms of periods since the start begin.
pub(in crate::run) const SINCE: &str = "periods since the start";
/// The estimand of limits that hold for all periods since the start together.
pub(in crate::run) const ALL_AT_ONCE: &str = "effect, limits for all periods at once";

/// The draws of the band, the same in every run.
const DRAWS: Draws = Draws { seed: [0; 32], number: 20_000 };

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
                    SINCE,
                    "mean over the time since the start",
                    METHOD_DYNAMIC,
                    aggregate_dynamic(&effects, level),
                ),
                ("in", "mean over calendar time", METHOD_CALENDAR, aggregate_calendar(&effects, level)),
            ] {
                out.extend(summary(&line, part, whole, method, found, level));
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
    let line = about("started - never").on_groups(frame, smallest.clone());
    match sun_abraham(&unit, &period, &first, &outcome, &slices(&covariates), level) {
        Ok(found) => {
            let mut overall = line.row("effect, all treated rows", "", SUN_ABRAHAM, &Ok(found.att.clone()));
            overall.warnings.extend(codes(&found.warnings));
            out.push(overall);
            for event in &found.events {
                let kind = if event.at < 0 { "placebo" } else { "effect" };
                let term = format!("{SINCE}: {}", event.at);
                out.push(line.row(kind, term, SUN_ABRAHAM, &Ok(event.estimate.clone())));
            }
            out.extend(parallel(&line, &found, level));
        }
        Err(refusal) => out.push(line.refused("effect", "", SUN_ABRAHAM, &refusal)),
    }
    let line = about("static regression").on_groups(frame, smallest);
    match goodman_bacon(&unit, &period, &first, &outcome) {
        Ok(found) => {
            let number =
                |estimand, term, value| line.number(estimand, term, GOODMAN_BACON, value, found.n_units);
            out.push(number("coefficient of a static regression", "", found.coefficient));
            for kind in &found.kinds {
                let pair = match kind.pair {
                    Pair::StartedAndNever => "started against never",
                    Pair::EarlierAndLater => "earlier against later, not yet started",
                    Pair::LaterAndEarlier => "later against earlier, started already",
                };
                out.push(number("weight in a static regression", pair, kind.weight));
                out.push(number("part of a static regression", pair, kind.effect));
            }
        }
        Err(refusal) => {
            out.push(line.refused("coefficient of a static regression", "", GOODMAN_BACON, &refusal));
        }
    }
    // What is said of the whole stands before what is said of parts, and before what is no answer.
    let of_parts = ["started in", "in ", SINCE];
    out.sort_by_key(|row| {
        row.method == GOODMAN_BACON || of_parts.iter().any(|part| row.term.starts_with(part))
    });
    out
}

/// Whether trends were parallel before the start, how well that could be seen, and what is left of
/// the mean effect where they bend.
fn parallel(line: &Line, study: &EventStudy, level: f64) -> Vec<Estimate> {
    // Only periods side by side, and not those that rest on single units: the reference lies at -1.
    let is_usable = |at: i64| move |event: &EventEffect| event.at == at && event.estimate.interval.is_some();
    let places = |ats: &mut dyn Iterator<Item = i64>| -> Vec<usize> {
        ats.map_while(|at| study.events.iter().position(is_usable(at))).collect()
    };
    let mut before = places(&mut (2..).map(|back| -back));
    before.reverse();
    let after = places(&mut (0..));
    let chosen = [before.clone(), after.clone()].concat();
    let used = |places: &[usize]| -> Vec<&EventEffect> {
        places.iter().filter_map(|place| study.events.get(*place)).collect()
    };
    let values = |places: &[usize]| used(places).iter().map(|e| e.estimate.value).collect::<Vec<f64>>();
    let told: Vec<Warning> = used(&chosen).iter().flat_map(|event| event.estimate.warnings.clone()).collect();
    let (before, after) = (values(&before), values(&after));
    let covariance =
        Matrix::from_fn(chosen.len(), chosen.len(), |i, j| study.covariance.get(chosen[i], chosen[j]));
    let estimates = EventEstimates { before: &before, after: &after, covariance: &covariance };
    let trends = "trends before the start";
    let mut out = match pre_trend(&estimates, level) {
        Ok(found) => {
            let mut test =
                line.number(trends, "test of all periods", PRE_TREND, found.statistic, study.n_units);
            test.statistic = Some(found.statistic);
            test.df = Some(found.df);
            test.p_value = Some(found.p_value);
            test.warnings = codes(&[found.warnings, told.clone()].concat());
            let number = |term, value| line.number(trends, term, PRE_TREND, value, study.n_units);
            vec![
                test,
                number("slope that is seen in four of five cases", found.slope_four_fifths),
                number("slope that would make the mean effect", found.slope_of_effect),
                number("share of cases in which that slope is seen", found.power),
            ]
        }
        Err(refusal) => return vec![line.refused(trends, "test of all periods", PRE_TREND, &refusal)],
    };
    let weights = vec![1.0 / after.len() as f64; after.len()];
    let mut bends = vec![("a straight line goes on", 0.0)];
    // How far the line through the periods before the start bent, the reference at nought.
    let line_before: Vec<f64> = before.iter().copied().chain([0.0]).collect();
    let bent = line_before.windows(3).map(|at| (at[2] - 2.0 * at[1] + at[0]).abs());
    if let Some(most) = bent.reduce(f64::max) {
        bends.push(("trends bend as much as before the start", most));
    }
    for (term, most) in bends {
        let mut found = honest_smoothness(&estimates, &weights, most, level);
        if let Ok(found) = &mut found {
            found.warnings.extend(told.clone());
        }
        out.push(line.row("mean effect, trends not parallel", term, HONEST, &found));
    }
    out
}

fn summary(
    line: &Line,
    part: &str,
    whole: &str,
    method: &'static str,
    found: Result<Aggregation, Refusal>,
    level: f64,
) -> Vec<Estimate> {
    match found {
        Ok(found) => {
            let band = if method == METHOD_DYNAMIC { band(line, &found, level) } else { Vec::new() };
            let mut out = vec![line.row("effect", whole, method, &Ok(found.overall))];
            for effect in found.parts {
                let kind = if method == METHOD_DYNAMIC && effect.at < 0 { "placebo" } else { "effect" };
                let separator = if part == SINCE { ":" } else { "" };
                out.push(line.row(
                    kind,
                    format!("{part}{separator} {}", effect.at),
                    method,
                    &Ok(effect.estimate),
                ));
            }
            out.extend(band);
            out
        }
        Err(refusal) => vec![line.refused("effect", whole, method, &refusal)],
    }
}

/// The limits that hold for all periods since the start at once.
fn band(line: &Line, found: &Aggregation, level: f64) -> Vec<Estimate> {
    let values: Vec<f64> = found.parts.iter().map(|part| part.estimate.value).collect();
    let Ok(band) = uniform_band(&values, &found.covariance, level, DRAWS) else { return Vec::new() };
    let parts = found.parts.iter().zip(band.limits);
    let row = |(part, limits): (&AggregatedEffect, Option<Interval>)| {
        // Groups of single units have no limits, neither one by one nor together.
        let interval = limits.filter(|_| part.estimate.interval.is_some())?;
        let of_all = groundwork_stats::Estimate {
            interval: Some(interval),
            statistic: None,
            p_value: None,
            method: SUP_T,
            warnings: Vec::new(),
            ..part.estimate.clone()
        };
        Some(line.row(ALL_AT_ONCE, format!("{SINCE}: {}", part.at), SUP_T, &Ok(of_all)))
    };
    parts.filter_map(row).collect()
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
