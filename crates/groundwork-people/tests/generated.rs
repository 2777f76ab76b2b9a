//! Generated registers of known people: how well they are told apart, and how often the band holds
//! their number.

mod listed;

use groundwork_people::{Decision, Linked, Rows, link};
use groundwork_samples::register::{Listed, draw};
use groundwork_stats::linkage::agreement::{Agreement, pairwise};
use groundwork_stats::linkage::unique_reach::LEVEL;
use std::collections::BTreeSet;

fn rows(register: &[Listed]) -> Rows {
    listed::rows(register, b"a secret")
}

fn truth(listed: &[Listed]) -> Vec<u32> {
    listed.iter().map(|row| row.person).collect()
}

fn found(people: u32, seed: u64) -> (Linked, Agreement) {
    let listed = draw(people, seed);
    let linked = link(rows(&listed), 0.5, &[]).expect("people");
    let agreement = pairwise(&linked.people(0.5).expect("people"), &truth(&listed)).expect("an agreement");
    (linked, agreement)
}

#[test]
fn people_of_a_generated_register_are_told_apart() {
    let (linked, agreement) = found(2000, 1);
    let people = linked.people(0.5).expect("people").iter().max().map_or(0, |last| last + 1);
    println!(
        "2,000 generated people: {people} found, band {} to {}, {agreement:?}, F1 {:?}, expected precision {:?} recall {:?}",
        linked.reach.lower,
        linked.reach.upper,
        agreement.f1(),
        linked.reach.at[0].precision,
        linked.reach.at[0].recall,
    );
    println!("precision {:?} recall {:?}", agreement.precision(), agreement.recall());
    assert!(agreement.f1().is_some_and(|f1| f1 > 0.92), "{agreement:?}");
    assert!((f64::from(people) / 2000.0 - 1.0).abs() < 0.10, "{people}");
}

/// Of a hundred bands that each hold the truth with the level that they state, so many do with a
/// chance of 0.97: 95 less two standard deviations of 2.2.
const HELD: u32 = 90;

#[test]
fn the_band_holds_the_people_of_a_hundred_registers() {
    assert!((LEVEL - 0.95).abs() < f64::EPSILON);
    let mut held = 0;
    let mut widths = 0.0;
    let mut off = 0.0;
    for seed in 0..100 {
        let (linked, _) = found(300, 1000 + seed);
        let reach = &linked.reach;
        held += u32::from((reach.lower..=reach.upper).contains(&300));
        widths += reach.width();
        off += reach.expected / 300.0 - 1.0;
    }
    println!(
        "the band holds the truth in {held} of 100 registers of 300 people; it is {widths:.1} % wide on average, \
         and what is expected is {off:+.1} % off"
    );
    assert!(held >= HELD, "{held}");
}

/// Registers of other kinds, made of the generated one: what is written, and what is not.
fn of_another_kind(kind: &str, people: u32, seed: u64) -> Vec<Listed> {
    let mut listed = draw(people, seed);
    match kind {
        "Latin letters only" => listed.retain(|row| row.name.is_ascii()),
        "ages only" => {
            for row in &mut listed {
                let year =
                    listed::born(row).trim_start_matches('~').get(..4).and_then(|y| y.parse::<i32>().ok());
                row.age = year.map(|year| (2021 - year).to_string()).unwrap_or_default();
                row.born.clear();
            }
        }
        "no telephones" => listed.iter_mut().for_each(|row| row.phone.clear()),
        "one place" => listed.iter_mut().for_each(|row| row.village = "แม่สาย"),
        _ => {
            let mut seen = BTreeSet::new();
            listed.retain(|row| seen.insert(row.person));
        }
    }
    listed
}

#[test]
fn registers_of_other_kinds() {
    for (kind, least) in
        [("Latin letters only", 0.90), ("ages only", 0.90), ("no telephones", 0.90), ("one place", 0.90)]
    {
        let listed = of_another_kind(kind, 1000, 21);
        let truth = truth(&listed);
        let linked = link(rows(&listed), 0.5, &[]).expect("people");
        let agreement = pairwise(&linked.people(0.5).expect("people"), &truth).expect("an agreement");
        let different: BTreeSet<u32> = truth.iter().copied().collect();
        let off = linked.reach.at[0].unique as f64 / different.len() as f64 - 1.0;
        println!(
            "{kind}: {} rows of {} people, F1 {:.3}, people {:+.1} %, band {} to {}",
            listed.len(),
            different.len(),
            agreement.f1().expect("pairs"),
            100.0 * off,
            linked.reach.lower,
            linked.reach.upper
        );
        assert!(agreement.f1().is_some_and(|f1| f1 >= least), "{kind}: {agreement:?}");
        assert!(off.abs() <= 0.15, "{kind}: {off}");
        assert!((linked.reach.lower..=linked.reach.upper).contains(&(different.len() as u64)), "{kind}");
    }
}

