//! The JSON Schema of the pipeline language, for editors; made from the tables of `language.rs`.

use crate::language::{EVALUATION, INDICATOR, LOCALISED, PIPELINE};
use crate::shape::{Entry, Kinds, Object, Shape};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) of the pipeline language.
pub fn schema() -> Value {
    let mut root = object(PIPELINE.keys);
    let map = root.as_object_mut();
    if let Some(map) = map {
        map.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        map.insert("title".into(), json!("groundwork pipeline, version 1"));
        map.insert("description".into(), json!(PIPELINE.about));
    }
    root
}

fn object(keys: &[Entry]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for entry in keys {
        let mut shape = shape(&entry.shape);
        if let Some(map) = shape.as_object_mut() {
            map.insert("description".into(), json!(entry.about));
            if let Some(default) = entry.default {
                map.insert("default".into(), typed(&entry.shape, default));
            }
        }
        properties.insert(entry.key.into(), shape);
        if entry.required {
            required.push(json!(entry.key));
        }
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// A default as a value of its type.
fn typed(shape: &Shape, text: &str) -> Value {
    match shape {
        Shape::Boolean | Shape::Integer | Shape::Number => text.parse().unwrap_or_else(|_| json!(text)),
        _ => json!(text),
    }
}

fn shape(of: &Shape) -> Value {
    match of {
        Shape::Text => json!({"type": ["string", "number", "boolean"]}),
        Shape::Expression => json!({"type": ["string", "boolean"]}),
        Shape::Localised => json!({"anyOf": [{"type": "string"}, object(LOCALISED.keys)]}),
        Shape::Integer => json!({"type": "integer", "minimum": 0}),
        Shape::Number => json!({"type": "number"}),
        Shape::Boolean => json!({"type": "boolean"}),
        Shape::Date => json!({"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"}),
        Shape::Period => {
            json!({"type": ["string", "integer"], "pattern": "^(FY)?\\d{4}(-(Q[1-4]|\\d{2}))?$"})
        }
        Shape::Months => json!({"type": "string", "pattern": "^\\d+ (months?|years?)$"}),
        Shape::OneOf(["1"]) => json!({"const": 1}),
        Shape::OneOf(words) => json!({"enum": words}),
        Shape::List(item) => json!({"type": "array", "items": shape(item)}),
        Shape::Map(item) => json!({"type": "object", "additionalProperties": shape(item)}),
        Shape::Object(o) => object(o.keys),
        Shape::Kinds(kinds) => one_of(kinds),
        Shape::Either(first, second) => json!({"anyOf": [shape(first), shape(second)]}),
    }
}

fn one_of(kinds: &Kinds) -> Value {
    let variants: Vec<Value> = kinds
        .kinds
        .iter()
        .map(|kind| {
            let mut variant = object_of(kinds.shared, kind);
            if let Some(tag) = variant.pointer_mut(&format!("/properties/{}", kinds.tag)) {
                *tag = json!({"const": kind.name, "description": kind.about});
            }
            variant
        })
        .collect();
    json!({"oneOf": variants})
}

fn object_of(shared: &[Entry], kind: &Object) -> Value {
    let mut all = object(shared);
    let own = object(kind.keys);
    if let (Some(to), Some(from)) = (all["properties"].as_object_mut(), own["properties"].as_object()) {
        to.extend(from.clone());
    }
    if let (Some(to), Some(from)) = (all["required"].as_array_mut(), own["required"].as_array()) {
        to.extend(from.iter().cloned());
    }
    all
}

/// The reference page of the pipeline language, as Markdown; made from the same tables.
pub fn reference() -> String {
    let mut out = String::from("# The pipeline language, version 1\n\n");
    out.push_str(PIPELINE.about);
    out.push_str(INTRODUCTION);
    let mut seen: Vec<&str> = Vec::new();
    section(&PIPELINE, &mut out, &mut seen);
    out
}

const INTRODUCTION: &str = include_str!("reference-introduction.md");

fn section(of: &'static Object, out: &mut String, seen: &mut Vec<&'static str>) {
    if seen.contains(&of.name) {
        return;
    }
    seen.push(of.name);
    out.push_str(&format!("\n## {}\n\n{}\n\n", of.name, of.about));
    table(of.keys, out);
    for entry in of.keys {
        nested(&entry.shape, out, seen);
    }
}

fn nested(of: &'static Shape, out: &mut String, seen: &mut Vec<&'static str>) {
    match of {
        Shape::Object(o) => section(o, out, seen),
        Shape::List(item) | Shape::Map(item) => nested(item, out, seen),
        Shape::Either(first, second) => {
            nested(first, out, seen);
            nested(second, out, seen);
        }
        Shape::Localised => section(&LOCALISED, out, seen),
        Shape::Kinds(kinds) => {
            if seen.contains(&kinds.name) {
                return;
            }
            seen.push(kinds.name);
            out.push_str(&format!(
                "\n## {}\n\n{}\n\nKeys of every {}:\n\n",
                kinds.name, kinds.about, kinds.name
            ));
            table(kinds.shared, out);
            for kind in kinds.kinds {
                out.push_str(&format!("\n### `{}: {}`\n\n{}\n\n", kinds.tag, kind.name, kind.about));
                table(kind.keys, out);
            }
            for entry in kinds.shared.iter().chain(kinds.kinds.iter().flat_map(|k| k.keys)) {
                nested(&entry.shape, out, seen);
            }
        }
        Shape::Text
        | Shape::Integer
        | Shape::Number
        | Shape::Boolean
        | Shape::Date
        | Shape::Period
        | Shape::Months
        | Shape::Expression
        | Shape::OneOf(_) => {}
    }
}

fn table(keys: &[Entry], out: &mut String) {
    out.push_str("| key | holds | |\n|---|---|---|\n");
    for entry in keys {
        let required = if entry.required { " (required)" } else { "" };
        out.push_str(&format!("| `{}`{required} | {} | {} |\n", entry.key, holds(&entry.shape), entry.about));
    }
}

fn holds(of: &Shape) -> String {
    match of {
        Shape::Text => "text".into(),
        Shape::Localised => "text, in one or more languages".into(),
        Shape::Integer => "whole number".into(),
        Shape::Number => "number".into(),
        Shape::Boolean => "`true` or `false`".into(),
        Shape::Date => "day".into(),
        Shape::Period => "period".into(),
        Shape::Months => "months".into(),
        Shape::Expression => "condition".into(),
        Shape::OneOf(words) => words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", "),
        Shape::List(item) => format!("list of {}", holds(item)),
        Shape::Map(item) => format!("names with {}", holds(item)),
        Shape::Object(o) => format!("[{}](#{})", o.name, o.name.replace(' ', "-")),
        Shape::Kinds(k) => format!("[{}](#{})", k.name, k.name.replace(' ', "-")),
        Shape::Either(first, second) => format!("{}, or {}", holds(first), holds(second)),
    }
}

/// The words of every kind, for messages and tests: indicator kinds, then evaluation designs.
pub fn kinds() -> (Vec<&'static str>, Vec<&'static str>) {
    let names = |kinds: &Kinds| kinds.kinds.iter().map(|k| k.name).collect();
    (names(&INDICATOR), names(&EVALUATION))
}
