//! Verifying and comparing runs: what was changed is found and named.

use crate::program;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), String>| {
        Trial::test(format!("verify: {name}"), move || test().map_err(Failed::from))
    };
    vec![
        trial("every report of an example, from another folder", examples),
        trial("one changed cell, definition, and file are named", one_change),
        trial("a changed template is named", template),
        trial("what counted the rows counts them again", counted_elsewhere),
        trial("signatures are made and checked by OpenSSH", signed),
        trial("in-toto and RO-Crate name what was written", attested),
        trial("what is falsified together with the manifest is found", falsified),
        trial("one flipped byte of a report is found, wherever it is", flipped),
        trial("diff names late rows, definitions and restated values", restated),
    ]
}

const PIPELINE: &str = "groundwork: 1
programme: {id: t, title: Test}
calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q2, as_of: 2021-07-15}
sites: {a: {name: Ayla}, b: {name: Bora}}
audience: internal
sources:
  visits:
    export: visits.csv
    received: sent
    columns: {who: text, site: site, on: date, sent: date, minutes: integer}
indicators:
  seen: {kind: distinct_count, title: People seen, from: visits, of: who, period_by: on}
  long: {kind: proportion, title: Long visits, from: visits, numerator: minutes > 20, period_by: on}
reports:
  brief: {template: quarterly-funder}
";

/// The last row came late: in July, for a visit in March.
const VISITS: &str = "who,site,on,sent,minutes
p1,a,2021-01-10,2021-01-11,30
p2,a,2021-02-10,2021-02-11,10
p3,b,2021-03-10,2021-03-11,40
p4,b,2021-04-10,2021-04-11,15
p5,b,2021-03-20,2021-07-01,50
";

fn project(folder: &Path) -> Result<(), String> {
    write(folder, "pipeline.yaml", PIPELINE)?;
    write(folder, "visits.csv", VISITS)?;
    program::done(folder, &["run", "pipeline.yaml", "--out", "out"]).map(drop)
}

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> Result<(), String> {
    std::fs::write(folder.join(name), text).map_err(|e| e.to_string())
}

/// Asks for facts as JSON, and demands an exit code.
pub(crate) fn asked(folder: &Path, arguments: &[&str], code: i32) -> Result<Value, String> {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
    let output = program::run(folder, &arguments);
    let out = String::from_utf8_lossy(&output.stdout);
    if output.status.code() != Some(code) {
        let err = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "{arguments:?} ended with {:?}, expected {code}\n{out}{err}",
            output.status.code()
        ));
    }
    serde_json::from_str(&out).map_err(|e| format!("{arguments:?}: {e}\n{out}"))
}

/// A file of the organisation's own that a report is set from.
fn template() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    project(at)?;
    let own = PIPELINE.replace("quarterly-funder", "quarterly-funder, templates: mine");
    write(at, "pipeline.yaml", own)?;
    std::fs::create_dir_all(at.join("mine/sections")).map_err(|e| e.to_string())?;
    let section = |word: &str| format!("#let asks(doc, words) = par[{word}]\n");
    write(at, "mine/sections/asks.typ", section("Two more volunteers."))?;
    program::done(at, &["run", "pipeline.yaml", "--out", "out"])?;
    asked(at, &["verify", "out/reports/brief-en.pdf"], 0)?;
    write(at, "mine/sections/asks.typ", section("Three more volunteers."))?;
    let found = asked(at, &["verify", "out/reports/brief-en.pdf"], 5)?;
    expect(&found, "template sections/asks.typ of report brief")
}

/// A run that an engine counted is not verified by this machine, nor the other way round. That an engine
/// verifies its own is tested where there is a server, in `spark.rs`.
fn counted_elsewhere() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    project(at)?;
    let expect = |arguments: &[&str], words: &str| {
        let found = asked(at, &[&["verify", "out", "--pipeline", "pipeline.yaml"], arguments].concat(), 2)?;
        expect(&found, words)
    };
    expect(&["--engine", "sc://127.0.0.1:1"], "verify.counted-here")?;
    let path = at.join("out/manifest.json");
    let text = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
    let mut manifest: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    manifest["engine"]["counted_by"] = serde_json::json!({"read": [], "spark": "4.0.0"});
    write(at, "out/manifest.json", manifest.to_string())?;
    expect(&[], "verify.no-engine")?;
    expect(&["--engine", "here"], "verify.no-engine")
}

/// A key pair of OpenSSH; nothing where it is not installed.
fn key(folder: &Path, name: &str) -> Option<()> {
    let mut command = std::process::Command::new("ssh-keygen");
    command.args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]).arg(folder.join(name));
    command.status().ok().filter(|status| status.success()).map(drop)
}

