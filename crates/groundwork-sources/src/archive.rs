//! Archives (ZIP), opened with a measure of what they claim to hold.

use crate::diagnose;
use crate::guard::guarded;
use groundwork_plan::diag::Diagnostic;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;
use zip::ZipArchive;

/// Bytes that one file of an archive may have when it is unpacked and held.
const MOST_BYTES: u64 = 1 << 28;
/// Bytes unpacked for each byte packed, above which a file is made to fill the memory. Text of
/// exports has 5 to 40; the method has a limit of about 1,000.
const MOST_GROWTH: u64 = 200;
/// Bytes that may grow in any way.
const SMALL: u64 = 1 << 24;
/// Files in one archive, at most.
const MOST_FILES: usize = 10_000;

/// An open archive.
pub(crate) struct Archive {
    zip: ZipArchive<BufReader<File>>,
    name: String,
}

impl Archive {
    /// Whether a file begins as archives do.
    pub(crate) fn is_one(path: &Path) -> bool {
        let mut first = Vec::new();
        let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut first));
        read.is_ok() && first == b"PK\x03\x04"
    }

    /// Opens an archive, and refuses one whose files would fill the memory. `name` is what messages
    /// call it.
    ///
    /// # Errors
    /// `source.unreadable-file`, `source.unreadable-archive`, `source.too-large`.
    pub(crate) fn open(path: &Path, name: &str) -> Result<Self, Diagnostic> {
        let file = File::open(path).map_err(|error| diagnose::unreadable(name, &error))?;
        let open = || ZipArchive::new(BufReader::new(file));
        let Some(Ok(zip)) = guarded(open) else {
            return Err(diagnose::unreadable_archive(name));
        };
        let mut archive = Self { zip, name: name.to_owned() };
        archive.measure()?;
        Ok(archive)
    }

    fn measure(&mut self) -> Result<(), Diagnostic> {
        if self.zip.len() > MOST_FILES {
            return Err(diagnose::too_large(&self.name, "the archive has more than 10,000 files"));
        }
        for place in 0..self.zip.len() {
            let Ok(file) = self.zip.by_index_raw(place) else {
                return Err(diagnose::unreadable_archive(&self.name));
            };
            let (packed, size) = (file.compressed_size(), file.size());
            if size > SMALL && size / packed.max(1) > MOST_GROWTH {
                return Err(diagnose::too_large(
                    &self.name,
                    "a file in it grows more than 200 times when it is unpacked",
                ));
            }
        }
        Ok(())
    }

    /// Unpacks files without keeping them, and refuses those that hold more than they claim.
    ///
    /// # Errors
    /// `source.too-large`, `source.unreadable-archive`.
    pub(crate) fn verify(&mut self, files: &[&str]) -> Result<(), Diagnostic> {
        for file in files {
            // A workbook need not have all of them.
            let Ok(part) = self.zip.by_name(file) else { continue };
            let claimed = part.size();
            match std::io::copy(&mut part.take(claimed + 1), &mut std::io::sink()) {
                Ok(size) if size > claimed => {
                    return Err(diagnose::too_large(&self.name, "a file in it holds more than it claims"));
                }
                Ok(_) => {}
                Err(_) => return Err(diagnose::unreadable_archive(&self.name)),
            }
        }
        Ok(())
    }

    /// The names of files with an ending, in order.
    pub(crate) fn names(&self, ending: &str) -> Vec<String> {
        let readable = self.zip.file_names().filter_map(Result::ok);
        let mut names: Vec<String> =
            readable.filter(|name| name.ends_with(ending)).map(|name| name.into_owned()).collect();
        names.sort();
        names
    }

    /// The bytes of a file, unpacked.
    ///
    /// # Errors
    /// `source.unreadable-archive`; `source.too-large`, whatever the archive claims.
    pub(crate) fn read(&mut self, file: &str) -> Result<Vec<u8>, Diagnostic> {
        let Ok(mut part) = self.zip.by_name(file) else {
            return Err(diagnose::unreadable_archive(&self.name));
        };
        let packed = part.compressed_size();
        let most = MOST_BYTES.min(SMALL.max(packed.saturating_mul(MOST_GROWTH)));
        let mut bytes = Vec::new();
        if (&mut part).take(most + 1).read_to_end(&mut bytes).is_err() {
            return Err(diagnose::unreadable_archive(&self.name));
        }
        if bytes.len() as u64 > most {
            return Err(diagnose::too_large(
                &self.name,
                "a file in it has more than 256 MiB, or grows without end",
            ));
        }
        Ok(bytes)
    }
}
