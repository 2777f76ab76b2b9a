//! Rows of a repeat find the rows around them: the one place where polars works.

use crate::diagnose;
use crate::values::text;
use arrow::array::UInt64Array;
use arrow::ipc::reader::StreamReader;
use groundwork_plan::diag::Diagnostic;
// The left join of columns, without the table around it: the join of tables is generic, and every
// build of this crate would compile all of its kinds again.
use polars::prelude::private_left_join_multiple_keys as left_join;
use polars::prelude::{
    Column, DataFrame, IntoColumn as _, IpcStreamWriter, PolarsResult, SerWriter as _, is_first_distinct,
    is_unique,
};
use std::io::Cursor;

/// The rows that may be parents, all of one file: `index` (text, each value once), `row` (the row
/// as a person finds it), `alone` (whether no other row has the same index).
pub(crate) struct Parents(DataFrame);

/// What a number of rows found.
pub(crate) struct Kinship {
    /// For each row the parent's row; null where there is none.
    pub(crate) rows: UInt64Array,
    /// Places, from 0, of rows without a parent.
    pub(crate) orphans: Vec<usize>,
    /// Places, from 0, of rows with several.
    pub(crate) ambiguous: Vec<usize>,
}

impl Parents {
    /// From pairs of `_index`, as written, and row number.
    ///
    /// # Errors
    /// `source.engine`, where polars fails.
    pub(crate) fn new(rows: &[(String, u64)]) -> Result<Self, Diagnostic> {
        Self::build(rows).map_err(|_| diagnose::engine("building the table of parents"))
    }

    fn build(rows: &[(String, u64)]) -> PolarsResult<Self> {
        let index: Vec<String> = rows.iter().map(|(index, _)| index_key(index)).collect();
        let index = Column::new("index".into(), index);
        let numbers: Vec<u64> = rows.iter().map(|(_, row)| *row).collect();
        let alone = is_unique(index.as_materialized_series())?;
        let first = is_first_distinct(index.as_materialized_series())?;
        let columns =
            vec![index, Column::new("row".into(), numbers), alone.with_name("alone".into()).into_column()];
        Ok(Self(DataFrame::new(rows.len(), columns)?.filter(&first)?))
    }

    /// Finds the parents of rows by their `_parent_index`, as written; `None` has no parent.
    ///
    /// # Errors
    /// `source.engine`, where polars or the crossing to Arrow fails.
    pub(crate) fn find(&self, keys: &[Option<String>]) -> Result<Kinship, Diagnostic> {
        let mut joined = self.join(keys).map_err(|_| diagnose::engine("joining a repeat"))?;
        let alone = joined.column("alone").and_then(|column| column.bool().cloned());
        let alone = alone.map_err(|_| diagnose::engine("joining a repeat"))?;
        let places = |wanted: Option<bool>| {
            let found = alone.iter().enumerate().filter(|(_, alone)| *alone == wanted);
            found.map(|(place, _)| place).collect()
        };
        let (orphans, ambiguous) = (places(None), places(Some(false)));
        let rows = cross(&mut joined)?;
        if rows.len() == keys.len() {
            Ok(Kinship { rows, orphans, ambiguous })
        } else {
            Err(diagnose::engine("joining a repeat"))
        }
    }

    /// The children in their order, with `row` and `alone` of the parent; `row` only where the
    /// parent is alone, both null where there is none.
    fn join(&self, keys: &[Option<String>]) -> PolarsResult<DataFrame> {
        let keys: Vec<Option<String>> = keys.iter().map(|key| key.as_deref().map(index_key)).collect();
        let height = keys.len();
        let children = Column::new("index".into(), keys);
        let parents = self.0.column("index")?.clone();
        let (places, matches) = left_join(&[children], &[parents], false)?;
        let (rows, alone) = (self.0.column("row")?.u64()?, self.0.column("alone")?.bool()?);
        let mut found_rows = vec![None; height];
        let mut found_alone = vec![None; height];
        for (place, parent) in places.iter().zip(&matches) {
            let place = *place as usize;
            let Some(parent) = parent.to_opt().map(|parent| parent as usize) else { continue };
            if let (Some(row), Some(is_alone)) = (found_rows.get_mut(place), found_alone.get_mut(place)) {
                *is_alone = alone.get(parent);
                *row = rows.get(parent).filter(|_| *is_alone == Some(true));
            }
        }
        let columns = vec![Column::new("row".into(), found_rows), Column::new("alone".into(), found_alone)];
        DataFrame::new(height, columns)
    }
}

/// The column `row` of a frame as an Arrow array, by way of an Arrow stream in memory.
fn cross(frame: &mut DataFrame) -> Result<UInt64Array, Diagnostic> {
    let failed = || diagnose::engine("crossing from polars to Arrow");
    let mut stream = Vec::new();
    IpcStreamWriter::new(&mut stream).finish(frame).map_err(|_| failed())?;
    let mut rows = Vec::with_capacity(frame.height());
    for batch in StreamReader::try_new(Cursor::new(stream), None).map_err(|_| failed())? {
        let batch = batch.map_err(|_| failed())?;
        let array = batch.column_by_name("row").ok_or_else(failed)?;
        let array = array.as_any().downcast_ref::<UInt64Array>().ok_or_else(failed)?;
        rows.extend(array.iter());
    }
    Ok(rows.into())
}

