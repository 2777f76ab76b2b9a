//! Sources: an export file in, typed Arrow batches out, with an issue for every value that could
//! not be read.
//!
//! [`files`] says which files a source has, [`recognise`] which tool wrote one, [`check`] whether the columns of a source are there, and [`read`] reads the rows, [`store`] into a file.
//!
//! Everything is read as text and typed here, value by value: nothing guesses the type of a
//! column, so that the province Nan stays a province and `2565-06-15` becomes a day in 2022.
//! A value that cannot be read is missing and leads to an issue; it is never altered in silence
//! and never stands in a message.
//!
//! | where | what |
//! |---|---|
//! | `files` | which files a source has |
//! | `encoding`, `decode`, `boundary`, `records`, `delimited` | which encoding, bytes to text, where records end, their fields, all together |
//! | `workbook` | cells of a worksheet to text |
//! | `guard` | steps of libraries that may panic |
//! | `archive`, `held` | archives, measured before they are unpacked; tables in memory |
//! | `readers` | one file for each tool |
//! | `answer` | from the cells of a row to an answer, or why there is none |
//! | `codebook`, `relevant` | the form, and when it puts a question |
//! | `kin`, `repeat` | rows of a repeat find their parents; the only place where polars works |
//! | `values` | from one text to one value |
//! | `pseudonym` | identifiers of people become pseudonyms |
//! | `cleaning` | corrections that people decided on |
//! | `typed`, `stored` | from rows to Arrow batches, and to a Parquet file |
//! | `fingerprint` | what the rows of a source depend on beside the bytes of its files |
//! | `job`, `ordered`, `read` | one file; its parts on several threads; all files, in order |
//! | `indicator_sheet` | the cells of a sheet that writes indicators |
//! | `recognise`, `guess` | which tool wrote a file, and what a column seems to hold, for a draft |
//! | `diagnose` | every problem that reading can meet |
#![allow(clippy::result_large_err, reason = "a diagnostic is made once in a run, so its size costs nothing")]

mod answer;
mod archive;
mod boundary;
mod cleaning;
mod codebook;
mod decode;
mod delimited;
mod diagnose;
mod encoding;
mod files;
mod fingerprint;
mod guard;
mod guess;
mod held;
mod indicator_sheet;
mod job;
mod kin;
mod ordered;
mod pseudonym;
mod read;
mod readers;
mod recognise;
mod records;
mod relevant;
mod repeat;
mod row;
mod stored;
mod typed;
mod values;
mod workbook;

pub use files::{SourceFile, files};
pub use fingerprint::fingerprint;
pub use guard::is_guarded;
pub use guess::{Guess, guess};
pub use indicator_sheet::indicator_sheets;
pub use pseudonym::KEY_FILE;
pub use read::{check, read};
pub use recognise::{Recognised, recognise};
pub use stored::store;
pub use typed::schema;

use groundwork_plan::issue::Issue;
use groundwork_plan::site::Site;
use groundwork_plan::source::Source;
use serde::{Deserialize, Serialize};
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The files in the order in which they were read; `_file` of a batch counts them from 0.
    pub files: Vec<FileRead>,
    /// Rows of all files, those that were set aside included.
    pub rows: u64,
    /// Rows that the tool itself says do not count, such as deleted values; each has an issue, and
    /// none is in a batch.
    pub set_aside: u64,
    /// Values and rows that failed a check, in order of files, rows and columns.
    pub issues: Vec<Issue>,
    /// Headers that the source does not declare, in order of their first appearance.
    pub ignored_columns: Vec<String>,
    /// For every column of dates, in order: how the years were written.
    pub eras: Vec<EraCount>,
    /// For every column, in order: its name, and its cells by reason in the order of
    /// [`groundwork_plan::reason::Reason::ALL`].
    pub reasons: Vec<(String, [u64; 8])>,
    /// For every column, in order: its name, and texts in which identifiers of people became
    /// pseudonyms.
    pub identifiers: Vec<(String, u64)>,
}

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
