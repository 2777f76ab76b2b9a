//! Who is who among records without identity numbers. Names come in and stay here.
//!
//! Rows of several sources go into [`Rows`], and [`link()`] gives the person of each, the number of
//! different people as a band, and what a reader is told of how it was found. What comes out holds
//! no value of a row: fields, levels and numbers.
//!
//! | where | what |
//! |---|---|
//! | [`name`], [`value`] | what two people who write the same have in common |
//! | `records` | rows with one content are one record |
//! | `block` | which pairs are compared |
//! | `compare` | the levels of a pair |
//! | `train` | what the levels say, learnt from the records |
//! | `cohere` | people hold together |
//! | `link` | people, and how many they are |
//! | `review` | decisions on doubtful pairs, and what they teach |
//!
//! Everything is computed from the contents of records in an order of their own, counts are added
//! as whole numbers and sums in one order: neither the order of rows nor threads change a bit.
#![warn(missing_docs)]

mod block;
mod cohere;
mod compare;
mod link;
pub mod name;
mod records;
mod review;
mod train;
pub mod value;

pub use link::{ComparisonTold, Doubtful, Linked, Told, link};
pub use records::{ANOTHER, Field, Kind, Rows};
pub use review::Decision;
