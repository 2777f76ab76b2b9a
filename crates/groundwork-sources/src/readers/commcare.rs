//! CommCare HQ: exports of forms and of cases.
//!
//! `---` stands for a question that was not asked, a blank for one that nobody answered. The
//! choices of a question stand in columns `question | choice`, `1` where chosen and blank where
//! not. Paths begin with `form.` and are joined by dots. Rows of a repeat are numbered `3.0`, `3.1`
//! after the `number` of their form.

use super::{Habits, Kinship, PLAIN, Table};
use crate::SourceFile;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::reason::Reason;
use groundwork_plan::source::Export;

pub(crate) const HABITS: Habits = Habits {
    missing: &[("---", Reason::NotAsked)],
    blank: Reason::NotAnswered,
    blank_choice: Reason::NotSelected,
    choices: Some(&[" "]),
    path,
    kinship: Some(Kinship { key: "number", parent: "number", parent_key, table: None }),
    ..PLAIN
};

/// Opens a worksheet or a delimited text.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    Table::either(file, export)
}

/// `form.group.question | choice` as `group/question/choice`.
fn path(header: &str) -> String {
    let header = header.strip_prefix("form.").unwrap_or(header);
    header.replace(" | ", "/").replace('.', "/")
}

/// The number of the row around a row of a repeat.
fn parent_key(number: &str) -> &str {
    number.rsplit_once('.').map_or("", |(parent, _)| parent)
}
