//! A rate of events: `poisson.garwood`, `poisson.mid_p`, `poisson.byar`.
//!
//! # Estimand
//!
//! λ, the expected number of events for one unit of exposure: workshops for
//! each volunteer-month.
//!
//! # Assumptions
//!
//! The number of events follows a Poisson distribution: events come one by one,
//! independently, at one rate. Where volunteers or months differ among
//! themselves the counts spread more than that and every interval here is too
//! narrow; [`dispersion`] measures it. Clustered events need the clustered
//! ratio ([`ratio_linearised`](super::ratio_linearised)).
//!
//! # Method
//!
//! With x events in exposure T and α = 1 - level, for the expected number λT:
//!
//! ```text
//! garwood  lower: α/2 quantile of Gamma(x),   upper: upper α/2 of Gamma(x + 1)
//! mid_p    P(X > x) + ½ P(X = x) = α/2,       P(X < x) + ½ P(X = x) = α/2
//! byar     x (1 - 1/(9x) - z/(3 sqrt x))³,    the same with x + 1 and plus z
//! ```
//!
//! each divided by T; the lower limit is 0 at x = 0.
//!
//! # Small samples
//!
//! Garwood's interval is exact: coverage is never below nominal. With no
//! events in T its upper limit at 95% is 3.69/T. The mid-p interval is shorter
//! and close to nominal on average. Byar's is a closed form close to
//! Garwood's, good from about five events on.
//!
//! # Refusals
//!
//! `level_out_of_range`, `exposure_not_positive`, `not_finite`,
//! `too_many_units`, `interval_not_finite`; for rows also `lengths_differ` and
//! `empty`, for the dispersion also `too_few_units` and `zero_numerator`.
//!
//! # Source
//!
//! Garwood F (1936). Fiducial limits for the Poisson distribution. Biometrika
//! 28:437-442. Rothman KJ, Boice JD (1979). Epidemiologic analysis with a
//! programmable calculator. NIH Publication 79-1649. Cohen GR, Yang SY (1994).
//! Mid-P confidence intervals for the Poisson expectation. Statistics in
//! Medicine 13:2189-2203. McCullagh P, Nelder JA (1989). Generalized linear
//! models, 2nd edition, section 6.2. Chapman and Hall.

use super::counts::check_exact;
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::root::bracketed;
use crate::special::{gamma_p, gamma_q, gamma_quantile, gamma_quantile_upper, normal_critical};
use crate::sum::Sum;
use crate::thresholds::OVERDISPERSION;
use crate::warning::Warning;

/// The id of Garwood's exact interval.
pub const METHOD: &str = "poisson.garwood";

/// The id of the mid-p interval.
pub const METHOD_MID_P: &str = "poisson.mid_p";

/// The id of Byar's interval.
pub const METHOD_BYAR: &str = "poisson.byar";

/// Pearson's dispersion of counts about a common rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersion {
    /// φ: 1 for Poisson counts on average, larger where rows differ.
    pub phi: f64,
    /// Degrees of freedom, rows with exposure less one.
    pub df: u64,
}

/// A rate with Garwood's exact interval, the default.
///
/// `events` in `exposure` units of time or effort, above zero; `level` is a
/// share. The estimate is events/exposure, `n` the number of events. There is
/// no standard error, statistic or p-value. See the [module](self).
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `not_finite`: the exposure is missing or infinite.
/// * `exposure_not_positive`: the exposure is zero or negative.
/// * `too_many_units`: more than a thousand million events.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn rate_poisson(events: u64, exposure: f64, level: f64) -> Outcome {
    rate(events, exposure, level, METHOD, |x, tail| {
        let lower = if x == 0.0 { 0.0 } else { gamma_quantile(tail, x) };
        (lower, gamma_quantile_upper(tail, x + 1.0))
    })
}

