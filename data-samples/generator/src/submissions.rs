//! What KoboToolbox adds to a form: who submitted what when, twice or wrongly.
//!
//! The plan of a form lists its submissions by the time the server received
//! them. Beside one correct submission for every record it holds, at regular
//! distances that the seed shifts:
//!
//! - duplicates: the same submission again, same `_uuid`, other `_id`;
//! - impossible dates: a mistaken submission just before the correct one,
//!   whose date does not exist;
//! - not approved: a mistaken submission just before the correct one, with a
//!   date that exists, which the office has rejected;
//! - late ones: the correct submission arrives weeks after the day.

use serde::Serialize;

use crate::calendar::{Day, EXTRACT};
use crate::design::Site;
use crate::dirt::has_impossible_date;
use crate::rng::{Rng, Stream};

/// Columns every KoboToolbox export ends with, before `_index`.
pub(crate) const COPY_FIELDS: [&str; 10] = [
    "_id",
    "_uuid",
    "_submission_time",
    "_validation_status",
    "_notes",
    "_status",
    "_submitted_by",
    "__version__",
    "_tags",
    "meta/rootUuid",
];

/// Seconds in a day.
const DAY: i64 = 86_400;
/// Local time is seven hours ahead of UTC.
const OFFSET: i64 = 7 * 3_600;

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Workshops = 0,
    FollowUps = 1,
    KnowledgeTests = 2,
    YouthSessions = 3,
    CoachingVisits = 4,
    Relief = 5,
    RiskAssessments = 6,
    Fidelity = 7,
}

impl Form {
    /// Every how many records something happens.
    const fn rates(self) -> Rates {
        match self {
            Form::Workshops => Rates { duplicate: 61, impossible: 43, not_approved: 97, late: 29 },
            Form::FollowUps => Rates { duplicate: 53, impossible: 41, not_approved: 4, late: 31 },
            Form::Relief | Form::Fidelity => {
                Rates { duplicate: 31, impossible: 23, not_approved: 37, late: 29 }
            }
            Form::KnowledgeTests | Form::YouthSessions | Form::CoachingVisits | Form::RiskAssessments => {
                Rates { duplicate: 47, impossible: 37, not_approved: 59, late: 31 }
            }
        }
    }

    /// Number of the form's first submission.
    const fn first_id(self) -> u64 {
        match self {
            Form::Workshops => 41_200_000,
            Form::FollowUps => 43_700_000,
            Form::KnowledgeTests => 44_100_000,
            Form::YouthSessions => 44_600_000,
            Form::CoachingVisits => 45_300_000,
            Form::Relief => 45_900_000,
            Form::RiskAssessments => 46_400_000,
            Form::Fidelity => 47_000_000,
        }
    }

    /// The seed of the form's own random numbers, and where its keys lie: the
    /// first two forms share one seed, every other form has its own.
    fn roots(self, seed: u64) -> (u64, u64) {
        match self {
            Form::Workshops | Form::FollowUps => (seed, self as u64),
            _ => (Rng::keyed(seed, Stream::Forms, self as u64).bits(), 0),
        }
    }
}

struct Rates {
    duplicate: u32,
    impossible: u32,
    not_approved: u32,
    late: u32,
}

/// One record of a form, as far as the plan needs to know it.
pub(crate) struct Record {
    /// The day it is about, and on which the form is filled in.
    pub(crate) day: Day,
    /// Whether a rejected mistake may stand beside it.
    pub(crate) may_be_mistaken: bool,
}

/// What a submission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Correct,
    Duplicate,
    ImpossibleDate,
    NotApproved,
}

/// One submission of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Submission {
    /// Seconds since 1970 (UTC) when the server received it.
    pub(crate) received: i64,
    /// Number of the record.
    pub(crate) record: u32,
    pub(crate) kind: Kind,
}

/// Submissions that are not simply right, by form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SubmissionDirt {
    /// Submitted again with the same `_uuid`.
    pub duplicate_submissions: u32,
    /// Mistaken submissions with a date that does not exist.
    pub impossible_dates: u32,
    /// Mistaken submissions the office has rejected.
    pub not_approved_submissions: u32,
    /// Correct submissions received three to nine weeks after the day.
    pub late_submissions: u32,
}

/// All submissions of a form, by the time they were received.
pub(crate) struct Plan {
    pub(crate) submissions: Vec<Submission>,
    pub(crate) dirt: SubmissionDirt,
}

