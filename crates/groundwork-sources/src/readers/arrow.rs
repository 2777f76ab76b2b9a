//! Arrow files and streams (Feather), batch by batch, every value as its text.
//!
//! The fields of a structure are columns with a path, `address/village`. The items of a list stand
//! in one cell with blanks between.

mod compressed;

use super::Table;
use super::table::Rows;
use crate::SourceFile;
use crate::diagnose;
use crate::guard::guarded;
use crate::row::{Cells, Halt, Row, Slot, Visit, Wanted};
use crate::values::text;
use arrow::array::{
    Array, ArrayRef, AsArray as _, BinaryArray, BinaryViewArray, LargeBinaryArray, RecordBatch, StructArray,
};
use arrow::buffer::Buffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Fields};
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamDecoder;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

/// Structures inside structures, at most.
const DEEPEST: usize = 8;
/// Rows of a part, at least.
const PART_ROWS: usize = 1 << 16;
/// Bytes that are read at once.
const PIECE: u64 = 1 << 20;

/// Batches as they come; the columns are those that were asked for, in the order of the file.
pub(super) type Stream = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

/// Begins to read the columns at these places, ascending.
pub(super) type Begin = Box<dyn FnOnce(&[usize]) -> Option<Stream> + Send>;

/// The batches of a file that is opened.
pub(crate) struct Batches {
    begin: Begin,
    /// For each header the place of its column, and of its field in every structure inside.
    leaves: Vec<Vec<usize>>,
    /// The headers, for messages.
    headers: Vec<String>,
    name: String,
    unreadable: fn(&str) -> Diagnostic,
}

/// Opens an Arrow file, or a stream of Arrow batches.
pub(super) fn open(file: &SourceFile, _: &Export) -> Result<Table, Diagnostic> {
    let unreadable = |error| diagnose::unreadable(&file.name, &error);
    let mut input = File::open(&file.path).map_err(unreadable)?;
    let mut word = [0; 8];
    let mut begin = 0;
    // A file is a stream with something before, up to 64 bytes with zeros, and behind it.
    if input.read_exact(&mut word).is_ok() && word == *b"ARROW1\0\0" {
        begin = 8;
        while begin < 64 && input.read_exact(&mut word).is_ok() && word == [0; 8] {
            begin += 8;
        }
    }
    input.seek(SeekFrom::Start(begin)).map_err(unreadable)?;
    match guarded(|| compressed::fits(&mut input)) {
        Some(Ok(true)) => {}
        Some(Ok(false)) => {
            return Err(diagnose::too_large(&file.name, "a batch of it unpacks to more than 256 MiB"));
        }
        Some(Err(_)) | None => return Err(diagnose::unreadable_arrow(&file.name)),
    }
    input.seek(SeekFrom::Start(begin)).map_err(unreadable)?;
    let mut pieces =
        Pieces { input, decoder: StreamDecoder::new(), piece: Buffer::from(Vec::<u8>::new()), first: None };
    let fields = guarded(|| {
        let first = pieces.next_batch().ok()?;
        let fields = pieces.decoder.schema()?.fields().clone();
        pieces.first = first;
        Some(fields)
    });
    let Some(Some(fields)) = fields else {
        return Err(diagnose::unreadable_arrow(&file.name));
    };
    let begin = Box::new(|places: &[usize]| {
        let places = places.to_vec();
        let chosen = pieces.map(move |batch| batch.and_then(|batch| batch.project(&places)));
        Some(Box::new(chosen) as Stream)
    });
    table(&fields, begin, file, diagnose::unreadable_arrow)
}

/// A stream that is decoded piece by piece, so that no length that it states is believed.
struct Pieces {
    input: File,
    decoder: StreamDecoder,
    /// What is read and not decoded.
    piece: Buffer,
    /// The batch that was read to learn of the columns.
    first: Option<RecordBatch>,
}

impl Pieces {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        loop {
            if self.piece.is_empty() {
                let mut piece = Vec::new();
                (&mut self.input).take(PIECE).read_to_end(&mut piece)?;
                if piece.is_empty() {
                    return self.decoder.finish().map(|()| None);
                }
                self.piece = Buffer::from(piece);
            }
            match self.decoder.decode(&mut self.piece) {
                Ok(None) => {}
                // Behind the end of the stream stands what only a file has.
                Err(_) if self.decoder.finish().is_ok() => return Ok(None),
                found => return found,
            }
        }
    }
}

impl Iterator for Pieces {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.first.take().map(Ok).or_else(|| self.next_batch().transpose())
    }
}

