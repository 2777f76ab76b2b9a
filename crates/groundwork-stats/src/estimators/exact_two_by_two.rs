//! Exact tests of two independent proportions: `fisher.min_likelihood`,
//! `fisher.mid_p`, `barnard.pooled`, `boschloo.central`.
//!
//! # Estimand
//!
//! None: a test of p1 = p2. Beside the p-value stands the difference, with its
//! interval, by another method.
//!
//! # Assumptions
//!
//! Two independent binomial samples: nobody belongs to both groups, and the
//! units within each are independent.
//!
//! # Method
//!
//! Fisher: given the total number of successes, the probability of all tables
//! no more likely than the one seen. Mid-p: the same less half of the
//! probability of the table seen.
//!
//! Barnard and Boschloo do not condition. The tables at least as extreme as
//! the one seen form a region R, and the p-value is its largest probability
//! over the common success probability π:
//!
//! ```text
//! max over π of Σ_{(i, j) in R} Bin(i; n1, π) Bin(j; n2, π)
//! ```
//!
//! Barnard: extreme is a large |z| with pooled variance. Boschloo: extreme is a
//! small one-sided p-value of Fisher's, and the p-value is twice the smaller of
//! the two sides. The maximum is searched on a grid in arcsin sqrt(π), about
//! fifteen points to the width of a binomial peak, and every high point of it
//! is refined.
//!
//! # Small samples
//!
//! These are the tests for fewer than about forty units. Fisher's is
//! conservative because it conditions: 6 of 8 against 3 of 8 gives .315,
//! Boschloo .210, and Boschloo's never exceeds Fisher's one-sided p-value. The
//! mid-p value is a little above nominal size at times and close to it on
//! average. Choose the test in the plan: taking the smallest of several
//! p-values is not a test.
//!
//! # Refusals
//!
//! `zero_denominator`, `numerator_exceeds_denominator`, `too_many_units`.
//!
//! # Source
//!
//! Fisher RA (1935). The logic of inductive inference. Journal of the Royal
//! Statistical Society 98:39-82. Barnard GA (1947). Significance tests for 2x2
//! tables. Biometrika 34:123-138. Boschloo RD (1970). Raised conditional level
//! of significance for the 2x2-table when testing the equality of two
//! probabilities. Statistica Neerlandica 24:1-35. Lydersen S, Fagerland MW,
//! Laake P (2009). Recommended tests for association in 2x2 tables. Statistics
//! in Medicine 28:1159-1175.

use std::f64::consts::FRAC_PI_2;

use super::counts::{TwoGroups, check_exact};
use crate::estimate::Refusal;
use crate::optimise::minimise;
use crate::special::{binomial_mass, hypergeometric_mass};
use crate::thresholds::UNCONDITIONAL_TABLES_MOST;

/// The id of Fisher's test.
pub const METHOD_FISHER: &str = "fisher.min_likelihood";

/// The id of Fisher's test with the mid-p value.
pub const METHOD_MID_P: &str = "fisher.mid_p";

/// The id of Barnard's test.
pub const METHOD_BARNARD: &str = "barnard.pooled";

/// The id of Boschloo's test.
pub const METHOD_BOSCHLOO: &str = "boschloo.central";

/// How much more likely a table may be computed to be and still count as no
/// more likely: ties are equal but for rounding.
const TIE: f64 = 1e-7;

/// The result of an exact test of two proportions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExactTest {
    /// The two-sided p-value.
    pub p_value: f64,
    /// What orders the tables, where it is not a probability: z of Barnard's
    /// test.
    pub statistic: Option<f64>,
    /// The common success probability at which the p-value is taken, for the
    /// tests that do not condition.
    pub nuisance: Option<f64>,
    /// All units.
    pub n: u64,
    /// The id of the method.
    pub method: &'static str,
}

/// Fisher's two-sided test of two independent proportions.
///
/// `x1` successes of `n1` units in the first group, `x2` of `n2` in the
/// second. See the [module](self) for the method.
///
/// # Refusals
///
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `too_many_units`: more than a thousand million units.
pub fn exact_fisher(x1: u64, n1: u64, x2: u64, n2: u64) -> Result<ExactTest, Refusal> {
    let groups = TwoGroups::new(x1, n1, x2, n2, 0.5)?;
    check_exact(groups.n())?;
    Ok(plain(&groups, fisher_p(&groups), METHOD_FISHER))
}

