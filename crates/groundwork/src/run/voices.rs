//! Voices: what people said who agreed to be quoted. They are shown and never counted.

use super::adaptations::text;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::plan::Plan;
use groundwork_store::{Column, Store};

/// One voice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Voice {
    /// Its identifier.
    pub(super) id: String,
    /// What it is: a quote, a complaint, an unintended effect.
    pub(super) kind: String,
    /// What kind of source it is, never a name.
    pub(super) speaker: String,
    /// The lesson, adaptation, indicator or evaluation that it speaks to.
    pub(super) about: String,
    /// The words.
    pub(super) text: String,
}

/// The voices of a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Voices {
    /// Those that may be shown, by identifier.
    pub(super) all: Vec<Voice>,
    /// How many may not: without consent, or not redacted.
    pub(super) kept_back: u64,
}

/// Reads the voices of a plan, if it has some.
///
/// # Errors
/// When the database fails.
pub(super) fn voices(store: &Store, plan: &Plan) -> Result<Voices, Diagnostic> {
    let Some(voices) = &plan.voices else { return Ok(Voices::default()) };
    let shown = store.columns(&voices.shown(), 1)?;
    let flags = shown.first().map(Column::numbers).unwrap_or_default();
    let kept_back = flags.iter().filter(|flag| **flag == 0.0).count() as u64;
    let columns = store.columns(&voices.query(), voices.columns.len())?;
    let rows = columns.first().map_or(0, Column::len);
    let cell = |at: usize, row: usize| columns.get(at).map(|c| text(c, row)).unwrap_or_default();
    let all = (0..rows)
        .map(|row| Voice {
            id: cell(0, row),
            kind: cell(1, row),
            speaker: cell(2, row),
            about: cell(3, row),
            text: cell(4, row),
        })
        .filter(|voice| !voice.text.trim().is_empty())
        .collect();
    Ok(Voices { all, kept_back })
}
