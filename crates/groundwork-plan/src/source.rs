//! Sources: what the exports are, which columns are read, and which checks their rows must pass.

use crate::derive::Derived;
use crate::expression::Expression;
use crate::location::Span;
use crate::query::Value;
use crate::reason::{Reason, companion, companion_type};
use crate::spells::Spells;
use std::borrow::Cow;

/// Which tool wrote an export, and so which rules its files follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reader {
    /// KoboToolbox: XLSX or CSV, repeats on sheets or in files of their own.
    Kobo,
    /// Ona and the older KoBoCAT: `n/a` where nothing was asked, repeats laid out flat.
    Ona,
    /// ODK Central: CSV, or an archive of them.
    OdkCentral,
    /// CommCare HQ: exports of forms or cases.
    CommCare,
    /// DHIS2: data value sets, analytics and events, as CSV or JSON.
    Dhis2,
    /// Primero: XLSX or CSV.
    Primero,
    /// Facebook: exports of posts and of a page.
    Facebook,
    /// LINE Official Account.
    Line,
    /// Google Forms, and Sheets that collect answers.
    GoogleForms,
    /// Any table with a row of HXL tags.
    Hxl,
    /// Plain delimited text; the delimiter is found in the header.
    Csv,
    /// A plain worksheet.
    Xlsx,
    /// A sheet of a LibreOffice file.
    Ods,
    /// JSON: a list of objects, or an object a line.
    Json,
    /// An Arrow file or stream (Feather).
    Arrow,
    /// A Parquet file.
    Parquet,
}

impl Reader {
    /// Every reader.
    pub const ALL: [Reader; 16] = [
        Reader::Kobo,
        Reader::Ona,
        Reader::OdkCentral,
        Reader::CommCare,
        Reader::Dhis2,
        Reader::Primero,
        Reader::Facebook,
        Reader::Line,
        Reader::GoogleForms,
        Reader::Hxl,
        Reader::Csv,
        Reader::Xlsx,
        Reader::Ods,
        Reader::Json,
        Reader::Arrow,
        Reader::Parquet,
    ];

    /// The word in the pipeline language.
    pub fn word(self) -> &'static str {
        match self {
            Reader::Kobo => "kobo",
            Reader::Ona => "ona",
            Reader::OdkCentral => "odk_central",
            Reader::CommCare => "commcare",
            Reader::Dhis2 => "dhis2",
            Reader::Primero => "primero",
            Reader::Facebook => "facebook",
            Reader::Line => "line",
            Reader::GoogleForms => "google_forms",
            Reader::Hxl => "hxl",
            Reader::Csv => "csv",
            Reader::Xlsx => "xlsx",
            Reader::Ods => "ods",
            Reader::Json => "json",
            Reader::Arrow => "arrow",
            Reader::Parquet => "parquet",
        }
    }

    /// Whether the tool writes a question that was not asked in another way than one that was not
    /// answered.
    pub fn tells_reasons(self) -> bool {
        matches!(self, Reader::Ona | Reader::CommCare)
    }

    /// The columns in which the tool itself names a record, the same in every export and in no two
    /// rows. Forms of CommCare and events of DHIS2 have names as well, but their rows may share them.
    pub fn record_columns(self) -> &'static [&'static str] {
        match self {
            Reader::Kobo | Reader::Ona => &["_uuid"],
            Reader::OdkCentral => &["KEY"],
            _ => &[],
        }
    }

    /// The reader of a file whose tool is not named, by its ending.
    pub fn of_ending(file: &str) -> Self {
        let ending = file.rsplit('.').next().unwrap_or_default().to_lowercase();
        match ending.as_str() {
            "xlsx" | "xlsm" => Reader::Xlsx,
            "ods" => Reader::Ods,
            "json" | "jsonl" | "ndjson" | "geojson" => Reader::Json,
            "arrow" | "arrows" | "feather" | "ipc" => Reader::Arrow,
            "parquet" | "pq" => Reader::Parquet,
            _ => Reader::Csv,
        }
    }
}

/// What a column holds, and so how its text is understood.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnType {
    /// Text, trimmed; an empty text is missing.
    Text,
    /// A whole number.
    Integer,
    /// A number, kept exactly to four decimals.
    Number,
    /// A number with all of its digits, as a floating number: for the rows of evaluations.
    Measurement,
    /// A day, in any of the eras and digits that field data mixes.
    Date,
    /// A point in time; kept as the day in the exporter's own clock.
    Timestamp,
    /// Yes or no.
    Boolean,
    /// One of the plan's sites.
    Site,
    /// One of a list of categories, each with its spellings.
    Category(Vec<Category>),
}

