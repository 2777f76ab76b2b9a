//! `groundwork explain`: what is behind a number.

use crate::cli::{Format, Overrides, PipelineFile};
use crate::exit;
use crate::run::{
    Explained, ExplainedEvaluation, LoadedSource, Question, explain, explain_evaluation, resolve,
};
use crate::ui::{self, PipelineText, Progress};
use groundwork_disclosure::{ContrastFigures, ReleasedCell, ReleasedEstimate, Status};
use groundwork_plan::indicator::{Direction, Indicator, Summary};
use groundwork_plan::number::{format_exact, format_interval, format_value};
use groundwork_plan::reason::Reason;
use groundwork_plan::text::Language;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What is behind a number: definition, rows in and out, queries, inputs, earlier runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// The indicator, or an evaluation.
    #[arg(value_name = "INDICATOR")]
    indicator: String,
    /// The site; all sites together where it is missing.
    #[arg(long)]
    site: Option<String>,
    /// The period, such as 2021-Q4; the last one where it is missing.
    #[arg(long)]
    period: Option<String>,
    /// One category, such as sex=female; everybody where it is missing.
    #[arg(long, value_name = "DIMENSION=CATEGORY", value_parser = category)]
    category: Option<(String, String)>,
    /// A run directory, or a folder of run directories, for what earlier runs said; can be given
    /// several times. `out` where it is missing and there is one.
    #[arg(long, value_name = "DIR")]
    runs: Vec<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
    /// How facts are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

fn category(text: &str) -> Result<(String, String), String> {
    let (dimension, category) = text.split_once('=').ok_or("expected a category such as sex=female")?;
    Ok((dimension.trim().to_owned(), category.trim().to_owned()))
}

impl Explain {
    /// Looks, and says what it found.
    pub(crate) fn run(self) -> u8 {
        let request = match super::request(&self.pipeline.path, &self.overrides) {
            Ok(request) => request,
            Err(problem) => return ui::ended(self.format, &[problem], None),
        };
        let path = self.pipeline.path.display().to_string();
        let shown = PipelineText { path: &path, text: &request.text };
        let plan = match resolve(&request) {
            Ok((plan, _)) => plan,
            Err(problems) => return ui::ended(self.format, &problems, Some(&shown)),
        };
        let mut runs = self.runs.clone();
        if runs.is_empty() && Path::new("out/manifest.json").is_file() {
            runs.push("out".into());
        }
        let question = Question {
            indicator: self.indicator.clone(),
            site: self.site.clone(),
            period: self.period.clone(),
            category: self.category.clone(),
            runs,
        };
        let progress = Progress::new(self.format == Format::Json);
        let evaluation = plan.evaluations.iter().find(|e| e.id == self.indicator);
        let explained = match evaluation.filter(|_| plan.indicator(&self.indicator).is_none()) {
            Some(evaluation) => {
                explain_evaluation(&request, &plan, evaluation, &progress).map(Answer::Evaluation)
            }
            None => explain(&request, &plan, &question, &progress).map(Answer::Number),
        };
        drop(progress);
        match (explained, self.format) {
            (Ok(Answer::Number(explained)), Format::Json) => ui::fact_json(&as_json(&explained)),
            (Ok(Answer::Number(explained)), Format::Text) => print(&explained),
            (Ok(Answer::Evaluation(explained)), Format::Json) => ui::fact_json(&evaluation_json(&explained)),
            (Ok(Answer::Evaluation(explained)), Format::Text) => print_evaluation(&explained),
            (Err(problems), _) => return ui::ended(self.format, &problems, Some(&shown)),
        }
        exit::DONE
    }
}

/// What was looked behind.
enum Answer {
    Number(Explained),
    Evaluation(ExplainedEvaluation),
}

fn print_evaluation(explained: &ExplainedEvaluation) {
    let ExplainedEvaluation { evaluation, estimates } = explained;
    ui::fact(&format!("{} · {}", evaluation.id, evaluation.question.get(Language::En)));
    ui::fact(&format!("  Design {}, level {}", evaluation.design.word(), format_exact(evaluation.level)));
    for (name, part) in evaluation.estimand.parts() {
        ui::fact(&format!("  {name}: {}", part.get(Language::En)));
    }
    for (estimate, worked) in estimates {
        let about = [estimate.indicator(), estimate.contrast(), estimate.term()];
        let about: Vec<&str> = about.into_iter().filter(|part| !part.is_empty()).collect();
        ui::fact(&format!("\n{}: {}", about.join(", "), estimate.estimand()));
        for line in estimate_words(estimate).iter().chain(worked) {
            ui::fact(&format!("  {line}"));
        }
    }
    if estimates.is_empty() {
        ui::fact("\nNothing to estimate.");
    }
}

