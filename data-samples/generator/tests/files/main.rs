//! Reads the written files back the way a careful analyst would, with none of
//! the generator's own code, and holds what it counts against `truth.json`.

mod read;
mod strands;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use calamine::{Data, Reader, Xlsx, open_workbook};
use groundwork_samples::{DEFAULT_SEED, Programme, write};
use jiff::ToSpan;
use jiff::civil::Date;
use read::{
    Truth, covers, date, generate, number, quarter, quarter_end, sex, sheet, site, some_date, table, text,
    western,
};

/// One session as counted: each form once, rejected and impossible ones left
/// out (rejected ones only where `approved_only`).
struct Held {
    site: &'static str,
    day: Date,
    led_by: String,
    people: Vec<String>,
}

fn sessions(dir: &Path, approved_only: bool) -> (Vec<Held>, HashMap<String, &'static str>) {
    let path = dir.join("kobo/workshops.xlsx");
    let (_, roots) = sheet(&path, "workshops");
    let (_, attendance) = sheet(&path, "attendance");
    let mut people: HashMap<&str, Vec<String>> = HashMap::new();
    let mut sexes: HashMap<String, &'static str> = HashMap::new();
    for row in &attendance {
        let person = row["attendance/participant"].clone();
        if let Some(sex) = sex(&row["attendance/sex"]) {
            let known = *sexes.entry(person.clone()).or_insert(sex);
            assert_eq!(known, sex, "{person} has two sexes");
        }
        people.entry(&row["_parent_index"]).or_default().push(person);
    }
    let mut seen = HashSet::new();
    let mut held = Vec::new();
    for row in &roots {
        let rejected = row["_validation_status"] == "validation_status_not_approved";
        let Some(day) = date(&row["held_on"]) else {
            continue;
        };
        if (rejected && approved_only) || !seen.insert(&row["_uuid"]) {
            continue;
        }
        held.push(Held {
            site: site(&row["group_place/province"]),
            day,
            led_by: row["led_by"].clone(),
            people: people.remove(row["_index"].as_str()).unwrap_or_default(),
        });
    }
    (held, sexes)
}

type People<'a> = BTreeMap<(&'a str, String), BTreeSet<&'a str>>;

/// Distinct people by site (empty: both) and quarter.
fn reached(held: &[Held]) -> People<'_> {
    let mut people = People::new();
    for session in held {
        for place in [session.site, ""] {
            let here = people.entry((place, quarter(session.day))).or_default();
            here.extend(session.people.iter().map(String::as_str));
        }
    }
    people
}

#[test]
fn workshops_and_trainings_give_the_true_counts() {
    for seed in [DEFAULT_SEED, 1, 2] {
        let dir = generate(seed, 1);
        let truth = Truth::read(dir.path());
        let (held, sexes) = sessions(dir.path(), true);

        let people = reached(&held);
        for row in truth.rows("reach") {
            let here = &people[&(text(row, "site"), text(row, "period").to_owned())];
            let wanted = row["sex"].as_str();
            let counted = here
                .iter()
                .filter(|&&person| wanted.is_none_or(|w| w == *sexes.get(person).unwrap_or(&"unknown")))
                .count();
            assert_eq!(counted, number(row, "people"), "{row}");
        }

        let (_, trainings) = table(&dir.path().join("csv/trainings.csv"), b',');
        let mut first: BTreeMap<&str, (Date, &str)> = BTreeMap::new();
        for row in &trainings {
            let day = date(&row["held_on"]).unwrap();
            let known = first.entry(&row["volunteer"]).or_insert((day, site(&row["site"])));
            known.0 = known.0.min(day);
        }
        for row in truth.rows("volunteer_multiplier") {
            let (place, period) = (text(row, "site"), text(row, "period"));
            let trained: BTreeSet<&str> = first
                .iter()
                .filter(|(_, (day, site))| covers(place, site) && *day <= quarter_end(period))
                .map(|(volunteer, _)| *volunteer)
                .collect();
            let mut reached: BTreeSet<&str> = BTreeSet::new();
            let mut active: BTreeSet<&str> = BTreeSet::new();
            for session in &held {
                if !covers(place, session.site) || quarter(session.day) != period {
                    continue;
                }
                if first.get(session.led_by.as_str()).is_some_and(|(day, _)| *day <= session.day) {
                    reached.extend(session.people.iter().map(String::as_str));
                    active.insert(&session.led_by);
                }
            }
            assert_eq!(
                (reached.len(), trained.len(), active.len()),
                (
                    number(row, "people_reached_by_volunteers"),
                    number(row, "volunteers_trained"),
                    number(row, "volunteers_active"),
                ),
                "{row}"
            );
        }

        // Rejected submissions would change it.
        let (all, _) = sessions(dir.path(), false);
        assert_ne!(reached(&all), people);
        assert!(all.len() > held.len());
    }
}

