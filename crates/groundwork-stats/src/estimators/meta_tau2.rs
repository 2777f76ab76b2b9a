//! The variance between sites, and its interval: `tau2.qprofile`.
//!
//! # Estimand
//!
//! τ², the variance of the true values of sites about their common mean, in
//! squared units of the value (of a log ratio, a difference of shares). It is
//! what makes one site a poor guide to the next.
//!
//! # Assumptions
//!
//! Each site has a value and a variance of its own error, which is taken as
//! known; the sites are independent and a sample of the sites one wants to
//! speak about; their true values scatter normally (the moment estimators need
//! only a finite variance).
//!
//! # Method
//!
//! With w = 1/(v + t), μ(t) = Σ w y / Σ w, Q(t) = Σ w (y - μ(t))² and k sites,
//! every estimate is truncated at zero:
//!
//! ```text
//! dl    (Q(0) - (k - 1)) / (Σ w - Σ w² / Σ w)  at w = 1/v
//! he    Σ (y - ȳ)²/(k - 1) - Σ v / k
//! sj    s Q(s)/(k - 1)  with  s = Σ (y - ȳ)²/k
//! pm    the t with Q(t) = k - 1; eb is the same t by another road
//! ml    maximises  -½ [Σ ln(v + t) + Q(t)]
//! reml  maximises  -½ [Σ ln(v + t) + ln Σ w + Q(t)]
//! ```
//!
//! A likelihood of τ² can have more than one peak. Its slope is therefore
//! followed over the whole range that can hold one, from zero to
//! S + sqrt(S max v) with S the variance of the values, and the highest peak is
//! taken. The interval is the Q-profile: all t for which Q(t) lies between the
//! chi-square quantiles with k - 1 degrees of freedom.
//!
//! # Small samples
//!
//! With few sites τ² is hardly known: the interval at k = 3 reaches from zero
//! to many times the estimate, and an estimate of zero is no evidence that
//! sites agree. Report the interval, not the estimate alone.
//!
//! # Refusals
//!
//! `empty`, `lengths_differ`, `not_finite`, `out_of_range`,
//! `variance_not_positive`, `one_site`; for the interval also
//! `level_out_of_range` and `sites_agree_too_well`.
//!
//! # Source
//!
//! Veroniki AA et al. (2016). Methods to estimate the between-study variance
//! and its uncertainty in meta-analysis. Research Synthesis Methods 7:55-79.
//! DerSimonian R, Laird N (1986). Controlled Clinical Trials 7:177-188.
//! Viechtbauer W (2005). Journal of Educational and Behavioral Statistics
//! 30:261-293. Viechtbauer W (2007). Statistics in Medicine 26:37-52.

use super::columns::{check_positive, one_site};
use crate::estimate::{Interval, Refusal, check_level, finite_interval};
use crate::linalg::{check_column, check_length};
use crate::root;
use crate::special::chi_squared_quantile;

/// The id of the interval.
pub const METHOD: &str = "tau2.qprofile";

/// How the variance between sites is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tau2 {
    /// The moment estimator of DerSimonian and Laird.
    DerSimonianLaird,
    /// Restricted maximum likelihood, the default: nearly without bias, and
    /// efficient from a handful of sites on.
    #[default]
    RestrictedLikelihood,
    /// Maximum likelihood, which is too small with few sites.
    Likelihood,
    /// Paule and Mandel: the value at which Q equals its expectation.
    PauleMandel,
    /// Empirical Bayes (Morris), which solves the equation of Paule and Mandel.
    EmpiricalBayes,
    /// Sidik and Jonkman in two steps, never zero where the values differ.
    SidikJonkman,
    /// Hedges and Olkin, without weights.
    HedgesOlkin,
}

impl Tau2 {
    /// The short name of the estimator, as printed in the method appendix.
    pub fn id(self) -> &'static str {
        match self {
            Self::DerSimonianLaird => "dl",
            Self::RestrictedLikelihood => "reml",
            Self::Likelihood => "ml",
            Self::PauleMandel => "pm",
            Self::EmpiricalBayes => "eb",
            Self::SidikJonkman => "sj",
            Self::HedgesOlkin => "he",
        }
    }
}

