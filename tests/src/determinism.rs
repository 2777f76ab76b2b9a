//! The same bytes everywhere: every pipeline of the repository is run twice, with other threads and
//! another limit of memory, in another folder, under another language, time zone and umask of the
//! machine, and at another time. Rows in another order give the same numbers.

use crate::program::{self, files};
use libtest_mimic::{Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tests of this file: one for every pipeline, so that they run beside each other.
pub fn trials() -> Vec<Trial> {
    let twice = pipelines().into_iter().map(|path| {
        let name = path.display().to_string();
        Trial::test(format!("determinism: {name} twice"), move || twice(&path).map_err(Failed::from))
    });
    let order = || in_another_order().map_err(Failed::from);
    let sums = || divided_numbers().map_err(Failed::from);
    let others = [
        Trial::test("determinism: rows in another order", order),
        Trial::test("determinism: sums of divided numbers", sums),
    ];
    twice.chain(others).collect()
}

/// The pipelines, relative to the repository.
pub(crate) fn pipelines() -> Vec<PathBuf> {
    let of = |folder: &str| {
        let entries = std::fs::read_dir(program::repository().join(folder)).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let yaml = names.filter(|name| name.ends_with(".yaml") && !name.ends_with(".plan.yaml"));
        yaml.map(|name| Path::new(folder).join(name)).collect::<Vec<_>>()
    };
    let mut all = [of("pipelines"), of("pipelines/examples")].concat();
    all.sort();
    all
}

/// Copies what pipelines need: themselves, what lies beside them but what runs kept, and the sample data.
///
/// # Errors
/// When they cannot be copied.
pub fn copied(to: &Path) -> Result<(), String> {
    let status = Command::new("cp")
        .args(["-r", "pipelines", "data-samples"])
        .arg(to)
        .current_dir(program::repository())
        .status()
        .map_err(|e| e.to_string())?;
    if !status.success() {
        return Err("the pipelines could not be copied".into());
    }
    let kept = to.join("pipelines/.groundwork");
    if kept.exists() { std::fs::remove_dir_all(kept).map_err(|e| e.to_string()) } else { Ok(()) }
}

/// Where and how a run takes place.
struct Place {
    inside: &'static str,
    threads: &'static str,
    memory: &'static str,
    umask: &'static str,
    variables: [(&'static str, &'static str); 3],
}

const PLACES: [Place; 2] = [
    Place {
        inside: "here",
        threads: "1",
        memory: "4096",
        umask: "022",
        variables: [("TZ", "UTC"), ("LC_ALL", "C"), ("LANG", "C")],
    },
    Place {
        inside: "a much longer folder/ที่อื่น",
        threads: "2",
        memory: "256",
        umask: "077",
        variables: [("TZ", "Asia/Bangkok"), ("LC_ALL", "th_TH.UTF-8"), ("LANG", "my_MM.UTF-8")],
    },
];

fn twice(path: &Path) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let mut runs = Vec::new();
    for place in &PLACES {
        let at = folder.path().join(place.inside);
        std::fs::create_dir_all(&at).map_err(|e| e.to_string())?;
        copied(&at)?;
        let shown = path.display().to_string();
        let program = program::groundwork(&at, &[]);
        // The umask is set by a shell, which then becomes the program.
        let output = Command::new("sh")
            .args(["-c", "umask \"$0\" && exec \"$@\"", place.umask])
            .arg(program.get_program())
            .args(["run", &shown, "--out", "out", "--afresh", "--threads", place.threads])
            .args(["--memory", place.memory])
            .env(program::AS_PROGRAM, "1")
            .envs(place.variables)
            .current_dir(&at)
            .output()
            .map_err(|e| e.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        runs.push(files(&at.join("out"))?);
    }
    let [first, second] = runs.as_slice() else { return Err("two runs were expected".into()) };
    if first.keys().ne(second.keys()) {
        return Err(format!("other files: {:?} and {:?}", first.keys(), second.keys()));
    }
    let differ: Vec<&String> = first
        .iter()
        .filter(|(name, bytes)| second.get(*name) != Some(*bytes))
        .map(|(name, _)| name)
        .collect();
    if differ.is_empty() { Ok(()) } else { Err(format!("other bytes in {differ:?}")) }
}

/// The rows of the lists of the sample programme from the last to the first. Lists, because a row
/// of a list stands for itself; a form's submissions can replace each other.
fn in_another_order() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    copied(at)?;
    let run = |out: &str| program::done(at, &["run", "pipelines/lessons-learned.yaml", "--out", out]);
    run("first")?;
    let mut turned = 0;
    for entry in std::fs::read_dir(at.join("data-samples/csv")).map_err(|e| e.to_string())?.flatten() {
        let text = std::fs::read_to_string(entry.path()).map_err(|e| e.to_string())?;
        let mut lines: Vec<&str> = text.lines().collect();
        if let Some((_, rows)) = lines.split_first_mut() {
            rows.reverse();
        }
        std::fs::write(entry.path(), lines.join("\n") + "\n").map_err(|e| e.to_string())?;
        turned += 1;
    }
    run("second")?;
    for table in ["indicators.csv", "estimates.csv", "adaptations.csv"] {
        let read = |out: &str| std::fs::read(at.join(out).join(table)).map_err(|e| format!("{table}: {e}"));
        if read("first")? != read("second")? {
            return Err(format!("{table} depends on the order of rows"));
        }
    }
    if turned < 10 { Err(format!("only {turned} lists were turned")) } else { Ok(()) }
}

/// Sums of floating numbers by all roads on which something can be divided: in the indicator, in a
/// derived column, in an index; each with more rows than one thread takes at once.
fn divided_numbers() -> Result<(), String> {
    const PIPELINE: &str = "groundwork: 1
programme: {id: t, title: Test}
calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q2, as_of: 2021-07-15}
sites: {a: {name: Ayla}, b: {name: Bora}}
audience: internal
sources:
  visits:
    export: visits.csv
    columns: {who: text, site: site, on: date, minutes: integer, parts: integer, q: integer}
    derive: {each: {value: minutes / parts}}
indicators:
  here: {kind: sum, title: Here, from: visits, of: minutes / 7, period_by: on}
  derived: {kind: mean, title: Derived, from: visits, of: each, period_by: on}
  index: {kind: index, title: Index, from: visits, items: {q: {from: 0, to: 3, weight: 1}, parts: {from: 0, to: 7, weight: 2}}, period_by: on}
  ratio:
    kind: ratio
    title: Ratio
    numerator: {sum: each, from: visits, period_by: on, cluster: who}
    denominator: {from: visits, period_by: on, cluster: who}
";
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    let row = |n: u32| {
        let (site, month) = (["a", "b"][(n % 2) as usize], 1 + n % 6);
        format!("p{},{site},2021-{month:02}-10,{},{},{}\n", n % 97, n % 1009, 1 + n % 7, n % 4)
    };
    let rows: String = (0..300_000).map(row).collect();
    std::fs::write(at.join("visits.csv"), format!("who,site,on,minutes,parts,q\n{rows}"))
        .map_err(|e| e.to_string())?;
    std::fs::write(at.join("pipeline.yaml"), PIPELINE).map_err(|e| e.to_string())?;
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for threads in ["1", "2", "3", "2", "4"] {
        program::done(at, &["run", "pipeline.yaml", "--out", "out", "--afresh", "--threads", threads])?;
        seen.push(std::fs::read(at.join("out/indicators.parquet")).map_err(|e| e.to_string())?);
    }
    seen.dedup();
    match seen.len() {
        1 => Ok(()),
        others => Err(format!("{others} different tables from one export")),
    }
}
