//! Names of people, by what two people who write the same name have in common.
//!
//! | what is written | what becomes of it |
//! |---|---|
//! | `น.ส.กัญญา คำปัน`, `Mr. Somchai` | titles go, and say the sex |
//! | `นางนวล` | a title or the name itself: both are tried |
//! | `U Aung Kyaw`, `U Nu` | an honorific goes where two words remain |
//! | `KhinMyoWin`, `AYE THU` | words apart, case gone |
//! | `ဒေါ်ချိုမင်းဖြိုး`, `ၸၢႆးၶမ်း` | a word a syllable, in Latin letters |
//! | `จันทร์เพ็ญ`, `Chanpen`, `Janpen` | in Latin letters, folded to its sounds |
//! | `แซ่ ลี`, `Sae Lee` | the mark of a clan stays with it |
//! | `อนุชา นามสมมุติ` | a made-up surname is none |
//!
//! Nothing here decides that two names are of one person.

mod burmese;
mod latin;
mod thai;
mod titles;

use crate::value::Sex;

/// The most words of a name that are compared.
const WORDS_MOST: usize = 8;

/// The honorific of Shan men in Thai letters, which is written together with the name.
const SAI: &str = "จาย";

/// A name as one person wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// The words of each reading by their sound; mostly there is one reading. No reading is empty.
    pub readings: Vec<Vec<String>>,
    /// Whose title stood before it.
    pub sex: Option<Sex>,
}

impl Name {
    /// Reads a name; the text is in composed form, as the readers leave it.
    ///
    /// ```
    /// use groundwork_people::name::Name;
    ///
    /// assert_eq!(Name::read("น.ส.จันทร์เพ็ญ นามสมมุติ").readings, Name::read("Janpen").readings);
    /// ```
    pub fn read(text: &str) -> Self {
        let text: String = text.chars().filter(|c| !is_invisible(*c)).collect();
        let text = text.trim();
        let untitled = titles::without_thai_titles(text);
        let mut name = words(untitled.rest);
        name.sex = untitled.sex.or(name.sex);
        if untitled.glued {
            name.readings.extend(words(text).readings);
        }
        name.readings.retain(|reading| !reading.is_empty());
        name.readings.dedup();
        name
    }

    /// All words of the first reading together: equal for most ways to write one name.
    pub fn key(&self) -> String {
        self.readings.first().map(|words| together(words)).unwrap_or_default()
    }
}

/// All words of a reading as one: a sound that ends one word and begins the next stands once, as it
/// does where they are written together.
pub(crate) fn together(words: &[String]) -> String {
    let mut out = String::new();
    for letter in words.iter().flat_map(|word| word.chars()) {
        if !out.ends_with(letter) {
            out.push(letter);
        }
    }
    out
}

/// The consonants of a word that [`Name::read`] gave: what spellings and scripts agree on.
pub(crate) fn skeleton(word: &str) -> String {
    latin::skeleton(word)
}

/// One reading of a text without Thai titles.
fn words(text: &str) -> Name {
    let mut sex = None;
    // Each word as it is written, and in Latin letters before they are folded.
    let mut raw: Vec<String> = Vec::new();
    for written in apart(text) {
        if titles::is_made_up(&written) {
            continue;
        }
        let written = titles::without_made_up_end(&written);
        match script(written) {
            Script::Thai => {
                let is_more = |rest: &&str| rest.chars().count() > 1;
                if let Some(rest) = written.strip_prefix(SAI).filter(is_more) {
                    raw.extend(["sai".to_owned(), thai::romanised(rest)]);
                } else if let Some(rest) = written.strip_suffix(SAI).filter(is_more) {
                    raw.extend([thai::romanised(rest), "sai".to_owned()]);
                } else {
                    raw.push(thai::romanised(written));
                }
            }
            Script::Myanmar => raw.extend(burmese::syllables(written)),
            Script::Other => raw.push(written.to_owned()),
        }
    }
    raw.retain(|word| !word.is_empty());
    while raw.len() > 1
        && let Some(title) = raw.first().and_then(|word| titles::latin_title(word))
    {
        sex = sex.or(title);
        raw.remove(0);
    }
    let is_long = raw.get(1).is_some_and(|word| word.chars().count() >= 6);
    if (raw.len() > 2 || (raw.len() == 2 && is_long))
        && let Some(honorific) = raw.first().and_then(|word| titles::honorific(word))
    {
        sex = sex.or(honorific);
        raw.remove(0);
    }
    // The mark of a clan stays with it.
    let mut whole: Vec<String> = Vec::with_capacity(raw.len());
    for word in raw {
        match whole.last_mut().filter(|before| matches!(before.as_str(), "sae" | "saee" | "sair" | "seh")) {
            Some(before) => before.push_str(&word),
            None => whole.push(word),
        }
    }
    let mut words: Vec<String> = whole
        .into_iter()
        .map(|word| if word.chars().any(is_latin) { latin::sounds(&word) } else { word })
        .filter(|word| !word.is_empty())
        .collect();
    words.retain(|word| !titles::sounds_made_up(word));
    if let [.., before, last] = words.as_slice()
        && titles::sounds_made_up(&format!("{before}{last}"))
    {
        words.truncate(words.len() - 2);
    }
    words.truncate(WORDS_MOST);
    Name { readings: vec![words], sex }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Thai,
    Myanmar,
    Other,
}

