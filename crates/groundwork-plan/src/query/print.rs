//! How each engine writes a query. The tree says what is meant; where the same words mean something
//! else in Spark SQL, or other words mean the same, it is written here and nowhere else.
//!
//! | | DuckDB | Spark SQL |
//! |---|---|---|
//! | a name | `"a"` | `` `a` `` |
//! | a text | `'it''s'`, a backslash is one | `'it\'s'`, a backslash is escaped, and so is `$`, which begins a variable |
//! | days between | `(b - a)` | `datediff(b, a)` |
//! | months later | an interval makes a time of a day | `add_months` |
//! | a division | floating | of decimals: a decimal with few digits; by zero: an error |
//! | a missing part of `concat` | passed over | all of it is missing |
//! | where missing values stand in a window | last | first |
//! | the square of wide decimals | keeps its digits behind the point | drops some |
//! | a number cast to a whole one | rounded | cut off |
//! | the value of the smallest key | `arg_min` | `min_by` |

use super::{From, JoinKind, Query, Select, SqlType, Statement, Value};
use std::borrow::Cow;
use std::fmt::{self, Display};

/// The SQL of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// DuckDB, in this process.
    DuckDb,
    /// Spark SQL in its ANSI mode, version 3.5 or later, with times in UTC.
    Spark,
}

/// Asks Spark for its version, in its own words.
pub const SPARK_VERSION: &str = "SELECT version() AS version";

/// Asks Spark for the columns of a table, and for none of its rows.
pub fn columns_in_spark(table: &str) -> String {
    format!("SELECT * FROM {} LIMIT 0", Dialect::Spark.identifier(table))
}

/// Something as an engine writes it.
struct Written<'a, T>(Dialect, &'a T);

/// Several of them, with what stands between.
struct Listed<'a, T>(Dialect, &'a [T], &'static str);

impl<'a, T> Display for Listed<'a, T>
where
    Written<'a, T>: Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, item) in self.1.iter().enumerate() {
            if i > 0 {
                f.write_str(self.2)?;
            }
            write!(f, "{}", Written(self.0, item))?;
        }
        Ok(())
    }
}

/// An identifier, quoted as DuckDB does.
pub fn identifier(name: &str) -> String {
    Dialect::DuckDb.identifier(name)
}

impl Dialect {
    /// Something as it is written.
    fn of<T>(self, what: &T) -> Written<'_, T> {
        Written(self, what)
    }

    fn identifier(self, name: &str) -> String {
        match self {
            Dialect::DuckDb => format!("\"{}\"", name.replace('"', "\"\"")),
            Dialect::Spark => format!("`{}`", name.replace('`', "``")),
        }
    }

    fn text(self, text: &str) -> String {
        match self {
            Dialect::DuckDb => format!("'{}'", text.replace('\'', "''")),
            Dialect::Spark => {
                let escaped = text.replace('\\', "\\\\").replace('\'', "\\'").replace('$', "\\u0024");
                format!("'{escaped}'")
            }
        }
    }

    fn type_name(self, kind: SqlType) -> Cow<'static, str> {
        let name = match (self, kind) {
            (_, SqlType::Decimal(digits, behind)) => return format!("DECIMAL({digits},{behind})").into(),
            (Dialect::DuckDb, SqlType::Text) => "VARCHAR",
            (Dialect::Spark, SqlType::Text) => "STRING",
            (_, SqlType::Integer) => "BIGINT",
            (_, SqlType::Double) => "DOUBLE",
            (_, SqlType::Day) => "DATE",
            (_, SqlType::Truth) => "BOOLEAN",
            (_, SqlType::Exact) => "DECIMAL(18,4)",
            (_, SqlType::Fine) => "DECIMAL(18,9)",
            (Dialect::DuckDb, SqlType::Wide) => "DECIMAL(38,4)",
            (Dialect::DuckDb, SqlType::WideFine) => "DECIMAL(38,9)",
            // A product is as wide as both together in Spark, and keeps its digits only within 38.
            (Dialect::Spark, SqlType::Wide) => "DECIMAL(18,4)",
            (Dialect::Spark, SqlType::WideFine) => "DECIMAL(18,9)",
            (_, SqlType::WideFinest) => "DECIMAL(38,18)",
            (Dialect::DuckDb, SqlType::File) => "UINTEGER",
            (Dialect::DuckDb, SqlType::Row) => "UBIGINT",
            (Dialect::Spark, SqlType::File | SqlType::Row) => "BIGINT",
        };
        Cow::Borrowed(name)
    }

    /// A function of the tree, which has DuckDB's names.
    fn function(self, name: &'static str) -> &'static str {
        match (self, name) {
            (Dialect::Spark, "arg_min") => "min_by",
            (Dialect::Spark, "arg_max") => "max_by",
            _ => name,
        }
    }

    /// The order of a window, in which missing values come last.
    fn window(self, partition: &[Value], order: &[Value]) -> String {
        let last = if self == Dialect::DuckDb { "" } else { " NULLS LAST" };
        let order: Vec<String> = order.iter().map(|key| format!("{}{last}", Written(self, key))).collect();
        format!("OVER (PARTITION BY {} ORDER BY {})", Listed(self, partition, ", "), order.join(", "))
    }
}

