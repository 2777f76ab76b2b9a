//! What a cell shows: its numbers of people, and the address of each.

use crate::cell::{Cell, CellKey, Counts};
use crate::frame::{Counting, Frame, Measure, Time};
use crate::matrix::{Address, When};
use groundwork_plan::indicator::Dimension;
use jiff::civil::Date;

/// A number of people that a cell shows.
pub(crate) struct Counted {
    pub(crate) counting: Counting,
    pub(crate) people: f64,
    pub(crate) by: By,
}

/// What the category of a cell does to a number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The number is a part of the total, and the parts make the total up.
    Category,
    /// The number is a part of the total, and parts may overlap.
    Own,
    /// The number is that of the total.
    Nothing,
}

/// Amounts are set against each other in units of so much: they are kept to four decimals.
pub(crate) const UNITS: f64 = 10_000.0;

/// The amount that a cell gives away, where one person dominates such an amount somewhere.
pub(crate) fn amount(cell: &Cell, frame: &Frame) -> Option<Counted> {
    let counting = frame.measures.get(&cell.key.indicator)?.amount.clone()?;
    let units = (cell.numerator * UNITS).round();
    frame.dominated.contains(&counting.of).then_some(Counted { counting, people: units, by: By::Category })
}

/// Who is counted in a cell, and how many they are.
pub(crate) fn counted(cell: &Cell, frame: &Frame) -> Vec<Counted> {
    let id = &cell.key.indicator;
    let alone = |of: String, condition: Option<&str>| Counting {
        of,
        conditions: condition.map(str::to_owned).into_iter().collect(),
        time: Time::Moment,
    };
    let measure = frame.measures.get(id);
    let own = measure.and_then(|m| m.own_dimension.as_ref()).filter(|own| own.name == cell.key.dimension);
    let (above, by_above, by_below) = match own {
        Some(own) => (Some(own.from.clone()), By::Own, By::Nothing),
        None => (measure.and_then(|m| m.numerator.clone()), By::Category, By::Category),
    };
    let below = measure.and_then(|m| m.denominator.clone());
    let numerator = |otherwise: &dyn Fn() -> Counting| Counted {
        counting: above.clone().unwrap_or_else(otherwise),
        people: cell.numerator,
        by: by_above,
    };
    let denominator = |otherwise: &dyn Fn() -> Counting| Counted {
        counting: below.clone().unwrap_or_else(otherwise),
        people: cell.denominator.unwrap_or(0.0),
        by: by_below,
    };
    let everyone = || alone(id.clone(), None);
    let mut out = match cell.counts {
        Counts::Total => vec![numerator(&everyone)],
        Counts::Part => vec![numerator(&|| alone(id.clone(), Some("numerator"))), denominator(&everyone)],
        Counts::Quotient => {
            let mut sides = Vec::new();
            // A side that is a sum counts nobody.
            if measure.is_none_or(|m| m.numerator.is_some()) {
                sides.push(numerator(&|| alone(format!("{id} · numerator"), None)));
            }
            if measure.is_none_or(|m| m.denominator.is_some()) {
                sides.push(denominator(&|| alone(format!("{id} · denominator"), None)));
            }
            sides
        }
        // A formula has no people of its own.
        Counts::Amount if cell.denominator.is_none() => Vec::new(),
        Counts::Amount => vec![denominator(&everyone)],
        // Their groups are told by the gate.
        Counts::Groups => Vec::new(),
    };
    if let Some(immature) = cell.immature {
        out.push(Counted {
            counting: alone(format!("{id} · immature"), None),
            people: immature,
            by: by_below,
        });
    }
    out
}

/// The conditions that the category of a cell stands for, one for each column of its dimension.
pub(crate) fn conditions_of(key: &CellKey, frame: &Frame) -> Vec<String> {
    if key.dimension.is_empty() {
        return Vec::new();
    }
    let called = frame.measures.get(&key.indicator).map(|measure| &measure.columns);
    let category = |column: &str, category: &str| {
        let column = called.and_then(|called| called.get(column)).map_or(column, |called| called);
        Counting::category(column, category)
    };
    let columns: Vec<&str> = key.dimension.split(Dimension::CROSS).collect();
    let categories: Vec<&str> = key.category.split(Dimension::CROSS).collect();
    if columns.len() == categories.len() {
        columns.iter().zip(categories).map(|(column, word)| category(column, word)).collect()
    } else {
        vec![category(&key.dimension, &key.category)]
    }
}

pub(crate) fn address(counting: &Counting, key: &CellKey, measure: Option<&Measure>) -> Address {
    let days = measure.and_then(|m| {
        let own = m.days.get(&(key.site.clone(), key.period.clone()));
        own.or_else(|| m.days.get(&(String::new(), key.period.clone()))).copied()
    });
    let when = match (counting.time, days) {
        (Time::InPeriod, Some((first, last))) => When::Days(first, last),
        (Time::ToDate, Some((_, last))) => When::Days(Date::MIN, last),
        (Time::Ever, _) => When::EVER,
        (Time::Moment, _) | (_, None) => When::Moment(key.period.clone()),
    };
    // What depends on the period is another condition in each.
    let on_its_days = |condition: &String| match days {
        Some((first, last)) => {
            condition.replace("period_start", &first.to_string()).replace("period_end", &last.to_string())
        }
        None => condition.clone(),
    };
    let conditions = counting.conditions.iter().map(on_its_days).collect();
    Address { of: counting.of.clone(), conditions, site: key.site.clone(), when }
}

/// A number of people; an amount with a fraction is none.
pub(crate) fn whole(value: f64) -> Option<i64> {
    ((0.0..1e15).contains(&value) && value.fract() == 0.0).then_some(value as i64)
}
