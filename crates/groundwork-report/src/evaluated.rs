//! Evaluations and lessons for the document: the rows of `estimates.csv` with names in place of
//! identifiers, in the language of the report.

use crate::assemble::period_text;
use crate::certainty::{self, Known, is_answer};
use crate::document as doc;
use crate::finding;
use crate::input::{EvaluationInfo, Input};
use crate::words::Words;
use crate::write::{clean, count, interval, number, ratio_interval, value};
use groundwork_disclosure::{ContrastFigures, ReleasedEstimate, Status};
use groundwork_plan::number::{Unit, between, grouped};
use groundwork_plan::period::Period;
use groundwork_plan::text::{Language, Localised};

/// Every evaluation with its rows.
pub(crate) fn evaluations(input: &Input<'_>, words: &Words) -> Vec<doc::Evaluation> {
    input
        .evaluations
        .iter()
        .map(|evaluation| doc::Evaluation {
            id: clean(&evaluation.id),
            design: evaluation.design,
            question: clean(evaluation.question.get(input.language)),
            standing: evaluation.standing.0,
            re_aim: evaluation.re_aim,
            criterion: evaluation.criterion,
            deviations: evaluation.standing.1.iter().map(|place| clean(place)).collect(),
            rows: input
                .released
                .estimates()
                .iter()
                .filter(|row| row.evaluation() == evaluation.id)
                .map(|row| estimate(row, evaluation, input, words))
                .collect(),
        })
        .collect()
}

/// How the estimands begin that answer the question of a design. Of a design that is not here, all do.
const ANSWERS: [(&str, &[&str]); 7] = [
    ("adjusted_comparison", &["difference", "ratio", "share, had"]),
    ("combination", &["difference", "ratio", "relative excess", "E-value"]),
    ("decomposition", &["difference of sites", "due to composition", "due to rates", "due to both"]),
    (
        "sites_as_sample",
        &["share in", "mean over sites", "value of a further", "ratio of a further", "variance", "I²"],
    ),
    ("staggered_adoption", &["effect"]),
    ("time_to_event", &["share with", "mean time", "difference of the mean", "test of"]),
    ("transport", &["effect in", "generalizability", "effective sample"]),
];

fn answers(design: &str, estimand: &str) -> bool {
    let starts = ANSWERS.iter().find(|(name, _)| *name == design).map(|(_, starts)| *starts);
    starts.is_none_or(|starts| starts.iter().any(|start| estimand.starts_with(start)))
}

/// What a number of an estimand is measured in.
enum Measure<'a> {
    /// A value in a unit.
    Value(Unit),
    /// A signed difference in a unit.
    Difference(&'a Unit),
    /// A quotient.
    Ratio,
    /// A number on the scale of the method.
    Plain,
}

/// What an estimand is measured in, by its words and the unit of its indicator, if it has one.
fn measure<'a>(estimand: &str, term: &str, unit: Option<&'a Unit>) -> Measure<'a> {
    let is = |start: &str| estimand.starts_with(start);
    let of_unit = unit.map_or(Measure::Plain, Measure::Difference);
    if is("people ") || is("rows left out") {
        Measure::Value(Unit::Count)
    } else if is("ratio") || estimand.ends_with(", ratio") || term == "ratio" {
        Measure::Ratio
    } else if is("value before") || is("value after") {
        unit.map_or(Measure::Plain, |unit| Measure::Value(unit.clone()))
    } else if is("share") || is("weight") || is("I²") || is("power") {
        Measure::Value(Unit::Share)
    } else if [
        "difference of sites",
        "difference in",
        "difference, ",
        "change at an adaptation",
        "change elsewhere",
        "change beyond",
        "due to",
        "gap between",
        "placebo",
        "smallest difference",
    ]
    .iter()
    .any(|start| is(start))
        || estimand.contains(", margin ")
    {
        of_unit
    } else {
        Measure::Plain
    }
}

