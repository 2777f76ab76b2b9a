//! The form that an export was collected with, as an XLSForm: which questions there are, and when
//! each is put. It tells apart what an export does not: a question that was skipped, and one that
//! nobody answered.

use crate::SourceFile;
use crate::answer::{Answer, Search};
use crate::readers::{Habits, Table};
use crate::relevant::Condition;
use crate::row::{Cell, Row, Wanted};
use crate::values::text;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::reason::Reason;
use groundwork_plan::source::{Export, Reader};
use std::path::Path;

/// A form.
#[derive(Debug, Default)]
pub(crate) struct Codebook {
    questions: Vec<Question>,
}

/// One question.
#[derive(Debug)]
struct Question {
    /// Its groups and its name, joined by `/`.
    path: String,
    name: String,
    /// Every language's label.
    labels: Vec<String>,
    /// The list of its choices: name, and labels in every language.
    choices: Vec<(String, Vec<String>)>,
    /// The conditions of the question and of the groups around it, all of which must hold, and the
    /// questions that they name.
    relevant: Vec<(Condition, Vec<String>)>,
}

/// When a column's question is put, and where in a row the answers are that decide it.
pub(crate) struct Asked {
    conditions: Vec<(Condition, Vec<Option<Deciding>>)>,
}

/// An answer that decides: its cell, and the choices of its question.
struct Deciding {
    cell: usize,
    choices: Vec<(String, Vec<String>)>,
}

impl Deciding {
    /// What the form's conditions call an answer, which may be written as a label.
    fn name<'t>(&'t self, text: &'t str) -> &'t str {
        let is_name = self.choices.iter().any(|(name, _)| name == text);
        let called = |labels: &[String]| labels.iter().any(|label| text::trim(label) == text);
        let meant = self.choices.iter().find(|(_, labels)| !is_name && called(labels));
        meant.map_or(text, |(name, _)| name)
    }
}

impl Codebook {
    /// Reads the form that an export names; none where it names none.
    ///
    /// # Errors
    /// What opening a workbook meets; `source.unknown-sheet`, `source.unknown-column` where it is
    /// no XLSForm.
    pub(crate) fn of(export: &Export, base: &Path) -> Result<Option<Self>, Diagnostic> {
        let Some(name) = &export.codebook else { return Ok(None) };
        let file = SourceFile { path: base.join(name), name: name.clone() };
        let sheet = |sheet: &str| Export {
            sheet: Some(sheet.to_owned()),
            ..Export::of(&*export.pattern, Reader::Xlsx, export.span)
        };
        let survey = Sheet::read(&file, &sheet("survey"))?;
        let choices = match Sheet::read(&file, &sheet("choices")) {
            Ok(choices) => choices,
            Err(problem) if problem.code == "source.unknown-sheet" => Sheet::default(),
            Err(problem) => return Err(problem),
        };
        Ok(Some(Self::from(&survey, &choices)))
    }

    fn from(survey: &Sheet, choices: &Sheet) -> Self {
        let mut questions = Vec::new();
        let mut groups: Vec<(String, String)> = Vec::new();
        for row in &survey.rows {
            let kind = survey.cell(row, "type").replace('_', " ");
            let mut words = kind.split_whitespace();
            let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let name = survey.cell(row, "name").to_owned();
            let relevant = ["relevant", "relevance"]
                .iter()
                .map(|key| survey.cell(row, key))
                .find(|text| !text.is_empty());
            match (first, second) {
                ("begin", _) => groups.push((name, relevant.unwrap_or_default().to_owned())),
                ("end", _) => {
                    groups.pop();
                }
                _ if name.is_empty() => {}
                _ => {
                    let path: Vec<&str> =
                        groups.iter().map(|(group, _)| group.as_str()).chain([name.as_str()]).collect();
                    let texts = groups.iter().map(|(_, relevant)| relevant.as_str()).chain(relevant);
                    let conditions = texts.filter(|text| !text.is_empty()).map(|text| {
                        let mut names = Vec::new();
                        (Condition::read(text, &mut names), names)
                    });
                    let list = survey.cell(row, "type").split_whitespace().nth(1).unwrap_or_default();
                    questions.push(Question {
                        path: path.join("/"),
                        labels: survey.labels(row),
                        choices: if first == "select" || first.starts_with("select") {
                            choices_of(choices, list)
                        } else {
                            Vec::new()
                        },
                        relevant: conditions.collect(),
                        name,
                    });
                }
            }
        }
        Self { questions }
    }

    /// For each header its path in the form, where it is a label: of a question, or of a question
    /// and one of its choices.
    pub(crate) fn paths(&self, headers: &[String]) -> Vec<String> {
        let called =
            |labels: &[String], header: &str| labels.iter().any(|label| text::header(label) == header);
        headers
            .iter()
            .map(|header| {
                let mut found = self.questions.iter().filter(|question| called(&question.labels, header));
                if let (Some(question), None) = (found.next(), found.next()) {
                    return question.path.clone();
                }
                let choice = self.questions.iter().find_map(|question| {
                    let rest = question
                        .labels
                        .iter()
                        .find_map(|label| header.strip_prefix(text::header(label).as_str()))?;
                    let rest = rest.strip_prefix('/')?;
                    let (name, _) = question.choices.iter().find(|(_, labels)| called(labels, rest))?;
                    Some(format!("{}/{name}", question.path))
                });
                choice.unwrap_or_default()
            })
            .collect()
    }