/// The variance between sites.
///
/// `values` and `variances` hold one entry a site, in any order: the value
/// (on a scale where errors are about normal) and the square of its standard
/// error. The result is in squared units of the value, zero at the least. See
/// the [module](self) for the methods.
///
/// # Refusals
///
/// * `empty`, `lengths_differ`, `not_finite`, `out_of_range` (magnitudes that
///   cannot be squared), `variance_not_positive`.
/// * `one_site`: fewer than two sites.
pub fn between_site_variance(values: &[f64], variances: &[f64], how: Tau2) -> Result<f64, Refusal> {
    Sites::new(values, variances)?.tau2(how)
}

/// The Q-profile interval for the variance between sites.
///
/// Arguments as for [`between_site_variance`]; `level` is a share. A limit of
/// zero means that no variation between sites is compatible with the data.
///
/// # Refusals
///
/// Those of [`between_site_variance`], and
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `sites_agree_too_well`: the values lie closer together than their own
///   errors allow at this level, so that no value of τ² is left.
pub fn between_site_variance_interval(
    values: &[f64],
    variances: &[f64],
    level: f64,
) -> Result<Interval, Refusal> {
    check_level(level)?;
    let sites = Sites::new(values, variances)?;
    let tail = 0.5 * (1.0 - level);
    let df = sites.k() - 1.0;
    // The lower quantile of Q belongs to the upper limit of t.
    let [low, high] = [tail, 1.0 - tail].map(|p| chi_squared_quantile(p, df));
    if sites.at(0.0).q < low {
        return Err(Refusal::new(
            "sites_agree_too_well",
            "the sites agree more closely than their own errors allow, so no value of the variance between sites fits the data",
            "report the estimate as zero without an interval, and check the standard errors of the sites",
        ));
    }
    let limit = |target: f64| sites.where_q_is(target).ok_or_else(not_found);
    finite_interval(limit(high)?, limit(low)?, level)
}

fn not_found() -> Refusal {
    Refusal::not_finite("the variance between sites")
}

/// Sites in an order of their own, so that sums over them do not depend on the
/// order in which they came.
#[derive(Clone, Debug)]
pub(super) struct Sites {
    /// Values less `origin`.
    y: Vec<f64>,
    v: Vec<f64>,
    /// One of the values, about which the others are taken.
    origin: f64,
}

/// The weighted sums at one value of t.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    /// Σ w.
    pub(super) weight: f64,
    /// Σ w².
    pub(super) weight_squared: f64,
    /// The weighted mean.
    pub(super) mean: f64,
    /// Σ w (y - mean)².
    pub(super) q: f64,
    /// Σ w² (y - mean)².
    pub(super) q_squared: f64,
}

/// Sums are kept in this many parts, which the processor can take at once.
const LANES: usize = 4;

impl Sites {
    /// Checks and orders the sites.
    pub(super) fn new(values: &[f64], variances: &[f64]) -> Result<Self, Refusal> {
        check_length(variances.len(), values.len())?;
        check_column(values, "the value of a site")?;
        check_column(variances, "the variance of a site")?;
        check_positive(variances)?;
        if values.len() < 2 {
            return Err(one_site(values.len()));
        }
        // Both numbers in one whole number that sorts as they do.
        let mut keys: Vec<u128> = values
            .iter()
            .zip(variances)
            .map(|(&y, &v)| u128::from(sortable(y)) << 64 | u128::from(v.to_bits()))
            .collect();
        keys.sort_unstable();
        let origin = keys.get(keys.len() / 2).map_or(0.0, |&key| unsortable((key >> 64) as u64));
        let (y, v) = keys
            .iter()
            .map(|&key| (unsortable((key >> 64) as u64) - origin, f64::from_bits(key as u64)))
            .unzip();
        Ok(Self { y, v, origin })
    }

    /// All sites but the one with this value and variance.
    pub(super) fn without(&self, value: f64, variance: f64) -> Self {
        let mut rest = self.clone();
        let gone = value - self.origin;
        if let Some(at) = (0..rest.y.len()).find(|&i| rest.y[i] == gone && rest.v[i] == variance) {
            rest.y.remove(at);
            rest.v.remove(at);
        }
        rest
    }

