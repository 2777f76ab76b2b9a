//! P12: the restricted mean, its difference and its ratio.

use groundwork_stats::Estimate;
use groundwork_stats::estimators::restricted_mean::{
    restricted_mean, restricted_mean_difference, restricted_mean_ratio,
};
use groundwork_stats::estimators::risk_table::RiskTable;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{Absent, Ended, ROOT, Table, assert_close, case, estimate, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p12_restricted_mean", means)]
}

fn arm(arm: f64) -> Result<RiskTable, Absent> {
    let data = Table::open("pbc312.csv")?;
    let (time, event, of) = (data.numbers("time"), data.numbers("status"), data.numbers("arm"));
    let rows: Vec<usize> = (0..time.len()).filter(|&row| of[row] == arm).collect();
    let time: Vec<f64> = rows.iter().map(|&row| time[row]).collect();
    let event: Vec<u8> = rows.iter().map(|&row| event[row] as u8).collect();
    Ok(RiskTable::from_rows(&time, &event, 1, None).expect("a table"))
}

fn means() -> Ended {
    let (file, tolerance) = reference("P12_rmst.json", ROOT);
    let (one, zero) = (arm(1.0)?, arm(0.0)?);
    let check = |what: &str, found: &Estimate, expected: &Value| {
        let limits = found.interval.expect("limits");
        assert_close(what, found.value, number(&expected["Est."]), tolerance);
        assert_close(what, limits.lower, number(&expected["lower .95"]), tolerance);
        assert_close(what, limits.upper, number(&expected["upper .95"]), tolerance);
    };
    for name in ["tau10", "tau5"] {
        let expected = &file["expected"][name];
        let tau = number(&expected["tau"]);
        for (arm, table) in [("arm1", &one), ("arm0", &zero)] {
            let found = estimate(restricted_mean(table, tau, 0.95));
            let what = format!("{arm} at {tau}");
            check(&what, &found, &expected[arm]);
            assert_close(&what, found.std_error.expect("an error"), number(&expected[arm]["se"]), tolerance);
        }
        for (what, found) in [
            ("difference", restricted_mean_difference(&one, &zero, tau, 0.95)),
            ("ratio", restricted_mean_ratio(&one, &zero, tau, 0.95)),
        ] {
            let found = estimate(found);
            check(what, &found, &expected[what]);
            assert_close(what, found.p_value.expect("a p-value"), number(&expected[what]["p"]), tolerance);
        }
    }
    let published = &file["published"];
    for (name, table) in [("arm1", &one), ("arm0", &zero)] {
        let found = estimate(restricted_mean(table, 10.0, 0.95));
        assert!((found.value - number(&published[name])).abs() <= 0.5001e-3);
        let printed = number(&published[format!("{name}_se")]);
        assert!((found.std_error.expect("an error") - printed).abs() <= 0.5001e-3);
    }
    let found = estimate(restricted_mean_difference(&one, &zero, 10.0, 0.95));
    let limits = found.interval.expect("limits");
    for (found, printed) in [found.value, limits.lower, limits.upper].iter().zip(0..3) {
        assert!((found - number(&published["diff"][printed])).abs() <= 0.5001e-3);
    }
    assert!((found.p_value.expect("a p-value") - number(&published["p"])).abs() <= 0.5001e-3);
    Ok(())
}
