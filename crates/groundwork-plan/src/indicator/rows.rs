//! Kinds whose units are rows: what a row adds to numerator and denominator, and what happens to
//! a row with missing values.

use super::units::{Units, zero};
use super::{Indicator, Window};
use crate::expression::Expression;
use crate::query::{Query, Value};

/// What becomes of a row in which something is missing. The names are those of DHIS2's missing
/// value strategies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// A row in which anything is missing is left out.
    #[default]
    SkipIfAny,
    /// A row is left out when all of it is missing; otherwise what is missing counts as zero, or
    /// as not holding.
    SkipIfAll,
    /// What is missing counts as zero, or as not holding.
    Zero,
}

impl Missing {
    /// Every strategy.
    pub const ALL: [Missing; 3] = [Missing::SkipIfAny, Missing::SkipIfAll, Missing::Zero];

    /// The word in the pipeline language.
    pub fn word(self) -> &'static str {
        match self {
            Missing::SkipIfAny => "skip_if_any",
            Missing::SkipIfAll => "skip_if_all",
            Missing::Zero => "zero",
        }
    }

    /// A number over a row of part `s`; missing where the row is left out.
    pub(super) fn number(self, value: &Expression) -> Value {
        let filled = || {
            Value::with_columns(value, &|name| {
                Value::Call("coalesce", vec![Value::column("s", name), zero()])
            })
        };
        match self {
            Missing::SkipIfAny => Value::of(value, "s"),
            Missing::Zero => filled(),
            Missing::SkipIfAll => Value::Case(
                vec![(any_there(value), filled())],
                // Nothing, with the type of the value.
                Box::new(Value::Call("nullif", vec![filled(), filled()])),
            ),
        }
    }

    /// A condition over a row of part `s`, and the condition under which the row counts.
    pub(super) fn condition(self, holds: &Expression) -> (Value, Option<Value>) {
        let undecided = Value::of(holds, "s");
        let decided = || Value::Call("coalesce", vec![Value::of(holds, "s"), Value::Truth(false)]);
        match self {
            Missing::SkipIfAny => (undecided.clone(), Some(undecided.is_there())),
            Missing::SkipIfAll => (decided(), Some(any_there(holds))),
            Missing::Zero => (decided(), None),
        }
    }
}

/// Any of the columns of an expression has a value.
fn any_there(expression: &Expression) -> Value {
    let there = |name: &str| Value::column("s", name).is_there();
    let any = expression.columns().into_iter().map(there).reduce(|a, b| a.binary("OR", b));
    any.unwrap_or(Value::Truth(true))
}

/// What one row adds.
pub(super) enum Amount {
    /// Nothing.
    Nothing,
    /// 1.
    One,
    /// 1 where this holds.
    Holds(Value),
    /// A number; the row is left out where it is missing.
    Number(Value),
}

/// What a row adds to numerator and denominator.
pub(super) struct RowMeasure {
    /// The row counts where this holds, beside the indicator's own filter.
    pub(super) counts: Option<Value>,
    pub(super) y: Amount,
    pub(super) x: Amount,
    pub(super) window: Window,
}

impl RowMeasure {
    /// The units, one a row.
    pub(super) fn units(&self, units: &Units, from: &str) -> Vec<Query> {
        let indicator: &Indicator = units.indicator;
        let site_by = indicator.site_by.as_deref();
        let value = |amount: &Amount| match amount {
            Amount::Nothing => zero(),
            Amount::One => Value::integer(1),
            Amount::Holds(holds) => holds.clone().flag(),
            Amount::Number(value) => value.clone(),
        };
        let select = units
            .source(from)
            .column(units.site(site_by), "site")
            .column(units.period(), "period")
            .column(units.row_id(), "unit")
            .column(units.household(), "cluster")
            .column(value(&self.y), "y")
            .column(value(&self.x), "x")
            .column(zero(), "immature");
        let mut select = units.with_site(units.row_dimensions(select), site_by);
        for amount in [&self.y, &self.x] {
            if let Amount::Number(value) = amount {
                select = select.filter(value.clone().is_there());
            }
        }
        if let Some(counts) = &self.counts {
            select = select.filter(counts.clone());
        }
        let select = units.with_periods(select, indicator.period_by.as_deref(), self.window);
        vec![select.filter_if(indicator.filter.as_ref(), "s").query()]
    }
}
