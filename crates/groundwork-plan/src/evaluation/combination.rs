//! Two parts of a programme together against either alone.

use super::Ground;
use super::data::{CLUSTER, COVARIATES, Data, FROM, PEOPLE, Role, WHERE, Wanted};
use crate::language::must;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

static DATA: Object = Object {
    name: "rows with two parts of a programme",
    about: "One row for each person or family, with which of two parts of the programme they had.",
    keys: &[
        FROM,
        WHERE,
        PEOPLE,
        must("outcome", Shape::Expression, "A condition: the good outcome."),
        must("first", Shape::Expression, "The condition that holds for those who had the first part."),
        must("second", Shape::Expression, "The condition that holds for those who had the second part."),
        COVARIATES,
        CLUSTER,
    ],
};

pub(super) const KEYS: Object = Object {
    name: "combination",
    about: "Both parts of a programme against the first alone, the second alone and neither, such as awareness with material support: crude and with covariates held equal (g-computation), each with the E-value, which says how strong something unmeasured would have to be to explain it away.",
    keys: &[must("data", Shape::Object(&DATA), "The rows.")],
};

/// Two parts of a programme together and alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Combination {
    /// The rows.
    pub data: Data,
}

impl Combination {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let keys = [
            (Role::Outcome, "outcome", Wanted::Truth),
            (Role::First, "first", Wanted::Truth),
            (Role::Second, "second", Wanted::Truth),
            (Role::Covariate, "covariates", Wanted::Columns),
            (Role::Cluster, "cluster", Wanted::Label),
        ];
        Some(Self { data: r.data(node, ground, &keys)? })
    }
}
