//! The numbers of a chart: how they are looked up, and the table that goes with the picture.
//!
//! Every number that is drawn, written or described passes through [`cell`] or [`contrast`], so
//! that the picture, the table and the words cannot say different things.

use groundwork_disclosure::{CellKey, Figures, Released, ReleasedEstimate, Status};
use groundwork_plan::number::{Unit, format_difference, format_exact, format_interval, format_value};
use groundwork_plan::text::{Language, as_cell};

/// Which released number: a cell, the comparison of two cells, or an estimate of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberKey {
    /// The value of a cell.
    Cell(CellKey),
    /// What a cell counts: the numerator of a share or a ratio, such as who took a step.
    Counted(CellKey),
    /// What a cell counts among: the denominator of a share or a ratio.
    Among(CellKey),
    /// What is compared, and the reference.
    Contrast(CellKey, CellKey),
    /// A row of an evaluation.
    Estimate(EstimateKey),
}

/// Which row of an evaluation: the first of `estimates.csv` with these words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EstimateKey {
    /// The evaluation.
    pub evaluation: String,
    /// The indicator, or the column that is the outcome.
    pub indicator: String,
    /// What is estimated: `due to rates`.
    pub estimand: String,
    /// Which part of it: `by sex`.
    pub term: String,
    /// What is set against what: `nan - chiang_rai`; any where it is empty.
    pub contrast: String,
    /// How it compares, if it is a comparison.
    pub compares: Option<Summary>,
}

impl EstimateKey {
    fn find<'a>(&self, released: &'a Released) -> Option<&'a ReleasedEstimate> {
        released.estimates().iter().find(|row| {
            row.evaluation() == self.evaluation
                && row.indicator() == self.indicator
                && row.estimand() == self.estimand
                && row.term() == self.term
                && (self.contrast.is_empty() || row.contrast() == self.contrast)
        })
    }

    /// What stands in the columns of cells: the estimand as a dimension, its term as a category.
    fn as_cell(&self) -> CellKey {
        CellKey {
            dimension: self.estimand.clone(),
            category: self.term.clone(),
            ..CellKey::total(&self.indicator, "", "")
        }
    }
}

impl From<EstimateKey> for NumberKey {
    fn from(key: EstimateKey) -> Self {
        NumberKey::Estimate(key)
    }
}

impl From<CellKey> for NumberKey {
    fn from(key: CellKey) -> Self {
        NumberKey::Cell(key)
    }
}

impl From<(CellKey, CellKey)> for NumberKey {
    fn from((cell, reference): (CellKey, CellKey)) -> Self {
        NumberKey::Contrast(cell, reference)
    }
}

/// A published number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reading {
    /// The value, in the unit; shares are fractions.
    pub(crate) value: f64,
    /// Lower limit, upper limit, level.
    pub(crate) interval: Option<(f64, f64, f64)>,
    /// How many units it rests on.
    pub(crate) n: u64,
}

impl Reading {
    fn new(value: f64, interval: Option<(f64, f64, f64)>, n: u64) -> Option<Self> {
        // What is not a number, or larger than anything a programme counts, is not drawn.
        (value.abs() < 1e15).then(|| Self {
            value,
            interval: interval
                .filter(|(lower, upper, level)| !(lower.is_nan() || upper.is_nan() || level.is_nan()))
                .map(|(a, b, level)| (f64::min(a, b), f64::max(a, b), level)),
            n,
        })
    }

    /// The value and the limits of its interval that are finite: what an axis must hold.
    pub(crate) fn extent(&self) -> impl Iterator<Item = f64> {
        let limits = self.interval.map(|(lower, upper, _)| [lower, upper]);
        std::iter::once(self.value).chain(limits.into_iter().flatten().filter(|v| v.abs() < 1e15))
    }

    /// Lower limit, value, upper limit; without an interval the value three times.
    pub(crate) fn ends(&self) -> (f64, f64, f64) {
        let (lower, upper) = self.interval.map_or((self.value, self.value), |(a, b, _)| (a, b));
        (lower, self.value, upper)
    }

    /// `62% (57–67)`, or `1,204` where there is no interval.
    pub(crate) fn text(&self, unit: &Unit, language: Language) -> String {
        let value = format_value(self.value, unit, language);
        match self.limits(unit, language) {
            Some(limits) => format!("{value} ({limits})"),
            None => value,
        }
    }

