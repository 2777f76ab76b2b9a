//! Exports of many kinds, read from files that the tests write.
#![allow(clippy::result_large_err, reason = "a diagnostic is made once in a run, so its size costs nothing")]

mod columns;
mod delimited;
mod four_ways;
mod fuzz;
mod hygiene;
mod real;
mod repeats;
mod support;
mod survey;
mod tables;
mod worksheets;
