//! Sum: a number of each row added up. Additive over sites, and over periods unless it counts to
//! date. How many rows have a value is kept.

use super::rows::{Amount, Missing, RowMeasure};
use super::{Additivity, Measured, Summary, Window};
use crate::expression::Expression;
use crate::text::Language;

/// The sum of a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Sum {
    /// The source.
    pub from: String,
    /// The number.
    pub of: Expression,
    /// What becomes of missing values.
    pub missing: Missing,
    /// Which rows belong to a period.
    pub window: Window,
}

impl Measured for Sum {
    fn word(&self) -> &'static str {
        "sum"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::Total
    }

    fn additivity(&self) -> Additivity {
        Additivity::of_flow(self.window)
    }

    fn row_measure(&self) -> Option<RowMeasure> {
        let y = Amount::Number(self.missing.number(&self.of));
        Some(RowMeasure { counts: None, y, x: Amount::One, window: self.window })
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (format!("ผลรวมของ {}", self.of.text), Some("แถวที่มีค่า".to_owned())),
            Language::My => (format!("{} ၏ ပေါင်းလဒ်", self.of.text), Some("တန်ဖိုးရှိသော အတန်း".to_owned())),
            Language::En => (format!("sum of {}", self.of.text), Some("rows with a value".to_owned())),
        }
    }

    fn sentence(&self, language: Language) -> String {
        match language {
            Language::Th => format!("ผลรวมของ {} ใน {}", self.of.text, self.from),
            Language::My => format!("{} ရှိ {} ၏ ပေါင်းလဒ်။", self.from, self.of.text),
            Language::En => format!("The sum of {} over {}.", self.of.text, self.from),
        }
    }
}
