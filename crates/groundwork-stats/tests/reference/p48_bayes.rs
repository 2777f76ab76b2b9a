//! Two proportions by their posterior distributions.

use groundwork_stats::estimators::bayes_two_proportions::TwoPosteriors;
use libtest_mimic::Trial;

use crate::support::{assert_close, assert_limits, case, cases, count, number, reference};

/// What the file allows.
const FILE: f64 = 1e-6;

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p48_two_posteriors", || {
        two_posteriors();
        Ok(())
    })]
}

fn two_posteriors() {
    let (file, tolerance) = reference("P48_bayes_two_proportions.json", FILE);
    for case in cases(&file["expected"]) {
        let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|name| count(&case[name]));
        let prior = (number(&case["prior"][0]), number(&case["prior"][1]));
        let what = format!("{x1}/{n1} against {x2}/{n2}");
        let posteriors = TwoPosteriors::new(x1, n1, x2, n2, prior).expect("posteriors");
        let found = posteriors.compare(number(&case["margin"]), 0.95).expect("a comparison");
        for (name, found) in [
            ("p_site1_gt_site2", found.first_higher),
            ("p_noninferior_margin", found.not_lower),
            ("p_equivalent_within_margin", found.within),
            ("diff_median", found.median),
            ("diff_mean", found.mean),
        ] {
            assert_close(&format!("{name} of {what}"), found, number(&case[name]), tolerance);
        }
        assert_limits(&what, found.interval, &case["diff_ci95"], tolerance);
        let expected = cases(&case["posterior_predictive_next10"]);
        let predictive = posteriors.predictive_first(10).expect("probabilities");
        assert_eq!(predictive.len(), expected.len());
        for (found, expected) in predictive.iter().zip(expected) {
            assert_close(&what, *found, number(expected), tolerance);
        }
    }
}
