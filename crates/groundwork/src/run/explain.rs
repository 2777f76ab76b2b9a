//! What is behind one number: the rows that went into it and those that did not, the queries, the
//! inputs, and what earlier runs said.
//!
//! The number itself is the one that the run would publish, after the gate. Where it is withheld,
//! so is the account of its rows.

use super::evaluate::site_comparison;
use super::{
    Beside, Ground, Loaded, Request, compute, evaluated, load, manifest, pipeline_hash, pipeline_name,
    planned, protect, worked,
};
use crate::ui::Progress;
use groundwork_disclosure::{CellKey, Released, ReleasedCell, ReleasedEstimate, Status};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::disclosure::Audience;
use groundwork_plan::evaluation::Evaluation;
use groundwork_plan::indicator::{Counted, Indicator, IndicatorPeriod, Kind};
use groundwork_plan::method::ContrastMethod;
use groundwork_plan::plan::Plan;
use groundwork_plan::query::Statement;
use groundwork_plan::remote;
use groundwork_plan::source::Origin;
use groundwork_stats::ClusteredRatio;
use groundwork_store::ClusterSum;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is asked.
pub(crate) struct Question {
    pub(crate) indicator: String,
    /// The site, or all of them together.
    pub(crate) site: Option<String>,
    /// The period, or the last one.
    pub(crate) period: Option<String>,
    /// A dimension and one of its categories.
    pub(crate) category: Option<(String, String)>,
    /// Run directories, or folders of such.
    pub(crate) runs: Vec<PathBuf>,
}

/// What is behind a number.
pub(crate) struct Explained {
    pub(crate) indicator: Indicator,
    pub(crate) period: IndicatorPeriod,
    pub(crate) cell: ReleasedCell,
    /// The rows of each source that is counted. Nothing where the cell is withheld.
    pub(crate) accounts: Vec<SourceRows>,
    /// The cells that a formula is made from.
    pub(crate) inputs: Vec<ReleasedCell>,
    /// The sources behind it, nearest first.
    pub(crate) sources: Vec<String>,
    /// The queries that count it, in order.
    pub(crate) sql: Vec<String>,
    /// The method of the interval and, for few units, its arithmetic.
    pub(crate) worked: Vec<String>,
    /// What earlier runs said, by the day on which their exports were taken.
    pub(crate) history: Vec<Past>,
    pub(crate) loaded: Loaded,
}

/// The rows of one source by what became of them.
pub(crate) struct SourceRows {
    pub(crate) source: String,
    /// The part of the value that they are counted for, where two sources are.
    pub(crate) part: Option<&'static str>,
    /// Rows in the cell.
    pub(crate) inside: u64,
    /// All of them.
    pub(crate) all: u64,
    /// Rows that are not in it, by reason; how many is missing where it would show few people.
    pub(crate) outside: Vec<(String, Option<u64>)>,
}

/// What an earlier run said of the same cell.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Past {
    pub(crate) as_of: String,
    pub(crate) run_id: String,
    pub(crate) value: String,
    pub(crate) status: String,
    /// Whether the pipeline was another one then.
    pub(crate) same_pipeline: bool,
}

/// What an evaluation answers, and how.
pub(crate) struct ExplainedEvaluation {
    pub(crate) evaluation: Evaluation,
    /// Every row of `estimates.csv` with the method and, for few units, its arithmetic.
    pub(crate) estimates: Vec<(ReleasedEstimate, Vec<String>)>,
}

/// What a run would publish, and what it was estimated from.
struct Looked {
    ground: Ground,
    loaded: Loaded,
    released: Released,
    ratios: BTreeMap<CellKey, ClusteredRatio>,
    clusters: BTreeMap<CellKey, Vec<ClusterSum>>,
}

