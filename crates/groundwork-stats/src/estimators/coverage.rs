//! The exact coverage of intervals for a proportion: `coverage.exact`.
//!
//! # Estimand
//!
//! The probability, under n independent trials with success probability p,
//! that an interval contains p; its lowest and its mean value over p.
//!
//! # Assumptions
//!
//! Those of the binomial distribution: independent trials, one probability.
//!
//! # Method
//!
//! Enumeration, not simulation: the binomial masses of all counts x whose
//! interval contains p, limits included, are added up.
//!
//! ```text
//! C(p) = Σ_{x: L(x) <= p <= U(x)} C(n, x) p^x (1 - p)^(n - x)
//! ```
//!
//! Between two neighbouring limits the counts that qualify stay the same, and
//! C is a polynomial with one hump where they lie side by side. Its lowest
//! values are therefore approached at the limits, from one side or the other,
//! and [`Coverage::lowest`] is exact where a grid would only come near it.
//!
//! # Small samples
//!
//! This is what tells how a method behaves in small samples. An interval made
//! of estimate ± 1.96 standard errors, which the crate does not offer, covers
//! .077 at worst on the grid of hundredths at n = 8 where 95% is claimed,
//! Wilson's .851 and that of Clopper and Pearson .970.
//!
//! # Refusals
//!
//! `zero_denominator`, `level_out_of_range`, `probability_out_of_range`,
//! `too_many_units`, and those of the interval.
//!
//! # Source
//!
//! Brown LD, Cai TT, DasGupta A (2001). Interval estimation for a binomial
//! proportion. Statistical Science 16:101-133.

use crate::estimate::{Interval, Outcome, Refusal, check_level};
use crate::special::binomial_mass;
use crate::sum::Sum;
use crate::thresholds::COVERAGE_UNITS_MOST;

/// The id of the method.
pub const METHOD: &str = "coverage.exact";

/// The intervals of every count of `n`, from which the coverage at any
/// probability follows.
#[derive(Clone, Debug)]
pub struct Coverage {
    n: u64,
    level: f64,
    intervals: Vec<Interval>,
}

/// The coverage over the inner points of an even grid of probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridCoverage {
    /// The lowest coverage on the grid, a share.
    pub lowest: f64,
    /// The smallest probability where it is taken.
    pub lowest_at: f64,
    /// The mean coverage over the grid.
    pub mean: f64,
}

impl Coverage {
    /// Works out the interval of every count of `n` at `level`, a share.
    ///
    /// `method` is any interval of this crate or another function from
    /// successes, units and level to an estimate with an interval, such as
    /// [`proportion_wilson`](super::proportion_wilson::proportion_wilson).
    ///
    /// # Refusals
    ///
    /// * `zero_denominator`: `n` is zero.
    /// * `level_out_of_range`: the level is not strictly between 0 and 1.
    /// * `too_many_units`: `n` is above ten thousand.
    /// * `no_interval`: the method gives an estimate without an interval.
    /// * whatever the method refuses.
    pub fn new<F>(n: u64, level: f64, method: F) -> Result<Self, Refusal>
    where
        F: Fn(u64, u64, f64) -> Outcome,
    {
        check_level(level)?;
        if n == 0 {
            return Err(Refusal::zero_denominator());
        }
        if n > COVERAGE_UNITS_MOST {
            return Err(Refusal::new(
                "too_many_units",
                "there are more units than coverage is enumerated for",
                "take the coverage at the largest number of units, which is close to nominal",
            ));
        }
        let intervals = (0..=n)
            .map(|x| {
                method(x, n, level)?.interval.ok_or_else(|| {
                    Refusal::new(
                        "no_interval",
                        "the method gives no interval, so there is nothing to cover",
                        "choose a method with an interval",
                    )
                })
            })
            .collect::<Result<Vec<_>, Refusal>>()?;
        Ok(Self { n, level, intervals })
    }

    /// The number of trials.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// The nominal level, a share.
    pub fn level(&self) -> f64 {
        self.level
    }

    /// The interval of each count from 0 to n.
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// The coverage when the truth is `p`, a share.
    ///
    /// # Refusals
    ///
    /// * `probability_out_of_range`: `p` is not between 0 and 1.
    pub fn at(&self, p: f64) -> Result<f64, Refusal> {
        check_probability(p)?;
        Ok(self.covered(p, |interval| interval.contains(p)))
    }

