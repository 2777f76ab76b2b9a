//! An effect after the start when trends may bend: `honest.sd.flci`.
//!
//! # Estimand
//!
//! A weighted mean of the effects in the periods after the start, from an event
//! study, in the units of the outcome.
//!
//! # Assumptions
//!
//! Parallel trends are replaced by something weaker: the difference in trend
//! between the groups may be anything, but it changes from one period to the
//! next by no more than M, in the units of the outcome for each period, before
//! the start and after it. M = 0 is a straight line, drawn through the periods
//! before the start and on. M is stated before looking, or shown for several
//! values. The periods are evenly spaced, the reference period is the last
//! before the start, and the estimates are jointly normal with the covariance
//! given.
//!
//! # Method
//!
//! Among the estimators l'β_post + v'β_pre, with v for the periods before the
//! start, whose bias is bounded, the one whose interval is shortest. With b its
//! largest bias under M and s its standard error the interval is
//!
//! ```text
//! l'β_post + v'β_pre ± s c(b/s)
//! ```
//!
//! where c(x) is the quantile of |N(x, 1)|: it has the stated coverage whatever
//! the trend, within the bound, does (a fixed-length confidence interval). v is
//! found exactly: with c_j = Σ_{s > j} (s - j) v_s, where v_s belongs to s
//! periods before the reference, b is M times a constant plus Σ_{j > 0} |c_j|,
//! and c_0 is fixed by the straight line. For each b the smallest s lies on a
//! path of straight pieces (as in the lasso), along which the length has one
//! minimum.
//!
//! # Small samples
//!
//! The covariance is taken as known. With few clusters it is not, and the
//! interval is too short.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty` (no period after the start), `no_pre_periods`,
//! `not_finite`, `out_of_range`, `bound_out_of_range` (M is negative or not a
//! number), `not_positive_definite` (the covariance), `level_out_of_range`,
//! `no_convergence`, `interval_not_finite`.
//!
//! Warning `assumed_smoothness` in every case: the width rests on M, which the
//! data do not give.
//!
//! # Source
//!
//! Rambachan A, Roth J (2023). A more credible approach to parallel trends.
//! Review of Economic Studies 90:2555-2591. Armstrong TB, Kolesár M (2020).
//! Simple and honest confidence intervals in nonparametric regression.
//! Quantitative Economics 11:1-39. Osborne MR, Presnell B, Turlach BA (2000). A
//! new approach to variable selection in least squares problems. IMA Journal of
//! Numerical Analysis 20:389-403.

use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::linalg::{Matrix, check_column, check_length, cholesky, solve_positive};
use crate::root::bracketed;
use crate::special::{normal_cdf, normal_critical, normal_quantile};
use crate::sum::sum;
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "honest.sd.flci";

/// The estimates of an event study, in order of time, the reference period
/// left out.
#[derive(Clone, Copy, Debug)]
pub struct EventEstimates<'a> {
    /// Before the reference period, the earliest first.
    pub before: &'a [f64],
    /// After the reference period, the first treated period first.
    pub after: &'a [f64],
    /// Their covariance, those before first.
    pub covariance: &'a Matrix,
}

impl EventEstimates<'_> {
    /// The covariance made symmetric, or why the estimates cannot be used.
    pub(super) fn check(&self) -> Result<Matrix, Refusal> {
        let size = self.before.len() + self.after.len();
        if self.after.is_empty() {
            return Err(Refusal::new(
                "empty",
                "there is no period after the start",
                "report the estimates before the start as a check of the trends",
            ));
        }
        if self.before.is_empty() {
            return Err(Refusal::new(
                "no_pre_periods",
                "there is no period before the reference period, so nothing is known of the trend",
                "report the event study, and say that its trends could not be checked",
            ));
        }
        check_length(self.covariance.rows(), size)?;
        check_length(self.covariance.cols(), size)?;
        for column in [self.before, self.after, self.covariance.data()] {
            check_column(column, "an estimate or its covariance")?;
        }
        let mut covariance = self.covariance.clone();
        covariance.symmetrise();
        if cholesky(&covariance).is_none() {
            return Err(not_positive_definite());
        }
        Ok(covariance)
    }
}

