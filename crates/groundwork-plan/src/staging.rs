//! Staging: from the rows as they were read to the rows that count, as queries.
//!
//! Every row of an export ends in exactly one state, so that rows read = rows kept + rows in each
//! other state:
//!
//! | state | why the row does not count |
//! |---|---|
//! | empty | it counts |
//! | `parent` | the row around it, in the source that it repeats, does not count |
//! | `received_later` | it was received after the calendar's `as_of` |
//! | `superseded` | another row is a newer version of the same record |
//! | `left_out` | `keep` does not hold, or cannot be decided |
//! | `check:N` or `check:N:column` | it broke the Nth check |
//!
//! The states are decided in this order: what concerns one row alone first, copies last, so that
//! a copy that is set aside for another reason does not make the other one a copy.
//!
//! Which of several copies stays is a matter of [`Order`]: files that are read here have an order of
//! reading, rows that an engine reads have none.

use crate::expression::Expression;
use crate::indicator::source_table;
use crate::plan::{all_columns as columns_of, around, columns, find};
use crate::query::{From, JoinKind, Query, Select, SqlType, Statement, Value};
use crate::reason::{Reason, companion};
use crate::source::{CheckRule, Column, ColumnType, OnFailure, Origin, Source, Summary, SummaryRule, only};
use jiff::civil::Date;

/// The state of a row that counts. It is a text and not a missing value: DuckDB 2.0.0 wrongly
/// simplifies a function over a `CASE` with a missing branch, and then keeps the wrong rows.
const COUNTS: &str = "";

/// Whether a row counts.
fn counts(part: &'static str) -> Value {
    Value::column(part, "_state").binary("=", Value::text(COUNTS))
}

/// The states of rows that broke no check.
fn other_states() -> Vec<Value> {
    [COUNTS, "parent", "received_later", "superseded", "left_out"].map(Value::text).to_vec()
}

/// The table of the rows of an export as they were read.
pub fn raw_table(source: &str) -> String {
    format!("raw:{source}")
}

/// The table of the rows of an export with their state.
pub fn staged_table(source: &str) -> String {
    format!("staged:{source}")
}

fn sql_type(kind: &ColumnType) -> SqlType {
    match kind {
        ColumnType::Text | ColumnType::Site | ColumnType::Category(_) => SqlType::Text,
        ColumnType::Integer => SqlType::Integer,
        ColumnType::Number => SqlType::Exact,
        ColumnType::Measurement => SqlType::Double,
        ColumnType::Date | ColumnType::Timestamp => SqlType::Day,
        ColumnType::Boolean => SqlType::Truth,
    }
}

/// Declares the table that the rows of an export are read into.
pub fn declare(source: &Source) -> Statement {
    let mut declared = vec![("_file".to_owned(), SqlType::File), ("_row".to_owned(), SqlType::Row)];
    if source.export().is_some_and(|e| e.repeat_of.is_some()) {
        declared.push(("_parent_file".to_owned(), SqlType::File));
        declared.push(("_parent_row".to_owned(), SqlType::Row));
    }
    declared.extend(source.own_columns().into_iter().map(|(name, kind)| (name, sql_type(&kind))));
    Statement::DeclareTable(raw_table(&source.id), declared)
}

/// Which of several rows with the same keys comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By the number of the file and of the row in it. Every row has its own.
    Reading,
    /// By its values, column by column as the pipeline declares them, missing ones last. Rows that are
    /// still alike are alike in all that can be counted.
    Values,
}

