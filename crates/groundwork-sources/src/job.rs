//! One file of a source.

use crate::readers::kobo::{self, Family};
use crate::readers::{Habits, Table, habits};
use crate::row::{Halt, Row, Wanted};
use crate::typed::{EraTally, Found, Typist};
use crate::values::text;
use crate::{FileRead, SourceFile, diagnose};
use arrow::array::RecordBatch;
use groundwork_plan::diag::{Diagnostic, Severity};
use groundwork_plan::issue::{Action, Issue};
use groundwork_plan::site::Site;
use groundwork_plan::source::{ColumnType, Export, Source};

/// What is to be read of a source.
pub(crate) struct Job<'a> {
    pub(crate) source: &'a Source,
    pub(crate) export: &'a Export,
    pub(crate) sites: &'a [Site],
    pub(crate) files: Vec<SourceFile>,
    /// For a repeat, its parent.
    pub(crate) parent: Option<Parent<'a>>,
}

/// The source that the rows of a repeat belong to.
pub(crate) struct Parent<'a> {
    pub(crate) source: &'a Source,
    pub(crate) export: &'a Export,
    pub(crate) files: Vec<SourceFile>,
    /// For every file of the repeat, the ordinal of the parent's.
    pub(crate) pairs: Vec<usize>,
}

/// What came of one file.
pub(crate) struct Outcome {
    pub(crate) read: FileRead,
    pub(crate) issues: Vec<Issue>,
    pub(crate) ignored: Vec<String>,
    pub(crate) eras: Vec<(usize, EraTally)>,
}

/// A file whose header does not fit, or that cannot be read.
pub(crate) enum Failure {
    /// Somebody else met a problem.
    Abandoned,
    /// The header lacks columns of these places in the source, or has them twice.
    Header(Header),
    /// Anything else.
    Problem(Box<Diagnostic>),
}

/// A header that does not fit.
pub(crate) struct Header {
    /// The file's headers.
    pub(crate) headers: Vec<String>,
    /// The places in the source of columns that the file does not have.
    pub(crate) unknown: Vec<usize>,
    /// The places in the source of columns that the file has several times, and how often.
    pub(crate) ambiguous: Vec<(usize, usize)>,
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Problem(Box::new(diagnostic))
    }
}

impl From<Halt> for Failure {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Abandoned => Self::Abandoned,
            Halt::Problem(diagnostic) => Self::Problem(diagnostic),
        }
    }
}

/// The columns of a repeat's file that lead to its parents.
struct Kin {
    family: Family,
    /// Places among the wanted columns.
    index: usize,
    table: Option<usize>,
    /// The index of each row of the batch, where its table is the parent's.
    keys: Vec<Option<String>>,
    rows: Vec<u64>,
    /// Whether any row so far names the parent's table.
    any: bool,
    /// The table that the last row named, and whether it is the parent's.
    last_table: (String, bool),
}