fn look(request: &Request, plan: &Plan, progress: &Progress) -> Result<Looked, Vec<Diagnostic>> {
    if let Some(source) = remote::sources(plan).first() {
        let message =
            format!("the rows of source `{}` stay with the engine, and cannot be looked at", source.id);
        let problem = Diagnostic::pipeline("engine.not-yet", source.span, message);
        return Err(vec![problem.hint("Run with `--engine here`, where one machine is enough.")]);
    }
    let (ground, mut loaded) = load(request, plan, progress)?;
    let results =
        compute::compute(&ground.store, ground.spark.as_ref(), plan, None, &loaded.people, progress)?;
    let beside = Beside::load(request, &ground, plan, &mut loaded)?;
    let (ratios, clusters) = (results.ratios.clone(), results.clusters.clone());
    let inputs = loaded.files.iter().map(|(name, file)| (name.clone(), file.sha256.clone())).collect();
    let planned = planned::planned(request, &inputs).map_err(|d| vec![d])?;
    let manifest = manifest::Manifest::new(request, plan, &loaded, &planned);
    let ledger = protect::Ledger::read(request, plan, manifest.run_id()).map_err(|d| vec![d])?;
    let earlier = ledger.as_ref().map(|l| l.earlier.as_slice()).unwrap_or_default();
    let released =
        evaluated(plan, results, ground.asked(&loaded), &loaded, &beside, earlier, progress)?.released;
    Ok(Looked { ground, loaded, released, ratios, clusters })
}

/// Looks behind a number.
pub(crate) fn explain(
    request: &Request,
    plan: &Plan,
    question: &Question,
    progress: &Progress,
) -> Result<Explained, Vec<Diagnostic>> {
    let (indicator, period, key) = asked(plan, question).map_err(|d| vec![d])?;
    let mut looked = look(request, plan, progress)?;
    let cell = looked.released.cell(&key).cloned().ok_or_else(|| vec![no_cell(&key)])?;
    let site = key.site.as_str();
    let has_column = |source: &str, name: &str| plan.columns(source).iter().any(|(n, _)| n == name);
    let mut accounts = Vec::new();
    if cell.status() != Status::Withheld {
        let threshold = plan.policy.threshold(&indicator.id, &key.dimension);
        for account in indicator.accounts(site, &period, &has_column) {
            let rows = looked.ground.store.counted(&account.query).map_err(|d| vec![d])?;
            let count = |counts: &[i64]| counts.first().and_then(|n| u64::try_from(*n).ok()).unwrap_or(0);
            let rows = rows.into_iter().map(|(reason, counts)| (reason, count(&counts)));
            let (inside, outside): (Vec<_>, Vec<_>) = rows.partition(|(reason, _)| reason.is_empty());
            let sum = |rows: &[(String, u64)]| rows.iter().map(|(_, n)| n).sum();
            accounts.push(SourceRows {
                source: account.source,
                part: account.part,
                inside: sum(&inside),
                all: sum(&inside) + sum(&outside),
                outside: told(outside, if indicator.people { threshold } else { 1 }),
            });
        }
    }
    let input = |name: String| looked.released.cell(&CellKey { indicator: name, ..key.clone() }).cloned();
    let inputs = match &indicator.kind {
        Kind::Derived(kind) => kind.inputs().into_iter().filter_map(|name| input(name.to_owned())).collect(),
        _ => Vec::new(),
    };
    // One cluster is the work of one volunteer, which nobody outside needs to see.
    let clusters = looked.clusters.remove(&key).filter(|_| plan.policy.audience == Audience::Internal);
    let material = worked::Material {
        ratio: looked.ratios.remove(&key),
        clusters: clusters.unwrap_or_default().iter().map(|c| (c.y, c.x)).collect(),
    };
    Ok(Explained {
        accounts,
        inputs,
        sources: sources_behind(plan, indicator),
        sql: sql(indicator),
        history: history(&question.runs, request, &looked.loaded, &key).map_err(|d| vec![d])?,
        worked: worked::lines(indicator, &cell, &material),
        indicator: indicator.clone(),
        period,
        cell,
        loaded: looked.loaded,
    })
}

/// Counts below the threshold are not told, nor as many of the next larger ones as it takes until what
/// is left of all rows is more than one count and not below the threshold itself.
fn told(counts: Vec<(String, u64)>, threshold: u64) -> Vec<(String, Option<u64>)> {
    let mut ordered: Vec<u64> = counts.iter().map(|(_, n)| *n).filter(|n| *n > 0).collect();
    ordered.sort_unstable();
    let small = ordered.iter().filter(|n| **n < threshold).count();
    let is_enough = |many: &usize| *many > 1 && ordered.iter().take(*many).sum::<u64>() >= threshold;
    let hidden = if small == 0 { 0 } else { (small..ordered.len()).find(is_enough).unwrap_or(ordered.len()) };
    let largest = ordered.get(..hidden).and_then(<[u64]>::last).copied().unwrap_or(0);
    counts.into_iter().map(|(reason, n)| (reason, (n > largest).then_some(n))).collect()
}