/// Fisher's two-sided test with the mid-p value.
///
/// As [`exact_fisher`], with the same refusals.
pub fn exact_fisher_mid_p(x1: u64, n1: u64, x2: u64, n2: u64) -> Result<ExactTest, Refusal> {
    let groups = TwoGroups::new(x1, n1, x2, n2, 0.5)?;
    check_exact(groups.n())?;
    let seen = hypergeometric_mass(x1, x1 + x2, n1, n1 + n2);
    Ok(plain(&groups, (fisher_p(&groups) - 0.5 * seen).max(0.0), METHOD_MID_P))
}

/// Barnard's two-sided test of two independent proportions.
///
/// As [`exact_fisher`]; the statistic is z with pooled variance, 0 where all
/// units are successes or none is.
///
/// # Refusals
///
/// * `zero_denominator`: a group is empty.
/// * `numerator_exceeds_denominator`: a count of successes exceeds its group.
/// * `too_many_units`: more than a quarter of a million possible tables.
pub fn exact_barnard(x1: u64, n1: u64, x2: u64, n2: u64) -> Result<ExactTest, Refusal> {
    let (groups, sizes) = enumerable(x1, n1, x2, n2)?;
    let z = |i: usize, j: usize| pooled_z(i as f64, n1 as f64, j as f64, n2 as f64);
    let seen = pooled_z(x1 as f64, n1 as f64, x2 as f64, n2 as f64);
    let least = seen.abs() * (1.0 - 1e-10);
    let region = Region::new(sizes, |i, j| z(i, j).abs() >= least);
    let (p_value, nuisance) = if seen == 0.0 { (1.0, 0.5) } else { region.largest() };
    Ok(ExactTest {
        statistic: Some(seen),
        nuisance: Some(nuisance),
        ..plain(&groups, p_value, METHOD_BARNARD)
    })
}

/// Boschloo's two-sided test of two independent proportions.
///
/// As [`exact_barnard`], without a statistic; the default for few units, with
/// the same refusals.
pub fn exact_boschloo(x1: u64, n1: u64, x2: u64, n2: u64) -> Result<ExactTest, Refusal> {
    let (groups, sizes) = enumerable(x1, n1, x2, n2)?;
    // One-sided p-values of every table, margin by margin.
    let columns = sizes.1 + 1;
    let mut upper = vec![1.0; (sizes.0 + 1) * columns];
    let mut lower = upper.clone();
    for m in 0..=n1 + n2 {
        let margin = Margin { n1, n2, m };
        let (low, high) = margin.support();
        let masses = margin.masses();
        let at = |k: u64| k as usize * columns + (m - k) as usize;
        let mut tail = 0.0;
        for (k, mass) in (low..=high).zip(&masses) {
            tail += mass;
            lower[at(k)] = tail;
        }
        tail = 0.0;
        for (k, mass) in (low..=high).rev().zip(masses.iter().rev()) {
            tail += mass;
            upper[at(k)] = tail;
        }
    }
    let seen = x1 as usize * columns + x2 as usize;
    let mut best = (1.0, 0.5);
    for side in [&lower, &upper] {
        let most = side[seen] * (1.0 + TIE);
        let found = Region::new(sizes, |i, j| side[i * columns + j] <= most).largest();
        if found.0 < best.0 {
            best = found;
        }
    }
    Ok(ExactTest { nuisance: Some(best.1), ..plain(&groups, (2.0 * best.0).min(1.0), METHOD_BOSCHLOO) })
}

fn plain(groups: &TwoGroups, p_value: f64, method: &'static str) -> ExactTest {
    ExactTest { p_value: p_value.min(1.0), statistic: None, nuisance: None, n: groups.n(), method }
}

fn enumerable(x1: u64, n1: u64, x2: u64, n2: u64) -> Result<(TwoGroups, (usize, usize)), Refusal> {
    let groups = TwoGroups::new(x1, n1, x2, n2, 0.5)?;
    let tables = n1.saturating_add(1).saturating_mul(n2.saturating_add(1));
    if tables > UNCONDITIONAL_TABLES_MOST {
        return Err(Refusal::new(
            "too_many_units",
            "there are more possible tables than this test goes through",
            "use the score test or the mid-p value, which are close to it at this size",
        ));
    }
    Ok((groups, (n1 as usize, n2 as usize)))
}

/// z of two proportions with pooled variance; 0 where that is zero.
fn pooled_z(x1: f64, n1: f64, x2: f64, n2: f64) -> f64 {
    let (successes, total) = (x1 + x2, n1 + n2);
    let cross = x1 * n2 - x2 * n1;
    if cross == 0.0 {
        return 0.0;
    }
    cross * (total / (successes * (total - successes)) / (n1 * n2)).sqrt()
}

