//! Shares of sites by a logistic model with a random intercept: `glmm.ml`.
//!
//! # Estimand
//!
//! The mean μ and the variance τ² of the sites' log odds; the inverse logit of
//! μ is the share in the middle site. The counts are used as they are: sites
//! with no successes or nothing else need no added halves.
//!
//! # Assumptions
//!
//! Within a site people are independent and share one probability; sites are
//! independent, and their log odds are normal.
//!
//! # Method
//!
//! Maximum likelihood of x_i of n_i with log odds μ + σ u, u standard normal
//! and integrated out by the trapezoidal rule about each site's own peak, with
//! a step fitted to its width; the rule converges exponentially. (The adaptive
//! Gauss-Hermite rule, usual here, fails for sites that are all or nothing,
//! whose u is not near normal.) For a given σ the likelihood has one peak in
//! μ, found by Newton's rule; σ is found from the sign of the slope of the
//! likelihood at that peak, from zero to 10, and the highest peak is taken.
//! The standard error of μ comes from the observed information of μ and σ
//! together, the interval is μ ± z se. A site's own share is its posterior
//! mean.
//!
//! # Small samples
//!
//! τ² is a maximum-likelihood estimate, too small with few sites, and the
//! normal interval is too narrow below ten sites or so: compare
//! [`meta_proportions`](super::meta_proportions), whose interval is made for
//! few sites, and flagged here as `few_sites`.
//!
//! # Refusals
//!
//! `empty`, `one_site`, `lengths_differ`, `zero_denominator`,
//! `numerator_exceeds_denominator`, `out_of_range`, `no_variation` (no
//! successes anywhere, or nothing else), `separated_sites` (the likelihood
//! still rises at σ = 10: sites are all or nothing), `level_out_of_range`.
//!
//! # Source
//!
//! Stijnen T, Hamza TH, Özdemir P (2010). Random effects meta-analysis of
//! event outcome in the framework of the generalized linear mixed model.
//! Statistics in Medicine 29:3046-3067. Pinheiro JC, Bates DM (1995).
//! Approximations to the log-likelihood function in the nonlinear
//! mixed-effects model. Journal of Computational and Graphical Statistics
//! 4:12-35. Louis TA (1982). Finding the observed information matrix when
//! using the EM algorithm. Journal of the Royal Statistical Society B
//! 44:226-233.

use super::columns::{check_counts, check_varied, finite};
use super::meta_analysis::few_sites;
use super::meta_proportions::inverse_logit;
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::root;
use crate::special::normal_critical;
use crate::thresholds::LIKELIHOOD_SITES_FEW;
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "glmm.ml";

/// The largest standard deviation of log odds that is looked at: beyond it
/// four sites of five have shares below 1 or above 99 of 100.
const SIGMA_MOST: f64 = 10.0;

/// Steps in σ at which the slope is looked at.
const STEPS: u32 = 12;

/// The step of the quadrature as a share of the width of the peak, and of 1/σ.
const STEP_OF_WIDTH: f64 = 0.5;
const STEP_OF_POLE: f64 = 0.35;

/// Points at most on one side of the peak; never reached.
const POINTS_MOST: u32 = 4000;

/// What has fallen by exp(-40) is nothing.
const NEGLIGIBLE: f64 = 40.0;

/// ½ ln 2π.
const HALF_LOG_TAU: f64 = 0.918_938_533_204_672_7;

/// A logistic model with a random intercept for each site.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomIntercept {
    /// The number of sites.
    pub k: u64,
    /// The number of people.
    pub n: u64,
    /// μ, the mean of the sites' log odds.
    pub log_odds: f64,
    /// The standard error of μ.
    pub std_error: f64,
    /// τ² = σ², the variance of the sites' log odds.
    pub tau2: f64,
    /// The log-likelihood without the binomial coefficients.
    pub log_likelihood: f64,
    /// The posterior means of the sites' shares, in the order given.
    pub shares: Vec<f64>,
    /// `two_sites` or `few_sites`.
    pub warnings: Vec<Warning>,
}

