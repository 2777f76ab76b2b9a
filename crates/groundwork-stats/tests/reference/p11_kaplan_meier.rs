//! P11: the survival curve, its limits and quantiles, and the tests of groups.

use groundwork_stats::estimators::kaplan_meier::{Scale, kaplan_meier};
use groundwork_stats::estimators::log_rank::{Weight, log_rank};
use groundwork_stats::estimators::risk_table::RiskTable;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{
    Ended, ROOT, Table, assert_close, assert_limits, case, cases, count, estimate, number, reference,
};

pub fn trials() -> Vec<Trial> {
    vec![
        case("p11_kaplan_meier", curves),
        case("p11_quantiles", quantiles),
        case("p11_as_published", published),
        case("p11_log_rank", tests),
    ]
}

/// The risk table of one arm of the 6-MP trial.
pub fn arm(name: &str) -> Result<RiskTable, crate::support::Absent> {
    let data = Table::open("gehan_6mp.csv")?;
    let (time, event) = (data.numbers("time"), data.numbers("status"));
    let treat = data.text("treat");
    let rows: Vec<usize> = (0..time.len()).filter(|&row| treat[row] == name).collect();
    let time: Vec<f64> = rows.iter().map(|&row| time[row]).collect();
    let event: Vec<u8> = rows.iter().map(|&row| event[row] as u8).collect();
    Ok(RiskTable::from_rows(&time, &event, 1, None).expect("a table"))
}

const SCALES: [(&str, Scale); 5] = [
    ("log-log", Scale::LogLog),
    ("log", Scale::Log),
    ("plain", Scale::Plain),
    ("logit", Scale::Logit),
    ("arcsin", Scale::Arcsine),
];

fn curves() -> Ended {
    let (file, tolerance) = reference("P11_kaplan_meier_logrank.json", ROOT);
    for name in ["6-MP", "control"] {
        let expected = &file["expected"]["km"][name];
        let table = arm(name)?;
        assert_eq!(table.n(), count(&expected["n"]));
        assert_eq!(table.events_of(1), count(&expected["events"]));
        for (scale_name, scale) in SCALES {
            let found = kaplan_meier(&table, 0.95, scale).expect("a curve");
            for (at, time) in cases(&expected["times"]).iter().enumerate() {
                let what = format!("{name} at {time}, {scale_name}");
                let time = number(time);
                assert_eq!(table.at_risk_at(time), count(&expected["n_risk"][at]), "{what}");
                let here = estimate(found.survival_at(time));
                assert_close(&what, here.value, number(&expected["surv"][at]), tolerance);
                let (lower, upper) = (&expected[scale_name]["lower"][at], &expected[scale_name]["upper"][at]);
                if expected["se_greenwood"][at].is_null() {
                    assert_eq!((here.std_error, here.interval), (None, None), "{what}");
                    assert!(lower.is_null() && upper.is_null());
                    continue;
                }
                let error = here.std_error.expect("an error");
                assert_close(&what, error, number(&expected["se_greenwood"][at]), tolerance);
                let limits = Value::from(vec![lower.clone(), upper.clone()]);
                assert_limits(&what, here.interval.expect("limits"), &limits, tolerance);
            }
        }
    }
    Ok(())
}

fn quantiles() -> Ended {
    let (file, _) = reference("P11_kaplan_meier_logrank.json", ROOT);
    for name in ["6-MP", "control"] {
        let expected = &file["expected"]["km"][name]["quantiles"];
        let table = arm(name)?;
        let found = kaplan_meier(&table, 0.95, Scale::LogLog).expect("a curve");
        for (at, share) in cases(&expected["p"]).iter().enumerate() {
            let quantile = found.quantile(number(share)).expect("a quantile");
            assert_eq!(quantile.time, expected["est"][at].as_f64(), "{name} {share}");
            assert_eq!(quantile.lower, expected["lower"][at].as_f64(), "{name} {share}");
            assert_eq!(quantile.upper, expected["upper"][at].as_f64(), "{name} {share}");
        }
    }
    Ok(())
}

fn published() -> Ended {
    let (file, _) = reference("P11_kaplan_meier_logrank.json", ROOT);
    let published = &file["published"];
    let (one, other) = (arm("6-MP")?, arm("control")?);
    let curve = kaplan_meier(&one, 0.95, Scale::LogLog).expect("a curve");
    for time in [6, 7, 10, 22, 23] {
        let printed = number(&published[format!("km_6mp_at_{time}")]);
        assert!((estimate(curve.survival_at(f64::from(time))).value - printed).abs() <= 0.5001e-3, "{time}");
    }
    let error = estimate(curve.survival_at(6.0)).std_error.expect("an error");
    assert!((error - number(&published["se_at_6"])).abs() <= 0.5001e-4);
    assert_eq!(curve.quantile(0.5).expect("a quantile").time, published["median_6mp"].as_f64());
    let control = kaplan_meier(&other, 0.95, Scale::LogLog).expect("a curve");
    assert_eq!(control.quantile(0.5).expect("a quantile").time, published["median_control"].as_f64());
    let test = log_rank(&[one, other], Weight::Equal).expect("a test");
    assert!((test.statistic - number(&published["logrank_chisq"])).abs() <= 0.5001e-2);
    Ok(())
}

fn tests() -> Ended {
    let (file, tolerance) = reference("P11_kaplan_meier_logrank.json", ROOT);
    let groups = [arm("6-MP")?, arm("control")?];
    for (name, weight) in [("logrank", Weight::Equal), ("peto_peto_rho1", Weight::PetoPeto)] {
        let expected = &file["expected"]["test"][name];
        let found = log_rank(&groups, weight).expect("a test");
        assert_close(name, found.statistic, number(&expected["chisq"]), tolerance);
        assert_close(name, found.df, number(&expected["df"]), tolerance);
        assert_close(name, found.p_value, number(&expected["p"]), tolerance);
        for group in 0..2 {
            assert_close(name, found.observed[group], number(&expected["observed"][group]), tolerance);
            assert_close(name, found.expected[group], number(&expected["expected"][group]), tolerance);
        }
    }
    Ok(())
}
