//! From rows of text to Arrow batches of typed columns.

use crate::row::{Cell, Row};
use crate::values::category::Spellings;
use crate::values::date::{Day, WrittenEra};
use crate::values::number::{PRECISION, SCALE};
use crate::values::{Parsed, boolean, date, number, site, text};
use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, RecordBatch,
    StringBuilder, UInt32Array, UInt64Array, UInt64Builder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use groundwork_plan::reason::{Reason, companion};
use groundwork_plan::site::Site;
use groundwork_plan::source::{Category, Column, ColumnType, Source};
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of a batch, at most.
pub(crate) const BATCH_ROWS: usize = 65_536;

/// Different texts of one column whose values are remembered, at most.
const REMEMBERED: usize = 65_536;
const LONGEST_REMEMBERED: usize = 256;

/// Bytes of text of one column in one batch, about; an Arrow array cannot hold two gigabytes.
const BATCH_BYTES: usize = 1 << 26;
/// Bytes of one text, at most; four hundred times what a spreadsheet cell can hold.
const LONGEST_TEXT: usize = 1 << 24;

/// The columns of the batches of a source: `_file` (UInt32, from 0) and `_row` (UInt64, from 1);
/// for a repeat `_parent_file` and `_parent_row`; then the source's columns by their names in the
/// pipeline, all of them nullable.
pub fn schema(source: &Source) -> SchemaRef {
    let mut fields =
        vec![Field::new("_file", DataType::UInt32, false), Field::new("_row", DataType::UInt64, false)];
    if source.export().is_some_and(|export| export.repeat_of.is_some()) {
        fields.push(Field::new("_parent_file", DataType::UInt32, true));
        fields.push(Field::new("_parent_row", DataType::UInt64, true));
    }
    for column in &source.columns {
        let data_type = match &column.kind {
            ColumnType::Text | ColumnType::Site | ColumnType::Category(_) => DataType::Utf8,
            ColumnType::Integer => DataType::Int64,
            ColumnType::Number => DataType::Decimal128(PRECISION, SCALE),
            ColumnType::Measurement => DataType::Float64,
            ColumnType::Date | ColumnType::Timestamp => DataType::Date32,
            ColumnType::Boolean => DataType::Boolean,
        };
        fields.push(Field::new(&column.name, data_type, true));
        if column.has_companion() {
            fields.push(Field::new(companion(&column.name), DataType::Utf8, false));
        }
    }
    Arc::new(Schema::new(fields))
}

/// A check that a row or a value failed, before it has its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The row as a person finds it.
    pub(crate) row: u64,
    /// The place of the column in the source; none for the row as a whole.
    pub(crate) column: Option<usize>,
    /// The check.
    pub(crate) check: &'static str,
    /// Whether the value, or the row, stands as it was.
    pub(crate) kept: bool,
}

/// How many dates of a column were written in which era.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct EraTally {
    pub(crate) common: u64,
    pub(crate) buddhist: u64,
    pub(crate) repaired: u64,
}

/// Gathers rows of one file into batches.
pub(crate) struct Typist<'a> {
    schema: SchemaRef,
    file: u32,
    rows: UInt64Builder,
    columns: Vec<ColumnTypist<'a>>,
    found: Vec<Found>,
    count: usize,
}

impl<'a> Typist<'a> {
    /// For a source, its `file`th file; `missing` are the words that the tool writes where nothing
    /// was recorded.
    pub(crate) fn new(source: &'a Source, sites: &'a [Site], file: u32, missing: &[&str]) -> Self {
        Self {
            schema: schema(source),
            file,
            rows: UInt64Builder::new(),
            columns: source.columns.iter().map(|column| ColumnTypist::new(column, sites, missing)).collect(),
            found: Vec::new(),
            count: 0,
        }
    }

