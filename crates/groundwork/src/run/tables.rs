//! Tables: `indicators.csv` and `.parquet`, `estimates.csv`, `issues.csv`, with the columns of
//! the contract, `disclosure.csv`, and `people.csv` where there is one. Everything in the first three comes
//! from what was released.

use super::Loaded;
use super::people_table::people_csv;
use super::planned::Planned;
use crate::cache::Cache;
use crate::files::Folder;
use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use groundwork_disclosure::{Audit, Passed, Released, ReleasedCell};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::indicator::{Direction, Indicator};
use groundwork_plan::number::format_exact;
use groundwork_plan::period::since_1970;
use groundwork_plan::plan::Plan;
use groundwork_plan::query::SqlType;
use groundwork_plan::text::as_cell;
use groundwork_store::Store;
use jiff::civil::Date;
use std::sync::Arc;

/// Writes every table.
pub(super) fn write(
    plan: &Plan,
    passed: &Passed,
    loaded: &Loaded,
    planned: &Planned,
    store: &Store,
    cache: Option<&Cache>,
    files: &mut Folder,
) -> Result<(), Diagnostic> {
    let released = &passed.released;
    let rows = indicator_rows(plan, released);
    let csv = indicators_csv(&rows)?;
    // It is made from the same cells. A text that was guarded may be one of two in the other file.
    let kept = cache.zip(str::from_utf8(&csv).ok()).filter(|(_, csv)| !csv.contains('\''));
    let kept = kept.map(|(cache, csv)| (cache, cache.key(&["indicators.parquet", csv])));
    let parquet = match kept.as_ref().and_then(|(cache, key)| cache.bytes(key)) {
        Some(parquet) => parquet,
        None => {
            let parquet = indicators_parquet(&rows, store)?;
            if let Some((cache, key)) = kept {
                cache.keep_bytes(&key, &parquet);
            }
            parquet
        }
    };
    files.insert("indicators.csv".into(), csv);
    files.insert("indicators.parquet".into(), parquet);
    files.insert("estimates.csv".into(), estimates_csv(released, planned)?);
    files.insert("issues.csv".into(), issues_csv(loaded)?);
    files.insert("disclosure.csv".into(), disclosure_csv(&passed.audit)?);
    if let Some(table) = people_csv(&loaded.people, smallest(plan))? {
        files.insert("people.csv".into(), table);
    }
    Ok(())
}

/// The smallest number of people that may be published.
pub(super) fn smallest(plan: &Plan) -> u64 {
    plan.policy.audience.threshold().max(plan.policy.threshold.unwrap_or(0))
}

/// One row of `indicators`.
pub(super) struct Row<'a> {
    pub(super) cell: &'a ReleasedCell,
    pub(super) first_day: Option<Date>,
    pub(super) last_day: Option<Date>,
    pub(super) baseline: Option<f64>,
    pub(super) target: Option<f64>,
    pub(super) achievement: Option<f64>,
    pub(super) progress: Option<f64>,
}

const COLUMNS: [&str; 22] = [
    "indicator",
    "site",
    "period",
    "period_start",
    "period_end",
    "dimension",
    "category",
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "level",
    "method",
    "n",
    "unit",
    "status",
    "reason",
    "baseline",
    "target",
    "achievement",
    "progress",
];

/// The rows of `indicators`, in the order of what was released.
pub(super) fn indicator_rows<'a>(plan: &Plan, released: &'a Released) -> Vec<Row<'a>> {
    released
        .cells()
        .iter()
        .map(|cell| {
            let key = cell.key();
            let indicator = plan.indicator(&key.indicator);
            let period = indicator.and_then(|i| i.period(&key.site, &key.period));
            // Baseline and target are those of a site or of all together, not of a category.
            let of_total = indicator.filter(|_| key.dimension.is_empty());
            let baseline = of_total.and_then(|i| i.baselines.get(&key.site).copied());
            let target = of_total.and_then(|i| i.target(&key.site, &key.period));
            Row {
                cell,
                first_day: period.map(|p| p.first_day),
                last_day: period.map(|p| p.last_day),
                baseline,
                target,
                achievement: achievement(of_total, cell.value(), target),
                progress: progress(cell.value(), baseline, target),
            }
        })
        .collect()
}

/// Actual ÷ target, for indicators that should increase; undefined for a target of zero, and for
/// those that should decrease, for which more would look better.
fn achievement(indicator: Option<&Indicator>, value: Option<f64>, target: Option<f64>) -> Option<f64> {
    let increases = indicator.is_some_and(|i| i.direction == Direction::Increase);
    let target = target.filter(|t| *t > 0.0 && increases)?;
    Some(value? / target)
}

