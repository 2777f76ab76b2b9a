//! Partners who do not share rows: what they released enters as cells, beside our own.

use crate::language::{may, must};
use crate::location::Span;
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::site::Site;
use crate::yaml::Node;

pub(crate) static PARTNER: Object = Object {
    name: "partner",
    about: "Another programme that shares what it released, and no rows. Its published numbers stand beside our own for the sites that are named here; what it withheld stays withheld, no number is split further, and none enters the numbers of all sites together. Its release must be for the same readers or wider ones.",
    keys: &[
        must(
            "release",
            Shape::Text,
            "The folder of its run beside the pipeline, with `manifest.json` and `indicators.csv` as they were written.",
        ),
        may(
            "sites",
            Shape::Map(&Shape::Text),
            "Its sites and the sites of this pipeline that they are, such as `{mae_sot: mae_sot}`; `{all: mae_sot}` takes the numbers of all its sites together. The sites with the same identifier where it is missing.",
        ),
        may(
            "indicators",
            Shape::Map(&Shape::Text),
            "Its indicators and the indicators of this pipeline that they are; those with the same identifier where it is missing.",
        ),
    ],
};

/// The word for all of a partner's sites together.
pub const ALL: &str = "all";

/// A partner and what of its release is taken over.
#[derive(Debug, Clone, PartialEq)]
pub struct Partner {
    /// Its name.
    pub id: String,
    /// The folder of its run, and where the pipeline names it.
    pub release: (String, Span),
    /// Its sites (empty for all together) and ours.
    pub sites: Vec<(String, String)>,
    /// Its indicators and ours.
    pub indicators: Vec<(String, String)>,
}

impl Resolver {
    pub(crate) fn partners(&mut self, root: &Node, sites: &[Site], declared: &[&str]) -> Vec<Partner> {
        let mut out: Vec<Partner> = Vec::new();
        for (key, node) in root.get("partners").map(Node::entries).unwrap_or_default() {
            let Some(release) = node.get("release").and_then(|at| Some((at.text()?.to_owned(), at.span)))
            else {
                continue;
            };
            let pairs = |of: &str| node.get(of).map(Node::entries);
            let own_sites = sites.iter().map(|s| (s.id.clone(), s.id.clone()));
            let mapped = match pairs("sites") {
                None => own_sites.collect(),
                Some(pairs) => {
                    let mut mapped = Vec::new();
                    for (theirs, at) in pairs {
                        let Some(ours) = at.text() else { continue };
                        if !sites.iter().any(|s| s.id == ours) {
                            let known = sites.iter().map(|s| s.id.as_str());
                            self.unknown("partner.unknown-site", at.span, "site", ours, known);
                        }
                        let taken = mapped.iter().chain(out.iter().flat_map(|p| &p.sites));
                        if taken.into_iter().any(|(_, known): &(String, String)| known == ours) {
                            let message = format!("the site `{ours}` is filled twice");
                            self.problem("partner.same-site", at.span, message)
                                .hints
                                .push("Give each site of a partner a site of its own.".into());
                        }
                        let theirs = if theirs.name == ALL { String::new() } else { theirs.name.clone() };
                        mapped.push((theirs, ours.to_owned()));
                    }
                    mapped
                }
            };
            let indicators = match pairs("indicators") {
                None => declared.iter().map(|id| ((*id).to_owned(), (*id).to_owned())).collect(),
                Some(pairs) => {
                    let mut mapped = Vec::new();
                    for (theirs, at) in pairs {
                        let Some(ours) = at.text() else { continue };
                        if !declared.contains(&ours) {
                            let known = declared.iter().copied();
                            self.unknown("evaluation.unknown-indicator", at.span, "indicator", ours, known);
                        }
                        mapped.push((theirs.name.clone(), ours.to_owned()));
                    }
                    mapped
                }
            };
            out.push(Partner { id: key.name.clone(), release, sites: mapped, indicators });
        }
        out
    }
}