    /// The number of sites.
    pub(super) fn k(&self) -> f64 {
        self.y.len() as f64
    }

    /// Weighted sums with w = 1/(v + t).
    pub(super) fn at(&self, t: f64) -> At {
        let w: Vec<f64> = self.v.iter().map(|v| 1.0 / (v + t)).collect();
        let mut sums = [[0.0; LANES]; 3];
        each(&w, &self.y, |lane, w, y| {
            sums[0][lane] += w;
            sums[1][lane] += w * w;
            sums[2][lane] += w * y;
        });
        let [weight, weight_squared, weighted] = sums.map(joined);
        let mean = weighted / weight;
        let mut sums = [[0.0; LANES]; 2];
        each(&w, &self.y, |lane, w, y| {
            let share = w * (y - mean);
            sums[0][lane] += share * (y - mean);
            sums[1][lane] += share * share;
        });
        let [q, q_squared] = sums.map(joined);
        At { weight, weight_squared, mean: self.origin + mean, q, q_squared }
    }

    /// The sum of squares about the plain mean.
    fn squares(&self) -> f64 {
        let mean = self.y.iter().sum::<f64>() / self.k();
        self.y.iter().map(|y| (y - mean) * (y - mean)).sum()
    }

    fn least_variance(&self) -> f64 {
        self.v.iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn most_variance(&self) -> f64 {
        self.v.iter().copied().fold(0.0, f64::max)
    }

    /// The range of t that can hold a peak of a likelihood with `terms` fixed
    /// coefficients: the first step up from zero, and the end.
    pub(super) fn range(&self, terms: usize) -> (f64, f64) {
        let spread = self.squares() / (self.k() - terms as f64);
        let end = spread + (spread * self.most_variance()).sqrt();
        (0.125 * self.least_variance(), end * (1.0 + 1e-6))
    }

    /// Σ ln(v + t).
    pub(super) fn log_variances(&self, t: f64) -> f64 {
        self.v.iter().map(|v| libm::log(v + t)).sum()
    }

    /// The t at which Q falls to a target; zero where it begins below.
    fn where_q_is(&self, target: f64) -> Option<f64> {
        if self.at(0.0).q <= target {
            return Some(0.0);
        }
        // Q(t) is below Σ (y - ȳ)²/t.
        let end = self.squares() / target * (1.0 + 1e-6);
        root::bracketed(|t| self.at(t).q - target, 0.0, end, 0.0)
    }

    /// The variance between sites.
    pub(super) fn tau2(&self, how: Tau2) -> Result<f64, Refusal> {
        let df = self.k() - 1.0;
        let found = match how {
            Tau2::DerSimonianLaird => {
                let at = self.at(0.0);
                Some((at.q - df) / (at.weight - at.weight_squared / at.weight))
            }
            Tau2::HedgesOlkin => Some(self.squares() / df - self.v.iter().sum::<f64>() / self.k()),
            Tau2::SidikJonkman => {
                let start = self.squares() / self.k();
                Some(start * self.at(start).q / df)
            }
            Tau2::PauleMandel | Tau2::EmpiricalBayes => self.where_q_is(df),
            Tau2::Likelihood => self.peak(false),
            Tau2::RestrictedLikelihood => self.peak(true),
        };
        match found {
            Some(tau2) if tau2.is_finite() => Ok(tau2.max(0.0)),
            _ => Err(not_found()),
        }
    }

    fn peak(&self, restricted: bool) -> Option<f64> {
        let slope = |t: f64| {
            let at = self.at(t);
            at.q_squared - at.weight + if restricted { at.weight_squared / at.weight } else { 0.0 }
        };
        let height = |t: f64| {
            let at = self.at(t);
            let determinant = if restricted { libm::log(at.weight) } else { 0.0 };
            -0.5 * (self.log_variances(t) + determinant + at.q)
        };
        highest_peak(self.range(1), slope, height)
    }
}

/// Hands over two columns of equal length, with the lane of each row.
#[inline(always)]
fn each(a: &[f64], b: &[f64], mut take: impl FnMut(usize, f64, f64)) {
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            take(lane, a[lane], b[lane]);
        }
    }
    for (lane, (&a, &b)) in a_rest.iter().zip(b_rest).enumerate() {
        take(lane, a, b);
    }
}

