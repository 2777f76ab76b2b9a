//! A programme that starts at different times in different places.

use super::Ground;
use super::data::{Data, FROM, PEOPLE, Role, WHERE, Wanted};
use crate::language::{may, must};
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

static DATA: Object = Object {
    name: "rows of a panel",
    about: "One row for each unit and time.",
    keys: &[
        FROM,
        WHERE,
        PEOPLE,
        must("outcome", Shape::Expression, "A number."),
        must("unit", Shape::Text, "The column of what is followed over time, such as a village."),
        must("time", Shape::Expression, "When, as a whole number: a year, or `year(held_on)`."),
        must(
            "first_treated",
            Shape::Expression,
            "The time at which the unit started, as a whole number; missing where it never did.",
        ),
        may(
            "covariates",
            Shape::List(&Shape::Text),
            "Columns that are held equal by Sun and Abraham's regression.",
        ),
    ],
};

pub(super) const KEYS: Object = Object {
    name: "staggered_adoption",
    about: "Effects of a programme that opened at different times: by group and time after Callaway and Sant'Anna, summed up overall, by group, by calendar time and by time since the start, and beside them the event study of Sun and Abraham. The times before the start are placebos; a band holds for all times at once. Trends before the start are tested, with what the test could have seen (Roth), and the mean effect is given where they go on in a straight line or bend as they did (Rambachan and Roth). A static two-way regression compares late starters with early ones and can have the wrong sign: it is taken apart to show what it would compare (Goodman-Bacon), and is no answer.",
    keys: &[
        must("data", Shape::Object(&DATA), "The rows."),
        may(
            "comparison",
            Shape::OneOf(&["never_treated", "not_yet_treated"]),
            "Whose changes stand for what would have happened; `never_treated` where it is missing.",
        )
        .or("never_treated"),
    ],
};

/// A programme that starts at different times.
#[derive(Debug, Clone, PartialEq)]
pub struct StaggeredAdoption {
    /// The rows.
    pub data: Data,
    /// Whether units that have not started yet are compared with.
    pub not_yet_treated: bool,
}

impl StaggeredAdoption {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let keys = [
            (Role::Outcome, "outcome", Wanted::Number),
            (Role::Unit, "unit", Wanted::Label),
            (Role::Time, "time", Wanted::Number),
            (Role::FirstTreated, "first_treated", Wanted::Number),
            (Role::Covariate, "covariates", Wanted::Columns),
        ];
        Some(Self {
            data: r.data(node, ground, &keys)?,
            not_yet_treated: node.text_at("comparison") == Some("not_yet_treated"),
        })
    }
}