/// The shortest interval of fixed length for a weighted mean of effects, when
/// the trend changes by at most `bound` from period to period.
///
/// `weights` hold one weight for each period after the reference: 1, 0, ... for
/// the first, equal weights for the mean. `bound` is M, in the units of the
/// outcome; `level` the confidence level, a share. The value is the centre of
/// the interval and `std_error` that of the centre; there is no p-value. `n` is
/// the number of estimates. See the [module](self) for the method and refusals.
pub fn honest_smoothness(estimates: &EventEstimates<'_>, weights: &[f64], bound: f64, level: f64) -> Outcome {
    check_level(level)?;
    let problem = Problem::new(estimates, weights, bound, level)?;
    let best = problem.shortest()?;
    let values: Vec<f64> = best.weights.iter().zip(&problem.beta).map(|(w, b)| w * b).collect();
    let value = sum(&values);
    let reach = best.std_error * folded_quantile(best.bias / best.std_error, level);
    if !(value.is_finite() && best.std_error.is_finite()) {
        return Err(Refusal::not_finite("the estimate or its standard error"));
    }
    let mut estimate = Estimate::point(value, problem.beta.len() as u64, METHOD);
    estimate.std_error = Some(best.std_error);
    estimate.interval = Some(finite_interval(value - reach, value + reach, level)?);
    estimate.warnings.push(Warning::new(
        "assumed_smoothness",
        "the interval rests on a bound on how fast trends bend, which is assumed and not estimated",
    ));
    Ok(estimate)
}

/// The problem in the coordinates c₁, c₂, ...: variance k + 2 r'c + c'Qc, and
/// bias M (constant + Σ |c_j|).
struct Problem {
    beta: Vec<f64>,
    /// The weights of all estimates where c = 0.
    base: Vec<f64>,
    /// What each coordinate adds to the weights, one a row.
    moves: Matrix,
    covariance: Matrix,
    linear: Vec<f64>,
    quadratic: Matrix,
    constant: f64,
    bound: f64,
    level: f64,
}

/// An estimator with its largest bias.
struct Best {
    weights: Vec<f64>,
    std_error: f64,
    bias: f64,
}

/// A point of the path: coordinates, and the slope of half the variance along
/// it, with its sign turned.
struct Point {
    c: Vec<f64>,
    lambda: f64,
}

impl Problem {
    fn new(estimates: &EventEstimates<'_>, weights: &[f64], bound: f64, level: f64) -> Result<Self, Refusal> {
        let (before, after) = (estimates.before.len(), estimates.after.len());
        let size = before + after;
        let covariance = estimates.check()?;
        check_length(weights.len(), after)?;
        check_column(weights, "a weight")?;
        if !(0.0..=1e100).contains(&bound) {
            return Err(Refusal::new(
                "bound_out_of_range",
                "the bound on the change of trend is not a number of zero or more",
                "state the bound in the units of the outcome",
            ));
        }
        let beta = [estimates.before, estimates.after].concat();
        // s periods before the reference stands at `before` - s.
        let of_straight_line: Vec<f64> = (1..).zip(weights).map(|(s, l)| f64::from(s) * l).collect();
        let straight = sum(&of_straight_line);
        // c_j alone: v_j += -2 c_j, v_{j+1} and v_{j-1} += c_j.
        let unit = |j: usize| {
            let mut row = vec![0.0; size];
            for (s, part) in [(j + 1, 1.0), (j, -2.0), (j.wrapping_sub(1), 1.0)] {
                if (1..=before).contains(&s) {
                    row[before - s] = part;
                }
            }
            row
        };
        let mut base: Vec<f64> = unit(0).iter().map(|part| part * straight).collect();
        base[before..].copy_from_slice(weights);
        let moves = Matrix::new(before - 1, size, (1..before).flat_map(unit).collect());
        let quadratic = moves.sandwich(&covariance);
        let linear = moves.mul_vector(&covariance.mul_vector(&base));
        // Bends after the reference period, which nothing offsets.
        let bends: Vec<f64> = (1..after)
            .map(|j| {
                let ahead = (1..).zip(&weights[j..]).map(|(gap, l)| f64::from(gap) * l);
                ahead.sum::<f64>().abs()
            })
            .collect();
        let constant = straight.abs() + sum(&bends);
        Ok(Self { beta, base, moves, covariance, linear, quadratic, constant, bound, level })
    }

    fn at(&self, c: &[f64]) -> Best {
        let mut weights = self.moves.transpose_mul_vector(c);
        for (weight, base) in weights.iter_mut().zip(&self.base) {
            *weight += base;
        }
        let std_error = self.covariance.quadratic(&weights).max(0.0).sqrt();
        let length: f64 = c.iter().map(|c| c.abs()).sum();
        Best { weights, std_error, bias: self.bound * (self.constant + length) }
    }

