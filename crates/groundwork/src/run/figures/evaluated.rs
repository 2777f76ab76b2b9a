//! What evaluations found: the parts of a difference, times until an event, the range for a
//! further site, effects before and after a start.

use super::{Drawn, Studio};
use crate::run::evaluate::staggered_adoption::{ALL_AT_ONCE, SINCE};
use groundwork_charts::{
    Completion, CompletionLine, EstimateKey, EventPeriod, EventStudy, Forest, ForestRow, RiskColumn, Summary,
    Waterfall, WaterfallEnd, WaterfallPart,
};
use groundwork_disclosure::{CellKey, ReleasedEstimate, Status};
use groundwork_plan::evaluation::{Decomposition, Design, Evaluation, Role, SitesFrom, TimeToEvent};
use groundwork_plan::number::Unit;
use std::collections::BTreeMap;

/// Times from which a curve is worth drawing.
const LEAST_TIMES: usize = 3;

pub(super) fn draw(studio: &Studio<'_>) -> Vec<Drawn> {
    let mut out = Vec::new();
    for evaluation in &studio.plan.evaluations {
        match &evaluation.design {
            Design::Decomposition(design) => out.extend(waterfalls(studio, evaluation, design)),
            Design::TimeToEvent(design) => out.extend(completion(studio, evaluation, design)),
            Design::SitesAsSample(design) => out.extend(forests(studio, evaluation, &design.from)),
            Design::StaggeredAdoption(_) => out.extend(event_study(studio, evaluation)),
            _ => {}
        }
    }
    out
}

/// The published rows of an evaluation.
fn rows<'a>(studio: &Studio<'a>, evaluation: &Evaluation) -> Vec<&'a ReleasedEstimate> {
    let all = studio.released.estimates().iter();
    all.filter(|r| r.evaluation() == evaluation.id && r.status() == Status::Published).collect()
}

fn key_of(row: &ReleasedEstimate) -> EstimateKey {
    EstimateKey {
        evaluation: row.evaluation().to_owned(),
        indicator: row.indicator().to_owned(),
        estimand: row.estimand().to_owned(),
        term: row.term().to_owned(),
        contrast: row.contrast().to_owned(),
        compares: None,
    }
}

fn drawn(
    chart: &'static str,
    evaluation: &Evaluation,
    what: &str,
    caption: String,
    figure: groundwork_charts::Figure,
) -> Drawn {
    let what: String = what.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Drawn {
        id: format!("{}-{what}", evaluation.id),
        chart,
        section: "evaluations".into(),
        about: evaluation.id.clone(),
        caption,
        figure,
    }
}

fn waterfalls(studio: &Studio<'_>, evaluation: &Evaluation, design: &Decomposition) -> Vec<Drawn> {
    let rows = rows(studio, evaluation);
    let (words, period) = (studio.words, design.period);
    let mut out = Vec::new();
    for row in rows.iter().filter(|row| row.estimand() == "difference of sites") {
        let Some((site, reference)) = row.contrast().split_once(" - ") else { continue };
        let Some(indicator) = studio.plan.indicator(row.indicator()) else { continue };
        let end = |site: &str| WaterfallEnd {
            site: studio.site(site),
            cell: CellKey::total(&indicator.id, site, &period.id()),
        };
        let part = |estimand: &str| WaterfallPart {
            label: words.estimand(estimand),
            number: EstimateKey { estimand: estimand.to_owned(), ..key_of(row) }.into(),
        };
        let chart = Waterfall {
            about: studio.about(studio.title(indicator), studio.at(studio.title(indicator), "", period)),
            unit: indicator.unit.clone(),
            value_title: studio.unit_title(&indicator.unit),
            start: end(reference),
            parts: vec![part("due to composition"), part("due to rates")],
            end: end(site),
        };
        let caption = words.fill("captions.waterfall", &[("when", &studio.when(period))]);
        let what = format!("{}-{}", indicator.id, row.term());
        out.push(drawn("waterfall", evaluation, &what, caption, chart.draw(studio.released)));
    }
    out
}

/// The first event of an evaluation of times, by group.
fn completion(studio: &Studio<'_>, evaluation: &Evaluation, design: &TimeToEvent) -> Option<Drawn> {
    let rows = rows(studio, evaluation);
    let first = rows.iter().find(|r| r.estimand().starts_with("share with "))?.estimand();
    let event = first.trim_start_matches("share with ");
    let mut groups: BTreeMap<&str, Vec<(f64, EstimateKey)>> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.estimand() == first) {
        let time = row.term().strip_prefix("by ").and_then(|t| t.parse().ok());
        groups.entry(row.contrast()).or_default().extend(time.map(|time| (time, key_of(row))));
    }
    // Where there are groups, everybody together is left to the table.
    if groups.len() > 1 {
        groups.remove("");
    }
    groups.values().any(|times| times.len() >= LEAST_TIMES).then_some(())?;
    let lines = groups.into_iter().map(|(group, times)| {
        let site = match studio.plan.sites.iter().any(|s| s.id == group) || group.is_empty() {
            true => studio.site(group),
            false => groundwork_charts::ChartSite::new(studio.word(group), None),
        };
        let shares = times.into_iter().map(|(time, key)| (time, key.into())).collect();
        CompletionLine { site, shares, risks: risks(&rows, group, event), median: None }
    });
    let chart = Completion {
        about: studio.about(&studio.word(event), evaluation.question.get(studio.language()).to_owned()),
        value_title: studio.words.fill("charts.completed", &[]),
        time_unit: time_unit(studio, design),
        lines: lines.collect(),
    };
    let level = studio.level(None);
    let caption = studio.words.fill("captions.completion", &[("level", &level)]);
    Some(drawn("completion", evaluation, event, caption, chart.draw(studio.released)))
}

