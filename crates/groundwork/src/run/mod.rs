//! The run: load, compute, compare, release, draw, set, write down.
//!
//! One file a stage. Results stay in memory until the end and are then written as one folder, so
//! that an interrupted run leaves nothing behind. The only clock is the calendar's `as_of`.

mod adaptations;
mod attestation;
mod compute;
mod counter;
mod data_package;
mod earlier;
mod estimate;
mod evaluate;
mod example;
mod explain;
mod figures;
mod households;
mod iati;
mod load;
mod lock;
mod manifest;
mod partners;
mod people;
mod people_table;
pub(crate) mod planned;
mod protect;
mod quality;
mod report;
mod tables;
mod templates;
mod there;
mod unpack;
mod voices;
mod workbook;
pub(crate) mod worked;

use crate::cache::Cache;
use crate::files::{Folder, sha256};
use crate::scratch::Scratch;
use crate::spark::{self, Spark};
use crate::ui::Progress;
use groundwork_disclosure::{CellKey, Names, Passed, Published, Released};
use groundwork_plan::diag::{Diagnostic, Fault, has_errors};
use groundwork_plan::disclosure::Audience;
use groundwork_plan::engine::Engine;
use groundwork_plan::evaluation::Design;
use groundwork_plan::indicator_sheet::{IndicatorSheet, indicators_from};
use groundwork_plan::period::Period;
use groundwork_plan::plan::{Plan, Report};
use groundwork_plan::remote;
use groundwork_plan::text::Language;
use groundwork_report::{Templates, Words};
use groundwork_sources::KEY_FILE;
use groundwork_store::{Limits, Store};
use jiff::civil::Date;
use load::{Asked, Rows};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

pub(crate) use example::{Example, example};
pub(crate) use explain::{Explained, ExplainedEvaluation, Question, explain, explain_evaluation};
pub(crate) use load::{InNoPeriod, Loaded, LoadedSource, MissingValues};
pub(crate) use people::{PeopleFound, RowPlace};
pub(crate) use report::method;
use workbook::Workbooks;
pub(crate) use worked::in_words as method_in_words;

/// What a run is asked for.
#[derive(Clone)]
pub(crate) struct Request {
    /// The pipeline file, as the user named it.
    pub(crate) path: PathBuf,
    /// Its text.
    pub(crate) text: String,
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// The period of the reports, where the command line names one.
    pub(crate) period: Option<Period>,
    /// The day on which the exports were taken, where the command line names one.
    pub(crate) as_of: Option<Date>,
    /// The audience, where the command line names one.
    pub(crate) audience: Option<Audience>,
    /// The languages, where the command line names some.
    pub(crate) languages: Vec<Language>,
    /// The reports, where the command line names some.
    pub(crate) reports: Vec<String>,
    /// What counts the rows, where the command line says it.
    pub(crate) engine: Option<Where>,
    /// Threads.
    pub(crate) threads: usize,
    /// Megabytes that the database may take; it spills to disk beyond.
    pub(crate) memory_mb: u64,
    /// Whether what is worked out is kept beside the pipeline, and looked for there.
    pub(crate) keeps: bool,
}

/// What counts the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Where {
    /// This machine, whatever the pipeline says.
    Here,
    /// An engine.
    Engine(Engine),
}

/// What a run leads to, before anything is written.
pub(crate) struct Outcome {
    /// The files of the run directory.
    pub(crate) files: Folder,
    /// The run's identifier.
    pub(crate) run_id: String,
    /// The ledger, and what to add to it once the files are written.
    pub(crate) record: Option<(PathBuf, Vec<u8>)>,
    /// Warnings.
    pub(crate) warnings: Vec<Diagnostic>,
    /// What the reports can be made from again.
    pub(crate) kept: Kept,
}

/// Reads and resolves the pipeline of a request, with what the command line changes.
pub(crate) fn resolve(request: &Request) -> Result<(Plan, Vec<Diagnostic>), Vec<Diagnostic>> {
    let sheets = indicator_sheets(request)?;
    let checked = groundwork_plan::resolve_with(&request.text, &sheets);
    let Some(mut plan) = checked.value else {
        return Err(checked.diagnostics);
    };
    let mut problems = apply(&mut plan, request);
    problems.extend(remote::problems(&plan));
    if has_errors(&problems) {
        return Err(problems);
    }
    Ok((plan, checked.diagnostics))
}

