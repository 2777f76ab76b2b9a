//! The wild cluster bootstrap with all sign vectors: P10, and what so few
//! clusters cannot say: P90.

use groundwork_stats::Refusal;
use groundwork_stats::estimators::least_squares::least_squares;
use groundwork_stats::estimators::wild_cluster_bootstrap::{
    Draws, WildClusterBootstrap, wild_cluster_bootstrap,
};
use groundwork_stats::linalg::Design;
use libtest_mimic::Trial;

use crate::linear::labels;
use crate::support::{Absent, CLOSED_FORM, Ended, Table, assert_close, case, count, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p10_wild_cluster_bootstrap", districts), case("p90_wild_cluster_bootstrap", few_clusters)]
}

/// The coefficient of mobility from the first so many districts.
fn bootstrap(clusters: usize, level: f64) -> Result<Result<WildClusterBootstrap, Refusal>, Absent> {
    let table = Table::open("apiclus1_11districts.csv")?;
    let all = labels(&table.numbers("dnum"));
    let mut districts = all.clone();
    districts.sort_unstable();
    districts.dedup();
    let kept = |values: Vec<f64>| -> Vec<f64> {
        let rows = values.into_iter().zip(&all);
        rows.filter(|(_, district)| districts[..clusters].contains(district)).map(|row| row.0).collect()
    };
    let (y, ell, mobility) =
        (kept(table.numbers("api00")), kept(table.numbers("ell")), kept(table.numbers("mobility")));
    let cluster = labels(&kept(table.numbers("dnum")));
    let design = Design::new(y.len(), &[&ell, &mobility]).expect("a design");
    let fit = least_squares(&y, &design, None).expect("a fit");
    let draws = Draws { seed: [0; 32], number: 9999 };
    Ok(wild_cluster_bootstrap(&fit.scores(&design).expect("scores"), &cluster, 2, level, draws))
}

fn districts() -> Ended {
    let (file, tolerance) = reference("P10_wild_cluster_bootstrap.json", CLOSED_FORM);
    let expected = &file["expected"];
    let found = bootstrap(11, 0.95)?.expect("a bootstrap");
    let estimate = &found.estimate;
    assert_eq!(estimate.n_clusters, Some(count(&expected["clusters"])));
    assert_eq!(estimate.n, count(&expected["N"]));
    assert_eq!(found.vectors, count(&expected["draws"]));
    assert!(found.enumerated && count(&expected["K"]) == 3);
    for (name, value) in [
        ("t_CR1", estimate.statistic.expect("t")),
        ("beta", estimate.value),
        ("p_CR1_t_Gm1", found.p_clusters),
        ("p_wcr_symmetric_strict", found.share_exceeding),
        ("p_wcr_symmetric_weak", estimate.p_value.expect("p")),
        ("p_equal_tail", found.share_equal_tail),
    ] {
        assert_close(name, value, number(&expected[name]), tolerance);
    }
    // The test does not reject, so zero lies in the interval.
    assert!(estimate.interval.expect("an interval").contains(0.0));
    Ok(())
}

fn few_clusters() -> Ended {
    let (file, _) = reference("P90_refusals.json", 0.0);
    let five = &file["expected"]["wcb_G5"];
    let level = 1.0 - number(&five["alpha"]);
    let refused = bootstrap(5, level)?.expect_err("a refusal");
    assert_eq!(Some(refused.code), five["reason_code"].as_str());
    let above = bootstrap(5, 0.9)?.expect("a bootstrap");
    assert_eq!(above.smallest_p, number(&five["min_attainable_p"]));
    let six = &file["expected"]["wcb_G6"];
    let found = bootstrap(6, 1.0 - number(&six["alpha"]))?.expect("a bootstrap");
    assert_eq!(found.smallest_p, number(&six["min_attainable_p"]));
    let warned = six["warn"].as_str().expect("a code");
    assert!(found.estimate.warnings.iter().any(|warning| warning.code == warned));
    Ok(())
}
