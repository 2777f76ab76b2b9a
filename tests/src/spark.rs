//! The same numbers on an engine: every pipeline of the repository, and every page of the suite about
//! indicators, once more with the rows counted by a server of the Spark Connect protocol.
//!
//! Sail (`pip install pysail`) is such a server that starts at once; Apache Spark itself
//! (`pip install "pyspark[connect]"`, with Java) is started as a master, two workers and a server.
//! What is not installed is not tried, and a line says so, as where `groundwork-spark` is not built
//! (`cargo build -p groundwork-spark --features connect`).

use crate::determinism::pipelines;
use crate::program::{self, repository};
use crate::verify::{asked, expect};
use crate::{page, spark_servers};
use groundwork::page::{cases, first_pipeline};
use groundwork_plan::staging::{Order, stage};
use libtest_mimic::{Failed, Trial};
use spark_servers::Server;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Floating numbers are the same up to this part of them: engines add in different orders.
const SAME: f64 = 1e-9;

/// What is tried on a server.
type Check = fn(&Server) -> Result<(), String>;

/// How a server is started; nothing where it is not installed.
type Start = fn() -> Option<Result<Server, String>>;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    let sail: Start = spark_servers::sail;
    let spark: Start = spark_servers::spark;
    let all: [(&str, Start, Check); 11] = [
        ("every pipeline on Sail", sail, every_pipeline),
        ("every page about indicators on Sail", sail, every_page),
        ("drawn programmes on Sail", sail, drawn),
        ("files that Sail reads", sail, read_there),
        ("copies and older versions that Sail leaves out", sail, put_aside_there),
        ("a run that Sail counted is verified by it", sail, verified),
        ("files that Apache Spark reads", spark, read_there),
        ("copies and older versions that Apache Spark leaves out", spark, put_aside_there),
        ("a worker of Apache Spark that is killed", spark, worker_killed),
        ("a server that is killed", sail, killed),
        ("every pipeline on Apache Spark", spark, every_pipeline),
    ];
    let mut trials: Vec<Trial> = all
        .into_iter()
        .map(|(name, start, check)| {
            Trial::test(format!("spark: {name}"), move || on(name, start, check).map_err(Failed::from))
        })
        .collect();
    trials.push(Trial::test("spark: which of several copies stays follows from their values", || {
        by_values().map_err(Failed::from)
    }));
    trials.push(Trial::test("spark: no server", || nobody_there().map_err(Failed::from)));
    trials
}

fn on(name: &str, start: Start, check: Check) -> Result<(), String> {
    if !is_built() {
        println!("skipped `{name}`: groundwork-spark is not built");
        return Ok(());
    }
    match start() {
        None => {
            println!("skipped `{name}`: the server is not installed");
            Ok(())
        }
        Some(server) => check(&server?),
    }
}

/// Whether the program that speaks to servers stands where `groundwork` looks for it.
fn is_built() -> bool {
    let me = std::env::current_exe().unwrap_or_default();
    me.ancestors().skip(1).take(2).any(|folder| folder.join("groundwork-spark").is_file())
}

/// Does something with each of these, some of them beside each other.
fn each<T: Sync>(all: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) -> Result<(), String> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut wrong: Vec<String> = Vec::new();
    std::thread::scope(|scope| {
        let work = || {
            let mut wrong = Vec::new();
            while let Some(one) = all.get(next.fetch_add(1, Ordering::SeqCst)) {
                wrong.extend(check(one).err());
            }
            wrong
        };
        let working: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in working {
            wrong.extend(worker.join().unwrap_or_else(|_| vec!["a check panicked".into()]));
        }
    });
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn every_pipeline(server: &Server) -> Result<(), String> {
    each(&pipelines(), |pipeline| both(&repository(), &pipeline.display().to_string(), server, &[]))
}

/// Runs a pipeline here and there, and compares every table but these: of results, of charts, of what
/// was set aside.
fn both(at: &Path, pipeline: &str, server: &Server, but: &[&str]) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let run = |name: &str, engine: &str| {
        let out = folder.path().join(name);
        let shown = out.display().to_string();
        let run = ["run", pipeline, "--out", &shown, "--language", "en", "--afresh", "--engine", engine];
        program::done(at, &run).map(|_| out)
    };
    let (here, there) = (run("here", "here")?, run("there", server.address())?);
    let tables = program::files(&here)?;
    let mut compared = 0;
    for (name, bytes) in tables.iter().filter(|(name, _)| name.ends_with(".csv")) {
        if but.contains(&name.as_str()) {
            continue;
        }
        let other = std::fs::read(there.join(name)).map_err(|e| format!("{name}: {e}"))?;
        compared += same(bytes, &other).map_err(|what| format!("{pipeline}, {name}: {what}"))?;
    }
    if compared == 0 { Err(format!("{pipeline}: nothing to compare")) } else { Ok(()) }
}

