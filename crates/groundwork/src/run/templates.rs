//! The templates of a report: those that come with groundwork, and over them a folder of the
//! organisation's own.

use super::Request;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::location::Location;
use groundwork_plan::plan::Report;
use groundwork_plan::text::Language;
use groundwork_report::Templates;
use std::path::Path;

/// The templates for a report. A folder of its own is read whole, without hidden files.
///
/// # Errors
/// A folder or a file that cannot be read, a font that is none.
pub(super) fn templates(request: &Request, report: &Report) -> Result<Templates, Vec<Diagnostic>> {
    let templates = Templates::built_in();
    let Some(folder) = &report.folder else {
        return Ok(templates);
    };
    let mut files = Vec::new();
    read(&request.folder.join(folder), "", &mut files).map_err(|(path, e)| {
        vec![
            Diagnostic::pipeline(
                "report.no-templates",
                report.template_at,
                format!("`{}` in the folder of templates `{folder}` cannot be read: {e}", path),
            )
            .hint("The folder is looked for beside the pipeline."),
        ]
    })?;
    let templates = templates.with_files(files)?;
    if templates.names().contains(&report.template.as_str()) {
        return Ok(templates);
    }
    let message = format!("no report template is named `{}`, here or in `{folder}`", report.template);
    Err(vec![
        Diagnostic::pipeline("report.unknown-template", report.template_at, message)
            .did_you_mean(&report.template, templates.names()),
    ])
}

/// The files of a folder, by their path in it.
fn read(
    folder: &Path,
    inside: &str,
    out: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), (String, std::io::Error)> {
    let failed = |e| (if inside.is_empty() { "." } else { inside }.to_owned(), e);
    let mut entries: Vec<_> = std::fs::read_dir(folder).map_err(failed)?.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        if entry.path().is_dir() {
            read(&entry.path(), &path, out)?;
        } else {
            let bytes = std::fs::read(entry.path()).map_err(|e| (path.clone(), e))?;
            out.push((path, bytes));
        }
    }
    Ok(())
}

/// What a template calls that has no place on the page for screens.
pub(super) fn left_out(report: &Report, names: &[String]) -> Option<Diagnostic> {
    let named: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    (!named.is_empty()).then(|| {
        let message = format!("the page for screens of `{}` is without {}", report.id, named.join(", "));
        Diagnostic::pipeline("report.left-out", report.template_at, message)
            .hint("Only the sections that come with groundwork, headings, paragraphs and points can stand on it.")
            .as_warning()
    })
}

/// Letters of a report that stand as a mark on its pages.
pub(super) fn unshown(report: &Report, language: Language, letters: &[char]) -> Option<Diagnostic> {
    let named: Vec<String> = letters.iter().take(LETTERS_NAMED).map(char::to_string).collect();
    let more = if letters.len() > LETTERS_NAMED { " and others" } else { "" };
    (!named.is_empty()).then(|| {
        let message = format!(
            "no font has {}{more}: the pages of `{}` in `{language}` have \u{fffd} in their place",
            named.join(" "),
            report.id
        );
        Diagnostic::pipeline("report.letters", report.template_at, message)
            .hint("The page for screens shows them. A folder of templates of your own can hold a font that has them.")
            .as_warning()
    })
}

/// So many letters are named in a message.
const LETTERS_NAMED: usize = 10;

/// Problems of a template, with the place where the pipeline names it.
pub(super) fn placed(problems: Vec<Diagnostic>, report: &Report) -> Vec<Diagnostic> {
    let at = |problem: Diagnostic| match &problem.location {
        Location::CommandLine => Diagnostic { location: Location::Pipeline(report.template_at), ..problem },
        _ => problem,
    };
    problems.into_iter().map(at).collect()
}
