//! How many people lists share, how many there are in all, and how many no list saw.

use super::Ground;
use crate::language::may;
use crate::query::{From, Query, Select, SqlType, Value};
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::source::ColumnType;
use crate::yaml::Node;

static FIGURE: Object = Object {
    name: "known overlap",
    about: "How many people two figures share, where somebody knows.",
    keys: &[
        crate::language::must("of", Shape::List(&Shape::Text), "The two figures."),
        crate::language::must("people", Shape::Integer, "The people in both."),
    ],
};

static FIGURE_SHAPE: Shape = Shape::Object(&FIGURE);

pub(super) const KEYS: Object = Object {
    name: "overlap",
    about: "How many people several lists share and how many there are in all: channels, sites or the sources of a step of `people`, linked person by person (`people`); or bounds where nobody can be matched and only figures are known (`figures`): from the figures alone (Fréchet 1935) and, with known overlaps of pairs, the sharpest there are (a linear programme). With `assumes`, also how many people no list saw, by capture and recapture: two lists by Chapman, more by a log-linear model with independent lists, and Chao's lower bound, which allows for people who differ.",
    keys: &[
        may("people", Shape::Text, "The column of people, such as the name of a step of `people`."),
        may(
            "lists",
            Shape::List(&Shape::Text),
            "The sources that are the lists; all of the step where it is missing. At most eight.",
        ),
        may("from", Shape::Text, "One source, whose rows are told apart by `by`, in the place of `lists`."),
        may(
            "by",
            Shape::Text,
            "The column that says which list a row of `from` belongs to: a site or a category.",
        ),
        may(
            "figures",
            Shape::Map(&Shape::Integer),
            "People by list, where nobody can be matched: `{facebook: 5200, workshops: 1204}`.",
        ),
        may("known", Shape::List(&FIGURE_SHAPE), "Overlaps of pairs of figures that are known."),
        may(
            "assumes",
            Shape::Text,
            "Why being on one list says nothing of being on another, and why nobody comes or goes in between: what an estimate of people whom no list saw rests on. Without it there is none.",
        ),
    ],
};

/// How many people lists share.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// Where the people come from.
    pub from: OverlapFrom,
    /// What an estimate of those never seen rests on.
    pub assumes: Option<String>,
}

/// Lists of people, or figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OverlapFrom {
    /// Sources with a column of people.
    Sources {
        /// The column.
        people: String,
        /// The sources, each a list.
        lists: Vec<String>,
    },
    /// One source with a column that says the list.
    Column {
        /// The column of people.
        people: String,
        /// The source.
        from: String,
        /// The column that says the list.
        by: String,
    },
    /// Figures, and the overlaps that are known.
    Figures {
        /// Name and people.
        figures: Vec<(String, u64)>,
        /// Places of two figures, and the people in both.
        known: Vec<(usize, usize, u64)>,
    },
}

