//! The noncentral t and chi-square distributions.

use std::f64::consts::TAU;

use super::gamma::stirling_error;
use super::incomplete_gamma::{gamma_q, poisson_mass};
use super::normal::normal_cdf;
use super::student::student_cdf;
use crate::root::bracketed;

/// The integrand is left out where it is below e to the power of minus this
/// of its height.
const NEGLIGIBLE: f64 = 46.0;

/// The most intervals of the trapezoidal rule; ordinary cases take 128.
const MOST_INTERVALS: usize = 1 << 17;

/// The noncentral t distribution function P(T <= `t`) with `df` degrees of
/// freedom and noncentrality `ncp`, where T = (Z + ncp)/sqrt(χ²/df).
///
/// The distribution of the t statistic when the effect is not zero; power is
/// made of it. The normal probability is averaged over the chi distribution
/// by the trapezoidal rule in ln(χ/sqrt(df)), which converges exponentially
/// for this integrand. All terms are positive, so that both tails keep their
/// relative accuracy (about 1e-13) where the series of Lenth (1989, AS 243)
/// cancels, for `ncp` up to some thousands. `df` need not be whole; infinite `df` is the normal distribution.
/// Not a number for `df` at or below zero or `ncp` not finite.
pub fn noncentral_t_cdf(t: f64, df: f64, ncp: f64) -> f64 {
    tail(t, df, ncp)
}

/// The upper tail of the noncentral t distribution, P(T > `t`), computed as a
/// tail. See [`noncentral_t_cdf`].
pub fn noncentral_t_sf(t: f64, df: f64, ncp: f64) -> f64 {
    // -T is noncentral t with -ncp.
    tail(-t, df, -ncp)
}

/// The upper tail of the noncentral chi-square distribution, P(X² > `x`), with
/// `df` degrees of freedom and noncentrality `ncp`: of a sum of squares of `df`
/// normal variables whose means have the sum of squares `ncp`.
///
/// A mean of central tails over Poisson weights, from the largest outwards; all
/// terms are positive. Relative error about 1e-12. The number of terms grows
/// with the root of `ncp`, but only up to where `x` lies: beyond, the tail is
/// one to the last digit. Not a number for `df` at or below zero or `ncp`
/// negative or not finite.
pub fn noncentral_chi_squared_sf(x: f64, df: f64, ncp: f64) -> f64 {
    // Written so that an argument that is not a number also fails.
    if x.is_nan() || !(df > 0.0 && (0.0..f64::INFINITY).contains(&ncp)) {
        return f64::NAN;
    }
    // One of the variables alone exceeds x but with a chance below 1e-23.
    if x <= 0.0 || ncp.sqrt() - x.sqrt() > 10.0 {
        return 1.0;
    }
    let mean = 0.5 * ncp;
    let peak = mean.floor() as u64;
    let mass = |count: &u64| poisson_mass(*count, mean);
    let tail = |count: u64| mass(&count) * gamma_q(0.5 * df + count as f64, 0.5 * x);
    let below = (0..peak).rev().take_while(|count| mass(count) > 1e-18).map(tail);
    let above = (peak..).take_while(|count| mass(count) > 1e-18).map(tail);
    (below.sum::<f64>() + above.sum::<f64>()).min(1.0)
}

fn tail(t: f64, df: f64, ncp: f64) -> f64 {
    // Written so that an argument that is not a number also fails.
    if t.is_nan() || !(df > 0.0 && ncp.abs() < f64::INFINITY) {
        return f64::NAN;
    }
    if t == f64::INFINITY {
        return 1.0;
    }
    if t == f64::NEG_INFINITY {
        return 0.0;
    }
    if t == 0.0 {
        return normal_cdf(-ncp);
    }
    if df == f64::INFINITY {
        return normal_cdf(t - ncp);
    }
    if ncp == 0.0 {
        return student_cdf(t, df);
    }
    // With s = e^v the integrand in v is C s^df e^(-df (s² - 1)/2) Φ(t s - δ),
    // log-concave in s, so that it has one peak, where `rise` is zero.
    let rise = |v: f64| {
        let s = libm::exp(v);
        -df * libm::expm1(2.0 * v) + t * s * hazard(t * s - ncp)
    };
    let (mut low, mut high) = (0.0, 0.0);
    if rise(0.0) > 0.0 {
        high = 0.01;
        while rise(high) > 0.0 && high < 700.0 {
            (low, high) = (high, 2.0 * high);
        }
    } else {
        low = -0.01;
        while rise(low) < 0.0 && low > -1e5 {
            (low, high) = (2.0 * low, low);
        }
    }
    let peak = bracketed(rise, low, high, 1e-9).unwrap_or(0.5 * (low + high));
    let height = ln_integrand(peak, t, df, ncp);
    if height < -760.0 {
        return 0.0;
    }
    let size = t * libm::exp(peak);
    let width = (1.0 / ((2.0 * df).sqrt() + size.abs())).max(1e-300);
    let edge = |direction: f64| {
        let mut reach = width;
        while ln_integrand(peak + direction * reach, t, df, ncp) > height - NEGLIGIBLE && reach < 1e9 {
            reach *= 1.25;
        }
        peak + direction * reach
    };
    let (from, to) = (edge(-1.0), edge(1.0));
    let integrand = |v: f64| libm::exp(ln_integrand(v, t, df, ncp) - height);
    // Where t s passes δ the normal probability changes within 1/δ.
    let passes = libm::log(ncp / t);
    let finest = if passes > from && passes < to { 0.6 / (1.0 + ncp.abs()) } else { f64::INFINITY };
    let mut intervals = 32_usize;
    let mut step = (to - from) / 32.0;
    let mut total: f64 = (0..=intervals).map(|i| integrand(from + step * i as f64)).sum();
    let mut before = total * step;
    while intervals < MOST_INTERVALS {
        let between: f64 = (0..intervals).map(|i| integrand(from + step * (i as f64 + 0.5))).sum();
        total += between;
        intervals *= 2;
        step *= 0.5;
        let now = total * step;
        let settled = (now - before).abs() <= 1e-11 * now;
        before = now;
        if settled && intervals >= 128 && step <= finest {
            break;
        }
    }
    let half = 0.5 * df;
    let ln_constant = -stirling_error(half) + height;
    (before * 2.0 * (half / TAU).sqrt() * libm::exp(ln_constant)).min(1.0)
}

