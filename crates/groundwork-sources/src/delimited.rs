//! Delimited text, read record by record and never held whole.

use crate::decode::{Decoder, END, first_record};
use crate::diagnose;
use crate::encoding;
use crate::row::{Cells, Halt, Row, Visit, Wanted, is_tag, unpadded};
use crate::values::text;
use csv::StringRecord;
use encoding_rs::{Encoding, UTF_8};
use groundwork_plan::diag::Diagnostic;
use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom};
use std::path::Path;

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A delimited text whose header is read.
pub(crate) struct Delimited {
    reader: csv::Reader<Decoder>,
    name: String,
    /// The line on which the reader began, less one.
    lines_before: u64,
    headers: Vec<String>,
    /// The record that the headers stand in, and its line.
    first: (StringRecord, u64),
    /// Whether that record is a row, in a file without a header.
    first_is_row: bool,
    /// Whether blanks stand around the quotation marks of fields.
    padded: bool,
}

impl Delimited {
    /// Opens a file and reads its header. `name` is what messages call it.
    ///
    /// # Errors
    /// `source.unreadable-file`, `source.empty-file`, `source.undecodable`,
    /// `source.not-delimited-text`, `source.unclosed-quote`.
    pub(crate) fn open(
        path: &Path,
        name: &str,
        declared: Option<&'static Encoding>,
    ) -> Result<Self, Diagnostic> {
        let unreadable = |error| diagnose::unreadable(name, &error);
        let mut file = File::open(path).map_err(unreadable)?;
        let other = match declared {
            Some(declared) => declared,
            None => {
                let spoken_for = encoding::of(&mut file).map_err(unreadable)?;
                file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
                spoken_for
            }
        };
        Self::begin(Box::new(file), name, declared, other)
    }

    /// Reads the header of text that is not a file.
    ///
    /// # Errors
    /// Those of [`Delimited::open`].
    pub(crate) fn new(
        input: Box<dyn Read>,
        name: &str,
        declared: Option<&'static Encoding>,
    ) -> Result<Self, Diagnostic> {
        Self::begin(input, name, declared, UTF_8)
    }

    fn begin(
        input: Box<dyn Read>,
        name: &str,
        declared: Option<&'static Encoding>,
        other: &'static Encoding,
    ) -> Result<Self, Diagnostic> {
        let mut decoder =
            Decoder::new(input, declared, other).map_err(|error| diagnose::unreadable(name, &error))?;
        if matches!(decoder.first_bytes(), b"PK\x03\x04" | b"<?xm" | b"<!DO" | b"%PDF" | b"PAR1") {
            return Err(diagnose::not_delimited(name));
        }
        let (delimiter, lines_before) = match begin(&mut decoder) {
            Ok(beginning) => beginning,
            Err(error) => return Err(failure(&decoder, name, &error)),
        };
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(decoder);
        let mut delimited = Self {
            reader,
            name: name.to_owned(),
            lines_before,
            headers: Vec::new(),
            first: (StringRecord::new(), 1),
            first_is_row: false,
            padded: false,
        };
        let mut record = StringRecord::new();
        loop {
            if let Err(error) = delimited.reader.read_record(&mut record) {
                return Err(broken(&delimited.reader, name, &error));
            }
            if is_end(&record) {
                return Err(diagnose::empty_file(name, None, false));
            }
            if record.iter().next_back().is_none_or(|field| field.contains(END)) {
                return Err(diagnose::unclosed_quote(name, delimited.line(&record)));
            }
            if !is_blank(&record) {
                break;
            }
        }
        delimited.padded =
            record.iter().skip(1).any(|field| field.starts_with(' ') && field.trim_start().starts_with('"'));
        delimited.headers = record.iter().map(|field| delimited.header(field)).collect();
        let line = delimited.line(&record);
        delimited.first = (record, line);
        Ok(delimited)
    }

    fn header(&self, field: &str) -> String {
        text::header(if self.padded { unpadded(field) } else { field })
    }

    /// Says that the file has no header: its first record is a row, and these are the headers.
    pub(crate) fn name_columns(&mut self, headers: Vec<String>) {
        self.headers = headers;
        self.first_is_row = true;
    }

    fn cells<'r>(&self, record: &'r StringRecord, wanted: &'r [Wanted]) -> Cells<'r> {
        if self.padded { Cells::Padded(record, wanted) } else { Cells::Record(record, wanted) }
    }

