//! Sites, or studies, as a sample of communities: what a further one would see.

use super::super::estimate::whole;
use super::Ground;
use super::frame::Frame;
use super::line::{Line, codes, refusal};
use groundwork_disclosure::{Cell, CellKey, Estimate, Finding};
use groundwork_plan::evaluation::{Role, SitesAsSample, SitesFrom};
use groundwork_plan::indicator::{Indicator, Summary};
use groundwork_stats::estimators::bayes_hierarchical::{
    METHOD as BAYES, MeanPrior, Posterior, TauPrior, bayes_hierarchical,
};
use groundwork_stats::estimators::meta_analysis::{
    METHOD, METHOD_PREDICTION, MeanError, Pooled, Prediction, leave_one_site_out, pool,
};
use groundwork_stats::estimators::meta_proportions::{METHOD as SHARES, pool_shares};
use groundwork_stats::estimators::meta_tau2::{METHOD as Q_PROFILE, Tau2, between_site_variance_interval};
use groundwork_stats::estimators::ratio_katz::{METHOD as KATZ, ratio_katz};
use groundwork_stats::special::normal_critical;
use groundwork_stats::{Refusal, proportion_wilson};

/// Sites up to which a Bayesian model stands beside the pooled mean.
const FEW_SITES: usize = 4;
const TAU2: Tau2 = Tau2::RestrictedLikelihood;
/// What a site says by itself: a share, two arms, an estimate.
pub(in crate::run) const ALONE: [&str; 3] = ["share of a site", "ratio of a site", "value of a site"];
/// How much a site counts for in the mean.
pub(in crate::run) const WEIGHT: &str = "weight in the mean";

/// One value a site, on a scale where errors are about normal.
struct Sites {
    /// What the values are: `log risk ratio`.
    scale: &'static str,
    names: Vec<String>,
    values: Vec<f64>,
    variances: Vec<f64>,
    n: u64,
}

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, design: &SitesAsSample, frame: Option<&Frame>) -> Vec<Estimate> {
    match (&design.from, frame) {
        (SitesFrom::Cells { indicators, period }, _) => {
            let mut out = Vec::new();
            for indicator in indicators.iter().filter_map(|name| ground.plan.indicator(name)) {
                out.extend(by_cells(ground, design, indicator, &period.id()));
            }
            out
        }
        (SitesFrom::Arms(_), Some(frame)) => by_arms(ground, design, frame),
        (SitesFrom::Shares(_), Some(frame)) => {
            let (x, n) = (frame.numbers(Role::Events), frame.numbers(Role::Total));
            let line = Line::about(ground, frame.outcome(), "").on_groups(frame, n.iter().map(|n| whole(*n)));
            let mut out = of_shares(ground, design, &line, names(frame), &x, &n);
            for ((name, x), n) in names(frame).into_iter().zip(x).zip(n) {
                let (x, n) = (whole(x), whole(n));
                let alone = line.clone().on_groups(frame, [x, n.saturating_sub(x)]);
                let share = proportion_wilson(x, n, ground.evaluation.level);
                out.push(alone.row(ALONE[0], name, "wilson", &share));
            }
            out
        }
        (SitesFrom::Estimates(_), Some(frame)) => {
            let errors = frame.numbers(Role::StdError);
            let sites = Sites {
                scale: "value",
                names: names(frame),
                values: frame.numbers(Role::Estimate),
                variances: errors.iter().map(|se| se * se).collect(),
                n: frame.rows() as u64,
            };
            let line = Line::about(ground, frame.outcome(), "");
            let mut out = pooled(ground, design, &line, &sites);
            let level = ground.evaluation.level;
            for ((name, value), error) in sites.names.into_iter().zip(sites.values).zip(errors) {
                let mut row = line.number(ALONE[2], name, "normal", value, 1);
                let half = normal_critical(level) * error;
                row.finding = Finding::Value { value, interval: Some((value - half, value + half, level)) };
                row.std_error = Some(error);
                out.push(row);
            }
            out
        }
        (SitesFrom::Arms(_) | SitesFrom::Shares(_) | SitesFrom::Estimates(_), None) => Vec::new(),
    }
}

