//! Identifiers of people that are planted in exports, in every place and spelling, and then looked
//! for in all that the program writes and says, unpacked.

use crate::program::{groundwork, run};
use crate::workbook;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::Path;

/// What is planted: as it stands in the exports, and its digits or letters alone. None of the
/// numbers can belong to anybody: the offices 0000 and 9999 have given out none.
const PLANTED: [(&str, &str); 16] = [
    ("1000099999003", "1000099999003"),
    ("๒๐๐๐๐๙๙๙๙๙๐๐๑", "2000099999001"),
    ("3-0000-99999-00-0", "3000099999000"),
    ("เลข6000099999004ครับ", "6000099999004"),
    ("၁၀၀၀၀၉၉၉၉၉၀၀၃", "1000099999003"),
    ("1 0000 99999 00 3", "1000099999003"),
    // The zeros in front are lost.
    ("89001001", "0000089001001"),
    ("99990000115", "0099990000115"),
    ("081-234-5678", "0812345678"),
    ("๐๘๑ ๒๓๔ ๕๖๗๙", "0812345679"),
    ("+66 81 234 5677", "66812345677"),
    ("AA1234567", "AA1234567"),
    ("12/OUKAMA(N)123456", "OUKAMA(N)123456"),
    ("somebody.hidden@example.org", "somebody.hidden"),
    ("https://facebook.com/somebody.hidden", "somebody.hidden"),
    ("19.912345, 99.834567", "19.912345"),
];

/// Kinds of parts that are unpacked, and what stands in one of each.
const UNPACKED: [(&str, &str); 4] = [
    (".pdf, stream", "indicator,site,period"),
    (".xlsx, part", "<worksheet"),
    (".parquet, rows", "by_sort"),
    (".parquet, rows", "v-49999"),
];

/// Names of people stand in texts that no pipeline asks for.
const NAME: &str = "Nangsaosecret";

const PIPELINE: &str = r"groundwork: 1
programme: {id: inside, title: Nothing gets out}
calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q4, as_of: 2021-12-31}
sites: {nan: {name: Nan, code: TH-55}, chiang_rai: {name: Chiang Rai, code: TH-57}}
audience: internal
sources:
  visits:
    export: visits.csv
    columns:
      who: text
      place: {from: site, type: site}
      held: date
      sort: {type: category, values: {a: [], b: []}}
      amount: integer
      price: number
      weight: measurement
      done: boolean
    checks:
      - unique: [who]
      - {holds: amount < 100, on_failure: report}
  sheet:
    export: visits.xlsx
    columns: {who: text, held: date, amount: number}
    checks: [{required: [held]}]
indicators:
  people: {kind: distinct_count, title: People, from: visits, of: who, period_by: held}
  amounts: {kind: sum, title: Amounts, from: visits, of: amount, period_by: held}
  largest: {kind: quantile, title: Largest, from: visits, of: price, at: 0.9, period_by: held}
  by_sort: {kind: count, title: By sort, from: visits, period_by: held, disaggregate: [sort]}
  of_sheet: {kind: sum, title: Of the sheet, from: sheet, of: amount, period_by: held}
reports:
  quarterly: {template: quarterly-funder, languages: [en, th]}
";