fn estimate_words(estimate: &ReleasedEstimate) -> Vec<String> {
    let why = if estimate.reason().is_empty() { String::new() } else { format!(" ({})", estimate.reason()) };
    let Some(figures) = estimate.figures() else {
        return vec![format!("{}{why}, asked of {}", estimate.status().word(), estimate.method())];
    };
    let mut first = format!("{}{why} by {}", format_exact(figures.value()), estimate.method());
    if let Some((lower, upper, level)) = figures.interval() {
        first =
            format!("{first}, {} to {} at {}", format_exact(lower), format_exact(upper), format_exact(level));
    }
    let mut out = vec![first];
    let parts = [
        ("standard error", figures.std_error()),
        ("statistic", figures.statistic()),
        ("df", figures.df()),
        ("p", figures.p_value()),
        ("p adjusted", estimate.p_adjusted()),
        ("units", Some(figures.n() as f64)),
        ("clusters", figures.n_clusters().map(|n| n as f64)),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name} {}", format_exact(value?))))
        .collect();
    out.push(parts.join(", "));
    out.extend(estimate.verdict().map(|verdict| format!("verdict: {verdict}")));
    out
}

fn evaluation_json(explained: &ExplainedEvaluation) -> Value {
    let ExplainedEvaluation { evaluation, estimates } = explained;
    let rows = estimates.iter().map(|(estimate, worked)| {
        let figures = estimate.figures();
        let interval = figures.and_then(ContrastFigures::interval);
        json!({
            "indicator": estimate.indicator(),
            "estimand": estimate.estimand(),
            "term": estimate.term(),
            "contrast": estimate.contrast(),
            "method": estimate.method(),
            "status": estimate.status().word(),
            "reason": estimate.reason(),
            "value": figures.map(ContrastFigures::value),
            "lower": interval.map(|i| i.0),
            "upper": interval.map(|i| i.1),
            "level": interval.map(|i| i.2),
            "std_error": figures.and_then(ContrastFigures::std_error),
            "statistic": figures.and_then(ContrastFigures::statistic),
            "df": figures.and_then(ContrastFigures::df),
            "p_value": figures.and_then(ContrastFigures::p_value),
            "p_adjusted": estimate.p_adjusted(),
            "n": figures.map(ContrastFigures::n),
            "n_clusters": figures.and_then(ContrastFigures::n_clusters),
            "verdict": estimate.verdict(),
            "worked": worked,
        })
    });
    json!({
        "evaluation": evaluation.id,
        "question": evaluation.question.get(Language::En),
        "design": evaluation.design.word(),
        "estimates": rows.collect::<Vec<_>>(),
    })
}

