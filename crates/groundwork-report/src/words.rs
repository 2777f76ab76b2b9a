//! The words of a report: one catalogue a language, in `words/`, for templates and for the
//! sentences that depend on numbers. An organisation's own catalogue replaces ours; what it lacks
//! is said with its place.

use crate::diag;
use crate::templates::Templates;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::number::{digits, grouped};
use groundwork_plan::text::Language;
use serde_json::Value;

/// The English catalogue that comes with groundwork: what every other must have.
const ENGLISH: &str = include_str!("../../../reports/words/en.json");

/// The catalogue of one language.
#[derive(Debug, Clone)]
pub struct Words {
    language: Language,
    texts: Value,
}

impl Words {
    /// The catalogue of a language.
    ///
    /// # Errors
    ///
    /// A catalogue that is missing, is no JSON, or lacks a text that the English one has.
    pub fn of(templates: &Templates, language: Language) -> Result<Self, Vec<Diagnostic>> {
        let path = format!("words/{language}.json");
        let Some(bytes) = templates.files.get(&path) else {
            return Err(vec![diag::no_words(&path)]);
        };
        let texts: Value = serde_json::from_slice(bytes)
            .map_err(|e| vec![diag::broken_words(&path, e.line(), e.column())])?;
        let english: Value = serde_json::from_str(ENGLISH).unwrap_or_default();
        let mut missing = Vec::new();
        lacking(&english, &texts, "", &mut missing);
        if missing.is_empty() {
            Ok(Self { language, texts })
        } else {
            Err(missing.iter().map(|(key, text)| diag::untranslated(&path, key, text)).collect())
        }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text at a path such as `finding.and`; the path itself where there is none.
    pub(crate) fn text<'a>(&'a self, path: &'a str) -> &'a str {
        let found = path.split('.').try_fold(&self.texts, |at, key| at.get(key));
        found.and_then(Value::as_str).unwrap_or(path)
    }

    /// The text of a group of the catalogue for a key, where it has one.
    pub(crate) fn known(&self, group: &str, key: &str) -> Option<&str> {
        group.split('.').try_fold(&self.texts, |at, part| at.get(part))?.get(key)?.as_str()
    }

    /// The text at a path with its places filled: `{a}` stands for the text beside `a`.
    pub fn fill(&self, path: &str, parts: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.text(path);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let part = parts.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| *text);
            self.join(&mut out, part);
            rest = after;
            if self.language == Language::Th && is_thai(rest.chars().next()) && !out.is_empty() {
                let joins = out.ends_with(' ') || is_thai(out.chars().last());
                out.push_str(if joins { "" } else { " " });
            }
        }
        out.push_str(rest);
        out.trim().to_owned()
    }

    /// Thai letters join; anything else is parted from them by a blank.
    fn join(&self, out: &mut String, part: &str) {
        let apart = self.language == Language::Th
            && is_thai(out.chars().last())
            && part.chars().next().is_some_and(|c| !is_thai(Some(c)) && !c.is_whitespace());
        if apart {
            out.push(' ');
        }
        out.push_str(part);
    }

    /// A list: `a, b and c`.
    pub(crate) fn list(&self, parts: &[String]) -> String {
        match parts {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => {
                let comma = self.text("finding.comma");
                format!("{}{}{last}", first.join(comma), self.text("finding.and"))
            }
        }
    }

    /// A number with the digits of the language.
    pub(crate) fn digits(&self, text: &str) -> String {
        digits(text, self.language)
    }

    /// How many there are of something.
    pub(crate) fn count(&self, n: usize) -> String {
        grouped(n as f64, 0, self.language)
    }

    /// What an evaluation writes in English, in the language: an estimand, or a part of one.
    pub fn estimand(&self, english: &str) -> String {
        let Some(known) = self.texts.get("estimands").and_then(Value::as_object) else {
            return english.to_owned();
        };
        if let Some(text) = known.get(english).and_then(Value::as_str) {
            return text.to_owned();
        }
        // The pattern that leaves least open.
        let matching =
            known.iter().filter_map(|(pattern, text)| Some((open(pattern, english)?, text.as_str()?)));
        match matching.min_by_key(|(open, _)| open.iter().map(|o| o.len()).sum::<usize>()) {
            Some((open, text)) => {
                // A name may hold digits that are no number, such as that of a column.
                let written = |part: &str| match part.parse::<f64>() {
                    Ok(_) => self.digits(part),
                    Err(_) => part.to_owned(),
                };
                open.iter().fold(text.to_owned(), |text, part| text.replacen("{}", &written(part), 1))
            }
            None => english.to_owned(),
        }
    }
}