/// A rate with its mid-p interval.
///
/// As [`rate_poisson`], with the same refusals.
pub fn rate_poisson_mid_p(events: u64, exposure: f64, level: f64) -> Outcome {
    rate(events, exposure, level, METHOD_MID_P, |x, tail| {
        if x == 0.0 {
            return (0.0, -libm::log(2.0 * tail));
        }
        // P(X >= x) and P(X > x) enclose the mid-p tail, and likewise below.
        let lower = |mean: f64| 0.5 * (gamma_p(x, mean) + gamma_p(x + 1.0, mean)) - tail;
        let upper = |mean: f64| 0.5 * (gamma_q(x, mean) + gamma_q(x + 1.0, mean)) - tail;
        let ends = (gamma_quantile(tail, x), gamma_quantile(tail, x + 1.0));
        let tops = (gamma_quantile_upper(tail, x), gamma_quantile_upper(tail, x + 1.0));
        (
            bracketed(lower, ends.0, ends.1, 0.0).unwrap_or(ends.0),
            bracketed(upper, tops.0, tops.1, 0.0).unwrap_or(tops.1),
        )
    })
}

/// A rate with Byar's interval.
///
/// As [`rate_poisson`], with the same refusals; for comparison with published
/// figures.
pub fn rate_poisson_byar(events: u64, exposure: f64, level: f64) -> Outcome {
    let z = normal_critical(level);
    rate(events, exposure, level, METHOD_BYAR, |x, _| {
        let cube = |x: f64, z: f64| {
            let root = (1.0 - 1.0 / (9.0 * x) + z / (3.0 * x.sqrt())).max(0.0);
            x * root * root * root
        };
        (if x == 0.0 { 0.0 } else { cube(x, -z) }, cube(x + 1.0, z))
    })
}

/// A rate from rows, with Garwood's exact interval and a look at the spread of
/// the rows.
///
/// `events` and `exposure` hold one value a row (a volunteer, a month), of the
/// same length. Events and exposures are summed; the warning `overdispersed`
/// is given where Pearson's φ of two or more rows exceeds 1.5.
///
/// # Refusals
///
/// Those of [`rate_poisson`] for the sums, and
///
/// * `lengths_differ`: the slices differ in length.
/// * `empty`: no rows.
/// * `not_finite`: an exposure is missing or infinite.
/// * `exposure_not_positive`: an exposure is negative, or a row has events
///   and no exposure.
pub fn rate_poisson_rows(events: &[u64], exposure: &[f64], level: f64) -> Outcome {
    check_level(level)?;
    let (total, time) = totals(events, exposure)?;
    let mut found = rate_poisson(total, time, level)?;
    if let Ok(spread) = dispersion(events, exposure)
        && spread.phi > OVERDISPERSION
    {
        found.warnings.push(Warning::new(
            "overdispersed",
            "the counts vary more between rows than independent events would, so the interval is too narrow; \
             the clustered ratio allows for it",
        ));
    }
    Ok(found)
}

/// Pearson's dispersion of the counts of rows about their common rate:
/// Σ (x - λT)²/(λT) / (rows - 1), over the rows with exposure.
///
/// # Refusals
///
/// * `lengths_differ`, `empty`, `not_finite`, `exposure_not_positive`,
///   `too_many_units`, as [`rate_poisson_rows`].
/// * `too_few_units`: fewer than two rows have exposure.
/// * `zero_numerator`: there are no events.
pub fn dispersion(events: &[u64], exposure: &[f64]) -> Result<Dispersion, Refusal> {
    let (total, time) = totals(events, exposure)?;
    let rows = exposure.iter().filter(|exposure| **exposure > 0.0).count();
    if rows < 2 {
        return Err(Refusal::new(
            "too_few_units",
            "fewer than two rows have exposure, so the counts cannot vary between rows",
            "report the rate of the row",
        ));
    }
    if total == 0 {
        return Err(Refusal::new(
            "zero_numerator",
            "there are no events, so the counts do not vary",
            "report the rate as zero with its upper limit",
        ));
    }
    let rate = total as f64 / time;
    let pearson: Sum = events
        .iter()
        .zip(exposure)
        .filter(|(_, exposure)| **exposure > 0.0)
        .map(|(events, exposure)| {
            let expected = rate * exposure;
            let above = *events as f64 - expected;
            above * above / expected
        })
        .collect();
    let df = rows as u64 - 1;
    let phi = pearson.value() / df as f64;
    if !phi.is_finite() {
        return Err(Refusal::not_finite("the dispersion"));
    }
    Ok(Dispersion { phi, df })
}

