//! Delimited text: encodings, line ends, ragged rows, and files that are not whole.

use crate::support::{codes, export, folder, issues, read_one, read_with, source, texts};
use groundwork_plan::diag::{Diagnostic, Fault};
use groundwork_plan::location::Location;
use groundwork_plan::source::{ColumnType, Reader, Source};
use groundwork_sources::{Context, SourceFile, read, recognise};

fn two_texts(pattern: &str) -> Source {
    source(Reader::Csv, pattern, &[("a", ColumnType::Text), ("b", ColumnType::Text)])
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let text = if mark { format!("\u{feff}{text}") } else { text.to_owned() };
    text.encode_utf16()
        .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
        .collect()
}

#[test]
fn encodings_line_ends_and_separators() {
    let plain = "a,b\nน่าน,1\nx,2\n";
    let cases: Vec<(Vec<u8>, &str, [&str; 2])> = vec![
        (plain.into(), "UTF-8", ["2", "3"]),
        (format!("\u{feff}{plain}").into(), "UTF-8", ["2", "3"]),
        (plain.replace('\n', "\r").into(), "UTF-8", ["2", "3"]),
        (plain.replace('\n', "\r\n").into(), "UTF-8", ["2", "3"]),
        (plain.replace('\n', "\n\n").into(), "UTF-8", ["3", "5"]),
        (utf16(&format!("sep=,\r\n{plain}"), true, true), "UTF-16LE", ["3", "4"]),
        (utf16(&plain.replace(',', "\t"), false, true), "UTF-16BE", ["2", "3"]),
        (utf16(plain, true, false), "UTF-16LE", ["2", "3"]),
        (format!("sep=;\n{}", plain.replace(',', ";")).into(), "UTF-8", ["3", "4"]),
    ];
    for (bytes, encoding, rows) in cases {
        let folder = folder(&[("a.csv", &bytes)]);
        let (reading, batches) = read_one(folder.path(), &two_texts("a.csv")).unwrap();
        assert_eq!(texts(&batches, "a"), ["น่าน", "x"], "{bytes:?}");
        assert_eq!(texts(&batches, "_row"), rows, "{bytes:?}");
        assert_eq!(reading.files[0].encoding.as_deref(), Some(encoding));
    }
}

#[test]
fn a_declared_encoding_and_bytes_that_are_not_of_it() {
    let thai = folder(&[("a.csv", b"a,b\nx,1\n\xB9\xE8\xD2\xB9,2\n")]);
    let mut source = two_texts("a.csv");
    export(&mut source).encoding = Some("utf-8".into());
    let problems = read_one(thai.path(), &source).unwrap_err();
    assert_eq!((problems[0].code, problems[0].fault), ("source.undecodable", Fault::Data));
    assert!(matches!(&problems[0].location, Location::Export(place) if place.row == Some(3)));
    assert!(problems[0].hints[0].contains("encoding: windows-874"));

    export(&mut source).encoding = Some("windows-874".into());
    let (reading, batches) = read_one(thai.path(), &source).unwrap();
    assert_eq!(texts(&batches, "a"), ["x", "น่าน"]);
    assert_eq!(reading.files[0].encoding.as_deref(), Some("windows-874"));

    export(&mut source).encoding = Some("windows-875".into());
    let problems = read_one(thai.path(), &source).unwrap_err();
    assert_eq!(problems[0].code, "source.unknown-encoding");
    assert!(problems[0].hints[0].contains("windows-874"));
}

#[test]
fn files_without_rows_are_not_zero() {
    for bytes in [&b""[..], b"\n\r\n", b"a,b\n", b"\xEF\xBB\xBFa,b\r\n,\r\n"] {
        let folder = folder(&[("a.csv", bytes)]);
        let problems = read_one(folder.path(), &two_texts("a.csv")).unwrap_err();
        assert_eq!((problems[0].code, problems[0].fault), ("source.empty-file", Fault::Data));
        assert_eq!(problems.len(), 1);
        assert!(!problems[0].hints.is_empty());
    }
}

#[test]
fn ragged_rows_are_kept_and_told() {
    let folder = folder(&[("a.csv", b"a,b\n1\n1,2\n1,2,3\n")]);
    let (reading, batches) = read_one(folder.path(), &two_texts("a.csv")).unwrap();
    assert_eq!(texts(&batches, "b"), ["~", "2", "2"]);
    assert_eq!(issues(&reading), ["a.csv 2 row.ragged", "a.csv 4 row.ragged"]);
}

