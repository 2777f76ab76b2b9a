//! Writes every chart with invented values to a folder:
//!
//! `cargo run -p groundwork-charts --example gallery -- FOLDER`
//!
//! For each chart its SVG, its data as CSV and its description; variants by language, number of
//! sites, length of labels, and with cells that are withheld or missing; `to-check.md` with the
//! sentences that await a native reader; and on the screen what the lint says. With librsvg's
//! `rsvg-convert` the SVG can be looked at as PNG.

mod comparison;
mod invented;
mod people;
mod place;
mod time;

use groundwork_charts::{Figure, drafts};
use groundwork_plan::text::Language;
use invented::Variant;
use std::error::Error;
use std::fmt::Write;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(folder) = std::env::args().nth(1) else {
        return Err("name a folder for the charts".into());
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let mut count = 0;
    for variant in Variant::all() {
        for (name, figure) in charts(&variant) {
            write(folder, &format!("{name}-{}", variant.name), &figure)?;
            count += 1;
        }
    }
    std::fs::write(folder.join("to-check.md"), to_check()?)?;
    println!("{count} charts in {}", folder.display());
    Ok(())
}

/// Every chart in one variant.
fn charts(variant: &Variant) -> Vec<(&'static str, Figure)> {
    let mut all = comparison::charts(variant);
    all.extend(time::charts(variant));
    all.extend(people::charts(variant));
    all.extend(place::charts(variant));
    all
}

fn write(folder: &Path, name: &str, figure: &Figure) -> Result<(), Box<dyn Error>> {
    std::fs::write(folder.join(format!("{name}.svg")), &figure.svg)?;
    std::fs::write(folder.join(format!("{name}.csv")), &figure.csv)?;
    std::fs::write(folder.join(format!("{name}.txt")), &figure.alt)?;
    for lint in &figure.lint {
        println!("{name}: {} ({:?}): {}", lint.rule, lint.severity, lint.message);
    }
    Ok(())
}

/// The sentences that await a native reader, language by language.
fn to_check() -> Result<String, std::fmt::Error> {
    let mut out = String::from("# Sentences of the charts that await a native reader\n");
    for language in Language::ALL {
        let drafts = drafts(language);
        if drafts.is_empty() {
            continue;
        }
        writeln!(out, "\n## {language}\n\n| English | {language} |\n|---|---|")?;
        for (english, text) in drafts {
            writeln!(out, "| {english} | {text} |")?;
        }
    }
    Ok(out)
}
