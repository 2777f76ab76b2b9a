//! Sheets of OpenDocument files, as LibreOffice writes them.
//!
//! Cells and rows that are alike are written once with a count, up to the edge of the sheet at
//! 16,384 columns and a million rows. Counts of empty cells and rows are therefore kept and not
//! carried out; what has something in it is repeated, within the limits of a table in memory.
//! Entities are not expanded and formulas are not run: a cell is the value that was stored.

use super::Table;
use super::table::chosen;
use crate::SourceFile;
use crate::archive::Archive;
use crate::diagnose;
use crate::held::{Held, HeldRow};
use crate::values::text;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Cells that one row can have.
const COLUMNS: usize = 16_384;

/// The rows of one sheet with something in them: number and cells.
type Rows = Vec<(u64, Vec<String>)>;

/// Opens a sheet: the declared one, or the first.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    let mut archive = Archive::open(&file.path, &file.name)?;
    let content = archive.read("content.xml")?;
    let sheets = sheets(&content, &file.name)?;
    let names: Vec<String> = sheets.iter().map(|(name, _)| name.clone()).collect();
    let sheet = chosen(&names, file, export)?;
    let rows = sheets.into_iter().find(|(name, _)| *name == sheet).map(|(_, rows)| rows).unwrap_or_default();
    let begins = u64::from(export.header_row.unwrap_or(1));
    let mut rows = rows.into_iter().skip_while(|(number, _)| *number < begins);
    let headers = rows.next().map(|(_, cells)| cells.iter().map(|cell| text::header(cell)).collect());
    let mut held = Held::new(headers.unwrap_or_default());
    for (number, cells) in rows {
        held.push(HeldRow { number, parent: None, cells }, &file.name)?;
    }
    Table::held(held, Some(sheet), file)
}

/// Reads all sheets.
fn sheets(content: &[u8], name: &str) -> Result<Vec<(String, Rows)>, Diagnostic> {
    let damaged = || diagnose::unreadable_workbook(name, "it is damaged, or no .ods file");
    let mut reader = Reader::from_reader(content);
    let mut walk = Walk::default();
    loop {
        match reader.read_event().map_err(|_| damaged())? {
            Event::Start(tag) => walk.start(&tag),
            Event::Empty(tag) => {
                walk.start(&tag);
                walk.end(tag.local_name().as_ref());
            }
            Event::End(tag) => walk.end(tag.local_name().as_ref()),
            Event::Text(text) if walk.paragraphs > 0 => walk.text.push_str(&text),
            Event::GeneralRef(entity) if walk.paragraphs > 0 => {
                walk.text.push_str(known(&entity).unwrap_or(""))
            }
            Event::Eof => return Ok(walk.sheets),
            _ => {}
        }
        if walk.cells > 10_000_000 {
            return Err(diagnose::too_large(name, "its sheets have more than 10 million cells"));
        }
    }
}

/// The five entities of XML itself; what a file declares of its own is not looked at.
fn known(entity: &str) -> Option<&'static str> {
    Some(match entity {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return None,
    })
}

/// Where in the file the reading is.
#[derive(Default)]
struct Walk {
    sheets: Vec<(String, Rows)>,
    /// The number of the next row, from 1.
    row: u64,
    row_repeats: u64,
    line: Vec<String>,
    /// Empty cells that only count if something follows.
    gap: usize,
    cell_repeats: usize,
    /// The stored value; none for a text, which stands in paragraphs.
    value: Option<String>,
    text: String,
    paragraphs: usize,
    notes: usize,
    cells: usize,
}