fn signed() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    project(at)?;
    if ["ours", "theirs"].iter().any(|name| key(at, name).is_none()) {
        println!("verify: there is no ssh-keygen; signatures are not tried");
        return Ok(());
    }
    let report = "out/reports/brief-en.pdf";
    let wanted = |code: i32, by: &str| asked(at, &["verify", report, "--signed-by", by], code);
    expect(&wanted(5, "ours.pub")?, "bad_signature")?;
    program::done(at, &["run", "pipeline.yaml", "--out", "out", "--sign", "ours"])?;
    let found = asked(at, &["verify", report], 0)?;
    expect(&found, "SHA256:")?;
    wanted(0, "ours.pub")?;
    asked(at, &["verify", "out"], 0)?;
    // By another key, and of other bytes.
    expect(&wanted(5, "theirs.pub")?, "bad_signature")?;
    let path = at.join(report);
    let mut bytes = std::fs::read(&path).map_err(|e| e.to_string())?;
    bytes.push(b'\n');
    std::fs::write(&path, bytes).map_err(|e| e.to_string())?;
    expect(&wanted(5, "ours.pub")?, "bad_signature")
}

/// SHA-256, hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What others check the outputs by.
fn attested() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    project(folder.path())?;
    let out = folder.path().join("out");
    let read = |name: &str| std::fs::read(out.join(name)).map_err(|e| format!("{name}: {e}"));
    let json = |name: &str| -> Result<Value, String> {
        serde_json::from_slice(&read(name)?).map_err(|e| format!("{name}: {e}"))
    };
    let hash = |name: &str| -> Result<String, String> { read(name).map(|bytes| sha256(&bytes)) };
    let statement = json("reports/brief-en.pdf.intoto.json")?;
    let told = statement["subject"][0]["digest"]["sha256"].as_str();
    if told != Some(hash("reports/brief-en.pdf")?.as_str()) {
        return Err(format!("the statement names {told:?}"));
    }
    let described = json("ro-crate-metadata.json")?;
    let entities = described["@graph"].as_array().ok_or("no graph")?;
    let mut seen = 0;
    for file in entities.iter().filter(|entity| entity["@type"] == "File" && entity["sha256"].is_string()) {
        let name = file["@id"].as_str().unwrap_or_default();
        seen += 1;
        if file["sha256"].as_str() != Some(hash(name)?.as_str()) {
            return Err(format!("the crate gives {name} another hash"));
        }
    }
    let manifest = json("manifest.json")?;
    let listed = manifest["outputs"].as_array().map_or(0, Vec::len);
    // The manifest lists the crate as well, and the crate the manifest.
    if seen + 1 == listed {
        Ok(())
    } else {
        Err(format!("the crate has {seen} files, the manifest {listed}"))
    }
}

pub(crate) fn expect(found: &Value, what: &str) -> Result<(), String> {
    if found.to_string().contains(what) { Ok(()) } else { Err(format!("no `{what}` in {found}")) }
}

fn examples() -> Result<(), String> {
    let repository = program::repository();
    let elsewhere = tempfile::tempdir().map_err(|e| e.to_string())?;
    let out = elsewhere.path().join("out");
    let shown = out.display().to_string();
    for example in ["prevention", "lessons-learned", "site-comparison"] {
        let pipeline = repository.join(format!("pipelines/{example}.yaml")).display().to_string();
        program::done(elsewhere.path(), &["run", &pipeline, "--out", &shown])?;
        let pages = std::fs::read_dir(out.join("reports")).map_err(|e| e.to_string())?;
        let mut reports: Vec<_> = pages.flatten().map(|page| page.path()).collect();
        reports.retain(|path| path.extension().is_some_and(|e| e == "pdf"));
        reports.sort();
        let first = reports.first().ok_or("no report")?.display().to_string();
        for target in [&shown, &first] {
            let found = asked(&repository, &["verify", target, "--pipeline", &pipeline], 0)?;
            expect(&found, "\"verified\":true")?;
        }
    }
    Ok(())
}

fn one_change() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    project(folder)?;
    let report = "out/reports/brief-en.pdf";
    for target in ["out", report] {
        asked(folder, &["verify", target], 0)?;
    }
    write(
        folder,
        "visits.csv",
        VISITS.replace("p2,a,2021-02-10,2021-02-11,10", "p2,a,2021-02-10,2021-02-11,25"),
    )?;
    for target in ["out", report] {
        let found = asked(folder, &["verify", target], 5)?;
        expect(&found, "\"cause\":\"differs\"")?;
        expect(&found, "export visits.csv: 5 rows → 5 rows, other bytes")?;
        expect(&found, "first number that differs: long, all sites, 2021-Q1: 0.75 → 1 (data, restated)")?;
    }
    write(folder, "visits.csv", VISITS)?;
    write(folder, "pipeline.yaml", PIPELINE.replace("minutes > 20", "minutes > 10"))?;
    let found = asked(folder, &["verify", report], 5)?;
    expect(&found, "definition long: changed")?;
    expect(&found, "long, all sites, 2021-Q2: 0 → 1 (definition, restated)")?;
    write(folder, "pipeline.yaml", PIPELINE)?;
    write(folder, "out/issues.csv", "source\n")?;
    expect(&asked(folder, &["verify", "out"], 5)?, "issues.csv has other bytes")?;
    std::fs::remove_file(folder.join("out/issues.csv")).map_err(|e| e.to_string())?;
    expect(&asked(folder, &["verify", "out"], 5)?, "issues.csv is not there")?;
    std::fs::remove_file(folder.join("visits.csv")).map_err(|e| e.to_string())?;
    expect(&asked(folder, &["verify", report], 5)?, "\"cause\":\"inputs_missing\"")?;
    std::fs::rename(folder.join("pipeline.yaml"), folder.join("other.yaml")).map_err(|e| e.to_string())?;
    let found = asked(folder, &["verify", report], 5)?;
    expect(&found, "\"cause\":\"inputs_missing\"")?;
    expect(&found, "name it with `--pipeline`")?;
    write(folder, "no.pdf", "%PDF-1.7\n")?;
    expect(&asked(folder, &["verify", "no.pdf"], 5)?, "\"cause\":\"no_manifest\"")?;
    asked(folder, &["verify", "nowhere.pdf"], 6).map(drop)
}

