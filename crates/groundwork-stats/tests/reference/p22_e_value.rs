//! P22: E-values.

use groundwork_stats::estimators::e_value::{
    EValue, Outcomes, e_value_hazard_ratio, e_value_odds_ratio, e_value_risk_ratio,
    e_value_standardised_difference,
};
use libtest_mimic::Trial;

use crate::support::{CLOSED_FORM, Ended, assert_close, case, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p22_e_values", e_values)]
}

fn e_values() -> Ended {
    let (file, tolerance) = reference("P22_evalue.json", CLOSED_FORM);
    for (name, expected) in file["expected"].as_object().expect("cases") {
        let given = |at: usize| number(&expected["in_"][at]);
        let found: EValue = match name.split('_').next() {
            Some("rr") => e_value_risk_ratio(given(0), given(1), given(2)),
            Some("or") => e_value_odds_ratio(given(0), given(1), given(2), Outcomes::Common),
            Some("hr") => e_value_hazard_ratio(given(0), given(1), given(2), Outcomes::Common),
            Some("smd") => e_value_standardised_difference(given(0), given(1)),
            _ => panic!("{name} is not known"),
        }
        .expect("E-values");
        assert_close(name, found.point, number(&expected["point"]), tolerance);
        assert_close(name, found.limit, number(&expected["ci"]), tolerance);
        let (lower, upper) = found.limits.expect("limits");
        let ratio = &expected["rr_approx"];
        if ratio.is_array() {
            for (at, found) in [found.risk_ratio, lower, upper].into_iter().enumerate() {
                assert_close(name, found, number(&ratio[at]), tolerance);
            }
        } else if !ratio.is_null() {
            assert_close(name, found.risk_ratio, number(ratio), tolerance);
            assert_close(name, lower, number(&expected["rr_ci"][0]), tolerance);
            assert_close(name, upper, number(&expected["rr_ci"][1]), tolerance);
        }
    }
    let printed = &file["published"]["rr_3.9"];
    let found = e_value_risk_ratio(3.9, 1.8, 8.7).expect("E-values");
    assert!((found.point - number(&printed[0])).abs() <= 0.5001e-2);
    assert!((found.limit - number(&printed[1])).abs() <= 0.5001e-2);
    Ok(())
}
