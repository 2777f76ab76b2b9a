//! A small tree of SQL and its printer. Every SQL text that groundwork runs is printed here, and
//! identifiers and texts are quoted here and nowhere else.
//!
//! Only what means the same in the engines that matter is in the tree: joins, filters, groups,
//! aggregates with a total order, and unions. How each engine writes it stands in `query/print.rs`.

use crate::expression::{Expression, Function, Operator, Tree};
use jiff::civil::Date;
use std::collections::BTreeSet;

mod print;

pub use print::{Dialect, SPARK_VERSION, columns_in_spark, identifier};

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
    /// The whole days from the second day to the first.
    Days(Box<Value>, Box<Value>),
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
    /// A number with so many digits, and so many of them behind the point.
    Decimal(u8, u8),
    /// A whole number of 32 bits without a sign: the number of a file.
    File,
    /// A whole number of 64 bits without a sign: the number of a row.
    Row,
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

    /// The whole days from another day to this one.
    #[must_use]
    pub fn days_since(self, earlier: Value) -> Self {
        Value::Days(Box::new(self), Box::new(earlier))
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
            Value::Binary(left, _, right) | Value::Days(left, right) => {
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
    pub fn columns(&self) -> Vec<&str> {
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
                Operator::Days => return left.days_since(right),
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

impl Statement {
    /// What it makes or changes: a table or a view, by the name that it has afterwards; for a file, the
    /// table that is written to it.
    pub fn name(&self) -> &str {
        match self {
            Statement::CreateTable(name, _)
            | Statement::CreateView(name, _)
            | Statement::ViewFile(name, _)
            | Statement::DeclareTable(name, _)
            | Statement::DropTable(name)
            | Statement::RenameTable(_, name)
            | Statement::DropView(name)
            | Statement::WriteParquet(name, _) => name,
        }
    }

    /// The query whose rows it names.
    pub fn query(&self) -> Option<&Query> {
        match self {
            Statement::CreateTable(_, query) | Statement::CreateView(_, query) => Some(query),
            Statement::ViewFile(..)
            | Statement::DeclareTable(..)
            | Statement::DropTable(_)
            | Statement::RenameTable(..)
            | Statement::DropView(_)
            | Statement::WriteParquet(..) => None,
        }
    }
}

impl Query {
    /// The tables and the columns that it names.
    pub fn names(&self) -> (BTreeSet<&str>, BTreeSet<&str>) {
        let (mut tables, mut columns) = (BTreeSet::new(), BTreeSet::new());
        let mut open = vec![self];
        while let Some(query) = open.pop() {
            let select = match query {
                Query::UnionAll(queries) => {
                    open.extend(queries);
                    continue;
                }
                Query::Select(select) => select,
            };
            let parts = std::iter::once(&select.from.0).chain(select.joins.iter().map(|(_, from, ..)| from));
            for from in parts {
                match from {
                    From::Table(table) => {
                        tables.insert(table.as_str());
                    }
                    From::Query(query) => open.push(query),
                    From::Rows(..) => {}
                }
            }
            let values = select.columns.iter().map(|(value, _)| value);
            let values = values.chain(select.joins.iter().map(|(.., on)| on)).chain(&select.filter);
            let values = values.chain(&select.group_by).chain(&select.having).chain(&select.order_by);
            columns.extend(values.flat_map(Value::columns));
        }
        (tables, columns)
    }

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
    /// An empty table with these columns, whose rows lie in memory while there is room.
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

/// A count of the rows of a table: an empty text, and the number.
pub fn count_rows(table: &str) -> Query {
    Select::from(From::Table(table.into()), "t")
        .column(Value::text(""), "state")
        .column(Value::CountRows.cast(SqlType::Integer), "n")
        .query()
}

/// The columns that say where a row stands: the number of its file, and of the row there.
pub const PLACE: [&str; 2] = ["_file", "_row"];

/// The rows of a table with their places in the exports and these columns.
pub fn rows_of(table: &str, columns: &[String]) -> Query {
    let column = |name: &str| Value::column("s", name);
    let mut select = Select::from(From::Table(table.to_owned()), "s");
    for name in PLACE {
        select = select.column(column(name).cast(SqlType::Integer), name);
    }
    for name in columns {
        select = select.column(column(name), name);
    }
    select.query()
}

/// A view of the rows of several tables with these columns.
pub fn joined(view: &str, tables: &[String], columns: &[String]) -> Statement {
    let of_table = |table: &String| {
        let start = Select::from(From::Table(table.clone()), "s");
        columns.iter().fold(start, |select, name| select.column(Value::column("s", name), name)).query()
    };
    Statement::CreateView(view.to_owned(), Query::UnionAll(tables.iter().map(of_table).collect()))
}
