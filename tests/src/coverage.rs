//! Coverage: how often the 95 % intervals hold the parameter that the data was drawn from.
//!
//! Statistics only: programmes are drawn in memory, the estimators get their counts, no report is
//! made. Wilson's interval has to cover as often as its coverage enumerated over the binomial
//! distribution says; the others in at least 93 % of the programmes. Each is held against the
//! exact binomial band of the simulation itself: the central 99.9 % of what a method with the
//! stated coverage would give in so many programmes.

use groundwork_samples::Programme;
use groundwork_samples::calendar::QUARTERS;
use groundwork_samples::design::{
    COMPLETED_PERMILLE, SELF_SUFFICIENT_PERMILLE, SITES, Site, VOLUNTEER_REACH,
};
use groundwork_stats::special::beta_regularised;
use groundwork_stats::{
    ClusteredRatio, Interval, Outcome, difference_miettinen_nurminen, proportion_wilson, ratio_contrast_log,
    ratio_linearised_log, wilson_coverage,
};
use libtest_mimic::{Failed, Trial};
use std::fmt::Write as _;

/// Programmes drawn.
const SEEDS: u64 = 2000;
const LEVEL: f64 = 0.95;
/// What every interval but Wilson's has to reach.
const AT_LEAST: f64 = 0.93;
/// The part of the simulation's own distribution that lies outside the band.
const OUTSIDE: f64 = 0.001;

/// The one test of this file.
pub fn trials() -> Vec<Trial> {
    vec![Trial::test("coverage: intervals hold the drawn parameter as often as they should", || {
        let report = simulate(SEEDS).map_err(Failed::from)?;
        println!("{}", report.text);
        if report.failures.is_empty() { Ok(()) } else { Err(Failed::from(report.failures.join("\n"))) }
    })]
}

/// What a simulation found.
pub struct Report {
    /// A table, as Markdown.
    pub text: String,
    /// What did not hold.
    pub failures: Vec<String>,
}

#[derive(Default)]
struct Tally {
    held: u64,
    refused: u64,
    expected: Option<f64>,
}

impl Tally {
    fn take(&mut self, outcome: &Outcome, parameter: f64) {
        match outcome.as_ref().ok().and_then(|e| e.interval) {
            Some(interval) if holds(interval, parameter) => self.held += 1,
            Some(_) => {}
            None => self.refused += 1,
        }
    }
}

fn holds(interval: Interval, parameter: f64) -> bool {
    interval.lower <= parameter && parameter <= interval.upper
}

