//! People nobody listed, from how the lists overlap: `capture.lincoln_petersen`,
//! `capture.chapman`, `chao1`, `chao2` and `chao2.bc`.
//!
//! # Estimand
//!
//! The number N of people in a population that two or more lists were drawn
//! from, those on no list included. With two lists N is estimated; Chao's
//! formulas bound it from below.
//!
//! # Assumptions
//!
//! The lists name the same population, which did not change in between, and
//! rows of the same person were matched without error. Being on one list says
//! nothing about being on the other. This can never be checked with two lists,
//! and fails as soon as one office sends people to the other (N comes out too
//! low) or away from it (too high), or as some people are on no list of any
//! kind; the estimate always carries the warning. Chao's bounds allow people to
//! differ in how easily they are found.
//!
//! # Method
//!
//! With n1 and n2 the lengths of the lists and m the people on both,
//!
//! ```text
//! Lincoln-Petersen  n1 n2/m
//! Chapman           (n1 + 1)(n2 + 1)/(m + 1) - 1
//! Seber's variance  (n1 + 1)(n2 + 1)(n1 - m)(n2 - m)/((m + 1)² (m + 2))
//! ```
//!
//! The interval is log-normal on the number f0 of people on no list, which
//! cannot be negative: f0/C and f0 C with
//! C = exp(z sqrt(ln(1 + v/f0²))), each added to the people seen.
//!
//! With f_k the people on exactly k of t lists and A = (t - 1)/t,
//!
//! ```text
//! chao1     seen + f1²/(2 f2)
//! chao2     seen + A f1²/(2 f2)
//! chao2.bc  seen + A f1 (f1 - 1)/(2 (f2 + 1))
//! ```
//!
//! # Small samples
//!
//! Lincoln-Petersen is infinite without an overlap and biased upwards for a
//! small one. Chapman's estimate is nearly unbiased from m = 7 on (Robson and
//! Regier 1964), below which it is flagged.
//!
//! # Refusals
//!
//! `level_out_of_range`, `empty_list`, `overlap_exceeds_list`; `no_overlap` for
//! Lincoln-Petersen and for the two classical bounds of Chao, which have no
//! value without anybody seen twice; `no_variation` when one list holds all of
//! the other, so that an interval would have no width; `too_few_lists`,
//! `empty`, `interval_not_finite`.
//!
//! # Source
//!
//! Chapman DG (1951). Some properties of the hypergeometric distribution with
//! applications to zoological sample censuses. University of California
//! Publications in Statistics 1:131-160. Seber GAF (1970). The effects of trap
//! response on tag recapture estimates. Biometrics 26:13-22. Chao A (1987).
//! Estimating the population size for capture-recapture data with unequal
//! catchability. Biometrics 43:783-791. Robson DS, Regier HA (1964). Sample
//! size in Petersen mark-recapture experiments. Transactions of the American
//! Fisheries Society 93:215-226.

use crate::estimate::{Estimate, Interval, Outcome, Refusal, check_level, finite_interval};
use crate::special::normal_critical;
use crate::thresholds::RECAPTURES_FEW;
use crate::warning::Warning;

/// The id of Lincoln and Petersen's estimate.
pub const METHOD_LINCOLN_PETERSEN: &str = "capture.lincoln_petersen";
/// The id of Chapman's estimate with Seber's variance and a log-normal interval.
pub const METHOD_CHAPMAN: &str = "capture.chapman";
/// The id of Chao's bound without a correction for the number of lists.
pub const METHOD_CHAO1: &str = "chao1";
/// The id of Chao's bound for t lists.
pub const METHOD_CHAO2: &str = "chao2";
/// The id of Chao's bound for t lists, corrected for bias.
pub const METHOD_CHAO2_BIAS_CORRECTED: &str = "chao2.bc";

/// Which of Chao's formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chao {
    /// `chao1`: for people counted any number of times.
    Abundance,
    /// `chao2`: for people on some of t lists.
    Lists,
    /// `chao2.bc`: the same, corrected for bias; has a value where nobody was
    /// seen twice.
    BiasCorrected,
}

