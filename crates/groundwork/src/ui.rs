//! What the program says: diagnostics with their place, progress, and facts as JSON.
//!
//! Facts go to standard output, everything else to standard error.

use crate::cli::Format;
use crate::exit;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use groundwork_plan::diag::{Diagnostic, Severity};
use groundwork_plan::location::Location;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::cell::Cell;
use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The pipeline file, for the lines that diagnostics show.
pub(crate) struct PipelineText<'a> {
    /// As the user named it.
    pub(crate) path: &'a str,
    /// Its text.
    pub(crate) text: &'a str,
}

/// Prints problems to standard error, each with its place and what to do.
pub(crate) fn diagnostics(problems: &[Diagnostic], pipeline: Option<&PipelineText<'_>>) {
    let mut err = std::io::stderr().lock();
    let renderer = if std::io::stderr().is_terminal() { Renderer::styled() } else { Renderer::plain() };
    for problem in problems {
        let _ = writeln!(err, "{}\n", rendered(problem, pipeline, &renderer));
    }
}

/// The same as text.
pub(crate) fn plain(problems: &[Diagnostic], pipeline: Option<&PipelineText<'_>>) -> String {
    let renderer = Renderer::plain();
    problems.iter().map(|problem| format!("{}\n\n", rendered(problem, pipeline, &renderer))).collect()
}

fn rendered(problem: &Diagnostic, pipeline: Option<&PipelineText<'_>>, renderer: &Renderer) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = match &problem.location {
        Location::Export(place) => format!("{place}: {}", problem.message),
        Location::Cell(place) => format!("{place}: {}", problem.message),
        Location::Pipeline(_) | Location::CommandLine => problem.message.clone(),
    };
    let title = level.primary_title(title).id(problem.code);
    let (Location::Pipeline(span), Some(pipeline)) = (&problem.location, pipeline) else {
        // Nothing to show of the pipeline: the sentence, and what to do.
        let mut out = renderer.render(&[Group::with_title(title)]);
        for hint in &problem.hints {
            out.push_str("\n  = help: ");
            out.push_str(hint);
        }
        return out;
    };
    let start = floor(pipeline.text, span.start);
    let end = floor(pipeline.text, span.end).max(start);
    let snippet = Snippet::source(pipeline.text)
        .path(pipeline.path)
        .annotation(AnnotationKind::Primary.span(start..end));
    let group = problem
        .hints
        .iter()
        .fold(title.element(snippet), |group, hint| group.element(Level::HELP.message(hint.as_str())));
    renderer.render(&[group])
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Problems as JSON: code, severity, message, hints and place.
pub(crate) fn diagnostics_json(problems: &[Diagnostic], pipeline: Option<&PipelineText<'_>>) -> Value {
    let list = problems.iter().map(|problem| {
        let place = match (&problem.location, pipeline) {
            (Location::Pipeline(span), Some(pipeline)) => {
                let before = pipeline.text.get(..floor(pipeline.text, span.start)).unwrap_or("");
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
                json!({"file": pipeline.path, "line": line, "column": column})
            }
            (Location::Export(place), _) => json!({
                "file": place.file, "sheet": place.sheet, "row": place.row, "column": place.column,
            }),
            (Location::Cell(place), _) => json!({
                "file": place.file, "sheet": place.sheet, "cell": place.address(),
            }),
            (Location::Pipeline(_), None) | (Location::CommandLine, _) => Value::Null,
        };
        json!({
            "code": problem.code,
            "severity": problem.severity.word(),
            "message": problem.message,
            "hints": problem.hints,
            "place": place,
        })
    });
    Value::Array(list.collect())
}

/// Prints a fact to standard output.
pub(crate) fn fact(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(e) = writeln!(out, "{text}").and_then(|()| out.flush())
        && e.kind() != ErrorKind::BrokenPipe
    {
        let _ = LOST.set(e.to_string());
    }
}

/// Why something could not be printed, unless it was that nobody wanted more.
static LOST: OnceLock<String> = OnceLock::new();

/// The exit code of a command: another one where it was done, but could not say so.
pub(crate) fn said(code: u8) -> u8 {
    match LOST.get() {
        Some(why) if code == exit::DONE => {
            let message = format!("what should be printed could not be written: {why}");
            let problem = Diagnostic::machine("output.write", message);
            let hint = "Check that there is room where standard output goes.";
            ended(Format::Text, &[problem.hint(hint)], None)
        }
        _ => code,
    }
}

/// Prints a JSON value to standard output.
pub(crate) fn fact_json(value: &Value) {
    fact(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Progress: a moving line on a terminal; elsewhere one plain line for each step, and one below it
/// that says how long the step took.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    /// When the step that is being done began.
    begun: Cell<Option<Instant>>,
}

impl Progress {
    /// Begins to show progress.
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { bar, quiet, begun: Cell::new(None) }
    }

    /// Says what is being done now.
    pub(crate) fn step(&self, what: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(what.to_owned()),
            None if self.quiet => {}
            None => {
                self.step_ends();
                let mut err = std::io::stderr().lock();
                let _ = writeln!(err, "{what}");
                self.begun.set(Some(Instant::now()));
            }
        }
    }

    fn step_ends(&self) {
        if let Some(begun) = self.begun.take() {
            let mut err = std::io::stderr().lock();
            let _ = writeln!(err, "  {:.3} s", begun.elapsed().as_secs_f64());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.step_ends();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Says the problems that ended a command, as facts or for people, and gives its exit code.
pub(crate) fn ended(format: Format, problems: &[Diagnostic], pipeline: Option<&PipelineText<'_>>) -> u8 {
    match format {
        Format::Json => fact_json(&json!({"diagnostics": diagnostics_json(problems, pipeline)})),
        Format::Text => diagnostics(problems, pipeline),
    }
    exit::code(problems)
}
