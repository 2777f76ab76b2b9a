//! Sources, folders and what is read from them, in few words.

use arrow::array::{Array, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::location::Span;
use groundwork_plan::site::Site;
use groundwork_plan::source::{
    Category, Column, ColumnType, DateOrder, DateRole, Era, Export, Origin, Reader, Source,
};
use groundwork_plan::text::Localised;
use groundwork_sources::{Context, Reading, read};
use std::path::Path;
use tempfile::TempDir;

/// A folder with files.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// A source whose columns are called as their headers are.
pub(crate) fn source(reader: Reader, pattern: &str, columns: &[(&str, ColumnType)]) -> Source {
    Source {
        id: "visits".into(),
        origin: Origin::Export(Export::of(pattern, reader, Span { start: 1, end: 2 })),
        columns: columns.iter().map(|(name, kind)| column(name, kind.clone())).collect(),
        record: None,
        newest_by: None,
        received: None,
        keep: None,
        checks: Vec::new(),
        lookups: Vec::new(),
        derived: Vec::new(),
        people: Vec::new(),
        private: Vec::new(),
        span: Span::default(),
    }
}

pub(crate) fn column(name: &str, kind: ColumnType) -> Column {
    Column {
        name: name.into(),
        from: name.into(),
        kind,
        era: Era::Auto,
        order: DateOrder::DayFirst,
        role: DateRole::Any,
        zero: Vec::new(),
        missing: Vec::new(),
        reasons: Vec::new(),
        asked: None,
        tells: false,
        span: Span { start: 7, end: 9 },
    }
}

/// The export of a source, to be changed.
pub(crate) fn export(source: &mut Source) -> &mut Export {
    match &mut source.origin {
        Origin::Export(export) => export,
        Origin::Summary(_) | Origin::Spells(_) => panic!("not an export"),
    }
}

/// A source that is a repeat of another.
pub(crate) fn repeat(id: &str, of: &str, mut source: Source) -> Source {
    source.id = id.into();
    export(&mut source).repeat_of = Some(of.into());
    source
}

pub(crate) fn category(id: &str, spellings: &[&str]) -> Category {
    Category { id: id.into(), spellings: spellings.iter().map(|s| (*s).into()).collect() }
}

/// Two provinces with the spellings that field data has.
pub(crate) fn sites() -> Vec<Site> {
    let site = |id: &str, en: &str, th: &str, code: &str, spellings: &[&str]| Site {
        id: id.into(),
        name: Localised { en: en.into(), th: Some(th.into()), my: None },
        code: Some(code.into()),
        role: None,
        since: None,
        spellings: spellings.iter().map(|s| (*s).into()).collect(),
    };
    vec![
        site("nan", "Nan", "น่าน", "TH-55", &["55", "นน", "จ.น่าน"]),
        site("chiang_rai", "Chiang Rai", "เชียงราย", "TH-57", &["57", "ชร"]),
    ]
}

/// What reading gave: the reading itself and every batch.
pub(crate) type Outcome = Result<(Reading, Vec<RecordBatch>), Vec<Diagnostic>>;

/// Reads a source of a folder with a number of threads.
pub(crate) fn read_with(base: &Path, sources: &[Source], id: &str, threads: usize) -> Outcome {
    let sites = sites();
    let context = Context { base, sites: &sites, sources, threads };
    let source = sources.iter().find(|source| source.id == id).unwrap();
    let mut batches = Vec::new();
    let reading = read(source, &context, &mut |batch| {
        batches.push(batch);
        Ok(())
    })?;
    Ok((reading, batches))
}

/// Reads a source that stands alone.
pub(crate) fn read_one(base: &Path, source: &Source) -> Outcome {
    read_with(base, std::slice::from_ref(source), &source.id, 2)
}

/// The codes of the problems that reading meets.
pub(crate) fn codes(outcome: Outcome) -> Vec<&'static str> {
    outcome.err().unwrap_or_default().iter().map(|diagnostic| diagnostic.code).collect()
}

/// One column of all batches as text; `~` where a value is missing.
pub(crate) fn texts(batches: &[RecordBatch], name: &str) -> Vec<String> {
    let options = FormatOptions::new();
    let mut texts = Vec::new();
    for batch in batches {
        let array = batch.column_by_name(name).unwrap();
        let formatter = ArrayFormatter::try_new(array, &options).unwrap();
        for row in 0..array.len() {
            let is_null = array.is_null(row);
            texts.push(if is_null { "~".into() } else { formatter.value(row).to_string() });
        }
    }
    texts
}

/// The issues as `file row column check`, without the parts that are not there.
pub(crate) fn issues(reading: &Reading) -> Vec<String> {
    let line = |issue: &groundwork_plan::issue::Issue| {
        let place = &issue.place;
        let row = place.row.map(|row| row.to_string());
        [Some(place.file.clone()), place.sheet.clone(), row, place.column.clone()]
            .into_iter()
            .flatten()
            .chain([issue.check.clone()])
            .collect::<Vec<_>>()
            .join(" ")
    };
    reading.issues.iter().map(line).collect()
}
