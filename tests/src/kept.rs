//! What a run keeps for the next one: it changes how long a run takes and nothing else, whatever
//! becomes of it.

use crate::attendance::{draw, pipeline};
use crate::program::{self, groundwork};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), String>| {
        Trial::test(format!("kept: {name}"), move || test().map_err(Failed::from))
    };
    vec![
        trial("a run with it writes the bytes of one without, after each change", changes),
        trial("damaged or deleted, it is made anew", damage),
        trial("two runs at once", at_once),
        trial("after a late row, only what rests on its source is worked out", late_row),
        trial("after a change of one caption, the pages that it stands on are set", caption),
        trial("after a run, what is looked for is found in files that are new", looked_for),
        trial("a check leaves nothing behind", nothing),
    ]
}

/// Every way in which rows are judged, and indicators that share scans and that do not.
const INDICATORS: &str = "  sessions: {kind: count, title: Sessions, from: attendance, period_by: held, disaggregate: [sex, age_band]}
  long: {kind: proportion, numerator: minutes > 60, title: Long, from: attendance, period_by: held}
  reach: {kind: distinct_count, of: person, title: Reach, from: attendance, period_by: held, disaggregate: [sex]}
  middle: {kind: median, of: minutes, title: Middle, from: attendance, period_by: held}
  of_people: {kind: mean, of: sessions, title: Sessions a person, from: people, period_by: first_on}
";

const ROWS: u64 = 90_000;

fn project() -> Result<(tempfile::TempDir, String), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    draw(&folder.path().join("attendance.csv"), ROWS).map_err(|e| e.to_string())?;
    let text = pipeline("attendance.csv", "", INDICATORS, "reports: {brief: {template: quarterly-funder}}\n");
    let people = "  people:\n    summary: {of: attendance, by: person, columns: {sessions: {count: held}, first_on: {min: held}, site: {only: site}}}\nindicators:\n";
    Ok((folder, text.replacen("indicators:\n", people, 1)))
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    std::fs::write(folder.join(name), text).map_err(|e| e.to_string())
}

