//! Values as Thai and Burmese field data has them, from the file to the column.

use crate::support::{column, folder, issues, read_one, source, texts};
use groundwork_plan::source::{ColumnType, DateRole, Reader};

#[test]
fn a_column_of_nan_keeps_every_row() {
    let mut text = "province;n\n".to_owned();
    for number in 0..1000 {
        text.push_str(["Nan", "NaN", "nan", "NAN"][number % 4]);
        text.push_str(";1\n");
    }
    let folder = folder(&[("nan.csv", text.as_bytes())]);
    let columns = [("province", ColumnType::Site), ("n", ColumnType::Number)];
    let (reading, batches) = read_one(folder.path(), &source(Reader::Csv, "nan.csv", &columns)).unwrap();
    assert_eq!(reading.rows, 1000);
    assert!(reading.issues.is_empty());
    assert!(texts(&batches, "province").iter().all(|site| site == "nan"));
}

#[test]
fn texts_have_one_form_and_no_identifiers() {
    let text = "who,note\nนํ้า,เลข1000099999003ครับ\nน้ำ,เลข๑๐๐๐๐๙๙๙๙๙๐๐๓ครับ\nမ်ားကို,โทร 081-234-5678\n";
    let folder = folder(&[("a.csv", text.as_bytes())]);
    let columns = [("who", ColumnType::Text), ("note", ColumnType::Text)];
    let (reading, batches) = read_one(folder.path(), &source(Reader::Csv, "a.csv", &columns)).unwrap();
    assert_eq!(texts(&batches, "who"), ["น้ำ", "น้ำ", "များကို"]);
    let notes = texts(&batches, "note");
    assert_eq!(notes[0], notes[1]);
    assert!(notes[0].starts_with("เลขid:") && notes[0].ends_with("ครับ"), "{}", notes[0]);
    assert!(notes.iter().all(|note| !note.contains("99999") && !note.contains("5678")));
    assert_eq!(issues(&reading), ["a.csv 4 who text.zawgyi"]);
    assert_eq!(reading.identifiers, [("who".to_owned(), 0), ("note".to_owned(), 3)]);
    // Another key, another pseudonym.
    std::fs::write(folder.path().join("groundwork.key"), "of one's own\n").unwrap();
    let (_, batches) = read_one(folder.path(), &source(Reader::Csv, "a.csv", &columns)).unwrap();
    assert_ne!(texts(&batches, "note")[0], notes[0]);
}

#[test]
fn a_thai_file_needs_no_declared_encoding() {
    let bytes = b"site,n\n\xb9\xe8\xd2\xb9,\xf5\n\xe0\xaa\xd5\xc2\xa7\xc3\xd2\xc2,3\n";
    let folder = folder(&[("a.csv", bytes)]);
    let columns = [("site", ColumnType::Site), ("n", ColumnType::Integer)];
    let (reading, batches) = read_one(folder.path(), &source(Reader::Csv, "a.csv", &columns)).unwrap();
    assert_eq!(texts(&batches, "site"), ["nan", "chiang_rai"]);
    assert_eq!(texts(&batches, "n"), ["5", "3"]);
    assert_eq!(reading.files[0].encoding.as_deref(), Some("windows-874"));
}

#[test]
fn births_on_the_first_of_january_are_reported_where_they_are_too_many() {
    let mut text = "born\n".to_owned();
    for day in 1..=28 {
        text.push_str(&format!("{day:02}/03/2553\n"));
    }
    text.push_str("01/01/2553\n15/06/48\n");
    let folder = folder(&[("a.csv", text.as_bytes())]);
    let mut one = source(Reader::Csv, "a.csv", &[]);
    one.columns
        .push(groundwork_plan::source::Column { role: DateRole::Birth, ..column("born", ColumnType::Date) });
    let (reading, batches) = read_one(folder.path(), &one).unwrap();
    assert_eq!(issues(&reading), ["a.csv 30 born date.placeholder", "a.csv 31 born date.ambiguous"]);
    assert_eq!(texts(&batches, "born")[28..], ["2010-01-01", "~"]);
}

#[test]
fn a_word_for_none_is_zero_where_the_pipeline_says_so() {
    let folder = folder(&[("a.csv", "n,m\nไม่มี,ไม่มี\n๓ คน,10-15\n".as_bytes())]);
    let mut one = source(Reader::Csv, "a.csv", &[("n", ColumnType::Integer), ("m", ColumnType::Number)]);
    one.columns[0].zero = vec!["ไม่มี".into()];
    let (reading, batches) = read_one(folder.path(), &one).unwrap();
    assert_eq!(texts(&batches, "n"), ["0", "3"]);
    assert_eq!(issues(&reading), ["a.csv 2 m number.none", "a.csv 3 m number.range"]);
}
