//! A tally: the sums of a pass in one look at its rows.
//!
//! A database scans the rows once for each table of groups. In a tally every column that has few values
//! is seen as a code, so that a group of rows is a place in a list and a row is a few additions; what is
//! then added up from the groups are the sums that the statements of the pass make.

use super::cuts::{Cut, Cuts, Line};
use super::passes::Known;
use crate::period::{Frequency, shift_months};
use crate::query::{Query, Select, SqlType, Value};
use crate::source::ColumnType;
use jiff::civil::Date;

/// The most values that a code stands for.
const VALUES_MOST: usize = 255;
/// The most ways in which what conditions tell apart may come together.
const WAYS_MOST: usize = 1 << 24;

/// The column of the sums that names the dimension.
pub const DIMENSION: &str = "level:dimension";
/// The column of the sums that names the category.
pub const CATEGORY: &str = "level:category";

/// What is looked at, and what it is added up to: a table with a row for each dimension, category and
/// combination of keys that rows have.
#[derive(Debug, Clone)]
pub struct Tally {
    /// The rows, with the columns that codes and numbers are in.
    pub look: Query,
    /// The columns of the table before dimension and category: site and unit of time.
    pub keys: Vec<Code>,
    /// What the conditions look at.
    pub told: Vec<Code>,
    /// What else the dimensions look at.
    pub apart: Vec<Code>,
    /// The numbers that are added up.
    pub numbers: Vec<Number>,
    /// The ways in which rows are put in groups: by keys, by what is told, and by these of `apart`.
    pub groups: Vec<Vec<usize>>,
    /// The conditions under which groups count, over `told` and `keys` as columns of part `s`.
    pub conditions: Vec<Value>,
    /// What is added up, each once, of all groups or those for which a condition holds.
    pub sums: Vec<(Option<usize>, Quantity)>,
    /// The columns of the table behind dimension and category, each with its place in `sums`.
    pub columns: Vec<(String, usize)>,
    /// The dimensions, and the total.
    pub levels: Vec<Level>,
    /// The name of the table.
    pub table: String,
}

/// What rows add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// How many there are.
    Rows,
    /// How many have a number.
    Count(usize),
    /// The sum of a number.
    Sum(usize),
    /// The largest number, without its sign.
    Most(usize),
    /// The sum of the squares of a number.
    Squares(usize),
}

/// A dimension, or the total.
#[derive(Debug, Clone)]
pub struct Level {
    /// Its name; empty for the total.
    pub name: String,
    /// The category, over these columns of part `s`.
    pub category: Value,
    /// The names of the codes that tell the category.
    pub columns: Vec<String>,
    /// Which of the ways of putting rows in groups tells them.
    pub of: usize,
    /// Which of the columns of the table are added up for it.
    pub has: Vec<bool>,
}

/// What a row is known by: one of a few values.
#[derive(Debug, Clone)]
pub struct Code {
    /// The columns that it stands for, each with its values as literals, by code from 0.
    pub columns: Vec<(String, Vec<Value>)>,
    /// The type of those.
    pub kind: SqlType,
    /// How numbers are told apart, where it is made from numbers.
    pub cuts: Option<Cuts>,
    /// Its column in the look.
    pub place: usize,
    of_row: Value,
}

/// A number that is added up.
#[derive(Debug, Clone)]
pub struct Number {
    /// How many digits behind the point its squares are made from, where they are added up.
    pub squares: Option<u8>,
    /// Its column in the look.
    pub place: usize,
    of_row: Value,
}

impl Quantity {
    /// The column of a group of rows that holds it.
    pub fn column(self) -> String {
        match self {
            Quantity::Rows => "count:rows".to_owned(),
            Quantity::Count(of) => format!("count:{of}"),
            Quantity::Sum(of) => format!("sum:{of}"),
            Quantity::Most(of) => format!("max:{of}"),
            Quantity::Squares(of) => format!("squares:{of}"),
        }
    }
}

impl Code {
    /// How many values there are.
    pub fn values(&self) -> usize {
        self.columns.first().map_or(1, |(_, values)| values.len())
    }

    /// Whether it stands for a column.
    pub fn tells(&self, column: &str) -> bool {
        self.columns.iter().any(|(name, _)| name == column)
    }

    fn new(name: &str, kind: SqlType, values: Vec<Value>, of_row: Value) -> Option<Self> {
        let fits = values.len() <= VALUES_MOST;
        fits.then(|| Self { columns: vec![(name.to_owned(), values)], kind, cuts: None, place: 0, of_row })
    }