fn print(explained: &Explained) {
    let Explained { indicator, period, cell, .. } = explained;
    let key = cell.key();
    ui::fact(&format!("{} · {}", indicator.id, indicator.title.get(Language::En)));
    ui::fact(&format!("  {}", indicator.sentence(Language::En)));
    for line in definition(explained) {
        ui::fact(&format!("  {line}"));
    }
    let site = if key.site.is_empty() { "all sites together" } else { &key.site };
    let category = match key.dimension.as_str() {
        "" => String::new(),
        dimension => format!(", {dimension} {}", key.category),
    };
    ui::fact(&format!("\n{site}, {} ({} to {}){category}", key.period, period.first_day, period.last_day));
    ui::fact(&format!("  {}", value_words(cell)));
    for line in figures_words(indicator, cell).iter().chain(&explained.worked) {
        ui::fact(&format!("  {line}"));
    }
    if !explained.inputs.is_empty() {
        ui::fact("\nMade from");
        for input in &explained.inputs {
            ui::fact(&format!("  {}: {}", input.key().indicator, value_words(input)));
        }
    }
    for rows in &explained.accounts {
        let part = rows.part.map(|part| format!(", {part}")).unwrap_or_default();
        ui::fact(&format!("\nRows of {}{part}: {}", rows.source, rows.all));
        ui::fact(&format!("  {} in this number", rows.inside));
        for (reason, n) in &rows.outside {
            match n {
                Some(n) => ui::fact(&format!("  {n} not: {}", reason_words(reason))),
                None => ui::fact(&format!("  some not: {}", reason_words(reason))),
            }
        }
        if rows.outside.iter().any(|(_, n)| n.is_none()) {
            ui::fact("  How many `some` are would show few people.");
        }
    }
    if cell.status() == Status::Withheld {
        ui::fact("\nThe account of its rows is withheld with it.");
    }
    ui::fact("\nInputs");
    for id in &explained.sources {
        match explained.loaded.sources.iter().find(|s| s.id == *id) {
            Some(source) => ui::fact(&format!("  {id}: {}", source_words(source))),
            None => ui::fact(&format!("  {id}: made from the others")),
        }
        for (name, sha256) in files_of(explained, id) {
            ui::fact(&format!("    {name}  sha256 {sha256}"));
        }
    }
    if !explained.sql.is_empty() {
        ui::fact("\nSQL");
        for statement in &explained.sql {
            for line in statement.lines() {
                ui::fact(&format!("  {line}"));
            }
            ui::fact("");
        }
    }
    ui::fact("Earlier runs");
    for past in &explained.history {
        let changed = if past.same_pipeline { "" } else { "  (another version of the pipeline)" };
        let value = if past.value.is_empty() { &past.status } else { &past.value };
        ui::fact(&format!("  {}  run {}  {value}{changed}", past.as_of, past.run_id));
    }
    if explained.history.is_empty() {
        ui::fact("  none known; name run directories with `--runs`");
    }
}

/// What the definition says beside its sentence.
fn definition(explained: &Explained) -> Vec<String> {
    let indicator = &explained.indicator;
    let mut out = Vec::new();
    let (numerator, denominator) = indicator.parts(Language::En);
    match denominator {
        Some(denominator) => out.push(format!("Numerator: {numerator}; denominator: {denominator}")),
        None => out.push(format!("Counted: {numerator}")),
    }
    if let Some(filter) = &indicator.filter {
        out.push(format!("Only where {}", filter.text));
    }
    let additivity = indicator.kind.additivity();
    let adds = match (additivity.sites, additivity.periods) {
        (true, true) => "over sites and periods",
        (true, false) => "over sites, not over periods",
        (false, true) => "over periods, not over sites",
        (false, false) => "neither over sites nor over periods",
    };
    let better = match indicator.direction {
        Direction::Increase => "more is better",
        Direction::Decrease => "less is better",
    };
    out.push(format!("Kind {}; adds up {adds}; {better}", indicator.kind.word()));
    let key = explained.cell.key();
    if key.dimension.is_empty() {
        if let Some(baseline) = indicator.baselines.get(&key.site) {
            out.push(format!("Baseline {}", format_value(*baseline, &indicator.unit, Language::En)));
        }
        if let Some(target) = indicator.target(&key.site, &key.period) {
            out.push(format!("Target {}", format_value(target, &indicator.unit, Language::En)));
        }
    }
    out
}

fn value_words(cell: &ReleasedCell) -> String {
    let why = if cell.reason().is_empty() { String::new() } else { format!(" ({})", cell.reason()) };
    match cell.value() {
        Some(value) => format!("{}{why}", format_value(value, cell.unit(), Language::En)),
        None => format!("{}{why}", cell.status().word()),
    }
}

fn figures_words(indicator: &Indicator, cell: &ReleasedCell) -> Vec<String> {
    let Some(figures) = cell.figures() else { return Vec::new() };
    let mut out = Vec::new();
    let value = figures.value().map(|v| format!(" = {}", format_exact(v))).unwrap_or_default();
    match figures.denominator() {
        Some(n) if matches!(indicator.kind.summary(), Summary::Quantile(_)) => {
            out.push(format!("of {} values in order{value}", format_exact(n)));
        }
        Some(denominator) => {
            out.push(format!("{} ÷ {}{value}", format_exact(figures.numerator()), format_exact(denominator)))
        }
        None => out.push(format!("counted: {}", format_exact(figures.numerator()))),
    }
    if let Some(immature) = figures.immature().filter(|n| *n > 0.0) {
        out.push(format!("{} came too late to be counted", format_exact(immature)));
    }
    match figures.interval() {
        Some((lower, upper, level)) => out.push(format!(
            "interval {} at {} by {}",
            format_interval(lower, upper, cell.unit(), Language::En),
            format_exact(level),
            cell.method()
        )),
        None => out.push(format!("method {}", cell.method())),
    }
    out.push(format!("resting on {}", figures.n()));
    out
}

