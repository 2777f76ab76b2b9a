//! Loading: every source from its files into the database, its rows checked, every row accounted
//! for.

use super::people::{PeopleFound, identify};
use super::{stop_if_interrupted, there};
use crate::cache::{Cache, WORTHWHILE};
use crate::files::{hash_file, read_file, sha256};
use crate::spark::Spark;
use crate::ui::Progress;
use groundwork_plan::diag::{Diagnostic, Severity, has_errors};
use groundwork_plan::indicator::{Indicator, Kind, source_table};
use groundwork_plan::issue::{Action, Issue};
use groundwork_plan::location::ExportPlace;
use groundwork_plan::plan::Plan;
use groundwork_plan::query::{From, Query, Select, SqlType, Statement, Value as Asking, identifier};
use groundwork_plan::reason::Reason;
use groundwork_plan::remote;
use groundwork_plan::source::{Check, CheckRule, OnFailure, Source};
use groundwork_plan::staging::{self, Order, declare, missing_values, raw_table};
use groundwork_sources::{Context, Reading, SourceFile};
use groundwork_store::{Column, SetAside, Staged, Store};
use rayon::iter::{IntoParallelRefIterator as _, ParallelBridge as _, ParallelIterator as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Issues of one source that are kept with its rows, at most.
const ISSUES_KEPT: usize = 200_000;

/// Everything that is known of the sources after loading.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// The sources with files, in the order of the plan.
    pub(crate) sources: Vec<LoadedSource>,
    /// Who is who, step by step.
    pub(crate) people: Vec<PeopleFound>,
    /// Every file once, by its logical name.
    pub(crate) files: BTreeMap<String, InputFile>,
    /// Every issue, in order of source, file, sheet, row.
    pub(crate) issues: Vec<Issue>,
    /// For every source, what the rows in its table were made from.
    pub(crate) states: BTreeMap<String, String>,
    /// The version of the engine that counts the rows, in its own words, where one does.
    pub(crate) counted_by: Option<String>,
    /// The sources that the engine read, each with a number that is another one where its rows are.
    pub(crate) read_there: Vec<(String, i64)>,
    /// The file that indicators of the pipeline stand in, where there is one, and its bytes.
    pub(crate) indicator_sheet: Option<(String, Vec<u8>)>,
}

/// What became of one source.
#[derive(Debug)]
pub(crate) struct LoadedSource {
    /// Its name.
    pub(crate) id: String,
    /// Its files, by their logical names.
    pub(crate) files: Vec<String>,
    /// Rows read.
    pub(crate) read: u64,
    /// Rows that repeat another row and are set aside for it.
    pub(crate) duplicates: u64,
    /// Rows that the tool itself says do not count, such as deleted values.
    pub(crate) set_aside_by_tool: u64,
    /// What became of the other rows.
    pub(crate) staged: Staged,
    /// Columns of the files that the pipeline does not name.
    pub(crate) ignored_columns: Vec<String>,
    /// Texts in which identifiers of people became pseudonyms.
    pub(crate) identifiers: u64,
}

impl LoadedSource {
    /// Rows that are set aside, by checks or by the tool that wrote them.
    pub(crate) fn set_aside(&self) -> u64 {
        self.staged.set_aside.len() as u64 + self.set_aside_by_tool
    }

    /// What became of its rows, by state.
    pub(crate) fn rows_json(&self) -> Value {
        json!({
            "kept": self.staged.kept,
            "left_out": self.staged.left_out,
            "read": self.read,
            "received_later": self.staged.received_later,
            "set_aside": self.set_aside(),
            "superseded": self.staged.superseded,
            "without_parent": self.staged.without_parent,
        })
    }
}

/// The missing values of a column.
#[derive(Debug)]
pub(crate) struct MissingValues {
    pub(crate) column: String,
    /// How many rows have none, by reason.
    pub(crate) reasons: Vec<(Reason, u64)>,
}

/// Rows of a source that count and are in no period.
#[derive(Debug, Clone)]
pub(crate) struct InNoPeriod {
    /// The column that tells the period.
    pub(crate) column: String,
    /// How many rows have no day there.
    pub(crate) without: u64,
    /// How many have one before or after the calendar.
    pub(crate) outside: u64,
}

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct InputFile {
    /// SHA-256, hexadecimal.
    pub(crate) sha256: String,
    /// Size.
    pub(crate) bytes: u64,
    /// Rows, over every sheet that was read.
    pub(crate) rows: u64,
}

