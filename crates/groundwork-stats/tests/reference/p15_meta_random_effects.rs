//! Sites as a sample: P15, and from P90 one site and two sites.

use groundwork_stats::estimators::meta_analysis::{
    MeanError, Pooled, Prediction, common_effect, leave_one_site_out, pool,
};
use groundwork_stats::estimators::meta_regression::meta_regression;
use groundwork_stats::estimators::meta_tau2::{Tau2, between_site_variance_interval};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{
    EXACT, Ended, Table, assert_close, assert_interval, assert_limits, assert_relative, case, cases, count,
    estimate, number, reference,
};

/// The references iterate to about this.
const ITERATED: f64 = 1e-6;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("p15_meta_random_effects", pooled_sites),
        case("p15_meta_regression", line_through_sites),
        case("p90_meta_k1", one_site),
        case("p90_meta_k2_pi", two_sites),
    ]
}

const SETS: [&str; 3] = ["all13", "first3", "sites_2_and_7"];

const METHODS: [(&str, Tau2); 7] = [
    ("DL", Tau2::DerSimonianLaird),
    ("REML", Tau2::RestrictedLikelihood),
    ("ML", Tau2::Likelihood),
    ("PM", Tau2::PauleMandel),
    ("EB", Tau2::EmpiricalBayes),
    ("SJ", Tau2::SidikJonkman),
    ("HE", Tau2::HedgesOlkin),
];

fn list(value: &Value) -> Vec<f64> {
    cases(value).iter().map(number).collect()
}

fn pooled_sites() -> Ended {
    let (file, tolerance) = reference("P15_meta_random_effects.json", ITERATED);
    for name in SETS {
        let expected = &file["expected"][name];
        let (y, v) = (list(&expected["yi"]), list(&expected["vi"]));
        let level = number(&expected["conf_level"]);
        assert_eq!(y.len() as u64, count(&expected["k"]));
        for (id, how) in METHODS {
            let pooled = pool(&y, &v, how).expect("a pool");
            let what = format!("{name} {id}");
            each_number(&what, &pooled, &expected[id], level, tolerance);
        }
        let pooled = pool(&y, &v, Tau2::default()).expect("a pool");
        assert_close(name, pooled.q, number(&expected["Q"]), tolerance);
        assert_relative(name, pooled.q_p_value, number(&expected["Q_p"]), tolerance);
        assert_close(name, pooled.i2_from_q, number(&expected["I2_from_Q"]) / 100.0, tolerance);
        let common = estimate(common_effect(&y, &v, level));
        let fixed = &expected["fixed_effect"];
        assert_close(name, common.value, number(&fixed["mu"]), tolerance);
        assert_close(name, common.std_error.expect("an error"), number(&fixed["se"]), tolerance);
        assert_interval(name, &common, &fixed["ci"], tolerance);
        let profile = between_site_variance_interval(&y, &v, level).expect("an interval");
        assert_limits(name, profile, &expected["tau2_qprofile_ci"], tolerance);

        let left = leave_one_site_out(&y, &v, Tau2::RestrictedLikelihood).expect("sites");
        let Some(rows) = expected["leave_one_site_out_REML"].as_array() else {
            assert_eq!(left.warnings[0].code, "two_sites_difference");
            continue;
        };
        assert_eq!(rows.len(), left.sites.len());
        for (row, found) in rows.iter().zip(&left.sites) {
            assert_eq!(count(&row["left_out"]) as usize, found.site + 1);
            for (key, found) in [
                ("mu", found.mean),
                ("tau2", found.tau2),
                ("pred_se_new", found.prediction_std_error),
                ("z_external", found.z),
            ] {
                assert_close(
                    &format!("{name} without {}", row["left_out"]),
                    found,
                    number(&row[key]),
                    tolerance,
                );
            }
        }
    }
    Ok(())
}

