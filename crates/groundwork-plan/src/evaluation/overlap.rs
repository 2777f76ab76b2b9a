//! How many people lists share, how many there are in all, and how many no list saw.

use super::Ground;
use crate::expression::{Expression, Scope};
use crate::language::may;
use crate::query::{From, Query, Select, SqlType, Value};
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::source::ColumnType;
use crate::yaml::Node;

/// Lists whose combinations can be gone through: those of eight are 255.
const LISTS_MOST: usize = 8;

static FIGURE: Object = Object {
    name: "known overlap",
    about: "How many people two figures share, where somebody knows: a number, or its limits.",
    keys: &[
        crate::language::must("of", Shape::List(&Shape::Text), "The two figures."),
        may("people", Shape::Integer, "The people in both."),
        may("at_least", Shape::Integer, "At least so many are in both, where the number is not known."),
        may("at_most", Shape::Integer, "At most so many are in both."),
    ],
};

static FIGURE_SHAPE: Shape = Shape::Object(&FIGURE);

pub(super) const KEYS: Object = Object {
    name: "overlap",
    about: "How many people several lists share and how many there are in all: channels, sites or the sources of a step of `people`, linked person by person (`people`); or bounds where nobody can be matched and only figures are known, written here (`figures`) or read from a source (`from`, `of`, `by`): from the figures alone (Fréchet 1935) and, with known overlaps of pairs, the sharpest there are (a linear programme, Hailperin 1965). With `assumes`, also how many people no list saw, by capture and recapture: two lists by Chapman, more by a log-linear model with independent lists, and Chao's lower bound, which allows for people who differ.",
    keys: &[
        may("people", Shape::Text, "The column of people, such as the name of a step of `people`."),
        may(
            "lists",
            Shape::List(&Shape::Text),
            "The sources that are the lists; all of the step where it is missing. At most eight.",
        ),
        may(
            "from",
            Shape::Text,
            "One source, whose rows are told apart by `by`, in the place of `lists` or of `figures`.",
        ),
        may(
            "by",
            Shape::Text,
            "The column that says which list a row of `from` belongs to: a site or a category.",
        ),
        may(
            "of",
            Shape::Text,
            "The column of `from` that holds a figure: different people of one list. Several figures of one list, such as those of months, are at least the largest and at most their sum.",
        ),
        may("where", Shape::Expression, "Only rows of `from` for which this holds."),
        may(
            "figures",
            Shape::Map(&Shape::Integer),
            "People by list, where nobody can be matched: `{facebook: 5200, workshops: 1204}`.",
        ),
        may("known", Shape::List(&FIGURE_SHAPE), "Overlaps of pairs of figures that are known."),
        may(
            "population",
            Shape::Integer,
            "How many people there are who could be on a list, such as those of the district: figures are not beyond them together.",
        ),
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
    /// Which rows are looked at, where they are of one source.
    pub filter: Option<Expression>,
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
    /// Figures, and what is known of them.
    Figures {
        /// Name and people.
        figures: Vec<(String, u64)>,
        /// What is known beside them.
        known: Known,
    },
    /// Figures in the rows of a source, and what is known of them.
    Rows {
        /// The source.
        from: String,
        /// The column of figures.
        of: String,
        /// The column that says the list.
        by: String,
        /// What is known beside them.
        known: Known,
    },
}

/// What somebody knows beside figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// Overlaps of pairs.
    pub overlaps: Vec<KnownOverlap>,
    /// How many people there are who could be on a list.
    pub population: Option<u64>,
}

/// How many people two figures share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownOverlap {
    /// The names of the figures.
    pub of: [String; 2],
    /// At least so many people.
    pub least: u64,
    /// At most so many.
    pub most: u64,
}

impl Overlap {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        let assumes = node.text_at("assumes").map(str::to_owned);
        let filter = Self::filter(r, node, ground)?;
        let figures = node.get("figures");
        if let Some(at) = figures.or_else(|| node.get("of")) {
            let clashes = [
                ("people", "the evaluation has both `people` and figures, expected one"),
                ("lists", "`lists` are of people that are linked, and the evaluation has figures"),
                ("assumes", "people whom no list saw cannot be estimated from figures alone"),
            ];
            for (key, message) in clashes {
                if let Some(at) = node.get(key) {
                    r.problem("evaluation.people-or-figures", at.span, message);
                }
            }
            let from = match figures {
                Some(figures) => Self::written(r, node, figures),
                None => Self::rows_of_figures(r, node, at, ground)?,
            };
            return Some(Self { from, filter, assumes: None });
        }
        for key in ["known", "population"] {
            if let Some(at) = node.get(key) {
                let message = format!("`{key}` says more of figures, and the evaluation has none");
                r.problem("evaluation.people-or-figures", at.span, message)
                    .hints
                    .push("Where people are linked, what lists share is counted.".into());
            }
        }
        let Some(at) = node.get("people") else {
            r.problem(
                "evaluation.people-or-figures",
                node.span,
                "the evaluation has neither `people` nor `figures`, expected one",
            )
            .hints
            .push("Name the column of people, or give the figures of each list: `figures`, or `from`, `of` and `by`.".into());
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
            return Some(Self { from: OverlapFrom::Column { people, from, by }, filter, assumes });
        }
        if let Some(at) = node.get("from").or_else(|| node.get("by")) {
            let message = "`from` and `by` go together: the source, and what tells its lists apart";
            r.problem("evaluation.from-and-by", at.span, message);
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
        if lists.len() < 2 || lists.len() > LISTS_MOST {
            r.problem(
                "evaluation.lists",
                at.span,
                format!("`{people}` is in {} lists, expected two to eight", lists.len()),
            )
            .hints
            .push("Name the sources under `lists`, or one source with `from` and `by`.".into());
            return None;
        }
        Some(Self { from: OverlapFrom::Sources { people, lists }, filter: None, assumes })
    }

