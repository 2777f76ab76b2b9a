//! The frequency rule: a count of people under the threshold is not published, nor is anything
//! that gives it away at once.
//!
//! A cell is withheld when its numerator, its denominator or, where the numerator is a part of
//! the denominator, the rest lies between 1 and the threshold less one. Where a withheld cell is
//! the only one of its kind beside a published total, it could be had by subtraction; then the
//! next smallest of its kind is withheld as well. The kinds looked at are the sites of one
//! indicator, period and category, and the categories of one indicator, site, period and
//! dimension. Differences between periods and between indicators are not looked at here.

use crate::cell::{Cell, CellKey, Contrast, Counts, Finding};
use crate::release::{ContrastFigures, Figures, Released, ReleasedCell, ReleasedContrast, Status};
use groundwork_plan::disclosure::Policy;
use std::collections::{BTreeMap, BTreeSet};

/// Lets cells and contrasts pass under a policy. The only maker of [`Released`].
///
/// A contrast passes only when both of its cells do. Cells come back sorted by key.
pub fn release(cells: Vec<Cell>, contrasts: Vec<Contrast>, policy: &Policy) -> Released {
    let cells: BTreeMap<CellKey, Cell> = cells.into_iter().map(|cell| (cell.key.clone(), cell)).collect();
    let mut withheld: BTreeMap<CellKey, &'static str> = cells
        .values()
        .filter(|cell| is_small(cell, policy.threshold(&cell.key.dimension)))
        .map(|cell| (cell.key.clone(), "below_threshold"))
        .collect();
    // Each pass only ever withholds more, so it ends.
    loop {
        let more = by_subtraction(&cells, &withheld);
        if more.is_empty() {
            break;
        }
        withheld.extend(more.into_iter().map(|key| (key, "by_subtraction")));
    }
    // A formula is let out only with everything that it is made from, and so are formulas of it.
    loop {
        let hidden = |cell: &&Cell| cell.inputs.iter().any(|input| withheld.contains_key(input));
        let more: Vec<CellKey> = cells
            .values()
            .filter(|cell| !withheld.contains_key(&cell.key))
            .filter(hidden)
            .map(|cell| cell.key.clone())
            .collect();
        if more.is_empty() {
            break;
        }
        withheld.extend(more.into_iter().map(|key| (key, "input_withheld")));
    }
    let contrasts = contrasts
        .into_iter()
        .map(|contrast| {
            let hidden = [&contrast.cell, &contrast.reference].iter().any(|key| withheld.contains_key(*key));
            released_contrast(contrast, hidden)
        })
        .collect();
    let cells = cells
        .into_values()
        .map(|cell| {
            let hidden = withheld.get(&cell.key).copied();
            released_cell(cell, hidden)
        })
        .collect();
    Released { policy: policy.clone(), cells, contrasts, estimates: Vec::new() }
}

fn is_small(cell: &Cell, threshold: u64) -> bool {
    if !cell.people {
        return false;
    }
    let small = |count: f64| count > 0.0 && count < threshold as f64;
    let denominator = cell.denominator.unwrap_or(0.0);
    let parts = match cell.counts {
        Counts::Total => vec![cell.numerator],
        Counts::Part => vec![cell.numerator, denominator, denominator - cell.numerator],
        Counts::Quotient => vec![cell.numerator, denominator],
        Counts::Amount => vec![denominator],
    };
    parts.into_iter().chain(cell.immature).any(small)
}

