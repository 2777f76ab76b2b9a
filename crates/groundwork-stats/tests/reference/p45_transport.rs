//! Effects carried from one community to another.

use groundwork_stats::Outcome;
use groundwork_stats::estimators::transport::{Source, Transport, transport};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{
    EXACT, Ended, Table, assert_close, assert_relative, case, count, estimate, number, reference,
};

const PRINTED: f64 = 1e-6;

const COVARIATES: [&str; 8] = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"];

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p45_transport", training), case("p45_transport_to_more_digits", made_up)]
}

/// The transport from the rows of one site to those of the other.
fn between(data: &Table, site: &str, treated: &str, outcome: &str, covariates: &[&str]) -> Transport {
    let of_source: Vec<bool> = data.numbers(site).iter().map(|&site| site == 1.0).collect();
    let pick = |name: &str, wanted: bool| -> Vec<f64> {
        let values = data.numbers_or_missing(name);
        let picked = values.iter().zip(&of_source).filter(|(_, of_source)| **of_source == wanted);
        picked.map(|(value, _)| value.expect("a number")).collect()
    };
    let of_source: Vec<Vec<f64>> = covariates.iter().map(|name| pick(name, true)).collect();
    let of_target: Vec<Vec<f64>> = covariates.iter().map(|name| pick(name, false)).collect();
    let of_source: Vec<&[f64]> = of_source.iter().map(Vec::as_slice).collect();
    let of_target: Vec<&[f64]> = of_target.iter().map(Vec::as_slice).collect();
    let treated: Vec<bool> = pick(treated, true).iter().map(|&treated| treated == 1.0).collect();
    let outcome = pick(outcome, true);
    let source = Source { outcome: &outcome, treated: &treated, covariates: &of_source };
    transport(&source, &of_target, 0.95).expect("a transport")
}

fn training() -> Ended {
    let (file, tolerance) = reference("P45_transport.json", PRINTED);
    let expected = &file["expected"];
    let close = |what: &str, found: f64| assert_close(what, found, number(&expected[what]), tolerance);
    let data = Table::open("transport_nsw_psid.csv")?;
    let found = between(&data, "S", "treat", "re78", &COVARIATES);
    assert_eq!(found.support.n_source, count(&expected["n_source"]));
    assert_eq!(found.support.n_target, count(&expected["n_target"]));
    let weighted = found.support.weighted.as_ref().expect("weights");
    for (index, name) in COVARIATES.iter().enumerate() {
        for (key, values) in [("smd_before", &found.support.smd_before), ("smd_after", &weighted.smd_after)] {
            let value = values[index].expect("a value");
            assert_close(name, value, number(&expected[key][*name]), tolerance);
        }
    }
    close("ess_source", weighted.ess);
    close("weights_max_over_mean", weighted.max_over_mean);
    close("generalizability_index_10bins", weighted.generalizability_index);
    close("share_target_outside_source_ps_range", weighted.share_outside);
    let effects = found.effects_without_support();
    close("source_effect", estimate(effects.source.clone()).value);
    close("iosw_hajek", estimate(effects.inverse_odds.clone()).value);
    close("gformula_ols", estimate(effects.outcome_model.clone()).value);
    let doubly_robust = estimate(effects.doubly_robust.clone());
    close("doubly_robust_hajek", doubly_robust.value);
    close("dr_se_influence", doubly_robust.std_error.expect("an error"));

    // What the table of refusals asks for in this very case.
    let (refusals, _) = reference("P90_refusals.json", 0.0);
    let required = &refusals["expected"]["positivity"];
    assert_eq!(Some(found.effects().expect_err("a refusal").code), required["reason_code"].as_str());
    assert_eq!(found.support.n_source, count(&required["n"]));
    assert!((weighted.ess - number(&required["ess"])).abs() < 0.05);
    let worst = weighted.worst_after.expect("a value");
    assert!((worst - number(&required["smd_after_max"])).abs() < 0.0005);
    Ok(())
}

fn made_up() -> Ended {
    let (file, tolerance) = reference("causal.json", EXACT);
    let expected = &file["transport"];
    let data = Table::open("two_sites.csv")?;
    let found = between(&data, "source", "treated", "y", &["a", "b"]);
    assert_eq!(found.support.n_source, count(&expected["n_source"]));
    assert_eq!(found.support.n_target, count(&expected["n_target"]));
    let close = |what: &str, found: f64, expected: &Value| {
        assert_relative(what, found, number(expected), tolerance);
    };
    let weighted = found.support.weighted.as_ref().expect("weights");
    for (index, name) in ["smd_a", "smd_b"].iter().enumerate() {
        // The differences after weighting are small ones of numbers near one.
        let (before, after) = (found.support.smd_before[index], weighted.smd_after[index]);
        close(name, before.expect("a value"), &expected[*name][0]);
        close(name, after.expect("a value"), &expected[*name][1]);
    }
    close("ess", weighted.ess, &expected["ess_source"]);
    close("largest weight", weighted.max_over_mean, &expected["weights_max_over_mean"]);
    close("index", weighted.generalizability_index, &expected["generalizability_index"]);
    close("share outside", weighted.share_outside, &expected["share_outside"]);
    let effects = found.effects().expect("support");
    let both = |name: &str, found: &Outcome| {
        let found = estimate(found.clone());
        close(name, found.value, &expected[name]["estimate"]);
        close(name, found.std_error.expect("an error"), &expected[name]["se"]);
    };
    both("source", &effects.source);
    both("iosw_hajek", &effects.inverse_odds);
    both("outcome_model", &effects.outcome_model);
    both("doubly_robust_hajek", &effects.doubly_robust);
    Ok(())
}
