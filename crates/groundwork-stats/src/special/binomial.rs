//! The binomial distribution.

use std::f64::consts::TAU;

use super::gamma::{deviance, stirling_error};
use crate::sum::{two_product, two_sum};

/// The probability of exactly `k` successes in `n` independent trials.
///
/// C(n, k) p^k (1 - p)^(n - k) by the saddle-point form of Loader (2000, Fast
/// and accurate computation of binomial probabilities): relative error about
/// 1e-13 up to n of 1e7. Zero for `k > n`; not a number for `p` outside 0 to 1.
pub fn binomial_mass(k: u64, n: u64, p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if k > n {
        return 0.0;
    }
    let (successes, failures, trials) = (k as f64, (n - k) as f64, n as f64);
    if k == 0 {
        return all_alike(trials, -p);
    }
    if k == n {
        return if p < 0.5 { libm::pow(p, trials) } else { all_alike(trials, p - 1.0) };
    }
    if p == 0.0 || p == 1.0 {
        return 0.0;
    }
    let expected = two_product(trials, p);
    let q = two_sum(1.0, -p);
    let (high, low) = two_product(trials, q.0);
    let missed = two_sum(high, low + trials * q.1);
    let exponent = (stirling_error(trials) - stirling_error(successes) - stirling_error(failures))
        - deviance(successes, expected)
        - deviance(failures, missed);
    (trials / successes / failures / TAU).sqrt() * libm::exp(exponent)
}

/// (1 + `minus`)^`trials`, with the base near one.
fn all_alike(trials: f64, minus: f64) -> f64 {
    if trials == 0.0 { 1.0 } else { libm::exp(trials * libm::log1p(minus)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binomial_masses_sum_to_one() {
        for (n, p) in [(1, 0.3), (8, 0.1), (8, 0.9), (263, 0.31), (5000, 0.5)] {
            let total: crate::sum::Sum = (0..=n).map(|k| binomial_mass(k, n, p)).collect();
            assert!((total.value() - 1.0).abs() < 1e-13, "{n} {p}");
        }
    }

    #[test]
    fn binomial_mass_by_hand() {
        // 28 * 0.75^6 * 0.25^2
        assert!((binomial_mass(6, 8, 0.75) - 28.0 * 729.0 / 65536.0).abs() < 1e-15);
        assert_eq!(binomial_mass(0, 8, 0.0), 1.0);
        assert_eq!(binomial_mass(8, 8, 1.0), 1.0);
        assert_eq!(binomial_mass(3, 8, 0.0), 0.0);
        assert_eq!(binomial_mass(0, 0, 0.4), 1.0);
        assert_eq!(binomial_mass(9, 8, 0.4), 0.0);
        assert_eq!(binomial_mass(0, 8, 1.0), 0.0);
        assert!(binomial_mass(1, 8, -0.1).is_nan() && binomial_mass(1, 8, f64::NAN).is_nan());
    }
}
