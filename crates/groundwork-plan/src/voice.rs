//! Voices: what people said, as evidence beside the figures. Only those who consented and whose
//! words were redacted are read; they are shown and never counted.

use crate::indicator::source_table;
use crate::language::must;
use crate::query::{From, Query, Select, SqlType, Value};
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::source::{ColumnType, Source};
use crate::yaml::Node;

pub(crate) static VOICES: Object = Object {
    name: "voices",
    about: "What people said, as evidence: shown beside the figures, never counted as one. Rows without consent, or that were not redacted, are not read; the report says how many.",
    keys: &[
        must("from", Shape::Text, "The source, one row for each voice."),
        must("voice", Shape::Text, "The column with its identifier."),
        must("text", Shape::Text, "The text column with the words. They are printed as they stand."),
        must("kind", Shape::Text, "The column that says what it is: quote, complaint, unintended_effect."),
        must(
            "speaker",
            Shape::Text,
            "The column that says what kind of source it is: volunteer, parent, partner, staff. Never a name.",
        ),
        must(
            "about",
            Shape::Text,
            "The column with the identifier of the lesson, the adaptation, the indicator or the evaluation that it speaks to.",
        ),
        must("consent", Shape::Text, "The boolean column that says whether the person agreed to be quoted."),
        must(
            "redacted",
            Shape::Text,
            "The boolean column that says whether what could identify somebody was taken out.",
        ),
    ],
};

/// The columns that are printed, in order.
const PRINTED: [&str; 5] = ["voice", "kind", "speaker", "about", "text"];

/// Where voices stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Voices {
    /// The source.
    pub from: String,
    /// The columns with identifier, kind, speaker, what it is about, and words.
    pub columns: [String; 5],
    /// The columns that say whether there is consent and whether it was redacted.
    pub gates: [String; 2],
}

impl Voices {
    /// Those that may be shown, by identifier: five texts each, in the order of
    /// [`Voices::columns`].
    pub fn query(&self) -> Query {
        let mut select = self.rows().filter(self.may_be_shown());
        for (at, column) in self.columns.iter().enumerate() {
            select = select.column(Value::column("s", column).cast(SqlType::Text), format!("c{at}"));
        }
        let [voice, ..] = &self.columns;
        select.order(vec![Value::column("s", voice)]).query()
    }

    /// For every row, 1 where it may be shown and 0 where it may not.
    pub fn shown(&self) -> Query {
        self.rows().column(self.may_be_shown().flag().cast(SqlType::Double), "c0").query()
    }

    fn rows(&self) -> Select {
        Select::from(From::Table(source_table(&self.from)), "s")
    }

    fn may_be_shown(&self) -> Value {
        let [consent, redacted] = &self.gates;
        Value::column("s", consent).and(Value::column("s", redacted))
    }
}

impl Resolver {
    pub(crate) fn voices(&mut self, root: &Node, sources: &[Source]) -> Option<Voices> {
        let node = root.get("voices")?;
        let (from, known) = self.rows_named(node, sources)?;
        let mut column = |key: &str, boolean: bool| -> Option<String> {
            let at = node.get(key)?;
            let name = at.text()?;
            let kind = self.known_column(at, name, &from, &known)?;
            if boolean && *kind != ColumnType::Boolean {
                let message = format!("`{name}` is {}, expected a boolean", kind.word());
                self.problem("voice.not-a-boolean", at.span, message)
                    .hints
                    .push("Declare the column as `boolean`: a voice is shown only where it is true.".into());
            }
            Some(name.to_owned())
        };
        let gates = [column("consent", true), column("redacted", true)];
        let columns = PRINTED.map(|key| column(key, false));
        let [Some(voice), Some(kind), Some(speaker), Some(about), Some(text)] = columns else { return None };
        let [Some(consent), Some(redacted)] = gates else { return None };
        Some(Voices { from, columns: [voice, kind, speaker, about, text], gates: [consent, redacted] })
    }
}
