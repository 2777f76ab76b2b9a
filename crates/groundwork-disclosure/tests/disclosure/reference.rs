//! Reference tables of statistical offices with their documented results. The files are not part
//! of this repository; without them a test says so and skips.
//!
//! | table | source |
//! |---|---|
//! | `ssb_z1` | Statistics Norway, SSBtools; pattern documented in the tests of GaussSuppression |
//! | `sdctable_problem4x4`, `sdctable_linked8`, `sdctable_microdata1` | tests of sdcTable |

use crate::table::{Place, count};
use groundwork_disclosure::{
    Cell, CellKey, Counting, Counts, End, Fact, Frame, Measure, Nesting, Passed, Puzzle, Status, Time,
    Unknown, release_jointly,
};
use groundwork_plan::disclosure::{Audience, Policy};
use std::collections::{BTreeMap, BTreeSet};

fn rows(name: &str) -> Option<Vec<Vec<String>>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/disclosure/tables");
    let path = format!("{folder}/{name}.csv");
    let Ok(mut reader) = csv::Reader::from_path(path) else {
        println!("skipped: the table {name} is not on this machine");
        return None;
    };
    Some(reader.records().map(|r| r.expect("a row").iter().map(str::to_owned).collect()).collect())
}

/// A two-way table with its margins.
fn two_way(values: &BTreeMap<(String, String), u64>) -> Vec<Cell> {
    let rows: BTreeSet<&str> = values.keys().map(|(r, _)| r.as_str()).chain([""]).collect();
    let columns: BTreeSet<&str> = values.keys().map(|(_, c)| c.as_str()).chain([""]).collect();
    let mut cells = Vec::new();
    for row in rows {
        for column in &columns {
            let inside = |(r, c): &(String, String)| {
                (row.is_empty() || r == row) && (column.is_empty() || c == column)
            };
            let people = values.iter().filter(|(at, _)| inside(at)).map(|(_, n)| n).sum();
            let dimension = if column.is_empty() { "" } else { "column" };
            cells.push(count("table", &Place::new(row, "2021", dimension, column), people));
        }
    }
    cells
}

fn policy(threshold: u64) -> Policy {
    Policy { threshold: Some(threshold), ..Policy::of(Audience::Internal) }
}

