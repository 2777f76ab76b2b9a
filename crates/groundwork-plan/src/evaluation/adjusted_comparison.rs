//! Two arms with what is known about people held equal.

use super::Ground;
use super::data::{ARM, CLUSTER, COVARIATES, Data, FROM, OUTCOME, PEOPLE, Role, WHERE, Wanted};
use crate::language::must;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

pub(super) static DATA: Object = Object {
    name: "rows of two arms",
    about: "The rows of an arm and of those that it is compared with.",
    keys: &[FROM, WHERE, PEOPLE, OUTCOME, ARM, COVARIATES, CLUSTER],
};

pub(super) const KEYS: Object = Object {
    name: "adjusted_comparison",
    about: "An arm against the others with covariates held equal. Several answers stand side by side: crude, by regression (g-computation and modified Poisson for a condition), weighted by propensity for everyone and for the arm (Hájek), and doubly robust, with the balance of the covariates before and after. Where they disagree the design does not settle the question.",
    keys: &[must("data", Shape::Object(&DATA), "The rows.")],
};

/// Two arms with covariates held equal.
#[derive(Debug, Clone, PartialEq)]
pub struct AdjustedComparison {
    /// The rows.
    pub data: Data,
}

impl AdjustedComparison {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let keys = [
            (Role::Outcome, "outcome", Wanted::Either),
            (Role::Arm, "arm", Wanted::Truth),
            (Role::Covariate, "covariates", Wanted::Columns),
            (Role::Cluster, "cluster", Wanted::Label),
        ];
        Some(Self { data: r.data(node, ground, &keys)? })
    }
}
