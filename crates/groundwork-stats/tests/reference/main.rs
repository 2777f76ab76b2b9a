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
//! * 1e-6 for sites pooled and under priors, 1e-5 for shares of sites: the
//!   references iterate or integrate to about that. Where one of them stops
//!   short, or says less than it could, the case says so and holds the crate
//!   against 40-digit values as well.

mod basics;
mod distributions;
mod linear;
mod p05_ratio_bootstrap;
mod p07_icc_design_effect;
mod p08_cluster_robust;
mod p10_wild_cluster_bootstrap;
mod p15_meta_random_effects;
mod p16_meta_proportions;
mod p17_bayes_nnhm;
mod p26_paired_change;
mod p27_dif_mantel_haenszel;
mod p28_cronbach_alpha;
mod p31_mi_pooling;
mod p43_ideal_bootstrap;
mod support;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let trials = [
        basics::trials(),
        distributions::trials(),
        p05_ratio_bootstrap::trials(),
        p07_icc_design_effect::trials(),
        p08_cluster_robust::trials(),
        p10_wild_cluster_bootstrap::trials(),
        p15_meta_random_effects::trials(),
        p16_meta_proportions::trials(),
        p17_bayes_nnhm::trials(),
        p26_paired_change::trials(),
        p27_dif_mantel_haenszel::trials(),
        p28_cronbach_alpha::trials(),
        p31_mi_pooling::trials(),
        p43_ideal_bootstrap::trials(),
    ];
    let conclusion = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    support::summary();
    conclusion.exit();
}
