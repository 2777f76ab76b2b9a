//! One survey, exported by four tools, is one table.

use crate::support::{export, folder, read_with, repeat, source, texts};
use crate::survey;
use groundwork_plan::reason::Reason;
use groundwork_plan::source::{ColumnType, Reader, Source};
use groundwork_sources::Reading;
use std::collections::BTreeMap;

const ROOT: [(&str, ColumnType); 8] = [
    ("site", ColumnType::Site),
    ("held_on", ColumnType::Date),
    ("consent", ColumnType::Boolean),
    ("about/age", ColumnType::Integer),
    ("about/likes", ColumnType::Text),
    ("about/likes/red", ColumnType::Boolean),
    ("about/likes/blue", ColumnType::Boolean),
    ("about/likes/green", ColumnType::Boolean),
];
const CHILDREN: [(&str, ColumnType); 2] =
    [("children/name", ColumnType::Text), ("children/school", ColumnType::Boolean)];
const VISITS: [(&str, ColumnType); 1] = [("children/visits/day", ColumnType::Date)];

/// A tool: its files, its reader, and how it calls the repeats.
type Tool = (Reader, Vec<(String, Vec<u8>)>, [Option<&'static str>; 3]);

fn tools() -> [Tool; 4] {
    [
        (Reader::Kobo, survey::kobo(), [Some("survey"), Some("children"), Some("visits")]),
        (Reader::Ona, survey::ona(), [None, Some("children"), Some("children/visits")]),
        (Reader::OdkCentral, survey::odk_central(), [None, Some("children"), Some("visits")]),
        (Reader::CommCare, survey::commcare(), [Some("Forms"), Some("children"), Some("visits")]),
    ]
}

/// The three tables, row by row; the parents by their place among the parent's rows.
type Tables = Vec<Vec<Vec<String>>>;

fn read(tool: Tool, with_codebook: bool) -> (Tables, Vec<Reading>) {
    let (reader, mut files, sheets) = tool;
    files.push(survey::codebook());
    let named: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = folder(&named);
    let name = files[0].0.as_str();
    let mut sources: Vec<Source> = vec![
        source(reader, name, &ROOT),
        repeat("children", "visits", source(reader, name, &CHILDREN)),
        repeat("days", "children", source(reader, name, &VISITS)),
    ];
    for (source, sheet) in sources.iter_mut().zip(sheets) {
        export(source).sheet = sheet.map(str::to_owned);
        export(source).codebook = with_codebook.then(|| "form.xlsx".to_owned());
    }
    let mut tables = Tables::new();
    let mut readings = Vec::new();
    let mut rows_around: BTreeMap<String, String> = BTreeMap::new();
    for source in &sources {
        let (reading, batches) = read_with(folder.path(), &sources, &source.id, 2).unwrap();
        let mut columns: Vec<Vec<String>> =
            source.columns.iter().map(|column| texts(&batches, &column.name)).collect();
        if source.id != "visits" {
            let parents = texts(&batches, "_parent_row").into_iter();
            columns.push(
                parents
                    .map(|row| rows_around.get(&row).cloned().unwrap_or_else(|| format!("no {row}")))
                    .collect(),
            );
        }
        rows_around = texts(&batches, "_row").into_iter().zip((0..).map(|n: u32| n.to_string())).collect();
        let height = columns[0].len();
        tables.push(
            (0..height).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect(),
        );
        readings.push(reading);
    }
    (tables, readings)
}

#[test]
fn four_tools_give_one_table() {
    let expected = read(tools()[0].clone(), false).0;
    assert_eq!(expected[0].len(), 20);
    assert_eq!(expected[1].len(), 30);
    assert!(expected[2].len() > 20);
    // As it was answered: 4 of 20 did not consent, and were asked nothing more.
    let submissions = survey::submissions();
    for (row, submission) in expected[0].iter().zip(&submissions) {
        assert_eq!(row[3], submission.age.map_or("~".into(), |age| age.to_string()));
        let red = submission.likes.as_ref().filter(|likes| !likes.is_empty());
        assert_eq!(row[5], red.map_or("~".into(), |likes| likes.contains(&"red").to_string()));
    }
    for tool in tools() {
        let word = tool.0.word();
        let (tables, readings) = read(tool, false);
        assert_eq!(tables, expected, "{word}");
        for reading in &readings {
            assert!(
                reading.issues.iter().all(|issue| issue.check == "row.not-decrypted"),
                "{word}: {:?}",
                reading.issues
            );
        }
        let sealed = u64::from(word == "odk_central");
        assert_eq!((readings[0].rows, readings[0].set_aside), (20 + sealed, sealed), "{word}");
    }
}

#[test]
fn the_form_tells_what_the_tools_do_not() {
    let submissions = survey::submissions();
    let skipped = submissions.iter().filter(|submission| !submission.consent).count() as u64;
    let open =
        submissions.iter().filter(|submission| submission.consent && submission.age.is_none()).count() as u64;
    assert!(skipped > 0 && open > 0);
    let count = |reading: &Reading, reason: Reason| {
        let place = Reason::ALL.iter().position(|r| *r == reason).unwrap();
        reading.reasons[3].1[place]
    };
    for tool in tools() {
        let (word, can_tell) = (tool.0.word(), tool.0 == Reader::CommCare);
        let without = read(tool.clone(), false).1.swap_remove(0);
        let with = read(tool, true).1.swap_remove(0);
        assert_eq!(count(&with, Reason::NotAsked), skipped, "{word}");
        assert_eq!(count(&with, Reason::NotAnswered), open, "{word}");
        assert_eq!(count(&with, Reason::NotRecorded), 0, "{word}");
        assert_eq!(count(&without, Reason::NotRecorded) == 0, can_tell, "{word}");
    }
}