/// The two-sided p-value of Fisher's test for checked counts.
pub(super) fn fisher_p(groups: &TwoGroups) -> f64 {
    let (x, m) = (groups.x1, groups.x1 + groups.x2);
    let margin = Margin { n1: groups.n1, n2: groups.n2, m };
    let (low, high) = margin.support();
    let mode = margin.most_likely(1.0);
    let seen = margin.mass(x);
    let most = seen * (1.0 + TIE);
    if margin.mass(mode) <= most {
        return 1.0;
    }
    // The tail on the side seen, and from the first count on the other side
    // that is no more likely.
    let other = if x < mode {
        let at = first_where(mode, high, |k| margin.mass(k) <= most);
        at.map_or(0.0, |k| margin.tail(k, true))
    } else {
        let at = first_where(0, mode - low, |k| margin.mass(mode - k) <= most);
        at.map_or(0.0, |k| margin.tail(mode - k, false))
    };
    (margin.tail(x, x > mode) + other).min(1.0)
}

/// The first of from..=to for which a condition holds that does not cease to.
fn first_where(from: u64, to: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    if !holds(to) {
        return None;
    }
    let (mut from, mut to) = (from, to);
    while from < to {
        let middle = from + (to - from) / 2;
        if holds(middle) { to = middle } else { from = middle + 1 }
    }
    Some(to)
}

/// The fixed margins of a table: `m` successes among `n1` and `n2` units.
pub(super) struct Margin {
    pub(super) n1: u64,
    pub(super) n2: u64,
    pub(super) m: u64,
}

impl Margin {
    /// The least and the largest number of successes in the first group.
    pub(super) fn support(&self) -> (u64, u64) {
        (self.m.saturating_sub(self.n2), self.m.min(self.n1))
    }

    /// P(X = k + 1)/P(X = k) at an odds ratio of one.
    pub(super) fn step(&self, k: u64) -> f64 {
        let (n1, m, k) = (self.n1 as f64, self.m as f64, k as f64);
        (n1 - k) / (k + 1.0) * ((m - k) / (self.n2 as f64 - m + k + 1.0))
    }

    /// The most likely count at the odds ratio `psi`: the first from which on
    /// the probabilities do not rise.
    pub(super) fn most_likely(&self, psi: f64) -> u64 {
        let (mut from, mut to) = self.support();
        while from < to {
            let middle = from + (to - from) / 2;
            if self.step(middle) * psi <= 1.0 { to = middle } else { from = middle + 1 }
        }
        to
    }

    /// P(X = k) at an odds ratio of one.
    fn mass(&self, k: u64) -> f64 {
        hypergeometric_mass(k, self.m, self.n1, self.n1 + self.n2)
    }

    /// P(X >= k), or P(X <= k), on the side where the probabilities fall.
    fn tail(&self, k: u64, upwards: bool) -> f64 {
        let (low, high) = self.support();
        let mut term = self.mass(k);
        let mut total = term;
        let mut at = k;
        while term > 1e-20 * total {
            if upwards {
                if at == high {
                    break;
                }
                term *= self.step(at);
                at += 1;
            } else {
                if at == low {
                    break;
                }
                at -= 1;
                term /= self.step(at);
            }
            total += term;
        }
        total
    }

    /// The probabilities of every count of the support, in order.
    pub(super) fn masses(&self) -> Vec<f64> {
        let (low, high) = self.support();
        let mode = self.most_likely(1.0);
        let mut masses = vec![0.0; (high - low + 1) as usize];
        let at = |k: u64| (k - low) as usize;
        masses[at(mode)] = self.mass(mode);
        for k in mode..high {
            masses[at(k + 1)] = masses[at(k)] * self.step(k);
        }
        for k in (low..mode).rev() {
            masses[at(k)] = masses[at(k + 1)] / self.step(k);
        }
        masses
    }

    /// Fisher's two-sided p-value of every count of the support, in order.
    pub(super) fn fisher_p_values(&self) -> Vec<f64> {
        let masses = self.masses();
        let mut order: Vec<usize> = (0..masses.len()).collect();
        order.sort_by(|&one, &other| masses[one].total_cmp(&masses[other]));
        let mut p_values = vec![1.0; masses.len()];
        let (mut next, mut total) = (0, 0.0);
        for &k in &order {
            let most = masses[k] * (1.0 + TIE);
            while let Some(&other) = order.get(next)
                && masses[other] <= most
            {
                total += masses[other];
                next += 1;
            }
            p_values[k] = f64::min(total, 1.0);
        }
        p_values
    }
}

