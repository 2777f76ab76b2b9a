//! How many people lists share, how many there are in all, and how many no list saw.

use super::Ground;
use super::line::{Line, refusal};
use groundwork_disclosure::Estimate;
use groundwork_plan::evaluation::{Known, Overlap, OverlapFrom};
use groundwork_stats::Refusal;
use groundwork_stats::estimators::capture_loglinear::{Histories, METHOD_MT, Model, capture_model};
use groundwork_stats::estimators::capture_recapture::{
    Chao, METHOD_CHAO2_BIAS_CORRECTED, METHOD_CHAPMAN, chao_lower_bound, chapman,
};
use groundwork_stats::estimators::union_bounds::{
    Limits, METHOD_MARGINS, METHOD_SHARP, UnionBounds, union_bounds_margins, union_bounds_sharp,
    union_bounds_within, union_clash,
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

    /// The people by the lists that they are on and the lists that they are not. What is said of all
    /// lists together rests on each of these groups: with what is said of single lists and of pairs
    /// it would tell how many are in one that is withheld.
    fn ways(&self) -> impl Iterator<Item = u64> {
        self.counts.iter().copied().filter(|people| *people > 0)
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let lists = self.names.len();
        (0..lists).flat_map(move |one| (one + 1..lists).map(move |other| (one, other)))
    }
}

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, design: &Overlap, members: Option<&[Column]>) -> Vec<Estimate> {
    match (&design.from, members) {
        (OverlapFrom::Figures { figures, known }, _) => {
            let lists: Vec<(&str, Limits)> =
                figures.iter().map(|(name, people)| (name.as_str(), (*people).into())).collect();
            of_figures(&Line::about(ground, "", ""), &lists, known)
        }
        (OverlapFrom::Rows { of, known, .. }, Some(members)) => of_rows(ground, of, known, members),
        (OverlapFrom::Sources { lists, people }, Some(members)) => {
            of_lists(ground, design, people, &Lists::new(members, lists))
        }
        (OverlapFrom::Column { people, .. }, Some(members)) => {
            of_lists(ground, design, people, &Lists::new(members, &[]))
        }
        (OverlapFrom::Sources { .. } | OverlapFrom::Column { .. } | OverlapFrom::Rows { .. }, None) => {
            Vec::new()
        }
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
            *people,
        ));
    }
    let mut overlaps = Vec::new();
    for (one, other) in lists.pairs() {
        let both = lists.on(1 << one | 1 << other);
        overlaps.push(Some(both));
        let only = [both, margins[one] - both, margins[other] - both];
        let (term, on_either) =
            (format!("{} and {}", lists.names[one], lists.names[other]), only.iter().sum());
        out.push(line("", &only).number("people on both lists", term, "full_count", both as f64, on_either));
    }
    let all = Line::about(ground, people, "").on_people(lists.ways());
    out.push(all.number("people on any list", "", "full_count", seen as f64, seen));
    // What would be known without linking, so that a reader sees what linking adds.
    let alone = line("", &margins);
    bounds(&alone, "without matching", METHOD_MARGINS, union_bounds_margins(&margins), &mut out);
    bounds(&all, "with overlaps of pairs", METHOD_SHARP, union_bounds_sharp(&margins, &overlaps), &mut out);
    if design.assumes.is_some() {
        never_seen(ground, people, lists, &margins, &mut out);
    }
    out
}

/// How many people there are, those included whom no list saw; the assumption stands in the plan.
fn never_seen(ground: &Ground<'_>, people: &str, lists: &Lists, margins: &[u64], out: &mut Vec<Estimate>) {
    let level = ground.evaluation.level;
    let line = Line::about(ground, people, "if lists are independent").on_people(lists.ways());
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
    let least = Line::about(ground, people, "if people differ").on_people(lists.ways());
    out.push(least.row(
        "people at least, those never seen included",
        "",
        METHOD_CHAO2_BIAS_CORRECTED,
        &bound,
    ));
}

