//! Reading back what a PDF says: what stands on its pages, as a reader copies it, and every text
//! beside them, such as titles, bookmarks and descriptions of charts.
//!
//! Source: ISO 32000-2, 9.4 (text objects), 9.10 (extraction of text), 7.9.2 (text strings),
//! 14.3.2 (metadata streams).

use crate::attached::text;
use hayro_syntax::Pdf;
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, Stream};
use hayro_syntax::page::Resources;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Forms within forms beyond this are not looked into; nothing that groundwork sets has any.
const DEEPEST: usize = 8;

/// All texts of a PDF, one a line; nothing where it is no PDF that can be read.
pub fn texts(pdf: &[u8]) -> Option<String> {
    let pdf = Pdf::new(pdf.to_vec()).ok()?;
    let mut said = Said::default();
    for page in pdf.pages().iter() {
        said.content(page.typed_operations(), page.resources(), 0);
    }
    for object in pdf.objects() {
        said.strings(&object);
    }
    Some(said.text)
}

/// What was read so far.
#[derive(Default)]
struct Said {
    text: String,
    fonts: BTreeMap<Vec<u8>, Arc<Letters>>,
}

impl Said {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// What a stream of drawing instructions shows. What stands in one string of it is one line.
    fn content(&mut self, mut instructions: TypedIter<'_>, resources: &Resources<'_>, depth: usize) {
        let mut letters = Arc::new(Letters::default());
        while let Some(instruction) = instructions.next() {
            match instruction {
                TypedInstruction::TextFont(font) => {
                    letters = resources.get_font(font.0).map(|dict| self.letters(&dict)).unwrap_or_default();
                }
                TypedInstruction::ShowText(shown) => self.line(&letters.read(shown.0.as_bytes())),
                TypedInstruction::NextLineAndShowText(shown) => self.line(&letters.read(shown.0.as_bytes())),
                TypedInstruction::ShowTextWithParameters(shown) => {
                    self.line(&letters.read(shown.2.as_bytes()));
                }
                TypedInstruction::ShowTexts(shown) => {
                    let parts = shown.0.iter::<Object<'_>>().filter_map(Object::into_string);
                    let line: String = parts.map(|part| letters.read(part.as_bytes())).collect();
                    self.line(&line);
                }
                TypedInstruction::BeginMarkedContentWithProperties(marked) => self.strings(marked.1),
                TypedInstruction::XObject(form) if depth < DEEPEST => {
                    self.form(form.0, resources, depth);
                }
                _ => {}
            }
        }
    }

    fn form(&mut self, name: &Name<'_>, resources: &Resources<'_>, depth: usize) {
        let Some(form) = resources.get_x_object(name) else { return };
        let is_form = form.dict().get::<Name<'_>>("Subtype").is_some_and(|s| s.as_str() == "Form");
        let Some(Ok(content)) = is_form.then(|| form.decoded()) else { return };
        let own = form.dict().get::<Dict<'_>>("Resources").unwrap_or_default();
        let resources = Resources::from_parent(own, resources.clone());
        self.content(TypedIter::new(&content), &resources, depth + 1);
    }

    /// The letters of a font, by its codes.
    fn letters(&mut self, font: &Dict<'_>) -> Arc<Letters> {
        let key = font.data().to_vec();
        if let Some(known) = self.fonts.get(&key) {
            return Arc::clone(known);
        }
        let two_bytes = font.get::<Name<'_>>("Subtype").is_some_and(|s| s.as_str() == "Type0");
        let table = font.get::<Stream<'_>>("ToUnicode").and_then(|stream| stream.decoded().ok());
        let table = table.map(|bytes| code_table(&String::from_utf8_lossy(&bytes))).unwrap_or_default();
        let letters = Arc::new(Letters { table, two_bytes });
        self.fonts.insert(key, Arc::clone(&letters));
        letters
    }

    /// The text strings in an object, and what metadata say.
    fn strings(&mut self, object: &Object<'_>) {
        match object {
            Object::String(string) => self.line(&text(string.as_bytes())),
            Object::Array(array) => self.array(array),
            Object::Dict(dict) => self.dict(dict),
            Object::Stream(stream) => {
                self.dict(stream.dict());
                let is_metadata =
                    stream.dict().get::<Name<'_>>("Type").is_some_and(|t| t.as_str() == "Metadata");
                if let Some(Ok(bytes)) = is_metadata.then(|| stream.decoded()) {
                    self.line(&String::from_utf8_lossy(&bytes));
                }
            }
            _ => {}
        }
    }

