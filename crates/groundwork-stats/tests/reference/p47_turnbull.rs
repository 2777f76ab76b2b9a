//! P47: times known only to lie between two visits.

use groundwork_stats::estimators::turnbull::turnbull;
use libtest_mimic::Trial;

use crate::support::{Ended, Table, assert_close, case, cases, number, reference};

/// The reference is an EM iteration that was itself stopped.
const STOPPED: f64 = 1e-5;

pub fn trials() -> Vec<Trial> {
    vec![case("p47_turnbull", distribution)]
}

fn distribution() -> Ended {
    let (file, tolerance) = reference("P47_turnbull_interval_censored.json", STOPPED);
    let expected = &file["expected"];
    let data = Table::open("bcdeter_treat1.csv")?;
    let found = turnbull(&data.numbers("lower"), &data.numbers_or_missing("upper")).expect("a distribution");
    assert!(found.gap <= 1e-10);
    assert_eq!(found.n, 46);
    assert_eq!(found.masses.len(), cases(&expected["mass"]).len());
    for (at, mass) in found.masses.iter().enumerate() {
        let what = format!("mass {at}");
        assert_close(&what, mass.lower, number(&expected["lower"][at]), tolerance);
        assert_close(&what, mass.upper.expect("an end"), number(&expected["upper"][at]), tolerance);
        assert_close(&what, mass.mass, number(&expected["mass"][at]), tolerance);
    }
    assert_close("likelihood", found.log_likelihood, number(&expected["loglik"]), tolerance);
    let times = cases(&expected["surv_at"]["times"]);
    for (time, share) in times.iter().zip(cases(&expected["surv_at"]["surv"])) {
        let here = found.survival_at(number(time)).expect("a share");
        assert_eq!(here.lower, here.upper, "{time}");
        assert_close(&format!("at {time}"), here.lower, number(share), tolerance);
    }
    Ok(())
}