pub(crate) fn estimate(
    row: &ReleasedEstimate,
    evaluation: &EvaluationInfo,
    input: &Input<'_>,
    words: &Words,
) -> doc::Estimate {
    let indicator = input.indicators.iter().find(|i| i.id == row.indicator());
    // Both parts of a programme are asked for what is so or not.
    let shares = (evaluation.design == "combination").then_some(&Unit::Share);
    let measure = measure(row.estimand(), row.term(), indicator.map(|i| &i.unit).or(shares));
    let limits = row.figures().and_then(ContrastFigures::interval);
    let raw = row.figures().map(ContrastFigures::value);
    let plain = |x: f64| number(x, significant(x, words.language()));
    let (value, interval) = match &measure {
        Measure::Value(unit) => {
            (raw.and_then(|x| value(x, unit, words)), limits.and_then(|l| interval(l, unit, words)))
        }
        Measure::Difference(unit) => (
            raw.and_then(|x| number(x, finding::difference(x, unit, words))),
            limits.and_then(|l| interval(l, unit, words)),
        ),
        Measure::Ratio => (
            raw.and_then(|x| number(x, format!("×{}", finding::times(x, words)))),
            limits.and_then(|l| ratio_interval(l, words)),
        ),
        Measure::Plain => (raw.and_then(plain), limits.and_then(|l| plain_interval(l, words))),
    };
    let status = match row.status() {
        Status::Published if value.is_none() => Status::Undefined,
        status => status,
    };
    let title = indicator.map(|i| &i.title).or(evaluation.outcome.as_ref());
    let name =
        title.map_or_else(|| named(row.indicator(), input), |title| title.get(input.language).to_owned());
    let name = clean(&name);
    let contrast = clean(&words.estimand(&named(row.contrast(), input)));
    let said = match (raw, limits, &value, &interval) {
        (Some(raw), Some((lower, upper, _)), Some(value), Some(interval)) if is_answer(row.estimand()) => {
            let about = [name.as_str(), &contrast].into_iter().filter(|part| !part.is_empty());
            let known = Known {
                about: about.collect::<Vec<_>>().join(words.text("finding.comma")),
                value: &value.text,
                interval: &interval.text,
                raw: (raw, lower, upper),
                ratio: matches!(measure, Measure::Ratio),
                verdict: row.verdict(),
                by_lot: evaluation.by_lot,
                planned: evaluation.standing.0 == "planned",
                warned: !row.reason().is_empty(),
            };
            Some(certainty::said(&known, words))
        }
        _ => None,
    };
    doc::Estimate {
        indicator: name,
        estimand: clean(&words.estimand(&named(row.estimand(), input))),
        estimand_id: clean(row.estimand()),
        answers: answers(evaluation.design, row.estimand()),
        term: clean(&term(row.term(), input, words)),
        contrast,
        status: status.word(),
        reason: clean(row.reason()),
        value,
        interval,
        p: row
            .figures()
            .and_then(ContrastFigures::p_value)
            .and_then(|p| number(p, p_text(p, words.language()))),
        n: row.figures().map(|f| count(f.n(), words)),
        method: row.method(),
        verdict: row.verdict(),
        said,
    }
}

/// What a term of an estimate says: a period, or words.
pub(crate) fn term(text: &str, input: &Input<'_>, words: &Words) -> String {
    match Period::parse(text) {
        Some(period) => period_text(period, words),
        None => words.estimand(&named(text, input)),
    }
}

/// The names of sites and the labels of words in the place of both, where these stand as whole words.
fn named(text: &str, input: &Input<'_>) -> String {
    let name = |word: &str| {
        let (id, comma) = word.strip_suffix(',').map_or((word, ""), |id| (id, ","));
        let site = input.sites.iter().find(|s| s.id == id);
        let label = site.map(|s| s.name.get(input.language)).or(input.labels.get(id, input.language));
        label.map_or_else(|| word.to_owned(), |label| format!("{label}{comma}"))
    };
    let words: Vec<String> =
        text.split(' ').map(|word| if word == "-" { "–".into() } else { name(word) }).collect();
    words.join(" ")
}

/// Three digits that count: `0.0421`, `3.18`, `1,204`.
fn significant(value: f64, language: Language) -> String {
    let size = value.abs();
    let decimals = match size {
        _ if size == 0.0 || size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 => 2,
        _ if size >= 0.1 => 3,
        _ => 4,
    };
    grouped(value, decimals, language)
}

fn plain_interval((lower, upper, level): (f64, f64, f64), words: &Words) -> Option<doc::Interval> {
    let [low, high] = [lower, upper].map(|limit| significant(limit, words.language()));
    let text = between(&low, &high, words.language());
    Some(doc::Interval {
        lower: number(lower, low)?,
        upper: number(upper, high)?,
        level: value(level, &Unit::Share, words)?,
        text,
    })
}

fn p_text(p: f64, language: Language) -> String {
    let sign = if p < 0.001 { "<" } else { "=" };
    format!("p {sign} {}", grouped(f64::max(p, 0.001), 3, language))
}

/// What was learned, in the language of the report.
pub(crate) fn lessons(input: &Input<'_>) -> Vec<doc::Lesson> {
    let text = |text: &Localised| clean(text.get(input.language));
    let maybe = |found: &Option<Localised>| found.as_ref().map(text);
    input
        .lessons
        .iter()
        .map(|lesson| doc::Lesson {
            lesson: text(&lesson.lesson),
            id: clean(lesson.id.as_deref().unwrap_or_default()),
            adaptations: lesson.adaptations.iter().map(|id| clean(id)).collect(),
            evaluations: lesson.evaluations.iter().map(|id| clean(id)).collect(),
            condition: maybe(&lesson.condition),
            mechanism: maybe(&lesson.mechanism),
            counter_evidence: maybe(&lesson.counter_evidence),
            would_change: maybe(&lesson.would_change),
            recommendation: maybe(&lesson.recommendation),
            owner: maybe(&lesson.owner),
            by: maybe(&lesson.by),
            cost: lesson.cost.clone(),
        })
        .collect()
}
