//! Comparing: every other site of an evaluation against its reference.

use super::compute::{LEVEL, Results};
use super::estimate::{estimated, whole};
use groundwork_disclosure::{Cell, CellKey, Contrast, Finding};
use groundwork_plan::indicator::{Indicator, Summary};
use groundwork_plan::plan::{Evaluation, Plan};
use groundwork_stats::{
    Outcome, difference_miettinen_nurminen, ratio_contrast_difference, ratio_contrast_log,
};
use std::collections::BTreeMap;

/// The contrasts of every evaluation, in the order of the plan.
pub(super) fn contrasts(plan: &Plan, results: &Results) -> Vec<Contrast> {
    let cells: BTreeMap<&CellKey, &Cell> = results.cells.iter().map(|c| (&c.key, c)).collect();
    let mut out = Vec::new();
    for evaluation in &plan.evaluations {
        for (cell, reference, indicator) in pairs(plan, evaluation) {
            if let (Some(cell), Some(reference)) = (cells.get(&cell), cells.get(&reference)) {
                out.push(contrast(evaluation, indicator, cell, reference, results));
            }
        }
    }
    out
}

/// The cells that an evaluation compares: what, with what, and the indicator.
pub(super) fn pairs<'p>(
    plan: &'p Plan,
    evaluation: &'p Evaluation,
) -> Vec<(CellKey, CellKey, &'p Indicator)> {
    let period = evaluation.period.id();
    let mut out = Vec::new();
    for name in &evaluation.indicators {
        let Some(indicator) = plan.indicator(name) else {
            continue;
        };
        for site in plan.sites.iter().filter(|s| s.id != evaluation.reference) {
            out.push((
                CellKey::total(name, &site.id, &period),
                CellKey::total(name, &evaluation.reference, &period),
                indicator,
            ));
        }
    }
    out
}

fn contrast(
    evaluation: &Evaluation,
    indicator: &Indicator,
    cell: &Cell,
    reference: &Cell,
    results: &Results,
) -> Contrast {
    let ratios = (results.ratios.get(&cell.key), results.ratios.get(&reference.key));
    let of_ratios = |summary, method, contrast: fn(&_, &_, f64) -> Outcome| match ratios {
        (Some(a), Some(b)) => (summary, method, contrast(a, b, LEVEL)),
        _ => (summary, method, Err(not_estimated())),
    };
    let (summary, method, outcome) = match indicator.kind.summary() {
        Summary::Share => (
            "difference",
            "mn.score",
            difference_miettinen_nurminen(
                whole(cell.numerator),
                whole(cell.denominator.unwrap_or(0.0)),
                whole(reference.numerator),
                whole(reference.denominator.unwrap_or(0.0)),
                LEVEL,
            ),
        ),
        Summary::ClusteredRatio | Summary::Quotient => {
            of_ratios("ratio", "ratio.contrast.log", ratio_contrast_log)
        }
        Summary::RowMean => of_ratios("difference", "ratio.contrast.difference", ratio_contrast_difference),
        // Resolving refuses to compare these; they have no sampling error.
        Summary::FullCount
        | Summary::Total
        | Summary::Quantile(_)
        | Summary::Rate { .. }
        | Summary::Bounds
        | Summary::TopShare { .. }
        | Summary::Derived => ("difference", "full_count", Err(not_estimated())),
    };
    let estimate = outcome.as_ref().ok().cloned();
    let nothing = [cell, reference].iter().any(|c| c.finding == Finding::NoData);
    let (method, finding) = if nothing {
        (method, Finding::NoData)
    } else if cell.partial != reference.partial {
        // A part of a period is not compared with a whole one.
        (method, Finding::Refused("partial_period"))
    } else {
        estimated(method, outcome)
    };
    Contrast {
        evaluation: evaluation.id.clone(),
        cell: cell.key.clone(),
        reference: reference.key.clone(),
        unit: cell.unit.clone(),
        summary,
        method,
        finding,
        std_error: estimate.as_ref().and_then(|e| e.std_error),
        statistic: estimate.as_ref().and_then(|e| e.statistic),
        df: estimate.as_ref().and_then(|e| e.df),
        p_value: estimate.as_ref().and_then(|e| e.p_value),
        n: cell.n + reference.n,
        n_clusters: estimate.and_then(|e| e.n_clusters),
    }
}

fn not_estimated() -> groundwork_stats::Refusal {
    groundwork_stats::Refusal {
        code: "too_few_clusters",
        message: "one of the two values has no interval of its own".into(),
        instead: "show the two values side by side".into(),
    }
}
