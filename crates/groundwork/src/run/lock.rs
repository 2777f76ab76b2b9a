//! Which versions of which libraries this program was built with, from the lock file that it was
//! built with.

const LOCK: &str = include_str!("../../../../Cargo.lock");

/// The libraries whose version can change a number or a byte.
const NAMED: [&str; 6] = ["arrow", "duckdb", "plotters", "polars", "typst", "typst-pdf"];

/// Name and version of each, in order of the name.
pub(super) fn versions() -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut name = "";
    for line in LOCK.lines() {
        if let Some(found) = quoted(line, "name = ") {
            name = found;
        } else if let Some(version) = quoted(line, "version = ")
            && NAMED.contains(&name)
        {
            out.push((name.to_owned(), version.to_owned()));
        }
    }
    out
}

/// SHA-256 of the lock file.
pub(super) fn sha256() -> String {
    crate::files::sha256(LOCK.as_bytes())
}

fn quoted<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    line.strip_prefix(key)?.strip_prefix('"')?.strip_suffix('"')
}