    /// The condition on rows of one source.
    fn filter(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Option<Expression>> {
        let Some(at) = node.get("where") else { return Some(None) };
        let Some(from) = node.text_at("from") else {
            r.problem("evaluation.where-without-from", at.span, "`where` is of the rows of `from`");
            return None;
        };
        let scope = Scope {
            of: format!("source `{from}`"),
            columns: crate::plan::columns(ground.sources, from),
            sites: &ground.site_ids,
            has_period: false,
            measurements: true,
        };
        r.condition(at, &scope).map(Some)
    }

    /// Figures in the pipeline.
    fn written(r: &mut Resolver, node: &Node, figures: &Node) -> OverlapFrom {
        for key in ["from", "by", "of"] {
            if let Some(at) = node.get(key) {
                let message = format!("figures are written here, so that `{key}` has nothing to read");
                r.problem("evaluation.people-or-figures", at.span, message);
            }
        }
        let figures: Vec<(String, u64)> = figures
            .entries()
            .iter()
            .filter_map(|(key, node)| Some((key.name.clone(), node.text()?.parse().ok()?)))
            .collect();
        let names: Vec<&str> = figures.iter().map(|(name, _)| name.as_str()).collect();
        let known = Known::resolve(r, node, &names);
        known.check(r, node, &figures);
        OverlapFrom::Figures { figures, known }
    }

    /// Figures in the rows of a source.
    fn rows_of_figures(
        r: &mut Resolver,
        node: &Node,
        of_at: &Node,
        ground: &Ground<'_>,
    ) -> Option<OverlapFrom> {
        let (Some(from_at), Some(by_at)) = (node.get("from"), node.get("by")) else {
            r.problem(
                "evaluation.figures-of-rows",
                of_at.span,
                "figures that are read need `from`, `of` and `by`: the source, the figure and its list",
            );
            return None;
        };
        let from = from_at.text()?.to_owned();
        let columns = crate::plan::columns(ground.sources, &from);
        if columns.is_empty() {
            let names = ground.sources.iter().map(|source| source.id.as_str());
            r.unknown("evaluation.unknown-source", from_at.span, "source", &from, names);
            return None;
        }
        let (of, by) = (of_at.text()?.to_owned(), by_at.text()?.to_owned());
        let figure = r.known_column(of_at, &of, &from, &columns)?;
        if *figure != ColumnType::Integer {
            let message = format!("`{of}` is {}, expected a whole number of people", figure.word());
            r.problem("evaluation.wrong-type", of_at.span, message);
        }
        let names: Vec<String> = match r.known_column(by_at, &by, &from, &columns)? {
            ColumnType::Site => ground.site_ids.iter().map(|site| (*site).to_owned()).collect(),
            ColumnType::Category(categories) => categories.iter().map(|c| c.id.clone()).collect(),
            other => {
                let message = format!("`{by}` is {}, expected a site or a category", other.word());
                r.problem("evaluation.wrong-type", by_at.span, message);
                return None;
            }
        };
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let known = Known::resolve(r, node, &names);
        Some(OverlapFrom::Rows { from, of, by, known })
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
                Some(select.filter_if(self.filter.as_ref(), "s").query())
            }
            OverlapFrom::Rows { from, of, by, .. } => {
                let (list, figure) = (Value::column("s", by), Value::column("s", of));
                let select = Select::from(From::Table(crate::indicator::source_table(from)), "s")
                    .column(list.clone().cast(SqlType::Text), "list")
                    .column(figure.clone().cast(SqlType::Double), "figure")
                    .filter(list.is_there())
                    .filter(figure.is_there())
                    .filter_if(self.filter.as_ref(), "s");
                Some(select.order(vec![Value::column("s", "_file"), Value::column("s", "_row")]).query())
            }
            OverlapFrom::Figures { .. } => None,
        }
    }
}