/// Looks behind the answer of an evaluation.
pub(crate) fn explain_evaluation(
    request: &Request,
    plan: &Plan,
    evaluation: &Evaluation,
    progress: &Progress,
) -> Result<ExplainedEvaluation, Vec<Diagnostic>> {
    let looked = look(request, plan, progress)?;
    let of_this = looked.released.estimates().iter().filter(|e| e.evaluation() == evaluation.id);
    let estimates = of_this
        .map(|estimate| (estimate.clone(), by_hand(plan, evaluation, estimate, &looked.released)))
        .collect();
    Ok(ExplainedEvaluation { evaluation: evaluation.clone(), estimates })
}

/// The arithmetic of a comparison of two cells; none for other rows, whose method is named.
fn by_hand(
    plan: &Plan,
    evaluation: &Evaluation,
    estimate: &ReleasedEstimate,
    released: &Released,
) -> Vec<String> {
    let Some(found) = estimate.figures() else { return Vec::new() };
    let Some(design) = evaluation.site_comparison() else { return Vec::new() };
    let pair = site_comparison::pairs(plan, design).into_iter().find(|(key, reference, indicator)| {
        indicator.id == estimate.indicator()
            && key.period == estimate.term()
            && site_comparison::against(&key.site, &reference.site) == estimate.contrast()
    });
    let Some((key, reference, indicator)) = pair else { return Vec::new() };
    let fitting = ContrastMethod::of(indicator.kind.summary());
    let method = fitting.iter().find(|method| method.id() == estimate.method());
    let figures = |key: &CellKey| released.cell(key).and_then(ReleasedCell::figures);
    match (method, figures(&key), figures(&reference)) {
        (Some(method), Some(cell), Some(reference)) => {
            worked::contrast_lines(*method, cell, reference, found)
        }
        _ => Vec::new(),
    }
}

fn asked<'p>(
    plan: &'p Plan,
    question: &Question,
) -> Result<(&'p Indicator, IndicatorPeriod, CellKey), Diagnostic> {
    let unknown = |code, what: &str, name: &str, known: Vec<&str>| {
        Diagnostic::command_line(code, format!("no {what} is named `{name}`")).did_you_mean(name, known)
    };
    let indicator = plan.indicator(&question.indicator).ok_or_else(|| {
        let known = plan.indicators.iter().map(|i| i.id.as_str()).collect();
        unknown("indicator.unknown", "indicator", &question.indicator, known)
    })?;
    let site = question.site.clone().unwrap_or_default();
    if !site.is_empty() && !plan.sites.iter().any(|s| s.id == site) {
        let known = plan.sites.iter().map(|s| s.id.as_str()).collect();
        return Err(unknown("site.unknown", "site", &site, known));
    }
    let of_site = |p: &&IndicatorPeriod| p.site.as_ref().is_none_or(|own| *own == site);
    let periods: Vec<&IndicatorPeriod> = indicator.periods.iter().filter(of_site).collect();
    let wanted = question
        .period
        .clone()
        .or_else(|| periods.iter().rev().find(|p| p.site.is_none()).or(periods.last()).map(|p| p.id.clone()));
    let wanted = wanted.unwrap_or_default();
    let period = periods.iter().find(|p| p.id == wanted).ok_or_else(|| {
        unknown("calendar.unknown-period", "period", &wanted, periods.iter().map(|p| p.id.as_str()).collect())
    })?;
    let mut key = CellKey::total(&indicator.id, &site, &period.id);
    if let Some((dimension, category)) = &question.category {
        let own = indicator.kind.own_dimension();
        let dimensions: Vec<_> = indicator.disaggregate.iter().chain(&own).collect();
        let found = dimensions.iter().find(|d| d.name == *dimension).ok_or_else(|| {
            let known = dimensions.iter().map(|d| d.name.as_str()).collect();
            unknown("indicator.unknown-dimension", "dimension of the indicator", dimension, known)
        })?;
        if !found.categories.contains(category) {
            let known = found.categories.iter().map(String::as_str).collect();
            return Err(unknown("indicator.unknown-category", "category", category, known));
        }
        (key.dimension, key.category) = (dimension.clone(), category.clone());
    }
    Ok((indicator, (*period).clone(), key))
}

fn no_cell(key: &CellKey) -> Diagnostic {
    Diagnostic::command_line(
        "indicator.no-cell",
        format!("`{}` is not computed for this site and period", key.indicator),
    )
    .hint("It is computed for all sites together where its source has no column of type site.")
}

