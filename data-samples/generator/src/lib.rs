//! Invented field data for groundwork, drawn from a seed, with the true counts
//! beside it.
//!
//! The invented organisation prevents child trafficking in northern Thailand.
//! It trains migrant volunteers who hold workshops in their communities,
//! coaches families into livelihoods and registers undocumented children: in
//! Chiang Rai since 2008, and since July 2019 adapted to Nan. No person, case
//! or village in the data exists.
//!
//! [`Programme::draw`] draws everything in memory with its true
//! [`Counts`]; [`write()`] spells it out as the exports a field programme
//! would have, mistakes included, and writes the truth beside it. The same
//! seed and scale give the same bytes in every file, on every platform.

pub mod calendar;
pub mod design;
mod dirt;
mod known;
mod kobo_csv;
mod kobo_xlsx;
mod livelihood;
mod plain_csv;
mod programme;
mod readme;
pub mod register;
mod registration;
pub mod rng;
pub mod scenario;
mod sheet;
mod strands;
mod submissions;
mod text;
mod truth;
mod workshops;
mod write;

pub use known::workshops_known;
pub use programme::{
    Case, CloseReason, Family, Finding, FollowUp, Leader, Person, Programme, Session, Sex, Training,
    Volunteer,
};
pub use sheet::SourceRows;
pub use submissions::SubmissionDirt;
pub use truth::{Completion, Counts, Multiplier, Reach, SelfSufficiency};
pub use write::{Dirt, Rows, SOURCE_ROW_LIMIT, WriteError, Written, write};

/// The seed of the committed samples.
pub const DEFAULT_SEED: u64 = 5755;
