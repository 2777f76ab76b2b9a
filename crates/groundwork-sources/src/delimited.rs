//! Delimited text, read in pieces of whole records and never held whole.

use crate::boundary::Boundary;
use crate::decode::{Decoder, first_record};
use crate::diagnose;
use crate::encoding;
use crate::records::{Record, Records};
use crate::row::{Cells, Halt, Row, Visit, Wanted, is_tag, unpadded};
use crate::values::text;
use encoding_rs::{Encoding, UTF_8};
use groundwork_plan::diag::Diagnostic;
use memchr::memchr_iter;
use std::fs::File;
use std::io::Read;
use std::path::Path;

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Bytes of a piece, about: some ten thousand rows.
const PIECE: usize = 6 << 20;
/// Bytes of the first piece, about: enough for a header.
const FIRST_PIECE: usize = 1 << 16;

/// Rows with something in them, from 1, and how many fields of each are filled.
pub(crate) type Widths = Vec<(u32, usize)>;

/// A delimited text whose header is read.
pub(crate) struct Delimited {
    pieces: Pieces,
    form: Form,
    headers: Vec<String>,
    /// The first piece, from the header on.
    first: Piece,
    /// Where in that piece the header ends.
    after_header: Mark,
    /// Lines that were taken off before the first piece, such as `sep=;`.
    lines_before: u64,
    /// Whether the header is a row, in a file without one.
    first_is_row: bool,
}

/// Whole records of a text, decoded.
pub(crate) struct Piece {
    text: Vec<u8>,
    /// The line of its first byte.
    line: u64,
    /// Whether the first row of the text is in it.
    is_first: bool,
}

/// A place in a piece.
#[derive(Clone, Copy)]
struct Mark {
    byte: usize,
    line: u64,
}

/// How the pieces of a text are read, in any order and on any thread.
pub(crate) struct Form {
    delimiter: u8,
    /// Fields that a row has at least, and at most.
    least: usize,
    most: usize,
    /// Whether blanks stand around the quotation marks of fields.
    padded: bool,
}

/// A text that is cut between records.
pub(crate) struct Pieces {
    decoder: Decoder,
    boundary: Boundary,
    name: String,
    /// What is decoded and not handed on, and the line that it begins on.
    text: Vec<u8>,
    line: u64,
    /// Bytes of it that are whole records.
    whole: usize,
    /// Bytes of a piece.
    most: usize,
}

impl Pieces {
    /// The next whole records; none at the end.
    ///
    /// # Errors
    /// `source.undecodable`, `source.unclosed-quote`, `source.unreadable-file`.
    pub(crate) fn next(&mut self) -> Result<Option<Piece>, Diagnostic> {
        while self.whole == 0 || self.text.len() < self.most {
            let before = self.text.len();
            match self.decoder.more(&mut self.text) {
                Err(error) => return Err(failure(&self.decoder, &self.name, &error)),
                Ok(true) => {
                    if let Some(whole) = self.boundary.pass(&self.text[before..]) {
                        self.whole = before + whole;
                    }
                }
                Ok(false) if self.whole > 0 => break,
                Ok(false) if self.boundary.is_quoted() => {
                    return Err(diagnose::unclosed_quote(&self.name, self.line));
                }
                Ok(false) => return Ok(None),
            }
        }
        let rest = self.text.split_off(self.whole);
        let text = std::mem::replace(&mut self.text, rest);
        let line = self.line;
        self.line += line_ends(&text);
        self.whole = 0;
        Ok(Some(Piece { text, line, is_first: false }))
    }
}

impl Piece {
    fn from(&self, mark: Mark) -> Piece {
        let text = self.text.get(mark.byte..).unwrap_or_default().to_vec();
        Piece { text, line: mark.line, is_first: self.is_first }
    }

    /// The first record that is not blank, and the place behind it.
    fn header(&self, delimiter: u8) -> Result<Option<(Vec<String>, Mark)>, Diagnostic> {
        let mut records = self.records(delimiter)?;
        while let Some((_, record)) = records.next() {
            if !is_blank(record) {
                let fields = record.iter().map(str::to_owned).collect();
                let (byte, line) = records.position();
                return Ok(Some((fields, Mark { byte, line })));
            }
        }
        Ok(None)
    }

    /// Its records.
    ///
    /// # Errors
    /// Never: what was decoded is UTF-8.
    fn records(&self, delimiter: u8) -> Result<Records<'_>, Diagnostic> {
        let text =
            std::str::from_utf8(&self.text).map_err(|_| diagnose::engine("splitting delimited text"))?;
        Ok(Records::new(text, delimiter, self.line))
    }
}

