//! Proportion: the share for which a condition holds; the numerator is a part of the denominator.
//! Rows for which it cannot be decided are in neither. With `of`, people are counted instead of
//! rows: the condition holds for someone when it holds in one of their rows.

use super::{Units, Window, no_cluster, zero};
use crate::expression::Expression;
use crate::query::{Query, Select, SqlType, Value};
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
    /// Which rows belong to a period.
    pub window: Window,
}

impl Proportion {
    pub(super) fn units(&self, units: &Units) -> Query {
        let indicator = units.indicator;
        let site_by = indicator.site_by.as_deref();
        let holds = Value::of(&self.numerator, "s");
        let period_by = indicator.period_by.as_deref();
        let Some(of) = &self.of else {
            let select = units
                .source(&self.from)
                .column(units.site(site_by), "site")
                .column(units.period(), "period")
                .column(units.row_id(), "unit")
                .column(no_cluster(), "cluster")
                .column(holds.clone().flag(), "y")
                .column(Value::integer(1), "x")
                .column(zero(), "immature");
            let select = units.with_site(units.row_dimensions(select), site_by).filter(holds.is_there());
            return units
                .with_periods(select, period_by, self.window)
                .filter_if(indicator.filter.as_ref(), "s")
                .query();
        };
        let person = Value::column("s", of);
        let people = units
            .source(&self.from)
            .group(units.site(site_by), "site")
            .group(units.period(), "period")
            .group(person.clone().cast(SqlType::Text), "unit")
            .column(Value::Call("max", vec![holds.clone().flag()]), "y");
        let people = units.with_site(people, site_by).filter(person.is_there()).filter(holds.is_there());
        let people =
            units.with_periods(people, period_by, self.window).filter_if(indicator.filter.as_ref(), "s");
        let select = Select::from(people.query().rows(), "d")
            .column(Value::column("d", "site"), "site")
            .column(Value::column("d", "period"), "period")
            .column(Value::column("d", "unit"), "unit")
            .column(no_cluster(), "cluster")
            .column(Value::column("d", "y"), "y")
            .column(Value::integer(1), "x")
            .column(zero(), "immature");
        units.person_dimensions(select, &self.from, of).query()
    }

    /// What numerator and denominator count, in words.
    pub(super) fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (format!("ผู้ที่ {}", self.numerator.text), Some("ทุกคนที่ทราบคำตอบ".to_owned())),
            Language::En | Language::My => (
                format!("those for which {}", self.numerator.text),
                Some("all for which it is known".to_owned()),
            ),
        }
    }

    pub(super) fn sentence(&self, language: Language) -> String {
        let whom = self.of.as_deref().unwrap_or("rows");
        match language {
            Language::Th => format!("สัดส่วนใน {} ที่ {}", self.from, self.numerator.text),
            Language::En | Language::My => format!(
                "The share of {whom} of {} for which {}; those for which it is not known are left out.",
                self.from, self.numerator.text
            ),
        }
    }
}
