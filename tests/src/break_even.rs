//! When to leave one machine: the same pipeline over the same Parquet files, counted by the database of
//! one machine and by an engine on the same cores, at several sizes, and the size from which the engine is
//! the quicker one.
//!
//! An engine that shares the cores of this machine cannot be quicker than the database by having more of
//! them. How many times the cores a cluster needs before it is, at the least, follows from how many times
//! as long the same cores take there.

use crate::attendance::draw;
use crate::beside::{Numbers, load_of_machine, numbers, run, whole_way};
use crate::spark_servers::{self, Server};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

const FILE: &str = "attendance.parquet";

/// How a server is started; nothing where it is not installed.
type Start = fn() -> Option<Result<Server, String>>;

const SERVERS: [(&str, Start); 2] =
    [("Sail", spark_servers::sail), ("Apache Spark, two workers", spark_servers::spark)];

/// What one server did at every size, seconds.
struct There {
    name: &'static str,
    server: Server,
    seconds: Vec<f64>,
    peak_mb: u64,
}

/// Draws and runs at each size: a table, and where the lines cross.
pub fn measured(program: &Path, sizes: &[u64]) -> Result<String, Box<dyn Error>> {
    if !program.with_file_name("groundwork-spark").is_file() {
        return Err(
            "`groundwork-spark` is not built; run `cargo build -p groundwork-spark --features connect`"
                .into(),
        );
    }
    let mut servers = Vec::new();
    let mut skipped = String::new();
    for (name, start) in SERVERS {
        match start() {
            None => _ = writeln!(skipped, "{name}: skipped, it is not installed"),
            Some(server) => servers.push(There { name, server: server?, seconds: Vec::new(), peak_mb: 0 }),
        }
    }
    if servers.is_empty() {
        return Err(format!("there is no engine to compare with\n{skipped}").into());
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut out = format!(
        "{threads} threads, dev profile of this workspace, each server on the same machine\n\n\
         | rows | Parquet | load of the machine before | one machine | peak memory |"
    );
    for there in &servers {
        _ = write!(out, " {} | times as long |", there.name);
    }
    _ = write!(out, "\n|---|---|---|---|---|{}\n", "---|---|".repeat(servers.len()));
    let mut here = Vec::new();
    for rows in sizes {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        draw(&folder.join(FILE), *rows)?;
        let megabytes = std::fs::metadata(folder.join(FILE))?.len() / 1_000_000;
        let load = load_of_machine();
        let pipeline = whole_way(FILE);
        let own = run(program, folder, &pipeline, &["--afresh", "--engine", "here"])?;
        let wanted = numbers(&folder.join("out/indicators.csv"))?;
        _ = write!(out, "| {rows} | {megabytes} MB | {load} | {:.1} s | {} MB |", own.seconds, own.peak_mb);
        for there in &mut servers {
            let ran = run(program, folder, &pipeline, &["--afresh", "--engine", there.server.address()])?;
            same(&wanted, &numbers(&folder.join("out/indicators.csv"))?)
                .map_err(|what| format!("{}: {what}", there.name))?;
            _ = write!(out, " {:.1} s | {:.1} |", ran.seconds, ran.seconds / own.seconds);
            there.seconds.push(ran.seconds);
            there.peak_mb = there.peak_mb.max(there.server.peak_mb());
        }
        out.push('\n');
        here.push(own.seconds);
    }
    out.push('\n');
    for there in &servers {
        out += &crossing(sizes, &here, there, threads);
    }
    Ok(out + &skipped)
}

fn crossing(sizes: &[u64], here: &[f64], there: &There, threads: usize) -> String {
    let name = there.name;
    let quicker = |at: &usize| here.iter().zip(&there.seconds).skip(*at).all(|(own, other)| other < own);
    let mut out = match (0..sizes.len()).find(quicker).and_then(|at| sizes.get(at)) {
        Some(rows) => {
            format!("{name} is the quicker one from {rows} rows on, of the sizes that were measured.\n")
        }
        None => match (sizes.last(), here.last(), there.seconds.last()) {
            (Some(rows), Some(own), Some(other)) => {
                let times = other / own;
                format!(
                    "{name} and one machine do not cross up to {rows} rows: there the same {threads} threads take {times:.1} \
                     times as long, so that a cluster needs more than {:.0} threads before it is quicker, if all of the work \
                     can be shared out.\n",
                    times * threads as f64
                )
            }
            _ => String::new(),
        },
    };
    _ = writeln!(out, "The server held {} MB at most.", there.peak_mb);
    out
}

/// Whether the engine came to the same numbers.
fn same(here: &Numbers, there: &Numbers) -> Result<(), String> {
    if here.len() != there.len() {
        return Err(format!("{} numbers, and {} here", there.len(), here.len()));
    }
    // As they are written, with six decimals.
    match here.iter().zip(there).find(|(a, b)| a.0 != b.0 || (a.1 - b.1).abs() > 1e-6) {
        Some((a, b)) => Err(format!("{b:?}, and {a:?} here")),
        None => Ok(()),
    }
}
