//! `groundwork verify`: whether a report or a run directory is what its pipeline and exports give.
//!
//! First the commitments: the files at hand are those whose hashes the manifest names. Then, where
//! the pipeline is at hand, everything is run again with the parameters of the manifest, and bytes
//! are compared.

use crate::changes::Changes;
use crate::cli::{Format, engine};
use crate::files::Folder;
use crate::machine;
use crate::record::Record;
use crate::run::{self, Request, Where};
use crate::signature::{self, Checked};
use crate::ui::{self, Progress};
use crate::{exit, files};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::disclosure::Audience;
use groundwork_plan::period::Period;
use groundwork_plan::text::Language;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Runs again and compares bytes.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// A report, or a run directory.
    #[arg(value_name = "REPORT.pdf|RUN_DIR")]
    target: PathBuf,
    /// The pipeline, with its exports where it looks for them. A pipeline of the name that the
    /// manifest says is looked for here and in `pipelines` where it is missing.
    #[arg(long, value_name = "PIPELINE")]
    pipeline: Option<PathBuf>,
    /// The public key of those who signed the report, as OpenSSH writes it. A signature beside the
    /// report is checked with or without it; with it there has to be one, of this key.
    #[arg(long, value_name = "KEY.pub")]
    signed_by: Option<PathBuf>,
    /// Threads; as many as the machine has where it is missing. Never changes an output.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// The engine that counts the rows again, for a run that one counted; the pipeline's `engine` where
    /// it is missing.
    #[arg(long, value_parser = engine, value_name = "sc://HOST:PORT")]
    engine: Option<Where>,
    /// How facts are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Why it is not verified.
enum Failed {
    /// With the word of the contract and what was found.
    Because(&'static str, Vec<String>),
    /// Something else is wrong.
    Problems(Vec<Diagnostic>),
}

impl From<Diagnostic> for Failed {
    fn from(problem: Diagnostic) -> Self {
        Failed::Problems(vec![problem])
    }
}

impl Verify {
    /// Verifies, and says what it found.
    pub(crate) fn run(self) -> u8 {
        match self.verified() {
            Ok((run_id, compared, signers)) => {
                let signed: String = signers.iter().map(|key| format!("; signed by {key}")).collect();
                let sentence = format!("run again, the same bytes: {compared} files of run {run_id}{signed}");
                match self.format {
                    Format::Json => ui::fact_json(&json!({
                        "verified": true, "cause": Value::Null, "run_id": run_id, "files": compared,
                        "signed_by": signers,
                    })),
                    Format::Text => ui::fact(&sentence),
                }
                exit::DONE
            }
            Err(Failed::Because(cause, found)) => {
                match self.format {
                    Format::Json => {
                        ui::fact_json(&json!({"verified": false, "cause": cause, "found": found}));
                    }
                    Format::Text => {
                        ui::fact(&format!("not verified: {}", cause.replace('_', " ")));
                        found.iter().for_each(|line| ui::fact(&format!("  {line}")));
                    }
                }
                exit::VERIFY
            }
            Err(Failed::Problems(problems)) => ui::ended(self.format, &problems, None),
        }
    }

    /// The run's identifier, how many files were compared, and the fingerprints of those who signed.
    fn verified(&self) -> Result<(String, usize, Vec<String>), Failed> {
        let name = self.target.display().to_string();
        let signers = self.signers()?;
        let (record, report) = if self.target.is_dir() {
            (Record::of_folder(&self.target)?, None)
        } else {
            let pdf = files::read_file(&self.target, &name)?;
            let Some(record) = Record::of_report(&pdf, &name)? else {
                let found = format!(
                    "{name} holds no manifest that can be read: it is no report of a run, or its bytes were changed"
                );
                return Err(Failed::Because("no_manifest", vec![found]));
            };
            (record, Some(pdf))
        };
        let broken = record.broken(report.is_none());
        if !broken.is_empty() {
            return Err(Failed::Because("differs", broken));
        }
        let Some(path) = self.pipeline_of(&record) else {
            let found = format!(
                "the {} files at hand are those of the manifest of run {}",
                record.files.len(),
                record.run_id()
            );
            let missing = format!(
                "the pipeline {} is not here, so that nothing was run again; name it with `--pipeline`",
                record.pipeline().0
            );
            return Err(Failed::Because("inputs_missing", vec![found, missing]));
        };
        let mut request = self.request(&path, &record)?;
        request.engine = self.counting(&request, &record)?;
        let progress = Progress::new(self.format == Format::Json);
        let outcome = run::run(&request, &progress);
        drop(progress);
        let again = match outcome {
            Ok(outcome) => outcome.files,
            Err(problems) if problems.iter().any(is_missing_input) => {
                let found = problems.iter().map(|p| p.message.clone()).collect();
                return Err(Failed::Because("inputs_missing", found));
            }
            Err(problems) => return Err(Failed::Problems(problems)),
        };
        let manifest = again.get("manifest.json").cloned().unwrap_or_default();
        let new =
            Record { manifest: serde_json::from_slice(&manifest).unwrap_or_default(), files: again.clone() };
        let report = report.as_ref().map(|pdf| (self.target.as_path(), pdf));
        let folder = self.target.is_dir().then_some(self.target.as_path());
        let (run_id, compared) = compared(&record, &new, &again, report, folder)?;
        Ok((run_id, compared, signers))
    }

