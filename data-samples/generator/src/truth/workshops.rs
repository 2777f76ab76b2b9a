//! Workshops: who was reached, by whom, and what was held of what was planned.

use crate::calendar::{QUARTERS, month_of};
use crate::design::{LANGUAGES, SITES, Site};
use crate::programme::{Leader, Programme};
use crate::strands::Strands;
use crate::strands::volunteers::{MODES, Mode, session_mode};
use crate::truth::cells::{ALL_PLACES, Cell, Dimension, Periods, Shows, Tally, covers};

pub(super) fn count(programme: &Programme, strands: &Strands, cells: &mut Vec<Cell>) {
    reach(programme, cells);
    generations(programme, strands, cells);
    concentration(programme, cells);
    sessions(programme, strands, cells);
}

/// The four indicators that [`Counts`](crate::truth::Counts) has counted.
fn reach(programme: &Programme, cells: &mut Vec<Cell>) {
    let counts = programme.counts();
    let cell = |indicator, site, period: &str, above: u32, below: Option<u32>| Cell {
        site,
        period: period.to_owned(),
        numerator: Some(above.into()),
        denominator: below.map(i64::from),
        ..Cell::total(indicator, 0, 0)
    };
    for row in counts.reach.iter().filter(|row| row.people > 0) {
        cells.push(Cell {
            dimension: row.sex.map_or("", |_| "sex").to_owned(),
            category: row.sex.unwrap_or_default().to_owned(),
            ..cell("reach", row.site, row.period, row.people, None)
        });
    }
    for row in &counts.volunteer_multiplier {
        let people = row.people_reached_by_volunteers;
        let (trained, active) = (row.volunteers_trained, row.volunteers_active);
        cells.push(cell("volunteer_multiplier", row.site, row.period, people, Some(trained)));
        if active > 0 {
            cells.push(cell("active_volunteer_multiplier", row.site, row.period, people, Some(active)));
        }
    }
}

/// Different people at sessions that trained volunteers led, by the generation
/// of the volunteer.
fn generations(programme: &Programme, strands: &Strands, cells: &mut Vec<Cell>) {
    const NAMES: [&str; 4] = ["unknown", "1", "2", "3+"];
    // Bits of a person in a quarter: four generations for each site.
    let mut marks = vec![0u8; programme.people as usize];
    let mut from = 0;
    for quarter in 0..QUARTERS {
        let held = programme.sessions[from..].iter();
        let to = from + held.take_while(|session| usize::from(session.quarter) == quarter).count();
        let mut people = [[0i64; 4]; 3];
        let mut totals = [0i64; 3];
        for (number, session) in (from..to).zip(&programme.sessions[from..to]) {
            let Leader::Volunteer(volunteer) = session.leader else {
                continue;
            };
            if programme.volunteers[volunteer as usize].trained > session.day {
                continue;
            }
            let generation = usize::from(strands.volunteers.generations[volunteer as usize]);
            for &person in programme.participants(number) {
                let mark = &mut marks[person as usize];
                for place in ALL_PLACES {
                    if !covers(place, session.site) {
                        continue;
                    }
                    let seen = |generation: usize| {
                        SITES.iter().any(|site| {
                            covers(place, *site) && *mark >> (4 * site.index() + generation) & 1 == 1
                        })
                    };
                    people[place][generation] += i64::from(!seen(generation));
                    totals[place] += i64::from(!(0..4).any(seen));
                }
                *mark |= 1 << (4 * session.site.index() + generation);
            }
        }
        for number in from..to {
            for &person in programme.participants(number) {
                marks[person as usize] = 0;
            }
        }
        for place in ALL_PLACES {
            let total = Cell::total("reach_by_generation", place, quarter);
            let all = std::iter::once((String::new(), "", totals[place]));
            let by = NAMES.iter().zip(people[place]).map(|(name, n)| ("generation".to_owned(), *name, n));
            for (dimension, category, n) in all.chain(by).filter(|(_, _, n)| *n > 0) {
                let category = category.to_owned();
                cells.push(Cell { dimension, category, numerator: Some(n), ..total.clone() });
            }
        }
        from = to;
    }
}

