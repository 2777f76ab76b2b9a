//! Every problem that reading can meet, one function each. No value of the data stands in any.

use groundwork_plan::diag::{Diagnostic, Fault};
use groundwork_plan::location::{ExportPlace, Span};
use groundwork_plan::source::Column;
use std::io;

/// Either the name of a file or, for a pattern, the words that say so.
pub(crate) fn file_not_found(span: Span, pattern: &str, is_glob: bool) -> Diagnostic {
    let message = if is_glob {
        format!("no file matches `{pattern}`")
    } else {
        format!("there is no file `{pattern}`")
    };
    Diagnostic::pipeline("source.file-not-found", span, message)
}

pub(crate) fn bad_pattern(span: Span, pattern: &str) -> Diagnostic {
    Diagnostic::pipeline("source.bad-pattern", span, format!("`{pattern}` is not a pattern for file names"))
        .hint(
            "Use `*` for any part of a name and `**` for any folders between; write `[*]` for a star itself.",
        )
}

pub(crate) fn not_a_file(span: Span, pattern: &str) -> Diagnostic {
    Diagnostic::pipeline(
        "source.not-a-file",
        span,
        format!("`{pattern}` is a folder, where a file was expected"),
    )
    .hint("Name a file in the folder, or use a pattern such as `folder/*.csv`.")
}

pub(crate) fn no_export(span: Span, source: &str) -> Diagnostic {
    Diagnostic::pipeline("source.no-export", span, format!("source `{source}` has no files of its own"))
        .hint("Only a source that names its files can be read, or be the parent of a repeat.")
}

/// A file that the machine refuses to open or to read.
pub(crate) fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    let (reason, hint) = match error.kind() {
        io::ErrorKind::PermissionDenied => (
            "the permission to read it is missing",
            "Grant read permission, or close the program that holds the file.",
        ),
        io::ErrorKind::NotFound => {
            ("it is no longer there", "Leave the exports in place while groundwork runs.")
        }
        io::ErrorKind::IsADirectory => ("it is a folder", "Name a file."),
        _ => ("the machine reported a failure while reading", "Copy the file to a local disk and try again."),
    };
    Diagnostic::machine("source.unreadable-file", format!("`{name}` cannot be read: {reason}")).hint(hint)
}

pub(crate) fn empty_file(name: &str, sheet: Option<&str>, has_header: bool) -> Diagnostic {
    let message = if has_header { "the file has a header and no rows" } else { "the file is empty" };
    Diagnostic::data("source.empty-file", place(name, sheet), message).hint(
        "Export it again, or take the file out of the source: a file without rows is never counted as zero.",
    )
}

pub(crate) fn undecodable(name: &str, line: u64, encoding: &str) -> Diagnostic {
    Diagnostic::data(
        "source.undecodable",
        ExportPlace::file(name).at_row(line),
        format!("the line holds bytes that are not {encoding} text"),
    )
    .hint("Save the file as UTF-8, or declare `encoding: windows-874` for a CSV file from a Thai Excel.")
}

pub(crate) fn unknown_encoding(span: Option<Span>, name: &str, label: &str) -> Diagnostic {
    let message = format!("`{label}` is not an encoding that can be read");
    let known = ["utf-8", "utf-16le", "utf-16be", "windows-874", "windows-1252", "iso-8859-1", "tis-620"];
    let diagnostic = match span {
        Some(span) => Diagnostic::pipeline("source.unknown-encoding", span, message),
        None => Diagnostic {
            fault: Fault::Pipeline,
            ..Diagnostic::data("source.unknown-encoding", ExportPlace::file(name), message)
        },
    };
    diagnostic.did_you_mean(label, known)
}

pub(crate) fn not_delimited(name: &str) -> Diagnostic {
    Diagnostic::data(
        "source.not-delimited-text",
        ExportPlace::file(name),
        "the file is a workbook, an archive, XML or Parquet, where delimited text was expected",
    )
    .hint("Declare the reader of the tool that wrote it, such as `xlsx` or `odk_central`, or save the table as `.xlsx` or as CSV in UTF-8.")
}

pub(crate) fn not_stored(reason: &str) -> Diagnostic {
    Diagnostic::machine("source.not-stored", format!("the rows that were read cannot be written down: {reason}"))
        .hint("They stand in a temporary folder until the run ends. Free some disk space, or name another folder with the variable TMPDIR.")
}

