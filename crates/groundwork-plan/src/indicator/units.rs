//! Units: the table that a kind becomes, and the cells that units add up to.
//!
//! A unit is a person, a family, a case or a row that counts for a site and a period. The columns
//! are always the same:
//!
//! | column | holds |
//! |---|---|
//! | `site`, `period` | the cell's site (empty: all sites together) and period |
//! | `unit` | what identifies the unit |
//! | `cluster` | the cluster of the unit, for kinds that have clusters |
//! | `y`, `x`, `immature` | what the unit adds to numerator, denominator and immature |
//! | one for each column of a dimension | the unit's category |
//!
//! All sites together is counted, never added up, so a kind that is not additive cannot be rolled
//! up wrongly: a person who attends in two sites is one person.

use super::{Dimension, Indicator, Kind, Summary, UNKNOWN, Window};
use crate::expression::Expression;
use crate::query::{From, JoinKind, Query, Select, SqlType, Value};

/// How many digits behind the point numbers have that are squared, and those of an index.
pub(super) const DIGITS: u8 = 4;
const DIGITS_FINE: u8 = 9;

/// Whether units are made for every site, or for all sites together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    EverySite,
    AllSites,
}

impl Scope {
    /// Those of an indicator with a column of sites, or without one.
    pub(super) fn all(site_by: Option<&str>) -> &'static [Self] {
        match site_by {
            Some(_) => &[Scope::EverySite, Scope::AllSites],
            None => &[Scope::AllSites],
        }
    }
}

/// What the kinds build their queries with.
pub(super) struct Units<'a> {
    pub(super) indicator: &'a Indicator,
    pub(super) scope: Scope,
    /// The column of the household of a row, where units are to know it in place of a cluster.
    pub(super) household: Option<&'a str>,
}

/// What cells are added up from.
#[derive(Debug, Clone)]
pub enum Counted {
    /// A table of units.
    Units(String),
    /// Sums that were made for several indicators in one pass: `site, period, dimension, category,
    /// y, x, immature, squares, top, n`, with the empty dimension for the total.
    Sums(Query),
}

impl Indicator {
    /// The query that makes the table of units; see the module.
    pub fn units(&self) -> Query {
        self.in_every_scope(None, |units| self.kind.measured().units(units))
    }

    /// The same with the household of each unit as its cluster, for kinds that know households.
    pub fn units_by_household(&self, column: &str) -> Query {
        self.in_every_scope(Some(column), |units| self.kind.measured().units(units))
    }

    /// The units by the dimension that the kind itself has, such as the generations of a cascade.
    pub fn own_units(&self) -> Query {
        self.in_every_scope(None, |units| self.kind.measured().own_units(units))
    }

    fn in_every_scope(&self, household: Option<&str>, make: impl Fn(&Units) -> Vec<Query>) -> Query {
        let scopes = Scope::all(self.site_by.as_deref());
        let make = |scope: &Scope| make(&Units { indicator: self, scope: *scope, household });
        Query::UnionAll(scopes.iter().flat_map(make).collect())
    }

