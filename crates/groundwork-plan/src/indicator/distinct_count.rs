//! Distinct count: different people or things, each once. Never additive.
//!
//! People are put together before anything is counted, and a person's category is one value,
//! resolved over all of their rows; otherwise someone recorded once as female and once without a
//! sex would be counted twice by sex and once in the total.

use super::{Units, Window, no_cluster, zero};
use crate::query::{Query, Select, SqlType, Value};
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
}

impl DistinctCount {
    pub(super) fn units(&self, units: &Units) -> Query {
        let indicator = units.indicator;
        let site_by = indicator.site_by.as_deref();
        let of = Value::column("s", &self.of);
        let people = units
            .source(&self.from)
            .group(units.site(site_by), "site")
            .group(units.period(), "period")
            .group(of.clone().cast(SqlType::Text), "unit");
        let people = units.with_site(people, site_by).filter(of.is_there());
        let people = units
            .with_periods(people, indicator.period_by.as_deref(), self.window)
            .filter_if(indicator.filter.as_ref(), "s");
        let select = Select::from(people.query().rows(), "d")
            .column(Value::column("d", "site"), "site")
            .column(Value::column("d", "period"), "period")
            .column(Value::column("d", "unit"), "unit")
            .column(no_cluster(), "cluster")
            .column(Value::integer(1), "y")
            .column(zero(), "x")
            .column(zero(), "immature");
        units.person_dimensions(select, &self.from, &self.of).query()
    }

    /// What numerator and denominator count, in words.
    pub(super) fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (format!("{} ที่ไม่ซ้ำกัน", self.of), None),
            Language::En | Language::My => (format!("different values of {}", self.of), None),
        }
    }

    pub(super) fn sentence(&self, language: Language) -> String {
        match language {
            Language::Th => format!("จำนวน {} ที่ไม่ซ้ำกันใน {}", self.of, self.from),
            Language::En | Language::My => {
                format!("The number of different values of {} in {}, each counted once.", self.of, self.from)
            }
        }
    }
}