/// People by the trained volunteer they met first in the quarter: how many of
/// them the top fifth of these volunteers brought.
fn concentration(programme: &Programme, cells: &mut Vec<Cell>) {
    for quarter in 0..QUARTERS {
        for place in ALL_PLACES {
            let mut brought: Vec<u32> = SITES
                .iter()
                .filter(|site| covers(place, **site))
                .flat_map(|site| programme.reached_per_volunteer(*site, quarter))
                .copied()
                .filter(|people| *people > 0)
                .collect();
            if brought.is_empty() {
                continue;
            }
            brought.sort_unstable_by(|a, b| b.cmp(a));
            let top = brought.len().div_ceil(5);
            let sum = |people: &[u32]| people.iter().map(|n| i64::from(*n)).sum();
            cells.push(Cell {
                numerator: Some(sum(&brought[..top])),
                denominator: Some(sum(&brought)),
                ..Cell::total("reach_concentration", place, quarter)
            });
        }
    }
}

/// Sessions by language and mode, and by the month against the plan.
fn sessions(programme: &Programme, strands: &Strands, cells: &mut Vec<Cell>) {
    let languages = Dimension::new("language", all_languages());
    let modes = Dimension::new("mode", MODES);
    let mut by_volunteers = Tally::count("workshops_by_volunteers", vec![languages.clone(), modes.clone()]);
    let monthly = |indicator, shows| Tally::new(indicator, Periods::Months, shows, Vec::new());
    let mut held = Tally::new("workshops_held", Periods::Months, Shows::Numerator, vec![modes.clone()]);
    let mut remote = monthly("workshops_remote", Shows::Both);
    let mut kept = monthly("workshops_kept", Shows::Both);
    let mut planned = monthly("workshops_planned", Shows::Numerator);
    let mut youth_held =
        Tally::new("youth_sessions_held", Periods::Months, Shows::Numerator, vec![modes.clone()]);
    let mut youth_kept = monthly("youth_sessions_kept", Shows::Both);
    let mut youth_planned = monthly("youth_sessions_planned", Shows::Numerator);
    for (number, session) in programme.sessions.iter().enumerate() {
        let mode = session_mode(programme.seed, number, session);
        if let Leader::Volunteer(volunteer) = session.leader
            && programme.volunteers[volunteer as usize].trained <= session.day
        {
            let language = languages.position(Some(language_of(session.site, session.language)));
            by_volunteers.one(session.site, session.quarter.into(), &[language, mode as usize]);
        }
        if let Some(month) = month_of(session.day) {
            held.one(session.site, month, &[mode as usize]);
            remote.add(session.site, month, &[], i64::from(mode == Mode::Remote), 1);
            kept.add(session.site, month, &[], 1, 0);
        }
    }
    for session in &strands.youth.sessions {
        if let Some(month) = month_of(session.day) {
            youth_held.one(session.site, month, &[session.mode as usize]);
            youth_kept.add(session.site, month, &[], 1, 0);
        }
    }
    for plan in &strands.plans {
        let (month, sessions) = (plan.month.into(), plan.sessions.into());
        if plan.activity == 0 {
            planned.add(plan.site, month, &[], sessions, 0);
            kept.add(plan.site, month, &[], 0, sessions);
        } else {
            youth_planned.add(plan.site, month, &[], sessions, 0);
            youth_kept.add(plan.site, month, &[], 0, sessions);
        }
    }
    for tally in [by_volunteers, held, remote, kept, planned, youth_held, youth_planned, youth_kept] {
        tally.finish(cells);
    }
}

fn language_of(site: Site, language: u8) -> &'static str {
    LANGUAGES[site.index()][usize::from(language)]
}

/// The languages of both sites, each once.
pub(super) fn all_languages() -> Vec<&'static str> {
    let mut languages = LANGUAGES.concat();
    languages.sort_unstable();
    languages.dedup();
    languages
}