fn totals(events: &[u64], exposure: &[f64]) -> Result<(u64, f64), Refusal> {
    if events.len() != exposure.len() {
        return Err(Refusal::new(
            "lengths_differ",
            "the columns differ in length, so the values of a row cannot be matched",
            "take all columns from the same rows",
        ));
    }
    if events.is_empty() {
        return Err(Refusal::new(
            "empty",
            "there are no rows to estimate from",
            "report that nothing was observed; a missing value is not a zero",
        ));
    }
    if exposure.iter().any(|exposure| !exposure.is_finite()) {
        return Err(Refusal::not_finite("an exposure"));
    }
    let bad = |(events, exposure): (&u64, &f64)| *exposure < 0.0 || (*exposure == 0.0 && *events > 0);
    if events.iter().zip(exposure).any(bad) {
        return Err(exposure_not_positive());
    }
    let total = events.iter().fold(0_u64, |total, events| total.saturating_add(*events));
    check_exact(total)?;
    Ok((total, exposure.iter().copied().collect::<Sum>().value()))
}

/// Refuses an exposure that no rate can be taken over.
pub(super) fn check_exposure(exposure: f64) -> Result<(), Refusal> {
    if !exposure.is_finite() {
        return Err(Refusal::not_finite("an exposure"));
    }
    if exposure > 0.0 { Ok(()) } else { Err(exposure_not_positive()) }
}

fn exposure_not_positive() -> Refusal {
    Refusal::new(
        "exposure_not_positive",
        "an exposure is zero or negative, so there is no rate over it",
        "check how the time or effort was measured, and leave out rows that were not observed",
    )
}

