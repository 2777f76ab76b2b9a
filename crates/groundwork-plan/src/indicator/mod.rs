//! Indicators: defined measures. One file a kind: what it is, how it becomes a query, and the
//! sentence that explains it.
//!
//! Every kind becomes one table of *units*: a unit is a person, a family, a case or a row that
//! counts for a site and a period. The columns are always the same:
//!
//! | column | holds |
//! |---|---|
//! | `site`, `period` | the cell's site (empty: all sites together) and period |
//! | `unit` | what identifies the unit |
//! | `cluster` | the cluster of the unit, for kinds that have clusters |
//! | `y`, `x`, `immature` | what the unit adds to numerator, denominator and immature |
//! | one for each dimension | the unit's category |
//!
//! All sites together is counted, never added up, so a kind that is not additive cannot be rolled
//! up wrongly: a person who attends in two sites is one person.

mod completion;
mod count;
mod distinct_count;
mod mean;
mod proportion;
mod ratio;
mod sum;
mod sustained;

pub use completion::Completion;
pub use count::Count;
pub use distinct_count::DistinctCount;
pub use mean::Mean;
pub use proportion::Proportion;
pub use ratio::{Measure, MeasureOf, Ratio};
pub use sum::Sum;
pub use sustained::Sustained;

use crate::expression::Expression;
use crate::number::Unit;
use crate::period::Calendar;
use crate::query::{From, JoinKind, Query, Select, SqlType, Value};
use crate::text::{Language, Localised};
use std::collections::BTreeMap;

/// A defined measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: Localised,
    /// What it counts, in a sentence of the pipeline's author.
    pub definition: Option<Localised>,
    /// What numerator and denominator count, in words of the pipeline's author.
    pub named_parts: Option<(Localised, Option<Localised>)>,
    /// How it is computed.
    pub kind: Kind,
    /// Only rows for which this holds.
    pub filter: Option<Expression>,
    /// The column of the site, where there are sites.
    pub site_by: Option<String>,
    /// The date that decides the period, where the kind has one.
    pub period_by: Option<String>,
    /// Its dimensions.
    pub disaggregate: Vec<Dimension>,
    /// Which way is better.
    pub direction: Direction,
    /// What the value is measured in.
    pub unit: Unit,
    /// The value at the start.
    pub baseline: Option<f64>,
    /// What all sites together should reach, by period.
    pub targets: BTreeMap<String, f64>,
    /// Whether reports show it first.
    pub headline: bool,
}

/// A dimension: a column, and the categories that it always shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// The column.
    pub name: String,
    /// Every declared category, in order; `unknown` comes after them.
    pub categories: Vec<String>,
}

/// The category of units whose category is not known.
pub const UNKNOWN: &str = "unknown";

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Increase,
    /// Less is better.
    Decrease,
}

/// Which rows belong to a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Those of the period.
    InPeriod,
    /// All up to its last day.
    ToDate,
}

/// Whether parts may be added up to a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Additivity {
    /// Over sites.
    pub sites: bool,
    /// Over periods.
    pub periods: bool,
}

/// How an indicator is computed.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Rows.
    Count(Count),
    /// Different people or things.
    DistinctCount(DistinctCount),
    /// The sum of a column.
    Sum(Sum),
    /// The mean of a column.
    Mean(Mean),
    /// The share for which a condition holds.
    Proportion(Proportion),
    /// A ratio of sums.
    Ratio(Ratio),
    /// The share of a cohort that finished in time.
    Completion(Completion),
    /// The share for whom a condition held long enough.
    Sustained(Sustained),
}

impl Kind {
    /// The word in the pipeline language.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Count(_) => "count",
            Kind::DistinctCount(_) => "distinct_count",
            Kind::Sum(_) => "sum",
            Kind::Mean(_) => "mean",
            Kind::Proportion(_) => "proportion",
            Kind::Ratio(_) => "ratio",
            Kind::Completion(_) => "completion",
            Kind::Sustained(_) => "sustained",
        }
    }

    /// Whether parts may be added up.
    pub fn additivity(&self) -> Additivity {
        let window = match self {
            Kind::Count(k) => k.window,
            Kind::Sum(k) => k.window,
            Kind::DistinctCount(_)
            | Kind::Mean(_)
            | Kind::Proportion(_)
            | Kind::Ratio(_)
            | Kind::Completion(_)
            | Kind::Sustained(_) => return Additivity { sites: false, periods: false },
        };
        Additivity { sites: true, periods: window == Window::InPeriod }
    }

    /// The source of the rows; a ratio has one for each side, and this is the numerator's.
    pub fn from(&self) -> &str {
        match self {
            Kind::Count(k) => &k.from,
            Kind::DistinctCount(k) => &k.from,
            Kind::Sum(k) => &k.from,
            Kind::Mean(k) => &k.from,
            Kind::Proportion(k) => &k.from,
            Kind::Ratio(k) => &k.numerator.from,
            Kind::Completion(k) => &k.from,
            Kind::Sustained(k) => &k.from,
        }
    }
}

