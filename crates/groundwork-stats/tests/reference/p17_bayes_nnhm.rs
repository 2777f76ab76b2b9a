//! A few sites under a stated prior: P17.

use groundwork_stats::estimators::bayes_hierarchical::{
    MeanPrior, Posterior, TauPrior, bayes_hierarchical, prior_sensitivity,
};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{Ended, Table, assert_close, assert_relative, case, cases, number, reference};

/// The reference integrates to about this.
const INTEGRATED: f64 = 1e-6;

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p17_bayes_nnhm", sites_under_priors)]
}

fn sites_under_priors() -> Ended {
    let (file, tolerance) = reference("P17_bayes_nnhm.json", INTEGRATED);
    let table = Table::open("crins2014.csv")?;
    let (y, v) = (table.numbers("yi"), table.numbers("vi"));
    let half = TauPrior::HalfNormal(0.5);
    let normal = MeanPrior::Normal { mean: 0.0, sd: 4.0 };
    for (name, k, tau_prior, mean_prior) in [
        ("all_HN05", 6, half, MeanPrior::Flat),
        ("all_HN1", 6, TauPrior::HalfNormal(1.0), MeanPrior::Flat),
        ("two_sites_HN05", 2, half, MeanPrior::Flat),
        ("three_sites_HC05", 3, TauPrior::HalfCauchy(0.5), MeanPrior::Flat),
        ("two_sites_HN05_mu_N0_4", 2, half, normal),
    ] {
        let found = bayes_hierarchical(&y[..k], &v[..k], tau_prior, mean_prior, 0.0, 0.95);
        let found = found.expect("a posterior");
        each_number(name, &found, &file["expected"][name], tolerance);
        assert_eq!(found.warnings.iter().any(|warning| warning.code == "prior_driven"), k < 5);
    }
    let rows = prior_sensitivity(&y[..2], &v[..2], 0.0, 0.95).expect("rows");
    each_number("row .5", &rows[1], &file["expected"]["two_sites_HN05"], tolerance);
    Ok(())
}

fn each_number(name: &str, found: &Posterior, expected: &Value, tolerance: f64) {
    let of = |interval: groundwork_stats::Interval, median| [interval.lower, median, interval.upper];
    for (key, found) in [
        ("mu_quantiles", of(found.mean_interval, found.mean_median)),
        ("tau_quantiles", of(found.tau_interval, found.tau_median)),
        ("new_site_quantiles", of(found.new_site_interval, found.new_site_median)),
    ] {
        for (found, expected) in found.iter().zip(cases(&expected[key])) {
            assert_close(&format!("{name} {key}"), *found, number(expected), tolerance);
        }
    }
    for (key, found) in [
        ("mu_mean", found.mean),
        ("mu_sd", found.mean_sd.expect("a spread")),
        ("tau_mean", found.tau_mean),
        ("prob_mu_gt_0", found.mean_above),
        ("prob_new_site_gt_0", found.new_site_above),
    ] {
        assert_relative(&format!("{name} {key}"), found, number(&expected[key]), tolerance);
    }
    assert_eq!(found.sites.len(), cases(&expected["shrunk_site_means"]).len());
    for (site, expected) in found.sites.iter().zip(cases(&expected["shrunk_site_means"])) {
        assert_close(&format!("{name} site"), site.mean, number(expected), tolerance);
    }
}
