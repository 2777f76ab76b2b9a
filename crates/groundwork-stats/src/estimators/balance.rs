//! Whether two groups are alike in what was measured before: standardised mean
//! differences `smd.first`, `smd.second`, `smd.pooled`, effective sample size
//! `ess.kish`, and the overlap of scores.
//!
//! # Estimand
//!
//! For a covariate x and two groups, (mean of the first - mean of the
//! second)/s: a difference in standard deviations, which has no unit. The
//! denominator s is always of the rows as they are, without weights, so that
//! the figure before weighting and the one after it can be compared. Which
//! group it is taken from changes the figure and stands in the method's id.
//!
//! The effective sample size of weights w is the number of equally weighted
//! units that would be as precise, (Σ w)²/Σ w².
//!
//! The generalizability index of scores between 0 and 1 is Σ sqrt(p q) over
//! ten bins, with the share p of the source and the share q of the target in
//! each: 1 where they are distributed alike, 0 where they do not meet.
//!
//! # Assumptions
//!
//! None: these describe the rows at hand. Nothing here is a test, and balance
//! in what was measured says nothing about what was not.
//!
//! # Method
//!
//! ```text
//! smd.first    s = standard deviation of the first group, divisor n - 1
//! smd.second   the same of the second group
//! smd.pooled   s² = (s₁² + s₂²)/2
//! ess.kish     (Σ w)²/Σ w²
//! ```
//!
//! A covariate of 0 and 1 is treated like any other. The bins of the index are
//! [0, .1), [.1, .2), ..., [.9, 1].
//!
//! # Small samples
//!
//! With n units a side, differences of sqrt(2/n) arise by chance alone: .5 at
//! eight. The limit of .1 is then of no use, and the covariates are to be
//! adjusted for rather than tested.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty` (a group without rows), `too_few_rows` (a group
//! whose standard deviation is needed has one row), `not_finite`,
//! `out_of_range`, `negative_weight`; for scores `probability_out_of_range`.
//!
//! Warnings: `imbalance` where a difference is above .1, `low_ess` where the
//! effective sample size of a group is below half of it, and
//! `constant_covariate` where a covariate differs between the groups but does
//! not vary in the one the denominator comes from: it has no figure, and the
//! groups do not overlap in it.
//!
//! # Source
//!
//! Austin PC (2009). Balance diagnostics for comparing the distribution of
//! baseline covariates between treatment groups in propensity-score matched
//! samples. Statistics in Medicine 28:3083-3107. Stuart EA, Lee BK, Leacy FP
//! (2013). Prognostic score-based balance measures can be a useful diagnostic
//! for propensity score methods in comparative effectiveness research. Journal
//! of Clinical Epidemiology 66:S84-S90. Kish L (1965). Survey sampling. Wiley.
//! Tipton E (2014). How generalizable is your experiment? An index for
//! comparing experimental samples and populations. Journal of Educational and
//! Behavioral Statistics 39:478-501.

use crate::estimate::Refusal;
use crate::linalg::accumulate::{FixedPoint, FixedSum, dot, largest, sum};
use crate::linalg::{check_column, check_length, check_weights};
use crate::thresholds::{ESS_SHARE_FEW, SMD_WARN};
use crate::warning::Warning;

/// The id of the difference over the first group's standard deviation.
pub const METHOD_FIRST: &str = "smd.first";
/// The id of the difference over the second group's standard deviation.
pub const METHOD_SECOND: &str = "smd.second";
/// The id of the difference over the pooled standard deviation.
pub const METHOD_POOLED: &str = "smd.pooled";
/// The id of the effective sample size.
pub const METHOD_ESS: &str = "ess.kish";

/// The bins of the generalizability index.
const BINS: usize = 10;

/// Whose standard deviation a difference is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denominator {
    /// The first group's: the treated, for an effect on the treated.
    First,
    /// The second group's: the target, for a transported effect.
    Second,
    /// The root of the mean of both variances.
    Pooled,
}

