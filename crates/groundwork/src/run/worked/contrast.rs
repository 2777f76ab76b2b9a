//! Comparisons of two values by hand.

use super::{BY_HAND, text};
use crate::run::estimate::whole;
use groundwork_disclosure::{ContrastFigures, Figures};
use groundwork_plan::method::ContrastMethod;
use groundwork_stats::estimators::difference_miettinen_nurminen::constrained_shares;
use groundwork_stats::estimators::proportion_wilson_cc::proportion_wilson_cc;
use groundwork_stats::special::{binomial_mass, normal_critical, student_critical};
use groundwork_stats::{Outcome, proportion_wilson};

/// Two shares or rates: numerators and denominators of the site and of the reference.
struct Two {
    x1: f64,
    n1: f64,
    x2: f64,
    n2: f64,
}

/// The method in words, and for few units the steps to its limits, or the limits put into it.
pub(crate) fn lines(
    method: ContrastMethod,
    cell: &Figures,
    reference: &Figures,
    found: &ContrastFigures,
) -> Vec<String> {
    let mut out = vec![format!("{}: {}", method.id(), in_words(method))];
    let Some((lower, upper, level)) = found.interval() else { return out };
    let (Some(n1), Some(n2)) = (cell.denominator(), reference.denominator()) else { return out };
    let two = Two { x1: cell.numerator(), n1, x2: reference.numerator(), n2 };
    if cell.n() > BY_HAND || reference.n() > BY_HAND {
        return out;
    }
    let limits = [lower, upper];
    out.extend(match method {
        ContrastMethod::MnScore => score(&two, limits, (n1 + n2) / (n1 + n2 - 1.0)),
        ContrastMethod::MeeScore => score(&two, limits, 1.0),
        ContrastMethod::Newcombe => newcombe(&two, level, proportion_wilson),
        ContrastMethod::NewcombeCorrected => newcombe(&two, level, proportion_wilson_cc),
        ContrastMethod::AgrestiCaffo => agresti_caffo(&two, level),
        ContrastMethod::RatioMnScore | ContrastMethod::RatioKoopman => {
            let factor =
                if method == ContrastMethod::RatioKoopman { 1.0 } else { (n1 + n2) / (n1 + n2 - 1.0) };
            ratio_score(&two, limits, factor)
        }
        ContrastMethod::RatioKatz => {
            let inside = 1.0 / two.x1 - 1.0 / n1 + 1.0 / two.x2 - 1.0 / n2;
            on_log_scale("p1/p2", "1/x1 - 1/n1 + 1/x2 - 1/n2", (two.x1 / n1) / (two.x2 / n2), inside, level)
        }
        ContrastMethod::OddsWoolf => {
            let cells = [two.x1, n1 - two.x1, two.x2, n2 - two.x2];
            let inside = cells.iter().map(|c| 1.0 / c).sum();
            let ratio = cells[0] * cells[3] / (cells[1] * cells[2]);
            on_log_scale("ad/bc", "1/a + 1/b + 1/c + 1/d", ratio, inside, level)
        }
        ContrastMethod::OddsMnScore => odds_score(&two, limits),
        ContrastMethod::OddsExact => odds_exact(&two, limits),
        ContrastMethod::RateRatio => rate_ratio(&two, limits),
        ContrastMethod::RateRatioScore => rate_ratio_score(&two, limits),
        ContrastMethod::RateDifference => rate_difference(&two, limits),
        ContrastMethod::RatioLog | ContrastMethod::RatioDifference => by_student(method, found, level),
    });
    out
}

fn shares(two: &Two) -> String {
    let Two { x1, n1, x2, n2 } = *two;
    let [x1, n1, x2, n2, p1, p2] = [x1, n1, x2, n2, x1 / n1, x2 / n2].map(text);
    format!("p1 = {x1}/{n1} = {p1}, p2 = {x2}/{n2} = {p2}")
}