/// Lincoln and Petersen's estimate of a population from two lists.
///
/// `first` and `second` are the lengths of the lists, `both` the people on
/// both. The estimate counts people and need not be whole; `n` is the number of
/// different people seen. No interval: Chapman's estimate has one.
///
/// # Refusals
///
/// * `empty_list`: a list is empty.
/// * `overlap_exceeds_list`: more people are on both lists than on one.
/// * `no_overlap`: nobody is on both.
pub fn lincoln_petersen(first: u64, second: u64, both: u64) -> Outcome {
    let seen = check_lists(first, second, both)?;
    if both == 0 {
        return Err(no_overlap());
    }
    let value = first as f64 * second as f64 / both as f64;
    Ok(Estimate {
        warnings: two_list_warnings(both),
        ..Estimate::point(value, seen, METHOD_LINCOLN_PETERSEN)
    })
}

/// Chapman's estimate of a population from two lists, with Seber's variance and
/// a log-normal interval.
///
/// Arguments as for [`lincoln_petersen`]; `level` is the confidence level (a
/// share). The lower limit is never below the number of people seen. Without an
/// overlap the estimate is given with the warning `no_overlap`.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `empty_list`: a list is empty.
/// * `overlap_exceeds_list`: more people are on both lists than on one.
/// * `no_variation`: one list holds all of the other.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn chapman(first: u64, second: u64, both: u64, level: f64) -> Outcome {
    check_level(level)?;
    let seen = check_lists(first, second, both)?;
    if both == first.min(second) {
        return Err(Refusal::new(
            "no_variation",
            "one list holds everybody on the other, so the estimate is the longer list and an interval would have no width",
            "report the number of different people seen",
        ));
    }
    // In an order of their own, so that the lists may change places.
    let (long, short) = (first.max(second), first.min(second));
    let overlap = both as f64 + 1.0;
    // (n1 + 1)(n2 + 1)/(m + 1) - 1 less the people seen, without cancellation.
    let unseen = (long - both) as f64 * ((short - both) as f64 / overlap);
    let product = (long as f64 + 1.0) * ((short as f64 + 1.0) / overlap);
    let variance = product * unseen / (overlap + 1.0);
    Ok(Estimate {
        std_error: Some(variance.sqrt()),
        interval: Some(log_normal(seen, unseen, variance, level)?),
        warnings: two_list_warnings(both),
        ..Estimate::point(product - 1.0, seen, METHOD_CHAPMAN)
    })
}

/// Chao's lower bound of a population.
///
/// `frequencies` holds the number of people on exactly one list, on exactly
/// two, and so on to the number of lists; `level` is the confidence level of
/// the interval (a share). The estimate is a bound: the population is at least
/// about this large. The interval is absent where nobody was seen once only, as
/// the bound is then the number of people seen.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `too_few_lists`: fewer than two.
/// * `empty`: nobody was seen.
/// * `no_overlap`: nobody is on exactly two lists, except for
///   [`Chao::BiasCorrected`].
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn chao_lower_bound(frequencies: &[u64], form: Chao, level: f64) -> Outcome {
    check_level(level)?;
    let (Some(&once), Some(&twice)) = (frequencies.first(), frequencies.get(1)) else {
        return Err(too_few_lists("there are fewer than two lists, so nobody can have been seen twice"));
    };
    let seen = frequencies.iter().fold(0_u64, |sum, &people| sum.saturating_add(people));
    if seen == 0 {
        return Err(Refusal::new(
            "empty",
            "nobody is on any list",
            "report that nobody was seen; a bound needs people",
        ));
    }
    let again: u64 = frequencies.iter().skip(1).fold(0_u64, |sum, &people| sum.saturating_add(people));
    let lists = frequencies.len() as f64;
    let share = match form {
        Chao::Abundance => 1.0,
        Chao::Lists | Chao::BiasCorrected => (lists - 1.0) / lists,
    };
    let (f1, f2) = (once as f64, twice as f64);
    let (unseen, variance, method) = match form {
        Chao::BiasCorrected => {
            let g = f2 + 1.0;
            let unseen = share * f1 * (f1 - 1.0).max(0.0) / (2.0 * g);
            let (a, b) = (f1 * (2.0 * f1 - 1.0) / g, f1 * (f1 - 1.0) / g);
            let variance = unseen
                + share * share * a * (2.0 * f1 - 1.0) / (4.0 * g)
                + share * share * b / g * f2 * (b / g) / 4.0;
            (unseen, variance, METHOD_CHAO2_BIAS_CORRECTED)
        }
        Chao::Abundance | Chao::Lists => {
            if twice == 0 {
                return Err(no_overlap());
            }
            let r = f1 / f2;
            let unseen = share * f1 * r / 2.0;
            let variance = f2 * (share * r * r / 2.0 + share * share * r * r * r * (1.0 + r / 4.0));
            let method = if form == Chao::Abundance { METHOD_CHAO1 } else { METHOD_CHAO2 };
            (unseen, variance, method)
        }
    };
    let mut warnings = vec![lower_bound()];
    warnings.extend(recapture_warning(again));
    let limits = unseen > 0.0 && variance > 0.0;
    Ok(Estimate {
        std_error: limits.then_some(variance.sqrt()),
        interval: if limits { Some(log_normal(seen, unseen, variance, level)?) } else { None },
        warnings,
        ..Estimate::point(seen as f64 + unseen, seen, method)
    })
}

