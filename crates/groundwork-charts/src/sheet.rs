//! Rows from the top with labels at the left, a plot in the middle and columns of text at the
//! right: the frame of every chart that has one line for each thing.

use crate::axis::Axis;
use crate::canvas::{Canvas, Frame, Panel, Stroke, Type};
use crate::figure::About;
use crate::scaffold;
use crate::scene::Anchor;
use crate::theme;
use groundwork_disclosure::Status;

/// Room above and below the marks of a row together, in points.
const PAD: f64 = 9.0;
/// Least width of a plot beside columns of text, in points.
const LEAST_PLOT: f64 = 110.0;
/// Room before a column, in points.
const GAP: f64 = 12.0;

/// One row before it is placed.
#[derive(Debug, Clone)]
pub(crate) struct SheetRow {
    /// What the row is about.
    pub(crate) label: String,
    /// A second, quiet line: `n = 412`.
    pub(crate) note: String,
    /// How the label is set.
    pub(crate) set: Type,
    /// How far the label is moved in, in points; labels of rows that are moved in stand at the
    /// left.
    pub(crate) indent: f64,
    /// The height that the marks need, in points.
    pub(crate) height: f64,
    /// Why nothing is drawn.
    pub(crate) hidden: Option<Status>,
}

impl SheetRow {
    /// A row of a height in points.
    pub(crate) fn new(label: &str, height: f64) -> Self {
        Self {
            label: label.to_owned(),
            note: String::new(),
            set: Type::ROW,
            indent: 0.0,
            height,
            hidden: None,
        }
    }

    fn lines(&self, width: f64) -> (Vec<String>, Vec<String>) {
        let wrap = |set: Type, text: &str| match text.trim() {
            "" => Vec::new(),
            text => set.wrap(text, f64::max(width - self.indent, 24.0)),
        };
        (wrap(self.set, &self.label), wrap(Type::SMALL, &self.note))
    }
}

/// A column of text at the right: its head, and a text for each row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Column {
    pub(crate) head: String,
    pub(crate) cells: Vec<String>,
}

impl Column {
    /// A column of a head and a text for each row.
    pub(crate) fn new(head: &str, cells: Vec<String>) -> Self {
        Self { head: head.to_owned(), cells }
    }

    fn width(&self) -> f64 {
        let cells = self.cells.iter().map(|text| Type::VALUE.width(text)).fold(0.0, f64::max);
        // A long head is broken rather than let the column grow.
        let words = self.head.split_whitespace().map(|word| Type::SMALL.width(word)).fold(0.0, f64::max);
        f64::max(cells, f64::min(words, 60.0))
    }
}

/// The parts of a chart of rows before they are placed.
pub(crate) struct SheetPlan<'a> {
    pub(crate) about: &'a About,
    /// The title above the plot.
    pub(crate) title: &'a str,
    pub(crate) rows: Vec<SheetRow>,
    /// Columns at the right, of which the last are left out where there is no room.
    pub(crate) columns: Vec<Column>,
    /// Width between the labels and the plot, in points.
    pub(crate) lead: f64,
    /// Height between the title and the plot, and below the ticks, in points.
    pub(crate) head: f64,
    pub(crate) foot: f64,
    /// The horizontal axis; its grid and its ticks are drawn.
    pub(crate) axis: &'a Axis,
    /// Whether its ticks are written.
    pub(crate) ticks: bool,
}

/// A chart of rows of which everything but the marks is drawn.
pub(crate) struct Sheet {
    pub(crate) canvas: Canvas,
    /// The plot: values from left to right, points from top to bottom.
    pub(crate) panel: Panel,
    /// Points from left to right and from top to bottom.
    pub(crate) page: Panel,
    pub(crate) frame: Frame,
    /// Left edge of what stands between labels and plot.
    pub(crate) lead: f64,
    /// Upper edge and height of every row.
    pub(crate) rows: Vec<(f64, f64)>,
    /// The baseline of what stands below the ticks.
    pub(crate) foot: f64,
}

impl Sheet {
    /// The middle height of a row, in points.
    pub(crate) fn middle(&self, row: usize) -> f64 {
        self.rows.get(row).map_or(0.0, |(top, height)| top + height / 2.0)
    }
}

