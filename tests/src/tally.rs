//! A tally makes the table that the statements of its pass make, row for row, whatever the rows are;
//! what it has no code or no room for, it leaves to the statements.

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use arrow::util::display::array_value_to_string;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::indicator::{CATEGORY, DIMENSION, Passes, Tally, source_table};
use groundwork_plan::plan::Plan;
use groundwork_plan::query::{From, Select, SqlType, Statement, Value};
use groundwork_store::{Limits, Store};
use libtest_mimic::{Failed, Trial};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    let failed = |e: Box<dyn Error>| Failed::from(e.to_string());
    vec![
        Trial::test("tally: the sums of the statements, row for row", move || same_sums().map_err(failed)),
        Trial::test("tally: the cells of the statements", move || same_cells().map_err(failed)),
        Trial::test("tally: what has no code is left to the statements", move || unfit().map_err(failed)),
    ]
}

const PIPELINE: &str = "\
groundwork: 1
programme: {id: t, title: Test}
calendar: {periods: quarter, from: 2020-Q1, to: 2021-Q4, as_of: 2022-01-15}
sites:
  north: {name: North}
  south: {name: South}
audience: internal
sources:
  visits:
    export: visits.csv
    columns:
      site: site
      held: date
      minutes: integer
      baht: number
      came: boolean
      topic: {type: category, values: {law: [], health: [], work: []}}
      age: {type: category, values: {child: [], adult: []}}
      group: {type: category, values: {a: [], b: [], c: [], d: []}}
indicators:
  visits: {kind: count, title: T, from: visits, period_by: held, disaggregate: [topic, age, [age, group]]}
  long: {kind: count, title: T, from: visits, period_by: held, where: minutes > 40, disaggregate: [group]}
  all_so_far: {kind: count, title: T, from: visits, period_by: held, window: to_date, where: 'came or topic = ''law''', disaggregate: [age]}
  minutes: {kind: sum, title: T, from: visits, period_by: held, of: minutes, where: not came, disaggregate: [came]}
  baht: {kind: mean, title: T, from: visits, period_by: held, of: baht, where: minutes is null or baht > 500, disaggregate: [topic]}
  minutes_each: {kind: mean, title: T, from: visits, period_by: held, of: minutes, where: age = 'child'}
  share: {kind: proportion, title: T, from: visits, period_by: held, numerator: minutes > 20, disaggregate: [group, topic]}
";

/// Comparisons of numbers of every kind, with borders that numbers lie on and between; a condition on the
/// site; and so many thresholds that not all dimensions go into one table.
const COMPARISONS: &str = r"  exact: {kind: count, title: T, from: visits, period_by: held, where: minutes = 30 or minutes <= 20.5 or baht >= 250.0001, disaggregate: [age]}
  others: {kind: count, title: T, from: visits, period_by: held, where: minutes <> 15 and baht < 499.99995 and minutes is not null, disaggregate: [age]}
  north: {kind: proportion, title: T, from: visits, period_by: held, numerator: minutes > 20, where: site = 'north' or site is null, disaggregate: [age]}
  many: {kind: count, title: T, from: visits, period_by: held, where: THRESHOLDS, disaggregate: [age, topic, group, [group, topic]]}
  odd: {kind: count, title: T, from: visits, period_by: held, where: minutes = 30.5 or baht = 12 or minutes >= 110, disaggregate: [age]}
";

/// What is put in the table of the source.
struct Rows {
    site: Vec<Option<&'static str>>,
    held: Vec<Option<i32>>,
    minutes: Vec<Option<i64>>,
    baht: Vec<Option<i128>>,
    came: Vec<Option<bool>>,
    topic: Vec<Option<&'static str>>,
    age: Vec<Option<&'static str>>,
    group: Vec<Option<&'static str>>,
}

/// The first day of the quarter before the calendar, since 1970, and one well before.
const LATE: i32 = 18_170;
const EARLY: i32 = 17_000;

/// Now and then an amount that a comparison lies on or beside, in units of its last digit.
fn border(drawn: i64) -> Option<i64> {
    let borders = [119_999, 120_000, 120_001, 2_500_000, 2_500_001, 4_999_999, 5_000_000, 5_000_001];
    borders.get(usize::try_from(drawn % 80).ok()?).copied()
}

