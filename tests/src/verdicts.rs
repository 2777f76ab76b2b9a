//! Verdicts: how often evaluations err where the truth is known, and how often they find it.
//!
//! Sites are drawn from scenarios with a known truth. The program runs on many seeds at once: each
//! seed is a month of its own with an evaluation of its own, so that one run answers hundreds of
//! questions, through the whole road from the export to `estimates.csv`. What is counted is held
//! against the exact binomial band of the simulation itself.

use crate::coverage::band;
use crate::program;
use groundwork::table::Table;
use groundwork_samples::scenario::{Scenario, Served};
use groundwork_stats::estimators::power::units_non_inferiority;
use libtest_mimic::{Failed, Trial};
use std::fmt::Write as _;
use std::path::Path;

/// Seeds of a question about errors, and of one about power.
const SEEDS: u64 = 500;
const SEEDS_POWER: u64 = 1000;
const ALPHA: f64 = 0.05;
const LEVEL: f64 = 0.95;
const SHARE: f64 = 0.6;
const MARGIN: f64 = 0.1;
/// The year of the first seed.
const FIRST_YEAR: u64 = 1900;
/// The power for which the people are asked.
const POWER: f64 = 0.8;

/// The one test of this file.
pub fn trials() -> Vec<Trial> {
    vec![Trial::test("verdicts: they err no more often than they say, and find what is there", || {
        let report = simulate().map_err(Failed::from)?;
        println!("{}", report.text);
        if report.failures.is_empty() { Ok(()) } else { Err(Failed::from(report.failures.join("\n"))) }
    })]
}

/// What was found.
struct Report {
    /// A table, as Markdown.
    text: String,
    /// What did not hold.
    failures: Vec<String>,
}

/// What a count has to do.
enum Demand {
    /// No more often than this, but for the simulation's own chance.
    AtMost(f64),
    /// At least as often as this, but for the simulation's own chance.
    AtLeast(f64),
    /// At least as often as this in the simulation itself.
    Reached(f64),
}

/// A question and how its answers are counted.
struct Study {
    /// What is true, in words.
    truth: String,
    scenario: Scenario,
    seeds: u64,
    /// Seeds that one run answers.
    together: u64,
    /// The lines of the evaluation below its question, with `PERIOD` and `SEED` to be filled in.
    evaluation: &'static str,
    /// What is counted, and what is demanded of it.
    counted: Vec<(&'static str, Counted, Demand)>,
}

/// Whether the rows of one evaluation say something.
type Counted = Box<dyn Fn(&Rows<'_>, u64) -> Result<bool, String>>;

/// The rows of one evaluation.
struct Rows<'t> {
    table: &'t Table,
    evaluation: String,
}

impl Rows<'_> {
    fn column(&self, estimand: &str, wanted: &str) -> Result<Vec<&str>, String> {
        let at = ["evaluation", "estimand", wanted].map(|name| self.table.column(name));
        let [evaluation, of, wanted] = at;
        let (evaluation, of, wanted) = (evaluation?, of?, wanted?);
        let rows = self.table.rows.iter();
        let rows = rows.filter(|row| row[evaluation] == self.evaluation && row[of].starts_with(estimand));
        Ok(rows.map(|row| row[wanted].as_str()).collect())
    }

    /// The first number of an estimand.
    fn number(&self, estimand: &str, wanted: &str) -> Result<f64, String> {
        let found = self.column(estimand, wanted)?;
        let text = found.first().ok_or_else(|| format!("{}: no row {estimand}", self.evaluation))?;
        text.parse().map_err(|_| format!("{}: {estimand} has no {wanted}", self.evaluation))
    }

    fn holds(&self, estimand: &str, truth: f64) -> Result<bool, String> {
        Ok(self.number(estimand, "lower")? <= truth && truth <= self.number(estimand, "upper")?)
    }
}

/// A verdict for any site.
fn says(verdict: &'static str) -> Counted {
    Box::new(move |rows, _| Ok(rows.column("non-inferiority", "verdict")?.contains(&verdict)))
}

