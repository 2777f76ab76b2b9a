//! How long a long report takes: every chart of the sample pipeline and its tables, four times over.

use crate::program::repository;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

const TEMPLATE: &str = r##"#import "theme.typ": report
#import "sections/figures.typ": placed-figure
#import "sections/performance.typ": performance
#import "sections/methods.typ": methods
#import "sections/quality.typ": quality
#import "sections/evidence.typ": evidence
#let doc = json("report.json")
#let words = json("words/" + doc.words + ".json")
#show: report.with(doc, words)
#title()
#for _ in range(4) {
  for one in doc.figures.filter(f => f.section != "cell") { placed-figure(one) }
  performance(doc, words)
  methods(doc, words)
  quality(doc, words)
  evidence(doc, words)
}
= Edited
"##;

/// Times of setting the report: the first time, and after an edit of one section.
///
/// # Errors
/// When `groundwork` cannot be run, or says nothing in time.
pub fn measured(program: &Path) -> Result<String, String> {
    let text = |e: std::io::Error| e.to_string();
    let folder = tempfile::tempdir().map_err(text)?;
    let own = folder.path().join("own");
    std::fs::create_dir(&own).map_err(text)?;
    let template = own.join("long.typ");
    std::fs::write(&template, format!("{TEMPLATE}First words.\n")).map_err(text)?;
    let samples = std::fs::read_to_string(repository().join("pipelines/prevention.yaml")).map_err(text)?;
    let (plan, _) = samples.split_once("\nreports:\n").ok_or("the pipeline has no reports")?;
    let plan = plan.replace("../data-samples", &repository().join("data-samples").display().to_string());
    let report = "\nreports:\n  long: {template: long, templates: own, period: 2021-Q4}\n";
    std::fs::write(folder.path().join("p.yaml"), plan + report).map_err(text)?;
    let mut child = Command::new(program)
        .args(["run", "p.yaml", "--out", "out", "--watch"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(text)?;
    let (say, said) = channel();
    for stream in [
        child.stdout.take().map(|s| Box::new(s) as Box<dyn std::io::Read + Send>),
        child.stderr.take().map(|s| Box::new(s) as Box<dyn std::io::Read + Send>),
    ]
    .into_iter()
    .flatten()
    {
        let say = say.clone();
        std::thread::spawn(move || {
            BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| say.send(line)).ok()
        });
    }
    // The line after one that holds some words.
    let wait = |words: &str| -> Result<String, String> {
        loop {
            let line = said.recv_timeout(Duration::from_secs(300)).map_err(|e| e.to_string())?;
            if line.contains(words) {
                return Ok(line);
            }
        }
    };
    let measured = || -> Result<String, String> {
        wait("set report long")?;
        let first = said.recv_timeout(Duration::from_secs(300)).map_err(|e| e.to_string())?;
        wait("watching")?;
        std::thread::sleep(Duration::from_millis(500));
        std::fs::write(&template, format!("{TEMPLATE}Other words.\n")).map_err(text)?;
        let again = wait("set again in")?;
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or(" not known").trim();
        Ok(format!("first {}, {again}, peak memory of the whole run {peak}", first.trim()))
    };
    let outcome = measured();
    child.kill().map_err(text)?;
    child.wait().map_err(text)?;
    let pdf = std::fs::read(folder.path().join("out/reports/long-en.pdf")).map_err(text)?;
    Ok(format!("a report of {} MB: {}\n", pdf.len() / 1_000_000, outcome?))
}
