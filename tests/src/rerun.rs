//! How long a run takes that was made before: the examples whole, with nothing changed, with one title
//! changed, and with one row more.

use crate::determinism::copied;
use crate::program::timed;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// The examples, and an export that all of them read.
const EXAMPLES: [&str; 3] = ["prevention", "lessons-learned", "site-comparison"];
const EXPORT: &str = "data-samples/csv/registration.csv";

/// Times of running each example, as a table.
///
/// # Errors
/// When `groundwork` cannot be run, or an example has no title to change.
pub fn measured(program: &Path) -> Result<String, String> {
    let mut out = String::from(
        "| example | whole | unchanged | one title changed | one row more |\n|---|---|---|---|---|\n",
    );
    for example in EXAMPLES {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        copied(folder.path())?;
        let pipeline = folder.path().join(format!("pipelines/{example}.yaml"));
        let seconds = || -> Result<f64, String> {
            let mut command = Command::new(program);
            command.arg("run").arg(&pipeline).arg("--out").arg(folder.path().join("out"));
            Ok(timed(&mut command)?.seconds)
        };
        let whole = seconds()?;
        let unchanged = seconds()?;
        let text = std::fs::read_to_string(&pipeline).map_err(|e| e.to_string())?;
        let (before, after) = text.split_once("    title: {en: ").ok_or("no indicator has a title")?;
        std::fs::write(&pipeline, format!("{before}    title: {{en: Changed {after}"))
            .map_err(|e| e.to_string())?;
        let titled = seconds()?;
        let export = folder.path().join(EXPORT);
        let mut rows = std::fs::read_to_string(&export).map_err(|e| e.to_string())?;
        let last = rows.lines().last().ok_or("an empty export")?.to_owned();
        rows.push_str(&last);
        rows.push('\n');
        std::fs::write(&export, rows).map_err(|e| e.to_string())?;
        let late = seconds()?;
        let told = |time: f64| format!("{time:.2} s ({:.2})", time / whole);
        let _ = writeln!(
            out,
            "| {example} | {whole:.2} s | {} | {} | {} |",
            told(unchanged),
            told(titled),
            told(late)
        );
    }
    out.push_str("\nIn brackets, the part of the time of the whole run.\n");
    Ok(out)
}
