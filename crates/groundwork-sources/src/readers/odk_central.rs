//! ODK Central.
//!
//! An export is an archive with a CSV file for the form and one for every repeat, or the first of
//! them alone. Groups are joined by `-`, rows of a repeat name the `KEY` of their parent. The
//! columns of choices are filled with `0` where nobody answered; only the column of the whole
//! question tells. A choice that nobody has made has no column. Rows that could not be decrypted
//! are blank and do not count.

use super::{Habits, Kinship, PLAIN, Table};
use crate::SourceFile;
use crate::archive::Archive;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;

pub(crate) const HABITS: Habits = Habits {
    choices: Some(&[" "]),
    path: |header| header.replace('-', "/"),
    kinship: Some(Kinship { key: "KEY", parent: "PARENT_KEY", parent_key: |text| text, table: None }),
    aside: &[("Status", not_decrypted)],
    ..PLAIN
};

/// Opens a delimited text, or the file of an archive that `sheet` names: the name of the repeat, or
/// of the whole file; without `sheet` the file of the form.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    if !Archive::is_one(&file.path) {
        return Table::delimited(file, export);
    }
    let mut archive = Archive::open(&file.path, &file.name)?;
    let tables = archive.names(".csv");
    // The file of the form has the shortest name, which the others begin with.
    let form =
        tables.iter().filter(|name| !name.ends_with("audit.csv")).min_by_key(|name| name.len()).cloned();
    let stem = form.as_deref().and_then(|name| name.strip_suffix(".csv")).unwrap_or_default().to_owned();
    let short = |name: &str| {
        let own = name.strip_suffix(".csv").unwrap_or(name);
        own.strip_prefix(&stem).and_then(|rest| rest.strip_prefix('-')).unwrap_or(own).to_owned()
    };
    let part = match &export.sheet {
        None => form,
        Some(sheet) => tables.iter().find(|name| *name == sheet || short(name) == *sheet).cloned(),
    };
    let Some(part) = part else {
        let names: Vec<String> = tables.iter().map(|name| short(name)).collect();
        let sheet = export.sheet.clone().unwrap_or_default();
        return Err(crate::diagnose::unknown_sheet(export.span, &file.name, &sheet, &names, true));
    };
    let text = archive.read(&part)?;
    Table::part(text, file, short(&part), export)
}

/// Rows whose answers are not there.
fn not_decrypted(status: &str) -> Option<&'static str> {
    matches!(status, "not decrypted" | "missing encrypted form data").then_some("row.not-decrypted")
}
