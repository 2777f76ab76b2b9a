//! A reader who wants to find somebody: the finished files of runs at every audience are read back,
//! everything that the definitions say of how their numbers hang together is set up, and every number
//! that is withheld, or could be had from several, is narrowed down as far as it goes.
//!
//! The attacker knows `indicators.csv`, the manifest and the pipeline that travels inside reports. It
//! shares no code with the gate: definitions are read from the pipeline's text, relations are set up
//! from the reference page, and bounds come from another solver. A run for the organisation itself
//! says what the truth is; only the scoring looks at it, and a relation that is not true is dropped,
//! so that the attacker never follows a wrong trace.
//!
//! `cargo test --workspace --test suite -- attack --include-ignored --nocapture` runs all of it;
//! `GROUNDWORK_SEEDS=100..160` attacks other programmes.

mod bounds;
mod definitions;
mod facts;
mod listed;
mod plain;
mod published;

use crate::exports::unpacked;
use crate::program::{done, repository, run};
use crate::recount;
use bounds::bounds;
use facts::{Address, Release};
use groundwork_samples::{Programme, write};
use libtest_mimic::{Failed, Trial};
use published::{Cell, Key};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

type Check = fn() -> Result<(), String>;

/// Those who read a run, with the smallest number that they may see.
const AUDIENCES: [(&str, f64); 2] = [("partner", 5.0), ("public", 10.0)];

/// The drawn programme of an ordinary run.
const SEEDS: std::ops::Range<u64> = 1002..1003;

/// The tests of the attacker.
pub fn trials() -> Vec<Trial> {
    // Whether each runs with the others; the rest take minutes and run with `--ignored`.
    let all: [(&str, Check, bool); 5] = [
        ("known attacks are stopped", listed::attacks, true),
        ("nobody is found in the reports of the examples", examples, false),
        ("nobody is found in sample data that was drawn anew", samples, false),
        ("nobody is found in programmes of every kind", drawn, true),
        ("nobody is found by two reports, one after the other", two_reports, true),
    ];
    all.into_iter()
        .map(|(name, check, always)| {
            let trial = Trial::test(format!("attack: {name}"), move || check().map_err(Failed::from));
            trial.with_ignored_flag(!always)
        })
        .collect()
}

/// What an attack came to.
#[derive(Default)]
struct Score {
    cells: usize,
    withheld: usize,
    targets: usize,
    cut: usize,
    found: Vec<String>,
    /// What the same attacker finds where cells with small numbers alone are withheld.
    control: usize,
    /// By audience: cells with numbers of people, those withheld, and those that plain secondary
    /// suppression would withhold.
    costs: BTreeMap<&'static str, [usize; 3]>,
}

impl Score {
    fn add(&mut self, other: Score) {
        self.cells += other.cells;
        self.withheld += other.withheld;
        self.targets += other.targets;
        self.cut += other.cut;
        self.found.extend(other.found);
        self.control += other.control;
        for (audience, of) in other.costs {
            let all = self.costs.entry(audience).or_default();
            all.iter_mut().zip(of).for_each(|(all, of)| *all += of);
        }
    }

    fn result(self, what: &str) -> Result<(), String> {
        println!(
            "{what}: {} released cells attacked, {} of them withheld; {} small numbers, none found, {} of them looked \
             for with part of what surrounds them; {} found where cells with small numbers alone are withheld",
            self.cells, self.withheld, self.targets, self.cut, self.control
        );
        for (audience, [all, policy, plain]) in &self.costs {
            let share = |n: usize| 100.0 * n as f64 / (*all).max(1) as f64;
            println!(
                "{what}, {audience}: of {all} cells with numbers of people {:.1} % are withheld, {:.1} % by plain suppression",
                share(*policy),
                share(*plain)
            );
        }
        if !self.found.is_empty() {
            let some = self.found.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
            return Err(format!("{what}: {} found:\n{some}", self.found.len()));
        }
        if self.targets == 0 { Err(format!("{what}: there is nothing to find")) } else { Ok(()) }
    }
}

