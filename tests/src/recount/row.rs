//! Rows as plain maps, and the conditions and numbers that a drawn programme asks of them, each
//! with its text for the pipeline and its meaning by the words of the reference page.

use jiff::civil::Date;
use std::collections::BTreeMap;

/// What a cell of an export means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    /// A text or a category.
    Word(String),
    /// A number, in ten-thousandths.
    Amount(i64),
    /// A day.
    Day(Date),
    /// Yes or no.
    Truth(bool),
}

/// A cell of an export: how it is written, and what it means; nothing where it cannot be
/// understood.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) value: Option<Value>,
}

/// A row of an export.
pub(super) type Written = BTreeMap<&'static str, Cell>;

/// A row that counts; what is missing is not in it.
pub(super) type Row = BTreeMap<&'static str, Value>;

/// One in a number.
pub(super) const ONE: i64 = 10_000;

pub(super) fn day(row: &Row, column: &str) -> Option<Date> {
    match row.get(column) {
        Some(Value::Day(day)) => Some(*day),
        _ => None,
    }
}

pub(super) fn amount(row: &Row, column: &str) -> Option<i64> {
    match row.get(column) {
        Some(Value::Amount(amount)) => Some(*amount),
        _ => None,
    }
}

/// The value as the word of a category or an identifier.
pub(super) fn word(row: &Row, column: &str) -> Option<String> {
    row.get(column).map(|value| match value {
        Value::Word(word) => word.clone(),
        Value::Truth(truth) => truth.to_string(),
        Value::Day(day) => day.to_string(),
        Value::Amount(amount) => (amount / ONE).to_string(),
    })
}

/// A condition.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Is(&'static str, &'static str),
    OneOf(&'static str, Vec<&'static str>),
    More(&'static str, i64),
    AtMost(&'static str, i64),
    Missing(&'static str),
    Yes(&'static str),
    AfterPeriod(&'static str),
    Not(Box<Condition>),
    Both(Box<Condition>, Box<Condition>),
    Either(Box<Condition>, Box<Condition>),
}

impl Condition {
    /// How the pipeline writes it.
    pub(super) fn text(&self) -> String {
        match self {
            Condition::Is(column, word) => format!("{column} = '{word}'"),
            Condition::OneOf(column, words) => {
                let words: Vec<String> = words.iter().map(|w| format!("'{w}'")).collect();
                format!("{column} in ({})", words.join(", "))
            }
            Condition::More(column, number) => format!("{column} > {number}"),
            Condition::AtMost(column, number) => format!("{column} <= {number}"),
            Condition::Missing(column) => format!("{column} is null"),
            Condition::Yes(column) => (*column).to_owned(),
            Condition::AfterPeriod(column) => format!("{column} > period_end"),
            Condition::Not(inner) => format!("not ({})", inner.text()),
            Condition::Both(a, b) => format!("({} and {})", a.text(), b.text()),
            Condition::Either(a, b) => format!("({} or {})", a.text(), b.text()),
        }
    }

    /// True, false, or nothing where it cannot be decided.
    pub(super) fn of(&self, row: &Row, period_end: Date) -> Option<bool> {
        let of = |inner: &Condition| inner.of(row, period_end);
        match self {
            Condition::Is(column, wanted) => word(row, column).map(|w| w == *wanted),
            Condition::OneOf(column, words) => word(row, column).map(|w| words.contains(&w.as_str())),
            Condition::More(column, number) => amount(row, column).map(|a| a > number * ONE),
            Condition::AtMost(column, number) => amount(row, column).map(|a| a <= number * ONE),
            Condition::Missing(column) => Some(!row.contains_key(column)),
            Condition::Yes(column) => match row.get(column) {
                Some(Value::Truth(truth)) => Some(*truth),
                _ => None,
            },
            Condition::AfterPeriod(column) => day(row, column).map(|d| d > period_end),
            Condition::Not(inner) => of(inner).map(|holds| !holds),
            // One false side decides, and so does one true side of the other.
            Condition::Both(a, b) => match (of(a), of(b)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Condition::Either(a, b) => match (of(a), of(b)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }

    /// The columns that it names.
    fn columns(&self) -> Vec<&'static str> {
        match self {
            Condition::Is(column, _)
            | Condition::OneOf(column, _)
            | Condition::More(column, _)
            | Condition::AtMost(column, _)
            | Condition::Missing(column)
            | Condition::Yes(column)
            | Condition::AfterPeriod(column) => vec![*column],
            Condition::Not(inner) => inner.columns(),
            Condition::Both(a, b) | Condition::Either(a, b) => {
                a.columns().into_iter().chain(b.columns()).collect()
            }
        }
    }

    /// Whether it holds under a missing strategy; nothing where the row is left out.
    pub(super) fn under(&self, missing: Missing, row: &Row, period_end: Date) -> Option<bool> {
        let decided = self.of(row, period_end);
        match missing {
            Missing::SkipIfAny => decided,
            Missing::SkipIfAll if self.columns().iter().all(|c| !row.contains_key(c)) => None,
            Missing::SkipIfAll | Missing::Zero => Some(decided.unwrap_or(false)),
        }
    }
}

/// What becomes of a row in which something is missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Missing {
    SkipIfAny,
    SkipIfAll,
    Zero,
}

impl Missing {
    pub(super) fn text(self) -> &'static str {
        match self {
            Missing::SkipIfAny => "skip_if_any",
            Missing::SkipIfAll => "skip_if_all",
            Missing::Zero => "zero",
        }
    }
}

/// A number of a row: the first column, and the second one added or taken off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    pub(super) first: &'static str,
    pub(super) second: Option<(i64, &'static str)>,
}

impl Number {
    pub(super) fn column(first: &'static str) -> Self {
        Self { first, second: None }
    }

    pub(super) fn text(&self) -> String {
        match self.second {
            None => self.first.to_owned(),
            Some((sign, second)) => format!("{} {} {second}", self.first, if sign < 0 { "-" } else { "+" }),
        }
    }

    /// The number in ten-thousandths; nothing where the row is left out.
    pub(super) fn of(&self, missing: Missing, row: &Row) -> Option<i64> {
        let first = amount(row, self.first);
        let second = self.second.map(|(sign, column)| (sign, amount(row, column)));
        let any_missing = first.is_none() || second.is_some_and(|(_, value)| value.is_none());
        let all_missing = first.is_none() && second.is_none_or(|(_, value)| value.is_none());
        match missing {
            Missing::SkipIfAny if any_missing => None,
            Missing::SkipIfAll if all_missing => None,
            _ => Some(first.unwrap_or(0) + second.map_or(0, |(sign, value)| sign * value.unwrap_or(0))),
        }
    }
}

/// A day so many calendar months later; a day that the month has not becomes its last.
pub(super) fn months_later(day: Date, months: i32) -> Date {
    let month = i32::from(day.year()) * 12 + i32::from(day.month()) - 1 + months;
    let (year, month) = (month.div_euclid(12) as i16, (month.rem_euclid(12) + 1) as i8);
    let first = Date::constant(year, month, 1);
    Date::constant(year, month, day.day().min(first.days_in_month()))
}

/// The month that a day lies in, counted from the year 0.
pub(super) fn month_of(day: Date) -> i32 {
    i32::from(day.year()) * 12 + i32::from(day.month()) - 1
}

/// The days from one day to another.
pub(super) fn days_between(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}
