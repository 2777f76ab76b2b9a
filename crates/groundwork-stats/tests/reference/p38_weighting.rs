//! Balance, weighting by the propensity score, and the augmented estimates.

use groundwork_stats::Outcome;
use groundwork_stats::estimators::augmented_weighting::{augmented, outcome_model};
use groundwork_stats::estimators::balance::{Denominator, balance, effective_sample_size};
use groundwork_stats::estimators::inverse_probability::{Population, Propensity, hajek, horvitz_thompson};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{
    EXACT, Ended, Table, assert_close, assert_relative, case, count, estimate, number, reference,
};

const PRINTED: f64 = 1e-6;

const COVARIATES: [&str; 8] = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"];

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p38_weighting", training), case("p38_weighting_to_more_digits", made_up)]
}

fn training() -> Ended {
    let (file, tolerance) = reference("P38_ipw_aipw_balance.json", PRINTED);
    let expected = &file["expected"];
    let close = |what: &str, found: f64| assert_close(what, found, number(&expected[what]), tolerance);
    let data = Table::open("lalonde_matchit.csv")?;
    let treated: Vec<bool> = data.numbers("treat").iter().map(|&treat| treat == 1.0).collect();
    let outcome = data.numbers("re78");
    let columns: Vec<Vec<f64>> = COVARIATES
        .iter()
        .map(|&name| match name {
            "black" | "hispan" => {
                data.text("race").iter().map(|&race| f64::from(u8::from(race == name))).collect()
            }
            _ => data.numbers(name),
        })
        .collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let propensity = Propensity::fit(&treated, &columns).expect("a score");
    assert_eq!(propensity.n(), count(&expected["n"]));
    assert_eq!(propensity.n_treated(), count(&expected["n_treated"]));
    for (name, &found) in std::iter::once("(Intercept)").chain(COVARIATES).zip(propensity.coefficients()) {
        assert_close(name, found, number(&expected["ps_coef"][name]), tolerance);
    }
    let scores = propensity.scores();
    let lowest = scores.iter().copied().fold(1.0, f64::min);
    let highest = scores.iter().copied().fold(0.0, f64::max);
    assert_close("lowest score", lowest, number(&expected["ps_range"][0]), tolerance);
    assert_close("highest score", highest, number(&expected["ps_range"][1]), tolerance);

    let weighted = |population| estimate(hajek(&outcome, &propensity, population, 0.95));
    let ate = weighted(Population::Everyone);
    close("ate_hajek", ate.value);
    close("att_hajek", weighted(Population::Treated).value);
    close("overlap_ate_ato", weighted(Population::Overlap).value);
    close("ate_ht", estimate(horvitz_thompson(&outcome, &propensity, 0.95)).value);
    let none = Propensity::fit(&treated, &[]).expect("a score");
    close("naive", estimate(hajek(&outcome, &none, Population::Everyone, 0.95)).value);
    let codes: Vec<&str> = ate.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["imbalance", "low_ess", "propensity_limits"]);

    let model = |population| estimate(outcome_model(&outcome, &treated, &columns, population, 0.95)).value;
    close("ate_gcomp_ols", model(Population::Everyone));
    close("att_gcomp_ols", model(Population::Treated));
    for (name, population) in [("ate_aipw", Population::Everyone), ("att_aipw", Population::Treated)] {
        let found = estimate(augmented(&outcome, &propensity, population, 0.95));
        close(name, found.value);
        close(&format!("{name}_se"), found.std_error.expect("an error"));
    }

    let differences = |what: &str, weights: Option<&[f64]>, denominator| {
        let found = balance(&columns, &treated, weights, denominator).expect("a balance");
        for (name, value) in COVARIATES.iter().zip(found.smd) {
            let what = format!("{what} of {name}");
            let expected = &expected[what.split(' ').next().expect("a key")][*name];
            assert_close(&what, value.expect("a value"), number(expected), tolerance);
        }
    };
    let att = propensity.weights(Population::Treated);
    differences("smd_raw_treated_sd", None, Denominator::First);
    differences("smd_raw_pooled_sd", None, Denominator::Pooled);
    differences("smd_att_weighted_treated_sd", Some(&att), Denominator::First);
    let att = propensity.balance(Population::Treated).expect("a balance");
    close("ess_control_att", att.ess_second);
    let ate = propensity.balance(Population::Everyone).expect("a balance");
    let ess = &expected["ess_ate"];
    assert_close("ess of the treated", ate.ess_first, number(&ess["treated"]), tolerance);
    assert_close("ess of the others", ate.ess_second, number(&ess["control"]), tolerance);
    let of_treated: Vec<f64> = propensity
        .weights(Population::Everyone)
        .into_iter()
        .zip(&treated)
        .filter_map(|(weight, &treated)| treated.then_some(weight))
        .collect();
    let alone = effective_sample_size(&of_treated).expect("a size");
    assert_close("ess of the treated alone", alone, number(&ess["treated"]), tolerance);
    Ok(())
}

fn made_up() -> Ended {
    let (file, tolerance) = reference("causal.json", EXACT);
    let expected = &file["weighting"];
    let data = Table::open("two_sites.csv")?;
    let treated: Vec<bool> = data.numbers("treated").iter().map(|&treated| treated == 1.0).collect();
    let (a, b, y) = (data.numbers("a"), data.numbers("b"), data.numbers("y"));
    let columns: [&[f64]; 2] = [&a, &b];
    let propensity = Propensity::fit(&treated, &columns).expect("a score");
    for (index, &found) in propensity.coefficients().iter().enumerate() {
        assert_relative("coefficient", found, number(&expected["coefficients"][index]), tolerance);
    }
    let close = |what: &str, found: Outcome, expected: &Value| {
        let found = estimate(found);
        assert_relative(what, found.value, number(&expected["estimate"]), tolerance);
        assert_relative(what, found.std_error.expect("an error"), number(&expected["se"]), tolerance);
    };
    for (name, population) in [
        ("ate_hajek", Population::Everyone),
        ("att_hajek", Population::Treated),
        ("ato_hajek", Population::Overlap),
    ] {
        close(name, hajek(&y, &propensity, population, 0.95), &expected[name]);
    }
    close("ht", horvitz_thompson(&y, &propensity, 0.95), &expected["ate_horvitz_thompson"]);
    for (name, population) in [("ate", Population::Everyone), ("att", Population::Treated)] {
        let model = outcome_model(&y, &treated, &columns, population, 0.95);
        close(name, model, &expected[format!("{name}_outcome_model")]);
        let both = augmented(&y, &propensity, population, 0.95);
        close(name, both, &expected[format!("{name}_aipw")]);
    }
    Ok(())
}