    /// `+14 (6–22)` for a difference, `1.4 (1.1–1.8)` for a ratio.
    pub(crate) fn contrast_text(&self, unit: &Unit, summary: Summary, language: Language) -> String {
        match summary {
            // With two decimals, as in the text of reports.
            Summary::Ratio => self.text(&Unit::Score, language),
            Summary::Difference => {
                let value = format_difference(self.value, unit, language);
                match self.limits(unit, language) {
                    Some(limits) => format!("{value} ({limits})"),
                    None => value,
                }
            }
        }
    }

    fn limits(&self, unit: &Unit, language: Language) -> Option<String> {
        self.interval
            .filter(|(lower, upper, _)| lower.is_finite() && upper.is_finite())
            .map(|(lower, upper, _)| format_interval(lower, upper, unit, language))
    }
}

/// What a chart can say of a cell or a contrast: a number, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shown {
    /// A published number.
    Value(Reading),
    /// No number, with its status.
    Hidden(Status),
}

impl Shown {
    /// The number, where there is one.
    pub(crate) fn reading(&self) -> Option<&Reading> {
        match self {
            Shown::Value(reading) => Some(reading),
            Shown::Hidden(_) => None,
        }
    }

    /// The status, where there is no number.
    pub(crate) fn hidden(&self) -> Option<Status> {
        match self {
            Shown::Value(_) => None,
            Shown::Hidden(status) => Some(*status),
        }
    }
}

/// Numbers that add up to one that is known: where one of them is withheld none is shown, for it
/// could be had by subtraction.
pub(crate) fn all_or_none(shown: &mut [Shown]) {
    if shown.contains(&Shown::Hidden(Status::Withheld)) {
        shown.fill(Shown::Hidden(Status::Withheld));
    }
}

/// How two cells are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Summary {
    /// One less the other.
    Difference,
    /// One divided by the other.
    Ratio,
}

impl Summary {
    /// The word that tables use.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Summary::Difference => "difference",
            Summary::Ratio => "ratio",
        }
    }
}

/// One cell, in a unit. A cell that is not there has no data; one of another unit cannot be
/// drawn on this axis.
pub(crate) fn cell(released: &Released, key: &CellKey, unit: &Unit) -> Shown {
    let Some(cell) = released.cell(key) else {
        return Shown::Hidden(Status::NoData);
    };
    if cell.status() != Status::Published {
        return Shown::Hidden(cell.status());
    }
    let reading = cell
        .figures()
        .filter(|_| cell.unit() == unit)
        .and_then(|f| Reading::new(f.value()?, f.interval(), f.n()));
    reading.map_or(Shown::Hidden(Status::Undefined), Shown::Value)
}

/// One comparison, in a unit, and how it compares.
pub(crate) fn contrast(
    released: &Released,
    keys: &(CellKey, CellKey),
    unit: &Unit,
) -> (Shown, Option<Summary>) {
    let Some(contrast) = released.contrast(&keys.0, &keys.1) else {
        return (Shown::Hidden(Status::NoData), None);
    };
    let summary = match contrast.summary() {
        "ratio" => Summary::Ratio,
        _ => Summary::Difference,
    };
    if contrast.status() != Status::Published {
        return (Shown::Hidden(contrast.status()), Some(summary));
    }
    let reading = contrast
        .figures()
        .filter(|_| contrast.unit() == unit)
        .and_then(|f| Reading::new(f.value(), f.interval(), f.n()))
        .filter(|r| summary == Summary::Difference || r.value > 0.0);
    (reading.map_or(Shown::Hidden(Status::Undefined), Shown::Value), Some(summary))
}

/// One number, in a unit, and how it compares if it is a comparison.
pub(crate) fn number(released: &Released, key: &NumberKey, unit: &Unit) -> (Shown, Option<Summary>) {
    match key {
        NumberKey::Cell(key) => (cell(released, key, unit), None),
        NumberKey::Counted(key) => (counted(released, key, unit, |f| Some(f.numerator())), None),
        NumberKey::Among(key) => (counted(released, key, unit, Figures::denominator), None),
        NumberKey::Contrast(key, reference) => contrast(released, &(key.clone(), reference.clone()), unit),
        NumberKey::Estimate(key) => (estimate(released, key), key.compares),
    }
}

