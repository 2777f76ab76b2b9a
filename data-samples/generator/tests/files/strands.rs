//! The strands beside workshops, follow-ups and registration: a part of their
//! truth counted again from the files.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;

use groundwork_samples::{DEFAULT_SEED, Programme, write};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;

use crate::read::{
    Row, Truth, covers, date, generate, quarter, quarter_end, sheet, site, some_date, table, western,
};

const SITES: [&str; 2] = ["chiang_rai", "nan"];

/// What was counted: numerator and denominator by site, period, category.
type Counted = BTreeMap<(String, String, String), (i64, i64)>;

/// Counts something for its site and for both together.
fn add(counted: &mut Counted, place: &str, period: &str, category: &str, above: i64, below: i64) {
    for place in [place, ""] {
        let key = (place.to_owned(), period.to_owned(), category.to_owned());
        let sums = counted.entry(key).or_default();
        *sums = (sums.0 + above, sums.1 + below);
    }
}

/// Holds what was counted against the cells of an indicator and dimension.
fn same(truth: &Truth, indicator: &str, dimension: &str, counted: &Counted) {
    let mut cells = BTreeMap::new();
    for cell in truth.0["cells"].as_array().unwrap() {
        if cell["indicator"] == indicator && cell["dimension"] == dimension {
            let text = |field: &str| cell[field].as_str().unwrap().to_owned();
            let number = |field: &str| cell[field].as_i64();
            let key = (text("site"), text("period"), text("category"));
            let below = number("denominator");
            let old = cells.insert(key, (number("numerator").unwrap(), below.unwrap_or_default()));
            assert!(old.is_none(), "{cell} stands there twice");
        }
    }
    assert!(!cells.is_empty(), "{indicator} has no cells");
    assert_eq!(&cells, counted, "{indicator} by {dimension:?}");
}

/// The submissions of a form that count: approved or not yet looked at, each
/// once, with a day that exists.
fn submissions(rows: Vec<Row>, day: &str) -> Vec<(Date, Row)> {
    let mut seen = HashSet::new();
    let good = |row: &Row| row["_validation_status"] != "validation_status_not_approved";
    rows.into_iter()
        .filter(good)
        .filter_map(|row| date(&row[day]).map(|day| (day, row)))
        .filter(|(_, row)| seen.insert(row["_uuid"].clone()))
        .collect()
}

fn form(dir: &Path, name: &str, day: &str) -> Vec<(Date, Row)> {
    submissions(table(&dir.join(format!("kobo/{name}.csv")), b';').1, day)
}

/// The rows of a list that count: with a day that exists, each number once.
fn list(dir: &Path, name: &str, id: &str, day: &str) -> Vec<(Date, Row)> {
    let mut seen = HashSet::new();
    let rows = table(&dir.join(format!("csv/{name}.csv")), b',').1;
    rows.into_iter()
        .filter_map(|row| date(&row[day]).map(|day| (day, row)))
        .filter(|(_, row)| seen.insert(row[id].clone()))
        .collect()
}

fn whole(text: &str) -> Option<i64> {
    (!text.is_empty()).then(|| western(text).replace(',', "").parse().unwrap())
}

fn yes(text: &str) -> Option<bool> {
    match text {
        "yes" | "ใช่" => Some(true),
        "no" | "ไม่ใช่" => Some(false),
        "" => None,
        other => panic!("neither yes nor no: {other:?}"),
    }
}

