//! Worst-case bounds for missing outcomes.

use groundwork_stats::estimators::missing_bounds::missing_bounds;
use libtest_mimic::Trial;

use crate::support::{EXACT, assert_close, assert_limits, case, cases, count, number, reference};

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p32_missing_bounds", || {
        bounds();
        Ok(())
    })]
}

fn bounds() {
    let (file, tolerance) = reference("P32_missing_bounds.json", EXACT);
    for case in cases(&file["expected"]) {
        let (n, missing) = (count(&case["observed"]), count(&case["missing"]));
        let x = (number(&case["observed_rate"]) * n as f64).round() as u64;
        let found = missing_bounds(x, n, missing, 0.95).expect("bounds");
        let what = format!("{x}/{n} and {missing}");
        assert_close(&what, found.observed.expect("a share"), number(&case["observed_rate"]), tolerance);
        assert_close(&what, found.lower, number(&case["lower"]), tolerance);
        assert_close(&what, found.upper, number(&case["upper"]), tolerance);
        assert_limits(&what, found.outer, &case["ci_outer_wilson"], tolerance);
    }
}
