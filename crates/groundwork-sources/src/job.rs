//! One file of a source.

use crate::answer::{Answer, Search};
use crate::cleaning::{self, CleaningLog, Corrected};
use crate::codebook::{Asked, Codebook};
use crate::kin::Kin;
use crate::ordered::in_order;
use crate::pseudonym::Pseudonyms;
use crate::readers::{Apart, Form, Habits, Part, Parts, Table, habits};
use crate::row::{Cell, Halt, Row, Wanted};
use crate::typed::{ColumnTally, Found, Typist};
use crate::values::text;
use crate::{FileRead, SourceFile, diagnose};
use arrow::array::RecordBatch;
use groundwork_plan::diag::{Diagnostic, Severity};
use groundwork_plan::issue::{Action, Issue};
use groundwork_plan::reason::Reason;
use groundwork_plan::site::Site;
use groundwork_plan::source::{ColumnType, Export, Source};
use std::sync::{Mutex, PoisonError};

/// Bytes of a file that is worth several threads.
const LARGE: u64 = 1 << 20;

/// What makes something of a batch, on any thread.
pub(crate) type Make<'m, T> = dyn Fn(RecordBatch) -> Result<T, Halt> + Sync + 'm;

/// What is to be read of a source.
pub(crate) struct Job<'a> {
    pub(crate) source: &'a Source,
    pub(crate) export: &'a Export,
    pub(crate) sites: &'a [Site],
    pub(crate) files: Vec<SourceFile>,
    pub(crate) pseudonyms: Pseudonyms,
    /// Corrections, where the pipeline names a cleaning log.
    pub(crate) cleaning: Option<CleaningLog>,
    /// The form, where the pipeline names one.
    pub(crate) codebook: Option<Codebook>,
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
    /// What there is to say of each column of the source, in order.
    pub(crate) columns: Vec<ColumnTally>,
    /// Rows that the tool itself says do not count.
    pub(crate) set_aside: u64,
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

/// A table with the places of the source's columns in it.
pub(crate) struct Opened {
    table: Table,
    wanted: Vec<Wanted>,
    answers: Vec<Answer>,
    /// For each column, when the form puts its question.
    asked: Vec<Option<Asked>>,
}

/// Why a row does not count, with the header of the column that says so.
struct Aside {
    place: usize,
    header: &'static str,
    reason: fn(&str) -> Option<&'static str>,
}

/// How the rows of one file are read.
struct Rules<'a> {
    habits: &'a Habits,
    answers: Vec<Answer>,
    asked: Vec<Option<Asked>>,
    asides: Vec<Aside>,
    job: &'a Job<'a>,
    /// The file's place among those of the source.
    file: u32,
    /// The cleaning log, and the place of the column that names records.
    cleaning: Option<(&'a CleaningLog, usize)>,
}

/// What came of rows of one file so far.
struct Reading<'a> {
    rules: &'a Rules<'a>,
    typist: Typist<'a>,
    kin: Option<Kin>,
    rows: u64,
    set_aside: Vec<(u64, &'a str, &'static str)>,
}

/// What takes batches as they are complete.
type Take<'t> = dyn FnMut(RecordBatch) -> Result<(), Halt> + 't;