/// Fits the model to x successes of n people a site, in any order.
///
/// See the [module](self) for the method and the refusals.
///
/// # Warnings
///
/// * `two_sites`; `few_sites`: fewer than ten sites, for which the interval is
///   too narrow.
pub fn random_intercept_logistic(successes: &[u64], totals: &[u64]) -> Result<RandomIntercept, Refusal> {
    check_counts(successes, totals)?;
    check_varied(successes, totals)?;
    let model = Model::new(successes, totals);
    let steps: Vec<f64> = (0..=STEPS)
        .map(|step| if step == 0 { 0.0 } else { SIGMA_MOST * libm::pow(0.55, f64::from(STEPS - step)) })
        .collect();
    let missing = || Refusal::not_finite("the likelihood");
    let mut peaks = Vec::new();
    let (mut before, mut rising) = (0.0, true);
    for &sigma in &steps {
        let now = model.at(sigma).ok_or_else(missing)?.slope > 0.0;
        if sigma == 0.0 && !now {
            peaks.push(0.0);
        } else if sigma > 0.0 && rising && !now {
            let slope = |sigma: f64| model.at(sigma).map_or(f64::NAN, |at| at.slope);
            peaks.push(root::bracketed(slope, before, sigma, 1e-13).ok_or_else(missing)?);
        }
        (before, rising) = (sigma, now);
    }
    if rising {
        return Err(Refusal::new(
            "separated_sites",
            "nearly every site is all or nothing, so the spread of their log odds has no finite value",
            "report the number of sites in which all succeeded, in which none did, and the rest",
        ));
    }
    let mut best: Option<(f64, At)> = None;
    for sigma in peaks {
        let at = model.at(sigma).ok_or_else(missing)?;
        if best.as_ref().is_none_or(|(_, best)| at.log_likelihood > best.log_likelihood) {
            best = Some((sigma, at));
        }
    }
    let (sigma, at) = best.ok_or_else(missing)?;
    let information = at.information;
    let about_mean = if sigma > 0.0 {
        information[0] - information[1] * information[1] / information[2]
    } else {
        information[0]
    };
    let k = successes.len();
    let mut warnings = few_sites(k);
    if warnings.is_empty() && k < LIKELIHOOD_SITES_FEW {
        warnings.push(Warning::new(
            "few_sites",
            "there are fewer than ten sites, for which the interval of this model is too narrow",
        ));
    }
    Ok(RandomIntercept {
        k: k as u64,
        n: totals.iter().sum(),
        log_odds: finite(at.mean, "the mean of the log odds")?,
        std_error: finite((1.0 / about_mean).sqrt(), "the standard error")?,
        tau2: sigma * sigma,
        log_likelihood: finite(at.log_likelihood, "the likelihood")?,
        shares: model.shares(successes, totals, at.mean, sigma),
        warnings,
    })
}