fn rate(
    events: u64,
    exposure: f64,
    level: f64,
    method: &'static str,
    limits: impl Fn(f64, f64) -> (f64, f64),
) -> Outcome {
    check_level(level)?;
    check_exposure(exposure)?;
    check_exact(events)?;
    let (lower, upper) = limits(events as f64, 0.5 * (1.0 - level));
    let interval = finite_interval(lower / exposure, upper / exposure, level)?;
    Ok(Estimate { interval: Some(interval), ..Estimate::point(events as f64 / exposure, events, method) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::poisson_mass;

    type Method = fn(u64, f64, f64) -> Outcome;

    const METHODS: [Method; 3] = [rate_poisson, rate_poisson_mid_p, rate_poisson_byar];

    fn limits(outcome: Outcome) -> (f64, f64) {
        let interval = outcome.expect("an estimate").interval.expect("an interval");
        (interval.lower, interval.upper)
    }

    #[test]
    fn rate_limits_have_their_tails() {
        for x in [0, 1, 6, 40, 1000] {
            let (lower, upper) = limits(rate_poisson(x, 1.0, 0.9));
            let below = |mean: f64, to: u64| (0..to).map(|k| poisson_mass(k, mean)).sum::<f64>();
            assert!((below(upper, x + 1) - 0.05).abs() < 1e-12, "{x}");
            if x > 0 {
                assert!((1.0 - below(lower, x) - 0.05).abs() < 1e-12, "{x}");
            }
            let (lower, upper) = limits(rate_poisson_mid_p(x, 1.0, 0.9));
            assert!((below(upper, x) + 0.5 * poisson_mass(x, upper) - 0.05).abs() < 1e-12, "{x}");
            if x > 0 {
                let tail = 1.0 - below(lower, x + 1) + 0.5 * poisson_mass(x, lower);
                assert!((tail - 0.05).abs() < 1e-12, "{x}");
            }
        }
        assert!((limits(rate_poisson(0, 10.0, 0.95)).1 + libm::log(0.025) / 10.0).abs() < 1e-15);
    }

    #[test]
    fn rate_coverage_of_garwood_is_never_below_nominal() {
        let intervals: Vec<(f64, f64)> = (0..120).map(|x| limits(rate_poisson(x, 1.0, 0.95))).collect();
        for step in 1..600 {
            let mean = f64::from(step) / 10.0;
            let covered: f64 = (0..120)
                .zip(&intervals)
                .filter(|(_, (lower, upper))| *lower <= mean && mean <= *upper)
                .map(|(x, _)| poisson_mass(x, mean))
                .sum();
            assert!(covered >= 0.95 - 1e-9, "{mean}: {covered}");
        }
    }

    #[test]
    fn rate_scales_with_the_exposure() {
        for method in METHODS {
            for x in [0, 3, 1_000_000] {
                let (one, other) = (limits(method(x, 1.0, 0.95)), limits(method(x, 8.0, 0.95)));
                assert_eq!((one.0 / 8.0, one.1 / 8.0), other);
                let found = method(x, 8.0, 0.95).expect("an estimate");
                assert!(found.interval.is_some_and(|i| i.contains(found.value) && i.width() > 0.0));
            }
        }
    }

    #[test]
    fn rate_refuses() {
        for method in METHODS {
            let code = |x, t, level| method(x, t, level).err().map(|refusal| refusal.code);
            assert_eq!(code(3, 0.0, 0.95), Some("exposure_not_positive"));
            assert_eq!(code(3, -1.0, 0.95), Some("exposure_not_positive"));
            assert_eq!(code(3, f64::NAN, 0.95), Some("not_finite"));
            assert_eq!(code(3, f64::INFINITY, 0.95), Some("not_finite"));
            assert_eq!(code(3, 1.0, 1.0), Some("level_out_of_range"));
            assert_eq!(code(3, 1.0, f64::NAN), Some("level_out_of_range"));
            assert_eq!(code(u64::MAX, 1.0, 0.95), Some("too_many_units"));
            assert_eq!(code(3, 1e-310, 0.95), Some("interval_not_finite"));
        }
    }

    #[test]
    fn rate_of_rows_sees_overdispersion() {
        let exposure = [1.0, 2.0, 1.0, 0.0, 4.0];
        let even = rate_poisson_rows(&[3, 6, 3, 0, 12], &exposure, 0.95).expect("an estimate");
        assert_eq!(even.warnings, []);
        assert_eq!(dispersion(&[3, 6, 3, 0, 12], &exposure), Ok(Dispersion { phi: 0.0, df: 3 }));
        let uneven = rate_poisson_rows(&[12, 0, 12, 0, 0], &exposure, 0.95).expect("an estimate");
        assert_eq!(uneven.warnings.first().map(|warning| warning.code), Some("overdispersed"));
        assert_eq!((uneven.value, uneven.interval), (even.value, even.interval));
        // Expected 3 6 3 12: 81/3 + 36/6 + 81/3 + 144/12 = 72, over 3.
        assert_eq!(dispersion(&[12, 0, 12, 0, 0], &exposure), Ok(Dispersion { phi: 24.0, df: 3 }));
        let code = |found: Result<Dispersion, Refusal>| found.err().map(|refusal| refusal.code);
        assert_eq!(code(dispersion(&[1], &[1.0])), Some("too_few_units"));
        assert_eq!(code(dispersion(&[0, 0], &[1.0, 1.0])), Some("zero_numerator"));
        assert_eq!(code(dispersion(&[0], &[1.0, 1.0])), Some("lengths_differ"));
        assert_eq!(code(dispersion(&[], &[])), Some("empty"));
        assert_eq!(code(dispersion(&[1, 1], &[1.0, f64::NAN])), Some("not_finite"));
        assert_eq!(code(dispersion(&[1, 1], &[1.0, 0.0])), Some("exposure_not_positive"));
        assert_eq!(code(dispersion(&[u64::MAX, 1], &[1.0, 1.0])), Some("too_many_units"));
        let code = |events: &[u64], exposure: &[f64]| {
            rate_poisson_rows(events, exposure, 0.95).err().map(|refusal| refusal.code)
        };
        assert_eq!(code(&[0, 0], &[0.0, 0.0]), Some("exposure_not_positive"));
        assert_eq!(code(&[0, 0], &[1e308, 1e308]), Some("not_finite"));
    }
}