/// Whether the pipeline of a request names an engine, as far as it can be understood.
pub(crate) fn has_engine(request: &Request) -> bool {
    resolve(request).map_or(true, |(plan, _)| plan.engine.is_some())
}

/// The sheets that the pipeline takes indicators from.
pub(crate) fn indicator_sheets(request: &Request) -> Result<Vec<IndicatorSheet>, Vec<Diagnostic>> {
    match indicators_from(&request.text) {
        Some(from) => groundwork_sources::indicator_sheets(&from, &request.folder),
        None => Ok(Vec::new()),
    }
}

fn apply(plan: &mut Plan, request: &Request) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    if let Some(audience) = request.audience {
        if audience < plan.policy.audience {
            problems.push(
                Diagnostic::command_line(
                    "audience.loosened",
                    format!("`{}` is a narrower audience than the pipeline's `{}`", audience.word(), plan.policy.audience.word()),
                )
                .hint("The command line may only name a wider audience, which protects more; the pipeline's own audience is changed in the pipeline."),
            );
        }
        plan.policy.audience = audience;
    }
    if let Some(as_of) = request.as_of {
        let first = plan.calendar.periods.first().map(|period| period.first_day());
        if let Some(first) = first.filter(|first| as_of < *first) {
            let message = format!("`--as-of {as_of}` is before the first period, which begins on {first}");
            problems.push(
                Diagnostic::command_line("calendar.as-of", message)
                    .hint("Name a day on which something was known already."),
            );
        }
        plan.take_on(as_of);
    }
    match &request.engine {
        None => {}
        Some(Where::Here) => plan.engine = None,
        Some(Where::Engine(engine)) => plan.engine = Some(engine.clone()),
    }
    if let Some(period) = request.period {
        let known_period = plan.calendar.period(&period.id());
        if known_period.is_none() {
            let known: Vec<String> = plan.calendar.periods.iter().map(|p| p.id()).collect();
            problems.push(
                Diagnostic::command_line(
                    "calendar.unknown-period",
                    format!("no period of the calendar is `{}`", period.id()),
                )
                .did_you_mean(&period.id(), known.iter().map(String::as_str)),
            );
        }
        // The pipeline's own fiscal year, where the period is one of it.
        let period = known_period.unwrap_or(period);
        plan.reports.iter_mut().for_each(|r| r.period = period);
        plan.evaluations.iter_mut().for_each(|e| e.set_period(period));
    }
    if !request.languages.is_empty() {
        plan.reports.iter_mut().for_each(|r| r.languages.clone_from(&request.languages));
    }
    for name in &request.reports {
        if !plan.reports.iter().any(|r| r.id == *name) {
            problems.push(
                Diagnostic::command_line("report.unknown", format!("no report is named `{name}`"))
                    .did_you_mean(name, plan.reports.iter().map(|r| r.id.as_str())),
            );
        }
    }
    if !request.reports.is_empty() {
        plan.reports.retain(|r| request.reports.contains(&r.id));
    }
    problems
}

/// Opens a private database, loads every source and checks its rows.
pub(crate) fn load(
    request: &Request,
    plan: &Plan,
    progress: &Progress,
) -> Result<(Ground, Loaded), Vec<Diagnostic>> {
    let scratch = Scratch::new(&std::env::temp_dir(), "groundwork-").map_err(|e| {
        vec![Diagnostic::machine("file.scratch", format!("no scratch folder can be made: {e}"))]
    })?;
    let limits = Limits { threads: request.threads, memory_mb: request.memory_mb };
    interrupts_stop();
    let store = Store::new(scratch.path(), limits, |interrupt| {
        if let Ok(mut running) = RUNNING.lock() {
            *running = Some(interrupt);
        }
    });
    // First, so that nobody waits for the rows of exports to learn that the engine is not there.
    let spark = plan.engine.as_ref().map(Spark::open).transpose().map_err(|d| vec![d])?;
    // Names by which people are told apart are kept nowhere.
    let keeps = request.keeps && plan.people.is_empty();
    let cache = keeps.then(|| Cache::beside(&request.folder));
    let exports = Rows::Exports(&request.folder);
    let mut loaded =
        load::load(&store, plan, &exports, request.threads, cache.as_ref(), spark.as_ref(), progress)?;
    if let Some(spark) = &spark {
        spark.is_ready();
    }
    loaded.counted_by = spark.as_ref().map(|spark| spark.version().to_owned());
    Ok((Ground { store, spark, cache, _scratch: scratch }, loaded))
}

