//! The crate against reference values from other software.
//!
//! Every expected number comes from a file in `reference/`; its README says
//! what made them.
//!
//! # Tolerances
//!
//! Relative, with a floor of 1e-8 under the expected value, as the files
//! define it. They are taken from the files and checked here not to be wider
//! than intended, so that a file cannot loosen a test unseen:
//!
//! * 1e-9 for the proportion, its coverage and the ratios: closed forms, whose
//!   references are printed with 15 digits; what is left is the rounding of
//!   two different programs.
//! * 1e-7 for the difference of proportions: the reference limits come from
//!   root finders that stop at about 1e-8 (the two references differ by
//!   2.3e-8 among themselves).
//! * 1e-12 for the same difference and for the contrast of two ratios against
//!   40-digit values, and for the special functions: the accuracy the crate
//!   promises, of which about a quarter is used, far out in the tails. These
//!   references have 20 digits.
//! * 1e-9 to 1e-7 for the regressions and what is made of them, and 1e-6 for
//!   the adjusted risks: what the references, which iterate or print 12 to 15
//!   digits, promise of themselves.

mod basics;
mod linear;
mod p05_ratio_bootstrap;
mod p07_icc_design_effect;
mod p08_cluster_robust;
mod p10_wild_cluster_bootstrap;
mod p20_oaxaca_blinder;
mod p35_difference_in_differences;
mod p36_interrupted_time_series;
mod p37_prais_winsten;
mod p40_event_study;
mod p43_ideal_bootstrap;
mod p46_g_computation;
mod support;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let trials = [
        basics::trials(),
        p05_ratio_bootstrap::trials(),
        p07_icc_design_effect::trials(),
        p08_cluster_robust::trials(),
        p10_wild_cluster_bootstrap::trials(),
        p20_oaxaca_blinder::trials(),
        p35_difference_in_differences::trials(),
        p36_interrupted_time_series::trials(),
        p37_prais_winsten::trials(),
        p40_event_study::trials(),
        p43_ideal_bootstrap::trials(),
        p46_g_computation::trials(),
    ];
    let conclusion = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    support::summary();
    conclusion.exit();
}
