//! The numbers of a figure for readers: the file beside it names things by their identifiers; here
//! they have the names and the digits of the language. Values stay unrounded.

use crate::assemble::period_text;
use crate::evaluated::term;
use crate::input::Input;
use crate::words::Words;
use groundwork_plan::period::Period;

/// The numbers of a figure as a table.
pub(super) struct Numbers {
    /// The columns that hold something: their names, and whether they are numbers.
    pub(super) columns: Vec<(String, bool)>,
    /// The rows, as long as the columns.
    pub(super) rows: Vec<Vec<String>>,
}

impl Numbers {
    /// A table of a file of numbers: its header and its rows; nothing where it has no rows.
    pub(super) fn of(data: &[Vec<String>], input: &Input<'_>, words: &Words) -> Option<Self> {
        let (head, rows) = data.split_first()?;
        let filled: Vec<(usize, &String)> = head
            .iter()
            .enumerate()
            .filter(|(at, _)| rows.iter().any(|row| row.get(*at).is_some_and(|text| !text.is_empty())))
            .collect();
        let written = |row: &Vec<String>| -> Vec<String> {
            let text = |at: usize| row.get(at).map_or("", String::as_str);
            filled.iter().map(|(at, column)| said(column, text(*at), input, words)).collect()
        };
        let column = |name: &str| {
            let known = words.known("figure_columns", name).map(str::to_owned);
            (known.unwrap_or_else(|| name.replace('_', " ")), is_number(name))
        };
        (!rows.is_empty()).then(|| Self {
            columns: filled.iter().map(|(_, name)| column(name)).collect(),
            rows: rows.iter().map(written).collect(),
        })
    }
}

fn is_number(column: &str) -> bool {
    matches!(column, "value" | "lower" | "upper" | "level" | "n")
}

/// A text of the file for readers, by the column that it stands in.
fn said(column: &str, text: &str, input: &Input<'_>, words: &Words) -> String {
    let known = |group: &str| words.known(group, text).map(str::to_owned);
    let found = match column {
        _ if text.is_empty() => None,
        _ if is_number(column) => Some(words.digits(text)),
        "indicator" => {
            let indicator = input.indicators.iter().find(|indicator| indicator.id == text);
            indicator.map(|indicator| indicator.title.get(input.language).to_owned())
        }
        "period" | "reference_period" => Period::parse(text).map(|period| period_text(period, words)),
        "measure" => known("figure_measures"),
        "unit" => known("workbook.units"),
        "status" => known("status"),
        "site" | "reference_site" | "dimension" | "category" => {
            let said = term(text, input, words);
            Some(if said == text { input.labels.word(text, input.language) } else { said })
        }
        _ => None,
    };
    found.unwrap_or_else(|| text.to_owned())
}