/// A count behind a cell, as a number of its own.
fn counted(released: &Released, key: &CellKey, unit: &Unit, of: fn(&Figures) -> Option<f64>) -> Shown {
    let Some(cell) = released.cell(key) else {
        return Shown::Hidden(Status::NoData);
    };
    if cell.status() == Status::Withheld || *unit != Unit::Count {
        return Shown::Hidden(cell.status());
    }
    let reading = cell.figures().and_then(|f| Reading::new(of(f)?, None, f.n()));
    reading.map_or(Shown::Hidden(cell.status()), Shown::Value)
}

/// A row of an evaluation. It has no unit of its own: the chart says what its numbers are in.
fn estimate(released: &Released, key: &EstimateKey) -> Shown {
    let Some(row) = key.find(released) else {
        return Shown::Hidden(Status::NoData);
    };
    if row.status() != Status::Published {
        return Shown::Hidden(row.status());
    }
    let reading = row
        .figures()
        .and_then(|f| Reading::new(f.value(), f.interval(), f.n()))
        .filter(|r| key.compares != Some(Summary::Ratio) || r.value > 0.0);
    reading.map_or(Shown::Hidden(Status::Undefined), Shown::Value)
}

/// The bounds of a cell that has no value: at least, at most.
pub(crate) fn bounds(released: &Released, key: &CellKey, unit: &Unit) -> Option<(f64, f64)> {
    let cell = released.cell(key).filter(|cell| cell.status() == Status::Published && cell.unit() == unit)?;
    let figures = cell.figures().filter(|figures| figures.value().is_none())?;
    let (lower, upper, _) = figures.interval()?;
    (lower.abs() < 1e15 && upper.abs() < 1e15).then(|| (f64::min(lower, upper), f64::max(lower, upper)))
}

/// One line of the table.
#[derive(Debug, Clone)]
struct Line {
    row: String,
    key: CellKey,
    reference: Option<CellKey>,
    measure: &'static str,
    shown: Shown,
    unit: String,
}

/// The numbers of a chart, in the order in which they are drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    lines: Vec<Line>,
}

impl Table {
    /// Adds a cell.
    pub(crate) fn cell(&mut self, row: &str, key: &CellKey, shown: Shown, unit: &Unit) {
        self.push(row, key, None, "value", shown, unit.word());
    }

    /// Adds a comparison.
    pub(crate) fn contrast(
        &mut self,
        row: &str,
        keys: &(CellKey, CellKey),
        shown: Shown,
        unit: &Unit,
        summary: Summary,
    ) {
        let unit = if summary == Summary::Ratio { Unit::Ratio.word() } else { unit.word() };
        self.push(row, &keys.0, Some(&keys.1), summary.word(), shown, unit);
    }

    /// Adds a `target`, or what is `expected` by now: they come from the plan and not from people.
    pub(crate) fn target(
        &mut self,
        measure: &'static str,
        row: &str,
        key: &CellKey,
        value: f64,
        unit: &Unit,
    ) {
        let shown = Shown::Value(Reading { value, interval: None, n: 0 });
        self.push(row, key, None, measure, shown, unit.word());
    }

    /// Adds the bounds of a number that is not known more closely.
    pub(crate) fn bounds(&mut self, row: &str, key: &CellKey, (lower, upper): (f64, f64), unit: &Unit) {
        let shown = Shown::Value(Reading { value: f64::NAN, interval: Some((lower, upper, 1.0)), n: 0 });
        self.push(row, key, None, "bounds", shown, unit.word());
    }

    /// Adds a number under a word of its own: `prediction`, `weight`, `at_risk`.
    pub(crate) fn number(
        &mut self,
        row: &str,
        measure: &'static str,
        key: &NumberKey,
        shown: Shown,
        unit: &Unit,
    ) {
        match key {
            NumberKey::Cell(key) | NumberKey::Counted(key) | NumberKey::Among(key) => {
                self.push(row, key, None, measure, shown, unit.word());
            }
            NumberKey::Estimate(key) => self.push(row, &key.as_cell(), None, measure, shown, unit.word()),
            NumberKey::Contrast(key, reference) => {
                self.push(row, key, Some(reference), measure, shown, unit.word());
            }
        }
    }