    /// When the question of a column is put; none where the form has no such question. The cells
    /// that decide it are added to `wanted`.
    pub(crate) fn asked(
        &self,
        from: &str,
        table: &Table,
        habits: &Habits,
        wanted: &mut Vec<Wanted>,
    ) -> Option<Asked> {
        let path = (habits.path)(&text::header(from));
        let is_meant = |question: &&Question| {
            let is_choice =
                || path.strip_prefix(question.path.as_str()).is_some_and(|rest| rest.starts_with('/'));
            question.path == path
                || question.labels.iter().any(|label| text::header(label) == from)
                || is_choice()
        };
        let question = self.questions.iter().find(is_meant)?;
        let names = table.names(habits, false);
        let mut place = |name: &String| {
            let other = self.questions.iter().find(|question| question.name == *name)?;
            match names.find(&other.path, false, wanted) {
                Search::Found(Answer::Cell(cell)) => Some(Deciding { cell, choices: other.choices.clone() }),
                Search::Found(Answer::Choice { .. } | Answer::Period { .. })
                | Search::Unknown
                | Search::Ambiguous(_) => None,
            }
        };
        let conditions = question
            .relevant
            .iter()
            .map(|(condition, names)| (condition.clone(), names.iter().map(&mut place).collect()));
        Some(Asked { conditions: conditions.collect() })
    }
}

impl Asked {
    /// Why a cell without a value has none, where the form decides it.
    pub(crate) fn reason(&self, row: &Row<'_>, habits: &Habits) -> Reason {
        let mut decided = true;
        for (condition, places) in &self.conditions {
            let answer = |place: usize| {
                let deciding = places.get(place)?.as_ref()?;
                let text = match row.cell(deciding.cell) {
                    Cell::Text(text) => text::trim(text),
                    Cell::Serial(_) | Cell::Broken => return None,
                    Cell::Missing(_) => "",
                };
                let is_answer = habits.reason(text).is_none();
                Some(if is_answer { deciding.name(text).to_owned() } else { String::new() })
            };
            match condition.holds(&answer) {
                Some(false) => return Reason::NotAsked,
                Some(true) => {}
                None => decided = false,
            }
        }
        if decided { Reason::NotAnswered } else { Reason::NotRecorded }
    }
}

fn choices_of(choices: &Sheet, list: &str) -> Vec<(String, Vec<String>)> {
    let is_of_list =
        |row: &&Vec<String>| ["list_name", "list name"].iter().any(|key| choices.cell(row, key) == list);
    choices
        .rows
        .iter()
        .filter(is_of_list)
        .map(|row| (choices.cell(row, "name").to_owned(), choices.labels(row)))
        .collect()
}

/// A sheet of a form.
#[derive(Debug, Default)]
struct Sheet {
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    fn read(file: &SourceFile, export: &Export) -> Result<Self, Diagnostic> {
        let table = Table::open(file, export)?;
        let headers = table.headers.iter().map(|header| header.to_lowercase()).collect();
        let rows = table.records(&file.name)?.into_rows().into_iter().skip(1).map(|row| row.cells);
        Ok(Self { headers, rows: rows.collect() })
    }

    fn cell<'r>(&self, row: &'r [String], header: &str) -> &'r str {
        let place = self.headers.iter().position(|name| name == header);
        place.and_then(|place| row.get(place)).map_or("", |cell| text::trim(cell))
    }

    fn labels(&self, row: &[String]) -> Vec<String> {
        let is_label = |header: &String| header == "label" || header.starts_with("label:");
        let labels = self.headers.iter().zip(row).filter(|(header, _)| is_label(header));
        labels.map(|(_, cell)| text::trim(cell).to_owned()).filter(|label| !label.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: &[&[&str]]) -> Sheet {
        let own = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        Sheet { headers: own(&rows[0]), rows: rows[1..].iter().map(own).collect() }
    }

    #[test]
    fn groups_conditions_and_labels() {
        let survey = sheet(&[
            &["type", "name", "label::English (en)", "label::Thai (th)", "relevant"],
            &["text", "who", "Who?", "ใคร", ""],
            &["begin_group", "g", "Group", "", "${who} != ''"],
            &["select_multiple colours", "fav", "Colours?", "สี", "${who} = 'x'"],
            &["end_group", "", "", "", ""],
        ]);
        let choices = sheet(&[
            &["list_name", "name", "label"],
            &["colours", "red", "Red/pink"],
            &["other", "no", "No"],
        ]);
        let codebook = Codebook::from(&survey, &choices);
        let paths: Vec<&str> = codebook.questions.iter().map(|question| question.path.as_str()).collect();
        assert_eq!(paths, ["who", "g/fav"]);
        assert_eq!(codebook.questions[1].relevant.len(), 2);
        let red = Deciding { cell: 0, choices: codebook.questions[1].choices.clone() };
        assert_eq!(["Red/pink", "red", "blue"].map(|text| red.name(text)), ["red", "red", "blue"]);
        let headers = ["ใคร", "Colours?", "Colours?/Red/pink", "else"].map(str::to_owned);
        assert_eq!(codebook.paths(&headers), ["who", "g/fav", "g/fav/red", ""]);
    }
}