impl Query {
    /// The query as an engine writes it.
    pub fn in_dialect(&self, dialect: Dialect) -> String {
        Written(dialect, self).to_string()
    }
}

impl Statement {
    /// The statement as Spark writes it: tables and views are temporary views of the session, so that
    /// nobody needs a right to write. Nothing for what only a database of one's own can do.
    pub fn in_spark(&self) -> Option<String> {
        let spark = Dialect::Spark;
        let view = |name: &str, rows: String| {
            format!("CREATE OR REPLACE TEMPORARY VIEW {} AS\n{rows}", spark.identifier(name))
        };
        match self {
            Statement::CreateTable(name, query) | Statement::CreateView(name, query) => {
                Some(view(name, query.in_dialect(spark)))
            }
            Statement::ViewFile(name, path) => {
                Some(view(name, format!("SELECT * FROM parquet.{}", spark.identifier(path))))
            }
            Statement::DropTable(name) | Statement::DropView(name) => {
                Some(format!("DROP VIEW IF EXISTS {}", spark.identifier(name)))
            }
            Statement::DeclareTable(name, columns) => {
                let empty = |(name, kind): &(String, SqlType)| {
                    format!("CAST(NULL AS {}) AS {}", spark.type_name(*kind), spark.identifier(name))
                };
                let columns: Vec<String> = columns.iter().map(empty).collect();
                Some(view(name, format!("SELECT {} WHERE FALSE", columns.join(", "))))
            }
            Statement::RenameTable(..) | Statement::WriteParquet(..) => None,
        }
    }
}

impl Statement {
    /// What makes Spark keep the rows of a table that the statement made, until the view is dropped.
    pub fn kept_in_spark(&self) -> Option<String> {
        match self {
            Statement::CreateTable(name, _) => {
                Some(format!("CACHE LAZY TABLE {}", Dialect::Spark.identifier(name)))
            }
            _ => None,
        }
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Written(Dialect::DuckDb, self).fmt(f)
    }
}

impl Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Written(Dialect::DuckDb, self).fmt(f)
    }
}

impl Display for Written<'_, Value> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Written(dialect, value) = *self;
        match value {
            Value::Column(part, name) => write!(f, "{part}.{}", dialect.identifier(name)),
            Value::Text(text) => f.write_str(&dialect.text(text)),
            Value::Number(number) => f.write_str(number),
            Value::Day(day) => write!(f, "DATE '{day}'"),
            Value::Truth(truth) => write!(f, "{truth}"),
            Value::Missing(kind) => write!(f, "CAST(NULL AS {})", dialect.type_name(*kind)),
            Value::Binary(left, "/", right) if dialect == Dialect::Spark => write!(
                f,
                "(CAST({} AS DOUBLE) / nullif(CAST({} AS DOUBLE), 0))",
                dialect.of(left.as_ref()),
                dialect.of(right.as_ref())
            ),
            Value::Binary(left, op, right) => {
                write!(f, "({} {op} {})", dialect.of(left.as_ref()), dialect.of(right.as_ref()))
            }
            Value::Days(later, earlier) => {
                let (later, earlier) = (dialect.of(later.as_ref()), dialect.of(earlier.as_ref()));
                match dialect {
                    Dialect::DuckDb => write!(f, "({later} - {earlier})"),
                    Dialect::Spark => write!(f, "datediff({later}, {earlier})"),
                }
            }
            Value::Not(inner) => write!(f, "(NOT {})", dialect.of(inner.as_ref())),
            Value::IsMissing(inner, true) => write!(f, "({} IS NULL)", dialect.of(inner.as_ref())),
            Value::IsMissing(inner, false) => write!(f, "({} IS NOT NULL)", dialect.of(inner.as_ref())),
            Value::In(inner, items) if items.is_empty() => {
                write!(f, "({} IS NULL AND FALSE)", dialect.of(inner.as_ref()))
            }
            Value::In(inner, items) => {
                write!(f, "({} IN ({}))", dialect.of(inner.as_ref()), Listed(dialect, items, ", "))
            }
            Value::Call("concat", parts) if dialect == Dialect::Spark => {
                let there = |part: &Value| match part {
                    Value::Text(_) => dialect.of(part).to_string(),
                    _ => format!("coalesce({}, '')", dialect.of(part)),
                };
                let parts: Vec<String> = parts.iter().map(there).collect();
                write!(f, "concat({})", parts.join(", "))
            }
            Value::Call(name, arguments) => {
                write!(f, "{}({})", dialect.function(name), Listed(dialect, arguments, ", "))
            }
            Value::CountDistinct(inner) => write!(f, "count(DISTINCT {})", dialect.of(inner.as_ref())),
            Value::CountRows => f.write_str("count(*)"),
            Value::Cast(inner, kind) => {
                write!(f, "CAST({} AS {})", dialect.of(inner.as_ref()), dialect.type_name(*kind))
            }
            Value::Case(whens, otherwise) => {
                f.write_str("CASE")?;
                for (when, then) in whens {
                    write!(f, " WHEN {} THEN {}", dialect.of(when), dialect.of(then))?;
                }
                write!(f, " ELSE {} END", dialect.of(otherwise.as_ref()))
            }
            Value::MonthsLater(day, months) => match dialect {
                Dialect::DuckDb => {
                    write!(f, "CAST({} + INTERVAL '{months}' MONTH AS DATE)", dialect.of(day.as_ref()))
                }
                Dialect::Spark => write!(f, "add_months({}, {months})", dialect.of(day.as_ref())),
            },
            Value::Lag(value, rows, partition, order) => {
                write!(f, "lag({}, {rows}) {}", dialect.of(value.as_ref()), dialect.window(partition, order))
            }
            Value::RowNumber(partition, order) => {
                write!(f, "row_number() {}", dialect.window(partition, order))
            }
        }
    }
}