/// Counts eligible records and says which of them it hits.
pub(crate) struct Every {
    step: u32,
    next: u32,
}

impl Every {
    pub(crate) fn new(rng: &mut Rng, step: u32) -> Every {
        Every { step, next: rng.below(u64::from(step)) as u32 }
    }

    pub(crate) fn hits(&mut self) -> bool {
        if self.next == 0 {
            self.next = self.step - 1;
            return true;
        }
        self.next -= 1;
        false
    }
}

/// Plans the submissions of a form.
pub(crate) fn plan(seed: u64, form: Form, records: impl Iterator<Item = Record>) -> Plan {
    let (root, lane) = form.roots(seed);
    let mut rng = Rng::keyed(root, Stream::Plan, lane);
    let rates = form.rates();
    let mut duplicate = Every::new(&mut rng, rates.duplicate);
    let mut impossible = Every::new(&mut rng, rates.impossible);
    let mut not_approved = Every::new(&mut rng, rates.not_approved);
    let mut late = Every::new(&mut rng, rates.late);
    let close = i64::from(EXTRACT.0) * DAY - OFFSET;
    let mut submissions = Vec::new();
    let mut dirt = SubmissionDirt::default();
    for (record, number) in records.zip(0u32..) {
        let end = filled(seed, form, number, Kind::Correct, record.day).1;
        let mut push = |received: i64, kind: Kind| {
            submissions.push(Submission { received, record: number, kind });
        };
        let weeks_later = end + i64::from(rng.between(21, 63)) * DAY;
        let delay = 60 + rng.below(20 * 3_600) as i64;
        let is_late = weeks_later + 5 * DAY < close && late.hits();
        dirt.late_submissions += u32::from(is_late);
        let received = if is_late { weeks_later } else { end } + delay;
        push(received, Kind::Correct);
        if duplicate.hits() {
            push(received + 5 + rng.below(3 * 86_400) as i64, Kind::Duplicate);
            dirt.duplicate_submissions += 1;
        }
        if has_impossible_date(record.day) && impossible.hits() {
            push(received - 15, Kind::ImpossibleDate);
            dirt.impossible_dates += 1;
        }
        if record.may_be_mistaken && not_approved.hits() {
            push(received - 30, Kind::NotApproved);
            dirt.not_approved_submissions += 1;
        }
    }
    submissions.sort_unstable();
    Plan { submissions, dirt }
}

/// When the form was opened and saved on the phone, in seconds since 1970
/// (UTC). A duplicate is the same form sent twice; a mistaken one was filled
/// in shortly before the correct one.
fn filled(seed: u64, form: Form, record: u32, kind: Kind, day: Day) -> (i64, i64) {
    let (root, lane) = form.roots(seed);
    let key = u64::from(record) * 2 + lane;
    let mut rng = Rng::keyed(root, Stream::Plan, key + 2);
    let before = match kind {
        Kind::Correct | Kind::Duplicate => 0,
        Kind::ImpossibleDate => 900,
        Kind::NotApproved => 1_800,
    };
    let opened = i64::from(day.0) * DAY - OFFSET + 9 * 3_600 + rng.below(8 * 3_600) as i64;
    let minutes = 4 * 60 + rng.below(9 * 60) as i64;
    (opened - before, opened - before + minutes)
}

/// The cells around a form's own questions.
pub(crate) struct Frame {
    /// `start`, local time with its offset.
    pub(crate) start: String,
    /// `end`, likewise.
    pub(crate) end: String,
    /// `_id`.
    pub(crate) id: u64,
    /// The other nine of [`COPY_FIELDS`], as text.
    pub(crate) copied: [String; 9],
}

