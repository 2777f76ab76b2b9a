//! A table of an export, whatever kind of file it is in.

use super::{
    Habits, arrow, commcare, csv, dhis2, encoding, facebook, google_forms, hxl, json, kobo, line,
    odk_central, ods, ona, parquet, primero, xlsx,
};
use crate::SourceFile;
use crate::answer::Names;
use crate::delimited::{self, Delimited, Piece, Pieces};
use crate::diagnose;
use crate::held::Held;
use crate::row::{Halt, Visit, Wanted};
use crate::workbook::Workbook;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::{Export, Reader};
use std::io::{Cursor, Read};

/// Columns of a row that are looked at where no header says how many there are.
const WIDEST: usize = 1024;

/// A table of an export whose header is read.
pub(crate) struct Table {
    /// Its worksheet, or its part of an archive or of a file with several tables.
    pub(crate) sheet: Option<String>,
    /// The name of its encoding, for delimited text.
    pub(crate) encoding: Option<&'static str>,
    /// Its headers, trimmed, in order.
    pub(crate) headers: Vec<String>,
    /// For each header a second name under which it can be found, or nothing.
    pub(crate) also: Vec<String>,
    pub(super) rows: Rows,
}

/// Where the rows come from.
pub(super) enum Rows {
    Delimited(Box<Delimited>),
    Worksheet(Box<Workbook>, String),
    Held(Held),
    Arrow(Box<arrow::Batches>),
}

/// The first row that is read, from 1.
fn row(export: &Export) -> u32 {
    export.header_row.unwrap_or(1)
}

impl Table {
    /// Opens the table of a file that an export names.
    ///
    /// # Errors
    /// What stands at [`Delimited::open`] and [`Workbook::open`]; `source.unknown-sheet`,
    /// `source.unknown-encoding`, `source.too-large`, `source.unreadable-json`; `source.empty-file`
    /// for a table without a header.
    pub(crate) fn open(file: &SourceFile, export: &Export) -> Result<Self, Diagnostic> {
        match export.reader {
            Reader::Kobo => kobo::open(file, export),
            Reader::Ona => ona::open(file, export),
            Reader::OdkCentral => odk_central::open(file, export),
            Reader::CommCare => commcare::open(file, export),
            Reader::Dhis2 => dhis2::open(file, export),
            Reader::Primero => primero::open(file, export),
            Reader::Facebook => facebook::open(file, export),
            Reader::Line => line::open(file, export),
            Reader::GoogleForms => google_forms::open(file, export),
            Reader::Hxl => hxl::open(file, export),
            Reader::Csv => csv::open(file, export),
            Reader::Xlsx => xlsx::open(file, export),
            Reader::Ods => ods::open(file, export),
            Reader::Json => json::open(file, export),
            Reader::Arrow => arrow::open(file, export),
            Reader::Parquet => parquet::open(file, export),
        }
    }

    /// A worksheet or delimited text, by the extension or else by the first bytes.
    pub(super) fn either(file: &SourceFile, export: &Export) -> Result<Self, Diagnostic> {
        if kobo::is_workbook(&file.path) {
            Self::worksheet(file, export)
        } else {
            Self::delimited(file, export)
        }
    }

    pub(super) fn delimited(file: &SourceFile, export: &Export) -> Result<Self, Diagnostic> {
        let declared = encoding(export.encoding.as_deref(), Some(export.span), &file.name)?;
        Ok(Self::of_delimited(Delimited::open(&file.path, &file.name, declared, row(export))?, None))
    }

    /// Delimited text that is part of another file.
    pub(super) fn part(
        text: Vec<u8>,
        file: &SourceFile,
        part: String,
        export: &Export,
    ) -> Result<Self, Diagnostic> {
        let declared = encoding(export.encoding.as_deref(), Some(export.span), &file.name)?;
        let input: Box<dyn Read + Send> = Box::new(Cursor::new(text));
        Ok(Self::of_delimited(Delimited::new(input, &file.name, declared, row(export))?, Some(part)))
    }

    fn of_delimited(delimited: Delimited, sheet: Option<String>) -> Self {
        Self {
            sheet,
            encoding: Some(delimited.encoding()),
            headers: delimited.headers().to_vec(),
            also: Vec::new(),
            rows: Rows::Delimited(Box::new(delimited)),
        }
    }