impl Form {
    fn cells<'r>(&self, record: &'r Record<'r>, wanted: &'r [Wanted]) -> Cells<'r> {
        if self.padded { Cells::Padded(record, wanted) } else { Cells::Record(record, wanted) }
    }

    /// Calls `visit` with every row of a piece that is not blank, in order.
    ///
    /// # Errors
    /// What `visit` returns.
    pub(crate) fn rows(&self, piece: &Piece, wanted: &[Wanted], visit: &mut Visit<'_>) -> Result<(), Halt> {
        let mut is_first = piece.is_first;
        let mut records = piece.records(self.delimiter)?;
        while let Some((number, record)) = records.next() {
            if is_blank(record) {
                continue;
            }
            let tags = std::mem::take(&mut is_first) && {
                let mut filled = record.iter().map(text::trim).filter(|field| !field.is_empty());
                filled.all(is_tag)
            };
            visit(&Row {
                number,
                ragged: !(self.least..=self.most).contains(&record.len()),
                tags,
                parent: None,
                cells: self.cells(record, wanted),
            })?;
        }
        Ok(())
    }
}

impl Delimited {
    /// Opens a file and reads its header, which is the first line from `header_row` on that is not
    /// blank. `name` is what messages call it.
    ///
    /// # Errors
    /// `source.unreadable-file`, `source.empty-file`, `source.undecodable`,
    /// `source.not-delimited-text`, `source.unclosed-quote`.
    pub(crate) fn open(
        path: &Path,
        name: &str,
        declared: Option<&'static Encoding>,
        header_row: u32,
    ) -> Result<Self, Diagnostic> {
        let unreadable = |error| diagnose::unreadable(name, &error);
        let mut file = File::open(path).map_err(unreadable)?;
        let other = match declared {
            Some(declared) => declared,
            None => encoding::of_file(path, &mut file).map_err(unreadable)?,
        };
        Self::begin(Box::new(file), name, declared, other, header_row, FIRST_PIECE)
    }

    /// Reads the header of text that is not a file.
    ///
    /// # Errors
    /// Those of [`Delimited::open`].
    pub(crate) fn new(
        input: Box<dyn Read + Send>,
        name: &str,
        declared: Option<&'static Encoding>,
        header_row: u32,
    ) -> Result<Self, Diagnostic> {
        Self::begin(input, name, declared, UTF_8, header_row, FIRST_PIECE)
    }

    fn begin(
        input: Box<dyn Read + Send>,
        name: &str,
        declared: Option<&'static Encoding>,
        other: &'static Encoding,
        header_row: u32,
        first_piece: usize,
    ) -> Result<Self, Diagnostic> {
        let mut decoder =
            Decoder::new(input, declared, other).map_err(|error| diagnose::unreadable(name, &error))?;
        // Of these the fifth is the old form of workbooks, the last a page that is called one.
        if matches!(
            decoder.first_bytes(),
            b"PK\x03\x04" | b"<?xm" | b"<!DO" | b"%PDF" | b"\xd0\xcf\x11\xe0" | b"PAR1" | b"<htm"
        ) {
            return Err(diagnose::not_delimited(name));
        }
        let (delimiter, lines_before, above) = match begin(&mut decoder, header_row) {
            Ok(beginning) => beginning,
            Err(error) => return Err(failure(&decoder, name, &error)),
        };
        let mut pieces = Pieces {
            decoder,
            boundary: Boundary::new(delimiter),
            name: name.to_owned(),
            text: Vec::new(),
            line: 1 + lines_before + above,
            whole: 0,
            most: first_piece,
        };
        let (first, record, after_header) = loop {
            let Some(piece) = pieces.next()? else {
                return Err(diagnose::empty_file(name, None, false));
            };
            if let Some((record, after)) = piece.header(delimiter)? {
                break (Piece { is_first: true, ..piece }, record, after);
            }
        };
        if first_piece == FIRST_PIECE {
            pieces.most = PIECE;
        }
        let padded =
            record.iter().skip(1).any(|field| field.starts_with(' ') && field.trim_start().starts_with('"'));
        let headers: Vec<String> =
            record.iter().map(|field| text::header(if padded { unpadded(field) } else { field })).collect();
        let least = headers.iter().rposition(|header| !header.is_empty()).map_or(0, |at| at + 1);
        let form = Form { delimiter, least, most: headers.len(), padded };
        Ok(Self { pieces, form, headers, first, after_header, lines_before, first_is_row: false })
    }

    /// Says that the file has no header: its first record is a row, and these are the headers.
    pub(crate) fn name_columns(&mut self, headers: Vec<String>) {
        self.form.least = headers.iter().rposition(|header| !header.is_empty()).map_or(0, |at| at + 1);
        self.form.most = headers.len();
        self.headers = headers;
        self.first_is_row = true;
    }