/// Where the rows of the sources come from.
pub(crate) enum Rows<'a> {
    /// From the exports that the pipeline names, relative to this folder.
    Exports(&'a Path),
    /// From files in this folder for these sources; the others have no rows.
    Given(&'a Path, &'a BTreeSet<String>),
}

impl Rows<'_> {
    fn has(&self, source: &Source) -> bool {
        match self {
            Rows::Exports(_) => source.export().is_some(),
            Rows::Given(_, given) => given.contains(&source.id),
        }
    }
}

/// Loads and checks every source; the problems of all of them come at once.
pub(crate) fn load(
    store: &Store,
    plan: &Plan,
    rows: &Rows<'_>,
    threads: usize,
    cache: Option<&Cache>,
    spark: Option<&Spark>,
    progress: &Progress,
) -> Result<Loaded, Vec<Diagnostic>> {
    let there = spark.map(|spark| (spark, remote::sources(plan)));
    let is_there = |id: &str| there.iter().any(|(_, sources)| sources.iter().any(|s| s.id == id));
    let (Rows::Exports(folder) | Rows::Given(folder, _)) = *rows;
    let context = Context { base: folder, sites: &plan.sites, sources: &plan.sources, threads };
    let mut problems = Vec::new();
    // Files and headers first, so that a misspelt column is not found after minutes of loading.
    let read_here: Vec<&Source> = plan.sources.iter().filter(|s| rows.has(s) && !is_there(&s.id)).collect();
    let found: Vec<Vec<Diagnostic>> =
        read_here.par_iter().map(|source| groundwork_sources::check(source, &context)).collect();
    problems.extend(found.into_iter().flatten());
    if has_errors(&problems) {
        problems.dedup();
        return Err(problems);
    }
    let mut loaded = Loaded::default();
    if let (Rows::Exports(_), Some((name, rows))) = (rows, &plan.indicators_from) {
        loaded.indicator_sheet = Some((name.clone(), sheet_bytes(folder, name, *rows, &mut loaded)?));
    }
    let loading = Loading { store, plan, context: &context, cache, progress };
    progress.step("load small exports, side by side");
    let mut ahead = read_ahead(store.folder(), plan, &read_here, &context);
    let mut broken: BTreeSet<&str> = BTreeSet::new();
    let mut there: BTreeSet<&str> = BTreeSet::new();
    for source in &plan.sources {
        stop_if_interrupted()?;
        let needed = source.export().and_then(|e| e.repeat_of.as_deref());
        if needed.is_some_and(|parent| broken.contains(parent)) {
            broken.insert(&source.id);
            continue;
        }
        if let Some(spark) = spark.filter(|_| is_there(&source.id)) {
            progress.step(&format!("have the engine read {}", source.id));
            let looked_into = remote::looked_into(plan).into_iter();
            for other in looked_into.filter(|other| source.lookups.iter().any(|l| l.source == other.id)) {
                there::send(store, spark, plan, other).map_err(|problem| vec![problem])?;
            }
            problems.extend(
                there::load(store, spark, plan, source, folder, &mut loaded).err().into_iter().flatten(),
            );
            continue;
        }
        progress.step(&format!("load {}", source.id));
        if source.export().is_some() && !rows.has(source) {
            empty(store, source, plan, &mut loaded).map_err(|problem| vec![problem])?;
        } else if let Err(found) = one(&loading, source, ahead.remove(&source.id), &mut loaded) {
            broken.insert(&source.id);
            problems.extend(found);
            continue;
        }
        there.insert(&source.id);
        for step in &plan.people {
            let is_of = |source: &str| step.register(source).is_some();
            if is_of(&source.id)
                && step.registers.iter().all(|register| there.contains(register.source.as_str()))
            {
                identify(store, plan, step, folder, &mut loaded, progress)
                    .map_err(|problem| vec![problem])?;
            }
        }
    }
    loaded.issues.sort();
    if has_errors(&problems) {
        return Err(problems);
    }
    Ok(loaded)
}

