//! The risk-set table: the sufficient statistics of a time to event.
//!
//! Not a method, but what every method for times takes in: for each distinct
//! time the number of people at risk just before it, the number of events of
//! each cause at it and the number censored at it. A query can supply it
//! ([`RiskTable::from_counts`]) where the rows are many, or it is built from
//! rows ([`RiskTable::from_rows`]); the two give equal tables.
//!
//! # Clock
//!
//! Time runs from an origin that the plan states: application, first contact.
//! Units are the caller's (days, months); nothing here knows a calendar. Times
//! are never negative.
//!
//! # Censoring, causes and ties
//!
//! Somebody whose case was pending on the day of the extract is censored on
//! that day. Censoring must have nothing to do with what would have come. It
//! is not for people who left (moved away, died, were refused, aged out):
//! leaving is an event of another cause. Of events and censorings at the same
//! time the events come first: somebody censored at t is at risk at t.
//!
//! # Delayed entry
//!
//! Somebody who came under observation late, at `entry`, is at risk at t when
//! entry < t <= time. An entry at or before zero means observed from the
//! origin on. Early risk sets may then be tiny, and an event in one ruins the
//! curve for good (all that follows is multiplied by it):
//! [`RiskTable::thin_events`] lists such events, [`RiskTable::thin_start`]
//! tells whether they make an unconditional curve unreadable, and
//! [`RiskTable::after`] gives the table of those who had reached a stated
//! time, for the curve conditional on it.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `negative_time`, `no_causes`,
//! `unknown_cause`, `exit_not_after_entry`, `times_not_increasing`,
//! `counts_disagree`, `nobody_at_risk`, `competing_events`.
//!
//! # Source
//!
//! Andersen PK, Borgan Ø, Gill RD, Keiding N (1993). Statistical models based
//! on counting processes, chapter IV. Springer.

mod build;
mod groups;

use crate::estimate::Refusal;
use crate::thresholds::AT_RISK_FEW;
use crate::warning::Warning;

pub(super) use groups::{Moment, Running, visit_events};

/// For each distinct time: how many were at risk, how many had an event of
/// each cause, how many were censored. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct RiskTable {
    origin: f64,
    time: Vec<f64>,
    at_risk: Vec<u64>,
    /// `causes` numbers a row.
    events: Vec<u64>,
    censored: Vec<u64>,
    causes: usize,
    n: u64,
    delayed: bool,
}

/// An event that happened while few were at risk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThinEvent {
    /// The time of the event.
    pub time: f64,
    /// How many were at risk just before it.
    pub at_risk: u64,
}

impl RiskTable {
    /// Builds the table from rows.
    ///
    /// `time` holds for each person the time of the event or of censoring;
    /// `cause` 0 where the person was censored and the number of the cause, 1
    /// to `causes`, otherwise; `entry`, where given, the time at which the
    /// person came under observation. All have the same length and times have
    /// the same unit. `causes` is stated and not counted, so that a cause that
    /// never happened has its column of zeros.
    ///
    /// Times that are whole numbers, as days are, are counted; others are sorted
    /// once for each cause.
    ///
    /// # Refusals
    ///
    /// * `lengths_differ`, `empty`: the slices differ in length, or hold nothing.
    /// * `no_causes`: `causes` is zero.
    /// * `unknown_cause`: a cause lies above `causes`.
    /// * `not_finite`: a time or an entry is missing or infinite.
    /// * `negative_time`: a time lies before the origin.
    /// * `exit_not_after_entry`: somebody's time is not after a positive entry.
    pub fn from_rows(time: &[f64], cause: &[u8], causes: u8, entry: Option<&[f64]>) -> Result<Self, Refusal> {
        let rows = time.len();
        if cause.len() != rows || entry.is_some_and(|entry| entry.len() != rows) {
            return Err(lengths_differ());
        }
        if rows == 0 {
            return Err(empty());
        }
        if causes == 0 {
            return Err(no_causes());
        }
        if cause.iter().max().is_some_and(|&cause| cause > causes) {
            return Err(Refusal::new(
                "unknown_cause",
                "a row has a cause above the stated number of causes",
                "state all causes, or correct the coding of the rows",
            ));
        }
        check_times(time)?;
        let mut entries: Vec<f64> = Vec::new();
        if let Some(entry) = entry {
            if !entry.iter().all(|entry| entry.is_finite()) {
                return Err(Refusal::not_finite("a time of entry"));
            }
            if entry.iter().zip(time).any(|(&entry, &time)| entry > 0.0 && entry >= time) {
                return Err(Refusal::new(
                    "exit_not_after_entry",
                    "somebody's time is not after the entry, so that the row was never at risk",
                    "leave such rows out and say how many they are",
                ));
            }
            entries.extend(entry.iter().filter(|&&entry| entry > 0.0));
        }
        let causes = usize::from(causes);
        let counted = Self::count_whole(time, cause, causes, &entries);
        Ok(counted.unwrap_or_else(|| Self::sort_times(time, cause, causes, entries)))
    }

