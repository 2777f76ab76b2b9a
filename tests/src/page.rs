//! Pages: Markdown files in `suite/`, one feature a file, one case a `##` heading.
//!
//! The fenced blocks of a case are its files and what is expected of them:
//!
//! | block | meaning |
//! |---|---|
//! | `yaml pipeline` | the pipeline; `pipeline with` adds lines to the page's first one |
//! | `csv data/x.csv` (any two words, the second with a dot) | a file |
//! | `hex data/x.csv` | a file, as bytes |
//! | `indicators` | every row stands exactly once in `indicators.csv`, column by column |
//! | `issues` | the rows of `issues.csv` in these columns, all of them |
//! | `estimates` | like `indicators`, in `estimates.csv`, numbers to the digits that are written |
//! | `locked` | a pipeline whose plan is locked on 2021-03-31, with the files that stand above it |
//! | `example NAME` | the pipeline of that name in `pipelines/examples`, with its data |
//! | `dataset NAME.csv` | a public data set that may not be copied, as `data/NAME.csv`; the case is skipped where it is not on the machine |
//! | `rows SOURCE` | what `check --format json` says became of the rows |
//! | `says CODE COMMAND…` | another command, such as `says 0 explain pipeline.yaml reach`: its exit code, and lines that it says in this order |
//! | `diagnostics CODE` | the exit code, and lines that the messages hold in this order |

use crate::program;
use crate::table::Table;
use libtest_mimic::{Failed, Trial};
use std::path::{Path, PathBuf};

/// One case of a page.
#[derive(Debug, Clone)]
struct Case {
    title: String,
    blocks: Vec<Block>,
}

