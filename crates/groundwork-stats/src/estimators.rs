//! One method a file.

mod counts;
pub mod coverage;
pub mod difference_agresti_caffo;
pub mod difference_mee;
pub mod difference_miettinen_nurminen;
pub mod difference_newcombe;
pub mod exact_two_by_two;
pub mod missing_bounds;
pub mod multiplicity;
pub mod odds_ratio;
pub mod odds_ratio_exact;
pub mod proportion_agresti_coull;
pub mod proportion_clopper_pearson;
pub mod proportion_jeffreys;
pub mod proportion_mid_p;
pub mod proportion_trend;
pub mod proportion_weighted;
pub mod proportion_wilson;
pub mod proportion_wilson_cc;
pub mod rate_contrast;
pub mod rate_poisson;
pub mod ratio_contrast;
pub mod ratio_katz;
pub mod ratio_linearised;
pub mod ratio_miettinen_nurminen;
