//! Answers to questions of agreement: who disagrees to the left of zero, who agrees to the right,
//! and those between in a panel of their own, where they move neither side.

use crate::alt::{Description, Sentences};
use crate::axis::Axis;
use crate::canvas::{Stroke, Type, extent};
use crate::catalogue::Phrase;
use crate::figure::{About, Figure};
use crate::scaffold;
use crate::scene::Anchor;
use crate::sheet::{Column, Sheet, SheetPlan, SheetRow};
use crate::table::{Shown, Table, all_or_none, cell};
use crate::theme;
use groundwork_disclosure::{CellKey, Released, Status};
use groundwork_plan::number::Unit;

/// Height of a bar, in points.
const BAR: f64 = 13.0;
/// The room between the answers of both sides and those between, as a share.
const BETWEEN: f64 = 0.16;
/// The most questions that are read as one picture.
const MOST_ROWS: usize = 15;

/// Answers to several questions.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::text::Language;
///
/// let of = |answer: &str| CellKey::total(answer, "", "2021");
/// let chart = Likert {
///     about: About::new("Most parents agree.", "share of parents, 2021", Language::En),
///     value_title: "Share of parents".into(),
///     answers: ["Disagree", "Neither", "Agree"].map(String::from).to_vec(),
///     neutral: Some(1),
///     rows: vec![LikertRow {
///         label: "Children are safe".into(),
///         cells: ["safe_no", "safe_neither", "safe_yes"].map(of).to_vec(),
///     }],
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Likert {
    /// Title, description, language, width.
    pub about: About,
    /// The title above the bars: `Share of answers`.
    pub value_title: String,
    /// The answers, from the strongest disagreement to the strongest agreement.
    pub answers: Vec<String>,
    /// Which of them, counted from 0, is neither.
    pub neutral: Option<usize>,
    /// The questions. Those of the largest net agreement come first, those without one last.
    pub rows: Vec<LikertRow>,
}

/// One question of a [`Likert`].
#[derive(Debug, Clone, PartialEq)]
pub struct LikertRow {
    /// The question.
    pub label: String,
    /// Each answer, in the order of the answers: its share, or how many gave it.
    pub cells: Vec<CellKey>,
}

struct Row<'a> {
    spec: &'a LikertRow,
    cells: Vec<Shown>,
    /// What the cells are in.
    unit: Unit,
    /// The shares, where all of them are published: a gap in a bar would show the rest.
    shares: Option<Vec<f64>>,
}

/// The share of each answer, where all of them are published.
fn shares(cells: &[Shown], unit: &Unit) -> Option<Vec<f64>> {
    let values: Option<Vec<f64>> =
        cells.iter().map(|shown| shown.reading().map(|r| r.value.max(0.0))).collect();
    let values = values?;
    let all = if *unit == Unit::Count { values.iter().sum() } else { 1.0 };
    (all > 0.0).then(|| values.into_iter().map(|value| (value / all).min(1.0)).collect())
}

impl Likert {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let mut rows: Vec<Row> = self
            .rows
            .iter()
            .map(|spec| {
                let LikertRow { cells, .. } = spec;
                let counts = |key: &CellKey| released.cell(key).is_some_and(|c| *c.unit() == Unit::Count);
                let unit = if cells.iter().any(counts) { Unit::Count } else { Unit::Share };
                let mut cells: Vec<Shown> = (0..self.answers.len())
                    .map(|i| match cells.get(i) {
                        Some(key) => cell(released, key, &unit),
                        None => Shown::Hidden(Status::NoData),
                    })
                    .collect();
                all_or_none(&mut cells);
                let shares = shares(&cells, &unit);
                Row { spec, cells, unit, shares }
            })
            .collect();
        rows.sort_by(|a, b| match (self.net(a), self.net(b)) {
            (Some(a), Some(b)) => b.total_cmp(&a),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        let sheet = self.paint(&rows);
        let mut table = Table::default();
        for row in &rows {
            for ((key, shown), answer) in row.spec.cells.iter().zip(&row.cells).zip(&self.answers) {
                table.cell(&format!("{}: {answer}", row.spec.label), key, *shown, &row.unit);
            }
        }
        let alt = self.describe(&rows);
        Figure::new(sheet.canvas.finish(), &self.about, &table, alt).at_most(
            MOST_ROWS,
            rows.len(),
            "questions",
        )
    }

    /// The answers of both sides, each from zero outwards.
    fn sides(&self) -> (Vec<usize>, Vec<usize>) {
        let count = self.answers.len();
        let middle = self.neutral.filter(|at| *at < count);
        let (low, high) = match middle {
            Some(at) => (at, at + 1),
            None => (count / 2, count / 2),
        };
        ((0..low).rev().collect(), (high..count).collect())
    }

    fn sum(row: &Row, answers: &[usize]) -> Option<f64> {
        let shares = row.shares.as_ref()?;
        Some(answers.iter().filter_map(|i| shares.get(*i)).sum())
    }

    fn net(&self, row: &Row) -> Option<f64> {
        let (against, in_favour) = self.sides();
        Some(Self::sum(row, &in_favour)? - Self::sum(row, &against)?)
    }

    /// The colour of an answer: the outermost are strong.
    fn colour(&self, answer: usize) -> &'static str {
        let [strong_no, no, yes, strong_yes] = theme::DIVERGING;
        let (against, in_favour) = self.sides();
        let outermost = |side: &[usize]| side.last() == Some(&answer);
        match (Some(answer) == self.neutral, against.contains(&answer)) {
            (true, _) => theme::NEUTRAL,
            (false, true) if outermost(&against) => strong_no,
            (false, true) => no,
            (false, false) if outermost(&in_favour) => strong_yes,
            (false, false) => yes,
        }
    }

