//! Generated registers of known people: how well they are told apart, and how often the band holds
//! their number.

mod listed;

use groundwork_people::{Decision, Linked, Rows, link};
use groundwork_samples::register::{Listed, draw};
use groundwork_stats::linkage::agreement::{Agreement, pairwise};

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
    assert!(agreement.f1().is_some_and(|f1| f1 > 0.85), "{agreement:?}");
    assert!((f64::from(people) / 2000.0 - 1.0).abs() < 0.12, "{people}");
}

/// The share of registers whose band must hold the number of people, in per cent.
const HELD: u32 = 90;

#[test]
#[ignore = "open: the band is about the links at hand and lies above the truth, since some people stand under names that have nothing in common"]
fn the_band_holds_the_people_of_a_hundred_registers() {
    let mut held = 0;
    let mut widths = Vec::new();
    let mut off = Vec::new();
    for seed in 0..100 {
        let (linked, _) = found(300, 1000 + seed);
        held += u32::from((linked.reach.lower..=linked.reach.upper).contains(&300));
        widths.push(linked.reach.width());
        off.push((
            linked.reach.lower as i64 - 300,
            linked.reach.upper as i64 - 300,
            linked.reach.expected.round() as i64 - 300,
        ));
    }
    let mean = widths.iter().sum::<f64>() / 100.0;
    println!(
        "the band holds the truth in {held} of 100 registers of 300 people; it is {:.0} % wide on average",
        100.0 * mean
    );
    println!("{off:?}");
    assert!(held >= HELD, "{held}");
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
        "{} decisions: F1 from {:.3} to {:.3}; band from {} wide to {} wide",
        decisions.len(),
        agreement(&before),
        agreement(&after),
        before.reach.width(),
        after.reach.width()
    );
    assert!(agreement(&after) > agreement(&before));
    assert!(after.reach.width() < before.reach.width());
    assert_eq!(after.told.decisions, (decisions.len() as u64, 0));
}
