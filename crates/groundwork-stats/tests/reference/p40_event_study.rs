//! An event study and the two-way regression: P40.

use groundwork_stats::Estimate;
use groundwork_stats::estimators::cluster_robust::{ClusterDf, Clustered};
use groundwork_stats::estimators::event_study::{
    EventStudy, Panel, PanelErrors, event_study, two_way_fixed_effects,
};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::linear::{labels, numbers_of};
use crate::support::{Ended, ROOT, Table, assert_close, case, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p40_event_study", panel_of_units)]
}

fn panel_of_units() -> Ended {
    let (file, tolerance) = reference("P40_twfe_event_study.json", ROOT);
    let expected = &file["expected"];
    let table = Table::open("base_did.csv")?;
    let (y, x, treated) = (table.numbers("y"), table.numbers("x1"), table.numbers("treat"));
    let (unit, period) = (labels(&table.numbers("id")), labels(&table.numbers("period")));
    let covariates: [&[f64]; 1] = [&x];
    let panel = Panel { y: &y, unit: &unit, period: &period, treated: &treated, covariates: &covariates };
    let study = |errors| event_study(panel, 5, errors, 0.95).expect("a study");

    let clustered = study(PanelErrors::Units(Clustered::Cr1s, ClusterDf::Clusters));
    check(&clustered, &expected["event_study_CRV1"], tolerance);
    check(&study(PanelErrors::Independent), &expected["event_study_iid"], tolerance);

    let others = &expected["small_sample_alternatives"];
    assert_eq!(others["names"].as_array().map(Vec::len), Some(10));
    for (name, errors) in [
        ("se_cr0", PanelErrors::Units(Clustered::Cr0, ClusterDf::Clusters)),
        (
            "se_cr1_K_counts_all_fixed_effects",
            PanelErrors::UnitsCounted(Clustered::Cr1s, ClusterDf::Clusters),
        ),
    ] {
        for (found, expected) in estimates(&study(errors)).iter().zip(numbers_of(&others[name])) {
            assert_close(name, found.1.std_error.expect("se"), expected, tolerance);
        }
    }

    let on: Vec<f64> = treated.iter().zip(table.numbers("post")).map(|(t, post)| t * post).collect();
    let panel = Panel { treated: &on, ..panel };
    let errors = PanelErrors::Units(Clustered::Cr1s, ClusterDf::Clusters);
    let found = two_way_fixed_effects(panel, errors, 0.95).expect("a regression");
    let expected = &expected["twfe_CRV1"];
    check_one("x1", &found.covariates[0].clone().expect("an estimate"), &expected["x1"], tolerance);
    check_one("treat:post", &found.effect.expect("an estimate"), &expected["treat:post"], tolerance);
    Ok(())
}

/// All coefficients with the names of the file.
fn estimates(study: &EventStudy) -> Vec<(String, Estimate)> {
    let covariate = ("x1".to_string(), study.covariates[0].clone().expect("an estimate"));
    let effects = study.effects.iter().map(|effect| {
        (format!("period::{}:treat", effect.period), effect.effect.clone().expect("an estimate"))
    });
    std::iter::once(covariate).chain(effects).collect()
}

fn check(study: &EventStudy, expected: &Value, tolerance: f64) {
    let found = estimates(study);
    assert_eq!(expected.as_object().map(|terms| terms.len()), Some(found.len()));
    for (name, estimate) in found {
        check_one(&name, &estimate, &expected[&name], tolerance);
    }
}

fn check_one(name: &str, found: &Estimate, expected: &Value, tolerance: f64) {
    for (part, value) in
        [("est", Some(found.value)), ("se", found.std_error), ("t", found.statistic), ("p", found.p_value)]
    {
        let value = value.expect("a number");
        assert_close(&format!("{part} of {name}"), value, number(&expected[part]), tolerance);
    }
}
