//! A worked example: the pipeline over a few rows that stand in a page, instead of its exports.

use super::load::{Asked, Rows, load};
use super::planned::Planned;
use super::{Beside, Limits, Loaded, Store, compute, evaluated, tables};
use crate::files::Folder;
use crate::machine;
use crate::page::{Case, Purpose};
use crate::scratch::Scratch;
use crate::table::Table;
use crate::ui::Progress;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::disclosure::{Audience, Policy};
use groundwork_plan::indicator::{Indicator, Kind};
use groundwork_plan::plan::Plan;
use groundwork_plan::source::{CheckRule, Origin, Reader, Source};
use std::collections::BTreeSet;
use std::path::Path;

/// What came of a worked example.
pub(crate) struct Example {
    /// The tables of results.
    pub(crate) files: Folder,
    /// What became of the rows.
    pub(crate) loaded: Loaded,
}

/// Runs the plan of a pipeline over the rows of a case. Sources that the case does not give have
/// no rows. Nothing is withheld, because the rows are the author's own and never those of the
/// exports; and a few rows are enough, so that `at_least_rows` does not hold here.
pub(crate) fn example(plan: &Plan, case: &Case) -> Result<Example, Vec<Diagnostic>> {
    let alone = |problem: Diagnostic| vec![problem];
    let scratch = Scratch::new(&std::env::temp_dir(), "groundwork-").map_err(|e| {
        alone(Diagnostic::machine("file.scratch", format!("no scratch folder can be made: {e}")))
    })?;
    let mut plan = plan.clone();
    plan.policy = Policy::of(Audience::Internal);
    plan.reports.clear();
    // An example is of rows, and has nothing beside them.
    (plan.adaptation_log, plan.voices) = (None, None);
    plan.partners.clear();
    only_needed(&mut plan, case);
    let given = write_rows(&mut plan, case, scratch.path())?;
    for source in &mut plan.sources {
        source.checks.retain(|check| !matches!(check.rule, CheckRule::AtLeastRows(_)));
    }
    // Decisions are about the records of the programme, not about those of an example.
    plan.people.iter_mut().for_each(|step| step.decisions = None);
    let limits = Limits { threads: 1, memory_mb: machine::LEAST_MB };
    let store = Store::new(scratch.path(), limits, |_| {});
    let progress = Progress::new(true);
    let loaded = load(&store, &plan, &Rows::Given(scratch.path(), &given), 1, None, None, &progress)?;
    let results = compute::compute(&store, None, &plan, None, &loaded.people, &progress)?;
    let asked = Asked { store: &store, memory: None };
    let passed = evaluated(&plan, results, asked, &loaded, &Beside::default(), &[], &progress)?;
    let mut files = Folder::new();
    // An example is no run: nothing was planned for it.
    tables::write(&plan, &passed, &loaded, &Planned::default(), &store, None, &mut files).map_err(alone)?;
    Ok(Example { files, loaded })
}

/// Leaves out the indicators that no expectation looks at.
fn only_needed(plan: &mut Plan, case: &Case) {
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for block in &case.blocks {
        match block.info.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["indicators", id] => {
                wanted.insert((*id).to_owned());
            }
            ["indicators"] => {
                let names = Table::from_csv(block.text.as_bytes())
                    .and_then(|table| table.only(&["indicator".to_owned()]))
                    .unwrap_or_default();
                if names.is_empty() {
                    return;
                }
                wanted.extend(names.into_iter().flatten());
            }
            ["estimates"] => return,
            _ => {}
        }
    }
    // Formulas need what they are made from, and a formula may be made from formulas.
    loop {
        let before = wanted.len();
        let inputs = |indicator: &Indicator| match &indicator.kind {
            Kind::Derived(derived) => derived.formula.columns().into_iter().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let more: Vec<String> =
            plan.indicators.iter().filter(|i| wanted.contains(&i.id)).flat_map(inputs).collect();
        wanted.extend(more);
        if wanted.len() == before {
            break;
        }
    }
    plan.indicators.retain(|indicator| wanted.contains(&indicator.id));
    plan.evaluations.clear();
}

