//! What the authors of pipelines rely on: a sheet says what YAML says, worked examples hold, and a
//! dictionary has the same bytes every time.

use crate::program::{done, repository};
use groundwork::table::Table;
use libtest_mimic::{Failed, Trial};
use std::path::Path;
use std::process::Command;

type Check = fn() -> Result<(), String>;

/// The tests for authors.
pub fn trials() -> Vec<Trial> {
    let all: [(&str, Check); 4] = [
        ("a sheet of indicators gives the numbers of the same indicators in YAML", sheet_equals_yaml),
        ("the manifest covers the sheet of indicators", manifest_covers_sheet),
        ("every worked example beside a pipeline holds", worked_examples),
        ("a dictionary has the same bytes every time", same_dictionary),
    ];
    all.into_iter()
        .map(|(name, check)| Trial::test(format!("authors: {name}"), move || check().map_err(Failed::from)))
        .collect()
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn temporary() -> Result<tempfile::TempDir, String> {
    tempfile::tempdir().map_err(|e| e.to_string())
}

fn sheet_equals_yaml() -> Result<(), String> {
    let folder = temporary()?;
    let run = |name: &str| {
        let out = folder.path().join(name).display().to_string();
        done(&repository(), &["run", &format!("pipelines/examples/{name}.yaml"), "--out", &out])?;
        ["indicators.csv", "estimates.csv"]
            .iter()
            .map(|table| read(&folder.path().join(name).join(table)))
            .collect::<Result<Vec<_>, _>>()
    };
    let (sheet, yaml) = (run("clusters-sheet")?, run("clusters")?);
    if Table::from_csv(&yaml[0])?.rows.len() < 20 {
        return Err("there are hardly any numbers to compare".into());
    }
    if sheet == yaml { Ok(()) } else { Err("the numbers of the two pipelines differ".into()) }
}

const PIPELINE: &str = "groundwork: 1
programme: {id: t, title: Test}
calendar: {periods: year, from: 2021, to: 2021, as_of: 2022-01-15}
audience: internal
sources: {visits: {export: visits.csv, columns: {who: text}}}
indicators_from: indicators.csv
reports: {funder: {template: quarterly-funder}}
";

fn manifest_covers_sheet() -> Result<(), String> {
    let folder = temporary()?;
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).map_err(|e| format!("{name}: {e}"))
    };
    write("pipeline.yaml", PIPELINE)?;
    write("visits.csv", "who\np1\n")?;
    let manifest = |title: &str| -> Result<serde_json::Value, String> {
        write("indicators.csv", &format!("id,title,kind,source\nn,{title},count,visits\n"))?;
        done(folder.path(), &["run", "pipeline.yaml", "--out", "out"])?;
        serde_json::from_slice(&read(&folder.path().join("out/manifest.json"))?).map_err(|e| e.to_string())
    };
    let (first, second) = (manifest("Visits")?, manifest("Calls")?);
    if first["pipeline"]["sha256"] == second["pipeline"]["sha256"] || first["run_id"] == second["run_id"] {
        return Err("another title in the sheet does not change the hash of the pipeline".into());
    }
    let inputs = first["inputs"].as_array().ok_or("no inputs")?;
    match inputs.iter().find(|input| input["path"] == "indicators.csv") {
        Some(input) if input["rows"] == 1 => {}
        other => return Err(format!("the sheet stands among the inputs as {other:?}")),
    }
    let pdf = folder.path().join("out/reports/funder-en.pdf");
    let Ok(said) = Command::new("pdftotext").arg(&pdf).arg("-").output() else {
        println!("skipped: pdftotext (poppler-utils) is not on this machine");
        return Ok(());
    };
    match String::from_utf8_lossy(&said.stdout).contains("indicator-sheet.csv") {
        true => Ok(()),
        false => Err("the report does not say that the sheet is inside it".into()),
    }
}

/// The number of cases that a pipeline's pages hold at least, so that pages cannot be lost.
const CASES: u64 = 8;

fn worked_examples() -> Result<(), String> {
    let said = done(&repository(), &["test", "pipelines/prevention.yaml", "--format", "json"])?;
    let facts: serde_json::Value = serde_json::from_str(&said).map_err(|e| format!("{e}: {said}"))?;
    match facts["passed"].as_u64() {
        Some(passed) if passed >= CASES => Ok(()),
        other => Err(format!("{other:?} cases hold, expected at least {CASES}")),
    }
}

fn same_dictionary() -> Result<(), String> {
    let folder = temporary()?;
    for form in ["md", "csv", "xlsx", "json"] {
        let mut bytes = Vec::new();
        for name in ["first", "second"] {
            let path = folder.path().join(format!("{name}.{form}"));
            done(
                &repository(),
                &["dictionary", "pipelines/prevention.yaml", "--out", &path.display().to_string()],
            )?;
            bytes.push(read(&path)?);
        }
        if bytes[0] != bytes[1] {
            return Err(format!("two dictionaries as {form} differ"));
        }
    }
    Ok(())
}
