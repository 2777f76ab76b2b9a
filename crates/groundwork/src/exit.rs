//! Exit codes, as the contract with scripts states them.

use groundwork_plan::diag::{Diagnostic, Fault, Severity};

/// Done.
pub(crate) const DONE: u8 = 0;
/// The pipeline or the command line is wrong.
pub(crate) const PIPELINE: u8 = 2;
/// The data breaks a check that the pipeline calls required.
pub(crate) const DATA: u8 = 3;
/// The disclosure audit refuses.
pub(crate) const DISCLOSURE: u8 = 4;
/// A report or a run is not what running again gives.
pub(crate) const VERIFY: u8 = 5;
/// The machine failed.
pub(crate) const MACHINE: u8 = 6;
/// A bug in groundwork.
pub(crate) const BUG: u8 = 101;
/// Interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

/// The code that a list of problems leads to: that of the gravest error.
pub(crate) fn code(problems: &[Diagnostic]) -> u8 {
    problems
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .map(|d| match d.fault {
            Fault::Pipeline => PIPELINE,
            Fault::Data => DATA,
            Fault::Disclosure => DISCLOSURE,
            Fault::Machine => MACHINE,
            Fault::Bug => BUG,
            Fault::Interrupted => INTERRUPTED,
        })
        .max()
        .unwrap_or(DONE)
}
