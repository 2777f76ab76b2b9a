//! Forest plots: one estimate for each site, all of them together, and the range in which the
//! estimate of a new site is expected.
//!
//! The area of a square is its weight. The range for a new site has a row and a form of its own,
//! below the diamond (Guddat, Grouven, Bender and Skipka 2012), because readers take a wider line
//! through the diamond for its interval.

use crate::alt::{self, Description, Sentences};
use crate::axis::{Axis, log2};
use crate::canvas::{Stroke, Type};
use crate::catalogue::Phrase;
use crate::figure::{About, Figure};
use crate::scene::Anchor;
use crate::sheet::{Column, Sheet, SheetPlan, SheetRow};
use crate::table::{NumberKey, Reading, Shown, Summary, Table, number};
use crate::theme::{self, SiteStyle};
use groundwork_disclosure::{Released, Status};
use groundwork_plan::number::{Unit, format_interval};
use groundwork_plan::site::SiteRole;

/// Fewer sites give no range for a new one.
const LEAST_SITES: usize = 5;
/// The side of the square of the largest weight, in hundredths of a point.
const LARGEST: f64 = 950.0;
/// The most rows that are read as one picture.
const MOST_ROWS: usize = 30;

/// Estimates of several sites, and what they say together.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::number::Unit;
/// use groundwork_plan::site::SiteRole;
/// use groundwork_plan::text::Language;
///
/// let of = |site: &str| CellKey::total("completion", site, "2021");
/// let chart = Forest {
///     about: About::new("The model helps in most communities.", "change in completion, 2021", Language::En),
///     unit: Unit::Share,
///     value_title: "Difference, points".into(),
///     directions: Some(("lower".into(), "higher".into())),
///     rows: vec![ForestRow {
///         label: "Nan".into(),
///         role: Some(SiteRole::Adaptation),
///         number: (of("nan"), of("chiang_rai")).into(),
///         weight: None,
///     }],
///     pooled: Some(CellKey::total("pooled", "", "2021").into()),
///     prediction: Some(CellKey::total("prediction", "", "2021").into()),
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    /// Title, description, language, width.
    pub about: About,
    /// The unit of the two values that are compared, or of the values where cells are given.
    pub unit: Unit,
    /// The title above the plot: `Difference in completion, points`.
    pub value_title: String,
    /// What an estimate below and one above the null value means, written below the axis.
    pub directions: Option<(String, String)>,
    /// The sites, from the top.
    pub rows: Vec<ForestRow>,
    /// The estimate of all sites together.
    pub pooled: Option<NumberKey>,
    /// A number whose interval is the range for a new site.
    pub prediction: Option<NumberKey>,
}

/// One row of a [`Forest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ForestRow {
    /// The site.
    pub label: String,
    /// Its role, which decides the colour.
    pub role: Option<SiteRole>,
    /// Its estimate.
    pub number: NumberKey,
    /// Its weight, a share. Where no row has one, the weight in what is pooled is one over the
    /// squared width of the interval.
    pub weight: Option<NumberKey>,
}

struct Row<'a> {
    spec: &'a ForestRow,
    shown: Shown,
    weight: Option<f64>,
    weight_shown: Option<Shown>,
}