    /// How the half-length changes with Σ |c| at a point of the path.
    fn slope(&self, point: &Point) -> f64 {
        let at = self.at(&point.c);
        let x = at.bias / at.std_error;
        let distance = folded_distance(x, self.level);
        let lag = folded_lag(x, distance);
        // Where the lag is nothing so is x times it, however large x is.
        let rest = distance + if lag > 0.0 { x * lag } else { 0.0 };
        self.bound * (1.0 - lag) - point.lambda / at.std_error * rest
    }

    /// The estimator with the shortest interval.
    fn shortest(&self) -> Result<Best, Refusal> {
        let path = self.path()?;
        let reached = path.iter().position(|point| self.slope(point) >= 0.0);
        let Some(end) = reached else {
            // At the end of the path the variance has its minimum and the
            // slope is not negative, but for rounding.
            let last = path.last().ok_or_else(no_convergence)?;
            return self.checked(&last.c);
        };
        let Some(start) = end.checked_sub(1) else {
            return self.checked(&path[end].c);
        };
        let (from, to) = (&path[start], &path[end]);
        let between = |share: f64| Point {
            c: from.c.iter().zip(&to.c).map(|(from, to)| from + share * (to - from)).collect(),
            lambda: from.lambda + share * (to.lambda - from.lambda),
        };
        let share = bracketed(|share| self.slope(&between(share)), 0.0, 1.0, 0.0).unwrap_or(1.0);
        self.checked(&between(share).c)
    }

    fn checked(&self, c: &[f64]) -> Result<Best, Refusal> {
        let best = self.at(c);
        // Written so that an error that is not a number also fails.
        if best.std_error > 0.0 { Ok(best) } else { Err(not_positive_definite()) }
    }

    /// The corners of the path of smallest variance for each Σ |c|, from c = 0
    /// to the smallest variance of all.
    fn path(&self) -> Result<Vec<Point>, Refusal> {
        let size = self.linear.len();
        let mut c = vec![0.0; size];
        let mut lambda = self.linear.iter().fold(0.0, |most, r| f64::max(most, r.abs()));
        let mut path = vec![Point { c: c.clone(), lambda }];
        // The sign of each coordinate that may move; none for those at zero.
        let mut signs: Vec<Option<f64>> = vec![None; size];
        let mut entering = self.linear.iter().position(|r| r.abs() >= lambda);
        let mut left: Option<usize> = None;
        for _ in 0..50 * (size + 1) {
            if lambda <= 0.0 || size == 0 {
                return Ok(path);
            }
            let gradient: Vec<f64> =
                self.quadratic.mul_vector(&c).iter().zip(&self.linear).map(|(q, r)| q + r).collect();
            if let Some(j) = entering.take() {
                signs[j] = Some(if gradient[j] > 0.0 { -1.0 } else { 1.0 });
            }
            let active: Vec<usize> = (0..size).filter(|&j| signs[j].is_some()).collect();
            let of_active =
                Matrix::from_fn(active.len(), active.len(), |i, j| self.quadratic.get(active[i], active[j]));
            let wanted: Vec<f64> = active.iter().filter_map(|&j| signs[j]).collect();
            let found = solve_positive(&of_active, &wanted).ok_or_else(not_positive_definite)?;
            let mut direction = vec![0.0; size];
            for (&j, step) in active.iter().zip(found) {
                direction[j] = step;
            }
            let change = self.quadratic.mul_vector(&direction);
            let mut step = lambda;
            let mut leaving = None;
            for j in 0..size {
                if signs[j].is_some() {
                    let zero = -c[j] / direction[j];
                    if zero > 0.0 && zero < step && c[j] != 0.0 {
                        (step, leaving, entering) = (zero, Some(j), None);
                    }
                } else {
                    for (gap, rate) in
                        [(lambda - gradient[j], 1.0 + change[j]), (lambda + gradient[j], 1.0 - change[j])]
                    {
                        let meets = gap.max(0.0) / rate;
                        // A coordinate that has just left stands at the bound
                        // it is moving away from.
                        let same = left == Some(j) && gap <= 1e-9 * lambda;
                        if rate > 0.0 && !same && meets < step {
                            (step, leaving, entering) = (meets, None, Some(j));
                        }
                    }
                }
            }
            for (c, direction) in c.iter_mut().zip(&direction) {
                *c += step * direction;
            }
            left = leaving;
            if let Some(j) = leaving {
                c[j] = 0.0;
                signs[j] = None;
            }
            lambda = if leaving.is_none() && entering.is_none() { 0.0 } else { lambda - step };
            if !c.iter().all(|c| c.is_finite()) {
                return Err(no_convergence());
            }
            path.push(Point { c: c.clone(), lambda });
        }
        Err(no_convergence())
    }
}