/// A table of batches with these columns.
///
/// # Errors
/// `source.empty-file` without columns.
pub(super) fn table(
    fields: &Fields,
    begin: Begin,
    file: &SourceFile,
    unreadable: fn(&str) -> Diagnostic,
) -> Result<Table, Diagnostic> {
    let mut headers = Vec::new();
    let mut leaves = Vec::new();
    flat(fields, "", &[], &mut headers, &mut leaves);
    if headers.is_empty() {
        return Err(diagnose::empty_file(&file.name, None, false));
    }
    let name = file.name.clone();
    let batches = Batches { begin, leaves, headers: headers.clone(), name, unreadable };
    Ok(Table { sheet: None, encoding: None, headers, also: Vec::new(), rows: Rows::Arrow(Box::new(batches)) })
}

fn flat(
    fields: &Fields,
    before: &str,
    at: &[usize],
    headers: &mut Vec<String>,
    leaves: &mut Vec<Vec<usize>>,
) {
    for (place, field) in fields.iter().enumerate() {
        let header = format!("{before}{}", text::header(field.name()));
        let path = [at, &[place]].concat();
        match field.data_type() {
            DataType::Struct(inside) if path.len() < DEEPEST => {
                flat(inside, &format!("{header}/"), &path, headers, leaves);
            }
            _ => {
                headers.push(header);
                leaves.push(path);
            }
        }
    }
}

/// Batches that follow each other, and the rows before them.
pub(crate) struct Part {
    batches: Vec<RecordBatch>,
    before: u64,
}

/// Batches as they come.
pub(crate) struct Parts {
    stream: Stream,
    rows: u64,
    name: String,
    unreadable: fn(&str) -> Diagnostic,
}

/// How batches are read, in any order and on any thread.
pub(crate) struct Form {
    places: Vec<usize>,
    leaves: Vec<Vec<usize>>,
    headers: Vec<String>,
    name: String,
}

impl Batches {
    /// The rows in parts, and how they are read.
    ///
    /// # Errors
    /// That the file is unreadable.
    pub(super) fn apart(self, wanted: &[Wanted]) -> Result<(Parts, Form), Diagnostic> {
        let Batches { begin, leaves, headers, name, unreadable } = self;
        let mut places: Vec<usize> =
            wanted.iter().filter_map(|want| leaves.get(want.column)?.first().copied()).collect();
        places.sort_unstable();
        places.dedup();
        let Some(Some(stream)) = guarded(|| begin(&places)) else {
            return Err(unreadable(&name));
        };
        let form = Form { places, leaves, headers, name: name.clone() };
        Ok((Parts { stream, rows: 0, name, unreadable }, form))
    }
}

impl Parts {
    /// The next batches; none at the end.
    ///
    /// # Errors
    /// That the file is unreadable.
    pub(crate) fn next(&mut self) -> Result<Option<Part>, Diagnostic> {
        let mut part = Part { batches: Vec::new(), before: self.rows };
        while part.batches.iter().map(RecordBatch::num_rows).sum::<usize>() < PART_ROWS {
            match guarded(|| self.stream.next()) {
                Some(None) => break,
                Some(Some(Ok(batch))) if is_sound(&batch) => {
                    self.rows += batch.num_rows() as u64;
                    part.batches.push(batch);
                }
                Some(Some(_)) | None => return Err((self.unreadable)(&self.name)),
            }
        }
        Ok((!part.batches.is_empty()).then_some(part))
    }
}

/// Whether texts are texts and what is pointed at is there: a damaged Parquet file can hold a column
/// that its metadata call text, whose bytes nobody has looked at.
fn is_sound(batch: &RecordBatch) -> bool {
    let all = || batch.columns().iter().all(|column| column.to_data().validate_full().is_ok());
    guarded(all).unwrap_or(false)
}

impl Form {
    /// Calls `visit` with every row of a part, numbered from 1.
    ///
    /// # Errors
    /// What `visit` returns; `source.unreadable-column`.
    pub(crate) fn rows(&self, part: &Part, wanted: &[Wanted], visit: &mut Visit<'_>) -> Result<(), Halt> {
        let options = FormatOptions::new();
        let mut number = part.before;
        let mut slots: Vec<Slot> = wanted.iter().map(|_| Slot::default()).collect();
        for batch in &part.batches {
            let mut found = Vec::with_capacity(wanted.len());
            for want in wanted {
                let leaf = self.leaves.get(want.column).and_then(|path| Leaf::of(batch, path, &self.places));
                found.push(leaf.ok_or_else(|| self.unreadable_column(want))?);
            }
            let mut columns = Vec::with_capacity(wanted.len());
            for (want, leaf) in wanted.iter().zip(&found) {
                let column = Column::of(leaf, &options);
                columns.push(column.ok_or_else(|| self.unreadable_column(want))?);
            }
            for row in 0..batch.num_rows() {
                number += 1;
                for (slot, column) in slots.iter_mut().zip(&columns) {
                    column.write(row, slot);
                }
                visit(&Row {
                    number,
                    ragged: false,
                    tags: false,
                    parent: None,
                    cells: Cells::Slots(&slots),
                })?;
            }
        }
        Ok(())
    }

