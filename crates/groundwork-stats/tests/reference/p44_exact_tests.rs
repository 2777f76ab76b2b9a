//! Exact tests of two proportions.

use groundwork_stats::estimators::exact_two_by_two::{
    exact_barnard, exact_boschloo, exact_fisher, exact_fisher_mid_p,
};
use libtest_mimic::Trial;

use crate::support::{assert_close, case, cases, count, number, reference};

/// What the file allows.
const FILE: f64 = 1e-6;

/// What its notes allow for the two whose reference searches a grid.
const GRID: f64 = 1e-4;

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p44_exact_tests", || {
        exact_tests();
        Ok(())
    })]
}

fn exact_tests() {
    let (file, tolerance) = reference("P44_exact_2x2.json", FILE);
    for case in cases(&file["expected"]) {
        let [x1, n1, x2, n2] = ["a", "n1", "c", "n2"].map(|name| count(&case[name]));
        let what = format!("{x1}/{n1} against {x2}/{n2}");
        let fisher = exact_fisher(x1, n1, x2, n2).expect("a test");
        assert_close(&what, fisher.p_value, number(&case["fisher_p"]), tolerance);
        let mid = exact_fisher_mid_p(x1, n1, x2, n2).expect("a test");
        assert_close(&what, mid.p_value, number(&case["fisher_midp"]), tolerance);
        let barnard = exact_barnard(x1, n1, x2, n2).expect("a test");
        assert_close(&what, barnard.p_value, number(&case["barnard_p_scipy"]), GRID);
        let z = barnard.statistic.expect("z");
        assert_close(&what, z, number(&case["barnard_wald_stat"]), tolerance);
        let boschloo = exact_boschloo(x1, n1, x2, n2).expect("a test");
        assert_close(&what, boschloo.p_value, number(&case["boschloo_p_scipy"]), GRID);
        // A maximum is never below what a search of the reference has found.
        assert!(barnard.p_value >= number(&case["barnard_p_scipy"]) * (1.0 - 1e-9), "{what}");
        assert!(boschloo.p_value >= number(&case["boschloo_p_scipy"]) * (1.0 - 1e-9), "{what}");
    }
}
