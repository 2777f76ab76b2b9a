//! A table that is held in memory: for files whose rows are not their lines.

use crate::diagnose;
use crate::row::{Cells, Halt, Row, Visit, Wanted};
use crate::values::text;
use groundwork_plan::diag::Diagnostic;

/// Bytes of text that a table may have, at most.
const MOST_BYTES: usize = 1 << 28;
/// Cells that a table may have, at most; an empty one costs as much as a full one.
const MOST_CELLS: usize = 10_000_000;

/// Rows with their headers.
#[derive(Default)]
pub(crate) struct Held {
    pub(crate) headers: Vec<String>,
    /// Whether a row of blanks is one: an object without values is, an empty line is not.
    pub(crate) blanks_count: bool,
    rows: Vec<HeldRow>,
    bytes: usize,
    cells: usize,
}

/// One row.
pub(crate) struct HeldRow {
    /// Its number as a person finds it in the file.
    pub(crate) number: u64,
    /// The number of the row that it belongs to.
    pub(crate) parent: Option<u64>,
    /// Its cells, in the order of the headers.
    pub(crate) cells: Vec<String>,
}

impl Held {
    /// A table without rows.
    pub(crate) fn new(headers: Vec<String>) -> Self {
        Self { headers, ..Self::default() }
    }

    /// Adds a row. `name` is what messages call the file.
    ///
    /// # Errors
    /// `source.too-large`.
    pub(crate) fn push(&mut self, row: HeldRow, name: &str) -> Result<(), Diagnostic> {
        self.bytes += row.cells.iter().map(String::len).sum::<usize>();
        self.cells += row.cells.len();
        if self.bytes > MOST_BYTES || self.cells > MOST_CELLS {
            return Err(diagnose::too_large(
                name,
                "the table has more than 10 million cells or 256 MiB of text",
            ));
        }
        self.rows.push(row);
        Ok(())
    }

    /// Whether its rows know the rows that they belong to.
    pub(crate) fn nests(&self) -> bool {
        self.rows.first().is_some_and(|row| row.parent.is_some())
    }

    /// The rows.
    pub(crate) fn into_rows(self) -> Vec<HeldRow> {
        self.rows
    }

    /// Calls `visit` with every row, in order; without blank ones, unless they count.
    ///
    /// # Errors
    /// What `visit` returns.
    pub(crate) fn rows(&self, wanted: &[Wanted], visit: &mut Visit<'_>) -> Result<(), Halt> {
        for row in &self.rows {
            if !self.blanks_count && row.cells.iter().all(|cell| text::trim(cell).is_empty()) {
                continue;
            }
            visit(&Row {
                number: row.number,
                ragged: row.cells.len() > self.headers.len(),
                tags: false,
                parent: row.parent,
                cells: Cells::Held(&row.cells, wanted),
            })?;
        }
        Ok(())
    }
}