/// Bounds from figures in the rows of a source: several of one list overlap by an unknown amount.
fn of_rows(ground: &Ground<'_>, of: &str, known: &Known, members: &[Column]) -> Vec<Estimate> {
    let [Column::Texts(lists), Column::Numbers(figures)] = members else { return Vec::new() };
    let mut by_list: BTreeMap<&str, Limits> = BTreeMap::new();
    let mut all = Vec::new();
    for (list, figure) in lists.iter().zip(figures) {
        let (Some(list), Some(figure)) = (list, figure) else { continue };
        if *figure < 0.0 {
            let line = Line::about(ground, of, "");
            let refusal = refusal("negative_figure", "a figure is below zero", "correct the figure");
            return vec![line.refused("people on any list", list.as_str(), METHOD_MARGINS, &refusal)];
        }
        let people = *figure as u64;
        all.push(people);
        let limits = by_list.entry(list).or_insert(Limits { least: 0, most: 0 });
        limits.least = limits.least.max(people);
        limits.most = limits.most.saturating_add(people);
    }
    // An overlap with a list that has no figure says nothing.
    let lists: Vec<(&str, Limits)> = by_list.into_iter().collect();
    let mut out = Vec::new();
    for (name, limits) in &lists {
        let line = Line::about(ground, of, "").on_people(all.iter().copied());
        let mut row = |estimand: &str, people: u64| {
            out.push(line.number(estimand, *name, METHOD_MARGINS, people as f64, limits.most));
        };
        if limits.least == limits.most {
            row("people on a list", limits.least);
        } else {
            row("people on a list, at least", limits.least);
            row("people on a list, at most", limits.most);
        }
    }
    out.extend(of_figures(&Line::about(ground, of, "").on_people(all), &lists, known));
    out
}

/// Bounds from figures, and from what is known beside them.
fn of_figures(line: &Line, lists: &[(&str, Limits)], known: &Known) -> Vec<Estimate> {
    let mut out = Vec::new();
    let margins: Vec<Limits> = lists.iter().map(|(_, people)| *people).collect();
    let most: Vec<u64> = margins.iter().map(|limits| limits.most).collect();
    // The longest list is as long as its least at least; the sum is that of what they are at most.
    let alone = union_bounds_margins(&most).map(|bounds| UnionBounds {
        lower: margins.iter().map(|limits| limits.least).max().unwrap_or(0),
        ..bounds
    });
    bounds(line, "from the figures alone", METHOD_MARGINS, alone, &mut out);
    if known.overlaps.is_empty() && known.population.is_none() {
        return out;
    }
    let names = (0..lists.len()).flat_map(|one| (one + 1..lists.len()).map(move |other| [one, other]));
    let names: Vec<[String; 2]> =
        names.map(|pair| pair.map(|at| lists.get(at).map_or("", |list| list.0).to_owned())).collect();
    let overlaps: Vec<Option<Limits>> = names
        .iter()
        .map(|pair| {
            let overlap = known.overlaps.iter().find(|overlap| overlap.is_of(pair))?;
            Some(Limits { least: overlap.least, most: overlap.most })
        })
        .collect();
    let what = match (known.overlaps.is_empty(), known.population) {
        (true, _) => "with the population",
        (false, None) => "with overlaps of pairs",
        (false, Some(_)) => "with overlaps of pairs and the population",
    };
    let found = union_bounds_within(&margins, &overlaps, known.population);
    // What cannot be is said with its names.
    let clash = match &found {
        Err(refusal) if refusal.code == "inconsistent_overlaps" => {
            union_clash(&margins, &overlaps, known.population).ok().flatten()
        }
        Ok(_) | Err(_) => None,
    };
    let term = clash.map_or(what.to_owned(), |clash| {
        let name = |at: usize| lists.get(at).map_or("", |list| list.0);
        let pairs = clash.pairs.iter().map(|(one, other)| format!("{} and {}", name(*one), name(*other)));
        let all: Vec<String> = pairs.chain(clash.population.then(|| "population".to_owned())).collect();
        format!("cannot all be: {}", all.join("; "))
    });
    bounds(line, &term, METHOD_SHARP, found, &mut out);
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
