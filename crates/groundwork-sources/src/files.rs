//! Which files a source has.

use crate::diagnose;
use glob::{MatchOptions, Pattern, glob_with};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::location::Span;
use groundwork_plan::source::Source;
use std::path::{Path, PathBuf};

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// What issues and reports call it: relative to the folder of the pipeline, with forward
    /// slashes.
    pub name: String,
}

/// The files of a source, in the order in which they are read: by name. `base` is the folder of
/// the pipeline. Files that are hidden, and the locks of spreadsheet programs, never match a
/// pattern.
///
/// # Errors
/// `source.file-not-found` with names that are near, `source.not-a-file`, `source.bad-pattern`,
/// `source.unreadable-file` for a folder that cannot be looked into, `source.no-export`.
pub fn files(source: &Source, base: &Path) -> Result<Vec<SourceFile>, Diagnostic> {
    let export = source.export().ok_or_else(|| diagnose::no_export(source.span, &source.id))?;
    let pattern = export.pattern.as_str();
    // A file whose own name looks like a pattern is still that file.
    let literal = base.join(pattern);
    if literal.is_file() {
        return Ok(vec![SourceFile { name: logical(&literal, base), path: literal }]);
    }
    let is_glob = pattern.contains(['*', '?', '[']);
    if !is_glob {
        if literal.is_dir() {
            return Err(diagnose::not_a_file(export.span, pattern));
        }
        let missing = diagnose::file_not_found(export.span, pattern, false);
        return Err(with_near_names(missing, pattern, base));
    }
    let whole = if Path::new(pattern).is_absolute() {
        pattern.to_owned()
    } else {
        format!("{}/{pattern}", Pattern::escape(&base.to_string_lossy()))
    };
    let options = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    let paths = glob_with(&whole, options).map_err(|_| diagnose::bad_pattern(export.span, pattern))?;
    let mut found = Vec::new();
    for path in paths {
        // What cannot be looked into may hold a file of the source, so it is no matter of course.
        let path = path.map_err(|error| diagnose::unreadable(&logical(error.path(), base), error.error()))?;
        if (path.is_file() || !path.exists()) && !is_lock(&path) {
            found.push(SourceFile { name: logical(&path, base), path });
        }
    }
    if found.is_empty() {
        let missing = diagnose::file_not_found(export.span, pattern, true);
        return Err(with_near_names(missing, pattern, base));
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// One file that the pipeline names by itself.
///
/// # Errors
/// `source.file-not-found` with names that are near, `source.not-a-file`.
pub(crate) fn file(name: &str, span: Span, base: &Path) -> Result<SourceFile, Diagnostic> {
    let path = base.join(name);
    if path.is_dir() {
        return Err(diagnose::not_a_file(span, name));
    }
    if !path.is_file() {
        return Err(with_near_names(diagnose::file_not_found(span, name, false), name, base));
    }
    Ok(SourceFile { name: logical(&path, base), path })
}

/// The name relative to the folder of the pipeline, with forward slashes.
fn logical(path: &Path, base: &Path) -> String {
    let relative = path.strip_prefix(base).unwrap_or(path);
    let name = relative.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        name.into_owned()
    } else {
        name.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// The marker that spreadsheet programs leave beside an open workbook.
fn is_lock(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.starts_with("~$") || name.starts_with(".~lock.")
}

/// Adds the names in the folder that are near, or says that the folder is missing.
fn with_near_names(diagnostic: Diagnostic, pattern: &str, base: &Path) -> Diagnostic {
    let parts: Vec<&str> = pattern.split('/').collect();
    let Some((name, folders)) = parts.split_last() else {
        return diagnostic;
    };
    let plain: Vec<&str> =
        folders.iter().take_while(|part| !part.contains(['*', '?', '['])).copied().collect();
    let folder =
        base.join(if pattern.starts_with('/') { format!("/{}", plain.join("/")) } else { plain.join("/") });
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return diagnostic.hint(format!("There is no folder `{}` to look in.", plain.join("/")));
    };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_file() && !is_lock(&entry.path()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    diagnostic.did_you_mean(name, names.iter().map(String::as_str))
}