    /// The first rows, cut by the delimiter that makes most of them: that of a title says nothing.
    pub(crate) fn widths(&self, most: u32) -> Widths {
        let cut = |delimiter| {
            let mut widths = Widths::new();
            let Ok(mut records) = self.first.records(delimiter) else { return widths };
            while let Some((line, record)) = records.next() {
                let row = u32::try_from(line.saturating_sub(self.lines_before)).unwrap_or(u32::MAX);
                if row > most {
                    break;
                }
                let filled = record.iter().filter(|field| !text::trim(field).is_empty()).count();
                if filled > 0 {
                    widths.push((row, filled));
                }
            }
            widths
        };
        let filled = |widths: &Widths| widths.iter().map(|(_, width)| width).sum::<usize>();
        DELIMITERS.into_iter().rev().map(cut).max_by_key(filled).unwrap_or_default()
    }

    /// The headers in order, trimmed.
    pub(crate) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The name of the encoding.
    pub(crate) fn encoding(&self) -> &'static str {
        self.pieces.decoder.encoding()
    }

    /// The rows of the first piece, those that follow, and how both are read.
    pub(crate) fn apart(self) -> (Piece, Pieces, Form) {
        let first = if self.first_is_row {
            Piece { is_first: false, ..self.first }
        } else {
            self.first.from(self.after_header)
        };
        (first, self.pieces, self.form)
    }

    /// Calls `visit` with every record that is not blank, the header too, and the row, from 1, in
    /// which a spreadsheet program shows it: a line `sep=` and line ends inside fields make none.
    ///
    /// # Errors
    /// What `visit` returns; `source.undecodable`, `source.unclosed-quote`,
    /// `source.unreadable-file`.
    pub(crate) fn records(
        mut self,
        visit: &mut dyn FnMut(u64, &Record<'_>) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let mut hidden = self.lines_before;
        let mut piece = self.first;
        loop {
            let mut records = piece.records(self.form.delimiter)?;
            while let Some((line, record)) = records.next() {
                if !is_blank(record) {
                    visit(line.saturating_sub(hidden), record)?;
                }
                hidden += record.iter().map(|field| line_ends(field.as_bytes())).sum::<u64>();
            }
            match self.pieces.next()? {
                Some(next) => piece = next,
                None => return Ok(()),
            }
        }
    }
}

/// The line ends in a text.
fn line_ends(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}

/// Finds the delimiter, and takes a first line `sep=` off the text, and then what stands above the row
/// of the header; how many lines both are.
fn begin(decoder: &mut Decoder, header_row: u32) -> std::io::Result<(u8, u64, u64)> {
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
    let mut above = 0;
    while above + 1 < u64::from(header_row)
        && let Some(end) = decoder.head()?.bytes().position(|byte| byte == b'\n')
    {
        decoder.skip(end + 1);
        above += 1;
    }
    if let Some(delimiter) = declared {
        return Ok((delimiter, lines_before, above));
    }
    let head = decoder.head()?;
    let (start, end) = first_record(head.as_bytes()).unwrap_or((0, None));
    Ok((delimiter_of(&head.as_bytes()[start..end.unwrap_or(head.len())]), lines_before, above))
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

fn is_blank(record: &Record<'_>) -> bool {
    record.iter().all(|field| text::trim(field).is_empty())
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

    /// What is read in one piece, which is what is read with every record in a piece of its own.
    fn read(bytes: &[u8]) -> Result<(Vec<String>, Lines), &'static str> {
        let whole = in_pieces(Box::new(std::io::Cursor::new(bytes.to_vec())), FIRST_PIECE);
        let apart = in_pieces(Box::new(ByteByByte(bytes.to_vec().into())), 1);
        assert!(whole == apart, "{}", String::from_utf8_lossy(bytes));
        whole
    }

    struct ByteByByte(std::collections::VecDeque<u8>);

    impl Read for ByteByByte {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            Ok(self.0.pop_front().map_or(0, |byte| {
                buffer[0] = byte;
                1
            }))
        }
    }

    fn in_pieces(input: Box<dyn Read + Send>, most: usize) -> Result<(Vec<String>, Lines), &'static str> {
        let delimited = Delimited::begin(input, "a.csv", None, UTF_8, 1, most).map_err(|d| d.code)?;
        let headers = delimited.headers().to_vec();
        let wanted: Vec<Wanted> = (0..headers.len()).map(|column| Wanted { column, serial: false }).collect();
        let mut lines = Vec::new();
        let count = headers.len();
        let (first, mut pieces, form) = delimited.apart();
        let mut next = Some(first);
        while let Some(piece) = next {
            form.rows(&piece, &wanted, &mut |row| {
                let cells = (0..count).map(|place| row.text(place).to_owned()).collect();
                lines.push((row.number, row.ragged, cells));
                Ok(())
            })
            .map_err(|_| "halted")?;
            next = pieces.next().map_err(|d| d.code)?;
        }
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
        assert_eq!(read(b"\xd0\xcf\x11\xe0\xa1\xb1").unwrap_err(), "source.not-delimited-text");
        assert_eq!(read(b"\x00\xFF\xFF").unwrap_err(), "source.undecodable");
    }
}
