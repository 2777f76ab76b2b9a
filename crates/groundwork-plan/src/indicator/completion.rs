//! Completion: the share of a cohort that reached the last step in time, among those who entered
//! early enough to have had that time. Who entered later is immature: in neither numerator nor
//! denominator, counted and shown beside them. Who left for another reason stays in the
//! denominator.

use super::{Units, Window, no_cluster};
use crate::query::{JoinKind, Query, Select, Value};
use crate::text::Language;

/// The share of a cohort that finished in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The source, one row for each person or case.
    pub from: String,
    /// The date on which the person entered.
    pub entered: String,
    /// The dates of the steps in order; the last one is completion.
    pub steps: Vec<String>,
    /// The time span in calendar months.
    pub within_months: u32,
    /// Who belongs to a period: everyone mature by its end, or those who became so in it.
    pub window: Window,
}

impl Completion {
    pub(super) fn units(&self, units: &Units) -> Query {
        let indicator = units.indicator;
        let site_by = indicator.site_by.as_deref();
        let entered = || Value::column("s", &self.entered);
        let due = || Value::MonthsLater(Box::new(entered()), i64::from(self.within_months));
        let last_day = || Value::column("p", "last_day");
        let mature = || due().binary("<=", last_day());
        let last_step = self.steps.last().map(String::as_str).unwrap_or(&self.entered);
        let in_time = Value::column("s", last_step).binary("<=", due());
        let belongs = match self.window {
            Window::ToDate => entered().binary("<=", last_day()),
            Window::InPeriod => {
                entered().binary("<=", last_day()).and(due().binary(">=", Value::column("p", "first_day")))
            }
        };
        let select: Select = units
            .source(&self.from)
            .column(units.site(site_by), "site")
            .column(units.period(), "period")
            .column(units.row_id(), "unit")
            .column(no_cluster(), "cluster")
            .column(mature().and(in_time).flag(), "y")
            .column(mature().flag(), "x")
            .column(Value::Not(Box::new(mature())).flag(), "immature")
            .join(JoinKind::Inner, units.periods(), "p", belongs);
        units
            .with_site(units.row_dimensions(select), site_by)
            .filter_if(indicator.filter.as_ref(), "s")
            .query()
    }

    /// What numerator and denominator count, in words.
    pub(super) fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (
                format!("เสร็จสิ้นภายใน {} เดือน", self.within_months),
                Some(format!("เข้ามาแล้วอย่างน้อย {} เดือน", self.within_months)),
            ),
            Language::En | Language::My => (
                format!("completed within {} months", self.within_months),
                Some(format!("entered at least {} months before the end of the period", self.within_months)),
            ),
        }
    }

    pub(super) fn sentence(&self, language: Language) -> String {
        let months = self.within_months;
        match language {
            Language::Th => format!(
                "สัดส่วนของกรณีใน {} ที่เสร็จสิ้นภายใน {months} เดือน จากกรณีที่เข้ามาก่อนนั้นอย่างน้อย {months} เดือน",
                self.from
            ),
            Language::En | Language::My => format!(
                "The share of {} completed within {months} months, among those that entered at least {months} months before the end of the period.",
                self.from
            ),
        }
    }
}
