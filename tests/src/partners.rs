//! Partners who share what they released and no rows: a run of theirs is a source of ours.

use crate::program;
use libtest_mimic::{Failed, Trial};
use std::path::Path;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), String>| {
        Trial::test(format!("partners: {name}"), move || test().map_err(Failed::from))
    };
    vec![
        trial("their cells stand beside ours, withheld ones stay so", beside),
        trial("a changed release, a nearer one, and rows of our own are refused", refused),
    ]
}

const THEIRS: &str = "groundwork: 1
programme: {id: theirs, title: Theirs}
calendar: {periods: year, from: 2021, to: 2021, as_of: 2022-01-15}
sites: {mae_sot: {name: Mae Sot}, umphang: {name: Umphang}, tha_song: {name: Tha Song Yang}, mae_ramat: {name: Mae Ramat}}
audience: partner
sources:
  visits: {export: visits.csv, columns: {site: site, on: date, minutes: integer}}
indicators:
  long: {kind: proportion, title: Long visits, from: visits, numerator: minutes > 20, period_by: on}
";

const OURS: &str = "groundwork: 1
programme: {id: ours, title: Ours}
calendar: {periods: year, from: 2021, to: 2021, as_of: 2022-01-15}
sites: {nan: {name: Nan}, mae_sot: {name: Mae Sot}, umphang: {name: Umphang}}
audience: partner
sources:
  talks: {export: talks.csv, columns: {site: site, on: date, minutes: integer}}
indicators:
  lengthy: {kind: proportion, title: Lengthy talks, from: talks, numerator: minutes > 20, period_by: on}
partners:
  border:
    release: theirs
    sites: {mae_sot: mae_sot, umphang: umphang}
    indicators: {long: lengthy}
evaluations:
  apart:
    design: site_comparison
    question: Do the sites differ?
    indicators: [lengthy]
    reference: nan
";

/// So many visits of a site, so many of them long.
fn visits(site: &str, all: usize, long: usize) -> String {
    (0..all).map(|at| format!("{site},2021-03-01,{}\n", if at < long { 30 } else { 10 })).collect()
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    std::fs::write(folder.join(name), text).map_err(|e| e.to_string())
}

/// Their release, and a project of ours beside it.
fn project(folder: &Path) -> Result<(), String> {
    write(folder, "theirs.yaml", THEIRS)?;
    let rows = [
        visits("mae_sot", 40, 10),
        visits("umphang", 30, 3),
        visits("tha_song", 30, 4),
        visits("mae_ramat", 60, 30),
    ]
    .concat();
    write(folder, "visits.csv", &format!("site,on,minutes\n{rows}"))?;
    program::done(folder, &["run", "theirs.yaml", "--out", "theirs"])?;
    // They keep the rows.
    std::fs::remove_file(folder.join("visits.csv")).map_err(|e| e.to_string())?;
    write(folder, "ours.yaml", OURS)?;
    write(folder, "talks.csv", &format!("site,on,minutes\n{}", visits("nan", 50, 30)))
}

fn lines(folder: &Path, file: &str) -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(folder.join("out").join(file)).map_err(|e| e.to_string())?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn expect(lines: &[String], parts: &[&str]) -> Result<(), String> {
    let found = lines.iter().any(|line| parts.iter().all(|part| line.contains(part)));
    if found { Ok(()) } else { Err(format!("no line with {parts:?} in\n{}", lines.join("\n"))) }
}

fn beside() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    project(folder.path())?;
    let output = program::run(folder.path(), &["run", "ours.yaml", "--out", "out"]);
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("the run failed: {said}"));
    }
    // Another pipeline than ours: another definition, which is said.
    if !said.contains("partner.definition") {
        return Err(format!("nothing is said of the other definition: {said}"));
    }
    let cells = lines(folder.path(), "indicators.csv")?;
    expect(&cells, &["lengthy,mae_sot,2021,", ",10,40,0.25,", "wilson", "published"])?;
    // Three of thirty are fewer than five: withheld by them, and so by us.
    expect(&cells, &["lengthy,umphang,2021,", "withheld,by_partner"])?;
    // All sites together are our own rows.
    expect(&cells, &["lengthy,,2021,", ",30,50,0.6,"])?;
    let estimates = lines(folder.path(), "estimates.csv")?;
    // 10 of 40 less 30 of 50.
    expect(&estimates, &["difference of sites,", "mae_sot - nan,-0.35,", "published"])?;
    expect(&estimates, &["umphang - nan", "withheld"])?;
    let manifest = lines(folder.path(), "manifest.json")?;
    expect(&manifest, &["theirs/indicators.csv"])
}

fn refused() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    project(at)?;
    let fails = |code: &str| -> Result<(), String> {
        let output = program::run(at, &["run", "ours.yaml", "--out", "out"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(2) if said.contains(code) => Ok(()),
            found => Err(format!("ended with {found:?}, expected 2 and {code}: {said}")),
        }
    };
    write(at, "ours.yaml", &OURS.replace("audience: partner", "audience: public"))?;
    fails("partner.audience")?;
    write(at, "ours.yaml", &OURS.replace("{mae_sot: mae_sot, umphang: umphang}", "{mae_sot: nan}"))?;
    fails("partner.overlap")?;
    write(at, "ours.yaml", &OURS.replace("release: theirs", "release: nowhere"))?;
    fails("partner.no-release")?;
    write(at, "ours.yaml", OURS)?;
    let table = at.join("theirs/indicators.csv");
    let text = std::fs::read_to_string(&table).map_err(|e| e.to_string())?;
    std::fs::write(&table, text.replace(",10,40,0.25,", ",30,40,0.75,")).map_err(|e| e.to_string())?;
    fails("partner.changed")
}
