//! Two ratios whose clusters overlap: a volunteer who worked in both sites makes them dependent.
//!
//! The contrast is linearised over all clusters of both sites together. With e = y - R x of a
//! cluster in a site and X the sum of the site's denominators, a cluster adds
//!
//! ```text
//! d = e1/X1 - e2/X2                 for a difference
//! d = e1/(R1 X1) - e2/(R2 X2)       for a ratio, on the log scale
//! ```
//!
//! and v = G/(G - 1) Σ (d - mean d)², with t of G - 1 degrees of freedom, as survey software has
//! it for contrasts of domains (Woodruff 1971, J. Am. Stat. Assoc. 66:411-414; Lumley 2010,
//! Complex Surveys, section 5.3). A cluster in one site only adds nothing on the other side.

use super::line::refusal;
use groundwork_stats::special::{student_critical, student_two_sided_p};
use groundwork_stats::sum::Sum;
use groundwork_stats::{
    ClusteredRatio, Estimate, Interval, Outcome, ratio_contrast_difference, ratio_contrast_log,
};
use groundwork_store::ClusterSum;
use std::collections::BTreeMap;

/// The scale of a contrast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Difference,
    Log,
}

/// The first ratio against the second, whether or not they share clusters. `n` rows are behind
/// each.
pub(super) fn contrast(
    (first, n1): (&[ClusterSum], u64),
    (second, n2): (&[ClusterSum], u64),
    scale: Scale,
    level: f64,
) -> Outcome {
    let side = |sums: &[ClusterSum], n| {
        let (y, x): (Vec<f64>, Vec<f64>) = sums.iter().map(|c| (c.y, c.x)).unzip();
        ClusteredRatio::from_cluster_sums(&y, &x, n)
    };
    let (a, b) = (side(first, n1)?, side(second, n2)?);
    let independent = match scale {
        Scale::Difference => ratio_contrast_difference(&a, &b, level)?,
        Scale::Log => ratio_contrast_log(&a, &b, level)?,
    };
    let mut parts: BTreeMap<&str, (f64, u8)> = BTreeMap::new();
    for (sums, ratio, sign) in [(first, a.ratio(), 1.0), (second, b.ratio(), -1.0)] {
        let total = sums.iter().map(|c| c.x).collect::<Sum>().value();
        let unit = if scale == Scale::Log { ratio * total } else { total };
        for sum in sums {
            let part = parts.entry(sum.cluster.as_str()).or_default();
            part.0 += sign * (sum.y - ratio * sum.x) / unit;
            part.1 += 1;
        }
    }
    // Missing clusters stand for themselves in each site and link nothing.
    let shared = parts.iter().any(|(name, (_, sides))| !name.is_empty() && *sides > 1);
    if !shared {
        return Ok(independent);
    }
    let clusters = parts.len();
    let d: Vec<f64> = parts.values().map(|part| part.0).collect();
    let each = vec![1.0 / clusters as f64; clusters];
    let std_error = ClusteredRatio::from_cluster_sums(&d, &each, n1 + n2)?.std_error();
    if !(std_error > 0.0) {
        return Err(refusal(
            "no_variation",
            "the clusters do not differ in how the two sites compare",
            "report the two values side by side",
        ));
    }
    let df = clusters as f64 - 1.0;
    let reach = student_critical(level, df) * std_error;
    let (value, lower, upper, on_scale, std_error_shown) = match scale {
        Scale::Difference => {
            let value = a.ratio() - b.ratio();
            (value, value - reach, value + reach, value, std_error)
        }
        Scale::Log => {
            let value = a.ratio() / b.ratio();
            let log = libm::log(value);
            let limit = |at: f64| libm::exp(at);
            (value, limit(log - reach), limit(log + reach), log, value * std_error)
        }
    };
    Ok(Estimate {
        value,
        std_error: Some(std_error_shown),
        interval: Some(Interval { lower, upper, level }),
        df: Some(df),
        statistic: Some(on_scale / std_error),
        p_value: Some(student_two_sided_p(on_scale / std_error, df)),
        n_clusters: Some(clusters as u64),
        method: match scale {
            Scale::Difference => "ratio.contrast.difference.shared",
            Scale::Log => "ratio.contrast.log.shared",
        },
        ..independent
    })
}
