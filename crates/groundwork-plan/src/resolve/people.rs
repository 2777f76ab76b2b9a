//! Who is who: the sources of each step, and their columns.

use super::Resolver;
use crate::people::{People, PeopleField, PeopleKind, Register};
use crate::plan::{all_columns, find};
use crate::source::{ColumnType, Source};
use crate::yaml::{Key, Node, Value};

/// The steps that name a source, and the sources that it must wait for: all of a step, where it
/// needs one of them and is none itself.
pub(super) fn waits_for(root: &Node, source: &str, needed: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (_, step) in root.get("people").map(Node::entries).unwrap_or_default() {
        let names: Vec<&str> = registers(step).iter().map(|(key, _)| key.name.as_str()).collect();
        if names.contains(&needed) && !names.contains(&source) {
            out.extend(names.into_iter().map(str::to_owned));
        }
    }
    out
}

/// The steps that a source belongs to.
pub(super) fn of_source(root: &Node, source: &str) -> Vec<String> {
    let steps = root.get("people").map(Node::entries).unwrap_or_default();
    let holds = |step: &Node| registers(step).iter().any(|(key, _)| key.name == source);
    steps.iter().filter(|(_, step)| holds(step)).map(|(key, _)| key.name.clone()).collect()
}

/// The columns of a source that only `people` may use: names, and what reaches somebody.
pub(super) fn private(root: &Node, source: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (_, step) in root.get("people").map(Node::entries).unwrap_or_default() {
        let kind = |field: &str| {
            let preset = PeopleKind::PRESET.iter().find(|(name, _)| *name == field).map(|(_, kind)| *kind);
            preset.or_else(|| PeopleKind::named(step.get("compare")?.text_at(field)?))
        };
        let Some((_, register)) = registers(step).iter().find(|(key, _)| key.name == source) else {
            continue;
        };
        let others = register.get("other").map(Node::entries).unwrap_or_default();
        for (key, node) in register.entries().iter().chain(others) {
            if key.name == "also" || kind(&key.name).is_some_and(PeopleKind::is_private) {
                out.extend(texts(node).into_iter().filter_map(Node::text).map(str::to_owned));
            }
        }
    }
    out
}

fn registers(step: &Node) -> &[(Key, Node)] {
    step.get("sources").map(Node::entries).unwrap_or_default()
}

impl Resolver {
    /// The steps; every source is there.
    pub(super) fn people(&mut self, root: &Node, sources: &[Source]) -> Vec<People> {
        let mut out = Vec::new();
        for (key, node) in root.get("people").map(Node::entries).unwrap_or_default() {
            let fields = self.people_fields(node);
            let mut registers = Vec::new();
            for (name, register) in self::registers(node) {
                if find(sources, &name.name).is_none() {
                    let known = sources.iter().map(|s| s.id.as_str());
                    self.unknown("people.unknown-source", name.span, "source", &name.name, known);
                    continue;
                }
                registers.push(self.register(name, register, node, &fields, sources));
            }
            // A field that no source has says nothing.
            let used = |at: usize| {
                let has_columns =
                    registers.iter().any(|r: &Register| r.columns.get(at).is_some_and(|c| !c.is_empty()));
                has_columns
                    || (fields[at].kind == PeopleKind::Born && registers.iter().any(|r| r.age.is_some()))
            };
            let kept: Vec<usize> = (0..fields.len()).filter(|at| used(*at)).collect();
            for register in &mut registers {
                register.columns = kept.iter().map(|at| register.columns[*at].clone()).collect();
            }
            let fields: Vec<PeopleField> = kept.iter().map(|at| fields[*at].clone()).collect();
            let threshold = node.text_at("threshold").and_then(|text| text.parse().ok()).unwrap_or(0.5);
            if let Some(at) = node.get("threshold")
                && !(0.5..=1.0).contains(&threshold)
            {
                self.problem("people.threshold", at.span, "the threshold does not lie between 0.5 and 1")
                    .hints
                    .push("Below 0.5 a link is more likely wrong than right.".into());
            }
            if registers.is_empty() {
                self.problem("people.no-sources", key.span, format!("`{}` names no source", key.name));
            }
            out.push(People {
                id: key.name.clone(),
                fields,
                registers,
                threshold,
                decisions: node.text_at("decisions").map(str::to_owned),
                wide_band: node.text_at("wide_band").map(str::to_owned),
                span: key.span,
            });
        }
        out
    }

