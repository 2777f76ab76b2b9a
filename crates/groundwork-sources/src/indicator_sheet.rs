//! The cells of indicator sheets, with their addresses. What they mean is for the plan to say.

use crate::delimited::Delimited;
use crate::files::file;
use crate::readers::kobo::is_workbook;
use crate::row::Halt;
use crate::values::text;
use crate::workbook::Workbook;
use crate::{SourceFile, diagnose, readers};
use groundwork_plan::diag::{Diagnostic, Fault};
use groundwork_plan::indicator_sheet::{IndicatorSheet, IndicatorsFrom, SheetCell};
use std::path::Path;

/// Cells that a sheet of indicators may have. It is written by hand; what has more is something
/// else.
const CELLS: usize = 200_000;

/// Reads the sheets that a pipeline takes indicators from. `base` is its folder.
///
/// # Errors
/// `source.file-not-found`, `source.not-a-file`, `source.unknown-sheet`, `source.empty-file`,
/// `indicator-sheet.too-large`, and what opening a workbook or delimited text meets. All of them
/// are problems of the pipeline, whose part the sheet is.
pub fn indicator_sheets(from: &IndicatorsFrom, base: &Path) -> Result<Vec<IndicatorSheet>, Vec<Diagnostic>> {
    read(from, base).map_err(|problems| {
        let of_pipeline = |problem: Diagnostic| match problem.fault {
            Fault::Data => Diagnostic { fault: Fault::Pipeline, ..problem },
            Fault::Pipeline | Fault::Disclosure | Fault::Machine | Fault::Bug | Fault::Interrupted => problem,
        };
        problems.into_iter().map(of_pipeline).collect()
    })
}

fn read(from: &IndicatorsFrom, base: &Path) -> Result<Vec<IndicatorSheet>, Vec<Diagnostic>> {
    let alone = |problem: Diagnostic| vec![problem];
    let file = file(&from.file, from.span, base).map_err(alone)?;
    if !is_workbook(&file.path) {
        return Ok(vec![delimited(from, &file).map_err(alone)?]);
    }
    let mut workbook = Workbook::open(&file.path, &file.name).map_err(alone)?;
    let sheets = workbook.sheets();
    let wanted = match from.sheets.as_slice() {
        [] => sheets.first().into_iter().cloned().collect(),
        named => named.to_vec(),
    };
    let mut read = Vec::new();
    let mut problems = Vec::new();
    for sheet in wanted {
        if !sheets.contains(&sheet) {
            problems.push(diagnose::unknown_sheet(from.span, &file.name, &sheet, &sheets, false));
            continue;
        }
        match worksheet(&mut workbook, &file, sheet) {
            Ok(sheet) => read.push(sheet),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

fn worksheet(
    workbook: &mut Workbook,
    file: &SourceFile,
    sheet: String,
) -> Result<IndicatorSheet, Diagnostic> {
    let merged = workbook.merged(&sheet)?;
    let mut cells = Cells { file, sheet: Some(&sheet), cells: Vec::new() };
    let read = workbook.texts(&sheet, &mut |row, column, text, broken| {
        Ok(cells.add(u64::from(row) + 1, column, text, broken)?)
    });
    match read {
        Ok(()) | Err(Halt::Abandoned) => {}
        Err(Halt::Problem(problem)) => return Err(*problem),
    }
    let from_one = |(row, column): (u32, u32)| (row.saturating_add(1), column.saturating_add(1));
    let merged = merged.into_iter().map(|(first, last)| (from_one(first), from_one(last))).collect();
    cells.done(merged)
}

fn delimited(from: &IndicatorsFrom, file: &SourceFile) -> Result<IndicatorSheet, Diagnostic> {
    if let Some(sheet) = from.sheets.first() {
        return Err(diagnose::unknown_sheet(from.span, &file.name, sheet, &[], false)
            .hint("Delimited text has no worksheets: leave `sheet` out."));
    }
    let declared = readers::encoding(from.encoding.as_deref(), Some(from.span), &file.name)?;
    let mut cells = Cells { file, sheet: None, cells: Vec::new() };
    Delimited::open(&file.path, &file.name, declared, 1)?.records(&mut |row, record| {
        record.iter().enumerate().try_for_each(|(column, text)| cells.add(row, column, text, false))
    })?;
    cells.done(Vec::new())
}

/// The cells that were read.
struct Cells<'a> {
    file: &'a SourceFile,
    sheet: Option<&'a str>,
    cells: Vec<SheetCell>,
}

impl Cells<'_> {
    /// Adds a cell, unless there is nothing in it; `row` counts from 1, `column` from 0.
    fn add(&mut self, row: u64, column: usize, text: &str, broken: bool) -> Result<(), Diagnostic> {
        if text::trim(text).is_empty() && !broken {
            return Ok(());
        }
        let (Ok(row), Ok(column)) = (u32::try_from(row), u32::try_from(column + 1)) else {
            return Err(diagnose::too_many_cells(&self.file.name, self.sheet));
        };
        if self.cells.len() == CELLS {
            return Err(diagnose::too_many_cells(&self.file.name, self.sheet));
        }
        self.cells.push(SheetCell { row, column, text: text.to_owned(), broken });
        Ok(())
    }

    fn done(self, merged: Vec<((u32, u32), (u32, u32))>) -> Result<IndicatorSheet, Diagnostic> {
        if self.cells.is_empty() {
            return Err(diagnose::empty_indicator_sheet(&self.file.name, self.sheet));
        }
        let (file, sheet) = (self.file.name.clone(), self.sheet.map(str::to_owned));
        Ok(IndicatorSheet { file, sheet, cells: self.cells, merged })
    }
}
