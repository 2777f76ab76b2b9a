//! From rows of text to Arrow batches of typed columns.

use crate::pseudonym::Pseudonyms;
use crate::readers::Habits;
use crate::row::Cell;
use crate::values::category::Spellings;
use crate::values::date::{Day, Rules, WrittenEra};
use crate::values::number::{PRECISION, SCALE};
use crate::values::year::is_placeholder;
use crate::values::zawgyi::Burmese;
use crate::values::{Parsed, boolean, date, identifier, number, site, text, thai, zawgyi};
use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, RecordBatch,
    StringBuilder, UInt32Array, UInt64Array, UInt64Builder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use foldhash::fast::RandomState;
use groundwork_plan::reason::{Reason, companion};
use groundwork_plan::site::Site;
use groundwork_plan::source::{Category, Column, ColumnType, DateRole, Source};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of a batch, at most.
pub(crate) const BATCH_ROWS: usize = 131_072;

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

/// What a file says of a column beside its values.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ColumnTally {
    /// Dates by era; none for a column of another type.
    pub(crate) eras: Option<EraTally>,
    /// Cells by reason, in the order of [`Reason::ALL`].
    pub(crate) reasons: [u64; 8],
    /// Texts in which identifiers became pseudonyms.
    pub(crate) identifiers: u64,
}

impl ColumnTally {
    /// Adds what another file says.
    pub(crate) fn add(&mut self, other: &ColumnTally) {
        if let Some(eras) = other.eras {
            let sum = self.eras.get_or_insert_default();
            sum.common += eras.common;
            sum.buddhist += eras.buddhist;
            sum.repaired += eras.repaired;
        }
        for (sum, cells) in self.reasons.iter_mut().zip(other.reasons) {
            *sum += cells;
        }
        self.identifiers += other.identifiers;
    }
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
    /// For a source, its `file`th file; `habits` are those of the tool that wrote it.
    pub(crate) fn new(
        source: &'a Source,
        sites: &'a [Site],
        file: u32,
        habits: &Habits,
        pseudonyms: &'a Pseudonyms,
    ) -> Self {
        let columns = source.columns.iter();
        Self {
            schema: schema(source),
            file,
            rows: UInt64Builder::new(),
            columns: columns.map(|column| ColumnTypist::new(column, sites, habits, pseudonyms)).collect(),
            found: Vec::new(),
            count: 0,
        }
    }

    /// Appends a row; `cell` gives the cell of the column at a place in the source.
    pub(crate) fn append<'c>(&mut self, row: u64, ragged: bool, mut cell: impl FnMut(usize) -> Cell<'c>) {
        self.rows.append_value(row);
        self.count += 1;
        if ragged {
            self.note(row, "row.ragged");
        }
        for (place, column) in self.columns.iter_mut().enumerate() {
            if let Some((check, kept)) = column.append(row, cell(place)) {
                self.found.push(Found { row, column: Some(place), check, kept });
            }
        }
    }

    /// Notes a check that a row as a whole failed; the row is kept.
    pub(crate) fn note(&mut self, row: u64, check: &'static str) {
        self.found.push(Found { row, column: None, check, kept: true });
    }

    /// Notes something of a value that is kept.
    pub(crate) fn note_value(&mut self, row: u64, place: usize, check: &'static str) {
        self.found.push(Found { row, column: Some(place), check, kept: true });
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
                arrays.push(Arc::new(reasons.finish()));
            }
        }
        RecordBatch::try_new(Arc::clone(&self.schema), arrays)
    }

    /// Takes over what another one found in other rows of the same file, whose batches are made.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.found.extend(other.found);
        for (column, of_other) in self.columns.iter_mut().zip(other.columns) {
            column.tally.add(&of_other.tally);
            column.births += of_other.births;
            column.new_years.extend(of_other.new_years);
        }
    }

    /// The checks that failed, in order of rows, and what there is to say of each column.
    pub(crate) fn end(mut self) -> (Vec<Found>, Vec<ColumnTally>) {
        for (place, column) in self.columns.iter().enumerate() {
            if is_placeholder(column.new_years.len() as u64, column.births) {
                self.found.extend(column.new_years.iter().map(|row| Found {
                    row: *row,
                    column: Some(place),
                    check: "date.placeholder",
                    kept: true,
                }));
            }
        }
        self.found.sort_by_key(|found| found.row);
        (self.found, self.columns.into_iter().map(|column| column.tally).collect())
    }
}

