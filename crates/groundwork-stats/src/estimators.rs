//! One method a file.

pub mod bootstrap_clusters;
pub mod cluster_robust;
pub mod cluster_sums;
mod columns;
pub mod difference_miettinen_nurminen;
pub mod fieller;
pub(crate) mod glm;
pub mod icc_design_effect;
pub mod ideal_bootstrap;
pub mod least_squares;
pub mod logistic;
pub mod mcnemar;
pub mod mean_t;
pub mod mean_welch;
pub mod median_exact;
pub mod meta_analysis;
pub mod meta_tau2;
pub mod paired_change;
pub mod paired_exact;
pub mod paired_proportions;
pub mod poisson_regression;
pub mod proportion_wilson;
pub mod ratio_contrast;
pub mod ratio_jackknife;
pub mod ratio_linearised;
pub mod standardised_difference;
pub mod wild_cluster_bootstrap;
