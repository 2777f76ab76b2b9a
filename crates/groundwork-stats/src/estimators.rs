//! One method a file.

pub mod aalen_johansen;
pub mod bootstrap_clusters;
pub mod capture_loglinear;
pub mod capture_recapture;
pub mod cascade;
pub mod cluster_robust;
pub mod cluster_sums;
pub mod difference_miettinen_nurminen;
pub mod fieller;
pub mod funnel;
pub(crate) mod glm;
pub mod ideal_bootstrap;
pub mod kaplan_meier;
pub mod least_squares;
pub mod logistic;
pub mod poisson_regression;
pub mod proportion_wilson;
pub mod ratio_contrast;
pub mod ratio_jackknife;
pub mod ratio_linearised;
pub mod restricted_mean;
pub mod risk_table;
pub mod turnbull;
pub mod union_bounds;
