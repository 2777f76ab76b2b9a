//! One method a file.

pub mod aalen_johansen;
pub mod difference_miettinen_nurminen;
pub mod e_value;
pub mod funnel;
pub mod gray_test;
pub mod kaplan_meier;
pub mod kitagawa;
pub mod least_squares;
pub mod log_rank;
pub mod mantel_haenszel;
pub mod mantel_haenszel_exact;
pub mod proportion_wilson;
pub mod ratio_contrast;
pub mod ratio_linearised;
pub mod restricted_mean;
pub mod risk_table;
pub mod rosenbaum;
pub mod standardisation;
pub mod turnbull;
