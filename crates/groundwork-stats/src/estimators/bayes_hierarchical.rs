//! A few sites under a stated prior: the normal-normal model,
//! `nnhm.half_normal` and `nnhm.half_cauchy`.
//!
//! # Estimand
//!
//! The mean μ of the true values of sites like these, their standard deviation
//! τ, the true value of each site, and that of a further site, as posterior
//! distributions.
//!
//! # Assumptions
//!
//! Each site has a value and a variance of its own error, taken as known; true
//! values are normal about μ with standard deviation τ. μ has a flat prior (or
//! a stated normal one); τ has a half-normal (or half-Cauchy) prior whose
//! scale is declared beforehand. On log ratios 0.5 is usual: it says that most
//! sites lie within a factor of about 2.7 of the middle.
//!
//! # Method
//!
//! Given τ everything is normal: with w = 1/(v + τ²), μ has mean
//! m = Σ w y/Σ w and variance s² = 1/Σ w, a further site has variance
//! s² + τ², and site i has mean m + B (y - m) and variance B v + (1 - B)² s²,
//! B = τ²/(τ² + v). The posterior of τ is
//!
//! ```text
//! p(τ) Π w^½ s exp(-½ Σ w (y - m)²)
//! ```
//!
//! integrated by Gauss-Legendre rules on panels that double in length and are
//! halved until two halves agree with the whole to 13 digits. Nothing is
//! drawn: quantiles are roots of the mixture of normals. A normal prior for μ
//! enters like one more site whose weight does not depend on τ.
//!
//! # Small samples
//!
//! That is what it is for: two to four sites. The width of the prediction for
//! a further site then comes from the prior more than from the data, which is
//! flagged as `prior_driven`; print the prior and the rows of
//! [`prior_sensitivity`] beside it.
//!
//! # Refusals
//!
//! `empty`, `one_site`, `lengths_differ`, `not_finite`, `out_of_range`,
//! `variance_not_positive`, `prior_out_of_range`, `prior_contradicts_data`
//! (the sites lie so far apart, in units of the prior of τ, that the posterior
//! is a spike no rule can see), `level_out_of_range`.
//!
//! # Source
//!
//! Friede T, Röver C, Wandel S, Neuenschwander B (2017). Meta-analysis of few
//! small studies in orphan diseases. Research Synthesis Methods 8:79-91.
//! Röver C (2020). Bayesian random-effects meta-analysis using the bayesmeta R
//! package. Journal of Statistical Software 93(6).

use super::columns::{check_positive, finite, one_site};
use crate::estimate::{Interval, Refusal, check_level, finite_interval};
use crate::linalg::{check_column, check_length};
use crate::optimise::minimise;
use crate::root;
use crate::special::{normal_cdf, normal_quantile};
use crate::thresholds::SITES_FEW;
use crate::warning::Warning;

/// The id of the method with a half-normal prior for τ.
pub const METHOD: &str = "nnhm.half_normal";

/// The id of the method with a half-Cauchy prior for τ.
pub const METHOD_CAUCHY: &str = "nnhm.half_cauchy";

/// The scales of [`prior_sensitivity`], as multiples of a log ratio.
pub const PRIOR_SCALES: [f64; 3] = [0.25, 0.5, 1.0];

/// The prior of τ, the standard deviation between sites.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TauPrior {
    /// The magnitude of a normal variable with this standard deviation.
    HalfNormal(f64),
    /// The magnitude of a Cauchy variable with this scale.
    HalfCauchy(f64),
}

/// The prior of μ, the mean over sites.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum MeanPrior {
    /// No preference for any value.
    #[default]
    Flat,
    /// Normal.
    Normal {
        /// Its mean, in the unit of the values.
        mean: f64,
        /// Its standard deviation.
        sd: f64,
    },
}

/// The true value of a site given all sites.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SitePosterior {
    /// The posterior mean: the site's value drawn towards the others.
    pub mean: f64,
    /// The posterior standard deviation.
    pub sd: f64,
}

