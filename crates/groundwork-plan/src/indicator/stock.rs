//! Stock: what there is at the end of a period: the last number of each key up to that day, added
//! up over keys. A number older than the limit is not carried forward. Additive over sites, never
//! over periods: the followers of two quarters are not two times as many. Of a period that was not
//! over when the exports were taken, it is what there was on that day.

use super::units::{Units, no_cluster, observed_to, reading_order, unit_of_d};
use super::{Additivity, Measured, Summary, dimension_column, row_category};
use crate::expression::Expression;
use crate::query::{Query, SqlType, Value};
use crate::text::Language;

/// The last number of each key.
#[derive(Debug, Clone, PartialEq)]
pub struct Stock {
    /// The source.
    pub from: String,
    /// The number.
    pub of: Expression,
    /// The column that identifies what has the number, such as a channel.
    pub key: String,
    /// How many months a number is carried forward.
    pub carry_months: u32,
}

impl Measured for Stock {
    fn word(&self) -> &'static str {
        "stock"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::Total
    }

    fn additivity(&self) -> Additivity {
        Additivity { sites: true, periods: false }
    }

    fn units(&self, units: &Units) -> Vec<Query> {
        let indicator = units.indicator;
        let site_by = indicator.site_by.as_deref();
        let value = Value::of(&self.of, "s");
        let latest =
            |what: Value| Value::Call("arg_max", vec![what, reading_order(indicator.period_by.as_deref())]);
        let mut select = units
            .source(&self.from)
            .group(units.site(site_by), "site")
            .group(units.period(), "period")
            .group(Value::column("s", &self.key).cast(SqlType::Text), "unit")
            .column(Value::Call("max", vec![no_cluster()]), "cluster")
            .column(latest(value.clone()), "amount")
            .filter(Value::column("s", &self.key).is_there())
            .filter(value.is_there());
        if let Some(site_by) = site_by {
            // The same key at two sites is two stocks.
            select.group_by.push(Value::column("s", site_by));
        }
        for column in indicator.dimension_columns() {
            select = select.column(latest(row_category(column)), dimension_column(column));
        }
        let select = units.with_site(select, site_by);
        let on = match indicator.period_by.as_deref() {
            None => Value::Truth(true),
            Some(day) => {
                let day = || Value::column("s", day);
                let last = || observed_to();
                let oldest = Value::MonthsLater(Box::new(last()), -i64::from(self.carry_months));
                day().binary("<=", last()).and(day().binary(">", oldest))
            }
        };
        let select = units.join_periods(select, on).filter_if(indicator.filter.as_ref(), "s");
        let mut select = unit_of_d(select.query().rows(), Value::column("d", "amount"), Value::integer(1));
        for column in indicator.dimension_columns() {
            let name = dimension_column(column);
            select = select.column(Value::column("d", &name), name);
        }
        vec![select.query()]
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (format!("ผลรวมของ {} ล่าสุด", self.of.text), Some(format!("จำนวน {}", self.key))),
            Language::My => {
                (format!("နောက်ဆုံး {} များ၏ ပေါင်းလဒ်", self.of.text), Some(format!("{} အရေအတွက်", self.key)))
            }
            Language::En => {
                (format!("sum of the last {}", self.of.text), Some(format!("values of {}", self.key)))
            }
        }
    }

    fn sentence(&self, language: Language) -> String {
        let (of, key, months) = (&self.of.text, &self.key, self.carry_months);
        match language {
            Language::Th => format!("ค่า {of} ล่าสุดของแต่ละ {key} ณ สิ้นช่วงเวลา ไม่เก่ากว่า {months} เดือน"),
            Language::My => format!(
                "ကာလကုန်ဆုံးချိန်တွင် {key} တစ်ခုစီ၏ နောက်ဆုံး {of}၊ {} လထက် မဟောင်းရ၊ ပေါင်းထားသည်။",
                crate::number::digits(&months.to_string(), language)
            ),
            Language::En => format!(
                "The last {of} of each {key} at the end of the period, not older than {months} months, added up."
            ),
        }
    }
}