/// An interval that holds the truth.
fn covers(estimand: &'static str, truth: f64) -> Counted {
    Box::new(move |rows, _| rows.holds(estimand, truth))
}

/// A p-value up to alpha.
fn rejects(estimand: &'static str) -> Counted {
    Box::new(move |rows, _| Ok(rows.number(estimand, "p_value")? <= ALPHA))
}

const ADAPTS: &str =
    "design: non_inferiority, indicators: [done], reference: s0, period: PERIOD, margin: {done: 10 points}";
const COMPARED: &str =
    "design: site_comparison, indicators: [done], reference: s0, period: PERIOD, adjust_for: [harder]";
const SERIES: &str = "design: interrupted_time_series, data: {from: rows, outcome: done, exposure: people, time: month, where: seed = SEED and site = 's1'}, start_at: 24, series: counts, slope: false";
const ADAPTED: &str = "design: difference_in_differences, indicators: [done], treated: [s1], comparison: [s0, OTHERS], before: PERIOD, after: NEXT";
const SHOCKED: &str = "design: difference_in_differences, indicators: [done], treated: [s0], comparison: [s1, OTHERS], before: PERIOD, after: NEXT";
const FURTHER: &str = "design: sites_as_sample, data: {from: rows, site: site, events: done, total: people, where: seed = SEED}";

/// What is read where every person is a row, and where every site and month is one.
const PEOPLE_SOURCE: &str = "sources:
  rows:
    export: rows.csv
    columns: {on: date, site: site, harder: boolean, done: boolean}
indicators:
  done: {kind: proportion, title: Done, from: rows, numerator: done, period_by: on, disaggregate: [harder]}
";
const SERIES_SOURCE: &str = "sources:
  rows:
    export: rows.csv
    columns: {seed: integer, site: site, month: integer, people: integer, done: integer}
indicators:
  rows: {kind: count, title: Rows, from: rows, people: false}
";