/// What is known about the sites after looking at them.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    /// The number of sites.
    pub k: u64,
    /// The prior of τ.
    pub tau_prior: TauPrior,
    /// The prior of μ.
    pub mean_prior: MeanPrior,
    /// The posterior mean of μ.
    pub mean: f64,
    /// The posterior standard deviation of μ; absent where it is infinite:
    /// two sites, a flat prior for μ and a half-Cauchy one for τ.
    pub mean_sd: Option<f64>,
    /// The posterior median of μ.
    pub mean_median: f64,
    /// The central interval of μ.
    pub mean_interval: Interval,
    /// The posterior mean of τ.
    pub tau_mean: f64,
    /// The posterior median of τ.
    pub tau_median: f64,
    /// The central interval of τ.
    pub tau_interval: Interval,
    /// The predictive median of the true value of a further site.
    pub new_site_median: f64,
    /// The predictive interval of the true value of a further site.
    pub new_site_interval: Interval,
    /// The value that the next two probabilities are about.
    pub threshold: f64,
    /// The probability that μ lies above the threshold.
    pub mean_above: f64,
    /// The probability that the true value of a further site lies above it.
    pub new_site_above: f64,
    /// The sites, in the order given.
    pub sites: Vec<SitePosterior>,
    /// The id of the method.
    pub method: &'static str,
    /// `prior_driven`.
    pub warnings: Vec<Warning>,
}

