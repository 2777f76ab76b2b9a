//! Files that were damaged, or made to do harm: no panic, no hang, no memory without end.
//!
//! `.ci/fuzz 600` goes on for ten minutes with each reader, or with those that it is told, in an
//! address space of one gibibyte; nothing here links DuckDB.

use crate::support::{codes, folder, read_one, source};
use crate::survey;
use crate::tables::{arrow_file, arrow_stream, feather, parquet_file, people};
use arrow::ipc::CompressionType;
use groundwork_plan::source::{ColumnType, Reader};
use groundwork_sources::{SourceFile, recognise};
use parquet::basic::Compression;
use std::io::{Cursor, Read as _, Write as _};
use std::time::{Duration, Instant};

/// Rounds for each reader where no time is asked for.
const ROUNDS: u32 = 40;
/// One file, at most.
const LONGEST: Duration = Duration::from_secs(20);

type Files = Vec<(String, Vec<u8>)>;

fn seeds(reader: Reader) -> Files {
    let text = |name: &str, text: &str| vec![(name.to_owned(), text.as_bytes().to_vec())];
    match reader {
        Reader::Kobo => survey::kobo(),
        Reader::Ona => survey::ona(),
        Reader::OdkCentral => survey::odk_central(),
        Reader::CommCare | Reader::Primero | Reader::Xlsx => survey::commcare(),
        Reader::Dhis2 => [
            text("a.csv", "\"de\",   \"pe\",  \"ou\", \"value\"\n\"a\",  \"2021Q1\", \"b\", \"0\"\n"),
            text("b.json", r#"{"events":[{"event":"e","dataValues":[{"dataElement":"d","value":"1"}]}]}"#),
            text("c.json", r#"{"headers":[{"name":"dx","column":"Data"}],"rows":[["a"],[1]],"metaData":{}}"#),
        ]
        .concat(),
        Reader::Facebook => text(
            "a.csv",
            "sep=,\n\"Facebook follows\"\n\"Date\",\"Primary\"\n\"2025-08-01T00:00:00\",\"5\"\n\nAge\nA,B\n1,2\n",
        ),
        Reader::Line => text("a.csv", "\u{feff}date,contacts,targetReaches,blocks\n20210101,5,4,1\n"),
        Reader::GoogleForms => text("a.csv", "ประทับเวลา,\"What,\n now?\"\n1/1/2564 10:00:00,\"a, b\"\n"),
        Reader::Hxl => text("a.csv", "A,B\n#adm1,#affected+f\nNan,๕ คน\n"),
        Reader::Csv => text("a.csv", "a;b\n15 มิ.ย. 65;\"x\n\"\"y\"\nမ်ားကို;081-234-5678\n"),
        Reader::Json => text("a.json", "{\"a\":[{\"b\":1,\"c\":{\"d\":[1,2]}}]}\n"),
        Reader::Ods => vec![("a.ods".into(), zipped("content.xml", ODS.as_bytes()))],
        Reader::Arrow => vec![
            ("a.arrow".into(), arrow_file(&people(None))),
            ("a.arrows".into(), arrow_stream(&people(None))),
            ("a.feather".into(), feather(&people(None), CompressionType::LZ4_FRAME)),
            ("b.feather".into(), feather(&people(None), CompressionType::ZSTD)),
        ],
        Reader::Parquet => {
            [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(Default::default())]
                .map(|compression| ("a.parquet".into(), parquet_file(&people(None), compression)))
                .to_vec()
        }
    }
}

const ODS: &str = "<o:d xmlns:table='t'><table:table table:name='S'><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated='3'><table:table-cell office:value-type='float' office:value='1'/></table:table-row></table:table></o:d>";

fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

/// Numbers that are always the same (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap_or(0)
    }

    /// A file with a few bytes changed, doubled, left out or put in.
    fn damaged(&mut self, bytes: &[u8]) -> Vec<u8> {
        const PIECES: [&[u8]; 14] = [
            b"\"",
            b",",
            b"\n",
            b"\xff",
            b"[",
            b"{",
            b"<",
            b"&a;",
            b"0",
            b"9999999999999",
            b"\0",
            b"=1+1",
            "๒๕๖๕".as_bytes(),
            "ေ".as_bytes(),
        ];
        let mut out = bytes.to_vec();
        for _ in 0..=self.below(8) {
            let at = self.below(out.len() + 1);
            let end = (at + self.below(40)).min(out.len());
            match self.below(5) {
                0 if at < out.len() => out[at] ^= 1 << self.below(8),
                1 => drop(out.drain(at..end)),
                2 => {
                    let piece = out[at..end].to_vec();
                    out.splice(at..at, piece);
                }
                3 => out.truncate(at),
                _ => {
                    let piece = PIECES[self.below(PIECES.len())];
                    out.splice(at..at, piece.iter().copied());
                }
            }
        }
        out
    }

    /// An archive with one of its files damaged, packed again.
    fn damaged_inside(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
        let damaged = self.below(archive.len());
        let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for place in 0..archive.len() {
            let mut file = archive.by_index(place).ok()?;
            let name = file.name().ok()?.to_string();
            let mut content = Vec::new();
            file.read_to_end(&mut content).ok()?;
            if place == damaged {
                content = self.damaged(&content);
            }
            out.start_file(name, zip::write::SimpleFileOptions::default()).ok()?;
            out.write_all(&content).ok()?;
        }
        Some(out.finish().ok()?.into_inner())
    }
}

