//! The regularised incomplete beta function.

use std::f64::consts::TAU;

use super::gamma::{deviance, digamma, stirling_error, trigamma};
use super::invert::log_newton;
use super::normal::normal_quantile;
use crate::sum::{two_product, two_sum};

/// The regularised incomplete beta function I_x(a, b).
///
/// The probability that a Beta(a, b) variable is at most `x`, for `a, b > 0`
/// and `0 <= x <= 1`; not a number elsewhere.
///
/// The density in front is computed from Stirling errors and deviances (Loader
/// 2000), the rest from the even part of the continued fraction 8.17.22 of the
/// Digital Library of Mathematical Functions, on whichever side of the mean is
/// the tail. The fraction is run until it stands still: about sqrt(a + b)
/// steps near the mean, so that a + b of 1e7 costs some thousands. Relative
/// error about 1e-12 up to there in the smaller of I and 1 - I.
///
/// The upper tail 1 - I_x(a, b) is I_{1-x}(b, a); where `x` is known and not
/// `1 - x`, that rounding is the caller's loss.
///
/// Didonato AR, Morris AH (1992). Algorithm 708: significant digit computation
/// of the incomplete beta function ratios. ACM Transactions on Mathematical
/// Software 18:360-373.
pub fn beta_regularised(a: f64, b: f64, x: f64) -> f64 {
    if !(a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite() && (0.0..=1.0).contains(&x)) {
        return f64::NAN;
    }
    if x == 0.0 {
        return 0.0;
    }
    if x == 1.0 {
        return 1.0;
    }
    beta_parts(a, b, (x, 0.0), two_sum(1.0, -x)).lower
}

/// A shape below which the distribution has nothing between its ends that a
/// 64-bit probability could tell from them.
const SMALL_SHAPE: f64 = 1e-100;

/// The beta quantile: the `x` with I_x(`a`, `b`) = `p`.
///
/// Newton's rule in ln(x/(1 - x)) on the logarithm of the smaller tail, which
/// is concave, inside a bracket. Relative error about 1e-14 in x, and in 1 - x
/// before it is rounded into x, for `a` and `b` up to 1e7. Zero at 0 and one
/// at 1; not a number outside 0 to 1 or for shapes at or below zero. Where an
/// upper tail is given take [`beta_quantile_upper`].
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    beta_inverse(p, true, a, b).0
}

/// The upper beta quantile: the `x` with 1 - I_x(`a`, `b`) = `q`. See
/// [`beta_quantile`].
pub fn beta_quantile_upper(q: f64, a: f64, b: f64) -> f64 {
    beta_inverse(q, false, a, b).0
}

/// The quantile and its complement, each to full relative accuracy, of a lower
/// or an upper tail.
pub(crate) fn beta_inverse(p: f64, lower: bool, a: f64, b: f64) -> (f64, f64) {
    if !(a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite() && (0.0..=1.0).contains(&p)) {
        return (f64::NAN, f64::NAN);
    }
    if a.min(b) < SMALL_SHAPE {
        // All of the probability lies at the two ends, to the last digit.
        let (at_zero, at_one) = (b / (a + b), a / (a + b));
        return if p <= if lower { at_zero } else { at_one } {
            if lower { (0.0, 1.0) } else { (1.0, 0.0) }
        } else if lower {
            (1.0, 0.0)
        } else {
            (0.0, 1.0)
        };
    }
    // The smaller tail is the target; 1 - p is exact from a half upwards.
    let (target, rising) = if p <= 0.5 { (p, lower) } else { (1.0 - p, !lower) };
    if target == 0.0 {
        return if rising { (0.0, 1.0) } else { (1.0, 0.0) };
    }
    let z = if rising { normal_quantile(target) } else { -normal_quantile(target) };
    // ln(X/(1 - X)) has mean ψ(a) - ψ(b) and variance ψ'(a) + ψ'(b).
    let start = digamma(a) - digamma(b) + z * (trigamma(a) + trigamma(b)).sqrt();
    let tail = |x: f64, y: f64| {
        if x <= 0.0 || y <= 0.0 {
            let all = (x <= 0.0) != rising;
            return (if all { 1.0 } else { 0.0 }, 0.0);
        }
        let parts = beta_parts(a, b, (x, 0.0), (y, 0.0));
        (if rising { parts.lower } else { parts.upper }, parts.power)
    };
    let pair = |u: f64| (1.0 / (1.0 + libm::exp(-u)), 1.0 / (1.0 + libm::exp(u)));
    let found = log_newton(start, target, rising, |u| {
        let (x, y) = pair(u);
        Some(tail(x, y))
    });
    let Some(u) = found else {
        return (f64::NAN, f64::NAN);
    };
    // The last step on x and y themselves, which the logarithm does not hold
    // to the end.
    let (x, y) = pair(u);
    let (found, slope) = tail(x, y);
    let step = libm::log(found / target) * (found / slope);
    if step.is_nan() || step.abs() > 1e-6 {
        return (x, y);
    }
    let step = if rising { -step } else { step };
    (x + x * y * step, y - x * y * step)
}

