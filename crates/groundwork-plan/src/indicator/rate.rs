//! Rate: events for each person-time, such as sessions for each volunteer and year. The exposure is
//! counted in days: those of the period from the day on which someone entered to the day before
//! they left, and none after the day on which the exports were taken. Never additive.

use super::ratio::Measure;
use super::units::{Units, no_cluster, observed_to, zero};
use super::{Measured, Summary};
use crate::expression::Expression;
use crate::query::{Query, Value};
use crate::text::Language;

/// Mean length of a month of the Gregorian calendar, days.
pub const DAYS_A_MONTH: f64 = 365.2425 / 12.0;

/// Events for each person-time.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// What happens.
    pub events: Measure,
    /// Those to whom it can happen.
    pub exposure: Exposure,
    /// The person-time that the rate is given for, months.
    pub per_months: u32,
}

/// Those to whom an event can happen, one row each.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    /// The source.
    pub from: String,
    /// Only rows for which this holds.
    pub filter: Option<Expression>,
    /// The column of the site.
    pub site_by: Option<String>,
    /// The first day.
    pub enters: String,
    /// The day of leaving, which no longer counts; without one, exposure goes on.
    pub leaves: Option<String>,
}

impl Rate {
    /// Days in one unit of the person-time.
    pub fn days_per(&self) -> f64 {
        f64::from(self.per_months) * DAYS_A_MONTH
    }
}

impl Measured for Rate {
    fn word(&self) -> &'static str {
        "rate"
    }

    fn from(&self) -> &str {
        &self.events.from
    }

    fn sources(&self) -> Vec<&str> {
        vec![&self.events.from, &self.exposure.from]
    }

    fn summary(&self) -> Summary {
        Summary::Rate { days_per: self.days_per() }
    }

    fn units(&self, units: &Units) -> Vec<Query> {
        let exposure = &self.exposure;
        let site_by = exposure.site_by.as_deref();
        let column = |name: &str| Value::column("s", name);
        let first = Value::column("p", "first_day");
        // The first day after the exposure; a missing day of leaving is passed over.
        let after_period = observed_to().binary("+", Value::integer(1));
        let until = match &exposure.leaves {
            Some(leaves) => Value::Call("least", vec![after_period, column(leaves)]),
            None => after_period,
        };
        let since = Value::Call("greatest", vec![first, column(&exposure.enters)]);
        let days = until.clone().days_since(since.clone());
        let select = units
            .source(&exposure.from)
            .column(units.site(site_by), "site")
            .column(units.period(), "period")
            .column(units.row_id(), "unit")
            .column(no_cluster(), "cluster")
            .column(zero(), "y")
            .column(days, "x")
            .column(zero(), "immature");
        let select = units.with_site(units.row_dimensions(select), site_by);
        let overlap = column(&exposure.enters).is_there().and(since.binary("<", until));
        let site = site_by.map(|name| Value::column("s", name));
        let exposed = units.join_periods_of(select, overlap, site).filter_if(exposure.filter.as_ref(), "s");
        vec![self.events.units(units, true), exposed.query()]
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        let months = self.per_months;
        match language {
            Language::Th => (self.events.words(language), Some(format!("{months} คน-เดือน"))),
            Language::My => (
                self.events.words(language),
                Some(format!("လူ-လ {}", crate::number::digits(&months.to_string(), language))),
            ),
            Language::En => (self.events.words(language), Some(format!("spans of {months} person-months"))),
        }
    }

    fn sentence(&self, language: Language) -> String {
        let (events, months) = (self.events.words(language), self.per_months);
        match language {
            Language::Th => format!("{events} ต่อ {months} คน-เดือนใน {}", self.exposure.from),
            Language::My => format!(
                "{} ၏ လူ-လ {} လျှင် {events}။",
                self.exposure.from,
                crate::number::digits(&months.to_string(), language)
            ),
            Language::En => {
                format!("The {events} for every {months} person-months of {}.", self.exposure.from)
            }
        }
    }
}
