//! Every sentence and word that charts write of their own accord, in three languages, in one place.
//!
//! `{0}`, `{1}` … stand for what a chart fills in; a text of another language may turn their
//! order round. A sentence made with [`draft`] awaits native readers; once one has read it, it is
//! written with its `checked`. `cargo run -p groundwork-charts --example gallery -- FOLDER` lists the
//! drafts in `FOLDER/to-check.md`.

mod phrase;
mod sentences;

pub(crate) use phrase::Phrase;

use groundwork_plan::text::Language;

/// One sentence in three languages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sentence {
    en: &'static str,
    th: &'static str,
    my: &'static str,
    /// Whether a native reader of Thai, and of Burmese, has read it.
    checked: (bool, bool),
}

/// A sentence of which the Thai and the Burmese await a native reader.
const fn draft(en: &'static str, th: &'static str, my: &'static str) -> Sentence {
    Sentence { en, th, my, checked: (false, false) }
}

impl Phrase {
    /// The text in a language, with its places still open.
    pub(crate) fn text(self, language: Language) -> &'static str {
        let sentence = self.sentence();
        match language {
            Language::En => sentence.en,
            Language::Th => sentence.th,
            Language::My => sentence.my,
        }
    }

    /// The text in a language with its places filled.
    pub(crate) fn fill(self, language: Language, parts: &[&str]) -> String {
        let mut out = String::new();
        let mut rest = self.text(language);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (place, after) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(place.parse().ok().and_then(|i: usize| parts.get(i)).unwrap_or(&""));
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// The texts that await a native reader of a language: what it says in English, and the text.
pub fn drafts(language: Language) -> Vec<(&'static str, &'static str)> {
    Phrase::ALL
        .into_iter()
        .map(|phrase| (phrase, phrase.sentence()))
        .filter(|(_, sentence)| match language {
            Language::En => false,
            Language::Th => !sentence.checked.0,
            Language::My => !sentence.checked.1,
        })
        .map(|(phrase, sentence)| (sentence.en, phrase.text(language)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Script, runs};

    fn places(text: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn every_phrase_is_listed_once() {
        for (i, phrase) in Phrase::ALL.into_iter().enumerate() {
            assert_eq!(phrase as usize, i);
        }
        assert_eq!(Phrase::ALL.len(), Phrase::LAST as usize + 1);
    }

    #[test]
    fn every_phrase_says_the_same_in_every_language() {
        for phrase in Phrase::ALL {
            let [en, th, my] = Language::ALL.map(|language| phrase.text(language));
            assert_eq!(places(en), places(th), "{en}");
            assert_eq!(places(en), places(my), "{en}");
            let has = |text: &str, script: Script| runs(text).iter().any(|(s, _)| *s == script);
            assert!(has(th, Script::Thai), "{en}: {th}");
            assert!(has(my, Script::Myanmar), "{en}: {my}");
            assert!(!has(en, Script::Thai) && !has(th, Script::Myanmar) && !has(my, Script::Thai));
        }
    }

    #[test]
    fn places_are_filled_in_any_order() {
        let filled = Phrase::Extremes.fill(Language::En, &["Nan", "62%", "Chiang Rai", "24%"]);
        assert_eq!(filled, "Highest: Nan 62%; lowest: Chiang Rai 24%.");
        assert_eq!(Phrase::Table.fill(Language::En, &[]), "All numbers are in the data table.");
    }

    #[test]
    fn drafts_are_known() {
        assert!(drafts(Language::En).is_empty());
        assert!(drafts(Language::My).iter().any(|(en, _)| *en == "no data"));
    }
}