fn withheld(passed: &Passed) -> BTreeSet<String> {
    let name = |key: &CellKey| match key.dimension.as_str() {
        "" => key.site.clone(),
        _ => format!("{}/{}", key.site, key.category),
    };
    let cells = passed.released.cells().iter();
    cells.filter(|c| c.status() == Status::Withheld).map(|c| name(c.key())).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

#[test]
fn the_table_of_statistics_norway_gets_its_documented_pattern() {
    let Some(rows) = rows("ssb_z1") else { return };
    let values =
        rows.iter().map(|r| ((r[0].clone(), r[1].clone()), r[2].parse::<f64>().expect("a number") as u64));
    let passed =
        release_jointly(two_way(&values.collect()), vec![], vec![], &policy(4), &Frame::default(), &[])
            .expect("passes");
    let documented = ["B/annet", "B/arbeid", "D/annet", "D/arbeid", "H/annet", "H/arbeid"];
    assert_eq!(withheld(&passed), set(&documented));
}

/// What is withheld in the documented pattern of the 4×4 table.
const DOCUMENTED: [&str; 9] = ["w/a", "w/b", "w/c", "x/a", "x/c", "y/b", "y/d", "z/b", "z/d"];

/// What a reader can make of a cell of a two-way table with margins.
fn reach(values: &BTreeMap<(String, String), u64>, hidden: &[&str], of: &str) -> (i64, Option<i64>) {
    let name = |(r, c): &(String, String)| format!("{r}/{c}");
    let place = |at: &(String, String)| hidden.iter().position(|h| *h == name(at));
    let lines: BTreeSet<&str> = values.keys().flat_map(|(r, c)| [r.as_str(), c.as_str()]).collect();
    let facts = lines.into_iter().map(|line| {
        let cells = values.iter().filter(|((r, c), _)| r == line || c == line);
        let unknown: Vec<_> = cells.filter_map(|(at, n)| Some((place(at)?, *n as i64))).collect();
        let sum = unknown.iter().map(|(_, n)| n).sum();
        Fact {
            terms: unknown.into_iter().map(|(at, _)| (at, 1)).collect(),
            lower: Some(sum),
            upper: Some(sum),
        }
    });
    let unknowns = vec![Unknown { lower: 0, upper: None }; hidden.len()];
    let puzzle = Puzzle { unknowns, facts: facts.collect() };
    let target = hidden.iter().position(|h| *h == of).expect("a cell that is withheld");
    match puzzle.range(&[(target, 1)]) {
        (End::At(low, _), End::At(high, _)) => (low, Some(high)),
        (End::At(low, _), End::Open) => (low, None),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_four_by_four_table_is_protected_where_counting_blanks_is_not_enough() {
    let Some(rows) = rows("sdctable_problem4x4") else { return };
    let number = |text: &str| text.parse::<u64>().expect("a number");
    let values: BTreeMap<(String, String), u64> =
        rows.iter().map(|r| ((r[0].clone(), r[1].clone()), number(&r[2]))).collect();
    // Two blanks or more in every line, and still:
    assert_eq!(reach(&values, &DOCUMENTED, "w/b"), (47, Some(47)));
    // Through the gate, at thresholds that withhold one, two and four cells for their own sake.
    for threshold in [6, 31, 48] {
        let passed =
            release_jointly(two_way(&values), vec![], vec![], &policy(threshold), &Frame::default(), &[])
                .expect("passes");
        let hidden = withheld(&passed);
        let inner: Vec<&str> =
            hidden.iter().filter(|name| !name.starts_with('/')).map(String::as_str).collect();
        assert!(inner.iter().all(|name| name.contains('/')), "no total is withheld: {hidden:?}");
        for ((row, column), n) in values.iter().filter(|(_, n)| **n < threshold) {
            let (low, high) = reach(&values, &inner, &format!("{row}/{column}"));
            let wide = high.is_none_or(|high| high >= threshold as i64 && high - low >= threshold as i64 - 1);
            assert!(wide, "{row}/{column}, which is {n}, lies between {low} and {high:?}");
        }
        println!("4×4 under {threshold}: {inner:?}");
    }
}

#[test]
fn the_linked_tables_need_one_more_cell_than_each_alone() {
    let Some(rows) = rows("sdctable_linked8") else { return };
    let mut cells = vec![count("t", &Place::new("", "2021", "", ""), 0)];
    let mut sums: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut within = [BTreeMap::new(), BTreeMap::new()];
    for row in &rows {
        let people: u64 = row[3].parse().expect("a number");
        cells[0].numerator += people as f64;
        cells.push(count("t", &Place::new("", "2021", "region", &row[0]), people));
        for (at, dimension) in ["county", "group"].into_iter().enumerate() {
            *sums.entry((dimension, row[at + 1].as_str())).or_default() += people;
            within[at].insert(row[0].clone(), row[at + 1].clone());
        }
    }
    cells.extend(sums.iter().map(|((d, c), n)| count("t", &Place::new("", "2021", d, c), *n)));
    let [county, group] = within;
    let nesting = |coarse: &str, within| Nesting { fine: "region".into(), coarse: coarse.into(), within };
    let of = |nestings: Vec<Nesting>| {
        let frame = Frame { nestings, ..Frame::default() };
        let passed = release_jointly(cells.clone(), vec![], vec![], &policy(4), &frame, &[]).expect("passes");
        withheld(&passed)
            .into_iter()
            .map(|name| name.trim_start_matches('/').to_owned())
            .collect::<BTreeSet<_>>()
    };
    let small = set(&["A", "B", "K", "L", "M"]);
    // By counties alone and by groups alone, exact disclosure asks for nothing more.
    let facts = |of: &[&str], total: i64| {
        let names = ["A", "B", "K", "L", "M"];
        let place = |n: &&str| (names.iter().position(|o| o == n).expect("a region"), 1);
        Fact { terms: of.iter().map(place).collect(), lower: Some(total), upper: Some(total) }
    };
    let puzzle = |facts: Vec<Fact>| Puzzle { unknowns: vec![Unknown { lower: 0, upper: None }; 5], facts };
    let by_county = vec![facts(&["A", "B"], 4), facts(&["K", "L", "M"], 9)];
    let by_group = vec![facts(&["A", "B", "K"], 7), facts(&["L", "M"], 6)];
    let exact = |puzzle: &Puzzle, at: usize| match puzzle.range(&[(at, 1)]) {
        (End::At(low, _), End::At(high, _)) => low == high,
        _ => false,
    };
    assert!((0..5).all(|at| !exact(&puzzle(by_county.clone()), at)));
    assert!((0..5).all(|at| !exact(&puzzle(by_group.clone()), at)));
    // Together they give K away: 30 − 20 − 7.
    let joint = puzzle(by_county.into_iter().chain(by_group).collect());
    assert!(exact(&joint, 2));
    // The gate sees that and withholds more.
    let found = of(vec![nesting("county", county), nesting("group", group)]);
    println!("linked: {found:?}");
    assert!(found.is_superset(&small) && found.len() > small.len(), "{found:?}");
}

#[test]
fn the_microdata_of_sdctable_give_their_primary_cells() {
    let Some(rows) = rows("sdctable_microdata1") else { return };
    let mut contributions: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    for row in &rows {
        let value = row[2].parse().expect("a number");
        contributions.entry((row[0].clone(), row[1].clone())).or_default().push(value);
    }
    let counts = contributions.iter().map(|(at, values)| (at.clone(), values.len() as u64)).collect();
    let mut frame = Frame::default();
    // By frequency, with maxN = 2.
    let cells = two_way(&counts);
    let passed = release_jointly(cells.clone(), vec![], vec![], &policy(3), &frame, &[]).expect("passes");
    let primary: BTreeSet<&CellKey> =
        passed.audit.withheld.iter().filter(|w| w.reason == "below_threshold").map(|w| &w.cell).collect();
    let names: Vec<String> = primary.iter().map(|k| format!("{}/{}", k.site, k.category)).collect();
    assert_eq!(names, ["A/female"]);
    println!("microdata: {:?}", withheld(&passed));
    // By dominance: the sum of D/male is the 280 of one person.
    let sums = cells.into_iter().map(|mut cell| {
        let inside = |(r, c): &(String, String)| {
            (cell.key.site.is_empty() || *r == cell.key.site)
                && (cell.key.category.is_empty() || *c == cell.key.category)
        };
        let values: Vec<f64> =
            contributions.iter().filter(|(at, _)| inside(at)).flat_map(|(_, v)| v.iter().copied()).collect();
        cell.denominator = Some(values.len() as f64);
        cell.counts = Counts::Amount;
        cell.numerator = values.iter().sum();
        frame.largest.insert(cell.key.clone(), values.iter().copied().fold(0.0, f64::max));
        cell
    });
    let sums: Vec<Cell> = sums.collect();
    let passed = release_jointly(sums, vec![], vec![], &policy(3), &frame, &[]).expect("passes");
    let dominated: Vec<String> = passed
        .audit
        .withheld
        .iter()
        .filter(|w| w.reason == "dominance")
        .map(|w| format!("{}/{}", w.cell.site, w.cell.category))
        .collect();
    println!("dominated: {dominated:?}");
    assert!(dominated.contains(&"D/male".to_owned()));
    assert!(withheld(&passed).contains("A/female"));
}

#[test]
fn two_quarters_and_their_half_year_of_unique_people_give_the_returners_away() {
    // 30 and 25, 52 together: 3 came back.
    let mut frame = Frame::default();
    let counting =
        Counting { of: "person of attendance".into(), conditions: BTreeSet::new(), time: Time::InPeriod };
    let span = |id: &str, first: (i16, i8, i8), last: (i16, i8, i8)| {
        let day = |(y, m, d)| jiff::civil::date(y, m, d);
        ((String::new(), id.to_owned()), (day(first), day(last)))
    };
    let measure = |days: Vec<_>| Measure {
        numerator: Some(counting.clone()),
        denominator: None,
        days: days.into_iter().collect(),
        ..Measure::default()
    };
    let quarters =
        vec![span("2021-Q1", (2021, 1, 1), (2021, 3, 31)), span("2021-Q2", (2021, 4, 1), (2021, 6, 30))];
    frame.measures.insert("reach".into(), measure(quarters));
    frame.measures.insert("half".into(), measure(vec![span("2021", (2021, 1, 1), (2021, 6, 30))]));
    let cells = |half: u64| {
        vec![
            count("reach", &Place::new("", "2021-Q1", "", ""), 30),
            count("reach", &Place::new("", "2021-Q2", "", ""), 25),
            count("half", &Place::new("", "2021", "", ""), half),
        ]
    };
    let withheld = |half| {
        let passed =
            release_jointly(cells(half), vec![], vec![], &Policy::of(Audience::Partner), &frame, &[]);
        passed.expect("passes").released.withheld()
    };
    assert!(withheld(52) > 0);
    assert_eq!(withheld(45), 0);
}
