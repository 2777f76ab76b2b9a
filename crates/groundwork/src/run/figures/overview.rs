//! What a reader sees first: the sites compared, indicators against targets, courses over time.

use super::super::evaluate::site_comparison::pairs;
use super::{Drawn, Studio};
use groundwork_charts::{
    Band, Bullet, BulletRow, ChartSite, DotInterval, DotRow, Moment, Slope, SlopeLine, Sparkline, Sparklines,
    Trend, TrendLine, TrendPanel, period_label,
};
use groundwork_disclosure::CellKey;
use groundwork_plan::indicator::Indicator;
use groundwork_plan::number::Unit;
use groundwork_plan::period::{Frequency, Period};

/// Panels that one picture holds, and bars.
const PANELS: usize = 6;
const BARS: usize = 8;
/// Periods from which two moments are worth setting against each other.
const APART: usize = 3;
/// Periods of a small line.
const SPARK: usize = 8;
/// Moments that one picture can name.
const MOMENTS: usize = 8;

pub(super) fn draw(studio: &Studio<'_>) -> Vec<Drawn> {
    let mut out = comparisons(studio);
    out.extend(bullets(studio));
    out.extend(trends(studio));
    out.extend(slopes(studio));
    out.extend(sparklines(studio));
    out
}

/// One dot-and-whisker chart for each unit of a comparison of sites. The one with most rows is for
/// the first page.
fn comparisons(studio: &Studio<'_>) -> Vec<Drawn> {
    let (plan, words) = (studio.plan, studio.words);
    let mut out: Vec<Drawn> = Vec::new();
    let mut sizes: Vec<usize> = Vec::new();
    for evaluation in &plan.evaluations {
        let Some(design) = evaluation.site_comparison() else { continue };
        let pairs = pairs(plan, design);
        let mut units: Vec<&Unit> = Vec::new();
        for (_, _, indicator) in &pairs {
            if !units.contains(&&indicator.unit) {
                units.push(&indicator.unit);
            }
        }
        for unit in units {
            let indicators: Vec<&Indicator> = design
                .indicators
                .iter()
                .filter_map(|id| plan.indicator(id))
                .filter(|i| i.unit == *unit)
                .collect();
            let cells = |id: &str| -> Vec<CellKey> {
                plan.sites.iter().map(|s| CellKey::total(id, &s.id, &design.period.id())).collect()
            };
            let rows: Vec<DotRow> = indicators
                .iter()
                .map(|indicator| DotRow {
                    label: studio.title(indicator).to_owned(),
                    cells: cells(&indicator.id),
                    contrast: pairs
                        .iter()
                        .find(|(cell, _, _)| cell.indicator == indicator.id)
                        .map(|(cell, reference, _)| (cell.clone(), reference.clone())),
                })
                .collect();
            sizes.push(rows.len());
            let shares = *unit == Unit::Share;
            let names: Vec<String> = plan.sites.iter().map(|s| studio.place(&s.id)).collect();
            let subject = match (names.as_slice(), indicators.as_slice()) {
                (_, [only]) => studio.title(only).to_owned(),
                ([a, b], _) => words.fill("charts.pair", &[("a", a), ("b", b)]),
                _ => evaluation.question.get(studio.language()).to_owned(),
            };
            let value_title = studio.unit_title(unit);
            let when = studio.when(design.period);
            let level = studio.level(indicators.first().copied());
            let mut caption = words.fill("captions.dot_interval", &[("when", &when), ("level", &level)]);
            if let (true, Some((cell, reference, _))) = (shares, pairs.first()) {
                let (a, b) = (studio.place(&cell.site), studio.place(&reference.site));
                caption = format!("{caption} {}", words.fill("captions.difference", &[("a", &a), ("b", &b)]));
            }
            let chart = DotInterval {
                about: studio.about(&subject, studio.at(&value_title, "", design.period)),
                unit: unit.clone(),
                value_title,
                difference_title: shares.then(|| words.fill("charts.difference", &[])),
                sites: studio.lines().into_iter().map(|(_, site)| site).collect(),
                rows,
                by_difference: false,
                with_n: true,
            };
            let word = unit.word().to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            out.push(Drawn {
                id: format!("{}-{word}", evaluation.id),
                chart: "dot_interval",
                section: "comparison".into(),
                about: evaluation.id.clone(),
                caption,
                figure: chart.draw(studio.released),
            });
        }
    }
    // The one with most rows says most.
    let largest = (0..sizes.len()).rev().max_by_key(|at| sizes.get(*at).copied());
    if let Some(drawn) = largest.and_then(|at| out.get_mut(at)) {
        drawn.section = "front".into();
    }
    out
}

