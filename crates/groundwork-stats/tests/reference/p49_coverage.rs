//! Exact coverage of the intervals for one proportion; Wilson's is also held in
//! `basics`.

use groundwork_stats::Outcome;
use groundwork_stats::estimators::coverage::Coverage;
use groundwork_stats::estimators::proportion_clopper_pearson::proportion_clopper_pearson;
use groundwork_stats::estimators::proportion_jeffreys::proportion_jeffreys;
use groundwork_stats::estimators::proportion_wilson::proportion_wilson;
use libtest_mimic::Trial;

use crate::support::{CLOSED_FORM, assert_close, case, number, reference};

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p49_exact_coverage", || {
        exact_coverage();
        Ok(())
    })]
}

fn exact_coverage() {
    let (file, tolerance) = reference("P49_exact_coverage.json", CLOSED_FORM);
    type Method = fn(u64, u64, f64) -> Outcome;
    let methods: [(&str, Method); 3] =
        [("wilson", proportion_wilson), ("cp", proportion_clopper_pearson), ("jeff", proportion_jeffreys)];
    for n in [6, 8, 30] {
        for (name, method) in methods {
            let expected = &file["expected"][format!("n{n}")][name];
            let what = format!("{name} at {n}");
            let coverage = Coverage::new(n, 0.95, method).expect("a coverage");
            let at = |p: f64| coverage.at(p).expect("a coverage");
            assert_close(&what, at(0.75), number(&expected["p75"]), tolerance);
            assert_close(&what, at(0.9), number(&expected["p90"]), tolerance);
            let grid = coverage.over_grid(100).expect("a grid");
            assert_close(&what, grid.lowest, number(&expected["min_over_grid"]), tolerance);
            assert_close(&what, grid.mean, number(&expected["mean_over_grid"]), tolerance);
            // The interval that must never be given covers far less.
            let wald = number(&file["expected"][format!("n{n}")]["wald"]["min_over_grid"]);
            assert!(grid.lowest > wald + 0.5);
        }
    }
}
