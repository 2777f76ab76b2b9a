//! Bytes of a text file to UTF-8 with plain line ends, piece by piece.

use encoding_rs::{Decoder as Stream, DecoderResult, Encoding, UTF_16BE, UTF_16LE};
use memchr::{memchr, memchr_iter};
use std::io::{self, Read};

const CHUNK: usize = 1 << 16;
const LONGEST_HEAD: usize = 1 << 20;

/// Bytes to UTF-8. Line ends of every kind come out as `\n`, inside quotation marks too, and the
/// text always ends with one.
pub(crate) struct Decoder {
    input: Box<dyn Read + Send>,
    stream: Stream,
    encoding: &'static Encoding,
    raw: Vec<u8>,
    raw_start: usize,
    raw_end: usize,
    at_end: bool,
    decoded: Vec<u8>,
    text: Vec<u8>,
    taken: usize,
    after_return: bool,
    lines: u64,
    undecodable: Option<u64>,
    finished: bool,
}

impl Decoder {
    /// Begins to decode. A byte order mark decides the encoding; without one it is the declared
    /// one; without that UTF-16 where the zero bytes of the first character say so, else `other`,
    /// which is what the rest of the file speaks for.
    ///
    /// # Errors
    /// What reading the first bytes reports.
    pub(crate) fn new(
        mut input: Box<dyn Read + Send>,
        declared: Option<&'static Encoding>,
        other: &'static Encoding,
    ) -> io::Result<Self> {
        let mut raw = vec![0; CHUNK];
        let mut raw_end = 0;
        let mut at_end = false;
        while raw_end < 4 && !at_end {
            let count = read_some(&mut *input, &mut raw[raw_end..])?;
            raw_end += count;
            at_end = count == 0;
        }
        let first = &raw[..raw_end];
        let (encoding, mark) = match (Encoding::for_bom(first), declared, first) {
            (Some((encoding, mark)), _, _) => (encoding, mark),
            (None, Some(encoding), _) => (encoding, 0),
            (None, None, [0, 1..=255, ..]) => (UTF_16BE, 0),
            (None, None, [1..=255, 0, ..]) => (UTF_16LE, 0),
            (None, None, _) => (other, 0),
        };
        Ok(Self {
            input,
            stream: encoding.new_decoder_without_bom_handling(),
            encoding,
            raw,
            raw_start: mark,
            raw_end,
            at_end,
            decoded: vec![0; 3 * CHUNK],
            text: Vec::with_capacity(4 * CHUNK),
            taken: 0,
            after_return: false,
            lines: 0,
            undecodable: None,
            finished: false,
        })
    }

    /// The name of the encoding, as the Encoding Standard has it.
    pub(crate) fn encoding(&self) -> &'static str {
        self.encoding.name()
    }

    /// The line of the first byte that could not be decoded, once reading has met it.
    pub(crate) fn undecodable(&self) -> Option<u64> {
        self.undecodable
    }

    /// The bytes at the very beginning of the file, a byte order mark included.
    pub(crate) fn first_bytes(&self) -> &[u8] {
        &self.raw[..self.raw_end.min(4)]
    }

    /// The decoded text that is not taken yet, at least up to the end of its first record that is
    /// not blank (unless that is longer than a mebibyte). Nothing is taken.
    ///
    /// # Errors
    /// What reading reports; `InvalidData` for undecodable bytes.
    pub(crate) fn head(&mut self) -> io::Result<&str> {
        while !self.finished
            && self.text.len() - self.taken < LONGEST_HEAD
            && first_record(&self.text[self.taken..]).is_none_or(|(_, end)| end.is_none())
        {
            self.fill()?;
        }
        Ok(std::str::from_utf8(&self.text[self.taken..]).unwrap_or_default())
    }

    /// Takes bytes off the beginning of what [`Decoder::head`] shows.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.taken = (self.taken + bytes).min(self.text.len());
    }

    /// Appends the next of the text; whether there was any.
    ///
    /// # Errors
    /// What reading reports; `InvalidData` for undecodable bytes.
    pub(crate) fn more(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        while self.taken == self.text.len() && !self.finished {
            self.fill()?;
        }
        text.extend_from_slice(&self.text[self.taken..]);
        let any = self.taken < self.text.len();
        self.taken = self.text.len();
        Ok(any)
    }

    /// Decodes one more piece.
    fn fill(&mut self) -> io::Result<()> {
        if self.undecodable.is_some() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if self.taken == self.text.len() {
            self.text.clear();
            self.taken = 0;
        }
        if self.raw_start == self.raw_end && !self.at_end {
            self.raw_start = 0;
            self.raw_end = read_some(&mut *self.input, &mut self.raw)?;
            self.at_end = self.raw_end == 0;
        }
        let (result, read, written) = self.stream.decode_to_utf8_without_replacement(
            &self.raw[self.raw_start..self.raw_end],
            &mut self.decoded,
            self.at_end,
        );
        self.raw_start += read;
        let before = self.text.len();
        plain_line_ends(&self.decoded[..written], &mut self.text, &mut self.after_return);
        self.lines += memchr_iter(b'\n', &self.text[before..]).count() as u64;
        match result {
            DecoderResult::Malformed(..) => {
                self.undecodable = Some(self.lines + 1);
                Err(io::ErrorKind::InvalidData.into())
            }
            DecoderResult::InputEmpty if self.at_end => {
                self.text.push(b'\n');
                self.finished = true;
                Ok(())
            }
            DecoderResult::InputEmpty | DecoderResult::OutputFull => Ok(()),
        }
    }
}

