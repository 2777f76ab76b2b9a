//! Names of people, folded so that the same person typed by two people falls into one block.
//!
//! A key is for finding candidates, never for deciding: titles and honorifics go, Thai and Burmese
//! romanisation is folded to its sounds, blanks are dropped. Nothing of a name leaves the reader.

use super::thai;

/// Titles that stand before a Thai name, mostly without a blank.
const THAI_TITLES: [&str; 16] = [
    "นางสาว",
    "เด็กชาย",
    "เด็กหญิง",
    "นาย",
    "นาง",
    "น.ส.",
    "นส.",
    "ด.ช.",
    "ด.ญ.",
    "ดช.",
    "ดญ.",
    "คุณ",
    "ครู",
    "พระ",
    "สามเณร",
    "ดร.",
];
const ENGLISH_TITLES: [&str; 8] = ["mr", "mrs", "ms", "miss", "master", "dr", "khun", "teacher"];
/// Honorifics of Burmese and Tai names. Any of them may be the name itself.
const HONORIFICS: [&str; 12] =
    ["u", "daw", "ko", "ma", "maung", "mg", "saw", "naw", "sai", "nang", "nan", "sao"];
/// The surname that registers give to pupils who have none.
const MADE_UP: [&str; 3] = ["นามสมมุติ", "นามสมมติ", "ไม่มีนามสกุล"];

/// What the writing of one name by several people has in common; empty where nothing is left.
pub fn key(name: &str) -> String {
    let name = thai::key(name);
    let mut name = name.trim();
    if let Some(title) = THAI_TITLES.iter().find(|title| name.starts_with(**title)) {
        let rest = name[title.len()..].trim_start();
        // A name may begin like a title: `นางนวล` is a bird and a name.
        if rest.chars().count() >= 2 {
            name = rest;
        }
    }
    let spaced = apart(name);
    let mut tokens: Vec<&str> = spaced.split_whitespace().filter(|token| !MADE_UP.contains(token)).collect();
    while tokens.len() > 1 && ENGLISH_TITLES.contains(&tokens[0]) {
        tokens.remove(0);
    }
    // An honorific goes only where two tokens remain: U Nu is not Nu.
    if tokens.len() > 2 && HONORIFICS.contains(&tokens[0]) {
        tokens.remove(0);
    }
    tokens.iter().map(|token| if token.is_ascii() { sounds(token) } else { silent_marks(token) }).collect()
}

/// Lower case, signs as blanks, and words that are written together apart: `KhinMyoWin`.
fn apart(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if before.is_lowercase() && c.is_uppercase() {
            out.push(' ');
        }
        let keep = c.is_alphanumeric()
            || ('\u{e00}'..='\u{e7f}').contains(&c)
            || ('\u{1000}'..='\u{109f}').contains(&c);
        if keep {
            out.extend(c.to_lowercase())
        } else {
            out.push(' ')
        }
        before = c;
    }
    out
}

/// A romanised word by its sounds, so that Htun is Tun and Moe is Mo.
fn sounds(token: &str) -> String {
    const FOLDS: [(&str, &str); 18] = [
        ("ht", "t"),
        ("th", "t"),
        ("hp", "p"),
        ("ph", "p"),
        ("hk", "k"),
        ("kh", "k"),
        ("ky", "j"),
        ("gy", "j"),
        ("hs", "s"),
        ("hl", "l"),
        ("hm", "m"),
        ("hn", "n"),
        ("oe", "o"),
        ("oo", "u"),
        ("ee", "i"),
        ("aw", "o"),
        ("ine", "ai"),
        ("y", "i"),
    ];
    let mut word = token.to_owned();
    for (from, to) in FOLDS {
        word = word.replace(from, to);
    }
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}

/// A Thai or Burmese word without the letters that a mark silences, and without tones.
fn silent_marks(token: &str) -> String {
    let mut out = String::with_capacity(token.len());
    for c in token.chars() {
        match c {
            '\u{e4c}' => {
                // The silenced letter goes with its vowel.
                while out.ends_with(['\u{e34}', '\u{e38}']) {
                    out.pop();
                }
                let is_ro = out.ends_with('ร');
                out.pop();
                if is_ro && out.ends_with(['ท', 'ต', 'ด']) {
                    out.pop();
                }
            }
            '\u{e48}'..='\u{e4b}' => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_written_by_two() {
        for (a, b) in [
            ("น.ส. กัญญา คำปัน", "กัญญา  คำปัน"),
            ("U Aung Kyaw", "Aung Kyaw"),
            ("KhinMyoWin", "Khin Myo Win"),
            ("Htun Htun", "Tun Tun"),
            ("ด.ช.สมชาย ใจดี", "นายสมชาย ใจดี"),
            ("Maung Aung Kyaw", "Mg. Aung Kyaw"),
            ("Daw Khin Moe", "KHIN MO"),
            ("เด็กหญิงจันทร์ นามสมมุติ", "จัน"),
            ("Mr. Somchai Jaidee", "somchai  jaidee"),
        ] {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
    }

    #[test]
    fn a_title_that_is_the_name_stays() {
        assert_ne!(key("U Nu"), key("Nu Nu"));
        assert_ne!(key("Ma Ma"), key("Ma"));
        assert!(!key("U Nu").is_empty());
        assert_eq!(key(" "), "");
    }
}
