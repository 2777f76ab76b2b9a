//! Bars against targets: what was reached, and what was planned.
//!
//! Bars begin at zero. The colour says which site it is and never whether the target is met;
//! that is read off the distance of two marks on one scale.

use crate::alt::{self, Description, Sentences};
use crate::axis::Axis;
use crate::canvas::{Canvas, Frame, Panel, Stroke, Type, extent};
use crate::catalogue::Phrase;
use crate::figure::{About, ChartSite, Figure};
use crate::scaffold;
use crate::scene::Anchor;
use crate::table::{Reading, Shown, Table, cell};
use crate::theme::{self, SiteStyle};
use groundwork_disclosure::{CellKey, Released};
use groundwork_plan::number::Unit;

/// Actual values against targets, one bar a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Bullet {
    /// Title, description, language, width.
    pub about: About,
    /// The unit of every value and every target.
    pub unit: Unit,
    /// The title above the bars: `People reached, October–December 2021`.
    pub value_title: String,
    /// What a target is called: `Target`.
    pub target_word: String,
    /// The rows, from the top.
    pub rows: Vec<BulletRow>,
}

/// One row of a [`Bullet`].
#[derive(Debug, Clone, PartialEq)]
pub struct BulletRow {
    /// What the row is about.
    pub label: String,
    /// The site, which decides how the bar looks. It is named when the rows are of several sites.
    pub site: ChartSite,
    /// The actual value.
    pub cell: CellKey,
    /// What was planned, in the unit; shares are fractions. It comes from the plan, not from
    /// people, so it is not withheld.
    pub target: Option<f64>,
    /// What the path to the target expects by now, a light band from zero.
    pub expected: Option<f64>,
}

/// The most rows that are read as one picture.
const MOST_ROWS: usize = 20;
/// Height of a bar, in points.
const BAR: f64 = 9.0;
/// Room around a bar and the name of its target, in points.
const PAD: f64 = 10.0;

/// A row after its number is looked up.
struct Row<'a> {
    spec: &'a BulletRow,
    label: Vec<String>,
    site: Vec<String>,
    shown: Shown,
    target: Option<f64>,
    expected: Option<f64>,
    words: Vec<String>,
    /// Height of the name of the target, and of the row, in points.
    head: f64,
    height: f64,
}

