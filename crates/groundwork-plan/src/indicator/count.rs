//! Count: rows. Additive over sites, and over periods unless it counts to date.

use super::rows::{Amount, RowMeasure};
use super::{Additivity, Measured, Summary, Window};
use crate::text::Language;

/// A count of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The source.
    pub from: String,
    /// Which rows belong to a period.
    pub window: Window,
}

impl Measured for Count {
    fn word(&self) -> &'static str {
        "count"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::FullCount
    }

    fn additivity(&self) -> Additivity {
        Additivity::of_flow(self.window)
    }

    fn row_measure(&self) -> Option<RowMeasure> {
        Some(RowMeasure { counts: None, y: Amount::One, x: Amount::Nothing, window: self.window })
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (format!("แถวข้อมูลของ {}", self.from), None),
            Language::My => (format!("{} ၏ အတန်းများ", self.from), None),
            Language::En => (format!("rows of {}", self.from), None),
        }
    }

    fn sentence(&self, language: Language) -> String {
        match language {
            Language::Th => format!("จำนวนแถวข้อมูลใน {}", self.from),
            Language::My => format!("{} ရှိ အတန်းအရေအတွက်။", self.from),
            Language::En => format!("The number of rows of {}.", self.from),
        }
    }
}
