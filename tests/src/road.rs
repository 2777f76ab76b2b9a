//! The whole road: from exports to a report, on the samples, on generated programmes, and on
//! public data.

use crate::program::{done, files, groundwork, repository};
use crate::truth;
use groundwork::table::Table;
use groundwork_samples::{Programme, write};
use libtest_mimic::{Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

type Check = fn() -> Result<(), String>;

/// The tests of the whole road.
pub fn trials() -> Vec<Trial> {
    let all: [(&str, Check); 12] = [
        ("the sample pipeline writes the run directory of the contract", contract),
        ("the report's text holds the headline numbers of indicators.csv", headline_numbers),
        ("every report is valid PDF/A-3a and PDF/UA-1", valid_reports),
        ("every label of every chart is in the text of the report", labels_of_charts),
        ("a run that stays sets reports again when a template is saved", watched),
        ("every count of the samples equals the truth", samples_equal_truth),
        ("every count of generated programmes equals the truth", generated_equal_truth),
        ("threads and folders do not change a byte", same_bytes),
        ("a project made by init runs at once", init_runs),
        ("every example pipeline runs to a PDF", examples_run),
        ("a real Kobo export with repeats runs to a PDF", kobo_runs),
        ("a draft from real exports of each tool passes the check", drafts_pass),
    ];
    all.into_iter()
        .map(|(name, check)| Trial::test(format!("road: {name}"), move || check().map_err(Failed::from)))
        .collect()
}

fn temporary() -> Result<tempfile::TempDir, String> {
    tempfile::tempdir().map_err(|e| e.to_string())
}

fn text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Runs the sample pipeline into a new folder.
fn sample(extra: &[&str]) -> Result<(tempfile::TempDir, PathBuf), String> {
    ran("prevention", extra)
}

/// Runs a pipeline of `pipelines/` into a new folder.
fn ran(pipeline: &str, extra: &[&str]) -> Result<(tempfile::TempDir, PathBuf), String> {
    let folder = temporary()?;
    let out = folder.path().join("out");
    let shown = out.display().to_string();
    let path = format!("pipelines/{pipeline}.yaml");
    let mut arguments = vec!["run", &path, "--out", &shown];
    arguments.extend(extra);
    done(&repository(), &arguments)?;
    Ok((folder, out))
}

fn contract() -> Result<(), String> {
    let (_folder, out) = sample(&[])?;
    let header = |name: &str| Table::read(&out.join(name)).map(|t| t.header.join(", "));
    let expected = [
        (
            "indicators.csv",
            "indicator, site, period, period_start, period_end, dimension, category, numerator, denominator, value, lower, upper, level, method, n, unit, status, reason, baseline, target, achievement, progress",
        ),
        (
            "estimates.csv",
            "evaluation, indicator, estimand, term, contrast, estimate, std_error, lower, upper, level, statistic, df, p_value, p_adjusted, n, n_clusters, method, verdict, status, reason, plan_item",
        ),
        ("issues.csv", "source, file, sheet, row, column, check, severity, action"),
    ];
    for (name, wanted) in expected {
        let found = header(name)?;
        if found != wanted {
            return Err(format!("{name} has the columns {found}"));
        }
    }
    let parquet = std::fs::read(out.join("indicators.parquet")).map_err(|e| e.to_string())?;
    if !parquet.starts_with(b"PAR1") || !parquet.ends_with(b"PAR1") {
        return Err("indicators.parquet is not Parquet".into());
    }
    let manifest: serde_json::Value =
        serde_json::from_str(&text(&out.join("manifest.json"))?).map_err(|e| e.to_string())?;
    let listed = manifest["outputs"].as_array().ok_or("the manifest lists no outputs")?;
    let mut files = files(&out)?;
    files.remove("manifest.json");
    if listed.len() != files.len() {
        return Err(format!("the manifest lists {} of {} files", listed.len(), files.len()));
    }
    let table = Table::read(&out.join("indicators.csv"))?;
    let statuses = table.only(&["status".to_owned()])?;
    let known = ["published", "withheld", "no_data", "undefined", "refused"];
    match statuses.iter().flatten().find(|s| !known.contains(&s.as_str())) {
        Some(other) => Err(format!("`{other}` is no status")),
        None => Ok(()),
    }
}

fn headline_numbers() -> Result<(), String> {
    let (_folder, out) = ran("lessons-learned", &["--language", "en"])?;
    let pdf = out.join("reports/lessons-en.pdf");
    let Ok(said) = Command::new("pdftotext").arg("-layout").arg(&pdf).arg("-").output() else {
        println!("skipped: pdftotext (poppler-utils) is not on this machine");
        return Ok(());
    };
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let words: Vec<&str> = said.split_whitespace().collect();
    let table = Table::read(&out.join("indicators.csv"))?;
    for indicator in ["volunteer_multiplier", "livelihood_self_sufficiency", "registration_completion"] {
        let keys = [("indicator", indicator), ("site", ""), ("period", "2021-12"), ("dimension", "")];
        let value = table.get(&keys, "value")?;
        if value.is_empty() {
            return Err(format!("{indicator} has no value"));
        }
        if !words.contains(&value) {
            return Err(format!("{value} ({indicator}) does not stand in the report:\n{said}"));
        }
    }
    Ok(())
}

fn valid_reports() -> Result<(), String> {
    for (pipeline, reports) in [
        ("prevention", vec!["page", "quarterly", "grant"]),
        ("lessons-learned", vec!["lessons"]),
        ("site-comparison", vec!["comparison"]),
    ] {
        let (_folder, out) = ran(pipeline, &[])?;
        for report in reports {
            for language in ["en", "th", "my"] {
                let name = format!("reports/{report}-{language}.pdf");
                let pdf = std::fs::read(out.join(&name)).map_err(|e| e.to_string())?;
                crate::valid::valid(&pdf).map_err(|e| format!("{name}: {e}"))?;
                let pages = pages(&pdf);
                let most = match report {
                    "page" => 1,
                    "quarterly" => 3,
                    _ => 20,
                };
                if pages == 0 || pages > most {
                    return Err(format!("{name} has {pages} pages, expected at most {most}"));
                }
            }
        }
    }
    Ok(())
}

/// How many pages a PDF has, by its page tree.
fn pages(pdf: &[u8]) -> usize {
    let counted = |at: usize| -> Option<usize> {
        let text = String::from_utf8_lossy(pdf.get(at..(at + 400).min(pdf.len()))?).into_owned();
        let count = text.split("/Count").nth(1)?.trim_start();
        count.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let tree = b"/Type /Pages";
    let compact = b"/Type/Pages";
    let found = pdf.windows(tree.len()).position(|w| w == tree);
    let found = found.or_else(|| pdf.windows(compact.len()).position(|w| w == compact));
    found.and_then(counted).unwrap_or(0)
}

/// Every word and number of every chart that a report prints is in the text of its PDF. Burmese is
/// left out: `pdftotext` gives some of its syllables twice.
fn labels_of_charts() -> Result<(), String> {
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let (_folder, out) = ran("site-comparison", &["--language", "en", "--language", "th"])?;
    let mut looked = 0;
    for language in ["en", "th"] {
        let pdf = out.join(format!("reports/comparison-{language}.pdf"));
        let Ok(said) = Command::new("pdftotext").arg("-layout").arg(&pdf).arg("-").output() else {
            println!("skipped: pdftotext (poppler-utils) is not on this machine");
            return Ok(());
        };
        let said = squeezed(&String::from_utf8_lossy(&said.stdout));
        for (name, svg) in files(&out.join("charts"))? {
            if !name.ends_with(&format!("-{language}.svg")) || name.contains("-spark-") {
                continue;
            }
            let svg = String::from_utf8_lossy(&svg).into_owned();
            for text in
                svg.split("<text ").skip(1).filter_map(|t| t.split_once('>')?.1.split("</text>").next())
            {
                // Runs of another script stand in tags of their own.
                let plain: String =
                    text.split('<').map(|p| p.split_once('>').map_or(p, |(_, rest)| rest)).collect();
                let plain = plain.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
                looked += 1;
                if !said.contains(&squeezed(&plain)) {
                    return Err(format!("`{plain}` of {name} is not in the text of the report"));
                }
            }
        }
    }
    if looked < 100 { Err(format!("only {looked} labels were looked for")) } else { Ok(()) }
}

fn samples_equal_truth() -> Result<(), String> {
    let folder = temporary()?;
    let pipeline = internal(&repository().join("data-samples"), folder.path())?;
    let out = folder.path().join("out");
    done(folder.path(), &["run", &pipeline, "--out", &out.display().to_string(), "--language", "en"])?;
    let compared = truth::compare(&out, &repository().join("data-samples/truth.json"))?;
    println!("{compared} counts of the samples equal the truth");
    Ok(())
}

fn generated_equal_truth() -> Result<(), String> {
    let mut compared = 0;
    for (seed, scale) in [(1, 1), (2, 3), (20_260_101, 1)] {
        let folder = temporary()?;
        let data = folder.path().join("data");
        write(&Programme::draw(seed, scale), &data).map_err(|e| e.to_string())?;
        let pipeline = internal(&data, folder.path())?;
        let out = folder.path().join("out");
        let shown = out.display().to_string();
        done(folder.path(), &["run", &pipeline, "--out", &shown, "--language", "en"])?;
        compared += truth::compare(&out, &data.join("truth.json"))
            .map_err(|e| format!("seed {seed}, scale {scale}:\n{e}"))?;
    }
    println!("{compared} counts of generated programmes equal the truth");
    Ok(())
}

/// The sample pipeline over other data, for an internal audience; gives its path.
pub fn internal(data: &Path, folder: &Path) -> Result<String, String> {
    let pipeline = text(&repository().join("pipelines/prevention.yaml"))?
        .replace("../data-samples", &data.display().to_string())
        .replace("audience: partner", "audience: internal");
    let path = folder.join("pipeline.yaml");
    std::fs::write(&path, pipeline).map_err(|e| e.to_string())?;
    Ok(path.display().to_string())
}

/// At which scale the determinism test runs; 100 has a million attendance rows.
const SCALE: u32 = 10;

fn same_bytes() -> Result<(), String> {
    let scale = std::env::var("GROUNDWORK_SCALE").ok().and_then(|s| s.parse().ok()).unwrap_or(SCALE);
    let programme = Programme::draw(7, scale);
    let mut runs = Vec::new();
    let mut threads_seen = Vec::new();
    for threads in ["1", "2"] {
        let folder = tempfile::Builder::new()
            .prefix(&format!("threads-{threads}-"))
            .tempdir()
            .map_err(|e| e.to_string())?;
        let data = folder.path().join("data-samples");
        write(&programme, &data).map_err(|e| e.to_string())?;
        let pipelines = folder.path().join("pipelines");
        std::fs::create_dir_all(&pipelines).map_err(|e| e.to_string())?;
        let pipeline = text(&repository().join("pipelines/prevention.yaml"))?;
        std::fs::write(pipelines.join("prevention.yaml"), pipeline).map_err(|e| e.to_string())?;
        let mut child = groundwork(
            folder.path(),
            &["run", "pipelines/prevention.yaml", "--out", "out", "--afresh", "--threads", threads],
        )
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| e.to_string())?;
        let mut most = 0;
        let status = loop {
            if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
                break status;
            }
            let tasks = std::fs::read_dir(format!("/proc/{}/task", child.id())).map_or(0, Iterator::count);
            most = most.max(tasks);
            std::thread::sleep(std::time::Duration::from_millis(5));
        };
        if !status.success() {
            return Err(format!("--threads {threads} ended with {status}"));
        }
        threads_seen.push(most);
        runs.push(files(&folder.path().join("out"))?);
    }
    let (one, two) = (&runs[0], &runs[1]);
    if one.keys().ne(two.keys()) {
        return Err(format!("different files: {:?} and {:?}", one.keys(), two.keys()));
    }
    let different: Vec<&String> =
        one.iter().filter(|(name, bytes)| two[*name] != **bytes).map(|(n, _)| n).collect();
    if !different.is_empty() {
        return Err(format!("different bytes in {different:?}"));
    }
    println!(
        "scale {scale}: {} files the same; at most {} and {} threads at work",
        one.len(),
        threads_seen[0],
        threads_seen[1]
    );
    if cfg!(target_os = "linux") && threads_seen[0] >= threads_seen[1] {
        return Err(format!(
            "--threads 1 and --threads 2 used {} and {} threads",
            threads_seen[0], threads_seen[1]
        ));
    }
    Ok(())
}

