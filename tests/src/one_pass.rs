//! One pass: how long forty indicators over one source take beside one, each by six columns.
//!
//! A file is drawn once: four sites, eight quarters in the order in which a form would have been
//! sent, six categories of 2 to 12 words with missing ones, two numbers with missing ones, and a
//! person. The program runs on it three times: with one count without categories, with one count
//! by the six categories, and with forty indicators by the six categories, which are counts, sums,
//! means and shares under ten conditions; beside them one count of different people, and forty
//! under forty conditions. What is compared is the time that the program itself says it took to
//! count rows, or people, and not the time to load the file.

use crate::program::timed;
use groundwork_samples::rng::{Rng, Stream};
use std::error::Error;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;

const SITES: [&str; 4] = ["north", "south", "east", "west"];
/// How many words each category has.
const CATEGORIES: [u64; 6] = [2, 3, 4, 6, 8, 12];
const PEOPLE: u64 = 500_000;
const SEED: u64 = 7;
const INDICATORS: usize = 40;

const BY_ALL: &str = "disaggregate: [c0, c1, c2, c3, c4, c5]";

/// The conditions of the indicators of rows; the first is none.
const CONDITIONS: [&str; 10] = [
    "",
    "minutes > 20",
    "minutes > 60",
    "c1 = 'c1_1'",
    "c2 in ('c2_0', 'c2_2')",
    "baht > 500",
    "c1 = 'c1_0' and minutes > 20",
    "c2 = 'c2_1' or baht > 500",
    "minutes is null",
    "c1 is null",
];

/// What is counted, in the turns of the forty.
const KINDS: [&str; 4] = [
    "kind: count",
    "kind: sum, of: minutes",
    "kind: mean, of: baht",
    "kind: proportion, numerator: minutes > 40",
];

/// Draws, runs, and gives the table.
pub fn measured(program: &Path, rows: u64) -> Result<String, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    draw(&folder.join("visits.csv"), rows)?;
    let none = (1, "people: true");
    let mut out = format!(
        "{rows} rows, {} threads, dev profile of this workspace\n\n\
         | indicators of rows | time to count rows | different people | time to count people | whole run | peak memory |\n\
         |---|---|---|---|---|---|\n",
        std::thread::available_parallelism().map_or(1, usize::from)
    );
    let mut times = Vec::new();
    for (name, (how_many, by)) in
        [("1", none), ("1 by 6 categories", (1, BY_ALL)), ("40 by 6 categories", (INDICATORS, BY_ALL))]
    {
        std::fs::write(folder.join("pipeline.yaml"), pipeline(how_many, by))?;
        let mut command = Command::new(program);
        command.current_dir(folder).args(["run", "pipeline.yaml", "--out", "out"]);
        let run = timed(&mut command)?;
        let (of_rows, of_people) =
            (seconds(&run.said, "count rows of "), seconds(&run.said, "count person of "));
        _ = writeln!(
            out,
            "| {name} | {of_rows:.2} s | {name} | {of_people:.2} s | {:.0} s | {} MB |",
            run.seconds, run.peak_mb
        );
        times.push([of_rows, of_people]);
    }
    let ratio = |which: usize, base: usize| times[2][which] / times[base][which].max(1e-3);
    _ = writeln!(
        out,
        "\nForty by six categories take {:.1} times as long as one by six categories for rows, {:.1} times for people;\n\
         {:.1} and {:.1} times as long as one without categories.",
        ratio(0, 1),
        ratio(1, 1),
        ratio(0, 0),
        ratio(1, 0)
    );
    Ok(out)
}

/// The seconds of every step whose line begins so: they stand in the line below.
fn seconds(said: &str, step: &str) -> f64 {
    let lines: Vec<&str> = said.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[0].starts_with(step));
    pairs.filter_map(|pair| pair[1].trim().strip_suffix(" s")?.parse::<f64>().ok()).sum()
}

fn pipeline(how_many: usize, by: &str) -> String {
    let mut out = String::from(
        "groundwork: 1\nprogramme: {id: t, title: Test}\n\
         calendar: {periods: quarter, from: 2020-Q1, to: 2021-Q4, as_of: 2022-01-15}\nsites:\n",
    );
    for site in SITES {
        _ = writeln!(out, "  {site}: {{name: The {site}}}");
    }
    out.push_str("audience: internal\nsources:\n  visits:\n    export: visits.csv\n    columns:\n      person: text\n      site: site\n      held: date\n      minutes: integer\n      baht: number\n");
    for (at, words) in CATEGORIES.iter().enumerate() {
        let words: Vec<String> = (0..*words).map(|w| format!("c{at}_{w}: []")).collect();
        _ = writeln!(out, "      c{at}: {{type: category, values: {{{}}}}}", words.join(", "));
    }
    out.push_str("indicators:\n");
    let mut line = |id: String, kind: &str, condition: &str| {
        let condition =
            if condition.is_empty() { String::new() } else { format!(", where: \"{condition}\"") };
        _ = writeln!(out, "  {id}: {{{kind}, title: T, from: visits, period_by: held, {by}{condition}}}");
    };
    for at in 0..how_many {
        line(format!("rows_{at}"), KINDS[at % KINDS.len()], CONDITIONS[at / KINDS.len() % CONDITIONS.len()]);
        let condition = match (CONDITIONS[at % CONDITIONS.len()], at / CONDITIONS.len()) {
            (condition, 0) => condition.to_owned(),
            ("", more) => format!("minutes > {more}"),
            (condition, more) => format!("({condition}) and minutes > {more}"),
        };
        line(format!("people_{at}"), "kind: distinct_count, of: person", &condition);
    }
    out
}

fn draw(path: &Path, rows: u64) -> std::io::Result<()> {
    let mut rng = Rng::keyed(SEED, Stream::Plan, 0);
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "person,site,held,minutes,baht,c0,c1,c2,c3,c4,c5")?;
    let first = jiff::civil::date(2020, 1, 1);
    for row in 0..rows {
        let person = rng.below(PEOPLE);
        // Most people come to one site.
        let site = if rng.chance(9, 10) { person % 4 } else { rng.below(4) } as usize;
        // Forms are sent up to a month late.
        let day = (row * 731 / rows).saturating_sub(rng.below(30)) as i64;
        let held = first.checked_add(jiff::Span::new().days(day)).unwrap_or(first);
        write!(file, "p{person},{},{held},", SITES[site])?;
        if !rng.chance(1, 10) {
            write!(file, "{}", rng.below(120))?;
        }
        file.write_all(b",")?;
        if !rng.chance(1, 10) {
            write!(file, "{}.{:02}", rng.below(1000), rng.below(100))?;
        }
        for (at, words) in CATEGORIES.iter().enumerate() {
            match rng.below(words + 1) {
                missing if missing == *words => file.write_all(b",")?,
                word => write!(file, ",c{at}_{word}")?,
            }
        }
        file.write_all(b"\n")?;
    }
    file.flush()
}
