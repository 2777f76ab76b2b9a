//! Sources: an export file in, typed Arrow batches out, with an issue for every value that could
//! not be read.
//!
//! [`files`] says which files a source has, [`headers`] what stands in the header of one,
//! [`check`] whether the columns of a source are there, and [`read`] reads the rows.
//!
//! Everything is read as text and typed here, value by value: nothing guesses the type of a
//! column, so that the province Nan stays a province and `2565-06-15` becomes a day in 2022.
//! A value that cannot be read is missing and leads to an issue; it is never altered in silence
//! and never stands in a message.
//!
//! | where | what |
//! |---|---|
//! | `files` | which files a source has |
//! | `decode`, `delimited` | bytes to text, text to records |
//! | `workbook` | cells of a worksheet to text |
//! | `readers` | one file for each tool |
//! | `repeat` | rows of a repeat find their parents; the only place where polars works |
//! | `values` | from one text to one value |
//! | `typed` | from rows to Arrow batches |
//! | `job`, `read` | one file; all files, in order |
//! | `indicator_sheet` | the cells of a sheet that writes indicators |
//! | `diagnose` | every problem that reading can meet |
#![allow(clippy::result_large_err, reason = "a diagnostic is made once in a run, so its size costs nothing")]

mod decode;
mod delimited;
mod diagnose;
mod files;
mod indicator_sheet;
mod job;
mod read;
mod readers;
mod repeat;
mod row;
mod typed;
mod values;
mod workbook;

pub use files::{SourceFile, files};
pub use indicator_sheet::indicator_sheets;
pub use read::{check, read};
pub use typed::schema;

use groundwork_plan::diag::Diagnostic;
use groundwork_plan::issue::Issue;
use groundwork_plan::site::Site;
use groundwork_plan::source::Source;
use std::path::Path;

/// What reading needs to know beside the source.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The folder of the pipeline, which paths are relative to.
    pub base: &'a Path,
    /// The plan's sites.
    pub sites: &'a [Site],
    /// All sources of the plan, to find the parent of a repeat.
    pub sources: &'a [Source],
    /// Files that are read at the same time, at least one.
    pub threads: usize,
}

/// What was read, beside the rows themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The files in the order in which they were read; `_file` of a batch counts them from 0.
    pub files: Vec<FileRead>,
    /// Rows of all files.
    pub rows: u64,
    /// Values and rows that failed a check, in order of files, rows and columns.
    pub issues: Vec<Issue>,
    /// Headers that the source does not declare, in order of their first appearance.
    pub ignored_columns: Vec<String>,
    /// For every column of dates, in order: how the years were written.
    pub eras: Vec<EraCount>,
}

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead {
    /// Its name, as issues call it.
    pub name: String,
    /// Its worksheet, for workbooks.
    pub sheet: Option<String>,
    /// The name of its encoding, for delimited text.
    pub encoding: Option<String>,
    /// Rows, without the header and without blank lines.
    pub rows: u64,
}

/// How many dates of a column were written in which era.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EraCount {
    /// The column's name in the pipeline.
    pub column: String,
    /// Dates with a year of the common era, typed cells of worksheets included.
    pub common: u64,
    /// Dates with a year of the Buddhist era.
    pub buddhist: u64,
    /// Dates whose year some program had converted twice.
    pub repaired: u64,
}

/// The headers of one table of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetHeaders {
    /// The worksheet, for workbooks.
    pub sheet: Option<String>,
    /// The headers in order, trimmed; empty where a column has none, and none for an empty sheet.
    pub headers: Vec<String>,
}

/// The headers of a file: one entry for delimited text, one for every worksheet of a workbook.
/// `encoding` is any label of the Encoding Standard.
///
/// # Errors
/// `source.unreadable-file`, `source.empty-file`, `source.undecodable`, `source.unclosed-quote`,
/// `source.unreadable-workbook`, `source.unknown-encoding`.
pub fn headers(file: &SourceFile, encoding: Option<&str>) -> Result<Vec<SheetHeaders>, Diagnostic> {
    if readers::kobo::is_workbook(&file.path) {
        let mut workbook = workbook::Workbook::open(&file.path, &file.name)?;
        let sheets = workbook.sheets();
        return sheets
            .into_iter()
            .map(|sheet| {
                let headers = workbook.headers(&sheet)?;
                Ok(SheetHeaders { sheet: Some(sheet), headers })
            })
            .collect();
    }
    let declared = readers::encoding(encoding, None, &file.name)?;
    let delimited = delimited::Delimited::open(&file.path, &file.name, declared)?;
    let headers = delimited.headers().to_vec();
    Ok(vec![SheetHeaders { sheet: None, headers }])
}
