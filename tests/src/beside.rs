//! The whole way on one source of many rows, from a CSV file to the finished report: cold, unchanged,
//! and after one indicator was changed; beside what somebody would write by hand for the same rows,
//! which lies in `tests/beside`. And how time and memory grow with the rows.
//!
//! The scripts read, type, count and write the same, and their numbers are compared with those of
//! `groundwork`: a script that counts something else is an error and no row of the table.

use crate::attendance::{draw, pipeline};
use crate::program::{Timed, timed};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const INDICATORS: &str = "\
  sessions: {kind: count, title: Sessions attended, from: attendance, period_by: held, disaggregate: [sex, age_band], people: false}
  minutes_total: {kind: sum, of: minutes, title: Minutes attended, from: attendance, period_by: held, disaggregate: [sex, age_band]}
  minutes_mean: {kind: mean, of: minutes, title: Minutes of a session, from: attendance, period_by: held, disaggregate: [sex, age_band]}
  led: {kind: proportion, numerator: led_by_volunteer, title: Led by volunteers, from: attendance, period_by: held, disaggregate: [sex, age_band]}
  long_sessions: {kind: count, where: minutes > 60, title: Long sessions, from: attendance, period_by: held, disaggregate: [sex, age_band], people: false}
  reach: {kind: distinct_count, of: person, title: People reached, from: attendance, period_by: held, disaggregate: [sex, age_band]}
  reach_led: {kind: distinct_count, of: person, where: led_by_volunteer, title: People reached by volunteers, from: attendance, period_by: held, disaggregate: [sex, age_band]}
  reach_adults: {kind: distinct_count, of: person, where: age >= 18, title: Adults reached, from: attendance, period_by: held, disaggregate: [sex, age_band]}
";

const REPORTS: &str = "reports:
  quarterly: {template: quarterly-funder, languages: [en], period: 2021-Q4}
";

/// What one run of `groundwork` is after.
const CHANGED: (&str, &str) = ("where: minutes > 60", "where: minutes > 90");

/// Draws, runs, and gives the table.
pub fn measured(program: &Path, rows: u64) -> Result<String, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let source = folder.join("attendance.csv");
    draw(&source, rows)?;
    let mut out = format!(
        "{rows} rows, {} MB of CSV, {} threads, dev profile of this workspace\n\n\
         | what | time | peak memory | beside groundwork, cold |\n|---|---|---|---|\n",
        std::fs::metadata(&source)?.len() / 1_000_000,
        std::thread::available_parallelism().map_or(1, usize::from)
    );
    let first = pipeline("attendance.csv", INDICATORS, REPORTS);
    let cold = run(program, folder, &first)?;
    let numbers = numbers(&folder.join("out/indicators.csv"))?;
    let mut line = |what: &str, run: &Timed| {
        let ratio = run.seconds / cold.seconds;
        _ = writeln!(out, "| {what} | {:.1} s | {} MB | {ratio:.2} |", run.seconds, run.peak_mb);
    };
    line("groundwork, cold: CSV to PDF", &cold);
    line("groundwork, unchanged", &run(program, folder, &first)?);
    line("groundwork, one indicator changed", &run(program, folder, &first.replace(CHANGED.0, CHANGED.1))?);
    let mut skipped = String::new();
    for tool in ["duckdb", "polars", "pandas"] {
        let python = python();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("beside/attendance_{tool}.py"));
        let has_all = Command::new(&python).args(["-c", &format!("import {tool}, matplotlib")]).output();
        if !has_all.is_ok_and(|output| output.status.success()) {
            _ = writeln!(skipped, "{tool}: skipped, {} does not have it", python.display());
            continue;
        }
        let theirs = folder.join(tool);
        std::fs::create_dir(&theirs)?;
        let ran = timed(Command::new(&python).arg(script).arg(&source).arg(&theirs))?;
        let version = format!("import {tool}; print({tool}.__version__)");
        let version = Command::new(&python).args(["-c", &version]).output()?.stdout;
        let version = String::from_utf8_lossy(&version).trim().to_owned();
        let same = compared(&numbers, &theirs.join("indicators.csv"))?;
        line(&format!("{tool} {version} script, {same} numbers the same"), &ran);
    }
    Ok(out + &skipped)
}

