//! The rows of a design: columns of numbers, complete cases, categories word by word.

use super::super::load::Asked;
use groundwork_disclosure::{Counting, Names, rows_of};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::evaluation::{Data, DataColumn, Holds, Role};
use groundwork_store::Column;
use std::collections::BTreeSet;

/// The rows that have a value in every column that a design needs.
pub(super) struct Frame {
    columns: Vec<DataColumn>,
    values: Vec<Column>,
    rows: usize,
    left_out: usize,
    people: bool,
    asked: Counting,
    complete: Counting,
}

impl Frame {
    /// Loads the rows in the order of the source. Rows in which a needed value is missing are left
    /// out, and counted.
    pub(super) fn load(asked: Asked<'_>, data: &Data, names: &Names) -> Result<Self, Diagnostic> {
        let columns = data.columns.clone();
        let mut values = asked.columns(&data.query(), columns.len())?;
        let all = values.first().map_or(0, Column::len);
        let complete: Vec<bool> = (0..all)
            .map(|row| columns.iter().zip(&values).all(|(c, v)| c.role.may_be_missing() || v.is_there(row)))
            .collect();
        for column in &mut values {
            column.retain(&complete);
        }
        let rows = complete.iter().filter(|is| **is).count();
        let (asked, complete) = rows_of(data, names);
        Ok(Self { columns, values, rows, left_out: all - rows, people: data.people, asked, complete })
    }

    /// How many rows are left.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Whether rows are people.
    pub(super) fn is_people(&self) -> bool {
        self.people
    }

    /// Whose rows the design asks for.
    pub(super) fn asked(&self) -> &Counting {
        &self.asked
    }

    /// Whose rows are left.
    pub(super) fn complete(&self) -> &Counting {
        &self.complete
    }

    /// How many rows were left out.
    pub(super) fn left_out(&self) -> usize {
        self.left_out
    }

    /// The name of the outcome, or of the source of times or counts.
    pub(super) fn outcome(&self) -> &str {
        let named = |role: Role| self.columns.iter().find(|c| c.role == role).map(|c| c.name.as_str());
        [Role::Outcome, Role::Event, Role::Events, Role::Estimate, Role::Item]
            .into_iter()
            .find_map(named)
            .unwrap_or_default()
    }

    fn of(&self, role: Role) -> impl Iterator<Item = (&DataColumn, &Column)> {
        self.columns.iter().zip(&self.values).filter(move |(column, _)| column.role == role)
    }

    /// Whether there is a column with a role.
    pub(super) fn has(&self, role: Role) -> bool {
        self.of(role).next().is_some()
    }

    /// Whether the column of a role is a condition.
    pub(super) fn is_truth(&self, role: Role) -> bool {
        self.of(role).next().is_some_and(|(column, _)| column.holds == Holds::Truth)
    }

    /// The numbers of a role, one a row; a condition is 1 or 0.
    pub(super) fn numbers(&self, role: Role) -> Vec<f64> {
        self.of(role).next().map(|(_, values)| values.numbers()).unwrap_or_default()
    }

    /// The numbers of a role that may be missing.
    pub(super) fn maybe(&self, role: Role) -> Vec<Option<f64>> {
        match self.of(role).next() {
            Some((_, Column::Numbers(values))) => values.clone(),
            _ => vec![None; self.rows],
        }
    }

    /// Whether the condition of a role holds, one a row.
    pub(super) fn truths(&self, role: Role) -> Vec<bool> {
        self.numbers(role).into_iter().map(|value| value == 1.0).collect()
    }

    /// The columns of a role with their names.
    pub(super) fn several(&self, role: Role) -> Vec<(String, Vec<f64>)> {
        self.of(role).map(|(column, values)| (column.name.clone(), values.numbers())).collect()
    }

    /// The words of a role, one a row.
    pub(super) fn words(&self, role: Role) -> Vec<String> {
        match self.of(role).next() {
            Some((_, Column::Texts(values))) => {
                values.iter().map(|v| v.clone().unwrap_or_default()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The words that a role declares, those with rows.
    pub(super) fn declared(&self, role: Role) -> Vec<String> {
        let present: BTreeSet<String> = self.words(role).into_iter().collect();
        match self.of(role).next().map(|(column, _)| &column.holds) {
            Some(Holds::Words(words)) => words.iter().filter(|w| present.contains(*w)).cloned().collect(),
            _ => present.into_iter().collect(),
        }
    }

    /// A number for each word of a role, in the order of the words, so that it does not depend on
    /// the order of the rows.
    pub(super) fn labels(&self, role: Role) -> Option<Vec<u32>> {
        let words = self.words(role);
        if words.is_empty() {
            return None;
        }
        let order: Vec<&String> = words.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let place = |word: &String| order.binary_search(&word).ok().and_then(|at| u32::try_from(at).ok());
        words.iter().map(place).collect()
    }

    /// The covariates as columns of numbers with their names: a category is one column for each
    /// word that has rows, but the first.
    pub(super) fn covariates(&self) -> Vec<(String, Vec<f64>)> {
        let mut out = Vec::new();
        for (column, values) in self.of(Role::Covariate) {
            match (&column.holds, values) {
                (Holds::Words(words), Column::Texts(texts)) => {
                    let has = |word: &&String| texts.iter().any(|text| text.as_ref() == Some(*word));
                    for word in words.iter().filter(has).skip(1) {
                        let is = |text: &Option<String>| f64::from(u8::from(text.as_ref() == Some(word)));
                        out.push((format!("{}: {word}", column.name), texts.iter().map(is).collect()));
                    }
                }
                _ => out.push((column.name.clone(), values.numbers())),
            }
        }
        out
    }
}

/// The rows of a column for which something holds.
pub(super) fn chosen<T: Clone>(values: &[T], keep: &[bool]) -> Vec<T> {
    values.iter().zip(keep).filter(|(_, keep)| **keep).map(|(value, _)| value.clone()).collect()
}

/// Columns without their names.
pub(super) fn slices(columns: &[(String, Vec<f64>)]) -> Vec<&[f64]> {
    columns.iter().map(|(_, values)| values.as_slice()).collect()
}
