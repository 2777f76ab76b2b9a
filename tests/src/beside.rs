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

const INDICATORS: &str = "  sessions: {kind: count, title: Sessions attended, from: attendance, period_by: held, disaggregate: [sex, age_band], people: false}
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

/// The steps whose growth is shown, with what their lines begin with.
const STEPS: [(&str, &[&str]); 4] = [
    ("load", &["load ", "rows read", "as they were"]),
    ("count rows", &["count rows"]),
    ("count people", &["count person"]),
    ("evaluate, protect, report", &["answer", "apply", "write", "set report"]),
];

/// Draws and runs at each size: a table of how time and memory grow, step by step, and a chart of it
/// as SVG.
pub fn growth(program: &Path, sizes: &[u64]) -> Result<(String, String), Box<dyn Error>> {
    let mut out = format!(
        "{} threads, dev profile of this workspace\n\n| rows | export |",
        std::thread::available_parallelism().map_or(1, usize::from)
    );
    for (name, _) in STEPS {
        _ = write!(out, " {name} |");
    }
    out += " whole | a row | peak memory | memory a row |\n|---|---|---|---|---|---|---|---|---|---|\n";
    let mut points: Vec<Vec<(f64, f64)>> = vec![Vec::new(); STEPS.len()];
    for rows in sizes {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        // Beyond ten million rows a programme keeps Parquet.
        let name = if *rows > 10_000_000 { "attendance.parquet" } else { "attendance.csv" };
        draw(&folder.join(name), *rows)?;
        let ran = run(program, folder, &pipeline(name, INDICATORS, REPORTS))?;
        let steps = steps(&ran.said);
        _ = write!(out, "| {rows} | {} |", name.rsplit('.').next().unwrap_or_default());
        for ((_, begin), points) in STEPS.iter().zip(&mut points) {
            let is_of = |step: &str| begin.iter().any(|b| step.contains(b));
            let seconds: f64 = steps.iter().filter(|(step, _)| is_of(step)).map(|(_, seconds)| seconds).sum();
            _ = write!(out, " {seconds:.2} s |");
            points.push((*rows as f64, seconds.max(1e-3)));
        }
        let (seconds, peak, rows) = (ran.seconds, ran.peak_mb, *rows as f64);
        _ = writeln!(
            out,
            " {seconds:.2} s | {:.2} µs | {peak} MB | {:.0} B |",
            seconds * 1e6 / rows,
            peak as f64 * 1e6 / rows
        );
    }
    Ok((out, chart(&points)))
}

/// Seconds over rows, both as powers of ten, a line for each step, and n log n as a dashed line.
fn chart(points: &[Vec<(f64, f64)>]) -> String {
    let all = || points.iter().flatten();
    let (least, most) = all().fold((f64::MAX, 0.0_f64), |(a, b), (rows, _)| (a.min(*rows), b.max(*rows)));
    let place = |(rows, seconds): (f64, f64)| {
        let width = (most / least).log10().max(1e-9);
        (60.0 + (rows / least).log10() / width * 420.0, 260.0 - (seconds.log10() + 3.0) / 6.0 * 240.0)
    };
    let line = |points: &[(f64, f64)]| {
        points.iter().map(|p| place(*p)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
    };
    let mut out = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"680\" height=\"300\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Seconds of each step over rows</title>\n<rect width=\"680\" height=\"300\" fill=\"white\"/>\n",
    );
    for power in -3..=3 {
        let (_, y) = place((least, 10_f64.powi(power)));
        _ = writeln!(
            out,
            "<path d=\"M60 {y:.1}H480\" stroke=\"#ddd\"/><text x=\"54\" y=\"{:.1}\" text-anchor=\"end\">{} s</text>",
            y + 4.0,
            10_f64.powi(power)
        );
    }
    for (rows, _) in points.first().into_iter().flatten() {
        let (x, _) = place((*rows, 1.0));
        _ = writeln!(out, "<text x=\"{x:.1}\" y=\"280\" text-anchor=\"middle\">{rows:e}</text>");
    }
    let bound: Vec<(f64, f64)> = points
        .first()
        .into_iter()
        .flatten()
        .map(|(rows, _)| (*rows, rows * rows.log2() / (most * most.log2()) * 100.0))
        .filter(|(_, seconds)| *seconds >= 1e-3)
        .collect();
    _ = writeln!(
        out,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#888\" stroke-dasharray=\"4 4\"/>",
        line(&bound)
    );
    let colours = ["#0072b2", "#d55e00", "#009e73", "#000000"];
    for (((name, _), points), colour) in STEPS.iter().zip(points).zip(colours) {
        let (_, y) = points.last().map_or((0.0, 0.0), |last| place(*last));
        _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/><text x=\"486\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>",
            line(points),
            y + 4.0
        );
    }
    out + "<text x=\"486\" y=\"292\" fill=\"#888\">dashed: n log n</text>\n</svg>\n"
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
    pairs
        .filter_map(|pair| Some((pair[0].to_owned(), pair[1].trim().strip_suffix(" s")?.parse().ok()?)))
        .collect()
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
            headers
                .iter()
                .position(|h| h == name)
                .and_then(|at| record.get(at))
                .unwrap_or_default()
                .to_owned()
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
        let key = [0, 1, 2, 3, 4].map(|at| record.get(at).unwrap_or_default().to_owned());
        let number: f64 = record.get(5).unwrap_or_default().parse()?;
        match numbers.get(&key) {
            // Means are written with six decimals.
            Some(own) if (own - number).abs() <= 1e-6 => same += 1,
            found => {
                return Err(format!("{}: {key:?} is {number}, and not {found:?}", theirs.display()).into());
            }
        }
    }
    Ok(same)
}
