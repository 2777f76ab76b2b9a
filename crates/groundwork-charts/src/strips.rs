//! Strips: every village as a dot, so that the spread behind a mean is seen.
//!
//! Up to sixty dots are drawn as they are, moved up and down where they would cover each other;
//! of more, the middle half, the range of the middle four fifths and the median are drawn.

use crate::alt::{self, Description, Sentences};
use crate::axis::Axis;
use crate::canvas::{Stroke, Type};
use crate::catalogue::Phrase;
use crate::figure::{About, ChartSite, Figure};
use crate::scene::Anchor;
use crate::sheet::{Column, Sheet, SheetPlan, SheetRow};
use crate::table::{Shown, Table, cell};
use crate::theme::{self, SiteStyle};
use groundwork_disclosure::{CellKey, Released};
use groundwork_plan::number::Unit;

/// The most dots that are drawn one by one.
const MOST_DOTS: usize = 60;
/// The most strips that are read as one picture.
const MOST_ROWS: usize = 12;
/// Distance of two dots, and height of a strip, in points.
const DOT: f64 = 5.4;
const STRIP: f64 = 30.0;

/// Many values in each of several groups.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::number::Unit;
/// use groundwork_plan::site::SiteRole;
/// use groundwork_plan::text::Language;
///
/// let village = |id: &str| (id.to_owned(), CellKey::total("completion", id, "2021"));
/// let chart = Strips {
///     about: About::new("Villages differ more than sites.", "share of families, 2021", Language::En),
///     unit: Unit::Share,
///     value_title: "Share of families, one dot a village".into(),
///     rows: vec![Strip {
///         site: ChartSite::new("Nan", Some(SiteRole::Adaptation)),
///         cells: ["village_7", "village_8"].map(village).to_vec(),
///     }],
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Strips {
    /// Title, description, language, width.
    pub about: About,
    /// The unit of every value.
    pub unit: Unit,
    /// The title above the strips: `Share of households, one dot a village`.
    pub value_title: String,
    /// The strips, from the top.
    pub rows: Vec<Strip>,
}

/// One strip of [`Strips`].
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// The site, which names the strip and decides how it looks.
    pub site: ChartSite,
    /// One cell for each dot, with the name of what it stands for.
    pub cells: Vec<(String, CellKey)>,
}

struct Row<'a> {
    spec: &'a Strip,
    shown: Vec<Shown>,
    /// The published values, in order.
    values: Vec<f64>,
}

/// The value below which a share of ordered values lies, between neighbours in proportion (type 7
/// of Hyndman and Fan 1996).
fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let at = share * last as f64;
    let (low, high) = (values.get(at.floor() as usize)?, values.get((at.floor() as usize + 1).min(last))?);
    Some(low + (at - at.floor()) * (high - low))
}