/// The balance of two groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Balance {
    /// The standardised difference of every covariate, first minus second;
    /// absent where the covariate does not vary in the denominator but differs
    /// between the groups.
    pub smd: Vec<Option<f64>>,
    /// The largest of them in absolute value; absent where one is absent.
    pub worst: Option<f64>,
    /// The rows of the first group.
    pub n_first: u64,
    /// The rows of the second group.
    pub n_second: u64,
    /// The effective sample size of the first group.
    pub ess_first: f64,
    /// The effective sample size of the second group.
    pub ess_second: f64,
    /// The id of the denominator.
    pub method: &'static str,
    /// `imbalance`, `low_ess`, `constant_covariate`.
    pub warnings: Vec<Warning>,
}

/// How far the scores of two groups meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overlap {
    /// The smallest and the largest score of the first group.
    pub range_first: (f64, f64),
    /// The smallest and the largest score of the second group.
    pub range_second: (f64, f64),
    /// The share of the first group outside the range of the second.
    pub share_first_outside: f64,
    /// The share of the second group outside the range of the first.
    pub share_second_outside: f64,
}

/// The standardised differences of covariates between two groups.
///
/// `covariates` holds one column a covariate, `first` says of every row whether
/// it belongs to the first group, and `weights`, where given, hold one weight a
/// row, on any scale in each group. All have the same length. See the
/// [module](self) for denominators, refusals and warnings.
pub fn balance(
    covariates: &[&[f64]],
    first: &[bool],
    weights: Option<&[f64]>,
    denominator: Denominator,
) -> Result<Balance, Refusal> {
    let rows = first.len();
    for column in covariates.iter().copied().chain(weights) {
        check_length(column.len(), rows)?;
    }
    let n_first = first.iter().filter(|&&first| first).count();
    let n_second = rows - n_first;
    if n_first == 0 || n_second == 0 {
        return Err(empty_group());
    }
    let sizes = [n_first as f64, n_second as f64];
    let (totals, heaviest) = match weights {
        Some(weights) => {
            let heaviest = check_weights(weights, rows)?;
            (by_group(first, heaviest, |row| weights[row]), heaviest)
        }
        None => (sizes, 1.0),
    };
    if totals.iter().any(|&total| total <= 0.0) {
        return Err(empty_group());
    }
    let needed: &[f64] = match denominator {
        Denominator::First => &sizes[..1],
        Denominator::Second => &sizes[1..],
        Denominator::Pooled => &sizes,
    };
    if needed.contains(&1.0) {
        return Err(too_few_rows());
    }
    let mut smd = Vec::with_capacity(covariates.len());
    for column in covariates {
        let (low, high) = check_column(column, "a covariate")?;
        let most = high.max(-low);
        let means = divided(by_group(first, most, |row| column[row]), sizes);
        let weighted = match weights {
            Some(weights) => {
                divided(by_group(first, most * heaviest, |row| weights[row] * column[row]), totals)
            }
            None => means,
        };
        let deviation = |row: usize| column[row] - means[usize::from(!first[row])];
        let squares = by_group(first, (high - low) * (high - low), |row| deviation(row) * deviation(row));
        // A spread that is nothing but rounding is none.
        let rounding = 16.0 * f64::EPSILON * most;
        let variance = |group: usize| {
            let variance = squares[group] / (sizes[group] - 1.0);
            if variance <= rounding * rounding { 0.0 } else { variance }
        };
        let spread = match denominator {
            Denominator::First => variance(0),
            Denominator::Second => variance(1),
            Denominator::Pooled => 0.5 * (variance(0) + variance(1)),
        }
        .sqrt();
        let difference = weighted[0] - weighted[1];
        let value = match (spread > 0.0, difference.abs() <= rounding) {
            (true, _) => Some(difference / spread),
            (false, true) => Some(0.0),
            (false, false) => None,
        };
        if value.is_some_and(|value| !value.is_finite()) {
            return Err(Refusal::not_finite("a standardised difference"));
        }
        smd.push(value);
    }
    let worst = smd.iter().try_fold(0.0, |worst, value| value.map(|value: f64| f64::max(worst, value.abs())));
    let [ess_first, ess_second] = match weights {
        Some(weights) => {
            // In units of the heaviest, so that no square leaves the range of
            // numbers.
            let share = |row: usize| weights[row] / heaviest;
            let totals = by_group(first, 1.0, share);
            let squares = by_group(first, 1.0, |row| share(row) * share(row));
            [totals[0] * totals[0] / squares[0], totals[1] * totals[1] / squares[1]]
        }
        None => sizes,
    };
    if !(ess_first.is_finite() && ess_second.is_finite()) {
        return Err(Refusal::not_finite("an effective sample size"));
    }
    let mut warnings = Vec::new();
    if smd.iter().any(Option::is_none) {
        warnings.push(Warning::new(
            "constant_covariate",
            "a covariate differs between the groups but does not vary in one of them, so the groups do not overlap in it",
        ));
    }
    if smd.iter().flatten().any(|value| value.abs() > SMD_WARN) {
        warnings.push(Warning::new(
            "imbalance",
            "the groups differ in a covariate by more than a tenth of a standard deviation",
        ));
    }
    if ess_first < ESS_SHARE_FEW * n_first as f64 || ess_second < ESS_SHARE_FEW * n_second as f64 {
        warnings.push(Warning::new(
            "low_ess",
            "the weights leave less than half of a group as its effective sample size: few units carry the estimate",
        ));
    }
    Ok(Balance {
        smd,
        worst,
        n_first: n_first as u64,
        n_second: n_second as u64,
        ess_first,
        ess_second,
        method: match denominator {
            Denominator::First => METHOD_FIRST,
            Denominator::Second => METHOD_SECOND,
            Denominator::Pooled => METHOD_POOLED,
        },
        warnings,
    })
}

