//! Primary rules: what is withheld for its own sake, cell by cell.
//!
//! | reason | rule |
//! |---|---|
//! | `below_threshold` | numerator, denominator, the rest of the denominator or the immature are fewer people than the threshold, and not none |
//! | `few_households` | the numerator, the denominator or the rest are people of fewer households than declared |
//! | `everybody_or_nobody` | a share of none or of all, or a category that holds everybody, where the group is small or the attribute protects people in a case: whoever is known to be in the group is found out (class disclosure) |
//! | `small_base` | a median of few, or another quantile beyond which are as few as beyond the quartiles of so few: it is the value of a single person |
//! | `dominance` | the second largest contributor could work out the largest to within 10 % (p % rule), taking the second for as large as the first, which is the worst case |
//!
//! A spread (an interval of a mean or a ratio, a standard error, a test) of few people allows
//! their values to be solved for, and is left out of a cell that is published otherwise. The
//! interval of a share is a function of its two published counts and says nothing more.

use crate::cell::{Cell, Counts, Finding};
use crate::frame::Frame;
use crate::shown::UNITS;
use groundwork_plan::disclosure::{Audience, Policy};
use groundwork_plan::indicator::Dimension;

/// Names of the rules. Only the organisation itself meets them: readers are told one reason for all.
pub(crate) const BELOW: &str = "below_threshold";
pub(crate) const FEW_HOUSEHOLDS: &str = "few_households";
pub(crate) const CLASS: &str = "everybody_or_nobody";
pub(crate) const SMALL_BASE: &str = "small_base";
pub(crate) const DOMINANCE: &str = "dominance";
/// All of them.
pub(crate) const REASONS: [&str; 5] = [BELOW, FEW_HOUSEHOLDS, CLASS, SMALL_BASE, DOMINANCE];

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
        return Some(FEW_HOUSEHOLDS);
    }
    let small = |count: f64| count > 0.0 && count < threshold as f64;
    if counts_of(cell).into_iter().any(small) {
        return Some(BELOW);
    }
    if cell.finding == Finding::NoData {
        return None;
    }
    if is_everybody_or_nobody(cell) && guards_classes(cell, policy, frame) {
        return Some(CLASS);
    }
    if cell.method.starts_with(QUANTILE) && cell.n > 0 && shows_single_people(cell, policy, frame) {
        return Some(SMALL_BASE);
    }
    if is_dominated(cell, frame) {
        return Some(DOMINANCE);
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
    is_sensitive(cell, policy, frame) || group < policy.small_base() as f64
}

/// Whether a cell says something of people that protects them in a case.
pub(crate) fn is_sensitive(cell: &Cell, policy: &Policy, frame: &Frame) -> bool {
    let mut columns = cell.key.dimension.split(Dimension::CROSS);
    policy.is_sensitive(&cell.key.dimension)
        || columns.any(|column| frame.sensitive.contains(column))
        || frame.measures.get(&cell.key.indicator).is_some_and(|m| m.sensitive)
}

/// Whether a spread would show single people.
pub(crate) fn has_small_base(cell: &Cell, policy: &Policy) -> bool {
    let base = cell.denominator.filter(|_| cell.counts != Counts::Total).unwrap_or(f64::INFINITY);
    cell.people && (cell.n < policy.small_base() || base < policy.small_base() as f64)
}

/// Whether a quantile is that of few, or so far out that few are beyond it.
fn shows_single_people(cell: &Cell, policy: &Policy, frame: &Frame) -> bool {
    let tail = frame.measures.get(&cell.key.indicator).and_then(|m| m.tail).unwrap_or(0.5);
    let beyond = cell.n as f64 * tail;
    has_small_base(cell, policy) || cell.people && beyond < policy.small_base() as f64 / 4.0
}

/// Whether the interval of a cell is a spread and not a function of its counts.
pub(crate) fn is_spread(cell: &Cell) -> bool {
    match cell.counts {
        Counts::Amount | Counts::Quotient => true,
        Counts::Total | Counts::Part | Counts::Groups => false,
    }
}

pub(crate) fn is_dominated(cell: &Cell, frame: &Frame) -> bool {
    let Some(largest) = frame.largest.get(&cell.key).copied().filter(|l| *l > 0.0) else {
        return false;
    };
    let is_sum = matches!(cell.counts, Counts::Amount | Counts::Quotient);
    // Where some amounts are negative the sum says less of the others, and more is withheld.
    is_sum && cell.numerator.abs() - 2.0 * largest < P * largest
}

/// How uncertain a dominated amount has to stay, in the units of amounts, as a threshold: its possible
/// values span the threshold less one.
pub(crate) fn width(cell: &Cell, frame: &Frame) -> i64 {
    let largest = frame.largest.get(&cell.key).copied().unwrap_or(0.0);
    (P * largest * UNITS).ceil() as i64 + 1
}