/// The bytes of the file that indicators stand in, which is one of the inputs.
fn sheet_bytes(
    folder: &Path,
    name: &str,
    rows: u64,
    loaded: &mut Loaded,
) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let bytes = read_file(&folder.join(name), name).map_err(|problem| vec![problem])?;
    let input = InputFile { sha256: sha256(&bytes), bytes: bytes.len() as u64, rows };
    loaded.files.insert(name.to_owned(), input);
    Ok(bytes)
}

/// A source without rows.
fn empty(store: &Store, source: &Source, plan: &Plan, loaded: &mut Loaded) -> Result<(), Diagnostic> {
    store.run(&declare(source))?;
    let staged = store.stage(source, &plan.sources, plan.calendar.as_of, None)?;
    let id = source.id.clone();
    loaded.sources.push(LoadedSource {
        id,
        files: Vec::new(),
        read: 0,
        duplicates: 0,
        set_aside_by_tool: 0,
        staged,
        ignored_columns: Vec::new(),
        identifiers: 0,
    });
    Ok(())
}

/// What reading a source led to, and the hashes of its files.
type Read = (Result<Reading, Vec<Diagnostic>>, Result<Vec<(String, InputFile)>, Diagnostic>);

/// Reads the sources whose exports are small, several at a time. The others have threads of their own, and
/// what is kept of them.
fn read_ahead<'s>(
    folder: &Path,
    plan: &Plan,
    sources: &[&'s Source],
    context: &Context<'_>,
) -> BTreeMap<String, Read> {
    let alone = Context { threads: 1, ..*context };
    let with_files =
        |source: &&'s Source| Some((*source, groundwork_sources::files(source, context.base).ok()?));
    let mut small: Vec<(&Source, Vec<SourceFile>)> = sources.iter().filter_map(with_files).collect();
    small.retain(|(_, files)| size(files) < WORTHWHILE);
    // What takes longest is begun first.
    small.sort_by_key(|(_, files)| Reverse(size(files)));
    let read = |(source, files): (&Source, Vec<SourceFile>)| {
        let rows = rows_file(folder, plan, source);
        let reading = groundwork_sources::store(source, &alone, &rows, &mut go_on);
        (source.id.clone(), (reading, hashed(&files, &BTreeMap::new())))
    };
    small.into_iter().par_bridge().map(read).collect()
}

fn size(files: &[SourceFile]) -> u64 {
    files.iter().filter_map(|file| Some(file.path.metadata().ok()?.len())).sum()
}

/// The file that the rows of a source are read into.
fn rows_file(folder: &Path, plan: &Plan, source: &Source) -> PathBuf {
    let number = plan.sources.iter().position(|s| s.id == source.id).unwrap_or_default();
    folder.join(format!("rows-{number}.parquet"))
}

/// What loading a source needs.
struct Loading<'a> {
    store: &'a Store,
    plan: &'a Plan,
    context: &'a Context<'a>,
    cache: Option<&'a Cache>,
    progress: &'a Progress,
}