/// The statements that make the table of the rows that count, to be run in order.
pub fn stage(source: &Source, sources: &[Source], as_of: Date, order: Order) -> Vec<Statement> {
    let counted = source_table(&source.id);
    // Who is who is found out afterwards.
    let is_staged = |name: &String| !source.people.contains(name);
    let names: Vec<String> =
        columns_of(sources, &source.id).into_iter().map(|(name, _)| name).filter(is_staged).collect();
    let made = match &source.origin {
        Origin::Export(_) => None,
        Origin::Summary(summary) => Some((summarised(summary), summary.by.as_str())),
        Origin::Spells(spells) => Some((spells.query(source_table(&spells.of)), spells.by.as_str())),
    };
    if let Some((rows, by)) = made {
        return vec![Statement::CreateTable(counted, counted_rows(rows, by, source, sources, &names))];
    }
    let (mut statements, judged) = judged(source, sources, as_of, order, &names);
    let staged = match order {
        Order::Reading => with_copies(source, judged, &names, &mut statements),
        Order::Values => with_copies_by_values(source, judged, &names),
    };
    let mut kept = Select::from(From::Table(staged_table(&source.id)), "s");
    for name in ["_file", "_row"].into_iter().map(str::to_owned).chain(names) {
        kept = kept.column(Value::column("s", &name), name);
    }
    let kept = kept.filter(counts("s"));
    let kept = if is_looked_at(source) { Statement::CreateView } else { Statement::CreateTable }(
        counted,
        kept.query(),
    );
    // Rows that were put in order by their values are not put in order once more for every look at them.
    let ordered =
        order == Order::Values && (source.record.is_some() || copies_set_aside(source).next().is_some());
    let staged_as = if ordered { Statement::CreateTable } else { Statement::CreateView };
    statements.extend([staged_as(staged_table(&source.id), staged), kept]);
    statements
}

/// Whether the rows of an export that count are not written down once more: they are the rows that
/// were read, looked at through the conditions, without those that other rows put aside. Rows that
/// get a person put beside them are written down without what people are told apart by.
pub fn is_looked_at(source: &Source) -> bool {
    source.export().is_some_and(|export| export.repeat_of.is_none())
        && source.lookups.is_empty()
        && source.people.is_empty()
}

/// The tables of the rows that other rows of the source put aside.
pub fn put_aside(source: &Source) -> Vec<String> {
    let older = source.record.as_ref().map(|_| older_table(&source.id));
    older.into_iter().chain(copies_set_aside(source).map(|(at, _)| copies_table(&source.id, at))).collect()
}

fn older_table(source: &str) -> String {
    format!("older:{source}")
}

fn copies_table(source: &str, check: usize) -> String {
    format!("copies:{check}:{source}")
}

/// The checks that set copies aside, with their columns.
fn copies_set_aside(source: &Source) -> impl Iterator<Item = (usize, &Vec<String>)> {
    source.checks.iter().enumerate().filter_map(|(at, check)| match (&check.rule, check.on_failure) {
        (CheckRule::Unique(keys), OnFailure::SetAside) if !keys.is_empty() => Some((at, keys)),
        _ => None,
    })
}

/// How many rows are in each state: `state` (empty for those that count), `n`.
pub fn states(source: &str) -> Query {
    let state = Value::column("s", "_state");
    Select::from(From::Table(staged_table(source)), "s")
        .group(state.clone(), "state")
        .column(Value::CountRows.cast(SqlType::Integer), "n")
        .order(vec![state])
        .query()
}

/// The rows that broke a check and were set aside: `state`, `file`, `row`.
pub fn set_aside(source: &str) -> Query {
    let column = |name: &str| Value::column("s", name);
    Select::from(From::Table(staged_table(source)), "s")
        .column(column("_state"), "state")
        .column(column("_file").cast(SqlType::Integer), "file")
        .column(column("_row").cast(SqlType::Integer), "row")
        .filter(Value::Not(Box::new(Value::In(Box::new(column("_state")), other_states()))))
        .order(vec![column("_file"), column("_row"), column("_state")])
        .query()
}

