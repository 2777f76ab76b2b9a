//! The suite: one binary, one test for every case of every page in `suite/`, and the tests of the
//! whole road.
//!
//! The program under test is this binary itself, started again with `GROUNDWORK_PROGRAM` set: it
//! then does what `groundwork` does. So everything runs as a user runs it, in a process of its
//! own, and DuckDB, polars and Typst are linked once.

use groundwork_tests::{
    attack, authors, coverage, data_package, determinism, exports, faults, iati, kept, lessons, manifest,
    page, partners, recount, restated, road, spark, spreadsheet, tally, tidy, verdicts, verify,
};
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::var_os(groundwork_tests::program::AS_PROGRAM).is_some() {
        return groundwork::cli::main(std::env::args_os());
    }
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = page::trials();
    trials.extend(road::trials());
    trials.extend(recount::trials());
    trials.extend(authors::trials());
    trials.extend(exports::trials());
    trials.extend(kept::trials());
    trials.extend(coverage::trials());
    trials.extend(verdicts::trials());
    trials.extend(verify::trials());
    trials.extend(spreadsheet::trials());
    trials.extend(data_package::trials());
    trials.extend(iati::trials());
    trials.extend(attack::trials());
    trials.extend(partners::trials());
    trials.extend(faults::trials());
    trials.extend(lessons::trials());
    trials.extend(manifest::trials());
    trials.extend(restated::trials());
    trials.extend(determinism::trials());
    trials.extend(spark::trials());
    trials.extend(tally::trials());
    trials.extend(tidy::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}