pub(crate) fn unclosed_quote(name: &str, line: u64) -> Diagnostic {
    Diagnostic::data(
        "source.unclosed-quote",
        ExportPlace::file(name).at_row(line),
        "a quotation mark opens in the record that begins here and never closes",
    )
    .hint("Everything after it would be lost in one field. Close the mark or double it, or export the file again.")
}

pub(crate) fn unreadable_workbook(name: &str, reason: &str) -> Diagnostic {
    Diagnostic::data(
        "source.unreadable-workbook",
        ExportPlace::file(name),
        format!("the workbook cannot be read: {reason}"),
    )
    .hint("Open the file in a spreadsheet program and save it as .xlsx, without a password.")
}

pub(crate) fn unknown_sheet(
    span: Span,
    name: &str,
    sheet: &str,
    sheets: &[String],
    is_repeat: bool,
) -> Diagnostic {
    let diagnostic =
        Diagnostic::pipeline("source.unknown-sheet", span, format!("`{name}` has no worksheet `{sheet}`"))
            .did_you_mean(sheet, sheets.iter().map(String::as_str));
    if is_repeat {
        diagnostic.hint(
            "A workbook without any row in a repeat has no sheet for it: take that file out of this source.",
        )
    } else {
        diagnostic
    }
}

pub(crate) fn unknown_column(
    source: &str,
    column: &Column,
    file: Option<&str>,
    headers: &[String],
) -> Diagnostic {
    let header = &column.from;
    let message = match file {
        Some(file) => format!("`{file}` has no column with the header `{header}`"),
        None => format!("no file of source `{source}` has a column with the header `{header}`"),
    };
    let named = || headers.iter().map(String::as_str).filter(|h| !h.is_empty());
    let problem =
        Diagnostic::pipeline("source.unknown-column", column.span, message).did_you_mean(header, named());
    // A title has one or two cells.
    if named().count() > 2 {
        return problem;
    }
    problem.hint("Where a title stands above the headers, say in which row they are: `header_row: 3`.")
}

pub(crate) fn ambiguous_column(column: &Column, file: &str, count: usize) -> Diagnostic {
    Diagnostic::pipeline(
        "source.ambiguous-column",
        column.span,
        format!("`{file}` has {count} columns with the header `{}`", column.from),
    )
    .hint("Export with XML names instead of labels, or rename one of the columns.")
}

pub(crate) fn unknown_parent(span: Span, parent: &str, sources: &[&str]) -> Diagnostic {
    Diagnostic::pipeline(
        "source.unknown-parent",
        span,
        format!("there is no source `{parent}` for this repeat to belong to"),
    )
    .did_you_mean(parent, sources.iter().copied())
}

pub(crate) fn repeat_without_kinship(span: Span, source: &str, reader: &str) -> Diagnostic {
    Diagnostic::pipeline(
        "source.repeat-reader",
        span,
        format!("source `{source}` is declared as a repeat, which the reader `{reader}` does not have"),
    )
    .hint("Declare the reader of the tool that wrote the files: `kobo`, `ona`, `odk_central`, `commcare`, `primero` or `json`.")
}

pub(crate) fn repeat_of_another(span: Span, source: &str, parent: &str) -> Diagnostic {
    Diagnostic::pipeline(
        "source.repeat-reader",
        span,
        format!("source `{source}` and its parent `{parent}` have different readers"),
    )
    .hint("A repeat and the source around it come from one export: declare the same `reader` for both.")
}

pub(crate) fn repeat_files(
    span: Span,
    source: &str,
    files: usize,
    parent: &str,
    parents: usize,
) -> Diagnostic {
    Diagnostic::pipeline(
        "source.repeat-files",
        span,
        format!(
            "source `{source}` has {files} {} and its parent `{parent}` has {parents}",
            if files == 1 { "file" } else { "files" }
        ),
    )
    .hint("Rows of a repeat find their parents in the same workbook, or, for CSV, in the file at the same place in the order of names.")
}

pub(crate) fn no_repeat_key(span: Span, name: &str, key: &str) -> Diagnostic {
    Diagnostic::pipeline("source.no-repeat-key", span, format!("`{name}` has no column `{key}`"))
        .hint(format!("A repeat is exported with `{key}`, which leads to the row around it. Name the sheet or file of the repeat itself, with all its columns."))
}

