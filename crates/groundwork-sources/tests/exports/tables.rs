//! Tables of programs: Arrow files and streams, and Parquet files.

use crate::support::{codes, folder, issues, read_one, source, texts};
use arrow::array::{
    Array, BinaryArray, Date32Array, DictionaryArray, Int64Array, ListArray, RecordBatch, StringArray,
    StructArray, TimestampMillisecondArray,
};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use groundwork_plan::source::{ColumnType, Reader};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::sync::Arc;

/// Three people, in columns of many types.
pub(crate) fn people(zone: Option<&str>) -> RecordBatch {
    let village = StringArray::from(vec![Some("แม่สาย"), None, Some("Nan")]);
    let village: (Arc<Field>, Arc<dyn Array>) =
        (Arc::new(Field::new("village", DataType::Utf8, true)), Arc::new(village));
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([
        Some(vec![Some(1), Some(2)]),
        None,
        Some(vec![Some(3)]),
    ]);
    let mut times = TimestampMillisecondArray::from(vec![Some(1_623_772_800_000), None, Some(0)]);
    if let Some(zone) = zone {
        times = times.with_timezone(zone);
    }
    let columns: Vec<(&str, Arc<dyn Array>)> = vec![
        ("who", Arc::new(StringArray::from(vec!["1000099999003", "2000099999001", "๑-๐๐๐๐-๙๙๙๙๙-๐๐-๓"]))),
        ("visits", Arc::new(Int64Array::from(vec![Some(4), None, Some(-1)]))),
        ("born", Arc::new(Date32Array::from(vec![Some(14_000), None, Some(0)]))),
        ("site", Arc::new(DictionaryArray::<Int32Type>::from_iter([Some("Nan"), Some("น่าน"), None]))),
        ("old", Arc::new(BinaryArray::from_opt_vec(vec![Some(b"text"), None, Some(b"\xff")]))),
        ("home", Arc::new(StructArray::from(vec![village]))),
        ("groups", Arc::new(list)),
        ("sent", Arc::new(times)),
    ];
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
}

