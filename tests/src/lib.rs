//! What the suite is made of; see `README.md` beside.

pub mod attack;
pub mod authors;
pub mod coverage;
pub mod exports;
pub mod long_report;
pub mod one_pass;
pub mod page;
pub mod program;
pub mod reading;
pub mod recount;
pub mod road;
pub mod tidy;
pub mod truth;
pub mod valid;
pub mod verdicts;
pub mod verify;
pub mod workbook;
