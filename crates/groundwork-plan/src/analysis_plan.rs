//! The analysis plan: what a pipeline's evaluations ask, in a form that does not depend on how the
//! file is laid out, to be frozen before the answers are known.
//!
//! An item is one evaluation with everything that its answer depends on: its own keys, and those
//! of the indicators and sources that it uses, but for what only readers see. It is a list of paths
//! and values, so that two of them differ exactly in what was changed.

use crate::diag::Diagnostic;
use crate::indicator_sheet::{IndicatorSheet, Sheets};
use crate::language::{EVALUATION, INDICATOR, SOURCE};
use crate::shape::{Entry, Shape};
use crate::yaml::{Node, Value, parse};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Paths and values of one evaluation.
pub type Item = BTreeMap<String, String>;

/// Keys that change what readers see and not what is computed.
const FOR_READERS: [&str; 13] = [
    "re_aim",
    "criterion",
    "title",
    "definition",
    "parts",
    "headline",
    "sheet",
    "target",
    "baseline",
    "export",
    "reader",
    "sheet",
    "encoding",
];

/// A plan that was frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The day that is written in it.
    pub locked_on: Date,
    /// The SHA-256 of the files that existed, by name.
    pub data: BTreeMap<String, String>,
    /// The evaluations.
    pub items: BTreeMap<String, Item>,
}

/// How an evaluation stands to the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// As it was frozen.
    Planned,
    /// Frozen, and changed since: the paths that differ.
    Deviated(Vec<String>),
    /// Not in the plan.
    Exploratory,
    /// In the plan, and no longer in the pipeline.
    Missing,
}

impl Standing {
    /// The word that every output uses.
    pub fn word(&self) -> &'static str {
        match self {
            Standing::Planned => "planned",
            Standing::Deviated(_) => "deviated",
            Standing::Exploratory => "exploratory",
            Standing::Missing => "missing",
        }
    }
}

/// The evaluations of a pipeline, by identifier; `sheets` are those that it takes indicators from.
///
/// # Errors
/// When the text cannot be read as YAML.
pub fn items(text: &str, sheets: &[IndicatorSheet]) -> Result<BTreeMap<String, Item>, Diagnostic> {
    let mut root = parse(text)?;
    // What is wrong with a sheet is said where the pipeline is resolved.
    crate::resolve::sheets::join(&mut root, &Sheets::new(text, sheets), &mut Vec::new());
    let mut out = BTreeMap::new();
    for (key, node) in root.get("evaluations").map(Node::entries).unwrap_or_default() {
        let mut item = Item::new();
        flatten(node, Some(&Shape::Kinds(&EVALUATION)), "", &mut item);
        let mut sources = Vec::new();
        names_of(node, "from", &mut sources);
        let mut compared = node.texts_at("indicators");
        if node.text_at("design") == Some("adaptation")
            && let Some(log) = root.get("adaptation_log")
        {
            flatten(log, None, "adaptation_log", &mut item);
            names_of(log, "from", &mut sources);
            let moved = log.get("moves").map(Node::entries).unwrap_or_default();
            for name in moved.iter().flat_map(|(_, list)| list.items()).filter_map(Node::text) {
                add(name, &mut compared);
            }
        }
        for name in compared {
            if let Some(indicator) = root.get("indicators").and_then(|all| all.get(&name)) {
                let shape = Shape::Kinds(&INDICATOR);
                flatten(indicator, Some(&shape), &format!("indicators.{name}"), &mut item);
                names_of(indicator, "from", &mut sources);
            }
        }
        let mut at = 0;
        while let Some(name) = sources.get(at).cloned() {
            at += 1;
            let Some(source) = root.get("sources").and_then(|all| all.get(&name)) else { continue };
            flatten(source, Some(&Shape::Object(&SOURCE)), &format!("sources.{name}"), &mut item);
            for key in ["repeat_of", "of"] {
                names_of(source, key, &mut sources);
            }
            for (lookup, _) in source.get("lookups").map(Node::entries).unwrap_or_default() {
                add(&lookup.name, &mut sources);
            }
        }
        out.insert(key.name.clone(), item);
    }
    Ok(out)
}

fn add(name: &str, names: &mut Vec<String>) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

/// The texts at a key, wherever it stands.
fn names_of(node: &Node, key: &str, names: &mut Vec<String>) {
    for (found, value) in node.entries() {
        if found.name == key
            && let Some(name) = value.text()
        {
            add(name, names);
        }
        names_of(value, key, names);
    }
}