impl Indicator {
    /// The query that makes the table of units; see the module.
    pub fn units(&self, calendar: &Calendar) -> Query {
        let scopes = match &self.site_by {
            Some(_) => vec![Scope::EverySite, Scope::AllSites],
            None => vec![Scope::AllSites],
        };
        let queries = scopes
            .into_iter()
            .flat_map(|scope| {
                let units = Units { indicator: self, calendar, scope };
                match &self.kind {
                    Kind::Count(k) => vec![k.units(&units)],
                    Kind::DistinctCount(k) => vec![k.units(&units)],
                    Kind::Sum(k) => vec![k.units(&units)],
                    Kind::Mean(k) => vec![k.units(&units)],
                    Kind::Proportion(k) => vec![k.units(&units)],
                    Kind::Ratio(k) => k.units(&units),
                    Kind::Completion(k) => vec![k.units(&units)],
                    Kind::Sustained(k) => vec![k.units(&units)],
                }
            })
            .collect();
        Query::UnionAll(queries)
    }

    /// The query that adds the units up, one row a cell: `site, period, dimension, category, y,
    /// x, immature, n`, in the order of the first four.
    pub fn cells(&self, units: &str) -> Query {
        let level = |dimension: Option<&Dimension>| {
            level(units, dimension)
                .column(summed("y"), "y")
                .column(summed("x"), "x")
                .column(summed("immature"), "immature")
                .column(Value::CountRows.cast(SqlType::Integer), "n")
                .query()
        };
        let mut levels = vec![level(None)];
        levels.extend(self.disaggregate.iter().map(|d| level(Some(d))));
        let keys = ["site", "period", "dimension", "category"];
        let all = Query::UnionAll(levels).rows();
        let mut select = Select::from(all, "c");
        for name in ["site", "period", "dimension", "category", "y", "x", "immature", "n"] {
            select = select.column(Value::column("c", name), name);
        }
        select.order(keys.map(|k| Value::column("c", k)).to_vec()).query()
    }

    /// The query that adds the units up by cluster: `site, period, dimension, category, y, x`, in
    /// a total order. Only for kinds whose interval needs it.
    pub fn clusters(&self, units: &str) -> Option<Query> {
        match self.kind {
            Kind::Ratio(_) | Kind::Mean(_) => {}
            Kind::Count(_)
            | Kind::DistinctCount(_)
            | Kind::Sum(_)
            | Kind::Proportion(_)
            | Kind::Completion(_)
            | Kind::Sustained(_) => return None,
        }
        let level = |dimension: Option<&Dimension>| {
            level(units, dimension)
                .group(Value::column("u", "cluster"), "cluster")
                .column(summed("y"), "y")
                .column(summed("x"), "x")
                .query()
        };
        let mut levels = vec![level(None)];
        levels.extend(self.disaggregate.iter().map(|d| level(Some(d))));
        let mut select = Select::from(Query::UnionAll(levels).rows(), "c");
        for name in ["site", "period", "dimension", "category", "y", "x"] {
            select = select.column(Value::column("c", name), name);
        }
        let keys = ["site", "period", "dimension", "category", "cluster"];
        Some(select.order(keys.map(|k| Value::column("c", k)).to_vec()).query())
    }

    /// What it counts, in a sentence: the author's, or the kind's own.
    pub fn sentence(&self, language: Language) -> String {
        if let Some(definition) = &self.definition {
            return definition.get(language).to_owned();
        }
        match &self.kind {
            Kind::Count(k) => k.sentence(language),
            Kind::DistinctCount(k) => k.sentence(language),
            Kind::Sum(k) => k.sentence(language),
            Kind::Mean(k) => k.sentence(language),
            Kind::Proportion(k) => k.sentence(language),
            Kind::Ratio(k) => k.sentence(language),
            Kind::Completion(k) => k.sentence(language),
            Kind::Sustained(k) => k.sentence(language),
        }
    }
}

impl Indicator {
    /// What numerator and denominator count, in words.
    pub fn parts(&self, language: Language) -> (String, Option<String>) {
        if let Some((numerator, denominator)) = &self.named_parts {
            let denominator = denominator.as_ref().map(|d| d.get(language).to_owned());
            return (numerator.get(language).to_owned(), denominator);
        }
        match &self.kind {
            Kind::Count(k) => k.parts(language),
            Kind::DistinctCount(k) => k.parts(language),
            Kind::Sum(k) => k.parts(language),
            Kind::Mean(k) => k.parts(language),
            Kind::Proportion(k) => k.parts(language),
            Kind::Ratio(k) => k.parts(language),
            Kind::Completion(k) => k.parts(language),
            Kind::Sustained(k) => k.parts(language),
        }
    }
}

