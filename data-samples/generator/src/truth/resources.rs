//! Resources: grants, spending, and what results cost.

use crate::calendar::{QUARTERS, month_start, quarter_end, quarter_of};
use crate::programme::Programme;
use crate::strands::Strands;
use crate::strands::resources::{FUNDERS, GRANTS, KINDS, STIPENDS, STRANDS};
use crate::truth::cells::{ALL_PLACES, Cell, Dimension, Tally, covers};

pub(super) fn count(programme: &Programme, strands: &Strands, cells: &mut Vec<Cell>) {
    let resources = &strands.resources;
    let grants = Dimension::new("grant", GRANTS);
    let of_strands = Dimension::new("strand", STRANDS);
    let both = of_strands.cross(&grants);
    let mut received =
        Tally::count("grants_received", vec![Dimension::new("funder", FUNDERS), grants.clone()]);
    for income in &resources.incomes {
        if let Some(quarter) = quarter_of(income.day) {
            let at = [income.funder().into(), income.grant.into()];
            received.add(income.site, quarter, &at, income.amount as i64, 0);
        }
    }
    let kinds = Dimension::of_words("kind", &KINDS);
    let mut spending = Tally::count("spending", vec![of_strands.clone(), kinds, grants.clone(), both]);
    let mut stipends = Tally::count("stipends", vec![grants.clone()]);
    let mut on_volunteers = Tally::count("spending_volunteers", Vec::new());
    let mut per_family = Tally::ratio("cost_per_self_sufficient_family", Vec::new());
    let mut per_document = Tally::ratio("cost_per_registration", Vec::new());
    // By place and quarter, for the cost of a person reached.
    let mut volunteers_baht = [[0i64; QUARTERS]; 3];
    for expense in &resources.expenses {
        let Some(quarter) = quarter_of(expense.day) else {
            continue;
        };
        let (site, baht) = (expense.site, expense.amount as i64);
        let (strand, grant) = (usize::from(expense.strand), usize::from(expense.grant));
        let crossed = of_strands.crossed(strand, &grants, grant);
        spending.add(site, quarter, &[strand, expense.kind.into(), grant, crossed], baht, 0);
        if expense.kind == STIPENDS {
            stipends.add(site, quarter, &[grant], baht, 0);
        }
        match STRANDS[strand] {
            "volunteers" => {
                on_volunteers.add(site, quarter, &[], baht, 0);
                for place in ALL_PLACES.filter(|place| covers(*place, site)) {
                    volunteers_baht[place][quarter] += baht;
                }
            }
            "livelihoods" => (quarter..QUARTERS).for_each(|q| per_family.add(site, q, &[], baht, 0)),
            "registration" => (quarter..QUARTERS).for_each(|q| per_document.add(site, q, &[], baht, 0)),
            _ => {}
        }
    }
    for family in &programme.families {
        if let Some(month) = family.self_sufficient_from() {
            for quarter in (0..QUARTERS).filter(|q| month_start(month) <= quarter_end(*q)) {
                per_family.add(family.site, quarter, &[], 0, 1);
            }
        }
    }
    for case in &programme.cases {
        if let Some(received) = case.received {
            for quarter in (0..QUARTERS).filter(|q| received <= quarter_end(*q)) {
                per_document.add(case.site, quarter, &[], 0, 1);
            }
        }
    }
    for tally in [received, spending, stipends, on_volunteers, per_family, per_document] {
        tally.finish(cells);
    }
    cost_per_person(programme, &volunteers_baht, cells);
}

/// Spending on volunteers and their workshops over the people reached.
fn cost_per_person(programme: &Programme, spent: &[[i64; QUARTERS]; 3], cells: &mut Vec<Cell>) {
    // Of each quarter: a row for each place, of which the first is the total.
    let reach = programme.counts().reach.iter().filter(|row| row.sex.is_none());
    for (row, number) in reach.zip(0..) {
        let (quarter, place) = (number / 3, number % 3);
        if row.people > 0 && spent[place][quarter] > 0 {
            cells.push(Cell {
                value: Some(spent[place][quarter] as f64 / f64::from(row.people)),
                ..Cell::total("cost_per_person_reached", place, quarter)
            });
        }
    }
}
