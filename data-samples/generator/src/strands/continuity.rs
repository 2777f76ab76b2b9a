//! Continuity under the closures: how many sessions were planned for a month,
//! beside those that were held.

use crate::calendar::{MONTHS, month_of, month_start};
use crate::design::{SITES, Site, activity_percent};
use crate::programme::Programme;
use crate::rng::{Rng, Stream};
use crate::sheet::{Sheet, Tool};
use crate::strands::youth::Youth;

/// What is planned by the month.
pub(crate) const PLANNED: [&str; 2] = ["workshops", "youth"];

/// The plan of a month.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) site: Site,
    pub(crate) month: u8,
    /// Position in [`PLANNED`].
    pub(crate) activity: u8,
    pub(crate) sessions: u32,
}

/// Draws the plan: everything that was held had been planned, and what could
/// not be held had been too, most of it where most stood still.
pub(crate) fn draw(programme: &Programme, youth: &Youth) -> Vec<Plan> {
    let mut held = [[[0u32; MONTHS]; 2]; 2];
    for session in &programme.sessions {
        if let Some(month) = month_of(session.day) {
            held[0][session.site.index()][month] += 1;
        }
    }
    for session in &youth.sessions {
        if let Some(month) = month_of(session.day) {
            held[1][session.site.index()][month] += 1;
        }
    }
    let mut rng = Rng::stream(programme.seed, Stream::Continuity);
    let mut plans = Vec::new();
    for month in 0..MONTHS {
        for site in SITES {
            for (activity, held) in (0u8..).zip(&held) {
                let held = held[site.index()][month];
                let stopped = 100 - activity_percent(site, month / 3).min(95);
                let lost = rng.below(u64::from(2 * programme.scale)) as u32;
                let closed = 12 * programme.scale * stopped / 100;
                plans.push(Plan { site, month: month as u8, activity, sessions: held + lost + closed });
            }
        }
    }
    plans
}

/// The list.
pub(crate) fn sheet(plans: &[Plan]) -> Sheet<'_> {
    // The plan of a month is dated on its first days.
    let day = |row: usize| {
        let Plan { month, activity, .. } = plans[row];
        month_start(month.into()).plus(activity.into())
    };
    Sheet {
        folder: "csv",
        stem: "session_plan",
        row_is: "a site, month and kind of session",
        tool: Tool::Register,
        columns: vec!["plan", "site", "month", "activity", "planned"],
        rows: plans.len(),
        about: Box::new(move |row| (day(row), plans[row].site)),
        cells: Box::new(move |row, text| {
            let plan = &plans[row];
            vec![
                format!("S{:03}", row + 1),
                text.site(plan.site),
                text.day(day(row)),
                PLANNED[usize::from(plan.activity)].to_owned(),
                text.whole(Some(plan.sessions)),
            ]
        }),
        repeat: None,
    }
}
