//! Which tool wrote a file, and which tables are in it, by what stands in it. For a draft of a
//! pipeline, which a person reads; a run never guesses.

use crate::archive::Archive;
use crate::delimited::{Delimited, Widths};
use crate::readers::{Table, dhis2, facebook, google_forms, hxl, json, kobo, line};
use crate::row::Halt;
use crate::values::text;
use crate::workbook::Workbook;
use crate::{SourceFile, diagnose};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::location::Span;
use groundwork_plan::source::{Export, Reader};

/// Rows that are looked at for the headers.
const LOOKED_AT: u32 = 40;

/// A table of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The tool that wrote it, as far as its headers say.
    pub reader: Reader,
    /// Its worksheet or part; none where the file is one table.
    pub sheet: Option<String>,
    /// The row in which the headers seem to stand, where it is not the first.
    pub header_row: Option<u32>,
    /// The names under which its columns are found, in order; empty where a column has none, and
    /// none at all for an empty sheet.
    pub headers: Vec<String>,
    /// Whether its rows belong to those of another table of the same export.
    pub is_repeat: bool,
    /// What makes the tool plain.
    pub because: &'static str,
}

/// The tables of a file. `reader` says which tool wrote it where that is known.
///
/// # Errors
/// What opening the file meets.
pub fn recognise(file: &SourceFile, reader: Option<Reader>) -> Result<Vec<Recognised>, Diagnostic> {
    let by_ending = Reader::of_ending(&file.name);
    if kobo::is_workbook(&file.path) && by_ending != Reader::Ods && !file.name.ends_with(".zip") {
        let mut workbook = Workbook::open(&file.path, &file.name)?;
        let sheets = workbook.sheets();
        return sheets
            .into_iter()
            .map(|sheet| {
                let headers = workbook.headers(&sheet)?;
                if headers.is_empty() {
                    return Ok(Recognised {
                        reader: Reader::Xlsx,
                        sheet: Some(sheet),
                        header_row: None,
                        headers,
                        is_repeat: false,
                        because: "empty",
                    });
                }
                one(file, reader, Reader::Xlsx, Some(sheet))
            })
            .collect();
    }
    if Archive::is_one(&file.path) && by_ending != Reader::Ods {
        let parts = Archive::open(&file.path, &file.name)?.names(".csv");
        let parts = parts.into_iter().filter(|name| !name.ends_with("audit.csv"));
        let mut tables = parts
            .map(|part| one(file, Some(Reader::OdkCentral), Reader::OdkCentral, Some(part)))
            .collect::<Result<Vec<_>, _>>()?;
        // The form before its repeats.
        tables.sort_by_key(|table| table.is_repeat);
        return Ok(tables);
    }
    if by_ending == Reader::Csv && json::is_json(&file.path) {
        return Ok(vec![one(file, reader, Reader::Json, None)?]);
    }
    if is_markup(file) {
        return Err(diagnose::not_delimited(&file.name));
    }
    Ok(vec![one(file, reader, by_ending, None)?])
}

/// One table, with the reader that it shows to be right.
fn one(
    file: &SourceFile,
    reader: Option<Reader>,
    plain: Reader,
    sheet: Option<String>,
) -> Result<Recognised, Diagnostic> {
    let mut header_row = None;
    let open = |reader: Reader, row| Table::open(file, &export(file, reader, sheet.clone(), row));
    let (reader, because) = match reader {
        Some(reader) => (reader, "declared"),
        None => {
            let table = open(plain, None)?;
            match tool(&table.headers, file) {
                Some(found) => found,
                None if hxl_tagged(file, plain, sheet.clone()) => (Reader::Hxl, "a row of tags"),
                None => {
                    header_row = self::header_row(file, plain, sheet.as_ref());
                    (plain, "no sign of a tool")
                }
            }
        }
    };
    let table = open(reader, header_row)?;
    let is_repeat =
        ["_parent_index", "PARENT_KEY", "number__0"].iter().any(|key| table.place_of(key).is_some());
    // A table without a header of its own has the names of its places.
    let names = |place: usize, header: &String| match table.also.get(place) {
        Some(also) if !also.is_empty() && reader == Reader::Dhis2 => also.clone(),
        _ => header.clone(),
    };
    let headers = table.headers.iter().enumerate().map(|(place, header)| names(place, header)).collect();
    Ok(Recognised { reader, sheet, header_row, headers, is_repeat, because })
}

