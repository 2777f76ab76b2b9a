//! Staging a source: which of its rows count, and what became of the others.

use crate::Store;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::query::Statement;
use groundwork_plan::source::Source;
use groundwork_plan::staging::{self, Order};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What became of the rows of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staged {
    /// Rows that count.
    pub kept: u64,
    /// Rows whose parent does not count.
    pub without_parent: u64,
    /// Rows received after the calendar's `as_of`.
    pub received_later: u64,
    /// Rows that another row is a newer version of.
    pub superseded: u64,
    /// Rows for which `keep` does not hold.
    pub left_out: u64,
    /// Rows that broke a check and do not count, in reading order.
    pub set_aside: Vec<SetAside>,
    /// Rows that broke a check and count all the same, in reading order.
    pub reported: Vec<SetAside>,
}

/// A row that broke a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Which check of the source; none for a value that was set aside because its question was not
    /// asked.
    pub check: Option<usize>,
    /// The column, where the check is about one.
    pub column: Option<String>,
    /// Ordinal of the file.
    pub file: u64,
    /// The row, as the file numbers it.
    pub row: u64,
}

impl Store {
    /// Makes the table of the rows that count from the rows as they were read, which stand in the file
    /// `rows` if there are any, and says what became of the others. The rows as they were read are
    /// dropped, where the table does not rest on them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn stage(
        &self,
        source: &Source,
        sources: &[Source],
        as_of: Date,
        rows: Option<&Path>,
    ) -> Result<Staged, Diagnostic> {
        for statement in staging::stage(source, sources, as_of, Order::Reading) {
            self.run(&statement)?;
        }
        let mut staged = Staged::default();
        if source.export().is_none() {
            let rows =
                groundwork_plan::query::count_rows(&groundwork_plan::indicator::source_table(&source.id));
            if let Some((_, counts)) = self.counted(&rows)?.first() {
                staged.kept = unsigned(counts.first());
            }
            return Ok(staged);
        }
        for (state, counts) in self.counted(&staging::states(&source.id))? {
            let n = unsigned(counts.first());
            match state.as_str() {
                "" => staged.kept = n,
                "parent" => staged.without_parent = n,
                "received_later" => staged.received_later = n,
                "superseded" => staged.superseded = n,
                "left_out" => staged.left_out = n,
                _ => {}
            }
        }
        staged.set_aside = self.places(&staging::set_aside(&source.id))?;
        if let Some(query) = staging::reported(source) {
            staged.reported = self.places(&query)?;
        }
        if !staging::is_looked_at(source) {
            self.run(&Statement::DropView(staging::staged_table(&source.id)))?;
            for table in staging::put_aside(source) {
                self.run(&Statement::DropTable(table))?;
            }
            let raw = staging::raw_table(&source.id);
            match rows {
                None => self.run(&Statement::DropTable(raw))?,
                Some(rows) => {
                    self.run(&Statement::DropView(raw))?;
                    // It goes with the folder at the latest.
                    let _ = std::fs::remove_file(rows);
                }
            }
        }
        Ok(staged)
    }

    fn places(&self, query: &groundwork_plan::query::Query) -> Result<Vec<SetAside>, Diagnostic> {
        let rows = self.counted(query)?;
        Ok(rows
            .into_iter()
            .filter_map(|(state, counts)| {
                let mut parts = state.splitn(3, ':').skip(1);
                Some(SetAside {
                    check: parts.next()?.parse().ok(),
                    column: parts.next().map(str::to_owned),
                    file: unsigned(counts.first()),
                    row: unsigned(counts.get(1)),
                })
            })
            .collect())
    }
}

fn unsigned(n: Option<&i64>) -> u64 {
    n.and_then(|n| u64::try_from(*n).ok()).unwrap_or(0)
}