impl Forest {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let summary = self.summary(released);
        let rows = self.read(released, summary);
        let find = |key: &Option<NumberKey>| key.as_ref().map(|key| number(released, key, &self.unit));
        let (pooled, prediction) = (find(&self.pooled), find(&self.prediction));
        let pooled = pooled.map(|(shown, _)| shown);
        let enough = rows.iter().filter(|row| row.shown.reading().is_some()).count() >= LEAST_SITES;
        // Where a site is not shown, how many there are is known all the same: the rule looks at
        // what is drawn.
        let prediction =
            prediction.map(|(shown, _)| if enough { shown } else { Shown::Hidden(Status::Refused) });
        let sheet = self.paint(&rows, pooled, prediction, summary, enough);
        let mut table = Table::default();
        let measure = summary.map_or("value", Summary::word);
        for row in &rows {
            let key = &row.spec.number;
            table.number(&row.spec.label, measure, key, row.shown, &self.unit_of(summary));
            if let (Some(key), Some(shown)) = (&row.spec.weight, row.weight_shown) {
                table.number(&row.spec.label, "weight", key, shown, &Unit::Share);
            }
        }
        let language = self.about.language;
        if let (Some(key), Some(shown)) = (&self.pooled, pooled) {
            table.number(Phrase::Pooled.text(language), "pooled", key, shown, &self.unit_of(summary));
        }
        if let (Some(key), Some(shown)) = (&self.prediction, prediction) {
            table.number(Phrase::Prediction.text(language), "prediction", key, shown, &self.unit_of(summary));
        }
        let alt = self.describe(&rows, pooled, prediction, summary);
        Figure::new(sheet.canvas.finish(), &self.about, &table, alt).at_most(MOST_ROWS, rows.len(), "rows")
    }

    /// How the numbers compare, where they do.
    fn summary(&self, released: &Released) -> Option<Summary> {
        let mut all = self.rows.iter().map(|row| &row.number).chain(&self.pooled);
        all.find_map(|key| number(released, key, &self.unit).1)
    }

    fn read<'a>(&'a self, released: &Released, summary: Option<Summary>) -> Vec<Row<'a>> {
        let mut rows: Vec<Row> = self
            .rows
            .iter()
            .map(|spec| {
                let weight_shown = spec.weight.as_ref().map(|key| number(released, key, &Unit::Share).0);
                let weight = weight_shown.as_ref().and_then(Shown::reading).map(|r| r.value);
                Row { spec, shown: number(released, &spec.number, &self.unit).0, weight, weight_shown }
            })
            .collect();
        // Only what is pooled has a weight.
        if self.pooled.is_some() && rows.iter().all(|row| row.spec.weight.is_none()) {
            let precision = |row: &Row| {
                let (lower, _, upper) = row.shown.reading().filter(|r| r.interval.is_some())?.ends();
                // Errors of ratios are even on the scale of their logarithms.
                let width = match summary {
                    Some(Summary::Ratio) => log2(upper) - log2(lower),
                    Some(Summary::Difference) | None => upper - lower,
                };
                (width.is_finite() && width > 0.0).then(|| 1.0 / (width * width))
            };
            let all: Vec<Option<f64>> = rows.iter().map(precision).collect();
            let sum: f64 = all.iter().flatten().sum();
            for (row, weight) in rows.iter_mut().zip(all) {
                row.weight = weight.map(|weight| weight / sum).filter(|weight| weight.is_finite());
            }
        }
        rows
    }

    /// The unit in which estimates are written.
    fn unit_of(&self, summary: Option<Summary>) -> Unit {
        match summary {
            Some(Summary::Ratio) => Unit::Ratio,
            Some(Summary::Difference) | None => self.unit.clone(),
        }
    }

    /// The range for a new site; that of a ratio with two decimals, as in the text of reports.
    fn range_text(&self, (lower, upper, _): (f64, f64, f64), summary: Option<Summary>) -> String {
        let unit = if summary == Some(Summary::Ratio) { &Unit::Score } else { &self.unit };
        format_interval(lower, upper, unit, self.about.language)
    }

    fn text(&self, reading: &Reading, summary: Option<Summary>) -> String {
        match summary {
            Some(summary) => reading.contrast_text(&self.unit, summary, self.about.language),
            None => reading.text(&self.unit, self.about.language),
        }
    }

    fn paint(
        &self,
        rows: &[Row],
        pooled: Option<Shown>,
        prediction: Option<Shown>,
        summary: Option<Summary>,
        enough: bool,
    ) -> Sheet {
        let language = self.about.language;
        let shown = || rows.iter().map(|row| row.shown).chain(pooled).chain(prediction);
        let readings: Vec<Reading> = shown().filter_map(|shown| shown.reading().copied()).collect();
        let values = readings.iter().flat_map(Reading::extent);
        let axis = match summary {
            Some(Summary::Ratio) => Axis::of_ratios(values, language),
            Some(Summary::Difference) => Axis::of_differences(values, &self.unit, language),
            None => Axis::of_values(values, &self.unit, language),
        };
        let text = |shown: &Shown| shown.reading().map_or(String::new(), |r| self.text(r, summary));
        let mut sheet_rows = Vec::new();
        let mut estimates = Vec::new();
        let mut weights = Vec::new();
        for row in rows {
            let hidden = row.shown.hidden();
            let n =
                row.shown.reading().map(|r| format!("n = {}", self.about.value(r.n as f64, &Unit::Count)));
            let note = n.unwrap_or_default();
            sheet_rows.push(SheetRow { hidden, note, ..SheetRow::new(&row.spec.label, 11.0) });
            estimates.push(text(&row.shown));
            let weight = row.weight.filter(|_| hidden.is_none());
            weights.push(weight.map_or(String::new(), |weight| self.about.value(weight, &Unit::Share)));
        }
        if let Some(shown) = pooled {
            let hidden = shown.hidden();
            let set = Type::TITLE;
            sheet_rows.push(SheetRow { hidden, set, ..SheetRow::new(Phrase::Pooled.text(language), 11.0) });
            estimates.push(text(&shown));
            weights.push(String::new());
        }
        let least = self.about.count(LEAST_SITES);
        if let Some(shown) = prediction {
            let hidden = shown.hidden().filter(|_| enough);
            let note = if enough { String::new() } else { Phrase::TooFewToPredict.fill(language, &[&least]) };
            let row = SheetRow::new(Phrase::Prediction.text(language), 11.0);
            sheet_rows.push(SheetRow { hidden, note, ..row });
            let limits = shown.reading().and_then(|r| r.interval);
            estimates.push(limits.map_or(String::new(), |limits| self.range_text(limits, summary)));
            weights.push(String::new());
        }
        let below = self.directions.as_ref().map(|(low, high)| [low.as_str(), high.as_str()]);
        let short = |text: &str| Type::SMALL.width(text) < self.about.width() * 0.12;
        let note = match rows.iter().any(|row| row.weight.is_some()) {
            true => Type::SMALL.wrap(Phrase::WeightNote.text(language), self.about.width()),
            false => Vec::new(),
        };
        let mut columns = vec![Column::new(Phrase::Estimate.text(language), estimates)];
        if !note.is_empty() {
            columns.push(Column::new(Phrase::Weight.text(language), weights));
        }
        let directions = match below {
            Some([low, high]) if short(low) && short(high) => 14.0,
            Some(_) => 26.0,
            None => 0.0,
        };
        let mut sheet = SheetPlan {
            about: &self.about,
            title: &self.value_title,
            rows: sheet_rows,
            columns,
            lead: 0.0,
            head: 0.0,
            foot: directions + Type::SMALL.height(&note) + 3.0,
            axis: &axis,
            ticks: true,
        }
        .open();
        let most = rows.iter().filter_map(|row| row.weight).fold(0.0, f64::max);
        for (i, row) in rows.iter().enumerate() {
            if let Shown::Value(reading) = &row.shown {
                paint_estimate(&sheet, &axis, reading, row, sheet.middle(i), most);
            }
        }
        if let Some(Shown::Value(reading)) = pooled {
            paint_diamond(&sheet, &axis, &reading, sheet.middle(rows.len()));
        }
        if let Some(Shown::Value(reading)) = prediction {
            let (lower, _, upper) = reading.ends();
            let middle = sheet.middle(rows.len() + usize::from(pooled.is_some()));
            let corners = [(axis.measure(lower), middle - 3.0), (axis.measure(upper), middle + 3.0)];
            let stroke = Stroke::solid(theme::EMPHASIS, theme::AXIS);
            sheet.canvas.outline(&sheet.panel, "prediction", corners, stroke);
        }
        if let Some([low, high]) = below {
            self.paint_directions(&mut sheet, &axis, low, high);
        }
        for (i, line) in note.iter().enumerate() {
            let y = sheet.foot + directions + 1.0 + Type::SMALL.step(&note) * i as f64;
            sheet.canvas.text(line, (0.0, y), Anchor::Start, Type::SMALL);
        }
        sheet
    }

    /// What lies below and above the null value, on either side of it below the ticks.
    fn paint_directions(&self, sheet: &mut Sheet, axis: &Axis, low: &str, high: &str) {
        let null = sheet.panel.place((axis.null, 0.0)).0;
        let set = Type::SMALL;
        let width = self.about.width();
        let sides = [(low, -1.0, Anchor::End, null), (high, 1.0, Anchor::Start, width - null)];
        for (text, out, anchor, room) in sides {
            // Arrows are drawn: not every face has them.
            let (from, tip) = (null + 5.0 * out, null + 16.0 * out);
            let y = sheet.foot - set.size * 0.33;
            let shaft = [(from, y), (tip, y)];
            let head = [(tip - 3.0 * out, y - 2.0), (tip, y), (tip - 3.0 * out, y + 2.0)];
            for points in [shaft.as_slice(), head.as_slice()] {
                sheet.canvas.line(&sheet.page, "arrow", points, Stroke::solid(theme::HIDDEN, theme::AXIS));
            }
            for (i, line) in set.wrap(text, f64::max(room - 22.0, 20.0)).into_iter().take(2).enumerate() {
                sheet.canvas.text(&line, (null + 20.0 * out, sheet.foot + 12.0 * i as f64), anchor, set);
            }
        }
    }

    fn describe(
        &self,
        rows: &[Row],
        pooled: Option<Shown>,
        prediction: Option<Shown>,
        summary: Option<Summary>,
    ) -> Description {
        let language = self.about.language;
        let mut out = Sentences::new(&self.about);
        let shown = || rows.iter().map(|row| &row.shown);
        out.opening(Phrase::ForestPlot, alt::level(shown().chain(pooled.as_ref())));
        let text = |reading: &Reading| match summary {
            Some(summary) => alt::compared(reading, &self.unit, summary, language),
            None => reading.text(&self.unit, self.about.language),
        };
        if let Some(reading) = pooled.as_ref().and_then(Shown::reading) {
            out.row(0, Phrase::Pooled.text(language), &[text(reading)]);
        }
        if let Some(limits) = prediction.as_ref().and_then(Shown::reading).and_then(|r| r.interval) {
            let limits = self.range_text(limits, summary);
            out.stands_out(&format!("{} {limits}", Phrase::Prediction.text(language)));
            out.row(0, Phrase::Prediction.text(language), &[limits]);
        }
        for (i, row) in rows.iter().enumerate() {
            if let Some(reading) = row.shown.reading() {
                out.row(i + usize::from(pooled.is_some()), &row.spec.label, &[self.text(reading, summary)]);
            }
        }
        if let Some(summary) = summary {
            let null = if summary == Summary::Ratio { 1.0 } else { 0.0 };
            let intervals: Vec<(f64, f64, f64)> = shown().filter_map(|s| s.reading()?.interval).collect();
            let holds = intervals.iter().filter(|(lower, upper, _)| *lower <= null && null <= *upper).count();
            out.find(2, Phrase::AcrossNull, &[&self.about.count(holds), &self.about.count(intervals.len())]);
        }
        out.hidden(shown().chain(pooled.as_ref()));
        out.finish()
    }
}

