//! P14: cumulative incidence with competing events, and Gray's test.

use groundwork_stats::estimators::aalen_johansen::{ErrorKind, aalen_johansen};
use groundwork_stats::estimators::gray_test::gray_test;
use groundwork_stats::estimators::risk_table::RiskTable;
use libtest_mimic::Trial;

use crate::support::{
    Absent, Ended, ROOT, Table, assert_close, case, cases, count, estimate, number, reference,
};

pub fn trials() -> Vec<Trial> {
    vec![case("p14_aalen_johansen", incidence), case("p14_gray_test", test)]
}

fn patients(keep: impl Fn(&str) -> bool) -> Result<RiskTable, Absent> {
    let data = Table::open("mgus2.csv")?;
    let (time, event, sex) = (data.numbers("etime"), data.numbers("event"), data.text("sex"));
    let rows: Vec<usize> = (0..time.len()).filter(|&row| keep(sex[row])).collect();
    let time: Vec<f64> = rows.iter().map(|&row| time[row]).collect();
    let event: Vec<u8> = rows.iter().map(|&row| event[row] as u8).collect();
    Ok(RiskTable::from_rows(&time, &event, 2, None).expect("a table"))
}

fn incidence() -> Ended {
    let (file, tolerance) = reference("P14_aalen_johansen.json", ROOT);
    let expected = &file["expected"]["all"];
    let table = patients(|_| true)?;
    let jackknife = aalen_johansen(&table, 0.95, ErrorKind::Jackknife).expect("curves");
    let aalen = aalen_johansen(&table, 0.95, ErrorKind::Aalen).expect("curves");
    for (at, time) in cases(&expected["times"]).iter().enumerate() {
        let what = format!("at {time}");
        let time = number(time);
        assert_eq!(table.at_risk_at(time), count(&expected["n_risk"][at]), "{what}");
        for cause in [1, 2] {
            let found = estimate(jackknife.incidence_at(cause, time));
            let share = number(&expected[format!("cif_cause{cause}")][at]);
            assert_close(&what, found.value, share, tolerance);
            let error = number(&expected[format!("se_survfit_cause{cause}")][at]);
            assert_close(&what, found.std_error.expect("an error"), error, tolerance);
        }
        let found = estimate(aalen.incidence_at(1, time));
        assert_close(&what, found.value, number(&expected["cmprsk_cif1"][at]), tolerance);
        let error = found.std_error.expect("an error");
        assert_close(&what, error * error, number(&expected["cmprsk_var1"][at]), tolerance);
        // The answer that must not be given is another one.
        let naive = number(&expected["naive_one_minus_km_cause1"][at]);
        assert!(naive > found.value * 1.05, "{what}");
    }
    Ok(())
}

fn test() -> Ended {
    let (file, tolerance) = reference("P14_aalen_johansen.json", ROOT);
    let groups = [patients(|sex| sex == "F")?, patients(|sex| sex == "M")?];
    for cause in [1, 2] {
        let name = format!("cause{cause}");
        let expected = &file["expected"]["gray_test_by_sex"][&name];
        let found = gray_test(&groups, cause).expect("a test");
        assert_close(&name, found.statistic, number(&expected["stat"]), tolerance);
        assert_close(&name, found.df, number(&expected["df"]), tolerance);
        assert_close(&name, found.p_value, number(&expected["pv"]), tolerance);
    }
    Ok(())
}
