//! The manifest of a run against the schema that is published for it, `pipelines/manifest.schema.json`.

use crate::program::{done, repository};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use std::path::Path;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    vec![Trial::test("manifest: it is what its schema says", || fits().map_err(Failed::from))]
}

fn schema() -> Result<Value, String> {
    let schema =
        std::fs::read(repository().join("pipelines/manifest.schema.json")).map_err(|e| e.to_string())?;
    serde_json::from_slice(&schema).map_err(|e| e.to_string())
}

/// Whether the manifest of a run directory is what the schema says.
pub(crate) fn fits_its_schema(out: &Path) -> Result<(), String> {
    let text = std::fs::read(out.join("manifest.json")).map_err(|e| e.to_string())?;
    differs(&serde_json::from_slice(&text).map_err(|e| e.to_string())?, &schema()?, "")
}

fn fits() -> Result<(), String> {
    let schema = schema()?;
    for pipeline in ["lessons-learned", "examples/staggered-adoption"] {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let out = folder.path().join("out");
        let path = format!("pipelines/{pipeline}.yaml");
        done(&repository(), &["run", &path, "--out", &out.display().to_string(), "--language", "en"])?;
        let text = std::fs::read_to_string(out.join("manifest.json")).map_err(|e| e.to_string())?;
        let manifest: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        differs(&manifest, &schema, "")?;
        // The canonical form.
        let mut sorted = manifest.clone();
        sorted.sort_all_objects();
        let canonical = serde_json::to_string_pretty(&sorted).map_err(|e| e.to_string())? + "\n";
        if text != canonical {
            return Err(format!("{pipeline}: the manifest is not in its canonical form"));
        }
        // What is wrong is seen.
        for (at, wrong) in [
            ("/run_id", Value::from("x")),
            ("/inputs/0/sha256", Value::from(1)),
            ("/parameters/audience", Value::from("all")),
            ("/engine", Value::from(Vec::<Value>::new())),
        ] {
            let mut other = manifest.clone();
            *other.pointer_mut(at).ok_or("nothing stands there")? = wrong;
            if differs(&other, &schema, "").is_ok() {
                return Err(format!("something wrong at {at} is not seen"));
            }
        }
        let mut other = manifest;
        other["surplus"] = Value::Null;
        if differs(&other, &schema, "").is_ok() {
            return Err("a surplus key is not seen".into());
        }
    }
    Ok(())
}

/// As much of JSON Schema as this schema uses.
fn differs(value: &Value, schema: &Value, at: &str) -> Result<(), String> {
    let problem = |what: &str| Err(format!("{at}: {what}"));
    if let Some(choices) = schema["oneOf"].as_array() {
        let fitting = choices.iter().filter(|choice| differs(value, choice, at).is_ok()).count();
        return if fitting == 1 { Ok(()) } else { problem("fits none of the forms") };
    }
    if schema.get("const").is_some_and(|wanted| wanted != value) {
        return problem("another constant");
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return problem("none of the words");
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    };
    let is = |kind: &&str| match *kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => {
            value.as_i64().is_some_and(|n| schema["minimum"].as_i64().is_none_or(|least| n >= least))
        }
        "null" => value.is_null(),
        _ => false,
    };
    if !types.is_empty() && !types.iter().any(is) {
        return problem("another type");
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str()) {
        // `^[0-9a-f]{64}$`.
        let length = pattern.trim_start_matches("^[0-9a-f]{").trim_end_matches("}$").parse::<usize>();
        let is_hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if length.map_err(|e| e.to_string())? != text.len() || !is_hex {
            return problem("no hash of that length");
        }
    }
    for item in value.as_array().into_iter().flatten() {
        differs(item, &schema["items"], &format!("{at}/*"))?;
    }
    let Some(object) = value.as_object() else { return Ok(()) };
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(key) {
            return problem(&format!("`{key}` is missing"));
        }
    }
    for (key, inner) in object {
        let declared = schema["properties"].get(key).unwrap_or(&schema["additionalProperties"]);
        match declared {
            Value::Object(_) => differs(inner, declared, &format!("{at}/{key}"))?,
            _ => return problem(&format!("`{key}` is not declared")),
        }
    }
    Ok(())
}
