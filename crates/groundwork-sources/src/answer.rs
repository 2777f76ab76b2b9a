//! From the cells of a row to the answer that a column holds: which cells it is in, and why there
//! is none where there is none.

use crate::readers::{Habits, dhis2};
use crate::row::{Cell, Row, Wanted};
use crate::values::text;
use groundwork_plan::reason::Reason;
use groundwork_plan::site::spelling_key;

/// Where the answer of a column is. Places are those among the cells that are asked for.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// In one cell.
    Cell(usize),
    /// Whether one of several choices was chosen: in a cell of its own, in the cell of the whole
    /// question, or in both.
    Choice { split: Option<usize>, question: Option<usize>, choice: String },
    /// The first day of a period, or its last.
    Period { cell: usize, last: bool },
}

/// What the search for a column found.
pub(crate) enum Search {
    Found(Answer),
    Unknown,
    /// So many columns have the name.
    Ambiguous(usize),
}

/// The names of the columns of a table.
pub(crate) struct Names<'a> {
    /// The headers as they stand in the file.
    pub(crate) headers: &'a [String],
    /// For each header a second name, or nothing.
    pub(crate) also: &'a [String],
    pub(crate) habits: &'a Habits,
    /// Whether it is the table of a repeat, whose headers may leave the path of the repeat out.
    pub(crate) is_repeat: bool,
}

impl Names<'_> {
    /// Finds the column of a name: by its header, by its second name, by its path whatever joins
    /// the groups, as a choice of a question, or as the days of a period. The cells that it needs
    /// are added to `wanted`.
    pub(crate) fn find(&self, name: &str, serial: bool, wanted: &mut Vec<Wanted>) -> Search {
        let name = text::header(name);
        let mut want = |column: usize| {
            wanted.push(Wanted { column, serial });
            wanted.len() - 1
        };
        let places = self.places(&name);
        let question = name.rsplit_once('/').and_then(|(question, choice)| {
            let places = self.places(question);
            (places.len() == 1 && !choice.is_empty()).then(|| (places[0], choice.to_owned()))
        });
        match (places.as_slice(), question) {
            ([place], Some((question, choice))) if self.habits.choices.is_some() => {
                Search::Found(Answer::Choice {
                    split: Some(want(*place)),
                    question: Some(want(question)),
                    choice,
                })
            }
            ([place], _) => {
                let is_split = self.headers.get(*place).is_some_and(|header| header.contains(" | "));
                let cell = want(*place);
                Search::Found(if is_split && self.habits.choices.is_some() {
                    Answer::Choice { split: Some(cell), question: None, choice: String::new() }
                } else {
                    Answer::Cell(cell)
                })
            }
            ([], Some((question, choice))) if self.habits.choices.is_some() => {
                Search::Found(Answer::Choice { split: None, question: Some(want(question)), choice })
            }
            ([], _) => match name.as_str() {
                "period_start" | "period_end" if self.habits.periods => {
                    match self.places("period").as_slice() {
                        [place] => {
                            Search::Found(Answer::Period { cell: want(*place), last: name == "period_end" })
                        }
                        _ => Search::Unknown,
                    }
                }
                _ => Search::Unknown,
            },
            (several, _) => Search::Ambiguous(several.len()),
        }
    }

    /// The columns that a name means: those that match it in the strictest of five ways in which
    /// any does.
    fn places(&self, name: &str) -> Vec<usize> {
        let path = self.habits.path;
        let wanted_path = path(name);
        let key = spelling_key(name);
        let also = |place: usize| self.also.get(place).map_or("", String::as_str);
        let inside = |header: &str| {
            let own = path(header);
            !own.is_empty()
                && wanted_path.strip_suffix(own.as_str()).is_some_and(|before| before.ends_with('/'))
        };
        type Way<'w> = &'w dyn Fn(usize, &str) -> bool;
        let ways: [Way<'_>; 5] = [
            &|_, header| header == name,
            &|place, _| !name.is_empty() && also(place) == name,
            &|_, header| path(header) == wanted_path,
            &|_, header| self.is_repeat && inside(header),
            &|place, header| {
                !key.is_empty() && (spelling_key(header) == key || spelling_key(also(place)) == key)
            },
        ];
        ways.iter()
            .map(|way| {
                let all = self.headers.iter().enumerate();
                all.filter(|(place, header)| way(*place, header)).map(|(place, _)| place).collect::<Vec<_>>()
            })
            .find(|places| !places.is_empty())
            .unwrap_or_default()
    }
}

impl Answer {
    /// The cell, or why there is none.
    pub(crate) fn cell<'r>(&self, row: &Row<'r>, habits: &Habits) -> Cell<'r> {
        match self {
            Answer::Cell(place) => match row.cell(*place) {
                Cell::Text(text) if habits.guarded => Cell::Text(unguarded(text)),
                cell => cell,
            },
            Answer::Choice { split, question, choice } => {
                let whole = question.map(|place| text::trim(row.text(place)));
                // What the question as a whole says holds for each of its choices, whatever a tool
                // writes into them.
                if let Some(reason) = whole.and_then(|whole| habits.reason(whole)) {
                    return Cell::Missing(reason);
                }
                let own = split.map(|place| row.text(place)).unwrap_or_default();
                match (habits.reason(text::trim(own)), whole) {
                    (None, _) => Cell::Text(own),
                    (Some(_), Some(whole)) => {
                        if habits.has_chosen(whole, choice) {
                            Cell::Text("1")
                        } else {
                            Cell::Missing(Reason::NotSelected)
                        }
                    }
                    (Some(_), None) if text::trim(own).is_empty() => Cell::Missing(habits.blank_choice),
                    (Some(reason), None) => Cell::Missing(reason),
                }
            }
            Answer::Period { cell, last } => {
                let code = text::trim(row.text(*cell));
                match dhis2::period(code) {
                    Some(days) => Cell::Serial(f64::from(if *last { days.1 } else { days.0 })),
                    None => Cell::Text(if code.is_empty() { "" } else { "?" }),
                }
            }
        }
    }
}

/// The text without the apostrophe that guards a spreadsheet against taking it for a formula.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '|', '%', '\t', '\r', '\n']) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_against_formulas_is_taken_off() {
        assert_eq!(unguarded("'=1+1"), "=1+1");
        assert_eq!(unguarded("'quoted'"), "'quoted'");
        assert_eq!(unguarded(""), "");
    }
}