/// The frame of the submission at `position` of its plan.
pub(crate) fn frame(
    seed: u64,
    form: Form,
    position: usize,
    submission: &Submission,
    day: Day,
    site: Site,
) -> Frame {
    let Submission { received, record, kind } = *submission;
    let (start, end) = filled(seed, form, record, kind, day);
    let uuid = uuid(seed, form, record, kind);
    let (root, lane) = form.roots(seed);
    let mut rng = Rng::keyed(root, Stream::Plan, u64::MAX - (u64::from(record) * 2 + lane));
    let status = match kind {
        Kind::NotApproved => "validation_status_not_approved",
        Kind::Correct if rng.chance(2, 3) => "validation_status_approved",
        _ => "",
    };
    let team = match site {
        Site::ChiangRai => "fieldteam_cr",
        Site::Nan => "fieldteam_nan",
    };
    // The forms were deployed again in the summer of 2020.
    let version = if day < Day::of(2020, 7, 6) { "vK3mXw7RtYp2Lq9Zs4Hd6B" } else { "vT8nQc5JvGf1Wx3Rk7My2P" };
    Frame {
        start: format!("{}.000+07:00", stamp(start + OFFSET)),
        end: format!("{}.000+07:00", stamp(end + OFFSET)),
        // Ascending, with gaps: the server counts all its projects together.
        id: form.first_id() + 9 * position as u64 + rng.below(9),
        copied: [
            uuid.clone(),
            stamp(received),
            status.to_owned(),
            String::new(),
            "submitted_via_web".to_owned(),
            team.to_owned(),
            version.to_owned(),
            String::new(),
            format!("uuid:{uuid}"),
        ],
    }
}

/// Seconds since 1970 as `2020-08-15T09:30:00`.
fn stamp(seconds: i64) -> String {
    let day = Day(seconds.div_euclid(DAY) as i32).civil();
    let time = seconds.rem_euclid(DAY);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        day.year,
        day.month,
        day.day,
        time / 3_600,
        time / 60 % 60,
        time % 60
    )
}

/// A version 4 UUID; a duplicate has that of the correct submission.
fn uuid(seed: u64, form: Form, record: u32, kind: Kind) -> String {
    let kind = match kind {
        Kind::Correct | Kind::Duplicate => 0,
        Kind::ImpossibleDate => 1,
        Kind::NotApproved => 2,
    };
    let (root, lane) = form.roots(seed);
    let key = (u64::from(record) * 3 + kind) * 2 + lane;
    let mut rng = Rng::keyed(root, Stream::Uuid, key);
    let (a, b) = (rng.bits(), rng.bits());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        (b >> 48) & 0x3fff | 0x8000,
        b & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn records() -> impl Iterator<Item = Record> {
        (0..900).map(|n| Record { day: Day(Day::of(2019, 7, 1).0 + n), may_be_mistaken: n > 200 })
    }

    #[test]
    fn a_plan_holds_every_record_once_and_its_mistakes() {
        for seed in 0..30 {
            for form in [Form::Workshops, Form::FollowUps, Form::KnowledgeTests, Form::Relief] {
                let plan = plan(seed, form, records());
                let count = |kind| plan.submissions.iter().filter(|s| s.kind == kind).count() as u32;
                assert_eq!(count(Kind::Correct), 900);
                assert_eq!(count(Kind::Duplicate), plan.dirt.duplicate_submissions);
                assert_eq!(count(Kind::ImpossibleDate), plan.dirt.impossible_dates);
                assert_eq!(count(Kind::NotApproved), plan.dirt.not_approved_submissions);
                assert!(plan.dirt.duplicate_submissions > 10);
                assert!(plan.dirt.impossible_dates > 5);
                assert!(plan.dirt.not_approved_submissions > 5);
                assert!(plan.dirt.late_submissions > 20);
                let close = i64::from(EXTRACT.0) * DAY;
                assert!(plan.submissions.iter().all(|s| s.received < close));
                assert!(plan.submissions.is_sorted());
            }
        }
    }

    #[test]
    fn frames_are_ascending_and_uuids_belong_to_the_form_filled_in() {
        let day = Day::of(2020, 8, 15);
        let plan = plan(1, Form::Workshops, records());
        let mut uuids = HashSet::new();
        let mut last = 0;
        for (position, submission) in plan.submissions.iter().enumerate() {
            let frame = frame(1, Form::Workshops, position, submission, day, Site::Nan);
            assert!(frame.id > last);
            last = frame.id;
            let new = uuids.insert(frame.copied[0].clone());
            assert_eq!(frame.copied[0].len(), 36);
            if submission.kind != Kind::Duplicate {
                assert!(new || submission.kind == Kind::Correct);
            }
        }
        assert_eq!(uuids.len(), plan.submissions.len() - plan.dirt.duplicate_submissions as usize);
    }

    #[test]
    fn stamps_are_iso() {
        assert_eq!(stamp(0), "1970-01-01T00:00:00");
        let noon = i64::from(Day::of(2020, 2, 29).0) * DAY + 43_205;
        assert_eq!(stamp(noon), "2020-02-29T12:00:05");
    }
}