    /// Takes the table as it was counted elsewhere.
    ///
    /// `time` holds the distinct times in increasing order; `at_risk` the
    /// number at risk just before each; `events` one slice a cause; `censored`
    /// the number censored at each time. All slices have the same length.
    ///
    /// Where entry was delayed, `at_risk` rises by those who entered since the
    /// row before; each time of entry has a row of its own, with zeros where
    /// nobody leaves. Everybody leaves in the end: the last row leaves nobody
    /// at risk.
    ///
    /// # Refusals
    ///
    /// * `lengths_differ`, `empty`, `no_causes`.
    /// * `not_finite`, `negative_time`: a time is missing, infinite or below 0.
    /// * `times_not_increasing`: the times are not distinct and in order.
    /// * `counts_disagree`: more leave than are at risk, somebody vanishes
    ///   between two rows, or somebody is left after the last row.
    pub fn from_counts(
        time: &[f64],
        at_risk: &[u64],
        events: &[&[u64]],
        censored: &[u64],
    ) -> Result<Self, Refusal> {
        let rows = time.len();
        if at_risk.len() != rows || censored.len() != rows || events.iter().any(|of| of.len() != rows) {
            return Err(lengths_differ());
        }
        if rows == 0 {
            return Err(empty());
        }
        if events.is_empty() {
            return Err(no_causes());
        }
        check_times(time)?;
        if time.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Refusal::new(
                "times_not_increasing",
                "the times of the table are not distinct and in increasing order",
                "count by distinct time and sort by it",
            ));
        }
        let mut table = Self {
            origin: 0.0,
            time: time.iter().map(|time| time + 0.0).collect(),
            at_risk: at_risk.to_vec(),
            events: Vec::with_capacity(rows * events.len()),
            censored: censored.to_vec(),
            causes: events.len(),
            n: 0,
            delayed: false,
        };
        for (row, &censored) in censored.iter().enumerate() {
            let mut leaving = censored;
            for of in events {
                let count = of.get(row).copied().unwrap_or(0);
                leaving = leaving.checked_add(count).ok_or_else(counts_disagree)?;
                table.events.push(count);
            }
            table.n = table.n.checked_add(leaving).ok_or_else(counts_disagree)?;
            let stay = at_risk[row].checked_sub(leaving).ok_or_else(counts_disagree)?;
            match at_risk.get(row + 1) {
                Some(&next) if next < stay => return Err(counts_disagree()),
                Some(&next) => table.delayed |= next > stay,
                None if stay > 0 => return Err(counts_disagree()),
                None => {}
            }
        }
        if table.n == 0 {
            return Err(empty());
        }
        Ok(table)
    }

    /// The table of those who had reached `from`: everybody at risk after it,
    /// with the origin moved there.
    ///
    /// Methods applied to it speak of what happens after `from` to those who
    /// got there: with delayed entry the way to state survival from a time at
    /// which enough people are observed. Those who leave at `from` are not
    /// part of it. Times keep their numbers.
    ///
    /// # Refusals
    ///
    /// * `not_finite`: `from` is not a number.
    /// * `negative_time`: `from` lies before the origin.
    /// * `nobody_at_risk`: nobody is at risk after `from`.
    pub fn after(&self, from: f64) -> Result<Self, Refusal> {
        if !from.is_finite() {
            return Err(Refusal::not_finite("the time from which to go on"));
        }
        if from < self.origin {
            return Err(negative_time());
        }
        let cut = self.time.partition_point(|&time| time <= from);
        let mut table = Self {
            origin: from + 0.0,
            time: self.time[cut..].to_vec(),
            at_risk: self.at_risk[cut..].to_vec(),
            events: self.events[cut * self.causes..].to_vec(),
            censored: self.censored[cut..].to_vec(),
            causes: self.causes,
            n: 0,
            delayed: false,
        };
        for row in 0..table.rows() {
            let leaving = table.leaving(row);
            table.n += leaving;
            table.delayed |= row + 1 < table.rows() && table.at_risk[row + 1] > table.at_risk[row] - leaving;
        }
        if table.n == 0 {
            return Err(Refusal::new(
                "nobody_at_risk",
                "nobody is under observation after the stated time",
                "state an earlier time",
            ));
        }
        Ok(table)
    }

    /// The table in which every cause is one and the same event: the time to
    /// whatever comes first. The only way from several causes to one; taking a
    /// competing event for censoring is not offered, because one minus that
    /// curve is not a share of anybody.
    pub fn any_cause(&self) -> Self {
        Self { events: (0..self.rows()).map(|row| self.all_events(row)).collect(), causes: 1, ..self.clone() }
    }

    /// The number of distinct times, times of entry among them.
    pub fn rows(&self) -> usize {
        self.time.len()
    }

    /// The time from which everything counts: 0, or that of [`RiskTable::after`].
    pub fn origin(&self) -> f64 {
        self.origin
    }

    /// The distinct times in increasing order.
    pub fn time(&self) -> &[f64] {
        &self.time
    }

    /// How many are at risk just before each time.
    pub fn at_risk(&self) -> &[u64] {
        &self.at_risk
    }

    /// How many are censored at each time.
    pub fn censored(&self) -> &[u64] {
        &self.censored
    }

    /// The number of causes.
    pub fn causes(&self) -> usize {
        self.causes
    }

    /// The number of people.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Whether somebody came under observation after the origin.
    pub fn delayed(&self) -> bool {
        self.delayed
    }

    /// The events of each cause at a row; nothing for a row that is not there.
    pub fn events(&self, row: usize) -> &[u64] {
        self.events.chunks_exact(self.causes).nth(row).unwrap_or(&[])
    }

    /// The events of all causes and the number at risk, row by row.
    pub(super) fn steps(&self) -> impl Iterator<Item = (u64, u64)> {
        let events = self.events.chunks_exact(self.causes).map(|events| events.iter().sum());
        events.zip(self.at_risk.iter().copied())
    }

    /// The events of all causes at a row.
    pub fn all_events(&self, row: usize) -> u64 {
        self.events(row).iter().sum()
    }

    /// The events of one cause, numbered from 1, over all times.
    pub fn events_of(&self, cause: usize) -> u64 {
        match cause.checked_sub(1) {
            Some(column) if column < self.causes => {
                self.events.iter().skip(column).step_by(self.causes).sum()
            }
            _ => 0,
        }
    }

    /// How many leave at a row, by an event or by censoring.
    pub fn leaving(&self, row: usize) -> u64 {
        self.all_events(row) + self.censored.get(row).copied().unwrap_or(0)
    }

    /// The last time at which anybody was observed.
    pub fn last_time(&self) -> f64 {
        self.time.last().copied().unwrap_or(self.origin)
    }

    /// How many are at risk just before a time; none past the last.
    pub fn at_risk_at(&self, time: f64) -> u64 {
        let row = self.time.partition_point(|&known| known < time);
        self.at_risk.get(row).copied().unwrap_or(0)
    }

    /// How many are at risk just after a time: neither an event nor censoring had come by then.
    pub fn at_risk_after(&self, time: f64) -> u64 {
        let row = self.time.partition_point(|&known| known <= time);
        self.at_risk.get(row).copied().unwrap_or(0)
    }

    /// The events of one cause, numbered from 1, up to a time and at it.
    pub fn events_by(&self, cause: usize, time: f64) -> u64 {
        let rows = self.time.partition_point(|&known| known <= time);
        let of = |row| cause.checked_sub(1).and_then(|column| self.events(row).get(column)).copied();
        (0..rows).filter_map(of).sum()
    }

    /// The events that happened while fewer than [`AT_RISK_FEW`] were at risk.
    pub fn thin_events(&self) -> Vec<ThinEvent> {
        let rows = (0..self.rows()).filter(|&row| self.is_thin(row));
        rows.map(|row| ThinEvent { time: self.time[row], at_risk: self.at_risk[row] }).collect()
    }

    /// Whether events in thin risk sets make every later value of an
    /// unconditional curve unreadable: with delayed entry, when the first
    /// event is such a one, or one is followed by an event with enough people
    /// at risk. A thin end of an ordinary curve is not meant.
    pub fn thin_start(&self) -> bool {
        if !self.delayed {
            return false;
        }
        let mut events = (0..self.rows()).filter(|&row| self.all_events(row) > 0);
        let Some(first) = events.next() else { return false };
        let mut thin = self.is_thin(first);
        if thin {
            return true;
        }
        for row in events {
            if self.is_thin(row) {
                thin = true;
            } else if thin {
                return true;
            }
        }
        false
    }

    /// The time to state with [`RiskTable::after`] where
    /// [`RiskTable::thin_start`] holds: the earliest after whose events in thin
    /// risk sets only the thin end of the curve is left. Nothing where every
    /// event is thin.
    pub fn sound_from(&self) -> Option<f64> {
        let sound = (0..self.rows()).rev().find(|&row| self.all_events(row) > 0 && !self.is_thin(row))?;
        let thin = (0..sound).rev().find(|&row| self.is_thin(row));
        Some(thin.map_or(self.origin, |row| self.time[row]))
    }

    fn is_thin(&self, row: usize) -> bool {
        self.at_risk[row] < AT_RISK_FEW && self.all_events(row) > 0
    }

    /// Refuses a table of several causes where a method knows of one.
    pub(super) fn check_one_cause(&self) -> Result<(), Refusal> {
        if self.causes == 1 {
            return Ok(());
        }
        Err(Refusal::new(
            "competing_events",
            "there are several kinds of event, and one minus the curve of one of them is not a share of anybody",
            "use the cumulative incidence of each kind, or join all kinds into one event",
        ))
    }

    /// Refuses what rests on the curve from the origin on where it is unreadable.
    pub(super) fn check_start(&self) -> Result<(), Refusal> {
        if !self.thin_start() {
            return Ok(());
        }
        Err(Refusal::new(
            "risk_set_lt_5",
            "people came under observation late, and an event happened while fewer than five were at risk, which moves every later value of the curve",
            "state what happens to those who had reached a later time, from which on enough people were observed",
        ))
    }

    /// What a reader is told where the curve ends in thin risk sets.
    pub(super) fn thin_warning(&self) -> Option<Warning> {
        (0..self.rows()).any(|row| self.is_thin(row)).then(|| {
            Warning::new(
                "risk_set_lt_5",
                "fewer than five people were at risk at an event, so the curve is not to be read from there on",
            )
        })
    }

    /// Refuses a time at which nobody was observed any more, unless the curve
    /// had come to its end (`ended`), and one before the origin. Gives the row
    /// that holds at the time, if any does.
    pub(super) fn row_at(&self, time: f64, ended: bool) -> Result<Option<usize>, Refusal> {
        if !time.is_finite() {
            return Err(Refusal::not_finite("the time asked for"));
        }
        if time < self.origin {
            return Err(negative_time());
        }
        if time > self.last_time() && !ended {
            return Err(beyond_followup());
        }
        Ok(self.time.partition_point(|&known| known <= time).checked_sub(1))
    }
}

