//! Worksheets of XLSX files, read cell by cell as text.

use crate::archive::Archive;
use crate::diagnose;
use crate::guard;
use crate::row::{Cells, Halt, Row, Slot, Visit, Wanted, is_tag};
use crate::values::text;
use calamine::{DataRef, ExcelDateTime, Reader as _, SheetType, Xlsx, XlsxError};
use groundwork_plan::diag::Diagnostic;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// What is called with row, column, text and whether it is an error.
type EachText<'e> = dyn FnMut(u32, usize, &str, bool) -> Result<(), Halt> + 'e;

/// Row and column, from 0.
type Place = (u32, u32);

/// Columns that a worksheet can have; cells that claim to lie beyond are not looked at.
const COLUMNS: usize = 16_384;
/// Days between the epochs of 1900 and 1904.
const DAYS_TO_1904: f64 = 1462.0;

/// An open workbook.
pub(crate) struct Workbook {
    xlsx: Xlsx<BufReader<File>>,
    name: String,
    /// The first row that is read, from 0.
    first_row: u32,
}

impl Workbook {
    /// Opens a workbook. `name` is what messages call it.
    ///
    /// # Errors
    /// `source.unreadable-file`, `source.empty-file`, `source.unreadable-workbook`.
    pub(crate) fn open(path: &Path, name: &str) -> Result<Self, Diagnostic> {
        let unreadable = |error| diagnose::unreadable(name, &error);
        let mut file = File::open(path).map_err(unreadable)?;
        let mut first = Vec::new();
        (&mut file).take(4).read_to_end(&mut first).map_err(unreadable)?;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        match first.as_slice() {
            b"" => return Err(diagnose::empty_file(name, None, false)),
            b"PK\x03\x04" => {}
            [0xD0, 0xCF, 0x11, 0xE0] => {
                let reason = "it has a password, or the format of Excel before 2007";
                return Err(diagnose::unreadable_workbook(name, reason));
            }
            _ => {
                return Err(diagnose::unreadable_workbook(name, "it is not an .xlsx file"));
            }
        }
        // The library holds the shared strings whole: they are measured first.
        Archive::open(path, name)?.verify(&["xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"])?;
        let xlsx = guarded(|| Xlsx::new(BufReader::with_capacity(1 << 16, file)))
            .map_err(|reason| diagnose::unreadable_workbook(name, reason))?;
        Ok(Self { xlsx, name: name.to_owned(), first_row: 0 })
    }

    /// Passes over what stands above a row, which is counted from 1.
    pub(crate) fn begin_at(&mut self, row: u32) {
        self.first_row = row.saturating_sub(1);
    }

