//! Why a cell of an export has no value. A question that was not asked, one that was asked and not
//! answered, an option that was not selected and an answer of zero are four things, and tools
//! write them in as many ways; a denominator that mixes them is wrong.
//!
//! A column that says what stands for what has a companion in the database that holds one of
//! these words for every row; conditions reach it with `reason(column)`.

use crate::expression::{Expression, Function, Operator, Tree};
use crate::source::{Category, Column, ColumnType};

/// Why a cell has no value, or that it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// There is a value.
    Answered,
    /// The question was passed over: the form's own logic did not ask it.
    NotAsked,
    /// The question was asked, and there is no answer.
    NotAnswered,
    /// One option of several, among which others were or could be selected. Its value is `false`.
    NotSelected,
    /// The person did not want to answer.
    Refused,
    /// The answer is that it is not known.
    Unknown,
    /// There is nothing, and the export does not tell why.
    NotRecorded,
    /// Something was written that the column's type does not allow.
    NotUnderstood,
}

impl Reason {
    /// Every reason, in the order in which they are listed to readers.
    pub const ALL: [Reason; 8] = [
        Reason::Answered,
        Reason::NotAsked,
        Reason::NotAnswered,
        Reason::NotSelected,
        Reason::Refused,
        Reason::Unknown,
        Reason::NotRecorded,
        Reason::NotUnderstood,
    ];

    /// Those for which a column may list the values that mean it.
    pub const DECLARED: [Reason; 4] =
        [Reason::NotAsked, Reason::NotSelected, Reason::Refused, Reason::Unknown];

    /// The word in the pipeline language and in results.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Answered => "answered",
            Reason::NotAsked => "not_asked",
            Reason::NotAnswered => "not_answered",
            Reason::NotSelected => "not_selected",
            Reason::Refused => "refused",
            Reason::Unknown => "unknown",
            Reason::NotRecorded => "not_recorded",
            Reason::NotUnderstood => "not_understood",
        }
    }

    /// What reports call it.
    pub fn words(self) -> &'static str {
        match self {
            Reason::Answered => "answered",
            Reason::NotAsked => "not asked",
            Reason::NotAnswered => "asked and not answered",
            Reason::NotSelected => "not selected",
            Reason::Refused => "refused to answer",
            Reason::Unknown => "answered that it is not known",
            Reason::NotRecorded => "not recorded (the export does not tell why)",
            Reason::NotUnderstood => "not understood",
        }
    }

    /// The reason with this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// What begins the name of a companion. A pipeline cannot name such a column.
const COMPANION: &str = "reason:";

/// The companion of a column: the column that holds the reasons.
pub fn companion(column: &str) -> String {
    format!("{COMPANION}{column}")
}

/// The column that this one is the companion of.
pub fn companion_of(column: &str) -> Option<&str> {
    column.strip_prefix(COMPANION)
}

/// What companions hold.
pub fn companion_type() -> ColumnType {
    let category = |reason: Reason| Category { id: reason.word().to_owned(), spellings: Vec::new() };
    ColumnType::Category(Reason::ALL.map(category).to_vec())
}

impl Column {
    /// Whether it tells its reasons apart, and so has a companion.
    pub fn has_companion(&self) -> bool {
        self.asked.is_some() || !self.reasons.is_empty() || self.tells
    }
}

/// `reason(column)`: the companion, or what can be said without one.
pub(crate) fn reason_of(column: &str, has_companion: bool) -> Tree {
    let word = |reason: Reason| Tree::Text(reason.word().to_owned());
    let value = || Box::new(Tree::Column(column.to_owned()));
    if has_companion {
        // A row that a lookup did not find has no companion either.
        let companion = Tree::Column(companion(column));
        return Tree::Call(Function::Coalesce, vec![companion, word(Reason::NotRecorded)]);
    }
    let is_missing = Tree::IsMissing(value(), true);
    Tree::Call(Function::If, vec![is_missing, word(Reason::NotRecorded), word(Reason::Answered)])
}

/// Rows of an indicator that were asked: whatever becomes of missing values, a question that was
/// not asked has no answer of zero. `values` are the columns whose values it takes; `known` every
/// column there is. Nothing where no column tells.
pub(crate) fn only_asked(
    filter: Option<Expression>,
    values: &[&str],
    known: &[(String, ColumnType)],
) -> Option<Expression> {
    let mut out = filter;
    for name in values.iter().filter(|name| known.iter().any(|(n, _)| *n == companion(name))) {
        let asked = Tree::Binary(
            Box::new(reason_of(name, true)),
            Operator::NotEqual,
            Box::new(Tree::Text(Reason::NotAsked.word().to_owned())),
        );
        let text = format!("reason({name}) <> '{}'", Reason::NotAsked.word());
        out = Some(match out {
            None => Expression { text, tree: asked },
            Some(first) => Expression {
                text: format!("({}) and {text}", first.text),
                tree: Tree::Binary(Box::new(first.tree), Operator::And, Box::new(asked)),
            },
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_found_by_its_word() {
        for reason in Reason::ALL {
            assert_eq!(Reason::named(reason.word()), Some(reason));
        }
        assert_eq!(Reason::named("nothing"), None);
    }

    #[test]
    fn a_companion_leads_back_to_its_column() {
        assert_eq!(companion_of(&companion("school")), Some("school"));
        assert_eq!(companion_of("school"), None);
    }

    #[test]
    fn rows_that_were_not_asked_are_left_out_where_a_column_tells() {
        let known = [("school".to_owned(), ColumnType::Boolean), (companion("school"), companion_type())];
        assert_eq!(only_asked(None, &["school"], &known[..1]), None);
        let filter = only_asked(None, &["school"], &known).expect("a filter");
        assert_eq!(filter.text, "reason(school) <> 'not_asked'");
        assert_eq!(filter.columns(), [companion("school")]);
    }
}