fn one(
    loading: &Loading<'_>,
    source: &Source,
    ahead: Option<Read>,
    loaded: &mut Loaded,
) -> Result<(), Vec<Diagnostic>> {
    let Loading { store, plan, context, cache, progress } = *loading;
    let alone = |d: Diagnostic| vec![d];
    if source.export().is_none() {
        return staged(store, source, plan, None, "", cache, loaded).map(|_| ()).map_err(alone);
    }
    let rows = rows_file(store.folder(), plan, source);
    let files = groundwork_sources::files(source, context.base).map_err(alone)?;
    // Rows of a repeat are read with those around them and not kept by themselves.
    let is_kept = size(&files) >= WORTHWHILE && source.export().is_some_and(|e| e.repeat_of.is_none());
    let keeps = cache.filter(|_| is_kept);
    let mut made_from = String::new();
    let mut found = None;
    if let Some(keeps) = keeps.filter(|keeps| !keeps.is_empty()) {
        let new = hashed(&files, &loaded.files).map_err(alone)?;
        loaded.add(new);
        made_from = origin(keeps, source, context, &files, loaded).map_err(alone)?;
        found = keeps.rows(&made_from, &rows);
    }
    let reading = match found {
        Some(reading) => {
            progress.step("  as they were read before");
            reading
        }
        None => {
            let now = || {
                std::thread::scope(|scope| {
                    let hashes = scope.spawn(|| hashed(&files, &loaded.files));
                    let reading = groundwork_sources::store(source, context, &rows, &mut go_on);
                    let hashes = hashes.join().unwrap_or_else(|_| {
                        Err(Diagnostic::bug("file.hash", "hashing the exports stopped unexpectedly"))
                    });
                    (reading, hashes)
                })
            };
            let (reading, hashes) = ahead.unwrap_or_else(now);
            let reading = reading?;
            loaded.add(hashes.map_err(alone)?);
            if let Some(cache) = cache {
                made_from = origin(cache, source, context, &files, loaded).map_err(alone)?;
            }
            if let Some(keeps) = keeps.filter(|_| reading.issues.len() <= ISSUES_KEPT) {
                keeps.keep_rows(&made_from, &rows, &reading);
            }
            reading
        }
    };
    let path = rows.to_string_lossy().into_owned();
    store.put_off([Statement::ViewFile(raw_table(&source.id), path)]);
    let log = source.export().and_then(|export| export.cleaning_log.as_ref());
    if let Some(log) = log.filter(|log| !loaded.files.contains_key(*log)) {
        let (sha256, bytes) = hash_file(&context.base.join(log), log).map_err(alone)?;
        loaded.files.insert(log.clone(), InputFile { sha256, bytes, rows: 0 });
    }
    for file in &reading.files {
        if let Some(input) = loaded.files.get_mut(&file.name) {
            input.rows += file.rows;
        }
    }
    let staged = staged(store, source, plan, Some(&rows), &made_from, cache, loaded).map_err(alone)?;
    progress.step(&format!("  {} rows read, {} count", reading.rows, staged.kept));
    let (issues, problems) = judged(source, &reading, &staged);
    let duplicates = staged
        .set_aside
        .iter()
        .filter(|s| matches!(check_of(source, s).map(|c| &c.rule), Some(CheckRule::Unique(_))))
        .count() as u64;
    loaded.issues.extend(issues);
    loaded.sources.push(LoadedSource {
        id: source.id.clone(),
        files: reading.files.iter().map(|file| file.name.clone()).collect(),
        read: reading.rows,
        duplicates,
        set_aside_by_tool: reading.set_aside,
        staged,
        identifiers: reading.identifiers.iter().map(|(_, texts)| texts).sum(),
        ignored_columns: reading.ignored_columns,
    });
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Whether reading goes on.
pub(super) fn go_on() -> Result<(), Diagnostic> {
    match stop_if_interrupted().map_err(|mut stopped| stopped.pop()) {
        Err(Some(stopped)) => Err(stopped),
        Ok(()) | Err(None) => Ok(()),
    }
}

/// The files that are not known yet, with their hashes.
fn hashed(
    files: &[SourceFile],
    known: &BTreeMap<String, InputFile>,
) -> Result<Vec<(String, InputFile)>, Diagnostic> {
    let new = files.iter().filter(|file| !known.contains_key(&file.name));
    new.map(|file| {
        let (sha256, bytes) = hash_file(&file.path, &file.name)?;
        Ok((file.name.clone(), InputFile { sha256, bytes, rows: 0 }))
    })
    .collect()
}

/// A name for the rows of a source as they are read, by all that they depend on.
fn origin(
    cache: &Cache,
    source: &Source,
    context: &Context<'_>,
    files: &[SourceFile],
    loaded: &Loaded,
) -> Result<String, Diagnostic> {
    let fingerprint = groundwork_sources::fingerprint(source, context).unwrap_or_default();
    let mut parts = vec!["rows", fingerprint.as_str()];
    for file in files {
        parts.push(&file.name);
        parts.push(loaded.files.get(&file.name).map_or("", |file| &file.sha256));
    }
    let mut more = Vec::new();
    if let Some(export) = source.export() {
        for name in [&export.codebook, &export.cleaning_log].into_iter().flatten() {
            more.push(hash_file(&context.base.join(name), name)?.0);
        }
        more.extend(export.repeat_of.iter().filter_map(|parent| loaded.states.get(parent).cloned()));
    }
    parts.extend(more.iter().map(String::as_str));
    Ok(cache.key(&parts))
}

/// Stages a source, or puts that off where it is known what comes of it.
fn staged(
    store: &Store,
    source: &Source,
    plan: &Plan,
    rows: Option<&Path>,
    made_from: &str,
    cache: Option<&Cache>,
    loaded: &mut Loaded,
) -> Result<Staged, Diagnostic> {
    let as_of = plan.calendar.as_of;
    let Some(cache) = cache else {
        return store.stage(source, &plan.sources, as_of, rows);
    };
    let statements = staging::stage(source, &plan.sources, as_of, Order::Reading);
    let reported = staging::reported(source).map(|query| query.to_string());
    let texts: Vec<String> = statements.iter().map(ToString::to_string).chain(reported).collect();
    let state = loaded.memory(cache).key(made_from, &texts);
    loaded.states.insert(source.id.clone(), state.clone());
    let known = cache.key(&["staged", &state]);
    if let Some(staged) = cache.answer(&known) {
        store.put_off(statements);
        return Ok(staged);
    }
    let staged = store.stage(source, &plan.sources, as_of, rows)?;
    if staged.set_aside.len() + staged.reported.len() <= ISSUES_KEPT {
        cache.keep(&known, &staged);
    }
    Ok(staged)
}

/// A judgement of the disclosure gate.
type Lines = Vec<Vec<i64>>;

/// What was worked out from the rows of sources before.
#[derive(Clone, Copy)]
pub(crate) struct Memory<'a> {
    cache: &'a Cache,
    states: &'a BTreeMap<String, String>,
}