/// The names of the sites; rows that share one are told apart by their number: `Hart (2)`.
fn names(frame: &Frame) -> Vec<String> {
    let words = frame.words(Role::Site);
    let told = |(at, name): (usize, &String)| {
        let before = words.iter().take(at).filter(|other| *other == name).count();
        if before == 0 { name.clone() } else { format!("{name} ({})", before + 1) }
    };
    words.iter().enumerate().map(told).collect()
}

fn by_cells(
    ground: &Ground<'_>,
    design: &SitesAsSample,
    indicator: &Indicator,
    period: &str,
) -> Vec<Estimate> {
    let key = |site: &str| CellKey::total(&indicator.id, site, period);
    let cells: Vec<&Cell> = ground
        .plan
        .sites
        .iter()
        .filter_map(|site| ground.cell(&key(&site.id)))
        .filter(|cell| matches!(cell.finding, Finding::Value { .. }) && !cell.partial)
        .collect();
    let names: Vec<String> = cells.iter().map(|cell| cell.key.site.clone()).collect();
    let line = Line::about(ground, &indicator.id, "").on_cells(cells.iter().map(|cell| cell.key.clone()));
    if indicator.kind.summary() == Summary::Share {
        let x: Vec<f64> = cells.iter().map(|cell| cell.numerator).collect();
        let n: Vec<f64> = cells.iter().map(|cell| cell.denominator.unwrap_or(0.0)).collect();
        return of_shares(ground, design, &line, names, &x, &n);
    }
    let ratios: Option<Vec<_>> = cells.iter().map(|cell| ground.results.ratios.get(&cell.key)).collect();
    let Some(ratios) = ratios else {
        let refusal = refusal(
            "too_few_clusters",
            "a site has no standard error of its own",
            "show the values of the sites side by side",
        );
        return vec![line.refused("mean over sites", period, METHOD, &refusal)];
    };
    let is_log =
        matches!(indicator.kind.summary(), Summary::ClusteredRatio) && ratios.iter().all(|r| r.ratio() > 0.0);
    let (values, variances) = ratios
        .iter()
        .map(|r| match is_log {
            true => (libm::log(r.ratio()), (r.std_error() / r.ratio()) * (r.std_error() / r.ratio())),
            false => (r.ratio(), r.std_error() * r.std_error()),
        })
        .unzip();
    let scale = if is_log { "log ratio" } else { "value" };
    let n = cells.iter().map(|cell| cell.n).sum();
    pooled(ground, design, &line, &Sites { scale, names, values, variances, n })
}

/// Two arms of each site: the logarithm of the ratio of risks, with variance 1/a - 1/n + 1/c - 1/m.
fn by_arms(ground: &Ground<'_>, design: &SitesAsSample, frame: &Frame) -> Vec<Estimate> {
    let [a, n, c, m] = [Role::Events, Role::Total, Role::ComparisonEvents, Role::ComparisonTotal]
        .map(|role| frame.numbers(role));
    let groups = n.iter().chain(&m).map(|size| whole(*size));
    let line = Line::about(ground, frame.outcome(), "arm / comparison").on_groups(frame, groups);
    let mut sites = Sites {
        scale: "log risk ratio",
        names: names(frame),
        values: Vec::new(),
        variances: Vec::new(),
        n: n.iter().chain(&m).map(|size| whole(*size)).sum(),
    };
    for (((a, n), c), m) in a.iter().zip(&n).zip(&c).zip(&m) {
        if !(*a > 0.0 && *c > 0.0 && a <= n && c <= m) {
            let refusal = refusal(
                "zero_events",
                "a site has no events in an arm, or more events than people",
                "leave the site out with a reason, or pool the shares of one arm",
            );
            return vec![line.refused("mean over sites", sites.scale, METHOD, &refusal)];
        }
        sites.values.push(libm::log((a / n) / (c / m)));
        sites.variances.push(1.0 / a - 1.0 / n + 1.0 / c - 1.0 / m);
    }
    let mut out = pooled(ground, design, &line, &sites);
    for ((((name, a), n), c), m) in sites.names.into_iter().zip(a).zip(n).zip(c).zip(m) {
        let [a, n, c, m] = [a, n, c, m].map(whole);
        let alone = line.clone().on_groups(frame, [a, n - a, c, m - c]);
        out.push(alone.row(ALONE[1], name, KATZ, &ratio_katz(a, n, c, m, ground.evaluation.level)));
    }
    out
}