/// The interval of a population from the people seen and the estimated number
/// of those unseen with its variance.
pub(super) fn log_normal(seen: u64, unseen: f64, variance: f64, level: f64) -> Result<Interval, Refusal> {
    let relative = variance.sqrt() / unseen;
    let factor = libm::exp(normal_critical(level) * libm::log1p(relative * relative).sqrt());
    finite_interval(seen as f64 + unseen / factor, seen as f64 + unseen * factor, level)
}

/// The different people on two lists, or why the counts cannot be right.
fn check_lists(first: u64, second: u64, both: u64) -> Result<u64, Refusal> {
    if first == 0 || second == 0 {
        return Err(Refusal::new(
            "empty_list",
            "a list is empty, so nobody can have been seen twice",
            "report the other list alone",
        ));
    }
    if both > first.min(second) {
        return Err(Refusal::new(
            "overlap_exceeds_list",
            "more people are on both lists than on one of them",
            "check how the overlap was counted; a person counts once",
        ));
    }
    Ok((first - both).saturating_add(second))
}

pub(super) fn no_overlap() -> Refusal {
    Refusal::new(
        "no_overlap",
        "nobody was seen twice, so nothing says how many were never seen",
        "report the bounds on the number of different people, and Chapman's estimate only with its warning",
    )
}

pub(super) fn too_few_lists(message: &str) -> Refusal {
    Refusal::new("too_few_lists", message, "report the number of different people seen")
}

pub(super) fn assumes_independence() -> Warning {
    Warning::new(
        "assumes_independence",
        "assumes the lists are independent: that being on one says nothing about being on another",
    )
}

pub(super) fn lower_bound() -> Warning {
    Warning::new("lower_bound", "a lower bound: the population is at least about this large")
}

/// A warning where few people were seen twice.
pub(super) fn recapture_warning(again: u64) -> Option<Warning> {
    if again == 0 {
        return Some(Warning::new(
            "no_overlap",
            "nobody was seen twice; the estimate rests on a correction and not on the data",
        ));
    }
    (again < RECAPTURES_FEW).then(|| {
        Warning::new(
            "few_recaptures",
            "fewer than seven people were seen twice, so the estimate is biased and its interval too narrow",
        )
    })
}

