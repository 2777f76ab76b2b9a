//! Sites, or studies, as a sample of communities: what a further one would see.

use super::data::{Data, FROM, PEOPLE, Role, WHERE, Wanted};
use super::{Ground, PERIOD};
use crate::language::{may, must};
use crate::period::Period;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

static DATA: Object = Object {
    name: "rows of sites",
    about: "One row for each site or study: two arms as counts, or an estimate with its standard error.",
    keys: &[
        FROM,
        WHERE,
        PEOPLE,
        must("site", Shape::Text, "The column that names the site or study."),
        may("events", Shape::Expression, "How many had the outcome."),
        may("total", Shape::Expression, "Out of how many."),
        may("comparison_events", Shape::Expression, "How many of the comparison had it."),
        may("comparison_total", Shape::Expression, "Out of how many of the comparison."),
        may("estimate", Shape::Expression, "An estimate, on a scale where errors are about normal."),
        may("std_error", Shape::Expression, "Its standard error."),
    ],
};

pub(super) const KEYS: Object = Object {
    name: "sites_as_sample",
    about: "The mean over sites with an interval that is honest for few of them (REML, Hartung and Knapp, never narrower than Wald), the spread between sites, the prediction interval for a further community, and every site by itself, with its weight in the mean, and predicted from the others. With up to four sites a Bayesian model with a stated prior stands beside it, at several scales of the prior. From two sites no prediction interval exists, and a p-value between sites says nothing of a third community.",
    keys: &[
        may("indicators", Shape::List(&Shape::Text), "Shares, ratios or means, one value a site; for cells."),
        PERIOD,
        may("data", Shape::Object(&DATA), "Rows, instead of indicators."),
        may(
            "prior_scale",
            Shape::Number,
            "The scale of the half-normal prior for the spread between sites, in the unit of the pooled values; 0.5 where it is missing, which suits log ratios and log odds.",
        ).or("0.5"),
    ],
};

/// Where the values of sites come from.
#[derive(Debug, Clone, PartialEq)]
pub enum SitesFrom {
    /// Cells of indicators.
    Cells {
        /// The indicators.
        indicators: Vec<String>,
        /// The period.
        period: Period,
    },
    /// Two arms of each site as counts.
    Arms(Data),
    /// One share of each site.
    Shares(Data),
    /// Estimates with their standard errors.
    Estimates(Data),
}

/// Sites as a sample of communities.
#[derive(Debug, Clone, PartialEq)]
pub struct SitesAsSample {
    /// Where the values come from.
    pub from: SitesFrom,
    /// The scale of the prior for the spread between sites.
    pub prior_scale: f64,
}

impl SitesAsSample {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        if !r.rows_or_indicators(node) {
            return None;
        }
        let prior_scale = r.number_within(node, "prior_scale", (0.0, 1e6), 0.5);
        let Some(at) = node.get("data") else {
            let indicators = r.compared(node, ground);
            let period = r.period_of(node, ground.calendar);
            return Some(Self { from: SitesFrom::Cells { indicators, period }, prior_scale });
        };
        let data = r.data(
            node,
            ground,
            &[
                (Role::Site, "site", Wanted::Label),
                (Role::Events, "events", Wanted::Number),
                (Role::Total, "total", Wanted::Number),
                (Role::ComparisonEvents, "comparison_events", Wanted::Number),
                (Role::ComparisonTotal, "comparison_total", Wanted::Number),
                (Role::Estimate, "estimate", Wanted::Number),
                (Role::StdError, "std_error", Wanted::Number),
            ],
        )?;
        let has = |keys: &[&str]| keys.iter().all(|key| at.get(key).is_some());
        let lacks = |keys: &[&str]| keys.iter().all(|key| at.get(key).is_none());
        let (counts, comparison, estimates) =
            (["events", "total"], ["comparison_events", "comparison_total"], ["estimate", "std_error"]);
        let from = if has(&counts) && has(&comparison) && lacks(&estimates) {
            SitesFrom::Arms(data)
        } else if has(&counts) && lacks(&comparison) && lacks(&estimates) {
            SitesFrom::Shares(data)
        } else if has(&estimates) && lacks(&counts) && lacks(&comparison) {
            SitesFrom::Estimates(data)
        } else {
            r.problem("evaluation.sites-data", at.span, "the rows of sites are neither counts nor estimates")
                .hints
                .push("Give `events` and `total`, with `comparison_events` and `comparison_total` for two arms, or `estimate` and `std_error`.".into());
            return None;
        };
        Some(Self { from, prior_scale })
    }
}
