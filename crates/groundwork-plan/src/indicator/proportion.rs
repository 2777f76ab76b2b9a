//! Proportion: the share for which a condition holds; the numerator is a part of the denominator.
//! Rows for which it cannot be decided are in neither. With `of`, people are counted instead of
//! rows: the condition holds for someone when it holds in one of their rows.

use super::rows::{Amount, Missing, RowMeasure};
use super::units::{Units, unit_of_d};
use super::{Measured, Summary, Window};
use crate::expression::Expression;
use crate::query::{Query, SqlType, Value};
use crate::text::Language;

/// The share of rows, or of people, for which a condition holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Proportion {
    /// The source.
    pub from: String,
    /// The condition.
    pub numerator: Expression,
    /// The column that identifies the person, where people are counted.
    pub of: Option<String>,
    /// What becomes of rows for which the condition cannot be decided.
    pub missing: Missing,
    /// Which rows belong to a period.
    pub window: Window,
}

impl Measured for Proportion {
    fn word(&self) -> &'static str {
        "proportion"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::Share
    }

    fn row_measure(&self) -> Option<RowMeasure> {
        let (holds, counts) = self.missing.condition(&self.numerator);
        let y = Amount::Holds(holds);
        self.of.is_none().then_some(RowMeasure { counts, y, x: Amount::One, window: self.window })
    }

    fn units(&self, units: &Units) -> Vec<Query> {
        let Some(of) = &self.of else {
            return super::units_of_rows(self, units);
        };
        let indicator = units.indicator;
        let site_by = indicator.site_by.as_deref();
        let (holds, counts) = self.missing.condition(&self.numerator);
        let person = Value::column("s", of);
        let mut people = units
            .source(&self.from)
            .group(units.site(site_by), "site")
            .group(units.period(), "period")
            .group(person.clone().cast(SqlType::Text), "unit")
            .column(Value::Call("max", vec![holds.flag()]), "y")
            .column(Value::Call("min", vec![units.household()]), "cluster");
        if let Some(counts) = counts {
            people = people.filter(counts);
        }
        let people = units.with_site(people, site_by).filter(person.is_there());
        let people = units
            .with_periods(people, indicator.period_by.as_deref(), self.window)
            .filter_if(indicator.filter.as_ref(), "s");
        let select = unit_of_d(people.query().rows(), Value::column("d", "y"), Value::integer(1));
        vec![units.person_dimensions(select, &self.from, of).query()]
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (format!("ผู้ที่ {}", self.numerator.text), Some("ทุกคนที่ทราบคำตอบ".to_owned())),
            Language::My => (format!("{} မှန်သူ", self.numerator.text), Some("သိရှိရသူ အားလုံး".to_owned())),
            Language::En => (
                format!("those for which {}", self.numerator.text),
                Some("all for which it is known".to_owned()),
            ),
        }
    }

    fn sentence(&self, language: Language) -> String {
        let whom = self.of.as_deref().unwrap_or("rows");
        match language {
            Language::Th => format!("สัดส่วนใน {} ที่ {}", self.from, self.numerator.text),
            Language::My => {
                format!("{} ရှိ {} မှန်သော အချိုးအစား။ မသိရသည်များ မပါဝင်ပါ။", self.from, self.numerator.text)
            }
            Language::En => format!(
                "The share of {whom} of {} for which {}; those for which it is not known are left out.",
                self.from, self.numerator.text
            ),
        }
    }
}
