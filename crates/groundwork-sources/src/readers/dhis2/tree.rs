//! What DHIS2 writes as JSON: sets of values, grids of analytics, and events inside enrolments
//! inside tracked entities. Each becomes one long table.

use super::called;
use crate::SourceFile;
use crate::held::{Held, HeldRow};
use crate::readers::Table;
use crate::readers::json::{self, scalar};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The lists that a file of DHIS2 is about, the outermost first.
const LISTS: [&str; 6] =
    ["trackedEntities", "trackedEntityInstances", "enrollments", "events", "instances", "dataValues"];

/// Whether a file holds what DHIS2 writes.
pub(crate) fn is_one(file: &SourceFile) -> bool {
    json::parse(file).is_ok_and(|tree| {
        LISTS.iter().any(|name| array(&tree, name).is_some())
            || (array(&tree, "headers").is_some() && array(&tree, "rows").is_some())
    })
}

/// Opens JSON.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    let tree = json::parse(file)?;
    if let (Some(headers), Some(rows)) = (array(&tree, "headers"), array(&tree, "rows")) {
        return grid(headers, rows, file);
    }
    let mut long = Long::default();
    match (LISTS.iter().find_map(|name| array(&tree, name)), &tree) {
        (Some(_), Value::Object(object)) => long.walk(object, &Map::new()),
        (None, Value::Array(items)) => {
            for item in items {
                if let Value::Object(object) = item {
                    long.walk(object, &Map::new());
                }
            }
        }
        _ => return json::open(file, export),
    }
    long.table(file)
}

fn array<'v>(tree: &'v Value, name: &str) -> Option<&'v Vec<Value>> {
    tree.get(name).and_then(Value::as_array)
}

/// A grid of analytics: the headers have an identifier each, and a name to show.
fn grid(headers: &[Value], rows: &[Value], file: &SourceFile) -> Result<Table, Diagnostic> {
    let text = |header: &Value, key: &str| header.get(key).map(scalar).unwrap_or_default();
    let names: Vec<String> = headers.iter().map(|header| text(header, "name")).collect();
    let shown: Vec<String> = headers.iter().map(|header| text(header, "column")).collect();
    let mut held = Held::new(names.clone());
    for (number, row) in (1..).zip(rows) {
        let cells = row.as_array().map(|cells| cells.iter().map(scalar).collect()).unwrap_or_default();
        held.push(HeldRow { number, parent: None, cells }, &file.name)?;
    }
    let mut table = Table::held(held, None, file)?;
    table.also = names
        .iter()
        .zip(shown)
        .map(|(name, shown)| called(name).or_else(|| called(&shown)).map_or(shown.clone(), str::to_owned))
        .collect();
    Ok(table)
}

/// Rows with any fields, in the order of their first appearance.
#[derive(Default)]
struct Long {
    headers: Vec<String>,
    /// The names to show of attributes, by their identifiers.
    shown: BTreeMap<String, String>,
    rows: Vec<Vec<(usize, String)>>,
}

impl Long {
    /// Everything below an object: what it holds itself, and its attributes by their identifiers,
    /// stands in each of the rows below it, and the innermost list of data values has a row for each.
    /// Lists of other things, such as relationships, make no rows. What is below something that was
    /// deleted is deleted.
    fn walk(&mut self, object: &Map<String, Value>, around: &Map<String, Value>) {
        let mut own = around.clone();
        for (name, value) in object {
            let stays = name == "deleted" && around.get(name) == Some(&Value::Bool(true));
            if !value.is_array() && !value.is_object() && !stays {
                own.insert(name.clone(), value.clone());
            }
        }
        for attribute in object.get("attributes").and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = attribute.get("attribute").and_then(Value::as_str) else { continue };
            own.insert(name.to_owned(), attribute.get("value").cloned().unwrap_or_default());
            let shown = attribute.get("displayName").and_then(Value::as_str);
            self.shown.extend(shown.map(|shown| (name.to_owned(), shown.to_owned())));
        }
        let mut below = false;
        for list in LISTS.iter().filter_map(|name| object.get(*name)) {
            for item in list.as_array().into_iter().flatten() {
                if let Value::Object(item) = item {
                    below = true;
                    self.walk(item, &own);
                }
            }
        }
        if !below {
            self.add(&own);
        }
    }

    fn add(&mut self, fields: &Map<String, Value>) {
        let mut row = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            let place = self.headers.iter().position(|header| header == name).unwrap_or_else(|| {
                self.headers.push(name.clone());
                self.headers.len() - 1
            });
            row.push((place, scalar(value)));
        }
        self.rows.push(row);
    }

    fn table(self, file: &SourceFile) -> Result<Table, Diagnostic> {
        let width = self.headers.len();
        let mut held = Held::new(self.headers);
        for (number, row) in (1..).zip(self.rows) {
            let mut cells = vec![String::new(); width];
            for (place, text) in row {
                cells[place] = text;
            }
            held.push(HeldRow { number, parent: None, cells }, &file.name)?;
        }
        let shown = |header: &str| self.shown.get(header).map(String::as_str);
        let also = |header: &str| called(header).or_else(|| shown(header)).unwrap_or_default().to_owned();
        Ok(Table::held(held, None, file)?.also_called(also))
    }
}