/// Programmes of every kind at once, with values that no example has.
fn drawn(server: &Server) -> Result<(), String> {
    each(&[100, 101, 102, 103], |seed| {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        crate::recount::draw(*seed, folder.path())?;
        both(folder.path(), "pipeline.yaml", server, &[]).map_err(|what| format!("seed {seed}: {what}"))
    })
}

/// Rows that an engine reads itself, in several files: spellings, eras, words for nothing, numbers of
/// several types, values that mean nothing, rows that do not count, summaries and spells made of them, and
/// a source beside that is read here.
fn read_there(server: &Server) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    let parts = at.join("visits");
    std::fs::create_dir(&parts).map_err(|e| e.to_string())?;
    let database = duckdb::Connection::open_in_memory().map_err(|e| e.to_string())?;
    for part in 0..3 {
        let path = parts.join(format!("{part}.parquet"));
        let sql = ROWS.replace("PART", &part.to_string()).replace("PATH", &path.display().to_string());
        database.execute_batch(&sql).map_err(|e| e.to_string())?;
    }
    std::fs::write(at.join("leaders.csv"), LEADERS).map_err(|e| e.to_string())?;
    std::fs::write(at.join("pipeline.yaml"), READ_THERE).map_err(|e| e.to_string())?;
    // Which rows broke a check is not known there.
    both(at, "pipeline.yaml", server, &["issues.csv"])
}

const ROWS: &str = "COPY (
    SELECT
        'p' || (i * 7919 % 1500) AS who,
        'g' || (i % 40) AS leader,
        CASE i % 5 WHEN 0 THEN 'Ayla' WHEN 1 THEN ' AYLA' WHEN 2 THEN 'b' WHEN 3 THEN 'Bora' ELSE 'nowhere' END AS place,
        CASE WHEN i % 97 = 0 THEN NULL
             WHEN i % 3 = 0 THEN strftime(DATE '2021-01-01' + CAST(i % 180 AS INTEGER), '%d/%m/') || CAST(2564 AS VARCHAR)
             ELSE CAST(DATE '2021-01-01' + CAST(i % 180 AS INTEGER) AS VARCHAR) END AS held,
        DATE '1990-01-01' + CAST(i % 9000 AS INTEGER) AS born,
        CASE i % 4 WHEN 0 THEN 'F' WHEN 1 THEN 'ชาย' WHEN 2 THEN NULL ELSE 'other' END AS sex,
        CAST(i % 120 AS INTEGER) AS minutes,
        CASE WHEN i % 11 = 0 THEN NULL ELSE CAST(i % 1000 AS DECIMAL(9,2)) / 8 END AS baht,
        CASE WHEN i % 13 = 0 THEN 'n/a' WHEN i % 2 = 0 THEN 'yes' ELSE '0' END AS came,
        CAST(i % 7 AS DOUBLE) / 3 AS dose
    FROM range(PART * 4000, PART * 4000 + 4000) AS t(i)
) TO 'PATH' (FORMAT parquet)";

const LEADERS: &str =
    "leader,trained_on,level\ng1,2020-01-05,high\ng2,2020-02-05,low\ng3,2020-03-05,high\ng7,2020-03-05,low\n";

