//! JSON: a list of objects, an object around one, or an object a line.
//!
//! Objects inside an object are columns with a path, `address/village`. A list of objects inside
//! is a repeat: `sheet` names its path, and its rows know theirs around them. A list of words
//! stands in one cell with blanks between.

use super::Table;
use crate::SourceFile;
use crate::diagnose;
use crate::held::{Held, HeldRow};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// Bytes of a file, at most; it is held whole.
const MOST_BYTES: u64 = 1 << 28;

/// Whether a file begins like JSON.
pub(crate) fn is_json(path: &Path) -> bool {
    let mut first = Vec::new();
    let read = File::open(path).and_then(|file| file.take(256).read_to_end(&mut first));
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first).trim_ascii_start();
    read.is_ok() && matches!(first.first(), Some(b'{' | b'['))
}

/// The whole of a file; a file with an object a line as a list.
pub(super) fn parse(file: &SourceFile) -> Result<Value, Diagnostic> {
    let unreadable = |error| diagnose::unreadable(&file.name, &error);
    let length = std::fs::metadata(&file.path).map_err(unreadable)?.len();
    if length > MOST_BYTES {
        return Err(diagnose::too_large(&file.name, "a JSON file of more than 256 MiB is not read"));
    }
    let bytes = std::fs::read(&file.path).map_err(unreadable)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(diagnose::empty_file(&file.name, None, false));
    }
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>() {
        // The position alone is told: a message of the library could hold a value.
        values.push(value.map_err(|error| diagnose::unreadable_json(&file.name, error.line()))?);
    }
    Ok(match values.len() {
        1 => values.swap_remove(0),
        _ => Value::Array(values),
    })
}

/// A value without parts as text.
pub(super) fn scalar(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "true".into(),
        Value::Bool(false) => "false".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(scalar).collect::<Vec<_>>().join(" "),
        Value::Object(_) => String::new(),
    }
}

/// Opens the list of objects, or the lists inside it that `sheet` names.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    let tree = parse(file)?;
    let Some(list) = list(&tree) else {
        return Err(diagnose::unreadable_json(&file.name, 1));
    };
    let mut rows = Rows::default();
    let mut number = 0;
    match export.sheet.as_deref() {
        None => {
            for item in list {
                number += 1;
                rows.add(item, number, None);
            }
        }
        Some(sheet) => {
            let path: Vec<&str> = sheet.split('/').collect();
            rows.nested(list, &path, &mut number);
            if rows.rows.is_empty() {
                return Err(diagnose::unknown_sheet(export.span, &file.name, sheet, &[], true));
            }
        }
    }
    Table::held(rows.held(&file.name)?, export.sheet.clone(), file)
}

/// The list of objects that a file is about: itself, or the first inside an object.
fn list(tree: &Value) -> Option<&[Value]> {
    let is_list = |value: &&Value| value.as_array().is_some_and(|items| items.iter().any(Value::is_object));
    match tree {
        Value::Array(items) => Some(items),
        Value::Object(object) => match object.values().find(is_list) {
            Some(list) => list.as_array().map(Vec::as_slice),
            None => Some(std::slice::from_ref(tree)),
        },
        _ => None,
    }
}

/// Its number, the row that it belongs to, and texts by the places of headers.
type JsonRow = (u64, Option<u64>, Vec<(usize, String)>);

/// Rows with any fields; headers in the order of their first appearance.
#[derive(Default)]
struct Rows {
    headers: Vec<String>,
    places: HashMap<String, usize>,
    rows: Vec<JsonRow>,
}

impl Rows {
    fn add(&mut self, item: &Value, number: u64, parent: Option<u64>) {
        let mut cells = Vec::new();
        if let Value::Object(object) = item {
            self.flat(object, "", &mut cells);
        }
        self.rows.push((number, parent, cells));
    }

    fn flat(&mut self, object: &Map<String, Value>, before: &str, cells: &mut Vec<(usize, String)>) {
        for (name, value) in object {
            let path = if before.is_empty() { name.clone() } else { format!("{before}/{name}") };
            match value {
                Value::Object(inner) => self.flat(inner, &path, cells),
                Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {}
                _ => {
                    let next = self.headers.len();
                    let place = *self.places.entry(path.clone()).or_insert(next);
                    if place == next {
                        self.headers.push(path);
                    }
                    cells.push((place, scalar(value)));
                }
            }
        }
    }

    /// The lists at a path below the items of a list. Parents are numbered as they are read when
    /// they are a source of their own.
    fn nested(&mut self, list: &[Value], path: &[&str], number: &mut u64) {
        let Some((_, deeper)) = path.split_first() else { return };
        let mut parent = 0;
        self.level(list, path, deeper.len(), &mut parent, number);
    }

    fn level(&mut self, list: &[Value], path: &[&str], levels: usize, parent: &mut u64, number: &mut u64) {
        for item in list {
            if levels == 0 {
                *parent += 1;
            }
            let inside = path.first().and_then(|name| item.get(name)).and_then(Value::as_array);
            for child in inside.into_iter().flatten() {
                if levels == 0 {
                    *number += 1;
                    self.add(child, *number, Some(*parent));
                }
            }
            if let (Some(inside), true) = (inside, levels > 0) {
                self.level(inside, &path[1..], levels - 1, parent, number);
            }
        }
    }

    fn held(self, name: &str) -> Result<Held, Diagnostic> {
        let width = self.headers.len();
        let mut held = Held::new(self.headers);
        held.blanks_count = true;
        for (number, parent, row) in self.rows {
            let mut cells = vec![String::new(); width];
            for (place, text) in row {
                cells[place] = text;
            }
            held.push(HeldRow { number, parent, cells }, name)?;
        }
        Ok(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_a_file() {
        let tree: Value = serde_json::from_str(r#"{"count": 2, "results": [{"a": 1}, {"a": 2}]}"#).unwrap();
        assert_eq!(list(&tree).map(<[Value]>::len), Some(2));
        let tree: Value = serde_json::from_str(r#"{"a": 1}"#).unwrap();
        assert_eq!(list(&tree).map(<[Value]>::len), Some(1));
        assert!(list(&Value::Null).is_none());
    }

    #[test]
    fn repeats_know_the_rows_around_them() {
        let tree: Value = serde_json::from_str(
            r#"[{"a":[{"b":[{"c":1}]},{"b":[{"c":2},{"c":3}]}]},{"a":[{"b":[{"c":4}]}]}]"#,
        )
        .unwrap();
        let mut rows = Rows::default();
        rows.nested(list(&tree).unwrap(), &["a", "b"], &mut 0);
        let found: Vec<_> = rows.rows.iter().map(|(number, parent, _)| (*number, *parent)).collect();
        assert_eq!(found, [(1, Some(1)), (2, Some(2)), (3, Some(2)), (4, Some(3))]);
    }
}
