//! The gate between results and readers.
//!
//! Cells and contrasts come in as they were computed; [`release_jointly`] applies the policy to all
//! of them together and gives a [`Released`], which has no other maker. Charts and reports accept
//! nothing else, so a raw or a small cell cannot reach a reader: it does not compile.
//!
//! What is withheld for its own sake stands in `primary.rs`; how the numbers of a run hang together
//! in `matrix.rs`; what else has to be withheld, and the proof that it is enough, in `secondary.rs`.

mod alternatives;
mod audit;
mod cell;
mod circuit;
mod counting;
mod dependence;
mod estimate;
mod frame;
mod gate;
mod interval;
mod judgement;
mod ladder;
mod ledger;
mod look;
mod matrix;
mod names;
mod partner;
mod parts;
mod primary;
mod reach;
mod readers;
mod release;
mod secondary;
mod series;
mod sets;
mod shown;
mod simplex;
#[cfg(test)]
mod tests;

pub use audit::{Audit, Withheld};
pub use cell::{Cell, CellKey, Contrast, Counts, Finding};
pub use counting::rows_of;
pub use estimate::{Estimate, People, ReleasedEstimate};
pub use frame::{Counting, Frame, Households, Meaning, Measure, Nesting, OwnDimension, Time};
pub use gate::{Passed, Refusal, release, release_jointly, release_remembering};
pub use interval::{End, Fact, Puzzle, Unknown};
pub use judgement::Remember;
pub use ledger::Published;
pub use look::Unreleased;
pub use names::Names;
pub use partner::Partners;
pub use release::{ContrastFigures, Figures, Released, ReleasedCell, ReleasedContrast, Status};