impl Memory<'_> {
    /// A name for what these texts of SQL lead to: it depends on the rows of the sources that they
    /// name.
    pub(crate) fn key(&self, made_from: &str, texts: &[String]) -> String {
        let mut parts = vec![made_from];
        parts.extend(texts.iter().map(String::as_str));
        for (id, state) in self.states {
            let table = identifier(&source_table(id));
            if texts.iter().any(|text| text.contains(&table)) {
                parts.extend([id.as_str(), state.as_str()]);
            }
        }
        self.cache.key(&parts)
    }

    /// What was judged of all that a text describes, or is judged now; and whether it was known.
    pub(crate) fn judgement(&self, judged: &str, judge: &dyn Fn() -> Lines) -> (Lines, bool) {
        let key = self.cache.key(&["judgement", judged]);
        if let Some(known) = self.cache.answer(&key) {
            return (known, true);
        }
        let judgement = judge();
        self.cache.keep(&key, &judgement);
        (judgement, false)
    }

    /// The answer that is known, or the one that `ask` gives, which is kept where it is worth it; and
    /// whether it was known.
    fn answer_if<T: Serialize + DeserializeOwned, E>(
        &self,
        texts: &[String],
        ask: impl FnOnce() -> Result<T, E>,
        is_kept: impl FnOnce(&T) -> bool,
    ) -> Result<(T, bool), E> {
        let key = self.key("answer", texts);
        if let Some(known) = self.cache.answer(&key) {
            return Ok((known, true));
        }
        let answer = ask()?;
        if is_kept(&answer) {
            self.cache.keep(&key, &answer);
        }
        Ok((answer, false))
    }
}

/// The answer that `memory` knows, or the one that `ask` gives; and whether it was known.
pub(crate) fn remembered<T: Serialize + DeserializeOwned, E>(
    memory: Option<Memory<'_>>,
    texts: impl FnOnce() -> Vec<String>,
    ask: impl FnOnce() -> Result<T, E>,
) -> Result<(T, bool), E> {
    match memory {
        Some(memory) => memory.answer_if(&texts(), ask, |_| true),
        None => ask().map(|answer| (answer, false)),
    }
}

/// The rows of sources, as far as they are asked for.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) store: &'a Store,
    pub(crate) memory: Option<Memory<'a>>,
}

/// Values of columns that are kept, at most.
const VALUES_KEPT: usize = 1_000_000;