/// Reads a file in every way that there is; the longest time it took.
fn read_all(reader: Reader, name: &str, bytes: &[u8]) -> Duration {
    let kinds = [
        ColumnType::Date,
        ColumnType::Number,
        ColumnType::Text,
        ColumnType::Boolean,
        ColumnType::Site,
        ColumnType::Integer,
    ];
    let folder = folder(&[(name, bytes)]);
    let start = Instant::now();
    let file = SourceFile { path: folder.path().join(name), name: name.to_owned() };
    let _ = recognise(&file, None);
    for table in recognise(&file, Some(reader)).unwrap_or_default() {
        let columns: Vec<(&str, ColumnType)> = table
            .headers
            .iter()
            .take(12)
            .zip(kinds.iter().cycle())
            .map(|(header, kind)| (header.as_str(), kind.clone()))
            .collect();
        let mut source = source(reader, name, &columns);
        crate::support::export(&mut source).sheet = table.sheet;
        let found = codes(read_one(folder.path(), &source));
        assert!(!found.contains(&"source.engine"), "{} {name}: a panic inside", reader.word());
    }
    start.elapsed()
}

/// Whether some table of a file is read; damage to a file that is refused at once shows nothing.
fn is_read(reader: Reader, name: &str, bytes: &[u8]) -> bool {
    let folder = folder(&[(name, bytes)]);
    let file = SourceFile { path: folder.path().join(name), name: name.to_owned() };
    recognise(&file, Some(reader)).unwrap_or_default().into_iter().any(|table| {
        let mut source = source(reader, name, &[(table.headers[0].as_str(), ColumnType::Text)]);
        crate::support::export(&mut source).sheet = table.sheet;
        read_one(folder.path(), &source).is_ok_and(|(reading, _)| reading.rows > 0)
    })
}

#[test]
fn fuzz_every_reader() {
    let seconds = std::env::var("GROUNDWORK_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    // What a library panics about is an error of the file; any other panic is shown.
    let shown = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !groundwork_sources::is_guarded() {
            shown(info);
        }
    }));
    let asked = std::env::var("GROUNDWORK_FUZZ_READERS").unwrap_or_default();
    let is_asked = |word: &str| asked.is_empty() || asked.split(' ').any(|name| name == word);
    let begin = std::env::var("GROUNDWORK_FUZZ_BEGIN").ok().and_then(|text| text.parse::<u64>().ok());
    for reader in Reader::ALL.into_iter().filter(|reader| is_asked(reader.word())) {
        let mut chance = Chance(begin.unwrap_or(0).wrapping_mul(2) ^ 0x2545_F491_4F6C_DD1D);
        let (start, mut rounds, mut longest) = (Instant::now(), 0, Duration::ZERO);
        let goes_on = |rounds: u32| match seconds {
            Some(seconds) => start.elapsed() < Duration::from_secs(seconds),
            None => rounds < ROUNDS,
        };
        let seeds = seeds(reader);
        for (name, bytes) in &seeds {
            assert!(is_read(reader, name, bytes), "{} does not read {name} undamaged", reader.word());
        }
        while goes_on(rounds) {
            for (name, bytes) in &seeds {
                let inside = if rounds % 2 == 0 { chance.damaged_inside(bytes) } else { None };
                let damaged = inside.unwrap_or_else(|| chance.damaged(bytes));
                let took = read_all(reader, name, &damaged);
                assert!(took < LONGEST, "{} {name}: {took:?}", reader.word());
                longest = longest.max(took);
            }
            rounds += 1;
        }
        println!("{}: {rounds} rounds, the longest file took {longest:?}", reader.word());
    }
}

#[test]
fn archives_that_fill_the_memory_are_refused() {
    let zeros = vec![b'0'; 300 << 20];
    let folder = folder(&[
        ("a.csv.zip", &zipped("a.csv", &zeros)),
        ("b.ods", &zipped("content.xml", &zeros)),
        ("c.xlsx", &zipped("xl/sharedStrings.xml", &zeros)),
    ]);
    for (reader, name) in
        [(Reader::OdkCentral, "a.csv.zip"), (Reader::Ods, "b.ods"), (Reader::Xlsx, "c.xlsx")]
    {
        assert_eq!(
            codes(read_one(folder.path(), &source(reader, name, &[("a", ColumnType::Text)]))),
            ["source.too-large"],
            "{name}"
        );
    }
}

#[test]
fn entities_are_not_expanded_and_dimensions_not_believed() {
    let laughs = "<!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>";
    let ods = format!("{laughs}{}", ODS.replace(">a<", ">a &c;<"));
    let folder = folder(&[("a.ods", &zipped("content.xml", ods.as_bytes()))]);
    let (reading, _) =
        read_one(folder.path(), &source(Reader::Ods, "a.ods", &[("a", ColumnType::Integer)])).unwrap();
    assert_eq!(reading.rows, 3);
    // A worksheet of two cells that claims to have seventeen billion.
    let (_, bytes) = survey::commcare().swap_remove(0);
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let name = file.name().unwrap().to_string();
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        let content = content.replace("<dimension ref=\"A1", "<dimension ref=\"A1:XFD1048576\" x=\"");
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(content.as_bytes()).unwrap();
    }
    let bytes = out.finish().unwrap().into_inner();
    assert!(read_all(Reader::CommCare, "a.xlsx", &bytes) < LONGEST);
}