impl Job<'_> {
    /// Opens a file and finds the source's columns.
    ///
    /// # Errors
    /// A header that does not fit, or a file that cannot be opened.
    pub(crate) fn open(&self, ordinal: usize) -> Result<(Table, Vec<Wanted>), Failure> {
        let file = self.file(ordinal)?;
        let table = Table::open(file, self.export)?;
        let mut wanted = Vec::new();
        let mut unknown = Vec::new();
        let mut ambiguous = Vec::new();
        for (place, column) in self.source.columns.iter().enumerate() {
            let header = text::header(&column.from);
            match table.headers.iter().filter(|name| **name == header).count() {
                0 => unknown.push(place),
                1 => {}
                count => ambiguous.push((place, count)),
            }
            wanted.push(Wanted {
                column: table.place_of(&header).unwrap_or(0),
                serial: matches!(column.kind, ColumnType::Date | ColumnType::Timestamp),
            });
        }
        if self.parent.is_some() && table.place_of(kobo::PARENT_INDEX).is_none() {
            return Err(diagnose::no_repeat_key(self.export.span, &file.name).into());
        }
        if unknown.is_empty() && ambiguous.is_empty() {
            Ok((table, wanted))
        } else {
            Err(Failure::Header(Header { headers: table.headers, unknown, ambiguous }))
        }
    }

    /// Reads the rows of a file and hands them on in batches.
    ///
    /// # Errors
    /// What [`Job::open`] and reading meet, and what `sink` returns.
    pub(crate) fn read(
        &self,
        ordinal: usize,
        sink: &mut dyn FnMut(RecordBatch) -> Result<(), Halt>,
    ) -> Result<Outcome, Failure> {
        let (table, mut wanted) = self.open(ordinal)?;
        let file = self.file(ordinal)?;
        let habits = habits(self.export.reader);
        let mut kin = self.kin(ordinal, &table, &mut wanted)?;
        let used: Vec<usize> = wanted.iter().map(|want| want.column).collect();
        let ignored = table
            .headers
            .iter()
            .enumerate()
            .filter(|(place, header)| !used.contains(place) && !header.is_empty())
            .map(|(_, header)| header.clone())
            .collect();
        let mut read = FileRead {
            name: file.name.clone(),
            sheet: table.sheet.clone(),
            encoding: table.encoding.map(str::to_owned),
            rows: 0,
        };
        let number = u32::try_from(ordinal).unwrap_or(u32::MAX);
        let mut typist = Typist::new(self.source, self.sites, number, habits.missing);
        self.rows(table, habits, &wanted, &mut typist, &mut kin, &mut read.rows, sink)?;
        if read.rows == 0 {
            return Err(diagnose::empty_file(&file.name, read.sheet.as_deref(), true).into());
        }
        if let (Some(Kin { any: false, family, .. }), Some(parent)) = (&kin, &self.parent) {
            return Err(diagnose::repeat_mismatch(
                self.export.span,
                &file.name,
                &parent.source.id,
                family.names.own(),
            )
            .into());
        }
        let (found, eras) = typist.end();
        let issues = found.iter().map(|found| self.issue(found, &read)).collect();
        Ok(Outcome { read, issues, ignored, eras })
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one loop, taken apart")]
    fn rows(
        &self,
        table: Table,
        habits: Habits,
        wanted: &[Wanted],
        typist: &mut Typist<'_>,
        kin: &mut Option<Kin>,
        count: &mut u64,
        sink: &mut dyn FnMut(RecordBatch) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        table.rows(habits, wanted, &mut |row| {
            typist.append(row);
            *count += 1;
            if let Some(kin) = kin {
                kin.note(row);
            }
            if typist.is_full() { sink(batch(typist, kin)?) } else { Ok(()) }
        })?;
        if typist.is_empty() { Ok(()) } else { sink(batch(typist, kin)?) }
    }

    /// The parents of a repeat's file; asks for the columns that lead to them.
    fn kin(&self, ordinal: usize, table: &Table, wanted: &mut Vec<Wanted>) -> Result<Option<Kin>, Failure> {
        let Some(parent) = &self.parent else {
            return Ok(None);
        };
        let place = parent.pairs.get(ordinal).copied().unwrap_or(usize::MAX);
        let file = parent.files.get(place).ok_or_else(|| diagnose::engine("pairing files"))?;
        let family = kobo::family(place, file, parent.export)?;
        let mut want = |header: &str| {
            let column = table.place_of(header)?;
            wanted.push(Wanted { column, serial: false });
            Some(wanted.len() - 1)
        };
        let index = want(kobo::PARENT_INDEX).ok_or_else(|| diagnose::engine("pairing rows"))?;
        let table = want(kobo::PARENT_TABLE);
        Ok(Some(Kin {
            family,
            index,
            table,
            keys: Vec::new(),
            rows: Vec::new(),
            any: false,
            last_table: (String::new(), true),
        }))
    }

    fn file(&self, ordinal: usize) -> Result<&SourceFile, Failure> {
        Ok(self.files.get(ordinal).ok_or_else(|| diagnose::engine("counting files"))?)
    }

    fn issue(&self, found: &Found, read: &FileRead) -> Issue {
        let place = diagnose::place(&read.name, read.sheet.as_deref()).at_row(found.row);
        let column = found.column.and_then(|place| self.source.columns.get(place));
        Issue {
            source: self.source.id.clone(),
            place: match column {
                Some(column) => place.in_column(&column.from),
                None => place,
            },
            check: found.check.to_owned(),
            severity: Severity::Warning,
            action: if found.kept { Action::Kept } else { Action::ValueMissing },
        }
    }
}

impl Kin {
    /// Remembers what a row says of its parent.
    fn note(&mut self, row: &Row<'_>) {
        let name = self.table.map_or("", |place| row.text(place));
        if self.last_table.0 != name {
            let is_of_table = text::trim(name).is_empty() || self.family.names.contain(name);
            self.last_table = (name.to_owned(), is_of_table);
        }
        let is_of_table = self.last_table.1;
        self.any |= is_of_table;
        let index = text::trim(row.text(self.index));
        self.keys.push((is_of_table && !index.is_empty()).then(|| index.to_owned()));
        self.rows.push(row.number);
    }
}

/// The rows so far as one batch, with their parents if they have any.
fn batch(typist: &mut Typist<'_>, kin: &mut Option<Kin>) -> Result<RecordBatch, Halt> {
    let parents = match kin {
        None => None,
        Some(kin) => {
            let found = kin.family.parents.find(&kin.keys)?;
            for (places, check) in [(&found.orphans, "repeat.orphan"), (&found.ambiguous, "repeat.ambiguous")]
            {
                for row in places.iter().filter_map(|place| kin.rows.get(*place)) {
                    typist.note(*row, check);
                }
            }
            kin.keys.clear();
            kin.rows.clear();
            Some((kin.family.file, found.rows))
        }
    };
    Ok(typist.batch(parents).map_err(|_| diagnose::engine("building a batch"))?)
}
