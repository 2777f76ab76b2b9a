//! The true counts of a programme, and the parameters it was drawn from.

use serde::Serialize;

use crate::calendar::{Day, QUARTERS, quarter_end, quarter_label, quarter_last_month};
use crate::design::{
    CASES, COMPLETED_PERMILLE, COMPLETION_MONTHS, ENOUGH_BAHT, FAMILY_FIRST_MONTHS, FEMALE_PERCENT,
    RUN_MONTHS, ReachLaw, SELF_SUFFICIENT_PERMILLE, SEX_UNKNOWN_PERMILLE, SITES, STAFF, STAFF_REACH, Site,
    VISITOR_PERMILLE, VOLUNTEER_REACH, volunteers_trained,
};
use crate::programme::{Leader, Person, Programme, Sex};

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

/// What everything was drawn from, as the truth file shows it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Parameters {
    reached_per_trained_volunteer: Vec<ReachParameter>,
    reached_per_staff_member: Vec<ReachParameter>,
    livelihood_self_sufficiency: Vec<LivelihoodParameter>,
    registration_completion: Vec<RegistrationParameter>,
    participants: ParticipantParameter,
}

#[derive(Clone, Debug, Serialize)]
struct ReachParameter {
    site: &'static str,
    period: &'static str,
    /// Leaders the numbers of people were drawn for.
    leaders: u32,
    /// Probability that a leader holds any workshop in the quarter.
    probability_active: f64,
    /// Expected people of an active leader.
    expected_people_when_active: f64,
    /// Expected people per leader, inactive ones included.
    expected_people: f64,
}

#[derive(Clone, Debug, Serialize)]
struct LivelihoodParameter {
    site: &'static str,
    families: u32,
    enough_baht_a_month: u32,
    months_in_a_row: usize,
    probability_by_2021_12: f64,
}

#[derive(Clone, Debug, Serialize)]
struct RegistrationParameter {
    site: &'static str,
    children: u32,
    months: i32,
    probability_within_months: f64,
}

#[derive(Clone, Debug, Serialize)]
struct ParticipantParameter {
    people: u32,
    probability_female: f64,
    probability_sex_never_recorded: f64,
    probability_attends_in_both_sites: f64,
}

/// A whole number of thousandths as the nearest fraction.
fn permille(n: u64) -> f64 {
    n as f64 / 1000.0
}

/// One row a site and quarter, from the number of leaders in each.
fn reach_parameters(
    laws: &[[ReachLaw; QUARTERS]; 2],
    leaders: impl Fn(Site, usize) -> u32,
) -> Vec<ReachParameter> {
    let mut rows = Vec::with_capacity(2 * QUARTERS);
    for site in SITES {
        for (quarter, law) in laws[site.index()].iter().enumerate() {
            rows.push(ReachParameter {
                site: site.key(),
                period: quarter_label(quarter),
                leaders: leaders(site, quarter),
                probability_active: permille(law.active_permille.into()),
                expected_people_when_active: law.mean_when_active().into(),
                expected_people: law.mean(),
            });
        }
    }
    rows
}

