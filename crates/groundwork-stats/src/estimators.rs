//! One method a file.

mod adoption_panel;
pub mod augmented_weighting;
pub mod balance;
pub mod bootstrap_clusters;
pub mod callaway_santanna;
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
mod influence;
pub mod inverse_probability;
pub mod least_squares;
pub mod logistic;
pub mod poisson_regression;
pub mod proportion_wilson;
pub mod ratio_contrast;
pub mod ratio_jackknife;
pub mod ratio_linearised;
pub mod sun_abraham;
pub mod transport;
pub mod wild_cluster_bootstrap;