impl Bullet {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let rows = self.read(released);
        let readings = || rows.iter().filter_map(|row| row.shown.reading());
        let values = readings().flat_map(Reading::extent);
        let planned = rows.iter().flat_map(|row| [row.target, row.expected]).flatten();
        let axis = Axis::of_values(values.chain(planned), &self.unit, self.about.language);
        let width = self.about.width();
        let column = readings()
            .map(|r| Type::VALUE.width(&r.text(&self.unit, self.about.language)))
            .fold(0.0, f64::max);
        let labels = rows.iter().flat_map(|row| {
            let label = row.label.iter().map(|line| Type::ROW.width(line));
            let style = SiteStyle::of(row.spec.site.role);
            label.chain(row.site.iter().map(move |line| Type::site(&style).width(line)))
        });
        let label_width = labels.fold(0.0, f64::max);
        let left = if label_width > 0.0 { label_width + 11.0 } else { 8.0 };
        let last = axis.ticks.last().map_or(0.0, |(_, text)| Type::SMALL.width(text) / 2.0 + 1.0);
        let beside = width - column - f64::max(12.0, last + 4.0);
        let (right, column) =
            if column > 0.0 && beside - left >= 80.0 { (beside, Some(width)) } else { (width - last, None) };
        let canvas = self.paint(rows.as_slice(), &axis, (left, right), column);
        Figure::new(canvas.finish(), &self.about, &self.table(&rows), self.describe(&rows)).at_most(
            MOST_ROWS,
            rows.len(),
            "rows",
        )
    }

    fn read<'a>(&'a self, released: &Released) -> Vec<Row<'a>> {
        let width = self.about.width();
        let first = self.rows.first().map(|row| &row.site.name);
        let several = self.rows.iter().any(|row| Some(&row.site.name) != first);
        let row = |spec: &'a BulletRow| {
            let shown = cell(released, &spec.cell, &self.unit);
            let target = spec.target.filter(|target| target.abs() < 1e15);
            let expected = spec.expected.filter(|expected| expected.abs() < 1e15);
            let label = Type::ROW.wrap(&spec.label, width * 0.34);
            let set = Type::site(&SiteStyle::of(spec.site.role));
            let site = match several && !spec.site.name.is_empty() {
                true => set.wrap(&spec.site.name, width * 0.34),
                false => Vec::new(),
            };
            let words = match shown.hidden() {
                Some(status) => scaffold::hidden_lines(self.about.words.get(status), width * 0.5),
                None => Vec::new(),
            };
            let head = if target.is_some() { Type::SMALL.leading(&self.target_word) } else { 0.0 };
            let beside = Type::ROW.height(&label) + set.height(&site);
            let bar = f64::max(BAR, Type::SMALL.height(&words));
            let height = f64::max(head + bar + PAD, beside + 6.0);
            Row { spec, label, site, shown, target, expected, words, head, height }
        };
        self.rows.iter().map(row).collect()
    }

    fn paint(&self, rows: &[Row], axis: &Axis, (left, right): (f64, f64), column: Option<f64>) -> Canvas {
        let width = self.about.width();
        let title = Type::TITLE.wrap(&self.value_title, width - left);
        let top = scaffold::title_height(&title) + 6.0;
        let bottom = top + rows.iter().map(|row| row.height).sum::<f64>().max(BAR);
        let key = match rows.iter().any(|row| row.expected.is_some()) {
            true => Type::SMALL.wrap(Phrase::Expected.text(self.about.language), width - left - 16.0),
            false => Vec::new(),
        };
        let foot = if key.is_empty() { 0.0 } else { Type::SMALL.height(&key) + 3.0 };
        let mut canvas = Canvas::new(width, bottom + 16.0 + foot);
        scaffold::title(&mut canvas, &title, left, 0.0);
        for (i, line) in key.iter().enumerate() {
            let y = bottom + 25.0 + Type::SMALL.step(&key) * i as f64;
            if i == 0 {
                canvas.block(
                    &canvas.page(),
                    "expected",
                    [(left, y - 6.5), (left + 11.0, y + 0.5)],
                    theme::LIGHT,
                );
            }
            canvas.text(line, (left + 16.0, y), Anchor::Start, Type::SMALL);
        }
        let frame = Frame { left, top, right, bottom };
        let panel = canvas.panel(frame, axis.ends, (top, bottom));
        let page = canvas.page();
        let mut y = top;
        for row in rows.iter().take(rows.len().saturating_sub(1)) {
            y += row.height;
            let across = [(0.0, y), (right, y)];
            canvas.line(&page, "row", &across, Stroke::solid(theme::ROW, theme::HAIR));
        }
        scaffold::grid(&canvas, &panel, frame, axis);
        scaffold::ticks_below(&mut canvas, &panel, axis, bottom + 11.0, (left - 8.0, width));
        let mut y = top;
        for row in rows {
            self.paint_row(&mut canvas, &panel, frame, row, y, column);
            y += row.height;
        }
        // Over the bars, which would cover half of it.
        let null = [(axis.null, top), (axis.null, bottom)];
        canvas.line(&panel, "null", &null, Stroke::solid(theme::EMPHASIS, theme::AXIS));
        canvas
    }

    fn paint_row(
        &self,
        canvas: &mut Canvas,
        panel: &Panel,
        frame: Frame,
        row: &Row,
        top: f64,
        column: Option<f64>,
    ) {
        let style = SiteStyle::of(row.spec.site.role);
        let bar = f64::max(BAR, Type::SMALL.height(&row.words));
        // The bar with the name of its target is in the middle of the row.
        let upper = top + (row.height - row.head - bar) / 2.0 + row.head;
        let middle = upper + bar / 2.0;
        paint_labels(canvas, row, &style, frame.left - 9.0, top + row.height / 2.0);
        if let Some(expected) = row.expected {
            let corners = [(0.0, upper - 2.5), (expected, upper + bar + 2.5)];
            canvas.block(panel, "expected", corners, theme::LIGHT);
        }
        if let Shown::Value(reading) = &row.shown {
            scaffold::bar(canvas, panel, reading.value, (middle - BAR / 2.0, middle + BAR / 2.0), &style);
            scaffold::bar_interval(canvas, panel, reading, middle);
            if let Some(right) = column {
                let at = (right, middle + Type::VALUE.drop());
                canvas.text(&reading.text(&self.unit, self.about.language), at, Anchor::End, Type::VALUE);
            }
        }
        let place = row.target.map(|target| panel.place((target, middle)).0);
        if let Some(target) = row.target {
            let ends = [(target, upper - 3.0), (target, upper + bar + 3.0)];
            canvas.line(panel, "target", &ends, Stroke::solid(theme::EMPHASIS, theme::TARGET));
        }
        if let Shown::Hidden(status) = &row.shown {
            // Beside the target, on whichever side there is room.
            let wide = row.words.iter().map(|l| Type::SMALL.width(l)).fold(0.0, f64::max) + 14.0;
            let left = match place {
                Some(x) if x < frame.left + wide && x + 4.0 + wide <= frame.right => x + 2.0,
                _ => frame.left,
            };
            scaffold::hidden(canvas, (left, middle), *status, &row.words, style.mark);
        }
        let (Some(target), Some(x)) = (row.target, place) else {
            return;
        };
        let text = self.target_text(target);
        let half = Type::SMALL.width(&text) / 2.0;
        let (from, to) = (frame.left + 2.0, self.about.width());
        let x = f64::max(f64::min(x, to - half), from + half);
        let baseline = upper - 5.0;
        canvas.clear(&text, (x, baseline), Anchor::Middle, Type::SMALL, theme::PAPER);
        let (begin, _) = extent(x, 2.0 * half, Anchor::Middle);
        canvas.text(&text, (begin, baseline), Anchor::Start, Type::SMALL);
    }

    fn target_text(&self, target: f64) -> String {
        let value = self.about.value(target, &self.unit);
        match self.target_word.trim() {
            "" => value,
            word => format!("{word} {value}"),
        }
    }

    fn table(&self, rows: &[Row]) -> Table {
        let mut table = Table::default();
        for row in rows {
            table.cell(&row.spec.label, &row.spec.cell, row.shown, &self.unit);
            if let Some(target) = row.target {
                table.target("target", &row.spec.label, &row.spec.cell, target, &self.unit);
            }
            if let Some(expected) = row.expected {
                table.target("expected", &row.spec.label, &row.spec.cell, expected, &self.unit);
            }
        }
        table
    }

    fn describe(&self, rows: &[Row]) -> Description {
        let mut out = Sentences::new(&self.about);
        let language = self.about.language;
        let shown = || rows.iter().map(|row| &row.shown);
        out.opening(Phrase::BarsAgainstTargets, alt::level(shown()));
        for (i, row) in rows.iter().enumerate() {
            let name = if row.site.is_empty() { "" } else { row.spec.site.name.trim() };
            let mut parts = vec![alt::named(name, &row.shown, &self.unit, &self.about)];
            parts.extend(
                row.target
                    .map(|target| Phrase::TargetOf.fill(language, &[&self.about.value(target, &self.unit)])),
            );
            out.row(i, &row.spec.label, &parts);
        }
        let pairs: Vec<(f64, f64)> =
            rows.iter().filter_map(|row| Some((row.shown.reading()?.value, row.target?))).collect();
        let (above, all) = (pairs.iter().filter(|(value, target)| value >= target).count(), pairs.len());
        if all > 1 {
            out.find(2, Phrase::AboveTargets, &[&self.about.count(above), &self.about.count(all)]);
        }
        out.hidden(shown());
        out.finish()
    }
}

/// The label of a row and the name of its site below it, around a middle height.
fn paint_labels(canvas: &mut Canvas, row: &Row, style: &SiteStyle, right: f64, middle: f64) {
    let set = Type::site(style);
    let label = Type::ROW.height(&row.label);
    let site = set.height(&row.site);
    canvas.text_block(&row.label, right, middle - site / 2.0, Anchor::End, Type::ROW);
    canvas.text_block(&row.site, right, middle + label / 2.0, Anchor::End, set);
}
