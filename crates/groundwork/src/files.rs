//! Files: reading a pipeline, hashing inputs, and writing a folder whole or not at all.

use crate::scratch::{Scratch, put_in_place};
use groundwork_plan::diag::Diagnostic;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// SHA-256, hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// SHA-256 and size of a file, read in pieces.
pub(crate) fn hash_file(path: &Path, name: &str) -> Result<(String, u64), Diagnostic> {
    let cannot = |e: std::io::Error| unreadable(name, &e);
    let mut file = fs::File::open(path).map_err(cannot)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; 1 << 20];
    let mut size = 0u64;
    loop {
        let n = file.read(&mut buffer).map_err(cannot)?;
        let Some(part) = buffer.get(..n).filter(|p| !p.is_empty()) else {
            break;
        };
        hasher.update(part);
        size += n as u64;
    }
    Ok((hex(&hasher.finalize()), size))
}

/// The bytes of a small file.
pub(crate) fn read_file(path: &Path, name: &str) -> Result<Vec<u8>, Diagnostic> {
    fs::read(path).map_err(|e| unreadable(name, &e))
}

fn unreadable(name: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::machine("file.read", format!("{name} cannot be read: {error}"))
        .hint("Check that the file is there and may be read.")
}

/// The text of a pipeline file, and its folder.
pub(crate) fn read_pipeline(path: &Path) -> Result<(String, PathBuf), Diagnostic> {
    let shown = path.display();
    let bytes = fs::read(path).map_err(|e| {
        Diagnostic::command_line("pipeline.unreadable", format!("the pipeline {shown} cannot be read: {e}"))
            .hint("`groundwork init DIR` makes a project with a pipeline to start from.")
    })?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let line =
            e.as_bytes().iter().take(e.utf8_error().valid_up_to()).filter(|b| **b == b'\n').count() + 1;
        Diagnostic::command_line("pipeline.not-utf8", format!("{shown}, line {line}: the text is not UTF-8"))
            .hint("Save the pipeline as UTF-8.")
    })?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned(), folder.to_owned()))
}

/// Files of a folder by their path in it, with forward slashes.
pub(crate) type Folder = BTreeMap<String, Vec<u8>>;

/// Whether a run may write to this folder: it is not there, is empty, or holds an earlier run.
pub(crate) fn may_replace(folder: &Path) -> Result<(), Diagnostic> {
    let refuse = |message: String| {
        Diagnostic::command_line("out.not-a-run", message)
            .hint("Name another folder with `--out`, or empty this one.")
    };
    match fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(refuse(format!("{} cannot be used as a folder: {e}", folder.display()))),
        Ok(mut entries) => {
            let manifest = folder.join("manifest.json");
            if entries.next().is_none() {
                return Ok(());
            }
            if !manifest.is_file() {
                let message = format!("{} holds files, and they are not of an earlier run", folder.display());
                return Err(refuse(message));
            }
            match not_of_a_run(folder, &manifest) {
                None => Ok(()),
                Some(other) => {
                    let message = format!(
                        "{} holds `{other}` beside an earlier run, and no run wrote it: it would be lost",
                        folder.display()
                    );
                    Err(Diagnostic::command_line("out.not-a-run", message)
                        .hint("Move it away, or name another folder with `--out`."))
                }
            }
        }
    }
}

/// A file in the folder of an earlier run that its manifest does not name, where there is one.
fn not_of_a_run(folder: &Path, manifest: &Path) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Manifest {
        outputs: Vec<Output>,
    }
    #[derive(serde::Deserialize)]
    struct Output {
        path: String,
    }
    let outputs = match fs::read(manifest).map(|bytes| serde_json::from_slice::<Manifest>(&bytes)) {
        Ok(Ok(manifest)) => manifest.outputs,
        _ => return Some("manifest.json".to_owned()),
    };
    other_file(folder, &outputs.into_iter().map(|output| output.path).collect())
}

