//! Sites: the places where a programme works.

use crate::text::Localised;
use jiff::civil::Date;

/// The place that a site has in the story of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteRole {
    /// Where the model began.
    Origin,
    /// Where the model was adapted to.
    Adaptation,
    /// A place to compare with, outside the programme.
    Comparison,
}

/// A site as the plan knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// The identifier used in results, such as `chiang_rai`.
    pub id: String,
    /// Its name in each language.
    pub name: Localised,
    /// A public code, such as the ISO 3166-2 code `TH-57`.
    pub code: Option<String>,
    /// Its role in the story of the model.
    pub role: Option<SiteRole>,
    /// The day on which work began.
    pub since: Option<Date>,
    /// Every spelling that an export may use, beside the identifier, the code and the names.
    pub spellings: Vec<String>,
}

impl Site {
    /// Whether a value of an export means this site. Case, surrounding blanks and the
    /// blanks, dots, hyphens and underscores inside are not looked at, nor is the Thai word for
    /// "province" before a name.
    pub fn is_spelt(&self, value: &str) -> bool {
        let value = value.trim();
        let name = ["จังหวัด", "จ."].into_iter().find_map(|province| value.strip_prefix(province));
        self.has_name(value) || name.is_some_and(|name| self.has_name(name))
    }

    fn has_name(&self, value: &str) -> bool {
        let key = spelling_key(value);
        let names = [Some(&self.name.en), self.name.th.as_ref(), self.name.my.as_ref()];
        [Some(&self.id), self.code.as_ref()]
            .into_iter()
            .chain(names)
            .flatten()
            .chain(&self.spellings)
            .any(|spelling| spelling_key(spelling) == key)
    }
}

/// What two spellings of one name have in common.
pub fn spelling_key(value: &str) -> String {
    value
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '_' | '\u{200b}' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_is_a_province_and_not_a_missing_number() {
        let nan = Site {
            id: "nan".into(),
            name: Localised { en: "Nan".into(), th: Some("น่าน".into()), my: None },
            code: Some("TH-55".into()),
            role: None,
            since: None,
            spellings: vec![],
        };
        for value in ["Nan", "NaN", "nan ", "น่าน", "จ. น่าน", "จังหวัดน่าน", "TH55"]
        {
            assert!(nan.is_spelt(value), "{value}");
        }
        assert!(!nan.is_spelt("Chiang Rai"));
        assert!(!nan.is_spelt(""));
    }
}