    fn axis(&self, rows: &[Row]) -> (Axis, Option<f64>) {
        let (against, in_favour) = self.sides();
        let most = |answers: &[usize]| rows.iter().filter_map(|r| Self::sum(r, answers)).fold(0.0, f64::max);
        let round = |v: f64| f64::max((v * 4.0 - 1e-9).ceil() / 4.0, 0.25);
        let (low, high) = (round(most(&against)), round(most(&in_favour)));
        let neutral: Vec<usize> = self.neutral.filter(|at| *at < self.answers.len()).into_iter().collect();
        let beside = (!neutral.is_empty()).then_some(high + BETWEEN);
        let last = beside.map_or(high, |from| from + f64::max(most(&neutral), 0.1));
        let (first, end) = (-(low * 4.0).round() as i32, (high * 4.0).round() as i32);
        let ticks = (first..=end)
            .map(|step| {
                let value = f64::from(step) / 4.0;
                let text = self.about.value(value.abs(), &Unit::Share);
                let text = if step == end { text } else { text.trim_end_matches('%').to_owned() };
                (value, text)
            })
            .collect();
        // Room for the totals outside.
        (Axis { ends: (-low - 0.12, last), ticks, null: 0.0, logarithmic: false, signed: true }, beside)
    }

    fn paint(&self, rows: &[Row]) -> Sheet {
        let (axis, beside) = self.axis(rows);
        let sheet_rows = rows
            .iter()
            .map(|row| SheetRow {
                hidden: row.cells.iter().find_map(Shown::hidden),
                ..SheetRow::new(&row.spec.label, BAR)
            })
            .collect();
        let net = rows.iter().map(|row| self.net(row));
        let net = net.map(|net| net.map_or(String::new(), |net| self.about.difference(net, &Unit::Share)));
        let width = self.about.width();
        // The head of the column keeps the right end.
        let legend = scaffold::legend(self.answers.iter().map(String::as_str), (0.0, width - 78.0));
        let lines = legend.last().map_or(0, |(_, _, line)| line + 1) as f64;
        let mut sheet = SheetPlan {
            about: &self.about,
            title: &self.value_title,
            rows: sheet_rows,
            columns: vec![Column::new(Phrase::Net.text(self.about.language), net.collect())],
            lead: 0.0,
            head: 14.0 * lines + 14.0,
            foot: 0.0,
            axis: &axis,
            ticks: true,
        }
        .open();
        self.paint_answers(&mut sheet, &legend, 14.0 * lines);
        if let Some(from) = beside {
            let ends = [(from, sheet.frame.top), (from, sheet.frame.bottom)];
            let stroke = Stroke::solid(theme::EMPHASIS, theme::AXIS);
            sheet.canvas.line(&sheet.panel, "null", &ends, stroke);
        }
        for (i, row) in rows.iter().enumerate() {
            let middle = sheet.middle(i);
            self.paint_row(&mut sheet, row, middle, beside);
        }
        sheet
    }

