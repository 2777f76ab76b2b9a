//! `groundwork check`: reads, resolves, loads, checks; writes nothing.

use crate::cli::{Format, Overrides, PipelineFile, ReportPeriod};
use crate::exit;
use crate::run::{InNoPeriod, Loaded, MissingValues, load, resolve, without_key};
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
                let told = ground.missing(&plan, &loaded).and_then(|missing| {
                    let in_no_period = ground.in_no_period(&plan, &loaded)?;
                    Ok(missing.into_iter().zip(in_no_period).collect::<Vec<_>>())
                });
                match told {
                    Ok(told) => self.ended(&warnings, Some(&shown), Some((&loaded, &told))),
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
        loaded: Option<(&Loaded, &Told)>,
    ) -> u8 {
        match self.format {
            Format::Json => ui::fact_json(&json!({
                "diagnostics": ui::diagnostics_json(problems, pipeline),
                "sources": loaded.map(|(loaded, told)| sources_json(loaded, told)),
            })),
            Format::Text => {
                ui::diagnostics(problems, pipeline);
                if let Some((loaded, told)) = loaded {
                    print(loaded, told);
                }
            }
        }
        exit::code(problems)
    }
}

/// Why rows have no value, and which are in no period, for each source with files.
type Told = [(Vec<MissingValues>, Vec<InNoPeriod>)];

fn print(loaded: &Loaded, told: &Told) {
    for (source, (missing, in_no_period)) in loaded.sources.iter().zip(told) {
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
        for InNoPeriod { column, without, outside } in in_no_period {
            let all = without + outside;
            ui::fact(&format!(
                "  {all} in no period by {column}: {without} without a day, {outside} outside the calendar"
            ));
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

fn sources_json(loaded: &Loaded, told: &Told) -> Value {
    let list = loaded.sources.iter().zip(told).map(|(source, (missing, in_no_period))| {
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
            "in_no_period": in_no_period.iter().map(|told| json!({
                "column": told.column, "without_day": told.without, "outside_calendar": told.outside,
            })).collect::<Vec<_>>(),
        })
    });
    Value::Array(list.collect())
}
