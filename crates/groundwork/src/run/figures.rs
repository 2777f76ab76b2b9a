//! Figures: which charts a report has, and what they are told. Numbers are looked up in what was
//! released; nothing else can be drawn.

use super::evaluate::site_comparison::pairs;
use groundwork_charts::{About, Band, ChartSite, DotInterval, DotRow, Figure, Trend, TrendLine, TrendPanel};
use groundwork_disclosure::{CellKey, Released};
use groundwork_plan::number::Unit;
use groundwork_plan::period::{Frequency, Period};
use groundwork_plan::plan::{Plan, Report};
use groundwork_plan::text::Language;

/// A figure of a report.
pub(super) struct Drawn {
    /// Its identifier, used in file names.
    pub(super) id: String,
    /// The text under it.
    pub(super) caption: String,
    /// The drawing.
    pub(super) figure: Figure,
}

/// Every figure of a report, in order.
pub(super) fn draw(plan: &Plan, report: &Report, language: Language, released: &Released) -> Vec<Drawn> {
    let mut out = comparisons(plan, language, released);
    out.extend(trends(plan, report, language, released));
    out
}

/// One dot-and-whisker chart for each unit of an evaluation's indicators.
fn comparisons(plan: &Plan, language: Language, released: &Released) -> Vec<Drawn> {
    let mut out = Vec::new();
    for evaluation in &plan.evaluations {
        let Some(design) = evaluation.site_comparison() else { continue };
        let pairs = pairs(plan, design);
        let mut units: Vec<&Unit> = Vec::new();
        for (_, _, indicator) in &pairs {
            if !units.contains(&&indicator.unit) {
                units.push(&indicator.unit);
            }
        }
        let order: Vec<&str> = plan.sites.iter().map(|s| s.id.as_str()).collect();
        for unit in units {
            let rows: Vec<DotRow> = design
                .indicators
                .iter()
                .filter_map(|id| plan.indicator(id))
                .filter(|i| i.unit == *unit)
                .map(|indicator| DotRow {
                    label: indicator.title.get(language).to_owned(),
                    cells: order
                        .iter()
                        .map(|site| CellKey::total(&indicator.id, site, &design.period.id()))
                        .collect(),
                    contrast: pairs
                        .iter()
                        .find(|(cell, _, _)| cell.indicator == indicator.id)
                        .map(|(cell, reference, _)| (cell.clone(), reference.clone())),
                })
                .collect();
            let shares = *unit == Unit::Share;
            let names: Vec<&str> = plan.sites.iter().map(|s| s.name.get(language)).collect();
            let when = period_label(design.period, language);
            let (title, value, difference, caption) = match language {
                Language::Th => (
                    format!("{} เปรียบเทียบ {when}", names.join(" และ ")),
                    if shares { "สัดส่วน" } else { "ค่า" }.to_owned(),
                    shares.then(|| "ผลต่าง (จุดร้อยละ)".to_owned()),
                    format!(
                        "{} {when} เส้นแสดงช่วงความเชื่อมั่นร้อยละ 95 {}",
                        names.join(" และ "),
                        if shares {
                            "ผลต่างคือพื้นที่อื่นลบด้วยพื้นที่อ้างอิง"
                        } else {
                            ""
                        }
                    ),
                ),
                Language::En | Language::My => (
                    format!("{} compared, {when}", names.join(" and ")),
                    if shares { "Share" } else { "Value" }.to_owned(),
                    shares.then(|| "Difference, points".to_owned()),
                    format!(
                        "{}, {when}, with 95% intervals.{}",
                        names.join(" and "),
                        if shares {
                            let site = |id: &str| {
                                plan.sites.iter().find(|s| s.id == id).map(|s| s.name.get(language))
                            };
                            let other = pairs.first().and_then(|(c, _, _)| site(&c.site)).unwrap_or_default();
                            let reference = site(&design.reference).unwrap_or_default();
                            format!(
                                " The difference is {other} less {reference}; an interval that holds 0 leaves open which is higher."
                            )
                        } else {
                            String::new()
                        }
                    ),
                ),
            };
            let what = match language {
                Language::Th => format!("{value} {when}"),
                Language::En | Language::My => {
                    format!("{}, {}, {when}", value.to_lowercase(), names.join(" and "))
                }
            };
            let chart = DotInterval {
                about: About::new(title, what, language),
                unit: unit.clone(),
                value_title: value,
                difference_title: difference,
                sites: sites(plan, language),
                rows,
                by_difference: false,
                with_n: false,
            };
            out.push(Drawn {
                id: format!(
                    "{}-{}",
                    evaluation.id,
                    unit.word().to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
                ),
                caption,
                figure: chart.draw(released),
            });
        }
    }
    out
}

