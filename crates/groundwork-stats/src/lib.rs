//! Estimators, and refusals.
//!
//! An estimator takes counts or sums and a confidence level, and returns an
//! [`Outcome`]: an [`Estimate`] or a [`Refusal`]. It reads no file, knows no
//! indicator and no site, looks at no clock, and draws random numbers only from
//! a seed that it is given: the same arguments give the same bits, in any order
//! of the rows and on any machine.
//!
//! What goes in:
//!
//! * sufficient statistics where they exist (a numerator and a denominator,
//!   one pair of sums for each cluster), slices of rows otherwise;
//! * shares and levels between 0 and 1, never percentages;
//! * no missing values: how they are handled is decided before estimating.
//!
//! What comes out:
//!
//! * an [`Estimate`] whose numbers are all finite, with the id of the method,
//!   whose convention stands in the id (`mn.score`, `ratio.linearised.log`);
//! * or a [`Refusal`], with a stable code, the reason in words, and what can
//!   be reported instead. A refusal is a value: nothing here panics on user
//!   input, returns a number that is not one, or stays silent.
//!
//! Each method has one file under [`estimators`], which states its estimand,
//! assumptions, formula, behaviour in small samples, refusals and source. Each
//! is held against reference values in `reference/`, computed with other
//! software.
//!
//! ```
//! use groundwork_stats::proportion_wilson;
//!
//! // Six of eight families.
//! let outcome = proportion_wilson(6, 8, 0.95);
//! let interval = outcome.ok().and_then(|estimate| estimate.interval);
//! assert!(interval.is_some_and(|i| i.contains(0.41) && i.contains(0.92)));
//!
//! // No families at all: refused, not zero.
//! let refusal = proportion_wilson(0, 0, 0.95).err();
//! assert_eq!(refusal.map(|r| r.code), Some("zero_denominator"));
//! ```
#![warn(missing_docs)]

mod estimate;
pub mod estimators;
pub mod linalg;
pub mod linkage;
pub mod optimise;
pub mod quadrature;
pub mod random;
pub mod root;
pub mod simplex;
pub mod special;
pub mod sum;
pub mod thresholds;
mod warning;

pub use estimate::{Estimate, Interval, Outcome, Refusal};
pub use estimators::difference_miettinen_nurminen::{
    difference_miettinen_nurminen, difference_miettinen_nurminen_null,
};
pub use estimators::proportion_wilson::{proportion_wilson, wilson_coverage};
pub use estimators::ratio_contrast::{ratio_contrast_difference, ratio_contrast_log};
pub use estimators::ratio_linearised::{ClusteredRatio, ratio_linearised, ratio_linearised_log};
pub use warning::Warning;
