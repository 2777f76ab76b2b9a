//! Shares of sites by a beta-binomial model, with sites drawn towards the
//! rest: `beta_binomial.eb`.
//!
//! # Estimand
//!
//! The distribution of the sites' shares, taken as Beta(α, β), and each site's
//! own share given its count and that distribution.
//!
//! # Assumptions
//!
//! Within a site people are independent and share one probability; sites are
//! independent, and their shares follow a Beta distribution.
//!
//! # Method
//!
//! Maximum likelihood in the mean m = α/(α + β) and the spread γ = 1/(α + β).
//! Up to the binomial coefficients the log-likelihood of x of n is
//!
//! ```text
//! Σ_{j<x} ln(m + jγ) + Σ_{j<n-x} ln(1 - m + jγ) - Σ_{j<n} ln(1 + jγ)
//! ```
//!
//! concave in m for a given γ; γ is found from the sign of the slope at that
//! peak. A site's share is then Beta(α + x, β + n - x): its mean, and its
//! central interval. Empirical Bayes: α and β are taken as known, so that the
//! intervals are too narrow while there are few sites.
//!
//! # Small samples
//!
//! Sites without successes, or with nothing else, are used as they are. With
//! few sites α and β are hardly known; below ten the result is flagged as
//! `few_sites`.
//!
//! # Refusals
//!
//! `empty`, `one_site`, `lengths_differ`, `zero_denominator`,
//! `numerator_exceeds_denominator`, `out_of_range`, `no_variation`,
//! `no_overdispersion` (sites differ no more than by chance, so that all have
//! the pooled share), `separated_sites` (all or nothing),
//! `level_out_of_range`.
//!
//! # Source
//!
//! Griffiths DA (1973). Maximum likelihood estimation for the beta-binomial
//! distribution. Biometrics 29:637-648. Morris CN (1983). Parametric empirical
//! Bayes inference. Journal of the American Statistical Association 78:47-55.

use super::columns::{check_counts, check_varied, finite};
use super::meta_analysis::few_sites;
use crate::estimate::{Interval, Refusal, check_level, finite_interval};
use crate::root;
use crate::special::{beta_quantile, ln_gamma};
use crate::thresholds::{LIKELIHOOD_SITES_FEW, SPREAD_OF_SHARES_MOST};
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "beta_binomial.eb";

/// The share of a site given its count and the other sites.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteShare {
    /// The posterior mean (α + x)/(α + β + n).
    pub share: f64,
    /// The central interval of the posterior.
    pub interval: Interval,
}

/// The distribution of the shares of sites.
#[derive(Clone, Debug, PartialEq)]
pub struct BetaBinomial {
    /// The number of sites.
    pub k: u64,
    /// The number of people.
    pub n: u64,
    /// α of the Beta distribution.
    pub alpha: f64,
    /// β of the Beta distribution.
    pub beta: f64,
    /// The mean share α/(α + β).
    pub mean: f64,
    /// 1/(α + β + 1), the correlation of two people of one site.
    pub correlation: f64,
    /// The log-likelihood with the binomial coefficients.
    pub log_likelihood: f64,
    /// The sites' shares, in the order given.
    pub sites: Vec<SiteShare>,
    /// `two_sites` or `few_sites`.
    pub warnings: Vec<Warning>,
}