/// A loaded database, and the folder that goes with it.
pub(crate) struct Ground {
    store: Store,
    spark: Option<Spark>,
    cache: Option<Cache>,
    _scratch: Scratch,
}

impl Ground {
    /// The rows that were loaded, as far as somebody asks for them.
    fn asked<'a>(&'a self, loaded: &'a Loaded) -> Asked<'a> {
        // What an engine reads or counts is not kept: nobody here sees whether its rows are the same.
        let cache = self.cache.as_ref().filter(|_| self.spark.is_none());
        Asked { store: &self.store, memory: cache.map(|cache| loaded.memory(cache)) }
    }

    /// Why rows that count have no value, for the sources with files, in their order.
    pub(crate) fn missing(
        &self,
        plan: &Plan,
        loaded: &Loaded,
    ) -> Result<Vec<Vec<MissingValues>>, Diagnostic> {
        let there: Vec<&str> = loaded.read_there.iter().map(|(id, _)| id.as_str()).collect();
        let here = |id: &str| plan.sources.iter().find(|s| s.id == id && !there.contains(&id));
        let of = |source: &LoadedSource| match here(&source.id) {
            Some(source) => load::missing(&self.store, source),
            None => Ok(Vec::new()),
        };
        loaded.sources.iter().map(of).collect()
    }

    /// The rows that count and are in no period, for the sources with files, in their order.
    pub(crate) fn in_no_period(
        &self,
        plan: &Plan,
        loaded: &Loaded,
    ) -> Result<Vec<Vec<InNoPeriod>>, Diagnostic> {
        let is_there = |id: &String| loaded.read_there.iter().any(|(there, _)| there == id);
        let of = |source: &LoadedSource| match plan.source(&source.id).filter(|s| !is_there(&s.id)) {
            Some(source) => load::in_no_period(&self.store, plan, source),
            None => Ok(Vec::new()),
        };
        loaded.sources.iter().map(of).collect()
    }
}

/// A warning where identifiers of people became pseudonyms that have no secret.
pub(crate) fn without_key(request: &Request, loaded: &Loaded) -> Option<Diagnostic> {
    let texts: u64 = loaded.sources.iter().map(|source| source.identifiers).sum();
    (texts > 0 && !request.folder.join(KEY_FILE).is_file()).then(|| {
        let values = if texts == 1 { "1 text".to_owned() } else { format!("{texts} texts") };
        Diagnostic::command_line(
            "source.no-key",
            format!("{values} with identifiers of people became pseudonyms without a key"),
        )
        .hint(format!("Somebody who knows a number can find its pseudonym. Put a file `{KEY_FILE}` with a long random text beside the pipeline, such as `groundwork init` makes, and keep it to yourselves: with another key the same people have other pseudonyms."))
        .as_warning()
    })
}

