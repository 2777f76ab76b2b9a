//! Methods that a pipeline names: whether they fit what they are named for.

use super::Resolver;
use crate::indicator::Kind;
use crate::method::{CellMethod, ContrastMethod};
use crate::yaml::Node;

/// The level of an interval where the pipeline names none.
const LEVEL: f64 = 0.95;

impl Resolver {
    /// The method at `method` for values of this kind, or the default.
    pub(super) fn cell_method(&mut self, node: &Node, kind: &Kind) -> CellMethod {
        let is_linked = matches!(kind, Kind::DistinctCount(count) if count.linked.is_some());
        let valid = if is_linked { &[CellMethod::ReachBand] } else { CellMethod::of(kind.summary()) };
        let default = valid.first().copied().unwrap_or(CellMethod::FullCount);
        let Some(at) = node.get("method") else {
            return default;
        };
        let named = at.text().unwrap_or_default();
        valid.iter().copied().find(|method| method.id() == named).unwrap_or_else(|| {
            let ids: Vec<&str> = valid.iter().map(|method| method.id()).collect();
            self.unfit(at, named, &format!("the value of a {}", kind.word()), &ids);
            default
        })
    }

    /// The method that is named for a comparison, among those that fit.
    pub(crate) fn contrast_method(
        &mut self,
        at: &Node,
        of: &str,
        valid: &[ContrastMethod],
    ) -> Option<ContrastMethod> {
        let named = at.text()?;
        let found = valid.iter().copied().find(|method| method.id() == named);
        if found.is_none() {
            let ids: Vec<&str> = valid.iter().map(|method| method.id()).collect();
            self.unfit(at, named, of, &ids);
        }
        found
    }

    fn unfit(&mut self, at: &Node, named: &str, of: &str, ids: &[&str]) {
        let list: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
        self.problem("method.unfit", at.span, format!("`{named}` is no method for {of}"))
            .hints
            .push(format!("Methods for it: {}.", list.join(", ")));
    }

    /// The level at `level`.
    pub(crate) fn level(&mut self, node: &Node) -> f64 {
        let Some(at) = node.get("level") else {
            return LEVEL;
        };
        match at.text().and_then(|text| text.parse::<f64>().ok()) {
            Some(level) if (0.5..1.0).contains(&level) => level,
            _ => {
                self.problem("method.level", at.span, "a level lies between 0.5 and 1")
                    .hints
                    .push("Write 95 per cent as `level: 0.95`.".into());
                LEVEL
            }
        }
    }
}
