//! The parts of a difference: from the value of one site, step by step, to that of another.
//!
//! The order of the parts is the one of the method that gave them. What the parts leave over is
//! drawn as well.

use crate::alt::{self, Description, Sentences};
use crate::axis::Axis;
use crate::canvas::Stroke;
use crate::catalogue::Phrase;
use crate::figure::{About, ChartSite, Figure};
use crate::scaffold;
use crate::sheet::{Column, Sheet, SheetPlan, SheetRow};
use crate::table::{NumberKey, Reading, Shown, Summary, Table, all_or_none, cell, number};
use crate::theme::{self, Dash, SiteStyle};
use groundwork_disclosure::{CellKey, Released};
use groundwork_plan::number::Unit;

/// Height of a bar, in points.
const BAR: f64 = 12.0;
/// The most parts that are read as one picture.
const MOST_PARTS: usize = 8;

/// The difference of two values in parts.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::number::Unit;
/// use groundwork_plan::site::SiteRole;
/// use groundwork_plan::text::Language;
///
/// let end = |name: &str, id: &str, role| WaterfallEnd {
///     site: ChartSite::new(name, Some(role)),
///     cell: CellKey::total("completion", id, "2021"),
/// };
/// let chart = Waterfall {
///     about: About::new("Distance explains the gap.", "share of families, 2021", Language::En),
///     unit: Unit::Share,
///     value_title: "Share of families".into(),
///     start: end("Chiang Rai", "chiang_rai", SiteRole::Origin),
///     parts: vec![WaterfallPart {
///         label: "Distance to the office".into(),
///         number: CellKey::total("due_to_distance", "", "2021").into(),
///     }],
///     end: end("Nan", "nan", SiteRole::Adaptation),
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Waterfall {
    /// Title, description, language, width.
    pub about: About,
    /// The unit of the two values and of the parts.
    pub unit: Unit,
    /// The title above the bars.
    pub value_title: String,
    /// Where the parts start from.
    pub start: WaterfallEnd,
    /// The parts, in the order of the method.
    pub parts: Vec<WaterfallPart>,
    /// Where the parts lead to.
    pub end: WaterfallEnd,
}

/// One end of a [`Waterfall`].
#[derive(Debug, Clone, PartialEq)]
pub struct WaterfallEnd {
    /// The site, which names the bar and decides how it looks.
    pub site: ChartSite,
    /// Its value.
    pub cell: CellKey,
}

/// One part of a [`Waterfall`].
#[derive(Debug, Clone, PartialEq)]
pub struct WaterfallPart {
    /// What the part is due to.
    pub label: String,
    /// What it adds, with its sign.
    pub number: NumberKey,
}

/// A bar after its number is looked up.
struct Bar {
    label: String,
    shown: Shown,
    /// From and to; missing where a part before is not shown.
    place: Option<(f64, f64)>,
    site: Option<SiteStyle>,
}

