//! What became of indicators at the adaptations that were meant to move them.

use super::Ground;
use crate::language::may;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

/// Periods on each side where a pipeline does not say how many.
const PERIODS: usize = 3;

pub(super) const KEYS: Object = Object {
    name: "adaptation",
    about: "What became of the indicators that each adaptation of the `adaptation_log` was meant to move: the mean of the full periods just before its day and just after it, at its site and, over the same time, at the other sites. It splits the course and tests nothing: what else happened then would look the same.",
    keys: &[
        may(
            "periods",
            Shape::Integer,
            "How many full periods are looked at on each side, at most; 3 where it is missing.",
        )
        .or("3"),
        may(
            "indicators",
            Shape::List(&Shape::Text),
            "Only these indicators; all that adaptations were meant to move where it is missing.",
        ),
    ],
};

/// What became of indicators at the adaptations that were meant to move them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adaptation {
    /// Full periods on each side, at most.
    pub periods: usize,
    /// Only these, where some are named.
    pub indicators: Vec<String>,
}

impl Adaptation {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        if !ground.has_log {
            r.problem("evaluation.no-log", node.span, "the pipeline has no `adaptation_log`")
                .hints
                .push("Say with `adaptation_log` in which source adaptations are logged.".into());
            return None;
        }
        let periods = match node.get("periods") {
            None => PERIODS,
            Some(at) => match at.text().and_then(|text| text.parse::<usize>().ok()) {
                Some(periods) if periods > 0 => periods,
                _ => {
                    r.problem("evaluation.number", at.span, "`periods` is at least 1");
                    return None;
                }
            },
        };
        let mut indicators = Vec::new();
        for item in node.get("indicators").map(Node::items).unwrap_or_default() {
            let name = item.text().unwrap_or_default();
            if r.indicator_named(item, name, ground).is_some() {
                indicators.push(name.to_owned());
            }
        }
        Some(Self { periods, indicators })
    }
}
