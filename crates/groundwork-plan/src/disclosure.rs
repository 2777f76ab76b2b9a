//! The disclosure policy that a pipeline declares.

use crate::indicator::Dimension;

/// Who will read what the run writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// The organisation itself.
    Internal,
    /// A partner or a funder.
    Partner,
    /// Anyone.
    Public,
}

impl Audience {
    /// Every audience, from the nearest to the widest.
    pub const ALL: [Audience; 3] = [Audience::Internal, Audience::Partner, Audience::Public];

    /// The word in the pipeline language.
    pub fn word(self) -> &'static str {
        match self {
            Audience::Internal => "internal",
            Audience::Partner => "partner",
            Audience::Public => "public",
        }
    }

    /// The smallest count of people that may be published to this audience.
    pub fn threshold(self) -> u64 {
        match self {
            Audience::Internal => 1,
            Audience::Partner => 5,
            Audience::Public => 10,
        }
    }
}

/// The threshold for dimensions that protect people in a case: always, for every audience.
pub const SENSITIVE_THRESHOLD: u64 = 10;

/// What may leave the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Who will read it.
    pub audience: Audience,
    /// Dimensions that protect people in a case, such as a legal status.
    pub sensitive: Vec<String>,
    /// A higher threshold than that of the audience.
    pub threshold: Option<u64>,
    /// How many households have to stand behind a number of people.
    pub households: Option<Households>,
    /// Columns that may stand in for each other, from the finest to the coarsest.
    pub ladders: Vec<Vec<String>>,
    /// Lower thresholds that somebody answers for.
    pub exceptions: Vec<Exception>,
    /// The file in which releases are recorded, relative to the pipeline's folder.
    pub ledger: Option<String>,
}

/// How many households have to stand behind a number of people: six brothers and sisters are known
/// together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Households {
    /// The column that says which household, family or group a person belongs to.
    pub column: String,
    /// At least so many.
    pub at_least: u64,
}

impl Households {
    /// How many where nothing is said.
    pub const AT_LEAST: u64 = 3;
}

/// A lower threshold for some indicators, with who allowed it and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Its name.
    pub id: String,
    /// The indicators that it holds for.
    pub indicators: Vec<String>,
    /// Their threshold.
    pub threshold: u64,
    /// Why.
    pub reason: String,
    /// Who allowed it.
    pub approver: String,
}

impl Policy {
    /// The policy of an audience, with nothing declared beside.
    pub fn of(audience: Audience) -> Self {
        Self {
            audience,
            sensitive: Vec::new(),
            threshold: None,
            households: None,
            ladders: Vec::new(),
            exceptions: Vec::new(),
            ledger: None,
        }
    }

    /// The smallest publishable count of a cell of an indicator with this dimension (empty for a
    /// total). A crossing `a × b` is as sensitive as the most sensitive of its parts. No exception
    /// holds for what is sensitive.
    pub fn threshold(&self, indicator: &str, dimension: &str) -> u64 {
        let threshold = self.audience.threshold().max(self.threshold.unwrap_or(0));
        if self.is_sensitive(dimension) {
            return threshold.max(SENSITIVE_THRESHOLD);
        }
        let exception = self.exceptions.iter().find(|e| e.indicators.iter().any(|i| i == indicator));
        exception.map_or(threshold, |e| e.threshold.min(threshold))
    }

    /// Whether a dimension, or a part of a crossing, protects people in a case.
    pub fn is_sensitive(&self, dimension: &str) -> bool {
        dimension.split(Dimension::CROSS).any(|part| self.sensitive.iter().any(|s| s == part))
    }

    /// The number of units under which a spread, a quantile or a share of everybody shows single
    /// people: 30 for the public, 20 for partners.
    pub fn small_base(&self) -> u64 {
        match self.audience {
            Audience::Internal => 1,
            Audience::Partner => 20,
            Audience::Public => 30,
        }
    }
}
