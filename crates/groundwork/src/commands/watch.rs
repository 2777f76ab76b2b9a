//! `groundwork run --watch`: the writer's loop. The results of a run are kept; when a template, a
//! catalogue of words or a font is saved, the reports are set again.

use crate::exit;
use crate::files::write_folder;
use crate::run::{Kept, interrupted};
use crate::ui::{self, PipelineText, Progress};
use groundwork_plan::diag::Diagnostic;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

/// How often the folders are looked at.
const EVERY: Duration = Duration::from_millis(100);

/// Sets the reports again whenever a file of their folders changes, until it is interrupted.
pub(super) fn watch(kept: &Kept, out: &Path, pipeline: &PipelineText<'_>) -> u8 {
    let folders = kept.folders();
    if folders.is_empty() {
        let problem =
            Diagnostic::command_line("run.nothing-to-watch", "no report has a folder of templates to watch")
                .hint(
                    "Name one with `templates:` in the pipeline; `reports/README.md` says what goes into it.",
                );
        ui::diagnostics(std::slice::from_ref(&problem), Some(pipeline));
        return exit::code(&[problem]);
    }
    let named: Vec<String> = folders.iter().map(|f| f.display().to_string()).collect();
    ui::fact(&format!("watching {}; Ctrl-C ends", named.join(", ")));
    let mut seen = saved(&folders);
    while !interrupted() {
        sleep(EVERY);
        let now = saved(&folders);
        if now == seen {
            continue;
        }
        seen = now;
        let began = Instant::now();
        match kept.written(&Progress::new(true)) {
            Err(problems) => ui::diagnostics(&problems, Some(pipeline)),
            Ok((files, _)) => match write_folder(out, &files) {
                Err(problem) => ui::diagnostics(&[problem], Some(pipeline)),
                Ok(()) => ui::fact(&format!("set again in {:.2} s", began.elapsed().as_secs_f64())),
            },
        }
    }
    exit::DONE
}

/// When each file of some folders was saved last.
fn saved(folders: &[PathBuf]) -> BTreeMap<PathBuf, Option<SystemTime>> {
    let mut out = BTreeMap::new();
    let mut open = folders.to_vec();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                out.insert(path, entry.metadata().and_then(|m| m.modified()).ok());
            }
        }
    }
    out
}
