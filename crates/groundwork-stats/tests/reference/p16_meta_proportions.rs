//! Shares of sites: P16.

use groundwork_stats::estimators::beta_binomial::beta_binomial;
use groundwork_stats::estimators::meta_analysis::{MeanError, Prediction};
use groundwork_stats::estimators::meta_proportions::pool_shares;
use groundwork_stats::estimators::random_intercept_logistic::random_intercept_logistic;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{
    EXACT, Ended, Table, assert_close, assert_interval, assert_limits, case, cases, estimate, number,
    reference,
};

/// The references iterate to about this.
const ITERATED: f64 = 1e-5;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("p16_logit_random_effects", log_odds),
        case("p16_random_intercept", random_intercept),
        case("p16_random_intercept_to_more_digits", random_intercept_to_more_digits),
        case("p16_beta_binomial", shares_by_beta_binomial),
    ]
}

fn sites() -> Result<(Vec<u64>, Vec<u64>), crate::support::Absent> {
    let table = Table::open("dat_pritz1997.csv")?;
    let whole = |name| table.numbers(name).iter().map(|x| *x as u64).collect();
    Ok((whole("xi"), whole("ni")))
}

fn assert_list(what: &str, found: &[f64], expected: &Value, tolerance: f64) {
    assert_eq!(found.len(), cases(expected).len());
    for (found, expected) in found.iter().zip(cases(expected)) {
        assert_close(what, *found, number(expected), tolerance);
    }
}

fn log_odds() -> Ended {
    let (file, tolerance) = reference("P16_meta_proportions_shrinkage.json", ITERATED);
    let expected = &file["expected"]["logit_reml"];
    let (x, n) = sites()?;
    let found = pool_shares(&x, &n).expect("a pool");
    assert_close("mu", found.log_odds.mean, number(&expected["mu"]), tolerance);
    assert_close("se", found.log_odds.std_error_hksj, number(&expected["se_hksj"]), tolerance);
    assert_close("tau2", found.log_odds.tau2, number(&expected["tau2"]), tolerance);
    // The reference has no guard; here the guard has nothing to do.
    for error in [MeanError::HartungKnapp, MeanError::Guarded] {
        assert_interval("share", &estimate(found.share(error, 0.95)), &expected["ci_prob"], tolerance);
    }
    let prediction = estimate(found.prediction(Prediction::HtsTKm2, 0.95));
    assert_interval("prediction", &prediction, &expected["pi_prob_HTS"], tolerance);
    assert_list("shares", &found.shrunk, &expected["blup_prob"], tolerance);
    Ok(())
}

fn random_intercept() -> Ended {
    let (file, _) = reference("P16_meta_proportions_shrinkage.json", ITERATED);
    // Seven points of quadrature.
    let tolerance = number(&file["tolerance"]["rel_glmm"]);
    assert!(tolerance <= 2e-3);
    let expected = &file["expected"]["glmm"];
    let (x, n) = sites()?;
    let found = random_intercept_logistic(&x, &n).expect("a fit");
    assert_close("mu", found.log_odds, number(&expected["mu"]), tolerance);
    assert_close("se", found.std_error, number(&expected["se"]), tolerance);
    assert_close("tau2", found.tau2, number(&expected["tau2"]), tolerance);
    Ok(())
}

fn random_intercept_to_more_digits() -> Ended {
    let (file, tolerance) = reference("sites_and_pairs.json", EXACT);
    let expected = &file["random_intercept"];
    let (x, n) = sites()?;
    let found = random_intercept_logistic(&x, &n).expect("a fit");
    // The peak is flat, and σ the root of a sum of terms that cancel.
    let tolerance = 100.0 * tolerance;
    assert_close("mu", found.log_odds, number(&expected["mu"]), tolerance);
    assert_close("se", found.std_error, number(&expected["std_error"]), tolerance);
    assert_close("tau2", found.tau2, number(&expected["tau2"]), tolerance);
    Ok(())
}

fn shares_by_beta_binomial() -> Ended {
    let (file, tolerance) = reference("P16_meta_proportions_shrinkage.json", ITERATED);
    let expected = &file["expected"]["beta_binomial"];
    let (x, n) = sites()?;
    let found = beta_binomial(&x, &n, 0.95).expect("a fit");
    assert_close("alpha", found.alpha, number(&expected["alpha"]), tolerance);
    assert_close("beta", found.beta, number(&expected["beta"]), tolerance);
    assert_close("likelihood", found.log_likelihood, number(&expected["loglik"]), tolerance);
    let shares: Vec<f64> = found.sites.iter().map(|site| site.share).collect();
    assert_list("shares", &shares, &expected["posterior_mean"], tolerance);
    for (site, expected) in found.sites.iter().zip(cases(&expected["posterior_ci95"])) {
        assert_limits("share of a site", site.interval, expected, tolerance);
    }
    Ok(())
}
