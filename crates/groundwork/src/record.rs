//! What a run left behind: its manifest and files, from its folder or from inside a report.

use crate::files::sha256;
use crate::table::Table;
use groundwork_plan::diag::Diagnostic;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The schema that this version writes and reads.
const SCHEMA: &str = "groundwork.manifest/1";

/// A run that was.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) manifest: Value,
    /// The files that are at hand, by their path in the run directory.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Record {
    /// The run in a folder, with every file that its manifest lists and that is there.
    pub(crate) fn of_folder(folder: &Path) -> Result<Self, Diagnostic> {
        let path = folder.join("manifest.json");
        let bytes = std::fs::read(&path).map_err(|e| {
            Diagnostic::command_line("run.no-manifest", format!("{} cannot be read: {e}", path.display()))
                .hint("Name the folder that `groundwork run` wrote with `--out`, or a report of it.")
        })?;
        let manifest = understood(&bytes, &path.display().to_string())?;
        let mut files = BTreeMap::new();
        for (name, _) in listed(&manifest) {
            if is_inside(&name)
                && let Ok(bytes) = std::fs::read(folder.join(&name))
            {
                files.insert(name, bytes);
            }
        }
        Ok(Self { manifest, files })
    }

    /// The run inside a report; nothing where it holds no manifest.
    pub(crate) fn of_report(pdf: &[u8], name: &str) -> Result<Option<Self>, Diagnostic> {
        let mut files: BTreeMap<String, Vec<u8>> = groundwork_report::attached(pdf).into_iter().collect();
        match files.remove("manifest.json") {
            Some(bytes) => Ok(Some(Self { manifest: understood(&bytes, name)?, files })),
            None => Ok(None),
        }
    }

    /// The run's identifier.
    pub(crate) fn run_id(&self) -> &str {
        self.manifest["run_id"].as_str().unwrap_or_default()
    }

    /// The files that were written, with their hashes.
    pub(crate) fn outputs(&self) -> Vec<(String, String)> {
        listed(&self.manifest)
    }

    /// What is not as the manifest says: files that are not there, and files with other bytes.
    pub(crate) fn broken(&self, wants_all: bool) -> Vec<String> {
        let mut out = Vec::new();
        for (name, hash) in self.outputs() {
            match self.files.get(&name) {
                Some(bytes) if sha256(bytes) == hash => {}
                Some(_) => out.push(format!("{name} has other bytes than the manifest says")),
                None if wants_all => out.push(format!("{name} is not there")),
                None => {}
            }
        }
        out
    }

    /// The exports by path: hash and rows.
    pub(crate) fn inputs(&self) -> BTreeMap<String, (String, Option<u64>)> {
        let list = self.manifest["inputs"].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().map(|i| (words(&i["path"]), (words(&i["sha256"]), i["rows"].as_u64()))).collect()
    }

    /// The indicators with the hash of what they were resolved to.
    pub(crate) fn definitions(&self) -> BTreeMap<String, String> {
        let map = self.manifest["definitions"].as_object();
        map.into_iter().flatten().map(|(id, hash)| (id.clone(), words(hash))).collect()
    }

    /// The rows of each source by what became of them.
    pub(crate) fn rows(&self) -> BTreeMap<String, BTreeMap<String, u64>> {
        let list = self.manifest["sources"].as_array().map(Vec::as_slice).unwrap_or_default();
        let counts = |rows: &Value| {
            let map = rows.as_object().into_iter().flatten();
            map.map(|(state, n)| (state.clone(), n.as_u64().unwrap_or_default())).collect()
        };
        list.iter().map(|s| (words(&s["id"]), counts(&s["rows"]))).collect()
    }

    /// What reports were set from: the files of authors of templates, and all that comes with
    /// groundwork together, by name with their hashes.
    pub(crate) fn templates(&self) -> BTreeMap<String, String> {
        let templates = &self.manifest["templates"];
        let own = templates["own"].as_array().map(Vec::as_slice).unwrap_or_default();
        let named = |file: &Value| {
            (format!("{} of report {}", words(&file["path"]), words(&file["report"])), words(&file["sha256"]))
        };
        let shipped = templates["shipped_sha256"].as_str();
        own.iter()
            .map(named)
            .chain(
                shipped.map(|hash| ("templates, words and fonts of groundwork".to_owned(), hash.to_owned())),
            )
            .collect()
    }

    /// A parameter in words.
    pub(crate) fn parameter(&self, name: &str) -> String {
        words(&self.manifest["parameters"][name])
    }

    /// The engine with its version, and what counted the rows where that was another one.
    pub(crate) fn engine(&self) -> String {
        let engine = &self.manifest["engine"];
        let own = format!("{} {}", words(&engine["name"]), words(&engine["version"]));
        match self.counted_by() {
            Some(spark) => format!("{own}, rows counted by Spark {spark}"),
            None => own,
        }
    }

    /// The version of the engine that counted the rows, where another one than our own did.
    pub(crate) fn counted_by(&self) -> Option<&str> {
        self.manifest["engine"]["counted_by"]["spark"].as_str()
    }

    /// The sources that an engine read, each with the number that stands for its rows.
    pub(crate) fn read_there(&self) -> BTreeMap<String, String> {
        let list = self.manifest["engine"]["counted_by"]["read"].as_array().map(Vec::as_slice);
        list.unwrap_or_default().iter().map(|r| (words(&r["source"]), words(&r["content"]))).collect()
    }

    /// The hash of everything that the engine is built from.
    pub(crate) fn engine_hash(&self) -> &str {
        self.manifest["engine"]["lock_sha256"].as_str().unwrap_or_default()
    }

    /// The pipeline's name and hash.
    pub(crate) fn pipeline(&self) -> (String, String) {
        let pipeline = &self.manifest["pipeline"];
        (words(&pipeline["name"]), words(&pipeline["sha256"]))
    }

    /// The indicators of the run.
    pub(crate) fn indicators(&self) -> Result<Table, Diagnostic> {
        let table = self.files.get("indicators.csv").ok_or_else(|| "it is not there".to_owned());
        table.and_then(|bytes| Table::from_csv(bytes)).map_err(|why| {
            Diagnostic::command_line("run.broken", format!("indicators.csv cannot be read: {why}"))
                .hint("Run again, and compare the new run directory.")
        })
    }
}

fn understood(bytes: &[u8], name: &str) -> Result<Value, Diagnostic> {
    let manifest: Value = serde_json::from_slice(bytes).map_err(|e| {
        Diagnostic::command_line("run.broken", format!("the manifest in {name} is no JSON: {e}"))
            .hint("Something changed the file after the run; run again.")
    })?;
    match manifest["schema"].as_str() {
        Some(SCHEMA) => Ok(manifest),
        other => Err(Diagnostic::command_line(
            "run.other-version",
            format!("the manifest in {name} follows {}, expected {SCHEMA}", other.unwrap_or("no schema")),
        )
        .hint("Use the version of groundwork that the manifest names.")),
    }
}

fn listed(manifest: &Value) -> Vec<(String, String)> {
    let list = manifest["outputs"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|o| (words(&o["path"]), words(&o["sha256"]))).collect()
}

/// Whether a path stays inside its folder.
fn is_inside(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

fn words(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}