/// The beta density x^(a-1) y^(b-1) / B(a, b) at `x`, whose complement `y` is
/// given apart; not a number outside the domain.
pub(crate) fn beta_density(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if !(a > 0.0 && b > 0.0 && x > 0.0 && y > 0.0) {
        return f64::NAN;
    }
    beta_power(a, b, (x, 0.0), (y, 0.0)) / (x * y)
}

/// I_x(a, b) and its complement at `x`, whose complement `y` is given apart;
/// 0 and 1, or 1 and 0, beyond the ends.
pub(crate) fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let parts = beta_parts(a, b, (x, 0.0), (y, 0.0));
    (parts.lower, parts.upper)
}

/// What one evaluation of the incomplete beta function gives.
pub(super) struct BetaParts {
    /// I_x(a, b), relative accuracy when it is the smaller.
    pub(super) lower: f64,
    /// 1 - I_x(a, b), relative accuracy when it is the smaller.
    pub(super) upper: f64,
    /// x^a (1 - x)^b / B(a, b).
    pub(super) power: f64,
}

/// Both tails and the power term for `0 < x < 1`, where `x` and its complement
/// `y` are given apart, each as an unevaluated sum of two, so that neither has
/// to be had from the other by subtraction.
pub(super) fn beta_parts(a: f64, b: f64, x: (f64, f64), y: (f64, f64)) -> BetaParts {
    let power = beta_power(a, b, x, y);
    // a y - b x, positive below the mean, to full precision.
    let (ay, ay_low) = two_product(a, y.0);
    let (bx, bx_low) = two_product(b, x.0);
    let distance = (ay - bx) + ((ay_low - bx_low) + (a * y.1 - b * x.1));
    if distance >= 0.0 {
        let lower = (power / fraction(a, b, x.0, y.0, distance)).min(1.0);
        BetaParts { lower, upper: 1.0 - lower, power }
    } else {
        let upper = (power / fraction(b, a, y.0, x.0, -distance)).min(1.0);
        BetaParts { lower: 1.0 - upper, upper, power }
    }
}

/// x^a y^b / B(a, b) by the saddle-point expansion.
fn beta_power(a: f64, b: f64, x: (f64, f64), y: (f64, f64)) -> f64 {
    let n = two_sum(a, b);
    let share = |p: (f64, f64)| {
        let (high, low) = two_product(n.0, p.0);
        two_sum(high, low + (n.0 * p.1 + n.1 * p.0))
    };
    let exponent = (stirling_error(n.0) - stirling_error(a) - stirling_error(b))
        - deviance(a, share(x))
        - deviance(b, share(y));
    (a / n.0 * b / TAU).sqrt() * libm::exp(exponent)
}

