//! Pairs of dots: two sites in each group, and the gap between them.

use crate::alt::{self, Description, Sentences};
use crate::axis::Axis;
use crate::canvas::{Stroke, Type, extent};
use crate::catalogue::Phrase;
use crate::figure::{About, ChartSite, Figure};
use crate::scaffold;
use crate::scene::Anchor;
use crate::sheet::{Column, Sheet, SheetPlan, SheetRow};
use crate::table::{Shown, Table, cell};
use crate::theme::{self, SiteStyle};
use groundwork_disclosure::{CellKey, Released};
use groundwork_plan::number::Unit;

/// The most rows that are read as one picture.
const MOST_ROWS: usize = 20;

/// Two sites against groups, in the order of the gap between them.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::number::Unit;
/// use groundwork_plan::site::SiteRole;
/// use groundwork_plan::text::Language;
///
/// let of = |site: &str| CellKey::total("completion", site, "2021");
/// let chart = Dumbbell {
///     about: About::new("The gap is widest for girls.", "share of families, 2021", Language::En),
///     unit: Unit::Share,
///     value_title: "Share of families".into(),
///     sites: [
///         ChartSite::new("Chiang Rai", Some(SiteRole::Origin)),
///         ChartSite::new("Nan", Some(SiteRole::Adaptation)),
///     ],
///     rows: vec![DumbbellRow { label: "Girls".into(), cells: [of("chiang_rai"), of("nan")] }],
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dumbbell {
    /// Title, description, language, width.
    pub about: About,
    /// The unit of every value.
    pub unit: Unit,
    /// The title above the dots.
    pub value_title: String,
    /// The two sites.
    pub sites: [ChartSite; 2],
    /// The groups. Those of the largest gap come first, those without one last.
    pub rows: Vec<DumbbellRow>,
}

/// One group of a [`Dumbbell`].
#[derive(Debug, Clone, PartialEq)]
pub struct DumbbellRow {
    /// The group.
    pub label: String,
    /// The cell of each site.
    pub cells: [CellKey; 2],
}

struct Row<'a> {
    spec: &'a DumbbellRow,
    shown: [Shown; 2],
}

impl Row<'_> {
    /// The two values, where both are published.
    fn values(&self) -> Option<(f64, f64)> {
        let [a, b] = &self.shown;
        Some((a.reading()?.value, b.reading()?.value))
    }

    fn gap(&self) -> Option<f64> {
        self.values().map(|(a, b)| a - b)
    }
}