impl Parameters {
    /// The parameters of a programme.
    pub(crate) fn of(programme: &Programme) -> Parameters {
        let scale = programme.scale;
        let sites = SITES.iter().copied();
        Parameters {
            reached_per_trained_volunteer: reach_parameters(&VOLUNTEER_REACH, |site, quarter| {
                volunteers_trained(site, quarter, scale)
            }),
            reached_per_staff_member: reach_parameters(&STAFF_REACH, |site, _| STAFF[site.index()] * scale),
            livelihood_self_sufficiency: sites
                .clone()
                .map(|site| LivelihoodParameter {
                    site: site.key(),
                    families: FAMILY_FIRST_MONTHS[site.index()].len() as u32 * scale,
                    enough_baht_a_month: ENOUGH_BAHT,
                    months_in_a_row: RUN_MONTHS,
                    probability_by_2021_12: permille(SELF_SUFFICIENT_PERMILLE[site.index()]),
                })
                .collect(),
            registration_completion: sites
                .map(|site| RegistrationParameter {
                    site: site.key(),
                    children: CASES[site.index()].iter().sum::<u32>() * scale,
                    months: COMPLETION_MONTHS,
                    probability_within_months: permille(COMPLETED_PERMILLE[site.index()]),
                })
                .collect(),
            participants: ParticipantParameter {
                people: programme.people,
                probability_female: permille(FEMALE_PERCENT * 10),
                probability_sex_never_recorded: permille(SEX_UNKNOWN_PERMILLE),
                probability_attends_in_both_sites: permille(VISITOR_PERMILLE),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::{Finding, FollowUp};
    use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

    fn quarter_of(day: Day) -> usize {
        (0..QUARTERS).find(|&q| day <= quarter_end(q)).unwrap()
    }

    /// Counts again with sets over flat rows, the way the definitions read.
    #[test]
    fn counts_agree_with_sets_over_rows() {
        for seed in 0..20 {
            let p = Programme::draw(seed, 1);
            let mut first_training: HashMap<u32, Day> = HashMap::new();
            for t in &p.trainings {
                let day = first_training.entry(t.volunteer).or_insert(t.day);
                *day = (*day).min(t.day);
            }
            let mut people: BTreeMap<(usize, usize), BTreeSet<u32>> = BTreeMap::new();
            let mut by_volunteers = people.clone();
            let mut leading = people.clone();
            for (s, session) in p.sessions.iter().enumerate() {
                let quarter = quarter_of(session.day);
                assert_eq!(quarter, usize::from(session.quarter));
                for place in [session.site.index(), BOTH] {
                    let key = (place, quarter);
                    people.entry(key).or_default().extend(p.participants(s));
                    if let Leader::Volunteer(v) = session.leader
                        && first_training[&v] <= session.day
                    {
                        by_volunteers.entry(key).or_default().extend(p.participants(s));
                        leading.entry(key).or_default().insert(v);
                    }
                }
            }
            for (i, row) in p.counts().reach.iter().enumerate() {
                let key = (i / 4 % PLACES, i / 4 / PLACES);
                assert_eq!((row.site, row.period), (place_key(key.0), quarter_label(key.1)));
                let count = people[&key]
                    .iter()
                    .filter(|&&person| row.sex.is_none_or(|sex| sex_key(Person::of(seed, person).sex) == sex))
                    .count();
                assert_eq!(row.people as usize, count);
            }
            for (i, row) in p.counts().volunteer_multiplier.iter().enumerate() {
                let key = (i % PLACES, i / PLACES);
                let trained = p
                    .volunteers
                    .iter()
                    .zip(0..)
                    .filter(|(v, number)| {
                        (key.0 == BOTH || v.site.index() == key.0)
                            && first_training[number] <= quarter_end(key.1)
                    })
                    .count();
                assert_eq!(row.people_reached_by_volunteers as usize, by_volunteers[&key].len());
                assert_eq!(row.volunteers_trained as usize, trained);
                assert_eq!(row.volunteers_active as usize, leading[&key].len());
            }
        }
    }

    /// Whoever reached a person first in a quarter reached exactly the number
    /// drawn, and nobody is reached first by two on the same day.
    #[test]
    fn first_contact_gives_back_the_numbers_drawn() {
        for seed in 0..40 {
            let p = Programme::draw(seed, 1);
            for site in SITES {
                for quarter in 0..QUARTERS {
                    let mut first: HashMap<u32, (Day, HashSet<u32>)> = HashMap::new();
                    for (s, session) in p.sessions.iter().enumerate() {
                        let Leader::Volunteer(v) = session.leader else {
                            continue;
                        };
                        let trained = p.volunteers[v as usize].trained <= session.day;
                        if session.site != site || usize::from(session.quarter) != quarter {
                            continue;
                        }
                        assert_eq!(p.volunteers[v as usize].site, site);
                        if !trained {
                            continue;
                        }
                        for &person in p.participants(s) {
                            let entry = first.entry(person).or_insert_with(|| (session.day, HashSet::new()));
                            if session.day < entry.0 {
                                *entry = (session.day, HashSet::new());
                            }
                            if session.day == entry.0 {
                                entry.1.insert(v);
                            }
                        }
                    }
                    let own = p.first_volunteer(site);
                    let drawn = p.reached_per_volunteer(site, quarter);
                    let mut attributed = vec![0u32; drawn.len()];
                    for (_, leaders) in first.values() {
                        assert_eq!(leaders.len(), 1);
                        attributed[(leaders.iter().next().unwrap() - own) as usize] += 1;
                    }
                    assert_eq!(attributed, drawn);
                }
            }
        }
    }

    #[test]
    fn nobody_attends_a_session_twice() {
        let p = Programme::draw(4, 3);
        for s in 0..p.sessions.len() {
            let people = p.participants(s);
            let distinct: HashSet<_> = people.iter().collect();
            assert_eq!(distinct.len(), people.len());
        }
    }

    #[test]
    fn families_are_counted_by_the_definition() {
        for seed in 0..20 {
            let p = Programme::draw(seed, 1);
            for (i, row) in p.counts().livelihood_self_sufficiency.iter().enumerate() {
                let (place, end) = (i % PLACES, quarter_last_month(i / PLACES) as i32);
                let (mut enough, mut sufficient) = (0, 0);
                for family in &p.families {
                    let first = i32::from(family.first_month);
                    if (place != BOTH && family.site.index() != place) || end - first + 1 < 6 {
                        continue;
                    }
                    enough += 1;
                    let good = |month: &FollowUp| matches!(month.finding, Finding::Visited { own_income: Some(i), grant: false } if i >= 9000);
                    let until = (end - first + 1) as usize;
                    let windows = family.months[..until].windows(6);
                    sufficient += u32::from(windows.into_iter().any(|w| w.iter().all(good)));
                }
                assert_eq!((row.families_long_enough, row.self_sufficient), (enough, sufficient));
            }
            let last = p.counts().livelihood_self_sufficiency[29];
            assert_eq!((last.site, last.families_long_enough), ("", 24));
            let by_q2 = p.counts().livelihood_self_sufficiency[23];
            assert_eq!((by_q2.period, by_q2.families_long_enough), ("2021-Q2", 24));
        }
    }

    #[test]
    fn cases_are_counted_by_the_definition() {
        let p = Programme::draw(1, 1);
        for row in &p.counts().registration_completion {
            if row.period == "2021-Q4" && row.site.is_empty() {
                assert_eq!(row.mature + row.immature, 200);
                // Identified by 2020-12-31: 80 in Chiang Rai and 35 in Nan.
                assert_eq!(row.mature, 115);
                assert!((40..95).contains(&row.completed), "{row:?}");
            }
            if row.period < "2020-Q3" {
                assert_eq!(row.completed, 0);
                assert_eq!(row.mature, 0);
            }
        }
    }

    #[test]
    fn the_closures_show_in_chiang_rai_and_hardly_in_nan() {
        let p = Programme::draw(1, 1);
        let reach = |site: &str, period: &str| {
            let rows = &p.counts().reach;
            let found = rows.iter().find(|r| r.site == site && r.period == period && r.sex.is_none());
            found.unwrap().people
        };
        assert!(reach("chiang_rai", "2020-Q2") * 4 < reach("chiang_rai", "2019-Q4"));
        assert!(reach("chiang_rai", "2021-Q4") > 2 * reach("chiang_rai", "2020-Q2"));
        assert!(reach("nan", "2020-Q2") * 2 > reach("nan", "2020-Q1"));
        assert!(reach("", "2019-Q4") < reach("chiang_rai", "2019-Q4") + reach("nan", "2019-Q4"));
    }
}
