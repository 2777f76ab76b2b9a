//! A small tree of SQL and its printer. Every SQL text that groundwork runs is printed here, and
//! identifiers and texts are quoted here and nowhere else.
//!
//! Only what means the same in the engines that matter is in the tree: joins, filters, groups,
//! aggregates with a total order, and unions.

use crate::expression::{Expression, Function, Operator, Tree};
use jiff::civil::Date;
use std::fmt::{self, Display};

/// A value in a query.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A column of a named part of the query.
    Column(&'static str, String),
    /// A text.
    Text(String),
    /// A number, as written.
    Number(String),
    /// A day.
    Day(Date),
    /// `true` or `false`.
    Truth(bool),
    /// Nothing, of a type.
    Missing(SqlType),
    /// Two sides and the operator between them.
    Binary(Box<Value>, &'static str, Box<Value>),
    /// `NOT`.
    Not(Box<Value>),
    /// `IS NULL`, or `IS NOT NULL` when the flag is false.
    IsMissing(Box<Value>, bool),
    /// `IN (…)`.
    In(Box<Value>, Vec<Value>),
    /// A function or an aggregate.
    Call(&'static str, Vec<Value>),
    /// `count(DISTINCT …)`.
    CountDistinct(Box<Value>),
    /// `count(*)`.
    CountRows,
    /// The type is changed; a value that cannot be is an error.
    Cast(Box<Value>, SqlType),
    /// `CASE WHEN … THEN … ELSE … END`.
    Case(Vec<(Value, Value)>, Box<Value>),
    /// A day so many calendar months later; a day that the month has not becomes its last.
    MonthsLater(Box<Value>, i64),
    /// `lag(value, rows) OVER (PARTITION BY … ORDER BY …)`.
    Lag(Box<Value>, u32, Vec<Value>, Vec<Value>),
    /// `row_number() OVER (PARTITION BY … ORDER BY …)`.
    RowNumber(Vec<Value>, Vec<Value>),
}

/// A type in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlType {
    /// Text.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// A floating number of 64 bits.
    Double,
    /// A day.
    Day,
    /// `true` or `false`.
    Truth,
    /// A number with four decimals, exactly.
    Exact,
    /// A number with nine decimals, exactly.
    Fine,
    /// A number with four decimals that has room for squares.
    Wide,
    /// A number with nine decimals that has room for squares.
    WideFine,
    /// A decimal for the sum of floating numbers: 18 digits behind the point.
    WideFinest,
    /// A whole number of 32 bits without a sign: the number of a file.
    File,
    /// A whole number of 64 bits without a sign: the number of a row.
    Row,
}

impl SqlType {
    fn name(self) -> &'static str {
        match self {
            SqlType::Text => "VARCHAR",
            SqlType::Integer => "BIGINT",
            SqlType::Double => "DOUBLE",
            SqlType::Day => "DATE",
            SqlType::Truth => "BOOLEAN",
            SqlType::Exact => "DECIMAL(18,4)",
            SqlType::Fine => "DECIMAL(18,9)",
            SqlType::Wide => "DECIMAL(38,4)",
            SqlType::WideFine => "DECIMAL(38,9)",
            SqlType::WideFinest => "DECIMAL(38,18)",
            SqlType::File => "UINTEGER",
            SqlType::Row => "UBIGINT",
        }
    }
}

impl Value {
    /// A column.
    pub fn column(part: &'static str, name: impl Into<String>) -> Self {
        Value::Column(part, name.into())
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }

    /// A whole number.
    pub fn integer(number: i64) -> Self {
        Value::Number(number.to_string())
    }

    /// `self operator other`.
    #[must_use]
    pub fn binary(self, operator: &'static str, other: Value) -> Self {
        Value::Binary(Box::new(self), operator, Box::new(other))
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Value) -> Self {
        self.binary("AND", other)
    }

    /// There is a value.
    #[must_use]
    pub fn is_there(self) -> Self {
        Value::IsMissing(Box::new(self), false)
    }

    /// There is no value.
    #[must_use]
    pub fn is_missing(self) -> Self {
        Value::IsMissing(Box::new(self), true)
    }

