//! Sources whose rows stay where an engine reads them: Parquet files, and what is made of their rows.
//!
//! A value is read as everywhere: what an export may write in a column is understood on this machine,
//! by the rules that every reader has. Only the different texts of a column come here for that, and go
//! back with what each of them means; a free text, which may hold whatever people wrote, never does, and
//! neither does a row.
//!
//! A row has no number of its own in many files that are read at once. Its place is worked out from
//! its values, so that rows that other rows must not be mistaken for have the same order every time; and
//! which of several copies counts follows from their values, too ([`Order::Values`](crate::staging::Order)).

use crate::diag::Diagnostic;
use crate::indicator::Kind;
use crate::plan::Plan;
use crate::query::{From, JoinKind, PLACE, Query, Select, SqlType, Statement, Value};
use crate::source::{Column, ColumnType, Origin, Reader, Source};
use crate::staging::raw_table;

/// The different texts of one column that may come here to be understood, at most.
pub const TEXTS_MOST: u64 = 100_000;

/// The sources that an engine reads, and those that it makes of them.
pub fn sources(plan: &Plan) -> Vec<&Source> {
    let mut out: Vec<&Source> = Vec::new();
    if plan.engine.is_none() {
        return out;
    }
    // A source stands after every source that it needs.
    for source in &plan.sources {
        let is_there = |id: &str| out.iter().any(|known| known.id == id);
        let there = match &source.origin {
            Origin::Export(export) => export.reader == Reader::Parquet && export.repeat_of.is_none(),
            Origin::Summary(summary) => is_there(&summary.of),
            Origin::Spells(spells) => is_there(&spells.of),
        };
        if there {
            out.push(source);
        }
    }
    out
}

/// What an engine cannot do yet with the sources that it reads.
pub fn problems(plan: &Plan) -> Vec<Diagnostic> {
    let there = sources(plan);
    let is_there = |id: &str| there.iter().any(|source| source.id == id);
    let mut out = Vec::new();
    let mut refuse = |span, what: String, way: &str| {
        out.push(Diagnostic::pipeline("engine.not-yet", span, what).hint(way));
    };
    let here = "Leave out `engine`, or run with `--engine here`, where one machine is enough.";
    for source in &there {
        let id = &source.id;
        if let Some(export) = source.export()
            && (export.codebook.is_some() || export.cleaning_log.is_some())
        {
            refuse(
                export.span,
                format!("an engine reads no codebook and no cleaning log, which source `{id}` has"),
                "Name columns by the headers of the files with `from`, and apply corrections before the Parquet files are written.",
            );
        }
        if source.record.is_some() && source.newest_by.is_none() {
            refuse(
                source.span,
                format!("an engine knows no last row of a `record`, which source `{id}` asks for"),
                "Name the date or number that is largest in the newest row as `newest_by`.",
            );
        }
        if !source.people.is_empty() {
            refuse(
                source.span,
                format!("an engine does not compare the people of source `{id}`"),
                "Give people a number before the Parquet files are written.",
            );
        }
        for column in source.columns.iter().filter(|column| column.has_companion()) {
            refuse(
                column.span,
                format!("an engine does not tell why `{}` has no value", column.name),
                "Declare its words as `missing` alone.",
            );
        }
    }
    for source in plan.sources.iter().filter(|source| !is_there(&source.id)) {
        if source.lookups.iter().any(|lookup| is_there(&lookup.source)) {
            refuse(
                source.span,
                format!("source `{}` is read here, and looks into one that an engine reads", source.id),
                here,
            );
        }
    }
    for indicator in plan.indicators.iter().filter(|i| matches!(i.kind, Kind::Cascade(_))) {
        if let Some(source) =
            there.iter().find(|source| indicator.kind.sources().contains(&source.id.as_str()))
        {
            refuse(
                source.span,
                format!("an engine does not follow who trained whom, as `{}` asks", indicator.id),
                here,
            );
        }
    }
    let names = |from: Option<&str>| from.filter(|from| is_there(from)).map(str::to_owned);
    let mut rows: Vec<(String, String)> = Vec::new();
    for evaluation in &plan.evaluations {
        for from in &evaluation.rows_of {
            rows.extend(
                names(Some(from.as_str())).map(|from| (format!("the evaluation `{}`", evaluation.id), from)),
            );
        }
    }
    rows.extend(
        names(plan.voices.as_ref().map(|v| v.from.as_str())).map(|from| ("`voices`".to_owned(), from)),
    );
    let log = plan.adaptation_log.as_ref().map(|log| log.from.as_str());
    rows.extend(names(log).map(|from| ("`adaptation_log`".to_owned(), from)));
    for (what, from) in rows {
        if let Some(source) = plan.source(&from) {
            refuse(
                source.span,
                format!("{what} needs rows of source `{from}`, and rows never leave an engine"),
                here,
            );
        }
    }
    out
}

/// How the values of a column are had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// A free text: without blanks around it, and missing where nothing is left.
    AsText,
    /// A number, as the file has it.
    AsNumber(SqlType),
    /// By what its different texts mean.
    ByTexts,
}