#[test]
fn files_that_are_not_what_they_seem() {
    for (bytes, code) in [
        (&b"a,b\n1,\"2\n3,4\n"[..], "source.unclosed-quote"),
        (b"PK\x03\x04\x00\x00", "source.not-delimited-text"),
        (b"a,b\n1,\xFF\n", "source.undecodable"),
    ] {
        let folder = folder(&[("a.csv", bytes)]);
        assert_eq!(codes(read_one(folder.path(), &two_texts("a.csv"))), [code]);
    }
}

#[test]
fn files_come_in_order_whatever_the_threads() {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for number in 0..7 {
        let rows = if number == 0 { 150_000 } else { number * 10 };
        let lines = (0..rows).map(|row| format!("{number}-{row},{row}\n"));
        let text: String = std::iter::once("a,b\n".to_owned()).chain(lines).collect();
        files.push((format!("part-{number}.csv"), text.into_bytes()));
    }
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = folder(&files);
    let sources = [two_texts("part-*.csv")];
    let (one, batches) = read_with(folder.path(), &sources, "visits", 1).unwrap();
    let (four, others) = read_with(folder.path(), &sources, "visits", 4).unwrap();
    assert_eq!(one, four);
    assert_eq!(batches, others);
    assert!(batches.iter().all(|batch| batch.num_rows() <= 131_072));
    assert_eq!(batches.len(), 3 + 6);
    let names: Vec<&str> = one.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names[..2], ["part-0.csv", "part-1.csv"]);
    assert_eq!(one.rows, 150_000 + 210);
    assert_eq!(texts(&batches[3..4], "a")[9], "1-9");
    assert_eq!(texts(&batches[8..], "_file")[0], "6");
    assert_eq!(texts(&batches[2..3], "_row").last().unwrap(), "150001");
}

#[test]
fn a_sink_that_refuses_ends_the_reading() {
    let text = format!("a,b\n{}", "x,y\n".repeat(700_000));
    let folder = folder(&[("a.csv", text.as_bytes()), ("b.csv", text.as_bytes())]);
    let source = two_texts("*.csv");
    let context = Context { base: folder.path(), sites: &[], sources: &[], threads: 2 };
    let mut calls = 0;
    let refused = read(&source, &context, &mut |_| {
        calls += 1;
        Err(Diagnostic::machine("test.refused", "no room"))
    });
    assert_eq!(refused.unwrap_err()[0].code, "test.refused");
    assert_eq!(calls, 1);
}

#[test]
fn headers_of_a_text() {
    let folder = folder(&[("a.csv", b"a;\"b\n c\";\n1;2;3\n")]);
    let file = SourceFile { path: folder.path().join("a.csv"), name: "a.csv".into() };
    let found = recognise(&file, None).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].headers, ["a", "b c", ""]);
    let mut source = source(Reader::Csv, "a.csv", &[("a", ColumnType::Text)]);
    export(&mut source).encoding = Some("nonsense".into());
    assert_eq!(codes(read_one(folder.path(), &source)), ["source.unknown-encoding"]);
}

#[test]
fn no_bytes_make_it_panic() {
    let seeds: [&[u8]; 4] = [
        b"a,b\n1,\"2\"\n",
        b"sep=;\na;b\n\"\"\"\";\r\r\n",
        b"\xFF\xFEa\0,\0b\0\n\0",
        b"PK\x03\x04xl/workbook.xml",
    ];
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for round in 0..400 {
        let mut bytes = seeds[round % seeds.len()].to_vec();
        for _ in 0..(next() % 12) {
            let place = (next() as usize) % (bytes.len() + 1);
            match next() % 3 {
                0 => bytes.insert(place, (next() % 256) as u8),
                1 => bytes.insert(place, b"\",;\r\n\0="[(next() % 7) as usize]),
                _ => bytes.truncate(place.max(1)),
            }
        }
        let folder = folder(&[("a.csv", &bytes), ("a.xlsx", &bytes)]);
        for (reader, name) in [(Reader::Csv, "a.csv"), (Reader::Xlsx, "a.xlsx"), (Reader::Kobo, "a.csv")] {
            let columns = [("a", ColumnType::Date), ("b", ColumnType::Number)];
            let told = codes(read_one(folder.path(), &source(reader, name, &columns)));
            assert!(!told.contains(&"source.engine"), "{bytes:?}");
        }
    }
}