/// One trend chart with a panel for each headline indicator, when there is more than one period.
fn trends(plan: &Plan, report: &Report, language: Language, released: &Released) -> Option<Drawn> {
    let periods: Vec<Period> =
        plan.calendar.periods.iter().copied().filter(|p| *p <= report.period).collect();
    if periods.len() < 2 {
        return None;
    }
    let lines: Vec<(&str, ChartSite)> = if plan.sites.is_empty() {
        vec![("", ChartSite::new("", None))]
    } else {
        plan.sites.iter().map(|s| (s.id.as_str(), ChartSite::new(s.name.get(language), s.role))).collect()
    };
    let panels: Vec<TrendPanel> = plan
        .indicators
        .iter()
        .filter(|i| i.headline)
        .filter(|i| periods.iter().all(|p| i.periods.iter().any(|own| own.id == p.id())))
        .map(|indicator| TrendPanel {
            title: indicator.title.get(language).to_owned(),
            unit: indicator.unit.clone(),
            lines: lines
                .iter()
                .map(|(id, site)| TrendLine {
                    site: site.clone(),
                    cells: periods.iter().map(|p| CellKey::total(&indicator.id, id, &p.id())).collect(),
                })
                .collect(),
        })
        .collect();
    let first = periods.first().map(|p| period_label(*p, language)).unwrap_or_default();
    let last = period_label(report.period, language);
    let (title, what, caption) = match language {
        Language::Th => (
            "ตัวชี้วัดตามช่วงเวลา".to_owned(),
            format!("ตัวชี้วัดหลัก {first} ถึง {last}"),
            format!("ตัวชี้วัดหลักตั้งแต่ {first} ถึง {last} แถบสีแสดงช่วงความเชื่อมั่นร้อยละ 95"),
        ),
        Language::En | Language::My => (
            "The headline indicators over time".to_owned(),
            format!("headline indicators, {first} to {last}"),
            format!(
                "The headline indicators, {first} to {last}. Ribbons are 95% intervals; a gap is a period without a published value."
            ),
        ),
    };
    let chart = Trend {
        about: About::new(title, what, language),
        labels: periods.iter().map(|p| short_label(*p, language)).collect(),
        periods,
        panels,
        band: plan.events.first().and_then(|event| {
            Some(Band {
                label: event.label.get(language).to_owned(),
                from: month_of(event.from)?,
                to: month_of(event.to)?,
            })
        }),
        marks: Vec::new(),
    };
    Some(Drawn { id: "trends".into(), caption, figure: chart.draw(released) })
}

/// The calendar month of a day.
fn month_of(day: jiff::civil::Date) -> Option<Period> {
    Period::parse(&format!("{:04}-{:02}", day.year(), day.month()))
}

fn sites(plan: &Plan, language: Language) -> Vec<ChartSite> {
    plan.sites.iter().map(|s| ChartSite::new(s.name.get(language), s.role)).collect()
}

/// A period in words: `Q4 2021`, `November 2021`, `2021`; Thai years in the Buddhist era.
fn period_label(period: Period, language: Language) -> String {
    let year = year(period, language);
    match (period.frequency(), language) {
        (Frequency::Year, _) => year.to_string(),
        (Frequency::FiscalYear(_), Language::Th) => format!("ปีงบประมาณ {year}"),
        (Frequency::FiscalYear(_), _) => format!("FY{year}"),
        (Frequency::FiscalQuarter(_), Language::Th) => {
            format!("ไตรมาส {} ปีงบประมาณ {year}", quarter(period))
        }
        (Frequency::FiscalQuarter(_), _) => format!("Q{} FY{year}", quarter(period)),
        (Frequency::Quarter, Language::Th) => format!("ไตรมาส {} ปี {year}", quarter(period)),
        (Frequency::Quarter, _) => format!("Q{} {year}", quarter(period)),
        (Frequency::Month, _) => {
            let day = groundwork_plan::number::format_day(period.first_day(), language);
            day.split_once(' ').map(|(_, rest)| rest.to_owned()).unwrap_or(day)
        }
    }
}

/// A period on an axis: `Q4 ’21`, `11/21`, `2021`.
fn short_label(period: Period, language: Language) -> String {
    let year = year(period, language);
    let short = year.rem_euclid(100);
    match (period.frequency(), language) {
        (Frequency::Year, _) => year.to_string(),
        (Frequency::FiscalYear(_), Language::Th) => format!("ปีงบ {year}"),
        (Frequency::FiscalYear(_), _) => format!("FY{short:02}"),
        (Frequency::Quarter | Frequency::FiscalQuarter(_), Language::Th) => {
            format!("ไตร. {}/{short:02}", quarter(period))
        }
        (Frequency::Quarter | Frequency::FiscalQuarter(_), _) => format!("Q{} ’{short:02}", quarter(period)),
        (Frequency::Month, _) => format!("{}/{short:02}", period.first_day().month()),
    }
}

fn year(period: Period, language: Language) -> i32 {
    let year = i32::from(period.year_and_quarter().0);
    if language == Language::Th { year + 543 } else { year }
}

fn quarter(period: Period) -> i8 {
    period.year_and_quarter().1
}
