//! The store: a private, offline DuckDB database that rows are loaded into and counted in.
//!
//! Only this crate knows DuckDB. Rows come in as Parquet files, statements and queries as trees of
//! [`groundwork_plan::query`], and counts go out as plain structs. The database lives in a
//! folder of its own that is removed with it; it fetches nothing, and reads and writes nothing
//! else.

mod answer;
mod stage;
mod tally;

pub use answer::{CellCount, ClusterSum, Column, RankedValue};
pub use stage::{SetAside, Staged};

use arrow::datatypes::{DataType, FieldRef};
use arrow::record_batch::RecordBatch;
use duckdb::{Config, Connection};
use groundwork_plan::diag::{Diagnostic, Fault};
use groundwork_plan::query::{SqlType, Statement, identifier};
use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How much the database may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Threads.
    pub threads: usize,
    /// Memory in MB; beyond it the database spills into its folder.
    pub memory_mb: u64,
}

/// A private database, which is opened when it is first asked for something.
pub struct Store {
    connection: OnceCell<Connection>,
    folder: PathBuf,
    limits: Limits,
    /// Whether its tables lie in memory, as far as they have room.
    is_in_memory: bool,
    /// What is told of it once it is open.
    tell: Box<dyn Fn(Interrupt) + Send>,
    /// Statements that are put off until somebody asks.
    later: RefCell<Vec<Statement>>,
}

/// Stops a running query from another thread.
#[derive(Clone)]
pub struct Interrupt(Arc<duckdb::InterruptHandle>);

impl Interrupt {
    /// Stops what is running now.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }
}

impl Store {
    /// An empty database in a folder that must exist and be empty. It tells what stops a query once it is
    /// open.
    pub fn new(folder: &Path, limits: Limits, tell: impl Fn(Interrupt) + Send + 'static) -> Self {
        Self {
            connection: OnceCell::new(),
            folder: folder.to_owned(),
            limits,
            is_in_memory: false,
            tell: Box::new(tell),
            later: RefCell::default(),
        }
    }

    /// An empty database in memory that may write to a folder.
    fn in_memory(folder: &Path, limits: Limits) -> Self {
        Self { is_in_memory: true, ..Self::new(folder, limits, |_| {}) }
    }

    /// The database, which can reach its folder and nothing else.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    fn connection(&self) -> Result<&Connection, Diagnostic> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection);
        }
        let config = configured(&self.folder, self.limits)?;
        let opened = if self.is_in_memory {
            Connection::open_in_memory_with_flags(config)
        } else {
            Connection::open_with_flags(self.folder.join("groundwork.duckdb"), config)
        };
        let connection = opened.map_err(failed)?;
        let allowed = self.folder.to_string_lossy().replace('\'', "''");
        // Queries whose order can be seen say it; the others need not wait for the rows before.
        connection
            .execute_batch(&format!(
                "SET error_on_division_by_zero = false; SET preserve_insertion_order = false; \
                 SET allowed_directories = ['{allowed}']; SET enable_external_access = false; SET lock_configuration = true;"
            ))
            .map_err(failed)?;
        (self.tell)(Interrupt(connection.interrupt_handle()));
        Ok(self.connection.get_or_init(|| connection))
    }

    /// Where the database lives, and files must lie that it is to look at.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a statement.
    ///
    /// # Errors
    /// When the database fails.
    pub fn run(&self, statement: &Statement) -> Result<(), Diagnostic> {
        let text = statement.to_string();
        self.catch_up(&text)?;
        self.connection()?.execute_batch(&text).map_err(failed)
    }

    /// Puts statements off until a statement that is not, or a question, names what they make: never,
    /// where nobody asks.
    pub fn put_off(&self, statements: impl IntoIterator<Item = Statement>) {
        self.later.borrow_mut().extend(statements);
    }

    /// Runs what was put off, as far as this text rests on it.
    fn catch_up(&self, text: &str) -> Result<(), Diagnostic> {
        let later = self.later.take();
        let mut texts = vec![text.to_owned()];
        let mut needed = Vec::new();
        let mut rest = Vec::new();
        // A statement rests on earlier ones alone.
        for statement in later.into_iter().rev() {
            let name = identifier(statement.name());
            if texts.iter().any(|text| text.contains(&name)) {
                texts.push(statement.to_string());
                needed.push(statement);
            } else {
                rest.push(statement);
            }
        }
        rest.reverse();
        *self.later.borrow_mut() = rest;
        let mut needed = needed.iter().rev();
        needed.try_for_each(|statement| {
            self.connection()?.execute_batch(&statement.to_string()).map_err(failed)
        })
    }

    /// Makes a table of rows that were counted elsewhere.
    ///
    /// # Errors
    /// When a column has a type that counts do not have, or the database fails.
    pub fn take_over(&self, table: &str, batches: Vec<RecordBatch>) -> Result<(), Diagnostic> {
        let Some(first) = batches.first() else {
            return Err(Diagnostic::bug("store.no-columns", format!("`{table}` came without columns")));
        };
        let column = |field: &FieldRef| Ok((field.name().clone(), sql_type(field)?));
        let columns = first.schema_ref().fields().iter().map(column).collect::<Result<_, _>>()?;
        self.run(&Statement::DeclareTable(table.to_owned(), columns))?;
        batches.into_iter().try_for_each(|batch| self.append(table, batch))
    }

    /// Appends rows to a table; the columns are those of the table, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn append(&self, table: &str, batch: RecordBatch) -> Result<(), Diagnostic> {
        let mut appender = self.connection()?.appender(table).map_err(failed)?;
        appender.append_record_batch(batch).map_err(failed)?;
        appender.flush().map_err(failed)
    }
}

