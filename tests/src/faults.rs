//! Faults: a run that is killed at any moment, a disk that is full, a folder that may not be written.

use crate::program::{self, files};
use libtest_mimic::{Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often a run is killed; `GROUNDWORK_KILLS=100` for more.
const KILLS: u32 = 20;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), String>| {
        Trial::test(format!("faults: {name}"), move || test().map_err(Failed::from))
    };
    vec![
        trial("killed at any moment, the folder is one whole run or the other", killed),
        trial("a full disk and a folder that may not be written leave the earlier run whole", no_room),
    ]
}

const PIPELINE: &str = "groundwork: 1
programme: {id: t, title: Test}
calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q2, as_of: 2021-07-15}
sites: {a: {name: Ayla}, b: {name: Bora}}
audience: internal
sources:
  visits: {export: visits.csv, columns: {who: text, site: site, on: date, minutes: integer}}
indicators:
  seen: {kind: distinct_count, title: People seen, from: visits, of: who, period_by: on}
  long: {kind: proportion, title: Long visits, from: visits, numerator: minutes > 20, period_by: on}
reports:
  brief: {template: quarterly-funder}
";

/// Rows of an export; another export has other minutes.
fn export(rows: u32, minutes: u32) -> String {
    let row = |at: u32| {
        let (site, month) = (["a", "b"][(at % 2) as usize], 1 + at % 6);
        format!("p{},{site},2021-{month:02}-10,{}\n", at / 3, (at * 7 + minutes) % 45)
    };
    std::iter::once("who,site,on,minutes\n".to_owned()).chain((0..rows).map(row)).collect()
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    std::fs::write(folder.join(name), text).map_err(|e| e.to_string())
}

/// Folders that a run made for itself and left.
fn left_over(folder: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| e.to_string())?.flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    Ok(names.filter(|name| name.starts_with(".groundwork-") || name.starts_with("groundwork-")).collect())
}

fn killed() -> Result<(), String> {
    let rows = match std::env::var("GROUNDWORK_KILL_ROWS") {
        Ok(rows) => rows.parse().map_err(|_| "GROUNDWORK_KILL_ROWS is a number")?,
        Err(_) => 3_000,
    };
    let kills = std::env::var("GROUNDWORK_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let scratch = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    write(at, "pipeline.yaml", PIPELINE)?;
    let mut undisturbed = Vec::new();
    let mut longest = Duration::ZERO;
    for minutes in [0, 20] {
        write(at, "visits.csv", &export(rows, minutes))?;
        let begun = Instant::now();
        program::done(at, &["run", "pipeline.yaml", "--out", "out"])?;
        longest = longest.max(begun.elapsed());
        undisturbed.push(files(&at.join("out"))?);
    }
    if undisturbed[0] == undisturbed[1] {
        return Err("the two runs do not differ, so that nothing would be seen".into());
    }
    let (mut ended, mut moment) = (0, 7_u64);
    for kill in 0..kills {
        write(at, "visits.csv", &export(rows, if kill % 2 == 0 { 0 } else { 20 }))?;
        // Most begin with nothing kept, and are killed while they keep something; some with what the
        // killed ones kept.
        if kill % 4 != 3 && at.join(".groundwork").exists() {
            std::fs::remove_dir_all(at.join(".groundwork")).map_err(|e| e.to_string())?;
        }
        let mut child = program::groundwork(at, &["run", "pipeline.yaml", "--out", "out"])
            .env("TMPDIR", scratch.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| e.to_string())?;
        // Spread over the whole run, a little beyond its end, most of them near it.
        moment = moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = (moment >> 33) as f64 / f64::from(1_u32 << 31);
        std::thread::sleep(longest.mul_f64(1.1 * share.sqrt()));
        ended += u32::from(child.try_wait().map_err(|e| e.to_string())?.is_some());
        let _ = child.kill();
        child.wait().map_err(|e| e.to_string())?;
        let found = files(&at.join("out"))?;
        if !undisturbed.contains(&found) {
            return Err(format!("after kill {kill} the folder is neither of the two runs"));
        }
    }
    if ended == kills {
        return Err("every run had ended before it was killed".into());
    }
    let output = program::groundwork(at, &["run", "pipeline.yaml", "--out", "out"])
        .env("TMPDIR", scratch.path())
        .output()
        .map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let last = usize::from(kills.is_multiple_of(2));
    if files(&at.join("out"))? != undisturbed[last] {
        return Err("the run after the kills differs from an undisturbed one".into());
    }
    let left = [left_over(at)?, left_over(scratch.path())?].concat();
    println!("faults: {kills} kills, {ended} of them after the end; left over: {}", left.len());
    if left.is_empty() { Ok(()) } else { Err(format!("left over: {}", left.join(", "))) }
}

/// A small file system at a folder, until it is dropped.
struct Mounted(PathBuf);

impl Mounted {
    /// Nothing where this user may not mount.
    fn new(at: &Path, kilobytes: u32) -> Option<Self> {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "tmpfs"]).arg(at);
        let done = command.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        done.then(|| Self(at.to_owned()))
    }

    fn made(&self, how: &str) -> bool {
        let mut command = Command::new("mount");
        command.args(["-o", &format!("remount,{how}")]).arg(&self.0);
        command.status().is_ok_and(|status| status.success())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

fn no_room() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let small = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    write(at, "pipeline.yaml", PIPELINE)?;
    write(at, "visits.csv", &export(3_000, 0))?;
    let Some(disk) = Mounted::new(small.path(), 64_000) else {
        println!("faults: this user may not mount a file system; a full disk is not tried");
        return Ok(());
    };
    let out = small.path().join("out");
    let shown = out.display().to_string();
    program::done(at, &["run", "pipeline.yaml", "--out", &shown])?;
    let before = files(&out)?;
    write(at, "visits.csv", &export(3_000, 20))?;
    let size: usize = before.values().map(Vec::len).sum();
    let room = |kilobytes: usize| disk.made(&format!("size={kilobytes}k"));
    let fails = |what: &str| -> Result<(), String> {
        let output = program::run(at, &["run", "pipeline.yaml", "--out", &shown]);
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(6) || !said.contains("file.write") {
            return Err(format!("{what}: ended with {:?}: {said}", output.status.code()));
        }
        if files(&out)? != before {
            return Err(format!("{what}: the earlier run is no longer whole"));
        }
        match left_over(small.path())?.as_slice() {
            [] => Ok(()),
            left => Err(format!("{what}: left over: {}", left.join(", "))),
        }
    };
    // Room for the run that is there, and for half of another one.
    if !room(size * 3 / 2 / 1024 + 64) {
        return Err("the small file system cannot be made smaller".into());
    }
    fails("a full disk")?;
    if !room(64_000) || !disk.made("ro") {
        return Err("the small file system cannot be made read-only".into());
    }
    fails("a folder that may not be written")?;
    if !disk.made("rw") {
        return Err("the small file system cannot be made writable".into());
    }
    program::done(at, &["run", "pipeline.yaml", "--out", &shown])?;
    if files(&out)? == before { Err("nothing was written in the end".into()) } else { Ok(()) }
}
