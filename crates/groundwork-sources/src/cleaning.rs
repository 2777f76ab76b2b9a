//! A cleaning log: corrections that people decided on, one a row, applied as the export is read.
//!
//! | column | also called | what stands in it |
//! |---|---|---|
//! | `record` | `uuid`, `_uuid`, `id`, `key` | the record, by the source's `record` column |
//! | `field` | `question`, `question.name`, `variable`, `column` | the column, by its name in the pipeline or its header; empty for the row as a whole, which then does not count |
//! | `old` | `old.value`, `old_value` | what stands in the export |
//! | `new` | `new.value`, `new_value` | what is to stand there; empty for no value |
//! | `reason`, `who` | | why, and who decided; read by people |
//!
//! The export itself is never changed. A correction whose old value is not what stands there is not
//! applied, so that a log that was written for another export does no harm.

use crate::files;
use crate::readers::Table;
use crate::row::Cell;
use crate::values::date::{self, Rules};
use crate::values::text;
use crate::{SourceFile, diagnose};
use groundwork_plan::diag::{Diagnostic, Severity};
use groundwork_plan::issue::{Action, Issue};
use groundwork_plan::source::{Column, Export, Reader, Source};
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

const RECORD: [&str; 5] = ["record", "uuid", "_uuid", "id", "key"];
const FIELD: [&str; 5] = ["field", "question", "question.name", "variable", "column"];
const OLD: [&str; 4] = ["old", "old.value", "old_value", "old value"];
const NEW: [&str; 4] = ["new", "new.value", "new_value", "new value"];

/// The corrections of a source.
pub(crate) struct CleaningLog {
    /// What issues call the file.
    name: String,
    records: HashMap<String, Vec<Correction>>,
}

/// One correction.
pub(crate) struct Correction {
    /// Its row in the log.
    row: u64,
    /// The place of its column in the source; none for the row as a whole.
    field: Field,
    old: String,
    new: String,
    /// Whether a row of the export has its record.
    met: AtomicBool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Column(usize),
    Row,
    Unknown,
}

/// What became of a cell.
pub(crate) enum Corrected<'l> {
    /// No correction is for it.
    Untouched,
    /// This text stands there instead.
    To(&'l str),
    /// What stands there is not what the log says.
    Differs,
}

impl CleaningLog {
    /// The log that an export names.
    ///
    /// # Errors
    /// What opening the file meets, and `source.cleaning-log` where it lacks a column.
    pub(crate) fn of(source: &Source, export: &Export, base: &Path) -> Result<Option<Self>, Diagnostic> {
        let Some(name) = &export.cleaning_log else { return Ok(None) };
        let file = files::file(name, export.span, base)?;
        let own = Export::of(&**name, Reader::of_ending(name), export.span);
        let table = Table::open(&file, &own)?;
        let place =
            |names: &[&str]| {
                let is = |header: &String| names.contains(&header.to_lowercase().as_str());
                table.headers.iter().position(is).ok_or_else(|| {
                    diagnose::cleaning_log(&file.name, names.first().copied().unwrap_or_default())
                })
            };
        let (record, field, old, new) = (place(&RECORD)?, place(&FIELD)?, place(&OLD)?, place(&NEW)?);
        Ok(Some(Self::read(table, &file, source, [record, field, old, new])?))
    }

    fn read(
        table: Table,
        file: &SourceFile,
        source: &Source,
        [record, field, old, new]: [usize; 4],
    ) -> Result<Self, Diagnostic> {
        let mut log = Self { name: file.name.clone(), records: HashMap::new() };
        for row in table.records(&file.name)?.into_rows().into_iter().skip(1) {
            let cell = |at: usize| row.cells.get(at).map_or("", |cell| text::trim(cell)).to_owned();
            let is_field = |column: &Column| column.name == cell(field) || column.from == cell(field);
            let field = match (cell(field).as_str(), source.columns.iter().position(is_field)) {
                ("", _) => Field::Row,
                (_, Some(place)) => Field::Column(place),
                _ => Field::Unknown,
            };
            let correction = Correction {
                row: row.number,
                field,
                old: cell(old),
                new: cell(new),
                met: AtomicBool::new(false),
            };
            log.records.entry(cell(record)).or_default().push(correction);
        }
        Ok(log)
    }

    /// The corrections of a record, and that a row has it.
    pub(crate) fn of_record(&self, record: &str) -> &[Correction] {
        let found = self.records.get(record).map(Vec::as_slice).unwrap_or_default();
        found.iter().for_each(|correction| correction.met.store(true, Ordering::Relaxed));
        found
    }

    /// The corrections that no row could be found for, as issues of the log.
    pub(crate) fn unused(&self, source: &str) -> Vec<Issue> {
        let mut rows: Vec<(u64, &str)> = self
            .records
            .values()
            .flatten()
            .filter_map(|correction| match (correction.met.load(Ordering::Relaxed), correction.field) {
                (false, _) => Some((correction.row, "cleaning.unknown-record")),
                (true, Field::Unknown) => Some((correction.row, "cleaning.unknown-field")),
                (true, _) => None,
            })
            .collect();
        rows.sort_unstable();
        let issue = |(row, check): (u64, &str)| Issue {
            source: source.to_owned(),
            place: diagnose::place(&self.name, None).at_row(row),
            check: check.to_owned(),
            severity: Severity::Warning,
            action: Action::Kept,
        };
        rows.into_iter().map(issue).collect()
    }
}

/// Whether the row as a whole is taken out.
pub(crate) fn removes(corrections: &[Correction]) -> bool {
    corrections.iter().any(|correction| correction.field == Field::Row)
}

/// What becomes of the cell of a column. Several corrections of one cell follow each other.
pub(crate) fn corrected<'l>(
    corrections: &'l [Correction],
    place: usize,
    column: &Column,
    cell: Cell<'_>,
) -> Corrected<'l> {
    let mut out = Corrected::Untouched;
    for correction in corrections.iter().filter(|c| c.field == Field::Column(place)) {
        let stands = match &out {
            Corrected::To(text) => *text == correction.old,
            _ => is_same(cell, &correction.old, column),
        };
        if stands {
            out = Corrected::To(&correction.new);
        } else if !matches!(out, Corrected::To(_)) {
            out = Corrected::Differs;
        }
    }
    out
}

/// Whether a cell holds what the log says: as text, or as the same day for a typed date.
fn is_same(cell: Cell<'_>, old: &str, column: &Column) -> bool {
    match cell {
        Cell::Text(text) => text::trim(text) == old,
        Cell::Missing(_) | Cell::Broken => old.is_empty(),
        Cell::Serial(serial) => {
            let rules = Rules { era: column.era, order: column.order, role: column.role };
            let days = date::from_serial(serial, column.era).value.map(|day| day.days);
            days.is_some() && date::parse(old, rules).value.map(|day| day.days) == days
        }
    }
}
