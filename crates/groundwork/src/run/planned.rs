//! What was planned: the analysis plan that was frozen beside a pipeline, and how the evaluations
//! of a run stand to it.

use super::{Request, indicator_sheets};
use crate::files::{hash_file, sha256};
use groundwork_plan::analysis_plan::{Locked, Standing, items};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::plan::Plan;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How every evaluation stands to the plan, and what of the plan is missing.
#[derive(Debug, Default)]
pub(crate) struct Planned {
    /// By evaluation.
    pub(crate) standings: BTreeMap<String, Standing>,
    /// Whether the files are those that existed when the plan was frozen.
    pub(crate) knew: bool,
    /// The frozen plan, and the SHA-256 of its text.
    pub(crate) locked: Option<(Locked, String)>,
}

impl Planned {
    /// What `estimates.csv` says of an evaluation.
    pub(crate) fn item(&self, evaluation: &str) -> String {
        match self.standings.get(evaluation) {
            Some(Standing::Planned) if self.knew => "planned_after_data".into(),
            Some(Standing::Deviated(paths)) => format!("deviated: {}", paths.join("; ")),
            Some(standing) => standing.word().into(),
            None => Standing::Exploratory.word().into(),
        }
    }

    /// The same as a word, with the places that were changed.
    pub(crate) fn standing(&self, evaluation: &str) -> (&'static str, Vec<String>) {
        match self.standings.get(evaluation) {
            Some(Standing::Planned) if self.knew => ("planned_after_data", Vec::new()),
            Some(Standing::Deviated(paths)) => ("deviated", paths.clone()),
            Some(standing) => (standing.word(), Vec::new()),
            None => (Standing::Exploratory.word(), Vec::new()),
        }
    }

    /// The evaluations of the plan that the pipeline no longer has.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &str> {
        self.standings.iter().filter(|(_, s)| **s == Standing::Missing).map(|(id, _)| id.as_str())
    }
}

/// Where the frozen plan of a pipeline stands: `<pipeline>.plan.yaml` beside it.
pub(crate) fn beside(pipeline: &Path) -> PathBuf {
    pipeline.with_extension("plan.yaml")
}

/// The SHA-256 of the exports that exist, by name.
///
/// # Errors
/// When a file that is there cannot be read.
pub(crate) fn existing(plan: &Plan, folder: &Path) -> Result<BTreeMap<String, String>, Diagnostic> {
    let mut out = BTreeMap::new();
    for source in plan.sources.iter().filter(|s| s.export().is_some()) {
        // A plan may be frozen before there is anything to read.
        for file in groundwork_sources::files(source, folder).unwrap_or_default() {
            if !out.contains_key(&file.name) {
                let (hash, _) = hash_file(&file.path, &file.name)?;
                out.insert(file.name.clone(), hash);
            }
        }
    }
    Ok(out)
}

/// How the evaluations of a pipeline stand to the plan beside it, given the files of the run.
///
/// # Errors
/// When the plan is there and cannot be read, or was changed by hand.
pub(crate) fn planned(request: &Request, files: &BTreeMap<String, String>) -> Result<Planned, Diagnostic> {
    let sheets = indicator_sheets(request).map_err(first)?;
    let now = items(&request.text, &sheets)?;
    let path = beside(&request.path);
    if !path.is_file() {
        let standings = now.into_keys().map(|id| (id, Standing::Exploratory)).collect();
        return Ok(Planned { standings, ..Planned::default() });
    }
    let text = std::fs::read_to_string(&path).map_err(|e| {
        Diagnostic::machine("plan.unreadable", format!("the locked plan cannot be read: {e}"))
            .hint("Check that the file beside the pipeline may be read.")
    })?;
    let locked = Locked::read(&text, |body| sha256(body.as_bytes()))?;
    Ok(Planned {
        standings: locked.standings(&now),
        knew: locked.knew(files),
        locked: Some((locked, sha256(text.as_bytes()))),
    })
}

/// The first of several problems.
pub(crate) fn first(problems: Vec<Diagnostic>) -> Diagnostic {
    let nothing = || Diagnostic::bug("plan.no-problem", "a sheet was refused without a reason");
    problems.into_iter().next().unwrap_or_else(nothing)
}
