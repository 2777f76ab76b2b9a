//! Text in the languages of the people who read it.

use std::fmt;

/// A language that groundwork writes reports in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    En,
    /// Thai.
    Th,
    /// Burmese.
    My,
}

impl Language {
    /// Every language, in the order of the documentation.
    pub const ALL: [Language; 3] = [Language::En, Language::Th, Language::My];

    /// The ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Th => "th",
            Language::My => "my",
        }
    }

    /// The language with this ISO 639-1 code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.code() == code)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A text with its translations. English is what is shown where a translation is missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Localised {
    /// English, or the only text there is.
    pub en: String,
    /// Thai.
    pub th: Option<String>,
    /// Burmese.
    pub my: Option<String>,
}

impl Localised {
    /// A text that reads the same in every language.
    pub fn same(text: impl Into<String>) -> Self {
        Self { en: text.into(), th: None, my: None }
    }

    /// The text in a language, or in English where the translation is missing.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Th => self.th.as_deref().unwrap_or(&self.en),
            Language::My => self.my.as_deref().unwrap_or(&self.en),
        }
    }
}

/// A text as a cell of a table: one that a spreadsheet would take for a formula gets an apostrophe, numbers
/// stay numbers.
pub fn as_cell(text: String) -> String {
    let looks_like_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if looks_like_formula && text.parse::<f64>().is_err() { format!("'{text}") } else { text }
}