/// The units of a table put together by site, period and, where there is one, a dimension.
fn level(units: &str, dimension: Option<&Dimension>) -> Select {
    let column = |name: &str| Value::column("u", name);
    let select = Select::from(From::Table(units.into()), "u")
        .group(column("site"), "site")
        .group(column("period"), "period");
    match dimension {
        None => select.column(Value::text(""), "dimension").column(Value::text(""), "category"),
        Some(d) => select
            .column(Value::text(&d.name), "dimension")
            .group(column(&dimension_column(&d.name)), "category"),
    }
}

fn summed(name: &str) -> Value {
    Value::Call("sum", vec![Value::column("u", name)]).cast(SqlType::Double)
}

/// The name of the table of a source.
pub fn source_table(source: &str) -> String {
    format!("source:{source}")
}

/// The column of a dimension in the table of units.
pub fn dimension_column(dimension: &str) -> String {
    format!("by:{dimension}")
}

/// Whether units are made for every site, or for all sites together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    EverySite,
    AllSites,
}

/// What the kinds build their queries with.
struct Units<'a> {
    indicator: &'a Indicator,
    calendar: &'a Calendar,
    scope: Scope,
}

impl Units<'_> {
    fn source(&self, source: &str) -> Select {
        Select::from(From::Table(source_table(source)), "s")
    }

    /// The site of a row of part `s`.
    fn site(&self, site_by: Option<&str>) -> Value {
        match (self.scope, site_by) {
            (Scope::EverySite, Some(column)) => Value::column("s", column),
            (Scope::EverySite, None) | (Scope::AllSites, _) => Value::text(""),
        }
    }

    /// Keeps the rows that belong to a site, where every site has units of its own.
    fn with_site(&self, select: Select, site_by: Option<&str>) -> Select {
        match (self.scope, site_by) {
            (Scope::EverySite, Some(column)) => select.filter(Value::column("s", column).is_there()),
            (Scope::EverySite, None) => select.filter(Value::Truth(false)),
            (Scope::AllSites, _) => select,
        }
    }

    /// Joins the periods that a row belongs to.
    fn with_periods(&self, select: Select, period_by: Option<&str>, window: Window) -> Select {
        let on = match period_by {
            None => Value::Truth(true),
            Some(column) => {
                let day = || Value::column("s", column);
                let until = day().binary("<=", Value::column("p", "last_day"));
                match window {
                    Window::ToDate => until,
                    Window::InPeriod => day().binary(">=", Value::column("p", "first_day")).and(until),
                }
            }
        };
        select.join(JoinKind::Inner, self.periods(), "p", on)
    }

    /// The calendar as rows: `period, first_day, last_day`.
    fn periods(&self) -> From {
        let rows = self
            .calendar
            .periods
            .iter()
            .map(|p| vec![Value::text(p.id()), Value::Day(p.first_day()), Value::Day(p.last_day())])
            .collect();
        From::Rows(vec!["period", "first_day", "last_day"], rows)
    }

    fn period(&self) -> Value {
        Value::column("p", "period")
    }

    /// The category of a row of part `s`.
    fn row_dimensions(&self, mut select: Select) -> Select {
        for dimension in &self.indicator.disaggregate {
            let value = Value::column("s", &dimension.name).cast(SqlType::Text);
            let value = Value::Call("coalesce", vec![value, Value::text(UNKNOWN)]);
            select = select.column(value, dimension_column(&dimension.name));
        }
        select
    }

    /// The one category of each person, resolved over all of their rows: the only value there is,
    /// or `unknown` where there is none or more than one. Adds the columns to a query whose part
    /// `d` has the person as `unit`.
    fn person_dimensions(&self, mut select: Select, source: &str, of: &str) -> Select {
        if self.indicator.disaggregate.is_empty() {
            return select;
        }
        let mut people = self.source(source).group(Value::column("s", of).cast(SqlType::Text), "unit");
        for dimension in &self.indicator.disaggregate {
            let value = || Value::column("s", &dimension.name).cast(SqlType::Text);
            let only = Value::Case(
                vec![(
                    Value::CountDistinct(Box::new(value())).binary("=", Value::integer(1)),
                    Value::Call("min", vec![value()]),
                )],
                Box::new(Value::text(UNKNOWN)),
            );
            people = people.column(only, dimension_column(&dimension.name));
        }
        let on = Value::column("a", "unit").binary("=", Value::column("d", "unit"));
        select = select.join(JoinKind::Left, people.query().rows(), "a", on);
        for dimension in &self.indicator.disaggregate {
            let name = dimension_column(&dimension.name);
            let value = Value::Call("coalesce", vec![Value::column("a", &name), Value::text(UNKNOWN)]);
            select = select.column(value, name);
        }
        select
    }

    /// What identifies a row: its file and its row there.
    fn row_id(&self) -> Value {
        Value::Call(
            "concat",
            vec![
                Value::column("s", "_file").cast(SqlType::Text),
                Value::text(":"),
                Value::column("s", "_row").cast(SqlType::Text),
            ],
        )
    }
}

/// A whole number of the value 0, for a column that a kind does not use.
fn zero() -> Value {
    Value::integer(0)
}

fn no_cluster() -> Value {
    Value::Missing(SqlType::Text)
}