/// The bits of a number, so turned that they sort as the numbers do.
fn sortable(x: f64) -> u64 {
    let bits = x.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn unsortable(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

fn joined(lanes: [f64; LANES]) -> f64 {
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// Steps at most from the first to the last point looked at.
const STEPS_MOST: f64 = 40.0;

/// Where a function of t >= 0 is highest, from the sign of its slope: zero, or
/// a point where the slope passes from positive to negative. `range` is the
/// first point after zero and the last, where the slope is no longer positive.
pub(super) fn highest_peak(
    range: (f64, f64),
    slope: impl Fn(f64) -> f64,
    height: impl Fn(f64) -> f64,
) -> Option<f64> {
    let (first, end) = range;
    if !(first > 0.0 && end.is_finite()) {
        return None;
    }
    let steps = if end > first { STEPS_MOST.min((libm::log2(end / first)).ceil()) } else { 0.0 };
    let factor = if steps > 0.0 { libm::exp(libm::log(end / first) / steps) } else { 1.0 };
    let mut peaks = Vec::new();
    let (mut before, mut rising) = (0.0, slope(0.0) > 0.0);
    if !rising {
        peaks.push(0.0);
    }
    for step in 0..=steps as u32 {
        let t = if f64::from(step) >= steps { end } else { first * libm::pow(factor, f64::from(step)) };
        let now = slope(t);
        if now.is_nan() {
            return None;
        }
        if rising && now <= 0.0 {
            peaks.push(root::bracketed(&slope, before, t, 0.0)?);
        }
        (before, rising) = (t, now > 0.0);
    }
    if rising {
        peaks.push(end);
    }
    let (&one, others) = peaks.split_first()?;
    if others.is_empty() {
        return Some(one);
    }
    let mut best = (height(one), one);
    for &t in others {
        let here = height(t);
        if here > best.0 {
            best = (here, t);
        }
    }
    Some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Tau2; 7] = [
        Tau2::DerSimonianLaird,
        Tau2::RestrictedLikelihood,
        Tau2::Likelihood,
        Tau2::PauleMandel,
        Tau2::EmpiricalBayes,
        Tau2::SidikJonkman,
        Tau2::HedgesOlkin,
    ];

    fn tau2(y: &[f64], v: &[f64], how: Tau2) -> f64 {
        between_site_variance(y, v, how).expect("a variance")
    }

    #[test]
    fn tau2_with_equal_variances_has_a_closed_form() {
        // S² = 7, v = 2: the moment estimators and REML give 5, ML (2/3) 7 - 2.
        let (y, v) = ([1.0, 5.0, 6.0, 4.0 + f64::EPSILON], [2.0; 4]);
        let s2 = 14.0 / 3.0;
        for how in ALL {
            let truth = match how {
                Tau2::Likelihood => 14.0 / 4.0 - 2.0,
                // s Q(s)/(k - 1) with s = 14/4.
                Tau2::SidikJonkman => 3.5 * (14.0 / (2.0 + 3.5)) / 3.0,
                _ => s2 - 2.0,
            };
            assert!((tau2(&y, &v, how) - truth).abs() < 1e-12, "{how:?}");
        }
    }

    #[test]
    fn tau2_is_zero_where_sites_agree() {
        for how in ALL {
            assert_eq!(tau2(&[0.3; 5], &[0.1, 0.2, 0.3, 0.4, 0.5], how), 0.0, "{how:?}");
            if how != Tau2::SidikJonkman {
                assert_eq!(tau2(&[0.3, 0.31], &[0.1, 0.2], how), 0.0, "{how:?}");
            }
        }
    }

    #[test]
    fn tau2_takes_the_higher_of_two_peaks() {
        // One very exact site far from two vague ones, and a second exact one:
        // the restricted likelihood has a peak at zero and one further out.
        let slope = |t: f64| (1.0 - t) * (t - 2.0) * (t - 5.0);
        let to = |height: fn(f64) -> f64| highest_peak((0.125, 20.0), slope, height).expect("a peak");
        assert!((to(|t| -t) - 1.0).abs() < 1e-12);
        assert!((to(|t| t) - 5.0).abs() < 1e-12);
        assert_eq!(highest_peak((0.125, 20.0), |_| -1.0, |_| 0.0), Some(0.0));
        assert_eq!(highest_peak((0.125, 20.0), |_| f64::NAN, |_| 0.0), None);
    }

    #[test]
    fn tau2_interval_turns_the_q_statistic_round() {
        let (y, v) = ([0.1, 0.9, 0.4, 1.6, -0.2], [0.04, 0.09, 0.02, 0.3, 0.05]);
        let found = between_site_variance_interval(&y, &v, 0.9).expect("an interval");
        let sites = Sites::new(&y, &v).expect("sites");
        assert!((sites.at(found.upper).q - chi_squared_quantile(0.05, 4.0)).abs() < 1e-9);
        assert!(found.lower > 0.0);
        assert!((sites.at(found.lower).q - chi_squared_quantile(0.95, 4.0)).abs() < 1e-9);
        assert!(found.contains(tau2(&y, &v, Tau2::PauleMandel)));
        let code = between_site_variance_interval(&[0.3; 5], &v, 0.95).err().map(|refusal| refusal.code);
        assert_eq!(code, Some("sites_agree_too_well"));
    }

    #[test]
    fn tau2_refuses() {
        let code = |y: &[f64], v: &[f64]| {
            let codes = ALL.map(|how| between_site_variance(y, v, how).err().map(|refusal| refusal.code));
            assert!(codes.iter().all(|code| *code == codes[0]));
            let interval = between_site_variance_interval(y, v, 0.95).err().map(|refusal| refusal.code);
            assert_eq!(interval, codes[0]);
            codes[0]
        };
        assert_eq!(code(&[], &[]), Some("empty"));
        assert_eq!(code(&[1.0], &[1.0]), Some("one_site"));
        assert_eq!(code(&[1.0, 2.0], &[1.0]), Some("lengths_differ"));
        assert_eq!(code(&[1.0, f64::NAN], &[1.0, 1.0]), Some("not_finite"));
        assert_eq!(code(&[1.0, 2.0], &[1.0, f64::INFINITY]), Some("not_finite"));
        assert_eq!(code(&[1.0, 2.0], &[1.0, 0.0]), Some("variance_not_positive"));
        assert_eq!(code(&[1.0, 2.0], &[1.0, -1.0]), Some("variance_not_positive"));
        assert_eq!(code(&[1.0, 1e300], &[1.0, 1.0]), Some("out_of_range"));
        let level = between_site_variance_interval(&[1.0, 2.0], &[1.0, 1.0], 95.0);
        assert_eq!(level.err().map(|refusal| refusal.code), Some("level_out_of_range"));
    }

    #[test]
    fn tau2_is_a_number_or_a_refusal_whatever_comes_in() {
        let numbers = [-1e99, -1e-99, 0.0, 1e-99, 1.0, 1e99];
        let variances = [1e-99, 1e-9, 1.0, 1e9, 1e99];
        for how in ALL {
            for y in numbers {
                for v in variances {
                    for u in variances {
                        if let Ok(found) = between_site_variance(&[0.0, y, 1.0], &[u, v, v], how) {
                            assert!(found.is_finite() && found >= 0.0);
                        }
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn tau2_does_not_depend_on_order_or_unit(
            pairs in proptest::collection::vec((-2.0..2.0_f64, 0.01..1.0_f64), 2..9),
        ) {
            let (y, v): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
            let reversed: (Vec<f64>, Vec<f64>) = pairs.iter().rev().copied().unzip();
            let halved: (Vec<f64>, Vec<f64>) = pairs.iter().map(|&(y, v)| (-0.5 * y, 0.25 * v)).unzip();
            for how in ALL {
                let found = tau2(&y, &v, how);
                prop_assert_eq!(tau2(&reversed.0, &reversed.1, how).to_bits(), found.to_bits());
                let scaled = 4.0 * tau2(&halved.0, &halved.1, how);
                prop_assert!((scaled - found).abs() <= 1e-8 * (found + 1.0), "{:?} {} {}", how, scaled, found);
            }
        }
    }
}
