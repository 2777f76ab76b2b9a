//! The plan: a pipeline after everything was resolved. Typed, total, in the order of the file.

use crate::adaptation::AdaptationLog;
use crate::disclosure::Policy;
use crate::engine::Engine;
pub use crate::evaluation::Evaluation;
use crate::iati::Iati;
use crate::indicator::Indicator;
use crate::label::Labels;
use crate::location::Location;
use crate::partner::Partner;
use crate::people::People;
use crate::period::Calendar;
pub use crate::report::{Lesson, Report};
use crate::site::Site;
use crate::source::{ColumnType, Origin, Source, SummaryRule};
use crate::text::Localised;
use crate::voice::Voices;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A pipeline, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The programme.
    pub programme: Programme,
    /// The periods.
    pub calendar: Calendar,
    /// The sites; empty when everything is one place.
    pub sites: Vec<Site>,
    /// Stretches of time that charts mark.
    pub events: Vec<Event>,
    /// The sources; a source stands after every source that it needs.
    pub sources: Vec<Source>,
    /// Who is who.
    pub people: Vec<People>,
    /// The indicators.
    pub indicators: Vec<Indicator>,
    /// The file that some of them stand in, and how many, where the pipeline names one.
    pub indicators_from: Option<(String, u64)>,
    /// What readers meet in the place of words of the pipeline.
    pub labels: Labels,
    /// The evaluations.
    pub evaluations: Vec<Evaluation>,
    /// Programmes that share what they released, and no rows.
    pub partners: Vec<Partner>,
    /// Where adaptations of the model are logged.
    pub adaptation_log: Option<AdaptationLog>,
    /// Where what people said stands.
    pub voices: Option<Voices>,
    /// What may leave the run.
    pub policy: Policy,
    /// The documents.
    pub reports: Vec<Report>,
    /// The activity in the IATI registry, where its results are reported.
    pub iati: Option<Iati>,
    /// What counts the rows, where it is not this machine.
    pub engine: Option<Engine>,
    /// Where each indicator is declared.
    pub places: BTreeMap<String, Location>,
    /// The pages of worked examples, or folders with some, where the pipeline names them.
    pub tests: Vec<String>,
}

/// The programme that the exports come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Programme {
    /// A short name, used in file names.
    pub id: String,
    /// The title in reports.
    pub title: Localised,
    /// A sentence that every report prints on its first page.
    pub notice: Option<Localised>,
}

/// A stretch of time that charts shade and label.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its identifier.
    pub id: String,
    /// What charts call it.
    pub label: Localised,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
}

impl Plan {
    /// The source with this name.
    pub fn source(&self, id: &str) -> Option<&Source> {
        find(&self.sources, id)
    }

    /// The indicator with this identifier.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|i| i.id == id)
    }

    /// Takes the exports as those of another day: nothing after it was observed.
    pub fn take_on(&mut self, as_of: Date) {
        self.calendar.as_of = as_of;
        self.indicators.iter_mut().flat_map(|i| &mut i.periods).for_each(|p| p.taken_on(as_of));
    }

    /// Every column that can be used with a source: see [`columns`].
    pub fn columns(&self, id: &str) -> Vec<(String, ColumnType)> {
        columns(&self.sources, id)
    }
}

/// The source with this name, among some.
pub fn find<'a>(sources: &'a [Source], id: &str) -> Option<&'a Source> {
    sources.iter().find(|s| s.id == id)
}

/// Every column that can be used with a source: its own, those of the rows around a repeat, those
/// taken over by lookups, and people. The nearer one wins where two have one name. What only
/// `people` may use is left out.
pub fn columns(sources: &[Source], id: &str) -> Vec<(String, ColumnType)> {
    let mut out = all_columns(sources, id);
    let private = find(sources, id).map(|source| source.private.as_slice()).unwrap_or_default();
    out.retain(|(name, _)| !private.contains(name));
    out
}

/// The same with what only `people` may use.
pub fn all_columns(sources: &[Source], id: &str) -> Vec<(String, ColumnType)> {
    let Some(source) = find(sources, id) else {
        return Vec::new();
    };
    let mut out: Vec<(String, ColumnType)> = Vec::new();
    let mut add = |name: String, kind: ColumnType| {
        if !out.iter().any(|(n, _)| *n == name) {
            out.push((name, kind));
        }
    };
    for (name, kind) in source.own_columns() {
        add(name, kind.into_owned());
    }
    match &source.origin {
        Origin::Export(export) => {
            // A source stands after its parent, so this ends.
            for (name, kind) in export.repeat_of.iter().flat_map(|p| around(before(sources, id), source, p)) {
                add(name, kind);
            }
        }
        Origin::Summary(summary) => {
            let of = columns(before(sources, id), &summary.of);
            let kind_of = |name: &str| of.iter().find(|(n, _)| n == name).map(|(_, k)| k.clone());
            if let Some(kind) = kind_of(&summary.by) {
                add(summary.by.clone(), kind);
            }
            for made in &summary.columns {
                let kind = match made.rule {
                    SummaryRule::Count => Some(ColumnType::Integer),
                    SummaryRule::Min | SummaryRule::Max | SummaryRule::Sum | SummaryRule::Only => {
                        kind_of(&made.of)
                    }
                };
                if let Some(kind) = kind {
                    add(made.name.clone(), kind);
                }
            }
        }
        Origin::Spells(_) => {}
    }
    if let Origin::Spells(spells) = &source.origin {
        let of = columns(before(sources, id), &spells.of);
        let taken = |name: &String| *name == spells.by || spells.take.contains(name);
        for (name, kind) in of.into_iter().filter(|(name, _)| taken(name)) {
            add(name, kind);
        }
        for name in crate::spells::SPELL_DATES {
            add(name.to_owned(), ColumnType::Date);
        }
    }
    for lookup in &source.lookups {
        let from = columns(before(sources, id), &lookup.source);
        for (name, kind) in from {
            if lookup.take.contains(&name) {
                add(name, kind);
            }
        }
    }
    for derived in &source.derived {
        add(derived.name.clone(), derived.kind());
    }
    for person in &source.people {
        add(person.clone(), ColumnType::Text);
    }
    out
}

/// The columns of the rows around a repeat; where both are of one step of `people`, those that only
/// it may use are still there.
pub(crate) fn around(sources: &[Source], repeat: &Source, parent: &str) -> Vec<(String, ColumnType)> {
    let together = find(sources, parent).is_some_and(|parent| repeat.is_linked_with(parent));
    if together { all_columns(sources, parent) } else { columns(sources, parent) }
}

fn before<'a>(sources: &'a [Source], id: &str) -> &'a [Source] {
    let at = sources.iter().position(|s| s.id == id).unwrap_or(0);
    sources.get(..at).unwrap_or(&[])
}