/// The whole way.
pub(crate) fn run(request: &Request, progress: &Progress) -> Result<Outcome, Vec<Diagnostic>> {
    let (plan, mut warnings) = resolve(request)?;
    // Typst sets pages on this pool. It can be made once in a process, which runs once.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(request.threads).build_global();
    let (ground, mut loaded) = load(request, &plan, progress)?;
    warnings.extend(without_key(request, &loaded));
    let memory = ground.asked(&loaded).memory;
    let results =
        compute::compute(&ground.store, ground.spark.as_ref(), &plan, memory, &loaded.people, progress)?;
    let beside = Beside::load(request, &ground, &plan, &mut loaded)?;
    warnings.extend(beside.warnings());
    let inputs = loaded.files.iter().map(|(name, file)| (name.clone(), file.sha256.clone())).collect();
    let planned = planned::planned(request, &inputs).map_err(|d| vec![d])?;
    let mut manifest = manifest::Manifest::new(request, &plan, &loaded, &planned);
    let ledger = protect::Ledger::read(request, &plan, manifest.run_id()).map_err(|d| vec![d])?;
    let earlier = ledger.as_ref().map(|l| l.earlier.as_slice()).unwrap_or_default();
    let passed = evaluated(&plan, results, ground.asked(&loaded), &loaded, &beside, earlier, progress)?;
    if !passed.rows_told {
        manifest.leave_out_rows();
    }
    progress.step("write tables");
    let mut files = Folder::new();
    let cache = ground.cache.as_ref();
    tables::write(&plan, &passed, &loaded, &planned, &ground.store, cache, &mut files)
        .map_err(|d| vec![d])?;
    if plan.adaptation_log.is_some() {
        let table = adaptations::csv(&beside.log).map_err(|d| vec![d])?;
        files.insert("adaptations.csv".into(), table);
    }
    manifest.list_tables(&files);
    if let Some(iati) = &plan.iati {
        if plan.policy.audience == Audience::Public {
            files.insert("iati.xml".into(), iati::write(&plan, iati, &passed.released).map_err(|d| vec![d])?);
        } else {
            warnings.push(iati_for_the_public(plan.policy.audience));
        }
    }
    let run_id = manifest.run_id().to_owned();
    let record = ledger.and_then(|ledger| ledger.lines(&run_id, &passed.published));
    let kept = Kept {
        request: request.clone(),
        plan,
        passed,
        loaded,
        planned,
        beside,
        manifest,
        tables: files,
        workbooks: OnceLock::new(),
        cache: ground.cache.clone(),
    };
    let (files, left_out) = kept.written(progress)?;
    warnings.extend(left_out);
    if let Some(cache) = &ground.cache {
        cache.tidy();
    }
    Ok(Outcome { run_id, files, record, warnings, kept })
}

/// Why there is no file for the registry.
fn iati_for_the_public(audience: Audience) -> Diagnostic {
    Diagnostic::command_line(
        "iati.not-public",
        format!(
            "iati.xml was not written: a registry is read by everybody, and this run is for `{}`",
            audience.word()
        ),
    )
    .hint("Run with `--audience public` for the registry.")
    .as_warning()
}

/// What reports were made from, so that they can be made again without the exports.
pub(crate) struct Kept {
    request: Request,
    plan: Plan,
    passed: Passed,
    loaded: Loaded,
    planned: planned::Planned,
    beside: Beside,
    manifest: manifest::Manifest,
    tables: Folder,
    /// Made from the tables, and what was found in both that must not be in them.
    workbooks: OnceLock<(Workbooks, Vec<Diagnostic>)>,
    /// Where pages are kept, and looked for.
    cache: Option<Cache>,
}

impl Kept {
    /// Every file of the run, with charts drawn and reports set anew; and what pages for screens leave
    /// out.
    pub(crate) fn written(&self, progress: &Progress) -> Result<(Folder, Vec<Diagnostic>), Vec<Diagnostic>> {
        let told: Vec<String> = self.plan.reports.iter().map(told).collect();
        if !told.is_empty() {
            progress.step(&format!("set report {}", told.join(", ")));
        }
        let look = protect::LastLook::new(&self.passed.unreleased, self.cache.as_ref());
        // Workbooks take longest, and need nothing of the reports.
        let (workbooks, set) = rayon::join(|| self.workbooks(&look), || self.set(&look));
        let (workbooks, mut flagged) = workbooks?.clone();
        let (manifest, outputs) = set?;
        let Outputs { mut files, mut ids, left_out, as_before, flagged: in_reports } = outputs;
        if !as_before.is_empty() {
            progress.step(&format!("  with the pages of before: {}", as_before.join(", ")));
        }
        stop_if_interrupted()?;
        flagged.extend(in_reports);
        if !flagged.is_empty() {
            return Err(flagged);
        }
        files.extend(self.tables.iter().map(|(name, bytes)| (name.clone(), bytes.clone())));
        files.extend(workbooks.files);
        look.let_out(&files);
        ids.extend(workbooks.ids);
        // All of them hold hashes, and nothing that was not looked at.
        let described = data_package::describe(&self.plan, manifest.run_id(), &files);
        files.insert(data_package::NAME.into(), described);
        attestation::attest(&self.plan, &manifest, &mut files);
        files.insert("manifest.json".into(), manifest.finished(&files, &ids));
        Ok((files, left_out))
    }

