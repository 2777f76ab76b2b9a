//! One method a file.

pub mod cluster_robust;
pub mod difference_miettinen_nurminen;
pub(crate) mod glm;
pub mod least_squares;
pub mod logistic;
pub mod poisson_regression;
pub mod proportion_wilson;
pub mod ratio_contrast;
pub mod ratio_linearised;
