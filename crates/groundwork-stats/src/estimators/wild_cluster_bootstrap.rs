//! The wild cluster bootstrap for a regression coefficient: `wcr.enumerated`
//! and `wcr.drawn`.
//!
//! # Estimand
//!
//! The p-value of one coefficient of a least-squares fit, and the interval of
//! the values that it does not reject, when rows come in few clusters.
//!
//! # Assumptions
//!
//! Clusters are independent; under the hypothesis the residuals of a cluster
//! might as well have had all their signs turned. Several clusters stand on
//! both sides of the comparison: with one or two treated clusters the test
//! rejects next to nothing.
//!
//! # Method
//!
//! Restricted (WCR) with Rademacher signs. With ũ the residuals of the fit
//! under the hypothesis, each vector v of signs, one sign a cluster, makes
//! outcomes with residuals v_g ũ_g, whose coefficient and clustered error
//! (`cr1s`) give t*. The p-value is the share of vectors with |t*| >= |t|,
//! ties and the data themselves included, so that it is exact where the signs
//! may be turned. All 2^G vectors are taken while they are not more than
//! 65,536 (`.enumerated`): there is nothing random in it, and vectors that
//! give the same t* up to rounding (1e-9) are ties. Beyond that the vectors
//! are drawn from a seed (`.drawn`), and p is (1 + those that reach |t|)/
//! (1 + draws).
//!
//! A vector needs no rows: with a_g and s_g sums of a cluster, its t* is a
//! matter of G numbers, and for other hypotheses β = β₀ of a quadratic in β₀,
//! from which the interval is read.
//!
//! # Small samples
//!
//! Made for them. The smallest p there can be is 2/2^G: with five clusters no
//! test at 5% is possible (refused), with six to eight the p-values are few
//! and far between (flagged `coarse_p`).
//!
//! # Refusals
//!
//! Those of [`cluster_robust`](super::cluster_robust) for the coefficient
//! (`too_few_clusters`, `one_cluster_carries`, `no_variation`,
//! `lengths_differ`, `no_such_term`), `level_out_of_range`, `no_draws`,
//! `not_least_squares`, and
//!
//! * `min_p_exceeds_alpha`: too few clusters for any p-value at or below
//!   1 - level.
//!
//! # Source
//!
//! Cameron AC, Gelbach JB, Miller DL (2008). Bootstrap-based improvements for
//! inference with clustered errors. Review of Economics and Statistics
//! 90:414-427. Roodman D, Nielsen MØ, MacKinnon JG, Webb MD (2019). Fast and
//! wild: bootstrap inference in Stata using boottest. Stata Journal 19:4-60.

use super::cluster_robust::{ClusterDf, Clustered, Sandwich, Scores};
use super::least_squares::no_such_term;
use crate::estimate::{Estimate, Refusal, check_level};
use crate::linalg::Matrix;
use crate::linalg::groups::Groups;
use crate::random::Stream;
use crate::thresholds::{COARSE_P, SIGN_VECTORS_MOST};
use crate::warning::Warning;

/// The id of the method when all sign vectors are taken.
pub const METHOD: &str = "wcr.enumerated";

/// The id of the method when sign vectors are drawn.
pub const METHOD_DRAWN: &str = "wcr.drawn";

/// Statistics this close to each other, relatively, are ties.
const TIE: f64 = 1e-9;

/// How many standard errors away from the estimate a limit is looked for.
const FARTHEST: f64 = 1e6;

/// The seed and number of draws where there are too many sign vectors to take
/// them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    /// The seed of the random signs.
    pub seed: [u8; 32],
    /// How many vectors to draw; 9999 is usual.
    pub number: u32,
}

