//! Columns: their types, their headers, and what is missing.

use crate::support::{category, codes, column, folder, issues, read_one, source, texts};
use arrow::datatypes::DataType;
use groundwork_plan::diag::Fault;
use groundwork_plan::location::Location;
use groundwork_plan::source::{ColumnType, DateOrder, Era, Reader};
use groundwork_sources::{Context, EraCount, check, schema};

#[test]
fn every_type_has_its_arrow_type() {
    let text = "name,age,cost,day,stamp,ok,where,sex,extra\n\
        Ann,12,\"1,250.5\",15/06/2565,2022-06-15T23:30:00+07:00,yes,Nan,f,1\n\
        ,,,,,,,,1\n\
        Bo,1.5,\"1,5\",31/11/2020,x,perhaps,Phayao,other,1\n\
        n/a,99,0.00005,44727,1479-06-15,0,TH-57,M,1\n";
    let folder = folder(&[("a.csv", text.as_bytes())]);
    let sex = ColumnType::Category(vec![category("girl", &["f"]), category("boy", &["m"])]);
    let mut source = source(
        Reader::Csv,
        "a.csv",
        &[
            ("name", ColumnType::Text),
            ("age", ColumnType::Integer),
            ("cost", ColumnType::Number),
            ("day", ColumnType::Date),
            ("stamp", ColumnType::Timestamp),
            ("ok", ColumnType::Boolean),
            ("where", ColumnType::Site),
            ("sex", sex),
        ],
    );
    source.columns[1].missing.push("99".into());
    let (reading, batches) = read_one(folder.path(), &source).unwrap();
    let types: Vec<DataType> =
        batches[0].schema().fields().iter().map(|field| field.data_type().clone()).collect();
    assert_eq!(
        types,
        [
            DataType::UInt32,
            DataType::UInt64,
            DataType::Utf8,
            DataType::Int64,
            DataType::Decimal128(18, 4),
            DataType::Date32,
            DataType::Date32,
            DataType::Boolean,
            DataType::Utf8,
            DataType::Utf8
        ]
    );
    assert_eq!(batches[0].schema(), schema(&source));
    for (name, expected) in [
        ("_file", ["0", "0", "0", "0"]),
        ("_row", ["2", "3", "4", "5"]),
        ("name", ["Ann", "~", "Bo", "n/a"]),
        ("age", ["12", "~", "~", "~"]),
        ("cost", ["1250.5000", "~", "~", "0.0001"]),
        ("day", ["2022-06-15", "~", "~", "2022-06-15"]),
        ("stamp", ["2022-06-15", "~", "~", "2022-06-15"]),
        ("ok", ["true", "~", "~", "false"]),
        ("where", ["nan", "~", "~", "chiang_rai"]),
        ("sex", ["girl", "~", "~", "boy"]),
    ] {
        assert_eq!(texts(&batches, name), expected, "{name}");
    }
    assert_eq!(
        issues(&reading),
        [
            "a.csv 4 age number.not-whole",
            "a.csv 4 cost number.ambiguous",
            "a.csv 4 day date.impossible",
            "a.csv 4 stamp date.invalid",
            "a.csv 4 ok boolean.invalid",
            "a.csv 4 where site.unknown",
            "a.csv 4 sex category.unknown",
            "a.csv 5 cost number.rounded",
        ]
    );
    assert_eq!(reading.ignored_columns, ["extra"]);
    let count = |column: &str, common, buddhist, repaired| EraCount {
        column: column.into(),
        common,
        buddhist,
        repaired,
    };
    assert_eq!(reading.eras, [count("day", 1, 1, 0), count("stamp", 1, 0, 1)]);
    assert_eq!(reading.files[0].encoding.as_deref(), Some("UTF-8"));
}

#[test]
fn the_declared_era_and_order_hold() {
    let folder = folder(&[("a.csv", b"day\n02/03/2565\n02/03/2022\n")]);
    let mut source = source(Reader::Csv, "a.csv", &[("day", ColumnType::Date)]);
    source.columns[0].era = Era::Be;
    source.columns[0].order = DateOrder::MonthFirst;
    let (reading, batches) = read_one(folder.path(), &source).unwrap();
    assert_eq!(texts(&batches, "day"), ["2022-02-03", "~"]);
    assert_eq!(issues(&reading), ["a.csv 3 day date.era"]);
}

#[test]
fn all_columns_that_are_not_there_are_told_at_once() {
    let folder = folder(&[("a.csv", b"name,age,age\nx,1,2\n"), ("b.csv", b"name,age\nx,1\n")]);
    let columns = [("nmae", ColumnType::Text), ("age", ColumnType::Integer), ("sex", ColumnType::Text)];
    let source = source(Reader::Csv, "*.csv", &columns);
    let problems = read_one(folder.path(), &source).unwrap_err();
    let told: Vec<&str> = problems.iter().map(|p| p.code).collect();
    assert_eq!(told, ["source.unknown-column", "source.ambiguous-column", "source.unknown-column"]);
    assert!(problems[0].hints[0].contains("`name`"), "{problems:?}");
    assert!(matches!(problems[0].location, Location::Pipeline(span) if span.start == 7));
    let context = Context { base: folder.path(), sites: &[], sources: &[], threads: 1 };
    assert_eq!(check(&source, &context), problems);
}

#[test]
fn a_column_that_one_of_several_files_lacks_names_the_file() {
    let folder = folder(&[("a.csv", b"name,age\nx,1\n"), ("b.csv", b"name\nx\n")]);
    let columns = [("name", ColumnType::Text), ("age", ColumnType::Integer)];
    let problems = read_one(folder.path(), &source(Reader::Csv, "*.csv", &columns)).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.contains("`b.csv`"), "{problems:?}");
}

#[test]
fn headers_are_found_without_blanks_and_marks() {
    let text = "\u{feff} What is\n the name? ;x\nAnn;1\n".replace(" What", "\" What");
    let text = text.replace("name? ", "name? \"");
    let folder = folder(&[("a.csv", text.as_bytes())]);
    let mut source = source(Reader::Csv, "a.csv", &[]);
    source.columns.push(column("What is the name?", ColumnType::Text));
    let (_, batches) = read_one(folder.path(), &source).unwrap();
    assert_eq!(texts(&batches, "What is the name?"), ["Ann"]);
    assert_eq!(texts(&batches, "_row"), ["3"]);
}

#[test]
fn a_file_that_is_not_there() {
    let folder = folder(&[("vists.csv", b"a\n1\n"), ("~$visits.csv", b"x"), (".hidden.csv", b"")]);
    let columns = [("a", ColumnType::Text)];
    for (pattern, code) in [
        ("visits.csv", "source.file-not-found"),
        ("visits*.csv", "source.file-not-found"),
        (".", "source.not-a-file"),
        ("[.csv", "source.bad-pattern"),
        ("nowhere/a.csv", "source.file-not-found"),
    ] {
        let problems = read_one(folder.path(), &source(Reader::Csv, pattern, &columns)).unwrap_err();
        assert_eq!(problems[0].code, code, "{pattern}");
        assert_eq!(problems[0].fault, Fault::Pipeline);
        if pattern == "visits.csv" {
            assert_eq!(problems[0].hints, ["Did you mean `vists.csv`?"]);
        }
    }
    let (reading, _) = read_one(folder.path(), &source(Reader::Csv, "*.csv", &columns)).unwrap();
    assert_eq!(reading.files.len(), 1);
    assert_eq!(reading.files[0].name, "vists.csv");
    assert!(codes(Ok((reading, Vec::new()))).is_empty());
}