/// The English word of a choice.
fn word<'a>(text: &'a str, thai: &[(&str, &'a str)]) -> &'a str {
    thai.iter().find(|(spelled, _)| *spelled == text).map_or(text, |(_, word)| *word)
}

/// The quarters of the period, as labels.
fn quarters() -> Vec<String> {
    let start = Date::constant(2019, 7, 1);
    (0..10).map(|n| quarter(start.checked_add((3 * n).months()).unwrap())).collect()
}

fn inside(day: Date) -> bool {
    day >= Date::constant(2019, 7, 1) && day <= Date::constant(2021, 12, 31)
}

#[test]
fn knowledge_tests_give_the_true_counts() {
    for seed in [DEFAULT_SEED, 1] {
        let dir = generate(seed, 1);
        let mut counted = Counted::new();
        for (day, row) in form(dir.path(), "knowledge_tests", "held_on") {
            let scores = (whole(&row["score_before"]), whole(&row["score_after"]));
            if let (Some(before), Some(after)) = scores {
                let language = word(&row["manual_language"], &[("ไทย", "thai"), ("พม่า", "burmese")]);
                let version = word(&row["manual_version"], &[("ฉบับที่ 1", "v1"), ("ฉบับที่ 2", "v2")]);
                let category = format!("{language} × {version}");
                let place = site(&row["group_place/province"]);
                add(&mut counted, place, &quarter(day), &category, after - before, 1);
            }
        }
        let truth = Truth::read(dir.path());
        same(&truth, "knowledge_change", "manual_language × manual_version", &counted);
    }
}

#[test]
fn posts_have_the_totals_of_the_newest_export() {
    let dir = generate(DEFAULT_SEED, 1);
    let truth = Truth::read(dir.path());
    let mut reach: HashMap<String, i64> = HashMap::new();
    let mut overlapping = 0;
    for name in ["posts_2019-07-01_2020-12-31", "posts_2020-07-01_2021-12-31"] {
        let path = dir.path().join(format!("facebook/{name}.csv"));
        assert!(fs::read(&path).unwrap().starts_with("\u{feff}Post ID,Page ID,".as_bytes()));
        for row in table(&path, b',').1 {
            let now = whole(&row["Reach"]).unwrap();
            let id = row.iter().find(|(header, _)| header.ends_with("Post ID")).unwrap().1;
            let before = reach.insert(id.clone(), now);
            overlapping += usize::from(before.is_some_and(|before| before < now));
            assert!(before.is_none_or(|before| before <= now));
        }
    }
    assert!(overlapping > 20, "{overlapping}");
    for row in table(&dir.path().join("line/message_broadcast.csv"), b',').1 {
        let id = row.iter().find(|(header, _)| header.ends_with("broadcastId")).unwrap().1;
        reach.insert(id.clone(), whole(&row["open"]).unwrap());
    }
    let (mut posts, mut reached) = (Counted::new(), Counted::new());
    for (day, row) in list(dir.path(), "post_log", "post_id", "posted_on") {
        let (place, period, channel) = (site(&row["site"]), quarter(day), &row["channel"]);
        add(&mut posts, place, &period, channel, 1, 0);
        if let Some(reach) = reach.get(&row["post_id"]) {
            add(&mut reached, place, &period, channel, *reach, 0);
        }
    }
    same(&truth, "posts", "channel", &posts);
    same(&truth, "post_reach", "channel", &reached);
}

#[test]
fn followers_are_the_last_reading_not_older_than_three_months() {
    let dir = generate(DEFAULT_SEED, 1);
    let mut readings: BTreeMap<String, Vec<(Date, &str, i64)>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for row in table(&dir.path().join("csv/audience.csv"), b',').1 {
        let Some(day) = date(&row["read_on"]) else { continue };
        if seen.insert((row["account"].clone(), day)) {
            let followers = whole(&row["followers"]).unwrap();
            readings.entry(row["account"].clone()).or_default().push((day, site(&row["site"]), followers));
        }
    }
    let mut counted = Counted::new();
    for period in quarters() {
        let end = quarter_end(&period);
        for read in readings.values() {
            let known = read.iter().filter(|(day, _, _)| *day <= end);
            if let Some((day, place, followers)) = known.max_by_key(|(day, _, _)| *day)
                && *day > end.checked_sub(3.months()).unwrap()
            {
                add(&mut counted, place, &period, "", *followers, 0);
            }
        }
    }
    same(&Truth::read(dir.path()), "followers", "", &counted);
}

#[test]
fn young_people_give_the_true_counts() {
    for seed in [DEFAULT_SEED, 2] {
        let dir = generate(seed, 1);
        let path = dir.path().join("kobo/youth_sessions.xlsx");
        let mut children: HashMap<String, Vec<String>> = HashMap::new();
        for row in sheet(&path, "children").1 {
            children.entry(row["_parent_index"].clone()).or_default().push(row["children/child"].clone());
        }
        let mut people: BTreeMap<(String, String, String), BTreeSet<String>> = BTreeMap::new();
        for (day, row) in submissions(sheet(&path, "youth_sessions").1, "held_on") {
            let place = site(&row["group_place/province"]);
            for child in children.get(&row["_index"]).into_iter().flatten() {
                for (place, mode) in [(place, ""), ("", ""), (place, &row["mode"]), ("", &row["mode"])] {
                    let key = (place.to_owned(), quarter(day), mode.to_owned());
                    people.entry(key).or_default().insert(child.clone());
                }
            }
        }
        let truth = Truth::read(dir.path());
        for (indicator, mode) in
            [("youth_reached", ""), ("youth_in_person", "in_person"), ("youth_remote", "remote")]
        {
            let of_mode = people.iter().filter(|((_, _, of), _)| of == mode);
            let counted = of_mode.map(|((place, period, _), children)| {
                ((place.clone(), period.clone(), String::new()), (children.len() as i64, 0))
            });
            same(&truth, indicator, "", &counted.collect());
        }
    }
}

#[test]
fn relief_and_rights_give_the_true_counts() {
    let dir = generate(DEFAULT_SEED, 1);
    let truth = Truth::read(dir.path());
    let recipients = [
        ("เจ้าหน้าที่รัฐ", "authorities"),
        ("ผู้นำชุมชน", "community_leaders"),
        ("แรงงาน", "workers"),
        ("", "unknown"),
    ];
    let mut counted = Counted::new();
    for (day, row) in form(dir.path(), "relief", "given_on") {
        let (place, recipient) = (site(&row["group_place/province"]), word(&row["recipient"], &recipients));
        add(&mut counted, place, &quarter(day), recipient, whole(&row["quantity"]).unwrap(), 0);
    }
    assert!(counted.keys().any(|(_, _, category)| category == "unknown"));
    same(&truth, "relief_items", "recipient", &counted);

    let mut counted = Counted::new();
    for (day, row) in list(dir.path(), "rights_cases", "case_id", "opened_on") {
        if let Some(with) = yes(&row["interpreter"]) {
            add(&mut counted, site(&row["site"]), &quarter(day), "", with.into(), 1);
        }
    }
    same(&truth, "rights_with_interpreter", "", &counted);
}

#[test]
fn stalled_registrations_give_the_true_counts() {
    let dir = generate(DEFAULT_SEED, 1);
    let mut counted = Counted::new();
    for (identified, row) in list(dir.path(), "registration", "case_id", "identified_on") {
        let day = |column: &str| some_date(&row[column]);
        for period in quarters() {
            let end = quarter_end(&period);
            let gone = |day: Option<Date>| day.is_some_and(|day| day <= end);
            if identified > end || gone(day("id_received_on")) || gone(day("left_on")) {
                continue;
            }
            let steps = ["documents_gathered_on", "filed_on", "approved_on"].map(day);
            let last = steps.into_iter().flatten().filter(|step| *step <= end).max();
            let quiet = end.since(last.unwrap_or(identified)).unwrap().get_days();
            let district = if row["district"].is_empty() { "unknown" } else { &row["district"] };
            add(&mut counted, site(&row["site"]), &period, district, (quiet > 90).into(), 1);
        }
    }
    same(&Truth::read(dir.path()), "registration_stalled", "district", &counted);
}

#[test]
fn risk_fidelity_and_plans_give_the_true_counts() {
    let dir = generate(DEFAULT_SEED, 1);
    let truth = Truth::read(dir.path());
    let mut counted = Counted::new();
    for (day, row) in form(dir.path(), "risk_assessments", "assessed_on") {
        let combination = match (yes(&row["awareness"]).unwrap(), yes(&row["support"]).unwrap()) {
            (true, true) => "both",
            (true, false) => "awareness_only",
            (false, true) => "support_only",
            (false, false) => "unknown",
        };
        if let (Some(before), Some(after)) = (whole(&row["risk_before"]), whole(&row["risk_after"])) {
            let place = site(&row["group_place/province"]);
            add(&mut counted, place, &quarter(day), combination, after - before, 1);
        }
    }
    same(&truth, "risk_change", "combination", &counted);

    let path = dir.path().join("kobo/fidelity.xlsx");
    let components = sheet(&path, "components").1;
    let mut ratings: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for (day, row) in submissions(sheet(&path, "fidelity").1, "observed_on") {
        for component in components.iter().filter(|component| component["_parent_index"] == row["_index"]) {
            if let Some(rating) = whole(&component["components/rating"]) {
                for place in [site(&row["group_place/province"]), ""] {
                    let sums = ratings.entry((place.to_owned(), quarter(day))).or_default();
                    *sums = (sums.0 + rating, sums.1 + 4);
                }
            }
        }
    }
    let cells = truth.0["cells"].as_array().unwrap();
    for ((place, period), (sum, full)) in ratings {
        let is = |cell: &&Value| {
            cell["indicator"] == "fidelity"
                && cell["dimension"] == ""
                && cell["site"] == place.as_str()
                && cell["period"] == period.as_str()
        };
        let cell = cells.iter().find(is).unwrap();
        assert!((cell["value"].as_f64().unwrap() - sum as f64 / full as f64).abs() < 1e-12, "{cell}");
    }

    let mut counted = Counted::new();
    for (day, row) in list(dir.path(), "session_plan", "plan", "month") {
        if row["activity"] == "workshops" {
            let month = format!("{}-{:02}", day.year(), day.month());
            add(&mut counted, site(&row["site"]), &month, "", whole(&row["planned"]).unwrap(), 0);
        }
    }
    same(&truth, "workshops_planned", "", &counted);
}

#[test]
fn money_gives_the_true_counts() {
    let dir = generate(DEFAULT_SEED, 3);
    let truth = Truth::read(dir.path());
    let (mut spending, mut stipends) = (Counted::new(), Counted::new());
    for (day, row) in list(dir.path(), "spending", "voucher", "paid_on") {
        let (place, period) = (site(&row["site"]), quarter(day));
        let amount = whole(&row["amount_thb"]).unwrap();
        add(&mut spending, place, &period, &format!("{} × {}", row["strand"], row["grant"]), amount, 0);
        if word(&row["kind"], &[("ค่าตอบแทนอาสาสมัคร", "stipends")]) == "stipends"
        {
            add(&mut stipends, place, &period, &row["grant"], amount, 0);
        }
    }
    same(&truth, "spending", "strand × grant", &spending);
    same(&truth, "stipends", "grant", &stipends);
}

/// Every form has Kobo's columns around its own, and its mistakes are counted.
#[test]
fn the_dirt_of_every_source_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let written = write(&Programme::draw(DEFAULT_SEED, 1), dir.path()).unwrap();
    assert_eq!(written.sources.len(), 26);
    for source in &written.sources {
        let path = dir.path().join(format!("{}.{}", source.source, source.ending));
        let (folder, name) = source.source.split_once('/').unwrap();
        let rows = match (folder, source.ending) {
            (_, "xlsx") => sheet(&path, name).1,
            ("kobo", _) => table(&path, b';').1,
            _ => table(&path, b',').1,
        };
        assert_eq!(rows.len(), source.rows, "{}", source.source);
        if folder == "kobo" {
            let mut uuids = HashSet::new();
            let again = rows.iter().filter(|row| !uuids.insert(&row["_uuid"])).count();
            let is_rejected = |row: &&Row| row["_validation_status"] == "validation_status_not_approved";
            assert_eq!(again, source.duplicates as usize, "{}", source.source);
            assert_eq!(rows.iter().filter(is_rejected).count(), source.not_approved as usize);
            assert!(rows.iter().zip(1..).all(|(row, index)| row["_index"] == index.to_string()));
        } else {
            let lines = rows.iter().map(|row| row.iter().collect::<BTreeMap<_, _>>());
            let distinct: BTreeSet<_> = lines.collect();
            assert_eq!(rows.len() - distinct.len(), source.duplicates as usize, "{}", source.source);
        }
    }
    let sum = |of: fn(&groundwork_samples::SourceRows) -> u32| written.sources.iter().map(of).sum::<u32>();
    assert!(sum(|source| source.duplicates) > 60);
    assert!(sum(|source| source.impossible_dates) > 25);
    assert!(sum(|source| source.not_approved) > 15);
    assert!(sum(|source| source.late) > 15);
}

/// Every indicator has a cell for each site and both together, but for those
/// of accounts that nobody says the site of; nothing lies outside the period.
#[test]
fn every_indicator_has_cells_everywhere() {
    let dir = generate(DEFAULT_SEED, 1);
    let truth = Truth::read(dir.path());
    let mut places: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for cell in truth.0["cells"].as_array().unwrap() {
        let text = |field: &str| cell[field].as_str().unwrap();
        places.entry(text("indicator")).or_default().insert(text("site"));
        assert_eq!(text("dimension").is_empty(), text("category").is_empty(), "{cell}");
        assert!(SITES.iter().chain(&[""]).any(|place| covers(place, text("site"))));
        let first = match text("period").split_once("-Q") {
            Some(_) => quarter_end(text("period")),
            None => format!("{}-01", text("period")).parse().unwrap(),
        };
        assert!(inside(first), "{cell}");
    }
    assert_eq!(places.len(), 81);
    for (indicator, places) in places {
        let expected = if indicator.starts_with("line_friends") { 1 } else { 3 };
        assert_eq!(places.len(), expected, "{indicator}");
    }
}
