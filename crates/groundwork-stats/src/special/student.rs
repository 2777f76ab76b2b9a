//! Student's t distribution.

use super::beta::beta_parts;
use super::gamma::ln_beta_half;
use super::normal::{normal_cdf, upper_quantile};

/// Beyond this many scale units the tail is its leading term to 16 digits, and
/// squares would soon run out of range.
const FAR: f64 = 1e9;

/// Student's t distribution function P(T <= t) with `df` degrees of freedom.
///
/// Through the incomplete beta function of df/(df + t²), with both that
/// argument and its complement formed without subtraction; the tail keeps its
/// relative accuracy (about 1e-13) for df up to 1e7. `df` need not be whole;
/// infinite `df` is the normal distribution. Not a number for `df` at or below
/// zero.
pub fn student_cdf(t: f64, df: f64) -> f64 {
    let Some(parts) = student_parts(t.abs(), df) else {
        return f64::NAN;
    };
    if t < 0.0 { 0.5 * parts.outside } else { 1.0 - 0.5 * parts.outside }
}

/// The two-sided p-value of a t statistic: P(|T| >= |t|).
pub fn student_two_sided_p(t: f64, df: f64) -> f64 {
    student_parts(t.abs(), df).map_or(f64::NAN, |parts| parts.outside)
}

/// The Student quantile: the `t` with P(T <= t) = `p`.
///
/// Newton's rule in the logarithms of t and of the tail, or of the central
/// part where the tail is above a quarter. Both are concave, so that the rule
/// settles from any start. Relative error about 1e-13 for df up to 1e7. Minus
/// and plus infinity at 0 and 1; not a number outside 0 to 1 or for `df` at or
/// below zero.
pub fn student_quantile(p: f64, df: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    // Doubling is exact, and so is 1 - p from a half upwards.
    if p <= 0.5 { -two_sided_quantile(2.0 * p, df) } else { two_sided_quantile(2.0 * (1.0 - p), df) }
}

/// The critical value for a two-sided interval: the `t` with
/// P(-t < T < t) = `level`.
///
/// Not a number for a level outside 0 to 1 or for `df` at or below zero.
pub fn student_critical(level: f64, df: f64) -> f64 {
    if (0.0..=1.0).contains(&level) { two_sided_quantile(1.0 - level, df) } else { f64::NAN }
}

struct StudentParts {
    /// P(|T| < t).
    inside: f64,
    /// P(|T| > t).
    outside: f64,
    /// -d P(|T| > t) / d ln t.
    slope: f64,
}

/// The two-sided probabilities at `t >= 0`; nothing outside the domain.
fn student_parts(t: f64, df: f64) -> Option<StudentParts> {
    // Written so that an argument that is not a number also fails.
    if !(t >= 0.0 && df > 0.0) {
        return None;
    }
    if df == f64::INFINITY {
        let outside = 2.0 * normal_cdf(-t);
        return Some(StudentParts { inside: 1.0 - outside, outside, slope: 0.0 });
    }
    if t == 0.0 {
        return Some(StudentParts { inside: 0.0, outside: 1.0, slope: 0.0 });
    }
    if t == f64::INFINITY {
        return Some(StudentParts { inside: 1.0, outside: 0.0, slope: 0.0 });
    }
    let units = t / df.sqrt();
    if units > FAR {
        // I_x(a, ½) -> x^a / (a B(a, ½)) as x -> 0, with x = units^-2.
        let a = 0.5 * df;
        let power = libm::exp(-df * libm::log(units) - ln_beta_half(a));
        let outside = power / a;
        return Some(StudentParts { inside: 1.0 - outside, outside, slope: 2.0 * power });
    }
    // x = df/(df + t²) and y = t²/(df + t²).
    let (x, y) = if units <= 1.0 {
        let square = units * units;
        (1.0 / (1.0 + square), square / (1.0 + square))
    } else {
        let inverse = 1.0 / units;
        let square = inverse * inverse;
        (square / (1.0 + square), 1.0 / (1.0 + square))
    };
    if y == 0.0 {
        // t² is below the smallest number: nothing lies inside.
        return Some(StudentParts { inside: 0.0, outside: 1.0, slope: 0.0 });
    }
    let parts = beta_parts(0.5 * df, 0.5, (x, 0.0), (y, 0.0));
    Some(StudentParts { inside: parts.upper, outside: parts.lower, slope: 2.0 * parts.power })
}

