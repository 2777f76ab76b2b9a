//! The same people twice: P26, and from P90 five pairs and five who changed.

use groundwork_stats::Interval;
use groundwork_stats::estimators::mcnemar::{
    PairedCounts, mcnemar_chi_squared, mcnemar_exact, mcnemar_mid_p,
};
use groundwork_stats::estimators::mean_welch::mean_difference_welch;
use groundwork_stats::estimators::paired_change::paired_change;
use groundwork_stats::estimators::paired_exact::{sign_flip, signed_rank};
use groundwork_stats::estimators::paired_proportions::{paired_difference_newcombe, paired_difference_tango};
use groundwork_stats::estimators::standardised_difference::{standardised_change, standardised_difference};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{
    EXACT, Ended, assert_close, assert_interval, assert_limits, assert_relative, case, cases, count,
    estimate, number, reference,
};

/// Digits of the reference.
const PRINTED: f64 = 1e-8;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("p26_paired_shares", paired_shares),
        case("p26_tango_to_more_digits", tango_to_more_digits),
        case("p26_paired_scores", paired_scores),
        case("p26_independent_groups", independent_groups),
        case("p90_sign_flip_n5", five_pairs),
        case("p90_mcnemar_small", five_who_changed),
    ]
}

fn scores(file: &Value) -> (Vec<f64>, Vec<f64>) {
    let list = |name: &str| cases(&file["inputs"][name]).iter().map(number).collect();
    (list("sleep_pre"), list("sleep_post"))
}

/// The reference takes the first occasion less the second; the crate what
/// comes after less what came before.
fn negated(interval: Interval) -> Interval {
    Interval { lower: -interval.upper, upper: -interval.lower, level: interval.level }
}

fn paired_shares() -> Ended {
    let (file, tolerance) = reference("P26_paired_change.json", PRINTED);
    for name in ["approval", "tiny_8"] {
        let expected = &file["expected"][name];
        let [both, lost, gained, neither] = ["a", "b", "c", "d"].map(|key| count(&expected[key]));
        let counts = PairedCounts { both, lost, gained, neither };
        let exact = estimate(mcnemar_exact(counts));
        assert_close(name, -exact.value, number(&expected["diff_p1_minus_p2"]), tolerance);
        let p = |found: groundwork_stats::Estimate| found.p_value.expect("a p-value");
        assert_relative(name, p(exact), number(&expected["p_exact"]), tolerance);
        assert_relative(name, p(estimate(mcnemar_mid_p(counts))), number(&expected["p_midp"]), tolerance);
        for (corrected, statistic, p_value) in
            [(false, "mcnemar_chisq", "p"), (true, "mcnemar_chisq_cc", "p_cc")]
        {
            match mcnemar_chi_squared(counts, corrected) {
                Ok(found) => {
                    let chi_squared = found.statistic.expect("a statistic");
                    assert_close(name, chi_squared, number(&expected[statistic]), tolerance);
                    assert_relative(name, p(found), number(&expected[p_value]), tolerance);
                }
                Err(refusal) => assert_eq!((name, refusal.code), ("tiny_8", "discordant_lt_10")),
            }
        }
        let newcombe = estimate(paired_difference_newcombe(counts, 0.95)).interval.expect("limits");
        assert_limits(name, negated(newcombe), &expected["ci_newcombe_method10"], tolerance);
        // PropCIs halves a step until it is small, and stops some 1e-7 short:
        // the limits to more digits are below.
        let tango = estimate(paired_difference_tango(counts, 0.95)).interval.expect("limits");
        assert_limits(name, negated(tango), &expected["ci_tango_score"], 1e-6);
    }
    Ok(())
}

fn tango_to_more_digits() -> Ended {
    let (file, tolerance) = reference("sites_and_pairs.json", EXACT);
    for expected in cases(&file["tango"]) {
        let [both, lost, gained, neither] =
            ["both", "lost", "gained", "neither"].map(|key| count(&expected[key]));
        let counts = PairedCounts { both, lost, gained, neither };
        let found = estimate(paired_difference_tango(counts, number(&expected["conf_level"])));
        assert_interval(&format!("{counts:?}"), &found, &expected["interval"], tolerance);
    }
    Ok(())
}