/// The rows that count and break a check that only reports, or stops, and those with a value for a
/// question that was not asked: `state`, `file`, `row`. The state of the latter is `asked::COLUMN`.
pub fn reported(source: &Source) -> Option<Query> {
    let mut queries = Vec::new();
    for (at, check) in source.checks.iter().enumerate() {
        if check.on_failure == OnFailure::SetAside {
            continue;
        }
        let rows = || Select::from(From::Table(source_table(&source.id)), "s");
        let place = |select: Select, state: String| {
            select
                .column(Value::text(state), "state")
                .column(Value::column("s", "_file").cast(SqlType::Integer), "file")
                .column(Value::column("s", "_row").cast(SqlType::Integer), "row")
                .query()
        };
        match &check.rule {
            CheckRule::Required(names) => {
                for name in names {
                    let missing = Value::IsMissing(Box::new(Value::column("s", name)), true);
                    queries.push(place(rows().filter(missing), format!("check:{at}:{name}")));
                }
            }
            CheckRule::Holds(condition) => {
                let broken = fails(Value::of(condition, "s"));
                queries.push(place(rows().filter(broken), format!("check:{at}")));
            }
            CheckRule::Unique(names) if !names.is_empty() => {
                let rows = Select::from(From::Table(source_table(&source.id)), "r");
                queries.push(place(Select::from(copies(rows, names).rows(), "s"), format!("check:{at}")));
            }
            CheckRule::Unique(_) | CheckRule::AtLeastRows(_) => {}
        }
    }
    queries.extend(source.columns.iter().filter(|c| c.asked.is_some()).map(|c| answered_unasked(source, c)));
    if queries.is_empty() {
        return None;
    }
    let column = |name: &str| Value::column("r", name);
    let mut select = Select::from(Query::UnionAll(queries).rows(), "r");
    for name in ["state", "file", "row"] {
        select = select.column(column(name), name);
    }
    Some(select.order(vec![column("file"), column("row"), column("state")]).query())
}

/// Rows with a value for a question that was not asked. Zeros are no such value: some tools write
/// them everywhere.
fn answered_unasked(source: &Source, column: &Column) -> Query {
    let raw = || Value::column("r", &column.name);
    let same = |name: &str| Value::column("s", name).binary("=", Value::column("r", name));
    let select = Select::from(From::Table(source_table(&source.id)), "s")
        .column(Value::text(format!("asked::{}", column.name)), "state")
        .column(Value::column("s", "_file").cast(SqlType::Integer), "file")
        .column(Value::column("s", "_row").cast(SqlType::Integer), "row")
        .join(JoinKind::Inner, From::Table(raw_table(&source.id)), "r", same("_file").and(same("_row")))
        .filter(
            Value::column("s", companion(&column.name)).binary("=", Value::text(Reason::NotAsked.word())),
        );
    let select = match column.kind {
        ColumnType::Boolean => select.filter(raw()),
        ColumnType::Integer | ColumnType::Number | ColumnType::Measurement => {
            select.filter(raw().binary("<>", Value::integer(0)))
        }
        ColumnType::Text
        | ColumnType::Date
        | ColumnType::Timestamp
        | ColumnType::Site
        | ColumnType::Category(_) => select.filter(raw().is_there()),
    };
    select.query()
}

