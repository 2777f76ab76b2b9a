//! People: which rows of several sources are of one person, where nothing names them for sure.

use crate::indicator::source_table;
use crate::location::Span;
use crate::plan::all_columns;
use crate::query::{From, JoinKind, Query, Select, SqlType, Statement, Value};
use crate::source::Source;
use jiff::civil::Date;

/// One step that finds out who is who.
#[derive(Debug, Clone, PartialEq)]
pub struct People {
    /// The column that its sources get: the person.
    pub id: String,
    /// What is compared, in the order of the pipeline.
    pub fields: Vec<PeopleField>,
    /// The sources, with the columns that hold the fields.
    pub registers: Vec<Register>,
    /// The least probability of a link.
    pub threshold: f64,
    /// A file with what people decided on doubtful pairs, relative to the folder of the pipeline.
    pub decisions: Option<String>,
    /// Why the number is given as one where its band is wide.
    pub wide_band: Option<String>,
    /// Where the pipeline declares it.
    pub span: Span,
}

/// A field that is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleField {
    /// What the pipeline calls it.
    pub name: String,
    /// How its values are compared.
    pub kind: PeopleKind,
}

/// How values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleKind {
    /// A name in any script, with the rules of the field.
    Name,
    /// A day of birth, or an age.
    Born,
    /// Female or male.
    Sex,
    /// A telephone.
    Phone,
    /// An address or household.
    Address,
    /// A place.
    Place,
    /// A number of the person.
    Identifier,
    /// A word that is equal or not.
    Exact,
    /// A text with slips of the pen.
    Text,
}

impl PeopleKind {
    /// The fields that a source may have without being named under `compare`, and their kinds.
    pub const PRESET: [(&'static str, PeopleKind); 7] = [
        ("name", PeopleKind::Name),
        ("born", PeopleKind::Born),
        ("sex", PeopleKind::Sex),
        ("phone", PeopleKind::Phone),
        ("address", PeopleKind::Address),
        ("place", PeopleKind::Place),
        ("identifier", PeopleKind::Identifier),
    ];

    /// The kind of a word under `compare`.
    pub(crate) fn named(word: &str) -> Option<Self> {
        Some(match word {
            "name" => PeopleKind::Name,
            "identifier" => PeopleKind::Identifier,
            "exact" => PeopleKind::Exact,
            "text" => PeopleKind::Text,
            _ => return None,
        })
    }

    /// Whether the values name or reach a person, so that nothing but this step may use them.
    pub fn is_private(self) -> bool {
        matches!(self, PeopleKind::Name | PeopleKind::Phone | PeopleKind::Address | PeopleKind::Identifier)
    }
}

/// A source of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Register {
    /// The source.
    pub source: String,
    /// The columns of each field of the step, in their order; a field may have none.
    pub columns: Vec<Vec<String>>,
    /// Columns with other names of the same person.
    pub also: Vec<String>,
    /// The column with an age in years, where there is one, and that of the day on which it was so
    /// many; the calendar's `as_of` where that is missing.
    pub age: Option<(String, Option<String>)>,
}

impl People {
    /// The register of a source.
    pub fn register(&self, source: &str) -> Option<&Register> {
        self.registers.iter().find(|register| register.source == source)
    }
}

/// The column with the people of a source where every link counts that is as likely right as wrong.
pub fn least(step: &str) -> String {
    format!("{step}@least")
}

/// The column with the people of a source where only links count that are as good as sure.
pub fn most(step: &str) -> String {
    format!("{step}@most")
}

/// The table with the people of the rows of a source.
pub fn people_table(step: &str, source: &str) -> String {
    format!("people:{step}:{source}")
}

/// What stands between several names of one person.
pub const ANOTHER: char = '\u{1f}';

