//! An effect carried over to another community.

use super::Ground;
use super::data::{ARM, COVARIATES, Data, FROM, Holds, OUTCOME, PEOPLE, Role, WHERE, Wanted};
use crate::expression::{Function, Tree};
use crate::language::must;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

static DATA: Object = Object {
    name: "rows of two communities",
    about: "The rows of the community where the effect was measured, and of the one it is asked about.",
    keys: &[
        FROM,
        WHERE,
        PEOPLE,
        must(
            "in_source",
            Shape::Expression,
            "The condition that holds where the effect was measured; the others are the target.",
        ),
        ARM,
        OUTCOME,
        COVARIATES,
    ],
};

pub(super) const KEYS: Object = Object {
    name: "transport",
    about: "What the effect measured in one community would be in another that is described by the same covariates: weighted by the inverse odds of sampling, by a model of the outcome, and doubly robust. How well the source supports the target is printed first (overlap, effective sample size, balance, Tipton's index), and the effect is refused where it does not. Arm and outcome of the target are not used.",
    keys: &[must("data", Shape::Object(&DATA), "The rows.")],
};

/// An effect carried over.
#[derive(Debug, Clone, PartialEq)]
pub struct Transport {
    /// The rows of both communities.
    pub data: Data,
}

impl Transport {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let keys = [
            (Role::InSource, "in_source", Wanted::Truth),
            (Role::Arm, "arm", Wanted::Truth),
            (Role::Outcome, "outcome", Wanted::Either),
            (Role::Covariate, "covariates", Wanted::Columns),
        ];
        let mut data = r.data(node, ground, &keys)?;
        let in_source = data.with(Role::InSource).next().map(|(_, column)| column.what.tree.clone())?;
        // Nobody needs to have been treated or followed up in the target.
        for column in &mut data.columns {
            if matches!(column.role, Role::Arm | Role::Outcome) {
                let otherwise = match column.holds {
                    Holds::Truth => Tree::Truth(false),
                    Holds::Number | Holds::Words(_) | Holds::Label => Tree::Number("0".into()),
                };
                let sides = vec![in_source.clone(), column.what.tree.clone(), otherwise];
                column.what.tree = Tree::Call(Function::If, sides);
            }
        }
        Some(Self { data })
    }
}
