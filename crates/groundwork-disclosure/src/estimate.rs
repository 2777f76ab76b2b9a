//! Estimates of evaluations at the gate: one row of `estimates.csv` each.
//!
//! An estimate says something of the groups that it rests on. It passes only where none of the
//! cells that it names is withheld, and no group of people behind it is smaller than the threshold.
//! Its spread is left out where that of one of these cells is.

use crate::cell::{CellKey, Finding};
use crate::partner::BY_PARTNER;
use crate::release::{ContrastFigures, Released, Status};

/// One row of an evaluation on its way to the gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The evaluation of the plan that asks for it.
    pub evaluation: String,
    /// The indicator, or the column that is the outcome.
    pub indicator: String,
    /// What is estimated, in words: `difference of shares`.
    pub estimand: String,
    /// Which part of it: a period, a category, a time since the start.
    pub term: String,
    /// What is set against what: `nan - chiang_rai`.
    pub contrast: String,
    /// How it was obtained.
    pub method: &'static str,
    /// What was found.
    pub finding: Finding,
    /// Standard error, where the method has one.
    pub std_error: Option<f64>,
    /// Test statistic, where the method has one.
    pub statistic: Option<f64>,
    /// Degrees of freedom, where the method has them.
    pub df: Option<f64>,
    /// The p-value that belongs to the statistic.
    pub p_value: Option<f64>,
    /// The p-value adjusted over the family that it belongs to.
    pub p_adjusted: Option<f64>,
    /// Units behind it.
    pub n: u64,
    /// Clusters behind it, where the method has them.
    pub n_clusters: Option<u64>,
    /// The verdict, where the design has one.
    pub verdict: Option<&'static str>,
    /// What the reader must be told beside it: codes of warnings.
    pub warnings: Vec<&'static str>,
    /// The cells that it is made from.
    pub cells: Vec<CellKey>,
    /// The sizes of the groups of people that it rests on.
    pub groups: Vec<f64>,
}

/// One row of an evaluation after the gate.
#[derive(Debug, Clone, PartialEq)]
pub struct ReleasedEstimate {
    evaluation: String,
    indicator: String,
    estimand: String,
    term: String,
    contrast: String,
    method: &'static str,
    status: Status,
    reason: String,
    verdict: Option<&'static str>,
    p_adjusted: Option<f64>,
    figures: Option<ContrastFigures>,
}

impl ReleasedEstimate {
    /// The evaluation that asks for it.
    pub fn evaluation(&self) -> &str {
        &self.evaluation
    }

    /// The indicator, or the column that is the outcome.
    pub fn indicator(&self) -> &str {
        &self.indicator
    }

    /// What is estimated, in words.
    pub fn estimand(&self) -> &str {
        &self.estimand
    }

    /// Which part of it.
    pub fn term(&self) -> &str {
        &self.term
    }

    /// What is set against what.
    pub fn contrast(&self) -> &str {
        &self.contrast
    }

    /// How it was obtained.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// What may be said of it.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Why it is not simply published, or what must be told beside it.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The verdict, where the design has one and it is not withheld.
    pub fn verdict(&self) -> Option<&'static str> {
        self.verdict
    }

    /// The p-value adjusted over its family.
    pub fn p_adjusted(&self) -> Option<f64> {
        self.p_adjusted
    }

    /// The figures, unless they are withheld or there are none.
    pub fn figures(&self) -> Option<&ContrastFigures> {
        self.figures.as_ref()
    }
}

impl Released {
    /// The same with what passes of some estimates, in their order.
    #[must_use]
    pub fn with_estimates(mut self, estimates: Vec<Estimate>) -> Self {
        let released = estimates.into_iter().map(|estimate| self.let_out(estimate)).collect();
        self.estimates = released;
        self
    }

    /// Every estimate, in the order of the plan.
    pub fn estimates(&self) -> &[ReleasedEstimate] {
        &self.estimates
    }

