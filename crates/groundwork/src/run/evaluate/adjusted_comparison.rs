//! Two arms with what is known about people held equal: several answers side by side.

use super::Ground;
use super::frame::{Frame, chosen, slices};
use super::line::Line;
use groundwork_disclosure::Estimate;
use groundwork_plan::evaluation::Role;
use groundwork_stats::estimators::augmented_weighting::{
    METHOD_AIPW_ATE, METHOD_AIPW_ATT, METHOD_MODEL_ATE, METHOD_MODEL_ATT, augmented, outcome_model,
};
use groundwork_stats::estimators::balance::{Denominator, METHOD_ESS, METHOD_FIRST, METHOD_POOLED, balance};
use groundwork_stats::estimators::cluster_robust::Heteroskedastic;
use groundwork_stats::estimators::g_computation::{
    METHOD as GCOMP, METHOD_POISSON, RiskErrors, g_computation, modified_poisson,
};
use groundwork_stats::estimators::inverse_probability::{
    METHOD_ATE, METHOD_ATT, Population, Propensity, hajek,
};
use groundwork_stats::estimators::mean_welch::{METHOD as WELCH, mean_difference_welch};
use groundwork_stats::{Outcome, difference_miettinen_nurminen};

const CONTRAST: &str = "arm - others";

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, frame: &Frame) -> Vec<Estimate> {
    let level = ground.evaluation.level;
    let y = frame.numbers(Role::Outcome);
    let arm = frame.truths(Role::Arm);
    let others: Vec<bool> = arm.iter().map(|is| !is).collect();
    let covariates = frame.covariates();
    let x = slices(&covariates);
    let count = |keep: &[bool]| keep.iter().filter(|is| **is).count() as u64;
    let (n1, n2) = (count(&arm), count(&others));
    let line = Line::about(ground, frame.outcome(), CONTRAST).on_groups(frame, [n1, n2]);
    let (y1, y2) = (chosen(&y, &arm), chosen(&y, &others));
    let is_share = frame.is_truth(Role::Outcome);
    let crude = match is_share {
        true => {
            let x1 = y1.iter().filter(|v| **v == 1.0).count() as u64;
            let x2 = y2.iter().filter(|v| **v == 1.0).count() as u64;
            difference_miettinen_nurminen(x1, n1, x2, n2, level)
        }
        false => mean_difference_welch(&y1, &y2, level),
    };
    let mut out = vec![line.row("difference, crude", "", if is_share { "mn.score" } else { WELCH }, &crude)];
    if is_share {
        out.extend(risks(frame, &line, &y, &arm, &x, level));
    }
    for (population, term, asked) in [
        (Population::Everyone, "everyone", METHOD_MODEL_ATE),
        (Population::Treated, "the arm", METHOD_MODEL_ATT),
    ] {
        let outcome = outcome_model(&y, &arm, &x, population, level);
        out.push(line.row("difference, by a model of the outcome", term, asked, &outcome));
    }
    let propensity = match Propensity::fit(&arm, &x) {
        Ok(propensity) => propensity,
        Err(refusal) => {
            out.push(line.refused("difference, weighted by propensity", "everyone", METHOD_ATE, &refusal));
            return out;
        }
    };
    for (population, term, weighted, robust) in [
        (Population::Everyone, "everyone", METHOD_ATE, METHOD_AIPW_ATE),
        (Population::Treated, "the arm", METHOD_ATT, METHOD_AIPW_ATT),
    ] {
        let outcome: Outcome = hajek(&y, &propensity, population, level);
        out.push(line.row("difference, weighted by propensity", term, weighted, &outcome));
        let outcome = augmented(&y, &propensity, population, level);
        out.push(line.row("difference, doubly robust", term, robust, &outcome));
    }
    let names: Vec<&str> = covariates.iter().map(|(name, _)| name.as_str()).collect();
    out.extend(balances(&line, &names, &x, &arm, &propensity));
    out
}

fn risks(frame: &Frame, line: &Line, y: &[f64], arm: &[bool], x: &[&[f64]], level: f64) -> Vec<Estimate> {
    let clusters = frame.labels(Role::Cluster);
    let treated: Vec<f64> = arm.iter().map(|is| f64::from(u8::from(*is))).collect();
    let errors = || clusters.as_deref().map_or(RiskErrors::Model, RiskErrors::Clustered);
    let robust =
        || clusters.as_deref().map_or(RiskErrors::Robust(Heteroskedastic::Hc0), RiskErrors::Clustered);
    let mut out = Vec::new();
    match g_computation(y, &treated, x, errors(), level) {
        Ok(risks) => {
            let n = risks.difference.n;
            out.push(line.number("share, had all been in the arm", "everyone", GCOMP, risks.treated, n));
            out.push(line.number("share, had nobody been in the arm", "everyone", GCOMP, risks.untreated, n));
            out.push(line.row("difference, by regression", "everyone", GCOMP, &Ok(risks.difference)));
            out.push(line.row("ratio, by regression", "everyone", GCOMP, &Ok(risks.ratio)));
        }
        Err(refusal) => out.push(line.refused("difference, by regression", "everyone", GCOMP, &refusal)),
    }
    let ratio = modified_poisson(y, &treated, x, robust(), level).map(|found| found.ratio);
    out.push(line.row("ratio, by Poisson regression", "", METHOD_POISSON, &ratio));
    out
}

fn balances(
    line: &Line,
    names: &[&str],
    x: &[&[f64]],
    arm: &[bool],
    propensity: &Propensity<'_>,
) -> Vec<Estimate> {
    let mut out = Vec::new();
    for (found, term, method) in [
        (balance(x, arm, None, Denominator::Pooled), "before", METHOD_POOLED),
        (propensity.balance(Population::Everyone), "weighted for everyone", METHOD_POOLED),
        (propensity.balance(Population::Treated), "weighted for the arm", METHOD_FIRST),
    ] {
        match found {
            Ok(found) => {
                let n = found.n_first + found.n_second;
                for (name, smd) in names.iter().zip(&found.smd) {
                    if let Some(smd) = smd {
                        let name = format!("standardised difference of {name}");
                        out.push(line.number(name, term, found.method, *smd, n));
                    }
                }
                let mut ess = line.number(
                    "effective sample size of the others",
                    term,
                    METHOD_ESS,
                    found.ess_second,
                    found.n_second,
                );
                ess.warnings = super::line::codes(&found.warnings);
                out.push(ess);
            }
            Err(refusal) => out.push(line.refused("standardised difference", term, method, &refusal)),
        }
    }
    out
}
