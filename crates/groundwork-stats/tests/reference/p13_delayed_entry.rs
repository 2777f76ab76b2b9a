//! P13: the survival curve where people came under observation late.

use groundwork_stats::estimators::kaplan_meier::{Scale, kaplan_meier, product_limit};
use groundwork_stats::estimators::risk_table::RiskTable;
use libtest_mimic::Trial;

use crate::support::{Absent, Ended, ROOT, Table, assert_close, case, cases, count, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p13_delayed_entry", curves), case("p13_thin_start_is_refused", thin_start)]
}

/// The risk table of one sex of the retirement centre, by age in months.
pub fn residents(sex: &str) -> Result<RiskTable, Absent> {
    let data = Table::open("channing.csv")?;
    let (entry, exit, event) = (data.numbers("entry"), data.numbers("exit"), data.numbers("status"));
    let of = data.text("sex");
    // Rows that were never at risk are dropped, as in the reference.
    let rows: Vec<usize> = (0..exit.len()).filter(|&row| of[row] == sex && exit[row] > entry[row]).collect();
    let take = |values: &[f64]| rows.iter().map(|&row| values[row]).collect::<Vec<_>>();
    let event: Vec<u8> = rows.iter().map(|&row| event[row] as u8).collect();
    Ok(RiskTable::from_rows(&take(&exit), &event, 1, Some(&take(&entry))).expect("a table"))
}

fn curves() -> Ended {
    let (file, tolerance) = reference("P13_delayed_entry_km.json", ROOT);
    let expected = &file["expected"];
    for (name, sex) in [("male", "Male"), ("female", "Female")] {
        let table = residents(sex)?;
        let curve = product_limit(&table).expect("a curve");
        for (at, time) in cases(&expected["times"]).iter().enumerate() {
            let (what, time) = (format!("{name} at {time}"), number(time));
            // The reference counts those at risk at the next time anybody leaves.
            let next = (0..table.rows()).find(|&row| table.time()[row] >= time && table.leaving(row) > 0);
            let next = next.expect("a time");
            assert_eq!(table.at_risk()[next], count(&expected[name]["n_risk"][at]), "{what}");
            let row = table.time().partition_point(|&known| known <= time).checked_sub(1).expect("a time");
            assert_close(&what, curve.survival[row], number(&expected[name]["surv"][at]), tolerance);
            let error = &expected[name]["se"][at];
            assert_eq!(curve.std_error[row].is_none(), error.is_null(), "{what}");
            if let Some(found) = curve.std_error[row] {
                assert_close(&what, found, number(error), tolerance);
            }
        }
    }
    // The women's curve is sound to begin with, and a judged one exists.
    let women = residents("Female")?;
    let judged = kaplan_meier(&women, 0.95, Scale::LogLog).expect("a curve");
    for (at, time) in cases(&expected["times"]).iter().enumerate() {
        let found = judged.survival_at(number(time)).expect("an estimate");
        assert_close("female", found.value, number(&expected["female"]["surv"][at]), tolerance);
    }
    let men = residents("Male")?;
    let curve = product_limit(&men).expect("a curve");
    let events = (0..men.rows()).filter(|&row| men.all_events(row) > 0);
    let first = &expected["male_first_events"];
    for (at, row) in events.take(4).enumerate() {
        assert_close("time", men.time()[row], number(&first["time"][at]), tolerance);
        assert_close("survival", curve.survival[row], number(&first["surv"][at]), tolerance);
        assert_eq!(men.at_risk()[row], count(&first["n_risk"][at]));
    }
    Ok(())
}

fn thin_start() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let expected = &file["expected"]["km_small_risk_set"];
    let men = residents("Male")?;
    let refusal = kaplan_meier(&men, 0.95, Scale::LogLog).expect_err("a refusal");
    assert_eq!(refusal.code, expected["reason_code"].as_str().expect("a code"));
    let thin = men.thin_events();
    assert_eq!((thin[0].time, thin[0].at_risk), (777.0, 2));
    assert_eq!((thin[1].time, thin[1].at_risk), (781.0, 1));
    // The curve from a stated age on is offered.
    let from = men.sound_from().expect("an age");
    assert_eq!(from, 781.0);
    let later = men.after(from).expect("a table");
    let curve = kaplan_meier(&later, 0.95, Scale::LogLog).expect("a curve");
    let share = curve.survival_at(900.0).expect("an estimate");
    assert!(share.value > 0.7 && share.value < 1.0 && share.interval.is_some());
    assert!(share.warnings.is_empty());
    assert_eq!(curve.warnings[0].code, "risk_set_lt_5");
    Ok(())
}
