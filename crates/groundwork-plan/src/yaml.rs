//! A pipeline file as a tree in which every value knows its place.

use crate::diag::Diagnostic;
use crate::location::Span;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use std::fmt;

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// A value of a pipeline file. A scalar keeps the text it was written with, so that `007`, `no`
/// and `2021` mean what they say.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Nothing,
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key and its place.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) span: Span,
    pub(crate) name: String,
}

/// Reads the text of a pipeline file.
pub(crate) fn parse(text: &str) -> Result<Node, Diagnostic> {
    if text.trim().is_empty() {
        return Err(Diagnostic::pipeline("pipeline.empty", Span::default(), "the pipeline file is empty")
            .hint("`groundwork init DIR` makes a project with a pipeline to start from."));
    }
    match serde_saphyr::from_str::<Spanned<Raw>>(text) {
        Ok(raw) => Ok(node(raw, text)),
        Err(error) => {
            let span = error.location().map(|l| span_of(l, text)).unwrap_or_default();
            let message = error.without_snippet().to_string();
            let message = message.lines().next().unwrap_or("cannot be read");
            // The place is shown beside, and its settings are not the user's.
            let message = message.split(", set DuplicateKeyPolicy").next().unwrap_or(message);
            let way_out = if message.starts_with("duplicate") {
                "Every name stands once; give one of the two another name."
            } else {
                "Indent with spaces, and put a text that holds `: `, `#`, `{`, `[` or `*` in quotes."
            };
            let message = format!("not readable as YAML: {message}");
            Err(Diagnostic::pipeline("pipeline.not-yaml", span, message).hint(way_out))
        }
    }
}

enum Raw {
    Nothing,
    Text(String),
    Other,
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

fn span_of(location: serde_saphyr::Location, text: &str) -> Span {
    let span = location.span();
    let (start, len) = match (span.byte_offset(), span.byte_len()) {
        (Some(start), Some(len)) => (start as usize, len as usize),
        _ => {
            let line = (location.line() as usize).saturating_sub(1);
            let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            let rest = text.get(before..).unwrap_or("");
            let column = (location.column() as usize).saturating_sub(1);
            let within: usize = rest.chars().take(column).map(char::len_utf8).sum();
            (before + within, 0)
        }
    };
    let start = start.min(text.len());
    Span { start, end: (start + len).min(text.len()) }
}

fn node(raw: Spanned<Raw>, text: &str) -> Node {
    let span = span_of(raw.referenced, text);
    let value = match raw.value {
        Raw::Nothing => Value::Nothing,
        Raw::Text(text) => Value::Scalar(text),
        Raw::Other => {
            let definition = span_of(raw.defined, text);
            let written = text.get(definition.start..definition.end).unwrap_or("");
            Value::Scalar(written.trim().to_owned())
        }
        Raw::List(list) => Value::List(list.into_iter().map(|item| node(item, text)).collect()),
        Raw::Map(map) => Value::Map(
            map.into_iter()
                .map(|(key, value)| {
                    let key = Key { span: span_of(key.referenced, text), name: key.value };
                    (key, node(value, text))
                })
                .collect(),
        ),
    };
    Node { span, value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(node: &Node, key: &str) -> String {
        let Value::Map(map) = &node.value else { panic!() };
        let found = map.iter().find(|(k, _)| k.name == key).unwrap();
        match &found.1.value {
            Value::Scalar(text) => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn scalars_keep_the_text_they_were_written_with() {
        let text = "a: 007\nb: no\nc: 1.0\nd: 'yes'\ne: 2021-Q4\nf: true\ng: น่าน\n";
        let root = parse(text).unwrap();
        for (key, written) in [
            ("a", "007"),
            ("b", "no"),
            ("c", "1.0"),
            ("d", "yes"),
            ("e", "2021-Q4"),
            ("f", "true"),
            ("g", "น่าน"),
        ] {
            assert_eq!(scalar(&root, key), written);
        }
    }

    #[test]
    fn values_and_keys_know_their_place() {
        let text = "sites:\n  น่าน: {code: TH-55}\n";
        let root = parse(text).unwrap();
        let Value::Map(map) = &root.value else { panic!() };
        let Value::Map(sites) = &map[0].1.value else { panic!() };
        let (key, value) = &sites[0];
        assert_eq!(&text[key.span.start..key.span.end], "น่าน");
        let Value::Map(site) = &value.value else { panic!() };
        let (_, code) = &site[0];
        assert_eq!(&text[code.span.start..code.span.end], "TH-55");
    }

    #[test]
    fn what_is_not_yaml_says_where() {
        let error = parse("a: 1\nb: [1, 2\n").unwrap_err();
        assert_eq!(error.code, "pipeline.not-yaml");
        assert!(!error.hints.is_empty());
        assert_eq!(parse(" \n").unwrap_err().code, "pipeline.empty");
    }
}