/// A square whose area is the weight, and the interval; arrows are not needed, for the axis holds
/// every interval that is finite.
fn paint_estimate(sheet: &Sheet, axis: &Axis, reading: &Reading, row: &Row, middle: f64, most: f64) {
    let style = SiteStyle { dash: theme::Dash::Solid, ..SiteStyle::of(row.spec.role) };
    let (lower, value, upper) = reading.ends();
    let ends = (axis.measure(lower), axis.measure(value), axis.measure(upper));
    if reading.interval.is_some() {
        sheet.canvas.whisker(&sheet.panel, ends, middle, &style);
    }
    let part = row.weight.filter(|_| most > 0.0).map_or(0.3, |weight| weight / most);
    let side = f64::max(LARGEST * part.sqrt(), 250.0) / 100.0;
    let (x, y) = sheet.panel.place((ends.1, middle));
    let r = side / 2.0;
    sheet.canvas.block(
        &sheet.page,
        &format!("value {}", style.role),
        [(x - r, y - r), (x + r, y + r)],
        style.mark,
    );
}

/// The estimate of all sites together: as wide as its interval.
fn paint_diamond(sheet: &Sheet, axis: &Axis, reading: &Reading, middle: f64) {
    let (lower, value, upper) = reading.ends();
    let place = |v: f64| sheet.panel.place((axis.measure(v), middle)).0;
    let (a, x, b) = (place(lower), place(value), place(upper));
    // Without an interval it is as wide as it is high.
    let (a, b) = (f64::min(a, x - 1.5), f64::max(b, x + 1.5));
    let points = [(a, middle), (x, middle - 4.5), (b, middle), (x, middle + 4.5)];
    sheet.canvas.surface(&sheet.page, "pooled", &points, theme::EMPHASIS, 100);
}