fn init_runs() -> Result<(), String> {
    let folder = temporary()?;
    done(folder.path(), &["init", "demo"])?;
    done(folder.path(), &["check", "demo/pipeline.yaml"])?;
    done(folder.path(), &["run", "demo/pipeline.yaml", "--out", "demo/out"])?;
    if !folder.path().join("demo/out/reports/quarterly-en.pdf").is_file() {
        return Err("there is no report".into());
    }
    // A draft from exports runs as well, as it stands.
    let samples = repository().join("data-samples");
    let at = |name: &str| samples.join(name).display().to_string();
    let (kobo, csv) = (at("kobo/workshops.xlsx"), at("csv/registration.csv"));
    done(folder.path(), &["init", "draft", "--from", &kobo, &csv])?;
    done(folder.path(), &["run", "draft/pipeline.yaml", "--out", "draft/out"])?;
    Ok(())
}

fn examples_run() -> Result<(), String> {
    let mut count = 0;
    let folder = repository().join("pipelines/examples");
    let examples = std::fs::read_dir(&folder).map_err(|e| e.to_string())?.flatten().map(|e| e.path());
    let of_samples =
        ["site-comparison.yaml", "lessons-learned.yaml"].map(|n| repository().join("pipelines").join(n));
    for path in examples.chain(of_samples) {
        if path.extension().is_none_or(|e| e != "yaml") {
            continue;
        }
        let out = temporary()?;
        let shown = out.path().join("out").display().to_string();
        done(&repository(), &["run", &path.display().to_string(), "--out", &shown])?;
        let written = files(&out.path().join("out"))?;
        if !written.keys().any(|n| n.ends_with(".pdf")) {
            return Err(format!("{} writes no report", path.display()));
        }
        count += 1;
    }
    if count == 0 { Err("there are no examples".into()) } else { Ok(()) }
}

