//! The interval of a quantile by hand: between two ranks.

use super::text;
use groundwork_plan::indicator::{Indicator, Summary};
use groundwork_stats::estimators::quantile_ranks::quantile_ranks;
use groundwork_stats::special::binomial_mass;

/// The ranks, and how often the quantile lies between them.
pub(super) fn lines(indicator: &Indicator, n: u64, (lower, upper): (f64, f64)) -> Vec<String> {
    let Summary::Quantile(share) = indicator.kind.summary() else { return Vec::new() };
    let Ok(ranks) = quantile_ranks(n, share, indicator.level) else { return Vec::new() };
    let (first, second) = ranks.point;
    let mut out = vec![format!(
        "of {n} values in order, number {first} and {} of the way to number {second}",
        text(ranks.way)
    )];
    if let Some((low, high)) = ranks.limits {
        let covered: f64 = (low..high).map(|k| binomial_mass(k, n, share)).sum();
        out.push(format!(
            "number {low} is {}, number {high} is {}; P({low} to {} of {n} lie below) = {}",
            text(lower),
            text(upper),
            high - 1,
            text(covered)
        ));
    }
    out
}
