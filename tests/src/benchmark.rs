//! How long a run takes and how much memory it needs, as the data grows.
//!
//! `cargo run --bin benchmark -- 1 10 100` draws a programme at each scale, writes its exports,
//! runs `groundwork run` on them in a process of its own, once with one thread and once with
//! every thread of the machine, and prints both beside each other: wall time, peak memory, and
//! rows a second. Nothing is compared with another program here.

use groundwork_samples::{DEFAULT_SEED, Programme, write};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    match measured() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn measured() -> Result<(), Box<dyn Error>> {
    let scales: Vec<u32> = std::env::args()
        .skip(1)
        .map(|a| a.parse().map_err(|_| format!("`{a}` is no scale; example: benchmark 1 10 100")))
        .collect::<Result<_, String>>()?;
    let scales = if scales.is_empty() { vec![1, 10, 100] } else { scales };
    let program = std::env::current_exe()?.with_file_name("groundwork");
    if !program.is_file() {
        return Err("`groundwork` is not built; run `cargo build --workspace` first".into());
    }
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
            let (time, peak) = run(&program, &pipeline, &folder.path().join("out"), threads)?;
            let seconds = time.as_secs_f64();
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

/// Runs the whole way; gives wall time and peak memory in MB.
fn run(
    program: &PathBuf,
    pipeline: &Path,
    out: &Path,
    threads: usize,
) -> Result<(Duration, u64), Box<dyn Error>> {
    let begun = Instant::now();
    let mut child = Command::new(program)
        .arg("run")
        .arg(pipeline)
        .arg("--out")
        .arg(out)
        .args(["--threads", &threads.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // The kernel keeps the high-water mark; the last look before the end is the peak.
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let mark =
            status.lines().find_map(|l| l.strip_prefix("VmHWM:")).and_then(|l| l.split_whitespace().next());
        peak = peak.max(mark.and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024);
        std::thread::sleep(Duration::from_millis(10));
    };
    if !status.success() {
        return Err(format!("groundwork ended with {status}").into());
    }
    Ok((begun.elapsed(), peak))
}