    fn people_fields(&mut self, node: &Node) -> Vec<PeopleField> {
        let preset =
            PeopleKind::PRESET.iter().map(|(name, kind)| PeopleField { name: (*name).into(), kind: *kind });
        let mut fields: Vec<PeopleField> = preset.collect();
        for (key, kind) in node.get("compare").map(Node::entries).unwrap_or_default() {
            let is_preset = PeopleKind::PRESET.iter().any(|(name, _)| *name == key.name);
            if is_preset || matches!(key.name.as_str(), "also" | "age" | "at" | "other") {
                self.problem("people.field", key.span, format!("`{}` is compared in its own way", key.name))
                    .hints
                    .push("Name it under the sources, or give the field another name.".into());
                continue;
            }
            if let Some(kind) = kind.text().and_then(PeopleKind::named) {
                fields.push(PeopleField { name: key.name.clone(), kind });
            }
        }
        fields
    }

    fn register(
        &mut self,
        name: &Key,
        node: &Node,
        step: &Node,
        fields: &[PeopleField],
        sources: &[Source],
    ) -> Register {
        let known = all_columns(sources, &name.name);
        let mut of = |node: Option<&Node>| -> Vec<String> {
            let mut out = Vec::new();
            for item in node.map(texts).unwrap_or_default() {
                let column = item.text().unwrap_or_default();
                self.known_column(item, column, &name.name, &known);
                out.push(column.to_owned());
            }
            out
        };
        let mut columns = Vec::new();
        for field in fields {
            let own = node
                .get(&field.name)
                .filter(|_| PeopleKind::PRESET.iter().any(|(preset, _)| *preset == field.name));
            columns.push(of(own.or_else(|| node.get("other")?.get(&field.name))));
        }
        let also = of(node.get("also"));
        let age = of(node.get("age")).into_iter().next();
        let at = of(node.get("at")).into_iter().next();
        let kind = |column: &str| known.iter().find(|(name, _)| name == column).map(|(_, kind)| kind);
        for (key, expected, fits) in [
            ("born", "a date", (|kind| matches!(kind, ColumnType::Date)) as fn(&ColumnType) -> bool),
            ("age", "a number", |kind| matches!(kind, ColumnType::Integer | ColumnType::Number)),
            ("at", "a date", |kind| matches!(kind, ColumnType::Date | ColumnType::Timestamp)),
        ] {
            if let Some(at) = node.get(key)
                && let Some(kind) = kind(at.text().unwrap_or_default()).filter(|kind| !fits(kind))
            {
                let message = format!("`{key}` is {}, expected {expected}", kind.word());
                self.problem("people.column-type", at.span, message);
            }
        }
        let declared = step.get("compare").map(Node::entries).unwrap_or_default();
        for (key, _) in node.get("other").map(Node::entries).unwrap_or_default() {
            if !declared.iter().any(|(name, _)| name.name == key.name) {
                let names = declared.iter().map(|(name, _)| name.name.as_str());
                self.unknown("people.unknown-field", key.span, "field under `compare`", &key.name, names);
            }
        }
        if !["name", "phone", "identifier"].iter().any(|key| node.get(key).is_some()) {
            self.problem(
                "people.nothing-to-go-by",
                name.span,
                format!("nothing tells the people of `{}` apart", name.name),
            )
            .hints
            .push("Name the column with the `name`, the `phone` or an `identifier`.".into());
        }
        Register { source: name.name.clone(), columns, also, age: age.map(|age| (age, at)) }
    }
}

/// A text, or the texts of a list.
fn texts(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![node],
    }
}
