//! One of a list of categories.

use super::Parsed;
use super::text::trim;
use super::thai;
use groundwork_plan::site::spelling_key;
use groundwork_plan::source::Category;
use std::collections::HashMap;

/// The spellings of the categories of a column.
#[derive(Debug)]
pub(crate) struct Spellings {
    by_key: HashMap<String, u32>,
}

impl Spellings {
    /// Every spelling of every category; where two share one, the first category has it.
    pub(crate) fn new(categories: &[Category]) -> Self {
        let mut by_key = HashMap::new();
        for (place, category) in (0u32..).zip(categories) {
            for spelling in std::iter::once(&category.id).chain(&category.spellings) {
                by_key.entry(spelling_key(&thai::key(spelling))).or_insert(place);
            }
        }
        by_key.remove("");
        Self { by_key }
    }

    /// The place of the category in the list that a text means.
    ///
    /// Fails `category.unknown` for a text that is no spelling of any.
    pub(crate) fn parse(&self, text: &str) -> Parsed<u32> {
        let text = trim(text);
        if text.is_empty() {
            return Parsed::missing();
        }
        match self.by_key.get(&spelling_key(&thai::key(text))) {
            Some(place) => Parsed::value(*place),
            None => Parsed::failed("category.unknown"),
        }
    }

    /// Whether a text is a spelling of one of the categories.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.by_key.contains_key(&spelling_key(&thai::key(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_finds_its_category_and_a_dash_finds_none() {
        let spellings = Spellings::new(&[
            Category { id: "girl".into(), spellings: vec!["ด.ญ.".into(), "-".into()] },
            Category { id: "boy".into(), spellings: vec!["Male".into()] },
        ]);
        assert_eq!(spellings.parse("ดญ"), Parsed::value(0));
        assert_eq!(spellings.parse(" MALE "), Parsed::value(1));
        assert_eq!(spellings.parse(""), Parsed::missing());
        assert_eq!(spellings.parse("-"), Parsed::failed("category.unknown"));
    }
}