/// The sources behind an indicator, nearest first, and those that they are made from.
fn sources_behind(plan: &Plan, indicator: &Indicator) -> Vec<String> {
    let mut waiting: Vec<&str> = indicator.kind.sources();
    let mut out: Vec<String> = Vec::new();
    while !waiting.is_empty() {
        let id = waiting.remove(0);
        if id.is_empty() || out.iter().any(|seen| seen == id) {
            continue;
        }
        out.push(id.to_owned());
        let Some(source) = plan.source(id) else { continue };
        match &source.origin {
            Origin::Export(export) => waiting.extend(export.repeat_of.as_deref()),
            Origin::Summary(summary) => waiting.push(&summary.of),
            Origin::Spells(spells) => waiting.push(&spells.of),
        }
        waiting.extend(source.lookups.iter().map(|lookup| lookup.source.as_str()));
    }
    out
}

/// The statements that count an indicator from the rows that count; a run shares the scan of a
/// source among indicators, with the same result.
fn sql(indicator: &Indicator) -> Vec<String> {
    if matches!(indicator.kind, Kind::Derived(_)) {
        return Vec::new();
    }
    let units = format!("units:{}", indicator.id);
    let made = Statement::CreateTable(units.clone(), indicator.units());
    let cells = indicator.cells(&Counted::Units(units), &indicator.disaggregate, true);
    indicator
        .kind
        .prepare()
        .iter()
        .chain([&made])
        .map(ToString::to_string)
        .chain([cells.to_string()])
        .collect()
}

/// What the runs in some folders said of a cell, the earliest exports first.
fn history(
    folders: &[PathBuf],
    request: &Request,
    loaded: &Loaded,
    key: &CellKey,
) -> Result<Vec<Past>, Diagnostic> {
    let pipeline_sha256 = pipeline_hash(request, loaded);
    let mut out = Vec::new();
    for folder in folders {
        for run in runs_in(folder)? {
            out.extend(past(&run, request, &pipeline_sha256, key)?);
        }
    }
    out.sort();
    out.dedup();
    Ok(out)
}

/// A run directory itself, or those in a folder.
fn runs_in(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let is_run = |path: &Path| path.join("manifest.json").is_file();
    if is_run(folder) {
        return Ok(vec![folder.to_owned()]);
    }
    let entries = std::fs::read_dir(folder).map_err(|e| {
        Diagnostic::command_line("runs.unreadable", format!("{} cannot be read: {e}", folder.display()))
            .hint("Name a run directory, or a folder of run directories, with `--runs`.")
    })?;
    let mut runs: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(|path| is_run(path)).collect();
    runs.sort();
    Ok(runs)
}

fn past(
    run: &Path,
    request: &Request,
    pipeline_sha256: &str,
    key: &CellKey,
) -> Result<Option<Past>, Diagnostic> {
    let broken = |what: &str| {
        Diagnostic::command_line("runs.broken", format!("{} in {} cannot be understood", what, run.display()))
            .hint("The folder may hold a run of another version; leave it out of `--runs`.")
    };
    let manifest = std::fs::read(run.join("manifest.json")).map_err(|_| broken("manifest.json"))?;
    let manifest: Value = serde_json::from_slice(&manifest).map_err(|_| broken("manifest.json"))?;
    // Another programme's run says nothing of this indicator.
    if manifest["pipeline"]["name"] != pipeline_name(&request.path).as_str() {
        return Ok(None);
    }
    let mut reader =
        csv::Reader::from_path(run.join("indicators.csv")).map_err(|_| broken("indicators.csv"))?;
    let header = reader.headers().map_err(|_| broken("indicators.csv"))?.clone();
    let at = |name: &str| header.iter().position(|h| h == name);
    let wanted = [
        (at("indicator"), &key.indicator),
        (at("site"), &key.site),
        (at("period"), &key.period),
        (at("dimension"), &key.dimension),
        (at("category"), &key.category),
    ];
    for record in reader.records() {
        let record = record.map_err(|_| broken("indicators.csv"))?;
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().to_owned();
        if wanted.iter().all(|(at, value)| field(*at) == **value) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            return Ok(Some(Past {
                as_of: text(&manifest["parameters"]["as_of"]),
                run_id: text(&manifest["run_id"]),
                value: field(at("value")),
                status: field(at("status")),
                same_pipeline: manifest["pipeline"]["sha256"] == pipeline_sha256,
            }));
        }
    }
    Ok(None)
}
