//! Shapes: tables that say which keys an object of the language has and what each may hold.
//!
//! One table serves three readers: the check of a pipeline file, the JSON Schema for editors, and
//! the reference page. What the language is stands in `language.rs`, as such tables.

use crate::diag::Diagnostic;
use crate::location::Span;
use crate::period::Period;
use crate::yaml::{Node, Value};

/// What a value may be.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A text.
    Text,
    /// A text, or an object with one text for each language.
    Localised,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A day, `2021-12-31`.
    Date,
    /// A period, `2021-Q4`, `2021-11` or `2021`.
    Period,
    /// A time span in calendar months, `12 months`.
    Months,
    /// A condition or a value over the columns of a source.
    Expression,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list.
    List(&'static Shape),
    /// An object whose keys the author chooses.
    Map(&'static Shape),
    /// An object with these keys.
    Object(&'static Object),
    /// An object whose further keys depend on the word at `kind`.
    Kinds(&'static Kinds),
    /// A word that stands for the first, or the second.
    Either(&'static Shape, &'static Shape),
}

/// An object of the language.
#[derive(Debug)]
pub(crate) struct Object {
    /// Its name in the reference.
    pub(crate) name: &'static str,
    /// What it is for.
    pub(crate) about: &'static str,
    /// Its keys.
    pub(crate) keys: &'static [Entry],
}

/// One key of an object.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: &'static str,
    pub(crate) required: bool,
    pub(crate) shape: Shape,
    pub(crate) about: &'static str,
    /// What stands for it where it is missing, if that is one value.
    pub(crate) default: Option<&'static str>,
}

impl Entry {
    /// The same with the value that stands for it where it is missing.
    pub(crate) const fn or(self, default: &'static str) -> Self {
        let Entry { key, required, shape, about, .. } = self;
        Entry { key, required, shape, about, default: Some(default) }
    }
}

/// Objects that share some keys and differ by a word.
#[derive(Debug)]
pub(crate) struct Kinds {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The key whose word decides.
    pub(crate) tag: &'static str,
    pub(crate) shared: &'static [Entry],
    pub(crate) kinds: &'static [Object],
}

/// Checks a value against a shape; every problem is reported.
pub(crate) fn check(node: &Node, shape: &Shape, what: &str, out: &mut Vec<Diagnostic>) {
    match shape {
        Shape::Text | Shape::Expression => {
            text(node, what, "a text", out);
        }
        Shape::Localised => match &node.value {
            Value::Map(_) => check(node, &Shape::Object(&crate::language::LOCALISED), what, out),
            _ => {
                text(node, what, "a text, or an object with `en`, `th`, `my`", out);
            }
        },
        Shape::Integer => scalar(node, what, "a whole number", out, |t| t.parse::<u64>().is_ok()),
        Shape::Number => scalar(node, what, "a number", out, |t| t.parse::<f64>().is_ok_and(f64::is_finite)),
        Shape::Boolean => {
            scalar(node, what, "`true` or `false`", out, |t| matches!(t, "true" | "false"));
        }
        Shape::Date => {
            scalar(node, what, "a day such as 2021-12-31", out, |t| t.parse::<jiff::civil::Date>().is_ok())
        }
        Shape::Period => {
            scalar(node, what, "a period such as 2021-Q4, 2021-11, 2021 or FY2022", out, |t| {
                Period::parse(t).is_some()
            });
        }
        Shape::Months => scalar(node, what, "a time span such as `12 months`", out, |t| months(t).is_some()),
        Shape::OneOf(words) => {
            if let Some(found) = text(node, what, "a word", out)
                && !words.contains(&found)
            {
                out.push(unknown_word(node.span, what, found, words));
            }
        }
        Shape::List(item) => match &node.value {
            Value::List(items) => items.iter().for_each(|i| check(i, item, what, out)),
            _ => out.push(expected(node, what, "a list")),
        },
        Shape::Map(item) => match &node.value {
            Value::Map(entries) => {
                for (key, value) in entries {
                    check(value, item, &format!("`{}`", key.name), out);
                }
            }
            _ => out.push(expected(node, what, "an object with names of your own")),
        },
        Shape::Object(object) => keys(node, &[object.keys], what, out),
        Shape::Kinds(kinds) => check_kinds(node, kinds, what, out),
        Shape::Either(first, second) => match (&node.value, second) {
            (Value::Scalar(_), _) => check(node, first, what, out),
            _ => check(node, second, what, out),
        },
    }
}

fn check_kinds(node: &Node, kinds: &Kinds, what: &str, out: &mut Vec<Diagnostic>) {
    let Value::Map(entries) = &node.value else {
        out.push(expected(node, what, "an object"));
        return;
    };
    let names: Vec<&str> = kinds.kinds.iter().map(|k| k.name).collect();
    let Some((_, tag)) = entries.iter().find(|(k, _)| k.name == kinds.tag) else {
        out.push(missing(node, what, kinds.tag).hint(format!("Known kinds: {}.", listed(&names))));
        return;
    };
    let Some(word) = text(tag, what, "a word", out) else {
        return;
    };
    match kinds.kinds.iter().find(|k| k.name == word) {
        Some(kind) => keys(node, &[kinds.shared, kind.keys], what, out),
        None => {
            out.push(
                Diagnostic::pipeline(
                    "pipeline.unknown-kind",
                    tag.span,
                    format!("no {} kind is named `{word}`", kinds.name),
                )
                .did_you_mean(word, names),
            );
        }
    }
}

fn keys(node: &Node, tables: &[&'static [Entry]], what: &str, out: &mut Vec<Diagnostic>) {
    let Value::Map(entries) = &node.value else {
        out.push(expected(node, what, "an object"));
        return;
    };
    let known: Vec<&Entry> = tables.iter().flat_map(|t| t.iter()).collect();
    for (key, value) in entries {
        match known.iter().find(|e| e.key == key.name) {
            Some(entry) => check(value, &entry.shape, &format!("`{}`", key.name), out),
            None => {
                let message = format!("{what} has no key `{}`", key.name);
                let problem = Diagnostic::pipeline("pipeline.unknown-key", key.span, message)
                    .did_you_mean(&key.name, known.iter().map(|e| e.key));
                let helped = !problem.hints.is_empty();
                out.push(if helped {
                    problem
                } else {
                    problem.hint("Leave it out; `groundwork schema --reference` lists what belongs here.")
                });
            }
        }
    }
    for entry in known.iter().filter(|e| e.required) {
        if !entries.iter().any(|(k, _)| k.name == entry.key) {
            out.push(missing(node, what, entry.key).hint(format!("`{}`: {}", entry.key, entry.about)));
        }
    }
}

fn text<'n>(node: &'n Node, what: &str, wanted: &str, out: &mut Vec<Diagnostic>) -> Option<&'n str> {
    match &node.value {
        Value::Scalar(text) => Some(text),
        _ => {
            out.push(expected(node, what, wanted));
            None
        }
    }
}

fn scalar(node: &Node, what: &str, wanted: &str, out: &mut Vec<Diagnostic>, is_good: impl Fn(&str) -> bool) {
    if let Some(found) = text(node, what, wanted, out)
        && !is_good(found)
    {
        out.push(expected(node, what, wanted));
    }
}

fn expected(node: &Node, what: &str, wanted: &str) -> Diagnostic {
    let found = match &node.value {
        Value::Nothing => "nothing".to_owned(),
        Value::Scalar(text) => format!("`{text}`"),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "an object".to_owned(),
    };
    Diagnostic::pipeline("pipeline.wrong-shape", node.span, format!("{what} is {found}, expected {wanted}"))
}

fn missing(node: &Node, what: &str, key: &str) -> Diagnostic {
    let first_line = Span {
        start: node.span.start,
        end: node.span.start.saturating_add(1).min(node.span.end.max(node.span.start)),
    };
    Diagnostic::pipeline("pipeline.missing-key", first_line, format!("{what} lacks the key `{key}`"))
}

pub(crate) fn unknown_word(span: Span, what: &str, found: &str, words: &[&str]) -> Diagnostic {
    Diagnostic::pipeline(
        "pipeline.unknown-word",
        span,
        format!("{what} is `{found}`, expected {}", listed(words)),
    )
    .did_you_mean(found, words.iter().copied())
}

fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
    quoted.join(", ")
}

/// Reads `12 months`, `1 year`, `6 months`: a number of calendar months.
pub(crate) fn months(text: &str) -> Option<u32> {
    let (number, unit) = text.trim().split_once(char::is_whitespace)?;
    let number: u32 = number.parse().ok().filter(|n| (1..=1200).contains(n))?;
    match unit.trim() {
        "month" | "months" => Some(number),
        "year" | "years" => Some(number * 12),
        _ => None,
    }
}

// Reading a tree that has been checked: what is not of the shape is simply not there.

impl Node {
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(k, _)| k.name == key).map(|(_, v)| v),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn entries(&self) -> &[(crate::yaml::Key, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn text_at(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::text)
    }

    pub(crate) fn texts_at(&self, key: &str) -> Vec<String> {
        let items = self.get(key).map(Node::items).unwrap_or_default();
        items.iter().filter_map(Node::text).map(str::to_owned).collect()
    }
}