/// Rows with everything that can be missing missing now and then, and days before, in and behind the
/// calendar.
fn drawn(rows: usize, first: i32) -> Rows {
    let mut state = 88_172_645_463_325_252_u64;
    let mut below = move |most: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % most
    };
    let mut of = |words: &[&'static str]| -> Vec<Option<&'static str>> {
        (0..rows).map(|_| words.get(below(words.len() as u64 + 1) as usize).copied()).collect()
    };
    let (site, topic) = (of(&["north", "south"]), of(&["law", "health", "work"]));
    let (age, group) = (of(&["child", "adult"]), of(&["a", "b", "c", "d"]));
    let mut number = |most: u64| -> Vec<Option<i64>> {
        (0..rows).map(|_| (below(10) > 0).then(|| below(most) as i64)).collect()
    };
    Rows {
        site,
        topic,
        age,
        group,
        minutes: number(120),
        baht: number(10_000_000)
            .into_iter()
            .map(|n| n.map(|n| border(n).unwrap_or(n - 1_000_000).into()))
            .collect(),
        came: number(2).into_iter().map(|n| n.map(|n| n == 1)).collect(),
        held: number(3_000).into_iter().map(|n| n.map(|n| first + n as i32)).collect(),
    }
}

fn plan(more: &str) -> Result<Plan, String> {
    let checked = groundwork_plan::resolve_with(&format!("{PIPELINE}{more}"), &[]);
    checked.value.ok_or_else(|| format!("{:?}", checked.diagnostics))
}

fn passes(plan: &Plan) -> Passes {
    let sites: Vec<&str> = plan.sites.iter().map(|site| site.id.as_str()).collect();
    Passes::of(&plan.indicators, &|source| plan.columns(source), &sites)
}

fn failed(problem: Diagnostic) -> String {
    format!("{problem:?}")
}

fn store(folder: &Path, rows: Rows) -> Result<Store, Box<dyn Error>> {
    let store = Store::new(folder, Limits { threads: 2, memory_mb: 512 }, |_| {});
    let decimals = Decimal128Array::from(rows.baht).with_precision_and_scale(18, 4)?;
    let columns: Vec<(&str, SqlType, ArrayRef)> = vec![
        ("site", SqlType::Text, Arc::new(StringArray::from(rows.site))),
        ("held", SqlType::Day, Arc::new(Date32Array::from(rows.held))),
        ("minutes", SqlType::Integer, Arc::new(Int64Array::from(rows.minutes))),
        ("baht", SqlType::Exact, Arc::new(decimals)),
        ("came", SqlType::Truth, Arc::new(BooleanArray::from(rows.came))),
        ("topic", SqlType::Text, Arc::new(StringArray::from(rows.topic))),
        ("age", SqlType::Text, Arc::new(StringArray::from(rows.age))),
        ("group", SqlType::Text, Arc::new(StringArray::from(rows.group))),
    ];
    let table = source_table("visits");
    let declared = columns.iter().map(|(name, kind, _)| ((*name).to_owned(), *kind)).collect();
    store.run(&Statement::DeclareTable(table.clone(), declared)).map_err(failed)?;
    let batch = RecordBatch::try_from_iter(columns.into_iter().map(|(name, _, array)| (name, array)))?;
    store.append(&table, batch).map_err(failed)?;
    Ok(store)
}

/// The rows of a table, as texts and in order; numbers as floating ones, and zero where one is missing.
fn table(store: &Store, tally: &Tally) -> Result<Vec<String>, Box<dyn Error>> {
    let mut select = Select::from(From::Table(tally.table.clone()), "s");
    let keys = tally.keys.iter().flat_map(|code| &code.columns).map(|(name, _)| name.as_str());
    for name in keys.chain([DIMENSION, CATEGORY]) {
        select = select.column(Value::column("s", name).cast(SqlType::Text), name);
    }
    for (name, _) in &tally.columns {
        let number = Value::column("s", name).cast(SqlType::Double);
        select = select.column(Value::Call("coalesce", vec![number, Value::integer(0)]), name);
    }
    let mut out = Vec::new();
    let take = |batch: RecordBatch| -> Result<(), Diagnostic> {
        for row in 0..batch.num_rows() {
            let texts = batch.columns().iter().map(|column| array_value_to_string(column, row));
            out.push(texts.map(|text| text.unwrap_or_default()).collect::<Vec<_>>().join("|"));
        }
        Ok(())
    };
    store.rows(&select.query(), take).map_err(failed)?;
    out.sort();
    Ok(out)
}

