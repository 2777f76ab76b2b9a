//! Which encoding a text file is in that says nothing about it.

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1252};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

const CHUNK: usize = 1 << 18;

/// What the bytes above ASCII of a file have in common.
#[derive(Default)]
struct Evidence {
    /// Bytes above ASCII.
    high: u64,
    /// Those that stand beside another one.
    together: u64,
    /// Bytes that stand for no Thai letter.
    not_thai: u64,
    /// Bytes that stand for no letter of a Western language and no quotation mark or dash.
    not_western: u64,
    before_is_high: bool,
}

/// The encoding that the file at a path speaks for. One that was looked through, and that nobody has
/// written to since, is not looked through again: headers are read before rows.
///
/// # Errors
/// What reading reports.
pub(crate) fn of_file(path: &Path, file: &mut File) -> io::Result<&'static Encoding> {
    type Known = BTreeMap<(PathBuf, u64, SystemTime), &'static Encoding>;
    static KNOWN: Mutex<Known> = Mutex::new(BTreeMap::new());
    let metadata = file.metadata()?;
    let key = metadata.modified().map(|modified| (path.to_owned(), metadata.len(), modified)).ok();
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(encoding) = key.as_ref().and_then(|key| known().get(key).copied()) {
        return Ok(encoding);
    }
    let encoding = of(file)?;
    file.seek(SeekFrom::Start(0))?;
    known().extend(key.map(|key| (key, encoding)));
    Ok(encoding)
}

/// The encoding that the whole of a file speaks for. UTF-8 where all of it is UTF-8; otherwise
/// Thai (TIS-620, as Excel writes CSV in Thailand) where the bytes above ASCII are Thai letters and
/// stand together as letters of words do; Japanese where it is well formed as Shift_JIS; Western
/// (Windows-1252) where they stand alone among ASCII letters as accented letters do; UTF-8 again,
/// whose first bad byte will be reported, where nothing fits.
///
/// # Errors
/// What reading reports.
pub(crate) fn of(input: &mut (impl Read + Seek)) -> io::Result<&'static Encoding> {
    if is_utf_8(input)? {
        return Ok(UTF_8);
    }
    input.seek(SeekFrom::Start(0))?;
    let mut japanese = SHIFT_JIS.new_decoder_without_bom_handling();
    let mut is_japanese = true;
    let mut evidence = Evidence::default();
    let mut raw = vec![0; CHUNK];
    let mut decoded = vec![0; 3 * CHUNK + 16];
    loop {
        let length = match input.read(&mut raw) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        let piece = &raw[..length];
        let last = length == 0;
        is_japanese = is_japanese && !japanese.decode_to_utf8(piece, &mut decoded, last).3;
        piece.iter().for_each(|byte| evidence.note(*byte));
        if last {
            break;
        }
    }
    Ok(match evidence {
        Evidence { high, together, not_thai: 0, .. } if together * 2 > high => WINDOWS_874,
        Evidence { high, together, .. } if is_japanese && together * 2 > high => SHIFT_JIS,
        Evidence { high, together, not_western: 0, .. } if together * 5 < high => WINDOWS_1252,
        _ => UTF_8,
    })
}

/// Whether all of a file is UTF-8, which is most often so, and quickly seen.
fn is_utf_8(input: &mut dyn Read) -> io::Result<bool> {
    let mut raw = vec![0; CHUNK];
    // Bytes of a character that the last piece cut.
    let mut begun = 0;
    loop {
        let length = match input.read(&mut raw[begun..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if length == 0 {
            return Ok(begun == 0);
        }
        let piece = &raw[..begun + length];
        match std::str::from_utf8(piece) {
            Ok(_) => begun = 0,
            Err(error) if error.error_len().is_some() => return Ok(false),
            Err(error) => {
                let rest = error.valid_up_to()..piece.len();
                begun = rest.len();
                raw.copy_within(rest, 0);
            }
        }
    }
}

impl Evidence {
    fn note(&mut self, byte: u8) {
        let is_high = byte >= 0x80;
        if is_high {
            self.high += 1;
            self.together += u64::from(self.before_is_high);
            // No-break space, letters and digits; and the marks that Windows adds.
            let is_thai = matches!(byte, 0xa0..=0xda | 0xdf..=0xfb | 0x80 | 0x85 | 0x91..=0x97);
            self.not_thai += u64::from(!is_thai);
            let is_western = matches!(byte, 0xa0..=0xd6 | 0xd8..=0xf6 | 0xf8..=0xfe | 0x80 | 0x85 | 0x8a..=0x8e | 0x91..=0x9e);
            self.not_western += u64::from(!is_western);
        }
        self.before_is_high = is_high;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken_for(bytes: &[u8]) -> &'static str {
        of(&mut io::Cursor::new(bytes)).unwrap().name()
    }

    #[test]
    fn encodings_by_what_stands_in_the_file() {
        assert_eq!(spoken_for(b""), "UTF-8");
        assert_eq!(spoken_for("น่าน, café".as_bytes()), "UTF-8");
        assert_eq!(spoken_for(b"site,n\n\xb9\xe8\xd2\xb9,5\n"), "windows-874");
        assert_eq!(spoken_for(b"name\nJos\xe9\nZo\xeb\n"), "windows-1252");
        assert_eq!(spoken_for(&SHIFT_JIS.encode("日付,総友だち数,ターゲットリーチ").0), "Shift_JIS");
        assert_eq!(spoken_for(b"a\xff\xff\xff\xff"), "UTF-8");
        assert_eq!(spoken_for(b"1,\xff\n"), "UTF-8");
    }

    #[test]
    fn a_letter_across_two_pieces_is_one() {
        let mut text = vec![b'x'; CHUNK - 1];
        text.extend_from_slice("น่าน".as_bytes());
        assert_eq!(spoken_for(&text), "UTF-8");
    }
}