    /// The lowest and the mean coverage over the probabilities 1/`steps`,
    /// 2/`steps`, ..., (`steps` - 1)/`steps`.
    ///
    /// # Refusals
    ///
    /// * `empty`: fewer than two steps leave no inner point.
    pub fn over_grid(&self, steps: u32) -> Result<GridCoverage, Refusal> {
        if steps < 2 {
            return Err(Refusal::new(
                "empty",
                "the grid has no inner point",
                "take at least two steps, such as a hundred",
            ));
        }
        let mut found = GridCoverage { lowest: f64::INFINITY, lowest_at: 0.5, mean: 0.0 };
        let mut total = Sum::new();
        for step in 1..steps {
            let p = f64::from(step) / f64::from(steps);
            let coverage = self.covered(p, |interval| interval.contains(p));
            total.add(coverage);
            if coverage < found.lowest {
                (found.lowest, found.lowest_at) = (coverage, p);
            }
        }
        found.mean = total.value() / f64::from(steps - 1);
        Ok(found)
    }

    /// The infimum of the coverage over all probabilities strictly between 0
    /// and 1, and a probability where it is approached.
    ///
    /// Exact for intervals whose limits rise with the count, which is every
    /// interval of this crate. The coverage jumps at each limit; the value
    /// given is the lower of the two that it takes beside the jump, which need
    /// not be taken at the limit itself, as limits belong to their interval.
    pub fn lowest(&self) -> (f64, f64) {
        let mut cuts: Vec<f64> = self
            .intervals
            .iter()
            .flat_map(|interval| [interval.lower, interval.upper])
            .filter(|limit| *limit > 0.0 && *limit < 1.0)
            .collect();
        cuts.sort_by(f64::total_cmp);
        cuts.dedup();
        let mut lowest = (1.0_f64, 0.5);
        for &cut in &cuts {
            // Just below the cut, and just above it.
            let below = self.covered(cut, |interval| interval.lower < cut && cut <= interval.upper);
            let above = self.covered(cut, |interval| interval.lower <= cut && cut < interval.upper);
            let here = below.min(above);
            if here < lowest.0 {
                lowest = (here, cut);
            }
        }
        lowest
    }

    fn covered(&self, p: f64, holds: impl Fn(&Interval) -> bool) -> f64 {
        let total: Sum = (0..=self.n)
            .zip(&self.intervals)
            .filter(|(_, interval)| holds(interval))
            .map(|(x, _)| binomial_mass(x, self.n, p))
            .collect();
        // Rounding may carry a certainty past one in the last digit.
        total.value().min(1.0)
    }
}

/// The coverage at `p` of checked intervals whose limits rise with the count,
/// at a cost that grows with the square root of `n`.
pub(super) fn coverage_of_rising(n: u64, p: f64, limits: impl Fn(u64) -> Interval) -> Result<f64, Refusal> {
    check_probability(p)?;
    // The first x whose upper limit reaches p, and the first whose lower limit
    // has passed it.
    let first = first_where(n, |x| limits(x).upper >= p);
    let end = first_where(n, |x| limits(x).lower > p);
    let covered: Sum = (first..end).map(|x| binomial_mass(x, n, p)).collect();
    Ok(covered.value().min(1.0))
}

fn check_probability(p: f64) -> Result<(), Refusal> {
    if (0.0..=1.0).contains(&p) {
        return Ok(());
    }
    Err(Refusal::new(
        "probability_out_of_range",
        "the probability does not lie between 0 and 1",
        "give the probability as a share, such as 0.75",
    ))
}

