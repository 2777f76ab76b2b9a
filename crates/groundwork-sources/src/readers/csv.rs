//! Plain delimited text.

use super::{Habits, Table};
use crate::SourceFile;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;

/// Nothing is peculiar to plain text.
pub(crate) const HABITS: Habits = Habits { missing: &[], tags: false };

/// Opens a delimited text.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    Table::delimited(file, export)
}
