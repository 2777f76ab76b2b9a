//! The program, and the run: the stages in order, from a pipeline file to a run directory.
//!
//! `run/` is the road itself, one file a stage; `commands/` is what the command line offers.
//! This crate is where files are opened, where results are written, and where nothing is counted.

mod cache;
mod changes;
pub mod cli;
mod commands;
mod exit;
mod files;
mod machine;
pub mod page;
mod record;
mod run;
mod scratch;
mod signature;
mod spark;
pub mod table;
mod ui;
