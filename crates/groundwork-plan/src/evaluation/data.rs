//! The rows that a design is computed from, and what their columns are to it.

use super::Ground;
use crate::expression::{Expression, Scope, Tree, condition};
use crate::indicator::source_table;
use crate::language::{may, must};
use crate::plan::columns;
use crate::query::{From, Query, Select, SqlType, Value};
use crate::resolve::Resolver;
use crate::shape::{Entry, Shape};
use crate::source::ColumnType;
use crate::yaml::Node;

/// Rows of one source, and what their columns are to a design.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// The source.
    pub from: String,
    /// Only rows for which this holds.
    pub filter: Option<Expression>,
    /// The columns.
    pub columns: Vec<DataColumn>,
    /// Whether rows are people, so that small groups may show someone.
    pub people: bool,
}

/// One column of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct DataColumn {
    /// What it is to the design.
    pub role: Role,
    /// Its name in results.
    pub name: String,
    /// What it is made from.
    pub what: Expression,
    /// What it holds.
    pub holds: Holds,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// A number.
    Number,
    /// Whether something holds: 1 or 0.
    Truth,
    /// One of these words.
    Words(Vec<String>),
    /// Anything that identifies.
    Label,
}

/// What a column is to a design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What is explained.
    Outcome,
    /// Whether a row is of the arm in question.
    Arm,
    /// What is held equal.
    Covariate,
    /// What rows belong together by.
    Cluster,
    /// The place or the study.
    Site,
    /// What is followed over time.
    Unit,
    /// When.
    Time,
    /// What a count came from.
    Exposure,
    /// When a unit started; missing where it never did.
    FirstTreated,
    /// Whether a row is of the time after.
    After,
    /// Whether a row is of the source community.
    InSource,
    /// When a person came under observation.
    Entry,
    /// A kind of event.
    Event,
    /// What rows are compared by.
    Group,
    /// Successes.
    Events,
    /// Out of how many.
    Total,
    /// Successes of the comparison.
    ComparisonEvents,
    /// Out of how many of the comparison.
    ComparisonTotal,
    /// An estimate.
    Estimate,
    /// Its standard error.
    StdError,
    /// Whether somebody had the first of two parts.
    First,
    /// Whether somebody had the second of two parts.
    Second,
    /// An item of a test.
    Item,
    /// A score before.
    Before,
    /// A score after.
    Later,
}

impl Role {
    /// Whether a row counts though the column is missing.
    pub fn may_be_missing(self) -> bool {
        matches!(self, Role::FirstTreated)
    }
}

/// What a key of `data` may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A number: a column or arithmetic.
    Number,
    /// A condition.
    Truth,
    /// A number or a condition.
    Either,
    /// A column that identifies.
    Label,
    /// Several columns.
    Columns,
    /// Several columns of type boolean.
    Items,
    /// Conditions with names of their own.
    Conditions,
}

pub(crate) const FROM: Entry = must("from", Shape::Text, "The source, one row for each observation.");
pub(crate) const WHERE: Entry = may("where", Shape::Expression, "Only rows for which this holds.");
pub(crate) const PEOPLE: Entry = may(
    "people",
    Shape::Boolean,
    "Whether rows are people, so that small groups are withheld; true where it is missing. False for districts, schools, studies.",
).or("true");
pub(crate) const OUTCOME: Entry =
    must("outcome", Shape::Expression, "What is explained: a condition, or a number.");
pub(crate) const ARM: Entry = must(
    "arm",
    Shape::Expression,
    "The condition that holds for the arm in question; the others are the comparison.",
);
pub(crate) const COVARIATES: Entry = must(
    "covariates",
    Shape::List(&Shape::Text),
    "What is held equal: columns. A category is held equal word by word, its first word being the reference.",
);
pub(crate) const CLUSTER: Entry = may(
    "cluster",
    Shape::Text,
    "The column whose values are the clusters; rows are independent where it is missing.",
);

impl Data {
    /// The rows, in the order of the source: one column for each of the design's, a number where
    /// it holds one, a text otherwise.
    pub fn query(&self) -> Query {
        let mut select = Select::from(From::Table(source_table(&self.from)), "s");
        for (at, column) in self.columns.iter().enumerate() {
            let what = Value::of(&column.what, "s");
            let value = match column.holds {
                Holds::Number => what.cast(SqlType::Double),
                Holds::Truth => what.cast(SqlType::Integer).cast(SqlType::Double),
                Holds::Words(_) | Holds::Label => what.cast(SqlType::Text),
            };
            select = select.column(value, format!("c{at}"));
        }
        select
            .filter_if(self.filter.as_ref(), "s")
            .order(vec![Value::column("s", "_file"), Value::column("s", "_row")])
            .query()
    }

    /// The columns with a role, in the order of the pipeline.
    pub fn with(&self, role: Role) -> impl Iterator<Item = (usize, &DataColumn)> {
        self.columns.iter().enumerate().filter(move |(_, column)| column.role == role)
    }
}

