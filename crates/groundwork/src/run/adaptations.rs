//! The adaptation log as rows: read from its source, bound to indicators, written as
//! `adaptations.csv`.

use super::load::Asked;
use super::tables::Table;
use groundwork_plan::adaptation::{FIELDS, Moves};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::plan::Plan;
use groundwork_store::Column;
use jiff::civil::Date;

/// One adaptation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Adaptation {
    /// Its identifier.
    pub(super) id: String,
    /// Where; empty where everything is one place.
    pub(super) site: String,
    /// When.
    pub(super) on: Date,
    /// The fields, in the order of [`FIELDS`]; empty where nothing was said.
    pub(super) fields: [String; FIELDS.len()],
    /// The indicators that it was meant to move, of those that the plan has.
    pub(super) moves: Vec<String>,
}

/// The log of a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    /// Every adaptation that has an identifier and a day, by day.
    pub(super) all: Vec<Adaptation>,
    /// What does not fit.
    pub(super) warnings: Vec<Diagnostic>,
}

/// Reads the log of a plan, if it has one.
///
/// # Errors
/// When the database fails.
pub(super) fn log(asked: Asked<'_>, plan: &Plan) -> Result<Log, Diagnostic> {
    let mut out = Log::default();
    let Some(log) = &plan.adaptation_log else { return Ok(out) };
    let columns = asked.columns(&log.query(), log.width())?;
    let rows = columns.first().map_or(0, Column::len);
    let (mut undated, mut strangers) = (0_u64, Vec::new());
    for row in 0..rows {
        let mut cells = columns.iter().map(|column| text(column, row));
        let site = if log.site.is_some() { cells.next().unwrap_or_default() } else { String::new() };
        let mut fields: [String; FIELDS.len()] = Default::default();
        for (field, _) in &log.fields {
            let cell = cells.next().unwrap_or_default();
            if let Some(place) = FIELDS.iter().position(|f| f == field).and_then(|at| fields.get_mut(at)) {
                *place = cell;
            }
        }
        let of = |name: &str| {
            let at = FIELDS.iter().position(|f| *f == name);
            at.and_then(|at| fields.get(at)).map(String::as_str).unwrap_or_default()
        };
        let id = of("adaptation").to_owned();
        let Some(on) = of("on").get(..10).and_then(|day| day.parse::<Date>().ok()) else {
            undated += 1;
            continue;
        };
        let meant: Vec<String> = match &log.moves {
            Moves::Untold => Vec::new(),
            Moves::Column(_) => words(&cells.next().unwrap_or_default()),
            Moves::ByWhat(list) => {
                let what = of("what");
                list.iter().find(|(word, _)| word == what).map(|(_, list)| list.clone()).unwrap_or_default()
            }
        };
        let (moves, unknown): (Vec<String>, Vec<String>) =
            meant.into_iter().partition(|name| plan.indicator(name).is_some());
        strangers.extend(unknown.into_iter().map(|name| format!("`{name}` ({id})")));
        out.all.push(Adaptation { id, site, on, fields, moves });
    }
    if undated > 0 {
        out.warnings.push(warning(
            "adaptation.no-day",
            format!("{undated} rows of `{}` have no day and are no part of the adaptation log", log.from),
            "Give every adaptation the day on which it was made.",
        ));
    }
    if !strangers.is_empty() {
        out.warnings.push(warning(
            "adaptation.unknown-indicator",
            format!(
                "the adaptation log names indicators that the pipeline has not: {}",
                strangers.join(", ")
            ),
            "Write the identifiers of indicators, parted by blanks or `;`.",
        ));
    }
    Ok(out)
}

fn warning(code: &'static str, message: String, hint: &str) -> Diagnostic {
    Diagnostic::command_line(code, message).hint(hint).as_warning()
}

/// The text of a row of a column; empty where there is none.
pub(super) fn text(column: &Column, row: usize) -> String {
    match column {
        Column::Texts(values) => values.get(row).cloned().flatten().unwrap_or_default(),
        Column::Numbers(_) => String::new(),
    }
}

/// Identifiers parted by blanks, commas, `;` or `|`, each once.
fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|')) {
        if !word.is_empty() && !out.iter().any(|known| known == word) {
            out.push(word.to_owned());
        }
    }
    out
}

/// `adaptations.csv`: the site, the fields in the order of [`FIELDS`], and the indicators.
///
/// # Errors
/// When a row cannot be written.
pub(super) fn csv(log: &Log) -> Result<Vec<u8>, Diagnostic> {
    let mut header = vec!["site"];
    header.extend(FIELDS);
    header.push("moves");
    let mut table = Table::new(&header)?;
    for adaptation in &log.all {
        let mut cells = vec![adaptation.site.clone()];
        cells.extend(adaptation.fields.iter().cloned());
        cells.push(adaptation.moves.join(" "));
        table.cells(cells)?;
    }
    table.finish()
}
