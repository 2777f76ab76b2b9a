//! The description of a chart in words: what it is, its numbers, and what is not shown.
//!
//! A description has three levels: kind and axes; values and extremes; order and change. It does
//! not say what the numbers mean. It has at most [`MOST`] characters: what matters least goes
//! first, and the table has everything.

use crate::catalogue::Phrase;
use crate::figure::About;
use crate::table::{Reading, Shown, Summary};
use groundwork_disclosure::Status;
use groundwork_plan::number::Unit;
use groundwork_plan::text::Language;

/// The most characters that a description has.
pub(crate) const MOST: usize = 500;

/// Sentences of one description, each with how soon it may be left out (0: never).
#[derive(Debug)]
pub(crate) struct Sentences<'a> {
    about: &'a About,
    sentences: Vec<(u8, String)>,
    finding: String,
}

/// What a chart says in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Description {
    /// What the chart shows, for readers who do not see it.
    pub(crate) alt: String,
    /// What stands out, without a full stop; empty where nothing does.
    pub(crate) finding: String,
}

impl<'a> Sentences<'a> {
    /// Begins a description.
    pub(crate) fn new(about: &'a About) -> Self {
        Self { about, sentences: Vec::new(), finding: String::new() }
    }

    /// Adds a sentence; a larger number is left out sooner.
    pub(crate) fn add(&mut self, leave: u8, sentence: String) {
        self.sentences.push((leave, sentence));
    }

    /// Adds a sentence of the catalogue.
    pub(crate) fn say(&mut self, leave: u8, phrase: Phrase, parts: &[&str]) {
        self.add(leave, phrase.fill(self.about.language, parts));
    }

    /// Adds a sentence of the catalogue that says what stands out.
    pub(crate) fn find(&mut self, leave: u8, phrase: Phrase, parts: &[&str]) {
        let sentence = phrase.fill(self.about.language, parts);
        self.stands_out(&sentence);
        self.add(leave, sentence);
    }

    /// What stands out, unless something did before.
    pub(crate) fn stands_out(&mut self, sentence: &str) {
        if self.finding.is_empty() {
            self.finding = sentence.trim_end_matches(['.', '။', ' ']).to_owned();
        }
    }

    /// Adds the values of the row at a place: the first is the headline, and goes last.
    pub(crate) fn row(&mut self, at: usize, label: &str, values: &[String]) {
        let values: Vec<&str> = values.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        if values.is_empty() {
            return;
        }
        let label = label.trim();
        let colon = if label.is_empty() { "" } else { ": " };
        let text = format!("{label}{colon}{}{}", values.join(", "), stop(self.about.language));
        self.add(if at == 0 { 1 } else { 3 }, text);
    }

    /// The kind of chart and what it shows, with the level of the intervals.
    pub(crate) fn opening(&mut self, kind: Phrase, level: Option<f64>) {
        let language = self.about.language;
        let what = self.about.what.trim().trim_end_matches(['.', '။']);
        let mut opening = kind.text(language).to_owned();
        if !what.is_empty() {
            opening.push_str(": ");
            opening.push_str(what);
        }
        if let Some(level) = level {
            let level = self.about.value(level, &Unit::Share);
            opening.push_str(if language == Language::En { ", " } else { " " });
            opening.push_str(&Phrase::WithIntervals.fill(language, &[&level]));
        }
        opening.push_str(stop(language));
        // Room is kept for what follows.
        let opening = shorten(opening.trim_end(), MOST * 3 / 5);
        self.add(0, opening);
    }

    /// Highest and lowest of several values, each with what it belongs to.
    pub(crate) fn extremes(&mut self, values: &[(String, f64)], unit: &Unit) {
        let order = |a: &&(String, f64), b: &&(String, f64)| a.1.total_cmp(&b.1);
        let (Some(low), Some(high)) = (values.iter().min_by(order), values.iter().max_by(order)) else {
            return;
        };
        if values.len() < 3 || low.1 == high.1 {
            return;
        }
        let (lowest, highest) = (self.about.value(low.1, unit), self.about.value(high.1, unit));
        self.find(4, Phrase::Extremes, &[&high.0, &highest, &low.0, &lowest]);
    }

