//! One method a file.

mod adoption_panel;
pub mod augmented_weighting;
pub mod balance;
pub mod callaway_santanna;
pub mod difference_miettinen_nurminen;
pub(crate) mod glm;
mod influence;
pub mod inverse_probability;
pub mod least_squares;
pub mod logistic;
pub mod poisson_regression;
pub mod proportion_wilson;
pub mod ratio_contrast;
pub mod ratio_linearised;
pub mod sun_abraham;
pub mod transport;
