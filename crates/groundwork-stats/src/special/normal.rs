//! The normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

/// What the 64-bit number nearest to 1/sqrt(2) leaves out.
const FRAC_1_SQRT_2_LOW: f64 = -4.833_646_656_726_457e-17;

/// The standard normal distribution function Φ(z).
///
/// ½ erfc(-z/√2), with the rounding of z/√2 put back, so that the lower tail
/// keeps its relative accuracy (about 1e-14) down to the smallest 64-bit
/// numbers. The upper tail P(Z > z) is `normal_cdf(-z)`. Not a number for an
/// argument that is not one.
pub fn normal_cdf(z: f64) -> f64 {
    let scaled = -z * FRAC_1_SQRT_2;
    if !scaled.is_finite() || scaled.abs() > 40.0 {
        return 0.5 * libm::erfc(scaled);
    }
    let rounding = (-z).mul_add(FRAC_1_SQRT_2, -scaled) - z * FRAC_1_SQRT_2_LOW;
    let slope = 2.0 / PI.sqrt() * libm::exp(-scaled * scaled);
    0.5 * (libm::erfc(scaled) - slope * rounding)
}

/// The upper tail of the standard normal distribution, P(Z > z), computed as
/// a tail.
pub fn normal_sf(z: f64) -> f64 {
    normal_cdf(-z)
}

/// The standard normal quantile: the `z` with Φ(z) = `p`.
///
/// Newton's rule on the logarithm of the tail, or on the central part where
/// the tail is above a quarter; relative error about 1e-15. Minus and plus
/// infinity at 0 and 1; not a number outside 0 to 1.
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    // 1 - p is exact from a half upwards.
    if p <= 0.5 { -upper_quantile(p) } else { upper_quantile(1.0 - p) }
}

/// The critical value for a two-sided interval: the `z` with
/// P(-z < Z < z) = `level`, 1.96 for 0.95.
///
/// Not a number for a level outside 0 to 1.
pub fn normal_critical(level: f64) -> f64 {
    if (0.0..=1.0).contains(&level) { upper_quantile(0.5 * (1.0 - level)) } else { f64::NAN }
}

/// The two-sided p-value of a standard normal statistic: P(|Z| >= |z|).
pub fn normal_two_sided_p(z: f64) -> f64 {
    2.0 * normal_cdf(-z.abs())
}

/// The `z >= 0` with P(Z > z) = `p`, for p from 0 to a half.
pub(super) fn upper_quantile(p: f64) -> f64 {
    if p == 0.0 {
        return f64::INFINITY;
    }
    if p > 0.25 {
        // erf(z/√2) = 1 - 2p, and the right-hand side is exact here.
        let central = 1.0 - 2.0 * p;
        let mut root = central * (0.5 * PI.sqrt());
        for _ in 0..50 {
            let step = (libm::erf(root) - central) * (0.5 * PI.sqrt()) * libm::exp(root * root);
            root -= step;
            if step.abs() <= f64::EPSILON * root.abs() {
                break;
            }
        }
        return root * SQRT_2;
    }
    // ln P(Z > z) falls and is concave: after one step Newton comes in from
    // the right and does not leave that side.
    let target = libm::log(p);
    let mut z = (-2.0 * target).sqrt() - 0.5;
    for _ in 0..100 {
        let tail = normal_cdf(-z);
        let density = libm::exp(-0.5 * z * z) / (2.0 * PI).sqrt();
        if tail == 0.0 || density == 0.0 {
            // Past the smallest number: come back by a little.
            z -= 0.1;
            continue;
        }
        let step = (libm::log(tail / p)) * (tail / density);
        z += step;
        if step.abs() <= f64::EPSILON * z.abs() {
            break;
        }
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_cdf_mirrors() {
        assert_eq!(normal_cdf(0.0), 0.5);
        for z in [0.1, 1.0, 1.96, 3.0, 6.0] {
            assert!((normal_cdf(z) + normal_cdf(-z) - 1.0).abs() < 1e-15);
        }
        assert_eq!(normal_cdf(f64::NEG_INFINITY), 0.0);
        assert_eq!(normal_cdf(f64::INFINITY), 1.0);
        assert_eq!(normal_cdf(-100.0), 0.0);
        assert!(normal_cdf(f64::NAN).is_nan());
    }

    #[test]
    fn normal_quantile_inverts_the_cdf() {
        for exponent in 1..=300 {
            let p = libm::pow(10.0, f64::from(-exponent));
            let back = normal_cdf(normal_quantile(p));
            // The density makes an error of one unit in z worth z² units in p.
            let z = normal_quantile(p);
            assert!((back / p - 1.0).abs() < 1e-15 * z * z + 4e-15, "{p:e}");
        }
        for step in 1..1000 {
            let p = f64::from(step) / 1000.0;
            assert!((normal_cdf(normal_quantile(p)) - p).abs() < 2e-16 + 1e-15 * p);
        }
    }

    #[test]
    fn normal_quantile_mirrors_and_has_its_ends() {
        assert_eq!(normal_quantile(0.5), 0.0);
        assert_eq!(normal_quantile(0.25), -normal_quantile(0.75));
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(normal_quantile(-0.1).is_nan() && normal_quantile(1.1).is_nan());
        assert!(normal_quantile(f64::NAN).is_nan());
        assert!(normal_quantile(f64::MIN_POSITIVE / 1024.0).is_finite());
    }

    #[test]
    fn normal_critical_value_is_the_printed_one() {
        assert_eq!(format!("{:.6}", normal_critical(0.95)), "1.959964");
        assert_eq!(format!("{:.6}", normal_critical(0.9)), "1.644854");
        assert!((normal_two_sided_p(normal_critical(0.95)) - 0.05).abs() < 1e-15);
        assert!(normal_critical(95.0).is_nan());
    }
}
