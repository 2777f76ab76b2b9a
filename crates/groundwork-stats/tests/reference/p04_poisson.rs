//! Poisson rates, one and two.

use groundwork_stats::estimators::rate_contrast::{rate_difference, rate_ratio, rate_ratio_score};
use groundwork_stats::estimators::rate_poisson::{rate_poisson, rate_poisson_byar, rate_poisson_mid_p};
use libtest_mimic::Trial;

use crate::support::{
    EXACT, ROOT, assert_close, assert_interval, assert_relative, case, cases, count, estimate, number,
    reference,
};

/// What the file allows where it says nothing else.
const FILE: f64 = 1e-8;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("p04_one_rate", || {
            one_rate();
            Ok(())
        }),
        case("p04_two_rates", || {
            two_rates();
            Ok(())
        }),
        case("p04_as_published", || {
            as_published();
            Ok(())
        }),
        case("p04_to_more_digits", || {
            to_more_digits();
            Ok(())
        }),
    ]
}

fn one_rate() {
    let (file, tolerance) = reference("P04_poisson_rate.json", FILE);
    for case in cases(&file["expected"]["one"]) {
        let (x, exposure, level) =
            (count(&case["events"]), number(&case["exposure"]), number(&case["conf_level"]));
        for (name, outcome) in [
            ("garwood_exact", rate_poisson(x, exposure, level)),
            ("mid_p", rate_poisson_mid_p(x, exposure, level)),
            ("byar", rate_poisson_byar(x, exposure, level)),
        ] {
            let found = estimate(outcome);
            let what = format!("{name} of {x} in {exposure}");
            assert_close(&what, found.value, number(&case["rate"]), tolerance);
            assert_interval(&what, &found, &case[name], tolerance);
        }
    }
}

fn two_rates() {
    let (file, tolerance) = reference("P04_poisson_rate.json", FILE);
    for case in cases(&file["expected"]["two"]) {
        let (x1, t1) = (count(&case["x1"]), number(&case["T1"]));
        let (x2, t2) = (count(&case["x2"]), number(&case["T2"]));
        let level = number(&case["conf_level"]);
        let what = format!("{x1} in {t1} against {x2} in {t2}");
        let exact = estimate(rate_ratio(x1, t1, x2, t2, level));
        assert_close(&what, exact.value, number(&case["rate_ratio"]), tolerance);
        assert_interval(&what, &exact, &case["exact_conditional_ci"], ROOT);
        assert_close(&what, exact.p_value.expect("p"), number(&case["p_exact_central"]), tolerance);
        let score = estimate(rate_ratio_score(x1, t1, x2, t2, level));
        assert_interval(&what, &score, &case["score_ci_rate_ratio"], tolerance);
        let difference = estimate(rate_difference(x1, t1, x2, t2, level));
        // The reference's root finder stops early: one limit is off by 2e-8.
        // `to_more_digits` holds the same limits to 1e-12.
        assert_interval(&what, &difference, &case["score_ci_rate_difference"], ROOT);
    }
}

fn as_published() {
    let (file, _) = reference("P04_poisson_rate.json", FILE);
    let published = &file["published"];
    let rate = estimate(rate_poisson(137, 24.19893, 0.95)).interval.expect("limits");
    assert!((rate.lower - number(&published["ci_137"][0])).abs() < 0.5001e-6);
    assert!((rate.upper - number(&published["ci_137"][1])).abs() < 0.5001e-6);
    let manton = estimate(rate_ratio(11, 800.0, 21, 3011.0, 0.95));
    assert!((manton.value - number(&published["rate_ratio_manton"])).abs() < 0.5001e-6);
    let limits = manton.interval.expect("limits");
    assert!((limits.lower - number(&published["ci_manton"][0])).abs() < 0.5001e-7);
    assert!((limits.upper - number(&published["ci_manton"][1])).abs() < 0.5001e-7);
}

fn to_more_digits() {
    let (file, tolerance) = reference("proportions.json", EXACT);
    for case in cases(&file["rate_mid_p"]) {
        let (x, level) = (count(&case["events"]), number(&case["conf_level"]));
        let found = estimate(rate_poisson_mid_p(x, 1.0, level)).interval.expect("limits");
        let what = format!("mid-p of {x} events");
        assert_relative(&what, found.lower, number(&case["interval"][0]), tolerance);
        assert_relative(&what, found.upper, number(&case["interval"][1]), tolerance);
    }
    for case in cases(&file["rate_difference"]) {
        let (x1, t1) = (count(&case["x1"]), number(&case["t1"]));
        let (x2, t2) = (count(&case["x2"]), number(&case["t2"]));
        let found = estimate(rate_difference(x1, t1, x2, t2, number(&case["conf_level"])));
        let found = found.interval.expect("limits");
        let what = format!("difference of {x1} in {t1} and {x2} in {t2}");
        assert_relative(&what, found.lower, number(&case["interval"][0]), tolerance);
        assert_relative(&what, found.upper, number(&case["interval"][1]), tolerance);
    }
}
