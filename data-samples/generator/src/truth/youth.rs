//! Young people: sessions, who took part, placements, school.

use crate::calendar::{QUARTERS, quarter_end, quarter_of};
use crate::strands::Strands;
use crate::strands::resources::GRANTS;
use crate::strands::volunteers::{MODES, Mode};
use crate::strands::youth::{ACTIVITIES, AGE_BANDS, PARTNERS, Youth};
use crate::truth::cells::{Cell, Dimension, Tally};

pub(super) fn count(strands: &Strands, cells: &mut Vec<Cell>) {
    let youth = &strands.youth;
    sessions(youth, cells);
    placements(youth, cells);
    let mut school = Tally::ratio("still_in_school", vec![Dimension::sex()]);
    for check in &youth.checks {
        let child = &youth.children[check.child as usize];
        if let (Some(quarter), Some(stays)) = (quarter_of(check.day), check.in_school) {
            school.add(child.site, quarter, &[child.sex as usize], stays.into(), 1);
        }
    }
    school.finish(cells);
}

fn sessions(youth: &Youth, cells: &mut Vec<Cell>) {
    let activities = Dimension::of_words("activity", &ACTIVITIES);
    let modes = Dimension::new("mode", MODES);
    let grants = Dimension::new("grant", GRANTS);
    let bands = || Dimension::new("age_band", AGE_BANDS.map(|(name, _, _)| name));
    let mut sessions = Tally::count("youth_sessions", vec![activities, modes, grants]);
    let mut reached = Tally::count("youth_reached", vec![Dimension::sex(), bands()]);
    let mut by_mode = ["youth_in_person", "youth_remote"].map(|id| Tally::count(id, vec![Dimension::sex()]));
    // The quarter, one more, in which somebody last took part: at all, in
    // person, remotely. Nobody takes part outside the own site.
    let mut last = vec![[0usize; 3]; youth.children.len()];
    for (number, session) in youth.sessions.iter().enumerate() {
        let (site, quarter) = (session.site, usize::from(session.quarter));
        let mode = session.mode as usize;
        sessions.one(site, quarter, &[session.activity.into(), mode, session.grant.into()]);
        for &child in youth.participants(number) {
            let last = &mut last[child as usize];
            let child = &youth.children[child as usize];
            let sex = child.sex as usize;
            if last[0] != quarter + 1 {
                reached.one(site, quarter, &[sex, child.age_band()]);
            }
            if last[1 + mode] != quarter + 1 {
                by_mode[mode].one(site, quarter, &[sex]);
            }
            (last[0], last[1 + mode]) = (quarter + 1, quarter + 1);
        }
    }
    debug_assert_eq!((Mode::InPerson as usize, Mode::Remote as usize), (0, 1));
    sessions.finish(cells);
    reached.finish(cells);
    for tally in by_mode {
        tally.finish(cells);
    }
}

fn placements(youth: &Youth, cells: &mut Vec<Cell>) {
    let partners = || vec![Dimension::new("partner", PARTNERS)];
    let mut started = Tally::count("placements_started", partners());
    let mut open = Tally::count("placements_open", partners());
    for placement in &youth.placements {
        let at = [usize::from(placement.partner)];
        started.one_in(placement.site, quarter_of(placement.started), &at);
        for quarter in 0..QUARTERS {
            let end = quarter_end(quarter);
            if placement.started <= end && placement.ended.is_none_or(|ended| ended > end) {
                open.one(placement.site, quarter, &at);
            }
        }
    }
    started.finish(cells);
    open.finish(cells);
}
