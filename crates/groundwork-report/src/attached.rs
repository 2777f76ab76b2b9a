//! What travels inside a report: putting it there, and reading it back.
//!
//! Pages are set with a place for each file and nothing in it, because most of what travels inside
//! changes with every run and the pages do not. The files are added behind the pages, as an update
//! of the PDF: no byte of the pages moves.
//!
//! Source: ISO 32000-2, 7.5.6 (incremental updates), 7.11.3 (file specifications) and 7.11.4
//! (embedded file streams).

use crate::diag;
use crate::input::Attachment;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use groundwork_plan::diag::Diagnostic;
use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, Object, Stream, String as Text};
use lopdf::{IncrementalDocument, ObjectId};
use std::io::Write as _;

/// What stands in the place of a file until it is put there.
pub(crate) const PLACE: &[u8] = b"-";

/// The content of a file, packed once for all the PDFs that it travels in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    length: usize,
    /// Packed as zlib.
    deflated: Vec<u8>,
}

impl Packed {
    /// Packs the content of a file.
    ///
    /// # Errors
    ///
    /// That of the packer, which has none in memory.
    pub fn new(bytes: &[u8]) -> std::io::Result<Self> {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer.write_all(bytes)?;
        Ok(Self { length: bytes.len(), deflated: packer.finish()? })
    }
}

/// Puts files in their places in set pages. A file for which the pages have no place is left out: the
/// template does not attach it.
///
/// # Errors
///
/// When the pages are no PDF that was set with places.
pub fn attach(pages: Vec<u8>, attachments: &[Attachment]) -> Result<Vec<u8>, Vec<Diagnostic>> {
    updated(pages, attachments).map_err(|problem| vec![diag::not_attached(&problem.to_string())])
}

fn updated(pages: Vec<u8>, attachments: &[Attachment]) -> lopdf::Result<Vec<u8>> {
    let set = lopdf::Document::load_mem(&pages)?;
    let places: Vec<(ObjectId, &Attachment)> = set
        .objects
        .values()
        .filter_map(|object| {
            let specification = object.as_dict().ok().filter(|dict| dict.has_type(b"Filespec"))?;
            let name = text(specification.get(b"UF").and_then(lopdf::Object::as_str).ok()?);
            let file = specification.get(b"EF").and_then(lopdf::Object::as_dict).ok()?;
            let place = file.get(b"F").and_then(lopdf::Object::as_reference).ok()?;
            Some((place, attachments.iter().find(|a| a.name == name.trim_start_matches('/'))?))
        })
        .collect();
    if places.is_empty() {
        return Ok(pages);
    }
    let mut update = IncrementalDocument::create_from(pages, set);
    for (place, attachment) in places {
        update.opt_clone_object_to_new_document(place)?;
        let file = update.new_document.get_object_mut(place)?.as_stream_mut()?;
        let Packed { length, deflated } = &*attachment.content;
        file.set_content(deflated.clone());
        file.dict.set("Filter", "FlateDecode");
        let size = i64::try_from(*length).unwrap_or(i64::MAX);
        file.dict.get_mut(b"Params")?.as_dict_mut()?.set("Size", size);
    }
    let mut out = Vec::new();
    update.save_to(&mut out)?;
    end_streams_clearly(&mut out);
    Ok(out)
}

/// Makes the end of every stream plain. The writer ends a stream with a line feed, which does not
/// count as data. Where the data happens to end with a carriage return, as about one compressed
/// stream in 256 does, a strict validator takes both for the end of the line and finds the stream
/// a byte short. A carriage return ends a line as well, and two of them cannot be taken for one.
/// No byte moves.
pub(crate) fn end_streams_clearly(pdf: &mut [u8]) {
    const END: &[u8] = b"\r\nendstream\nendobj";
    let ends: Vec<usize> =
        pdf.windows(END.len()).enumerate().filter(|(_, window)| *window == END).map(|(at, _)| at).collect();
    for at in ends {
        if let Some(byte) = pdf.get_mut(at + 1) {
            *byte = b'\r';
        }
    }
}

/// The files that are attached to a PDF, with their names, in the order in which they stand in it;
/// none where it is no PDF that can be read.
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
