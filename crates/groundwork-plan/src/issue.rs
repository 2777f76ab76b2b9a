//! Issues: what the checks found in the data, row by row, without its values.

use crate::diag::Severity;
use crate::location::ExportPlace;
use serde::{Deserialize, Serialize};

/// What was done with the row or the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Action {
    /// The row is not counted; it is kept aside and reported.
    RowSetAside,
    /// The value counts as missing; the row is kept.
    ValueMissing,
    /// The value was corrected by the cleaning log.
    Corrected,
    /// Nothing was changed.
    Kept,
    /// The run stopped.
    Stopped,
}

impl Action {
    /// The word that `issues.csv` uses.
    pub fn word(self) -> &'static str {
        match self {
            Action::RowSetAside => "row_set_aside",
            Action::ValueMissing => "value_missing",
            Action::Corrected => "corrected",
            Action::Kept => "kept",
            Action::Stopped => "stopped",
        }
    }
}

/// One violation of a check. A value of the data never stands in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Issue {
    /// The source.
    pub source: String,
    /// File, sheet, row, column.
    pub place: ExportPlace,
    /// The rule, such as `date.impossible` or `unique`.
    pub check: String,
    /// How bad it is.
    pub severity: Severity,
    /// What was done.
    pub action: Action,
}
