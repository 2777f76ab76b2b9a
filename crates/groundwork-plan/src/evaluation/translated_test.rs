//! A test that is given in two languages.

use super::Ground;
use super::data::{Data, FROM, PEOPLE, Role, WHERE, Wanted};
use crate::language::{may, must};
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

static DATA: Object = Object {
    name: "rows of a test",
    about: "One row for each person who took the test.",
    keys: &[
        FROM,
        WHERE,
        PEOPLE,
        must(
            "items",
            Shape::List(&Shape::Text),
            "The items: columns of type boolean, true for a right answer.",
        ),
        must(
            "translated",
            Shape::Expression,
            "The condition that holds for those who had the translation; the others had the original.",
        ),
        may("before", Shape::Expression, "The score before the training."),
        may("later", Shape::Expression, "The score after the training."),
    ],
};

pub(super) const KEYS: Object = Object {
    name: "translated_test",
    about: "Whether a translated test asks the same of both languages: each item among people with the same score (Mantel–Haenszel, with the classes A, B and C), how well the items hang together in each language (Cronbach's alpha), and what people learned in each, where scores before and after are named.",
    keys: &[must("data", Shape::Object(&DATA), "The rows.")],
};

/// A test in two languages.
#[derive(Debug, Clone, PartialEq)]
pub struct TranslatedTest {
    /// The rows.
    pub data: Data,
}

impl TranslatedTest {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let keys = [
            (Role::Item, "items", Wanted::Items),
            (Role::Arm, "translated", Wanted::Truth),
            (Role::Before, "before", Wanted::Number),
            (Role::Later, "later", Wanted::Number),
        ];
        let data = r.data(node, ground, &keys)?;
        if let Some(at) = node.get("data")
            && at.get("before").is_some() != at.get("later").is_some()
        {
            r.problem("evaluation.one-score", at.span, "a gain needs both `before` and `later`");
        }
        Some(Self { data })
    }
}
