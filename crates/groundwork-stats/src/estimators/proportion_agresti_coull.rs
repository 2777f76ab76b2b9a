//! A proportion with the interval of Agresti and Coull: `agresti_coull`.
//!
//! # Estimand
//!
//! The probability p that a unit of the process behind the data is a success.
//!
//! # Assumptions
//!
//! The units are independent and share one probability.
//!
//! # Method
//!
//! With z the normal critical value, z²/2 successes and z²/2 failures are
//! added, and the ordinary interval is taken around the share that results:
//!
//! ```text
//! ñ = n + z²,  p̃ = (x + z²/2)/ñ,  p̃ ± z sqrt(p̃(1 - p̃)/ñ)
//! ```
//!
//! Limits below 0 and above 1 are moved to 0 and 1. The centre is that of
//! Wilson's interval, and the width never smaller.
//!
//! # Small samples
//!
//! Coverage is close to nominal and rather above it; near 0 and 1 the
//! interval is wider than Wilson's without need. Offered for comparison with
//! published figures.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `level_out_of_range`.
//!
//! # Source
//!
//! Agresti A, Coull BA (1998). Approximate is better than "exact" for interval
//! estimation of binomial proportions. The American Statistician 52:119-126.

use super::counts::check_proportion;
use crate::estimate::{Estimate, Outcome, finite_interval};
use crate::special::normal_critical;

/// The id of the method.
pub const METHOD: &str = "agresti_coull";

/// A proportion with the interval of Agresti and Coull, cut to 0 and 1.
///
/// `x` successes of `n` units at the confidence level `level` (a share). The
/// estimate is x/n, a share, not the centre of the interval; `n` is the
/// denominator. See the [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: `n` is zero.
/// * `numerator_exceeds_denominator`: `x` is larger than `n`.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
pub fn proportion_agresti_coull(x: u64, n: u64, level: f64) -> Outcome {
    check_proportion(x, n, level)?;
    let z = normal_critical(level);
    let added = 0.5 * z * z;
    let (successes, failures) = (x as f64 + added, (n - x) as f64 + added);
    let trials = successes + failures;
    let reach = z * (successes / trials * failures / trials / trials).sqrt();
    let lower = (successes / trials - reach).max(0.0);
    let upper = (1.0 - (failures / trials - reach)).min(1.0);
    Ok(Estimate {
        interval: Some(finite_interval(lower, upper, level)?),
        ..Estimate::point(x as f64 / n as f64, n, METHOD)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimators::proportion_wilson::proportion_wilson;

    #[test]
    fn agresti_coull_has_wilsons_centre_and_more_width() {
        for n in [1, 8, 30, 1000] {
            for x in 0..=n {
                let found = proportion_agresti_coull(x, n, 0.95).expect("an estimate");
                let found = found.interval.expect("an interval");
                let wilson = proportion_wilson(x, n, 0.95).expect("an estimate");
                let wilson = wilson.interval.expect("an interval");
                assert!(found.lower <= wilson.lower + 1e-15 && wilson.upper <= found.upper + 1e-15);
                if found.lower > 0.0 && found.upper < 1.0 {
                    assert!((found.lower + found.upper - wilson.lower - wilson.upper).abs() < 1e-14);
                }
                assert!(found.lower >= 0.0 && found.upper <= 1.0);
                let other = proportion_agresti_coull(n - x, n, 0.95).expect("an estimate");
                let other = other.interval.expect("an interval");
                assert!((found.lower - (1.0 - other.upper)).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn agresti_coull_refuses() {
        let refused = |x, n, level| proportion_agresti_coull(x, n, level).err().map(|r| r.code);
        assert_eq!(refused(0, 0, 0.95), Some("zero_denominator"));
        assert_eq!(refused(9, 8, 0.95), Some("numerator_exceeds_denominator"));
        assert_eq!(refused(6, 8, -1.0), Some("level_out_of_range"));
    }
}
