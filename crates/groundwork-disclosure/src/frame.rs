//! How the cells of a run hang together: what each indicator counts, so that numbers of different
//! indicators, sites, periods and categories can be set against each other.

use crate::cell::CellKey;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is known of the cells of a run beside their numbers. An empty frame is a safe
/// one for a single table: indicators are then taken apart from each other, and so are periods.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    /// By indicator.
    pub measures: BTreeMap<String, Measure>,
    /// Columns of which each category lies within one category of another, such as districts in
    /// provinces.
    pub nestings: Vec<Nesting>,
    /// The largest amount that one person adds to a sum or a mean.
    pub largest: BTreeMap<CellKey, f64>,
}

/// What an indicator counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Those in the numerator, where they are counted and not an amount.
    pub numerator: Option<Counting>,
    /// Those in the denominator.
    pub denominator: Option<Counting>,
    /// A dimension that the indicator itself has, such as the steps of a completion: who its
    /// categories are taken from. They may overlap, and the denominator stays that of the total.
    pub own_dimension: Option<(String, Counting)>,
    /// Whether it says something of people that protects them in a case, such as a legal status.
    pub sensitive: bool,
    /// The first and the last day of its periods, by site (empty: of every site) and period.
    pub days: BTreeMap<(String, String), (Date, Date)>,
}

/// Who is counted. Two countings with the same parts count the same people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counting {
    /// Rows or people of a source, with the dates and sites that decide where they belong.
    pub of: String,
    /// What has to hold for them, every condition by itself; more conditions, fewer people.
    pub conditions: BTreeSet<String>,
    /// Which of them belong to a period.
    pub time: Time,
}

/// Which of those counted belong to a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Time {
    /// Those of its days.
    InPeriod,
    /// All up to its last day.
    ToDate,
    /// Decided for every period anew, so that periods cannot be set against each other.
    Moment,
}

/// A column of which each category lies within one category of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nesting {
    /// The finer column.
    pub fine: String,
    /// The coarser one.
    pub coarse: String,
    /// The coarse category of each fine one.
    pub within: BTreeMap<String, String>,
}

impl Counting {
    /// The condition that a category of a column is; also how `column = 'category'` is written.
    pub fn category(column: &str, category: &str) -> String {
        format!("{column} = '{category}'")
    }
}