/// Real exports are not part of this repository; they are read where they lie beside it.
fn kobo_runs() -> Result<(), String> {
    let exports = repository().join("../shared/exports/kobo");
    if !exports.join("childrens_survey.csv").is_file() {
        println!("skipped: there are no real exports beside the repository");
        return Ok(());
    }
    let folder = temporary()?;
    for name in ["childrens_survey.csv", "children.csv", "children_cartoons.csv"] {
        std::fs::copy(exports.join(name), folder.path().join(name)).map_err(|e| e.to_string())?;
    }
    std::fs::write(folder.path().join("pipeline.yaml"), KOBO).map_err(|e| e.to_string())?;
    done(folder.path(), &["run", "pipeline.yaml", "--out", "out"])?;
    let table = Table::read(&folder.path().join("out/indicators.csv"))?;
    let count = |indicator: &str| {
        table.get(&[("indicator", indicator), ("dimension", "")], "numerator").map(str::to_owned)
    };
    // Counted by hand in the files: rows with a parent, at every level.
    let expected = [
        ("interviews", lines(&exports.join("childrens_survey.csv"))?),
        ("children", lines(&exports.join("children.csv"))?),
        ("cartoons", lines(&exports.join("children_cartoons.csv"))?),
    ];
    for (indicator, rows) in expected {
        if count(indicator)? != rows.to_string() {
            return Err(format!("{indicator}: {} of {rows} rows", count(indicator)?));
        }
    }
    Ok(())
}

