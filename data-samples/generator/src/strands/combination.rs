//! Awareness with material support: people who had one, the other or both,
//! and how much at risk they were before and after.

use std::collections::HashSet;

use crate::calendar::{Day, QUARTERS, quarter_end, quarter_start};
use crate::design::{SITES, Site, activity_percent};
use crate::programme::Programme;
use crate::rng::{Rng, Stream};
use crate::sheet::{Sheet, Tool};
use crate::submissions::Form;

/// What people had, by position; the last is neither.
pub(crate) const COMBINATIONS: [&str; 3] = ["both", "awareness_only", "support_only"];
/// The questions about risk after, each from 0 to 4. The last is turned round:
/// 4 is an adult who can be trusted.
const ITEMS: [&str; 5] = ["debt", "missed_school", "unsafe_contact", "no_papers", "trusted_adult"];
/// What the questions weigh in the index.
pub(crate) const WEIGHTS: [i64; 5] = [1, 1, 2, 1, 1];

/// People assessed in a quarter as usual, at scale 1.
const ASSESSED: [u32; 2] = [44, 20];

/// One person, assessed before and after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assessment {
    pub(crate) site: Site,
    pub(crate) quarter: u8,
    pub(crate) day: Day,
    person: Assessed,
    /// Position in [`COMBINATIONS`]; 3 is neither.
    pub(crate) combination: u8,
    /// Sum of the five answers, 0 to 20.
    pub(crate) before: Option<i32>,
    pub(crate) after: Option<i32>,
    /// The answers after, as risk from 0 to 4 (the last already turned round).
    pub(crate) items: [Option<i32>; 5],
}

#[derive(Clone, Copy, Debug)]
enum Assessed {
    /// A participant of workshops, by number.
    Participant(u32),
    /// Somebody who never came to one.
    Other(u32),
}

/// Draws who was assessed. Whoever had awareness attended a workshop of the
/// same quarter; nobody is assessed twice.
pub(crate) fn draw(programme: &Programme) -> Vec<Assessment> {
    let mut rng = Rng::stream(programme.seed, Stream::Combination);
    let mut assessed = HashSet::new();
    let mut others = 0;
    let mut assessments = Vec::new();
    for quarter in 0..QUARTERS {
        for site in SITES {
            let held: Vec<usize> = (0..programme.sessions.len())
                .filter(|&number| {
                    let session = &programme.sessions[number];
                    session.site == site
                        && usize::from(session.quarter) == quarter
                        && !programme.participants(number).is_empty()
                })
                .collect();
            let usual = ASSESSED[site.index()] * programme.scale;
            for _ in 0..(usual * activity_percent(site, quarter)).div_ceil(100) {
                let combination = match rng.below(100) {
                    0..=33 => 0,
                    34..=74 => 1,
                    75..=96 => 2,
                    _ => 3,
                };
                let mut met = None;
                for _ in 0..20 {
                    if combination > 1 || held.is_empty() || met.is_some() {
                        break;
                    }
                    let session = held[rng.below(held.len() as u64) as usize];
                    let people = programme.participants(session);
                    let person = people[rng.below(people.len() as u64) as usize];
                    let day = programme.sessions[session].day;
                    met = assessed.insert(person).then_some((person, day));
                }
                let (person, from) = match met {
                    Some((person, day)) => (Assessed::Participant(person), day),
                    None => {
                        others += 1;
                        (Assessed::Other(others), quarter_start(quarter))
                    }
                };
                // Whom no workshop can be found for had no awareness.
                let combination = if met.is_none() && combination < 2 { 2 } else { combination };
                let day = Day(rng.between(from.0, quarter_end(quarter).0));
                assessments.push(assess(&mut rng, site, quarter, day, person, combination));
            }
        }
    }
    assessments.sort_by_key(|assessment| assessment.day);
    assessments
}

fn assess(
    rng: &mut Rng,
    site: Site,
    quarter: usize,
    day: Day,
    person: Assessed,
    combination: u8,
) -> Assessment {
    let before = rng.between(6, 17);
    let less = [6, 3, 2, 0][usize::from(combination)];
    let after = (before - less + rng.between(-3, 3)).clamp(0, 20);
    // The score is dealt out over the five questions, then moved about.
    let mut items = [after / 5; 5];
    for item in items.iter_mut().take((after % 5) as usize) {
        *item += 1;
    }
    for _ in 0..6 {
        let (from, to) = (rng.below(5) as usize, rng.below(5) as usize);
        if items[from] > 0 && items[to] < 4 {
            items[from] -= 1;
            items[to] += 1;
        }
    }
    let mut items = items.map(Some);
    let (asked_before, asked_after) = (!rng.chance(1, 30), !rng.chance(1, 10));
    let refused = rng.below(150) as usize;
    if let Some(item) = items.get_mut(refused) {
        *item = None;
    }
    let complete = asked_after && items.iter().all(Option::is_some);
    Assessment {
        site,
        quarter: quarter as u8,
        day,
        person,
        combination,
        before: asked_before.then_some(before),
        after: complete.then_some(after),
        items: if asked_after { items } else { [None; 5] },
    }
}

/// The form.
pub(crate) fn sheet(assessments: &[Assessment]) -> Sheet<'_> {
    let mut columns =
        vec!["group_place/province", "assessed_on", "person", "awareness", "support", "risk_before"];
    columns.extend(ITEMS);
    columns.push("risk_after");
    Sheet {
        folder: "kobo",
        stem: "risk_assessments",
        row_is: "a person assessed before and after",
        tool: Tool::Kobo(Form::RiskAssessments),
        columns,
        rows: assessments.len(),
        about: Box::new(|row| (assessments[row].day, assessments[row].site)),
        cells: Box::new(|row, text| {
            let assessment = &assessments[row];
            let mut cells = vec![
                text.site(assessment.site),
                text.day(assessment.day),
                match assessment.person {
                    Assessed::Participant(number) => format!("P{:06}", number + 1),
                    Assessed::Other(number) => format!("M{number:05}"),
                },
                text.yes(Some(assessment.combination <= 1)),
                text.yes(Some(assessment.combination == 0 || assessment.combination == 2)),
                text.whole(assessment.before.map(i32::unsigned_abs)),
            ];
            for (item, position) in assessment.items.into_iter().zip(0..) {
                let asked = item.map(|risk| if position == 4 { 4 - risk } else { risk });
                cells.push(text.whole(asked.map(i32::unsigned_abs)));
            }
            cells.push(text.whole(assessment.after.map(i32::unsigned_abs)));
            cells
        }),
        repeat: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_add_up_to_the_score() {
        for seed in 0..10 {
            for assessment in draw(&Programme::draw(seed, 1)) {
                if let Some(after) = assessment.after {
                    let items: Vec<i32> = assessment.items.into_iter().flatten().collect();
                    assert_eq!((items.len(), items.iter().sum::<i32>()), (5, after));
                    assert!(items.iter().all(|item| (0..=4).contains(item)));
                }
            }
        }
    }
}