impl Resolver {
    /// The rows at `data`, with a column for each of these keys that is there.
    pub(crate) fn data(
        &mut self,
        node: &Node,
        ground: &Ground<'_>,
        keys: &[(Role, &str, Wanted)],
    ) -> Option<Data> {
        let node = node.get("data")?;
        let (from, known) = self.rows_named(node, ground.sources)?;
        let scope = Scope {
            of: format!("source `{from}`"),
            columns: known.clone(),
            sites: &ground.site_ids,
            has_period: false,
            measurements: true,
        };
        let people = node.text_at("people") != Some("false");
        let mut data = Data { from, filter: None, columns: Vec::new(), people };
        if let Some(at) = node.get("where") {
            data.filter = Some(self.condition(at, &scope)?);
        }
        for (role, key, wanted) in keys {
            let Some(at) = node.get(key) else { continue };
            match wanted {
                Wanted::Number | Wanted::Truth | Wanted::Either => {
                    let column = self.made(at, &scope, *role, key, *wanted);
                    data.columns.extend(column);
                }
                Wanted::Label => {
                    let column = self.named(at, &data.from, &known, *role, true, ground);
                    data.columns.extend(column);
                }
                Wanted::Columns | Wanted::Items => {
                    for item in at.items() {
                        let column = self.named(item, &data.from, &known, *role, false, ground);
                        if let Some(column) = &column
                            && *wanted == Wanted::Items
                            && column.holds != Holds::Truth
                        {
                            let message = format!("the item `{}` is not a boolean", column.name);
                            self.problem("evaluation.item", item.span, message)
                                .hints
                                .push("Declare the column as `boolean`, or derive one with `holds`.".into());
                        }
                        data.columns.extend(column);
                    }
                }
                Wanted::Conditions => {
                    for (name, at) in at.entries() {
                        let column = self.made(at, &scope, *role, &name.name, Wanted::Truth);
                        data.columns.extend(column);
                    }
                }
            }
        }
        Some(data)
    }

    /// A column that is made from others.
    fn made(
        &mut self,
        at: &Node,
        scope: &Scope<'_>,
        role: Role,
        name: &str,
        wanted: Wanted,
    ) -> Option<DataColumn> {
        let text = at.text()?;
        // A number may be all of a column and a condition another, so the text decides.
        let is_truth =
            wanted == Wanted::Truth || (wanted == Wanted::Either && condition(text, at.span, scope).is_ok());
        let (what, holds) = match is_truth {
            true => (self.condition(at, scope)?, Holds::Truth),
            false => (self.number(at, scope)?, Holds::Number),
        };
        let is_column = matches!(what.tree, Tree::Column(_));
        let name = if is_column || role == Role::Outcome { what.text.clone() } else { name.to_owned() };
        Some(DataColumn { role, name, what, holds })
    }

    /// A column whose words are groups.
    pub(crate) fn group(&mut self, at: &Node, from: &str, ground: &Ground<'_>) -> Option<DataColumn> {
        let known = columns(ground.sources, from);
        let mut column = self.named(at, from, &known, Role::Group, false, ground)?;
        match column.holds {
            Holds::Truth => column.holds = Holds::Words(vec!["false".into(), "true".into()]),
            Holds::Words(_) => {}
            Holds::Number | Holds::Label => {
                let message =
                    format!("`{}` is a number, expected a site, a category or a boolean", column.name);
                self.problem("evaluation.wrong-type", at.span, message)
                    .hints
                    .push("Declare the column as `category`, or derive `bands`.".into());
                return None;
            }
        }
        Some(column)
    }

    /// A column of the source.
    fn named(
        &mut self,
        at: &Node,
        from: &str,
        known: &[(String, ColumnType)],
        role: Role,
        identifies: bool,
        ground: &Ground<'_>,
    ) -> Option<DataColumn> {
        let name = at.text()?.to_owned();
        let holds = match self.known_column(at, &name, from, known)? {
            _ if identifies => Holds::Label,
            ColumnType::Integer | ColumnType::Number | ColumnType::Measurement => Holds::Number,
            ColumnType::Boolean => Holds::Truth,
            ColumnType::Category(words) => Holds::Words(words.iter().map(|w| w.id.clone()).collect()),
            ColumnType::Site => Holds::Words(ground.site_ids.clone()),
            kind @ (ColumnType::Text | ColumnType::Date | ColumnType::Timestamp) => {
                let message =
                    format!("`{name}` is {}, expected a number, a boolean or a category", kind.word());
                self.problem("evaluation.wrong-type", at.span, message).hints.push(
                    "Declare the column as `category` with its `values`, or derive a number or a condition."
                        .into(),
                );
                return None;
            }
        };
        let what = Expression { text: name.clone(), tree: Tree::Column(name.clone()) };
        Some(DataColumn { role, name, what, holds })
    }
}
