//! Livelihoods: families, coaching, income, and how long it holds.

use std::collections::BTreeSet;

use crate::calendar::{QUARTERS, month_start, quarter_end, quarter_last_month, quarter_of};
use crate::programme::{Family, Finding, Programme};
use crate::strands::Strands;
use crate::strands::coaching::{LIVELIHOODS, TENURES};
use crate::strands::resources::GRANTS;
use crate::strands::volunteers::MODES;
use crate::truth::cells::{Cell, Dimension, Tally, Values};

pub(super) fn count(programme: &Programme, strands: &Strands, cells: &mut Vec<Cell>) {
    for row in &programme.counts().livelihood_self_sufficiency {
        if row.families_long_enough > 0 {
            cells.push(Cell {
                site: row.site,
                period: row.period.to_owned(),
                numerator: Some(row.self_sufficient.into()),
                denominator: Some(row.families_long_enough.into()),
                ..Cell::total("livelihood_self_sufficiency", 0, 0)
            });
        }
    }
    coaching(strands, cells);
    income(programme, strands, cells);
    self_sufficiency(programme, cells);
}

fn coaching(strands: &Strands, cells: &mut Vec<Cell>) {
    let coaching = &strands.coaching;
    let livelihoods = vec![Dimension::of_words("livelihood", &LIVELIHOODS)];
    let mut incubated = Tally::count("families_incubated", livelihoods);
    let mut partners = Tally::ratio("partners_per_family", Vec::new());
    for family in &coaching.families {
        incubated.one_in(family.site, quarter_of(family.started), &[family.livelihood.into()]);
        for quarter in 0..QUARTERS {
            if family.started <= quarter_end(quarter) {
                partners.add(family.site, quarter, &[], 0, 1);
            }
        }
    }
    for tie in &coaching.ties {
        for quarter in 0..QUARTERS {
            let end = quarter_end(quarter);
            if tie.since <= end && tie.until.is_none_or(|until| until > end) {
                partners.add(tie.site, quarter, &[], 1, 0);
            }
        }
    }
    let modes = Dimension::new("mode", MODES);
    let mut visits = Tally::count("coaching_visits", vec![modes, Dimension::new("grant", GRANTS)]);
    let mut minutes = Values::median("coaching_minutes", Vec::new());
    let mut each = Tally::ratio("coaching_visits_per_family", Vec::new());
    let mut visited: BTreeSet<(usize, u32)> = BTreeSet::new();
    for visit in &coaching.visits {
        let Some(quarter) = quarter_of(visit.day) else {
            continue;
        };
        visits.one(visit.site, quarter, &[visit.mode as usize, visit.grant.into()]);
        if let Some(length) = visit.minutes {
            minutes.add(visit.site, quarter, &[], length.into());
        }
        let new = visited.insert((quarter, visit.family));
        each.add(visit.site, quarter, &[], 1, new.into());
    }
    for tally in [incubated, visits, each, partners] {
        tally.finish(cells);
    }
    minutes.finish(cells);
}

/// Own income of the months in which somebody said what it was.
fn income(programme: &Programme, strands: &Strands, cells: &mut Vec<Cell>) {
    let tenures = || vec![Dimension::new("tenure", TENURES.map(|(name, _)| name))];
    let mut mean = Tally::ratio("family_income", tenures());
    let mut median = Values::median("family_income_median", tenures());
    for (family, incubated) in programme.families.iter().zip(&strands.coaching.families) {
        for month in &family.months {
            let Finding::Visited { own_income: Some(baht), .. } = month.finding else {
                continue;
            };
            let days = month.day.0 - incubated.started.0;
            let tenure = TENURES.iter().position(|(_, before)| days < *before).unwrap_or(TENURES.len());
            if let Some(quarter) = quarter_of(month.day) {
                mean.add(family.site, quarter, &[tenure], baht.into(), 1);
                median.add(family.site, quarter, &[tenure], baht.into());
            }
        }
    }
    mean.finish(cells);
    median.finish(cells);
}

/// The first month after `reached` with a follow-up that does not count.
fn lost(family: &Family, reached: usize) -> Option<usize> {
    let first = usize::from(family.first_month);
    let later = family.months.iter().enumerate().skip(reached + 1 - first);
    let mut failed = later.filter(|(_, month)| month.finding != Finding::Missing && !month.counts());
    failed.next().map(|(offset, _)| first + offset)
}

fn self_sufficiency(programme: &Programme, cells: &mut Vec<Cell>) {
    let mut reached = Tally::count("families_self_sufficient", Vec::new());
    let mut days = Values::median("days_to_self_sufficiency", Vec::new());
    let mut fallen = Tally::ratio("families_fallen_back", Vec::new());
    for family in &programme.families {
        let Some(month) = family.self_sufficient_from() else {
            continue;
        };
        let (first, complete) = (month_start(family.first_month.into()), month_start(month));
        let lost = lost(family, month);
        if let Some(quarter) = quarter_of(complete) {
            reached.one(family.site, quarter, &[]);
            days.add(family.site, quarter, &[], (complete.0 - first.0).into());
        }
        for quarter in 0..QUARTERS {
            if month <= quarter_last_month(quarter) {
                let fell = lost.is_some_and(|lost| lost <= quarter_last_month(quarter));
                fallen.add(family.site, quarter, &[], fell.into(), 1);
            }
        }
    }
    reached.finish(cells);
    days.finish(cells);
    fallen.finish(cells);
}
