//! One small chart of each kind against its reference in `tests/ref`. With `UPDATE=1` in the
//! environment the references are written anew; look at them before they are kept.

use groundwork_charts::{
    About, Band, Bullet, BulletRow, ChartSite, DotInterval, DotRow, Figure, Trend, TrendLine, TrendPanel,
};
use groundwork_disclosure::{Cell, CellKey, Contrast, Counts, Finding, Released, release};
use groundwork_plan::disclosure::{Audience, Policy};
use groundwork_plan::number::Unit;
use groundwork_plan::period::Period;
use groundwork_plan::site::SiteRole;
use groundwork_plan::text::Language;
use std::path::Path;

/// References are small enough to be read.
const MOST_BYTES: usize = 20 * 1024;

fn key(indicator: &str, site: &str, period: &str) -> CellKey {
    CellKey::total(indicator, site, period)
}

fn share(key: CellKey, value: f64, half: f64) -> Cell {
    Cell {
        key,
        numerator: (value * 400.0).round(),
        denominator: Some(400.0),
        immature: None,
        n: 400,
        counts: Counts::Part,
        unit: Unit::Share,
        method: "wilson",
        finding: Finding::Value { value, interval: Some((value - half, value + half, 0.95)) },
        people: true,
        partial: false,
        inputs: Vec::new(),
    }
}

fn few(key: CellKey) -> Cell {
    Cell { numerator: 2.0, ..share(key, 0.005, 0.004) }
}

fn people(key: CellKey, value: f64) -> Cell {
    Cell {
        numerator: value,
        denominator: None,
        n: value as u64,
        counts: Counts::Total,
        unit: Unit::Count,
        method: "full_count",
        finding: Finding::Value { value, interval: None },
        ..share(key, 0.5, 0.0)
    }
}

fn difference(indicator: &str, value: f64, interval: (f64, f64, f64)) -> Contrast {
    Contrast {
        evaluation: "adapts".into(),
        cell: key(indicator, "chiang_rai", "2021-Q4"),
        reference: key(indicator, "nan", "2021-Q4"),
        unit: Unit::Share,
        summary: "difference",
        method: "mn.score",
        finding: Finding::Value { value, interval: Some(interval) },
        std_error: None,
        statistic: None,
        df: None,
        p_value: None,
        n: 800,
        n_clusters: None,
    }
}

fn pass(cells: Vec<Cell>, contrasts: Vec<Contrast>) -> Released {
    release(cells, contrasts, &Policy::of(Audience::Partner))
}

fn chiang_rai() -> ChartSite {
    ChartSite::new("เชียงราย Chiang Rai", Some(SiteRole::Origin))
}

fn nan() -> ChartSite {
    ChartSite::new("น่าน Nan", Some(SiteRole::Adaptation))
}

/// The figure's SVG and description against the reference, in one file.
fn check(name: &str, figure: &Figure) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ref").join(format!("{name}.svg"));
    assert!(figure.svg.len() <= MOST_BYTES, "{name} has {} bytes", figure.svg.len());
    if std::env::var("UPDATE").is_ok_and(|v| v == "1") {
        std::fs::write(&path, &figure.svg).unwrap();
    }
    let reference = std::fs::read_to_string(&path).unwrap_or_default();
    for (i, (drawn, kept)) in figure.svg.lines().zip(reference.lines()).enumerate() {
        assert_eq!(drawn, kept, "{name}.svg, line {}", i + 1);
    }
    assert_eq!(figure.svg.len(), reference.len(), "{name}.svg");
}