/// What stands in the open places of a pattern.
fn open<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut fixed = pattern.split("{}");
    let mut rest = text.strip_prefix(fixed.next()?)?;
    let mut out = Vec::new();
    for part in fixed {
        let at = if part.is_empty() { rest.len() } else { rest.find(part)? };
        out.push(rest.get(..at)?);
        rest = rest.get(at + part.len()..)?;
    }
    (rest.is_empty() && !out.is_empty()).then_some(out)
}

fn is_thai(letter: Option<char>) -> bool {
    letter.is_some_and(|c| ('\u{0e00}'..='\u{0e7f}').contains(&c))
}

/// The texts of a catalogue that another lacks, with their paths.
fn lacking(of: &Value, has: &Value, path: &str, out: &mut Vec<(String, String)>) {
    match of {
        Value::Object(entries) => {
            for (key, value) in entries.iter().filter(|(key, _)| *key != "to_check") {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                lacking(value, has.get(key).unwrap_or(&Value::Null), &path, out);
            }
        }
        Value::String(text) if !has.is_string() => out.push((path.to_owned(), text.clone())),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(language: Language) -> Words {
        Words::of(&Templates::built_in(), language).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }

    #[test]
    fn every_language_has_every_text_with_the_same_places() {
        let places = |text: &str| {
            let mut names: Vec<String> =
                text.split('{').skip(1).filter_map(|t| Some(t.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names
        };
        fn texts(value: &Value, path: &str, out: &mut Vec<(String, String)>) {
            match value {
                Value::Object(entries) => {
                    entries.iter().for_each(|(k, v)| texts(v, &format!("{path}/{k}"), out))
                }
                Value::String(text) => out.push((path.to_owned(), text.clone())),
                _ => {}
            }
        }
        let mut english = Vec::new();
        texts(&words(Language::En).texts, "", &mut english);
        assert!(english.len() > 300);
        for language in [Language::Th, Language::My] {
            let other = words(language);
            for (path, text) in &english {
                let translated = other.texts.pointer(path).and_then(Value::as_str);
                assert_eq!(translated.map(places), Some(places(text)), "{language}: {path}");
            }
        }
    }

    #[test]
    fn what_a_catalogue_lacks_is_said_with_its_place() {
        let short = Templates::built_in().with_files([("words/th.json".into(), b"{\"n\": \"n\"}".to_vec())]);
        let problems = Words::of(&short.unwrap(), Language::Th).expect_err("a short catalogue");
        assert!(
            problems.iter().any(|p| p.message.contains("words/th.json") && p.message.contains("`data_to`"))
        );
        let broken = Templates::built_in().with_files([("words/th.json".into(), b"{\n  oh".to_vec())]);
        let problems = Words::of(&broken.unwrap(), Language::Th).expect_err("no JSON");
        assert!(problems[0].message.starts_with("words/th.json:2:"), "{}", problems[0].message);
    }

    #[test]
    fn thai_letters_join_and_others_keep_a_blank() {
        let th = words(Language::Th);
        let said = |a, b| th.fill("finding.gap_above", &[("a", a), ("b", b), ("size", "5 จุด")]);
        assert_eq!(said("น่าน", "เชียงราย"), "น่านสูงกว่าเชียงราย 5 จุด");
        assert_eq!(said("Nan", "Chiang Rai"), "Nan สูงกว่า Chiang Rai 5 จุด");
    }

    #[test]
    fn estimands_are_translated_by_pattern() {
        let th = words(Language::Th);
        assert_eq!(th.estimand("due to rates"), "จากอัตรา");
        assert_eq!(th.estimand("share with document"), "สัดส่วนที่มี document");
        assert_eq!(th.estimand("something new"), "something new");
        assert_eq!(words(Language::My).estimand("within 365"), "၃၆၅ အတွင်း");
    }
}