fn studies() -> Result<Vec<Study>, String> {
    let needed = units_non_inferiority(SHARE, SHARE, MARGIN, ALPHA, POWER).map_err(|r| r.to_string())?.whole;
    let two = |people: u64| Scenario::alike(2, people, SHARE);
    let adapts = |truth: &str, scenario: Scenario, seeds, counted| Study {
        truth: truth.into(),
        scenario,
        seeds,
        together: seeds,
        evaluation: ADAPTS,
        counted,
    };
    let at_margin = |people| Scenario { difference: -MARGIN, ..two(people) };
    let mut out = Vec::new();
    for people in [25, 100, 400] {
        let truth = format!("2 sites of {people}, worse by exactly the margin");
        out.push(adapts(
            &truth,
            at_margin(people),
            SEEDS,
            vec![
                ("adapted", says("adapted"), Demand::AtMost(ALPHA)),
                ("worse", says("worse"), Demand::AtMost(ALPHA)),
            ],
        ));
    }
    out.push(adapts(
        "6 sites of 100, five worse by exactly the margin",
        Scenario { sites: 6, ..at_margin(100) },
        SEEDS,
        vec![
            ("adapted, any of five", says("adapted"), Demand::AtMost(ALPHA)),
            ("worse, any of five", says("worse"), Demand::AtMost(ALPHA)),
        ],
    ));
    for (difference, words) in [(-0.05, "worse by 5 points"), (0.0, "alike"), (0.05, "better by 5 points")] {
        let truth = format!("2 sites of 40, {words}");
        out.push(adapts(
            &truth,
            Scenario { difference, ..two(40) },
            SEEDS,
            vec![
                ("inconclusive", says("inconclusive"), Demand::Reached(0.5)),
                ("worse", says("worse"), Demand::AtMost(ALPHA)),
            ],
        ));
    }
    out.push(adapts(
        &format!("2 sites of {needed}, the people that the power asks for, alike"),
        two(needed),
        SEEDS_POWER,
        vec![
            ("adapted", says("adapted"), Demand::Reached(0.78)),
            ("worse", says("worse"), Demand::AtMost(ALPHA)),
        ],
    ));
    let mixed = Scenario { harder: [0.2, 0.6], hardship: 0.3, ..two(200) };
    out.push(Study {
        truth: "2 sites of 200, alike for everybody, 40 points more of the harder group".into(),
        scenario: mixed,
        seeds: SEEDS,
        together: SEEDS,
        evaluation: COMPARED,
        counted: vec![
            ("crude interval holds no difference", covers("difference of sites", 0.0), Demand::AtMost(0.5)),
            (
                "pooled interval holds no difference",
                covers("difference of sites, pooled", 0.0),
                Demand::AtLeast(LEVEL),
            ),
            (
                "regression interval holds no difference",
                covers("difference of sites, adjusted by regression", 0.0),
                Demand::AtLeast(LEVEL),
            ),
        ],
    });
    let series = |effect: f64| Scenario { months: 48, adaptation: (24, effect), ..two(60) };
    for effect in [0.0, 0.1] {
        out.push(Study {
            truth: format!("a series of 48 months, an adaptation that adds {} points", effect * 100.0),
            scenario: series(effect),
            seeds: SEEDS,
            together: SEEDS,
            evaluation: SERIES,
            counted: vec![(
                "interval holds the ratio",
                covers("change of level, ratio", (SHARE + effect) / SHARE),
                Demand::AtLeast(LEVEL),
            )],
        });
    }
    let twenty = |effect: f64, shock: f64| Scenario {
        months: 2,
        adaptation: (1, effect),
        shock: (1..2, shock),
        between_sites: 0.05,
        ..Scenario::alike(20, 100, SHARE)
    };
    for (truth, scenario, evaluation, demand) in [
        ("nothing in any of them", twenty(0.0, 0.0), ADAPTED, Demand::AtMost(ALPHA)),
        ("an adaptation that adds 25 points in one", twenty(0.25, 0.0), ADAPTED, Demand::Reached(0.5)),
        ("a shock that takes 25 points from the reference", twenty(0.0, 0.25), SHOCKED, Demand::Reached(0.5)),
    ] {
        out.push(Study {
            truth: format!("20 sites of 100 before and after, {truth}"),
            scenario,
            seeds: SEEDS,
            // The design looks at every pair of periods before.
            together: 10,
            evaluation,
            counted: vec![("p by choice of sites up to 5 %", rejects("as large an effect"), demand)],
        });
    }
    for sites in [3, 5, 10, 30] {
        let scenario = Scenario { between_sites: 0.1, ..Scenario::alike(sites, 100, SHARE) };
        // The next site of the same community of sites, which nobody saw.
        let further = Scenario { sites: sites + 1, ..scenario.clone() };
        let holds: Counted = Box::new(move |rows, seed| {
            let own = further.own(seed);
            let truth = further.probability(sites, 0, false, own[sites]);
            rows.holds("share in a further site", truth)
        });
        out.push(Study {
            truth: format!("{sites} sites of 100 that differ by 10 points as a standard deviation"),
            scenario,
            seeds: SEEDS,
            together: SEEDS,
            evaluation: FURTHER,
            // With few sites the prediction interval is known to be short (Partlett and Riley 2017).
            counted: vec![("prediction holds a further site", holds, Demand::AtLeast(0.9))],
        });
    }
    Ok(out)
}