/// The `t >= 0` with P(|T| > t) = `outside`.
fn two_sided_quantile(outside: f64, df: f64) -> f64 {
    if df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if outside <= 0.0 {
        return f64::INFINITY;
    }
    if outside >= 1.0 {
        return 0.0;
    }
    // Exact from a half upwards, the only place it is used.
    let inside = 1.0 - outside;
    let normal = upper_quantile(0.5 * outside);
    if df == f64::INFINITY {
        return normal;
    }
    // The normal quantile with its first correction for finite df.
    let mut t = normal * (1.0 + (normal * normal + 1.0) / (4.0 * df));
    if !t.is_finite() {
        t = 1.0;
    }
    for _ in 0..200 {
        let Some(parts) = student_parts(t, df) else {
            return f64::INFINITY;
        };
        let step = if outside < 0.5 {
            if parts.outside == 0.0 || parts.slope == 0.0 {
                // Past the smallest number: come back by a tenth.
                t *= 0.9;
                continue;
            }
            libm::log(parts.outside / outside) * (parts.outside / parts.slope)
        } else {
            libm::log(inside / parts.inside) * (parts.inside / parts.slope)
        };
        // A step in ln t; long ones are shortened, which leaves the side of
        // the root they come from unchanged.
        t *= libm::exp(step.clamp(-300.0, 300.0));
        if step.abs() <= f64::EPSILON || !t.is_finite() {
            break;
        }
    }
    t
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::normal_quantile;

    fn close(found: f64, truth: f64, relative: f64) {
        assert!((found - truth).abs() <= relative * truth.abs(), "{found:e} against {truth:e}");
    }

    #[test]
    fn student_has_its_closed_forms() {
        for t in [1e-6, 0.2, 0.99, 1.0, 1.5, 7.0, 1e4, 1e12] {
            // One degree of freedom is the Cauchy distribution.
            let tail = libm::atan(1.0 / t) / std::f64::consts::PI;
            close(student_two_sided_p(t, 1.0), 2.0 * tail, 1e-14);
            close(student_cdf(-t, 1.0), tail, 1e-14);
        }
        for p in [1e-12_f64, 0.01, 0.2, 0.26, 0.4, 0.4999] {
            // Two degrees of freedom: t = (1 - 2p) / sqrt(2 p (1 - p)).
            let truth = (1.0 - 2.0 * p) / (2.0 * p * (1.0 - p)).sqrt();
            close(-student_quantile(p, 2.0), truth, 1e-14);
        }
    }

    #[test]
    fn student_quantile_inverts_the_cdf() {
        for df in [0.3, 1.0, 2.7, 9.0, 14.0, 250.0, 1e4, 1e6, 1e7] {
            for p in [1e-12, 1e-6, 0.001, 0.025, 0.1, 0.24, 0.26, 0.4, 0.499] {
                close(student_cdf(student_quantile(p, df), df), p, 1e-12);
                assert_eq!(student_quantile(0.5, df), 0.0);
            }
            assert_eq!(student_quantile(0.25, df), -student_quantile(0.75, df));
        }
    }

    #[test]
    fn student_approaches_the_normal() {
        // The first correction is z (z² + 1) / (4 df).
        for p in [0.6, 0.975, 0.9999] {
            let z = normal_quantile(p);
            let expected = z + z * (z * z + 1.0) / (4.0 * 1e7);
            close(student_quantile(p, 1e7), expected, 1e-12);
            assert_eq!(student_quantile(p, f64::INFINITY), z);
        }
        close(student_cdf(-2.0, f64::INFINITY), normal_cdf(-2.0), 1e-15);
    }

    #[test]
    fn student_has_its_ends() {
        assert_eq!(student_quantile(0.0, 5.0), f64::NEG_INFINITY);
        assert_eq!(student_quantile(1.0, 5.0), f64::INFINITY);
        assert_eq!(student_cdf(f64::INFINITY, 5.0), 1.0);
        assert_eq!(student_cdf(f64::NEG_INFINITY, 5.0), 0.0);
        assert_eq!(student_cdf(0.0, 5.0), 0.5);
        assert_eq!(student_cdf(1e-300, 5.0), 0.5);
        for (p, df) in [(0.5, 0.0), (0.5, -1.0), (1.5, 3.0), (f64::NAN, 3.0), (0.4, f64::NAN)] {
            assert!(student_quantile(p, df).is_nan(), "{p} {df}");
        }
        assert!(student_cdf(f64::NAN, 3.0).is_nan() && student_cdf(1.0, 0.0).is_nan());
        assert!(student_critical(95.0, 3.0).is_nan());
        assert_eq!(format!("{:.4}", student_critical(0.95, 9.0)), "2.2622");
    }
}