    /// Appends a row whose cells stand in the order of the source's columns.
    pub(crate) fn append(&mut self, row: &Row<'_>) {
        self.rows.append_value(row.number);
        self.count += 1;
        if row.ragged {
            self.note(row.number, "row.ragged");
        }
        for (place, column) in self.columns.iter_mut().enumerate() {
            if let Some((check, kept)) = column.append(row.cell(place)) {
                self.found.push(Found { row: row.number, column: Some(place), check, kept });
            }
        }
    }

    /// Notes a check that a row as a whole failed; the row is kept.
    pub(crate) fn note(&mut self, row: u64, check: &'static str) {
        self.found.push(Found { row, column: None, check, kept: true });
    }

    /// Whether a batch is complete.
    pub(crate) fn is_full(&self) -> bool {
        self.count >= BATCH_ROWS || self.columns.iter().any(|column| column.bytes >= BATCH_BYTES)
    }

    /// Whether no row has been appended since the last batch.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The rows so far as one batch. `parents` are, for a repeat, the parent's rows and the
    /// ordinal of their file.
    ///
    /// # Errors
    /// Only where columns and schema disagree, which would be a mistake in this crate.
    pub(crate) fn batch(&mut self, parents: Option<(u32, UInt64Array)>) -> Result<RecordBatch, ArrowError> {
        let count = std::mem::take(&mut self.count);
        let mut arrays: Vec<ArrayRef> =
            vec![Arc::new(UInt32Array::from(vec![self.file; count])), Arc::new(self.rows.finish())];
        if let Some((file, rows)) = parents {
            let files: UInt32Array = rows.iter().map(|row| row.map(|_| file)).collect();
            arrays.push(Arc::new(files));
            arrays.push(Arc::new(rows));
        }
        for column in &mut self.columns {
            arrays.push(column.finish()?);
            if let Some(reasons) = &mut column.reasons {
                arrays.push(Arc::new(reasons.of_rows.finish()));
            }
        }
        RecordBatch::try_new(Arc::clone(&self.schema), arrays)
    }

    /// The checks that failed, in order of rows, and the eras of each column that holds dates.
    pub(crate) fn end(mut self) -> (Vec<Found>, Vec<(usize, EraTally)>) {
        self.found.sort_by_key(|found| found.row);
        let eras = self.columns.iter().enumerate().filter_map(|(place, column)| {
            matches!(column.values, Values::Day(..)).then_some((place, column.eras))
        });
        let eras = eras.collect();
        (self.found, eras)
    }
}

/// One column on its way from text to Arrow.
struct ColumnTypist<'a> {
    column: &'a Column,
    missing: Vec<String>,
    eras: EraTally,
    /// Bytes of text in the batch so far.
    bytes: usize,
    values: Values<'a>,
    reasons: Option<Reasons>,
}

/// Why the cells of a column have no value.
struct Reasons {
    of_rows: StringBuilder,
    /// What each declared value means.
    declared: Vec<(String, Reason)>,
    /// What an empty cell means.
    blank: Reason,
}

impl Reasons {
    fn new(column: &Column) -> Self {
        let declared = column
            .reasons
            .iter()
            .flat_map(|(reason, words)| words.iter().map(|word| (text::trim(word).to_owned(), *reason)));
        let declared: Vec<(String, Reason)> = declared.collect();
        // Who tells "not asked" apart leaves a question empty that was asked.
        let tells = declared.iter().any(|(_, reason)| *reason == Reason::NotAsked);
        let blank = if tells { Reason::NotAnswered } else { Reason::NotRecorded };
        Self { of_rows: StringBuilder::new(), declared, blank }
    }

    /// What a text says of why there is no value.
    fn declared(&self, raw: &str) -> Option<Reason> {
        let trimmed = text::trim(raw);
        let found = |word: &str| self.declared.iter().find(|(w, _)| w == word).map(|(_, reason)| *reason);
        found(trimmed).or_else(|| if trimmed.is_ascii() { None } else { found(&text::ascii_digits(trimmed)) })
    }
}

