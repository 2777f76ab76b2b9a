//! The event study weighted by cohort.

use groundwork_stats::Estimate;
use groundwork_stats::estimators::cluster_robust::{ClusterDf, Clustered};
use groundwork_stats::estimators::event_study::{Panel, PanelErrors, two_way_fixed_effects};
use groundwork_stats::estimators::sun_abraham::{EventStudy, sun_abraham};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{
    EXACT, Ended, ROOT, Table, assert_close, assert_relative, case, cases, count, number, reference,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p41_sun_abraham", staggered), case("p41_sun_abraham_to_more_digits", made_up)]
}

fn whole(values: &[f64]) -> Vec<i32> {
    values.iter().map(|&value| value as i32).collect()
}

fn staggered() -> Ended {
    let (file, tolerance) = reference("P41_sun_abraham.json", ROOT);
    let expected = &file["expected"];
    let data = Table::open("base_stagg.csv")?;
    let unit: Vec<u32> = data.numbers("id").iter().map(|&label| label as u32).collect();
    let year = whole(&data.numbers("year"));
    // The never treated carry a year far beyond the last.
    let first: Vec<Option<i32>> = whole(&data.numbers("year_treated")).into_iter().map(Some).collect();
    let (y, x) = (data.numbers("y"), data.numbers("x1"));
    let found = sun_abraham(&unit, &year, &first, &y, &[&x], 0.95).expect("a study");
    assert_eq!(found.n_rows, count(&expected["info"]["N"]));
    assert_eq!(found.n_units, count(&expected["info"]["G"]));
    assert_eq!(found.n_parameters, count(&expected["info"]["K"]));
    assert_eq!(found.cells.len() as u64, count(&expected["info"]["n_cells"]));
    let (rows, units, parameters) = (found.n_rows as f64, found.n_units as f64, found.n_parameters as f64);
    let factor = (units / (units - 1.0) * (rows - 1.0) / (rows - parameters)).sqrt();
    let listed = expected["event_time"].as_object().expect("effects");
    assert_eq!(found.events.len(), listed.len());
    for event in &found.events {
        let expected = &listed[&event.at.to_string()];
        let what = format!("effect at {}", event.at);
        let error = event.estimate.std_error.expect("an error");
        assert_close(&what, event.estimate.value, number(&expected["att"]), tolerance);
        assert_close(&what, error, number(&expected["se"]), tolerance);
        assert_close(&what, error / factor, number(&expected["se_cr0"]), tolerance);
    }
    let overall = &expected["att_overall"];
    assert_close("overall", found.att.value, number(&overall["att"]), tolerance);
    assert_close("overall", found.att.std_error.expect("an error"), number(&overall["se"]), tolerance);
    // The two-way regression, whose figures the file gives as a warning, is
    // refused here.
    let treated: Vec<f64> = year
        .iter()
        .zip(&first)
        .map(|(year, first)| f64::from(u8::from(first.is_some_and(|first| *year >= first))))
        .collect();
    let period: Vec<u32> = year.iter().map(|&year| year as u32).collect();
    let panel = Panel { y: &y, unit: &unit, period: &period, treated: &treated, covariates: &[&x] };
    let errors = PanelErrors::Units(Clustered::Cr1s, ClusterDf::Clusters);
    let refused = two_way_fixed_effects(panel, errors, 0.95).map_err(|refusal| refusal.code);
    assert_eq!(refused.map(|_| ()), Err("staggered_adoption"));
    let published = &file["published"];
    assert!((found.att.value - number(&published["fixest_vignette_att"])).abs() <= 0.5001e-6);
    assert!((found.att.std_error.expect("an error") - number(&published["se"])).abs() <= 0.5001e-5);
    Ok(())
}

fn made_up() -> Ended {
    let (file, tolerance) = reference("causal.json", EXACT);
    let data = Table::open("staggered_panel.csv")?;
    let unit: Vec<u32> = data.numbers("unit").iter().map(|&label| label as u32).collect();
    let year = whole(&data.numbers("year"));
    let first: Vec<Option<i32>> =
        data.numbers_or_missing("first").iter().map(|first| first.map(|first| first as i32)).collect();
    let (y, x) = (data.numbers("y"), data.numbers("x"));
    let study =
        |covariates: &[&[f64]]| sun_abraham(&unit, &year, &first, &y, covariates, 0.95).expect("a study");
    compare(&study(&[]), &file["sun_abraham"], tolerance);
    let adjusted = study(&[&x]);
    let expected = &file["sun_abraham_with_x"];
    compare(&adjusted, expected, tolerance);
    let of_x = &adjusted.covariates[0];
    assert_relative("x", of_x.value, number(&expected["x"]["estimate"]), tolerance);
    assert_relative("x", of_x.std_error.expect("an error"), number(&expected["x"]["se"]), tolerance);
    Ok(())
}

fn compare(found: &EventStudy, expected: &Value, tolerance: f64) {
    assert_eq!(found.n_rows, count(&expected["n"]));
    assert_eq!(found.n_units, count(&expected["clusters"]));
    assert_eq!(found.n_parameters, count(&expected["parameters"]));
    let close = |what: &str, estimate: &Estimate, expected: &Value| {
        assert_relative(what, estimate.value, number(&expected["att"]), tolerance);
        assert_relative(what, estimate.std_error.expect("an error"), number(&expected["se"]), tolerance);
    };
    close("overall", &found.att, &expected["att"]);
    assert_eq!(found.events.len(), cases(&expected["event_time"]).len());
    for (event, expected) in found.events.iter().zip(cases(&expected["event_time"])) {
        assert_eq!(event.at as f64, number(&expected["at"]));
        close("event", &event.estimate, expected);
    }
    assert_eq!(found.cells.len(), cases(&expected["cells"]).len());
    for (cell, expected) in found.cells.iter().zip(cases(&expected["cells"])) {
        assert_eq!(f64::from(cell.cohort), number(&expected["group"]));
        assert_eq!(f64::from(cell.time), number(&expected["time"]));
        close("cell", &cell.estimate, expected);
    }
}
