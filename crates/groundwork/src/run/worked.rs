//! A method in words, and for up to twenty units with its numbers filled in, so that the arithmetic
//! can be followed by hand.

mod clusters;
mod contrast;
mod rank;
mod rate;
mod share;

pub(crate) use contrast::lines as contrast_lines;

use groundwork_disclosure::ReleasedCell;
use groundwork_plan::indicator::Indicator;
use groundwork_plan::method::CellMethod;
use groundwork_plan::number::format_exact;
use groundwork_stats::ClusteredRatio;

/// Units up to which the arithmetic is written out.
const BY_HAND: u64 = 20;

/// What a cell was estimated from, beside its figures.
#[derive(Default)]
pub(crate) struct Material {
    /// The ratio or mean with its standard error.
    pub(crate) ratio: Option<ClusteredRatio>,
    /// Numerator and denominator of every cluster; none where the reader may not see them.
    pub(crate) clusters: Vec<(f64, f64)>,
}

/// The lines that explain the interval of a cell; none where it shows no figures or no interval.
pub(crate) fn lines(indicator: &Indicator, cell: &ReleasedCell, material: &Material) -> Vec<String> {
    let Some(figures) = cell.figures() else { return Vec::new() };
    let (method, level) = (indicator.method, indicator.level);
    let mut out = vec![format!("{}: {}", method.id(), in_words(method))];
    let Some((lower, upper, _)) = figures.interval() else { return out };
    let limits = (lower, upper);
    let n = figures.n();
    let (y, x) = (figures.numerator(), figures.denominator().unwrap_or(0.0));
    let is_short = n <= BY_HAND;
    out.extend(match method {
        CellMethod::FullCount | CellMethod::Formula | CellMethod::ReachBand => Vec::new(),
        CellMethod::Frechet => {
            vec![format!("largest figure = {}, sum of all = {}", text(lower), text(upper))]
        }
        CellMethod::Wilson
        | CellMethod::WilsonCorrected
        | CellMethod::ClopperPearson
        | CellMethod::Jeffreys
        | CellMethod::JeffreysEqualTail
        | CellMethod::MidP
        | CellMethod::AgrestiCoull
            if is_short =>
        {
            share::lines(method, super::estimate::whole(y), n, level, limits)
        }
        CellMethod::Garwood | CellMethod::PoissonMidP | CellMethod::Byar if is_short => {
            rate::lines(method, super::estimate::whole(y), x, level, limits)
        }
        CellMethod::Ranks if is_short => rank::lines(indicator, n, limits),
        CellMethod::Linearised
        | CellMethod::LinearisedLog
        | CellMethod::Fieller
        | CellMethod::Jackknife
        | CellMethod::BootstrapPercentile
        | CellMethod::BootstrapBasic
        | CellMethod::BootstrapBca
        | CellMethod::IdealPercentile
        | CellMethod::IdealBca => clusters::lines(method, material, level),
        _ => Vec::new(),
    });
    out
}

/// A number with as many digits as tell it apart.
fn text(value: f64) -> String {
    format_exact(value)
}

/// The formula of a method in words.
pub(crate) fn in_words(method: CellMethod) -> &'static str {
    match method {
        CellMethod::FullCount => "everybody was counted, so there is no sampling error and no interval",
        CellMethod::Formula => "computed from other indicators, without an interval of its own",
        CellMethod::Wilson => {
            "(p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n), the shares that a score test does not reject"
        }
        CellMethod::WilsonCorrected => {
            "Wilson's interval with half a person taken off and put on, which is wider"
        }
        CellMethod::ClopperPearson => {
            "the shares under which so many or more, and so few or fewer, are not rarer than half of what the level leaves"
        }
        CellMethod::Jeffreys => {
            "the middle of the posterior of a Beta(½, ½) prior; from 0 where nobody, to 1 where everybody counts"
        }
        CellMethod::JeffreysEqualTail => "the middle of the posterior of a Beta(½, ½) prior",
        CellMethod::MidP => "as Clopper and Pearson's, the observed number counting half",
        CellMethod::AgrestiCoull => "p ± z √(p(1 - p)/n) after adding z²/2 to those who count and z² to all",
        CellMethod::Linearised => {
            "R = Σy/Σx; v = G/(G - 1) Σ(e - mean e)²/(Σx)² with e = y - R x of each cluster; R ± t √v with G - 1 degrees of freedom"
        }
        CellMethod::LinearisedLog => {
            "R = Σy/Σx; v = G/(G - 1) Σ(e - mean e)²/(Σx)² with e = y - R x of each cluster; R exp(± t √v/R) with G - 1 degrees of freedom"
        }
        CellMethod::Fieller => {
            "the ratios R for which the mean of y - R x over clusters does not differ from nothing by a t test"
        }
        CellMethod::Jackknife => "R = Σy/Σx, its error from leaving out one cluster at a time",
        CellMethod::BootstrapPercentile => "the middle of the ratios of 9,999 resamples of the clusters",
        CellMethod::BootstrapBasic => {
            "the middle of the ratios of 9,999 resamples of the clusters, turned round the ratio"
        }
        CellMethod::BootstrapBca => {
            "the middle of the ratios of 9,999 resamples of the clusters, shifted for bias and acceleration"
        }
        CellMethod::IdealPercentile => "the middle of the ratios of every resample of the clusters",
        CellMethod::IdealBca => {
            "the middle of the ratios of every resample of the clusters, shifted for bias and acceleration"
        }
        CellMethod::Ranks => {
            "the values of two ranks, between which the quantile lies at least as often as the level says"
        }
        CellMethod::Garwood => {
            "the rates under which so many or more, and so few or fewer, events are not rarer than half of what the level leaves"
        }
        CellMethod::PoissonMidP => "as Garwood's, the observed number counting half",
        CellMethod::Byar => "Byar's approximation of Garwood's interval by the cube root of the events",
        CellMethod::ReachBand => {
            "the people where every link counts that is as likely right as wrong, and where only sure ones do; the band is about who is who among these rows, and says nothing of others"
        }
        CellMethod::Frechet => {
            "at least the largest figure, at most the sum of all: bounds that hold for certain"
        }
    }
}
