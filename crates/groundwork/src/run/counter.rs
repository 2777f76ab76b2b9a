//! Who counts: the database of this process, or an engine that the pipeline names.
//!
//! Where an engine counts, the rows that count go there, with the columns that are asked for, and cells
//! and sums come back, never rows. What a pass adds up comes back as one small table, from which the
//! database here makes the cells of every indicator.

use super::{interrupted, stopped};
use crate::spark::{Failure, Sending, Spark};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::indicator::{Indicator, Pass, Passes, source_table};
use groundwork_plan::location::Location;
use groundwork_plan::people;
use groundwork_plan::plan::Plan;
use groundwork_plan::query::{Query, Statement, rows_of};
use groundwork_plan::remote;
use groundwork_store::{CellCount, ClusterSum, RankedValue, Store};
use std::collections::BTreeSet;

/// Who counts.
#[derive(Clone, Copy)]
pub(super) enum Counter<'a> {
    /// The database of this process.
    Here(&'a Store),
    /// An engine; the database takes what comes back.
    There(&'a Store, &'a Spark),
}

/// A failure of either.
pub(super) enum Lost {
    /// It is said already.
    Said(Diagnostic),
    /// Of an engine, and what was being done, with where that is declared.
    Engine(Failure, String, Option<Location>),
}

impl Lost {
    /// The same failure, while something was being done that is declared somewhere.
    pub(super) fn doing(self, what: impl Into<String>, place: Option<&Location>) -> Self {
        match self {
            Lost::Engine(failure, before, _) if before.is_empty() => {
                Lost::Engine(failure, what.into(), place.cloned())
            }
            other => other,
        }
    }

    /// What the user is told.
    pub(super) fn told(self, spark: Option<&Spark>) -> Diagnostic {
        match (self, spark) {
            (Lost::Said(said), _) => said,
            (Lost::Engine(failure, what, place), Some(spark)) => {
                failure.told(spark.engine(), &what, place.as_ref())
            }
            (Lost::Engine(..), None) => Diagnostic::bug("engine.none", "an engine failed that nobody asked"),
        }
    }

    /// Whether a new session may do better.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Lost::Engine(failure, ..) if failure.may_pass())
    }
}

impl From<Diagnostic> for Lost {
    fn from(said: Diagnostic) -> Self {
        Lost::Said(said)
    }
}

impl From<Failure> for Lost {
    fn from(failure: Failure) -> Self {
        if interrupted() { Lost::Said(stopped()) } else { Lost::Engine(failure, String::new(), None) }
    }
}

impl Counter<'_> {
    pub(super) fn run(self, statement: &Statement) -> Result<(), Lost> {
        match self {
            Counter::Here(store) => Ok(store.run(statement)?),
            Counter::There(_, spark) => Ok(spark.run(statement)?),
        }
    }

    pub(super) fn run_all(self, statements: &[Statement]) -> Result<(), Lost> {
        statements.iter().try_for_each(|statement| self.run(statement))
    }

    pub(super) fn cells(self, query: &Query) -> Result<Vec<CellCount>, Lost> {
        match self {
            Counter::Here(store) => Ok(store.cells(query)?),
            Counter::There(_, spark) => read(spark, query, CellCount::read),
        }
    }

    pub(super) fn clusters(self, query: &Query) -> Result<Vec<ClusterSum>, Lost> {
        match self {
            Counter::Here(store) => Ok(store.clusters(query)?),
            Counter::There(_, spark) => read(spark, query, ClusterSum::read),
        }
    }

    pub(super) fn ranked(self, query: &Query) -> Result<Vec<RankedValue>, Lost> {
        match self {
            Counter::Here(store) => Ok(store.ranked(query)?),
            Counter::There(_, spark) => read(spark, query, RankedValue::read),
        }
    }

    /// The cells of several indicators that are added up from what one pass makes.
    pub(super) fn shared(self, pass: &Pass, queries: &[Query]) -> Result<Vec<Vec<CellCount>>, Lost> {
        let (Counter::Here(store) | Counter::There(store, _)) = self;
        let Counter::There(_, spark) = self else {
            let is_tallied = pass.tally.as_ref().map_or(Ok(false), |tally| store.tally(tally))?;
            if !is_tallied {
                self.run_all(&pass.scans)?;
            }
            self.run_all(&pass.sums)?;
            let cells = store.cells_of(pass, queries);
            self.run_all(&pass.dismantle)?;
            return Ok(cells?);
        };
        let (Some((Statement::CreateTable(sums, query), before)), Some((taken, left))) =
            (pass.sums.split_last(), pass.dismantle.split_last())
        else {
            let odd = Diagnostic::bug("engine.pass", "a pass does not end in a table of sums");
            return Err(Lost::Said(odd));
        };
        self.run_all(&pass.scans)?;
        self.run_all(before)?;
        // Nothing stays here that another attempt would find.
        store.take_over(sums, spark.ask(query)?)?;
        let cells = store.cells_of(pass, queries);
        store.run(taken)?;
        self.run_all(left)?;
        Ok(cells?)
    }
}

fn read<T>(
    spark: &Spark,
    query: &Query,
    read: impl Fn(&arrow::record_batch::RecordBatch, &mut Vec<T>) -> Result<(), Diagnostic>,
) -> Result<Vec<T>, Lost> {
    let mut out = Vec::new();
    for batch in spark.ask(query)? {
        read(&batch, &mut out)?;
    }
    Ok(out)
}

/// Sends the rows that count of every source that is asked for, with the columns that are.
pub(super) fn send(
    store: &Store,
    spark: &Spark,
    plan: &Plan,
    indicators: &[Indicator],
    passes: &Passes,
) -> Result<(), Lost> {
    let household = plan.policy.households.as_ref().map(|rule| rule.column.as_str());
    let alone: Vec<Query> = passes
        .alone
        .iter()
        .filter_map(|at| indicators.get(*at))
        .flat_map(|indicator| [indicator.units(), indicator.own_units()])
        .chain(indicators.iter().filter_map(|i| Some(i.units_by_household(household?))))
        .collect();
    let prepared: Vec<Statement> = indicators.iter().flat_map(|i| i.kind.prepare()).collect();
    let shared = passes.shared.iter().flat_map(Pass::statements).chain(&prepared);
    let queries: Vec<&Query> = alone.iter().chain(shared.filter_map(Statement::query)).collect();
    let (mut tables, mut columns) = (BTreeSet::new(), BTreeSet::new());
    for query in queries {
        let (of_query, in_query) = query.names();
        tables.extend(of_query);
        columns.extend(in_query);
    }
    let there = remote::sources(plan);
    for source in plan.sources.iter().filter(|source| !there.iter().any(|other| other.id == source.id)) {
        let table = source_table(&source.id);
        if !tables.contains(table.as_str()) {
            continue;
        }
        let linked = source.people.iter().flat_map(|step| [people::least(step), people::most(step)]);
        let all = plan.columns(&source.id).into_iter().map(|(name, _)| name).chain(linked);
        let names: Vec<String> = all.filter(|name| columns.contains(name.as_str())).collect();
        let mut sending = Sending::new(spark, &table);
        store.rows(&rows_of(&table, &names), |batch| Ok::<_, Lost>(sending.push(batch)?))?;
        sending.finish()?;
    }
    Ok(())
}
