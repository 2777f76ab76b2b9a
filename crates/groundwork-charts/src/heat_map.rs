//! Tables of shaded cells: patterns and gaps in two directions, such as villages by quarters.
//!
//! Five classes of equal width; the value is written in a cell that has room for it. What was not
//! recorded is hatched.

use crate::alt::{Description, Sentences};
use crate::axis::Axis;
use crate::canvas::{Canvas, Frame, Panel, Stroke, Type};
use crate::catalogue::Phrase;
use crate::figure::{About, Figure};
use crate::scaffold::{self, Notes};
use crate::scene::Anchor;
use crate::table::{Shown, Table, cell};
use crate::theme;
use groundwork_disclosure::{CellKey, Released, Status};
use groundwork_plan::number::{Unit, format_value, grouped};
use groundwork_plan::text::Language;

/// The least side of a cell in which its value is written, in points.
const LEAST_SIDE: f64 = 14.0;
/// The most cells that are read as one picture.
const MOST_CELLS: usize = 400;

/// Values in two directions.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::number::Unit;
/// use groundwork_plan::text::Language;
///
/// let of = |period: &str| CellKey::total("returns", "village_7", period);
/// let chart = HeatMap {
///     about: About::new("Returns are complete since autumn.", "share of returns, 2021", Language::En),
///     unit: Unit::Share,
///     columns: vec!["Q3 ’21".into(), "Q4 ’21".into()],
///     rows: vec![("Village 7".into(), vec![of("2021-Q3"), of("2021-Q4")])],
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// Title, description, language, width.
    pub about: About,
    /// The unit of every value.
    pub unit: Unit,
    /// The heads of the columns.
    pub columns: Vec<String>,
    /// The rows: what each is about, and the cell of each column.
    pub rows: Vec<(String, Vec<CellKey>)>,
}

/// Limits of five classes of equal width, from the lower end of the first.
pub(crate) struct Classes {
    limits: [f64; 6],
    texts: [String; 6],
}

impl Classes {
    /// Classes that hold published values.
    pub(crate) fn new(values: impl IntoIterator<Item = f64>, unit: &Unit, language: Language) -> Self {
        let (low, high) = Axis::close_to_values(values, unit, language).ends;
        let limits = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0].map(|i| low + (high - low) * i / 5.0);
        Self { limits, texts: limits.map(|limit| limit_text(limit, unit, language)) }
    }

    /// The colour of a value.
    pub(crate) fn colour(&self, value: f64) -> &'static str {
        let above = self.limits.iter().skip(1).take(4).filter(|limit| value >= **limit).count();
        theme::SEQUENTIAL.get(above).copied().unwrap_or(theme::SEQUENTIAL[0])
    }

    /// Height of the key, in points.
    pub(crate) const KEY: f64 = 26.0;

    /// The classes with their limits in a row, from an upper left corner.
    pub(crate) fn paint(&self, canvas: &mut Canvas, (left, top): (f64, f64), room: f64) {
        let widest = self.texts.iter().map(|t| Type::SMALL.width(t)).fold(0.0, f64::max);
        let side = f64::max(f64::min(f64::max(widest + 5.0, 24.0), (room - widest) / 5.0), 8.0);
        let page = canvas.page();
        let from = left + Type::SMALL.width(self.texts.first().map_or("", String::as_str)) / 2.0;
        for (i, colour) in theme::SEQUENTIAL.into_iter().enumerate() {
            let x = from + side * i as f64;
            let corners = [(x, top), (x + side, top + 9.0)];
            canvas.block(&page, "scale", corners, colour);
            canvas.frame(&page, "scale", corners, Stroke::solid(theme::HIDDEN, theme::HAIR));
        }
        let step = if side >= widest + 3.0 { 1 } else { 5 };
        for (i, text) in self.texts.iter().enumerate().filter(|(i, _)| i % step == 0) {
            let at = (from + side * i as f64, top + 18.5);
            canvas.text(text, at, Anchor::Middle, Type::SMALL);
        }
    }
}