/// The row in which the headers stand, where it is not the first: the first row that fills half of the
/// cells that any row fills. A title above a table fills one or two.
fn header_row(file: &SourceFile, plain: Reader, sheet: Option<&String>) -> Option<u32> {
    let widths = match plain {
        Reader::Xlsx => widths_of_sheet(file, sheet?),
        Reader::Csv => Some(Delimited::open(&file.path, &file.name, None, 1).ok()?.widths(LOOKED_AT)),
        _ => None,
    }?;
    let widest = widths.iter().map(|(_, width)| *width).max()?;
    let (first, _) = widths.first()?;
    let (row, _) = widths.iter().find(|(_, width)| 2 * width >= widest && *width > 1)?;
    (row > first).then_some(*row)
}

fn widths_of_sheet(file: &SourceFile, sheet: &str) -> Option<Widths> {
    let mut widths = Widths::new();
    let mut workbook = Workbook::open(&file.path, &file.name).ok()?;
    let looked_at = workbook.texts(sheet, &mut |row, _, text, _| {
        let row = row.saturating_add(1);
        if row > LOOKED_AT {
            return Err(Halt::Abandoned);
        }
        match widths.last_mut() {
            _ if text::trim(text).is_empty() => {}
            Some((last, width)) if *last == row => *width += 1,
            _ => widths.push((row, 1)),
        }
        Ok(())
    });
    matches!(looked_at, Ok(()) | Err(Halt::Abandoned)).then_some(widths)
}

fn export(file: &SourceFile, reader: Reader, sheet: Option<String>, header_row: Option<u32>) -> Export {
    Export { sheet, header_row, ..Export::of(&*file.name, reader, Span::default()) }
}

/// The tool whose headers these are, and which of them shows it.
fn tool(headers: &[String], file: &SourceFile) -> Option<(Reader, &'static str)> {
    let has = |name: &str| headers.iter().any(|header| header == name);
    let begins = |beginning: &str| headers.iter().any(|header| header.starts_with(beginning));
    if has("KEY") && (has("SubmissionDate") || has("PARENT_KEY") || has("SubmitterID")) {
        return Some((Reader::OdkCentral, "`KEY`"));
    }
    if has("formid") || begins("form.") || (has("caseid") && has("closed")) {
        return Some((Reader::CommCare, "`formid`, `form.` or `caseid`"));
    }
    let is_flat = headers.iter().any(|header| header.contains("[1]/"));
    if is_flat || has("_xform_id") || (has("_duration") && has("_tags")) {
        return Some((Reader::Ona, "repeats laid out flat, `_xform_id` or `_duration`"));
    }
    if has("_uuid") || has("_submission__uuid") || has("_parent_index") {
        return Some((Reader::Kobo, "`_uuid` or `_parent_index`"));
    }
    if json::is_json(&file.path) {
        return dhis2::is_tree(file).then_some((Reader::Dhis2, "lists of data values, events or a grid"));
    }
    if dhis2::is_data_value_set(headers) {
        return Some((Reader::Dhis2, "the places of a data value set"));
    }
    if facebook::is_of(headers) {
        return Some((Reader::Facebook, "`Post ID`, `Page ID` or a metric with its name above"));
    }
    if line::is_of(headers) {
        return Some((Reader::Line, "`contacts` and `blocks`, or `broadcastId`"));
    }
    if headers.first().is_some_and(|first| google_forms::is_timestamp(first)) && headers.len() > 1 {
        return Some((Reader::GoogleForms, "the moment of sending in the first column"));
    }
    None
}

fn hxl_tagged(file: &SourceFile, plain: Reader, sheet: Option<String>) -> bool {
    matches!(plain, Reader::Csv | Reader::Xlsx) && hxl::open(file, &export(file, plain, sheet, None)).is_ok()
}

/// Whether a file begins like XML or HTML.
fn is_markup(file: &SourceFile) -> bool {
    let mut first = Vec::new();
    let read = std::fs::File::open(&file.path)
        .and_then(|file| std::io::Read::read_to_end(&mut std::io::Read::take(file, 64), &mut first));
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first).trim_ascii_start();
    read.is_ok() && first.starts_with(b"<")
}