    /// Which colour is which answer, in their order.
    fn paint_answers(&self, sheet: &mut Sheet, legend: &[(String, f64, usize)], height: f64) {
        let top = sheet.frame.top - 12.0 - height;
        let mut answers = self.answers.iter().enumerate();
        let mut colour = theme::NEUTRAL;
        let mut left = String::new();
        for (part, x, line) in legend {
            let begins = left.is_empty();
            if begins && let Some((i, answer)) = answers.next() {
                colour = self.colour(i);
                left = answer.trim().to_owned();
            }
            left = left.strip_prefix(part.as_str()).unwrap_or("").trim_start().to_owned();
            let middle = top + 14.0 * *line as f64;
            if begins && !part.is_empty() {
                let corners = [(*x, middle - 3.5), (x + 7.0, middle + 3.5)];
                sheet.canvas.block(&sheet.page, "scale", corners, colour);
            }
            let at = (x + 11.0, middle + Type::VALUE.drop());
            sheet.canvas.text(part, at, Anchor::Start, Type { weight: theme::BOLD, ..Type::VALUE });
        }
    }

    fn paint_row(&self, sheet: &mut Sheet, row: &Row, middle: f64, beside: Option<f64>) {
        let Some(shares) = &row.shares else {
            return;
        };
        let (against, in_favour) = self.sides();
        let (upper, lower) = (middle - BAR / 2.0, middle + BAR / 2.0);
        for (answers, sign) in [(&against, -1.0), (&in_favour, 1.0)] {
            let mut from = 0.0;
            for answer in answers {
                let to = from + sign * shares.get(*answer).copied().unwrap_or(0.0);
                self.paint_segment(sheet, *answer, [(from, upper), (to, lower)]);
                from = to;
            }
            // The total of the side stands outside it.
            let text = self.about.value(from.abs(), &Unit::Share);
            let x = sheet.panel.place((from, middle)).0 + sign * 4.0;
            let anchor = if sign < 0.0 { Anchor::End } else { Anchor::Start };
            let (left, right) = extent(x, Type::VALUE.width(&text), anchor);
            let limit = beside.map_or(sheet.frame.right + 8.0, |from| sheet.panel.place((from, 0.0)).0 - 2.0);
            if left >= sheet.frame.left - 8.0 && right <= limit {
                let at = (x, middle + Type::VALUE.drop());
                let set = Type { weight: theme::BOLD, ..Type::VALUE };
                sheet.canvas.clear(&text, at, anchor, set, theme::PAPER);
                sheet.canvas.text(&text, at, anchor, set);
            }
        }
        if let (Some(from), Some(neutral)) = (beside, self.neutral) {
            let to = from + shares.get(neutral).copied().unwrap_or(0.0);
            self.paint_segment(sheet, neutral, [(from, upper), (to, lower)]);
        }
    }

    /// One answer, with its share in it where there is room.
    fn paint_segment(&self, sheet: &mut Sheet, answer: usize, corners: [(f64, f64); 2]) {
        let colour = self.colour(answer);
        let [(from, upper), (to, lower)] = corners;
        sheet.canvas.block(&sheet.panel, "scale", corners, colour);
        sheet.canvas.frame(&sheet.panel, "scale", corners, Stroke::solid(theme::PAPER, theme::HAIR));
        let (a, b) = (sheet.panel.place((from, upper)), sheet.panel.place((to, lower)));
        let text = self.about.value((to - from).abs(), &Unit::Share);
        let text = text.trim_end_matches('%');
        let set = Type { colour: theme::text_on(colour), ..Type::VALUE };
        if (b.0 - a.0).abs() >= set.width(text) + 4.0 {
            let at = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0 + set.drop());
            sheet.canvas.text(text, at, Anchor::Middle, set);
        }
    }

    fn describe(&self, rows: &[Row]) -> Description {
        let mut out = Sentences::new(&self.about);
        out.opening(Phrase::LikertChart, None);
        for (i, row) in rows.iter().enumerate() {
            let parts: Vec<String> = match (&row.shares, row.cells.iter().find_map(Shown::hidden)) {
                (Some(shares), _) => self
                    .answers
                    .iter()
                    .zip(shares)
                    .map(|(answer, share)| format!("{answer} {}", self.about.value(*share, &Unit::Share)))
                    .collect(),
                (None, Some(status)) => vec![self.about.words.get(status).to_owned()],
                (None, None) => Vec::new(),
            };
            out.row(i, &row.spec.label, &parts);
        }
        let known: Vec<&Row> = rows.iter().filter(|row| row.shares.is_some()).collect();
        if let [first, .., last] = known.as_slice() {
            out.find(2, Phrase::NetOrder, &[first.spec.label.trim(), last.spec.label.trim()]);
        }
        out.hidden(rows.iter().flat_map(|row| &row.cells));
        out.finish()
    }
}
