//! A session on Apache Spark, through the program `groundwork-spark`.
//!
//! The program is built by itself, because what it builds on would have to be paid for by everybody
//! who never leaves one machine; what is said between the two stands in its `main.rs`. It dies with
//! this process, and takes what runs on the server with it.

use arrow::array::ArrayRef;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::engine::Engine;
use groundwork_plan::location::Location;
use groundwork_plan::query::{Dialect, Query, SPARK_VERSION, Statement, columns_in_spark, joined};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};

/// The program that speaks to the server.
const PROGRAM: &str = "groundwork-spark";
/// Rows that go to the server at once, in bytes; its own limit is 128 MB.
const PIECE: usize = 16 << 20;

/// What an interrupt lets go of, so that the program ends what runs on the server.
static HELD: Mutex<Option<Arc<Mutex<Option<ChildStdin>>>>> = Mutex::new(None);

/// Ends what runs on the server.
pub(crate) fn let_go() {
    let held = HELD.lock().ok().and_then(|mut held| held.take());
    if let Some(mut input) = held.as_ref().and_then(|input| input.lock().ok()) {
        input.take();
    }
}

/// The program while it runs.
struct Link {
    child: Child,
    input: Arc<Mutex<Option<ChildStdin>>>,
    output: BufReader<ChildStdout>,
}

/// A session.
pub(crate) struct Spark {
    engine: Engine,
    link: RefCell<Link>,
    /// The version of the server, in its own words.
    version: String,
    /// Whether the server keeps the rows of views that are looked at again.
    keeps: Cell<bool>,
    /// What another session has to be told first, as long as it is noted down.
    first: RefCell<Vec<(Value, Vec<u8>)>>,
    notes: Cell<bool>,
    /// How many pieces of tables were sent.
    sent: Cell<usize>,
}

/// What went wrong with a request.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: String,
    message: String,
}

impl Failure {
    fn new(kind: &str, message: impl ToString) -> Self {
        Self { kind: kind.to_owned(), message: message.to_string() }
    }

    /// Rows that are not where they should be.
    pub(crate) fn not_found(message: &str) -> Self {
        Self::new("not-found", message)
    }

    /// Whether a new session may do better.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self.kind.as_str(), "lost" | "session" | "ended")
    }

    /// What the user is told: what was being done, where that is said in the pipeline, and what to do.
    pub(crate) fn told(&self, engine: &Engine, doing: &str, place: Option<&Location>) -> Diagnostic {
        // The words of a server are the only ones that we did not write.
        let words: String = self.message.lines().next().unwrap_or_default().chars().take(400).collect();
        let mut problem = match self.kind.as_str() {
            "lost" | "session" | "ended" => {
                Diagnostic::machine("engine.lost", format!("the engine was lost while {doing}: {words}"))
                    .hint("Nothing was written. Run again once the server answers; what it had counted is counted again.")
            }
            "denied" => Diagnostic::machine("engine.denied", format!("the engine refuses us: {words}"))
                .hint("Put a valid token into the environment variable `SPARK_CONNECT_AUTHENTICATE_TOKEN`."),
            "clear-text" => Diagnostic::command_line(
                "engine.clear-text",
                "a token would travel in clear text to another machine",
            )
            .hint("Add `use_ssl=true` to the address: `sc://host:port/;use_ssl=true`."),
            "not-found" => {
                Diagnostic::machine("engine.not-found", format!("the engine finds no such rows while {doing}: {words}"))
                    .hint("Name a path that the machines of the engine can read, such as `s3a://…`, or a folder that all of them share.")
            }
            "too-large" => {
                Diagnostic::machine("engine.too-large", format!("the engine had no room while {doing}: {words}"))
                    .hint("Give its workers more memory, or disaggregate by fewer columns at once.")
            }
            "address" => Diagnostic::command_line("engine.address", format!("the engine cannot be reached: {words}"))
                .hint("Write `sc://host:port`, with settings behind it such as `/;use_ssl=true`."),
            "no-program" => Diagnostic::machine("engine.no-program", words)
                .hint(format!("Build it with `cargo build -p {PROGRAM} --features connect`, which needs `protoc`, and put it beside `groundwork`.")),
            "arithmetic" => {
                Diagnostic::machine("engine.arithmetic", format!("a number is too large for the engine while {doing}: {words}"))
                    .hint("Look for values in the export that cannot be: a `holds` check sets them aside.")
            }
            _ => Diagnostic::bug("engine.refused", format!("the engine refused a query while {doing}: {words}")),
        };
        problem.location = place.unwrap_or(&engine.location).clone();
        problem
    }
}