fn drafts_pass() -> Result<(), String> {
    let near = ["../shared/exports", "../../shared/exports"].map(|path| repository().join(path));
    let Some(exports) = near.into_iter().find(|path| path.is_dir()) else {
        println!("skipped: there are no real exports beside the repository");
        return Ok(());
    };
    let folder = temporary()?;
    for name in ["dhis2", "kobo", "xlsform", "hxl"] {
        let from = exports.join(name).display().to_string();
        done(folder.path(), &["init", name, "--from", &from])?;
        done(folder.path(), &["check", &format!("{name}/pipeline.yaml")])?;
    }
    // Schemas and activities in XML hold no rows: refused, with a reason.
    let from = exports.join("iati").display().to_string();
    match done(folder.path(), &["init", "iati", "--from", &from]) {
        Ok(_) => Err("a draft was made of XML".into()),
        Err(message) if message.contains("source.not-delimited-text") => Ok(()),
        Err(message) => Err(message),
    }
}

fn lines(path: &Path) -> Result<usize, String> {
    Table::read(path).map(|t| t.rows.len())
}

const KOBO: &str = r"groundwork: 1
programme: {id: children, title: A survey of children}
calendar: {periods: year, from: 2020, to: 2020, as_of: 2020-12-31}
sources:
  survey:
    export: childrens_survey.csv
    reader: kobo
    columns: {name: text, age: integer}
  children:
    export: children.csv
    reader: kobo
    repeat_of: survey
    columns:
      child: {from: children/name, type: text}
      child_age: {from: children/age, type: integer}
  cartoons:
    export: children_cartoons.csv
    reader: kobo
    repeat_of: children
    columns:
      cartoon: {from: children/cartoons/name, type: text}