    /// The reports, with the manifest that travels in them.
    fn set(&self, look: &protect::LastLook<'_>) -> Result<(manifest::Manifest, Outputs), Vec<Diagnostic>> {
        let mut templates = Vec::new();
        for report in &self.plan.reports {
            templates.push(templates::templates(&self.request, report)?);
        }
        let reports = self.plan.reports.iter().map(|report| report.id.as_str());
        let manifest = self.manifest.with_templates(reports.zip(&templates));
        let inside = report::Inside::new(&self.request, &self.loaded, &manifest, &self.tables)?;
        let made = Made {
            plan: &self.plan,
            released: &self.passed.released,
            loaded: &self.loaded,
            rows_told: self.passed.rows_told,
            inside: &inside,
            tables: &self.tables,
            templates: &templates,
            planned: &self.planned,
            beside: &self.beside,
            cache: self.cache.as_ref(),
        };
        let papers = papers(&self.request, &made)?;
        let outputs = outputs(&self.request, &made, &papers, look)?;
        Ok((manifest, outputs))
    }

    /// The workbooks, with what was found in them and in the tables that must not be in them.
    fn workbooks(
        &self,
        look: &protect::LastLook<'_>,
    ) -> Result<&(Workbooks, Vec<Diagnostic>), Vec<Diagnostic>> {
        if let Some(made) = self.workbooks.get() {
            return Ok(made);
        }
        let Self { plan, passed, tables, cache, .. } = self;
        let rows = tables::indicator_rows(plan, &passed.released);
        let workbooks = workbook::Sheets { plan, rows: &rows, tables, cache: cache.as_ref() }.write()?;
        let mut flagged = look.at(tables, &Folder::new());
        flagged.extend(look.at(&workbooks.files, tables));
        Ok(self.workbooks.get_or_init(|| (workbooks, flagged)))
    }

    /// The folders of templates that reports are set from.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = self
            .plan
            .reports
            .iter()
            .filter_map(|r| Some(self.request.folder.join(r.folder.as_ref()?)))
            .collect();
        all.sort();
        all.dedup();
        all
    }
}

/// Whether the run was asked to stop.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// What may be published of results, with the answers of evaluations: through the gate, together with
/// what `earlier` releases told.
fn evaluated(
    plan: &Plan,
    results: compute::Results,
    asked: Asked<'_>,
    loaded: &Loaded,
    beside: &Beside,
    earlier: &[Published],
    progress: &Progress,
) -> Result<Passed, Vec<Diagnostic>> {
    progress.step("answer evaluations");
    let partners = beside.releases.cells(plan, &results).map_err(|d| vec![d])?;
    let all = results.with(&partners.published);
    let names = Names::of(plan, &loaded.contents());
    let estimates = evaluate::evaluate(plan, &all, &beside.log, &names, asked)?;
    let contrasts = evaluate::site_comparison::contrasts(plan, &all);
    progress.step("apply the disclosure policy");
    let remember = |judged: &dyn Fn() -> String, judge: &dyn Fn() -> Vec<Vec<i64>>| {
        let Some(memory) = asked.memory else { return judge() };
        let (judgement, is_known) = memory.judgement(&judged(), judge);
        if is_known {
            progress.step("  as it was decided before");
        }
        judgement
    };
    let found = protect::Found { results, contrasts, estimates };
    let passed =
        protect::protect(plan, found, loaded, &names, asked, earlier, &remember).map_err(|d| vec![d])?;
    Ok(passed.with_partners(partners))
}

/// What stands beside our own figures: what was changed in the model, what people said, and what
/// partners released.
#[derive(Default)]
struct Beside {
    log: adaptations::Log,
    voices: voices::Voices,
    releases: partners::Releases,
}

impl Beside {
    /// Loads it; the files of partners become inputs of the run.
    fn load(
        request: &Request,
        ground: &Ground,
        plan: &Plan,
        loaded: &mut Loaded,
    ) -> Result<Self, Vec<Diagnostic>> {
        let asked = ground.asked(loaded);
        let log = adaptations::log(asked, plan).map_err(|d| vec![d])?;
        let voices = voices::voices(&ground.store, plan).map_err(|d| vec![d])?;
        let releases = partners::releases(request, plan)?;
        for (name, file) in &releases.files {
            loaded.files.insert(name.clone(), file.clone());
        }
        Ok(Self { log, voices, releases })
    }

