//! Risk ratios and odds ratios.

use groundwork_stats::estimators::odds_ratio::{odds_ratio, odds_ratio_log};
use groundwork_stats::estimators::odds_ratio_exact::odds_ratio_exact;
use groundwork_stats::estimators::ratio_katz::ratio_katz;
use groundwork_stats::estimators::ratio_miettinen_nurminen::{ratio_koopman, ratio_miettinen_nurminen};
use groundwork_stats::{Interval, Outcome};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{
    EXACT, assert_close, assert_limits, assert_relative, case, cases, count, estimate, number, reference,
};

/// What the file allows: its score limits come from root finders.
const SCORE: f64 = 1e-6;

/// The file says that these come from a root finder that stops early; they
/// were recomputed, and agree further than that.
const CONDITIONAL: f64 = 1e-6;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("p03_risk_and_odds_ratios", || {
            risk_and_odds_ratios();
            Ok(())
        }),
        case("p03_as_published", || {
            as_published();
            Ok(())
        }),
        case("p03_to_more_digits", || {
            to_more_digits();
            Ok(())
        }),
    ]
}

fn table(case: &Value) -> (u64, u64, u64, u64, f64) {
    let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|name| count(&case[name]));
    (x1, n1, x2, n2, number(&case["conf_level"]))
}

fn limits(outcome: Outcome) -> Interval {
    estimate(outcome).interval.expect("limits")
}

fn risk_and_odds_ratios() {
    let (file, tolerance) = reference("P03_risk_ratio_odds_ratio.json", SCORE);
    for case in cases(&file["expected"]) {
        let (x1, n1, x2, n2, level) = table(case);
        let what = format!("{x1}/{n1} against {x2}/{n2}");
        let koopman = estimate(ratio_koopman(x1, n1, x2, n2, level));
        assert_close(&what, koopman.value, number(&case["risk_ratio"]), tolerance);
        let koopman = koopman.interval.expect("limits");
        assert_limits(&what, koopman, &case["rr_koopman_score_propcis"], tolerance);
        let score = limits(ratio_miettinen_nurminen(x1, n1, x2, n2, level));
        assert_limits(&what, score, &case["rr_miettinen_nurminen"], tolerance);
        let odds = estimate(odds_ratio(x1, n1, x2, n2, level));
        assert_close(&what, odds.value, number(&case["odds_ratio_sample"]), tolerance);
        assert_limits(&what, odds.interval.expect("limits"), &case["or_miettinen_nurminen"], tolerance);
        for (outcome, expected) in [
            (ratio_katz(x1, n1, x2, n2, level), &case["rr_katz_log"]),
            (odds_ratio_log(x1, n1, x2, n2, level), &case["or_wald_log"]),
        ] {
            if expected.is_null() {
                assert_eq!(outcome.err().map(|refusal| refusal.code), Some("zero_cell"));
            } else {
                assert_limits(&what, limits(outcome), expected, tolerance);
            }
        }
        let exact = estimate(odds_ratio_exact(x1, n1, x2, n2, level));
        assert_close(&what, exact.value, number(&case["or_conditional_mle"]), CONDITIONAL);
        assert_limits(&what, exact.interval.expect("limits"), &case["or_exact_conditional"], CONDITIONAL);
        assert_close(&what, exact.p_value.expect("p"), number(&case["fisher_p_two_sided"]), tolerance);
    }
}

fn as_published() {
    let (file, _) = reference("P03_risk_ratio_odds_ratio.json", SCORE);
    let published = &file["published"];
    let koopman = limits(ratio_koopman(36, 40, 16, 80, 0.95));
    assert!((koopman.lower - number(&published["koopman_36_40_vs_16_80"][0])).abs() < 0.005);
    assert!((koopman.upper - number(&published["koopman_36_40_vs_16_80"][1])).abs() < 0.005);
    // The printed output of a root finder that stops early, which is off by as
    // much as a hundredth.
    for (case, rough) in
        cases(&file["expected"]).iter().zip(cases(&published["r_fisher_test_output_low_precision"]))
    {
        let (x1, n1, x2, n2, level) = table(case);
        let exact = estimate(odds_ratio_exact(x1, n1, x2, n2, level));
        assert_close("estimate", exact.value, number(&rough["or_mle"]), 1e-2);
        assert_limits("limits", exact.interval.expect("limits"), &rough["ci"], 1e-2);
    }
}

fn to_more_digits() {
    let (file, tolerance) = reference("proportions.json", EXACT);
    let assert_pair = |what: &str, found: Interval, expected: &Value| {
        assert_relative(what, found.lower, number(&expected[0]), tolerance);
        assert_relative(what, found.upper, number(&expected[1]), tolerance);
    };
    for case in cases(&file["ratio"]) {
        let (x1, n1, x2, n2, level) = table(case);
        let what = format!("ratio of {x1}/{n1} against {x2}/{n2}");
        let score = limits(ratio_miettinen_nurminen(x1, n1, x2, n2, level));
        assert_pair(&what, score, &case["miettinen_nurminen"]);
        assert_pair(&what, limits(ratio_koopman(x1, n1, x2, n2, level)), &case["koopman"]);
    }
    for case in cases(&file["odds_ratio"]) {
        let (x1, n1, x2, n2, level) = table(case);
        let what = format!("odds ratio of {x1}/{n1} against {x2}/{n2}");
        assert_pair(&what, limits(odds_ratio(x1, n1, x2, n2, level)), &case["miettinen_nurminen"]);
        let exact = estimate(odds_ratio_exact(x1, n1, x2, n2, level));
        assert_relative(&what, exact.value, number(&case["conditional"]), tolerance);
        assert_pair(&what, exact.interval.expect("limits"), &case["exact"]);
    }
}
