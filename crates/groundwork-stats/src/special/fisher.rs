//! The F distribution.

use super::beta::{beta_inverse, beta_parts};
use super::incomplete_gamma::{gamma_quantile, gamma_tails};
use crate::sum::{two_product, two_sum};

/// The F distribution function P(F <= x) with `d1` and `d2` degrees of
/// freedom, which need not be whole.
///
/// Through the incomplete beta function, with its argument and the complement
/// formed to double length. Infinite `d2` is the chi-square distribution over
/// its degrees of freedom. Relative error about 1e-13 for degrees of freedom
/// up to 1e7 in the lower tail; for the upper one take [`f_sf`]. Zero below
/// zero; not a number for degrees of freedom at or below zero.
pub fn f_cdf(x: f64, d1: f64, d2: f64) -> f64 {
    f_tails(x, d1, d2).map_or(f64::NAN, |(lower, _)| lower)
}

/// The upper tail of the F distribution, P(F > x): the p-value of an F
/// statistic. See [`f_cdf`].
pub fn f_sf(x: f64, d1: f64, d2: f64) -> f64 {
    f_tails(x, d1, d2).map_or(f64::NAN, |(_, upper)| upper)
}

fn f_tails(x: f64, d1: f64, d2: f64) -> Option<(f64, f64)> {
    if !(d1 > 0.0 && d1 < f64::INFINITY && d2 > 0.0) || x.is_nan() {
        return None;
    }
    if x <= 0.0 {
        return Some((0.0, 1.0));
    }
    if x == f64::INFINITY {
        return Some((1.0, 0.0));
    }
    if d2 == f64::INFINITY {
        return gamma_tails(0.5 * d1, two_product(0.5 * d1, x)).map(|parts| (parts.lower, parts.upper));
    }
    let (above, above_low) = two_product(d1, x);
    if above == f64::INFINITY {
        return Some((1.0, 0.0));
    }
    let (whole, rounding) = two_sum(above, d2);
    let whole_low = rounding + above_low;
    let share = |high: f64, low: f64| {
        let quotient = high / whole;
        let (product, product_low) = two_product(quotient, whole);
        (quotient, ((high - product) - product_low + low - quotient * whole_low) / whole)
    };
    let (x, y) = (share(above, above_low), share(d2, 0.0));
    if x.0 <= 0.0 {
        return Some((0.0, 1.0));
    }
    if y.0 <= 0.0 {
        return Some((1.0, 0.0));
    }
    let parts = beta_parts(0.5 * d1, 0.5 * d2, x, y);
    Some((parts.lower, parts.upper))
}

/// The F quantile: the `x` with P(F <= x) = `p`.
///
/// From the beta quantile with its complement, so that neither end cancels.
/// Zero at 0 and plus infinity at 1; not a number outside 0 to 1 or for
/// degrees of freedom at or below zero.
pub fn f_quantile(p: f64, d1: f64, d2: f64) -> f64 {
    if !((0.0..=1.0).contains(&p) && d1 > 0.0 && d1 < f64::INFINITY && d2 > 0.0) {
        return f64::NAN;
    }
    if d2 == f64::INFINITY {
        return gamma_quantile(p, 0.5 * d1) / (0.5 * d1);
    }
    if p == 1.0 {
        return f64::INFINITY;
    }
    let (x, y) = beta_inverse(p, true, 0.5 * d1, 0.5 * d2);
    d2 / d1 * (x / y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::{chi_squared_quantile, chi_squared_sf, student_two_sided_p};

    fn close(found: f64, truth: f64, relative: f64) {
        assert!((found - truth).abs() <= relative * truth.abs(), "{found:e} against {truth:e}");
    }

    #[test]
    fn f_is_the_square_of_t_and_turns_over() {
        for df in [1.0, 4.5, 30.0, 1e6] {
            for t in [0.01_f64, 0.5, 1.7, 6.0] {
                close(f_sf(t * t, 1.0, df), student_two_sided_p(t, df), 3e-13);
                close(f_cdf(1.0 / (t * t), df, 1.0), student_two_sided_p(t, df), 3e-13);
            }
            for p in [1e-9, 0.01, 0.4, 0.9] {
                close(f_cdf(f_quantile(p, 3.0, df), 3.0, df), p, 1e-12);
                close(f_sf(1.0 / f_quantile(p, df, 3.0), 3.0, df), p, 1e-12);
            }
        }
        close(f_sf(2.0, 4.0, f64::INFINITY), chi_squared_sf(8.0, 4.0), 1e-15);
        close(f_quantile(0.9, 4.0, f64::INFINITY), chi_squared_quantile(0.9, 4.0) / 4.0, 1e-15);
        assert_eq!((f_cdf(0.0, 2.0, 3.0), f_cdf(f64::INFINITY, 2.0, 3.0)), (0.0, 1.0));
        assert_eq!((f_sf(1e308, 1e7, 1e7), f_cdf(1e-308, 1.0, 1e7) > 0.0), (0.0, true));
        assert_eq!((f_quantile(0.0, 2.0, 3.0), f_quantile(1.0, 2.0, 3.0)), (0.0, f64::INFINITY));
    }

    #[test]
    fn f_outside_its_domain_is_not_a_number() {
        assert!(f_cdf(1.0, 0.0, 3.0).is_nan() && f_sf(f64::NAN, 1.0, 3.0).is_nan());
        assert!(f_quantile(2.0, 1.0, 3.0).is_nan() && f_quantile(0.5, 1.0, -3.0).is_nan());
    }
}