    fn warnings(&self) -> impl Iterator<Item = Diagnostic> {
        self.log.warnings.iter().chain(&self.releases.warnings).cloned()
    }
}

/// What reports are made from.
struct Made<'a> {
    plan: &'a Plan,
    released: &'a Released,
    loaded: &'a Loaded,
    rows_told: bool,
    inside: &'a report::Inside,
    tables: &'a Folder,
    templates: &'a [Templates],
    planned: &'a planned::Planned,
    beside: &'a Beside,
    cache: Option<&'a Cache>,
}

/// What reports lead to.
#[derive(Default)]
struct Outputs {
    files: Folder,
    /// The identifiers that reports print, by their files.
    ids: BTreeMap<String, String>,
    /// What pages for screens leave out.
    left_out: Vec<Diagnostic>,
    /// The reports of which an earlier run set the pages.
    as_before: Vec<String>,
    /// What was found in them that must not be in them.
    flagged: Vec<Diagnostic>,
}

/// The reports, with what they say.
fn papers<'a>(request: &Request, made: &Made<'a>) -> Result<Vec<Paper<'a>>, Vec<Diagnostic>> {
    let mut papers = Vec::new();
    for (report, templates) in made.plan.reports.iter().zip(made.templates) {
        let earlier = earlier::earlier(request, made.plan, report)?;
        let chosen = chosen(made.plan, report);
        let limited = report.limit_to.as_ref().map(|limit| limited(&chosen, made.released, limit));
        let (plan, released) = match limited {
            Some((plan, released)) => (plan, Cow::Owned(released)),
            None => (chosen, Cow::Borrowed(made.released)),
        };
        papers.push(Paper { report, templates, earlier, plan, released });
    }
    Ok(papers)
}

/// Draws and sets every report in every language.
fn outputs(
    request: &Request,
    made: &Made<'_>,
    papers: &[Paper<'_>],
    look: &protect::LastLook<'_>,
) -> Result<Outputs, Vec<Diagnostic>> {
    let in_languages =
        papers.iter().flat_map(|paper| paper.report.languages.iter().map(move |language| (paper, *language)));
    let all: Vec<(&Paper<'_>, Language)> = in_languages.collect();
    // Each by itself; which of them is ready first changes nothing.
    let all: Vec<_> = all.par_iter().map(|(paper, language)| paper.set(request, made, *language)).collect();
    let mut out = Outputs::default();
    for set in all {
        let set = set?;
        out.files.extend(set.files);
        out.ids.extend(["pdf", "html"].map(|ending| (format!("{}.{ending}", set.stem), set.id.clone())));
        out.left_out.extend(set.left_out);
        out.as_before.extend(set.is_as_before.then_some(set.stem));
    }
    out.left_out.dedup();
    out.flagged = look.at(&out.files, made.tables);
    Ok(out)
}

/// The name of a report and its languages.
fn told(report: &Report) -> String {
    let languages: Vec<&str> = report.languages.iter().map(|language| language.code()).collect();
    format!("{} ({})", report.id, languages.join(", "))
}

/// A report, with what it says.
struct Paper<'a> {
    report: &'a Report,
    templates: &'a Templates,
    earlier: Vec<(CellKey, f64)>,
    plan: Plan,
    released: Cow<'a, Released>,
}

/// A report in a language.
struct Set {
    /// How its files begin.
    stem: String,
    files: Folder,
    /// The identifier that it prints.
    id: String,
    /// What its pages leave out.
    left_out: Vec<Diagnostic>,
    /// Whether its pages were set by an earlier run.
    is_as_before: bool,
}

impl Paper<'_> {
    /// It in a language.
    fn set(&self, request: &Request, made: &Made<'_>, language: Language) -> Result<Set, Vec<Diagnostic>> {
        stop_if_interrupted()?;
        let Self { report, templates, plan, .. } = self;
        let mut files = Folder::new();
        let words = Words::of(templates, language)?;
        let studio = |width_pt| figures::Studio {
            plan,
            report,
            released: &self.released,
            words: &words,
            width_pt,
            log: &made.beside.log,
        };
        let mut narrow = figures::draw(&studio(figures::NARROW)).into_iter();
        let wide = figures::draw(&studio(figures::WIDE)).into_iter();
        let figures: Vec<_> = wide.map(|wide| (wide, narrow.next())).collect();
        for (figure, _) in &figures {
            let stem = format!("charts/{}-{}-{language}", report.id, figure.id);
            files.insert(format!("{stem}.svg"), figure.figure.svg.clone().into_bytes());
            files.insert(format!("{stem}.csv"), figure.figure.csv.clone().into_bytes());
            files.insert(format!("{stem}.txt"), format!("{}\n", figure.figure.alt).into_bytes());
        }
        let parts = report::Parts {
            request,
            plan,
            report,
            released: &self.released,
            loaded: made.loaded,
            rows_told: made.rows_told,
            inside: made.inside,
            figures: &figures,
            planned: made.planned,
            words: &words,
            beside: made.beside,
            earlier: &self.earlier,
            cache: made.cache,
        };
        let composed =
            parts.compose(language, templates).map_err(|problems| templates::placed(problems, report))?;
        let stem = format!("reports/{}-{language}", report.id);
        files.insert(format!("{stem}.pdf"), composed.pdf);
        files.insert(format!("{stem}.html"), composed.page.html.into_bytes());
        let left_out = templates::left_out(report, &composed.page.left_out).into_iter();
        let left_out = left_out.chain(templates::unshown(report, language, &composed.unshown)).collect();
        Ok(Set { stem, files, id: composed.id, left_out, is_as_before: composed.is_as_before })
    }
}