/// The logarithm of s^df e^(-df (s² - 1)/2) Φ(t s - δ) at s = e^v.
fn ln_integrand(v: f64, t: f64, df: f64, ncp: f64) -> f64 {
    ln_normal_cdf(t * libm::exp(v) - ncp) - 0.5 * df * beyond_linear(2.0 * v)
}

/// e^w - 1 - w.
fn beyond_linear(w: f64) -> f64 {
    if w.abs() > 0.5 {
        return libm::expm1(w) - w;
    }
    let (mut total, mut term, mut n) = (0.0, w, 1.0);
    loop {
        n += 1.0;
        term *= w / n;
        let next = total + term;
        if next == total || next.is_nan() {
            return next;
        }
        total = next;
    }
}

/// ln Φ(z), also where Φ(z) is below the smallest number.
fn ln_normal_cdf(z: f64) -> f64 {
    if z > -30.0 {
        libm::log(normal_cdf(z))
    } else {
        // 1/(-z) (1 - 1/z² + 3/z⁴ - ...), the sixth term is below 1e-15.
        let w = 1.0 / (z * z);
        let series = w * (-1.0 + w * (3.0 + w * (-15.0 + w * (105.0 - w * 945.0))));
        -0.5 * z * z - 0.5 * libm::log(TAU) - libm::log(-z) + libm::log1p(series)
    }
}

/// φ(z)/Φ(z).
fn hazard(z: f64) -> f64 {
    if z > -30.0 { libm::exp(-0.5 * z * z) / (TAU.sqrt() * normal_cdf(z)) } else { -z - 1.0 / z }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::normal_cdf;

    fn close(found: f64, truth: f64, relative: f64) {
        assert!((found - truth).abs() <= relative * truth.abs(), "{found:e} against {truth:e}");
    }

    #[test]
    fn noncentral_t_has_its_special_cases() {
        for df in [0.5, 3.0, 40.0, 1e6] {
            for ncp in [-2.0, 0.0, 0.7, 5.0] {
                close(noncentral_t_cdf(0.0, df, ncp), normal_cdf(-ncp), 1e-14);
                // Nearly zero joins zero.
                close(noncentral_t_cdf(1e-9, df, ncp), normal_cdf(-ncp), 1e-8);
            }
            for t in [-4.0, -0.5, 1.3, 9.0] {
                close(noncentral_t_cdf(t, df, 1e-13), student_cdf(t, df), 1e-12);
            }
        }
        close(noncentral_t_cdf(1.0, f64::INFINITY, 2.5), normal_cdf(-1.5), 1e-15);
        close(noncentral_t_cdf(1.0, 1e14, 2.5), normal_cdf(-1.5), 1e-12);
        // One degree of freedom, t = 1: half the plane, turned by 45 degrees,
        // lies 2.5/sqrt(2) away; its mirror image has the other half's rest.
        assert_eq!(noncentral_t_cdf(f64::INFINITY, 3.0, 1.0), 1.0);
        assert_eq!(noncentral_t_cdf(f64::NEG_INFINITY, 3.0, 1.0), 0.0);
    }

    #[test]
    fn noncentral_t_tails_add_up() {
        for df in [0.8, 2.0, 9.0, 14.0, 300.0, 1e7] {
            for ncp in [-30.0, -3.0, 0.1, 2.0, 12.0, 60.0] {
                for t in [-50.0, -2.0, -0.1, 0.3, 2.0, 12.0, 70.0] {
                    let sum = noncentral_t_cdf(t, df, ncp) + noncentral_t_sf(t, df, ncp);
                    assert!((sum - 1.0).abs() < 1e-12, "{t} {df} {ncp}: {sum}");
                }
            }
        }
    }

    #[test]
    fn noncentral_t_outside_its_domain_is_not_a_number() {
        for (t, df, ncp) in [
            (f64::NAN, 1.0, 1.0),
            (1.0, 0.0, 1.0),
            (1.0, -1.0, 1.0),
            (1.0, f64::NAN, 1.0),
            (1.0, 1.0, f64::INFINITY),
            (1.0, 1.0, f64::NAN),
        ] {
            assert!(noncentral_t_cdf(t, df, ncp).is_nan() && noncentral_t_sf(t, df, ncp).is_nan());
        }
        // Extreme arguments stay in the range and come back.
        for t in [-1e300, -1e-300, 1e-300, 1e5, 1e300] {
            for df in [0.1, 1.0, 1e12] {
                for ncp in [-1e8, -40.0, 1e-300, 20.0] {
                    let found = noncentral_t_cdf(t, df, ncp);
                    assert!((0.0..=1.0).contains(&found), "{t} {df} {ncp}: {found}");
                }
            }
        }
    }
}
