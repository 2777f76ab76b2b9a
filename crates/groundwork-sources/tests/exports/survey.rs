//! One invented survey of 20 submissions, with skips, several choices and repeats inside repeats,
//! as each of four tools exports it.

use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Write as _};

/// One submission.
pub(crate) struct Submission {
    pub(crate) site: &'static str,
    pub(crate) held_on: String,
    pub(crate) consent: bool,
    /// Asked of those who consented; some do not answer.
    pub(crate) age: Option<u32>,
    /// Asked of those who consented; some do not answer.
    pub(crate) likes: Option<Vec<&'static str>>,
    pub(crate) children: Vec<Child>,
}

pub(crate) struct Child {
    pub(crate) name: String,
    /// Asked of children with a visit.
    pub(crate) school: Option<bool>,
    pub(crate) visits: Vec<String>,
}

pub(crate) const COLOURS: [&str; 3] = ["red", "blue", "green"];

/// The submissions, always the same.
pub(crate) fn submissions() -> Vec<Submission> {
    (0u32..20)
        .map(|n| {
            let consent = n % 5 != 4;
            let likes = COLOURS.iter().enumerate().filter(|(place, _)| (n as usize >> place) & 1 == 1);
            Submission {
                site: if n % 3 == 0 { "Nan" } else { "Chiang Rai" },
                held_on: format!("2021-{:02}-{:02}", n % 12 + 1, n % 28 + 1),
                consent,
                age: (consent && n % 7 != 3).then_some(10 + n),
                likes: (consent && n % 8 != 0).then(|| likes.map(|(_, colour)| *colour).collect()),
                children: (0..n % 4)
                    .map(|child| Child {
                        name: format!("child {n}.{child}"),
                        school: ((n + child) % 3 > 0).then_some((n + child) % 2 == 0),
                        visits: (0..(n + child) % 3)
                            .map(|visit| format!("2021-0{}-1{child}", visit + 1))
                            .collect(),
                    })
                    .collect(),
            }
        })
        .collect()
}

type Files = Vec<(String, Vec<u8>)>;
type Rows = Vec<Vec<String>>;

fn words(row: &[&str]) -> Vec<String> {
    row.iter().map(|word| (*word).to_owned()).collect()
}

fn workbook(sheets: &[(&str, Rows)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0u32..).zip(rows) {
            for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn csv(rows: &Rows) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

fn yes(truth: bool) -> String {
    if truth { "yes" } else { "no" }.to_owned()
}

/// The answer, or what the tool writes for one that was skipped or left open.
fn or<T: ToString>(answer: &Option<T>, asked: bool, skipped: &str, open: &str) -> String {
    match answer {
        Some(answer) => answer.to_string(),
        None => if asked { open } else { skipped }.to_owned(),
    }
}

/// How a tool writes a question with several choices: the whole, then each choice.
fn choices(
    submission: &Submission,
    not_chosen: &str,
    chosen: &str,
    skipped: [&str; 2],
    open: [&str; 2],
) -> Vec<String> {
    let Some(likes) = &submission.likes else {
        let [whole, each] = if submission.consent { open } else { skipped };
        return std::iter::once(whole).chain(COLOURS.iter().map(|_| each)).map(str::to_owned).collect();
    };
    let each =
        COLOURS.iter().map(|colour| if likes.contains(colour) { chosen } else { not_chosen }.to_owned());
    // Nothing chosen is no answer: the tools do not know it from a question left open.
    std::iter::once(likes.join(" ")).chain(each).collect()
}

const ROOT: [&str; 8] = [
    "site",
    "held_on",
    "consent",
    "about/age",
    "about/likes",
    "about/likes/red",
    "about/likes/blue",
    "about/likes/green",
];

fn headers(join: &str, choice: &str, more: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = ROOT
        .iter()
        .map(|header| match header.strip_prefix("about/likes/") {
            Some(colour) => format!("about{join}likes{choice}{colour}"),
            None => header.replace('/', join),
        })
        .collect();
    out.extend(words(more));
    out
}

fn root(submission: &Submission, age: String, choices: Vec<String>, more: Vec<String>) -> Vec<String> {
    let mut row = vec![submission.site.to_owned(), submission.held_on.clone(), yes(submission.consent), age];
    row.extend(choices);
    row.extend(more);
    row
}

pub(crate) fn kobo() -> Files {
    let mut tables = [
        vec![headers("/", "/", &["_id", "_uuid", "_index"])],
        vec![words(&[
            "children/name",
            "children/school",
            "_index",
            "_parent_table_name",
            "_parent_index",
            "_submission__uuid",
        ])],
        vec![words(&["children/visits/day", "_parent_table_name", "_parent_index"])],
    ];
    let mut index = 0;
    for (n, submission) in (1..).zip(submissions()) {
        let picked = choices(&submission, "0", "1", ["", ""], ["", ""]);
        let more = vec![format!("{}", 1000 + n), format!("uuid-{n}"), n.to_string()];
        tables[0].push(root(&submission, or(&submission.age, submission.consent, "", ""), picked, more));
        for child in &submission.children {
            index += 1;
            let school = or(&child.school.map(yes), true, "", "");
            tables[1].push(vec![
                child.name.clone(),
                school,
                index.to_string(),
                "survey".into(),
                n.to_string(),
                format!("uuid-{n}"),
            ]);
            tables[2].extend(
                child.visits.iter().map(|day| vec![day.clone(), "children".into(), index.to_string()]),
            );
        }
    }
    let [survey, children, visits] = tables;
    vec![("survey.xlsx".into(), workbook(&[("survey", survey), ("children", children), ("visits", visits)]))]
}

pub(crate) fn ona() -> Files {
    let mut header = headers("/", "/", &[]);
    for child in 1..=3 {
        header.extend([format!("children[{child}]/name"), format!("children[{child}]/school")]);
        header.extend((1..=2).map(|visit| format!("children[{child}]/visits[{visit}]/day")));
    }
    let mut rows = vec![header];
    for submission in submissions() {
        let picked = choices(&submission, "False", "True", ["n/a", "False"], ["", "False"]);
        let mut more = Vec::new();
        for child in 0..3 {
            let child = submission.children.get(child);
            more.push(child.map_or("n/a".into(), |child| child.name.clone()));
            more.push(child.and_then(|child| child.school).map_or("n/a".into(), yes));
            more.extend((0..2).map(|visit| {
                child.and_then(|child| child.visits.get(visit)).map_or("n/a".into(), String::clone)
            }));
        }
        rows.push(root(&submission, or(&submission.age, submission.consent, "n/a", ""), picked, more));
    }
    vec![("survey.csv".into(), csv(&rows))]
}

pub(crate) fn odk_central() -> Files {
    let mut tables = [
        vec![
            std::iter::once("SubmissionDate".to_owned())
                .chain(headers("-", "/", &["KEY", "Status", "ReviewState"]))
                .collect(),
        ],
        vec![words(&["name", "school", "PARENT_KEY", "KEY"])],
        vec![words(&["day", "PARENT_KEY", "KEY"])],
    ];
    for (n, submission) in (1..).zip(submissions()) {
        let key = format!("uuid:{n}");
        let picked = choices(&submission, "0", "1", ["", "0"], ["", "0"]);
        let more = vec![key.clone(), String::new(), "approved".into()];
        let mut row = root(&submission, or(&submission.age, submission.consent, "", ""), picked, more);
        row.insert(0, "2021-12-31T10:00:00.000Z".into());
        tables[0].push(row);
        for (place, child) in (1..).zip(&submission.children) {
            let own = format!("{key}/children[{place}]");
            tables[1].push(vec![
                child.name.clone(),
                or(&child.school.map(yes), true, "", ""),
                key.clone(),
                own.clone(),
            ]);
            tables[2].extend(
                (1..)
                    .zip(&child.visits)
                    .map(|(visit, day)| vec![day.clone(), own.clone(), format!("{own}/visits[{visit}]")]),
            );
        }
    }
    // A submission that could not be decrypted has no answers and does not count.
    let mut sealed = vec![String::new(); tables[0][0].len()];
    sealed[9] = "uuid:21".into();
    sealed[10] = "not decrypted".into();
    tables[0].push(sealed);
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, rows) in ["survey.csv", "survey-children.csv", "survey-visits.csv"].iter().zip(&tables) {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&csv(rows)).unwrap();
    }
    vec![("survey.csv.zip".into(), archive.finish().unwrap().into_inner())]
}