    fn let_out(&self, estimate: Estimate) -> ReleasedEstimate {
        // No exception of an indicator holds for groups of rows; the outcome may be a sensitive column.
        let threshold = self.policy.threshold("", &estimate.indicator) as f64;
        let hidden = |key: &CellKey| self.cell(key).is_none_or(|cell| cell.status() == Status::Withheld);
        let bare = |key: &CellKey| self.cell(key).is_none_or(|cell| cell.bare);
        let spread = !estimate.cells.iter().any(bare);
        let small = |size: &f64| *size > 0.0 && *size < threshold;
        let withheld = if estimate.cells.iter().any(hidden) {
            Some("a_compared_cell_is_withheld")
        } else if estimate.groups.iter().any(small) {
            Some("below_threshold")
        } else {
            None
        };
        let told = estimate.warnings.join("; ");
        // What a partner withheld is not there to be compared, and is withheld all the same.
        let of_partner = |key: &CellKey| self.cell(key).is_some_and(|cell| cell.reason() == BY_PARTNER);
        let (status, reason, found) = match (withheld, &estimate.finding) {
            (Some(reason), Finding::NoData) if estimate.cells.iter().any(of_partner) => {
                (Status::Withheld, reason.to_owned(), None)
            }
            (_, Finding::NoData | Finding::Bounds { .. }) => {
                (Status::NoData, "nothing_recorded".to_owned(), None)
            }
            (Some(reason), _) => (Status::Withheld, reason.to_owned(), None),
            (None, Finding::Value { value, interval }) => {
                (Status::Published, told, Some((*value, *interval)))
            }
            (None, Finding::Undefined(reason)) => (Status::Undefined, (*reason).to_owned(), None),
            (None, Finding::Refused(reason)) => (Status::Refused, (*reason).to_owned(), None),
        };
        ReleasedEstimate {
            evaluation: estimate.evaluation,
            indicator: estimate.indicator,
            estimand: estimate.estimand,
            term: estimate.term,
            contrast: estimate.contrast,
            method: estimate.method,
            status,
            reason,
            verdict: estimate.verdict.filter(|_| status != Status::Withheld),
            p_adjusted: estimate.p_adjusted.filter(|_| found.is_some() && spread),
            figures: found.map(|(value, interval)| ContrastFigures {
                value,
                interval: interval.filter(|_| spread),
                std_error: estimate.std_error.filter(|_| spread),
                statistic: estimate.statistic.filter(|_| spread),
                df: estimate.df.filter(|_| spread),
                p_value: estimate.p_value.filter(|_| spread),
                n: estimate.n,
                n_clusters: estimate.n_clusters.filter(|_| spread),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::{Cell, Counts};
    use crate::gate::release;
    use groundwork_plan::disclosure::{Audience, Policy};
    use groundwork_plan::number::Unit;

    fn estimate(cells: Vec<CellKey>, groups: Vec<f64>) -> Estimate {
        Estimate {
            evaluation: "e".into(),
            indicator: "i".into(),
            estimand: "difference".into(),
            term: String::new(),
            contrast: "a - b".into(),
            method: "mn.score",
            finding: Finding::Value { value: 0.1, interval: Some((0.0, 0.2, 0.95)) },
            std_error: None,
            statistic: None,
            df: None,
            p_value: None,
            p_adjusted: Some(0.2),
            n: 20,
            n_clusters: None,
            verdict: Some("inconclusive"),
            warnings: vec!["few_sites"],
            cells,
            groups,
        }
    }

    fn released(numerator: f64) -> Released {
        let cell = Cell {
            key: CellKey::total("i", "a", "2021-Q4"),
            numerator,
            denominator: None,
            immature: None,
            n: numerator as u64,
            counts: Counts::Total,
            unit: Unit::Count,
            method: "full_count",
            finding: Finding::Value { value: numerator, interval: None },
            people: true,
            partial: false,
            inputs: Vec::new(),
        };
        let policy = Policy::of(Audience::Partner);
        release(vec![cell], Vec::new(), &policy)
    }

    #[test]
    fn an_estimate_of_a_withheld_cell_or_a_small_group_is_withheld_with_its_verdict() {
        let key = CellKey::total("i", "a", "2021-Q4");
        let hidden = [
            released(3.0).with_estimates(vec![estimate(vec![key.clone()], Vec::new())]),
            released(30.0).with_estimates(vec![estimate(vec![key.clone()], vec![40.0, 4.0])]),
        ];
        for released in hidden {
            let row = &released.estimates()[0];
            assert_eq!(row.status(), Status::Withheld);
            assert_eq!((row.figures(), row.verdict(), row.p_adjusted()), (None, None, None));
        }
        let shown = released(30.0).with_estimates(vec![estimate(vec![key], vec![40.0, 0.0])]);
        let row = &shown.estimates()[0];
        assert_eq!(row.status(), Status::Published);
        assert_eq!((row.verdict(), row.reason()), (Some("inconclusive"), "few_sites"));
    }

    #[test]
    fn a_refusal_has_its_reason_and_no_figures() {
        let mut refused = estimate(Vec::new(), Vec::new());
        refused.finding = Finding::Refused("overlap");
        refused.verdict = Some("not_supported");
        let released = released(30.0).with_estimates(vec![refused]);
        let row = &released.estimates()[0];
        assert_eq!((row.status(), row.reason()), (Status::Refused, "overlap"));
        assert_eq!((row.figures(), row.verdict()), (None, Some("not_supported")));
    }
}
