//! A draft pipeline from exports: every column with a type guessed from the first rows.
//!
//! A guess is only ever made here, where a person reads it; a run never guesses.

use groundwork_plan::diag::Diagnostic;
use groundwork_plan::location::Span;
use groundwork_plan::site::spelling_key;
use groundwork_plan::source::{Column, ColumnType, Export, Origin, Reader, Source};
use groundwork_sources::{Context, SourceFile, headers, read};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

/// Rows that are looked at to guess a type.
const LOOKED_AT: usize = 500;
/// The most categories that a column is taken to have.
const CATEGORIES: usize = 12;

/// The text of a pipeline that reads these exports and counts their rows.
pub(super) fn draft(exports: &[PathBuf], folder: &Path) -> Result<String, Diagnostic> {
    let mut sources = String::new();
    let mut indicators = String::new();
    let mut names: Vec<String> = Vec::new();
    let mut latest = String::new();
    for export in exports {
        let file = SourceFile { path: export.clone(), name: export.display().to_string() };
        let path = relative(export, folder);
        let mut parent: Option<String> = None;
        for table in headers(&file, None)? {
            let is_kobo = table
                .headers
                .iter()
                .any(|h| h == "_uuid" || h == "_submission__uuid" || h == "_parent_index");
            let is_repeat = table.headers.iter().any(|h| h == "_parent_index") && parent.is_some();
            let stem = table.sheet.clone().unwrap_or_else(|| {
                export.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
            });
            let name = fresh(&plain(&stem), &mut names);
            let columns = guessed(export, table.sheet.as_deref(), &table.headers, is_kobo)?;
            let _ = writeln!(sources, "  {name}:");
            match (&parent, is_repeat) {
                (Some(parent), true) => {
                    let _ = writeln!(sources, "    repeat_of: {parent}");
                }
                _ => {
                    let _ = writeln!(sources, "    export: {}", quoted(&path));
                    if is_kobo {
                        let _ = writeln!(sources, "    reader: kobo");
                    }
                }
            }
            if let Some(sheet) = &table.sheet {
                let _ = writeln!(sources, "    sheet: {}", quoted(sheet));
            }
            let _ = writeln!(sources, "    columns:");
            for guess in &columns {
                if guess.latest > latest {
                    latest.clone_from(&guess.latest);
                }
                let _ = writeln!(sources, "      {}: {}", quoted(&guess.name), guess.yaml());
            }
            let _ = writeln!(
                indicators,
                "  {name}_rows:\n    kind: count\n    title: {}\n    from: {name}",
                quoted(&format!("Rows of {stem}"))
            );
            if !is_repeat {
                parent = Some(name);
            }
        }
    }
    let as_of = if latest.is_empty() { today() } else { latest };
    let year = as_of.get(..4).unwrap_or("2000").to_owned();
    Ok(format!(
        "# yaml-language-server: $schema=groundwork.schema.json\n# A draft. Read it line by line: names and types are guesses from the headers and the first rows.\ngroundwork: 1\n\nprogramme: {{id: programme, title: My programme}}\n\n# One period, so that no indicator needs a date yet. For quarters: periods: quarter, from: {year}-Q1,\n# to: {year}-Q4, and `period_by` in each indicator.\ncalendar: {{periods: year, from: {year}, to: {year}, as_of: {as_of}}}\n\nsources:\n{sources}\nindicators:\n{indicators}\naudience: partner\n\nreports:\n  quarterly: {{template: quarterly-funder, languages: [en]}}\n"
    ))
}

struct Guess {
    name: String,
    header: String,
    kind: &'static str,
    /// Each category, the first spelling of several that mean the same.
    categories: Vec<Vec<String>>,
    latest: String,
}

impl Guess {
    fn yaml(&self) -> String {
        let from = if self.header == self.name {
            String::new()
        } else {
            format!("from: {}, ", quoted(&self.header))
        };
        if self.categories.is_empty() {
            if from.is_empty() {
                return self.kind.to_owned();
            }
            return format!("{{{from}type: {}}}", self.kind);
        }
        let values: Vec<String> = self
            .categories
            .iter()
            .filter_map(|c| c.split_first())
            .map(|(id, spellings)| {
                let spellings: Vec<String> = spellings.iter().map(|s| quoted(s)).collect();
                format!("{}: [{}]", quoted(id), spellings.join(", "))
            })
            .collect();
        format!("{{{from}type: category, values: {{{}}}}}", values.join(", "))
    }
}

