//! Folders for the time of one run. A run that is killed cannot clean up; the next one does it, and
//! never takes a folder from a run that lives.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The file that a living run holds locked in its folder.
const LOCK: &str = "lock";

/// A folder that is gone when it is dropped.
pub(crate) struct Scratch {
    folder: TempDir,
    // Dropped, and so unlocked, after the folder.
    _lock: File,
}

impl Scratch {
    /// A new folder in `parent`, which must be there. What runs that were killed left there under
    /// the same beginning of a name is removed first.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub(crate) fn new(parent: &Path, beginning: &str) -> io::Result<Self> {
        sweep(parent, beginning);
        let folder = tempfile::Builder::new().prefix(beginning).tempdir_in(parent)?;
        // Locked before it has the name that others look for.
        let before = folder.path().join("lock.new");
        let lock = File::create(&before)?;
        lock.lock()?;
        fs::rename(&before, folder.path().join(LOCK))?;
        Ok(Self { folder, _lock: lock })
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        empty(self.folder.path());
    }
}

/// Removes what a folder holds but for its lock: it is the last to go, so that a run that is killed
/// meanwhile leaves a folder that the next one knows.
fn empty(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()).filter(|path| !path.ends_with(LOCK)) {
        // What is left is removed with the folder, or stays and is not ours to complain of.
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }
}

/// Removes the folders of runs that are no more.
fn sweep(parent: &Path, beginning: &str) {
    for path in abandoned(parent, beginning) {
        // What another user owns stays, and is not ours to complain of.
        empty(&path);
        let _ = fs::remove_dir_all(path);
    }
}

fn abandoned(parent: &Path, beginning: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(beginning));
    named
        .map(|entry| entry.path())
        .filter(|path| {
            // Without the file somebody may just be making the folder.
            let lock = File::options().write(true).open(path.join(LOCK));
            lock.is_ok_and(|lock| lock.try_lock().is_ok())
        })
        .collect()
}

/// Puts a folder in the place of another, or where there is none. Where the system can, both change
/// places at one moment, so that there is always a whole one.
///
/// # Errors
/// When a name cannot be changed.
pub(crate) fn put_in_place(new: &Path, place: &Path, aside: &Path) -> io::Result<()> {
    if !place.exists() {
        return fs::rename(new, place);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        // Not every file system can; then it is done in two steps.
        if renameat_with(CWD, new, CWD, place, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    fs::rename(place, aside)?;
    fs::rename(new, place)
}
