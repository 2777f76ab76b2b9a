//! Estimating: from what a cell adds up to, to its value and, where it is an estimate, its
//! interval.

use groundwork_disclosure::{CellKey, Counts, Finding};
use groundwork_plan::indicator::{Indicator, Summary};
use groundwork_plan::method::CellMethod;
use groundwork_stats::estimators::bootstrap_clusters::{Bootstrap, RESAMPLES, Reading, bootstrap_clusters};
use groundwork_stats::estimators::cluster_sums::ClusterSums;
use groundwork_stats::estimators::fieller::fieller;
use groundwork_stats::estimators::ideal_bootstrap::ideal_bootstrap;
use groundwork_stats::estimators::proportion_agresti_coull::proportion_agresti_coull;
use groundwork_stats::estimators::proportion_clopper_pearson::proportion_clopper_pearson;
use groundwork_stats::estimators::proportion_jeffreys::{
    proportion_jeffreys, proportion_jeffreys_equal_tail,
};
use groundwork_stats::estimators::proportion_mid_p::proportion_mid_p;
use groundwork_stats::estimators::proportion_wilson_cc::proportion_wilson_cc;
use groundwork_stats::estimators::quantile_ranks::quantile_ranks;
use groundwork_stats::estimators::rate_poisson::{rate_poisson, rate_poisson_byar, rate_poisson_mid_p};
use groundwork_stats::estimators::ratio_jackknife::ratio_jackknife;
use groundwork_stats::{
    ClusteredRatio, Outcome, Refusal, proportion_wilson, ratio_linearised, ratio_linearised_log,
};
use groundwork_store::ClusterSum;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a cell adds up to.
pub(super) struct Basis<'a> {
    pub(super) indicator: &'a Indicator,
    pub(super) programme: &'a str,
    pub(super) key: &'a CellKey,
    /// Whether anything was recorded for the site and period at all.
    pub(super) recorded: bool,
    pub(super) y: f64,
    pub(super) x: f64,
    pub(super) squares: f64,
    pub(super) top: f64,
    pub(super) n: u64,
    pub(super) clusters: &'a [ClusterSum],
    pub(super) ranks: Option<&'a BTreeMap<u64, f64>>,
}

/// What follows for the cell.
pub(super) struct Estimated {
    pub(super) numerator: f64,
    pub(super) denominator: Option<f64>,
    pub(super) n: u64,
    pub(super) counts: Counts,
    pub(super) method: &'static str,
    pub(super) finding: Finding,
    /// What a comparison needs, where the interval is one of clusters or rows.
    pub(super) ratio: Option<ClusteredRatio>,
}

