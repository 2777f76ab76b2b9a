//! Reading reference files and data, comparing numbers, and counting what ran.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use groundwork_stats::{Estimate, Interval, Outcome};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

pub(crate) const CLOSED_FORM: f64 = 1e-9;
pub(crate) const ROOT: f64 = 1e-7;
pub(crate) const EXACT: f64 = 1e-12;

/// Values below this are compared as if they were this large.
const FLOOR: f64 = 1e-8;

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reference")
}

/// A reference file and its tolerance, which must not exceed the stated one.
pub(crate) fn reference(name: &str, widest: f64) -> (Value, f64) {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path).expect("a reference file");
    let file: Value = serde_json::from_str(&text).expect("a reference file in JSON");
    let tolerance = number(&file["tolerance"]["rel"]);
    assert!(tolerance <= widest, "{name}: the tolerance has grown");
    (file, tolerance)
}

/// A number, or a number with more digits than 64 bits hold, in a string.
pub(crate) fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
        .unwrap_or_else(|| panic!("{value} is not a number"))
}

pub(crate) fn count(value: &Value) -> u64 {
    value.as_u64().expect("a count")
}

pub(crate) fn cases(value: &Value) -> &[Value] {
    let cases = value.as_array().expect("a list of cases");
    assert!(!cases.is_empty());
    cases
}

#[track_caller]
pub(crate) fn assert_close(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance * expected.abs().max(FLOOR),
        "{what}: {found:e} where {expected:e} is expected"
    );
}

/// Closeness relative to the value itself, however small.
#[track_caller]
pub(crate) fn assert_relative(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance * expected.abs(),
        "{what}: {found:e} where {expected:e} is expected, off by {:e}",
        (found / expected - 1.0).abs()
    );
}

#[track_caller]
pub(crate) fn assert_interval(what: &str, estimate: &Estimate, expected: &Value, tolerance: f64) {
    let interval = estimate.interval.expect("an interval");
    assert_close(what, interval.lower, number(&expected[0]), tolerance);
    assert_close(what, interval.upper, number(&expected[1]), tolerance);
}

#[track_caller]
pub(crate) fn estimate(outcome: Outcome) -> Estimate {
    outcome.unwrap_or_else(|refusal| panic!("refused: {refusal}"))
}

/// Columns of a data file, as text, by their header.
pub(crate) fn column(file: &str, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder().join("data").join(file)).expect("a data file");
    let mut lines = text.lines();
    let header = lines.next().expect("a header");
    let at = header
        .split(',')
        .position(|cell| cell.trim_matches('"') == name)
        .unwrap_or_else(|| panic!("no column {name} in {file}"));
    lines.map(|line| line.split(',').nth(at).expect("a cell").to_string()).collect()
}

pub(crate) fn numbers(file: &str, name: &str) -> Vec<f64> {
    column(file, name).iter().map(|cell| cell.parse().expect("a number")).collect()
}

#[track_caller]
pub(crate) fn assert_limits(what: &str, interval: Interval, expected: &Value, tolerance: f64) {
    assert_close(what, interval.lower, number(&expected[0]), tolerance);
    assert_close(what, interval.upper, number(&expected[1]), tolerance);
}

/// What a reference case says when it ends: it ran, or its data is not here.
pub(crate) type Ended = Result<(), Absent>;

/// The data file that a case would need.
pub(crate) struct Absent(pub String);

/// The cases that ran, and those that were skipped with the file they want.
static RAN: Mutex<Counts> = Mutex::new((Vec::new(), Vec::new()));

type Counts = (Vec<&'static str>, Vec<(&'static str, String)>);

/// A reference case as a test. It fails by panicking; a case whose data may
/// not be copied here ends with [`Absent`] and is counted as skipped.
pub(crate) fn case(name: &'static str, run: fn() -> Ended) -> Trial {
    Trial::test(name, move || {
        let ended = run();
        let mut counts = RAN.lock().map_err(|_| Failed::from("a case panicked while it was counted"))?;
        match ended {
            Ok(()) => counts.0.push(name),
            Err(Absent(file)) => counts.1.push((name, file)),
        }
        Ok(())
    })
}

/// Prints how many reference cases ran, and which were skipped.
pub(crate) fn summary() {
    let Ok(mut counts) = RAN.lock() else { return };
    counts.1.sort();
    println!("{} reference cases ran, {} skipped for want of data", counts.0.len(), counts.1.len());
    for (name, file) in &counts.1 {
        println!("  {name}: {file} is not here; it is too large for the repository or may not be copied");
    }
}

/// A data file: from `reference/data`, or, for those that may not be copied,
/// from a folder `shared/datasets` or `shared/linkage` beside the repository or
/// further up.
pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn open(file: &str) -> Result<Self, Absent> {
        let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(3);
        let shared =
            above.flat_map(|folder| ["datasets", "linkage"].map(|of| folder.join("shared").join(of)));
        let text = std::iter::once(folder().join("data"))
            .chain(shared)
            .find_map(|folder| std::fs::read_to_string(folder.join(file)).ok())
            .ok_or_else(|| Absent(file.to_string()))?;
        let mut rows = text.lines().map(|line| {
            line.split(',').map(|cell| cell.trim().trim_matches('"').to_string()).collect::<Vec<_>>()
        });
        let header = rows.next().expect("a header");
        Ok(Self { header, rows: rows.collect() })
    }

    /// A column as text.
    pub(crate) fn text(&self, name: &str) -> Vec<&str> {
        let at = self.header.iter().position(|cell| cell == name);
        let at = at.unwrap_or_else(|| panic!("no column {name}"));
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }

    /// A column of numbers, none missing.
    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        self.text(name)
            .iter()
            .map(|cell| cell.parse().unwrap_or_else(|_| panic!("{cell} in {name} is not a number")))
            .collect()
    }

    /// A column of numbers in which `NA` and an empty cell are missing.
    pub(crate) fn numbers_or_missing(&self, name: &str) -> Vec<Option<f64>> {
        self.text(name)
            .iter()
            .map(|cell| (!cell.is_empty() && *cell != "NA").then(|| cell.parse().expect("a number")))
            .collect()
    }

    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    pub(crate) fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }
}
