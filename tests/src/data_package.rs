//! The data package of a run: it describes every table as it is, and the examples in
//! `pipelines/examples/reading` read it.

use crate::program::{done, repository};
use groundwork::table::Table;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), String>| {
        Trial::test(format!("data package: {name}"), move || test().map_err(Failed::from))
    };
    vec![
        trial("it describes every table as it is", described),
        trial("the example in Python reads the numbers", || read_by("python3", "read.py")),
        trial("the example in R reads the numbers", || read_by("Rscript", "read.R")),
    ]
}

fn ran(folder: &Path) -> Result<(), String> {
    let out = folder.display().to_string();
    done(&repository(), &["run", "pipelines/lessons-learned.yaml", "--out", &out, "--language", "en"])
        .map(drop)
}

fn described() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let out = folder.path().join("out");
    ran(&out)?;
    let text = std::fs::read(out.join("datapackage.json")).map_err(|e| e.to_string())?;
    let package: Value = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
    let resources = package["resources"].as_array().ok_or("no resources")?;
    let manifest = std::fs::read_to_string(out.join("manifest.json")).map_err(|e| e.to_string())?;
    let mut tables = 0;
    for resource in resources {
        let word = |key: &str| resource[key].as_str().unwrap_or_default().to_owned();
        let (path, hash) = (word("path"), word("hash"));
        if !manifest.contains(hash.trim_start_matches("sha256:")) || !hash.starts_with("sha256:") {
            return Err(format!("{path} has another hash than the manifest says: {hash}"));
        }
        let fields = resource["schema"]["fields"].as_array().ok_or("no fields")?;
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|f| (f["name"].as_str().unwrap_or_default(), f["type"].as_str().unwrap_or_default()))
            .collect();
        if !path.ends_with(".csv") {
            continue;
        }
        tables += 1;
        let table = Table::read(&out.join(&path))?;
        if table.header.iter().ne(fields.iter().map(|(name, _)| name)) {
            return Err(format!("{path} has the columns {:?}, described are {fields:?}", table.header));
        }
        for row in &table.rows {
            for ((name, kind), text) in fields.iter().zip(row).filter(|(_, text)| !text.is_empty()) {
                let fits = match *kind {
                    "string" => true,
                    "integer" => text.parse::<i64>().is_ok(),
                    "number" => text.parse::<f64>().is_ok(),
                    "date" => text.parse::<jiff::civil::Date>().is_ok(),
                    _ => false,
                };
                if !fits {
                    return Err(format!("{path}: `{text}` in `{name}` is no {kind}"));
                }
            }
        }
    }
    let written = std::fs::read_dir(&out).map_err(|e| e.to_string())?.flatten();
    let csv = written.filter(|e| e.path().extension().is_some_and(|e| e == "csv")).count();
    if tables == csv { Ok(()) } else { Err(format!("{tables} of {csv} tables are described")) }
}

fn read_by(program: &str, script: &str) -> Result<(), String> {
    if !Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success()) {
        println!("skipped: {program} is not on this machine");
        return Ok(());
    }
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let out = folder.path().join("out");
    ran(&out)?;
    let script = repository().join("pipelines/examples/reading").join(script);
    let output = Command::new(program).arg(script).arg(&out).output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let table = Table::read(&out.join("indicators.csv"))?;
    let columns = ["status", "dimension", "indicator", "site", "period", "value"].map(str::to_owned);
    let rows = table.only(&columns)?;
    let wanted: Vec<&Vec<String>> =
        rows.iter().filter(|row| row[0] == "published" && row[1].is_empty() && !row[5].is_empty()).collect();
    let found: Vec<Vec<&str>> = said.lines().map(|line| line.split('\t').collect()).collect();
    if wanted.is_empty() || wanted.len() != found.len() {
        return Err(format!("{} rows of {}", found.len(), wanted.len()));
    }
    for (row, line) in wanted.iter().zip(&found) {
        let site = if row[3].is_empty() { "all" } else { &row[3] };
        let number = line.get(3).and_then(|n| n.parse::<f64>().ok());
        if line.get(..3) != Some(&[row[2].as_str(), site, row[4].as_str()]) || number != row[5].parse().ok() {
            return Err(format!("{line:?} is not {row:?}"));
        }
    }
    println!("{program}: {} rows are those of indicators.csv", found.len());
    Ok(())
}
