//! The headers of an indicator sheet: which key of an indicator a column holds.
//!
//! A header is a key of the language, or a path of keys (`numerator from`, `title th`,
//! `target 2021-Q4`). Case, blanks, dots, hyphens, underscores and brackets do not matter. Some
//! keys have further names, in the languages of the people who keep such sheets.

use crate::language::{INDICATOR, LOCALISED, SHEET_KEYS};
use crate::shape::{Entry, Shape};
use crate::site::spelling_key;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    /// The identifier.
    Id,
    /// What stands at a path of keys in the indicator.
    Key(Vec<String>),
    /// Something that is not for groundwork.
    Ignored,
}

impl Column {
    pub(super) fn name(&self) -> String {
        match self {
            Column::Id => "id".to_owned(),
            Column::Key(path) => path.join(" "),
            Column::Ignored => "#".to_owned(),
        }
    }
}

/// Further names of columns.
const ALSO: &[(&str, &[&str])] = &[
    ("id", &["indicator", "code", "รหัส", "รหัสตัวชี้วัด"]),
    ("title", &["name", "indicator name", "ชื่อ", "ชื่อตัวชี้วัด", "ตัวชี้วัด", "ခေါင်းစဉ်"]),
    ("kind", &["type", "ชนิด", "ประเภท", "အမျိုးအစား"]),
    ("definition", &["คำนิยาม", "นิยาม"]),
    ("from", &["source", "แหล่งข้อมูล", "ရင်းမြစ်"]),
    ("of", &["นับ"]),
    ("where", &["filter", "เงื่อนไข"]),
    ("period_by", &["date", "วันที่"]),
    ("site_by", &["site", "พื้นที่"]),
    ("disaggregate", &["disaggregated by", "disaggregation", "จำแนกตาม", "แยกตาม"]),
    ("numerator", &["ตัวตั้ง", "ပိုင်းဝေ"]),
    ("denominator", &["ตัวหาร", "ပိုင်းခြေ"]),
    ("unit", &["unit of measure", "หน่วย", "หน่วยวัด"]),
    ("direction", &["ทิศทาง"]),
    ("baseline", &["ค่าฐาน", "ค่าเริ่มต้น"]),
    ("target", &["targets", "เป้าหมาย", "ค่าเป้าหมาย", "ပစ်မှတ်"]),
];

/// The languages of a text, as a header may name them.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("en", &["english", "อังกฤษ", "ภาษาอังกฤษ"]),
    ("th", &["thai", "ไทย", "ภาษาไทย"]),
    ("my", &["burmese", "myanmar", "พม่า", "ภาษาพม่า", "မြန်မာ"]),
];

/// Every header that is known.
pub(super) struct Headers {
    /// The spelling and the path.
    known: Vec<(String, Vec<&'static str>)>,
    /// Keys below which names of the author's own may follow.
    open: Vec<(String, &'static str)>,
    /// Headers as messages show them.
    names: Vec<String>,
}

impl Headers {
    pub(super) fn new() -> Self {
        let mut headers = Self { known: Vec::new(), open: Vec::new(), names: vec!["id".to_owned()] };
        let entries = INDICATOR.shared.iter().chain(INDICATOR.kinds.iter().flat_map(|k| k.keys));
        for entry in entries {
            headers.entry(&mut vec![entry.key], entry);
        }
        for key in SHEET_KEYS {
            headers.localised(&["sheet", key], &[key]);
        }
        headers
    }

    fn entry(&mut self, path: &mut Vec<&'static str>, entry: &'static Entry) {
        let spellings = [path.join("")];
        let also = also(entry.key).iter().filter(|_| path.len() == 1).map(|name| (*name).to_owned());
        let spellings: Vec<String> = spellings.into_iter().chain(also).collect();
        let spelt: Vec<&str> = spellings.iter().map(String::as_str).collect();
        if let Shape::Localised = entry.shape {
            self.localised(&path.clone(), &spelt);
        }
        for spelling in &spelt {
            self.know(spelling, path);
        }
        match &entry.shape {
            Shape::Object(object) => {
                for inner in object.keys {
                    path.push(inner.key);
                    self.entry(path, inner);
                    path.pop();
                }
            }
            Shape::Map(_) | Shape::Either(_, Shape::Map(_)) => {
                self.open.extend(spelt.iter().map(|spelling| (plain(spelling), entry.key)));
            }
            Shape::Text
            | Shape::Localised
            | Shape::Integer
            | Shape::Number
            | Shape::Boolean
            | Shape::Date
            | Shape::Period
            | Shape::Months
            | Shape::Expression
            | Shape::OneOf(_)
            | Shape::List(_)
            | Shape::Kinds(_)
            | Shape::Either(_, _) => {}
        }
    }

    /// A text and its translations.
    fn localised(&mut self, path: &[&'static str], spellings: &[&str]) {
        for spelling in spellings {
            self.know(spelling, path);
            for language in LOCALISED.keys {
                let names = LANGUAGES.iter().find(|(code, _)| *code == language.key).map_or(&[][..], |l| l.1);
                for name in [language.key].iter().chain(names) {
                    let path: Vec<&str> = path.iter().copied().chain([language.key]).collect();
                    self.know(&format!("{spelling}{name}"), &path);
                }
            }
        }
    }

    fn know(&mut self, spelling: &str, path: &[&'static str]) {
        let spelling = plain(spelling);
        if !self.known.iter().any(|(known, _)| *known == spelling) {
            self.known.push((spelling, path.to_vec()));
            let name = path.join(" ");
            if !self.names.contains(&name) {
                self.names.push(name);
            }
        }
    }

    /// What a header means; nothing where it is not known.
    pub(super) fn column(&self, header: &str) -> Option<Column> {
        if header.starts_with('#') {
            return Some(Column::Ignored);
        }
        let spelling = plain(header);
        if spelling == "id" || also("id").iter().any(|name| plain(name) == spelling) {
            return Some(Column::Id);
        }
        if let Some((_, path)) = self.known.iter().find(|(known, _)| *known == spelling) {
            // The English text is the text itself.
            let path: Vec<&str> = match path.split_last() {
                Some((&"en", rest)) => rest.to_vec(),
                _ => path.clone(),
            };
            return Some(Column::Key(path.into_iter().map(str::to_owned).collect()));
        }
        let words: Vec<&str> = header.split(is_between).filter(|word| !word.is_empty()).collect();
        let (first, rest) = words.split_first()?;
        let (_, key) = self.open.iter().find(|(known, _)| *known == plain(first))?;
        let path = [*key].iter().chain(rest).map(|word| (*word).to_owned()).collect();
        Some(Column::Key(path))
    }

    /// The headers that messages name.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

fn also(key: &str) -> &'static [&'static str] {
    ALSO.iter().find(|(known, _)| *known == key).map_or(&[], |(_, names)| names)
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '/' | ':' | '>' | ',' | '(' | ')')
}

/// What two spellings of one header have in common.
fn plain(header: &str) -> String {
    let words: String = header.split(is_between).collect();
    spelling_key(&words)
}