/// How the values of a column are had from files in which it is a number, or something else.
pub fn taken(column: &Column, is_number: bool, is_whole: bool) -> Taken {
    let has_words = !column.missing.is_empty() || !column.zero.is_empty();
    match &column.kind {
        ColumnType::Text => Taken::AsText,
        ColumnType::Integer if is_whole && !has_words => Taken::AsNumber(SqlType::Integer),
        ColumnType::Number if is_number && !has_words => Taken::AsNumber(SqlType::Exact),
        ColumnType::Measurement if is_number && !has_words => Taken::AsNumber(SqlType::Double),
        _ => Taken::ByTexts,
    }
}

/// The view of the files of a source.
pub fn file_table(source: &str) -> String {
    format!("file:{source}")
}

/// The table of what the texts of a column mean: `text`, `value`.
pub fn meaning_table(source: &str, column: &str) -> String {
    format!("means:{source}:{column}")
}

fn as_text(column: &Column) -> Value {
    Value::column("s", &column.from).cast(SqlType::Text)
}

fn files(source: &Source) -> Select {
    Select::from(From::Table(file_table(&source.id)), "s")
}

/// How many rows there are, a number that is another one where they are, and for each of these columns
/// how many different texts.
pub fn size(source: &Source, fields: &[String], columns: &[&Column]) -> Query {
    let sum = Value::Call("sum", vec![place(fields)]).cast(SqlType::Integer);
    let mut select = files(source)
        .column(Value::text(""), "nothing")
        .column(Value::CountRows.cast(SqlType::Integer), "n")
        .column(Value::Call("coalesce", vec![sum, Value::integer(0)]), "content");
    for column in columns {
        let different = Value::CountDistinct(Box::new(as_text(column)));
        select = select.column(different.cast(SqlType::Integer), column.name.clone());
    }
    select.query()
}

/// The different texts of a column.
pub fn texts(source: &Source, column: &Column) -> Query {
    let text = as_text(column);
    files(source).group(text.clone(), "text").filter(text.is_there()).query()
}

/// The place of a row of part `s`, of 32 bits, by its values.
fn place(fields: &[String]) -> Value {
    let values = fields.iter().map(|name| Value::column("s", name)).collect();
    Value::Call("pmod", vec![Value::Call("xxhash64", values), Value::integer(1 << 32)])
}

/// The view of the rows as they were read. `fields` are the columns of the files.
pub fn read(source: &Source, fields: &[String], taken: &[(&Column, Taken)]) -> Statement {
    let by_texts = || taken.iter().filter(|(_, how)| *how == Taken::ByTexts).map(|(column, _)| *column);
    let mut select = files(source)
        .column(Value::integer(0).cast(SqlType::Integer), PLACE[0])
        .column(place(fields).cast(SqlType::Integer), PLACE[1]);
    for (column, how) in taken {
        let value = match how {
            Taken::AsText => {
                let trimmed = || Value::Call("trim", vec![as_text(column)]);
                let words: Vec<Value> = column.missing.iter().map(Value::text).collect();
                let no_word = Value::In(Box::new(trimmed()), words);
                let text = Value::Case(vec![(no_word, Value::text(""))], Box::new(trimmed()));
                Value::Call("nullif", vec![text, Value::text("")])
            }
            Taken::AsNumber(kind) => Value::column("s", &column.from).cast(*kind),
            Taken::ByTexts => as_text(column),
        };
        select = select.column(value, column.name.clone());
    }
    let mut rows = select;
    for column in by_texts() {
        let same = Value::column("r", &column.name).binary("=", Value::column("m", "text"));
        let meaning = From::Table(meaning_table(&source.id, &column.name));
        let before = rows.query().rows();
        rows = Select::from(before, "r").join(JoinKind::Left, meaning, "m", same);
        for name in PLACE.into_iter().chain(taken.iter().map(|(column, _)| column.name.as_str())) {
            let value =
                if name == column.name { Value::column("m", "value") } else { Value::column("r", name) };
            rows = rows.column(value, name);
        }
    }
    Statement::CreateView(raw_table(&source.id), rows.query())
}

/// How many rows break each check that only reports, or stops: `state`, `n`.
pub fn reported(source: &Source) -> Option<Query> {
    let rows = crate::staging::reported(source)?;
    let state = Value::column("b", "state");
    // The order of rows is of no use here.
    let Query::Select(mut rows) = rows else { return None };
    rows.order_by.clear();
    let select = Select::from(rows.query().rows(), "b").group(state.clone(), "state");
    Some(select.column(Value::CountRows.cast(SqlType::Integer), "n").order(vec![state]).query())
}

/// The tables that the sources that an engine reads look into, and that are made here.
pub fn looked_into(plan: &Plan) -> Vec<&Source> {
    let there = sources(plan);
    let is_there = |id: &str| there.iter().any(|source| source.id == id);
    let wanted = |id: &str| there.iter().any(|source| source.lookups.iter().any(|l| l.source == id));
    plan.sources.iter().filter(|source| !is_there(&source.id) && wanted(&source.id)).collect()
}