impl Walk {
    fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "table" => {
                self.sheets.push((attribute(tag, "name").unwrap_or_default(), Vec::new()));
                self.row = 1;
            }
            "table-row" => {
                self.row_repeats = count(tag, "number-rows-repeated");
                self.line.clear();
                self.gap = 0;
            }
            "table-cell" | "covered-table-cell" => {
                self.cell_repeats = usize::try_from(count(tag, "number-columns-repeated")).unwrap_or(COLUMNS);
                self.value = stored(tag);
                self.text.clear();
            }
            "annotation" => self.notes += 1,
            "p" if self.notes == 0 => {
                if !self.text.is_empty() {
                    self.text.push('\n');
                }
                self.paragraphs += 1;
            }
            "s" if self.paragraphs > 0 => {
                let blanks = usize::try_from(count(tag, "c")).unwrap_or(1).min(1000);
                self.text.extend(std::iter::repeat_n(' ', blanks));
            }
            "line-break" | "tab" if self.paragraphs > 0 => self.text.push(' '),
            _ => {}
        }
    }

    fn end(&mut self, tag: &str) {
        match tag {
            "p" => self.paragraphs = self.paragraphs.saturating_sub(1),
            "annotation" => self.notes = self.notes.saturating_sub(1),
            "table-cell" | "covered-table-cell" => {
                let cell = self.value.take().unwrap_or_else(|| self.text.clone());
                let room = COLUMNS.saturating_sub(self.line.len() + self.gap);
                let repeats = self.cell_repeats.min(room);
                if cell.trim().is_empty() {
                    self.gap += repeats;
                } else {
                    self.cells += self.gap + repeats;
                    self.line.extend(std::iter::repeat_n(String::new(), std::mem::take(&mut self.gap)));
                    self.line.extend(std::iter::repeat_n(cell, repeats));
                }
            }
            "table-row" => {
                if !self.line.is_empty()
                    && let Some((_, rows)) = self.sheets.last_mut()
                {
                    let most = 10_000_000 / self.line.len().max(1) as u64;
                    let repeats = self.row_repeats.min(most);
                    // Past the limit the reading ends with a message.
                    self.cells += self
                        .line
                        .len()
                        .saturating_mul(usize::try_from(self.row_repeats - 1).unwrap_or(usize::MAX / 2));
                    if self.cells <= 10_000_000 {
                        rows.extend((0..repeats).map(|place| (self.row + place, self.line.clone())));
                    }
                }
                self.row = self.row.saturating_add(self.row_repeats);
            }
            _ => {}
        }
    }
}

/// The value of a cell that is no text: numbers as they are stored, dates in ISO form.
fn stored(tag: &BytesStart<'_>) -> Option<String> {
    match attribute(tag, "value-type")?.as_str() {
        "float" | "percentage" | "currency" => attribute(tag, "value"),
        "date" => attribute(tag, "date-value"),
        "boolean" => attribute(tag, "boolean-value"),
        _ => None,
    }
}

fn count(tag: &BytesStart<'_>, name: &str) -> u64 {
    attribute(tag, name).and_then(|text| text.parse().ok()).unwrap_or(1).max(1)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<(String, Rows)>, &'static str> {
        let text = format!(
            "<office:document-content xmlns:table='t' xmlns:office='o' xmlns:text='x'>{body}</office:document-content>"
        );
        sheets(text.as_bytes(), "a.ods").map_err(|problem| problem.code)
    }

    #[test]
    fn cells_rows_and_counts() {
        let found = read(
            "<table:table table:name='S'>\
             <table:table-row table:number-rows-repeated='2'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>\
             <table:table-row><table:table-cell><text:p>a &amp; b</text:p></table:table-cell><table:table-cell/>\
             <table:table-cell office:value-type='float' office:value='5'><text:p>5 people</text:p></table:table-cell>\
             <table:table-cell table:number-columns-repeated='16381'/></table:table-row>\
             <table:table-row table:number-rows-repeated='2'><table:table-cell office:value-type='date' office:date-value='2022-06-15'/></table:table-row>\
             <table:table-row table:number-rows-repeated='1048571'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>\
             </table:table>",
        )
        .unwrap();
        let day = || vec!["2022-06-15".to_owned()];
        assert_eq!(
            found,
            [(
                "S".to_owned(),
                vec![(3, vec!["a & b".to_owned(), String::new(), "5".to_owned()]), (4, day()), (5, day())]
            )]
        );
    }

    #[test]
    fn a_sheet_that_claims_too_much_is_refused() {
        let cell =
            "<table:table-cell table:number-columns-repeated='16384'><text:p>x</text:p></table:table-cell>";
        let body = format!(
            "<table:table table:name='S'><table:table-row table:number-rows-repeated='1048576'>{cell}</table:table-row></table:table>"
        );
        assert_eq!(read(&body).unwrap_err(), "source.too-large");
        assert_eq!(read("<table:table></table>").unwrap_err(), "source.unreadable-workbook");
    }
}
