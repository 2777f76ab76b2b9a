//! How strong unmeasured confounding would have to be: `e_value`.
//!
//! # Estimand
//!
//! The E-value: the least strength of association, as a risk ratio, that an
//! unmeasured confounder would need with both the exposure (here: the site or
//! the programme) and the outcome, beyond the measured covariates, to explain an
//! association away. A second E-value does the same for the limit of the
//! interval nearer to no association: what it would take to make the finding
//! compatible with nothing.
//!
//! # Assumptions
//!
//! The interval takes care of chance; measured covariates are adjusted for. The
//! E-value says how strong a confounder must be, not whether there is one: hold
//! it against the associations of the measured covariates.
//!
//! # Method
//!
//! For a risk ratio above one, E = RR + sqrt(RR (RR - 1)); one below is inverted
//! first; for an interval that holds one the second E-value is one. Other
//! measures are carried to a risk ratio:
//!
//! ```text
//! odds ratio, outcome rare (< 15%)    RR ≈ OR
//! odds ratio, outcome common          RR ≈ sqrt(OR)
//! hazard ratio, outcome rare          RR ≈ HR
//! hazard ratio, outcome common        RR ≈ (1 - 0.5^sqrt(HR))/(1 - 0.5^sqrt(1/HR))
//! standardised mean difference d      RR ≈ exp(0.91 d), limits exp(0.91 d ± 1.78 se)
//! risk difference                     RR = p1/p0; the limit by a bias factor, below
//! ```
//!
//! For the limit of a risk difference let B be the bias factor of a confounder.
//! The corrected difference is at least (p1 - p0 B)(f + (1 - f)/B), with f the
//! share exposed, and has variance
//!
//! ```text
//! (v1 + v0 B²)(f + (1 - f)/B)² + (p1 - p0 B)² (1 - 1/B)² f (1 - f)/N
//! ```
//!
//! with v = p(1 - p)/n; the B at which its lower limit is zero has the E-value
//! B + sqrt(B (B - 1)). This is its root, not a search on a grid.
//!
//! # Small samples
//!
//! None of its own; it is as good as the interval.
//!
//! # Refusals
//!
//! `not_finite`, `ratio_not_positive`, `interval_reversed`,
//! `negative_std_error`, `zero_denominator`, `numerator_exceeds_denominator`,
//! `no_baseline_risk`, `level_out_of_range`.
//!
//! # Source
//!
//! VanderWeele TJ, Ding P (2017). Sensitivity analysis in observational research:
//! introducing the E-value. Annals of Internal Medicine 167:268-274. Ding P,
//! VanderWeele TJ (2016). Sensitivity analysis without assumptions. Epidemiology
//! 27:368-377. VanderWeele TJ (2020). Optimal approximate conversions of odds
//! ratios and hazard ratios to risk ratios. Biometrics 76:746-752.

use crate::estimate::{Refusal, check_level};
use crate::root::bracketed;
use crate::special::normal_critical;

/// The id of the method.
pub const METHOD: &str = "e_value";

/// Whether the outcome is rare (below about 15% in every group at the end of the
/// follow-up), so that odds and hazards stand for risks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcomes {
    /// Below about 15%.
    Rare,
    /// Above it.
    Common,
}

/// The E-values of an association.
#[derive(Clone, Debug, PartialEq)]
pub struct EValue {
    /// The association as a risk ratio, where necessary approximately.
    pub risk_ratio: f64,
    /// The limits of the association as risk ratios, where it has limits as
    /// such (a risk difference has none).
    pub limits: Option<(f64, f64)>,
    /// The E-value of the association, one at least.
    pub point: f64,
    /// The E-value of the limit nearer to no association; one where the interval
    /// holds no association.
    pub limit: f64,
    /// The id of the method.
    pub method: &'static str,
}

/// The E-values of a risk ratio with the limits of its interval.
///
/// # Refusals
///
/// * `not_finite`: a number is missing or infinite.
/// * `ratio_not_positive`: the ratio or a limit is not above zero.
/// * `interval_reversed`: the ratio does not lie within the limits.
pub fn e_value_risk_ratio(ratio: f64, lower: f64, upper: f64) -> Result<EValue, Refusal> {
    converted(ratio, lower, upper, |ratio| ratio)
}

/// The E-values of an odds ratio with the limits of its interval.
///
/// Refusals as for [`e_value_risk_ratio`].
pub fn e_value_odds_ratio(ratio: f64, lower: f64, upper: f64, outcomes: Outcomes) -> Result<EValue, Refusal> {
    match outcomes {
        Outcomes::Rare => e_value_risk_ratio(ratio, lower, upper),
        Outcomes::Common => converted(ratio, lower, upper, f64::sqrt),
    }
}

