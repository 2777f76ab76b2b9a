//! Why two sites differ: who was served, and how well they were served.

use super::Ground;
use super::line::{Line, refusal};
use super::site_comparison::{against, categories, cells_of, obstacle};
use groundwork_disclosure::{Cell, Estimate, Finding};
use groundwork_plan::evaluation::Decomposition;
use groundwork_plan::indicator::{Dimension, Indicator};
use groundwork_stats::estimators::kitagawa::{METHOD, METHOD_THREEFOLD, Side, kitagawa};

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, design: &Decomposition) -> Vec<Estimate> {
    let mut out = Vec::new();
    for (key, reference, indicator) in
        cells_of(ground.plan, &design.indicators, &design.reference, &design.period.id())
    {
        let (Some(cell), Some(other)) = (ground.cell(&key), ground.cell(&reference)) else { continue };
        for name in &design.by {
            if let Some(dimension) = indicator.disaggregate.iter().find(|d| d.name == *name) {
                out.extend(split(ground, indicator, dimension, cell, other));
            }
        }
    }
    out
}

fn split(
    ground: &Ground<'_>,
    indicator: &Indicator,
    dimension: &Dimension,
    cell: &Cell,
    reference: &Cell,
) -> Vec<Estimate> {
    let contrast = against(&cell.key.site, &reference.key.site);
    let line = Line::about(ground, &indicator.id, contrast.clone())
        .on_cells([cell.key.clone(), reference.key.clone()]);
    let term = format!("by {}", dimension.name);
    if let Some(finding) = obstacle(cell, reference) {
        return vec![Estimate { finding, ..line.empty("difference of sites", term, METHOD) }];
    }
    let all = categories(ground, dimension, cell, reference);
    // A category without anybody on one side has no rate there, so the split has no value.
    let side = |at: usize| -> (Vec<f64>, Vec<f64>) { all.iter().map(|c| c.counts[at]).unzip() };
    let ((y1, x1), (y2, x2)) = (side(0), side(1));
    let adds_up = |of: &Cell, x: &[f64], y: &[f64]| {
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1.0);
        near(x.iter().sum(), of.denominator.unwrap_or(0.0)) && near(y.iter().sum(), of.numerator)
    };
    let outcome = if adds_up(cell, &x1, &y1) && adds_up(reference, &x2, &y2) {
        kitagawa(Side { numerator: &y1, denominator: &x1 }, Side { numerator: &y2, denominator: &x2 })
    } else {
        Err(refusal(
            "strata_do_not_add_up",
            "somebody is in two categories, so that the parts would not add up to the difference",
            "split by a dimension in which everybody has one category",
        ))
    };
    let found = match outcome {
        Ok(found) => found,
        Err(refusal) => return vec![line.refused("difference of sites", term, METHOD, &refusal)],
    };
    let n = cell.n + reference.n;
    let mut out = vec![
        line.number("difference of sites", &term, METHOD, found.difference, n),
        line.number("due to composition", &term, METHOD, found.composition, n),
        line.number("due to rates", &term, METHOD, found.rate, n),
        line.number(
            "due to composition at the rates of the reference",
            &term,
            METHOD_THREEFOLD,
            found.composition_at_second,
            n,
        ),
        line.number(
            "due to rates at the composition of the reference",
            &term,
            METHOD_THREEFOLD,
            found.rate_at_second,
            n,
        ),
        line.number("due to both at once", &term, METHOD_THREEFOLD, found.interaction, n),
    ];
    for (category, part) in all.iter().zip(&found.strata) {
        let line = Line::about(ground, &indicator.id, contrast.clone()).on_cells(category.keys.clone());
        let term = format!("{}: {}", dimension.name, category.name);
        // The share of a category in the composition has a meaning only against the mean rate.
        out.push(line.number(
            "due to composition, from the mean rate",
            &term,
            METHOD,
            part.composition_centred,
            n,
        ));
        out.push(line.number("due to rates", &term, METHOD, part.rate, n));
    }
    out.retain(|row| row.finding != Finding::NoData);
    out
}