fn same_sums() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = store(folder.path(), drawn(20_000, LATE))?;
    let threshold = |at: i32| format!("(minutes > {} and baht > {})", 9 * at + 3, 70 * at + 10);
    let thresholds: Vec<String> = (0..12).map(threshold).collect();
    let plan = plan(&COMPARISONS.replace("THRESHOLDS", &thresholds.join(" or ")))?;
    let passes = passes(&plan);
    let (mut rows, mut several) = (0, false);
    for pass in passes.shared.iter().filter(|pass| pass.units == "rows") {
        let tally = pass.tally.as_ref().ok_or("every column has few values, and there is no tally")?;
        if !store.tally(tally).map_err(failed)? {
            return Err("the rows do not fit in the tally".into());
        }
        let tallied = table(&store, tally)?;
        store.run(&Statement::DropTable(tally.table.clone())).map_err(failed)?;
        pass.scans.iter().try_for_each(|scan| store.run(scan)).map_err(failed)?;
        let scanned = table(&store, tally)?;
        if let Some((a, b)) = tallied.iter().zip(&scanned).find(|(a, b)| a != b) {
            return Err(format!("{} has\n{a}\nand should have\n{b}", tally.table).into());
        }
        if tallied.len() != scanned.len() {
            return Err(format!("{} sums instead of {}", tallied.len(), scanned.len()).into());
        }
        rows += scanned.len();
        several |= tally.groups.len() > 1;
    }
    if rows < 500 || !several {
        return Err(format!("{rows} sums; dimensions in several tables: {several}").into());
    }
    Ok(())
}

/// Rows before the calendar, which tallies put together in one unit of time, change no cell.
fn same_cells() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = store(folder.path(), drawn(20_000, EARLY))?;
    let plan = plan("")?;
    for pass in &passes(&plan).shared {
        let tally = pass.tally.as_ref().ok_or("there is no tally")?;
        let mut both = Vec::new();
        for is_tallied in [true, false] {
            if is_tallied {
                store.tally(tally).map_err(failed)?;
            } else {
                pass.scans.iter().try_for_each(|scan| store.run(scan)).map_err(failed)?;
            }
            pass.sums.iter().try_for_each(|sums| store.run(sums)).map_err(failed)?;
            let mut cells = Vec::new();
            for of_member in store.cells_of(pass, &pass.queries(&plan.indicators)).map_err(failed)? {
                cells.extend(of_member);
            }
            pass.dismantle.iter().try_for_each(|drop| store.run(drop)).map_err(failed)?;
            both.push(cells);
        }
        let different = both[0].iter().zip(&both[1]).find(|(a, b)| a != b);
        if both[0].len() < 500 || both[0].len() != both[1].len() || different.is_some() {
            return Err(format!("{} and {} cells, {different:?}", both[0].len(), both[1].len()).into());
        }
    }
    Ok(())
}

fn unfit() -> Result<(), Box<dyn Error>> {
    let mut strange = drawn(3_000, EARLY);
    if let Some(topic) = strange.topic.last_mut() {
        *topic = Some("singing");
    }
    if let Some(day) = strange.held.last_mut() {
        *day = Some(18_300);
    }
    for (rows, fits) in [(strange, false), (drawn(3_000, EARLY), true)] {
        let folder = tempfile::tempdir()?;
        let store = store(folder.path(), rows)?;
        let plan = plan("")?;
        for pass in &passes(&plan).shared {
            let tally = pass.tally.as_ref().ok_or("there is no tally")?;
            if store.tally(tally).map_err(failed)? != fits {
                return Err(format!("that the rows fit should be {fits}").into());
            }
            if !fits {
                // No table is left that would stand in the way of the statements.
                pass.statements().try_for_each(|statement| store.run(statement)).map_err(failed)?;
            }
        }
    }
    Ok(())
}