impl Waterfall {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let bars = self.read(released);
        let sheet = self.paint(&bars);
        let mut table = Table::default();
        for (i, bar) in bars.iter().enumerate() {
            match i.checked_sub(1).map(|part| self.parts.get(part)) {
                None => table.cell(&bar.label, &self.start.cell, bar.shown, &self.unit),
                Some(Some(part)) => table.number(&bar.label, "part", &part.number, bar.shown, &self.unit),
                Some(None) if bar.site.is_some() => {
                    table.cell(&bar.label, &self.end.cell, bar.shown, &self.unit);
                }
                Some(None) => {
                    let key = NumberKey::Contrast(self.end.cell.clone(), self.start.cell.clone());
                    table.number(&bar.label, "rest", &key, bar.shown, &self.unit);
                }
            }
        }
        let alt = self.describe(&bars);
        Figure::new(sheet.canvas.finish(), &self.about, &table, alt).at_most(
            MOST_PARTS,
            self.parts.len(),
            "parts",
        )
    }

    fn read(&self, released: &Released) -> Vec<Bar> {
        let end = |end: &WaterfallEnd| {
            let shown = cell(released, &end.cell, &self.unit);
            let place = shown.reading().map(|r| (0.0, r.value));
            let site = Some(SiteStyle::of(end.site.role));
            Bar { label: end.site.name.clone(), shown, place, site }
        };
        let (start, last) = (end(&self.start), end(&self.end));
        let mut level = start.place.map(|(_, to)| to);
        let mut bars = vec![start];
        // The parts add up to the difference of both ends.
        let mut parts: Vec<Shown> =
            self.parts.iter().map(|part| number(released, &part.number, &self.unit).0).collect();
        all_or_none(&mut parts);
        for (part, shown) in self.parts.iter().zip(parts) {
            let place = level.zip(shown.reading()).map(|(from, r)| (from, from + r.value));
            // Nothing stands on a part that is not shown: its length could be read off.
            level = place.map(|(_, to)| to);
            bars.push(Bar { label: part.label.clone(), shown, place, site: None });
        }
        if let Some((from, (_, to))) = level.zip(last.place)
            && (to - from).abs() > 1e-9 * f64::max(to.abs(), 1.0)
        {
            let shown = Shown::Value(Reading { value: to - from, interval: None, n: 0 });
            let label = Phrase::Rest.text(self.about.language).to_owned();
            bars.push(Bar { label, shown, place: Some((from, to)), site: None });
        }
        bars.push(last);
        bars
    }

    fn text(&self, bar: &Bar) -> String {
        bar.shown.reading().map_or(String::new(), |reading| match bar.site {
            Some(_) => reading.text(&self.unit, self.about.language),
            None => reading.contrast_text(&self.unit, Summary::Difference, self.about.language),
        })
    }

    fn paint(&self, bars: &[Bar]) -> Sheet {
        let ends = bars.iter().filter_map(|bar| bar.place).flat_map(|(from, to)| [from, to]);
        let limits = bars.iter().filter(|bar| bar.site.is_some()).filter_map(|bar| bar.shown.reading());
        let limits: Vec<f64> = limits.flat_map(Reading::extent).collect();
        let axis = Axis::of_values(ends.chain(limits), &self.unit, self.about.language);
        let rows = bars
            .iter()
            .map(|bar| SheetRow { hidden: bar.shown.hidden(), ..SheetRow::new(&bar.label, BAR) })
            .collect();
        let sheet = SheetPlan {
            about: &self.about,
            title: &self.value_title,
            rows,
            columns: vec![Column::new("", bars.iter().map(|bar| self.text(bar)).collect())],
            lead: 0.0,
            head: 0.0,
            foot: 0.0,
            axis: &axis,
            ticks: true,
        }
        .open();
        for (i, bar) in bars.iter().enumerate() {
            let middle = sheet.middle(i);
            let (upper, lower) = (middle - BAR / 2.0, middle + BAR / 2.0);
            let Some((from, to)) = bar.place else {
                continue;
            };
            let next = bars.get(i + 1).and_then(|next| next.place);
            if next.is_some() {
                // What the next bar stands on; it ends where that one begins or ends.
                let stroke = Stroke { dash: Dash::Dotted, ..Stroke::solid(theme::LEADER, theme::AXIS) };
                let below = sheet.middle(i + 1) - BAR / 2.0;
                sheet.canvas.line(&sheet.panel, "connector", &[(to, lower), (to, below)], stroke);
            }
            match &bar.site {
                Some(style) => {
                    scaffold::bar(&sheet.canvas, &sheet.panel, to, (upper, lower), style);
                    if let Shown::Value(reading) = &bar.shown {
                        scaffold::bar_interval(&sheet.canvas, &sheet.panel, reading, middle);
                    }
                }
                // What adds is filled, what takes away is open.
                None if to >= from => {
                    let corners = [(from, upper), (to, lower)];
                    sheet.canvas.block(&sheet.panel, "part", corners, theme::HIDDEN);
                }
                None => {
                    let stroke = Stroke::solid(theme::HIDDEN, theme::LINE);
                    sheet.canvas.outline(&sheet.panel, "part", [(from, upper), (to, lower)], stroke);
                }
            }
        }
        scaffold::null_over(&sheet.canvas, &sheet.panel, sheet.frame, &axis);
        sheet
    }

    fn describe(&self, bars: &[Bar]) -> Description {
        let mut out = Sentences::new(&self.about);
        out.opening(Phrase::WaterfallChart, alt::level(bars.iter().map(|bar| &bar.shown)));
        for (i, bar) in bars.iter().enumerate() {
            let text = match bar.shown.hidden() {
                Some(status) => self.about.words.get(status).to_owned(),
                None => self.text(bar),
            };
            // Both ends are the headline.
            out.row(if bar.site.is_some() { 0 } else { i }, &bar.label, &[text]);
        }
        let parts = bars.iter().filter(|bar| bar.site.is_none());
        let parts: Vec<(String, f64)> =
            parts.filter_map(|bar| Some((bar.label.clone(), bar.shown.reading()?.value))).collect();
        let most = parts.iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        if let Some((label, value)) = most.filter(|_| parts.len() > 1) {
            let text = self.about.difference(*value, &self.unit);
            out.find(2, Phrase::LargestPart, &[label, &text]);
        }
        out.hidden(bars.iter().map(|bar| &bar.shown));
        out.finish()
    }
}