/// The binomial probabilities of 0..=n, by recurrence from the largest.
pub(super) fn binomial_masses(n: u64, p: f64) -> Vec<f64> {
    let mut masses = vec![0.0; n as usize + 1];
    if p <= 0.0 || p >= 1.0 {
        masses[if p <= 0.0 { 0 } else { n as usize }] = 1.0;
        return masses;
    }
    let odds = p / (1.0 - p);
    let mode = (((n + 1) as f64 * p) as u64).min(n);
    masses[mode as usize] = binomial_mass(mode, n, p);
    for k in mode..n {
        masses[k as usize + 1] = masses[k as usize] * odds * ((n - k) as f64 / (k + 1) as f64);
    }
    for k in (0..mode).rev() {
        masses[k as usize] = masses[k as usize + 1] / odds * ((k + 1) as f64 / (n - k) as f64);
    }
    masses
}

/// A set of tables: for each count of the first group, runs of counts of the
/// second, without their ends.
struct Region {
    sizes: (usize, usize),
    runs: Vec<Vec<(usize, usize)>>,
}

impl Region {
    fn new(sizes: (usize, usize), holds: impl Fn(usize, usize) -> bool) -> Self {
        let runs = (0..=sizes.0)
            .map(|i| {
                let mut runs: Vec<(usize, usize)> = Vec::new();
                for j in (0..=sizes.1).filter(|&j| holds(i, j)) {
                    match runs.last_mut() {
                        Some(run) if run.1 == j => run.1 = j + 1,
                        _ => runs.push((j, j + 1)),
                    }
                }
                runs
            })
            .collect();
        Self { sizes, runs }
    }

    /// The probability of the region at the common probability `p`.
    fn probability(&self, p: f64) -> f64 {
        let first = binomial_masses(self.sizes.0 as u64, p);
        let second = binomial_masses(self.sizes.1 as u64, p);
        // Sums from both ends, so that a tail is a tail.
        let end = second.len();
        let mut below = vec![0.0; end + 1];
        let mut above = vec![0.0; end + 1];
        for j in 0..end {
            below[j + 1] = below[j] + second[j];
            above[end - 1 - j] = above[end - j] + second[end - 1 - j];
        }
        let mut total = 0.0;
        for (mass, runs) in first.iter().zip(&self.runs) {
            let mut inner = 0.0;
            for &(from, to) in runs {
                inner += if to == end { above[from] } else { below[to] - below[from] };
            }
            total += mass * inner;
        }
        total.min(1.0)
    }

