//! Kobo: repeats in sheets and in files, nested, and what goes wrong with them.

use crate::support::{category, codes, export, folder, issues, read_one, read_with, repeat, source, texts};
use groundwork_plan::source::{ColumnType, Reader, Source};
use rust_xlsxwriter::Workbook;
use std::path::Path;

fn kobo(id: &str, pattern: &str, column: &str) -> Source {
    let mut source = source(Reader::Kobo, pattern, &[(column, ColumnType::Text)]);
    source.id = id.into();
    source
}

fn parents_of(sources: &[Source], base: &Path, id: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    let (reading, batches) = read_with(base, sources, id, 2).unwrap();
    (texts(&batches, "_parent_file"), texts(&batches, "_parent_row"), issues(&reading))
}

#[test]
fn repeats_in_files_of_their_own_nested_twice() {
    let folder = folder(&[
        // The outermost table of an older export has no `_index`; blank lines do not count.
        ("household-1.csv", b"name,_parent_index\nAnn,-1\n\nBo,-1\n"),
        ("household-2.csv", b"name,_parent_index\nCho,-1\n"),
        (
            "household_child-1.csv",
            b"child/age,_index,_parent_table_name,_parent_index\n1,1,household,2\n2,2,household,1\n3,3,household,9\n",
        ),
        ("household_child-2.csv", b"child/age,_index,_parent_table_name,_parent_index\n4,1,household,1\n"),
        (
            "child_visit-1.csv",
            b"child/visit/day,_index,_parent_table_name,_parent_index\nx,1,child,3\ny,2,child,\n",
        ),
        ("child_visit-2.csv", b"child/visit/day,_index,_parent_table_name,_parent_index\nz,1,child,1\n"),
    ]);
    let sources = [
        kobo("households", "household-*.csv", "name"),
        repeat("children", "households", kobo("", "household_child-*.csv", "child/age")),
        repeat("visits", "children", kobo("", "child_visit-*.csv", "child/visit/day")),
        repeat("wrong", "households", kobo("", "child_visit-*.csv", "child/visit/day")),
        repeat("uneven", "households", kobo("", "child_visit-1.csv", "child/visit/day")),
    ];
    let (files, rows, issues) = parents_of(&sources, folder.path(), "children");
    assert_eq!(files, ["0", "0", "~", "1"]);
    assert_eq!(rows, ["4", "2", "~", "2"]);
    assert_eq!(issues, ["household_child-1.csv 4 repeat.orphan"]);
    let (files, rows, issues) = parents_of(&sources, folder.path(), "visits");
    assert_eq!(files, ["0", "~", "1"]);
    assert_eq!(rows, ["4", "~", "2"]);
    assert_eq!(issues, ["child_visit-1.csv 3 repeat.orphan"]);
    let wrong = codes(read_with(folder.path(), &sources, "wrong", 2));
    assert_eq!(wrong[0], "source.repeat-mismatch");
    let uneven = codes(read_with(folder.path(), &sources, "uneven", 2));
    assert_eq!(uneven, ["source.repeat-files"]);
}

/// A workbook whose rows stand in another order than their indices, with a row of tags.
fn workbook(shift: u32) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let mut sheet = |name: &str, rows: &[&[&str]]| {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for (row, cells) in (0u32..).zip(rows) {
            // A gap after the header and its tags.
            let row = if row < 2 { row } else { row + shift };
            for (column, cell) in (0u16..).zip(*cells) {
                match cell.parse::<u32>() {
                    Ok(number) => sheet.write(row, column, number).unwrap(),
                    Err(_) => sheet.write(row, column, *cell).unwrap(),
                };
            }
        }
    };
    sheet(
        "Family survey",
        &[&["name", "_index"], &["#adm1+name", ""], &["Bo", "2"], &["Ann", "1"], &["Cy", "2"]],
    );
    sheet(
        "child_grp",
        &[
            &["age", "_index", "_parent_table_name", "_parent_index"],
            &["#age", "", "", ""],
            &["5", "1", "Family survey", "1"],
            &["6", "2", "Family survey", "2"],
            &["7", "3", "elsewhere", "1"],
        ],
    );
    sheet(
        "visit",
        &[
            &["note", "_parent_table_name", "_parent_index"],
            &["a", "child/grp", "3"],
            &["b", "child_grp", "1"],
        ],
    );
    workbook.save_to_buffer().unwrap()
}

#[test]
fn repeats_in_sheets_of_the_same_workbook() {
    let folder = folder(&[("a.xlsx", &workbook(0)), ("b.xlsx", &workbook(3))]);
    let mut children = repeat("children", "families", kobo("", "*.xlsx", "age"));
    export(&mut children).sheet = Some("child_grp".into());
    let mut visits = repeat("visits", "children", kobo("", "b.xlsx", "note"));
    export(&mut visits).sheet = Some("visit".into());
    let sources = [kobo("families", "*.xlsx", "name"), children, visits];

    let (reading, batches) = read_with(folder.path(), &sources, "families", 2).unwrap();
    assert_eq!(texts(&batches, "name"), ["Bo", "Ann", "Cy", "Bo", "Ann", "Cy"]);
    assert_eq!(reading.ignored_columns, ["_index"]);

    let (files, rows, issues) = parents_of(&sources, folder.path(), "children");
    assert_eq!(files, ["0", "~", "~", "1", "~", "~"]);
    assert_eq!(rows, ["4", "~", "~", "7", "~", "~"]);
    assert_eq!(
        issues,
        [
            "a.xlsx child_grp 4 repeat.ambiguous",
            "a.xlsx child_grp 5 repeat.orphan",
            "b.xlsx child_grp 7 repeat.ambiguous",
            "b.xlsx child_grp 8 repeat.orphan",
        ]
    );
    // Only the second workbook is read; its parents stand in the second file of their source.
    let (files, rows, issues) = parents_of(&sources, folder.path(), "visits");
    assert_eq!(files, ["1", "1"]);
    assert_eq!(rows, ["8", "6"]);
    assert!(issues.is_empty());
}

