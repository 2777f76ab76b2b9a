//! Spells: one row for each person or family, with the month in which a condition had held for so
//! many consecutive months, and the month in which it failed again.

use crate::expression::Expression;
use crate::query::{JoinKind, Query, Select, SqlType, Value};
use crate::source::only;

/// One row for each value of a column, with the months in which a condition came to hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Spells {
    /// The source, one row for each family and month.
    pub of: String,
    /// The column that identifies the family.
    pub by: String,
    /// A date in the month.
    pub month: String,
    /// The condition.
    pub holds: Expression,
    /// How many consecutive months.
    pub months: u32,
    /// Columns taken over where a family has only one value.
    pub take: Vec<String>,
}

/// The dates that spells add, each the first day of a month.
pub const SPELL_DATES: [&str; 4] = ["first_on", "reached_on", "lost_on", "last_on"];

/// Months since the year 0, so that consecutive months differ by 1.
pub(crate) fn month_number(day: Value) -> Value {
    Value::Call("year", vec![day.clone()])
        .binary("*", Value::integer(12))
        .binary("+", Value::Call("month", vec![day]))
        .cast(SqlType::Integer)
}

/// The months of each key for which the condition held as long as needed: `key…, month` is the
/// month in which the run was complete. `months` has the columns of `keys`, `month` and `holds`.
///
/// Where the holding month so many holding months earlier is exactly that much earlier, the
/// months between hold as well: a run is complete.
pub(crate) fn first_complete_run(months: Query, keys: &[&'static str], needed: u32) -> Query {
    let column = |name: &str| Value::column("m", name);
    let mut holding = Select::from(months.rows(), "m");
    for key in keys {
        holding = holding.column(column(key), *key);
    }
    let earlier = Value::Lag(
        Box::new(column("month")),
        needed.saturating_sub(1),
        keys.iter().map(|key| column(key)).collect(),
        vec![column("month")],
    );
    let holding = holding
        .column(column("month"), "month")
        .column(earlier, "earlier")
        .filter(column("holds").binary("=", Value::integer(1)));
    let column = |name: &str| Value::column("h", name);
    let mut reached = Select::from(holding.query().rows(), "h");
    for key in keys {
        reached = reached.group(column(key), *key);
    }
    let length = column("month").binary("-", column("earlier"));
    reached
        .column(Value::Call("min", vec![column("month")]), "month")
        .filter(length.binary("=", Value::integer(i64::from(needed) - 1)))
        .query()
}

impl Spells {
    /// The rows: the key, the columns taken over, and the dates.
    pub(crate) fn query(&self, table: String) -> Query {
        let column = |name: &str| Value::column("s", name);
        let rows = || {
            Select::from(crate::query::From::Table(table.clone()), "s")
                .filter(column(&self.by).is_there())
                .filter(column(&self.month).is_there())
        };
        let first_of_month = Value::Call("date_trunc", vec![Value::text("month"), column(&self.month)]);
        // One row a family and month; it holds when it holds in one of the month's rows.
        let months = rows()
            .group(column(&self.by), "unit")
            .group(month_number(column(&self.month)), "month")
            .column(Value::Call("min", vec![first_of_month.cast(SqlType::Day)]), "day")
            .column(Value::Call("max", vec![Value::of(&self.holds, "s").flag()]), "holds")
            .query();
        let reached = first_complete_run(months.clone(), &["unit"], self.months);
        let column = |name: &str| Value::column("m", name);
        let same = column("unit").binary("=", Value::column("r", "unit"));
        let when = |holds: Value, what: Value| {
            Value::Call("min", vec![Value::Case(vec![(holds, what)], Box::new(Value::Missing(SqlType::Day)))])
        };
        let at_reached = column("month").binary("=", Value::column("r", "month"));
        let after = column("month").binary(">", Value::column("r", "month"));
        let failed = after.and(column("holds").binary("=", Value::integer(0)));
        let dates = Select::from(months.rows(), "m")
            .group(column("unit"), "unit")
            .column(Value::Call("min", vec![column("day")]), "first_on")
            .column(when(at_reached, column("day")), "reached_on")
            .column(when(failed, column("day")), "lost_on")
            .column(Value::Call("max", vec![column("day")]), "last_on")
            .join(JoinKind::Left, reached.rows(), "r", same);
        let column = |name: &str| Value::column("s", name);
        let mut taken = rows().group(column(&self.by), "unit");
        for name in &self.take {
            taken = taken.column(only(column(name)), name.clone());
        }
        let same = Value::column("d", "unit").binary("=", Value::column("t", "unit"));
        let mut select =
            Select::from(dates.query().rows(), "d").column(Value::column("d", "unit"), self.by.clone());
        for name in &self.take {
            select = select.column(Value::column("t", name), name.clone());
        }
        for name in SPELL_DATES {
            select = select.column(Value::column("d", name), name);
        }
        select.join(JoinKind::Inner, taken.query().rows(), "t", same).query()
    }
}
