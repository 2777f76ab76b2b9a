//! Distinct count: different people or things, each once. Never additive.
//!
//! People are put together before anything is counted, and a person's category is one value,
//! resolved over all of their rows; otherwise someone recorded once as female and once without a
//! sex would be counted twice by sex and once in the total.

use super::units::{People, Units, unit_of_d, zero};
use super::{Measured, Summary, Window};
use crate::query::{Query, Value};
use crate::text::Language;

/// A count of different people or things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinctCount {
    /// The source.
    pub from: String,
    /// The column that identifies the person or thing.
    pub of: String,
    /// Which rows belong to a period.
    pub window: Window,
    /// Whether the column says who is who by comparing records, so that the number is a band.
    pub linked: Option<Linked>,
}

/// What a count of people that were found by comparing records may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linked {
    /// A number is given although its band is wide.
    pub wide: bool,
}

impl Measured for DistinctCount {
    fn word(&self) -> &'static str {
        "distinct_count"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::FullCount
    }

    fn units(&self, units: &Units) -> Vec<Query> {
        let indicator = units.indicator;
        let people = units.people(&People {
            from: &self.from,
            of: &self.of,
            cluster: None,
            filter: indicator.filter.as_ref(),
            site_by: indicator.site_by.as_deref(),
            period_by: indicator.period_by.as_deref(),
            window: self.window,
        });
        let select = unit_of_d(people, Value::integer(1), zero());
        vec![units.person_dimensions(select, &self.from, &self.of).query()]
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (format!("{} ที่ไม่ซ้ำกัน", self.of), None),
            Language::My => (format!("မတူညီသော {}", self.of), None),
            Language::En => (format!("different values of {}", self.of), None),
        }
    }

    fn sentence(&self, language: Language) -> String {
        match language {
            Language::Th => format!("จำนวน {} ที่ไม่ซ้ำกันใน {}", self.of, self.from),
            Language::My => format!("{} ရှိ မတူညီသော {} အရေအတွက်၊ တစ်ခုကို တစ်ကြိမ်သာ ရေတွက်သည်။", self.from, self.of),
            Language::En => {
                format!("The number of different values of {} in {}, each counted once.", self.of, self.from)
            }
        }
    }
}
