//! Who is who without identity numbers: pairs of records to unique people.
//!
//! Records of the same person are found by comparing pairs of them. The
//! comparison of two values is a *level*, from 1 (the closest, such as equal)
//! to the last (anything else); 0 stands where a value is missing on either
//! side and says nothing. The levels of all fields of a pair are its *pattern*.
//! Millions of pairs make a few hundred patterns, and those with their counts
//! are all that is needed to learn from:
//!
//! ```text
//! patterns with counts  Patterns                  counted where the records are
//!   -> m, u, lambda     fellegi_sunter, training  what each level says for a match
//!   -> weight of a pair Model, term_frequency_weight
//!   -> people           connected_components
//!   -> how many         unique_reach              as a band over thresholds
//! ```
//!
//! Names, dates and numbers of people never come here; levels do.

pub mod agreement;
pub mod clusters;
pub mod fellegi_sunter;
pub mod model;
pub mod patterns;
pub mod training;
pub mod unique_reach;

#[cfg(test)]
mod simulated;
