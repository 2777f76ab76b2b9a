//! Reading back what travels inside a report.

use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, Object, Stream, String as Text};

/// The files that are attached to a PDF, with their names, in the order in which they stand in it;
/// none where it is no PDF that can be read.
///
/// Source: ISO 32000-2, 7.11.3 (file specifications) and 7.11.4 (embedded file streams).
pub fn attached(pdf: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Ok(pdf) = Pdf::new(pdf.to_vec()) else { return Vec::new() };
    let mut out: Vec<(String, Vec<u8>)> = Vec::new();
    for object in pdf.objects() {
        let Object::Dict(specification) = object else { continue };
        let Some(files) = specification.get::<Dict<'_>>("EF") else { continue };
        let name = specification.get::<Text<'_>>("UF").or_else(|| specification.get::<Text<'_>>("F"));
        let file = files.get::<Stream<'_>>("UF").or_else(|| files.get::<Stream<'_>>("F"));
        if let (Some(name), Some(Ok(bytes))) = (name, file.as_ref().map(Stream::decoded)) {
            let name = text(name.as_bytes());
            if !out.iter().any(|(known, _)| *known == name) {
                out.push((name, bytes.into_owned()));
            }
        }
    }
    out
}

/// A text string: UTF-16 with its mark, or one byte a character.
pub(crate) fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let (units, _) = rest.as_chunks::<2>();
            let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
            String::from_utf16_lossy(&units)
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