enum Values<'a> {
    Text(StringBuilder),
    Integer(Int64Builder, Memory<i64>),
    Number(Decimal128Builder, Memory<i128>),
    Measurement(Float64Builder, Memory<f64>),
    Day(Date32Builder, Memory<Day>),
    Boolean(BooleanBuilder, Memory<bool>),
    Site(StringBuilder, Memory<u32>, &'a [Site]),
    Category(StringBuilder, Memory<u32>, &'a [Category], Spellings),
}

impl<'a> ColumnTypist<'a> {
    fn new(column: &'a Column, sites: &'a [Site], missing: &[&str]) -> Self {
        let mut words: Vec<String> = column.missing.iter().map(|word| text::trim(word).to_owned()).collect();
        let values = match &column.kind {
            ColumnType::Text => Values::Text(StringBuilder::new()),
            ColumnType::Integer => Values::Integer(Int64Builder::new(), Memory::new()),
            ColumnType::Number => Values::Number(
                Decimal128Builder::new().with_data_type(DataType::Decimal128(PRECISION, SCALE)),
                Memory::new(),
            ),
            ColumnType::Measurement => Values::Measurement(Float64Builder::new(), Memory::new()),
            ColumnType::Date | ColumnType::Timestamp => Values::Day(Date32Builder::new(), Memory::new()),
            ColumnType::Boolean => Values::Boolean(BooleanBuilder::new(), Memory::new()),
            ColumnType::Site => Values::Site(StringBuilder::new(), Memory::new(), sites),
            ColumnType::Category(categories) => {
                Values::Category(StringBuilder::new(), Memory::new(), categories, Spellings::new(categories))
            }
        };
        let is_category = |word: &str| match &values {
            Values::Category(.., spellings) => spellings.contains(word),
            _ => false,
        };
        words.extend(missing.iter().filter(|word| !is_category(word)).map(|word| (*word).to_owned()));
        let reasons = column.has_companion().then(|| Reasons::new(column));
        Self { column, missing: words, eras: EraTally::default(), bytes: 0, values, reasons }
    }

    /// Appends one cell, with its reason where the column tells reasons; the check that it fails,
    /// and whether its value is kept.
    fn append(&mut self, cell: Cell<'_>) -> Option<(&'static str, bool)> {
        let declared = match (&self.reasons, cell) {
            (Some(reasons), Cell::Text(raw)) => reasons.declared(raw),
            _ => None,
        };
        let (is_there, check) = self.append_value(match declared {
            Some(Reason::NotSelected) => Cell::Text(boolean::FALSE),
            Some(_) => Cell::Text(""),
            None => cell,
        });
        if let Some(reasons) = &mut self.reasons {
            let is_blank = matches!(cell, Cell::Text(raw) if text::trim(raw).is_empty());
            let reason = match declared {
                Some(reason) => reason,
                None if is_there => Reason::Answered,
                None if check.is_some() => Reason::NotUnderstood,
                None if is_blank => reasons.blank,
                None => Reason::NotRecorded,
            };
            reasons.of_rows.append_value(reason.word());
        }
        check.map(|check| (check, is_there))
    }

    /// Appends one cell; whether it has a value, and the check that it fails.
    fn append_value(&mut self, cell: Cell<'_>) -> (bool, Option<&'static str>) {
        let (raw, serial) = match cell {
            Cell::Text(raw) => (raw, None),
            Cell::Serial(serial) => ("", Some(serial)),
            Cell::Broken => ("", None),
        };
        let missing = &self.missing;
        let column = self.column;
        let outcome = match &mut self.values {
            Values::Text(builder) => {
                let trimmed = text::trim(raw);
                let is_long = trimmed.len() > LONGEST_TEXT;
                let is_there = !trimmed.is_empty() && !is_long && !missing.iter().any(|word| word == trimmed);
                builder.append_option(is_there.then_some(trimmed));
                self.bytes += if is_there { trimmed.len() } else { 0 };
                (is_there, is_long.then_some("text.too-long"))
            }
            Values::Integer(builder, memory) => {
                let parsed = memory.recall(raw, missing, number::parse_integer);
                builder.append_option(parsed.value);
                outcome(&parsed)
            }
            Values::Number(builder, memory) => {
                let parsed = memory.recall(raw, missing, number::parse_number);
                builder.append_option(parsed.value);
                outcome(&parsed)
            }
            Values::Measurement(builder, memory) => {
                let parsed = memory.recall(raw, missing, number::parse_measurement);
                builder.append_option(parsed.value);
                outcome(&parsed)
            }
            Values::Day(builder, memory) => {
                let parsed = match serial {
                    Some(serial) => date::from_serial(serial, column.era),
                    None => memory.recall(raw, missing, |text| date::parse(text, column.era, column.order)),
                };
                builder.append_option(parsed.value.map(|day| day.days));
                match parsed.value.map(|day| day.era) {
                    Some(WrittenEra::Common) => self.eras.common += 1,
                    Some(WrittenEra::Buddhist) => self.eras.buddhist += 1,
                    Some(WrittenEra::Repaired) => self.eras.repaired += 1,
                    None => {}
                }
                outcome(&parsed)
            }
            Values::Boolean(builder, memory) => {
                let parsed = memory.recall(raw, missing, boolean::parse);
                builder.append_option(parsed.value);
                outcome(&parsed)
            }
            Values::Site(builder, memory, sites) => {
                let parsed = memory.recall(raw, missing, |text| site::parse(text, sites));
                let id = parsed.value.and_then(|place| sites.get(place as usize));
                builder.append_option(id.map(|site| site.id.as_str()));
                outcome(&parsed)
            }
            Values::Category(builder, memory, categories, spellings) => {
                let parsed = memory.recall(raw, missing, |text| spellings.parse(text));
                let id = parsed.value.and_then(|place| categories.get(place as usize));
                builder.append_option(id.map(|category| category.id.as_str()));
                outcome(&parsed)
            }
        };
        if matches!(cell, Cell::Broken) { (false, Some("cell.error")) } else { outcome }
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        self.bytes = 0;
        Ok(match &mut self.values {
            Values::Text(builder) | Values::Site(builder, ..) | Values::Category(builder, ..) => {
                Arc::new(builder.finish())
            }
            Values::Integer(builder, _) => Arc::new(builder.finish()),
            Values::Number(builder, _) => {
                Arc::new(builder.finish().with_precision_and_scale(PRECISION, SCALE)?)
            }
            Values::Measurement(builder, _) => Arc::new(builder.finish()),
            Values::Day(builder, _) => Arc::new(builder.finish()),
            Values::Boolean(builder, _) => Arc::new(builder.finish()),
        })
    }
}

fn outcome<T>(parsed: &Parsed<T>) -> (bool, Option<&'static str>) {
    (parsed.value.is_some(), parsed.check)
}

/// Whether a trimmed text is one of the words for "nothing was recorded". Letters count as they
/// are written: `NaN` may be declared as missing beside a place called `Nan`.
fn is_missing(trimmed: &str, missing: &[String]) -> bool {
    !missing.is_empty()
        && (missing.iter().any(|word| word == trimmed)
            || (!trimmed.is_ascii() && {
                let digits = text::ascii_digits(trimmed);
                missing.iter().any(|word| *word == digits)
            }))
}

/// The values of the texts met so far in a column, so that each is read once.
struct Memory<T> {
    known: HashMap<Box<str>, Parsed<T>>,
}

impl<T: Copy> Memory<T> {
    fn new() -> Self {
        Self { known: HashMap::new() }
    }

    fn recall(&mut self, raw: &str, missing: &[String], parse: impl FnOnce(&str) -> Parsed<T>) -> Parsed<T> {
        if raw.is_empty() {
            return Parsed::missing();
        }
        if let Some(parsed) = self.known.get(raw) {
            return *parsed;
        }
        let parsed = if is_missing(text::trim(raw), missing) { Parsed::missing() } else { parse(raw) };
        if self.known.len() < REMEMBERED && raw.len() <= LONGEST_REMEMBERED {
            self.known.insert(raw.into(), parsed);
        }
        parsed
    }
}
