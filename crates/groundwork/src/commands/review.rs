//! `groundwork review`: the doubtful pairs of who is who, for somebody who has the exports.

use crate::cli::{Overrides, PipelineFile};
use crate::run::{Loaded, PeopleFound, RowPlace, load, resolve};
use crate::ui::{self, PipelineText, Progress};
use crate::{exit, files};
use groundwork_plan::diag::Diagnostic;
use std::path::PathBuf;

/// Writes the doubtful pairs of who is who, to be decided by somebody who has the exports.
///
/// The file holds no name: a record has a pseudonym and the place of a row of it in the export.
/// Write `same` or `different` under `decision`, and name the file in the pipeline under
/// `decisions`.
#[derive(Debug, clap::Args)]
pub(crate) struct Review {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// The file to write, which is not there yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The step of `people`, where the pipeline has several.
    #[arg(long, value_name = "STEP")]
    people: Option<String>,
    /// How many pairs, the most doubtful ones.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pairs: u16,
    #[command(flatten)]
    overrides: Overrides,
}

impl Review {
    /// Writes the pairs.
    pub(crate) fn run(self) -> u8 {
        let request = match super::request(&self.pipeline.path, &self.overrides) {
            Ok(request) => request,
            Err(problem) => return ended(&[problem], None),
        };
        let path = self.pipeline.path.display().to_string();
        let shown = PipelineText { path: &path, text: &request.text };
        let (plan, mut warnings) = match resolve(&request) {
            Ok(resolved) => resolved,
            Err(problems) => return ended(&problems, Some(&shown)),
        };
        let progress = Progress::new(false);
        let loaded = match load(&request, &plan, &progress) {
            Ok((_, loaded)) => loaded,
            Err(problems) => return ended(&problems, Some(&shown)),
        };
        drop(progress);
        let step = match self.step(&loaded) {
            Ok(step) => step,
            Err(problem) => return ended(&[problem], Some(&shown)),
        };
        let pairs = step.doubtful.len().min(usize::from(self.pairs));
        let written = table(step, pairs, &loaded).and_then(|bytes| files::write_new(&self.out, &bytes));
        if let Err(problem) = written {
            warnings.push(problem);
            return ended(&warnings, Some(&shown));
        }
        ui::fact(&format!("{pairs} pairs in {}", self.out.display()));
        ended(&warnings, Some(&shown))
    }

    fn step<'l>(&self, loaded: &'l Loaded) -> Result<&'l PeopleFound, Diagnostic> {
        let known = || loaded.people.iter().map(|step| step.id.as_str());
        match (&self.people, loaded.people.as_slice()) {
            (None, [only]) => Ok(only),
            (Some(id), steps) => steps.iter().find(|step| step.id == *id).ok_or_else(|| {
                Diagnostic::command_line("people.unknown", format!("no step of `people` is named `{id}`"))
                    .did_you_mean(id, known())
            }),
            (None, []) => {
                Err(Diagnostic::command_line("people.none", "the pipeline has no step of `people`")
                    .hint("Add `people:` to the pipeline; the reference page says how."))
            }
            (None, _) => {
                Err(Diagnostic::command_line("people.several", "the pipeline has several steps of `people`")
                    .hint(format!("Name one with `--people`: {}.", known().collect::<Vec<_>>().join(", "))))
            }
        }
    }
}

fn ended(problems: &[Diagnostic], pipeline: Option<&PipelineText<'_>>) -> u8 {
    ui::diagnostics(problems, pipeline);
    exit::code(problems)
}

fn table(step: &PeopleFound, pairs: usize, loaded: &Loaded) -> Result<Vec<u8>, Diagnostic> {
    let failed = |e: &dyn std::error::Error| {
        Diagnostic::bug("review.csv", format!("the pairs could not be written: {e}"))
    };
    let mut table = csv::Writer::from_writer(Vec::new());
    let doubtful = step.doubtful.iter().take(pairs);
    let fields: Vec<&str> = step
        .doubtful
        .first()
        .map(|(pair, _)| pair.levels.iter().map(|(field, _)| field.as_str()).collect())
        .unwrap_or_default();
    let head = ["record", "other", "decision", "decided_by", "probability", "record_is_at", "other_is_at"];
    table.write_record(head.into_iter().chain(fields)).map_err(|e| failed(&e))?;
    for (pair, places) in doubtful {
        let name = |key: u128| format!("{key:032x}");
        let mut row = vec![name(pair.one), name(pair.other), String::new(), String::new()];
        row.push(format!("{:.3}", pair.probability));
        row.extend(places.iter().map(|place| stands(place, loaded)));
        row.extend(pair.levels.iter().map(|(_, level)| (*level).to_owned()));
        table.write_record(row).map_err(|e| failed(&e))?;
    }
    table.into_inner().map_err(|e| failed(&e))
}

/// Where a row stands in its export.
fn stands(place: &RowPlace, loaded: &Loaded) -> String {
    let source = loaded.sources.iter().find(|source| source.id == place.source);
    let file = source.and_then(|source| source.files.get(usize::try_from(place.file).ok()?));
    format!("{} row {}", file.unwrap_or(&place.source), place.row)
}