/// The c with P(|N(x, 1)| <= c) = level, for x >= 0.
fn folded_quantile(x: f64, level: f64) -> f64 {
    x + folded_distance(x, level)
}

/// How far [`folded_quantile`] lies beyond x.
fn folded_distance(x: f64, level: f64) -> f64 {
    // It falls from the two-sided to the one-sided critical value.
    let (low, high) = (normal_quantile(level), normal_critical(level));
    let missed = |d: f64| normal_cdf(-d) + normal_cdf(-d - 2.0 * x) - (1.0 - level);
    bracketed(missed, low, high, 0.0).unwrap_or(if x > 1.0 { low } else { high })
}

/// One less the slope of [`folded_quantile`] in x, between 0 and 1.
fn folded_lag(x: f64, distance: f64) -> f64 {
    // φ(c + x)/φ(c - x).
    let ratio = libm::exp(-2.0 * (x + distance) * x);
    2.0 * ratio / (1.0 + ratio)
}

pub(super) fn not_positive_definite() -> Refusal {
    Refusal::new(
        "not_positive_definite",
        "the covariance of the estimates is not that of any estimates: some combination has no variance",
        "use more clusters than there are periods, or fewer periods",
    )
}

fn no_convergence() -> Refusal {
    Refusal::new(
        "no_convergence",
        "the shortest interval was not found",
        "give the estimates in another unit, or use fewer periods",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linalg::testing::Lcg;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// A covariance of correlated estimates.
    fn covariance(seed: u64, size: usize, scale: f64) -> Matrix {
        let mut random = Lcg::new(seed);
        let numbers = (0..size * (size + 2)).map(|_| random.normal()).collect();
        let factor = Matrix::new(size, size + 2, numbers);
        let mut common = factor.mul(&factor.transpose());
        common.symmetrise();
        common.plus(&Matrix::from_fn(size, size, |_, _| 2.0)).scaled(scale * scale)
    }

    #[test]
    fn folded_quantile_by_hand() {
        assert!((folded_quantile(0.0, 0.95) - normal_critical(0.95)).abs() < 1e-14);
        // Far from zero only one side counts.
        assert!((folded_quantile(1e6, 0.95) - 1e6 - normal_quantile(0.95)).abs() < 1e-9);
        for x in [0.0, 0.1, 0.7, 2.0, 5.0] {
            for level in [0.3, 0.5, 0.9, 0.99] {
                let c = folded_quantile(x, level);
                assert!((normal_cdf(c - x) - normal_cdf(-c - x) - level).abs() < 1e-14);
                let h = 1e-5;
                let rise = (folded_quantile(x + h, level) - folded_quantile((x - h).abs(), level))
                    / (x + h - (x - h).abs()).max(h);
                if x > 0.0 {
                    let slope = 1.0 - folded_lag(x, folded_distance(x, level));
                    assert!((slope - rise).abs() < 1e-8);
                }
            }
        }
    }

    #[test]
    fn honest_of_one_period_before_is_a_line_through_two_points() {
        // v = 1: the trend of the one period before is carried on.
        let covariance = Matrix::new(2, 2, vec![4.0, 1.0, 1.0, 9.0]);
        let estimates = EventEstimates { before: &[0.5], after: &[3.0], covariance: &covariance };
        let found = honest_smoothness(&estimates, &[1.0], 0.0, 0.95).expect("an estimate");
        assert_eq!((found.value, found.n, found.p_value), (3.5, 2, None));
        let se = found.std_error.expect("an error");
        assert!((se - 15.0_f64.sqrt()).abs() < 1e-14);
        let reach = normal_critical(0.95) * se;
        assert!((found.interval.expect("an interval").upper - 3.5 - reach).abs() < 1e-12);
        // The largest bias is one bend at the reference period.
        let found = honest_smoothness(&estimates, &[1.0], 2.0, 0.95).expect("an estimate");
        let reach = se * folded_quantile(2.0 / se, 0.95);
        assert!((found.interval.expect("an interval").upper - 3.5 - reach).abs() < 1e-12);
        assert_eq!(found.warnings[0].code, "assumed_smoothness");
    }

    #[test]
    fn honest_refuses() {
        let covariance = Matrix::identity(3);
        let good = EventEstimates { before: &[0.1, 0.2], after: &[1.0], covariance: &covariance };
        let of = |estimates: EventEstimates<'_>, weights: &[f64], bound, level| {
            code(honest_smoothness(&estimates, weights, bound, level))
        };
        assert_eq!(of(good, &[1.0], 0.1, 0.95), None);
        assert_eq!(of(good, &[1.0], 0.1, 95.0), Some("level_out_of_range"));
        for bound in [-0.1, f64::NAN, f64::INFINITY] {
            assert_eq!(of(good, &[1.0], bound, 0.95), Some("bound_out_of_range"));
        }
        assert_eq!(of(good, &[1.0, 0.0], 0.1, 0.95), Some("lengths_differ"));
        assert_eq!(of(good, &[f64::NAN], 0.1, 0.95), Some("not_finite"));
        assert_eq!(of(EventEstimates { after: &[], ..good }, &[], 0.1, 0.95), Some("empty"));
        let none_before = EventEstimates { before: &[], after: &[0.0; 3], ..good };
        assert_eq!(of(none_before, &[0.0; 3], 0.1, 0.95), Some("no_pre_periods"));
        let short = EventEstimates { before: &[0.1], ..good };
        assert_eq!(of(short, &[1.0], 0.1, 0.95), Some("lengths_differ"));
        let huge = EventEstimates { before: &[1e300, 0.0], ..good };
        assert_eq!(of(huge, &[1.0], 0.1, 0.95), Some("out_of_range"));
        let flat = Matrix::from_fn(3, 3, |_, _| 1.0);
        let degenerate = EventEstimates { covariance: &flat, ..good };
        assert_eq!(of(degenerate, &[1.0], 0.1, 0.95), Some("not_positive_definite"));
        // Nothing is asked of the effects: no weight, no variance.
        assert_eq!(of(good, &[0.0], 0.1, 0.95), Some("not_positive_definite"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// No estimator nearby has a shorter interval, whatever M.
        #[test]
        fn honest_interval_is_the_shortest(
            seed in 0_u64..10_000,
            before in 2_usize..8,
            after in 1_usize..4,
            bound in 0.0_f64..3.0,
            scale in -6_i32..6,
        ) {
            let scale = f64::powi(10.0, scale);
            let covariance = covariance(seed, before + after, scale);
            let mut random = Lcg::new(seed);
            let of_before: Vec<f64> = (0..before).map(|_| scale * random.normal()).collect();
            let of_after: Vec<f64> = (0..after).map(|_| scale * random.normal()).collect();
            let estimates = EventEstimates { before: &of_before, after: &of_after, covariance: &covariance };
            let weights: Vec<f64> = (0..after).map(|_| random.uniform()).collect();
            let bound = bound * scale;
            let problem = Problem::new(&estimates, &weights, bound, 0.95).expect("a problem");
            let half = |best: &Best| best.std_error * folded_quantile(best.bias / best.std_error, 0.95);
            let best = problem.shortest().expect("an interval");
            let shortest = half(&best);
            let found = honest_smoothness(&estimates, &weights, bound, 0.95).expect("an estimate");
            let interval = found.interval.expect("an interval");
            prop_assert!((interval.width() / (2.0 * shortest) - 1.0).abs() < 1e-9);
            // The weights remove a straight line.
            let line: f64 = (0..before + after)
                .map(|at| {
                    let t = at as f64 - before as f64;
                    best.weights[at] * if at < before { t } else { t + 1.0 }
                })
                .sum();
            prop_assert!(line.abs() < 1e-9);
            // Back to the coordinates of the minimum, and away from it.
            let c: Vec<f64> = (1..before)
                .map(|j| (j + 1..=before).map(|s| (s - j) as f64 * best.weights[before - s]).sum())
                .collect();
            for _ in 0..40 {
                let size = f64::powi(10.0, -(random.below(5) as i32));
                let away: Vec<f64> = c.iter().map(|c| c + size * random.normal()).collect();
                prop_assert!(half(&problem.at(&away)) >= shortest * (1.0 - 1e-11));
            }
        }

        /// A larger bound gives a longer interval.
        #[test]
        fn honest_interval_grows_with_the_bound(seed in 0_u64..10_000, before in 1_usize..7) {
            let covariance = covariance(seed, before + 2, 1.0);
            let of_before = vec![0.5; before];
            let estimates =
                EventEstimates { before: &of_before, after: &[1.0, 2.0], covariance: &covariance };
            let mut width = 0.0;
            for bound in [0.0, 0.01, 0.1, 0.5, 1.0, 10.0] {
                let found = honest_smoothness(&estimates, &[0.5, 0.5], bound, 0.95).expect("an estimate");
                let now = found.interval.expect("an interval").width();
                prop_assert!(now >= width * (1.0 - 1e-12));
                width = now;
            }
        }
    }
}
