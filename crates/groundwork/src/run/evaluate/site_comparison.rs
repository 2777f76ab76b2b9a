//! Sites against a reference: crude, and with the same people in both.

use super::super::compute::Results;
use super::super::estimate::whole;
use super::Ground;
use super::frame::slices;
use super::line::{Line, refusal};
use super::shared_clusters::{Scale, contrast as clustered_contrast};
use groundwork_disclosure::{Cell, CellKey, Contrast, Estimate, Finding};
use groundwork_plan::evaluation::{Evaluation, SiteComparison};
use groundwork_plan::indicator::{Dimension, Indicator, Summary, UNKNOWN};
use groundwork_plan::method::ContrastMethod;
use groundwork_plan::plan::Plan;
use groundwork_stats::estimators::difference_agresti_caffo::difference_agresti_caffo;
use groundwork_stats::estimators::difference_mee::difference_mee;
use groundwork_stats::estimators::difference_newcombe::{difference_newcombe, difference_newcombe_corrected};
use groundwork_stats::estimators::g_computation::{METHOD as GCOMP, RiskErrors, g_computation};
use groundwork_stats::estimators::mantel_haenszel::{
    METHOD_RISK_DIFFERENCE, Stratum, mantel_haenszel_risk_difference,
};
use groundwork_stats::estimators::odds_ratio::{odds_ratio, odds_ratio_log};
use groundwork_stats::estimators::odds_ratio_exact::odds_ratio_exact;
use groundwork_stats::estimators::rate_contrast::{rate_difference, rate_ratio, rate_ratio_score};
use groundwork_stats::estimators::ratio_katz::ratio_katz;
use groundwork_stats::estimators::ratio_miettinen_nurminen::{ratio_koopman, ratio_miettinen_nurminen};
use groundwork_stats::estimators::standardisation::{METHOD as STANDARDISED, standardised_rate};
use groundwork_stats::{
    Outcome, difference_miettinen_nurminen, ratio_contrast_difference, ratio_contrast_log,
};
use std::collections::BTreeMap;

/// The rows of a comparison.
pub(super) fn rows(ground: &Ground<'_>, design: &SiteComparison) -> Vec<Estimate> {
    let mut out = Vec::new();
    for (key, reference, indicator) in pairs(ground.plan, design) {
        let (Some(cell), Some(other)) = (ground.cell(&key), ground.cell(&reference)) else { continue };
        let line = Line::about(ground, &indicator.id, against(&key.site, &reference.site))
            .on_cells([key.clone(), reference.clone()]);
        let level = ground.evaluation.level;
        let Some(first) = design.methods.get(&indicator.id).copied() else { continue };
        let fitting = ContrastMethod::of(indicator.kind.summary());
        let others = design.alternatives.iter().copied().filter(|m| *m != first && fitting.contains(m));
        for (at, method) in std::iter::once(first).chain(others).enumerate() {
            let estimand = match at {
                0 => format!("{} of sites", method.summary()),
                _ => format!("{} of sites, alternative", method.summary()),
            };
            let row = match obstacle(cell, other) {
                Some(finding) => {
                    Estimate { finding, ..line.empty(estimand, key.period.clone(), method.id()) }
                }
                None => {
                    let outcome = compared(method, ground.results, cell, other, level);
                    line.row(estimand, key.period.clone(), method.id(), &outcome)
                }
            };
            out.push(row);
        }
        for name in &design.adjust_for {
            if let Some(dimension) = indicator.disaggregate.iter().find(|d| d.name == *name)
                && obstacle(cell, other).is_none()
            {
                out.extend(adjusted(ground, indicator, dimension, &line, (cell, other)));
            }
        }
    }
    out
}

/// `nan - chiang_rai`.
pub(crate) fn against(site: &str, reference: &str) -> String {
    format!("{site} - {reference}")
}

/// The cells that a comparison sets against each other: what, with what, and the indicator.
pub(crate) fn pairs<'p>(
    plan: &'p Plan,
    design: &'p SiteComparison,
) -> Vec<(CellKey, CellKey, &'p Indicator)> {
    cells_of(plan, &design.indicators, &design.reference, &design.period.id())
}

