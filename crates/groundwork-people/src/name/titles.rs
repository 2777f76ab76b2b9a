//! Titles, honorifics, and words that stand for a name that somebody has not.

use crate::value::Sex;

/// Titles written in Thai before a name, mostly without a blank, the longer first, and whose they
/// are.
const THAI: [(&str, Option<Sex>); 31] = [
    ("ว่าที่ร้อยตรี", None),
    ("นางสาว", Some(Sex::Female)),
    ("เด็กชาย", Some(Sex::Male)),
    ("เด็กหญิง", Some(Sex::Female)),
    ("สามเณร", Some(Sex::Male)),
    ("อาจารย์", None),
    ("น้อง", None),
    ("นาย", Some(Sex::Male)),
    ("นาง", Some(Sex::Female)),
    ("น.ส.", Some(Sex::Female)),
    ("นส.", Some(Sex::Female)),
    ("น.ส", Some(Sex::Female)),
    ("ด.ช.", Some(Sex::Male)),
    ("ด.ญ.", Some(Sex::Female)),
    ("ด.ช", Some(Sex::Male)),
    ("ด.ญ", Some(Sex::Female)),
    ("ดช.", Some(Sex::Male)),
    ("ดญ.", Some(Sex::Female)),
    ("ดร.", None),
    ("ผศ.", None),
    ("คุณ", None),
    ("ครู", None),
    ("พระ", Some(Sex::Male)),
    ("พี่", None),
    ("ลุง", Some(Sex::Male)),
    ("ป้า", Some(Sex::Female)),
    ("น้า", None),
    ("ยาย", Some(Sex::Female)),
    ("แม่", Some(Sex::Female)),
    ("พ่อ", Some(Sex::Male)),
    ("อ.", None),
];

/// Titles that names begin with, too.
const MAY_BE_NAMES: [&str; 6] = ["นาง", "คุณ", "ครู", "พระ", "แม่", "พ่อ"];

/// Titles in Latin letters.
const LATIN: [(&str, Option<Sex>); 26] = [
    ("mr", Some(Sex::Male)),
    ("mrs", Some(Sex::Female)),
    ("ms", Some(Sex::Female)),
    ("miss", Some(Sex::Female)),
    ("master", Some(Sex::Male)),
    ("dr", None),
    ("prof", None),
    ("teacher", None),
    ("khun", None),
    ("nai", Some(Sex::Male)),
    ("naai", Some(Sex::Male)),
    ("nangsao", Some(Sex::Female)),
    ("nangsaw", Some(Sex::Female)),
    ("dekchai", Some(Sex::Male)),
    ("dekying", Some(Sex::Female)),
    ("phra", Some(Sex::Male)),
    ("nong", None),
    ("boy", Some(Sex::Male)),
    ("girl", Some(Sex::Female)),
    ("sister", Some(Sex::Female)),
    ("brother", Some(Sex::Male)),
    ("father", Some(Sex::Male)),
    ("mother", Some(Sex::Female)),
    ("uncle", Some(Sex::Male)),
    ("aunt", Some(Sex::Female)),
    ("auntie", Some(Sex::Female)),
];

/// Honorifics of Burmese, Karen and Shan names, as their syllables are romanised. Any of them may
/// be the name itself, so they go only where two words remain.
const HONORIFICS: [(&str, Option<Sex>); 18] = [
    ("u", Some(Sex::Male)),
    ("daw", Some(Sex::Female)),
    ("ko", Some(Sex::Male)),
    ("ma", Some(Sex::Female)),
    ("maung", Some(Sex::Male)),
    ("mg", Some(Sex::Male)),
    ("saw", Some(Sex::Male)),
    ("naw", Some(Sex::Female)),
    ("nan", Some(Sex::Female)),
    ("nang", Some(Sex::Female)),
    ("sai", Some(Sex::Male)),
    ("chai", Some(Sex::Male)),
    ("sao", None),
    ("sayadaw", Some(Sex::Male)),
    ("ashin", Some(Sex::Male)),
    ("mi", Some(Sex::Female)),
    ("mahn", Some(Sex::Male)),
    ("salai", Some(Sex::Male)),
];

/// What registers write for people without a surname, or without a name: nobody has it.
const MADE_UP: [&str; 20] = [
    "นามสมมุติ",
    "นามสมมุต",
    "นามสมมติ",
    "นามสกุลสมมุติ",
    "สมมุติ",
    "ไม่มีนามสกุล",
    "ไม่มีสกุล",
    "ไม่มีชื่อ",
    "ไม่ทราบ",
    "ไม่ระบุ",
    "ไม่มี",
    "unknown",
    "none",
    "nosurname",
    "nolastname",
    "noname",
    "fnu",
    "lnu",
    "unnamed",
    "anonymous",
];

/// How those sound in Latin letters, folded: `Namsommut`, `Nam Sommut`.
const MADE_UP_SOUNDS: [&str; 4] = ["namsomut", "namsomuti", "namsomati", "naamsomut"];

/// What a title stood before, and whose it is.
pub(super) struct Untitled<'t> {
    pub(super) rest: &'t str,
    pub(super) sex: Option<Sex>,
    /// The title was written together with the rest and may be part of the name: `นางนวล`.
    pub(super) glued: bool,
}

/// A text without the Thai titles before it.
pub(super) fn without_thai_titles(text: &str) -> Untitled<'_> {
    let mut out = Untitled { rest: text.trim(), sex: None, glued: false };
    loop {
        let found = THAI.iter().find_map(|(title, sex)| Some((title, out.rest.strip_prefix(title)?, *sex)));
        let Some((title, rest, sex)) = found else { return out };
        let apart = rest.starts_with(|c: char| c.is_whitespace() || c == '.') || title.ends_with('.');
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '.');
        // `คุณากร` begins with no title: a name does not begin with a vowel sign.
        if !begins_a_name(rest) {
            return out;
        }
        // What may be the name says nothing: `นางหอม` is a Shan man, too.
        let may_be_name = !apart && MAY_BE_NAMES.contains(title);
        let sex = out.sex.or(sex.filter(|_| !may_be_name));
        out = Untitled { rest, sex, glued: out.glued || may_be_name };
    }
}

/// Whether a name may begin here: with a consonant or a vowel before one, and another letter.
fn begins_a_name(text: &str) -> bool {
    let mut signs = text.chars();
    let begins = signs.next().is_some_and(|c| {
        c.is_alphabetic() && !matches!(c, 'ะ'..='ู' | '\u{0e45}'..='\u{0e4e}') || matches!(c, 'เ'..='ไ')
    });
    begins && signs.next().is_some()
}

/// Whose title a word in Latin letters is; nothing where it is none.
pub(super) fn latin_title(word: &str) -> Option<Option<Sex>> {
    LATIN.iter().find(|(title, _)| *title == word).map(|(_, sex)| *sex)
}

/// Whose honorific a word is; nothing where it is none.
pub(super) fn honorific(word: &str) -> Option<Option<Sex>> {
    HONORIFICS.iter().find(|(title, _)| *title == word).map(|(_, sex)| *sex)
}

/// Whether a word as it is written stands for a name that somebody has not.
pub(super) fn is_made_up(word: &str) -> bool {
    MADE_UP.contains(&word)
}

/// The same of words by their sound.
pub(super) fn sounds_made_up(sounds: &str) -> bool {
    MADE_UP_SOUNDS.contains(&sounds)
}

/// A text without a made-up surname that is written together with what is before it.
pub(super) fn without_made_up_end(word: &str) -> &str {
    MADE_UP.iter().take(7).find_map(|ending| word.strip_suffix(ending)).unwrap_or(word)
}
