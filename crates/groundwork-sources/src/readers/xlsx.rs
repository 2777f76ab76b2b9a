//! Plain worksheets.

use super::Table;
use crate::SourceFile;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;

/// Opens a worksheet: the declared one, or the first.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    Table::worksheet(file, export)
}
