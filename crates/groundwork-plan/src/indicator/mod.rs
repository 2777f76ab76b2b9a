//! Indicators: defined measures. One file a kind: what it is, how it becomes a table of units, and
//! the sentence that explains it. What units are, and how they become cells, stands in `units.rs`;
//! how several indicators over one source share one scan, in `passes.rs`.

mod account;
mod cascade;
mod change;
mod completion;
mod concentration;
mod count;
mod cuts;
mod derived;
mod distinct_count;
mod index;
mod mean;
pub(crate) mod median;
mod passes;
mod people_pass;
mod proportion;
mod quantile;
mod rate;
mod ratio;
mod row_pass;
mod rows;
mod stock;
mod sum;
mod sustained;
mod tally;
mod union;
mod units;

pub use account::Account;
pub use cascade::{Cascade, Tree};
pub use change::Change;
pub use completion::{Cohort, Completion};
pub use concentration::Concentration;
pub use count::Count;
pub use cuts::Cuts;
pub use derived::Derived;
pub use distinct_count::{DistinctCount, Linked};
pub use index::{Index, IndexItem};
pub use mean::Mean;
pub use passes::{Asked, Pass, Passes};
pub use proportion::Proportion;
pub use quantile::Quantile;
pub use rate::{DAYS_A_MONTH, Exposure, Rate};
pub use ratio::{Measure, MeasureOf, Ratio};
pub use rows::Missing;
pub use stock::Stock;
pub use sum::Sum;
pub use sustained::Sustained;
pub use tally::{CATEGORY, Code, DIMENSION, Level, Number, Quantity, Tally};
pub use union::Union;
pub use units::{Counted, source_table};

use crate::expression::Expression;
use crate::method::CellMethod;
use crate::number::Unit;
use crate::query::{Query, Statement};
use crate::text::{Language, Localised};
use jiff::civil::Date;
use rows::RowMeasure;
use std::collections::{BTreeMap, BTreeSet};
use units::{Units, dimension_column, row_category};

/// A defined measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: Localised,
    /// What it counts, in a sentence of the pipeline's author.
    pub definition: Option<Localised>,
    /// What numerator and denominator count, in words of the pipeline's author.
    pub named_parts: Option<(Localised, Option<Localised>)>,
    /// How it is computed.
    pub kind: Kind,
    /// Only rows for which this holds.
    pub filter: Option<Expression>,
    /// The column of the site, where there are sites.
    pub site_by: Option<String>,
    /// The date that decides the period, where the kind has one.
    pub period_by: Option<String>,
    /// What it is computed for.
    pub periods: Vec<IndicatorPeriod>,
    /// Its dimensions.
    pub disaggregate: Vec<Dimension>,
    /// Whether the numbers that it adds up are floating ones, whose sum must not depend on an order.
    pub floats: bool,
    /// The dimension that is a scale of agreement, where one is.
    pub scale: Option<Scale>,
    /// Which way is better.
    pub direction: Direction,
    /// What the value is measured in.
    pub unit: Unit,
    /// Whether it counts people, so that a small number may show someone.
    pub people: bool,
    /// The value at the start, by site; the empty site is all sites together.
    pub baselines: BTreeMap<String, f64>,
    /// What should be reached, by site and period; the empty site is all sites together.
    pub targets: BTreeMap<(String, String), f64>,
    /// Whether reports show it first.
    pub headline: bool,
    /// How its value gets an interval.
    pub method: CellMethod,
    /// The level of the interval.
    pub level: f64,
    /// What a reference sheet says beside: rationale, source of data, limitations and the like.
    pub sheet: BTreeMap<&'static str, Localised>,
}

/// A stretch of days that an indicator is computed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorPeriod {
    /// How it is written in results.
    pub id: String,
    /// The site, for one that is counted from the opening of a site.
    pub site: Option<String>,
    /// The first day.
    pub first_day: Date,
    /// The last day, which is part of it.
    pub last_day: Date,
    /// The last day that had passed when the exports were taken: the last day, or an earlier one.
    pub observed_to: Date,
}

impl IndicatorPeriod {
    /// What is known of the period on a day: nothing after it.
    pub(crate) fn taken_on(&mut self, as_of: Date) {
        self.observed_to = self.last_day.min(as_of);
    }

    /// Whether the period was not over when the exports were taken.
    pub fn is_open(&self) -> bool {
        self.observed_to < self.last_day
    }
}

/// A dimension: a column or a crossing of columns, and the categories that it always shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its name in results: the column, or the columns with `×` between them.
    pub name: String,
    /// The columns.
    pub columns: Vec<String>,
    /// Every category, in order. Those that a column declares are followed by `unknown`.
    pub categories: Vec<String>,
}

impl Dimension {
    /// What stands between the names and between the categories of a crossing.
    pub const CROSS: &str = " × ";
}

/// A dimension whose categories are answers, from the strongest disagreement to the strongest
/// agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// The dimension.
    pub dimension: String,
    /// The answer that is neither.
    pub neutral: Option<String>,
}

