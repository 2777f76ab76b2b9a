//! Primary rules: what is withheld for its own sake, cell by cell.
//!
//! | reason | rule |
//! |---|---|
//! | `below_threshold` | numerator, denominator, the rest of the denominator or the immature are fewer people than the threshold, and not none |
//! | `few_households` | the numerator, the denominator or the rest are people of fewer households than declared |
//! | `everybody_or_nobody` | a share of none or of all, or a category that holds everybody, where the group is small or the attribute protects people in a case: whoever is known to be in the group is found out (class disclosure) |
//! | `small_base` | a median or another quantile of few: it is the value of a single person |
//! | `dominance` | the second largest contributor could work out the largest to within 10 % (p % rule), taking the second for as large as the first, which is the worst case |
//!
//! A spread (an interval of a mean or a ratio, a standard error, a test) of few people allows
//! their values to be solved for, and is left out of a cell that is published otherwise. The
//! interval of a share is a function of its two published counts and says nothing more.

use crate::cell::{Cell, Counts, Finding};
use crate::frame::Frame;
use groundwork_plan::disclosure::{Audience, Policy};

/// p of the p % rule.
const P: f64 = 0.10;

/// How quantiles say how they were obtained.
const QUANTILE: &str = "quantile";

/// Why a cell is withheld for its own sake.
pub(crate) fn reason(cell: &Cell, threshold: i64, policy: &Policy, frame: &Frame) -> Option<&'static str> {
    if !cell.people || policy.audience == Audience::Internal && threshold <= 1 {
        return None;
    }
    if of_few_households(cell, policy, frame).is_some() {
        return Some("few_households");
    }
    let small = |count: f64| count > 0.0 && count < threshold as f64;
    if counts_of(cell).into_iter().any(small) {
        return Some("below_threshold");
    }
    if cell.finding == Finding::NoData {
        return None;
    }
    if is_everybody_or_nobody(cell) && guards_classes(cell, policy, frame) {
        return Some("everybody_or_nobody");
    }
    if cell.method.starts_with(QUANTILE) && cell.n > 0 && has_small_base(cell, policy) {
        return Some("small_base");
    }
    if is_dominated(cell, frame) {
        return Some("dominance");
    }
    None
}

/// The counts of people that a cell shows or gives away by itself.
fn counts_of(cell: &Cell) -> Vec<f64> {
    let denominator = cell.denominator.unwrap_or(0.0);
    let mut counts = match cell.counts {
        Counts::Total => vec![cell.numerator],
        Counts::Part => vec![cell.numerator, denominator, denominator - cell.numerator],
        Counts::Quotient => vec![cell.numerator, denominator],
        Counts::Amount => vec![denominator],
        // The gate looks at each of them.
        Counts::Groups => Vec::new(),
    };
    counts.extend(cell.immature);
    counts
}

/// The largest number of people in a cell who are of too few households.
pub(crate) fn of_few_households(cell: &Cell, policy: &Policy, frame: &Frame) -> Option<i64> {
    let rule = policy.households.as_ref().filter(|_| policy.audience > Audience::Internal)?;
    let found = frame.households.get(&cell.key)?;
    let below = cell.denominator.unwrap_or(0.0);
    let groups = match cell.counts {
        Counts::Total => vec![(cell.numerator, found.numerator)],
        Counts::Part => vec![
            (cell.numerator, found.numerator),
            (below, found.denominator),
            (below - cell.numerator, found.rest),
        ],
        Counts::Amount => vec![(below, found.denominator)],
        Counts::Quotient | Counts::Groups => Vec::new(),
    };
    let few = groups.into_iter().filter(|(people, of)| *people > 0.0 && *of < rule.at_least);
    few.map(|(people, _)| people.ceil() as i64).max()
}

/// A share of nobody or of everybody.
pub(crate) fn is_everybody_or_nobody(cell: &Cell) -> bool {
    let denominator = cell.denominator.unwrap_or(0.0);
    let none_or_all = cell.numerator <= 0.0 || cell.numerator >= denominator;
    cell.counts == Counts::Part && denominator > 0.0 && none_or_all
}

/// Whether it may not be known of this cell's group that everybody or nobody is in a class.
pub(crate) fn guards_classes(cell: &Cell, policy: &Policy, frame: &Frame) -> bool {
    let group = cell.denominator.unwrap_or(cell.numerator);
    let sensitive = policy.is_sensitive(&cell.key.dimension)
        || frame.measures.get(&cell.key.indicator).is_some_and(|m| m.sensitive);
    sensitive || group < policy.small_base() as f64
}

/// Whether a spread would show single people.
pub(crate) fn has_small_base(cell: &Cell, policy: &Policy) -> bool {
    let base = cell.denominator.filter(|_| cell.counts != Counts::Total).unwrap_or(f64::INFINITY);
    cell.people && (cell.n < policy.small_base() || base < policy.small_base() as f64)
}

/// Whether the interval of a cell is a spread and not a function of its counts.
pub(crate) fn is_spread(cell: &Cell) -> bool {
    match cell.counts {
        Counts::Amount | Counts::Quotient => true,
        Counts::Total | Counts::Part | Counts::Groups => false,
    }
}

fn is_dominated(cell: &Cell, frame: &Frame) -> bool {
    let Some(largest) = frame.largest.get(&cell.key).copied().filter(|l| *l > 0.0) else {
        return false;
    };
    cell.counts == Counts::Amount && cell.numerator - 2.0 * largest < P * largest
}
