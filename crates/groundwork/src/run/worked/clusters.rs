//! The intervals of a ratio or a mean by hand: from its clusters or rows.

use super::{BY_HAND, Material, text};
use groundwork_plan::method::CellMethod;
use groundwork_stats::ClusteredRatio;
use groundwork_stats::special::student_critical;

/// The clusters, where they may be seen and are few, and the steps from their ratio to the limits.
pub(super) fn lines(method: CellMethod, material: &Material, level: f64) -> Vec<String> {
    let Some(ratio) = &material.ratio else { return Vec::new() };
    let shown = &material.clusters[..];
    let shown = if shown.len() as u64 <= BY_HAND { shown } else { &[] };
    let mut out: Vec<String> = Vec::new();
    for (at, (y, x)) in shown.iter().enumerate() {
        let residual = text(y - ratio.ratio() * x);
        out.push(format!("cluster {}: y = {}, x = {}, e = {residual}", at + 1, text(*y), text(*x)));
    }
    match method {
        CellMethod::Linearised | CellMethod::LinearisedLog => out.extend(linearised(method, ratio, level)),
        CellMethod::Fieller => out.extend(fieller(shown, ratio, level)),
        CellMethod::Jackknife => out.extend(jackknife(shown, ratio, level)),
        _ => out.push(format!("R = {} of {} clusters", text(ratio.ratio()), ratio.n_clusters())),
    }
    out
}

fn linearised(method: CellMethod, ratio: &ClusteredRatio, level: f64) -> Vec<String> {
    let (r, error, t) = (ratio.ratio(), ratio.std_error(), student_critical(level, ratio.df()));
    let reach = match method {
        CellMethod::LinearisedLog => {
            format!("t √v/R = {}, its exponential {}", text(t * error / r), text((t * error / r).exp()))
        }
        _ => format!("t √v = {}", text(t * error)),
    };
    vec![format!("R = {}, √v = {}, G = {}, t = {}", text(r), text(error), ratio.n_clusters(), text(t)), reach]
}

/// The quadratic whose roots are the limits: a R² - 2b R + c = 0.
fn fieller(clusters: &[(f64, f64)], ratio: &ClusteredRatio, level: f64) -> Vec<String> {
    let t = student_critical(level, ratio.df());
    let mut out = vec![format!("R = {}, G = {}, t = {}", text(ratio.ratio()), ratio.n_clusters(), text(t))];
    if clusters.is_empty() {
        return out;
    }
    let g = clusters.len() as f64;
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| clusters.iter().map(of).sum::<f64>() / g;
    let (y, x) = (mean(&|c| c.0), mean(&|c| c.1));
    let spread = |of: &dyn Fn(&(f64, f64)) -> f64| clusters.iter().map(of).sum::<f64>() / (g - 1.0) / g;
    let yy = spread(&|c| (c.0 - y) * (c.0 - y));
    let xx = spread(&|c| (c.1 - x) * (c.1 - x));
    let yx = spread(&|c| (c.0 - y) * (c.1 - x));
    out.push(format!(
        "means y = {}, x = {}; variances of the means yy = {}, xx = {}, yx = {}",
        text(y),
        text(x),
        text(yy),
        text(xx),
        text(yx)
    ));
    out.push(format!(
        "(x² - t² xx) R² - 2(y x - t² yx) R + (y² - t² yy) = 0: {} R² - 2 × {} R + {} = 0",
        text(x * x - t * t * xx),
        text(y * x - t * t * yx),
        text(y * y - t * t * yy)
    ));
    out
}

/// The ratios without one cluster, and the error from them.
fn jackknife(clusters: &[(f64, f64)], ratio: &ClusteredRatio, level: f64) -> Vec<String> {
    let t = student_critical(level, ratio.df());
    let (all_y, all_x) = clusters.iter().fold((0.0, 0.0), |(y, x), c| (y + c.0, x + c.1));
    let without: Vec<f64> = clusters.iter().map(|(y, x)| (all_y - y) / (all_x - x)).collect();
    let mut out = vec![format!("R = {}, G = {}, t = {}", text(ratio.ratio()), ratio.n_clusters(), text(t))];
    if !without.is_empty() {
        let g = without.len() as f64;
        let mean = without.iter().sum::<f64>() / g;
        let squares: f64 = without.iter().map(|r| (r - mean) * (r - mean)).sum();
        let each: Vec<String> = without.iter().map(|r| text(*r)).collect();
        out.push(format!("without one cluster: {}", each.join(", ")));
        out.push(format!("√((G - 1)/G Σ(R - mean)²) = {}", text(((g - 1.0) / g * squares).sqrt())));
    }
    out
}
