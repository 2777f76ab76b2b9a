//! A rate standardised to a stated population, with the gamma interval:
//! `standardised.direct.fay_feuer`.
//!
//! # Estimand
//!
//! Σ w_i r_i: the rate the site would have if its strata were as large as those
//! of a standard population and its rates in them were its own. It answers
//! "different because of who is served?" together with the crude rate, and
//! depends on the standard, which must be printed with it: one site, the other,
//! both pooled, or the community in question.
//!
//! # Assumptions
//!
//! The events of a stratum are Poisson with a mean in proportion to its people
//! or its time at risk; people and time are known. Rates, not shares: where an
//! event is common and can happen to a person once, the Poisson variance is too
//! large and the interval on the safe side.
//!
//! # Method
//!
//! With x_i events in n_i people or time, w_i the share of stratum i in the
//! standard, rate y = Σ w_i x_i/n_i, variance v = Σ w_i² x_i/n_i², and
//! w = max w_i/n_i, the limits are gamma quantiles of mean y and variance v, for
//! the upper one with one more event in the stratum where it weighs most:
//!
//! ```text
//! lower  G(α/2; y²/v) v/y
//! upper  G(1 - α/2; (y + w)²/(v + w²)) (v + w²)/(y + w)
//! ```
//!
//! with G(p; a) the quantile of the gamma distribution of shape a. For a single
//! stratum this is Garwood's exact interval. The lower limit is 0 where there
//! are no events.
//!
//! # Small samples
//!
//! Coverage was at least nominal in all simulations of the source. A thin
//! stratum with a large share of the standard makes the interval wide, and
//! rightly so.
//!
//! # Refusals
//!
//! `empty_stratum`: a stratum of the standard in which the site has nobody; its
//! rate there is unknown. Also `lengths_differ`, `empty`, `not_finite`,
//! `negative_population`, `zero_denominator`, `level_out_of_range`,
//! `interval_not_finite`.
//!
//! # Source
//!
//! Fay MP, Feuer EJ (1997). Confidence intervals for directly standardized
//! rates: a method based on the gamma distribution. Statistics in Medicine
//! 16:791-801.

use super::risk_table::{empty, lengths_differ};
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::special::{gamma_quantile, gamma_quantile_upper};
use crate::sum::Sum;
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "standardised.direct.fay_feuer";

/// A directly standardised rate with its gamma interval.
///
/// `events` and `population` hold for each stratum the events and the people or
/// the time at risk; `standard` the size of the stratum in the standard
/// population, on any scale. The estimate is in events for one unit of
/// `population`; its standard error is the root of v; `n` is the number of
/// events.
///
/// # Refusals
///
/// * `lengths_differ`, `empty`: the slices differ in length, or hold no stratum.
/// * `not_finite`, `negative_population`: a size is no number, or below zero.
/// * `zero_denominator`: the standard has nobody.
/// * `empty_stratum`: the site has nobody in a stratum that the standard has.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
///
/// # Warnings
///
/// * `no_events`: no events in any stratum, so that only the upper limit says
///   anything.
pub fn standardised_rate(events: &[u64], population: &[f64], standard: &[f64], level: f64) -> Outcome {
    check_level(level)?;
    check_strata(events, population)?;
    if standard.len() != events.len() {
        return Err(lengths_differ());
    }
    check_sizes(standard)?;
    let total = crate::sum::sum(standard);
    if total <= 0.0 {
        return Err(Refusal::zero_denominator());
    }
    if standard.iter().zip(population).any(|(&standard, &population)| standard > 0.0 && population == 0.0) {
        return Err(empty_stratum());
    }
    let (mut rate, mut variance, mut largest) = (Sum::new(), Sum::new(), 0.0_f64);
    for ((&events, &population), &standard) in events.iter().zip(population).zip(standard) {
        if standard == 0.0 {
            continue;
        }
        let weight = standard / total / population;
        let events = events as f64;
        rate.add(weight * events);
        variance.add(weight * (weight * events));
        largest = largest.max(weight);
    }
    let (rate, variance) = (rate.value(), variance.value());
    // A quantile of mean m and variance s.
    let quantile = |of: fn(f64, f64) -> f64, mean: f64, spread: f64| {
        let scale = spread / mean;
        of(0.5 * (1.0 - level), mean / scale) * scale
    };
    let lower = if rate == 0.0 { 0.0 } else { quantile(gamma_quantile, rate, variance) };
    let upper = quantile(gamma_quantile_upper, rate + largest, variance + largest * largest);
    let mut warnings = Vec::new();
    if rate == 0.0 {
        warnings.push(Warning::new(
            "no_events",
            "there are no events in any stratum, so only the upper limit says anything",
        ));
    }
    if !(rate.is_finite() && variance.is_finite()) {
        return Err(Refusal::not_finite("the rate or its variance"));
    }
    Ok(Estimate {
        std_error: (rate > 0.0).then(|| variance.sqrt()),
        interval: Some(finite_interval(lower, upper, level)?),
        warnings,
        ..Estimate::point(rate, events.iter().fold(0, |sum, &events| sum.saturating_add(events)), METHOD)
    })
}

/// The crude rate Σ events / Σ population, to be printed beside the
/// standardised one.
///
/// # Refusals
///
/// * `lengths_differ`, `empty`, `not_finite`, `negative_population`.
/// * `zero_denominator`: nobody in any stratum.
pub fn crude_rate(events: &[u64], population: &[f64]) -> Result<f64, Refusal> {
    check_strata(events, population)?;
    let total = crate::sum::sum(population);
    if total <= 0.0 {
        return Err(Refusal::zero_denominator());
    }
    let rate = events.iter().map(|&events| events as f64).collect::<Sum>().value() / total;
    if rate.is_finite() { Ok(rate) } else { Err(Refusal::not_finite("the rate")) }
}

