//! Index: several items of a row, each scaled to 0 to 1 between its ends, weighted and averaged;
//! then the mean over rows. An item whose ends are turned round counts the other way. Each row's
//! index is kept to nine decimals, so that sums are exact.

use super::rows::{Amount, Missing, RowMeasure};
use super::{Measured, Summary, Window};
use crate::query::{SqlType, Value};
use crate::text::Language;

/// The mean of a weighted average of items.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// The source.
    pub from: String,
    /// The items.
    pub items: Vec<IndexItem>,
    /// What becomes of missing items.
    pub missing: Missing,
    /// Which rows belong to a period.
    pub window: Window,
}

/// One item of an index.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexItem {
    /// The column.
    pub column: String,
    /// The value that counts as 0.
    pub from: f64,
    /// The value that counts as 1.
    pub to: f64,
    /// Its weight.
    pub weight: f64,
}

impl Index {
    fn of_row(&self) -> Value {
        let number = |value: f64| Value::Number(crate::number::format_exact(value)).cast(SqlType::Double);
        let column = |item: &IndexItem| Value::column("s", &item.column);
        let scaled = |item: &IndexItem| {
            let share = column(item)
                .cast(SqlType::Double)
                .binary("-", number(item.from))
                .binary("/", number(item.to - item.from));
            let share = match self.missing {
                Missing::SkipIfAny => share,
                Missing::SkipIfAll | Missing::Zero => Value::Call("coalesce", vec![share, number(0.0)]),
            };
            share.binary("*", number(item.weight))
        };
        let total: f64 = self.items.iter().map(|item| item.weight).sum();
        let sum = self.items.iter().map(scaled).reduce(|a, b| a.binary("+", b)).unwrap_or(number(0.0));
        sum.binary("/", number(total)).cast(SqlType::Fine)
    }
}

impl Measured for Index {
    fn word(&self) -> &'static str {
        "index"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::RowMean
    }

    fn row_measure(&self) -> Option<RowMeasure> {
        let there = |item: &IndexItem| Value::column("s", &item.column).is_there();
        let counts = match self.missing {
            Missing::SkipIfAll => self.items.iter().map(there).reduce(|a, b| a.binary("OR", b)),
            Missing::SkipIfAny | Missing::Zero => None,
        };
        Some(RowMeasure { counts, y: Amount::Number(self.of_row()), x: Amount::One, window: self.window })
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => ("ผลรวมของดัชนี".to_owned(), Some("แถวที่มีค่า".to_owned())),
            Language::My => ("အညွှန်းကိန်း၏ ပေါင်းလဒ်".to_owned(), Some("တန်ဖိုးရှိသော အတန်း".to_owned())),
            Language::En => ("sum of the index".to_owned(), Some("rows with a value".to_owned())),
        }
    }

    fn sentence(&self, language: Language) -> String {
        let items: Vec<&str> = self.items.iter().map(|item| item.column.as_str()).collect();
        let items = items.join(", ");
        match language {
            Language::Th => format!("ค่าเฉลี่ยของดัชนีตั้งแต่ 0 ถึง 1 จาก {items} ใน {}", self.from),
            Language::My => format!("{} တွင် {items} မှ တွက်သော ၀ မှ ၁ အထိ အညွှန်းကိန်း၏ ပျမ်းမျှ။", self.from),
            Language::En => {
                format!("The mean over {} of an index from 0 to 1 of {items}.", self.from)
            }
        }
    }
}
