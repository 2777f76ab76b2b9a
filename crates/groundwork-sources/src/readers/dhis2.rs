//! DHIS2: data value sets, analytics and events, as CSV and as JSON.
//!
//! The CSV of a data value set has fixed places, with or without a header, whose words differ from
//! version to version; all of them are found under `dataElement`, `period`, `orgUnit`,
//! `categoryOptionCombo`, `attributeOptionCombo`, `value`, `storedBy`, `lastUpdated`, `comment`,
//! `followup` and `deleted`. `period_start` and `period_end` are the first and the last day of the
//! period. A zero is a zero; a value that was deleted is still in the file and does not count.

mod period;
mod tree;

pub(crate) use period::days as period;
pub(crate) use tree::is_one as is_tree;

use super::{Habits, PLAIN, Table, json};
use crate::SourceFile;
use crate::values::text;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::site::spelling_key;
use groundwork_plan::source::Export;

pub(crate) const HABITS: Habits = Habits { aside: &[("deleted", deleted)], periods: true, ..PLAIN };

/// The places of a data value set, and what else they are called: keys without case and signs.
const PLACES: [(&str, &[&str]); 11] = [
    ("dataElement", &["dataelement", "de", "data", "dx", "dataid"]),
    ("period", &["period", "pe", "periodid"]),
    ("orgUnit", &["orgunit", "ou", "organisationunit", "organisationunitid"]),
    ("categoryOptionCombo", &["categoryoptioncombo", "coc", "catoptcombo", "co"]),
    ("attributeOptionCombo", &["attributeoptioncombo", "aoc", "acoc", "attroptcombo", "ao"]),
    ("value", &["value"]),
    ("storedBy", &["storedby", "strby"]),
    ("lastUpdated", &["lastupdated", "lstupd", "timestamp"]),
    ("comment", &["comment", "cmt"]),
    ("followup", &["followup", "flwup"]),
    ("deleted", &["deleted"]),
];

/// Opens CSV or JSON, by the first character.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    if json::is_json(&file.path) {
        return tree::open(file, export);
    }
    let mut table = Table::delimited(file, export)?;
    if is_row(&table.headers) {
        let mut headers: Vec<String> = PLACES.iter().map(|(name, _)| (*name).to_owned()).collect();
        headers.truncate(table.headers.len());
        table.name_columns(headers);
    }
    Ok(table.also_called(|header| called(header).unwrap_or_default().to_owned()))
}

/// What a header of a data value set is called here.
fn called(header: &str) -> Option<&'static str> {
    let key = spelling_key(header);
    PLACES.iter().find(|(_, others)| others.contains(&key.as_str())).map(|(name, _)| *name)
}

/// Whether these are the places of a data value set, or a row of one without a header.
pub(crate) fn is_data_value_set(headers: &[String]) -> bool {
    let named = |name: &str| headers.iter().any(|header| called(header) == Some(name));
    is_row(headers) || (named("dataElement") && named("period") && named("orgUnit"))
}

/// Whether what stands in the place of a header is a row: a period stands in the second place, and
/// a value in the sixth.
fn is_row(headers: &[String]) -> bool {
    headers.len() >= 4
        && headers.len() <= PLACES.len()
        && headers.iter().take(2).all(|header| called(header).is_none())
        && headers.get(1).is_some_and(|code| period(text::trim(code)).is_some())
}

/// Values that somebody has taken back.
fn deleted(value: &str) -> Option<&'static str> {
    matches!(value.to_ascii_lowercase().as_str(), "true" | "1").then_some("row.deleted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_row_is_known_by_its_period() {
        let row = |cells: &[&str]| is_row(&cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>());
        assert!(row(&["f7n9E0hX8qk", "201201", "DiszpKrYNg8", "", "", "10001", "john", "", "comment"]));
        assert!(!row(&["dataelement", "period", "orgunit", "catoptcombo", "attroptcombo", "value"]));
        assert!(!row(&["a", "b", "c", "d"]));
    }
}
