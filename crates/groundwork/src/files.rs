//! Files: reading a pipeline, hashing inputs, and writing a folder whole or not at all.

use crate::scratch::{Scratch, put_in_place};
use groundwork_plan::diag::Diagnostic;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
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
            if folder.join("manifest.json").is_file() || entries.next().is_none() {
                Ok(())
            } else {
                Err(refuse(format!("{} holds files, and they are not of an earlier run", folder.display())))
            }
        }
    }
}

/// Writes a folder beside its place and then puts it there, so that nobody ever sees half of it. A
/// file that stands there already comes along and is not written again.
pub(crate) fn write_folder(folder: &Path, files: &Folder) -> Result<(), Diagnostic> {
    let cannot = |what: &Path, e: std::io::Error| {
        Diagnostic::machine("file.write", format!("{} cannot be written: {e}", what.display())).hint(
            "Check that the folder may be written to and that there is room, or name another with `--out`.",
        )
    };
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

/// Writes a file, which is replaced where it is there.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    fs::write(path, bytes).map_err(|e| {
        Diagnostic::machine("file.write", format!("{} cannot be written: {e}", path.display()))
            .hint("Check that the folder is there and may be written to.")
    })
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
