//! A ratio of sums: jackknife, Fieller, and the bootstrap from given indices.

use groundwork_stats::estimators::bootstrap_clusters::{Reading, bootstrap_from_indices};
use groundwork_stats::estimators::cluster_sums::ClusterSums;
use groundwork_stats::estimators::fieller::{fieller, fieller_set};
use groundwork_stats::estimators::ratio_jackknife::ratio_jackknife;
use libtest_mimic::Trial;

use crate::support::{
    CLOSED_FORM, Ended, Table, assert_close, assert_interval, case, count, estimate, number, reference,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p05_ratio_analytic", analytic), case("p05_ratio_bootstrap", bootstrap)]
}

fn city() -> Result<ClusterSums, crate::support::Absent> {
    let table = Table::open("city.csv")?;
    let (y, x) = (table.numbers("x"), table.numbers("u"));
    Ok(ClusterSums::new(&y, &x, y.len() as u64).expect("sums"))
}

fn analytic() -> Ended {
    let (file, tolerance) = reference("P05_ratio_estimator_bca.json", CLOSED_FORM);
    let expected = &file["expected"]["analytic"];
    let sums = city()?;
    let level = number(&expected["conf_level"]);
    assert_eq!(sums.n_clusters() as u64, count(&expected["n"]));
    assert_close("ratio", sums.ratio(), number(&expected["ratio"]), tolerance);
    // As printed in the book, to two decimals.
    assert!((sums.ratio() - number(&file["published"]["ratio"])).abs() <= 0.005);

    let jackknife = estimate(ratio_jackknife(&sums, level));
    let found = jackknife.std_error.expect("a standard error");
    assert_close("jackknife", found, number(&expected["se_jackknife"]), tolerance);

    let set = fieller_set(&sums, level).expect("a set");
    assert_close("g", set.g, number(&expected["fieller_g"]), tolerance);
    assert_interval("Fieller", &estimate(fieller(&sums, level)), &expected["ci_fieller_t"], tolerance);
    Ok(())
}

fn bootstrap() -> Ended {
    let (file, tolerance) = reference("P05_ratio_estimator_bca.json", CLOSED_FORM);
    let expected = &file["expected"]["bootstrap"];
    let sums = city()?;
    let table = Table::open("city_boot_index_999.csv")?;
    let indices: Vec<u32> =
        table.rows().iter().flatten().map(|cell| cell.parse::<u32>().expect("an index") - 1).collect();
    let found = bootstrap_from_indices(&sums, &indices).expect("a bootstrap");

    assert_eq!(found.resampled().len() as u64, count(&expected["B"]));
    assert_close("standard error", found.std_error(), number(&expected["boot_se"]), tolerance);
    assert_close("bias", found.bias(), number(&expected["bias"]), tolerance);
    let acceleration = found.acceleration().expect("an acceleration");
    assert_close("a", acceleration, number(&expected["a"]), tolerance);
    let analytic = &file["expected"]["analytic"]["bca_acceleration"];
    assert_close("a", acceleration, number(analytic), tolerance);
    let z0 = found.bias_correction().expect("a bias correction");
    assert_close("z0", z0, number(&expected["z0_midp"]), tolerance);
    // No resampled ratio ties with the ratio here.
    assert_close("z0", z0, number(&expected["z0_strict"]), tolerance);
    let shares = found.bca_shares(0.95).expect("shares");
    assert_close("share", shares.0, number(&expected["bca_adjusted_alphas_strict"][0]), tolerance);
    assert_close("share", shares.1, number(&expected["bca_adjusted_alphas_strict"][1]), tolerance);

    for (name, outcome) in [
        ("percentile_bootpkg_norm_inter", found.percentile(0.95, Reading::NormalScale)),
        ("basic", found.basic(0.95, Reading::NormalScale)),
        ("bca_efron_a_norm_inter", found.bca(0.95, Reading::NormalScale)),
        ("percentile_type7", found.percentile(0.95, Reading::Type7)),
        ("bca_type7_z0midp", found.bca(0.95, Reading::Type7)),
    ] {
        assert_interval(name, &estimate(outcome), &expected[name], tolerance);
    }
    Ok(())
}