/// Values against targets, one chart a unit.
fn bullets(studio: &Studio<'_>) -> Vec<Drawn> {
    let period = studio.report.period;
    let with_target: Vec<(&Indicator, f64)> = studio
        .plan
        .indicators
        .iter()
        .filter_map(|i| Some((i, i.target("", &period.id())?)))
        .filter(|(i, _)| studio.published([&studio.overall(&i.id, period)]) == 1)
        .collect();
    let mut units: Vec<&Unit> = Vec::new();
    for (indicator, _) in &with_target {
        if !units.contains(&&indicator.unit) {
            units.push(&indicator.unit);
        }
    }
    let one = |unit: &Unit| {
        let of_unit = || with_target.iter().filter(|(i, _)| i.unit == *unit);
        let rows = of_unit().take(BARS).map(|(indicator, target)| BulletRow {
            label: studio.title(indicator).to_owned(),
            site: ChartSite::new("", None),
            cell: studio.overall(&indicator.id, period),
            target: Some(*target),
            expected: None,
        });
        let words = studio.words;
        let single = of_unit().count() == 1;
        let subject = match of_unit().next() {
            Some((only, _)) if single => studio.title(only).to_owned(),
            _ => words.fill("charts.targets", &[]),
        };
        let value_title = studio.unit_title(unit);
        let chart = Bullet {
            about: studio.about(&subject, studio.at(&value_title, "", period)),
            unit: unit.clone(),
            value_title,
            target_word: words.fill("target", &[]),
            rows: rows.collect(),
        };
        let level = studio.level(None);
        Drawn {
            id: format!(
                "targets-{}",
                unit.word().to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
            ),
            chart: "bullet",
            section: "indicators".into(),
            about: String::new(),
            caption: words.fill("captions.bullet", &[("when", &studio.when(period)), ("level", &level)]),
            figure: chart.draw(studio.released),
        }
    };
    units.into_iter().map(one).collect()
}

/// One trend chart with a panel for each headline indicator, when there is more than one period.
fn trends(studio: &Studio<'_>) -> Option<Drawn> {
    let (plan, words) = (studio.plan, studio.words);
    let periods = studio.periods(usize::MAX);
    let (Some(first), true) = (periods.first(), periods.len() > 1) else {
        return None;
    };
    let lines = studio.lines();
    let cells = |id: &str, site: &str| -> Vec<CellKey> {
        periods.iter().map(|p| CellKey::total(id, site, &p.id())).collect()
    };
    let panels: Vec<TrendPanel> = plan
        .indicators
        .iter()
        .filter(|i| i.headline)
        .filter(|i| periods.iter().all(|p| i.periods.iter().any(|own| own.id == p.id())))
        .filter(|i| lines.iter().any(|(id, _)| studio.published(&cells(&i.id, id)) > 1))
        .take(PANELS)
        .map(|indicator| TrendPanel {
            title: studio.title(indicator).to_owned(),
            unit: indicator.unit.clone(),
            lines: lines
                .iter()
                .map(|(id, site)| TrendLine { site: site.clone(), cells: cells(&indicator.id, id) })
                .collect(),
        })
        .collect();
    if panels.is_empty() {
        return None;
    }
    let marks = adapted(studio, &panels);
    let (from, to) = (studio.when(*first), studio.when(studio.report.period));
    let subject = match panels.as_slice() {
        [only] => only.title.clone(),
        _ => words.fill("charts.headlines", &[]),
    };
    let level = studio.level(None);
    let caption = words.fill("captions.trend", &[("first", &from), ("last", &to), ("level", &level)]);
    let chart = Trend {
        about: studio.about(
            &subject,
            words.fill("charts.of", &[("what", &words.fill("charts.headlines", &[])), ("when", &to)]),
        ),
        labels: Vec::new(),
        periods,
        panels,
        band: plan.events.first().and_then(|event| {
            Some(Band {
                label: event.label.get(studio.language()).to_owned(),
                from: holding(event.from, Frequency::Month)?,
                to: holding(event.to, Frequency::Month)?,
            })
        }),
        marks,
    };
    Some(Drawn {
        id: "trends".into(),
        chart: "trend",
        section: "change".into(),
        about: String::new(),
        caption,
        figure: chart.draw(studio.released),
    })
}

