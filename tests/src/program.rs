//! Starting the program under test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The variable that makes the test binary be the program.
pub const AS_PROGRAM: &str = "GROUNDWORK_PROGRAM";

/// A command that runs `groundwork` with these arguments, in a folder.
pub fn groundwork(folder: &Path, arguments: &[&str]) -> Command {
    let me = std::env::current_exe().expect("the path of this program");
    let mut command = Command::new(me);
    command.current_dir(folder).env(AS_PROGRAM, "1").args(arguments);
    command
}

/// Runs `groundwork` and waits.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    groundwork(folder, arguments).output().expect("groundwork starts")
}

/// Runs `groundwork` and demands that it is done.
pub fn done(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = run(folder, arguments);
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.code() {
        Some(0) => Ok(out),
        code => Err(format!(
            "groundwork {arguments:?} ended with {code:?}\n{out}{}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

/// The top of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository").to_owned()
}

/// The files of a folder, by their path in it.
///
/// # Errors
/// A folder or a file that cannot be read.
pub fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut out = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).map_err(|e| e.to_string())?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).map_err(|e| e.to_string())?.to_string_lossy().into_owned();
            out.insert(name, std::fs::read(&path).map_err(|e| e.to_string())?);
        }
    }
    Ok(out)
}

/// A run that was measured.
pub struct Timed {
    /// Wall time.
    pub seconds: f64,
    /// Time of processors, seconds: it says less of what else the machine did.
    pub processor: f64,
    /// Peak memory, MB.
    pub peak_mb: u64,
    /// What it said on standard error.
    pub said: String,
    /// The time of processors that it had had when it said each line.
    pub said_at: Vec<f64>,
}

/// Runs a command and measures it.
pub fn timed(command: &mut Command) -> Result<Timed, String> {
    let begun = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{}: {e}", command.get_program().display()))?;
    let stderr = child.stderr.take().ok_or("no standard error")?;
    let id = child.id();
    let said = std::thread::spawn(move || {
        let (mut text, mut at) = (String::new(), Vec::new());
        for line in BufReader::new(stderr).lines() {
            at.push(processor_seconds(id).or(at.last().copied()).unwrap_or(0.0));
            text.push_str(&line?);
            text.push('\n');
        }
        Ok::<_, std::io::Error>((text, at))
    });
    let (mut peak_mb, mut processor) = (0, 0.0_f64);
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            break status;
        }
        // The kernel keeps the high-water mark; the last look before the end is the peak.
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let mark =
            status.lines().find_map(|l| l.strip_prefix("VmHWM:")).and_then(|l| l.split_whitespace().next());
        peak_mb = peak_mb.max(mark.and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024);
        processor = processor.max(processor_seconds(id).unwrap_or(0.0));
        std::thread::sleep(Duration::from_millis(10));
    };
    let seconds = begun.elapsed().as_secs_f64();
    let (said, said_at) = said.join().map_err(|_| "standard error was lost")?.map_err(|e| e.to_string())?;
    if status.success() {
        Ok(Timed { seconds, processor, peak_mb, said, said_at })
    } else {
        Err(format!("ended with {status}\n{said}"))
    }
}

/// Seconds that a process and its threads had of the processors so far. The kernel tells them in hundredths.
fn processor_seconds(id: u32) -> Option<f64> {
    let told = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // What stands before the last bracket is the name of the program, which may hold anything.
    let fields: Vec<&str> = told.rsplit_once(')')?.1.split_whitespace().collect();
    let hundredths = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((hundredths(11)? + hundredths(12)?) / 100.0)
}
