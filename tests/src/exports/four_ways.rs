//! One invented survey, exported by four tools, gives the same indicators to the byte.

use super::survey;
use crate::program::done;

/// What differs between the tools: reader, sheets of the form and its repeats, and what a choice of
/// nobody is called. Every column and indicator is the same text.
fn pipeline(reader: &str, file: &str, sheets: [Option<&str>; 3]) -> String {
    let sheet = |place: usize| sheets[place].map_or(String::new(), |sheet| format!("\n    sheet: {sheet}"));
    format!(
        r"groundwork: 1
programme: {{id: survey, title: A survey}}
calendar: {{periods: quarter, from: 2021-Q1, to: 2021-Q4, as_of: 2021-12-31}}
sites: {{nan: {{name: Nan, code: TH-55}}, chiang_rai: {{name: Chiang Rai, code: TH-57}}}}
audience: internal
sources:
  people:
    export: {file}
    reader: {reader}{}
    codebook: form.xlsx
    columns:
      site: site
      held_on: date
      consent: boolean
      age: {{from: about/age, type: integer}}
      likes: {{from: about/likes, type: text}}
      red: {{from: about/likes/red, type: boolean}}
      blue: {{from: about/likes/blue, type: boolean}}
      green: {{from: about/likes/green, type: boolean}}
    checks: [{{required: [site, held_on]}}]
  children:
    export: {file}
    reader: {reader}{}
    repeat_of: people
    columns:
      name: {{from: children/name, type: text}}
      school: {{from: children/school, type: boolean}}
  visits:
    export: {file}
    reader: {reader}{}
    repeat_of: children
    columns: {{day: {{from: children/visits/day, type: date}}}}
indicators:
  interviews: {{kind: count, title: Interviews, from: people, period_by: held_on}}
  consented: {{kind: proportion, title: Consented, from: people, period_by: held_on, numerator: consent}}
  mean_age: {{kind: mean, title: Age, from: people, of: age, period_by: held_on}}
  likes_red: {{kind: proportion, title: Like red, from: people, period_by: held_on, numerator: red}}
  likes_blue: {{kind: proportion, title: Like blue, from: people, period_by: held_on, numerator: blue, missing: zero}}
  not_asked: {{kind: count, title: Not asked, from: people, period_by: held_on, where: reason(age) = 'not_asked'}}
  left_open: {{kind: count, title: Left open, from: people, period_by: held_on, where: reason(age) = 'not_answered'}}
  children: {{kind: count, title: Children, from: children, period_by: held_on}}
  names: {{kind: distinct_count, title: Names, from: children, of: name, period_by: held_on}}
  at_school: {{kind: proportion, title: At school, from: children, period_by: held_on, numerator: school}}
  visits: {{kind: count, title: Visits, from: visits, period_by: day}}
  visits_a_child: {{kind: ratio, title: Visits a child, numerator: {{from: visits, period_by: held_on}}, denominator: {{from: children, period_by: held_on}}}}
",
        sheet(0),
        sheet(1),
        sheet(2)
    )
}

/// Runs all four and compares.
pub(super) fn one_table() -> Result<(), String> {
    let tools = [
        ("kobo", survey::kobo(), [Some("survey"), Some("children"), Some("visits")]),
        ("ona", survey::ona(), [None, Some("children"), Some("children/visits")]),
        ("odk_central", survey::odk_central(), [None, Some("children"), Some("visits")]),
        ("commcare", survey::commcare(), [Some("Forms"), Some("children"), Some("visits")]),
    ];
    let mut tables: Vec<(&str, String)> = Vec::new();
    for (reader, mut files, sheets) in tools {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let pipeline = pipeline(reader, &files[0].0, sheets);
        files.push(survey::codebook());
        files.push(("pipeline.yaml".into(), pipeline.into_bytes()));
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).map_err(|e| e.to_string())?;
        }
        done(folder.path(), &["run", "pipeline.yaml", "--out", "out"])
            .map_err(|e| format!("{reader}: {e}"))?;
        let table = std::fs::read_to_string(folder.path().join("out/indicators.csv"));
        tables.push((reader, table.map_err(|e| e.to_string())?));
    }
    let (_, first) = &tables[0];
    for (reader, table) in &tables {
        if let Some((one, other)) = first.lines().zip(table.lines()).find(|(one, other)| one != other) {
            return Err(format!("kobo:\n{one}\n{reader}:\n{other}"));
        }
        if table != first {
            return Err(format!("{reader} has other rows than kobo"));
        }
    }
    // As it was answered, counted from the answers themselves.
    let submissions = survey::submissions();
    let children: Vec<&survey::Child> = submissions.iter().flat_map(|s| &s.children).collect();
    let counts = [
        ("interviews", submissions.len()),
        ("consented", submissions.iter().filter(|s| s.consent).count()),
        ("not_asked", submissions.iter().filter(|s| !s.consent).count()),
        ("left_open", submissions.iter().filter(|s| s.consent && s.age.is_none()).count()),
        (
            "likes_red",
            submissions.iter().filter_map(|s| s.likes.as_ref()).filter(|l| l.contains(&"red")).count(),
        ),
        ("children", children.len()),
        ("at_school", children.iter().filter(|c| c.school == Some(true)).count()),
        ("visits", children.iter().map(|c| c.visits.len()).sum()),
    ];
    let mut rows = csv::Reader::from_reader(first.as_bytes());
    let headers = rows.headers().map_err(|e| e.to_string())?.clone();
    let rows: Vec<csv::StringRecord> = rows.records().filter_map(Result::ok).collect();
    for (indicator, expected) in counts {
        let cell = |row: &csv::StringRecord, name: &str| {
            headers
                .iter()
                .position(|header| header == name)
                .and_then(|at| row.get(at))
                .unwrap_or_default()
                .to_owned()
        };
        let total: usize = rows
            .iter()
            .filter(|row| {
                cell(row, "indicator") == indicator
                    && cell(row, "site").is_empty()
                    && cell(row, "dimension").is_empty()
            })
            .filter_map(|row| cell(row, "numerator").parse::<usize>().ok())
            .sum();
        if total != expected {
            return Err(format!("{indicator}: {total}, where {expected} was answered"));
        }
    }
    println!("{} rows of indicators are the same four ways", rows.len());
    Ok(())
}