    /// Whether an estimate has no interval: a published share, ratio or comparison without limits,
    /// in a row where others have them.
    pub(crate) fn without_interval(&self) -> bool {
        let estimates = || {
            let all = self.lines.iter().filter_map(|line| Some((line, line.shown.reading()?)));
            all.filter(|(line, _)| matches!(line.measure, "value" | "difference" | "ratio"))
                .filter(|(line, _)| line.unit == Unit::Share.word() || line.unit == Unit::Ratio.word())
        };
        estimates().any(|(_, r)| r.interval.is_none()) && estimates().any(|(_, r)| r.interval.is_some())
    }

    fn push(
        &mut self,
        row: &str,
        key: &CellKey,
        reference: Option<&CellKey>,
        measure: &'static str,
        shown: Shown,
        unit: &str,
    ) {
        self.lines.push(Line {
            row: row.to_owned(),
            key: key.clone(),
            reference: reference.cloned(),
            measure,
            shown,
            unit: unit.to_owned(),
        });
    }

    /// The table as CSV: a head, then one line for each number. A line without a number has its
    /// status and nothing else.
    pub(crate) fn csv(&self) -> String {
        let mut out = String::from(
            "row,indicator,site,period,dimension,category,reference_site,reference_period,measure,\
             value,lower,upper,level,n,unit,status\n",
        );
        for line in &self.lines {
            let exact = |v: f64| {
                if v.is_finite() { format_exact(v) } else { String::new() }
            };
            let mut numbers = [const { String::new() }; 5];
            let status = match &line.shown {
                Shown::Value(r) => {
                    let (lower, upper, level) =
                        r.interval.map_or_else(Default::default, |(a, b, l)| (exact(a), exact(b), exact(l)));
                    let counted = !matches!(line.measure, "target" | "expected" | "rest" | "bounds");
                    let n = if counted { r.n.to_string() } else { String::new() };
                    numbers = [exact(r.value), lower, upper, level, n];
                    Status::Published
                }
                Shown::Hidden(status) => *status,
            };
            let planned = matches!(line.measure, "target" | "expected");
            let status = if planned { "planned" } else { status.word() };
            let reference = line.reference.as_ref();
            let [value, lower, upper, level, n] = &numbers;
            let fields: [&str; 16] = [
                &line.row,
                &line.key.indicator,
                &line.key.site,
                &line.key.period,
                &line.key.dimension,
                &line.key.category,
                reference.map_or("", |key| &key.site),
                reference.map_or("", |key| &key.period),
                line.measure,
                value,
                lower,
                upper,
                level,
                n,
                &line.unit,
                status,
            ];
            out.push_str(&fields.map(quoted).join(","));
            out.push('\n');
        }
        out
    }
}

/// A field of CSV, in quotes where it must be.
fn quoted(field: &str) -> String {
    let field = as_cell(field.to_owned());
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{KEPT, cell as made, key, released};

    #[test]
    fn only_published_numbers_are_read() {
        let released = released(vec![made("i", "a", "2021", 55.0, 89.0), KEPT.cell("i", "b", "2021")]);
        let shown = cell(&released, &key("i", "a", "2021"), &Unit::Share);
        assert_eq!(shown.reading().map(|r| r.n), Some(89));
        assert_eq!(cell(&released, &key("i", "b", "2021"), &Unit::Share), Shown::Hidden(Status::Withheld));
        assert_eq!(cell(&released, &key("i", "c", "2021"), &Unit::Share), Shown::Hidden(Status::NoData));
        assert_eq!(cell(&released, &key("i", "a", "2021"), &Unit::Count), Shown::Hidden(Status::Undefined));
    }

    #[test]
    fn what_is_not_a_number_is_not_drawn() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            assert_eq!(Reading::new(value, None, 1), None);
        }
        let open = Reading::new(0.5, Some((0.4, f64::INFINITY, 0.95)), 30).unwrap();
        assert_eq!(open.extent().collect::<Vec<_>>(), [0.5, 0.4]);
        assert_eq!(open.text(&Unit::Share, Language::En), "50%");
        let turned = Reading::new(0.5, Some((0.6, 0.4, 0.95)), 30).unwrap();
        assert_eq!(turned.ends(), (0.4, 0.5, 0.6));
    }

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let mut table = Table::default();
        table.cell("a, \"b\"", &key("i", "s", "p"), Shown::Hidden(Status::Withheld), &Unit::Share);
        let csv = table.csv();
        assert_eq!(csv.lines().nth(1), Some("\"a, \"\"b\"\"\",i,s,p,,,,,value,,,,,,share,withheld"));
    }
}