/// One read, repeated where a signal interrupted it.
fn read_some(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Appends text with `\r\n` and `\r` as `\n`; `after_return` carries a `\r` at the end of one piece
/// over to the next.
fn plain_line_ends(piece: &[u8], text: &mut Vec<u8>, after_return: &mut bool) {
    let mut rest = piece;
    if *after_return && !rest.is_empty() {
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        *after_return = false;
    }
    while let Some(at) = memchr(b'\r', rest) {
        text.extend_from_slice(&rest[..at]);
        text.push(b'\n');
        rest = &rest[at + 1..];
        if rest.is_empty() {
            *after_return = true;
        }
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    text.extend_from_slice(rest);
}

/// Where the first record that is not blank begins, and where it ends if it does. Line ends
/// inside quotation marks do not end a record.
pub(crate) fn first_record(text: &[u8]) -> Option<(usize, Option<usize>)> {
    let start = text.iter().position(|b| !b.is_ascii_whitespace())?;
    let start = text[..start].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let mut quoted = false;
    for (offset, byte) in text[start..].iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => return Some((start, Some(start + offset + 1))),
            _ => {}
        }
    }
    Some((start, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::UTF_8;

    fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> Result<String, u64> {
        let mut decoder = Decoder::new(Box::new(io::Cursor::new(bytes.to_vec())), declared, UTF_8).unwrap();
        let mut text = Vec::new();
        loop {
            match decoder.more(&mut text) {
                Ok(true) => {}
                Ok(false) => return Ok(String::from_utf8(text).unwrap()),
                Err(_) => return Err(decoder.undecodable().unwrap()),
            }
        }
    }

    #[test]
    fn line_ends_of_every_kind() {
        assert_eq!(decode(b"a\rb\r\nc\n\rd", None).unwrap(), "a\nb\nc\n\nd\n");
        let mut long = vec![b'x'; CHUNK - 1];
        long.extend_from_slice(b"\r\ny");
        assert_eq!(decode(&long, None).unwrap().matches('\n').count(), 2);
    }

    #[test]
    fn encodings_by_mark_by_declaration_and_by_zero_bytes() {
        assert_eq!(decode(b"\xEF\xBB\xBFa", None).unwrap(), "a\n");
        assert_eq!(decode(b"\xFF\xFEa\0,\0", None).unwrap(), "a,\n");
        assert_eq!(decode(b"\xFE\xFF\0a", Some(UTF_8)).unwrap(), "a\n");
        assert_eq!(decode(b"a\0b\0", None).unwrap(), "ab\n");
        assert_eq!(decode(b"\0a\0b", None).unwrap(), "ab\n");
        let thai = Encoding::for_label(b"windows-874");
        assert_eq!(decode(b"\xB9\xE8\xD2\xB9", thai).unwrap(), "น่าน\n");
        assert_eq!(decode(b"", None).unwrap(), "\n");
    }

    #[test]
    fn the_line_of_the_first_bad_byte() {
        assert_eq!(decode(b"a\r\nb\r\n\xB9\n", None), Err(3));
        assert_eq!(decode(b"a\rb\r\xC3", None), Err(3));
    }
}
