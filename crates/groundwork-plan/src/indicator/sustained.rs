//! Sustained: the share of families for whom a condition held for so many consecutive months,
//! among those in the programme at least that long. A month without a row, or for which the
//! condition cannot be decided, breaks the run. Who is not there long enough yet is in neither
//! numerator nor denominator. A month that was not over when the exports were
//! taken is not looked at.

use super::units::{Scope, Units, no_cluster, observed_to, zero};
use super::{Measured, Summary};
use crate::expression::Expression;
use crate::query::{JoinKind, Query, Select, SqlType, Value};
use crate::spells::{first_complete_run, month_number};
use crate::text::Language;

/// The share for whom a condition held long enough.
#[derive(Debug, Clone, PartialEq)]
pub struct Sustained {
    /// The source, one row for each family and month.
    pub from: String,
    /// The column that identifies the family.
    pub of: String,
    /// A date in the month.
    pub month: String,
    /// The condition.
    pub holds: Expression,
    /// How many consecutive months.
    pub months: u32,
}

impl Measured for Sustained {
    fn word(&self) -> &'static str {
        "sustained"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::Share
    }

    fn units(&self, units: &Units) -> Vec<Query> {
        let indicator = units.indicator;
        let site_by = indicator.site_by.as_deref();
        let family = Value::column("s", &self.of);
        let needed = i64::from(self.months);
        // One row a family and month; it holds when it holds in one of the month's rows.
        let months = units
            .source(&self.from)
            .group(units.site(site_by), "site")
            .group(family.clone().cast(SqlType::Text), "unit")
            .group(month_number(Value::column("s", &self.month)), "month")
            .column(Value::Call("max", vec![Value::of(&self.holds, "s").flag()]), "holds")
            .filter(family.is_there())
            .filter(Value::column("s", &self.month).is_there())
            .filter_if(indicator.filter.as_ref(), "s");
        let months = units.with_site(months, site_by);
        let reached = first_complete_run(months.clone().query(), &["site", "unit"], self.months);
        let column = |name: &str| Value::column("m", name);
        let families = Select::from(months.query().rows(), "m")
            .group(column("site"), "site")
            .group(column("unit"), "unit")
            .column(Value::Call("min", vec![column("month")]), "first");
        // The last month that was over when the exports were taken: one that was not may still
        // lack its row.
        let day_after = || observed_to().binary("+", Value::integer(1));
        let last = || month_number(day_after()).binary("-", Value::integer(1));
        let known = last().binary(">=", Value::column("d", "first"));
        let long_enough =
            last().binary("-", Value::column("d", "first")).binary(">=", Value::integer(needed - 1));
        let same = Value::column("r", "site")
            .binary("=", Value::column("d", "site"))
            .and(Value::column("r", "unit").binary("=", Value::column("d", "unit")));
        let own_site = (units.scope == Scope::EverySite).then(|| Value::column("d", "site"));
        let column = |name: &str| Value::column("d", name);
        let reached_by = Value::column("r", "month").binary("<=", last());
        let select = Select::from(families.query().rows(), "d")
            .column(column("site"), "site")
            .column(units.period(), "period")
            .column(column("unit"), "unit")
            .column(no_cluster(), "cluster")
            .column(long_enough.clone().and(reached_by).flag(), "y")
            .column(long_enough.flag(), "x")
            .column(zero(), "immature");
        let select =
            units.join_periods_of(select, known, own_site).join(JoinKind::Left, reached.rows(), "r", same);
        vec![units.person_dimensions(select, &self.from, &self.of).query()]
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (
                format!("ติดต่อกัน {} เดือน", self.months),
                Some(format!("อยู่ในโครงการอย่างน้อย {} เดือน", self.months)),
            ),
            Language::My => {
                let months = crate::number::digits(&self.months.to_string(), language);
                (format!("{months} လဆက်တိုက် ပြည့်မီ"), Some(format!("အစီအစဉ်တွင် အနည်းဆုံး {months} လ")))
            }
            Language::En => (
                format!("held for {} consecutive months", self.months),
                Some(format!("in the programme for at least {} months", self.months)),
            ),
        }
    }

    fn sentence(&self, language: Language) -> String {
        let months = self.months;
        match language {
            Language::Th => format!(
                "สัดส่วนของ {} ที่ {} ติดต่อกัน {months} เดือน จากผู้ที่อยู่ในโครงการอย่างน้อย {months} เดือน",
                self.of, self.holds.text
            ),
            Language::My => {
                let months = crate::number::digits(&months.to_string(), language);
                format!(
                    "အစီအစဉ်တွင် အနည်းဆုံး {months} လရှိသော {} အနက် {} ကို {months} လဆက်တိုက် ပြည့်မီသည့် အချိုးအစား။",
                    self.of, self.holds.text
                )
            }
            Language::En => format!(
                "The share of {} for which {} held for {months} consecutive months, among those in the programme for at least {months} months.",
                self.of, self.holds.text
            ),
        }
    }
}