impl Display for Written<'_, From> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Written(dialect, from) = *self;
        match from {
            From::Table(name) => f.write_str(&dialect.identifier(name)),
            From::Query(query) => write!(f, "(\n{}\n)", indented(&query.in_dialect(dialect))),
            From::Rows(_, rows) => {
                let rows: Vec<String> =
                    rows.iter().map(|row| format!("({})", Listed(dialect, row, ", "))).collect();
                write!(f, "(VALUES {})", rows.join(", "))
            }
        }
    }
}

fn named(dialect: Dialect, from: &From, part: &str) -> String {
    let written = Written(dialect, from);
    match from {
        From::Rows(columns, _) => format!("{written} AS {part}({})", columns.join(", ")),
        From::Table(_) | From::Query(_) => format!("{written} AS {part}"),
    }
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

impl Display for Written<'_, Select> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Written(dialect, select) = *self;
        f.write_str("SELECT")?;
        for (i, (value, name)) in select.columns.iter().enumerate() {
            f.write_str(if i > 0 { ",\n  " } else { "\n  " })?;
            let written = Written(dialect, value);
            match value {
                Value::Column(_, own) if own == name => write!(f, "{written}")?,
                _ => write!(f, "{written} AS {}", dialect.identifier(name))?,
            }
        }
        write!(f, "\nFROM {}", named(dialect, &select.from.0, select.from.1))?;
        for (kind, from, part, on) in &select.joins {
            let word = match kind {
                JoinKind::Inner => "JOIN",
                JoinKind::Left => "LEFT JOIN",
            };
            write!(f, "\n{word} {} ON {}", named(dialect, from, part), Written(dialect, on))?;
        }
        let mut clause = |word: &str, items: &[Value], between| {
            if items.is_empty() {
                return Ok(());
            }
            write!(f, "\n{word} {}", Listed(dialect, items, between))
        };
        clause("WHERE", &select.filter, " AND ")?;
        clause("GROUP BY", &select.group_by, ", ")?;
        clause("HAVING", &select.having, " AND ")?;
        if !select.order_by.is_empty() {
            let key = |key| format!("{} NULLS LAST", Written(dialect, key));
            let keys: Vec<String> = select.order_by.iter().map(key).collect();
            write!(f, "\nORDER BY {}", keys.join(", "))?;
        }
        Ok(())
    }
}

impl Display for Written<'_, Query> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Written(dialect, query) = *self;
        match query {
            Query::Select(select) => write!(f, "{}", Written(dialect, select.as_ref())),
            Query::UnionAll(queries) => write!(f, "{}", Listed(dialect, queries, "\nUNION ALL\n")),
        }
    }
}

/// As DuckDB writes it.
impl Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &str| Dialect::DuckDb.text(text);
        match self {
            Statement::CreateTable(name, query) => {
                write!(f, "CREATE TABLE {} AS\n{query}", identifier(name))
            }
            Statement::CreateView(name, query) => {
                write!(f, "CREATE VIEW {} AS\n{query}", identifier(name))
            }
            Statement::ViewFile(name, path) => {
                write!(f, "CREATE VIEW {} AS SELECT * FROM read_parquet({})", identifier(name), text(path))
            }
            Statement::DeclareTable(name, columns) => {
                let column = |(name, kind): &(String, SqlType)| {
                    format!("{} {}", identifier(name), Dialect::DuckDb.type_name(*kind))
                };
                let columns: Vec<String> = columns.iter().map(column).collect();
                write!(f, "CREATE TEMP TABLE {} ({})", identifier(name), columns.join(", "))
            }
            Statement::RenameTable(from, to) => {
                write!(f, "ALTER TABLE {} RENAME TO {}", identifier(from), identifier(to))
            }
            Statement::DropTable(name) => write!(f, "DROP TABLE IF EXISTS {}", identifier(name)),
            Statement::WriteParquet(name, path) => {
                write!(f, "COPY {} TO {} (FORMAT parquet)", identifier(name), text(path))
            }
            Statement::DropView(name) => write!(f, "DROP VIEW {}", identifier(name)),
        }
    }
}

#[cfg(test)]
mod tests;