#[test]
fn what_a_repeat_needs() {
    let folder = folder(&[("a.csv", b"name,_index\nAnn,1\n"), ("b.csv", b"age\n5\n")]);
    let parent = kobo("people", "a.csv", "name");
    let child = repeat("children", "people", kobo("", "b.csv", "age"));
    let told = |parent: &Source, child: &Source| {
        codes(read_with(folder.path(), &[parent.clone(), child.clone()], &child.id, 1))
    };
    assert_eq!(told(&parent, &child), ["source.no-repeat-key"]);
    let nobody = repeat("children", "peple", kobo("", "b.csv", "age"));
    assert_eq!(told(&parent, &nobody), ["source.unknown-parent"]);
    let mut plain = parent.clone();
    export(&mut plain).reader = Reader::Csv;
    assert_eq!(told(&plain, &child), ["source.repeat-reader"]);
}

#[test]
fn words_of_older_exports_for_nothing() {
    let folder = folder(&[("a.csv", b"n,kind\nn/a,n/a\n2,x\n")]);
    let kinds = |spellings| ColumnType::Category(vec![category("x", &[]), category("none", spellings)]);
    for (spellings, expected) in [(&[][..], "~"), (&["n/a"][..], "none")] {
        let columns = [("n", ColumnType::Integer), ("kind", kinds(spellings))];
        let (reading, batches) = read_one(folder.path(), &source(Reader::Kobo, "a.csv", &columns)).unwrap();
        assert_eq!(texts(&batches, "n"), ["~", "2"]);
        assert_eq!(texts(&batches, "kind"), [expected, "x"]);
        assert!(reading.issues.is_empty());
    }
    let (reading, _) =
        read_one(folder.path(), &source(Reader::Csv, "a.csv", &[("n", ColumnType::Integer)])).unwrap();
    assert_eq!(issues(&reading), ["a.csv 2 n number.invalid"]);
}

#[test]
fn a_row_of_tags_is_no_row() {
    let text = b"n;note\n#indicator+num;\n2;#late\n;#only the first row holds tags\n";
    let folder = folder(&[("a.csv", text)]);
    let columns = [("n", ColumnType::Integer), ("note", ColumnType::Text)];
    let (reading, batches) = read_one(folder.path(), &source(Reader::Kobo, "a.csv", &columns)).unwrap();
    assert_eq!(texts(&batches, "_row"), ["3", "4"]);
    assert!(reading.issues.is_empty());
}

#[test]
fn exports_of_the_real_tool() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/exports/kobo");
    let base = Path::new(folder);
    if !base.is_dir() {
        println!("exports of the real tool are not here: skipped");
        return;
    }
    let sources = [
        kobo("survey", "childrens_survey.csv", "name"),
        repeat("children", "survey", kobo("", "children.csv", "children/name")),
        repeat("cartoons", "children", kobo("", "children_cartoons.csv", "children/cartoons/name")),
        repeat(
            "characters",
            "cartoons",
            kobo("", "children_cartoons_characters.csv", "children/cartoons/characters/name"),
        ),
    ];
    let rows = |id: &str| parents_of(&sources, base, id).1;
    assert_eq!(rows("children"), ["2", "2", "2"]);
    assert_eq!(rows("cartoons"), ["2", "2", "4", "4"]);
    assert_eq!(rows("characters"), ["5", "5"]);

    let dates =
        source(Reader::Kobo, "date.csv", &[("tdate", ColumnType::Date), ("now", ColumnType::Timestamp)]);
    let (reading, batches) = read_one(base, &dates).unwrap();
    assert_eq!(texts(&batches, "tdate"), ["2019-01-03", "~"]);
    assert_eq!(texts(&batches, "now"), ["2020-12-06", "2019-03-11"]);
    assert_eq!(issues(&reading), ["date.csv 3 tdate date.impossible"]);

    let sheet = source(
        Reader::Kobo,
        "transportation_export.xlsx",
        &[("transport/available_transportation_types_to_referral_facility/ambulance", ColumnType::Boolean)],
    );
    let (reading, batches) = read_one(base, &sheet).unwrap();
    println!(
        "real workbook: {} rows, {} columns ignored, values {:?}",
        reading.rows,
        reading.ignored_columns.len(),
        texts(&batches, &sheet.columns[0].name)
    );
    assert_eq!(reading.rows, 4);
    assert_eq!(reading.files[0].sheet.as_deref(), Some("transportation"));
}
