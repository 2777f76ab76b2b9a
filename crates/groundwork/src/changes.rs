//! What changed from one run to another: exports, rows, definitions, and values with the reason.

use crate::record::Record;
use crate::table::Table;
use groundwork_plan::diag::Diagnostic;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What differs.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Exports by path, in words.
    pub(crate) inputs: Vec<(String, String)>,
    /// Rows by source, in words.
    pub(crate) rows: Vec<(String, String)>,
    /// Indicators whose definition is another, new, or gone; last the pipeline, where its text is another.
    pub(crate) definitions: Vec<(String, &'static str)>,
    /// Files that reports are set from, in words.
    pub(crate) templates: Vec<(String, String)>,
    /// What was asked for, in words.
    pub(crate) parameters: Vec<(String, String)>,
    /// The engine, where it is another.
    pub(crate) engine: Option<String>,
    /// Every cell that differs, in the order of the newer run.
    pub(crate) values: Vec<ValueChange>,
    /// How many cells both runs have.
    pub(crate) common: usize,
}

/// A cell that differs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ValueChange {
    /// Indicator, site, period, dimension, category.
    pub(crate) cell: [String; 5],
    /// What the older run says, if it has the cell.
    pub(crate) old: Option<String>,
    /// What the newer one says.
    pub(crate) new: Option<String>,
    /// `definition`, `data`, `parameters`, `engine`.
    pub(crate) reason: &'static str,
    /// Whether the period was over when the older run's exports were taken: a number that was
    /// printed as final is another now.
    pub(crate) restated: bool,
}

const KEYS: [&str; 5] = ["indicator", "site", "period", "dimension", "category"];
const PARAMETERS: [&str; 4] = ["as_of", "audience", "period", "seed"];

impl Changes {
    /// From an older run to a newer one.
    pub(crate) fn between(old: &Record, new: &Record) -> Result<Self, Diagnostic> {
        let mut out = Changes {
            inputs: both(&old.inputs(), &new.inputs(), |a, b| {
                let rows = |n: Option<u64>| n.map_or_else(|| "?".into(), |n| n.to_string());
                format!("{} rows → {} rows, other bytes", rows(a.1), rows(b.1))
            }),
            rows: both(&old.rows(), &new.rows(), states),
            templates: both(&old.templates(), &new.templates(), |_, _| "other bytes".to_owned()),
            ..Changes::default()
        };
        // Where one of the runs was counted elsewhere, the engine says so.
        if old.counted_by().is_some() == new.counted_by().is_some() {
            out.inputs.extend(
                both(&old.read_there(), &new.read_there(), |_, _| {
                    "other rows, as the engine reads it".into()
                })
                .into_iter()
                .map(|(source, words)| (format!("of source {source}"), words)),
            );
        }
        let (before, after) = (old.definitions(), new.definitions());
        for id in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
            match (before.get(id), after.get(id)) {
                (Some(a), Some(b)) if a == b => {}
                (Some(_), Some(_)) => out.definitions.push((id.clone(), "changed")),
                (Some(_), None) => out.definitions.push((id.clone(), "gone")),
                (None, _) => out.definitions.push((id.clone(), "new")),
            }
        }
        if old.pipeline() != new.pipeline() {
            out.definitions.push((new.pipeline().0, "other text"));
        }
        for name in PARAMETERS {
            let (a, b) = (old.parameter(name), new.parameter(name));
            if a != b {
                out.parameters.push((name.to_owned(), format!("{} → {}", or_none(&a), or_none(&b))));
            }
        }
        if old.engine() != new.engine() || old.engine_hash() != new.engine_hash() {
            let built = if old.engine() == new.engine() { ", built from other libraries" } else { "" };
            out.engine = Some(format!("{} → {}{built}", old.engine(), new.engine()));
        }
        out.values(old, new)?;
        Ok(out)
    }

    fn values(&mut self, old: &Record, new: &Record) -> Result<(), Diagnostic> {
        let (before, after) = (cells(&old.indicators()?), cells(&new.indicators()?));
        let taken = old.parameter("as_of");
        let mut seen: BTreeSet<&[String; 5]> = BTreeSet::new();
        for (cell, of) in after.iter().chain(&before) {
            if !seen.insert(cell) {
                continue;
            }
            let find = |list: &[([String; 5], Said)]| -> Option<Said> {
                let at = list.binary_search_by(|(key, _)| key.cmp(cell)).ok()?;
                list.get(at).map(|(_, said)| said.clone())
            };
            let (a, b) = (find(&before), find(&after));
            self.common += usize::from(a.is_some() && b.is_some());
            if a.as_ref().map(|s| &s.shown) == b.as_ref().map(|s| &s.shown) {
                continue;
            }
            let restated = a.is_some() && of.period_end.as_str() <= taken.as_str();
            let reason = self.reason(&cell[0]);
            let (old, new) = (a.map(|s| s.shown), b.map(|s| s.shown));
            self.values.push(ValueChange { cell: cell.clone(), old, new, reason, restated });
        }
        Ok(())
    }

    /// What a changed value of an indicator comes from: the nearest cause there is.
    fn reason(&self, indicator: &str) -> &'static str {
        if self.definitions.iter().any(|(id, _)| id == indicator) {
            "definition"
        } else if !self.inputs.is_empty() || !self.rows.is_empty() {
            // Late rows count though the exports are the same, where the day of the run is another.
            "data"
        } else if !self.parameters.is_empty() {
            "parameters"
        } else if self.engine.is_some() {
            "engine"
        } else {
            "definition"
        }
    }

    /// The first number that differs, in words.
    pub(crate) fn first(&self) -> Option<String> {
        self.values.first().map(ValueChange::words)
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let pairs = |list: &[(String, String)]| -> Value {
            list.iter().map(|(name, words)| json!({"name": name, "change": words})).collect()
        };
        json!({
            "inputs": pairs(&self.inputs),
            "rows": pairs(&self.rows),
            "definitions": self.definitions.iter()
                .map(|(id, what)| json!({"name": id, "change": what})).collect::<Vec<_>>(),
            "templates": pairs(&self.templates),
            "parameters": pairs(&self.parameters),
            "engine": self.engine,
            "cells_in_both": self.common,
            "values": self.values.iter().map(|v| {
                let [indicator, site, period, dimension, category] = &v.cell;
                json!({
                    "indicator": indicator, "site": site, "period": period, "dimension": dimension,
                    "category": category, "old": v.old, "new": v.new, "reason": v.reason, "restated": v.restated,
                })
            }).collect::<Vec<_>>(),
        })
    }
}