/// Lists the paths and values below a node. What is written out as it would be understood without
/// being written (a default of its shape) is left out, and numbers have one form.
fn flatten(node: &Node, shape: Option<&Shape>, path: &str, out: &mut Item) {
    let inner = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match &node.value {
        Value::Nothing => {
            out.insert(path.to_owned(), String::new());
        }
        Value::Scalar(text) => {
            out.insert(path.to_owned(), one_form(text, shape));
        }
        Value::List(items) => {
            let shape = match shape {
                Some(Shape::List(item)) => Some(*item),
                _ => None,
            };
            for (at, item) in items.iter().enumerate() {
                flatten(item, shape, &inner(&(at + 1).to_string()), out);
            }
        }
        Value::Map(entries) => {
            for (key, value) in entries.iter().filter(|(key, _)| !FOR_READERS.contains(&key.name.as_str())) {
                let entry = shape.and_then(|shape| entry(shape, node, &key.name));
                let shape = match shape {
                    Some(Shape::Map(item)) => Some(*item),
                    _ => entry.map(|entry| &entry.shape),
                };
                let is_default = |text: &str| {
                    let default = entry.and_then(|entry| entry.default);
                    default.is_some_and(|default| one_form(default, shape) == one_form(text, shape))
                };
                if !value.text().is_some_and(is_default) {
                    flatten(value, shape, &inner(&key.name), out);
                }
            }
        }
    }
}

/// What the language says of a key of an object.
fn entry<'s>(shape: &'s Shape, node: &Node, key: &str) -> Option<&'s Entry> {
    let of = |entries: &'static [Entry]| entries.iter().find(|entry| entry.key == key);
    match shape {
        Shape::Object(object) => of(object.keys),
        Shape::Kinds(kinds) => {
            let word = node.text_at(kinds.tag);
            let kind = kinds.kinds.iter().find(|kind| Some(kind.name) == word);
            of(kinds.shared).or_else(|| of(kind?.keys))
        }
        Shape::Either(_, second) => entry(second, node, key),
        _ => None,
    }
}

/// A number as every other number, anything else as it is written.
fn one_form(text: &str, shape: Option<&Shape>) -> String {
    match (shape, text.parse::<f64>()) {
        (Some(Shape::Number | Shape::Integer), Ok(number)) => number.to_string(),
        _ => text.to_owned(),
    }
}

impl Locked {
    /// The plan as text, in one way only. `sha256` makes the hash of a text.
    pub fn text(&self, sha256: impl Fn(&str) -> String) -> String {
        let mut body = String::from("data:\n");
        for (name, hash) in &self.data {
            let _ = writeln!(body, "  {}: {}", quoted(name), quoted(hash));
        }
        body.push_str("items:\n");
        for (id, item) in &self.items {
            let _ = writeln!(body, "  {}:", quoted(id));
            for (path, value) in item {
                let _ = writeln!(body, "    {}: {}", quoted(path), quoted(value));
            }
        }
        let hash = sha256(&body);
        format!(
            "# The analysis plan, frozen by `groundwork plan lock`. Changed by hand it is no longer valid.\ngroundwork_plan: 1\nlocked_on: {}\nsha256: {}\n{body}",
            quoted(&self.locked_on.to_string()),
            quoted(&hash)
        )
    }

    /// Reads a plan. One that was changed by hand is refused.
    ///
    /// # Errors
    /// When it cannot be read, or its hash is not that of its content.
    pub fn read(text: &str, sha256: impl Fn(&str) -> String) -> Result<Self, Diagnostic> {
        let broken = || {
            Diagnostic::command_line("plan.broken", "the locked plan is not as it was written").hint(
                "Take it back from where it was registered, or lock the plan anew, which dates it anew.",
            )
        };
        let root = parse(text).map_err(|_| broken())?;
        let map = |node: Option<&Node>| -> Item {
            let entries = node.map(Node::entries).unwrap_or_default();
            entries.iter().map(|(k, v)| (k.name.clone(), v.text().unwrap_or_default().to_owned())).collect()
        };
        let items = root.get("items").map(Node::entries).unwrap_or_default();
        let locked = Self {
            locked_on: root.text_at("locked_on").and_then(|day| day.parse().ok()).ok_or_else(broken)?,
            data: map(root.get("data")),
            items: items.iter().map(|(key, node)| (key.name.clone(), map(Some(node)))).collect(),
        };
        if locked.text(sha256) == text { Ok(locked) } else { Err(broken()) }
    }

