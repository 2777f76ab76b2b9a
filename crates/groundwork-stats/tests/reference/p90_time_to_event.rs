//! P90: what methods for times must refuse.

use groundwork_stats::estimators::restricted_mean::{restricted_mean, restricted_mean_difference};
use libtest_mimic::Trial;

use crate::p11_kaplan_meier::arm;
use crate::support::{Ended, case, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p90_rmst_tau_beyond_followup", tau)]
}

fn tau() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let expected = &file["expected"]["rmst_tau_beyond_followup"];
    let (control, treated) = (arm("control")?, arm("6-MP")?);
    assert_eq!(control.last_time(), number(&expected["max_time"]["control"]));
    assert_eq!(treated.last_time(), number(&expected["max_time"]["mp6"]));
    // The control arm came down to zero at 23, so 30 is within both.
    let tau = number(&expected["tau"]);
    assert!(restricted_mean_difference(&treated, &control, tau, 0.95).is_ok());
    // The other arm is open at 35: past it nothing is known.
    let code = expected["reason_code"].as_str().expect("a code");
    assert!(restricted_mean(&treated, 35.0, 0.95).is_ok());
    for refused in [
        restricted_mean(&treated, 36.0, 0.95),
        restricted_mean_difference(&treated, &control, 36.0, 0.95),
        restricted_mean_difference(&control, &treated, 36.0, 0.95),
    ] {
        assert_eq!(refused.expect_err("a refusal").code, code);
    }
    Ok(())
}
