//! Two parts of a programme together against either alone.

use super::Ground;
use super::frame::{Frame, chosen, slices};
use super::line::{Line, refusal};
use groundwork_disclosure::Estimate;
use groundwork_plan::evaluation::Role;
use groundwork_stats::difference_miettinen_nurminen;
use groundwork_stats::estimators::e_value::{METHOD as E_VALUE, e_value_risk_ratio};
use groundwork_stats::estimators::g_computation::{METHOD as GCOMP, RiskErrors, g_computation};

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, frame: &Frame) -> Vec<Estimate> {
    let (first, second) = (frame.truths(Role::First), frame.truths(Role::Second));
    let each = |wanted: (bool, bool)| -> Vec<bool> {
        first.iter().zip(&second).map(|(a, b)| (*a, *b) == wanted).collect()
    };
    let both = each((true, true));
    let mut out = Vec::new();
    for (name, wanted) in
        [("first alone", (true, false)), ("second alone", (false, true)), ("neither", (false, false))]
    {
        out.extend(against(ground, frame, &both, &each(wanted), name));
    }
    out
}

fn against(ground: &Ground<'_>, frame: &Frame, both: &[bool], other: &[bool], name: &str) -> Vec<Estimate> {
    let level = ground.evaluation.level;
    let keep: Vec<bool> = both.iter().zip(other).map(|(a, b)| *a || *b).collect();
    let y = chosen(&frame.numbers(Role::Outcome), &keep);
    let arm: Vec<f64> = chosen(both, &keep).into_iter().map(|is| f64::from(u8::from(is))).collect();
    let count = |of: f64, success: bool| {
        let is = |(y, arm): &(&f64, &f64)| **arm == of && (!success || **y == 1.0);
        y.iter().zip(&arm).filter(is).count() as u64
    };
    let (x1, n1, x2, n2) = (count(1.0, true), count(1.0, false), count(0.0, true), count(0.0, false));
    let line = Line::about(ground, frame.outcome(), format!("both - {name}")).on_groups(frame, [n1, n2]);
    let crude = difference_miettinen_nurminen(x1, n1, x2, n2, level);
    let mut out = vec![line.row("difference, crude", "", "mn.score", &crude)];
    // A covariate that does not vary among those compared says nothing and cannot be fitted.
    let covariates: Vec<(String, Vec<f64>)> = frame
        .covariates()
        .into_iter()
        .map(|(name, values)| (name, chosen(&values, &keep)))
        .filter(|(_, values)| values.iter().any(|value| Some(value) != values.first()))
        .collect();
    let clusters = frame.labels(Role::Cluster).map(|labels| chosen(&labels, &keep));
    let errors = clusters.as_deref().map_or(RiskErrors::Model, RiskErrors::Clustered);
    match g_computation(&y, &arm, &slices(&covariates), errors, level) {
        Ok(risks) => {
            out.push(line.row("difference, adjusted", "", GCOMP, &Ok(risks.difference)));
            let ratio = risks.ratio;
            out.push(line.row("ratio, adjusted", "", GCOMP, &Ok(ratio.clone())));
            let e_value = match ratio.interval {
                Some(limits) => e_value_risk_ratio(ratio.value, limits.lower, limits.upper),
                None => Err(refusal("no_interval", "the ratio has no interval", "report the ratio alone")),
            };
            match e_value {
                Ok(e) => {
                    out.push(line.number("E-value", "of the ratio", E_VALUE, e.point, ratio.n));
                    out.push(line.number("E-value", "of the nearer limit", E_VALUE, e.limit, ratio.n));
                }
                Err(refusal) => out.push(line.refused("E-value", "", E_VALUE, &refusal)),
            }
        }
        Err(refusal) => out.push(line.refused("difference, adjusted", "", GCOMP, &refusal)),
    }
    out
}