/// A coefficient with its wild cluster bootstrap.
#[derive(Clone, Debug, PartialEq)]
pub struct WildClusterBootstrap {
    /// The coefficient with its clustered error (`cr1s`), t, the symmetric
    /// p-value and the interval of values not rejected; the interval is absent
    /// where it has no end.
    pub estimate: Estimate,
    /// The share of sign vectors whose |t*| exceeds |t|, ties left out. Some
    /// software prints it as the p-value; it is none, as it can be nought.
    pub share_exceeding: f64,
    /// Twice the smaller of the shares with t* below t and above it, ties left
    /// out; at most one. No p-value either, for the same reason.
    pub share_equal_tail: f64,
    /// The p-value of t with G - 1 degrees of freedom, for comparison.
    pub p_clusters: f64,
    /// The number of sign vectors.
    pub vectors: u64,
    /// Whether these are all there are.
    pub enumerated: bool,
    /// The smallest p-value that so many clusters can give.
    pub smallest_p: f64,
}

/// The wild cluster bootstrap for the coefficient `term` of a fit, counted
/// from zero in the order of the design.
///
/// `scores` come from [`LeastSquares::scores`](super::least_squares::LeastSquares::scores);
/// `cluster` holds the label of every row's cluster; `level` is the confidence
/// level, one minus the significance level of the test; `draws` is used only
/// where 2^G exceeds 65,536. See the [module](self) for the method, refusals
/// and warnings.
pub fn wild_cluster_bootstrap(
    scores: &Scores<'_>,
    cluster: &[u32],
    term: usize,
    level: f64,
    draws: Draws,
) -> Result<WildClusterBootstrap, Refusal> {
    check_level(level)?;
    let Some(&value) = scores.coefficients.get(term) else {
        return Err(no_such_term());
    };
    if scores.df.is_none() {
        return Err(Refusal::new(
            "not_least_squares",
            "the fit is not one of least squares, whose residuals could have their signs turned",
            "use the clustered errors, or fit the outcome by least squares",
        ));
    }
    let terms = scores.coefficients.len();
    let contrast = Matrix::from_fn(1, terms, |_, j| f64::from(u8::from(j == term)));
    let sandwich = Sandwich::new(scores, cluster, Clustered::Cr1s, ClusterDf::Clusters, &contrast)?;
    let alpha = 1.0 - level;
    let clusters = sandwich.clusters;
    let smallest_p = if clusters < 1000 { 2.0 * libm::pow(0.5, clusters as f64) } else { 0.0 };
    // A level such as 0.95 leaves an alpha a little above 0.05.
    if smallest_p > alpha * (1.0 + 1e-12) {
        return Err(Refusal::new(
            "min_p_exceeds_alpha",
            "there are so few clusters that no pattern of the data could give a p-value below the level of the test",
            "report the estimate with its interval from cr2.satt where it has one, and say that no test is possible",
        ));
    }
    let mut estimate = sandwich.outcome(scores, value, 0, level)?;
    let p_clusters = estimate.p_value.unwrap_or(1.0);
    let statistic = estimate.statistic.unwrap_or(0.0);

    let sums = ClusterSums::new(scores, cluster, term);
    let enumerated = clusters < 64 && (1_u64 << clusters) <= SIGN_VECTORS_MOST;
    let vectors = if enumerated {
        sums.enumerate()
    } else if draws.number > 0 {
        sums.draw(draws)
    } else {
        return Err(Refusal::new(
            "no_draws",
            "the number of sign vectors to draw is zero",
            "draw some thousands, such as 9999",
        ));
    };
    let null = Null { vectors: &vectors, square: sums.square, enumerated };
    let counts = null.counts(value);
    let total = null.total();
    estimate.p_value = Some(counts.reach / total);
    estimate.interval = interval(&null, value, estimate.std_error.unwrap_or(0.0), level);
    estimate.method = if enumerated { METHOD } else { METHOD_DRAWN };
    estimate.statistic = Some(statistic);
    estimate.df = None;
    estimate.warnings.retain(|warning| warning.code != "few_clusters");
    if smallest_p > COARSE_P * alpha {
        estimate.warnings.push(Warning::new(
            "coarse_p",
            "with so few clusters the p-value can take few values, so read it as a rank and not as a measure",
        ));
    }
    if estimate.interval.is_none() {
        estimate.warnings.push(Warning::new(
            "interval_unbounded",
            "the test rejects no value on at least one side, so the interval has no end",
        ));
    }
    Ok(WildClusterBootstrap {
        estimate,
        share_exceeding: counts.exceed / total,
        share_equal_tail: (2.0 * counts.below.min(counts.above) / total).min(1.0),
        p_clusters,
        vectors: if enumerated { 2 * vectors.len() as u64 } else { vectors.len() as u64 },
        enumerated,
        smallest_p,
    })
}