    /// The names of the worksheets, in order.
    pub(crate) fn sheets(&self) -> Vec<String> {
        self.xlsx
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| sheet.name.clone())
            .collect()
    }

    /// The headers of a worksheet: its first row with something in it; none for an empty sheet.
    ///
    /// # Errors
    /// `source.unreadable-workbook`.
    pub(crate) fn headers(&mut self, sheet: &str) -> Result<Vec<String>, Diagnostic> {
        let mut headers: Vec<String> = Vec::new();
        let mut header_row = None;
        let mut slot = Slot::default();
        self.cells(sheet, &mut |row, column, value| {
            if header_row.is_some_and(|header| header != row) {
                return Err(Halt::Abandoned);
            }
            fill(&mut slot, value, None);
            let header = text::header(&slot.text);
            if (slot.broken || !header.is_empty()) && column < COLUMNS {
                header_row = Some(row);
                if headers.len() <= column {
                    headers.resize(column + 1, String::new());
                }
                headers[column] = header;
            }
            Ok(())
        })
        .or_else(|halt| match halt {
            Halt::Abandoned => Ok(()),
            Halt::Problem(diagnostic) => Err(*diagnostic),
        })?;
        Ok(headers)
    }

    /// Calls `visit` with every row of a worksheet below its header that has something in it.
    ///
    /// # Errors
    /// What `visit` returns; `source.unreadable-workbook`.
    pub(crate) fn rows(&mut self, sheet: &str, wanted: &[Wanted], visit: &mut Visit<'_>) -> Result<(), Halt> {
        let epoch = if self.xlsx.has_1904_epoch() { DAYS_TO_1904 } else { 0.0 };
        let mut places: Vec<Vec<usize>> = Vec::new();
        for (place, want) in wanted.iter().enumerate() {
            if places.len() <= want.column {
                places.resize(want.column + 1, Vec::new());
            }
            places[want.column].push(place);
        }
        let mut pending = Pending::new(wanted.len());
        let mut other = Slot::default();
        self.cells(sheet, &mut |row, column, value| {
            if pending.row != Some(row) {
                pending.hand_on(visit)?;
                pending.row = Some(row);
            }
            match places.get(column).map(Vec::as_slice) {
                Some([place]) => {
                    let serial = wanted[*place].serial.then_some(epoch);
                    let slot = &mut pending.slots[*place];
                    fill(slot, value, serial);
                    pending.state.note(slot, column);
                }
                None | Some([]) => {
                    if pending.state.needs(column) {
                        fill(&mut other, value, None);
                        pending.state.note(&other, column);
                    }
                }
                Some(several) => {
                    for place in several {
                        let slot = &mut pending.slots[*place];
                        fill(slot, value, wanted[*place].serial.then_some(epoch));
                        pending.state.note(slot, column);
                    }
                }
            }
            Ok(())
        })?;
        pending.hand_on(visit)
    }

    /// Calls `each` with row and column, both from 0, text, and whether it is an error, of every
    /// cell of a worksheet that is not empty.
    ///
    /// # Errors
    /// What `each` returns; `source.unreadable-workbook`.
    pub(crate) fn texts(&mut self, sheet: &str, each: &mut EachText<'_>) -> Result<(), Halt> {
        let mut slot = Slot::default();
        self.cells(sheet, &mut |row, column, value| {
            fill(&mut slot, value, None);
            each(row, column, &slot.text, slot.broken)
        })
    }

    /// The first and the last cell of all cells of a worksheet that were made one, each as row and
    /// column, from 0.
    ///
    /// # Errors
    /// `source.unreadable-workbook`.
    pub(crate) fn merged(&mut self, sheet: &str) -> Result<Vec<(Place, Place)>, Diagnostic> {
        let name = &self.name;
        let merged = guarded(|| self.xlsx.merge_cells_by_sheet_name(sheet));
        let merged = merged.map_err(|reason| diagnose::unreadable_workbook(name, reason))?;
        Ok(merged.into_iter().map(|cells| (cells.start, cells.end)).collect())
    }

    /// Calls `each` with row, column (both from 0) and value of every cell that is not empty.
    fn cells(
        &mut self,
        sheet: &str,
        each: &mut dyn FnMut(u32, usize, &DataRef<'_>) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        let name = &self.name;
        let problem = |reason| Halt::from(diagnose::unreadable_workbook(name, reason));
        let mut reader = guarded(|| self.xlsx.worksheet_cells_reader(sheet)).map_err(&problem)?;
        loop {
            let Some(cell) = guarded(|| reader.next_cell()).map_err(&problem)? else {
                return Ok(());
            };
            let (row, column) = cell.get_position();
            let value = cell.get_value();
            if row >= self.first_row && !matches!(value, DataRef::Empty) {
                let column = usize::try_from(column).unwrap_or(usize::MAX);
                each(row, column, value)?;
            }
        }
    }
}

/// The row that is being gathered.
struct Pending {
    row: Option<u32>,
    slots: Vec<Slot>,
    state: State,
}

/// What is known of the row that is being gathered.
#[derive(Default)]
struct State {
    /// Whether something stands in it.
    filled: bool,
    /// Whether something stands in it that is no tag.
    untagged: bool,
    /// The last column with something in it.
    last: usize,
    /// The last column of the header; none until the header has passed.
    header_last: Option<usize>,
    /// Whether a row has been handed on.
    begun: bool,
}

impl State {
    /// Whether a cell that nobody asked for must be looked at.
    fn needs(&self, column: usize) -> bool {
        !self.begun || !self.filled || self.header_last.is_none_or(|last| column > last)
    }

    fn note(&mut self, slot: &Slot, column: usize) {
        let text = text::trim(&slot.text);
        if !text.is_empty() || slot.serial.is_some() || slot.broken {
            self.filled = true;
            self.untagged |= !is_tag(text);
            self.last = self.last.max(column);
        }
    }
}

impl Pending {
    fn new(slots: usize) -> Self {
        Self { row: None, slots: (0..slots).map(|_| Slot::default()).collect(), state: State::default() }
    }

    /// Hands the row on, unless it is blank or the header, and makes room for the next.
    fn hand_on(&mut self, visit: &mut Visit<'_>) -> Result<(), Halt> {
        let State { filled, untagged, last, header_last, begun } = self.state;
        self.state = State { header_last, begun, ..State::default() };
        if let (Some(row), true) = (self.row, filled) {
            match header_last {
                None => self.state.header_last = Some(last),
                Some(header_last) => {
                    self.state.begun = true;
                    visit(&Row {
                        number: u64::from(row) + 1,
                        ragged: last > header_last,
                        tags: !begun && !untagged,
                        parent: None,
                        cells: Cells::Slots(&self.slots),
                    })?;
                }
            }
        }
        for slot in &mut self.slots {
            slot.text.clear();
            slot.serial = None;
            slot.broken = false;
        }
        Ok(())
    }
}

