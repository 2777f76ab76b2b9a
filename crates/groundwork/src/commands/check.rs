//! `groundwork check`: reads, resolves, loads, checks; writes nothing.

use crate::cli::{Format, Overrides, PipelineFile, ReportPeriod};
use crate::exit;
use crate::run::{Loaded, MissingValues, load, resolve, without_key};
use crate::ui::{self, PipelineText, Progress};
use groundwork_plan::diag::Diagnostic;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Reads, resolves, loads and checks; writes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pipeline: PipelineFile,
    #[command(flatten)]
    period: ReportPeriod,
    #[command(flatten)]
    overrides: Overrides,
    /// How facts are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Check {
    /// Checks, and says what it found.
    pub(crate) fn run(self) -> u8 {
        let mut request = match super::request(&self.pipeline.path, &self.overrides) {
            Ok(request) => request,
            Err(problem) => return self.ended(&[problem], None, None),
        };
        request.period = self.period.period;
        let path = self.pipeline.path.display().to_string();
        let shown = PipelineText { path: &path, text: &request.text };
        let (plan, warnings) = match resolve(&request) {
            Ok(resolved) => resolved,
            Err(problems) => return self.ended(&problems, Some(&shown), None),
        };
        let progress = Progress::new(self.format == Format::Json);
        let loaded = load(&request, &plan, &progress);
        drop(progress);
        match loaded {
            Ok((ground, loaded)) => {
                let mut warnings = warnings;
                warnings.extend(without_key(&request, &loaded));
                match ground.missing(&plan, &loaded) {
                    Ok(missing) => self.ended(&warnings, Some(&shown), Some((&loaded, &missing))),
                    Err(problem) => self.ended(&[problem], Some(&shown), None),
                }
            }
            Err(mut problems) => {
                problems.extend(warnings);
                self.ended(&problems, Some(&shown), None)
            }
        }
    }

    fn ended(
        &self,
        problems: &[Diagnostic],
        pipeline: Option<&PipelineText<'_>>,
        loaded: Option<(&Loaded, &Missing)>,
    ) -> u8 {
        match self.format {
            Format::Json => ui::fact_json(&json!({
                "diagnostics": ui::diagnostics_json(problems, pipeline),
                "sources": loaded.map(|(loaded, missing)| sources_json(loaded, missing)),
            })),
            Format::Text => {
                ui::diagnostics(problems, pipeline);
                if let Some((loaded, missing)) = loaded {
                    print(loaded, missing);
                }
            }
        }
        exit::code(problems)
    }
}

/// Why rows have no value, for each source with files.
type Missing = [Vec<MissingValues>];

fn print(loaded: &Loaded, missing: &Missing) {
    for (source, missing) in loaded.sources.iter().zip(missing) {
        let staged = &source.staged;
        ui::fact(&format!("{}: {} rows read, {} count", source.id, source.read, staged.kept));
        let states = [
            (source.set_aside(), "set aside by checks"),
            (staged.superseded, "superseded by a newer version"),
            (staged.left_out, "left out by `keep`"),
            (staged.received_later, "received after `as_of`"),
            (staged.without_parent, "whose parent row does not count"),
        ];
        for (count, words) in states.into_iter().filter(|(count, _)| *count > 0) {
            ui::fact(&format!("  {count} {words}"));
        }
        for MissingValues { column, reasons } in missing {
            let reasons: Vec<String> =
                reasons.iter().map(|(reason, count)| format!("{count} {}", reason.words())).collect();
            ui::fact(&format!("  {column} without a value: {}", reasons.join(", ")));
        }
        for ((check, action), count) in issues(loaded, &source.id) {
            ui::fact(&format!("  issue {check}: {count} ({action})"));
        }
    }
    ui::fact("The pipeline and its data can be run.");
}

fn missing_json(missing: &[MissingValues]) -> Value {
    let columns = missing.iter().map(|MissingValues { column, reasons }| {
        let reasons = reasons.iter().map(|(reason, count)| (reason.word().to_owned(), json!(count)));
        (column.clone(), Value::Object(reasons.collect()))
    });
    Value::Object(columns.collect())
}

fn issues<'l>(loaded: &'l Loaded, source: &str) -> BTreeMap<(&'l str, &'static str), u64> {
    let mut out = BTreeMap::new();
    for issue in loaded.issues.iter().filter(|i| i.source == source) {
        *out.entry((issue.check.as_str(), issue.action.word())).or_insert(0) += 1;
    }
    out
}

fn sources_json(loaded: &Loaded, missing: &Missing) -> Value {
    let list = loaded.sources.iter().zip(missing).map(|(source, missing)| {
        let issues: Vec<Value> = issues(loaded, &source.id)
            .into_iter()
            .map(|((check, action), rows)| json!({"action": action, "check": check, "count": rows}))
            .collect();
        json!({
            "id": source.id,
            "rows": source.rows_json(),
            "columns_not_read": source.ignored_columns,
            "issues": issues,
            "missing": missing_json(missing),
        })
    });
    Value::Array(list.collect())
}