/// The columns of a table with a guess for each; the tool's own columns are left out, but for the
/// identifier of a submission and the time it was received.
fn guessed(
    export: &Path,
    sheet: Option<&str>,
    headers: &[String],
    is_kobo: bool,
) -> Result<Vec<Guess>, Diagnostic> {
    let mut names = Vec::new();
    let mut columns = Vec::new();
    for header in headers {
        let own = header.starts_with('_') || header.starts_with("meta/");
        let wanted = !own || (is_kobo && matches!(header.as_str(), "_uuid" | "_submission_time"));
        if header.is_empty() || !wanted || columns.iter().any(|c: &Column| c.from == *header) {
            continue;
        }
        let short = header.rsplit('/').next().unwrap_or(header);
        columns.push(Column {
            name: fresh(&plain(short), &mut names),
            from: header.clone(),
            kind: ColumnType::Text,
            era: Default::default(),
            order: Default::default(),
            missing: Vec::new(),
            reasons: Vec::new(),
            asked: None,
            span: Span::default(),
        });
    }
    let values = values(export, sheet, &columns)?;
    Ok(columns
        .into_iter()
        .map(|column| {
            let found = values.get(&column.name).cloned().unwrap_or_default();
            guess(column, &found)
        })
        .collect())
}

fn guess(column: Column, values: &[String]) -> Guess {
    let all = |test: &dyn Fn(&str) -> bool| !values.is_empty() && values.iter().all(|v| test(v));
    let mut distinct: Vec<String> = values.to_vec();
    distinct.sort();
    distinct.dedup();
    let is_identifier = column.from.ends_with("id") || column.from.ends_with("_index");
    let mut categories = Vec::new();
    let mut latest = String::new();
    let kind = if column.from == "_submission_time" {
        "timestamp"
    } else if all(&is_date) {
        latest = values
            .iter()
            .filter(|v| v.starts_with("19") || v.starts_with("20"))
            .filter_map(|v| v.get(..10))
            .max()
            .unwrap_or_default()
            .to_owned();
        "date"
    } else if all(&|v| matches!(v.to_lowercase().as_str(), "yes" | "no" | "true" | "false")) {
        "boolean"
    } else if !is_identifier && all(&|v| v.parse::<i64>().is_ok()) {
        "integer"
    } else if !is_identifier && all(&|v| v.replace(',', "").parse::<f64>().is_ok_and(f64::is_finite)) {
        "number"
    } else if !is_identifier
        && distinct.len() <= CATEGORIES
        && values.len() >= 4 * distinct.len().max(1)
        && distinct.iter().all(|d| d != "unknown")
    {
        categories = alike(distinct);
        "category"
    } else {
        "text"
    };
    Guess { name: column.name, header: column.from, kind, categories, latest }
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

fn is_date(value: &str) -> bool {
    let day = value.split(['T', ' ']).next().unwrap_or(value);
    let parts: Vec<&str> = day.split(['-', '/']).collect();
    parts.len() == 3 && parts.iter().all(|p| !p.is_empty() && p.chars().all(char::is_numeric))
}

/// The first values of each column, without the missing ones.
fn values(
    export: &Path,
    sheet: Option<&str>,
    columns: &[Column],
) -> Result<BTreeMap<String, Vec<String>>, Diagnostic> {
    let source = Source {
        id: "draft".into(),
        origin: Origin::Export(Export {
            pattern: export.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            span: Span::default(),
            reader: if sheet.is_some() { Reader::Xlsx } else { Reader::Csv },
            sheet: sheet.map(str::to_owned),
            encoding: None,
            repeat_of: None,
        }),
        columns: columns.to_vec(),
        received: None,
        keep: None,
        checks: Vec::new(),
        lookups: Vec::new(),
        derived: Vec::new(),
        span: Span::default(),
    };
    let base = export.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let sources = [source];
    let context = Context { base, sites: &[], sources: &sources, threads: 1 };
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let outcome = read(&sources[0], &context, &mut |batch| {
        for column in columns {
            let Some(array) = batch.column_by_name(&column.name) else { continue };
            let Some(texts) = array.as_any().downcast_ref::<arrow::array::StringArray>() else { continue };
            let list = out.entry(column.name.clone()).or_default();
            list.extend(texts.iter().flatten().take(LOOKED_AT.saturating_sub(list.len())).map(str::to_owned));
        }
        Ok(())
    });
    match outcome {
        Ok(_) => Ok(out),
        // An empty table has nothing to guess from, which is no reason not to draft.
        Err(problems) if problems.iter().all(|p| p.code == "source.empty-file") => Ok(out),
        Err(mut problems) => Err(problems.swap_remove(0)),
    }
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
    if simple { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
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