/// An index as it is compared: trimmed, ASCII digits, without the decimals that a spreadsheet adds.
fn index_key(index: &str) -> String {
    let index = text::ascii_digits(text::trim(index)).into_owned();
    match index.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => index,
    }
}

/// The names by which rows of a repeat may call the table of their parents.
#[derive(Debug)]
pub(crate) struct TableNames {
    /// The parent's own name: its sheet, or the stem of its file.
    own: String,
    exact: Vec<String>,
    beginnings: Vec<String>,
}

impl TableNames {
    /// From the parent's sheet (for workbooks), the stem of its file and its headers.
    pub(crate) fn new(sheet: Option<&str>, stem: &str, headers: &[String]) -> Self {
        let mut names =
            Self { own: sheet.unwrap_or(stem).to_owned(), exact: Vec::new(), beginnings: Vec::new() };
        match sheet {
            Some(sheet) => {
                // Long names of sheets are cut, with dots and a counter where they would clash.
                let uncounted = sheet
                    .strip_suffix(')')
                    .and_then(|rest| rest.rsplit_once(" ("))
                    .filter(|(_, count)| count.bytes().all(|b| b.is_ascii_digit()))
                    .map_or(sheet, |(rest, _)| rest);
                if let Some(beginning) = uncounted.strip_suffix("...") {
                    names.beginnings.push(table_key(beginning));
                } else if sheet.chars().count() >= 31 {
                    names.beginnings.push(table_key(sheet));
                }
                names.exact.push(table_key(sheet));
            }
            None => {
                names.exact.push(table_key(stem));
                // Without a date or a counter: `visits_2024-01` is a file of the table `visits`.
                let plain = stem.trim_end_matches(|c: char| !c.is_alphabetic());
                names.exact.push(table_key(plain));
            }
        }
        let groups = headers.iter().filter_map(|header| header.rsplit_once('/'));
        names.exact.extend(groups.map(|(group, _)| table_key(group)));
        names.exact.sort();
        names.exact.dedup();
        names.exact.retain(|name| !name.is_empty());
        names
    }

    /// Whether a `_parent_table_name` means the parent.
    pub(crate) fn contain(&self, name: &str) -> bool {
        let name = table_key(name);
        self.exact.binary_search(&name).is_ok()
            || self.beginnings.iter().any(|beginning| name.starts_with(beginning))
    }

    /// What messages call the parent's table.
    pub(crate) fn own(&self) -> &str {
        &self.own
    }
}

/// A table's name as it is compared: without case, and with the characters that a sheet or a file
/// cannot have as underscores.
fn table_key(name: &str) -> String {
    text::trim(name)
        .chars()
        .map(|c| if "[]*?:\\/".contains(c) { '_' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::Array as _;

    #[test]
    fn rows_find_their_parents_in_any_order() {
        let parents = [("3", 4), ("1.0", 2), ("2", 3), ("7", 5), ("7", 6)];
        let parents: Vec<(String, u64)> =
            parents.iter().map(|(index, row)| ((*index).to_owned(), *row)).collect();
        let parents = Parents::new(&parents).unwrap();
        let keys = ["1", "๓", "9", "7", " 2 "].map(|key| Some(key.to_owned()));
        let mut keys = keys.to_vec();
        keys.push(None);
        let kinship = parents.find(&keys).unwrap();
        let rows: Vec<Option<u64>> = kinship.rows.iter().collect();
        assert_eq!(rows, [Some(2), Some(4), None, None, Some(3), None]);
        assert_eq!(kinship.orphans, [2, 5]);
        assert_eq!(kinship.ambiguous, [3]);
    }

    #[test]
    fn nobody_finds_a_parent_where_there_is_none() {
        let kinship = Parents::new(&[]).unwrap().find(&[Some("1".into())]).unwrap();
        assert!(kinship.rows.is_null(0));
        assert_eq!(kinship.orphans, [0]);
        let kinship = Parents::new(&[("1".into(), 2)]).unwrap().find(&[]).unwrap();
        assert_eq!(kinship.rows.len(), 0);
    }

    #[test]
    fn tables_are_known_by_sheet_file_or_group() {
        let by_file = TableNames::new(None, "children_cartoons", &["children/cartoons/name".into()]);
        assert!(by_file.contain("children/cartoons"));
        assert!(by_file.contain("children_cartoons"));
        assert!(!by_file.contain("children"));
        assert!(TableNames::new(None, "visits_2024-01", &[]).contain("visits"));
        let by_sheet = TableNames::new(Some("a very long name of a sh... (1)"), "x", &[]);
        assert!(by_sheet.contain("A very long name of a sheet: yes"));
        assert!(!by_sheet.contain("x"));
        assert!(TableNames::new(Some("q_a"), "x", &[]).contain("q/a"));
    }
}
