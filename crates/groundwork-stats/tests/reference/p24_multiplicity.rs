//! Adjusted p-values.

use groundwork_stats::estimators::multiplicity::{Adjustment, adjust};
use libtest_mimic::Trial;

use crate::support::{EXACT, assert_close, case, cases, count, number, reference};

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p24_adjusted_p_values", || {
        adjusted_p_values();
        Ok(())
    })]
}

fn adjusted_p_values() {
    let (file, tolerance) = reference("P24_multiplicity.json", EXACT);
    let expected = &file["expected"];
    let p: Vec<f64> = cases(&expected["p"]).iter().map(number).collect();
    for (name, adjustment) in [
        ("bonferroni", Adjustment::Bonferroni),
        ("holm", Adjustment::Holm),
        ("hochberg", Adjustment::Hochberg),
        ("hommel", Adjustment::Hommel),
        ("BH", Adjustment::BenjaminiHochberg),
        ("BY", Adjustment::BenjaminiYekutieli),
    ] {
        let found = adjust(&p, adjustment).expect("p-values");
        let expected = cases(&expected[name]);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert_close(name, *found, number(expected), tolerance);
        }
        let rejected = found.iter().filter(|p| **p <= 0.05).count() as u64;
        let published = &file["published"][format!("{name}_rejections_at_05")];
        if !published.is_null() {
            assert_eq!(rejected, count(published), "{name}");
        }
    }
}