/// The score at both limits, which is the critical value there.
fn score(two: &Two, limits: [f64; 2], factor: f64) -> Vec<String> {
    let apart = two.x1 / two.n1 - two.x2 / two.n2;
    let mut out = vec![format!("{}, d = {}", shares(two), text(apart))];
    for limit in limits {
        let [x1, n1, x2, n2] = [two.x1, two.n1, two.x2, two.n2].map(whole);
        let Ok((p1, p2, variance)) = constrained_shares(x1, n1, x2, n2, limit) else { continue };
        let variance = variance * factor;
        out.push(format!(
            "at {}: most likely shares {} and {}, V = {}, (d - {})/√V = {}",
            text(limit),
            text(p1),
            text(p2),
            text(variance),
            text(limit),
            text((apart - limit) / variance.sqrt())
        ));
    }
    out
}

fn newcombe(two: &Two, level: f64, of: fn(u64, u64, f64) -> Outcome) -> Vec<String> {
    let limits = |x: f64, n: f64| of(whole(x), whole(n), level).ok()?.interval;
    let (Some(one), Some(other)) = (limits(two.x1, two.n1), limits(two.x2, two.n2)) else {
        return Vec::new();
    };
    let (p1, p2) = (two.x1 / two.n1, two.x2 / two.n2);
    let below = (p1 - one.lower).hypot(other.upper - p2);
    let above = (one.upper - p1).hypot(p2 - other.lower);
    vec![
        shares(two),
        format!(
            "limits of each: {} to {} and {} to {}",
            text(one.lower),
            text(one.upper),
            text(other.lower),
            text(other.upper)
        ),
        format!("√((p1 - l1)² + (u2 - p2)²) = {}, √((u1 - p1)² + (p2 - l2)²) = {}", text(below), text(above)),
    ]
}

fn agresti_caffo(two: &Two, level: f64) -> Vec<String> {
    let z = normal_critical(level);
    let (n1, n2) = (two.n1 + 2.0, two.n2 + 2.0);
    let (p1, p2) = ((two.x1 + 1.0) / n1, (two.x2 + 1.0) / n2);
    let inside = p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2;
    vec![
        format!("with one success and one failure more: p1 = {}, p2 = {}", text(p1), text(p2)),
        format!(
            "{} ± {} × √{} = {} ± {}",
            text(p1 - p2),
            text(z),
            text(inside),
            text(p1 - p2),
            text(z * inside.sqrt())
        ),
    ]
}

/// `estimate exp(± z √inside)`.
fn on_log_scale(what: &str, formula: &str, ratio: f64, inside: f64, level: f64) -> Vec<String> {
    let z = normal_critical(level);
    vec![
        format!("{what} = {}, {formula} = {}, z = {}", text(ratio), text(inside), text(z)),
        format!("exp(z √{}) = {}", text(inside), text((z * inside.sqrt()).exp())),
    ]
}

/// The score of a ratio θ at both limits.
fn ratio_score(two: &Two, limits: [f64; 2], factor: f64) -> Vec<String> {
    let Two { x1, n1, x2, n2 } = *two;
    let (p1, p2) = (x1 / n1, x2 / n2);
    let mut out = vec![format!("{}, p1/p2 = {}", shares(two), text(p1 / p2))];
    for theta in limits.into_iter().filter(|theta| theta.is_finite() && *theta > 0.0) {
        // a p2² - b p2 + c = 0, of which the smaller root is the likelihood's.
        let (a, b, c) = ((n1 + n2) * theta, n1 * theta + x1 + n2 + x2 * theta, x1 + x2);
        let q2 = 2.0 * c / (b + (b * b - 4.0 * a * c).max(0.0).sqrt());
        let q1 = theta * q2;
        let variance = (q1 * (1.0 - q1) / n1 + theta * theta * q2 * (1.0 - q2) / n2) * factor;
        out.push(format!(
            "at {}: most likely shares {} and {}, V = {}, (p1 - {} p2)/√V = {}",
            text(theta),
            text(q1),
            text(q2),
            text(variance),
            text(theta),
            text((p1 - theta * p2) / variance.sqrt())
        ));
    }
    out
}

