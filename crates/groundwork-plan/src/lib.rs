//! The pipeline language: what a pipeline may say, what it means, and the words for both.
//!
//! [`resolve`] turns the text of a pipeline file into a [`Plan`](plan::Plan), or into every
//! problem that it has, each with its place. Nothing here opens a file, asks a clock or knows an
//! engine; SQL is made in [`query`] as text.

pub mod adaptation;
pub mod analysis_plan;
pub mod derive;
pub mod diag;
pub mod disclosure;
pub mod engine;
pub mod evaluation;
pub mod expression;
pub mod iati;
pub mod indicator;
pub mod indicator_sheet;
pub mod issue;
pub mod label;
mod language;
pub mod location;
pub mod method;
pub mod number;
pub mod partner;
pub mod people;
pub mod period;
pub mod plan;
pub mod query;
pub mod reason;
pub mod remote;
pub mod report;
mod resolve;
pub mod schema;
mod shape;
pub mod site;
pub mod source;
pub mod spells;
pub mod staging;
pub mod text;
pub mod voice;
mod yaml;

pub use resolve::{resolve, resolve_with};