/// The value of a cell, by the summary of its kind.
pub(super) fn estimate(basis: &Basis) -> Estimated {
    let Basis { y, x, n, .. } = *basis;
    let method = basis.indicator.method;
    let level = basis.indicator.level;
    let mut out = Estimated {
        numerator: y,
        denominator: Some(x),
        n: whole(x),
        counts: Counts::Amount,
        method: method.id(),
        finding: Finding::NoData,
        ratio: None,
    };
    match basis.indicator.kind.summary() {
        Summary::FullCount => {
            (out.denominator, out.n, out.counts) = (None, n, Counts::Total);
            out.finding = value(y);
        }
        Summary::Total => {
            if n > 0 {
                out.finding = value(y);
            }
        }
        Summary::Share => {
            out.counts = Counts::Part;
            (out.method, out.finding) = match share(method, whole(y), whole(x), level) {
                Some(outcome) => estimated(method.id(), outcome),
                None => (method.id(), quotient(y, x)),
            };
        }
        Summary::RowMean => {
            out.finding = if n == 0 {
                Finding::Undefined("zero_denominator")
            } else {
                match ClusteredRatio::from_row_moments(n, y, basis.squares) {
                    Ok(ratio) => {
                        out.ratio = Some(ratio);
                        // A mean without spread has no interval, but it is a mean.
                        match ratio_linearised(&ratio, level) {
                            Ok(found) if method != CellMethod::FullCount => {
                                estimated(method.id(), Ok(found)).1
                            }
                            Ok(_) | Err(_) => value(y / x),
                        }
                    }
                    Err(_) => value(y / x),
                }
            };
        }
        Summary::ClusteredRatio => {
            out.counts = Counts::Quotient;
            out.finding = if x == 0.0 {
                Finding::Undefined("zero_denominator")
            } else {
                let (above, below): (Vec<f64>, Vec<f64>) = basis.clusters.iter().map(|c| (c.y, c.x)).unzip();
                out.ratio = ClusteredRatio::from_cluster_sums(&above, &below, n).ok();
                match clustered(basis, out.ratio.as_ref(), &above, &below) {
                    Some(outcome) => estimated(method.id(), outcome).1,
                    None => quotient(y, x),
                }
            };
        }
        Summary::Quotient => {
            out.counts = Counts::Quotient;
            out.finding = quotient(y, x);
        }
        Summary::Quantile(share) => out.finding = quantile(basis, share),
        Summary::Rate { days_per } => {
            let time = x / days_per;
            out.denominator = Some(time);
            (out.n, out.counts) = (whole(y), Counts::Total);
            let outcome = match method {
                CellMethod::PoissonMidP => Some(rate_poisson_mid_p(whole(y), time, level)),
                CellMethod::Byar => Some(rate_poisson_byar(whole(y), time, level)),
                CellMethod::FullCount => None,
                _ => Some(rate_poisson(whole(y), time, level)),
            };
            (out.method, out.finding) = match outcome {
                // Nobody was exposed: there is no denominator.
                _ if x == 0.0 => (method.id(), Finding::Undefined("zero_denominator")),
                Some(outcome) => estimated(method.id(), outcome),
                None => (method.id(), quotient(y, time)),
            };
        }
        Summary::Bounds => {
            out.counts = Counts::Total;
            if n > 0 {
                out.finding = Finding::Bounds { lower: basis.top, upper: y };
            }
        }
        Summary::TopShare { thousandths } => {
            out.counts = Counts::Part;
            let top = top_sum(basis.clusters, thousandths);
            let total: f64 = basis.clusters.iter().map(|c| c.y).sum();
            (out.numerator, out.denominator, out.n) = (top, Some(total), whole(total));
            out.finding = quotient(top, total);
        }
        // A formula has no units; it is computed from cells.
        Summary::Derived => {}
    }
    if !basis.recorded {
        out.finding = Finding::NoData;
    }
    out
}

fn value(value: f64) -> Finding {
    Finding::Value { value, interval: None }
}

fn quotient(y: f64, x: f64) -> Finding {
    if x == 0.0 { Finding::Undefined("zero_denominator") } else { value(y / x) }
}

/// A share with its interval; nothing where everybody was counted.
fn share(method: CellMethod, x: u64, n: u64, level: f64) -> Option<Outcome> {
    match method {
        CellMethod::FullCount => None,
        CellMethod::WilsonCorrected => Some(proportion_wilson_cc(x, n, level)),
        CellMethod::ClopperPearson => Some(proportion_clopper_pearson(x, n, level)),
        CellMethod::Jeffreys => Some(proportion_jeffreys(x, n, level)),
        CellMethod::JeffreysEqualTail => Some(proportion_jeffreys_equal_tail(x, n, level)),
        CellMethod::MidP => Some(proportion_mid_p(x, n, level)),
        CellMethod::AgrestiCoull => Some(proportion_agresti_coull(x, n, level)),
        _ => Some(proportion_wilson(x, n, level)),
    }
}

