//! A draft pipeline from exports: readers recognised, every column with a type guessed from the
//! first rows and what speaks for it, checks proposed, problems listed.
//!
//! A guess is only ever made here, where a person reads it; a run never guesses.

use groundwork_plan::diag::Diagnostic;
use groundwork_plan::location::Span;
use groundwork_plan::site::spelling_key;
use groundwork_plan::source::{Column, ColumnType, Export, Origin, Reader, Source};
use groundwork_sources::{Context, Guess, Reading, Recognised, SourceFile, guess, read, recognise};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

/// Rows that are looked at to guess a type.
const LOOKED_AT: usize = 500;
/// The most categories that a column is taken to have.
const CATEGORIES: usize = 12;

/// A source of the draft.
struct Drafted {
    name: String,
    /// What messages of the draft call its table.
    title: String,
    file: SourceFile,
    path: String,
    table: Recognised,
    columns: Vec<DraftedColumn>,
    parent: Option<String>,
    problems: Vec<String>,
}

struct DraftedColumn {
    column: Column,
    guess: Guess,
    /// Each category, the first spelling of several that mean the same.
    categories: Vec<Vec<String>>,
    /// Whether every row has a value, and every value is another.
    is_key: bool,
    latest: String,
}

/// The text of a pipeline that reads these exports and counts their rows. A folder stands for the
/// files in it.
///
/// # Errors
/// `init.nothing-to-read` where no file can be read, with the reason of the first.
pub(super) fn draft(exports: &[PathBuf], folder: &Path) -> Result<String, Diagnostic> {
    let mut drafted: Vec<Drafted> = Vec::new();
    let mut refused = Vec::new();
    let mut names = Vec::new();
    for export in files(exports) {
        let file = SourceFile { name: file_name(&export), path: export.clone() };
        match tables(&file, &relative(&export, folder), &mut names, &mut refused) {
            Ok(tables) => drafted.extend(tables),
            Err(problem) => refused.push((file.name, problem)),
        }
    }
    if drafted.is_empty() {
        return Err(match refused.into_iter().next() {
            Some((name, problem)) if problem.code == "init.nothing-to-read" => {
                Diagnostic { message: format!("{name}: {}", problem.message), ..problem }
            }
            Some((_, problem)) => problem,
            None => {
                Diagnostic::command_line("init.nothing-to-read", "there is no file to draft a pipeline from")
                    .hint("Name exports, or a folder that holds some.")
            }
        });
    }
    let mut sites: Vec<(String, String)> =
        drafted.iter().flat_map(|d| &d.columns).flat_map(|c| c.guess.provinces.clone()).collect();
    sites.sort();
    sites.dedup();
    let latest = drafted.iter().flat_map(|d| &d.columns).map(|c| c.latest.as_str()).max().unwrap_or_default();
    let as_of = if latest.is_empty() { today() } else { latest.to_owned() };
    let year = as_of.get(..4).unwrap_or("2000").to_owned();
    let mut out = format!(
        "# yaml-language-server: $schema=groundwork.schema.json\n# A draft. Read it line by line: readers, names and types are guesses from the headers and the first\n# rows, and what speaks for each stands behind it.\ngroundwork: 1\n\nprogramme: {{id: programme, title: My programme}}\n\n# One period, so that no indicator needs a date yet. For quarters: periods: quarter, from: {year}-Q1,\n# to: {year}-Q4, and `period_by` in each indicator.\ncalendar: {{periods: year, from: {year}, to: {year}, as_of: {as_of}}}\n\n"
    );
    for (name, problem) in &refused {
        let _ = writeln!(out, "# Not read: {name}: {}", problem.message);
    }
    if !sites.is_empty() {
        out.push_str("# Every spelling of a Thai province is known by its code.\nsites:\n");
        for (code, name) in &sites {
            let _ = writeln!(out, "  {}: {{name: {}, code: {code}}}", quoted(&plain(name)), quoted(name));
        }
        out.push('\n');
    }
    out.push_str("sources:\n");
    drafted.iter().for_each(|source| source.write(&mut out));
    out.push_str("\nindicators:\n");
    for source in &drafted {
        let title = quoted(&format!("Rows of {}", source.title));
        let name = &source.name;
        let _ = writeln!(out, "  {name}_rows:\n    kind: count\n    title: {title}\n    from: {name}");
    }
    out.push_str(
        "\naudience: partner\n\nreports:\n  quarterly: {template: quarterly-funder, languages: [en]}\n",
    );
    Ok(out)
}