    pub(super) fn worksheet(file: &SourceFile, export: &Export) -> Result<Self, Diagnostic> {
        let mut workbook = Workbook::open(&file.path, &file.name)?;
        workbook.begin_at(row(export));
        let sheets = workbook.sheets();
        let sheet = chosen(&sheets, file, export)?;
        let headers = workbook.headers(&sheet)?;
        if headers.is_empty() {
            return Err(diagnose::empty_file(&file.name, Some(&sheet), false));
        }
        Ok(Self {
            sheet: Some(sheet.clone()),
            encoding: None,
            headers,
            also: Vec::new(),
            rows: Rows::Worksheet(Box::new(workbook), sheet),
        })
    }

    /// A table in memory.
    pub(super) fn held(held: Held, sheet: Option<String>, file: &SourceFile) -> Result<Self, Diagnostic> {
        if held.headers.is_empty() {
            return Err(diagnose::empty_file(&file.name, sheet.as_deref(), false));
        }
        Ok(Self {
            sheet,
            encoding: None,
            headers: held.headers.clone(),
            also: Vec::new(),
            rows: Rows::Held(held),
        })
    }

    /// Second names for headers: what `name` gives for each.
    pub(super) fn also_called(mut self, name: impl Fn(&str) -> String) -> Self {
        self.also = self.headers.iter().map(|header| name(header)).collect();
        self
    }

    /// Names for the columns of a table without a header.
    pub(super) fn name_columns(&mut self, headers: Vec<String>) {
        if let Rows::Delimited(delimited) = &mut self.rows {
            delimited.name_columns(headers.clone());
            self.headers = headers;
        }
    }

    /// All rows as they stand in the file, the header first: number and cells, without the empty
    /// ones at the end.
    ///
    /// # Errors
    /// What reading meets, and `source.too-large`.
    pub(crate) fn records(mut self, name: &str) -> Result<Held, Diagnostic> {
        let mut held = Held::new(Vec::new());
        if let Rows::Delimited(delimited) = &mut self.rows {
            let headers = self.headers.clone();
            delimited.name_columns(headers);
        } else {
            let cells = self.headers.clone();
            held.push(crate::held::HeldRow { number: 1, parent: None, cells }, name)?;
        }
        let wanted: Vec<Wanted> = (0..WIDEST).map(|column| Wanted { column, serial: false }).collect();
        let result = self.rows(&super::PLAIN, &wanted, &mut |row| {
            let mut cells: Vec<String> = (0..WIDEST).map(|place| row.text(place).to_owned()).collect();
            let filled = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
            cells.truncate(filled);
            Ok(held.push(crate::held::HeldRow { number: row.number, parent: None, cells }, name)?)
        });
        match result {
            Ok(()) => Ok(held),
            Err(Halt::Problem(problem)) => Err(*problem),
            Err(Halt::Abandoned) => Err(diagnose::engine("reading records")),
        }
    }

    /// Whether the file itself says to which row each of its rows belongs.
    pub(crate) fn nests(&self) -> bool {
        matches!(&self.rows, Rows::Held(held) if held.nests())
    }

    /// The place of the first column with a header.
    pub(crate) fn place_of(&self, header: &str) -> Option<usize> {
        self.headers.iter().position(|name| name == header)
    }

    /// The names of the columns, to look for one.
    pub(crate) fn names<'a>(&'a self, habits: &'a Habits, is_repeat: bool) -> Names<'a> {
        Names { headers: &self.headers, also: &self.also, habits, is_repeat }
    }

