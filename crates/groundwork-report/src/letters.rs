//! Letters: one that no font has, such as an emoji in a quote, is shown as a mark for what is not known,
//! so that it stops no report. The page for screens shows it as it was written.

use std::collections::{BTreeSet, HashMap};
use typst::text::Font;

/// What stands for letters that no font has, once for several together.
const MARK: char = '\u{FFFD}';

/// The letters of some fonts.
pub(crate) struct Letters<'t> {
    fonts: &'t [Font],
    known: HashMap<char, bool>,
    /// Those that were asked for and are in none.
    pub(crate) unshown: BTreeSet<char>,
}

impl<'t> Letters<'t> {
    pub(crate) fn of(fonts: &'t [Font]) -> Self {
        Self { fonts, known: HashMap::new(), unshown: BTreeSet::new() }
    }

    /// A text as it can be shown.
    pub(crate) fn shown(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut marked = false;
        for letter in text.chars() {
            if self.has(letter) && !(marked && letter == '\u{200D}') {
                out.push(letter);
                marked = false;
            } else if !is_variant(letter) && letter != '\u{200D}' {
                self.unshown.insert(letter);
                if !marked {
                    out.push(MARK);
                }
                marked = true;
            }
        }
        out
    }

    fn has(&mut self, letter: char) -> bool {
        let covered = |font: &Font| font.info().coverage.contains(u32::from(letter));
        letter.is_ascii() || *self.known.entry(letter).or_insert_with(|| self.fonts.iter().any(covered))
    }
}

/// Whether it only says which picture of the letter before it is meant.
fn is_variant(letter: char) -> bool {
    matches!(letter, '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}')
}
