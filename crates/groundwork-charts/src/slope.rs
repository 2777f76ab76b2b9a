//! Slopes: many lines between two or three moments, named at both ends, without a scale.

use crate::alt::{Description, Sentences};
use crate::canvas::{Canvas, Frame, Panel, Stroke, Type};
use crate::catalogue::Phrase;
use crate::figure::{About, ChartSite, Figure};
use crate::label::push_apart;
use crate::scaffold;
use crate::scene::Anchor;
use crate::table::{Shown, Table, cell};
use crate::theme::{self, Dash, SiteStyle};
use groundwork_disclosure::{CellKey, Released, Status};
use groundwork_plan::number::Unit;
use groundwork_plan::site::SiteRole;

/// The most lines that are read as one picture.
const MOST_LINES: usize = 12;

/// Change between two or three moments.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::number::Unit;
/// use groundwork_plan::site::SiteRole;
/// use groundwork_plan::text::Language;
///
/// let of = |period: &str| CellKey::total("completion", "nan", period);
/// let chart = Slope {
///     about: About::new("Nan is higher now.", "share of families, 2019 and 2021", Language::En),
///     unit: Unit::Share,
///     moments: vec!["2019".into(), "2021".into()],
///     lines: vec![SlopeLine {
///         site: ChartSite::new("Nan", Some(SiteRole::Adaptation)),
///         cells: vec![of("2019"), of("2021")],
///         emphasised: true,
///     }],
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Slope {
    /// Title, description, language, width.
    pub about: About,
    /// The unit of every value.
    pub unit: Unit,
    /// What is written above each moment: `Baseline 2019`, `Now`.
    pub moments: Vec<String>,
    /// The lines.
    pub lines: Vec<SlopeLine>,
}

/// One line of a [`Slope`].
#[derive(Debug, Clone, PartialEq)]
pub struct SlopeLine {
    /// What the line is of; its role decides how it looks.
    pub site: ChartSite,
    /// The cell of each moment.
    pub cells: Vec<CellKey>,
    /// Whether the line is what the chart is about. Where one is, all others are grey.
    pub emphasised: bool,
}

struct Line<'a> {
    spec: &'a SlopeLine,
    shown: Vec<Shown>,
    style: SiteStyle,
    emphasised: bool,
}

/// A label at one end: its lines, where it wants to stand, and how it is set.
type End = (Vec<String>, f64, Type);

