//! A mean with its t interval: `mean.t`.
//!
//! # Estimand
//!
//! The mean of the process behind the data, in the unit of the values.
//!
//! # Assumptions
//!
//! Units are independent (clustered units need the clustered ratio with x = 1,
//! [`ratio_linearised`](super::ratio_linearised)), and values near normal or
//! many.
//!
//! # Method
//!
//! x̄ ± t(n-1) s/sqrt(n). No test: a mean of zero is rarely a hypothesis. Sums
//! do not depend on the order of the rows.
//!
//! # Small samples
//!
//! With skewed values, such as costs, the interval misses on the high side
//! more often than it says until there are some tens of units; a median with
//! its exact interval ([`median_exact`](super::median_exact)) does not.
//!
//! # Refusals
//!
//! `empty`, `not_finite`, `out_of_range`, `too_few_units` (one),
//! `no_variation`, `level_out_of_range`.
//!
//! # Source
//!
//! Student (1908). The probable error of a mean. Biometrika 6:1-25.

use super::columns::Moments;
use super::paired_change::t_interval;
use crate::estimate::{Estimate, Outcome, check_level};

/// The id of the method.
pub const METHOD: &str = "mean.t";

/// The mean with its standard error and t interval.
///
/// `values` holds one value a unit, in any order; the interval is at `level`,
/// a share. See the [module](self) for the refusals.
pub fn mean_t(values: &[f64], level: f64) -> Outcome {
    check_level(level)?;
    let moments = Moments::new(values, "a value")?;
    let found = t_interval(&moments, level, METHOD)?;
    Ok(Estimate { statistic: None, p_value: None, ..found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::student_critical;

    fn code(values: &[f64], level: f64) -> Option<&'static str> {
        mean_t(values, level).err().map(|refusal| refusal.code)
    }

    #[test]
    fn mean_by_hand() {
        let found = mean_t(&[3.0, 1.0, 2.0], 0.95).expect("a mean");
        let half = student_critical(0.95, 2.0) / 3.0_f64.sqrt();
        let interval = found.interval.expect("an interval");
        assert_eq!((found.value, found.n, found.p_value), (2.0, 3, None));
        assert!(
            (interval.lower - (2.0 - half)).abs() < 1e-14 && (interval.upper - (2.0 + half)).abs() < 1e-14
        );
    }

    #[test]
    fn mean_keeps_its_bits_and_its_digits() {
        let values: Vec<f64> = (0..5000).map(|i| 1e9 + f64::from(i * 7919 % 5000) * 0.001).collect();
        let reversed: Vec<f64> = values.iter().rev().copied().collect();
        let found = mean_t(&values, 0.95).expect("a mean");
        assert_eq!(mean_t(&reversed, 0.95), Ok(found.clone()));
        // The variance of 0.001 times 0 .. 4999; the values are rounded at 1e9.
        let sd = 0.001 * (5000.0 * 5001.0 / 12.0_f64).sqrt();
        assert!((found.std_error.expect("an error") / (sd / 5000.0_f64.sqrt()) - 1.0).abs() < 1e-8);
    }

    #[test]
    fn mean_refuses() {
        assert_eq!(code(&[], 0.95), Some("empty"));
        assert_eq!(code(&[1.0], 0.95), Some("too_few_units"));
        assert_eq!(code(&[0.1; 7], 0.95), Some("no_variation"));
        assert_eq!(code(&[1.0, f64::INFINITY], 0.95), Some("not_finite"));
        assert_eq!(code(&[1.0, 1e300], 0.95), Some("out_of_range"));
        assert_eq!(code(&[1.0, 2.0], f64::NAN), Some("level_out_of_range"));
    }
}
