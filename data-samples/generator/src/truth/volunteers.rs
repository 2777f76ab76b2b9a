//! Volunteers: trained, active, leaving, and what trainings taught.

use crate::calendar::{QUARTERS, quarter_end, quarter_of, quarter_start};
use crate::plain_csv::adult_sex;
use crate::programme::{Leader, Programme, Sex};
use crate::strands::Strands;
use crate::strands::volunteers::{MANUALS, VERSIONS};
use crate::truth::cells::{Cell, Dimension, Tally};

/// Days before a period's end in which a volunteer has to have led a session
/// to be active.
const ACTIVE_DAYS: i32 = 90;

pub(super) fn count(programme: &Programme, strands: &Strands, cells: &mut Vec<Cell>) {
    let life = &strands.volunteers;
    let mut trained = Tally::count("volunteers_trained", vec![Dimension::sex()]);
    let mut active = Tally::count("volunteers_active", Vec::new());
    let mut activity = Tally::ratio("volunteer_activity", Vec::new());
    let mut departures = Tally::ratio("volunteer_departures", Vec::new());

    // The last day before each quarter's end on which a volunteer led a
    // session after the training.
    let mut last_led = vec![[None; QUARTERS]; programme.volunteers.len()];
    for session in &programme.sessions {
        let Leader::Volunteer(volunteer) = session.leader else {
            continue;
        };
        if programme.volunteers[volunteer as usize].trained <= session.day {
            for day in &mut last_led[volunteer as usize][session.quarter.into()..] {
                *day = (*day).max(Some(session.day));
            }
        }
    }
    for (number, volunteer) in programme.volunteers.iter().enumerate() {
        let (site, left) = (volunteer.site, life.left[number]);
        let sex = match adult_sex(programme.seed, number as u32) {
            Sex::Female => 0,
            Sex::Male => 1,
            Sex::Unknown => 2,
        };
        trained.one_in(site, quarter_of(volunteer.trained), &[sex]);
        if let Some(quarter) = left.and_then(quarter_of) {
            departures.add(site, quarter, &[], 1, 0);
        }
        for (quarter, last_led) in last_led[number].iter().enumerate() {
            let (start, end) = (quarter_start(quarter), quarter_end(quarter));
            // Days from the training, that day included, to the day of
            // leaving, that day excluded.
            let from = volunteer.trained.max(start);
            let until = left.map_or(end.plus(1), |left| left.min(end.plus(1)));
            if from < until {
                departures.add(site, quarter, &[], 0, i64::from(until.0 - from.0));
            }
            let stays = volunteer.trained <= end && left.is_none_or(|left| left > end);
            let leads = last_led.is_some_and(|day| end.0 - day.0 < ACTIVE_DAYS);
            if stays {
                activity.add(site, quarter, &[], i64::from(leads), 1);
                if leads {
                    active.one(site, quarter, &[]);
                }
            }
        }
    }
    for tally in [trained, active, activity, departures] {
        tally.finish(cells);
    }
    knowledge(strands, cells);
}

/// Points in the tests before and after, and gained between them, for those who
/// sat both.
fn knowledge(strands: &Strands, cells: &mut Vec<Cell>) {
    let languages = Dimension::of_words("manual_language", &MANUALS);
    let versions = Dimension::of_words("manual_version", &VERSIONS);
    let crossed = languages.cross(&versions);
    let mut change = Tally::ratio("knowledge_change", vec![languages.clone(), versions.clone(), crossed]);
    let [mut first, mut second] = ["knowledge_before", "knowledge_after"]
        .map(|indicator| Tally::ratio(indicator, vec![languages.clone(), versions.clone()]));
    for test in &strands.volunteers.tests {
        if let (Some(quarter), Some(before), Some(after)) = (quarter_of(test.day), test.before, test.after) {
            let (language, version) = (test.language.into(), test.version.into());
            let both = languages.crossed(language, &versions, version);
            first.add(test.site, quarter, &[language, version], before.into(), 1);
            second.add(test.site, quarter, &[language, version], after.into(), 1);
            change.add(test.site, quarter, &[language, version, both], (after - before).into(), 1);
        }
    }
    for tally in [first, second, change] {
        tally.finish(cells);
    }
}
