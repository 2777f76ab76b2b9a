//! From stage to stage: how many got on, left, or still wait, and what share
//! gets on within a stated time: `funnel.aj.ij.loglog`.
//!
//! # Estimand
//!
//! For stages in a fixed order (identified, documents, filed, approved), two
//! things that are often confused with a quotient of this month's approvals
//! and this month's applications, which belong to different people and which is
//! offered nowhere:
//!
//! * the stage table: of those who reached a stage, how many went on, how many
//!   left, and how many were still waiting when the data end. A count, no
//!   estimate;
//! * cohort conversion: of those who reach a stage, the share that has reached
//!   the next (or, of those who started, the share that has reached any later
//!   stage) within a stated time of it.
//!
//! # Assumptions
//!
//! Those of the cumulative incidence ([`aalen_johansen`](super::aalen_johansen)):
//! waiting at the end of the data says nothing about what will come. Where
//! practice changed during the follow-up a conversion over it mixes old and
//! new.
//!
//! # Method
//!
//! The clock of a step starts when its stage is reached. Reaching the next is
//! one kind of event, leaving the other, and waiting at the end of the data is
//! censoring; the share at the horizon is the Aalen-Johansen estimate with the
//! infinitesimal-jackknife error and log-log limits. The clock of a conversion
//! from the start runs from the first stage on.
//!
//! # Small samples
//!
//! Below ten people give the stage table first. A horizon that nobody has been
//! observed to the end of is refused, not drawn out.
//!
//! # Refusals
//!
//! `too_few_stages`, `lengths_differ`, `empty`, `not_finite`,
//! `first_stage_missing`, `stage_skipped`, `stage_out_of_order`,
//! `after_end_of_data`, `stage_after_leaving`; for a conversion
//! `unknown_stage`, `empty`, and those of the cumulative incidence.
//!
//! # Source
//!
//! Aalen OO, Johansen S (1978). An empirical transition matrix for
//! non-homogeneous Markov chains based on censored observations. Scandinavian
//! Journal of Statistics 5:141-150.

use super::aalen_johansen::{ErrorKind, aalen_johansen};
use super::risk_table::{RiskTable, empty, lengths_differ};
use crate::estimate::{Estimate, Outcome, Refusal};

/// The id of the method of a conversion.
pub const METHOD: &str = "funnel.aj.ij.loglog";

/// In the tables of a funnel, the cause that stands for getting on.
pub const ADVANCED: usize = 1;

/// In the tables of a funnel, the cause that stands for leaving.
pub const LEFT: usize = 2;

/// What became of those who reached a stage that has a next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageCount {
    /// How many reached the stage: the sum of the other three.
    pub reached: u64,
    /// How many reached the next stage.
    pub advanced: u64,
    /// How many left before the next stage.
    pub left: u64,
    /// How many had done neither when the data end.
    pub waiting: u64,
}

/// A funnel of ordered stages. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// For each stage but the last, the time from it to the next; nothing where
    /// nobody reached it.
    steps: Vec<Option<RiskTable>>,
    /// For each stage but the first, the time from the first to it.
    from_start: Vec<RiskTable>,
}