impl Known {
    /// What is known of figures of these names.
    fn resolve(r: &mut Resolver, node: &Node, names: &[&str]) -> Self {
        let population = node.text_at("population").and_then(|text| text.parse().ok());
        let items = node.get("known").map(Node::items).unwrap_or_default();
        let mut overlaps: Vec<KnownOverlap> = Vec::new();
        for item in items {
            let Some(overlap) = KnownOverlap::resolve(r, item, names) else { continue };
            if overlaps.iter().any(|other| other.is_of(&overlap.of)) {
                let [one, other] = &overlap.of;
                let message = format!("what `{one}` and `{other}` share is said twice");
                r.problem("evaluation.known-pair", item.span, message);
                continue;
            }
            overlaps.push(overlap);
        }
        let at = node.get("known").or_else(|| node.get("population"));
        if let Some(at) = at.filter(|_| names.len() > LISTS_MOST) {
            let message =
                format!("there are {} figures, and more can be known of eight at most", names.len());
            r.problem("evaluation.lists", at.span, message)
                .hints
                .push("Leave figures out that share nobody with others, and add them to both limits.".into());
        }
        Self { overlaps, population }
    }

    /// What cannot be of figures that stand in the pipeline.
    fn check(&self, r: &mut Resolver, node: &Node, figures: &[(String, u64)]) {
        let people = |name: &str| figures.iter().find(|(figure, _)| figure == name).map_or(0, |(_, n)| *n);
        if let (Some(population), Some(at)) = (self.population, node.get("population")) {
            for (name, people) in figures.iter().filter(|(_, people)| *people > population) {
                let message = format!("`{name}` has {people} people, and the population is {population}");
                r.problem("evaluation.population-too-small", at.span, message);
            }
        }
        let at = node.get("known").map_or(node.span, |at| at.span);
        for overlap in &self.overlaps {
            let [one, other] = &overlap.of;
            let smaller = if people(one) <= people(other) { one } else { other };
            let (most, shared) = (people(smaller), overlap.least);
            if shared > most {
                let message =
                    format!("`{one}` and `{other}` share {shared} people, and `{smaller}` has {most}");
                r.problem("evaluation.overlap-too-large", at, message)
                    .hints
                    .push("A person counts once in an overlap, however often they were reached.".into());
            }
        }
        // Who of a first figure is in a second and who is in a third may have to be the same people.
        for (name, all) in figures {
            let with = |overlap: &KnownOverlap| {
                let [one, other] = &overlap.of;
                let second = if one == name { Some(other) } else { (other == name).then_some(one) };
                second.cloned()
            };
            for (place, first) in self.overlaps.iter().enumerate() {
                for second in self.overlaps.iter().skip(place + 1) {
                    let (Some(one), Some(other)) = (with(first), with(second)) else { continue };
                    let needed = first.least.saturating_add(second.least).saturating_sub(*all);
                    let pair = [one, other];
                    let Some(third) = self.overlaps.iter().find(|known| known.is_of(&pair)) else { continue };
                    if third.most < needed {
                        let [one, other] = &pair;
                        let message = format!(
                            "`{one}` and `{other}` share {} people, and {needed} at least are in both: of {all} in `{name}`, {} are in `{one}` and {} in `{other}`",
                            third.most, first.least, second.least,
                        );
                        r.problem("evaluation.overlaps-clash", at, message).hints.push(
                            "One of the three overlaps is wrong, or gives limits that are too narrow.".into(),
                        );
                    }
                }
            }
        }
    }
}

impl KnownOverlap {
    fn resolve(r: &mut Resolver, item: &Node, names: &[&str]) -> Option<Self> {
        let mut of = Vec::new();
        for name in item.get("of").map(Node::items).unwrap_or_default() {
            let wanted = name.text().unwrap_or_default();
            if names.contains(&wanted) {
                of.push(wanted.to_owned());
            } else {
                r.unknown("evaluation.unknown-figure", name.span, "figure", wanted, names.iter().copied());
                return None;
            }
        }
        let of = match <[String; 2]>::try_from(of) {
            Ok(of) if of[0] != of[1] => of,
            Ok(_) | Err(_) => {
                let message = "a known overlap is of two different figures";
                r.problem("evaluation.known-pair", item.span, message);
                return None;
            }
        };
        let number = |key: &str| item.text_at(key).and_then(|text| text.parse::<u64>().ok());
        let (least, most) = match (number("people"), number("at_least"), number("at_most")) {
            (Some(people), None, None) => (people, people),
            (None, None, None) | (Some(_), _, _) => {
                let message = "a known overlap has either `people`, or `at_least`, `at_most` or both";
                r.problem("evaluation.known-people", item.span, message);
                return None;
            }
            (None, least, most) => (least.unwrap_or(0), most.unwrap_or(u64::MAX)),
        };
        if least > most {
            let message = format!("an overlap of at least {least} and at most {most} people cannot be");
            r.problem("evaluation.known-people", item.span, message);
            return None;
        }
        Some(Self { of, least, most })
    }

    /// Whether it is of these two, in any order.
    pub fn is_of(&self, pair: &[String; 2]) -> bool {
        let [one, other] = &self.of;
        (one, other) == (&pair[0], &pair[1]) || (one, other) == (&pair[1], &pair[0])
    }
}
