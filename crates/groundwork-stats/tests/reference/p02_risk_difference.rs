//! Intervals for a difference of two proportions; the score interval of
//! Miettinen and Nurminen is held in `basics`.

use groundwork_stats::estimators::difference_agresti_caffo::difference_agresti_caffo;
use groundwork_stats::estimators::difference_mee::difference_mee;
use groundwork_stats::estimators::difference_newcombe::{difference_newcombe, difference_newcombe_corrected};
use libtest_mimic::Trial;

use crate::support::{ROOT, assert_close, assert_interval, case, cases, count, estimate, number, reference};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("p02_every_interval", || {
            every_interval();
            Ok(())
        }),
        case("p02_newcombe_as_published", || {
            newcombe_as_published();
            Ok(())
        }),
    ]
}

fn every_interval() {
    let (file, tolerance) = reference("P02_risk_difference_ci.json", ROOT);
    for case in cases(&file["expected"]) {
        let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|name| count(&case[name]));
        let level = number(&case["conf_level"]);
        for (name, outcome) in [
            ("newcombe", difference_newcombe(x1, n1, x2, n2, level)),
            ("newcombe_cc", difference_newcombe_corrected(x1, n1, x2, n2, level)),
            ("mee_score", difference_mee(x1, n1, x2, n2, 0.0, level)),
            ("agresti_caffo", difference_agresti_caffo(x1, n1, x2, n2, level)),
        ] {
            let found = estimate(outcome);
            let what = format!("{name} of {x1}/{n1} against {x2}/{n2}");
            assert_close(&what, found.value, number(&case["estimate"]), tolerance);
            assert_interval(&what, &found, &case[name], tolerance);
        }
    }
}

fn newcombe_as_published() {
    let (file, _) = reference("P02_risk_difference_ci.json", ROOT);
    let published = file["published"]["newcombe_4dp"].as_object();
    let published = published.expect("published values").values();
    for (limits, case) in published.zip(cases(&file["expected"])) {
        let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|name| count(&case[name]));
        let found = estimate(difference_newcombe(x1, n1, x2, n2, 0.95)).interval.expect("limits");
        assert!((found.lower - number(&limits[0])).abs() <= 0.5001e-4, "{case}");
        assert!((found.upper - number(&limits[1])).abs() <= 0.5001e-4, "{case}");
    }
}
