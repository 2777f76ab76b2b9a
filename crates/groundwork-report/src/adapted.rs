//! Adaptations and voices for the document: the log with what became of the indicators, and what
//! people said, in the language of the report where the words are known.

use crate::document as doc;
use crate::evaluated::estimate;
use crate::input::{AdaptationInfo, EvaluationInfo, Input};
use crate::words::Words;
use crate::write::clean;
use groundwork_plan::number::format_day;

/// Every adaptation, with what became of the indicators that it was meant to move.
pub(crate) fn adaptations(input: &Input<'_>, words: &Words) -> Vec<doc::Adaptation> {
    input
        .adaptations
        .iter()
        .map(|adaptation| {
            let field = |name: &str| {
                let found = adaptation.fields.iter().find(|(known, _)| *known == name);
                found.map(|(_, text)| word(text, words)).unwrap_or_default()
            };
            let as_written = |name: &str| {
                let found = adaptation.fields.iter().find(|(known, _)| *known == name);
                found.map(|(_, text)| clean(text)).unwrap_or_default()
            };
            doc::Adaptation {
                id: clean(&adaptation.id),
                site: site_name(&adaptation.site, input),
                on: format_day(adaptation.on, input.language),
                stage: field("stage"),
                planned: field("planned"),
                decided_by: field("decided_by"),
                what: field("what"),
                level: field("level"),
                nature: field("nature"),
                consistent: field("consistent"),
                goal: field("goal"),
                reason: field("reason"),
                component: field("component"),
                description: as_written("description"),
                moved: adaptation.moves.iter().map(|id| moved(id, adaptation, input, words)).collect(),
            }
        })
        .collect()
}

fn site_name(id: &str, input: &Input<'_>) -> String {
    let site = input.sites.iter().find(|s| s.id == id);
    site.map_or_else(|| clean(id), |s| clean(s.name.get(input.language)))
}

/// A word of the log in the language, where the catalogue knows it.
fn word(text: &str, words: &Words) -> String {
    let key = text.trim().to_lowercase().replace([' ', '-'], "_");
    match words.known("frame", &key) {
        Some(known) => known.to_owned(),
        None => clean(&text.replace('_', " ")),
    }
}

/// What the evaluations of design `adaptation` found of an indicator at an adaptation.
fn moved(id: &str, adaptation: &AdaptationInfo, input: &Input<'_>, words: &Words) -> doc::Moved {
    let indicator = input.indicators.iter().find(|i| i.id == id);
    let term = format!("{}, {}", adaptation.id, adaptation.site);
    let looks = |e: &&EvaluationInfo| e.design == "adaptation";
    let row = |estimand: &str| {
        input.evaluations.iter().filter(looks).find_map(|evaluation| {
            let same = |row: &&groundwork_disclosure::ReleasedEstimate| {
                row.evaluation() == evaluation.id
                    && row.indicator() == id
                    && row.term() == term
                    && row.estimand() == estimand
            };
            let row = input.released.estimates().iter().find(same)?;
            Some(estimate(row, evaluation, input, words))
        })
    };
    let value = |estimand: &str| row(estimand).and_then(|row| row.value);
    doc::Moved {
        indicator: indicator.map_or_else(|| clean(id), |i| clean(i.title.get(input.language))),
        status: row("change at an adaptation").map_or("absent", |row| row.status),
        before: value("value before an adaptation"),
        after: value("value after an adaptation"),
        change: value("change at an adaptation"),
        elsewhere: value("change elsewhere at the same time"),
    }
}

/// Every voice, with the name of what it speaks to.
pub(crate) fn voices(input: &Input<'_>, words: &Words) -> Vec<doc::Voice> {
    input
        .voices
        .iter()
        .map(|voice| {
            let indicator = input.indicators.iter().find(|i| i.id == voice.about).map(|i| &i.title);
            let evaluation = input.evaluations.iter().find(|e| e.id == voice.about).map(|e| &e.question);
            let title = indicator.or(evaluation).map(|text| clean(text.get(input.language)));
            doc::Voice {
                id: clean(&voice.id),
                kind: word(&voice.kind, words),
                speaker: word(&voice.speaker, words),
                about: clean(&voice.about),
                about_title: title.unwrap_or_default(),
                text: clean(&voice.text),
            }
        })
        .collect()
}