    /// The query that adds up, one row a cell: `site, period, dimension, category, y, x, immature,
    /// squares, top, n`, in the order of the first four. `squares` is the sum of the squares of
    /// `y`, `top` the largest of them without its sign.
    pub fn cells(&self, counted: &Counted, dimensions: &[Dimension], with_total: bool) -> Query {
        let summed = |name| self.summed(name);
        let adding = |select: Select, squares: Value, top: Value, n: Value| {
            select
                .column(summed("y"), "y")
                .column(summed("x"), "x")
                .column(summed("immature"), "immature")
                .column(squares.cast(SqlType::Double), "squares")
                .column(Value::Call("max", vec![top]).cast(SqlType::Double), "top")
                .column(n.cast(SqlType::Integer), "n")
                .query()
        };
        let names = ["site", "period", "dimension", "category"];
        let all = match counted {
            Counted::Units(table) => levels(dimensions, with_total, |dimension| {
                let square = self.squared(Value::column("u", "y"));
                let squares = square.map_or(zero(), |square| Value::Call("sum", vec![square]));
                let size = Value::Call("abs", vec![Value::column("u", "y")]);
                adding(level(table, dimension), squares, size, Value::CountRows)
            }),
            Counted::Sums(sums) => {
                let mut select = Select::from(sums.clone().rows(), "u");
                for name in names {
                    select = select.group(Value::column("u", name), name);
                }
                let total = with_total.then_some("");
                let wanted = total.into_iter().chain(dimensions.iter().map(|d| d.name.as_str()));
                let wanted = wanted.map(Value::text).collect();
                let select = select.filter(Value::In(Box::new(Value::column("u", "dimension")), wanted));
                let sum = |name: &str| Value::Call("sum", vec![Value::column("u", name)]);
                adding(select, sum("squares"), Value::column("u", "top"), sum("n")).rows()
            }
        };
        let mut select = Select::from(all, "c");
        for name in names.into_iter().chain(["y", "x", "immature", "squares", "top", "n"]) {
            select = select.column(Value::column("c", name), name);
        }
        select.order(names.map(|k| Value::column("c", k)).to_vec()).query()
    }

    /// The sum of a column of the units.
    fn summed(&self, name: &str) -> Value {
        let column = Value::column("u", name);
        // What was divided is a floating number.
        let column = if self.floats { column.cast(SqlType::Double) } else { column };
        column.sum().cast(SqlType::Double)
    }

    /// The square of a number that is averaged. The product of two decimals keeps their width in
    /// DuckDB, so that they need room beforehand.
    pub(super) fn squared(&self, number: Value) -> Option<Value> {
        let wide = match self.digits_squared()? {
            DIGITS_FINE => SqlType::WideFine,
            _ => SqlType::Wide,
        };
        Some(number.clone().cast(wide).binary("*", number.cast(wide)))
    }

    /// How many digits behind the point the squares of values are made from, where they are needed.
    pub(super) fn digits_squared(&self) -> Option<u8> {
        match (self.kind.summary(), &self.kind) {
            (Summary::RowMean, Kind::Index(_)) => Some(DIGITS_FINE),
            (Summary::RowMean, _) => Some(DIGITS),
            _ => None,
        }
    }

    /// The query that adds the units up by cluster: `site, period, dimension, category, cluster, y, x`, in
    /// a total order.
    pub fn clusters(&self, units: &str, dimensions: &[Dimension]) -> Query {
        let level = |dimension: Option<&Dimension>| {
            level(units, dimension)
                .group(Value::column("u", "cluster"), "cluster")
                .column(self.summed("y"), "y")
                .column(self.summed("x"), "x")
                .query()
        };
        let mut select = Select::from(levels(dimensions, true, level), "c");
        for name in ["site", "period", "dimension", "category", "cluster", "y", "x"] {
            let value = Value::column("c", name);
            select = select.column(if name == "cluster" { value.cast(SqlType::Text) } else { value }, name);
        }
        let keys = ["site", "period", "dimension", "category", "cluster"];
        select.order(keys.map(|k| Value::column("c", k)).to_vec()).query()
    }