impl ColumnType {
    /// The word in the pipeline language.
    pub fn word(&self) -> &'static str {
        match self {
            ColumnType::Text => "text",
            ColumnType::Integer => "integer",
            ColumnType::Number => "number",
            ColumnType::Measurement => "measurement",
            ColumnType::Date => "date",
            ColumnType::Timestamp => "timestamp",
            ColumnType::Boolean => "boolean",
            ColumnType::Site => "site",
            ColumnType::Category(_) => "category",
        }
    }
}

/// One category, and how an export may spell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The word used in results.
    pub id: String,
    /// Every spelling beside the word itself.
    pub spellings: Vec<String>,
}

/// Which calendar the years of a date column are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Era {
    /// Decided for every value: 2400 to 2700 is Buddhist era, 1900 to 2100 common era.
    #[default]
    Auto,
    /// Common era.
    Ce,
    /// Buddhist era.
    Be,
}

/// In which order a numeric date names its parts, where the year does not come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// Day, month, year: the order of Thailand and of most of the world.
    #[default]
    DayFirst,
    /// Month, day, year.
    MonthFirst,
}

/// What the dates of a column are of, which decides what two digits of a year can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateRole {
    /// Nothing is said: two digits alone are no year.
    #[default]
    Any,
    /// Something that happened in the programme.
    Event,
    /// Somebody's birth: two digits never decide whether somebody is a minor.
    Birth,
}

/// One column of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name in the pipeline.
    pub name: String,
    /// Its header in the export.
    pub from: String,
    /// What it holds.
    pub kind: ColumnType,
    /// For dates: the calendar of the years.
    pub era: Era,
    /// For dates: the order of the parts.
    pub order: DateOrder,
    /// For dates: what they are of.
    pub role: DateRole,
    /// For numbers: words that mean zero in this column.
    pub zero: Vec<String>,
    /// Values that mean "nothing was recorded" in this column, beside the empty one.
    pub missing: Vec<String>,
    /// Values that mean something more exact, with what they mean; the empty value can be one.
    pub reasons: Vec<(Reason, Vec<String>)>,
    /// The question was asked where this holds.
    pub asked: Option<Expression>,
    /// Whether the tool that wrote the export, or the form, tells why a cell has no value.
    pub tells: bool,
    /// Where the pipeline declares it.
    pub span: Span,
}

/// What becomes of a row, or of the run, when a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// The row is set aside, counted and reported.
    #[default]
    SetAside,
    /// The row stays; the issue is reported.
    Report,
    /// The run stops with exit code 3.
    Stop,
}

/// A data-quality rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What must hold.
    pub rule: CheckRule,
    /// What happens where it does not.
    pub on_failure: OnFailure,
    /// Where the pipeline declares it.
    pub span: Span,
}

/// What a check demands.
#[derive(Debug, Clone, PartialEq)]
pub enum CheckRule {
    /// No two rows have the same values in these columns; the first row in reading order is kept.
    Unique(Vec<String>),
    /// These columns are never missing.
    Required(Vec<String>),
    /// The condition holds for every row where it can be decided.
    Holds(Expression),
    /// At least so many rows are left in the end.
    AtLeastRows(u64),
}

impl CheckRule {
    /// The word that `issues.csv` and the report use.
    pub fn word(&self) -> &'static str {
        match self {
            CheckRule::Unique(_) => "unique",
            CheckRule::Required(_) => "required",
            CheckRule::Holds(_) => "holds",
            CheckRule::AtLeastRows(_) => "at_least_rows",
        }
    }
}

/// Where the rows of a source come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// Files on disk.
    Export(Export),
    /// One row for each value of a column of another source.
    Summary(Summary),
    /// One row for each value of a column of another source, with the months in which a condition
    /// came to hold.
    Spells(Spells),
}

/// The files of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// A path, or a glob, relative to the folder of the pipeline.
    pub pattern: String,
    /// Where the pipeline names it.
    pub span: Span,
    /// Which tool wrote them.
    pub reader: Reader,
    /// The worksheet to read, for workbooks; the first one where it is empty.
    pub sheet: Option<String>,
    /// The row in which the headers stand, from 1; the first with something in it where it is none.
    pub header_row: Option<u32>,
    /// The encoding of delimited text, as the Encoding Standard names it; UTF-8, or what the
    /// byte order mark says, where it is empty.
    pub encoding: Option<String>,
    /// The XLSForm that the files were collected with, relative to the folder of the pipeline.
    pub codebook: Option<String>,
    /// A cleaning log, by its path; relative to the folder of the pipeline.
    pub cleaning_log: Option<String>,
    /// For a repeat: the source that holds the rows around it.
    pub repeat_of: Option<String>,
}

