//! The whole way on one source of many rows, from a CSV file to the finished report: cold, unchanged,
//! and after one indicator was changed; beside what somebody would write by hand for the same rows,
//! which lies in `tests/beside`. Each part of the way is timed by itself.
//!
//! The scripts read, type, count and write the same, and their numbers are compared with those of
//! `groundwork`: a script that counts something else, or leaves something out, is an error and no row of
//! the table.

use crate::attendance::{BY_PERSON, draw, pipeline};
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
  finished: {kind: completion, title: Certified within 6 months, from: by_person, entered: joined, steps: [visited, certified], within: 6 months}
";

const REPORTS: &str = "reports:
  quarterly: {template: quarterly-funder, languages: [en], period: 2021-Q4}
";

/// What one run of `groundwork` is after.
const CHANGED: (&str, &str) = ("where: minutes > 60", "where: minutes > 90");

/// The pipeline of the whole way, over this file.
pub(crate) fn whole_way(file: &str) -> String {
    pipeline(file, BY_PERSON, INDICATORS, REPORTS)
}

/// A script that does the same: its tool, who runs it, what it is called, and what says the version.
struct Script {
    tool: &'static str,
    program: PathBuf,
    file: &'static str,
    version: String,
}

impl Script {
    fn all() -> [Self; 4] {
        let python = |tool, file| Self {
            tool,
            program: std::env::var_os("GROUNDWORK_PYTHON").map_or_else(|| "python3".into(), PathBuf::from),
            file,
            version: format!("import {tool}, matplotlib; print({tool}.__version__)"),
        };
        [
            python("duckdb", "attendance_duckdb.py"),
            python("polars", "attendance_polars.py"),
            python("pandas", "attendance_pandas.py"),
            Self {
                tool: "data.table",
                program: "Rscript".into(),
                file: "attendance_datatable.R",
                version: "cat(as.character(packageVersion('data.table')))".into(),
            },
        ]
    }

    /// The version of the tool; nothing where it is not installed.
    fn installed(&self) -> Option<String> {
        let option = if self.file.ends_with(".R") { "-e" } else { "-c" };
        let output = Command::new(&self.program).args([option, &self.version]).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn run(&self, source: &Path, out: &Path) -> Result<Timed, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("beside").join(self.file);
        let mut command = Command::new(&self.program);
        // R reads words of other scripts in such a locale only.
        timed(command.env("LC_ALL", "C.UTF-8").arg(script).arg(source).arg(out))
    }
}

/// The parts of the way, as scripts name them.
const PARTS: [&str; 4] = ["load", "indicators", "cohort and steps", "charts and report"];

/// Draws, runs, and gives the table.
pub fn measured(program: &Path, rows: u64) -> Result<String, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let source = folder.join("attendance.csv");
    draw(&source, rows)?;
    let mut out = format!(
        "{rows} rows, {} MB of CSV, {} threads, dev profile of this workspace, load of the machine before: {}\n\n\
         | what | {} | whole | beside groundwork, cold | processors | beside groundwork, cold | peak memory |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
        std::fs::metadata(&source)?.len() / 1_000_000,
        std::thread::available_parallelism().map_or(1, usize::from),
        load_of_machine(),
        PARTS.join(" | ")
    );
    let first = whole_way("attendance.csv");
    let cold = run(program, folder, &first, &[])?;
    let own = numbers(&folder.join("out/indicators.csv"))?;
    let mut line = |what: &str, run: &Timed| {
        _ = write!(out, "| {what} |");
        let parts = steps(run);
        for part in PARTS {
            let seconds: f64 =
                parts.iter().filter(|done| done.step.part() == part).map(|done| done.seconds).sum();
            _ = write!(out, " {seconds:.1} s |");
        }
        for (own, other) in [(cold.seconds, run.seconds), (cold.processor, run.processor)] {
            _ = write!(out, " {other:.1} s | {:.2} |", other / own);
        }
        _ = writeln!(out, " {} MB |", run.peak_mb);
    };
    line("groundwork, cold: CSV to PDF", &cold);
    line("groundwork, unchanged", &run(program, folder, &first, &[])?);
    line(
        "groundwork, one indicator changed",
        &run(program, folder, &first.replace(CHANGED.0, CHANGED.1), &[])?,
    );
    let mut skipped = String::new();
    for script in Script::all() {
        let Some(version) = script.installed() else {
            _ = writeln!(skipped, "{}: skipped, {} does not have it", script.tool, script.program.display());
            continue;
        };
        let theirs = folder.join(script.tool);
        std::fs::create_dir(&theirs)?;
        let ran = script.run(&source, &theirs)?;
        let same = compared(&own, &theirs.join("indicators.csv"))?;
        line(&format!("{} {version} script, {same} numbers the same", script.tool), &ran);
    }
    Ok(out + &skipped)
}

