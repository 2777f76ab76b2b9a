//! What is inside the sites: gaps by group, spread behind a mean, patterns over time, provinces.

use super::{Drawn, Studio};
use groundwork_charts::{Dumbbell, DumbbellRow, HeatMap, Province, Strip, Strips, TileMap, period_label};
use groundwork_disclosure::CellKey;
use groundwork_plan::indicator::{Dimension, Indicator, UNKNOWN};
use groundwork_plan::number::Unit;

/// Categories of a dimension that one picture holds.
const CATEGORIES: usize = 12;
/// Categories from which there is a spread to see.
const SPREAD: usize = 5;
/// Periods of a heat map.
const COLUMNS: usize = 8;

pub(super) fn draw(studio: &Studio<'_>) -> Vec<Drawn> {
    let mut out = Vec::new();
    let rates = |i: &&Indicator| matches!(i.unit, Unit::Share | Unit::Ratio | Unit::Score);
    for indicator in studio.plan.indicators.iter().filter(|i| i.headline).filter(rates) {
        for dimension in indicator.disaggregate.iter().filter(|d| d.name != "step" && d.columns.len() == 1) {
            out.extend(dumbbell(studio, indicator, dimension));
            out.extend(strips(studio, indicator, dimension));
            out.extend(heat_map(studio, indicator, dimension));
        }
    }
    let shares = studio.plan.indicators.iter().filter(|i| i.headline && i.unit == Unit::Share);
    out.extend(shares.filter_map(|indicator| tile_map(studio, indicator)).take(1));
    out
}

fn names(dimension: &Dimension) -> Vec<&str> {
    dimension.categories.iter().map(String::as_str).filter(|c| *c != UNKNOWN).collect()
}

fn key(indicator: &Indicator, site: &str, period: &str, dimension: &Dimension, name: &str) -> CellKey {
    CellKey {
        dimension: dimension.name.clone(),
        category: name.to_owned(),
        ..CellKey::total(&indicator.id, site, period)
    }
}

fn drawn(
    studio: &Studio<'_>,
    chart: &'static str,
    section: &str,
    indicator: &Indicator,
    dimension: &str,
    figure: groundwork_charts::Figure,
) -> Drawn {
    let periods = studio.periods(COLUMNS);
    let first = periods.first().map(|p| studio.when(*p)).unwrap_or_default();
    let last = studio.when(studio.report.period);
    let path = match chart {
        "dumbbell" => "captions.dumbbell",
        "strips" => "captions.strips",
        "heat_map" => "captions.heat_map",
        _ => "captions.tile_map",
    };
    Drawn {
        id: format!("{}-{}-{dimension}", chart.replace('_', "-"), indicator.id),
        chart,
        section: section.to_owned(),
        about: indicator.id.clone(),
        caption: studio.words.fill(path, &[("when", &last), ("first", &first), ("last", &last)]),
        figure,
    }
}

fn subject(studio: &Studio<'_>, indicator: &Indicator, dimension: &Dimension) -> String {
    let labelled = studio.plan.labels.get(&dimension.name, studio.language());
    let name = labelled.map_or_else(|| dimension.name.replace('_', " "), str::to_owned);
    let by = studio.words.estimand(&format!("by {name}"));
    studio.words.fill("charts.of", &[("what", studio.title(indicator)), ("when", &by)])
}

