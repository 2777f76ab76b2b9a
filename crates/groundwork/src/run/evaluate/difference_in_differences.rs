//! Before and after, here and there.
//!
//! By cells the effect is (treated after - treated before) - (comparison after - comparison
//! before), of the mean value of the sites on each side, each site counting once. One site against
//! one has no error between sites. With three sites or more every choice of as many treated sites
//! is as likely as another under no effect and exchangeable sites, which gives an exact p-value;
//! the smallest that it can be is one over the number of choices.

use super::Ground;
use super::frame::{Frame, slices};
use super::line::{Line, refusal};
use groundwork_disclosure::{CellKey, Estimate, Finding};
use groundwork_plan::evaluation::{DifferenceInDifferences, Role};
use groundwork_plan::period::Period;
use groundwork_stats::estimators::cluster_robust::{Clustered, Heteroskedastic};
use groundwork_stats::estimators::difference_in_differences::{
    DidErrors, METHOD, SiteShocks, TwoByTwo, difference_in_differences,
};
use groundwork_stats::estimators::wild_cluster_bootstrap::METHOD as WILD;
use std::collections::BTreeSet;

const PERMUTATION: &str = "permutation.sites.exact";
/// The most choices of sites that are looked at, all of them.
const CHOICES_MOST: u64 = 1_000_000;

/// The rows of the design.
pub(super) fn rows(
    ground: &Ground<'_>,
    design: &DifferenceInDifferences,
    frame: Option<&Frame>,
) -> Vec<Estimate> {
    match (design, frame) {
        (DifferenceInDifferences::Rows(_), Some(frame)) => by_rows(ground, frame),
        (DifferenceInDifferences::Rows(_), None) => Vec::new(),
        (DifferenceInDifferences::Cells { indicators, treated, comparison, before, after }, _) => {
            let mut out = Vec::new();
            for indicator in indicators {
                out.extend(by_cells(ground, indicator, treated, comparison, (*before, *after)));
            }
            out
        }
    }
}

fn by_rows(ground: &Ground<'_>, frame: &Frame) -> Vec<Estimate> {
    let (y, treated, post) =
        (frame.numbers(Role::Outcome), frame.numbers(Role::Arm), frame.numbers(Role::After));
    let covariates = frame.covariates();
    let x = slices(&covariates);
    let site = frame.labels(Role::Site).unwrap_or_default();
    let sizes = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
        .map(|cell| treated.iter().zip(&post).filter(|(t, p)| (**t, **p) == cell).count() as u64);
    let line = Line::about(ground, frame.outcome(), "arm - others, after - before").on_groups(frame, sizes);
    let clusters = frame.labels(Role::Cluster);
    let errors = match &clusters {
        Some(labels) => DidErrors::Clusters(labels, Clustered::Cr2),
        // One place a side has no error between places, and is then given none.
        None if is_single(&site, &treated) => DidErrors::Rows(Heteroskedastic::Hc3),
        None => DidErrors::Sites,
    };
    let data = TwoByTwo { y: &y, treated: &treated, post: &post, covariates: &x, site: &site };
    let found = match difference_in_differences(data, errors, SiteShocks::Possible, ground.evaluation.level) {
        Ok(found) => found,
        Err(refusal) => return vec![line.refused("difference in differences", "", METHOD, &refusal)],
    };
    let mut out = vec![line.row("difference in differences", "", METHOD, &Ok(found.effect))];
    if let Some(wild) = found.wild {
        let by_signs = wild.map(|wild| wild.estimate);
        out.push(line.row("difference in differences", "signs of whole clusters turned", WILD, &by_signs));
    }
    for (side, means) in [("others", found.cells[0]), ("arm", found.cells[1])] {
        for (when, mean) in [("before", means[0]), ("after", means[1])] {
            out.push(line.number("mean", format!("{side}, {when}"), METHOD, mean, frame.rows() as u64));
        }
    }
    out
}

/// Whether a side of the comparison is one place.
fn is_single(site: &[u32], treated: &[f64]) -> bool {
    [0.0, 1.0].iter().any(|side| {
        let sites: BTreeSet<u32> =
            site.iter().zip(treated).filter(|(_, t)| *t == side).map(|(s, _)| *s).collect();
        sites.len() < 2
    })
}