/// What time is measured in: days between two dates, or what the name of a column says.
fn time_unit(studio: &Studio<'_>, design: &TimeToEvent) -> String {
    let time = design.data.columns.iter().find(|column| column.role == Role::Time);
    let column = time
        .map(|column| column.what.text.trim())
        .filter(|text| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_'));
    match column {
        Some(name) => studio.word(name).to_lowercase(),
        None => studio.words.fill("charts.days", &[]),
    }
}

/// The counts of a group at each time that has all of them.
fn risks(rows: &[&ReleasedEstimate], group: &str, event: &str) -> Vec<RiskColumn> {
    let completed = format!("people with {event}");
    let find = |estimand: &str, term: &str| {
        let is =
            |r: &&&ReleasedEstimate| r.contrast() == group && r.term() == term && r.estimand() == estimand;
        rows.iter().find(is).map(|row| key_of(row).into())
    };
    let of_group = rows.iter().filter(|r| r.contrast() == group && r.estimand() == completed);
    of_group
        .filter_map(|row| {
            Some(RiskColumn {
                time: row.term().strip_prefix("by ")?.parse().ok()?,
                at_risk: find("people still followed", row.term())?,
                censored: find("people no longer followed", row.term())?,
                completed: find(&completed, row.term())?,
            })
        })
        .collect()
}

/// The sites, all of them together, and the range for a further one.
fn forests(studio: &Studio<'_>, evaluation: &Evaluation, from: &SitesFrom) -> Vec<Drawn> {
    let SitesFrom::Cells { indicators, period } = from else { return Vec::new() };
    let find = |indicator: &str, estimand: &str| {
        let all = studio.released.estimates().iter();
        let mut all = all.filter(|r| r.evaluation() == evaluation.id && r.indicator() == indicator);
        all.find(|r| r.estimand() == estimand).map(key_of)
    };
    let one = |id: &String| {
        let indicator = studio.plan.indicator(id)?;
        let (mean, further) = match indicator.unit {
            Unit::Share => ("share in the middle site", "share in a further site"),
            Unit::Ratio => ("mean over sites, as a ratio", "ratio of a further site"),
            _ => ("mean over sites", "value of a further site"),
        };
        let pooled = find(id, mean)?;
        let rows: Vec<ForestRow> = studio
            .plan
            .sites
            .iter()
            .map(|site| ForestRow {
                label: studio.place(&site.id),
                role: site.role,
                number: CellKey::total(id, &site.id, &period.id()).into(),
                weight: None,
            })
            .collect();
        let chart = Forest {
            about: studio.about(studio.title(indicator), studio.at(studio.title(indicator), "", *period)),
            unit: indicator.unit.clone(),
            value_title: studio.unit_title(&indicator.unit),
            directions: None,
            rows,
            pooled: Some(pooled.into()),
            prediction: find(id, further).map(Into::into),
        };
        let (when, level) = (studio.when(*period), studio.level(Some(indicator)));
        let caption = studio.words.fill("captions.forest", &[("when", &when), ("level", &level)]);
        Some(drawn("forest", evaluation, id, caption, chart.draw(studio.released)))
    };
    indicators.iter().filter_map(one).collect()
}

fn event_study(studio: &Studio<'_>, evaluation: &Evaluation) -> Option<Drawn> {
    let rows = rows(studio, evaluation);
    // The first estimates for each time, and the band around them.
    let mut periods: BTreeMap<i32, EstimateKey> = BTreeMap::new();
    let mut band: BTreeMap<i32, EstimateKey> = BTreeMap::new();
    for row in &rows {
        let time = row.term().strip_prefix(SINCE).and_then(|t| t.strip_prefix(": "));
        if let Some(time) = time.and_then(|time| time.parse::<i32>().ok()) {
            let key = EstimateKey { compares: Some(Summary::Difference), ..key_of(row) };
            let of = if row.estimand() == ALL_AT_ONCE { &mut band } else { &mut periods };
            of.entry(time).or_insert(key);
        }
    }
    (periods.len() >= LEAST_TIMES).then_some(())?;
    let outcome = rows.first().map(|r| studio.word(r.indicator())).unwrap_or_default();
    let mut shown: Vec<EventPeriod> = periods
        .into_iter()
        .map(|(time, key)| EventPeriod {
            time,
            effect: Some(key.into()),
            band: band.remove(&time).map(Into::into),
        })
        .collect();
    // The period before the start is what the others are set against.
    if !shown.iter().any(|p| p.time == -1) {
        shown.push(EventPeriod { time: -1, effect: None, band: None });
        shown.sort_by_key(|p| p.time);
    }
    let words = studio.words;
    let chart = EventStudy {
        about: studio.about(&outcome, evaluation.question.get(studio.language()).to_owned()),
        unit: Unit::Score,
        value_title: words.fill("charts.effect", &[]),
        time_title: words.fill("charts.since_start", &[]),
        event: words.fill("charts.start", &[]),
        periods: shown,
        binned: (false, false),
    };
    let level = studio.level(None);
    let caption = words.fill("captions.event_study", &[("level", &level)]);
    Some(drawn("event_study", evaluation, "effects", caption, chart.draw(studio.released)))
}