impl People {
    /// The rows of a source, with a text for each field, in reading order: file, row, fields.
    pub fn rows(&self, register: &Register, as_of: Date) -> Query {
        let column = |name: &str| Value::column("s", name);
        let mut select = Select::from(From::Table(source_table(&register.source)), "s")
            .column(column("_file").cast(SqlType::Integer), "_file")
            .column(column("_row").cast(SqlType::Integer), "_row");
        for (field, columns) in self.fields.iter().zip(&register.columns) {
            let mut value = joined(" ", columns);
            if field.kind == PeopleKind::Name
                && field.name == PeopleKind::PRESET[0].0
                && !register.also.is_empty()
            {
                let names = columns_or_none(columns)
                    .into_iter()
                    .chain(register.also.iter().map(|name| column(name).cast(SqlType::Text)));
                value = concatenated(&ANOTHER.to_string(), names.collect());
            }
            if let (PeopleKind::Born, Some((age, at))) = (field.kind, &register.age) {
                let day = at.as_ref().map_or(Value::Day(as_of), |at| column(at));
                let year = Value::Call("year", vec![day]).binary("-", column(age).cast(SqlType::Integer));
                let about = Value::Call("concat", vec![Value::text("~"), year.clone().cast(SqlType::Text)]);
                let about =
                    Value::Case(vec![(year.is_there(), about)], Box::new(Value::Missing(SqlType::Text)));
                value = Value::Call("coalesce", vec![value, about]);
            }
            select = select.column(value, field.name.clone());
        }
        select.order(vec![column("_file"), column("_row")]).query()
    }

    /// The columns of the table that [`People::rows`] are put beside.
    pub fn declare(&self, source: &str) -> Statement {
        let text = |name: String| (name, SqlType::Text);
        let columns = [("_file".to_owned(), SqlType::File), ("_row".to_owned(), SqlType::Row)];
        let columns = columns.into_iter().chain([self.id.clone(), least(&self.id), most(&self.id)].map(text));
        Statement::DeclareTable(people_table(&self.id, source), columns.collect())
    }

    /// Puts the people beside the rows of a source. `done` are the steps that came before; with
    /// `is_last` what only `people` may use goes.
    pub fn join(&self, source: &Source, sources: &[Source], done: &[&str], is_last: bool) -> Vec<Statement> {
        let (table, people) = (source_table(&source.id), people_table(&self.id, &source.id));
        let mut select = Select::from(From::Table(table.clone()), "s");
        let own = all_columns(sources, &source.id).into_iter().map(|(name, _)| name);
        let is_kept =
            |name: &String| !(source.people.contains(name) || is_last && source.private.contains(name));
        let before = done.iter().filter(|step| source.people.iter().any(|own| own == *step));
        let names: Vec<String> = ["_file", "_row"]
            .map(str::to_owned)
            .into_iter()
            .chain(own.filter(is_kept))
            .chain(before.flat_map(|step| [(*step).to_owned(), least(step), most(step)]))
            .collect();
        for name in names {
            select = select.column(Value::column("s", &name), name);
        }
        for name in [self.id.clone(), least(&self.id), most(&self.id)] {
            select = select.column(Value::column("p", &name), name);
        }
        let same = |name: &str| Value::column("s", name).binary("=", Value::column("p", name));
        let joined = select
            .join(JoinKind::Left, From::Table(people.clone()), "p", same("_file").and(same("_row")))
            .order(vec![Value::column("s", "_file"), Value::column("s", "_row")]);
        let beside = format!("{table}:with:{}", self.id);
        vec![
            Statement::CreateTable(beside.clone(), joined.query()),
            Statement::DropTable(table.clone()),
            Statement::DropTable(people),
            Statement::RenameTable(beside, table),
        ]
    }
}

fn columns_or_none(columns: &[String]) -> Vec<Value> {
    let name = joined(" ", columns);
    if columns.is_empty() { Vec::new() } else { vec![name] }
}

/// The texts of columns with a sign between them; missing where all are.
fn joined(between: &str, columns: &[String]) -> Value {
    let text = |name: &String| Value::column("s", name).cast(SqlType::Text);
    match columns {
        [] => Value::Missing(SqlType::Text),
        [one] => text(one),
        several => concatenated(between, several.iter().map(text).collect()),
    }
}

fn concatenated(between: &str, values: Vec<Value>) -> Value {
    let all = std::iter::once(Value::text(between)).chain(values).collect();
    Value::Call("nullif", vec![Value::Call("concat_ws", all), Value::text("")])
}