    /// The type is changed.
    #[must_use]
    pub fn cast(self, to: SqlType) -> Self {
        Value::Cast(Box::new(self), to)
    }

    /// 1 when this holds, else 0.
    #[must_use]
    pub fn flag(self) -> Self {
        Value::Case(vec![(self, Value::integer(1))], Box::new(Value::integer(0)))
    }

    /// The sum of this. Floating numbers, which a division gives, are added as decimals: their sum
    /// would depend on the order in which threads come to them.
    #[must_use]
    pub fn sum(self) -> Self {
        let mut floats = false;
        self.walk(&mut |value| {
            floats |= matches!(value, Value::Binary(_, "/", _) | Value::Cast(_, SqlType::Double));
        });
        Value::Call("sum", vec![if floats { self.cast(SqlType::WideFinest) } else { self }])
    }

    /// Looks at this and everything inside, the outer ones first.
    fn walk<'a>(&'a self, look: &mut impl FnMut(&'a Value)) {
        look(self);
        match self {
            Value::Column(..)
            | Value::Text(_)
            | Value::Number(_)
            | Value::Day(_)
            | Value::Truth(_)
            | Value::Missing(_)
            | Value::CountRows => {}
            Value::Not(inner)
            | Value::IsMissing(inner, _)
            | Value::CountDistinct(inner)
            | Value::Cast(inner, _)
            | Value::MonthsLater(inner, _) => inner.walk(look),
            Value::Binary(left, _, right) => {
                left.walk(look);
                right.walk(look);
            }
            Value::In(inner, items) => {
                inner.walk(look);
                items.iter().for_each(|item| item.walk(look));
            }
            Value::Call(_, arguments) => arguments.iter().for_each(|argument| argument.walk(look)),
            Value::Case(whens, otherwise) => {
                for (when, then) in whens {
                    when.walk(look);
                    then.walk(look);
                }
                otherwise.walk(look);
            }
            Value::Lag(value, _, partition, order) => {
                value.walk(look);
                partition.iter().chain(order).for_each(|v| v.walk(look));
            }
            Value::RowNumber(partition, order) => {
                partition.iter().chain(order).for_each(|v| v.walk(look));
            }
        }
    }

    /// The columns that it names, each once.
    pub(crate) fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        self.walk(&mut |value| {
            if let Value::Column(_, name) = value
                && !columns.contains(&name.as_str())
            {
                columns.push(name);
            }
        });
        columns
    }

    /// The parts of the query that its columns belong to.
    pub(crate) fn parts(&self) -> Vec<&'static str> {
        let mut parts = Vec::new();
        self.walk(&mut |value| {
            if let Value::Column(part, _) = value {
                parts.push(*part);
            }
        });
        parts
    }

    /// Whether it is true, false or undecided by its form, and not a column's own value.
    pub(crate) fn is_condition(&self) -> bool {
        match self {
            Value::Binary(_, op, _) => !matches!(*op, "+" | "-" | "*" | "/"),
            Value::Truth(_) | Value::Not(_) | Value::IsMissing(..) | Value::In(..) => true,
            _ => false,
        }
    }

    /// An expression of the pipeline over one part of the query.
    pub fn of(expression: &Expression, part: &'static str) -> Self {
        from_tree(&expression.tree, &|name| Value::column(part, name))
    }

    /// An expression of the pipeline, with a value of one's own for each column.
    pub fn with_columns(expression: &Expression, column: &dyn Fn(&str) -> Value) -> Self {
        from_tree(&expression.tree, column)
    }
}

