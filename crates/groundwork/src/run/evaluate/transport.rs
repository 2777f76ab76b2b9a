//! An effect carried over to another community. How well the source supports the target comes
//! first, and the effect is refused where it does not.

use super::Ground;
use super::frame::{Frame, chosen, slices};
use super::line::{Line, codes};
use groundwork_disclosure::Estimate;
use groundwork_plan::evaluation::Role;
use groundwork_stats::estimators::balance::METHOD_ESS;
use groundwork_stats::estimators::transport::{
    METHOD_DR, METHOD_IOSW, METHOD_MODEL, METHOD_SOURCE, Source, Support, transport,
};

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, frame: &Frame) -> Vec<Estimate> {
    let in_source = frame.truths(Role::InSource);
    let in_target: Vec<bool> = in_source.iter().map(|is| !is).collect();
    let covariates = frame.covariates();
    let side = |keep: &[bool]| -> Vec<(String, Vec<f64>)> {
        covariates.iter().map(|(name, values)| (name.clone(), chosen(values, keep))).collect()
    };
    let (of_source, of_target) = (side(&in_source), side(&in_target));
    let outcome = chosen(&frame.numbers(Role::Outcome), &in_source);
    let treated = chosen(&frame.truths(Role::Arm), &in_source);
    let n_treated = treated.iter().filter(|is| **is).count() as u64;
    let n_target = in_target.iter().filter(|is| **is).count() as u64;
    let groups = [n_treated, treated.len() as u64 - n_treated, n_target];
    let line = Line::about(ground, frame.outcome(), "arm - others").on_groups(frame, groups);
    let source = Source { outcome: &outcome, treated: &treated, covariates: &slices(&of_source) };
    let found = match transport(&source, &slices(&of_target), ground.evaluation.level) {
        Ok(found) => found,
        Err(refusal) => return vec![line.refused("effect in the target", "", METHOD_DR, &refusal)],
    };
    let names: Vec<&str> = covariates.iter().map(|(name, _)| name.as_str()).collect();
    let mut out = support(&line, &names, &found.support);
    out.push(line.row("effect in the source", "", METHOD_SOURCE, found.source()));
    let ways = [
        ("weighted by the inverse odds of sampling", METHOD_IOSW),
        ("by a model of the outcome", METHOD_MODEL),
        ("doubly robust", METHOD_DR),
    ];
    for (term, method) in ways {
        let mut row = match found.effects() {
            Ok(effects) => {
                let outcome = match method {
                    METHOD_IOSW => &effects.inverse_odds,
                    METHOD_MODEL => &effects.outcome_model,
                    _ => &effects.doubly_robust,
                };
                line.row("effect in the target", term, method, outcome)
            }
            Err(refusal) => line.refused("effect in the target", term, method, refusal),
        };
        if found.effects().is_err() {
            row.verdict = Some("not_supported");
        }
        out.push(row);
    }
    out
}

fn support(line: &Line, names: &[&str], support: &Support) -> Vec<Estimate> {
    let n = support.n_source + support.n_target;
    let mut out = Vec::new();
    for (name, smd) in names.iter().zip(&support.smd_before) {
        if let Some(smd) = smd {
            out.push(line.number(
                format!("standardised difference of {name}"),
                "before weighting",
                "smd.second",
                *smd,
                n,
            ));
        }
    }
    let Some(weighted) = &support.weighted else {
        return out;
    };
    for (name, smd) in names.iter().zip(&weighted.smd_after) {
        if let Some(smd) = smd {
            out.push(line.number(
                format!("standardised difference of {name}"),
                "after weighting",
                "smd.second",
                *smd,
                n,
            ));
        }
    }
    let mut ess = line.number(
        "effective sample size of the source",
        "after weighting",
        METHOD_ESS,
        weighted.ess,
        support.n_source,
    );
    ess.warnings = codes(&support.warnings);
    out.push(ess);
    out.push(line.number(
        "largest weight over the mean weight",
        "after weighting",
        METHOD_IOSW,
        weighted.max_over_mean,
        support.n_source,
    ));
    out.push(line.number(
        "generalizability index",
        "overlap",
        "tipton.index",
        weighted.generalizability_index,
        n,
    ));
    out.push(line.number(
        "share of the target outside the source",
        "overlap",
        "overlap",
        weighted.share_outside,
        support.n_target,
    ));
    out
}