/// A pipeline with its data, and its runs for those who may see everything.
struct Subject {
    folder: PathBuf,
    pipeline: String,
    text: String,
    truth: BTreeMap<Key, Cell>,
}

impl Subject {
    /// Runs a pipeline for the organisation itself.
    fn of(folder: &Path, pipeline: &str) -> Result<Self, String> {
        let path = folder.join(pipeline);
        let text = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
        let inside = path.with_extension("internal.yaml");
        let open = ["partner", "public"].iter().fold(text.clone(), |text, audience| {
            text.replace(&format!("audience: {audience}"), "audience: internal")
        });
        std::fs::write(&inside, open).map_err(|e| e.to_string())?;
        let out = folder.join("truth");
        let [inside, shown] = [&inside, &out].map(|path| path.display().to_string());
        done(folder, &["run", &inside, "--out", &shown, "--language", "en"])?;
        let truth = published::cells(&out)?;
        Ok(Self { folder: folder.to_owned(), pipeline: pipeline.to_owned(), text, truth })
    }

    /// Runs it for an audience; gives the run directory.
    fn publish(&self, audience: &str, more: &[&str]) -> Result<PathBuf, String> {
        let out = self.folder.join(format!("out-{audience}"));
        let shown = out.display().to_string();
        let mut arguments = vec!["run", &self.pipeline, "--out", &shown, "--audience", audience];
        arguments.extend(more);
        done(&self.folder, &arguments)?;
        Ok(out)
    }