impl ValueChange {
    /// `reach, nan, 2021-Q3: 512 → 520 (data)`
    pub(crate) fn words(&self) -> String {
        let [indicator, site, period, dimension, category] = &self.cell;
        let site = if site.is_empty() { "all sites" } else { site };
        let category = if dimension.is_empty() { String::new() } else { format!(", {dimension} {category}") };
        let shown = |said: &Option<String>| said.clone().unwrap_or_else(|| "not there".into());
        let restated = if self.restated { ", restated" } else { "" };
        format!(
            "{indicator}, {site}, {period}{category}: {} → {} ({}{restated})",
            shown(&self.old),
            shown(&self.new),
            self.reason
        )
    }
}

/// What a cell says: its value, or its status and reason.
#[derive(Clone)]
struct Said {
    shown: String,
    period_end: String,
}

/// The cells of a run in the order of their keys.
fn cells(table: &Table) -> Vec<([String; 5], Said)> {
    let at = |name: &str| table.column(name).ok();
    let columns = KEYS.map(at);
    let [value, status, reason, end] = ["value", "status", "reason", "period_end"].map(at);
    let mut out: Vec<([String; 5], Said)> = table
        .rows
        .iter()
        .map(|row| {
            let field = |at: Option<usize>| at.and_then(|at| row.get(at)).cloned().unwrap_or_default();
            let shown = match (field(value), field(status), field(reason)) {
                (value, _, _) if !value.is_empty() => value,
                (_, status, reason) if reason.is_empty() => status,
                (_, status, reason) => format!("{status}: {reason}"),
            };
            (columns.map(field), Said { shown, period_end: field(end) })
        })
        .collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

/// What differs between two maps, in words.
fn both<T: PartialEq>(
    old: &BTreeMap<String, T>,
    new: &BTreeMap<String, T>,
    words: impl Fn(&T, &T) -> String,
) -> Vec<(String, String)> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| match (old.get(name), new.get(name)) {
            (Some(a), Some(b)) => (a != b).then(|| (name.clone(), words(a, b))),
            (Some(_), None) => Some((name.clone(), "no longer there".into())),
            (None, _) => Some((name.clone(), "new".into())),
        })
        .collect()
}

fn states(old: &BTreeMap<String, u64>, new: &BTreeMap<String, u64>) -> String {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let count = |of: &BTreeMap<String, u64>, name: &str| of.get(name).copied().unwrap_or_default();
    let changed = names.into_iter().filter(|name| count(old, name) != count(new, name));
    let parts: Vec<String> = changed
        .map(|name| format!("{} {} → {}", name.replace('_', " "), count(old, name), count(new, name)))
        .collect();
    parts.join(", ")
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}
