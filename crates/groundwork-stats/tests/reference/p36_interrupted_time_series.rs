//! Interrupted time series of counts and of rates: P36, and short ones: P90.

use groundwork_stats::estimators::interrupted_time_series::{
    Plan, Series, interrupted_counts, interrupted_means,
};
use groundwork_stats::estimators::newey_west::Lags;
use groundwork_stats::estimators::poisson_regression::Dispersion;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::linear::{assert_terms, std_errors};
use crate::support::{Ended, Table, assert_close, assert_limits, case, count, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![
        case("p36_interrupted_counts", counts),
        case("p36_interrupted_means", means),
        case("p90_its_short_pre", short),
    ]
}

const TOLERANCE: f64 = 1e-8;

/// The ban began in January 2005, the 37th month.
const PLAN: Plan = Plan { start: 37, slope: false, harmonics: 0, cycle: 12, pause: None };

fn times(table: &Table) -> Vec<i64> {
    table.numbers("time").iter().map(|&time| time as i64).collect()
}

fn counts() -> Ended {
    let (file, tolerance) = reference("P36_its_segmented.json", TOLERANCE);
    let table = Table::open("sicily.csv")?;
    let (y, people, time) = (table.numbers("aces"), table.numbers("stdpop"), times(&table));
    let series = Series { y: &y, exposure: Some(&people), time: &time };
    let season = ["s1", "c1", "s2", "c2"];
    let slope = "I((time - 36) * smokban)";
    for (name, plan, terms) in [
        ("model1", PLAN, vec![]),
        ("model3_harmonic", Plan { harmonics: 2, ..PLAN }, season.to_vec()),
        (
            "model4_slope",
            Plan { harmonics: 2, slope: true, ..PLAN },
            std::iter::once(slope).chain(season).collect(),
        ),
    ] {
        let expected = &file["expected"][name];
        let terms: Vec<&str> = ["(Intercept)", "smokban", "time"].into_iter().chain(terms).collect();
        let found = interrupted_counts(series, None, plan, 0.95).expect("a fit");
        let model = &found.model;
        assert_terms(name, &model.coefficients, &expected["coef"], &terms, tolerance);
        let errors = model.std_errors(Dispersion::Quasi);
        assert_terms(name, &errors, &expected["se"], &terms, tolerance);
        assert_close(name, model.dispersion, number(&expected["dispersion"]), tolerance);
        assert_close(name, model.deviance, number(&expected["deviance"]), tolerance);
        assert_close(name, found.level.value, number(&expected["rr_smokban"]), tolerance);
        // The file has normal limits; those of t, which are given, are wider.
        let normal = model.rate_ratio(1, Dispersion::QuasiNormal, 0.95).expect("a ratio");
        let normal = normal.interval.expect("an interval");
        assert_limits(name, normal, &expected["rr_ci"], tolerance);
        let given = found.level.interval.expect("an interval");
        assert!(given.lower < normal.lower && given.upper > normal.upper);
        let published = &file["published"];
        if name == "model1" {
            assert!((found.level.value - number(&published["rr_model1"])).abs() < 5.1e-4);
        }
        if name == "model3_harmonic" {
            assert!((found.level.value - number(&published["rr_model3"])).abs() < 5.1e-4);
            let limits = &published["rr_model3_ci"];
            assert!((normal.lower - number(&limits[0])).abs() < 5.1e-4);
            assert!((normal.upper - number(&limits[1])).abs() < 5.1e-4);
        }
    }
    Ok(())
}

fn means() -> Ended {
    let (file, tolerance) = reference("P36_its_segmented.json", TOLERANCE);
    let expected: &Value = &file["expected"]["gaussian"];
    let table = Table::open("sicily.csv")?;
    let rate: Vec<f64> =
        table.numbers("aces").iter().zip(table.numbers("stdpop")).map(|(y, n)| y / n * 1e5).collect();
    let time = times(&table);
    let series = Series { y: &rate, exposure: None, time: &time };
    let terms = ["(Intercept)", "smokban", "time", "time_after"];
    for (name, number_of_lags, small_sample) in
        [("se_nw_lag3", 3, false), ("se_nw_lag3_adj", 3, true), ("se_nw_lag12", 12, false)]
    {
        let lags = Lags { number: number_of_lags, small_sample };
        let plan = Plan { slope: true, ..PLAN };
        let found = interrupted_means(series, None, plan, lags, 0.95).expect("a fit");
        assert_terms("coefficient", &found.fit.coefficients, &expected["coef"], &terms, tolerance);
        assert_terms("error", &found.fit.std_errors, &expected["se_ols"], &terms, tolerance);
        assert_terms(name, &std_errors(&found.robust), &expected[name], &terms, tolerance);
        assert_close("d", found.durbin_watson, number(&expected["durbin_watson"]), tolerance);
        assert_close("rho", found.autocorrelation, number(&expected["rho1"]), tolerance);
        assert_eq!(found.level.std_error, found.robust.coefficients[1].as_ref().expect("one").std_error);
    }
    Ok(())
}

fn short() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let expected = &file["expected"]["its_short_pre"];
    let before = count(&expected["pre_points"]) as i64;
    let time: Vec<i64> = (37 - before..=59).collect();
    let y: Vec<f64> = time.iter().map(|&t| 700.0 + ((t * t) % 17) as f64).collect();
    let series = Series { y: &y, exposure: None, time: &time };
    let slope = Plan { slope: true, ..PLAN };
    let refused = interrupted_counts(series, None, slope, 0.95).expect_err("a refusal");
    assert_eq!(Some(refused.code), expected["reason_code"].as_str());
    // A change of level alone is flagged below twelve points a side.
    let found = interrupted_counts(series, None, PLAN, 0.95).expect("a fit");
    assert!(found.level.warnings.iter().any(|warning| warning.code == "short_series"));
    Ok(())
}
