//! How many people lists share, how many there are in all, and how many no list saw.

use super::Ground;
use super::line::Line;
use groundwork_disclosure::Estimate;
use groundwork_plan::evaluation::{Overlap, OverlapFrom};
use groundwork_stats::Refusal;
use groundwork_stats::estimators::capture_loglinear::{Histories, METHOD_MT, Model, capture_model};
use groundwork_stats::estimators::capture_recapture::{
    Chao, METHOD_CHAO2_BIAS_CORRECTED, METHOD_CHAPMAN, chao_lower_bound, chapman,
};
use groundwork_stats::estimators::union_bounds::{
    METHOD_MARGINS, METHOD_SHARP, UnionBounds, union_bounds_margins, union_bounds_sharp,
};
use groundwork_store::Column;
use std::collections::BTreeMap;

/// People by the lists that they are on, as bits, the first list the lowest.
struct Lists {
    names: Vec<String>,
    counts: Vec<u64>,
}

impl Lists {
    /// From every person with every list; the lists in an order of their own.
    fn new(columns: &[Column], order: &[String]) -> Self {
        let [Column::Texts(people), Column::Texts(lists)] = columns else {
            return Self { names: order.to_vec(), counts: vec![0; 1 << order.len().min(8)] };
        };
        let mut names = order.to_vec();
        if names.is_empty() {
            names = lists.iter().flatten().cloned().collect();
            names.sort();
            names.dedup();
        }
        names.truncate(8);
        let mut of: BTreeMap<&str, usize> = BTreeMap::new();
        for (person, list) in people.iter().zip(lists) {
            let (Some(person), Some(list)) = (person, list) else { continue };
            if let Some(place) = names.iter().position(|name| name == list) {
                *of.entry(person).or_default() |= 1 << place;
            }
        }
        let mut counts = vec![0; 1 << names.len()];
        for history in of.into_values() {
            if let Some(count) = counts.get_mut(history) {
                *count += 1;
            }
        }
        Self { names, counts }
    }

    /// The people who are on all of these lists.
    fn on(&self, mask: usize) -> u64 {
        let histories = self.counts.iter().enumerate().filter(|(history, _)| history & mask == mask);
        histories.map(|(_, people)| people).sum()
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let lists = self.names.len();
        (0..lists).flat_map(move |one| (one + 1..lists).map(move |other| (one, other)))
    }
}

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, design: &Overlap, members: Option<&[Column]>) -> Vec<Estimate> {
    match (&design.from, members) {
        (OverlapFrom::Figures { figures, known }, _) => of_figures(ground, figures, known),
        (OverlapFrom::Sources { lists, people }, Some(members)) => {
            of_lists(ground, design, people, &Lists::new(members, lists))
        }
        (OverlapFrom::Column { people, .. }, Some(members)) => {
            of_lists(ground, design, people, &Lists::new(members, &[]))
        }
        (OverlapFrom::Sources { .. } | OverlapFrom::Column { .. }, None) => Vec::new(),
    }
}

fn of_lists(ground: &Ground<'_>, design: &Overlap, people: &str, lists: &Lists) -> Vec<Estimate> {
    let line = |contrast: &str, groups: &[u64]| {
        Line::about(ground, people, contrast).on_people(groups.iter().copied())
    };
    let seen: u64 = lists.counts.iter().sum();
    let mut out = Vec::new();
    let margins: Vec<u64> = (0..lists.names.len()).map(|list| lists.on(1 << list)).collect();
    for (name, people) in lists.names.iter().zip(&margins) {
        out.push(line("", &[*people]).number(
            "people on a list",
            name.as_str(),
            "full_count",
            *people as f64,
            seen,
        ));
    }
    let mut overlaps = Vec::new();
    for (one, other) in lists.pairs() {
        let both = lists.on(1 << one | 1 << other);
        overlaps.push(Some(both));
        let only = [both, margins[one] - both, margins[other] - both];
        let term = format!("{} and {}", lists.names[one], lists.names[other]);
        out.push(line("", &only).number("people on both lists", term, "full_count", both as f64, seen));
    }
    let all = line("", &[seen]);
    out.push(all.number("people on any list", "", "full_count", seen as f64, seen));
    // What would be known without linking, so that a reader sees what linking adds.
    bounds(&all, "without matching", METHOD_MARGINS, union_bounds_margins(&margins), &mut out);
    bounds(&all, "with overlaps of pairs", METHOD_SHARP, union_bounds_sharp(&margins, &overlaps), &mut out);
    if design.assumes.is_some() {
        never_seen(ground, people, lists, &margins, &mut out);
    }
    out
}

/// How many people there are, those included whom no list saw; the assumption stands in the plan.
fn never_seen(ground: &Ground<'_>, people: &str, lists: &Lists, margins: &[u64], out: &mut Vec<Estimate>) {
    let level = ground.evaluation.level;
    let seen: u64 = lists.counts.iter().sum();
    let line = Line::about(ground, people, "if lists are independent").on_people([seen]);
    let estimand = "people, those never seen included";
    if let [first, second] = margins {
        out.push(line.row(estimand, "", METHOD_CHAPMAN, &chapman(*first, *second, lists.on(3), level)));
    } else {
        let model = Histories::new(lists.names.len(), &lists.counts)
            .and_then(|histories| capture_model(&histories, Model::Lists, level))
            .map(|model| model.population);
        out.push(line.row(estimand, "", METHOD_MT, &model));
    }
    let frequencies: Vec<u64> = (1..=lists.names.len() as u32)
        .map(|on| {
            let of = |(history, _): &(usize, &u64)| history.count_ones() == on;
            lists.counts.iter().enumerate().filter(of).map(|(_, people)| people).sum()
        })
        .collect();
    let bound = chao_lower_bound(&frequencies, Chao::BiasCorrected, level);
    let least = Line::about(ground, people, "if people differ").on_people([seen]);
    out.push(least.row(
        "people at least, those never seen included",
        "",
        METHOD_CHAO2_BIAS_CORRECTED,
        &bound,
    ));
}

fn of_figures(
    ground: &Ground<'_>,
    figures: &[(String, u64)],
    known: &[(usize, usize, u64)],
) -> Vec<Estimate> {
    let margins: Vec<u64> = figures.iter().map(|(_, people)| *people).collect();
    let line = Line::about(ground, "", "");
    let mut out = Vec::new();
    bounds(&line, "from the figures alone", METHOD_MARGINS, union_bounds_margins(&margins), &mut out);
    if !known.is_empty() {
        let lists = figures.len();
        let pairs = (0..lists).flat_map(|one| (one + 1..lists).map(move |other| (one, other)));
        let overlaps: Vec<Option<u64>> = pairs
            .map(|(one, other)| {
                known.iter().find(|(a, b, _)| (*a, *b) == (one, other)).map(|(.., people)| *people)
            })
            .collect();
        bounds(
            &line,
            "with overlaps of pairs",
            METHOD_SHARP,
            union_bounds_sharp(&margins, &overlaps),
            &mut out,
        );
    }
    out
}

fn bounds(
    line: &Line,
    term: &str,
    method: &'static str,
    bounds: Result<UnionBounds, Refusal>,
    out: &mut Vec<Estimate>,
) {
    match bounds {
        Ok(bounds) => {
            out.push(line.number(
                "people on any list, at least",
                term,
                method,
                bounds.lower as f64,
                bounds.upper,
            ));
            out.push(line.number(
                "people on any list, at most",
                term,
                method,
                bounds.upper as f64,
                bounds.upper,
            ));
        }
        Err(refusal) => out.push(line.refused("people on any list", term, method, &refusal)),
    }
}
