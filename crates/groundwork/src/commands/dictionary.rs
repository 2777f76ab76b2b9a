//! `groundwork dictionary`: the reference sheet of every indicator, from the definitions that
//! compute it.
//!
//! The fields are those of the performance indicator reference sheets that USAID asks for
//! (ADS 201maf), which other funders' templates are near to.

mod columns;
mod fields;
mod write;

use crate::cli::{Format, Overrides, PipelineFile, language};
use crate::exit;
use crate::files::may_write;
use crate::run::resolve;
use crate::ui::{self, PipelineText};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::plan::Plan;
use groundwork_plan::text::Language;
use groundwork_sources::files;
use std::path::{Path, PathBuf};

/// Writes the indicator reference sheets.
#[derive(Debug, clap::Args)]
pub(crate) struct Dictionary {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// The file to write; standard output where it is missing.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The form; that of the file's ending where it is missing, else Markdown.
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// The language of the labels and of what the pipeline says in it.
    #[arg(long, value_parser = language, value_name = "en|th|my", default_value = "en")]
    language: Language,
}

/// How the sheets are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// Markdown: one table an indicator.
    Md,
    /// One row an indicator.
    Csv,
    /// A workbook: one row an indicator, and what is to be completed.
    Xlsx,
    /// For programs.
    Json,
}

/// The reference sheet of one indicator.
struct Sheet {
    id: String,
    title: String,
    fields: Vec<Field>,
}

/// One field of a reference sheet.
struct Field {
    /// Its name for programs.
    key: &'static str,
    /// Its name for readers.
    label: &'static str,
    /// What it says; nothing where nobody has filled it in.
    value: Option<String>,
}

impl Sheet {
    /// The fields that nobody has filled in.
    fn open(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.value.is_none())
    }
}

impl Dictionary {
    /// Writes, and says what is to be completed.
    pub(crate) fn run(self) -> u8 {
        let overrides = Overrides { as_of: None, audience: None, engine: None, threads: None, memory: None };
        let request = match super::request(&self.pipeline.path, &overrides) {
            Ok(request) => request,
            Err(problem) => return ui::ended(Format::Text, &[problem], None),
        };
        let path = self.pipeline.path.display().to_string();
        let shown = PipelineText { path: &path, text: &request.text };
        let plan = match resolve(&request) {
            Ok((plan, warnings)) => {
                ui::diagnostics(&warnings, Some(&shown));
                plan
            }
            Err(problems) => return ui::ended(Format::Text, &problems, Some(&shown)),
        };
        let sources = plan.sources.iter().filter_map(|source| files(source, &request.folder).ok()).flatten();
        let read: Vec<PathBuf> = sources.map(|file| file.path).chain([request.path.clone()]).collect();
        let may = self.out.as_ref().map_or(Ok(()), |out| may_write(out, read.iter().map(PathBuf::as_path)));
        match may.and_then(|()| self.write(&plan)) {
            Ok(()) => exit::DONE,
            Err(problem) => ui::ended(Format::Text, &[problem], Some(&shown)),
        }
    }

    fn write(&self, plan: &Plan) -> Result<(), Diagnostic> {
        let language = self.language;
        let sheets: Vec<Sheet> = plan.indicators.iter().map(|i| fields::sheet(plan, i, language)).collect();
        let form = self.form()?;
        let bytes = match form {
            Form::Md => write::markdown(plan, &sheets, language).into_bytes(),
            Form::Csv => write::csv(&sheets, language)?,
            Form::Xlsx => write::xlsx(plan, &sheets, language)?,
            Form::Json => write::json(plan, &sheets, language),
        };
        let Some(out) = &self.out else {
            ui::fact(String::from_utf8_lossy(&bytes).trim_end());
            return Ok(());
        };
        save(out, &bytes)?;
        let open: usize = sheets.iter().map(|sheet| sheet.open().count()).sum();
        ui::fact(&format!(
            "{} indicators in {}; {open} fields are to be completed",
            sheets.len(),
            out.display()
        ));
        Ok(())
    }

    fn form(&self) -> Result<Form, Diagnostic> {
        let ending =
            self.out.as_deref().and_then(Path::extension).map(|e| e.to_string_lossy().to_lowercase());
        let form = match (self.format, ending.as_deref()) {
            (Some(form), _) => form,
            (None, None | Some("md" | "markdown")) => Form::Md,
            (None, Some("csv")) => Form::Csv,
            (None, Some("xlsx")) => Form::Xlsx,
            (None, Some("json")) => Form::Json,
            (None, Some(other)) => {
                let message = format!("a dictionary is not written as `.{other}`");
                return Err(Diagnostic::command_line("dictionary.unknown-form", message).hint(
                    "End the file with `.md`, `.csv`, `.xlsx` or `.json`, or name the form with `--format`.",
                ));
            }
        };
        if form == Form::Xlsx && self.out.is_none() {
            return Err(Diagnostic::command_line(
                "dictionary.no-file",
                "a workbook needs a file to be written to",
            )
            .hint("Name one with `--out dictionary.xlsx`."));
        }
        Ok(form)
    }
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    std::fs::write(path, bytes).map_err(|e| {
        Diagnostic::machine("file.write", format!("{} cannot be written: {e}", path.display())).hint(
            "Check that the folder is there and may be written to, and that no program holds the file open.",
        )
    })
}