impl Asked<'_> {
    /// So many columns of a query, which looks at the rows of sources and at nothing else.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn columns(&self, query: &Query, count: usize) -> Result<Vec<Column>, Diagnostic> {
        let ask = || self.store.columns(query, count);
        let is_small = |columns: &Vec<Column>| columns.iter().map(Column::len).sum::<usize>() <= VALUES_KEPT;
        match self.memory {
            Some(memory) => Ok(memory.answer_if(&[query.to_string()], ask, is_small)?.0),
            None => ask(),
        }
    }
}

impl Loaded {
    /// What identifies the content of each file of each source.
    pub(crate) fn contents(&self) -> BTreeMap<String, BTreeSet<String>> {
        let content = |name: &String| self.files.get(name).map_or(name.clone(), |file| file.sha256.clone());
        let of = |source: &LoadedSource| (source.id.clone(), source.files.iter().map(content).collect());
        let mut contents: BTreeMap<String, BTreeSet<String>> = self.sources.iter().map(of).collect();
        for (source, content) in &self.read_there {
            contents.entry(source.clone()).or_default().insert(content.to_string());
        }
        contents
    }

    fn add(&mut self, files: Vec<(String, InputFile)>) {
        for (name, file) in files {
            // Another source may have it already, with its rows.
            self.files.entry(name).or_insert(file);
        }
    }

    /// What was worked out before from these rows.
    pub(crate) fn memory<'a>(&'a self, cache: &'a Cache) -> Memory<'a> {
        Memory { cache, states: &self.states }
    }
}

/// Why the rows of a source that count have no value, column by column.
pub(crate) fn missing(store: &Store, source: &Source) -> Result<Vec<MissingValues>, Diagnostic> {
    let (named, query) = missing_values(source);
    let counts = store.counted(&query)?.into_iter().next().map(|(_, counts)| counts).unwrap_or_default();
    let mut out: Vec<MissingValues> = Vec::new();
    for ((column, reason), count) in named.into_iter().zip(counts) {
        let Ok(count @ 1..) = u64::try_from(count) else { continue };
        match out.last_mut().filter(|last| last.column == column) {
            Some(last) => last.reasons.push((reason, count)),
            None => out.push(MissingValues { column, reasons: vec![(reason, count)] }),
        }
    }
    out.iter_mut().for_each(|of_column| of_column.reasons.sort_unstable());
    Ok(out)
}

/// The rows of a source that count and are in no period, by each column that tells one.
pub(crate) fn in_no_period(
    store: &Store,
    plan: &Plan,
    source: &Source,
) -> Result<Vec<InNoPeriod>, Diagnostic> {
    let (Some(first), Some(last)) = (plan.calendar.periods.first(), plan.calendar.periods.last()) else {
        return Ok(Vec::new());
    };
    let told = |indicator: &Indicator| match &indicator.kind {
        Kind::Ratio(k) => {
            [&k.numerator, &k.denominator].map(|m| (m.from.clone(), m.period_by.clone())).to_vec()
        }
        kind => vec![(kind.from().to_owned(), indicator.period_by.clone())],
    };
    let by = plan.indicators.iter().flat_map(told).filter(|(from, _)| *from == source.id);
    let columns: BTreeSet<String> = by.filter_map(|(_, column)| column).collect();
    let mut out = Vec::new();
    for column in columns {
        let day = || Asking::column("s", &column);
        let before = day().binary("<", Asking::Day(first.first_day()));
        let after = day().binary(">", Asking::Day(last.last_day()));
        let count = |holds: Asking| Asking::Call("sum", vec![holds.flag()]).cast(SqlType::Integer);
        let query = Select::from(From::Table(source_table(&source.id)), "s")
            .column(Asking::text(""), "state")
            .column(count(day().is_missing()), "without")
            .column(count(before.binary("OR", after)), "outside");
        let counts = store.counted(&query.query())?.into_iter().next().map(|(_, counts)| counts);
        let [without, outside] = counts.unwrap_or_default()[..] else { continue };
        let (without, outside) = (without.unsigned_abs(), outside.unsigned_abs());
        if without + outside > 0 {
            out.push(InNoPeriod { column, without, outside });
        }
    }
    Ok(out)
}

