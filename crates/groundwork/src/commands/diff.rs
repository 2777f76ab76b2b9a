//! `groundwork diff`: what changed between two runs.

use crate::changes::Changes;
use crate::cli::Format;
use crate::record::Record;
use crate::{exit, ui};
use serde_json::json;
use std::path::PathBuf;

/// What changed between two runs: exports, rows, definitions, and every value that moved.
#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// The run directory of the older run.
    #[arg(value_name = "RUN_A")]
    old: PathBuf,
    /// The run directory of the newer run.
    #[arg(value_name = "RUN_B")]
    new: PathBuf,
    /// How facts are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Diff {
    /// Compares, and says what differs.
    pub(crate) fn run(self) -> u8 {
        let records = Record::of_folder(&self.old).and_then(|old| Ok((old, Record::of_folder(&self.new)?)));
        let compared = records.and_then(|(old, new)| {
            let changes = Changes::between(&old, &new)?;
            Ok((old, new, changes))
        });
        let (old, new, changes) = match compared {
            Ok(found) => found,
            Err(problem) => return ui::ended(self.format, &[problem], None),
        };
        match self.format {
            Format::Json => {
                let mut out = changes.json();
                out["old"] = json!({"run_id": old.run_id(), "as_of": old.parameter("as_of")});
                out["new"] = json!({"run_id": new.run_id(), "as_of": new.parameter("as_of")});
                ui::fact_json(&out);
            }
            Format::Text => print(&old, &new, &changes),
        }
        exit::DONE
    }
}

fn print(old: &Record, new: &Record, changes: &Changes) {
    let named = |record: &Record| format!("run {} (as of {})", record.run_id(), record.parameter("as_of"));
    ui::fact(&format!("{} → {}", named(old), named(new)));
    let part = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            ui::fact(&format!("\n{title}"));
            lines.iter().for_each(|line| ui::fact(&format!("  {line}")));
        }
    };
    let pairs =
        |list: &[(String, String)]| list.iter().map(|(name, words)| format!("{name}: {words}")).collect();
    part("Exports", pairs(&changes.inputs));
    part("Rows", pairs(&changes.rows));
    part("Definitions", changes.definitions.iter().map(|(id, what)| format!("{id}: {what}")).collect());
    part("Templates", pairs(&changes.templates));
    part("Asked for", pairs(&changes.parameters));
    part("Engine", changes.engine.iter().cloned().collect());
    let restated = changes.values.iter().filter(|v| v.restated).count();
    let title = format!(
        "Values: {} of {} differ, {restated} of them of periods that were over before",
        changes.values.len(),
        changes.common.max(changes.values.len())
    );
    ui::fact(&format!("\n{title}"));
    changes.values.iter().for_each(|value| ui::fact(&format!("  {}", value.words())));
}
