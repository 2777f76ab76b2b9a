//! The log-gamma function and what is left of it after Stirling.

use std::f64::consts::PI;

/// The natural logarithm of the gamma function for `x > 0`.
///
/// ln Γ(x), relative error about 1e-15 away from its zeros at 1 and 2, and
/// absolute error of that size near them. Not a number for `x` at or below
/// zero, where no estimator has use for it.
///
/// A *difference* of log-gammas at large arguments keeps few digits: at 1e7
/// the values themselves are near 1.5e8. For beta and binomial terms use
/// [`beta_regularised`](super::beta_regularised) and
/// [`binomial_mass`](super::binomial_mass).
pub fn ln_gamma(x: f64) -> f64 {
    if x > 0.0 { libm::lgamma(x) } else { f64::NAN }
}

/// The Stirling error δ(x) in ln Γ(x) = ½ ln(2π/x) + x ln x - x + δ(x).
///
/// From 16 upwards by Stirling's series; below by the recurrence
/// δ(x) = δ(x + 1) + (x + ½) ln(1 + 1/x) - 1, whose terms are positive.
pub(super) fn stirling_error(x: f64) -> f64 {
    let mut shifted = x;
    let mut below = 0.0;
    while shifted < 16.0 {
        below += (shifted + 0.5) * libm::log1p(1.0 / shifted) - 1.0;
        shifted += 1.0;
    }
    let square = 1.0 / (shifted * shifted);
    // B_2k / (2k (2k - 1)) for k = 1..8; the next term is below 1e-18 at 16.
    let series = (1.0 / 12.0
        - square
            * (1.0 / 360.0
                - square
                    * (1.0 / 1260.0
                        - square
                            * (1.0 / 1680.0
                                - square
                                    * (1.0 / 1188.0
                                        - square
                                            * (691.0 / 360_360.0
                                                - square * (1.0 / 156.0 - square * 3617.0 / 122_400.0)))))))
        / shifted;
    series + below
}

/// The deviance a ln(a/m) + m - a, with `m` as an unevaluated sum of two.
///
/// Near a = m the two parts cancel, so a series in (a - m)/(a + m) takes over
/// (Loader C, 2000, Fast and accurate computation of binomial probabilities).
/// The low part of `m` matters there: at 1e7 the rounding of `m` alone would
/// cost four digits.
pub(super) fn deviance(a: f64, m: (f64, f64)) -> f64 {
    let (high, low) = m;
    if high <= 0.0 {
        return f64::INFINITY;
    }
    let difference = (a - high) - low;
    let share = difference / (a + high);
    if share.abs() >= 0.5 {
        let ratio = a / high;
        // A quotient outside the range still has a logarithm.
        let ln = if ratio.is_normal() { libm::log(ratio) } else { libm::log(a) - libm::log(high) };
        return a * ln - difference;
    }
    // a ln((1 + v)/(1 - v)) = 2a (v + v³/3 + v⁵/5 + ...) with v the share, and
    // 2a v = d (1 + v): the first term leaves d v.
    let square = share * share;
    let mut total = difference * share;
    let mut power = 2.0 * a * share;
    let mut odd = 3.0;
    loop {
        power *= square;
        let next = total + power / odd;
        if next == total {
            return total;
        }
        total = next;
        odd += 2.0;
    }
}

/// The digamma function ψ(x), the derivative of ln Γ, for `x > 0`.
///
/// By recurrence to 10 and the asymptotic series from there: relative error
/// about 1e-15 away from its zero at 1.4616, and absolute error of that size
/// near it. Not a number for `x` at or below zero.
pub fn digamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let mut shifted = x;
    let mut below = 0.0;
    while shifted < 10.0 {
        below += 1.0 / shifted;
        shifted += 1.0;
    }
    let w = 1.0 / (shifted * shifted);
    // B_2k / 2k for k = 1..8; the next term is below 1e-17 at 10.
    let series = w
        * (1.0 / 12.0
            - w * (1.0 / 120.0
                - w * (1.0 / 252.0
                    - w * (1.0 / 240.0
                        - w * (1.0 / 132.0
                            - w * (691.0 / 32_760.0 - w * (1.0 / 12.0 - w * 3617.0 / 8160.0)))))));
    libm::log(shifted) - 0.5 / shifted - series - below
}