impl Strips {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let rows: Vec<Row> = self
            .rows
            .iter()
            .map(|spec| {
                let Strip { cells, .. } = spec;
                let shown: Vec<Shown> =
                    cells.iter().map(|(_, key)| cell(released, key, &self.unit)).collect();
                let mut values: Vec<f64> =
                    shown.iter().filter_map(|s| s.reading().map(|r| r.value)).collect();
                values.sort_by(f64::total_cmp);
                Row { spec, shown, values }
            })
            .collect();
        let sheet = self.paint(&rows);
        let mut table = Table::default();
        for row in &rows {
            for ((name, key), shown) in row.spec.cells.iter().zip(&row.shown) {
                table.cell(name, key, *shown, &self.unit);
            }
        }
        let alt = self.describe(&rows);
        Figure::new(sheet.canvas.finish(), &self.about, &table, alt).at_most(MOST_ROWS, rows.len(), "strips")
    }

    fn paint(&self, rows: &[Row]) -> Sheet {
        let axis = Axis::of_values(
            rows.iter().flat_map(|row| row.values.iter().copied()),
            &self.unit,
            self.about.language,
        );
        let language = self.about.language;
        let many = rows.iter().any(|row| row.values.len() > MOST_DOTS);
        let sheet_rows = rows
            .iter()
            .map(|row| {
                // How many are not shown says nothing of what they are.
                let mut counts: Vec<(groundwork_disclosure::Status, usize)> = Vec::new();
                for status in row.shown.iter().filter_map(Shown::hidden) {
                    match counts.iter_mut().find(|(seen, _)| *seen == status) {
                        Some((_, count)) => *count += 1,
                        None => counts.push((status, 1)),
                    }
                }
                counts.sort();
                let words = |(status, count): &(_, usize)| {
                    format!("{} {}", self.about.count(*count), self.about.words.get(*status))
                };
                let parts: Vec<String> = counts.iter().map(words).collect();
                let hidden = row.shown.iter().find_map(Shown::hidden).filter(|_| row.values.is_empty());
                SheetRow {
                    note: if hidden.is_some() { String::new() } else { parts.join(", ") },
                    set: Type { size: theme::LABEL, ..Type::site(&SiteStyle::of(row.spec.site.role)) },
                    hidden,
                    ..SheetRow::new(&row.spec.site.name, STRIP)
                }
            })
            .collect();
        let medians = rows
            .iter()
            .map(|row| quantile(&row.values, 0.5).map_or(String::new(), |v| self.about.value(v, &self.unit)));
        let mut sheet = SheetPlan {
            about: &self.about,
            title: &self.value_title,
            rows: sheet_rows,
            columns: vec![Column::new(Phrase::MedianOf.text(language), medians.collect())],
            lead: 0.0,
            head: 0.0,
            foot: if many { 26.0 } else { 0.0 },
            axis: &axis,
            ticks: true,
        }
        .open();
        for (i, row) in rows.iter().enumerate() {
            let middle = sheet.middle(i);
            let style = SiteStyle::of(row.spec.site.role);
            if row.values.len() <= MOST_DOTS {
                paint_dots(&sheet, &row.values, middle, &style);
            } else {
                paint_quantiles(&sheet, &row.values, middle, &style);
            }
            if let Some(median) = quantile(&row.values, 0.5).filter(|_| row.values.len() > 2) {
                let ends = [(median, middle - STRIP / 2.0), (median, middle + STRIP / 2.0)];
                let stroke = Stroke::solid(theme::EMPHASIS, theme::LINE);
                sheet.canvas.line(&sheet.panel, "median", &ends, stroke);
            }
        }
        if many {
            let note = Phrase::MiddleHalf.text(language);
            let left = sheet.frame.left;
            let lines = Type::SMALL.wrap(note, self.about.width() - left);
            for (i, line) in lines.iter().take(2).enumerate() {
                sheet.canvas.text(line, (left, sheet.foot + 11.0 * i as f64), Anchor::Start, Type::SMALL);
            }
        }
        sheet
    }

    fn describe(&self, rows: &[Row]) -> Description {
        let language = self.about.language;
        let mut out = Sentences::new(&self.about);
        out.opening(Phrase::StripsChart, None);
        for (i, row) in rows.iter().enumerate() {
            let text = match (row.values.first(), row.values.last(), quantile(&row.values, 0.5)) {
                (Some(low), Some(high), Some(median)) => {
                    let count = self.about.count(row.values.len());
                    let [low, high, median] = [*low, *high, median].map(|v| self.about.value(v, &self.unit));
                    let range = Phrase::RangeOf.fill(language, &[&count, &low, &high]);
                    format!("{range}, {} {median}", Phrase::MedianOf.text(language))
                }
                _ => row
                    .shown
                    .first()
                    .map_or(String::new(), |shown| alt::named("", shown, &self.unit, &self.about)),
            };
            out.stands_out(&format!("{} {text}", row.spec.site.name.trim()));
            out.row(i, &row.spec.site.name, &[text]);
        }
        out.hidden(rows.iter().flat_map(|row| &row.shown));
        out.finish()
    }
}

/// Dots side by side: each in the nearest of the lanes in which it covers no other.
fn paint_dots(sheet: &Sheet, values: &[f64], middle: f64, style: &SiteStyle) {
    let lanes = [0.0, -1.0, 1.0, -2.0, 2.0].map(|lane| lane * DOT);
    let mut taken = [f64::NEG_INFINITY; 5];
    for value in values {
        let x = sheet.panel.place((*value, middle)).0;
        let free = taken.iter().position(|last| x - last >= DOT);
        // Where all lanes are taken, the one that was left longest ago.
        let oldest = || (0..taken.len()).min_by(|a, b| taken[*a].total_cmp(&taken[*b])).unwrap_or(0);
        let lane = free.unwrap_or_else(oldest);
        taken[lane] = x;
        sheet.canvas.marker(&sheet.panel, (*value, middle + lanes[lane]), style, 70);
    }
}

/// The middle half as a surface, the middle four fifths as a line.
fn paint_quantiles(sheet: &Sheet, values: &[f64], middle: f64, style: &SiteStyle) {
    let at = |share: f64| quantile(values, share).unwrap_or(0.0);
    let ends = [(at(0.1), middle), (at(0.9), middle)];
    let role = format!("range {}", style.role);
    sheet.canvas.line(&sheet.panel, &role, &ends, Stroke::solid(style.mark, theme::LINE));
    let (low, high) = (at(0.25), at(0.75));
    let corners = [(low, middle - 7.0), (high, middle + 7.0)];
    let stroke = Stroke { width: theme::AXIS, ..Stroke::of(style) };
    sheet.canvas.outline(&sheet.panel, &format!("half {}", style.role), corners, stroke);
    let surface = [(low, middle - 7.0), (high, middle - 7.0), (high, middle + 7.0), (low, middle + 7.0)];
    sheet.canvas.surface(&sheet.panel, "ribbon", &surface, style.mark, theme::RIBBON_ALPHA);
}
