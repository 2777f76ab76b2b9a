//! The estimators against the Python packages that people use for the same numbers.
//!
//! `cargo run -p groundwork-stats --example beside_python -- PYTHON` draws data, computes with this
//! crate on one thread, runs `reference.py` on the same data with that Python (`python3` unless
//! given) and one thread, and prints times and differences beside each other. The README beside
//! this file says how to install the packages, and what was found.

mod data;

use data::{Data, write};
use groundwork_stats::estimators::bootstrap_clusters::{Reading, bootstrap_clusters};
use groundwork_stats::estimators::cluster_robust::{ClusterDf, Clustered, cluster_robust};
use groundwork_stats::estimators::cluster_sums::ClusterSums;
use groundwork_stats::estimators::kaplan_meier::{Scale, kaplan_meier};
use groundwork_stats::estimators::least_squares::least_squares;
use groundwork_stats::estimators::meta_analysis::{MeanError, pool};
use groundwork_stats::estimators::meta_tau2::Tau2;
use groundwork_stats::estimators::risk_table::RiskTable;
use groundwork_stats::estimators::wild_cluster_bootstrap::{Draws, wild_cluster_bootstrap};
use groundwork_stats::linalg::Design;
use groundwork_stats::{Estimate, Refusal};
use serde_json::Value;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

const SEED: [u8; 32] = [7; 32];

/// One computation, as it went here.
struct Case {
    what: &'static str,
    seconds: f64,
    numbers: Vec<(&'static str, f64)>,
    /// The names of the computations of `reference.py` that it is held against.
    against: &'static [&'static str],
}

fn main() -> ExitCode {
    let python = std::env::args().nth(1).unwrap_or_else(|| "python3".to_string());
    let folder = std::env::temp_dir().join(format!("groundwork-benchmark-{}", std::process::id()));
    let done = std::fs::create_dir_all(&folder).map_err(Into::into).and_then(|()| run(&python, &folder));
    // What is left of a failed run is named below.
    let cleared = std::fs::remove_dir_all(&folder);
    if let Err(problem) = done {
        eprintln!("{problem}");
        return ExitCode::from(2);
    }
    if let Err(problem) = cleared {
        eprintln!("{} is left behind: {problem}", folder.display());
    }
    ExitCode::SUCCESS
}

fn run(python: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let data = Data::draw();
    data.write(folder)?;
    let cases = computed(&data, folder)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/beside_python/reference.py");
    let reference = reference(python, &script, folder)?;
    print(&cases, &reference)
}

/// Every computation with this crate.
fn computed(data: &Data, folder: &Path) -> Result<Vec<Case>, Box<dyn Error>> {
    let [y, x] = &data.clusters;
    let bootstrap = || {
        let drawn = bootstrap_clusters(&ClusterSums::new(y, x, 1000)?, &SEED, 10_000)?;
        let limits = drawn.bca(0.95, Reading::Type7)?;
        Ok((drawn, limits))
    };
    let bca = measured("BCa, 10,000 resamples of 1,000 clusters", &["bca"], bootstrap, |(drawn, bca)| {
        let mut numbers = vec![("ratio", bca.value), ("std_error", drawn.std_error())];
        numbers.extend(limits(bca));
        numbers
    })?;
    // The same resamples for the other side.
    write(&folder.join("resampled-ratios"), bootstrap()?.0.resampled())?;

    let [outcome, treated, covariate] = &data.rows;
    let wild = measured(
        "wild cluster bootstrap, 65,536 sign vectors",
        &["wild", "wild.numpy"],
        || {
            let design = Design::new(outcome.len(), &[treated, covariate])?;
            let fit = least_squares(outcome, &design, None)?;
            let draws = Draws { seed: SEED, number: 0 };
            wild_cluster_bootstrap(&fit.scores(&design)?, &data.rows_cluster, 1, 0.95, draws)
        },
        |found| tested(&found.estimate),
    )?;

    let curve = |what, against, times: &[f64]| {
        measured(
            what,
            against,
            || {
                let table = RiskTable::from_rows(times, &data.event, 1, None)?;
                let curve = kaplan_meier(&table, 0.95, Scale::LogLog)?;
                Ok((curve.survival_at(900.0)?, curve.quantile(0.5)?.time))
            },
            |(survival, median)| {
                let mut numbers = vec![("survival", survival.value)];
                numbers.extend(limits(survival));
                numbers.extend(median.map(|median| ("median", median)));
                numbers
            },
        )
    };
    let days = curve("Kaplan–Meier, 1,000,000 rows, whole days", &["km.days"], &data.days)?;
    let fractions =
        curve("Kaplan–Meier, 1,000,000 rows, fractions of days", &["km.fractions"], &data.fractions)?;

    let columns: Vec<&[f64]> = data.design.iter().map(Vec::as_slice).collect();
    let regression = measured(
        "cluster-robust regression, 1,000,000 × 20",
        &["regression", "regression.numpy"],
        || {
            let design = Design::new(data.target.len(), &columns)?;
            let fit = least_squares(&data.target, &design, None)?;
            let scores = fit.scores(&design)?;
            let robust =
                cluster_robust(&scores, &data.target_cluster, Clustered::Cr1s, ClusterDf::Clusters, 0.95)?;
            robust.coefficients.into_iter().collect::<Result<Vec<_>, _>>()
        },
        |coefficients| {
            let mut numbers = vec![("coefficient", coefficients[1].value)];
            numbers.extend(coefficients[1].std_error.map(|error| ("std_error", error)));
            numbers.extend(coefficients[1].p_value.map(|p| ("p_value", p)));
            numbers.extend(coefficients[19].std_error.map(|error| ("last std_error", error)));
            numbers
        },
    )?;

    let pooled = |what, against, how| {
        measured(
            what,
            against,
            || {
                let pooled = pool(&data.values, &data.variances, how)?;
                let mean = pooled.mean_estimate(MeanError::Guarded, 0.95)?;
                Ok((pooled.tau2, mean))
            },
            |(tau2, mean)| {
                let mut numbers = vec![("tau2", *tau2), ("mean", mean.value)];
                numbers.extend(mean.std_error.map(|error| ("std_error", error)));
                numbers
            },
        )
    };
    let reml = pooled("REML, 1,000 studies", &["reml", "reml.scipy"], Tau2::RestrictedLikelihood)?;
    let moments = pooled("Paule–Mandel, 1,000 studies", &["paule-mandel"], Tau2::PauleMandel)?;
    Ok(vec![bca, wild, days, fractions, regression, reml, moments])
}

