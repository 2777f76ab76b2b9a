//! Every problem that a report can have, and Typst's problems as ours.

use crate::world::World;
use groundwork_plan::diag::Diagnostic;
use typst::WorldExt;
use typst::diag::{Severity, SourceDiagnostic};
use typst::syntax::DiagSpan;

/// Typst's errors and warnings. A warning stops the report as well: a font that is missing, and
/// so a text that is missing, is only a warning there.
pub(crate) fn typst<'a>(
    world: &World,
    problems: impl IntoIterator<Item = &'a SourceDiagnostic>,
) -> Vec<Diagnostic> {
    let problems = problems.into_iter();
    problems.map(|problem| one(world, problem)).collect()
}

fn one(world: &World, problem: &SourceDiagnostic) -> Diagnostic {
    let code = match problem.severity {
        Severity::Error => "report.template",
        Severity::Warning => "report.template-warning",
    };
    let message = match place(world, problem) {
        Some(place) => format!("{place}: {}", problem.message),
        None => problem.message.to_string(),
    };
    let hints = problem.hints.iter().map(|hint| sentence(&hint.v));
    hints.fold(Diagnostic::command_line(code, message), Diagnostic::hint)
}

/// `sections/summary.typ:12:3`, lines and columns counted from 1: the nearest place in a template
/// of the organisation's own, where there is one on the way to the problem.
fn place(world: &World, problem: &SourceDiagnostic) -> Option<String> {
    let on_the_way = problem.trace.iter().map(|point| DiagSpan::from(point.span));
    let all: Vec<DiagSpan> = std::iter::once(problem.span).chain(on_the_way).collect();
    let own = all.iter().find(|span| span.id().is_some_and(|id| world.is_own(id)));
    place_of(world, *own.or(all.first())?)
}

fn place_of(world: &World, span: DiagSpan) -> Option<String> {
    use typst::World as _;
    let id = span.id()?;
    let path = id.vpath().get_without_slash();
    let at = || {
        let range = world.range(span)?;
        let source = world.source(id).ok()?;
        source.lines().byte_to_line_column(range.start)
    };
    Some(match at() {
        Some((line, column)) => format!("{path}:{}:{}", line + 1, column + 1),
        None => path.to_owned(),
    })
}

/// A hint with a capital and a full stop.
fn sentence(hint: &str) -> String {
    let mut letters = hint.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str().trim_end_matches('.'))
}

/// No template of that name.
pub(crate) fn unknown_template<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    Diagnostic::command_line("report.unknown-template", format!("no report template is called `{name}`"))
        .did_you_mean(name, known)
}

/// A font file that cannot be read.
pub(crate) fn not_a_font(path: &str) -> Diagnostic {
    Diagnostic::command_line("report.not-a-font", format!("`{path}` holds no font"))
        .hint("Use a TTF, OTF or TTC file; WOFF files cannot be read.")
}

/// A figure that cannot be placed.
pub(crate) fn figure(id: &str, what: &str) -> Diagnostic {
    Diagnostic::bug("report.figure", format!("figure `{id}` has {what}"))
}

/// An attachment that cannot be attached.
pub(crate) fn attachment(name: &str, what: &str) -> Diagnostic {
    Diagnostic::bug("report.attachment", format!("attachment `{name}` {what}"))
}

/// Set pages that files cannot be put in.
pub(crate) fn not_attached(what: &str) -> Diagnostic {
    Diagnostic::bug("report.not-attached", format!("no file can be put in the set pages: {what}"))
}

/// Something in Typst refused what groundwork itself asked for.
pub(crate) fn refused(what: &str) -> Diagnostic {
    Diagnostic::bug("report.refused", what)
}

/// A catalogue of words that is not there.
pub(crate) fn no_words(path: &str) -> Diagnostic {
    Diagnostic::command_line("report.no-words", format!("there is no catalogue `{path}`"))
        .hint("Copy `words/en.json` and translate it text by text.")
}

/// A catalogue that is no JSON.
pub(crate) fn broken_words(path: &str, line: usize, column: usize) -> Diagnostic {
    Diagnostic::command_line("report.broken-words", format!("{path}:{line}:{column}: this is no JSON"))
        .hint("Look for a comma, a quote or a bracket that is missing before this place.")
}

/// A text that a catalogue lacks.
pub(crate) fn untranslated(path: &str, key: &str, english: &str) -> Diagnostic {
    let message = format!("{path} has no text at `{key}`");
    Diagnostic::command_line("report.untranslated", message)
        .hint(format!("In English it is: {}", english.trim()))
}