/// The sums of the clusters from which every bootstrap t follows.
///
/// In orthonormal coordinates the coefficient is r'θ. The residuals under the
/// hypothesis β = β₀ are e + Q r δ with δ = (β - β₀)/r'r, so every sum is
/// linear in δ.
struct ClusterSums {
    /// Σ_g (r'Q_g'e_g)²: the clustered variance of the data, without factor.
    square: f64,
    /// Q_g'e_g, one row a cluster.
    plain: Matrix,
    /// Q_g'Q_g r, one row a cluster.
    along: Matrix,
    r: Vec<f64>,
    /// r'r.
    length: f64,
}

/// One sign vector: its coefficient is a + b δ, and its clustered variance
/// c0 + 2 c1 δ + c2 δ².
#[derive(Clone, Copy, Debug)]
struct Vector {
    a: f64,
    b: f64,
    c0: f64,
    c1: f64,
    c2: f64,
}

/// Sign vectors, one column a number, which is how they are gone through.
struct Vectors {
    a: Vec<f64>,
    b: Vec<f64>,
    c0: Vec<f64>,
    c1: Vec<f64>,
    c2: Vec<f64>,
}

impl Vectors {
    fn with_capacity(count: usize) -> Self {
        let column = || Vec::with_capacity(count);
        Self { a: column(), b: column(), c0: column(), c1: column(), c2: column() }
    }

    fn push(&mut self, vector: Vector) {
        self.a.push(vector.a);
        self.b.push(vector.b);
        self.c0.push(vector.c0);
        self.c1.push(vector.c1);
        self.c2.push(vector.c2);
    }

    fn len(&self) -> usize {
        self.a.len()
    }

    /// The coefficient and the standard error of every vector at δ.
    fn at(&self, delta: f64) -> impl Iterator<Item = (f64, f64)> {
        let coefficients = self.a.iter().zip(&self.b).map(move |(a, b)| a + b * delta);
        let parts = self.c0.iter().zip(&self.c1).zip(&self.c2);
        let errors = parts.map(move |((c0, c1), c2)| {
            let variance = c0 + delta * (2.0 * c1 + delta * c2);
            // Rounding may leave it below zero.
            (if variance > 0.0 { variance } else { 0.0 }).sqrt()
        });
        coefficients.zip(errors)
    }
}

impl ClusterSums {
    fn new(scores: &Scores<'_>, cluster: &[u32], term: usize) -> Self {
        let groups = Groups::new(cluster);
        let basis = scores.basis;
        let r = basis.t.row(term).to_vec();
        let length: f64 = r.iter().map(|r| r * r).sum();
        let plain = scores.design.cross_by_group(&scores.u, &groups).mul(&basis.u);
        let mut shadow = vec![0.0; scores.design.rows()];
        scores.design.scaled_linear(&basis.u.mul_vector(&r), |row, along| {
            let weight = scores.roots.map_or(1.0, |roots| roots[row] * roots[row]);
            shadow[row] = weight * along;
        });
        let along = scores.design.cross_by_group(&shadow, &groups).mul(&basis.u);
        let square = plain.mul_vector(&r).iter().map(|a| a * a).sum();
        Self { square, plain, along, r, length }
    }

