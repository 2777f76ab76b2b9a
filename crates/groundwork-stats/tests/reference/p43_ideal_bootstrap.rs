//! The bootstrap over every resample.

use groundwork_stats::Refusal;
use groundwork_stats::estimators::cluster_sums::ClusterSums;
use groundwork_stats::estimators::ideal_bootstrap::{IdealBootstrap, ideal_bootstrap};
use libtest_mimic::Trial;

use crate::support::{
    CLOSED_FORM, Ended, Table, assert_close, assert_interval, case, count, estimate, number, reference,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p43_ideal_bootstrap", every_resample), case("p43_all_successes_are_refused", all_successes)]
}

fn enumerated(y: &[f64], x: &[f64]) -> Result<IdealBootstrap, Refusal> {
    ideal_bootstrap(&ClusterSums::new(y, x, y.len() as u64).expect("sums"))
}

fn every_resample() -> Ended {
    let (file, tolerance) = reference("P43_ideal_bootstrap.json", CLOSED_FORM);
    let city = Table::open("city.csv")?;
    let (y, x) = (city.numbers("x"), city.numbers("u"));
    let six_of_eight = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0];
    for (name, found) in [
        ("city_n10", enumerated(&y, &x)),
        ("city_first7", enumerated(&y[..7], &x[..7])),
        ("binary_6_of_8", enumerated(&six_of_eight, &[1.0; 8])),
    ] {
        let expected = &file["expected"][name];
        let found = found.expect("a bootstrap");
        assert_eq!(found.n_atoms() as u64, count(&expected["n_atoms"]), "{name}");
        let total: f64 = found.atoms().map(|atom| atom.1).sum();
        assert_close(name, total, number(&expected["total_prob"]), tolerance);
        assert_close(name, found.mean(), number(&expected["mean"]), tolerance);
        assert_close(name, found.std_error(), number(&expected["sd"]), tolerance);
        for (share, key) in [(0.025, "q025"), (0.05, "q05"), (0.5, "q50"), (0.95, "q95"), (0.975, "q975")] {
            let quantile = found.quantile(share).expect("a quantile");
            assert_close(&format!("{name} {key}"), quantile, number(&expected[key]), tolerance);
        }
        let limits = serde_json::json!([expected["q025"], expected["q975"]]);
        assert_interval(name, &estimate(found.percentile(0.95)), &limits, tolerance);
    }
    Ok(())
}

fn all_successes() -> Ended {
    let (file, _) = reference("P43_ideal_bootstrap.json", CLOSED_FORM);
    let expected = &file["expected"]["all_ones_6_of_6"];
    // The reference has no width, which is why there is no answer.
    assert_eq!(number(&expected["q025"]), number(&expected["q975"]));
    assert_eq!(number(&expected["sd"]), 0.0);
    let refusal = enumerated(&[1.0; 6], &[1.0; 6]).err();
    assert_eq!(refusal.map(|refusal| refusal.code), Some("degenerate_resample"));
    Ok(())
}
