//! Count: rows. Additive over sites, and over periods unless it counts to date.

use super::{Units, Window, no_cluster, zero};
use crate::query::Query;
use crate::text::Language;

/// A count of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The source.
    pub from: String,
    /// Which rows belong to a period.
    pub window: Window,
}

impl Count {
    pub(super) fn units(&self, units: &Units) -> Query {
        let indicator = units.indicator;
        let site_by = indicator.site_by.as_deref();
        let select = units
            .source(&self.from)
            .column(units.site(site_by), "site")
            .column(units.period(), "period")
            .column(units.row_id(), "unit")
            .column(no_cluster(), "cluster")
            .column(crate::query::Value::integer(1), "y")
            .column(zero(), "x")
            .column(zero(), "immature");
        let select = units.with_site(units.row_dimensions(select), site_by);
        units
            .with_periods(select, indicator.period_by.as_deref(), self.window)
            .filter_if(indicator.filter.as_ref(), "s")
            .query()
    }

    /// What numerator and denominator count, in words.
    pub(super) fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (format!("แถวข้อมูลของ {}", self.from), None),
            Language::En | Language::My => (format!("rows of {}", self.from), None),
        }
    }

    pub(super) fn sentence(&self, language: Language) -> String {
        match language {
            Language::Th => format!("จำนวนแถวข้อมูลใน {}", self.from),
            Language::En | Language::My => format!("The number of rows of {}.", self.from),
        }
    }
}