/// The issues of a source, and the errors that stop the run.
///
/// A value that could not be read and whose row is set aside because the column is required is
/// one issue, not two: the one that says what was wrong with the value.
fn judged(source: &Source, reading: &Reading, staged: &Staged) -> (Vec<Issue>, Vec<Diagnostic>) {
    let place_of = |found: &SetAside| {
        let file = usize::try_from(found.file).ok().and_then(|at| reading.files.get(at));
        ExportPlace {
            file: file.map(|f| f.name.clone()).unwrap_or_default(),
            sheet: file.and_then(|f| f.sheet.clone()),
            row: Some(found.row),
            column: found.column.as_ref().map(|name| header(source, name)),
        }
    };
    let mut unreadable: BTreeMap<ExportPlace, usize> = BTreeMap::new();
    let mut issues = reading.issues.clone();
    for (at, issue) in issues.iter().enumerate() {
        unreadable.entry(issue.place.clone()).or_insert(at);
    }
    let mut problems = Vec::new();
    let mut stopped: BTreeMap<usize, (ExportPlace, u64)> = BTreeMap::new();
    for (found, counts) in
        staged.set_aside.iter().map(|s| (s, false)).chain(staged.reported.iter().map(|s| (s, true)))
    {
        let place = place_of(found);
        let (Some(at), Some(check)) = (found.check, check_of(source, found)) else {
            issues.push(Issue {
                source: source.id.clone(),
                place,
                check: "asked".to_owned(),
                severity: Severity::Warning,
                action: Action::ValueMissing,
            });
            continue;
        };
        let action = match (counts, check.on_failure) {
            (false, _) => Action::RowSetAside,
            (true, OnFailure::Stop) => Action::Stopped,
            (true, _) => Action::Kept,
        };
        if action == Action::Stopped {
            stopped.entry(at).or_insert_with(|| (place.clone(), 0)).1 += 1;
        }
        match unreadable.get(&place).and_then(|at| issues.get_mut(*at)) {
            Some(issue) if action == Action::RowSetAside => issue.action = action,
            Some(_) | None => issues.push(Issue {
                source: source.id.clone(),
                place,
                check: check.rule.word().to_owned(),
                severity: if action == Action::Stopped { Severity::Error } else { Severity::Warning },
                action,
            }),
        }
    }
    for (at, (place, count)) in stopped {
        let word = source.checks.get(at).map(|c| c.rule.word()).unwrap_or_default();
        let rows = if count == 1 { "1 row breaks".to_owned() } else { format!("{count} rows break") };
        problems.push(
            Diagnostic::data(
                "check.stopped",
                place,
                format!(
                    "{rows} the check `{word}` of source `{}`, which stops the run; this is the first",
                    source.id
                ),
            )
            .hint(
                "Correct the export, or let the check `set_aside` or `report` such rows with `on_failure`.",
            ),
        );
    }
    let first = || ExportPlace::file(reading.files.first().map(|f| f.name.clone()).unwrap_or_default());
    problems.extend(too_few_rows(source, staged.kept, first));
    (issues, problems)
}

/// That fewer rows count than a check demands, which stops the run.
pub(super) fn too_few_rows(source: &Source, kept: u64, place: impl Fn() -> ExportPlace) -> Vec<Diagnostic> {
    let stopping = source.checks.iter().filter(|check| check.on_failure == OnFailure::Stop);
    let too_few = stopping.filter_map(|check| match check.rule {
        CheckRule::AtLeastRows(wanted) if kept < wanted => {
            let message = format!("{kept} rows of source `{}` count, expected at least {wanted}", source.id);
            Some(Diagnostic::data("check.too-few-rows", place(), message)
                .hint("Look into the source's checks and its `keep`: `groundwork check` says how many rows each leaves out."))
        }
        _ => None,
    });
    too_few.collect()
}

/// The check that a row broke.
fn check_of<'s>(source: &'s Source, found: &SetAside) -> Option<&'s Check> {
    found.check.and_then(|at| source.checks.get(at))
}

/// The header of a column in the export.
fn header(source: &Source, name: &str) -> String {
    source.columns.iter().find(|c| c.name == name).map(|c| c.from.clone()).unwrap_or_else(|| name.to_owned())
}
