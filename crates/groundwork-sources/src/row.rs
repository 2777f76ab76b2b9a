//! A row as the readers hand it on: the cells that were asked for, as they stand in the file.
//!
//! Nothing here can be printed for debugging, since it holds values of the data.

use crate::records::Record;
use crate::values::text;
use groundwork_plan::reason::Reason;

/// A column that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// Its place in the file, from 0.
    pub(crate) column: usize,
    /// Whether a typed date of a worksheet is wanted as its serial number instead of as text.
    pub(crate) serial: bool,
}

/// What stands in one cell.
#[derive(Clone, Copy)]
pub(crate) enum Cell<'a> {
    /// Text, untrimmed; empty where there is nothing.
    Text(&'a str),
    /// A typed date: days since 1899-12-30.
    Serial(f64),
    /// An error that a formula left.
    Broken,
    /// Nothing, for a reason that the tool, or the form, gives.
    Missing(Reason),
}

/// One cell of a worksheet, in memory that is used again for every row.
#[derive(Default)]
pub(crate) struct Slot {
    /// Its text.
    pub(crate) text: String,
    /// A typed date.
    pub(crate) serial: Option<f64>,
    /// Whether it holds an error.
    pub(crate) broken: bool,
}

/// One row.
pub(crate) struct Row<'a> {
    /// Its number as a person finds it in the file, from 1.
    pub(crate) number: u64,
    /// Whether it has fewer or more cells than the header.
    pub(crate) ragged: bool,
    /// Whether every cell with something in it begins like a tag of the humanitarian exchange
    /// language.
    pub(crate) tags: bool,
    /// The number of the row that it belongs to, where the file itself nests rows.
    pub(crate) parent: Option<u64>,
    /// The cells.
    pub(crate) cells: Cells<'a>,
}

/// Where the cells of a row are.
pub(crate) enum Cells<'a> {
    /// In a record of delimited text.
    Record(&'a Record<'a>, &'a [Wanted]),
    /// In a record whose fields are padded with blanks outside their quotation marks.
    Padded(&'a Record<'a>, &'a [Wanted]),
    /// In a row that is held in memory.
    Held(&'a [String], &'a [Wanted]),
    /// In the slots of a worksheet, one for each column that was asked for.
    Slots(&'a [Slot]),
}

impl<'a> Row<'a> {
    /// The cell of the column that was asked for at this place.
    pub(crate) fn cell(&self, place: usize) -> Cell<'a> {
        match self.cells {
            Cells::Record(record, wanted) => {
                Cell::Text(wanted.get(place).and_then(|w| record.get(w.column)).unwrap_or(""))
            }
            Cells::Padded(record, wanted) => {
                Cell::Text(unpadded(wanted.get(place).and_then(|w| record.get(w.column)).unwrap_or("")))
            }
            Cells::Held(cells, wanted) => {
                Cell::Text(wanted.get(place).and_then(|w| cells.get(w.column)).map_or("", String::as_str))
            }
            Cells::Slots(slots) => match slots.get(place) {
                Some(Slot { broken: true, .. }) => Cell::Broken,
                Some(Slot { serial: Some(serial), .. }) => Cell::Serial(*serial),
                Some(slot) => Cell::Text(&slot.text),
                None => Cell::Text(""),
            },
        }
    }

    /// The text of a cell; empty for a cell without text.
    pub(crate) fn text(&self, place: usize) -> &'a str {
        match self.cell(place) {
            Cell::Text(text) => text,
            Cell::Serial(_) | Cell::Broken | Cell::Missing(_) => "",
        }
    }
}

/// A field without the blanks and the quotation marks around it.
pub(crate) fn unpadded(field: &str) -> &str {
    let trimmed = text::trim(field);
    trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(trimmed)
}

/// Whether a text begins like a tag: `#` and a letter.
pub(crate) fn is_tag(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Why the reading of rows ended early.
#[derive(Debug)]
pub(crate) enum Halt {
    /// Somebody else met a problem; this file has none.
    Abandoned,
    /// This file has a problem.
    Problem(Box<groundwork_plan::diag::Diagnostic>),
}

impl From<groundwork_plan::diag::Diagnostic> for Halt {
    fn from(diagnostic: groundwork_plan::diag::Diagnostic) -> Self {
        Self::Problem(Box::new(diagnostic))
    }
}

/// What is called with every row.
pub(crate) type Visit<'v> = dyn FnMut(&Row<'_>) -> Result<(), Halt> + 'v;