#[test]
fn where_nobody_is_listed_twice_hardly_anybody_is_joined() {
    let listed = of_another_kind("everybody once", 2000, 22);
    let linked = link(rows(&listed), 0.5, &[]).expect("people");
    let unique = linked.reach.at[0].unique;
    println!("2,000 people once: {unique} found, band {} to {}", linked.reach.lower, linked.reach.upper);
    assert!(unique >= 1960, "{unique}");
    assert!((linked.reach.lower..=linked.reach.upper).contains(&2000), "{:?}", linked.reach);
}

#[test]
fn neither_threads_nor_the_order_of_rows_change_anything() {
    let listed = draw(400, 3);
    let first = link(rows(&listed), 0.5, &[]).expect("people");
    let people = first.people(0.5).expect("people");
    let mut turned = listed.clone();
    turned.reverse();
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let again = pool.install(|| link(rows(&turned), 0.5, &[])).expect("people");
        let mut numbers = again.people(0.5).expect("people");
        numbers.reverse();
        assert_eq!(pairwise(&people, &numbers).ok().and_then(|agreement| agreement.f1()), Some(1.0));
        assert_eq!((&first.reach, &first.told), (&again.reach, &again.told));
    }
}

/// A register with some rows of one's own among 600 generated people, and the people of those rows.
fn among_others(own: &[[&str; 5]]) -> Vec<u32> {
    let listed = draw(600, 5);
    let mut all = rows(&listed);
    for row in own {
        all.push(&row.map(|text| (!text.is_empty()).then_some(text)));
    }
    let people = link(all, 0.5, &[]).expect("people").people(0.5).expect("people");
    people[listed.len()..].to_vec()
}

#[test]
fn a_common_name_alone_joins_nobody() {
    // Twelve people of one name, who have nothing else in common.
    let born: Vec<String> =
        (0..12).map(|at| format!("{}-0{}-1{}", 1961 + 4 * at, 1 + at % 9, at % 9)).collect();
    let places = ["แม่สาย", "แม่จัน", "เชียงแสน", "เทิง", "ปัว", "เวียงสา"];
    for name in ["สมชาย ใจดี", "Aung Khin"] {
        let own: Vec<[&str; 5]> = born
            .iter()
            .zip(places.iter().cycle())
            .map(|(born, place)| [name, born.as_str(), "M", "", place])
            .collect();
        let people = among_others(&own);
        let mut different = people.clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), people.len(), "{name} {people:?}");
    }
}

#[test]
fn brothers_and_sisters_are_different_people() {
    let people = among_others(&[
        ["สมชาย ดวงแสน", "2008-02-11", "M", "0812345678", "แม่สาย"],
        ["สมหญิง ดวงแสน", "2010-05-21", "F", "0812345678", "แม่สาย"],
        ["สมศักดิ์ ดวงแสน", "~2009", "M", "0812345678", "แม่สาย"],
        ["นิด ดวงแสน", "", "M", "0812345678", "แม่สาย"],
        // Twins.
        ["กันยา ทองเรือน", "2011-07-07", "F", "0823456789", "ปัว"],
        ["รัตนา ทองเรือน", "2011-07-07", "F", "0823456789", "ปัว"],
    ]);
    let mut different = people.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), people.len(), "{people:?}");
}

#[test]
fn a_made_up_surname_links_nobody() {
    let people = among_others(&[
        ["วิชัย นามสมมุติ", "~2010", "M", "", "แม่สาย"],
        ["ดวงดา นามสมมุติ", "~2010", "", "", "แม่สาย"],
        ["มณีพร นามสมมุติ", "~2010", "", "", "แม่สาย"],
        ["นามสมมุติ", "~2010", "", "", "แม่สาย"],
        ["นามสมมุติ", "~2010", "", "", "แม่สาย"],
    ]);
    let mut different = people.clone();
    different.sort_unstable();
    different.dedup();
    // The last two say the same, and nothing that is anybody's.
    assert!(different.len() >= 4, "{people:?}");
    assert!(people[3] != people[0] && people[3] != people[1] && people[3] != people[2]);
}

#[test]
fn decisions_hold_and_teach() {
    let listed = draw(500, 9);
    let truth = truth(&listed);
    let before = link(rows(&listed), 0.5, &[]).expect("people");
    let agreement = |linked: &Linked| {
        pairwise(&linked.people(0.5).expect("people"), &truth).expect("an agreement").f1().expect("pairs")
    };
    let doubtful = before.doubtful(0.2, 0.95, 10_000);
    assert!(doubtful.len() > 20);
    let decisions: Vec<Decision> = doubtful
        .iter()
        .map(|pair| Decision {
            one: pair.one,
            other: pair.other,
            same: truth[pair.rows[0]] == truth[pair.rows[1]],
        })
        .collect();
    let after = link(rows(&listed), 0.5, &decisions).expect("people");
    println!(
        "{} decisions: F1 from {:.3} to {:.3}; spread from {:.1} to {:.1} people",
        decisions.len(),
        agreement(&before),
        agreement(&after),
        before.reach.spread,
        after.reach.spread
    );
    assert!(agreement(&after) > agreement(&before));
    assert!(after.reach.spread < before.reach.spread);
    assert_eq!(after.told.decisions, (decisions.len() as u64, 0));
}