/// The first of 0..=n for which a condition holds that never ceases to hold
/// afterwards, or n + 1.
fn first_where(n: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut from, mut to) = (0, n.saturating_add(1));
    while from < to {
        let middle = from + (to - from) / 2;
        if middle <= n && holds(middle) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Estimate;
    use crate::estimators::proportion_agresti_coull::proportion_agresti_coull;
    use crate::estimators::proportion_clopper_pearson::proportion_clopper_pearson;
    use crate::estimators::proportion_jeffreys::proportion_jeffreys;
    use crate::estimators::proportion_mid_p::proportion_mid_p;
    use crate::estimators::proportion_wilson::{proportion_wilson, wilson_coverage};
    use crate::estimators::proportion_wilson_cc::proportion_wilson_cc;

    type Method = fn(u64, u64, f64) -> Outcome;

    const METHODS: [(&str, Method); 6] = [
        ("wilson", proportion_wilson),
        ("wilson.cc", proportion_wilson_cc),
        ("clopper_pearson", proportion_clopper_pearson),
        ("jeffreys", proportion_jeffreys),
        ("mid_p", proportion_mid_p),
        ("agresti_coull", proportion_agresti_coull),
    ];

    /// The lowest coverage at 95% for n = 1..=30, rounded to thousandths, worked
    /// out by other software.
    #[rustfmt::skip]
    const LOWEST: [(&str, [u32; 30]); 6] = [
        ("wilson", [793, 820, 827, 830, 832, 833, 834, 834, 835, 835, 835, 836, 836, 836, 836, 836, 836, 836, 837, 837, 837, 837, 837, 837, 837, 837, 837, 837, 837, 837]),
        ("wilson.cc", [945, 947, 948, 948, 948, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949, 949]),
        ("clopper_pearson", [975, 975, 975, 975, 975, 966, 953, 969, 960, 961, 958, 954, 952, 955, 951, 958, 951, 955, 952, 958, 953, 952, 955, 953, 951, 952, 951, 952, 951, 951]),
        ("jeffreys", [853, 882, 888, 866, 892, 893, 885, 879, 873, 868, 895, 896, 896, 896, 896, 896, 896, 895, 894, 893, 893, 892, 892, 891, 890, 890, 890, 889, 889, 888]),
        ("mid_p", [950, 950, 950, 950, 931, 912, 941, 928, 931, 927, 923, 919, 916, 913, 933, 923, 929, 925, 922, 929, 928, 932, 929, 926, 929, 928, 927, 926, 925, 925]),
        ("agresti_coull", [833, 820, 840, 870, 894, 900, 907, 914, 920, 924, 927, 922, 932, 933, 932, 923, 927, 933, 932, 929, 927, 930, 935, 934, 930, 928, 929, 932, 931, 934]),
    ];

    #[test]
    fn coverage_of_every_interval_at_every_small_n() {
        for ((name, method), (same, stated)) in METHODS.iter().zip(LOWEST) {
            assert_eq!(*name, same);
            for (n, thousandths) in (1..=30).zip(stated) {
                let coverage = Coverage::new(n, 0.95, method).expect("a coverage");
                let (lowest, at) = coverage.lowest();
                assert!(
                    (1000.0 * lowest - f64::from(thousandths)).abs() < 0.501,
                    "{name} at {n}: {lowest} at {at}"
                );
                let grid = coverage.over_grid(100).expect("a grid");
                // The grid can only come near the lowest, and over all p the
                // intervals keep about what they claim.
                assert!(grid.lowest >= lowest - 1e-12, "{name} at {n}");
                assert!(grid.mean > 0.93 && grid.mean <= 1.0, "{name} at {n}: {}", grid.mean);
            }
        }
    }

    #[test]
    fn coverage_of_the_exact_interval_is_never_below_nominal() {
        for level in [0.8, 0.9, 0.95, 0.99] {
            for n in 1..=30 {
                let coverage = Coverage::new(n, level, proportion_clopper_pearson).expect("a coverage");
                assert!(coverage.lowest().0 >= level - 1e-12, "{n} {level}");
                let corrected = Coverage::new(n, level, proportion_wilson_cc).expect("a coverage");
                assert!(corrected.lowest().0 >= coverage.lowest().0 - 0.06, "{n} {level}");
            }
        }
    }

    #[test]
    fn coverage_lowest_is_below_every_fine_grid() {
        for (name, method) in METHODS {
            for n in [1, 4, 9] {
                let coverage = Coverage::new(n, 0.9, method).expect("a coverage");
                let (lowest, at) = coverage.lowest();
                let grid = coverage.over_grid(20_011).expect("a grid");
                assert!(grid.lowest >= lowest - 1e-12, "{name} {n}");
                assert!(grid.lowest < lowest + 2e-3, "{name} {n}: {lowest} at {at}, {grid:?}");
            }
        }
    }

    #[test]
    fn coverage_agrees_with_the_short_cut() {
        for n in [1, 2, 6, 8, 30] {
            let coverage = Coverage::new(n, 0.95, proportion_wilson).expect("a coverage");
            assert_eq!((coverage.n(), coverage.level()), (n, 0.95));
            assert_eq!(coverage.intervals().len() as u64, n + 1);
            for step in 0..=100 {
                let p = f64::from(step) / 100.0;
                assert_eq!(coverage.at(p), wilson_coverage(n, p, 0.95), "{n} {p}");
            }
        }
    }

    #[test]
    fn coverage_refuses() {
        let code = |found: Result<Coverage, Refusal>| found.err().map(|refusal| refusal.code);
        assert_eq!(code(Coverage::new(0, 0.95, proportion_wilson)), Some("zero_denominator"));
        assert_eq!(code(Coverage::new(8, 95.0, proportion_wilson)), Some("level_out_of_range"));
        assert_eq!(code(Coverage::new(u64::MAX, 0.95, proportion_wilson)), Some("too_many_units"));
        let without = |_: u64, n: u64, _: f64| Ok(Estimate::point(0.5, n, "none"));
        assert_eq!(code(Coverage::new(8, 0.95, without)), Some("no_interval"));
        let coverage = Coverage::new(8, 0.95, proportion_wilson).expect("a coverage");
        for p in [-0.1, 1.1, f64::NAN] {
            assert_eq!(coverage.at(p).map_err(|refusal| refusal.code), Err("probability_out_of_range"));
        }
        assert_eq!(coverage.over_grid(1).map_err(|refusal| refusal.code), Err("empty"));
    }
}