indicators:
  interviews: {kind: count, title: Interviews, from: survey}
  children: {kind: count, title: Children, from: children}
  cartoons: {kind: count, title: Cartoons named, from: cartoons}
  cartoons_by_child: {kind: ratio, title: Cartoons for each child, numerator: {from: cartoons}, denominator: {from: children}}
  under_ten: {kind: proportion, title: Children under ten, from: children, numerator: child_age < 10}
audience: internal
reports:
  quarterly: {template: quarterly-funder, languages: [en]}
";

/// Reports are set again while a run stays, from a template that was saved; a mistake is said and
/// does not end it.
fn watched() -> Result<(), String> {
    let folder = temporary()?;
    let own = folder.path().join("own");
    std::fs::create_dir_all(&own).map_err(|e| e.to_string())?;
    let template = |body: &str| {
        let head = "#import \"theme.typ\": report\n#let doc = json(\"report.json\")\n#let words = json(\"words/\" + doc.words + \".json\")\n#show: report.with(doc, words)\n#title()\n";
        std::fs::write(own.join("mine.typ"), format!("{head}{body}")).map_err(|e| e.to_string())
    };
    template("First words.")?;
    let samples = repository().join("pipelines/site-comparison.yaml");
    let text = text(&samples)?
        .replace("../data-samples", &repository().join("data-samples").display().to_string())
        .replace("template: site-comparison", "template: mine\n    templates: own");
    std::fs::write(folder.path().join("p.yaml"), text).map_err(|e| e.to_string())?;
    let mut child =
        groundwork(folder.path(), &["run", "p.yaml", "--out", "out", "--language", "en", "--watch"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| e.to_string())?;
    let pdf = folder.path().join("out/reports/comparison-en.pdf");
    let wait = |before: &[u8]| {
        for _ in 0..600 {
            std::thread::sleep(std::time::Duration::from_millis(100));
            match std::fs::read(&pdf) {
                Ok(now) if now != before => return Ok(now),
                _ => {}
            }
        }
        Err("the report was not set again within a minute".to_owned())
    };
    let outcome = wait(&[]).and_then(|first| {
        // The folder is looked at after the first run is written.
        std::thread::sleep(std::time::Duration::from_millis(500));
        template("#nothing")?;
        std::thread::sleep(std::time::Duration::from_millis(500));
        template("Second words, after a mistake.")?;
        wait(&first).map(|_| ())
    });
    child.kill().map_err(|e| e.to_string())?;
    child.wait().map_err(|e| e.to_string())?;
    outcome
}
