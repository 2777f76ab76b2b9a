//! The intervals of a share by hand: x of n.

use super::text;
use groundwork_plan::method::CellMethod;
use groundwork_stats::special::{beta_regularised, binomial_mass, normal_critical};

/// The steps of a method that is a formula; for one that is an equation, the limits put into it.
pub(super) fn lines(method: CellMethod, x: u64, n: u64, level: f64, limits: (f64, f64)) -> Vec<String> {
    match method {
        CellMethod::Wilson => wilson(x as f64, n as f64, level),
        CellMethod::WilsonCorrected => wilson_corrected(x as f64, n as f64, level),
        CellMethod::AgrestiCoull => agresti_coull(x as f64, n as f64, level),
        CellMethod::Jeffreys | CellMethod::JeffreysEqualTail => jeffreys(x, n, limits),
        CellMethod::MidP => tails(x, n, limits, 0.5),
        _ => tails(x, n, limits, 1.0),
    }
}

fn wilson(x: f64, n: f64, level: f64) -> Vec<String> {
    let z = normal_critical(level);
    let p = x / n;
    let middle = p + z * z / (2.0 * n);
    let inside = p * (1.0 - p) / n + z * z / (4.0 * n * n);
    let below = 1.0 + z * z / n;
    vec![
        format!("p = {}, n = {}, z = {}", text(p), text(n), text(z)),
        format!("p + z²/2n = {}", text(middle)),
        format!("z √(p(1 - p)/n + z²/4n²) = {} × √{} = {}", text(z), text(inside), text(z * inside.sqrt())),
        format!("1 + z²/n = {}", text(below)),
    ]
}

/// Newcombe (1998), method 4.
fn wilson_corrected(x: f64, n: f64, level: f64) -> Vec<String> {
    let z = normal_critical(level);
    let p = x / n;
    let middle = 2.0 * n * p + z * z;
    let below = 2.0 * (n + z * z);
    let mut out = vec![
        format!("p = {}, n = {}, z = {}", text(p), text(n), text(z)),
        format!("2np + z² = {}, 2(n + z²) = {}", text(middle), text(below)),
    ];
    if x > 0.0 {
        let inside = z * z - 2.0 - 1.0 / n + 4.0 * p * (n * (1.0 - p) + 1.0);
        let lower = (middle - 1.0 - z * inside.sqrt()) / below;
        out.push(format!(
            "lower: (2np + z² - 1 - z √(z² - 2 - 1/n + 4p(n(1 - p) + 1)))/2(n + z²) = ({} - 1 - {} × √{})/{} = {}",
            text(middle), text(z), text(inside), text(below), text(lower)
        ));
    }
    if x < n {
        let inside = z * z + 2.0 - 1.0 / n + 4.0 * p * (n * (1.0 - p) - 1.0);
        let upper = (middle + 1.0 + z * inside.sqrt()) / below;
        out.push(format!(
            "upper: (2np + z² + 1 + z √(z² + 2 - 1/n + 4p(n(1 - p) - 1)))/2(n + z²) = ({} + 1 + {} × √{})/{} = {}",
            text(middle), text(z), text(inside), text(below), text(upper)
        ));
    }
    out
}

fn agresti_coull(x: f64, n: f64, level: f64) -> Vec<String> {
    let z = normal_critical(level);
    let (x, n) = (x + z * z / 2.0, n + z * z);
    let p = x / n;
    let inside = p * (1.0 - p) / n;
    vec![
        format!("z = {}", text(z)),
        format!("x + z²/2 = {}, n + z² = {}, p = {}", text(x), text(n), text(p)),
        format!("z √(p(1 - p)/n) = {} × √{} = {}", text(z), text(inside), text(z * inside.sqrt())),
    ]
}

fn jeffreys(x: u64, n: u64, (lower, upper): (f64, f64)) -> Vec<String> {
    let (a, b) = (x as f64 + 0.5, (n - x.min(n)) as f64 + 0.5);
    vec![
        format!("posterior Beta(x + ½, n - x + ½) = Beta({}, {})", text(a), text(b)),
        format!("below {} lies {}", text(lower), text(beta_regularised(a, b, lower))),
        format!("above {} lies {}", text(upper), text(beta_regularised(b, a, 1.0 - upper))),
    ]
}

/// The limits put into the two tails, the observed number counting by a weight.
fn tails(x: u64, n: u64, (lower, upper): (f64, f64), weight: f64) -> Vec<String> {
    let half = if weight < 1.0 { "½ " } else { "" };
    let beside = |p: f64, others: &mut dyn Iterator<Item = u64>| {
        weight * binomial_mass(x, n, p) + others.map(|k| binomial_mass(k, n, p)).sum::<f64>()
    };
    let mut out = Vec::new();
    if lower > 0.0 {
        let tail = beside(lower, &mut (x + 1..=n));
        out.push(format!("at {}: {half}P({x} of {n}) + P(more) = {}", text(lower), text(tail)));
    }
    if upper < 1.0 {
        let tail = beside(upper, &mut (0..x));
        out.push(format!("at {}: {half}P({x} of {n}) + P(fewer) = {}", text(upper), text(tail)));
    }
    out
}