/// The cells that must be withheld because another one could be had by subtraction.
fn by_subtraction(
    cells: &BTreeMap<CellKey, Cell>,
    withheld: &BTreeMap<CellKey, &'static str>,
) -> BTreeSet<CellKey> {
    let mut groups: BTreeMap<(CellKey, bool), Vec<&CellKey>> = BTreeMap::new();
    for key in cells.keys() {
        if !key.site.is_empty() {
            let total = CellKey { site: String::new(), ..key.clone() };
            groups.entry((total, true)).or_default().push(key);
        }
        if !key.dimension.is_empty() {
            let total = CellKey { dimension: String::new(), category: String::new(), ..key.clone() };
            groups.entry((total, false)).or_default().push(key);
        }
    }
    let mut more = BTreeSet::new();
    for ((total, by_site), parts) in groups {
        // Categories of different dimensions under one total are different groups.
        let mut by_dimension: BTreeMap<&str, Vec<&CellKey>> = BTreeMap::new();
        for part in parts {
            let name = if by_site { "" } else { part.dimension.as_str() };
            by_dimension.entry(name).or_default().push(part);
        }
        if !cells.contains_key(&total) || withheld.contains_key(&total) {
            continue;
        }
        for parts in by_dimension.into_values() {
            let hidden = parts.iter().filter(|key| withheld.contains_key(**key)).count();
            if hidden != 1 {
                continue;
            }
            let next = parts
                .iter()
                .filter(|key| !withheld.contains_key(**key))
                .filter_map(|key| cells.get(*key))
                .filter(|cell| size(cell) > 0.0)
                .min_by(|a, b| size(a).total_cmp(&size(b)).then_with(|| a.key.cmp(&b.key)));
            match next {
                Some(cell) => more.insert(cell.key.clone()),
                None => more.insert(total.clone()),
            };
        }
    }
    more.retain(|key| !withheld.contains_key(key));
    more
}

fn size(cell: &Cell) -> f64 {
    cell.denominator.unwrap_or(cell.numerator)
}

fn released_cell(cell: Cell, hidden: Option<&'static str>) -> ReleasedCell {
    let whole = if cell.partial { "partial_period" } else { "" };
    let (status, reason, value, interval) = match (hidden, &cell.finding) {
        (_, Finding::NoData) => (Status::NoData, "nothing_recorded", None, None),
        (Some(reason), _) => (Status::Withheld, reason, None, None),
        (None, Finding::Value { value, interval }) => (Status::Published, whole, Some(*value), *interval),
        // Bounds hold for certain: their level is 1.
        (None, Finding::Bounds { lower, upper }) => {
            (Status::Published, whole, None, Some((*lower, *upper, 1.0)))
        }
        (None, Finding::Undefined(reason)) => (Status::Undefined, *reason, None, None),
        (None, Finding::Refused(reason)) => (Status::Refused, *reason, None, None),
    };
    let shown = matches!(status, Status::Published | Status::Undefined | Status::Refused);
    ReleasedCell {
        figures: shown.then_some(Figures {
            numerator: cell.numerator,
            denominator: cell.denominator,
            immature: cell.immature,
            n: cell.n,
            value,
            interval,
        }),
        key: cell.key,
        unit: cell.unit,
        method: cell.method,
        status,
        reason,
    }
}