    fn unreadable_column(&self, want: &Wanted) -> Diagnostic {
        diagnose::unreadable_column(&self.name, self.headers.get(want.column).map_or("", String::as_str))
    }
}

/// The values of a column, and the structures that they stand in.
struct Leaf {
    around: Vec<ArrayRef>,
    values: ArrayRef,
}

impl Leaf {
    fn of(batch: &RecordBatch, path: &[usize], places: &[usize]) -> Option<Self> {
        let (first, inside) = path.split_first()?;
        let mut values = batch.columns().get(places.binary_search(first).ok()?)?.clone();
        let mut around = Vec::new();
        for place in inside {
            let structure: &StructArray = values.as_struct_opt()?;
            let inner = structure.columns().get(*place)?.clone();
            around.push(std::mem::replace(&mut values, inner));
        }
        let values = in_a_zone_that_is_known(values)?;
        Some(Self { around, values })
    }
}

/// Times in a named zone as times at its distance from Greenwich; the zones of Thailand and Burma
/// have had one distance for all of the time of field data. None for a zone that is not known.
fn in_a_zone_that_is_known(values: ArrayRef) -> Option<ArrayRef> {
    let DataType::Timestamp(unit, Some(zone)) = values.data_type() else {
        return Some(values);
    };
    let offset = match &**zone {
        "UTC" | "Etc/UTC" | "GMT" | "Z" => "+00:00",
        "Asia/Bangkok" | "Asia/Ho_Chi_Minh" | "Asia/Vientiane" | "Asia/Phnom_Penh" | "Asia/Jakarta" => {
            "+07:00"
        }
        "Asia/Yangon" | "Asia/Rangoon" => "+06:30",
        other if other.starts_with(['+', '-']) => return Some(values),
        _ => return None,
    };
    cast(&values, &DataType::Timestamp(*unit, Some(offset.into()))).ok()
}

/// How the text of a value is written.
enum How<'a> {
    Format(ArrayFormatter<'a>),
    /// Bytes that older programs wrote for text.
    Bytes(fn(&dyn Array, usize) -> Vec<u8>),
    /// The items of a list, by themselves.
    Items(&'a FormatOptions<'a>),
}

struct Column<'a> {
    leaf: &'a Leaf,
    how: How<'a>,
}

impl<'a> Column<'a> {
    fn of(leaf: &'a Leaf, options: &'a FormatOptions<'a>) -> Option<Self> {
        let values = leaf.values.as_ref();
        let how = match values.data_type() {
            DataType::Binary => How::Bytes(|values, row| {
                values.as_any().downcast_ref::<BinaryArray>().map_or_else(Vec::new, |v| v.value(row).to_vec())
            }),
            DataType::LargeBinary => How::Bytes(|values, row| {
                values
                    .as_any()
                    .downcast_ref::<LargeBinaryArray>()
                    .map_or_else(Vec::new, |v| v.value(row).to_vec())
            }),
            DataType::BinaryView => How::Bytes(|values, row| {
                values
                    .as_any()
                    .downcast_ref::<BinaryViewArray>()
                    .map_or_else(Vec::new, |v| v.value(row).to_vec())
            }),
            DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => How::Items(options),
            _ => How::Format(ArrayFormatter::try_new(values, options).ok()?),
        };
        Some(Self { leaf, how })
    }

    fn write(&self, row: usize, slot: &mut Slot) {
        slot.text.clear();
        slot.broken = false;
        if self.leaf.around.iter().any(|structure| structure.is_null(row)) || self.leaf.values.is_null(row) {
            return;
        }
        let values = self.leaf.values.as_ref();
        let is_written = match &self.how {
            How::Format(formatter) => formatter.value(row).write(&mut slot.text).is_ok(),
            How::Bytes(bytes) => String::from_utf8(bytes(values, row)).map(|text| slot.text = text).is_ok(),
            How::Items(options) => items(values, row, options, &mut slot.text).is_some(),
        };
        slot.broken = !is_written;
    }
}

/// The items of a list with blanks between.
fn items(values: &dyn Array, row: usize, options: &FormatOptions<'_>, out: &mut String) -> Option<()> {
    let list = match values.data_type() {
        DataType::List(_) => values.as_list_opt::<i32>()?.value(row),
        DataType::LargeList(_) => values.as_list_opt::<i64>()?.value(row),
        _ => values.as_fixed_size_list_opt()?.value(row),
    };
    let formatter = ArrayFormatter::try_new(list.as_ref(), options).ok()?;
    for place in (0..list.len()).filter(|place| list.is_valid(*place)) {
        if !out.is_empty() {
            out.push(' ');
        }
        formatter.value(place).write(out).ok()?;
    }
    Some(())
}