/// What has to be made first, and the rows with the columns of parents and lookups and the state that
/// copies do not decide.
fn judged(
    source: &Source,
    sources: &[Source],
    as_of: Date,
    order: Order,
    names: &[String],
) -> (Vec<Statement>, Query) {
    let parent = source.export().and_then(|e| e.repeat_of.as_deref());
    let own_columns = source.own_columns();
    let own = |name: &str| own_columns.iter().any(|(n, _)| n == name);
    let parents: Vec<String> = parent
        .map(|p| around(sources, source, p).into_iter().map(|(name, _)| name).collect())
        .unwrap_or_default();
    // The rows with what they take over, so that conditions can name every column alike.
    let mut rows = Select::from(From::Table(raw_table(&source.id)), "r");
    for name in ["_file", "_row"] {
        rows = rows.column(Value::column("r", name), name);
    }
    for name in names {
        if own(name) {
            rows = rows.column(Value::column("r", name), name.clone());
        } else if parents.contains(name) {
            rows = rows.column(Value::column("p", name), name.clone());
        }
    }
    if let Some(parent) = parent {
        let same = |child: &str, of: &str| Value::column("r", child).binary("=", Value::column("p", of));
        let on = same("_parent_file", "_file").and(same("_parent_row", "_row"));
        rows = rows.column(Value::IsMissing(Box::new(Value::column("p", "_row")), true), "_orphan").join(
            JoinKind::Left,
            From::Table(source_table(parent)),
            "p",
            on,
        );
    }
    let mut have: Vec<String> = names.iter().filter(|n| own(n) || parents.contains(n)).cloned().collect();
    let rows = widened(rows.query(), source, sources, names, parent.is_some(), &mut have);
    let mut first = Vec::new();
    let rows = match &source.record {
        Some(record) if order == Order::Values => older_by_values(rows, source, record, as_of, &have),
        Some(record) => {
            let table = older_table(&source.id);
            first.push(Statement::CreateTable(table.clone(), older(&rows, source, record, as_of)));
            let select = all_columns(Select::from(rows.rows(), "r"), "r", &have);
            let select = marked(select, table, "_is_older");
            if parent.is_some() { select.column(Value::column("r", "_orphan"), "_orphan") } else { select }
                .query()
        }
        None => rows,
    };
    let mut whens: Vec<(Value, Value)> = Vec::new();
    if parent.is_some() {
        whens.push((Value::column("r", "_orphan"), Value::text("parent")));
    }
    if let Some(received) = &source.received {
        let later = Value::column("r", received).binary(">", Value::Day(as_of));
        whens.push((later, Value::text("received_later")));
    }
    if source.record.is_some() {
        whens.push((Value::column("r", "_is_older"), Value::text("superseded")));
    }
    if let Some(keep) = &source.keep {
        let holds = Value::Call("coalesce", vec![Value::of(keep, "r"), Value::Truth(false)]);
        whens.push((Value::Not(Box::new(holds)), Value::text("left_out")));
    }
    for (at, check) in source.checks.iter().enumerate() {
        if check.on_failure != OnFailure::SetAside {
            continue;
        }
        match &check.rule {
            CheckRule::Required(names) => {
                for name in names {
                    let missing = Value::IsMissing(Box::new(Value::column("r", name)), true);
                    whens.push((missing, Value::text(format!("check:{at}:{name}"))));
                }
            }
            CheckRule::Holds(condition) => {
                whens.push((fails(Value::of(condition, "r")), Value::text(format!("check:{at}"))));
            }
            CheckRule::Unique(_) | CheckRule::AtLeastRows(_) => {}
        }
    }
    let counts = Value::text(COUNTS);
    let state = if whens.is_empty() { counts } else { Value::Case(whens, Box::new(counts)) };
    (first, all_columns(Select::from(rows.rows(), "r"), "r", names).column(state, "_state").query())
}

/// The rows that another row is a newer version of. What was received after `as_of` is compared apart.
fn older(rows: &Query, source: &Source, record: &str, as_of: Date) -> Query {
    let column = |name: &str| Value::column("r", name);
    let mut order: Vec<Value> = newest_first(source, as_of).into_iter().collect();
    order.extend(["_file", "_row"].map(|name| falling(column(name).cast(SqlType::Integer))));
    let rows = Select::from(rows.clone().rows(), "r")
        .column(column(record), "_key:0")
        .column(received_later(source, as_of), "_key:1")
        .filter(column(record).is_there());
    all_but_first(rows, 2, order)
}

fn falling(value: Value) -> Value {
    Value::integer(0).binary("-", value)
}

/// What is least in the newest row of a record, by a column of part `r`.
fn newest_first(source: &Source, as_of: Date) -> Option<Value> {
    let newest = source.newest_by.as_ref()?;
    let kind = source.columns.iter().find(|c| c.name == *newest).map(|c| &c.kind);
    let is_day = matches!(kind, Some(ColumnType::Date | ColumnType::Timestamp));
    let value = Value::column("r", newest);
    Some(falling(if is_day { value.days_since(Value::Day(as_of)) } else { value }))
}

/// A row of part `r` was received after `as_of`; never undecided.
fn received_later(source: &Source, as_of: Date) -> Value {
    let later = match &source.received {
        Some(received) => Value::column("r", received).binary(">", Value::Day(as_of)),
        None => Value::Truth(false),
    };
    Value::Call("coalesce", vec![later, Value::Truth(false)])
}

/// The rows with `_is_older`: another row is a newer version of the same record. Where two are equally
/// new, the first by its values counts.
fn older_by_values(rows: Query, source: &Source, record: &str, as_of: Date, have: &[String]) -> Query {
    let keys = vec![Value::column("r", record), received_later(source, as_of)];
    let order = newest_first(source, as_of).into_iter().chain(by_values(source)).collect();
    let numbered = all_columns(Select::from(rows.rows(), "r"), "r", have)
        .column(Value::RowNumber(keys, order), "_number")
        .query();
    let is_older = Value::column("r", "_number").binary(">", Value::integer(1));
    all_columns(Select::from(numbered.rows(), "r"), "r", have)
        .column(Value::column("r", record).is_there().and(is_older), "_is_older")
        .query()
}

