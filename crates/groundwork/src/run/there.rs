//! Sources whose rows an engine reads where they are: what their columns hold, which of their rows
//! count, and how many do not. Nothing of a row comes here but the different texts of columns that are
//! not free text, to be understood by the rules that every export is read with.

use super::load::{Loaded, LoadedSource, too_few_rows};
use crate::spark::{Failure, Sending, Spark};
use arrow::array::{ArrayRef, AsArray as _, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use groundwork_plan::diag::{Diagnostic, Severity};
use groundwork_plan::issue::{Action, Issue};
use groundwork_plan::location::{ExportPlace, Location};
use groundwork_plan::plan::Plan;
use groundwork_plan::query::{Query, SqlType, Statement, rows_of};
use groundwork_plan::remote::{self, TEXTS_MOST, Taken};
use groundwork_plan::source::{
    Check, CheckRule, Column, ColumnType, DateOrder, DateRole, Era, Export, OnFailure, Origin, Reader, Source,
};
use groundwork_plan::staging::{self, Order};
use groundwork_sources::Context;
use groundwork_store::{Staged, Store};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// The column with the number of a text.
const NUMBER: &str = ":n";

/// A source on its way.
struct Loading<'a> {
    store: &'a Store,
    spark: &'a Spark,
    plan: &'a Plan,
    source: &'a Source,
    folder: &'a Path,
}

/// Has the engine read a source, and says what became of its rows.
pub(super) fn load(
    store: &Store,
    spark: &Spark,
    plan: &Plan,
    source: &Source,
    folder: &Path,
    loaded: &mut Loaded,
) -> Result<(), Vec<Diagnostic>> {
    let loading = Loading { store, spark, plan, source, folder };
    match source.export() {
        Some(export) => loading.export(export, loaded),
        None => loading.made(),
    }
}

/// Sends a table that is made here and looked into there.
pub(super) fn send(store: &Store, spark: &Spark, plan: &Plan, source: &Source) -> Result<(), Diagnostic> {
    let told =
        |failure: Failure| failure.told(spark.engine(), &format!("sending it source `{}`", source.id), None);
    let table = groundwork_plan::indicator::source_table(&source.id);
    let names: Vec<String> = plan.columns(&source.id).into_iter().map(|(name, _)| name).collect();
    let mut sending = Sending::new(spark, &table);
    store.rows(&rows_of(&table, &names), |batch| sending.push(batch).map_err(told))?;
    sending.finish().map_err(told)
}