impl Store {
    /// Rows as the bytes of a Parquet file, in their order.
    ///
    /// # Errors
    /// When the database fails or its folder cannot be written to.
    pub fn parquet(&self, columns: Vec<(String, SqlType)>, rows: RecordBatch) -> Result<Vec<u8>, Diagnostic> {
        let lost = |e: std::io::Error| {
            Diagnostic::machine("store.machine", format!("a table cannot be written: {e}"))
        };
        // Several threads cut a file differently from one, and a table that was put on disk in
        // the meantime is encoded differently from one that was not. So one thread writes it, in a
        // database of its own in memory; results are small.
        let folder = self.folder.join("parquet");
        std::fs::create_dir_all(&folder).map_err(lost)?;
        let path = folder.join("table.parquet");
        let writer = Store::in_memory(&folder, Limits { threads: 1, memory_mb: 256 });
        writer.run(&Statement::DeclareTable("table".into(), columns))?;
        writer.append("table", rows)?;
        writer.run(&Statement::WriteParquet("table".into(), path.to_string_lossy().into_owned()))?;
        drop(writer);
        let bytes = std::fs::read(&path).map_err(lost)?;
        std::fs::remove_dir_all(&folder).map_err(lost)?;
        Ok(bytes)
    }
}

fn sql_type(field: &FieldRef) -> Result<SqlType, Diagnostic> {
    match field.data_type() {
        DataType::Utf8 => Ok(SqlType::Text),
        DataType::Int64 => Ok(SqlType::Integer),
        DataType::Float64 => Ok(SqlType::Double),
        DataType::Date32 => Ok(SqlType::Day),
        DataType::Boolean => Ok(SqlType::Truth),
        DataType::Decimal128(digits, behind) => {
            Ok(SqlType::Decimal(*digits, u8::try_from(*behind).unwrap_or(0)))
        }
        other => Err(Diagnostic::bug("store.type", format!("column `{}` came as {other}", field.name()))),
    }
}

fn configured(folder: &Path, limits: Limits) -> Result<Config, Diagnostic> {
    Config::default()
        .threads(i64::try_from(limits.threads).unwrap_or(i64::MAX))
        .and_then(|c| c.max_memory(&format!("{}MB", limits.memory_mb)))
        .and_then(|c| c.enable_autoload_extension(false))
        .and_then(|c| c.with("temp_directory", folder.join("spill").to_string_lossy()))
        .map_err(failed)
}

/// A failure of the database: interrupted, out of disk or memory, or a mistake of ours.
fn failed(error: duckdb::Error) -> Diagnostic {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    if text.contains("INTERRUPT") {
        let mut stopped = Diagnostic::machine("run.interrupted", "the run was interrupted");
        stopped.fault = Fault::Interrupted;
        return stopped;
    }
    if text.contains("Out of Range Error") && text.contains("verflow") {
        let message = "numbers become too large to be computed exactly";
        let mut large = Diagnostic::machine("number.overflow", format!("{message}: {first}")).hint(
            "Count in larger units, such as thousands, or look for a number in the export that is none.",
        );
        large.fault = Fault::Data;
        return large;
    }
    let is_machine =
        ["Out of Memory", "IO Error", "No space left", "Permission"].iter().any(|sign| text.contains(sign));
    if is_machine {
        return Diagnostic::machine("store.machine", format!("the database could not go on: {first}"))
            .hint("Free some disk space or memory, or run with fewer `--threads`.");
    }
    Diagnostic::bug("store.failed", format!("the database refused a statement: {first}"))
}
