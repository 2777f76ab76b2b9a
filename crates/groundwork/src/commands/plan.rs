//! `groundwork plan`: freezes the analysis plan of a pipeline, and says how the pipeline stands to it.

use crate::cli::{Format, PipelineFile};
use crate::exit;
use crate::files::sha256;
use crate::run::planned::{beside, existing, first, planned};
use crate::run::{Request, indicator_sheets, resolve};
use crate::ui::{self, PipelineText};
use clap::Subcommand;
use groundwork_plan::analysis_plan::{Locked, Standing, items};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::plan::Plan;
use jiff::civil::Date;
use serde_json::json;

/// Freezes what the evaluations ask, or says how they stand to what was frozen.
#[derive(Debug, clap::Args)]
pub(crate) struct PlanCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Writes `<pipeline>.plan.yaml` beside the pipeline: every evaluation with all that its answer
    /// depends on, and the hashes of the exports that exist by now.
    #[command(after_help = "Example: groundwork plan lock pipelines/site-comparison.yaml --date 2021-06-01")]
    Lock(Lock),
    /// Says which evaluations are planned, deviated (and where), exploratory or missing.
    #[command(after_help = "Example: groundwork plan status pipelines/site-comparison.yaml")]
    Status(Status),
}

#[derive(Debug, clap::Args)]
struct Lock {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// The day that is written in the plan; the calendar's `as_of` where it is missing, as the
    /// clock of the machine is never read.
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// How facts are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, clap::Args)]
struct Status {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// How facts are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl PlanCommand {
    /// Locks, or says how things stand.
    pub(crate) fn run(self) -> u8 {
        match self.what {
            What::Lock(lock) => {
                with_plan(&lock.pipeline, lock.format, |request, plan| lock.lock(request, plan))
            }
            What::Status(status) => {
                with_plan(&status.pipeline, status.format, |request, plan| status.status(request, plan))
            }
        }
    }
}

/// Does something with the resolved pipeline.
fn with_plan(
    pipeline: &PipelineFile,
    format: Format,
    act: impl Fn(&Request, &Plan) -> Result<(), Diagnostic>,
) -> u8 {
    let overrides =
        crate::cli::Overrides { as_of: None, audience: None, engine: None, threads: Some(1), memory: None };
    let request = match super::request(&pipeline.path, &overrides) {
        Ok(request) => request,
        Err(problem) => return ui::ended(format, &[problem], None),
    };
    let path = pipeline.path.display().to_string();
    let shown = PipelineText { path: &path, text: &request.text };
    let plan = match resolve(&request) {
        Ok((plan, _)) => plan,
        Err(problems) => return ui::ended(format, &problems, Some(&shown)),
    };
    match act(&request, &plan) {
        Ok(()) => exit::DONE,
        Err(problem) => ui::ended(format, &[problem], Some(&shown)),
    }
}

impl Lock {
    fn lock(&self, request: &Request, plan: &Plan) -> Result<(), Diagnostic> {
        let locked = Locked {
            locked_on: self.date.unwrap_or(plan.calendar.as_of),
            data: existing(plan, &request.folder)?,
            items: items(&request.text, &indicator_sheets(request).map_err(first)?)?,
        };
        if locked.items.is_empty() {
            return Err(Diagnostic::command_line("plan.empty", "the pipeline has no evaluations to lock")
                .hint("Add `evaluations:` with the questions that are to be answered."));
        }
        let path = beside(&request.path);
        let text = locked.text(|body| sha256(body.as_bytes()));
        std::fs::write(&path, &text).map_err(|e| {
            Diagnostic::machine("plan.not-written", format!("the plan cannot be written: {e}"))
                .hint("Check that the folder of the pipeline may be written to.")
        })?;
        let (items, files) = (locked.items.len(), locked.data.len());
        match self.format {
            Format::Json => ui::fact_json(&json!({
                "files_that_exist": files,
                "items": items,
                "locked_on": locked.locked_on.to_string(),
                "path": path.display().to_string(),
            })),
            Format::Text => {
                ui::fact(&format!("locked in {}; evaluations: {items}", path.display()));
                if files > 0 {
                    ui::fact(&format!("exports that existed by then, and are named in it: {files}"));
                }
            }
        }
        Ok(())
    }
}

impl Status {
    fn status(&self, request: &Request, plan: &Plan) -> Result<(), Diagnostic> {
        let found = planned(request, &existing(plan, &request.folder)?)?;
        let locked_on = found.locked.as_ref().map(|(locked, _)| locked.locked_on.to_string());
        let lines: Vec<(String, &str, Vec<String>)> = found
            .standings
            .iter()
            .map(|(id, standing)| {
                let paths = match standing {
                    Standing::Deviated(paths) => paths.clone(),
                    Standing::Planned | Standing::Exploratory | Standing::Missing => Vec::new(),
                };
                (id.clone(), standing.word(), paths)
            })
            .collect();
        match self.format {
            Format::Json => ui::fact_json(&json!({
                "data_known_when_locked": found.knew,
                "items": lines
                    .iter()
                    .map(|(id, word, paths)| json!({"changed": paths, "evaluation": id, "standing": word}))
                    .collect::<Vec<_>>(),
                "locked_on": locked_on,
            })),
            Format::Text => {
                match &locked_on {
                    Some(day) if found.knew => {
                        ui::fact(&format!("locked on {day}, when these exports existed already"));
                    }
                    Some(day) => ui::fact(&format!("locked on {day}")),
                    None => ui::fact("no plan is locked; `groundwork plan lock` freezes it"),
                }
                for (id, word, paths) in lines {
                    let how =
                        if paths.is_empty() { String::new() } else { format!(": {}", paths.join(", ")) };
                    ui::fact(&format!("{word} {id}{how}"));
                }
            }
        }
        Ok(())
    }
}
