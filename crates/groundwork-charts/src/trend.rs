//! Trends: how indicators moved over time, in small panels side by side.
//!
//! Panels of shares have one scale, as do those of scores and those of one indicator; a count of one
//! thing is no measure of a count of another. Where nothing can be shown the line is broken, and a sign
//! below the panel says so; nothing is drawn across a gap.

mod alt;
mod layout;
mod paint;

pub(crate) use alt::course;

use crate::axis::Axis;
use crate::figure::{About, ChartSite, Figure};
use crate::table::{Reading, Shown, Table, cell};
use crate::time::Span;
use groundwork_disclosure::{CellKey, Released, Status};
use groundwork_plan::number::Unit;
use groundwork_plan::period::Period;

/// The most lines of a panel, and the most panels, that are read as one picture.
const MOST_LINES: usize = 4;
const MOST_PANELS: usize = 16;

/// Small panels of lines over periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// Title, description, language, width.
    pub about: About,
    /// The periods, from the first to the last.
    pub periods: Vec<Period>,
    /// What is written at each period; where there is none, [`period_label`] is.
    ///
    /// [`period_label`]: crate::period_label
    pub labels: Vec<String>,
    /// The panels, row by row.
    pub panels: Vec<TrendPanel>,
    /// A stretch of time to be shaded.
    pub band: Option<Band>,
    /// Moments to be ruled and named below the panels, such as adaptations of the model, and
    /// breaks in a definition.
    pub marks: Vec<Moment>,
}

/// One panel of a [`Trend`]: an indicator or a site.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendPanel {
    /// What the panel shows.
    pub title: String,
    /// The unit of its values.
    pub unit: Unit,
    /// Its lines.
    pub lines: Vec<TrendLine>,
}

/// One line of a [`TrendPanel`].
#[derive(Debug, Clone, PartialEq)]
pub struct TrendLine {
    /// The site, which names the line and decides how it looks.
    pub site: ChartSite,
    /// The cell of each period, in the order of the periods.
    pub cells: Vec<CellKey>,
}

/// A stretch of time that is shaded in every panel and named in the first.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// What happened.
    pub label: String,
    /// The first period of it, of any length.
    pub from: Period,
    /// The last period of it, of any length.
    pub to: Period,
}

/// A moment that is ruled in every panel under a letter, and named below them.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// What changed.
    pub label: String,
    /// The period at whose beginning it changed, of any length.
    pub at: Period,
}

/// A period with its place in time and the value of a line in it.
#[derive(Debug, Clone, Copy)]
struct Point {
    span: Span,
    shown: Shown,
}

/// The lines of a panel after their numbers are looked up, in the order of time.
type Lines = Vec<Vec<Point>>;

impl Trend {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let spans = self.spans();
        let read: Vec<Lines> = self
            .panels
            .iter()
            .map(|panel| {
                let line = |line: &TrendLine| self.read(released, &spans, line, &panel.unit);
                panel.lines.iter().map(line).collect()
            })
            .collect();
        let axes: Vec<Axis> =
            self.panels.iter().enumerate().map(|(at, panel)| self.axis(&read, at, &panel.unit)).collect();
        let layout = self.layout(&read, &axes, &spans);
        let canvas = self.paint(&read, &axes, &layout, &spans);
        let alt = alt::describe(self, &self.series(&read));
        let lines = self.panels.iter().map(|panel| panel.lines.len()).max().unwrap_or(0);
        Figure::new(canvas.finish(), &self.about, &self.table(released), alt)
            .at_most(MOST_LINES, lines, "lines in a panel")
            .at_most(MOST_PANELS, self.panels.len(), "panels")
    }

    /// The periods in the order of time, each with its place in the list; none twice.
    fn spans(&self) -> Vec<(usize, Span)> {
        let mut spans: Vec<(usize, Span)> =
            self.periods.iter().enumerate().map(|(i, p)| (i, Span::of(*p))).collect();
        spans.sort_by_key(|(i, span)| (span.from, span.to, *i));
        spans.dedup_by_key(|(_, span)| *span);
        spans
    }

    fn read(
        &self,
        released: &Released,
        spans: &[(usize, Span)],
        line: &TrendLine,
        unit: &Unit,
    ) -> Vec<Point> {
        let point = |(i, span): &(usize, Span)| Point {
            span: *span,
            shown: match line.cells.get(*i) {
                Some(key) => cell(released, key, unit),
                None => Shown::Hidden(Status::NoData),
            },
        };
        spans.iter().map(point).collect()
    }

    /// One axis for all panels of shares, one for all of scores, and one for each other indicator.
    fn axis(&self, read: &[Lines], at: usize, unit: &Unit) -> Axis {
        let alike = matches!(unit, Unit::Share | Unit::Score);
        let of = |panel: &TrendPanel| panel.lines.first()?.cells.first().map(|key| key.indicator.clone());
        let own = self.panels.get(at).and_then(of);
        let values = self
            .panels
            .iter()
            .zip(read)
            .filter(|(panel, _)| panel.unit == *unit && (alike || of(panel) == own))
            .flat_map(|(_, lines)| lines.iter().flatten())
            .filter_map(|point| point.shown.reading())
            .flat_map(Reading::extent);
        Axis::close_to_values(values, unit, self.about.language)
    }

    /// The label of the period at a place in the list.
    fn label(&self, i: usize) -> String {
        let given = self.labels.get(i).filter(|label| !label.trim().is_empty());
        given.cloned().unwrap_or_else(|| {
            self.periods.get(i).map_or(String::new(), |p| crate::time::period_label(*p, self.about.language))
        })
    }

    /// Values of each line with the labels of their periods, for the description.
    fn series(&self, read: &[Lines]) -> Vec<Vec<Vec<(String, Shown)>>> {
        let order: Vec<usize> = self.spans().iter().map(|(i, _)| *i).collect();
        let line =
            |points: &Vec<Point>| order.iter().zip(points).map(|(i, p)| (self.label(*i), p.shown)).collect();
        read.iter().map(|lines| lines.iter().map(line).collect()).collect()
    }

    fn table(&self, released: &Released) -> Table {
        let mut table = Table::default();
        for panel in &self.panels {
            for line in &panel.lines {
                for key in line.cells.iter().take(self.periods.len()) {
                    table.cell(&panel.title, key, cell(released, key, &panel.unit), &panel.unit);
                }
            }
        }
        table
    }
}