    /// The largest probability, and where it is taken.
    fn largest(&self) -> (f64, f64) {
        let units = (self.sizes.0 + self.sizes.1) as f64;
        let points = 64 + (32.0 * units.sqrt()) as usize;
        let step = FRAC_PI_2 / points as f64;
        let share = |angle: f64| {
            let sine = libm::sin(angle);
            sine * sine
        };
        let grid: Vec<f64> = (0..=points).map(|at| self.probability(share(step * at as f64))).collect();
        let top = grid.iter().copied().fold(0.0, f64::max);
        let mut best = (top, 0.5);
        for (at, &here) in grid.iter().enumerate() {
            let left = if at > 0 { grid[at - 1] } else { 0.0 };
            let right = grid.get(at + 1).copied().unwrap_or(0.0);
            if here < left || here < right || here < 0.95 * top {
                continue;
            }
            let from = step * at.saturating_sub(1) as f64;
            let to = step * (at + 1).min(points) as f64;
            let (angle, negative) = minimise(|angle| -self.probability(share(angle)), from, to, 1e-10);
            for (value, angle) in [(here, step * at as f64), (-negative, angle)] {
                if value >= best.0 {
                    best = (value, share(angle));
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Test = fn(u64, u64, u64, u64) -> Result<ExactTest, Refusal>;

    const TESTS: [Test; 4] = [exact_fisher, exact_fisher_mid_p, exact_barnard, exact_boschloo];

    #[test]
    fn exact_tests_by_hand() {
        // The tea: 1 + 16 of 70 in each tail.
        let tea = exact_fisher(3, 4, 1, 4).expect("a test");
        assert!((tea.p_value - 34.0 / 70.0).abs() < 1e-14);
        assert_eq!((tea.n, tea.method, tea.nuisance), (8, "fisher.min_likelihood", None));
        let mid = exact_fisher_mid_p(3, 4, 1, 4).expect("a test");
        assert!((mid.p_value - 26.0 / 70.0).abs() < 1e-14);
        // One of one against none of one: both discordant tables, at a half.
        for test in [exact_barnard, exact_boschloo] {
            let found = test(1, 1, 0, 1).expect("a test");
            assert!((found.p_value - 0.5).abs() < 1e-12, "{found:?}");
            assert!(found.nuisance.is_some_and(|p| (p - 0.5).abs() < 1e-4));
        }
        let z = exact_barnard(6, 8, 3, 8).expect("a test").statistic.expect("z");
        assert!((z - (16.0_f64 / 7.0).sqrt()).abs() < 1e-14);
    }

    #[test]
    fn exact_p_values_mirror_both_ways() {
        for test in TESTS {
            for (x1, n1, x2, n2) in [(6, 8, 3, 8), (8, 8, 4, 9), (1, 6, 5, 7), (0, 5, 0, 3), (2, 3, 7, 20)] {
                let p = test(x1, n1, x2, n2).expect("a test").p_value;
                assert!(p > 0.0 && p <= 1.0);
                for other in [test(x2, n2, x1, n1), test(n1 - x1, n1, n2 - x2, n2)] {
                    let other = other.expect("a test").p_value;
                    assert!((p - other).abs() < 1e-9, "{x1}/{n1} {x2}/{n2}: {p} {other}");
                }
            }
        }
    }

    #[test]
    fn fisher_is_the_sum_over_all_tables() {
        for (n1, n2) in [(3, 4), (8, 8), (12, 31)] {
            for m in 0..=n1 + n2 {
                let margin = Margin { n1, n2, m };
                let (low, high) = margin.support();
                let masses: Vec<f64> = (low..=high).map(|k| margin.mass(k)).collect();
                for (k, p) in (low..=high).zip(margin.fisher_p_values()) {
                    let seen = margin.mass(k);
                    let truth: f64 = masses.iter().filter(|mass| **mass <= seen * (1.0 + 1e-9)).sum();
                    let groups = TwoGroups { x1: k, n1, x2: m - k, n2 };
                    assert!((fisher_p(&groups) - truth).abs() < 1e-12, "{k} {m} {n1} {n2}");
                    assert!((p - truth.min(1.0)).abs() < 1e-12);
                }
            }
        }
        // Far out the tail keeps its digits.
        let far = exact_fisher(200, 200, 0, 200).expect("a test").p_value;
        assert!((far / (2.0 * hypergeometric_mass(200, 200, 200, 400)) - 1.0).abs() < 1e-12);
        let large = exact_fisher(400_000_000, 500_000_000, 399_990_000, 500_000_000).expect("a test");
        assert!(large.p_value > 0.2 && large.p_value < 0.9);
    }

    #[test]
    fn unconditional_tests_keep_their_size_and_boschloo_beats_fisher() {
        // The probability of rejection at 5% never exceeds it, at any common
        // probability.
        for test in [exact_barnard, exact_boschloo] {
            let mut p_values = vec![vec![0.0; 8]; 7];
            for (i, row) in p_values.iter_mut().enumerate() {
                for (j, p) in row.iter_mut().enumerate() {
                    *p = test(i as u64, 6, j as u64, 7).expect("a test").p_value;
                }
            }
            let region = Region::new((6, 7), |i, j| p_values[i][j] <= 0.05);
            assert!(region.largest().0 <= 0.05 + 1e-9);
        }
        for x1 in 0..=9 {
            for x2 in 0..=6 {
                let margin = Margin { n1: 9, n2: 6, m: x1 + x2 };
                let (low, _) = margin.support();
                let masses = margin.masses();
                let at = (x1 - low) as usize;
                let one: f64 = masses[..=at].iter().sum();
                let other: f64 = masses[at..].iter().sum();
                let found = exact_boschloo(x1, 9, x2, 6).expect("a test").p_value;
                assert!(found <= (2.0 * one.min(other)).min(1.0) + 1e-9, "{x1} {x2}");
            }
        }
    }

    #[test]
    fn exact_tests_refuse() {
        for test in TESTS {
            let code = |x1, n1, x2, n2| test(x1, n1, x2, n2).err().map(|refusal| refusal.code);
            assert_eq!(code(0, 0, 3, 8), Some("zero_denominator"));
            assert_eq!(code(9, 8, 3, 8), Some("numerator_exceeds_denominator"));
            assert_eq!(code(6, 8, 9, 8), Some("numerator_exceeds_denominator"));
            assert_eq!(code(6, u64::MAX, 3, u64::MAX), Some("too_many_units"));
            // Without any variation nothing speaks against equality.
            for (x1, x2) in [(0, 0), (8, 5)] {
                let found = test(x1, 8, x2, 5).expect("a test");
                assert_eq!(found.p_value, if found.method == METHOD_MID_P { 0.5 } else { 1.0 });
            }
        }
        assert!(exact_barnard(200, 400, 210, 400).is_ok());
    }
}
