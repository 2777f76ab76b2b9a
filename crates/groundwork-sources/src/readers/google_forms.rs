//! Google Forms, and Google Sheets that collect a form's answers.
//!
//! A header is the question as it was asked. The first column is the moment of sending, whose
//! header is that of the language of the form; its day comes first or last as the sheet's language
//! has it, which the file does not say. Several answers stand in one cell, with a comma and a blank
//! between them, or a semicolon.

use super::{Habits, PLAIN, Table};
use crate::SourceFile;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;

pub(crate) const HABITS: Habits = Habits { choices: Some(&[", ", ";"]), ..PLAIN };

const TIMESTAMPS: [&str; 12] = [
    "Timestamp",
    "ประทับเวลา",
    "タイムスタンプ",
    "时间戳记",
    "Zeitstempel",
    "Horodateur",
    "Marca temporal",
    "Carimbo de data/hora",
    "Informazioni cronologiche",
    "Dấu thời gian",
    "Stempel Waktu",
    "အချိန်တံဆိပ်",
];

/// Whether a header is that of the moment of sending.
pub(crate) fn is_timestamp(header: &str) -> bool {
    TIMESTAMPS.contains(&header)
}

/// Opens a worksheet or a delimited text. The first column is called `Timestamp` too.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    let table = Table::either(file, export)?;
    Ok(table.also_called(|header| if is_timestamp(header) { "Timestamp".into() } else { String::new() }))
}