impl RandomIntercept {
    /// The share in the middle site with its normal interval, at `level` (a
    /// share): turned back from the log odds, without a standard error.
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`, `interval_not_finite`.
    pub fn share(&self, level: f64) -> Outcome {
        check_level(level)?;
        let half = normal_critical(level) * self.std_error;
        let [lower, upper] = [self.log_odds - half, self.log_odds + half].map(inverse_logit);
        Ok(Estimate {
            interval: Some(finite_interval(lower, upper, level)?),
            n_clusters: Some(self.k),
            warnings: self.warnings.clone(),
            ..Estimate::point(inverse_logit(self.log_odds), self.n, METHOD)
        })
    }
}

/// Sites in an order of their own: successes and totals.
struct Model {
    sites: Vec<(f64, f64)>,
}

/// The likelihood at its peak in μ for one σ.
struct At {
    mean: f64,
    log_likelihood: f64,
    /// Its derivative by σ, divided by σ; at σ = 0 the limit.
    slope: f64,
    /// The observed information of μ, of both, and of σ.
    information: [f64; 3],
}

/// The log-likelihood with its derivatives by μ and σ.
#[derive(Default)]
struct Derivatives {
    value: f64,
    by_mean: f64,
    by_sigma: f64,
    second: [f64; 3],
}

impl Model {
    fn new(successes: &[u64], totals: &[u64]) -> Self {
        let mut sites: Vec<(u64, u64)> = successes.iter().copied().zip(totals.iter().copied()).collect();
        sites.sort_unstable();
        let sites = sites.into_iter().map(|(x, n)| (x as f64, n as f64)).collect();
        Self { sites }
    }

    /// The peak in μ for a σ: Newton's rule, which is held to a bracket.
    fn at(&self, sigma: f64) -> Option<At> {
        let (x, n) = self.sites.iter().fold((0.0, 0.0), |sum, site| (sum.0 + site.0, sum.1 + site.1));
        let pooled = libm::log(x / (n - x));
        let (mut low, mut high) = (-800.0, 800.0);
        let mut mean = pooled;
        let mut found = self.derivatives(mean, sigma);
        for _ in 0..200 {
            if found.by_mean > 0.0 {
                low = mean;
            } else {
                high = mean;
            }
            let step = -found.by_mean / found.second[0];
            let next = mean + step;
            // Written so that a step that is not a number is bisected as well.
            let inside = next > low && next < high;
            let next = if inside { next } else { 0.5 * (low + high) };
            let still = (next - mean).abs() <= 4.0 * f64::EPSILON * (1.0 + mean.abs());
            mean = next;
            found = self.derivatives(mean, sigma);
            if still || found.by_mean == 0.0 {
                break;
            }
        }
        let slope = if sigma > 0.0 {
            found.by_sigma / sigma
        } else {
            // ½ Σ [(x - n p)² - n p q], twice over for the derivative by σ².
            let p = inverse_logit(mean);
            self.sites.iter().map(|&(x, n)| (x - n * p) * (x - n * p) - n * p * (1.0 - p)).sum()
        };
        let information = found.second.map(|second| -second);
        let usable = found.value.is_finite() && slope.is_finite() && information[0] > 0.0;
        usable.then_some(At { mean, log_likelihood: found.value, slope, information })
    }

    fn derivatives(&self, mean: f64, sigma: f64) -> Derivatives {
        let mut total = Derivatives::default();
        for &(x, n) in &self.sites {
            // Sums over the points, all relative to the peak: of the weight, of
            // the two scores, of their squares and product, and of the second
            // derivatives of the log-likelihood given u.
            let mut sums = [0.0; 9];
            let scale = self.each(mean, sigma, x, n, |weight, u, p| {
                let score = x - n * p;
                let spread = n * p * (1.0 - p);
                let terms = [1.0, score, score * u, score * score, score * score * u, score * score * u * u];
                for (sum, term) in sums.iter_mut().zip(terms) {
                    *sum += weight * term;
                }
                for (sum, term) in sums.iter_mut().skip(6).zip([spread, spread * u, spread * u * u]) {
                    *sum += weight * term;
                }
            });
            let mass = sums[0];
            let mean_of = sums.map(|sum| sum / mass);
            total.value += scale + libm::log(mass);
            total.by_mean += mean_of[1];
            total.by_sigma += mean_of[2];
            // Louis: E[second derivative] + Var[score].
            total.second[0] += mean_of[3] - mean_of[1] * mean_of[1] - mean_of[6];
            total.second[1] += mean_of[4] - mean_of[1] * mean_of[2] - mean_of[7];
            total.second[2] += mean_of[5] - mean_of[2] * mean_of[2] - mean_of[8];
        }
        total
    }

    /// Hands over (weight, u, p) for every point of a site's quadrature, with
    /// weights relative to exp of what is returned.
    fn each(&self, mean: f64, sigma: f64, x: f64, n: f64, mut take: impl FnMut(f64, f64, f64)) -> f64 {
        // The log-likelihood of u, and p.
        let at = |u: f64| {
            let eta = mean + sigma * u;
            let small = libm::exp(-eta.abs());
            // ln(1 + e^η) without overflow.
            let log_sum = eta.max(0.0) + libm::log1p(small);
            let p = if eta >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) };
            (x * eta - n * log_sum - 0.5 * u * u, p)
        };
        // The peak: the slope falls everywhere, so that Newton's rule with a
        // bracket cannot miss it.
        let (mut low, mut high) = (-sigma * n - 1.0, sigma * n + 1.0);
        let mut peak = 0.0;
        for _ in 0..100 {
            let p = inverse_logit(mean + sigma * peak);
            let slope = sigma * (x - n * p) - peak;
            if slope > 0.0 {
                low = peak;
            } else {
                high = peak;
            }
            let next = peak + slope / (1.0 + sigma * sigma * n * p * (1.0 - p));
            let next = if next > low && next < high { next } else { 0.5 * (low + high) };
            let still = (next - peak).abs() <= 1e-9 * (1.0 + peak.abs());
            peak = next;
            if still {
                break;
            }
        }
        let (height, p) = at(peak);
        let width = 1.0 / (1.0 + sigma * sigma * n * p * (1.0 - p)).sqrt();
        // The integrand is smooth over about its width, and has its poles at a
        // distance of π/σ.
        let step = (STEP_OF_WIDTH * width).min(STEP_OF_POLE / sigma.max(STEP_OF_POLE));
        take(step, peak, p);
        for direction in [step, -step] {
            for k in 1..POINTS_MOST {
                let u = peak + direction * f64::from(k);
                let (here, p) = at(u);
                if here < height - NEGLIGIBLE {
                    break;
                }
                take(step * libm::exp(here - height), u, p);
            }
        }
        height - HALF_LOG_TAU
    }

    fn shares(&self, successes: &[u64], totals: &[u64], mean: f64, sigma: f64) -> Vec<f64> {
        let share = |(&x, &n): (&u64, &u64)| {
            let mut sums = [0.0; 2];
            self.each(mean, sigma, x as f64, n as f64, |weight, _, p| {
                sums[0] += weight;
                sums[1] += weight * p;
            });
            (sums[1] / sums[0]).clamp(0.0, 1.0)
        };
        successes.iter().zip(totals).map(share).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn quadrature_agrees_with_a_fine_one() {
        // Against steps of a thousandth, from sites without spread to sites
        // that are all or nothing.
        let model = Model { sites: Vec::new() };
        for sigma in [0.01, 0.7, 3.0, 10.0] {
            for (x, n) in [(0.0, 1.0), (0.0, 30.0), (4.0, 9.0), (40.0, 40.0), (300.0, 900.0)] {
                for mean in [-2.0, 0.0, 1.5] {
                    let mut mass = 0.0;
                    let scale = model.each(mean, sigma, x, n, |weight, _, _| mass += weight);
                    let found = scale + libm::log(mass);
                    let value = |u: f64| {
                        let eta = mean + sigma * u;
                        x * eta - n * (eta.max(0.0) + libm::log1p(libm::exp(-eta.abs()))) - 0.5 * u * u
                    };
                    let points = || (-12_000..=12_000).map(|k| value(f64::from(k) * 1e-3));
                    let top = points().fold(f64::NEG_INFINITY, f64::max);
                    let fine: f64 = points().map(|value| 1e-3 * libm::exp(value - top)).sum();
                    let truth = top + libm::log(fine) - HALF_LOG_TAU;
                    assert!((found - truth).abs() < 1e-11 * (1.0 + truth.abs()), "{sigma} {x} {n} {mean}");
                }
            }
        }
    }

    #[test]
    fn sites_that_agree_have_the_pooled_share() {
        let found = random_intercept_logistic(&[5, 10, 20], &[10, 20, 40]).expect("a fit");
        assert!(found.tau2 == 0.0 && found.log_odds.abs() < 1e-15);
        // The information of 70 people with p = ½.
        assert!((found.std_error - (4.0_f64 / 70.0).sqrt()).abs() < 1e-12);
        assert!(found.shares.iter().all(|share| (share - 0.5).abs() < 1e-12));
        assert_eq!(found.warnings[0].code, "few_sites");
        let share = found.share(0.95).expect("a share");
        assert!((share.value - 0.5).abs() < 1e-15);
        assert_eq!((share.n, share.n_clusters), (70, Some(3)));
    }

    #[test]
    fn sites_that_differ_have_a_spread_and_mirror() {
        let (x, n) = ([2, 9, 15, 30, 11], [20, 20, 20, 40, 12]);
        let failures: Vec<u64> = n.iter().zip(x).map(|(n, x)| n - x).collect();
        let one = random_intercept_logistic(&x, &n).expect("a fit");
        let other = random_intercept_logistic(&failures, &n).expect("a fit");
        assert!(one.tau2 > 0.5);
        assert!((one.log_odds + other.log_odds).abs() < 1e-8 && (one.tau2 - other.tau2).abs() < 1e-8);
        let (back, back_n) = ([11, 30, 15, 9, 2], [12, 40, 20, 20, 20]);
        let reversed = random_intercept_logistic(&back, &back_n).expect("a fit");
        assert_eq!(reversed.log_odds.to_bits(), one.log_odds.to_bits());
        assert_eq!(reversed.std_error.to_bits(), one.std_error.to_bits());
        // Shares are drawn to the middle.
        assert!(one.shares[0] > 0.1 && one.shares[4] < 11.0 / 12.0);
    }

    #[test]
    fn information_is_the_curvature_of_the_likelihood() {
        let model = Model::new(&[2, 9, 15, 30, 11], &[20, 20, 20, 40, 12]);
        let (mean, sigma, h) = (0.4, 0.9, 1e-5);
        let at = model.derivatives(mean, sigma);
        let by = |dm: f64, ds: f64| model.derivatives(mean + dm, sigma + ds);
        let close = |found: f64, truth: f64| assert!((found - truth).abs() < 1e-6, "{found} {truth}");
        close(at.by_mean, (by(h, 0.0).value - by(-h, 0.0).value) / (2.0 * h));
        close(at.by_sigma, (by(0.0, h).value - by(0.0, -h).value) / (2.0 * h));
        close(at.second[0], (by(h, 0.0).by_mean - by(-h, 0.0).by_mean) / (2.0 * h));
        close(at.second[1], (by(h, 0.0).by_sigma - by(-h, 0.0).by_sigma) / (2.0 * h));
        close(at.second[2], (by(0.0, h).by_sigma - by(0.0, -h).by_sigma) / (2.0 * h));
    }

    #[test]
    fn random_intercept_refuses() {
        let fit = |x: &[u64], n: &[u64]| code(random_intercept_logistic(x, n));
        assert_eq!(fit(&[], &[]), Some("empty"));
        assert_eq!(fit(&[1], &[2]), Some("one_site"));
        assert_eq!(fit(&[1, 1], &[2]), Some("lengths_differ"));
        assert_eq!(fit(&[0, 0], &[2, 3]), Some("no_variation"));
        assert_eq!(fit(&[2, 3], &[2, 3]), Some("no_variation"));
        assert_eq!(fit(&[0, 30, 0, 40], &[20, 30, 20, 40]), Some("separated_sites"));
        assert_eq!(fit(&[4, 3], &[2, 3]), Some("numerator_exceeds_denominator"));
        assert_eq!(fit(&[1, 0], &[2, 0]), Some("zero_denominator"));
        let large = random_intercept_logistic(&[1, 1 << 40], &[1 << 41, 1 << 41]);
        assert!(large.map_or(true, |fit| fit.std_error.is_finite()));
        let found = random_intercept_logistic(&[5, 10], &[10, 20]).expect("a fit");
        assert_eq!(code(found.share(0.0)), Some("level_out_of_range"));
    }
}
