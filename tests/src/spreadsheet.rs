//! The workbook of a run, read back: its values are those of the CSV files, nothing in it is a
//! formula, and an identifier in it is found.

use crate::program::{done, repository, run};
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use libtest_mimic::{Failed, Trial};
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::process::Command;

/// The tests of this file.
pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, test: fn() -> Result<(), String>| {
        Trial::test(format!("spreadsheet: {name}"), move || test().map_err(Failed::from))
    };
    vec![
        trial("the values of the workbooks are those of the CSV files", values),
        trial("LibreOffice reads the same values", libreoffice),
        trial("a text that looks like a formula stays a text", formulas),
        trial("the last look reads workbooks", last_look),
    ]
}

/// The sheets that repeat a file, by their place.
const TABLES: [(usize, &str); 2] = [(1, "indicators.csv"), (2, "estimates.csv")];

fn values() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let out = folder.path().join("out");
    done(&repository(), &["run", "pipelines/site-comparison.yaml", "--out", &out.display().to_string()])?;
    for language in ["en", "th", "my"] {
        let bytes = workbook(&out, language)?;
        for (at, file) in TABLES {
            let rows = rows(&bytes, at)?;
            let compared =
                same(&csv(&out.join(file))?, &rows).map_err(|e| format!("{language}, {file}: {e}"))?;
            println!("{language}: {compared} cells are those of {file}");
        }
        performance(&csv(&out.join("indicators.csv"))?, &rows(&bytes, 0)?)
            .map_err(|e| format!("{language}: {e}"))?;
        for (name, xml) in parts(&bytes)? {
            if !name.starts_with("xl/worksheets/sheet") {
                continue;
            }
            if xml.contains("<f>") || xml.contains("<f ") {
                return Err(format!("{name} holds a formula"));
            }
            if !xml.contains("state=\"frozen\"") && !name.ends_with("sheet5.xml") {
                return Err(format!("{name} has no frozen header"));
            }
        }
    }
    Ok(())
}

/// The performance table has a row for each cell, with its value and what became of it.
fn performance(table: &[Vec<String>], rows: &[Vec<Data>]) -> Result<(), String> {
    let column = |name: &str| table[0].iter().position(|c| c == name).ok_or(format!("no column {name}"));
    let pairs = [
        (column("baseline")?, 5),
        (column("target")?, 6),
        (column("value")?, 7),
        (column("lower")?, 8),
        (column("upper")?, 9),
        (column("achievement")?, 10),
        (column("progress")?, 11),
        (column("numerator")?, 13),
        (column("n")?, 15),
    ];
    if table.len() != rows.len() {
        return Err(format!("{} rows of {}", rows.len(), table.len()));
    }
    let nothing = Data::Empty;
    for (at, (expected, found)) in table.iter().zip(rows).enumerate().skip(1) {
        for (from, to) in pairs {
            agree(&expected[from], found.get(to).unwrap_or(&nothing))
                .map_err(|e| format!("performance, row {}, column {}: {e}", at + 1, to + 1))?;
        }
        if found.get(16).is_none_or(|status| *status == Data::Empty) {
            return Err(format!("performance, row {}: nothing is said of the data", at + 1));
        }
    }
    Ok(())
}

fn libreoffice() -> Result<(), String> {
    let Some(office) = ["soffice", "libreoffice"].into_iter().find(|name| {
        Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
    }) else {
        println!("skipped: LibreOffice is not on this machine");
        return Ok(());
    };
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let out = folder.path().join("out");
    let shown = out.display().to_string();
    done(&repository(), &["run", "pipelines/site-comparison.yaml", "--out", &shown, "--language", "th"])?;
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    for (at, file) in TABLES {
        // Comma, quotes, UTF-8; numbers as they are, not as they are shown; this sheet.
        let filter =
            format!("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,{}", at + 1);
        let to = folder.path().join(file);
        let output = Command::new(office)
            .args([&profile, "--headless", "--convert-to", &filter, "--outdir"])
            .arg(&to)
            .arg(out.join("reports/indicators-th.xlsx"))
            .output()
            .map_err(|e| e.to_string())?;
        let written = std::fs::read_dir(&to)
            .map_err(|e| format!("{e}\n{}", String::from_utf8_lossy(&output.stderr)))?;
        let path = written.flatten().next().ok_or("LibreOffice wrote nothing")?.path();
        let rows: Vec<Vec<Data>> =
            csv(&path)?.into_iter().map(|row| row.into_iter().map(Data::String).collect()).collect();
        let compared = same(&csv(&out.join(file))?, &rows).map_err(|e| format!("{file}: {e}"))?;
        println!("LibreOffice: {compared} cells are those of {file}");
    }
    Ok(())
}

const PIPELINE: &str = "groundwork: 1
programme: {id: t, title: '=1+1'}
calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q1, as_of: 2021-04-15}
sites: {a: {name: '=HYPERLINK(\"http://example.org\")'}}
audience: internal
sources:
  visits:
    export: visits.csv
    columns: {who: text, site: site, on: date, sort: {type: category, values: {'=cmd|A0': [x], '+4': [y]}}}