/// Runs, and gives what was said and every file.
fn ran(folder: &Path, more: &[&str]) -> Result<(String, BTreeMap<String, Vec<u8>>), String> {
    let out = tempfile::tempdir().map_err(|e| e.to_string())?;
    let path = out.path().join("out");
    let path = path.to_string_lossy().into_owned();
    let arguments = [&["run", "pipeline.yaml", "--out", path.as_str()], more].concat();
    let output = program::run(folder, &arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() != Some(0) {
        return Err(format!("{arguments:?}: {said}"));
    }
    Ok((said, program::files(Path::new(&path))?))
}

const REUSED: &str = "as they were read before";

/// Runs with what is kept and without, and demands the same bytes.
fn same(folder: &Path, what: &str, is_reused: bool) -> Result<(), String> {
    let (said, with) = ran(folder, &[])?;
    if said.contains(REUSED) != is_reused {
        return Err(format!("{what}: rows were read again or were not, against expectation\n{said}"));
    }
    let (said, without) = ran(folder, &["--afresh"])?;
    if said.contains(REUSED) {
        return Err(format!("{what}: --afresh looks at what is kept"));
    }
    let other = with.iter().find(|(name, bytes)| without.get(*name) != Some(*bytes));
    match other {
        None if with.len() == without.len() => Ok(()),
        None => Err(format!("{what}: {} files and {}", with.len(), without.len())),
        Some((name, _)) => Err(format!("{what}: other bytes in {name}")),
    }
}

/// Files that a run let out are not looked through again; those that are new are, time after time.
fn looked_for() -> Result<(), String> {
    let (folder, text) = project()?;
    let folder = folder.path();
    write(folder, "pipeline.yaml", &text)?;
    ran(folder, &[])?;
    write(folder, "pipeline.yaml", &text.replace("title: Reach", "title: Reach of anong@example.org"))?;
    for _ in 0..2 {
        let output = program::run(folder, &["run", "pipeline.yaml", "--out", "out"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code() == Some(0) || !said.contains("an e-mail address stands in") {
            return Err(format!("an address in a title is let out: {said}"));
        }
    }
    write(folder, "pipeline.yaml", &text)?;
    same(folder, "as it was before", true)
}

fn changes() -> Result<(), String> {
    let (folder, text) = project()?;
    let folder = folder.path();
    let changed = |from: &str, to: &str| {
        let new = text.replace(from, to);
        if new == text {
            Err(format!("`{from}` is not in the pipeline"))
        } else {
            write(folder, "pipeline.yaml", &new)
        }
    };
    write(folder, "pipeline.yaml", &text)?;
    same(folder, "the first run", false)?;
    same(folder, "unchanged", true)?;
    changed("minutes > 60", "minutes > 90")?;
    same(folder, "a changed indicator", true)?;
    changed("title: Reach", "title: Reached")?;
    same(folder, "a changed title", true)?;
    changed("age < 120, on_failure: report", "age < 70")?;
    same(folder, "a changed check", true)?;
    changed("as_of: 2022-01-15", "as_of: 2021-11-30")?;
    same(folder, "another day", true)?;
    changed("[0-9, 10-14, 15-17, 18+]", "[0-12, 13-17, 18+]")?;
    same(folder, "other bands", true)?;
    changed("male: [ชาย]", "male: []")?;
    same(folder, "another spelling", false)?;
    write(folder, "pipeline.yaml", &text)?;
    let rows = std::fs::read_to_string(folder.join("attendance.csv")).map_err(|e| e.to_string())?;
    write(folder, "attendance.csv", &rows.replacen("2019-01-01", "2019-12-31", 1))?;
    same(folder, "a changed row", false)?;
    write(folder, "groundwork.key", "a long text that nobody knows")?;
    same(folder, "another key", false)?;
    write(folder, "attendance.csv", &rows)?;
    std::fs::remove_file(folder.join("groundwork.key")).map_err(|e| e.to_string())?;
    same(folder, "as at first", true)
}

fn damage() -> Result<(), String> {
    let (folder, text) = project()?;
    let folder = folder.path();
    write(folder, "pipeline.yaml", &text)?;
    let (_, first) = ran(folder, &[])?;
    let kept = folder.join(".groundwork");
    let has_ending = |name: &String| Path::new(name).extension().is_some();
    let names: Vec<String> = program::files(&kept)?.into_keys().filter(has_ending).collect();
    if names.len() < 5 {
        return Err(format!("only {names:?} are kept"));
    }
    for (n, damage) in ["flipped", "cut", "emptied"].into_iter().enumerate() {
        for name in &names {
            let path = kept.join(name);
            let mut bytes = std::fs::read(&path).map_err(|e| e.to_string())?;
            let middle = bytes.len() / 2;
            match n {
                0 => bytes[middle] ^= 4,
                1 => bytes.truncate(middle),
                _ => bytes.clear(),
            }
            std::fs::write(&path, bytes).map_err(|e| e.to_string())?;
        }
        let (said, again) = ran(folder, &[])?;
        if said.contains(REUSED) || again != first {
            return Err(format!("{damage}: used, or other bytes"));
        }
        let (said, again) = ran(folder, &[])?;
        if !said.contains(REUSED) || again != first {
            return Err(format!("{damage}: not made anew, or other bytes"));
        }
    }
    std::fs::remove_dir_all(&kept).map_err(|e| e.to_string())?;
    // A file stands in the way of the folder: nothing is kept, and nothing is said of it.
    std::fs::write(&kept, "in the way").map_err(|e| e.to_string())?;
    let (_, again) = ran(folder, &[])?;
    if again == first { Ok(()) } else { Err("without a folder: other bytes".into()) }
}

fn at_once() -> Result<(), String> {
    let (folder, text) = project()?;
    let folder = folder.path();
    write(folder, "pipeline.yaml", &text)?;
    let (_, first) = ran(folder, &["--afresh"])?;
    for round in 0..2 {
        let outs: Vec<String> = (0..3).map(|n| format!("out-{round}-{n}")).collect();
        let mut running = Vec::new();
        for out in &outs {
            let mut command = groundwork(folder, &["run", "pipeline.yaml", "--out", out]);
            running.push(
                command.stderr(Stdio::null()).stdout(Stdio::null()).spawn().map_err(|e| e.to_string())?,
            );
        }
        for (mut child, out) in running.into_iter().zip(&outs) {
            let ended = child.wait().map_err(|e| e.to_string())?;
            if !ended.success() || program::files(&folder.join(out))? != first {
                return Err(format!("{out}: {ended}, or other bytes"));
            }
        }
    }
    let aside = program::files(&folder.join(".groundwork"))?.into_keys().find(|name| name.contains("aside"));
    aside.map_or(Ok(()), |name| Err(format!("{name} was left behind")))
}

/// Two reports in two languages, of which one page says something else.
fn caption() -> Result<(), String> {
    const PIPELINE: &str = "groundwork: 1
programme: {id: p, title: P}
calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q1, as_of: 2021-04-15}
sources:
  visits: {export: visits.csv, columns: {on: {type: date}}}
indicators:
  visits_made: {kind: count, title: {en: Visits, th: การเยี่ยม}, from: visits, period_by: on}
  days: {kind: distinct_count, of: on, title: {en: Days, th: วัน}, from: visits, period_by: on}
reports:
  one: {template: quarterly-page, languages: [en, th], indicators: [visits_made]}
  two: {template: quarterly-page, languages: [en, th], indicators: [days]}
audience: internal
";
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    write(folder, "visits.csv", "on\n2021-01-04\n2021-02-01\n")?;
    for (from, to, as_before) in [
        ("", "", None),
        ("", "", Some("reports/one-en, reports/one-th, reports/two-en, reports/two-th")),
        ("en: Days", "en: Days with visits", Some("reports/one-en, reports/one-th, reports/two-th")),
        ("th: การเยี่ยม", "th: การเยี่ยมบ้าน", Some("reports/one-en, reports/two-en, reports/two-th")),
    ] {
        write(folder, "pipeline.yaml", &PIPELINE.replacen(from, to, 1))?;
        let (said, with) = ran(folder, &[])?;
        let found = said.lines().find_map(|line| line.trim().strip_prefix("with the pages of before: "));
        if found != as_before {
            return Err(format!("`{to}`: the pages of before are {found:?}, and not {as_before:?}"));
        }
        let (_, without) = ran(folder, &["--afresh"])?;
        if with != without {
            return Err(format!("`{to}`: other bytes than afresh"));
        }
    }
    Ok(())
}

/// Two small sources, one of which gets a row more.
fn late_row() -> Result<(), String> {
    const PIPELINE: &str = "groundwork: 1
programme: {id: p, title: P}
calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q1, as_of: 2021-04-15}
sources:
  visits: {export: visits.csv, columns: {on: {type: date}}}
  trainings: {export: trainings.csv, columns: {on: {type: date}, volunteer: {type: text}}}
indicators:
  visits_made: {kind: count, title: Visits, from: visits, period_by: on}
  volunteers: {kind: distinct_count, of: volunteer, title: Volunteers, from: trainings, period_by: on}
audience: internal
";
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    write(folder, "pipeline.yaml", PIPELINE)?;
    write(folder, "visits.csv", "on\n2021-01-04\n2021-02-01\n")?;
    write(folder, "trainings.csv", "on,volunteer\n2021-01-09,a\n2021-01-09,b\n2021-02-09,a\n")?;
    same(folder, "the first run", false)?;
    write(folder, "visits.csv", "on\n2021-01-04\n2021-02-01\n2021-03-01\n")?;
    let (said, files) = ran(folder, &[])?;
    let decided = "apply the disclosure policy";
    for (step, expected) in
        [("count rows of visits", false), ("count volunteer of trainings", true), (decided, false)]
    {
        if is_before(&said, step)? != expected {
            return Err(format!("{step}: before is not {expected}\n{said}"));
        }
    }
    write(folder, "pipeline.yaml", &PIPELINE.replace("title: Visits", "title: Visits made"))?;
    let (said, _) = ran(folder, &[])?;
    if !is_before(&said, decided)? {
        return Err(format!("another title, and it was decided again\n{said}"));
    }
    write(folder, "pipeline.yaml", PIPELINE)?;
    let table = String::from_utf8_lossy(files.get("indicators.csv").ok_or("no table")?).into_owned();
    let is_counted = table.lines().any(|line| line.starts_with("visits_made,") && line.contains(",3,"));
    if is_counted { same(folder, "after the late row", false) } else { Err(table) }
}

/// Whether a run says of a step, before the next one, that it was done before.
fn is_before(said: &str, step: &str) -> Result<bool, String> {
    let steps: Vec<&str> = said.lines().filter(|line| !line.trim_end().ends_with(" s")).collect();
    let at = steps.iter().position(|line| line.starts_with(step));
    let next = at.and_then(|at| steps.get(at + 1)).copied().unwrap_or_default();
    at.map(|_| next.contains("before")).ok_or_else(|| format!("`{step}` is not in\n{said}"))
}

fn nothing() -> Result<(), String> {
    let (folder, text) = project()?;
    let folder = folder.path();
    write(folder, "pipeline.yaml", &text)?;
    program::done(folder, &["check", "pipeline.yaml"])?;
    if folder.join(".groundwork").exists() { Err("a folder was left behind".into()) } else { Ok(()) }
}
