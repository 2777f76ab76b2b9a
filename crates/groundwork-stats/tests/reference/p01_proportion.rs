//! Intervals for one proportion.

use groundwork_stats::estimators::proportion_agresti_coull::proportion_agresti_coull;
use groundwork_stats::estimators::proportion_clopper_pearson::proportion_clopper_pearson;
use groundwork_stats::estimators::proportion_jeffreys::{
    proportion_jeffreys, proportion_jeffreys_equal_tail,
};
use groundwork_stats::estimators::proportion_mid_p::proportion_mid_p;
use groundwork_stats::estimators::proportion_weighted::{
    WeightedProportion, proportion_korn_graubard, proportion_weighted,
};
use groundwork_stats::estimators::proportion_wilson::proportion_wilson;
use groundwork_stats::estimators::proportion_wilson_cc::proportion_wilson_cc;
use libtest_mimic::Trial;

use crate::support::{
    CLOSED_FORM, EXACT, ROOT, assert_close, assert_interval, assert_relative, case, cases, count, estimate,
    number, reference,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("p01_every_interval", || {
            every_interval();
            Ok(())
        }),
        case("p01_as_published", || {
            as_published();
            Ok(())
        }),
        case("p01_to_more_digits", || {
            to_more_digits();
            Ok(())
        }),
        case("p01_weighted", || {
            weighted();
            Ok(())
        }),
    ]
}

fn every_interval() {
    let (file, tolerance) = reference("P01_proportion_ci.json", CLOSED_FORM);
    for case in cases(&file["expected"]) {
        let (x, n, level) = (count(&case["x"]), count(&case["n"]), number(&case["conf_level"]));
        let what = format!("{x}/{n}");
        for (name, outcome, tolerance) in [
            ("wilson", proportion_wilson(x, n, level), tolerance),
            ("wilson_cc", proportion_wilson_cc(x, n, level), tolerance),
            ("clopper_pearson", proportion_clopper_pearson(x, n, level), tolerance),
            ("jeffreys_equal_tail", proportion_jeffreys_equal_tail(x, n, level), tolerance),
            ("jeffreys_bcd_boundary", proportion_jeffreys(x, n, level), tolerance),
            ("mid_p", proportion_mid_p(x, n, level), ROOT),
        ] {
            let found = estimate(outcome);
            assert_close(&what, found.value, number(&case["estimate"]), tolerance);
            if name == "wilson_cc" && 2 * x == n {
                // The reference takes its correction from a test of one half
                // and so gives half of n none at all: these are the plain
                // limits. The corrected ones solve the corrected equation.
                let plain = estimate(proportion_wilson(x, n, level));
                assert_interval(&what, &plain, &case[name], tolerance);
                let (found, plain) = (found.interval.expect("limits"), plain.interval.expect("limits"));
                assert!(found.lower < plain.lower && found.upper > plain.upper);
                continue;
            }
            assert_interval(&format!("{name} {what}"), &found, &case[name], tolerance);
        }
        // This one is cut to 0 and 1, which the reference is not.
        let found = estimate(proportion_agresti_coull(x, n, level)).interval.expect("limits");
        let untruncated = &case["agresti_coull_untruncated"];
        assert_close(&what, found.lower, number(&untruncated[0]).max(0.0), tolerance);
        assert_close(&what, found.upper, number(&untruncated[1]).min(1.0), tolerance);
        // No interval is the one that must never be given.
        let wald = &case["wald_do_not_use"];
        for outcome in [
            proportion_wilson(x, n, level),
            proportion_wilson_cc(x, n, level),
            proportion_clopper_pearson(x, n, level),
            proportion_jeffreys(x, n, level),
            proportion_mid_p(x, n, level),
            proportion_agresti_coull(x, n, level),
        ] {
            let found = estimate(outcome).interval.expect("limits");
            let apart = (found.lower - number(&wald[0])).abs() + (found.upper - number(&wald[1])).abs();
            assert!(apart > 1e-3, "{what}");
        }
    }
}

fn as_published() {
    let (file, _) = reference("P01_proportion_ci.json", CLOSED_FORM);
    let published = file["published"]["clopper_pearson_4dp"].as_object();
    for (fraction, limits) in published.expect("published values") {
        let (x, n) = fraction.split_once('/').expect("a fraction");
        let (x, n) = (x.parse().expect("x"), n.parse().expect("n"));
        let found = estimate(proportion_clopper_pearson(x, n, 0.95)).interval.expect("limits");
        assert!((found.lower - number(&limits[0])).abs() <= 0.5001e-4, "{fraction}");
        assert!((found.upper - number(&limits[1])).abs() <= 0.5001e-4, "{fraction}");
    }
}

fn to_more_digits() {
    let (file, tolerance) = reference("proportions.json", EXACT);
    for case in cases(&file["mid_p"]) {
        let (x, n, level) = (count(&case["x"]), count(&case["n"]), number(&case["conf_level"]));
        let found = estimate(proportion_mid_p(x, n, level)).interval.expect("limits");
        let what = format!("mid-p {x}/{n}");
        assert_relative(&what, found.lower, number(&case["interval"][0]), tolerance);
        assert_relative(&what, found.upper, number(&case["interval"][1]), tolerance);
    }
}

fn weighted() {
    let (file, tolerance) = reference("proportions.json", EXACT);
    for case in cases(&file["weighted"]) {
        let success: Vec<bool> =
            cases(&case["success"]).iter().map(|y| y.as_bool().expect("an outcome")).collect();
        let weights: Vec<f64> = cases(&case["weights"]).iter().map(number).collect();
        let cluster: Option<Vec<u32>> =
            case["cluster"].as_array().map(|labels| labels.iter().map(|label| count(label) as u32).collect());
        let level = number(&case["conf_level"]);
        let found = WeightedProportion::from_rows(&success, &weights, cluster.as_deref()).expect("rows");
        assert_relative("share", found.share(), number(&case["share"]), tolerance);
        assert_relative("standard error", found.std_error(), number(&case["std_error"]), tolerance);
        assert_relative("size", found.effective_n(level), number(&case["effective_n"]), tolerance);
        let wilson = estimate(proportion_weighted(&found, level));
        let exact = estimate(proportion_korn_graubard(&found, level));
        for (name, found) in [("wilson", wilson), ("korn_graubard", exact)] {
            let limits = found.interval.expect("limits");
            assert_relative(name, limits.lower, number(&case[name][0]), tolerance);
            assert_relative(name, limits.upper, number(&case[name][1]), tolerance);
        }
    }
}