/// Plants, runs every command, and looks.
pub(super) fn nothing_gets_out() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let folder = folder.path();
    let scratch = folder.join("scratch");
    std::fs::create_dir(&scratch).map_err(|e| e.to_string())?;
    let mut visits = csv::Writer::from_writer(Vec::new());
    let header = ["who", "site", "held", "sort", "amount", "price", "weight", "done", "note", "remark"];
    visits.write_record(header).map_err(|e| e.to_string())?;
    let mut sheet = String::from("who,held,amount,note\n");
    for (n, (spelling, _)) in PLANTED.iter().enumerate() {
        // In every column once, beside ordinary values, and in a text that is not read.
        let mut row = ["x", "Nan", "2021-02-03", "a", "5", "1.5", "2", "yes", "", ""].map(str::to_owned);
        visits.write_record(&row).map_err(|e| e.to_string())?;
        row[8] = format!("{NAME} {spelling}");
        for column in 0..8 {
            let mut row = row.clone();
            row[0] = format!("{n}-{column}");
            row[column] = (*spelling).to_owned();
            visits.write_record(&row).map_err(|e| e.to_string())?;
        }
        sheet.push_str(&format!("\"{spelling}\",2021-02-03,\"{spelling}\",{NAME}\n"));
    }
    // So many ordinary rows beside them that what is read of them is kept for the next run.
    for n in 0..50_000 {
        let note = "nothing of note, at some length, so that the file is large enough to be worth it";
        visits
            .write_record([&format!("v-{n}"), "Nan", "2021-02-03", "a", "5", "1.5", "2", "yes", note, ""])
            .map_err(|e| e.to_string())?;
    }
    let visits = visits.into_inner().map_err(|e| e.to_string())?;
    let write =
        |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).map_err(|e| e.to_string());
    write("visits.csv", &visits)?;
    workbook::write(&folder.join("visits.xlsx"), &[("visits", sheet.as_str())])?;
    write("pipeline.yaml", PIPELINE.as_bytes())?;
    let before = seen(folder)?;
    let mut said = Vec::new();
    let commands: [&[&str]; 10] = [
        &["check", "pipeline.yaml"],
        &["check", "pipeline.yaml", "--format", "json"],
        &["run", "pipeline.yaml", "--out", "out"],
        &["run", "pipeline.yaml", "--out", "out"],
        &["explain", "pipeline.yaml", "people"],
        &["explain", "pipeline.yaml", "by_sort", "--format", "json"],
        &["dictionary", "pipeline.yaml", "--out", "dictionary.xlsx"],
        &["init", "draft", "--from", "visits.csv", "visits.xlsx"],
        &["check", "draft/pipeline.yaml"],
        &["run", "draft/pipeline.yaml", "--out", "draft/out"],
    ];
    for command in commands {
        let output =
            groundwork(folder, command).env("TMPDIR", &scratch).output().map_err(|e| e.to_string())?;
        if output.status.code() != Some(0) {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("{command:?} ended with {:?}\n{said}", output.status.code()));
        }
        said.extend(output.stdout);
        said.extend(output.stderr);
    }
    // What goes wrong is told without a value too.
    write("wrong.yaml", PIPELINE.replace("of: amount", "of: amuont").as_bytes())?;
    write("stop.yaml", PIPELINE.replace("on_failure: report", "on_failure: stop").as_bytes())?;
    for pipeline in ["wrong.yaml", "stop.yaml"] {
        let output = run(folder, &["run", pipeline, "--out", "out2"]);
        if output.status.success() {
            return Err(format!("{pipeline} runs"));
        }
        said.extend(output.stdout);
        said.extend(output.stderr);
    }
    let mut after = seen(folder)?;
    after.retain(|name, bytes| before.get(name) != Some(bytes));
    after.insert("what was said".into(), said);
    let mut inside = Vec::new();
    for (name, bytes) in &after {
        for (part, bytes) in unpacked(name, bytes)? {
            looked_through(&part, &bytes)?;
            inside.push((part, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    // The search itself finds what is there.
    for (name, bytes) in
        [("visits.csv", before.get("visits.csv")), ("visits.xlsx", before.get("visits.xlsx"))]
    {
        let found = unpacked(name, bytes.ok_or("no export")?)?;
        if found.iter().all(|(part, bytes)| looked_through(part, bytes).is_ok()) {
            return Err(format!("nothing is found in {name}, where everything was planted"));
        }
    }
    // Data that is attached to a report, cells of a workbook and rows of a table were really unpacked.
    for (kind, sign) in UNPACKED {
        if !inside.iter().any(|(part, text)| part.contains(kind) && text.contains(sign)) {
            return Err(format!("no part `{kind}` holds `{sign}`: it was not unpacked"));
        }
    }
    println!(
        "{} files, {} parts after unpacking, hold none of {} identifiers",
        after.len(),
        inside.len(),
        PLANTED.len()
    );
    Ok(())
}

/// All files below a folder, those of the scratch folder too.
pub(super) fn seen(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut out = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).map_err(|e| e.to_string())?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name =
                    path.strip_prefix(folder).map_err(|e| e.to_string())?.to_string_lossy().into_owned();
                out.insert(name, std::fs::read(&path).map_err(|e| e.to_string())?);
            }
        }
    }
    Ok(out)
}

