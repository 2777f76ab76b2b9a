//! The intervals of a rate by hand: events in a time.

use super::text;
use groundwork_plan::method::CellMethod;
use groundwork_stats::special::{normal_critical, poisson_mass};

/// The steps of Byar's formula; for the others, the limits put into the two tails.
pub(super) fn lines(
    method: CellMethod,
    events: u64,
    time: f64,
    level: f64,
    (lower, upper): (f64, f64),
) -> Vec<String> {
    let mut out = vec![format!("{events} events in {}", text(time))];
    if method == CellMethod::Byar {
        out.extend(byar(events as f64, time, level));
        return out;
    }
    let (half, weight) = if method == CellMethod::PoissonMidP { ("½ ", 0.5) } else { ("", 1.0) };
    let fewer = |mean: f64| (0..events).map(|k| poisson_mass(k, mean)).sum::<f64>();
    if lower > 0.0 {
        let mean = lower * time;
        let tail = 1.0 - fewer(mean) - (1.0 - weight) * poisson_mass(events, mean);
        let mean = text(mean);
        out.push(format!(
            "at {} × {} = {mean}: {half}P({events}) + P(more) = {}",
            text(lower),
            text(time),
            text(tail)
        ));
    }
    let mean = upper * time;
    let tail = fewer(mean) + weight * poisson_mass(events, mean);
    let mean = text(mean);
    out.push(format!(
        "at {} × {} = {mean}: {half}P({events}) + P(fewer) = {}",
        text(upper),
        text(time),
        text(tail)
    ));
    out
}

/// Breslow and Day (1987), equation 2.13.
fn byar(events: f64, time: f64, level: f64) -> Vec<String> {
    let z = normal_critical(level);
    let limit = |x: f64, sign: f64| {
        let cubed = 1.0 - 1.0 / (9.0 * x) + sign * z / (3.0 * x.sqrt());
        (cubed, x * cubed * cubed * cubed / time)
    };
    let mut out = vec![format!("z = {}", text(z))];
    if events > 0.0 {
        let (root, lower) = limit(events, -1.0);
        out.push(format!(
            "lower: x (1 - 1/9x - z/3√x)³ = {} × {}³; over the time {}",
            text(events),
            text(root),
            text(lower)
        ));
    }
    let more = events + 1.0;
    let (root, upper) = limit(more, 1.0);
    out.push(format!(
        "upper: x (1 - 1/9x + z/3√x)³ with one event more = {} × {}³; over the time {}",
        text(more),
        text(root),
        text(upper)
    ));
    out
}
