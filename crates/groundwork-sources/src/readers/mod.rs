//! One file for each tool: how its exports are opened, and what is peculiar to them.

pub(crate) mod csv;
pub(crate) mod kobo;
pub(crate) mod xlsx;

use crate::SourceFile;
use crate::delimited::Delimited;
use crate::diagnose;
use crate::row::{Halt, Visit, Wanted};
use crate::workbook::Workbook;
use encoding_rs::Encoding;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::location::Span;
use groundwork_plan::source::{Export, Reader};

/// What is peculiar to the exports of a tool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habits {
    /// Words that stand where nothing was recorded.
    pub(crate) missing: &'static [&'static str],
    /// Whether a row of tags may follow the header.
    pub(crate) tags: bool,
}

/// The habits of a tool.
pub(crate) fn habits(reader: Reader) -> Habits {
    match reader {
        Reader::Kobo => kobo::HABITS,
        Reader::Csv => csv::HABITS,
        Reader::Xlsx => xlsx::HABITS,
    }
}

/// A table of an export whose header is read.
pub(crate) struct Table {
    /// Its worksheet, for workbooks.
    pub(crate) sheet: Option<String>,
    /// The name of its encoding, for delimited text.
    pub(crate) encoding: Option<&'static str>,
    /// Its headers, trimmed, in order.
    pub(crate) headers: Vec<String>,
    rows: Rows,
}

enum Rows {
    Delimited(Box<Delimited>),
    Worksheet(Box<Workbook>, String),
}

impl Table {
    /// Opens the table of a file that an export names.
    ///
    /// # Errors
    /// What stands at [`Delimited::open`] and [`Workbook::open`]; `source.unknown-sheet`,
    /// `source.unknown-encoding`; `source.empty-file` for a worksheet without a header.
    pub(crate) fn open(file: &SourceFile, export: &Export) -> Result<Self, Diagnostic> {
        match export.reader {
            Reader::Kobo => kobo::open(file, export),
            Reader::Csv => csv::open(file, export),
            Reader::Xlsx => xlsx::open(file, export),
        }
    }

    fn delimited(file: &SourceFile, export: &Export) -> Result<Self, Diagnostic> {
        let declared = encoding(export.encoding.as_deref(), Some(export.span), &file.name)?;
        let delimited = Delimited::open(&file.path, &file.name, declared)?;
        Ok(Self {
            sheet: None,
            encoding: Some(delimited.encoding()),
            headers: delimited.headers().to_vec(),
            rows: Rows::Delimited(Box::new(delimited)),
        })
    }

    fn worksheet(file: &SourceFile, export: &Export) -> Result<Self, Diagnostic> {
        let mut workbook = Workbook::open(&file.path, &file.name)?;
        let sheets = workbook.sheets();
        let sheet = match &export.sheet {
            Some(sheet) => sheets.iter().find(|name| *name == sheet),
            None => sheets.first(),
        };
        let Some(sheet) = sheet.cloned() else {
            return Err(match &export.sheet {
                Some(sheet) => diagnose::unknown_sheet(
                    export.span,
                    &file.name,
                    sheet,
                    &sheets,
                    export.repeat_of.is_some(),
                ),
                None => diagnose::unreadable_workbook(&file.name, "it has no worksheet"),
            });
        };
        let headers = workbook.headers(&sheet)?;
        if headers.is_empty() {
            return Err(diagnose::empty_file(&file.name, Some(&sheet), false));
        }
        Ok(Self {
            sheet: Some(sheet.clone()),
            encoding: None,
            headers,
            rows: Rows::Worksheet(Box::new(workbook), sheet),
        })
    }

    /// The place of the first column with a header.
    pub(crate) fn place_of(&self, header: &str) -> Option<usize> {
        self.headers.iter().position(|name| name == header)
    }

    /// Calls `visit` with every row that is not blank and no row of tags, in order.
    ///
    /// # Errors
    /// What `visit` returns, and what reading meets.
    pub(crate) fn rows(self, habits: Habits, wanted: &[Wanted], visit: &mut Visit<'_>) -> Result<(), Halt> {
        let visit: &mut Visit<'_> = &mut |row| {
            if habits.tags && row.tags { Ok(()) } else { visit(row) }
        };
        match self.rows {
            Rows::Delimited(delimited) => delimited.rows(wanted, visit),
            Rows::Worksheet(mut workbook, sheet) => workbook.rows(&sheet, wanted, visit),
        }
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