fn each_number(what: &str, pooled: &Pooled, expected: &Value, level: f64, tolerance: f64) {
    let mean = |error| estimate(pooled.mean_estimate(error, level));
    let (wald, bare, guarded) =
        (mean(MeanError::Wald), mean(MeanError::HartungKnapp), mean(MeanError::Guarded));
    assert_eq!(guarded.method, "hksj.guarded");
    for (key, found) in [
        ("tau2", pooled.tau2),
        ("mu", pooled.mean),
        ("se_wald", pooled.std_error_wald),
        ("se_hksj", pooled.std_error_hksj),
        ("p_hksj", bare.p_value.expect("a p-value")),
        ("H2", pooled.h2),
    ] {
        assert_close(&format!("{what} {key}"), found, number(&expected[key]), tolerance);
    }
    assert_close(&format!("{what} I2"), pooled.i2, number(&expected["I2"]) / 100.0, tolerance);
    assert_interval(what, &wald, &expected["ci_wald"], tolerance);
    assert_interval(what, &bare, &expected["ci_hksj"], tolerance);
    assert_interval(what, &guarded, &expected["ci_hksj_adhoc_no_narrower"], tolerance);
    for (key, form) in [
        ("pi_normal", Prediction::Normal),
        ("pi_hksj_t_km1", Prediction::HartungKnappTKm1),
        ("pi_HTS_t_km2", Prediction::HtsTKm2),
        ("pi_HTS_hksj_t_km2", Prediction::HtsHartungKnappTKm2),
    ] {
        match pooled.prediction(form, level) {
            Ok(found) => assert_interval(&format!("{what} {key}"), &found, &expected[key], tolerance),
            // From two sites no form is given, whatever can be computed.
            Err(refusal) => assert_eq!((pooled.k, refusal.code), (2, "pi_needs_three_sites")),
        }
    }
}

/// How far the reference may stop from the peak: it ends when a step in τ² is
/// below 1e-5, and is 7e-6 away, where the slope of the likelihood is still
/// -.0022. That moves the coefficients by 2e-5 of themselves.
const STOPPED_EARLY: f64 = 1e-4;

fn line_through_sites() -> Ended {
    let (file, _) = reference("P15_meta_random_effects.json", ITERATED);
    let published = &file["expected"]["metareg_ablat_REML"];
    let (file, tolerance) = reference("sites_and_pairs.json", EXACT);
    let exact = &file["line_through_sites"];
    let table = Table::open("dat_bcg.csv")?;
    let (y, v, latitude) = (table.numbers("yi"), table.numbers("vi"), table.numbers("ablat"));
    let found = meta_regression(&y, &v, &[&latitude]).expect("a line");
    // The errors depend on τ², which is a root of a sum of terms that cancel.
    for (expected, tolerance) in [(published, STOPPED_EARLY), (exact, 100.0 * tolerance)] {
        for (key, found) in [
            ("coef", &found.coefficients),
            ("se_wald", &found.std_errors_wald),
            ("se_hksj", &found.std_errors_hksj),
        ] {
            assert_eq!(found.len(), cases(&expected[key]).len());
            for (found, expected) in found.iter().zip(cases(&expected[key])) {
                assert_close(key, *found, number(expected), tolerance);
            }
        }
        assert_close("tau2", found.tau2, number(&expected["tau2"]), tolerance);
        assert_close("QM", found.q_moderators, number(&expected["QM"]), tolerance);
    }
    assert_close("tau2", found.tau2_without, number(&exact["tau2_without"]), 100.0 * tolerance);
    let share = found.r_squared.expect("a share");
    assert_close("R2", share, number(&published["R2"]) / 100.0, STOPPED_EARLY);
    let slope = estimate(found.coefficient(1, MeanError::Guarded, 0.95));
    assert_eq!(slope.method, "metareg.reml.hksj.guarded");
    Ok(())
}

fn one_site() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let code = &file["expected"]["meta_k1"]["reason_code"];
    let refusal = pool(&[-0.9], &[0.3], Tau2::default()).expect_err("a refusal");
    assert_eq!(refusal.code, code.as_str().expect("a code"));
    Ok(())
}

fn two_sites() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let code = &file["expected"]["meta_k2_pi"]["reason_code"];
    let pooled = pool(&[-1.59, -1.62], &[0.19, 0.22], Tau2::default()).expect("a pool");
    let refusal = pooled.prediction(Prediction::HtsTKm2, 0.95).expect_err("a refusal");
    assert_eq!(refusal.code, code.as_str().expect("a code"));
    Ok(())
}