fn from_tree(tree: &Tree, column: &dyn Fn(&str) -> Value) -> Value {
    let sub = |t: &Tree| from_tree(t, column);
    match tree {
        Tree::Column(name) => column(name),
        Tree::Text(text) => Value::text(text),
        Tree::Number(number) => Value::Number(number.clone()),
        Tree::Day(day) => Value::Day(*day),
        Tree::Truth(truth) => Value::Truth(*truth),
        Tree::Not(inner) => Value::Not(Box::new(sub(inner))),
        Tree::Negative(inner) => Value::integer(0).binary("-", sub(inner)),
        Tree::IsMissing(inner, wanted) => Value::IsMissing(Box::new(sub(inner)), *wanted),
        Tree::In(inner, items) => Value::In(Box::new(sub(inner)), items.iter().map(sub).collect()),
        Tree::PeriodStart => Value::column("p", "first_day"),
        Tree::PeriodEnd => Value::column("p", "last_day"),
        Tree::Call(Function::If, arguments) => {
            let mut sides = arguments.iter().map(sub);
            let missing = || Value::Missing(SqlType::Text);
            let (condition, yes) = (sides.next().unwrap_or(missing()), sides.next().unwrap_or(missing()));
            Value::Case(vec![(condition, yes)], Box::new(sides.next().unwrap_or(missing())))
        }
        Tree::Call(function, arguments) => {
            let name = match function {
                Function::Coalesce | Function::If => "coalesce",
                Function::Least => "least",
                Function::Greatest => "greatest",
                Function::Abs => "abs",
                Function::Year => "year",
                Function::Month => "month",
            };
            Value::Call(name, arguments.iter().map(sub).collect())
        }
        Tree::Binary(left, op, right) => {
            let (left, right) = (sub(left), sub(right));
            let name = match op {
                Operator::And => "AND",
                Operator::Or => "OR",
                Operator::Equal => "=",
                Operator::NotEqual => "<>",
                Operator::Less => "<",
                Operator::LessOrEqual => "<=",
                Operator::Greater => ">",
                Operator::GreaterOrEqual => ">=",
                Operator::Plus => "+",
                Operator::Minus => "-",
                Operator::Times => "*",
                Operator::Divided => {
                    let right = Value::Call("nullif", vec![right.cast(SqlType::Double), Value::integer(0)]);
                    return left.cast(SqlType::Double).binary("/", right);
                }
            };
            left.binary(name, right)
        }
    }
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    /// A table.
    Table(String),
    /// Another query.
    Query(Box<Query>),
    /// Rows that stand in the query itself: column names, and rows.
    Rows(Vec<&'static str>, Vec<Vec<Value>>),
}

/// How a part is joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// Only rows with a partner.
    Inner,
    /// Every row, with nothing where there is no partner.
    Left,
}

/// One `SELECT`.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// The columns, each with its name.
    pub columns: Vec<(Value, String)>,
    /// Where the rows come from, and what the part is called.
    pub from: (From, &'static str),
    /// Parts that are joined, each with its condition.
    pub joins: Vec<(JoinKind, From, &'static str, Value)>,
    /// What must hold.
    pub filter: Vec<Value>,
    /// What rows are put together by.
    pub group_by: Vec<Value>,
    /// What groups must hold.
    pub having: Vec<Value>,
    /// The order; total, wherever the order can be seen.
    pub order_by: Vec<Value>,
}

impl Select {
    /// A query over one part, with no columns yet.
    pub fn from(from: From, part: &'static str) -> Self {
        Self {
            columns: Vec::new(),
            from: (from, part),
            joins: Vec::new(),
            filter: Vec::new(),
            group_by: Vec::new(),
            having: Vec::new(),
            order_by: Vec::new(),
        }
    }

    /// One more column.
    #[must_use]
    pub fn column(mut self, value: Value, name: impl Into<String>) -> Self {
        self.columns.push((value, name.into()));
        self
    }

    /// One more column that rows are put together by.
    #[must_use]
    pub fn group(mut self, value: Value, name: impl Into<String>) -> Self {
        self.group_by.push(value.clone());
        self.column(value, name)
    }

    /// One more condition.
    #[must_use]
    pub fn filter(mut self, value: Value) -> Self {
        self.filter.push(value);
        self
    }

    /// One more condition, if there is one.
    #[must_use]
    pub fn filter_if(self, expression: Option<&Expression>, part: &'static str) -> Self {
        match expression {
            Some(expression) => self.filter(Value::of(expression, part)),
            None => self,
        }
    }

    /// One more joined part.
    #[must_use]
    pub fn join(mut self, kind: JoinKind, from: From, part: &'static str, on: Value) -> Self {
        self.joins.push((kind, from, part, on));
        self
    }

    /// The order.
    #[must_use]
    pub fn order(mut self, by: Vec<Value>) -> Self {
        self.order_by = by;
        self
    }

    /// The query that this alone makes.
    pub fn query(self) -> Query {
        Query::Select(Box::new(self))
    }
}

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// One `SELECT`.
    Select(Box<Select>),
    /// The rows of several queries with the same columns.
    UnionAll(Vec<Query>),
}

