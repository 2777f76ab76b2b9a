//! The truth of a programme: what every indicator should say, counted from
//! what was drawn, and the parameters it was drawn from. The four indicators
//! that intervals are tested with are counted here; [`cells`] holds the way
//! every indicator is counted, and each strand has a file.

mod awareness;
pub(crate) mod cells;
mod expansion;
mod livelihoods;
mod parameters;
mod registration;
mod resources;
mod rights;
mod social;
#[cfg(test)]
mod tests;
mod volunteers;
mod workshops;
mod youth;

pub(crate) use cells::Cell;
pub(crate) use parameters::Parameters;

use serde::Serialize;

use crate::calendar::{Day, QUARTERS, quarter_end, quarter_label, quarter_last_month};
use crate::design::{COMPLETION_MONTHS, RUN_MONTHS, SITES, Site, volunteers_trained};
use crate::programme::{Leader, Person, Programme, Sex};
use crate::strands::Strands;

/// What every indicator should say: every site and both together, every
/// period, and every category.
pub(crate) fn cells(programme: &Programme, strands: &Strands) -> Vec<Cell> {
    let mut cells = Vec::new();
    workshops::count(programme, strands, &mut cells);
    volunteers::count(programme, strands, &mut cells);
    social::count(&strands.social, &mut cells);
    youth::count(strands, &mut cells);
    livelihoods::count(programme, strands, &mut cells);
    rights::count(&strands.rights, &mut cells);
    registration::count(programme, &mut cells);
    awareness::count(&strands.assessments, &mut cells);
    expansion::count(&strands.expansion, &mut cells);
    resources::count(programme, strands, &mut cells);
    cells
}

/// Rows of the per-site tables: Chiang Rai, Nan, both together.
const PLACES: usize = 3;
const BOTH: usize = 2;

/// The name of a row of the per-site tables; empty for both sites together.
fn place_key(place: usize) -> &'static str {
    SITES.get(place).map_or("", |site| site.key())
}

/// The true counts, each for every quarter and for Chiang Rai, Nan and (with
/// an empty site) both together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Distinct people with at least one attendance in the quarter.
    pub reach: Vec<Reach>,
    /// People reached by trained volunteers, and the volunteers.
    pub volunteer_multiplier: Vec<Multiplier>,
    /// Families followed long enough, and those with a run of good months.
    pub livelihood_self_sufficiency: Vec<SelfSufficiency>,
    /// Children old enough in the programme, and those with a document in time.
    pub registration_completion: Vec<Completion>,
}

/// Distinct people reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// `chiang_rai`, `nan` or empty for both.
    pub site: &'static str,
    /// Quarter, as `2021-Q4`.
    pub period: &'static str,
    /// `female`, `male`, `unknown`, or `None` for all.
    pub sex: Option<&'static str>,
    /// Distinct people.
    pub people: u32,
}

/// People reached through trained volunteers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Multiplier {
    /// `chiang_rai`, `nan` or empty for both.
    pub site: &'static str,
    /// Quarter, as `2021-Q4`.
    pub period: &'static str,
    /// Distinct people at a session led by a volunteer trained by that day.
    pub people_reached_by_volunteers: u32,
    /// Volunteers whose first training is on or before the quarter's last day.
    pub volunteers_trained: u32,
    /// Those of them who led at least one session in the quarter.
    pub volunteers_active: u32,
}

/// Families living on their own income.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SelfSufficiency {
    /// `chiang_rai`, `nan` or empty for both.
    pub site: &'static str,
    /// Quarter, as `2021-Q4`.
    pub period: &'static str,
    /// Families in the programme for six months or more.
    pub families_long_enough: u32,
    /// Those of them with six good months in a row by then.
    pub self_sufficient: u32,
}

/// Registrations completed within twelve months, to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Completion {
    /// `chiang_rai`, `nan` or empty for both.
    pub site: &'static str,
    /// Quarter, as `2021-Q4`.
    pub period: &'static str,
    /// Children identified twelve months before the quarter's end or earlier.
    pub mature: u32,
    /// Those of them with a document within their twelve months.
    pub completed: u32,
    /// Children identified by the quarter's end but not mature.
    pub immature: u32,
}

impl Counts {
    /// Counts a programme.
    pub(crate) fn of(programme: &Programme) -> Counts {
        let (reach, volunteer_multiplier) = count_workshops(programme);
        Counts {
            reach,
            volunteer_multiplier,
            livelihood_self_sufficiency: count_families(programme),
            registration_completion: count_cases(programme),
        }
    }
}

/// One attendance: which site, and whether a trained volunteer led it. Kept as
/// bits, two a site, so that one byte a person holds a whole quarter.
const fn attended(site: Site) -> u8 {
    1 << site.index()
}
const fn led(site: Site) -> u8 {
    4 << site.index()
}
const ATTENDED_ANY: u8 = 0b0011;
const LED_ANY: u8 = 0b1100;

