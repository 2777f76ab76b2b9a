//! Where a problem is: a place in a pipeline file, or a place in an export.

use std::fmt;

/// A half-open byte range in the text of a pipeline file.
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
    /// A place in an export; parts that are not known stay empty.
    Export(ExportPlace),
    /// The command line.
    CommandLine,
}

/// File, sheet, row and column of an export, as a person finds them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
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
