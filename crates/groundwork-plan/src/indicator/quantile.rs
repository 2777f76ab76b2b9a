//! Quantile: the value below which a stated share of the rows lies, such as nine in ten. Never
//! additive. It stands at rank 1 + share × (n − 1), between two values in proportion: type 7 of
//! Hyndman and Fan (1996), which R, NumPy and spreadsheets use.

use super::rows::{Amount, Missing, RowMeasure};
use super::{Measured, Summary, Window};
use crate::expression::Expression;
use crate::text::Language;

/// A quantile of a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantile {
    /// The source.
    pub from: String,
    /// The number.
    pub of: Expression,
    /// What becomes of missing values.
    pub missing: Missing,
    /// Which rows belong to a period.
    pub window: Window,
    /// The share below, in thousandths: 500 for the median.
    pub thousandths: u32,
}

impl Quantile {
    /// The share of the rows below.
    pub fn share(&self) -> f64 {
        f64::from(self.thousandths) / 1000.0
    }
}

impl Measured for Quantile {
    fn word(&self) -> &'static str {
        if self.thousandths == super::median::THOUSANDTHS { super::median::WORD } else { "quantile" }
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::Quantile(self.share())
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
        if self.thousandths == super::median::THOUSANDTHS {
            return super::median::sentence(&self.of.text, &self.from, language);
        }
        let share = crate::number::format_exact(self.share() * 100.0);
        match language {
            Language::Th => format!("ค่าของ {} ใน {} ที่ร้อยละ {share} ของแถวไม่เกิน", self.of.text, self.from),
            Language::My => format!(
                "{} ၏ အတန်း {}% မကျော်လွန်သော {} တန်ဖိုး။",
                self.from,
                crate::number::digits(&share, language),
                self.of.text
            ),
            Language::En => format!(
                "The value of {} that {share}% of the rows of {} do not exceed.",
                self.of.text, self.from
            ),
        }
    }
}
