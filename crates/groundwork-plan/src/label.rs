//! Labels: what readers meet in the place of the words that a pipeline uses for sources, columns,
//! categories and steps.

use crate::diag::Diagnostic;
use crate::indicator::{Dimension, UNKNOWN};
use crate::plan::columns;
use crate::resolve::{Resolver, localised_item};
use crate::source::{ColumnType, Source};
use crate::text::{Language, Localised};
use crate::yaml::Node;
use std::collections::{BTreeMap, BTreeSet};

/// Labels by the word that they stand for: a source, a column, a category or a step, or
/// `column.category`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels(BTreeMap<String, Localised>);

impl Labels {
    /// The label of a word, where it has one.
    pub fn get(&self, word: &str, language: Language) -> Option<&str> {
        self.0.get(word).map(|label| label.get(language))
    }

    /// The label of a word in every language, where it has one.
    pub fn localised(&self, word: &str) -> Option<&Localised> {
        self.0.get(word)
    }

    /// A column, a step or a dimension for readers.
    pub fn word(&self, word: &str, language: Language) -> String {
        let one = |part: &str| self.get(part, language).map_or_else(|| spoken(part), str::to_owned);
        word.split(Dimension::CROSS).map(one).collect::<Vec<_>>().join(Dimension::CROSS)
    }

    /// A category of a dimension for readers; of a crossing part by part.
    pub fn category(&self, dimension: &str, category: &str, language: Language) -> String {
        let one = |(column, part): (&str, &str)| {
            self.get(&format!("{column}.{part}"), language)
                .map_or_else(|| self.word(part, language), str::to_owned)
        };
        let parts = dimension.split(Dimension::CROSS).zip(category.split(Dimension::CROSS));
        parts.map(one).collect::<Vec<_>>().join(Dimension::CROSS)
    }
}

/// A word as it is said where nobody gave it a label: `documents_gathered_on` is `Documents gathered`.
fn spoken(name: &str) -> String {
    let words = name.trim_end_matches("_on").split('_');
    let text = words.map(|w| if w == "id" { "ID" } else { w }).collect::<Vec<_>>().join(" ");
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

impl Resolver {
    pub(crate) fn labels(&mut self, root: &Node, sources: &[Source]) -> Labels {
        let entries = root.get("labels").map(Node::entries).unwrap_or_default();
        let mut known: BTreeSet<String> =
            ["true", "false", UNKNOWN, "step", "generation"].map(str::to_owned).into();
        for (name, kind) in sources.iter().flat_map(|source| columns(sources, &source.id)) {
            if let ColumnType::Category(categories) = kind {
                known.extend(categories.iter().map(|c| c.id.clone()));
            }
            known.insert(name);
        }
        known.extend(sources.iter().map(|source| source.id.clone()));
        for (_, evaluation) in root.get("evaluations").map(Node::entries).unwrap_or_default() {
            let events = evaluation.get("data").and_then(|data| data.get("events"));
            let events = events.map(Node::entries).unwrap_or_default();
            known.extend(events.iter().map(|(key, _)| key.name.clone()));
        }
        let mut labels = BTreeMap::new();
        for (key, node) in entries {
            let unknown = |word: &&str| !known.contains(*word);
            let (column, category) = key.name.split_once('.').unwrap_or((&key.name, ""));
            let parts = [column, category].into_iter().filter(|part| !part.is_empty());
            if let Some(word) = parts.filter(|_| !known.contains(&key.name)).find(unknown) {
                let message = format!("no source, column or category is named `{word}`");
                let problem = Diagnostic::pipeline("label.unknown", key.span, message)
                    .did_you_mean(word, known.iter().map(String::as_str));
                self.found(problem.as_warning());
            }
            labels.extend(localised_item(node).map(|label| (key.name.clone(), label)));
        }
        Labels(labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Labels {
        let of = |en: &str, th: &str| Localised { en: en.into(), th: Some(th.into()), my: None };
        Labels(BTreeMap::from([
            ("female".into(), of("Women and girls", "หญิง")),
            ("planned.true".into(), of("As planned", "ตามแผน")),
        ]))
    }

    #[test]
    fn a_word_without_a_label_is_said_as_it_is() {
        assert_eq!(labels().word("documents_gathered_on", Language::En), "Documents gathered");
        assert_eq!(labels().word("id_received", Language::Th), "ID received");
    }

    #[test]
    fn a_category_of_its_column_comes_first() {
        let said = |dimension, category, language| labels().category(dimension, category, language);
        assert_eq!(said("sex", "female", Language::Th), "หญิง");
        assert_eq!(said("planned", "true", Language::En), "As planned");
        assert_eq!(said("other", "true", Language::En), "True");
        assert_eq!(said("sex × planned", "female × true", Language::Th), "หญิง × ตามแผน");
        assert_eq!(said("sex", "female", Language::My), "Women and girls");
    }
}