    /// The fingerprints of the keys of the signatures that stand beside the reports, each once.
    fn signers(&self) -> Result<Vec<String>, Failed> {
        let reports: Vec<PathBuf> = match self.target.is_dir() {
            true => {
                let entries = std::fs::read_dir(self.target.join("reports")).into_iter().flatten().flatten();
                entries.map(|entry| entry.path()).filter(|path| has_ending(path, "pdf")).collect()
            }
            false => vec![self.target.clone()],
        };
        let mut out = Vec::new();
        for report in reports {
            let name = report.display().to_string();
            let Ok(told) = std::fs::read(format!("{name}.sig")) else {
                if self.signed_by.is_some() {
                    return Err(Failed::Because(
                        "bad_signature",
                        vec![format!("{name} is not signed: there is no {name}.sig")],
                    ));
                }
                continue;
            };
            let bytes = files::read_file(&report, &name)?;
            match signature::check(&told, &bytes, self.signed_by.as_deref())? {
                Checked::Good(key) if out.contains(&key) => {}
                Checked::Good(key) => out.push(key),
                Checked::Bad(why) => {
                    return Err(Failed::Because("bad_signature", vec![format!("{name}.sig: {why}")]));
                }
            }
        }
        Ok(out)
    }

    /// The pipeline that was named, or one of the name and the text that the manifest says.
    fn pipeline_of(&self, record: &Record) -> Option<PathBuf> {
        if self.pipeline.is_some() {
            return self.pipeline.clone();
        }
        let (name, _) = record.pipeline();
        let beside = self.target.parent().and_then(Path::parent).map(Path::to_owned);
        let folders = [Some(PathBuf::from(".")), Some(PathBuf::from("pipelines")), beside];
        folders.into_iter().flatten().map(|folder| folder.join(&name)).find(|path| path.is_file())
    }

    /// What counts the rows again: what counted them in the run. An engine adds in its own order and has
    /// rows that nobody here sees, so that a run of one is not verified by another.
    fn counting(&self, request: &Request, record: &Record) -> Result<Option<Where>, Failed> {
        let Some(spark) = record.counted_by() else {
            return match &self.engine {
                Some(Where::Engine(_)) => Err(Failed::from(
                    Diagnostic::command_line(
                        "verify.counted-here",
                        "the rows of the run were counted without an engine",
                    )
                    .hint("Leave out `--engine`: where the pipeline names one, it is not asked."),
                )),
                // The pipeline may name an engine that the run was told not to use.
                _ => Ok(Some(Where::Here)),
            };
        };
        if self.engine == Some(Where::Here) || (self.engine.is_none() && !run::has_engine(request)) {
            return Err(Failed::from(
                Diagnostic::command_line(
                    "verify.no-engine",
                    format!("the rows of the run were counted by an engine, Spark {spark}"),
                )
                .hint("Name the same one with `--engine sc://HOST:PORT`: its address does not stand in the run."),
            ));
        }
        Ok(self.engine.clone())
    }

