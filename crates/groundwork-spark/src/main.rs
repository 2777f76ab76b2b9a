//! `groundwork-spark`: asks Apache Spark, or another server of the Spark Connect protocol, on behalf
//! of `groundwork`, which starts it.
//!
//! It reads one request a line from its input and answers on its output, in order. A line is a JSON
//! object; where it says `bytes`, so many follow it.
//!
//! | request | does | answers before `{"done": …}` |
//! |---|---|---|
//! | `{"connect": URL, "tag": TAG}` | opens a session; what runs in it carries the tag | |
//! | `{"run": SQL}` | runs a statement | |
//! | `{"ask": SQL}` | runs a query | `{"bytes": N}`, each an Arrow IPC stream |
//! | `{"send": NAME, "bytes": N}` | makes a temporary view of an Arrow IPC stream | |
//!
//! A failure is `{"error": KIND, "message": TEXT}`. The end of its input ends what runs, the session and
//! the program, and so does an interrupt. The URL may hold a token: it is in no answer, and the client
//! refuses to send one in clear text to anything but this machine.

use serde_json::{Value, json};
use spark_connect_core::{ChannelBuilder, RetryPolicy, SparkConnectClient, SparkError, block_on};
use spark_connect_proto as proto;
use spark_connect_proto::execute_plan_response::ResponseType;
use std::io::{self, BufRead, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// The session that an interrupt ends.
static SESSION: Mutex<Option<Arc<Session>>> = Mutex::new(None);

struct Session {
    client: SparkConnectClient,
    operations: AtomicU64,
    user: String,
    tag: String,
}

/// What an answer can go wrong with: of which kind, and the words of the server.
struct Failure {
    kind: &'static str,
    message: String,
}

/// A request, and the bytes that came with it.
type Request = (Value, Vec<u8>);

/// How long the server may take to end what runs; nobody waits longer for a program that was told to
/// stop.
const PATIENCE: Duration = Duration::from_millis(700);

/// An answer that ends sooner than this and says nothing was asked for in vain.
const IN_VAIN: Duration = Duration::from_secs(1);

fn main() -> io::Result<()> {
    // A second handler is refused; there is none.
    let _ = ctrlc::set_handler(|| end(130));
    let (send, requests) = mpsc::channel();
    // The end of the input ends what runs, so it is read all the time.
    std::thread::spawn(move || {
        let code = i32::from(read(&send).is_err());
        drop(send);
        end(code);
    });
    let mut output = io::stdout().lock();
    for (request, bytes) in requests {
        let answer = match answered(&request, bytes, &mut output) {
            Ok(done) => json!({ "done": done }),
            Err(failure) => json!({ "error": failure.kind, "message": failure.message }),
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    // The other thread ends the program once the session is closed.
    std::thread::sleep(2 * PATIENCE);
    Ok(())
}

fn read(send: &mpsc::Sender<Request>) -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let request: Value = serde_json::from_str(&line).map_err(io::Error::other)?;
        line.clear();
        let mut bytes = vec![0; request["bytes"].as_u64().unwrap_or(0) as usize];
        input.read_exact(&mut bytes)?;
        send.send((request, bytes)).map_err(io::Error::other)?;
    }
    Ok(())
}

/// Ends what runs on the server, the session and the program.
fn end(code: i32) -> ! {
    if let Some(session) = SESSION.lock().ok().and_then(|mut session| session.take()) {
        let (done, wait) = mpsc::channel();
        std::thread::spawn(move || {
            let _ = block_on(session.client.interrupt_tag(&session.tag));
            let _ = block_on(session.client.release_session());
            let _ = done.send(());
        });
        let _ = wait.recv_timeout(PATIENCE);
    }
    std::process::exit(code)
}

fn current() -> Option<Arc<Session>> {
    SESSION.lock().ok().and_then(|session| session.clone())
}

fn answered(request: &Value, bytes: Vec<u8>, output: &mut impl Write) -> Result<Value, Failure> {
    if let Some(url) = request["connect"].as_str() {
        let session = Session::open(url, request["tag"].as_str().unwrap_or_default())?;
        if let Ok(mut current) = SESSION.lock() {
            *current = Some(Arc::new(session));
        }
        return Ok(Value::Bool(true));
    }
    let session = current().ok_or_else(|| protocol("nothing is connected"))?;
    if let Some(sql) = request["run"].as_str() {
        session.execute(command(proto::command::CommandType::SqlCommand(proto::SqlCommand {
            input: Some(sql_relation(sql)),
            ..Default::default()
        })))?;
    } else if let Some(sql) = request["ask"].as_str() {
        let plan = proto::Plan { op_type: Some(proto::plan::OpType::Root(sql_relation(sql))) };
        session.each(plan, |batch| {
            writeln!(output, "{}", json!({ "bytes": batch.len() }))?;
            output.write_all(batch)
        })?;
    } else if let Some(name) = request["send"].as_str() {
        let rows = proto::LocalRelation { data: Some(bytes.into()), schema: None };
        session.execute(command(proto::command::CommandType::CreateDataframeView(
            proto::CreateDataFrameViewCommand {
                input: Some(relation(proto::relation::RelType::LocalRelation(rows))),
                name: name.to_owned(),
                is_global: false,
                replace: true,
            },
        )))?;
    } else {
        return Err(protocol("a request is not known"));
    }
    Ok(Value::Bool(true))
}

fn protocol(message: &str) -> Failure {
    Failure { kind: "protocol", message: message.to_owned() }
}

fn relation(kind: proto::relation::RelType) -> proto::Relation {
    proto::Relation { rel_type: Some(kind), ..Default::default() }
}

fn sql_relation(sql: &str) -> proto::Relation {
    relation(proto::relation::RelType::Sql(proto::Sql { query: sql.to_owned(), ..Default::default() }))
}

fn command(kind: proto::command::CommandType) -> proto::Plan {
    let command = proto::Command { command_type: Some(kind) };
    proto::Plan { op_type: Some(proto::plan::OpType::Command(command)) }
}

impl Session {
    fn open(url: &str, tag: &str) -> Result<Self, Failure> {
        let mut builder = ChannelBuilder::parse(url).map_err(failed)?;
        if builder.get("user_agent").is_none() {
            builder.set("user_agent", "groundwork");
        }
        let user = builder.user_id().unwrap_or("groundwork").to_owned();
        builder.set("user_id", &user);
        let mut client = block_on(SparkConnectClient::connect(&builder)).map_err(failed)?;
        // A server that is not there is said so after some seconds, not after an hour.
        client.set_retry_policy(RetryPolicy {
            max_retries: Some(4),
            initial_backoff_ms: 500,
            max_backoff_ms: Some(4000),
            max_retry_exception_elapsed_time_ms: Some(60_000),
            ..RetryPolicy::default()
        });
        let session = Self { client, operations: AtomicU64::new(1), user, tag: tag.to_owned() };
        for (key, value) in [("spark.sql.session.timeZone", "UTC"), ("spark.sql.ansi.enabled", "true")] {
            block_on(session.client.set_config(key, value)).map_err(failed)?;
        }
        Ok(session)
    }

    fn user(&self) -> proto::UserContext {
        proto::UserContext { user_id: self.user.clone(), user_name: self.user.clone(), ..Default::default() }
    }

    fn execute(&self, plan: proto::Plan) -> Result<(), Failure> {
        self.each(plan, |_| Ok(()))
    }

    /// A name for the next operation: a UUID, the last part of which counts.
    fn operation(&self) -> String {
        let count = self.operations.fetch_add(1, Ordering::Relaxed);
        let of_session = self.client.session_id().rsplit_once('-').map_or("", |(first, _)| first);
        format!("{of_session}-{count:012x}")
    }

    /// Runs a plan and takes its rows, each time an Arrow IPC stream.
    ///
    /// A server ends the stream of answers after some minutes, whether or not the plan is done, and waits
    /// to be asked for the rest. Only it can say that an answer is complete.
    fn each(&self, plan: proto::Plan, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> Result<(), Failure> {
        let operation = self.operation();
        let request = proto::ExecutePlanRequest {
            session_id: self.client.session_id().to_owned(),
            user_context: Some(self.user()),
            plan: Some(plan),
            tags: vec![self.tag.clone()],
            client_type: Some("groundwork".to_owned()),
            operation_id: Some(operation.clone()),
            ..Default::default()
        };
        block_on(async {
            let mut heard = Heard::default();
            let mut answers = self.client.execute_plan_reattachable(request).await.map_err(failed)?;
            while let Some(answer) = answers.message().await.map_err(failed)? {
                heard.hear(answer, &mut take)?;
            }
            let mut in_vain = 0;
            while !heard.is_complete {
                let (asked, before) = (Instant::now(), heard.clone());
                let rest = proto::ReattachExecuteRequest {
                    session_id: self.client.session_id().to_owned(),
                    user_context: Some(self.user()),
                    operation_id: operation.clone(),
                    client_type: Some("groundwork".to_owned()),
                    last_response_id: heard.last.clone(),
                    ..Default::default()
                };
                let mut answers = self.client.reattach_execute(rest).await.map_err(failed)?;
                let broken = |status| failed(SparkError::from_grpc_status(status));
                while let Some(answer) = answers.message().await.map_err(broken)? {
                    heard.hear(answer, &mut take)?;
                }
                in_vain = if heard == before && asked.elapsed() < IN_VAIN { in_vain + 1 } else { 0 };
                if in_vain > 3 {
                    let message = "the server ends its answers before they are complete".to_owned();
                    return Err(Failure { kind: "lost", message });
                }
            }
            Ok(())
        })
    }
}

/// How far the answer to a plan has come.
#[derive(Clone, Default, PartialEq)]
struct Heard {
    /// The name of the last response.
    last: Option<String>,
    is_complete: bool,
}

impl Heard {
    /// Takes the rows of a response.
    fn hear(
        &mut self,
        answer: proto::ExecutePlanResponse,
        take: &mut impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), Failure> {
        if !answer.response_id.is_empty() {
            self.last = Some(answer.response_id);
        }
        match answer.response_type {
            Some(ResponseType::ArrowBatch(batch)) => {
                take(&batch.data).map_err(|e| Failure { kind: "protocol", message: e.to_string() })?;
            }
            Some(ResponseType::ResultComplete(_)) => self.is_complete = true,
            _ => {}
        }
        Ok(())
    }
}

/// What a failure is about. `lost` is worth another try; the others are not.
fn failed(error: SparkError) -> Failure {
    let message = error.message();
    let code = error.grpc_code();
    let says = |signs: &[&str]| signs.iter().any(|sign| message.contains(sign));
    // The codes of gRPC: 4 deadline exceeded, 7 permission denied, 14 unavailable, 16 unauthenticated.
    let kind = if says(&["insecure connection"]) {
        "clear-text"
    } else if matches!(code, Some(7 | 16)) {
        "denied"
    } else if says(&["PATH_NOT_FOUND", "TABLE_OR_VIEW_NOT_FOUND", "No files found", "not found: "]) {
        "not-found"
    } else if says(&["SESSION_NOT_FOUND", "SESSION_CLOSED", "SESSION_CHANGED"]) {
        "session"
    } else if matches!(code, Some(4 | 14))
        || says(&[
            "h2 protocol error",
            "Connection refused",
            "transport error",
            "heartbeat",
            "channel not ready",
        ])
    {
        "lost"
    } else if says(&["decoded message", "RESOURCE_EXHAUSTED", "OutOfMemory"]) {
        "too-large"
    } else {
        "refused"
    };
    Failure { kind, message }
}