impl Job<'_> {
    /// Opens a file and finds the source's columns.
    ///
    /// # Errors
    /// A header that does not fit, or a file that cannot be opened.
    pub(crate) fn open(&self, ordinal: usize) -> Result<Opened, Failure> {
        let file = self.file(ordinal)?;
        let mut table = Table::open(file, self.export)?;
        let habits = habits(self.export.reader);
        if let Some(codebook) = &self.codebook {
            table.also = codebook.paths(&table.headers);
        }
        let names = table.names(habits, self.export.repeat_of.is_some());
        let mut wanted = Vec::new();
        let mut answers = Vec::new();
        let mut unknown = Vec::new();
        let mut ambiguous = Vec::new();
        for (place, column) in self.source.columns.iter().enumerate() {
            let serial = matches!(column.kind, ColumnType::Date | ColumnType::Timestamp);
            match names.find(&column.from, serial, &mut wanted) {
                Search::Found(answer) => answers.push(answer),
                Search::Unknown => unknown.push(place),
                Search::Ambiguous(count) => ambiguous.push((place, count)),
            }
        }
        if let (Some(_), Some(kinship), false) = (&self.parent, habits.kinship, table.nests())
            && table.place_of(kinship.parent).is_none()
        {
            return Err(diagnose::no_repeat_key(self.export.span, &file.name, kinship.parent).into());
        }
        if unknown.is_empty() && ambiguous.is_empty() {
            let columns = self.source.columns.iter();
            let asked = columns.map(|column| {
                self.codebook
                    .as_ref()
                    .and_then(|codebook| codebook.asked(&column.from, &table, habits, &mut wanted))
            });
            let asked = asked.collect();
            Ok(Opened { table, wanted, answers, asked })
        } else {
            Err(Failure::Header(Header { headers: table.headers, unknown, ambiguous }))
        }
    }

    /// Reads the rows of a file on so many threads, has batches of them made into something, and
    /// hands that on in their order.
    ///
    /// # Errors
    /// What [`Job::open`] and reading meet, and what `make` and `sink` return.
    pub(crate) fn read<T: Send>(
        &self,
        ordinal: usize,
        threads: usize,
        make: &Make<'_, T>,
        sink: &mut dyn FnMut(T) -> Result<(), Halt>,
    ) -> Result<Outcome, Failure> {
        let Opened { table, mut wanted, answers, asked } = self.open(ordinal)?;
        let file = self.file(ordinal)?;
        let habits = habits(self.export.reader);
        let kin = self.kin(ordinal, &table, habits, &mut wanted)?;
        let asides = asides(&table, habits, &mut wanted);
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
        let record = self.source.record.as_ref();
        let record = record.and_then(|name| self.source.columns.iter().position(|c| c.name == *name));
        let rules = Rules {
            habits,
            answers,
            asked,
            asides,
            job: self,
            file: u32::try_from(ordinal).unwrap_or(u32::MAX),
            cleaning: self.cleaning.as_ref().zip(record),
        };
        // In parts for one thread too, so that batches do not depend on the number of threads.
        let is_large = std::fs::metadata(&file.path).is_ok_and(|file| file.len() > LARGE);
        let reading = if is_large && kin.is_none() {
            match table.apart(habits, &wanted)? {
                Apart::Parts(parts, form) => rules.in_parts(parts, &form, &wanted, threads, make, sink)?,
                Apart::Whole(table) => rules.in_order(table, &wanted, kin, make, sink)?,
            }
        } else {
            rules.in_order(table, &wanted, kin, make, sink)?
        };
        read.rows = reading.rows;
        if read.rows == 0 {
            return Err(diagnose::empty_file(&file.name, read.sheet.as_deref(), true).into());
        }
        if let (Some(table), Some(parent)) = (reading.kin.as_ref().and_then(Kin::mismatch), &self.parent) {
            let span = self.export.span;
            return Err(diagnose::repeat_mismatch(span, &file.name, &parent.source.id, table).into());
        }
        let (found, columns) = reading.typist.end();
        let mut issues: Vec<Issue> = found.iter().map(|found| self.issue(found, &read)).collect();
        let set_aside = reading.set_aside.len() as u64;
        issues.extend(reading.set_aside.into_iter().map(|(row, header, check)| Issue {
            source: self.source.id.clone(),
            place: diagnose::place(&read.name, read.sheet.as_deref()).at_row(row).in_column(header),
            check: check.to_owned(),
            severity: Severity::Warning,
            action: Action::RowSetAside,
        }));
        issues.sort_by_key(|issue| issue.place.row);
        Ok(Outcome { read, issues, ignored, columns, set_aside })
    }

    /// The parents of a repeat's file; asks for the columns that lead to them.
    fn kin(
        &self,
        ordinal: usize,
        table: &Table,
        habits: &Habits,
        wanted: &mut Vec<Wanted>,
    ) -> Result<Option<Kin>, Failure> {
        let Some(parent) = &self.parent else {
            return Ok(None);
        };
        let place = parent.pairs.get(ordinal).copied().unwrap_or(usize::MAX);
        let file = parent.files.get(place).ok_or_else(|| diagnose::engine("pairing files"))?;
        let name = &self.file(ordinal)?.name;
        let own = (table, name.as_str(), self.export.span);
        Ok(Some(Kin::new(own, (place, file, parent.export), habits, wanted)?))
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
            action: match found.check {
                "cleaning" => Action::Corrected,
                _ if found.kept => Action::Kept,
                _ => Action::ValueMissing,
            },
        }
    }
}

/// The columns that can keep a row from counting; asks for them.
fn asides(table: &Table, habits: &Habits, wanted: &mut Vec<Wanted>) -> Vec<Aside> {
    let mut out = Vec::new();
    for (header, reason) in habits.aside {
        let called = |name: &String| name == header;
        if let Some(column) = table.place_of(header).or_else(|| table.also.iter().position(called)) {
            wanted.push(Wanted { column, serial: false });
            out.push(Aside { place: wanted.len() - 1, header, reason: *reason });
        }
    }
    out
}