/// Fits the model to x successes of n people a site, in any order; `level`, a
/// share, is that of the sites' intervals.
///
/// See the [module](self) for the method and the refusals.
///
/// # Warnings
///
/// * `two_sites`; `few_sites`: fewer than ten sites, for which the intervals
///   of the sites are too narrow.
pub fn beta_binomial(successes: &[u64], totals: &[u64], level: f64) -> Result<BetaBinomial, Refusal> {
    check_level(level)?;
    check_counts(successes, totals)?;
    check_varied(successes, totals)?;
    let model = Model::new(successes, totals);
    let (spread, mean) = model.spread()?;
    let (alpha, beta) = (mean / spread, (1.0 - mean) / spread);
    let tail = 0.5 * (1.0 - level);
    let sites = successes
        .iter()
        .zip(totals)
        .map(|(&x, &n)| {
            let (a, b) = (alpha + x as f64, beta + (n - x) as f64);
            let [lower, upper] = [tail, 1.0 - tail].map(|p| beta_quantile(p, a, b));
            Ok(SiteShare {
                share: finite(a / (a + b), "the share of a site")?,
                interval: finite_interval(lower, upper, level)?,
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let k = successes.len();
    let mut warnings = few_sites(k);
    if warnings.is_empty() && k < LIKELIHOOD_SITES_FEW {
        warnings.push(Warning::new(
            "few_sites",
            "there are fewer than ten sites, for which the intervals of this model are too narrow",
        ));
    }
    Ok(BetaBinomial {
        k: k as u64,
        n: totals.iter().sum(),
        alpha: finite(alpha, "alpha")?,
        beta: finite(beta, "beta")?,
        mean,
        correlation: spread / (1.0 + spread),
        log_likelihood: finite(model.log_likelihood(mean, spread) + model.coefficients(), "the likelihood")?,
        sites,
        warnings,
    })
}

/// Sites in an order of their own: successes, failures.
struct Model {
    sites: Vec<(f64, f64)>,
    largest: f64,
}

impl Model {
    fn new(successes: &[u64], totals: &[u64]) -> Self {
        let mut sites: Vec<(u64, u64)> = successes.iter().zip(totals).map(|(&x, &n)| (x, n - x)).collect();
        sites.sort_unstable();
        let largest = totals.iter().copied().max().unwrap_or(1) as f64;
        Self { sites: sites.into_iter().map(|(x, y)| (x as f64, y as f64)).collect(), largest }
    }

    /// γ and m at the highest peak.
    fn spread(&self) -> Result<(f64, f64), Refusal> {
        let missing = || Refusal::not_finite("the likelihood");
        // From a spread that no data could tell from none, by thirds of a
        // power of ten.
        let first = 1e-5 / self.largest;
        let steps = (3.0 * libm::log10(SPREAD_OF_SHARES_MOST / first)).ceil();
        let mut peaks = Vec::new();
        let (mut before, mut rising) = (0.0, self.slope(0.0).ok_or_else(missing)? > 0.0);
        for step in 0..=steps as u32 {
            let spread = first * libm::pow(10.0, f64::from(step) / 3.0);
            let now = self.slope(spread).ok_or_else(missing)? > 0.0;
            if rising && !now {
                let slope = |spread: f64| self.slope(spread).unwrap_or(f64::NAN);
                peaks.push(root::bracketed(slope, before, spread, 0.0).ok_or_else(missing)?);
            }
            (before, rising) = (spread, now);
        }
        if rising {
            return Err(Refusal::new(
                "separated_sites",
                "nearly every site is all or nothing, so the spread of their shares has no finite value",
                "report the number of sites in which all succeeded, in which none did, and the rest",
            ));
        }
        let mut best: Option<(f64, f64, f64)> = None;
        for spread in peaks {
            let mean = self.mean_at(spread).ok_or_else(missing)?;
            let height = self.log_likelihood(mean, spread);
            if best.is_none_or(|best| height > best.2) {
                best = Some((spread, mean, height));
            }
        }
        let none = || {
            Refusal::new(
                "no_overdispersion",
                "the sites differ no more than chance alone would make them, so their shares have no spread to estimate",
                "report the pooled share for all sites, with its Wilson interval",
            )
        };
        let (spread, mean, height) = best.ok_or_else(none)?;
        if self.slope(0.0).is_some_and(|slope| slope <= 0.0)
            && self.mean_at(0.0).is_some_and(|mean| self.log_likelihood(mean, 0.0) >= height)
        {
            return Err(none());
        }
        Ok((spread, mean))
    }

    /// The m at which the likelihood is highest for a γ.
    fn mean_at(&self, spread: f64) -> Option<f64> {
        let slope = |m: f64| {
            self.sites
                .iter()
                .map(|&(x, y)| reciprocals(m, spread, x).0 - reciprocals(1.0 - m, spread, y).0)
                .sum()
        };
        root::bracketed(slope, 1e-15, 1.0 - 1e-15, 0.0)
    }

    /// The slope of the likelihood in γ at its peak in m.
    fn slope(&self, spread: f64) -> Option<f64> {
        let m = self.mean_at(spread)?;
        let slope: f64 = self
            .sites
            .iter()
            .map(|&(x, y)| {
                reciprocals(m, spread, x).1 + reciprocals(1.0 - m, spread, y).1
                    - reciprocals(1.0, spread, x + y).1
            })
            .sum();
        slope.is_finite().then_some(slope)
    }

    /// Without the binomial coefficients.
    fn log_likelihood(&self, m: f64, spread: f64) -> f64 {
        self.sites
            .iter()
            .map(|&(x, y)| {
                logarithms(m, spread, x) + logarithms(1.0 - m, spread, y) - logarithms(1.0, spread, x + y)
            })
            .sum()
    }

    /// Σ ln C(n, x).
    fn coefficients(&self) -> f64 {
        self.sites.iter().map(|&(x, y)| ln_gamma(x + y + 1.0) - ln_gamma(x + 1.0) - ln_gamma(y + 1.0)).sum()
    }
}

/// Terms that are summed one by one; the rest of a long sum has a closed form.
const ONE_BY_ONE: f64 = 64.0;
const BEFORE_THE_REST: f64 = 16.0;

/// Σ 1/(m + jγ) and Σ j/(m + jγ) over j = 0 .. count - 1.
fn reciprocals(m: f64, spread: f64, count: f64) -> (f64, f64) {
    if spread == 0.0 {
        return (count / m, 0.5 * count * (count - 1.0) / m);
    }
    let direct = if count <= ONE_BY_ONE { count } else { BEFORE_THE_REST };
    let (mut plain, mut weighted) = (0.0, 0.0);
    for j in 0..direct as u32 {
        let term = 1.0 / (m + f64::from(j) * spread);
        plain += term;
        weighted += f64::from(j) * term;
    }
    let rest = count - direct;
    if rest <= 0.0 {
        return (plain, weighted);
    }
    // Σ 1/(a + j) = ψ(a + rest) - ψ(a) with a = m/γ + 16, by the asymptotic
    // series of ψ, whose leading difference is ln(1 + t) with t = rest/a.
    let a = m / spread + direct;
    let b = a + rest;
    let t = rest / a;
    let series = digamma_rest(b) - digamma_rest(a);
    let harmonic = libm::log1p(t) + 0.5 * rest / (a * b) + series;
    // Σ j/(a + j) = rest - a Σ 1/(a + j), with t - ln(1 + t) taken whole.
    let ranked = a * t_less_log(t) - 0.5 * rest / b - a * series;
    (plain + harmonic / spread, weighted + (ranked + direct * harmonic) / spread)
}

/// Σ ln(m + jγ) over j = 0 .. count - 1.
fn logarithms(m: f64, spread: f64, count: f64) -> f64 {
    if count == 0.0 {
        return 0.0;
    }
    if spread == 0.0 {
        return count * libm::log(m);
    }
    let direct = if count <= ONE_BY_ONE { count } else { BEFORE_THE_REST };
    let mut total: f64 = (0..direct as u32).map(|j| libm::log(m + f64::from(j) * spread)).sum();
    let rest = count - direct;
    if rest > 0.0 {
        // Stirling: ln Γ(b) - ln Γ(a) - rest ln a.
        let a = m / spread + direct;
        let b = a + rest;
        let t = rest / a;
        let stirling = |x: f64| (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * x * x)) / (x * x)) / x;
        total += rest * libm::log(a * spread) + (rest - 0.5) * libm::log1p(t) - a * t_less_log(t)
            + stirling(b)
            - stirling(a);
    }
    total
}

/// ψ(x) - ln x + 1/(2x), for x from 16 upwards.
fn digamma_rest(x: f64) -> f64 {
    let square = 1.0 / (x * x);
    -square
        * (1.0 / 12.0
            - square
                * (1.0 / 120.0 - square * (1.0 / 252.0 - square * (1.0 / 240.0 - square * (1.0 / 132.0)))))
}

/// t - ln(1 + t) for t >= 0, without cancellation.
fn t_less_log(t: f64) -> f64 {
    if t > 0.5 {
        return t - libm::log1p(t);
    }
    // With s = t/(2 + t): ln(1 + t) = 2 (s + s³/3 + ...), and t - 2s = s t.
    let s = t / (2.0 + t);
    let square = s * s;
    let (mut total, mut power, mut odd) = (s * t, 2.0 * s, 3.0);
    loop {
        power *= square;
        let next = total - power / odd;
        if next == total || odd > 200.0 {
            return next;
        }
        total = next;
        odd += 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn long_sums_agree_with_their_closed_form() {
        for m in [1e-6, 0.03, 0.5, 1.0] {
            for spread in [1e-9, 1e-4, 0.1, 3.0, 1e3] {
                for count in [0_u32, 1, 64, 65, 300, 20_000] {
                    let sum = |f: fn(f64, f64) -> f64| {
                        (0..count)
                            .map(|j| f(m + f64::from(j) * spread, f64::from(j)))
                            .collect::<crate::sum::Sum>()
                            .value()
                    };
                    let close = |found: f64, truth: f64, relative: f64| {
                        let room = relative * truth.abs().max(1e-4);
                        assert!((found - truth).abs() <= room, "{m} {spread} {count}: {found} {truth}");
                    };
                    let (plain, weighted) = reciprocals(m, spread, f64::from(count));
                    close(plain, sum(|term, _| 1.0 / term), 1e-12);
                    close(weighted, sum(|term, j| j / term), 1e-11);
                    close(logarithms(m, spread, f64::from(count)), sum(|term, _| libm::log(term)), 1e-10);
                }
            }
        }
    }

    #[test]
    fn beta_binomial_finds_the_peak() {
        let (x, n) = ([16, 10, 4, 43, 10], [17, 12, 8, 58, 10]);
        let found = beta_binomial(&x, &n, 0.9).expect("a fit");
        let model = Model::new(&x, &n);
        let height = |a: f64, b: f64| model.log_likelihood(a / (a + b), 1.0 / (a + b));
        let top = height(found.alpha, found.beta);
        for (da, db) in [(1.01, 1.0), (0.99, 1.0), (1.0, 1.01), (1.0, 0.99), (1.01, 1.01), (0.99, 0.99)] {
            assert!(height(found.alpha * da, found.beta * db) < top);
        }
        for (site, (x, n)) in found.sites.iter().zip(x.iter().zip(n)) {
            assert!(site.interval.contains(site.share));
            let own = *x as f64 / n as f64;
            assert!((site.share - found.mean).abs() <= (own - found.mean).abs() + 1e-12);
        }
        assert_eq!(found.warnings[0].code, "few_sites");
    }

    #[test]
    fn beta_binomial_mirrors_and_keeps_its_bits() {
        let (x, n) = ([16, 10, 4, 43, 10], [17, 12, 8, 58, 10]);
        let failures: Vec<u64> = n.iter().zip(x).map(|(n, x)| n - x).collect();
        let one = beta_binomial(&x, &n, 0.9).expect("a fit");
        let other = beta_binomial(&failures, &n, 0.9).expect("a fit");
        assert!((one.alpha / other.beta - 1.0).abs() < 1e-7);
        assert!((one.beta / other.alpha - 1.0).abs() < 1e-7);
        let reversed = beta_binomial(&[10, 43, 4, 10, 16], &[10, 58, 8, 12, 17], 0.9).expect("a fit");
        assert_eq!(reversed.alpha.to_bits(), one.alpha.to_bits());
        assert_eq!(reversed.log_likelihood.to_bits(), one.log_likelihood.to_bits());
    }

    #[test]
    fn beta_binomial_refuses() {
        let fit = |x: &[u64], n: &[u64]| code(beta_binomial(x, n, 0.95));
        assert_eq!(fit(&[], &[]), Some("empty"));
        assert_eq!(fit(&[1], &[2]), Some("one_site"));
        assert_eq!(fit(&[1, 1], &[2]), Some("lengths_differ"));
        assert_eq!(fit(&[0, 0], &[2, 3]), Some("no_variation"));
        assert_eq!(fit(&[5, 10, 20], &[10, 20, 40]), Some("no_overdispersion"));
        assert_eq!(fit(&[0, 30, 0, 40], &[20, 30, 20, 40]), Some("separated_sites"));
        assert_eq!(fit(&[4, 3], &[2, 3]), Some("numerator_exceeds_denominator"));
        assert_eq!(code(beta_binomial(&[1, 3], &[4, 4], 1.0)), Some("level_out_of_range"));
        // One person a site: nothing can be said about two of one site.
        assert_eq!(fit(&[0, 1, 1, 0], &[1, 1, 1, 1]), Some("no_overdispersion"));
    }

    #[test]
    fn beta_binomial_takes_large_sites() {
        let found = beta_binomial(&[400_000, 450_000, 380_000], &[1_000_000; 3], 0.95).expect("a fit");
        // Between sites of this size the spread is that of the shares.
        assert!((found.mean - 0.41).abs() < 0.001);
        assert!(found.correlation > 0.001 && found.correlation < 0.01);
    }
}