/// The months in which something was adapted that was meant to move an indicator of these panels,
/// each with the names of the adaptations; quarters or years, where there are more months than can
/// be named.
fn adapted(studio: &Studio<'_>, panels: &[TrendPanel]) -> Vec<Moment> {
    let of = |panel: &TrendPanel| panel.lines.first()?.cells.first().map(|key| key.indicator.clone());
    let shown: Vec<String> = panels.iter().filter_map(of).collect();
    let adapted = || studio.log.all.iter().filter(|a| a.moves.iter().any(|id| shown.contains(id)));
    for length in [Frequency::Month, Frequency::Quarter, Frequency::Year] {
        let mut found: Vec<(Period, Vec<&str>)> = Vec::new();
        for adaptation in adapted() {
            let Some(at) = holding(adaptation.on, length) else { continue };
            match found.iter_mut().find(|(period, _)| *period == at) {
                Some((_, ids)) => ids.push(&adaptation.id),
                None => found.push((at, vec![&adaptation.id])),
            }
        }
        if found.len() <= MOMENTS {
            let label = |ids: Vec<&str>| match ids.as_slice() {
                [first, _, _, _, .., last] => format!("{first}–{last}"),
                few => few.join(", "),
            };
            return found.into_iter().map(|(at, ids)| Moment { label: label(ids), at }).collect();
        }
    }
    Vec::new()
}

/// The month, the quarter or the year of a day.
fn holding(day: jiff::civil::Date, length: Frequency) -> Option<Period> {
    let (year, month) = (day.year(), day.month());
    Period::parse(&match length {
        Frequency::Month => format!("{year:04}-{month:02}"),
        Frequency::Quarter => format!("{year:04}-Q{}", (month + 2) / 3),
        _ => format!("{year:04}"),
    })
}

/// The first and the last period of each headline share of the sites, where both are published.
fn slopes(studio: &Studio<'_>) -> Vec<Drawn> {
    let last = studio.report.period;
    let lines = studio.lines();
    let all = studio.periods(usize::MAX);
    let one = |indicator: &Indicator| {
        let key = |site: &str, period: Period| CellKey::total(&indicator.id, site, &period.id());
        let full = |p: &&Period| {
            **p < last
                && studio.published(&lines.iter().map(|(s, _)| key(s, **p)).collect::<Vec<_>>())
                    == lines.len()
        };
        let first = *all.iter().find(full)?;
        // Two neighbours in time are no course.
        (all.iter().filter(|p| **p > first).count() >= APART).then_some(())?;
        let now: Vec<CellKey> = lines.iter().map(|(s, _)| key(s, last)).collect();
        (lines.len() > 1 && studio.published(&now) == lines.len()).then_some(())?;
        let (from, to) = (studio.when(first), studio.when(last));
        let chart = Slope {
            about: studio.about(studio.title(indicator), studio.at(studio.title(indicator), "", last)),
            unit: indicator.unit.clone(),
            moments: vec![from.clone(), to.clone()],
            lines: lines
                .iter()
                .map(|(id, site)| SlopeLine {
                    site: site.clone(),
                    cells: vec![key(id, first), key(id, last)],
                    emphasised: false,
                })
                .collect(),
        };
        Some(Drawn {
            id: format!("slope-{}", indicator.id),
            chart: "slope",
            section: "change".into(),
            about: indicator.id.clone(),
            caption: studio.words.fill("captions.slope", &[("first", &from), ("last", &to)]),
            figure: chart.draw(studio.released),
        })
    };
    let shares = studio.plan.indicators.iter().filter(|i| i.headline && i.unit == Unit::Share);
    shares.filter_map(one).collect()
}

/// The last periods of every indicator, for a cell of a table.
fn sparklines(studio: &Studio<'_>) -> Vec<Drawn> {
    let periods = studio.periods(SPARK);
    let one = |indicator: &Indicator| {
        let cells: Vec<CellKey> = periods.iter().map(|p| studio.overall(&indicator.id, *p)).collect();
        (studio.published(&cells) > 1).then_some(())?;
        let title = studio.title(indicator);
        let chart = Sparklines {
            about: studio.about(title, studio.at(title, "", studio.report.period)),
            unit: indicator.unit.clone(),
            cell_width_pt: 40.0,
            with_value: false,
            periods: periods.iter().map(|p| period_label(*p, studio.language())).collect(),
            lines: vec![Sparkline { label: title.to_owned(), site: ChartSite::new("", None), cells }],
        };
        Some(Drawn {
            id: format!("spark-{}", indicator.id),
            chart: "sparklines",
            section: "cell".into(),
            about: indicator.id.clone(),
            caption: String::new(),
            figure: chart.draw(studio.released).into_iter().next()?,
        })
    };
    let known = |i: &&Indicator| {
        periods.iter().any(|p| p.frequency() != Frequency::Year) && i.periods.len() >= periods.len()
    };
    studio.plan.indicators.iter().filter(known).filter_map(one).collect()
}