    fn array(&mut self, array: &Array<'_>) {
        for item in array.raw_iter() {
            if let MaybeRef::NotRef(item) = item {
                self.strings(&item);
            }
        }
    }

    fn dict(&mut self, dict: &Dict<'_>) {
        for (_, value) in dict.entries() {
            if let MaybeRef::NotRef(value) = value {
                self.strings(&value);
            }
        }
    }
}

/// What the codes of a font stand for.
#[derive(Debug, Clone, Default)]
struct Letters {
    table: BTreeMap<u32, String>,
    two_bytes: bool,
}

impl Letters {
    fn read(&self, codes: &[u8]) -> String {
        let letter = |code: u32| self.table.get(&code).map(String::as_str);
        if self.two_bytes {
            let (codes, _) = codes.as_chunks::<2>();
            return codes.iter().filter_map(|c| letter(u32::from(u16::from_be_bytes(*c)))).collect();
        }
        let own =
            |code: &u8| letter(u32::from(*code)).map_or_else(|| char::from(*code).to_string(), str::to_owned);
        codes.iter().map(own).collect()
    }
}

/// A table from codes to letters (9.10.3): `bfchar` has pairs, `bfrange` has runs of codes with the
/// letter of the first or a list of letters.
fn code_table(source: &str) -> BTreeMap<u32, String> {
    let mut table = BTreeMap::new();
    for (begin, end) in [("beginbfchar", "endbfchar"), ("beginbfrange", "endbfrange")] {
        let sections = source.split(begin).skip(1).filter_map(|rest| rest.split(end).next());
        for section in sections {
            let mut words = Words(section);
            while let Some(first) = words.code() {
                let last = if begin == "beginbfrange" { words.code().unwrap_or(first) } else { first };
                let letters = words.letters();
                for (step, code) in (first..=last.min(first.saturating_add(0xFFFF))).enumerate() {
                    let letter = match letters.as_slice() {
                        [only] => after(only, step),
                        several => several.get(step).cloned(),
                    };
                    if let Some(letter) = letter {
                        table.insert(code, letter);
                    }
                }
            }
        }
    }
    table
}

/// A text whose last letter is so many further on.
fn after(text: &str, step: usize) -> Option<String> {
    let mut letters: Vec<char> = text.chars().collect();
    let last = letters.pop()?;
    letters.push(char::from_u32(last as u32 + u32::try_from(step).ok()?)?);
    Some(letters.into_iter().collect())
}

/// What stands between angle brackets, one after the other.
struct Words<'a>(&'a str);

impl Words<'_> {
    fn hex(&mut self) -> Option<Vec<u8>> {
        let (_, rest) = self.0.split_once('<')?;
        let (digits, rest) = rest.split_once('>')?;
        self.0 = rest;
        let digits: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(16)).collect();
        let (pairs, _) = digits.as_chunks::<2>();
        Some(pairs.iter().filter_map(|[high, low]| u8::try_from(high * 16 + low).ok()).collect())
    }

    fn code(&mut self) -> Option<u32> {
        Some(self.hex()?.into_iter().fold(0, |code, byte| code << 8 | u32::from(byte)))
    }

    fn letters(&mut self) -> Vec<String> {
        let several = self.0.trim_start().starts_with('[');
        let list = if several { self.0.split(']').next().unwrap_or_default().len() } else { 0 };
        let end = self.0.len() - list;
        let mut out = Vec::new();
        loop {
            out.extend(self.hex().map(|bytes| utf16(&bytes)));
            if !several || self.0.len() <= end || !self.0[..self.0.len() - end].contains('<') {
                return out;
            }
        }
    }
}

fn utf16(bytes: &[u8]) -> String {
    let (units, _) = bytes.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_letters_by_pairs_runs_and_lists() {
        let table = code_table(
            "2 beginbfchar\n<0003> <0020>\n<0010> <00660069>\nendbfchar\n\
             2 beginbfrange\n<0020> <0022> <0E50>\n<0030> <0031> [<0041> <0042>]\nendbfrange",
        );
        let letters = Letters { table, two_bytes: true };
        assert_eq!(letters.read(&[0, 0x20, 0, 0x22, 0, 3, 0, 0x10, 0, 0x31]), "๐๒ fiB");
    }

    #[test]
    fn what_is_no_pdf_has_no_texts() {
        assert_eq!(texts(b"%PDF-1.7 and nothing more"), None);
    }
}