/// The values of a row of part `r`, in the order of [`Order::Values`].
fn by_values(source: &Source) -> impl Iterator<Item = Value> {
    source.columns.iter().map(|column| Value::column("r", &column.name))
}

/// Adds the state of copies to rows that have no state yet, of which the first by its values stays.
fn with_copies_by_values(source: &Source, mut rows: Query, names: &[String]) -> Query {
    for (at, keys) in copies_set_aside(source) {
        let columns = || keys.iter().map(|key| Value::column("r", key));
        let partition = columns().chain([counts("r")]).collect();
        let numbered = all_columns(Select::from(rows.rows(), "r"), "r", names)
            .column(Value::column("r", "_state"), "_state")
            .column(Value::RowNumber(partition, by_values(source).collect()), "_number");
        let is_copy = columns().map(Value::is_there).fold(counts("r"), Value::and);
        let is_copy = is_copy.and(Value::column("r", "_number").binary(">", Value::integer(1)));
        let copy = (is_copy, Value::text(format!("check:{at}")));
        let state = Value::Case(vec![copy], Box::new(Value::column("r", "_state")));
        rows = all_columns(Select::from(numbered.query().rows(), "r"), "r", names)
            .column(state, "_state")
            .query();
    }
    rows
}

/// Of the rows of a select with so many columns `_key:N`, those that have the same keys as another
/// one and are not the first of them in an order of values of part `r`. Only rows whose keys are
/// there several times are put in order, which are few in a good export.
fn all_but_first(rows: Select, keys: usize, order: Vec<Value>) -> Query {
    let keys: Vec<String> = (0..keys).map(|at| format!("_key:{at}")).collect();
    let mut groups = Select::from(rows.clone().query().rows(), "g");
    for key in &keys {
        groups = groups.group(Value::column("g", key), key);
    }
    groups.having.push(Value::CountRows.binary(">", Value::integer(1)));
    let mut ordered = rows;
    for (at, value) in order.iter().enumerate() {
        ordered = ordered.column(value.clone(), format!("_order:{at}"));
    }
    for name in ["_file", "_row"] {
        ordered = ordered.column(Value::column("r", name), name);
    }
    let same = keys
        .iter()
        .map(|key| Value::column("n", key).binary("=", Value::column("d", key)))
        .reduce(Value::and)
        .unwrap_or(Value::Truth(true));
    let partition = keys.iter().map(|key| Value::column("n", key)).collect();
    let order = (0..order.len()).map(|at| Value::column("n", format!("_order:{at}"))).collect();
    let numbered = Select::from(ordered.query().rows(), "n")
        .column(Value::column("n", "_file"), "_file")
        .column(Value::column("n", "_row"), "_row")
        .column(Value::RowNumber(partition, order), "_number")
        .join(JoinKind::Inner, groups.query().rows(), "d", same);
    Select::from(numbered.query().rows(), "c")
        .column(Value::column("c", "_file"), "_file")
        .column(Value::column("c", "_row"), "_row")
        .filter(Value::column("c", "_number").binary(">", Value::integer(1)))
        .query()
}

/// Rows of part `r` with whether they are in a table of places.
fn marked(select: Select, table: String, name: &str) -> Select {
    let same = |column: &str| Value::column("r", column).binary("=", Value::column("o", column));
    select.column(Value::column("o", "_row").is_there(), name).join(
        JoinKind::Left,
        From::Table(table),
        "o",
        same("_file").and(same("_row")),
    )
}