fn check_times(time: &[f64]) -> Result<(), Refusal> {
    let (within, finite) = time.iter().fold((true, true), |(within, finite), &time| {
        (within & (time >= 0.0), finite & (time.abs() <= f64::MAX))
    });
    match (finite, within) {
        (false, _) => Err(Refusal::not_finite("a time")),
        (true, false) => Err(negative_time()),
        (true, true) => Ok(()),
    }
}

pub(super) fn lengths_differ() -> Refusal {
    Refusal::new(
        "lengths_differ",
        "the columns differ in length, so the values of a row cannot be matched",
        "take all columns from the same rows",
    )
}

pub(super) fn empty() -> Refusal {
    Refusal::new(
        "empty",
        "there is nobody to estimate from",
        "report that nothing was observed; a missing value is not a zero",
    )
}

pub(super) fn negative_time() -> Refusal {
    Refusal::new(
        "negative_time",
        "a time lies before the origin of the clock",
        "check the dates, and state from what the clock runs",
    )
}

pub(super) fn beyond_followup() -> Refusal {
    Refusal::new(
        "beyond_followup",
        "nobody was observed for so long, and a curve is not drawn out beyond its data",
        "ask for a time within the follow-up",
    )
}

fn no_causes() -> Refusal {
    Refusal::new("no_causes", "no kind of event is stated", "state one kind of event at least")
}