    /// What the run was asked for.
    fn request(&self, path: &Path, record: &Record) -> Result<Request, Failed> {
        let (text, folder) = files::read_pipeline(path)?;
        let parameters = &record.manifest["parameters"];
        let reports = parameters["reports"].as_array().map(Vec::as_slice).unwrap_or_default();
        let languages = reports.iter().flat_map(|r| r["languages"].as_array().into_iter().flatten());
        let mut spoken: Vec<Language> = Vec::new();
        for language in languages.filter_map(|l| Language::from_code(l.as_str()?)) {
            if !spoken.contains(&language) {
                spoken.push(language);
            }
        }
        let audience = record.parameter("audience");
        Ok(Request {
            path: path.to_owned(),
            text,
            folder,
            period: Period::parse(&record.parameter("period")),
            as_of: record.parameter("as_of").parse().ok(),
            audience: Audience::ALL.into_iter().find(|a| a.word() == audience),
            languages: spoken,
            reports: reports.iter().filter_map(|r| r["id"].as_str().map(str::to_owned)).collect(),
            threads: self.threads.map_or_else(machine::threads, usize::from),
            memory_mb: machine::memory_mb(),
            engine: None,
            // What is verified is worked out again, and not looked up.
            keeps: false,
        })
    }
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}

fn is_missing_input(problem: &Diagnostic) -> bool {
    matches!(problem.code, "source.file-not-found" | "source.not-a-file" | "source.unreadable-file")
}

/// What in the folder of a run is not as running again gives it, whatever its manifest lists: the manifest
/// itself, files that it does not name, and files that no run writes.
fn beside_the_manifest(old: &Record, new: &Record, again: &Folder, folder: &Path) -> Vec<String> {
    let listed: BTreeSet<String> = old.outputs().into_iter().map(|(name, _)| name).collect();
    let mut differ: Vec<String> = Vec::new();
    for name in again.keys().filter(|name| !listed.contains(*name) && *name != MANIFEST) {
        if folder.join(name).exists() {
            differ.push(format!("{name} (the manifest does not name it)"));
        }
    }
    let of_data = ["run_id", "pipeline", "inputs", "definitions", "sources"];
    let changed = of_data.iter().filter(|key| old.manifest[**key] != new.manifest[**key]);
    differ.extend(changed.map(|key| format!("{MANIFEST} (`{key}`)")));
    let written = again.keys().chain(&listed).cloned().collect();
    differ.extend(files::other_file(folder, &written).map(|name| format!("{name} (no run writes it)")));
    differ
}

const MANIFEST: &str = "manifest.json";

/// Compares what there was with what running again gives.
fn compared(
    old: &Record,
    new: &Record,
    again: &Folder,
    report: Option<(&Path, &Vec<u8>)>,
    folder: Option<&Path>,
) -> Result<(String, usize), Failed> {
    let mut differ: Vec<String> = Vec::new();
    for (name, hash) in old.outputs() {
        match again.get(&name) {
            Some(bytes) if files::sha256(bytes) == hash => {}
            Some(_) => differ.push(name),
            None => differ.push(format!("{name} (not written again)")),
        }
    }
    let mut n = old.outputs().len();
    if let Some((path, pdf)) = report {
        n += 1;
        if !again.values().any(|bytes| bytes == pdf) {
            differ.push(path.display().to_string());
        }
    }
    if let Some(folder) = folder {
        differ.extend(beside_the_manifest(old, new, again, folder));
    }
    if differ.is_empty() {
        return Ok((old.run_id().to_owned(), n));
    }
    // Where the tables themselves cannot be read any more, the names of what differs are all there is.
    let Ok(changes) = Changes::between(old, new) else { return Err(Failed::Because("differs", differ)) };
    let mut found: Vec<String> = Vec::new();
    found.extend(changes.engine.iter().map(|engine| format!("engine: {engine}")));
    found.extend(changes.inputs.iter().map(|(name, words)| format!("export {name}: {words}")));
    found.extend(changes.definitions.iter().map(|(name, what)| format!("definition {name}: {what}")));
    found.extend(changes.templates.iter().map(|(name, what)| format!("template {name}: {what}")));
    found.extend(changes.first().map(|first| format!("first number that differs: {first}")));
    let explained = [&changes.inputs, &changes.templates].iter().any(|list| !list.is_empty());
    if !explained && changes.definitions.is_empty() && changes.engine.is_none() {
        found.push(
            "exports, definitions and templates are the same, so that the files themselves were changed"
                .into(),
        );
    }
    let (some, more) = differ.split_at(differ.len().min(10));
    found.extend(some.iter().map(|name| format!("other bytes: {name}")));
    if !more.is_empty() {
        found.push(format!("and {} files more", more.len()));
    }
    // Another engine explains what else differs, where exports and definitions are the same.
    let only_engine =
        changes.engine.is_some() && changes.inputs.is_empty() && old.pipeline() == new.pipeline();
    Err(Failed::Because(if only_engine { "engine_differs" } else { "differs" }, found))
}
