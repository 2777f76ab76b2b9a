//! Sparklines: lines small enough for the cell of a table, all of one column on one scale.

use crate::alt::{Description, Sentences};
use crate::axis::Axis;
use crate::canvas::{Canvas, Frame, Stroke, Type};
use crate::catalogue::Phrase;
use crate::figure::{About, ChartSite, Figure};
use crate::scaffold;
use crate::scene::Anchor;
use crate::table::{Shown, Table, cell};
use crate::theme::{self, SiteStyle};
use groundwork_disclosure::{CellKey, Released};
use groundwork_plan::number::Unit;

/// Height of a line, in points.
const HEIGHT: f64 = 16.0;

/// One column of small lines.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::number::Unit;
/// use groundwork_plan::site::SiteRole;
/// use groundwork_plan::text::Language;
///
/// let of = |period: &str| CellKey::total("completion", "nan", period);
/// let chart = Sparklines {
///     about: About::new("The last quarters.", "share of families", Language::En),
///     unit: Unit::Share,
///     cell_width_pt: 80.0,
///     with_value: true,
///     periods: vec!["Q3 ’21".into(), "Q4 ’21".into()],
///     lines: vec![Sparkline {
///         label: "Completion".into(),
///         site: ChartSite::new("Nan", Some(SiteRole::Adaptation)),
///         cells: vec![of("2021-Q3"), of("2021-Q4")],
///     }],
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sparklines {
    /// Language, what is shown, and a title, which names the lines and is not drawn.
    pub about: About,
    /// The unit of every value.
    pub unit: Unit,
    /// Width of a line with its last value, in points. Kept between 40 and 200.
    pub cell_width_pt: f64,
    /// Whether the last value is written beside the line; it is not where it stands in another cell.
    pub with_value: bool,
    /// What each value is called in the descriptions: its period.
    pub periods: Vec<String>,
    /// The lines.
    pub lines: Vec<Sparkline>,
}

/// One line of [`Sparklines`].
#[derive(Debug, Clone, PartialEq)]
pub struct Sparkline {
    /// What the line is of.
    pub label: String,
    /// The site, which decides how it looks.
    pub site: ChartSite,
    /// The cells, from the first to the last, such as the last eight quarters.
    pub cells: Vec<CellKey>,
}

impl Sparklines {
    /// Draws every line from released numbers, in their order.
    pub fn draw(&self, released: &Released) -> Vec<Figure> {
        let read = |line: &Sparkline| -> Vec<Shown> {
            line.cells.iter().map(|key| cell(released, key, &self.unit)).collect()
        };
        let shown: Vec<Vec<Shown>> = self.lines.iter().map(read).collect();
        let values = shown.iter().flatten().filter_map(|s| s.reading().map(|r| r.value));
        let axis = Axis::close_to_values(values, &self.unit, self.about.language);
        // The last values stand below each other.
        let last = |shown: &Vec<Shown>| {
            shown.last().and_then(Shown::reading).map(|r| self.about.value(r.value, &self.unit))
        };
        let room = shown
            .iter()
            .filter_map(last)
            .filter(|_| self.with_value)
            .map(|t| Type::SMALL.width(&t))
            .fold(9.0, f64::max);
        self.lines
            .iter()
            .zip(&shown)
            .map(|(line, shown)| {
                let canvas = self.paint(line, shown, &axis, room);
                let mut table = Table::default();
                for (key, shown) in line.cells.iter().zip(shown) {
                    table.cell(&line.label, key, *shown, &self.unit);
                }
                let title = format!("{}: {}", line.label.trim(), self.about.title.trim());
                let about = About { captioned: false, title, ..self.about.clone() };
                Figure::new(canvas.finish(), &about, &table, self.describe(line, shown))
            })
            .collect()
    }

    fn paint(&self, line: &Sparkline, shown: &[Shown], axis: &Axis, room: f64) -> Canvas {
        let wish = if self.cell_width_pt.is_finite() { self.cell_width_pt.clamp(40.0, 200.0) } else { 80.0 };
        let width = f64::max(wish, room + 30.0);
        let mut canvas = Canvas::new(width, HEIGHT);
        let frame = Frame { left: 3.0, top: 3.0, right: width - room - 7.0, bottom: HEIGHT - 3.0 };
        let (low, high) = axis.ends;
        let end = f64::max(shown.len().saturating_sub(1) as f64, 1.0);
        let plot = canvas.panel(frame, (0.0, end), (high, low));
        let style = SiteStyle::of(line.site.role);
        // Lines without gaps.
        let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
        for (i, shown) in shown.iter().enumerate() {
            match (shown.reading(), runs.last_mut()) {
                (Some(reading), Some(run)) => run.push((i as f64, reading.value)),
                _ => runs.push(Vec::new()),
            }
        }
        let role = format!("line {}", style.role);
        for run in &runs {
            match run.as_slice() {
                [] => {}
                // A value alone is as wide as half a period.
                [(x, y)] => {
                    let ends = [(x - 0.25, *y), (x + 0.25, *y)];
                    canvas.line(&plot, &role, &ends, Stroke { width: theme::AXIS, ..Stroke::of(&style) });
                }
                run => canvas.line(&plot, &role, run, Stroke { width: theme::AXIS, ..Stroke::of(&style) }),
            }
        }
        match shown.last() {
            Some(Shown::Value(reading)) => {
                canvas.marker(&plot, (end.min((shown.len() - 1) as f64), reading.value), &style, 65);
                if !self.with_value {
                    return canvas;
                }
                let set = Type { colour: style.text, ..Type::SMALL };
                let text = self.about.value(reading.value, &self.unit);
                canvas.text(&text, (width, HEIGHT / 2.0 + set.drop()), Anchor::End, set);
            }
            Some(Shown::Hidden(status)) => {
                scaffold::sign(&canvas, (width - room / 2.0, HEIGHT / 2.0), *status, theme::HIDDEN);
            }
            None => {}
        }
        canvas
    }

    fn describe(&self, line: &Sparkline, shown: &[Shown]) -> Description {
        let mut out = Sentences::new(&self.about);
        out.opening(Phrase::SparklineChart, None);
        let labels = self.periods.iter().cloned().chain(std::iter::repeat(String::new()));
        let series: Vec<(String, Shown)> = labels.zip(shown.iter().copied()).collect();
        let text = crate::trend::course(line.label.trim(), &series, &self.unit, self.about.language);
        out.stands_out(&text);
        out.row(0, "", &[text]);
        out.hidden(shown);
        out.finish()
    }
}
