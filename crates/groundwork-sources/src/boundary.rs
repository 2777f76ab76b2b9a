//! Where the records of a delimited text end, without looking at their fields.

use memchr::{memchr, memrchr};

/// What a byte stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the beginning of a record.
    Record,
    /// At the beginning of another field.
    Field,
    /// In a field that does not begin with a quotation mark, or behind its closing one.
    Plain,
    /// Between quotation marks.
    Quoted,
    /// Behind a quotation mark that closes, or is the first of two.
    Closing,
}

/// Follows a text with plain line ends from its beginning. A quotation mark means something only at
/// the beginning of a field, and in one that began with it.
pub(crate) struct Boundary {
    delimiter: u8,
    place: Place,
}

impl Boundary {
    pub(crate) fn new(delimiter: u8) -> Self {
        Self { delimiter, place: Place::Record }
    }

    /// Whether what was seen so far ends inside quotation marks.
    pub(crate) fn is_quoted(&self) -> bool {
        self.place == Place::Quoted
    }

    /// Goes on through the next bytes; how many of them belong to records that end in them, if any
    /// does.
    pub(crate) fn pass(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut end = None;
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if self.place == Place::Quoted {
                let Some(quote) = memchr(b'"', rest) else { break };
                self.place = Place::Closing;
                at += quote + 1;
                continue;
            }
            // Up to the next quotation mark it is enough to know the last byte.
            let plain = memchr(b'"', rest).unwrap_or(rest.len());
            if let Some(last) = rest[..plain].last() {
                if let Some(line_end) = memrchr(b'\n', &rest[..plain]) {
                    end = Some(at + line_end + 1);
                }
                self.place = match *last {
                    b'\n' => Place::Record,
                    last if last == self.delimiter => Place::Field,
                    _ => Place::Plain,
                };
            }
            at += plain;
            if plain < rest.len() {
                at += 1;
                if self.place != Place::Plain {
                    self.place = Place::Quoted;
                }
            }
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the reader that splits fields makes of a text.
    fn records(text: &[u8]) -> Vec<csv::StringRecord> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        reader.records().map(Result::unwrap).collect()
    }

    #[test]
    fn a_text_cut_at_any_boundary_has_the_same_records() {
        let signs = [b'a', b',', b'"', b'\n', b'"', b'b'];
        // Every text of six signs.
        for number in 0..signs.len().pow(6) {
            let mut text: Vec<u8> =
                (0..6).map(|place| signs[number / signs.len().pow(place) % signs.len()]).collect();
            text.push(b'\n');
            let mut boundary = Boundary::new(b',');
            let (mut found, mut start) = (Vec::new(), 0);
            for at in 0..text.len() {
                if boundary.pass(&text[at..=at]).is_some() {
                    found.extend(records(&text[start..=at]));
                    start = at + 1;
                }
            }
            assert_eq!(boundary.is_quoted(), start < text.len());
            found.extend(records(&text[start..]));
            assert_eq!(found, records(&text), "{}", String::from_utf8_lossy(&text));
            // All at once finds the last of the boundaries.
            let last = Boundary::new(b',').pass(&text);
            assert_eq!(last.unwrap_or(0), start);
        }
    }
}
