//! The same methods on data sets that no other case uses, against scipy,
//! statsmodels and lifelines.
//!
//! The tolerance is 1e-7: the references are closed forms and Newton's rule run
//! to its end, in ordinary numbers, and what is left is their rounding, largest
//! in the covariances of statsmodels. Where a case is held to less, it says why.

mod causes;
mod counts;
mod groups;
mod models;

use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{Table, number, reference};

const ORDINARY: f64 = 1e-7;

pub(crate) fn trials() -> Vec<Trial> {
    [counts::trials(), groups::trials(), models::trials(), causes::trials()].into_iter().flatten().collect()
}

/// What is expected of one data set, and where something else was found.
struct Held {
    expected: Value,
    tolerance: f64,
    off: Vec<String>,
}

impl Held {
    fn case(name: &str) -> Self {
        let (file, tolerance) = reference("other_data.json", ORDINARY);
        let expected = file["expected"][name].clone();
        assert!(expected.is_object(), "no case {name}");
        Self { expected, tolerance, off: Vec::new() }
    }

    fn close(&mut self, what: &str, found: impl AsRef<[f64]>) {
        self.within(what, found, self.tolerance);
    }

    /// The numbers, one or a list, relatively as near as stated.
    fn within(&mut self, what: &str, found: impl AsRef<[f64]>, tolerance: f64) {
        let found = found.as_ref();
        let expected: Vec<f64> = match &self.expected[what] {
            Value::Array(values) => values.iter().map(number).collect(),
            value => vec![number(value)],
        };
        if found.len() != expected.len() {
            self.off.push(format!("{what}: {} numbers where {} are expected", found.len(), expected.len()));
            return;
        }
        for (found, expected) in found.iter().zip(&expected) {
            // Written so that what is not a number also fails.
            let near = (found - expected).abs() <= tolerance * expected.abs().max(1e-8);
            if !near {
                self.off.push(format!("{what}: {found:e} where {expected:e} is expected"));
            }
        }
    }

    #[track_caller]
    fn end(self) {
        assert!(self.off.is_empty(), "{}", self.off.join("\n"));
    }
}

/// Rows of a table that have no missing value in any of the columns.
fn complete(data: &Table, names: &[&str]) -> (Vec<usize>, Vec<Vec<f64>>) {
    let columns: Vec<Vec<Option<f64>>> = names.iter().map(|name| data.numbers_or_missing(name)).collect();
    let rows = (0..data.rows().len()).filter(|&row| columns.iter().all(|column| column[row].is_some()));
    let rows: Vec<usize> = rows.collect();
    let kept = |column: &Vec<Option<f64>>| rows.iter().filter_map(|&row| column[row]).collect();
    let columns = columns.iter().map(kept).collect();
    (rows, columns)
}
