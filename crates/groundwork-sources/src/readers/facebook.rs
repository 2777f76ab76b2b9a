//! Facebook: exports of posts and of a page, from Meta Business Suite and from Insights.
//!
//! Columns come and go from month to month, so that only those that are named must be there. The
//! numbers of a post are totals up to the day of the export. The file of a page's metric has the
//! name of the metric above its header; a file of an audience has several tables below each other,
//! each with its name, and `sheet` says which is meant. Older files have a row of descriptions
//! below the header.

use super::{Habits, PLAIN, Table};
use crate::SourceFile;
use crate::diagnose;
use crate::held::{Held, HeldRow};
use crate::values::text;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;

pub(crate) const HABITS: Habits = PLAIN;

/// Whether these are headers of such a file.
pub(crate) fn is_of(headers: &[String]) -> bool {
    let has = |name: &str| headers.iter().any(|header| header.eq_ignore_ascii_case(name));
    has("Post ID")
        || (has("Page ID") && has("Permalink"))
        || headers.iter().any(|header| header.starts_with("Lifetime "))
        || matches!(headers, [metric] if metric.starts_with("Facebook ") || metric.starts_with("Instagram "))
}

/// A table below its name.
struct Part {
    name: Option<String>,
    rows: Vec<HeldRow>,
}

/// Opens a worksheet or a delimited text.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    let table = Table::either(file, export)?;
    let (sheet, encoding) = (table.sheet.clone(), table.encoding);
    let mut parts = apart(table.records(&file.name)?.into_rows());
    let wanted = export.sheet.as_deref().filter(|_| sheet.is_none());
    let at = match wanted {
        None => 0,
        Some(wanted) => {
            let names: Vec<String> = parts.iter().filter_map(|part| part.name.clone()).collect();
            parts
                .iter()
                .position(|part| part.name.as_deref() == Some(wanted))
                .ok_or_else(|| diagnose::unknown_sheet(export.span, &file.name, wanted, &names, false))?
        }
    };
    if at >= parts.len() {
        return Err(diagnose::empty_file(&file.name, sheet.as_deref(), false));
    }
    let part = parts.swap_remove(at);
    let mut rows = part.rows.into_iter();
    let headers = rows.next().map(|row| row.cells).unwrap_or_default();
    let mut held = Held::new(headers.iter().map(|header| text::header(header)).collect());
    for (place, row) in rows.enumerate() {
        if place > 0 || !describes(&row.cells) {
            held.push(row, &file.name)?;
        }
    }
    let mut table = Table::held(held, sheet.or(part.name), file)?;
    table.encoding = encoding;
    Ok(table)
}

/// The tables of a file: a row with one cell, where the rows around it have several, is the name
/// of the table that follows.
fn apart(rows: Vec<HeldRow>) -> Vec<Part> {
    let filled = |row: &HeldRow| row.cells.iter().filter(|cell| !text::trim(cell).is_empty()).count();
    let widths: Vec<usize> = rows.iter().map(filled).collect();
    let mut parts: Vec<Part> = Vec::new();
    for (place, row) in rows.into_iter().enumerate() {
        let is_name = widths[place] == 1 && widths.get(place + 1).is_some_and(|next| *next > 1);
        if is_name {
            let name = row.cells.iter().map(|cell| text::header(cell)).find(|cell| !cell.is_empty());
            parts.push(Part { name, rows: Vec::new() });
        } else {
            if parts.is_empty() {
                parts.push(Part { name: None, rows: Vec::new() });
            }
            if let Some(part) = parts.last_mut() {
                part.rows.push(row);
            }
        }
    }
    parts.retain(|part| !part.rows.is_empty());
    parts
}

/// Whether a row describes the columns: long sentences, and no number.
fn describes(cells: &[String]) -> bool {
    let filled: Vec<&str> =
        cells.iter().map(|cell| text::trim(cell)).filter(|cell| !cell.is_empty()).collect();
    let sentences = filled.iter().filter(|cell| cell.split_whitespace().count() >= 4).count();
    let numbers = filled
        .iter()
        .filter(|cell| cell.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',')))
        .count();
    !filled.is_empty() && sentences * 2 > filled.len() && numbers == 0
}
