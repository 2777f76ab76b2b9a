//! Reading: how many rows a second `groundwork` reads from a CSV file, with all typing and checks
//! on, beside the reader of DuckDB alone on the same file, in one run.
//!
//! The file is attendance, as a programme has it: who, where, when, with whom. DuckDB reads it twice
//! into a table in memory: every column as text, which is where `groundwork` begins, and with the
//! types that it finds itself.

use crate::attendance::{draw, pipeline};
use crate::program::timed;
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const INDICATORS: &str = "  attended: {kind: count, title: Attended, from: attendance, period_by: held}\n";

/// Draws, reads in both ways, and gives the table.
pub fn measured(program: &Path, rows: u64) -> Result<String, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let file = folder.join("attendance.csv");
    draw(&file, rows)?;
    let bytes = std::fs::metadata(&file)?.len();
    std::fs::write(folder.join("pipeline.yaml"), pipeline("attendance.csv", "", INDICATORS, ""))?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut out = format!(
        "{rows} rows, {} MB, {threads} threads, dev profile of this workspace\n\n\
         | reader | time | rows a second | peak memory |\n|---|---|---|---|\n",
        bytes / 1_000_000
    );
    let mut command = Command::new(program);
    let run = timed(command.current_dir(folder).args(["check", "pipeline.yaml"]))?;
    let own = rows as f64 / run.seconds;
    out += &format!(
        "| groundwork check: all typed, all checked | {:.1} s | {own:.0} | {} MB |\n",
        run.seconds, run.peak_mb
    );
    let path = file.display().to_string().replace('\'', "''");
    let mut ratios = Vec::new();
    for (name, option) in [("every column as text", "true"), ("types guessed", "false")] {
        let connection = duckdb::Connection::open_in_memory()?;
        let begun = Instant::now();
        connection.execute_batch(&format!(
            "SET threads = {threads}; CREATE TABLE t AS FROM read_csv('{path}', all_varchar = {option})"
        ))?;
        let seconds = begun.elapsed().as_secs_f64();
        let rate = rows as f64 / seconds;
        ratios.push(own / rate);
        out += &format!("| DuckDB: {name} | {seconds:.1} s | {rate:.0} | |\n");
    }
    out += &format!(
        "\ngroundwork reads {:.2} of the rows a second that DuckDB reads as text, {:.2} of those with types guessed.\n",
        ratios[0], ratios[1]
    );
    Ok(out)
}