impl Slope {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let story = self.lines.iter().any(|line| line.emphasised);
        let lines: Vec<Line> = self
            .lines
            .iter()
            .map(|spec| {
                let SlopeLine { site, cells, emphasised } = spec;
                let shown = (0..self.moments.len())
                    .map(|i| match cells.get(i) {
                        Some(key) => cell(released, key, &self.unit),
                        None => Shown::Hidden(Status::NoData),
                    })
                    .collect();
                let grey = story && !emphasised;
                let style = match grey {
                    true => SiteStyle { dash: Dash::Solid, ..SiteStyle::of(Some(SiteRole::Comparison)) },
                    false => SiteStyle::of(site.role),
                };
                Line { spec, shown, style, emphasised: !grey }
            })
            .collect();
        let canvas = self.paint(&lines);
        let mut table = Table::default();
        for line in &lines {
            for (key, shown) in line.spec.cells.iter().zip(&line.shown) {
                table.cell(&line.spec.site.name, key, *shown, &self.unit);
            }
        }
        let alt = self.describe(&lines);
        Figure::new(canvas.finish(), &self.about, &table, alt).at_most(MOST_LINES, lines.len(), "lines")
    }

    fn paint(&self, lines: &[Line]) -> Canvas {
        let width = self.about.width();
        let most = width * 0.34;
        let last = self.moments.len().saturating_sub(1);
        let set = |line: &Line| Type {
            weight: if line.emphasised { theme::BOLD } else { theme::REGULAR },
            ..Type::site(&line.style)
        };
        let text = |line: &Line, at: usize| -> Option<Vec<String>> {
            let value = self.about.value(line.shown.get(at)?.reading()?.value, &self.unit);
            Some(set(line).wrap(format!("{} {value}", line.spec.site.name).trim(), most))
        };
        let side = |at: usize| -> f64 {
            let texts = lines.iter().filter_map(|line| Some((set(line), text(line, at)?)));
            let head = self.moments.get(at).map_or(0.0, |m| Type::TITLE.width(m).min(most) / 2.0);
            texts.flat_map(|(set, t)| t.into_iter().map(move |l| set.width(&l))).fold(head - 8.0, f64::max)
        };
        let step = lines
            .iter()
            .flat_map(|line| [text(line, 0), text(line, last)].map(|t| (set(line), t)))
            .map(|(set, t)| t.map_or(0.0, |t| set.height(&t)))
            .fold(10.0, f64::max);
        let heads: Vec<Vec<String>> = {
            let room = if last == 0 { width } else { width / (last + 1) as f64 };
            self.moments.iter().map(|m| Type::TITLE.wrap(m, room - 6.0)).collect()
        };
        let head = heads.iter().map(|lines| Type::TITLE.height(lines)).fold(0.0, f64::max) + 8.0;
        let height = f64::max(150.0, step * lines.len() as f64 + 10.0);
        let missing = self.missing(lines, width);
        let below: f64 = missing.iter().map(|(lines, _)| Type::SMALL.height(lines) + 3.0).sum();
        let below = if missing.is_empty() { 0.0 } else { below + 8.0 };
        let mut canvas = Canvas::new(width, head + height + 8.0 + below);
        let frame = Frame {
            left: side(0) + 14.0,
            top: head + step / 2.0,
            right: f64::max(width - side(last) - 14.0, side(0) + 44.0),
            bottom: head + height - step / 2.0,
        };
        let values = || lines.iter().flat_map(|l| &l.shown).filter_map(|s| s.reading().map(|r| r.value));
        let (low, high) =
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let ends = self.ends(low, high);
        let plot = canvas.panel(frame, (0.0, f64::max(last as f64, 1.0)), ends);
        let page = canvas.page();
        for (i, lines) in heads.iter().enumerate() {
            let x = plot.place((i as f64, ends.0)).0;
            let stroke = Stroke::solid(theme::GRID, theme::HAIR);
            canvas.line(&page, "grid", &[(x, head), (x, head + height)], stroke);
            let wide = lines.iter().map(|line| Type::TITLE.width(line)).fold(0.0, f64::max);
            // Each head keeps to its part of the width.
            let slot = width / heads.len().max(1) as f64;
            let (from, to) = (slot * i as f64 + 2.0, slot * (i + 1) as f64 - 2.0);
            let x = f64::max(f64::min(x, to - wide / 2.0), from + wide / 2.0);
            for (j, line) in lines.iter().enumerate() {
                let baseline = Type::TITLE.size + Type::TITLE.step(lines) * j as f64;
                canvas.text(line, (x, baseline), Anchor::Middle, Type::TITLE);
            }
        }
        // What the chart is about lies above the rest.
        let mut order: Vec<&Line> = lines.iter().collect();
        order.sort_by_key(|line| line.emphasised);
        for line in order {
            paint_line(&canvas, &plot, line);
        }
        for (at, anchor) in [(0, Anchor::End), (last, Anchor::Start)] {
            if at == 0 && anchor == Anchor::Start {
                break;
            }
            let labels: Vec<End> = lines
                .iter()
                .filter_map(|line| {
                    let y = plot.place((0.0, line.shown.get(at)?.reading()?.value)).1;
                    Some((text(line, at)?, y, set(line)))
                })
                .collect();
            let x = plot.place((at as f64, ends.0)).0;
            paint_ends(
                &mut canvas,
                &labels,
                x,
                anchor,
                (head + step / 2.0, head + height - step / 2.0),
                step,
            );
        }
        let mut y = head + height + 10.0;
        for (lines, status) in missing {
            let middle = y + Type::SMALL.height(&lines) / 2.0;
            scaffold::hidden(&mut canvas, (0.0, middle), status, &lines, theme::HIDDEN);
            y += Type::SMALL.height(&lines) + 3.0;
        }
        canvas
    }

    /// The values at the upper and the lower edge. They are never so close that a small change
    /// looks like a steep one: a fifth of the whole for shares and scores, else of the largest.
    fn ends(&self, low: f64, high: f64) -> (f64, f64) {
        if low > high {
            return (1.0, 0.0);
        }
        let whole = match self.unit {
            Unit::Share | Unit::Score => 1.0,
            Unit::Count | Unit::Ratio | Unit::Amount(_) => f64::max(low.abs(), high.abs()),
        };
        let least = f64::max(whole * 0.2, 1e-6);
        let middle = (low + high) / 2.0;
        let half = f64::max(high - low, least) / 2.0;
        (middle + half, middle - half)
    }

    /// What is not shown, in words, below the plot: nothing in it may hint at the value.
    fn missing(&self, lines: &[Line], width: f64) -> Vec<(Vec<String>, Status)> {
        let mut out = Vec::new();
        for line in lines {
            for (moment, shown) in self.moments.iter().zip(&line.shown) {
                if let Some(status) = shown.hidden() {
                    let words = self.about.words.get(status);
                    let text = format!("{}, {moment}: {words}", line.spec.site.name);
                    let text = text.trim_start_matches(", ");
                    out.push((scaffold::hidden_lines(text, width), status));
                }
            }
        }
        out
    }

    fn describe(&self, lines: &[Line]) -> Description {
        let language = self.about.language;
        let mut out = Sentences::new(&self.about);
        out.opening(Phrase::SlopeChart, None);
        let mut order: Vec<&Line> = lines.iter().collect();
        order.sort_by_key(|line| !line.emphasised);
        for (i, line) in order.iter().enumerate() {
            let series: Vec<(String, Shown)> =
                self.moments.iter().cloned().zip(line.shown.iter().copied()).collect();
            let text = crate::trend::course(&line.spec.site.name, &series, &self.unit, language);
            out.row(i, "", &[text]);
        }
        let changes: Vec<(f64, f64)> = lines
            .iter()
            .filter_map(|line| match line.shown.as_slice() {
                [first, .., last] => Some((first.reading()?.value, last.reading()?.value)),
                _ => None,
            })
            .collect();
        let rise = self.about.count(changes.iter().filter(|(first, last)| last > first).count());
        let fall = self.about.count(changes.iter().filter(|(first, last)| last < first).count());
        if changes.len() > 1 {
            out.find(2, Phrase::Rising, &[&rise, &self.about.count(changes.len()), &fall]);
        }
        out.hidden(lines.iter().flat_map(|line| &line.shown));
        out.finish()
    }
}