impl SheetPlan<'_> {
    /// Places everything and draws what is not a mark.
    pub(crate) fn open(self) -> Sheet {
        let width = self.about.width();
        let most = width * 0.34;
        let wide = self.rows.iter().map(|row| {
            let (label, note) = row.lines(most);
            let label = label.iter().map(|line| row.set.width(line));
            row.indent + label.chain(note.iter().map(|line| Type::SMALL.width(line))).fold(0.0, f64::max)
        });
        let labels = wide.fold(0.0, f64::max);
        let lead = if labels > 0.0 { labels + 9.0 } else { 6.0 };
        let left = lead + self.lead + 2.0;
        let tick = if self.ticks {
            self.axis.ticks.last().map_or(0.0, |(_, text)| Type::SMALL.width(text) / 2.0 + 1.0)
        } else {
            2.0
        };
        let taken = |count: usize| -> f64 {
            let columns: f64 = self.columns.iter().take(count).map(|column| column.width() + GAP).sum();
            if count == 0 { tick } else { columns + f64::max(tick - GAP + 3.0, 0.0) }
        };
        let fits = |count: &usize| width - taken(*count) - left >= LEAST_PLOT;
        let columns = (0..=self.columns.len()).rev().find(fits).unwrap_or(0);
        let right = f64::max(width - taken(columns), left + 20.0);

        let title = if self.title.trim().is_empty() {
            Vec::new()
        } else {
            let room = if columns == 0 { width - left } else { right - left };
            Type::TITLE.wrap(self.title, room)
        };
        let heads: Vec<Vec<String>> = self
            .columns
            .iter()
            .take(columns)
            .map(|column| match column.head.trim() {
                "" => Vec::new(),
                head => Type::SMALL.wrap(head, column.width() + GAP - 4.0),
            })
            .collect();
        let head_height = heads.iter().map(|lines| Type::SMALL.height(lines)).fold(0.0, f64::max);
        let head_height = if head_height > 0.0 { head_height + 4.0 } else { 0.0 };
        let top = f64::max(scaffold::title_height(&title) + self.head, head_height) + 5.0;

        let words: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| match row.hidden {
                Some(status) => scaffold::hidden_lines(self.about.words.get(status), right - left),
                None => Vec::new(),
            })
            .collect();
        let mut y = top;
        let mut rows = Vec::new();
        for (row, words) in self.rows.iter().zip(&words) {
            let (label, note) = row.lines(most);
            let beside = row.set.height(&label) + Type::SMALL.height(&note) + 5.0;
            let marks = f64::max(row.height, Type::SMALL.height(words)) + PAD;
            let height = f64::max(beside, marks);
            rows.push((y, height));
            y += height;
        }
        let bottom = f64::max(y, top + 12.0);
        let below = bottom + if self.ticks { 16.0 } else { 3.0 };
        let mut canvas = Canvas::new(width, below + self.foot);
        scaffold::title(&mut canvas, &title, left, 0.0);
        let frame = Frame { left, top, right, bottom };
        let panel = canvas.panel(frame, self.axis.ends, (top, bottom));
        let page = canvas.page();
        for (y, _) in rows.iter().skip(1) {
            let stroke = Stroke::solid(theme::ROW, theme::HAIR);
            canvas.line(&page, "row", &[(0.0, *y), (width, *y)], stroke);
        }
        scaffold::grid(&canvas, &panel, frame, self.axis);
        if self.ticks {
            let ends = (left - 6.0, right + tick);
            scaffold::ticks_below(&mut canvas, &panel, self.axis, bottom + 11.0, ends);
        }
        let mut edge = right + f64::max(tick - GAP + 3.0, 0.0);
        for (column, lines) in self.columns.iter().zip(&heads) {
            edge += column.width() + GAP;
            let step = Type::SMALL.step(lines);
            let first = top - 5.0 - step * lines.len().saturating_sub(1) as f64;
            for (i, line) in lines.iter().enumerate() {
                canvas.text(line, (edge, first + step * i as f64), Anchor::End, Type::SMALL);
            }
            for (text, (y, height)) in column.cells.iter().zip(&rows) {
                let at = (edge, y + height / 2.0 + Type::VALUE.drop());
                canvas.text(text, at, Anchor::End, Type::VALUE);
            }
        }
        for ((row, words), (y, height)) in self.rows.iter().zip(&words).zip(&rows) {
            let middle = y + height / 2.0;
            let (label, note) = row.lines(most);
            let (x, anchor) =
                if row.indent > 0.0 { (row.indent, Anchor::Start) } else { (lead - 9.0, Anchor::End) };
            let (above, below) = (row.set.height(&label), Type::SMALL.height(&note));
            canvas.text_block(&label, x, middle - below / 2.0, anchor, row.set);
            canvas.text_block(&note, x, middle + above / 2.0, anchor, Type::SMALL);
            if let Some(status) = row.hidden {
                scaffold::hidden(&mut canvas, (left, middle), status, words, theme::HIDDEN);
            }
        }
        Sheet { canvas, panel, page, frame, lead, rows, foot: below + 9.0 }
    }
}