fn script(word: &str) -> Script {
    match word.chars().next() {
        Some('\u{e00}'..='\u{e7f}') => Script::Thai,
        Some('\u{1000}'..='\u{109f}' | '\u{aa60}'..='\u{aa7f}' | '\u{a9e0}'..='\u{a9ff}') => Script::Myanmar,
        _ => Script::Other,
    }
}

fn is_latin(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Words in lower case, those that are written together apart: `KhinMyoWin`, and where the script
/// changes. Signs are blanks, but hyphens and apostrophes join: `Ja-ue`.
fn apart(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut before = ' ';
    for c in text.chars() {
        if matches!(c, '-' | '\'' | '’' | '‐' | '‑' | '`') {
            continue;
        }
        let breaks = before.is_lowercase() && c.is_uppercase();
        let kind = |c: char| script(c.encode_utf8(&mut [0; 4]));
        let changes = before != ' ' && kind(before) != kind(c);
        if breaks || changes {
            out.push(String::new());
        }
        let keeps = c.is_alphabetic() || kind(c) != Script::Other;
        match out.last_mut().filter(|_| keeps) {
            Some(word) => word.extend(c.to_lowercase()),
            None => out.push(String::new()),
        }
        before = if keeps { c } else { ' ' };
    }
    out.retain(|word| !word.is_empty());
    out
}

/// Zero-width spaces and joiners, direction marks, soft hyphens and byte order marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        Name::read(text).key()
    }

    #[test]
    fn one_person_written_by_two() {
        for (one, other) in [
            ("น.ส. กัญญา คำปัน", "กัญญา  คำปัน"),
            ("น.ส. กัญญา คำปัน", "Kanya Khampan"),
            ("U Aung Kyaw", "Aung Kyaw"),
            ("KhinMyoWin", "Khin Myo Win"),
            ("MA ZINOOMYA", "Ma Zin Uu Mya"),
            ("Htun Htun", "Tun Tun"),
            ("ด.ช.สมชาย ใจดี", "นายสมชาย ใจดี"),
            ("Maung Aung Kyaw", "Mg. Aung Kyaw"),
            ("Daw Khin Moe", "KHIN MO"),
            ("เด็กหญิงจันทร์ นามสมมุติ", "จัน"),
            ("Mr. Somchai Jaidee", "somchai  jaidee"),
            ("นายสมชาย ใจดี", "Mr. Somchai Jaidee"),
            ("Anucha Namsommut", "นายอนุชา นามสมมุติ"),
            ("ဒေါ်ချိုမင်းဖြိုး", "Daw Cho Min Phyo"),
            ("မောင်စန်းမင်းဦး", "Mg. San Min Oo"),
            ("Leesoo Sae Yang", "ลีซู แซ่ย่าง"),
            ("Leesoo Saeyang", "ลีซู แซ่ ย่าง"),
            ("Ja-ue Sae Lee", "Jaue SaeLee"),
            ("จายแสง", "Sai Saeng"),
            ("หมี่จู มาเยอะ", "Miju Mayoe"),
            ("AWNGLWIN", "Aung Luin"),
            ("นางคำ", "คำ"),
        ] {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
    }

    #[test]
    fn every_case_of_names() {
        let cases = include_str!("../../../groundwork-sources/tests/hygiene.json");
        let cases: Vec<serde_json::Value> = serde_json::from_str(cases).expect("cases");
        let names: Vec<_> = cases.iter().filter(|case| case["kind"] == "name_key").collect();
        assert!(names.len() >= 8);
        for case in names {
            let read = |at: usize| key(case["input"][at].as_str().expect("a name"));
            let found = if read(0) == read(1) { "same_key" } else { "different_key" };
            assert_eq!(case["expected"], found, "{case}");
        }
    }

    #[test]
    fn a_title_that_is_the_name_stays() {
        assert_ne!(key("U Nu"), key("Nu Nu"));
        assert_ne!(key("Ma Ma"), key("Ma"));
        assert_eq!(key("คุณากร ใจดี"), key("Khunakon Jaidee"));
        assert_eq!(Name::read("นางนวล").readings, [vec!["nuan".to_owned()], vec!["nanuan".to_owned()]]);
        assert_eq!(key(" "), "");
    }

    #[test]
    fn a_made_up_surname_is_none() {
        for text in [
            "อนุชา นามสมมุติ",
            "อนุชานามสมมุติ",
            "อนุชา นามสมมติ",
            "Anucha Namsommut",
            "Anucha Nam Sommut",
            "อนุชา ไม่มีนามสกุล",
        ] {
            assert_eq!(key(text), key("อนุชา"), "{text}");
        }
        assert!(Name::read("นามสมมุติ").readings.is_empty());
        assert!(Name::read("unknown").readings.is_empty());
    }

    #[test]
    fn titles_say_the_sex() {
        for (text, sex) in [
            ("ด.ญ.ก้อย", Some(Sex::Female)),
            ("นาย ก้อง", Some(Sex::Male)),
            ("Daw Khin Moe", Some(Sex::Female)),
            ("คุณ ก้อย ใจดี", None),
        ] {
            assert_eq!(Name::read(text).sex, sex, "{text}");
        }
    }
}
