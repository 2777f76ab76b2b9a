//! How long a run takes and how much memory it needs, as the data grows.
//!
//! `cargo run --bin benchmark -- 1 10 100` draws a programme at each scale, writes its exports,
//! runs `groundwork run` on them in a process of its own, once with one thread and once with
//! every thread of the machine, and prints both beside each other: wall time, peak memory, and
//! rows a second. Nothing is compared with another program here.
//!
//! `cargo run --bin benchmark -- one-pass 10000000` counts one indicator and forty over one source
//! of so many rows; see `one_pass.rs`. `-- long-report` sets a report of some seventy pages and forty
//! charts, and again after an edit. `-- rerun` runs each example whole, and again after a change; see
//! `rerun.rs`. `-- read 10000000` reads a CSV file of so many rows beside
//! DuckDB's own reader; see `reading.rs`. `-- beside 10000000` goes the whole way from a CSV file of so
//! many rows to the report, beside scripts that do the same; see `beside.rs`. `-- growth 10000 100000` shows
//! how time and memory grow, and draws it in `growth.svg`; see `growth.rs`. `-- engine 1000000 10000000` has
//! an engine count the same rows, and says from which size on it is the quicker one; see `break_even.rs`.

use groundwork_samples::{DEFAULT_SEED, Programme, write};
use groundwork_tests::program::timed;
use groundwork_tests::{beside, break_even, growth, long_report, one_pass, reading, rerun};
use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    match measured() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn rows_of(sizes: &[String]) -> Result<Vec<u64>, String> {
    sizes.iter().map(|size| size.parse().map_err(|_| format!("`{size}` is no number of rows"))).collect()
}

fn measured() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let program = std::env::current_exe()?.with_file_name("groundwork");
    if !program.is_file() {
        return Err("`groundwork` is not built; run `cargo build --workspace` first".into());
    }
    if let [mode, rows] = arguments.as_slice()
        && mode == "one-pass"
    {
        print!("{}", one_pass::measured(&program, rows.parse()?)?);
        return Ok(());
    }
    if let [mode, rows] = arguments.as_slice()
        && mode == "read"
    {
        print!("{}", reading::measured(&program, rows.parse()?)?);
        return Ok(());
    }
    if let [mode, rows] = arguments.as_slice()
        && mode == "beside"
    {
        print!("{}", beside::measured(&program, rows.parse()?)?);
        return Ok(());
    }
    if let [mode, sizes @ ..] = arguments.as_slice()
        && mode == "growth"
    {
        let (table, chart) = growth::measured(&program, &rows_of(sizes)?)?;
        print!("{table}");
        std::fs::write("growth.svg", chart)?;
        return Ok(());
    }
    if let [mode, sizes @ ..] = arguments.as_slice()
        && mode == "engine"
    {
        print!("{}", break_even::measured(&program, &rows_of(sizes)?)?);
        return Ok(());
    }
    if arguments == ["long-report"] {
        print!("{}", long_report::measured(&program)?);
        return Ok(());
    }
    if arguments == ["rerun"] {
        print!("{}", rerun::measured(&program)?);
        return Ok(());
    }
    let scales: Vec<u32> = arguments
        .iter()
        .map(|a| a.parse().map_err(|_| format!("`{a}` is no scale; example: benchmark 1 10 100")))
        .collect::<Result<_, String>>()?;
    let scales = if scales.is_empty() { vec![1, 10, 100] } else { scales };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "groundwork {}, {cores} threads at most, dev profile of this workspace",
        env!("CARGO_PKG_VERSION")
    );
    println!(
        "| scale | attendance rows | export files | threads | time | peak memory | attendance rows a second |"
    );
    println!("|---|---|---|---|---|---|---|");
    for scale in scales {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data-samples");
        let written = write(&Programme::draw(DEFAULT_SEED, scale), &data)?;
        let rows = written.rows.attendance;
        let pipelines = folder.path().join("pipelines");
        std::fs::create_dir(&pipelines)?;
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pipelines/prevention.yaml");
        let pipeline = pipelines.join("prevention.yaml");
        std::fs::copy(sample, &pipeline)?;
        for threads in [1, cores] {
            let mut command = Command::new(&program);
            command.arg("run").arg(&pipeline).args(["--afresh", "--out"]).arg(folder.path().join("out"));
            let run = timed(command.args(["--threads", &threads.to_string()]))?;
            let (seconds, peak) = (run.seconds, run.peak_mb);
            println!(
                "| {scale} | {rows} | {} | {threads} | {seconds:.2} s | {peak} MB | {:.0} |",
                written.files.len(),
                rows as f64 / seconds
            );
            if cores == 1 {
                break;
            }
        }
    }
    Ok(())
}
