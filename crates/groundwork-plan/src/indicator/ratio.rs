//! Ratio: a ratio of sums whose numerator and denominator count different things, such as people
//! reached for each volunteer trained. Never the mean of the clusters' own ratios.

use super::{Units, Window, zero};
use crate::expression::Expression;
use crate::query::{From, Query, Select, SqlType, Value};
use crate::text::Language;

/// A ratio of sums.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratio {
    /// What is counted above.
    pub numerator: Measure,
    /// What is counted below.
    pub denominator: Measure,
}

/// One side of a ratio.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What is counted or added up.
    pub of: MeasureOf,
    /// The source.
    pub from: String,
    /// Only rows for which this holds.
    pub filter: Option<Expression>,
    /// The column of the site.
    pub site_by: Option<String>,
    /// The date that decides the period.
    pub period_by: Option<String>,
    /// Which rows belong to a period.
    pub window: Window,
    /// The column whose values are the clusters.
    pub cluster: Option<String>,
}

/// What one side counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeasureOf {
    /// Rows.
    Rows,
    /// Different values of a column.
    Distinct(String),
    /// The sum of a column.
    Sum(String),
}

impl Ratio {
    pub(super) fn units(&self, units: &Units) -> Vec<Query> {
        vec![self.numerator.units(units, true), self.denominator.units(units, false)]
    }

    /// Whether both sides name their clusters.
    pub fn has_clusters(&self) -> bool {
        self.numerator.cluster.is_some() && self.denominator.cluster.is_some()
    }

    /// What numerator and denominator count, in words.
    pub(super) fn parts(&self, language: Language) -> (String, Option<String>) {
        (self.numerator.words(language), Some(self.denominator.words(language)))
    }

    pub(super) fn sentence(&self, language: Language) -> String {
        let (above, below) = (self.numerator.words(language), self.denominator.words(language));
        match language {
            Language::Th => format!("{above} หารด้วย {below}"),
            Language::En | Language::My => format!("The {above} divided by the {below}."),
        }
    }
}

/// A key that orders rows by day, then by their place in the exports: 17 bits of days, 14 of the
/// file, 32 of the row.
fn reading_order(day: Option<&str>) -> Value {
    let place = Value::column("s", "_file")
        .cast(SqlType::Integer)
        .binary("*", Value::integer(1 << 32))
        .binary("+", Value::column("s", "_row").cast(SqlType::Integer));
    match day {
        None => place,
        Some(day) => {
            let start = Value::Day(jiff::civil::date(1900, 1, 1));
            let days = Value::column("s", day).binary("-", start).cast(SqlType::Integer);
            days.binary("*", Value::integer(1 << 46)).binary("+", place)
        }
    }
}

impl Measure {
    /// Units of one side; they add to `y` above and to `x` below.
    fn units(&self, units: &Units, above: bool) -> Query {
        let site_by = self.site_by.as_deref();
        let cluster = || match &self.cluster {
            Some(column) => Value::column("s", column).cast(SqlType::Text),
            None => Value::text(""),
        };
        let finish = |from: From, amount: Value| {
            let (y, x) = if above { (amount, zero()) } else { (zero(), amount) };
            Select::from(from, "d")
                .column(Value::column("d", "site"), "site")
                .column(Value::column("d", "period"), "period")
                .column(Value::column("d", "unit"), "unit")
                .column(Value::column("d", "cluster"), "cluster")
                .column(y, "y")
                .column(x, "x")
                .column(zero(), "immature")
                .query()
        };
        let base = units.source(&self.from);
        let narrowed = |select: Select| {
            let select = units.with_site(select, site_by);
            let select = if self.cluster.is_some() { select.filter(cluster().is_there()) } else { select };
            units
                .with_periods(select, self.period_by.as_deref(), self.window)
                .filter_if(self.filter.as_ref(), "s")
        };
        match &self.of {
            MeasureOf::Distinct(column) => {
                let of = Value::column("s", column);
                let select = base
                    .group(units.site(site_by), "site")
                    .group(units.period(), "period")
                    .group(of.clone().cast(SqlType::Text), "unit")
                    .column(
                        Value::Call("arg_min", vec![cluster(), reading_order(self.period_by.as_deref())]),
                        "cluster",
                    );
                finish(narrowed(select).filter(of.is_there()).query().rows(), Value::integer(1))
            }
            MeasureOf::Rows | MeasureOf::Sum(_) => {
                let select = base
                    .column(units.site(site_by), "site")
                    .column(units.period(), "period")
                    .column(units.row_id(), "unit")
                    .column(cluster(), "cluster");
                match &self.of {
                    MeasureOf::Sum(column) => {
                        let value = Value::column("s", column);
                        let select =
                            narrowed(select.column(value.clone(), "amount")).filter(value.is_there());
                        finish(select.query().rows(), Value::column("d", "amount"))
                    }
                    MeasureOf::Rows | MeasureOf::Distinct(_) => {
                        finish(narrowed(select).query().rows(), Value::integer(1))
                    }
                }
            }
        }
    }

    fn words(&self, language: Language) -> String {
        let thai = language == Language::Th;
        match &self.of {
            MeasureOf::Rows if thai => format!("จำนวนแถวข้อมูลใน {}", self.from),
            MeasureOf::Rows => format!("number of rows of {}", self.from),
            MeasureOf::Distinct(column) if thai => format!("จำนวน {column} ที่ไม่ซ้ำกันใน {}", self.from),
            MeasureOf::Distinct(column) => format!("number of different values of {column} in {}", self.from),
            MeasureOf::Sum(column) if thai => format!("ผลรวมของ {column} ใน {}", self.from),
            MeasureOf::Sum(column) => format!("sum of {column} over {}", self.from),
        }
    }
}