fn check_strata(events: &[u64], population: &[f64]) -> Result<(), Refusal> {
    if events.len() != population.len() {
        return Err(lengths_differ());
    }
    if events.is_empty() {
        return Err(empty());
    }
    check_sizes(population)?;
    // Events without people to have them are not a rate of zero.
    if events.iter().zip(population).any(|(&events, &population)| events > 0 && population == 0.0) {
        return Err(empty_stratum());
    }
    Ok(())
}

fn check_sizes(sizes: &[f64]) -> Result<(), Refusal> {
    if !sizes.iter().all(|size| size.is_finite()) || !crate::sum::sum(sizes).is_finite() {
        return Err(Refusal::not_finite("the size of a stratum"));
    }
    if sizes.iter().any(|&size| size < 0.0) {
        return Err(Refusal::new(
            "negative_population",
            "the size of a stratum is below zero",
            "check how people or time were counted",
        ));
    }
    Ok(())
}

pub(super) fn empty_stratum() -> Refusal {
    Refusal::new(
        "empty_stratum",
        "a stratum has nobody on one side, so the rate in it is unknown",
        "join strata until each has people on every side",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn standardised_rate_by_hand() {
        // Rates 1/10 and 4/20, standard 3 to 1: 0.075 + 0.05.
        let found = standardised_rate(&[1, 4], &[10.0, 20.0], &[300.0, 100.0], 0.95).expect("an estimate");
        assert!((found.value - 0.125).abs() < 1e-16);
        let variance: f64 = 0.075 * 0.075 + 4.0 * (0.25 / 20.0) * (0.25 / 20.0);
        assert!((found.std_error.expect("an error") - variance.sqrt()).abs() < 1e-16);
        assert_eq!((found.n, found.method), (5, METHOD));
        assert_eq!(crude_rate(&[1, 4], &[10.0, 20.0]), Ok(5.0 / 30.0));
        // With its own population as the standard it is the crude rate.
        let own = standardised_rate(&[1, 4], &[10.0, 20.0], &[10.0, 20.0], 0.95).expect("an estimate");
        assert!((own.value - 5.0 / 30.0).abs() < 1e-16);
    }

    #[test]
    fn standardised_rate_of_one_stratum_is_garwoods() {
        let one = standardised_rate(&[7], &[2.0], &[5.0], 0.9).expect("an estimate");
        let limits = one.interval.expect("limits");
        assert!((limits.lower - gamma_quantile(0.05, 7.0) / 2.0).abs() < 1e-13);
        assert!((limits.upper - gamma_quantile(0.95, 8.0) / 2.0).abs() < 1e-13);
        let none = standardised_rate(&[0], &[2.0], &[5.0], 0.9).expect("an estimate");
        let limits = none.interval.expect("limits");
        assert_eq!((none.value, none.std_error, limits.lower), (0.0, None, 0.0));
        assert!((limits.upper + libm::log(0.05) / 2.0).abs() < 1e-13);
        assert_eq!(none.warnings[0].code, "no_events");
    }

    #[test]
    fn standardised_rate_does_not_depend_on_the_order_or_the_scale_of_the_standard() {
        let events = [3, 0, 12, 5];
        let (population, standard) = ([100.0, 7.0, 321.0, 55.0], [0.1, 0.3, 0.2, 0.4]);
        let found = standardised_rate(&events, &population, &standard, 0.95).expect("an estimate");
        let turned =
            standardised_rate(&[5, 12, 0, 3], &[55.0, 321.0, 7.0, 100.0], &[0.4, 0.2, 0.3, 0.1], 0.95);
        assert_eq!(turned, Ok(found.clone()));
        let scaled = standard.map(|size| 1024.0 * size);
        assert_eq!(standardised_rate(&events, &population, &scaled, 0.95), Ok(found));
    }

    #[test]
    fn standardised_rate_refuses() {
        let refused = |events: &[u64], population: &[f64], standard: &[f64]| {
            code(standardised_rate(events, population, standard, 0.95))
        };
        assert_eq!(refused(&[], &[], &[]), Some("empty"));
        assert_eq!(refused(&[1], &[], &[1.0]), Some("lengths_differ"));
        assert_eq!(refused(&[1], &[1.0], &[]), Some("lengths_differ"));
        assert_eq!(refused(&[1, 0], &[1.0, 0.0], &[1.0, 1.0]), Some("empty_stratum"));
        assert_eq!(refused(&[1, 1], &[1.0, 0.0], &[1.0, 0.0]), Some("empty_stratum"));
        assert_eq!(refused(&[1, 0], &[1.0, 0.0], &[1.0, 0.0]), None);
        assert_eq!(refused(&[1], &[1.0], &[0.0]), Some("zero_denominator"));
        assert_eq!(refused(&[1], &[-1.0], &[1.0]), Some("negative_population"));
        assert_eq!(refused(&[1], &[f64::NAN], &[1.0]), Some("not_finite"));
        assert_eq!(refused(&[1, 1], &[1.0, 1.0], &[f64::MAX, f64::MAX]), Some("not_finite"));
        assert_eq!(code(standardised_rate(&[1], &[1.0], &[1.0], 1.0)), Some("level_out_of_range"));
        assert_eq!(code(crude_rate(&[0], &[0.0])), Some("zero_denominator"));
        // Never a number that is none, however small or large.
        for population in [5e-324, 1e-300, 1e300, f64::MAX] {
            for events in [0, 1, u64::MAX] {
                if let Ok(found) = standardised_rate(&[events], &[population], &[1.0], 0.95) {
                    let limits = found.interval.expect("limits");
                    assert!(found.value.is_finite() && limits.lower.is_finite() && limits.upper.is_finite());
                }
            }
        }
    }
}
