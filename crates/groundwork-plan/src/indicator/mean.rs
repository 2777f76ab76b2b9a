//! Mean: a number over the rows that have one; the sum and the number of rows are kept. Never
//! additive: the mean of two means is not the mean.

use super::rows::{Amount, Missing, RowMeasure};
use super::{Measured, Summary, Window};
use crate::expression::Expression;
use crate::text::Language;

/// The mean of a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Mean {
    /// The source.
    pub from: String,
    /// The number.
    pub of: Expression,
    /// What becomes of missing values.
    pub missing: Missing,
    /// Which rows belong to a period.
    pub window: Window,
}

impl Measured for Mean {
    fn word(&self) -> &'static str {
        "mean"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::RowMean
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
            Language::Th => format!("ค่าเฉลี่ยของ {} ใน {}", self.of.text, self.from),
            Language::My => format!("{} တွင် တန်ဖိုးရှိသော အတန်းများ၏ {} ပျမ်းမျှ။", self.from, self.of.text),
            Language::En => {
                format!("The mean of {} over the rows of {} that have a value.", self.of.text, self.from)
            }
        }
    }
}
