//! What others can check the outputs by: an in-toto statement beside every report, which names its
//! hash (a report cannot hold its own), and the run as a research object (RO-Crate).

use super::manifest::Manifest;
use crate::files::{Folder, sha256};
use groundwork_plan::plan::Plan;
use serde_json::{Value, json};

/// The statement of <https://in-toto.io/Statement/v1> with the provenance of SLSA, version 1.
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://slsa.dev/provenance/v1";
/// What kind of making this was, by a name that needs no network.
const BUILD: &str = "urn:groundwork:run:1";

/// Adds the statements and the crate. The crate describes every file, the manifest by name alone,
/// because the manifest lists the crate.
pub(super) fn attest(plan: &Plan, manifest: &Manifest, files: &mut Folder) {
    let core = manifest.core();
    let reports: Vec<(String, String)> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".pdf"))
        .map(|(path, bytes)| (path.clone(), sha256(bytes)))
        .collect();
    for (path, hash) in &reports {
        let text = written(&statement(path, hash, manifest.run_id(), core));
        files.insert(format!("{path}.intoto.json"), text);
    }
    let described = written(&crate_of(plan, manifest, files));
    files.insert("ro-crate-metadata.json".into(), described);
}

fn statement(path: &str, hash: &str, run_id: &str, core: &Value) -> Value {
    let inputs = core["inputs"].as_array().map(Vec::as_slice).unwrap_or_default();
    let needed: Vec<Value> = inputs
        .iter()
        .map(|input| json!({"name": input["path"], "digest": {"sha256": input["sha256"]}}))
        .chain([json!({
            "name": core["pipeline"]["name"], "digest": {"sha256": core["pipeline"]["sha256"]},
        })])
        .collect();
    let name = path.rsplit('/').next().unwrap_or(path);
    json!({
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": hash}}],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD,
                "externalParameters": core["parameters"],
                "internalParameters": {"engine": core["engine"]},
                "resolvedDependencies": needed,
            },
            "runDetails": {
                "builder": {"id": BUILD, "version": {"groundwork": env!("CARGO_PKG_VERSION")}},
                "metadata": {"invocationId": run_id},
            },
        },
    })
}

/// The metadata document of RO-Crate 1.1 with the Process Run Crate profile 0.5.
fn crate_of(plan: &Plan, manifest: &Manifest, files: &Folder) -> Value {
    let core = manifest.core();
    let as_of = plan.calendar.as_of.to_string();
    let mut outputs: Vec<Value> = files
        .iter()
        .map(|(path, bytes)| {
            json!({
                "@id": path,
                "@type": "File",
                "name": path,
                "contentSize": bytes.len().to_string(),
                "encodingFormat": media_type(path),
                "sha256": sha256(bytes),
            })
        })
        .collect();
    outputs.push(json!({
        "@id": "manifest.json",
        "@type": "File",
        "name": "manifest.json",
        "description": "What went into the run, what was asked for, and every file with its hash",
        "encodingFormat": "application/json",
    }));
    let inputs = core["inputs"].as_array().map(Vec::as_slice).unwrap_or_default();
    // Exports stay where they are; the crate names them and does not hold them.
    let objects: Vec<Value> = inputs
        .iter()
        .map(|input| (&input["path"], &input["sha256"]))
        .chain([(&core["pipeline"]["name"], &core["pipeline"]["sha256"])])
        .map(|(path, hash)| {
            json!({
                "@id": format!("urn:sha256:{}", hash.as_str().unwrap_or_default()),
                "@type": "CreativeWork",
                "name": path,
                "sha256": hash,
            })
        })
        .collect();
    let ids =
        |list: &[Value]| -> Vec<Value> { list.iter().map(|item| json!({"@id": item["@id"]})).collect() };
    let run = format!("urn:groundwork:run:{}", manifest.run_id());
    let engine = format!("urn:groundwork:{}", env!("CARGO_PKG_VERSION"));
    let profile = "https://w3id.org/ro/wfrun/process/0.5";
    let licence = "urn:groundwork:licence:not-stated";
    let mut graph = vec![
        json!({
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        }),
        json!({
            "@id": "./",
            "@type": "Dataset",
            "name": plan.programme.title.en,
            "description": "Indicators, estimates, charts and reports of one run of groundwork. The exports that it read are named by their hashes and are not part of it.",
            "datePublished": as_of,
            "license": {"@id": licence},
            "conformsTo": {"@id": profile},
            "hasPart": ids(&outputs),
            "mentions": {"@id": run},
        }),
        json!({
            "@id": licence,
            "@type": "CreativeWork",
            "name": "No licence is stated",
            "description": "Ask the organisation before using these files further.",
        }),
        json!({"@id": profile, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}),
        json!({
            "@id": run,
            "@type": "CreateAction",
            "name": format!("Run of {}", core["pipeline"]["name"].as_str().unwrap_or_default()),
            "description": "The pipeline was run over the exports.",
            "endTime": as_of,
            "instrument": {"@id": engine},
            "object": ids(&objects),
            "result": ids(&outputs),
            "agent": {"@id": "urn:groundwork:agent:not-stated"},
        }),
        json!({
            "@id": "urn:groundwork:agent:not-stated",
            "@type": "Organization",
            "name": "The organisation that ran it",
        }),
        json!({
            "@id": engine,
            "@type": "SoftwareApplication",
            "name": "groundwork",
            "softwareVersion": env!("CARGO_PKG_VERSION"),
            "url": "urn:groundwork",
        }),
    ];
    graph.extend(outputs);
    graph.extend(objects);
    json!({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph})
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "csv" => "text/csv",
        "html" => "text/html",
        "json" => "application/json",
        "parquet" => "application/vnd.apache.parquet",
        "pdf" => "application/pdf",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

fn written(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}
