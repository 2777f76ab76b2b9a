//! Tables with tags of the humanitarian exchange language: a row of tags stands below the header,
//! or below several, and says what the columns are.

use super::Table;
use crate::SourceFile;
use crate::diagnose;
use crate::held::Held;
use crate::row::is_tag;
use crate::values::text;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;

/// Rows among which the tags must stand, as the standard has it.
const LOOKED_AT: usize = 25;

/// Opens a worksheet or a delimited text. A column is called by its tag, or, where it has none, by
/// the header above; the header above is its second name.
pub(crate) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    let table = Table::either(file, export)?;
    let sheet = table.sheet.clone();
    let encoding = table.encoding;
    let rows = table.records(&file.name)?.into_rows();
    let is_tags = |cells: &[String]| {
        let mut filled = cells.iter().map(|cell| text::trim(cell)).filter(|cell| !cell.is_empty()).peekable();
        filled.peek().is_some() && filled.all(is_tag)
    };
    let Some(at) = rows.iter().take(LOOKED_AT).position(|row| is_tags(&row.cells)) else {
        return Err(diagnose::no_tags(&file.name, sheet.as_deref()));
    };
    let width = rows.iter().take(at + 1).map(|row| row.cells.len()).max().unwrap_or(0);
    let cell = |row: usize, column: usize| {
        rows.get(row).and_then(|row| row.cells.get(column)).map_or("", |c| text::trim(c))
    };
    let above = |column: usize| {
        let titles = (0..at).rev().map(|row| cell(row, column));
        text::header(titles.into_iter().find(|title| !title.is_empty()).unwrap_or_default())
    };
    let titles: Vec<String> = (0..width).map(above).collect();
    let headers = (0..width).map(|column| match cell(at, column) {
        "" => titles[column].clone(),
        tag => plain(tag),
    });
    let mut held = Held::new(headers.collect());
    for row in rows.into_iter().skip(at + 1) {
        held.push(row, &file.name)?;
    }
    let mut table = Table::held(held, sheet, file)?;
    table.encoding = encoding;
    table.also = titles;
    Ok(table)
}

/// A tag without blanks, in lower case: `#adm1 +Name` is `#adm1+name`.
fn plain(tag: &str) -> String {
    tag.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
