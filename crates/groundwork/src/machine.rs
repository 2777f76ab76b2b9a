//! What the machine has: threads, and memory for the database.

use std::fs;

/// What the database needs at least, in megabytes: with what reading takes beside it, a laptop of four
/// gigabytes has room for it.
pub(crate) const LEAST_MB: u64 = 700;

/// How many parts of the machine's memory are left to everything else, for one that the database takes.
const PARTS: u64 = 4;

/// As many threads as the machine runs at a time.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Megabytes that the database may take before it spills: a quarter of what the machine has, or of what
/// the group of processes may take; the least where the system does not tell.
pub(crate) fn memory_mb() -> u64 {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let machine = megabytes_of(&read("/proc/meminfo"));
    let group = read("/sys/fs/cgroup/memory.max").trim().parse::<u64>().ok().map(|bytes| bytes >> 20);
    machine.into_iter().chain(group).min().map_or(LEAST_MB, |all| (all / PARTS).max(LEAST_MB))
}

/// All memory, from a text in the form of `/proc/meminfo`, which counts in kibibytes.
fn megabytes_of(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes >> 10)
}
