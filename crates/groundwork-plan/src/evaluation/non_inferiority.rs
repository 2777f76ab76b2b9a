//! Whether it holds here: sites against a margin that was set beforehand.

use super::{Ground, INDICATORS, PERIOD, REFERENCE};
use crate::language::{may, must};
use crate::number::Unit;
use crate::period::Period;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;
use std::collections::BTreeMap;

pub(super) const KEYS: Object = Object {
    name: "non_inferiority",
    about: "Whether a site does as well as the reference, up to a margin that was set beforehand. The verdict is `adapted`, `worse`, `inconclusive` or `not_supported`; it comes from the interval at twice `alpha`, never from a difference that is not significant. The p-values of all indicators and sites are adjusted together (Holm).",
    keys: &[
        INDICATORS,
        REFERENCE,
        PERIOD,
        must(
            "margin",
            Shape::Map(&Shape::Text),
            "By indicator, how much worse is still as good: `10 points` for a share, otherwise a number in the unit of the indicator.",
        ),
        may("alpha", Shape::Number, "The one-sided size of the test; 0.05 where it is missing.").or("0.05"),
        may(
            "multiplicity",
            Shape::OneOf(&["holm", "none"]),
            "How the p-values of the family are adjusted; `holm` where it is missing.",
        ).or("holm"),
        may(
            "two_sided",
            Shape::Boolean,
            "Whether better by the margin would be a surprise as well, so that the question is equivalence; false where it is missing.",
        ).or("false"),
        may(
            "power",
            Shape::Number,
            "The power for which the people needed are given; 0.8 where it is missing.",
        ).or("0.8"),
    ],
};

/// How much worse is still as good.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margin(pub f64);

/// Sites against a margin.
#[derive(Debug, Clone, PartialEq)]
pub struct NonInferiority {
    /// The indicators that are compared.
    pub indicators: Vec<String>,
    /// The site that the others are compared with.
    pub reference: String,
    /// The period.
    pub period: Period,
    /// The margin of each indicator, in its unit; shares as fractions.
    pub margins: BTreeMap<String, Margin>,
    /// The one-sided size of the test.
    pub alpha: f64,
    /// Whether the p-values are adjusted.
    pub holm: bool,
    /// Whether the question is equivalence.
    pub two_sided: bool,
    /// The power for which the people needed are given.
    pub power: f64,
}

impl NonInferiority {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let indicators = r.compared(node, ground);
        let at = node.get("margin")?;
        let mut margins = BTreeMap::new();
        for (key, value) in at.entries() {
            let Some(indicator) = ground.indicators.iter().find(|i| i.id == key.name) else {
                let known = indicators.iter().map(String::as_str);
                r.unknown("evaluation.unknown-indicator", key.span, "compared indicator", &key.name, known);
                continue;
            };
            let is_share = indicator.unit == Unit::Share;
            match margin(value.text().unwrap_or_default(), is_share) {
                Some(margin) => {
                    margins.insert(key.name.clone(), margin);
                }
                None => {
                    let message = format!("the margin of `{}` cannot be understood", key.name);
                    let hint = match is_share {
                        true => "Write the margin of a share as `10 points`.",
                        false => "Write the margin as a number above zero, in the unit of the indicator.",
                    };
                    r.problem("evaluation.margin", value.span, message).hints.push(hint.into());
                }
            }
        }
        for name in indicators.iter().filter(|name| !at.entries().iter().any(|(key, _)| key.name == **name)) {
            r.problem("evaluation.no-margin", at.span, format!("`{name}` has no margin")).hints.push(
                "Without a margin set beforehand there is no telling what as good means; `site_comparison` gives the difference alone.".into(),
            );
        }
        Some(Self {
            reference: r.site_at(node, "reference", ground)?,
            period: r.period_of(node, ground.calendar),
            margins,
            alpha: r.number_within(node, "alpha", (0.0, 0.5), 0.05),
            holm: node.text_at("multiplicity") != Some("none"),
            two_sided: node.text_at("two_sided") == Some("true"),
            power: r.number_within(node, "power", (0.5, 1.0), 0.8),
            indicators,
        })
    }
}

/// `10 points` for a share, a number above zero otherwise.
fn margin(text: &str, is_share: bool) -> Option<Margin> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n > 0.0);
    match is_share {
        true => {
            let points = text.trim().strip_suffix("points").or_else(|| text.trim().strip_suffix("point"))?;
            number(points).map(|points| Margin(points / 100.0)).filter(|margin| margin.0 < 1.0)
        }
        false => number(text).map(Margin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_are_points_for_shares_and_numbers_otherwise() {
        assert_eq!(margin("10 points", true), Some(Margin(0.1)));
        assert_eq!(margin("1 point", true), Some(Margin(0.01)));
        assert_eq!(margin("0.1", true), None);
        assert_eq!(margin("100 points", true), None);
        assert_eq!(margin("0.5", false), Some(Margin(0.5)));
        assert_eq!(margin("-1", false), None);
        assert_eq!(margin("10 points", false), None);
    }
}
