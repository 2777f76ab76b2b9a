//! One method a file.

pub mod aalen_johansen;

mod adoption_panel;
pub mod augmented_weighting;
pub mod balance;
pub mod bootstrap_clusters;
pub mod callaway_santanna;
pub mod capture_loglinear;
pub mod capture_recapture;
pub mod cascade;
pub mod cluster_robust;
pub mod cluster_sums;
pub mod difference_in_differences;
pub mod difference_miettinen_nurminen;
pub mod e_value;
pub mod event_study;
pub mod fieller;
pub mod funnel;
pub mod g_computation;
pub(crate) mod glm;
pub mod gray_test;

pub mod honest_did;
pub mod icc_design_effect;
pub mod ideal_bootstrap;
mod influence;
pub mod interrupted_time_series;
pub mod inverse_probability;
pub mod kaplan_meier;
pub mod kitagawa;
pub mod least_squares;
pub mod log_rank;
pub mod logistic;
pub mod mantel_haenszel;
pub mod mantel_haenszel_exact;
pub mod newey_west;
pub mod oaxaca_blinder;
pub mod poisson_regression;
pub mod prais_winsten;
pub mod proportion_wilson;
pub mod quantile_ranks;
pub mod ratio_contrast;
pub mod ratio_jackknife;
pub mod ratio_linearised;
pub mod restricted_mean;
pub mod risk_table;
pub mod rosenbaum;
pub mod standardisation;
pub mod sun_abraham;
pub mod transport;
pub mod turnbull;
pub mod union_bounds;
pub mod wild_cluster_bootstrap;

#[cfg(test)]
mod regression_tests;