fn reason_words(reason: &str) -> String {
    let words = match reason {
        "site_missing" => "no site",
        "site_other" => "another site",
        "date_missing" => "no date",
        "date_before" => "before the period",
        "date_after" => "after the period",
        "where_undecided" => "`where` cannot be decided, for a value is missing",
        "where_not" => "`where` does not hold",
        "undecided" => "cannot be decided, for a value is missing",
        "immature" => "came too late to be done by the end of the period",
        "left_before" => "left before the period began",
        other => {
            let (column, why) = other.split_once(':').unwrap_or((other, ""));
            return match Reason::named(why) {
                Some(why) => format!("no {column}: {}", why.words()),
                None => format!("no {column}"),
            };
        }
    };
    words.to_owned()
}

fn source_words(source: &LoadedSource) -> String {
    let staged = &source.staged;
    let states = [
        (source.set_aside(), "set aside by checks"),
        (staged.superseded, "superseded by a newer version"),
        (staged.left_out, "left out by `keep`"),
        (staged.received_later, "received after `as_of`"),
        (staged.without_parent, "whose parent row does not count"),
    ];
    let states = states.into_iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!(", {n} {words}"));
    format!("{} rows read{}, {} count", source.read, states.collect::<String>(), staged.kept)
}

/// The files of a source with their hashes.
fn files_of<'e>(explained: &'e Explained, source: &str) -> Vec<(&'e str, &'e str)> {
    let Some(loaded) = explained.loaded.sources.iter().find(|s| s.id == source) else {
        return Vec::new();
    };
    let found = loaded.files.iter().filter_map(|name| explained.loaded.files.get_key_value(name));
    found.map(|(name, file)| (name.as_str(), file.sha256.as_str())).collect()
}

fn as_json(explained: &Explained) -> Value {
    let Explained { indicator, period, cell, .. } = explained;
    let key = cell.key();
    let figures = cell.figures();
    let interval = figures.and_then(|f| f.interval());
    let (numerator, denominator) = indicator.parts(Language::En);
    let sources = explained.sources.iter().map(|id| {
        let loaded = explained.loaded.sources.iter().find(|s| s.id == *id);
        let files: Vec<Value> = files_of(explained, id)
            .into_iter()
            .map(|(path, sha256)| json!({"path": path, "sha256": sha256}))
            .collect();
        json!({"id": id, "files": files, "rows": loaded.map(LoadedSource::rows_json)})
    });
    json!({
        "indicator": indicator.id,
        "title": indicator.title.get(Language::En),
        "definition": indicator.sentence(Language::En),
        "kind": indicator.kind.word(),
        "numerator": numerator,
        "denominator": denominator,
        "where": indicator.filter.as_ref().map(|f| &f.text),
        "cell": {
            "site": key.site,
            "period": key.period,
            "period_start": period.first_day.to_string(),
            "period_end": period.last_day.to_string(),
            "dimension": key.dimension,
            "category": key.category,
            "status": cell.status().word(),
            "reason": cell.reason(),
            "value": cell.value(),
            "numerator": figures.map(|f| f.numerator()),
            "denominator": figures.and_then(|f| f.denominator()),
            "lower": interval.map(|i| i.0),
            "upper": interval.map(|i| i.1),
            "level": interval.map(|i| i.2),
            "method": cell.method(),
            "n": figures.map(|f| f.n()),
            "unit": cell.unit().word(),
            "worked": explained.worked,
        },
        "rows": explained.accounts.iter().map(|rows| json!({
            "source": rows.source,
            "part": rows.part,
            "in": rows.inside,
            "out": rows.outside.iter().map(|(reason, n)| json!({"reason": reason, "rows": n})).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "made_from": explained.inputs.iter()
            .map(|c| json!({"indicator": c.key().indicator, "value": c.value(), "status": c.status().word()}))
            .collect::<Vec<_>>(),
        "sources": sources.collect::<Vec<_>>(),
        "sql": explained.sql,
        "history": explained.history.iter().map(|past| json!({
            "as_of": past.as_of, "run_id": past.run_id, "value": past.value, "status": past.status,
            "same_pipeline": past.same_pipeline,
        })).collect::<Vec<_>>(),
    })
}
