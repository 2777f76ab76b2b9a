//! Ona, and KoboToolbox before 2017 (KoBoCAT).
//!
//! `n/a` stands for a question that was not asked, `True` and `False` for choices; `False` stands
//! beside `n/a` too, so that the question as a whole decides. In delimited text repeats are laid
//! out flat, as `children[1]/name` and `children[2]/name`; in workbooks they have sheets as in
//! KoboToolbox.

use super::{Habits, PLAIN, Table, kobo};
use crate::SourceFile;
use crate::diagnose;
use crate::held::{Held, HeldRow};
use crate::values::text;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::reason::Reason;
use groundwork_plan::source::Export;
use std::collections::BTreeMap;

pub(crate) const HABITS: Habits = Habits {
    missing: &[("n/a", Reason::NotAsked)],
    tags: true,
    choices: Some(&[" "]),
    kinship: Some(kobo::KINSHIP),
    ..PLAIN
};

/// Opens a sheet, a delimited text, or, where `sheet` names a repeat, what is laid out flat.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    let table = Table::either(file, export)?;
    match (&export.sheet, kobo::is_workbook(&file.path)) {
        (Some(repeat), false) => unfolded(table, repeat, file, export),
        _ => Ok(table),
    }
}

/// The rows of a repeat that is laid out flat: one for each number in brackets below which anything
/// has a value. A repeat inside a repeat belongs to the rows of the outer one, numbered in the
/// same way; others belong to the row of the file.
fn unfolded(table: Table, repeat: &str, file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    let headers = table.headers.clone();
    let places: Vec<Option<Place>> = headers.iter().map(|header| Place::of(header, repeat)).collect();
    let mut own: Vec<String> = places.iter().flatten().filter_map(|place| place.question.clone()).collect();
    own.sort();
    own.dedup();
    if own.is_empty() {
        return Err(diagnose::unknown_sheet(export.span, &file.name, repeat, &repeats(&headers), true));
    }
    let outer = headers.iter().find_map(|header| outer_repeat(header, repeat));
    let outer_places: Vec<Option<Place>> =
        headers.iter().map(|header| outer.as_ref().and_then(|outer| Place::of(header, outer))).collect();
    let mut held = Held::new(own.clone());
    let (mut number, mut outer_number) = (0, 0);
    for row in table.records(&file.name)?.into_rows().into_iter().skip(1) {
        let filled = |cell: &str| !matches!(text::trim(cell), "" | "n/a");
        let mut around: BTreeMap<&[u32], u64> = BTreeMap::new();
        let counts = row.cells.iter().zip(&outer_places).filter(|(cell, _)| filled(cell));
        for place in counts.filter_map(|(_, place)| place.as_ref()) {
            around.insert(&place.counts, 0);
        }
        for value in around.values_mut() {
            outer_number += 1;
            *value = outer_number;
        }
        let mut found: BTreeMap<&[u32], Vec<String>> = BTreeMap::new();
        for (cell, place) in row.cells.iter().zip(&places) {
            let (Some(place), true) = (place, filled(cell)) else { continue };
            let cells = found.entry(&place.counts).or_insert_with(|| vec!["n/a".to_owned(); own.len()]);
            if let Some(at) = place.question.as_ref().and_then(|question| own.binary_search(question).ok()) {
                cells[at].clone_from(cell);
            }
        }
        for (counts, cells) in found {
            number += 1;
            let outside = counts.split_last().map(|(_, outside)| outside).filter(|_| outer.is_some());
            let parent =
                outside.map_or(row.number, |outside| around.get(outside).copied().unwrap_or_default());
            held.push(HeldRow { number, parent: Some(parent), cells }, &file.name)?;
        }
    }
    Table::held(held, Some(repeat.to_owned()), file)
}

/// Where a header such as `a[1]/b[2]/c` stands in a repeat.
#[derive(Debug, PartialEq)]
struct Place {
    /// The number of the repeat's row, and of the rows around it, the outermost first.
    counts: Vec<u32>,
    /// The path of the question, `a/b/c`; none where it is in a repeat inside this one.
    question: Option<String>,
}

impl Place {
    fn of(header: &str, repeat: &str) -> Option<Self> {
        let path = without_numbers(header);
        path.strip_prefix(repeat)?.strip_prefix('/')?;
        // The brackets up to the last part of the repeat's own path.
        let (mut seen, mut counts, mut rest) = (String::new(), Vec::new(), header);
        while let Some((before, after)) = rest.split_once('[') {
            seen.push_str(before);
            if seen.len() > repeat.len() {
                break;
            }
            let (count, after) = after.split_once(']')?;
            counts.push(count.parse().ok()?);
            rest = after;
        }
        let question = (!rest.contains('[')).then_some(path);
        (seen.len() >= repeat.len() && !counts.is_empty()).then_some(Self { counts, question })
    }
}

/// The repeat around a repeat, by a header of something in it.
fn outer_repeat(header: &str, repeat: &str) -> Option<String> {
    let place = Place::of(header, repeat)?;
    let before_own = header.match_indices('[').nth(place.counts.len().checked_sub(2)?)?.0;
    Some(without_numbers(&header[..before_own]))
}

/// Every repeat that is laid out flat.
fn repeats(headers: &[String]) -> Vec<String> {
    let mut out: Vec<String> = headers
        .iter()
        .flat_map(|header| header.match_indices('[').map(|(at, _)| without_numbers(&header[..at])))
        .collect();
    out.sort();
    out.dedup();
    out
}

fn without_numbers(header: &str) -> String {
    let mut out = String::with_capacity(header.len());
    let mut inside = false;
    for c in header.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            _ if inside => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_a_flat_repeat() {
        let place = |header: &str, repeat: &str| Place::of(header, repeat).map(|p| (p.counts, p.question));
        assert_eq!(place("a[1]/b[12]/c", "a/b"), Some((vec![1, 12], Some("a/b/c".into()))));
        assert_eq!(place("g/a[1]/q/choice", "g/a"), Some((vec![1], Some("g/a/q/choice".into()))));
        assert_eq!(place("a[1]/b[2]/c", "a"), Some((vec![1], None)));
        assert_eq!(place("ab[1]/c", "a"), None);
        assert_eq!(place("a/c", "a"), None);
        assert_eq!(place("a[x]/c", "a"), None);
        assert_eq!(outer_repeat("g/a[1]/b[12]/c", "g/a/b").as_deref(), Some("g/a"));
        assert_eq!(outer_repeat("a[1]/c", "a"), None);
        assert_eq!(repeats(&["a[1]/b[2]/c".into(), "d".into()]), ["a", "a/b"]);
    }
}
