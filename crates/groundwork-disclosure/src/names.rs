//! What sources and columns are called by the gate: two sources that read the same rows speak of the
//! same people, whatever the pipeline calls them.
//!
//! Sources are of one population where they read a file in common in the same way, or are made from
//! the same rows by the same rule. The population has the name of the first of them, and so have its
//! columns. A source that takes only some of the rows says which by conditions: those of `keep`, of
//! checks that set rows aside, and of the files that it reads. Those that all of them have part
//! nothing and are left out, so that a source that stands alone is called as the pipeline calls it.

use crate::Published;
use crate::counting::{conditions, words};
use groundwork_plan::derive::{Banded, DeriveRule};
use groundwork_plan::expression::{Expression, Tree};
use groundwork_plan::plan::Plan;
use groundwork_plan::reason::companion;
use groundwork_plan::source::{CheckRule, Export, OnFailure, Origin, Source};
use groundwork_plan::spells::SPELL_DATES;
use std::collections::{BTreeMap, BTreeSet};

/// What the sources of a plan and their columns are called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    of: BTreeMap<String, Own>,
}

/// What one source is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Own {
    population: String,
    /// Only columns that are called otherwise.
    columns: BTreeMap<String, String>,
    /// Which rows of the population it takes.
    among: BTreeSet<String>,
}

/// A source of which not everything is known yet.
struct Member<'p> {
    source: &'p Source,
    own: Own,
    /// What its columns are made from, by what they are called.
    made: BTreeMap<String, String>,
}

/// Sources of the same rows.
struct Population<'p> {
    /// How they are read, or made.
    way: String,
    files: BTreeSet<String>,
    members: Vec<(&'p Source, BTreeSet<String>)>,
}

