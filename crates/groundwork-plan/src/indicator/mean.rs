//! Mean: a column over the rows that have a value; the sum and the number of rows are kept.
//! Never additive: the mean of two means is not the mean.

use super::sum::rows_with_value;
use super::{Units, Window};
use crate::query::Query;
use crate::text::Language;

/// The mean of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mean {
    /// The source.
    pub from: String,
    /// The column.
    pub of: String,
    /// Which rows belong to a period.
    pub window: Window,
}

impl Mean {
    pub(super) fn units(&self, units: &Units) -> Query {
        rows_with_value(&self.from, &self.of, self.window, units)
    }

    /// What numerator and denominator count, in words.
    pub(super) fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (format!("ผลรวมของ {}", self.of), Some("แถวที่มีค่า".to_owned())),
            Language::En | Language::My => {
                (format!("sum of {}", self.of), Some("rows with a value".to_owned()))
            }
        }
    }

    pub(super) fn sentence(&self, language: Language) -> String {
        match language {
            Language::Th => format!("ค่าเฉลี่ยของ {} ใน {}", self.of, self.from),
            Language::En | Language::My => {
                format!("The mean of {} over the rows of {} that have a value.", self.of, self.from)
            }
        }
    }
}
