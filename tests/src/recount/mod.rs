//! Recounting: programmes drawn from seeds, run by the program, and counted again by an oracle.
//!
//! One run computes every kind at once, over sites, periods, categories and crossings. Every cell
//! of `indicators.csv` has to say what `oracle.rs` says, and no other cell may be there. Then the
//! laws that hold without an oracle, and the same again with the rows in another order and with
//! another number of threads.
//!
//! Where a cell differs, rows and indicators are taken away as long as it still differs, and what
//! is left is printed as a case of a suite page. `GROUNDWORK_SEEDS=0..500` tries other seeds.

mod draw;
mod laws;
mod oracle;
mod programme;
mod row;

use crate::program;
use groundwork::table::Table;
use groundwork_samples::rng::{Rng, Stream};
use libtest_mimic::{Failed, Trial};
use oracle::{Expected, Finding, Key};
use programme::Programme;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The seeds of an ordinary run.
const SEEDS: std::ops::Range<u64> = 0..20;
/// How many smaller programmes are tried when one fails.
const TRIES: usize = 250;

/// One test for each seed.
pub fn trials() -> Vec<Trial> {
    let named = std::env::var("GROUNDWORK_SEEDS").ok();
    let seeds = named.as_deref().and_then(range).unwrap_or(SEEDS);
    let trial =
        |seed| Trial::test(format!("recount: seed {seed}"), move || check(seed).map_err(Failed::from));
    seeds.map(trial).collect()
}

pub(crate) fn range(text: &str) -> Option<std::ops::Range<u64>> {
    let (from, to) = text.split_once("..")?;
    Some(from.parse().ok()?..to.parse().ok()?)
}

/// Writes a drawn programme into a folder, as `pipeline.yaml` and its exports.
pub(crate) fn draw(seed: u64, folder: &std::path::Path) -> Result<(), String> {
    written(&draw::programme(seed), folder)
}

fn written(programme: &Programme, folder: &std::path::Path) -> Result<(), String> {
    std::fs::write(folder.join("pipeline.yaml"), programme.pipeline()).map_err(|e| e.to_string())?;
    for source in &programme.sources {
        let path = folder.join(format!("{}.csv", source.id));
        std::fs::write(path, Programme::csv(source)).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn check(seed: u64) -> Result<(), String> {
    let drawn = draw::programme(seed);
    let cells = whole(&drawn).map_err(|problem| smaller(drawn.clone(), problem))?;
    laws::hold(&drawn, &cells)?;
    let other = in_another_order(&drawn);
    let moved = whole(&other).map_err(|problem| smaller(other.clone(), problem))?;
    // Without copies, nothing but the kinds that say so looks at the order of rows.
    if drawn.sources.iter().all(|s| s.unique.is_none()) {
        let free = |id: &str| drawn.indicators.iter().any(|i| i.id == id && !i.kind.looks_at_order());
        let derived = |id: &str| id.ends_with("derived");
        for (key, row) in cells.iter().filter(|(key, _)| free(&key.0) && !derived(&key.0)) {
            if moved.get(key) != Some(row) {
                return Err(format!(
                    "seed {seed}: the order of rows changes {key:?}: {row:?}, {:?}",
                    moved.get(key)
                ));
            }
        }
    }
    let threads = run(&drawn, 2)?;
    if threads == cells { Ok(()) } else { Err(format!("seed {seed}: two threads give other cells")) }
}

/// The figures of a cell as `indicators.csv` has them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    numerator: String,
    denominator: String,
    value: String,
    lower: String,
    upper: String,
    status: String,
    reason: String,
}

/// Runs a programme and holds it against the oracle.
fn whole(programme: &Programme) -> Result<BTreeMap<Key, Said>, String> {
    let said = run(programme, 1)?;
    let expected = oracle::cells(programme);
    if let Some(key) = said.keys().find(|key| !expected.contains_key(key)) {
        return Err(format!("{key:?} was not promised"));
    }
    let mut wrong = String::new();
    let mut problems = 0;
    for (key, expected) in &expected {
        let problem = match said.get(key) {
            None => "is not there".into(),
            Some(said) => match differs(said, expected) {
                None => continue,
                Some(what) => format!("{what}: {said:?}, the oracle says {expected:?}"),
            },
        };
        problems += 1;
        if problems <= 5 {
            _ = writeln!(wrong, "{key:?} {problem}");
        }
    }
    if problems == 0 { Ok(said) } else { Err(format!("{problems} cells differ, such as\n{wrong}")) }
}

fn run(programme: &Programme, threads: usize) -> Result<BTreeMap<Key, Said>, String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    written(programme, folder)?;
    let threads = threads.to_string();
    program::done(folder, &["run", "pipeline.yaml", "--out", "out", "--afresh", "--threads", &threads])?;
    let table = Table::read(&folder.join("out/indicators.csv"))?;
    let names = ["indicator", "site", "period", "dimension", "category"];
    let figures = ["numerator", "denominator", "value", "lower", "upper", "status", "reason"];
    let wanted: Vec<String> = names.iter().chain(&figures).map(|n| (*n).to_owned()).collect();
    let mut out = BTreeMap::new();
    for row in table.only(&wanted)? {
        let [
            indicator,
            site,
            period,
            dimension,
            category,
            numerator,
            denominator,
            value,
            lower,
            upper,
            status,
            reason,
        ] = <[String; 12]>::try_from(row).map_err(|_| "a short row")?;
        let key = (indicator, site, period, dimension, category);
        let said = Said { numerator, denominator, value, lower, upper, status, reason };
        if out.insert(key.clone(), said).is_some() {
            return Err(format!("{key:?} is there twice"));
        }
    }
    Ok(out)
}