/// (Actual − baseline) ÷ (target − baseline); undefined where target and baseline are the same.
fn progress(value: Option<f64>, baseline: Option<f64>, target: Option<f64>) -> Option<f64> {
    let (value, baseline, target) = (value?, baseline?, target?);
    (target != baseline).then(|| (value - baseline) / (target - baseline))
}

fn indicators_csv(rows: &[Row<'_>]) -> Result<Vec<u8>, Diagnostic> {
    let mut table = Table::new(&COLUMNS)?;
    for row in rows {
        let (cell, key) = (row.cell, row.cell.key());
        let figures = cell.figures();
        let interval = figures.and_then(|f| f.interval());
        table.row([
            key.indicator.clone(),
            key.site.clone(),
            key.period.clone(),
            day(row.first_day),
            day(row.last_day),
            key.dimension.clone(),
            key.category.clone(),
            number(figures.map(|f| f.numerator())),
            number(figures.and_then(|f| f.denominator())),
            number(cell.value()),
            number(interval.map(|i| i.0)),
            number(interval.map(|i| i.1)),
            number(interval.map(|i| i.2)),
            cell.method().to_owned(),
            figures.map(|f| f.n().to_string()).unwrap_or_default(),
            cell.unit().word().to_owned(),
            cell.status().word().to_owned(),
            cell.reason().to_owned(),
            number(row.baseline),
            number(row.target),
            number(row.achievement),
            number(row.progress),
        ])?;
    }
    table.finish()
}

fn indicators_parquet(rows: &[Row<'_>], store: &Store) -> Result<Vec<u8>, Diagnostic> {
    let figures = |r: &Row<'_>| r.cell.figures().cloned();
    let interval = |r: &Row<'_>| figures(r).and_then(|f| f.interval());
    let text = |of: &dyn Fn(&Row<'_>) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
    };
    let float = |of: &dyn Fn(&Row<'_>) -> Option<f64>| -> ArrayRef {
        Arc::new(Float64Array::from_iter(rows.iter().map(|row| of(row).map(as_written))))
    };
    let day = |of: &dyn Fn(&Row<'_>) -> Option<Date>| -> ArrayRef {
        Arc::new(Date32Array::from_iter(rows.iter().map(|r| of(r).and_then(since_1970))))
    };
    let columns: Vec<ArrayRef> = vec![
        text(&|r| r.cell.key().indicator.clone()),
        text(&|r| r.cell.key().site.clone()),
        text(&|r| r.cell.key().period.clone()),
        day(&|r| r.first_day),
        day(&|r| r.last_day),
        text(&|r| r.cell.key().dimension.clone()),
        text(&|r| r.cell.key().category.clone()),
        float(&|r| figures(r).map(|f| f.numerator())),
        float(&|r| figures(r).and_then(|f| f.denominator())),
        float(&|r| r.cell.value()),
        float(&|r| interval(r).map(|i| i.0)),
        float(&|r| interval(r).map(|i| i.1)),
        float(&|r| interval(r).map(|i| i.2)),
        text(&|r| r.cell.method().to_owned()),
        Arc::new(Int64Array::from_iter(
            rows.iter().map(|r| figures(r).and_then(|f| i64::try_from(f.n()).ok())),
        )),
        text(&|r| r.cell.unit().word().to_owned()),
        text(&|r| r.cell.status().word().to_owned()),
        text(&|r| r.cell.reason().to_owned()),
        float(&|r| r.baseline),
        float(&|r| r.target),
        float(&|r| r.achievement),
        float(&|r| r.progress),
    ];
    let kinds: Vec<SqlType> = columns
        .iter()
        .map(|c| match c.data_type() {
            DataType::Utf8 => SqlType::Text,
            DataType::Date32 => SqlType::Day,
            DataType::Int64 => SqlType::Integer,
            _ => SqlType::Double,
        })
        .collect();
    let fields: Vec<Field> = COLUMNS
        .iter()
        .zip(&columns)
        .map(|(name, c)| Field::new(*name, c.data_type().clone(), true))
        .collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|e| {
        Diagnostic::bug("tables.parquet", format!("the table of indicators does not fit together: {e}"))
    })?;
    store.parquet(COLUMNS.iter().map(|c| (*c).to_owned()).zip(kinds).collect(), batch)
}

/// A number as the CSV file has it, so that neither file says more than the other.
fn as_written(value: f64) -> f64 {
    format_exact(value).parse().unwrap_or(value)
}

fn estimates_csv(released: &Released, planned: &Planned) -> Result<Vec<u8>, Diagnostic> {
    let mut table = Table::new(&[
        "evaluation",
        "indicator",
        "estimand",
        "term",
        "contrast",
        "estimate",
        "std_error",
        "lower",
        "upper",
        "level",
        "statistic",
        "df",
        "p_value",
        "p_adjusted",
        "n",
        "n_clusters",
        "method",
        "verdict",
        "status",
        "reason",
        "plan_item",
    ])?;
    for row in released.estimates() {
        let figures = row.figures();
        let interval = figures.and_then(|f| f.interval());
        table.row([
            row.evaluation().to_owned(),
            row.indicator().to_owned(),
            row.estimand().to_owned(),
            row.term().to_owned(),
            row.contrast().to_owned(),
            figure(figures.map(|f| f.value())),
            figure(figures.and_then(|f| f.std_error())),
            figure(interval.map(|i| i.0)),
            figure(interval.map(|i| i.1)),
            figure(interval.map(|i| i.2)),
            figure(figures.and_then(|f| f.statistic())),
            figure(figures.and_then(|f| f.df())),
            figure(figures.and_then(|f| f.p_value())),
            figure(row.p_adjusted()),
            figures.map(|f| f.n().to_string()).unwrap_or_default(),
            figures.and_then(|f| f.n_clusters()).map(|n| n.to_string()).unwrap_or_default(),
            row.method().to_owned(),
            row.verdict().unwrap_or_default().to_owned(),
            row.status().word().to_owned(),
            row.reason().to_owned(),
            planned.item(row.evaluation()),
        ])?;
    }
    for evaluation in planned.missing() {
        let mut row: [String; 21] = std::array::from_fn(|_| String::new());
        row[0] = evaluation.to_owned();
        row[18] = "no_data".into();
        row[19] = "planned_and_missing".into();
        row[20] = planned.item(evaluation);
        table.row(row)?;
    }
    table.finish()
}

/// Digits of an estimate: enough to compare with other software, and few enough that the last
/// ones are those of the method and not of rounding.
const DIGITS: usize = 12;

/// A number with [`DIGITS`] significant digits, without trailing zeros.
fn figure(value: Option<f64>) -> String {
    let Some(value) = value else { return String::new() };
    let scientific = format!("{:.*e}", DIGITS - 1, value);
    let rounded: f64 = scientific.parse().unwrap_or(value);
    if rounded == 0.0 {
        return "0".into();
    }
    match rounded.abs() {
        size if (1e-6..1e15).contains(&size) => format!("{rounded}"),
        _ => format!("{rounded:e}"),
    }
}

fn issues_csv(loaded: &Loaded) -> Result<Vec<u8>, Diagnostic> {
    let mut table = Table::new(&["source", "file", "sheet", "row", "column", "check", "severity", "action"])?;
    for issue in &loaded.issues {
        table.row([
            issue.source.clone(),
            issue.place.file.clone(),
            issue.place.sheet.clone().unwrap_or_default(),
            issue.place.row.map(|r| r.to_string()).unwrap_or_default(),
            issue.place.column.clone().unwrap_or_default(),
            issue.check.clone(),
            issue.severity.word().to_owned(),
            issue.action.word().to_owned(),
        ])?;
    }
    table.finish()
}

/// What is withheld, and how far a reader of everything published could narrow it down.
fn disclosure_csv(audit: &Audit) -> Result<Vec<u8>, Diagnostic> {
    let mut table = Table::new(&[
        "indicator",
        "site",
        "period",
        "dimension",
        "category",
        "reason",
        "threshold",
        "at_least",
        "at_most",
    ])?;
    for withheld in &audit.withheld {
        let key = &withheld.cell;
        table.row([
            key.indicator.clone(),
            key.site.clone(),
            key.period.clone(),
            key.dimension.clone(),
            key.category.clone(),
            withheld.told().to_owned(),
            withheld.threshold.to_string(),
            withheld.narrowest.map(|(low, _)| low.to_string()).unwrap_or_default(),
            withheld.narrowest.and_then(|(_, high)| high).map(|high| high.to_string()).unwrap_or_default(),
        ])?;
    }
    table.finish()
}

fn number(value: Option<f64>) -> String {
    value.map(format_exact).unwrap_or_default()
}

fn day(day: Option<Date>) -> String {
    day.map(|d| d.to_string()).unwrap_or_default()
}

/// A CSV file in memory: UTF-8, commas, line feeds.
pub(super) struct Table(csv::Writer<Vec<u8>>);

impl Table {
    pub(super) fn new(header: &[&str]) -> Result<Self, Diagnostic> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(header).map_err(|e| failed(&e))?;
        Ok(Self(writer))
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) -> Result<(), Diagnostic> {
        self.cells(cells.into())
    }

    /// A row with as many cells as the header.
    pub(super) fn cells(&mut self, cells: Vec<String>) -> Result<(), Diagnostic> {
        self.0.write_record(cells.into_iter().map(as_cell)).map_err(|e| failed(&e))
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, Diagnostic> {
        self.0.into_inner().map_err(|e| failed(&e))
    }
}

fn failed(error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::bug("tables.csv", format!("a table could not be written: {error}"))
}