/// Draws programmes and counts how often intervals hold their parameter.
pub fn simulate(seeds: u64) -> Result<Report, String> {
    let quarter = QUARTERS - 1;
    let period = groundwork_samples::calendar::quarter_label(quarter);
    let mut rows: Vec<(String, Tally)> = Vec::new();
    for seed in 0..seeds {
        let programme = Programme::draw(seed, 1);
        let counts = programme.counts();
        let mut at = 0;
        let mut tally = |name: String, outcome: &Outcome, parameter: f64, expected: Option<f64>| {
            if rows.len() <= at {
                rows.push((name, Tally { expected, ..Tally::default() }));
            }
            rows[at].1.take(outcome, parameter);
            at += 1;
        };
        let mut shares: Vec<[(u64, u64); 2]> = Vec::new();
        for site in SITES {
            let family = counts
                .livelihood_self_sufficiency
                .iter()
                .find(|c| c.site == site.key() && c.period == period)
                .ok_or("no count of families")?;
            let child = counts
                .registration_completion
                .iter()
                .find(|c| c.site == site.key() && c.period == period)
                .ok_or("no count of children")?;
            shares.push([
                (family.self_sufficient.into(), family.families_long_enough.into()),
                (child.completed.into(), child.mature.into()),
            ]);
        }
        let parameters = [SELF_SUFFICIENT_PERMILLE, COMPLETED_PERMILLE].map(|p| p.map(|v| v as f64 / 1000.0));
        for (which, name) in
            ["livelihood_self_sufficiency", "registration_completion"].into_iter().enumerate()
        {
            for (s, site) in SITES.into_iter().enumerate() {
                let (x, n) = shares[s][which];
                let p = parameters[which][s];
                let expected = wilson_coverage(n, p, LEVEL).map_err(|r| r.to_string())?;
                tally(
                    format!("{name} | {} | wilson", site.key()),
                    &proportion_wilson(x, n, LEVEL),
                    p,
                    Some(expected),
                );
            }
            let ((x1, n1), (x2, n2)) = (shares[1][which], shares[0][which]);
            let difference = parameters[which][1] - parameters[which][0];
            let outcome = difference_miettinen_nurminen(x1, n1, x2, n2, LEVEL);
            tally(format!("{name} | nan − chiang_rai | mn.score"), &outcome, difference, None);
        }
        let mut ratios = Vec::new();
        for site in SITES {
            let y: Vec<f64> =
                programme.reached_per_volunteer(site, quarter).iter().map(|y| f64::from(*y)).collect();
            let x = vec![1.0; y.len()];
            let ratio =
                ClusteredRatio::from_cluster_sums(&y, &x, y.len() as u64).map_err(|r| r.to_string())?;
            let outcome = ratio_linearised_log(&ratio, LEVEL);
            tally(
                format!("volunteer_multiplier | {} | ratio.linearised.log", site.key()),
                &outcome,
                mean(site, quarter),
                None,
            );
            ratios.push(ratio);
        }
        let parameter = mean(Site::Nan, quarter) / mean(Site::ChiangRai, quarter);
        let outcome = ratio_contrast_log(&ratios[1], &ratios[0], LEVEL);
        tally(
            "volunteer_multiplier | nan ÷ chiang_rai | ratio.contrast.log".into(),
            &outcome,
            parameter,
            None,
        );
    }
    Ok(reported(&rows, seeds, period))
}

fn mean(site: Site, quarter: usize) -> f64 {
    VOLUNTEER_REACH[site.index()][quarter].mean()
}

fn reported(rows: &[(String, Tally)], seeds: u64, period: &str) -> Report {
    let mut text = format!(
        "95 % intervals over {seeds} programmes (seeds 0 to {}, scale 1, {period}):\n\n| indicator | site | method | held | band of the simulation | should hold | refused |\n|---|---|---|---|---|---|---|\n",
        seeds - 1
    );
    let mut failures = Vec::new();
    for (name, tally) in rows {
        let share = tally.held as f64 / seeds as f64;
        let should = tally.expected.unwrap_or(AT_LEAST);
        let (low, high) = band(seeds, should);
        let good = match tally.expected {
            Some(_) => (low..=high).contains(&share),
            None => share >= low,
        };
        let sign = if tally.expected.is_some() { "" } else { "≥ " };
        let _ = writeln!(
            text,
            "| {name} | {:.2} % | {:.2}–{:.2} % | {sign}{:.2} % | {} |",
            100.0 * share,
            100.0 * low,
            100.0 * high,
            100.0 * should,
            tally.refused
        );
        if !good {
            failures.push(format!(
                "{name}: held in {share:.4}, should be {sign}{should:.4} ({low:.4} to {high:.4})"
            ));
        }
    }
    Report { text, failures }
}

/// The smallest and the largest share of successes that are not in the outer tails of a binomial
/// distribution, by its exact distribution function.
pub(crate) fn band(n: u64, p: f64) -> (f64, f64) {
    // P(X ≤ k) = I_{1−p}(n − k, k + 1)
    let below = |k: u64| if k >= n { 1.0 } else { beta_regularised((n - k) as f64, k as f64 + 1.0, 1.0 - p) };
    let low = (0..=n).find(|k| below(*k) > OUTSIDE / 2.0).unwrap_or(0);
    let high = (0..=n).find(|k| below(*k) >= 1.0 - OUTSIDE / 2.0).unwrap_or(n);
    (low as f64 / n as f64, high as f64 / n as f64)
}