/// What differs, if anything does.
fn differs(said: &Said, expected: &Expected) -> Option<&'static str> {
    let (status, reason) = match expected.finding {
        Finding::NoData | Finding::Undefined(_) if said.status == "refused" && is_refusable(expected) => {
            ("refused", said.reason.as_str())
        }
        Finding::NoData => ("no_data", "nothing_recorded"),
        Finding::Undefined(reason) => ("undefined", reason),
        Finding::Value(_) | Finding::Bounds(..) if said.status == "refused" && expected.may_be_refused => {
            ("refused", said.reason.as_str())
        }
        Finding::Value(_) | Finding::Bounds(..) => {
            ("published", if expected.partial { "partial_period" } else { "" })
        }
    };
    if said.status != status {
        return Some("the status");
    }
    if said.reason != reason {
        return Some("the reason");
    }
    if status == "no_data" {
        let figures = [&said.numerator, &said.denominator, &said.value, &said.lower, &said.upper];
        return figures.iter().any(|f| !f.is_empty()).then_some("a figure of nothing");
    }
    // The numerator of a formula is its value, which a refused one has not.
    let is_formula = expected.denominator.is_none() && status == "refused";
    if !is_formula && !is_near(&said.numerator, Some(expected.numerator)) {
        return Some("the numerator");
    }
    if !is_near(&said.denominator, expected.denominator) {
        return Some("the denominator");
    }
    let (value, bounds) = match expected.finding {
        Finding::Value(value) if status == "published" => (Some(value), None),
        Finding::Bounds(lower, upper) => (None, Some((lower, upper))),
        _ => (None, None),
    };
    if !is_near(&said.value, value) {
        return Some("the value");
    }
    let is_off = |(lower, upper)| !is_near(&said.lower, Some(lower)) || !is_near(&said.upper, Some(upper));
    bounds.is_some_and(is_off).then_some("the bounds")
}

/// A formula whose first input is refused is refused, whatever the second one is.
fn is_refusable(expected: &Expected) -> bool {
    expected.may_be_refused && expected.denominator.is_none()
}

/// Six decimals are written.
fn is_near(said: &str, expected: Option<f64>) -> bool {
    match (said.parse::<f64>(), expected) {
        (Ok(said), Some(expected)) => (said - expected).abs() <= 6e-7 + 1e-12 * expected.abs(),
        (Err(_), None) => said.is_empty(),
        _ => false,
    }
}

/// The same rows, thoroughly shuffled.
fn in_another_order(programme: &Programme) -> Programme {
    let mut rng = Rng::keyed(programme.seed, Stream::Plan, 1);
    let mut other = programme.clone();
    for source in &mut other.sources {
        for at in (1..source.rows.len()).rev() {
            source.rows.swap(at, rng.below(at as u64 + 1) as usize);
        }
    }
    other
}

/// Takes away what a failing programme does not need to fail, and says what is left.
fn smaller(mut programme: Programme, mut problem: String) -> String {
    let mut tries = 0;
    let mut fails = |candidate: &Programme, problem: &mut String| {
        tries += 1;
        if tries > TRIES {
            return false;
        }
        match whole(candidate) {
            // Another failure, such as one of the pipeline itself, is not this one.
            Err(other) if other.contains("differ") == problem.contains("differ") => {
                *problem = other;
                true
            }
            _ => false,
        }
    };
    let mut at = programme.indicators.len();
    while at > 0 {
        at -= 1;
        let mut candidate = programme.clone();
        let gone = candidate.indicators.remove(at);
        let is_used = candidate.indicators.iter().any(|i| i.names(&gone.id));
        if !is_used && !candidate.indicators.is_empty() && fails(&candidate, &mut problem) {
            programme = candidate;
        }
    }
    for source in 0..programme.sources.len() {
        let mut chunk = programme.sources[source].rows.len().div_ceil(2);
        while chunk > 0 {
            let mut from = 0;
            while from < programme.sources[source].rows.len() {
                let mut candidate = programme.clone();
                let rows = &mut candidate.sources[source].rows;
                rows.drain(from..(from + chunk).min(rows.len()));
                if fails(&candidate, &mut problem) {
                    programme = candidate;
                } else {
                    from += chunk;
                }
            }
            chunk /= 2;
        }
    }
    format!("seed {}: {problem}\n\n{}", programme.seed, programme.page())
}
