//! `Released`: what passed the gate, and the only thing that charts and reports accept.
//!
//! Nothing here has a public constructor or can be deserialised. What passed can be looked at:
//!
//! ```
//! use groundwork_disclosure::{CellKey, ReleasedCell};
//! fn looked_at(cell: ReleasedCell) -> CellKey {
//!     cell.key().clone()
//! }
//! ```
//!
//! A cell that did not pass cannot be made into one; this does not compile, for its fields are
//! private:
//!
//! ```compile_fail,E0451
//! use groundwork_disclosure::{CellKey, ReleasedCell};
//! fn forged(key: CellKey, passed: ReleasedCell) -> ReleasedCell {
//!     ReleasedCell { key, ..passed }
//! }
//! ```

use crate::cell::CellKey;
use crate::estimate::ReleasedEstimate;
use groundwork_plan::disclosure::Policy;
use groundwork_plan::number::Unit;

/// What may be said of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Its figures are published.
    Published,
    /// Its figures are withheld to protect people.
    Withheld,
    /// Nothing was recorded.
    NoData,
    /// The value has no meaning here.
    Undefined,
    /// The value would mislead.
    Refused,
}

impl Status {
    /// The word that every output uses.
    pub fn word(self) -> &'static str {
        match self {
            Status::Published => "published",
            Status::Withheld => "withheld",
            Status::NoData => "no_data",
            Status::Undefined => "undefined",
            Status::Refused => "refused",
        }
    }
}

/// The figures of a published cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    pub(crate) numerator: f64,
    pub(crate) denominator: Option<f64>,
    pub(crate) immature: Option<f64>,
    pub(crate) n: u64,
    pub(crate) value: Option<f64>,
    pub(crate) interval: Option<(f64, f64, f64)>,
}

impl Figures {
    /// Numerator: a count or an amount.
    pub fn numerator(&self) -> f64 {
        self.numerator
    }

    /// Denominator, where there is one.
    pub fn denominator(&self) -> Option<f64> {
        self.denominator
    }

    /// Those who could not be counted yet.
    pub fn immature(&self) -> Option<f64> {
        self.immature
    }

    /// Units that the value rests on.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// The value; missing where it is undefined or refused.
    pub fn value(&self) -> Option<f64> {
        self.value
    }

    /// Lower limit, upper limit, level.
    pub fn interval(&self) -> Option<(f64, f64, f64)> {
        self.interval
    }
}

/// One cell after the gate.
#[derive(Debug, Clone, PartialEq)]
pub struct ReleasedCell {
    pub(crate) key: CellKey,
    pub(crate) unit: Unit,
    pub(crate) method: &'static str,
    pub(crate) status: Status,
    pub(crate) reason: &'static str,
    /// Whether its spread would show single people.
    pub(crate) bare: bool,
    pub(crate) figures: Option<Figures>,
}

impl ReleasedCell {
    /// Which cell.
    pub fn key(&self) -> &CellKey {
        &self.key
    }

    /// The unit of the value.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// How the value was obtained.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// What may be said of it.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Why it is not simply published; empty when it is.
    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// The figures, unless they are withheld or there are none.
    pub fn figures(&self) -> Option<&Figures> {
        self.figures.as_ref()
    }

    /// The value, where one is published.
    pub fn value(&self) -> Option<f64> {
        self.figures.as_ref().and_then(|f| f.value)
    }
}

/// The figures of a published contrast.
#[derive(Debug, Clone, PartialEq)]
pub struct ContrastFigures {
    pub(crate) value: f64,
    pub(crate) interval: Option<(f64, f64, f64)>,
    pub(crate) std_error: Option<f64>,
    pub(crate) statistic: Option<f64>,
    pub(crate) df: Option<f64>,
    pub(crate) p_value: Option<f64>,
    pub(crate) n: u64,
    pub(crate) n_clusters: Option<u64>,
}

