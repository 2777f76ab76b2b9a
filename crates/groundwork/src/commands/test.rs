//! `groundwork test`: a pipeline's own worked examples.

use crate::cli::{Format, Overrides, PipelineFile};
use crate::exit;
use crate::page::{Case, Mismatch, Outcome, Purpose, cases};
use crate::run::{Example, Request, example, resolve};
use crate::ui::{self, PipelineText};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::plan::Plan;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Runs a pipeline's own worked examples.
#[derive(Debug, clap::Args)]
pub(crate) struct Test {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// Only cases whose page or heading holds this text.
    #[arg(value_name = "CASE")]
    only: Option<String>,
    /// How facts are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// What came of one case.
struct Tested {
    page: String,
    case: Case,
    /// What kept it from being run.
    problems: Vec<Diagnostic>,
    mismatches: Vec<Mismatch>,
    /// Rows that did not count, which may be why.
    notes: Vec<String>,
}

impl Tested {
    fn passed(&self) -> bool {
        self.problems.is_empty() && self.mismatches.is_empty()
    }

    /// The exit code that it leads to: an expectation that does not hold is a wrong pipeline.
    fn code(&self) -> u8 {
        let expected = if self.mismatches.is_empty() { exit::DONE } else { exit::PIPELINE };
        exit::code(&self.problems).max(expected)
    }
}

impl Test {
    /// Runs every case, and says how each ended.
    pub(crate) fn run(self) -> u8 {
        let overrides = Overrides { as_of: None, audience: None, engine: None, threads: None, memory: None };
        let request = match super::request(&self.pipeline.path, &overrides) {
            Ok(request) => request,
            Err(problem) => return ui::ended(self.format, &[problem], None),
        };
        let path = self.pipeline.path.display().to_string();
        let shown = PipelineText { path: &path, text: &request.text };
        let plan = match resolve(&request) {
            Ok((plan, _)) => plan,
            Err(problems) => return ui::ended(self.format, &problems, Some(&shown)),
        };
        let pages = match pages(&request, &plan) {
            Ok(pages) => pages,
            Err(problem) => return ui::ended(self.format, &[problem], Some(&shown)),
        };
        let mut tested = Vec::new();
        for (page, text) in pages {
            for case in cases(&text) {
                let only = self.only.as_deref().unwrap_or_default();
                if page.contains(only) || case.title.contains(only) {
                    let done = tested_case(&request, &plan, page.clone(), case);
                    if self.format == Format::Text {
                        print(&done);
                    }
                    tested.push(done);
                }
            }
        }
        if tested.is_empty() {
            let problem = Diagnostic::command_line("test.no-case", "no case was run").hint(
                "A case is a heading `## …` with blocks below; the command line may name a part of it.",
            );
            return ui::ended(self.format, &[problem], Some(&shown));
        }
        let failed = tested.iter().filter(|t| !t.passed()).count();
        let passed = tested.len() - failed;
        match self.format {
            Format::Json => {
                let cases: Vec<Value> = tested.iter().map(as_json).collect();
                ui::fact_json(&json!({"cases": cases, "failed": failed, "passed": passed}));
            }
            Format::Text => ui::fact(&format!("{passed} of {} cases hold", tested.len())),
        }
        tested.iter().map(Tested::code).max().unwrap_or(exit::DONE)
    }
}

/// The pages by name, with their text: those that the pipeline names under `tests`, or those in
/// the folder beside it, `prevention.tests` for `prevention.yaml`.
fn pages(request: &Request, plan: &Plan) -> Result<Vec<(String, String)>, Diagnostic> {
    let stem = request.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = vec![format!("{stem}.tests")];
    let named = if plan.tests.is_empty() { &beside } else { &plan.tests };
    let mut out = Vec::new();
    for name in named {
        let path = request.folder.join(name);
        let found = if path.is_dir() { markdown_in(&path, name)? } else { vec![(name.clone(), path)] };
        for (name, path) in found {
            let bytes = std::fs::read(&path).map_err(|e| {
                let message = format!("the worked examples `{name}` cannot be read: {e}");
                let problem = Diagnostic::command_line("test.no-page", message);
                problem.hint(format!("Write Markdown pages into the folder `{stem}.tests` beside the pipeline, or name pages or folders under `tests` in it."))
            })?;
            out.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok(out)
}

/// The Markdown files in a folder, by name.
fn markdown_in(folder: &Path, name: &str) -> Result<Vec<(String, PathBuf)>, Diagnostic> {
    let entries = std::fs::read_dir(folder).map_err(|e| {
        Diagnostic::command_line("test.no-page", format!("`{name}` cannot be looked into: {e}"))
    })?;
    let mut out: Vec<(String, PathBuf)> = entries
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "md"))
        .map(|entry| (format!("{name}/{}", entry.file_name().to_string_lossy()), entry.path()))
        .collect();
    out.sort();
    Ok(out)
}

fn tested_case(request: &Request, plan: &Plan, page: String, case: Case) -> Tested {
    let mut tested = Tested { page, case, problems: Vec::new(), mismatches: Vec::new(), notes: Vec::new() };
    let here = |message: String| {
        Diagnostic::command_line("test.not-a-case", message)
            .hint("See `groundwork test --help` and the page on worked examples in the reference.")
    };
    for block in &tested.case.blocks {
        match block.purpose() {
            Ok(Purpose::Pipeline | Purpose::File(_) | Purpose::Bytes(_) | Purpose::Source(_)) => {}
            Ok(Purpose::Expectation)
                if !matches!(block.info.first().map(String::as_str), Some("says" | "file")) => {}
            Ok(_) => {
                let words = block.info.join(" ");
                let message = format!("line {}: the block `{words}` has no meaning here", block.line);
                tested.problems.push(here(message));
            }
            Err(message) => tested.problems.push(here(format!("line {}: {message}", block.line))),
        }
    }
    if !tested.case.expects() {
        tested.problems.push(here(format!("line {}: the case expects nothing", tested.case.line)));
    }
    if !tested.problems.is_empty() {
        return tested;
    }
    let text = tested.case.pipeline(Some(&request.text)).unwrap_or_default();
    let changed = (text != request.text).then(|| Request { text: text.clone(), ..request.clone() });
    let ran = match &changed {
        None => example(plan, &tested.case),
        Some(changed) => resolve(changed).and_then(|(plan, _)| example(&plan, &tested.case)),
    };
    let path = request.path.display().to_string();
    let shown = PipelineText { path: &path, text: &text };
    let outcome = match ran {
        Ok(example) => {
            tested.notes = notes(&example);
            outcome_of(example)
        }
        Err(problems) if tested.case.expects_problems() => {
            let code = Some(i32::from(exit::code(&problems)));
            Outcome { code, said: ui::plain(&problems, Some(&shown)), ..Outcome::default() }
        }
        Err(problems) => {
            tested.problems = problems;
            return tested;
        }
    };
    tested.mismatches = tested.case.mismatches(&outcome);
    tested
}

fn outcome_of(example: Example) -> Outcome {
    let rows = example.loaded.sources.iter().map(|source| {
        let staged = &source.staged;
        let counts = [
            ("kept", staged.kept),
            ("superseded", staged.superseded),
            ("left_out", staged.left_out),
            ("read", source.read),
            ("received_later", staged.received_later),
            ("set_aside", staged.set_aside.len() as u64),
            ("without_parent", staged.without_parent),
        ];
        (source.id.clone(), counts.map(|(name, count)| (name.to_owned(), count)).into())
    });
    let rows: BTreeMap<_, _> = rows.collect();
    Outcome { code: Some(0), files: example.files, rows, ..Outcome::default() }
}

/// What the checks did with the rows, since a row that does not count is often why.
fn notes(example: &Example) -> Vec<String> {
    let mut out = Vec::new();
    for issue in &example.loaded.issues {
        let row = issue.place.row.unwrap_or_default();
        let column = issue.place.column.as_ref().map(|c| format!(", column {c}")).unwrap_or_default();
        let action = issue.action.word().replace('_', " ");
        out.push(format!("{}, row {row}{column}: {} ({action})", issue.source, issue.check));
    }
    for source in &example.loaded.sources {
        let staged = &source.staged;
        let states = [
            (staged.superseded, "superseded by a newer version"),
            (staged.left_out, "left out by `keep`"),
            (staged.received_later, "received after `as_of`"),
            (staged.without_parent, "whose parent row does not count"),
        ];
        for (count, words) in states.into_iter().filter(|(count, _)| *count > 0) {
            out.push(format!("{}: {count} rows {words}", source.id));
        }
    }
    out
}

fn print(tested: &Tested) {
    let Tested { page, case, .. } = tested;
    let word = if tested.passed() { "ok    " } else { "FAILED" };
    ui::fact(&format!("{word} {page}:{} {}", case.line, case.title));
    if tested.passed() {
        return;
    }
    for mismatch in &tested.mismatches {
        ui::fact(mismatch.to_string().trim_end());
    }
    if !tested.problems.is_empty() {
        for line in ui::plain(&tested.problems, None).trim_end().lines() {
            ui::fact(format!("    {line}").trim_end());
        }
    }
    for note in &tested.notes {
        ui::fact(&format!("    note: {note}"));
    }
}

fn as_json(tested: &Tested) -> Value {
    let mismatches: Vec<Value> = tested
        .mismatches
        .iter()
        .map(|mismatch| match mismatch {
            Mismatch::Row { block: (block, line), header, expected, got } => json!({
                "block": block, "columns": header, "expected": expected, "got": got, "line": line,
            }),
            Mismatch::Other { block: (block, line), message } => {
                json!({"block": block, "line": line, "message": message})
            }
        })
        .collect();
    json!({
        "diagnostics": ui::diagnostics_json(&tested.problems, None),
        "line": tested.case.line,
        "mismatches": mismatches,
        "notes": tested.notes,
        "page": tested.page,
        "passed": tested.passed(),
        "title": tested.case.title,
    })
}