    /// How the evaluations of a pipeline stand to the plan, and what of the plan is missing.
    pub fn standings(&self, now: &BTreeMap<String, Item>) -> BTreeMap<String, Standing> {
        let mut out = BTreeMap::new();
        for (id, item) in now {
            let standing = match self.items.get(id) {
                None => Standing::Exploratory,
                Some(locked) => match changed(locked, item) {
                    paths if paths.is_empty() => Standing::Planned,
                    paths => Standing::Deviated(paths),
                },
            };
            out.insert(id.clone(), standing);
        }
        for id in self.items.keys().filter(|id| !now.contains_key(*id)) {
            out.insert(id.clone(), Standing::Missing);
        }
        out
    }

    /// Whether the files of a run are those that existed when the plan was frozen.
    pub fn knew(&self, files: &BTreeMap<String, String>) -> bool {
        !files.is_empty() && files.iter().all(|(name, hash)| self.data.get(name) == Some(hash))
    }
}

/// The paths at which two items differ.
fn changed(locked: &Item, now: &Item) -> Vec<String> {
    let mut paths: Vec<String> =
        locked.keys().chain(now.keys()).filter(|path| locked.get(*path) != now.get(*path)).cloned().collect();
    paths.sort();
    paths.dedup();
    paths
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const PIPELINE: &str = "sources:
  visits: {export: v.csv, keep: minutes > 0, columns: {minutes: number}}
indicators:
  long: {kind: proportion, title: Long, from: visits, numerator: minutes > 20}
evaluations:
  adapts: {design: non_inferiority, question: Q, indicators: [long], reference: b, margin: {long: 10 points}}
";

    fn hash(text: &str) -> String {
        text.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())).to_string()
    }

    fn locked() -> Locked {
        let data = BTreeMap::from([("v.csv".to_owned(), "abc".to_owned())]);
        Locked { locked_on: date(2021, 6, 1), data, items: items(PIPELINE, &[]).unwrap() }
    }

    fn standing(text: &str) -> Standing {
        locked().standings(&items(text, &[]).unwrap()).remove("adapts").unwrap()
    }

    #[test]
    fn order_comments_and_titles_do_not_matter() {
        let moved = "# a comment
evaluations:
  adapts:
    margin: {long: 10 points}   # as agreed
    reference: b
    indicators: [long]
    question: Q
    design: non_inferiority
indicators:
  long: {from: visits, kind: proportion, numerator: minutes > 20, title: Long visits}
sources:
  visits: {columns: {minutes: number}, export: other.csv, keep: minutes > 0}
";
        assert_eq!(standing(moved), Standing::Planned);
    }

    #[test]
    fn what_is_written_out_as_it_would_be_understood_does_not_matter() {
        let written = PIPELINE
            .replace(
                "design: non_inferiority,",
                "design: non_inferiority, level: 0.950, alpha: 0.05, multiplicity: holm,",
            )
            .replace("kind: proportion,", "kind: proportion, level: 0.95, direction: increase,");
        assert_eq!(standing(&written), Standing::Planned);
        let other = PIPELINE.replace("design: non_inferiority,", "design: non_inferiority, alpha: 0.025,");
        assert_eq!(standing(&other), Standing::Deviated(vec!["alpha".into()]));
    }

    #[test]
    fn a_margin_an_exclusion_and_an_indicator_are_noticed() {
        for (from, to, path) in [
            ("10 points", "20 points", "margin.long"),
            ("minutes > 0", "minutes > 5", "sources.visits.keep"),
            ("minutes > 20", "minutes > 25", "indicators.long.numerator"),
        ] {
            assert_eq!(standing(&PIPELINE.replace(from, to)), Standing::Deviated(vec![path.into()]));
        }
    }

    #[test]
    fn what_was_not_planned_and_what_is_gone_are_told() {
        let renamed = PIPELINE.replace("adapts:", "another:");
        let standings = locked().standings(&items(&renamed, &[]).unwrap());
        assert_eq!(standings["adapts"], Standing::Missing);
        assert_eq!(standings["another"], Standing::Exploratory);
    }

    #[test]
    fn a_plan_is_read_as_written_and_not_otherwise() {
        let text = locked().text(hash);
        assert_eq!(Locked::read(&text, hash).unwrap(), locked());
        assert!(Locked::read(&text.replace("10 points", "100 points"), hash).is_err());
        assert!(Locked::read("", hash).is_err());
    }

    #[test]
    fn a_plan_that_knew_the_data_says_so() {
        let files = |hash: &str| BTreeMap::from([("v.csv".to_owned(), hash.to_owned())]);
        assert!(locked().knew(&files("abc")));
        assert!(!locked().knew(&files("def")));
    }
}