impl Loading<'_> {
    fn told(&self, failure: &Failure, place: &Location) -> Vec<Diagnostic> {
        let doing = format!("reading source `{}`", self.source.id);
        vec![failure.told(self.spark.engine(), &doing, Some(place))]
    }

    fn run(&self, statement: &Statement) -> Result<(), Vec<Diagnostic>> {
        self.spark.run(statement).map_err(|failure| self.told(&failure, &self.place()))
    }

    fn place(&self) -> Location {
        Location::Pipeline(self.source.export().map_or(self.source.span, |export| export.span))
    }

    /// Rows of one text and whole numbers.
    fn counted(&self, query: &Query) -> Result<Vec<(String, Vec<i64>)>, Vec<Diagnostic>> {
        let batches = self.spark.ask(query).map_err(|failure| self.told(&failure, &self.place()))?;
        let mut out = Vec::new();
        for batch in &batches {
            let number = |column: &ArrayRef, row| {
                column.as_primitive_opt::<Int64Type>().map_or(0, |numbers| numbers.value(row))
            };
            for row in 0..batch.num_rows() {
                let (first, rest) =
                    batch.columns().split_first().map_or((None, &[][..]), |(f, r)| (Some(f), r));
                let text = first.and_then(|texts| texts.as_string_opt::<i32>()).map(|texts| texts.value(row));
                let numbers = rest.iter().map(|column| number(column, row)).collect();
                out.push((text.unwrap_or_default().to_owned(), numbers));
            }
        }
        Ok(out)
    }

    fn stage(&self) -> Result<(), Vec<Diagnostic>> {
        let as_of = self.plan.calendar.as_of;
        let all = staging::stage(self.source, &self.plan.sources, as_of, Order::Values);
        all.iter().try_for_each(|statement| self.run(statement))
    }

    /// A source that is made of others.
    fn made(&self) -> Result<(), Vec<Diagnostic>> {
        self.stage()
    }

    fn export(&self, export: &Export, loaded: &mut Loaded) -> Result<(), Vec<Diagnostic>> {
        let path = self.path(&export.pattern);
        self.run(&Statement::ViewFile(remote::file_table(&self.source.id), path))?;
        let schema = self
            .spark
            .schema(&remote::file_table(&self.source.id))
            .map_err(|failure| self.told(&failure, &self.place()))?;
        if schema.fields().is_empty() {
            let nothing = Failure::not_found(&format!("`{}` names no Parquet file", export.pattern));
            return Err(self.told(&nothing, &self.place()));
        }
        let fields: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let taken = self.taken(&schema)?;
        let by_texts: Vec<&Column> =
            taken.iter().filter(|(_, how)| *how == Taken::ByTexts).map(|(column, _)| *column).collect();
        let size = self.counted(&remote::size(self.source, &fields, &by_texts))?;
        let numbers = size.into_iter().next().map(|(_, numbers)| numbers).unwrap_or_default();
        let number = |at: usize| numbers.get(at).copied().unwrap_or(0);
        let (read, content) = (unsigned(number(0)), number(1));
        for (at, column) in by_texts.iter().enumerate() {
            if unsigned(number(at + 2)) > TEXTS_MOST {
                return Err(vec![self.too_many(column)]);
            }
            let issues = self.understand(export, column)?;
            loaded.issues.extend(issues);
        }
        self.run(&remote::read(self.source, &fields, &taken))?;
        self.stage()?;
        let mut staged = Staged::default();
        let (mut set_aside, mut duplicates) = (0, 0);
        for (state, counts) in self.counted(&staging::states(&self.source.id))? {
            let n = unsigned(counts.first().copied().unwrap_or(0));
            match state.as_str() {
                "" => staged.kept = n,
                "parent" => staged.without_parent = n,
                "received_later" => staged.received_later = n,
                "superseded" => staged.superseded = n,
                "left_out" => staged.left_out = n,
                check => {
                    set_aside += n;
                    let rule = self.check(check).map(|check| &check.rule);
                    duplicates += if matches!(rule, Some(CheckRule::Unique(_))) { n } else { 0 };
                    loaded.issues.extend(self.issue(export, check, Action::RowSetAside));
                }
            }
        }
        let mut problems = self.reported(export, loaded)?;
        let place = || ExportPlace::file(export.pattern.clone());
        problems.extend(too_few_rows(self.source, staged.kept, place));
        loaded.read_there.push((self.source.id.clone(), content));
        loaded.sources.push(LoadedSource {
            id: self.source.id.clone(),
            files: Vec::new(),
            read,
            duplicates,
            // Which rows they are is not known here.
            set_aside_by_tool: set_aside,
            staged,
            ignored_columns: ignored(&fields, self.source),
            identifiers: 0,
        });
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Where the engine finds the files: an address, or a path that it shares with this machine.
    fn path(&self, pattern: &str) -> String {
        if pattern.contains("://") {
            return pattern.to_owned();
        }
        let path = self.folder.join(pattern);
        std::path::absolute(&path).unwrap_or(path).to_string_lossy().into_owned()
    }

    fn taken(&self, schema: &Schema) -> Result<Vec<(&Column, Taken)>, Vec<Diagnostic>> {
        let mut out = Vec::new();
        let mut problems = Vec::new();
        for column in &self.source.columns {
            let Ok(field) = schema.field_with_name(&column.from) else {
                let message = format!("no column of source `{}` is named `{}`", self.source.id, column.from);
                let known = schema.fields().iter().map(|field| field.name().as_str());
                let problem = Diagnostic::pipeline("source.unknown-column", column.span, message);
                problems.push(problem.did_you_mean(&column.from, known));
                continue;
            };
            let kind = field.data_type();
            if kind.is_nested() {
                let message = format!("column `{}` holds lists or structures", column.from);
                problems.push(
                    Diagnostic::pipeline("engine.not-yet", column.span, message)
                        .hint("Write its parts to columns of their own."),
                );
                continue;
            }
            let is_decimal = matches!(kind, DataType::Decimal128(..));
            let is_number = kind.is_integer() || kind.is_floating() || is_decimal;
            out.push((column, remote::taken(column, is_number, kind.is_integer())));
        }
        if problems.is_empty() { Ok(out) } else { Err(problems) }
    }

    fn too_many(&self, column: &Column) -> Diagnostic {
        let message = format!(
            "column `{}` has more than {TEXTS_MOST} different texts, and is to be read as {}",
            column.name,
            column.kind.word()
        );
        Diagnostic::pipeline("engine.many-texts", column.span, message)
            .hint("Write it to the Parquet files as a number, or declare it as `text`.")
    }

    /// Has the texts of a column read here, and tells the engine what they mean; the texts that mean
    /// nothing lead to issues.
    fn understand(&self, export: &Export, column: &Column) -> Result<Vec<Issue>, Vec<Diagnostic>> {
        let alone = |problem: Diagnostic| vec![problem];
        let odd = |e: arrow::error::ArrowError| vec![Diagnostic::bug("engine.texts", e.to_string())];
        let mut texts: Vec<String> = Vec::new();
        let query = remote::texts(self.source, column);
        for batch in self.spark.ask(&query).map_err(|failure| self.told(&failure, &self.place()))? {
            if let Some(column) = batch.column(0).as_string_opt::<i32>() {
                texts.extend(column.iter().flatten().map(str::to_owned));
            }
        }
        // A file is not read that has no row.
        if texts.is_empty() {
            texts.push(String::new());
        }
        // A file of two columns: which text it is, and the text.
        let numbers: Int64Array = (0..texts.len() as i64).collect();
        let given: StringArray = texts.iter().map(Some).collect();
        let fields = vec![Field::new("n", DataType::Int64, true), Field::new("text", DataType::Utf8, true)];
        let columns: Vec<ArrayRef> = vec![Arc::new(numbers), Arc::new(given)];
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(odd)?;
        let types = vec![("n".to_owned(), SqlType::Integer), ("text".to_owned(), SqlType::Text)];
        let bytes = self.store.parquet(types, batch).map_err(alone)?;
        let (name, rows) = ("texts.parquet", self.store.folder().join("meanings.parquet"));
        let unwritable = |e: std::io::Error| {
            vec![Diagnostic::machine("store.machine", format!("a table cannot be written: {e}"))]
        };
        std::fs::write(self.store.folder().join(name), bytes).map_err(unwritable)?;
        let small = of_texts(self.source, column, name);
        let context = Context {
            base: self.store.folder(),
            sites: &self.plan.sites,
            sources: &self.plan.sources,
            threads: 1,
        };
        let reading = groundwork_sources::store(&small, &context, &rows, &mut super::load::go_on)?;
        let view = format!("meanings:{}", column.name);
        self.store
            .run(&Statement::ViewFile(view.clone(), rows.to_string_lossy().into_owned()))
            .map_err(alone)?;
        let mut sending = Sending::new(self.spark, &remote::meaning_table(&self.source.id, &column.name));
        let mut wrong = None;
        let both = [NUMBER.to_owned(), column.name.clone()];
        self.store
            .rows(&rows_of(&view, &both), |batch| {
                let numbers = batch.column(2).as_primitive_opt::<Int64Type>();
                let text = |n: Option<i64>| texts.get(usize::try_from(n?).ok()?);
                let given: StringArray = numbers.into_iter().flatten().map(text).collect();
                let value = batch.schema_ref().field(3).data_type().clone();
                let fields = vec![Field::new("text", DataType::Utf8, true), Field::new("value", value, true)];
                let columns: Vec<ArrayRef> = vec![Arc::new(given), Arc::clone(batch.column(3))];
                match RecordBatch::try_new(Arc::new(Schema::new(fields)), columns) {
                    Ok(batch) => wrong = wrong.take().or(sending.push(batch).err()),
                    Err(e) => return Err(Diagnostic::bug("engine.texts", e.to_string())),
                }
                Ok(())
            })
            .map_err(alone)?;
        match wrong.map_or_else(|| sending.finish(), Err) {
            Ok(()) => {}
            Err(failure) => return Err(self.told(&failure, &self.place())),
        }
        self.store.run(&Statement::DropView(view)).map_err(alone)?;
        std::fs::remove_file(&rows).map_err(unwritable)?;
        let checks: BTreeSet<String> = reading.issues.into_iter().map(|issue| issue.check).collect();
        let issue = |check| Issue {
            source: self.source.id.clone(),
            place: self.export_place(export, Some(column.from.clone())),
            check,
            severity: Severity::Warning,
            action: Action::ValueMissing,
        };
        Ok(checks.into_iter().map(issue).collect())
    }

    fn export_place(&self, export: &Export, column: Option<String>) -> ExportPlace {
        ExportPlace { column, ..ExportPlace::file(export.pattern.clone()) }
    }

    /// The check of a state `check:N` or `check:N:column`.
    fn check(&self, state: &str) -> Option<&Check> {
        self.source.checks.get(state.split(':').nth(1)?.parse::<usize>().ok()?)
    }

    /// An issue of rows that broke a check, `check:N` or `check:N:column`.
    fn issue(&self, export: &Export, state: &str, action: Action) -> Option<Issue> {
        let check = self.check(state)?;
        let stopped = action == Action::Stopped;
        Some(Issue {
            source: self.source.id.clone(),
            place: self.export_place(export, state.splitn(3, ':').nth(2).map(str::to_owned)),
            check: check.rule.word().to_owned(),
            severity: if stopped { Severity::Error } else { Severity::Warning },
            action,
        })
    }

    /// What rows say that count and break a check all the same; the errors that stop the run.
    fn reported(&self, export: &Export, loaded: &mut Loaded) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let Some(query) = remote::reported(self.source) else { return Ok(problems) };
        for (state, counts) in self.counted(&query)? {
            let n = counts.first().copied().unwrap_or(0);
            let stops = self.check(&state).is_some_and(|check| check.on_failure == OnFailure::Stop);
            let action = if stops { Action::Stopped } else { Action::Kept };
            let issue = self.issue(export, &state, action);
            if let (true, Some(issue)) = (stops, &issue) {
                let rows = if n == 1 { "1 row breaks".to_owned() } else { format!("{n} rows break") };
                let message = format!(
                    "{rows} the check `{}` of source `{}`, which stops the run",
                    issue.check, self.source.id
                );
                problems.push(
                    Diagnostic::data("check.stopped", issue.place.clone(), message)
                        .hint("Correct the export, or let the check `set_aside` or `report` such rows with `on_failure`."),
                );
            }
            loaded.issues.extend(issue);
        }
        Ok(problems)
    }
}

