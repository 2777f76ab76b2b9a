//! Special functions and quantiles.
//!
//! Own implementations, good to a relative error of about 1e-12 for sample
//! sizes and degrees of freedom up to 1e7, where general-purpose libraries
//! lose digits or fail. Elementary functions come from `libm`, so that the
//! same arguments give the same bits on every machine.
//!
//! These are mathematical functions, not estimators: outside their domain they
//! return "not a number", as `sqrt(-1)` does. An estimator checks its inputs
//! first and refuses; nothing that is not a number leaves an estimator.
//!
//! Two habits keep the digits. The beta density is never built from
//! differences of log-gammas, which cancel, but from Stirling errors and
//! deviances (Loader 2000). And a tail is always computed as a tail, never as
//! one minus the rest.

mod beta;
mod binomial;
mod fisher;
mod gamma;
mod hypergeometric;
mod incomplete_gamma;
mod invert;
mod noncentral;
mod normal;
mod student;

pub(crate) use beta::{beta_density, beta_inverse, beta_tails};
pub use beta::{beta_quantile, beta_quantile_upper, beta_regularised};
pub use binomial::binomial_mass;
pub use fisher::{f_cdf, f_quantile, f_sf};
pub use gamma::{digamma, ln_gamma, trigamma};
pub use hypergeometric::hypergeometric_mass;
pub use incomplete_gamma::{
    chi_squared_cdf, chi_squared_quantile, chi_squared_quantile_upper, chi_squared_sf, gamma_p, gamma_q,
    gamma_quantile, gamma_quantile_upper, poisson_mass,
};
pub use noncentral::{noncentral_chi_squared_sf, noncentral_t_cdf, noncentral_t_sf};
pub use normal::{normal_cdf, normal_critical, normal_quantile, normal_sf, normal_two_sided_p};
pub use student::{student_cdf, student_critical, student_quantile, student_two_sided_p};
