//! Awareness with material support: who had what, and what changed for them.

use crate::strands::combination::{Assessment, COMBINATIONS, WEIGHTS};
use crate::truth::cells::{Cell, Dimension, Periods, Shows, Tally};

pub(super) fn count(assessments: &[Assessment], cells: &mut Vec<Cell>) {
    let combinations = || vec![Dimension::new("combination", COMBINATIONS)];
    let mut people = Tally::count("awareness_and_support", combinations());
    let mut change = Tally::ratio("risk_change", combinations());
    // Five answers, each from 0 to 4, of weights that add up to six.
    let full = 4 * WEIGHTS.iter().sum::<i64>();
    let mut index = Tally::new("risk_index", Periods::Quarters, Shows::Index(full), combinations());
    for assessment in assessments {
        let (site, quarter) = (assessment.site, assessment.quarter.into());
        let at = [usize::from(assessment.combination)];
        people.one(site, quarter, &at);
        if let (Some(before), Some(after)) = (assessment.before, assessment.after) {
            change.add(site, quarter, &at, (after - before).into(), 1);
        }
        let mut score = 0;
        let mut answered = true;
        for (item, weight) in assessment.items.into_iter().zip(WEIGHTS) {
            match item {
                Some(risk) => score += weight * i64::from(risk),
                None => answered = false,
            }
        }
        if answered {
            index.add(site, quarter, &at, score, 1);
        }
    }
    for tally in [people, change, index] {
        tally.finish(cells);
    }
}