    /// The headers in order, trimmed.
    pub(crate) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The name of the encoding.
    pub(crate) fn encoding(&self) -> &'static str {
        self.reader.get_ref().encoding()
    }

    /// Calls `visit` with every row that is not blank, in order.
    ///
    /// # Errors
    /// What `visit` returns; `source.undecodable`, `source.unclosed-quote`,
    /// `source.unreadable-file`.
    pub(crate) fn rows(mut self, wanted: &[Wanted], visit: &mut Visit<'_>) -> Result<(), Halt> {
        let most = self.headers.len();
        let least = self.headers.iter().rposition(|header| !header.is_empty()).map_or(0, |at| at + 1);
        let mut record = StringRecord::new();
        let mut last_line = 1;
        let mut is_first = true;
        if self.first_is_row {
            let (first, number) = std::mem::take(&mut self.first);
            let ragged = !(least..=most).contains(&first.len());
            let cells = self.cells(&first, wanted);
            visit(&Row { number, ragged, tags: false, parent: None, cells })?;
        }
        loop {
            match self.reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Err(diagnose::unclosed_quote(&self.name, last_line).into()),
                Err(error) => return Err(broken(&self.reader, &self.name, &error).into()),
            }
            if is_end(&record) {
                return Ok(());
            }
            last_line = self.line(&record);
            if is_blank(&record) {
                continue;
            }
            let tags = is_first && {
                let mut filled = record.iter().map(text::trim).filter(|field| !field.is_empty());
                filled.all(is_tag)
            };
            is_first = false;
            visit(&Row {
                number: last_line,
                ragged: !(least..=most).contains(&record.len()),
                tags,
                parent: None,
                cells: self.cells(&record, wanted),
            })?;
        }
    }

    /// Calls `visit` with every record that is not blank, the header too, and the row, from 1, in
    /// which a spreadsheet program shows it: a line `sep=` and line ends inside fields make none.
    ///
    /// # Errors
    /// What `visit` returns; `source.undecodable`, `source.unclosed-quote`,
    /// `source.unreadable-file`.
    pub(crate) fn records(
        mut self,
        visit: &mut dyn FnMut(u64, &StringRecord) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let inside = |record: &StringRecord| record.as_slice().bytes().filter(|b| *b == b'\n').count() as u64;
        let mut record = std::mem::take(&mut self.first.0);
        let mut hidden = self.lines_before;
        let mut last_line = self.line(&record);
        visit(last_line - hidden, &record)?;
        loop {
            hidden += inside(&record);
            match self.reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Err(diagnose::unclosed_quote(&self.name, last_line)),
                Err(error) => return Err(broken(&self.reader, &self.name, &error)),
            }
            if is_end(&record) {
                return Ok(());
            }
            last_line = self.line(&record);
            if !is_blank(&record) {
                visit(last_line.saturating_sub(hidden), &record)?;
            }
        }
    }

    /// The line of the file on which a record begins that was just read: the line after it, less
    /// its own line end and the line ends inside its fields.
    fn line(&self, record: &StringRecord) -> u64 {
        let inside = record.as_slice().bytes().filter(|b| *b == b'\n').count();
        let after = self.reader.position().line() + self.lines_before;
        after.saturating_sub(u64::try_from(inside).unwrap_or(0) + 1)
    }
}

/// Finds the delimiter, and takes a first line `sep=` off the text.
fn begin(decoder: &mut Decoder) -> std::io::Result<(u8, u64)> {
    let mut lines_before = 0;
    let mut declared = None;
    let head = decoder.head()?;
    if let Some((start, Some(end))) = first_record(head.as_bytes())
        && let Some(delimiter) = separator_line(&head[start..end])
    {
        declared = Some(delimiter);
        lines_before = head[..end].bytes().filter(|b| *b == b'\n').count() as u64;
        decoder.skip(end);
    }
    if let Some(delimiter) = declared {
        return Ok((delimiter, lines_before));
    }
    let head = decoder.head()?;
    let (start, end) = first_record(head.as_bytes()).unwrap_or((0, None));
    Ok((delimiter_of(&head.as_bytes()[start..end.unwrap_or(head.len())]), lines_before))
}