/// The rows with the columns of lookups, emptied where nothing was asked, and then those made from
/// the others. `have` names the
/// columns that the rows have, and in the end all of them.
fn widened(
    mut rows: Query,
    source: &Source,
    sources: &[Source],
    names: &[String],
    is_repeat: bool,
    have: &mut Vec<String>,
) -> Query {
    let wider = |rows: Query, have: &[String]| {
        let select = all_columns(Select::from(rows.rows(), "r"), "r", have);
        if is_repeat { select.column(Value::column("r", "_orphan"), "_orphan") } else { select }
    };
    for lookup in &source.lookups {
        let Some(key) = find(sources, &lookup.source).and_then(Source::key) else {
            continue;
        };
        let available: Vec<String> = columns(sources, &lookup.source).into_iter().map(|(n, _)| n).collect();
        let is_taken = |name: &String| lookup.take.contains(name) && available.contains(name);
        let taken: Vec<String> = names.iter().filter(|n| is_taken(n) && !have.contains(n)).cloned().collect();
        let mut select = wider(rows, have);
        for name in &taken {
            select = select.column(Value::column("l", name), name.clone());
        }
        let on = Value::column("r", &lookup.column).binary("=", Value::column("l", key));
        rows = select.join(JoinKind::Left, From::Table(source_table(&lookup.source)), "l", on).query();
        have.extend(taken);
    }
    for column in &source.columns {
        if let Some(asked) = &column.asked {
            rows = as_asked(rows, column, asked, is_repeat, have);
        }
    }
    for derived in &source.derived {
        rows = wider(rows, have).column(derived.value("r"), derived.name.clone()).query();
        have.push(derived.name.clone());
    }
    rows
}

/// The rows with a column emptied where its question was not asked, and the reason beside it.
///
/// A condition that cannot be decided does not ask, as in XLSForm, where a comparison with an
/// unanswered question is false. A value that is there all the same shows that it was asked, unless
/// the condition hangs on a question that was itself not asked.
fn as_asked(rows: Query, column: &Column, asked: &Expression, is_repeat: bool, have: &[String]) -> Query {
    let value = || Value::column("r", &column.name);
    let reason = || Value::column("r", companion(&column.name));
    let word = |reason: Reason| Value::text(reason.word());
    let holds = || Value::of(asked, "r");
    let told = asked.columns().into_iter().map(companion).filter(|name| have.contains(name));
    let shown = told.fold(value().is_there(), |shown, name| {
        shown.and(Value::column("r", name).binary("<>", word(Reason::NotAsked)))
    });
    let was_asked = Value::Call("coalesce", vec![holds(), shown]);
    let not_asked = || Value::Not(Box::new(was_asked.clone()));
    let is_blank = reason().binary("=", word(Reason::NotRecorded));
    let surely = Value::Call("coalesce", vec![holds(), Value::Truth(false)]);
    // Nothing, with the type of the column.
    let nothing = Value::Call("nullif", vec![value(), value()]);
    let mut select = Select::from(rows.rows(), "r");
    for name in ["_file", "_row"].map(str::to_owned).iter().chain(have) {
        let made = if *name == column.name {
            Value::Case(vec![(not_asked(), nothing.clone())], Box::new(value()))
        } else if *name == companion(&column.name) {
            let whens = vec![
                (not_asked(), word(Reason::NotAsked)),
                (is_blank.clone().and(surely.clone()), word(Reason::NotAnswered)),
            ];
            Value::Case(whens, Box::new(reason()))
        } else {
            Value::column("r", name)
        };
        select = select.column(made, name.clone());
    }
    if is_repeat { select.column(Value::column("r", "_orphan"), "_orphan") } else { select }.query()
}

fn all_columns(mut select: Select, part: &'static str, names: &[String]) -> Select {
    for name in ["_file", "_row"].map(str::to_owned).iter().chain(names) {
        select = select.column(Value::column(part, name), name.clone());
    }
    select
}

