//! The lessons learned of the sample programme, as an evaluator gets them: what stands in the pages,
//! and what must not.

use crate::program;
use libtest_mimic::{Failed, Trial};
use std::process::Command;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), String>| {
        Trial::test(format!("lessons: {name}"), move || test().map_err(Failed::from))
    };
    vec![trial("voices, adaptations, certainty and plan stand in the pages", pages)]
}

/// What the generator wrote down as said without consent, and as not redacted.
const KEPT_BACK: [&str; 2] = ["did not agree to be quoted", "still names a village"];

fn pages() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let out = folder.path().join("out");
    let shown = out.display().to_string();
    let run = ["run", "pipelines/lessons-learned.yaml", "--out", &shown, "--language", "en"];
    program::done(&program::repository(), &run)?;
    let pdf = out.join("reports/lessons-en.pdf");
    let Ok(said) = Command::new("pdftotext").arg(&pdf).arg("-").output() else {
        println!("skipped: pdftotext (poppler-utils) is not on this machine");
        return Ok(());
    };
    let text = String::from_utf8_lossy(&said.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted = [
        // Voices with the lesson that they speak to, and the others.
        "We met under the big tree when nobody could come from town.",
        "People came for the rice and stayed for the talk",
        "2 more are kept back",
        // The log, in words.
        "How the model was adapted",
        "better fit, distance",
        "Elsewhere: the change at the other sites",
        // Sentences with their certainty, and the frame.
        "the evidence is very uncertain",
        "who is compared was not decided by lot",
        "No question asks about it.",
        // What was planned apart from what was not.
        "Findings: what was planned",
        "Findings: exploratory",
    ];
    for part in wanted {
        if !text.contains(part) {
            return Err(format!("the pages do not say `{part}`"));
        }
    }
    let files = program::files(&out)?;
    for (name, bytes) in &files {
        for part in KEPT_BACK {
            if bytes.windows(part.len()).any(|window| window == part.as_bytes()) {
                return Err(format!("{name} holds `{part}`"));
            }
        }
    }
    for part in KEPT_BACK {
        if text.contains(part) {
            return Err(format!("the pages say `{part}`"));
        }
    }
    if files.len() < 20 { Err(format!("only {} files were searched", files.len())) } else { Ok(()) }
}
