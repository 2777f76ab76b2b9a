//! Completion: the share of a cohort that reached the last step in time, among those who entered
//! early enough to have had that time. Who entered later is immature: in neither numerator nor
//! denominator, counted and shown beside them. Who left for another reason stays in the
//! denominator: leaving competes with completing, and does not shrink those who entered. In a
//! period that was not over when the exports were taken, nobody had time after that day.
//!
//! Its own dimension `step` says how many of the same denominator reached each step in time, left
//! before completing, or are still waiting.

use super::units::{Scope, Units, category_of, dimension_column, observed_to, row_category, zero};
use super::{Counted, Dimension, Indicator, Kind, Measured, Summary, Window, source_table};
use crate::query::{From, Query, Select, Statement, Value};
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
    /// The dates of leaving for another reason.
    pub exits: Vec<String>,
    /// The time span in calendar months.
    pub within_months: u32,
    /// Who belongs to a period: everyone mature by its end, or those who became so in it.
    pub window: Window,
}

/// The category of those who left before they completed.
const EXITED: &str = "exited";
/// The category of those who neither completed nor left in time.
const WAITING: &str = "waiting";

impl Completion {
    fn due(&self) -> Value {
        Value::MonthsLater(Box::new(Value::column("s", &self.entered)), i64::from(self.within_months))
    }

    /// A date is there and in time; never undecided.
    fn in_time(&self, date: &str) -> Value {
        let in_time = Value::column("s", date).binary("<=", self.due());
        Value::Call("coalesce", vec![in_time, Value::Truth(false)])
    }

    pub(super) fn mature(&self) -> Value {
        self.due().binary("<=", observed_to())
    }

    fn completed(&self) -> Value {
        self.in_time(self.steps.last().unwrap_or(&self.entered))
    }

    /// Left in time, without having completed in time.
    fn exited(&self) -> Value {
        let left = self.exits.iter().map(|date| self.in_time(date));
        let left = left.reduce(|a, b| a.binary("OR", b)).unwrap_or(Value::Truth(false));
        left.and(Value::Not(Box::new(self.completed())))
    }

    /// Who is of a period.
    fn belongs(&self) -> Value {
        let entered = || Value::column("s", &self.entered);
        match self.window {
            Window::ToDate => entered().binary("<=", observed_to()),
            Window::InPeriod => entered()
                .binary("<=", observed_to())
                .and(self.due().binary(">=", Value::column("p", "first_day"))),
        }
    }

    fn of(&self, units: &Units, above: Value, step: Option<&str>) -> Query {
        let indicator = units.indicator;
        let site_by = indicator.site_by.as_deref();
        let mut select = units
            .source(&self.from)
            .column(units.site(site_by), "site")
            .column(units.period(), "period")
            .column(units.row_id(), "unit")
            .column(units.household(), "cluster")
            .column(self.mature().and(above).flag(), "y")
            .column(self.mature().flag(), "x")
            .column(Value::Not(Box::new(self.mature())).flag(), "immature");
        select = match step {
            Some(step) => select.column(Value::text(step), dimension_column("step")),
            None => units.row_dimensions(select),
        };
        let select = units.join_periods(units.with_site(select, site_by), self.belongs());
        select.filter_if(indicator.filter.as_ref(), "s").query()
    }
}

/// A cohort put together by the days of entering, and what its cells are added up from. It is the same
/// count as that of the units: there are few days and many people, who count in many periods each.
#[derive(Debug, Clone)]
pub struct Cohort {
    /// Puts it together.
    pub prepare: Statement,
    /// What the cells are added up from.
    pub cells: Counted,
    /// What those of the kind's own dimension are added up from.
    pub own: Counted,
    /// Takes it away again.
    pub dismantle: Statement,
}

/// What a cohort is put together by beside the columns of its source.
const EXITED_IN_TIME: &str = "cohort:exited";

fn in_time_column(step: &str) -> String {
    format!("cohort:{step}")
}