fn falsified() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    project(folder)?;
    let read = |name: &str| std::fs::read_to_string(folder.join("out").join(name)).map_err(|e| e.to_string());
    let (whole, table) = (read("manifest.json")?, read("indicators.csv")?);
    let manifest: Value = serde_json::from_str(&whole).map_err(|e| e.to_string())?;
    let mut unnamed = manifest.clone();
    let outputs = unnamed["outputs"].as_array_mut().ok_or("no outputs")?;
    outputs.retain(|output| output["path"] != "indicators.csv");
    let mut other_input = manifest.clone();
    other_input["inputs"][0]["sha256"] = "0".repeat(64).into();
    write(folder, "out/indicators.csv", table.replace("0.75", "0.95"))?;
    write(folder, "out/manifest.json", unnamed.to_string())?;
    expect(&asked(folder, &["verify", "out"], 5)?, "indicators.csv (the manifest does not name it)")?;
    write(folder, "out/indicators.csv", &table)?;
    write(folder, "out/manifest.json", other_input.to_string())?;
    expect(&asked(folder, &["verify", "out"], 5)?, "manifest.json (`inputs`)")?;
    write(folder, "out/manifest.json", &whole)?;
    write(folder, "out/reports/more.html", "<p>More.</p>")?;
    expect(&asked(folder, &["verify", "out"], 5)?, "reports/more.html (no run writes it)")?;
    std::fs::remove_file(folder.join("out/reports/more.html")).map_err(|e| e.to_string())?;
    asked(folder, &["verify", "out"], 0).map(drop)
}

fn flipped() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    project(folder)?;
    let whole = std::fs::read(folder.join("out/reports/brief-en.pdf")).map_err(|e| e.to_string())?;
    for at in (0..24).map(|part| part * (whole.len() - 1) / 23) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        write(folder, "flipped.pdf", &bytes)?;
        let found = asked(folder, &["verify", "flipped.pdf", "--pipeline", "pipeline.yaml"], 5)
            .or_else(|problem| {
                // The manifest itself cannot be understood any more, and that is said.
                if problem.contains("the manifest in") { Ok(Value::Null) } else { Err(problem) }
            })
            .map_err(|problem| format!("byte {at} of {}: {problem}", whole.len()))?;
        if found["verified"] == true {
            return Err(format!("byte {at} of {} was flipped and nobody saw it", whole.len()));
        }
    }
    Ok(())
}

fn restated() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    project(folder)?;
    // What was known at the end of April: the late row of March had not come.
    program::done(folder, &["run", "pipeline.yaml", "--as-of", "2021-04-30", "--out", "april"])?;
    write(folder, "pipeline.yaml", PIPELINE.replace("minutes > 20", "minutes > 45"))?;
    program::done(folder, &["run", "pipeline.yaml", "--out", "july"])?;
    let found = asked(folder, &["diff", "april", "july"], 0)?;
    expect(&found, r#"{"name":"visits","change":"kept 4 → 5, received later 1 → 0"}"#)?;
    expect(&found, r#"{"name":"long","change":"changed"}"#)?;
    expect(&found, r#"{"name":"as_of","change":"2021-04-30 → 2021-07-15"}"#)?;
    let values = found["values"].as_array().ok_or("no values")?;
    let value = |indicator: &str, site: &str, period: &str| {
        let is_it = |v: &&Value| v["indicator"] == indicator && v["site"] == site && v["period"] == period;
        values.iter().find(is_it).cloned().unwrap_or_default()
    };
    // p5 came late: two people in Bora instead of one, four in all instead of three.
    for (site, old, new) in [("b", "1", "2"), ("", "3", "4")] {
        let found = value("seen", site, "2021-Q1");
        if found["old"] != old
            || found["new"] != new
            || found["reason"] != "data"
            || found["restated"] != true
        {
            return Err(format!("seen in `{site}`: {found}, expected {old} → {new}, restated"));
        }
    }
    if value("seen", "a", "2021-Q1") != Value::Null {
        return Err("nothing changed in Ayla".into());
    }
    let long = value("long", "a", "2021-Q1");
    if long["old"] != "0.5" || long["new"] != "0" || long["reason"] != "definition" {
        return Err(format!("long in Ayla: {long}"));
    }
    let same = asked(folder, &["diff", "july", "july"], 0)?;
    if same["values"] == Value::Array(Vec::new()) { Ok(()) } else { Err(format!("{same}")) }
}