fn of_shares(
    ground: &Ground<'_>,
    design: &SitesAsSample,
    line: &Line,
    names: Vec<String>,
    x: &[f64],
    n: &[f64],
) -> Vec<Estimate> {
    let level = ground.evaluation.level;
    let counts = |of: &[f64]| of.iter().map(|v| whole(*v)).collect::<Vec<u64>>();
    let (x, n) = (counts(x), counts(n));
    let found = match pool_shares(&x, &n) {
        Ok(found) => found,
        Err(refusal) => return vec![line.refused("share in the middle site", "", SHARES, &refusal)],
    };
    let mut out = vec![
        line.row("share in the middle site", "", SHARES, &found.share(MeanError::Guarded, level)),
        line.row(
            "share in a further site",
            "prediction",
            SHARES,
            &found.prediction(Prediction::HtsTKm2, level),
        ),
    ];
    for (name, share) in names.iter().zip(&found.shrunk) {
        out.push(line.number("share drawn towards the middle", name.clone(), SHARES, *share, n.iter().sum()));
    }
    let half = |x: u64, n: u64| (x as f64 + 0.5, (n - x) as f64 + 0.5);
    let all_or_none = x.iter().zip(&n).any(|(x, n)| *x == 0 || x == n);
    let odds =
        x.iter().zip(&n).map(|(x, n)| if all_or_none { half(*x, *n) } else { (*x as f64, (*n - *x) as f64) });
    let (values, variances) = odds.map(|(s, f)| (libm::log(s / f), 1.0 / s + 1.0 / f)).unzip();
    let sites = Sites { scale: "log odds", names, values, variances, n: n.iter().sum() };
    out.extend(heterogeneity(line, &sites, &found.log_odds, level));
    out.extend(beside(ground, design, line, &sites));
    out
}

fn pooled(ground: &Ground<'_>, design: &SitesAsSample, line: &Line, sites: &Sites) -> Vec<Estimate> {
    let level = ground.evaluation.level;
    let found = match pool(&sites.values, &sites.variances, TAU2) {
        Ok(found) => found,
        Err(refusal) => return vec![line.refused("mean over sites", sites.scale, METHOD, &refusal)],
    };
    let mean = found.mean_estimate(MeanError::Guarded, level);
    let prediction = found.prediction(Prediction::HtsTKm2, level);
    let mut out = vec![
        line.row("mean over sites", sites.scale, METHOD, &mean),
        line.row("value of a further site", sites.scale, METHOD_PREDICTION, &prediction),
    ];
    if sites.scale.starts_with("log ") {
        for (estimand, outcome, method) in [
            ("mean over sites, as a ratio", &mean, METHOD),
            ("ratio of a further site", &prediction, METHOD_PREDICTION),
        ] {
            let as_ratio = outcome.clone().map(|mut e| {
                e.value = libm::exp(e.value);
                if let Some(i) = &mut e.interval {
                    (i.lower, i.upper) = (libm::exp(i.lower), libm::exp(i.upper));
                }
                e.std_error = None;
                e
            });
            out.push(line.row(estimand, "ratio", method, &as_ratio));
        }
    }
    out.extend(heterogeneity(line, sites, &found, level));
    for (name, value) in sites.names.iter().zip(&found.shrunk) {
        out.push(line.number("value drawn towards the mean", name.clone(), METHOD, *value, sites.n));
    }
    let precision = |variance: &f64| 1.0 / (variance + found.tau2);
    let all: f64 = sites.variances.iter().map(precision).sum();
    for (name, variance) in sites.names.iter().zip(&sites.variances) {
        out.push(line.number(WEIGHT, name.clone(), METHOD, precision(variance) / all, sites.n));
    }
    out.extend(left_out(line, sites));
    out.extend(beside(ground, design, line, sites));
    out
}