    fn clusters(&self) -> usize {
        self.plain.rows()
    }

    /// The numbers of one sign vector.
    fn vector(&self, signs: &[f64]) -> Vector {
        // w = Σ v_h s_h, in two parts: without δ and for δ = 1.
        let w0 = self.plain.transpose_mul_vector(signs);
        let w1 = self.along.transpose_mul_vector(signs);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mut vector = Vector { a: 0.0, b: 0.0, c0: 0.0, c1: 0.0, c2: 0.0 };
        for (g, &sign) in signs.iter().enumerate() {
            let (plain, along) = (self.plain.row(g), self.along.row(g));
            let a = sign * dot(plain, &self.r);
            let b = sign * dot(along, &self.r);
            let (rest0, rest1) = (a - dot(along, &w0), b - dot(along, &w1));
            vector.add(a, b, rest0, rest1);
        }
        vector
    }

    /// All sign vectors whose first sign is positive; their opposites have the
    /// same |t|.
    fn enumerate(&self) -> Vectors {
        let clusters = self.clusters();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        // rest = D v, with D_gh = δ_gh a_g - m_g's_h.
        let own: Vec<(f64, f64)> = (0..clusters)
            .map(|g| (dot(self.plain.row(g), &self.r), dot(self.along.row(g), &self.r)))
            .collect();
        let cross =
            |of: &Matrix| Matrix::from_fn(clusters, clusters, |h, g| -dot(self.along.row(g), of.row(h)));
        let (mut d0, mut d1) = (cross(&self.plain), cross(&self.along));
        for (g, own) in own.iter().enumerate() {
            d0.set(g, g, d0.get(g, g) + own.0);
            d1.set(g, g, d1.get(g, g) + own.1);
        }
        // One row a cluster: what its sign adds to the rest of every cluster,
        // without δ and for δ = 1, and to the coefficient.
        let adds: Vec<Vec<f64>> =
            own.iter().enumerate().map(|(h, own)| [d0.row(h), d1.row(h), &[own.0, own.1]].concat()).collect();
        // The sums over the first clusters, none of them to all. The last
        // cluster has the lowest bit, so that most steps change few sums.
        let mut sums = vec![vec![0.0; 2 * clusters + 2]; clusters + 1];
        let most = 1_u64 << (clusters - 1);
        let mut vectors = Vectors::with_capacity(most as usize);
        for bits in 0..most {
            let changed = (bits.trailing_zeros() as usize).min(clusters - 1);
            for h in clusters - 1 - changed..clusters {
                let sign = if (bits >> (clusters - 1 - h)) & 1 == 1 { -1.0 } else { 1.0 };
                let (before, after) = sums.split_at_mut(h + 1);
                for ((sum, before), add) in after[0].iter_mut().zip(&before[h]).zip(&adds[h]) {
                    *sum = before + sign * add;
                }
            }
            let (rests, coefficient) = sums[clusters].split_at(2 * clusters);
            let mut vector = Vector { a: coefficient[0], b: coefficient[1], c0: 0.0, c1: 0.0, c2: 0.0 };
            let (rests0, rests1) = rests.split_at(clusters);
            for (rest0, rest1) in rests0.iter().zip(rests1) {
                vector.add(0.0, 0.0, *rest0, *rest1);
            }
            vectors.push(vector.per(self.length));
        }
        vectors
    }

    /// Sign vectors drawn one by one, each with its own stream.
    fn draw(&self, draws: Draws) -> Vectors {
        let mut signs = vec![1.0; self.clusters()];
        let mut vectors = Vectors::with_capacity(draws.number as usize);
        for replicate in 0..draws.number {
            let mut stream = Stream::new(&draws.seed, u64::from(replicate));
            for sign in &mut signs {
                *sign = stream.sign();
            }
            vectors.push(self.vector(&signs).per(self.length));
        }
        vectors
    }
}