/// The delimiter that a line such as `sep=;` declares.
fn separator_line(line: &str) -> Option<u8> {
    let line = line.trim_end_matches('\n').trim_matches('"');
    let rest = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| &line[4..])?;
    match rest.as_bytes() {
        [delimiter] if delimiter.is_ascii() && !matches!(delimiter, b'"' | b'\n') => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter that stands most often outside quotation marks; the comma where none does.
fn delimiter_of(header: &[u8]) -> u8 {
    let mut counts = [0usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in header {
        if *byte == b'"' {
            quoted = !quoted;
        } else if !quoted && let Some(at) = DELIMITERS.iter().position(|d| d == byte) {
            counts[at] += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    counts.iter().position(|count| *count == most).map_or(b',', |at| DELIMITERS[at])
}

fn is_blank(record: &StringRecord) -> bool {
    record.iter().all(|field| text::trim(field).is_empty())
}

fn is_end(record: &StringRecord) -> bool {
    record.len() == 1 && record.get(0) == Some(END)
}

fn broken(reader: &csv::Reader<Decoder>, name: &str, error: &csv::Error) -> Diagnostic {
    match error.kind() {
        csv::ErrorKind::Io(error) => failure(reader.get_ref(), name, error),
        _ => diagnose::engine("splitting delimited text"),
    }
}

fn failure(decoder: &Decoder, name: &str, error: &std::io::Error) -> Diagnostic {
    match decoder.undecodable() {
        Some(line) => diagnose::undecodable(name, line, decoder.encoding()),
        None => diagnose::unreadable(name, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Lines = Vec<(u64, bool, Vec<String>)>;

    fn read(bytes: &[u8]) -> Result<(Vec<String>, Lines), &'static str> {
        let delimited = Delimited::new(Box::new(std::io::Cursor::new(bytes.to_vec())), "a.csv", None)
            .map_err(|d| d.code)?;
        let headers = delimited.headers().to_vec();
        let wanted: Vec<Wanted> = (0..headers.len()).map(|column| Wanted { column, serial: false }).collect();
        let mut lines = Vec::new();
        let count = headers.len();
        delimited
            .rows(&wanted, &mut |row| {
                let cells = (0..count).map(|place| row.text(place).to_owned()).collect();
                lines.push((row.number, row.ragged, cells));
                Ok(())
            })
            .map_err(|halt| match halt {
                Halt::Problem(d) => d.code,
                Halt::Abandoned => "abandoned",
            })?;
        Ok((headers, lines))
    }

    fn cells(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|t| (*t).to_owned()).collect()
    }

    #[test]
    fn rows_have_the_number_of_their_first_line() {
        let (headers, lines) = read(b"\n\na,\"b\r\nc\"\r\n\r\n1,\"x\ny\n\"\r\n\r\n\r\n ,\r\n2,z").unwrap();
        assert_eq!(headers, ["a", "b c"]);
        assert_eq!(lines, vec![(6, false, cells(&["1", "x\ny\n"])), (12, false, cells(&["2", "z"]))]);
    }

    #[test]
    fn delimiters_are_found_outside_quotation_marks() {
        for (text, header) in [
            ("a;b\n1;2\n", "b"),
            ("\"a, or, so\";b\n1;2\n", "b"),
            ("a\tb\n1\t2\n", "b"),
            ("a|b\n1|2\n", "b"),
            ("sep=|\na|b,,\n1|2\n", "b,,"),
            ("\"sep=;\"\na;b\n1;2\n", "b"),
        ] {
            let (headers, lines) = read(text.as_bytes()).unwrap();
            assert_eq!(headers.get(1).map(String::as_str), Some(header), "{text}");
            assert_eq!(lines.len(), 1, "{text}");
            assert_eq!(lines[0].0, if text.contains("sep=") { 3 } else { 2 }, "{text}");
        }
    }

    #[test]
    fn ragged_rows_are_kept() {
        let (_, lines) = read(b"a,b,\n1\n1,2\n1,2,3\n1,2,3,\n").unwrap();
        let ragged: Vec<bool> = lines.iter().map(|line| line.1).collect();
        assert_eq!(ragged, [true, false, false, true]);
        assert_eq!(lines[0].2, ["1", "", ""]);
    }

    #[test]
    fn a_quotation_mark_that_never_closes_is_an_error() {
        assert_eq!(read(b"a,b\n1,\"2\n3,4\n").unwrap_err(), "source.unclosed-quote");
        assert_eq!(read(b"a,\"b\n1,2\n").unwrap_err(), "source.unclosed-quote");
        assert!(read(b"a,b\n1,\"2\n\"").is_ok());
        assert!(read(b"a,b\n1,5\" pipe\n").is_ok());
    }

    #[test]
    fn empty_texts_and_archives() {
        assert_eq!(read(b"").unwrap_err(), "source.empty-file");
        assert_eq!(read(b"\xEF\xBB\xBF\r\n \n").unwrap_err(), "source.empty-file");
        assert_eq!(read(b"PK\x03\x04....").unwrap_err(), "source.not-delimited-text");
        assert_eq!(read(b"\x00\xFF\xFF").unwrap_err(), "source.undecodable");
    }
}
