//! What the methods on columns of numbers, and on one number a site, check and
//! sum.

use crate::estimate::Refusal;
use crate::linalg::accumulate::{FixedPoint, largest, mean};
use crate::linalg::check_column;

/// A column of checked numbers with its mean and its sum of squares about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    pub(super) n: usize,
    pub(super) mean: f64,
    /// Σ (x - mean)²; zero where the numbers differ by no more than rounding.
    pub(super) squares: f64,
}

impl Moments {
    /// Takes in one column; `what` names a value of it in a refusal.
    ///
    /// Refuses `empty`, `not_finite` and `out_of_range`.
    pub(super) fn new(values: &[f64], what: &str) -> Result<Self, Refusal> {
        let (low, high) = checked(values, what)?;
        Ok(Self::of(values, high.abs().max(low.abs())))
    }

    /// The moments of checked numbers that were had from numbers of the given
    /// magnitude: what differs by less than their rounding does not differ.
    pub(super) fn of(values: &[f64], magnitude: f64) -> Self {
        let n = values.len();
        let mean = mean(values);
        let most = values.iter().fold(0.0, |most, x| f64::max(most, (x - mean).abs()));
        let squares = if most <= rounding(magnitude) {
            0.0
        } else {
            let rule = FixedPoint::new(most * most, n);
            rule.sum(values.iter().map(|x| (x - mean) * (x - mean)))
        };
        Self { n, mean, squares }
    }

    /// The variance with n - 1 below; zero for one number.
    pub(super) fn variance(&self) -> f64 {
        if self.n > 1 { self.squares / (self.n - 1) as f64 } else { 0.0 }
    }
}

/// What rounding can leave of a difference of equal numbers of this magnitude.
pub(super) fn rounding(magnitude: f64) -> f64 {
    8.0 * f64::EPSILON * magnitude
}

/// The smallest and the largest value of a column that is not empty.
pub(super) fn checked(values: &[f64], what: &str) -> Result<(f64, f64), Refusal> {
    if values.is_empty() {
        return Err(empty());
    }
    check_column(values, what)
}

/// Σ a b about given centres, for checked columns of equal length.
pub(super) fn cross_products(a: &[f64], a_centre: f64, b: &[f64], b_centre: f64) -> f64 {
    let products: Vec<f64> = a.iter().zip(b).map(|(x, y)| (x - a_centre) * (y - b_centre)).collect();
    FixedPoint::new(largest(&products), products.len()).sum(products.iter().copied())
}

pub(super) fn empty() -> Refusal {
    Refusal::new(
        "empty",
        "there are no rows to estimate from",
        "report that nothing was observed; a missing value is not a zero",
    )
}

/// The refusal of fewer than two sites.
pub(super) fn one_site(k: usize) -> Refusal {
    if k == 0 {
        return empty();
    }
    Refusal::new(
        "one_site",
        "there is one site, so nothing can be said about how sites differ",
        "report the site on its own, with the interval for its own families",
    )
}

/// Refuses a variance at or below zero.
pub(super) fn check_positive(variances: &[f64]) -> Result<(), Refusal> {
    if variances.iter().all(|&v| v > 0.0) {
        return Ok(());
    }
    Err(Refusal::new(
        "variance_not_positive",
        "the variance of a site is not above zero, so it would outweigh all others",
        "use a method for counts, or leave the site out and say so",
    ))
}

/// Refuses a numerator above its denominator, or a denominator of zero.
pub(super) fn check_counts(successes: &[u64], totals: &[u64]) -> Result<(), Refusal> {
    crate::linalg::check_length(totals.len(), successes.len())?;
    if successes.len() < 2 {
        return Err(one_site(successes.len()));
    }
    if totals.contains(&0) {
        return Err(Refusal::zero_denominator());
    }
    if successes.iter().zip(totals).any(|(x, n)| x > n) {
        return Err(Refusal::numerator_exceeds_denominator());
    }
    if totals.iter().any(|&n| n > COUNT_MOST) {
        return Err(Refusal::new(
            "out_of_range",
            "a count is larger than any programme can have",
            "check the counts for codes that stand for missing values",
        ));
    }
    Ok(())
}

/// Counts beyond which arithmetic on them is no longer exact.
const COUNT_MOST: u64 = 1 << 50;

/// Refuses a count of successes that is nothing or everything in all sites.
pub(super) fn check_varied(successes: &[u64], totals: &[u64]) -> Result<(), Refusal> {
    let none = successes.iter().all(|&x| x == 0);
    let all = successes.iter().zip(totals).all(|(x, n)| x == n);
    if !(none || all) {
        return Ok(());
    }
    Err(Refusal::new(
        "no_variation",
        "every site has no successes, or nothing else, so the log odds have no finite value",
        "report the pooled share with its Wilson interval",
    ))
}

pub(super) fn finite(value: f64, what: &str) -> Result<f64, Refusal> {
    if value.is_finite() { Ok(value) } else { Err(Refusal::not_finite(what)) }
}