/// Writes the rows of the case, and lets the sources that have some read them.
fn write_rows(plan: &mut Plan, case: &Case, folder: &Path) -> Result<BTreeSet<String>, Vec<Diagnostic>> {
    let wrong = |message: String| vec![Diagnostic::command_line("example.not-readable", message)];
    let mut problems = Vec::new();
    let mut given = BTreeSet::new();
    for block in &case.blocks {
        if let Ok(Purpose::File(path) | Purpose::Bytes(path)) = block.purpose() {
            let bytes = block.bytes().map_err(wrong)?;
            write(folder, path, &bytes).map_err(|problem| vec![problem])?;
        }
    }
    for source in &plan.sources {
        if source.export().is_some() && groundwork_sources::files(source, folder).is_ok() {
            given.insert(source.id.clone());
        }
    }
    for block in &case.blocks {
        let Ok(Purpose::Source(id)) = block.purpose() else { continue };
        let known: Vec<String> =
            plan.sources.iter().filter(|s| s.export().is_some()).map(|s| s.id.clone()).collect();
        let Some(source) = plan.sources.iter_mut().find(|s| s.id == id && s.export().is_some()) else {
            problems.push(
                Diagnostic::command_line(
                    "example.unknown-source",
                    format!("line {}: no source with an export is named `{id}`", block.line),
                )
                .did_you_mean(id, known.iter().map(String::as_str)),
            );
            continue;
        };
        let table = Table::from_csv(block.text.as_bytes()).map_err(wrong)?;
        match rows_of(source, &table, block.line) {
            Ok(text) => {
                let path = format!("{id}.csv");
                write(folder, &path, &text).map_err(|problem| vec![problem])?;
                read_from(source, path);
                given.insert(id.to_owned());
            }
            Err(problem) => problems.push(problem),
        }
    }
    for source in plan.sources.iter().filter(|source| given.contains(&source.id)) {
        if let Some(parent) = source.export().and_then(|export| export.repeat_of.as_ref())
            && !given.contains(parent)
        {
            let message =
                format!("line {}: the rows of `{}` belong to rows of `{parent}`", case.line, source.id);
            problems.push(
                Diagnostic::command_line("example.no-parent", message)
                    .hint(format!("Give the case rows of `{parent}` too, in a block `csv {parent}`.")),
            );
        }
    }
    if problems.is_empty() { Ok(given) } else { Err(problems) }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
    let path = folder.join(name);
    let written =
        path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, bytes));
    written.map_err(|e| {
        Diagnostic::machine("file.write", format!("{name} cannot be written: {e}"))
            .hint("Check that the folder for temporary files may be written to and that there is room.")
    })
}

/// The column in which a row of a repeat names the `_index` of its parent.
const PARENT_INDEX: &str = "_parent_index";

/// The rows as a file that has every column of the source. In a repeat, the column with the name
/// of the source around it holds the number of the row that a row belongs to.
fn rows_of(source: &Source, table: &Table, line: usize) -> Result<Vec<u8>, Diagnostic> {
    let parent = source.export().and_then(|export| export.repeat_of.clone());
    let known: Vec<&str> = source.columns.iter().map(|c| c.name.as_str()).collect();
    let names: Vec<&str> = known.iter().copied().chain(parent.as_deref()).collect();
    if let Some(unknown) = table.header.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(Diagnostic::command_line(
            "example.unknown-column",
            format!("line {line}: no column `{unknown}` in source `{}`", source.id),
        )
        .did_you_mean(unknown, names.iter().copied()));
    }
    if let Some(parent) = &parent
        && !table.header.contains(parent)
    {
        return Err(Diagnostic::command_line(
            "example.no-parent",
            format!(
                "line {line}: the rows of `{}` do not say which row of `{parent}` they belong to",
                source.id
            ),
        )
        .hint(format!("Add a column `{parent}` with the number of the row: 1 is the first one.")));
    }
    let header = known.iter().copied().chain(parent.iter().map(|_| PARENT_INDEX));
    let at: Vec<Option<usize>> =
        names.iter().map(|name| table.header.iter().position(|h| h == name)).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| Diagnostic::bug("example.rows", format!("rows could not be written: {e}"));
    writer.write_record(header).map_err(failed)?;
    for row in &table.rows {
        let cells = at.iter().map(|at| at.and_then(|at| row.get(at)).map_or("", String::as_str));
        writer.write_record(cells).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|e| Diagnostic::bug("example.rows", format!("rows could not be written: {e}")))
}

/// Lets a source read a file with its own names of columns.
fn read_from(source: &mut Source, path: String) {
    for column in &mut source.columns {
        column.from.clone_from(&column.name);
    }
    if let Origin::Export(export) = &mut source.origin {
        export.pattern = path;
        export.sheet = None;
        export.encoding = None;
        export.cleaning_log = None;
        // Rows of a repeat find the rows around them by the rules of one tool.
        export.reader = match export.reader {
            tool @ (Reader::Kobo | Reader::Ona | Reader::OdkCentral | Reader::CommCare) => tool,
            Reader::Dhis2
            | Reader::Primero
            | Reader::Facebook
            | Reader::Line
            | Reader::GoogleForms
            | Reader::Hxl
            | Reader::Csv
            | Reader::Xlsx
            | Reader::Ods
            | Reader::Json
            | Reader::Arrow
            | Reader::Parquet => Reader::Csv,
        };
    }
}
