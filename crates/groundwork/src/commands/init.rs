//! `groundwork init`: a project that runs at once, or a draft for exports at hand.

mod draft;
mod sample;

use crate::files::Folder;
use crate::{exit, ui};
use groundwork_plan::diag::Diagnostic;
use groundwork_sources::KEY_FILE;
use std::fs;
use std::path::{Path, PathBuf};

/// Makes a project that runs at once: pipeline, data, README.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The folder to make; it must be new or empty.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Exports to draft a pipeline from, instead of the invented sample.
    #[arg(long, value_name = "EXPORT", num_args = 1..)]
    from: Vec<PathBuf>,
}

const PIPELINE: &str = include_str!("../../../../pipelines/prevention.yaml");

impl Init {
    /// Makes the project, and says what to do next.
    pub(crate) fn run(self) -> u8 {
        match self.project().and_then(|files| write_new(&self.folder, &files)) {
            Ok(()) => {
                let shown = self.folder.display();
                ui::fact(&format!("made {shown}; next:"));
                ui::fact(&format!("  groundwork check {shown}/pipeline.yaml"));
                ui::fact(&format!("  groundwork run {shown}/pipeline.yaml --out {shown}/out"));
                exit::DONE
            }
            Err(problem) => {
                let problems = [problem];
                ui::diagnostics(&problems, None);
                exit::code(&problems)
            }
        }
    }

    fn project(&self) -> Result<Folder, Diagnostic> {
        let mut files = Folder::new();
        let schema = serde_json::to_vec_pretty(&groundwork_plan::schema::schema()).unwrap_or_default();
        files.insert("groundwork.schema.json".into(), schema);
        files.insert(KEY_FILE.into(), key()?);
        // Neither the key nor what is computed belongs into a history that is shared.
        files.insert(".gitignore".into(), format!("/{KEY_FILE}\n/out\n").into_bytes());
        if self.from.is_empty() {
            files.insert("pipeline.yaml".into(), PIPELINE.replace("../data-samples/", "data/").into_bytes());
            for (path, bytes) in sample::SAMPLE {
                files.insert((*path).into(), bytes.to_vec());
            }
            files.insert(
                "README.md".into(),
                readme("The exports in `data` are invented; so are the people in them. `groundwork test pipeline.yaml`\nruns the worked examples in `pipeline.tests`.").into_bytes(),
            );
        } else {
            files.insert("pipeline.yaml".into(), draft::draft(&self.from, &self.folder)?.into_bytes());
            files.insert(
                "README.md".into(),
                readme("The pipeline is a draft made from the headers and the first rows of the exports; read it line by line.")
                    .into_bytes(),
            );
        }
        Ok(files)
    }
}

/// A new key for pseudonyms, as text: 256 bits from the machine's own source of chance.
fn key() -> Result<Vec<u8>, Diagnostic> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| {
        Diagnostic::machine("init.no-chance", format!("the machine gives no random numbers: {e}"))
    })?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{digits}\n").into_bytes())
}

fn readme(about: &str) -> String {
    format!(
        "# A groundwork project\n\n{about}\n\n```sh\ngroundwork check pipeline.yaml          # reads, resolves, loads, checks; writes nothing\ngroundwork run pipeline.yaml --out out  # writes out/indicators.csv, charts and reports\n```\n\n`pipeline.yaml` says what the exports are, what is computed from them and who may read it.\nEditors that know YAML schemas complete and check it with `groundwork.schema.json`;\n`groundwork schema --reference` prints what every key means.\n\n`groundwork.key` is the secret with which numbers of people become pseudonyms. Keep it to yourselves and\nkeep it: with another key the same people have other pseudonyms.\n"
    )
}

/// Writes a project into a folder that is new or empty.
fn write_new(folder: &Path, files: &Folder) -> Result<(), Diagnostic> {
    let taken = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if taken || folder.is_file() {
        return Err(Diagnostic::command_line("init.not-empty", format!("{} is not empty", folder.display()))
            .hint("Name a folder that is new or empty."));
    }
    let cannot = |path: &Path, e: std::io::Error| {
        Diagnostic::machine("file.write", format!("{} cannot be written: {e}", path.display()))
            .hint("Check that the folder may be written to.")
    };
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| cannot(parent, e))?;
        }
        fs::write(&path, bytes).map_err(|e| cannot(&path, e))?;
    }
    Ok(())
}