#[derive(Debug, Clone)]
struct Block {
    info: Vec<String>,
    text: String,
}

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
        let first = cases
            .iter()
            .flat_map(|c| &c.blocks)
            .find(|b| b.info == ["yaml", "pipeline"])
            .map(|b| b.text.clone());
        for case in cases {
            let name = format!("{folder}/{stem}: {}", case.title);
            let first = first.clone();
            out.push(Trial::test(name, move || case.check(first.as_deref()).map_err(Failed::from)));
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

fn cases(text: &str) -> Vec<Case> {
    let mut out: Vec<Case> = Vec::new();
    let mut block: Option<Block> = None;
    for line in text.lines() {
        if let Some(open) = &mut block {
            if line.trim_end() == "```" {
                if let (Some(case), Some(done)) = (out.last_mut(), block.take()) {
                    case.blocks.push(done);
                }
            } else {
                open.text.push_str(line);
                open.text.push('\n');
            }
        } else if let Some(info) = line.strip_prefix("```") {
            let info = info.split_whitespace().map(str::to_owned).collect();
            block = Some(Block { info, text: String::new() });
        } else if let Some(title) = line.strip_prefix("## ") {
            out.push(Case { title: title.trim().to_owned(), blocks: Vec::new() });
        }
    }
    out
}

impl Case {
    fn check(&self, first: Option<&str>) -> Result<(), String> {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let folder = folder.path();
        let mut pipeline = first.map(str::to_owned);
        let mut expectations = 0;
        for block in &self.blocks {
            let info: Vec<&str> = block.info.iter().map(String::as_str).collect();
            match info.as_slice() {
                ["yaml", "pipeline"] => pipeline = Some(block.text.clone()),
                ["yaml", "pipeline", "with"] => {
                    let base = pipeline.take().unwrap_or_default();
                    pipeline = Some(format!("{base}{}", block.text));
                }
                ["yaml", "pipeline", "without", line] => {
                    let base = pipeline.take().unwrap_or_default();
                    let kept: Vec<&str> = base.lines().filter(|l| !l.contains(line)).collect();
                    pipeline = Some(format!("{}\n{}", kept.join("\n"), block.text));
                }
                ["locked"] => {
                    write(&folder.join("pipeline.yaml"), block.text.as_bytes())?;
                    let date = ["--date", "2021-03-31"];
                    program::done(folder, &["plan", "lock", "pipeline.yaml", date[0], date[1]])?;
                }
                ["example", name] => {
                    let examples = program::repository().join("pipelines/examples");
                    let path = examples.join(format!("{name}.yaml"));
                    let text =
                        std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
                    copy_all(&examples.join("data"), &folder.join("data"))?;
                    pipeline = Some(text);
                }
                ["dataset", name] => {
                    let path = program::repository().join("../shared/datasets").join(name);
                    let Ok(bytes) = std::fs::read(&path) else {
                        println!("skipped `{}`: no {name} on this machine", self.title);
                        return Ok(());
                    };
                    write(&folder.join("data").join(name), &bytes)?;
                }
                ["says", _, _, ..] => expectations += 1,
                ["hex", path] => write(&folder.join(path), &bytes(&block.text)?)?,
                [_, path] if path.contains('.') => write(&folder.join(path), block.text.as_bytes())?,
                [] | ["indicators" | "issues" | "estimates", ..] | ["rows" | "diagnostics", _] => {
                    expectations += 1
                }
                other => return Err(format!("the block `{}` has no meaning here", other.join(" "))),
            }
        }
        if expectations == 0 {
            return Err("the case expects nothing".into());
        }
        let pipeline = pipeline.ok_or("the case has no pipeline")?;
        write(&folder.join("pipeline.yaml"), pipeline.as_bytes())?;
        let output = program::run(folder, &["run", "pipeline.yaml", "--out", "out"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code();
        if !self.blocks.iter().any(|b| b.info.first().is_some_and(|i| i == "diagnostics")) && code != Some(0)
        {
            return Err(format!("ended with {code:?}\n{said}"));
        }
        if said.contains("panicked") {
            return Err(format!("panicked\n{said}"));
        }
        for block in &self.blocks {
            match block.info.first().map(String::as_str) {
                Some("indicators") => contains(&folder.join("out/indicators.csv"), &block.text)?,
                Some("estimates") => contains_about(&folder.join("out/estimates.csv"), &block.text)?,
                Some("issues") => equals(&folder.join("out/issues.csv"), &block.text)?,
                Some("rows") => rows(folder, block)?,
                Some("says") => says(folder, block)?,
                Some("diagnostics") => diagnostics(block, code, &said)?,
                _ => {}
            }
        }
        Ok(())
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|e| e.to_string())?;
    }
    std::fs::write(path, bytes).map_err(|e| e.to_string())
}

fn bytes(hex: &str) -> Result<Vec<u8>, String> {
    hex.split_whitespace().map(|h| u8::from_str_radix(h, 16).map_err(|e| format!("{h}: {e}"))).collect()
}

fn copy_all(from: &Path, to: &Path) -> Result<(), String> {
    for entry in std::fs::read_dir(from).map_err(|e| format!("{}: {e}", from.display()))?.flatten() {
        let bytes = std::fs::read(entry.path()).map_err(|e| e.to_string())?;
        write(&to.join(entry.file_name()), &bytes)?;
    }
    Ok(())
}

fn contains(path: &Path, expected: &str) -> Result<(), String> {
    stands_once(path, expected, |found, wanted| found == wanted)
}

fn contains_about(path: &Path, expected: &str) -> Result<(), String> {
    stands_once(path, expected, |found, wanted| found == wanted || is_rounded(found, wanted))
}

/// Whether a number, rounded to the decimals that are written, is the one that is written.
fn is_rounded(found: &str, wanted: &str) -> bool {
    let (Ok(value), Ok(number), Some((_, decimals))) =
        (found.parse::<f64>(), wanted.parse::<f64>(), wanted.split_once('.'))
    else {
        return false;
    };
    let Ok(places) = i32::try_from(decimals.len()) else { return false };
    (value - number).abs() <= 0.5 * 10f64.powi(-places) * (1.0 + 1e-6)
}

fn stands_once(path: &Path, expected: &str, is: impl Fn(&str, &str) -> bool) -> Result<(), String> {
    let expected = Table::from_csv(expected.as_bytes())?;
    let found = Table::read(path)?;
    for row in &expected.rows {
        let alike =
            |found: &Vec<String>| found.len() == row.len() && found.iter().zip(row).all(|(f, w)| is(f, w));
        let times = found.only(&expected.header)?.iter().filter(|r| alike(r)).count();
        if times != 1 {
            let all: Vec<String> = found.only(&expected.header)?.iter().map(|r| r.join(",")).collect();
            return Err(format!("{} stands {times} times in:\n{}", row.join(","), all.join("\n")));
        }
    }
    Ok(())
}

fn equals(path: &Path, expected: &str) -> Result<(), String> {
    let expected = Table::from_csv(expected.as_bytes())?;
    let found = Table::read(path)?.only(&expected.header)?;
    if found == expected.rows {
        return Ok(());
    }
    let lines: Vec<String> = found.iter().map(|r| r.join(",")).collect();
    Err(format!("found:\n{}", lines.join("\n")))
}

fn rows(folder: &Path, block: &Block) -> Result<(), String> {
    let source = block.info.get(1).ok_or("`rows` names a source")?;
    let said = program::done(folder, &["check", "pipeline.yaml", "--format", "json"])?;
    let facts: serde_json::Value = serde_json::from_str(&said).map_err(|e| format!("{e}: {said}"))?;
    let all = facts["sources"].as_array().ok_or("no sources")?;
    let rows = &all.iter().find(|s| s["id"] == source.as_str()).ok_or("no such source")?["rows"];
    for line in block.text.lines() {
        let (name, wanted) = line.split_once(':').ok_or("`name: count`")?;
        if rows[name.trim()].as_u64() != wanted.trim().parse().ok() {
            return Err(format!("expected {line}, found {rows}"));
        }
    }
    let of = |name: &str| rows[name].as_u64().unwrap_or(0);
    let parts = ["kept", "left_out", "received_later", "set_aside", "without_parent"].map(of);
    if parts.iter().sum::<u64>() != of("read") {
        return Err(format!("the parts do not add up to the rows read: {rows}"));
    }
    Ok(())
}

fn diagnostics(block: &Block, code: Option<i32>, said: &str) -> Result<(), String> {
    let wanted: i32 =
        block.info.get(1).and_then(|c| c.parse().ok()).ok_or("`diagnostics` names an exit code")?;
    if code != Some(wanted) {
        return Err(format!("ended with {code:?}, expected {wanted}\n{said}"));
    }
    in_order(&block.text, said)
}

/// What another command says on either stream, and how it ends.
fn says(folder: &Path, block: &Block) -> Result<(), String> {
    let [_, code, arguments @ ..] = block.info.as_slice() else {
        return Err("`says` names an exit code and a command".into());
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = program::run(folder, &arguments);
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    if output.status.code().map(|c| c.to_string()).as_ref() != Some(code) {
        return Err(format!("ended with {:?}, expected {code}\n{said}", output.status.code()));
    }
    in_order(&block.text, &said)
}

fn in_order(lines: &str, said: &str) -> Result<(), String> {
    let mut rest = said;
    for line in lines.lines().filter(|l| !l.trim().is_empty()) {
        match rest.find(line.trim()) {
            Some(at) => rest = rest.get(at..).unwrap_or_default(),
            None => return Err(format!("`{}` is not said (in this order):\n{said}", line.trim())),
        }
    }
    Ok(())
}
