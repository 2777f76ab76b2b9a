//! What must be refused or flagged, for proportions.

use groundwork_stats::estimators::non_inferiority::non_inferiority;
use groundwork_stats::estimators::proportion_clopper_pearson::proportion_clopper_pearson;
use groundwork_stats::estimators::verdict::Direction;
use libtest_mimic::Trial;

use crate::support::{CLOSED_FORM, assert_interval, case, count, estimate, number, reference};

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p90_proportions", || {
        proportions();
        Ok(())
    })]
}

fn proportions() {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let all = &file["expected"]["bootstrap_all_success"];
    let found = estimate(proportion_clopper_pearson(count(&all["x"]), count(&all["n"]), 0.95));
    assert_interval("all of eight", &found, &all["cp"], CLOSED_FORM);
    let few = &file["expected"]["tost_inconclusive"];
    let (first, second) = ((count(&few["x1"]), count(&few["n1"])), (count(&few["x2"]), count(&few["n2"])));
    let margin = number(&few["margin"]);
    for direction in [Direction::HigherIsBetter, Direction::LowerIsBetter] {
        let found = non_inferiority(first, second, margin, direction, 0.05).expect("a result");
        assert_eq!(few["reason_code"].as_str(), Some(found.verdict.word()));
    }
}
