//! Worksheets: cells as text, typed dates, sheets by name.

use crate::support::{codes, export, folder, issues, read_one, source, texts};
use groundwork_plan::source::{ColumnType, Era, Reader};
use groundwork_sources::{SourceFile, recognise};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

/// A workbook with an empty first sheet and one of typed cells.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Notes").unwrap();
    let sheet = workbook.add_worksheet().set_name("Visits").unwrap();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for (column, header) in (0u16..).zip(["code", "when", "n", "day text", "site", "ok"]) {
        sheet.write(1, column, header).unwrap();
    }
    sheet.write(2, 0, 5.0).unwrap();
    let moment = ExcelDateTime::from_ymd(2020, 6, 15).unwrap();
    sheet.write_with_format(2, 1, &moment, &day).unwrap();
    sheet.write(2, 2, 1250.5).unwrap();
    sheet.write_with_format(2, 3, &moment, &day).unwrap();
    sheet.write(2, 4, "Nan").unwrap();
    sheet.write(2, 5, true).unwrap();
    sheet.write(5, 0, "007").unwrap();
    sheet.write(5, 1, "15/06/2563").unwrap();
    sheet.write(5, 2, 0.1 + 0.2).unwrap();
    sheet.write(5, 3, 43_997).unwrap();
    sheet.write(5, 4, "เชียงราย").unwrap();
    sheet.write(5, 5, 0).unwrap();
    sheet.write(5, 8, "beyond the header").unwrap();
    sheet.write(6, 1, 43_997.5).unwrap();
    sheet.write(7, 2, "  ").unwrap();
    sheet.write_formula(8, 2, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    sheet.write(8, 4, "Nan").unwrap();
    workbook.save_to_buffer().unwrap()
}

const COLUMNS: [(&str, ColumnType); 6] = [
    ("code", ColumnType::Text),
    ("when", ColumnType::Date),
    ("n", ColumnType::Number),
    ("day text", ColumnType::Text),
    ("site", ColumnType::Site),
    ("ok", ColumnType::Boolean),
];

#[test]
fn cells_are_read_as_text_and_typed_here() {
    let folder = folder(&[("a.xlsx", &workbook())]);
    let mut source = source(Reader::Xlsx, "a.xlsx", &COLUMNS);
    export(&mut source).sheet = Some("Visits".into());
    // The era holds for written years; a typed cell counts days in the common era.
    source.columns[1].era = Era::Be;
    let (reading, batches) = read_one(folder.path(), &source).unwrap();
    for (name, expected) in [
        ("_row", ["3", "6", "7", "9"]),
        ("code", ["5", "007", "~", "~"]),
        ("when", ["2020-06-15", "2020-06-15", "2020-06-15", "~"]),
        ("n", ["1250.5000", "0.3000", "~", "~"]),
        ("day text", ["2020-06-15", "43997", "~", "~"]),
        ("site", ["nan", "chiang_rai", "~", "nan"]),
        ("ok", ["true", "false", "~", "~"]),
    ] {
        assert_eq!(texts(&batches, name), expected, "{name}");
    }
    let found = issues(&reading);
    assert_eq!(found[0], "a.xlsx Visits 6 row.ragged");
    assert!(found[1].starts_with("a.xlsx Visits 9 n "), "{found:?}");
    assert_eq!(found.len(), 2);
    assert_eq!((reading.eras[0].common, reading.eras[0].buddhist), (2, 1));
    assert_eq!(reading.files[0].sheet.as_deref(), Some("Visits"));
}

#[test]
fn sheets_are_found_by_name_and_never_guessed() {
    let folder = folder(&[("a.xlsx", &workbook()), ("b.xlsx", b"a,b\n1,2\n"), ("c.xlsx", b"")]);
    let mut source = source(Reader::Xlsx, "a.xlsx", &COLUMNS);
    // The first sheet is empty.
    assert_eq!(codes(read_one(folder.path(), &source)), ["source.empty-file"]);
    export(&mut source).sheet = Some("visit".into());
    let problems = read_one(folder.path(), &source).unwrap_err();
    assert_eq!(problems[0].code, "source.unknown-sheet");
    assert_eq!(problems[0].hints, ["Did you mean `Visits`?"]);
    export(&mut source).pattern = "b.xlsx".into();
    assert_eq!(codes(read_one(folder.path(), &source)), ["source.unreadable-workbook"]);
    export(&mut source).pattern = "c.xlsx".into();
    assert_eq!(codes(read_one(folder.path(), &source)), ["source.empty-file"]);
}

#[test]
fn headers_of_every_sheet() {
    let folder = folder(&[("a.xlsx", &workbook())]);
    let file = SourceFile { path: folder.path().join("a.xlsx"), name: "a.xlsx".into() };
    let found = recognise(&file, None).unwrap();
    assert_eq!(found[0].sheet.as_deref(), Some("Notes"));
    assert!(found[0].headers.is_empty());
    assert_eq!(found[1].headers, ["code", "when", "n", "day text", "site", "ok"]);
}

#[test]
fn a_damaged_workbook_is_an_error_and_no_panic() {
    let whole = workbook();
    let columns = [("code", ColumnType::Text)];
    for place in (4..whole.len()).step_by(97) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x5A;
        let cut = &whole[..place];
        let folder = folder(&[("a.xlsx", &bytes), ("b.xlsx", cut)]);
        for name in ["a.xlsx", "b.xlsx"] {
            let mut source = source(Reader::Xlsx, name, &columns);
            export(&mut source).sheet = Some("Visits".into());
            let told = codes(read_one(folder.path(), &source));
            assert!(!told.contains(&"source.engine"), "{place} {told:?}");
        }
    }
}

#[test]
fn a_title_above_the_headers_is_told_from_them() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "Registrations in 2021").unwrap();
    for (column, header) in (0u16..).zip(["no", "day", "district", "people"]) {
        sheet.write(3, column, header).unwrap();
        sheet.write(4, column, 1).unwrap();
    }
    let titled = workbook.save_to_buffer().unwrap();
    let files: [(&str, &[u8], Option<u32>); 6] = [
        ("titled.xlsx", &titled, Some(4)),
        ("titled.csv", "Registrations, 2021\n\nday;district;people\n1;2;3\n".as_bytes(), Some(3)),
        ("plain.csv", b"day;district;people\n1;2;3\n", None),
        ("blank.csv", b"\n\nday;district;people\n1;2;3\n", None),
        ("sparse.csv", b"a,b,,\n1,2,3,4\n1,2,3,4\n", None),
        ("one.csv", b"a\n1\n2\n", None),
    ];
    for (name, bytes, row) in files {
        let folder = folder(&[(name, bytes)]);
        let file = SourceFile { path: folder.path().join(name), name: name.to_owned() };
        let tables = recognise(&file, None).unwrap();
        assert_eq!(tables[0].header_row, row, "{name}");
        let headers = &tables[0].headers;
        assert!(headers.iter().any(|header| ["day", "a"].contains(&header.as_str())), "{name}: {headers:?}");
    }
}