/// Draws and runs at each size, and gives the table of how time and memory grow, step by step.
pub fn growth(program: &Path, sizes: &[u64]) -> Result<String, Box<dyn Error>> {
    let mut out = format!(
        "{} threads, dev profile of this workspace; nanoseconds a row\n\n\
         | rows | export | load | count rows | count people | evaluate, report | whole | whole, ns a row | peak memory |\n\
         |---|---|---|---|---|---|---|---|---|\n",
        std::thread::available_parallelism().map_or(1, usize::from)
    );
    for rows in sizes {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        // Beyond ten million rows a programme keeps Parquet.
        let name = if *rows > 10_000_000 { "attendance.parquet" } else { "attendance.csv" };
        draw(&folder.join(name), *rows)?;
        let ran = run(program, folder, &pipeline(name, INDICATORS, REPORTS))?;
        let steps = steps(&ran.said);
        let of = |begin: &[&str]| -> f64 {
            let wanted = steps.iter().filter(|(step, _)| begin.iter().any(|b| step.trim_start().starts_with(b)));
            wanted.map(|(_, seconds)| seconds).sum()
        };
        let load = of(&["load ", "10", "1", "as they"]);
        let (of_rows, of_people) = (of(&["count rows"]), of(&["count person"]));
        _ = writeln!(
            out,
            "| {rows} | {} | {load:.2} s | {of_rows:.2} s | {of_people:.2} s | {:.2} s | {:.2} s | {:.0} | {} MB |",
            name.rsplit('.').next().unwrap_or_default(),
            ran.seconds - load - of_rows - of_people,
            ran.seconds,
            ran.seconds * 1e9 / *rows as f64,
            ran.peak_mb
        );
    }
    Ok(out)
}

fn run(program: &Path, folder: &Path, text: &str) -> Result<Timed, Box<dyn Error>> {
    std::fs::write(folder.join("pipeline.yaml"), text)?;
    let mut command = Command::new(program);
    Ok(timed(command.current_dir(folder).args(["run", "pipeline.yaml", "--out", "out"]))?)
}

/// The steps that a run names, each with the seconds that stand in the line below.
fn steps(said: &str) -> Vec<(String, f64)> {
    let lines: Vec<&str> = said.lines().collect();
    let pairs = lines.windows(2);
    pairs.filter_map(|pair| Some((pair[0].to_owned(), pair[1].trim().strip_suffix(" s")?.parse().ok()?))).collect()
}

/// The Python that has the packages; `GROUNDWORK_PYTHON` names another one than that of the path.
fn python() -> PathBuf {
    std::env::var_os("GROUNDWORK_PYTHON").map_or_else(|| "python3".into(), PathBuf::from)
}

type Numbers = BTreeMap<[String; 5], f64>;

/// The numbers of `indicators.csv`: values of means, and numerators of all others.
fn numbers(path: &Path) -> Result<Numbers, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let headers = reader.headers()?.clone();
    let mut out = Numbers::new();
    for record in reader.records() {
        let record = record?;
        let cell = |name: &str| {
            headers.iter().position(|h| h == name).and_then(|at| record.get(at)).unwrap_or_default().to_owned()
        };
        let number = cell(if cell("indicator") == "minutes_mean" { "value" } else { "numerator" });
        if let Ok(number) = number.parse() {
            out.insert(["indicator", "site", "period", "dimension", "category"].map(cell), number);
        }
    }
    Ok(out)
}

/// How many numbers of a script are those of `groundwork`.
fn compared(numbers: &Numbers, theirs: &Path) -> Result<usize, Box<dyn Error>> {
    let mut same = 0;
    for record in csv::Reader::from_path(theirs)?.into_records() {
        let record = record?;
        let key = [0, 1, 2, 3, 4].map(|at| record.get(at).unwrap_or_default().replace('-', "–"));
        let key = [key[0].clone(), key[1].clone(), key[2].replace('–', "-"), key[3].clone(), key[4].clone()];
        let number: f64 = record.get(5).unwrap_or_default().parse()?;
        match numbers.get(&key) {
            Some(own) if (own - number).abs() <= 1e-9 * own.abs().max(1.0) => same += 1,
            found => return Err(format!("{}: {key:?} is {number}, and not {found:?}", theirs.display()).into()),
        }
    }
    Ok(same)
}