impl Funnel {
    /// Builds the funnel from the times at which people reached the stages.
    ///
    /// `stages` holds one slice a stage, in order; each has for every person
    /// the time (a day number, on one scale for all) at which the stage was
    /// reached, and nothing where it was not. `left` holds the time at which a
    /// person left (moved away, died, was refused, withdrew), if they did;
    /// `until` the time up to which the person's case is known, usually the
    /// day of the extract.
    ///
    /// # Refusals
    ///
    /// * `too_few_stages`: fewer than two.
    /// * `lengths_differ`, `empty`: the slices differ in length, or hold nobody.
    /// * `not_finite`: a time is no number.
    /// * `first_stage_missing`: somebody has not reached the first stage, and is
    ///   not part of the funnel.
    /// * `stage_skipped`: somebody reached a stage without the one before it.
    /// * `stage_out_of_order`: a stage was reached before the one before it.
    /// * `stage_after_leaving`: a stage was reached after leaving.
    /// * `after_end_of_data`: something happened after the time up to which the
    ///   case is known.
    pub fn from_rows(
        stages: &[&[Option<f64>]],
        left: &[Option<f64>],
        until: &[f64],
    ) -> Result<Self, Refusal> {
        if stages.len() < 2 {
            return Err(Refusal::new(
                "too_few_stages",
                "there are fewer than two stages, so nobody can get from one to the next",
                "report the number of people",
            ));
        }
        let people = until.len();
        if left.len() != people || stages.iter().any(|stage| stage.len() != people) {
            return Err(lengths_differ());
        }
        if people == 0 {
            return Err(empty());
        }
        let given = stages.iter().flat_map(|stage| stage.iter().flatten()).chain(left.iter().flatten());
        if !given.chain(until).all(|time| time.is_finite()) {
            return Err(Refusal::not_finite("a time"));
        }
        for (person, (&left, &until)) in left.iter().zip(until).enumerate() {
            check_person(stages.iter().map(|stage| stage[person]), left, until)?;
        }
        let table = |from: &[Option<f64>], to: &[Option<f64>]| {
            let (mut time, mut cause) = (Vec::new(), Vec::new());
            for (((&from, &to), &left), &until) in from.iter().zip(to).zip(left).zip(until) {
                let Some(from) = from else { continue };
                let (end, kind) = match (to, left) {
                    (Some(to), _) => (to, ADVANCED),
                    (None, Some(left)) => (left, LEFT),
                    (None, None) => (until, 0),
                };
                time.push(end - from);
                cause.push(kind as u8);
            }
            RiskTable::from_rows(&time, &cause, LEFT as u8, None)
        };
        let mut steps = Vec::with_capacity(stages.len() - 1);
        for pair in stages.windows(2) {
            steps.push(match table(pair[0], pair[1]) {
                Ok(table) => Some(table),
                Err(refusal) if refusal.code == "empty" => None,
                Err(refusal) => return Err(refusal),
            });
        }
        let from_start = stages[1..].iter().map(|stage| table(stages[0], stage)).collect::<Result<_, _>>()?;
        Ok(Self { steps, from_start })
    }

    /// Takes the tables as they were counted elsewhere.
    ///
    /// `steps` holds for each stage but the last the table of the time from it
    /// to the next, nothing where nobody reached it; `from_start` for each stage
    /// but the first the table of the time from the first to it. Both have one
    /// entry less than there are stages, and all tables the causes [`ADVANCED`]
    /// and [`LEFT`].
    ///
    /// # Refusals
    ///
    /// * `too_few_stages`: no tables.
    /// * `lengths_differ`: not as many of one as of the other.
    /// * `unknown_cause`: a table has not two causes.
    pub fn from_tables(steps: Vec<Option<RiskTable>>, from_start: Vec<RiskTable>) -> Result<Self, Refusal> {
        if steps.is_empty() && from_start.is_empty() {
            return Self::from_rows(&[], &[], &[]);
        }
        if steps.len() != from_start.len() {
            return Err(lengths_differ());
        }
        if steps.iter().flatten().chain(&from_start).any(|table| table.causes() != LEFT) {
            return Err(Refusal::new(
                "unknown_cause",
                "a table has not the two kinds of event of a funnel, getting on and leaving",
                "count getting on as the first kind and leaving as the second",
            ));
        }
        Ok(Self { steps, from_start })
    }

    /// The number of stages.
    pub fn stages(&self) -> usize {
        self.steps.len() + 1
    }

    /// The number of people who started.
    pub fn n(&self) -> u64 {
        self.from_start.first().map_or(0, RiskTable::n)
    }

    /// The stage table: one entry for each stage but the last, in order.
    pub fn counts(&self) -> Vec<StageCount> {
        let count = |step: &Option<RiskTable>| match step {
            None => StageCount { reached: 0, advanced: 0, left: 0, waiting: 0 },
            Some(table) => StageCount {
                reached: table.n(),
                advanced: table.events_of(ADVANCED),
                left: table.events_of(LEFT),
                waiting: table.censored().iter().sum(),
            },
        };
        self.steps.iter().map(count).collect()
    }

    /// How many reached the last stage.
    pub fn completed(&self) -> u64 {
        self.counts().last().map_or(0, |count| count.advanced)
    }

