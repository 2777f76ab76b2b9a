//! Diagnostics: what is wrong, where, and what to do about it.
//!
//! A message is one fragment in lower case without a full stop: what was found and what was
//! expected. A hint is a plain sentence: what to do. Values of the data never stand in either.

use crate::location::{ExportPlace, Location, Span};
use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Worth knowing; the run goes on.
    Warning,
    /// The run cannot go on.
    Error,
}

impl Severity {
    /// The word that reports and files use.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Which of the contract's exit codes an error leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The pipeline or the command line is wrong: 2.
    Pipeline,
    /// The data breaks a check that the pipeline calls required: 3.
    Data,
    /// The disclosure audit refuses: 4.
    Disclosure,
    /// The machine failed: 6.
    Machine,
    /// A bug in groundwork: 101.
    Bug,
    /// The run was interrupted: 130.
    Interrupted,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A path of words, such as `source.unknown-column`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What an error of this kind leads to.
    pub fault: Fault,
    /// What was found and what was expected.
    pub message: String,
    /// Where.
    pub location: Location,
    /// What to do.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// An error in the pipeline file.
    pub fn pipeline(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            fault: Fault::Pipeline,
            message: message.into(),
            location: Location::Pipeline(span),
            hints: Vec::new(),
        }
    }

    /// An error in the data of an export.
    pub fn data(code: &'static str, place: ExportPlace, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            fault: Fault::Data,
            message: message.into(),
            location: Location::Export(place),
            hints: Vec::new(),
        }
    }

    /// An error on the command line.
    pub fn command_line(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            fault: Fault::Pipeline,
            message: message.into(),
            location: Location::CommandLine,
            hints: Vec::new(),
        }
    }

    /// A failure of the machine: a disk, a permission, an engine.
    pub fn machine(code: &'static str, message: impl Into<String>) -> Self {
        Self { fault: Fault::Machine, ..Self::command_line(code, message) }
    }

    /// A failure that only a mistake in groundwork can cause.
    pub fn bug(code: &'static str, message: impl Into<String>) -> Self {
        Self { fault: Fault::Bug, ..Self::command_line(code, message) }
            .hint("This is a mistake in groundwork. Please report it with the pipeline and this message.")
    }

    /// The same problem as a warning.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// The same problem with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same problem, with the nearest of some names as a hint, or all of them when they are few.
    #[must_use]
    pub fn did_you_mean<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let key = crate::site::spelling_key(name);
        let best = known
            .iter()
            .map(|k| (strsim::damerau_levenshtein(&crate::site::spelling_key(k), &key), *k))
            .min()
            .filter(|(distance, k)| *distance <= 1 + k.chars().count().max(key.chars().count()) / 3);
        match best {
            Some((_, nearest)) => self.hint(format!("Did you mean `{nearest}`?")),
            None if known.is_empty() => self,
            None if known.len() <= 24 => {
                let list: Vec<String> = known.iter().map(|k| format!("`{k}`")).collect();
                self.hint(format!("Known here: {}.", list.join(", ")))
            }
            None => self,
        }
    }
}

/// A value beside the problems that were met on the way to it.
#[derive(Debug, Clone)]
pub struct Checked<T> {
    /// The value, when there is one that can be worked with.
    pub value: Option<T>,
    /// Every problem.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Checked<T> {
    /// Whether one of the problems is an error.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }
}

/// Whether one of these is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}