fn heterogeneity(line: &Line, sites: &Sites, found: &Pooled, level: f64) -> Vec<Estimate> {
    let mut q = line.number("Q of no spread between sites", sites.scale, "cochran.q", found.q, sites.n);
    q.statistic = Some(found.q);
    q.df = Some(found.k as f64 - 1.0);
    q.p_value = Some(found.q_p_value);
    let mut tau2 = line.number("variance between sites", sites.scale, TAU2.id(), found.tau2, sites.n);
    tau2.warnings = codes(&found.warnings);
    if let Ok(interval) = between_site_variance_interval(&sites.values, &sites.variances, level) {
        tau2.finding = Finding::Value {
            value: found.tau2,
            interval: Some((interval.lower, interval.upper, interval.level)),
        };
        tau2.method = Q_PROFILE;
    }
    vec![
        tau2,
        line.number(
            "I², share of the spread that is between sites",
            sites.scale,
            TAU2.id(),
            found.i2,
            sites.n,
        ),
        q,
    ]
}

/// Every site predicted from the others.
fn left_out(line: &Line, sites: &Sites) -> Vec<Estimate> {
    match leave_one_site_out(&sites.values, &sites.variances, TAU2) {
        Ok(found) => found
            .sites
            .iter()
            .map(|one| {
                let name = sites.names.get(one.site).cloned().unwrap_or_default();
                let mut row =
                    line.number("mean without the site", name, "leave_one_site_out", one.mean, sites.n);
                row.std_error = Some(one.prediction_std_error);
                row.statistic = Some(one.z);
                row.warnings = codes(&found.warnings);
                row
            })
            .collect(),
        Err(refusal) => vec![line.refused("mean without a site", "", "leave_one_site_out", &refusal)],
    }
}

/// For few sites: the posterior under the stated prior, at half and twice its scale as well.
fn beside(ground: &Ground<'_>, design: &SitesAsSample, line: &Line, sites: &Sites) -> Vec<Estimate> {
    if sites.values.len() > FEW_SITES {
        return Vec::new();
    }
    let level = ground.evaluation.level;
    let mut out = Vec::new();
    for factor in [0.5, 1.0, 2.0] {
        let scale = design.prior_scale * factor;
        let term = format!("half-normal prior of scale {scale}");
        let found = bayes_hierarchical(
            &sites.values,
            &sites.variances,
            TauPrior::HalfNormal(scale),
            MeanPrior::Flat,
            0.0,
            level,
        );
        out.extend(posterior(line, sites, &term, found));
    }
    out
}

fn posterior(line: &Line, sites: &Sites, term: &str, found: Result<Posterior, Refusal>) -> Vec<Estimate> {
    let found = match found {
        Ok(found) => found,
        Err(refusal) => return vec![line.refused("mean over sites, posterior", term, BAYES, &refusal)],
    };
    let row = |estimand: &str, value: f64, interval: groundwork_stats::Interval| {
        let mut row = line.number(estimand, term, found.method, value, sites.n);
        row.finding =
            Finding::Value { value, interval: Some((interval.lower, interval.upper, interval.level)) };
        row.warnings = codes(&found.warnings);
        row
    };
    let mut mean = row("mean over sites, posterior", found.mean, found.mean_interval);
    mean.std_error = found.mean_sd;
    vec![
        mean,
        row("value of a further site, posterior", found.new_site_median, found.new_site_interval),
        row("standard deviation between sites, posterior", found.tau_mean, found.tau_interval),
    ]
}