/// The total cells of every other site and the reference.
pub(super) fn cells_of<'p>(
    plan: &'p Plan,
    indicators: &'p [String],
    reference: &str,
    period: &str,
) -> Vec<(CellKey, CellKey, &'p Indicator)> {
    let mut out = Vec::new();
    for indicator in indicators.iter().filter_map(|name| plan.indicator(name)) {
        for site in plan.sites.iter().filter(|s| s.id != reference) {
            let key = |site: &str| CellKey::total(&indicator.id, site, period);
            out.push((key(&site.id), key(reference), indicator));
        }
    }
    out
}

/// What keeps two cells from being compared at all.
pub(super) fn obstacle(cell: &Cell, reference: &Cell) -> Option<Finding> {
    if [cell, reference].iter().any(|c| c.finding == Finding::NoData) {
        Some(Finding::NoData)
    } else if cell.partial != reference.partial {
        // A part of a period is not compared with a whole one.
        Some(Finding::Refused("partial_period"))
    } else {
        None
    }
}

/// Two cells by a method.
pub(super) fn compared(
    method: ContrastMethod,
    results: &Results,
    cell: &Cell,
    reference: &Cell,
    level: f64,
) -> Outcome {
    let share = |c: &Cell| (whole(c.numerator), whole(c.denominator.unwrap_or(0.0)));
    let ((x1, n1), (x2, n2)) = (share(cell), share(reference));
    let time = |c: &Cell| c.denominator.unwrap_or(0.0);
    match method {
        ContrastMethod::MnScore => difference_miettinen_nurminen(x1, n1, x2, n2, level),
        ContrastMethod::MeeScore => difference_mee(x1, n1, x2, n2, 0.0, level),
        ContrastMethod::Newcombe => difference_newcombe(x1, n1, x2, n2, level),
        ContrastMethod::NewcombeCorrected => difference_newcombe_corrected(x1, n1, x2, n2, level),
        ContrastMethod::AgrestiCaffo => difference_agresti_caffo(x1, n1, x2, n2, level),
        ContrastMethod::RatioMnScore => ratio_miettinen_nurminen(x1, n1, x2, n2, level),
        ContrastMethod::RatioKoopman => ratio_koopman(x1, n1, x2, n2, level),
        ContrastMethod::RatioKatz => ratio_katz(x1, n1, x2, n2, level),
        ContrastMethod::OddsMnScore => odds_ratio(x1, n1, x2, n2, level),
        ContrastMethod::OddsWoolf => odds_ratio_log(x1, n1, x2, n2, level),
        ContrastMethod::OddsExact => odds_ratio_exact(x1, n1, x2, n2, level),
        ContrastMethod::RateRatio => rate_ratio(x1, time(cell), x2, time(reference), level),
        ContrastMethod::RateRatioScore => rate_ratio_score(x1, time(cell), x2, time(reference), level),
        ContrastMethod::RateDifference => rate_difference(x1, time(cell), x2, time(reference), level),
        ContrastMethod::RatioLog => of_ratios(Scale::Log, results, cell, reference, level),
        ContrastMethod::RatioDifference => of_ratios(Scale::Difference, results, cell, reference, level),
    }
}

/// Two ratios or means. Clusters that worked in both sites make them dependent.
pub(super) fn of_ratios(
    scale: Scale,
    results: &Results,
    cell: &Cell,
    reference: &Cell,
    level: f64,
) -> Outcome {
    let clusters = (results.clusters.get(&cell.key), results.clusters.get(&reference.key));
    if let (Some(first), Some(second)) = clusters {
        return clustered_contrast((first, cell.n), (second, reference.n), scale, level);
    }
    match (results.ratios.get(&cell.key), results.ratios.get(&reference.key)) {
        (Some(a), Some(b)) => match scale {
            Scale::Log => ratio_contrast_log(a, b, level),
            Scale::Difference => ratio_contrast_difference(a, b, level),
        },
        _ => Err(refusal(
            "too_few_clusters",
            "one of the two values has no interval of its own",
            "show the two values side by side",
        )),
    }
}

/// The contrasts that charts and reports show, in the order of the plan.
pub(crate) fn contrasts(plan: &Plan, results: &Results) -> Vec<Contrast> {
    let designs = || plan.evaluations.iter().filter_map(|e| Some((e, e.site_comparison()?)));
    if designs().next().is_none() {
        return Vec::new();
    }
    let cells: BTreeMap<&CellKey, &Cell> = results.cells.iter().map(|c| (&c.key, c)).collect();
    let mut out = Vec::new();
    for (evaluation, design) in designs() {
        for (cell, reference, indicator) in pairs(plan, design) {
            if let (Some(cell), Some(reference), Some(method)) =
                (cells.get(&cell), cells.get(&reference), design.methods.get(&indicator.id))
            {
                out.push(contrast(evaluation, *method, cell, reference, results));
            }
        }
    }
    out
}

