//! The counts again, the way the definitions read.

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
                    (key.0 == BOTH || v.site.index() == key.0) && first_training[number] <= quarter_end(key.1)
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
