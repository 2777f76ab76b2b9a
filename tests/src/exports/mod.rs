//! What the readers promise, through the whole program.

mod four_ways;
mod inside;
mod names;
// The survey that the readers' own tests read.
#[path = "../../../crates/groundwork-sources/tests/exports/survey.rs"]
#[allow(dead_code, reason = "the form and the answers are for the readers' own tests")]
mod survey;

pub(crate) use inside::unpacked;
use libtest_mimic::{Failed, Trial};

type Check = fn() -> Result<(), String>;

/// The tests of exports.
pub fn trials() -> Vec<Trial> {
    let all: [(&str, Check); 3] = [
        ("one survey from four tools gives one indicators.csv", four_ways::one_table),
        ("nothing that a run writes or says holds an identifier", inside::nothing_gets_out),
        ("nothing that a run writes or says holds a name of a register", names::nowhere),
    ];
    all.into_iter()
        .map(|(name, check)| Trial::test(format!("exports: {name}"), move || check().map_err(Failed::from)))
        .collect()
}
