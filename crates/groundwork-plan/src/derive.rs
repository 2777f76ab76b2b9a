//! Derived columns: made from the other columns of a row, such as the age band of a person on the
//! day of a session.

use crate::expression::Expression;
use crate::query::Value;
use crate::source::{Category, ColumnType};

/// A column made from the other columns of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// Its name.
    pub name: String,
    /// How it is made.
    pub rule: DeriveRule,
}

/// How a derived column is made.
#[derive(Debug, Clone, PartialEq)]
pub enum DeriveRule {
    /// The band that a number falls in; missing where it falls in none.
    Bands(Banded, Vec<Band>),
    /// A number.
    Value(Expression),
    /// A condition.
    Holds(Expression),
    /// The first category whose condition holds; missing where none does.
    Choose(Vec<(String, Expression)>),
}

impl DeriveRule {
    /// The columns that it is made from.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            DeriveRule::Bands(Banded::Column(name), _) => vec![name],
            DeriveRule::Bands(Banded::Age { born, at }, _) => vec![born, at],
            DeriveRule::Value(of) | DeriveRule::Holds(of) => of.columns(),
            DeriveRule::Choose(choices) => choices.iter().flat_map(|(_, holds)| holds.columns()).collect(),
        }
    }
}

/// What is put in bands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Banded {
    /// A column.
    Column(String),
    /// The age in completed years of someone born on one day, on another day.
    Age {
        /// The date of birth.
        born: String,
        /// The day of the event.
        at: String,
    },
}

/// A band of whole numbers; both ends belong to it, and everything up to the next whole number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// As the pipeline writes it.
    pub word: String,
    /// The smallest number; open below where it is missing.
    pub from: Option<i64>,
    /// The largest whole number; open above where it is missing.
    pub to: Option<i64>,
}

impl Band {
    /// Reads `10-14`, `10–14`, `25+` or `<10`.
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.trim().to_owned();
        let number = |text: &str| text.trim().parse::<i64>().ok();
        if let Some(above) = word.strip_suffix('+') {
            return Some(Self { from: Some(number(above)?), to: None, word });
        }
        if let Some(below) = word.strip_prefix('<') {
            return Some(Self { from: None, to: Some(number(below)? - 1), word });
        }
        let (from, to) = word.split_once(['-', '–'])?;
        let (from, to) = (number(from)?, number(to)?);
        (from <= to).then_some(Self { from: Some(from), to: Some(to), word })
    }
}

impl Derived {
    /// What the column holds.
    pub fn kind(&self) -> ColumnType {
        let categories = |words: Vec<&String>| {
            let category = |id: &String| Category { id: id.clone(), spellings: Vec::new() };
            ColumnType::Category(words.into_iter().map(category).collect())
        };
        match &self.rule {
            DeriveRule::Bands(_, bands) => categories(bands.iter().map(|b| &b.word).collect()),
            DeriveRule::Choose(choices) => categories(choices.iter().map(|(word, _)| word).collect()),
            DeriveRule::Value(_) => ColumnType::Number,
            DeriveRule::Holds(_) => ColumnType::Boolean,
        }
    }

    /// The column as a value over the row of a part.
    pub(crate) fn value(&self, part: &'static str) -> Value {
        match &self.rule {
            DeriveRule::Bands(banded, bands) => {
                let number = || match banded {
                    Banded::Column(name) => Value::column(part, name),
                    Banded::Age { born, at } => {
                        completed_years(Value::column(part, born), Value::column(part, at))
                    }
                };
                chosen(bands.iter().map(|band| (in_band(band, &number), &band.word)))
            }
            DeriveRule::Choose(choices) => {
                chosen(choices.iter().map(|(word, holds)| (Value::of(holds, part), word)))
            }
            DeriveRule::Value(value) => Value::of(value, part).cast(crate::query::SqlType::Exact),
            DeriveRule::Holds(holds) => Value::of(holds, part),
        }
    }
}

/// The word of the first condition that holds. The last branch is an empty text that is then made
/// missing: DuckDB 2.0.0 wrongly simplifies functions over a `CASE` with a missing branch.
fn chosen<'a>(choices: impl Iterator<Item = (Value, &'a String)>) -> Value {
    let whens = choices.map(|(holds, word)| (holds, Value::text(word))).collect();
    Value::Call("nullif", vec![Value::Case(whens, Box::new(Value::text(""))), Value::text("")])
}

fn in_band(band: &Band, number: &dyn Fn() -> Value) -> Value {
    let from = band.from.map(|from| number().binary(">=", Value::integer(from)));
    let to = band.to.map(|to| number().binary("<", Value::integer(to.saturating_add(1))));
    match (from, to) {
        (Some(from), Some(to)) => from.and(to),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => number().is_there(),
    }
}

/// Completed years between two days; the birthday itself completes a year. A negative age means
/// that the dates contradict each other, and falls in no band that begins at 0.
fn completed_years(born: Value, at: Value) -> Value {
    let year = |day: &Value| Value::Call("year", vec![day.clone()]);
    let day_of_year = |day: &Value| {
        Value::Call("month", vec![day.clone()])
            .binary("*", Value::integer(100))
            .binary("+", Value::Call("day", vec![day.clone()]))
    };
    let before_birthday = day_of_year(&at).binary("<", day_of_year(&born)).flag();
    year(&at).binary("-", year(&born)).binary("-", before_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_is_read_as_it_is_written() {
        let ends = |text: &str| Band::parse(text).map(|b| (b.from, b.to));
        assert_eq!(ends("10-14"), Some((Some(10), Some(14))));
        assert_eq!(ends("10–14"), Some((Some(10), Some(14))));
        assert_eq!(ends("25+"), Some((Some(25), None)));
        assert_eq!(ends("<10"), Some((None, Some(9))));
        for wrong in ["14-10", "ten", "", "10", "10-", "-"] {
            assert_eq!(ends(wrong), None, "{wrong}");
        }
    }
}