/// A file in a folder that is none of those that were written, where there is one. What desktops leave
/// everywhere does not count, nor do signatures.
pub(crate) fn other_file(folder: &Path, written: &BTreeSet<String>) -> Option<String> {
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((path, above)) = open.pop() {
        for entry in fs::read_dir(&path).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let whole = format!("{above}{name}");
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push((entry.path(), format!("{whole}/")));
                continue;
            }
            let is_of_desktop = matches!(name.as_str(), ".DS_Store" | "Thumbs.db" | "desktop.ini");
            let signed = whole.strip_suffix(".sig").is_some_and(|of| written.contains(of));
            if !(is_of_desktop || signed || whole == "manifest.json" || written.contains(&whole)) {
                return Some(whole);
            }
        }
    }
    None
}

/// Writes a folder beside its place and then puts it there, so that nobody ever sees half of it. A
/// file that stands there already comes along and is not written again.
pub(crate) fn write_folder(folder: &Path, files: &Folder) -> Result<(), Diagnostic> {
    let cannot = |what: &Path, e: std::io::Error| {
        Diagnostic::machine("file.write", format!("{} cannot be written: {e}", what.display())).hint(
            "Check that the folder may be written to and that there is room, or name another with `--out`.",
        )
    };
    may_replace(folder)?;
    // A link to a folder stays one.
    let folder = &fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let parent = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(|e| cannot(parent, e))?;
    let new = Scratch::new(parent, ".groundwork-").map_err(|e| cannot(parent, e))?;
    let inner = new.path().join("run");
    fs::create_dir(&inner).map_err(|e| cannot(&inner, e))?;
    for (name, bytes) in files {
        let path = inner.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| cannot(parent, e))?;
        }
        let there = folder.join(name);
        let comes_along = holds(&there, bytes) && fs::hard_link(&there, &path).is_ok();
        if !comes_along {
            fs::write(&path, bytes).map_err(|e| cannot(&path, e))?;
        }
    }
    put_in_place(&inner, folder, &new.path().join("old")).map_err(|e| cannot(folder, e))
}

/// Whether a file is there and holds these bytes.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    let found = fs::symlink_metadata(path);
    let alike = |found: fs::Metadata| found.is_file() && found.len() == bytes.len() as u64;
    found.is_ok_and(alike) && fs::read(path).is_ok_and(|there| there == bytes)
}

/// Writes a file that is not there yet.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let file = fs::OpenOptions::new().write(true).create_new(true).open(path);
    match file.and_then(|mut file| file.write_all(bytes)) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            let message = format!("{} is there already, and what stands in it would be lost", path.display());
            Err(Diagnostic::command_line("file.exists", message).hint("Name another file with `--out`."))
        }
        Err(e) => {
            Err(Diagnostic::machine("file.write", format!("{} cannot be written: {e}", path.display()))
                .hint("Check that the folder is there and may be written to."))
        }
    }
}

/// Whether a file may be written to: it is none of those that are read.
pub(crate) fn may_write<'f>(path: &Path, read: impl IntoIterator<Item = &'f Path>) -> Result<(), Diagnostic> {
    let Ok(there) = fs::canonicalize(path) else { return Ok(()) };
    let is_read = read.into_iter().any(|read| fs::canonicalize(read).is_ok_and(|read| read == there));
    if !is_read {
        return Ok(());
    }
    let message = format!("{} is read by the pipeline, and would be lost", path.display());
    Err(Diagnostic::command_line("file.is-read", message).hint("Name another file with `--out`."))
}

/// Adds to the end of a file, which is made where it is not there.
pub(crate) fn append(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let cannot = |e: std::io::Error| {
        Diagnostic::machine("file.write", format!("{} cannot be written: {e}", path.display()))
            .hint("Check that the file may be written to and that there is room.")
    };
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).map_err(cannot)?;
    file.write_all(bytes).map_err(cannot)
}
