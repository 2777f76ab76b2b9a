//! What the suite is made of; see `README.md` beside.

pub mod attack;
pub mod authors;
pub mod coverage;
pub mod data_package;
pub mod determinism;
pub mod exports;
pub mod faults;
pub mod iati;
pub mod lessons;
pub mod long_report;
pub mod one_pass;
pub mod page;
pub mod partners;
pub mod program;
pub mod reading;
pub mod recount;
pub mod restated;
pub mod road;
pub mod spreadsheet;
pub mod tidy;
pub mod truth;
pub mod valid;
pub mod verdicts;
pub mod verify;
pub mod workbook;