/// The score of an odds ratio ψ at both limits.
fn odds_score(two: &Two, limits: [f64; 2]) -> Vec<String> {
    let Two { x1, n1, x2, n2 } = *two;
    let mut out = vec![shares(two)];
    for psi in limits.into_iter().filter(|psi| psi.is_finite() && *psi > 0.0) {
        // The successes stay together: n1 p1 + n2 p2 = x1 + x2 with p1/(1 - p1) = ψ p2/(1 - p2).
        let m = x1 + x2;
        let (a, b, c) = (n2 * (psi - 1.0), n1 * psi + n2 - m * (psi - 1.0), -m);
        let q2 = -2.0 * c / (b + (b * b - 4.0 * a * c).max(0.0).sqrt());
        let q1 = psi * q2 / (1.0 + (psi - 1.0) * q2);
        let spread = 1.0 / (n1 * q1 * (1.0 - q1)) + 1.0 / (n2 * q2 * (1.0 - q2));
        let all = n1 + n2;
        let z = (x1 - n1 * q1) * spread.sqrt() * ((all - 1.0) / all).sqrt();
        out.push(format!(
            "at {}: most likely shares {} and {}, z = {}",
            text(psi),
            text(q1),
            text(q2),
            text(z)
        ));
    }
    out
}

/// Both limits put into the two tails of the noncentral hypergeometric distribution.
fn odds_exact(two: &Two, [lower, upper]: [f64; 2]) -> Vec<String> {
    let [x1, n1, x2, n2] = [two.x1, two.n1, two.x2, two.n2].map(whole);
    let m = x1 + x2;
    let (first, last) = (m.saturating_sub(n2), n1.min(m));
    let ways = |n: u64, k: u64| (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product::<f64>();
    let mass = |k: u64, psi: f64| ways(n1, k) * ways(n2, m - k) * psi.powi(k as i32);
    let tail = |psi: f64, from: u64, to: u64| {
        let all: f64 = (first..=last).map(|k| mass(k, psi)).sum();
        (from..=to).map(|k| mass(k, psi)).sum::<f64>() / all
    };
    let mut out = vec![format!("{m} successes in all, of whom {x1} in the first group")];
    if lower > 0.0 {
        out.push(format!("at {}: P({x1}) + P(more) = {}", text(lower), text(tail(lower, x1, last))));
    }
    if upper.is_finite() {
        out.push(format!("at {}: P({x1}) + P(fewer) = {}", text(upper), text(tail(upper, first, x1))));
    }
    out
}

/// The share of all events that the first site has under a ratio of rates.
fn share_under(two: &Two, theta: f64) -> f64 {
    theta * two.n1 / (theta * two.n1 + two.n2)
}

fn rate_ratio(two: &Two, [lower, upper]: [f64; 2]) -> Vec<String> {
    let (x1, all) = (whole(two.x1), whole(two.x1 + two.x2));
    let mut out = vec![format!("{x1} of {all} events, in {} of {}", text(two.n1), text(two.n1 + two.n2))];
    if lower > 0.0 {
        let p = share_under(two, lower);
        let tail: f64 = (x1..=all).map(|k| binomial_mass(k, all, p)).sum();
        out.push(format!("at {}: share {}, P({x1}) + P(more) = {}", text(lower), text(p), text(tail)));
    }
    if upper.is_finite() {
        let p = share_under(two, upper);
        let tail: f64 = (0..=x1).map(|k| binomial_mass(k, all, p)).sum();
        out.push(format!("at {}: share {}, P({x1}) + P(fewer) = {}", text(upper), text(p), text(tail)));
    }
    out
}

fn rate_ratio_score(two: &Two, limits: [f64; 2]) -> Vec<String> {
    let all = two.x1 + two.x2;
    let seen = two.x1 / all;
    let mut out = vec![format!("share of the events {} of {} = {}", text(two.x1), text(all), text(seen))];
    for theta in limits.into_iter().filter(|theta| theta.is_finite() && *theta > 0.0) {
        let p = share_under(two, theta);
        let z = (seen - p) / (p * (1.0 - p) / all).sqrt();
        out.push(format!("at {}: share {}, z = {}", text(theta), text(p), text(z)));
    }
    out
}

fn rate_difference(two: &Two, limits: [f64; 2]) -> Vec<String> {
    let Two { x1, n1: t1, x2, n2: t2 } = *two;
    let apart = x1 / t1 - x2 / t2;
    let mut out = vec![format!("{}/{} - {}/{} = {}", text(x1), text(t1), text(x2), text(t2), text(apart))];
    for delta in limits {
        // (t1 + t2) λ2² + ((t1 + t2) δ - x1 - x2) λ2 - x2 δ = 0
        let all = t1 + t2;
        let b = all * delta - x1 - x2;
        let r2 = (-b + (b * b + 4.0 * all * x2 * delta).max(0.0).sqrt()) / (2.0 * all);
        let r1 = r2 + delta;
        let z = (apart - delta) / (r1 / t1 + r2 / t2).sqrt();
        out.push(format!(
            "at {}: most likely rates {} and {}, z = {}",
            text(delta),
            text(r1),
            text(r2),
            text(z)
        ));
    }
    out
}

/// `estimate ± t error`, on the log scale for a ratio.
fn by_student(method: ContrastMethod, found: &ContrastFigures, level: f64) -> Vec<String> {
    let (Some(error), Some(df)) = (found.std_error(), found.df()) else { return Vec::new() };
    let t = student_critical(level, df);
    let reach = match method {
        ContrastMethod::RatioLog => {
            format!("exp(t × error of the logarithm) = {}", text((t * error / found.value()).exp()))
        }
        _ => format!("t × error = {}", text(t * error)),
    };
    vec![format!("error = {}, df = {}, t = {}", text(error), text(df), text(t)), reach]
}

fn in_words(method: ContrastMethod) -> &'static str {
    match method {
        ContrastMethod::MnScore => {
            "the differences that a score test with the factor N/(N - 1) does not reject"
        }
        ContrastMethod::MeeScore => "the differences that a score test does not reject",
        ContrastMethod::Newcombe => "put together from the Wilson limits of the two shares",
        ContrastMethod::NewcombeCorrected => {
            "put together from the Wilson limits with continuity correction of the two shares"
        }
        ContrastMethod::AgrestiCaffo => {
            "d ± z √(p1(1 - p1)/n1 + p2(1 - p2)/n2) after adding one success and one failure to each"
        }
        ContrastMethod::RatioMnScore => {
            "the ratios that a score test with the factor N/(N - 1) does not reject"
        }
        ContrastMethod::RatioKoopman => "the ratios that a score test does not reject",
        ContrastMethod::RatioKatz => "p1/p2 × exp(± z √(1/x1 - 1/n1 + 1/x2 - 1/n2))",
        ContrastMethod::OddsMnScore => "the odds ratios that a score test does not reject",
        ContrastMethod::OddsWoolf => "ad/bc × exp(± z √(1/a + 1/b + 1/c + 1/d))",
        ContrastMethod::OddsExact => {
            "the odds ratios under which, given all successes, so many or more, and so few or fewer, in the first group are not rarer than half of what the level leaves"
        }
        ContrastMethod::RatioLog => {
            "R1/R2 × exp(± t √(v1/R1² + v2/R2²)) with the degrees of freedom of Welch and Satterthwaite"
        }
        ContrastMethod::RatioDifference => {
            "R1 - R2 ± t √(v1 + v2) with the degrees of freedom of Welch and Satterthwaite"
        }
        ContrastMethod::RateRatio => {
            "given all events, those of the first site are a share of them, whose exact limits are turned into a ratio of rates"
        }
        ContrastMethod::RateRatioScore => {
            "given all events, those of the first site are a share of them, whose Wilson limits are turned into a ratio of rates"
        }
        ContrastMethod::RateDifference => "the differences of rates that a score test does not reject",
    }
}
