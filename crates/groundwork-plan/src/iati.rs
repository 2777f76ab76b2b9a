//! IATI: what an activity in the registry is called, who reports it, and which indicators are its
//! results (IATI Activity Standard 2.03).

use crate::indicator::Indicator;
use crate::language::{may, must};
use crate::resolve::{Resolver, localised};
use crate::shape::{Object, Shape};
use crate::text::Localised;
use crate::yaml::Node;
use jiff::civil::Date;

/// Words for the state of an activity, in the order of the code list ActivityStatus from 1.
const STATUSES: [&str; 6] =
    ["pipeline", "implementation", "finalisation", "closed", "cancelled", "suspended"];

/// Words for results, with their codes in the list ResultType.
const RESULTS: [(&str, &str); 4] = [("outputs", "1"), ("outcomes", "2"), ("impacts", "3"), ("other", "9")];

pub(crate) static IATI: Object = Object {
    name: "iati",
    about: "The activity whose results `iati.xml` reports to the IATI registry. A registry is read by everybody: the file is written where the audience is `public`.",
    keys: &[
        must(
            "activity",
            Shape::Text,
            "The identifier of the activity, which begins with that of the organisation.",
        ),
        must(
            "reporting_org",
            Shape::Object(&ORGANISATION),
            "Who reports; also who carries the activity out.",
        ),
        may(
            "description",
            Shape::Localised,
            "What the activity does; the title of the programme where it is missing.",
        ),
        must("starts", Shape::Date, "The day on which it began."),
        may("status", Shape::OneOf(&STATUSES), "How far it is; `implementation` where it is missing."),
        may("funders", Shape::List(&Shape::Object(&ORGANISATION)), "Who pays for it."),
        may("country", Shape::Text, "Where it takes place, ISO 3166-1 alpha-2: `TH`."),
        may(
            "sectors",
            Shape::List(&Shape::Text),
            "Sectors of the DAC, five digits: `15160`. Several share it equally.",
        ),
        may(
            "baseline_year",
            Shape::Integer,
            "The year of every baseline. Required where an indicator among the results has a baseline.",
        ),
        may(
            "results",
            Shape::Object(&RESULT_TYPES),
            "The indicators by the kind of result; where it is missing, all of them as `other`.",
        ),
    ],
};

static ORGANISATION: Object = Object {
    name: "organisation",
    about: "An organisation as the registry knows it.",
    keys: &[
        must("ref", Shape::Text, "Its identifier, such as `XM-DAC-41122`."),
        must(
            "type",
            Shape::Integer,
            "Its type, a code of the list OrganisationType: `22` is a national NGO.",
        ),
        must("name", Shape::Localised, "Its name."),
    ],
};

static RESULT_TYPES: Object = Object {
    name: "results",
    about: "Indicators by the kind of result.",
    keys: &[
        may("outputs", Shape::List(&Shape::Text), "What was delivered."),
        may("outcomes", Shape::List(&Shape::Text), "What changed for people."),
        may("impacts", Shape::List(&Shape::Text), "What changed in the long run."),
        may("other", Shape::List(&Shape::Text), "Neither of them."),
    ],
};

/// An activity of the registry.
#[derive(Debug, Clone, PartialEq)]
pub struct Iati {
    /// Its identifier.
    pub activity: String,
    /// Who reports it.
    pub reporting_org: Organisation,
    /// What it does.
    pub description: Option<Localised>,
    /// The day on which it began.
    pub starts: Date,
    /// Its code in the list ActivityStatus.
    pub status: usize,
    /// Who pays for it.
    pub funders: Vec<Organisation>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Five-digit sectors of the DAC.
    pub sectors: Vec<String>,
    /// The year of every baseline.
    pub baseline_year: Option<String>,
    /// Codes of the list ResultType with the identifiers of indicators.
    pub results: Vec<(&'static str, Vec<String>)>,
}

/// An organisation of the registry.
#[derive(Debug, Clone, PartialEq)]
pub struct Organisation {
    /// Its identifier.
    pub reference: String,
    /// Its code in the list OrganisationType.
    pub kind: String,
    /// Its name.
    pub name: Localised,
}

impl Resolver {
    pub(crate) fn iati(&mut self, root: &Node, indicators: &[Indicator]) -> Option<Iati> {
        let node = root.get("iati")?;
        let text = |key: &str| node.text_at(key).map(str::to_owned);
        let mut results: Vec<(&'static str, Vec<String>)> = Vec::new();
        for (word, code) in RESULTS {
            let named = node.get("results").and_then(|r| r.get(word));
            for item in named.map(Node::items).unwrap_or_default() {
                self.declared(item, root, "indicators", "iati.unknown-indicator", "indicator");
            }
            let ids = node.get("results").map(|r| r.texts_at(word)).unwrap_or_default();
            if !ids.is_empty() {
                results.push((code, ids));
            }
        }
        if results.is_empty() {
            results.push(("9", indicators.iter().map(|i| i.id.clone()).collect()));
        }
        for (key, is_it) in [("country", country as fn(&str) -> bool), ("sectors", sector)] {
            for text in node.texts_at(key).iter().map(String::as_str).chain(node.text_at(key)) {
                if !is_it(text) {
                    let span = node.get(key).map_or(node.span, |at| at.span);
                    self.problem("iati.code", span, format!("`{text}` is no code for `{key}`")).hints.push(
                        "A country has two capital letters, `TH`; a sector of the DAC five digits, `15160`."
                            .into(),
                    );
                }
            }
        }
        let year = node.get("baseline_year");
        let has_baseline = |id: &String| indicators.iter().any(|i| i.id == *id && !i.baselines.is_empty());
        let with_baseline: Vec<&String> =
            results.iter().flat_map(|(_, ids)| ids).filter(|id| has_baseline(id)).collect();
        if let (None, Some(first)) = (year, with_baseline.first()) {
            self.problem(
                "iati.baseline-year",
                node.span,
                format!("`{first}` has a baseline, and no year goes with it"),
            )
            .hints
            .push(
                "Write `baseline_year: 2019` below `iati`: the standard has no baseline without a year."
                    .into(),
            );
        }
        if let Some(at) = year
            && at.text().is_none_or(|year| year.len() != 4)
        {
            self.problem("iati.baseline-year", at.span, "a year has four digits");
        }
        let funders = node.get("funders").map(Node::items).unwrap_or_default();
        Some(Iati {
            activity: text("activity").unwrap_or_default(),
            reporting_org: organisation(node.get("reporting_org")),
            description: localised(Some(node), "description"),
            starts: text("starts").and_then(|day| day.parse().ok())?,
            status: text("status").and_then(|word| STATUSES.iter().position(|s| *s == word)).unwrap_or(1) + 1,
            funders: funders.iter().map(|funder| organisation(Some(funder))).collect(),
            country: text("country"),
            sectors: node.texts_at("sectors"),
            baseline_year: text("baseline_year"),
            results,
        })
    }
}

fn organisation(node: Option<&Node>) -> Organisation {
    let text = |key: &str| node.and_then(|n| n.text_at(key)).unwrap_or_default().to_owned();
    Organisation {
        reference: text("ref"),
        kind: text("type"),
        name: localised(node, "name").unwrap_or_default(),
    }
}

fn country(code: &str) -> bool {
    code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase())
}

fn sector(code: &str) -> bool {
    code.len() == 5 && code.chars().all(|c| c.is_ascii_digit())
}
