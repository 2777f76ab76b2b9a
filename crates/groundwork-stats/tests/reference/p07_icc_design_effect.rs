//! The intraclass correlation and the design effect: P07.

use groundwork_stats::estimators::icc_design_effect::icc_design_effect;
use libtest_mimic::Trial;

use crate::linear::labels;
use crate::support::{CLOSED_FORM, Ended, Table, assert_close, case, count, number, reference};

pub fn trials() -> Vec<Trial> {
    vec![case("p07_icc_design_effect", icc)]
}

fn icc() -> Ended {
    let (file, tolerance) = reference("P07_icc_design_effect.json", CLOSED_FORM);
    let expected = &file["expected"];
    let table = Table::open("apiclus1.csv")?;
    let found = icc_design_effect(&table.numbers("api00"), &labels(&table.numbers("dnum"))).expect("one");
    assert_eq!((found.clusters, found.n), (count(&expected["k"]), count(&expected["N"])));
    for (name, value) in [
        ("n0", found.size),
        ("msb", found.between),
        ("msw", found.within),
        ("icc_anova", found.icc),
        ("deff_mean_cluster_size", found.design_effect_mean_size),
        ("deff_size_weighted", found.design_effect),
        ("kish_neff_from_deff", found.effective_n),
    ] {
        assert_close(name, value, number(&expected[name]), tolerance);
    }
    Ok(())
}
