//! Plain delimited text.

use super::Table;
use crate::SourceFile;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;

/// Opens a delimited text.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    Table::delimited(file, export)
}