fn paired_scores() -> Ended {
    let (file, tolerance) = reference("P26_paired_change.json", PRINTED);
    let (before, after) = scores(&file);
    let expected = &file["expected"]["sleep"];
    let change = estimate(paired_change(&before, &after, 0.95));
    assert_eq!(change.n, count(&expected["n"]));
    let root = (change.n as f64).sqrt();
    let effect = standardised_change(&before, &after, 0.95).expect("an effect");
    let rank = estimate(signed_rank(&before, &after, 0.05));
    let flip = estimate(sign_flip(&before, &after, 0.05));
    for (key, found) in [
        ("mean_change", Some(change.value)),
        ("sd_change", change.std_error.map(|error| error * root)),
        ("t", change.statistic),
        ("df", change.df),
        ("p", change.p_value),
        ("cohen_dz", Some(effect.d_z)),
        ("hedges_J_exact", Some(effect.j)),
        ("hedges_gz", Some(effect.g_z)),
        ("cohen_dav", effect.d_av),
        ("cohen_drm", effect.d_rm),
        ("pre_post_r", effect.correlation),
        ("signed_rank_W", rank.statistic),
        ("p_signed_rank_exact_with_ties_enumerated", rank.p_value),
        ("p_sign_flip_permutation_exact", flip.p_value),
    ] {
        assert_close(key, found.expect(key), number(&expected[key]), tolerance);
    }
    assert_interval("change", &change, &expected["ci"], tolerance);
    assert_limits("d_z", effect.interval, &expected["dz_ci_noncentral_t"], tolerance);
    Ok(())
}

fn independent_groups() -> Ended {
    let (file, tolerance) = reference("P26_paired_change.json", PRINTED);
    let (second, first) = scores(&file);
    let expected = &file["expected"]["independent"];
    assert_eq!((first.len() as u64, second.len() as u64), (count(&expected["n1"]), count(&expected["n2"])));
    let effect = standardised_difference(&first, &second, 0.95).expect("an effect");
    let welch = estimate(mean_difference_welch(&first, &second, 0.95));
    for (key, found) in [
        ("cohen_d", Some(effect.d)),
        ("J", Some(effect.j)),
        ("hedges_g", Some(effect.g)),
        ("welch_t", welch.statistic),
        ("welch_df", welch.df),
        ("welch_p", welch.p_value),
    ] {
        assert_close(key, found.expect(key), number(&expected[key]), tolerance);
    }
    assert_limits("d", effect.interval, &expected["d_ci"], tolerance);
    assert_interval("welch", &welch, &expected["welch_ci"], tolerance);
    Ok(())
}

fn five_pairs() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let expected = &file["expected"]["sign_flip_n5"];
    assert_eq!(count(&expected["n"]), 5);
    let after = [1.0, 2.0, 3.0, 4.0, 5.0];
    let refusal = sign_flip(&[0.0; 5], &after, 0.05).expect_err("a refusal");
    assert_eq!(refusal.code, expected["reason_code"].as_str().expect("a code"));
    let found = estimate(sign_flip(&[0.0; 5], &after, 0.0625));
    assert_eq!(found.p_value, Some(number(&expected["min_attainable_p"])));
    Ok(())
}

fn five_who_changed() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let expected = &file["expected"]["mcnemar_small"];
    let [lost, gained] = ["b", "c"].map(|key| count(&expected[key]));
    let counts = PairedCounts { both: 2, lost, gained, neither: 1 };
    assert_eq!(estimate(mcnemar_exact(counts)).p_value, Some(0.0625));
    for corrected in [false, true] {
        let refusal = mcnemar_chi_squared(counts, corrected).expect_err("a refusal");
        assert_eq!(refusal.code, expected["reason_code"].as_str().expect("a code"));
    }
    Ok(())
}
