//! Registers of known people, linked from end to end.

use groundwork_people::{Field, Kind, Linked, Rows, link};
use groundwork_stats::linkage::agreement::{Agreement, pairwise};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file of `shared/linkage` beside the repository; those may not be copied here.
fn shared(name: &str) -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(3);
    let found = above.map(|folder| folder.join("shared/linkage").join(name)).find(|path| path.is_file());
    if found.is_none() {
        println!("skipped: no {name} on this machine");
    }
    found
}

fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).expect("a table").deserialize().map(|row| row.expect("a row")).collect()
}

fn field(name: &str, kind: Kind) -> Field {
    Field { name: name.to_owned(), kind }
}

fn numbered(values: &[String]) -> Vec<u32> {
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    values
        .iter()
        .map(|value| {
            let next = known.len() as u32;
            *known.entry(value).or_insert(next)
        })
        .collect()
}

struct Found {
    linked: Linked,
    agreement: Agreement,
    off: f64,
}

fn found(name: &str, rows: Rows, truth: &[u32]) -> Found {
    let started = std::time::Instant::now();
    let linked = link(rows, 0.5, &[]).expect("people");
    let people = linked.people(0.5).expect("people");
    let agreement = pairwise(&people, truth).expect("an agreement");
    let unique = people.iter().copied().max().map_or(0, |last| last + 1);
    let known = truth.iter().copied().max().map_or(0, |last| last + 1);
    let off = f64::from(unique) / f64::from(known) - 1.0;
    println!(
        "{name}: {} rows, {known} people, found {unique} ({:+.1} %), band {}-{} expected {:.0}, exact {}, cluster F1 {:.3} (precision {:.3}, recall {:.3}), expected precision {:?} recall {:?}, {:.2} s",
        truth.len(),
        100.0 * off,
        linked.reach.lower,
        linked.reach.upper,
        linked.reach.expected,
        linked.told.exact,
        agreement.f1().unwrap_or(0.0),
        agreement.precision().unwrap_or(0.0),
        agreement.recall().unwrap_or(0.0),
        linked.reach.at[0].precision,
        linked.reach.at[0].recall,
        started.elapsed().as_secs_f64(),
    );
    for t in [0.5, 0.7, 0.9, 0.95, 0.99] {
        let people = linked.people(t).expect("people");
        let a = pairwise(&people, truth).expect("an agreement");
        println!(
            "  at {t}: F1 {:.3} P {:.3} R {:.3} unique {}",
            a.f1().unwrap_or(0.0),
            a.precision().unwrap_or(0.0),
            a.recall().unwrap_or(0.0),
            people.iter().max().map_or(0, |m| m + 1)
        );
    }
    if std::env::var_os("TELL").is_some() {
        println!("{:#?}", linked.told);
    }
    Found { linked, agreement, off }
}

fn febrl(with_number: bool) -> Option<Found> {
    let table = table(&shared("febrl3.csv")?);
    let mut fields = vec![
        field("name", Kind::Name),
        field("born", Kind::Born),
        field("street_number", Kind::Exact),
        field("postcode", Kind::Text),
        field("suburb", Kind::Text),
    ];
    if with_number {
        fields.push(field("soc_sec_id", Kind::Identifier));
    }
    let mut rows = Rows::new(fields, b"");
    let mut people = Vec::new();
    for row in &table {
        let name = format!("{} {}", row["given_name"], row["surname"]);
        let d = &row["date_of_birth"];
        let born = (d.len() == 8).then(|| format!("{}-{}-{}", &d[..4], &d[4..6], &d[6..]));
        let get = |name: &str| Some(row[name].as_str()).filter(|text| !text.is_empty());
        let mut values =
            vec![Some(name.as_str()), born.as_deref(), get("street_number"), get("postcode"), get("suburb")];
        if with_number {
            values.push(get("soc_sec_id"));
        }
        rows.push(&values);
        people.push(row["rec_id"].split('-').nth(1).expect("a person").to_owned());
    }
    Some(found(if with_number { "febrl3" } else { "febrl3 without its number" }, rows, &numbered(&people)))
}

#[test]
fn febrl3_with_its_number() {
    let Some(found) = febrl(true) else { return };
    assert!(found.agreement.f1().is_some_and(|f1| f1 >= 0.987));
    assert!(found.off.abs() < 0.01);
}

#[test]
fn febrl3_without_its_number() {
    let Some(found) = febrl(false) else { return };
    assert!(found.agreement.f1().is_some_and(|f1| f1 >= 0.977));
    assert!(found.off.abs() < 0.03);
}

fn iso(raw: &str) -> Option<String> {
    let parts: Vec<&str> = raw.split(['/', '-']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    let year: i32 = year.parse().ok()?;
    let year = if year > 2400 { year - 543 } else { year };
    Some(format!("{year:04}-{month:0>2}-{day:0>2}"))
}

fn thai_burmese(turned: bool) -> Option<(Found, Vec<u32>)> {
    let table = table(&shared("thai_burmese.csv")?);
    let fields = vec![
        field("name", Kind::Name),
        field("born", Kind::Born),
        field("sex", Kind::Sex),
        field("phone", Kind::Phone),
        field("place", Kind::Place),
    ];
    let mut rows = Rows::new(fields, b"");
    let mut people = Vec::new();
    let all: Vec<_> = if turned { table.iter().rev().collect() } else { table.iter().collect() };
    for row in all {
        let get = |name: &str| Some(row[name].as_str()).filter(|text| !text.is_empty());
        let age =
            get("age_2025").and_then(|age| age.parse::<i32>().ok()).map(|age| format!("~{}", 2025 - age));
        let born = get("dob_raw").and_then(iso).or(age);
        rows.push(&[get("name"), born.as_deref(), get("sex"), get("phone"), get("site")]);
        people.push(row["person_id"].clone());
    }
    let truth = numbered(&people);
    let found = found("Thai and Burmese", rows, &truth);
    let people = found.linked.people(0.5).expect("people");
    Some((found, people))
}

#[test]
fn a_register_in_three_scripts() {
    let Some((found, people)) = thai_burmese(false) else { return };
    assert!(found.agreement.f1().is_some_and(|f1| f1 >= 0.88), "{:?}", found.agreement);
    assert!(found.off.abs() <= 0.15);
    let reach = &found.linked.reach;
    assert!((reach.lower..=reach.upper).contains(&1000), "{reach:?}");
    // The same people in another order of rows.
    let Some((_, mut turned)) = thai_burmese(true) else { return };
    turned.reverse();
    assert_eq!(pairwise(&people, &turned).ok().and_then(|agreement| agreement.f1()), Some(1.0));
}
