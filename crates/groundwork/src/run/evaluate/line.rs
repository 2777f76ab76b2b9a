//! One row of `estimates.csv`: from an outcome of an estimator to what comes to the gate.

use super::Ground;
use super::frame::Frame;
use groundwork_disclosure::{CellKey, Counting, Estimate, Finding, People};
use groundwork_stats::{Outcome, Refusal, Warning};

/// What the rows of one question have in common.
#[derive(Debug, Clone)]
pub(super) struct Line {
    evaluation: String,
    indicator: String,
    contrast: String,
    cells: Vec<CellKey>,
    people: Option<People>,
}

impl Line {
    /// Rows about an indicator, or about a column that is the outcome.
    pub(super) fn about(ground: &Ground<'_>, indicator: &str, contrast: impl Into<String>) -> Self {
        Self {
            evaluation: ground.evaluation.id.clone(),
            indicator: indicator.to_owned(),
            contrast: contrast.into(),
            cells: Vec::new(),
            people: None,
        }
    }

    /// The same, resting on these cells.
    pub(super) fn on_cells(mut self, cells: impl IntoIterator<Item = CellKey>) -> Self {
        self.cells = cells.into_iter().collect();
        self
    }

    /// The same, resting on groups of these sizes among the rows of a design.
    pub(super) fn on_groups(mut self, frame: &Frame, groups: impl IntoIterator<Item = u64>) -> Self {
        // Small groups of districts or studies show nobody.
        if frame.is_people() {
            let all = (frame.complete().clone(), frame.rows() as u64);
            self.people = Some(People { all, groups: groups.into_iter().collect() });
        }
        self
    }

    /// The same, resting on groups of so many people, who are set against no other rows.
    pub(super) fn on_people(mut self, groups: impl IntoIterator<Item = u64>) -> Self {
        let groups: Vec<u64> = groups.into_iter().collect();
        let all = Counting::rows(&format!("{}: {groups:?}", self.indicator));
        self.people = Some(People { all: (all, groups.iter().sum()), groups });
        self
    }

    /// A row from an estimate or a refusal. A refusal has the method that was asked for.
    pub(super) fn row(
        &self,
        estimand: impl Into<String>,
        term: impl Into<String>,
        asked: &'static str,
        outcome: &Outcome,
    ) -> Estimate {
        let mut row = self.empty(estimand, term, asked);
        match outcome {
            Ok(estimate) => {
                row.method = estimate.method;
                row.finding = Finding::Value {
                    value: estimate.value,
                    interval: estimate.interval.map(|i| (i.lower, i.upper, i.level)),
                };
                row.std_error = estimate.std_error;
                row.statistic = estimate.statistic;
                row.df = estimate.df;
                row.p_value = estimate.p_value;
                row.n = estimate.n;
                row.n_clusters = estimate.n_clusters;
                row.warnings = codes(&estimate.warnings);
            }
            Err(refusal) => row.finding = refused(refusal),
        }
        row
    }

    /// A row with a number that has no interval.
    pub(super) fn number(
        &self,
        estimand: impl Into<String>,
        term: impl Into<String>,
        method: &'static str,
        value: f64,
        n: u64,
    ) -> Estimate {
        let mut row = self.empty(estimand, term, method);
        row.finding = Finding::Value { value, interval: None };
        row.n = n;
        row
    }

    /// A row that says why there is no answer.
    pub(super) fn refused(
        &self,
        estimand: impl Into<String>,
        term: impl Into<String>,
        method: &'static str,
        refusal: &Refusal,
    ) -> Estimate {
        let mut row = self.empty(estimand, term, method);
        row.finding = refused(refusal);
        row
    }

    /// A row where nothing was recorded.
    pub(super) fn empty(
        &self,
        estimand: impl Into<String>,
        term: impl Into<String>,
        method: &'static str,
    ) -> Estimate {
        Estimate {
            evaluation: self.evaluation.clone(),
            indicator: self.indicator.clone(),
            estimand: estimand.into(),
            term: term.into(),
            contrast: self.contrast.clone(),
            method,
            finding: Finding::NoData,
            std_error: None,
            statistic: None,
            df: None,
            p_value: None,
            p_adjusted: None,
            n: 0,
            n_clusters: None,
            verdict: None,
            warnings: Vec::new(),
            cells: self.cells.clone(),
            people: self.people.clone(),
        }
    }
}

/// The rows that a design had to leave out for want of a value, so that none is lost in silence.
pub(super) fn left_out(ground: &Ground<'_>, frame: &Frame) -> Estimate {
    let mut line = Line::about(ground, frame.outcome(), "");
    if frame.is_people() {
        // The rows asked for are those that were left out and those that are complete.
        let (left_out, complete) = (frame.left_out() as u64, frame.rows() as u64);
        line.people = Some(People {
            all: (frame.asked().clone(), left_out + complete),
            groups: vec![left_out, complete],
        });
    }
    line.number(
        "rows left out",
        "a value is missing",
        "full_count",
        frame.left_out() as f64,
        frame.rows() as u64,
    )
}

/// A refusal as a finding.
pub(super) fn refused(refusal: &Refusal) -> Finding {
    match refusal.code {
        "zero_denominator" => Finding::Undefined(refusal.code),
        code => Finding::Refused(code),
    }
}

/// The codes of warnings, each once.
pub(super) fn codes(warnings: &[Warning]) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = Vec::new();
    for warning in warnings {
        if !codes.contains(&warning.code) {
            codes.push(warning.code);
        }
    }
    codes
}

/// A refusal that the run itself gives.
pub(super) fn refusal(code: &'static str, message: &str, instead: &str) -> Refusal {
    Refusal { code, message: message.to_owned(), instead: instead.to_owned() }
}
