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
//! * 1e-5 for interval-censored times (P47): the reference iteration was itself
//!   stopped there.
//! * 1e-12 for the same difference and for the contrast of two ratios against
//!   40-digit values, and for the special functions: the accuracy the crate
//!   promises, of which about a quarter is used, far out in the tails. These
//!   references have 20 digits.
//! * 1e-9 to 1e-7 for the regressions and what is made of them, and 1e-6 for
//!   the adjusted risks: what the references, which iterate or print 12 to 15
//!   digits, promise of themselves.
//! * 1e-6 for weights of comparisons, for sites pooled and under priors, 1e-5 for shares of sites: the
//!   references iterate or integrate to about that. Where one of them stops
//!   short, or says less than it could, the case says so and holds the crate
//!   against 40-digit values as well.

mod basics;
mod distributions;
mod linear;
mod nothing_absurd;
mod other_data;
mod p01_proportion;
mod p02_risk_difference;
mod p03_ratios;
mod p04_poisson;
mod p05_ratio_bootstrap;
mod p07_icc_design_effect;
mod p08_cluster_robust;
mod p09_cascade;
mod p10_wild_cluster_bootstrap;
mod p11_kaplan_meier;
mod p12_restricted_mean;
mod p13_delayed_entry;
mod p14_aalen_johansen;
mod p15_meta_random_effects;
mod p16_meta_proportions;
mod p17_bayes_nnhm;
mod p18_standardisation;
mod p19_kitagawa;
mod p20_oaxaca_blinder;
mod p21_mantel_haenszel;
mod p22_e_value;
mod p23_rosenbaum;
mod p24_multiplicity;
mod p25_non_inferiority;
mod p26_paired_change;
mod p27_dif_mantel_haenszel;
mod p28_cronbach_alpha;
mod p29_capture_recapture;
mod p30_union_bounds;
mod p31_mi_pooling;
mod p32_missing_bounds;
mod p33_power;
mod p34_trend;
mod p35_difference_in_differences;
mod p36_interrupted_time_series;
mod p37_prais_winsten;
mod p38_weighting;
mod p39_callaway_santanna;
mod p40_event_study;
mod p41_sun_abraham;
mod p42_honest_did;
mod p43_ideal_bootstrap;
mod p44_exact_tests;
mod p45_transport;
mod p46_g_computation;
mod p47_turnbull;
mod p48_bayes;
mod p49_coverage;
mod p50_fellegi_sunter;
mod p51_linkage;
mod p90_proportions;
mod p90_refusals;
mod p90_time_to_event;
mod support;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let trials = [
        basics::trials(),
        distributions::trials(),
        nothing_absurd::trials(),
        other_data::trials(),
        p01_proportion::trials(),
        p02_risk_difference::trials(),
        p03_ratios::trials(),
        p04_poisson::trials(),
        p05_ratio_bootstrap::trials(),
        p07_icc_design_effect::trials(),
        p08_cluster_robust::trials(),
        p09_cascade::trials(),
        p10_wild_cluster_bootstrap::trials(),
        p11_kaplan_meier::trials(),
        p12_restricted_mean::trials(),
        p13_delayed_entry::trials(),
        p14_aalen_johansen::trials(),
        p18_standardisation::trials(),
        p19_kitagawa::trials(),
        p20_oaxaca_blinder::trials(),
        p21_mantel_haenszel::trials(),
        p22_e_value::trials(),
        p23_rosenbaum::trials(),
        p24_multiplicity::trials(),
        p25_non_inferiority::trials(),
        p29_capture_recapture::trials(),
        p30_union_bounds::trials(),
        p32_missing_bounds::trials(),
        p33_power::trials(),
        p34_trend::trials(),
        p35_difference_in_differences::trials(),
        p36_interrupted_time_series::trials(),
        p37_prais_winsten::trials(),
        p38_weighting::trials(),
        p39_callaway_santanna::trials(),
        p40_event_study::trials(),
        p41_sun_abraham::trials(),
        p42_honest_did::trials(),
        p15_meta_random_effects::trials(),
        p16_meta_proportions::trials(),
        p17_bayes_nnhm::trials(),
        p26_paired_change::trials(),
        p27_dif_mantel_haenszel::trials(),
        p28_cronbach_alpha::trials(),
        p31_mi_pooling::trials(),
        p43_ideal_bootstrap::trials(),
        p44_exact_tests::trials(),
        p45_transport::trials(),
        p46_g_computation::trials(),
        p47_turnbull::trials(),
        p48_bayes::trials(),
        p49_coverage::trials(),
        p50_fellegi_sunter::trials(),
        p51_linkage::trials(),
        p90_proportions::trials(),
        p90_refusals::trials(),
        p90_time_to_event::trials(),
    ];
    let conclusion = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    support::summary();
    conclusion.exit();
}