/// The effective sample size of weights, a number of units.
///
/// # Refusals
///
/// * `empty`: no weights, or all of them zero.
/// * `negative_weight`, `not_finite`, `out_of_range`.
pub fn effective_sample_size(weights: &[f64]) -> Result<f64, Refusal> {
    check_weights(weights, weights.len())?;
    Ok(effective(weights))
}

/// Where the scores of two groups lie and how far they meet.
///
/// `score` holds one number a row on any scale: a propensity score, an age.
///
/// # Refusals
///
/// * `lengths_differ`, `not_finite`, `out_of_range`.
/// * `empty`: a group has no rows.
pub fn overlap(score: &[f64], first: &[bool]) -> Result<Overlap, Refusal> {
    check_length(score.len(), first.len())?;
    check_column(score, "a score")?;
    let range = |wanted: bool| {
        let mut found: Option<(f64, f64)> = None;
        for (&score, _) in score.iter().zip(first).filter(|(_, first)| **first == wanted) {
            let (low, high) = found.unwrap_or((score, score));
            found = Some((low.min(score), high.max(score)));
        }
        found.ok_or_else(empty_group)
    };
    let (range_first, range_second) = (range(true)?, range(false)?);
    let outside = |wanted: bool, (low, high): (f64, f64)| {
        let group = || score.iter().zip(first).filter(move |(_, first)| **first == wanted);
        let count = group().filter(|&(&score, _)| score < low || score > high).count();
        count as f64 / group().count() as f64
    };
    Ok(Overlap {
        range_first,
        range_second,
        share_first_outside: outside(true, range_second),
        share_second_outside: outside(false, range_first),
    })
}

/// Tipton's index of how alike the scores of two groups are, between 0 and 1.
///
/// `score` holds one probability a row, such as that of belonging to the first
/// group.
///
/// # Refusals
///
/// * `lengths_differ`, `not_finite`, `out_of_range`.
/// * `probability_out_of_range`: a score is not between 0 and 1.
/// * `empty`: a group has no rows.
pub fn generalizability_index(score: &[f64], first: &[bool]) -> Result<f64, Refusal> {
    check_length(score.len(), first.len())?;
    check_column(score, "a score")?;
    if score.iter().any(|score| !(0.0..=1.0).contains(score)) {
        return Err(Refusal::new(
            "probability_out_of_range",
            "a score does not lie between 0 and 1",
            "give the scores as probabilities, such as those of a logistic regression",
        ));
    }
    let mut counts = [[0_u64; BINS]; 2];
    for (&score, &first) in score.iter().zip(first) {
        let bin = ((score * BINS as f64) as usize).min(BINS - 1);
        counts[usize::from(!first)][bin] += 1;
    }
    let totals = counts.map(|counts| counts.iter().sum::<u64>());
    if totals.contains(&0) {
        return Err(empty_group());
    }
    let [one, other] = counts;
    let product = totals[0] as f64 * totals[1] as f64;
    let terms: Vec<f64> =
        one.iter().zip(&other).map(|(&a, &b)| (a as f64 * b as f64 / product).sqrt()).collect();
    Ok(sum(&terms).min(1.0))
}