/// Families by site and whether each month (0 for 2019-07) counted.
fn families(dir: &Path, approved_only: bool) -> BTreeMap<String, (&'static str, [Option<bool>; 30])> {
    let (_, rows) = table(&dir.join("kobo/livelihood_followups.csv"), b';');
    let mut families = BTreeMap::new();
    let mut seen = HashSet::new();
    for row in &rows {
        let rejected = row["_validation_status"] == "validation_status_not_approved";
        let Some(day) = date(&row["month"]) else {
            continue;
        };
        if (rejected && approved_only) || !seen.insert(&row["_uuid"]) {
            continue;
        }
        let amount = western(&row["own_income"]).replace(',', "");
        assert!(row["visited"] == "yes" || amount.is_empty());
        assert_eq!(row["visited"] == "yes", !row["grant_received"].is_empty());
        let good = row["visited"] == "yes"
            && amount.parse::<u32>().is_ok_and(|baht| baht >= 9_000)
            && row["grant_received"] == "no";
        let month = (i32::from(day.year()) * 12 + i32::from(day.month()) - (2019 * 12 + 7)) as usize;
        let family =
            families.entry(row["family"].clone()).or_insert((site(&row["group_place/province"]), [None; 30]));
        assert!(family.1[month].is_none() || !approved_only, "two follow-ups");
        family.1[month] = Some(good || family.1[month] == Some(true));
    }
    families
}