/// A batch as a Parquet file.
pub(crate) fn parquet_file(batch: &RecordBatch, compression: Compression) -> Vec<u8> {
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

/// A batch as an Arrow file.
pub(crate) fn arrow_file(batch: &RecordBatch) -> Vec<u8> {
    let mut writer = FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

/// A batch as a Feather file, compressed as R and Python do it unless they are told not to.
pub(crate) fn feather(batch: &RecordBatch, compression: CompressionType) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(Some(compression)).unwrap();
    let mut writer = FileWriter::try_new_with_options(Vec::new(), &batch.schema(), options).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

/// A batch as a stream.
pub(crate) fn arrow_stream(batch: &RecordBatch) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

const COLUMNS: [(&str, ColumnType); 8] = [
    ("sent", ColumnType::Timestamp),
    ("who", ColumnType::Text),
    ("visits", ColumnType::Integer),
    ("born", ColumnType::Date),
    ("site", ColumnType::Site),
    ("old", ColumnType::Text),
    ("home/village", ColumnType::Text),
    ("groups", ColumnType::Text),
];

#[test]
fn every_form_of_a_table_is_one_table() {
    let batch = people(Some("Asia/Bangkok"));
    let files: [(&str, Reader, Vec<u8>); 8] = [
        ("a.arrow", Reader::Arrow, arrow_file(&batch)),
        ("b.arrows", Reader::Arrow, arrow_stream(&batch)),
        ("g.feather", Reader::Arrow, feather(&batch, CompressionType::LZ4_FRAME)),
        ("h.feather", Reader::Arrow, feather(&batch, CompressionType::ZSTD)),
        ("c.parquet", Reader::Parquet, parquet_file(&batch, Compression::UNCOMPRESSED)),
        ("d.parquet", Reader::Parquet, parquet_file(&batch, Compression::SNAPPY)),
        ("e.parquet", Reader::Parquet, parquet_file(&batch, Compression::ZSTD(ZstdLevel::default()))),
        ("f.parquet", Reader::Parquet, parquet_file(&batch, Compression::GZIP(GzipLevel::default()))),
    ];
    for (name, reader, bytes) in files {
        assert_eq!(Reader::of_ending(name), reader);
        let folder = folder(&[(name, &bytes)]);
        let (reading, batches) = read_one(folder.path(), &source(reader, name, &COLUMNS)).unwrap();
        assert_eq!(reading.rows, 3, "{name}");
        // 16:00 in Greenwich is 23:00 in Bangkok, and midnight 7:00.
        assert_eq!(texts(&batches, "sent"), ["2021-06-15", "~", "1970-01-01"], "{name}");
        let who = texts(&batches, "who");
        assert!(who[0] == who[2] && who[0] != who[1] && who[0].starts_with("id:"), "{name}: {who:?}");
        assert_eq!(texts(&batches, "visits"), ["4", "~", "-1"], "{name}");
        assert_eq!(texts(&batches, "born"), ["2008-05-01", "~", "1970-01-01"], "{name}");
        assert_eq!(texts(&batches, "site"), ["nan", "nan", "~"], "{name}");
        assert_eq!(texts(&batches, "old"), ["text", "~", "~"], "{name}");
        assert_eq!(texts(&batches, "home/village"), ["แม่สาย", "~", "Nan"], "{name}");
        assert_eq!(texts(&batches, "groups"), ["1 2", "~", "3"], "{name}");
        assert_eq!(issues(&reading), [format!("{name} 3 old cell.error")]);
        assert!(reading.ignored_columns.is_empty());
    }
}

#[test]
fn a_time_in_a_zone_whose_days_are_not_known_is_refused_when_it_is_asked_for() {
    let batch = people(Some("America/Caracas"));
    for (name, reader, bytes) in [
        ("a.arrow", Reader::Arrow, arrow_file(&batch)),
        ("a.parquet", Reader::Parquet, parquet_file(&batch, Compression::SNAPPY)),
    ] {
        let folder = folder(&[(name, &bytes)]);
        let of = |columns| codes(read_one(folder.path(), &source(reader, name, columns)));
        assert_eq!(of(&COLUMNS), ["source.unreadable-column"]);
        assert_eq!(of(&COLUMNS[1..]), Vec::<&str>::new());
    }
}

#[test]
fn damaged_and_other_files_are_refused() {
    let whole = parquet_file(&people(None), Compression::SNAPPY);
    let folder = folder(&[
        ("cut.parquet", &whole[..whole.len() - 9]),
        ("text.parquet", b"a,b\n1,2\n"),
        ("empty.parquet", b""),
        ("text.arrow", b"a,b\n1,2\n"),
    ]);
    let of = |reader, name| codes(read_one(folder.path(), &source(reader, name, &COLUMNS[1..2])));
    for name in ["cut.parquet", "text.parquet", "empty.parquet"] {
        assert_eq!(of(Reader::Parquet, name), ["source.unreadable-parquet"], "{name}");
    }
    assert_eq!(of(Reader::Arrow, "text.arrow"), ["source.unreadable-arrow"]);
}

/// One cell of so many letters.
fn letters(bytes: usize) -> RecordBatch {
    let text = StringArray::from(vec!["a".repeat(bytes)]);
    let schema = Arc::new(Schema::new(vec![Field::new("a", DataType::Utf8, true)]));
    RecordBatch::try_new(schema, vec![Arc::new(text)]).unwrap()
}

#[test]
fn a_batch_that_grows_without_end_is_refused() {
    let of = |bytes: &[u8]| {
        let folder = folder(&[("a.feather", bytes)]);
        let source = source(Reader::Arrow, "a.feather", &[("a", ColumnType::Text)]);
        read_one(folder.path(), &source).map(|(reading, _)| issues(&reading))
    };
    for compression in [CompressionType::LZ4_FRAME, CompressionType::ZSTD] {
        assert_eq!(of(&feather(&letters(32 << 20), compression)).unwrap(), ["a.feather 1 a text.too-long"]);
        let refused = of(&feather(&letters(300 << 20), compression)).unwrap_err();
        assert_eq!(refused[0].code, "source.too-large");
    }
    // A buffer of few bytes that says that it is 2^60 long.
    let mut lies = feather(&letters(4096), CompressionType::ZSTD);
    // The length of the letters stands before a frame of Zstandard.
    let stated = [&4096_u64.to_le_bytes()[..], &[0x28, 0xb5, 0x2f, 0xfd]].concat();
    let at = lies.windows(12).position(|bytes| bytes == stated).expect("the length of the letters");
    lies[at..at + 8].copy_from_slice(&(1_u64 << 60).to_le_bytes());
    assert_eq!(of(&lies).unwrap_err()[0].code, "source.too-large");
}

#[test]
fn a_page_that_grows_without_end_is_refused() {
    // 64 MiB of one letter in one cell, packed with gzip: 64 KiB; 300 MiB: more than is read.
    let of = |bytes: usize, compression| {
        let folder = folder(&[("a.parquet", &parquet_file(&letters(bytes), compression))]);
        let source = source(Reader::Parquet, "a.parquet", &[("a", ColumnType::Text)]);
        read_one(folder.path(), &source).map(|(reading, _)| issues(&reading))
    };
    let zstd = Compression::ZSTD(ZstdLevel::default());
    assert_eq!(of(1 << 10, zstd).unwrap(), Vec::<String>::new());
    assert_eq!(of(32 << 20, zstd).unwrap(), ["a.parquet 1 a text.too-long"]);
    for compression in [zstd, Compression::GZIP(GzipLevel::default())] {
        let found = of(300 << 20, compression).map(|_| ()).unwrap_err();
        assert_eq!(found[0].code, "source.too-large");
    }
}

#[test]
fn bytes_that_are_called_a_text_and_are_none_are_refused() {
    let bytes = |value: &[u8]| {
        let schema = Arc::new(Schema::new(vec![Field::new("a", DataType::Binary, true)]));
        let column = BinaryArray::from(vec![value]);
        let batch = RecordBatch::try_new(schema.clone(), vec![Arc::new(column)]).unwrap();
        // What the file says of its columns: a text.
        let said = Schema::new(vec![Field::new("a", DataType::Utf8, true)]);
        let said = parquet::file::metadata::KeyValue::new(
            parquet::arrow::ARROW_SCHEMA_META_KEY.to_owned(),
            parquet::arrow::encode_arrow_schema(&said),
        );
        let properties = WriterProperties::builder().set_key_value_metadata(Some(vec![said])).build();
        let options = parquet::arrow::arrow_writer::ArrowWriterOptions::new()
            .with_properties(properties)
            .with_skip_arrow_metadata(true);
        let mut writer = ArrowWriter::try_new_with_options(Vec::new(), schema, options).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    };
    let of = |value: &[u8]| {
        let folder = folder(&[("a.parquet", &bytes(value))]);
        let source = source(Reader::Parquet, "a.parquet", &[("a", ColumnType::Text)]);
        read_one(folder.path(), &source).map(|(_, batches)| texts(&batches, "a"))
    };
    assert_eq!(of(b"Nan").unwrap(), ["Nan"]);
    assert_eq!(of(b"Nan \xe0\xb8").unwrap_err()[0].code, "source.unreadable-parquet");
}