impl Query {
    /// The query as a source of rows.
    pub fn rows(self) -> From {
        From::Query(Box::new(self))
    }
}

/// A statement that changes the database.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// A table made from a query.
    CreateTable(String, Query),
    /// A view: a query under a name.
    CreateView(String, Query),
    /// The rows of a Parquet file under a name.
    ViewFile(String, String),
    /// An empty table with these columns.
    DeclareTable(String, Vec<(String, SqlType)>),
    /// A table that is no longer needed.
    DropTable(String),
    /// A table under another name.
    RenameTable(String, String),
    /// A view that is no longer needed.
    DropView(String),
    /// A table written to a Parquet file, in its order.
    WriteParquet(String, String),
}

/// An identifier, quoted.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Column(part, name) => write!(f, "{part}.{}", identifier(name)),
            Value::Text(text) => f.write_str(&literal(text)),
            Value::Number(number) => f.write_str(number),
            Value::Day(day) => write!(f, "DATE '{day}'"),
            Value::Truth(truth) => write!(f, "{truth}"),
            Value::Missing(kind) => write!(f, "CAST(NULL AS {})", kind.name()),
            Value::Binary(left, op, right) => write!(f, "({left} {op} {right})"),
            Value::Not(inner) => write!(f, "(NOT {inner})"),
            Value::IsMissing(inner, true) => write!(f, "({inner} IS NULL)"),
            Value::IsMissing(inner, false) => write!(f, "({inner} IS NOT NULL)"),
            Value::In(inner, items) if items.is_empty() => write!(f, "({inner} IS NULL AND FALSE)"),
            Value::In(inner, items) => write!(f, "({inner} IN ({}))", Listed(items, ", ")),
            Value::Call(name, arguments) => write!(f, "{name}({})", Listed(arguments, ", ")),
            Value::CountDistinct(inner) => write!(f, "count(DISTINCT {inner})"),
            Value::CountRows => f.write_str("count(*)"),
            Value::Cast(inner, kind) => write!(f, "CAST({inner} AS {})", kind.name()),
            Value::Case(whens, otherwise) => {
                f.write_str("CASE")?;
                for (when, then) in whens {
                    write!(f, " WHEN {when} THEN {then}")?;
                }
                write!(f, " ELSE {otherwise} END")
            }
            Value::MonthsLater(day, months) => {
                write!(f, "CAST({day} + INTERVAL '{months}' MONTH AS DATE)")
            }
            Value::Lag(value, rows, partition, order) => write!(
                f,
                "lag({value}, {rows}) OVER (PARTITION BY {} ORDER BY {})",
                Listed(partition, ", "),
                Listed(order, ", ")
            ),
            Value::RowNumber(partition, order) => write!(
                f,
                "row_number() OVER (PARTITION BY {} ORDER BY {})",
                Listed(partition, ", "),
                Listed(order, ", ")
            ),
        }
    }
}

struct Listed<'a, T>(&'a [T], &'static str);

impl<T: Display> Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, item) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(self.1)?;
            }
            write!(f, "{item}")?;
        }
        Ok(())
    }
}

impl Display for From {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            From::Table(name) => f.write_str(&identifier(name)),
            From::Query(query) => write!(f, "(\n{}\n)", indented(&query.to_string())),
            From::Rows(_, rows) => {
                let rows: Vec<String> = rows.iter().map(|r| format!("({})", Listed(r, ", "))).collect();
                write!(f, "(VALUES {})", rows.join(", "))
            }
        }
    }
}