impl Vector {
    fn add(&mut self, a: f64, b: f64, rest0: f64, rest1: f64) {
        self.a += a;
        self.b += b;
        self.c0 += rest0 * rest0;
        self.c1 += rest0 * rest1;
        self.c2 += rest1 * rest1;
    }

    /// From δ in units of r'r to δ = β - β₀.
    fn per(self, length: f64) -> Self {
        Self { b: self.b / length, c1: self.c1 / length, c2: self.c2 / (length * length), ..self }
    }
}

/// The distribution of t under hypotheses β = β₀.
struct Null<'a> {
    vectors: &'a Vectors,
    square: f64,
    enumerated: bool,
}

/// How many sign vectors, opposites and the data included.
struct Counts {
    reach: f64,
    exceed: f64,
    below: f64,
    above: f64,
}

impl Null<'_> {
    fn total(&self) -> f64 {
        let vectors = self.vectors.len() as f64;
        if self.enumerated { 2.0 * vectors } else { vectors + 1.0 }
    }

    /// At β₀ with δ = β - β₀: t² is δ²/square, t*² is (a + b δ)²/(c0 + ...).
    fn counts(&self, delta: f64) -> Counts {
        let mut counts = Counts { reach: 0.0, exceed: 0.0, below: 0.0, above: 0.0 };
        let root = self.square.sqrt();
        for (coefficient, error) in self.vectors.at(delta) {
            // Without dividing: a vector may have no variance at all.
            let (found, asked) = (coefficient.abs() * root, delta.abs() * error);
            let tie = TIE * found.max(asked);
            let reach = found >= asked - tie;
            let exceed = found > asked + tie;
            let same_side = (coefficient >= 0.0) == (delta >= 0.0);
            // t* against t > 0 (the other case is its mirror), for the vector
            // and, where all are taken, for its opposite.
            let beyond = same_side && exceed;
            let short = !same_side || !reach;
            let (mut above, mut below) = (f64::from(u8::from(beyond)), f64::from(u8::from(short)));
            let mut times = 1.0;
            if self.enumerated {
                times = 2.0;
                above += f64::from(u8::from(!same_side && exceed));
                below += f64::from(u8::from(same_side || !reach));
            }
            counts.reach += times * f64::from(u8::from(reach));
            counts.exceed += times * f64::from(u8::from(exceed));
            counts.above += above;
            counts.below += below;
        }
        if !self.enumerated {
            // The data are one of the vectors.
            counts.reach += 1.0;
        }
        counts
    }

    /// The p-value of β₀ with δ = β - β₀, by [`Null::counts`] without what
    /// only the estimate needs.
    fn p(&self, delta: f64) -> f64 {
        if delta == 0.0 {
            return 1.0;
        }
        let root = self.square.sqrt();
        let mut reach = 0_u64;
        for (coefficient, error) in self.vectors.at(delta) {
            let (found, asked) = (coefficient.abs() * root, delta.abs() * error);
            let most = if found > asked { found } else { asked };
            reach += u64::from(found >= asked - TIE * most);
        }
        let all = if self.enumerated { 2 * reach } else { reach + 1 };
        all as f64 / self.total()
    }
}

