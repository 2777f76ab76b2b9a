//! Names of people go into the comparison and nowhere else: a register is linked, run, explained and
//! reviewed, and every name is looked for in everything that was written and said.

use super::inside::{seen, unpacked};
use crate::program::{groundwork, repository};
use groundwork_samples::register::{LISTS, csv, draw};
use std::path::Path;

/// The test.
pub(super) fn nowhere() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    let rows = draw(300, 77);
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above).map_err(|e| e.to_string())?;
        }
        std::fs::write(path, bytes).map_err(|e| e.to_string())
    };
    for (list, _) in LISTS {
        write(&format!("data/register/{list}.csv"), csv(&rows, list).as_bytes())?;
    }
    let example = repository().join("pipelines/examples/who-is-who.yaml");
    write("pipeline.yaml", &std::fs::read(example).map_err(|e| e.to_string())?)?;
    write("groundwork.key", b"a long secret of this test")?;
    let scratch = folder.join("scratch");
    std::fs::create_dir_all(&scratch).map_err(|e| e.to_string())?;
    let before = seen(folder)?;
    let mut said = Vec::new();
    let commands: [&[&str]; 6] = [
        &["check", "pipeline.yaml"],
        &["check", "pipeline.yaml", "--format", "json"],
        &["run", "pipeline.yaml", "--out", "out"],
        &["explain", "pipeline.yaml", "registered"],
        &["dictionary", "pipeline.yaml", "--out", "dictionary.xlsx"],
        &["review", "pipeline.yaml", "--out", "pairs.csv"],
    ];
    for command in commands {
        let output =
            groundwork(folder, command).env("TMPDIR", &scratch).output().map_err(|e| e.to_string())?;
        if output.status.code() != Some(0) {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("{command:?} ended with {:?}\n{said}", output.status.code()));
        }
        said.extend(output.stdout);
        said.extend(output.stderr);
    }
    let mut after = seen(folder)?;
    after.retain(|name, bytes| before.get(name) != Some(bytes));
    after.insert("what was said".into(), said);
    // Short names stand in other words.
    let names: Vec<&str> =
        rows.iter().map(|row| row.name.as_str()).filter(|name| name.chars().count() >= 6).collect();
    let phones: Vec<&str> =
        rows.iter().map(|row| row.phone.as_str()).filter(|phone| !phone.is_empty()).collect();
    let holds_any = |text: &str| names.iter().chain(&phones).any(|value| text.contains(value));
    for (name, bytes) in &after {
        for (part, bytes) in unpacked(name, bytes)? {
            if holds_any(&String::from_utf8_lossy(&bytes)) {
                return Err(format!("{part} holds a name or a telephone of the register"));
            }
        }
    }
    // The search finds what is there.
    let list = before.get("data/register/registration.csv").ok_or("no list")?;
    if !holds_any(&String::from_utf8_lossy(list)) {
        return Err("nothing is found in the register itself".into());
    }
    let decided = decided(folder, &rows)?;
    println!(
        "{} files hold none of {} names and telephones; {decided} decisions were taken",
        after.len(),
        names.len() + phones.len()
    );
    Ok(())
}

/// Decides every pair of the review by who it really is, and runs again with the decisions, which
/// are an input.
fn decided(folder: &Path, rows: &[groundwork_samples::register::Listed]) -> Result<usize, String> {
    let person = |place: &str| -> Option<u32> {
        // `data/register/workshops.csv row 12`: the header is row 1.
        let (file, row) = place.split_once(" row ")?;
        let list = file.rsplit('/').next()?.strip_suffix(".csv")?;
        let row: usize = row.parse().ok()?;
        rows.iter().filter(|listed| listed.list == list).nth(row.checked_sub(2)?).map(|listed| listed.person)
    };
    let pairs = std::fs::read(folder.join("pairs.csv")).map_err(|e| e.to_string())?;
    let mut reader = csv::Reader::from_reader(pairs.as_slice());
    let mut out = String::from("record,other,decision\n");
    let mut count = 0;
    for row in reader.records() {
        let row = row.map_err(|e| e.to_string())?;
        let get = |at: usize| row.get(at).unwrap_or_default().to_owned();
        let (one, other) = (person(&get(5)), person(&get(6)));
        if one.is_none() || other.is_none() {
            return Err(format!("`{}` or `{}` names no row", get(5), get(6)));
        }
        let decision = if one == other { "same" } else { "different" };
        out.push_str(&format!("{},{},{decision}\n", get(0), get(1)));
        count += 1;
    }
    if count == 0 {
        return Err("the review holds no pair".into());
    }
    std::fs::write(folder.join("decisions.csv"), out).map_err(|e| e.to_string())?;
    let pipeline = std::fs::read_to_string(folder.join("pipeline.yaml")).map_err(|e| e.to_string())?;
    let with = pipeline.replacen("  participant:\n", "  participant:\n    decisions: decisions.csv\n", 1);
    std::fs::write(folder.join("decided.yaml"), with).map_err(|e| e.to_string())?;
    crate::program::done(folder, &["run", "decided.yaml", "--out", "decided"])?;
    let manifest =
        std::fs::read_to_string(folder.join("decided/manifest.json")).map_err(|e| e.to_string())?;
    if !manifest.contains("\"decisions.csv\"") {
        return Err("the decisions are not among the inputs of the manifest".into());
    }
    let table = std::fs::read_to_string(folder.join("decided/people.csv")).map_err(|e| e.to_string())?;
    if !table.contains(&format!("participant,decisions,taken,,{count},")) {
        return Err(format!("people.csv does not say that {count} decisions were taken"));
    }
    Ok(count)
}
