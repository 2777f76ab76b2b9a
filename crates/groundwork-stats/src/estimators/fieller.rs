//! The confidence set of a ratio whose denominator is itself uncertain:
//! `ratio.fieller`.
//!
//! # Estimand
//!
//! R = (Σ y)/(Σ x), as in [`ratio_linearised`](super::ratio_linearised).
//!
//! # Assumptions
//!
//! Independent clusters whose sums of y and x have means that are close to
//! jointly normal. Nothing is assumed about the precision of the denominator,
//! which is what sets the method apart: where Σ x could be zero as far as the
//! data can tell, R can be anything, and the set says so.
//!
//! # Method
//!
//! All values ρ for which the mean of y - ρ x does not differ from zero by a
//! t test with G - 1 degrees of freedom. With e = y - R x, s²(R) the linearised
//! variance of R, w = G/(G - 1) Σ (x - x̄) e/(Σ x)² and
//! g = t² G/(G - 1) Σ (x - x̄)²/(Σ x)², the distances δ = ρ - R of the set
//! satisfy
//!
//! ```text
//! (1 - g) δ² + 2 t² w δ - t² s²(R) <= 0
//! ```
//!
//! For g < 1 this is an interval that contains R. For g >= 1 the denominator
//! does not differ from zero at this level, and the set is either everything
//! outside an interval or every number.
//!
//! # Small samples
//!
//! Exact for clusters whose sums are jointly normal, at any number of them.
//!
//! # Refusals
//!
//! `level_out_of_range`; `zero_numerator` and `no_variation` when the clusters
//! do not vary; `denominator_ci_includes_zero` from [`fieller`] when g >= 1,
//! where no finite interval may be printed. [`fieller_set`] gives the unbounded
//! set instead.
//!
//! # Source
//!
//! Fieller EC (1954). Some problems in interval estimation. Journal of the
//! Royal Statistical Society B 16:175-185.

use crate::estimate::{Estimate, Interval, Outcome, Refusal, check_level, finite_interval};
use crate::estimators::cluster_sums::ClusterSums;
use crate::special::student_critical;
use crate::sum::Sum;

/// The id of the method.
pub const METHOD: &str = "ratio.fieller";

/// The shape of a confidence set for a ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// An interval; both limits belong to the set.
    Bounded {
        /// The lower limit.
        lower: f64,
        /// The upper limit.
        upper: f64,
    },
    /// Every number up to `below`, and every number from `above` on.
    Outside {
        /// The upper end of the part that has no lower end.
        below: f64,
        /// The lower end of the part that has no upper end.
        above: f64,
    },
    /// Every number: the data say nothing about the ratio at this level.
    Everything,
}

/// A confidence set for a ratio, bounded or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FiellerSet {
    /// The ratio of the sums.
    pub ratio: f64,
    /// The squared coefficient of variation of the mean of x, times t²: from
    /// one on the set is unbounded.
    pub g: f64,
    /// The set itself.
    pub shape: Shape,
    /// The nominal confidence level.
    pub level: f64,
}

/// Fieller's confidence set for a ratio of sums, whatever its shape.
///
/// `level` is the confidence level (a share). See the [module](self) for the
/// method.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `zero_numerator`, `no_variation`: the clusters do not vary.
/// * `not_finite`: the spread of the denominator is beyond the range of numbers.
pub fn fieller_set(sums: &ClusterSums, level: f64) -> Result<FiellerSet, Refusal> {
    check_level(level)?;
    let linearised = sums.linearised();
    linearised.check_variation()?;
    let t = student_critical(level, linearised.df());
    let (ratio, total) = (linearised.ratio(), sums.x_total());
    let clusters = sums.n_clusters() as f64;
    let share = clusters / (clusters - 1.0);
    let mut spread = Sum::new();
    let mut cross = Sum::new();
    for &[y, x] in sums.pairs() {
        let distance = x / total - 1.0 / clusters;
        let residual = x.mul_add(-ratio, y) / total;
        spread.add(distance * distance);
        cross.add(distance * residual);
    }
    let g = t * t * (share * spread.value());
    let tilt = t * share * cross.value();
    let variance = linearised.std_error() * linearised.std_error();
    if !(t.is_finite() && g.is_finite() && tilt.is_finite() && variance.is_finite()) {
        return Err(Refusal::not_finite("the spread of the denominator"));
    }
    // (1 - g) δ² + 2 t tilt δ - t² variance = 0.
    let root = tilt.mul_add(tilt, (1.0 - g) * variance);
    let shape = if g < 1.0 {
        let root = root.max(0.0).sqrt();
        // The root farther out is a sum of like signs; the nearer follows from
        // the product of the two.
        let outer = t * (root + tilt.abs());
        let (far, near) = (outer / (1.0 - g), t * variance * t / outer);
        let (down, up) = if tilt > 0.0 { (far, near) } else { (near, far) };
        Shape::Bounded { lower: ratio - down, upper: ratio + up }
    } else if root > 0.0 {
        // Both roots lie on one side of the ratio.
        let outer = t * (root.sqrt() + tilt.abs());
        let sign = if tilt > 0.0 { 1.0 } else { -1.0 };
        let (near, far) = (sign * t * variance * t / outer, sign * outer / (g - 1.0));
        let (below, above) = (ratio + near.min(far), ratio + near.max(far));
        if below.is_finite() && above.is_finite() {
            Shape::Outside { below, above }
        } else {
            Shape::Everything
        }
    } else {
        Shape::Everything
    };
    if let Shape::Bounded { lower, upper } = shape {
        finite_interval(lower, upper, level)?;
    }
    Ok(FiellerSet { ratio, g, shape, level })
}