pub(crate) fn commcare() -> Files {
    let mut first = words(&["number", "formid"]);
    first.extend(headers(".", " | ", &[]).into_iter().map(|header| format!("form.{header}")));
    let mut tables = [
        vec![first],
        vec![words(&["number", "number__0", "form.children.name", "form.children.school"])],
        vec![words(&["number", "form.children.visits.day"])],
    ];
    for (n, submission) in submissions().iter().enumerate() {
        let picked = choices(submission, "", "1", ["---", "---"], ["", ""]);
        let mut row = vec![n.to_string(), format!("form-{n}")];
        row.extend(root(submission, or(&submission.age, submission.consent, "---", ""), picked, Vec::new()));
        tables[0].push(row);
        for (place, child) in submission.children.iter().enumerate() {
            let number = format!("{n}.{place}");
            tables[1].push(vec![
                number.clone(),
                n.to_string(),
                child.name.clone(),
                or(&child.school.map(yes), true, "---", "---"),
            ]);
            tables[2].extend(
                child
                    .visits
                    .iter()
                    .enumerate()
                    .map(|(visit, day)| vec![format!("{number}.{visit}"), day.clone()]),
            );
        }
    }
    let [survey, children, visits] = tables;
    vec![("survey.xlsx".into(), workbook(&[("Forms", survey), ("children", children), ("visits", visits)]))]
}

/// The form.
pub(crate) fn codebook() -> (String, Vec<u8>) {
    let survey: Rows = [
        ["type", "name", "label", "relevant"],
        ["select_one sites", "site", "Site", ""],
        ["date", "held_on", "Day", ""],
        ["select_one yes_no", "consent", "Consent?", ""],
        ["begin group", "about", "About", "${consent} = 'yes'"],
        ["integer", "age", "Age", ""],
        ["select_multiple colours", "likes", "Colours", ""],
        ["end group", "", "", ""],
        ["begin repeat", "children", "Children", ""],
        ["text", "name", "Name", ""],
        ["end repeat", "", "", ""],
    ]
    .iter()
    .map(|row| words(row))
    .collect();
    let choices: Rows =
        [["list_name", "name", "label"], ["colours", "red", "Red"], ["colours", "blue", "Blue"]]
            .iter()
            .map(|row| words(row))
            .collect();
    ("form.xlsx".into(), workbook(&[("survey", survey), ("choices", choices)]))
}
