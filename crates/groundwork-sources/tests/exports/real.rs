//! Exports that real tools have written. They may not be copied into this repository; they are read
//! where they lie beside it.

use crate::support::{codes, export, issues, read_one, source, texts};
use groundwork_plan::source::{ColumnType, Reader};
use groundwork_sources::{SourceFile, recognise};
use std::path::PathBuf;

fn folder(name: &str) -> Option<PathBuf> {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let found =
        ["../../../shared/exports", "../../../../shared/exports"].map(|path| manifest.join(path).join(name));
    let found = found.into_iter().find(|path| path.is_dir());
    if found.is_none() {
        println!("skipped: the exports of {name} are not on this machine");
    }
    found
}

const VALUES: [(&str, ColumnType); 5] = [
    ("dataElement", ColumnType::Text),
    ("period", ColumnType::Text),
    ("orgUnit", ColumnType::Text),
    ("value", ColumnType::Number),
    ("period_start", ColumnType::Date),
];

#[test]
fn dhis2_with_and_without_a_header_is_the_same() {
    let Some(folder) = folder("dhis2") else { return };
    let read = |file: &str| {
        let (reading, batches) = read_one(&folder, &source(Reader::Dhis2, file, &VALUES)).unwrap();
        let columns: Vec<Vec<String>> = VALUES.iter().map(|(name, _)| texts(&batches, name)).collect();
        (columns, reading)
    };
    let (with, _) = read("dataValueSetB.csv");
    let (without, _) = read("dataValueSetBNoHeader.csv");
    assert_eq!(with, without);
    assert_eq!(with[0].len(), 12);
    assert_eq!((with[3][0].as_str(), with[4][0].as_str()), ("10001.0000", "2012-01-01"));
    // Padded with blanks, and with an ISO month for a period.
    let (padded, reading) = read("dataValues.csv");
    assert_eq!(
        (padded[0][0].as_str(), padded[3][0].as_str(), padded[4][0].as_str()),
        ("deabcdefghA", "2.0000", "2017-01-01")
    );
    // The last data elements hold yes or no, a text and a day.
    assert_eq!(
        issues(&reading),
        (29..=33).map(|row| format!("dataValues.csv {row} value number.invalid")).collect::<Vec<_>>()
    );
}

#[test]
fn dhis2_zeros_stay_zeros_and_bad_periods_are_issues() {
    let Some(folder) = folder("dhis2") else { return };
    let (reading, batches) = read_one(&folder, &source(Reader::Dhis2, "test-data.csv", &VALUES)).unwrap();
    let values = texts(&batches, "value");
    assert_eq!((reading.rows, values.iter().filter(|value| *value == "0.0000").count()), (1000, 371));
    assert!(!values.contains(&"~".to_owned()) && reading.issues.is_empty(), "{:?}", issues(&reading));
    let (reading, batches) =
        read_one(&folder, &source(Reader::Dhis2, "test-data-bad-periods.csv", &VALUES)).unwrap();
    // A quarter that does not exist, and a month without its year.
    let bad = [
        "test-data-bad-periods.csv 4 period_start date.invalid",
        "test-data-bad-periods.csv 10 period_start date.invalid",
    ];
    assert_eq!(issues(&reading), bad);
    assert_eq!(texts(&batches, "period_start").len(), 10);
    let (reading, _) =
        read_one(&folder, &source(Reader::Dhis2, "test-data-exact-dups.csv", &VALUES)).unwrap();
    assert_eq!(reading.rows, 12);
}