fn by_cells(
    ground: &Ground<'_>,
    indicator: &str,
    treated: &[String],
    comparison: &[String],
    (before, after): (Period, Period),
) -> Vec<Estimate> {
    let value = |site: &String, period: Period| -> Option<f64> {
        let cell = ground.cell(&CellKey::total(indicator, site, &period.id()))?;
        match cell.finding {
            Finding::Value { value, .. } if !cell.partial => Some(value),
            _ => None,
        }
    };
    let mean = |sites: &[String], period: Period| -> Option<f64> {
        let values: Option<Vec<f64>> = sites.iter().map(|site| value(site, period)).collect();
        values.filter(|v| !v.is_empty()).map(|v| v.iter().sum::<f64>() / v.len() as f64)
    };
    let gap = |period: Period| Some(mean(treated, period)? - mean(comparison, period)?);
    let line = |periods: &[Period]| {
        let sites = treated.iter().chain(comparison);
        let cells = sites.flat_map(|s| periods.iter().map(|p| CellKey::total(indicator, s, &p.id())));
        let contrast = format!("{} - {}", treated.join(" + "), comparison.join(" + "));
        Line::about(ground, indicator, contrast).on_cells(cells.collect::<Vec<_>>())
    };
    let n = |periods: &[Period]| -> u64 {
        let sites = treated.iter().chain(comparison);
        sites
            .flat_map(|s| periods.iter().filter_map(|p| ground.cell(&CellKey::total(indicator, s, &p.id()))))
            .map(|c| c.n)
            .sum()
    };
    let both = [before, after];
    let term = format!("{} to {}", before.id(), after.id());
    let (Some(first), Some(last)) = (gap(before), gap(after)) else {
        let refusal = refusal(
            "no_value",
            "a site has no value before or after, or only a part of a period",
            "choose periods in which every site was at work",
        );
        return vec![line(&both).refused("difference in differences", term, METHOD, &refusal)];
    };
    let effect = last - first;
    let mut row = line(&both).number("difference in differences", &term, METHOD, effect, n(&both));
    if treated.len() == 1 && comparison.len() == 1 {
        row.warnings.push("one_site_a_side");
    }
    let mut out = vec![row];
    let calendar = &ground.plan.calendar.periods;
    for period in calendar.iter().copied() {
        if let Some(gap) = gap(period) {
            out.push(line(&[period]).number("gap between the sides", period.id(), METHOD, gap, n(&[period])));
        }
    }
    for pair in calendar.windows(2).filter(|pair| pair[1] <= before) {
        if let (Some(a), Some(b)) = (gap(pair[0]), gap(pair[1])) {
            let term = format!("{} to {}", pair[0].id(), pair[1].id());
            out.push(line(pair).number("placebo before the change", term, METHOD, b - a, n(pair)));
        }
    }
    let sites: Vec<&String> = treated.iter().chain(comparison).collect();
    if sites.len() > 2 {
        let changes: Option<Vec<f64>> =
            sites.iter().map(|site| Some(value(site, after)? - value(site, before)?)).collect();
        out.extend(changes.map(|changes| permuted(&line(&both), &changes, treated.len(), effect, &term)));
    }
    out
}

/// The share of the choices of treated sites that give at least as large an effect.
fn permuted(line: &Line, changes: &[f64], treated: usize, effect: f64, term: &str) -> Estimate {
    let estimand = "as large an effect by any choice of sites";
    if ways(changes.len(), treated).is_none_or(|ways| ways > CHOICES_MOST) {
        let refusal = refusal(
            "too_many_sites",
            "there are more than a million choices of sites",
            "use rows, with sites as clusters",
        );
        return line.refused(estimand, term, PERMUTATION, &refusal);
    }
    let total: f64 = changes.iter().sum();
    let others = (changes.len() - treated) as f64;
    let (mut as_large, mut choices) = (0_u64, 0_u64);
    let mut chosen: Vec<usize> = (0..treated).collect();
    loop {
        let sum: f64 = chosen.iter().map(|at| changes[*at]).sum();
        let other = sum / treated as f64 - (total - sum) / others;
        choices += 1;
        as_large += u64::from(other.abs() >= effect.abs() * (1.0 - 1e-12));
        if !next(&mut chosen, changes.len()) {
            break;
        }
    }
    let p = as_large as f64 / choices as f64;
    let mut row = line.number(estimand, term, PERMUTATION, effect, choices);
    row.p_value = Some(p);
    if choices < 20 {
        row.warnings.push("coarse_p");
    }
    row
}

/// How many choices of some among all there are; none where it is beyond counting.
fn ways(all: usize, some: usize) -> Option<u64> {
    (0..some.min(all - some))
        .try_fold(1_u64, |ways, at| Some(ways.checked_mul((all - at) as u64)? / (at as u64 + 1)))
}

/// The next choice in order, if there is one.
fn next(chosen: &mut [usize], all: usize) -> bool {
    let some = chosen.len();
    let Some(at) = (0..some).rev().find(|at| chosen[*at] < all - some + at) else { return false };
    chosen[at] += 1;
    for later in at + 1..some {
        chosen[later] = chosen[later - 1] + 1;
    }
    true
}
