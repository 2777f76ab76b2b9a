//! How long it takes to find out who is who: generated registers of so many rows each.
//!
//! `cargo run -p groundwork-people --example beside_splink -- 10000 50000 1000000` prints a row of a
//! table for each. With `--write FILE` the rows of the last one are written for other programs.

#[path = "../../tests/listed/mod.rs"]
mod listed;

use groundwork_people::link;
use groundwork_samples::register::{Listed, draw};
use groundwork_stats::linkage::agreement::pairwise;
use std::fmt::Write as _;
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut file = None;
    println!("| rows | people | found | pairs compared | F1 | precision | recall | time | peak memory |");
    println!("|---|---|---|---|---|---|---|---|---|");
    while let Some(argument) = arguments.next() {
        if argument == "--write" {
            file = arguments.next();
            continue;
        }
        let rows: usize = argument.parse().unwrap_or_else(|_| panic!("{argument} is no number of rows"));
        measure(rows, file.as_deref());
    }
}

fn measure(wanted: usize, file: Option<&str>) {
    // About 2.3 rows a person.
    let mut listed = draw((wanted as f64 / 2.0) as u32, 1);
    listed.truncate(wanted);
    let truth: Vec<u32> = listed.iter().map(|row| row.person).collect();
    if let Some(file) = file {
        write(file, &listed);
    }
    let started = Instant::now();
    let rows = listed::rows(&listed, b"");
    drop(listed);
    let linked = match link(rows, 0.5, &[]) {
        Ok(linked) => linked,
        Err(refusal) => panic!("{}", refusal.code),
    };
    let people = linked.people(0.5).unwrap_or_default();
    let seconds = started.elapsed().as_secs_f64();
    let mut known = truth.clone();
    known.sort_unstable();
    known.dedup();
    let Ok(agreement) = pairwise(&people, &truth) else { return };
    let share = |share: Option<f64>| share.map_or("–".into(), |share| format!("{share:.3}"));
    let pairs: u64 = linked.told.rules.iter().map(|(_, pairs)| pairs).sum();
    println!(
        "| {} | {} | {} | {} | {} | {} | {} | {:.1} s | {} MB |",
        truth.len(),
        known.len(),
        people.iter().max().map_or(0, |last| last + 1),
        pairs,
        share(agreement.f1()),
        share(agreement.precision()),
        share(agreement.recall()),
        seconds,
        peak(),
    );
}

/// The rows with the names as this crate folds them, so that another program starts where the
/// comparison does.
fn write(file: &str, listed: &[Listed]) {
    let mut out = String::from("id,person,name,first,last,born,year,sex,phone,village\n");
    for (at, row) in listed.iter().enumerate() {
        let name = groundwork_people::name::Name::read(&row.name);
        let words = name.readings.first().cloned().unwrap_or_default();
        let born = listed::born(row);
        let day = if born.starts_with('~') || born.ends_with("-01-01") { "" } else { born.as_str() };
        let year: String = born.trim_start_matches('~').chars().take(4).collect();
        let (first, last) =
            (words.first().cloned().unwrap_or_default(), words.last().cloned().unwrap_or_default());
        let _ = writeln!(
            out,
            "{at},{},{},{first},{last},{day},{year},{},{},{}",
            row.person,
            words.join(" "),
            row.sex,
            row.phone,
            row.village
        );
    }
    if let Err(error) = std::fs::write(file, out) {
        panic!("{file}: {error}");
    }
}

/// The most memory that this process has held, where the system tells.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
