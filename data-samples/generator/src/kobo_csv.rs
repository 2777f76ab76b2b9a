//! Writes the livelihood follow-ups as KoboToolbox writes a CSV export:
//! semicolons, every field quoted, CRLF, UTF-8 without a byte order mark.

use std::ops::Range;
use std::path::Path;

use crate::design::{ENOUGH_BAHT, RUN_MONTHS};
use crate::dirt;
use crate::programme::{Family, Finding, Programme};
use crate::rng::{Rng, Stream};
use crate::submissions::{COPY_FIELDS, Form, Kind, Plan, Record, Submission, frame};

const QUESTIONS: [&str; 8] =
    ["start", "end", "group_place/province", "family", "month", "visited", "own_income", "grant_received"];

/// Follow-ups that were recorded, as (family, position among its months).
pub(crate) fn recorded(programme: &Programme) -> Vec<(u32, u8)> {
    let mut recorded = Vec::new();
    for (family, number) in programme.families.iter().zip(0..) {
        for (month, offset) in family.months.iter().zip(0..) {
            if month.finding != Finding::Missing {
                recorded.push((number, offset));
            }
        }
    }
    recorded
}

/// The follow-ups as records of the form. A rejected mistake may stand beside
/// those that alone keep a family from a full run of good months, so that
/// counting the mistake changes the result.
pub(crate) fn records<'a>(
    programme: &'a Programme,
    recorded: &'a [(u32, u8)],
) -> impl Iterator<Item = Record> + 'a {
    recorded.iter().map(|&(family, offset)| {
        let family = &programme.families[family as usize];
        Record {
            day: family.months[usize::from(offset)].day,
            may_be_mistaken: breaks_a_run(family, offset.into()),
        }
    })
}

/// Whether the month at `offset` is the only thing between a family that is
/// not self-sufficient and a full run.
fn breaks_a_run(family: &Family, offset: usize) -> bool {
    if family.self_sufficient || family.months[offset].counts() {
        return false;
    }
    let before = family.months[..offset].iter().rev();
    let after = family.months[offset + 1..].iter();
    let good =
        before.take_while(|month| month.counts()).count() + after.take_while(|month| month.counts()).count();
    good + 1 >= RUN_MONTHS
}

/// How often a follow-up has no income, for three different reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Blanks {
    /// Nobody was met: not asked.
    pub(crate) not_asked: u32,
    /// The family was met and did not say.
    pub(crate) not_answered: u32,
    /// The family had no income: a zero, not a blank.
    pub(crate) zero: u32,
}

/// Counts the blanks of the follow-ups as drawn.
pub(crate) fn blanks(programme: &Programme) -> Blanks {
    let mut blanks = Blanks::default();
    for month in programme.families.iter().flat_map(|family| &family.months) {
        match month.finding {
            Finding::NotVisited => blanks.not_asked += 1,
            Finding::Visited { own_income: None, .. } => blanks.not_answered += 1,
            Finding::Visited { own_income: Some(0), .. } => blanks.zero += 1,
            _ => {}
        }
    }
    blanks
}

/// Writes the submissions at `positions` as one complete export.
pub(crate) fn write(
    programme: &Programme,
    recorded: &[(u32, u8)],
    plan: &Plan,
    positions: Range<usize>,
    path: &Path,
) -> Result<(), csv::Error> {
    let mut out = csv::WriterBuilder::new()
        .delimiter(b';')
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_path(path)?;
    out.write_record(QUESTIONS.iter().chain(&COPY_FIELDS).chain(&["_index"]))?;
    for (position, index) in positions.zip(1u32..) {
        let submission = &plan.submissions[position];
        let (number, offset) = recorded[submission.record as usize];
        let family = &programme.families[number as usize];
        let month = &family.months[usize::from(offset)];
        let frame = frame(programme.seed, Form::FollowUps, position, submission, month.day, family.site);
        out.write_field(&frame.start)?;
        out.write_field(&frame.end)?;
        for answer in answers(programme, submission, number, usize::from(offset)) {
            out.write_field(answer)?;
        }
        out.write_field(frame.id.to_string())?;
        for cell in &frame.copied {
            out.write_field(cell)?;
        }
        out.write_field(index.to_string())?;
        out.write_record(None::<&[u8]>)?;
    }
    out.flush()?;
    Ok(())
}

/// Province, family, month, visited, income and grant of one follow-up.
fn answers(programme: &Programme, submission: &Submission, number: u32, offset: usize) -> [String; 6] {
    let family = &programme.families[number as usize];
    let month = &family.months[offset];
    // A duplicate is spelled like its original, a mistake on its own.
    let kind = match submission.kind {
        Kind::Correct | Kind::Duplicate => 0,
        Kind::ImpossibleDate => 1,
        Kind::NotApproved => 2,
    };
    let key = u64::from(submission.record) * 3 + kind;
    let mut rng = Rng::keyed(programme.seed, Stream::FollowUpText, key);
    let province = dirt::province(&mut rng, family.site).to_owned();
    let date = match submission.kind {
        Kind::ImpossibleDate => dirt::impossible_date(&mut rng, month.day),
        _ => dirt::date(&mut rng, month.day),
    };
    let finding = match submission.kind {
        // What was not so: the good month the family would have needed.
        Kind::NotApproved => Finding::Visited {
            own_income: Some(ENOUGH_BAHT + 100 * (1 + rng.below(30) as u32)),
            grant: false,
        },
        _ => month.finding,
    };
    let (visited, own_income, grant) = match finding {
        Finding::Missing | Finding::NotVisited => ("no", String::new(), ""),
        Finding::Visited { own_income, grant } => (
            "yes",
            own_income.map_or_else(String::new, |amount| dirt::baht(&mut rng, amount)),
            if grant { "yes" } else { "no" },
        ),
    };
    [province, format!("F{:03}", number + 1), date, visited.to_owned(), own_income, grant.to_owned()]
}