/// The category of units whose category is not known.
pub const UNKNOWN: &str = "unknown";

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Increase,
    /// Less is better.
    Decrease,
}

/// Which rows belong to a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Those of the period.
    InPeriod,
    /// All up to its last day.
    ToDate,
}

/// Whether parts may be added up to a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Additivity {
    /// Over sites.
    pub sites: bool,
    /// Over periods.
    pub periods: bool,
}

impl Additivity {
    fn of_flow(window: Window) -> Self {
        Self { sites: true, periods: window == Window::InPeriod }
    }
}

/// How the value of a cell follows from what its units add up to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Summary {
    /// `y`, a count of units.
    FullCount,
    /// `y`, a sum; nothing where no unit has a value.
    Total,
    /// `y / x`, where `y` is a part of `x`.
    Share,
    /// `y / x` over rows, each of which is one observation.
    RowMean,
    /// `y / x` with clusters.
    ClusteredRatio,
    /// `y / x` of two full counts.
    Quotient,
    /// The value of a rank.
    Quantile(f64),
    /// Events by person-time, which is counted in days.
    Rate {
        /// Days in one unit of the person-time.
        days_per: f64,
    },
    /// Between the largest and the sum.
    Bounds,
    /// The share of the largest clusters.
    TopShare {
        /// How many of the clusters are the largest, in thousandths of all.
        thousandths: u32,
    },
    /// A formula over other cells.
    Derived,
}

/// How an indicator is computed.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Rows.
    Count(Count),
    /// Different people or things.
    DistinctCount(DistinctCount),
    /// The sum of a number.
    Sum(Sum),
    /// The mean of a number.
    Mean(Mean),
    /// The median or another quantile of a number.
    Quantile(Quantile),
    /// The share for which a condition holds.
    Proportion(Proportion),
    /// A ratio of sums.
    Ratio(Ratio),
    /// Events by person-time.
    Rate(Rate),
    /// A weighted average of items.
    Index(Index),
    /// What there is at the end of a period.
    Stock(Stock),
    /// The share of a cohort that finished in time.
    Completion(Completion),
    /// The share for whom a condition held long enough.
    Sustained(Sustained),
    /// People by the generation of who led them.
    Cascade(Cascade),
    /// The mean change of the same person.
    Change(Change),
    /// The bounds of a union of audiences.
    Union(Union),
    /// The share of people that the most active leaders brought.
    Concentration(Concentration),
    /// A formula over other indicators.
    Derived(Derived),
}

/// What every kind can say of itself.
trait Measured {
    /// The word in the pipeline language.
    fn word(&self) -> &'static str;

    /// The source of the rows; of several, that of the numerator.
    fn from(&self) -> &str;

    /// Every source that it looks at.
    fn sources(&self) -> Vec<&str> {
        vec![self.from()]
    }

    /// How the value follows from the units.
    fn summary(&self) -> Summary;

    /// Whether parts may be added up.
    fn additivity(&self) -> Additivity {
        Additivity { sites: false, periods: false }
    }

    /// What one row adds, for kinds whose units are rows.
    fn row_measure(&self) -> Option<RowMeasure> {
        None
    }

    /// The queries that together make the table of units.
    fn units(&self, units: &Units) -> Vec<Query> {
        units_of_rows(self, units)
    }

    /// A dimension that the kind itself has.
    fn own_dimension(&self) -> Option<Dimension> {
        None
    }

    /// The units by that dimension.
    fn own_units(&self, _: &Units) -> Vec<Query> {
        Vec::new()
    }

    /// What has to be made before the units can be.
    fn prepare(&self) -> Vec<Statement> {
        Vec::new()
    }

    /// What takes that away again.
    fn dismantle(&self) -> Vec<Statement> {
        Vec::new()
    }

    /// What numerator and denominator count, in words.
    fn parts(&self, language: Language) -> (String, Option<String>);

    /// What it counts, in a sentence.
    fn sentence(&self, language: Language) -> String;
}

fn units_of_rows<K: Measured + ?Sized>(kind: &K, units: &Units) -> Vec<Query> {
    kind.row_measure().map(|measure| measure.units(units, kind.from())).unwrap_or_default()
}

impl Kind {
    fn measured(&self) -> &dyn Measured {
        match self {
            Kind::Count(k) => k,
            Kind::DistinctCount(k) => k,
            Kind::Sum(k) => k,
            Kind::Mean(k) => k,
            Kind::Quantile(k) => k,
            Kind::Proportion(k) => k,
            Kind::Ratio(k) => k,
            Kind::Rate(k) => k,
            Kind::Index(k) => k,
            Kind::Stock(k) => k,
            Kind::Completion(k) => k,
            Kind::Sustained(k) => k,
            Kind::Cascade(k) => k,
            Kind::Change(k) => k,
            Kind::Union(k) => k,
            Kind::Concentration(k) => k,
            Kind::Derived(k) => k,
        }
    }

