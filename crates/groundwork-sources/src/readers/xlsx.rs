//! Plain worksheets.

use super::{Habits, Table};
use crate::SourceFile;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;

/// Nothing is peculiar to a plain worksheet.
pub(crate) const HABITS: Habits = Habits { missing: &[], tags: false };

/// Opens a worksheet: the declared one, or the first.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    Table::worksheet(file, export)
}