/// A line between neighbouring moments that both have a value, and its signs.
fn paint_line(canvas: &Canvas, plot: &Panel, line: &Line) {
    let role = format!("line {}", line.style.role);
    let width = if line.emphasised { theme::TARGET } else { theme::AXIS };
    let stroke = Stroke { width, ..Stroke::of(&line.style) };
    let at = |i: usize| Some((i as f64, line.shown.get(i)?.reading()?.value));
    for i in 1..line.shown.len() {
        if let (Some(from), Some(to)) = (at(i - 1), at(i)) {
            canvas.line(plot, &role, &[from, to], stroke);
        }
    }
    for i in 0..line.shown.len() {
        if let Some(point) = at(i) {
            canvas.marker(plot, point, &line.style, if line.emphasised { 95 } else { 70 });
        }
    }
}

/// Names and values beside one end, pushed apart where they would touch.
fn paint_ends(
    canvas: &mut Canvas,
    labels: &[End],
    x: f64,
    anchor: Anchor,
    (top, bottom): (f64, f64),
    step: f64,
) {
    let wanted: Vec<f64> = labels.iter().map(|(_, y, _)| *y).collect();
    let places = push_apart(&wanted, step, top, bottom);
    let out = if anchor == Anchor::End { -1.0 } else { 1.0 };
    let page = canvas.page();
    for ((lines, y, set), at) in labels.iter().zip(places) {
        if (at - y).abs() > step / 2.0 {
            let stroke = Stroke { dash: Dash::Dotted, ..Stroke::solid(theme::LEADER, theme::HAIR) };
            let ends = [(x + 4.5 * out, *y), (x + 10.0 * out, at)];
            canvas.line(&page, "leader", &ends, stroke);
        }
        canvas.text_block(lines, x + 12.0 * out, at, anchor, *set);
    }
}
