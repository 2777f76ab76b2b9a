//! One method a file.

pub mod difference_miettinen_nurminen;
pub mod proportion_wilson;
pub mod quantile_ranks;
pub mod ratio_contrast;
pub mod ratio_linearised;