const READ_THERE: &str = r#"
groundwork: 1
programme: {id: t, title: Test}
calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q2, as_of: 2021-07-15}
sites: {a: {name: Ayla}, b: {name: Bora}}
audience: internal
sources:
  leaders:
    export: leaders.csv
    columns: {leader: text, trained_on: date, level: {type: category, values: {high: [], low: []}}}
  levels:
    summary: {of: leaders, by: leader, columns: {level: {only: level}, trained_on: {min: trained_on}}}
  visits:
    export: visits/*.parquet
    columns:
      who: text
      leader: text
      site: {from: place, type: site}
      held: date
      born: {type: date, role: birth}
      sex: {type: category, values: {female: [F, หญิง], male: [M, ชาย]}}
      minutes: integer
      baht: number
      came: {type: boolean, missing: [n/a]}
      dose: number
    keep: minutes > 2
    checks:
      - {required: [held]}
      - {holds: "minutes < 119", on_failure: report}
    lookups: {levels: {column: leader, take: [level, trained_on]}}
    derive:
      age_band: {bands: [0-17, 18-24, 25+], born: born, at: held}
  by_person:
    summary: {of: visits, by: who, columns: {first: {min: held}, last: {max: held}, times: {count: minutes}, place: {only: site}}}
indicators:
  visits: {kind: count, title: T, from: visits, period_by: held, disaggregate: [sex, level, age_band]}
  people: {kind: distinct_count, of: who, title: T, from: visits, period_by: held, disaggregate: [sex]}
  minutes: {kind: sum, of: minutes, title: T, from: visits, period_by: held}
  baht: {kind: mean, of: baht, title: T, from: visits, period_by: held, disaggregate: [sex, level]}
  median_baht: {kind: median, of: baht, title: T, from: visits, period_by: held}
  came: {kind: proportion, numerator: came, title: T, from: visits, period_by: held, disaggregate: [level]}
  dose: {kind: mean, of: dose / 7, title: T, from: visits, period_by: held}
  late: {kind: count, title: T, from: visits, period_by: held, where: "held - trained_on > 400"}
  each: {kind: ratio, numerator: {sum: minutes, from: visits, where: came, period_by: held, cluster: leader}, denominator: {distinct: leader, from: visits, period_by: held, cluster: leader}, title: T}
  regulars: {kind: count, title: T, from: by_person, period_by: first, where: "times > 6 and last - first > 30"}
"#;

/// Copies of rows and older versions of records, which are left out there as here. The rows stand in the
/// files in the order of their values, so that the first to be read is the first by its values.
fn put_aside_there(server: &Server) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    visits(at)?;
    both(at, "pipeline.yaml", server, &["issues.csv"])?;
    let rows = |engine: &str| {
        let out = at.join("out").display().to_string();
        program::done(at, &["run", "pipeline.yaml", "--out", &out, "--afresh", "--engine", engine])?;
        crate::manifest::fits_its_schema(&at.join("out"))?;
        let text = std::fs::read_to_string(at.join("out/manifest.json")).map_err(|e| e.to_string())?;
        let manifest: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        Ok::<_, String>(manifest["sources"].clone())
    };
    let (here, there) = (rows("here")?, rows(server.address())?);
    let put_aside = |of: &serde_json::Value| {
        let rows = of.as_array().into_iter().flatten().map(|source| source["rows"].clone());
        rows.collect::<Vec<_>>()
    };
    if put_aside(&here) != put_aside(&there) || here.to_string().contains("\"superseded\":0,") {
        return Err(format!("here {here}, there {there}"));
    }
    // Copies that stop the run stop it there as well.
    let stops = COPIES.replace("unique: [visit, who]", "unique: [visit, who], on_failure: stop");
    std::fs::write(at.join("stops.yaml"), stops).map_err(|e| e.to_string())?;
    let few = COPIES.replace("unique: [visit, who]", "at_least_rows: 9000");
    std::fs::write(at.join("few.yaml"), few).map_err(|e| e.to_string())?;
    for (pipeline, word) in [("stops.yaml", "check.stopped"), ("few.yaml", "check.too-few-rows")] {
        for engine in ["here", server.address()] {
            let output = program::run(at, &["check", pipeline, "--engine", engine]);
            let said = String::from_utf8_lossy(&output.stderr);
            if output.status.code() != Some(3) || !said.contains(word) {
                return Err(format!("{pipeline} on {engine} ended with {:?}\n{said}", output.status.code()));
            }
        }
    }
    Ok(())
}

fn visits(at: &Path) -> Result<(), String> {
    let database = duckdb::Connection::open_in_memory().map_err(|e| e.to_string())?;
    let sql = VERSIONS.replace("PATH", &at.join("visits.parquet").display().to_string());
    database.execute_batch(&sql).map_err(|e| e.to_string())?;
    std::fs::write(at.join("pipeline.yaml"), COPIES).map_err(|e| e.to_string())
}

/// Three thousand records in three versions, of which the last one was sent after the exports were taken.
/// Some rows name no record, and stand there twice with other minutes.
const VERSIONS: &str = "COPY (
    SELECT
        'v' || lpad(CAST(i // (1 + i % 2) AS VARCHAR), 5, '0') AS visit,
        'p' || (i % 700) AS who,
        CASE WHEN i % 41 = 0 THEN NULL ELSE 'r' || (i // 3) END AS record,
        DATE '2021-07-01' + CAST(i % 3 * 9 AS INTEGER) AS sent,
        CASE i % 2 WHEN 0 THEN 'Ayla' ELSE 'Bora' END AS place,
        DATE '2021-01-01' + CAST(i // 3 % 180 AS INTEGER) AS held,
        CAST(10 + copy * 7 AS INTEGER) AS minutes
    FROM range(9000) AS t(i), range(2) AS c(copy)
    WHERE copy = 0 OR i % 41 = 0
    ORDER BY visit, who, record, sent, place, held, minutes
) TO 'PATH' (FORMAT parquet)";

const COPIES: &str = r#"
groundwork: 1
programme: {id: t, title: Test}
calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q2, as_of: 2021-07-15}
sites: {a: {name: Ayla}, b: {name: Bora}}
audience: internal
sources:
  visits:
    export: visits.parquet
    record: record
    newest_by: version
    received: sent
    columns:
      visit: text
      who: text
      record: text
      sent: date
      version: {from: sent, type: date}
      site: {from: place, type: site}
      held: date
      minutes: integer
    keep: minutes > 2
    checks:
      - {unique: [visit, who]}
      - {unique: [who, held], on_failure: report}
indicators:
  visits: {kind: count, title: T, from: visits, period_by: held}
  minutes: {kind: sum, of: minutes, title: T, from: visits, period_by: held}
  people: {kind: distinct_count, of: who, title: T, from: visits, period_by: held}
reports:
  brief: {template: quarterly-funder}
"#;

/// What an engine is asked to leave out, asked of DuckDB: the same rows in any order, though none of them
/// has a place of its own.
fn by_values() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    visits(folder.path())?;
    let plan = groundwork_plan::resolve(COPIES).value.ok_or("the pipeline is wrong")?;
    let source = plan.sources.first().ok_or("no source")?;
    let path = folder.path().join("visits.parquet").display().to_string();
    let left = |order: &str| -> Result<Vec<(String, u64, String)>, duckdb::Error> {
        let database = duckdb::Connection::open_in_memory()?;
        database.execute_batch(&format!(
            "CREATE TABLE \"raw:visits\" AS
             SELECT 0 AS _file, 0 AS _row, visit, who, record, sent, sent AS version,
                    CASE place WHEN 'Ayla' THEN 'a' ELSE 'b' END AS site, held, minutes
             FROM '{path}' ORDER BY {order}"
        ))?;
        for statement in stage(source, &plan.sources, plan.calendar.as_of, Order::Values) {
            database.execute_batch(&statement.to_string())?;
        }
        let mut states = database.prepare(
            "SELECT _state, count(*), md5(string_agg(concat(visit, who, sent, minutes), ';' ORDER BY visit, who, sent, minutes))
             FROM \"staged:visits\" GROUP BY _state ORDER BY _state",
        )?;
        states.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
    };
    let one = left("minutes, visit").map_err(|e| e.to_string())?;
    let other = left("minutes DESC, hash(visit)").map_err(|e| e.to_string())?;
    let states: Vec<&str> = one.iter().map(|(state, ..)| state.as_str()).collect();
    if one != other || states != ["", "check:0", "received_later", "superseded"] {
        return Err(format!("{one:?}, in another order {other:?}"));
    }
    Ok(())
}

/// A run that was counted there is run again there, and not here; other rows there are named.
fn verified(server: &Server) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = folder.path();
    visits(at)?;
    let counted = ["--engine", server.address()];
    program::done(at, &[&["run", "pipeline.yaml", "--out", "out"], &counted[..]].concat())?;
    let report = ["verify", "out/reports/brief-en.pdf", "--pipeline", "pipeline.yaml"];
    expect(&asked(at, &report, 2)?, "verify.no-engine")?;
    expect(&asked(at, &[&report[..], &counted].concat(), 0)?, "\"verified\":true")?;
    let other = VERSIONS.replace("10 + copy", "11 + copy");
    let database = duckdb::Connection::open_in_memory().map_err(|e| e.to_string())?;
    let sql = other.replace("PATH", &at.join("visits.parquet").display().to_string());
    database.execute_batch(&sql).map_err(|e| e.to_string())?;
    let found = asked(at, &[&report[..], &counted].concat(), 5)?;
    expect(&found, "export of source visits: other rows")?;
    // Where the pipeline names the engine, nothing else need be said.
    let named =
        COPIES.replace("sources:\n", &format!("engine: {{spark: \"{}\"}}\nsources:\n", server.address()));
    std::fs::write(at.join("pipeline.yaml"), named).map_err(|e| e.to_string())?;
    program::done(at, &["run", "pipeline.yaml", "--out", "out"])?;
    expect(&asked(at, &report, 0)?, "\"verified\":true")?;
    // And where the run was told to count here all the same, it is counted here again.
    program::done(at, &["run", "pipeline.yaml", "--out", "out", "--engine", "here"])?;
    expect(&asked(at, &report, 0)?, "\"verified\":true")
}

/// Whether two tables say the same; how many fields they have.
fn same(here: &[u8], there: &[u8]) -> Result<usize, String> {
    let read = |bytes: &[u8]| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        reader.records().map(|row| row.map_err(|e| e.to_string())).collect::<Result<Vec<_>, _>>()
    };
    let (here, there) = (read(here)?, read(there)?);
    if here.len() != there.len() {
        return Err(format!("{} rows here, {} there", here.len(), there.len()));
    }
    let mut fields = 0;
    for (a, b) in here.iter().zip(&there) {
        for (one, other) in a.iter().zip(b) {
            fields += 1;
            let close = || {
                let (one, other): (f64, f64) = (one.parse().ok()?, other.parse().ok()?);
                Some((one - other).abs() <= SAME * one.abs().max(other.abs()))
            };
            if one != other && close() != Some(true) {
                return Err(format!("`{one}` here, `{other}` there, in {:?}", a.iter().collect::<Vec<_>>()));
            }
        }
    }
    Ok(fields)
}

fn every_page(server: &Server) -> Result<(), String> {
    let mut all = Vec::new();
    for path in page::pages() {
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
        if !["indicator", "semantics"].iter().any(|name| folder == *name) {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
        let cases = cases(&text);
        let first = first_pipeline(&cases);
        all.extend(cases.into_iter().map(|case| (path.clone(), first.clone(), case)));
    }
    each(&all, |(path, first, case)| {
        page::check(case, first.as_deref(), &["--engine", server.address()])
            .map_err(|what| format!("{}, {}: {what}", path.display(), case.title))
    })
}

/// A server that goes away during a run: the run says so, and leaves what was there as it was; with a
/// server of the same address the next run ends well.
/// One of two workers ends while rows are counted: the other one does what it left, and the numbers are
/// the same.
fn worker_killed(server: &Server) -> Result<(), String> {
    let (outcome, ended, killed) = std::thread::scope(|scope| {
        let killer = scope.spawn(|| {
            std::thread::sleep(Duration::from_secs(12));
            server.kill_worker().map(|()| Instant::now())
        });
        let outcome = read_there(server);
        (outcome, Instant::now(), killer.join().unwrap_or_else(|_| Err("the killer stopped".into())))
    });
    outcome?;
    if killed? < ended { Ok(()) } else { Err("the run had ended before the worker was killed".into()) }
}

fn killed(server: &Server) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let out = folder.path().join("out").display().to_string();
    let run =
        ["run", "pipelines/prevention.yaml", "--out", &out, "--language", "en", "--engine", server.address()];
    let mut child = program::groundwork(&repository(), &run)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| e.to_string())?;
    let begun = Instant::now();
    // The session is open once the server has work to do.
    std::thread::sleep(Duration::from_millis(800));
    server.kill();
    let status = child.wait().map_err(|e| e.to_string())?;
    let mut said = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        std::io::Read::read_to_string(&mut stderr, &mut said).map_err(|e| e.to_string())?;
    }
    if status.code() != Some(6) || !said.contains("engine.lost") || said.contains("panicked") {
        return Err(format!("ended with {:?} after {:?}\n{said}", status.code(), begun.elapsed()));
    }
    if Path::new(&out).exists() {
        return Err("a run that failed left something behind".into());
    }
    server.again()?;
    program::done(&repository(), &run).map(|_| ())
}

/// An address where nobody answers.
fn nobody_there() -> Result<(), String> {
    if !is_built() {
        println!("skipped `no server`: groundwork-spark is not built");
        return Ok(());
    }
    let address = format!("sc://127.0.0.1:{}", spark_servers::free_port()?);
    let output = program::run(&repository(), &["check", "pipelines/prevention.yaml", "--engine", &address]);
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(6) && said.contains("engine.lost") {
        return Ok(());
    }
    Err(format!("ended with {:?}\n{said}", output.status.code()))
}
