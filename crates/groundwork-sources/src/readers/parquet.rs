//! Parquet files, page by page: only the columns that are asked for are read, and no page that
//! unpacks to more than its header may say.

use super::{Table, arrow};
use crate::SourceFile;
use crate::diagnose;
use crate::guard::guarded;
use ::arrow::datatypes::{DataType, Field, Fields, Schema};
use ::arrow::error::ArrowError;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Compression;
use std::fs::File;
use std::io::{BufReader, Read, Seek as _, SeekFrom};
use std::sync::Arc;

/// Rows of a batch.
const BATCH_ROWS: usize = 4096;
/// Bytes of a page, at most, once it is unpacked; the usual ones have a mebibyte.
const LARGEST_PAGE: i64 = 1 << 28;
/// Bytes of a page packed with gzip, at most: it does not say how large it is, and may grow a
/// thousandfold.
const LARGEST_GZIP: i64 = 1 << 18;

/// Opens a Parquet file.
pub(super) fn open(file: &SourceFile, _: &Export) -> Result<Table, Diagnostic> {
    let input = File::open(&file.path).map_err(|error| diagnose::unreadable(&file.name, &error))?;
    let metadata = guarded(|| metadata(&input));
    let Some(Some(metadata)) = metadata else {
        return Err(diagnose::unreadable_parquet(&file.name));
    };
    let too_large = guarded(|| too_large(&metadata, &input));
    match too_large {
        Some(Some(false)) => {}
        Some(Some(true)) => {
            return Err(diagnose::too_large(&file.name, "a page of it unpacks to more than 256 MiB"));
        }
        Some(None) | None => return Err(diagnose::unreadable_parquet(&file.name)),
    }
    let fields = metadata.schema().fields().clone();
    let begin = Box::new(move |places: &[usize]| {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(input, metadata);
        let mask = ProjectionMask::roots(builder.parquet_schema(), places.iter().copied());
        let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().ok()?;
        Some(Box::new(reader.map(|batch| batch.map_err(|e| ArrowError::ParquetError(e.to_string())))) as _)
    });
    arrow::table(&fields, begin, file, diagnose::unreadable_parquet)
}

/// What the end of the file says of it. Texts become views, so that one of them that stands in many
/// rows is in memory once.
fn metadata(input: &File) -> Option<ArrowReaderMetadata> {
    let metadata = ArrowReaderMetadata::load(input, ArrowReaderOptions::new()).ok()?;
    let schema = Arc::new(Schema::new(viewed(metadata.schema().fields())));
    let options = ArrowReaderOptions::new().with_schema(schema);
    Some(ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).unwrap_or(metadata))
}

fn viewed(fields: &Fields) -> Fields {
    let view = |field: &Arc<Field>| {
        let kind = match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
            DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
            DataType::Struct(inside) => DataType::Struct(viewed(inside)),
            other => other.clone(),
        };
        field.as_ref().clone().with_data_type(kind)
    };
    fields.iter().map(view).collect()
}

/// Whether a page is too large, by what the headers of all pages say; none where one of them cannot
/// be understood.
fn too_large(metadata: &ArrowReaderMetadata, input: &File) -> Option<bool> {
    let mut input = BufReader::with_capacity(1 << 12, input.try_clone().ok()?);
    for group in metadata.metadata().row_groups() {
        for chunk in group.columns() {
            let (start, length) = chunk.byte_range();
            let end = start.checked_add(length)?;
            let is_gzip = matches!(chunk.compression(), Compression::GZIP(_));
            let mut at = start;
            while at < end {
                input.seek(SeekFrom::Start(at)).ok()?;
                let mut header = Thrift { input: (&mut input).take(end - at), read: 0 };
                let [_, unpacked, packed] = header.first_three()?;
                let packed = u64::try_from(packed).ok()?;
                if !(0..=LARGEST_PAGE).contains(&unpacked)
                    || (is_gzip && i64::try_from(packed).ok()? > LARGEST_GZIP)
                {
                    return Some(true);
                }
                at = at.checked_add(header.read)?.checked_add(packed)?;
            }
        }
    }
    input.seek(SeekFrom::Start(0)).ok()?;
    Some(false)
}

/// The compact form of Thrift, as far as it takes to find the end of the header of a page.
struct Thrift<R> {
    input: R,
    read: u64,
}

impl<R: Read> Thrift<R> {
    /// The first three fields of a structure, which are whole numbers; the rest is passed over.
    fn first_three(&mut self) -> Option<[i64; 3]> {
        let mut found = [None; 3];
        let mut field: i64 = 0;
        loop {
            let head = self.byte()?;
            if head == 0 {
                let [Some(a), Some(b), Some(c)] = found else { return None };
                return Some([a, b, c]);
            }
            field = if head >> 4 == 0 { self.number()? } else { field + i64::from(head >> 4) };
            match usize::try_from(field).ok().and_then(|field| found.get_mut(field.checked_sub(1)?)) {
                Some(place) if head & 15 == 5 => *place = Some(self.number()?),
                _ => self.pass(head & 15, 0)?,
            }
        }
    }

    /// Passes over a value. A truth in a structure stands in its head, one in a list has a byte.
    fn pass(&mut self, kind: u8, depth: u8) -> Option<()> {
        if depth > 16 {
            return None;
        }
        match kind {
            1 | 2 => Some(()),
            3 => self.byte().map(|_| ()),
            4..=6 => self.number().map(|_| ()),
            7 => self.bytes(8),
            8 => {
                let length = self.unsigned()?;
                self.bytes(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.unsigned()? } else { u64::from(head >> 4) };
                for _ in 0..count {
                    match head & 15 {
                        1 | 2 => drop(self.byte()?),
                        kind => self.pass(kind, depth + 1)?,
                    }
                }
                Some(())
            }
            12 => loop {
                let head = self.byte()?;
                if head == 0 {
                    return Some(());
                }
                if head >> 4 == 0 {
                    self.number()?;
                }
                self.pass(head & 15, depth + 1)?;
            },
            _ => None,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        self.input.read_exact(&mut byte).ok()?;
        self.read += 1;
        Some(byte[0])
    }

    fn bytes(&mut self, count: u64) -> Option<()> {
        let passed = std::io::copy(&mut (&mut self.input).take(count), &mut std::io::sink()).ok()?;
        self.read += passed;
        (passed == count).then_some(())
    }

    fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    }

    /// A whole number, folded so that small ones of either sign are short.
    fn number(&mut self) -> Option<i64> {
        let folded = self.unsigned()?;
        Some((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_of_a_page() {
        // type 0, unpacked 300, packed 5, checksum, then a structure with an encoding and a truth.
        let bytes = [
            0x15, 0x00, 0x15, 0xd8, 0x04, 0x15, 0x0a, 0x15, 0x01, 0x1c, 0x15, 0x06, 0x11, 0x18, 0x02, b'a',
            b'b', 0x00, 0x00, 0xff,
        ];
        let mut header = Thrift { input: bytes.as_slice(), read: 0 };
        assert_eq!((header.first_three(), header.read), (Some([0, 300, 5]), 19));
        let mut cut = Thrift { input: &bytes[..9], read: 0 };
        assert_eq!(cut.first_three(), None);
    }
}
