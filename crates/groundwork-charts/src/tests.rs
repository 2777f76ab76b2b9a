//! What every chart keeps: places match the data, nothing withheld is anywhere, texts stand
//! inside and apart, and the same input gives the same bytes.

mod any;
mod bullet;
mod cascade;
mod completion;
mod dot_interval;
mod dumbbell;
mod event_study;
mod every;
mod forest;
mod likert;
mod maps;
mod overlap;
mod rules;
mod slope;
mod sparklines;
mod steps;
mod strips;
mod trend;
mod waterfall;

use crate::testing::{cell, key};
use crate::*;
use groundwork_disclosure::Cell;
use groundwork_plan::number::Unit;
use groundwork_plan::period::Period;
use groundwork_plan::site::SiteRole;
use groundwork_plan::text::Language;

const Q4: &str = "2021-Q4";

fn about(language: Language) -> About {
    About::new("A sentence about <this> & that.", "share of households, October–December 2021", language)
}

fn sites() -> Vec<ChartSite> {
    vec![
        ChartSite::new("Chiang Rai", Some(SiteRole::Origin)),
        ChartSite::new("น่าน Nan", Some(SiteRole::Adaptation)),
    ]
}

fn dot_row(label: &str, indicator: &str) -> DotRow {
    let both = (key(indicator, "chiang_rai", Q4), key(indicator, "nan", Q4));
    DotRow { label: label.into(), cells: vec![both.0.clone(), both.1.clone()], contrast: Some(both) }
}

fn dots(rows: Vec<DotRow>) -> DotInterval {
    DotInterval {
        about: about(Language::En),
        unit: Unit::Share,
        value_title: "Share of households".into(),
        difference_title: Some("Difference, points".into()),
        sites: sites(),
        rows,
        by_difference: false,
        with_n: false,
    }
}

/// The place of a value on a scale that is known at two values.
fn at(value: f64, (v0, x0): (f64, f64), (v1, x1): (f64, f64)) -> f64 {
    x0 + (value - v0) / (v1 - v0) * (x1 - x0)
}

/// Where values stand on the horizontal scale of a figure whose first and last tick are known.
fn scale(figure: &Figure, first_tick: f64, last_tick: f64) -> impl Fn(f64) -> f64 + use<> {
    let [grid, null] = ["grid", "null"].map(|class| crate::testing::paths(&figure.marks_svg, class));
    let places = grid.iter().chain(null.first()).map(|path| first(path).0);
    let ends = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    move |value| at(value, (first_tick, ends.0), (last_tick, ends.1))
}

/// Distances on a drawing are kept to a hundredth of a point.
fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 0.010_001
}

fn first(path: &[(f64, f64)]) -> (f64, f64) {
    path.first().copied().unwrap()
}

fn periods(n: usize) -> Vec<Period> {
    std::iter::successors(Period::parse("2019-Q3"), |p| Some(p.next())).take(n).collect()
}

fn line(site: &ChartSite, id: &str, indicator: &str, n: usize) -> TrendLine {
    let cells = periods(n).iter().map(|p| key(indicator, id, &p.id())).collect();
    TrendLine { site: site.clone(), cells }
}

fn trend(indicators: &[&str], n: usize) -> Trend {
    let panel = |indicator: &&str| TrendPanel {
        title: format!("Indicator {indicator}"),
        unit: Unit::Share,
        lines: sites()
            .iter()
            .zip(["chiang_rai", "nan"])
            .map(|(site, id)| line(site, id, indicator, n))
            .collect(),
    };
    Trend {
        about: about(Language::En),
        periods: periods(n),
        labels: vec![],
        panels: indicators.iter().map(panel).collect(),
        band: Some(Band {
            label: "COVID-19 restrictions".into(),
            from: Period::parse("2020-03").unwrap(),
            to: Period::parse("2021-09").unwrap(),
        }),
        marks: vec![],
    }
}

fn trend_cells(indicator: &str, n: usize) -> Vec<Cell> {
    let at = |i: usize, p: &Period, site: &str, base: f64| {
        cell(indicator, site, &p.id(), base + 10.0 * i as f64, 400.0)
    };
    periods(n)
        .iter()
        .enumerate()
        .flat_map(|(i, p)| [at(i, p, "chiang_rai", 160.0), at(i, p, "nan", 140.0)])
        .collect()
}

fn bullet(rows: Vec<BulletRow>) -> Bullet {
    Bullet {
        about: about(Language::En),
        unit: Unit::Count,
        value_title: "People".into(),
        target_word: "Target".into(),
        rows,
    }
}

fn bullet_row(site: usize, indicator: &str, target: Option<f64>) -> BulletRow {
    let id = if site == 0 { "chiang_rai" } else { "nan" };
    BulletRow {
        label: format!("Indicator {indicator}"),
        site: sites()[site].clone(),
        cell: key(indicator, id, Q4),
        target,
        expected: None,
    }
}
