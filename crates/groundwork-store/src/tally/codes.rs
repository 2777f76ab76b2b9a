//! Codes: what they stand for, and what a row holds of them.

use arrow::array::{Array, ArrayRef, AsArray as _, BooleanArray, Date32Array, StringArray};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int32Type, Int64Type};
use groundwork_plan::indicator::{Code, Cuts};
use groundwork_plan::period::since_1970;
use groundwork_plan::query::{SqlType, Value};
use std::sync::Arc;

/// Codes that make one number together; that of the first changes slowest.
#[derive(Default)]
pub(super) struct Together<'a>(pub(super) Vec<&'a Code>);

impl<'a> Together<'a> {
    /// How many numbers they can make.
    pub(super) fn ways(&self) -> usize {
        self.0.iter().map(|code| code.values()).product()
    }

    /// Each with how much a step of it adds to the number.
    pub(super) fn steps(&self) -> impl Iterator<Item = (&'a Code, usize)> {
        let step = |at: usize| self.0.iter().skip(at + 1).map(|code| code.values()).product();
        self.0.iter().enumerate().map(move |(at, code)| (*code, step(at)))
    }

    /// One of them in a number, where it is among them.
    pub(super) fn code(&self, wanted: &Code, number: usize) -> Option<usize> {
        let (code, step) = self.steps().find(|(code, _)| std::ptr::eq(*code, wanted))?;
        Some(number / step % code.values())
    }

    /// The columns that they stand for: their values in these numbers.
    pub(super) fn decoded(&self, numbers: &[usize]) -> Vec<(String, ArrayRef)> {
        let columns = |(code, step): (&'a Code, usize)| {
            code.columns.iter().map(move |(name, values)| {
                let of_numbers = numbers.iter().map(|number| values.get(number / step % code.values()));
                (name.clone(), decoded(code.kind, of_numbers))
            })
        };
        self.steps().flat_map(columns).collect()
    }
}

/// The codes of days, from a first one; earlier ones have the first code.
pub(super) struct Calendar {
    first: i32,
    codes: Vec<u8>,
}

impl Calendar {
    /// That of the one of these codes that stands for days.
    pub(super) fn of(codes: &[Code]) -> Self {
        let days = codes.iter().find(|code| code.kind == SqlType::Day);
        let begins =
            days.into_iter().flat_map(|code| &code.columns).flat_map(|(_, values)| values).filter_map(
                |value| match value {
                    Value::Day(day) => since_1970(*day),
                    _ => None,
                },
            );
        let begins: Vec<i32> = begins.collect();
        // The last unit of time is no longer than a quarter.
        let ends = begins.iter().copied().skip(1).chain(begins.last().map(|last| last + 92));
        let lengths = begins.iter().zip(ends).map(|(begin, end)| usize::try_from(end - begin).unwrap_or(0));
        let codes = (0_u8..).zip(lengths).flat_map(|(code, days)| std::iter::repeat_n(code, days));
        Self { first: begins.first().copied().unwrap_or(0), codes: codes.collect() }
    }

    /// The codes of a column: the place of a word from 1, the truth of a condition, or a day. Nothing
    /// where a row has none.
    pub(super) fn codes(&self, array: &ArrayRef) -> Option<Vec<u8>> {
        match array.data_type() {
            DataType::Boolean => {
                let truths = array.as_boolean().iter();
                Some(truths.map(|truth| truth.map_or(0, |truth| 1 + u8::from(truth))).collect())
            }
            DataType::Int32 if array.null_count() == 0 => {
                // There are no more words than that.
                let places = array.as_primitive::<Int32Type>().values();
                Some(places.iter().map(|place| (*place - 1) as u8).collect())
            }
            DataType::Date32 if array.null_count() == 0 => {
                let code = |day: &i32| match usize::try_from(*day - self.first) {
                    Ok(at) => self.codes.get(at).copied(),
                    Err(_) => Some(0),
                };
                array.as_primitive::<Date32Type>().values().iter().map(code).collect()
            }
            _ => None,
        }
    }
}

/// The numbers of a column in units of their last digit; zero where one is missing.
pub(super) struct Whole {
    pub(super) values: Vec<i64>,
    pub(super) is_there: Vec<bool>,
    pub(super) digits: u8,
}

impl Whole {
    /// Those of a column of whole numbers or decimals; nothing inside for a column of something else, and
    /// nothing where one does not have room in 64 bits.
    pub(super) fn of(array: &ArrayRef) -> Option<Option<Self>> {
        let is_there = || match array.nulls() {
            Some(nulls) => nulls.iter().collect(),
            None => vec![true; array.len()],
        };
        match array.data_type() {
            DataType::Int64 => {
                let is_there: Vec<bool> = is_there();
                let values = array.as_primitive::<Int64Type>().values().iter().zip(&is_there);
                let values = values.map(|(value, is_there)| value * i64::from(*is_there)).collect();
                Some(Some(Self { values, is_there, digits: 0 }))
            }
            DataType::Decimal128(_, digits) => {
                let is_there: Vec<bool> = is_there();
                let all = array.as_primitive::<Decimal128Type>().values().iter().zip(&is_there);
                // What stands where one is missing may be anything.
                let all = all.map(|(value, is_there)| value * i128::from(*is_there));
                let values: Vec<i64> = all.clone().map(|value| value as i64).collect();
                let fits = all.zip(&values).all(|(value, narrow)| value == i128::from(*narrow));
                let digits = u8::try_from(*digits).ok()?;
                fits.then_some(Some(Self { values, is_there, digits }))
            }
            _ => Some(None),
        }
    }

    /// Their codes; nothing where they have more digits than the cuts.
    pub(super) fn codes(&self, cuts: &Cuts) -> Option<Vec<u8>> {
        let more = 10_i64.checked_pow(u32::from(cuts.digits.checked_sub(self.digits)?))?;
        let mut codes = vec![1; self.values.len()];
        for from in &cuts.from {
            // A number is at least so much where it is at least the next one up in its own units.
            let from = from.div_euclid(more) + i64::from(from.rem_euclid(more) > 0);
            codes.iter_mut().zip(&self.values).for_each(|(code, value)| *code += u8::from(*value >= from));
        }
        codes.iter_mut().zip(&self.is_there).for_each(|(code, is_there)| *code *= u8::from(*is_there));
        Some(codes)
    }
}

/// A column of literals of a type.
fn decoded<'v>(kind: SqlType, literals: impl Iterator<Item = Option<&'v Value>>) -> ArrayRef {
    match kind {
        SqlType::Day => Arc::new(Date32Array::from_iter(literals.map(|literal| match literal {
            Some(Value::Day(day)) => since_1970(*day),
            _ => None,
        }))),
        SqlType::Truth => Arc::new(BooleanArray::from_iter(literals.map(|literal| match literal {
            Some(Value::Truth(truth)) => Some(*truth),
            _ => None,
        }))),
        _ => Arc::new(StringArray::from_iter(literals.map(|literal| match literal {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        }))),
    }
}