fn contrast(
    evaluation: &Evaluation,
    method: ContrastMethod,
    cell: &Cell,
    reference: &Cell,
    results: &Results,
) -> Contrast {
    let outcome = compared(method, results, cell, reference, evaluation.level);
    let estimate = outcome.as_ref().ok().cloned();
    let (id, finding) = match obstacle(cell, reference) {
        Some(finding) => (method.id(), finding),
        None => super::super::estimate::estimated(method.id(), outcome),
    };
    Contrast {
        evaluation: evaluation.id.clone(),
        cell: cell.key.clone(),
        reference: reference.key.clone(),
        unit: cell.unit.clone(),
        summary: method.summary(),
        method: id,
        finding,
        std_error: estimate.as_ref().and_then(|e| e.std_error),
        statistic: estimate.as_ref().and_then(|e| e.statistic),
        df: estimate.as_ref().and_then(|e| e.df),
        p_value: estimate.as_ref().and_then(|e| e.p_value),
        n: cell.n + reference.n,
        n_clusters: estimate.and_then(|e| e.n_clusters),
    }
}

/// The counts of a category in both sites.
pub(super) struct Category {
    pub(super) name: String,
    pub(super) keys: [CellKey; 2],
    /// Numerator and denominator of the site and of the reference.
    pub(super) counts: [(f64, f64); 2],
}

/// The categories of a dimension.
pub(super) struct Categories {
    pub(super) all: Vec<Category>,
    /// Those whose category is not known, where only one site has any: they cannot be held against
    /// anybody, and are left out.
    pub(super) unknown: Option<Category>,
}

/// The categories of a dimension that hold anybody in either site.
pub(super) fn categories(
    ground: &Ground<'_>,
    dimension: &Dimension,
    cell: &Cell,
    reference: &Cell,
) -> Categories {
    let key = |total: &CellKey, category: &str| CellKey {
        dimension: dimension.name.clone(),
        category: category.to_owned(),
        ..total.clone()
    };
    let counts =
        |key: &CellKey| ground.cell(key).map_or((0.0, 0.0), |c| (c.numerator, c.denominator.unwrap_or(0.0)));
    let mut out = Categories { all: Vec::new(), unknown: None };
    for name in &dimension.categories {
        let keys = [key(&cell.key, name), key(&reference.key, name)];
        let category = Category { name: name.clone(), counts: [counts(&keys[0]), counts(&keys[1])], keys };
        match (category.counts[0].1 > 0.0, category.counts[1].1 > 0.0) {
            (false, false) => {}
            (true, true) => out.all.push(category),
            (true, false) | (false, true) if name == UNKNOWN => out.unknown = Some(category),
            (true, false) | (false, true) => out.all.push(category),
        }
    }
    out
}

impl Categories {
    /// Whether everybody has one category, so that the parts add up to the whole of each site.
    pub(super) fn add_up(&self, cell: &Cell, reference: &Cell) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1.0);
        [cell, reference].iter().enumerate().all(|(side, of)| {
            let all = self.all.iter().chain(&self.unknown);
            let (y, x): (Vec<f64>, Vec<f64>) = all.map(|c| c.counts[side]).unzip();
            near(x.iter().sum(), of.denominator.unwrap_or(0.0)) && near(y.iter().sum(), of.numerator)
        })
    }

    /// Every cell that a number over the categories rests on. From several such numbers and the
    /// cells that are published, one that is withheld could be worked out, so that each of them
    /// needs all.
    pub(super) fn cells(&self, cell: &Cell, reference: &Cell) -> Vec<CellKey> {
        let parts = self.all.iter().chain(&self.unknown).flat_map(|c| c.keys.iter().cloned());
        [cell.key.clone(), reference.key.clone()].into_iter().chain(parts).collect()
    }

    /// What a reader must be told of who was left out.
    pub(super) fn warning(&self) -> Option<&'static str> {
        self.unknown.as_ref().map(|_| "unknown_category_left_out")
    }
}