/// A file and everything that is packed in it: streams of PDF, parts of archives and what they
/// hold, rows of Parquet.
pub(crate) fn unpacked(name: &str, bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut out = vec![(name.to_owned(), bytes.to_vec())];
    if bytes.starts_with(b"%PDF") {
        let mut rest = bytes;
        let mut streams = 0;
        while let Some(at) = find(rest, b"stream") {
            rest = &rest[at + 6..];
            let body = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
            let mut stream = Vec::new();
            if flate2::read::ZlibDecoder::new(body).read_to_end(&mut stream).is_ok() || !stream.is_empty() {
                streams += 1;
                out.push((format!("{name}, stream {streams}"), stream));
            }
        }
        if streams == 0 {
            return Err(format!("{name} has no streams"));
        }
        out.extend(text_of(name, bytes));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| format!("{name}: {e}"))?;
        for place in 0..archive.len() {
            let mut part = archive.by_index(place).map_err(|e| format!("{name}: {e}"))?;
            let mut content = Vec::new();
            part.read_to_end(&mut content).map_err(|e| format!("{name}: {e}"))?;
            out.push((format!("{name}, part {place}"), content));
        }
    }
    if bytes.starts_with(b"PAR1") {
        use parquet::file::reader::{FileReader as _, SerializedFileReader};
        let reader =
            SerializedFileReader::new(bytes::Bytes::from(bytes.to_vec())).map_err(|e| e.to_string())?;
        let rows = reader.get_row_iter(None).map_err(|e| e.to_string())?;
        let text: String = rows.filter_map(Result::ok).map(|row| format!("{row}\n")).collect();
        out.push((format!("{name}, rows"), text.into_bytes()));
    }
    Ok(out)
}

/// What a reader sees in a PDF, where a program for that is on the machine.
fn text_of(name: &str, bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    let file = tempfile::NamedTempFile::new().ok()?;
    std::fs::write(file.path(), bytes).ok()?;
    let output = std::process::Command::new("pdftotext").arg(file.path()).arg("-").output().ok()?;
    Some((format!("{name}, text"), output.stdout))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Looks for the planted in a text as it stands, and with digits of every script in one script and
/// without what may stand between them.
fn looked_through(name: &str, bytes: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    let close: String = text
        .chars()
        .map(|c| match c {
            '๐'..='๙' => char::from_digit(c as u32 - '๐' as u32, 10).unwrap_or(c),
            '၀'..='၉' => char::from_digit(c as u32 - '၀' as u32, 10).unwrap_or(c),
            other => other,
        })
        .filter(|c| !matches!(c, ' ' | '-' | '\u{a0}' | '\u{200b}'))
        .collect();
    for (spelling, core) in PLANTED {
        // Eight digits alone stand in many numbers; with a letter or a further digit they do not.
        let short = core.trim_start_matches('0');
        if text.contains(spelling) && spelling.len() > 8
            || close.contains(core)
            || (short.len() > 8 && close.contains(short))
        {
            return Err(format!("{name} holds {core}"));
        }
    }
    if text.contains(NAME) {
        return Err(format!("{name} holds a name"));
    }
    Ok(())
}
