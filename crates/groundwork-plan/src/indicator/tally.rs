//! A tally: the rows of a pass put together in several tables in one look at them.
//!
//! A database scans the rows once for each table, and looks texts up in each. In a tally every column
//! that has few values is seen as a code, so that a group of rows is a place in a list and a row is a
//! few additions. The tables are the same as those of the statements of the pass.

use super::passes::Known;
use crate::period::{Frequency, shift_months};
use crate::query::{Query, Select, SqlType, Value};
use crate::source::ColumnType;
use jiff::civil::Date;

/// The most values that a code stands for.
const VALUES_MOST: usize = 255;
/// The bits of a number that hold codes.
const BITS: u32 = 60;
/// The most comparisons: each is true, false or undecided.
const COMPARISONS_MOST: usize = 12;

/// What is looked at, and the tables that it is put together in.
#[derive(Debug, Clone)]
pub struct Tally {
    /// The rows: numbers that hold the codes, as many as they need, then the numbers that are added up.
    pub look: Query,
    /// So many numbers hold codes.
    pub packed: usize,
    /// What the rows of every table are put together by.
    pub keys: Vec<Code>,
    /// The same, for comparisons, of whose values few are there together.
    pub comparisons: Vec<Code>,
    /// What the rows of some tables are put together by.
    pub apart: Vec<Code>,
    /// The numbers that are added up; their places here name the columns of their sums.
    pub numbers: Vec<Number>,
    /// The tables, each with the places of its columns in `apart`.
    pub tables: Vec<(String, Vec<usize>)>,
}

/// A column with few values.
#[derive(Debug, Clone)]
pub struct Code {
    /// Its name in the tables.
    pub name: String,
    /// The type that it has there.
    pub kind: SqlType,
    /// Its values as literals, by their codes from 0.
    pub values: Vec<Value>,
    /// Which of the numbers that hold codes holds its own, and behind how many bits.
    pub place: (usize, u32),
    /// The code of a row; a value that is not declared has none.
    of_row: Value,
}

/// A number that is added up.
#[derive(Debug, Clone)]
pub struct Number {
    /// How many digits behind the point its squares are made from, where they are added up.
    pub squares: Option<u8>,
    of_row: Value,
}

impl Code {
    /// How many bits it takes.
    pub fn bits(&self) -> u32 {
        (self.values.len() as u64).next_power_of_two().trailing_zeros()
    }

    /// A column of rows, where it has few values.
    pub(super) fn column(name: &str, known: &Known<'_>) -> Option<Self> {
        let column = || Value::column("s", name);
        match known.kind(name)? {
            ColumnType::Boolean => Some(Self::truth(name.to_owned(), column())),
            ColumnType::Category(words) => {
                Self::words(name, &words.iter().map(|word| word.id.as_str()).collect::<Vec<_>>())
            }
            ColumnType::Site => Self::words(name, known.sites),
            _ => None,
        }
    }

    /// A column that holds some of these words.
    fn words(name: &str, words: &[&str]) -> Option<Self> {
        let column = || Value::column("s", name);
        let texts: Vec<Value> = words.iter().map(|word| Value::text(*word)).collect();
        let found = Value::Call("list_position", vec![Value::Call("list_value", texts.clone()), column()]);
        let missing =
            Value::Case(vec![(column().is_missing(), zero())], Box::new(Value::Missing(SqlType::Integer)));
        let values: Vec<Value> = std::iter::once(Value::Missing(SqlType::Text)).chain(texts).collect();
        let fits = (2..=VALUES_MOST).contains(&values.len());
        fits.then(|| Self {
            name: name.to_owned(),
            kind: SqlType::Text,
            values,
            place: (0, 0),
            of_row: Value::Call("coalesce", vec![found, missing]),
        })
    }

    /// What is true, false or undecided.
    pub(super) fn truth(name: String, holds: Value) -> Self {
        let not = Value::Not(Box::new(holds.clone()));
        let whens = vec![(holds, Value::integer(2)), (not, Value::integer(1))];
        Self {
            name,
            kind: SqlType::Truth,
            values: vec![Value::Missing(SqlType::Truth), Value::Truth(false), Value::Truth(true)],
            place: (0, 0),
            of_row: Value::Case(whens, Box::new(zero())),
        }
    }

    /// The units of time of a column of days that lie between two days, and one before them for
    /// all earlier ones. There is a day in every row.
    pub(super) fn days(name: &str, length: Frequency, (from, to): (Date, Date)) -> Option<Self> {
        let months = length.months();
        let from = from.first_of_month();
        let begin = |at: i64| shift_months(from, (at - 1) * months);
        let days: Vec<Value> = (0..).map(begin).take_while(|day| *day <= to).map(Value::Day).collect();
        let since =
            Value::Call("date_diff", vec![Value::text("month"), Value::Day(from), Value::column("s", name)]);
        let since = Value::Call("greatest", vec![since, Value::integer(-months)]);
        let at = since.binary("+", Value::integer(months));
        (days.len() <= VALUES_MOST).then(|| Self {
            name: name.to_owned(),
            kind: SqlType::Day,
            values: days,
            place: (0, 0),
            of_row: at.binary("//", Value::integer(months)),
        })
    }
}

impl Number {
    pub(super) fn new(of_row: Value, squares: Option<u8>) -> Self {
        Self { squares, of_row }
    }
}

impl Tally {
    /// A tally of these rows, where codes can stand for all of it and there is anything to look at.
    pub(super) fn of(
        rows: Select,
        keys: Vec<Code>,
        comparisons: Vec<Code>,
        apart: Vec<Code>,
        numbers: Vec<Number>,
        tables: Vec<(String, Vec<usize>)>,
    ) -> Option<Self> {
        if comparisons.len() > COMPARISONS_MOST {
            return None;
        }
        let (mut keys, mut comparisons, mut apart) = (keys, comparisons, apart);
        let mut packed: Vec<(Value, u32)> = Vec::new();
        for code in keys.iter_mut().chain(&mut comparisons).chain(&mut apart) {
            let bits = code.bits();
            if packed.last().is_none_or(|(_, taken)| taken + bits > BITS) {
                packed.push((zero(), 0));
            }
            let (at, last) = (packed.len() - 1, packed.last_mut());
            if let Some((together, taken)) = last {
                code.place = (at, *taken);
                let shifted = code.of_row.clone().cast(SqlType::Integer);
                let shifted = shifted.binary("*", Value::integer(1 << *taken));
                *together = std::mem::replace(together, zero()).binary("+", shifted);
                *taken += bits;
            }
        }
        let holding = packed.len();
        let values = packed.into_iter().map(|(value, _)| value);
        let values = values.chain(numbers.iter().map(|number| number.of_row.clone()));
        let look = values.enumerate().fold(rows, |look, (at, value)| look.column(value, format!("c{at}")));
        (!look.columns.is_empty()).then(|| Self {
            look: look.query(),
            packed: holding,
            keys,
            comparisons,
            apart,
            numbers,
            tables,
        })
    }
}

fn zero() -> Value {
    Value::integer(0)
}