/// The trigamma function ψ'(x), the second derivative of ln Γ, for `x > 0`.
///
/// By recurrence to 10 and the asymptotic series from there: relative error
/// about 1e-15. Not a number for `x` at or below zero.
pub fn trigamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let mut shifted = x;
    let mut below = 0.0;
    while shifted < 10.0 {
        below += 1.0 / (shifted * shifted);
        shifted += 1.0;
    }
    let w = 1.0 / (shifted * shifted);
    // B_2k for k = 1..8.
    let series = w
        * (1.0 / 6.0
            - w * (1.0 / 30.0
                - w * (1.0 / 42.0
                    - w * (1.0 / 30.0
                        - w * (5.0 / 66.0 - w * (691.0 / 2730.0 - w * (7.0 / 6.0 - w * 3617.0 / 510.0)))))));
    (1.0 + series) / shifted + 0.5 * w + below
}

/// ln B(a, ½), the logarithm of the beta function of a half; good while `a` is
/// moderate, which is all that its one caller needs.
pub(super) fn ln_beta_half(a: f64) -> f64 {
    libm::lgamma(a) - libm::lgamma(a + 0.5) + 0.5 * libm::log(PI)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ln_gamma_of_whole_numbers_is_the_factorial() {
        let mut factorial = 1.0_f64;
        for n in 1..20 {
            let truth = libm::log(factorial);
            assert!((ln_gamma(f64::from(n)) - truth).abs() <= 1e-14 * truth.max(1.0));
            factorial *= f64::from(n);
        }
        assert!(ln_gamma(0.0).is_nan() && ln_gamma(-1.5).is_nan() && ln_gamma(f64::NAN).is_nan());
    }

    #[test]
    fn digamma_and_trigamma_have_their_closed_forms() {
        let euler = 0.577_215_664_901_532_9;
        assert!((digamma(1.0) + euler).abs() < 1e-15);
        assert!((digamma(0.5) + euler + 2.0 * libm::log(2.0)).abs() < 1e-14);
        assert!((trigamma(1.0) / (PI * PI / 6.0) - 1.0).abs() < 1e-15);
        assert!((trigamma(0.5) / (PI * PI / 2.0) - 1.0).abs() < 1e-15);
        // The recurrences, across the change of method.
        for x in [1e-3, 0.7, 8.5, 9.5, 9.999, 10.0, 40.0, 1e6] {
            assert!((digamma(x + 1.0) - digamma(x) - 1.0 / x).abs() < 1e-14 * (1.0 + 1.0 / x), "{x}");
            assert!((trigamma(x + 1.0) - trigamma(x) + 1.0 / (x * x)).abs() < 1e-14 * trigamma(x), "{x}");
        }
        for x in [0.0, -1.5, f64::NAN] {
            assert!(digamma(x).is_nan() && trigamma(x).is_nan());
        }
    }

    #[test]
    fn stirling_error_joins_at_the_change_of_method() {
        for x in [1e-3, 0.5, 1.0, 3.3, 15.5, 15.999, 16.0, 40.0] {
            let direct = ln_gamma(x) - 0.5 * libm::log(2.0 * PI / x) - x * libm::log(x) + x;
            assert!((stirling_error(x) - direct).abs() < 1e-13, "{x}");
        }
        assert!((stirling_error(1e7) * 12e7 - 1.0).abs() < 1e-13);
    }

    #[test]
    fn deviance_joins_at_the_change_of_method() {
        assert_eq!(deviance(3.0, (3.0, 0.0)), 0.0);
        for (a, m) in [(1.0, 3.001), (3.001, 1.0), (1.0, 2.9), (2.9, 1.0), (5.0, 4.0)] {
            let direct = a * libm::log(a / m) + m - a;
            assert!((deviance(a, (m, 0.0)) - direct).abs() < 1e-14, "{a} {m}");
        }
        assert_eq!(deviance(3.0, (0.0, 0.0)), f64::INFINITY);
    }
}
