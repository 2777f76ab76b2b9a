//! Civil registration: every step on the way to an identity document.

use crate::calendar::{Day, QUARTERS, quarter_end, quarter_of};
use crate::design::{COMPLETION_MONTHS, DISTRICTS, GROUPS};
use crate::plain_csv::child_sex;
use crate::programme::{Case, Programme};
use crate::strands::registration::{Residence, left};
use crate::truth::cells::{Cell, Dimension, Tally, Values};

/// Days without a step after which an open case has stalled.
const STALLED_DAYS: i32 = 90;

pub(super) fn count(programme: &Programme, cells: &mut Vec<Cell>) {
    let mut groups: Vec<&str> = GROUPS.concat();
    groups.sort_unstable();
    groups.dedup();
    let (districts, groups) =
        (Dimension::new("district", DISTRICTS.concat()), Dimension::new("community", groups));
    let dimensions = || vec![districts.clone(), groups.clone()];
    let mut steps = [
        "children_identified",
        "documents_gathered",
        "applications_filed",
        "applications_approved",
        "documents_received",
    ]
    .map(|indicator| Tally::count(indicator, dimensions()));
    let mut completion =
        Tally::ratio("registration_completion", vec![Dimension::sex(), districts.clone(), groups.clone()]);
    let mut days = Values::median("days_to_document", dimensions());
    let mut stalled = Tally::ratio("registration_stalled", dimensions());
    for (number, case) in programme.cases.iter().enumerate() {
        let residence = Residence::of(programme.seed, number);
        let district = districts.position(residence.district(case));
        let group = groups.position(residence.group(case));
        let at = [district, group];
        let days_of = [Some(case.identified), case.documents, case.filed, case.approved, case.received];
        for (tally, day) in steps.iter_mut().zip(days_of) {
            tally.one_in(case.site, day.and_then(quarter_of), &at);
        }
        if let Some(received) = case.received
            && let Some(quarter) = quarter_of(received)
        {
            days.add(case.site, quarter, &at, (received.0 - case.identified.0).into());
        }
        let deadline = case.identified.plus_months(COMPLETION_MONTHS);
        let sex = child_sex(programme.seed, number) as usize;
        for quarter in 0..QUARTERS {
            let end = quarter_end(quarter);
            if deadline <= end {
                let in_time = case.received.is_some_and(|day| day <= deadline);
                completion.add(case.site, quarter, &[sex, district, group], in_time.into(), 1);
            }
            if is_open(case, end) {
                let quiet = end.0 - last_step(case, end).0;
                stalled.add(case.site, quarter, &at, (quiet > STALLED_DAYS).into(), 1);
            }
        }
    }
    for tally in steps {
        tally.finish(cells);
    }
    completion.finish(cells);
    days.finish(cells);
    stalled.finish(cells);
}

/// Whether a child was known by a day and then neither had the document nor
/// had left.
fn is_open(case: &Case, day: Day) -> bool {
    let later = |end: Option<Day>| end.is_none_or(|end| end > day);
    case.identified <= day && later(case.received) && later(left(case))
}

/// The last step taken by a day.
fn last_step(case: &Case, day: Day) -> Day {
    let steps = [case.documents, case.filed, case.approved];
    steps.into_iter().flatten().filter(|step| *step <= day).fold(case.identified, Day::max)
}