impl ContrastFigures {
    /// The difference or the ratio.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Lower limit, upper limit, level.
    pub fn interval(&self) -> Option<(f64, f64, f64)> {
        self.interval
    }

    /// Standard error, where the method has one.
    pub fn std_error(&self) -> Option<f64> {
        self.std_error
    }

    /// Test statistic, where the method has one.
    pub fn statistic(&self) -> Option<f64> {
        self.statistic
    }

    /// Degrees of freedom, where the method has them.
    pub fn df(&self) -> Option<f64> {
        self.df
    }

    /// Two-sided p-value of no difference.
    pub fn p_value(&self) -> Option<f64> {
        self.p_value
    }

    /// Units in both cells.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Clusters in both cells.
    pub fn n_clusters(&self) -> Option<u64> {
        self.n_clusters
    }
}

/// One comparison after the gate.
#[derive(Debug, Clone, PartialEq)]
pub struct ReleasedContrast {
    pub(crate) evaluation: String,
    pub(crate) cell: CellKey,
    pub(crate) reference: CellKey,
    pub(crate) unit: Unit,
    pub(crate) summary: &'static str,
    pub(crate) method: &'static str,
    pub(crate) status: Status,
    pub(crate) reason: &'static str,
    pub(crate) figures: Option<ContrastFigures>,
}

impl ReleasedContrast {
    /// The evaluation that asks for it.
    pub fn evaluation(&self) -> &str {
        &self.evaluation
    }

    /// What is compared.
    pub fn cell(&self) -> &CellKey {
        &self.cell
    }

    /// What it is compared with.
    pub fn reference(&self) -> &CellKey {
        &self.reference
    }

    /// The unit of the two values.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// `difference` or `ratio`.
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// How it was obtained.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// What may be said of it.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Why it is not simply published; empty when it is.
    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// The figures, unless they are withheld or there are none.
    pub fn figures(&self) -> Option<&ContrastFigures> {
        self.figures.as_ref()
    }
}

/// Everything that passed the gate in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Released {
    pub(crate) policy: Policy,
    pub(crate) cells: Vec<ReleasedCell>,
    pub(crate) contrasts: Vec<ReleasedContrast>,
    pub(crate) estimates: Vec<ReleasedEstimate>,
}

impl Released {
    /// The policy it passed under.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Every cell, sorted by its key.
    pub fn cells(&self) -> &[ReleasedCell] {
        &self.cells
    }

    /// One cell.
    pub fn cell(&self, key: &CellKey) -> Option<&ReleasedCell> {
        self.cells.binary_search_by(|cell| cell.key.cmp(key)).ok().and_then(|at| self.cells.get(at))
    }

    /// Every comparison, in the order of the plan.
    pub fn contrasts(&self) -> &[ReleasedContrast] {
        &self.contrasts
    }

    /// The comparison of two cells.
    pub fn contrast(&self, cell: &CellKey, reference: &CellKey) -> Option<&ReleasedContrast> {
        self.contrasts.iter().find(|c| c.cell == *cell && c.reference == *reference)
    }

    /// The cells of one category of one dimension alone, as if they were the totals: what a report
    /// about one grant may show. Nothing passes that did not pass before; contrasts, which are of
    /// the whole, stay behind.
    pub fn limited_to(&self, dimension: &str, category: &str) -> Released {
        let of_category =
            |cell: &&ReleasedCell| cell.key.dimension == dimension && cell.key.category == category;
        let mut cells: Vec<ReleasedCell> = self.cells.iter().filter(of_category).cloned().collect();
        for cell in &mut cells {
            cell.key = CellKey::total(&cell.key.indicator, &cell.key.site, &cell.key.period);
        }
        cells.sort_by(|a, b| a.key.cmp(&b.key));
        Released { policy: self.policy.clone(), cells, contrasts: Vec::new(), estimates: Vec::new() }
    }

    /// How many cells are withheld.
    pub fn withheld(&self) -> usize {
        self.cells.iter().filter(|c| c.status == Status::Withheld).count()
    }
}
