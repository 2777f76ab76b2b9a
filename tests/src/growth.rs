//! How time and memory grow with the rows: the whole way at each size, every size from Parquet, so that
//! they can be compared, and whether a step grows faster than n log n.
//!
//! A step takes `t` seconds of processors for `n` rows, which depend less on what else the machine does than
//! seconds of the wall do. Other work only adds to them, so that of several runs the least counts. Where it grows as n log n, `t / (n log2 n)` is the same at every size; where it
//! grows faster, that rises from one size to the next.

use crate::attendance::draw;
use crate::beside::{Done, Step, load_of_machine, run, steps, whole_way};
use crate::program::Timed;
use groundwork_charts::{About, ChartSite, Trend, TrendLine, TrendPanel};
use groundwork_disclosure::{Cell, CellKey, Counts, Finding, release};
use groundwork_plan::disclosure::{Audience, Policy};
use groundwork_plan::number::Unit;
use groundwork_plan::period::Period;
use groundwork_plan::text::Language;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

const FILE: &str = "attendance.parquet";

/// So many runs of each size.
const RUNS: usize = 3;

/// What was measured at one size.
struct Size {
    rows: u64,
    /// Seconds of processors in every step.
    steps: [f64; Step::ALL.len()],
    /// Seconds of processors in all.
    processor: f64,
    peak_mb: u64,
}

impl Size {
    /// Nanoseconds for n log2 n.
    fn nanoseconds(&self, seconds: f64) -> f64 {
        let rows = self.rows as f64;
        seconds * 1e9 / (rows * rows.log2())
    }
}

/// Draws and runs at each size: a table, a verdict on every step, and a chart as SVG.
pub fn measured(program: &Path, sizes: &[u64]) -> Result<(String, String), Box<dyn Error>> {
    let mut all = Vec::new();
    let mut out = format!(
        "{} threads, dev profile of this workspace, from Parquet; the least of {RUNS} runs\n\n| rows | load of the machine before |",
        std::thread::available_parallelism().map_or(1, usize::from)
    );
    for step in Step::ALL {
        _ = write!(out, " {} |", step.name());
    }
    out += " whole | a row | processors | peak memory | memory a row |\n\
            |---|---|---|---|---|---|---|---|---|---|---|---|\n";
    for rows in sizes {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        draw(&folder.join(FILE), *rows)?;
        let load = load_of_machine();
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            let kept = folder.join(".groundwork");
            if kept.exists() {
                std::fs::remove_dir_all(kept)?;
            }
            let ran = run(program, folder, &whole_way(FILE), &[])?;
            runs.push((steps(&ran), ran));
        }
        let sum = |step, of: fn(&Done) -> f64| {
            let of_run = |found: &[Done]| found.iter().filter(|d| d.step == step).map(of).sum::<f64>();
            runs.iter().map(|(found, _)| of_run(found)).fold(f64::INFINITY, f64::min)
        };
        let least = |of: fn(&Timed) -> f64| runs.iter().map(|(_, ran)| of(ran)).fold(f64::INFINITY, f64::min);
        let (seconds, processor) = (least(|ran| ran.seconds), least(|ran| ran.processor));
        let size = Size {
            rows: *rows,
            steps: Step::ALL.map(|step| sum(step, |done| done.processor)),
            processor,
            peak_mb: runs.iter().map(|(_, ran)| ran.peak_mb).max().unwrap_or_default(),
        };
        _ = write!(out, "| {rows} | {load} |");
        for step in Step::ALL {
            _ = write!(out, " {:.2} s |", sum(step, |done| done.seconds));
        }
        _ = writeln!(
            out,
            " {:.2} s | {:.2} µs | {:.2} s | {} MB | {:.0} B |",
            seconds,
            seconds * 1e6 / *rows as f64,
            size.processor,
            size.peak_mb,
            size.peak_mb as f64 * 1e6 / *rows as f64
        );
        all.push(size);
    }
    let (growth, verdict) = verdict(&all);
    out += &growth;
    _ = writeln!(out, "\n{verdict}.");
    let chart = chart(&all, verdict)?;
    Ok((out, chart))
}

