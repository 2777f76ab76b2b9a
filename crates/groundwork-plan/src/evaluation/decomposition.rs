//! Why two sites differ: who was served, and how well they were served.

use super::{Ground, INDICATORS, PERIOD, REFERENCE};
use crate::language::must;
use crate::period::Period;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

pub(super) const KEYS: Object = Object {
    name: "decomposition",
    about: "The difference of every other site and the reference, split after Kitagawa into a part that comes from who was served (composition) and a part that comes from how well each category was served (rate). The two add up to the difference.",
    keys: &[
        INDICATORS,
        REFERENCE,
        PERIOD,
        must(
            "by",
            Shape::List(&Shape::Text),
            "Dimensions of the indicators: the difference is split by the categories of each.",
        ),
    ],
};

/// A difference split by the categories of dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// The indicators that are compared.
    pub indicators: Vec<String>,
    /// The site that the others are compared with.
    pub reference: String,
    /// The period.
    pub period: Period,
    /// The dimensions.
    pub by: Vec<String>,
}

impl Decomposition {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let indicators = r.compared(node, ground);
        Some(Self {
            reference: r.site_at(node, "reference", ground)?,
            period: r.period_of(node, ground.calendar),
            by: r.dimensions_at(node, "by", &indicators, ground),
            indicators,
        })
    }
}