    /// The word in the pipeline language.
    pub fn word(&self) -> &'static str {
        self.measured().word()
    }

    /// Whether parts may be added up.
    pub fn additivity(&self) -> Additivity {
        self.measured().additivity()
    }

    /// The source of the rows; of several, that of the numerator. Empty for a formula.
    pub fn from(&self) -> &str {
        self.measured().from()
    }

    /// Every source that it looks at.
    pub fn sources(&self) -> Vec<&str> {
        self.measured().sources()
    }

    /// How the value of a cell follows from its units.
    pub fn summary(&self) -> Summary {
        self.measured().summary()
    }

    /// A dimension that the kind itself has, such as the generations of a cascade. Its categories
    /// need not add up to the total.
    pub fn own_dimension(&self) -> Option<Dimension> {
        self.measured().own_dimension()
    }

    /// Whether its units can know the household of each row or person.
    pub fn knows_households(&self) -> bool {
        match self {
            Kind::Count(_)
            | Kind::DistinctCount(_)
            | Kind::Sum(_)
            | Kind::Mean(_)
            | Kind::Quantile(_)
            | Kind::Change(_)
            | Kind::Index(_)
            | Kind::Proportion(_)
            | Kind::Completion(_) => true,
            Kind::Ratio(_)
            | Kind::Rate(_)
            | Kind::Cascade(_)
            | Kind::Stock(_)
            | Kind::Sustained(_)
            | Kind::Concentration(_)
            | Kind::Union(_)
            | Kind::Derived(_) => false,
        }
    }

    /// What has to be made before the units can be.
    pub fn prepare(&self) -> Vec<Statement> {
        self.measured().prepare()
    }

    /// What takes that away again.
    pub fn dismantle(&self) -> Vec<Statement> {
        self.measured().dismantle()
    }

    /// The columns whose missing values count as zero, or as not holding.
    pub(crate) fn filled_columns(&self) -> Vec<&str> {
        let (missing, columns) = match self {
            Kind::Sum(k) => (k.missing, k.of.columns()),
            Kind::Mean(k) => (k.missing, k.of.columns()),
            Kind::Quantile(k) => (k.missing, k.of.columns()),
            Kind::Proportion(k) => (k.missing, k.numerator.columns()),
            Kind::Index(k) => (k.missing, k.items.iter().map(|item| item.column.as_str()).collect()),
            _ => return Vec::new(),
        };
        if missing == Missing::SkipIfAny { Vec::new() } else { columns }
    }

    /// Whether the numbers that it adds up are floating ones, because something is divided, here or
    /// in these derived columns.
    pub(crate) fn adds_floats(&self, divided: &BTreeSet<&str>) -> bool {
        let floats = |number: &Expression| {
            number.divides() || number.columns().iter().any(|column| divided.contains(column))
        };
        let of = |measure: &Measure| matches!(&measure.of, MeasureOf::Sum(number) if floats(number));
        match self {
            Kind::Index(_) => true,
            Kind::Sum(k) => floats(&k.of),
            Kind::Mean(k) => floats(&k.of),
            Kind::Stock(k) => floats(&k.of),
            Kind::Change(k) => floats(&k.before) || floats(&k.after),
            Kind::Ratio(k) => of(&k.numerator) || of(&k.denominator),
            _ => false,
        }
    }

    /// Which rows belong to a period, for kinds that count rows or people.
    pub fn window(&self) -> Option<Window> {
        match self {
            Kind::DistinctCount(k) => Some(k.window),
            Kind::Cascade(k) => Some(k.window),
            Kind::Proportion(k) => Some(k.window),
            Kind::Concentration(k) => Some(k.window),
            _ => self.measured().row_measure().map(|measure| measure.window),
        }
    }
}

impl Indicator {
    /// The columns of its dimensions, each once.
    pub fn dimension_columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        for column in self.disaggregate.iter().flat_map(|d| &d.columns) {
            if !columns.contains(&column.as_str()) {
                columns.push(column);
            }
        }
        columns
    }

    /// The period of a cell: one of all sites, or the site's own.
    pub fn period(&self, site: &str, id: &str) -> Option<&IndicatorPeriod> {
        self.periods.iter().find(|p| p.id == id && p.site.as_ref().is_none_or(|own| own == site))
    }

    /// What should be reached by a site, or by all together where the site is empty.
    pub fn target(&self, site: &str, period: &str) -> Option<f64> {
        self.targets.get(&(site.to_owned(), period.to_owned())).copied()
    }

    /// What it counts, in a sentence: the author's, or the kind's own.
    pub fn sentence(&self, language: Language) -> String {
        match &self.definition {
            Some(definition) => definition.get(language).to_owned(),
            None => self.kind.measured().sentence(language),
        }
    }

    /// What numerator and denominator count, in words: the author's, or the kind's own.
    pub fn parts(&self, language: Language) -> (String, Option<String>) {
        let own = self.kind.measured().parts(language);
        match &self.named_parts {
            None => own,
            Some((numerator, denominator)) => (
                numerator.get(language).to_owned(),
                own.1.map(|own| denominator.as_ref().map_or(own, |d| d.get(language).to_owned())),
            ),
        }
    }
}