/// How many processes want to run, over the last minute, where the machine says so.
pub(crate) fn load_of_machine() -> String {
    let told = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split_whitespace().next().unwrap_or("not known").to_owned()
}

/// What is done between two lines of standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Load,
    CountRows,
    CountPeople,
    /// What a script says of both together.
    Indicators,
    Cohort,
    Report,
}

impl Step {
    /// The steps of `groundwork`.
    pub(crate) const ALL: [Step; 5] =
        [Step::Load, Step::CountRows, Step::CountPeople, Step::Cohort, Step::Report];

    /// The step that a line begins.
    fn of(line: &str) -> Self {
        let begins = |words: &str| line.starts_with(words);
        if line.contains("by_person") || begins("compute ") || line == PARTS[2] {
            Step::Cohort
        } else if begins("load") {
            Step::Load
        } else if begins("count rows") {
            Step::CountRows
        } else if begins("count ") {
            Step::CountPeople
        } else if line == PARTS[1] {
            Step::Indicators
        } else {
            Step::Report
        }
    }

    fn part(self) -> &'static str {
        match self {
            Step::Load => PARTS[0],
            Step::CountRows | Step::CountPeople | Step::Indicators => PARTS[1],
            Step::Cohort => PARTS[2],
            Step::Report => PARTS[3],
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Step::CountRows => "count rows",
            Step::CountPeople => "count people",
            other => other.part(),
        }
    }
}

/// Runs a pipeline in a folder, with these arguments more.
pub(crate) fn run(program: &Path, folder: &Path, text: &str, more: &[&str]) -> Result<Timed, Box<dyn Error>> {
    std::fs::write(folder.join("pipeline.yaml"), text)?;
    let mut command = Command::new(program);
    Ok(timed(command.current_dir(folder).args(["run", "pipeline.yaml", "--out", "out"]).args(more))?)
}

/// A step that a run or a script named.
pub(crate) struct Done {
    pub(crate) step: Step,
    /// Wall time.
    pub(crate) seconds: f64,
    /// Time of processors, seconds.
    pub(crate) processor: f64,
}

/// The steps that a run or a script names: the seconds of each stand in the line below. A line that is
/// indented says more of the step before.
pub(crate) fn steps(run: &Timed) -> Vec<Done> {
    let mut out: Vec<Done> = Vec::new();
    let (mut step, mut begun) = (Step::Load, 0.0);
    for (line, at) in run.said.lines().zip(&run.said_at) {
        let time = line.strip_prefix("  ").and_then(|rest| rest.strip_suffix(" s")?.parse().ok());
        match time {
            Some(seconds) => out.push(Done { step, seconds, processor: at - begun }),
            None if line.starts_with(' ') => {}
            None => step = Step::of(line),
        }
        begun = *at;
    }
    out
}

pub(crate) type Numbers = BTreeMap<[String; 5], f64>;

/// The numbers of `indicators.csv`: values of means, and numerators of all others.
pub(crate) fn numbers(path: &Path) -> Result<Numbers, Box<dyn Error>> {
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

/// How many numbers of a script are those of `groundwork`; it may leave out those that are nothing.
fn compared(numbers: &Numbers, theirs: &Path) -> Result<usize, Box<dyn Error>> {
    let mut missing: Numbers = numbers.clone();
    let mut same = 0;
    for record in csv::Reader::from_path(theirs)?.into_records() {
        let record = record?;
        let key = [0, 1, 2, 3, 4].map(|at| record.get(at).unwrap_or_default().to_owned());
        let number: f64 = record.get(5).unwrap_or_default().parse()?;
        match missing.remove(&key) {
            // Means are written with six decimals.
            Some(own) if (own - number).abs() <= 1e-6 => same += 1,
            found => {
                return Err(format!("{}: {key:?} is {number}, and not {found:?}", theirs.display()).into());
            }
        }
    }
    match missing.iter().find(|(_, number)| **number != 0.0) {
        Some((key, number)) => Err(format!("{}: {key:?} is missing, {number}", theirs.display()).into()),
        None => Ok(same),
    }
}
