//! Sum: a column added up. Additive over sites, and over periods unless it counts to date.
//! Missing values are left out, and the number of those with a value is kept.

use super::{Units, Window, no_cluster, zero};
use crate::query::{Query, Value};
use crate::text::Language;

/// The sum of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// The source.
    pub from: String,
    /// The column.
    pub of: String,
    /// Which rows belong to a period.
    pub window: Window,
}

impl Sum {
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
            Language::Th => format!("ผลรวมของ {} ใน {}", self.of, self.from),
            Language::En | Language::My => format!("The sum of {} over {}.", self.of, self.from),
        }
    }
}

/// One unit a row that has a value: `y` is the value, `x` is 1, each row is its own cluster.
pub(super) fn rows_with_value(from: &str, of: &str, window: Window, units: &Units) -> Query {
    let indicator = units.indicator;
    let site_by = indicator.site_by.as_deref();
    let value = Value::column("s", of);
    let is_mean = matches!(indicator.kind, super::Kind::Mean(_));
    let select = units
        .source(from)
        .column(units.site(site_by), "site")
        .column(units.period(), "period")
        .column(units.row_id(), "unit")
        .column(if is_mean { units.row_id() } else { no_cluster() }, "cluster")
        .column(value.clone(), "y")
        .column(Value::integer(1), "x")
        .column(zero(), "immature");
    let select = units.with_site(units.row_dimensions(select), site_by).filter(value.is_there());
    units
        .with_periods(select, indicator.period_by.as_deref(), window)
        .filter_if(indicator.filter.as_ref(), "s")
        .query()
}