/// The E-values of a hazard ratio with the limits of its interval.
///
/// Refusals as for [`e_value_risk_ratio`].
pub fn e_value_hazard_ratio(
    ratio: f64,
    lower: f64,
    upper: f64,
    outcomes: Outcomes,
) -> Result<EValue, Refusal> {
    match outcomes {
        Outcomes::Rare => e_value_risk_ratio(ratio, lower, upper),
        // 1 - 0.5^x without cancellation for small x.
        Outcomes::Common => converted(ratio, lower, upper, |ratio| {
            let part = |power: f64| -libm::expm1(-std::f64::consts::LN_2 * power);
            part(ratio.sqrt()) / part((1.0 / ratio).sqrt())
        }),
    }
}

/// The E-values of a standardised mean difference with its standard error, for
/// a 95% interval.
///
/// # Refusals
///
/// * `not_finite`: a number is missing or infinite, or the difference is too
///   large for a ratio.
/// * `negative_std_error`: the standard error is not above zero.
pub fn e_value_standardised_difference(difference: f64, std_error: f64) -> Result<EValue, Refusal> {
    if !(difference.is_finite() && std_error.is_finite()) {
        return Err(Refusal::not_finite("the difference or its standard error"));
    }
    if std_error <= 0.0 {
        return Err(Refusal::new(
            "negative_std_error",
            "the standard error is not above zero",
            "give the standard error of the standardised difference",
        ));
    }
    let ratio = |shift: f64| libm::exp(0.91 * difference + shift);
    e_value_risk_ratio(ratio(0.0), ratio(-1.78 * std_error), ratio(1.78 * std_error))
}