fn limits(estimate: &Estimate) -> Vec<(&'static str, f64)> {
    let limits = estimate.interval.map(|i| [("lower", i.lower), ("upper", i.upper)]);
    limits.into_iter().flatten().collect()
}

fn tested(estimate: &Estimate) -> Vec<(&'static str, f64)> {
    let numbers = [("statistic", estimate.statistic), ("p_value", estimate.p_value)];
    numbers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Runs a computation once to warm up, then three times and for a second at least; the time is
/// what a run took of the processor on average, as in `reference.py`.
fn measured<T>(
    what: &'static str,
    against: &'static [&'static str],
    compute: impl Fn() -> Result<T, Refusal>,
    numbers: impl Fn(&T) -> Vec<(&'static str, f64)>,
) -> Result<Case, Refusal> {
    let mut found = compute()?;
    let (mut runs, mut next, clock) = (0_u32, 3, Clock::start());
    // The clock is read rarely, as reading it takes a while.
    while clock.seconds() < 1.0 {
        for _ in 0..next {
            found = std::hint::black_box(compute())?;
        }
        runs += next;
        next = runs;
    }
    Ok(Case { what, seconds: clock.seconds() / f64::from(runs), numbers: numbers(&found), against })
}

/// Time on the processor, which other work on the machine does not lengthen; where the system
/// does not tell it, the time on the wall.
struct Clock {
    wall: Instant,
    processor: Option<f64>,
}

impl Clock {
    fn start() -> Self {
        Self { wall: Instant::now(), processor: Self::processor() }
    }

    fn seconds(&self) -> f64 {
        match (self.processor, Self::processor()) {
            (Some(before), Some(now)) => now - before,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }

    /// Seconds that this thread has run, from Linux.
    fn processor() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
        Some(1e-9 * nanoseconds)
    }
}

/// Runs the Python side.
fn reference(python: &str, script: &Path, folder: &Path) -> Result<Value, Box<dyn Error>> {
    let output = Command::new(PathBuf::from(python)).arg(script).arg(folder).output();
    let output = output.map_err(|problem| format!("`{python}` does not start: {problem}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "{said}\n`{python}` ended with {}; the README says which packages it needs",
            output.status
        )
        .into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn print(cases: &[Case], reference: &Value) -> Result<(), Box<dyn Error>> {
    let versions = reference["versions"].as_object().ok_or("no versions")?;
    let versions: Vec<String> = versions
        .iter()
        .map(|(name, version)| format!("{name} {}", version.as_str().unwrap_or("?")))
        .collect();
    println!(
        "groundwork-stats {} (dev profile of this workspace); {}; one thread each, time on the processor\n",
        env!("CARGO_PKG_VERSION"),
        versions.join(", ")
    );
    println!("| what | reference | its time | ours | times as fast | largest difference |");
    println!("|---|---|---|---|---|---|");
    for case in cases {
        for name in case.against {
            let other = &reference["cases"][name];
            let seconds = other["seconds"].as_f64().ok_or_else(|| format!("{name} was not computed"))?;
            println!(
                "| {} | {} | {} | {} | {:.1} | {} |",
                case.what,
                other["reference"].as_str().unwrap_or("?"),
                time(seconds),
                time(case.seconds),
                seconds / case.seconds,
                difference(case, &other["numbers"])
                    .ok_or_else(|| format!("{name} has no number in common"))?,
            );
        }
    }
    Ok(())
}

fn time(seconds: f64) -> String {
    if seconds < 1e-3 { format!("{:.0} µs", 1e6 * seconds) } else { format!("{:.1} ms", 1e3 * seconds) }
}

/// The largest relative difference of the numbers that both sides give, and whose.
fn difference(case: &Case, other: &Value) -> Option<String> {
    let mut largest: Option<(f64, &str)> = None;
    for (name, ours) in &case.numbers {
        let Some(theirs) = other[*name].as_f64() else { continue };
        let apart = (ours - theirs).abs() / theirs.abs().max(f64::MIN_POSITIVE);
        if largest.is_none_or(|(most, _)| apart > most) {
            largest = Some((apart, name));
        }
    }
    largest.map(|(apart, name)| format!("{apart:.0e} ({name})"))
}