pub(crate) fn too_large(name: &str, reason: &str) -> Diagnostic {
    Diagnostic::data("source.too-large", ExportPlace::file(name), format!("the file is not read: {reason}"))
        .hint("Export less at a time, or save the table as CSV, which is read row by row.")
}

pub(crate) fn unreadable_archive(name: &str) -> Diagnostic {
    Diagnostic::data(
        "source.unreadable-archive",
        ExportPlace::file(name),
        "the archive cannot be read: it is damaged, or has a password",
    )
    .hint("Export it again, or unpack it and name the files inside.")
}

pub(crate) fn cleaning_log(name: &str, column: &str) -> Diagnostic {
    Diagnostic::data(
        "source.cleaning-log",
        ExportPlace::file(name),
        format!("the cleaning log has no column `{column}`"),
    )
    .hint("A cleaning log has the columns `record`, `field`, `old`, `new`, `reason` and `who`.")
}

pub(crate) fn unreadable_json(name: &str, line: usize) -> Diagnostic {
    Diagnostic::data(
        "source.unreadable-json",
        ExportPlace::file(name).at_row(line as u64),
        "the file is no JSON with a list of objects",
    )
    .hint("A list of objects is read, an object that holds one, or an object on every line.")
}

pub(crate) fn unreadable_arrow(name: &str) -> Diagnostic {
    Diagnostic::data(
        "source.unreadable-arrow",
        ExportPlace::file(name),
        "the file is no Arrow file that can be read",
    )
    .hint("Write it again, as a Feather file of version 2 or a stream, or save the table as CSV.")
}

pub(crate) fn unreadable_parquet(name: &str) -> Diagnostic {
    Diagnostic::data(
        "source.unreadable-parquet",
        ExportPlace::file(name),
        "the file is no Parquet file that can be read: it is damaged, encrypted, or packed with Brotli",
    )
    .hint("Write it again without encryption, packed with Snappy or Zstandard, or save the table as CSV.")
}

pub(crate) fn unreadable_column(name: &str, header: &str) -> Diagnostic {
    Diagnostic::data(
        "source.unreadable-column",
        ExportPlace::file(name).in_column(header),
        "the column is of a type that is not read, such as a time in a zone whose days are not known",
    )
    .hint("Write the column as text, or a time as a time in UTC or with its distance from it, such as `+07:00`.")
}

pub(crate) fn no_tags(name: &str, sheet: Option<&str>) -> Diagnostic {
    Diagnostic::data("source.no-tags", place(name, sheet), "none of the first 25 rows holds tags alone")
        .hint("A row of tags such as `#adm1` stands below the header. Without one, declare `reader: csv` or `xlsx`.")
}

pub(crate) fn repeat_mismatch(span: Span, name: &str, parent: &str, table: &str) -> Diagnostic {
    Diagnostic::pipeline(
        "source.repeat-mismatch",
        span,
        format!("no row of `{name}` names `{table}` of source `{parent}` as its parent table"),
    )
    .hint("Declare the repeat around it as the parent, or name the parent's sheet or file as `_parent_table_name` does.")
}

pub(crate) fn engine(what: &str) -> Diagnostic {
    Diagnostic::bug("source.engine", format!("{what} failed inside the reader"))
}

pub(crate) fn too_many_cells(name: &str, sheet: Option<&str>) -> Diagnostic {
    Diagnostic::data(
        "indicator-sheet.too-large",
        place(name, sheet),
        "the sheet has far more cells than a list of indicators",
    )
    .hint("Name the sheet in which the indicators stand, one a row.")
}

pub(crate) fn empty_indicator_sheet(name: &str, sheet: Option<&str>) -> Diagnostic {
    Diagnostic::data("source.empty-file", place(name, sheet), "the sheet of indicators is empty")
        .hint("Let its first row name the columns, such as `id`, `title`, `kind`, `source`, and write one indicator a row.")
}

/// The place that a file, or a sheet of it, is.
pub(crate) fn place(name: &str, sheet: Option<&str>) -> ExportPlace {
    let place = ExportPlace::file(name);
    match sheet {
        Some(sheet) => place.in_sheet(sheet),
        None => place,
    }
}
