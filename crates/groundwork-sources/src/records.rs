//! Whole records of a delimited text with plain line ends, and their fields.

use memchr::{memchr, memchr_iter, memchr2};

/// The fields of one record.
pub(crate) struct Record<'t> {
    text: &'t str,
    fields: Vec<Field>,
    /// Fields that do not stand in the text as they are.
    own: String,
}

/// Where a field stands.
#[derive(Clone, Copy)]
struct Field {
    start: usize,
    end: usize,
    is_own: bool,
}

impl<'t> Record<'t> {
    /// How many fields there are.
    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The field at a place, from 0.
    pub(crate) fn get(&self, place: usize) -> Option<&str> {
        let Field { start, end, is_own } = *self.fields.get(place)?;
        let text = if is_own { self.own.as_str() } else { self.text };
        text.get(start..end)
    }

    /// The fields in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|place| self.get(place).unwrap_or_default())
    }
}

/// The records of a text one after the other. Every one ends in a line end; lines without anything
/// are none.
pub(crate) struct Records<'t> {
    delimiter: u8,
    record: Record<'t>,
    at: usize,
    line: u64,
}

impl<'t> Records<'t> {
    /// For a text that begins on this line.
    pub(crate) fn new(text: &'t str, delimiter: u8, line: u64) -> Self {
        Self { delimiter, record: Record { text, fields: Vec::new(), own: String::new() }, at: 0, line }
    }

    /// How many bytes are read, and the line behind them.
    pub(crate) fn position(&self) -> (usize, u64) {
        (self.at, self.line)
    }

    /// The next record, and the line on which it begins.
    pub(crate) fn next(&mut self) -> Option<(u64, &Record<'t>)> {
        let bytes = self.record.text.as_bytes();
        self.record.fields.clear();
        self.record.own.clear();
        while bytes.get(self.at) == Some(&b'\n') {
            self.at += 1;
            self.line += 1;
        }
        let line = self.line;
        loop {
            let field = match bytes.get(self.at)? {
                b'"' => self.quoted(),
                _ => {
                    let start = self.at;
                    self.at = self.behind(start);
                    Field { start, end: self.at, is_own: false }
                }
            };
            self.record.fields.push(field);
            let closes = bytes.get(self.at).is_none_or(|byte| *byte == b'\n');
            self.at += 1;
            if closes {
                self.line += 1;
                return Some((line, &self.record));
            }
        }
    }

    /// Where the delimiter or the line end stands that closes a field.
    fn behind(&self, from: usize) -> usize {
        let rest = self.record.text.as_bytes().get(from..).unwrap_or_default();
        // Most fields are short.
        let (near, delimiter) = (rest.len().min(24), self.delimiter);
        let found = rest[..near].iter().position(|byte| *byte == delimiter || *byte == b'\n');
        let found = found.or_else(|| Some(near + memchr2(delimiter, b'\n', &rest[near..])?));
        from + found.unwrap_or(rest.len())
    }

    /// A field that begins with a quotation mark: two of them inside are one, and what stands behind
    /// the closing one belongs to it.
    fn quoted(&mut self) -> Field {
        let text = self.record.text;
        let bytes = text.as_bytes();
        let own_start = self.record.own.len();
        let mut start = self.at + 1;
        loop {
            let rest = bytes.get(start..).unwrap_or_default();
            let end = start + memchr(b'"', rest).unwrap_or(rest.len());
            self.line += memchr_iter(b'\n', bytes.get(start..end).unwrap_or_default()).count() as u64;
            if bytes.get(end + 1) == Some(&b'"') {
                self.record.own.push_str(text.get(start..=end).unwrap_or_default());
                start = end + 2;
                continue;
            }
            self.at = self.behind(end + 1).max(end).min(bytes.len());
            if self.record.own.len() == own_start && self.at == end + 1 {
                return Field { start, end, is_own: false };
            }
            self.record.own.push_str(text.get(start..end).unwrap_or_default());
            self.record.own.push_str(text.get(end + 1..self.at).unwrap_or_default());
            return Field { start: own_start, end: self.record.own.len(), is_own: true };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line on which each record begins, and its fields.
    fn own(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text, b',', 1);
        let mut found = Vec::new();
        while let Some((line, record)) = records.next() {
            found.push((line, record.iter().map(str::to_owned).collect()));
        }
        assert_eq!(records.position(), (text.len(), 1 + text.matches('\n').count() as u64));
        found
    }

    fn of_library(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut found = Vec::new();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).unwrap() {
            let inside = record.as_slice().matches('\n').count() as u64;
            let line = reader.position().line() - 1 - inside;
            found.push((line, record.iter().map(str::to_owned).collect()));
        }
        found
    }

    #[test]
    fn every_short_text_has_the_records_that_a_library_finds() {
        let signs = ["a", ",", "\"", "\n", "\"\"", "น", "b c"];
        for number in 0..signs.len().pow(6) {
            let mut text: String =
                (0..6_u32).map(|place| signs[number / signs.len().pow(place) % signs.len()]).collect();
            text.push('\n');
            let mut boundary = crate::boundary::Boundary::new(b',');
            // Texts whose last quotation mark does not close are refused before.
            if boundary.pass(text.as_bytes()) == Some(text.len()) {
                assert_eq!(own(&text), of_library(&text), "{text}");
            }
        }
    }

    #[test]
    fn long_fields() {
        let long = "x".repeat(100);
        let text = format!("{long},\"{long}\n\"\"{long}\",{long}\n1,2\n");
        let found = own(&text);
        assert_eq!(found, of_library(&text));
        assert_eq!(found[1], (3, vec!["1".to_owned(), "2".to_owned()]));
    }
}
