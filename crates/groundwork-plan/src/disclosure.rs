//! The disclosure policy that a pipeline declares.

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
}

impl Policy {
    /// The smallest publishable count of a cell with this dimension (empty for a total).
    /// A crossing `a × b` is as sensitive as the most sensitive of its parts.
    pub fn threshold(&self, dimension: &str) -> u64 {
        let sensitive = dimension.split(" × ").any(|part| self.sensitive.iter().any(|s| s == part));
        if sensitive { self.audience.threshold().max(SENSITIVE_THRESHOLD) } else { self.audience.threshold() }
    }
}
