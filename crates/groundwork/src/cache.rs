//! What earlier runs worked out, by what it was made from.
//!
//! It lies in a folder `.groundwork` beside the pipeline and may be deleted at any time. Every entry is
//! named by a hash of all that it depends on, carries a hash of its own bytes, and is written beside
//! its place and then put there: a run finds it whole or not at all, and an entry that was damaged is
//! made anew. Rows in it are those that the database looks at, in which identifiers of people are
//! pseudonyms.

use crate::files::{hash_file, sha256};
use groundwork_sources::Reading;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The folder beside the pipeline.
pub(crate) const FOLDER: &str = ".groundwork";
/// Bytes of all entries, about; the oldest are removed beyond.
const MOST: u64 = 8 << 30;

/// Bytes of exports that are worth keeping their rows as they were read; what was counted in them is
/// kept however small they are, and holds no texts that nobody asked for.
pub(crate) const WORTHWHILE: u64 = 4 << 20;

/// What ends the names of answers: pages, or MessagePack, in which floating numbers keep every bit.
const ANSWER: &str = "answer";

/// What begins the names of entries that are being written, and how long that takes at most.
const ASIDE: &str = "aside-";
const ABANDONED: Duration = Duration::from_secs(3600);

/// The entries beside one pipeline.
#[derive(Clone)]
pub(crate) struct Cache {
    folder: PathBuf,
    /// Which program this is: another build may work things out otherwise.
    program: String,
}

/// Rows as they were read, with what there is to say of them.
#[derive(Serialize, serde::Deserialize)]
struct KeptRows {
    sha256: String,
    reading: Reading,
}

impl Cache {
    /// The entries beside a pipeline in this folder.
    pub(crate) fn beside(folder: &Path) -> Self {
        let build = std::env::current_exe().and_then(fs::metadata).and_then(|file| {
            let modified = file.modified()?.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            Ok(format!("{} {}", file.len(), modified.as_nanos()))
        });
        let program = format!("{} {}", env!("CARGO_PKG_VERSION"), build.unwrap_or_default());
        Self { folder: folder.join(FOLDER), program }
    }

    /// The name of an entry made from these parts.
    pub(crate) fn key(&self, parts: &[&str]) -> String {
        let lengths: Vec<String> = parts.iter().map(|part| part.len().to_string()).collect();
        sha256(
            [&self.program, &lengths.join(" "), &parts.concat()]
                .map(String::as_bytes)
                .join(&b'\n')
                .as_slice(),
        )
    }

    /// Whether there is any entry.
    pub(crate) fn is_empty(&self) -> bool {
        fs::read_dir(&self.folder).map_or(true, |mut entries| entries.next().is_none())
    }

    /// Puts the rows of an entry at a path, and gives what was said of them.
    pub(crate) fn rows(&self, key: &str, path: &Path) -> Option<Reading> {
        let kept: KeptRows = self.answer(key)?;
        let file = self.folder.join(format!("{key}.parquet"));
        let found = hash_file(&file, "rows").ok().filter(|(hash, _)| *hash == kept.sha256);
        if found.is_none() || link(&file, path).is_err() {
            self.forget(key);
            return None;
        }
        touch(&file);
        Some(kept.reading)
    }

    /// Keeps rows that stand at a path. That nothing can be kept stops no run.
    pub(crate) fn keep_rows(&self, key: &str, path: &Path, reading: &Reading) {
        let Ok((sha256, _)) = hash_file(path, "rows") else { return };
        let put = || -> io::Result<()> {
            self.make()?;
            let aside = tempfile::Builder::new().prefix(ASIDE).tempdir_in(&self.folder)?;
            let new = aside.path().join("rows");
            link(path, &new)?;
            fs::rename(new, self.folder.join(format!("{key}.parquet")))
        };
        if put().is_ok() {
            self.keep(key, &KeptRows { sha256, reading: reading.clone() });
        }
    }

    /// The answer that is kept under a key.
    pub(crate) fn answer<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        rmp_serde::from_slice(&self.bytes(key)?).ok()
    }

    /// Keeps an answer. That nothing can be kept stops no run.
    pub(crate) fn keep(&self, key: &str, answer: &impl Serialize) {
        if let Ok(body) = rmp_serde::to_vec_named(answer) {
            self.keep_bytes(key, &body);
        }
    }

    /// The bytes that are kept under a key.
    pub(crate) fn bytes(&self, key: &str) -> Option<Vec<u8>> {
        let file = self.folder.join(format!("{key}.{ANSWER}"));
        let mut bytes = fs::read(&file).ok()?;
        let body = bytes.split_off(bytes.len().min(64));
        if sha256(&body).as_bytes() != bytes {
            self.forget(key);
            return None;
        }
        touch(&file);
        Some(body)
    }

    /// Keeps bytes. That nothing can be kept stops no run.
    pub(crate) fn keep_bytes(&self, key: &str, body: &[u8]) {
        let put = || -> io::Result<()> {
            self.make()?;
            let mut new = tempfile::NamedTempFile::with_prefix_in(ASIDE, &self.folder)?;
            new.write_all(sha256(body).as_bytes())?;
            new.write_all(body)?;
            new.persist(self.folder.join(format!("{key}.{ANSWER}")))?;
            Ok(())
        };
        let _ = put();
    }

    /// Removes the oldest entries where all of them together are too large.
    pub(crate) fn tidy(&self) {
        self.sweep();
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let file = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((file.modified().ok()?, file.len(), entry.path()))
            })
            .collect();
        files.sort();
        let mut left: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, bytes, path) in files {
            if left <= MOST {
                return;
            }
            left -= bytes;
            let _ = fs::remove_file(path);
        }
    }

    /// Removes what runs that were killed left beside the entries.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let age = entry.metadata().and_then(|e| e.modified()).ok().and_then(|m| m.elapsed().ok());
            let is_left = entry.file_name().to_string_lossy().starts_with(ASIDE);
            if is_left && age.is_some_and(|age| age > ABANDONED) {
                let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir_all(entry.path()));
            }
        }
    }

    fn forget(&self, key: &str) {
        for ending in [ANSWER, "parquet"] {
            let _ = fs::remove_file(self.folder.join(format!("{key}.{ending}")));
        }
    }

    /// Makes the folder, for its owner alone and passed over by version control.
    fn make(&self) -> io::Result<()> {
        if self.folder.is_dir() {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        fs::write(self.folder.join(".gitignore"), "*\n")
    }
}

/// The same file under another name, or a copy where it lies on another disk.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(|_| ()))
}

/// Says that an entry was of use.
fn touch(file: &Path) {
    let _ = fs::File::options().append(true).open(file).and_then(|file| file.set_modified(SystemTime::now()));
}
