//! Adjusted risks by logistic regression and by modified Poisson regression:
//! P46, and the refusal of a separated outcome: P90.

use groundwork_stats::estimators::cluster_robust::Heteroskedastic;
use groundwork_stats::estimators::g_computation::{RiskErrors, g_computation, modified_poisson};
use groundwork_stats::estimators::logistic::logistic;
use groundwork_stats::linalg::Design;
use libtest_mimic::Trial;

use crate::linear::{assert_terms, numbers_of};
use crate::support::{Ended, Table, assert_close, case, count, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p46_g_computation", birth_weights), case("p90_logistic_separation", separation)]
}

const TERMS: [&str; 8] = ["(Intercept)", "smoke", "age", "lwt", "factor(race)2", "factor(race)3", "ht", "ui"];

fn birth_weights() -> Ended {
    let (file, tolerance) = reference("P46_gcomputation_logistic.json", 1e-6);
    let expected = &file["expected"];
    let table = Table::open("birthwt.csv")?;
    let column = |name: &str| table.numbers(name);
    let (y, smoke) = (column("low"), column("smoke"));
    let (age, lwt, ht, ui) = (column("age"), column("lwt"), column("ht"), column("ui"));
    let race = |of: f64| column("race").iter().map(|&r| f64::from(u8::from(r == of))).collect::<Vec<f64>>();
    let (second, third) = (race(2.0), race(3.0));
    let covariates: [&[f64]; 6] = [&age, &lwt, &second, &third, &ht, &ui];
    let model = g_computation(&y, &smoke, &covariates, RiskErrors::Model, 0.95).expect("risks");
    assert_eq!(model.model.n, count(&expected["n"]));
    assert_terms("coefficient", &model.model.coefficients, &expected["coef"], &TERMS, tolerance);
    assert_terms("standard error", &model.model.std_errors, &expected["se"], &TERMS, tolerance);
    let robust = RiskErrors::Robust(Heteroskedastic::Hc0);
    let robust_risks = g_computation(&y, &smoke, &covariates, robust, 0.95).expect("risks");
    for (name, value) in [
        ("loglik", model.model.log_likelihood),
        ("risk1", model.treated),
        ("risk0", model.untreated),
        ("rd", model.difference.value),
        ("rd_se_delta", model.difference.std_error.expect("se")),
        ("rd_se_delta_HC0", robust_risks.difference.std_error.expect("se")),
        ("log_rr", model.log_ratio.value),
        ("log_rr_se_delta", model.log_ratio.std_error.expect("se")),
        ("rr", model.ratio.value),
    ] {
        assert_close(name, value, number(&expected[name]), tolerance);
    }
    let modified = modified_poisson(&y, &smoke, &covariates, robust, 0.95).expect("a ratio");
    let expected = &expected["modified_poisson"];
    assert_close("log_rr", modified.log_ratio.value, number(&expected["log_rr"]), tolerance);
    let error = modified.log_ratio.std_error.expect("se");
    assert_close("robust_se_HC0", error, number(&expected["robust_se_HC0"]), tolerance);
    Ok(())
}

fn separation() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let expected = &file["expected"]["logistic_separation"];
    let (x, y) = (numbers_of(&expected["x"]), numbers_of(&expected["y"]));
    let design = Design::new(y.len(), &[&x]).expect("a design");
    let refused = logistic(&y, &design, None).expect_err("a refusal");
    assert_eq!(Some(refused.code), expected["reason_code"].as_str());
    let refused = g_computation(&y, &x, &[], RiskErrors::Model, 0.95).expect_err("a refusal");
    assert_eq!(Some(refused.code), expected["reason_code"].as_str());
    Ok(())
}