    /// Calls `visit` with every row that is not blank and no row of tags, in order.
    ///
    /// # Errors
    /// What `visit` returns, and what reading meets.
    pub(crate) fn rows(self, habits: &Habits, wanted: &[Wanted], visit: &mut Visit<'_>) -> Result<(), Halt> {
        match self.apart(habits, wanted)? {
            Apart::Parts(mut parts, form) => {
                while let Some(part) = parts.next()? {
                    form.rows(&part, wanted, visit)?;
                }
                Ok(())
            }
            Apart::Whole(table) => {
                let tags = habits.tags;
                let visit: &mut Visit<'_> = &mut |row| {
                    if tags && row.tags { Ok(()) } else { visit(row) }
                };
                match table.rows {
                    Rows::Worksheet(mut workbook, sheet) => workbook.rows(&sheet, wanted, visit),
                    Rows::Held(held) => held.rows(wanted, visit),
                    Rows::Delimited(_) | Rows::Arrow(_) => {
                        Err(diagnose::engine("taking a table apart").into())
                    }
                }
            }
        }
    }

    /// The rows in parts, where the table can be read so.
    ///
    /// # Errors
    /// That the file is unreadable.
    pub(crate) fn apart(self, habits: &Habits, wanted: &[Wanted]) -> Result<Apart, Diagnostic> {
        let tags = habits.tags;
        Ok(match self.rows {
            Rows::Delimited(delimited) => {
                let (first, pieces, form) = delimited.apart();
                let parts = Parts::Text(Some(first), Box::new(pieces));
                Apart::Parts(parts, Form { tags, of: FormOf::Text(form) })
            }
            Rows::Arrow(batches) => {
                let (parts, form) = batches.apart(wanted)?;
                Apart::Parts(Parts::Arrow(parts), Form { tags, of: FormOf::Arrow(form) })
            }
            Rows::Worksheet(..) | Rows::Held(_) => Apart::Whole(self),
        })
    }
}

/// A table for reading.
pub(crate) enum Apart {
    /// In parts, each of which can be read by itself.
    Parts(Parts, Form),
    /// From its beginning to its end.
    Whole(Table),
}

/// The parts of a table, in order.
pub(crate) enum Parts {
    Text(Option<Piece>, Box<Pieces>),
    Arrow(arrow::Parts),
}

/// Rows that follow each other.
pub(crate) enum Part {
    Text(Piece),
    Arrow(arrow::Part),
}

/// How parts are read, in any order and on any thread.
pub(crate) struct Form {
    /// Whether rows of tags are passed over.
    tags: bool,
    of: FormOf,
}

enum FormOf {
    Text(delimited::Form),
    Arrow(arrow::Form),
}

impl Parts {
    /// The next part; none at the end.
    ///
    /// # Errors
    /// What reading meets.
    pub(crate) fn next(&mut self) -> Result<Option<Part>, Diagnostic> {
        Ok(match self {
            Parts::Text(first, pieces) => match first.take() {
                Some(piece) => Some(Part::Text(piece)),
                None => pieces.next()?.map(Part::Text),
            },
            Parts::Arrow(parts) => parts.next()?.map(Part::Arrow),
        })
    }
}

impl Form {
    /// Calls `visit` with every row of a part that is not blank and no row of tags, in order.
    ///
    /// # Errors
    /// What `visit` returns, and what reading meets.
    pub(crate) fn rows(&self, part: &Part, wanted: &[Wanted], visit: &mut Visit<'_>) -> Result<(), Halt> {
        let visit: &mut Visit<'_> = &mut |row| {
            if self.tags && row.tags { Ok(()) } else { visit(row) }
        };
        match (&self.of, part) {
            (FormOf::Text(form), Part::Text(piece)) => form.rows(piece, wanted, visit),
            (FormOf::Arrow(form), Part::Arrow(part)) => form.rows(part, wanted, visit),
            (FormOf::Text(_), Part::Arrow(_)) | (FormOf::Arrow(_), Part::Text(_)) => {
                Err(diagnose::engine("reading a part").into())
            }
        }
    }
}

/// The sheet that an export names, or the first.
///
/// # Errors
/// `source.unknown-sheet`; `source.unreadable-workbook` where there is none at all.
pub(super) fn chosen(sheets: &[String], file: &SourceFile, export: &Export) -> Result<String, Diagnostic> {
    let found = match &export.sheet {
        Some(sheet) => sheets.iter().find(|name| *name == sheet),
        None => sheets.first(),
    };
    found.cloned().ok_or_else(|| match &export.sheet {
        Some(sheet) => {
            diagnose::unknown_sheet(export.span, &file.name, sheet, sheets, export.repeat_of.is_some())
        }
        None => diagnose::unreadable_workbook(&file.name, "it has no table"),
    })
}