fn counts_disagree() -> Refusal {
    Refusal::new(
        "counts_disagree",
        "the numbers at risk do not follow from the numbers that leave: more leave than are there, somebody vanishes, or somebody is left over",
        "count everybody once, at the time of the event or of censoring",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn table(time: &[f64], cause: &[u8], causes: u8) -> RiskTable {
        RiskTable::from_rows(time, cause, causes, None).expect("a table")
    }

    #[test]
    fn risk_table_by_hand() {
        let found = table(&[3.0, 1.0, 3.0, 2.0, 3.0], &[1, 0, 0, 2, 1], 2);
        assert_eq!(found.time(), [1.0, 2.0, 3.0]);
        assert_eq!(found.at_risk(), [5, 4, 3]);
        assert_eq!(
            (found.events(0), found.events(1), found.events(2)),
            (&[0, 0][..], &[0, 1][..], &[2, 0][..])
        );
        assert_eq!(found.censored(), [1, 0, 1]);
        assert_eq!((found.n(), found.causes(), found.delayed()), (5, 2, false));
        assert_eq!(
            (found.events_of(0), found.events_of(1), found.events_of(2), found.events_of(3)),
            (0, 2, 1, 0)
        );
        assert_eq!([0.0, 1.0, 1.5, 3.0, 3.5].map(|time| found.at_risk_at(time)), [5, 5, 4, 3, 0]);
        assert!(found.events(3).is_empty());
        let any = found.any_cause();
        assert_eq!((any.causes(), any.all_events(1), any.all_events(2)), (1, 1, 2));
        assert_eq!(code(found.check_one_cause()), Some("competing_events"));
    }

    #[test]
    fn risk_table_with_delayed_entry() {
        // One from the start, one from 1 on, one from 2 on; events at 2 and 3.
        let found =
            RiskTable::from_rows(&[2.0, 3.0, 3.0], &[1, 1, 0], 1, Some(&[0.0, 1.0, 2.0])).expect("a table");
        assert_eq!(found.time(), [1.0, 2.0, 3.0]);
        assert_eq!(found.at_risk(), [1, 2, 2]);
        assert_eq!(found.censored(), [0, 0, 1]);
        assert!(found.delayed() && found.thin_start());
        assert_eq!(found.thin_events().len(), 2);
        // Entry at or before the origin is no delay.
        let early = RiskTable::from_rows(&[0.0, 3.0], &[1, 1], 1, Some(&[-5.0, 0.0])).expect("a table");
        assert_eq!(early, table(&[0.0, 3.0], &[1, 1], 1));
    }

    #[test]
    fn risk_table_thin_ends_are_not_thin_starts() {
        let time: Vec<f64> = (1..=8).map(f64::from).collect();
        let found = table(&time, &[1; 8], 1);
        assert_eq!(found.thin_events().len(), 4);
        assert!(!found.thin_start() && found.check_start().is_ok());
        // The same with a late start: two at first, an event, then twenty.
        let mut time = vec![2.0, 2.5];
        let mut entry = vec![0.0, 0.0];
        for late in 0..20 {
            time.push(10.0 + f64::from(late));
            entry.push(3.0);
        }
        let found = RiskTable::from_rows(&time, &[1; 22], 1, Some(&entry)).expect("a table");
        assert!(found.thin_start());
        assert_eq!(code(found.check_start()), Some("risk_set_lt_5"));
        assert_eq!(found.sound_from(), Some(2.5));
        let later = found.after(2.5).expect("a table");
        assert!(!later.thin_start());
        assert_eq!((later.n(), later.origin(), later.time()[0]), (20, 2.5, 3.0));
        let later = found.after(3.0).expect("a table");
        assert!(!later.delayed());
        assert_eq!((later.n(), later.time()[0], later.at_risk()[0]), (20, 10.0, 20));
    }

    #[test]
    fn risk_table_from_counts_is_the_table_from_rows() {
        let rows = table(&[3.0, 1.0, 3.0, 2.0, 3.0], &[1, 0, 0, 2, 1], 2);
        let counts =
            RiskTable::from_counts(&[1.0, 2.0, 3.0], &[5, 4, 3], &[&[0, 0, 2], &[0, 1, 0]], &[1, 0, 1]);
        assert_eq!(counts, Ok(rows));
        let rows =
            RiskTable::from_rows(&[2.0, 3.0, 3.0], &[1, 1, 0], 1, Some(&[0.0, 1.0, 2.0])).expect("a table");
        let counts = RiskTable::from_counts(&[1.0, 2.0, 3.0], &[1, 2, 2], &[&[0, 1, 1]], &[0, 0, 1]);
        assert_eq!(counts, Ok(rows));
    }

    #[test]
    fn risk_table_refuses_rows() {
        let refused = |time: &[f64], cause: &[u8], causes, entry: Option<&[f64]>| {
            code(RiskTable::from_rows(time, cause, causes, entry))
        };
        assert_eq!(refused(&[], &[], 1, None), Some("empty"));
        assert_eq!(refused(&[1.0], &[], 1, None), Some("lengths_differ"));
        assert_eq!(refused(&[1.0], &[1], 1, Some(&[])), Some("lengths_differ"));
        assert_eq!(refused(&[1.0], &[1], 0, None), Some("no_causes"));
        assert_eq!(refused(&[1.0], &[2], 1, None), Some("unknown_cause"));
        assert_eq!(refused(&[f64::NAN], &[1], 1, None), Some("not_finite"));
        assert_eq!(refused(&[f64::INFINITY], &[1], 1, None), Some("not_finite"));
        assert_eq!(refused(&[-1.0], &[1], 1, None), Some("negative_time"));
        assert_eq!(refused(&[1.0], &[1], 1, Some(&[f64::NAN])), Some("not_finite"));
        assert_eq!(refused(&[1.0], &[1], 1, Some(&[1.0])), Some("exit_not_after_entry"));
        assert_eq!(refused(&[-0.0], &[1], 1, Some(&[0.0])), None);
        assert_eq!(refused(&[1e300], &[1], 1, None), None);
    }

    #[test]
    fn risk_table_refuses_counts() {
        let refused = |time: &[f64], at_risk: &[u64], events: &[&[u64]], censored: &[u64]| {
            code(RiskTable::from_counts(time, at_risk, events, censored))
        };
        assert_eq!(refused(&[], &[], &[&[]], &[]), Some("empty"));
        assert_eq!(refused(&[1.0], &[0], &[&[0]], &[0]), Some("empty"));
        assert_eq!(refused(&[1.0], &[1], &[], &[1]), Some("no_causes"));
        assert_eq!(refused(&[1.0], &[1], &[&[]], &[1]), Some("lengths_differ"));
        assert_eq!(refused(&[2.0, 1.0], &[2, 1], &[&[1, 1]], &[0, 0]), Some("times_not_increasing"));
        assert_eq!(refused(&[1.0, 1.0], &[2, 1], &[&[1, 1]], &[0, 0]), Some("times_not_increasing"));
        assert_eq!(refused(&[1.0], &[1], &[&[2]], &[0]), Some("counts_disagree"));
        assert_eq!(refused(&[1.0], &[3], &[&[2]], &[0]), Some("counts_disagree"));
        assert_eq!(refused(&[1.0, 2.0], &[5, 1], &[&[1, 1]], &[0, 0]), Some("counts_disagree"));
        assert_eq!(refused(&[1.0], &[5], &[&[u64::MAX]], &[u64::MAX]), Some("counts_disagree"));
        assert_eq!(refused(&[f64::NAN], &[1], &[&[1]], &[0]), Some("not_finite"));
    }

    #[test]
    fn risk_table_refuses_to_go_on_from_nowhere() {
        let found = table(&[1.0, 2.0], &[1, 1], 1);
        assert_eq!(code(found.after(2.0)), Some("nobody_at_risk"));
        assert_eq!(code(found.after(-1.0)), Some("negative_time"));
        assert_eq!(code(found.after(f64::NAN)), Some("not_finite"));
        assert_eq!(found.after(0.0), Ok(found.clone()));
        assert_eq!(code(found.row_at(2.5, false)), Some("beyond_followup"));
        assert_eq!(found.row_at(2.5, true), Ok(Some(1)));
        assert_eq!(found.row_at(0.5, false), Ok(None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn risk_table_counts_every_row_once_in_any_order(
            rows in proptest::collection::vec((0_u8..12, 0_u8..3, 0_u8..12), 1..40),
            turn in 0_usize..40,
        ) {
            let build = |rows: &[(u8, u8, u8)]| {
                let time: Vec<f64> = rows.iter().map(|row| f64::from(row.0) / 3.0).collect();
                let cause: Vec<u8> = rows.iter().map(|row| row.1).collect();
                let entry: Vec<f64> =
                    rows.iter().map(|row| if row.2 < row.0 { f64::from(row.2) / 3.0 } else { 0.0 }).collect();
                RiskTable::from_rows(&time, &cause, 2, Some(&entry)).expect("a table")
            };
            let found = build(&rows);
            prop_assert_eq!((0..found.rows()).map(|row| found.leaving(row)).sum::<u64>(), rows.len() as u64);
            let mut turned = rows.clone();
            turned.rotate_left(turn % rows.len());
            turned.reverse();
            prop_assert_eq!(build(&turned), found.clone());
            // Counting whole numbers and sorting thirds give the same table.
            let time: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let cause: Vec<u8> = rows.iter().map(|row| row.1).collect();
            let entry: Vec<f64> =
                rows.iter().map(|row| if row.2 < row.0 { f64::from(row.2) } else { 0.0 }).collect();
            let late: Vec<f64> = entry.iter().copied().filter(|&entry| entry > 0.0).collect();
            let counted = RiskTable::from_rows(&time, &cause, 2, Some(&entry)).expect("a table");
            prop_assert_eq!(&counted, &RiskTable::sort_times(&time, &cause, 2, late));
            prop_assert_eq!(counted.at_risk(), found.at_risk());
            // What a row says is what counting says.
            for (row, &time) in found.time().iter().enumerate() {
                let inside = rows.iter().filter(|row| {
                    let (exit, late) = (f64::from(row.0) / 3.0, if row.2 < row.0 { f64::from(row.2) / 3.0 } else { 0.0 });
                    exit >= time && (late < time || late == 0.0)
                });
                prop_assert_eq!(found.at_risk()[row], inside.count() as u64);
            }
            // And the table is accepted as counts.
            let of = |cause: usize| (0..found.rows()).map(|row| found.events(row)[cause]).collect::<Vec<_>>();
            let counts = RiskTable::from_counts(found.time(), found.at_risk(), &[&of(0), &of(1)], found.censored());
            prop_assert_eq!(counts.map(|table| (table.n(), table.time().len())), Ok((found.n(), found.rows())));
        }
    }
}