fn two_list_warnings(both: u64) -> Vec<Warning> {
    [assumes_independence()].into_iter().chain(recapture_warning(both)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(outcome: Outcome) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn codes(estimate: &Estimate) -> Vec<&'static str> {
        estimate.warnings.iter().map(|warning| warning.code).collect()
    }

    #[test]
    fn two_lists_by_hand() {
        let found = lincoln_petersen(9, 8, 5).expect("an estimate");
        assert_eq!((found.value, found.n), (14.4, 12));
        assert_eq!(codes(&found), ["assumes_independence", "few_recaptures"]);
        let found = chapman(9, 8, 5, 0.95).expect("an estimate");
        assert_eq!(found.value, 14.0);
        // 10 · 9 · 4 · 3/(36 · 7).
        let variance = found.std_error.expect("a standard error").powi(2);
        assert!((variance - 30.0 / 7.0).abs() < 1e-14);
        let interval = found.interval.expect("an interval");
        assert!(interval.lower > 12.0 && interval.contains(14.0));
        assert_eq!(codes(&chapman(90, 80, 50, 0.95).expect("an estimate")), ["assumes_independence"]);
    }

    #[test]
    fn two_lists_may_change_places() {
        for (first, second, both) in [(120, 45, 9), (466, 630, 37), (7, 3, 0)] {
            assert_eq!(chapman(first, second, both, 0.9), chapman(second, first, both, 0.9));
            assert_eq!(lincoln_petersen(first, second, both), lincoln_petersen(second, first, both));
        }
    }

    #[test]
    fn chapman_without_an_overlap_carries_a_warning() {
        let found = chapman(5, 6, 0, 0.95).expect("an estimate");
        assert_eq!((found.value, found.n), (41.0, 11));
        assert_eq!(codes(&found), ["assumes_independence", "no_overlap"]);
        assert_eq!(code(lincoln_petersen(5, 6, 0)), Some("no_overlap"));
    }

    #[test]
    fn two_lists_refuse() {
        assert_eq!(code(lincoln_petersen(0, 6, 0)), Some("empty_list"));
        assert_eq!(code(lincoln_petersen(5, 6, 6)), Some("overlap_exceeds_list"));
        assert_eq!(code(chapman(5, 6, 5, 0.95)), Some("no_variation"));
        assert_eq!(code(chapman(5, 6, 2, 1.0)), Some("level_out_of_range"));
        assert_eq!(code(chapman(5, 0, 0, 0.95)), Some("empty_list"));
        let huge = chapman(u64::MAX, u64::MAX, 1, 0.95).expect("an estimate");
        assert!(huge.value.is_finite() && huge.interval.is_some_and(|i| i.upper.is_finite()));
    }

    #[test]
    fn chao_by_hand() {
        let bound = |form| chao_lower_bound(&[4, 2, 1], form, 0.95).expect("a bound").value;
        assert!((bound(Chao::Abundance) - (7.0 + 4.0)).abs() < 1e-14);
        assert!((bound(Chao::Lists) - (7.0 + 8.0 / 3.0)).abs() < 1e-14);
        // 2/3 · 4 · 3/(2 · 3).
        assert!((bound(Chao::BiasCorrected) - (7.0 + 4.0 / 3.0)).abs() < 1e-14);
        // Everybody at least twice: the bound is what was seen.
        let found = chao_lower_bound(&[0, 5, 2], Chao::BiasCorrected, 0.95).expect("a bound");
        assert_eq!((found.value, found.std_error, found.interval), (7.0, None, None));
        assert_eq!(
            codes(&chao_lower_bound(&[9, 1], Chao::Lists, 0.95).expect("one")),
            ["lower_bound", "few_recaptures"]
        );
    }

    #[test]
    fn chao_refuses() {
        let refused = |f: &[u64], form, level| code(chao_lower_bound(f, form, level));
        assert_eq!(refused(&[3], Chao::Lists, 0.95), Some("too_few_lists"));
        assert_eq!(refused(&[0, 0], Chao::Lists, 0.95), Some("empty"));
        assert_eq!(refused(&[3, 0, 1], Chao::Lists, 0.95), Some("no_overlap"));
        assert_eq!(refused(&[3, 0, 1], Chao::Abundance, 0.95), Some("no_overlap"));
        assert_eq!(refused(&[3, 0, 1], Chao::BiasCorrected, 0.95), None);
        assert_eq!(refused(&[3, 1], Chao::Lists, f64::NAN), Some("level_out_of_range"));
        assert_eq!(refused(&[u64::MAX, 1, u64::MAX], Chao::Abundance, 0.95), None);
    }
}
