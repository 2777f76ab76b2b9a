//! One file for each tool: how its exports are opened, and what is peculiar to them.
//!
//! What a cell without a value means differs from tool to tool:
//!
//! | tool | chosen | asked, not chosen | not asked | cannot be told apart |
//! |---|---|---|---|---|
//! | KoboToolbox | `1` | `0` | | blank: not asked, or not answered |
//! | Ona, KoBoCAT | `True` | `False` | `n/a` | blank |
//! | ODK Central | `1` | `0` | | blank; `0` beside a blank answer |
//! | CommCare | `1` | blank | `---` | |
//!
//! A codebook (XLSForm) tells apart what a tool cannot.

pub(crate) mod arrow;
pub(crate) mod commcare;
pub(crate) mod csv;
pub(crate) mod dhis2;
pub(crate) mod facebook;
pub(crate) mod google_forms;
pub(crate) mod hxl;
pub(crate) mod json;
pub(crate) mod kobo;
pub(crate) mod line;
pub(crate) mod odk_central;
pub(crate) mod ods;
pub(crate) mod ona;
pub(crate) mod parquet;
pub(crate) mod primero;
mod table;
pub(crate) mod xlsx;

pub(crate) use table::{Apart, Form, Part, Parts, Table};

use crate::diagnose;
use encoding_rs::Encoding;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::location::Span;
use groundwork_plan::reason::Reason;
use groundwork_plan::source::Reader;

/// A header whose value can keep a row from counting, and what decides.
pub(crate) type Aside = (&'static str, fn(&str) -> Option<&'static str>);

/// What is peculiar to the exports of a tool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habits {
    /// Words that stand where nothing was recorded, and why nothing was.
    pub(crate) missing: &'static [(&'static str, Reason)],
    /// What an empty cell says.
    pub(crate) blank: Reason,
    /// What an empty cell of a choice says, where the question has no column of its own.
    pub(crate) blank_choice: Reason,
    /// Whether a row of tags may follow the header.
    pub(crate) tags: bool,
    /// What stands between the choices in the column of a question with several; none where the
    /// tool has no such questions.
    pub(crate) choices: Option<&'static [&'static str]>,
    /// A header, or the name of a column in a pipeline, as a path of groups joined by `/`.
    pub(crate) path: fn(&str) -> String,
    /// How the rows of a repeat name their parents.
    pub(crate) kinship: Option<Kinship>,
    /// Headers whose value can keep a row from counting, each with what decides.
    pub(crate) aside: &'static [Aside],
    /// Whether an apostrophe guards cells that begin like a formula.
    pub(crate) guarded: bool,
    /// Whether a column `period` holds period codes.
    pub(crate) periods: bool,
}

/// How the rows of a repeat name their parents.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kinship {
    /// The parent's column, with the key of each row; rows count from 1 where it is missing.
    pub(crate) key: &'static str,
    /// The repeat's column, with the key of the parent.
    pub(crate) parent: &'static str,
    /// The parent's key in that column's text.
    pub(crate) parent_key: fn(&str) -> &str,
    /// The repeat's column that names the parent's table.
    pub(crate) table: Option<&'static str>,
}

/// Plain text: nothing is peculiar.
pub(crate) const PLAIN: Habits = Habits {
    missing: &[],
    blank: Reason::NotRecorded,
    blank_choice: Reason::NotRecorded,
    tags: false,
    choices: None,
    path: same,
    kinship: None,
    aside: &[],
    guarded: false,
    periods: false,
};

/// A path that is joined by `/` already.
fn same(header: &str) -> String {
    header.to_owned()
}

impl Habits {
    /// Why a trimmed text is no answer; none where it is one.
    pub(crate) fn reason(&self, trimmed: &str) -> Option<Reason> {
        if trimmed.is_empty() {
            return Some(self.blank);
        }
        self.missing.iter().find(|(word, _)| *word == trimmed).map(|(_, reason)| *reason)
    }

    /// Whether a choice stands among those that were chosen. A choice may hold what stands between
    /// choices: it is looked for whole.
    pub(crate) fn has_chosen(&self, chosen: &str, choice: &str) -> bool {
        let between = self.choices.unwrap_or_default();
        chosen.match_indices(choice).any(|(at, _)| {
            let (before, after) = (&chosen[..at], &chosen[at + choice.len()..]);
            (before.is_empty() || between.iter().any(|mark| before.ends_with(mark)))
                && (after.is_empty() || between.iter().any(|mark| after.starts_with(mark)))
        })
    }
}

/// The habits of a tool.
pub(crate) fn habits(reader: Reader) -> &'static Habits {
    match reader {
        Reader::Kobo => &kobo::HABITS,
        Reader::Ona => &ona::HABITS,
        Reader::OdkCentral => &odk_central::HABITS,
        Reader::CommCare => &commcare::HABITS,
        Reader::Dhis2 => &dhis2::HABITS,
        Reader::Primero => &primero::HABITS,
        Reader::Facebook => &facebook::HABITS,
        Reader::Line => &line::HABITS,
        Reader::GoogleForms => &google_forms::HABITS,
        Reader::Hxl
        | Reader::Csv
        | Reader::Xlsx
        | Reader::Ods
        | Reader::Json
        | Reader::Arrow
        | Reader::Parquet => &PLAIN,
    }
}

/// The encoding that a label names.
///
/// # Errors
/// `source.unknown-encoding`, at the span if there is one.
pub(crate) fn encoding(
    label: Option<&str>,
    span: Option<Span>,
    name: &str,
) -> Result<Option<&'static Encoding>, Diagnostic> {
    let Some(label) = label else { return Ok(None) };
    Encoding::for_label_no_replacement(label.as_bytes())
        .map(Some)
        .ok_or_else(|| diagnose::unknown_encoding(span, name, label))
}
