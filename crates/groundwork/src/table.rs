//! Tables: CSV files of a run, and the tables in pages of worked examples.

use std::path::Path;

/// A header and rows of the same width.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads a CSV file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        Self::from_csv(&text)
    }

    /// Reads CSV.
    pub fn from_csv(bytes: &[u8]) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
        let header = reader.headers().map_err(|e| e.to_string())?.iter().map(str::to_owned).collect();
        let rows = reader
            .records()
            .map(|r| r.map(|r| r.iter().map(str::to_owned).collect()).map_err(|e| e.to_string()))
            .collect::<Result<_, _>>()?;
        Ok(Self { header, rows })
    }

    /// The index of a column.
    pub fn column(&self, name: &str) -> Result<usize, String> {
        self.header
            .iter()
            .position(|h| h == name)
            .ok_or_else(|| format!("no column `{name}` in {:?}", self.header))
    }

    /// The values of the rows in these columns.
    pub fn only(&self, names: &[String]) -> Result<Vec<Vec<String>>, String> {
        let at: Vec<usize> = names.iter().map(|n| self.column(n)).collect::<Result<_, _>>()?;
        Ok(self
            .rows
            .iter()
            .map(|row| at.iter().map(|i| row.get(*i).cloned().unwrap_or_default()).collect())
            .collect())
    }

    /// The value of a column in the one row where the others are as given.
    pub fn get(&self, keys: &[(&str, &str)], wanted: &str) -> Result<&str, String> {
        let at: Vec<(usize, &str)> =
            keys.iter().map(|(n, v)| Ok((self.column(n)?, *v))).collect::<Result<_, String>>()?;
        let wanted = self.column(wanted)?;
        let mut found =
            self.rows.iter().filter(|row| at.iter().all(|(i, v)| row.get(*i).is_some_and(|c| c == v)));
        match (found.next(), found.next()) {
            (Some(row), None) => Ok(row.get(wanted).map(String::as_str).unwrap_or_default()),
            (None, _) => Err(format!("no row with {keys:?}")),
            (Some(_), Some(_)) => Err(format!("several rows with {keys:?}")),
        }
    }
}

/// Rows whose cells stand under each other, each line with the same blanks before it.
pub(crate) fn aligned(rows: &[Vec<String>], indent: &str) -> String {
    let width = |text: &str| text.chars().count();
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = width(cell).max(*widest);
        }
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let cells: Vec<String> =
            cells.map(|(cell, widest)| format!("{cell}{}", " ".repeat(widest - width(cell)))).collect();
        format!("{indent}{}", cells.join("  ")).trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}
