//! Estimates of evaluations at the gate: one row of `estimates.csv` each.
//!
//! An estimate says something of the groups that it rests on: a difference of shares with twelve
//! digits has few solutions in whole numbers. So those groups come to the gate as a cell of their own,
//! which shows all of them, and are set against everything else. An estimate passes only where
//! neither that cell nor one that it names is withheld. Its spread is left out where that of one of
//! these cells is.

use crate::cell::{Cell, CellKey, Counts, Finding};
use crate::frame::{Counting, Time};
use crate::gate::told;
use crate::matrix::Groups;
use crate::partner::BY_PARTNER;
use crate::release::{ContrastFigures, Released, Status};
use groundwork_plan::number::Unit;
use std::collections::{BTreeMap, BTreeSet};

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
    /// The people whom it rests on, and the sizes of the groups that they fall into; none where rows
    /// are not people.
    pub people: Option<People>,
}

/// The people whom an estimate rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct People {
    /// All of them, who they are and how many.
    pub all: (Counting, u64),
    /// The sizes of the groups that they fall into.
    pub groups: Vec<u64>,
}

/// The cells that stand for the people behind estimates, what they show, and which of them each
/// estimate has.
#[derive(Debug, Default)]
pub(crate) struct StandIns {
    pub(crate) cells: Vec<Cell>,
    pub(crate) groups: Groups,
    of: Vec<Option<CellKey>>,
}

impl StandIns {
    pub(crate) fn of(estimates: &[Estimate]) -> Self {
        let mut out = Self::default();
        let mut known: BTreeMap<[&str; 3], Vec<&People>> = BTreeMap::new();
        for estimate in estimates {
            let Some(people) = &estimate.people else {
                out.of.push(None);
                continue;
            };
            let name = [&estimate.evaluation, &estimate.indicator, &estimate.contrast].map(String::as_str);
            let known = known.entry(name).or_default();
            let at = known.iter().position(|other| *other == people).unwrap_or(known.len());
            // The outcome may be a sensitive column, so it stands for the dimension.
            let key = CellKey {
                indicator: format!("evaluation {}", estimate.evaluation),
                site: String::new(),
                period: String::new(),
                dimension: estimate.indicator.clone(),
                category: if at == 0 { name[2].to_owned() } else { format!("{} · {}", name[2], at + 1) },
            };
            if at == known.len() {
                known.push(people);
                let group = |group: usize| Counting {
                    of: format!("group {} of {} {} {}", group + 1, name[0], name[1], key.category),
                    conditions: BTreeSet::new(),
                    time: Time::Ever,
                };
                let groups = people.groups.iter().enumerate().map(|(at, size)| (group(at), *size));
                out.groups.insert(key.clone(), std::iter::once(people.all.clone()).chain(groups).collect());
                out.cells.push(stand_in(key.clone(), people));
            }
            out.of.push(Some(key));
        }
        out
    }