impl Names {
    /// The names of a plan; `files` has what identifies the content of each file, by source.
    pub fn of(plan: &Plan, files: &BTreeMap<String, BTreeSet<String>>) -> Self {
        let mut names = Self::default();
        // What a source is made from comes before it.
        let depth = |source: &Source| {
            let mut above = made_from(source);
            let mut depth = 0;
            while let Some(from) = above.and_then(|id| plan.source(id)).filter(|_| depth < plan.sources.len())
            {
                above = made_from(from);
                depth += 1;
            }
            depth
        };
        let mut ordered: Vec<(usize, &Source)> = plan.sources.iter().map(|s| (depth(s), s)).collect();
        ordered.sort_by_key(|(depth, _)| *depth);
        for level in ordered.chunk_by(|(a, _), (b, _)| a == b) {
            let mut populations: Vec<Population<'_>> = Vec::new();
            for (_, source) in level {
                let files = files.get(&source.id).cloned().unwrap_or_default();
                let mut found = Population { way: names.way(source), files, members: Vec::new() };
                found.members.push((source, found.files.clone()));
                let is_made = source.export().is_none();
                let joined = |other: &mut Population<'_>| {
                    other.way == found.way && (is_made || !other.files.is_disjoint(&found.files))
                };
                let others: Vec<Population<'_>> = populations.extract_if(.., |p| joined(p)).collect();
                for other in others.into_iter().rev() {
                    found.files.extend(other.files);
                    found.members.splice(0..0, other.members);
                }
                populations.push(found);
            }
            for population in populations {
                names.take(&population);
            }
        }
        names
    }

    /// The rows of a source that it is made from, or lies in, and how.
    fn way(&self, source: &Source) -> String {
        let said = |id: &String, columns: &[&String], more: String| {
            let said = self.said(id);
            let columns: Vec<String> = columns.iter().map(|column| said.column(column)).collect();
            format!("{} of {:?} {columns:?} {more}", said.population(), said.among())
        };
        match &source.origin {
            Origin::Export(export) => {
                let Export { reader, sheet, header_row, repeat_of, .. } = export;
                let around = repeat_of.as_ref().map(|id| self.said(id).population().to_owned());
                format!("read {reader:?} {sheet:?} {header_row:?} {around:?}")
            }
            Origin::Summary(summary) => {
                format!("summary {}", said(&summary.of, &[&summary.by], String::new()))
            }
            Origin::Spells(spells) => {
                let holds = self.said(&spells.of).words(&spells.holds);
                let more = format!("{holds} {}", spells.months);
                format!("spells {}", said(&spells.of, &[&spells.by, &spells.month], more))
            }
        }
    }

    /// Takes the sources of a population in.
    fn take(&mut self, population: &Population<'_>) {
        let Some((first, _)) = population.members.first() else { return };
        let mut members: Vec<Member<'_>> = Vec::new();
        for (source, files) in &population.members {
            let own = Own { population: first.id.clone(), ..Own::default() };
            let mut member = Member { source, own, made: BTreeMap::new() };
            for (name, made) in self.columns(source) {
                member.call(&name, made, &members);
            }
            for derived in &source.derived {
                let rule = member.rule(&derived.rule);
                member.call(&derived.name, rule, &members);
            }
            member.own.among = self.among(&member, files, population);
            members.push(member);
        }
        let mut common = members.first().map(|member| member.own.among.clone()).unwrap_or_default();
        common.retain(|condition| members.iter().all(|member| member.own.among.contains(condition)));
        for Member { source, mut own, .. } in members {
            own.among.retain(|condition| !common.contains(condition));
            self.of.insert(source.id.clone(), own);
        }
    }

    /// The columns of a source that are not made from its others, with where they come from.
    fn columns(&self, source: &Source) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for column in &source.columns {
            let from = format!("{} as {}", column.from, column.kind.word());
            out.push((column.name.clone(), from.clone()));
            if column.has_companion() {
                out.push((companion(&column.name), format!("why no {from}")));
            }
        }
        match &source.origin {
            Origin::Export(_) => {}
            Origin::Summary(summary) => {
                let said = self.said(&summary.of);
                out.push((summary.by.clone(), "the key".into()));
                let made = summary.columns.iter();
                out.extend(made.map(|c| (c.name.clone(), format!("{:?} of {}", c.rule, said.column(&c.of)))));
            }
            Origin::Spells(spells) => {
                let said = self.said(&spells.of);
                out.push((spells.by.clone(), "the key".into()));
                out.extend(
                    spells.take.iter().map(|name| (name.clone(), format!("only {}", said.column(name)))),
                );
                out.extend(SPELL_DATES.map(|name| (name.to_owned(), name.to_owned())));
            }
        }
        for lookup in &source.lookups {
            let there = self.said(&lookup.source);
            for name in &lookup.take {
                let of = (there.population(), there.among(), there.column(name));
                out.push((name.clone(), format!("{of:?} by {}", lookup.column)));
            }
        }
        out
    }

    /// Which rows of its population a source takes.
    fn among(
        &self,
        member: &Member<'_>,
        files: &BTreeSet<String>,
        population: &Population<'_>,
    ) -> BTreeSet<String> {
        let source = member.source;
        let said = Said { own: Some(&member.own), from: &source.id };
        let mut out = said.conditions(source.keep.as_ref());
        for check in source.checks.iter().filter(|check| check.on_failure == OnFailure::SetAside) {
            match &check.rule {
                CheckRule::Required(columns) => {
                    out.extend(columns.iter().map(|column| format!("{} is there", said.column(column))));
                }
                // Where it cannot be decided, the row stays.
                CheckRule::Holds(holds) => {
                    out.insert(format!("breaks no check ({})", said.words(holds)));
                }
                CheckRule::Unique(columns) => {
                    let columns: Vec<String> = columns.iter().map(|column| said.column(column)).collect();
                    out.insert(format!("the first of each ({})", columns.join(", ")));
                }
                CheckRule::AtLeastRows(_) => {}
            }
        }
        if let Some(record) = &source.record {
            out.insert(format!("the newest of each ({})", said.column(record)));
        }
        if let Some(received) = &source.received {
            out.insert(format!("had come ({})", said.column(received)));
        }
        if let Some(log) = source.export().and_then(|export| export.cleaning_log.as_ref()) {
            out.insert(format!("is left by {log}"));
        }
        if let Some(around) = source.export().and_then(|export| export.repeat_of.as_ref()) {
            out.extend(self.said(around).among().iter().map(|condition| format!("lies where ({condition})")));
        }
        if *files != population.files {
            let files: Vec<String> = files.iter().map(|file| format!("'{file}'")).collect();
            out.insert(format!("_file in ({})", files.join(", ")));
        }
        out
    }

    /// How a source is spoken of.
    pub(crate) fn said<'a>(&'a self, from: &'a str) -> Said<'a> {
        Said { own: self.of.get(from), from }
    }

    /// Numbers that earlier releases published, with their populations as they are called now. One whose
    /// source the plan no longer has may be of any population that no earlier number is of: a source may
    /// have been renamed.
    pub fn recognised(&self, earlier: &[Published]) -> Vec<Published> {
        let spoken_of: BTreeSet<&str> = earlier.iter().map(|number| number.address.population()).collect();
        let today: BTreeSet<&str> = self.of.values().map(|own| own.population.as_str()).collect();
        let new: Vec<&str> = today.iter().copied().filter(|name| !spoken_of.contains(name)).collect();
        let mut out = Vec::new();
        for number in earlier {
            let population = number.address.population();
            let source = self.of.get(population);
            match source {
                _ if number.address.is_of_an_indicator() || today.contains(population) => {
                    out.push(number.clone());
                }
                Some(own) => out.push(number.of(&own.population, &own.among)),
                None if new.is_empty() => out.push(number.clone()),
                None => out.extend(new.iter().map(|name| number.of(name, &BTreeSet::new()))),
            }
        }
        out
    }

    /// How many rows count in each source, by who they are.
    pub fn rows(&self, kept: impl Iterator<Item = (String, u64)>) -> BTreeMap<crate::Counting, u64> {
        kept.map(|(source, rows)| (self.said(&source).rows(), rows)).collect()
    }
}

