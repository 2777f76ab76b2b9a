//! Comparing the coefficients of regressions with named numbers.

use groundwork_stats::estimators::cluster_robust::Robust;
use groundwork_stats::{Estimate, Outcome};
use serde_json::Value;

use crate::support::{assert_close, number};

/// Labels as small numbers.
pub fn labels(values: &[f64]) -> Vec<u32> {
    values.iter().map(|&value| value as u32).collect()
}

/// A named list of numbers against a found one, in the order of the terms.
#[track_caller]
pub fn assert_terms(what: &str, found: &[f64], expected: &Value, terms: &[&str], tolerance: f64) {
    assert_eq!(expected.as_object().expect("terms by name").len(), terms.len(), "{what}");
    assert_eq!(found.len(), terms.len(), "{what}");
    for (value, term) in found.iter().zip(terms) {
        assert_close(&format!("{what} of {term}"), *value, number(&expected[*term]), tolerance);
    }
}

/// One number of each coefficient.
pub fn each(coefficients: &[Outcome], take: impl Fn(&Estimate) -> Option<f64>) -> Vec<f64> {
    coefficients
        .iter()
        .map(|outcome| take(outcome.as_ref().expect("an estimate")).expect("a number"))
        .collect()
}

pub fn std_errors(robust: &Robust) -> Vec<f64> {
    let errors = each(&robust.coefficients, |estimate| estimate.std_error);
    for (term, error) in errors.iter().enumerate() {
        let variance = robust.covariance.get(term, term);
        assert_close("the root of the variance", variance.sqrt(), *error, 1e-12);
    }
    errors
}

/// A list of numbers.
pub fn numbers_of(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}