/// Writes a value into a slot. With `serial`, the days that the epoch lies after 1899-12-30, a
/// typed date stays a number of days.
fn fill(slot: &mut Slot, value: &DataRef<'_>, serial: Option<f64>) {
    slot.text.clear();
    slot.serial = None;
    slot.broken = false;
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            slot.text.push_str(text);
        }
        DataRef::SharedString(text) => slot.text.push_str(text),
        DataRef::Int(number) => write_text(&mut slot.text, format_args!("{number}")),
        DataRef::Float(number) => write_number(&mut slot.text, *number),
        DataRef::Bool(truth) => slot.text.push_str(if *truth { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(moment) => match serial {
            Some(epoch) if moment.is_datetime() => slot.serial = Some(moment.as_f64() + epoch),
            _ => write_moment(&mut slot.text, moment),
        },
        DataRef::Error(_) => slot.broken = true,
        DataRef::Empty => {}
    }
}

/// A number as a spreadsheet shows it: fifteen digits, no exponent, no decimals where none are.
fn write_number(text: &mut String, number: f64) {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        // Exact: whole and below 2^53.
        write_text(text, format_args!("{}", number as i64));
        return;
    }
    let shown = format!("{number:.14e}").parse().unwrap_or(number);
    write_text(text, format_args!("{shown}"));
}

/// A typed date as ISO text: the day, the time where there is one, or the time alone.
fn write_moment(text: &mut String, moment: &ExcelDateTime) {
    let days = moment.as_f64();
    if moment.is_duration() {
        let seconds = (days * 86_400.0).round();
        let sign = if seconds < 0.0 { "-" } else { "" };
        let seconds = seconds.abs() as u64;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write_text(text, format_args!("{sign}{hours}:{minutes:02}:{seconds:02}"));
        return;
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let has_day = !(0.0..1.0).contains(&days);
    let has_time = (hour, minute, second, milli) != (0, 0, 0, 0);
    if has_day {
        write_text(text, format_args!("{year:04}-{month:02}-{day:02}"));
    }
    if has_day && has_time {
        text.push('T');
    }
    if has_time || !has_day {
        write_text(text, format_args!("{hour:02}:{minute:02}:{second:02}"));
    }
}

fn write_text(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(what);
}

/// Runs a step of the workbook library; a panic inside it on a damaged file is an error like any.
fn guarded<T>(step: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, &'static str> {
    match guard::guarded(step) {
        Some(Ok(value)) => Ok(value),
        Some(Err(XlsxError::Password)) => Err("it has a password"),
        Some(Err(XlsxError::Io(_))) => Err("the machine reported a failure while reading"),
        Some(Err(XlsxError::NotAWorksheet(_))) => Err("the sheet is not a worksheet"),
        Some(Err(_)) | None => Err("it is damaged"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    fn text(value: DataRef<'_>) -> String {
        let mut slot = Slot::default();
        fill(&mut slot, &value, None);
        slot.text
    }

    #[test]
    fn cells_become_the_text_that_a_person_sees() {
        assert_eq!(text(DataRef::Float(5.0)), "5");
        assert_eq!(text(DataRef::Float(-0.5)), "-0.5");
        assert_eq!(text(DataRef::Float(0.1 + 0.2)), "0.3");
        assert_eq!(text(DataRef::Float(2_011_110_000_000.0)), "2011110000000");
        assert_eq!(text(DataRef::Float(1e20)), "100000000000000000000");
        assert_eq!(text(DataRef::Bool(true)), "TRUE");
        assert_eq!(text(DataRef::SharedString("Nan")), "Nan");
        let moment = |value, kind| DataRef::DateTime(ExcelDateTime::new(value, kind, false));
        assert_eq!(text(moment(43_997.0, ExcelDateTimeType::DateTime)), "2020-06-15");
        assert_eq!(text(moment(43_997.5, ExcelDateTimeType::DateTime)), "2020-06-15T12:00:00");
        assert_eq!(text(moment(0.25, ExcelDateTimeType::DateTime)), "06:00:00");
        assert_eq!(text(moment(1.5, ExcelDateTimeType::TimeDelta)), "36:00:00");
    }

    #[test]
    fn a_typed_date_stays_a_number_of_days_where_that_is_wanted() {
        let mut slot = Slot::default();
        let moment = ExcelDateTime::new(42_535.0, ExcelDateTimeType::DateTime, true);
        fill(&mut slot, &DataRef::DateTime(moment), Some(DAYS_TO_1904));
        assert_eq!(slot.serial, Some(43_997.0));
        assert_eq!(slot.text, "");
    }
}