/// A limit with as many decimals as equal classes need.
fn limit_text(value: f64, unit: &Unit, language: Language) -> String {
    let factor = if *unit == Unit::Share { 100.0 } else { 1.0 };
    let exact = (value * factor - (value * factor).round()).abs() < 1e-6;
    match unit {
        Unit::Share if !exact => format!("{}%", grouped(value * 100.0, 1, language)),
        Unit::Count | Unit::Amount(_) if !exact => grouped(value, 1, language),
        Unit::Amount(_) => grouped(value, 0, language),
        _ => format_value(value, unit, language),
    }
}

impl HeatMap {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let shown: Vec<Vec<Shown>> = self
            .rows
            .iter()
            .map(|(_, cells)| {
                (0..self.columns.len())
                    .map(|i| match cells.get(i) {
                        Some(key) => cell(released, key, &self.unit),
                        None => Shown::Hidden(Status::NoData),
                    })
                    .collect()
            })
            .collect();
        let canvas = self.paint(&shown);
        let mut table = Table::default();
        for ((label, keys), shown) in self.rows.iter().zip(&shown) {
            for (key, shown) in keys.iter().zip(shown) {
                table.cell(label, key, *shown, &self.unit);
            }
        }
        let cells = self.rows.len() * self.columns.len();
        let alt = self.describe(&shown);
        Figure::new(canvas.finish(), &self.about, &table, alt).at_most(MOST_CELLS, cells, "cells")
    }

    fn paint(&self, shown: &[Vec<Shown>]) -> Canvas {
        let width = self.about.width();
        let labels: Vec<Vec<String>> =
            self.rows.iter().map(|(label, _)| Type::ROW.wrap(label, width * 0.3)).collect();
        let widths = labels.iter().flatten().map(|line| Type::ROW.width(line));
        let left = widths.fold(0.0, f64::max) + 7.0;
        let count = self.columns.len().max(1) as f64;
        let side = ((width - left - 2.0) / count).clamp(3.0, 64.0);
        let values = || shown.iter().flatten().filter_map(|s| s.reading().map(|r| r.value));
        let texts = values().map(|v| Type::VALUE.width(&self.text(v))).fold(0.0, f64::max);
        let written = side >= LEAST_SIDE && side >= texts + 3.0;
        let heads = self.heads(left, side);
        let top = heads.iter().map(|(_, lines)| Type::SMALL.height(lines)).fold(0.0, f64::max) + 5.0;
        let heights: Vec<f64> =
            labels.iter().map(|lines| f64::max(Type::ROW.height(lines) + 3.0, 17.0)).collect();
        let bottom = top + heights.iter().sum::<f64>();
        let statuses = shown.iter().flatten().filter_map(Shown::hidden);
        let notes = Notes::new(statuses, &self.about.words, width);
        let key = bottom + 8.0;
        let mut canvas = Canvas::new(width, key + Classes::KEY + notes.height());
        for (i, lines) in &heads {
            let x = left + side * (*i as f64 + 0.5);
            let step = Type::SMALL.step(lines);
            for (j, line) in lines.iter().rev().enumerate() {
                canvas.text(line, (x, top - 5.0 - step * j as f64), Anchor::Middle, Type::SMALL);
            }
        }
        let classes = Classes::new(values(), &self.unit, self.about.language);
        let page = canvas.page();
        let mut y = top;
        for ((label, height), shown) in labels.iter().zip(&heights).zip(shown) {
            canvas.text_block(label, left - 6.0, y + height / 2.0, Anchor::End, Type::ROW);
            for (i, shown) in shown.iter().enumerate() {
                let x = left + side * i as f64;
                let frame = Frame { left: x, top: y, right: x + side, bottom: y + height };
                self.paint_cell(&mut canvas, &page, frame, shown, &classes, written);
            }
            y += height;
        }
        classes.paint(&mut canvas, (left, key), width - left);
        notes.paint(&mut canvas, key + Classes::KEY - 4.0);
        canvas
    }

    /// The value as it stands in a cell: its unit is in the key.
    fn text(&self, value: f64) -> String {
        match &self.unit {
            Unit::Amount(_) => grouped(value, 0, self.about.language),
            unit => self.about.value(value, unit).trim_end_matches('%').to_owned(),
        }
    }

    /// The heads that have room, in lines: every one, or every second, third, …
    fn heads(&self, left: f64, side: f64) -> Vec<(usize, Vec<String>)> {
        let width = self.about.width();
        // As wide as its columns, and not beyond the edges.
        let room = |i: usize, step: usize| {
            let x = left + side * (i as f64 + 0.5);
            2.0 * f64::min(side * step as f64 / 2.0, f64::min(x, width - x)) - 3.0
        };
        let chosen = |step: usize| -> Vec<(usize, Vec<String>)> {
            let heads = self.columns.iter().enumerate().filter(|(i, _)| i % step == 0);
            heads.map(|(i, head)| (i, Type::SMALL.wrap(head, room(i, step)))).collect()
        };
        let fits = |step: &usize| {
            self.columns.iter().enumerate().filter(|(i, _)| i % step == 0).all(|(i, head)| {
                let longest = head.split_whitespace().map(|w| Type::SMALL.width(w)).fold(0.0, f64::max);
                longest <= room(i, *step) && Type::SMALL.wrap(head, room(i, *step)).len() <= 3
            })
        };
        (1..=self.columns.len().max(1)).find(fits).map_or_else(Vec::new, chosen)
    }

    fn paint_cell(
        &self,
        canvas: &mut Canvas,
        page: &Panel,
        frame: Frame,
        shown: &Shown,
        classes: &Classes,
        written: bool,
    ) {
        let corners = [(frame.left, frame.top), (frame.right, frame.bottom)];
        let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
        match shown {
            Shown::Value(reading) => {
                let colour = classes.colour(reading.value);
                canvas.block(page, "scale", corners, colour);
                if written {
                    let set = Type { colour: theme::text_on(colour), ..Type::VALUE };
                    let at = (middle.0, middle.1 + set.drop());
                    canvas.text(&self.text(reading.value), at, Anchor::Middle, set);
                }
            }
            Shown::Hidden(status) => {
                if *status == Status::NoData {
                    scaffold::hatch(canvas, page, frame, 5.0);
                }
                if frame.width() >= 7.0 {
                    scaffold::sign(canvas, middle, *status, theme::HIDDEN);
                }
            }
        }
        canvas.frame(page, "grid", corners, Stroke::solid(theme::PAPER, theme::AXIS));
    }

    fn describe(&self, shown: &[Vec<Shown>]) -> Description {
        let mut out = Sentences::new(&self.about);
        out.opening(Phrase::HeatMapChart, None);
        let (rows, columns) = (self.about.count(self.rows.len()), self.about.count(self.columns.len()));
        out.say(1, Phrase::Grid, &[&rows, &columns]);
        let values: Vec<(String, f64)> = self
            .rows
            .iter()
            .zip(shown)
            .flat_map(|((label, _), shown)| {
                self.columns.iter().zip(shown).filter_map(move |(column, shown)| {
                    Some((format!("{label}, {column}"), shown.reading()?.value))
                })
            })
            .collect();
        out.extremes(&values, &self.unit);
        for (i, ((label, _), shown)) in self.rows.iter().zip(shown).enumerate() {
            let series: Vec<(String, Shown)> =
                self.columns.iter().cloned().zip(shown.iter().copied()).collect();
            let text = crate::trend::course(label.trim(), &series, &self.unit, self.about.language);
            out.row(i + 1, "", &[text]);
        }
        out.hidden(shown.iter().flatten());
        out.finish()
    }
}