/// The E-values of a risk difference: `x1` of `n1` exposed and `x2` of `n2`
/// others had the outcome.
///
/// `level` is the confidence level of the interval whose limit is meant. A
/// negative difference is turned round first.
///
/// # Refusals
///
/// * `level_out_of_range`, `zero_denominator`, `numerator_exceeds_denominator`.
/// * `no_baseline_risk`: nobody in the group with fewer outcomes has one, so that
///   no confounder explains the difference away and there is no ratio.
pub fn e_value_risk_difference(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<EValue, Refusal> {
    check_level(level)?;
    if n1 == 0 || n2 == 0 {
        return Err(Refusal::zero_denominator());
    }
    if x1 > n1 || x2 > n2 {
        return Err(Refusal::numerator_exceeds_denominator());
    }
    let (p1, p2) = (x1 as f64 / n1 as f64, x2 as f64 / n2 as f64);
    if p1 < p2 {
        return e_value_risk_difference(x2, n2, x1, n1, level);
    }
    if x2 == 0 {
        return Err(Refusal::new(
            "no_baseline_risk",
            "nobody in one group has the outcome, so the association has no risk ratio",
            "report the risk difference with its interval",
        ));
    }
    let ratio = p1 / p2;
    let (n1, n2) = (n1 as f64, n2 as f64);
    let all = n1 + n2;
    let exposed = n1 / all;
    let (v1, v2) = (p1 * (1.0 - p1) / n1, p2 * (1.0 - p2) / n2);
    let z = normal_critical(level);
    let lower = |bias: f64| {
        let (gap, share) = (p1 - p2 * bias, exposed + (1.0 - exposed) / bias);
        let turn = gap * (1.0 - 1.0 / bias);
        let variance =
            (v1 + v2 * bias * bias) * share * share + turn * turn * exposed * (1.0 - exposed) / all;
        gap * share - z * variance.sqrt()
    };
    let limit = if lower(1.0) <= 0.0 {
        1.0
    } else {
        let bias = bracketed(lower, 1.0, ratio, 0.0);
        strength(bias.ok_or_else(|| Refusal::not_finite("the limit of the difference"))?)
    };
    Ok(EValue { risk_ratio: ratio, limits: None, point: strength(ratio), limit, method: METHOD })
}

fn converted(ratio: f64, lower: f64, upper: f64, risk_ratio: impl Fn(f64) -> f64) -> Result<EValue, Refusal> {
    if !(ratio.is_finite() && lower.is_finite() && upper.is_finite()) {
        return Err(Refusal::not_finite("the ratio or a limit"));
    }
    if ratio <= 0.0 || lower <= 0.0 {
        return Err(Refusal::new(
            "ratio_not_positive",
            "the ratio or a limit is not above zero, so it has no E-value",
            "use a method whose limits stay above zero",
        ));
    }
    if !(lower <= ratio && ratio <= upper) {
        return Err(Refusal::new(
            "interval_reversed",
            "the ratio does not lie between its limits",
            "give the lower limit first, on the scale of the ratio",
        ));
    }
    let (ratio, lower, upper) = (risk_ratio(ratio), risk_ratio(lower), risk_ratio(upper));
    let nearer = if lower > 1.0 {
        lower
    } else if upper < 1.0 {
        upper
    } else {
        1.0
    };
    let (point, limit) = (strength(ratio), strength(nearer));
    if !(point.is_finite() && limit.is_finite() && lower > 0.0 && upper.is_finite()) {
        return Err(Refusal::not_finite("the E-value"));
    }
    Ok(EValue { risk_ratio: ratio, limits: Some((lower, upper)), point, limit, method: METHOD })
}

/// RR + sqrt(RR (RR - 1)), one below one inverted.
fn strength(ratio: f64) -> f64 {
    let ratio = if ratio < 1.0 { 1.0 / ratio } else { ratio };
    ratio + ratio.sqrt() * (ratio - 1.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn e_value_by_hand() {
        let found = e_value_risk_ratio(2.0, 0.5, 8.0).expect("E-values");
        assert!((found.point - (2.0 + 2.0_f64.sqrt())).abs() < 1e-15);
        assert_eq!((found.limit, found.method), (1.0, "e_value"));
        let none = e_value_risk_ratio(1.0, 1.0, 1.0).expect("E-values");
        assert_eq!((none.point, none.limit), (1.0, 1.0));
    }

    #[test]
    fn e_value_is_the_same_for_a_ratio_and_its_inverse() {
        for (ratio, lower, upper) in [(3.9, 1.8, 8.7), (1.2, 0.9, 1.6), (7.0, 6.5, 1e9)] {
            for of in [
                e_value_risk_ratio,
                |a, b, c| e_value_odds_ratio(a, b, c, Outcomes::Common),
                |a, b, c| e_value_hazard_ratio(a, b, c, Outcomes::Common),
                |a, b, c| e_value_hazard_ratio(a, b, c, Outcomes::Rare),
            ] {
                let there = of(ratio, lower, upper).expect("E-values");
                let back = of(1.0 / ratio, 1.0 / upper, 1.0 / lower).expect("E-values");
                assert!((there.point / back.point - 1.0).abs() < 1e-13);
                assert!((there.limit / back.limit - 1.0).abs() < 1e-13);
                assert!(there.point >= there.limit && there.limit >= 1.0);
            }
        }
        // Odds exaggerate where the outcome is common.
        let rare = e_value_odds_ratio(4.0, 2.0, 8.0, Outcomes::Rare).expect("E-values");
        let common = e_value_odds_ratio(4.0, 2.0, 8.0, Outcomes::Common).expect("E-values");
        assert_eq!(common.risk_ratio, 2.0);
        assert!(common.point < rare.point);
    }

    #[test]
    fn e_value_of_a_risk_difference() {
        // Smoking and lung cancer (Hammond and Horn): the point is that of the
        // risk ratio, and at the limit's bias factor the lower limit is zero.
        let found = e_value_risk_difference(397, 78_954, 51, 108_829, 0.95).expect("E-values");
        let ratio = 397.0 / 78_954.0 / (51.0 / 108_829.0);
        assert!((found.point - strength(ratio)).abs() < 1e-12);
        assert_eq!(format!("{:.2}", found.point), "20.95");
        // A search on a grid of 0.0001, as other software does it, from above.
        let (p1, p0) = (397.0_f64 / 78_954.0, 51.0_f64 / 108_829.0);
        let f = 78_954.0_f64 / 187_783.0;
        let low = |b: f64| {
            let (rd, fb) = (p1 - p0 * b, f + (1.0 - f) / b);
            let v = (p1 * (1.0 - p1) / 78_954.0 + p0 * (1.0 - p0) / 108_829.0 * b * b) * fb * fb
                + rd * rd * (1.0 - 1.0 / b).powi(2) * f * (1.0 - f) / 187_783.0;
            rd * fb - 1.959_963_984_540_054 * v.sqrt()
        };
        let first = (0..100_000).map(|step| 1.0 + 1e-4 * f64::from(step)).find(|&b| low(b) <= 0.0);
        assert!((strength(first.expect("a limit")) - found.limit).abs() < 3e-4);
        // The other way round it is the same, and without a difference it is one.
        assert_eq!(e_value_risk_difference(51, 108_829, 397, 78_954, 0.95), Ok(found));
        let none = e_value_risk_difference(5, 10, 5, 10, 0.95).expect("E-values");
        assert_eq!((none.point, none.limit), (1.0, 1.0));
    }

    #[test]
    fn e_value_refuses() {
        assert_eq!(code(e_value_risk_ratio(f64::NAN, 1.0, 2.0)), Some("not_finite"));
        assert_eq!(code(e_value_risk_ratio(1.5, 0.0, 2.0)), Some("ratio_not_positive"));
        assert_eq!(code(e_value_risk_ratio(1.5, 2.0, 1.0)), Some("interval_reversed"));
        assert_eq!(code(e_value_risk_ratio(5e-324, 5e-324, 1.0)), Some("not_finite"));
        assert_eq!(code(e_value_standardised_difference(0.5, 0.0)), Some("negative_std_error"));
        assert_eq!(code(e_value_standardised_difference(1e300, 1.0)), Some("not_finite"));
        assert_eq!(code(e_value_risk_difference(1, 0, 1, 2, 0.95)), Some("zero_denominator"));
        assert_eq!(code(e_value_risk_difference(3, 2, 1, 2, 0.95)), Some("numerator_exceeds_denominator"));
        assert_eq!(code(e_value_risk_difference(1, 2, 0, 2, 0.95)), Some("no_baseline_risk"));
        assert_eq!(code(e_value_risk_difference(1, 2, 1, 2, 2.0)), Some("level_out_of_range"));
    }
}
