//! Robust standard errors of a clustered regression: P08, and the refusal of
//! two clusters: P90.

use groundwork_stats::estimators::cluster_robust::{
    ClusterDf, Clustered, Heteroskedastic, cluster_robust, heteroskedastic_robust,
};
use groundwork_stats::estimators::least_squares::least_squares;
use groundwork_stats::linalg::Design;
use libtest_mimic::Trial;

use crate::linear::{assert_terms, each, labels, std_errors};
use crate::support::{Ended, ROOT, Table, case, count, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p08_cluster_robust", clustered_schools), case("p90_cluster_se_two_sites", two_sites)]
}

const TERMS: [&str; 3] = ["(Intercept)", "ell", "mobility"];

fn clustered_schools() -> Ended {
    let (file, tolerance) = reference("P08_cluster_robust.json", ROOT);
    let expected = &file["expected"];
    let table = Table::open("apiclus1.csv")?;
    let (y, ell, mobility) = (table.numbers("api00"), table.numbers("ell"), table.numbers("mobility"));
    let cluster = labels(&table.numbers("dnum"));
    let design = Design::new(y.len(), &[&ell, &mobility]).expect("a design");
    let fit = least_squares(&y, &design, None).expect("a fit");
    assert_terms("coefficient", &fit.coefficients, &expected["coef"], &TERMS, tolerance);
    assert_eq!(fit.n, count(&expected["n"]));
    let scores = fit.scores(&design).expect("scores");
    for (name, kind) in [
        ("CR0", Clustered::Cr0),
        ("CR1", Clustered::Cr1),
        ("CR1S", Clustered::Cr1s),
        ("CR2", Clustered::Cr2),
        ("CR3", Clustered::Cr3),
    ] {
        let robust = cluster_robust(&scores, &cluster, kind, ClusterDf::Satterthwaite, 0.95).expect("errors");
        assert_eq!(robust.clusters, Some(count(&expected["clusters"])));
        let expected = &expected[name];
        assert_terms(name, &std_errors(&robust), &expected["se"], &TERMS, tolerance);
        let degrees = each(&robust.coefficients, |estimate| estimate.df);
        assert_terms(name, &degrees, &expected["satterthwaite_df"], &TERMS, tolerance);
        let p = each(&robust.coefficients, |estimate| estimate.p_value);
        assert_terms(name, &p, &expected["p_satterthwaite"], &TERMS, tolerance);
    }
    for (name, kind) in
        [("HC1", Heteroskedastic::Hc1), ("HC2", Heteroskedastic::Hc2), ("HC3", Heteroskedastic::Hc3)]
    {
        let robust = heteroskedastic_robust(&scores, kind, 0.95).expect("errors");
        assert_terms(name, &std_errors(&robust), &expected[name], &TERMS, tolerance);
    }
    Ok(())
}

fn two_sites() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let expected = &file["expected"]["cluster_se_two_sites"];
    let table = Table::open("kielmc.csv")?;
    let (y, near) = (table.numbers("rprice"), table.numbers("nearinc"));
    let design = Design::new(y.len(), &[&near]).expect("a design");
    let fit = least_squares(&y, &design, None).expect("a fit");
    let scores = fit.scores(&design).expect("scores");
    for kind in [Clustered::Cr0, Clustered::Cr1s, Clustered::Cr2, Clustered::Cr3] {
        let refused = cluster_robust(&scores, &labels(&near), kind, ClusterDf::Clusters, 0.95);
        let code = refused.expect_err("a refusal").code;
        assert_eq!(Some(code), expected["reason_code"].as_str());
    }
    Ok(())
}