    /// A column of rows, where it has few values.
    pub(super) fn column(name: &str, known: &Known<'_>) -> Option<Self> {
        match known.kind(name)? {
            ColumnType::Boolean => Self::truth(name, Value::column("s", name)),
            ColumnType::Category(words) => Self::words(name, words.iter().map(|word| word.id.as_str())),
            ColumnType::Site => Self::words(name, known.sites.iter().copied()),
            _ => None,
        }
    }

    /// A column that holds some of these words, or nothing. A row holds the place of its word from 1, and
    /// another word has none.
    fn words<'w>(name: &str, words: impl Iterator<Item = &'w str>) -> Option<Self> {
        let values: Vec<Value> =
            std::iter::once(Value::Missing(SqlType::Text)).chain(words.map(Value::text)).collect();
        let all = Value::Call("list_value", values.clone());
        let of_row = Value::Call("list_position", vec![all, Value::column("s", name)]);
        if values.len() > 1 { Self::new(name, SqlType::Text, values, of_row) } else { None }
    }

    /// What is true, false or undecided.
    fn truth(name: &str, holds: Value) -> Option<Self> {
        let values = vec![Value::Missing(SqlType::Truth), Value::Truth(false), Value::Truth(true)];
        Self::new(name, SqlType::Truth, values, holds)
    }

    /// The units of time of a column of days that lie between two days, by their first days, and one
    /// before them for all earlier ones. There is a day in every row.
    pub(super) fn days(name: &str, length: Frequency, (from, to): (Date, Date)) -> Option<Self> {
        let from = from.first_of_month();
        let begin = |at: i64| shift_months(from, (at - 1) * length.months());
        let values = (0..).map(begin).take_while(|day| *day <= to).map(Value::Day).collect();
        Self::new(name, SqlType::Day, values, Value::column("s", name))
    }

    /// Comparisons, each with its name. Those of one exact number with written ones share a code.
    pub(super) fn comparisons(all: &[(String, Value)], known: &Known<'_>) -> Option<Vec<Self>> {
        let mut codes = Vec::new();
        let mut by_number: Vec<(Line<'_>, Vec<(&str, Cut)>)> = Vec::new();
        for (name, holds) in all {
            let Some((line, cut)) = Cut::of(holds, known) else {
                codes.push(Self::truth(name, holds.clone())?);
                continue;
            };
            match by_number.iter_mut().find(|(of, _)| *of == line) {
                Some((_, cuts)) => cuts.push((name, cut)),
                None => by_number.push((line, vec![(name, cut)])),
            }
        }
        for ((column, digits), cuts) in by_number {
            let at = Cuts::of(digits, cuts.iter().map(|(_, cut)| cut));
            let columns = cuts.iter().map(|(name, cut)| ((*name).to_owned(), cut.truths(&at))).collect();
            let (kind, of_row) = (SqlType::Truth, Value::column("s", column));
            let code = Self { columns, kind, cuts: Some(at), place: 0, of_row };
            if code.values() > VALUES_MOST {
                return None;
            }
            codes.push(code);
        }
        Some(codes)
    }
}

impl Number {
    pub(super) fn new(of_row: Value, squares: Option<u8>) -> Self {
        Self { squares, place: 0, of_row }
    }
}

impl Tally {
    /// The codes.
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        self.keys.iter().chain(&self.told).chain(&self.apart)
    }
}

/// What a tally looks at of some rows, where its codes and numbers then have their columns; nothing where
/// there is nothing to look at, or what is told of rows may come together in too many ways.
pub(super) fn look(rows: Select, codes: [&mut [Code]; 3], numbers: &mut [Number]) -> Option<Query> {
    let [keys, told, apart] = codes;
    let ways = told.iter().map(Code::values).fold(1_usize, usize::saturating_mul);
    let codes = keys.iter_mut().chain(told).chain(apart).map(|code| (&code.of_row, &mut code.place));
    let numbers = numbers.iter_mut().map(|number| (&number.of_row, &mut number.place));
    let mut look = rows;
    for (of_row, place) in codes.chain(numbers) {
        let found = look.columns.iter().position(|(value, _)| value == of_row);
        *place = found.unwrap_or(look.columns.len());
        if found.is_none() {
            look = look.column(of_row.clone(), format!("c{place}"));
        }
    }
    (ways <= WAYS_MOST && !look.columns.is_empty()).then(|| look.query())
}