    /// The values of some ranks of each cell: `site, period, dimension, category, rank, y`. `ranks`
    /// are cells with a rank each, counted from 1 in the order of `y`.
    pub fn ranked(&self, units: &str, dimensions: &[Dimension], ranks: &[([String; 4], u64)]) -> Query {
        let names = ["site", "period", "dimension", "category"];
        let level = |dimension: Option<&Dimension>| {
            let select = Select::from(From::Table(units.to_owned()), "u");
            let (name, category) = cell_of(dimension);
            select
                .column(Value::column("u", "site"), "site")
                .column(Value::column("u", "period"), "period")
                .column(name, "dimension")
                .column(category, "category")
                .column(Value::column("u", "y"), "y")
                .query()
        };
        let column = |name: &str| Value::column("c", name);
        let mut ranked = Select::from(levels(dimensions, true, level), "c");
        for name in names {
            ranked = ranked.column(column(name), name);
        }
        let number = Value::RowNumber(names.map(column).to_vec(), vec![column("y")]);
        let ranked = ranked
            .column(column("y").cast(SqlType::Double), "y")
            .column(number.cast(SqlType::Integer), "rank");
        let wanted = ranks
            .iter()
            .map(|(cell, rank)| {
                let rank = Value::Number(rank.to_string()).cast(SqlType::Integer);
                cell.iter().map(Value::text).chain([rank]).collect()
            })
            .collect();
        let wanted = From::Rows(vec!["w_site", "w_period", "w_dimension", "w_category", "w_rank"], wanted);
        let same = names
            .iter()
            .map(|name| Value::column("r", *name).binary("=", Value::column("w", format!("w_{name}"))))
            .fold(Value::column("r", "rank").binary("=", Value::column("w", "w_rank")), Value::and);
        let mut select = Select::from(ranked.query().rows(), "r").join(JoinKind::Inner, wanted, "w", same);
        for name in names.into_iter().chain(["rank", "y"]) {
            select = select.column(Value::column("r", name), name);
        }
        // In no order: each rank of a cell is there once, and Sail cannot put rows of a window in one.
        select.query()
    }
}

fn levels(dimensions: &[Dimension], with_total: bool, level: impl Fn(Option<&Dimension>) -> Query) -> From {
    let total = with_total.then(|| level(None));
    Query::UnionAll(total.into_iter().chain(dimensions.iter().map(|d| level(Some(d)))).collect()).rows()
}

/// Dimension and category of a unit of part `u`.
fn cell_of(dimension: Option<&Dimension>) -> (Value, Value) {
    let of_unit = |column: &str| Value::column("u", dimension_column(column));
    match dimension {
        None => (Value::text(""), Value::text("")),
        Some(dimension) => (Value::text(&dimension.name), category_of(dimension, &of_unit)),
    }
}

/// The category in a dimension, from that in each of its columns; those of a crossing stand one
/// after the other.
pub(super) fn category_of(dimension: &Dimension, of: &dyn Fn(&str) -> Value) -> Value {
    let mut parts = Vec::new();
    for column in &dimension.columns {
        if !parts.is_empty() {
            parts.push(Value::text(Dimension::CROSS));
        }
        parts.push(of(column));
    }
    match parts.as_slice() {
        [one] => one.clone(),
        _ => Value::Call("concat", parts),
    }
}

/// Units put together by site, period and, where there is one, a dimension.
fn level(units: &str, dimension: Option<&Dimension>) -> Select {
    let column = |name: &str| Value::column("u", name);
    let select = Select::from(From::Table(units.to_owned()), "u")
        .group(column("site"), "site")
        .group(column("period"), "period");
    let (name, category) = cell_of(dimension);
    match dimension {
        None => select.column(name, "dimension").column(category, "category"),
        Some(_) => select.column(name, "dimension").group(category, "category"),
    }
}

/// The name of the table of a source.
pub fn source_table(source: &str) -> String {
    format!("source:{source}")
}

/// The column of a dimension in the table of units.
pub(super) fn dimension_column(column: &str) -> String {
    format!("by:{column}")
}

/// The category of a row of part `s`.
pub(super) fn row_category(column: &str) -> Value {
    let value = Value::column("s", column).cast(SqlType::Text);
    Value::Call("coalesce", vec![value, Value::text(UNKNOWN)])
}

