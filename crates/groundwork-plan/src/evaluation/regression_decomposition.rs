//! Why two groups differ, with several covariates at once.

use super::Ground;
use super::data::{COVARIATES, Data, FROM, OUTCOME, PEOPLE, Role, WHERE, Wanted};
use crate::language::must;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

static DATA: Object = Object {
    name: "rows of two groups",
    about: "The rows of two groups whose means differ.",
    keys: &[
        FROM,
        WHERE,
        PEOPLE,
        OUTCOME,
        must("arm", Shape::Expression, "The condition that holds for group A; the others are group B."),
        COVARIATES,
    ],
};

pub(super) const KEYS: Object = Object {
    name: "regression_decomposition",
    about: "The difference of the means of two groups after Oaxaca and Blinder: the part that the covariates explain and the rest, with the coefficients of A, of B and of both as reference, which is always named. The terms of single categories depend on the reference word.",
    keys: &[must("data", Shape::Object(&DATA), "The rows.")],
};

/// The difference of two means split by a regression.
#[derive(Debug, Clone, PartialEq)]
pub struct RegressionDecomposition {
    /// The rows.
    pub data: Data,
}

impl RegressionDecomposition {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let keys = [
            (Role::Outcome, "outcome", Wanted::Either),
            (Role::Arm, "arm", Wanted::Truth),
            (Role::Covariate, "covariates", Wanted::Columns),
        ];
        Some(Self { data: r.data(node, ground, &keys)? })
    }
}
