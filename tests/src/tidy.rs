//! Tidy: what the compiler cannot hold, checked over the repository's own files.

use crate::program::{done, repository};
use libtest_mimic::{Failed, Trial};
use std::path::{Path, PathBuf};

type Check = fn() -> Result<(), String>;

/// The checks of the repository.
pub fn trials() -> Vec<Trial> {
    let all: [(&str, Check); 9] = [
        ("the reference page and the schema are those of the program", generated),
        ("the register of the example is the one that is drawn", register),
        ("every kind and design has a page in the suite and a file of its own", kinds),
        ("every example in the reference resolves", reference_examples),
        ("members take versions and features from the root manifest", manifests),
        ("absent arrows stay absent", arrows),
        ("SQL is made in query.rs, print.rs and staging.rs only", sql),
        ("no file is too long to read", lengths),
        ("the lock file stays below its limit", lock),
    ];
    all.into_iter()
        .map(|(name, check)| Trial::test(format!("tidy: {name}"), move || check().map_err(Failed::from)))
        .collect()
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Every file with this ending below a folder.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

fn generated() -> Result<(), String> {
    let root = repository();
    for (name, arguments) in [
        ("pipelines/REFERENCE.md", vec!["schema", "--reference"]),
        ("pipelines/groundwork.schema.json", vec!["schema"]),
    ] {
        let fresh = done(&root, &arguments)?;
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(root.join(name), &fresh).map_err(|e| e.to_string())?;
        }
        if read(&root.join(name))? != fresh {
            return Err(format!("{name} is not what the program prints; UPDATE=1 writes it anew"));
        }
    }
    Ok(())
}

/// People of the example about who is who, and their seed.
const REGISTER: (u32, u64) = (300, 77);

fn register() -> Result<(), String> {
    let rows = groundwork_samples::register::draw(REGISTER.0, REGISTER.1);
    let folder = repository().join("pipelines/examples/data/register");
    for (list, _) in groundwork_samples::register::LISTS {
        let path = folder.join(format!("{list}.csv"));
        let fresh = groundwork_samples::register::csv(&rows, list);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
            std::fs::write(&path, &fresh).map_err(|e| e.to_string())?;
        }
        if read(&path)? != fresh {
            return Err(format!("{} is not what is drawn; UPDATE=1 writes it anew", path.display()));
        }
    }
    Ok(())
}

fn kinds() -> Result<(), String> {
    let root = repository();
    let (indicators, designs) = groundwork_plan::schema::kinds();
    let named = indicators.into_iter().map(|kind| ("indicator", kind));
    for (folder, kind) in named.chain(designs.into_iter().map(|design| ("evaluation", design))) {
        for path in [
            format!("tests/suite/{folder}/{kind}.md"),
            format!("crates/groundwork-plan/src/{folder}/{kind}.rs"),
        ] {
            if !root.join(&path).is_file() {
                return Err(format!("`{kind}` has no {path}"));
            }
        }
    }
    Ok(())
}

fn reference_examples() -> Result<(), String> {
    let text = groundwork_plan::schema::reference();
    let mut count = 0;
    for block in text.split("```yaml\n").skip(1) {
        let yaml = block.split("```").next().unwrap_or_default();
        let checked = groundwork_plan::resolve(yaml);
        if let Some(problem) = checked.diagnostics.first() {
            return Err(format!("{}: {:?}", problem.message, problem.hints));
        }
        count += 1;
    }
    if count == 0 { Err("the reference holds no example".into()) } else { Ok(()) }
}

fn manifests() -> Result<(), String> {
    let root = repository();
    let mut members = files(&root.join("crates"), "toml");
    members.push(root.join("data-samples/generator/Cargo.toml"));
    members.push(root.join("tests/Cargo.toml"));
    for path in members {
        let text = read(&path)?;
        let mut in_dependencies = false;
        for line in text.lines() {
            if line.starts_with('[') {
                in_dependencies = line.contains("dependencies");
                continue;
            }
            let from_root = [".workspace = true", " = { workspace = true, optional = true }"];
            let is_from_root = line.trim().is_empty() || from_root.iter().any(|end| line.ends_with(end));
            if in_dependencies && !is_from_root {
                return Err(format!("{}: `{line}` names a version or a feature", path.display()));
            }
        }
    }
    Ok(())
}

/// Which crate must not depend on which: what each guarantees is an absence.
const ABSENT: [(&str, &[&str]); 9] = [
    ("groundwork-plan", &["arrow", "duckdb", "polars", "typst", "plotters"]),
    ("groundwork-stats", &["groundwork-", "serde.", "arrow"]),
    ("groundwork-sources", &["duckdb", "groundwork-store", "typst", "plotters"]),
    ("groundwork-store", &["polars", "typst", "plotters"]),
    ("groundwork-spark", &["groundwork-", "arrow", "duckdb", "polars", "typst", "plotters"]),
    ("groundwork-people", &["groundwork-plan", "groundwork-sources", "groundwork-store", "arrow", "serde"]),
    ("groundwork-disclosure", &["groundwork-store", "groundwork-sources", "arrow", "serde"]),
    ("groundwork-charts", &["groundwork-store", "groundwork-sources", "typst", "arrow"]),
    ("groundwork-report", &["groundwork-store", "groundwork-sources", "groundwork-charts", "arrow"]),
];

fn arrows() -> Result<(), String> {
    for (member, absent) in ABSENT {
        let text = read(&repository().join(format!("crates/{member}/Cargo.toml")))?;
        let dependencies = text.split("[dependencies]").nth(1).unwrap_or_default();
        let dependencies = dependencies.split("[dev-dependencies]").next().unwrap_or_default();
        if let Some(found) = absent.iter().find(|name| dependencies.lines().any(|l| l.starts_with(**name))) {
            return Err(format!("{member} depends on {found}"));
        }
    }
    Ok(())
}

fn sql() -> Result<(), String> {
    let allowed = ["query.rs", "print.rs", "staging.rs"];
    for path in files(&repository().join("crates"), "rs") {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if allowed.contains(&name.as_str()) {
            continue;
        }
        for (at, line) in read(&path)?.lines().enumerate() {
            let made = line.contains("format!") || line.contains("push_str");
            let words = ["SELECT ", "CREATE TABLE", "DROP TABLE", " FROM ", "INSERT "];
            if made && words.iter().any(|w| line.contains(w)) {
                return Err(format!("{}:{} makes SQL", path.display(), at + 1));
            }
        }
    }
    Ok(())
}

/// Lines of a source file beyond which it should be two.
const LONGEST: usize = 800;

fn lengths() -> Result<(), String> {
    let root = repository();
    let folders = ["crates", "tests", "data-samples", "reports"];
    for path in folders
        .iter()
        .flat_map(|f| ["rs", "typ"].iter().flat_map(|e| files(&root.join(f), e)).collect::<Vec<_>>())
    {
        let lines = read(&path)?.lines().count();
        if lines > LONGEST {
            return Err(format!("{} has {lines} lines", path.display()));
        }
    }
    Ok(())
}

/// Packages in the lock file. A new one is paid for at every build from nothing, but for the thirty
/// that only `groundwork-spark` is built with.
const PACKAGES: usize = 710;

fn lock() -> Result<(), String> {
    let count = read(&repository().join("Cargo.lock"))?.matches("[[package]]").count();
    if count > PACKAGES { Err(format!("{count} packages, at most {PACKAGES}")) } else { Ok(()) }
}
