//! How people answered and how they were reached: scales of agreement, and channels that overlap.

use super::{Drawn, Studio};
use groundwork_charts::{Combination, Likert, LikertRow, Overlap};
use groundwork_disclosure::CellKey;
use groundwork_plan::indicator::{Dimension, Indicator, Scale, UNKNOWN};
use groundwork_plan::number::Unit;

/// What a crossing calls a row that a condition holds for.
const HOLDS: &str = "true";

pub(super) fn draw(studio: &Studio<'_>) -> Vec<Drawn> {
    let mut out = agreement(studio);
    for indicator in studio.plan.indicators.iter().filter(|i| i.unit == Unit::Count) {
        out.extend(indicator.disaggregate.iter().filter_map(|d| overlap(studio, indicator, d)));
    }
    out
}

fn key(indicator: &Indicator, site: &str, period: &str, dimension: &str, category: &str) -> CellKey {
    CellKey {
        dimension: dimension.to_owned(),
        category: category.to_owned(),
        ..CellKey::total(&indicator.id, site, period)
    }
}

/// The answers of a scale, in order, without those whose answer is not known.
fn answers<'a>(indicator: &'a Indicator, scale: &Scale) -> Vec<&'a str> {
    let dimension = indicator.disaggregate.iter().find(|d| d.name == scale.dimension);
    let all = dimension.into_iter().flat_map(|d| &d.categories);
    all.map(String::as_str).filter(|answer| *answer != UNKNOWN).collect()
}

/// One chart for the indicators that share a scale, each a row; the sites of one that has its scale
/// alone.
fn agreement(studio: &Studio<'_>) -> Vec<Drawn> {
    let period = studio.report.period;
    let mut scales: Vec<(&Scale, Vec<&str>, Vec<&Indicator>)> = Vec::new();
    for indicator in &studio.plan.indicators {
        let Some(scale) = &indicator.scale else { continue };
        let answers = answers(indicator, scale);
        match scales.iter_mut().find(|(s, a, _)| s.neutral == scale.neutral && *a == answers) {
            Some((_, _, indicators)) => indicators.push(indicator),
            None => scales.push((scale, answers, vec![indicator])),
        }
    }
    let one = |(scale, answers, indicators): (&Scale, Vec<&str>, Vec<&Indicator>)| {
        let first = *indicators.first()?;
        let row = |indicator: &Indicator, site: &str, label: String| {
            let dimension = indicator.scale.as_ref().map_or("", |s| s.dimension.as_str());
            let cells = answers.iter().map(|a| key(indicator, site, &period.id(), dimension, a)).collect();
            LikertRow { label, cells }
        };
        let mut rows: Vec<LikertRow> =
            indicators.iter().map(|i| row(i, "", studio.title(i).to_owned())).collect();
        if let [only] = indicators.as_slice() {
            let sites = studio.plan.sites.iter().filter(|_| studio.plan.sites.len() > 1);
            rows = std::iter::once(row(only, "", studio.place("")))
                .chain(sites.map(|s| row(only, &s.id, studio.place(&s.id))))
                .collect();
        }
        let drawable = |row: &&LikertRow| studio.published(&row.cells) == answers.len();
        (answers.len() > 1 && rows.iter().any(|r| drawable(&r))).then_some(())?;
        let subject = match indicators.as_slice() {
            [only] => studio.title(only).to_owned(),
            _ => studio.word(&scale.dimension),
        };
        let chart = Likert {
            about: studio.about(&subject, studio.at(&subject, "", period)),
            value_title: studio.words.fill("charts.answers", &[]),
            answers: answers.iter().map(|a| studio.category(&scale.dimension, a)).collect(),
            neutral: scale.neutral.as_ref().and_then(|n| answers.iter().position(|a| a == n)),
            rows,
        };
        Some(Drawn {
            id: format!("answers-{}", first.id),
            chart: "likert",
            section: "people".into(),
            about: first.id.clone(),
            caption: studio.words.fill("captions.likert", &[("when", &studio.when(period))]),
            figure: chart.draw(studio.released),
        })
    };
    scales.into_iter().filter_map(one).collect()
}

/// A crossing of conditions, such as the channels that someone was reached by: one row for each
/// combination of them.
fn overlap(studio: &Studio<'_>, indicator: &Indicator, dimension: &Dimension) -> Option<Drawn> {
    let period = studio.report.period;
    let columns = &dimension.columns;
    let is_condition = |column: &String| {
        let holds = |c: &String| c == HOLDS || c == "false" || c == UNKNOWN;
        let own = indicator.disaggregate.iter().find(|d| d.columns.len() == 1 && d.name == *column);
        own.is_some_and(|d| d.categories.iter().all(holds))
    };
    (columns.len() > 1 && columns.iter().all(is_condition)).then_some(())?;
    let combinations: Vec<Combination> = dimension
        .categories
        .iter()
        .filter(|category| category.split(Dimension::CROSS).all(|part| part != UNKNOWN))
        .map(|category| {
            let parts = category.split(Dimension::CROSS).enumerate();
            let channels = parts.filter(|(_, part)| *part == HOLDS).map(|(at, _)| at).collect();
            Combination { channels, cell: key(indicator, "", &period.id(), &dimension.name, category) }
        })
        .filter(|combination| !combination.channels.is_empty())
        .collect();
    (studio.published(combinations.iter().map(|c| &c.cell)) > 1).then_some(())?;
    let chart = Overlap {
        about: studio.about(studio.title(indicator), studio.at(studio.title(indicator), "", period)),
        value_title: studio.words.fill("charts.people", &[]),
        channels: columns
            .iter()
            .map(|column| (studio.word(column), key(indicator, "", &period.id(), column, HOLDS)))
            .collect(),
        combinations,
        union: Some(studio.overall(&indicator.id, period)),
    };
    Some(Drawn {
        id: format!("overlap-{}", indicator.id),
        chart: "overlap",
        section: "people".into(),
        about: indicator.id.clone(),
        caption: studio.words.fill("captions.overlap", &[("when", &studio.when(period))]),
        figure: chart.draw(studio.released),
    })
}
