//! KoboToolbox.
//!
//! An export is a workbook with a sheet for every repeat, or delimited text of the outermost table
//! alone. A second header row may hold tags. Rows of a repeat name the table of their parents and
//! the parent's `_index`, which is counted anew with every export. A blank cell does not say
//! whether the question was skipped or left open; a choice that was not made is `0`.

use super::{Habits, Kinship, PLAIN, Table};
use crate::SourceFile;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::reason::Reason;
use groundwork_plan::source::Export;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// Older files, which the same reader took before there was one for Ona, write `n/a`.
pub(crate) const HABITS: Habits = Habits {
    missing: &[("n/a", Reason::NotAsked)],
    tags: true,
    choices: Some(&[" "]),
    kinship: Some(KINSHIP),
    ..PLAIN
};

/// By `_index`, within one export.
pub(super) const KINSHIP: Kinship = Kinship {
    key: "_index",
    parent: "_parent_index",
    parent_key: |text| text,
    table: Some("_parent_table_name"),
};

/// Opens a worksheet or a delimited text, by the extension, or else by the first bytes.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    Table::either(file, export)
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