impl Overlap {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let assumes = node.text_at("assumes").map(str::to_owned);
        if let Some(figures) = node.get("figures") {
            if let Some(at) = node.get("people") {
                r.problem(
                    "evaluation.people-or-figures",
                    at.span,
                    "the evaluation has both `people` and `figures`, expected one",
                );
            }
            if let Some(at) = node.get("assumes") {
                r.problem(
                    "evaluation.figures-assume",
                    at.span,
                    "people whom no list saw cannot be estimated from figures alone",
                );
            }
            let figures: Vec<(String, u64)> = figures
                .entries()
                .iter()
                .filter_map(|(key, node)| Some((key.name.clone(), node.text()?.parse().ok()?)))
                .collect();
            let known = Self::known(r, node, &figures);
            return Some(Self { from: OverlapFrom::Figures { figures, known }, assumes: None });
        }
        let Some(at) = node.get("people") else {
            r.problem(
                "evaluation.people-or-figures",
                node.span,
                "the evaluation has neither `people` nor `figures`, expected one",
            )
            .hints
            .push("Name the column of people, or give the figures of each list.".into());
            return None;
        };
        let people = at.text()?.to_owned();
        let has = |source: &str| crate::plan::columns(ground.sources, source);
        if let (Some(from_at), Some(by_at)) = (node.get("from"), node.get("by")) {
            let (from, by) = (from_at.text()?.to_owned(), by_at.text()?.to_owned());
            let known = has(&from);
            if known.is_empty() {
                let names = ground.sources.iter().map(|s| s.id.as_str());
                r.unknown("evaluation.unknown-source", from_at.span, "source", &from, names);
                return None;
            }
            r.known_column(at, &people, &from, &known)?;
            let kind = r.known_column(by_at, &by, &from, &known)?;
            if !matches!(kind, ColumnType::Site | ColumnType::Category(_) | ColumnType::Boolean) {
                let message = format!("`{by}` is {}, expected a site or a category", kind.word());
                r.problem("evaluation.wrong-type", by_at.span, message);
            }
            return Some(Self { from: OverlapFrom::Column { people, from, by }, assumes });
        }
        let mut lists = Vec::new();
        for item in node.get("lists").map(Node::items).unwrap_or_default() {
            let name = item.text().unwrap_or_default();
            let known = has(name);
            if known.is_empty() {
                let names = ground.sources.iter().map(|s| s.id.as_str());
                r.unknown("evaluation.unknown-source", item.span, "source", name, names);
            } else if r.known_column(at, &people, name, &known).is_some() {
                lists.push(name.to_owned());
            }
        }
        if node.get("lists").is_none() {
            let of_step = ground.sources.iter().filter(|source| source.people.contains(&people));
            lists = of_step.map(|source| source.id.clone()).collect();
        }
        if lists.len() < 2 || lists.len() > 8 {
            r.problem(
                "evaluation.lists",
                at.span,
                format!("`{people}` is in {} lists, expected two to eight", lists.len()),
            )
            .hints
            .push("Name the sources under `lists`, or one source with `from` and `by`.".into());
            return None;
        }
        Some(Self { from: OverlapFrom::Sources { people, lists }, assumes })
    }

    fn known(r: &mut Resolver, node: &Node, figures: &[(String, u64)]) -> Vec<(usize, usize, u64)> {
        let mut out = Vec::new();
        for item in node.get("known").map(Node::items).unwrap_or_default() {
            let mut places = Vec::new();
            for name in item.get("of").map(Node::items).unwrap_or_default() {
                let wanted = name.text().unwrap_or_default();
                match figures.iter().position(|(figure, _)| figure == wanted) {
                    Some(place) => places.push(place),
                    None => {
                        let names = figures.iter().map(|(figure, _)| figure.as_str());
                        r.unknown("evaluation.unknown-figure", name.span, "figure", wanted, names);
                    }
                }
            }
            let people = item.text_at("people").and_then(|text| text.parse().ok()).unwrap_or(0);
            match places.as_slice() {
                [one, other] if one != other => out.push(((*one).min(*other), (*one).max(*other), people)),
                [_, _] | [] | [_] | [_, _, ..] => {
                    r.problem(
                        "evaluation.known-pair",
                        item.span,
                        "a known overlap is of two different figures",
                    );
                }
            }
        }
        out
    }

    /// Every person with every list, once: two texts. None for figures.
    pub fn memberships(&self) -> Option<Query> {
        let row = |people: &str, source: &str, list: Value| {
            let column = Value::column("s", people);
            Select::from(From::Table(crate::indicator::source_table(source)), "s")
                .group(column.clone().cast(SqlType::Text), "person")
                .group(list, "list")
                .filter(column.is_there())
        };
        match &self.from {
            OverlapFrom::Sources { people, lists } => Some(Query::UnionAll(
                lists.iter().map(|list| row(people, list, Value::text(list.clone())).query()).collect(),
            )),
            OverlapFrom::Column { people, from, by } => {
                let list = Value::column("s", by);
                let select = row(people, from, list.clone().cast(SqlType::Text)).filter(list.is_there());
                Some(select.query())
            }
            OverlapFrom::Figures { .. } => None,
        }
    }
}