indicators:
  seen: {kind: distinct_count, title: '@SUM(A1)', from: visits, of: who, period_by: on, disaggregate: [sort]}
";

fn formulas() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    write(folder, "pipeline.yaml", PIPELINE)?;
    write(folder, "visits.csv", "who,site,on,sort\np1,a,2021-01-10,x\np2,a,2021-01-11,y\n")?;
    done(folder, &["run", "pipeline.yaml", "--out", "out"])?;
    let bytes = workbook(&folder.join("out"), "en")?;
    let mut texts = String::new();
    for (name, xml) in parts(&bytes)? {
        if name.starts_with("xl/worksheets/sheet") && (xml.contains("<f>") || xml.contains("<f ")) {
            return Err(format!("{name} holds a formula"));
        }
        texts.push_str(&xml);
    }
    for text in ["=cmd|", "=HYPERLINK(", "@SUM(A1)", "=1+1"] {
        if !texts.contains(text) {
            return Err(format!("`{text}` is not in the workbook"));
        }
    }
    same(&csv(&folder.join("out/indicators.csv"))?, &rows(&bytes, 1)?).map(drop)
}

fn last_look() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    // Titles stand in no table: only the workbook would tell.
    write(folder, "pipeline.yaml", PIPELINE.replace("@SUM(A1)", "Call 081-234-5678"))?;
    write(folder, "visits.csv", "who,site,on,sort\np1,a,2021-01-10,x\n")?;
    let output = run(folder, &["run", "pipeline.yaml", "--out", "out"]);
    let said = String::from_utf8_lossy(&output.stderr);
    let told = said.contains("a telephone number stands in reports/indicators-en.xlsx");
    if output.status.code() == Some(4) && told {
        Ok(())
    } else {
        Err(format!("ended with {:?}\n{said}", output.status.code()))
    }
}

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> Result<(), String> {
    std::fs::write(folder.join(name), text).map_err(|e| e.to_string())
}

fn workbook(out: &Path, language: &str) -> Result<Vec<u8>, String> {
    let path = out.join(format!("reports/indicators-{language}.xlsx"));
    std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))
}

fn rows(bytes: &[u8], at: usize) -> Result<Vec<Vec<Data>>, String> {
    let mut book: Xlsx<_> =
        open_workbook_from_rs(Cursor::new(bytes)).map_err(|e: calamine::XlsxError| e.to_string())?;
    let range = book.worksheet_range_at(at).ok_or("no such sheet")?.map_err(|e| e.to_string())?;
    Ok(range.rows().map(<[Data]>::to_vec).collect())
}

/// The parts of a workbook that are texts.
fn parts(bytes: &[u8]) -> Result<Vec<(String, String)>, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let mut out = Vec::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(|e| e.to_string())?;
        let mut text = String::new();
        part.read_to_string(&mut text).map_err(|e| e.to_string())?;
        let name = part.name().map_err(|e| e.to_string())?.into_owned();
        out.push((name, text));
    }
    Ok(out)
}

fn csv(path: &Path) -> Result<Vec<Vec<String>>, String> {
    let text = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_slice());
    let records: Result<Vec<csv::StringRecord>, _> = reader.records().collect();
    let records = records.map_err(|e| e.to_string())?;
    Ok(records.iter().map(|r| r.iter().map(str::to_owned).collect()).collect())
}

/// How many cells were compared.
fn same(table: &[Vec<String>], rows: &[Vec<Data>]) -> Result<usize, String> {
    if table.len() != rows.len() || table.len() < 2 {
        return Err(format!("{} rows, expected {}", rows.len(), table.len()));
    }
    let mut compared = 0;
    let nothing = Data::Empty;
    for (at, (expected, found)) in table.iter().zip(rows).enumerate() {
        for (column, text) in expected.iter().enumerate() {
            agree(text, found.get(column).unwrap_or(&nothing))
                .map_err(|e| format!("row {}, column {}: {e}", at + 1, column + 1))?;
            compared += 1;
        }
    }
    Ok(compared)
}

/// A cell holds the text, or the very number or day that the text is.
fn agree(text: &str, cell: &Data) -> Result<(), String> {
    let is_same = match cell {
        Data::Empty => text.is_empty(),
        Data::Float(number) => text.parse() == Ok(*number),
        Data::Int(number) => text.parse() == Ok(*number),
        Data::DateTime(day) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            text == format!("{year:04}-{month:02}-{day:02}")
        }
        Data::String(other) => {
            let both = (text.parse::<f64>(), other.parse::<f64>());
            text == other || matches!(both, (Ok(a), Ok(b)) if a == b)
        }
        _ => false,
    };
    if is_same { Ok(()) } else { Err(format!("`{text}` is {cell:?}")) }
}
