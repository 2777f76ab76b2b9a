//! Union: how many different people stand behind several audience figures that overlap by an
//! unknown amount, such as the reach of channels and months. Nobody can be matched, so there is no
//! value: at least as many as the largest figure, at most as many as their sum (Fréchet 1935).
//! Never additive.

use super::rows::{Amount, Missing, RowMeasure};
use super::{Measured, Summary, Window};
use crate::expression::Expression;
use crate::text::Language;

/// The bounds of a union of audiences.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// The source, one row for each figure.
    pub from: String,
    /// The figure: different people in one channel and time.
    pub of: Expression,
    /// Which rows belong to a period.
    pub window: Window,
}

impl Measured for Union {
    fn word(&self) -> &'static str {
        "union"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::Bounds
    }

    fn row_measure(&self) -> Option<RowMeasure> {
        let y = Amount::Number(Missing::SkipIfAny.number(&self.of));
        Some(RowMeasure { counts: None, y, x: Amount::One, window: self.window })
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => ("ผลรวมของตัวเลข".to_owned(), Some("จำนวนตัวเลข".to_owned())),
            Language::My => ("ဂဏန်းများ၏ ပေါင်းလဒ်".to_owned(), Some("ဂဏန်းအရေအတွက်".to_owned())),
            Language::En => ("sum of the figures".to_owned(), Some("number of figures".to_owned())),
        }
    }

    fn sentence(&self, language: Language) -> String {
        match language {
            Language::Th => {
                format!("จำนวนคนที่ไม่ซ้ำกันเบื้องหลัง {} ใน {} อย่างน้อยและอย่างมาก", self.of.text, self.from)
            }
            Language::My => format!(
                "{} ၏ {} နောက်ရှိ မထပ်သူဦးရေ။ အနည်းဆုံး အကြီးဆုံးဂဏန်း၊ အများဆုံး ပေါင်းလဒ်။",
                self.from, self.of.text
            ),
            Language::En => format!(
                "How many different people stand behind {} of {}: at least the largest figure, at most the sum.",
                self.of.text, self.from
            ),
        }
    }
}