fn named(from: &From, part: &str) -> String {
    match from {
        From::Rows(columns, _) => format!("{from} AS {part}({})", columns.join(", ")),
        From::Table(_) | From::Query(_) => format!("{from} AS {part}"),
    }
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

impl Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SELECT")?;
        for (i, (value, name)) in self.columns.iter().enumerate() {
            f.write_str(if i > 0 { ",\n  " } else { "\n  " })?;
            match value {
                Value::Column(_, own) if own == name => write!(f, "{value}")?,
                _ => write!(f, "{value} AS {}", identifier(name))?,
            }
        }
        write!(f, "\nFROM {}", named(&self.from.0, self.from.1))?;
        for (kind, from, part, on) in &self.joins {
            let word = match kind {
                JoinKind::Inner => "JOIN",
                JoinKind::Left => "LEFT JOIN",
            };
            write!(f, "\n{word} {} ON {on}", named(from, part))?;
        }
        clause(f, "WHERE", &self.filter, " AND ")?;
        clause(f, "GROUP BY", &self.group_by, ", ")?;
        clause(f, "HAVING", &self.having, " AND ")?;
        if !self.order_by.is_empty() {
            let keys: Vec<String> = self.order_by.iter().map(|k| format!("{k} NULLS LAST")).collect();
            write!(f, "\nORDER BY {}", keys.join(", "))?;
        }
        Ok(())
    }
}

fn clause(f: &mut fmt::Formatter<'_>, word: &str, items: &[Value], between: &'static str) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    write!(f, "\n{word} {}", Listed(items, between))
}

impl Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Query::Select(select) => write!(f, "{select}"),
            Query::UnionAll(queries) => {
                for (i, query) in queries.iter().enumerate() {
                    if i > 0 {
                        f.write_str("\nUNION ALL\n")?;
                    }
                    write!(f, "{query}")?;
                }
                Ok(())
            }
        }
    }
}

impl Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Statement::CreateTable(name, query) => {
                write!(f, "CREATE TABLE {} AS\n{query}", identifier(name))
            }
            Statement::CreateView(name, query) => {
                write!(f, "CREATE VIEW {} AS\n{query}", identifier(name))
            }
            Statement::ViewFile(name, path) => {
                write!(f, "CREATE VIEW {} AS SELECT * FROM read_parquet({})", identifier(name), literal(path))
            }
            Statement::DeclareTable(name, columns) => {
                let columns: Vec<String> = columns
                    .iter()
                    .map(|(name, kind)| format!("{} {}", identifier(name), kind.name()))
                    .collect();
                write!(f, "CREATE TABLE {} ({})", identifier(name), columns.join(", "))
            }
            Statement::RenameTable(from, to) => {
                write!(f, "ALTER TABLE {} RENAME TO {}", identifier(from), identifier(to))
            }
            Statement::DropTable(name) => write!(f, "DROP TABLE {}", identifier(name)),
            Statement::WriteParquet(name, path) => {
                write!(f, "COPY {} TO {} (FORMAT parquet)", identifier(name), literal(path))
            }
            Statement::DropView(name) => write!(f, "DROP VIEW {}", identifier(name)),
        }
    }
}

/// A count of the rows of a table: an empty text, and the number.
pub fn count_rows(table: &str) -> Query {
    Select::from(From::Table(table.into()), "t")
        .column(Value::text(""), "state")
        .column(Value::CountRows.cast(SqlType::Integer), "n")
        .query()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_quoted() {
        assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
        assert_eq!(Value::text("it's").to_string(), "'it''s'");
        assert_eq!(Value::column("s", "_row").to_string(), "s.\"_row\"");
    }

    #[test]
    fn a_query_is_printed() {
        let query = Select::from(From::Table("source:a".into()), "s")
            .group(Value::column("s", "site"), "site")
            .column(Value::CountRows, "n")
            .filter(Value::column("s", "sex").binary("=", Value::text("female")))
            .order(vec![Value::column("s", "site")])
            .query();
        assert_eq!(
            query.to_string(),
            "SELECT\n  s.\"site\",\n  count(*) AS \"n\"\nFROM \"source:a\" AS s\nWHERE (s.\"sex\" = 'female')\nGROUP BY s.\"site\"\nORDER BY s.\"site\" NULLS LAST"
        );
    }
}