/// The plan of a report: the indicators that it shows, and the comparisons of those.
fn chosen(plan: &Plan, report: &Report) -> Plan {
    let mut plan = plan.clone();
    if !report.indicators.is_empty() {
        plan.indicators.retain(|i| report.indicators.contains(&i.id));
        for evaluation in &mut plan.evaluations {
            if let Design::SiteComparison(design) = &mut evaluation.design {
                design.indicators.retain(|id| report.indicators.contains(id));
            }
        }
    }
    plan
}

/// The plan and the results of a report about one category: the indicators that have the
/// dimension, without comparisons and targets, which are of the whole.
fn limited(plan: &Plan, released: &Released, (dimension, category): &(String, String)) -> (Plan, Released) {
    let mut plan = plan.clone();
    plan.indicators.retain(|i| i.disaggregate.iter().any(|d| d.name == *dimension));
    plan.evaluations.clear();
    for indicator in &mut plan.indicators {
        indicator.headline = true;
        indicator.targets.clear();
        indicator.baselines.clear();
    }
    let title = &mut plan.programme.title;
    let labels = &plan.labels;
    for language in Language::ALL {
        let said = title.get(language).to_owned();
        let only = (labels.word(dimension, language), labels.category(dimension, category, language));
        let said = format!("{said} · {}: {}", only.0, only.1);
        match language {
            Language::En => title.en = said,
            Language::Th => title.th = Some(said),
            Language::My => title.my = Some(said),
        }
    }
    (plan, released.limited_to(dimension, category))
}

/// The name of the pipeline file, without its folder: folders never show in an output.
fn pipeline_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// SHA-256 of the pipeline file; where indicators stand in a sheet, of its text followed by the
/// bytes of the sheet.
fn pipeline_hash(request: &Request, loaded: &Loaded) -> String {
    let sheet = loaded.indicator_sheet.as_ref().map_or(&[][..], |(_, bytes)| bytes);
    sha256(&[request.text.as_bytes(), sheet].concat())
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static RUNNING: Mutex<Option<groundwork_store::Interrupt>> = Mutex::new(None);

/// Makes Ctrl-C stop the query that is running; the run then ends with code 130.
fn interrupts_stop() {
    // A second handler in one process is refused; the first one serves every run.
    let _ = ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        if let Ok(running) = RUNNING.lock()
            && let Some(interrupt) = running.as_ref()
        {
            interrupt.interrupt();
        }
        spark::let_go();
    });
}

fn stop_if_interrupted() -> Result<(), Vec<Diagnostic>> {
    if interrupted() { Err(vec![stopped()]) } else { Ok(()) }
}

/// That the run was asked to stop, and did.
fn stopped() -> Diagnostic {
    let mut stopped = Diagnostic::machine("run.interrupted", "the run was interrupted");
    stopped.fault = Fault::Interrupted;
    stopped
}