fn simulate() -> Result<Report, String> {
    let mut text = String::from(
        "| truth | seeds | counted | share | demanded | band of the simulation |\n|---|---|---|---|---|---|\n",
    );
    let mut failures = Vec::new();
    for study in studies()? {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let mut table = Table::default();
        for first in (0..study.seeds).step_by(study.together as usize) {
            let answers = answered(&study, first..study.seeds.min(first + study.together), folder.path())?;
            table.header = answers.header;
            table.rows.extend(answers.rows);
        }
        for (what, counted, demand) in &study.counted {
            let mut n = 0;
            for seed in 0..study.seeds {
                let rows = Rows { table: &table, evaluation: format!("e{seed}") };
                n += u64::from(counted(&rows, seed)?);
            }
            let share = n as f64 / study.seeds as f64;
            let (words, band_words, holds) = match *demand {
                Demand::AtMost(p) => {
                    let (_, high) = band(study.seeds, p);
                    (format!("≤ {}", percent(p)), format!("≤ {}", percent(high)), share <= high)
                }
                Demand::AtLeast(p) => {
                    let (low, _) = band(study.seeds, p);
                    (format!("≥ {}", percent(p)), format!("≥ {}", percent(low)), share >= low)
                }
                Demand::Reached(p) => (format!("≥ {}", percent(p)), "none".into(), share >= p),
            };
            let (truth, seeds) = (&study.truth, study.seeds);
            _ = writeln!(
                text,
                "| {truth} | {seeds} | {what} | {} | {words} | {band_words} |",
                percent(share)
            );
            if !holds {
                failures.push(format!("{truth}: {what} in {}, demanded {words}", percent(share)));
            }
        }
    }
    Ok(Report { text, failures })
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// Runs the program on some seeds of a study and reads what it says.
fn answered(study: &Study, seeds: std::ops::Range<u64>, folder: &Path) -> Result<Table, String> {
    let of_series = study.evaluation.contains("from: rows");
    let mut rows =
        String::from(if of_series { "seed,site,month,people,done\n" } else { "on,site,harder,done\n" });
    let mut evaluations = String::new();
    let others: Vec<String> = (2..study.scenario.sites).map(|site| format!("s{site}")).collect();
    for seed in seeds.clone() {
        let everybody = study.scenario.draw(seed);
        let month_at = |month: u64| {
            let at = (seed - seeds.start) * study.scenario.months as u64 + month;
            format!("{}-{:02}", FIRST_YEAR + at / 12, at % 12 + 1)
        };
        let word = |yes: bool| if yes { "yes" } else { "no" };
        if of_series {
            for of in everybody.chunk_by(|a, b| (a.site, a.month) == (b.site, b.month)) {
                let Served { site, month, .. } = of[0];
                let done = of.iter().filter(|p| p.succeeded).count();
                _ = writeln!(rows, "{seed},s{site},{month},{},{done}", of.len());
            }
        } else {
            for person in &everybody {
                let Served { site, month, harder, succeeded } = *person;
                let on = month_at(month as u64);
                _ = writeln!(rows, "{on}-15,s{site},{},{}", word(harder), word(succeeded));
            }
        }
        let lines = study.evaluation.replace("PERIOD", &month_at(0)).replace("NEXT", &month_at(1));
        let lines = lines.replace("SEED", &seed.to_string()).replace("OTHERS", &others.join(", "));
        _ = writeln!(evaluations, "  e{seed}: {{question: Seed {seed}, {lines}}}");
    }
    // Series have months of their own; people stand in those of the calendar.
    let last = if of_series { 0 } else { (seeds.end - seeds.start) * study.scenario.months as u64 - 1 };
    let mut pipeline = format!(
        "groundwork: 1\nprogramme: {{id: t, title: Test}}\naudience: internal\n\
         calendar: {{periods: month, from: {FIRST_YEAR}-01, to: {}-{:02}, as_of: 2026-01-01}}\nsites:\n",
        FIRST_YEAR + last / 12,
        last % 12 + 1
    );
    for site in 0..study.scenario.sites {
        _ = writeln!(pipeline, "  s{site}: {{name: Site {site}}}");
    }
    pipeline.push_str(if of_series { SERIES_SOURCE } else { PEOPLE_SOURCE });
    pipeline.push_str("evaluations:\n");
    pipeline.push_str(&evaluations);
    for (name, text) in [("pipeline.yaml", &pipeline), ("rows.csv", &rows)] {
        std::fs::write(folder.join(name), text).map_err(|e| e.to_string())?;
    }
    program::done(folder, &["run", "pipeline.yaml", "--out", "out"])?;
    Table::read(&folder.join("out/estimates.csv"))
}
