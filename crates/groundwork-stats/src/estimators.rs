//! One method a file.

pub mod bootstrap_clusters;
pub mod cluster_robust;
pub mod cluster_sums;
pub mod difference_in_differences;
pub mod difference_miettinen_nurminen;
pub mod event_study;
pub mod fieller;
pub mod g_computation;
pub(crate) mod glm;
pub mod icc_design_effect;
pub mod ideal_bootstrap;
pub mod interrupted_time_series;
pub mod least_squares;
pub mod logistic;
pub mod newey_west;
pub mod oaxaca_blinder;
pub mod poisson_regression;
pub mod prais_winsten;
pub mod proportion_wilson;
pub mod ratio_contrast;
pub mod ratio_jackknife;
pub mod ratio_linearised;
pub mod wild_cluster_bootstrap;

#[cfg(test)]
mod regression_tests;