impl Export {
    /// The files of a pattern, of which nothing else is said.
    pub fn of(pattern: impl Into<String>, reader: Reader, span: Span) -> Self {
        Self {
            pattern: pattern.into(),
            span,
            reader,
            sheet: None,
            header_row: None,
            encoding: None,
            codebook: None,
            cleaning_log: None,
            repeat_of: None,
        }
    }
}

/// One row for each value of a column of another source.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The source that is summarised.
    pub of: String,
    /// The column whose values the rows are.
    pub by: String,
    /// The columns made, beside the one summarised by.
    pub columns: Vec<SummaryColumn>,
}

/// One column of a summary.
#[derive(Debug, Clone, PartialEq)]
pub struct SummaryColumn {
    /// Its name.
    pub name: String,
    /// How the many values become one.
    pub rule: SummaryRule,
    /// The column of the summarised source.
    pub of: String,
}

/// How many values become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SummaryRule {
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The sum; missing values are left out.
    Sum,
    /// The number of rows with a value.
    Count,
    /// The only value there is; missing when there are several.
    Only,
}

impl SummaryRule {
    /// The word in the pipeline language.
    pub fn word(self) -> &'static str {
        match self {
            SummaryRule::Min => "min",
            SummaryRule::Max => "max",
            SummaryRule::Sum => "sum",
            SummaryRule::Count => "count",
            SummaryRule::Only => "only",
        }
    }
}

/// Columns taken over from another source by an equal value.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// The source that is looked into; a summary or spells, so that there is at most one row.
    pub source: String,
    /// The column of this source.
    pub column: String,
    /// The columns taken over.
    pub take: Vec<String>,
}

/// A source as the plan knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its name.
    pub id: String,
    /// Where its rows come from.
    pub origin: Origin,
    /// The columns that are read, in order.
    pub columns: Vec<Column>,
    /// The column that names a record, the same in every export.
    pub record: Option<String>,
    /// The column by which the newest of several rows of a record is found; the last where it is
    /// missing.
    pub newest_by: Option<String>,
    /// The column that says when a row was received.
    pub received: Option<String>,
    /// Only rows for which this holds are kept; the others are counted as left out.
    pub keep: Option<Expression>,
    /// The checks, in order.
    pub checks: Vec<Check>,
    /// Columns taken over from summaries.
    pub lookups: Vec<Lookup>,
    /// Columns made from the others, in order.
    pub derived: Vec<Derived>,
    /// Columns that say which person a row is of, by steps of `people`.
    pub people: Vec<String>,
    /// Columns that only `people` may use, and that are gone afterwards.
    pub private: Vec<String>,
    /// Where the pipeline declares it.
    pub span: Span,
}

impl Source {
    /// The columns that have another value in every row that counts, where they have one.
    pub fn told_apart_by(&self) -> impl Iterator<Item = &str> {
        let holds = self.checks.iter().filter(|check| check.on_failure != OnFailure::Report);
        holds.filter_map(|check| match &check.rule {
            CheckRule::Unique(columns) => match columns.as_slice() {
                [column] => Some(column.as_str()),
                _ => None,
            },
            _ => None,
        })
    }

    /// The columns of its own rows, with the companions that hold reasons, in order.
    pub fn own_columns(&self) -> Vec<(String, Cow<'_, ColumnType>)> {
        let mut out = Vec::new();
        for column in &self.columns {
            out.push((column.name.clone(), Cow::Borrowed(&column.kind)));
            if column.has_companion() {
                out.push((companion(&column.name), Cow::Owned(companion_type())));
            }
        }
        out
    }

    /// Whether both are of one step of `people`.
    pub(crate) fn is_linked_with(&self, other: &Source) -> bool {
        self.people.iter().any(|step| other.people.contains(step))
    }

    /// The export, for a source that has files.
    pub fn export(&self) -> Option<&Export> {
        match &self.origin {
            Origin::Export(export) => Some(export),
            Origin::Summary(_) | Origin::Spells(_) => None,
        }
    }

    /// The column whose values are the rows, each once, for a source that other sources may look
    /// into.
    pub fn key(&self) -> Option<&str> {
        match &self.origin {
            Origin::Export(_) => None,
            Origin::Summary(summary) => Some(&summary.by),
            Origin::Spells(spells) => Some(&spells.by),
        }
    }
}

/// The only value that a group of rows has; missing when there are several. The missing value has
/// the type of the column.
pub(crate) fn only(value: Value) -> Value {
    let least = || Value::Call("min", vec![value.clone()]);
    Value::Case(
        vec![(Value::CountDistinct(Box::new(value.clone())).binary("=", Value::integer(1)), least())],
        Box::new(Value::Call("nullif", vec![least(), least()])),
    )
}
