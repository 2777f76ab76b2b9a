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

mod basics;
mod distributions;
mod p01_proportion;
mod p02_risk_difference;
mod p03_ratios;
mod p04_poisson;
mod p24_multiplicity;
mod p25_non_inferiority;
mod p32_missing_bounds;
mod p33_power;
mod p34_trend;
mod p44_exact_tests;
mod p48_bayes;
mod p49_coverage;
mod p90_proportions;
mod support;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let trials = [
        basics::trials(),
        distributions::trials(),
        p01_proportion::trials(),
        p02_risk_difference::trials(),
        p03_ratios::trials(),
        p04_poisson::trials(),
        p24_multiplicity::trials(),
        p25_non_inferiority::trials(),
        p32_missing_bounds::trials(),
        p33_power::trials(),
        p34_trend::trials(),
        p44_exact_tests::trials(),
        p48_bayes::trials(),
        p49_coverage::trials(),
        p90_proportions::trials(),
    ];
    let conclusion = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    support::summary();
    conclusion.exit();
}
