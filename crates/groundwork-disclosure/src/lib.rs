//! The gate between results and readers.
//!
//! Cells and contrasts come in as they were computed; [`release`] applies the policy and gives a
//! [`Released`], which has no other maker. Charts and reports accept nothing else, so a raw or a
//! small cell cannot reach a reader: it does not compile.

mod cell;
mod estimate;
mod frequency;
mod release;

pub use cell::{Cell, CellKey, Contrast, Counts, Finding};
pub use estimate::{Estimate, ReleasedEstimate};
pub use frequency::release;
pub use release::{ContrastFigures, Figures, Released, ReleasedCell, ReleasedContrast, Status};