/// Families long enough in the programme, and self-sufficient ones.
fn livelihood(
    families: &BTreeMap<String, (&'static str, [Option<bool>; 30])>,
    place: &str,
    period: &str,
) -> (usize, usize) {
    let end = quarter_end(period);
    let until = (i32::from(end.year()) * 12 + i32::from(end.month()) - (2019 * 12 + 7)) as usize;
    let mut counts = (0, 0);
    for (site, months) in families.values() {
        let first = months.iter().position(Option::is_some).unwrap();
        if covers(place, site) && until + 1 >= first + 6 {
            counts.0 += 1;
            let mut runs = months[..=until].windows(6);
            counts.1 += usize::from(runs.any(|run| run.iter().all(|&month| month == Some(true))));
        }
    }
    counts
}

#[test]
fn follow_ups_give_the_true_counts() {
    for seed in [DEFAULT_SEED, 1, 2] {
        let dir = generate(seed, 1);
        let truth = Truth::read(dir.path());
        let followed = families(dir.path(), true);
        for row in truth.rows("livelihood_self_sufficiency") {
            let counted = livelihood(&followed, text(row, "site"), text(row, "period"));
            let true_counts = (number(row, "families_long_enough"), number(row, "self_sufficient"));
            assert_eq!(counted, true_counts, "{row}");
        }
        let with_rejected = livelihood(&families(dir.path(), false), "", "2021-Q4");
        assert!(with_rejected.1 > livelihood(&followed, "", "2021-Q4").1);
    }
}

#[test]
fn the_default_seed_has_six_to_eight_self_sufficient_families() {
    let programme = Programme::draw(DEFAULT_SEED, 1);
    let last = programme.counts().livelihood_self_sufficiency[29];
    assert_eq!((last.site, last.period), ("", "2021-Q4"));
    assert!((6..=8).contains(&last.self_sufficient), "{last:?}");
}

#[test]
fn registrations_give_the_true_counts() {
    let dir = generate(DEFAULT_SEED, 1);
    let truth = Truth::read(dir.path());
    let (_, cases) = table(&dir.path().join("csv/registration.csv"), b',');
    assert_eq!(cases.len(), 200);
    let ids: HashSet<_> = cases.iter().map(|row| &row["case_id"]).collect();
    assert_eq!(ids.len(), 200);
    for row in truth.rows("registration_completion") {
        let (mut mature, mut completed, mut immature) = (0, 0, 0);
        let end = quarter_end(text(row, "period"));
        for case in &cases {
            let identified = date(&case["identified_on"]).unwrap();
            if !covers(text(row, "site"), site(&case["site"])) || identified > end {
                continue;
            }
            let deadline = identified.checked_add(12.months()).unwrap();
            if deadline > end {
                immature += 1;
                continue;
            }
            mature += 1;
            let received = some_date(&case["id_received_on"]);
            completed += usize::from(received.is_some_and(|day| day <= deadline));
        }
        assert_eq!(
            (mature, completed, immature),
            (number(row, "mature"), number(row, "completed"), number(row, "immature")),
            "{row}"
        );
    }
    for case in &cases {
        let steps: Vec<Date> =
            ["identified_on", "documents_gathered_on", "filed_on", "approved_on", "id_received_on"]
                .iter()
                .filter_map(|step| some_date(&case[*step]))
                .collect();
        assert!(steps.is_sorted(), "{case:?}");
        assert!(steps.iter().all(|day| *day <= Date::constant(2022, 1, 15)));
        assert_eq!(case["closed_on"].is_empty(), case["close_reason"].is_empty());
    }
}

const AFTER: &str = "_id,_uuid,_submission_time,_validation_status,_notes,_status,\
                     _submitted_by,__version__,_tags,meta/rootUuid";

#[test]
fn the_kobo_files_have_kobos_columns() {
    let dir = generate(DEFAULT_SEED, 1);
    let path = dir.path().join("kobo/workshops.xlsx");
    let book: Xlsx<_> = open_workbook(&path).unwrap();
    assert_eq!(book.sheet_names(), ["workshops", "attendance"]);

    let (header, roots) = sheet(&path, "workshops");
    assert_eq!(
        header.join(","),
        format!(
            "start,end,group_place/province,group_place/village,held_on,language,topic,led_by,mode,\
             {AFTER},_index"
        )
    );
    let (header, attendance) = sheet(&path, "attendance");
    let copied: Vec<String> = AFTER.split(',').map(|n| format!("_submission_{n}")).collect();
    assert_eq!(
        header.join(","),
        format!(
            "attendance/participant,attendance/sex,attendance/age,_parent_table_name,\
             _parent_index,{}",
            copied.join(",")
        )
    );
    for (row, index) in roots.iter().zip(1..) {
        assert_eq!(row["_index"], index.to_string());
        assert_eq!(row["meta/rootUuid"], format!("uuid:{}", row["_uuid"]));
        assert!(row["_submission_time"].as_str() < "2022-01-15");
        assert!(row["start"].ends_with(".000+07:00"));
    }
    for row in &attendance {
        assert_eq!(row["_parent_table_name"], "workshops");
        let parent = &roots[row["_parent_index"].parse::<usize>().unwrap() - 1];
        for name in AFTER.split(',') {
            assert_eq!(row[&format!("_submission_{name}")], parent[name]);
        }
    }

    let path = dir.path().join("kobo/livelihood_followups.csv");
    let (header, rows) = table(&path, b';');
    assert_eq!(
        header.join(","),
        format!(
            "start,end,group_place/province,family,month,visited,own_income,grant_received,\
             {AFTER},_index"
        )
    );
    assert!(rows.iter().all(|row| row["_submission_time"].as_str() < "2022-01-15"));
    let raw = fs::read_to_string(&path).unwrap();
    assert!(raw.starts_with("\"start\";\"end\""));
    assert_eq!(raw.matches("\r\n").count(), raw.matches('\n').count());
    assert_eq!(raw.matches("\r\n").count(), rows.len() + 1);
}

#[test]
fn the_dirt_is_there_and_is_counted() {
    let dir = generate(DEFAULT_SEED, 1);
    let truth = Truth::read(dir.path());
    let dirt = &truth.0["dirt"];
    let (_, roots) = sheet(&dir.path().join("kobo/workshops.xlsx"), "workshops");
    let (_, follow_ups) = table(&dir.path().join("kobo/livelihood_followups.csv"), b';');
    let (mut again, mut impossible, mut rejected, mut spelled) = (0, 0, 0, HashSet::new());
    for (rows, field) in [(&roots, "held_on"), (&follow_ups, "month")] {
        let mut uuids = HashSet::new();
        let mut ids = HashSet::new();
        for row in rows {
            again += usize::from(!uuids.insert(&row["_uuid"]));
            assert!(ids.insert(&row["_id"]));
            rejected += usize::from(row["_validation_status"] == "validation_status_not_approved");
            let shape: String = row[field]
                .chars()
                .map(|c| match c {
                    '0'..='9' => '9',
                    '/' | '-' => c,
                    _ => '๙',
                })
                .collect();
            match date(&row[field]) {
                None => impossible += 1,
                Some(day) => {
                    assert!(day >= Date::constant(2019, 7, 1) && day <= Date::constant(2021, 12, 31));
                    spelled.insert((shape, row[field].starts_with("25")));
                }
            }
        }
    }
    assert_eq!(again, number(dirt, "duplicate_submissions"));
    assert_eq!(impossible, number(dirt, "impossible_dates"));
    assert_eq!(rejected, number(dirt, "not_approved_submissions"));
    assert!(again > 10 && impossible > 5 && rejected > 5);
    assert!(number(dirt, "late_submissions") > 20);
    for shape in ["9999-99-99", "99/99/9999", "๙๙/๙๙/๙๙๙๙"] {
        assert!(spelled.iter().any(|(seen, _)| seen == shape), "{shape}");
    }
    assert!(spelled.contains(&("9999-99-99".to_owned(), true)));

    let (_, trainings) = table(&dir.path().join("csv/trainings.csv"), b',');
    let distinct: HashSet<_> = trainings
        .iter()
        .map(|row| {
            let mut cells: Vec<_> = row.iter().collect();
            cells.sort();
            cells
        })
        .collect();
    assert_eq!(trainings.len() - distinct.len(), number(dirt, "duplicate_training_rows"));
    let volunteers: HashSet<_> = trainings.iter().map(|row| &row["volunteer"]).collect();
    assert_eq!(volunteers.len(), 48);
    assert!(distinct.len() > 48, "no refreshers");
    let raw = fs::read_to_string(dir.path().join("csv/trainings.csv")).unwrap();
    assert!(raw.ends_with("\n\n\n"));
}

fn bytes(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for folder in ["", "kobo", "csv", "facebook", "line"].map(|folder| dir.join(folder)) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(dir).unwrap().display().to_string();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let first = bytes(generate(7, 2).path());
    let names: Vec<_> = first.keys().map(String::as_str).collect();
    let written: Vec<&str> = names.iter().filter(|name| !name.starts_with("csv/")).copied().collect();
    assert_eq!(
        written,
        [
            "README.md",
            "facebook/posts_2019-07-01_2020-12-31.csv",
            "facebook/posts_2020-07-01_2021-12-31.csv",
            "kobo/coaching_visits.csv",
            "kobo/fidelity.xlsx",
            "kobo/knowledge_tests.csv",
            "kobo/livelihood_followups.csv",
            "kobo/relief.csv",
            "kobo/risk_assessments.csv",
            "kobo/workshops.xlsx",
            "kobo/youth_sessions.xlsx",
            "line/friend_overview_chiang_rai.csv",
            "line/friend_overview_nan.csv",
            "line/message_broadcast.csv",
            "truth.json"
        ]
    );
    assert_eq!(names.len() - written.len(), 17);
    // A zip archive stamps times to two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert_eq!(first, bytes(generate(7, 2).path()));
    let other = bytes(generate(8, 2).path());
    assert!(first.iter().all(|(name, content)| other[name] != *content));
}

#[test]
fn a_large_source_is_split_into_complete_exports() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("kobo")).unwrap();
    fs::write(dir.path().join("kobo/workshops.xlsx"), "of a smaller run").unwrap();
    let written = write(&Programme::draw(3, 24), dir.path()).unwrap();
    assert!(written.rows.attendance > 200_000);
    assert!(!dir.path().join("kobo/workshops.xlsx").exists());
    let (mut roots, mut attendances) = (0, 0);
    for number in 1..=2 {
        let path = dir.path().join(format!("kobo/workshops-{number:03}.xlsx"));
        let mut book: Xlsx<_> = open_workbook(&path).unwrap();
        let sessions = book.worksheet_range("workshops").unwrap();
        let attendance = book.worksheet_range("attendance").unwrap();
        // Row 0 is the header; `_index` is the last column, `_id` the tenth.
        let last = sessions.width() - 1;
        for (row, index) in sessions.rows().skip(1).zip(1..) {
            assert_eq!(row[last], Data::Float(f64::from(index)));
        }
        for row in attendance.rows().skip(1) {
            let Data::Float(parent) = row[4] else {
                panic!("{:?} is no index", row[4]);
            };
            assert_eq!(row[5], sessions[(parent as usize, 9)]);
        }
        assert!(attendance.height() - 1 <= 200_000);
        roots += sessions.height() - 1;
        attendances += attendance.height() - 1;
    }
    assert_eq!(roots, written.rows.workshops);
    assert_eq!(attendances, written.rows.attendance);
}

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_groundwork-samples")).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_program_says_what_went_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let out = out.to_str().unwrap();
    assert_eq!(run(&["--out", out]).0, Some(0));
    assert!(Path::new(out).join("truth.json").is_file());
    assert_eq!(run(&["--out", out, "--scale", "0"]).0, Some(2));
    assert_eq!(run(&["--out", out, "--sead", "1"]).0, Some(2));
    assert_eq!(run(&[]).0, Some(2));

    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let (code, message) = run(&["--out", file.to_str().unwrap()]);
    assert_eq!(code, Some(6));
    assert!(message.starts_with("error: cannot write "), "{message}");
}