/// A ratio of clusters with its interval; nothing where everybody was counted.
fn clustered(basis: &Basis, ratio: Option<&ClusteredRatio>, above: &[f64], below: &[f64]) -> Option<Outcome> {
    let level = basis.indicator.level;
    let method = basis.indicator.method;
    if method == CellMethod::FullCount {
        return None;
    }
    let Some(ratio) = ratio else {
        return Some(Err(Refusal {
            code: "too_few_clusters",
            message: "there are fewer than two clusters".into(),
            instead: "report the ratio without an interval".into(),
        }));
    };
    let sums = || ClusterSums::new(above, below, basis.n);
    let drawn = |read: fn(&Bootstrap, f64) -> Outcome| {
        sums()
            .and_then(|sums| bootstrap_clusters(&sums, &seed(basis), RESAMPLES))
            .and_then(|b| read(&b, level))
    };
    Some(match method {
        CellMethod::Linearised => ratio_linearised(ratio, level),
        CellMethod::Fieller => sums().and_then(|sums| fieller(&sums, level)),
        CellMethod::Jackknife => sums().and_then(|sums| ratio_jackknife(&sums, level)),
        CellMethod::BootstrapPercentile => drawn(|b, level| b.percentile(level, Reading::NormalScale)),
        CellMethod::BootstrapBasic => drawn(|b, level| b.basic(level, Reading::NormalScale)),
        CellMethod::BootstrapBca => drawn(|b, level| b.bca(level, Reading::NormalScale)),
        CellMethod::IdealPercentile => {
            sums().and_then(|s| ideal_bootstrap(&s)).and_then(|b| b.percentile(level))
        }
        CellMethod::IdealBca => sums().and_then(|s| ideal_bootstrap(&s)).and_then(|b| b.bca(level)),
        _ => ratio_linearised_log(ratio, level),
    })
}

/// The seed of a cell's resamples: what the cell is, so that neither threads nor other cells
/// change it.
fn seed(basis: &Basis) -> [u8; 32] {
    let CellKey { indicator, site, period, dimension, category } = basis.key;
    let mut hash = Sha256::new();
    for part in [basis.programme, indicator, site, period, dimension, category, basis.indicator.method.id()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().into()
}

fn quantile(basis: &Basis, share: f64) -> Finding {
    let nothing = BTreeMap::new();
    let level = basis.indicator.level;
    let ranks = basis.ranks.unwrap_or(&nothing);
    let wanted = match quantile_ranks(basis.n, share, level) {
        Ok(wanted) => wanted,
        Err(_) => return Finding::NoData,
    };
    let at = |rank: u64| ranks.get(&rank).copied();
    let (Some(first), Some(second)) = (at(wanted.point.0), at(wanted.point.1)) else {
        return Finding::NoData;
    };
    let limits = wanted.limits.filter(|_| basis.indicator.method != CellMethod::FullCount);
    let limits = limits.and_then(|(lower, upper)| Some((at(lower)?, at(upper)?, level)));
    Finding::Value { value: first + wanted.way * (second - first), interval: limits }
}

/// What the largest clusters add up to: a share of those with anything, rounded up.
fn top_sum(clusters: &[ClusterSum], thousandths: u32) -> f64 {
    let mut sums: Vec<f64> = clusters.iter().map(|c| c.y).filter(|y| *y > 0.0).collect();
    sums.sort_by(|a, b| b.total_cmp(a));
    let top = (sums.len() * thousandths as usize).div_ceil(1000);
    sums.iter().take(top).sum()
}

/// A finding from an estimate or a refusal.
pub(super) fn estimated(method: &'static str, outcome: Outcome) -> (&'static str, Finding) {
    match outcome {
        Ok(estimate) => (
            estimate.method,
            Finding::Value {
                value: estimate.value,
                interval: estimate.interval.map(|i| (i.lower, i.upper, i.level)),
            },
        ),
        Err(refusal) if refusal.code == "zero_denominator" => (method, Finding::Undefined(refusal.code)),
        Err(refusal) => (method, Finding::Refused(refusal.code)),
    }
}

/// A count that went through a floating number.
pub(super) fn whole(count: f64) -> u64 {
    if count.is_finite() && count > 0.0 { count.round() as u64 } else { 0 }
}