/// The posterior of sites under stated priors.
///
/// `values` and `variances` hold one entry a site, in any order: the value, on
/// a scale where errors are about normal, and the square of its standard
/// error. `threshold` is in the unit of the values; `level`, a share, is that
/// of the central intervals. See the [module](self) for the method and the
/// refusals.
///
/// # Warnings
///
/// * `prior_driven`: fewer than five sites.
pub fn bayes_hierarchical(
    values: &[f64],
    variances: &[f64],
    tau_prior: TauPrior,
    mean_prior: MeanPrior,
    threshold: f64,
    level: f64,
) -> Result<Posterior, Refusal> {
    check_level(level)?;
    finite(threshold, "the threshold")?;
    let model = Model::new(values, variances, tau_prior, mean_prior)?;
    let grid = Grid::new(&model).ok_or_else(|| {
        Refusal::new(
            "prior_contradicts_data",
            "the sites differ by so much more than the priors allow that no posterior can be computed",
            "state the priors in the unit of the values, and check the values and their variances",
        )
    })?;
    let missing = || Refusal::not_finite("a quantile of the posterior");
    let tail = 0.5 * (1.0 - level);
    let [tau, mean, new_site] = [Grid::tau_quantile, Grid::mean_quantile, Grid::new_site_quantile]
        .map(|quantile| [tail, 0.5, 1.0 - tail].map(|p| quantile(&grid, &model, p)));
    let central = |[lower, median, upper]: [Option<f64>; 3], origin: f64| {
        let (lower, upper) = (lower.ok_or_else(missing)?, upper.ok_or_else(missing)?);
        let interval = finite_interval(origin + lower, origin + upper, level)?;
        Ok::<_, Refusal>((origin + median.ok_or_else(missing)?, interval))
    };
    let (tau_median, tau_interval) = central(tau, 0.0)?;
    let (mean_median, mean_interval) = central(mean, model.origin)?;
    let (new_site_median, new_site_interval) = central(new_site, model.origin)?;
    let mean = grid.expect(|node| node.mean);
    let heavy = matches!(tau_prior, TauPrior::HalfCauchy(_)) && mean_prior == MeanPrior::Flat;
    let variance = grid.expect(|node| node.variance + (node.mean - mean) * (node.mean - mean));
    let above = threshold - model.origin;
    let sites = values
        .iter()
        .zip(variances)
        .map(|(value, &v)| {
            let (mean, sd) = grid.site(value - model.origin, v);
            Ok(SitePosterior {
                mean: finite(model.origin + mean, "the value of a site")?,
                sd: finite(sd, "the spread of a site")?,
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let mut warnings = Vec::new();
    if values.len() < SITES_FEW {
        warnings.push(Warning::new(
            "prior_driven",
            "there are fewer than five sites, so that the prior of the spread between sites decides much of this result",
        ));
    }
    let mean_sd = if heavy && values.len() == 2 {
        None
    } else {
        Some(finite(variance.sqrt(), "the spread of the mean")?)
    };
    Ok(Posterior {
        k: values.len() as u64,
        tau_prior,
        mean_prior,
        mean: finite(model.origin + mean, "the mean")?,
        mean_sd,
        mean_median,
        mean_interval,
        tau_mean: finite(grid.expect(|node| node.tau), "the mean of the spread")?,
        tau_median,
        tau_interval,
        new_site_median,
        new_site_interval,
        threshold,
        mean_above: grid.above(above, |node| node.variance),
        new_site_above: grid.above(above, |node| node.variance + node.tau * node.tau),
        sites,
        method: match tau_prior {
            TauPrior::HalfNormal(_) => METHOD,
            TauPrior::HalfCauchy(_) => METHOD_CAUCHY,
        },
        warnings,
    })
}

/// The posterior under half-normal priors of each of [`PRIOR_SCALES`], with a
/// flat prior for the mean: the rows to print beside any result for few sites.
///
/// Arguments and refusals as for [`bayes_hierarchical`].
pub fn prior_sensitivity(
    values: &[f64],
    variances: &[f64],
    threshold: f64,
    level: f64,
) -> Result<Vec<Posterior>, Refusal> {
    PRIOR_SCALES
        .iter()
        .map(|&scale| {
            let prior = TauPrior::HalfNormal(scale);
            bayes_hierarchical(values, variances, prior, MeanPrior::Flat, threshold, level)
        })
        .collect()
}

/// Sites in an order of their own, less one of their values, and the priors.
struct Model {
    sites: Vec<(f64, f64)>,
    origin: f64,
    tau_prior: TauPrior,
    /// Mean less `origin`, and 1/variance; zero for a flat prior.
    mean_prior: (f64, f64),
}

/// One value of τ with what follows from it.
#[derive(Clone, Copy, Debug)]
struct Node {
    tau: f64,
    /// Its share of the posterior.
    mass: f64,
    /// The mean and the variance of μ given τ.
    mean: f64,
    variance: f64,
}

impl Model {
    fn new(
        values: &[f64],
        variances: &[f64],
        tau_prior: TauPrior,
        mean_prior: MeanPrior,
    ) -> Result<Self, Refusal> {
        check_length(variances.len(), values.len())?;
        check_column(values, "the value of a site")?;
        check_column(variances, "the variance of a site")?;
        check_positive(variances)?;
        if values.len() < 2 {
            return Err(one_site(values.len()));
        }
        let (TauPrior::HalfNormal(scale) | TauPrior::HalfCauchy(scale)) = tau_prior;
        let fine = |scale: f64| (SCALE_LEAST..=SCALE_MOST).contains(&scale);
        let mean_fine = match mean_prior {
            MeanPrior::Flat => true,
            MeanPrior::Normal { mean, sd } => mean.abs() <= SCALE_MOST && fine(sd),
        };
        if !(fine(scale) && mean_fine) {
            return Err(Refusal::new(
                "prior_out_of_range",
                "the scale of a prior is not a positive number of ordinary size",
                "state the scale in the unit of the values, such as 0.5 for log ratios",
            ));
        }
        let mut sites: Vec<(f64, f64)> = values.iter().copied().zip(variances.iter().copied()).collect();
        sites.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let origin = sites.get(sites.len() / 2).map_or(0.0, |site| site.0);
        for site in &mut sites {
            site.0 -= origin;
        }
        let mean_prior = match mean_prior {
            MeanPrior::Flat => (0.0, 0.0),
            MeanPrior::Normal { mean, sd } => (mean - origin, 1.0 / (sd * sd)),
        };
        Ok(Self { sites, origin, tau_prior, mean_prior })
    }

    fn scale(&self) -> f64 {
        let (TauPrior::HalfNormal(scale) | TauPrior::HalfCauchy(scale)) = self.tau_prior;
        scale
    }

    /// The node at τ, without its mass, and the log-likelihood of τ.
    fn at(&self, tau: f64) -> (Node, f64) {
        let (prior_mean, prior_weight) = self.mean_prior;
        let between = tau * tau;
        let (mut weight, mut weighted, mut logs) = (prior_weight, prior_weight * prior_mean, 0.0);
        for &(y, v) in &self.sites {
            let w = 1.0 / (v + between);
            weight += w;
            weighted += w * y;
            logs += libm::log(v + between);
        }
        let mean = weighted / weight;
        let mut q = prior_weight * (prior_mean - mean) * (prior_mean - mean);
        for &(y, v) in &self.sites {
            q += (y - mean) * (y - mean) / (v + between);
        }
        let node = Node { tau, mass: 0.0, mean, variance: 1.0 / weight };
        (node, -0.5 * (logs + libm::log(weight) + q))
    }

    fn log_prior(&self, tau: f64) -> f64 {
        let units = tau / self.scale();
        match self.tau_prior {
            TauPrior::HalfNormal(_) => -0.5 * units * units,
            TauPrior::HalfCauchy(_) => -libm::log1p(units * units),
        }
    }

    fn log_posterior(&self, tau: f64) -> f64 {
        self.at(tau).1 + self.log_prior(tau)
    }
}

/// Scales of priors beyond which their squares would leave the range of
/// numbers.
const SCALE_LEAST: f64 = 1e-50;
const SCALE_MOST: f64 = 1e50;

/// The ratio of neighbours on the coarse grid.
const COARSE: f64 = 1.25;

/// The points of one panel.
const POINTS: usize = 12;

/// How often a panel may be halved, and how many there may be.
const HALVINGS_MOST: u32 = 20;
const PANELS_MOST: usize = 10_000;

/// The narrowest posterior of ln τ that is looked for; a million sites leave
/// one of 7e-4.
const NARROWEST: f64 = 1e-6;

/// The posterior of τ on panels.
struct Grid {
    rule: Vec<(f64, f64)>,
    nodes: Vec<Node>,
    /// Ends and mass of every panel.
    panels: Vec<(f64, f64, f64)>,
    /// The log-posterior that counts as one, and the sum of all masses on that
    /// scale.
    top: f64,
    total: f64,
}

impl Grid {
    fn new(model: &Model) -> Option<Self> {
        let least = model.sites.iter().map(|site| site.1).fold(f64::INFINITY, f64::min).sqrt();
        let most = model.sites.iter().map(|site| site.1).fold(0.0, f64::max).sqrt();
        let spread = model.sites.last()?.0 - model.sites.first()?.0;
        let scale = model.scale();
        let first = 0.25 * least.min(scale);
        let far = 64.0 * spread.max(most).max(scale).max(model.mean_prior.0.abs());
        // Where the posterior and the likelihood are highest: on a coarse grid,
        // and then between the neighbours of its highest point.
        let mut likelihood = model.at(0.0).1;
        let (mut top, mut mode) = (model.log_posterior(0.0), 0.0);
        let mut tau = first;
        while tau < far {
            let here = model.at(tau).1;
            likelihood = likelihood.max(here);
            let height = here + model.log_prior(tau);
            if height > top {
                (top, mode) = (height, tau);
            }
            tau *= COARSE;
        }
        if mode > 0.0 {
            let log = |tau: f64| libm::log(tau);
            let lower = |x: f64| -model.log_posterior(libm::exp(x));
            let (x, depth) = minimise(lower, log(mode / COARSE), log(mode * COARSE), 1e-9);
            if -depth > top {
                (top, mode) = (-depth, libm::exp(x));
            }
        }
        let end = match model.tau_prior {
            // Beyond it even the highest likelihood leaves nothing.
            TauPrior::HalfNormal(_) => scale * (2.0 * (likelihood - top + 80.0)).sqrt(),
            // The tail falls with a power of τ, and so does its moment.
            TauPrior::HalfCauchy(_) => far * libm::exp2(60.0),
        };
        if !(top.is_finite() && end.is_finite() && end > 0.0) {
            return None;
        }
        let mut grid =
            Self { rule: gauss_legendre(POINTS), nodes: Vec::new(), panels: Vec::new(), top, total: 0.0 };
        let mut ends = vec![0.0, end];
        let mut octave = first;
        while octave < end {
            ends.push(octave);
            octave *= 2.0;
        }
        // A narrow posterior could fall between the points of an octave.
        let mut distance = 1.0;
        while mode > 0.0 && model.log_posterior(mode * libm::exp(-distance)) < top - 1.0 {
            if distance < NARROWEST {
                return None;
            }
            ends.extend([mode * libm::exp(-distance), mode * libm::exp(distance)]);
            distance *= 0.5;
        }
        ends.retain(|&tau| tau <= end);
        ends.sort_by(f64::total_cmp);
        ends.dedup();
        let whole: Vec<(f64, f64, Vec<Node>)> = ends
            .windows(2)
            .filter_map(|pair| match pair {
                &[from, to] => Some((from, to, grid.panel(model, from, to))),
                _ => None,
            })
            .collect();
        let rough: f64 = whole.iter().map(|(_, _, nodes)| mass(nodes)).sum();
        for (from, to, nodes) in whole {
            grid.refine(model, (from, to), nodes, 1e-13 * rough, HALVINGS_MOST);
        }
        let total: f64 = grid.panels.iter().map(|panel| panel.2).sum();
        if grid.panels.len() >= PANELS_MOST || !(total > 0.0 && total.is_finite()) {
            return None;
        }
        grid.total = total;
        for node in &mut grid.nodes {
            node.mass /= total;
        }
        Some(grid)
    }

    /// The nodes of one panel, with their masses relative to the top.
    fn panel(&self, model: &Model, from: f64, to: f64) -> Vec<Node> {
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        self.rule
            .iter()
            .map(|&(x, weight)| {
                let tau = middle + half * x;
                let (node, likelihood) = model.at(tau);
                let mass = half * weight * libm::exp(likelihood + model.log_prior(tau) - self.top);
                Node { mass, ..node }
            })
            .collect()
    }

    /// Takes a panel in, or its halves where they do not agree with it.
    fn refine(&mut self, model: &Model, ends: (f64, f64), nodes: Vec<Node>, room: f64, halvings: u32) {
        let (from, to) = ends;
        let middle = 0.5 * (from + to);
        let halves = [(from, middle), (middle, to)].map(|(from, to)| self.panel(model, from, to));
        let both = mass(&halves[0]) + mass(&halves[1]);
        let agree = (both - mass(&nodes)).abs() <= room.max(1e-13 * both);
        if agree || halvings == 0 || self.panels.len() >= PANELS_MOST {
            self.panels.push((from, to, mass(&nodes)));
            self.nodes.extend(nodes);
            return;
        }
        let [left, right] = halves;
        self.refine(model, (from, middle), left, room, halvings - 1);
        self.refine(model, (middle, to), right, room, halvings - 1);
    }

    fn expect(&self, of: impl Fn(&Node) -> f64) -> f64 {
        self.nodes.iter().map(|node| node.mass * of(node)).sum()
    }

    /// The probability that a normal mixture lies above a value.
    fn above(&self, value: f64, variance: impl Fn(&Node) -> f64) -> f64 {
        self.expect(|node| normal_cdf((node.mean - value) / variance(node).sqrt())).clamp(0.0, 1.0)
    }

    fn mean_quantile(&self, _: &Model, p: f64) -> Option<f64> {
        self.mixture_quantile(p, |node| node.variance)
    }

    fn new_site_quantile(&self, _: &Model, p: f64) -> Option<f64> {
        self.mixture_quantile(p, |node| node.variance + node.tau * node.tau)
    }

    fn mixture_quantile(&self, p: f64, variance: impl Fn(&Node) -> f64) -> Option<f64> {
        let z = normal_quantile(p);
        // What has less mass than this is not seen in 64 bits.
        let parts: Vec<(f64, f64, f64)> = self
            .nodes
            .iter()
            .filter(|node| node.mass > 1e-22)
            .map(|node| (node.mass, node.mean, variance(node).sqrt()))
            .collect();
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (_, mean, sd) in &parts {
            low = low.min(mean + z * sd);
            high = high.max(mean + z * sd);
        }
        if low >= high {
            return low.is_finite().then_some(low);
        }
        // The smaller tail, whose digits are all there.
        let side = if p <= 0.5 { 1.0 } else { -1.0 };
        let target = p.min(1.0 - p);
        let tail = |x: f64| {
            let tail: f64 =
                parts.iter().map(|(mass, mean, sd)| mass * normal_cdf(side * (x - mean) / sd)).sum();
            tail - target
        };
        // Rounding can put the root a hair outside.
        let room = 1e-9 * (high - low) + f64::MIN_POSITIVE;
        root::bracketed(tail, low - room, high + room, 0.0)
    }

    fn tau_quantile(&self, model: &Model, p: f64) -> Option<f64> {
        let target = p * self.total;
        let mut before = 0.0;
        for &(from, to, mass_here) in &self.panels {
            if before + mass_here < target {
                before += mass_here;
                continue;
            }
            let rest = target - before;
            let part = |tau: f64| mass(&self.panel(model, from, tau)) - rest;
            // The last digit of the whole panel may be missing at its end.
            return if part(to) <= 0.0 { Some(to) } else { root::bracketed(part, from, to, 0.0) };
        }
        self.panels.last().map(|panel| panel.1)
    }

    /// The mean and the standard deviation of the true value of a site.
    fn site(&self, value: f64, variance: f64) -> (f64, f64) {
        let given = |node: &Node| {
            let between = node.tau * node.tau;
            let own = between / (between + variance);
            let rest = variance / (between + variance);
            (node.mean + own * (value - node.mean), own * variance + rest * rest * node.variance)
        };
        let mean = self.expect(|node| given(node).0);
        let spread = self.expect(|node| {
            let (here, variance) = given(node);
            variance + (here - mean) * (here - mean)
        });
        (mean, spread.sqrt())
    }
}

fn mass(nodes: &[Node]) -> f64 {
    nodes.iter().map(|node| node.mass).sum()
}

/// Points and weights for the integral from -1 to 1: zeros of the Legendre
/// polynomial by Newton's rule.
fn gauss_legendre(points: usize) -> Vec<(f64, f64)> {
    let n = points as f64;
    (0..points)
        .map(|i| {
            let mut x = -libm::cos(std::f64::consts::PI * (i as f64 + 0.75) / (n + 0.5));
            let mut slope = 1.0;
            for _ in 0..50 {
                let (mut before, mut now) = (0.0, 1.0);
                for j in 0..points {
                    let j = j as f64;
                    (before, now) = (now, ((2.0 * j + 1.0) * x * now - j * before) / (j + 1.0));
                }
                slope = n * (before - x * now) / (1.0 - x * x);
                let step = now / slope;
                x -= step;
                if step.abs() <= f64::EPSILON {
                    break;
                }
            }
            (x, 2.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VALUES: [f64; 3] = [-2.3, -0.5, -1.7];
    const VARIANCES: [f64; 3] = [0.36, 0.31, 0.2];

    fn posterior(y: &[f64], v: &[f64], tau_prior: TauPrior) -> Posterior {
        bayes_hierarchical(y, v, tau_prior, MeanPrior::Flat, 0.0, 0.95).expect("a posterior")
    }

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn rule_is_exact_for_polynomials() {
        let rule = gauss_legendre(POINTS);
        for power in 0..2 * POINTS as u32 {
            let found: f64 = rule.iter().map(|(x, w)| w * libm::pow(*x, f64::from(power))).sum();
            let truth = if power % 2 == 0 { 2.0 / (f64::from(power) + 1.0) } else { 0.0 };
            assert!((found - truth).abs() < 1e-14, "{power}");
        }
    }

    #[test]
    fn tiny_prior_is_the_common_effect() {
        let found = posterior(&VALUES, &VARIANCES, TauPrior::HalfNormal(1e-6));
        let w: Vec<f64> = VARIANCES.iter().map(|v| 1.0 / v).collect();
        let total: f64 = w.iter().sum();
        let mean = VALUES.iter().zip(&w).map(|(y, w)| y * w).sum::<f64>() / total;
        assert!((found.mean - mean).abs() < 1e-9 && (found.mean_median - mean).abs() < 1e-9);
        assert!((found.mean_sd.expect("a spread") - (1.0 / total).sqrt()).abs() < 1e-9);
        for site in &found.sites {
            assert!((site.mean - mean).abs() < 1e-9);
        }
        // τ keeps its prior: the median of a half-normal.
        assert!((found.tau_median / 1e-6 - normal_quantile(0.75)).abs() < 1e-6);
    }

    #[test]
    fn wide_prior_leaves_exact_sites_alone() {
        let found = posterior(&[0.0, 1.0], &[1e-12, 1e-12], TauPrior::HalfNormal(1.0));
        for (site, truth) in found.sites.iter().zip([0.0, 1.0]) {
            assert!((site.mean - truth).abs() < 1e-6 && (site.sd - 1e-6).abs() < 1e-9);
        }
        assert!((found.mean - 0.5).abs() < 1e-12);
        assert!((found.mean_median - 0.5).abs() < 1e-9 && (found.new_site_median - 0.5).abs() < 1e-9);
    }

    #[test]
    fn posterior_mirrors_shifts_and_keeps_its_bits() {
        let prior = TauPrior::HalfNormal(0.5);
        let found = posterior(&VALUES, &VARIANCES, prior);
        let reversed = posterior(&[-1.7, -0.5, -2.3], &[0.2, 0.31, 0.36], prior);
        assert_eq!(reversed.mean.to_bits(), found.mean.to_bits());
        assert_eq!(reversed.new_site_interval, found.new_site_interval);
        assert_eq!(reversed.sites[2], found.sites[0]);
        let mirrored = posterior(&VALUES.map(|y| -y), &VARIANCES, prior);
        assert!((mirrored.mean + found.mean).abs() < 1e-12);
        assert!((mirrored.mean_interval.lower + found.mean_interval.upper).abs() < 1e-9);
        assert!((mirrored.mean_above + found.mean_above - 1.0).abs() < 1e-12);
        let shifted = posterior(&VALUES.map(|y| y + 100.0), &VARIANCES, prior);
        assert!((shifted.mean - found.mean - 100.0).abs() < 1e-10);
        assert!((shifted.tau_median - found.tau_median).abs() < 1e-10);
    }

    #[test]
    fn normal_prior_of_the_mean_draws_it_in() {
        let of = |sd: f64| {
            let prior = MeanPrior::Normal { mean: 0.0, sd };
            let found = bayes_hierarchical(&VALUES, &VARIANCES, TauPrior::HalfNormal(0.5), prior, 0.0, 0.95);
            found.expect("a posterior").mean
        };
        let flat = posterior(&VALUES, &VARIANCES, TauPrior::HalfNormal(0.5)).mean;
        assert!(of(0.01).abs() < 0.01 && of(1.0) < of(0.1) && (of(1e6) - flat).abs() < 1e-6);
    }

    #[test]
    fn sensitivity_widens_with_the_prior() {
        let rows = prior_sensitivity(&VALUES[..2], &VARIANCES[..2], 0.0, 0.95).expect("rows");
        assert_eq!(rows.len(), PRIOR_SCALES.len());
        for pair in rows.windows(2) {
            assert!(pair[1].new_site_interval.width() > pair[0].new_site_interval.width());
            assert_eq!(pair[0].warnings[0].code, "prior_driven");
            assert!(pair[0].new_site_interval.width() > pair[0].mean_interval.width());
        }
    }

    #[test]
    fn heavy_tails_have_no_spread_of_the_mean_from_two_sites() {
        let two = posterior(&VALUES[..2], &VARIANCES[..2], TauPrior::HalfCauchy(0.5));
        assert_eq!((two.mean_sd, two.method), (None, METHOD_CAUCHY));
        assert!(posterior(&VALUES, &VARIANCES, TauPrior::HalfCauchy(0.5)).mean_sd.is_some());
    }

    #[test]
    fn many_sites_are_taken() {
        let y: Vec<f64> = (0..400).map(|i| libm::sin(f64::from(i) * 1.7) * 0.3).collect();
        let found = posterior(&y, &[0.01; 400], TauPrior::HalfNormal(0.5));
        let mean = y.iter().sum::<f64>() / 400.0;
        let spread = (y.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / 399.0 - 0.01).sqrt();
        assert!((found.tau_median - spread).abs() < 0.002 && found.warnings.is_empty());
        assert!((found.mean - mean).abs() < 1e-9);
    }

    #[test]
    fn posterior_refuses() {
        let fit = |y: &[f64], v: &[f64], scale: f64| {
            let prior = TauPrior::HalfNormal(scale);
            code(bayes_hierarchical(y, v, prior, MeanPrior::Flat, 0.0, 0.95))
        };
        assert_eq!(fit(&[], &[], 0.5), Some("empty"));
        assert_eq!(fit(&[1.0], &[1.0], 0.5), Some("one_site"));
        assert_eq!(fit(&VALUES, &VARIANCES[..2], 0.5), Some("lengths_differ"));
        assert_eq!(fit(&VALUES, &[0.1, 0.0, 0.1], 0.5), Some("variance_not_positive"));
        assert_eq!(fit(&VALUES, &[0.1, f64::NAN, 0.1], 0.5), Some("not_finite"));
        for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e99] {
            assert_eq!(fit(&VALUES, &VARIANCES, scale), Some("prior_out_of_range"));
        }
        let with = |mean_prior, threshold, level| {
            let prior = TauPrior::HalfNormal(0.5);
            code(bayes_hierarchical(&VALUES, &VARIANCES, prior, mean_prior, threshold, level))
        };
        assert_eq!(
            with(MeanPrior::Normal { mean: f64::NAN, sd: 1.0 }, 0.0, 0.95),
            Some("prior_out_of_range")
        );
        assert_eq!(with(MeanPrior::Normal { mean: 0.0, sd: 0.0 }, 0.0, 0.95), Some("prior_out_of_range"));
        assert_eq!(with(MeanPrior::Flat, f64::NAN, 0.95), Some("not_finite"));
        assert_eq!(with(MeanPrior::Flat, 0.0, 0.0), Some("level_out_of_range"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn posterior_is_finite_and_ordered(
            pairs in proptest::collection::vec((-1e3..1e3_f64, -9.0..3.0_f64), 2..6),
            scale in -3.0..2.0_f64,
            cauchy in any::<bool>(),
        ) {
            let (y, v): (Vec<f64>, Vec<f64>) =
                pairs.iter().map(|&(y, e)| (y, libm::pow(10.0, e))).unzip();
            let scale = libm::pow(10.0, scale);
            let prior = if cauchy { TauPrior::HalfCauchy(scale) } else { TauPrior::HalfNormal(scale) };
            let found = bayes_hierarchical(&y, &v, prior, MeanPrior::Flat, 0.0, 0.9);
            let found = found.expect("a posterior");
            prop_assert!(found.mean_interval.contains(found.mean_median));
            prop_assert!(found.tau_interval.contains(found.tau_median) && found.tau_interval.lower >= 0.0);
            prop_assert!(found.new_site_interval.contains(found.new_site_median));
            prop_assert!(found.new_site_interval.width() >= found.mean_interval.width());
            prop_assert!((0.0..=1.0).contains(&found.mean_above));
        }
    }
}
