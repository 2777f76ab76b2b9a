//! The time until something happens, with other things that may happen first.

use super::Ground;
use super::data::{Data, FROM, PEOPLE, Role, WHERE, Wanted};
use crate::language::{may, must};
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

/// Kinds of events that a risk table can tell apart.
const CAUSES_MOST: usize = 8;

static DATA: Object = Object {
    name: "rows with times",
    about: "One row for each person or case.",
    keys: &[
        FROM,
        WHERE,
        PEOPLE,
        must(
            "time",
            Shape::Expression,
            "The time of the first event, or until which the person was followed: a number, or days between two dates.",
        ),
        must(
            "events",
            Shape::Map(&Shape::Expression),
            "Kinds of events, each with the condition that says that it ended the time. The first is the one asked about; the others compete with it. Rows for which none holds are followed without an event.",
        ),
        may(
            "entry",
            Shape::Expression,
            "When the person came under observation, on the same clock; 0 where it is missing.",
        )
        .or("0"),
        may("group", Shape::Text, "A column of type site, category or boolean whose words are compared."),
    ],
};

pub(super) const KEYS: Object = Object {
    name: "time_to_event",
    about: "The share to whom something has happened by given times (Aalen–Johansen, so that who left can no longer have it and is not counted as waiting), the mean time free of any event within a horizon and its difference between groups, and a test (log-rank, or Gray where events compete).",
    keys: &[
        must("data", Shape::Object(&DATA), "The rows."),
        must("at", Shape::List(&Shape::Number), "The times at which shares are given."),
        may(
            "within",
            Shape::Number,
            "The horizon of the restricted mean; none is given where it is missing.",
        ),
        may("reference", Shape::Text, "The word of the group that the others are compared with."),
    ],
};

/// The time until something happens.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeToEvent {
    /// The rows.
    pub data: Data,
    /// The times at which shares are given.
    pub at: Vec<f64>,
    /// The horizon of the restricted mean.
    pub within: Option<f64>,
    /// The group that the others are compared with.
    pub reference: Option<String>,
}

impl TimeToEvent {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let keys = [
            (Role::Time, "time", Wanted::Number),
            (Role::Entry, "entry", Wanted::Number),
            (Role::Event, "events", Wanted::Conditions),
        ];
        let mut data = r.data(node, ground, &keys)?;
        let rows = node.get("data")?;
        let events = rows.get("events").map(Node::entries).unwrap_or_default().len();
        if let Some(at) = rows.get("events")
            && !(1..=CAUSES_MOST).contains(&events)
        {
            r.problem(
                "evaluation.events",
                at.span,
                format!("{events} kinds of events, expected 1 to {CAUSES_MOST}"),
            );
        }
        let mut reference = None;
        if let Some(at) = rows.get("group") {
            let column = r.group(at, &data.from, ground)?;
            if let (Some(at), super::Holds::Words(words)) = (node.get("reference"), &column.holds) {
                let name = at.text().unwrap_or_default();
                if !words.iter().any(|word| word == name) {
                    let known = words.iter().map(String::as_str);
                    r.unknown("evaluation.unknown-group", at.span, "group", name, known);
                }
                reference = Some(name.to_owned());
            }
            data.columns.push(column);
        }
        let number = |node: &Node| node.text().and_then(|text| text.parse::<f64>().ok());
        let mut at: Vec<f64> =
            node.get("at").map(Node::items).unwrap_or_default().iter().filter_map(number).collect();
        at.sort_by(f64::total_cmp);
        Some(Self { data, at, within: node.get("within").and_then(number), reference })
    }
}