/// How many of the rows that count have no value in a column of their own, by reason: one row with an
/// empty text and a number for each column and reason, which stand beside the query in their order.
/// Without a companion there is one reason.
pub fn missing_values(source: &Source) -> (Vec<(String, Reason)>, Query) {
    let mut named = Vec::new();
    let mut select =
        Select::from(From::Table(source_table(&source.id)), "s").column(Value::text(""), "nothing");
    // What only `people` may use is gone.
    for column in source.columns.iter().filter(|column| !source.private.contains(&column.name)) {
        let is_missing = || Value::column("s", &column.name).is_missing();
        let reasons: &[Reason] = if column.has_companion() { &Reason::ALL } else { &[Reason::NotRecorded] };
        for reason in reasons {
            let counted = if column.has_companion() {
                let told = Value::column("s", companion(&column.name));
                is_missing().and(told.binary("=", Value::text(reason.word())))
            } else {
                is_missing()
            };
            let n = Value::Call("count_if", vec![counted]).cast(SqlType::Integer);
            select = select.column(n, format!("n{}", named.len()));
            named.push((column.name.clone(), *reason));
        }
    }
    (named, select.query())
}

/// Adds the state of copies to rows that have no state yet; what has to be made first is added to
/// the statements.
fn with_copies(source: &Source, mut rows: Query, names: &[String], first: &mut Vec<Statement>) -> Query {
    for (at, keys) in copies_set_aside(source) {
        let table = copies_table(&source.id, at);
        let counting = Select::from(rows.clone().rows(), "r").filter(counts("r"));
        first.push(Statement::CreateTable(table.clone(), copies(counting, keys)));
        let with_mark = all_columns(Select::from(rows.rows(), "r"), "r", names)
            .column(Value::column("r", "_state"), "_state");
        let is_copy = (Value::column("n", "_is_copy"), Value::text(format!("check:{at}")));
        let state = Value::Case(vec![is_copy], Box::new(Value::column("n", "_state")));
        let with_mark = marked(with_mark, table, "_is_copy").query();
        rows = all_columns(Select::from(with_mark.rows(), "n"), "n", names).column(state, "_state").query();
    }
    rows
}

/// The rows of part `r` that have the same values as one before them, in reading order. Rows without
/// one of the values are not alike.
fn copies(mut rows: Select, keys: &[String]) -> Query {
    for (place, key) in keys.iter().enumerate() {
        let value = Value::column("r", key);
        rows = rows.column(value.clone(), format!("_key:{place}")).filter(value.is_there());
    }
    all_but_first(rows, keys.len(), vec![Value::column("r", "_file"), Value::column("r", "_row")])
}

/// The condition is false; undecided is not false.
fn fails(condition: Value) -> Value {
    let holds = Value::Call("coalesce", vec![condition, Value::Truth(true)]);
    Value::Not(Box::new(holds))
}

fn summarised(summary: &Summary) -> Query {
    let by = Value::column("s", &summary.by);
    let mut select =
        Select::from(From::Table(source_table(&summary.of)), "s").group(by.clone(), summary.by.clone());
    for column in &summary.columns {
        let value = Value::column("s", &column.of);
        let made = match column.rule {
            SummaryRule::Min => Value::Call("min", vec![value]),
            SummaryRule::Max => Value::Call("max", vec![value]),
            SummaryRule::Sum => Value::Call("sum", vec![value]),
            SummaryRule::Count => Value::Call("count", vec![value]).cast(SqlType::Integer),
            SummaryRule::Only => only(value),
        };
        select = select.column(made, column.name.clone());
    }
    select.filter(by.is_there()).query()
}

/// The rows of a summary or of spells, numbered in the order of their key, with what they look up
/// and derive; those for which `keep` does not hold are left out.
fn counted_rows(rows: Query, by: &str, source: &Source, sources: &[Source], names: &[String]) -> Query {
    let taken = |name: &String| source.lookups.iter().any(|l| l.take.contains(name));
    let derived = |name: &String| source.derived.iter().any(|d| d.name == *name);
    let mut have: Vec<String> = names.iter().filter(|n| !taken(n) && !derived(n)).cloned().collect();
    let row_number = Value::RowNumber(vec![Value::integer(1)], vec![Value::column("g", by)]);
    let mut numbered = Select::from(rows.rows(), "g")
        .column(Value::integer(0).cast(SqlType::File), "_file")
        .column(row_number.cast(SqlType::Row), "_row");
    for name in &have {
        numbered = numbered.column(Value::column("g", name), name.clone());
    }
    let rows = widened(numbered.query(), source, sources, names, false, &mut have);
    all_columns(Select::from(rows.rows(), "r"), "r", names).filter_if(source.keep.as_ref(), "r").query()
}
