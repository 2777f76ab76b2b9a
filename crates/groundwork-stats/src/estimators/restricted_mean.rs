//! The mean time within a stated horizon: `rmst.greenwood`,
//! `rmst.difference` and `rmst.ratio.log`.
//!
//! # Estimand
//!
//! E[min(T, τ)], the mean time without the event among the first τ units of
//! time: of the first 24 months, how many pass on average before
//! registration. For two groups the difference of the two means (in units of
//! time) and their ratio. Unlike a hazard ratio they need no proportional
//! hazards and read in months.
//!
//! # Assumptions
//!
//! Those of the survival curve ([`kaplan_meier`](super::kaplan_meier)); for two
//! groups, that they are independent of each other. The horizon τ is stated
//! before the data are seen. In a table that goes on from a later time
//! ([`RiskTable::after`]) the mean is that of the time after it, up to τ on the
//! same clock.
//!
//! # Method
//!
//! The area under the curve from the origin to τ, and with A(t) the area from t
//! to τ the Greenwood-type variance
//!
//! ```text
//! v = Σ A(t)² d / (n (n - d))
//! ```
//!
//! over event times up to τ; a term with n = d is left out, its area being
//! zero. For groups 1 and 2,
//!
//! ```text
//! rmst.difference   m1 - m2 ± z sqrt(v1 + v2)
//! rmst.ratio.log    (m1/m2) exp(± z sqrt(v1/m1² + v2/m2²))
//! ```
//!
//! with two-sided normal p-values for a difference of 0 and a ratio of 1. The
//! standard error of the ratio is given on the scale of the ratio.
//!
//! # Small samples
//!
//! The variance is biased downwards: n = d drops out at the last event, and
//! below about 20 events a group the intervals are too narrow (Horiguchi and
//! Uno 2020). There is no correction.
//!
//! # Refusals
//!
//! `tau_beyond_followup`: τ lies after the last time in a group whose curve had
//! not come down to zero. A curve is never drawn out. Also `competing_events`,
//! `risk_set_lt_5` (delayed entry), `level_out_of_range`, `tau_out_of_range`,
//! `no_events` (for a contrast: a group without an event before τ, or without
//! any spread), `interval_not_finite`.
//!
//! # Source
//!
//! Royston P, Parmar MKB (2013). Restricted mean survival time: an alternative
//! to the hazard ratio for the design and analysis of randomized trials with a
//! time-to-event outcome. BMC Medical Research Methodology 13:152. Uno H et al.
//! (2014). Moving beyond the hazard ratio in quantifying the between-group
//! difference in survival analysis. Journal of Clinical Oncology 32:2380-2385.
//! Horiguchi M, Uno H (2020). On permutation tests for comparing restricted
//! mean survival time with small sample from randomized trials. Statistics in
//! Medicine 39:2655-2670.

use super::kaplan_meier::curve;
use super::risk_table::{RiskTable, Running};
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::special::{normal_critical, normal_two_sided_p};
use crate::warning::Warning;

/// The id of the method for one group.
pub const METHOD: &str = "rmst.greenwood";

/// The id of the method for a difference of two groups.
pub const METHOD_DIFFERENCE: &str = "rmst.difference";

/// The id of the method for a ratio of two groups.
pub const METHOD_RATIO: &str = "rmst.ratio.log";

/// The area under a curve and its variance.
struct Area {
    mean: f64,
    variance: f64,
}

/// The mean time without the event up to `tau`, for one group.
///
/// `tau` is on the clock of the table, `level` a share. The estimate, its
/// standard error and its limits are in units of time.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `tau_out_of_range`: the horizon is no number or not after the origin.
/// * `tau_beyond_followup`: it lies after the last time, and the curve had not
///   come down to zero.
/// * `competing_events`, `risk_set_lt_5`: see the [module](self).
/// * `not_finite`, `interval_not_finite`: times too large to square.
///
/// # Warnings
///
/// * `no_events`: no event before the horizon, so that there are no limits.
pub fn restricted_mean(table: &RiskTable, tau: f64, level: f64) -> Outcome {
    check_level(level)?;
    let area = area(table, tau)?;
    let mut estimate = Estimate::point(area.mean, table.n(), METHOD);
    if area.variance > 0.0 {
        let error = area.variance.sqrt();
        let reach = normal_critical(level) * error;
        estimate.std_error = Some(error);
        estimate.interval = Some(finite_interval(area.mean - reach, area.mean + reach, level)?);
    } else {
        estimate.warnings.push(Warning::new(
            "no_events",
            "the times up to the horizon do not vary, so the spread is unknown and there are no limits",
        ));
    }
    Ok(estimate)
}