/// The files, those of folders included, in order.
fn files(exports: &[PathBuf]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for export in exports {
        let Ok(entries) = std::fs::read_dir(export) else {
            out.push(export.clone());
            continue;
        };
        let mut inside: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(|p| p.is_file()).collect();
        inside.retain(|path| !file_name(path).starts_with(['.', '~']));
        inside.sort();
        out.extend(inside);
    }
    out
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The sources that a file makes, each repeat behind the source around it.
fn tables(
    file: &SourceFile,
    path: &str,
    names: &mut Vec<String>,
    refused: &mut Vec<(String, Diagnostic)>,
) -> Result<Vec<Drafted>, Diagnostic> {
    let mut out: Vec<Drafted> = Vec::new();
    for table in recognise(file, None)? {
        if table.headers.is_empty() {
            continue;
        }
        let title = table.sheet.clone().unwrap_or_else(|| file_name(&file.path));
        let stem = title.rsplit_once('.').map_or(title.as_str(), |(stem, _)| stem);
        let (columns, problems, rows) = columns(file, &table)?;
        if columns.is_empty() || rows == 0 {
            let why = if rows == 0 { "it has no rows" } else { "no column has a header of its own" };
            let problem = Diagnostic::command_line("init.nothing-to-read", why)
                .hint("Name another file or another sheet; a table begins with a row of headers.");
            refused.push((title, problem));
            continue;
        }
        let name = fresh(&plain(stem), names);
        let mut source = Drafted {
            name,
            title,
            file: file.clone(),
            path: path.to_owned(),
            table,
            columns,
            parent: None,
            problems,
        };
        if source.table.is_repeat {
            source.parent =
                out.iter().rev().find(|around| source.belongs_to(around)).map(|around| around.name.clone());
            if source.parent.is_none() {
                source.problems.push("a repeat: name the source around it with `repeat_of`".into());
            }
        }
        out.push(source);
    }
    Ok(out)
}

/// The columns of a table with a guess for each, and what stands in the way of others. The tool's
/// own columns are left out, but for the identifier of a submission and the time it was received.
fn columns(
    file: &SourceFile,
    table: &Recognised,
) -> Result<(Vec<DraftedColumn>, Vec<String>, u64), Diagnostic> {
    let mut names = Vec::new();
    let mut columns: Vec<Column> = Vec::new();
    let mut problems = Vec::new();
    let is_survey = matches!(table.reader, Reader::Kobo | Reader::Ona);
    for header in &table.headers {
        let own = is_survey && (header.starts_with('_') || header.starts_with("meta/"));
        let wanted = !own || matches!(header.as_str(), "_uuid" | "_submission_time");
        if header.is_empty() || !wanted {
            continue;
        }
        if table.headers.iter().filter(|other| *other == header).count() > 1 {
            let problem =
                format!("several columns are headed {}: export with names instead of labels", quoted(header));
            if !problems.contains(&problem) {
                problems.push(problem);
            }
            continue;
        }
        let short = header.rsplit('/').next().unwrap_or(header);
        columns.push(Column {
            name: fresh(&plain(short), &mut names),
            from: header.clone(),
            kind: ColumnType::Text,
            era: Default::default(),
            order: Default::default(),
            role: Default::default(),
            zero: Vec::new(),
            missing: Vec::new(),
            reasons: Vec::new(),
            asked: None,
            tells: false,
            span: Span::default(),
        });
    }
    let source = source("draft", file, table, &columns, None);
    let (values, rows) = values(file, &source)?;
    let drafted = columns.into_iter().map(|column| {
        let found = values.get(&column.name).map(Vec::as_slice).unwrap_or_default();
        drafted(column, found, rows)
    });
    Ok((drafted.collect(), problems, rows))
}

fn drafted(column: Column, values: &[String], rows: u64) -> DraftedColumn {
    let mut guess = guess(&column.from, values);
    let mut distinct: Vec<String> = values.to_vec();
    distinct.sort();
    distinct.dedup();
    let is_key = distinct.len() as u64 == rows && rows > 1;
    let mut categories = Vec::new();
    let mut latest = String::new();
    if guess.kind == "date" {
        let written = values.iter().filter(|v| v.starts_with("19") || v.starts_with("20"));
        let is_day = |day: &&str| day.parse::<jiff::civil::Date>().is_ok();
        latest = written.filter_map(|v| v.get(..10)).filter(is_day).max().unwrap_or_default().to_owned();
    }
    if column.from == "_submission_time" {
        guess.kind = "timestamp";
    }
    let is_identifier = column.from.ends_with("id") || column.from.ends_with("_index");
    if guess.kind == "text"
        && guess.problem.is_none()
        && !is_identifier
        && !is_of_people(&column.from)
        && (2..=CATEGORIES).contains(&distinct.len())
        && values.len() >= 4 * distinct.len().max(1)
        && distinct.iter().all(|d| d != "unknown")
    {
        categories = alike(distinct);
        guess.because = format!("{} different values in {} rows", categories.len(), values.len());
        guess.kind = "category";
    }
    DraftedColumn { column, guess, categories, is_key, latest }
}

/// Whether a column is headed as names or remarks are, whose values do not belong into a pipeline.
fn is_of_people(header: &str) -> bool {
    const WORDS: [&str; 12] = [
        "name",
        "note",
        "remark",
        "comment",
        "address",
        "ชื่อ",
        "นามสกุล",
        "หมายเหตุ",
        "ที่อยู่",
        "အမည်",
        "မှတ်ချက်",
        "လိပ်စာ",
    ];
    let header = header.to_lowercase();
    WORDS.iter().any(|word| header.contains(word))
}

impl DraftedColumn {
    fn yaml(&self) -> String {
        let mut parts = Vec::new();
        if self.column.from != self.column.name {
            parts.push(format!("from: {}", quoted(&self.column.from)));
        }
        parts.push(format!("type: {}", self.guess.kind));
        if self.guess.month_first {
            parts.push("order: month_first".into());
        }
        if !self.categories.is_empty() {
            let values: Vec<String> = self
                .categories
                .iter()
                .filter_map(|c| c.split_first())
                .map(|(id, spellings)| {
                    let spellings: Vec<String> = spellings.iter().map(|s| quoted(s)).collect();
                    format!("{}: [{}]", quoted(id), spellings.join(", "))
                })
                .collect();
            parts.push(format!("values: {{{}}}", values.join(", ")));
        }
        match parts.as_slice() {
            [one] => one.trim_start_matches("type: ").to_owned(),
            _ => format!("{{{}}}", parts.join(", ")),
        }
    }
}

impl Drafted {
    fn write(&self, out: &mut String) {
        let _ = writeln!(out, "  {}:", self.name);
        for problem in &self.problems {
            let _ = writeln!(out, "    # Look: {problem}.");
        }
        match &self.parent {
            Some(parent) => {
                let _ = writeln!(out, "    repeat_of: {parent}");
            }
            None => {
                let _ = writeln!(out, "    export: {}", quoted(&self.path));
                let _ = writeln!(out, "    reader: {}  # {}", self.table.reader.word(), self.table.because);
            }
        }
        if let Some(sheet) = &self.table.sheet {
            let _ = writeln!(out, "    sheet: {}", quoted(sheet));
        }
        if let Some(row) = self.table.header_row {
            let _ = writeln!(out, "    header_row: {row}  # look: what stands above it looks like a title");
        }
        let _ = writeln!(out, "    columns:");
        for drafted in &self.columns {
            let line = format!("{}: {}", quoted(&drafted.column.name), drafted.yaml());
            let evidence = match &drafted.guess.problem {
                Some(problem) => format!("{}; look: {problem}", drafted.guess.because),
                None => drafted.guess.because.clone(),
            };
            // A text that people wrote is not read unless somebody wants it.
            let mark = if drafted.guess.kind == "free text" { "# " } else { "" };
            let _ = writeln!(out, "      {mark}{}  # {evidence}", line.replace("free text", "text"));
        }
        let keys = ["_uuid", "KEY", "formid", "caseid", "Post ID", "ID"];
        if let Some(key) = self.columns.iter().find(|c| c.is_key && keys.contains(&c.column.from.as_str())) {
            let name = quoted(&key.column.name);
            let _ = writeln!(out, "    checks: [{{unique: [{name}]}}, {{required: [{name}]}}]");
        }
    }

    /// Whether the rows of this repeat find their parents in another source of the file.
    fn belongs_to(&self, around: &Drafted) -> bool {
        let columns =
            |drafted: &Drafted| drafted.columns.iter().map(|c| c.column.clone()).collect::<Vec<_>>();
        let sources = [
            source("around", &around.file, &around.table, &columns(around), None),
            source("repeat", &self.file, &self.table, &columns(self), Some("around")),
        ];
        let mut orphans = false;
        let reading = reading(&self.file, &sources, 1, &mut |_| {});
        if let Ok(reading) = &reading {
            orphans = reading.issues.iter().any(|issue| issue.check.starts_with("repeat."));
        }
        reading.is_ok() && !orphans
    }
}

fn source(
    id: &str,
    file: &SourceFile,
    table: &Recognised,
    columns: &[Column],
    parent: Option<&str>,
) -> Source {
    Source {
        id: id.into(),
        origin: Origin::Export(Export {
            sheet: table.sheet.clone(),
            header_row: table.header_row,
            repeat_of: parent.map(str::to_owned),
            ..Export::of(file_name(&file.path), table.reader, Span::default())
        }),
        columns: columns.to_vec(),
        people: Vec::new(),
        private: Vec::new(),
        record: None,
        newest_by: None,
        received: None,
        keep: None,
        checks: Vec::new(),
        lookups: Vec::new(),
        derived: Vec::new(),
        span: Span::default(),
    }
}

fn reading(
    file: &SourceFile,
    sources: &[Source],
    at: usize,
    sink: &mut dyn FnMut(arrow::array::RecordBatch),
) -> Result<Reading, Vec<Diagnostic>> {
    let base = file.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let context = Context { base, sites: &[], sources, threads: 1 };
    read(&sources[at], &context, &mut |batch| {
        sink(batch);
        Ok(())
    })
}

/// The first values of each column, without the missing ones, and how many rows were looked at.
fn values(file: &SourceFile, source: &Source) -> Result<(BTreeMap<String, Vec<String>>, u64), Diagnostic> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut rows = 0;
    let outcome = reading(file, std::slice::from_ref(source), 0, &mut |batch| {
        let looked_at = LOOKED_AT.saturating_sub(rows).min(batch.num_rows());
        rows += looked_at;
        for column in &source.columns {
            let Some(array) = batch.column_by_name(&column.name) else { continue };
            let Some(texts) = array.as_any().downcast_ref::<arrow::array::StringArray>() else { continue };
            let list = out.entry(column.name.clone()).or_default();
            list.extend(texts.iter().take(looked_at).flatten().map(str::to_owned));
        }
    });
    match outcome {
        Ok(_) => Ok((out, rows as u64)),
        // An empty table has nothing to guess from, which is no reason not to draft.
        Err(problems) if problems.iter().all(|p| p.code == "source.empty-file") => Ok((out, 0)),
        Err(mut problems) => Err(problems.swap_remove(0)),
    }
}