/// The source that another is made from or lies in.
fn made_from(source: &Source) -> Option<&str> {
    match &source.origin {
        Origin::Export(export) => export.repeat_of.as_deref(),
        Origin::Summary(summary) => Some(&summary.of),
        Origin::Spells(spells) => Some(&spells.of),
    }
}

impl Member<'_> {
    /// Calls a column as an earlier source calls one that is made from the same.
    fn call(&mut self, name: &str, made: String, earlier: &[Member<'_>]) {
        let is_free = |called: &&String| !self.made.contains_key(*called);
        let all = || earlier.iter().flat_map(|member| &member.made);
        let same = all().find(|(called, known)| **known == made && is_free(called));
        let called = match same {
            Some((called, _)) => called.clone(),
            // Another column has this name.
            None if all().any(|(called, _)| called == name) => format!("{}:{name}", self.source.id),
            None => name.to_owned(),
        };
        if called != name {
            self.own.columns.insert(name.to_owned(), called.clone());
        }
        self.made.insert(called, made);
    }

    /// A rule by what it is made from.
    fn rule(&self, rule: &DeriveRule) -> String {
        let said = Said { own: Some(&self.own), from: &self.source.id };
        match rule {
            DeriveRule::Bands(Banded::Column(name), bands) => format!("{bands:?} of {}", said.column(name)),
            DeriveRule::Bands(Banded::Age { born, at }, bands) => {
                format!("{bands:?} of {} at {}", said.column(born), said.column(at))
            }
            DeriveRule::Value(of) | DeriveRule::Holds(of) => said.words(of),
            DeriveRule::Choose(choices) => {
                let choices: Vec<String> = choices
                    .iter()
                    .map(|(word, holds)| format!("'{word}' where {}", said.words(holds)))
                    .collect();
                choices.join(", ")
            }
        }
    }
}

/// How one source is spoken of.
#[derive(Clone, Copy)]
pub(crate) struct Said<'a> {
    own: Option<&'a Own>,
    from: &'a str,
}

impl<'a> Said<'a> {
    /// The population that it is of.
    pub(crate) fn population(&self) -> &'a str {
        self.own.map_or(self.from, |own| &own.population)
    }

    /// The conditions for which its rows are those of the population.
    pub(crate) fn among(&self) -> BTreeSet<String> {
        self.own.map(|own| own.among.clone()).unwrap_or_default()
    }

    /// What a column of it is called.
    pub(crate) fn column(&self, name: &str) -> String {
        self.own.and_then(|own| own.columns.get(name)).map_or(name, |called| called).to_owned()
    }

    /// What columns of it are called, where that is something else.
    pub(crate) fn other_columns(&self) -> BTreeMap<String, String> {
        self.own.map(|own| own.columns.clone()).unwrap_or_default()
    }

    fn tree(&self, of: &Expression) -> Tree {
        of.tree.renamed(&|name| self.column(name))
    }

    /// An expression in words.
    pub(crate) fn words(&self, of: &Expression) -> String {
        words(&self.tree(of))
    }

    /// The conditions of an expression, each by itself.
    pub(crate) fn conditions(&self, of: Option<&Expression>) -> BTreeSet<String> {
        conditions(of.map(|of| self.tree(of)))
    }

    /// Those of its rows for which an expression holds.
    pub(crate) fn where_holds(&self, of: Option<&Expression>) -> BTreeSet<String> {
        self.among().into_iter().chain(self.conditions(of)).collect()
    }

    /// All of its rows that count.
    pub(crate) fn rows(&self) -> crate::Counting {
        crate::Counting { conditions: self.among(), ..crate::Counting::rows(self.population()) }
    }
}
