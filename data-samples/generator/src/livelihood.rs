//! Draws families and their monthly follow-ups.
//!
//! The outcome is drawn first, then a trajectory that agrees with it: a family
//! that becomes self-sufficient is given a run of enough good months, every
//! other family has its runs broken one month short.

use crate::calendar::{Day, MONTHS, month_start};
use crate::design::{ENOUGH_BAHT, FAMILY_FIRST_MONTHS, RUN_MONTHS, SELF_SUFFICIENT_PERMILLE, SITES, Site};
use crate::programme::{Family, Finding, FollowUp};
use crate::rng::{Rng, Stream};

/// Months in which visits in Chiang Rai mostly failed: 2020-04 to 2020-06.
const CLOSED: std::ops::RangeInclusive<usize> = 9..=11;

/// Draws all families, Chiang Rai's first.
pub(crate) fn draw(seed: u64, scale: u32) -> Vec<Family> {
    let mut rng = Rng::stream(seed, Stream::Livelihood);
    let mut families = Vec::new();
    for site in SITES {
        for &first_month in FAMILY_FIRST_MONTHS[site.index()] {
            for _ in 0..scale {
                families.push(draw_family(&mut rng, site, first_month));
            }
        }
    }
    families
}

fn draw_family(rng: &mut Rng, site: Site, first_month: u8) -> Family {
    let self_sufficient = rng.chance(SELF_SUFFICIENT_PERMILLE[site.index()], 1000);
    let first = usize::from(first_month);
    let mut months: Vec<FollowUp> = (first..MONTHS)
        .map(|month| FollowUp { day: draw_day(rng, month), finding: draw_finding(rng, site, first, month) })
        .collect();
    if self_sufficient {
        let latest = months.len() - RUN_MONTHS;
        let earliest = 2.min(latest);
        let start = earliest + rng.below((latest - earliest + 1) as u64) as usize;
        for month in &mut months[start..start + RUN_MONTHS] {
            month.finding = good_month(rng);
        }
    } else {
        let mut run = 0;
        for month in &mut months {
            run = if month.counts() { run + 1 } else { 0 };
            if run == RUN_MONTHS {
                month.finding = broken_month(rng);
                run = 0;
            }
        }
    }
    Family { site, first_month, self_sufficient, months }
}

/// A day in the middle of the month, when visits are made.
fn draw_day(rng: &mut Rng, month: usize) -> Day {
    month_start(month).plus(rng.between(2, 26))
}

/// What a visit finds when nothing is arranged: more often a good month the
/// longer the family is in the programme, and grants mostly at the beginning.
fn draw_finding(rng: &mut Rng, site: Site, first: usize, month: usize) -> Finding {
    let since = month - first;
    if since > 0 {
        let closed = site == Site::ChiangRai && CLOSED.contains(&month);
        let (missing, not_visited) = if closed { (15, 35) } else { (3, 5) };
        if rng.chance(missing, 100) {
            return Finding::Missing;
        }
        if rng.chance(not_visited, 100) {
            return Finding::NotVisited;
        }
    }
    let good = (15 + 6 * since as u64).min(75);
    if rng.chance(good, 100) {
        return good_month(rng);
    }
    if since < 5 && rng.chance(3, 5) {
        return Finding::Visited { own_income: Some(income(rng, 0, 70)), grant: true };
    }
    broken_month(rng)
}

/// A month that counts towards self-sufficiency.
fn good_month(rng: &mut Rng) -> Finding {
    Finding::Visited { own_income: Some(ENOUGH_BAHT + income(rng, 0, 55)), grant: false }
}

/// A recorded month that does not count: too little, nothing at all, a grant,
/// an income nobody told, or a family nobody met.
fn broken_month(rng: &mut Rng) -> Finding {
    let (own_income, grant) = match rng.below(20) {
        0..=9 => (Some(income(rng, 15, 89)), false),
        10..=11 => (Some(0), false),
        12..=15 => (Some(income(rng, 60, 120)), true),
        16..=17 => (None, false),
        _ => return Finding::NotVisited,
    };
    Finding::Visited { own_income, grant }
}

/// A round amount between two numbers of hundred-baht notes.
fn income(rng: &mut Rng, from: i32, to: i32) -> u32 {
    rng.between(from, to) as u32 * 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trajectory_keeps_the_outcome() {
        for seed in 0..200 {
            let families = draw(seed, 1);
            assert_eq!(families.len(), 24);
            for family in families {
                assert_eq!(family.self_sufficient, family.self_sufficient_from().is_some());
                assert_ne!(family.months[0].finding, Finding::Missing);
                assert_eq!(family.months.len(), MONTHS - usize::from(family.first_month));
            }
        }
    }

    #[test]
    fn outcomes_have_their_probability() {
        let families = draw(5, 2000);
        for site in SITES {
            let own: Vec<_> = families.iter().filter(|f| f.site == site).collect();
            let share = own.iter().filter(|f| f.self_sufficient).count() as f64 / own.len() as f64;
            let p = SELF_SUFFICIENT_PERMILLE[site.index()] as f64 / 1000.0;
            assert!((share - p).abs() < 0.015, "{share} {p}");
        }
    }
}
