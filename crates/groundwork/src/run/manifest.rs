//! The manifest: what went in, what was asked for, what came out. No clock, host, user, folder.
//!
//! The run's identifier is the hash of everything that decides the results, so it can stand in a
//! report that the manifest also lists.

use super::planned::Planned;
use super::{Loaded, Request, lock, pipeline_hash, pipeline_name};
use crate::files::{Folder, sha256};
use groundwork_plan::indicator::Indicator;
use groundwork_plan::plan::Plan;
use groundwork_report::Templates;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The manifest of a run.
#[derive(Clone)]
pub(crate) struct Manifest {
    core: Value,
    run_id: String,
    tables: Value,
    templates: Value,
}

impl Manifest {
    /// The manifest of what is known before reports are set.
    pub(crate) fn new(request: &Request, plan: &Plan, loaded: &Loaded, planned: &Planned) -> Self {
        let inputs: Vec<Value> = loaded
            .files
            .iter()
            .map(|(path, file)| json!({"bytes": file.bytes, "path": path, "rows": file.rows, "sha256": file.sha256}))
            .collect();
        let sources: Vec<Value> = loaded
            .sources
            .iter()
            .map(|s| {
                json!({
                    "columns_not_read": s.ignored_columns,
                    "id": s.id,
                    "rows": s.rows_json(),
                })
            })
            .collect();
        let reports: Vec<Value> = plan
            .reports
            .iter()
            .map(|r| {
                let languages: Vec<&str> = r.languages.iter().map(|l| l.code()).collect();
                json!({"id": r.id, "languages": languages, "period": r.period.id(), "template": r.template})
            })
            .collect();
        let libraries: serde_json::Map<String, Value> =
            lock::versions().into_iter().map(|(name, version)| (name, json!(version))).collect();
        let exceptions: Vec<Value> = plan
            .policy
            .exceptions
            .iter()
            .map(|e| {
                json!({"approver": e.approver, "id": e.id, "indicators": e.indicators, "reason": e.reason, "threshold": e.threshold})
            })
            .collect();
        let definitions: serde_json::Map<String, Value> =
            plan.indicators.iter().map(|i| (i.id.clone(), json!(definition(i)))).collect();
        let mut core = json!({
            "analysis_plan": planned.locked.as_ref().map(|(locked, sha256)| {
                json!({"locked_on": locked.locked_on.to_string(), "sha256": sha256})
            }),
            // Of each indicator as it was resolved; the same for the same version of the engine.
            "definitions": definitions,
            "engine": {
                "libraries": libraries,
                "lock_sha256": lock::sha256(),
                "name": "groundwork",
                "version": env!("CARGO_PKG_VERSION"),
            },
            "inputs": inputs,
            "parameters": {
                "as_of": plan.calendar.as_of.to_string(),
                "audience": plan.policy.audience.word(),
                "exceptions": exceptions,
                // As the command line named it.
                "period": request.period.map(|period| period.id()),
                "reports": reports,
                // What is drawn at random is drawn from seeds that follow from what it is for.
                "seed": null,
            },
            "pipeline": {"name": pipeline_name(&request.path), "sha256": pipeline_hash(request, loaded)},
            "schema": "groundwork.manifest/1",
            "sources": sources,
        });
        if let Some(version) = &loaded.counted_by {
            let read = loaded.read_there.iter().map(|(source, content)| {
                // What stands for the hash of files that nobody here has seen.
                json!({"content": content, "source": source})
            });
            core["engine"]["counted_by"] = json!({"read": read.collect::<Vec<_>>(), "spark": version});
        }
        core.sort_all_objects();
        let run_id = sha256(core.to_string().as_bytes()).chars().take(16).collect();
        Self { core, run_id, tables: json!([]), templates: Value::Null }
    }

    /// Leaves out how many rows there are, where somebody could be found by it.
    pub(crate) fn leave_out_rows(&mut self) {
        for list in ["inputs", "sources"] {
            for entry in self.core[list].as_array_mut().into_iter().flatten() {
                entry["rows"] = Value::Null;
            }
        }
    }

    /// Lists the tables, which travel inside reports.
    pub(crate) fn list_tables(&mut self, tables: &Folder) {
        self.tables = listed(tables);
    }

    /// The same with what reports are set from: the files of authors of templates by report and
    /// path, and one hash of all that comes with groundwork.
    pub(crate) fn with_templates<'t>(
        &self,
        reports: impl IntoIterator<Item = (&'t str, &'t Templates)>,
    ) -> Self {
        let mut own: Vec<Value> = Vec::new();
        for (report, templates) in reports {
            own.extend(
                templates
                    .own()
                    .into_iter()
                    .map(|(path, bytes)| json!({"path": path, "report": report, "sha256": sha256(bytes)})),
            );
        }
        let shipped: Vec<u8> = Templates::shipped().flatten().copied().collect();
        let templates = json!({"own": own, "shipped_sha256": sha256(&shipped)});
        Self { templates, ..self.clone() }
    }

    /// What decides the results.
    pub(super) fn core(&self) -> &Value {
        &self.core
    }

    /// The run's identifier.
    pub(crate) fn run_id(&self) -> &str {
        &self.run_id
    }

    /// The manifest that travels inside a report: its outputs are the tables.
    pub(crate) fn inside(&self) -> Vec<u8> {
        self.with(self.tables.clone())
    }

    /// The manifest of the run directory, with every file in it, and the identifiers that reports print.
    pub(crate) fn finished(&self, files: &Folder, ids: &BTreeMap<String, String>) -> Vec<u8> {
        let mut outputs = listed(files);
        for output in outputs.as_array_mut().into_iter().flatten() {
            if let Some(id) = output["path"].as_str().and_then(|path| ids.get(path)) {
                output["report_id"] = json!(id);
            }
        }
        self.with(outputs)
    }

    fn with(&self, outputs: Value) -> Vec<u8> {
        let mut whole = self.core.clone();
        if let Some(map) = whole.as_object_mut() {
            map.insert("outputs".into(), outputs);
            map.insert("run_id".into(), json!(self.run_id));
            map.insert("templates".into(), self.templates.clone());
        }
        whole.sort_all_objects();
        let mut text = serde_json::to_vec_pretty(&whole).unwrap_or_default();
        text.push(b'\n');
        text
    }
}

/// The hash of what an indicator was resolved to; the same for the same version of the engine.
pub(super) fn definition(indicator: &Indicator) -> String {
    // The periods grow as time goes by, and are not what is meant.
    let timeless = Indicator { periods: Vec::new(), ..indicator.clone() };
    sha256(format!("{timeless:?}").as_bytes())
}

fn listed(files: &Folder) -> Value {
    files
        .par_iter()
        .map(|(path, bytes)| json!({"bytes": bytes.len(), "path": path, "sha256": sha256(bytes)}))
        .collect::<Vec<_>>()
        .into()
}