impl<'a> Rules<'a> {
    fn reading(&'a self, kin: Option<Kin>) -> Reading<'a> {
        let Job { source, sites, pseudonyms, .. } = self.job;
        let typist = Typist::new(source, sites, self.file, self.habits, pseudonyms);
        Reading { rules: self, typist, kin, rows: 0, set_aside: Vec::new() }
    }

    /// Reads a table from its beginning to its end.
    fn in_order<T>(
        &'a self,
        table: Table,
        wanted: &[Wanted],
        kin: Option<Kin>,
        make: &Make<'_, T>,
        sink: &mut dyn FnMut(T) -> Result<(), Halt>,
    ) -> Result<Reading<'a>, Halt> {
        let mut reading = self.reading(kin);
        let take: &mut Take<'_> = &mut |batch| sink(make(batch)?);
        table.rows(self.habits, wanted, &mut |row| reading.row(row, take))?;
        reading.flush(take)?;
        Ok(reading)
    }

    /// Reads the parts of a table on several threads.
    fn in_parts<T: Send>(
        &'a self,
        parts: Parts,
        form: &Form,
        wanted: &[Wanted],
        threads: usize,
        make: &Make<'_, T>,
        sink: &mut dyn FnMut(T) -> Result<(), Halt>,
    ) -> Result<Reading<'a>, Halt> {
        let next = Mutex::new(parts);
        let next = &|| next.lock().unwrap_or_else(PoisonError::into_inner).next();
        let read = |reading: &mut Reading<'a>, part: Part| {
            let mut made = Vec::new();
            let take: &mut Take<'_> = &mut |batch| {
                made.push(make(batch)?);
                Ok(())
            };
            form.rows(&part, wanted, &mut |row| reading.row(row, take))?;
            reading.flush(take)?;
            Ok(made)
        };
        let readings = in_order(threads, next, &|| self.reading(None), &read, &mut |made: Vec<T>| {
            made.into_iter().try_for_each(&mut *sink)
        })?;
        let mut readings = readings.into_iter();
        let mut all = readings.next().unwrap_or_else(|| self.reading(None));
        for reading in readings {
            all.rows += reading.rows;
            all.set_aside.extend(reading.set_aside);
            all.typist.absorb(reading.typist);
        }
        Ok(all)
    }
}

impl Reading<'_> {
    /// Takes in one row, or sets it aside.
    fn row(&mut self, row: &Row<'_>, take: &mut Take<'_>) -> Result<(), Halt> {
        self.rows += 1;
        let rules = self.rules;
        for aside in &rules.asides {
            if let Some(check) = (aside.reason)(text::trim(row.text(aside.place))) {
                self.set_aside.push((row.number, aside.header, check));
                return Ok(());
            }
        }
        let Rules { answers, asked, habits, job, .. } = rules;
        let cell_of = |place: usize| answers.get(place).map_or(Cell::Text(""), |a| a.cell(row, habits));
        let corrections = match rules.cleaning {
            Some((log, record)) => match cell_of(record) {
                Cell::Text(record) => log.of_record(text::trim(record)),
                _ => &[],
            },
            None => &[],
        };
        if cleaning::removes(corrections) {
            let record = rules.cleaning.and_then(|(_, place)| job.source.columns.get(place));
            let header = record.map_or("", |column| column.from.as_str());
            self.set_aside.push((row.number, header, "cleaning.removed"));
            return Ok(());
        }
        let mut noted = Vec::new();
        let columns = &job.source.columns;
        self.typist.append(row.number, row.ragged, |place| {
            let cell = cell_of(place);
            if !corrections.is_empty()
                && let Some(column) = columns.get(place)
            {
                match cleaning::corrected(corrections, place, column, cell) {
                    Corrected::Untouched => {}
                    Corrected::To(text) => {
                        noted.push((place, "cleaning"));
                        return Cell::Text(text);
                    }
                    Corrected::Differs => noted.push((place, "cleaning.old-differs")),
                }
            }
            match (asked.get(place), cell) {
                // What the tool leaves open, the form may decide.
                (Some(Some(asked)), Cell::Text(text)) if text::trim(text).is_empty() => {
                    Cell::Missing(asked.reason(row, habits))
                }
                (Some(Some(asked)), Cell::Missing(Reason::NotRecorded)) => {
                    Cell::Missing(asked.reason(row, habits))
                }
                _ => cell,
            }
        });
        for (place, check) in noted {
            self.typist.note_value(row.number, place, check);
        }
        if let Some(kin) = &mut self.kin {
            kin.note(row);
        }
        if self.typist.is_full() { self.flush(take) } else { Ok(()) }
    }

    /// Hands the rows so far on as one batch, with their parents if they have any.
    fn flush(&mut self, take: &mut Take<'_>) -> Result<(), Halt> {
        if self.typist.is_empty() {
            return Ok(());
        }
        let parents = match &mut self.kin {
            None => None,
            Some(kin) => {
                let (file, rows, failed) = kin.take()?;
                for (row, check) in failed {
                    self.typist.note(row, check);
                }
                Some((file, rows))
            }
        };
        take(self.typist.batch(parents).map_err(|_| diagnose::engine("building a batch"))?)
    }
}
