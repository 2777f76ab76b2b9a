//! What comes to the gate: cells and contrasts as they were computed.

use groundwork_plan::number::Unit;

/// Which cell: an indicator, for a site and a period, and one category of one dimension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellKey {
    /// The indicator.
    pub indicator: String,
    /// The site, or empty for all sites together.
    pub site: String,
    /// The period, such as `2021-Q4`.
    pub period: String,
    /// The dimension, or empty for the total.
    pub dimension: String,
    /// The category, or empty for the total.
    pub category: String,
}

impl CellKey {
    /// The key of a total: no dimension, no category.
    pub fn total(indicator: &str, site: &str, period: &str) -> Self {
        Self {
            indicator: indicator.into(),
            site: site.into(),
            period: period.into(),
            dimension: String::new(),
            category: String::new(),
        }
    }
}

/// An address for people: what, where, when and of whom, and never how many.
impl std::fmt::Display for CellKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let site = if self.site.is_empty() { "all sites" } else { &self.site };
        write!(f, "{} · {site}", self.indicator)?;
        if !self.period.is_empty() {
            write!(f, " · {}", self.period)?;
        }
        if self.dimension.is_empty() { Ok(()) } else { write!(f, " · {} {}", self.dimension, self.category) }
    }
}

/// What the numerator and the denominator of a cell count, and so which of them the threshold
/// looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// The value is a count of people or things; there is no denominator.
    Total,
    /// The numerator is a part of the denominator, so the rest is a count of people as well.
    Part,
    /// Numerator and denominator count different people or things.
    Quotient,
    /// The numerator is an amount; the denominator counts those it was summed over.
    Amount,
    /// The groups of people behind an estimate, which stand beside the cell.
    Groups,
}

/// What was found for a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// A value, with its interval where the value is an estimate.
    Value {
        /// The value, in the cell's unit; shares are fractions.
        value: f64,
        /// The interval and its level, such as 0.95.
        interval: Option<(f64, f64, f64)>,
    },
    /// No value, but bounds that hold for certain.
    Bounds {
        /// At least.
        lower: f64,
        /// At most.
        upper: f64,
    },
    /// No value, because it depends too much on who is taken for who: a band of values.
    Band {
        /// The fewest.
        lower: f64,
        /// The most.
        upper: f64,
        /// The probability from which links count at the upper end.
        level: f64,
    },
    /// Nothing was recorded.
    NoData,
    /// The value has no meaning here, for this reason: `zero_denominator`.
    Undefined(&'static str),
    /// The value would mislead, for this reason: `too_few_clusters`.
    Refused(&'static str),
}

/// One cell on its way to the gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Which cell.
    pub key: CellKey,
    /// Numerator: a count or an amount.
    pub numerator: f64,
    /// Denominator, where there is one.
    pub denominator: Option<f64>,
    /// Those who could not be counted yet, such as cases that are not mature.
    pub immature: Option<f64>,
    /// How many units (people, families, sessions, rows) the value rests on.
    pub n: u64,
    /// What numerator and denominator count.
    pub counts: Counts,
    /// The unit of the value.
    pub unit: Unit,
    /// How the value was obtained: `full_count`, `wilson`, `ratio.linearised.log`.
    pub method: &'static str,
    /// What was found.
    pub finding: Finding,
    /// Whether people are counted; small numbers of posts or of money show nobody.
    pub people: bool,
    /// The period was not over when the exports were taken, or began before the site opened.
    pub partial: bool,
    /// The cells that the value is made from, for a formula.
    pub inputs: Vec<CellKey>,
}

/// A comparison of two cells on its way to the gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// The evaluation of the plan that asks for it.
    pub evaluation: String,
    /// What is compared with the reference.
    pub cell: CellKey,
    /// The reference.
    pub reference: CellKey,
    /// The unit of the two values.
    pub unit: Unit,
    /// `difference` or `ratio`.
    pub summary: &'static str,
    /// How it was obtained: `mn.score`, `ratio.contrast.log`.
    pub method: &'static str,
    /// What was found.
    pub finding: Finding,
    /// Standard error, where the method has one.
    pub std_error: Option<f64>,
    /// Test statistic, where the method has one.
    pub statistic: Option<f64>,
    /// Degrees of freedom, where the method has them.
    pub df: Option<f64>,
    /// Two-sided p-value of no difference.
    pub p_value: Option<f64>,
    /// Units in both cells.
    pub n: u64,
    /// Clusters in both cells, where the method has them.
    pub n_clusters: Option<u64>,
}