impl Cohort {
    /// The cohort of an indicator that has one whose members can be put together.
    pub fn of(indicator: &Indicator) -> Option<Self> {
        let Kind::Completion(kind) = &indicator.kind else { return None };
        if indicator.filter.as_ref().is_some_and(|filter| filter.uses_period()) {
            return None;
        }
        let table = format!("cohort:{}", indicator.id);
        let column = |name: &str| Value::column("s", name);
        let mut columns = vec![kind.entered.as_str()];
        let of_dimensions = indicator.disaggregate.iter().flat_map(|d| &d.columns);
        for name in indicator.site_by.iter().chain(of_dimensions) {
            if !columns.contains(&name.as_str()) {
                columns.push(name);
            }
        }
        let mut rows = Select::from(From::Table(source_table(&kind.from)), "s");
        for name in columns {
            rows = rows.group(column(name), name);
        }
        for step in &kind.steps {
            rows = rows.group(kind.in_time(step), in_time_column(step));
        }
        let rows = rows
            .group(kind.exited(), EXITED_IN_TIME)
            .column(Value::CountRows, "n")
            .filter(column(&kind.entered).is_there())
            .filter_if(indicator.filter.as_ref(), "s");
        let in_time = |step: &String| column(&in_time_column(step));
        let completed = || kind.steps.last().map_or(Value::Truth(false), in_time);
        let levels = std::iter::once(None).chain(indicator.disaggregate.iter().map(Some));
        let cells = levels.flat_map(|level| {
            let (name, category) = match level {
                None => ("", Value::text("")),
                Some(dimension) => (dimension.name.as_str(), category_of(dimension, &row_category)),
            };
            kind.sums(indicator, &table, name, category, completed())
        });
        let waiting = Value::Not(Box::new(completed().binary("OR", column(EXITED_IN_TIME))));
        let steps = kind.steps.iter().map(|step| (step.as_str(), in_time(step)));
        let outcomes = steps.chain([(EXITED, column(EXITED_IN_TIME)), (WAITING, waiting)]);
        let own =
            outcomes.flat_map(|(name, above)| kind.sums(indicator, &table, "step", Value::text(name), above));
        Some(Self {
            cells: Counted::Sums(Query::UnionAll(cells.collect())),
            own: Counted::Sums(Query::UnionAll(own.collect())),
            prepare: Statement::CreateTable(table.clone(), rows.query()),
            dismantle: Statement::DropTable(table),
        })
    }
}

impl Completion {
    /// What the groups of a cohort add to a category, in every scope.
    fn sums(
        &self,
        indicator: &Indicator,
        table: &str,
        dimension: &str,
        category: Value,
        above: Value,
    ) -> Vec<Query> {
        let site_by = indicator.site_by.as_deref();
        let members = || Value::column("s", "n");
        let those = |holds: Value| holds.flag().binary("*", members());
        let of_scope = |scope: &Scope| {
            let units = Units { indicator, scope: *scope, household: None };
            let select = Select::from(From::Table(table.to_owned()), "s")
                .column(units.site(site_by), "site")
                .column(units.period(), "period")
                .column(Value::text(dimension), "dimension")
                .column(category.clone(), "category")
                .column(those(self.mature().and(above.clone())), "y")
                .column(those(self.mature()), "x")
                .column(those(Value::Not(Box::new(self.mature()))), "immature")
                .column(zero(), "squares")
                .column(zero(), "top")
                .column(members(), "n");
            units.join_periods(units.with_site(select, site_by), self.belongs()).query()
        };
        Scope::all(site_by).iter().map(of_scope).collect()
    }
}

impl Measured for Completion {
    fn word(&self) -> &'static str {
        "completion"
    }

    fn from(&self) -> &str {
        &self.from
    }

    fn summary(&self) -> Summary {
        Summary::Share
    }

    fn units(&self, units: &Units) -> Vec<Query> {
        vec![self.of(units, self.completed(), None)]
    }

    fn own_dimension(&self) -> Option<Dimension> {
        let outcomes = [EXITED, WAITING].map(str::to_owned);
        Some(Dimension {
            name: "step".into(),
            columns: vec!["step".into()],
            categories: self.steps.iter().cloned().chain(outcomes).collect(),
        })
    }

    fn own_units(&self, units: &Units) -> Vec<Query> {
        let waiting = Value::Not(Box::new(self.completed().binary("OR", self.exited())));
        let steps = self.steps.iter().map(|step| self.of(units, self.in_time(step), Some(step)));
        let outcomes = [(self.exited(), EXITED), (waiting, WAITING)];
        let outcomes = outcomes.into_iter().map(|(above, name)| self.of(units, above, Some(name)));
        steps.chain(outcomes).collect()
    }

    fn parts(&self, language: Language) -> (String, Option<String>) {
        match language {
            Language::Th => (
                format!("เสร็จสิ้นภายใน {} เดือน", self.within_months),
                Some(format!("เข้ามาแล้วอย่างน้อย {} เดือน", self.within_months)),
            ),
            Language::My => {
                let months = crate::number::digits(&self.within_months.to_string(), language);
                (format!("{months} လအတွင်း ပြီးစီး"), Some(format!("ကာလမကုန်မီ အနည်းဆုံး {months} လက ဝင်ရောက်")))
            }
            Language::En => (
                format!("completed within {} months", self.within_months),
                Some(format!("entered at least {} months before the end of the period", self.within_months)),
            ),
        }
    }

    fn sentence(&self, language: Language) -> String {
        let months = self.within_months;
        match language {
            Language::Th => format!(
                "สัดส่วนของกรณีใน {} ที่เสร็จสิ้นภายใน {months} เดือน จากกรณีที่เข้ามาก่อนนั้นอย่างน้อย {months} เดือน",
                self.from
            ),
            Language::My => {
                let months = crate::number::digits(&months.to_string(), language);
                format!(
                    "ကာလမကုန်မီ အနည်းဆုံး {months} လက ဝင်ရောက်သော {} အနက် {months} လအတွင်း ပြီးစီးသည့် အချိုးအစား။",
                    self.from
                )
            }
            Language::En => format!(
                "The share of {} completed within {months} months, among those that entered at least {months} months before the end of the period.",
                self.from
            ),
        }
    }
}
