//! The tables of advances against the fonts that are shipped, and whether these have every
//! character that charts write of their own accord.

use super::{ASCII, BOLD, MYANMAR, THAI, width};
use crate::catalogue::Phrase;
use groundwork_plan::text::Language;
use std::path::Path;

/// As much of a TrueType font as says how wide its characters are.
struct Font {
    bytes: Vec<u8>,
}

impl Font {
    fn shipped(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports/fonts").join(name);
        Self { bytes: std::fs::read(&path).unwrap() }
    }

    fn u16(&self, at: usize) -> usize {
        usize::from(u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]]))
    }

    fn u32(&self, at: usize) -> usize {
        self.u16(at) << 16 | self.u16(at + 2)
    }

    /// Where a table begins.
    fn table(&self, tag: &[u8; 4]) -> usize {
        let records = (0..self.u16(4)).map(|i| 12 + 16 * i);
        let at = records.into_iter().find(|at| self.bytes[*at..*at + 4] == *tag).unwrap();
        self.u32(at + 8)
    }

    /// The glyph of a character of the basic plane, by the `cmap` subtable of format 4.
    fn glyph(&self, c: char) -> Option<usize> {
        let cmap = self.table(b"cmap");
        let subtables = (0..self.u16(cmap + 2)).map(|i| cmap + self.u32(cmap + 8 + 8 * i));
        let at = subtables.into_iter().find(|at| self.u16(*at) == 4)?;
        let code = usize::try_from(u32::from(c)).ok()?;
        let double = self.u16(at + 6);
        let (ends, starts) = (at + 14, at + 16 + double);
        let (deltas, offsets) = (starts + double, starts + 2 * double);
        let segment = (0..double).step_by(2).find(|i| code <= self.u16(ends + i))?;
        let start = self.u16(starts + segment);
        if code < start {
            return None;
        }
        let (delta, offset) = (self.u16(deltas + segment), self.u16(offsets + segment));
        let glyph = match offset {
            0 => (code + delta) % 65_536,
            offset => self.u16(offsets + segment + offset + 2 * (code - start)),
        };
        (glyph > 0).then_some(glyph)
    }

    /// The advance of a character, in thousandths of the size.
    fn advance(&self, c: char) -> Option<f64> {
        let glyph = self.glyph(c)?;
        let units = self.u16(self.table(b"head") + 18) as f64;
        let known = self.u16(self.table(b"hhea") + 34);
        let at = self.table(b"hmtx") + 4 * glyph.min(known - 1);
        Some(self.u16(at) as f64 * 1000.0 / units)
    }
}

const SCRIPTS: [(&str, u32, &[u16]); 3] =
    [("NotoSans", 0x20, &ASCII), ("NotoSansThai", 0x0E01, &THAI), ("NotoSansMyanmar", 0x1000, &MYANMAR)];

#[test]
fn advances_are_those_of_the_shipped_fonts() {
    for (name, first, table) in SCRIPTS {
        let font = Font::shipped(&format!("{name}-Regular.ttf"));
        let mut compared = 0;
        for (code, advance) in (first..).zip(table).filter(|(_, advance)| **advance > 0) {
            let Some(real) = char::from_u32(code).and_then(|c| font.advance(c)) else {
                continue;
            };
            assert!((real - f64::from(*advance)).abs() <= 1.0, "{name} U+{code:04X}: {real} {advance}");
            compared += 1;
        }
        assert!(compared > 50, "{name}");
    }
}

#[test]
fn bold_texts_are_not_wider_than_thought() {
    for (name, first, table) in SCRIPTS {
        let font = Font::shipped(&format!("{name}-SemiBold.ttf"));
        let letters = (first..).zip(table).filter(|(_, advance)| **advance > 0);
        let both = letters
            .filter_map(|(code, advance)| Some((font.advance(char::from_u32(code)?)?, f64::from(*advance))));
        let (real, thought) = both.fold((0.0, 0.0), |(a, b), (real, thought)| (a + real, b + thought * BOLD));
        assert!(real <= thought, "{name}: {real} {thought}");
    }
}

#[test]
fn shipped_fonts_have_every_character_of_the_catalogue_and_of_numbers() {
    let names = [
        "NotoSans-Regular.ttf",
        "NotoSansThai-Regular.ttf",
        "NotoSansMyanmar-Regular.ttf",
        "NotoSansMath-Subset.ttf",
        "NotoSansSymbols2-Subset.ttf",
    ];
    let fonts = names.map(Font::shipped);
    let texts =
        Phrase::ALL.into_iter().flat_map(|phrase| Language::ALL.map(|language| phrase.text(language)));
    for text in texts.chain(["0123456789.,%−+–’≤≥×·¼½1/n=()…"]) {
        assert!(width(text, 8.0, 400) > 0.0);
        for c in text.chars() {
            assert!(fonts.iter().any(|font| font.glyph(c).is_some()), "{c:?} of {text}");
        }
    }
}
