//! Unpacking: a file and everything that is packed in it, as texts. A report holds pages,
//! descriptions and attachments; a workbook is an archive of parts.

use groundwork_report::{attached, texts};
use rayon::iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};
use std::io::{Cursor, Read};

/// Archives within archives beyond this are not unpacked, and so not let out.
const DEEPEST: usize = 4;
/// Where a workbook keeps its sheets.
const SHEETS: &str = "xl/worksheets/";

/// The texts in a file with the names of their places; nothing where it cannot be unpacked. Parquet
/// is left out: it is written from the same rows as the table beside it.
pub(super) fn unpacked(name: &str, bytes: &[u8], depth: usize) -> Option<Vec<(String, String)>> {
    if depth > DEEPEST {
        return None;
    }
    let parts: Vec<(String, Vec<u8>)> = if bytes.starts_with(b"%PDF") {
        let mut out = vec![(name.to_owned(), texts(bytes)?)];
        for (part, bytes) in attached(bytes) {
            out.extend(unpacked(&format!("{name}, attachment {part}"), &bytes, depth + 1)?);
        }
        return Some(out);
    } else if bytes.starts_with(b"PK\x03\x04") {
        archived(bytes)?
    } else {
        return Some(match std::str::from_utf8(bytes) {
            Ok(text) if name.contains(SHEETS) => vec![(name.to_owned(), without_tags(text))],
            Ok(text) => vec![(name.to_owned(), text.to_owned())],
            Err(_) => Vec::new(),
        });
    };
    let inside = |(part, bytes): &(String, Vec<u8>)| unpacked(&format!("{name}, {part}"), bytes, depth + 1);
    let inside: Option<Vec<_>> = parts.par_iter().map(inside).collect();
    Some(inside?.into_iter().flatten().collect())
}

/// What stands between the tags of XML, each on a line of its own: the cells of a sheet.
fn without_tags(xml: &str) -> String {
    let between = xml.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    between.filter(|text| !text.is_empty()).flat_map(|text| [text, "\n"]).collect()
}

/// The parts of an archive.
fn archived(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let open = || zip::ZipArchive::new(Cursor::new(bytes)).ok();
    let part = |at: usize| {
        let mut archive = open()?;
        let mut part = archive.by_index(at).ok()?;
        let name = part.name().ok()?.into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).ok()?;
        Some((name, content))
    };
    (0..open()?.len()).into_par_iter().map(part).collect()
}