impl Units<'_> {
    pub(super) fn source(&self, source: &str) -> Select {
        Select::from(From::Table(source_table(source)), "s")
    }

    /// The site of a row of part `s`.
    pub(super) fn site(&self, site_by: Option<&str>) -> Value {
        match (self.scope, site_by) {
            (Scope::EverySite, Some(column)) => Value::column("s", column),
            (Scope::EverySite, None) | (Scope::AllSites, _) => Value::text(""),
        }
    }

    /// Keeps the rows that belong to a site, where every site has units of its own.
    pub(super) fn with_site(&self, select: Select, site_by: Option<&str>) -> Select {
        match (self.scope, site_by) {
            (Scope::EverySite, Some(column)) => select.filter(Value::column("s", column).is_there()),
            (Scope::EverySite, None) => select.filter(Value::Truth(false)),
            (Scope::AllSites, _) => select,
        }
    }

    /// Joins the periods that a row belongs to, by its day.
    pub(super) fn with_periods(&self, select: Select, period_by: Option<&str>, window: Window) -> Select {
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
        self.join_periods(select, on)
    }

    /// Joins the periods for which a condition holds. Where a period is one site's own, only that
    /// site's rows belong to it.
    pub(super) fn join_periods(&self, select: Select, on: Value) -> Select {
        self.join_periods_of(
            select,
            on,
            self.indicator.site_by.as_deref().map(|name| Value::column("s", name)),
        )
    }

    /// [`Units::join_periods`], where the site stands in another part.
    pub(super) fn join_periods_of(&self, select: Select, on: Value, site: Option<Value>) -> Select {
        let own_sites = self.indicator.periods.iter().any(|p| p.site.is_some());
        let on = match (self.scope, site) {
            (Scope::EverySite, Some(site)) if own_sites => {
                let everyone = Value::column("p", "of_site").binary("=", Value::text(""));
                on.and(everyone.binary("OR", Value::column("p", "of_site").binary("=", site)))
            }
            _ => on,
        };
        select.join(JoinKind::Inner, self.periods(), "p", on)
    }

    /// The periods as rows: `period, first_day, last_day, observed_to, of_site`. Those of one site
    /// only have no cell of all sites.
    fn periods(&self) -> From {
        let rows = self
            .indicator
            .periods
            .iter()
            .filter(|p| p.site.is_none() || self.scope == Scope::EverySite)
            .map(|p| {
                let site = Value::text(p.site.clone().unwrap_or_default());
                let days = [p.first_day, p.last_day, p.observed_to].map(Value::Day);
                [Value::text(&p.id)].into_iter().chain(days).chain([site]).collect()
            })
            .collect();
        From::Rows(vec!["period", "first_day", "last_day", "observed_to", "of_site"], rows)
    }

    pub(super) fn period(&self) -> Value {
        Value::column("p", "period")
    }

    /// The category of a row of part `s`.
    pub(super) fn row_dimensions(&self, mut select: Select) -> Select {
        for column in self.indicator.dimension_columns() {
            select = select.column(row_category(column), dimension_column(column));
        }
        select
    }

    /// The one category of each person, resolved over all of their rows: the only value there is,
    /// or `unknown` where there is none or more than one. Adds the columns to a query whose part
    /// `d` has the person as `unit`.
    pub(super) fn person_dimensions(&self, mut select: Select, source: &str, of: &str) -> Select {
        let columns = self.indicator.dimension_columns();
        if columns.is_empty() {
            return select;
        }
        let mut people = self.source(source).group(Value::column("s", of).cast(SqlType::Text), "unit");
        for column in &columns {
            let value = || Value::column("s", *column).cast(SqlType::Text);
            let only = Value::Case(
                vec![(
                    Value::CountDistinct(Box::new(value())).binary("=", Value::integer(1)),
                    Value::Call("min", vec![value()]),
                )],
                Box::new(Value::text(UNKNOWN)),
            );
            people = people.column(only, dimension_column(column));
        }
        let on = Value::column("a", "unit").binary("=", Value::column("d", "unit"));
        select = select.join(JoinKind::Left, people.query().rows(), "a", on);
        for column in columns {
            let name = dimension_column(column);
            let value = Value::Call("coalesce", vec![Value::column("a", &name), Value::text(UNKNOWN)]);
            select = select.column(value, name);
        }
        select
    }

    /// The household of a row of part `s`, where units are to know it.
    pub(super) fn household(&self) -> Value {
        let column = |name: &str| Value::column("s", name).cast(SqlType::Text);
        self.household.map_or_else(no_cluster, column)
    }

    /// What identifies a row: its file and its row there.
    pub(super) fn row_id(&self) -> Value {
        Value::Call(
            "concat",
            vec![
                Value::column("s", "_file").cast(SqlType::Text),
                Value::text(":"),
                Value::column("s", "_row").cast(SqlType::Text),
            ],
        )
    }

    /// The distinct people of a source by site and period: part `d` of a query has `site`,
    /// `period`, `unit`, and `cluster`, the first value of a column that the person appears with,
    /// by day and then in reading order.
    pub(super) fn people(&self, people: &People<'_>) -> From {
        let of = Value::column("s", people.of);
        let cluster = people.cluster.map(|c| Value::column("s", c).cast(SqlType::Text));
        let select = self
            .source(people.from)
            .group(self.site(people.site_by), "site")
            .group(self.period(), "period")
            .group(of.clone().cast(SqlType::Text), "unit");
        let select = match &cluster {
            // Somebody with several households has the first in order.
            None => select.column(Value::Call("min", vec![self.household()]), "cluster"),
            Some(cluster) => {
                let first = Value::Call("arg_min", vec![cluster.clone(), reading_order(people.period_by)]);
                select.column(first, "cluster").filter(cluster.clone().is_there())
            }
        };
        let select = self.with_site(select, people.site_by).filter(of.is_there());
        self.with_periods(select, people.period_by, people.window)
            .filter_if(people.filter, "s")
            .query()
            .rows()
    }
}

