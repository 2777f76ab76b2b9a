//! Primero.
//!
//! A workbook has a sheet for every form and every subform; the rows of a subform repeat the `ID`
//! of their record. Several values stand in one cell, ` ||| ` between them. Cells that begin like a
//! formula are guarded by an apostrophe.

use super::{Habits, Kinship, PLAIN, Table};
use crate::SourceFile;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;

pub(crate) const HABITS: Habits = Habits {
    choices: Some(&[" ||| ", "|||"]),
    kinship: Some(Kinship { key: "ID", parent: "ID", parent_key: |text| text, table: None }),
    guarded: true,
    ..PLAIN
};

/// Opens a worksheet or a delimited text.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    Table::either(file, export)
}