impl Spark {
    /// Opens a session.
    pub(crate) fn open(engine: &Engine) -> Result<Self, Diagnostic> {
        let link = Link::new(engine)?;
        let told = |failure: Failure| failure.told(engine, "opening a session", None);
        let mut spark = Self {
            engine: engine.clone(),
            link: RefCell::new(link),
            version: String::new(),
            keeps: Cell::new(true),
            first: RefCell::default(),
            notes: Cell::new(true),
            sent: Cell::new(0),
        };
        let version = spark.asked(SPARK_VERSION).map_err(told)?;
        let first = version.iter().find(|batch| batch.num_rows() > 0).map(|batch| batch.column(0));
        spark.version = first.and_then(text).unwrap_or_default();
        match spark.too_old() {
            Some(problem) => Err(problem),
            None => Ok(spark),
        }
    }

    /// Opens another session in the place of one that was lost, and tells it what the first one was
    /// told before the counting began.
    pub(crate) fn again(&self) -> Result<(), Failure> {
        let mut link = Link::begun(&self.engine)?;
        for (request, bytes) in self.first.borrow().iter() {
            link.request(request, bytes)?;
        }
        *self.link.borrow_mut() = link;
        Ok(())
    }

    /// From here on, everything can be asked again by who asks.
    pub(crate) fn is_ready(&self) {
        self.notes.set(false);
    }

    /// The columns of a table.
    pub(crate) fn schema(&self, table: &str) -> Result<Schema, Failure> {
        let none = self.asked(&columns_in_spark(table))?;
        Ok(none.first().map_or_else(Schema::empty, |batch| batch.schema_ref().as_ref().clone()))
    }

    /// Why a version is not supported. Sail counts its own versions, which begin at 0.
    fn too_old(&self) -> Option<Diagnostic> {
        let mut parts = self.version.split(['.', ' ', '-']).map(|part| part.parse::<u32>().ok());
        let version = (parts.next()??, parts.next()??);
        ((1, 0)..(3, 5)).contains(&version).then(|| {
            let mut problem = Diagnostic::machine(
                "engine.version",
                format!("the engine is Spark {}, expected 3.5 or later", self.version),
            )
            .hint("Name a server of a newer version.");
            problem.location = self.engine.location.clone();
            problem
        })
    }

    /// The version of the server, in its own words.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The engine that it is a session on.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Runs a statement.
    pub(crate) fn run(&self, statement: &Statement) -> Result<(), Failure> {
        let refused = || Failure::new("refused", "a statement that Spark does not have");
        self.statement(&statement.in_spark().ok_or_else(refused)?)?;
        // Rows that are looked at several times are worked out once, where the server can keep them.
        if let Some(keep) = statement.kept_in_spark().filter(|_| self.keeps.get())
            && self.statement(&keep).is_err()
        {
            self.keeps.set(false);
        }
        Ok(())
    }

    fn statement(&self, sql: &str) -> Result<(), Failure> {
        self.request(&json!({ "run": sql }), &[]).map(|_| ())
    }

    /// Answers a query; at least one batch, which may be empty.
    pub(crate) fn ask(&self, query: &Query) -> Result<Vec<RecordBatch>, Failure> {
        self.asked(&query.in_dialect(Dialect::Spark))
    }

    fn asked(&self, sql: &str) -> Result<Vec<RecordBatch>, Failure> {
        let unreadable = |e: arrow::error::ArrowError| Failure::new("protocol", e);
        let mut out = Vec::new();
        for stream in self.request(&json!({ "ask": sql }), &[])? {
            let reader = StreamReader::try_new(stream.as_slice(), None).map_err(unreadable)?;
            let before = out.len();
            let schema = reader.schema();
            for batch in reader {
                out.push(plain(&batch.map_err(unreadable)?).map_err(unreadable)?);
            }
            if out.len() == before {
                out.push(plain(&RecordBatch::new_empty(schema)).map_err(unreadable)?);
            }
        }
        // No rows are an answer; none at all is not.
        if out.is_empty() { Err(Failure::new("ended", "an answer without columns")) } else { Ok(out) }
    }

    /// Sends the next rows of a table that stand here, as a view under a name of their own.
    fn send(&self, name: &str, batches: &[RecordBatch]) -> Result<(), Failure> {
        let unwritable = |e: arrow::error::ArrowError| Failure::new("protocol", e);
        let Some(first) = batches.first() else { return Ok(()) };
        let mut piece = StreamWriter::try_new(Vec::new(), &first.schema()).map_err(unwritable)?;
        batches.iter().try_for_each(|batch| piece.write(batch)).map_err(unwritable)?;
        let bytes = piece.into_inner().map_err(unwritable)?;
        self.request(&json!({"send": name, "bytes": bytes.len()}), &bytes).map(|_| ())
    }

    fn request(&self, request: &Value, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
        let answer = self.link.borrow_mut().request(request, bytes)?;
        if self.notes.get() && request["ask"].is_null() {
            self.first.borrow_mut().push((request.clone(), bytes.to_owned()));
        }
        Ok(answer)
    }
}

impl Link {
    /// Starts the program, and has it open a session.
    fn new(engine: &Engine) -> Result<Self, Diagnostic> {
        Self::begun(engine).map_err(|failure| failure.told(engine, "opening a session", None))
    }

