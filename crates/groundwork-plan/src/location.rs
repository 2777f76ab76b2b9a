//! Where a problem is: a place in a pipeline file, or a place in an export.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A half-open byte range in the text of a pipeline file. While a pipeline is resolved, ranges behind
/// the text stand for cells of its indicator sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// The place that a diagnostic or an issue speaks of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// A span of the pipeline file.
    Pipeline(Span),
    /// A cell of an indicator sheet.
    Cell(CellPlace),
    /// A place in an export; parts that are not known stay empty.
    Export(ExportPlace),
    /// The command line.
    CommandLine,
}

/// A cell, by the address that spreadsheet programs give it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellPlace {
    /// The file, as the pipeline names it (relative to the pipeline's folder).
    pub file: String,
    /// The worksheet, for workbooks.
    pub sheet: Option<String>,
    /// The row, from 1.
    pub row: u32,
    /// The column, from 1.
    pub column: u32,
}

impl CellPlace {
    /// The address in the sheet, such as `D7`.
    pub fn address(&self) -> String {
        let mut letters = Vec::new();
        let mut rest = self.column;
        while rest > 0 {
            letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
            rest = (rest - 1) / 26;
        }
        letters.iter().rev().collect::<String>() + &self.row.to_string()
    }

    /// The file and the worksheet, without the cell.
    pub fn whole(&self) -> String {
        match &self.sheet {
            Some(sheet) => format!("{}, sheet \"{sheet}\"", self.file),
            None => self.file.clone(),
        }
    }
}

impl fmt::Display for CellPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.whole(), self.address())
    }
}

/// File, sheet, row and column of an export, as a person finds them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct ExportPlace {
    /// The file, as the pipeline names it (relative to the pipeline's folder).
    pub file: String,
    /// The worksheet, for workbooks.
    pub sheet: Option<String>,
    /// The row as the file numbers it, the header being row 1.
    pub row: Option<u64>,
    /// The column's header.
    pub column: Option<String>,
}

impl ExportPlace {
    /// A place that is a whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    /// The same place, in a worksheet.
    #[must_use]
    pub fn in_sheet(mut self, sheet: impl Into<String>) -> Self {
        self.sheet = Some(sheet.into());
        self
    }

    /// The same place, at a row.
    #[must_use]
    pub fn at_row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// The same place, in a column.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl fmt::Display for ExportPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, ", sheet {sheet}")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_the_address_that_spreadsheets_show() {
        let place =
            |row, column| CellPlace { file: "i.xlsx".into(), sheet: Some("plan".into()), row, column };
        assert_eq!(place(7, 4).to_string(), "i.xlsx, sheet \"plan\", D7");
        for (column, letters) in [(1, "A1"), (26, "Z1"), (27, "AA1"), (52, "AZ1"), (703, "AAA1")] {
            assert_eq!(place(1, column).address(), letters);
        }
    }
}