    /// Why each estimate is withheld with the people behind it, in the order of the estimates.
    pub(crate) fn reasons(&self, hidden: &BTreeMap<&CellKey, &'static str>) -> Vec<Option<&'static str>> {
        self.of.iter().map(|key| hidden.get(key.as_ref()?).copied()).collect()
    }
}

fn stand_in(key: CellKey, people: &People) -> Cell {
    Cell {
        key,
        numerator: people.all.1 as f64,
        denominator: None,
        immature: None,
        n: people.all.1,
        counts: Counts::Groups,
        unit: Unit::Count,
        method: "groups",
        finding: Finding::Value { value: people.all.1 as f64, interval: None },
        people: true,
        partial: false,
        inputs: Vec::new(),
    }
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
    /// The same with what passes of some estimates, in their order, each with the reason why the
    /// people behind it are withheld, if they are.
    pub(crate) fn with_estimates(mut self, estimates: Vec<(Estimate, Option<&'static str>)>) -> Self {
        let all = estimates.into_iter();
        self.estimates = all.map(|(estimate, reason)| self.let_out(estimate, reason)).collect();
        self
    }

    /// Every estimate, in the order of the plan.
    pub fn estimates(&self) -> &[ReleasedEstimate] {
        &self.estimates
    }

    fn let_out(&self, estimate: Estimate, hidden_people: Option<&'static str>) -> ReleasedEstimate {
        let hidden = |key: &CellKey| self.cell(key).is_none_or(|cell| cell.status() == Status::Withheld);
        let bare = |key: &CellKey| self.cell(key).is_none_or(|cell| cell.bare);
        let spread = !estimate.cells.iter().any(bare);
        let cells_hidden = estimate.cells.iter().any(hidden).then_some("a_compared_cell_is_withheld");
        let withheld = cells_hidden.or(hidden_people.map(told));
        let told = estimate.warnings.join("; ");
        // What a partner withheld is not there to be compared, and is withheld all the same.
        let of_partner = |key: &CellKey| self.cell(key).is_some_and(|cell| cell.reason() == BY_PARTNER);
        let (status, reason, found) = match (withheld, &estimate.finding) {
            (Some(reason), Finding::NoData) if estimate.cells.iter().any(of_partner) => {
                (Status::Withheld, reason.to_owned(), None)
            }
            (_, Finding::NoData | Finding::Bounds { .. } | Finding::Band { .. }) => {
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
    use crate::frame::Frame;
    use crate::gate::release_jointly;
    use groundwork_plan::disclosure::{Audience, Policy};

    fn estimate(cells: Vec<CellKey>, groups: Vec<u64>) -> Estimate {
        let all = groups.iter().sum();
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
            people: (!groups.is_empty()).then(|| People { all: (Counting::rows("visits"), all), groups }),
        }
    }

    fn cell(numerator: f64) -> Cell {
        Cell {
            key: CellKey::total("i", "a", "2021-Q4"),
            numerator,
            n: numerator as u64,
            counts: Counts::Total,
            method: "full_count",
            finding: Finding::Value { value: numerator, interval: None },
            ..stand_in(
                CellKey::total("i", "a", "2021-Q4"),
                &People { all: (Counting::rows("x"), 0), groups: vec![] },
            )
        }
    }

    fn released(numerator: f64, estimates: Vec<Estimate>) -> crate::Passed {
        let policy = Policy::of(Audience::Partner);
        release_jointly(vec![cell(numerator)], vec![], estimates, &policy, &Frame::default(), &[]).unwrap()
    }

    #[test]
    fn an_estimate_of_a_withheld_cell_or_a_small_group_is_withheld_with_its_verdict() {
        let key = CellKey::total("i", "a", "2021-Q4");
        let hidden = [
            released(3.0, vec![estimate(vec![key.clone()], vec![])]),
            released(30.0, vec![estimate(vec![key.clone()], vec![40, 4])]),
        ];
        for passed in hidden {
            let row = &passed.released.estimates()[0];
            assert_eq!(row.status(), Status::Withheld);
            assert_eq!((row.figures(), row.verdict(), row.p_adjusted()), (None, None, None));
        }
        let shown = released(30.0, vec![estimate(vec![key], vec![40, 0])]).released;
        let row = &shown.estimates()[0];
        assert_eq!(row.status(), Status::Published);
        assert_eq!((row.verdict(), row.reason()), (Some("inconclusive"), "few_sites"));
        // What stands for the people behind it is no cell that anyone gets to see.
        assert_eq!(shown.cells().len(), 1);
    }

    #[test]
    fn a_refusal_has_its_reason_and_no_figures() {
        let mut refused = estimate(vec![], vec![]);
        refused.finding = Finding::Refused("overlap");
        refused.verdict = Some("not_supported");
        let released = released(30.0, vec![refused]).released;
        let row = &released.estimates()[0];
        assert_eq!((row.status(), row.reason()), (Status::Refused, "overlap"));
        assert_eq!((row.figures(), row.verdict()), (None, Some("not_supported")));
    }

    #[test]
    fn two_estimates_whose_people_differ_by_few_are_not_both_published() {
        let of = |all: u64, known: &str| {
            let mut row = estimate(vec![], vec![all - 20, 20]);
            row.evaluation = format!("with {known}");
            if let Some(people) = &mut row.people {
                people.all.0.conditions = known.split(',').map(str::to_owned).collect();
            }
            row
        };
        let passed = released(30.0, vec![of(62, "outcome"), of(59, "outcome,age")]);
        let statuses: Vec<Status> = passed.released.estimates().iter().map(|row| row.status()).collect();
        assert!(statuses.contains(&Status::Withheld), "3 have no age: {statuses:?}");
        assert!(statuses.contains(&Status::Published), "one alone shows nobody: {statuses:?}");
        let passed = released(30.0, vec![of(62, "outcome"), of(52, "outcome,age")]);
        assert!(passed.released.estimates().iter().all(|row| row.status() == Status::Published));
    }

    #[test]
    fn an_estimate_of_one_more_person_than_an_earlier_one_is_refused() {
        let policy = Policy::of(Audience::Partner);
        let release = |groups: Vec<u64>, earlier: &[crate::Published]| {
            let estimates = vec![estimate(vec![], groups)];
            release_jointly(vec![], vec![], estimates, &policy, &Frame::default(), earlier)
        };
        let first = release(vec![20, 40], &[]).unwrap();
        assert!(release(vec![20, 40], &first.published).is_ok());
        assert!(release(vec![21, 40], &first.published).is_err());
        assert!(release(vec![26, 40], &first.published).is_ok());
    }

    #[test]
    fn a_bare_cell_takes_its_spread_from_contrasts_and_estimates() {
        // A mean of 12 people, for partners, whose spread needs 20.
        let key = CellKey::total("i", "a", "2021-Q4");
        let mean = |site: &str, n: f64| Cell {
            key: CellKey::total("i", site, "2021-Q4"),
            denominator: Some(n),
            n: n as u64,
            counts: Counts::Amount,
            finding: Finding::Value { value: 10.0, interval: Some((8.0, 12.0, 0.95)) },
            ..cell(10.0 * n)
        };
        let contrast = |n| crate::Contrast {
            evaluation: "e".into(),
            cell: key.clone(),
            reference: CellKey::total("i", "b", "2021-Q4"),
            unit: Unit::Count,
            summary: "difference",
            method: "welch",
            finding: Finding::Value { value: 0.0, interval: Some((-1.0, 1.0, 0.95)) },
            std_error: Some(0.5),
            statistic: Some(0.0),
            df: Some(10.0),
            p_value: Some(1.0),
            n,
            n_clusters: None,
        };
        let mut row = estimate(vec![key.clone()], vec![]);
        row.std_error = Some(0.1);
        let policy = Policy::of(Audience::Partner);
        for (n, spread) in [(12.0, false), (25.0, true)] {
            let cells = vec![mean("a", n), mean("b", 40.0)];
            let rows = vec![row.clone()];
            let passed =
                release_jointly(cells, vec![contrast(52)], rows, &policy, &Frame::default(), &[]).unwrap();
            let found = passed.released.cell(&key).and_then(|cell| cell.figures()).unwrap();
            assert_eq!((found.value(), found.interval().is_some()), (Some(10.0), spread));
            let of = |figures: &ContrastFigures| {
                [figures.interval.is_some(), figures.std_error.is_some(), figures.p_value.is_some()]
            };
            let found = passed.released.contrasts()[0].figures().unwrap();
            assert_eq!(
                (of(found), found.statistic().is_some(), found.df().is_some()),
                ([spread; 3], spread, spread)
            );
            let found = &passed.released.estimates()[0];
            assert_eq!(found.p_adjusted().is_some(), spread);
            assert_eq!(
                found.figures().map(|f| (f.interval.is_some(), f.std_error.is_some())),
                Some((spread, spread))
            );
        }
    }
}
