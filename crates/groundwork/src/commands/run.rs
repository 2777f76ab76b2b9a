//! `groundwork run`: the whole way.

use crate::cli::{Format, Overrides, PipelineFile, ReportPeriod, language};
use crate::files::{Folder, append, may_replace, write_folder};
use crate::ui::{self, PipelineText, Progress};
use crate::{exit, run, signature};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::text::Language;
use serde_json::json;
use std::path::PathBuf;

/// The whole way, from the exports to the reports.
#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// Where to write the run directory; an earlier run there is replaced.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// Only this report; can be given several times.
    #[arg(long = "report", value_name = "ID")]
    reports: Vec<String>,
    /// Only this language; can be given several times.
    #[arg(long = "language", value_parser = language, value_name = "en|th|my")]
    languages: Vec<Language>,
    #[command(flatten)]
    period: ReportPeriod,
    #[command(flatten)]
    overrides: Overrides,
    /// Stay, and set the reports again whenever a file in their folders of templates is saved; the
    /// results of this run are kept.
    #[arg(long)]
    watch: bool,
    /// Read and work out everything anew; otherwise what an earlier run of the same pipeline left in
    /// `.groundwork` beside it is used where nothing that it depends on has changed.
    #[arg(long)]
    afresh: bool,
    /// Sign every report with this OpenSSH key; the signature stands beside it as `.pdf.sig`.
    #[arg(long, value_name = "KEY", conflicts_with = "watch")]
    sign: Option<PathBuf>,
    /// How facts are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Run {
    /// Runs, writes, and says where.
    pub(crate) fn run(self) -> u8 {
        let mut request = match super::request(&self.pipeline.path, &self.overrides) {
            Ok(request) => request,
            Err(problem) => return ui::ended(self.format, &[problem], None),
        };
        request.keeps = !self.afresh;
        request.period = self.period.period;
        request.languages.clone_from(&self.languages);
        request.reports.clone_from(&self.reports);
        let path = self.pipeline.path.display().to_string();
        let text = request.text.clone();
        let shown = PipelineText { path: &path, text: &text };
        if let Err(problem) = may_replace(&self.out) {
            return ui::ended(self.format, &[problem], Some(&shown));
        }
        let progress = Progress::new(self.format == Format::Json);
        let outcome = run::run(&request, &progress);
        drop(progress);
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(problems) => return ui::ended(self.format, &problems, Some(&shown)),
        };
        let files = match self.signed(&outcome.files) {
            Ok(files) => files,
            Err(problem) => return ui::ended(self.format, &[problem], Some(&shown)),
        };
        // First the ledger: what it holds and nobody got protects too much, the other way round too little.
        if let Some((ledger, lines)) = &outcome.record
            && let Err(problem) = append(ledger, lines)
        {
            return ui::ended(self.format, &[problem], Some(&shown));
        }
        if let Err(problem) = write_folder(&self.out, &files) {
            return ui::ended(self.format, &[problem], Some(&shown));
        }
        match self.format {
            Format::Json => ui::fact_json(&json!({
                "diagnostics": ui::diagnostics_json(&outcome.warnings, Some(&shown)),
                "files": outcome.files.keys().collect::<Vec<_>>(),
                "out": self.out.display().to_string(),
                "run_id": outcome.run_id,
            })),
            Format::Text => {
                ui::diagnostics(&outcome.warnings, Some(&shown));
                ui::fact(&format!("run {} in {}", outcome.run_id, self.out.display()));
                for name in outcome.files.keys().filter(|n| is_report(n)) {
                    ui::fact(&self.out.join(name).display().to_string());
                }
            }
        }
        if self.watch { super::watch::watch(&outcome.kept, &self.out, &shown) } else { exit::DONE }
    }

    /// The files of a run, with signatures of the reports where they are asked for. The manifest
    /// does not list these, so that everybody can verify the run.
    fn signed(&self, files: &Folder) -> Result<Folder, Diagnostic> {
        let mut out = files.clone();
        if let Some(key) = &self.sign {
            for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".pdf")) {
                out.insert(format!("{name}.sig"), signature::sign(key, bytes)?);
            }
        }
        Ok(out)
    }
}

/// Whether a file is a document for readers, and not a statement about one.
fn is_report(name: &str) -> bool {
    name.starts_with("reports/") && !name.ends_with(".intoto.json")
}