/// Which people are put together.
pub(super) struct People<'a> {
    pub(super) from: &'a str,
    pub(super) of: &'a str,
    pub(super) cluster: Option<&'a str>,
    pub(super) filter: Option<&'a Expression>,
    pub(super) site_by: Option<&'a str>,
    pub(super) period_by: Option<&'a str>,
    pub(super) window: Window,
}

/// The columns of a unit of part `d` that adds so much.
pub(super) fn unit_of_d(from: From, y: Value, x: Value) -> Select {
    let column = |name: &str| Value::column("d", name);
    Select::from(from, "d")
        .column(column("site"), "site")
        .column(column("period"), "period")
        .column(column("unit"), "unit")
        .column(column("cluster"), "cluster")
        .column(y, "y")
        .column(x, "x")
        .column(zero(), "immature")
}

/// A key that orders rows by day, then by their place in the exports: 17 bits of days, 14 of the
/// file, 32 of the row.
pub(super) fn reading_order(day: Option<&str>) -> Value {
    let place = Value::column("s", "_file")
        .cast(SqlType::Integer)
        .binary("*", Value::integer(1 << 32))
        .binary("+", Value::column("s", "_row").cast(SqlType::Integer));
    match day {
        None => place,
        Some(day) => {
            let start = Value::Day(jiff::civil::date(1900, 1, 1));
            let days = Value::column("s", day).days_since(start).cast(SqlType::Integer);
            days.binary("*", Value::integer(1 << 46)).binary("+", place)
        }
    }
}

/// The last day of the period of part `p` that had passed when the exports were taken.
pub(super) fn observed_to() -> Value {
    Value::column("p", "observed_to")
}

/// A whole number of the value 0, for a column that a kind does not use.
pub(super) fn zero() -> Value {
    Value::integer(0)
}

pub(super) fn no_cluster() -> Value {
    Value::Missing(SqlType::Text)
}