    /// How many values are not shown, and why.
    pub(crate) fn hidden<'s>(&mut self, shown: impl IntoIterator<Item = &'s Shown>) {
        let mut counts: Vec<(Status, usize)> = Vec::new();
        for status in shown.into_iter().filter_map(Shown::hidden) {
            match counts.iter_mut().find(|(seen, _)| *seen == status) {
                Some((_, count)) => *count += 1,
                None => counts.push((status, 1)),
            }
        }
        counts.sort();
        if counts.is_empty() {
            return;
        }
        let words = &self.about.words;
        let parts: Vec<String> = counts
            .iter()
            .map(|(status, count)| format!("{} {}", self.about.count(*count), words.get(*status)))
            .collect();
        let sentence = Phrase::NotShown.fill(self.about.language, &[&parts.join(", ")]);
        self.add(0, shorten(&sentence, MOST / 5));
    }

    /// The description: the opening and what must not be missing, and as much of the rest as
    /// there is room for, in the order in which it was added.
    pub(crate) fn finish(mut self) -> Description {
        self.say(0, Phrase::Table, &[]);
        let length = |s: &str| s.chars().count() + 1;
        let mut order: Vec<usize> = (0..self.sentences.len()).collect();
        order.sort_by_key(|&i| self.sentences.get(i).map_or(0, |(leave, _)| *leave));
        let mut room = MOST + 1;
        let mut kept = vec![false; self.sentences.len()];
        for i in order {
            let Some((_, sentence)) = self.sentences.get(i) else {
                continue;
            };
            if sentence.is_empty() || length(sentence) > room {
                continue;
            }
            room -= length(sentence);
            if let Some(keep) = kept.get_mut(i) {
                *keep = true;
            }
        }
        let kept: Vec<&str> = self
            .sentences
            .iter()
            .zip(&kept)
            .filter(|(_, keep)| **keep)
            .map(|((_, sentence), _)| sentence.as_str())
            .collect();
        Description { alt: kept.join(" "), finding: self.finding }
    }
}

/// What ends a sentence in a language. Thai ends one with a blank.
pub(crate) fn stop(language: Language) -> &'static str {
    match language {
        Language::En => ".",
        Language::Th => "",
        Language::My => "။",
    }
}

/// A value with its name, or the words for why there is none: `Nan 48% (42–54)`.
pub(crate) fn named(name: &str, shown: &Shown, unit: &Unit, about: &About) -> String {
    let text = match shown {
        Shown::Value(reading) => reading.text(unit, about.language),
        Shown::Hidden(status) => about.words.get(*status).to_owned(),
    };
    if name.is_empty() { text } else { format!("{name} {text}") }
}

/// A difference or a ratio as a part of a sentence: `difference +14 points (6–22)`.
pub(crate) fn compared(reading: &Reading, unit: &Unit, summary: Summary, language: Language) -> String {
    let text = reading.contrast_text(unit, summary, language);
    let (value, limits) = text.split_once(" (").unwrap_or((&text, ""));
    let points = match (summary, unit) {
        (Summary::Difference, Unit::Share) => Phrase::Points.text(language),
        _ => "",
    };
    let word = match summary {
        Summary::Ratio => Phrase::RatioOf,
        Summary::Difference => Phrase::DifferenceOf,
    };
    let open = if limits.is_empty() { "" } else { " (" };
    format!("{} {value}{points}{open}{limits}", word.text(language))
}

/// The level of the first interval, where there is one.
pub(crate) fn level<'s>(shown: impl IntoIterator<Item = &'s Shown>) -> Option<f64> {
    shown.into_iter().filter_map(Shown::reading).find_map(|r| r.interval).map(|(_, _, level)| level)
}

/// At most so many characters, with `…` in place of what is cut off.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_never_too_long_and_keeps_what_matters() {
        for language in Language::ALL {
            let about = About::new("Title.", "x".repeat(900), language);
            let mut sentences = Sentences::new(&about);
            sentences.opening(Phrase::DotChart, Some(0.95));
            for i in 0..60 {
                sentences.add(2, format!("Row {i}: 50%."));
            }
            sentences.hidden(&[Shown::Hidden(Status::Withheld)]);
            let alt = sentences.finish().alt;
            assert!(alt.chars().count() <= MOST, "{}", alt.chars().count());
            assert!(alt.contains(&about.words.withheld));
            assert!(alt.contains("Row 0"));
        }
    }

    #[test]
    fn every_language_ends_its_sentences_in_its_own_way() {
        let described = |language| {
            let about = About::new("", "2021", language);
            let mut sentences = Sentences::new(&about);
            sentences.opening(Phrase::DotChart, Some(0.95));
            sentences.row(0, "Nan", &["48%".into()]);
            sentences.finish().alt
        };
        let [en, th, my] = Language::ALL.map(described);
        assert_eq!(en, "Dot chart: 2021, with 95% intervals. Nan: 48%. All numbers are in the data table.");
        assert_eq!(th, "แผนภูมิจุด: 2021 พร้อมช่วงความเชื่อมั่น 95% Nan: 48% ตัวเลขทั้งหมดอยู่ในตารางข้อมูล");
        assert_eq!(my.matches('။').count(), 3, "{my}");
        assert!(my.contains("၉၅%") && my.contains("Nan: 48%"));
    }

    #[test]
    fn statuses_are_counted() {
        let about = About::new("", "", Language::En);
        let mut sentences = Sentences::new(&about);
        let withheld = Shown::Hidden(Status::Withheld);
        sentences.hidden(&[withheld, Shown::Hidden(Status::NoData), withheld]);
        assert_eq!(
            sentences.finish().alt,
            "Not shown: 2 withheld to protect people, 1 no data. All numbers are in the data table."
        );
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(shorten("น่าน", 10), "น่าน");
        assert_eq!(shorten("abcdef", 4), "abc…");
    }
}
