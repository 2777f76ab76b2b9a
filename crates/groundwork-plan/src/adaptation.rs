//! The adaptation log: what was changed in the model, where, when, by whom and why, in the fields
//! of FRAME (Wiltsey Stirman, Baumann and Miller 2019, doi 10.1186/s13012-019-0898-y), and which
//! indicators each change was meant to move.

use crate::indicator::source_table;
use crate::language::{may, must};
use crate::query::{From, Query, Select, SqlType, Value};
use crate::resolve::Resolver;
use crate::shape::{Entry, Object, Shape};
use crate::source::{ColumnType, Source};
use crate::yaml::Node;

/// The fields, in the order of FRAME: their keys in a pipeline and their columns in
/// `adaptations.csv`. The first two every log has.
pub const FIELDS: [&str; 13] = [
    "adaptation",
    "on",
    "stage",
    "planned",
    "decided_by",
    "what",
    "level",
    "nature",
    "consistent",
    "goal",
    "reason",
    "component",
    "description",
];

const KEYS: &[Entry] = &[
    must(
        "from",
        Shape::Text,
        "The source, one row for each adaptation. It has a column of type `site`, unless everything is one place.",
    ),
    must("adaptation", Shape::Text, "The column with its identifier."),
    must("on", Shape::Text, "The column of type `date` with the day on which it was made."),
    may(
        "stage",
        Shape::Text,
        "The column that says when in the life of the programme: before, during, at scale.",
    ),
    may("planned", Shape::Text, "The column that says whether it was planned."),
    may("decided_by", Shape::Text, "The column that says who decided."),
    may(
        "what",
        Shape::Text,
        "The column that says what was modified: content, context, training, implementation.",
    ),
    may("level", Shape::Text, "The column that says for whom: individual, group, organisation."),
    may(
        "nature",
        Shape::Text,
        "The column that says how: adding, removing, shortening, substituting, tailoring.",
    ),
    may("consistent", Shape::Text, "The column that says whether the core of the model stayed (fidelity)."),
    may("goal", Shape::Text, "The column that says what for: fit, reach, feasibility, cost."),
    may("reason", Shape::Text, "The column that says what led to it: language, distance, a closure."),
    may("component", Shape::Text, "The column that names the core component that it touches."),
    may("description", Shape::Text, "A text column that tells it in words. It is printed as it stands."),
    may(
        "moves",
        Shape::Either(&Shape::Text, &Shape::Map(&Shape::List(&Shape::Text))),
        "The indicators that it was meant to move: the text column that holds their identifiers, parted by blanks or `;`, or lists of indicators for words of the column `what`, such as `{training: [volunteer_multiplier]}`.",
    ),
];

pub(crate) static ADAPTATION_LOG: Object = Object {
    name: "adaptation log",
    about: "What was changed in the model, in the fields of FRAME; each is a column of one source. It is written as `adaptations.csv`, marks the courses of its indicators in charts, stands in the report with what became of them, and is what the evaluation design `adaptation` goes by.",
    keys: KEYS,
};

/// Where the log stands.
#[derive(Debug, Clone, PartialEq)]
pub struct AdaptationLog {
    /// The source.
    pub from: String,
    /// The column of the site, where there are sites.
    pub site: Option<String>,
    /// The columns of [`FIELDS`] that it has.
    pub fields: Vec<(&'static str, String)>,
    /// What it was meant to move.
    pub moves: Moves,
}

/// How the indicators are found that an adaptation was meant to move.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Moves {
    /// They are not told.
    #[default]
    Untold,
    /// A column holds their identifiers.
    Column(String),
    /// By the word that says what was modified.
    ByWhat(Vec<(String, Vec<String>)>),
}

impl AdaptationLog {
    /// Its rows by day and identifier, all texts: the site (empty without one), the fields in
    /// order, and the column with the indicators, where there is one.
    pub fn query(&self) -> Query {
        let text = |column: &str| Value::column("s", column).cast(SqlType::Text);
        let columns = self.site.iter().chain(self.fields.iter().map(|(_, column)| column));
        let moves = match &self.moves {
            Moves::Column(column) => Some(column),
            Moves::Untold | Moves::ByWhat(_) => None,
        };
        let mut select = Select::from(From::Table(source_table(&self.from)), "s");
        for (at, column) in columns.chain(moves).enumerate() {
            select = select.column(text(column), format!("c{at}"));
        }
        let order = ["on", "adaptation"].into_iter().filter_map(|field| self.column(field));
        select.order(order.map(|column| Value::column("s", column)).collect()).query()
    }

    /// How many columns [`AdaptationLog::query`] has.
    pub fn width(&self) -> usize {
        usize::from(self.site.is_some())
            + self.fields.len()
            + usize::from(matches!(self.moves, Moves::Column(_)))
    }

    /// The column of a field.
    pub fn column(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| *name == field).map(|(_, column)| column.as_str())
    }
}

impl Resolver {
    pub(crate) fn adaptation_log(
        &mut self,
        root: &Node,
        sources: &[Source],
        declared: &[&str],
    ) -> Option<AdaptationLog> {
        let node = root.get("adaptation_log")?;
        let (from, known) = self.rows_named(node, sources)?;
        let mut fields = Vec::new();
        for field in FIELDS {
            let Some(at) = node.get(field) else { continue };
            let Some(name) = at.text() else { continue };
            let Some(kind) = self.known_column(at, name, &from, &known) else { continue };
            if field == "on" && !matches!(kind, ColumnType::Date | ColumnType::Timestamp) {
                let message = format!("`{name}` is {}, expected a date", kind.word());
                self.problem("adaptation.not-a-date", at.span, message)
                    .hints
                    .push("Declare the column as `date`.".into());
            }
            fields.push((field, name.to_owned()));
        }
        let moves = self.moves(node, &from, &known, declared);
        let site = known.iter().find(|(_, kind)| *kind == ColumnType::Site).map(|(name, _)| name.clone());
        Some(AdaptationLog { from, site, fields, moves })
    }

    fn moves(&mut self, node: &Node, from: &str, known: &[(String, ColumnType)], declared: &[&str]) -> Moves {
        let Some(at) = node.get("moves") else { return Moves::Untold };
        if let Some(name) = at.text() {
            self.known_column(at, name, from, known);
            return Moves::Column(name.to_owned());
        }
        if node.get("what").is_none() {
            self.problem(
                "adaptation.no-what",
                at.span,
                "`moves` goes by the words of `what`, which the log does not name",
            )
            .hints
            .push("Name the column `what`, or the column that holds the identifiers of indicators.".into());
        }
        let words = node.text_at("what").and_then(|name| known.iter().find(|(n, _)| n == name));
        for (word, list) in at.entries() {
            if let Some((column, ColumnType::Category(words))) = words
                && !words.iter().any(|w| w.id == word.name)
            {
                let known = words.iter().map(|w| w.id.as_str());
                self.unknown(
                    "adaptation.unknown-word",
                    word.span,
                    &format!("category of `{column}`"),
                    &word.name,
                    known,
                );
            }
            for item in list.items() {
                let name = item.text().unwrap_or_default();
                if !declared.contains(&name) {
                    let known = declared.iter().copied();
                    self.unknown("evaluation.unknown-indicator", item.span, "indicator", name, known);
                }
            }
        }
        let texts = |list: &Node| list.items().iter().filter_map(Node::text).map(str::to_owned).collect();
        Moves::ByWhat(at.entries().iter().map(|(word, list)| (word.name.clone(), texts(list))).collect())
    }
}