    fn begun(engine: &Engine) -> Result<Self, Failure> {
        let absent = || Failure::new("no-program", format!("the program `{PROGRAM}` is not installed"));
        let mut child = Command::new(program().ok_or_else(absent)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| absent())?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(absent());
        };
        let input = Arc::new(Mutex::new(Some(input)));
        if let Ok(mut held) = HELD.lock() {
            *held = Some(Arc::clone(&input));
        }
        let mut link = Self { child, input, output: BufReader::new(output) };
        let tag = format!("groundwork-{}", std::process::id());
        link.request(&json!({"connect": engine.address, "tag": tag}), &[])?;
        Ok(link)
    }

    /// Sends a request and takes what comes back before it is done.
    fn request(&mut self, request: &Value, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
        let ended = |e: io::Error| Failure::new("ended", format!("`{PROGRAM}` stopped ({e})"));
        {
            let mut input = self.input.lock().map_err(|_| ended(io::ErrorKind::BrokenPipe.into()))?;
            let input = input.as_mut().ok_or_else(|| ended(io::ErrorKind::BrokenPipe.into()))?;
            writeln!(input, "{request}").map_err(ended)?;
            input.write_all(bytes).and_then(|()| input.flush()).map_err(ended)?;
        }
        let output = &mut self.output;
        let mut out = Vec::new();
        loop {
            let mut line = String::new();
            if output.read_line(&mut line).map_err(ended)? == 0 {
                return Err(ended(io::ErrorKind::UnexpectedEof.into()));
            }
            let answer: Value = serde_json::from_str(&line).map_err(|e| Failure::new("protocol", e))?;
            if let Some(kind) = answer["error"].as_str() {
                return Err(Failure::new(kind, answer["message"].as_str().unwrap_or_default()));
            }
            match answer["bytes"].as_u64() {
                None => return Ok(out),
                Some(size) => {
                    let mut bytes = Vec::new();
                    (&mut *output).take(size).read_to_end(&mut bytes).map_err(ended)?;
                    out.push(bytes);
                }
            }
        }
    }
}

/// Rows on their way to the engine.
pub(crate) struct Sending<'a> {
    spark: &'a Spark,
    table: String,
    pieces: Vec<String>,
    columns: Vec<String>,
    waiting: Vec<RecordBatch>,
    size: usize,
}

impl<'a> Sending<'a> {
    /// Begins to send the rows of a table.
    pub(crate) fn new(spark: &'a Spark, table: &str) -> Self {
        let table = table.to_owned();
        Self { spark, table, pieces: Vec::new(), columns: Vec::new(), waiting: Vec::new(), size: 0 }
    }

    /// Sends some more; the first ones may be none, and say what the columns are.
    pub(crate) fn push(&mut self, batch: RecordBatch) -> Result<(), Failure> {
        if self.columns.is_empty() {
            self.columns = batch.schema_ref().fields().iter().map(|field| field.name().clone()).collect();
        }
        self.size += batch.get_array_memory_size();
        self.waiting.push(batch);
        if self.size >= PIECE { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), Failure> {
        // Apache Spark takes letters and digits alone in the name of a view that is sent.
        let name = format!("sent_{}", self.spark.sent.get());
        self.spark.sent.set(self.spark.sent.get() + 1);
        self.spark.send(&name, &self.waiting)?;
        self.pieces.push(name);
        self.waiting.clear();
        self.size = 0;
        Ok(())
    }

    /// Makes one table of all that was sent.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        if !self.waiting.is_empty() {
            self.send()?;
        }
        self.spark.run(&joined(&self.table, &self.pieces, &self.columns))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // The end of its input ends the program, and what it left on the server.
        if let Ok(mut input) = self.input.lock() {
            input.take();
        }
        let _ = self.child.wait();
    }
}

/// The program: beside this one, or where programs are looked for.
fn program() -> Option<PathBuf> {
    let here = std::env::current_exe().ok()?;
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let beside = here.ancestors().skip(1).take(2).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all: Vec<PathBuf> = beside.chain(std::env::split_paths(&path)).collect();
    all.into_iter().map(|folder| folder.join(&name)).find(|program| program.is_file())
}

/// The first text of a column.
fn text(column: &ArrayRef) -> Option<String> {
    use arrow::array::AsArray as _;
    column.as_string_opt::<i32>().map(|texts| texts.value(0).to_owned())
}

/// Rows with the few types that answers have: servers differ in how they send texts and small numbers.
fn plain(batch: &RecordBatch) -> Result<RecordBatch, arrow::error::ArrowError> {
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let wanted = match field.data_type() {
            DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Null => DataType::Int64,
            DataType::Float32 => DataType::Float64,
            other => other.clone(),
        };
        columns.push(cast(column, &wanted)?);
        fields.push(Field::new(field.name(), wanted, true));
    }
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &rows)
}
