//! Reading: how many rows a second `groundwork` reads from a CSV file, with all typing and checks
//! on, beside the reader of DuckDB alone on the same file, in one run.
//!
//! The file is attendance, as a programme has it: who, where, when, with whom. DuckDB reads it twice
//! into a table in memory: every column as text, which is where `groundwork` begins, and with the
//! types that it finds itself.

use crate::program::timed;
use groundwork_samples::rng::{Rng, Stream};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const SEED: u64 = 11;
const PEOPLE: u64 = 40_000;
const SITES: [&str; 4] = ["Chiang Rai", "เชียงราย", "Nan", "น่าน"];

const PIPELINE: &str = r"groundwork: 1
programme: {id: attendance, title: Attendance}
calendar: {periods: quarter, from: 2019-Q1, to: 2021-Q4, as_of: 2022-01-15}
sites: {chiang_rai: {name: Chiang Rai, code: TH-57}, nan: {name: Nan, code: TH-55}}
audience: internal
sources:
  attendance:
    export: attendance.csv
    columns:
      row_id: text
      person: text
      site: site
      held: date
      sex: {type: category, values: {female: [หญิง], male: [ชาย]}}
      age: integer
      minutes: number
      led_by_volunteer: boolean
    checks:
      - {required: [person, site, held]}
      - {holds: age < 120, on_failure: report}
indicators:
  attended: {kind: count, title: Attended, from: attendance, period_by: held}
";

/// Draws, reads in both ways, and gives the table.
pub fn measured(program: &Path, rows: u64) -> Result<String, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let file = folder.join("attendance.csv");
    draw(&file, rows)?;
    let bytes = std::fs::metadata(&file)?.len();
    std::fs::write(folder.join("pipeline.yaml"), PIPELINE)?;
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

fn draw(path: &Path, rows: u64) -> std::io::Result<()> {
    let mut rng = Rng::keyed(SEED, Stream::Plan, 1);
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "row_id,person,site,held,sex,age,minutes,led_by_volunteer")?;
    let first = jiff::civil::date(2019, 1, 1);
    for row in 0..rows {
        let person = rng.below(PEOPLE);
        let held = first.checked_add(jiff::Span::new().days((row * 1095 / rows) as i64)).unwrap_or(first);
        let site = SITES[(person % 2 * 2 + rng.below(2)) as usize];
        let sex = ["female", "ชาย", "หญิง", "male", ""][(person % 5) as usize];
        let led = ["yes", "no", "ใช่", ""][rng.below(4) as usize];
        write!(file, "r{row},P{person:05},{site},")?;
        // Every tenth day is written in the Buddhist era.
        if rng.chance(1, 10) {
            write!(file, "{:02}/{:02}/{}", held.day(), held.month(), i32::from(held.year()) + 543)?;
        } else {
            write!(file, "{held}")?;
        }
        writeln!(file, ",{sex},{},{}.5,{led}", 6 + person % 70, rng.below(180))?;
    }
    file.flush()
}