fn effective(weights: &[f64]) -> f64 {
    // Weights are taken in units of the largest, so that no square leaves the
    // range of numbers.
    let most = largest(weights);
    let scaled: Vec<f64> = weights.iter().map(|weight| weight / most).collect();
    let total = sum(&scaled);
    total * total / dot(&scaled, &scaled)
}

/// Sums over the first group and the second of terms no larger than `largest`.
fn by_group(first: &[bool], largest: f64, term: impl Fn(usize) -> f64) -> [f64; 2] {
    let rule = FixedPoint::new(largest, first.len());
    let mut sums = [FixedSum::default(); 2];
    for (row, &first) in first.iter().enumerate() {
        rule.add(&mut sums[usize::from(!first)], term(row));
    }
    sums.map(|sum| rule.value(sum))
}

fn divided(of: [f64; 2], by: [f64; 2]) -> [f64; 2] {
    [of[0] / by[0], of[1] / by[1]]
}

fn too_few_rows() -> Refusal {
    Refusal::new(
        "too_few_rows",
        "a group has a single row, so it has no standard deviation",
        "divide by the standard deviation of the other group, or report the means",
    )
}

fn empty_group() -> Refusal {
    Refusal::new(
        "empty",
        "one of the groups has no rows",
        "report the group that was observed alone; there is nothing to compare it with",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn balance_by_hand() {
        // Means 2 and 5, variances 1 and 4.
        let x = [1.0, 2.0, 3.0, 3.0, 5.0, 7.0];
        let first = [true, true, true, false, false, false];
        for (denominator, sd, method) in [
            (Denominator::First, 1.0, "smd.first"),
            (Denominator::Second, 2.0, "smd.second"),
            (Denominator::Pooled, 2.5_f64.sqrt(), "smd.pooled"),
        ] {
            let found = balance(&[&x], &first, None, denominator).expect("a balance");
            assert!((found.smd[0].expect("a value") + 3.0 / sd).abs() < 1e-15);
            assert_eq!((found.n_first, found.n_second, found.ess_first), (3, 3, 3.0));
            assert_eq!(found.method, method);
            assert_eq!(found.warnings[0].code, "imbalance");
        }
        // All weight on the 3 of each group.
        let weights = [0.0, 0.0, 5.0, 1.0, 0.0, 0.0];
        let found = balance(&[&x], &first, Some(&weights), Denominator::First).expect("a balance");
        assert_eq!((found.smd[0], found.worst), (Some(0.0), Some(0.0)));
        assert_eq!((found.ess_first, found.ess_second), (1.0, 1.0));
        assert_eq!(found.warnings.len(), 1);
        assert_eq!(found.warnings[0].code, "low_ess");
    }

    #[test]
    fn balance_of_a_constant_covariate() {
        let first = [true, true, false, false];
        let found = balance(&[&[0.1; 4], &[0.3, 0.3, 0.1, 0.2]], &first, None, Denominator::First);
        let found = found.expect("a balance");
        assert_eq!((found.smd, found.worst), (vec![Some(0.0), None], None));
        assert_eq!(found.warnings[0].code, "constant_covariate");
        assert_eq!(balance(&[], &first, None, Denominator::Pooled).map(|found| found.worst), Ok(Some(0.0)));
    }

    #[test]
    fn balance_refuses() {
        let refused = |x: &[f64], first: &[bool], weights: Option<&[f64]>| {
            code(balance(&[x], first, weights, Denominator::Pooled))
        };
        let half = [true, true, false, false];
        let x = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(refused(&[], &[], None), Some("empty"));
        assert_eq!(refused(&x, &[true; 4], None), Some("empty"));
        assert_eq!(refused(&x, &[false; 4], None), Some("empty"));
        assert_eq!(refused(&x, &[true, false], None), Some("lengths_differ"));
        assert_eq!(refused(&x, &half, Some(&[1.0])), Some("lengths_differ"));
        assert_eq!(refused(&x, &half, Some(&[1.0, 1.0, -1.0, 1.0])), Some("negative_weight"));
        assert_eq!(refused(&x, &half, Some(&[1.0, 1.0, 0.0, 0.0])), Some("empty"));
        assert_eq!(refused(&x, &half, Some(&[1.0, f64::NAN, 1.0, 1.0])), Some("not_finite"));
        assert_eq!(refused(&[1.0, f64::NAN, 2.0, 3.0], &half, None), Some("not_finite"));
        assert_eq!(refused(&[1.0, 1e300, 2.0, 3.0], &half, None), Some("out_of_range"));
        assert_eq!(refused(&x, &[true, false, false, false], None), Some("too_few_rows"));
        let single = balance(&[&x], &[true, false, false, false], None, Denominator::Second);
        assert!(single.is_ok());
        assert_eq!(code(effective_sample_size(&[])), Some("empty"));
        assert_eq!(code(effective_sample_size(&[0.0])), Some("empty"));
        assert_eq!(code(effective_sample_size(&[-1.0, 2.0])), Some("negative_weight"));
        assert_eq!(code(overlap(&[1.0], &[true])), Some("empty"));
        assert_eq!(code(overlap(&[1.0, f64::NAN], &[true, false])), Some("not_finite"));
        assert_eq!(code(generalizability_index(&[0.5], &[true])), Some("empty"));
        assert_eq!(
            code(generalizability_index(&[0.5, 1.1], &[true, false])),
            Some("probability_out_of_range")
        );
    }

    #[test]
    fn effective_sample_size_by_hand() {
        assert_eq!(effective_sample_size(&[3.0; 7]), Ok(7.0));
        assert_eq!(effective_sample_size(&[1.0, 0.0, 0.0]), Ok(1.0));
        // (1 + 2 + 3)²/(1 + 4 + 9).
        let found = effective_sample_size(&[1e90, 2e90, 3e90]).expect("a size");
        assert!((found - 36.0 / 14.0).abs() < 1e-14);
    }

    #[test]
    fn overlap_by_hand() {
        let score = [0.1, 0.5, 0.9, 0.3, 0.5];
        let found = overlap(&score, &[true, true, true, false, false]).expect("an overlap");
        assert_eq!((found.range_first, found.range_second), ((0.1, 0.9), (0.3, 0.5)));
        assert_eq!((found.share_first_outside, found.share_second_outside), (2.0 / 3.0, 0.0));
        // Bins of the first: 1, 5, 9; of the second: 3, 5. Σ sqrt(1/3 · 1/2).
        let index = generalizability_index(&score, &[true, true, true, false, false]).expect("an index");
        assert!((index - (1.0_f64 / 6.0).sqrt()).abs() < 1e-15);
        let alike = generalizability_index(&[0.0, 1.0, 0.0, 1.0], &[true, true, false, false]);
        assert_eq!(alike, Ok(1.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn balance_turns_round_with_the_groups(
            rows in proptest::collection::vec((-5.0_f64..5.0, any::<bool>(), 0.1_f64..3.0), 6..40),
        ) {
            let x: Vec<f64> = rows.iter().map(|row| row.0).collect();
            let first: Vec<bool> = rows.iter().map(|row| row.1).collect();
            let second: Vec<bool> = rows.iter().map(|row| !row.1).collect();
            let weights: Vec<f64> = rows.iter().map(|row| row.2).collect();
            let one = balance(&[&x], &first, Some(&weights), Denominator::First);
            let other = balance(&[&x], &second, Some(&weights), Denominator::Second);
            match (one, other) {
                (Ok(one), Ok(other)) => {
                    prop_assert_eq!(one.smd[0], other.smd[0].map(|value| -value));
                    prop_assert_eq!(one.ess_first, other.ess_second);
                    prop_assert!(one.ess_first <= one.n_first as f64 + 1e-9);
                }
                (one, other) => prop_assert_eq!(code(one), code(other)),
            }
            // Weights of one change nothing; neither does the order of rows.
            let plain = balance(&[&x], &first, None, Denominator::Pooled);
            let ones = balance(&[&x], &first, Some(&vec![1.0; x.len()]), Denominator::Pooled);
            prop_assert_eq!(&plain, &ones);
            let turned: Vec<f64> = x.iter().rev().copied().collect();
            let first: Vec<bool> = first.iter().rev().copied().collect();
            prop_assert_eq!(plain, balance(&[&turned], &first, None, Denominator::Pooled));
        }
    }
}