    /// What a reader of a run directory sets up.
    fn release(
        &self,
        out: &Path,
        (audience, threshold): (&'static str, f64),
    ) -> Result<(Release, Score), String> {
        let seen = published::cells(out)?;
        if let Some(key) = self.truth.keys().find(|key| !seen.contains_key(*key)) {
            return Err(format!("{key:?} is missing from the release, which says something of it"));
        }
        for (key, cell) in &seen {
            let truth = self.truth.get(key).ok_or("a cell that the organisation has not")?;
            if [cell.numerator, cell.denominator].iter().any(Option::is_some)
                && cell.numerator != truth.numerator
            {
                return Err(format!("{key:?} is published as another number than it is"));
            }
        }
        let withheld = seen.values().filter(|cell| cell.status == "withheld").count();
        let is_known = |key: &Key| seen.get(key).is_some_and(|cell| cell.status != "withheld");
        let (definitions, sensitive) = definitions::read(&self.text)?;
        let rows = published::rows(out)?;
        let release = Release::of(&definitions, &sensitive, &self.truth, &rows, threshold, &is_known);
        let costs = [release.cells().len(), release.withheld(&is_known), plain::withheld(&release)];
        let costs = BTreeMap::from([(audience, costs)]);
        Ok((release, Score { cells: seen.len(), withheld, costs, ..Score::default() }))
    }

    /// The numbers that a reader of a run directory knows, whatever is true on another day.
    fn known(&self, out: &Path, threshold: f64) -> Result<BTreeMap<Address, f64>, String> {
        let seen = published::cells(out)?;
        let (definitions, sensitive) = definitions::read(&self.text)?;
        let is_known = |_: &Key| true;
        let release = Release::of(&definitions, &sensitive, &seen, &BTreeMap::new(), threshold, &is_known);
        Ok(release.known())
    }

    /// The same where cells with small numbers alone are withheld.
    fn control(&self, out: &Path, threshold: f64) -> Result<usize, String> {
        let (definitions, sensitive) = definitions::read(&self.text)?;
        let shown = |key: &Key| {
            let cell = &self.truth[key];
            let small = |n: Option<f64>| n.is_some_and(|n| n > 0.0 && n < threshold);
            !small(cell.numerator) && !small(cell.denominator)
        };
        let rows = published::rows(out)?;
        let release = Release::of(&definitions, &sensitive, &self.truth, &rows, threshold, &shown);
        Ok(narrowed(&release, &BTreeMap::new(), 300).0.len())
    }

    /// Attacks what is published to every audience.
    fn attack(&self, more: &[&str]) -> Result<Score, String> {
        let mut score = Score::default();
        for (audience, threshold) in AUDIENCES {
            let out = self.publish(audience, more)?;
            published::parquet_is_the_same(&out)?;
            self.texts_say_nothing_else(&out)?;
            let (release, mut of) = self.release(&out, (audience, threshold))?;
            let (found, targets, cut) = narrowed(&release, &BTreeMap::new(), usize::MAX);
            of.found = found.into_iter().map(|f| format!("{audience}: {f}")).collect();
            (of.targets, of.cut) = (targets, cut);
            of.control = self.control(&out, threshold)?;
            score.add(of);
        }
        Ok(score)
    }

    /// No text of the run holds a number that is withheld, where it has so many digits that it
    /// cannot be there by chance and no published number looks like it.
    fn texts_say_nothing_else(&self, out: &Path) -> Result<(), String> {
        let seen = published::cells(out)?;
        let long = |text: &&String| text.chars().filter(char::is_ascii_digit).count() >= DIGITS;
        let of = |withheld: bool| -> BTreeSet<&String> {
            let chosen = self.truth.iter().filter(|(key, _)| {
                seen.get(*key).is_some_and(|cell| (cell.status == "withheld") == withheld)
            });
            chosen.flat_map(|(_, cell)| &cell.figures).filter(long).collect()
        };
        let published = of(false);
        let secrets: BTreeSet<&String> =
            of(true).into_iter().filter(|text| !published.contains(text)).collect();
        for (name, bytes) in files(out)? {
            for (part, bytes) in unpacked(&name, &bytes)? {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                // The theme of a workbook has numbers, which are the same whatever is in it.
                if text.contains("<a:theme ") {
                    continue;
                }
                let words = text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-')));
                let plain = words.flat_map(|w| {
                    [w.replace(',', ""), w.trim_end_matches('.').to_owned()]
                        .into_iter()
                        .chain(w.split(',').map(str::to_owned))
                        .collect::<Vec<_>>()
                });
                for word in plain {
                    if secrets.contains(&word) {
                        return Err(format!("{word}, which is withheld, stands in {part}"));
                    }
                }
            }
        }
        Ok(())
    }
}

/// So many digits are no chance.
const DIGITS: usize = 6;

/// All files below a folder.
fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let (mut out, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).map_err(|e| e.to_string())?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                out.push((path.display().to_string(), std::fs::read(&path).map_err(|e| e.to_string())?));
            }
        }
    }
    Ok(out)
}

/// The small numbers of a release that a reader gets too close to, how many there are, and how many
/// were looked for with part of what surrounds them. `most` ends the search early.
fn narrowed(release: &Release, others: &BTreeMap<Address, f64>, most: usize) -> (Vec<String>, usize, usize) {
    let knowledge = release.knowledge(others);
    let targets: Vec<_> = release.targets().into_iter().take(most).collect();
    let mut by_threshold: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (at, target) in targets.iter().enumerate() {
        by_threshold.entry(target.threshold as i64).or_default().push(at);
    }
    let (mut found, mut cut) = (Vec::new(), 0);
    for (threshold, places) in by_threshold {
        let sums: Vec<_> = places.iter().map(|at| targets[*at].sum.clone()).collect();
        let wide = threshold as f64;
        let (ends, part) = bounds(&knowledge, &sums, wide);
        cut += part;
        for (at, (low, high)) in places.iter().zip(ends) {
            let (low, high) = ((low - 1e-6).ceil().max(0.0), (high + 1e-6).floor());
            if high < wide || high - low < wide - 1.0 {
                let Target { name, truth, .. } = &targets[*at];
                found.push(format!(
                    "{name}: between {low} and {high}; it is {truth}, and {wide} is the threshold"
                ));
            }
        }
    }
    (found, targets.len(), cut)
}