    /// The share of those who reach stage `stage` (from 0) that has reached the
    /// next within `horizon` of it.
    ///
    /// `horizon` is in the units of the times, `level` a share. The estimate is
    /// a share; `n` counts those who reached the stage.
    ///
    /// # Refusals
    ///
    /// * `unknown_stage`: there is no such stage, or it is the last.
    /// * `empty`: nobody reached it.
    /// * `beyond_followup`, `negative_time`, `not_finite`, `level_out_of_range`:
    ///   see [`aalen_johansen`](super::aalen_johansen).
    ///
    /// # Warnings
    ///
    /// * `no_events`, `risk_set_lt_5`.
    pub fn step_within(&self, stage: usize, horizon: f64, level: f64) -> Outcome {
        let step = self.steps.get(stage).ok_or_else(unknown_stage)?;
        conversion(step.as_ref().ok_or_else(empty)?, horizon, level)
    }

    /// The share of those who start that has reached stage `stage` (from 1)
    /// within `horizon` of the start.
    ///
    /// # Refusals
    ///
    /// * `unknown_stage`: there is no such stage, or it is the first.
    /// * `beyond_followup`, `negative_time`, `not_finite`, `level_out_of_range`:
    ///   see [`aalen_johansen`](super::aalen_johansen).
    ///
    /// # Warnings
    ///
    /// * `no_events`, `risk_set_lt_5`.
    pub fn reached_within(&self, stage: usize, horizon: f64, level: f64) -> Outcome {
        let table = stage.checked_sub(1).and_then(|at| self.from_start.get(at));
        conversion(table.ok_or_else(unknown_stage)?, horizon, level)
    }
}

fn conversion(table: &RiskTable, horizon: f64, level: f64) -> Outcome {
    let found = aalen_johansen(table, level, ErrorKind::Jackknife)?.incidence_at(ADVANCED, horizon)?;
    Ok(Estimate { method: METHOD, ..found })
}

/// Refuses a person whose times contradict each other.
fn check_person(
    stages: impl Iterator<Item = Option<f64>>,
    left: Option<f64>,
    until: f64,
) -> Result<(), Refusal> {
    let mut last: Option<f64> = None;
    let mut first = true;
    let mut over = false;
    for reached in stages {
        match (reached, last) {
            (None, _) if first => {
                return Err(Refusal::new(
                    "first_stage_missing",
                    "somebody has not reached the first stage, and so is not part of the funnel",
                    "leave out those who never started and say how many they are",
                ));
            }
            (None, _) => over = true,
            (Some(_), _) if over => {
                return Err(Refusal::new(
                    "stage_skipped",
                    "somebody reached a stage without the one before it",
                    "correct the dates, or leave out the stage that people may skip",
                ));
            }
            (Some(reached), Some(before)) if reached < before => {
                return Err(Refusal::new(
                    "stage_out_of_order",
                    "somebody reached a stage before the one that comes before it",
                    "correct the dates, or the order of the stages",
                ));
            }
            (Some(reached), _) => last = Some(reached),
        }
        first = false;
    }
    if last.is_some_and(|last| last > until) || left.is_some_and(|left| left > until) {
        return Err(Refusal::new(
            "after_end_of_data",
            "something happened after the time up to which the case is known",
            "correct the dates, or the day of the extract",
        ));
    }
    // Who has reached the last stage may leave afterwards.
    if over && left.zip(last).is_some_and(|(left, last)| left < last) {
        return Err(Refusal::new(
            "stage_after_leaving",
            "somebody reached a stage after leaving",
            "correct the dates, or the definition of leaving",
        ));
    }
    Ok(())
}

