//! Restatement: what an earlier report said of a quarter, and what holds now that late rows have
//! come, in the report of the next quarter, against the truth of the generator.

use crate::program;
use groundwork_samples::calendar::{Day, EXTRACT};
use groundwork_samples::{Programme, workshops_known, write};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeMap;
use std::process::Command;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    let check = || late_rows().map_err(Failed::from);
    vec![Trial::test("restated: the table of the next quarter is the truth", check)]
}

const PIPELINE: &str = "groundwork: 1
programme: {id: t, title: Test}
calendar: {periods: quarter, from: 2019-Q3, to: 2021-Q4, as_of: 2022-01-15}
sites:
  chiang_rai: {name: {en: Chiang Rai, th: เชียงราย}, code: TH-57}
  nan: {name: {en: Nan, th: น่าน}, code: TH-55, spellings: [จ.น่าน]}
audience: internal
sources:
  workshops:
    export: data/kobo/workshops*.xlsx
    reader: kobo
    sheet: workshops
    columns:
      uuid: {from: _uuid, type: text}
      received_on: {from: _submission_time, type: timestamp}
      validation: {from: _validation_status, type: text}
      held_on: {type: date, era: auto}
      site: {from: group_place/province, type: site}
    received: received_on
    keep: coalesce(validation, '') <> 'validation_status_not_approved'
    checks:
      - required: [uuid, held_on, site]
      - unique: [uuid]
indicators:
  held: {kind: count, people: false, title: Workshops held, from: workshops, period_by: held_on}
reports:
  next: {template: quarterly-funder, period: 2021-Q4, since: then}
";

/// Site and quarter, as the table writes them, with the value before and the one now.
type Table = BTreeMap<(String, String), (u64, u64)>;

fn late_rows() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    let programme = Programme::draw(11, 4);
    write(&programme, &at.join("data")).map_err(|e| e.to_string())?;
    let then = PIPELINE.replace(", period: 2021-Q4, since: then", "");
    std::fs::write(at.join("then.yaml"), then).map_err(|e| e.to_string())?;
    std::fs::write(at.join("now.yaml"), PIPELINE).map_err(|e| e.to_string())?;
    let earlier = ["--as-of", "2021-10-15", "--period", "2021-Q3", "--out", "then"];
    program::done(at, &[&["run", "then.yaml"], earlier.as_slice()].concat())?;
    program::done(at, &["run", "now.yaml", "--out", "now"])?;
    let pdf = at.join("now/reports/next-en.pdf");
    let Ok(said) = Command::new("pdftotext").arg("-layout").arg(&pdf).arg("-").output() else {
        println!("skipped: pdftotext (poppler-utils) is not on this machine");
        return Ok(());
    };
    let found = printed(&String::from_utf8_lossy(&said.stdout));
    let expected = truth(&programme);
    println!("restated: {} values, as the generator counts them", expected.len());
    if expected.is_empty() {
        Err("no row came late, so that nothing is restated".into())
    } else if found == expected {
        Ok(())
    } else {
        Err(format!("the report restates {found:?}, the truth is {expected:?}"))
    }
}

/// What the generator says of the quarters before the last: those in which a value moved.
fn truth(programme: &Programme) -> Table {
    let (then, now) =
        (workshops_known(programme, Day::of(2021, 10, 15)), workshops_known(programme, EXTRACT));
    let mut both: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    for (counts, is_now) in [(&then, false), (&now, true)] {
        for ((site, quarter), count) in counts {
            for site in [*site, ""] {
                let (before, after) = both.entry((site, quarter)).or_default();
                *(if is_now { after } else { before }) += count;
            }
        }
    }
    let of_readers = |site: &str, quarter: &str| {
        let name = match site {
            "chiang_rai" => "Chiang Rai",
            "nan" => "Nan",
            _ => "All sites",
        };
        let months = match quarter.split_once("-Q") {
            Some((year, "1")) => format!("January–March {year}"),
            Some((year, "2")) => format!("April–June {year}"),
            Some((year, "3")) => format!("July–September {year}"),
            Some((year, _)) => format!("October–December {year}"),
            None => quarter.to_owned(),
        };
        (name.to_owned(), months)
    };
    both.into_iter()
        .filter(|((_, quarter), (before, after))| *quarter < "2021-Q4" && before != after)
        .map(|((site, quarter), values)| (of_readers(site, quarter), values))
        .collect()
}

/// The rows of the table in the text of the report: after its caption, those that begin with the
/// indicator and a site and end with two numbers.
fn printed(text: &str) -> Table {
    let after = text.split("Restated:").nth(1).unwrap_or_default();
    let mut out = Table::new();
    for line in after.lines() {
        let Some(rest) = line.trim().strip_prefix("Workshops held") else { continue };
        for site in ["All sites", "Chiang Rai", "Nan"] {
            let Some(rest) = rest.trim().strip_prefix(site) else { continue };
            let words: Vec<&str> = rest.split_whitespace().collect();
            if let [period @ .., before, now] = words.as_slice()
                && let (Ok(before), Ok(now)) = (before.parse(), now.parse())
            {
                out.insert((site.to_owned(), period.join(" ")), (before, now));
            }
        }
    }
    out
}