/// The values of β₀ around the estimate that are not rejected.
fn interval(null: &Null<'_>, value: f64, std_error: f64, level: f64) -> Option<crate::Interval> {
    let alpha = (1.0 - level) * (1.0 + 1e-12);
    let limit = |side: f64| -> Option<f64> {
        let (mut inside, mut outside) = (0.0, side * std_error);
        while null.p(outside) > alpha {
            inside = outside;
            outside *= 1.5;
            if outside.abs() > FARTHEST * std_error {
                return None;
            }
        }
        for _ in 0..50 {
            let middle = 0.5 * (inside + outside);
            if null.p(middle) > alpha {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        Some(value - outside)
    };
    let (lower, upper) = (limit(1.0)?, limit(-1.0)?);
    crate::estimate::finite_interval(lower, upper, level).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimators::least_squares::least_squares;
    use crate::estimators::logistic::logistic;
    use crate::linalg::Design;
    use crate::linalg::testing::{Lcg, shuffle};

    const DRAWS: Draws = Draws { seed: [3; 32], number: 999 };

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// Rows of y, x, treated, cluster.
    fn data(clusters: u32, treated: u32, effect: f64, seed: u64) -> Vec<(f64, f64, f64, u32)> {
        let mut random = Lcg::new(seed);
        let mut rows = Vec::new();
        for cluster in 0..clusters {
            let level = random.normal();
            let arm = f64::from(u8::from(cluster < treated));
            for _ in 0..5 + cluster % 4 {
                let x = random.normal();
                rows.push((level + x + effect * arm + random.normal(), x, arm, cluster));
            }
        }
        rows
    }

    fn run(
        rows: &[(f64, f64, f64, u32)],
        weighted: bool,
        level: f64,
    ) -> Result<WildClusterBootstrap, Refusal> {
        let y: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let x: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let arm: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let cluster: Vec<u32> = rows.iter().map(|row| row.3).collect();
        let weights: Vec<f64> = x.iter().map(|x| 1.0 + x.abs()).collect();
        let design = Design::new(y.len(), &[&x, &arm]).expect("a design");
        let fit = least_squares(&y, &design, weighted.then_some(&weights[..])).expect("a fit");
        wild_cluster_bootstrap(&fit.scores(&design).expect("scores"), &cluster, 2, level, DRAWS)
    }

    /// t* of one sign vector by making outcomes and fitting them.
    fn by_refitting(rows: &[(f64, f64, f64, u32)], signs: &[f64], null: f64) -> f64 {
        let y: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let x: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let arm: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let cluster: Vec<u32> = rows.iter().map(|row| row.3).collect();
        let restricted = Design::new(y.len(), &[&x]).expect("a design");
        let below: Vec<f64> = y.iter().zip(&arm).map(|(y, arm)| y - null * arm).collect();
        let fit = least_squares(&below, &restricted, None).expect("a fit");
        let made: Vec<f64> = (0..y.len())
            .map(|i| y[i] - fit.residuals[i] + signs[cluster[i] as usize] * fit.residuals[i])
            .collect();
        let design = Design::new(y.len(), &[&x, &arm]).expect("a design");
        let fit = least_squares(&made, &design, None).expect("a fit");
        let contrast = Matrix::new(1, 3, vec![0.0, 0.0, 1.0]);
        let scores = fit.scores(&design).expect("scores");
        let sandwich = Sandwich::new(&scores, &cluster, Clustered::Cr1s, ClusterDf::Clusters, &contrast)
            .expect("errors");
        (fit.coefficients[2] - null) / sandwich.covariance.get(2, 2).sqrt()
    }

    #[test]
    fn enumeration_is_refitting_every_sign_vector() {
        let rows = data(8, 4, 1.5, 4);
        for null in [0.0, 1.0, -2.0] {
            let found = run(&rows, false, 0.95).expect("a bootstrap");
            let t0 = by_refitting(&rows, &[1.0; 8], null);
            let reach = (0..256)
                .filter(|bits| {
                    let signs: Vec<f64> =
                        (0..8).map(|g| if bits >> g & 1 == 1 { -1.0 } else { 1.0 }).collect();
                    by_refitting(&rows, &signs, null).abs() >= t0.abs() * (1.0 - 1e-9)
                })
                .count() as f64;
            let p = reach / 256.0;
            if null == 0.0 {
                assert_eq!(found.estimate.p_value, Some(p));
                assert!((found.estimate.statistic.expect("t") - t0).abs() < 1e-11);
            }
            // The interval holds the values that are not rejected.
            let interval = found.estimate.interval.expect("an interval");
            assert_eq!(interval.contains(null), p > 0.05, "{null} {p}");
        }
    }

    #[test]
    fn few_clusters_are_refused_or_flagged() {
        assert_eq!(code(run(&data(5, 2, 0.0, 1), false, 0.95)), Some("min_p_exceeds_alpha"));
        assert!(run(&data(5, 2, 0.0, 1), false, 0.9).is_ok());
        let six = run(&data(6, 3, 0.0, 1), false, 0.95).expect("a bootstrap");
        assert!(six.estimate.warnings.iter().any(|warning| warning.code == "coarse_p"));
        assert_eq!((six.vectors, six.smallest_p, six.enumerated), (64, 0.03125, true));
        let nine = run(&data(9, 4, 0.0, 1), false, 0.95).expect("a bootstrap");
        assert!(nine.estimate.warnings.iter().all(|warning| warning.code != "coarse_p"));
        assert_eq!(code(run(&data(2, 1, 0.0, 1), false, 0.95)), Some("too_few_clusters"));
        assert_eq!(code(run(&data(10, 1, 0.0, 1), false, 0.95)), Some("one_cluster_carries"));
        assert_eq!(code(run(&data(10, 4, 0.0, 1), false, 0.0)), Some("level_out_of_range"));
    }

    #[test]
    fn drawn_vectors_come_near_to_all_vectors() {
        let rows = data(16, 8, 0.9, 11);
        let all = run(&rows, false, 0.95).expect("a bootstrap");
        assert!(all.enumerated && all.vectors == 65536 && all.estimate.method == "wcr.enumerated");
        let y: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let arm: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let x: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let cluster: Vec<u32> = rows.iter().map(|row| row.3).collect();
        let design = Design::new(y.len(), &[&x, &arm]).expect("a design");
        let fit = least_squares(&y, &design, None).expect("a fit");
        let sums = ClusterSums::new(&fit.scores(&design).expect("scores"), &cluster, 2);
        let vectors = sums.draw(Draws { seed: [1; 32], number: 20_000 });
        let drawn = Null { vectors: &vectors, square: sums.square, enumerated: false };
        let p = drawn.p(fit.coefficients[2]);
        assert!((p - all.estimate.p_value.expect("p")).abs() < 0.01, "{p} {:?}", all.estimate.p_value);
        // Seventeen clusters are too many to take all, and the draws repeat.
        let rows = data(17, 8, 0.9, 11);
        let one = run(&rows, true, 0.95).expect("a bootstrap");
        assert_eq!((one.vectors, one.enumerated, one.estimate.method), (999, false, "wcr.drawn"));
        assert_eq!(one, run(&rows, true, 0.95).expect("a bootstrap"));
        let p = one.estimate.p_value.expect("p");
        assert!((0.001..=1.0).contains(&p));
    }

    #[test]
    fn rows_in_any_order_give_the_same_bits() {
        let mut rows = data(10, 4, 1.0, 2);
        let first = (run(&rows, false, 0.95), run(&rows, true, 0.95));
        shuffle(&mut rows, &mut Lcg::new(8));
        assert_eq!((run(&rows, false, 0.95), run(&rows, true, 0.95)), first);
    }

    #[test]
    fn other_models_are_refused() {
        let x: Vec<f64> = (0..40).map(|i| f64::from(i % 2)).collect();
        let y: Vec<f64> = (0..40).map(|i| f64::from(i % 3 == 0)).collect();
        let design = Design::new(40, &[&x]).expect("a design");
        let fit = logistic(&y, &design, None).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        let cluster: Vec<u32> = (0..40).map(|i| i / 4).collect();
        let refused = wild_cluster_bootstrap(&scores, &cluster, 1, 0.95, DRAWS);
        assert_eq!(code(refused), Some("not_least_squares"));
        assert_eq!(code(wild_cluster_bootstrap(&scores, &cluster, 2, 0.95, DRAWS)), Some("no_such_term"));
    }
}
