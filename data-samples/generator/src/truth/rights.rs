//! Human and legal rights: relief and cases.

use crate::calendar::quarter_of;
use crate::strands::resources::GRANTS;
use crate::strands::rights::{AGENCIES, ITEMS, MATTERS, OUTCOMES, RECIPIENTS, Rights};
use crate::truth::cells::{Cell, Dimension, Tally, Values, or_unknown};

pub(super) fn count(rights: &Rights, cells: &mut Vec<Cell>) {
    let items = Dimension::of_words("item", &ITEMS);
    let recipients = Dimension::of_words("recipient", &RECIPIENTS);
    let grants = Dimension::new("grant", GRANTS);
    let both = items.cross(&recipients);
    let mut relief = Tally::count("relief_items", vec![items.clone(), recipients.clone(), both, grants]);
    for given in &rights.relief {
        let (item, recipient) = (given.item.into(), or_unknown(given.recipient));
        let at = [item, recipient, items.crossed(item, &recipients, recipient), given.grant.into()];
        if let Some(quarter) = quarter_of(given.day) {
            relief.add(given.site, quarter, &at, given.quantity.into(), 0);
        }
    }
    relief.finish(cells);

    let outcomes = Dimension::of_words("outcome", &OUTCOMES);
    let mut opened =
        Tally::count("rights_cases", vec![Dimension::of_words("matter", &MATTERS), Dimension::sex()]);
    let mut referred = Tally::count("rights_cases_referred", vec![Dimension::of_words("agency", &AGENCIES)]);
    let mut interpreter = Tally::ratio("rights_with_interpreter", Vec::new());
    let mut lawyer = Tally::ratio("rights_with_lawyer", Vec::new());
    let mut resolved = Tally::count("rights_cases_resolved", vec![outcomes]);
    let mut favour = Tally::ratio("rights_in_favour", Vec::new());
    let mut days = Values::median("days_to_resolution", Vec::new());
    let mut longest = Values::quantile("days_to_resolution_90", 90, Vec::new());
    for case in &rights.cases {
        let site = case.site;
        if let Some(quarter) = quarter_of(case.opened) {
            opened.one(site, quarter, &[case.matter.into(), case.sex as usize]);
            if let Some(yes) = case.interpreter {
                interpreter.add(site, quarter, &[], yes.into(), 1);
            }
            if let Some(yes) = case.lawyer {
                lawyer.add(site, quarter, &[], yes.into(), 1);
            }
        }
        if let Some((day, agency)) = case.referred {
            referred.one_in(site, quarter_of(day), &[agency.into()]);
        }
        if let Some(day) = case.resolved
            && let Some(quarter) = quarter_of(day)
        {
            resolved.one(site, quarter, &[or_unknown(case.outcome)]);
            if let Some(outcome) = case.outcome {
                favour.add(site, quarter, &[], (outcome == 0).into(), 1);
            }
            days.add(site, quarter, &[], (day.0 - case.opened.0).into());
            longest.add(site, quarter, &[], (day.0 - case.opened.0).into());
        }
    }
    for tally in [opened, referred, interpreter, lawyer, resolved, favour] {
        tally.finish(cells);
    }
    days.finish(cells);
    longest.finish(cells);
}
