//! Change: after less before, of the same person, over those with both; the sum of the changes and
//! the number of pairs are kept. Who has only one of the two is in neither. Never additive.

use super::rows::{Amount, Missing, RowMeasure};
use super::{Measured, Summary, Window};
use crate::expression::Expression;
use crate::query::Value;
use crate::text::Language;

/// The mean change from before to after.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The source, one row for each person.
    pub from: String,
    /// The number before.
    pub before: Expression,
    /// The number after.
    pub after: Expression,
    /// Which rows belong to a period.
    pub window: Window,
}

impl Measured for Change {
    fn word(&self) -> &'static str {
        "change"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::RowMean
    }

    fn row_measure(&self) -> Option<RowMeasure> {
        let number = |e: &Expression| -> Value { Missing::SkipIfAny.number(e) };
        let y = Amount::Number(number(&self.after).binary("-", number(&self.before)));
        Some(RowMeasure { counts: None, y, x: Amount::One, window: self.window })
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => ("ผลรวมของการเปลี่ยนแปลง".to_owned(), Some("ผู้ที่มีค่าทั้งก่อนและหลัง".to_owned())),
            Language::My => ("ပြောင်းလဲမှုများ၏ ပေါင်းလဒ်".to_owned(), Some("ရှေ့နောက် တန်ဖိုးအစုံ".to_owned())),
            Language::En => ("sum of the changes".to_owned(), Some("pairs of before and after".to_owned())),
        }
    }

    fn sentence(&self, language: Language) -> String {
        let (before, after) = (&self.before.text, &self.after.text);
        match language {
            Language::Th => format!("ค่าเฉลี่ยของ {after} ลบ {before} ของคนเดียวกันใน {}", self.from),
            Language::My => format!("{} တွင် နှစ်ခုလုံးရှိသူများအတွက် {after} မှ {before} ကို နုတ်ထားသော ပျမ်းမျှ။", self.from),
            Language::En => {
                format!("The mean of {after} less {before} over those of {} that have both.", self.from)
            }
        }
    }
}
