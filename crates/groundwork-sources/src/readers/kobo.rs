//! KoboToolbox and its forebears.
//!
//! An export is a workbook with a sheet for every repeat, or delimited text with a file for every
//! repeat. A second header row may hold tags. Rows of a repeat name the table of their parents and
//! the parent's `_index`; older files write `n/a` where nothing was recorded, and leave the
//! `_index` of the outermost table out.

use super::{Habits, Table};
use crate::SourceFile;
use crate::diagnose;
use crate::repeat::{Parents, TableNames};
use crate::row::{Halt, Wanted};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::location::Span;
use groundwork_plan::source::{Export, Reader, Source};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The words for "nothing was recorded", and the row of tags.
pub(crate) const HABITS: Habits = Habits { missing: &["n/a"], tags: true };

/// The column that numbers the rows of a table for their repeats.
const INDEX: &str = "_index";
/// The column in which a row of a repeat names the `_index` of its parent.
pub(crate) const PARENT_INDEX: &str = "_parent_index";
/// The column in which a row of a repeat names the table of its parent.
pub(crate) const PARENT_TABLE: &str = "_parent_table_name";

/// Opens a worksheet or a delimited text, by the extension, or else by the first bytes.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    if is_workbook(&file.path) { Table::worksheet(file, export) } else { Table::delimited(file, export) }
}

/// Whether a file is to be read as a workbook.
pub(crate) fn is_workbook(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "xlsx" | "xlsm" | "xls" => true,
        "csv" | "tsv" | "txt" => false,
        _ => {
            let mut first = Vec::new();
            let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut first));
            read.is_ok() && first == b"PK\x03\x04"
        }
    }
}

/// The table that the rows of a repeat belong to, in one of its files.
pub(crate) struct Family {
    /// The ordinal of the parent's file.
    pub(crate) file: u32,
    /// The rows that may be parents.
    pub(crate) parents: Parents,
    /// How the repeat may call their table.
    pub(crate) names: TableNames,
}

/// The source that the rows of a repeat belong to.
///
/// # Errors
/// `source.unknown-parent`, `source.no-export`, `source.repeat-reader`.
pub(crate) fn parent_of<'a>(
    source: &Source,
    export: &Export,
    parent: &str,
    sources: &'a [Source],
) -> Result<(&'a Source, &'a Export), Diagnostic> {
    let found = sources.iter().find(|s| s.id == parent).ok_or_else(|| {
        let known: Vec<&str> = sources.iter().map(|s| s.id.as_str()).filter(|id| *id != source.id).collect();
        diagnose::unknown_parent(export.span, parent, &known)
    })?;
    let parent_export = found.export().ok_or_else(|| diagnose::no_export(export.span, &found.id))?;
    for (source, export) in [(source, export), (found, parent_export)] {
        if export.reader != Reader::Kobo {
            return Err(diagnose::repeat_needs_kobo(export.span, &source.id));
        }
    }
    Ok((found, parent_export))
}

/// For every file of a repeat the ordinal of its parent's file: the same workbook, or, where files
/// differ, the file at the same place in the order of names.
///
/// # Errors
/// `source.repeat-files` where neither leads to a parent.
pub(crate) fn pair(
    span: Span,
    source: (&str, &[SourceFile]),
    parent: (&str, &[SourceFile]),
) -> Result<Vec<usize>, Diagnostic> {
    let same: Option<Vec<usize>> = source
        .1
        .iter()
        .map(|file| parent.1.iter().position(|p| p.path == file.path && is_workbook(&p.path)))
        .collect();
    match same {
        Some(pairs) => Ok(pairs),
        None if source.1.len() == parent.1.len() => Ok((0..source.1.len()).collect()),
        None => Err(diagnose::repeat_files(span, source.0, source.1.len(), parent.0, parent.1.len())),
    }
}

/// Reads the rows that may be parents from the parent's file.
///
/// # Errors
/// What opening and reading a table meets.
pub(crate) fn family(ordinal: usize, file: &SourceFile, parent_export: &Export) -> Result<Family, Halt> {
    let table = Table::open(file, parent_export)?;
    let stem = file.path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    let names = TableNames::new(table.sheet.as_deref(), stem, &table.headers);
    let wanted: Vec<Wanted> =
        table.place_of(INDEX).map(|column| Wanted { column, serial: false }).into_iter().collect();
    let mut rows: Vec<(String, u64)> = Vec::new();
    table.rows(HABITS, &wanted, &mut |row| {
        let index = if wanted.is_empty() { (rows.len() + 1).to_string() } else { row.text(0).to_owned() };
        rows.push((index, row.number));
        Ok(())
    })?;
    rows.retain(|(index, _)| !index.trim().is_empty());
    Ok(Family { file: u32::try_from(ordinal).unwrap_or(u32::MAX), parents: Parents::new(&rows)?, names })
}
