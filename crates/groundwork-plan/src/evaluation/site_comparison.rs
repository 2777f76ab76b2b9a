//! Sites against a reference: crude, and with the same people in both.

use super::{Ground, INDICATORS, PERIOD, REFERENCE};
use crate::language::may;
use crate::method::ContrastMethod;
use crate::period::Period;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;
use std::collections::BTreeMap;

pub(super) const KEYS: Object = Object {
    name: "site_comparison",
    about: "Every other site against the reference. With `adjust_for` the case mix of both is set side by side, and shares are given crude, standardised to the reference, pooled over categories (Mantel–Haenszel) and adjusted (g-computation).",
    keys: &[
        INDICATORS,
        REFERENCE,
        PERIOD,
        may(
            "method",
            Shape::Either(&Shape::Text, &Shape::Map(&Shape::Text)),
            "How two values are compared, by its id: one for all indicators, or one by indicator. By default `mn.score` for shares, `ratio.contrast.log` for ratios, `ratio.contrast.difference` for means, `poisson.ratio.exact_central` for rates.",
        ),
        may(
            "alternatives",
            Shape::List(&Shape::Text),
            "Further methods whose results are set beside, where they fit the indicator.",
        ),
        may(
            "adjust_for",
            Shape::List(&Shape::Text),
            "Dimensions of the indicators whose categories are held equal, one after the other.",
        ),
    ],
};

/// Every other site against the reference.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteComparison {
    /// The indicators that are compared.
    pub indicators: Vec<String>,
    /// The site that the others are compared with.
    pub reference: String,
    /// The period.
    pub period: Period,
    /// How, by indicator.
    pub methods: BTreeMap<String, ContrastMethod>,
    /// Further methods, where they fit.
    pub alternatives: Vec<ContrastMethod>,
    /// Dimensions whose categories are held equal.
    pub adjust_for: Vec<String>,
}

impl SiteComparison {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let indicators = r.compared(node, ground);
        let fitting: Vec<ContrastMethod> = indicators
            .iter()
            .filter_map(|name| ground.indicators.iter().find(|i| i.id == *name))
            .flat_map(|i| ContrastMethod::of(i.kind.summary()).iter().copied())
            .collect();
        let items = node.get("alternatives").map(Node::items).unwrap_or_default();
        let alternatives =
            items.iter().filter_map(|at| r.contrast_method(at, "any of the indicators", &fitting)).collect();
        Some(Self {
            reference: r.site_at(node, "reference", ground)?,
            period: r.period_of(node, ground.calendar),
            methods: r.contrast_methods(node, &indicators, ground),
            alternatives,
            adjust_for: r.dimensions_at(node, "adjust_for", &indicators, ground),
            indicators,
        })
    }
}