/// Spellings put together that differ only in case, blanks and signs.
fn alike(distinct: Vec<String>) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = Vec::new();
    for value in distinct {
        let key = spelling_key(&value);
        match out.iter_mut().find(|c| c.first().is_some_and(|first| spelling_key(first) == key)) {
            Some(category) => category.push(value),
            None => out.push(vec![value]),
        }
    }
    out
}

/// A name without blanks and signs.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().to_lowercase().chars() {
        let keep = c.is_alphanumeric()
            || ('\u{e00}'..='\u{e7f}').contains(&c)
            || ('\u{1000}'..='\u{109f}').contains(&c);
        if keep {
            out.push(c);
        } else if !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
    }
    let name = out.trim_matches('_');
    if name.is_empty() { "column".to_owned() } else { name.to_owned() }
}

fn fresh(name: &str, taken: &mut Vec<String>) -> String {
    let mut out = name.to_owned();
    let mut n = 2;
    while taken.contains(&out) {
        out = format!("{name}_{n}");
        n += 1;
    }
    taken.push(out.clone());
    out
}

/// A text as YAML, in quotes where it needs them.
fn quoted(text: &str) -> String {
    let simple = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.'))
        && text.chars().any(|c| c.is_ascii_alphabetic())
        && !matches!(text.to_lowercase().as_str(), "true" | "false" | "yes" | "no" | "null");
    if simple {
        text.to_owned()
    } else if text.chars().any(char::is_control) {
        // A text of JSON is one of YAML too, and says what cannot be seen.
        serde_json::Value::from(text).to_string()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// A path as seen from a folder.
fn relative(path: &Path, folder: &Path) -> String {
    let absolute = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_owned());
    let (path, folder) = (absolute(path), absolute(folder));
    let parts = |p: &Path| -> Vec<String> {
        p.components()
            .filter(|c| !matches!(c, Component::CurDir))
            .map(|c| c.as_os_str().to_string_lossy().into_owned())
            .collect()
    };
    let (to, from) = (parts(&path), parts(&folder));
    let common = to.iter().zip(&from).take_while(|(a, b)| a == b).count();
    let mut out: Vec<String> = from.iter().skip(common).map(|_| "..".to_owned()).collect();
    out.extend(to.into_iter().skip(common));
    out.join("/")
}

fn today() -> String {
    let days = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_secs() / 86_400).unwrap_or(0));
    use jiff::ToSpan as _;
    jiff::civil::date(1970, 1, 1)
        .checked_add(days.days())
        .map(|d| d.to_string())
        .unwrap_or_else(|_| "1970-01-01".to_owned())
}
