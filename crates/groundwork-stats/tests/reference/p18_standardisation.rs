//! P18: directly standardised rates.

use groundwork_stats::estimators::standardisation::{crude_rate, standardised_rate};
use groundwork_stats::special::normal_critical;
use libtest_mimic::Trial;

use crate::support::{
    CLOSED_FORM, Ended, Table, assert_close, assert_interval, case, cases, estimate, number, reference,
};

pub fn trials() -> Vec<Trial> {
    vec![case("p18_standardised_rates", rates)]
}

fn rates() -> Ended {
    let (file, tolerance) = reference("P18_direct_standardisation.json", CLOSED_FORM);
    let data = Table::open("downs_birthorder.csv")?;
    let (group, events, people) = (data.text("group"), data.numbers("count"), data.numbers("pop"));
    let standard: Vec<f64> = cases(&file["inputs"]["standard_population"]).iter().map(number).collect();
    let expected = file["expected"].as_object().expect("groups");
    assert_eq!(expected.len(), 5);
    for (order, (name, expected)) in expected.iter().enumerate() {
        let rows: Vec<usize> = (0..group.len()).filter(|&row| group[row] == name).collect();
        let events: Vec<u64> = rows.iter().map(|&row| events[row] as u64).collect();
        let people: Vec<f64> = rows.iter().map(|&row| people[row]).collect();
        let found = estimate(standardised_rate(&events, &people, &standard, 0.95));
        assert_close(name, found.value, number(&expected["adjusted"]), tolerance);
        let error = found.std_error.expect("an error");
        assert_close(name, error * error, number(&expected["var"]), tolerance);
        assert_interval(name, &found, &expected["fay_feuer_ci"], tolerance);
        // Intervals that are not offered, from the same rate and error.
        let reach = normal_critical(0.95) * error;
        for (side, key) in [(-1.0, 0), (1.0, 1)] {
            let plain = found.value + side * reach;
            assert_close(name, plain, number(&expected["normal_ci"][key]), tolerance);
            let log = found.value * (side * reach / found.value).exp();
            assert_close(name, log, number(&expected["log_normal_ci"][key]), tolerance);
        }
        let crude = crude_rate(&events, &people).expect("a rate");
        assert_close(name, crude, number(&expected["crude"]), tolerance);
        // As the paper prints them, for 100,000.
        let published = &file["published"]["per_100k"][format!("o{}", order + 1)];
        let limits = found.interval.expect("limits");
        for (at, found) in [crude, found.value, limits.lower, limits.upper].iter().enumerate() {
            assert!((found * 1e5 - number(&published[at])).abs() <= 0.0501, "{name} {at}");
        }
    }
    Ok(())
}