/// The comparison with the categories of a dimension held equal, and how far the case mix differs.
fn adjusted(
    ground: &Ground<'_>,
    indicator: &Indicator,
    dimension: &Dimension,
    line: &Line,
    (cell, reference): (&Cell, &Cell),
) -> Vec<Estimate> {
    let level = ground.evaluation.level;
    let found = categories(ground, dimension, cell, reference);
    let line = line.clone().on_cells(found.cells(cell, reference));
    let all = &found.all;
    let term = format!("by {}", dimension.name);
    let totals = [0, 1].map(|side| all.iter().map(|c| c.counts[side].1).sum::<f64>());
    let mut out = Vec::new();
    if totals.iter().all(|total| *total > 0.0) {
        // The share of one site that would have to be in another category to look like the other.
        let apart: f64 =
            all.iter().map(|c| (c.counts[0].1 / totals[0] - c.counts[1].1 / totals[1]).abs()).sum::<f64>()
                / 2.0;
        out.push(line.number(
            "comparability: case mix apart",
            &term,
            "dissimilarity",
            apart,
            cell.n + reference.n,
        ));
    }
    if indicator.kind.summary() != Summary::Share {
        return out;
    }
    if !found.add_up(cell, reference) {
        let refusal = refusal(
            "strata_do_not_add_up",
            "somebody is in two categories, so that categories are no strata",
            "compare category by category",
        );
        out.push(line.refused("difference of sites, adjusted", term, "mh.rd.sato", &refusal));
        return out;
    }
    let strata: Vec<Stratum> = all
        .iter()
        .map(|c| Stratum {
            x1: whole(c.counts[0].0),
            n1: whole(c.counts[0].1),
            x2: whole(c.counts[1].0),
            n2: whole(c.counts[1].1),
        })
        .collect();
    let events: Vec<u64> = strata.iter().map(|s| s.x1).collect();
    let people: Vec<f64> = all.iter().map(|c| c.counts[0].1).collect();
    let standard: Vec<f64> = all.iter().map(|c| c.counts[1].1).collect();
    let standardised = standardised_rate(&events, &people, &standard, level);
    let name = format!("share of {} with the case mix of {}", cell.key.site, reference.key.site);
    out.push(line.row(name, &term, STANDARDISED, &standardised));
    // Categories that only one site serves say nothing of both.
    let common: Vec<Stratum> = strata.iter().filter(|s| s.n1 > 0 && s.n2 > 0).cloned().collect();
    let mut pooled = line.row(
        "difference of sites, pooled over categories",
        &term,
        METHOD_RISK_DIFFERENCE,
        &mantel_haenszel_risk_difference(&common, level),
    );
    if common.len() < strata.len() {
        pooled.warnings.push("one_sided_categories");
    }
    out.push(pooled);
    let (y, arm, dummies) = expanded(&strata);
    let model = g_computation(&y, &arm, &slices(&dummies), RiskErrors::Model, level);
    let difference = model.map(|risks| risks.difference);
    let estimand = "difference of sites, adjusted by regression";
    out.push(match difference {
        Ok(estimate) => line.row(estimand, &term, GCOMP, &Ok(estimate)),
        Err(refusal) => line.refused(estimand, &term, GCOMP, &refusal),
    });
    for row in &mut out {
        row.warnings.extend(found.warning());
    }
    out
}

/// Columns with their names.
type Columns = Vec<(String, Vec<f64>)>;

/// One row for each person: the outcome, whether the site is the first, and one column for each
/// stratum but the first.
fn expanded(strata: &[Stratum]) -> (Vec<f64>, Vec<f64>, Columns) {
    let (mut y, mut arm, mut stratum) = (Vec::new(), Vec::new(), Vec::new());
    for (at, s) in strata.iter().enumerate() {
        for (x, n, first) in [(s.x1, s.n1, 1.0), (s.x2, s.n2, 0.0)] {
            for person in 0..n {
                y.push(if person < x { 1.0 } else { 0.0 });
                arm.push(first);
                stratum.push(at);
            }
        }
    }
    let dummies = (1..strata.len())
        .map(|of| (of.to_string(), stratum.iter().map(|at| if *at == of { 1.0 } else { 0.0 }).collect()))
        .collect();
    (y, arm, dummies)
}
