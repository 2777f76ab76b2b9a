//! What protects people: the audience and what is declared beside it.

use super::Resolver;
use crate::diag::Severity;
use crate::disclosure::{Audience, Exception, Households, Policy};
use crate::indicator::Indicator;
use crate::plan::columns;
use crate::source::Source;
use crate::yaml::{Key, Node};

/// The highest threshold.
const THRESHOLD_MOST: u64 = 1_000;

impl Resolver {
    pub(super) fn policy(&mut self, root: &Node, indicators: &[Indicator], sources: &[Source]) -> Policy {
        let audience = Audience::ALL
            .into_iter()
            .find(|a| Some(a.word()) == root.text_at("audience"))
            .unwrap_or(Audience::Public);
        let mut policy = Policy::of(audience);
        let Some(node) = root.get("disclosure") else {
            return policy;
        };
        policy.sensitive = node.texts_at("sensitive");
        for item in node.get("sensitive").map(Node::items).unwrap_or_default() {
            self.known_dimension(item, indicators);
        }
        policy.threshold = node.get("threshold").and_then(|at| self.threshold(at));
        if let (Some(at), Some(threshold)) = (node.get("threshold"), policy.threshold)
            && threshold < audience.threshold()
        {
            self.problem(
                "disclosure.loosened",
                at.span,
                format!(
                    "a threshold of {threshold} is below that of `{}`, which is {}",
                    audience.word(),
                    audience.threshold()
                ),
            )
            .hints
            .push(
                "A lower threshold is an exception: it names its indicators, a reason and an approver."
                    .into(),
            );
        }
        policy.households = node.get("households").and_then(|at| self.households(at, indicators, sources));
        for list in node.get("ladders").map(Node::items).unwrap_or_default() {
            for item in list.items() {
                self.known_dimension(item, indicators);
            }
            policy.ladders.push(list.items().iter().filter_map(Node::text).map(str::to_owned).collect());
        }
        for (key, at) in node.get("exceptions").map(Node::entries).unwrap_or_default() {
            policy.exceptions.extend(self.exception(key, at, root));
        }
        policy.ledger = node.text_at("ledger").map(str::to_owned);
        policy
    }

    fn households(
        &mut self,
        node: &Node,
        indicators: &[Indicator],
        sources: &[Source],
    ) -> Option<Households> {
        let column = node.get("column")?;
        let name = column.text()?.to_owned();
        let has = |i: &Indicator| columns(sources, i.kind.from()).iter().any(|(known, _)| *known == name);
        if !indicators.iter().any(|i| i.people && i.kind.knows_households() && has(i)) {
            let message =
                format!("no indicator in which households are counted has a column `{name}` in its source");
            let hint = "Name the column that says which household, family or group a person belongs to.";
            self.problem("disclosure.no-households", column.span, message).hints.push(hint.into());
        }
        let at_least = match node.get("at_least") {
            Some(at) => self.threshold(at)?,
            None => Households::AT_LEAST,
        };
        Some(Households { column: name, at_least })
    }

    fn exception(&mut self, key: &Key, node: &Node, root: &Node) -> Option<Exception> {
        let entries = root.get("indicators").map(Node::entries).unwrap_or_default();
        for item in node.get("indicators").map(Node::items).unwrap_or_default() {
            let name = item.text().unwrap_or_default();
            if !entries.iter().any(|(key, _)| key.name == name) {
                let known = entries.iter().map(|(key, _)| key.name.as_str());
                self.unknown("disclosure.unknown-indicator", item.span, "indicator", name, known);
            }
        }
        for word in ["reason", "approver"] {
            if let Some(at) = node.get(word)
                && at.text().is_none_or(|text| text.trim().is_empty())
            {
                self.problem("disclosure.unexplained", at.span, format!("an exception needs its {word}"));
            }
        }
        Some(Exception {
            id: key.name.clone(),
            indicators: node.texts_at("indicators"),
            threshold: node.get("threshold").and_then(|at| self.threshold(at))?,
            reason: node.text_at("reason")?.to_owned(),
            approver: node.text_at("approver")?.to_owned(),
        })
    }

    /// A whole number of at least 1, and one that people can be counted up to.
    fn threshold(&mut self, node: &Node) -> Option<u64> {
        let threshold = node.text()?.parse().ok()?;
        if threshold == 0 {
            self.problem("disclosure.threshold", node.span, "the threshold is 0, expected at least 1");
            return None;
        }
        if threshold > THRESHOLD_MOST {
            let message = format!("the threshold is {threshold}, expected at most {THRESHOLD_MOST}");
            self.problem("disclosure.threshold", node.span, message);
            return None;
        }
        Some(threshold)
    }

    fn known_dimension(&mut self, item: &Node, indicators: &[Indicator]) {
        let Some(name) = item.text() else { return };
        let mut known = indicators.iter().flat_map(|i| i.dimension_columns());
        if !known.any(|column| column == name) {
            self.problem(
                "disclosure.unused",
                item.span,
                format!("no indicator is disaggregated by `{name}`"),
            )
            .severity = Severity::Warning;
        }
    }
}
