//! Cuts: comparisons of a number with written ones cut the line of numbers in parts, in each of which they
//! all are true or not. So a number is known by the part that it lies in.

use super::passes::Known;
use super::units::DIGITS;
use crate::query::{SqlType, Value};
use crate::source::ColumnType;

/// Where the line of numbers is cut. A missing number has code 0, one before the first cut code 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cuts {
    /// How many digits behind the point numbers have at most.
    pub digits: u8,
    /// The first number behind each cut, in units of the last of those digits.
    pub from: Vec<i64>,
}

impl Cuts {
    /// Those of several comparisons.
    pub(super) fn of<'c>(digits: u8, cuts: impl Iterator<Item = &'c Cut>) -> Self {
        let mut from: Vec<i64> = cuts.flat_map(Cut::borders).collect();
        from.sort_unstable();
        from.dedup();
        Self { digits, from }
    }
}

/// A column of numbers, with how many digits behind the point they have at most.
pub(super) type Line<'a> = (&'a str, u8);

/// What a comparison asks of a number, in whole units of its last digit.
pub(super) enum Cut {
    IsMissing(bool),
    /// It is at least so much, or it is not.
    AtLeast(i64, bool),
    /// It is this number, or it is not.
    Is(i64, bool),
}

impl Cut {
    /// What a comparison looks at and asks, where it is of an exact number with a written one.
    pub(super) fn of<'v>(holds: &'v Value, known: &Known<'_>) -> Option<(Line<'v>, Self)> {
        let digits = |name: &str| match known.kind(name)? {
            ColumnType::Integer => Some(0),
            ColumnType::Number => Some(DIGITS),
            _ => None,
        };
        match holds {
            Value::IsMissing(of, wanted) => match &**of {
                Value::Column("s", name) => Some(((name, digits(name)?), Self::IsMissing(*wanted))),
                _ => None,
            },
            Value::Binary(left, op, right) => {
                let (Value::Column("s", name), Value::Number(number)) = (&**left, &**right) else {
                    return None;
                };
                let digits = digits(name)?;
                let (below, is_exact) = in_units(number, digits)?;
                let above = below.checked_add(1)?;
                let cut = match *op {
                    ">" => Self::AtLeast(above, true),
                    "<=" => Self::AtLeast(above, false),
                    ">=" => Self::AtLeast(if is_exact { below } else { above }, true),
                    "<" => Self::AtLeast(if is_exact { below } else { above }, false),
                    "=" if is_exact => Self::Is(below, true),
                    "<>" if is_exact => Self::Is(below, false),
                    _ => return None,
                };
                Some(((name, digits), cut))
            }
            _ => None,
        }
    }

    /// The first numbers of the parts that it cuts the line of numbers in.
    fn borders(&self) -> Vec<i64> {
        match self {
            Self::IsMissing(_) => Vec::new(),
            Self::AtLeast(number, _) => vec![*number],
            Self::Is(number, _) => vec![*number, number.saturating_add(1)],
        }
    }

    /// Whether it holds where a number is missing, and in each part of the line.
    pub(super) fn truths(&self, cuts: &Cuts) -> Vec<Value> {
        let parts = std::iter::once(None).chain(cuts.from.iter().copied().map(Some));
        let missing = match self {
            Self::IsMissing(wanted) => Value::Truth(*wanted),
            _ => Value::Missing(SqlType::Truth),
        };
        let holds = |begin: Option<i64>| match self {
            Self::IsMissing(wanted) => !wanted,
            Self::AtLeast(number, wanted) => begin.is_some_and(|begin| begin >= *number) == *wanted,
            Self::Is(number, wanted) => (begin == Some(*number)) == *wanted,
        };
        std::iter::once(missing).chain(parts.map(|begin| Value::Truth(holds(begin)))).collect()
    }
}

/// A written number in units of so many digits behind the point, rounded down, and whether it is exactly
/// that.
fn in_units(number: &str, digits: u8) -> Option<(i64, bool)> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = usize::from(digits);
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(digits));
    let units = format!("{whole}{kept:0<digits$}").parse().ok()?;
    Some((units, rest.bytes().all(|byte| byte == b'0')))
}
