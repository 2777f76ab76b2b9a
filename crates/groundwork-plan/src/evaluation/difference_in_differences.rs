//! Before and after, here and there.

use super::Ground;
use super::data::{CLUSTER, Data, FROM, OUTCOME, PEOPLE, Role, WHERE, Wanted};
use crate::language::{may, must};
use crate::period::Period;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

static DATA: Object = Object {
    name: "rows before and after",
    about: "The rows of two groups before and after.",
    keys: &[
        FROM,
        WHERE,
        PEOPLE,
        OUTCOME,
        must("arm", Shape::Expression, "The condition that holds for the group in which something changed."),
        must("after", Shape::Expression, "The condition that holds for rows of the time after."),
        must("site", Shape::Text, "The column of the place that changed or did not."),
        may("covariates", Shape::List(&Shape::Text), "Columns that are held equal."),
        CLUSTER,
    ],
};

pub(super) const KEYS: Object = Object {
    name: "difference_in_differences",
    about: "The change of some sites less the change of others, which assumes that without the event both would have changed alike. By period the gap is shown for every period, with a placebo for every pair of periods before, so that trends can be looked at; with three sites or more a permutation p-value says how often an arbitrary choice of sites would give as much. One site against one has no error between sites: the estimate stands alone.",
    keys: &[
        may("indicators", Shape::List(&Shape::Text), "The indicators that are compared, for cells."),
        may("treated", Shape::List(&Shape::Text), "The sites in which something changed."),
        may("comparison", Shape::List(&Shape::Text), "The sites in which it did not."),
        may("before", Shape::Period, "The last period before the change."),
        may("after", Shape::Period, "The period after it."),
        may("data", Shape::Object(&DATA), "Rows, instead of indicators."),
    ],
};

/// Before and after, here and there.
#[derive(Debug, Clone, PartialEq)]
pub enum DifferenceInDifferences {
    /// By the cells of indicators.
    Cells {
        /// The indicators that are compared.
        indicators: Vec<String>,
        /// The sites in which something changed.
        treated: Vec<String>,
        /// The sites in which it did not.
        comparison: Vec<String>,
        /// The last period before.
        before: Period,
        /// The period after.
        after: Period,
    },
    /// By rows.
    Rows(Data),
}

impl DifferenceInDifferences {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        if !r.rows_or_indicators(node) {
            return None;
        }
        if node.get("data").is_some() {
            let keys = [
                (Role::Outcome, "outcome", Wanted::Either),
                (Role::Arm, "arm", Wanted::Truth),
                (Role::After, "after", Wanted::Truth),
                (Role::Site, "site", Wanted::Label),
                (Role::Covariate, "covariates", Wanted::Columns),
                (Role::Cluster, "cluster", Wanted::Label),
            ];
            return Some(Self::Rows(r.data(node, ground, &keys)?));
        }
        for key in ["treated", "comparison", "before", "after"] {
            if node.get(key).is_none() {
                r.problem("pipeline.missing-key", node.span, format!("the evaluation lacks the key `{key}`"));
            }
        }
        let indicators = r.compared(node, ground);
        let treated = r.sites_at(node, "treated", ground);
        let comparison = r.sites_at(node, "comparison", ground);
        if let Some(twice) = treated.iter().find(|site| comparison.contains(site)) {
            let message = format!("`{twice}` is on both sides of the comparison");
            r.problem("evaluation.both-sides", node.span, message);
        }
        let before = r.period_at(node, "before", ground.calendar);
        let after = r.period_at(node, "after", ground.calendar);
        if let Some(at) = node.get("after")
            && after.first_day() <= before.first_day()
        {
            r.problem("evaluation.order", at.span, "`after` is not later than `before`");
        }
        Some(Self::Cells { indicators, treated, comparison, before, after })
    }
}