/// One column on its way from text to Arrow.
struct ColumnTypist<'a> {
    column: &'a Column,
    pseudonyms: &'a Pseudonyms,
    words: Words,
    tally: ColumnTally,
    /// The companion, where the column has one.
    reasons: Option<StringBuilder>,
    /// For births: how many there are, and the rows of those on 1 January.
    births: u64,
    new_years: Vec<u64>,
    /// Bytes of text in the batch so far.
    bytes: usize,
    values: Values<'a>,
}

/// What says that there is no value.
struct Words {
    /// Words, and why there is none.
    missing: Vec<(String, Reason)>,
    /// What an empty cell says.
    blank: Reason,
}

enum Values<'a> {
    Text(StringBuilder, Memory<KnownText>),
    Integer(Int64Builder, Memory<Told<i64>>),
    Number(Decimal128Builder, Memory<Told<i128>>),
    Measurement(Float64Builder, Memory<Told<f64>>),
    Day(Date32Builder, Memory<Told<Day>>),
    Boolean(BooleanBuilder, Memory<Told<bool>>),
    Site(StringBuilder, Memory<Told<u32>>, &'a [Site]),
    Category(StringBuilder, Memory<Told<u32>>, &'a [Category], Spellings),
}

/// What a cell tells: a value, or why there is none, and the check that it fails.
#[derive(Clone, Copy)]
struct Told<T> {
    value: Option<T>,
    reason: Reason,
    check: Option<&'static str>,
}

impl<T> Told<T> {
    fn nothing(reason: Reason) -> Self {
        Self { value: None, reason, check: None }
    }

    fn outcome(&self) -> (Reason, Option<&'static str>) {
        (self.reason, self.check)
    }
}

impl Words {
    /// Why a trimmed text is no value; none where it is one.
    fn reason(&self, trimmed: &str) -> Option<Reason> {
        if trimmed.is_empty() { Some(self.blank) } else { reason_of(trimmed, &self.missing) }
    }

    /// What a text tells, where `parse` reads its value.
    fn told<T>(&self, raw: &str, parse: impl FnOnce(&str) -> Parsed<T>) -> Told<T> {
        if let Some(reason) = self.reason(text::trim(raw)) {
            return Told::nothing(reason);
        }
        self.told_by(parse(raw))
    }

    fn told_by<T>(&self, parsed: Parsed<T>) -> Told<T> {
        let Parsed { value, check } = parsed;
        let reason = match (&value, check) {
            (Some(_), _) => Reason::Answered,
            (None, Some(_)) => Reason::NotUnderstood,
            // A dash alone.
            (None, None) => self.blank,
        };
        Told { value, reason, check }
    }
}

impl<'a> ColumnTypist<'a> {
    fn new(column: &'a Column, sites: &'a [Site], habits: &Habits, pseudonyms: &'a Pseudonyms) -> Self {
        let word = |word: &String, reason| (text::trim(word).to_owned(), reason);
        let mut words: Vec<(String, Reason)> = Vec::new();
        for (reason, declared) in &column.reasons {
            words.extend(declared.iter().map(|text| word(text, *reason)));
        }
        // Who tells "not asked" apart leaves a question empty that was asked.
        let tells = words.iter().any(|(_, reason)| *reason == Reason::NotAsked);
        let blank = words.iter().find(|(word, _)| word.is_empty()).map(|(_, reason)| *reason);
        let blank = blank.unwrap_or(if tells { Reason::NotAnswered } else { habits.blank });
        words.extend(column.missing.iter().map(|text| word(text, Reason::NotRecorded)));
        let values = match &column.kind {
            ColumnType::Text => Values::Text(StringBuilder::new(), Memory::new()),
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
        let own = habits.missing.iter().filter(|(word, _)| !is_category(word));
        words.extend(own.map(|(word, reason)| ((*word).to_owned(), *reason)));
        let eras = matches!(values, Values::Day(..)).then(EraTally::default);
        Self {
            column,
            pseudonyms,
            words: Words { missing: words, blank },
            tally: ColumnTally { eras, ..ColumnTally::default() },
            reasons: column.has_companion().then(StringBuilder::new),
            births: 0,
            new_years: Vec::new(),
            bytes: 0,
            values,
        }
    }

    /// Appends one cell, with its reason where the column has a companion; the check that it
    /// fails, and whether its value is kept.
    fn append(&mut self, row: u64, cell: Cell<'_>) -> Option<(&'static str, bool)> {
        let (reason, check) = match cell {
            Cell::Text(raw) => self.append_text(row, raw),
            Cell::Missing(reason) => {
                self.append_missing(reason);
                (reason, None)
            }
            Cell::Broken => {
                self.append_missing(Reason::NotUnderstood);
                (Reason::NotUnderstood, Some("cell.error"))
            }
            Cell::Serial(serial) => self.append_serial(row, serial),
        };
        if let Some(count) = self.tally.reasons.get_mut(place_of(reason)) {
            *count += 1;
        }
        if let Some(reasons) = &mut self.reasons {
            reasons.append_value(reason.word());
        }
        check.map(|check| (check, reason == Reason::Answered))
    }

    /// Appends a cell without a value. What was offered and not chosen is an answer.
    fn append_missing(&mut self, reason: Reason) {
        match &mut self.values {
            Values::Text(builder, _) | Values::Site(builder, ..) | Values::Category(builder, ..) => {
                builder.append_null();
            }
            Values::Integer(builder, _) => builder.append_null(),
            Values::Number(builder, _) => builder.append_null(),
            Values::Measurement(builder, _) => builder.append_null(),
            Values::Day(builder, _) => builder.append_null(),
            Values::Boolean(builder, _) => {
                builder.append_option((reason == Reason::NotSelected).then_some(false));
            }
        }
    }

    /// Appends a text: why there is no value, if there is none, and the check that it fails.
    fn append_text(&mut self, row: u64, raw: &str) -> (Reason, Option<&'static str>) {
        let (column, words) = (self.column, &self.words);
        match &mut self.values {
            Values::Text(builder, memory) => {
                let trimmed = text::trim(raw);
                if let Some(reason) = words.reason(trimmed) {
                    builder.append_null();
                    return (reason, None);
                }
                // Most texts have one form, hold no identifier, and are stored as they are.
                if trimmed.len() <= LONGEST_REMEMBERED && identifier::is_out_of_question(trimmed) {
                    self.bytes += trimmed.len();
                    builder.append_value(trimmed);
                    return (Reason::Answered, None);
                }
                let known = memory.recall(trimmed, |text| plain_text(text, self.pseudonyms));
                self.tally.identifiers += u64::from(known.identifiers);
                match &known.value {
                    Some(text) if !text.is_empty() => {
                        self.bytes += text.len();
                        builder.append_value(text);
                        (Reason::Answered, known.check)
                    }
                    _ => {
                        builder.append_null();
                        words.told_by(Parsed::<()> { value: None, check: known.check }).outcome()
                    }
                }
            }
            Values::Integer(builder, memory) => {
                let parse = |text: &str| numeric(text, &column.zero, 0, number::parse_integer);
                let told = memory.recall(raw, |raw| words.told(raw, parse));
                builder.append_option(told.value);
                told.outcome()
            }
            Values::Number(builder, memory) => {
                let parse = |text: &str| numeric(text, &column.zero, 0, number::parse_number);
                let told = memory.recall(raw, |raw| words.told(raw, parse));
                builder.append_option(told.value);
                told.outcome()
            }
            Values::Measurement(builder, memory) => {
                let parse = |text: &str| numeric(text, &[], 0.0, number::parse_measurement);
                let told = memory.recall(raw, |raw| words.told(raw, parse));
                builder.append_option(told.value);
                told.outcome()
            }
            Values::Day(_, memory) => {
                let rules = Rules { era: column.era, order: column.order, role: column.role };
                let told = memory.recall(raw, |raw| words.told(raw, |text| date::parse(text, rules)));
                self.append_day(row, told)
            }
            Values::Boolean(builder, memory) => {
                let told = memory.recall(raw, |raw| words.told(raw, boolean::parse));
                let not_selected = told.reason == Reason::NotSelected;
                builder.append_option(if not_selected { Some(false) } else { told.value });
                told.outcome()
            }
            Values::Site(builder, memory, sites) => {
                let told = memory.recall(raw, |raw| words.told(raw, |text| site::parse(text, sites)));
                let id = told.value.and_then(|place| sites.get(place as usize));
                builder.append_option(id.map(|site| site.id.as_str()));
                told.outcome()
            }
            Values::Category(builder, memory, categories, spellings) => {
                let told = memory.recall(raw, |raw| words.told(raw, |text| spellings.parse(text)));
                let id = told.value.and_then(|place| categories.get(place as usize));
                builder.append_option(id.map(|category| category.id.as_str()));
                told.outcome()
            }
        }
    }

    /// Appends a typed date of a worksheet.
    fn append_serial(&mut self, row: u64, serial: f64) -> (Reason, Option<&'static str>) {
        let told = self.words.told_by(date::from_serial(serial, self.column.era));
        if matches!(self.values, Values::Day(..)) {
            self.append_day(row, told)
        } else {
            self.append_missing(Reason::NotRecorded);
            (self.words.blank, None)
        }
    }

    fn append_day(&mut self, row: u64, told: Told<Day>) -> (Reason, Option<&'static str>) {
        if let Values::Day(builder, _) = &mut self.values {
            builder.append_option(told.value.map(|day| day.days));
        }
        if let Some(day) = told.value {
            if self.column.role == DateRole::Birth {
                self.births += 1;
                if day.is_new_year() {
                    self.new_years.push(row);
                }
            }
            if let Some(eras) = &mut self.tally.eras {
                match day.era {
                    WrittenEra::Common => eras.common += 1,
                    WrittenEra::Buddhist => eras.buddhist += 1,
                    WrittenEra::Repaired => eras.repaired += 1,
                }
            }
        }
        told.outcome()
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        self.bytes = 0;
        Ok(match &mut self.values {
            Values::Text(builder, _) | Values::Site(builder, ..) | Values::Category(builder, ..) => {
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

/// The place of a reason in [`Reason::ALL`].
fn place_of(reason: Reason) -> usize {
    Reason::ALL.iter().position(|r| *r == reason).unwrap_or(Reason::ALL.len())
}

/// What became of a text.
#[derive(Clone)]
struct KnownText {
    value: Option<Box<str>>,
    check: Option<&'static str>,
    identifiers: bool,
}

/// A text in one form: composed, Thai marks in order, Burmese in Unicode, and without identifiers
/// of people.
///
/// Fails `text.too-long`; notes `text.zawgyi` where Burmese text was converted, and
/// `text.encoding-unclear` where it may be Zawgyi and stays as it is.
fn plain_text(trimmed: &str, pseudonyms: &Pseudonyms) -> KnownText {
    if trimmed.len() > LONGEST_TEXT {
        return KnownText { value: None, check: Some("text.too-long"), identifiers: false };
    }
    let mut value = thai::normal(trimmed);
    let mut check = None;
    match zawgyi::unicode(&value) {
        Burmese::Unicode => {}
        Burmese::Converted(text) => {
            value = Cow::Owned(text);
            check = Some("text.zawgyi");
        }
        Burmese::Uncertain => check = Some("text.encoding-unclear"),
    }
    let replaced = pseudonyms.replaced(&value);
    let identifiers = replaced.is_some();
    KnownText { value: Some(replaced.map_or(value, Cow::Owned).into()), check, identifiers }
}

/// A number by its text. A number of a person is none: it is missing, and leads to an issue.
fn numeric<T>(text: &str, zero: &[String], none: T, parse: impl FnOnce(&str) -> Parsed<T>) -> Parsed<T> {
    if identifier::is_national(text) {
        Parsed::failed("number.identifier")
    } else if is_zero(text, zero) {
        Parsed::value(none)
    } else {
        parse(text)
    }
}

/// Whether a text is one of the words that the pipeline lists for zero.
fn is_zero(text: &str, zero: &[String]) -> bool {
    !zero.is_empty() && {
        let text = thai::key(text::trim(text));
        zero.iter().any(|word| thai::key(word) == text)
    }
}

/// Why nothing was recorded, where a trimmed text is one of the words for that. Letters count as
/// they are written: `NaN` may be declared as missing beside a place called `Nan`.
fn reason_of(trimmed: &str, missing: &[(String, Reason)]) -> Option<Reason> {
    let find = |text: &str| missing.iter().find(|(word, _)| word == text).map(|(_, reason)| *reason);
    if missing.is_empty() {
        return None;
    }
    find(trimmed).or_else(|| if trimmed.is_ascii() { None } else { find(&text::ascii_digits(trimmed)) })
}

/// What the texts met so far in a column tell, so that each is read once.
struct Memory<T> {
    known: HashMap<Box<str>, T, RandomState>,
    /// How often a text was known, and how often not.
    known_before: u64,
    new: u64,
}

impl<T: Clone> Memory<T> {
    fn new() -> Self {
        Self { known: HashMap::default(), known_before: 0, new: 0 }
    }

    fn recall(&mut self, text: &str, read: impl FnOnce(&str) -> T) -> T {
        let is_full = self.known.len() >= REMEMBERED;
        // Where nearly every text is new, looking for it costs more than it saves.
        if text.len() > LONGEST_REMEMBERED || (is_full && self.known_before < self.new) {
            return read(text);
        }
        if let Some(told) = self.known.get(text) {
            self.known_before += 1;
            return told.clone();
        }
        self.new += 1;
        let told = read(text);
        if !is_full {
            self.known.insert(text.into(), told.clone());
        }
        told
    }
}