/// A source of the texts of one column, read as that column.
fn of_texts(source: &Source, column: &Column, file: &str) -> Source {
    let number = Column {
        // No column of a pipeline has such a name.
        name: NUMBER.into(),
        from: "n".into(),
        kind: ColumnType::Integer,
        era: Era::Auto,
        order: DateOrder::DayFirst,
        role: DateRole::Any,
        zero: Vec::new(),
        missing: Vec::new(),
        reasons: Vec::new(),
        asked: None,
        tells: false,
        span: column.span,
    };
    let export = Export::of(file, Reader::Parquet, column.span);
    Source {
        id: source.id.clone(),
        origin: Origin::Export(export),
        columns: vec![number, Column { from: "text".into(), ..column.clone() }],
        record: None,
        newest_by: None,
        received: None,
        keep: None,
        checks: Vec::new(),
        lookups: Vec::new(),
        derived: Vec::new(),
        people: Vec::new(),
        private: Vec::new(),
        span: source.span,
    }
}

/// The columns of the files that the pipeline does not name.
fn ignored(fields: &[String], source: &Source) -> Vec<String> {
    let is_named = |field: &&String| source.columns.iter().any(|column| column.from == **field);
    fields.iter().filter(|field| !is_named(field)).cloned().collect()
}

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
