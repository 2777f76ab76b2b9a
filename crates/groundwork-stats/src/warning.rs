//! What a reader must be told beside an estimate that is given all the same.

use std::fmt;

/// A stated reservation about an estimate.
///
/// A warning does not withhold the number: a [`Refusal`](crate::Refusal)
/// does. Its text names rules, never values from the data, because a report
/// may print it where the counts themselves are suppressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// A stable word for the rule, such as `coarse_p`.
    pub code: &'static str,
    /// What was found and what it means for the reader. One sentence fragment,
    /// in lower case, without a full stop.
    pub message: String,
}

impl Warning {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}
