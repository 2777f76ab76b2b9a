//! Power, sample size and smallest detectable effects.

use groundwork_stats::estimators::power::{
    Units, design_effect, detectable_t, detectable_two_proportions, power_fisher, power_t,
    power_two_proportions, units_clustered, units_non_inferiority, units_t, units_two_proportions,
};
use libtest_mimic::Trial;

use crate::support::{assert_close, case, number, reference};

/// What the file allows: its roots are those of a root finder's default.
const FILE: f64 = 1e-5;

/// Where the reference is no root but a closed form or a sum.
const SUM: f64 = 1e-9;

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p33_power", || {
        power();
        Ok(())
    })]
}

fn power() {
    let (file, tolerance) = reference("P33_power_mde.json", FILE);
    let expected = &file["expected"];
    let exact = |found: Result<Units, _>| found.map(|units: Units| units.exact);
    for (name, found, tolerance) in [
        ("prop_n50", power_two_proportions(50.0, 0.5, 0.75, 0.05), SUM),
        ("prop_n_for_90", exact(units_two_proportions(0.5, 0.75, 0.05, 0.9)), tolerance),
        ("t_n20_d1", power_t(20.0, 1.0, 1.0, 0.05), SUM),
        ("t_n_for_90_d1", exact(units_t(1.0, 1.0, 0.05, 0.9)), tolerance),
        ("t_mde_n30", detectable_t(30.0, 1.0, 0.05, 0.8), tolerance),
        ("prop_mde_p1_.5_n100_80", detectable_two_proportions(100.0, 0.5, 0.05, 0.8, true), tolerance),
        ("fisher_exact_power_8_vs_8_.4_.9", power_fisher(8, 8, 0.4, 0.9, 0.05), SUM),
        ("fisher_exact_power_20_vs_25_.4_.8", power_fisher(20, 25, 0.4, 0.8, 0.05), SUM),
        ("ni_n_per_arm_FM_approx", exact(units_non_inferiority(0.8, 0.8, 0.1, 0.05, 0.8)), SUM),
    ] {
        assert_close(name, found.expect("a number"), number(&expected[name]), tolerance);
    }
    let cluster = &expected["design_effect"];
    let (size, icc) = (number(&cluster["m"]), number(&cluster["icc"]));
    assert_close("deff", design_effect(size, icc).expect("a number"), number(&cluster["deff"]), SUM);
    let units = units_two_proportions(0.5, 0.65, 0.05, 0.8).expect("units");
    assert_close("units", units.exact, number(&cluster["n_per_arm_srs"]), tolerance);
    let clustered = units_clustered(units, size, icc).expect("units");
    assert_close("clustered", clustered.exact, number(&cluster["n_per_arm_cluster"]), tolerance);
}