fn unknown_stage() -> Refusal {
    Refusal::new(
        "unknown_stage",
        "the funnel has no such step",
        "ask for a stage of the funnel that has one before it or after it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// Six people, three stages, data up to day 100.
    fn funnel() -> Funnel {
        let identified = [0.0, 10.0, 20.0, 30.0, 40.0, 90.0].map(Some);
        let filed = [Some(10.0), Some(30.0), Some(60.0), Some(35.0), None, None];
        let approved = [Some(50.0), None, None, Some(80.0), None, None];
        let left = [None, Some(50.0), None, Some(99.0), Some(70.0), None];
        Funnel::from_rows(&[&identified, &filed, &approved], &left, &[100.0; 6]).expect("a funnel")
    }

    #[test]
    fn funnel_counts_everybody_once_at_each_stage() {
        let found = funnel();
        assert_eq!((found.stages(), found.n(), found.completed()), (3, 6, 2));
        assert_eq!(
            found.counts(),
            [
                StageCount { reached: 6, advanced: 4, left: 1, waiting: 1 },
                StageCount { reached: 4, advanced: 2, left: 1, waiting: 1 },
            ]
        );
        for count in found.counts() {
            assert_eq!(count.reached, count.advanced + count.left + count.waiting);
        }
    }

    #[test]
    fn funnel_conversions_by_hand() {
        let found = funnel();
        // Filing took 10, 20, 40 and 5; one left at 30, one waits since 10.
        // Events first at 10: 1/6, 1/6, then 4 at risk: 2/3 (1/4 + 1/4 + 1/4).
        let ten = found.step_within(0, 10.0, 0.95).expect("a share");
        assert!((ten.value - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!((ten.n, ten.method), (6, METHOD));
        let month = found.step_within(0, 30.0, 0.95).expect("a share");
        let by_hand = 1.0 / 3.0 + 2.0 / 3.0 / 3.0;
        assert!((month.value - by_hand).abs() < 1e-15, "{}", month.value);
        // From the start approval took 50 and 50.
        let start = found.reached_within(2, 50.0, 0.95).expect("a share");
        assert!(start.value > 0.3 && start.value < 0.7);
        assert_eq!(code(found.reached_within(2, 99.0, 0.95)), Some("beyond_followup"));
        assert_eq!(code(found.step_within(2, 10.0, 0.95)), Some("unknown_stage"));
        assert_eq!(code(found.reached_within(0, 10.0, 0.95)), Some("unknown_stage"));
        assert_eq!(code(found.step_within(0, 10.0, 95.0)), Some("level_out_of_range"));
    }

    #[test]
    fn funnel_from_tables_is_the_funnel_from_rows() {
        let found = funnel();
        let again = Funnel::from_tables(found.steps.clone(), found.from_start.clone());
        assert_eq!(again, Ok(found.clone()));
        assert_eq!(code(Funnel::from_tables(vec![], vec![])), Some("too_few_stages"));
        assert_eq!(code(Funnel::from_tables(vec![None], vec![])), Some("lengths_differ"));
        let one = RiskTable::from_rows(&[1.0], &[1], 1, None).expect("a table");
        assert_eq!(code(Funnel::from_tables(vec![None], vec![one])), Some("unknown_cause"));
    }

    #[test]
    fn funnel_with_a_stage_that_nobody_reached() {
        let never = [None, None];
        let found = Funnel::from_rows(&[&[Some(0.0), Some(1.0)], &never, &never], &never, &[9.0; 2]);
        let found = found.expect("a funnel");
        assert_eq!(found.counts()[1], StageCount { reached: 0, advanced: 0, left: 0, waiting: 0 });
        assert_eq!(found.counts()[0].waiting, 2);
        assert_eq!(code(found.step_within(1, 1.0, 0.95)), Some("empty"));
        let none = found.step_within(0, 1.0, 0.95).expect("a share");
        assert_eq!((none.value, none.interval), (0.0, None));
    }

    #[test]
    fn funnel_refuses() {
        let refused = |first: Option<f64>, second, third, left, until| {
            code(Funnel::from_rows(&[&[first], &[second], &[third]], &[left], &[until]))
        };
        let day = Some;
        assert_eq!(refused(None, None, None, None, 9.0), Some("first_stage_missing"));
        assert_eq!(refused(day(1.0), None, day(2.0), None, 9.0), Some("stage_skipped"));
        assert_eq!(refused(day(2.0), day(1.0), None, None, 9.0), Some("stage_out_of_order"));
        assert_eq!(refused(day(2.0), day(3.0), None, day(2.5), 9.0), Some("stage_after_leaving"));
        assert_eq!(refused(day(2.0), None, None, None, 1.0), Some("after_end_of_data"));
        assert_eq!(refused(day(2.0), None, None, day(9.5), 9.0), Some("after_end_of_data"));
        assert_eq!(refused(day(f64::NAN), None, None, None, 9.0), Some("not_finite"));
        assert_eq!(refused(day(-1e300), None, None, None, 1e300), None);
        assert_eq!(refused(day(-f64::MAX), None, None, None, f64::MAX), Some("not_finite"));
        assert_eq!(refused(day(2.0), day(2.0), day(2.0), day(1.0), 9.0), None);
        assert_eq!(code(Funnel::from_rows(&[&[]], &[], &[])), Some("too_few_stages"));
        assert_eq!(code(Funnel::from_rows(&[&[], &[]], &[], &[])), Some("empty"));
        assert_eq!(code(Funnel::from_rows(&[&[], &[]], &[None], &[1.0])), Some("lengths_differ"));
    }
}
