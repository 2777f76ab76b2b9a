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
    /// The largest amount that one person adds to a sum or a mean, without its sign.
    pub largest: BTreeMap<CellKey, f64>,
    /// How many households stand behind the numbers of a cell, where they are counted.
    pub households: BTreeMap<CellKey, Households>,
    /// How many rows of each source count, which every report says.
    pub rows: BTreeMap<Counting, u64>,
    /// By population and name: columns that are made from another one.
    pub meanings: BTreeMap<(String, String), Meaning>,
    /// Amounts that one person dominates somewhere, by what is summed: they are set against each other as
    /// people are. The gate finds them.
    pub dominated: BTreeSet<String>,
    /// Columns that are made from one that protects people in a case.
    pub sensitive: BTreeSet<String>,
    /// Populations and their columns that hold whole numbers.
    pub whole: BTreeSet<(String, String)>,
}

/// A column that is made from another: the bands of an age, a condition on a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// Each word with the conditions on the other column that hold for it; the first word whose
    /// conditions hold is the one. No conditions hold wherever there is a value.
    pub words: Vec<(String, Vec<String>)>,
}

/// How many households the people of a cell are of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Households {
    /// Those in the numerator.
    pub numerator: u64,
    /// Those in the denominator.
    pub denominator: u64,
    /// Those in the denominator who are not in the numerator.
    pub rest: u64,
}

/// What an indicator counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measure {
    /// Those in the numerator, where they are counted and not an amount.
    pub numerator: Option<Counting>,
    /// Those in the denominator.
    pub denominator: Option<Counting>,
    /// What is summed over them, for sums, means and the like.
    pub amount: Option<Counting>,
    /// A dimension that the indicator itself has, such as the steps of a completion.
    pub own_dimension: Option<OwnDimension>,
    /// Whether it says something of people that protects them in a case, such as a legal status.
    pub sensitive: bool,
    /// For a median or another quantile: the share of people on its smaller side.
    pub tail: Option<f64>,
    /// Columns of its dimensions that are called otherwise where people are set against each other: see
    /// [`crate::Names`].
    pub columns: BTreeMap<String, String>,
    /// The first and the last day of its periods, by site (empty: of every site) and period.
    pub days: BTreeMap<(String, String), (Date, Date)>,
    /// Whether those above, and those below, of a period are also among those of later ones although their
    /// periods are not set against each other: see `series.rs`.
    pub grows: [bool; 2],
}

/// A dimension that an indicator itself has. Its categories may overlap, and the denominator stays
/// that of the total.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnDimension {
    /// Its name.
    pub name: String,
    /// Who its categories are taken from.
    pub from: Counting,
    /// The categories that make up everyone together.
    pub parts: Vec<String>,
    /// Categories of which each lies within the one before, as readers will take it.
    pub chain: Vec<String>,
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
    /// All, whenever they were.
    Ever,
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
    /// All rows of a source that count.
    pub fn rows(source: &str) -> Self {
        Self { of: format!("rows of {source}"), conditions: BTreeSet::new(), time: Time::Ever }
    }

    /// The condition that a category of a column is; also how `column = 'category'` is written.
    pub fn category(column: &str, category: &str) -> String {
        format!("{column} = '{category}'")
    }
}