use facts::Target;

fn temporary() -> Result<tempfile::TempDir, String> {
    tempfile::tempdir().map_err(|e| e.to_string())
}

/// A pipeline of the repository over data in another folder.
fn moved(pipeline: &str, data: &Path, folder: &Path) -> Result<String, String> {
    let path = repository().join(format!("pipelines/{pipeline}.yaml"));
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let name = format!("{pipeline}.yaml");
    let text = text.replace("../data-samples", &data.display().to_string());
    std::fs::write(folder.join(&name), text).map_err(|e| e.to_string())?;
    Ok(name)
}

fn examples() -> Result<(), String> {
    for pipeline in ["prevention", "lessons-learned", "site-comparison"] {
        let folder = temporary()?;
        let name = moved(pipeline, &repository().join("data-samples"), folder.path())?;
        Subject::of(folder.path(), &name)?.attack(&["--language", "en"])?.result(pipeline)?;
    }
    Ok(())
}

fn samples() -> Result<(), String> {
    let mut score = Score::default();
    for (seed, scale) in [(4_711, 1), (4_712, 2)] {
        let folder = temporary()?;
        let data = folder.path().join("data");
        write(&Programme::draw(seed, scale), &data).map_err(|e| e.to_string())?;
        let name = moved("prevention", &data, folder.path())?;
        score.add(Subject::of(folder.path(), &name)?.attack(&["--report", "page", "--language", "en"])?);
    }
    score.result("sample data that was drawn anew")
}

fn drawn() -> Result<(), String> {
    let named = std::env::var("GROUNDWORK_SEEDS").ok();
    let seeds = named.as_deref().and_then(recount::range).unwrap_or(SEEDS);
    let mut score = Score::default();
    for seed in seeds {
        let folder = temporary()?;
        recount::draw(seed, folder.path())?;
        let of = Subject::of(folder.path(), "pipeline.yaml").and_then(|subject| subject.attack(&[]));
        score.add(of.map_err(|e| format!("seed {seed}: {e}"))?);
    }
    score.result("programmes of every kind")
}

/// A report when a quarter is over, and the next one, which tells of late registrations too.
fn two_reports() -> Result<(), String> {
    let folder = temporary()?;
    let name = moved("prevention", &repository().join("data-samples"), folder.path())?;
    let path = folder.path().join(&name);
    let text = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
    let with_ledger = text.replace("\ndisclosure:\n", "\ndisclosure:\n  ledger: releases.csv\n");
    std::fs::write(&path, with_ledger).map_err(|e| e.to_string())?;
    let page = ["--report", "page", "--language", "en"];
    let earlier: Vec<&str> = page.iter().copied().chain(["--as-of", "2021-10-10"]).collect();
    let subject = Subject::of(folder.path(), &name)?;
    let (audience, threshold) = AUDIENCES[0];
    let first = subject.publish(audience, &earlier)?;
    let before = subject.known(&first, threshold)?;
    let out = folder.path().join("second");
    let shown = out.display().to_string();
    let mut arguments = vec!["run", &name, "--out", &shown, "--audience", audience];
    arguments.extend(page);
    let second = run(folder.path(), &arguments);
    match second.status.code() {
        Some(4) => {
            let said = String::from_utf8_lossy(&second.stderr).into_owned();
            println!("the second report is refused:\n{said}");
            if said.contains("disclosure.by-comparison") { Ok(()) } else { Err(said) }
        }
        Some(0) => {
            let (release, mut score) = subject.release(&out, AUDIENCES[0])?;
            (score.found, score.targets, score.cut) = narrowed(&release, &before, usize::MAX);
            score.found.extend(release.changed_by_few(&before));
            score.result("two reports, one after the other")
        }
        code => Err(format!("ended with {code:?}\n{}", String::from_utf8_lossy(&second.stderr))),
    }
}