/// A ratio of sums with Fieller's interval.
///
/// The standard error is the linearised one; the limits are those of
/// [`fieller_set`] at the confidence level `level` (a share).
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `zero_numerator`, `no_variation`: the clusters do not vary.
/// * `denominator_ci_includes_zero`: the set is unbounded.
/// * `not_finite`, `interval_not_finite`: a number is beyond the range.
pub fn fieller(sums: &ClusterSums, level: f64) -> Outcome {
    let set = fieller_set(sums, level)?;
    let linearised = sums.linearised();
    let interval = match set.shape {
        Shape::Bounded { lower, upper } => Interval { lower, upper, level },
        Shape::Outside { .. } | Shape::Everything => {
            return Err(Refusal::new(
                "denominator_ci_includes_zero",
                "the denominator does not differ from zero at this level, so the confidence set of the ratio has no ends",
                "report the ratio of the totals and print the unbounded set, or lower the level",
            ));
        }
    };
    Ok(Estimate {
        std_error: Some(linearised.std_error()),
        interval: Some(interval),
        df: Some(linearised.df()),
        n_clusters: Some(linearised.n_clusters()),
        ..Estimate::point(set.ratio, linearised.n(), METHOD)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn sums(y: &[f64], x: &[f64]) -> ClusterSums {
        ClusterSums::new(y, x, y.len() as u64).expect("sums")
    }

    /// The t statistic of the mean of y - ρ x.
    fn statistic(y: &[f64], x: &[f64], rho: f64) -> f64 {
        let n = y.len() as f64;
        let d: Vec<f64> = y.iter().zip(x).map(|(y, x)| y - rho * x).collect();
        let mean = d.iter().sum::<f64>() / n;
        let s2 = d.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0);
        mean / (s2 / n).sqrt()
    }

    #[test]
    fn fieller_of_a_mean_is_the_t_interval() {
        let sums = sums(&[3.0, 5.0, 4.0, 8.0, 10.0], &[1.0; 5]);
        let set = fieller_set(&sums, 0.95).expect("a set");
        assert!(set.g.abs() < 1e-30);
        let plain = crate::ratio_linearised(sums.linearised(), 0.95).expect("an estimate");
        let plain = plain.interval.expect("an interval");
        let Shape::Bounded { lower, upper } = set.shape else { panic!("{set:?}") };
        assert!((lower - plain.lower).abs() < 1e-14 && (upper - plain.upper).abs() < 1e-14);
    }

    #[test]
    fn fieller_says_when_the_set_has_no_ends() {
        let sums = sums(&[5.0, 1.0, 0.0, 9.0, 2.0], &[0.0, 0.0, 0.0, 30.0, 1.0]);
        assert_eq!(code(fieller(&sums, 0.95)), Some("denominator_ci_includes_zero"));
        let set = fieller_set(&sums, 0.95).expect("a set");
        assert!(set.g >= 1.0);
        match set.shape {
            Shape::Bounded { .. } => panic!("{set:?}"),
            Shape::Outside { below, above } => assert!(below < above),
            Shape::Everything => {}
        }
        // At a low level the denominator is told from zero.
        assert!(fieller(&sums, 0.2).is_ok());
    }

    #[test]
    fn fieller_refuses() {
        assert_eq!(code(fieller(&sums(&[1.0, 2.0], &[1.0, 1.0]), 0.0)), Some("level_out_of_range"));
        assert_eq!(code(fieller(&sums(&[0.0, 0.0], &[1.0, 2.0]), 0.9)), Some("zero_numerator"));
        assert_eq!(code(fieller(&sums(&[2.0, 4.0], &[1.0, 2.0]), 0.9)), Some("no_variation"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

        #[test]
        fn fieller_limits_are_where_the_test_rejects(
            rows in proptest::collection::vec((0.0..50.0_f64, 0.0..20.0_f64), 4..9),
            level in 0.5..0.99_f64,
        ) {
            let (y, x): (Vec<f64>, Vec<f64>) = rows.into_iter().unzip();
            let Ok(sums) = ClusterSums::new(&y, &x, 1) else { return Ok(()) };
            let Ok(set) = fieller_set(&sums, level) else { return Ok(()) };
            let t = student_critical(level, (y.len() - 1) as f64);
            let inside = |rho: f64| statistic(&y, &x, rho).abs() <= t;
            let step = 1e-6;
            match set.shape {
                Shape::Bounded { lower, upper } => {
                    prop_assert!(lower <= set.ratio && set.ratio <= upper);
                    for (limit, out) in [(lower, -step), (upper, step)] {
                        let scale = 1.0 + limit.abs();
                        prop_assert!(inside(limit - out * scale) && !inside(limit + out * scale));
                    }
                }
                Shape::Outside { below, above } => {
                    prop_assert!(set.ratio <= below || above <= set.ratio);
                    if above - below > 1e-3 * (1.0 + above.abs() + below.abs()) && above.abs().max(below.abs()) < 1e6 {
                        prop_assert!(!inside(0.5 * (below + above)));
                        prop_assert!(inside(below - step * (1.0 + below.abs())));
                        prop_assert!(inside(above + step * (1.0 + above.abs())));
                    }
                }
                Shape::Everything => {
                    for rho in [-1e6, -10.0, -1.0, 0.0, 1.0, 3.0, 10.0, 1e6] {
                        prop_assert!(statistic(&y, &x, rho).abs() <= t * (1.0 + 1e-6));
                    }
                }
            }
        }
    }
}
