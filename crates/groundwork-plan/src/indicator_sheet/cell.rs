//! What stands in a cell: a value as in YAML, and a small syntax for lists and objects.
//!
//! | holds | written |
//! |---|---|
//! | a list | `sex; age_band; sex × age_band`, with `;`, `,` or line breaks between |
//! | an object | `from: attendance; distinct: participant`, with `;` or line breaks between |
//! | an object inside | `2021-Q4: north = 600, south = 400`, with `,` between and `=` inside |
//!
//! Anything may also stand as in YAML, in `[…]` or `{…}`.

use super::SheetCell;
use crate::diag::Diagnostic;
use crate::location::{Location, Span};
use crate::shape::Shape;
use crate::site::spelling_key;
use crate::yaml::{Key, Node, Value};

/// The text without the blanks around it, zero-width ones and byte order marks included.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'))
}

/// The tree of a cell.
pub(super) fn node(cell: &SheetCell, span: Span, shape: &'static Shape) -> Result<Node, Diagnostic> {
    if cell.broken {
        let message = "the cell holds an error that a formula left";
        return Err(Diagnostic::pipeline("indicator-sheet.broken-cell", span, message)
            .hint("Write the value itself into the cell."));
    }
    let text = trim(&cell.text);
    if let Some(sign) = text.chars().next().filter(|c| "=+-@".contains(*c))
        && text.parse::<f64>().is_err()
    {
        let message =
            format!("the cell begins with `{sign}`, which spreadsheet programs take for a formula and run");
        return Err(Diagnostic::pipeline("indicator-sheet.formula", span, message)
            .hint("Begin with a word or a digit; write `0 - waited` for a number with its sign turned."));
    }
    value(text, span, shape, Level::Cell)
}

/// How deep a text stands in its cell.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    /// The whole cell.
    Cell,
    /// What stands at a key in it.
    Inside,
}

fn value(text: &str, span: Span, shape: &'static Shape, level: Level) -> Result<Node, Diagnostic> {
    let scalar = |text: &str| Ok(Node { span, value: Value::Scalar(text.to_owned()) });
    match shape {
        Shape::List(_) | Shape::Map(_) | Shape::Object(_) if text.starts_with(['[', '{']) => yaml(text, span),
        Shape::Either(_, second @ (Shape::Map(_) | Shape::Object(_))) if text.contains([':', '=', '{']) => {
            value(text, span, second, level)
        }
        // A crossing of dimensions.
        Shape::Either(_, Shape::List(_)) if crossed(text).len() > 1 => {
            let items = crossed(text).into_iter().map(scalar).collect::<Result<_, _>>()?;
            Ok(Node { span, value: Value::List(items) })
        }
        Shape::Either(first, _) => value(text, span, first, level),
        Shape::List(item) => {
            let items = split(text, &[';', ',', '\n']);
            let items = items.into_iter().map(|part| value(part, span, item, Level::Inside));
            Ok(Node { span, value: Value::List(items.collect::<Result<_, _>>()?) })
        }
        Shape::Map(item) => object(text, span, level, |_| item),
        Shape::Object(object_shape) => object(text, span, level, |key| {
            object_shape.keys.iter().find(|entry| entry.key == key).map_or(&Shape::Text, |entry| &entry.shape)
        }),
        Shape::OneOf(words) => {
            let key = spelling_key(text);
            scalar(words.iter().find(|word| spelling_key(word) == key).unwrap_or(&text))
        }
        Shape::Boolean => scalar(match text.to_lowercase().as_str() {
            "true" | "yes" => "true",
            "false" | "no" => "false",
            _ => text,
        }),
        Shape::Text
        | Shape::Localised
        | Shape::Integer
        | Shape::Number
        | Shape::Date
        | Shape::Period
        | Shape::Months
        | Shape::Expression
        | Shape::Kinds(_) => scalar(text),
    }
}

/// `key: value; key: value` in a cell, `key = value, key = value` inside.
fn object(
    text: &str,
    span: Span,
    level: Level,
    shape_of: impl Fn(&str) -> &'static Shape,
) -> Result<Node, Diagnostic> {
    let separators: &[char] = if level == Level::Cell { &[';', '\n'] } else { &[','] };
    let mut entries = Vec::new();
    for part in split(text, separators) {
        let Some((name, rest)) = part.split_once([':', '=']) else {
            return Err(not_a_pair(part, level, span));
        };
        let name = name.trim().to_owned();
        let node = value(rest.trim(), span, shape_of(&name), Level::Inside)?;
        if entries.iter().any(|(key, _): &(Key, Node)| key.name == name) {
            return Err(twice(&name, span));
        }
        entries.push((Key { span, name }, node));
    }
    Ok(Node { span, value: Value::Map(entries) })
}

fn not_a_pair(part: &str, level: Level, span: Span) -> Diagnostic {
    let message = format!("`{part}` has no `:` between a key and a value");
    let hint = match level {
        Level::Cell => {
            "Write `key: value`, with `;` or a line break between, such as `2021-Q3: 300; 2021-Q4: 400`."
        }
        Level::Inside => {
            "Write `key = value`, with `,` between, such as `2021-Q4: north = 600, south = 400`; begin the next key of the cell after `;` or a line break."
        }
    };
    Diagnostic::pipeline("pipeline.wrong-shape", span, message).hint(hint)
}

/// A key that was written before.
pub(super) fn twice(key: &str, span: Span) -> Diagnostic {
    Diagnostic::pipeline("indicator-sheet.key-twice", span, format!("`{key}` is written twice in this row"))
        .hint("Keep one of the two.")
}

/// The columns of a crossing.
fn crossed(text: &str) -> Vec<&str> {
    let parts = text.split('×').flat_map(|part| part.split(" x ")).flat_map(|part| part.split('*'));
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The parts between separators that do not stand in quotation marks. A mark opens only where no
/// letter stands before it, so that `people's` has none.
fn split<'t>(text: &'t str, separators: &[char]) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut open: Option<char> = None;
    let mut before = ' ';
    let mut start = 0;
    for (at, c) in text.char_indices() {
        match open {
            Some(mark) if c == mark => open = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"') && !before.is_alphanumeric() => open = Some(c),
            None if separators.contains(&c) => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            None => {}
        }
        before = c;
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// A value in the words of YAML; all of it is at the cell.
fn yaml(text: &str, span: Span) -> Result<Node, Diagnostic> {
    fn at(node: Node, span: Span) -> Node {
        let value = match node.value {
            Value::Nothing => Value::Nothing,
            Value::Scalar(text) => Value::Scalar(text),
            Value::List(items) => Value::List(items.into_iter().map(|item| at(item, span)).collect()),
            Value::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (Key { span, name: key.name }, at(value, span)))
                    .collect(),
            ),
        };
        Node { span, value }
    }
    match crate::yaml::parse(text) {
        Ok(node) => Ok(at(node, span)),
        Err(problem) => Err(Diagnostic { location: Location::Pipeline(span), ..problem }),
    }
}