fn released_contrast(contrast: Contrast, hidden: bool) -> ReleasedContrast {
    let (status, reason, figures) = match (hidden, &contrast.finding) {
        (true, _) => (Status::Withheld, "a_compared_cell_is_withheld", None),
        (false, Finding::NoData | Finding::Bounds { .. }) => (Status::NoData, "nothing_recorded", None),
        (false, Finding::Undefined(reason)) => (Status::Undefined, *reason, None),
        (false, Finding::Refused(reason)) => (Status::Refused, *reason, None),
        (false, Finding::Value { value, interval }) => (
            Status::Published,
            "",
            Some(ContrastFigures {
                value: *value,
                interval: *interval,
                std_error: contrast.std_error,
                statistic: contrast.statistic,
                df: contrast.df,
                p_value: contrast.p_value,
                n: contrast.n,
                n_clusters: contrast.n_clusters,
            }),
        ),
    };
    ReleasedContrast {
        evaluation: contrast.evaluation,
        cell: contrast.cell,
        reference: contrast.reference,
        unit: contrast.unit,
        summary: contrast.summary,
        method: contrast.method,
        status,
        reason,
        figures,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groundwork_plan::disclosure::Audience;
    use groundwork_plan::number::Unit;

    fn cell(site: &str, category: &str, numerator: f64, denominator: Option<f64>) -> Cell {
        let counts = if denominator.is_some() { Counts::Part } else { Counts::Total };
        Cell {
            key: CellKey {
                indicator: "i".into(),
                site: site.into(),
                period: "2021-Q4".into(),
                dimension: if category.is_empty() { String::new() } else { "sex".into() },
                category: category.into(),
            },
            numerator,
            denominator,
            immature: None,
            n: denominator.unwrap_or(numerator) as u64,
            counts,
            unit: Unit::Count,
            method: "full_count",
            finding: Finding::Value { value: numerator, interval: None },
            people: true,
            partial: false,
            inputs: Vec::new(),
        }
    }

    fn partner() -> Policy {
        Policy { audience: Audience::Partner, sensitive: vec!["legal_status".into()] }
    }

    fn statuses(released: &Released) -> Vec<(String, Status)> {
        released
            .cells()
            .iter()
            .map(|c| (format!("{}{}", c.key().site, c.key().category), c.status()))
            .collect()
    }

    #[test]
    fn a_count_under_the_threshold_is_withheld_and_its_figures_are_gone() {
        let released = release(vec![cell("a", "", 4.0, None)], vec![], &partner());
        assert_eq!(released.cells()[0].status(), Status::Withheld);
        assert_eq!(released.cells()[0].figures(), None);
        let released = release(vec![cell("a", "", 5.0, None)], vec![], &partner());
        assert_eq!(released.cells()[0].status(), Status::Published);
    }

    #[test]
    fn all_but_four_gives_the_four_away() {
        let released = release(vec![cell("a", "", 20.0, Some(24.0))], vec![], &partner());
        assert_eq!(released.cells()[0].status(), Status::Withheld);
        let released = release(vec![cell("a", "", 7.0, Some(24.0))], vec![], &partner());
        assert_eq!(released.cells()[0].status(), Status::Published);
    }

    #[test]
    fn a_withheld_site_cannot_be_had_by_subtraction() {
        let cells = vec![cell("", "", 100.0, None), cell("a", "", 97.0, None), cell("b", "", 3.0, None)];
        let released = release(cells, vec![], &partner());
        assert_eq!(
            statuses(&released),
            [
                (String::new(), Status::Published),
                ("a".into(), Status::Withheld),
                ("b".into(), Status::Withheld)
            ]
        );
    }

    #[test]
    fn a_withheld_category_takes_the_next_smallest_with_it() {
        let cells = vec![
            cell("a", "", 102.0, None),
            cell("a", "female", 60.0, None),
            cell("a", "male", 40.0, None),
            cell("a", "unknown", 2.0, None),
        ];
        let released = release(cells, vec![], &partner());
        let withheld: Vec<&str> = released
            .cells()
            .iter()
            .filter(|c| c.status() == Status::Withheld)
            .map(|c| c.key().category.as_str())
            .collect();
        assert_eq!(withheld, ["male", "unknown"]);
    }

    #[test]
    fn a_formula_of_a_withheld_cell_is_withheld_and_so_is_a_formula_of_that() {
        let mut cost = cell("a", "", 300.0, None);
        cost.key.indicator = "cost".into();
        cost.inputs = vec![cell("a", "", 3.0, None).key];
        let mut share = cost.clone();
        share.key.indicator = "share".into();
        share.inputs = vec![cost.key.clone()];
        let released = release(vec![cell("a", "", 3.0, None), cost, share], vec![], &partner());
        assert!(released.cells().iter().all(|c| c.status() == Status::Withheld));
    }

    #[test]
    fn small_numbers_of_things_are_published() {
        let mut posts = cell("a", "", 3.0, None);
        posts.people = false;
        let released = release(vec![posts], vec![], &partner());
        assert_eq!(released.cells()[0].status(), Status::Published);
    }

    #[test]
    fn a_sensitive_dimension_keeps_its_own_threshold() {
        let mut small = cell("a", "x", 7.0, None);
        small.key.dimension = "legal_status".into();
        let released = release(vec![small], vec![], &partner());
        assert_eq!(released.cells()[0].status(), Status::Withheld);
    }
}
