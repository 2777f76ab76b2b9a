//! Effects when trends may bend.

use groundwork_stats::estimators::honest_did::{EventEstimates, honest_smoothness};
use groundwork_stats::linalg::Matrix;
use groundwork_stats::special::normal_critical;
use libtest_mimic::Trial;

use crate::support::{Ended, assert_close, assert_limits, case, cases, count, estimate, number, reference};

/// The reference solves a convex programme to about six digits.
const SOLVED: f64 = 1e-4;

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p42_honest_did", insured)]
}

fn insured() -> Ended {
    let (file, tolerance) = reference("P42_honest_did.json", SOLVED);
    let expected = &file["expected"];
    let study = &expected["event_study"];
    let beta: Vec<f64> = cases(&study["beta"]).iter().map(number).collect();
    let entries: Vec<f64> = cases(&study["vcov"]).iter().flat_map(cases).map(number).collect();
    let covariance = Matrix::new(beta.len(), beta.len(), entries);
    let (before, after) = beta.split_at(count(&study["pre"]) as usize);
    assert_eq!(after.len() as u64, count(&study["post"]));
    let estimates = EventEstimates { before, after, covariance: &covariance };
    let first: Vec<f64> = cases(&file["inputs"]["l_vec"]).iter().map(number).collect();
    let interval = |weights: &[f64], bound| estimate(honest_smoothness(&estimates, weights, bound, 0.95));

    let listed = &expected["flci_first_post_period"];
    let straight = interval(&first, 0.0);
    let closed = &listed["M0_closed_form"];
    assert_close("centre", straight.value, number(&closed["estimate"]), tolerance);
    assert_close("error", straight.std_error.expect("an error"), number(&closed["se"]), tolerance);
    assert_limits("M = 0", straight.interval.expect("an interval"), &closed["ci"], tolerance);
    for bound in ["0.01", "0.02", "0.03", "0.04", "0.05"] {
        let found = interval(&first, bound.parse().expect("a bound"));
        let what = format!("M{bound}");
        assert_limits(&what, found.interval.expect("an interval"), &listed[&what], tolerance);
    }
    let mean = interval(&[0.5, 0.5], 0.01);
    assert_limits("mean", mean.interval.expect("an interval"), &listed["avg_post_M0.01"], tolerance);

    // The interval that takes trends to be parallel.
    let at = before.len();
    let reach = normal_critical(0.95) * covariance.get(at, at).sqrt();
    let original = &expected["original_ci"];
    assert_close("original", beta[at] - reach, number(&original[0]), tolerance);
    assert_close("original", beta[at] + reach, number(&original[1]), tolerance);

    // The manual of the authors' software, whose optimiser stops early.
    for (index, published) in cases(&file["published"]["delta_sd"]).iter().enumerate() {
        let found = interval(&first, 0.01 * index as f64).interval.expect("an interval");
        assert!((found.lower - number(&published[0])).abs() <= 5e-4);
        assert!((found.upper - number(&published[1])).abs() <= 5e-4);
    }
    Ok(())
}