#[test]
fn dot_interval() {
    let row = |label: &str, indicator: &str| {
        let both = (key(indicator, "chiang_rai", "2021-Q4"), key(indicator, "nan", "2021-Q4"));
        DotRow { label: label.into(), cells: vec![both.0.clone(), both.1.clone()], contrast: Some(both) }
    };
    let chart = DotInterval {
        about: About::new(
            "More Chiang Rai families finish civil registration than Nan families",
            "share of households, October–December 2021",
            Language::En,
        ),
        unit: Unit::Share,
        value_title: "Share of households".into(),
        difference_title: Some("Difference, points".into()),
        sites: vec![chiang_rai(), nan()],
        rows: vec![
            row("Civil registration completed", "registration"),
            row("พึ่งตนเองด้านรายได้", "livelihood"),
            row("စေတနာ့ဝန်ထမ်း တိုးပွားမှု", "volunteers"),
            row("Safety plan in place", "plan"),
        ],
        by_difference: false,
        with_n: false,
    };
    let at = |indicator: &str, site: &str| key(indicator, site, "2021-Q4");
    let released = pass(
        vec![
            share(at("registration", "chiang_rai"), 0.62, 0.05),
            share(at("registration", "nan"), 0.48, 0.06),
            share(at("livelihood", "chiang_rai"), 0.41, 0.05),
            share(at("livelihood", "nan"), 0.44, 0.06),
            share(at("volunteers", "chiang_rai"), 0.71, 0.05),
            share(at("volunteers", "nan"), 0.55, 0.06),
            share(at("plan", "chiang_rai"), 0.3, 0.05),
            few(at("plan", "nan")),
        ],
        vec![
            difference("registration", 0.14, (0.06, 0.22, 0.95)),
            difference("livelihood", -0.03, (-0.11, 0.05, 0.95)),
            difference("volunteers", 0.16, (0.08, 0.24, 0.95)),
            difference("plan", 0.295, (0.25, 0.34, 0.95)),
        ],
    );
    check("dot_interval", &chart.draw(&released));
}

#[test]
fn trend() {
    let periods: Vec<Period> =
        std::iter::successors(Period::parse("2019-Q3"), |p| Some(p.next())).take(10).collect();
    let values = [
        [0.35, 0.38, 0.42, 0.30, 0.28, 0.33, 0.41, 0.48, 0.55, 0.62],
        [0.31, 0.33, 0.35, 0.22, 0.25, 0.35, 0.38, 0.40, 0.44, 0.60],
    ];
    let mut cells = Vec::new();
    for (site, values) in ["chiang_rai", "nan"].into_iter().zip(values) {
        for (i, (period, value)) in periods.iter().zip(values).enumerate() {
            let key = key("registration", site, &period.id());
            match (site, i) {
                ("nan", 2) => {}
                ("nan", 7) => cells.push(few(key)),
                _ => cells.push(share(key, value, 0.05)),
            }
        }
    }
    let line = |site: ChartSite, id: &str| TrendLine {
        site,
        cells: periods.iter().map(|p| key("registration", id, &p.id())).collect(),
    };
    let chart = Trend {
        about: About::new(
            "Registration fell with the restrictions and is higher now than before",
            "share of families with civil registration, by quarter",
            Language::En,
        ),
        periods: periods.clone(),
        labels: vec![],
        panels: vec![TrendPanel {
            title: "Civil registration completed".into(),
            unit: Unit::Share,
            lines: vec![line(chiang_rai(), "chiang_rai"), line(nan(), "nan")],
        }],
        band: Some(Band {
            label: "COVID-19 restrictions".into(),
            from: Period::parse("2020-03").unwrap(),
            to: Period::parse("2021-09").unwrap(),
        }),
        marks: vec![],
    };
    check("trend", &chart.draw(&pass(cells, vec![])));
}

#[test]
fn bullet() {
    let row = |label: &str, site: ChartSite, indicator: &str, id: &str, target| BulletRow {
        label: label.into(),
        site,
        cell: key(indicator, id, "2021-Q4"),
        target,
        expected: None,
    };
    let chart = Bullet {
        about: About::new("เชียงรายเข้าถึงผู้คนได้ตามเป้าหมาย น่านยังไม่ถึง", "จำนวนคน ตุลาคม–ธันวาคม 2564", Language::Th),
        unit: Unit::Count,
        value_title: "จำนวนคน".into(),
        target_word: "เป้าหมาย".into(),
        rows: vec![
            row("ผู้เข้าร่วมกิจกรรม", chiang_rai(), "reach", "chiang_rai", Some(1200.0)),
            row("ผู้เข้าร่วมกิจกรรม", nan(), "reach", "nan", Some(700.0)),
            row("อาสาสมัครที่ผ่านการอบรม", nan(), "volunteers", "nan", None),
            row("ผู้ที่ส่งต่อเพื่อรับความช่วยเหลือ", nan(), "referred", "nan", Some(50.0)),
        ],
    };
    let at = |indicator: &str, site: &str| key(indicator, site, "2021-Q4");
    let cells = vec![
        people(at("reach", "chiang_rai"), 1204.0),
        people(at("reach", "nan"), 530.0),
        people(at("volunteers", "nan"), 120.0),
        people(at("referred", "nan"), 3.0),
    ];
    check("bullet", &chart.draw(&pass(cells, vec![])));
}
