//! The hypergeometric distribution.

use super::binomial::binomial_mass;

/// The probability of exactly `k` successes among `draws` units taken without
/// replacement from a `population` that holds `successes` of them.
///
/// A product of binomial masses at the common share draws/population, which
/// cancels out of it (Loader 2000): relative error about 1e-13 up to
/// populations of 1e7. Zero where `k` cannot occur; not a number where
/// `successes` or `draws` exceed the population.
pub fn hypergeometric_mass(k: u64, successes: u64, draws: u64, population: u64) -> f64 {
    if successes > population || draws > population {
        return f64::NAN;
    }
    let failures = population - successes;
    if k > draws || k > successes || draws - k > failures {
        return 0.0;
    }
    if draws == 0 || draws == population {
        return 1.0;
    }
    let share = draws as f64 / population as f64;
    binomial_mass(k, successes, share) * binomial_mass(draws - k, failures, share)
        / binomial_mass(draws, population, share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hypergeometric_by_hand() {
        // Three of four chosen right: C(4,3) C(4,1) / C(8,4) = 16/70.
        assert!((hypergeometric_mass(3, 4, 4, 8) - 16.0 / 70.0).abs() < 1e-15);
        assert_eq!(hypergeometric_mass(0, 4, 0, 8), 1.0);
        assert_eq!(hypergeometric_mass(4, 4, 8, 8), 1.0);
        assert_eq!(hypergeometric_mass(5, 4, 5, 8), 0.0);
        assert_eq!(hypergeometric_mass(0, 4, 5, 8), 0.0);
        assert_eq!(hypergeometric_mass(0, 0, 0, 0), 1.0);
        assert!(hypergeometric_mass(1, 9, 4, 8).is_nan() && hypergeometric_mass(1, 4, 9, 8).is_nan());
    }

    #[test]
    fn hypergeometric_masses_sum_to_one_and_are_symmetric() {
        for (successes, draws, population) in [(3, 5, 9), (40, 70, 150), (5000, 9000, 20_000)] {
            let total: crate::sum::Sum =
                (0..=draws).map(|k| hypergeometric_mass(k, successes, draws, population)).collect();
            assert!((total.value() - 1.0).abs() < 1e-12, "{successes} {draws} {population}");
            let k = successes * draws / population;
            let (one, other) = (
                hypergeometric_mass(k, successes, draws, population),
                hypergeometric_mass(k, draws, successes, population),
            );
            assert!((one / other - 1.0).abs() < 1e-13);
        }
    }
}