/// The restricted mean of the first group minus that of the second.
///
/// In units of time; the statistic and its two-sided p-value are against a
/// difference of zero.
///
/// # Refusals
///
/// Those of [`restricted_mean`] for either group, and `no_events` where the
/// times of a group do not vary up to `tau`.
pub fn restricted_mean_difference(first: &RiskTable, second: &RiskTable, tau: f64, level: f64) -> Outcome {
    check_level(level)?;
    let (one, other) = areas(first, second, tau)?;
    let value = one.mean - other.mean;
    let error = (one.variance + other.variance).sqrt();
    let reach = normal_critical(level) * error;
    let statistic = value / error;
    Ok(Estimate {
        std_error: Some(error),
        interval: Some(finite_interval(value - reach, value + reach, level)?),
        statistic: Some(statistic),
        p_value: Some(normal_two_sided_p(statistic)),
        ..Estimate::point(value, first.n() + second.n(), METHOD_DIFFERENCE)
    })
}

/// The restricted mean of the first group over that of the second.
///
/// The statistic and its two-sided p-value are against a ratio of one, on the
/// log scale; the standard error is that of the ratio.
///
/// # Refusals
///
/// Those of [`restricted_mean_difference`], and `zero_denominator` where a mean
/// is zero.
pub fn restricted_mean_ratio(first: &RiskTable, second: &RiskTable, tau: f64, level: f64) -> Outcome {
    check_level(level)?;
    let (one, other) = areas(first, second, tau)?;
    if one.mean <= 0.0 || other.mean <= 0.0 {
        return Err(Refusal::zero_denominator());
    }
    let value = one.mean / other.mean;
    let relative = |area: &Area| area.variance / area.mean / area.mean;
    let error = (relative(&one) + relative(&other)).sqrt();
    let reach = normal_critical(level) * error;
    let statistic = libm::log(value) / error;
    if !statistic.is_finite() {
        return Err(Refusal::not_finite("the ratio"));
    }
    Ok(Estimate {
        std_error: Some(value * error),
        interval: Some(finite_interval(value * libm::exp(-reach), value * libm::exp(reach), level)?),
        statistic: Some(statistic),
        p_value: Some(normal_two_sided_p(statistic)),
        ..Estimate::point(value, first.n() + second.n(), METHOD_RATIO)
    })
}

/// The latest horizon that every one of several groups allows; nothing where
/// all curves come down to zero, and any horizon will do, or there is no group.
pub fn latest_tau(groups: &[RiskTable]) -> Option<f64> {
    groups.iter().filter(|table| !ends(table)).map(RiskTable::last_time).min_by(f64::total_cmp)
}

/// Whether the curve comes down to zero: somebody has the event and nobody is
/// left at risk or censored, at some time.
fn ends(table: &RiskTable) -> bool {
    table.steps().any(|(events, at_risk)| events > 0 && events == at_risk)
}

fn areas(first: &RiskTable, second: &RiskTable, tau: f64) -> Result<(Area, Area), Refusal> {
    let (one, other) = (area(first, tau)?, area(second, tau)?);
    if one.variance > 0.0 && other.variance > 0.0 {
        return Ok((one, other));
    }
    Err(Refusal::new(
        "no_events",
        "the times of a group do not vary up to the horizon, so its spread is unknown",
        "state a later horizon, or report both means without a contrast",
    ))
}