/// For every step, how much faster than n log n it grew from one size to the next, as a table: above 1 is
/// faster; and what that says.
fn verdict(all: &[Size]) -> (String, String) {
    let mut out = String::from(
        "\nGrowth of the time of processors from one size to the next, as a part of that of n log n:\n\n| step |",
    );
    for pair in all.windows(2) {
        _ = write!(out, " {} to {} |", label(pair[0].rows), label(pair[1].rows));
    }
    _ = write!(out, "\n|---|{}\n", "---|".repeat(all.len().saturating_sub(1)));
    let mut faster = Vec::new();
    for (at, name) in Step::ALL.iter().map(|step| step.name()).chain(["whole"]).enumerate() {
        let seconds = |size: &Size| size.steps.get(at).copied().unwrap_or(size.processor);
        _ = write!(out, "| {name} |");
        for pair in all.windows(2) {
            let [before, after] = [&pair[0], &pair[1]].map(|size| size.nanoseconds(seconds(size)));
            _ = write!(out, " {:.2} |", after / before);
            if after > before {
                faster.push(format!("{name} from {} to {} rows", label(pair[0].rows), label(pair[1].rows)));
            }
        }
        out.push('\n');
    }
    let verdict = match faster.as_slice() {
        [] => "No step grows faster than n log n".to_owned(),
        some => format!("Faster than n log n: {}", some.join(", ")),
    };
    (out, verdict)
}

/// `10k`, `100M`.
fn label(rows: u64) -> String {
    match rows {
        1_000_000.. if rows.is_multiple_of(1_000_000) => format!("{}M", rows / 1_000_000),
        1_000.. if rows.is_multiple_of(1_000) => format!("{}k", rows / 1_000),
        _ => rows.to_string(),
    }
}

/// A panel for every step, for the whole and for its memory, over the sizes.
fn chart(all: &[Size], title: String) -> Result<String, Box<dyn Error>> {
    // The places on the axis are those of years; what is written at them is the number of rows.
    let mut periods: Vec<Period> = Period::parse("2001").into_iter().collect();
    while let (true, Some(last)) = (periods.len() < all.len(), periods.last()) {
        periods.push(last.next());
    }
    let mut cells = Vec::new();
    let mut panels = Vec::new();
    let mut panel = |title: &str, unit: &str, values: Vec<f64>| {
        let unit = Unit::Amount(unit.to_owned());
        let mut keys = Vec::new();
        for (value, period) in values.into_iter().zip(&periods) {
            let key = CellKey::total(title, "", &period.id());
            keys.push(key.clone());
            cells.push(Cell {
                key,
                numerator: value,
                denominator: None,
                immature: None,
                n: 1,
                counts: Counts::Amount,
                unit: unit.clone(),
                method: "measured",
                finding: Finding::Value { value, interval: None },
                people: false,
                partial: false,
                inputs: Vec::new(),
            });
        }
        let lines = vec![TrendLine { site: ChartSite::new("", None), cells: keys }];
        panels.push(TrendPanel { title: title.to_owned(), unit, lines });
    };
    for (at, step) in Step::ALL.iter().enumerate() {
        panel(step.name(), "ns", all.iter().map(|size| size.nanoseconds(size.steps[at])).collect());
    }
    panel("whole", "ns", all.iter().map(|size| size.nanoseconds(size.processor)).collect());
    panel("peak memory", "MB", all.iter().map(|size| size.peak_mb as f64).collect());
    let mut about = About::new(
        title,
        "nanoseconds of processors in each step divided by n log2 n, and MB, by number of rows",
        Language::En,
    );
    about.captioned = true;
    about.subtitle =
        "Nanoseconds of processors divided by n log2 n, and peak memory, by number of rows n".into();
    let labels = all.iter().map(|size| label(size.rows)).collect();
    let trend = Trend { about, periods, labels, panels, band: None, marks: Vec::new() };
    let figure = trend.draw(&release(cells, Vec::new(), &Policy::of(Audience::Internal)));
    Ok(figure.accepted().map_err(|lints| format!("the chart is refused: {lints:?}"))?.svg)
}