impl Dumbbell {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let mut rows: Vec<Row> = self
            .rows
            .iter()
            .map(|spec| {
                let DumbbellRow { cells: [a, b], .. } = spec;
                Row { spec, shown: [cell(released, a, &self.unit), cell(released, b, &self.unit)] }
            })
            .collect();
        // What is withheld has no gap, so its place says nothing.
        rows.sort_by(|a, b| match (a.gap(), b.gap()) {
            (Some(a), Some(b)) => b.abs().total_cmp(&a.abs()),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        let sheet = self.paint(&rows);
        let mut table = Table::default();
        for row in &rows {
            for (key, shown) in row.spec.cells.iter().zip(row.shown) {
                table.cell(&row.spec.label, key, shown, &self.unit);
            }
        }
        let alt = self.describe(&rows);
        Figure::new(sheet.canvas.finish(), &self.about, &table, alt).at_most(MOST_ROWS, rows.len(), "rows")
    }

    fn paint(&self, rows: &[Row]) -> Sheet {
        let values = rows.iter().flat_map(|row| &row.shown).filter_map(|s| s.reading().map(|r| r.value));
        let axis = Axis::of_values(values, &self.unit, self.about.language);
        let words = &self.about.words;
        // Names that are too long to stand above a pair stand in a legend, and so do those that
        // no pair is there for.
        let long: f64 =
            self.sites.iter().map(|site| Type::site(&SiteStyle::of(site.role)).width(&site.name)).sum();
        let names = self.sites.iter().map(|site| site.name.as_str());
        let direct = long <= self.about.width() * 0.3 && rows.iter().any(|row| row.values().is_some());
        let legend = if direct { Vec::new() } else { scaffold::legend(names, (0.0, self.about.width())) };
        let lines = legend.last().map_or(0, |(_, _, line)| line + 1) as f64;
        let first = rows.iter().position(|row| row.values().is_some());
        let sheet_rows = rows
            .iter()
            .enumerate()
            .map(|(i, row)| {
                let [a, b] = row.shown;
                let missing: Vec<String> = row
                    .shown
                    .iter()
                    .zip(&self.sites)
                    .filter_map(|(shown, site)| Some((shown.hidden()?, site)))
                    .map(|(status, site)| format!("{}: {}", site.name, words.get(status)))
                    .collect();
                let hidden = a.hidden().filter(|_| a.hidden() == b.hidden());
                let note = if hidden.is_some() { String::new() } else { missing.join(", ") };
                // The names of the sites stand above the first pair.
                let height = if first == Some(i) && legend.is_empty() { 31.0 } else { 10.0 };
                SheetRow { hidden, note, ..SheetRow::new(&row.spec.label, height) }
            })
            .collect();
        let gaps = rows.iter().map(|row| row.gap().map_or(String::new(), |gap| self.gap_text(gap))).collect();
        let mut sheet = SheetPlan {
            about: &self.about,
            title: &self.value_title,
            rows: sheet_rows,
            columns: vec![Column::new(Phrase::Gap.text(self.about.language), gaps)],
            lead: 0.0,
            // The heads of the columns stay free.
            head: if direct { 0.0 } else { lines * scaffold::LEGEND + 16.0 },
            foot: 0.0,
            axis: &axis,
            ticks: true,
        }
        .open();
        let top = sheet.frame.top - lines * scaffold::LEGEND - 17.0;
        scaffold::paint_legend(&mut sheet.canvas, &self.sites, &legend, top);
        for (i, row) in rows.iter().enumerate() {
            let middle = sheet.middle(i);
            if let Some((a, b)) = row.values() {
                let stroke = Stroke::solid(theme::LEADER, theme::TARGET);
                sheet.canvas.line(&sheet.panel, "gap", &[(a, middle), (b, middle)], stroke);
                if first == Some(i) && direct {
                    self.paint_names(&mut sheet, (a, b), middle - 12.5);
                }
            }
            self.paint_ends(&mut sheet, row, middle);
        }
        sheet
    }

    fn gap_text(&self, gap: f64) -> String {
        self.about.difference(gap, &self.unit)
    }

    /// Dots, and their values on the outer sides.
    fn paint_ends(&self, sheet: &mut Sheet, row: &Row, middle: f64) {
        for (i, (shown, site)) in row.shown.iter().zip(&self.sites).enumerate() {
            let Some(reading) = shown.reading() else {
                continue;
            };
            let style = SiteStyle::of(site.role);
            sheet.canvas.marker(&sheet.panel, (reading.value, middle), &style, 100);
            let other = row.values().map(|(a, b)| if i == 0 { b } else { a });
            let right = other.is_none_or(|other| match reading.value == other {
                true => i == 1,
                false => reading.value > other,
            });
            let x = sheet.panel.place((reading.value, middle)).0;
            let text = self.about.value(reading.value, &self.unit);
            let (x, anchor) = if right { (x + 7.0, Anchor::Start) } else { (x - 7.0, Anchor::End) };
            let set = Type::site(&style);
            let (left, end) = extent(x, set.width(&text), anchor);
            // At an end of the scale there is no room outside.
            if left >= sheet.frame.left + 1.0 && end <= sheet.frame.right + 8.0 {
                let at = (x, middle + set.drop());
                sheet.canvas.clear(&text, at, anchor, set, theme::PAPER);
                sheet.canvas.text(&text, at, anchor, set);
            }
        }
    }

    fn paint_names(&self, sheet: &mut Sheet, (a, b): (f64, f64), baseline: f64) {
        let (left, right) = (sheet.frame.left + 1.0, sheet.frame.right + 8.0);
        let [first, second] = [0, 1].map(|i| &self.sites[i]);
        let ((low, x), (high, y)) = {
            let (x, y) = (sheet.panel.place((a, 0.0)).0, sheet.panel.place((b, 0.0)).0);
            if a <= b { ((first, x), (second, y)) } else { ((second, y), (first, x)) }
        };
        let set = |site: &ChartSite| Type::site(&SiteStyle::of(site.role));
        let half = |site: &ChartSite| set(site).width(&site.name) / 2.0;
        let gap = half(low) + half(high) + 8.0;
        let middle = f64::min(f64::max((x + y) / 2.0, left + half(low) + gap / 2.0), right);
        let mut at = (f64::min(x, middle - gap / 2.0), f64::max(y, middle + gap / 2.0));
        at.0 = f64::max(at.0, left + half(low));
        at.1 = f64::max(at.1, at.0 + gap);
        if at.1 + half(high) > right {
            at.1 = right - half(high);
            at.0 = f64::min(at.0, at.1 - gap);
        }
        for (site, x) in [(low, at.0), (high, at.1)] {
            sheet.canvas.clear(&site.name, (x, baseline), Anchor::Middle, set(site), theme::PAPER);
            sheet.canvas.text(&site.name, (x, baseline), Anchor::Middle, set(site));
        }
    }

    fn describe(&self, rows: &[Row]) -> Description {
        let mut out = Sentences::new(&self.about);
        out.opening(Phrase::DumbbellChart, None);
        for (i, row) in rows.iter().enumerate() {
            let mut parts: Vec<String> = self
                .sites
                .iter()
                .zip(&row.shown)
                .map(|(site, shown)| match shown.reading() {
                    Some(r) => format!("{} {}", site.name, self.about.value(r.value, &self.unit)),
                    None => alt::named(&site.name, shown, &self.unit, &self.about),
                })
                .collect();
            parts.extend(row.gap().map(|gap| {
                let name = Phrase::Gap.text(self.about.language).to_lowercase();
                format!("{name} {}", self.gap_text(gap))
            }));
            out.row(i, &row.spec.label, &parts);
        }
        if let Some((row, gap)) = rows.first().and_then(|row| Some((row, row.gap()?))) {
            out.find(2, Phrase::LargestGap, &[row.spec.label.trim(), &self.gap_text(gap)]);
        }
        out.hidden(rows.iter().flat_map(|row| &row.shown));
        out.finish()
    }
}
