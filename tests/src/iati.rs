//! `iati.xml`: valid by the schema of the standard, and every number of it is a published one.

use crate::program::{done, repository};
use groundwork::table::Table;
use libtest_mimic::{Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), String>| {
        Trial::test(format!("iati: {name}"), move || test().map_err(Failed::from))
    };
    vec![
        trial("the results of the samples are valid, and are what is published", samples),
        trial("a run for partners has no file for the registry", partners),
    ]
}

const ACTIVITY: &str = "
iati:
  activity: TH-EXAMPLE-1-PREVENTION
  reporting_org: {ref: TH-EXAMPLE-1, type: 22, name: {en: A <local> organisation & friends, th: องค์กรท้องถิ่น}}
  description: {en: 'Prevention of child trafficking', th: การป้องกันการค้าเด็ก}
  starts: 2019-07-01
  status: implementation
  funders: [{ref: XM-EXAMPLE-9, type: 60, name: A foundation}]
  country: TH
  sectors: [15160, 16010, 11120]
  baseline_year: 2019
";

/// Runs the sample pipeline with an activity, for an audience.
fn ran(folder: &Path, audience: &str) -> Result<PathBuf, String> {
    let root = repository();
    let text = std::fs::read_to_string(root.join("pipelines/prevention.yaml")).map_err(|e| e.to_string())?;
    let data = root.join("data-samples").display().to_string();
    let text = text.replace("../data-samples", &data) + ACTIVITY;
    std::fs::write(folder.join("pipeline.yaml"), text).map_err(|e| e.to_string())?;
    let out = folder.join("out");
    let shown = out.display().to_string();
    done(folder, &["run", "pipeline.yaml", "--out", &shown, "--language", "en", "--audience", audience])?;
    Ok(out)
}

fn samples() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let out = ran(folder.path(), "public")?;
    let xml = std::fs::read_to_string(out.join("iati.xml")).map_err(|e| e.to_string())?;
    let table = Table::read(&out.join("indicators.csv"))?;
    let columns = ["status", "value", "baseline", "target", "period"].map(str::to_owned);
    let rows = table.only(&columns)?;
    // Those of the second clock, by the time since a site opened, are not for the registry.
    let calendar = |row: &&Vec<String>| !row[4].starts_with('M');
    let published = rows.iter().filter(calendar).filter(|r| r[0] == "published" && !r[1].is_empty()).count();
    let targets = rows.iter().filter(calendar).filter(|r| !r[3].is_empty()).count();
    let counted = |element: &str| xml.matches(&format!("<{element} ")).count();
    if counted("actual") != published || published == 0 {
        return Err(format!("{} actual values, {published} are published", counted("actual")));
    }
    if counted("target") != targets || targets == 0 {
        return Err(format!("{} targets of {targets}", counted("target")));
    }
    let zeros = |table: usize| rows.iter().filter(calendar).filter(|r| r[table] == "0").count();
    let written = xml.lines().filter(|l| l.trim_start().starts_with("<actual value=\"0\"")).count();
    if written != zeros(1) {
        return Err(format!("{written} zeros, {} are published", zeros(1)));
    }
    for said in [
        "<dimension name=\"sex\" value=\"female\"/>",
        "<location ref=\"nan\"/>",
        "95% interval",
        "xml:lang=\"th\"",
    ] {
        if !xml.contains(said) {
            return Err(format!("no {said}"));
        }
    }
    println!("{published} actual values and {targets} targets");
    valid(&out.join("iati.xml"))
}

/// Validates a file by the schema of the standard.
fn valid(xml: &Path) -> Result<(), String> {
    let schema = repository().join("../shared/exports/iati/iati-activities-schema.xsd");
    if !schema.is_file() {
        println!("skipped: the schema of IATI is not on this machine");
        return Ok(());
    }
    let output =
        Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(&schema).arg(xml).output();
    let Ok(output) = output else {
        println!("skipped: xmllint (libxml2-utils) is not on this machine");
        return Ok(());
    };
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn partners() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let out = ran(folder.path(), "partner")?;
    if out.join("iati.xml").exists() { Err("there is an iati.xml".into()) } else { Ok(()) }
}
