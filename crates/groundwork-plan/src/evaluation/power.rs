//! What would settle it: the people that a question needs.

use super::{Ground, INDICATORS, PERIOD, REFERENCE, is_share};
use crate::language::{may, must};
use crate::period::Period;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

pub(super) const KEYS: Object = Object {
    name: "power",
    about: "How many people in each site would settle the question, from the share that the reference has: to find a difference, and to show that a site is not worse by it; and what the people there are now can find.",
    keys: &[
        INDICATORS,
        REFERENCE,
        PERIOD,
        must("difference", Shape::Text, "The difference that matters, such as `10 points`."),
        may("alpha", Shape::Number, "The two-sided size of the test; 0.05 where it is missing.").or("0.05"),
        may("power", Shape::Number, "The power; 0.8 where it is missing.").or("0.8"),
        may("cluster_size", Shape::Number, "People in a cluster, where they come in clusters."),
        may(
            "icc",
            Shape::Number,
            "How alike people of a cluster are; 0.05 where only `cluster_size` is given.",
        ),
    ],
};

/// What would settle it.
#[derive(Debug, Clone, PartialEq)]
pub struct Power {
    /// The indicators, all of them shares.
    pub indicators: Vec<String>,
    /// The site whose share is taken as the truth.
    pub reference: String,
    /// The period.
    pub period: Period,
    /// The difference that matters, a fraction.
    pub difference: f64,
    /// The two-sided size of the test.
    pub alpha: f64,
    /// The power.
    pub power: f64,
    /// People in a cluster and how alike they are.
    pub clusters: Option<(f64, f64)>,
}

impl Power {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let mut indicators = Vec::new();
        for item in node.get("indicators").map(Node::items).unwrap_or_default() {
            let name = item.text().unwrap_or_default();
            match r.indicator_named(item, name, ground) {
                Some(indicator) if is_share(indicator) => indicators.push(name.to_owned()),
                Some(_) => {
                    r.problem("evaluation.not-a-share", item.span, format!("`{name}` is not a share"))
                        .hints
                        .push("Power is computed for shares: proportion, completion, sustained.".into());
                }
                None => {}
            }
        }
        let at = node.get("difference")?;
        let points =
            at.text().and_then(|text| text.trim().strip_suffix("points")?.trim().parse::<f64>().ok());
        let difference = match points {
            Some(points) if points > 0.0 && points < 100.0 => points / 100.0,
            _ => {
                r.problem("evaluation.margin", at.span, "the difference cannot be understood")
                    .hints
                    .push("Write the difference of shares as `10 points`.".into());
                return None;
            }
        };
        let size = node.get("cluster_size").map(|_| r.number_within(node, "cluster_size", (1.0, 1e6), 1.0));
        let icc = r.number_within(node, "icc", (0.0, 1.0), 0.05);
        Some(Self {
            indicators,
            reference: r.site_at(node, "reference", ground)?,
            period: r.period_of(node, ground.calendar),
            difference,
            alpha: r.number_within(node, "alpha", (0.0, 0.5), 0.05),
            power: r.number_within(node, "power", (0.5, 1.0), 0.8),
            clusters: size.map(|size| (size, icc)),
        })
    }
}
