//! The suite: every case of every page in `suite/`, run by the program as a user runs it, in a
//! folder of its own. What a page may hold stands at [`groundwork::page`].

use crate::{program, workbook};
use groundwork::page::{Case, Outcome, Purpose, cases, first_pipeline};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One test for each case of each page.
pub fn trials() -> Vec<Trial> {
    let mut out = Vec::new();
    for path in pages() {
        let text = std::fs::read_to_string(&path).expect("a page of the suite");
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path
            .parent()
            .and_then(Path::file_name)
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default();
        let cases = cases(&text);
        let first = first_pipeline(&cases);
        for case in cases {
            let name = format!("{folder}/{stem}: {}", case.title);
            let first = first.clone();
            let check = move || check(&case, first.as_deref(), &[]).map_err(Failed::from);
            out.push(Trial::test(name, check));
        }
    }
    out
}

/// Every page of the suite.
pub fn pages() -> Vec<PathBuf> {
    let root = program::repository().join("tests/suite");
    let mut out = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).expect("a folder of the suite");
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "md") {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// Runs a case with these arguments more.
pub(crate) fn check(case: &Case, first: Option<&str>, more: &[&str]) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    if !case.expects() {
        return Err("the case expects nothing".into());
    }
    let mut workbooks: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    let mut first = first.map(str::to_owned);
    for block in &case.blocks {
        match block.purpose()? {
            Purpose::Locked => {
                write(&folder.join("pipeline.yaml"), block.text.as_bytes())?;
                program::done(folder, &["plan", "lock", "pipeline.yaml", "--date", "2021-03-31"])?;
            }
            Purpose::Example(name) => {
                let examples = program::repository().join("pipelines/examples");
                let path = examples.join(format!("{name}.yaml"));
                let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
                copy_all(&examples.join("data"), &folder.join("data"))?;
                first = Some(text);
            }
            Purpose::Dataset(name) => {
                let path = program::repository().join("../shared/datasets").join(name);
                let Ok(bytes) = std::fs::read(&path) else {
                    println!("skipped `{}`: no {name} on this machine", case.title);
                    return Ok(());
                };
                write(&folder.join("data").join(name), &bytes)?;
            }
            Purpose::Worksheet(path, sheet) => workbooks.entry(path).or_default().push((sheet, &block.text)),
            Purpose::Source(_) => return Err("rows of a source are for `groundwork test`".into()),
            Purpose::File(path) | Purpose::Bytes(path) => write(&folder.join(path), &block.bytes()?)?,
            Purpose::Pipeline | Purpose::Expectation => {}
        }
    }
    for (path, sheets) in workbooks {
        workbook::write(&folder.join(path), &sheets)?;
    }
    let pipeline = case.pipeline(first.as_deref()).ok_or("the case has no pipeline")?;
    write(&folder.join("pipeline.yaml"), pipeline.as_bytes())?;
    let output = program::run(folder, &[&["run", "pipeline.yaml", "--out", "out"], more].concat());
    let mut outcome = Outcome {
        code: output.status.code(),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
        ..Outcome::default()
    };
    if case.expects_run() && !case.expects_problems() && outcome.code != Some(0) {
        return Err(format!("ended with {:?}\n{}", outcome.code, outcome.said));
    }
    if outcome.said.contains("panicked") {
        return Err(format!("panicked\n{}", outcome.said));
    }
    for command in case.blocks.iter().filter_map(|block| block.command()) {
        let output = program::run(folder, &command);
        let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        outcome.commands.push((output.status.code(), said.concat()));
    }
    outcome.files = written(case, folder);
    if case.has("rows") {
        outcome.rows = rows(folder)?;
    }
    let mismatches: String = case.mismatches(&outcome).iter().map(ToString::to_string).collect();
    if mismatches.is_empty() { Ok(()) } else { Err(mismatches) }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|e| e.to_string())?;
    }
    std::fs::write(path, bytes).map_err(|e| e.to_string())
}

fn copy_all(from: &Path, to: &Path) -> Result<(), String> {
    for entry in std::fs::read_dir(from).map_err(|e| format!("{}: {e}", from.display()))?.flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_all(&path, &to)?;
        } else {
            write(&to, &std::fs::read(path).map_err(|e| e.to_string())?)?;
        }
    }
    Ok(())
}

/// The tables of a run, and the files that the case asks for.
fn written(case: &Case, folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let tables = ["indicators.csv", "estimates.csv", "issues.csv"]
        .map(|name| (name.to_owned(), format!("out/{name}")));
    let named = case.blocks.iter().filter_map(|block| match block.info.as_slice() {
        [word, path] if word == "file" => Some((path.clone(), path.clone())),
        _ => None,
    });
    let all = tables.into_iter().chain(named);
    all.filter_map(|(name, path)| Some((name, std::fs::read(folder.join(path)).ok()?))).collect()
}

/// What `check` says became of the rows of each source.
fn rows(folder: &Path) -> Result<BTreeMap<String, BTreeMap<String, u64>>, String> {
    let said = program::done(folder, &["check", "pipeline.yaml", "--format", "json"])?;
    let facts: serde_json::Value = serde_json::from_str(&said).map_err(|e| format!("{e}: {said}"))?;
    let counts = |source: &serde_json::Value| -> BTreeMap<String, u64> {
        let rows = source["rows"].as_object().into_iter().flatten();
        rows.filter_map(|(name, count)| Some((name.clone(), count.as_u64()?))).collect()
    };
    let sources = facts["sources"].as_array().ok_or("no sources")?;
    Ok(sources
        .iter()
        .filter_map(|source| Some((source["id"].as_str()?.to_owned(), counts(source))))
        .collect())
}