fn count_workshops(programme: &Programme) -> (Vec<Reach>, Vec<Multiplier>) {
    let mut reach = Vec::with_capacity(PLACES * QUARTERS * 4);
    let mut multiplier = Vec::with_capacity(PLACES * QUARTERS);
    let mut marks = vec![0u8; programme.people as usize];
    let mut from = 0;
    for quarter in 0..QUARTERS {
        let to = from
            + programme.sessions[from..]
                .iter()
                .take_while(|session| usize::from(session.quarter) == quarter)
                .count();
        // [place][female, male, unknown] and [place].
        let mut people = [[0u32; 3]; PLACES];
        let mut by_volunteers = [0u32; PLACES];
        let mut active = [0u32; PLACES];
        let mut leads = vec![false; programme.volunteers.len()];
        for session in from..to {
            let held = &programme.sessions[session];
            let site = held.site.index();
            let mut bits = attended(held.site);
            if let Leader::Volunteer(volunteer) = held.leader {
                let trained = programme.volunteers[volunteer as usize].trained;
                // A session led before the training counts for nobody: neither its people nor
                // its leader as active.
                if trained <= held.day {
                    bits |= led(held.site);
                    if !leads[volunteer as usize] {
                        leads[volunteer as usize] = true;
                        active[site] += 1;
                        active[BOTH] += 1;
                    }
                }
            }
            for &person in programme.participants(session) {
                let mark = &mut marks[person as usize];
                let new = bits & !*mark;
                if new & attended(held.site) != 0 {
                    let sex = Person::of(programme.seed, person).sex as usize;
                    people[site][sex] += 1;
                    people[BOTH][sex] += u32::from(*mark & ATTENDED_ANY == 0);
                }
                if new & led(held.site) != 0 {
                    by_volunteers[site] += 1;
                    by_volunteers[BOTH] += u32::from(*mark & LED_ANY == 0);
                }
                *mark |= bits;
            }
        }
        for session in from..to {
            for &person in programme.participants(session) {
                marks[person as usize] = 0;
            }
        }
        let period = quarter_label(quarter);
        let [chiang_rai, nan] = SITES.map(|site| volunteers_trained(site, quarter, programme.scale));
        let trained = [chiang_rai, nan, chiang_rai + nan];
        for place in 0..PLACES {
            let site = place_key(place);
            let sexes = [Sex::Female, Sex::Male, Sex::Unknown];
            reach.push(Reach { site, period, sex: None, people: people[place].iter().sum() });
            reach.extend(sexes.map(|sex| Reach {
                site,
                period,
                sex: Some(sex_key(sex)),
                people: people[place][sex as usize],
            }));
            multiplier.push(Multiplier {
                site,
                period,
                people_reached_by_volunteers: by_volunteers[place],
                volunteers_trained: trained[place],
                volunteers_active: active[place],
            });
        }
        from = to;
    }
    (reach, multiplier)
}

/// The name of a sex in the truth file.
pub(crate) const fn sex_key(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Unknown => "unknown",
    }
}

/// Adds one to a site's row and to the row of both.
fn add(rows: &mut [u32; PLACES], site: Site) {
    rows[site.index()] += 1;
    rows[BOTH] += 1;
}

fn count_families(programme: &Programme) -> Vec<SelfSufficiency> {
    let from: Vec<Option<usize>> =
        programme.families.iter().map(|family| family.self_sufficient_from()).collect();
    let mut counts = Vec::with_capacity(PLACES * QUARTERS);
    for quarter in 0..QUARTERS {
        let month = quarter_last_month(quarter);
        let mut long_enough = [0; PLACES];
        let mut self_sufficient = [0; PLACES];
        for (family, from) in programme.families.iter().zip(&from) {
            if family.months_by(month) >= RUN_MONTHS {
                add(&mut long_enough, family.site);
                if from.is_some_and(|from| from <= month) {
                    add(&mut self_sufficient, family.site);
                }
            }
        }
        counts.extend((0..PLACES).map(|place| SelfSufficiency {
            site: place_key(place),
            period: quarter_label(quarter),
            families_long_enough: long_enough[place],
            self_sufficient: self_sufficient[place],
        }));
    }
    counts
}

fn count_cases(programme: &Programme) -> Vec<Completion> {
    let mut counts = Vec::with_capacity(PLACES * QUARTERS);
    for quarter in 0..QUARTERS {
        let end: Day = quarter_end(quarter);
        let mut mature = [0; PLACES];
        let mut completed = [0; PLACES];
        let mut immature = [0; PLACES];
        for case in &programme.cases {
            let deadline = case.identified.plus_months(COMPLETION_MONTHS);
            if deadline <= end {
                add(&mut mature, case.site);
                if case.received.is_some_and(|day| day <= deadline) {
                    add(&mut completed, case.site);
                }
            } else if case.identified <= end {
                add(&mut immature, case.site);
            }
        }
        counts.extend((0..PLACES).map(|place| Completion {
            site: place_key(place),
            period: quarter_label(quarter),
            mature: mature[place],
            completed: completed[place],
            immature: immature[place],
        }));
    }
    counts
}