/// The continued fraction that divides the power term, below the mean.
///
/// With d_k the coefficients of the standard fraction, contracted in pairs and
/// scaled by (a + 2m), every denominator is a sum of positive terms once the
/// distance a y - b x is taken as given. Evaluated by the modified Lentz rule.
fn fraction(a: f64, b: f64, x: f64, y: f64, distance: f64) -> f64 {
    let denominator = |m: f64| {
        m + m * (b - m) * x / (a + 2.0 * m - 1.0)
            + (a + m) * (distance + 1.0 + m * (1.0 + y)) / (a + 2.0 * m + 1.0)
    };
    // At m = 0 the middle term is zero, also where a = 1 makes it 0/0.
    let mut value = a * (distance + 1.0) / (a + 1.0);
    let mut above = value;
    let mut below = 0.0;
    let mut m = 0.0;
    loop {
        m += 1.0;
        let middle = x / (a + 2.0 * m - 1.0);
        let numerator = (a + m - 1.0) * (a + b + m - 1.0) * middle * m * (b - m) * middle;
        let next = denominator(m);
        below = 1.0 / (next + numerator * below);
        above = next + numerator / above;
        let change = above * below;
        value *= change;
        // The second condition can only be met by arguments far outside the
        // stated range; it keeps the loop finite whatever comes in.
        if (change - 1.0).abs() <= f64::EPSILON || m >= 1e8 {
            return value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beta_quantile_of_the_smallest_shapes_is_an_end() {
        assert_eq!(beta_quantile(0.025, 1e-299, 21.0), 0.0);
        assert_eq!(beta_quantile(0.975, 1e-299, 21.0), 0.0);
        assert_eq!(beta_quantile_upper(0.025, 1e-299, 21.0), 0.0);
        assert_eq!(beta_quantile(0.025, 21.0, 1e-299), 1.0);
        assert_eq!(beta_quantile_upper(0.975, 21.0, 1e-299), 1.0);
        // Three quarters of it at zero.
        assert_eq!((beta_quantile(0.7, 1e-200, 3e-200), beta_quantile(0.8, 1e-200, 3e-200)), (0.0, 1.0));
        assert_eq!(
            (beta_quantile_upper(0.2, 1e-200, 3e-200), beta_quantile_upper(0.3, 1e-200, 3e-200)),
            (1.0, 0.0)
        );
    }

    fn close(found: f64, truth: f64, relative: f64) {
        assert!((found - truth).abs() <= relative * truth.abs(), "{found:e} against {truth:e}");
    }

    #[test]
    fn beta_has_its_closed_forms() {
        for x in [1e-9, 0.01, 0.3, 0.5, 0.77, 0.999] {
            close(beta_regularised(1.0, 1.0, x), x, 1e-15);
            close(beta_regularised(3.0, 1.0, x), x * x * x, 1e-14);
            close(beta_regularised(1.0, 4.0, x), -libm::expm1(4.0 * libm::log1p(-x)), 1e-14);
            close(beta_regularised(0.5, 0.5, x), libm::asin(x.sqrt()) / std::f64::consts::FRAC_PI_2, 1e-14);
        }
    }

    #[test]
    fn beta_mirrors() {
        for (a, b, x) in [(2.0, 7.0, 0.25), (40.0, 3.5, 0.875), (1e4, 2e4, 0.375)] {
            let low = beta_regularised(a, b, x);
            let high = beta_regularised(b, a, 1.0 - x);
            assert!((low + high - 1.0).abs() < 1e-15);
        }
        for a in [0.3, 1.0, 80.0, 1e4, 5e6] {
            close(beta_regularised(a, a, 0.5), 0.5, 1e-12);
        }
    }

    #[test]
    fn beta_rises_with_x_through_the_change_of_side() {
        for (a, b) in [(0.4, 0.7), (8.0, 3.0), (300.0, 700.0), (1e5, 3e5)] {
            let mean: f64 = a / (a + b);
            let mut before = 0.0;
            for step in 1..200 {
                let x = mean * f64::from(step) / 100.0;
                if x >= 1.0 {
                    break;
                }
                let now = beta_regularised(a, b, x);
                assert!(now >= before && now <= 1.0, "{a} {b} {x}");
                before = now;
            }
        }
    }

    #[test]
    fn beta_quantile_inverts() {
        for (a, b) in
            [(0.1_f64, 0.1_f64), (0.5, 0.5), (1.0, 1.0), (3.0, 0.5), (7.0, 3.0), (1e3, 2e5), (1e6, 1e6)]
        {
            for p in [1e-50, 1e-9, 0.025, 0.3, 0.5] {
                let room = 1e-12 + 3e-16 * (a + b).sqrt() * normal_quantile(p).abs();
                let (x, y) = beta_inverse(p, true, a, b);
                if x < 1e-290 {
                    // The root lies below the smallest number.
                    continue;
                }
                close(beta_parts(a, b, (x, 0.0), (y, 0.0)).lower, p, room);
                let (x, y) = beta_inverse(p, false, a, b);
                close(beta_parts(a, b, (x, 0.0), (y, 0.0)).upper, p, room);
                // The mirror image is the other tail.
                let (turned, rest) = beta_inverse(p, true, b, a);
                close(turned, y, 1e-13);
                close(rest, x, 1e-13);
            }
            assert_eq!((beta_quantile(0.0, a, b), beta_quantile(1.0, a, b)), (0.0, 1.0));
            assert_eq!((beta_quantile_upper(0.0, a, b), beta_quantile_upper(1.0, a, b)), (1.0, 0.0));
        }
        // Clopper-Pearson at eight of eight: the eighth root.
        close(beta_quantile(0.025, 8.0, 1.0), libm::pow(0.025, 0.125), 1e-15);
        close(beta_quantile_upper(0.025, 1.0, 6.0), 1.0 - libm::pow(0.025, 1.0 / 6.0), 1e-14);
    }

    #[test]
    fn beta_outside_its_domain_is_not_a_number() {
        for (a, b, x) in [
            (0.0, 1.0, 0.5),
            (1.0, -1.0, 0.5),
            (1.0, 1.0, 1.1),
            (1.0, 1.0, -0.1),
            (f64::NAN, 1.0, 0.5),
            (1.0, f64::INFINITY, 0.5),
            (1.0, 1.0, f64::NAN),
        ] {
            assert!(beta_regularised(a, b, x).is_nan() && beta_quantile(x, a, b).is_nan());
        }
        assert_eq!(beta_regularised(2.0, 3.0, 0.0), 0.0);
        assert_eq!(beta_regularised(2.0, 3.0, 1.0), 1.0);
    }
}
