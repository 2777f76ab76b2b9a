//! Estimating: from what a cell adds up to, to its value and, where it is an estimate, its
//! interval.

use super::compute::LEVEL;
use groundwork_disclosure::{Counts, Finding};
use groundwork_plan::indicator::{Indicator, Summary};
use groundwork_stats::estimators::quantile_ranks::{METHOD as QUANTILE, quantile_ranks};
use groundwork_stats::estimators::rate_poisson::{METHOD as POISSON, rate_poisson};
use groundwork_stats::{ClusteredRatio, Outcome, proportion_wilson, ratio_linearised, ratio_linearised_log};
use groundwork_store::ClusterSum;
use std::collections::BTreeMap;

/// What a cell adds up to.
pub(super) struct Basis<'a> {
    pub(super) indicator: &'a Indicator,
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

const FULL_COUNT: &str = "full_count";
const MEAN: &str = "ratio.linearised";
const RATIO: &str = "ratio.linearised.log";

/// The value of a cell, by the summary of its kind.
pub(super) fn estimate(basis: &Basis) -> Estimated {
    let Basis { y, x, n, .. } = *basis;
    let mut out = Estimated {
        numerator: y,
        denominator: Some(x),
        n: whole(x),
        counts: Counts::Amount,
        method: FULL_COUNT,
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
            (out.method, out.finding) = estimated("wilson", proportion_wilson(whole(y), whole(x), LEVEL));
        }
        Summary::RowMean => {
            out.method = MEAN;
            out.finding = if n == 0 {
                Finding::Undefined("zero_denominator")
            } else {
                match ClusteredRatio::from_row_moments(n, y, basis.squares) {
                    Ok(ratio) => {
                        out.ratio = Some(ratio);
                        // A mean without spread has no interval, but it is a mean.
                        match ratio_linearised(&ratio, LEVEL) {
                            Ok(found) => estimated(MEAN, Ok(found)).1,
                            Err(_) => value(y / x),
                        }
                    }
                    Err(_) => value(y / x),
                }
            };
        }
        Summary::ClusteredRatio => {
            (out.counts, out.method) = (Counts::Quotient, RATIO);
            let (above, below): (Vec<f64>, Vec<f64>) = basis.clusters.iter().map(|c| (c.y, c.x)).unzip();
            out.finding = if x == 0.0 {
                Finding::Undefined("zero_denominator")
            } else {
                match ClusteredRatio::from_cluster_sums(&above, &below, n) {
                    Ok(ratio) => {
                        out.ratio = Some(ratio);
                        estimated(RATIO, ratio_linearised_log(&ratio, LEVEL)).1
                    }
                    Err(_) => Finding::Refused("too_few_clusters"),
                }
            };
        }
        Summary::Quotient => {
            out.counts = Counts::Quotient;
            out.finding = if x == 0.0 { Finding::Undefined("zero_denominator") } else { value(y / x) };
        }
        Summary::Quantile(share) => {
            out.method = QUANTILE;
            out.finding = quantile(basis, share);
        }
        Summary::Rate { days_per } => {
            out.denominator = Some(x / days_per);
            (out.n, out.counts) = (whole(y), Counts::Total);
            let outcome = rate_poisson(whole(y), x / days_per, LEVEL);
            (out.method, out.finding) = match outcome {
                // Nobody was exposed: there is no denominator.
                _ if x == 0.0 => (POISSON, Finding::Undefined("zero_denominator")),
                outcome => estimated(POISSON, outcome),
            };
        }
        Summary::Bounds => {
            (out.counts, out.method) = (Counts::Total, "frechet");
            if n > 0 {
                out.finding = Finding::Bounds { lower: basis.top, upper: y };
            }
        }
        Summary::TopShare { thousandths } => {
            out.counts = Counts::Part;
            let top = top_sum(basis.clusters, thousandths);
            let total: f64 = basis.clusters.iter().map(|c| c.y).sum();
            (out.numerator, out.denominator, out.n) = (top, Some(total), whole(total));
            out.finding =
                if total == 0.0 { Finding::Undefined("zero_denominator") } else { value(top / total) };
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

fn quantile(basis: &Basis, share: f64) -> Finding {
    let nothing = BTreeMap::new();
    let ranks = basis.ranks.unwrap_or(&nothing);
    let wanted = match quantile_ranks(basis.n, share, LEVEL) {
        Ok(wanted) => wanted,
        Err(_) => return Finding::NoData,
    };
    let at = |rank: u64| ranks.get(&rank).copied();
    let (Some(first), Some(second)) = (at(wanted.point.0), at(wanted.point.1)) else {
        return Finding::NoData;
    };
    let limits = wanted.limits.and_then(|(lower, upper)| Some((at(lower)?, at(upper)?, LEVEL)));
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