#[test]
fn hxl_by_tag_and_by_title() {
    let Some(folder) = folder("hxl") else { return };
    let columns = [
        ("#sector+es", ColumnType::Text),
        ("#targeted+f", ColumnType::Integer),
        ("Organización", ColumnType::Text),
        ("#date+reported", ColumnType::Date),
    ];
    let (_, batches) = read_one(&folder, &source(Reader::Hxl, "input-valid.csv", &columns)).unwrap();
    assert_eq!(texts(&batches, "#targeted+f"), ["100", "~", "250", "80"]);
    assert_eq!(texts(&batches, "Organización"), ["ACNUR", "OMS", "UNICEF", "OMS"]);
    assert_eq!(texts(&batches, "#date+reported"), ["2015-03-01", "~", "~", "~"]);
    let columns =
        [("#adm1", ColumnType::Text), ("#affected", ColumnType::Integer), ("No hashtag", ColumnType::Text)];
    let (_, batches) =
        read_one(&folder, &source(Reader::Hxl, "input-multiple-headers.csv", &columns)).unwrap();
    assert_eq!(texts(&batches, "#affected"), ["100", "200"]);
    assert_eq!(texts(&batches, "No hashtag"), ["xxx", "yyy"]);
}

#[test]
fn ona_with_labels_and_mangled_dates() {
    let Some(folder) = folder("kobo") else { return };
    let columns = [
        ("available_transportation_types_to_referral_facility/boat/canoe", ColumnType::Boolean),
        ("available_transportation_types_to_referral_facility/donkey/mule/cart", ColumnType::Boolean),
    ];
    let (reading, batches) =
        read_one(&folder, &source(Reader::Ona, "transportation_labels_only.csv", &columns)).unwrap();
    assert!(reading.rows > 0 && reading.issues.is_empty(), "{:?}", issues(&reading));
    assert_eq!(texts(&batches, columns[0].0).len() as u64, reading.rows);
    let dates = [("today", ColumnType::Date), ("tdate", ColumnType::Date), ("start", ColumnType::Timestamp)];
    let (reading, batches) = read_one(&folder, &source(Reader::Ona, "date.csv", &dates)).unwrap();
    // 2/26/2019 is no day of the 26th month: an issue, and no guess.
    assert!(
        issues(&reading).iter().any(|issue| issue.ends_with("tdate date.impossible")),
        "{:?}",
        issues(&reading)
    );
    assert_eq!(texts(&batches, "start")[1], "2019-05-01");
}

#[test]
fn every_file_is_recognised_or_refused() {
    let expected = [
        ("dhis2", "dataValueSetBNoHeader.csv", Ok(Reader::Dhis2)),
        ("dhis2", "dataValues.csv", Ok(Reader::Dhis2)),
        ("dhis2", "test-data.csv", Ok(Reader::Dhis2)),
        ("kobo", "children.csv", Ok(Reader::Ona)),
        ("kobo", "date.csv", Ok(Reader::Ona)),
        ("kobo", "transportation_export.xlsx", Ok(Reader::Ona)),
        ("hxl", "input-valid.csv", Ok(Reader::Hxl)),
        ("xlsform", "or_other.xlsx", Ok(Reader::Xlsx)),
        ("iati", "24-results.xml", Err("source.not-delimited-text")),
        ("iati", "xml.xsd", Err("source.not-delimited-text")),
    ];
    for (name, file, reader) in expected {
        let Some(folder) = folder(name) else { return };
        let file = SourceFile { path: folder.join(file), name: file.to_owned() };
        let found = recognise(&file, None).map(|tables| tables[0].reader).map_err(|problem| problem.code);
        assert_eq!(found, reader, "{}", file.name);
    }
}

#[test]
fn a_form_is_a_codebook() {
    let Some(folder) = folder("xlsform") else { return };
    for form in ["or_other.xlsx", "simple_repeat.xlsx"] {
        let mut source =
            source(Reader::Xlsx, form, &[("type", ColumnType::Text), ("name", ColumnType::Text)]);
        export(&mut source).sheet = Some("survey".into());
        export(&mut source).codebook = Some(form.into());
        assert!(read_one(&folder, &source).is_ok(), "{form}");
        export(&mut source).codebook = Some("nowhere.xlsx".into());
        assert_eq!(codes(read_one(&folder, &source)), ["source.unreadable-file"]);
    }
}