fn dumbbell(studio: &Studio<'_>, indicator: &Indicator, dimension: &Dimension) -> Option<Drawn> {
    let [a, b] = studio.plan.sites.as_slice() else { return None };
    let period = studio.report.period;
    let cells = |name: &str| [&a.id, &b.id].map(|site| key(indicator, site, &period.id(), dimension, name));
    let names = names(dimension);
    let full = names.iter().filter(|name| studio.published(&cells(name)) == 2).count();
    (full >= 2 && names.len() <= CATEGORIES).then_some(())?;
    let chart = Dumbbell {
        about: studio
            .about(&subject(studio, indicator, dimension), studio.at(studio.title(indicator), "", period)),
        unit: indicator.unit.clone(),
        value_title: studio.unit_title(&indicator.unit),
        sites: [studio.site(&a.id), studio.site(&b.id)],
        rows: names
            .iter()
            .map(|name| DumbbellRow { label: studio.category(&dimension.name, name), cells: cells(name) })
            .collect(),
    };
    let figure = chart.draw(studio.released);
    Some(drawn(studio, "dumbbell", "comparison", indicator, &dimension.name, figure))
}

fn strips(studio: &Studio<'_>, indicator: &Indicator, dimension: &Dimension) -> Option<Drawn> {
    let period = studio.report.period;
    let names = names(dimension);
    let lines = studio.lines();
    let cells = |site: &str| -> Vec<(String, CellKey)> {
        names
            .iter()
            .map(|n| (studio.category(&dimension.name, n), key(indicator, site, &period.id(), dimension, n)))
            .collect()
    };
    let spread = |site: &str| studio.published(cells(site).iter().map(|(_, key)| key)) >= SPREAD;
    lines.iter().any(|(site, _)| spread(site)).then_some(())?;
    let chart = Strips {
        about: studio
            .about(&subject(studio, indicator, dimension), studio.at(studio.title(indicator), "", period)),
        unit: indicator.unit.clone(),
        value_title: studio.unit_title(&indicator.unit),
        rows: lines.iter().map(|(id, site)| Strip { site: site.clone(), cells: cells(id) }).collect(),
    };
    let figure = chart.draw(studio.released);
    Some(drawn(studio, "strips", "comparison", indicator, &dimension.name, figure))
}

/// Categories against periods, where at least half of the cells are published.
fn heat_map(studio: &Studio<'_>, indicator: &Indicator, dimension: &Dimension) -> Option<Drawn> {
    let periods = studio.periods(COLUMNS);
    let names = names(dimension);
    let row = |name: &str| -> Vec<CellKey> {
        periods.iter().map(|p| key(indicator, "", &p.id(), dimension, name)).collect()
    };
    let all: Vec<CellKey> = names.iter().flat_map(|name| row(name)).collect();
    let enough = studio.published(&all) * 2 >= all.len();
    (enough && (3..=CATEGORIES).contains(&names.len()) && periods.len() > 2).then_some(())?;
    let chart = HeatMap {
        about: studio.about(
            &subject(studio, indicator, dimension),
            studio.at(studio.title(indicator), "", studio.report.period),
        ),
        unit: indicator.unit.clone(),
        columns: periods.iter().map(|p| period_label(*p, studio.language())).collect(),
        rows: names.iter().map(|name| (studio.category(&dimension.name, name), row(name))).collect(),
    };
    let figure = chart.draw(studio.released);
    Some(drawn(studio, "heat_map", "comparison", indicator, &dimension.name, figure))
}

/// Sites that are provinces.
fn tile_map(studio: &Studio<'_>, indicator: &Indicator) -> Option<Drawn> {
    let period = studio.report.period;
    let provinces: Vec<Province> = studio
        .plan
        .sites
        .iter()
        .filter_map(|site| {
            let code = site.code.clone().filter(|code| code.starts_with("TH-"))?;
            let cell = CellKey::total(&indicator.id, &site.id, &period.id());
            Some(Province { code, site: studio.site(&site.id), cell })
        })
        .collect();
    (studio.published(provinces.iter().map(|p| &p.cell)) > 1).then_some(())?;
    let chart = TileMap {
        about: studio.about(studio.title(indicator), studio.at(studio.title(indicator), "", period)),
        unit: indicator.unit.clone(),
        provinces,
    };
    let figure = chart.draw(studio.released);
    Some(drawn(studio, "tile_map", "place", indicator, "province", figure))
}
