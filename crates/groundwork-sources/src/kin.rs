//! Which file and which rows the rows of a repeat belong to.

use crate::SourceFile;
use crate::archive::Archive;
use crate::diagnose;
use crate::readers::{Habits, Kinship, Table, habits, kobo};
use crate::repeat::{Parents, TableNames};
use crate::row::{Halt, Row, Wanted};
use crate::values::text;
use arrow::array::UInt64Array;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::location::Span;
use groundwork_plan::source::{Export, Reader, Source};

/// The ordinal of the parents' file, the parent of each row, and rows with a check that they fail.
type Taken = (u32, UInt64Array, Vec<(u64, &'static str)>);

/// The source that the rows of a repeat belong to.
///
/// # Errors
/// `source.unknown-parent`, `source.no-export`, `source.repeat-reader`.
pub(crate) fn parent_of<'a>(
    source: &Source,
    export: &Export,
    parent: &str,
    sources: &'a [Source],
) -> Result<(&'a Source, &'a Export), Diagnostic> {
    let found = sources.iter().find(|s| s.id == parent).ok_or_else(|| {
        let known: Vec<&str> = sources.iter().map(|s| s.id.as_str()).filter(|id| *id != source.id).collect();
        diagnose::unknown_parent(export.span, parent, &known)
    })?;
    let parent_export = found.export().ok_or_else(|| diagnose::no_export(export.span, &found.id))?;
    if habits(export.reader).kinship.is_none() && export.reader != Reader::Json {
        return Err(diagnose::repeat_without_kinship(export.span, &source.id, export.reader.word()));
    }
    if parent_export.reader != export.reader {
        return Err(diagnose::repeat_of_another(export.span, &source.id, &found.id));
    }
    Ok((found, parent_export))
}

/// For every file of a repeat the ordinal of its parent's file: the same file, where one holds
/// several tables, or the file at the same place in the order of names.
///
/// # Errors
/// `source.repeat-files` where neither leads to a parent.
pub(crate) fn pair(
    export: &Export,
    source: (&str, &[SourceFile]),
    parent: (&str, &[SourceFile]),
) -> Result<Vec<usize>, Diagnostic> {
    let holds_several = |file: &SourceFile| {
        kobo::is_workbook(&file.path) || Archive::is_one(&file.path) || export.sheet.is_some()
    };
    let same: Option<Vec<usize>> = source
        .1
        .iter()
        .map(|file| parent.1.iter().position(|p| p.path == file.path && holds_several(p)))
        .collect();
    match same {
        Some(pairs) => Ok(pairs),
        None if source.1.len() == parent.1.len() => Ok((0..source.1.len()).collect()),
        None => Err(diagnose::repeat_files(export.span, source.0, source.1.len(), parent.0, parent.1.len())),
    }
}

/// The table that the rows of a repeat belong to, in one of its files.
struct Family {
    /// The ordinal of the parent's file.
    file: u32,
    /// The rows that may be parents.
    parents: Parents,
    /// How the repeat may call their table.
    names: TableNames,
}

/// The way from the rows of a repeat's file to their parents.
pub(crate) enum Kin {
    /// The file itself nests its rows.
    Nested { file: u32, rows: Vec<Option<u64>> },
    /// By a key in a column.
    Keyed(Box<Keyed>),
}

/// Rows of a repeat that name their parents by a key.
pub(crate) struct Keyed {
    family: Family,
    kinship: Kinship,
    /// Places among the wanted columns.
    parent: usize,
    table: Option<usize>,
    /// The key of each row of the batch, where its table is the parent's.
    keys: Vec<Option<String>>,
    rows: Vec<u64>,
    /// Whether any row so far names the parent's table.
    any: bool,
    /// The table that the last row named, and whether it is the parent's.
    last_table: (String, bool),
}

impl Kin {
    /// For a repeat's table; asks for the columns that lead to the parents. `ordinal` is that of
    /// the parent's file.
    ///
    /// # Errors
    /// `source.no-repeat-key`, and what reading the parent's table meets.
    pub(crate) fn new(
        (table, name, span): (&Table, &str, Span),
        (ordinal, file, export): (usize, &SourceFile, &Export),
        habits: &Habits,
        wanted: &mut Vec<Wanted>,
    ) -> Result<Self, Halt> {
        let number = u32::try_from(ordinal).unwrap_or(u32::MAX);
        if table.nests() {
            return Ok(Kin::Nested { file: number, rows: Vec::new() });
        }
        let kinship = habits.kinship.ok_or_else(|| diagnose::engine("pairing rows"))?;
        let mut want = |header: &str| {
            let column = table.place_of(header)?;
            wanted.push(Wanted { column, serial: false });
            Some(wanted.len() - 1)
        };
        let parent =
            want(kinship.parent).ok_or_else(|| diagnose::no_repeat_key(span, name, kinship.parent))?;
        let table = kinship.table.and_then(&mut want);
        let family = family(number, file, export, kinship, habits)?;
        Ok(Kin::Keyed(Box::new(Keyed {
            family,
            kinship,
            parent,
            table,
            keys: Vec::new(),
            rows: Vec::new(),
            any: false,
            last_table: (String::new(), true),
        })))
    }

    /// Remembers what a row says of its parent.
    pub(crate) fn note(&mut self, row: &Row<'_>) {
        match self {
            Kin::Nested { rows, .. } => rows.push(row.parent),
            Kin::Keyed(keyed) => keyed.note(row),
        }
    }

    /// The parents of the rows since the last time, and the ordinal of their file; and rows with a
    /// check that they fail.
    ///
    /// # Errors
    /// `source.engine`.
    pub(crate) fn take(&mut self) -> Result<Taken, Diagnostic> {
        match self {
            Kin::Nested { file, rows } => Ok((*file, std::mem::take(rows).into(), Vec::new())),
            Kin::Keyed(keyed) => {
                let found = keyed.family.parents.find(&keyed.keys)?;
                let mut failed = Vec::new();
                for (places, check) in
                    [(&found.orphans, "repeat.orphan"), (&found.ambiguous, "repeat.ambiguous")]
                {
                    failed.extend(
                        places.iter().filter_map(|place| keyed.rows.get(*place)).map(|row| (*row, check)),
                    );
                }
                keyed.keys.clear();
                keyed.rows.clear();
                Ok((keyed.family.file, found.rows, failed))
            }
        }
    }

    /// What the parent's table is called, where no row of the repeat names it.
    pub(crate) fn mismatch(&self) -> Option<&str> {
        match self {
            Kin::Keyed(keyed) if !keyed.any => Some(keyed.family.names.own()),
            Kin::Keyed(_) | Kin::Nested { .. } => None,
        }
    }
}

impl Keyed {
    fn note(&mut self, row: &Row<'_>) {
        let name = self.table.map_or("", |place| row.text(place));
        if self.last_table.0 != name {
            let is_of_table = text::trim(name).is_empty() || self.family.names.contain(name);
            self.last_table = (name.to_owned(), is_of_table);
        }
        let is_of_table = self.last_table.1;
        self.any |= is_of_table;
        let key = (self.kinship.parent_key)(text::trim(row.text(self.parent)));
        self.keys.push((is_of_table && !key.is_empty()).then(|| key.to_owned()));
        self.rows.push(row.number);
    }
}

/// Reads the rows that may be parents from the parent's file.
fn family(
    file: u32,
    from: &SourceFile,
    export: &Export,
    kinship: Kinship,
    habits: &Habits,
) -> Result<Family, Halt> {
    let table = Table::open(from, export)?;
    let stem = from.path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    let names = TableNames::new(table.sheet.as_deref(), stem, &table.headers);
    let wanted: Vec<Wanted> =
        table.place_of(kinship.key).map(|column| Wanted { column, serial: false }).into_iter().collect();
    let mut rows: Vec<(String, u64)> = Vec::new();
    table.rows(habits, &wanted, &mut |row| {
        let key = if wanted.is_empty() { (rows.len() + 1).to_string() } else { row.text(0).to_owned() };
        rows.push((key, row.number));
        Ok(())
    })?;
    rows.retain(|(key, _)| !key.trim().is_empty());
    Ok(Family { file, parents: Parents::new(&rows)?, names })
}
