//! Reading exports and the truth, without the generator's own code.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use groundwork_samples::{Programme, write};
use jiff::civil::Date;
use serde_json::Value;

/// A row as column name and text; blanks are empty.
pub(crate) type Row = HashMap<String, String>;

pub(crate) fn generate(seed: u64, scale: u32) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(&Programme::draw(seed, scale), dir.path()).unwrap();
    dir
}

pub(crate) fn sheet(path: &Path, name: &str) -> (Vec<String>, Vec<Row>) {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range(name).unwrap();
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Float(number) => number.to_string(),
        other => panic!("unexpected cell {other:?}"),
    };
    let mut lines = range.rows();
    let header: Vec<String> = lines.next().unwrap().iter().map(text).collect();
    let rows = lines.map(|line| header.iter().cloned().zip(line.iter().map(text)).collect()).collect();
    (header, rows)
}

pub(crate) fn table(path: &Path, delimiter: u8) -> (Vec<String>, Vec<Row>) {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_path(path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader
        .records()
        .map(|line| {
            let line = line.unwrap();
            let cells = line.iter().map(str::to_owned);
            header.iter().cloned().zip(cells).collect()
        })
        .collect();
    (header, rows)
}

pub(crate) fn western(text: &str) -> String {
    text.chars()
        .map(|c| match c as u32 {
            n @ 0x0E50..=0x0E59 => char::from_digit(n - 0x0E50, 10).unwrap(),
            _ => c,
        })
        .collect()
}

/// The date, or `None` when no such day exists.
pub(crate) fn date(text: &str) -> Option<Date> {
    let text = western(text);
    let (year, month, day) = match text.split('/').collect::<Vec<_>>()[..] {
        [day, month, year] => (year, month, day),
        _ => match text.split('-').collect::<Vec<_>>()[..] {
            [year, month, day] => (year, month, day),
            _ => panic!("not a date: {text:?}"),
        },
    };
    let year: i16 = year.parse().unwrap();
    let year = if year > 2400 { year - 543 } else { year };
    Date::new(year, month.parse().unwrap(), day.parse().unwrap()).ok()
}

pub(crate) fn some_date(text: &str) -> Option<Date> {
    (!text.is_empty()).then(|| date(text).unwrap())
}

pub(crate) fn site(text: &str) -> &'static str {
    match text {
        "Chiang Rai" | "Chiangrai" | "เชียงราย" => "chiang_rai",
        "Nan" | "nan" | "น่าน" | "จ.น่าน" => "nan",
        other => panic!("not a site: {other:?}"),
    }
}

pub(crate) fn sex(text: &str) -> Option<&'static str> {
    match text {
        "female" | "F" | "หญิง" => Some("female"),
        "male" | "M" | "ชาย" => Some("male"),
        "" => None,
        other => panic!("not a sex: {other:?}"),
    }
}

pub(crate) fn quarter(day: Date) -> String {
    format!("{}-Q{}", day.year(), (day.month() + 2) / 3)
}

pub(crate) fn quarter_end(period: &str) -> Date {
    let (year, number) = period.split_once("-Q").unwrap();
    let month = number.parse::<i8>().unwrap() * 3;
    let first = Date::new(year.parse().unwrap(), month, 1).unwrap();
    first.last_of_month()
}

/// Whether a row of `place` (empty: both) covers a site.
pub(crate) fn covers(place: &str, site: &str) -> bool {
    place.is_empty() || place == site
}

pub(crate) struct Truth(pub(crate) Value);

impl Truth {
    pub(crate) fn read(dir: &Path) -> Truth {
        Truth(serde_json::from_str(&fs::read_to_string(dir.join("truth.json")).unwrap()).unwrap())
    }

    pub(crate) fn rows(&self, name: &str) -> &[Value] {
        self.0["counts"][name].as_array().unwrap()
    }
}

pub(crate) fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap()
}

pub(crate) fn number(row: &Value, field: &str) -> usize {
    row[field].as_u64().unwrap() as usize
}
