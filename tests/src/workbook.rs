//! Workbooks for pages of the suite, made from CSV.

use rust_xlsxwriter::{Format, Workbook};
use std::path::Path;

/// The line that merges cells.
const MERGE: &str = "#merge ";

/// Writes a workbook of worksheets, each a name and CSV. Cells that are numbers are typed as
/// numbers, `TRUE` and `FALSE` as truth values, those that begin with `=` are formulas; a line
/// `#merge B1:C1` merges.
pub fn write(path: &Path, sheets: &[(&str, &str)]) -> Result<(), String> {
    let mut workbook = Workbook::new();
    for (sheet, text) in sheets {
        add(&mut workbook, sheet, text)?;
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|e| e.to_string())?;
    }
    workbook.save(path).map_err(|e| e.to_string())
}

fn add(workbook: &mut Workbook, sheet: &str, text: &str) -> Result<(), String> {
    let failed = |e: &dyn std::error::Error| e.to_string();
    let worksheet = workbook.add_worksheet().set_name(sheet).map_err(|e| failed(&e))?;
    let csv: String = text.lines().filter(|l| !l.starts_with(MERGE)).map(|l| format!("{l}\n")).collect();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv.as_bytes());
    for (row, record) in (0u32..).zip(reader.records()) {
        for (column, cell) in (0u16..).zip(&record.map_err(|e| failed(&e))?) {
            let written = match (cell, cell.parse::<f64>()) {
                ("", _) => continue,
                ("TRUE" | "FALSE", _) => worksheet.write_boolean(row, column, cell == "TRUE"),
                (_, Ok(number)) => worksheet.write_number(row, column, number),
                (_, Err(_)) if cell.starts_with('=') => worksheet.write_formula(row, column, cell),
                (_, Err(_)) => worksheet.write_string(row, column, cell),
            };
            written.map_err(|e| failed(&e))?;
        }
    }
    for cells in text.lines().filter_map(|line| line.strip_prefix(MERGE)) {
        let (first, last) = cells.trim().split_once(':').ok_or("`#merge B1:C1`")?;
        let (first, last) = (address(first)?, address(last)?);
        let text = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(csv.as_bytes())
            .records()
            .nth(first.0 as usize)
            .and_then(Result::ok)
            .and_then(|record| record.get(usize::from(first.1)).map(str::to_owned))
            .unwrap_or_default();
        worksheet
            .merge_range(first.0, first.1, last.0, last.1, &text, &Format::new())
            .map_err(|e| failed(&e))?;
    }
    Ok(())
}

/// Row and column, from 0, of an address such as `B1`.
fn address(text: &str) -> Result<(u32, u16), String> {
    let wrong = || format!("`{text}` is no address");
    let (letter, row) = text.split_at_checked(1).ok_or_else(wrong)?;
    let column = letter.bytes().next().filter(u8::is_ascii_uppercase).ok_or_else(wrong)?;
    let row: u32 = row.parse().ok().filter(|row| *row > 0).ok_or_else(wrong)?;
    Ok((row - 1, u16::from(column - b'A')))
}