fn area(table: &RiskTable, tau: f64) -> Result<Area, Refusal> {
    if !(tau.is_finite() && tau > table.origin()) {
        return Err(Refusal::new(
            "tau_out_of_range",
            "the horizon is not a time after the origin of the clock",
            "state a horizon in the units of the times",
        ));
    }
    table.check_one_cause()?;
    table.check_start()?;
    if tau > table.last_time() && !ends(table) {
        return Err(Refusal::new(
            "tau_beyond_followup",
            "the horizon lies after the last time anybody of a group was observed, and its curve had not come down to zero",
            "state a horizon within the shorter follow-up",
        ));
    }
    let survival = curve(table).survival;
    let events = table.time().partition_point(|&time| time <= tau);
    // From the horizon backwards: the area that is left, and what each event
    // adds to the variance.
    let (mut left, mut variance) = (Running::default(), Running::default());
    let mut to = tau;
    let steps: Vec<(u64, u64)> = table.steps().take(events).collect();
    for (row, &(events, at_risk)) in steps.iter().enumerate().rev() {
        if events == 0 {
            continue;
        }
        let from = table.time()[row];
        left.add(survival[row] * (to - from));
        to = from;
        if events < at_risk {
            let (events, at_risk) = (events as f64, at_risk as f64);
            let area = left.value();
            variance.add(area * (area * (events / (at_risk * (at_risk - events)))));
        }
    }
    left.add(to - table.origin());
    let area = Area { mean: left.value(), variance: variance.value() };
    if area.mean.is_finite() && area.variance.is_finite() {
        Ok(area)
    } else {
        Err(Refusal::not_finite("the area under the curve or its variance"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn table(time: &[f64], event: &[u8]) -> RiskTable {
        RiskTable::from_rows(time, event, 1, None).expect("a table")
    }

    #[test]
    fn restricted_mean_by_hand() {
        // S: 3/4 from 1, 1/2 from 2 (one censored at 3, one at 4); τ = 3.
        let table = table(&[1.0, 2.0, 3.0, 4.0], &[1, 1, 0, 0]);
        let found = restricted_mean(&table, 3.0, 0.95).expect("an estimate");
        assert_eq!(found.value, 1.0 + 0.75 + 0.5);
        // Areas after the events: 5/4 and 1/2; 1/(4 3) and 1/(3 2).
        let variance: f64 = 25.0 / 16.0 / 12.0 + 0.25 / 6.0;
        assert!((found.std_error.expect("an error") - variance.sqrt()).abs() < 1e-15);
        assert_eq!((found.n, found.method), (4, METHOD));
    }

    #[test]
    fn restricted_mean_keeps_to_the_followup() {
        let open = table(&[1.0, 2.0, 3.0], &[1, 1, 0]);
        let closed = table(&[1.0, 2.0, 2.5], &[1, 0, 1]);
        assert!(restricted_mean(&open, 3.0, 0.95).is_ok());
        assert_eq!(code(restricted_mean(&open, 3.1, 0.95)), Some("tau_beyond_followup"));
        // A curve that came down to zero adds nothing any more.
        let (near, far) = (restricted_mean(&closed, 2.5, 0.95), restricted_mean(&closed, 100.0, 0.95));
        assert_eq!(near, far);
        assert_eq!(code(restricted_mean_difference(&open, &closed, 3.1, 0.95)), Some("tau_beyond_followup"));
        // The last time an event, but somebody censored at it: still open.
        let tied = table(&[1.0, 2.0, 2.0], &[1, 1, 0]);
        assert_eq!(code(restricted_mean(&tied, 2.1, 0.95)), Some("tau_beyond_followup"));
        assert_eq!(latest_tau(&[open.clone(), closed.clone(), tied]), Some(2.0));
        assert_eq!(latest_tau(&[closed]), None);
        for tau in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(code(restricted_mean(&open, tau, 0.95)), Some("tau_out_of_range"));
        }
    }

    #[test]
    fn restricted_mean_without_an_event_has_no_limits() {
        let quiet = table(&[5.0, 6.0], &[0, 0]);
        let found = restricted_mean(&quiet, 5.0, 0.95).expect("an estimate");
        assert_eq!((found.value, found.std_error, found.interval), (5.0, None, None));
        assert_eq!(found.warnings[0].code, "no_events");
        let other = table(&[1.0, 6.0], &[1, 0]);
        assert_eq!(code(restricted_mean_difference(&quiet, &other, 5.0, 0.95)), Some("no_events"));
        assert_eq!(code(restricted_mean_ratio(&other, &quiet, 5.0, 0.95)), Some("no_events"));
    }

    #[test]
    fn restricted_mean_refuses() {
        let one = table(&[1.0, 2.0, 3.0], &[1, 1, 0]);
        assert_eq!(code(restricted_mean(&one, 2.0, 0.0)), Some("level_out_of_range"));
        let kinds = RiskTable::from_rows(&[1.0, 2.0], &[1, 2], 2, None).expect("a table");
        assert_eq!(code(restricted_mean(&kinds, 1.0, 0.95)), Some("competing_events"));
        let late = RiskTable::from_rows(&[2.0, 9.0], &[1, 1], 1, Some(&[0.0, 1.0])).expect("a table");
        assert_eq!(code(restricted_mean(&late, 5.0, 0.95)), Some("risk_set_lt_5"));
        let huge = table(&[1e300, 1.5e300, 1.7e300], &[1, 1, 1]);
        assert_eq!(code(restricted_mean(&huge, 1.7e300, 0.95)), Some("not_finite"));
    }

    #[test]
    fn restricted_mean_goes_on_from_a_later_time() {
        let table = table(&[1.0, 2.0, 4.0, 6.0], &[1, 1, 1, 0]);
        let later = table.after(1.5).expect("a table");
        // From 1.5 on three people: S 2/3 from 2, 1/3 from 4.
        let found = restricted_mean(&later, 5.0, 0.95).expect("an estimate");
        assert!((found.value - (0.5 + 2.0 * (2.0 / 3.0) + 1.0 / 3.0)).abs() < 1e-15);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn restricted_mean_without_censoring_is_the_mean(
            times in proptest::collection::vec(0.0_f64..9.0, 2..60),
            tau in 1.0_f64..9.0,
        ) {
            let table = table(&times, &vec![1; times.len()]);
            let found = restricted_mean(&table, tau, 0.95).expect("an estimate");
            let cut: Vec<f64> = times.iter().map(|time| time.min(tau)).collect();
            let mean = crate::sum::sum(&cut) / cut.len() as f64;
            prop_assert!((found.value - mean).abs() < 1e-13);
            // Its variance is that of a mean with the divisor n.
            let squares: f64 = cut.iter().map(|time| (time - mean) * (time - mean)).sum();
            let error = squares.sqrt() / cut.len() as f64;
            prop_assert!((found.std_error.unwrap_or(0.0) - error).abs() < 1e-7);
        }

        #[test]
        fn restricted_means_change_sign_with_the_groups(
            rows in proptest::collection::vec((1_u8..20, 0_u8..2), 8..60),
        ) {
            let split = |from: usize| {
                let (time, event): (Vec<f64>, Vec<u8>) =
                    rows.iter().skip(from).step_by(2).map(|row| (f64::from(row.0), row.1)).unzip();
                table(&time, &event)
            };
            let (one, two) = (split(0), split(1));
            if let (Ok(there), Ok(back)) =
                (restricted_mean_difference(&one, &two, 5.0, 0.9), restricted_mean_difference(&two, &one, 5.0, 0.9))
            {
                prop_assert_eq!(there.value, -back.value);
                prop_assert_eq!(there.p_value, back.p_value);
                let ratio = restricted_mean_ratio(&one, &two, 5.0, 0.9).expect("an estimate");
                let inverse = restricted_mean_ratio(&two, &one, 5.0, 0.9).expect("an estimate");
                prop_assert!((ratio.value * inverse.value - 1.0).abs() < 1e-14);
                let (up, down) = (ratio.interval.expect("limits"), inverse.interval.expect("limits"));
                prop_assert!((up.lower * down.upper - 1.0).abs() < 1e-12);
            }
        }
    }
}
