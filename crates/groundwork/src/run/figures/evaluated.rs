//! What evaluations found: the parts of a difference, times until an event, the range for a
//! further site, effects before and after a start.

use super::{Drawn, Studio};
use crate::run::evaluate::sites_as_sample::{ALONE, WEIGHT};
use crate::run::evaluate::staggered_adoption::{ALL_AT_ONCE, SINCE};
use groundwork_charts::{
    About, Completion, CompletionLine, EstimateKey, EventPeriod, EventStudy, Forest, ForestRow, NumberKey,
    RiskColumn, Summary, Waterfall, WaterfallEnd, WaterfallPart,
};
use groundwork_disclosure::{CellKey, ReleasedEstimate, Status};
use groundwork_plan::evaluation::{Decomposition, Design, Evaluation, Role, SitesFrom, TimeToEvent};
use groundwork_plan::number::{Unit, format_value};
use groundwork_plan::period::Period;
use std::collections::BTreeMap;

/// Times from which a curve is worth drawing.
const LEAST_TIMES: usize = 3;
/// Studies that one picture holds.
const MOST_STUDIES: usize = 30;

pub(super) fn draw(studio: &Studio<'_>) -> Vec<Drawn> {
    let mut out = Vec::new();
    for evaluation in &studio.plan.evaluations {
        match &evaluation.design {
            Design::Decomposition(design) => out.extend(waterfalls(studio, evaluation, design)),
            Design::TimeToEvent(design) => out.extend(completion(studio, evaluation, design)),
            Design::SitesAsSample(design) => match &design.from {
                SitesFrom::Cells { indicators, period } => {
                    out.extend(forests(studio, evaluation, indicators, *period))
                }
                from => out.extend(studies(studio, evaluation, from)),
            },
            Design::Combination(_) => out.extend(arms(studio, evaluation)),
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

/// The rows of an evaluation with an estimand, whether they are published or not.
fn all_of<'a>(
    studio: &Studio<'a>,
    evaluation: &Evaluation,
    estimand: &str,
) -> impl Iterator<Item = &'a ReleasedEstimate> {
    let (id, estimand) = (evaluation.id.clone(), estimand.to_owned());
    let all = studio.released.estimates().iter();
    all.filter(move |r| r.evaluation() == id && r.estimand() == estimand)
}

/// The sites, all of them together, and the range for a further one.
fn forests(
    studio: &Studio<'_>,
    evaluation: &Evaluation,
    indicators: &[String],
    period: Period,
) -> Vec<Drawn> {
    let find = |indicator: &str, estimand: &str| {
        all_of(studio, evaluation, estimand).find(|r| r.indicator() == indicator).map(key_of)
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
                weight: weight(studio, evaluation, id, &site.id),
            })
            .collect();
        let chart = Forest {
            about: studio.about(studio.title(indicator), studio.at(studio.title(indicator), "", period)),
            unit: indicator.unit.clone(),
            value_title: studio.unit_title(&indicator.unit),
            directions: None,
            rows,
            pooled: Some(pooled.into()),
            prediction: find(id, further).map(Into::into),
        };
        let (when, level) = (studio.when(period), studio.level(Some(indicator)));
        let caption = studio.words.fill("captions.forest", &[("when", &when), ("level", &level)]);
        Some(drawn("forest", evaluation, id, caption, chart.draw(studio.released)))
    };
    indicators.iter().filter_map(one).collect()
}

/// How much a site counts for in the mean, where the mean is one of weights.
fn weight(studio: &Studio<'_>, evaluation: &Evaluation, indicator: &str, site: &str) -> Option<NumberKey> {
    let mut all = all_of(studio, evaluation, WEIGHT);
    all.find(|r| r.indicator() == indicator && r.term() == site).map(|row| key_of(row).into())
}

/// Studies that are rows of a source: each by itself, all together, the range for a further one.
fn studies(studio: &Studio<'_>, evaluation: &Evaluation, from: &SitesFrom) -> Option<Drawn> {
    let [share, ratio, value] = ALONE;
    let (alone, mean, further, unit, title, compares) = match from {
        SitesFrom::Cells { .. } => return None,
        SitesFrom::Shares(_) => {
            (share, "share in the middle site", "share in a further site", Unit::Share, "charts.share", None)
        }
        SitesFrom::Arms(_) => (
            ratio,
            "mean over sites, as a ratio",
            "ratio of a further site",
            Unit::Ratio,
            "charts.ratio",
            Some(Summary::Ratio),
        ),
        SitesFrom::Estimates(_) => (
            value,
            "mean over sites",
            "value of a further site",
            Unit::Score,
            "charts.effect",
            Some(Summary::Difference),
        ),
    };
    let find = |estimand: &str| {
        all_of(studio, evaluation, estimand).next().map(|r| EstimateKey { compares, ..key_of(r) }.into())
    };
    let row = |r: &ReleasedEstimate| ForestRow {
        label: studio.place_or_name(r.term()),
        role: None,
        number: EstimateKey { compares, ..key_of(r) }.into(),
        weight: weight(studio, evaluation, r.indicator(), r.term()),
    };
    let rows: Vec<ForestRow> = all_of(studio, evaluation, alone).map(row).collect();
    (2..=MOST_STUDIES).contains(&rows.len()).then_some(())?;
    let words = studio.words;
    let chart = Forest {
        about: outcome_of(studio, evaluation, alone),
        unit,
        value_title: words.fill(title, &[]),
        directions: None,
        rows,
        pooled: find(mean),
        prediction: find(further),
    };
    let caption = words.fill("captions.forest_studies", &[("level", &level_of(studio, evaluation))]);
    Some(drawn("forest", evaluation, "studies", caption, chart.draw(studio.released)))
}

/// Who had both parts of a programme against each of the other arms.
fn arms(studio: &Studio<'_>, evaluation: &Evaluation) -> Option<Drawn> {
    let published = |estimand: &&&str| {
        all_of(studio, evaluation, estimand).filter(|r| r.status() == Status::Published).count() > 1
    };
    let estimand = ["difference, adjusted", "difference, crude"].iter().find(published)?;
    let row = |r: &ReleasedEstimate| ForestRow {
        label: studio.words.estimand(&r.contrast().replace(" - ", " – ")),
        role: None,
        number: EstimateKey { compares: Some(Summary::Difference), ..key_of(r) }.into(),
        weight: None,
    };
    let words = studio.words;
    let chart = Forest {
        about: outcome_of(studio, evaluation, estimand),
        unit: Unit::Share,
        value_title: words.fill("charts.difference", &[]),
        directions: None,
        rows: all_of(studio, evaluation, estimand).map(row).collect(),
        pooled: None,
        prediction: None,
    };
    let (what, level) = (words.estimand(estimand), level_of(studio, evaluation));
    let caption = words.fill("captions.forest_arms", &[("what", &what), ("level", &level)]);
    Some(drawn("forest", evaluation, "arms", caption, chart.draw(studio.released)))
}

/// A chart about what the rows of an evaluation have as their outcome.
fn outcome_of(studio: &Studio<'_>, evaluation: &Evaluation, estimand: &str) -> About {
    let column = || all_of(studio, evaluation, estimand).next().map(|r| studio.word(r.indicator()));
    let named = evaluation.estimand.outcome.as_ref().map(|o| o.get(studio.language()).to_owned());
    let outcome = named.or_else(column).unwrap_or_default();
    studio.about(&outcome, evaluation.question.get(studio.language()).to_owned())
}

fn level_of(studio: &Studio<'_>, evaluation: &Evaluation) -> String {
    format_value(evaluation.level, &Unit::Share, studio.language())
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
